"""VPC peering connections: a private way between two VPCs, also of other accounts and regions, for just these two.

Modelled: state, both sides' address blocks (nothing is passed on beyond them), references to groups across it, and the
VPC that packets come out in.
Not modelled: the smaller packets (8,500 bytes) across regions.
Source: VPC Peering Guide, "How VPC peering connections work" (semantics G1-G5, C6, D6).
Checked: tests/unit/components/test_vpc_peering.py.
"""

from collections.abc import Iterable
from typing import ClassVar

from vpcreach.forwarding import (
    BAD_STATE,
    UNKNOWN_RESOURCE,
    Arrival,
    Emerge,
    Hop,
    Note,
    Reason,
    Stop,
    Surroundings,
)
from vpcreach.packets.address_map import AddressSet, Family
from vpcreach.packets.packet_set import PacketSet
from vpcreach.snapshot.call import Call
from vpcreach.snapshot.record import Ipv4Cidr, Ipv6Cidr, Record, Reply, Tagged

PAGE = "https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html"
PCX_REQUIRES_ADDRESS_IN_VPC_CIDR = Reason(
    "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR",
    "use a transit gateway, or peer the two VPCs themselves: peering passes nothing on",
    PAGE,
)
REFERENCES_ACROSS_REGIONS = Reason(
    "SG_REFERENCES_NOT_PRESERVED", "use address ranges: rules name no groups of another region", PAGE
)
# A connection that is being made may still become active, and what AWS adds tomorrow is not known.
NOT_ACTIVE = frozenset({"pending-acceptance", "failed", "expired", "rejected", "deleting", "deleted"})


class PeeredBlock(Record, frozen=True):
    cidr_block: Ipv4Cidr


class PeeredIpv6Block(Record, frozen=True):
    ipv6_cidr_block: Ipv6Cidr


class PeeringOptions(Record, frozen=True):
    allow_dns_resolution_from_remote_vpc: bool = False


class PeeringSide(Record, frozen=True):
    """One of the two VPCs, as the connection tells it."""

    vpc_id: str | None = None
    owner_id: str | None = None
    region: str | None = None
    cidr_block: Ipv4Cidr | None = None
    cidr_block_set: tuple[PeeredBlock, ...] = ()
    ipv6_cidr_block_set: tuple[PeeredIpv6Block, ...] = ()
    peering_options: PeeringOptions | None = None

    def cidrs(self, family: Family) -> AddressSet:
        """Its address blocks of one family; none where the reply tells none (the owner alone may see them)."""
        if family is Family.IPV6:
            blocks: list[str] = [block.ipv6_cidr_block for block in self.ipv6_cidr_block_set]
        else:
            blocks = [block.cidr_block for block in self.cidr_block_set] or [b for b in (self.cidr_block,) if b]
        return AddressSet.parse(*blocks) if blocks else AddressSet.empty(family)

    @property
    def allows_dns_from_peer(self) -> bool:
        return self.peering_options is not None and self.peering_options.allow_dns_resolution_from_remote_vpc


class PeeringStatus(Record, frozen=True):
    code: str | None = None


