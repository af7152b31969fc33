"""Packet sets: cutting a question at a gate, and picking one packet out of what is left."""

import pytest

from vpcreach.packets.address_map import AddressMap, AddressSet, Family
from vpcreach.packets.packet_set import Outcome, Packet, PacketSet, Permit, Side, split, witness
from vpcreach.packets.ports import ICMP, TCP, UDP, PortAtoms

V4, V6 = Family.IPV4, Family.IPV6
ATOMS = PortAtoms([(TCP, 443, 443), (TCP, 80, 80), (UDP, 53, 53)])
HTTPS, HTTP, CLIENTS = ATOMS.mask(TCP, 443, 443), ATOMS.mask(TCP, 80, 80), ATOMS.mask(TCP, 1024)

NOTHING = Permit(0, 0)


def web(ports: int = HTTP | HTTPS) -> PacketSet:
    return PacketSet(V4, AddressSet.parse("10.0.3.0/24"), CLIENTS, AddressSet.parse("0.0.0.0/0"), ports)


def gate(*permits: tuple[str, Permit], otherwise: Permit = NOTHING) -> AddressMap[Permit]:
    layers = [(*AddressSet.parse(cidr).intervals[0], permit) for cidr, permit in permits]
    return AddressMap.paint(V4, layers, otherwise)


def parts(packets: PacketSet, at: AddressMap[Permit], side: Side = Side.DESTINATION) -> list[tuple[str, str, str]]:
    return [
        (str(outcome), str(piece.source if side is Side.SOURCE else piece.destination),
         ATOMS.words(piece.destination_ports))
        for piece, outcome in split(packets, at, side)
    ]  # fmt: skip


def test_a_gate_open_to_all_keeps_the_rectangle_whole() -> None:
    assert split(web(), AddressMap.constant(V4, Permit(ATOMS.everything, 0)), Side.DESTINATION) == [
        (web(), Outcome.PASS)
    ]


def test_addresses_of_the_same_fate_share_a_rectangle() -> None:
    allow = Permit(ATOMS.everything, 0)
    at = gate(("0.0.0.0/2", allow), ("128.0.0.0/2", Permit(HTTP | HTTPS, 0)))
    assert parts(web(), at) == [
        ("pass", "0.0.0.0/2, 128.0.0.0/2", "tcp/80,443"),
        ("fail", "64.0.0.0/2, 192.0.0.0/2", "tcp/80,443"),
    ]


def test_a_group_whose_ports_partly_pass_becomes_several_rectangles() -> None:
    at = gate(("0.0.0.0/1", Permit(HTTPS, HTTP)), otherwise=Permit(HTTPS, 0))
    assert parts(web(), at) == [
        ("pass", "0.0.0.0/0", "tcp/443"),
        ("maybe", "0.0.0.0/1", "tcp/80"),
        ("fail", "128.0.0.0/1", "tcp/80"),
    ]


def test_a_gate_on_the_source_cuts_ports_as_well_as_addresses() -> None:
    at = gate(("10.0.3.0/25", Permit(HTTPS, 0)))
    assert parts(web(), at, Side.SOURCE) == [
        ("pass", "10.0.3.0/25", "tcp/443"),
        ("fail", "10.0.3.0/25", "tcp/80"),
        ("fail", "10.0.3.128/25", "tcp/80,443"),
    ]


def test_ports_nobody_asked_about_cut_nothing() -> None:
    at = gate(("0.0.0.0/1", Permit(HTTPS | ATOMS.mask(UDP), ATOMS.mask(ICMP))), otherwise=Permit(HTTPS, 0))
    assert parts(web(HTTPS), at) == [("pass", "0.0.0.0/0", "tcp/443")]


def test_a_port_that_is_both_sure_and_maybe_passes() -> None:
    assert parts(web(), gate(otherwise=Permit(HTTP, HTTP | HTTPS))) == [
        ("pass", "0.0.0.0/0", "tcp/80"),
        ("maybe", "0.0.0.0/0", "tcp/443"),
    ]


