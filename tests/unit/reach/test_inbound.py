"""From functions without a VPC in to what is known by a public address (semantics A4, C11)."""

import pytest

from tests.estates.asking import told
from tests.estates.builder import Estate, allow
from tests.unit.reach.worlds import (
    INTERFACES,
    Change,
    acl,
    changed,
    database,
    denied,
    forgotten,
    gateway_endpoint,
    ingress,
    interface,
    record,
    route,
    without,
)

pytestmark = pytest.mark.item("A4", "C11")

DATABASE = "rds:orders-db"


def outside(*changes: Change) -> Estate:
    """The function in no VPC; the database publicly accessible in a public subnet, behind a group open to everybody."""
    open_to_all = ingress(allow("tcp", 5432))
    public = route("0.0.0.0/0", "igw-main")
    return changed(lambda e: e.detach_function("app"), database(public=True), open_to_all, public, *changes)


CLOSED = acl("data-a", inbound=[])
NO_ANSWERS = acl("data-a", outbound=[])
SOME_ANSWERS = acl("data-a", outbound=[(1, "allow", "tcp", 32768, 65535, "0.0.0.0/0")])
WAYS = [
    pytest.param((), "reachable", id="open-to-everybody"),
    pytest.param((ingress(),), "blocked ENI_SG_RULES_MISMATCH", id="its-group-admits-nobody"),
    pytest.param(
        (ingress(allow("tcp", 5432, "10.0.0.0/8")),), "blocked ENI_SG_RULES_MISMATCH", id="private-ones-alone"
    ),
    pytest.param(
        (ingress(allow("tcp", 5432, "54.0.0.0/8")),), "unknown UNKNOWN_DESTINATION", id="some-of-the-internet"
    ),
    pytest.param(
        (ingress(allow("tcp", 5432, "sg-app")),),
        "blocked SG_REFERENCES_NOT_PRESERVED",
        id="a-group-that-no-stranger-is-in",
    ),
    pytest.param((CLOSED,), "blocked SUBNET_ACL_RESTRICTION", id="the-acl-admits-nobody"),
    pytest.param((NO_ANSWERS,), "blocked SUBNET_ACL_RESTRICTION", id="no-answer-leaves"),
    pytest.param((SOME_ANSWERS,), "unknown UNKNOWN_DESTINATION", id="some-answers-leave"),
    pytest.param((route("0.0.0.0/0", "nat-main"),), "blocked ASYMMETRIC_MIDDLEBOX_ROUTE", id="answers-go-astray"),
    pytest.param((forgotten("eni-rds-orders-db"),), "unknown UNKNOWN_DESTINATION", id="no-interface-is-known"),
    pytest.param((denied(INTERFACES),), "unknown UNKNOWN_DESTINATION", id="interfaces-denied"),
    pytest.param((record("rds:orders-db", DBInstanceStatus="stopped"),), "blocked BAD_STATE", id="it-is-stopped"),
    pytest.param((without("rds/describe-db-instances"),), "unknown COLLECTION_FAILED", id="no-list"),
    pytest.param((record("rds:orders-db", PubliclyAccessible=False),), "blocked FUNCTION_NOT_IN_VPC", id="private"),
]


@pytest.mark.parametrize(("changes", "expected"), WAYS)
def test_a_publicly_accessible_database(changes: tuple[Change, ...], expected: str) -> None:
    assert told(outside(*changes), DATABASE) == expected


def test_its_host_name_and_its_address_lead_there_too() -> None:
    for name in ("orders-db.c0ffee123456.eu-west-1.rds.amazonaws.com", "54.72.0.1:5432"):
        assert told(outside(), name) == "reachable"
        assert told(outside(ingress()), name) == "blocked ENI_SG_RULES_MISMATCH"


def test_a_port_that_is_asked_for_counts() -> None:
    assert told(outside(), f"{DATABASE}:22") == "blocked ENI_SG_RULES_MISMATCH"


def test_nothing_enters_without_an_internet_gateway() -> None:
    answer = told(outside(lambda e: e.drawn_vpc("main").detach_internet_gateway("main")), DATABASE)
    assert answer.startswith("blocked BAD_STATE_ATTACHMENT")


def test_block_public_access_closes_the_way_in() -> None:
    closed = outside(lambda e: e.block_public_access("block-ingress"))
    assert told(closed, DATABASE) == "blocked VPC_BLOCK_PUBLIC_ACCESS_ENABLED"


def test_a_gateway_endpoint_of_its_table_takes_no_answers_to_lambda() -> None:
    assert told(outside(gateway_endpoint("s3")), DATABASE) == "reachable"


def test_an_address_with_nothing_behind_it() -> None:
    idle = interface(public_ip="54.72.0.8", status="available")
    assert told(outside(idle), "54.72.0.8:5432") == "blocked BAD_STATE"


def cluster(estate: Estate) -> None:
    """A public writer and a private reader."""
    estate.db_cluster("shop", members={"shop-1": "data-a", "shop-2": "data-b"}, groups=["data"], public=True)
    estate["rds:shop-2"]["PubliclyAccessible"] = False


def test_a_private_member_of_a_public_cluster_is_not_reached() -> None:
    assert told(outside(cluster), "rds:shop-2") == "blocked FUNCTION_NOT_IN_VPC"
    assert told(outside(cluster), "rds:shop") == "unknown FUNCTION_NOT_IN_VPC UNKNOWN_DESTINATION"


def test_redshift_by_the_address_that_its_api_tells() -> None:
    def drawn(estate: Estate) -> None:
        estate.redshift_cluster("sales", subnet="data-a", groups=["data"], public_ip="54.72.0.9")

    assert told(outside(drawn), "redshift:sales:5432") == "reachable"
    assert told(outside(drawn), "redshift:sales") == "blocked ENI_SG_RULES_MISMATCH"
    assert told(outside(drawn, forgotten("eni-redshift-sales")), "redshift:sales:5432") == "unknown UNKNOWN_DESTINATION"
