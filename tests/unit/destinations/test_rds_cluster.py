"""Aurora, Multi-AZ, DocumentDB and Neptune clusters: members, endpoints, subnet groups, states (semantics H2, H16)."""

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
from vpcreach.errors import UsageError

pytestmark = pytest.mark.item("H2")

BOTH = {"shop-1": "data-a", "shop-2": "data-b"}
HOST = "cluster-c0ffee123456.eu-west-1.rds.amazonaws.com"
WRITER, READER = f"shop.{HOST}", f"shop.{HOST.replace('cluster-', 'cluster-ro-')}"
CUSTOM = f"batch.{HOST.replace('cluster-', 'cluster-custom-')}"
CLOSED_A, CLOSED_B = acl("data-a", inbound=[]), acl("data-b", inbound=[])
INSTANCES, ENDPOINTS, GROUPS = (
    "rds/describe-db-instances",
    "rds/describe-db-cluster-endpoints",
    "rds/describe-db-subnet-groups",
)


def cluster(**settings: Any) -> Change:
    """A cluster `shop`: its writer shop-1 in data-a, its reader shop-2 in data-b, in group data."""
    chosen: dict[str, Any] = {"members": BOTH, "groups": ["data"]} | settings
    return lambda estate: estate.db_cluster("shop", **chosen)


MEMBERS = [
    pytest.param("rds:shop", (), "reachable", id="every-member"),
    pytest.param("rds:shop", (CLOSED_B,), "partial SUBNET_ACL_RESTRICTION", id="a-reader-may-become-the-writer"),
    pytest.param("rds:shop", (CLOSED_A, CLOSED_B), "blocked SUBNET_ACL_RESTRICTION", id="no-member"),
    pytest.param("rds:shop", (ingress(),), "blocked ENI_SG_RULES_MISMATCH", id="its-group-is-closed"),
    pytest.param(WRITER, (CLOSED_B,), "partial SUBNET_ACL_RESTRICTION", id="writer-endpoint"),
    pytest.param(READER, (CLOSED_A,), "reachable", id="the-reader-endpoint-means-the-readers"),
    pytest.param(READER, (CLOSED_B,), "blocked SUBNET_ACL_RESTRICTION", id="which-are-not-reached"),
    pytest.param("rds:shop-2", (CLOSED_A,), "reachable", id="one-member-by-name"),
]


@pytest.mark.parametrize(("destination", "changes", "expected"), MEMBERS)
def test_which_members_a_name_means(destination: str, changes: tuple[Change, ...], expected: str) -> None:
    assert asked(destination, cluster(), *changes) == expected


def test_nothing_leaves_whatever_the_files_hold_k6() -> None:
    assert asked("rds:shop", cluster(), egress()) == "blocked SG_HAS_NO_RULES"
    nothing_told = without(INSTANCES), without(GROUPS)
    assert asked("rds:shop", cluster(), *nothing_told, egress()).startswith("blocked SG_HAS_NO_RULES")


def test_a_reader_endpoint_without_readers_means_the_writer() -> None:
    alone = cluster(members={"shop-1": "data-a"})
    assert asked(READER, alone) == "reachable"
    assert asked(READER, alone, CLOSED_A) == "blocked SUBNET_ACL_RESTRICTION"


CUSTOMS = [
    pytest.param((CLOSED_A,), "reachable", id="its-members-alone"),
    pytest.param((CLOSED_B,), "blocked SUBNET_ACL_RESTRICTION", id="which-are-closed"),
    pytest.param((without(ENDPOINTS),), "reachable", id="whichever-they-are"),
    pytest.param((without(ENDPOINTS), CLOSED_B), "unknown UNKNOWN_DESTINATION", id="nobody-knows-which"),
    pytest.param(
        (denied(ENDPOINTS), denied(INSTANCES), denied(GROUPS)), "unknown COLLECTION_FAILED", id="nor-where-they-are"
    ),
    pytest.param((denied(ENDPOINTS), CLOSED_A, CLOSED_B), "blocked SUBNET_ACL_RESTRICTION", id="none-is-reached"),
    pytest.param(
        (record("endpoint:batch", StaticMembers=[], ExcludedMembers=["shop-1"]), CLOSED_A), "reachable", id="excluded"
    ),
    pytest.param(
        (record("endpoint:batch", StaticMembers=[], CustomEndpointType="READER"), CLOSED_A), "reachable", id="readers"
    ),
]


