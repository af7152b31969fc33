"""Which functions a question is about: by name, ARN or glob, with a suggestion for a name that nothing has.

`orders:live` and `orders:7` are functions of their own here: an alias or a version beside `orders`, its `$LATEST`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase

from vpcreach.components.lambda_function import LATEST, LIST_FUNCTIONS, LambdaFunction, split_qualifier
from vpcreach.errors import UsageError, refuse_broken_text
from vpcreach.forwarding import Note
from vpcreach.network.graph import Graph, around_function
from vpcreach.network.network import Network
from vpcreach.reach.versions import is_glob, qualifiers, unread_lists, versions
from vpcreach.snapshot.call import Place
from vpcreach.snapshot.snapshot import Gap, Snapshot


@dataclass(frozen=True, slots=True)
class Listed:
    """A function, the account and region that list it, and what of it is asked about.

    `runs` holds the configurations that it may run, each or the note that says why it is not known: one for `$LATEST`
    (no `qualifier`) and for a version, one or more for an alias.
    """

    function: LambdaFunction
    place: Place
    runs: tuple[LambdaFunction | Note, ...]
    qualifier: str = ""

    @property
    def name(self) -> str:
        return f"{self.function.name}:{self.qualifier}" if self.qualifier else self.function.name

    @property
    def arn(self) -> str:
        return f"{self.function.id}:{self.qualifier}" if self.qualifier else self.function.id

    @property
    def is_attached(self) -> bool:
        """True where some of what it runs stands in a VPC."""
        runs = (run for run in self.runs if isinstance(run, LambdaFunction))
        return any(run.is_attached or run.has_capacity_provider for run in runs)


def every_function(network: Network) -> list[Listed]:
    """All functions of the snapshot, by ARN."""

    def build() -> list[Listed]:
        # A list made with --function-version ALL holds versions too, which are no functions of their own.
        latest = [function for function in network.every(LambdaFunction) if function.version == LATEST]
        found = [Listed(function, network.place_of(function.id), (function,)) for function in latest]
        return sorted(found, key=lambda listed: listed.arn)

    return network.functions.remember(("every function",), build)


def every_qualified(network: Network) -> list[Listed]:
    """All aliases and published versions that the snapshot tells of, by ARN."""

    def build() -> list[Listed]:
        found = [
            qualified
            for base in every_function(network)
            for qualifier in qualifiers(base.function, base.place, network)
            if (qualified := _qualified(base, qualifier, network)) is not None
        ]
        return sorted(found, key=lambda listed: listed.arn)

    return network.remember(("every alias and version",), build)


def missing_lists(network: Network) -> list[Gap]:
    """The places whose list of functions is missing or not whole."""
    readings = [network.read(LIST_FUNCTIONS, place) for place in network.places()]
    return [reading.gap for reading in readings if reading.gap is not None]


def missing_qualifiers(network: Network, glob: str) -> list[Gap]:
    """The lists of aliases and versions that a name or glob with a qualifier may have meant, and that are missing."""
    name, qualifier = split_qualifier(glob)
    if qualifier in ("", LATEST):
        return []
    bases = [base for base in every_function(network) if matches(base, name)]
    return list(
        dict.fromkeys(gap for base in bases for gap in unread_lists(base.function, qualifier, base.place, network))
    )


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
    if wanted is None:
        return Chosen(tuple(listed for listed in every_function(network) if listed.is_attached))
    found: dict[str, Listed] = {}
    unlisted: list[str] = []
    for text in wanted:
        refuse_broken_text(text)
        name, qualifier = split_qualifier(text)
        if text.endswith(":") and name:
            raise UsageError(f'"{text}" names no alias or version after the colon; did you mean "{name}"?')
        if qualifier in ("", LATEST):
            matching = _meant(every_function(network), name)
        else:
            matching = _qualified_meant(network, name, qualifier)
        if not matching and not missing_lists(network):
            raise UsageError(_nothing(text, network))
        if not matching and not is_glob(text):
            unlisted.append(text.removesuffix(f":{LATEST}"))
        found |= {listed.arn: listed for listed in matching}
    by_arn = sorted(found.values(), key=lambda listed: listed.arn)
    return Chosen(tuple(by_arn), tuple(unlisted))


def _meant(functions: Iterable[Listed], name: str) -> list[Listed]:
    functions = list(functions)
    exact = [listed for listed in functions if name in (listed.name, listed.arn)]
    return exact or [listed for listed in functions if listed.is_attached and matches(listed, name)]


def _qualified_meant(network: Network, name: str, qualifier: str) -> list[Listed]:
    """Aliases and versions by name or glob; raises UsageError for one that its function surely does not have."""
    if is_glob(name) or is_glob(qualifier):
        known = (each for each in every_qualified(network) if fnmatchcase(each.qualifier, qualifier))
        bases = {base.arn for base in every_function(network) if matches(base, name)}
        return [each for each in known if each.is_attached and each.function.id in bases]
    bases_named = [base for base in every_function(network) if name in (base.name, base.arn)]
    found = [each for base in bases_named if (each := _qualified(base, qualifier, network)) is not None]
    if bases_named and not found:
        raise UsageError(_no_such_qualifier(bases_named, qualifier, network))
    return found


def _qualified(base: Listed, qualifier: str, network: Network) -> Listed | None:
    runs = versions(base.function, qualifier, base.place, network)
    return Listed(base.function, base.place, runs, qualifier) if runs is not None else None


def one(network: Network, wanted: str) -> Listed:
    """The one function of this name or ARN; raises UsageError where there is none or more than one."""
    found = chosen(network, [wanted]).functions
    if not found:
        raise UsageError(f'"{wanted}" is in no list of functions that was collected: {missing_lists(network)[0]}')
    if len(found) > 1:
        arns = ", ".join(listed.arn for listed in found)
        raise UsageError(f'"{wanted}" names {len(found)} functions; say which by its ARN: {arns}')
    return found[0]


def graph(snapshot: Snapshot, function: str | None = None) -> Graph:
    """The graph of components, whole or as far as one function's packets can meet it."""
    network = Network(snapshot)
    return network.graph if function is None else around_function(network.graph, one(network, function).function.id)


