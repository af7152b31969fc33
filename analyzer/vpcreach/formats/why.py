"""One answer in full: the way out and back step by step, all that stops it, what would settle a doubt."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from vpcreach.explain.aws_codes import AWS_CODES
from vpcreach.explain.cleared import cleared
from vpcreach.explain.story import Stories, Story
from vpcreach.formats.fixes import assumed_lines, fix_lines
from vpcreach.formats.text import finding_lines
from vpcreach.formats.wording import (
    Paint,
    alike,
    ansi,
    gap_lines,
    listed,
    note_words,
    packets_words,
    paragraph,
    parts,
    plain,
    provisional_words,
    question,
    way_beyond,
)
from vpcreach.forwarding import Effect, Leg, Note
from vpcreach.reach.answer import Answer, FunctionReport, Step, SubnetAnswer, Trace, Verdict

_PACKETS_SHOWN = 3


def render_all(told: Stories, language: str = "aws-cli", *, colour: bool = False) -> str:
    """Every story, and what the snapshot lacks where something is undecided."""
    text = "\n".join(render(story, language, colour=colour) for story in told.stories)
    if told.gaps and any(story.answer.unknowns for story in told.stories):
        text += "\n".join(["", "Not in the snapshot:", *gap_lines(told.gaps), ""])
    return text


def render(story: Story, language: str = "aws-cli", *, colour: bool = False) -> str:
    """The answer in full, ending with a line break; fixes are also told in a language of formats/edits."""
    paint = ansi if colour else plain
    lines = [*assumed_lines(story), *_answer(story, paint), *fix_lines(story, language)]
    return "\n".join(lines) + "\n"


def _answer(story: Story, paint: Paint) -> list[str]:
    function, answer = story.function, story.answer
    word = paint(answer.verdict.value.upper(), answer.verdict)
    lines = [f"{word}  {function.name} → {question(answer)}", *([f"  {function.arn}"] if function.arn else [])]
    lines += paragraph(_sum(function, answer), 2)
    lines += [line for sentence in story.in_words for line in paragraph(sentence, 2)]
    if answer.is_provisional:
        lines += paragraph(f"The verdict is {provisional_words(answer)}.", 2)
    for group in alike(parts(answer)):
        lines += ["", *_subnets(group, story, paint)]
    if answer.assumptions:
        lines += ["", "Assumed, because the snapshot does not tell:"]
        lines += [line for text in answer.assumptions for line in paragraph(text, 2)]
    findings = finding_lines((*answer.findings, *function.findings))
    if findings:
        lines += ["", "Worth knowing:", *findings]
    settle = dict.fromkeys(note.remedy for note in answer.unknowns if note.remedy)
    if settle and answer.verdict in (Verdict.UNKNOWN, Verdict.PARTIAL):
        lines += ["", "What would settle it:"]
        lines += [line for text in settle for line in paragraph(f"- {text}", 2)]
    return lines


NOWHERE_KNOWN = "Where the function stands is not known."


def _sum(function: FunctionReport, answer: Answer) -> str:
    if not function.arn:
        return "Whether there is such a function is not known."
    if not answer.subnets:
        if function.vpc_id:
            return f"In {function.vpc_id}."
        return f"The function is {function.stands_where}." if function.is_standing_known else NOWHERE_KNOWN
    by_verdict = {
        verdict: [s.title for s in answer.subnets if s.verdict is verdict]
        for verdict in Verdict
        if any(s.verdict is verdict for s in answer.subnets)
    }
    if len(by_verdict) == 1:
        number = len(answer.subnets)
        where = {1: "its one subnet", 2: "both subnets"}.get(number, f"all {number} subnets")
        return f"In {function.vpc_id}; {answer.verdict.value} from {where}."
    told = "; ".join(f"{verdict.value} from {listed(ids)}" for verdict, ids in by_verdict.items())
    return f"In {function.vpc_id}, where it may run in any of its subnets: {told}."


def _subnets(group: Sequence[SubnetAnswer], story: Story, paint: Paint) -> list[str]:
    """The story of subnets that share it."""
    verdict = group[0].verdict
    name = ", ".join(subnet.title for subnet in group) or "Without a subnet"
    lines = [f"{name}: {paint(verdict.value.upper(), verdict)}"]
    fates = _fates(group)
    for number, traces in enumerate(fates):
        if number:
            lines.append("")
        lines += _fate(traces, story, paint if len(fates) > 1 else None)
    return lines


def _fates(group: Iterable[SubnetAnswer]) -> list[list[Trace]]:
    """Traces of the same way, fate and reasons together, the worst first."""
    fates: dict[object, list[Trace]] = {}
    for subnet in group:
        for trace in subnet.traces:
            path = way_beyond(subnet.subnet_id, trace.path)
            back = way_beyond(subnet.subnet_id, trace.return_path)
            shown = back if _has_way_back(trace) else ()
            key = (trace.verdict, path, shown, trace.blockers, trace.unknowns, trace.endpoint)
            fates.setdefault(key, []).append(replace(trace, path=path, return_path=back))
    return sorted(fates.values(), key=lambda traces: -traces[0].verdict.severity)


def _fate(traces: Sequence[Trace], story: Story, paint: Paint | None) -> list[str]:
    trace = traces[0]
    lines: list[str] = []
    for shown in traces[:_PACKETS_SHOWN]:
        prefix = f"{paint(shown.verdict.value, shown.verdict)}: " if paint else ""
        # Where all of an endpoint's packets share one fate, its name says more than a hundred blocks of addresses.
        whereto = "" if paint else trace.endpoint
        lines += paragraph(f"{prefix}{packets_words(shown.packets, whereto)}", 2)
    if len(traces) > _PACKETS_SHOWN:
        lines.append(f"  and {len(traces) - _PACKETS_SHOWN} more sets of packets with the same fate")
    if trace.endpoint and paint:
        lines += paragraph(f"to {trace.endpoint}", 2)
    if trace.witness is not None:
        lines += paragraph(f"for example {trace.witness}", 2)
    lines += _way("the way out", trace.path)
    lines += _way("the way back", trace.return_path) if _has_way_back(trace) else []
    lines += _blockers(trace, story)
    return lines + _notes("not decided because", "resolve", trace.unknowns, story)


def _has_way_back(trace: Trace) -> bool:
    """Whether packets get so far that their answers have a way worth telling."""
    return not trace.blockers or any(note.leg is Leg.BACK for note in trace.blockers)


def _way(title: str, steps: Sequence[Step]) -> list[str]:
    if not steps:
        return []
    first = max(len(step.title) for step in steps)
    second = max(len(step.kind) for step in steps)
    lines = [f"  {title}:"]
    for number, step in enumerate(steps, 1):
        kind = step.kind.replace("_", " ")
        columns = (f"{number:>2}. {step.title:<{first}}", f"{kind:<{second}}", step.detail)
        lines.append(f"    {'  '.join(columns)}".rstrip())
    return lines


def _blockers(trace: Trace, story: Story) -> list[str]:
    """All that stops the packets, in the order of their way, and what does not."""
    notes = trace.blockers
    number = f" {len(notes)} things, in the order of the way" if len(notes) > 1 else ""
    lines = _notes(f"stopped by{number}", "remedy", notes, story)
    passed = cleared(trace, story.answer.destination) if notes else ()
    return lines + (paragraph(f"not the matter: {listed(passed)}", 2) if passed else [])


def _notes(title: str, remedy: str, notes: Sequence[Note], story: Story) -> list[str]:
    if not notes:
        return []
    lines = [f"  {title}:"]
    for number, note in enumerate(notes, 1):
        words = note_words(note).replace(note.component, story.named(note.component), 1)
        mark = f"{number}. " if len(notes) > 1 else ""
        lines += paragraph(f"{mark}{words}", 4, note.code)
        lines += paragraph(f"so {consequence(note)}", 6) if note.effect is Effect.FAIL else []
        lines += paragraph(f"{remedy}: {note.remedy}", 6) if note.remedy else []
        lines += [f"      AWS: {note.page}"] if note.page else []
        lines += [f"      AWS's own code: {note.code}"] if note.code in AWS_CODES else []
    return lines


def consequence(note: Note) -> str:
    """What becomes of packets that a blocker stops."""
    if note.leg is Leg.BACK:
        return "the packets arrive, their answers are lost on the way back, and connections time out"
    if note.code == "ENDPOINT_POLICY_DENY":
        return "AWS answers each request with AccessDenied"
    if note.spot is None:
        return "connections fail, whichever way the packets would take"
    if note.spot.gates and note.spot.is_inbound:
        return "the packets are dropped as they enter, and connections time out"
    where = f" {'as they leave' if note.spot.gates else 'in'} {note.spot.standing_in}" if note.spot.standing_in else ""
    return f"the packets are dropped{where}, and connections time out"
