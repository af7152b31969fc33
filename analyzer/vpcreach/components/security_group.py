"""Security groups: what may leave a function's interface, and what may enter a destination's.

Modelled: the union of the rules of all groups of an interface; CIDR, prefix-list and group peers; protocols and ports.
Stateful, so answers are never tested. References match the private addresses of known interfaces that carry the group.
Not modelled: groups shared from other VPCs. Whether references hold across a peering or a hub, these say (D6).
Source: VPC User Guide, "Security group rules" (semantics D1-D8, A15).
Checked: tests/unit/components/test_security_group.py, tests/properties/test_gates.py.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

import msgspec

from vpcreach.forwarding import Decision, Direction, Note, Part, Reason, Stopped, Surroundings
from vpcreach.packets.address_map import AddressMap, AddressSet, Family
from vpcreach.packets.packet_set import Packet, Permit
from vpcreach.packets.ports import ICMP, ICMPV6, TCP, UDP, protocol_name, protocol_number
from vpcreach.snapshot.call import Call
from vpcreach.snapshot.record import Cidr, Ipv4Cidr, Ipv6Cidr, Record, Reply, Tagged, titled

PAGE = "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"
SG_HAS_NO_RULES = Reason("SG_HAS_NO_RULES", "add an outbound rule for the destination to the function's group", PAGE)
ENI_SG_RULES_MISMATCH = Reason("ENI_SG_RULES_MISMATCH", "add the rule that is missing", PAGE)
SG_REFERENCES_NOT_PRESERVED = Reason(
    "SG_REFERENCES_NOT_PRESERVED",
    "admit the address range: group references do not survive translation",
    PAGE,
)
SOURCE_CIDR_PARTIALLY_ALLOWED = Reason(
    "SOURCE_CIDR_PARTIALLY_ALLOWED", "admit the subnet's whole CIDR, or the function's security group", PAGE
)
# With more blocks than this, a rule for each is no advice.
MANY = 3
SG_PEER_UNREADABLE = Reason("UNKNOWN_RESOURCE", "collect what the rule refers to", PAGE)
UNKNOWN_PEERED_SGS = Reason("UNKNOWN_PEERED_SGS", "collect the account that owns the security group", PAGE)


class IpRange(Record, frozen=True):
    cidr_ip: Ipv4Cidr


class Ipv6Range(Record, frozen=True):
    cidr_ipv6: Ipv6Cidr


class PrefixListPeer(Record, frozen=True):
    prefix_list_id: str

    def __str__(self) -> str:
        return self.prefix_list_id


class GroupPeer(Record, frozen=True):
    group_id: str | None = None
    user_id: str | None = None
    vpc_id: str | None = None
    vpc_peering_connection_id: str | None = None
    peering_status: str | None = None

    def __str__(self) -> str:
        return self.group_id or "a group without id"


# -1 stands for all.
Port = Annotated[int, msgspec.Meta(ge=-1, le=65535)]


class IpPermission(Record, frozen=True):
    """One line of a group: a protocol and ports, for any of its peers."""

    ip_protocol: str
    from_port: Port | None = None
    to_port: Port | None = None
    ip_ranges: tuple[IpRange, ...] = ()
    ipv6_ranges: tuple[Ipv6Range, ...] = ()
    prefix_list_ids: tuple[PrefixListPeer, ...] = ()
    user_id_group_pairs: tuple[GroupPeer, ...] = ()

    def __post_init__(self) -> None:
        first, last = self.ports
        if first > last:
            raise ValueError(f"a port range has the smaller end first, not {first}-{last}")

    @property
    def protocol(self) -> int | None:
        """The protocol's number; None means all."""
        return protocol_number(self.ip_protocol)

    @property
    def ports(self) -> tuple[int, int]:
        """First and last port. A missing port, or -1, means all of them (D3)."""
        if self.protocol not in (TCP, UDP) or self.from_port in (None, -1) or self.to_port in (None, -1):
            return (0, 65535)
        return (self.from_port or 0, self.to_port or 0)

    @property
    def is_for_some_types_only(self) -> bool:
        """True for an ICMP line that names a type: it does not admit the protocol as a whole."""
        return self.protocol in (ICMP, ICMPV6) and self.from_port not in (None, -1)

    def covers(self, protocol: int, port: int) -> bool:
        first, last = self.ports
        if self.is_for_some_types_only:
            return False
        return self.protocol is None or (self.protocol == protocol and first <= port <= last)

    def __str__(self) -> str:
        if self.protocol is None:
            return "all traffic"
        first, last = self.ports
        if (first, last) == (0, 65535):
            return protocol_name(self.protocol)
        return f"{protocol_name(self.protocol)}/{first}" + (f"-{last}" if last != first else "")


