"""A network ACL as a gate: the first entry that matches decides, and an action nobody knows is a doubt."""

from tests.unit.components.surroundings import ATOMS, FakeSurroundings
from vpcreach.components.network_acl import Entry, NetworkAcl, PortRange
from vpcreach.forwarding import Direction
from vpcreach.packets.address_map import Family, address_number
from vpcreach.packets.packet_set import Permit
from vpcreach.packets.ports import TCP, UDP
from vpcreach.snapshot.record import Ipv4Cidr

V4 = Family.IPV4
TEN = address_number("10.0.0.1")[1]


def entry(number: int, action: str, protocol: str = "6", *, egress: bool = True, cidr: str = "10.0.0.0/8") -> Entry:
    return Entry(number, action, protocol, egress, cidr_block=Ipv4Cidr(cidr), port_range=PortRange(0, 65535))


def acl(*entries: Entry) -> NetworkAcl:
    return NetworkAcl("acl-1", "vpc-main", entries=entries)


def permits(*entries: Entry) -> Permit:
    return acl(*entries).permits(Direction.OUT, V4, FakeSurroundings()).at(TEN)


def test_what_no_entry_names_is_denied_whatever_the_protocol_e2() -> None:
    assert permits() == Permit(0, 0)
    assert permits(entry(100, "allow", cidr="11.0.0.0/8")) == Permit(0, 0)


def test_the_first_entry_that_matches_decides_e2() -> None:
    assert permits(entry(200, "deny"), entry(100, "allow")) == Permit(ATOMS.mask(TCP), 0)
    assert permits(entry(100, "deny"), entry(200, "allow")) == Permit(0, 0)


def test_actions_that_nobody_knows_leave_their_packets_in_doubt_and_no_others() -> None:
    strange = entry(100, "perhaps"), entry(200, "perhaps", "17")
    assert permits(*strange) == Permit(0, ATOMS.mask(TCP) | ATOMS.mask(UDP))
    assert permits(*strange, entry(300, "allow", "-1")) == Permit(
        ATOMS.everything & ~ATOMS.mask(TCP) & ~ATOMS.mask(UDP), ATOMS.mask(TCP) | ATOMS.mask(UDP)
    )


def test_a_doubt_names_the_entry_with_the_strange_action() -> None:
    mixed = acl(entry(50, "perhaps", egress=False), entry(100, "allow"), entry(200, "perhaps"))
    note = mixed.undecided(Direction.OUT, FakeSurroundings())
    assert (note.component, note.entry) == ("acl-1", "outbound rule 200 perhaps")
    assert mixed.undecided(Direction.IN, FakeSurroundings()).entry == "inbound rule 50 perhaps"
