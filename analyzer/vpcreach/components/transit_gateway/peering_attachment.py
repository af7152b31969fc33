"""Peering of two transit gateways: packets go on in the route table that rules the far side's end of it.

Each side's owner lists its own end, under one id for both (across regions) or one id each.
"""

from vpcreach.components.transit_gateway.attachment import (
    DESCRIBE_TRANSIT_GATEWAY_ATTACHMENTS,
    TGW_RTB_ROUTES_ARE_UNKNOWN,
    TransitGatewayAttachment,
)
from vpcreach.components.transit_gateway.vpc_attachment import SG_REFERENCING_SUPPORT
from vpcreach.forwarding import (
    UNKNOWN_RESOURCE,
    UNSUPPORTED_COMPONENT,
    Arrival,
    Hop,
    Leg,
    Lookup,
    Note,
    Stop,
    Surroundings,
)
from vpcreach.packets.packet_set import PacketSet
from vpcreach.snapshot.call import Place

PEERING = frozenset({"peering", "tgw-peering"})


def to_the_far_side(
    near_id: str, near_gateway_id: str | None, place: Place, packets: PacketSet, arrival: Arrival, around: Surroundings
) -> Hop:
    """What becomes of packets that leave a gateway by its end of a peering; `place` is where that end is listed."""
    near = next((end for end in _ends(place, around) if end.id == near_id), None)
    if near is None:
        gap = around.read(DESCRIBE_TRANSIT_GATEWAY_ATTACHMENTS, place).gap or "its owner does not list it"
        message = f"the peering {near_id} of {near_gateway_id} cannot be read: {gap}"
        action = DESCRIBE_TRANSIT_GATEWAY_ATTACHMENTS.action
        return Hop(packets, Stop(), near_id, (UNKNOWN_RESOURCE.unknown(near_id, action, message),))
    table_id = _far_table(near, around)
    if isinstance(table_id, Note):
        return Hop(packets, Stop(), near_id, (*near.state_notes(), table_id))
    far_gateway_id = near.resource_id or ""
    message = f"{near.title} joins two transit gateways, across which rules cannot name security groups"
    lost = SG_REFERENCING_SUPPORT.fail(near.id, far_gateway_id, message) if arrival.leg is Leg.OUT else None
    notes = near.state_notes()
    return Hop(packets, Lookup(table_id), f"to {far_gateway_id}", notes, past=far_gateway_id, references_lost=lost)


def _far_table(near: TransitGatewayAttachment, around: Surroundings) -> str | Note:
    """The route table that rules what comes in at the other end, or why nothing is known of it."""
    gateway_id = near.resource_id or ""
    place = around.place_of(gateway_id)
    far = _far_end(near, gateway_id, place, around)
    if isinstance(far, Note):
        return far
    if near.may_translate or far.may_translate:
        message = f"{near.title} to {gateway_id} has 1:1 NAT, which is not modelled at a peering"
        return UNSUPPORTED_COMPONENT.unknown(near.id, "NatGatewaySupport", message)
    return far.ruling_table(place, around)


def _ends(place: Place, around: Surroundings) -> tuple[TransitGatewayAttachment, ...]:
    reply = around.read(DESCRIBE_TRANSIT_GATEWAY_ATTACHMENTS, place).value
    listed = reply.transit_gateway_attachments if reply is not None else ()
    return tuple(attachment for attachment in listed if attachment.resource_type in PEERING)


def _far_end(
    near: TransitGatewayAttachment, gateway_id: str, place: Place, around: Surroundings
) -> TransitGatewayAttachment | Note:
    ends = [
        end
        for end in _ends(place, around)
        if end.transit_gateway_id == gateway_id and end.resource_id == near.transit_gateway_id
    ]
    same = [end for end in ends if end.id == near.id]
    if same or len(ends) == 1:
        return (same or ends)[0]
    owner = near.resource_owner_id or "not told"
    fact = f"{len(ends)} peerings of it could be the one" if ends else f"the snapshot does not hold account {owner}"
    message = f"{near.title} leads to {gateway_id}, whose route tables are not known: {fact}"
    resolve = f"collect account {owner}, which owns {gateway_id}, in its region"
    return TGW_RTB_ROUTES_ARE_UNKNOWN.unknown(near.id, gateway_id, message, resolve=resolve)
