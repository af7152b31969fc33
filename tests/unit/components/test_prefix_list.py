"""Prefix lists: their entries from either call, and what is not known without them."""

import pytest

from tests.estates.asking import told
from tests.estates.builder import allow
from tests.unit.reach.worlds import (
    OUTSIDE,
    Change,
    asked,
    denied,
    dual_stack,
    egress,
    forgotten,
    gateway_endpoint,
    main,
    no_route,
    prefix_list,
    route,
    unfinished,
    without,
)
from vpcreach.components.prefix_list import PrefixList

ENTRIES = "ec2/get-managed-prefix-list-entries"
OLD_CALL = "ec2/describe-prefix-lists"
LISTS = "ec2/describe-managed-prefix-lists"

S3 = [
    pytest.param((), "reachable", id="F2-from-both-calls"),
    pytest.param((without(OLD_CALL),), "reachable", id="F2-from-the-entries-alone"),
    pytest.param((without(ENTRIES),), "reachable", id="F2-from-the-older-call-alone"),
    pytest.param((denied(f"{ENTRIES}/pl-s3"),), "reachable", id="F2-though-the-newer-was-denied"),
    pytest.param((unfinished(f"{ENTRIES}/pl-s3"),), "reachable", id="F2-though-the-newer-is-unfinished"),
    pytest.param((without(LISTS),), "reachable", id="F2-the-name-from-the-older-call"),
    pytest.param((without(LISTS), without(ENTRIES), without(OLD_CALL)), "reachable", id="B9-by-its-route-alone"),
    pytest.param(
        (without(ENTRIES), without(OLD_CALL), egress(allow("tcp", 443, "pl-s3"))),
        "reachable",
        id="F2-a-rule-that-names-the-unread-list-admits-it",
    ),
    pytest.param(
        (without(ENTRIES), without(OLD_CALL), egress(allow("tcp", 443, "0.0.0.0/1"))),
        "unknown UNKNOWN_DESTINATION",
        id="B9-unread-and-half-of-the-world-admitted",
    ),
]


@pytest.mark.parametrize(("changes", "expected"), S3)
def test_s3_through_its_list(changes: tuple[Change, ...], expected: str) -> None:
    assert asked("s3", gateway_endpoint(), no_route(), *changes) == expected


def test_without_route_list_or_way_out_s3_is_blocked_f2() -> None:
    gone = without(LISTS), without(ENTRIES), without(OLD_CALL), no_route()
    assert asked("s3", *gone) == "blocked NO_ROUTE_TO_DESTINATION"


OWN = [
    pytest.param((), "reachable", id="B3-a-list-of-ones-own"),
    pytest.param((forgotten("pl-mine"),), "reachable", id="B3-its-entries-count-though-no-list-lists-it"),
    pytest.param((without(f"{ENTRIES}/pl-mine"),), "unknown UNKNOWN_RESOURCE", id="B3-entries-absent"),
    pytest.param((denied(f"{ENTRIES}/pl-mine"),), "unknown UNKNOWN_RESOURCE", id="B3-entries-denied"),
    pytest.param((unfinished(f"{ENTRIES}/pl-mine"),), "unknown UNKNOWN_RESOURCE", id="B3-entries-on-another-page"),
    pytest.param(
        (lambda e: e.put(ENTRIES, {"Entries": []}, "pl-mine"),),
        "blocked NO_ROUTE_TO_DESTINATION",
        id="B3-an-empty-list",
    ),
]


@pytest.mark.parametrize(("changes", "expected"), OWN)
def test_a_route_by_a_list(changes: tuple[Change, ...], expected: str) -> None:
    listed = prefix_list("mine", "93.184.216.0/24"), route("pl-mine", "nat-main"), no_route()
    assert asked(OUTSIDE, *listed, *changes) == expected


@pytest.mark.item("F3")
@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        pytest.param(["52.94.24.0/23", "2600:1f60::/40"], "reachable", id="listed"),
        pytest.param(["52.94.24.0/23"], "blocked NO_ROUTE_TO_DESTINATION", id="not-listed"),
    ],
)
def test_ipv6_takes_a_gateway_endpoint_only_where_its_list_holds_ipv6(entries: list[str], expected: str) -> None:
    estate = dual_stack()
    main(estate).gateway_endpoint("dynamodb", service="dynamodb", tables=["private"])
    reply = {"Entries": [{"Cidr": entry} for entry in entries]}
    estate.put("ec2/get-managed-prefix-list-entries", reply, "pl-dynamodb")
    assert told(estate, "[2600:1f60::7]:443") == expected


@pytest.mark.item("D5")
def test_a_list_is_told_by_its_id_and_name() -> None:
    assert PrefixList(prefix_list_id="pl-1", prefix_list_name="offices").title == "pl-1 offices"
    assert PrefixList(prefix_list_id="pl-1").title == "pl-1"
