"""Subnets: where interfaces stand, and where the route lookup of what they send begins.

Modelled: delivery inside the subnet (never routed, never filtered by an ACL), lookup in the subnet's route table,
dual-stack, free addresses, zone, owner.
Not modelled: Outposts, Local and Wavelength Zones (such a subnet is undecided as a source).
Source: VPC User Guide, "Subnet route tables" (semantics A11, A14, A24, B1, B8).
Checked: tests/unit/components/test_subnet.py.
"""

import re
from collections.abc import Iterable
from typing import ClassVar

from vpcreach.forwarding import BAD_STATE, Arrival, Deliver, Hop, Lookup, Note, Reason, Stop, Surroundings
from vpcreach.packets.address_map import AddressSet, Family
from vpcreach.snapshot.call import Call
from vpcreach.snapshot.record import BlockPublicAccessStates, Ipv4Cidr, Ipv6Association, Reply, Tagged

UNSUPPORTED_SUBNET_PLACEMENT = Reason(
    "UNSUPPORTED_SUBNET_PLACEMENT",
    "use a subnet of an ordinary availability zone, or check the function by hand",
)


# A region and one letter (us-east-1a, eusc-de-east-1a): no Local Zone (us-east-1-bos-1a), no Wavelength Zone.
ORDINARY_ZONE = re.compile(r"[a-z]+(-[a-z]+)+-\d+[a-z]")


class Subnet(Tagged, frozen=True):
    kind: ClassVar[str] = "subnet"
    id_prefix: ClassVar[str] = "subnet-"

    subnet_id: str
    vpc_id: str
    cidr_block: Ipv4Cidr | None = None
    availability_zone: str | None = None
    availability_zone_id: str | None = None
    available_ip_address_count: int | None = None
    state: str = "available"
    owner_id: str | None = None
    outpost_arn: str | None = None
    type: str | None = None
    ipv6_native: bool = False
    ipv6_cidr_block_association_set: tuple[Ipv6Association, ...] = ()
    block_public_access_states: BlockPublicAccessStates | None = None

    @property
    def id(self) -> str:
        return self.subnet_id

    def cidrs(self, family: Family) -> AddressSet:
        """The subnet's address blocks of one family."""
        if family is Family.IPV6:
            blocks: list[str] = [
                block.ipv6_cidr_block
                for block in self.ipv6_cidr_block_association_set
                if block.ipv6_cidr_block_state.state == "associated"
            ]
        else:
            blocks = [self.cidr_block] if self.cidr_block else []
        return AddressSet.parse(*blocks) if blocks else AddressSet.empty(family)

    @property
    def has_private_ipv6(self) -> bool:
        """True where AWS says that none of its IPv6 blocks is a public one."""
        blocks = [b for b in self.ipv6_cidr_block_association_set if b.ipv6_cidr_block_state.state == "associated"]
        return bool(blocks) and all(block.ipv6_address_attribute == "private" for block in blocks)

    @property
    def is_dual_stack(self) -> bool:
        return bool(self.cidrs(Family.IPV4)) and bool(self.cidrs(Family.IPV6))

    def source_notes(self, zone_type: str | None = None) -> tuple[Note, ...]:
        """What stops or leaves undecided a function that stands in this subnet, whatever it calls.

        `zone_type` is that of its zone, as a list of zones tells it; a zone of a region and one letter needs none.
        """
        notes = []
        if self.state != "available":
            message = f"{self.title} is {self.state}, not available"
            notes.append(BAD_STATE.fail(self.id, "State", message))
        name = self.availability_zone
        is_ordinary = name is None or ORDINARY_ZONE.fullmatch(name) or zone_type == "availability-zone"
        if self.outpost_arn or not is_ordinary:
            what = f"a {zone_type}" if zone_type and not is_ordinary else "outside the ordinary zones"
            message = f"{self.title} is in {self.outpost_arn or name}, {what}"
            notes.append(UNSUPPORTED_SUBNET_PLACEMENT.unknown(self.id, "AvailabilityZone", message))
        if self.type == "Elastic VMware Service":
            message = f"{self.title} is a subnet of the {self.type}, and AWS does not say that functions may use one"
            notes.append(UNSUPPORTED_SUBNET_PLACEMENT.unknown(self.id, "Type", message))
        return tuple(notes)

    def forward(self, arrival: Arrival, around: Surroundings) -> Iterable[Hop]:
        inside = arrival.packets.destination & self.cidrs(arrival.packets.family)
        if inside:
            yield Hop(arrival.packets.with_destination(inside), Deliver(self.id), f"inside {self.id}, not routed")
        outside = arrival.packets.destination - inside
        if outside:
            packets = arrival.packets.with_destination(outside)
            table = around.route_table_of(self.id)
            if isinstance(table, Note):
                yield Hop(packets, Stop(), "route table not known", (table,))
            else:
                yield Hop(packets, Lookup(table.id))

    answer = forward


class DescribeSubnets(Reply, frozen=True):
    subnets: tuple[Subnet, ...] = ()


DESCRIBE_SUBNETS = Call("ec2", "DescribeSubnets", DescribeSubnets, holds="Subnets")
CALLS = (DESCRIBE_SUBNETS,)
REASONS = (BAD_STATE, UNSUPPORTED_SUBNET_PLACEMENT)
