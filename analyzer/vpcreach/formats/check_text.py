"""The outcome of a rule file in words: what is broken, with its reasons, what is undecided, then the rest."""

from collections import Counter

from vpcreach.check.outcome import CheckReport, Expectation, RuleResult, Status
from vpcreach.formats.text import answer_lines
from vpcreach.formats.wording import Paint, ansi, counted, gap_lines, paragraph, plain
from vpcreach.reach.answer import Verdict

_WORTH = {Status.HELD: Verdict.REACHABLE, Status.BROKEN: Verdict.BLOCKED, Status.UNDECIDED: Verdict.UNKNOWN}
_WANTED = {Expectation.MUST_REACH: "must be reachable", Expectation.MUST_NOT_REACH: "must be blocked"}


def render(outcome: CheckReport, *, colour: bool = False) -> str:
    """The whole outcome, ending with a line break."""
    paint = ansi if colour else plain
    blocks = [[_summary(outcome)]]
    blocks += [_trouble(result, paint) for result in outcome.results if result.status is Status.BROKEN]
    blocks += [_trouble(result, paint) for result in outcome.results if result.status is Status.UNDECIDED]
    blocks += [
        [f"{_word(Status.UNDECIDED, paint)}  {rule.rule}", *paragraph(rule.reason, 2)] for rule in outcome.unmatched
    ]
    blocks += [_held(outcome, paint), _assumed(outcome)]
    if outcome.gaps and outcome.status is not Status.HELD:
        blocks.append(["Not in the snapshot:", *gap_lines(outcome.gaps)])
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _summary(outcome: CheckReport) -> str:
    tally = Counter(result.status for result in outcome.results)
    tally[Status.UNDECIDED] += len(outcome.unmatched)
    counts = ", ".join(f"{tally[status]} {status.value}" for status in Status if tally[status])
    rules = {result.rule for result in outcome.results} | {rule.rule for rule in outcome.unmatched}
    return f"{counted(len(rules), 'rule')}, {counted(tally.total(), 'check')}: {counts}"


def _word(status: Status, paint: Paint) -> str:
    return paint(status.value.upper(), _WORTH[status])


def _trouble(result: RuleResult, paint: Paint) -> list[str]:
    head = f"{_word(result.status, paint)}  {result.rule}: {result.function} → {result.destination}"
    lines = [f"{head} {_WANTED[result.expected]}"]
    return lines + [f"  {line}" for line in answer_lines(result.answer, result.function, paint)]


def _held(outcome: CheckReport, paint: Paint) -> list[str]:
    tally = Counter(result.rule for result in outcome.results if result.status is Status.HELD)
    word = _word(Status.HELD, paint)
    return [f"{word}  {rule} ({counted(number, 'check')})" for rule, number in tally.items()]


def _assumed(outcome: CheckReport) -> list[str]:
    held = (result for result in outcome.results if result.status is Status.HELD)
    texts = sorted({text for result in held for text in result.answer.assumptions})
    if not texts:
        return []
    head = "What held rests on these assumptions (--strict makes them undecided):"
    return [head, *(line for text in texts for line in paragraph(text, 2))]
