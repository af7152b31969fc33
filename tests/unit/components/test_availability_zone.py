"""Zones that their name does not tell to be ordinary ones (semantics A24)."""

import pytest

from tests.estates.asking import ask, told
from tests.estates.builder import Estate
from tests.unit.reach.worlds import changed
from vpcreach.components.availability_zone import AvailabilityZone, DescribeAvailabilityZones

pytestmark = pytest.mark.item("A24")
CALL = "ec2/describe-availability-zones"


def in_zone(name: str, zone_id: str | None = "euw1-az1", **listed: object) -> Estate:
    """`app` in a zone, and a list of zones that tells this of it (nothing: no list)."""
    estate = changed()
    estate["subnet-app-a"].update(AvailabilityZone=name, AvailabilityZoneId=zone_id)
    if listed:
        zone = {"ZoneName": name, "ZoneId": zone_id, "RegionName": "eu-west-1", "State": "available", **listed}
        estate.put(CALL, {"AvailabilityZones": [zone]})
    return estate


UNSUPPORTED = "unknown UNSUPPORTED_SUBNET_PLACEMENT"
ZONES = [
    pytest.param(in_zone("eu-west-1a"), "reachable", id="a-letter-needs-no-list"),
    pytest.param(in_zone("eu-west-1-lon-1a"), UNSUPPORTED, id="no-list"),
    pytest.param(in_zone("eu-west-1-lon-1a", ZoneType="local-zone"), UNSUPPORTED, id="local"),
    pytest.param(in_zone("eu-west-1-wl1-lon-wlz-1", ZoneType="wavelength-zone"), UNSUPPORTED, id="wavelength"),
    pytest.param(in_zone("eu-west-1-tomorrow-1", ZoneType="tomorrow-zone"), UNSUPPORTED, id="a-new-type"),
    pytest.param(in_zone("eu-west-1-odd-name", ZoneType="availability-zone"), "reachable", id="ordinary"),
    pytest.param(
        in_zone("eu-west-1-odd-name", zone_id=None, ZoneType="availability-zone"), "reachable", id="by-its-name"
    ),
    pytest.param(
        in_zone("eu-west-1-odd-name", ZoneType="availability-zone", ZoneId="euw1-az9"), UNSUPPORTED, id="another-zone"
    ),
]


@pytest.mark.parametrize(("estate", "expected"), ZONES)
def test_a_function_stands_in_ordinary_zones_only(estate: Estate, expected: str) -> None:
    assert told(estate, "internet") == expected


def test_the_type_of_a_special_zone_is_told() -> None:
    answer = ask(in_zone("eu-west-1-lon-1a", ZoneType="local-zone"), "internet")
    assert "a local-zone" in answer.unknowns[0].message


def test_a_provable_blocker_counts_in_any_zone() -> None:
    estate = in_zone("eu-west-1-lon-1a")
    estate.route_table("rtb-private").remove_route("0.0.0.0/0")
    assert told(estate, "internet") == "blocked NO_ROUTE_TO_DESTINATION UNSUPPORTED_SUBNET_PLACEMENT"


@pytest.mark.parametrize(
    ("name", "zone_id", "expected"),
    [
        ("eu-west-1a", "euw1-az2", "by-id"),
        ("eu-west-1b", "euw1-az9", None),
        ("eu-west-1a", None, "by-name"),
        ("eu-west-1c", "euw1-az9", "without-id"),
        ("eu-west-1d", None, None),
    ],
)
def test_a_zone_is_found_by_its_id_or_where_either_side_tells_none_by_its_name(
    name: str, zone_id: str | None, expected: str | None
) -> None:
    listed = DescribeAvailabilityZones(
        availability_zones=(
            AvailabilityZone(zone_name="eu-west-1a", zone_id="euw1-az1", zone_type="by-name"),
            AvailabilityZone(zone_name="eu-west-1b", zone_id="euw1-az2", zone_type="by-id"),
            AvailabilityZone(zone_name="eu-west-1c", zone_type="without-id"),
        )
    )
    assert listed.type_of(name, zone_id) == expected
