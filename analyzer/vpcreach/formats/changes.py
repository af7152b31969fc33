"""Changed verdicts in words: functions that fare alike in one line, what gets worse before what gets better."""

from collections.abc import Iterable, Sequence

from vpcreach.explain.changes import VerdictChange
from vpcreach.formats.wording import counted, listed, paragraph
from vpcreach.reach.answer import Verdict

_NAMED = 8


def change_lines(changes: Sequence[VerdictChange], indent: int) -> list[str]:
    """'1 verdict gets worse:' and what it is, then those that get better; one sentence where nothing changes."""
    if not changes:
        return [f"{' ' * indent}no verdict changes"]
    lines: list[str] = []
    by_direction: dict[bool, list[VerdictChange]] = {True: [], False: []}
    for change in changes:
        by_direction[change.is_worse].append(change)
    for is_worse, words in ((True, ("gets worse", "get worse")), (False, ("gets better", "get better"))):
        if mine := by_direction[is_worse]:
            lines.append(f"{' ' * indent}{counted(len(mine), 'verdict')} {words[len(mine) > 1]}:")
            lines += [line for text in grouped(mine) for line in paragraph(text, indent + 2)]
    return lines


def grouped(changes: Iterable[VerdictChange]) -> Iterable[str]:
    """'s3: blocked -> reachable for orders and billing', one for all functions that change alike."""
    groups: dict[tuple[str, Verdict, Verdict], list[str]] = {}
    for change in changes:
        key = (change.question.destination, change.before, change.after)
        groups.setdefault(key, []).append(change.question.function)
    for (destination, before, after), names in groups.items():
        rest = len(names) - _NAMED
        shown = [*names[:_NAMED], counted(rest, "more function")] if rest > 1 else names
        yield f"{destination}: {before.value} -> {after.value} for {listed(shown)}"
