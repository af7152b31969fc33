"""Network interfaces: who has which private address, in which subnet, with which security groups.

Modelled: addresses, groups, public addresses, which interfaces are Lambda's own; as a route's next hop (a NAT instance
or another appliance of one's own) its state, its source/destination check, its instance, its groups and its subnet's
table and ACL.
Not modelled: whether the machine behind it forwards or translates: undecided, unless the user vouches for it.
Source: EC2 User Guide, "Elastic network interfaces"; VPC User Guide, "NAT instances" and "Middlebox routing" (semantics
A3, B10, B11, C16, H12, H17, I9).
Checked: tests/unit/components/test_network_interface.py, tests/unit/components/test_appliances.py.
"""

from collections.abc import Iterable
from typing import ClassVar

import msgspec

from vpcreach.forwarding import (
    ASYMMETRIC_MIDDLEBOX_ROUTE,
    BAD_STATE,
    UNKNOWN_RESOURCE,
    Arrival,
    Deliver,
    Effect,
    Forward,
    Hop,
    Leg,
    Lookup,
    Note,
    Reason,
    Sender,
    Stop,
    Surroundings,
)
from vpcreach.packets.address_map import AddressSet, Family
from vpcreach.packets.packet_set import PacketSet
from vpcreach.snapshot.call import Call
from vpcreach.snapshot.record import Ipv4Address, Ipv4Cidr, Ipv6Address, Ipv6Cidr, Record, Reply, Tagged

NAT_INSTANCES = "https://docs.aws.amazon.com/vpc/latest/userguide/work-with-nat-instances.html"
ENI_SOURCE_DEST_CHECK_RESTRICTION = Reason(
    "ENI_SOURCE_DEST_CHECK_RESTRICTION", "switch the source/destination check of the interface off", NAT_INSTANCES
)
APPLIANCE_FORWARDING_UNVERIFIED = Reason(
    "APPLIANCE_FORWARDING_UNVERIFIED", "test a connection, or vouch for it with --trust-appliances", NAT_INSTANCES
)

ENI_DENY_ALL_IGW_TRAFFIC = Reason(
    "ENI_DENY_ALL_IGW_TRAFFIC", "route ::/0 to an egress-only internet gateway", NAT_INSTANCES
)


class InterfaceGroup(Record, frozen=True):
    group_id: str


class PublicAssociation(Record, frozen=True):
    public_ip: Ipv4Address | None = None


class PrivateIpAddress(Record, frozen=True):
    private_ip_address: Ipv4Address | None = None
    association: PublicAssociation | None = None


class AssignedIpv6Address(Record, frozen=True):
    ipv6_address: Ipv6Address


class Ipv4Prefix(Record, frozen=True):
    """A block delegated to the interface, as container platforms use it."""

    ipv4_prefix: Ipv4Cidr


class Ipv6Prefix(Record, frozen=True):
    ipv6_prefix: Ipv6Cidr


class InterfaceAttachment(Record, frozen=True):
    instance_id: str | None = None
    status: str | None = None


