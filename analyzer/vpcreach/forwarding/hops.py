"""What arrives at a component and what it does with it: arrivals, hops, and who sends.

A hop forwards, looks a route up, lets the packets emerge in another network, delivers or stops.
"""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from vpcreach.forwarding.notes import Leg, Note
from vpcreach.packets.address_map import AddressSet
from vpcreach.packets.packet_set import PacketSet


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends the packets of one segment: the function's interface, or what rewrote their source.

    `groups` are the security groups that references match, None where references are not preserved (after NAT).
    `public_addresses` are what an internet gateway can translate to. Where there is none, `public_addresses_unread` is
    the note that says the snapshot cannot tell, or `assumed_no_public_address` what is assumed for want of a file.
    `refused_at_internet` says why internet gateways take none of its IPv6 packets.
    """

    component: str
    kind: str
    vpc_id: str
    subnet_id: str | None
    groups: frozenset[str] | None
    public_addresses: tuple[str, ...] = ()
    public_addresses_unread: Note | None = None
    assumed_no_public_address: str | None = None
    notes_at_internet: tuple[Note, ...] = ()
    refused_at_internet: Note | None = None

    @property
    def is_function(self) -> bool:
        """True for the function itself, on instances of one's own too; False behind what rewrote its address."""
        return self.kind in ("lambda_function", "managed_instance")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where packets were stopped: which ones, in which VPC and subnet they stood, and who sent them.

    `gates` are the groups, or the ACL, that stopped them, read in the direction `is_inbound`; none where no gate did.
    `peer_groups` are the groups that rules of the gate could name, empty where references do not match on this way.
    """

    packets: PacketSet
    vpc_id: str
    standing_in: str | None
    sender: Sender
    gates: tuple[str, ...] = ()
    is_inbound: bool = False
    peer_groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ServiceRequest:
    """What an AWS API call asks of an endpoint policy: the service prefix, and the resource where one was named."""

    service: str
    resources: tuple[str, ...]
    principal: str | None


class Arrival(msgspec.Struct, frozen=True):
    """Packets as they reach a component: on which leg, who sent them, in which VPC and subnet they stand.

    `came_from` is the subnet that they stood in before they moved to this component, `entered` the one through which
    they last went into an attachment. `has_crossed` are the middleboxes
    that the way out of this segment led through: its answers must come back through the same ones; `crossed_before` are
    those of earlier segments. `port` is the one that was asked about, where the atom of the packets may hold others.
    """

    packets: PacketSet
    leg: Leg
    sender: Sender
    vpc_id: str
    standing_in: str | None
    origin: Sender
    request: ServiceRequest | None = None
    port: int | None = None
    came_from: str | None = None
    entered: str | None = None
    has_crossed: tuple[str, ...] = ()
    crossed_before: tuple[str, ...] = ()


class Forward(msgspec.Struct, frozen=True):
    """The packets move on to a component; leaving or entering its subnet crosses network ACLs.

    `through` is a subnet that they enter on the way and do not leave by its ACL: that of an attachment's interface.
    """

    component: str
    through: str | None = None


class Lookup(msgspec.Struct, frozen=True):
    """The packets stay in their subnet and are looked up in a route table."""

    component: str


class Emerge(msgspec.Struct, frozen=True):
    """The packets come out in a VPC: in one of these subnets, whose table then rules and which of them is not known.

    Without subnets they come out at the VPC's edge, where there is nothing but local delivery.
    With `same_both_ways`, answers come out in the subnet in which the packets did.
    """

    vpc_id: str
    subnets: tuple[str, ...] = ()
    same_both_ways: bool = False


class Deliver(msgspec.Struct, frozen=True):
    """The packets have arrived: in a subnet, or (None) at a service or at the internet beyond the component."""

    subnet_id: str | None


class Stop(msgspec.Struct, frozen=True):
    """Nothing more is known or happens; the hop's notes say why."""


class Hop(msgspec.Struct, frozen=True):
    """What a component does with some of the packets that arrived.

    `detail` tells it in the trail. `sender` is set where the source is rewritten to `source`: a new segment begins;
    `destination` is set where that is rewritten too (NAT64, which changes the family as well).
    `past` is a component that the packets pass right behind this one and that has no say in their way.
    `references_lost` says why rules that name the sender's group do not match behind this hop, and `outbound_lost` why
    the sender's own rules that name the receiver's group do not match on this way (D6).
    A middlebox is an appliance: answers must come back through it. With `is_unverified`, nobody can read whether it
    passes the packets on, so that nothing that happens behind it is certain. `is_provisional` is what a user granted.
    `pick` is a choice that AWS makes and does not tell, and the option that this hop follows: the same packets are in
    one hop for each option.
    `second_reading` reads the configuration line by line for one destination address of the packets: None where it
    finds the same as this hop, else what it finds.
    """

    packets: PacketSet
    then: Forward | Lookup | Emerge | Deliver | Stop
    detail: str = ""
    notes: tuple[Note, ...] = ()
    assumptions: tuple[str, ...] = ()
    sender: Sender | None = None
    source: AddressSet | None = None
    destination: AddressSet | None = None
    past: str | None = None
    references_lost: Note | None = None
    outbound_lost: Note | None = None
    is_middlebox: bool = False
    is_unverified: bool = False
    is_provisional: bool = False
    pick: tuple[str, str] | None = None
    second_reading: Callable[[int], str | None] | None = None
