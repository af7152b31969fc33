"""ElastiCache: clusters, replication groups, serverless caches (semantics H4)."""

from typing import Any

import pytest

from tests.estates.asking import ask, finding_codes, told
from tests.estates.builder import Estate, allow
from tests.unit.reach.worlds import (
    INTERFACES,
    Change,
    acl,
    asked,
    changed,
    denied,
    egress,
    forgotten,
    ingress,
    interface,
    main,
    record,
    unfinished,
    without,
)

pytestmark = pytest.mark.item("H4")

CLUSTERS, GROUPS = "elasticache/describe-cache-clusters", "elasticache/describe-replication-groups"
SUBNETS, SERVERLESS = "elasticache/describe-cache-subnet-groups", "elasticache/describe-serverless-caches"
CLOSED_A, CLOSED_B = acl("data-a", inbound=[]), acl("data-b", inbound=[])
CACHE = "elasticache:shop"


def opened(*ports: int) -> Change:
    return ingress(*(allow("tcp", port, "sg-app") for port in ports))


def memcached(**settings: Any) -> Change:
    """A Memcached cluster of two nodes, in data-a and data-b, in group data."""
    nodes = {"0001": "data-a", "0002": "data-b"}
    chosen: dict[str, Any] = {"engine": "memcached", "port": 11211, "nodes": nodes, "groups": ["data"]} | settings
    return lambda estate: (opened(11211)(estate), estate.cache_cluster("shop", **chosen))


def redis(**settings: Any) -> Change:
    """A Redis cluster of one node in data-a, whose subnet group has data-b too."""
    chosen: dict[str, Any] = {"nodes": {"0001": "data-a"}, "subnets": ["data-a", "data-b"], "groups": ["data"]}
    return lambda estate: (opened(6379)(estate), estate.cache_cluster("shop", **chosen | settings))


def group(**settings: Any) -> Change:
    """A replication group of a primary in data-a and a replica in data-b."""
    chosen: dict[str, Any] = {"shards": [{"shop-001": "data-a", "shop-002": "data-b"}], "groups": ["data"]} | settings
    return lambda estate: (opened(6379)(estate), estate.replication_group("shop", **chosen))


def sharded(**settings: Any) -> Change:
    """A replication group in cluster mode: a shard in data-a, another in data-b."""
    shards = [{"shop-0001-001": "data-a"}, {"shop-0002-001": "data-b"}]
    return group(shards=shards, cluster_mode=True, **settings)


def serverless(**settings: Any) -> Change:
    """A Valkey serverless cache in data-a and data-b."""
    chosen: dict[str, Any] = {"subnets": ["data-a", "data-b"], "groups": ["data"]} | settings
    return lambda estate: (opened(6379, 6380)(estate), estate.serverless_cache("shop", **chosen))


ALL_NODES = {"memcached": memcached, "group": group, "sharded": sharded, "serverless": serverless}


@pytest.mark.parametrize("draw", ALL_NODES.values(), ids=ALL_NODES)
def test_every_node_and_every_shard_must_be_reached(draw: Any) -> None:
    assert asked(CACHE, draw()) == "reachable"
    assert asked(CACHE, draw(), CLOSED_B) == "partial SUBNET_ACL_RESTRICTION"
    assert asked(CACHE, draw(), CLOSED_A, CLOSED_B) == "blocked SUBNET_ACL_RESTRICTION"
    assert asked(CACHE, draw(), opened(9)) == "blocked ENI_SG_RULES_MISMATCH"
    assert asked(CACHE, draw(), egress()).startswith("blocked SG_HAS_NO_RULES")


def test_a_cluster_of_one_node_stands_in_its_zone() -> None:
    assert asked(CACHE, redis()) == "reachable"
    assert asked(CACHE, redis(), CLOSED_B) == "reachable"
    assert asked(CACHE, redis(), CLOSED_A) == "blocked SUBNET_ACL_RESTRICTION"
    untold = record("cache:shop", CacheNodes=[], PreferredAvailabilityZone="Multiple")
    assert asked(CACHE, redis(), untold, CLOSED_A) == "unknown UNKNOWN_DESTINATION"
    zoneless = {"SubnetIdentifier": "subnet-unread"}
    subnets = record("cache-subnets:shop", Subnets=[zoneless, {"SubnetIdentifier": "subnet-data-a"}])
    assert asked(CACHE, redis(), untold, subnets, CLOSED_A) == "unknown UNKNOWN_DESTINATION"


