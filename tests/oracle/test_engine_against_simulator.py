"""The program's answers against single packets: every packet of a question must fare as its answer says.

Hypothesis draws small estates and questions; packet_simulator.py, which shares no code with the program, sends packets
at and next to every block and port that a rule names. VPCREACH_ORACLE_EXAMPLES draws more estates, at random.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from ipaddress import IPv4Address
from itertools import islice
from random import Random
from typing import Any, TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.estates.asking import ask
from tests.estates.builder import Allow, Estate, Route, Vpc, allow
from tests.estates.interfaces import associate_public_ip
from tests.estates.rules import AclRule, permissions
from tests.oracle.packet_simulator import EndedError, Flow, Result, TiedError, Trip, World, block
from vpcreach.reach.answer import Answer, Trace, Verdict

T = TypeVar("T")

EXAMPLES = int(os.environ.get("VPCREACH_ORACLE_EXAMPLES", "0"))
FLOWS = 150
PER_TRACE = 30

drawn_worlds = settings(
    deadline=None,
    max_examples=EXAMPLES or 200,
    derandomize=not EXAMPLES,
    database=None,
    suppress_health_check=list(HealthCheck),
)

SUBNETS = {"a": "10.0.0.0/24", "b": "10.0.1.0/24", "c": "10.0.2.0/25", "d": "10.0.2.128/25"}
PUBLIC_SUBNETS = {name: cidr.replace("10.0.", "52.10.") for name, cidr in SUBNETS.items()}
PEERS = (
    "0.0.0.0/0", "0.0.0.0/0", "0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/8", "10.0.0.0/16", "10.0.0.0/23",
    "10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/25", "10.0.2.128/25", "10.0.1.0/25", "10.0.0.128/25", "10.0.2.0/24",
    "10.0.1.100/32", "52.0.0.1/32", "52.0.0.0/30",
    "10.0.0.100/30", "10.0.2.120/29", "8.8.8.0/24", "8.8.8.8/32", "52.0.0.0/8", "52.218.0.0/17",
    "52.218.64.0/18", "3.5.64.0/21", "3.5.64.0/22", "172.16.0.0/12",
)  # fmt: skip
ROUTED = (
    "0.0.0.0/0", "0.0.0.0/0", "0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "8.8.8.0/24", "8.8.8.8/32", "52.0.0.0/8",
    "52.218.0.0/17", "52.218.0.0/18", "3.5.64.0/21", "10.0.0.0/8", "10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/25",
    "10.0.2.128/25", "pl-own", "pl-other",
)  # fmt: skip
TARGETS = (
    "nat-one", "nat-one", "nat-one", "nat-two", "igw-main", "igw-main", "igw-none", "vgw-far", "nat-none", "vpce-none",
)  # fmt: skip
SPANS = (
    None, None, None, (443, 443), (443, 443), (80, 443), (1024, 65535), (1024, 65535), (32768, 60999), (32768, 61000),
    (0, 65535), (1024, 32767), (0, 1023), (61000, 65535), (5432, 5432), (53, 53), (1025, 65535), (1024, 65534),
)  # fmt: skip
QUESTIONS = (
    "internet", "internet", "internet", "internet", "internet:80", "internet:53/udp", "s3", "s3", "dynamodb",
    "8.8.8.8:443", "8.8.8.8:53/udp",
    "52.218.0.1:443", "52.218.0.1:443/udp", "3.5.68.0:5432", "34.1.1.1:443", "34.1.1.1:443",
    "34.1.1.1:5432", "10.0.0.101:443", "10.0.1.100:5432", "10.0.2.5:443",
    "10.0.2.200:443", "10.0.9.9:443", "10.0.3.0:443", "10.200.0.1:443", "0.0.0.0/0:443", "10.0.0.0/8:443",
    "10.0.0.0/24:443", "10.0.1.0/24:5432", "10.0.2.0/24:443/udp", "10.0.3.0/24:443", "52.218.0.0/16:443",
    "8.8.0.0/16:80", "172.16.0.0/11:443", "eni-x:443", "eni-y:5432", "eni-x:443/udp", "eni-z:443",
)  # fmt: skip
LISTED = ("8.8.8.0/24", "8.8.0.0/16", "52.218.0.0/17", "52.0.0.0/8", "10.0.1.0/24", "3.5.64.0/21")
GROUPS = ("sg-f", "sg-g", "sg-h")
NOT_INTERNET = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
)  # fmt: skip
NOT_SAMPLED = ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3")
EDGES = (1024, 1025, 32767, 32768, 60999, 61000, 61001, 65534, 65535)


@dataclass(frozen=True)
class Step:
    """One line of a drawing, which reads as the builder's own code."""

    on: str
    call: str
    args: tuple[Any, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        words = [*map(repr, self.args), *(f"{key}={value!r}" for key, value in self.options.items())]
        return f"{self.on}.{self.call}({', '.join(words)})"


@dataclass(frozen=True)
class Sketch:
    """An estate as the lines that draw it."""

    steps: tuple[Step, ...]

    def __repr__(self) -> str:
        return "\n" + "\n".join(map(repr, self.steps)) + "\n"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(repr(self))

    def draw(self) -> Estate:
        estate = Estate()
        vpc: Vpc | None = None
        for step in self.steps:
            if step.on == "tests":
                LOCAL_STEPS[step.call](estate, *step.args)
                continue
            made = getattr(vpc if step.on == "vpc" else estate, step.call)(*step.args, **step.options)
            if step.call == "vpc":
                vpc = made
        return estate


def shuffle_entries(estate: Estate, acl: str, seed: int) -> None:
    """AWS promises no order of entries in a file."""
    Random(seed).shuffle(estate[acl]["Entries"])


def second_nat_address(estate: Estate, nat: str, address: str, public_ip: str | None) -> None:
    entry = {"NetworkInterfaceId": f"eni-{nat}", "PrivateIp": address, "IsPrimary": False, "Status": "succeeded"}
    estate[nat]["NatGatewayAddresses"].append(entry | ({"PublicIp": public_ip} if public_ip else {}))


def second_address(estate: Estate, interface: str, address: str) -> None:
    estate[interface]["PrivateIpAddresses"].append({"Primary": False, "PrivateIpAddress": address})


def forget(estate: Estate, record: str) -> None:
    if record in estate and record not in estate["function:app"]["VpcConfig"]["SubnetIds"]:
        estate.forget(record)


def without(estate: Estate, path: str) -> None:
    estate.without(path)


LOSSES: tuple[tuple[str, tuple[str]], ...] = (
    *(
        ("forget", (lost,))
        for lost in ("sg-f", "sg-g", "nat-one", "igw-main", "subnet-a", "acl-acl0", "rtb-t1", "eni-x")
    ),
    *(("without", (f"ec2/get-managed-prefix-list-entries/{lost}",)) for lost in ("pl-own", "pl-s3")),
)
LOCAL_STEPS: dict[str, Callable[..., None]] = {
    "forget": forget,
    "without": without,
    "second_address": second_address,
    "shuffle_entries": shuffle_entries,
    "second_nat_address": second_nat_address,
    "associate_public_ip": associate_public_ip,
}


# Drawing estates


def chance(random: Random, probability: float) -> bool:
    return random.random() < probability


def some(random: Random, things: Sequence[T], least: int, most: int) -> list[T]:
    """Between `least` and `most` different things, in any order."""
    return random.sample(things, min(random.randint(least, most), len(things)))


def port_span(random: Random, protocol: str) -> tuple[int, int] | None:
    return random.choice(SPANS) if protocol in ("tcp", "udp", "6") else None


def acl_rules(random: Random) -> list[AclRule]:
    """Mostly everything, with some holes in front; now and then a few openings only."""
    rules: list[AclRule] = []
    generous = chance(random, 0.6)
    for number in sorted(some(random, range(1, 200), 0, 4)):
        protocol = random.choice(("-1", "tcp", "tcp", "udp", "icmp"))
        first, last = port_span(random, protocol) or ((0, 65535) if protocol in ("tcp", "udp") else (None, None))
        action = "deny" if chance(random, 0.7 if generous else 0.2) else "allow"
        peer = random.choice(PEERS[0 if action == "allow" else 3 :])
        rules.append((number, action, protocol, first, last, peer))
    return [*rules, (300, "allow", "-1", None, None, "0.0.0.0/0")] if generous else rules


def group_rules(random: Random, openness: float) -> list[Allow]:
    if chance(random, openness):
        return [allow("-1")]
    rules = []
    for _ in range(random.randint(0, 4)):
        protocol = random.choice(("-1", "tcp", "tcp", "udp", "6", "icmp"))
        peers = some(random, (*PEERS, "pl-s3", "pl-own", *GROUPS, *GROUPS), 1, 3)
        rules.append(allow(protocol, port_span(random, protocol), *dict.fromkeys(peers)))
    return rules


def wild_routes(random: Random, most: int) -> dict[str, Route]:
    drawn = {}
    targets = TARGETS if chance(random, 0.2) else TARGETS[:-4]
    for destination in some(random, tuple(dict.fromkeys(ROUTED)), 0, most):
        target = random.choice(targets)
        if target == "vpce-none" and destination.startswith("pl-"):
            continue  # of prefix lists, gateway endpoints take AWS's own alone
        propagated = target == "vgw-far" and not destination.startswith("pl-")
        state = "blackhole" if chance(random, 0.07) else "active"
        drawn[destination] = Route(target, state, "EnableVgwRoutePropagation" if propagated else "CreateRoute")
    return drawn


def routes(random: Random, is_sane: bool, way_out: str) -> dict[str, Route]:
    """The one route that a careful person would draw, and others."""
    if not is_sane:
        return wild_routes(random, 4)
    return {"0.0.0.0/0": Route(way_out)} | (wild_routes(random, 2) if chance(random, 0.3) else {})


def sketch(random: Random) -> Sketch:
    """One VPC with two to four subnets, most often with a way out that a careful person would have built."""
    is_sane = chance(random, 0.7)
    names = "abcd"[: random.randint(2, 4)]
    blocks = PUBLIC_SUBNETS if chance(random, 0.1) else SUBNETS
    steps = [Step("estate", "vpc", ("main", "52.10.0.0/22" if blocks is PUBLIC_SUBNETS else "10.0.0.0/16"))]
    lists = ("own", "other")
    steps += [Step("estate", "prefix_list", (word,), {"cidrs": some(random, LISTED, 1, 2)}) for word in lists]
    acls = [f"acl{n}" for n in range(random.randint(0, 3))]
    for name in names:
        table = ("t1" if name == "a" else "t2") if is_sane else random.choice((None, "t1", "t2", "t3"))
        choices = {"table": table, "acl": random.choice([None, *acls])}
        options: dict[str, Any] = {key: word for key, word in choices.items() if word}
        steps.append(Step("vpc", "subnet", (name, blocks[name]), options))
    for acl in acls:
        rules = {"inbound": acl_rules(random), "outbound": acl_rules(random)}
        steps.append(Step("vpc", "network_acl", (acl,), rules))
        steps.append(Step("tests", "shuffle_entries", (f"acl-{acl}", random.randint(0, 3))))
    steps += gateways(random, names, is_sane, blocks)
    steps += [Step("vpc", "security_group", (group.removeprefix("sg-"),)) for group in GROUPS]
    for group in GROUPS:
        steps.append(
            Step(
                "vpc", "set_rules", (group,), {"egress": group_rules(random, 0.6), "ingress": group_rules(random, 0.2)}
            )
        )
    for name in some(random, "xyz", 0, 3):
        options = {"subnet": random.choice(names), "groups": some(random, "fgh", 1, 2)}
        if name == "x" and chance(random, 0.5):
            options["public_ip"] = "34.1.1.1"
        steps.append(Step("vpc", "network_interface", (name,), options))
        if chance(random, 0.2):
            network = block(blocks[options["subnet"]])
            steps.append(Step("tests", "second_address", (f"eni-{name}", str(network[random.randint(40, 60)]))))
    steps += function(random, names, is_sane)
    if chance(random, 0.1):
        steps.append(Step("tests", *random.choice(LOSSES)))
    return Sketch(tuple(steps))


def function(random: Random, names: str, is_sane: bool) -> list[Step]:
    subnets = some(random, names[1:] if is_sane and chance(random, 0.8) else names, 1, 3)
    groups = ["f"] if chance(random, 0.7) else some(random, "fgh", 1, 2)
    steps = [Step("estate", "function", ("app",), {"subnets": subnets, "groups": groups})]
    if chance(random, 0.05):
        interface = f"eni-lambda-{subnets[0]}-{'-'.join(sorted(groups))}"
        steps.append(Step("tests", "associate_public_ip", (interface, "34.0.0.9")))
    return steps


def gateways(random: Random, names: str, is_sane: bool, blocks: dict[str, str]) -> list[Step]:
    steps = [Step("vpc", "internet_gateway", ("main",), {"attached": chance(random, 0.95)})]
    for nat, public_ip in (("one", "52.0.0.1"), ("two", "52.0.0.2")):
        subnet = "a" if is_sane and nat == "one" else random.choice(names)
        options: dict[str, Any] = {"subnet": subnet, "public_ip": public_ip}
        if chance(random, 0.1):
            options["state"] = random.choice(("failed", "deleting", "pending", "deleted"))
        if chance(random, 0.1):
            options |= {"connectivity": "private", "public_ip": None}
        elif chance(random, 0.05):
            options["public_ip"] = ""
        steps.append(Step("vpc", "nat_gateway", (nat,), options))
        if chance(random, 0.1):
            address = str(block(blocks[subnet])[random.choice((70, 120))])
            has_public = bool(options["public_ip"]) and chance(random, 0.5)
            steps.append(
                Step("tests", "second_nat_address", (f"nat-{nat}", address, "52.0.0.9" if has_public else None))
            )
    ways = {"t1": "igw-main", "t2": "nat-one", "t3": "nat-two", "rtb-main-main": "igw-main"}
    for table, way_out in ways.items():
        if table != "rtb-main-main" or chance(random, 0.3):
            steps.append(Step("vpc", "route_table", (table,), {"routes": routes(random, is_sane, way_out)}))
    for service in ("s3", "dynamodb"):
        if chance(random, 0.5):
            options = {"service": service, "tables": some(random, ("t1", "t2", "t3"), 0, 3)}
            if chance(random, 0.1):
                options["state"] = random.choice(("pending", "failed", "partial", "Available"))
            steps.append(Step("vpc", "gateway_endpoint", (service,), options))
    return steps


# Packets of a question


@dataclass(frozen=True)
class Question:
    """What a destination asks about, told without the program."""

    text: str
    protocol: str
    port: int
    kind: str
    place: str

    @classmethod
    def parse(cls, text: str) -> "Question":
        place, _, rest = text.partition(":")
        port, _, protocol = rest.partition("/")
        kind = place if place in ("internet", "s3", "dynamodb") else "cidr" if "/" in place else "address"
        if place.startswith("eni-"):
            kind = "eni"
        return cls(text, protocol or "tcp", int(port or "443"), kind, place)

    def addresses(self, world: World) -> list[str]:
        """The blocks that the question names, before what it leaves out."""
        if self.kind == "internet":
            return ["0.0.0.0/0"]
        if self.kind in ("s3", "dynamodb"):
            return [str(entry) for entry in world.entries(f"pl-{self.kind}")]
        if self.kind == "eni":
            interface = world.record("network-interfaces", "NetworkInterfaces", "NetworkInterfaceId", self.place)
            return [f"{interface['PrivateIpAddress']}/32"]
        return [self.place if "/" in self.place else f"{self.place}/32"]

    def asks_about(self, world: World, subnet_id: str, address: IPv4Address) -> bool:
        """Whether an address is part of the question, for one subnet of the function."""
        if not any(address in block(each) for each in self.addresses(world)):
            return False
        if self.kind == "internet":
            return is_internet(world, subnet_id, address)
        if self.kind == "cidr":
            return world.subnet_holding("vpc-main", address) is not None or not world.is_in_vpc("vpc-main", address)
        return True


def is_internet(world: World, subnet_id: str, address: IPv4Address) -> bool:
    if any(address in block(each) for each in NOT_INTERNET) or world.is_in_vpc("vpc-main", address):
        return False
    return endpoint_ways(world, subnet_id, address) != {True}


def endpoint_ways(world: World, subnet_id: str, address: IPv4Address) -> set[bool]:
    """Whether a subnet's table sends an address to a gateway endpoint: both where prefix lists tie."""
    trip = Trip(world, Flow("app", subnet_id, address, 40000, address, "tcp", 443), {})
    try:
        found = [trip.route(subnet_id, address)]
    except TiedError as tie:
        found = tie.routes
    except EndedError:
        found = []
    return {"DestinationPrefixListId" in route and route.get("GatewayId", "").startswith("vpce-") for route in found}


def is_perhaps_left_out(world: World, address: IPv4Address) -> bool:
    """Whether a table on some way may send an address to a gateway endpoint, which takes it out of the internet."""
    subnets = world.listed("subnets", "Subnets")
    return any(True in endpoint_ways(world, subnet["SubnetId"], address) for subnet in subnets)


def landmarks(world: World, asked: list[str]) -> list[IPv4Address]:
    """Both ends of every block that any file or the question names, and their neighbours; every interface's address."""
    blocks = [*asked, "0.0.0.0/0", "8.8.8.8/32", "1.0.0.0/8", "172.32.0.0/12", "100.64.0.0/10"]
    blocks += [subnet["CidrBlock"] for subnet in world.listed("subnets", "Subnets")]
    for acl in world.listed("network-acls", "NetworkAcls"):
        blocks += [entry["CidrBlock"] for entry in acl["Entries"]]
    for table in world.listed("route-tables", "RouteTables"):
        blocks += [route["DestinationCidrBlock"] for route in table["Routes"] if "DestinationCidrBlock" in route]
    for group in world.listed("security-groups", "SecurityGroups"):
        for rule in (*group["IpPermissions"], *group["IpPermissionsEgress"]):
            blocks += [peer["CidrIp"] for peer in rule["IpRanges"]]
    interfaces = world.listed("network-interfaces", "NetworkInterfaces")
    blocks += [private["PrivateIpAddress"] for interface in interfaces for private in interface["PrivateIpAddresses"]]
    for prefix_list in ("pl-s3", "pl-dynamodb", "pl-own", "pl-other"):
        with suppress(EndedError):
            blocks += [str(entry) for entry in world.entries(prefix_list)]
    found: set[int] = set()
    for each in blocks:
        first, last = int(block(each).network_address), int(block(each).broadcast_address)
        found |= {first - 1, first, first + 1, (first + last) // 2, last, last + 1}
    return [IPv4Address(number) for number in sorted(found) if 0 <= number < 2**32]


def is_judged(world: World, flow: Flow) -> bool:
    """Leaves out packets to oneself, to addresses that are nobody's, and to gateways' and Lambda's own interfaces."""
    if any(flow.destination in block(each) for each in NOT_SAMPLED):
        return False
    interface = world.interface_at("vpc-main", flow.destination)
    return interface is None or interface["InterfaceType"] == "interface"


def ports_of(world: World) -> list[int]:
    """Client ports next to which a rule may begin or end."""
    found = set(EDGES)
    for acl in world.listed("network-acls", "NetworkAcls"):
        for entry in acl["Entries"]:
            if "PortRange" in entry:
                first, last = entry["PortRange"]["From"], entry["PortRange"]["To"]
                found |= {first - 1, first, last, last + 1}
    return [port for port in sorted(found) if 1024 <= port <= 65535]


# Comparing


def sources_of(world: World, subnet_id: str, places: list[IPv4Address]) -> list[IPv4Address]:
    network = block(world.subnet(subnet_id)["CidrBlock"])
    return [address for address in places if address in network]


def holding(traces: list[Trace], flow: Flow) -> list[Trace]:
    """The traces whose packets include this one."""
    return [trace for trace in traces if is_in(trace, flow)]


def is_in(trace: Trace, flow: Flow) -> bool:
    """After a NAT gateway, a trace tells the ports that the gateway chooses, and no longer those of the function."""
    packets = trace.packets
    is_translated = any(step.component.startswith("nat-") for step in trace.path)
    return (
        int(flow.destination) in packets.addresses
        and int(flow.source) in packets.sources
        and in_words(packets.ports, flow.port)
        and packets.protocol == flow.protocol
        and (
            in_words(packets.client_ports, flow.nat_port if is_translated else flow.client_port)
            or (is_translated and in_words(packets.client_ports, flow.client_port))
        )
    )


@cache
def spans(words: str) -> list[tuple[int, int]]:
    """`1024-65535, 80` as numbers."""
    found = []
    for word in words.replace(",", " ").split():
        first, _, last = word.rpartition("/")[2].partition("-")
        found.append((int(first), int(last or first)))
    return found


def in_words(words: str, port: int) -> bool:
    return any(first <= port <= last for first, last in spans(words))


AGREES = {
    Verdict.REACHABLE: ("pass", "unsure"),
    Verdict.BLOCKED: ("fail", "unsure"),
    Verdict.UNKNOWN: ("unknown", "unsure"),
}


@settings(drawn_worlds)
@given(st.randoms(use_true_random=True))
def test_every_packet_fares_as_the_answer_says(random: Random) -> None:
    drawn, text = sketch(random), random.choice(QUESTIONS)
    assert list(islice(disagreements(drawn, text, random), 3)) == [], repr(drawn)


def disagreements(sketch: Sketch, text: str, random: Random) -> Iterator[str]:
    """Where the program and single packets differ on one question to one estate."""
    estate = sketch.draw()
    if text.startswith("eni-") and text.partition(":")[0] not in estate:
        return
    files = estate.files()
    world = World(files)
    question = Question.parse(text)
    answer = ask(files, text)
    fates: set[str] = set()
    for told in answer.subnets:
        for flow in flows(world, question, told.subnet_id, list(told.traces), random):
            if flow.source == flow.destination and question.kind == "cidr":
                continue
            if flow.source == flow.destination or not is_judged(world, flow):
                fates.add("unsure")
                continue
            result = world.send(flow)
            is_told = question.kind != "internet" or holding(list(told.traces), flow)
            if not is_told and is_perhaps_left_out(world, flow.destination):
                continue
            fates.add(result.fate)
            yield from disagreeing_traces(text, list(told.traces), flow, result)
    if not is_folded(answer, fates):
        notes = [note.code for note in (*answer.blockers, *answer.unknowns)]
        yield f"{text} {answer.verdict.value} {notes}, but packets {sorted(fates)}"


def flows(world: World, question: Question, subnet_id: str, traces: list[Trace], random: Random) -> Iterator[Flow]:
    """Packets of a question from one subnet: at the edges of rules, and some of every trace."""
    places = landmarks(world, question.addresses(world))
    sources = sources_of(world, subnet_id, places)
    ports = ports_of(world)
    asked = [address for address in places if question.asks_about(world, subnet_id, address)]
    pools = [(asked, sources, ports, FLOWS)]
    pools += [
        (
            [address for address in asked if int(address) in trace.packets.addresses],
            [address for address in sources if int(address) in trace.packets.sources],
            [port for port in ports if in_words(trace.packets.client_ports, port)],
            PER_TRACE,
        )
        for trace in traces
    ]
    for addresses, senders, some_ports, count in pools:
        for _ in range(count if addresses and senders and some_ports else 0):
            yield Flow(
                "app",
                subnet_id,
                random.choice(senders),
                random.choice(some_ports if chance(random, 0.5) else ports),
                random.choice(addresses),
                question.protocol,
                question.port,
                nat_port=random.choice(some_ports),
                nat_address=random.choice((0, 1)),
                needs_interface=question.kind == "address",
            )


def disagreeing_traces(text: str, traces: list[Trace], flow: Flow, result: Result) -> Iterator[str]:
    found = holding(traces, flow)
    if not found:
        yield f"{text}: no trace holds {flow}: {result}"
    elif not any(result.fate in AGREES[trace.verdict] for trace in found):
        notes = [note.code for trace in found for note in (*trace.blockers, *trace.unknowns)]
        yield f"{text} {found[0].verdict.value} {notes}, but {flow}: {result}"


def is_folded(answer: Answer, fates: set[str]) -> bool:
    """Whether the verdict is the one for packets of these fates."""
    mixed = {"pass", "fail"} <= fates
    return (
        not fates
        or "unsure" in fates
        or {
            Verdict.REACHABLE: fates <= {"pass"},
            Verdict.BLOCKED: fates <= {"fail"},
            Verdict.PARTIAL: mixed,
            Verdict.UNKNOWN: "unknown" in fates and not mixed,
        }[answer.verdict]
    )


# Two answers to nearly the same question


@settings(drawn_worlds)
@given(st.randoms(use_true_random=True))
def test_a_further_permission_stops_nothing(random: Random) -> None:
    drawn, text = sketch(random), random.choice(QUESTIONS)
    change = random.choice((an_allowing_rule, without_a_deny))
    assert list(worse_after(drawn, text, change(drawn, random))) == [], repr(drawn)


def an_allowing_rule(drawn: Sketch, random: Random) -> Callable[[Estate], None]:
    """Adds a rule to either direction of a security group."""
    group, key = random.choice(GROUPS), random.choice(("IpPermissions", "IpPermissionsEgress"))
    rule = allow("tcp", random.choice(SPANS), random.choice(PEERS))
    return lambda estate: estate[group][key].extend(permissions([rule], estate.account)) if group in estate else None


def without_a_deny(drawn: Sketch, random: Random) -> Callable[[Estate], None]:
    """Removes the first denying entry of an ACL; what is left may deny the same."""
    acl = random.choice(("acl-acl0", "acl-acl1", "acl-main-default"))

    def change(estate: Estate) -> None:
        entries = estate[acl]["Entries"] if acl in estate else []
        denies = [entry for entry in entries if entry["RuleAction"] == "deny"]
        if denies:
            entries.remove(denies[0])

    return change


def worse_after(drawn: Sketch, text: str, change: Callable[[Estate], None]) -> Iterator[str]:
    before, after = drawn.draw(), drawn.draw()
    change(after)
    if text.startswith("eni-") and text.partition(":")[0] not in before:
        return
    was, now = ask(before, text).verdict, ask(after, text).verdict
    allowed = {
        Verdict.REACHABLE: (Verdict.REACHABLE,),
        Verdict.PARTIAL: (Verdict.REACHABLE, Verdict.PARTIAL, Verdict.UNKNOWN),
        Verdict.UNKNOWN: (Verdict.REACHABLE, Verdict.PARTIAL, Verdict.UNKNOWN),
        Verdict.BLOCKED: tuple(Verdict),
    }
    if now not in allowed[was]:
        yield f"{text}: {was.value} became {now.value}"


@settings(drawn_worlds)
@given(st.randoms(use_true_random=True))
def test_what_is_hidden_leads_to_unknown_at_most(random: Random) -> None:
    drawn, text, is_denied = sketch(random), random.choice(QUESTIONS), chance(random, 0.5)
    assert list(decided_without(drawn, text, random, is_denied)) == [], repr(drawn)


def decided_without(drawn: Sketch, text: str, random: Random, is_denied: bool) -> Iterator[str]:
    """A refused call decides nothing; an absent file only where the answer says what it assumes."""
    before, after = drawn.draw(), drawn.draw()
    path = random.choice([path for path in sorted(before.replies) if path.startswith(("ec2/", "route53"))])
    (after.denied if is_denied else after.without)(path)
    if text.startswith("eni-") and (text.partition(":")[0] not in before or path == "ec2/describe-network-interfaces"):
        return
    was, now = ask(before, text), ask(after, text)
    is_assumed = not is_denied and set(now.assumptions) - set(was.assumptions)
    if now.verdict not in (was.verdict, Verdict.UNKNOWN) and not is_assumed:
        yield f"{text}: {was.verdict.value} became {now.verdict.value} without {path} ({is_denied=})"


@settings(drawn_worlds)
@given(st.randoms(use_true_random=True))
def test_a_further_subnet_does_not_make_partial_reachable(random: Random) -> None:
    drawn, text = sketch(random), random.choice(QUESTIONS)
    before, after = drawn.draw(), drawn.draw()
    if text.startswith("eni-") and text.partition(":")[0] not in before:
        return
    configuration = after["function:app"]["VpcConfig"]
    drawn_subnets = [record["SubnetId"] for record in after.reply("ec2/describe-subnets")["Subnets"]]
    configuration["SubnetIds"] = [*configuration["SubnetIds"], *drawn_subnets]
    configuration["SubnetIds"] = list(dict.fromkeys(configuration["SubnetIds"]))
    was, now = ask(before, text).verdict, ask(after, text).verdict
    assert not (was is Verdict.PARTIAL and now is not Verdict.PARTIAL), f"{text}: {now.value} in {drawn!r}"
    assert not (was is Verdict.BLOCKED and now is Verdict.REACHABLE), f"{text}: {now.value} in {drawn!r}"
