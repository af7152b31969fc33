"""Verdicts before and after: which answers are other ones now, and which of them are worse."""

from collections.abc import Mapping
from dataclasses import dataclass

from vpcreach.reach.answer import Verdict
from vpcreach.reach.reporting import Question


@dataclass(frozen=True, slots=True)
class VerdictChange:
    """One question whose verdict is another one now."""

    question: Question
    before: Verdict
    after: Verdict

    @property
    def is_worse(self) -> bool:
        """Contract's order: reachable, partial, unknown, blocked."""
        return self.after.severity > self.before.severity

    def __str__(self) -> str:
        return f"{self.question}: {self.before.value} -> {self.after.value}"


def verdict_changes(before: Mapping[Question, Verdict], after: Mapping[Question, Verdict]) -> tuple[VerdictChange, ...]:
    """The questions that both sides answer, and differently; by function and in the order of destinations."""
    return tuple(
        VerdictChange(question, verdict, after[question])
        for question, verdict in before.items()
        if question in after and after[question] is not verdict
    )
