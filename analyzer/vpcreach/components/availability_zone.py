"""Availability zones: which are ordinary ones, and which are Local, Wavelength or other special zones.

Modelled: the type of a zone that its name does not tell (a name of a region and one letter tells it).
Not modelled: outages; zones that a region closed to new functions.
Source: EC2 API Reference, DescribeAvailabilityZones (semantics A24).
Checked: tests/unit/components/test_availability_zone.py.
"""

from vpcreach.snapshot.call import Call
from vpcreach.snapshot.record import Record, Reply

ORDINARY = "availability-zone"


class AvailabilityZone(Record, frozen=True):
    zone_name: str | None = None
    zone_id: str | None = None
    zone_type: str | None = None


class DescribeAvailabilityZones(Reply, frozen=True):
    availability_zones: tuple[AvailabilityZone, ...] = ()

    def type_of(self, name: str | None, zone_id: str | None) -> str | None:
        """The type of the zone with this id or, where that is not told, this name; None for one not listed."""
        for zone in self.availability_zones:
            if zone.zone_id == zone_id if zone_id and zone.zone_id else zone.zone_name == name:
                return zone.zone_type
        return None


DESCRIBE_AVAILABILITY_ZONES = Call(
    "ec2", "DescribeAvailabilityZones", DescribeAvailabilityZones, holds="AvailabilityZones"
)
CALLS = (DESCRIBE_AVAILABILITY_ZONES,)
REASONS = ()
