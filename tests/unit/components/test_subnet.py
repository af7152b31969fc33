"""Subnets: every one of the function's counts, its own state and place, its addresses of both families."""

import pytest

from tests.estates.asking import ask, finding_codes, function_report, told
from tests.estates.builder import Estate
from tests.unit.components.surroundings import FakeSurroundings, arrival_of, function_in
from tests.unit.reach.worlds import (
    INTERFACES,
    PEER_V6,
    Change,
    asked,
    changed,
    database,
    denied,
    dual_stack,
    egress,
    forgotten,
    main,
    no_route,
    record,
    unfinished,
    without,
)
from vpcreach.components.subnet import Subnet
from vpcreach.forwarding import COLLECTION_FAILED, Deliver, Effect, Note, Stop
from vpcreach.snapshot.record import Ipv4Cidr

SUBNETS = "ec2/describe-subnets"


def zone(name: str | None) -> Change:
    return record("subnet-app-a", AvailabilityZone=name)


ZONES = [
    ("eu-west-1a", "reachable"),
    ("ap-southeast-2c", "reachable"),
    ("us-gov-west-1b", "reachable"),
    ("us-iso-east-1a", "reachable"),
    ("us-isob-east-1a", "reachable"),
    ("eu-isoe-west-1a", "reachable"),
    ("eusc-de-east-1a", "reachable"),
    ("us-east-1-bos-1a", "unknown UNSUPPORTED_SUBNET_PLACEMENT"),
    ("us-west-2-lax-1b", "unknown UNSUPPORTED_SUBNET_PLACEMENT"),
    ("us-east-1-wl1-bos-wlz-1", "unknown UNSUPPORTED_SUBNET_PLACEMENT"),
]


@pytest.mark.parametrize(("name", "expected"), ZONES, ids=lambda value: f"A24-{value}")
def test_a_zone_named_region_and_letter_is_an_ordinary_one(name: str, expected: str) -> None:
    assert asked("internet", zone(name)) == expected


PLACES = [
    pytest.param((lambda e: e["subnet-app-a"].pop("AvailabilityZone"),), "reachable", id="A24-no-zone-told"),
    pytest.param(
        (record("subnet-app-a", OutpostArn="arn:aws:outposts:…"),),
        "unknown UNSUPPORTED_SUBNET_PLACEMENT",
        id="A24-on-an-outpost",
    ),
    pytest.param(
        (record("subnet-app-a", Type="Elastic VMware Service"),),
        "unknown UNSUPPORTED_SUBNET_PLACEMENT",
        id="A24-of-the-vmware-service",
    ),
    pytest.param((record("subnet-app-a", State="pending"),), "blocked BAD_STATE", id="A24-not-available"),
    pytest.param((forgotten("subnet-app-a"),), "unknown UNKNOWN_RESOURCE", id="A24-id-not-in-the-file"),
    pytest.param(
        (forgotten("subnet-app-a"), unfinished(SUBNETS)), "unknown UNKNOWN_RESOURCE", id="A24-pages-are-missing"
    ),
    pytest.param((without(SUBNETS),), "unknown UNKNOWN_RESOURCE", id="A24-file-absent"),
    pytest.param((denied(SUBNETS),), "unknown UNKNOWN_RESOURCE", id="A24-call-denied"),
    pytest.param(
        (denied(SUBNETS), egress()), "blocked SG_HAS_NO_RULES UNKNOWN_RESOURCE", id="K6-unread-and-nothing-leaves"
    ),
    pytest.param(
        (record("subnet-app-a", OutpostArn="arn"), no_route()),
        "blocked NO_ROUTE_TO_DESTINATION UNSUPPORTED_SUBNET_PLACEMENT",
        id="K6-an-outpost-and-no-route",
    ),
]


@pytest.mark.parametrize(("changes", "expected"), PLACES)
def test_where_a_function_may_stand(changes: tuple[Change, ...], expected: str) -> None:
    answer = asked("internet", *changes).split()
    assert [answer[0], *sorted(answer[1:])] == expected.split()


def in_two(first: str = "app-a", second: str = "data-b") -> Change:
    return lambda estate: estate.move_function("app", subnets=[first, second], groups=["app"])


