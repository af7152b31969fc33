"""What vpcreach answers: verdicts with their trails, blockers, gaps and assumptions, as data.

Everything a format tells is here, and nothing here knows how it is told.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

import msgspec

from vpcreach.forwarding import Effect, Note
from vpcreach.packets.address_map import AddressSet, Family
from vpcreach.packets.packet_set import Packet
from vpcreach.snapshot.record import titled
from vpcreach.snapshot.snapshot import Gap

# How the detail of a step ends at which packets are stopped.
STOPPED = ": stopped"


class Verdict(Enum):
    """Contract's four words; ordered from good to bad by `severity`."""

    REACHABLE = "reachable"
    PARTIAL = "partial"
    UNKNOWN = "unknown"
    BLOCKED = "blocked"

    @property
    def severity(self) -> int:
        return _SEVERITY[self.value]


_SEVERITY = {verdict.value: place for place, verdict in enumerate(Verdict)}


def fold(verdicts: Iterable[Verdict]) -> Verdict:
    """One verdict for a set of results (semantics K2). Done over the whole set of atoms, never pairwise."""
    found = set(verdicts)
    if Verdict.PARTIAL in found or {Verdict.REACHABLE, Verdict.BLOCKED} <= found:
        return Verdict.PARTIAL
    if Verdict.UNKNOWN in found or not found:
        return Verdict.UNKNOWN
    return found.pop()


class Step(msgspec.Struct, frozen=True):
    """One component on the way: its id, its kind, and what it does with the packets."""

    component: str
    kind: str
    detail: str
    name: str = ""

    @property
    def title(self) -> str:
        """The id, and the Name tag behind it where it says more."""
        return titled(self.component, self.name)


@dataclass(frozen=True, slots=True)
class Packets:
    """Which packets of the question share one fate: destination addresses and ports, and the client ports.

    `translated_client_ports` are those that a NAT gateway chooses, where only some of them share the fate.
    """

    family: Family
    protocol: str
    addresses: AddressSet
    ports: str
    client_ports: str
    sources: AddressSet
    translated_client_ports: str | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """One atom of an answer: some packets from one subnet to one endpoint, their way, and their fate.

    `verdict` is reachable, blocked or unknown; `notes` hold every blocker and doubt on the way; `assumptions` are those
    the verdict rests on (`assumed_of_the_name` are those of a name's lookup, on which a failure rests too); `witness`
    is one concrete packet of them, replayed rule by rule. `picks` are the ways that were taken where nobody knows which
    one is; `is_provisional` marks a verdict that rests on an appliance which the user trusts.
    """

    packets: Packets
    verdict: Verdict
    path: tuple[Step, ...]
    return_path: tuple[Step, ...]
    notes: tuple[Note, ...]
    assumptions: tuple[str, ...]
    witness: Packet | None
    endpoint: str
    assumed_of_the_name: tuple[str, ...] = ()
    picks: tuple[tuple[str, str], ...] = ()
    is_provisional: bool = False

    @property
    def blockers(self) -> tuple[Note, ...]:
        return tuple(note for note in self.notes if note.effect is Effect.FAIL)

    @property
    def unknowns(self) -> tuple[Note, ...]:
        return tuple(note for note in self.notes if note.effect is Effect.UNKNOWN)


@dataclass(frozen=True, slots=True)
class SubnetAnswer:
    """The answer for one subnet that the function may run in."""

    subnet_id: str
    verdict: Verdict
    traces: tuple[Trace, ...]
    name: str = ""

    @property
    def title(self) -> str:
        """The id, and the Name tag behind it where it says more."""
        return titled(self.subnet_id, self.name)

    @property
    def main_trace(self) -> Trace | None:
        """The trace to show: the worst one, so that a trail always ends where the trouble is."""
        return max(self.traces, key=lambda trace: trace.verdict.severity, default=None)

    @property
    def blockers(self) -> tuple[Note, ...]:
        return _unique(note for trace in self.traces for note in trace.blockers)

    @property
    def unknowns(self) -> tuple[Note, ...]:
        return _unique(note for trace in self.traces for note in trace.unknowns)

    @property
    def assumptions(self) -> tuple[str, ...]:
        return tuple(sorted({text for trace in self.traces for text in trace.assumptions}))

    @property
    def failing(self) -> tuple[Packets, ...]:
        return tuple(trace.packets for trace in self.traces if trace.verdict is Verdict.BLOCKED)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something worth knowing that decides nothing."""

    code: str
    message: str
    component: str
    destination: str | None
    subnet_id: str | None
    remedy: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether one function reaches one destination. `traces` are those of a function without VPC."""

    destination: str
    verdict: Verdict
    is_provisional: bool
    assumptions: tuple[str, ...]
    subnets: tuple[SubnetAnswer, ...]
    findings: tuple[Finding, ...] = ()
    traces: tuple[Trace, ...] = ()

    @property
    def blockers(self) -> tuple[Note, ...]:
        return _unique(note for trace in self.all_traces for note in trace.blockers)

    @property
    def unknowns(self) -> tuple[Note, ...]:
        return _unique(note for trace in self.all_traces for note in trace.unknowns)

    @property
    def trusts_appliances(self) -> bool:
        """True where the verdict rests on appliances that the user vouched for."""
        return any(trace.is_provisional for trace in self.all_traces)

    @property
    def all_traces(self) -> tuple[Trace, ...]:
        return (*self.traces, *(trace for subnet in self.subnets for trace in subnet.traces))


class FunctionReport(msgspec.Struct, frozen=True):
    """One function and its answers, in the order in which the destinations were asked.

    `stands_where` tells it in words where no VPC is: the function has none, or nobody knows.
    """

    name: str
    arn: str
    account: str
    region: str
    vpc_id: str | None
    findings: tuple[Finding, ...]
    answers: tuple[Answer, ...]
    is_standing_known: bool = True

    @property
    def stands_where(self) -> str:
        if self.vpc_id is not None:
            return self.vpc_id
        return "not attached to a VPC" if self.is_standing_known else "where it stands is not known"


@dataclass(frozen=True, slots=True)
class Report:
    """Functions by ARN, and everything the snapshot lacks that vpcreach would read."""

    functions: tuple[FunctionReport, ...]
    gaps: tuple[Gap, ...]


def _unique(notes: Iterable[Note]) -> tuple[Note, ...]:
    return tuple(dict.fromkeys(notes))
