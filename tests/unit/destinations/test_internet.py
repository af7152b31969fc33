"""The internet: what belongs to it, and what a table, a VPC or a list takes out of it."""

import pytest

from tests.estates.asking import ask, told
from tests.estates.builder import Estate, allow
from tests.unit.reach.worlds import (
    Change,
    asked,
    changed,
    denied,
    dual_stack,
    egress,
    gateway_endpoint,
    no_route,
    route,
    without,
)
from vpcreach.destinations.internet import PUBLIC
from vpcreach.packets.address_map import AddressSet, Family

ENTRIES = "ec2/get-managed-prefix-list-entries"
OLD_CALL = "ec2/describe-prefix-lists"


def unread_lists(estate: Estate) -> None:
    estate.without(ENTRIES)
    estate.without(OLD_CALL)


def public_vpc(estate: Estate) -> None:
    """A collected VPC that uses public addresses of its own."""
    estate.vpc("public", "93.184.0.0/16")


def closed_endpoint(estate: Estate) -> None:
    estate["vpce-s3"]["State"] = "failed"


SETS = [
    pytest.param((), "reachable", id="C1-behind-a-nat-gateway"),
    pytest.param((no_route(),), "blocked NO_ROUTE_TO_DESTINATION", id="C1-no-way-out"),
    pytest.param(
        (gateway_endpoint(), closed_endpoint), "reachable", id="B9-what-goes-to-an-endpoint-is-not-the-internet"
    ),
    pytest.param(
        (gateway_endpoint(), closed_endpoint, unread_lists), "reachable", id="B9-also-when-no-file-tells-its-entries"
    ),
    pytest.param(
        (gateway_endpoint(), unread_lists), "reachable", id="B9-an-unread-list-makes-no-doubt-of-the-internet"
    ),
    pytest.param((gateway_endpoint(), denied(f"{ENTRIES}/pl-s3")), "reachable", id="B9-denied-entries-neither"),
    pytest.param(
        (gateway_endpoint(), unread_lists, egress(allow("tcp", 443, "pl-s3"))),
        "blocked ENI_SG_RULES_MISMATCH",
        id="B9-a-rule-that-names-the-list-opens-no-internet",
    ),
    pytest.param(
        (unread_lists, egress(allow("tcp", 443, "pl-dynamodb"))),
        "unknown UNKNOWN_RESOURCE",
        id="B9-a-rule-that-names-another-unread-list-may-open-some",
    ),
    pytest.param(
        (public_vpc, route("93.184.0.0/16", ("pcx-gone", "blackhole"))),
        "reachable",
        id="B4-a-collected-vpc-is-not-internet",
    ),
    pytest.param(
        (route("93.184.0.0/16", ("pcx-gone", "blackhole")),), "partial BAD_STATE_ROUTE", id="B4-any-other-hole-counts"
    ),
    pytest.param((egress(allow("tcp", 443, "0.0.0.0/0")),), "reachable", id="D5-all-that-is-asked"),
    pytest.param((egress(allow("tcp", (1, 442))),), "blocked ENI_SG_RULES_MISMATCH", id="D5-but-for-the-port"),
]


@pytest.mark.parametrize(("changes", "expected"), SETS)
def test_what_counts_as_the_internet(changes: tuple[Change, ...], expected: str) -> None:
    assert asked("internet", *changes) == expected


def test_a_route_for_private_addresses_makes_no_hole_b4() -> None:
    private = [
        route(block, ("pcx-gone", "blackhole")) for block in ("192.168.0.0/16", "172.16.0.0/12", "100.64.0.0/10")
    ]
    assert asked("internet", *private) == "reachable"


PORTS = [
    ("internet:80", allow("tcp", 80), "reachable"),
    ("internet:80", allow("tcp", 443), "blocked ENI_SG_RULES_MISMATCH"),
    ("internet:53/udp", allow("udp", 53), "reachable"),
    ("internet:53/udp", allow("tcp", 53), "blocked ENI_SG_RULES_MISMATCH"),
    ("internet", allow("tcp", 443), "reachable"),
]


@pytest.mark.parametrize(("destination", "rule", "expected"), PORTS, ids=lambda value: f"D3-{value}")
def test_the_port_and_protocol_that_were_asked(destination: str, rule: object, expected: str) -> None:
    assert asked(destination, egress(rule)) == expected  # type: ignore[arg-type]


def test_both_families_of_a_dual_stack_function_count_a11() -> None:
    answer = ask(changed(start=dual_stack), "internet")
    assert answer.verdict.value == "partial"
    assert {packets.family for packets in answer.subnets[0].failing} == {Family.IPV6}


SPECIAL = [
    "0.1.2.3",
    "10.1.1.1",
    "100.64.1.1",
    "127.0.0.1",
    "169.254.1.1",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "250.0.0.1",
]


@pytest.mark.parametrize("address", SPECIAL, ids=lambda value: f"B4-{value}")
def test_special_addresses_are_no_part_of_it(address: str) -> None:
    assert address not in PUBLIC[Family.IPV4].cidrs()
    assert PUBLIC[Family.IPV4].isdisjoint(AddressSet.parse(address))


def test_ordinary_addresses_are_b4() -> None:
    for text in ("1.1.1.1", "8.8.8.8", "52.0.0.1", "100.63.255.255", "172.15.0.1", "223.255.255.255"):
        assert AddressSet.parse(text) <= PUBLIC[Family.IPV4], text
    assert AddressSet.parse("2606:4700::1111") <= PUBLIC[Family.IPV6]
    assert PUBLIC[Family.IPV6].isdisjoint(AddressSet.parse("2001:db8::1"))
    assert PUBLIC[Family.IPV6].isdisjoint(AddressSet.parse("fd00::1"))


def test_a_service_of_another_region_is_judged_over_the_internet_f16() -> None:
    assert asked("s3.us-west-2.amazonaws.com") == "reachable"
    assert asked("s3.us-west-2.amazonaws.com", no_route()) == "blocked NO_ROUTE_TO_DESTINATION"
    half = no_route(), route("0.0.0.0/1", "nat-main")
    assert asked("s3.us-west-2.amazonaws.com", *half) == "unknown UNKNOWN_DESTINATION"
    assert asked("internet", *half) == "partial NO_ROUTE_TO_DESTINATION"


def test_a_missing_table_makes_the_internet_unknown_and_not_empty_b1() -> None:
    estate = changed(without("ec2/describe-route-tables"))
    assert told(estate, "internet") == "unknown COLLECTION_FAILED"