EVERY = [
    pytest.param((in_two(),), "reachable", id="A7-both-pass"),
    pytest.param((in_two("app-a", "public-a"),), "partial IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", id="A7-one-fails"),
    pytest.param(
        (in_two(), record("subnet-data-b", OutpostArn="arn")),
        "unknown UNSUPPORTED_SUBNET_PLACEMENT",
        id="K2-pass-unknown",
    ),
    pytest.param(
        (in_two("app-a", "public-a"), record("subnet-app-a", OutpostArn="arn")),
        "unknown UNSUPPORTED_SUBNET_PLACEMENT IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
        id="K2-fail-unknown",
    ),
    pytest.param(
        (
            lambda e: e.move_function("app", subnets=["app-a", "data-b", "public-a"], groups=["app"]),
            record("subnet-data-b", OutpostArn="arn"),
        ),
        "partial UNSUPPORTED_SUBNET_PLACEMENT IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
        id="K2-pass-fail-unknown",
    ),
    pytest.param((in_two(), no_route()), "blocked NO_ROUTE_TO_DESTINATION", id="K2-both-fail"),
    pytest.param((in_two(), forgotten("subnet-data-b")), "unknown UNKNOWN_RESOURCE", id="A24-one-of-two-unread"),
]


@pytest.mark.parametrize(("changes", "expected"), EVERY)
def test_every_subnet_of_the_function_counts(changes: tuple[Change, ...], expected: str) -> None:
    answer = asked("internet", *changes).split()
    verdict, *codes = expected.split()
    assert (answer[0], set(answer[1:])) == (verdict, set(codes))


def test_each_subnet_has_an_answer_of_its_own_a7() -> None:
    answer = ask(changed(in_two("app-a", "public-a")), "internet")
    verdicts = {subnet.subnet_id: subnet.verdict.value for subnet in answer.subnets}
    assert verdicts == {"subnet-app-a": "reachable", "subnet-public-a": "blocked"}


ADDRESSES = [
    pytest.param((), "reachable", set(), id="A14-an-interface-and-free-addresses"),
    pytest.param(
        (record("subnet-app-a", AvailableIpAddressCount=0),),
        "reachable",
        {"SUBNET_CANNOT_SCALE"},
        id="A14-full-but-there",
    ),
    pytest.param(
        (record("subnet-app-a", AvailableIpAddressCount=0), forgotten("eni-lambda-app-a-app")),
        "blocked SUBNET_OUT_OF_IP_ADDRESSES",
        set(),
        id="A14-full-and-no-interface-yet",
    ),
    pytest.param(
        (
            record("subnet-app-a", AvailableIpAddressCount=0),
            lambda e: e["eni-lambda-app-a-app"].update(Groups=[{"GroupId": "sg-data"}]),
        ),
        "blocked SUBNET_OUT_OF_IP_ADDRESSES",
        set(),
        id="A3-an-interface-of-other-groups-is-no-help",
    ),
    pytest.param(
        (record("subnet-app-a", AvailableIpAddressCount=0), denied(INTERFACES)),
        "unknown COLLECTION_FAILED",
        set(),
        id="A14-full-and-the-interfaces-denied",
    ),
    pytest.param(
        (record("subnet-app-a", AvailableIpAddressCount=0), forgotten("eni-lambda-app-a-app"), unfinished(INTERFACES)),
        "unknown COLLECTION_FAILED",
        set(),
        id="A14-full-and-pages-missing",
    ),
    pytest.param((forgotten("eni-lambda-app-a-app"),), "reachable", set(), id="A3-no-interface-is-needed"),
    pytest.param((without(INTERFACES),), "reachable", set(), id="A3-nor-the-file-of-them"),
]


@pytest.mark.parametrize(("changes", "expected", "findings"), ADDRESSES)
def test_free_addresses(changes: tuple[Change, ...], expected: str, findings: set[str]) -> None:
    estate = changed(*changes)
    assert told(estate, "internet") == expected
    assert findings <= finding_codes(ask(estate, "internet"))


# Address families


def no_ipv6(estate: Estate) -> None:
    estate["subnet-app-a"]["Ipv6CidrBlockAssociationSet"] = []


def ipv6_on_its_way(estate: Estate) -> None:
    estate["subnet-app-a"]["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlockState"]["State"] = "associating"


def second_subnet_without_ipv6(estate: Estate) -> None:
    main(estate).subnet("app-b", "10.0.3.0/24", az="b", table="private")
    estate.move_function("app", subnets=["app-a", "app-b"], groups=["app"])


def ipv4_only(estate: Estate) -> None:
    estate["function:app"]["VpcConfig"]["Ipv6AllowedForDualStack"] = False


FAMILIES = [
    pytest.param((), "reachable", id="A11-flag-and-subnet"),
    pytest.param((ipv4_only,), "blocked LAMBDA_IPV6_NOT_ENABLED", id="A11-no-flag"),
    pytest.param(
        (lambda e: e["function:app"]["VpcConfig"].update(Ipv6AllowedForDualStack=None),),
        "blocked LAMBDA_IPV6_NOT_ENABLED",
        id="A11-null-is-false",
    ),
    pytest.param((no_ipv6,), "blocked SUBNET_NOT_DUAL_STACK", id="A11-no-block"),
    pytest.param((ipv6_on_its_way,), "blocked SUBNET_NOT_DUAL_STACK", id="A11-a-block-on-its-way"),
    pytest.param((second_subnet_without_ipv6,), "blocked SUBNET_NOT_DUAL_STACK", id="A11-every-subnet-must-have-one"),
    pytest.param((denied(SUBNETS),), "unknown UNKNOWN_RESOURCE", id="A11-subnets-unread"),
]


