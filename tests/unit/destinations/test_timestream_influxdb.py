"""Timestream for InfluxDB: zones of an instance, subnets of a cluster, status, and what a database may be called."""

from typing import Any

import pytest

from tests.estates.asking import ask, finding_codes
from tests.estates.builder import Estate, allow
from tests.unit.reach.worlds import Change, acl, asked, changed, denied, ingress, without
from vpcreach.errors import UsageError

pytestmark = pytest.mark.item("H15")

METRICS = "timestream-influxdb:metrics"
TOLD = "timestream-influxdb/get-db-instance/metrics"
CLOSED_A, CLOSED_B = acl("data-a", inbound=[]), acl("data-b", inbound=[])
PORT = ingress(allow("tcp", 8086, "sg-app"))


def instance(**settings: Any) -> Change:
    """An instance `metrics` in zone a, with the subnets data-a and data-b, in group data, which admits its port."""
    chosen: dict[str, Any] = {"subnets": ["data-a", "data-b"], "groups": ["data"]} | settings

    def change(estate: Estate) -> None:
        estate.influxdb("metrics", **chosen)
        PORT(estate)

    return change


def cluster(estate: Estate) -> None:
    estate.influxdb_cluster("metrics", subnets=["data-a", "data-b"], groups=["data"])
    PORT(estate)


def told(**values: object) -> Change:
    return lambda estate: estate.reply(TOLD).update(values)


PLACES = [
    pytest.param(instance(), (), "reachable", id="in-its-zone"),
    pytest.param(instance(), (CLOSED_B,), "reachable", id="another-zone-does-not-count"),
    pytest.param(instance(), (CLOSED_A,), "blocked SUBNET_ACL_RESTRICTION", id="its-zone-is-shut-off"),
    pytest.param(
        instance(zones=["a", "b"]), (CLOSED_B,), "partial SUBNET_ACL_RESTRICTION", id="the-standby-is-shut-off"
    ),
    pytest.param(instance(), (ingress(),), "blocked ENI_SG_RULES_MISMATCH", id="the-group-admits-nobody"),
    pytest.param(instance(), (told(vpcSecurityGroupIds=[]),), "unknown UNKNOWN_DESTINATION", id="no-groups-told"),
    pytest.param(instance(), (without(TOLD),), "unknown COLLECTION_FAILED", id="its-own-file-is-absent"),
    pytest.param(instance(), (denied(TOLD),), "unknown COLLECTION_FAILED", id="its-own-file-is-refused"),
    pytest.param(cluster, (), "reachable", id="a-cluster-wherever-it-is"),
    pytest.param(cluster, (CLOSED_A, CLOSED_B), "blocked SUBNET_ACL_RESTRICTION", id="a-cluster-shut-off"),
    pytest.param(cluster, (CLOSED_B,), "unknown UNKNOWN_DESTINATION", id="a-cluster-in-one-of-two-subnets"),
]


@pytest.mark.parametrize(("database", "changes", "expected"), PLACES)
def test_where_a_database_stands(database: Change, changes: tuple[Change, ...], expected: str) -> None:
    assert asked(METRICS, database, *changes) == expected


STATES = [
    ("AVAILABLE", "reachable", False),
    ("MODIFYING", "reachable", True),
    ("FAILED", "blocked BAD_STATE", False),
    ("DELETING", "blocked BAD_STATE", False),
    ("DRIFTING", "unknown BAD_STATE", False),
]


@pytest.mark.parametrize(("status", "expected", "is_passing"), STATES)
def test_the_status_of_a_database(status: str, expected: str, *, is_passing: bool) -> None:
    assert asked(METRICS, instance(status=status)) == expected
    codes = finding_codes(ask(changed(instance(status=status)), METRICS))
    assert ("DESTINATION_IN_TRANSITION" in codes) is is_passing


def test_what_the_name_of_a_public_database_means_is_undecided_in_its_own_vpc() -> None:
    assert asked(METRICS, instance(public=True)) == "unknown UNSUPPORTED_COMPONENT"
    assert asked(METRICS, instance(public=True), ingress()) == "unknown UNSUPPORTED_COMPONENT"


def test_the_port_of_the_api_is_asked() -> None:
    def other_port(estate: Estate) -> None:
        estate["influxdb:metrics"]["port"] = 8181

    assert asked(METRICS, instance(), other_port) == "blocked ENI_SG_RULES_MISMATCH"
    assert asked(f"{METRICS}:8086", instance(), other_port) == "reachable"


HOST = "metrics-c0ffee.timestream-influxdb.eu-west-1.on.aws"
ARN = "arn:aws:timestream-influxdb:eu-west-1:111122223333:db-instance/metrics"


@pytest.mark.parametrize("name", [METRICS, ARN, f"{ARN}:8086", HOST, f"{HOST}:8086"])
@pytest.mark.item("H17")
def test_what_a_database_may_be_called(name: str) -> None:
    assert asked(name, instance()) == "reachable"


def test_a_reader_of_a_cluster_is_the_cluster() -> None:
    assert asked("metrics-ro-c0ffee.timestream-influxdb.eu-west-1.on.aws", cluster) == "reachable"


def test_a_name_that_no_list_holds() -> None:
    with pytest.raises(UsageError, match="did you mean"):
        asked("timestream-influxdb:metric", instance())
    lists = without("timestream-influxdb/list-db-clusters")
    assert asked("timestream-influxdb:metric", instance(), lists) == "unknown COLLECTION_FAILED"
