"""Internet gateways: the VPC's door to the internet, for whoever has a public address.

Modelled: attachment, the public IPv4 address that the sender must own, private destinations, IPv6, the edge route table
that rules the answers.
Not modelled: appliances that an edge route table sends answers through (undecided).
Source: VPC User Guide, "Enable internet access for a VPC using an internet gateway" (semantics A6, A12, C10, C11).
Checked: tests/unit/components/test_internet_gateway.py.
"""

from collections.abc import Iterable
from dataclasses import replace
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
from vpcreach.packets.address_map import AddressSet, Family
from vpcreach.snapshot.call import Call
from vpcreach.snapshot.record import Record, Reply, Tagged

PAGE = "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html"
IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS = Reason(
    "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
    "route the function's subnet to a NAT gateway that stands in a public subnet",
    "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html",
)
PRIVATE_NAT_TO_IGW = Reason(
    "PRIVATE_NAT_TO_IGW",
    "use a public NAT gateway: an internet gateway drops what a private one sends",
    "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html",
)
LAMBDA_IN_PUBLIC_SUBNET = Reason(
    "LAMBDA_IN_PUBLIC_SUBNET",
    "move the function to a private subnet whose table sends 0.0.0.0/0 to a NAT gateway",
)
LAMBDA_PUBLIC_ADDRESS_BY_HAND = Reason(
    "LAMBDA_PUBLIC_ADDRESS_BY_HAND",
    "use a NAT gateway: Lambda recreates its interfaces, and the address goes with them",
)
LAMBDA_IPV6_VIA_IGW_UNCONFIRMED = Reason(
    "LAMBDA_IPV6_VIA_IGW_UNCONFIRMED",
    "route ::/0 to an egress-only internet gateway, which AWS documents for functions",
)
IPV6_OF_ANOTHER_VPC = Reason(
    "GATEWAY_REJECTS_SPOOFED_TRAFFIC", "give the sender's own VPC an egress-only internet gateway", PAGE
)
IPV6_OF_PRIVATE_RANGE = Reason("IPV6_NOT_PUBLIC", "give the subnet a public IPv6 CIDR (global unicast addresses)", PAGE)
IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS = Reason(
    "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS", "add a route for the private address to where it lives"
)
IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS = Reason(
    "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS", "add a route for the private address to where it lives"
)

