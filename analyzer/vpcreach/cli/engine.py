"""The one door from the verbs to the program: a snapshot from wherever, and what is asked of it.

Everything heavy is imported here, inside the functions, when a verb has something to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from vpcreach.check.outcome import CheckReport
    from vpcreach.check.rule_file import RuleFile
    from vpcreach.explain.difference import Difference
    from vpcreach.explain.edits import Edit
    from vpcreach.explain.story import Stories
    from vpcreach.network.graph import Graph
    from vpcreach.reach.answer import Report
    from vpcreach.shell.session import Session
    from vpcreach.snapshot.call import Call
    from vpcreach.snapshot.snapshot import Snapshot
    from vpcreach.sources.collection import Progress


@dataclass(frozen=True, slots=True)
class Live:
    """Which live account is meant, and how it is reached; empty means as set for AWS."""

    profile: str | None = None
    regions: tuple[str, ...] = ()
    endpoint_url: str | None = None
    role_arns: tuple[str, ...] = ()
    function_state: bool = True

    @property
    def options(self) -> dict[str, Any]:
        return {
            "profile": self.profile,
            "regions": self.regions,
            "role_arns": self.role_arns,
            "endpoint_url": self.endpoint_url,
        }

    def refuse_beside(self, snapshot: Path) -> None:
        """Raises UsageError for settings of a live account beside a snapshot: one would do nothing."""
        given = {
            "--profile": self.profile,
            "--region": self.regions,
            "--endpoint-url": self.endpoint_url,
            "--no-function-state": not self.function_state,
        }
        idle = [option for option, value in given.items() if value]
        if idle:
            from vpcreach.errors import UsageError

            raise UsageError(f"{idle[0]} is for the live account, and {snapshot} is to be read; leave one of them out")


@dataclass(frozen=True, slots=True)
class RestsOn:
    """What answers may rest on: not on assumptions with `strict`, on one's own appliances with `trust_appliances`."""

    strict: bool = False
    trust_appliances: bool = False

    @property
    def options(self) -> dict[str, Any]:
        return {"strict": self.strict, "trust_appliances": self.trust_appliances}


def refuse_nonsense(destinations: Sequence[str]) -> None:
    """Raises UsageError for a destination of wrong grammar, before minutes are spent on reading AWS."""
    from vpcreach.destinations.grammar import parse

    for destination in destinations:
        parse(destination)


def snapshot(path: Path | None, live: Live, destinations: Sequence[str] = ()) -> Snapshot:
    """The snapshot at a path, or what the live account tells of its networks, functions and these destinations."""
    if path is not None:
        return _saved(path, live)
    return _collected(live, (*_calls_about(destinations), *_calls_about_file_systems()))


def snapshot_for(function: str, destination: str, path: Path | None, live: Live) -> Snapshot:
    """The snapshot at a path, or what the live account tells of one function, the networks and this destination."""
    if path is not None:
        return _saved(path, live)
    from vpcreach.components.execution_role import GET_ACCOUNT_AUTHORIZATION_DETAILS
    from vpcreach.components.lambda_function import GET_RESOURCES
    from vpcreach.sources.live_account import on_demand

    # Answers about one function need no tags, and are not worth reading every role of the account.
    of_all = (GET_RESOURCES, GET_ACCOUNT_AUTHORIZATION_DETAILS)
    calls = [call for call in _calls_about([destination]) if call not in of_all]
    with _progress() as progress:
        return on_demand(calls, function, if_mounted=_calls_about_file_systems(), **live.options, progress=progress)


def _saved(path: Path, live: Live) -> Snapshot:
    live.refuse_beside(path)
    from vpcreach.snapshot.loading import load

    return load(path)


def collected(live: Live) -> Snapshot:
    """All that the live account tells."""
    return _collected(live, all_calls())