READER = "shop-ro.abc123.ng.0001.eu-west-1.cache.amazonaws.com"


def test_a_reader_endpoint_means_the_replicas() -> None:
    assert asked(READER, group(), CLOSED_A) == "reachable"
    assert asked(READER, group(), CLOSED_B) == "blocked SUBNET_ACL_RESTRICTION"
    alone = group(shards=[{"shop-001": "data-a"}])
    assert asked(READER, alone) == "reachable"
    assert asked(READER, alone, CLOSED_A) == "blocked SUBNET_ACL_RESTRICTION"


ARN = "arn:aws:elasticache:eu-west-1:111122223333"
DOMAIN = "eu-west-1.cache.amazonaws.com"
NAMES = [
    pytest.param(memcached, f"{ARN}:cluster:shop", "partial", id="cluster-arn"),
    pytest.param(memcached, f"shop.abc123.cfg.{DOMAIN}", "partial", id="configuration-endpoint"),
    pytest.param(memcached, f"shop.abc123.0001.{DOMAIN}:11211", "reachable", id="one-node"),
    pytest.param(memcached, f"shop.abc123.0002.{DOMAIN}", "blocked", id="the-other-node"),
    pytest.param(redis, f"shop.abc123.0001.{DOMAIN}", "reachable", id="the-only-node"),
    pytest.param(group, f"{ARN}:replicationgroup:shop", "partial", id="group-arn"),
    pytest.param(group, f"shop.abc123.ng.0001.{DOMAIN}", "partial", id="primary-endpoint"),
    pytest.param(group, "elasticache:shop-001", "reachable", id="one-member"),
    pytest.param(group, f"shop-002.abc123.0001.{DOMAIN}", "blocked", id="one-member-by-host-name"),
    pytest.param(sharded, f"clustercfg.shop.abc123.ng.0001.{DOMAIN}", "partial", id="cluster-mode"),
    pytest.param(serverless, f"{ARN}:serverlesscache:shop", "partial", id="serverless-arn"),
    pytest.param(serverless, f"shop-abc123.serverless.{DOMAIN}", "partial", id="serverless-host"),
]


@pytest.mark.parametrize(("draw", "name", "expected"), NAMES)
def test_what_a_cache_may_be_called_h17(draw: Any, name: str, expected: str) -> None:
    assert asked(name, draw(), CLOSED_B).split()[0] == expected


def test_serverless_needs_both_its_ports() -> None:
    assert asked(CACHE, serverless(), opened(6379)) == "partial ENI_SG_RULES_MISMATCH"
    assert asked(f"{CACHE}:6379", serverless(), opened(6379)) == "reachable"
    assert asked(CACHE, serverless(engine="memcached"), opened(11211, 11212)) == "reachable"
    assert asked(CACHE, serverless(engine="memcached"), opened(11211)) == "partial ENI_SG_RULES_MISMATCH"


@pytest.mark.item("H16")
def test_the_usual_port_where_the_api_tells_none() -> None:
    no_endpoints = record("serverless-cache:shop", Endpoint={}, ReaderEndpoint={})
    assert asked(CACHE, serverless(), no_endpoints) == "reachable"
    assert asked(CACHE, serverless(), no_endpoints, opened(6379)) == "partial ENI_SG_RULES_MISMATCH"
    assert asked(CACHE, redis(), record("cache:shop", CacheNodes=[])) == "reachable"
    assert asked(CACHE, redis(), record("cache:shop", CacheNodes=[], Engine="new")) == "unknown UNKNOWN_DESTINATION"
    assert asked(CACHE, redis(port=7000)) == "blocked ENI_SG_RULES_MISMATCH"


def test_a_public_connection_of_a_serverless_cache_is_undecided() -> None:
    public = record("serverless-cache:shop", ConnectionType="public")
    assert asked(CACHE, serverless(), public) == "unknown UNSUPPORTED_COMPONENT"


