"""VPCs: delivery between their own subnets, and their two DNS attributes.

Modelled: local delivery to an existing subnet, instance tenancy, enableDnsSupport and enableDnsHostnames.
Not modelled: a VPC's secondary networks; DHCP options (destinations read them).
Source: VPC User Guide, "Subnet route tables" and "DNS attributes for your VPC" (semantics A10, A22, B7).
Checked: tests/unit/components/test_vpc.py.
"""

from collections.abc import Iterable
from typing import ClassVar

import msgspec

from vpcreach.forwarding import (
    NO_POSSIBLE_DESTINATION,
    Arrival,
    Deliver,
    Hop,
    Note,
    Reason,
    Stop,
    Surroundings,
)
from vpcreach.packets.address_map import AddressSet, Family
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import (
    BlockPublicAccessStates,
    BlockState,
    Ipv4Cidr,
    Ipv6Association,
    Record,
    Reply,
    Tagged,
)
from vpcreach.snapshot.snapshot import Snapshot

PAGE = "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html"
VPC_DEDICATED_TENANCY = Reason(
    "VPC_DEDICATED_TENANCY",
    "attach the function to a VPC with default tenancy and peer it with this one",
    "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
)


class CidrAssociation(Record, frozen=True):
    cidr_block: Ipv4Cidr
    cidr_block_state: BlockState = BlockState()


class Vpc(Tagged, frozen=True):
    kind: ClassVar[str] = "vpc"
    id_prefix: ClassVar[str] = "vpc-"
    subnet_id: ClassVar[None] = None

    vpc_id: str
    cidr_block: Ipv4Cidr | None = None
    owner_id: str | None = None
    instance_tenancy: str = "default"
    dhcp_options_id: str | None = None
    cidr_block_association_set: tuple[CidrAssociation, ...] = ()
    ipv6_cidr_block_association_set: tuple[Ipv6Association, ...] = ()
    block_public_access_states: BlockPublicAccessStates | None = None
    encryption_control: msgspec.Raw = msgspec.Raw()

    @property
    def id(self) -> str:
        return self.vpc_id

    def cidrs(self, family: Family) -> AddressSet:
        """Every associated address block of one family."""
        if family is Family.IPV6:
            blocks: list[str] = [
                block.ipv6_cidr_block
                for block in self.ipv6_cidr_block_association_set
                if block.ipv6_cidr_block_state.state == "associated"
            ]
        else:
            blocks = [
                block.cidr_block
                for block in self.cidr_block_association_set
                if block.cidr_block_state.state == "associated"
            ]
            if self.cidr_block and not self.cidr_block_association_set:
                blocks = [self.cidr_block]
        return AddressSet.parse(*blocks) if blocks else AddressSet.empty(family)

    def tenancy_notes(self) -> tuple[Note, ...]:
        """The blocker for functions in a VPC whose instances run on dedicated hardware."""
        if self.instance_tenancy == "default":
            return ()
        message = (
            f"{self.title} has {self.instance_tenancy} tenancy, and Lambda attaches functions to default tenancy only"
        )
        if self.instance_tenancy not in ("dedicated", "host"):
            return (VPC_DEDICATED_TENANCY.unknown(self.id, "InstanceTenancy", message),)
        return (VPC_DEDICATED_TENANCY.fail(self.id, "InstanceTenancy", message),)

    def forward(self, arrival: Arrival, around: Surroundings) -> Iterable[Hop]:
        unlisted = around.subnets_are_known(self.id)
        by_subnet = around.subnets(self.id, arrival.packets.family)
        for subnet_id, addresses in by_subnet.groups(arrival.packets.destination).items():
            packets = arrival.packets.with_destination(addresses)
            if subnet_id is not None:
                yield Hop(packets, Deliver(subnet_id), f"to {subnet_id}")
            elif (unread := unlisted or self._unread_subnet(addresses, around)) is not None:
                yield Hop(packets, Stop(), "local", (unread,))
            else:
                inside = bool(addresses & self.cidrs(addresses.family))
                where = "in the address range of" if inside else "no address of"
                message = (
                    f"{addresses} is {where} {self.title}{' but' if inside else ', and so'} in none of its subnets"
                )
                note = NO_POSSIBLE_DESTINATION.fail(self.id, str(addresses), message)
                yield Hop(packets, Stop(), "local", (note,))

    answer = forward

    def _unread_subnet(self, addresses: AddressSet, around: Surroundings) -> Note | None:
        """Why a subnet cannot be read that only a known interface with one of the addresses names."""
        singles = (first for first, last in addresses.intervals if first == last)
        owners = (around.interface_at(self.id, addresses.family, address) for address in singles)
        subnets = (around.component(owner.subnet_id) for owner in owners if owner is not None and owner.subnet_id)
        return next((subnet for subnet in subnets if isinstance(subnet, Note)), None)


class DescribeVpcs(Reply, frozen=True):
    vpcs: tuple[Vpc, ...] = ()


class AttributeValue(Record, frozen=True):
    value: bool = False


class DescribeVpcAttribute(Record, frozen=True):
    vpc_id: str = ""
    enable_dns_support: AttributeValue | None = None
    enable_dns_hostnames: AttributeValue | None = None

    @property
    def is_on(self) -> bool:
        attribute = self.enable_dns_support or self.enable_dns_hostnames
        return attribute is not None and attribute.value


DNS_ATTRIBUTES = ("enableDnsSupport", "enableDnsHostnames")


def _attributes(snapshot: Snapshot, place: Place) -> Iterable[tuple[str, str]]:
    reply = snapshot.read(DESCRIBE_VPCS, place).value
    return [(vpc.vpc_id, name) for vpc in (reply.vpcs if reply else ()) for name in DNS_ATTRIBUTES]


DESCRIBE_VPCS = Call("ec2", "DescribeVpcs", DescribeVpcs, holds="Vpcs")
DESCRIBE_VPC_ATTRIBUTE = Call(
    "ec2",
    "DescribeVpcAttribute",
    DescribeVpcAttribute,
    arguments=("VpcId", "Attribute"),
    each=_attributes,
)
CALLS = (DESCRIBE_VPCS, DESCRIBE_VPC_ATTRIBUTE)
REASONS = (VPC_DEDICATED_TENANCY, NO_POSSIBLE_DESTINATION)
