"""All that there is to tell of one answer: the answer, what it means in practice, and fixes that were tried.

With edits that are only assumed, the story is that of the edited snapshot, and tells what changed for everyone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from vpcreach.components.route_table import RouteTable
from vpcreach.destinations import resource_names
from vpcreach.explain.changes import VerdictChange, changes_for_everyone
from vpcreach.explain.edits import Edit, RemoveRoute, SetRoute, apply
from vpcreach.explain.in_words import in_words
from vpcreach.explain.repairs import Fix, Search
from vpcreach.network.network import Network
from vpcreach.reach.answer import Answer, FunctionReport, Verdict
from vpcreach.reach.functions import every_function
from vpcreach.reach.reporting import USUAL, Analysis
from vpcreach.snapshot.snapshot import Gap

# More answers than this are not compared for side effects: the resources are left out then.
MANY_ANSWERS = 50_000


@dataclass(frozen=True, slots=True)
class Compared:
    """What side effects are looked for in: how many functions, which destinations, and how many resources are not."""

    functions: int
    destinations: tuple[str, ...]
    left_out: int

    def __str__(self) -> str:
        functions = f"{self.functions} function{'s' if self.functions != 1 else ''}"
        shown = ", ".join(self.destinations[:6])
        more = f" and {len(self.destinations) - 6} more" if len(self.destinations) > 6 else ""
        rest = f"; {self.left_out} resources of the snapshot are left out" if self.left_out else ""
        return f"{functions}, each for {shown}{more}{rest}"


def compared(analysis: Analysis, asked: Iterable[str], most: int | None = None) -> Compared:
    """What was asked, the usual destinations, and every resource that can be named, or `most` of them."""
    functions = len(every_function(analysis.network))
    resources = resource_names(analysis.network)
    if most is None:
        most = len(resources) if functions * len(resources) <= MANY_ANSWERS else 0
    chosen = tuple(dict.fromkeys((*asked, *USUAL, *resources[:most])))
    return Compared(functions, chosen, len(set(resources) - set(chosen)))


@dataclass(frozen=True, slots=True)
class Assumed:
    """Edits that were assumed, and the verdicts that they change for everyone."""

    edits: tuple[Edit, ...]
    changes: tuple[VerdictChange, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """One function and one destination. `fixes` is None where none was looked for: the answer is no failure."""

    function: FunctionReport
    answer: Answer
    in_words: tuple[str, ...]
    fixes: tuple[Fix, ...] | None
    compared: Compared
    network: Network
    assumed: Assumed | None = None

    def named(self, component_id: str) -> str:
        """The id with the Name tag behind it, where it has one that says more."""
        name = self.network.name_of(component_id)
        return f"{component_id} ({name})" if name and name not in component_id else component_id


@dataclass(frozen=True, slots=True)
class Stories:
    """The stories of every function of a name, and what the snapshot lacks."""

    stories: tuple[Story, ...]
    gaps: tuple[Gap, ...]


def tell(
    analysis: Analysis, function: str, destination: str, *, assume: Sequence[Edit] = (), seek_fixes: bool = True
) -> Stories:
    """The story of one question, for every function of that name; raises UsageError for names that mean nothing."""
    before = analysis
    if assume:
        assume = with_replaced(assume, analysis.network)
        analysis = analysis.on(apply(analysis.snapshot, assume))
    report = analysis.report([destination], [function])
    looked_at = compared(analysis, [destination])
    assumed = Assumed(tuple(assume), changes_for_everyone(before, analysis, looked_at.destinations)) if assume else None
    stories = []
    for each in report.functions:
        answer = each.answers[0]
        fixes = None
        if seek_fixes and each.arn and answer.verdict in (Verdict.BLOCKED, Verdict.PARTIAL):
            fixes = Search(analysis, each.arn, destination, looked_at.destinations).fixes()
        stories.append(Story(each, answer, in_words(answer), fixes, looked_at, analysis.network, assumed))
    return Stories(tuple(stories), report.gaps)


def with_replaced(edits: Sequence[Edit], network: Network) -> tuple[Edit, ...]:
    """The edits, where a route to be set says what it takes the place of."""
    return tuple(_with_replaced(edit, edits, network) for edit in edits)


def _with_replaced(edit: Edit, edits: Sequence[Edit], network: Network) -> Edit:
    """A route to be set says what it takes the place of, unless that is taken away by itself."""
    table = network.record(edit.route_table_id) if isinstance(edit, SetRoute) else None
    if not isinstance(edit, SetRoute) or not isinstance(table, RouteTable):
        return edit
    if RemoveRoute(edit.route_table_id, edit.destination) in edits:
        return edit
    held = next((r for r in table.routes if r.destination == edit.destination and not r.is_propagated), None)
    return replace(edit, replaces=held.target) if held is not None else edit
