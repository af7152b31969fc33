"""The cases of a public world, as questions about a Lambda function that stands where the case's source stands.

A case tells where packets start, where they go, and what became of them. The function has the subnet and the groups of
the source, but never its public address. `lambda_expected_derived` is what a function must then meet; it is `expected`,
as the source states it, unless the public address decides (`lambda_equivalent` false). A case whose source is a mere
address names no groups: its function has none.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

import msgspec

from tests.estates.replies import Json
from tests.oracle.public_worlds.layout import Folder, folders, laid_out
from vpcreach.forwarding import Effect, Leg
from vpcreach.reach.answer import Answer, Trace, Verdict, fold

# Only a rule for all protocols admits the flows of number 0; cases say whether TCP to port 443 fares alike.
ANY_FLOW = "0"
# The hops that the data's own model took, by the ids that stand on the program's way. A second transit gateway is
# `tgwpeer` there.
HOPS = {"nat": "nat-", "igw": "igw-", "pcx": "pcx-", "tgw": "tgw-", "vpce": "vpce-"}
NO_HOPS = ("tgw-rtb-", "tgw-attach-")
# What stops packets, by the words with which the cases tell it; the first that fits.
BLOCKERS = {
    "sg ingress": "ENI_SG_RULES_MISMATCH",
    "tgw no route": "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT",
    "tgw not in az": "TGW_ROUTE_AZ_RESTRICTION",
    "no route": "NO_ROUTE_TO_DESTINATION",
    "no host": "NO_POSSIBLE_DESTINATION",
    "no listener": "ELBV2_LISTENERS_MISMATCH",
    "drops what is addressed to it": "NO_POSSIBLE_DESTINATION",
    "internet gateway drops it": "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
    "no public IP: exactly": "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
}


class Source(msgspec.Struct, frozen=True):
    subnet: str = ""
    security_groups: tuple[str, ...] = ()


class Destination(msgspec.Struct, frozen=True):
    kind: str
    ip: str
    eni: str | None = None


class Case(msgspec.Struct, frozen=True):
    """One case; the fields are those of `cases.json`."""

    id: str
    source: Source
    destination: Destination
    direction: Literal["outbound", "inbound"]
    protocol: str
    dst_port: int | None
    expected: Verdict
    checks: Literal["round trip", "forward only"]
    lambda_equivalent: bool | Literal["unknown"]
    lambda_equivalent_reason: str
    lambda_expected_derived: Verdict | None
    path_by_cross_check: tuple[str, ...] | None = None
    same_answer_for_tcp_443_by_cross_check: bool | None = None
    needs: str | None = None

    @property
    def left_out(self) -> str | None:
        """Why no function can be asked this, or None."""
        if self.direction == "inbound":
            return "nothing opens connections to a function"
        if self.protocol == ANY_FLOW and not (self.same_answer_for_tcp_443_by_cross_check or self.needs):
            return "TCP fares otherwise than the flow of the case"
        if self.protocol not in (ANY_FLOW, "tcp", "udp"):
            return "Lambda offers TCP and UDP only"
        return None

    @property
    def wanted(self) -> Verdict:
        """What a function in the place of the source must meet."""
        wanted = self.lambda_expected_derived
        if wanted is None or (self.lambda_equivalent is True and wanted is not self.expected):
            raise ValueError(f"{self.id}: {wanted} is not what a function meets where {self.expected} is expected")
        return wanted

    @property
    def blocker(self) -> str | None:
        """The code of what stops the packets, where the case tells one."""
        return next((code for words, code in BLOCKERS.items() if words in self.lambda_equivalent_reason), None)

    @property
    def questions(self) -> tuple[str, ...]:
        """The destination by its address, and by its interface's id or in the program's word where it has one."""
        service = "443/tcp" if self.protocol == ANY_FLOW else f"{self.dst_port}/{self.protocol}"
        word = {"internet": "internet"}.get(self.destination.kind)
        by_private_address = self.destination.kind != "public_ip_of_eni"
        name = word or (self.destination.eni if by_private_address else None)
        return (f"{self.destination.ip}:{service}", *([f"{name}:{service}"] if name else []))

    def verdict_of(self, answer: Answer) -> Verdict:
        """The answer's verdict; for a case that sends packets one way only, without what happens on the way back."""
        if self.checks == "round trip":
            return answer.verdict
        return fold(_verdict_outwards(trace) for trace in answer.all_traces)


def _verdict_outwards(trace: Trace) -> Verdict:
    effects = {note.effect for note in trace.notes if note.leg is Leg.OUT}
    if Effect.FAIL in effects:
        return Verdict.BLOCKED
    return Verdict.UNKNOWN if Effect.UNKNOWN in effects else Verdict.REACHABLE


def hops_of(trace: Trace) -> list[str]:
    """The gateways on the way out, in the words of `path_by_cross_check`."""
    ids = [step.component for step in trace.path if not step.component.startswith(NO_HOPS)]
    found = [(hop, item) for item in dict.fromkeys(ids) for hop, start in HOPS.items() if item.startswith(start)]
    hops = [hop for hop, _ in found]
    return ["tgwpeer" if hop == "tgw" and "tgw" in hops[:at] else hop for at, hop in enumerate(hops)]


def cases_of(world: Path) -> list[Case]:
    class File(msgspec.Struct):
        cases: list[Case]

    return msgspec.json.decode((world / "cases.json").read_bytes(), type=File).cases


def snapshot_files(world: Path) -> dict[str, bytes]:
    """The world as a snapshot, with one function for each case that can be asked, named after it."""
    asked = [case for case in cases_of(world) if case.left_out is None]
    replies = laid_out(world) | dict(_function_list(folder, asked) for folder in folders(world))
    return {path: json.dumps(reply).encode() for path, reply in replies.items()}


def _function_list(folder: Folder, cases: Iterable[Case]) -> tuple[str, Json]:
    subnets = {subnet["SubnetId"]: subnet["VpcId"] for subnet in folder.items("Subnets")}
    here: Iterator[Case] = (case for case in cases if case.source.subnet in subnets)
    functions = [
        {
            "FunctionName": case.id,
            "FunctionArn": f"arn:aws:lambda:{folder.region}:{folder.account}:function:{case.id}",
            "VpcConfig": {
                "SubnetIds": [case.source.subnet],
                "SecurityGroupIds": list(case.source.security_groups),
                "VpcId": subnets[case.source.subnet],
            },
        }
        for case in here
    ]
    return folder.path("lambda/list-functions"), {"Functions": functions}
