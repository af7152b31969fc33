"""Verdicts before and after: which answers are other ones now, and which of them are worse."""

from collections.abc import Sequence

import msgspec

from vpcreach.reach.answer import Verdict
from vpcreach.reach.functions import every_function
from vpcreach.reach.reporting import Analysis, Question


class VerdictChange(msgspec.Struct, frozen=True):
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


def changes_for_everyone(before: Analysis, after: Analysis, destinations: Sequence[str]) -> tuple[VerdictChange, ...]:
    """The verdicts that are other ones in an edited copy, of all functions, those without VPC too; by function and in
    the order of destinations."""
    old, new = before.verdicts_of_everyone(destinations), after.verdicts_of_everyone(destinations)
    turned = {arn for arn, verdicts in old.items() if new.get(arn, verdicts) != verdicts}
    listed = [each for each in every_function(before.network) if each.arn in turned] if turned else []
    return tuple(
        VerdictChange(Question(each.name, each.arn, destination), was, now)
        for each in listed
        for destination, was, now in zip(destinations, old[each.arn], new[each.arn], strict=True)
        if was is not now
    )
