"""Network interfaces: who has which private address, in which subnet, with which security groups.

Modelled: addresses, groups, public addresses, and which interfaces are Lambda's own.
Not modelled: an interface as a route's next hop (NAT instance, appliance): undecided, by name.
Source: EC2 User Guide, "Elastic network interfaces" (semantics A3, H12, H17, I9).
Checked: tests/unit/components/test_network_interface.py.
"""

from collections.abc import Iterable
from typing import ClassVar

from vpcreach.forwarding import UNSUPPORTED_COMPONENT, Arrival, Hop, Stop, Surroundings
from vpcreach.packets.address_map import AddressSet, Family
from vpcreach.snapshot.call import Call
from vpcreach.snapshot.record import Address, Cidr, Record, Reply, Tagged


class InterfaceGroup(Record, frozen=True):
    group_id: str


class PublicAssociation(Record, frozen=True):
    public_ip: Address | None = None


class PrivateIpAddress(Record, frozen=True):
    private_ip_address: Address | None = None
    association: PublicAssociation | None = None


class Ipv6Address(Record, frozen=True):
    ipv6_address: Address


class Ipv4Prefix(Record, frozen=True):
    """A block delegated to the interface, as container platforms use it."""

    ipv4_prefix: Cidr


class Ipv6Prefix(Record, frozen=True):
    ipv6_prefix: Cidr


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
    private_ip_address: Address | None = None
    private_ip_addresses: tuple[PrivateIpAddress, ...] = ()
    ipv6_addresses: tuple[Ipv6Address, ...] = ()
    ipv4_prefixes: tuple[Ipv4Prefix, ...] = ()
    ipv6_prefixes: tuple[Ipv6Prefix, ...] = ()
    association: PublicAssociation | None = None
    groups: tuple[InterfaceGroup, ...] = ()
    attachment: InterfaceAttachment | None = None
    source_dest_check: bool | None = None
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

    def addresses(self, family: Family) -> AddressSet:
        """Its private addresses of one family, delegated blocks included."""
        texts: list[str] = []
        if family is Family.IPV6:
            texts += [item.ipv6_address for item in self.ipv6_addresses]
            texts += [item.ipv6_prefix for item in self.ipv6_prefixes]
        else:
            found = [item.private_ip_address for item in self.private_ip_addresses] or [self.private_ip_address]
            texts += [text for text in found if text]
            texts += [item.ipv4_prefix for item in self.ipv4_prefixes]
        return AddressSet.parse(*texts) if texts else AddressSet.empty(family)

    @property
    def public_addresses(self) -> tuple[str, ...]:
        """Its public IPv4 addresses, Elastic IPs included."""
        associations = [item.association for item in self.private_ip_addresses] + [self.association]
        return tuple(dict.fromkeys(a.public_ip for a in associations if a is not None and a.public_ip))

    def forward(self, arrival: Arrival, around: Surroundings) -> Iterable[Hop]:
        message = f"{self.title} as a next hop (a NAT instance or another appliance) is not modelled yet"
        note = UNSUPPORTED_COMPONENT.unknown(self.id, "", message)
        yield Hop(arrival.packets, Stop(), "appliance", (note,))

    answer = forward


class DescribeNetworkInterfaces(Reply, frozen=True):
    network_interfaces: tuple[NetworkInterface, ...] = ()


DESCRIBE_NETWORK_INTERFACES = Call(
    "ec2",
    "DescribeNetworkInterfaces",
    DescribeNetworkInterfaces,
    holds="NetworkInterfaces",
    parameters={"IncludeManagedResources": True},
    vpc_filter="vpc-id",
)
CALLS = (DESCRIBE_NETWORK_INTERFACES,)
REASONS = (UNSUPPORTED_COMPONENT,)
