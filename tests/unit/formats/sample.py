"""A report made by hand, so that formats are tested by themselves: one function for every kind of answer."""

from vpcreach.forwarding import Leg, Note, Reason
from vpcreach.packets.address_map import AddressSet, Family
from vpcreach.packets.packet_set import Packet
from vpcreach.reach.answer import (
    Answer,
    Finding,
    FunctionReport,
    Packets,
    Report,
    Step,
    SubnetAnswer,
    Trace,
    Verdict,
)
from vpcreach.snapshot.snapshot import Gap

LOOP = Reason(
    "ROUTING_LOOP",
    "move the gateway to a subnet whose table has 0.0.0.0/0 → igw-1",
    "https://aws.example/nat",
)
NO_ROUTE = Reason("NO_ROUTE_TO_DESTINATION", "add a route to this very table")
UNREAD = Reason("COLLECTION_FAILED", "grant the permission and collect again")
CLOSED = Reason("SUBNET_ACL_RESTRICTION", "allow 1024-65535")
ASSUMED = "no VPC Block Public Access (not collected)"

ROUTING_LOOP = LOOP.fail(
    "nat-1",
    "0.0.0.0/0 -> nat-1",
    "rtb-a private-a sends 0.0.0.0/0 to nat-1, and nat-1 sits in subnet-b, whose table rtb-a points 0.0.0.0/0 "
    "back at nat-1: the gateway itself has no way out",
)
NO_WAY = NO_ROUTE.fail("rtb-b", "", "rtb-b has no route to 1.0.0.0")
SHUT_BACK = CLOSED.fail("acl-1", "rule 32767", "answers to ports 1024-32767 are denied").on(Leg.BACK)
NOT_READ = UNREAD.unknown("subnet-c", "ec2:DescribeNetworkAcls", "the network ACL of subnet-c is not known")


def arn(name: str, region: str = "eu-west-1") -> str:
    return f"arn:aws:lambda:{region}:111122223333:function:{name}"


def trace(subnet: str, verdict: Verdict, *notes: Note, to: str = "1.0.0.0/8", ports: str = "443") -> Trace:
    """Some packets from 10.0.1.0/24, by a NAT gateway where they pass."""
    sources, addresses = AddressSet.parse("10.0.1.0/24"), AddressSet.parse(to)
    packets = Packets(Family.IPV4, "tcp", addresses, ports, "1024-65535", sources)
    path = [Step(subnet, "subnet", ""), Step("rtb-a", "route_table", "0.0.0.0/0 -> nat-1")]
    back: tuple[Step, ...] = ()
    if verdict is Verdict.REACHABLE or Leg.BACK in {note.leg for note in notes}:
        path += [Step("nat-1", "nat_gateway", "public"), Step("igw-1", "internet_gateway", "to the internet")]
        back = (
            Step("igw-1", "internet_gateway", "answers from the internet"),
            Step("nat-1", "nat_gateway", ""),
        )
    witness = Packet(Family.IPV4, 6, sources.first, 1024, addresses.first, 443)
    assumed = (ASSUMED,) if verdict is Verdict.REACHABLE else ()
    return Trace(packets, verdict, tuple(path), back, notes, assumed, witness, "")


def subnet(name: str, verdict: Verdict, *traces: Trace) -> SubnetAnswer:
    return SubnetAnswer(name, verdict, traces)


def answer(destination: str, verdict: Verdict, *subnets: SubnetAnswer, findings: tuple[Finding, ...] = ()) -> Answer:
    assumed = tuple(sorted({text for each in subnets for text in each.assumptions}))
    return Answer(destination, verdict, False, assumed, subnets, findings)


def function(
    name: str, *answers: Answer, vpc: str | None = "vpc-1", findings: tuple[Finding, ...] = ()
) -> FunctionReport:
    return FunctionReport(name, arn(name), "111122223333", "eu-west-1", vpc, findings, answers)


R, P, U, B = Verdict.REACHABLE, Verdict.PARTIAL, Verdict.UNKNOWN, Verdict.BLOCKED
CROSSED = Finding(
    "AVAILABILITY_ZONE_CROSSED",
    "nat-1 is in another zone",
    "nat-1",
    "internet",
    "subnet-b",
    "use one in each zone",
)
IDLE = Finding("FUNCTION_IDLE", "orders is idle", "orders", None, None, "invoke it once")

AUDIT = function(
    "audit",
    answer("internet", U, subnet("subnet-c", U, trace("subnet-c", U, NOT_READ))),
    answer(
        "s3",
        P,
        subnet("subnet-c", P, trace("subnet-c", R), trace("subnet-c", B, SHUT_BACK, to="128.0.0.0/1")),
    ),
)
BILLING = function(
    "billing",
    answer("internet", B, *(subnet(s, B, trace(s, B, ROUTING_LOOP)) for s in ("subnet-a", "subnet-b"))),
    answer("s3", R, subnet("subnet-a", R, trace("subnet-a", R)), subnet("subnet-b", R, trace("subnet-b", R))),
)
HELLO = FunctionReport(
    "hello",
    arn("hello"),
    "111122223333",
    "eu-west-1",
    None,
    (),
    (
        Answer("internet", R, False, (), (), (), (trace("", R),)),
        Answer("s3", B, False, (), (), (), (trace("", B, NO_WAY),)),
    ),
)
ORDERS = function(
    "orders",
    answer(
        "internet",
        P,
        subnet("subnet-b", R, trace("subnet-b", R)),
        subnet("subnet-a", B, trace("subnet-a", B, NO_WAY)),
        findings=(CROSSED,),
    ),
    answer("s3", R, subnet("subnet-a", R, trace("subnet-a", R))),
    findings=(IDLE,),
)
GAPS = (
    Gap("ec2:DescribeNetworkAcls", "111122223333", "eu-west-1", "UnauthorizedOperation"),
    Gap("ec2:DescribeVpcAttribute", "111122223333", "eu-west-1", "not collected", True),
    Gap("ec2:DescribeDhcpOptions", "111122223333", "eu-west-1", "not collected", True),
)
REPORT = Report((AUDIT, BILLING, HELLO, ORDERS), GAPS)
EMPTY = Report((), ())
