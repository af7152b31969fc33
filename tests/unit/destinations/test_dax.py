"""DynamoDB Accelerator (semantics H5)."""

from typing import Any

import pytest

from tests.estates.asking import ask, finding_codes, told
from tests.estates.builder import allow
from tests.unit.reach.worlds import Change, acl, asked, changed, denied, egress, forgotten, ingress, record, without

pytestmark = pytest.mark.item("H5")

CLUSTER = "dax:shop"
DOMAIN = "shop.abc123.dax-clusters.eu-west-1.amazonaws.com"
CLOSED_A, CLOSED_B = acl("data-a", inbound=[]), acl("data-b", inbound=[])


def cluster(port: int = 8111, **settings: Any) -> Change:
    """Two nodes in data-a and data-b, in group data, which admits one port."""
    chosen: dict[str, Any] = {"nodes": {"shop-a": "data-a", "shop-b": "data-b"}, "groups": ["data"]} | settings
    opened = ingress(allow("tcp", port, "sg-app"))
    return lambda estate: (opened(estate), estate.dax_cluster("shop", **chosen))


PLACES = [
    pytest.param((), "reachable", id="every-node"),
    pytest.param((CLOSED_B,), "partial SUBNET_ACL_RESTRICTION", id="one-node-is-not-reached"),
    pytest.param((CLOSED_A, CLOSED_B), "blocked SUBNET_ACL_RESTRICTION", id="no-node"),
    pytest.param((ingress(),), "blocked ENI_SG_RULES_MISMATCH", id="its-group-is-closed"),
    pytest.param((egress(),), "blocked SG_HAS_NO_RULES", id="nothing-leaves"),
    pytest.param((record("dax:shop", Nodes=[]), CLOSED_A), "unknown UNKNOWN_DESTINATION", id="nodes-left-out"),
    pytest.param((record("dax:shop", SecurityGroups=[]),), "unknown UNKNOWN_DESTINATION", id="no-group-in-force"),
    pytest.param((without("dax/describe-clusters"),), "unknown COLLECTION_FAILED", id="file-absent"),
    pytest.param((denied("dax/describe-subnet-groups"),), "unknown COLLECTION_FAILED", id="subnets-denied"),
    pytest.param((forgotten("dax-subnets:shop"),), "unknown UNKNOWN_RESOURCE", id="subnet-group-unlisted"),
]


@pytest.mark.parametrize(("changes", "expected"), PLACES)
def test_the_way_to_a_cluster(changes: tuple[Change, ...], expected: str) -> None:
    assert asked(CLUSTER, cluster(), *changes) == expected


def test_an_encrypted_cluster_has_another_port() -> None:
    assert asked(CLUSTER, cluster(9111, encryption="TLS")) == "reachable"
    assert asked(CLUSTER, cluster(8111, encryption="TLS")) == "blocked ENI_SG_RULES_MISMATCH"
    untold = record("dax:shop", ClusterDiscoveryEndpoint={})
    assert asked(CLUSTER, cluster(9111, encryption="TLS"), untold) == "reachable"
    assert asked(CLUSTER, cluster(8111), untold) == "reachable"


NAMES = [
    ("arn:aws:dax:eu-west-1:111122223333:cache/shop", "partial"),
    (DOMAIN, "partial"),
    (f"shop-a.{DOMAIN}:8111", "reachable"),
    (f"shop-b.{DOMAIN}", "blocked"),
    ("dax:shop-a", "reachable"),
]


@pytest.mark.parametrize(("name", "expected"), NAMES)
def test_what_a_cluster_and_a_node_may_be_called_h17(name: str, expected: str) -> None:
    assert asked(name, cluster(), CLOSED_B).split()[0] == expected


STATES = [
    ("available", "reachable"),
    ("modifying", "reachable"),
    ("deleting", "blocked BAD_STATE"),
    ("brand-new", "unknown BAD_STATE"),
]


@pytest.mark.parametrize(("status", "expected"), STATES)
def test_the_status_of_a_cluster(status: str, expected: str) -> None:
    estate = changed(cluster(status=status))
    assert told(estate, CLUSTER) == expected
    assert ("DESTINATION_IN_TRANSITION" in finding_codes(ask(estate, CLUSTER))) is (status == "modifying")
