"""A report in words: a table of verdicts, every answer with its way, blockers and remedies, then the gaps."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from vpcreach.formats.wording import (
    Paint,
    alike,
    ansi,
    counted,
    finding_words,
    gap_lines,
    labels,
    listed,
    note_words,
    packets_words,
    paragraph,
    parts,
    plain,
    provisional_words,
    question,
    routed,
    trail,
)
from vpcreach.forwarding import Leg
from vpcreach.reach.answer import Answer, Finding, FunctionReport, Report, SubnetAnswer, Verdict

NO_FUNCTIONS = "No function of this snapshot is attached to a VPC, so there is nothing to answer."
NO_LIST = "No VPC-attached function is known, because the snapshot lacks a list of functions (see below)."


def render(report: Report, *, colour: bool = False) -> str:
    """The whole report, ending with a line break; `colour` paints the verdicts for a terminal."""
    paint = ansi if colour else plain
    names = labels(report)
    blocks = [_summary(report, names, paint)]
    blocks += [block for function in report.functions for block in _function(function, names[function.arn], paint)]
    if report.gaps:
        blocks.append(["Not in the snapshot:", *gap_lines(report.gaps)])
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _summary(report: Report, names: dict[str, str], paint: Paint) -> list[str]:
    if not report.functions:
        return [nothing_to_answer(report)]
    answers = [answer for function in report.functions for answer in function.answers]
    tally = Counter(answer.verdict for answer in answers)
    counts = ", ".join(f"{tally[verdict]} {verdict.value}" for verdict in Verdict if tally[verdict])
    lines = [f"{counted(len(report.functions), 'function')}, {counted(len(answers), 'answer')}: {counts}", ""]
    lines += _table(report.functions, names, paint)
    if any(answer.assumptions for answer in answers):
        lines += ["", "* rests on an assumption that is named with the answer"]
    return lines


def nothing_to_answer(report: Report) -> str:
    """One sentence for a report without functions."""
    return NO_LIST if any(gap.call == "lambda:ListFunctions" for gap in report.gaps) else NO_FUNCTIONS


def _table(functions: Iterable[FunctionReport], names: dict[str, str], paint: Paint) -> list[str]:
    rows = [(names[function.arn], {a.destination: a for a in function.answers}) for function in functions]
    asked = list(dict.fromkeys(destination for _, answers in rows for destination in answers))
    first = max(len("FUNCTION"), *(len(name) for name, _ in rows))
    widths = {destination: max(len(destination), len("REACHABLE*")) for destination in asked}
    lines = ["  ".join(("FUNCTION".ljust(first), *(d.ljust(widths[d]) for d in asked))).rstrip()]
    for name, answers in rows:
        cells = [_cell(answers.get(destination), widths[destination], paint) for destination in asked]
        lines.append("  ".join((name.ljust(first), *cells)).rstrip())
    return lines


def _cell(answer: Answer | None, width: int, paint: Paint) -> str:
    if answer is None:
        return "-".ljust(width)
    word = answer.verdict.value.upper()
    mark = "*" if answer.assumptions else ""
    return paint(word, answer.verdict) + mark + " " * (width - len(word) - len(mark))


def _function(function: FunctionReport, name: str, paint: Paint) -> Iterable[list[str]]:
    # What holds for the function whatever it calls is told once, after its answers.
    of_all = [finding for answer in function.answers for finding in answer.findings if finding.destination is None]
    for answer in function.answers:
        own = tuple(finding for finding in answer.findings if finding.destination is not None)
        yield answer_lines(replace(answer, findings=own), name, paint)
    told = {finding for answer in function.answers for finding in answer.findings} - set(of_all)
    rest = [finding for finding in dict.fromkeys((*function.findings, *of_all)) if finding not in told]
    if rest:
        yield [f"Worth knowing about {name}:", *finding_lines(rest)]


def answer_lines(answer: Answer, name: str, paint: Paint = plain) -> list[str]:
    """One answer: the verdict, the packets, the way, all that stops them, and what the answer rests on."""
    groups = alike(parts(answer))
    subnets = [subnet.title for subnet in sorted(answer.subnets, key=lambda subnet: subnet.subnet_id)]
    where = f" ({', '.join(subnets)})" if subnets else ""
    lines = [f"{paint(answer.verdict.value.upper(), answer.verdict)}  {name}{where} → {question(answer)}"]
    if answer.is_provisional:
        lines += paragraph(provisional_words(answer), 2)
    for group in groups:
        indent = 2
        if len(groups) > 1:
            from_where = listed([subnet.title or "outside every subnet" for subnet in group])
            lines.append(f"  {paint(group[0].verdict.value, group[0].verdict)} from {from_where}:")
            indent = 4
        lines += _story(group[0], indent)
    lines += [line for text in answer.assumptions for line in paragraph(f"assumes: {text}", 2)]
    return lines + finding_lines(answer.findings)


def _story(subnet: SubnetAnswer, indent: int) -> list[str]:
    lines: list[str] = []
    for note in subnet.blockers:
        lines += paragraph(note_words(note), indent, note.code)
        lines += paragraph(f"remedy: {note.remedy}", indent)
    for note in subnet.unknowns:
        lines += paragraph(note_words(note), indent, note.code)
        lines += paragraph(f"resolve: {note.remedy}", indent)
    if subnet.verdict is Verdict.PARTIAL:
        for packets in subnet.failing:
            lines += paragraph(f"fails: {packets_words(packets)}", indent)
    trace = subnet.main_trace
    if trace is None:
        return lines
    path = routed(subnet, trace.path)
    if path:
        lines += paragraph(f"way: {trail(path)}", indent)
    back = routed(subnet, trace.return_path)
    if back and any(note.leg is Leg.BACK for note in trace.blockers):
        lines += paragraph(f"way back: {trail(back)}", indent)
    if trace.witness is not None:
        lines += paragraph(f"packet: {trace.witness}", indent)
    return lines


def finding_lines(findings: Iterable[Finding], indent: int = 2) -> list[str]:
    """Findings as notes, those that differ in nothing but the subnet once."""
    told = dict.fromkeys((finding_words(finding), finding.code, finding.remedy) for finding in findings)
    lines: list[str] = []
    for words, code, remedy in told:
        lines += paragraph(f"note: {words}", indent, code)
        if remedy:
            lines += paragraph(f"remedy: {remedy}", indent + 2)
    return lines
