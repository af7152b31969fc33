"""The difference of two snapshots, verdict by verdict, and which changes of the configuration caused it.

A verdict that is another one now is traced to the smallest set of changed components which, put back in the newer
snapshot to what the older one had, restores the old verdict. A change is whatever some component of vpcreach reads;
descriptions, timestamps and the order in which AWS lists things are none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from vpcreach.explain.changes import VerdictChange
from vpcreach.explain.difference.causes import Asked, Cause, CauseSearch, Certainty
from vpcreach.explain.difference.change import ComponentChange, Presence
from vpcreach.explain.difference.components import component_changes
from vpcreach.explain.difference.entries import EntryChange
from vpcreach.explain.difference.questions import Home, Known, Side
from vpcreach.explain.difference.revert import Reverter
from vpcreach.forwarding import Note
from vpcreach.reach.answer import Answer, Verdict
from vpcreach.reach.reporting import USUAL, Analysis, Question
from vpcreach.snapshot.snapshot import Snapshot

__all__ = [
    "Cause",
    "Certainty",
    "ComponentChange",
    "Difference",
    "Direction",
    "EntryChange",
    "Explained",
    "Home",
    "OneSided",
    "Presence",
    "Reverter",
    "difference",
]


class Direction(Enum):
    """Contract's order: reachable, partial, unknown, blocked. What nobody knew or knows got no better."""

    WORSE = "worse"
    BETTER = "better"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Explained:
    """A verdict that changed, its cause where one was found, and what the new answer says stops or leaves it open."""

    change: VerdictChange
    cause: Cause | None
    blockers: tuple[Note, ...]
    unknowns: tuple[Note, ...]

    @property
    def direction(self) -> Direction:
        if self.change.is_worse:
            return Direction.WORSE
        is_undecided = Verdict.UNKNOWN in (self.change.before, self.change.after)
        return Direction.OTHER if is_undecided else Direction.BETTER


@dataclass(frozen=True, slots=True)
class OneSided:
    """A destination that one of the two snapshots does not know, and its words about it."""

    destination: str
    is_gone: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What is otherwise in the newer snapshot, of the functions that both have.

    `changes` are all components that differ, functions among them; `same` counts the verdicts that do not.
    """

    functions: int
    verdicts: tuple[Explained, ...]
    same: int
    changes: tuple[ComponentChange, ...]
    functions_came: tuple[Home, ...]
    functions_went: tuple[Home, ...]
    one_sided: tuple[OneSided, ...]

    @property
    def has_worsened(self) -> bool:
        """True where some verdict got worse: what makes the exit code 1."""
        return any(each.change.is_worse for each in self.verdicts)

    @property
    def causing(self) -> frozenset[str]:
        """The keys of the changes that caused something."""
        causes = (each.cause for each in self.verdicts if each.cause is not None)
        return frozenset(change.key for cause in causes for change in cause.changes)


def difference(
    old: Snapshot,
    new: Snapshot,
    destinations: Sequence[str] = USUAL,
    functions: Sequence[str] | None = None,
    *,
    strict: bool = False,
    trust_appliances: bool = False,
) -> Difference:
    """Verdict by verdict what is otherwise in `new`, and why; raises UsageError for what neither snapshot knows."""
    before = Side(Analysis(old, strict=strict, trust_appliances=trust_appliances))
    after = Side(before.analysis.on(new))
    asked = list(dict.fromkeys(destinations))
    for side in (before, after):
        side.ask(asked, functions)
    _refuse_what_nobody_knows(before, after)
    both = [text for text in asked if text not in before.nowhere and text not in after.nowhere]
    came, went = _met(before, after, both), _met(after, before, both)
    pairs = _verdicts(before, after, both)
    changes = component_changes(before.analysis.network, after.analysis.network)
    turned = [change for change in pairs if change.before is not change.after]
    causes = CauseSearch(after.analysis, changes).causes([_asked(change, before, after) for change in turned])
    return Difference(
        len({change.question.arn for change in pairs}),
        tuple(_explained(change, causes[change.question], after) for change in turned),
        len(pairs) - len(turned),
        changes,
        came,
        went,
        tuple(_one_sided(asked, before, after)),
    )


def _refuse_what_nobody_knows(before: Side, after: Side) -> None:
    for kept in ("nobody", "nowhere"):
        unknown_before, unknown_after = getattr(before, kept), getattr(after, kept)
        for text, error in unknown_after.items():
            if text in unknown_before:
                raise error


def _met(here: Side, other: Side, destinations: Sequence[str]) -> tuple[Home, ...]:
    """The other side's functions that are gone here; all others are asked about here as well."""
    gone: list[Home] = []
    missing = [home for arn, home in other.homes.items() if arn not in here.homes]
    there: list[Home] = []
    for home in missing:
        known = here.knows(home)
        if known is Known.GONE:
            gone.append(home)
        else:
            there.append(home)
    if there:
        here.ask_by_arn(destinations, there)
    return tuple(sorted(gone, key=lambda home: home.arn))


def _verdicts(before: Side, after: Side, destinations: Sequence[str]) -> list[VerdictChange]:
    """Every question that both sides answer, by function and in the order of destinations."""
    homes = {**before.homes, **after.homes}
    told: list[VerdictChange] = []
    for arn in sorted(homes):
        for destination in destinations:
            old, new = before.verdict(arn, destination), after.verdict(arn, destination)
            if old is not None and new is not None:
                told.append(VerdictChange(Question(homes[arn].name, arn, destination), old, new))
    return told


def _asked(change: VerdictChange, before: Side, after: Side) -> Asked:
    key = (change.question.arn, change.question.destination)
    told = (side.answers[key] for side in (before, after) if key in side.answers)
    return Asked(change, frozenset(text for answer in told for text in _spoken_of(answer)))


def _spoken_of(answer: Answer) -> set[str]:
    """The ids that an answer's ways, blockers and doubts speak of."""
    found = {subnet.subnet_id for subnet in answer.subnets}
    for trace in answer.all_traces:
        found.update(step.component for step in (*trace.path, *trace.return_path))
        found.update(text for note in trace.notes for text in (note.component, note.entry))
        found.update(text for pick in trace.picks for text in pick)
        found.add(trace.endpoint)
    return found


def _explained(change: VerdictChange, cause: Cause | None, side: Side) -> Explained:
    answer = side.answers[change.question.arn, change.question.destination]
    if answer.verdict is Verdict.REACHABLE:
        return Explained(change, cause, (), ())
    return Explained(change, cause, answer.blockers, answer.unknowns)


def _one_sided(asked: Sequence[str], before: Side, after: Side) -> list[OneSided]:
    told = [
        (text, side.nowhere[text], side is after) for text in asked for side in (before, after) if text in side.nowhere
    ]
    return [OneSided(text, is_gone, str(reason)) for text, reason, is_gone in told]