@pytest.mark.parametrize(("changes", "expected"), FAMILIES)
def test_ipv6_takes_the_flag_and_every_subnet(changes: tuple[Change, ...], expected: str) -> None:
    assert asked(PEER_V6, *changes, start=dual_stack) == expected


def test_a_subnet_without_ipv4_is_no_place_for_a_function_a11() -> None:
    native = record("subnet-app-a", Ipv6Native=True)
    assert "SUBNET_IPV6_ONLY_UNSUPPORTED" in asked("internet", native)
    assert asked("internet", native).startswith("blocked")
    assert asked("internet", lambda e: e["subnet-app-a"].pop("CidrBlock")).startswith("blocked")


def test_the_internet_of_a_dual_stack_function_needs_both_families_a11() -> None:
    assert asked("internet", start=dual_stack) == "partial NO_ROUTE_TO_DESTINATION"
    assert asked("internet", no_route(), start=dual_stack) == "blocked NO_ROUTE_TO_DESTINATION"
    assert asked("internet", ipv4_only, start=dual_stack) == "reachable"


def test_a_flag_without_ipv6_subnets_leaves_ipv4_alone_and_a_finding_a11() -> None:
    estate = changed(no_ipv6, start=dual_stack)
    assert told(estate, "internet") == "reachable"


def test_services_are_judged_on_ipv4_a11() -> None:
    assert asked("service:sqs", start=dual_stack) == "reachable"


def test_a_function_of_one_family_is_told_so_a11() -> None:
    report = function_report(changed(no_ipv6, start=dual_stack), "internet")
    assert [finding.code for finding in report.findings] == ["SUBNET_NOT_DUAL_STACK"]


def test_inside_a_subnet_nothing_is_routed_b8() -> None:
    path = ask(changed(database(subnets=["app-a"])), "rds:orders-db").subnets[0].traces[0].path
    assert [step.kind for step in path if step.kind in ("route_table", "network_acl", "vpc")] == []


@pytest.mark.item("A24", "A25")
@pytest.mark.parametrize(
    ("changes", "zone_type", "expected"),
    [
        ({}, None, []),
        ({"state": "pending"}, None, [(Effect.FAIL, "BAD_STATE", "subnet-x", "State")]),
        ({"availability_zone": "a-zone"}, "availability-zone", []),
        (
            {"availability_zone": "a-zone"},
            None,
            [(Effect.UNKNOWN, "UNSUPPORTED_SUBNET_PLACEMENT", "subnet-x", "AvailabilityZone")],
        ),
        (
            {"availability_zone": "a-zone"},
            "local-zone",
            [(Effect.UNKNOWN, "UNSUPPORTED_SUBNET_PLACEMENT", "subnet-x", "AvailabilityZone")],
        ),
        (
            {"outpost_arn": "arn:aws:outposts:x"},
            "availability-zone",
            [(Effect.UNKNOWN, "UNSUPPORTED_SUBNET_PLACEMENT", "subnet-x", "AvailabilityZone")],
        ),
        (
            {"type": "Elastic VMware Service"},
            None,
            [(Effect.UNKNOWN, "UNSUPPORTED_SUBNET_PLACEMENT", "subnet-x", "Type")],
        ),
    ],
)
def test_what_speaks_against_a_subnet_names_the_entry(
    changes: dict[str, str], zone_type: str | None, expected: list[tuple[Effect, str, str, str]]
) -> None:
    notes = Subnet(subnet_id="subnet-x", vpc_id="vpc-main", **changes).source_notes(zone_type)  # type: ignore[arg-type]
    assert [(note.effect, note.code, note.component, note.entry) for note in notes] == expected


@pytest.mark.item("B8", "K5")
def test_what_leaves_a_subnet_whose_table_is_not_known_is_undecided_and_the_rest_delivered() -> None:
    unread = COLLECTION_FAILED.unknown("rtb-x", "", "not collected")

    class Unread(FakeSurroundings):
        def route_table_of(self, subnet_id: str) -> Note:
            return unread

    subnet = Subnet(subnet_id="subnet-x", vpc_id="vpc-main", cidr_block=Ipv4Cidr("0.0.0.0/1"))
    inside, outside = subnet.forward(arrival_of(function_in("subnet-x")), Unread())
    assert (str(inside.packets.destination), inside.then) == ("0.0.0.0/1", Deliver("subnet-x"))
    assert (str(outside.packets.destination), outside.then, outside.notes) == ("128.0.0.0/1", Stop(), (unread,))
