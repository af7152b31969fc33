"""Redshift clusters and Redshift-managed VPC endpoints (semantics H6)."""

from typing import Any

import pytest

from tests.estates.asking import ask, finding_codes, told
from tests.estates.builder import Estate, allow
from tests.unit.reach.worlds import (
    Change,
    acl,
    asked,
    changed,
    denied,
    egress,
    forgotten,
    ingress,
    no_route,
    record,
    without,
)

pytestmark = pytest.mark.item("H6")

CLUSTER = "redshift:sales"
HOST = "sales.c0ffee123456.eu-west-1.redshift.amazonaws.com"
CLOSED_A, CLOSED_B = acl("data-a", inbound=[]), acl("data-b", inbound=[])


def cluster(**settings: Any) -> Change:
    """A cluster whose leader is in data-a, in group data, which admits tcp/5439."""
    chosen: dict[str, Any] = {"subnet": "data-a", "groups": ["data"]} | settings
    opened = ingress(allow("tcp", 5439, "sg-app"))
    return lambda estate: (opened(estate), estate.redshift_cluster("sales", **chosen))


def second_half(estate: Estate) -> None:
    leader = {"NodeRole": "LEADER", "PrivateIPAddress": "10.0.3.40"}
    zone = {"AvailabilityZone": "eu-west-1b", "ClusterNodes": [leader]}
    estate["redshift:sales"].update(MultiAZ="Enabled", MultiAZSecondary=zone)


def entrance(address: str = "10.0.3.50") -> Change:
    """The endpoint in front of a relocatable cluster."""
    interface = {"NetworkInterfaceId": "eni-hidden", "PrivateIpAddress": address}
    endpoint = {"VpcEndpointId": "vpce-1", "VpcId": "vpc-main", "NetworkInterfaces": [interface]}
    return lambda estate: estate["redshift:sales"]["Endpoint"].update(VpcEndpoints=[endpoint])


def far_compute_node(estate: Estate) -> None:
    estate["redshift:sales"]["ClusterNodes"][1]["PrivateIPAddress"] = "10.0.3.40"


NODES = [{"NodeRole": "COMPUTE-0", "PrivateIPAddress": "10.0.2.40"}]
PLACES = [
    pytest.param((), "reachable", id="its-leader"),
    pytest.param((CLOSED_A,), "blocked SUBNET_ACL_RESTRICTION", id="which-is-not-reached"),
    pytest.param((far_compute_node, CLOSED_B), "reachable", id="and-no-other-node"),
    pytest.param((ingress(),), "blocked ENI_SG_RULES_MISMATCH", id="its-group-is-closed"),
    pytest.param((egress(),), "blocked SG_HAS_NO_RULES", id="nothing-leaves"),
    pytest.param((second_half,), "reachable", id="both-halves"),
    pytest.param((second_half, CLOSED_B), "partial SUBNET_ACL_RESTRICTION", id="one-half-is-not-reached"),
    pytest.param((entrance(),), "reachable", id="leader-and-endpoint"),
    pytest.param((entrance(), CLOSED_B), "unknown UNKNOWN_DESTINATION", id="nobody-knows-which-of-them"),
    pytest.param((record("redshift:sales", ClusterNodes=NODES),), "reachable", id="no-leader-told-but-its-subnet"),
    pytest.param(
        (record("redshift:sales", ClusterNodes=[]), denied("redshift/describe-cluster-subnet-groups")),
        "unknown COLLECTION_FAILED",
        id="neither-leader-nor-subnets",
    ),
    pytest.param(
        (record("redshift:sales", ClusterNodes=[]), forgotten("redshift-subnets:sales")),
        "unknown UNKNOWN_RESOURCE",
        id="subnet-group-unlisted",
    ),
    pytest.param((record("redshift:sales", VpcSecurityGroups=[]),), "unknown UNKNOWN_DESTINATION", id="no-group"),
    pytest.param((without("redshift/describe-clusters"),), "unknown COLLECTION_FAILED", id="file-absent"),
    pytest.param((denied("redshift/describe-clusters"),), "unknown COLLECTION_FAILED", id="call-denied"),
]


@pytest.mark.parametrize(("changes", "expected"), PLACES)
def test_the_way_to_a_cluster(changes: tuple[Change, ...], expected: str) -> None:
    assert asked(CLUSTER, cluster(), *changes) == expected


def test_a_single_node_is_its_own_leader() -> None:
    alone = [{"NodeRole": "SHARED", "PrivateIPAddress": "10.0.3.40"}]
    assert asked(CLUSTER, cluster(), record("redshift:sales", ClusterNodes=alone), CLOSED_A) == "reachable"


