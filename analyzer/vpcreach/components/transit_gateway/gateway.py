"""Transit gateways: hubs between VPCs, peers and networks on premises.

Packets enter through the interface of an attachment in the zone where they stand. Every gateway, attachment and VPC on
the way has a say in whether rules may name groups across it.
"""

from collections.abc import Iterable
from typing import ClassVar

from vpcreach.components.transit_gateway.state import state_notes
from vpcreach.components.transit_gateway.vpc_attachment import (
    DESCRIBE_TRANSIT_GATEWAY_VPC_ATTACHMENTS,
    PAGE,
    SG_REFERENCES_OUTBOUND,
    SG_REFERENCING_SUPPORT,
    VpcAttachment,
    of_vpc,
    switched,
)
from vpcreach.forwarding import (
    UNKNOWN_RESOURCE,
    Arrival,
    Effect,
    Forward,
    Hop,
    Leg,
    Note,
    Reason,
    Stop,
    Surroundings,
)
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Record, Reply, Tagged

UNASSOCIATED_COMPONENT = Reason("UNASSOCIATED_COMPONENT", "attach the VPC to the transit gateway", PAGE)


class TransitGatewayOptions(Record, frozen=True):
    dns_support: str | None = None
    security_group_referencing_support: str | None = None


class TransitGateway(Tagged, frozen=True):
    kind: ClassVar[str] = "transit_gateway"
    id_prefix: ClassVar[str] = "tgw-"
    subnet_id: ClassVar[None] = None

    transit_gateway_id: str
    state: str | None = None
    owner_id: str | None = None
    options: TransitGatewayOptions = TransitGatewayOptions()

    @property
    def id(self) -> str:
        return self.transit_gateway_id

    def forward(self, arrival: Arrival, around: Surroundings) -> Iterable[Hop]:
        notes = state_notes(self, self.state)
        attachment = self.attachment_of(arrival.vpc_id, around)
        if isinstance(attachment, Note):
            yield Hop(arrival.packets, Stop(), "no attachment", (*notes, attachment))
            return
        notes = (*notes, *attachment.state_notes(), *attachment.family_notes(arrival.packets.family))
        subnet_id = attachment.attached.entrance(arrival.came_from, around)
        if isinstance(subnet_id, Note):
            yield Hop(arrival.packets, Stop(), f"by {attachment.id}", (*notes, subnet_id))
            return
        is_out = arrival.leg is Leg.OUT
        yield Hop(
            arrival.packets,
            Forward(attachment.id, through=subnet_id),
            f"through the attachment's interface in {subnet_id}",
            notes,
            references_lost=self._references_lost(attachment, subnet_id, around) if is_out else None,
            outbound_lost=self._outbound_lost() if is_out else None,
        )

    answer = forward

    def attachment_of(self, vpc_id: str, around: Surroundings) -> VpcAttachment | Note:
        """The attachment of a VPC, one in use before others; or why there is none, or nobody knows."""
        mine = [each for each in of_vpc(vpc_id, around) if each.transit_gateway_id == self.id]
        if mine:
            return min(mine, key=lambda each: (not each.is_in_use, each.id))
        call = DESCRIBE_TRANSIT_GATEWAY_VPC_ATTACHMENTS
        region = around.place_of(self.id).region
        # The owner of the gateway sees every attachment, and the owner of a VPC those of it; others see none.
        owners = [self.owner_id, getattr(around.component(vpc_id), "owner_id", None)]
        readings = [around.read(call, Place(owner, region)) for owner in dict.fromkeys(owners) if owner]
        if any(reading.covers(vpc_id) for reading in readings):
            message = f"{vpc_id}, whose route table sends the packets to {self.title}, is not attached to it"
            return UNASSOCIATED_COMPONENT.fail(self.id, vpc_id, message)
        gap = next((reading.gap for reading in readings if reading.gap), f"{call.action} of its owner is not collected")
        message = f"whether and where {vpc_id} is attached to {self.title} is not known: {gap}"
        return UNKNOWN_RESOURCE.unknown(self.id, call.action, message)

    def _references_lost(self, attachment: VpcAttachment, subnet_id: str, around: Surroundings) -> Note | None:
        own = switched(self, self.options.security_group_referencing_support, SG_REFERENCING_SUPPORT)
        notes = [note for note in (own, attachment.references_lost(subnet_id, around)) if note is not None]
        # What is off settles it, whatever else is not told.
        return min(notes, key=lambda note: note.effect is not Effect.FAIL, default=None)

    def _outbound_lost(self) -> Note:
        message = f"outbound rules that name a security group match nothing behind {self.title}"
        return SG_REFERENCES_OUTBOUND.fail(self.id, "", message)


class DescribeTransitGateways(Reply, frozen=True):
    transit_gateways: tuple[TransitGateway, ...] = ()


DESCRIBE_TRANSIT_GATEWAYS = Call("ec2", "DescribeTransitGateways", DescribeTransitGateways, holds="TransitGateways")