UNTOLD = [
    pytest.param(memcached, (without(CLUSTERS),), "unknown COLLECTION_FAILED", id="cluster-absent"),
    pytest.param(memcached, (denied(SUBNETS),), "unknown COLLECTION_FAILED", id="subnet-groups-denied"),
    pytest.param(memcached, (forgotten("cache-subnets:shop"),), "unknown UNKNOWN_RESOURCE", id="subnet-group-unlisted"),
    pytest.param(
        memcached, (record("cache:shop", SecurityGroups=[]),), "unknown UNKNOWN_DESTINATION", id="no-group-in-force"
    ),
    pytest.param(group, (denied(GROUPS),), "unknown COLLECTION_FAILED", id="groups-denied"),
    pytest.param(group, (denied(CLUSTERS),), "unknown COLLECTION_FAILED", id="members-denied"),
    pytest.param(group, (forgotten("cache:shop-002"),), "unknown COLLECTION_FAILED", id="one-member-unlisted"),
    pytest.param(
        group, (forgotten("cache:shop-002"), CLOSED_A), "unknown SUBNET_ACL_RESTRICTION COLLECTION_FAILED", id="K2"
    ),
    pytest.param(
        group,
        (record("replication-group:shop", MemberClusters=[], NodeGroups=[]),),
        "unknown NO_SOURCE_OR_DESTINATION",
        id="no-member-told",
    ),
    pytest.param(serverless, (without(SERVERLESS),), "unknown COLLECTION_FAILED", id="serverless-absent"),
    pytest.param(serverless, (forgotten("subnet-data-b"),), "unknown UNKNOWN_RESOURCE", id="subnet-unread"),
]


@pytest.mark.parametrize(("draw", "changes", "expected"), UNTOLD)
def test_what_no_file_tells(draw: Any, changes: tuple[Change, ...], expected: str) -> None:
    assert asked(CACHE, draw(), *changes) == expected


STATES = [
    (redis, "snapshotting", "reachable"),
    (redis, "rebooting cluster nodes", "reachable"),
    (redis, "incompatible-network", "blocked BAD_STATE"),
    (redis, "brand-new", "unknown BAD_STATE"),
    (group, "modifying", "reachable"),
    (group, "create-failed", "blocked BAD_STATE"),
    (group, "brand-new", "unknown BAD_STATE"),
    (serverless, "MODIFYING", "reachable"),
    (serverless, "CREATE-FAILED", "blocked BAD_STATE"),
    (serverless, "BRAND-NEW", "unknown BAD_STATE"),
]


@pytest.mark.parametrize(
    ("draw", "status", "expected"), STATES, ids=lambda given: getattr(given, "__name__", str(given))
)
def test_the_status_of_a_cache(draw: Any, status: str, expected: str) -> None:
    estate = changed(draw(status=status))
    assert told(estate, CACHE) == expected
    assert ("DESTINATION_IN_TRANSITION" in finding_codes(ask(estate, CACHE))) is (expected == "reachable")


def second_subnet(estate: Estate) -> None:
    """data-a2 in the zone of data-a; the cache's interface is in data-a."""
    main(estate).subnet("data-a2", "10.0.4.0/24", az="a", table="private")
    opened(6379)(estate)
    estate.cache_cluster("shop", nodes={"0001": "data-a2"}, subnets=["data-a2", "data-a"], groups=["data"])
    main(estate).network_interface("cache", subnet="data-a", groups=["data"], description="ElastiCache shop")


def test_an_interface_that_carries_its_name_tells_where_it_stands() -> None:
    closed = acl("data-a2", inbound=[])
    assert asked(CACHE, second_subnet, closed) == "reachable"
    assert asked(CACHE, second_subnet, closed, forgotten("eni-cache")) == "unknown UNKNOWN_DESTINATION"
    assert asked(CACHE, second_subnet, closed, unfinished(INTERFACES)) == "unknown UNKNOWN_DESTINATION"
    twin = interface("twin", description="ElastiCache shop")
    assert asked(CACHE, second_subnet, closed, twin) == "unknown UNKNOWN_DESTINATION"
    other = record("eni-cache", Description="ElastiCache shop-2")
    assert asked(CACHE, second_subnet, closed, other) == "unknown UNKNOWN_DESTINATION"