class NetworkInterface(Tagged, frozen=True):
    kind: ClassVar[str] = "network_interface"
    id_prefix: ClassVar[str] = "eni-"

    network_interface_id: str
    vpc_id: str | None = None
    subnet_id: str | None = None
    interface_type: str = "interface"
    status: str | None = None
    description: str = ""
    requester_id: str | None = None
    owner_id: str | None = None
    private_ip_address: Ipv4Address | None = None
    private_ip_addresses: tuple[PrivateIpAddress, ...] = ()
    ipv6_addresses: tuple[AssignedIpv6Address, ...] = ()
    ipv4_prefixes: tuple[Ipv4Prefix, ...] = ()
    ipv6_prefixes: tuple[Ipv6Prefix, ...] = ()
    association: PublicAssociation | None = None
    groups: tuple[InterfaceGroup, ...] = ()
    attachment: InterfaceAttachment | None = None
    source_dest_check: bool | None = None
    deny_all_igw_traffic: bool = False
    tag_set: tuple[dict[str, str], ...] = ()

    @property
    def id(self) -> str:
        return self.network_interface_id

    @property
    def name(self) -> str:
        """The Name tag: interfaces spell their tags `TagSet`."""
        return next((tag.get("Value", "") for tag in self.tag_set if tag.get("Key") == "Name"), "")

    @property
    def group_ids(self) -> frozenset[str]:
        return frozenset(group.group_id for group in self.groups)

    @property
    def is_lambda(self) -> bool:
        """True for the interfaces that Lambda makes for functions."""
        return self.interface_type == "lambda"

    @property
    def is_of_endpoint(self) -> bool:
        """True for the interfaces of VPC endpoints that PrivateLink serves."""
        return self.interface_type == "vpc_endpoint"

    def addresses(self, family: Family) -> AddressSet:
        """Its private addresses of one family, delegated blocks included."""
        if family is Family.IPV6:
            texts = (*(item.ipv6_address for item in self.ipv6_addresses), *(p.ipv6_prefix for p in self.ipv6_prefixes))
        else:
            found = [item.private_ip_address for item in self.private_ip_addresses] or [self.private_ip_address]
            texts = (*(text for text in found if text), *(item.ipv4_prefix for item in self.ipv4_prefixes))
        return AddressSet.parse(*texts) if texts else AddressSet.empty(family)

    @property
    def public_addresses(self) -> tuple[str, ...]:
        """Its public IPv4 addresses, Elastic IPs included."""
        associations = [item.association for item in self.private_ip_addresses] + [self.association]
        return tuple(dict.fromkeys(a.public_ip for a in associations if a is not None and a.public_ip))

    def forward(self, arrival: Arrival, around: Surroundings) -> Iterable[Hop]:
        if arrival.leg is Leg.BACK:
            yield self._answers_through(arrival)
            return
        packets = arrival.packets
        if own := packets.destination & self.addresses(packets.family):
            yield Hop(packets.with_destination(own), Deliver(self.subnet_id), "its own address")
            if not (passing := packets.destination - own):
                return
            arrival = msgspec.structs.replace(arrival, packets=packets.with_destination(passing))
        notes = (*self._state_notes(around), *self._check_notes())
        if arms := self.other_arms(around):
            yield Hop(arrival.packets, Stop(), "appliance", (*notes, self._many_armed(arms)))
            return
        vouched = self._vouched(around)
        table = around.route_table_of(self.subnet_id or "")
        inside = around.component(self.subnet_id or "subnet-")
        if isinstance(table, Note) or isinstance(inside, Note):
            unread = [each for each in (table, inside) if isinstance(each, Note)]
            yield Hop(arrival.packets, Stop(), "appliance", (*notes, vouched, unread[0]))
            return
        # What its own table sends to an internet gateway gets there only if the instance translates it.
        for hop in inside.forward(arrival, around):
            onwards = list(table.forward(arrival, around)) if hop.then == Lookup(table.id) else []
            packets = hop.packets
            for onward in onwards:
                if isinstance(onward.then, Forward) and onward.then.component.startswith("igw-"):
                    yield self._translating(onward.packets, notes, vouched)
                    packets = packets.with_destination(packets.destination - onward.packets.destination)
            if packets.destination:
                yield self._passing_on(packets, notes, vouched)

    def answer(self, arrival: Arrival, around: Surroundings) -> Iterable[Hop]:
        yield Hop(arrival.packets, Lookup(self.subnet_id or "subnet-"), "answers, translated back")

    def _translating(self, packets: PacketSet, notes: tuple[Note, ...], vouched: Note) -> Hop:
        addresses = ", ".join(self.public_addresses)
        sender = Sender(
            component=self.id,
            kind=self.kind,
            vpc_id=self.vpc_id or "",
            subnet_id=self.subnet_id,
            groups=self.group_ids,
            public_addresses=self.public_addresses,
        )
        return Hop(
            packets,
            Lookup(self.subnet_id or "subnet-"),
            f"NAT instance, source becomes {addresses or 'a private address'}",
            (*notes, vouched),
            sender=sender,
            source=self.addresses(packets.family) or packets.source,
            is_unverified=vouched.effect is Effect.UNKNOWN,
            is_provisional=vouched.effect is Effect.ADVICE,
        )

    def _passing_on(self, packets: PacketSet, notes: tuple[Note, ...], vouched: Note) -> Hop:
        return Hop(
            packets,
            Lookup(self.subnet_id or "subnet-"),
            "appliance",
            (*notes, vouched),
            is_middlebox=True,
            is_unverified=vouched.effect is Effect.UNKNOWN,
            is_provisional=vouched.effect is Effect.ADVICE,
        )

    def _answers_through(self, arrival: Arrival) -> Hop:
        if self.id in arrival.has_crossed:
            return Hop(arrival.packets, Lookup(self.subnet_id or "subnet-"), "answers, appliance", is_middlebox=True)
        message = (
            f"answers to {arrival.packets.destination} are sent to {self.title}, which the packets did not come "
            "through; whether it passes them on is not known"
        )
        return Hop(arrival.packets, Stop(), "answers", (ASYMMETRIC_MIDDLEBOX_ROUTE.unknown(self.id, "", message),))

    def other_arms(self, around: Surroundings) -> tuple[str, ...]:
        """The other interfaces of its instance, by each of which the instance may pass packets on."""
        instance_id = self.attachment.instance_id if self.attachment else None
        if instance_id is None:
            return ()
        told = (each.network_interface_id for each in getattr(around.component(instance_id), "network_interfaces", ()))
        # The instance may be unread where its interfaces are not.
        listed = around.every(NetworkInterface)
        own = (each.id for each in listed if each.attachment and each.attachment.instance_id == instance_id)
        return tuple(dict.fromkeys(each for each in (*told, *own) if each != self.id))

    def _many_armed(self, arms: tuple[str, ...]) -> Note:
        message = (
            f"the machine behind {self.title} has other interfaces ({', '.join(arms)}), and by which one it passes "
            "packets on is in no configuration that AWS tells"
        )
        return APPLIANCE_FORWARDING_UNVERIFIED.unknown(self.id, "", message, resolve="test a connection")

    def _vouched(self, around: Surroundings) -> Note:
        fact = f"whether the machine behind {self.title} passes packets on is in no configuration that AWS tells"
        if around.trusts_appliances:
            return APPLIANCE_FORWARDING_UNVERIFIED.advice(self.id, "", f"{fact}: taken for granted, as asked")
        return APPLIANCE_FORWARDING_UNVERIFIED.unknown(self.id, "", fact)

    def _state_notes(self, around: Surroundings) -> tuple[Note, ...]:
        if self.status in ("available", "detaching"):
            message = f"{self.title} is {self.status}: it is attached to nothing that could pass packets on"
            return (BAD_STATE.fail(self.id, "Status", message),)
        if self.status != "in-use":
            message = f"{self.title} is {self.status or 'in a state the reply does not tell'}, which may pass"
            return (BAD_STATE.unknown(self.id, "Status", message, resolve="collect again"),)
        if self.attachment is not None and self.attachment.status in ("detaching", "detached"):
            message = f"{self.title} is {self.attachment.status} from its instance"
            return (BAD_STATE.fail(self.id, "Attachment", message),)
        instance_id = self.attachment.instance_id if self.attachment else None
        if instance_id is None:
            return ()
        instance = around.component(instance_id)
        if isinstance(instance, Note):
            return (instance,)
        state = getattr(getattr(instance, "state", None), "name", None)
        if state == "running":
            return ()
        message = f"{instance_id} behind {self.title} is {state or 'in a state the reply does not tell'}, not running"
        if state not in ("shutting-down", "terminated", "stopping", "stopped"):
            return (BAD_STATE.unknown(instance_id, "State", message, resolve="collect again"),)
        return (BAD_STATE.fail(instance_id, "State", message),)

    def _check_notes(self) -> tuple[Note, ...]:
        if self.source_dest_check is False:
            return ()
        if self.source_dest_check is None:
            message = f"whether {self.title} drops packets that are not its own is not told"
            return (UNKNOWN_RESOURCE.unknown(self.id, "SourceDestCheck", message),)
        message = f"{self.title} checks source and destination, and drops every packet that is not its own"
        return (ENI_SOURCE_DEST_CHECK_RESTRICTION.fail(self.id, "SourceDestCheck", message),)


class DescribeNetworkInterfaces(Reply, frozen=True):
    network_interfaces: tuple[NetworkInterface, ...] = ()


DESCRIBE_NETWORK_INTERFACES = Call(
    "ec2",
    "DescribeNetworkInterfaces",
    DescribeNetworkInterfaces,
    holds="NetworkInterfaces",
    parameters={"IncludeManagedResources": True},
)
CALLS = (DESCRIBE_NETWORK_INTERFACES,)
REASONS = (
    ENI_DENY_ALL_IGW_TRAFFIC,
    APPLIANCE_FORWARDING_UNVERIFIED,
    ASYMMETRIC_MIDDLEBOX_ROUTE,
    BAD_STATE,
    ENI_SOURCE_DEST_CHECK_RESTRICTION,
)