@pytest.mark.item("H16")
def test_the_api_tells_the_port() -> None:
    assert asked(CLUSTER, cluster(), record("redshift:sales", Endpoint={"Address": HOST})) == "reachable"
    other = record("redshift:sales", Endpoint={"Address": HOST, "Port": 8192})
    assert asked(CLUSTER, cluster(), other) == "blocked ENI_SG_RULES_MISMATCH"


NAMES = [
    "arn:aws:redshift:eu-west-1:111122223333:cluster:sales",
    "arn:aws:redshift:eu-west-1:111122223333:namespace:sales",
    HOST,
    f"{HOST}:5439",
    "sales.example.com",
    "redshift:warehouse",
]


@pytest.mark.parametrize("name", NAMES)
def test_what_a_cluster_may_be_called_h17(name: str) -> None:
    tagged = {"Tags": [{"Key": "Name", "Value": "warehouse"}], "CustomDomainName": "sales.example.com"}
    assert asked(name, cluster(), record("redshift:sales", **tagged)) == "reachable"


STATES = [
    ("available", "reachable"),
    ("available, prep-for-resize", "reachable"),
    ("resizing", "reachable"),
    ("paused", "blocked BAD_STATE"),
    ("deleting", "blocked BAD_STATE"),
    ("storage-full", "unknown BAD_STATE"),
    ("brand-new", "unknown BAD_STATE"),
]


@pytest.mark.parametrize(("status", "expected"), STATES)
def test_the_status_of_a_cluster(status: str, expected: str) -> None:
    estate = changed(cluster(status=status))
    assert told(estate, CLUSTER) == expected
    is_passing = expected == "reachable" and status != "available"
    assert ("DESTINATION_IN_TRANSITION" in finding_codes(ask(estate, CLUSTER))) is is_passing


def far(estate: Estate) -> None:
    """The cluster publicly accessible in another VPC, whose group admits the NAT gateway's address."""
    vpc = estate.vpc("far", "10.9.0.0/16")
    vpc.subnet("far-a", "10.9.1.0/24", az="a")
    vpc.internet_gateway("far")
    vpc.main_route_table().add_route("0.0.0.0/0", "igw-far")
    vpc.set_rules("default", ingress=[allow("tcp", 5439, "52.0.0.1/32")])
    estate.redshift_cluster("sales", subnet="far-a", public_ip="54.72.0.9")


def test_a_publicly_accessible_cluster_is_met_at_its_public_address_from_elsewhere() -> None:
    assert asked(CLUSTER, far) == "reachable"
    assert asked(CLUSTER, far, no_route()) == "blocked NO_ROUTE_TO_DESTINATION"
    closed = far, lambda e: e.drawn_vpc("far").set_rules("default", ingress=[])
    assert asked(CLUSTER, *closed) == "blocked ENI_SG_RULES_MISMATCH"
    hidden = far, forgotten("eni-redshift-sales")
    assert asked(CLUSTER, *hidden) == "unknown UNKNOWN_DESTINATION"
    assert asked(CLUSTER, cluster(public_ip="54.72.0.9"), no_route()) == "reachable"


def test_without_dns_hostnames_its_name_means_the_public_address_in_its_own_vpc_too() -> None:
    public = cluster(public_ip="54.72.0.9")
    assert asked(CLUSTER, public, lambda e: e.drawn_vpc("main").set_dns(hostnames=False), no_route()) == (
        "blocked NO_ROUTE_TO_DESTINATION"
    )


def managed_endpoint(status: str = "active") -> Change:
    """A Redshift-managed VPC endpoint `door` in data-b, behind group data."""

    def change(estate: Estate) -> None:
        cluster()(estate)
        interface = {"NetworkInterfaceId": "eni-hidden", "PrivateIpAddress": "10.0.3.60", "SubnetId": "subnet-data-b"}
        told_of = {
            "EndpointName": "door",
            "EndpointStatus": status,
            "ClusterIdentifier": "sales",
            "Address": "door-endpoint.abc.eu-west-1.redshift.amazonaws.com",
            "Port": 5439,
            "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-data", "Status": "active"}],
            "VpcEndpoint": {"VpcId": "vpc-main", "NetworkInterfaces": [interface]},
        }
        estate.add("redshift/describe-endpoint-access", "door", told_of)

    return change


def test_a_managed_endpoint_stands_for_itself() -> None:
    for name in ("redshift:door", "door-endpoint.abc.eu-west-1.redshift.amazonaws.com"):
        assert asked(name, managed_endpoint(), CLOSED_A) == "reachable"
        assert asked(name, managed_endpoint(), CLOSED_B) == "blocked SUBNET_ACL_RESTRICTION"
        assert asked(name, managed_endpoint("failed")) == "blocked BAD_STATE"
        assert asked(name, managed_endpoint("brand-new")) == "unknown BAD_STATE"
