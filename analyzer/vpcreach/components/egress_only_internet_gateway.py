"""Egress-only internet gateways: IPv6 out to the internet and its answers back, and nothing else in.

Modelled: attachment, that the sender's IPv6 address must be a global one of this VPC.
Not modelled: nothing that a packet meets.
Source: VPC User Guide, "Enable outbound IPv6 traffic using an egress-only internet gateway" (semantics A12, C12).
Checked: tests/unit/components/test_egress_only_internet_gateway.py.
"""

from collections.abc import Iterable
from typing import ClassVar

from vpcreach.forwarding import (
    BAD_STATE_ATTACHMENT,
    NO_POSSIBLE_DESTINATION,
    Arrival,
    Deliver,
    Hop,
    Leg,
    Lookup,
    Note,
    Reason,
    Stop,
    Surroundings,
    wrong_way,
)
from vpcreach.packets.address_map import AddressSet
from vpcreach.snapshot.call import Call
from vpcreach.snapshot.record import Record, Reply, Tagged

PAGE = "https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html"
IPV6_NOT_PUBLIC = Reason("IPV6_NOT_PUBLIC", "give the subnet a public IPv6 CIDR (global unicast addresses)", PAGE)
GATEWAY_REJECTS_SPOOFED_TRAFFIC = Reason(
    "GATEWAY_REJECTS_SPOOFED_TRAFFIC", "give the sender's own VPC an egress-only internet gateway", PAGE
)
GLOBAL_UNICAST = AddressSet.parse("2000::/3")


class EgressOnlyAttachment(Record, frozen=True):
    vpc_id: str | None = None
    state: str | None = None


class EgressOnlyInternetGateway(Tagged, frozen=True):
    kind: ClassVar[str] = "egress_only_internet_gateway"
    id_prefix: ClassVar[str] = "eigw-"
    subnet_id: ClassVar[None] = None

    egress_only_internet_gateway_id: str
    attachments: tuple[EgressOnlyAttachment, ...] = ()

    @property
    def id(self) -> str:
        return self.egress_only_internet_gateway_id

    def forward(self, arrival: Arrival, around: Surroundings) -> Iterable[Hop]:
        if arrival.leg is Leg.BACK:
            yield from wrong_way(self, arrival)
            return
        notes = self._attachment_notes(arrival.vpc_id)
        private = arrival.packets.destination - GLOBAL_UNICAST
        if private:
            message = f"{self.title} leads to the internet, where {private} does not exist"
            note = NO_POSSIBLE_DESTINATION.fail(self.id, str(private), message)
            yield Hop(arrival.packets.with_destination(private), Stop(), "dropped", (*notes, note))
        public = arrival.packets.destination - private
        if public:
            packets = arrival.packets.with_destination(public)
            yield Hop(packets, Deliver(None), "to the internet", (*notes, *self._sender_notes(arrival, around)))

    def answer(self, arrival: Arrival, around: Surroundings) -> Iterable[Hop]:
        yield Hop(arrival.packets, Lookup(arrival.vpc_id), "answers from the internet")

    def _attachment_notes(self, vpc_id: str) -> tuple[Note, ...]:
        states = [attachment.state for attachment in self.attachments if attachment.vpc_id == vpc_id]
        if any(state in ("attached", "available") for state in states):
            return ()
        fact = f"its attachment to {vpc_id} is {states[0]}" if states else f"it is not attached to {vpc_id}"
        if states and states[0] not in ("detaching", "detached"):
            return (BAD_STATE_ATTACHMENT.unknown(self.id, "Attachments", f"{self.title}: {fact}"),)
        return (BAD_STATE_ATTACHMENT.fail(self.id, "Attachments", f"{self.title} is the next hop, but {fact}"),)

    def _sender_notes(self, arrival: Arrival, around: Surroundings) -> tuple[Note, ...]:
        if arrival.sender.vpc_id != arrival.vpc_id:
            own, other = arrival.vpc_id, arrival.sender.vpc_id
            message = f"{self.title} passes on what comes from addresses of {own} alone, not of {other}"
            return (GATEWAY_REJECTS_SPOOFED_TRAFFIC.fail(self.id, "", message),)
        private = arrival.packets.source - GLOBAL_UNICAST
        subnet = around.component(arrival.sender.subnet_id or "subnet-")
        if getattr(subnet, "has_private_ipv6", False):
            private = arrival.packets.source
        if not private:
            return ()
        message = f"{private} is a private IPv6 range, and {self.title} passes on global addresses alone"
        return (IPV6_NOT_PUBLIC.fail(self.id, str(private), message),)


class DescribeEgressOnlyInternetGateways(Reply, frozen=True):
    egress_only_internet_gateways: tuple[EgressOnlyInternetGateway, ...] = ()


DESCRIBE_EGRESS_ONLY_INTERNET_GATEWAYS = Call(
    "ec2",
    "DescribeEgressOnlyInternetGateways",
    DescribeEgressOnlyInternetGateways,
    holds="EgressOnlyInternetGateways",
)
CALLS = (DESCRIBE_EGRESS_ONLY_INTERNET_GATEWAYS,)
REASONS = (BAD_STATE_ATTACHMENT, GATEWAY_REJECTS_SPOOFED_TRAFFIC, IPV6_NOT_PUBLIC, NO_POSSIBLE_DESTINATION)
