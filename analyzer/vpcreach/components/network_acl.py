"""Network ACLs: the stateless, ordered rules of a subnet's boundary, read in both directions.

Modelled: first match by rule number, the implicit deny, IPv4 and IPv6 entries apart, port ranges, every protocol.
Not modelled: single ICMP types (such an entry decides nothing here, as functions send no ICMP).
Source: VPC User Guide, "Control subnet traffic with network access control lists" (semantics E1-E9).
Checked: tests/unit/components/test_network_acl.py, tests/properties/test_gates.py.
"""

from collections.abc import Iterable
from typing import Annotated, ClassVar, NamedTuple

import msgspec

from vpcreach.forwarding import COLLECTION_FAILED, Decision, Direction, Leg, Note, Part, Reason, Stopped, Surroundings
from vpcreach.packets.address_map import AddressMap, Family, combine, prefix
from vpcreach.packets.packet_set import Packet, Permit
from vpcreach.packets.ports import TCP, UDP, protocol_number
from vpcreach.snapshot.call import Call
from vpcreach.snapshot.record import Cidr, Ipv4Cidr, Ipv6Cidr, Record, Reply, Tagged

PAGE = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html"
SUBNET_ACL_RESTRICTION = Reason(
    "SUBNET_ACL_RESTRICTION", "allow the packets in this ACL, before the rule that denies", PAGE
)
NACL_EPHEMERAL_PARTIAL = Reason(
    "NACL_EPHEMERAL_PARTIAL",
    "allow ports 1024-65535 for the answers: a narrower range fails now and then",
    "https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html",
)
SOURCE_CIDR_PARTIALLY_ALLOWED = Reason("SOURCE_CIDR_PARTIALLY_ALLOWED", "allow the function's whole subnet CIDR", PAGE)


Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]


class PortRange(Record, frozen=True):
    from_: Port | None = None
    to: Port | None = None

    def __post_init__(self) -> None:
        if self.from_ is None or self.to is None or self.from_ > self.to:
            raise ValueError("a port range has From and To, the smaller one first")


class Entry(Record, frozen=True):
    rule_number: int
    rule_action: str
    protocol: str
    egress: bool
    cidr_block: Ipv4Cidr | None = None
    ipv6_cidr_block: Ipv6Cidr | None = None
    port_range: PortRange | None = None

    @property
    def protocol_number(self) -> int | None:
        """None means all."""
        return protocol_number(self.protocol)

    @property
    def ports(self) -> tuple[int, int]:
        """First and last port; without a range, and for protocols without ports, all of them."""
        if self.port_range is None or self.protocol_number not in (TCP, UDP):
            return (0, 65535)
        return (self.port_range.from_ or 0, self.port_range.to or 0)

    @property
    def is_allow(self) -> bool | None:
        """None for an action that is not in AWS's list today: what it does is not known."""
        return {"allow": True, "deny": False}.get(self.rule_action)

    def covers(self, packet: Packet) -> bool:
        first, last = self.ports
        if self.protocol_number is None:
            return True
        return self.protocol_number == packet.protocol and first <= packet.destination_port <= last

    def cidr(self, family: Family) -> Cidr | None:
        return self.ipv6_cidr_block if family is Family.IPV6 else self.cidr_block

    @property
    def words(self) -> str:
        number = "*" if self.rule_number == DEFAULT_RULE else str(self.rule_number)
        return f"{'outbound' if self.egress else 'inbound'} rule {number} {self.rule_action}"


DEFAULT_RULE = 32767


class AclAssociation(Record, frozen=True):
    subnet_id: str | None = None


class Painted(NamedTuple):
    """What the entries read so far have decided for some addresses: ports allowed, not known, and seen at all."""

    allowed: int
    maybe: int
    seen: int


