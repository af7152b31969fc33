"""Redshift Serverless workgroups and their managed endpoints (semantics H6)."""

from typing import Any

import pytest

from tests.estates.asking import ask, finding_codes, told
from tests.estates.builder import Estate, allow
from tests.unit.reach.worlds import Change, acl, asked, changed, denied, egress, ingress, no_route, record, without

pytestmark = pytest.mark.item("H6")

WORKGROUP = "redshift-serverless:sales"
HOST = "sales.111122223333.eu-west-1.redshift-serverless.amazonaws.com"
CLOSED_A, CLOSED_B = acl("data-a", inbound=[]), acl("data-b", inbound=[])


def workgroup(**settings: Any) -> Change:
    """A workgroup with interfaces in data-a and data-b, in group data, which admits tcp/5439."""
    chosen: dict[str, Any] = {"subnets": ["data-a", "data-b"], "groups": ["data"]} | settings
    opened = ingress(allow("tcp", 5439, "sg-app"))
    return lambda estate: (opened(estate), estate.redshift_workgroup("sales", **chosen))


UNSETTLED = record("workgroup:sales", endpoint={})
PLACES = [
    pytest.param((), "reachable", id="every-interface"),
    pytest.param((CLOSED_B,), "partial SUBNET_ACL_RESTRICTION", id="one-is-not-reached"),
    pytest.param((CLOSED_A, CLOSED_B), "blocked SUBNET_ACL_RESTRICTION", id="none-is"),
    pytest.param((ingress(),), "blocked ENI_SG_RULES_MISMATCH", id="its-group-is-closed"),
    pytest.param((egress(),), "blocked SG_HAS_NO_RULES", id="nothing-leaves"),
    pytest.param((UNSETTLED,), "reachable", id="no-endpoint-told-but-its-subnets"),
    pytest.param((UNSETTLED, CLOSED_B), "unknown UNKNOWN_DESTINATION", id="of-which-nobody-knows-which"),
    pytest.param(
        (record("workgroup:sales", endpoint={}, subnetIds=[]),), "unknown NO_SOURCE_OR_DESTINATION", id="nothing-told"
    ),
    pytest.param((without("redshift-serverless/list-workgroups"),), "unknown COLLECTION_FAILED", id="file-absent"),
    pytest.param((denied("redshift-serverless/list-workgroups"),), "unknown COLLECTION_FAILED", id="call-denied"),
]


@pytest.mark.parametrize(("changes", "expected"), PLACES)
def test_the_way_to_a_workgroup(changes: tuple[Change, ...], expected: str) -> None:
    assert asked(WORKGROUP, workgroup(), *changes) == expected


NAMES = [
    WORKGROUP,
    f"{WORKGROUP}:5439",
    "arn:aws:redshift-serverless:eu-west-1:111122223333:workgroup/sales",
    "redshift-serverless:id-of-sales",
    HOST,
    f"{HOST}:5439",
]


@pytest.mark.parametrize("name", NAMES)
def test_what_a_workgroup_may_be_called_h17(name: str) -> None:
    assert asked(name, workgroup()) == "reachable"


def test_the_api_tells_the_port_h16() -> None:
    assert asked(WORKGROUP, workgroup(), UNSETTLED, record("workgroup:sales", port=5440)) == (
        "blocked ENI_SG_RULES_MISMATCH"
    )


STATES = [
    ("AVAILABLE", "reachable"),
    ("MODIFYING", "reachable"),
    ("DELETING", "blocked BAD_STATE"),
    ("BRAND_NEW", "unknown BAD_STATE"),
]


@pytest.mark.parametrize(("status", "expected"), STATES)
def test_the_status_of_a_workgroup(status: str, expected: str) -> None:
    estate = changed(workgroup(status=status))
    assert told(estate, WORKGROUP) == expected
    assert ("DESTINATION_IN_TRANSITION" in finding_codes(ask(estate, WORKGROUP))) is (status == "MODIFYING")


def far(estate: Estate) -> None:
    """The workgroup publicly accessible in another VPC, whose group admits the NAT gateway's address."""
    vpc = estate.vpc("far", "10.9.0.0/16")
    vpc.subnet("far-a", "10.9.1.0/24", az="a")
    vpc.internet_gateway("far")
    vpc.main_route_table().add_route("0.0.0.0/0", "igw-far")
    vpc.set_rules("default", ingress=[allow("tcp", 5439, "52.0.0.1/32")])
    estate.redshift_workgroup("sales", subnets=["far-a"], public_ips=["54.72.0.9"])


def test_a_publicly_accessible_workgroup_is_met_at_its_public_address_from_elsewhere() -> None:
    assert asked(WORKGROUP, far) == "reachable"
    assert asked(WORKGROUP, far, no_route()) == "blocked NO_ROUTE_TO_DESTINATION"
    assert asked(WORKGROUP, workgroup(public_ips=["54.72.0.9", "54.72.0.10"]), no_route()) == "reachable"


def managed_endpoint(estate: Estate) -> None:
    """A managed endpoint `door` in data-b, behind group data."""
    workgroup()(estate)
    interface = {"networkInterfaceId": "eni-hidden", "privateIpAddress": "10.0.3.60", "subnetId": "subnet-data-b"}
    told_of = {
        "endpointName": "door",
        "endpointArn": "arn:aws:redshift-serverless:eu-west-1:111122223333:managedvpcendpoint/1",
        "endpointStatus": "ACTIVE",
        "address": "door-endpoint.111122223333.eu-west-1.redshift-serverless.amazonaws.com",
        "port": 5439,
        "vpcSecurityGroups": [{"vpcSecurityGroupId": "sg-data", "status": "active"}],
        "vpcEndpoint": {"vpcId": "vpc-main", "networkInterfaces": [interface]},
        "subnetIds": ["subnet-data-b"],
    }
    estate.add("redshift-serverless/list-endpoint-access", "door", told_of)


def test_a_managed_endpoint_stands_for_itself() -> None:
    names = (
        "redshift-serverless:door",
        "arn:aws:redshift-serverless:eu-west-1:111122223333:managedvpcendpoint/1",
        "door-endpoint.111122223333.eu-west-1.redshift-serverless.amazonaws.com",
    )
    for name in names:
        assert asked(name, managed_endpoint, CLOSED_A) == "reachable"
        assert asked(name, managed_endpoint, CLOSED_B) == "blocked SUBNET_ACL_RESTRICTION"
