"""Attachments to a transit gateway, of whatever kind: whose route table rules what comes in through them.

An attachment with 1:1 NAT gives packets that come in another source; nat_configuration.py has its rules.
"""

from collections.abc import Iterable
from typing import ClassVar

from vpcreach.components.transit_gateway.nat_configuration import NatConfiguration, OneToOneNat
from vpcreach.components.transit_gateway.state import state_notes
from vpcreach.components.transit_gateway.vpc_attachment import every_vpc_attachment
from vpcreach.forwarding import (
    UNSUPPORTED_COMPONENT,
    Arrival,
    Hop,
    Leg,
    Lookup,
    Note,
    Reason,
    Sender,
    Stop,
    Surroundings,
)
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Record, Reply, Tagged
from vpcreach.snapshot.snapshot import Snapshot

PAGE = "https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html"
TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION = Reason(
    "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION", "associate the attachment with a transit gateway route table", PAGE
)
TGW_RTB_ROUTES_ARE_UNKNOWN = Reason(
    "TGW_RTB_ROUTES_ARE_UNKNOWN", "collect the account that owns the transit gateway", PAGE
)


class Association(Record, frozen=True):
    transit_gateway_route_table_id: str | None = None
    transit_gateway_policy_table_id: str | None = None
    state: str | None = None


