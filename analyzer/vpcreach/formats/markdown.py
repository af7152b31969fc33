"""A report as GitHub Markdown: a table of verdicts, then a table per function of what stops it."""

import re
from collections.abc import Iterable, Sequence

from vpcreach.formats.text import nothing_to_answer
from vpcreach.formats.wording import (
    alike,
    finding_words,
    labels,
    note_words,
    packets_words,
    parts,
    routed,
    trail,
)
from vpcreach.reach.answer import Answer, FunctionReport, Report, SubnetAnswer, Verdict

_MARKS = {
    Verdict.REACHABLE: "✅ reachable",
    Verdict.PARTIAL: "⚠️ partial",
    Verdict.UNKNOWN: "❔ unknown",
    Verdict.BLOCKED: "⛔ blocked",
}
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&$])")


def render(report: Report) -> str:
    """The whole report, ending with a line break."""
    if not report.functions:
        blocks = [["# Reachability", "", nothing_to_answer(report)]]
    else:
        names = labels(report)
        blocks = [["# Reachability", "", *_summary(report, names)]]
        blocks += [_function(function, names[function.arn]) for function in report.functions]
    if report.gaps:
        rows = [(gap.call, f"{gap.account}/{gap.region}", gap.reason) for gap in sorted(report.gaps)]
        blocks.append(["## Not in the snapshot", "", *table(("call", "place", "reason"), rows)])
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def escaped(text: str) -> str:
    """Text that stays text in a table cell: nothing of it is taken for markup, and it stays in its cell."""
    return _SPECIAL.sub(r"\\\1", text).replace("\r", "").replace("\n", "<br>")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A GitHub table of plain text."""
    lines = [_row(head), _row(["---"] * len(head), as_is=True)]
    return lines + [_row(row) for row in rows]


def _row(cells: Sequence[str], *, as_is: bool = False) -> str:
    return f"| {' | '.join(cells if as_is else [escaped(cell) for cell in cells])} |"


def _summary(report: Report, names: dict[str, str]) -> list[str]:
    asked = list(dict.fromkeys(answer.destination for f in report.functions for answer in f.answers))
    rows = []
    for function in report.functions:
        told = {answer.destination: answer for answer in function.answers}
        rows.append((names[function.arn], *(_mark(told.get(destination)) for destination in asked)))
    return table(("function", *asked), rows)


def _mark(answer: Answer | None) -> str:
    if answer is None:
        return "-"
    return _MARKS[answer.verdict] + (" (with assumptions)" if answer.assumptions else "")


def _function(function: FunctionReport, name: str) -> list[str]:
    place = f"{function.account}/{function.region}, {function.stands_where}"
    lines = [f"## {escaped(name)}", "", escaped(place), ""]
    rows = [
        (answer.destination, ", ".join(s.title for s in group), group[0].verdict.value, why, what)
        for answer in function.answers
        for group in alike(parts(answer))
        for why, what in _reasons(group[0])
    ]
    lines += table(("destination", "subnets", "verdict", "why", "what helps"), rows)
    assumed = [(a.destination, text) for a in function.answers for text in a.assumptions]
    if assumed:
        lines += ["", *table(("destination", "assumes"), assumed)]
    findings = [*function.findings, *(f for answer in function.answers for f in answer.findings)]
    if findings:
        told = dict.fromkeys(
            (finding.destination or "", f"{finding_words(finding)} [{finding.code}]", finding.remedy)
            for finding in findings
        )
        lines += ["", *table(("destination", "worth knowing", "what helps"), told)]
    return lines


def _reasons(subnet: SubnetAnswer) -> list[tuple[str, str]]:
    """Why and what helps, a row each; the way itself where nothing stands in it."""
    notes = (*subnet.blockers, *subnet.unknowns)
    rows = [(f"{note_words(note)} [{note.code}]", note.remedy) for note in notes]
    if subnet.verdict is Verdict.PARTIAL:
        rows += [(f"fails: {packets_words(packets)}", "") for packets in subnet.failing]
    trace = subnet.main_trace
    return rows or [(trail(routed(subnet, trace.path)) if trace else "", "")]
