"""A report as JSON, schema `vpcreach.report/1`: keys are always there, lists may be empty, no time of day.

Beyond the promised keys: `advice` of blockers and findings, `leg` of blockers and unknowns, `witness` of
subnets, `sources` of failing packets, and `blockers` and `unknowns` of a destination: those that belong to no
subnet, as for a function without VPC.
"""

from collections.abc import Iterable
from functools import lru_cache

import msgspec

from vpcreach.forwarding import Note
from vpcreach.packets.address_map import AddressSet
from vpcreach.reach.answer import Answer, Finding, FunctionReport, Packets, Report, Step, SubnetAnswer, Trace
from vpcreach.snapshot.snapshot import Gap

SCHEMA = "vpcreach.report/1"


class StepJson(msgspec.Struct, frozen=True):
    component: str
    kind: str
    detail: str


class BlockerJson(msgspec.Struct, frozen=True):
    code: str
    component: str
    entry: str
    message: str
    advice: str
    leg: str
    fix: str | None = None


class UnknownJson(msgspec.Struct, frozen=True):
    code: str
    component: str
    entry: str
    message: str
    resolve: str
    leg: str


class FailingJson(msgspec.Struct, frozen=True):
    family: str
    protocol: str
    addresses: str
    ports: str
    client_ports: str
    translated_client_ports: str | None
    sources: str


class SubnetJson(msgspec.Struct, frozen=True):
    subnet: str
    verdict: str
    path: list[StepJson]
    return_path: list[StepJson]
    blockers: list[BlockerJson]
    unknowns: list[UnknownJson]
    failing: list[FailingJson]
    witness: str | None


class DestinationJson(msgspec.Struct, frozen=True):
    destination: str
    verdict: str
    provisional: bool
    assumptions: list[str]
    blockers: list[BlockerJson]
    unknowns: list[UnknownJson]
    subnets: list[SubnetJson]


class FindingJson(msgspec.Struct, frozen=True):
    code: str
    message: str
    component: str
    destination: str | None
    subnet: str | None
    advice: str
    fix: str | None = None


class FunctionJson(msgspec.Struct, frozen=True):
    name: str
    arn: str
    account: str
    region: str
    vpc: str | None
    findings: list[FindingJson]
    destinations: list[DestinationJson]


class GapJson(msgspec.Struct, frozen=True):
    call: str
    account: str
    region: str
    reason: str


class ReportJson(msgspec.Struct, frozen=True):
    schema: str
    functions: list[FunctionJson]
    gaps: list[GapJson]


def render(report: Report) -> str:
    """The report, indented by two spaces, ending with a line break."""
    functions = sorted(report.functions, key=lambda function: function.arn)
    told = ReportJson(SCHEMA, [function_json(function) for function in functions], gaps_json(report.gaps))
    return printed(told)


def printed(value: msgspec.Struct) -> str:
    """Any record as text, indented by two spaces, ending with a line break."""
    return msgspec.json.format(msgspec.json.encode(value, enc_hook=_as_text), indent=2).decode() + "\n"


def _as_text(value: object) -> str:
    """An address block of a record, which msgspec does not take for the text that it is."""
    if isinstance(value, str):
        return str(value)
    raise NotImplementedError(f"no JSON for {type(value)}")


def gaps_json(gaps: Iterable[Gap]) -> list[GapJson]:
    return [GapJson(gap.call, gap.account, gap.region, gap.reason) for gap in sorted(gaps)]


def function_json(function: FunctionReport) -> FunctionJson:
    of_answers = (finding for answer in function.answers for finding in answer.findings)
    findings = dict.fromkeys((*function.findings, *of_answers))
    return FunctionJson(
        function.name,
        function.arn,
        function.account,
        function.region,
        function.vpc_id,
        [_finding(finding) for finding in findings],
        [_answer(answer) for answer in function.answers],
    )


def _answer(answer: Answer) -> DestinationJson:
    apart = SubnetAnswer("", answer.verdict, answer.traces)
    return DestinationJson(
        answer.destination,
        answer.verdict.value,
        answer.is_provisional,
        sorted(answer.assumptions),
        blockers_json(apart.blockers),
        unknowns_json(apart.unknowns),
        [_subnet(subnet) for subnet in sorted(answer.subnets, key=lambda subnet: subnet.subnet_id)],
    )


def _subnet(subnet: SubnetAnswer) -> SubnetJson:
    trace = subnet.main_trace
    return SubnetJson(
        subnet.subnet_id,
        subnet.verdict.value,
        _steps(trace.path) if trace else [],
        _steps(trace.return_path) if trace else [],
        blockers_json(subnet.blockers),
        unknowns_json(subnet.unknowns),
        [_failing(packets) for packets in subnet.failing],
        _witness(trace),
    )


def _steps(steps: Iterable[Step]) -> list[StepJson]:
    return [StepJson(step.component, step.kind, step.detail) for step in steps]


def blockers_json(notes: Iterable[Note]) -> list[BlockerJson]:
    return [
        BlockerJson(note.code, note.component, note.entry, note.message, note.remedy, note.leg.value) for note in notes
    ]


def unknowns_json(notes: Iterable[Note]) -> list[UnknownJson]:
    return [
        UnknownJson(note.code, note.component, note.entry, note.message, note.remedy, note.leg.value) for note in notes
    ]


def _failing(packets: Packets) -> FailingJson:
    return FailingJson(
        str(packets.family),
        packets.protocol,
        _addresses(packets.addresses),
        packets.ports,
        packets.client_ports,
        packets.translated_client_ports,
        _addresses(packets.sources),
    )


@lru_cache(maxsize=1024)
def _addresses(addresses: AddressSet) -> str:
    # All of them, unlike str(): a program that reads this cannot ask for the rest.
    whole = f"/{addresses.family.bits}"
    return ", ".join(cidr.removesuffix(whole) for cidr in addresses.cidrs())


def _witness(trace: Trace | None) -> str | None:
    return str(trace.witness) if trace and trace.witness is not None else None


def _finding(finding: Finding) -> FindingJson:
    return FindingJson(
        finding.code,
        finding.message,
        finding.component,
        finding.destination,
        finding.subnet_id,
        finding.remedy,
    )
