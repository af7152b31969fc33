"""What became of each rule: held, broken or undecided, with the answer that decides it."""

from dataclasses import dataclass
from enum import Enum
from typing import assert_never

from vpcreach.reach.answer import Answer, Verdict
from vpcreach.snapshot.snapshot import Gap


class Expectation(Enum):
    """What a rule says of a destination."""

    MUST_REACH = "must_reach"
    MUST_NOT_REACH = "must_not_reach"


class Status(Enum):
    BROKEN = "broken"
    UNDECIDED = "undecided"
    HELD = "held"


class UnknownAs(Enum):
    """What an undecided rule counts as: `--unknown`."""

    UNDECIDED = "undecided"
    FAIL = "fail"
    PASS = "pass"


def judged(expected: Expectation, verdict: Verdict) -> Status:
    """`must_reach` holds only for reachable, `must_not_reach` only for blocked; partial breaks both."""
    match verdict:
        case Verdict.UNKNOWN:
            return Status.UNDECIDED
        case Verdict.PARTIAL:
            return Status.BROKEN
        case Verdict.REACHABLE:
            return Status.HELD if expected is Expectation.MUST_REACH else Status.BROKEN
        case Verdict.BLOCKED:
            return Status.HELD if expected is Expectation.MUST_NOT_REACH else Status.BROKEN
        case _:
            assert_never(verdict)


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule, one function, one destination."""

    rule: str
    function: str
    arn: str
    destination: str
    expected: Expectation
    answer: Answer

    @property
    def status(self) -> Status:
        return judged(self.expected, self.answer.verdict)


@dataclass(frozen=True, slots=True)
class UnmatchedRule:
    """A rule that may mean functions which the snapshot does not tell; always undecided."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """Results in the order of the rule file, functions by ARN."""

    results: tuple[RuleResult, ...]
    unmatched: tuple[UnmatchedRule, ...]
    gaps: tuple[Gap, ...]

    @property
    def status(self) -> Status:
        found = {result.status for result in self.results}
        if Status.BROKEN in found:
            return Status.BROKEN
        return Status.UNDECIDED if Status.UNDECIDED in found or self.unmatched else Status.HELD


def exit_code(outcome: CheckReport, unknown: UnknownAs = UnknownAs.UNDECIDED) -> int:
    """0 every rule holds, 1 a rule is broken, 3 nothing broken but something undecided."""
    if outcome.status is Status.BROKEN:
        return 1
    if outcome.status is Status.HELD:
        return 0
    return {UnknownAs.UNDECIDED: 3, UnknownAs.FAIL: 1, UnknownAs.PASS: 0}[unknown]
