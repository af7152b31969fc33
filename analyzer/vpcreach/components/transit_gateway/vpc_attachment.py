"""Attachments of VPCs: the subnets and zones where packets enter and leave a VPC, and the options of each."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from vpcreach.components.transit_gateway.state import IN_USE, state_notes
from vpcreach.forwarding import (
    UNKNOWN_RESOURCE,
    Arrival,
    Emerge,
    Hop,
    Leg,
    Note,
    Reason,
    Stop,
    Surroundings,
)
from vpcreach.forwarding.attached import AttachedVpc
from vpcreach.packets.address_map import Family
from vpcreach.packets.packet_set import PacketSet
from vpcreach.snapshot.call import Call
from vpcreach.snapshot.record import Record, Reply, Tagged

PAGE = "https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html"
TGW_ATTACH_IPV6_DISABLED = Reason(
    "TGW_ATTACH_IPV6_DISABLED", "switch IPv6 support of the transit gateway attachment on", PAGE
)
SG_REFERENCING_SUPPORT = Reason(
    "SG_REFERENCING_SUPPORT",
    "use address ranges, or switch security group referencing on for the transit gateway and both attachments",
    PAGE,
)
SG_REFERENCES_OUTBOUND = Reason(
    "SG_REFERENCING_SUPPORT", "use address ranges in outbound rules: a transit gateway knows groups inbound only", PAGE
)
# AWS offers references across transit gateways in every zone but this one.
WITHOUT_REFERENCES = "use1-az3"


class _Titled(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...


def switched(thing: _Titled, value: str | None, reason: Reason) -> Note | None:
    """None where security group referencing is on, a blocker where it is off, a doubt where nobody tells."""
    entry = "SecurityGroupReferencingSupport"
    if value == "enable":
        return None
    if value == "disable":
        return reason.fail(thing.id, entry, f"{thing.title} does not let rules name groups across it: {entry} is off")
    return reason.unknown(thing.id, entry, f"whether {thing.title} lets rules name groups across it is not told")


class VpcAttachmentOptions(Record, frozen=True):
    dns_support: str | None = None
    security_group_referencing_support: str | None = None
    ipv6_support: str | None = None
    appliance_mode_support: str | None = None


class VpcAttachment(Tagged, frozen=True):
    """What DescribeTransitGatewayVpcAttachments tells of one attachment; attachment.py has what is the same for all."""

    transit_gateway_attachment_id: str
    transit_gateway_id: str | None = None
    vpc_id: str = ""
    state: str | None = None
    subnet_ids: tuple[str, ...] = ()
    options: VpcAttachmentOptions = VpcAttachmentOptions()

    @property
    def id(self) -> str:
        return self.transit_gateway_attachment_id

    @property
    def is_in_use(self) -> bool:
        return self.state in IN_USE

    def state_notes(self) -> tuple[Note, ...]:
        return state_notes(self, self.state)

    def family_notes(self, family: Family) -> tuple[Note, ...]:
        """The blocker for IPv6 at an attachment that does not carry it."""
        support = self.options.ipv6_support
        if family is Family.IPV4 or support == "enable":
            return ()
        if support == "disable":
            message = f"{self.title} carries IPv4 only: its IPv6 support is off"
            return (TGW_ATTACH_IPV6_DISABLED.fail(self.id, "Ipv6Support", message),)
        message = f"whether {self.title} carries IPv6 is not told"
        return (TGW_ATTACH_IPV6_DISABLED.unknown(self.id, "Ipv6Support", message),)

    def references_lost(self, subnet_id: str, around: Surroundings) -> Note | None:
        """Why rules on the other side of this attachment cannot name groups of this one, or the other way round."""
        off = switched(self, self.options.security_group_referencing_support, SG_REFERENCING_SUPPORT)
        zone = around.zone_of(subnet_id)
        if off is not None or zone is None or zone.id != WITHOUT_REFERENCES:
            return off
        message = f"{subnet_id} of {self.title} is in {zone.id}, where rules cannot name groups across it"
        return SG_REFERENCING_SUPPORT.fail(self.id, subnet_id, message)

    @property
    def attached(self) -> AttachedVpc:
        return AttachedVpc(self.id, self.title, self.vpc_id, self.subnet_ids)

    def leave(self, packets: PacketSet, arrival: Arrival, detail: str, around: Surroundings) -> Hop:
        """Into the VPC: in the zone where the packets came from if it has a subnet there, else in any."""
        notes = (*self.state_notes(), *self.family_notes(packets.family))
        vpc = around.component(self.vpc_id)
        if isinstance(vpc, Note):
            return Hop(packets, Stop(), detail, (*notes, vpc))
        if not self.subnet_ids:
            message = f"the subnets in which {self.title} enters {self.vpc_id} are not told"
            unknown = UNKNOWN_RESOURCE.unknown(self.id, "SubnetIds", message)
            return Hop(packets, Stop(), detail, (*notes, unknown))
        keeps_zone = self.options.appliance_mode_support == "enable"
        # Zones mean nothing across a peering of gateways.
        entered = arrival.entered if self._shares_gateway_with(arrival.entered, around) else None
        subnet_ids = self.subnet_ids if keeps_zone else self.attached.exits(entered, around)
        if arrival.leg is Leg.BACK and not keeps_zone:
            doubt = self.attached.appliance_note(subnet_ids, arrival, around)
            notes = (*notes, *((doubt,) if doubt else ()))
            # A gateway tries to keep to a zone, and promises nothing.
            subnet_ids = self.subnet_ids if doubt else subnet_ids
        lost = (self.references_lost(each, around) for each in subnet_ids) if arrival.leg is Leg.OUT else ()
        return Hop(
            packets,
            Emerge(self.vpc_id, subnet_ids, same_both_ways=keeps_zone),
            detail,
            notes,
            references_lost=next((note for note in lost if note is not None), None),
        )

    def _shares_gateway_with(self, subnet_id: str | None, around: Surroundings) -> bool:
        """Whether packets that entered in a subnet entered this very gateway."""
        attachments = every_vpc_attachment(around).values()
        return any(a.transit_gateway_id == self.transit_gateway_id and subnet_id in a.subnet_ids for a in attachments)


def every_vpc_attachment(around: Surroundings) -> Mapping[str, VpcAttachment]:
    """The attachments of VPCs by id, whichever account tells them."""

    def build() -> dict[str, VpcAttachment]:
        readings = (around.read(DESCRIBE_TRANSIT_GATEWAY_VPC_ATTACHMENTS, place) for place in around.places())
        listed = (r.value.transit_gateway_vpc_attachments for r in readings if r.value is not None)
        return {attachment.id: attachment for attachments in listed for attachment in attachments}

    return around.remember(("transit gateway VPC attachments",), build)


def of_vpc(vpc_id: str, around: Surroundings) -> Iterable[VpcAttachment]:
    """Every attachment of one VPC."""

    def build() -> dict[str, list[VpcAttachment]]:
        found: dict[str, list[VpcAttachment]] = {}
        for attachment in every_vpc_attachment(around).values():
            found.setdefault(attachment.vpc_id, []).append(attachment)
        return found

    return around.remember(("transit gateway attachments by VPC",), build).get(vpc_id, ())


class DescribeTransitGatewayVpcAttachments(Reply, frozen=True):
    transit_gateway_vpc_attachments: tuple[VpcAttachment, ...] = ()


DESCRIBE_TRANSIT_GATEWAY_VPC_ATTACHMENTS = Call(
    "ec2",
    "DescribeTransitGatewayVpcAttachments",
    DescribeTransitGatewayVpcAttachments,
    holds="TransitGatewayVpcAttachments",
)
