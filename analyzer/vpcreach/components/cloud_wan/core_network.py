"""Core networks of Cloud WAN: the hub that routes name by its ARN, and the attachment by which packets enter it."""

from collections.abc import Iterable
from typing import ClassVar

from vpcreach.components.cloud_wan.attachment import LIST_ATTACHMENTS, CoreNetworkAttachment, listed
from vpcreach.components.cloud_wan.segment_routes import GetNetworkRoutes
from vpcreach.forwarding import (
    BAD_STATE,
    UNKNOWN_RESOURCE,
    Arrival,
    Forward,
    Hop,
    Leg,
    Note,
    Reason,
    Stop,
    Surroundings,
)
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Reply, Tagged
from vpcreach.snapshot.snapshot import Reading, Snapshot

PAGE = "https://docs.aws.amazon.com/network-manager/latest/cloudwan/cloudwan-vpc-attachment.html"
NOT_ATTACHED = Reason("UNASSOCIATED_COMPONENT", "attach the VPC to the core network", PAGE)
REFERENCES_OUTBOUND = Reason(
    "SG_REFERENCING_SUPPORT", "use address ranges in outbound rules: a core network knows groups inbound only", PAGE
)


class CoreNetwork(Tagged, frozen=True):
    kind: ClassVar[str] = "core_network"
    id_prefix: ClassVar[str] = "arn:aws:networkmanager:"
    subnet_id: ClassVar[None] = None

    core_network_arn: str
    core_network_id: str = ""
    global_network_id: str | None = None
    owner_account_id: str | None = None
    state: str | None = None

    @property
    def id(self) -> str:
        return self.core_network_arn

    @property
    def title(self) -> str:
        return self.core_network_id or self.core_network_arn

    @property
    def owner_id(self) -> str | None:
        return self.owner_account_id

    def forward(self, arrival: Arrival, around: Surroundings) -> Iterable[Hop]:
        notes = self._state_notes()
        attachment = self._attachment_of(arrival.vpc_id, around)
        if isinstance(attachment, Note):
            yield Hop(arrival.packets, Stop(), "no attachment", (*notes, attachment))
            return
        detail = attachment.detail(around)
        if isinstance(detail, Note):
            yield Hop(arrival.packets, Stop(), f"by {attachment.id}", (*notes, *attachment.state_notes(), detail))
            return
        notes = (*notes, *attachment.state_notes(), *attachment.family_notes(detail, arrival.packets.family))
        subnet_id = attachment.attached(detail).entrance(arrival.came_from, around)
        if isinstance(subnet_id, Note):
            yield Hop(arrival.packets, Stop(), f"by {attachment.id}", (*notes, subnet_id))
            return
        is_out = arrival.leg is Leg.OUT
        message = f"outbound rules that name a security group match nothing behind {self.title}"
        yield Hop(
            arrival.packets,
            Forward(attachment.id, through=subnet_id),
            f"through the attachment's interface in {subnet_id}",
            notes,
            references_lost=attachment.references_lost(detail) if is_out else None,
            outbound_lost=REFERENCES_OUTBOUND.fail(self.id, "", message) if is_out else None,
        )

    answer = forward

    def routes(self, segment: str, edge: str, around: Surroundings) -> Reading[GetNetworkRoutes]:
        """The routes of a segment at an edge (a region), which the owner of the network alone can read."""
        arguments = (self.global_network_id or "", self.core_network_id, segment, edge)
        return around.read(GET_NETWORK_ROUTES, self.id, arguments)

    def _attachment_of(self, vpc_id: str, around: Surroundings) -> CoreNetworkAttachment | Note:
        """The attachment of a VPC, one in use before others; or why there is none, or nobody knows."""
        every = around.every(CoreNetworkAttachment)
        mine = [a for a in every if a.core_network_arn == self.id and a.vpc_id == vpc_id]
        if mine:
            return min(mine, key=lambda each: (each.state != "AVAILABLE", each.id))
        region = around.place_of(self.id).region
        owners = [self.owner_account_id, getattr(around.component(vpc_id), "owner_id", None)]
        readings = [around.read(LIST_ATTACHMENTS, Place(owner, region)) for owner in dict.fromkeys(owners) if owner]
        if any(reading.is_complete for reading in readings):
            message = f"{vpc_id}, whose route table sends the packets to {self.title}, is not attached to it"
            return NOT_ATTACHED.fail(self.id, vpc_id, message)
        gap = next((reading.gap for reading in readings if reading.gap), "its owner is not collected")
        message = f"whether and where {vpc_id} is attached to {self.title} is not known: {gap}"
        return UNKNOWN_RESOURCE.unknown(self.id, LIST_ATTACHMENTS.action, message)

    def _state_notes(self) -> tuple[Note, ...]:
        if self.state == "AVAILABLE":
            return ()
        fact = f"{self.title} is {self.state or 'in a state the reply does not tell'}"
        if self.state == "DELETING":
            return (BAD_STATE.fail(self.id, "State", fact),)
        if self.state == "UPDATING":
            return (BAD_STATE.advice(self.id, "State", f"{fact}: a new policy is being put in force"),)
        return (BAD_STATE.unknown(self.id, "State", f"{fact}, which may pass", resolve="collect again"),)


class ListCoreNetworks(Reply, frozen=True):
    core_networks: tuple[CoreNetwork, ...] = ()


LIST_CORE_NETWORKS = Call("networkmanager", "ListCoreNetworks", ListCoreNetworks, holds="CoreNetworks")


def _segment_edges(snapshot: Snapshot, place: Place) -> Iterable[tuple[str, str, str, str]]:
    """Every segment at every edge where something comes in."""
    reply = snapshot.read(LIST_CORE_NETWORKS, place).value
    networks = {each.core_network_id: each.global_network_id for each in (reply.core_networks if reply else ())}
    found = {
        (networks.get(each.core_network_id) or "", each.core_network_id, each.segment_name, each.edge_location)
        for each in listed(snapshot, place)
        if each.segment_name is not None and each.edge_location is not None
    }
    return sorted(arguments for arguments in found if arguments[0])


IN_SEGMENT = "RouteTableIdentifier.CoreNetworkSegmentEdge"
GET_NETWORK_ROUTES = Call(
    "networkmanager",
    "GetNetworkRoutes",
    GetNetworkRoutes,
    holds="NetworkRoutes",
    arguments=(
        "GlobalNetworkId",
        f"{IN_SEGMENT}.CoreNetworkId",
        f"{IN_SEGMENT}.SegmentName",
        f"{IN_SEGMENT}.EdgeLocation",
    ),
    each=_segment_edges,
)
