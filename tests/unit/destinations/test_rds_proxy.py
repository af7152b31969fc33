"""RDS proxies and their further endpoints (semantics H3)."""

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
    dual_stack,
    forgotten,
    ingress,
    no_route,
    record,
    without,
)

pytestmark = pytest.mark.item("H3")

BOTH = ["data-a", "data-b"]
ARN = "arn:aws:rds:eu-west-1:111122223333:db-proxy:prx-pool"
HOST = "pool.proxy-c0ffee123456.eu-west-1.rds.amazonaws.com"


def proxy(**settings: Any) -> Change:
    """A PostgreSQL proxy `pool` in data-a and data-b, in group data."""
    chosen: dict[str, Any] = {"subnets": BOTH, "groups": ["data"]} | settings
    return lambda estate: estate.db_proxy("pool", **chosen)


def further(estate: Estate) -> None:
    """A reader endpoint `readers` of the proxy, in data-b."""
    estate.db_proxy_endpoint("readers", proxy="pool", subnets=["data-b"], groups=["data"])


CLOSED_A, CLOSED_B = acl("data-a", inbound=[]), acl("data-b", inbound=[])
PLACES = [
    pytest.param((), "reachable", id="any-of-its-subnets"),
    pytest.param((CLOSED_B,), "unknown UNKNOWN_DESTINATION", id="K4-nobody-knows-which-of-them"),
    pytest.param((CLOSED_A, CLOSED_B), "blocked SUBNET_ACL_RESTRICTION", id="none-of-them"),
    pytest.param((ingress(),), "blocked ENI_SG_RULES_MISMATCH", id="its-group-is-closed"),
    pytest.param((forgotten("sg-data"),), "unknown UNKNOWN_RESOURCE", id="its-group-is-unread"),
    pytest.param((record("proxy:pool", VpcSecurityGroupIds=[]),), "unknown UNKNOWN_DESTINATION", id="no-group-told"),
    pytest.param((record("proxy:pool", VpcSubnetIds=[]),), "unknown NO_SOURCE_OR_DESTINATION", id="no-subnet-told"),
    pytest.param((without("rds/describe-db-proxies"),), "unknown COLLECTION_FAILED", id="file-absent"),
    pytest.param((denied("rds/describe-db-proxies"),), "unknown COLLECTION_FAILED", id="call-denied"),
    pytest.param((no_route(),), "reachable", id="the-internet-is-no-part-of-it"),
]


@pytest.mark.parametrize(("changes", "expected"), PLACES)
def test_the_way_to_a_proxy(changes: tuple[Change, ...], expected: str) -> None:
    assert asked("rds:pool", proxy(), *changes) == expected


@pytest.mark.parametrize("name", ["rds:pool", ARN, f"{ARN}:5432", HOST, f"{HOST}:5432"])
def test_what_a_proxy_may_be_called_h17(name: str) -> None:
    assert asked(name, proxy()) == "reachable"


FAMILIES = [("MYSQL", 3306), ("POSTGRESQL", 5432), ("SQLSERVER", 1433)]


@pytest.mark.item("H16")
@pytest.mark.parametrize(("family", "port"), FAMILIES)
def test_the_port_of_its_engine_family(family: str, port: int) -> None:
    theirs = proxy(family=family)
    assert asked("rds:pool", theirs, ingress(allow("tcp", port, "sg-app"))) == "reachable"
    assert asked("rds:pool", theirs, ingress(allow("tcp", 9, "sg-app"))) == "blocked ENI_SG_RULES_MISMATCH"


def test_a_family_that_nobody_knows_needs_a_port() -> None:
    assert asked("rds:pool", proxy(family="ORACLE")) == "unknown UNKNOWN_DESTINATION"
    assert asked("rds:pool:5432", proxy(family="ORACLE")) == "reachable"
    assert asked("rds:pool:9", proxy(family="ORACLE")) == "blocked ENI_SG_RULES_MISMATCH"


STATES = [
    ("available", "reachable"),
    ("modifying", "reachable"),
    ("deleting", "blocked BAD_STATE"),
    ("incompatible-network", "blocked BAD_STATE"),
    ("insufficient-resource-limits", "unknown BAD_STATE"),
    ("brand-new-status", "unknown BAD_STATE"),
]


@pytest.mark.parametrize(("status", "expected"), STATES)
def test_the_status_of_a_proxy(status: str, expected: str) -> None:
    estate = changed(proxy(status=status))
    assert told(estate, "rds:pool") == expected
    assert ("DESTINATION_IN_TRANSITION" in finding_codes(ask(estate, "rds:pool"))) is (status == "modifying")


def test_what_aws_says_of_its_targets_is_a_finding_alone() -> None:
    estate = changed(proxy(health="UNAVAILABLE"))
    assert told(estate, "rds:pool") == "reachable"
    assert "TARGET_UNHEALTHY" in finding_codes(ask(estate, "rds:pool"))
    assert "TARGET_UNHEALTHY" not in finding_codes(ask(changed(proxy()), "rds:pool"))
    assert asked("rds:pool", proxy(), without("rds/describe-db-proxy-targets")) == "reachable"


def test_a_further_endpoint_has_subnets_of_its_own() -> None:
    for name in ("rds:readers", "readers.endpoint.proxy-c0ffee123456.eu-west-1.rds.amazonaws.com"):
        assert asked(name, proxy(), further, CLOSED_A) == "reachable"
        assert asked(name, proxy(), further, CLOSED_B) == "blocked SUBNET_ACL_RESTRICTION"


def test_the_default_endpoint_is_the_proxy_itself() -> None:
    estate = changed(proxy(), further)
    estate["proxy-endpoint:readers"].update(IsDefault=True, Endpoint=HOST)
    assert told(estate, HOST) == "reachable"


def test_a_function_without_vpc_never_reaches_it_a4() -> None:
    estate = changed(proxy())
    estate.detach_function("app")
    assert told(estate, "rds:pool") == "blocked FUNCTION_NOT_IN_VPC"


def ipv6(rule: str) -> Change:
    """A proxy behind a group that admits one range."""

    def change(estate: Estate) -> None:
        estate.drawn_vpc("main").security_group("pool", ingress=[allow("tcp", 5432, rule)])
        estate.db_proxy("pool", subnets=["data-a"], groups=["pool"])

    return change


def test_a_proxy_of_ipv6_alone_is_asked_over_ipv6() -> None:
    alone = record("proxy:pool", EndpointNetworkType="IPV6")
    assert asked("rds:pool", ipv6("::/0"), alone, start=dual_stack) == "reachable"
    assert asked("rds:pool", ipv6("0.0.0.0/0"), alone, start=dual_stack) == "blocked ENI_SG_RULES_MISMATCH"
    dual = record("proxy:pool", EndpointNetworkType="DUAL")
    assert asked("rds:pool", ipv6("0.0.0.0/0"), dual, start=dual_stack) == "reachable"