def matches(listed: Listed, glob: str) -> bool:
    """True where the glob covers the function's name or ARN."""
    return fnmatchcase(listed.name, glob) or fnmatchcase(listed.arn, glob)


def _nothing(text: str, network: Network) -> str:
    name, qualifier = split_qualifier(text)
    names = sorted({listed.function.name for listed in every_function(network)})
    if qualifier not in ("", LATEST) and any(fnmatchcase(each, name) for each in names):
        return f'"{text}" chooses no alias or version with a VPC that the snapshot tells of'
    unattached = [n for n in names if fnmatchcase(n, name)]
    if unattached:
        return f'"{text}" chooses no function with a VPC; name one of these exactly: {", ".join(unattached[:5])}'
    # Of an ARN the last part is the name; AWS tells names in capitals apart, and people mix them up.
    spelled = {each.lower(): each for each in names}
    close = get_close_matches(name.rpartition(":")[2].lower(), spelled, n=1, cutoff=0.5)
    if close:
        meant = f"{spelled[close[0]]}:{qualifier}" if qualifier else spelled[close[0]]
        return f'no function is called "{text}"; did you mean "{meant}"?'
    shown = f"; there is {', '.join(names[:5])}{' …' if len(names) > 5 else ''}" if names else ""
    return f'no function is called "{text}"{shown}'


def _no_such_qualifier(bases: Sequence[Listed], qualifier: str, network: Network) -> str:
    name = bases[0].name
    known = [each for base in bases for each in qualifiers(base.function, base.place, network)]
    close = get_close_matches(qualifier, known, n=1, cutoff=0.5)
    if close:
        return f'"{name}" has no alias or version "{qualifier}"; did you mean "{name}:{close[0]}"?'
    shown = f"; it has {', '.join(known[:5])}{' …' if len(known) > 5 else ''}" if known else ""
    return f'"{name}" has no alias or version "{qualifier}"{shown}'
