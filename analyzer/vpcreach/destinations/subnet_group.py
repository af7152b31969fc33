"""Subnet groups of databases and caches: in which subnets, of which VPC, a node may stand.

Modelled: the VPC, the subnets, their zones.
Not modelled: state and network types of a group.
Source: RDS API Reference, DBSubnetGroup; other APIs spell the same differently (semantics H1-H6).
Checked: tests/unit/destinations/test_subnet_group.py.
"""

from typing import Any

from vpcreach.components.subnet import Subnet
from vpcreach.destinations.resource import unread_note
from vpcreach.forwarding import UNKNOWN_RESOURCE, Note, Surroundings
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Record


class ZoneName(Record, frozen=True):
    name: str | None = None


class GroupSubnet(Record, frozen=True):
    subnet_identifier: str
    subnet_availability_zone: ZoneName = ZoneName()


class SubnetGroup(Record, frozen=True):
    vpc_id: str | None = None
    subnets: tuple[GroupSubnet, ...] = ()

    @property
    def subnet_ids(self) -> tuple[str, ...]:
        return tuple(subnet.subnet_identifier for subnet in self.subnets)

    def in_zone(self, zone: str | None, around: Surroundings) -> tuple[str, ...]:
        """Its subnets in a zone; all where nobody tells a zone, or none of them is known to be in it."""
        here = [s.subnet_identifier for s in self.subnets if zone is None or _zone(s, around) in (zone, None)]
        return tuple(here) or self.subnet_ids

    def known_in_zone(self, zone: str, around: Surroundings) -> tuple[str, ...]:
        """Those of its subnets that are in a zone for certain."""
        return tuple(s.subnet_identifier for s in self.subnets if _zone(s, around) == zone)


def untold(resource_id: str, title: str, name: str | None, call: Call[Any], place: Place, around: Surroundings) -> Note:
    """Why the subnet group of a resource (`name`) cannot be told: the call that lists such groups does not hold it."""
    reading = around.read(call, place)
    if reading.is_complete and name:
        message = f"the subnets of {title} are not told: {call.action} does not list its subnet group {name}"
        return UNKNOWN_RESOURCE.unknown(resource_id, call.action, message)
    return unread_note(resource_id, title, "the subnets", call, reading)


def _zone(subnet: GroupSubnet, around: Surroundings) -> str | None:
    if subnet.subnet_availability_zone.name:
        return subnet.subnet_availability_zone.name
    known = around.component(subnet.subnet_identifier)
    return known.availability_zone if isinstance(known, Subnet) else None