@pytest.mark.parametrize(("changes", "expected"), CUSTOMS)
def test_a_custom_endpoint_means_its_own_members(changes: tuple[Change, ...], expected: str) -> None:
    assert asked(CUSTOM, cluster(custom={"batch": ["shop-2"]}), *changes) == expected


UNTOLD = [
    pytest.param((without(INSTANCES),), "reachable", id="the-subnet-group-tells-where-they-may-be"),
    pytest.param((denied(INSTANCES), CLOSED_B), "unknown UNKNOWN_DESTINATION", id="and-nobody-knows-where"),
    pytest.param((without(GROUPS),), "reachable", id="the-instances-tell-their-own-subnets"),
    pytest.param((denied(INSTANCES), denied(GROUPS)), "unknown COLLECTION_FAILED", id="nothing-tells"),
    pytest.param((without(INSTANCES), forgotten("db-subnets:shop")), "unknown COLLECTION_FAILED", id="unlisted-group"),
    pytest.param((record("cluster:shop", VpcSecurityGroups=[]),), "reachable", id="members-tell-their-groups"),
    pytest.param(
        (without(INSTANCES), record("cluster:shop", VpcSecurityGroups=[])), "unknown UNKNOWN_DESTINATION", id="no-group"
    ),
]


@pytest.mark.parametrize(("changes", "expected"), UNTOLD)
def test_what_no_file_tells(changes: tuple[Change, ...], expected: str) -> None:
    assert asked("rds:shop", cluster(), *changes) == expected


def test_one_member_that_no_file_lists_may_be_anywhere() -> None:
    unlisted = cluster(), forgotten("rds:shop-2")
    assert asked("rds:shop", *unlisted) == "reachable"
    assert asked("rds:shop", *unlisted, CLOSED_A) == "unknown SUBNET_ACL_RESTRICTION UNKNOWN_DESTINATION"


def test_a_cluster_without_instances_is_not_listened_for() -> None:
    nobody = record("cluster:shop", DBClusterMembers=[])
    assert asked("rds:shop", cluster(), nobody) == "blocked BAD_STATE"
    assert asked("rds:shop", cluster(), nobody, record("cluster:shop", EngineMode="serverless")) == "reachable"
    assert asked("rds:shop", cluster(), nobody, record("cluster:shop", ClusterScalabilityType="limitless")) == (
        "unknown UNSUPPORTED_COMPONENT"
    )


def test_a_cluster_outside_vpcs_is_undecided() -> None:
    for key, value in (("VPCNetworkingEnabled", False), ("InternetAccessGatewayEnabled", True)):
        assert asked("rds:shop", cluster(), record("cluster:shop", **{key: value})) == "unknown UNSUPPORTED_COMPONENT"


STATES = [
    ("available", "reachable"),
    ("failing-over", "reachable"),
    ("configuring-iam-database-auth", "reachable"),
    ("stopped", "blocked BAD_STATE"),
    ("deleting", "blocked BAD_STATE"),
    ("brand-new-status", "unknown BAD_STATE"),
]


@pytest.mark.parametrize(("status", "expected"), STATES, ids=lambda value: f"H2-{value}")
def test_the_status_of_a_cluster(status: str, expected: str) -> None:
    estate = changed(cluster(status=status))
    assert told(estate, "rds:shop") == expected
    is_passing = expected == "reachable" and status != "available"
    assert ("DESTINATION_IN_TRANSITION" in finding_codes(ask(estate, "rds:shop"))) is is_passing