class VpcPeeringConnection(Tagged, frozen=True):
    kind: ClassVar[str] = "vpc_peering_connection"
    id_prefix: ClassVar[str] = "pcx-"
    subnet_id: ClassVar[None] = None

    vpc_peering_connection_id: str
    status: PeeringStatus = PeeringStatus()
    requester_vpc_info: PeeringSide = PeeringSide()
    accepter_vpc_info: PeeringSide = PeeringSide()

    @property
    def id(self) -> str:
        return self.vpc_peering_connection_id

    @property
    def sides(self) -> tuple[PeeringSide, PeeringSide]:
        return (self.requester_vpc_info, self.accepter_vpc_info)

    @property
    def is_active(self) -> bool:
        return self.status.code == "active"

    def side_of(self, vpc_id: str) -> PeeringSide | None:
        """This VPC's side, or None for a VPC that the connection does not join."""
        return next((side for side in self.sides if side.vpc_id == vpc_id), None)

    def across(self, vpc_id: str) -> PeeringSide | None:
        """The other VPC's side, or None for a VPC that the connection does not join."""
        requester, accepter = self.sides
        return accepter if requester.vpc_id == vpc_id else requester if accepter.vpc_id == vpc_id else None

    def forward(self, arrival: Arrival, around: Surroundings) -> Iterable[Hop]:
        here, there = self.side_of(arrival.vpc_id), self.across(arrival.vpc_id)
        if here is None or there is None:
            message = f"{self.title} does not join {arrival.vpc_id}"
            yield self._stop(arrival.packets, BAD_STATE.fail(self.id, "Status", message))
            return
        notes = self.state_notes()
        packets = arrival.packets
        own = here.cidrs(packets.family)
        if own and (strange := packets.source - own):
            note = self._not_transitive(strange, "from", arrival.vpc_id)
            yield self._stop(packets.with_source(strange), *notes, note)
            packets = packets.with_source(packets.source - strange)
            if not packets.source:
                return
        blocks = there.cidrs(packets.family)
        beyond = packets.destination - blocks if blocks else AddressSet.empty(packets.family)
        if beyond:
            note = self._not_transitive(beyond, "to", there.vpc_id or "the peer")
            yield self._stop(packets.with_destination(beyond), *notes, note)
        inside = packets.destination - beyond
        if inside and isinstance(around.component(there.vpc_id or ""), Note):
            yield self._stop(packets.with_destination(inside), *notes, self._unread(there))
        elif inside:
            lost = self._references_lost()
            yield Hop(
                packets.with_destination(inside),
                Emerge(there.vpc_id or ""),
                f"into {there.vpc_id}",
                notes,
                references_lost=lost,
                outbound_lost=lost,
            )

    answer = forward

    def state_notes(self) -> tuple[Note, ...]:
        """Nothing for an active connection, else the note that its status asks for."""
        code = self.status.code
        if code == "active":
            return ()
        fact = f"{self.title} is {code or 'in a state the reply does not tell'}"
        if code not in NOT_ACTIVE:
            return (BAD_STATE.unknown(self.id, "Status", f"{fact}, which may pass", resolve="collect again"),)
        remedy = "accept the request" if code == "pending-acceptance" else "make a new connection and repoint the route"
        return (BAD_STATE.fail(self.id, "Status", f"{fact}, not active: {remedy}"),)

    def _not_transitive(self, addresses: AddressSet, way: str, vpc_id: str) -> Note:
        message = (
            f"{self.title} carries only what is {way} {vpc_id} itself, and {addresses} is not an address of that VPC: "
            "peering is not transitive"
        )
        return PCX_REQUIRES_ADDRESS_IN_VPC_CIDR.fail(self.id, str(addresses), message)

    def _unread(self, there: PeeringSide) -> Note:
        account = f"account {there.owner_id or 'unknown'} in {there.region or 'an unknown region'}"
        message = f"{self.title} leads to {there.vpc_id} of {account}, which the snapshot does not hold"
        resolve = f"collect {account} as well"
        return UNKNOWN_RESOURCE.unknown(there.vpc_id or self.id, "", message, resolve=resolve)

    def _references_lost(self) -> Note | None:
        regions = {side.region for side in self.sides}
        if len(regions) < 2:
            return None
        message = f"{self.title} joins two regions, across which rules cannot name security groups"
        return REFERENCES_ACROSS_REGIONS.fail(self.id, "Region", message)

    def _stop(self, packets: PacketSet, *notes: Note) -> Hop:
        return Hop(packets, Stop(), "not passed on", notes)


class DescribeVpcPeeringConnections(Reply, frozen=True):
    vpc_peering_connections: tuple[VpcPeeringConnection, ...] = ()


DESCRIBE_VPC_PEERING_CONNECTIONS = Call(
    "ec2", "DescribeVpcPeeringConnections", DescribeVpcPeeringConnections, holds="VpcPeeringConnections"
)
CALLS = (DESCRIBE_VPC_PEERING_CONNECTIONS,)
REASONS = (BAD_STATE, PCX_REQUIRES_ADDRESS_IN_VPC_CIDR, REFERENCES_ACROSS_REGIONS)
