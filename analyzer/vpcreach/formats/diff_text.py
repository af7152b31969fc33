"""The difference of two snapshots in words: what got worse and why, what got better, then what else is otherwise."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from vpcreach.explain.difference import (
    Cause,
    Certainty,
    ComponentChange,
    Difference,
    Direction,
    Explained,
    Home,
    OneSided,
    Presence,
)
from vpcreach.formats.wording import Paint, ansi, counted, listed, note_words, paragraph, plain
from vpcreach.forwarding import Note
from vpcreach.reach.answer import Verdict

_WORTH = {
    Direction.WORSE: Verdict.BLOCKED,
    Direction.BETTER: Verdict.REACHABLE,
    Direction.OTHER: Verdict.UNKNOWN,
}
_CERTAIN = {
    Certainty.SMALLEST: "",
    Certainty.MINIMAL: " (none of them can be left out; other sets were not all tried)",
    Certainty.SUFFICIENT: " (enough of them; perhaps fewer would do)",
}
_NAMES = 8
_NOTES = 3
_CHANGES = 20


def render(difference: Difference, *, colour: bool = False) -> str:
    """The whole difference, ending with a line break; `colour` paints the verdicts for a terminal."""
    paint = ansi if colour else plain
    blocks = [_summary(difference)]
    for direction in Direction:
        turned = [each for each in difference.verdicts if each.direction is direction]
        blocks += [_group(group, direction, difference, paint) for group in _alike(turned)]
    blocks += [_one_sided(difference.one_sided, is_gone=True), _one_sided(difference.one_sided, is_gone=False)]
    blocks += [_homes("Functions that went", difference.functions_went)]
    blocks += [_homes("Functions that came", difference.functions_came)]
    blocks += [_met(difference, Presence.WENT), _met(difference, Presence.CAME), _idle(difference)]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _summary(difference: Difference) -> list[str]:
    tally = Counter(each.direction for each in difference.verdicts)
    answers = difference.same + len(difference.verdicts)
    counts = [f"{tally[direction]} {direction.value}" for direction in Direction if tally[direction]]
    head = f"{counted(difference.functions, 'function')}, {counted(answers, 'answer')}"
    if not difference.changes and not difference.one_sided and not difference.verdicts:
        return [f"{head}: nothing changed"]
    return [f"{head}: {', '.join([*counts, f'{difference.same} the same'])}"]


# Verdicts


def _alike(turned: Iterable[Explained]) -> list[list[Explained]]:
    """Verdicts that turned in the same way by the same changes, in the order of their functions."""
    groups: dict[object, list[Explained]] = defaultdict(list)
    for each in turned:
        cause = tuple(_words(change) for change in each.cause.changes) if each.cause else None
        groups[(each.change.before, each.change.after, cause)].append(each)
    return list(groups.values())


def _group(group: Sequence[Explained], direction: Direction, difference: Difference, paint: Paint) -> list[str]:
    before, after = group[0].change.before, group[0].change.after
    word = paint(direction.value.upper(), _WORTH[direction])
    became = f"{paint(before.value, before)} -> {paint(after.value, after)}"
    questions = _questions(group)
    if len(questions) == 1:
        lines = [f"{word}  {questions[0]}: {became}"]
    else:
        lines = [f"{word}  {became}:", *(line for each in questions for line in paragraph(each, 4))]
    lines += _cause(group[0].cause, difference)
    return lines + _notes(group)


def _questions(group: Iterable[Explained]) -> list[str]:
    """'orders and reports → internet, s3', functions with the same destinations together."""
    destinations: dict[str, list[str]] = defaultdict(list)
    names: dict[str, str] = {}
    for each in group:
        question = each.change.question
        destinations[question.arn].append(question.destination)
        names[question.arn] = question.function
    functions: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for arn, asked in destinations.items():
        functions[tuple(asked)].append(names[arn])
    return [f"{_few(held)} → {', '.join(asked)}" for asked, held in functions.items()]


def _few(names: Sequence[str]) -> str:
    if len(names) <= _NAMES:
        return listed(names)
    return f"{', '.join(names[:_NAMES])} and {len(names) - _NAMES} more"


def _cause(cause: Cause | None, difference: Difference) -> list[str]:
    if cause is None:
        number = counted(len(difference.changes), "change")
        return paragraph(f"cause: not found; with all of {number} taken back the verdict is another one still", 2)
    if len(cause.changes) == 1:
        return paragraph(f"cause: {_words(cause.changes[0])}", 2)
    lines = paragraph(f"cause: {len(cause.changes)} changes together{_CERTAIN[cause.certainty]}", 2)
    return [*lines, *(line for change in cause.changes for line in paragraph(f"- {_words(change)}", 4))]


def _words(change: ComponentChange) -> str:
    """'route table rtb-1: route 0.0.0.0/0: nat-1 -> igw-1'; a function's own configuration without its name."""
    title = change.title if change.kind == "reply" else f"{change.kind.replace('_', ' ')} {change.title}"
    if change.function is not None:
        title = "its own configuration"
    if change.presence is not Presence.CHANGED:
        return f"{title} {change.presence.value}"
    return f"{title}: {'; '.join(str(entry) for entry in change.entries)}"


def _notes(group: Iterable[Explained]) -> list[str]:
    """What the new answers say, each sentence once."""
    notes = dict.fromkeys(_sentence(note) for each in group for note in (*each.blockers, *each.unknowns))
    lines = [line for words, code in list(notes)[:_NOTES] for line in paragraph(f"now: {words}", 2, code)]
    return lines + ([f"  and {counted(len(notes) - _NOTES, 'more reason')}"] if len(notes) > _NOTES else [])


def _sentence(note: Note) -> tuple[str, str]:
    return note_words(note), note.code


# What else is otherwise


def _one_sided(destinations: Iterable[OneSided], *, is_gone: bool) -> list[str]:
    held = [each for each in destinations if each.is_gone is is_gone]
    if not held:
        return []
    head = "Destinations that the newer snapshot does not know any more, and that are not compared:"
    if not is_gone:
        head = "Destinations that the older snapshot does not know yet, and that are not compared:"
    return [head, *(line for each in held for line in paragraph(each.reason, 2))]


def _homes(title: str, homes: Sequence[Home]) -> list[str]:
    return paragraph(f"{title}: {_few([home.name for home in homes])}", 0) if homes else []


def _met(difference: Difference, presence: Presence) -> list[str]:
    """Components that came or went, by kind; functions have a line of their own."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for change in difference.changes:
        if change.presence is presence and change.function is None:
            kinds[change.kind.replace("_", " ")].append(change.title)
    if not kinds:
        return []
    return [
        f"Components that {presence.value}:",
        *(line for kind, titles in kinds.items() for line in paragraph(f"{kind}: {_few(titles)}", 2)),
    ]


def _idle(difference: Difference) -> list[str]:
    causing = difference.causing
    idle = [c for c in difference.changes if c.key not in causing and c.presence is Presence.CHANGED]
    if not idle:
        return []
    head = f"{counted(len(idle), 'change')} that turned no verdict:"
    lines = [line for change in idle[:_CHANGES] for line in paragraph(_idle_words(change), 2)]
    return [head, *lines, *([f"  and {len(idle) - _CHANGES} more"] if len(idle) > _CHANGES else [])]


def _idle_words(change: ComponentChange) -> str:
    if change.function is None:
        return _words(change)
    return f"function {change.title}: {'; '.join(str(entry) for entry in change.entries)}"