def test_a_gate_on_the_source_cuts_the_source() -> None:
    at = gate(("10.0.3.0/25", Permit(HTTP, 0)))
    assert parts(web(HTTP), at, Side.SOURCE) == [
        ("pass", "10.0.3.0/25", "tcp/80"),
        ("fail", "10.0.3.128/25", "tcp/80"),
    ]
    assert all(piece.destination == web().destination for piece, _ in split(web(), at, Side.SOURCE))


@pytest.mark.parametrize(
    "nothing",
    [
        web(0),
        web().with_source(ports=0),
        web().with_source(AddressSet.empty(V4)),
        web().with_destination(AddressSet.empty(V4)),
    ],
)
def test_nothing_splits_into_nothing_and_has_no_witness(nothing: PacketSet) -> None:
    assert nothing.is_empty
    assert not web().is_empty
    assert split(nothing, gate(), Side.DESTINATION) == []
    with pytest.raises(ValueError, match="no packet to pick"):
        witness(nothing, ATOMS)


def test_replies_swap_both_ends() -> None:
    replies = web().reversed()
    assert (replies.source, replies.source_ports) == (web().destination, web().destination_ports)
    assert (replies.destination, replies.destination_ports) == (web().source, CLIENTS)
    assert replies.reversed() == web()


def test_one_end_changes_and_the_rest_stays() -> None:
    natted = web().with_source(AddressSet.parse("52.0.0.1"))
    assert natted == PacketSet(V4, AddressSet.parse("52.0.0.1"), CLIENTS, web().destination, web().destination_ports)
    assert web().with_source(ports=HTTP).source_ports == HTTP
    assert web().with_destination(ports=HTTP) == web(HTTP)
    assert web().with_destination(AddressSet.parse("8.8.8.8"), HTTP).destination.size == 1


def test_both_ends_are_of_one_family() -> None:
    with pytest.raises(ValueError, match="ipv4 packets have ipv4 addresses"):
        web().with_destination(AddressSet.everything(V6))
    with pytest.raises(ValueError, match="ipv4 packets have ipv4 addresses"):
        web().with_source(AddressSet.everything(V6))


def test_the_witness_is_the_smallest_packet() -> None:
    packets = web(HTTPS).with_destination(AddressSet.parse("1.0.0.0/8", "9.9.9.9"))
    assert str(witness(packets, ATOMS)) == "tcp 10.0.3.0:1024 → 1.0.0.0:443"


def test_the_witness_has_one_protocol_at_both_ends() -> None:
    dns = ATOMS.mask(UDP, 53, 53)
    mixed = web(HTTPS | dns)
    assert witness(mixed.with_source(ports=ATOMS.mask(UDP, 1024)), ATOMS).protocol == UDP
    assert witness(mixed.with_source(ports=CLIENTS | ATOMS.mask(UDP, 1024)), ATOMS).protocol == TCP
    with pytest.raises(ValueError, match="no packet to pick"):
        witness(web(HTTPS).with_source(ports=dns), ATOMS)


def test_packets_read_as_people_write_them() -> None:
    assert str(Packet(V4, ICMP, 1, 0, 2, 0)) == "icmp 0.0.0.1 → 0.0.0.2"
    assert str(Packet(V6, UDP, 1, 1024, 2, 53)) == "udp [::1]:1024 → [::2]:53"
    assert web(HTTPS).words(ATOMS) == "10.0.3.0/24 (tcp/1024-65535) → 0.0.0.0/0 (tcp/443)"
    assert str(web(HTTPS)) == f"10.0.3.0/24 (ports {CLIENTS:#x}) → 0.0.0.0/0 (ports {HTTPS:#x})"
    assert str(Permit(5, 10)) == "sure 0x5, maybe 0xa"
    assert [str(side) for side in Side] == ["source", "destination"]
