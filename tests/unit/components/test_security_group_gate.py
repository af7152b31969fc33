"""A set of security groups as a gate: what it permits, which line decides, and what it says of what it stops."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.unit.components.surroundings import ATOMS, FakeSurroundings
from vpcreach.components.security_group import (
    SG_PEER_UNREADABLE,
    GroupPeer,
    GroupSet,
    IpPermission,
    IpRange,
    PrefixListPeer,
    SecurityGroup,
)
from vpcreach.forwarding import UNKNOWN_RESOURCE, Direction, Leg, Note, Part, Stopped
from vpcreach.packets.address_map import AddressSet, Family, address_number
from vpcreach.packets.packet_set import Packet, PacketSet, Permit, witness
from vpcreach.packets.ports import TCP
from vpcreach.snapshot.record import Ipv4Cidr

V4, V6 = Family.IPV4, Family.IPV6
LAST = V4.end - 1
HTTPS = IpPermission("tcp", 0, 65535, ip_ranges=(IpRange(Ipv4Cidr("10.0.0.0/8")),))
TO_PEERS = IpPermission("tcp", 0, 65535, user_id_group_pairs=(GroupPeer(group_id="sg-peer"),))
PING = IpPermission("icmp", 8, -1, ip_ranges=(IpRange(Ipv4Cidr("0.0.0.0/0")),))
MISSING = UNKNOWN_RESOURCE.unknown("sg-gone", "a group", "sg-gone is not in the snapshot")
LOST = UNKNOWN_RESOURCE.fail("pcx-1", "references", "the references are lost")


class Around(FakeSurroundings):
    """Interfaces of sg-peer at 10.0.9.9, whose list is complete or not; no list of prefixes can be read."""

    def __init__(self, *, known: bool = True) -> None:
        super().__init__()
        self.known = known

    def members(self, group_id: str, family: Family) -> AddressSet:
        return AddressSet.parse("10.0.9.9") if group_id == "sg-peer" else AddressSet.empty(family)

    def members_are_known(self, group_id: str) -> bool:
        return self.known

    def every(self, kind: type[Any]) -> Sequence[Any]:
        return [SecurityGroup("sg-peer")]

    def prefixes(self, prefix_list_id: str, family: Family) -> Note:
        return UNKNOWN_RESOURCE.unknown(prefix_list_id, "", f"{prefix_list_id} cannot be read")


def groups(*lines: IpPermission, inbound: tuple[IpPermission, ...] = (), **how: Any) -> GroupSet:
    return GroupSet((SecurityGroup("sg-app", ip_permissions=inbound, ip_permissions_egress=lines),), **how)


def packet(destination: str, port: int = 443) -> Packet:
    return Packet(V4, TCP, address_number("10.0.1.5")[1], 1024, address_number(destination)[1], port)


def stopped(*destinations: str, part: Part | None = None) -> Stopped:
    to = AddressSet.parse(*destinations)
    source = AddressSet.parse("10.0.1.0/24" if to.family is V4 else "2001:db8::/64")
    packets = PacketSet(to.family, source, ATOMS.mask(TCP, 1024), to, ATOMS.mask(TCP, 0, 1023))
    return Stopped(packets, witness(packets, ATOMS), part, Leg.OUT)


def test_a_gate_permits_what_its_lines_say_and_nothing_else_d3() -> None:
    permits = groups(PING, HTTPS).permits(Direction.OUT, V4, Around())
    inside, outside = address_number("10.0.0.0")[1], address_number("11.0.0.0")[1]
    assert permits.at(inside) == Permit(ATOMS.mask(TCP), 0)
    assert permits.at(outside) == permits.at(0) == permits.at(LAST) == Permit(0, 0)


def test_a_group_that_is_not_read_leaves_every_address_and_port_open_to_doubt() -> None:
    around = Around()
    known, doubtful = groups(HTTPS), groups(HTTPS, unread=(MISSING,))
    assert known.permits(Direction.OUT, V4, around).at(LAST) == Permit(0, 0)
    for address in (0, LAST):
        assert doubtful.permits(Direction.OUT, V4, around).at(address) == Permit(0, ATOMS.everything)


@pytest.mark.parametrize(("known", "expected"), [(True, (ATOMS.mask(TCP), 0)), (False, (0, ATOMS.mask(TCP)))])
def test_a_reference_is_as_sure_as_the_list_of_members_d6(known: bool, expected: tuple[int, int]) -> None:
    permits = groups(TO_PEERS).permits(Direction.OUT, V4, Around(known=known))
    assert permits.at(address_number("10.0.9.9")[1]) == Permit(*expected)


@pytest.mark.parametrize(("status", "passes"), [(None, True), ("active", True), ("deleted", False)])
def test_a_reference_over_a_peering_that_is_gone_matches_nothing_d7(status: str | None, passes: bool) -> None:
    line = IpPermission("tcp", 443, 443, user_id_group_pairs=(GroupPeer(group_id="sg-peer", peering_status=status),))
    assert groups(line).decide(Direction.OUT, packet("10.0.9.9"), Around()).permitted is passes


def test_the_line_that_decides_is_told_with_its_direction() -> None:
    both = groups(HTTPS, inbound=(HTTPS,))
    assert both.decide(Direction.OUT, packet("10.2.0.1"), Around()).entry == "outbound tcp to 10.0.0.0/8"
    assert both.decide(Direction.IN, packet("10.2.0.1"), Around()).entry == "inbound tcp from 10.0.0.0/8"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (IpPermission("tcp", 0, 65535), "tcp"),
        (IpPermission("tcp", 1, 65535), "tcp/1-65535"),
        (IpPermission("udp", 53, 53), "udp/53"),
        (IpPermission("-1"), "all traffic"),
    ],
)
def test_a_line_reads_as_protocol_and_ports(line: IpPermission, words: str) -> None:
    assert str(line) == words


@pytest.mark.parametrize(
    ("destinations", "remedy"),
    [
        (("10.0.9.9",), "add to sg-app: outbound tcp/0 to 10.0.9.9 or sg-peer"),
        (
            ("1.0.0.0/8", "3.0.0.0/8", "5.0.0.0/8"),
            "add to sg-app: outbound tcp/0 to 1.0.0.0/8, 3.0.0.0/8, 5.0.0.0/8 or sg-peer",
        ),
        (("1.0.0.0/8", "3.0.0.0/8", "5.0.0.0/8", "7.0.0.0/8"), "add to sg-app: outbound tcp/0 to 0.0.0.0/0"),
        (("2001::", "2003::", "2005::", "2007::"), "add to sg-app: outbound tcp/0 to ::/0"),
    ],
)
def test_what_cannot_leave_needs_a_rule_for_its_addresses_or_for_all_where_they_are_many(
    destinations: tuple[str, ...], remedy: str
) -> None:
    note = groups(HTTPS, peer_groups=frozenset({"sg-peer"})).stopped(Direction.OUT, "outbound", stopped(*destinations))
    assert (note.code, note.remedy) == ("ENI_SG_RULES_MISMATCH", remedy)
    assert note.message.startswith("sg-app: no outbound rule for tcp/0 to ")


INWARD: list[tuple[dict[str, Any], str, str]] = [
    ({}, "ENI_SG_RULES_MISMATCH", "no inbound rule for tcp/0 from 10.0.1.0/24"),
    ({"inbound": ()}, "ENI_SG_RULES_MISMATCH", "no inbound rule at all"),
    ({"is_peer_translated": True}, "SG_REFERENCES_NOT_PRESERVED", "come from the translated 10.0.1.0/24"),
    ({"is_peer_translated": True, "inbound": (HTTPS,)}, "ENI_SG_RULES_MISMATCH", "no inbound rule for tcp/0"),
    ({"is_peer_translated": True, "references_lost": (LOST,)}, LOST.code, LOST.message),
    (
        {"is_peer_translated": True, "references_lost": (LOST,), "peer_groups": frozenset({"sg-other"})},
        "ENI_SG_RULES_MISMATCH",
        "no inbound rule for tcp/0",
    ),
    ({"references_lost": (LOST,)}, "ENI_SG_RULES_MISMATCH", "no inbound rule for tcp/0"),
]


@pytest.mark.parametrize(("how", "code", "words"), INWARD)
def test_what_cannot_enter_is_told_by_why_its_rules_do_not_match(how: dict[str, Any], code: str, words: str) -> None:
    known: dict[str, Any] = {"inbound": (TO_PEERS,), "peer_groups": frozenset({"sg-peer"}), **how}
    note = groups(HTTPS, **known).stopped(Direction.IN, "inbound", stopped("10.2.0.1"))
    assert note.code == code
    assert words in note.message
    peers = " or ".join(("10.0.1.0/24", *known["peer_groups"]))
    assert note.remedy.endswith(f"add to sg-app: inbound tcp/0 from {peers}")


def test_groups_without_an_outbound_rule_are_silent_unless_one_is_not_read_d4() -> None:
    (note,) = groups(inbound=(HTTPS,)).silence()
    assert (note.code, note.entry) == ("SG_HAS_NO_RULES", "outbound")
    assert groups(HTTPS).silence() == ()
    assert groups(unread=(MISSING,)).silence() == ()
    assert groups(HTTPS, unread=(MISSING,)).silence() == ()


HIDDEN: dict[str, Any] = {"is_peer_hidden": True, "peer_groups": frozenset({"sg-peer"})}
UNDECIDED = [
    (groups(TO_PEERS, unread=(MISSING,)), MISSING.code, "sg-gone"),
    (groups(TO_PEERS, references_lost=(LOST,), **HIDDEN), LOST.code, "pcx-1"),
    (groups(TO_PEERS, references_lost=(LOST,)), SG_PEER_UNREADABLE.code, "sg-app"),
    (groups(HTTPS, references_lost=(LOST,), **HIDDEN), SG_PEER_UNREADABLE.code, "sg-app"),
    (groups(TO_PEERS, **HIDDEN), SG_PEER_UNREADABLE.code, "sg-app"),
    (groups(IpPermission("tcp", prefix_list_ids=(PrefixListPeer("pl-1"),))), MISSING.code, "pl-1"),
    (groups(IpPermission("tcp", user_id_group_pairs=(GroupPeer(group_id="sg-far"),))), "UNKNOWN_PEERED_SGS", "sg-app"),
    (groups(IpPermission("tcp", user_id_group_pairs=(GroupPeer(),))), SG_PEER_UNREADABLE.code, "sg-app"),
]


@pytest.mark.parametrize(("gate", "code", "component"), UNDECIDED)
def test_a_doubt_names_what_it_comes_from(gate: GroupSet, code: str, component: str) -> None:
    note = gate.undecided(Direction.OUT, Around())
    assert (note.code, note.component) == (code, component)
