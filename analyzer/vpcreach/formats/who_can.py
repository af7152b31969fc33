"""Who reaches a destination: the functions that do, those that do in part, those of which it is not known.

The blocked are only counted: with many functions they are nearly all, and `report` or `why` tells of each.
"""

from collections.abc import Iterable, Sequence

import msgspec

from vpcreach.components.lambda_function import LIST_FUNCTIONS
from vpcreach.formats.json import GapJson, gaps_json, printed
from vpcreach.formats.wording import ansi, counted, gap_lines, labels, listed, note_words, paragraph, plain
from vpcreach.reach.answer import Answer, FunctionReport, Report, Verdict

SCHEMA = "vpcreach.who-can/1"
_TOLD = (Verdict.REACHABLE, Verdict.PARTIAL, Verdict.UNKNOWN)
_DOES = {
    Verdict.REACHABLE: ("reaches", "reach"),
    Verdict.PARTIAL: ("reaches it in part", "reach it in part"),
    Verdict.BLOCKED: ("does not", "do not"),
}


class SubnetJson(msgspec.Struct, frozen=True):
    subnet: str
    verdict: str


class WhyUnknownJson(msgspec.Struct, frozen=True):
    code: str
    component: str
    message: str
    resolve: str


class FunctionJson(msgspec.Struct, frozen=True):
    name: str
    arn: str
    account: str
    region: str
    vpc: str | None
    verdict: str
    provisional: bool
    assumptions: list[str]
    subnets: list[SubnetJson]
    unknowns: list[WhyUnknownJson]


class WhoCanJson(msgspec.Struct, frozen=True):
    schema: str
    destination: str
    functions: list[FunctionJson]
    blocked: int
    gaps: list[GapJson]


def render(report: Report, destination: str, *, colour: bool = False) -> str:
    """The functions by verdict, ending with a line break."""
    paint = ansi if colour else plain
    names = labels(report)
    found = _by_verdict(report)
    lines = [_sum(found, destination)]
    for verdict in _TOLD:
        if found[verdict]:
            lines += ["", paint(verdict.value.upper(), verdict)]
            lines += _rows(found[verdict], names, verdict)
    assumed = dict.fromkeys(text for function in report.functions for text in _of(function).assumptions)
    if assumed:
        lines += ["", "Assumed, because the snapshot does not tell:"]
        lines += [line for text in assumed for line in paragraph(text, 2)]
    is_list_missing = any(gap.call == LIST_FUNCTIONS.action for gap in report.gaps)
    if report.gaps and (found[Verdict.UNKNOWN] or is_list_missing):
        lines += ["", "Not in the snapshot:", *gap_lines(report.gaps)]
    return "\n".join(lines) + "\n"


def render_json(report: Report, destination: str) -> str:
    """The same for programs, schema `vpcreach.who-can/1`."""
    found = _by_verdict(report)
    told = [_function(function) for verdict in _TOLD for function in found[verdict]]
    return printed(WhoCanJson(SCHEMA, destination, told, len(found[Verdict.BLOCKED]), gaps_json(report.gaps)))


def _of(function: FunctionReport) -> Answer:
    return function.answers[0]


def _by_verdict(report: Report) -> dict[Verdict, list[FunctionReport]]:
    found: dict[Verdict, list[FunctionReport]] = {verdict: [] for verdict in Verdict}
    for function in report.functions:
        found[_of(function).verdict].append(function)
    return found


def _sum(found: dict[Verdict, list[FunctionReport]], destination: str) -> str:
    number = sum(len(functions) for functions in found.values())
    if not number:
        return f"No function is known, so nobody can be named who reaches {destination}."
    reaching = len(found[Verdict.REACHABLE])
    words = [f"{reaching} of {counted(number, 'function')} {_DOES[Verdict.REACHABLE][reaching != 1]} {destination}"]
    for verdict in (Verdict.PARTIAL, Verdict.UNKNOWN, Verdict.BLOCKED):
        count = len(found[verdict])
        if count and verdict is Verdict.UNKNOWN:
            words.append(f"of {count} it is not known")
        elif count:
            words.append(f"{count} {_DOES[verdict][count != 1]}")
    return f"{'; '.join(words)}."


def _rows(functions: Sequence[FunctionReport], names: dict[str, str], verdict: Verdict) -> Iterable[str]:
    """A line for each function; functions with the same reason stand together above it."""
    width = max(len(names[function.arn]) for function in functions)
    by_answer: dict[int, list[FunctionReport]] = {}
    for function in functions:
        by_answer.setdefault(id(_of(function)), []).append(function)  # thousands of functions share an answer
    groups: dict[tuple[str, ...], list[FunctionReport]] = {}
    for sharing in by_answer.values():
        groups.setdefault(tuple(_reason(_of(sharing[0]), verdict)), []).extend(sharing)
    places = {function.arn: place for place, function in enumerate(functions)}
    for reason, alike in groups.items():
        for function in sorted(alike, key=lambda function: places[function.arn]):
            mark = " (provisional)" if _of(function).is_provisional else ""
            yield f"  {names[function.arn]:<{width}}  {function.stands_where}{mark}".rstrip()
        yield from reason


def _reason(answer: Answer, verdict: Verdict) -> list[str]:
    if verdict is Verdict.PARTIAL:
        return paragraph(_parts(answer), 4)
    return _doubt(answer) if verdict is Verdict.UNKNOWN else []


def _parts(answer: Answer) -> str:
    groups = {
        verdict: [subnet.title for subnet in answer.subnets if subnet.verdict is verdict]
        for verdict in Verdict
        if any(subnet.verdict is verdict for subnet in answer.subnets)
    }
    return "; ".join(f"{verdict.value} from {listed(titles)}" for verdict, titles in groups.items())


def _doubt(answer: Answer) -> list[str]:
    """The first thing that is not known, and how many more there are."""
    unknowns = answer.unknowns
    if not unknowns:
        return []
    more = f" (and {len(unknowns) - 1} more)" if len(unknowns) > 1 else ""
    return paragraph(f"{note_words(unknowns[0])}{more}", 4, unknowns[0].code)


def _function(function: FunctionReport) -> FunctionJson:
    answer = _of(function)
    return FunctionJson(
        function.name,
        function.arn,
        function.account,
        function.region,
        function.vpc_id,
        answer.verdict.value,
        answer.is_provisional,
        sorted(answer.assumptions),
        [SubnetJson(subnet.subnet_id, subnet.verdict.value) for subnet in answer.subnets],
        [WhyUnknownJson(note.code, note.component, note.message, note.remedy) for note in answer.unknowns],
    )
