"""Fixes and assumed changes in words: what to change, what it opens besides, and the lines that do it."""

from vpcreach.explain.edits import Cost
from vpcreach.explain.repairs import Fix
from vpcreach.explain.story import Story
from vpcreach.formats.changes import change_lines
from vpcreach.formats.edits import written
from vpcreach.formats.wording import paragraph
from vpcreach.reach.answer import Verdict

_COSTS = {
    Cost.NONE: "needs no new resource",
    Cost.FREE: "needs a new resource that costs nothing",
    Cost.HOURLY: "needs a new resource that is billed by the hour and by traffic",
}


def fix_lines(story: Story, language: str) -> list[str]:
    """The section on fixes, with an empty line before it; nothing where the answer needs none."""
    if story.answer.verdict is Verdict.UNKNOWN:
        return ["", *paragraph("Fixes: none is offered while something that decides is unknown.", 0)]
    if story.fixes is None:
        return []
    if not story.fixes:
        return ["", *paragraph("Fixes: none was found that vpcreach could try; see the remedies above.", 0)]
    title = "A fix, tried" if len(story.fixes) == 1 else f"{len(story.fixes)} fixes, the best first, each tried"
    lines = ["", f"{title} on a copy of the snapshot:"]
    for number, fix in enumerate(story.fixes, 1):
        lines += _fix(number, fix, story, language)
    return [*lines, *paragraph(f"Compared: {story.compared}.", 2)]


def _fix(number: int, fix: Fix, story: Story, language: str) -> list[str]:
    lines: list[str] = []
    for place, edit in enumerate(fix.edits):
        lines += paragraph(f"{number}. {edit}" if not place else f"and {edit}", 2 if not place else 5)
    lines += paragraph(f"makes {story.function.name} → {story.answer.destination} reachable; {_COSTS[fix.cost]}", 5)
    if fix.also_changes:
        lines += ["     besides that:", *change_lines(fix.also_changes, 7)]
    else:
        lines.append("     changes no other verdict")
    lines += [line for caution in fix.cautions for line in paragraph(f"mind: {caution.text}", 5)]
    return [*lines, *(f"       {line}".rstrip() for line in written(fix.edits, language, story.network).splitlines())]


def assumed_lines(story: Story) -> list[str]:
    """What was assumed, and what it changes for everyone; an empty line behind it."""
    if story.assumed is None:
        return []
    lines = ["Assumed changes:", *(line for edit in story.assumed.edits for line in paragraph(f"- {edit}", 2))]
    return [*lines, f"With them, of {story.compared}:", *change_lines(story.assumed.changes, 2), ""]
