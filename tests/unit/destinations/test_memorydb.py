"""MemoryDB clusters (semantics H5)."""

from typing import Any

import pytest

from tests.estates.asking import ask, finding_codes, told
from tests.estates.builder import allow
from tests.unit.reach.worlds import Change, acl, asked, changed, denied, egress, forgotten, ingress, record, without

pytestmark = pytest.mark.item("H5")

CLUSTER = "memorydb:shop"
DOMAIN = "shop.abc123.memorydb.eu-west-1.amazonaws.com"
CLOSED_A, CLOSED_B = acl("data-a", inbound=[]), acl("data-b", inbound=[])


def cluster(**settings: Any) -> Change:
    """Two shards of one node each, in data-a and data-b, in group data, which admits tcp/6379."""
    shards = [{"shop-0001-001": "data-a"}, {"shop-0002-001": "data-b"}]
    chosen: dict[str, Any] = {"shards": shards, "groups": ["data"]} | settings
    opened = ingress(allow("tcp", 6379, "sg-app"))
    return lambda estate: (opened(estate), estate.memorydb_cluster("shop", **chosen))


ADDED_LATER = record("memorydb:shop", SecurityGroups=[{"SecurityGroupId": "sg-data", "Status": "adding"}])
PLACES = [
    pytest.param((), "reachable", id="every-shard"),
    pytest.param((CLOSED_B,), "partial SUBNET_ACL_RESTRICTION", id="one-shard-is-not-reached"),
    pytest.param((CLOSED_A, CLOSED_B), "blocked SUBNET_ACL_RESTRICTION", id="no-shard"),
    pytest.param((ingress(),), "blocked ENI_SG_RULES_MISMATCH", id="its-group-is-closed"),
    pytest.param((egress(),), "blocked SG_HAS_NO_RULES", id="nothing-leaves"),
    pytest.param((record("memorydb:shop", Shards=[]),), "reachable", id="shards-left-out"),
    pytest.param((record("memorydb:shop", Shards=[]), CLOSED_A), "unknown UNKNOWN_DESTINATION", id="so-anywhere"),
    pytest.param((record("memorydb:shop", ClusterEndpoint={}),), "reachable", id="usual-port"),
    pytest.param((record("memorydb:shop", SecurityGroups=[]),), "unknown UNKNOWN_DESTINATION", id="no-group-in-force"),
    pytest.param((ADDED_LATER,), "unknown UNKNOWN_DESTINATION", id="a-group-that-is-being-added"),
    pytest.param((without("memorydb/describe-clusters"),), "unknown COLLECTION_FAILED", id="file-absent"),
    pytest.param((denied("memorydb/describe-subnet-groups"),), "unknown COLLECTION_FAILED", id="subnets-denied"),
    pytest.param((forgotten("memorydb-subnets:shop"),), "unknown UNKNOWN_RESOURCE", id="subnet-group-unlisted"),
]


@pytest.mark.parametrize(("changes", "expected"), PLACES)
def test_the_way_to_a_cluster(changes: tuple[Change, ...], expected: str) -> None:
    assert asked(CLUSTER, cluster(), *changes) == expected


NAMES = [
    ("arn:aws:memorydb:eu-west-1:111122223333:cluster/shop", "partial"),
    (f"clustercfg.{DOMAIN}", "partial"),
    (f"shop-0001-001.{DOMAIN}:6379", "reachable"),
    ("memorydb:shop-0002-001", "blocked"),
]


@pytest.mark.parametrize(("name", "expected"), NAMES)
def test_what_a_cluster_and_a_node_may_be_called_h17(name: str, expected: str) -> None:
    assert asked(name, cluster(), CLOSED_B).split()[0] == expected


STATES = [
    ("available", "reachable"),
    ("Updating", "reachable"),
    ("deleting", "blocked BAD_STATE"),
    ("brand-new", "unknown BAD_STATE"),
]


@pytest.mark.parametrize(("status", "expected"), STATES)
def test_the_status_of_a_cluster(status: str, expected: str) -> None:
    estate = changed(cluster(status=status))
    assert told(estate, CLUSTER) == expected
    assert ("DESTINATION_IN_TRANSITION" in finding_codes(ask(estate, CLUSTER))) is (status == "Updating")
