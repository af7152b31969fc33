"""The program's maps and answers are proved equal to AWS's rules as formulas, for every packet at once.

Hypothesis draws short lists of rules over a few blocks and ports that nest, touch and collide; z3 looks for one packet
on which aws_formulas.py, which shares no code with the program, and the program disagree. 40 lists of each kind in a
test run, 1,000 with VPCREACH_PROVE=1.
"""

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import z3
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.estates.asking import ask, snapshot_of
from tests.estates.builder import Estate
from tests.oracle.aws_formulas import (
    EITHER,
    NOWHERE,
    Flow,
    Json,
    Opening,
    Peers,
    World,
    acl_allows,
    among,
    asked,
    between,
    beyond_what_it_says,
    counterexample,
    delivers,
    groups_allow,
    route_taken,
    spoken,
    target_of,
)
from vpcreach.forwarding import Direction
from vpcreach.network.network import Network
from vpcreach.packets.address_map import AddressMap, AddressSet, Family
from vpcreach.packets.packet_set import Permit
from vpcreach.packets.ports import TCP, UDP, PortAtoms
from vpcreach.reach.answer import Answer, Trace, Verdict
from vpcreach.reach.gates import group_set

IS_PROOF = bool(os.environ.get("VPCREACH_PROVE"))
proved = settings(
    deadline=None, max_examples=1_000 if IS_PROOF else 40, derandomize=not IS_PROOF, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip

EDGES = (0, 22, 80, 443, 1023, 1024, 32768, 60999, 61000, 65535)
IPV4 = (
    "0.0.0.0/0", "0.0.0.0/0", "0.0.0.0/1", "10.0.0.0/8", "10.0.0.0/16", "10.0.1.0/24", "10.0.1.0/25", "10.0.1.128/25",
    "10.0.1.255/32", "10.0.2.0/24", "10.0.2.50/32", "10.0.2.48/30", "10.0.2.255/32", "10.0.3.0/24", "172.16.0.0/12",
)  # fmt: skip
IPV6 = (
    "::/0", "::/0", "8000::/1", "2000::/3", "2600:1f18::/56", "2600:1f18:0:1::/64", "2600:1f18:0:1:8000::/65",
    "2600:1f18:0:2::/64", "2600:1f18:0:2::50/128", "2600:1f18:0:2::40/122", "fd00::/8",
)  # fmt: skip
LISTS = ("pl-own", "pl-other")
GROUPS = ("sg-app", "sg-data", "sg-more")
TARGETS = ("nat-a", "nat-b", "igw-main", "vgw-far", "tgw-hub", "pcx-far", "vpce-s3")
KEYS = {
    "nat": "NatGatewayId",
    "igw": "GatewayId",
    "vgw": "GatewayId",
    "vpc": "GatewayId",
    "tgw": "TransitGatewayId",
    "pcx": "VpcPeeringConnectionId",
}
V6_TARGET = "2600:1f18:0:2::50"

spans = st.tuples(st.sampled_from(EDGES), st.sampled_from(EDGES)).map(lambda ends: (min(ends), max(ends)))
blocks4, blocks6 = st.sampled_from(IPV4), st.sampled_from(IPV6)
a_version = st.sampled_from([4, 4, 6])


def listed(values: st.SearchStrategy[Any], size: int = 2) -> st.SearchStrategy[list[Any]]:
    return st.lists(values, max_size=size, unique_by=json.dumps)


@st.composite
def lines(draw: st.DrawFn, groups: Sequence[str] = GROUPS) -> Json:
    """A line of a security group as AWS prints it."""
    protocol = draw(st.sampled_from(["-1", "tcp", "tcp", "6", "udp", "17", "icmp", "47"]))
    line: dict[str, Any] = {"IpProtocol": protocol}
    if protocol in ("tcp", "6", "udp", "17"):
        ports = draw(st.one_of(spans, spans, spans, st.sampled_from([(-1, -1), None])))
        line |= {} if ports is None else {"FromPort": ports[0], "ToPort": ports[1]}
    elif protocol == "icmp":
        line |= {"FromPort": -1, "ToPort": -1}
    line["IpRanges"] = [{"CidrIp": cidr} for cidr in draw(listed(blocks4))]
    line["Ipv6Ranges"] = [{"CidrIpv6": cidr} for cidr in draw(listed(blocks6))]
    line["PrefixListIds"] = [{"PrefixListId": each} for each in draw(listed(st.sampled_from(LISTS), 1))]
    pairs = st.fixed_dictionaries(
        {"GroupId": st.sampled_from(groups)}, optional={"PeeringStatus": st.sampled_from(["active", "deleted"])}
    )
    line["UserIdGroupPairs"] = draw(listed(pairs, 1))
    return line


@st.composite
def entries(draw: st.DrawFn) -> list[Json]:
    """The entries of a network ACL, in no order, with the last one that AWS adds itself."""
    found: list[Json] = []
    for number in draw(st.lists(st.sampled_from([1, 2, 3, 99, 100, 101, 32766]), max_size=7, unique=True)):
        protocol = draw(st.sampled_from(["-1", "6", "6", "6", "17", "47"]))
        entry: dict[str, Any] = {"RuleNumber": number, "Protocol": protocol, "Egress": draw(st.booleans())}
        entry["RuleAction"] = draw(st.sampled_from(["allow", "deny"]))
        if protocol in ("6", "17") and draw(st.integers(0, 3)):
            first, last = draw(spans)
            entry["PortRange"] = {"From": first, "To": last}
        if draw(st.integers(0, 2)):
            found.append(entry | {"CidrBlock": draw(blocks4)})
        else:
            found.append(entry | {"Ipv6CidrBlock": draw(blocks6)})
    rest: Json = {"RuleNumber": 32767, "Protocol": "-1", "RuleAction": "deny", "CidrBlock": "0.0.0.0/0"}
    return [*found, *({**rest, "Egress": egress} for egress in (True, False))]


TCP_LINE = {"IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535}
EVERYBODY = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}
# The upper half of the function's subnet, and the target.
HALF = {
    "IpRanges": [{"CidrIp": "10.0.1.128/25"}, {"CidrIp": "10.0.2.48/30"}],
    "Ipv6Ranges": [{"CidrIpv6": "2600:1f18:0:1:8000::/65"}, {"CidrIpv6": "2600:1f18:0:2::40/122"}],
}
WIDE_ENTRIES = [
    {"Protocol": "-1", "RuleAction": "allow", "Egress": egress, "RuleNumber": number, key: cidr}
    for egress in (True, False)
    for number, key, cidr in ((200, "CidrBlock", "0.0.0.0/0"), (201, "Ipv6CidrBlock", "::/0"))
]


@st.composite
def mostly_open_lines(draw: st.DrawFn) -> list[Json]:
    """Of four gates in a row, hardly any packet passes unless most of them are open but for some rules."""
    return [
        *draw(st.lists(lines(), max_size=3)),
        *draw(st.sampled_from([[TCP_LINE | EVERYBODY], [TCP_LINE | HALF], []])),
    ]


@st.composite
def mostly_open_entries(draw: st.DrawFn) -> list[Json]:
    return [*draw(entries()), *draw(st.sampled_from([WIDE_ENTRIES, WIDE_ENTRIES, []]))]


@st.composite
def routes(draw: st.DrawFn) -> list[Json]:
    """Routes beside the local ones: static ones and propagated ones with a block each, and those of prefix lists."""
    free = [cidr for cidr in (*IPV4, *IPV6) if cidr not in ("10.0.0.0/16", "2600:1f18::/56")]
    static = draw(st.lists(st.sampled_from(free), max_size=5, unique=True))
    learned = draw(st.lists(st.sampled_from((*IPV4, *IPV6)), max_size=3, unique=True))
    of_lists = draw(st.lists(st.sampled_from(LISTS), max_size=2, unique=True))
    origins = st.sampled_from(["EnableVgwRoutePropagation", "Advertisement"])
    found = [draw(_leading(_destination(cidr), cidr, "CreateRoute")) for cidr in static]
    found += [draw(_leading(_destination(cidr), cidr, draw(origins))) for cidr in learned]
    found += [draw(_leading("DestinationPrefixListId", list_id, "CreateRoute")) for list_id in of_lists]
    return draw(st.permutations(found))


def _destination(cidr: str) -> str:
    return "DestinationIpv6CidrBlock" if ":" in cidr else "DestinationCidrBlock"


@st.composite
def _leading(draw: st.DrawFn, key: str, destination: str, origin: str) -> Json:
    target, state = draw(st.sampled_from(TARGETS)), draw(st.sampled_from(["active", "active", "blackhole"]))
    return {key: destination, "Origin": origin, KEYS[target[:3]]: target, "State": state}


prefix_lists = st.fixed_dictionaries({each: listed(st.one_of(blocks4, blocks4, blocks6), 3) for each in LISTS})


def drawn(lists: Mapping[str, Sequence[str]], *, dual_stack: bool = False) -> Estate:
    """A function in app (groups app and more), and the interface eni-x in data (group data), in a VPC of their own."""
    estate = Estate()
    vpc = estate.vpc("main", "10.0.0.0/16", ipv6="2600:1f18::/56")
    vpc.network_acl("app")
    vpc.network_acl("data")
    vpc.subnet("app", "10.0.1.0/24", az="a", ipv6="2600:1f18:0:1::/64", table="t", acl="app")
    vpc.subnet("data", "10.0.2.0/24", az="a", ipv6="2600:1f18:0:2::/64", table="t", acl="data")
    vpc.route_table("t", {})
    for group in ("app", "data", "more"):
        vpc.security_group(group)
    vpc.network_interface("x", subnet="data", groups=["data", "more"], address="10.0.2.50", ipv6=80)
    vpc.network_interface("near", subnet="app", groups=["data"], address="10.0.1.50", ipv6=81)
    for list_id, cidrs in lists.items():
        estate.prefix_list(list_id.removeprefix("pl-"), cidrs=cidrs)
    estate.function("app", subnets=["app"], groups=["app", "more"], dual_stack=dual_stack)
    return estate


def world_of(estate: Estate, lists: Mapping[str, Sequence[str]]) -> World:
    subnets, acls, groups = (
        ("describe-subnets", "Subnets", "SubnetId"),
        ("describe-network-acls", "NetworkAcls", "NetworkAclId"),
        ("describe-security-groups", "SecurityGroups", "GroupId"),
    )
    interfaces = ("describe-network-interfaces", "NetworkInterfaces", "NetworkInterfaceId")

    def by_id(call: str, key: str, name: str) -> dict[str, Json]:
        return {record[name]: record for record in estate.reply(f"ec2/{call}")[key]}

    return World(by_id(*subnets), by_id(*acls), by_id(*groups), by_id(*interfaces), lists)


# The program's results as formulas


def held(addresses: AddressSet, address: z3.BitVecRef) -> z3.BoolRef:
    return z3.Or([between(address, first, last) for first, last in addresses.intervals])


def map_formula(permits: AddressMap[Permit], atoms: PortAtoms, peer: z3.BitVecRef, flow: Flow) -> z3.BoolRef:
    """The packets that a gate surely lets through; what it may let through there is none of, as all is known."""
    by_mask: dict[int, list[z3.BoolRef]] = {}
    for first, last, permit in permits.pieces():
        assert permit.maybe == 0
        by_mask.setdefault(permit.sure, []).append(between(peer, first, last))
    return z3.Or([z3.And(z3.Or(pieces), ports_of(mask, atoms, flow)) for mask, pieces in by_mask.items()])


def ports_of(mask: int, atoms: PortAtoms, flow: Flow) -> z3.BoolRef:
    ranges = atoms.ranges(mask)
    return z3.Or([z3.And(flow.protocol == each, between(flow.port, *ends)) for each, *ends in ranges])


def trace_formula(trace: Trace, flow: Flow) -> z3.BoolRef:
    packets = trace.packets
    spans = [span.partition("-") for span in packets.client_ports.split(",")]
    clients = z3.Or([between(flow.client_port, int(first), int(last or first)) for first, _, last in spans])
    return z3.And(held(packets.sources, flow.source), held(packets.addresses, flow.destination), clients)


def answer_formula(answer: Answer, verdict: Verdict, flow: Flow) -> z3.BoolRef:
    return z3.Or([trace_formula(trace, flow) for trace in answer.all_traces if trace.verdict is verdict])


def differing(left: z3.BoolRef, right: z3.BoolRef, flow: Flow, within: z3.BoolRef | None = None) -> str | None:
    model = counterexample(left, right, z3.BoolVal(True) if within is None else within)
    return None if model is None else spoken(flow, model)


# Proofs


@pytest.mark.item("D2", "D3", "D4", "D5", "D6", "D7")
@proved
@given(st.lists(lines(), max_size=4), st.lists(lines(), max_size=3), prefix_lists, st.booleans(), a_version)
def test_a_set_of_groups_lets_through_exactly_what_its_lines_say(
    app: list[Json], more: list[Json], lists: Mapping[str, list[str]], egress: bool, version: int
) -> None:
    estate, key = drawn(lists), "IpPermissionsEgress" if egress else "IpPermissions"
    estate["sg-app"][key], estate["sg-more"][key] = app, more
    network, flow = Network(snapshot_of(estate)), Flow.of(version)
    direction, peer = (Direction.OUT, flow.destination) if egress else (Direction.IN, flow.source)
    permits = group_set(network, ("sg-app", "sg-more")).permits(direction, Family(version), network)
    world = world_of(estate, lists)
    rules = groups_allow([estate["sg-app"], estate["sg-more"]], egress, flow, Peers(lists, world.members()))
    assert differing(rules, map_formula(permits, network.atoms, peer, flow), flow) is None


@pytest.mark.item("E1", "E2")
@proved
@given(entries(), st.booleans(), a_version)
def test_a_network_acl_lets_through_exactly_what_its_entries_say(rules: list[Json], egress: bool, version: int) -> None:
    estate = drawn({})
    estate["acl-app"]["Entries"] = rules
    network, flow = Network(snapshot_of(estate)), Flow.of(version)
    direction, peer = (Direction.OUT, flow.destination) if egress else (Direction.IN, flow.source)
    acl = network.network_acl_of("subnet-app")
    assert not hasattr(acl, "effect")
    permits = acl.permits(direction, Family(version), network)
    built = map_formula(permits, network.atoms, peer, flow)
    assert differing(acl_allows(estate["acl-app"], egress, flow), built, flow) is None


@pytest.mark.item("B3", "B5", "B6", "B9")
@proved
@given(routes(), prefix_lists, a_version)
def test_a_route_table_sends_every_address_where_its_routes_say(
    found: list[Json], lists: Mapping[str, list[str]], version: int
) -> None:
    estate = drawn(lists)
    table = estate["rtb-t"]
    table["Routes"] = [*table["Routes"], *found]
    network, flow = Network(snapshot_of(estate)), Flow.of(version)
    codes = {target: code for code, target in enumerate({target_of(route): 0 for route in table["Routes"]}, 2)}
    taken = route_taken(table, flow.destination, lists, codes)
    winners = network.record("rtb-t").winners(Family(version), network)
    wrong = []
    for first, last, winner in winners.pieces():
        is_route = hasattr(winner, "target")
        code = NOWHERE if winner is None else codes[winner.target, winner.state] if is_route else EITHER
        wrong.append(z3.And(between(flow.destination, first, last), taken != code))
    assert differing(z3.Or(wrong), z3.BoolVal(False), flow) is None


@pytest.mark.item("D1", "E3", "E5", "E9", "A25", "K2")
@proved
@given(
    mostly_open_lines(),
    mostly_open_lines(),
    mostly_open_entries(),
    mostly_open_entries(),
    prefix_lists,
    st.sampled_from([(443, "tcp"), (443, "tcp"), (80, "tcp"), (1024, "udp")]),
    st.sampled_from([("eni-x", 4), ("eni-x", 4), ("eni-near", 4), (V6_TARGET, 6)]),
)
def test_an_answer_holds_exactly_the_packets_that_get_there_and_back(
    out: list[Json],
    into: list[Json],
    here: list[Json],
    there: list[Json],
    lists: Mapping[str, list[str]],
    service: tuple[int, str],
    target: tuple[str, int],
) -> None:
    (port, protocol), (name, version) = service, target
    estate = drawn(lists, dual_stack=version == 6)
    estate["sg-app"]["IpPermissionsEgress"], estate["sg-more"]["IpPermissionsEgress"] = out[:2], out[2:]
    estate["sg-data"]["IpPermissions"], estate["sg-more"]["IpPermissions"] = into[:2], into[2:]
    estate["acl-app"]["Entries"], estate["acl-data"]["Entries"] = here, there
    answer = ask(estate, f"[{name}]:{port}/{protocol}" if version == 6 else f"{name}:{port}/{protocol}")
    event(answer.verdict.value)
    assert Verdict.UNKNOWN not in {trace.verdict for trace in answer.all_traces}
    flow, world = Flow.of(version), world_of(estate, lists)
    interface = "eni-x" if version == 6 else name
    meant = asked(world, flow, "subnet-app", interface, TCP if protocol == "tcp" else UDP, port)
    rules = delivers(world, flow, "subnet-app", ("sg-app", "sg-more"), interface)
    assert differing(rules, answer_formula(answer, Verdict.REACHABLE, flow), flow, meant) is None
    assert differing(z3.Not(rules), answer_formula(answer, Verdict.BLOCKED, flow), flow, meant) is None


def test_a_change_that_opens_what_it_says_and_no_more_is_proved() -> None:
    estate, flow = drawn({}), Flow.of(4)
    line = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    estate["sg-data"]["IpPermissions"] = [line]
    before = _delivered(estate, flow)
    opened = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.1.0/24"}]}
    estate["sg-data"]["IpPermissions"] = [line, opened]
    after = _delivered(estate, flow)

    def beyond(sources: str, ports: tuple[int, int]) -> str | None:
        opening = Opening([sources], ["10.0.2.50/32"], TCP, ports)
        model = beyond_what_it_says(before, after, [opening], flow)
        return None if model is None else spoken(flow, model).split(" -> ")[1]

    assert beyond("10.0.1.0/24", (443, 443)) is None
    assert beyond("10.0.1.0/25", (443, 443)) == "10.0.2.50:443 (protocol 6)"
    assert beyond("10.0.1.0/24", (443, 444)) == "10.0.2.50:444 (protocol 6)"
    assert beyond_what_it_says(after, before, [], flow) is not None


def _delivered(estate: Estate, flow: Flow) -> z3.BoolRef:
    world = world_of(estate, {})
    ends = among(flow.source, world.blocks("subnet-app", 4)), among(flow.destination, ["10.0.2.50/32"])
    clients = z3.UGE(flow.client_port, 1024)
    return z3.And(*ends, clients, delivers(world, flow, "subnet-app", ("sg-app", "sg-more"), "eni-x"))


def test_the_proof_notices_one_wrong_rule() -> None:
    estate, flow = drawn({}), Flow.of(4)
    network = Network(snapshot_of(estate))
    acl = network.network_acl_of("subnet-app")
    built = map_formula(acl.permits(Direction.OUT, Family.IPV4, network), network.atoms, flow.destination, flow)  # type: ignore[union-attr]
    closed = {"RuleNumber": 1, "Protocol": "6", "RuleAction": "deny", "Egress": True, "CidrBlock": "10.0.2.50/32"}
    estate["acl-app"]["Entries"].append(closed | {"PortRange": {"From": 443, "To": 443}})
    said = differing(acl_allows(estate["acl-app"], True, flow), built, flow)
    assert said is not None
    assert said.endswith("-> 10.0.2.50:443 (protocol 6)")