class SecurityGroup(Tagged, frozen=True):
    kind: ClassVar[str] = "security_group"
    id_prefix: ClassVar[str] = "sg-"

    group_id: str
    group_name: str = ""
    vpc_id: str | None = None
    owner_id: str | None = None
    ip_permissions: tuple[IpPermission, ...] = ()
    ip_permissions_egress: tuple[IpPermission, ...] = ()

    @property
    def id(self) -> str:
        return self.group_id

    @property
    def title(self) -> str:
        return titled(self.group_id, self.name or self.group_name)

    def lines(self, direction: Direction) -> tuple[IpPermission, ...]:
        return self.ip_permissions if direction is Direction.IN else self.ip_permissions_egress


@dataclass(frozen=True, slots=True)
class GroupSet:
    """The groups of one interface, as one gate; `peer_groups` are those of the interface at the other end, if known.

    With `is_peer_hidden` nobody knows the groups of the other end, or whether rules that name them match on this way;
    with `is_peer_translated` it is no member of any, for the reason in `references_lost` if another than translation.
    `unread` holds the notes of groups that the snapshot does not hold: whatever the others stop, these may pass.
    """

    groups: tuple[SecurityGroup, ...]
    peer_groups: frozenset[str] | None = None
    unread: tuple[Note, ...] = ()
    is_peer_translated: bool = False
    is_peer_hidden: bool = False
    references_lost: tuple[Note, ...] = ()

    @property
    def kind(self) -> str:
        return SecurityGroup.kind

    @property
    def id(self) -> str:
        return self.groups[0].id if self.groups else self.unread[0].component if self.unread else "no security group"

    def permits(self, direction: Direction, family: Family, around: Surroundings) -> AddressMap[Permit]:
        key = (
            "groups",
            tuple(group.id for group in self.groups),
            self.peer_groups,
            bool(self.unread),
            self.is_peer_translated,
            self.is_peer_hidden,
            direction,
            family,
        )
        return around.remember(key, lambda: self._permits(direction, family, around))

    def _permits(self, direction: Direction, family: Family, around: Surroundings) -> AddressMap[Permit]:
        boxes: list[tuple[int, int, Permit]] = []
        whole = (0, family.end - 1)
        if self.unread:
            boxes.append((*whole, Permit(0, around.atoms.everything)))
        for line in self._lines(direction):
            if line.is_for_some_types_only:
                continue
            mask = around.atoms.mask(line.protocol, *line.ports)
            for peer in _peers(line, family):
                addresses, is_sure = self._addresses(peer, family, around)
                permit = Permit(mask, 0) if is_sure else Permit(0, mask)
                boxes.extend((first, last, permit) for first, last in addresses.intervals)
        return AddressMap.fold(family, boxes, Permit(0, 0), _union)

    def decide(self, direction: Direction, packet: Packet, around: Surroundings) -> Decision:
        peer_address = packet.source if direction is Direction.IN else packet.destination
        maybe = ""
        for group in self.groups:
            for line in group.lines(direction):
                if not line.covers(packet.protocol, packet.destination_port):
                    continue
                for peer in _peers(line, packet.family):
                    addresses, is_sure = self._addresses(peer, packet.family, around)
                    if peer_address in addresses:
                        way = "to" if direction is Direction.OUT else "from"
                        whose = f"{group.id} " if len(self.groups) > 1 else ""
                        words = f"{whose}{direction.value} {line} {way} {peer}"
                        if is_sure:
                            return Decision(True, words)
                        maybe = maybe or words
        if self.unread or maybe:
            return Decision(None, maybe or self.unread[0].entry)
        return Decision(False, direction.value)

    def stopped(self, direction: Direction, entry: str, stopped: Stopped) -> Note:
        if direction is Direction.OUT and not any(group.ip_permissions_egress for group in self.groups):
            return self._no_rules(entry)
        names = ", ".join(group.title for group in self.groups)
        service = stopped.example.service_text
        if direction is Direction.OUT:
            message = f"{names}: no outbound rule for {service} to {stopped.destinations}"
            many = len(stopped.packets.destination.intervals) > MANY
            whole = "::/0" if stopped.packets.family is Family.IPV6 else "0.0.0.0/0"
            peers = whole if many else self._peer_words(stopped.destinations)
            remedy = f"add to {self.id}: outbound {service} to {peers}"
            return replace(ENI_SG_RULES_MISMATCH.fail(self.id, entry, message), remedy=remedy)
        remedy = f"add to {self.id}: inbound {service} from {self._peer_words(stopped.sources)}"
        if stopped.part is Part.SUBNET:
            message = f"{names}: inbound rules admit only part of the function's subnet, and not {stopped.sources}"
            return SOURCE_CIDR_PARTIALLY_ALLOWED.fail(self.id, entry, message)
        if self.is_peer_translated and self.references_lost and self._names_peer(direction):
            return replace(self.references_lost[0], remedy=f"{self.references_lost[0].remedy}; or {remedy}")
        if self.is_peer_translated and not self.references_lost and self.refers_to_groups(direction):
            message = f"{names}: inbound rules name groups, and the packets come from the translated {stopped.sources}"
            return replace(SG_REFERENCES_NOT_PRESERVED.fail(self.id, entry, message), remedy=remedy)
        if not any(group.ip_permissions for group in self.groups):
            message = f"{names}: no inbound rule at all, so nothing enters"
        else:
            message = f"{names}: no inbound rule for {service} from {self._peer_words(stopped.sources)}"
        return replace(ENI_SG_RULES_MISMATCH.fail(self.id, entry, message), remedy=remedy)

    def refers_to_groups(self, direction: Direction) -> bool:
        """True where some rule names a security group as its peer."""
        return any(line.user_id_group_pairs for line in self._lines(direction))

    def _names_peer(self, direction: Direction) -> bool:
        pairs = (pair for line in self._lines(direction) for pair in line.user_id_group_pairs)
        return any(pair.group_id in (self.peer_groups or ()) for pair in pairs)

    def _peer_words(self, addresses: str) -> str:
        """The other end as a rule would name it: its addresses, or one of its groups."""
        return " or ".join((addresses, *sorted(self.peer_groups or ())))

    def silence(self) -> tuple[Note, ...]:
        """The blocker that stands whatever the destination is: groups without any outbound rule."""
        if self.unread or any(group.ip_permissions_egress for group in self.groups):
            return ()
        return (self._no_rules(Direction.OUT.value),)

    def _no_rules(self, entry: str) -> Note:
        names = ", ".join(group.title for group in self.groups)
        return SG_HAS_NO_RULES.fail(self.id, entry, f"{names}: no outbound rule at all, so nothing leaves")

    def undecided(self, direction: Direction, around: Surroundings) -> Note:
        if self.unread:
            return self.unread[0]
        if self.references_lost and self.is_peer_hidden and self._names_peer(direction):
            return self.references_lost[0]
        for line in self._lines(direction):
            for peer in line.prefix_list_ids:
                read = around.prefixes(peer.prefix_list_id, Family.IPV4)
                if isinstance(read, Note):
                    return read
        held = {group.id for group in around.every(SecurityGroup)}
        named = [pair for line in self._lines(direction) for pair in line.user_id_group_pairs]
        unread = next((pair for pair in named if pair.group_id and pair.group_id not in held), None)
        if unread is not None:
            owner = f" of account {unread.user_id}" if unread.user_id else ""
            message = f"{self.id}: a rule refers to {unread.group_id}{owner}, which the snapshot does not hold"
            return UNKNOWN_PEERED_SGS.unknown(self.id, direction.value, message)
        message = f"{self.id}: a rule refers to a group whose interfaces the snapshot does not list"
        return SG_PEER_UNREADABLE.unknown(self.id, direction.value, message)

    def _lines(self, direction: Direction) -> Iterator[IpPermission]:
        for group in self.groups:
            yield from group.lines(direction)

    def _addresses(self, peer: "Peer", family: Family, around: Surroundings) -> tuple[AddressSet, bool]:
        """The addresses that a peer of a rule may match, and whether it surely matches them."""
        if isinstance(peer, PrefixListPeer):
            read = around.prefixes(peer.prefix_list_id, family)
            if isinstance(read, Note):
                return AddressSet.everything(family), False
            return AddressSet.of(family, [_interval(family, *block) for block in read]), True
        if isinstance(peer, GroupPeer):
            if peer.peering_status not in (None, "active"):
                return AddressSet.empty(family), True  # a stale rule: the group, or the peering, is gone (D7)
            return self._members(peer.group_id or "", family, around)
        return AddressSet.parse(peer), True

    def _members(self, group_id: str, family: Family, around: Surroundings) -> tuple[AddressSet, bool]:
        if self.is_peer_translated:
            return AddressSet.empty(family), True
        if self.peer_groups is not None:
            is_named = group_id in self.peer_groups
            everything = AddressSet.everything(family)
            return (everything if is_named else AddressSet.empty(family)), not (is_named and self.is_peer_hidden)
        if self.is_peer_hidden:
            return AddressSet.everything(family), False
        return around.members(group_id, family), around.members_are_known(group_id)


