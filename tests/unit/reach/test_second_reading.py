"""The witness of every verdict is read a second time, at every gate and table that it meets."""

from ipaddress import ip_address

import msgspec
import pytest

from tests.estates.asking import ask
from tests.unit.reach.worlds import behind_nat
from vpcreach.components.route_table import RouteTable
from vpcreach.components.security_group import GroupSet
from vpcreach.errors import ContradictionError
from vpcreach.forwarding import Decision, Hop, Leg, Sender, Stop
from vpcreach.packets.address_map import AddressSet, Family
from vpcreach.packets.ports import TCP, PortAtoms
from vpcreach.reach.branch import Branch, Segment
from vpcreach.reach.second_reading import confirm, witness

UPPER_HALF = int(ip_address("128.0.0.0"))


def test_a_table_that_reads_otherwise_contradicts_the_map(monkeypatch: pytest.MonkeyPatch) -> None:
    estate = behind_nat()
    monkeypatch.setattr(RouteTable, "replay", lambda self, family, address, around: None)
    with pytest.raises(ContradictionError, match=r"rtb-\S+ has no route, not .*; please report this"):
        ask(estate, "internet")


def test_the_witness_of_a_verdict_is_held_against_gates_that_other_packets_were_tried_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The group is met by all packets at once, and tried with one of the lower half: the end tells of the other."""
    estate = behind_nat()
    gone = {"DestinationCidrBlock": "128.0.0.0/1", "NatGatewayId": "nat-gone", "State": "blackhole"}
    estate["rtb-private"]["Routes"].append(gone)
    assert ask(estate, "internet").verdict.value == "partial"
    honest = GroupSet.decide

    def refusing(self, direction, packet, around):  # type: ignore[no-untyped-def]
        if packet.destination >= UPPER_HALF:
            return Decision(False, "no rule")
        return honest(self, direction, packet, around)

    monkeypatch.setattr(GroupSet, "decide", refusing)
    with pytest.raises(ContradictionError, match=r"128\.0\.0\.\d+:443: sg-app outbound: the sets say pass, the rules"):
        ask(estate, "internet")


def test_answers_are_read_a_second_time_too(monkeypatch: pytest.MonkeyPatch) -> None:
    estate = behind_nat()
    honest = RouteTable.replay

    def lost(self, family, address, around):  # type: ignore[no-untyped-def]
        is_inside = address >> 24 == 10
        return None if is_inside else honest(self, family, address, around)

    monkeypatch.setattr(RouteTable, "replay", lost)
    with pytest.raises(ContradictionError, match=r":443 → 10\.0\.\S+: rtb-public has no route"):
        ask(estate, "internet")


@pytest.mark.parametrize("leg", Leg)
def test_no_way_ends_without_a_reason(leg: Leg, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = RouteTable.forward

    def silent(self, arrival, around):  # type: ignore[no-untyped-def]
        return [Hop(arrival.packets, Stop())] if arrival.leg is leg else honest(self, arrival, around)

    monkeypatch.setattr(RouteTable, "forward", silent)
    with pytest.raises(ContradictionError, match=r"^rtb-(private|public) ends a way and does not say why"):
        ask(behind_nat(), "internet")


def test_every_decision_is_held_against_the_packet_that_its_segment_sends() -> None:
    """Translated sources and ports are the translator's; a segment that nobody can name a packet of is passed over."""
    atoms = PortAtoms([(TCP, 443, 443), (TCP, 2000, 2000), (TCP, 3000, 3000)])
    first, second = AddressSet.parse("8.8.8.0/24"), AddressSet.parse("10.9.9.9")

    def segment(source: str, port: int, destination: AddressSet, *, shares: bool = True) -> Segment:
        sender = Sender(source, "sender", "vpc-main", None, None)
        ports = atoms.mask(TCP, port, port) if port else 0
        return Segment(sender, AddressSet.parse(source), ports, destination, shares_destination=shares)

    segments = (
        segment("10.0.1.5", 2000, first),
        segment("10.0.0.5", 3000, first),
        segment("10.0.0.6", 0, first),
        msgspec.structs.replace(segment("10.0.0.7", 3000, first), source=AddressSet.empty(Family.IPV4)),
        segment("10.0.0.8", 3000, AddressSet.empty(Family.IPV4), shares=False),
        segment("52.0.0.1", 3000, second, shares=False),
    )
    seen: list[str] = []
    branch = Branch(atoms.atom(TCP, 443), segments, 0, "vpc-main", None)
    for at, leg in ((0, Leg.OUT), (0, Leg.BACK), (1, Leg.OUT), (2, Leg.OUT), (3, Leg.OUT), (4, Leg.OUT), (5, Leg.BACK)):
        branch = branch.but(segment=at).reading(leg, lambda packet: seen.append(str(packet)))
    packet = witness(branch, TCP, 443, atoms)
    assert str(packet) == "tcp 10.0.1.5:2000 → 8.8.8.10:443"
    assert packet is not None
    other = msgspec.structs.replace(packet, destination=packet.destination + 1)
    confirm(branch, other, atoms)
    assert seen == [
        "tcp 10.0.1.5:2000 → 8.8.8.11:443",
        "tcp 8.8.8.11:443 → 10.0.1.5:2000",
        "tcp 10.0.0.5:3000 → 8.8.8.11:443",
        "tcp 10.9.9.9:443 → 52.0.0.1:3000",
    ]


def test_a_branch_without_packets_has_no_witness() -> None:
    atoms = PortAtoms([(TCP, 443, 443)])
    sender = Sender("function", "function", "vpc-main", None, None)
    here, there, nothing = AddressSet.parse("10.0.1.5"), AddressSet.parse("8.8.8.8"), AddressSet.empty(Family.IPV4)
    of_udp = atoms.mask(17, 1024, 65535)
    for source, ports, destination in (
        (nothing, atoms.everything, there),
        (here, atoms.everything, nothing),
        (here, of_udp, there),
    ):
        branch = Branch(1, (Segment(sender, source, ports, destination),), 0, "vpc-main", None)
        assert witness(branch, TCP, 443, atoms) is None
