"""Which functions a question is about: by name, ARN or glob, with a suggestion for a name that nothing has."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase

from vpcreach.components.lambda_function import LIST_FUNCTIONS, LambdaFunction
from vpcreach.errors import UsageError
from vpcreach.network.graph import Graph, around_function
from vpcreach.network.network import Network
from vpcreach.snapshot.call import Place
from vpcreach.snapshot.snapshot import Gap, Snapshot

LATEST = ":$LATEST"


@dataclass(frozen=True, slots=True)
class Listed:
    """A function and the account and region that list it."""

    function: LambdaFunction
    place: Place


def every_function(network: Network) -> list[Listed]:
    """All functions of the snapshot, by ARN."""
    functions = sorted(network.every(LambdaFunction), key=lambda function: function.id)
    return [Listed(function, network.place_of(function.id)) for function in functions]


def missing_lists(network: Network) -> list[Gap]:
    """The places whose list of functions is missing or not whole."""
    readings = [network.read(LIST_FUNCTIONS, place) for place in network.places()]
    return [reading.gap for reading in readings if reading.gap is not None]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The functions that were meant, by ARN, and the names that may be in a list which the snapshot lacks."""

    functions: tuple[Listed, ...]
    unlisted: tuple[str, ...] = ()


def chosen(network: Network, wanted: Sequence[str] | None) -> Chosen:
    """The functions that the names, ARNs or globs choose; without any, all that are attached to a VPC.

    A glob chooses attached functions, an exact name or ARN also one without VPC. Raises UsageError for what chooses
    nothing, unless a list of functions is missing.
    """
    functions = every_function(network)
    attached = [listed for listed in functions if listed.function.is_attached]
    if wanted is None:
        return Chosen(tuple(attached))
    found: dict[str, Listed] = {}
    unlisted: list[str] = []
    for text in wanted:
        name = text.removesuffix(LATEST)
        exact = [listed for listed in functions if name in (listed.function.name, listed.function.id)]
        matching = exact or [listed for listed in attached if matches(listed.function, name)]
        if not matching and not missing_lists(network):
            raise UsageError(_nothing(text, name, functions))
        if not matching and not set(name) & set("*?["):
            unlisted.append(name)
        found |= {listed.function.id: listed for listed in matching}
    by_arn = sorted(found.values(), key=lambda listed: listed.function.id)
    return Chosen(tuple(by_arn), tuple(unlisted))


def one(network: Network, wanted: str) -> Listed:
    """The one function of this name or ARN; raises UsageError where there is none or more than one."""
    found = chosen(network, [wanted]).functions
    if not found:
        raise UsageError(f'"{wanted}" is in no list of functions that was collected: {missing_lists(network)[0]}')
    if len(found) > 1:
        arns = ", ".join(listed.function.id for listed in found)
        raise UsageError(f'"{wanted}" names {len(found)} functions; say which by its ARN: {arns}')
    return found[0]


def graph(snapshot: Snapshot, function: str | None = None) -> Graph:
    """The graph of components, whole or as far as one function's packets can meet it."""
    network = Network(snapshot)
    return network.graph if function is None else around_function(network.graph, one(network, function).function.id)


def matches(function: LambdaFunction, glob: str) -> bool:
    """True where the glob covers the function's name or ARN."""
    return fnmatchcase(function.name, glob) or fnmatchcase(function.id, glob)


def _nothing(text: str, name: str, functions: Sequence[Listed]) -> str:
    head = name.partition(":")[0]
    names = sorted({listed.function.name for listed in functions})
    if ":" in name and not name.startswith("arn:") and head in names:
        return f'"{text}": versions and aliases are not modelled yet; ask for "{head}", which is its $LATEST'
    unattached = [n for n in names if fnmatchcase(n, name)]
    if unattached:
        return f'"{text}" chooses no function with a VPC; name one of these exactly: {", ".join(unattached[:5])}'
    close = get_close_matches(name, names, n=1, cutoff=0.5)
    if close:
        return f'no function is called "{text}"; did you mean "{close[0]}"?'
    shown = f"; there is {', '.join(names[:5])}{' …' if len(names) > 5 else ''}" if names else ""
    return f'no function is called "{text}"{shown}'
