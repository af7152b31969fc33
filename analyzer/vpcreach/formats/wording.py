"""Words and line breaks that the readable formats share: verdicts, notes with their code, trails, gaps.

Text is wrapped to `WIDTH` columns; a code stands at the right edge, where the eye finds it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from textwrap import wrap

from vpcreach.forwarding import Leg, Note
from vpcreach.reach.answer import (
    STOPPED,
    Answer,
    Finding,
    FunctionReport,
    Packets,
    Report,
    Step,
    SubnetAnswer,
    Verdict,
    fold,
)
from vpcreach.snapshot.snapshot import Gap

WIDTH = 110
Paint = Callable[[str, Verdict], str]
_GATES = ("security_group", "network_acl")
_ANSI = {Verdict.REACHABLE: "32", Verdict.PARTIAL: "33", Verdict.UNKNOWN: "35", Verdict.BLOCKED: "31"}


def plain(text: str, _: Verdict) -> str:
    """The text as it is."""
    return text


def ansi(text: str, verdict: Verdict) -> str:
    """The text in the verdict's colour."""
    return f"\033[{_ANSI[verdict]}m{text}\033[0m"


def counted(number: int, noun: str) -> str:
    """'1 function', '2 functions'."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def listed(words: Sequence[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


@lru_cache(maxsize=1 << 14)
def _wrapped(text: str, indent: int) -> tuple[str, ...]:
    # A thousand functions share most of their sentences, and wrapping is most of the time that text takes.
    deeper = " " * (indent + 2)
    return tuple(
        wrap(
            text,
            WIDTH,
            initial_indent=" " * indent,
            subsequent_indent=deeper,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def paragraph(text: str, indent: int, code: str = "") -> list[str]:
    """The text wrapped, further lines two columns deeper, and the code at the right edge of the last one."""
    lines = list(_wrapped(text, indent))
    if not code:
        return lines
    mark = f"[{code}]"
    if lines and len(lines[-1]) + 2 + len(mark) <= WIDTH:
        return [*lines[:-1], lines[-1].ljust(WIDTH - len(mark)) + mark]
    return [*lines, mark.rjust(WIDTH)]


def note_words(note: Note) -> str:
    """A note's sentence; names the component, the entry and the way back where the sentence does not."""
    words = note.message if note.component in note.message else f"{note.component}: {note.message}"
    if note.entry and note.entry not in words:
        words = f"{words} ({note.entry})"
    return f"on the way back: {words}" if note.leg is Leg.BACK and "way back" not in words else words


def finding_words(finding: Finding) -> str:
    """A finding's sentence; names the component where the sentence does not."""
    if not finding.component or finding.component in finding.message:
        return finding.message
    return f"{finding.component}: {finding.message}"


def step_words(step: Step) -> str:
    return f"{step.title} ({step.detail})" if step.detail else step.title


def trail(steps: Iterable[Step]) -> str:
    """'subnet-1 → rtb-1 (0.0.0.0/0 -> nat-1) → nat-1'."""
    return " → ".join(step_words(step) for step in steps)


def way_beyond(subnet_id: str, steps: Iterable[Step]) -> tuple[Step, ...]:
    """The steps without the subnet that they belong to: what subnets of one story have in common."""
    return tuple(step for step in steps if step.component not in (subnet_id, ""))


def routed(subnet: SubnetAnswer, steps: Iterable[Step]) -> list[Step]:
    """The way as far as packets get, without the gates that stand open: `why` has those too."""
    way: list[Step] = []
    for step in way_beyond(subnet.subnet_id, steps):
        is_stopped = step.detail.endswith(STOPPED)
        if step.kind not in _GATES or is_stopped:
            way.append(step)
        if is_stopped:
            break
    return way


def packets_words(packets: Packets, whereto: str = "") -> str:
    """'tcp/443 to 128.0.0.0/1, client ports 1024-32767, from 10.0.1.0/24'; `whereto` in place of the addresses."""
    words = f"{packets.protocol}/{packets.ports}" if packets.ports else packets.protocol
    words = f"{words} to {whereto or packets.addresses}"
    if packets.client_ports:
        words += f", client ports {packets.client_ports}"
    if packets.translated_client_ports:
        words += f", those of the NAT gateway {packets.translated_client_ports}"
    return f"{words}, from {packets.sources}" if packets.sources else words


def question(answer: Answer) -> str:
    """The destination as typed, and protocol and port where it does not say them: 'internet tcp/443'."""
    asked = {(t.packets.protocol, t.packets.ports) for t in answer.all_traces}
    unsaid = sorted(
        f"{protocol}/{ports}" if ports else protocol
        for protocol, ports in asked
        if not answer.destination.endswith((f":{ports}", f":{ports}/{protocol}"))
    )
    return " ".join((answer.destination, *unsaid))


def parts(answer: Answer) -> tuple[SubnetAnswer, ...]:
    """The answer's subnets; traces that belong to no subnet come first, under an empty subnet id."""
    # The versions behind an alias may stand in subnets and outside of any.
    verdict = fold(trace.verdict for trace in answer.traces) if answer.subnets else answer.verdict
    apart = (SubnetAnswer("", verdict, answer.traces),) if answer.traces else ()
    return (*apart, *sorted(answer.subnets, key=lambda subnet: subnet.subnet_id))


def alike(subnets: Iterable[SubnetAnswer]) -> list[list[SubnetAnswer]]:
    """Subnets in groups of the same story: verdict, way, blockers and doubts; in order of first subnet."""
    groups: dict[object, list[SubnetAnswer]] = defaultdict(list)
    for subnet in subnets:
        trace = subnet.main_trace
        ways = (trace.path, trace.return_path) if trace else ((), ())
        # What stops the packets is the story of a blocked subnet, however they would have gone on.
        told = () if subnet.verdict is Verdict.BLOCKED else [way_beyond(subnet.subnet_id, way) for way in ways]
        groups[(subnet.verdict, *told, subnet.blockers, subnet.unknowns)].append(subnet)
    return list(groups.values())


def labels(report: Report) -> dict[str, str]:
    """What to call each function, by ARN: its name, and account and region where the name is not unique."""
    called: dict[str, list[FunctionReport]] = defaultdict(list)
    for function in report.functions:
        called[function.name].append(function)
    return {
        function.arn: name if len(namesakes) == 1 else f"{name} in {function.account}/{function.region}"
        for name, namesakes in called.items()
        for function in namesakes
    }


def gap_lines(gaps: Iterable[Gap], indent: int = 2) -> list[str]:
    """Gaps by reason and place, so that a hundred missing files are a few lines."""
    places: dict[tuple[str, str], set[str]] = defaultdict(set)
    for gap in gaps:
        places[gap.call, gap.reason].add(f"{gap.account}/{gap.region}")
    calls: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for (call, reason), where in sorted(places.items()):
        calls[reason, tuple(sorted(where))].append(call)
    return [
        line
        for (reason, where), names in sorted(calls.items())
        for line in paragraph(f"{reason} in {', '.join(where)}: {', '.join(names)}", indent)
    ]


def provisional_words(answer: Answer) -> str:
    """Why a verdict may not stand: the function is changing, or appliances are trusted that nobody can read."""
    if answer.trusts_appliances:
        return "provisional: rests on appliances that were vouched for (--trust-appliances)"
    return "provisional: the function is being made or updated, and the answer may change with it"