RFC1918 = AddressSet.parse("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
RFC6598 = AddressSet.parse("100.64.0.0/10")
# This host, loopback, link-local, multicast and reserved addresses: no router passes them on.
UNROUTABLE = AddressSet.parse("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4")


class Attachment(Record, frozen=True):
    vpc_id: str | None = None
    state: str = "available"


class InternetGateway(Tagged, frozen=True):
    kind: ClassVar[str] = "internet_gateway"
    id_prefix: ClassVar[str] = "igw-"
    subnet_id: ClassVar[None] = None

    internet_gateway_id: str
    attachments: tuple[Attachment, ...] = ()
    owner_id: str | None = None

    @property
    def id(self) -> str:
        return self.internet_gateway_id

    def forward(self, arrival: Arrival, around: Surroundings) -> Iterable[Hop]:
        if arrival.leg is Leg.BACK:
            yield from wrong_way(self, arrival)
            return
        notes = (*self.attachment_notes(arrival.vpc_id), *self.sender_notes(arrival, around))
        destination = arrival.packets.destination
        if arrival.packets.family is Family.IPV4:
            for block, reason in (
                (RFC1918, IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS),
                (RFC6598, IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS),
                (UNROUTABLE, NO_POSSIBLE_DESTINATION),
            ):
                private = destination & block
                if private:
                    message = (
                        f"{self.title} drops packets to {private}: a private address does not exist on the internet"
                    )
                    note = reason.fail(self.id, str(private), message)
                    yield Hop(arrival.packets.with_destination(private), Stop(), "dropped", (*notes, note))
                destination = destination - block
        if destination:
            yield Hop(arrival.packets.with_destination(destination), Deliver(None), "to the internet", notes)

    def answer(self, arrival: Arrival, around: Surroundings) -> Iterable[Hop]:
        edge = around.edge_table_of(self.id, arrival.vpc_id)
        if isinstance(edge, Note):
            yield Hop(arrival.packets, Stop(), "answers from the internet", (edge,))
        else:
            ruled_by = arrival.vpc_id if edge is None else edge.id
            yield Hop(arrival.packets, Lookup(ruled_by), "answers from the internet")

    def attachment_notes(self, vpc_id: str) -> list[Note]:
        """The blocker for a gateway that is not attached to this VPC."""
        states = [attachment.state for attachment in self.attachments if attachment.vpc_id == vpc_id]
        if any(state in ("available", "attached") for state in states):
            return []
        fact = f"its attachment to {vpc_id} is {states[0]}" if states else f"not attached to {vpc_id}"
        message = f"{self.title} is the next hop, but it is {fact}" if not states else f"{self.title}: {fact}"
        if states and states[0] not in ("detaching", "detached"):
            return [BAD_STATE_ATTACHMENT.unknown(self.id, "Attachments", message, resolve="collect again")]
        return [BAD_STATE_ATTACHMENT.fail(self.id, "Attachments", message)]

    def sender_notes(self, arrival: Arrival, around: Surroundings) -> tuple[Note, ...]:
        """What any internet gateway says of packets from this sender, whether or not the gateway itself is known."""
        sender = arrival.sender
        if arrival.packets.family is Family.IPV6 and (closed := self._closed_to_ipv6(arrival, around)) is not None:
            return (closed,)
        if arrival.packets.family is Family.IPV6 and sender.kind == "managed_instance":
            return ()  # an instance's IPv6 address is a public one, which AWS documents for Managed Instances (A20)
        if arrival.packets.family is Family.IPV6:
            message = (
                f"{self.title} as the IPv6 next hop of a function: AWS documents an egress-only internet gateway alone"
            )
            return (LAMBDA_IPV6_VIA_IGW_UNCONFIRMED.unknown(self.id, "", message),)
        if sender.public_addresses and sender.vpc_id == arrival.vpc_id:
            return sender.notes_at_internet
        is_public = getattr(around.component(sender.component), "is_public", False)
        if sender.kind == "nat_gateway" and is_public and not sender.public_addresses:
            return ()  # it has said so itself
        if sender.kind == "nat_gateway" and not is_public:
            message = (
                f"{sender.component} is a private NAT gateway, and {self.title} drops what comes from a private address"
            )
            return (PRIVATE_NAT_TO_IGW.fail(sender.component, "ConnectivityType", message),)
        if sender.public_addresses_unread is not None and sender.vpc_id == arrival.vpc_id:
            return (sender.public_addresses_unread,)
        return self._untranslated(arrival)

    def _closed_to_ipv6(self, arrival: Arrival, around: Surroundings) -> Note | None:
        """The blocker for IPv6 that no internet gateway passes on, whoever sends it (A12)."""
        sender = arrival.sender
        if sender.vpc_id != arrival.vpc_id:
            message = f"{self.title} passes on what comes from addresses of {arrival.vpc_id}, not of {sender.vpc_id}"
            return IPV6_OF_ANOTHER_VPC.fail(self.id, "", message)
        if sender.refused_at_internet is not None:
            return sender.refused_at_internet
        if getattr(around.component(sender.subnet_id or "subnet-"), "has_private_ipv6", False):
            message = f"{sender.subnet_id} has a private IPv6 range, and {self.title} passes on public addresses alone"
            return IPV6_OF_PRIVATE_RANGE.fail(self.id, "Ipv6AddressAttribute", message)
        return None

    def _untranslated(self, arrival: Arrival) -> tuple[Note, ...]:
        """The blocker for a sender without a public IPv4 address."""
        sender, subnet = arrival.sender, arrival.sender.subnet_id or self.id
        fact = f"{self.title} translates only senders with a public IPv4 address"
        reason = IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS
        if sender.kind == "network_interface" and arrival.vpc_id == sender.vpc_id:
            message = f"{sender.component} has no public IPv4 address, so {self.title} drops what it sends"
            fail = IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS.fail(self.id, "", message)
            return (replace(fail, remedy=f"associate an Elastic IP address with {sender.component}"),)
        if arrival.vpc_id != sender.vpc_id:
            message = f"{self.title} drops what comes from the private addresses of {sender.vpc_id}: nothing translates"
            fail = reason.fail(self.id, "", message)
            return (replace(fail, remedy="route the packets to a NAT gateway before they reach the internet gateway"),)
        if sender.kind == "managed_instance":
            fail = reason.fail(self.id, "", f"{fact}, and {sender.component} have none")
            return (replace(fail, remedy="let the subnet assign public addresses, or route it to a NAT gateway"),)
        message = f"{fact}, and a function's interface in {sender.subnet_id} never gets one"
        fail = reason.fail(self.id, "", message, assumption=sender.assumed_no_public_address)
        where = f"{sender.subnet_id} is a public subnet: its table sends the packets to {self.id}"
        return (fail, LAMBDA_IN_PUBLIC_SUBNET.advice(subnet, "", where))


class DescribeInternetGateways(Reply, frozen=True):
    internet_gateways: tuple[InternetGateway, ...] = ()


DESCRIBE_INTERNET_GATEWAYS = Call(
    "ec2",
    "DescribeInternetGateways",
    DescribeInternetGateways,
    holds="InternetGateways",
)
CALLS = (DESCRIBE_INTERNET_GATEWAYS,)
REASONS = (
    BAD_STATE_ATTACHMENT,
    NO_POSSIBLE_DESTINATION,
    IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS,
    PRIVATE_NAT_TO_IGW,
    LAMBDA_IN_PUBLIC_SUBNET,
    LAMBDA_PUBLIC_ADDRESS_BY_HAND,
    LAMBDA_IPV6_VIA_IGW_UNCONFIRMED,
    IPV6_OF_ANOTHER_VPC,
    IPV6_OF_PRIVATE_RANGE,
    IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS,
    IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS,
)