def _collected(live: Live, calls: Iterable[Call[Any]]) -> Snapshot:
    from vpcreach.sources.live_account import collect

    made = tuple(dict.fromkeys(calls))
    with _progress() as progress:
        return collect(made, **live.options, function_state=live.function_state, progress=progress)


def _calls_about(destinations: Iterable[str]) -> tuple[Call[Any], ...]:
    """Every call that a walk reads, and those by which these destinations are found."""
    from vpcreach.components import ALL_CALLS
    from vpcreach.destinations import calls_about
    from vpcreach.destinations.grammar import parse

    return (*ALL_CALLS, *(call for each in destinations for call in calls_about(parse(each))))


def all_calls() -> tuple[Call[Any], ...]:
    """Every call that some component or destination reads."""
    from vpcreach import components, destinations

    return tuple(dict.fromkeys((*components.ALL_CALLS, *destinations.ALL_CALLS)))


def _calls_about_file_systems() -> tuple[Call[Any], ...]:
    """What a function mounts is looked at without being asked about."""
    from vpcreach.destinations import efs, s3files

    return (*efs.CALLS, *s3files.CALLS)


@contextmanager
def _progress() -> Iterator[Progress | None]:
    """A progress line on stderr while AWS is read, where stderr is a terminal."""
    import sys

    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("reading AWS"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def tell(answered: int, known: int, label: str) -> None:
            bar.update(task, completed=answered, total=known, description=label)

        yield tell


def report(
    source: Snapshot,
    destinations: Sequence[str] | None,
    functions: Sequence[str] | None,
    rests: RestsOn,
) -> Report:
    """Answers for the chosen functions (None: all attached ones) about the destinations (None: the usual)."""
    from vpcreach.reach.reporting import USUAL, Analysis

    return Analysis(source, **rests.options).report(destinations or USUAL, functions or None)


def why(source: Snapshot, function: str, destination: str, rests: RestsOn, assume: Sequence[Edit] = ()) -> Stories:
    """The whole story of one question, for every function of that name."""
    from vpcreach.explain.story import tell
    from vpcreach.reach.reporting import Analysis

    return tell(Analysis(source, **rests.options), function, destination, assume=assume)


def everyone(source: Snapshot, destination: str, rests: RestsOn) -> Report:
    """Answers for every function, those without VPC too, about one destination."""
    from vpcreach.reach.reporting import Analysis

    return Analysis(source, **rests.options).report([destination], everyone=True)


def session(source: Snapshot, rests: RestsOn, *, colour: bool) -> Session:
    """A snapshot to be asked repeatedly."""
    from vpcreach.reach.reporting import Analysis
    from vpcreach.shell.session import Session

    return Session(Analysis(source, **rests.options), colour=colour)


def converse(
    lines: Iterable[str], session: Session, say: Callable[[str], None], complain: Callable[[int, str], None]
) -> bool:
    """Answers line by line; False where a line meant nothing."""
    from vpcreach.shell.loop import run

    return run(lines, session, say, complain)


def check(source: Snapshot, rules: RuleFile, rests: RestsOn) -> CheckReport:
    """What becomes of every rule."""
    from vpcreach.check.estate import Analysed
    from vpcreach.check.evaluate import evaluate
    from vpcreach.reach.reporting import Analysis

    return evaluate(rules, Analysed(Analysis(source, **rests.options)))


def difference(
    old: Snapshot, new: Snapshot, destinations: Sequence[str] | None, functions: Sequence[str] | None, rests: RestsOn
) -> Difference:
    """Which verdicts are other ones in the newer snapshot, and why."""
    from vpcreach.explain import difference as differences
    from vpcreach.reach.reporting import USUAL

    return differences.difference(old, new, destinations or USUAL, functions or None, **rests.options)


def graph(source: Snapshot, function: str | None) -> Graph:
    """The components of the snapshot, or those that one function's packets can meet."""
    from vpcreach.reach.functions import graph as chosen_graph

    return chosen_graph(source, function)