class NetworkAcl(Tagged, frozen=True):
    kind: ClassVar[str] = "network_acl"
    id_prefix: ClassVar[str] = "acl-"

    network_acl_id: str
    vpc_id: str
    is_default: bool = False
    entries: tuple[Entry, ...] = ()
    associations: tuple[AclAssociation, ...] = ()
    owner_id: str | None = None

    @property
    def id(self) -> str:
        return self.network_acl_id

    def ordered(self, direction: Direction) -> list[Entry]:
        """The entries of one direction in the order in which AWS reads them."""
        egress = direction is Direction.OUT
        return sorted((e for e in self.entries if e.egress is egress), key=lambda entry: entry.rule_number)

    def permits(self, direction: Direction, family: Family, around: Surroundings) -> AddressMap[Permit]:
        return around.remember(("acl", self.id, direction, family), lambda: self._permits(direction, family, around))

    def _permits(self, direction: Direction, family: Family, around: Surroundings) -> AddressMap[Permit]:
        boxes: list[tuple[int, int, tuple[bool | None, int]]] = []
        for entry in self.ordered(direction):
            cidr = entry.cidr(family)
            if cidr is None:
                continue
            _, network, length = prefix(cidr)
            last = network + (1 << (family.bits - length)) - 1
            boxes.append((network, last, (entry.is_allow, around.atoms.mask(entry.protocol_number, *entry.ports))))
        painted = AddressMap.fold(family, boxes, Painted(0, 0, 0), _first_match)
        return combine(lambda held: Permit(held.allowed, held.maybe), painted)

    def decide(self, direction: Direction, packet: Packet, around: Surroundings) -> Decision:
        peer = packet.source if direction is Direction.IN else packet.destination
        for entry in self.ordered(direction):
            cidr = entry.cidr(packet.family)
            if cidr is None or not entry.covers(packet):
                continue
            _, network, length = prefix(cidr)
            shift = packet.family.bits - length
            if peer >> shift == network >> shift:
                return Decision(entry.is_allow, entry.words)
        return Decision(False, f"{direction.value} rule * deny")

    def stopped(self, direction: Direction, entry: str, stopped: Stopped) -> Note:
        whose = f"from {stopped.sources}" if direction is Direction.IN else f"to {stopped.destinations}"
        what = "the answers" if stopped.leg is Leg.BACK else "the packets"
        message = f"{self.title}: {entry} stops {what} ({stopped.example.service_text} {whose})"
        if stopped.part is Part.CLIENT_PORTS:
            note = NACL_EPHEMERAL_PARTIAL.fail(self.id, entry, f"{message}, but not those to every client port")
        elif stopped.part is Part.SUBNET:
            message = f"{message}, but not those of the function's whole subnet"
            note = SOURCE_CIDR_PARTIALLY_ALLOWED.fail(self.id, entry, message)
        else:
            note = SUBNET_ACL_RESTRICTION.fail(self.id, entry, message)
        return note.on(stopped.leg)

    def undecided(self, direction: Direction, around: Surroundings) -> Note:
        strange = next(entry for entry in self.ordered(direction) if entry.is_allow is None)
        message = f"{self.title}: {strange.words} is an action that vpcreach does not know"
        return COLLECTION_FAILED.unknown(self.id, strange.words, message, resolve="look at the rule by hand")


def _first_match(held: Painted, box: tuple[bool | None, int]) -> Painted:
    is_allow, mask = box
    fresh = mask & ~held.seen
    allowed = held.allowed | fresh if is_allow else held.allowed
    maybe = held.maybe | fresh if is_allow is None else held.maybe
    return Painted(allowed, maybe, held.seen | fresh)


def port_ranges(acl: NetworkAcl) -> Iterable[tuple[int | None, int, int]]:
    """Every (protocol, first, last) that the ACL's entries name, to cut the port atoms by."""
    for entry in acl.entries:
        yield (entry.protocol_number, *entry.ports)


class DescribeNetworkAcls(Reply, frozen=True):
    network_acls: tuple[NetworkAcl, ...] = ()


DESCRIBE_NETWORK_ACLS = Call("ec2", "DescribeNetworkAcls", DescribeNetworkAcls, holds="NetworkAcls")
CALLS = (DESCRIBE_NETWORK_ACLS,)
REASONS = (SUBNET_ACL_RESTRICTION, NACL_EPHEMERAL_PARTIAL, SOURCE_CIDR_PARTIALLY_ALLOWED)
