"""Attachments to a core network: their segment, whose routes at this edge rule what comes in, and their VPC."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, cast

import msgspec

from vpcreach.components.cloud_wan.segment_routes import Part, parts
from vpcreach.forwarding import (
    BAD_STATE,
    UNKNOWN_RESOURCE,
    UNSUPPORTED_COMPONENT,
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
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Record, Reply, Tagged
from vpcreach.snapshot.snapshot import Snapshot

if TYPE_CHECKING:
    from vpcreach.components.cloud_wan.core_network import CoreNetwork

PAGE = "https://docs.aws.amazon.com/network-manager/latest/cloudwan/cloudwan-vpc-attachment.html"
IPV6_OFF = Reason("TGW_ATTACH_IPV6_DISABLED", "switch IPv6 support of the attachment on", PAGE)
REFERENCES_OFF = Reason(
    "SG_REFERENCING_SUPPORT",
    "use address ranges, or switch security group referencing on for the core network and both attachments",
    PAGE,
)
IN_NO_SEGMENT = Reason("UNASSOCIATED_COMPONENT", "let the core network policy put the attachment into a segment", PAGE)
ON_PREM_BEYOND_MODEL = Reason("ON_PREM_BEYOND_MODEL", "test a connection from the far side as well", PAGE)
ENDED = frozenset({"REJECTED", "PENDING_ATTACHMENT_ACCEPTANCE", "FAILED", "DELETING"})
ON_PREMISES = frozenset({"CONNECT", "SITE_TO_SITE_VPN", "DIRECT_CONNECT_GATEWAY"})


class VpcOptions(Record, frozen=True):
    ipv6_support: bool | None = None
    appliance_mode_support: bool | None = None
    security_group_referencing_support: bool | None = None


class VpcAttachmentDetail(Record, frozen=True):
    """What GetVpcAttachment tells beyond the list."""

    subnet_arns: tuple[str, ...] = ()
    options: VpcOptions = VpcOptions()

    @property
    def subnet_ids(self) -> tuple[str, ...]:
        return tuple(arn.rpartition("/")[2] for arn in self.subnet_arns)


class GetVpcAttachment(Reply, frozen=True):
    vpc_attachment: VpcAttachmentDetail | None = None


class CoreNetworkAttachment(Tagged, frozen=True):
    kind: ClassVar[str] = "core_network_attachment"
    id_prefix: ClassVar[str] = "attachment-"
    subnet_id: ClassVar[None] = None

    attachment_id: str
    core_network_id: str = ""
    core_network_arn: str | None = None
    owner_account_id: str | None = None
    attachment_type: str | None = None
    state: str | None = None
    edge_location: str | None = None
    resource_arn: str | None = None
    segment_name: str | None = None
    network_function_group_name: str | None = None
    nat_gateway_support: str | None = None

    @property
    def id(self) -> str:
        return self.attachment_id

    @property
    def owner_id(self) -> str | None:
        """The account whose reply counts where several list the attachment: that of the core network."""
        return (self.core_network_arn or "").split(":")[4] if (self.core_network_arn or "").count(":") > 4 else None

    @property
    def vpc_id(self) -> str | None:
        return (self.resource_arn or "").rpartition("/")[2] if self.attachment_type == "VPC" else None

    @property
    def joins(self) -> tuple[str, ...]:
        """The ids of the core network and of the VPC behind it."""
        return tuple(thing for thing in (self.core_network_arn, self.vpc_id) if thing)

    def state_notes(self) -> tuple[Note, ...]:
        if self.state == "AVAILABLE":
            return ()
        fact = f"{self.title} is {self.state or 'in a state the reply does not tell'}"
        if self.state in ENDED:
            return (BAD_STATE.fail(self.id, "State", f"{fact}, and carries nothing"),)
        return (BAD_STATE.unknown(self.id, "State", f"{fact}, which may pass", resolve="collect again"),)

    def family_notes(self, detail: VpcAttachmentDetail, family: Family) -> tuple[Note, ...]:
        """The blocker for IPv6 at an attachment that does not carry it."""
        support = detail.options.ipv6_support
        if family is Family.IPV4 or support:
            return ()
        if support is None:
            return (IPV6_OFF.unknown(self.id, "Ipv6Support", f"whether {self.title} carries IPv6 is not told"),)
        return (IPV6_OFF.fail(self.id, "Ipv6Support", f"{self.title} carries IPv4 only: its IPv6 support is off"),)

    def references_lost(self, detail: VpcAttachmentDetail) -> Note:
        """Why rules cannot name groups across it, or why nobody knows: the policy that allows it is not read."""
        entry = "SecurityGroupReferencingSupport"
        if detail.options.security_group_referencing_support is False:
            return REFERENCES_OFF.fail(self.id, entry, f"{self.title} does not let rules name groups across it")
        message = f"whether the policy of {self.core_network_id} lets rules name groups across it is not read"
        return REFERENCES_OFF.unknown(self.id, entry, message)

    def detail(self, around: Surroundings) -> VpcAttachmentDetail | Note:
        """Its subnets and options, from whichever account tells them."""
        readings = [around.read(GET_VPC_ATTACHMENT, place, (self.id,)) for place in around.places()]
        for reading in readings:
            if reading.value is not None and reading.value.vpc_attachment is not None:
                return reading.value.vpc_attachment
        gap = next((reading.gap for reading in readings if reading.gap), "not collected")
        message = f"the subnets of {self.title}, by which {self.vpc_id} is entered and left, are not known: {gap}"
        return UNKNOWN_RESOURCE.unknown(self.id, GET_VPC_ATTACHMENT.action, message)

    def attached(self, detail: VpcAttachmentDetail) -> AttachedVpc:
        return AttachedVpc(self.id, self.title, self.vpc_id or "", detail.subnet_ids)

    # In: the routes of its segment at its edge

    def forward(self, arrival: Arrival, around: Surroundings) -> Iterable[Hop]:
        if (doubt := self._not_modelled()) is not None:
            yield Hop(arrival.packets, Stop(), "", (doubt,))
            return
        if self.segment_name is None or self.edge_location is None:
            message = f"{self.title} is in no segment of {self.core_network_id}, so nothing is passed on"
            yield Hop(arrival.packets, Stop(), "no segment", (IN_NO_SEGMENT.fail(self.id, "SegmentName", message),))
            return
        network = around.component(self.core_network_arn or "arn:")
        if isinstance(network, Note):
            yield Hop(arrival.packets, Stop(), "core network not known", (network,))
            return
        reading = cast("CoreNetwork", network).routes(self.segment_name, self.edge_location, around)
        segment = f"segment {self.segment_name} of {self.core_network_id} at {self.edge_location}"
        for part in parts(self.id, segment, reading, arrival.packets.destination):
            yield msgspec.structs.replace(self._taken(part, arrival, around), second_reading=part.second_reading)

    answer = forward

    def _taken(self, part: Part, arrival: Arrival, around: Surroundings) -> Hop:
        packets = arrival.packets.with_destination(part.addresses)
        if part.note is not None:
            return Hop(packets, Stop(), part.words, (part.note,))
        target = around.component(part.attachment_id or "attachment-")
        if isinstance(target, Note):
            return Hop(packets, Stop(), part.words, (target,))
        if not isinstance(target, CoreNetworkAttachment):
            message = f"{part.words} names {target.id}, which is no attachment of a core network"
            note = UNSUPPORTED_COMPONENT.unknown(self.id, part.words, message)
            return Hop(packets, Stop(), part.words, (note,))
        return target._leave(self, packets, arrival, part.words, around)

    # Out: into the VPC behind it

    def _leave(
        self,
        entered_by: "CoreNetworkAttachment",
        packets: PacketSet,
        arrival: Arrival,
        words: str,
        around: Surroundings,
    ) -> Hop:
        notes = self.state_notes()
        doubt = self._not_modelled()
        if doubt is None and self.attachment_type in ON_PREMISES:
            message = f"{entered_by.core_network_id} sends the packets by {words} to what lies on premises"
            doubt = ON_PREM_BEYOND_MODEL.unknown(self.id, words, message)
        if doubt is None and self.attachment_type != "VPC":
            message = f"{self.title} attaches a {self.attachment_type}, which is not modelled"
            doubt = UNSUPPORTED_COMPONENT.unknown(self.id, "AttachmentType", message)
        detail = self.detail(around) if doubt is None else doubt
        if isinstance(detail, Note):
            return Hop(packets, Stop(), words, (*notes, detail))
        vpc = around.component(self.vpc_id or "vpc-")
        if isinstance(vpc, Note):
            return Hop(packets, Stop(), words, (*notes, vpc))
        keeps_zone = bool(detail.options.appliance_mode_support)
        attached = self.attached(detail)
        subnet_ids = detail.subnet_ids if keeps_zone else attached.exits(arrival.entered, around)
        if arrival.leg is Leg.BACK and not keeps_zone:
            other_zone = attached.appliance_note(subnet_ids, arrival, around)
            notes = (*notes, *((other_zone,) if other_zone else ()))
            subnet_ids = detail.subnet_ids if other_zone else subnet_ids
        return Hop(
            packets,
            Emerge(self.vpc_id or "", subnet_ids, same_both_ways=keeps_zone),
            words,
            (*notes, *self.family_notes(detail, packets.family)),
            references_lost=self._lost(entered_by, detail) if arrival.leg is Leg.OUT else None,
        )

    def _lost(self, entered_by: "CoreNetworkAttachment", detail: VpcAttachmentDetail) -> Note:
        if entered_by.edge_location == self.edge_location:
            return self.references_lost(detail)
        message = f"{entered_by.title} and {self.title} are at two edges, across which rules cannot name groups"
        return REFERENCES_OFF.fail(self.id, "EdgeLocation", message)

    def _not_modelled(self) -> Note | None:
        if self.network_function_group_name is not None:
            message = f"{self.title} is in the network function group {self.network_function_group_name}"
            fact = f"{message}: what inspects the packets there is not modelled"
            return UNSUPPORTED_COMPONENT.unknown(self.id, "NetworkFunctionGroupName", fact)
        if self.nat_gateway_support not in (None, "DISABLED"):
            message = (
                f"{self.title} translates addresses (1:1 NAT is {self.nat_gateway_support}), which is not modelled"
            )
            return UNSUPPORTED_COMPONENT.unknown(self.id, "NatGatewaySupport", message)
        return None


class ListAttachments(Reply, frozen=True):
    attachments: tuple[CoreNetworkAttachment, ...] = ()


LIST_ATTACHMENTS = Call("networkmanager", "ListAttachments", ListAttachments, holds="Attachments")


def listed(snapshot: Snapshot, place: Place) -> tuple[CoreNetworkAttachment, ...]:
    """The attachments that a place lists."""
    reply = snapshot.read(LIST_ATTACHMENTS, place).value
    return reply.attachments if reply is not None else ()


def _of_vpcs(snapshot: Snapshot, place: Place) -> Iterable[tuple[str]]:
    return [(attachment.id,) for attachment in listed(snapshot, place) if attachment.attachment_type == "VPC"]


GET_VPC_ATTACHMENT = Call(
    "networkmanager",
    "GetVpcAttachment",
    GetVpcAttachment,
    holds="VpcAttachment",
    arguments=("AttachmentId",),
    each=_of_vpcs,
)