ARN = "arn:aws:rds:eu-west-1:111122223333:cluster:shop"


NAMES = ["rds:shop", "rds:SHOP", ARN, f"{ARN}:5432", WRITER, f"{READER}:5432", "rds:shop:5432"]


@pytest.mark.parametrize("name", NAMES)
def test_what_a_cluster_may_be_called_h17(name: str) -> None:
    assert asked(name, cluster()) == "reachable"


def test_a_name_that_a_cluster_and_an_instance_share_is_told_h17() -> None:
    with pytest.raises(UsageError, match=r"cluster:shop, .*:db:shop"):
        asked("rds:shop", cluster(), lambda e: e.rds_instance("shop", subnets=["data-a"]))


@pytest.mark.item("H16")
@pytest.mark.parametrize(("engine", "port"), [("docdb", 27017), ("neptune", 8182)])
def test_documentdb_and_neptune_have_words_and_ports_of_their_own(engine: str, port: int) -> None:
    theirs = cluster(engine=engine, port=None)
    opened = ingress(allow("tcp", port, "sg-app"))
    for name in (f"{engine}:shop", f"{engine}:shop-1", "rds:shop"):
        assert asked(name, theirs, opened) == "reachable", name
        assert asked(name, theirs) == "blocked ENI_SG_RULES_MISMATCH", name
    assert asked(f"shop.cluster-c0ffee123456.eu-west-1.{engine}.amazonaws.com", theirs, opened) == "reachable"
    with pytest.raises(UsageError, match="not in the snapshot"):
        asked(f"{engine}:shop", cluster())


def by_its_own_command(estate: Estate) -> None:
    """The same replies under the name of the CLI's command for DocumentDB, and none from that for RDS."""
    for operation in ("describe-db-clusters", "describe-db-instances", "describe-db-subnet-groups"):
        estate.put(f"docdb/{operation}", estate.reply(f"rds/{operation}"))
        estate.without(f"rds/{operation}")


def test_a_reply_of_the_clis_own_command_serves_as_well() -> None:
    theirs = cluster(engine="docdb", port=5432)
    assert asked("docdb:shop", theirs, by_its_own_command) == "reachable"
    assert asked("docdb:shop", theirs, by_its_own_command, CLOSED_B) == "partial SUBNET_ACL_RESTRICTION"
    with pytest.raises(UsageError, match="not in the snapshot"):
        asked("docdb:other", theirs, by_its_own_command)


def test_a_publicly_accessible_cluster_is_private_inside_its_vpc() -> None:
    assert asked("rds:shop", cluster(public=True), no_route()) == "reachable"


def far(estate: Estate) -> None:
    vpc = estate.vpc("far", "10.9.0.0/16")
    vpc.subnet("far-a", "10.9.1.0/24", az="a")
    estate.db_cluster("shop", members={"shop-1": "far-a"}, public=True)


def test_where_no_file_tells_its_members_it_may_be_public() -> None:
    private = lambda e: e["rds:shop-1"].update(PubliclyAccessible=False)  # noqa: E731
    assert asked("rds:shop", far, private).startswith("blocked")
    for untold in (forgotten("rds:shop-1"), denied(INSTANCES)):
        assert asked("rds:shop", far, untold) == "unknown COLLECTION_FAILED"
    detached = lambda e: e.detach_function("app")  # noqa: E731
    assert asked("rds:shop", far, private, detached) == "blocked FUNCTION_NOT_IN_VPC"
    assert asked("rds:shop", far, denied(INSTANCES), detached) == "unknown COLLECTION_FAILED"


def test_elsewhere_its_name_means_an_address_that_no_file_tells() -> None:
    assert asked("rds:shop", far) == "unknown UNKNOWN_DESTINATION"
    assert asked("rds:shop", far, no_route()) == "blocked NO_ROUTE_TO_DESTINATION"