Peer = Cidr | PrefixListPeer | GroupPeer


def _peers(line: IpPermission, family: Family) -> Iterable[Peer]:
    if family is Family.IPV4:
        yield from (item.cidr_ip for item in line.ip_ranges)
    else:
        yield from (item.cidr_ipv6 for item in line.ipv6_ranges)
    yield from line.prefix_list_ids
    yield from line.user_id_group_pairs


def _union(held: Permit, more: Permit) -> Permit:
    sure = held.sure | more.sure
    return Permit(sure, (held.maybe | more.maybe) & ~sure)


def _interval(family: Family, network: int, length: int) -> tuple[int, int]:
    return network, network + (1 << (family.bits - length)) - 1


def port_ranges(group: SecurityGroup) -> Iterable[tuple[int | None, int, int]]:
    """Every (protocol, first, last) that the group's lines name, to cut the port atoms by."""
    for line in (*group.ip_permissions, *group.ip_permissions_egress):
        yield (line.protocol, *line.ports)


class DescribeSecurityGroups(Reply, frozen=True):
    security_groups: tuple[SecurityGroup, ...] = ()


DESCRIBE_SECURITY_GROUPS = Call("ec2", "DescribeSecurityGroups", DescribeSecurityGroups, holds="SecurityGroups")
CALLS = (DESCRIBE_SECURITY_GROUPS,)
REASONS = (
    SG_HAS_NO_RULES,
    ENI_SG_RULES_MISMATCH,
    SG_REFERENCES_NOT_PRESERVED,
    SOURCE_CIDR_PARTIALLY_ALLOWED,
    UNKNOWN_PEERED_SGS,
)
