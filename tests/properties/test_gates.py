"""Security groups and network ACLs: the compiled map against reading the rules one by one (semantics D3-D5, E2)."""

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.estates.asking import snapshot_of
from tests.estates.builder import Estate, allow
from vpcreach.components.network_acl import NetworkAcl
from vpcreach.forwarding import Direction, Gate
from vpcreach.network.network import Network
from vpcreach.packets.address_map import Family
from vpcreach.packets.packet_set import Packet
from vpcreach.packets.ports import TCP, UDP
from vpcreach.reach.gates import group_set

CIDRS = ["0.0.0.0/0", "10.0.0.0/8", "10.0.1.0/24", "10.0.1.128/25", "52.0.0.0/8", "52.1.2.3/32"]
PORTS = [(0, 65535), (443, 443), (80, 443), (1024, 65535), (32768, 60999), (22, 22)]
EDGES = sorted({port for first, last in PORTS for port in (first, last, max(first - 1, 0), min(last + 1, 65535))})
protocol = st.sampled_from(["tcp", "udp", "-1"])
peers = st.sampled_from([*CIDRS, "pl-office", "sg-other"])
lines = st.lists(st.tuples(protocol, st.sampled_from(PORTS), peers), max_size=5)
entries = st.lists(
    st.tuples(st.sampled_from(["allow", "deny"]), protocol, st.sampled_from(PORTS), st.sampled_from(CIDRS))
)


def addresses() -> list[int]:
    found = set()
    for cidr in CIDRS:
        block = ip_network(cidr)
        first, last = int(block.network_address), int(block.broadcast_address)
        found |= {first, last, max(first - 1, 0), min(last + 1, 2**32 - 1)}
    return sorted(found)


def assert_both_readings_agree(gate: Gate, direction: Direction, network: Network) -> None:
    permits = gate.permits(direction, Family.IPV4, network)
    for address in addresses():
        permit = permits.at(address)
        for number in (TCP, UDP):
            for port in EDGES:
                ends = (address, 7) if direction is Direction.IN else (7, address)
                packet = Packet(Family.IPV4, number, ends[0], 1024, ends[1], port)
                atom = network.atoms.atom(number, port)
                said = True if permit.sure & atom else None if permit.maybe & atom else False
                assert gate.decide(direction, packet, network).permitted is said, packet


def estate_of() -> Estate:
    estate = Estate()
    vpc = estate.vpc("main", "10.0.0.0/16")
    vpc.subnet("a", "10.0.1.0/24", az="a")
    estate.prefix_list("office", cidrs=["52.1.2.0/24", "10.0.1.64/26"])
    vpc.security_group("other", egress=[])
    vpc.network_interface("other", subnet="a", address="10.0.1.200", groups=["other"])
    return estate


@pytest.mark.parametrize("direction", list(Direction), ids=lambda d: f"D5-{d.value}")
@given(lines)
def test_a_group_says_the_same_as_a_set_and_rule_by_rule(
    direction: Direction, drawn: list[tuple[str, tuple[int, int], str]]
) -> None:
    estate = estate_of()
    rules = [allow(kind, None if kind == "-1" else ports, peer) for kind, ports, peer in drawn]
    inwards = direction is Direction.IN
    vpc = estate.drawn_vpc("main")
    vpc.security_group("drawn", egress=[] if inwards else rules, ingress=rules if inwards else [])
    network = Network(snapshot_of(estate))
    assert_both_readings_agree(group_set(network, ("sg-drawn",)), direction, network)


@pytest.mark.parametrize("direction", list(Direction), ids=lambda d: f"E2-{d.value}")
@given(entries)
def test_an_acl_says_the_same_as_a_set_and_rule_by_rule(
    direction: Direction, drawn: list[tuple[str, str, tuple[int, int], str]]
) -> None:
    estate = estate_of()
    rules = [(100 + i, act, kind, *ports, cidr) for i, (act, kind, ports, cidr) in enumerate(drawn)]
    inwards = direction is Direction.IN
    vpc = estate.drawn_vpc("main")
    vpc.network_acl("drawn", subnets=["a"], inbound=rules if inwards else [], outbound=[] if inwards else rules)
    network = Network(snapshot_of(estate))
    acl = network.record("acl-drawn")
    assert isinstance(acl, NetworkAcl)
    assert_both_readings_agree(acl, direction, network)