class TransitGatewayAttachment(Tagged, frozen=True):
    """One attachment as DescribeTransitGatewayAttachments tells it; only the gateway's owner is told everything."""

    kind: ClassVar[str] = "transit_gateway_attachment"
    id_prefix: ClassVar[str] = "tgw-attach-"
    subnet_id: ClassVar[None] = None

    transit_gateway_attachment_id: str
    transit_gateway_id: str | None = None
    transit_gateway_owner_id: str | None = None
    resource_owner_id: str | None = None
    resource_type: str | None = None
    resource_id: str | None = None
    state: str | None = None
    association: Association | None = None
    nat_gateway_support: str | None = None

    @property
    def id(self) -> str:
        return self.transit_gateway_attachment_id

    @property
    def owner_id(self) -> str | None:
        """The account whose reply counts where several list the attachment: that of the gateway."""
        return self.transit_gateway_owner_id

    @property
    def joins(self) -> tuple[str, ...]:
        """The ids of the gateway and of what it attaches: a VPC, another gateway …"""
        return tuple(thing for thing in (self.transit_gateway_id, self.resource_id) if thing)

    def forward(self, arrival: Arrival, around: Surroundings) -> Iterable[Hop]:
        table_id = self.ruling_table(around.place_of(self.id), around)
        if isinstance(table_id, Note):
            yield Hop(arrival.packets, Stop(), "no route table", (table_id,))
        elif (nat := self.nat(around)) is not None:
            yield from self._translated(nat, arrival, table_id)
        else:
            yield Hop(arrival.packets, Lookup(table_id), f"ruled by {table_id}")

    def answer(self, arrival: Arrival, around: Surroundings) -> Iterable[Hop]:
        """Answers that its 1:1 NAT has given back the address they are for: into the VPC that asked."""
        of_vpc = every_vpc_attachment(around).get(self.id)
        if of_vpc is None:
            message = f"the VPC behind {self.title} is not told"
            yield Hop(arrival.packets, Stop(), "answers", (UNSUPPORTED_COMPONENT.unknown(self.id, "", message),))
        else:
            yield of_vpc.leave(arrival.packets, arrival, "answers, translated back", around)

    def ruling_table(self, place: Place, around: Surroundings) -> str | Note:
        """The route table for what comes in here, or why there is none; `place` is where this record was read."""
        held = self.association or Association()
        if held.transit_gateway_policy_table_id:
            message = f"{self.title} is ruled by the policy table {held.transit_gateway_policy_table_id}"
            return UNSUPPORTED_COMPONENT.unknown(self.id, "Association", f"{message}, which is not modelled")
        table_id = held.transit_gateway_route_table_id
        if table_id is None and place.account != self.transit_gateway_owner_id:
            return self._told_to_owner(self.id, f"which route table rules {self.title} is not told")
        if table_id is None or held.state == "disassociated":
            message = f"{self.title} is associated with no route table of {self.transit_gateway_id}, so all is dropped"
            return TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION.fail(self.id, "Association", message)
        if held.state != "associated":
            message = f"the association of {self.title} with {table_id} is {held.state or 'in a state not told'}"
            resolve = "collect again"
            return TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION.unknown(self.id, "Association", message, resolve=resolve)
        table = around.component(table_id)
        return self._told_to_owner(table_id, table.message) if isinstance(table, Note) else table_id

    def _told_to_owner(self, component: str, fact: str) -> Note:
        owner = self.transit_gateway_owner_id or "not told"
        message = f"{fact}; the owner of {self.transit_gateway_id} can read it (account {owner})"
        resolve = f"collect account {owner}, which owns the transit gateway"
        return TGW_RTB_ROUTES_ARE_UNKNOWN.unknown(component, "", message, resolve=resolve)

    def state_notes(self) -> tuple[Note, ...]:
        return state_notes(self, self.state)

    @property
    def may_translate(self) -> bool:
        """True for an attachment with 1:1 NAT, and in a state between or of tomorrow."""
        return self.nat_gateway_support not in (None, "disabled")

    def nat(self, around: Surroundings) -> OneToOneNat | None:
        # Whether there is any is told to the gateway's owner alone.
        is_told = self.transit_gateway_owner_id in (None, around.place_of(self.id).account)
        if not self.may_translate and (is_told or self.nat_gateway_support == "disabled"):
            return None
        reading = around.read(GET_TRANSIT_GATEWAY_ATTACHMENT_NAT_CONFIGURATION, self.id, (self.id,))
        return OneToOneNat(self.id, self.nat_gateway_support or "", reading)

    def _translated(self, nat: OneToOneNat, arrival: Arrival, table_id: str) -> Iterable[Hop]:
        sender = Sender(component=self.id, kind=self.kind, vpc_id=arrival.vpc_id, subnet_id=None, groups=None)
        for part in nat.inwards(arrival.packets.source):
            packets = arrival.packets.with_source(part.before)
            if part.note is not None:
                yield Hop(packets, Stop(), "1:1 NAT", (part.note,))
            elif part.after is None:
                yield Hop(packets, Lookup(table_id), f"ruled by {table_id}")
            elif arrival.leg is Leg.BACK:
                message = f"{self.title} gives the answers from {part.before} another source, {part.after}"
                note = UNSUPPORTED_COMPONENT.unknown(self.id, "NatGatewayRules", f"{message}: that is not modelled")
                yield Hop(packets, Stop(), "1:1 NAT", (note,))
            else:
                detail = f"source becomes {part.after}"
                yield Hop(packets, Lookup(table_id), detail, sender=sender, source=part.after)


class DescribeTransitGatewayAttachments(Reply, frozen=True):
    transit_gateway_attachments: tuple[TransitGatewayAttachment, ...] = ()


DESCRIBE_TRANSIT_GATEWAY_ATTACHMENTS = Call(
    "ec2",
    "DescribeTransitGatewayAttachments",
    DescribeTransitGatewayAttachments,
    holds="TransitGatewayAttachments",
)


def _translating(snapshot: Snapshot, place: Place) -> Iterable[tuple[str]]:
    reply = snapshot.read(DESCRIBE_TRANSIT_GATEWAY_ATTACHMENTS, place).value
    listed = reply.transit_gateway_attachments if reply is not None else ()
    return [(attachment.id,) for attachment in listed if attachment.may_translate]


GET_TRANSIT_GATEWAY_ATTACHMENT_NAT_CONFIGURATION = Call(
    "ec2",
    "GetTransitGatewayAttachmentNatConfiguration",
    NatConfiguration,
    holds="TransitGatewayAttachmentId",
    arguments=("TransitGatewayAttachmentId",),
    each=_translating,
)
