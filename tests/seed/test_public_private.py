"""The seed's second world (semantics M2) and every mutation of it (M3)."""

import pytest

from tests.estates import seed
from tests.estates.asking import ask, finding_codes, told
from tests.estates.seed import Change

ROWS = [
    ("internet", "reachable"),
    ("[2000::/3]:443", "blocked LAMBDA_IPV6_NOT_ENABLED"),
    ("s3", "reachable"),
    ("dynamodb", "reachable"),
    ("s3.us-west-2.amazonaws.com:443", "reachable"),
    ("service:sts", "reachable"),
    ("service:sqs", "reachable"),
]
PUBLIC_ROWS = [
    ("internet", "blocked IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"),
    ("s3", "blocked IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"),
    ("dynamodb", "blocked IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"),
]
MUTATIONS: list[tuple[Change, dict[str, str]]] = [
    (seed.nat_failed, {"internet": "blocked BAD_STATE"}),
    (seed.nat_deleted, {"internet": "blocked BAD_STATE"}),
    (seed.nat_deleted_blackhole, {"internet": "blocked BAD_STATE_ROUTE"}),
    (seed.igw_detached, {"internet": "blocked BAD_STATE_ROUTE"}),
    (seed.igw_detached_routes_active, {"internet": "blocked BAD_STATE_ATTACHMENT"}),
    (seed.nat_in_private_subnet, {"internet": "blocked ROUTING_LOOP"}),
    (seed.public_subnet_unassociated, {"internet": "blocked NO_ROUTE_TO_DESTINATION"}),
    (
        seed.private_2_unassociated,
        {"internet": "partial NO_ROUTE_TO_DESTINATION", "s3": "partial NO_ROUTE_TO_DESTINATION"},
    ),
    (
        seed.egress_removed,
        {
            "internet": "blocked SG_HAS_NO_RULES",
            "s3": "blocked SG_HAS_NO_RULES",
            "dynamodb": "blocked SG_HAS_NO_RULES",
            "rds:orders-db": "blocked SG_HAS_NO_RULES",
        },
    ),
    (
        seed.egress_to_s3_list_only,
        {
            "internet": "blocked ENI_SG_RULES_MISMATCH",
            "s3": "reachable",
            "dynamodb": "blocked ENI_SG_RULES_MISMATCH",
        },
    ),
    (seed.egress_inside_vpc_only, {"rds:orders-db": "reachable", "s3": "blocked ENI_SG_RULES_MISMATCH"}),
    (seed.private_acl_admits_linux_ports_only, {"internet": "partial NACL_EPHEMERAL_PARTIAL"}),
    (seed.public_acl_admits_replies_only, {"internet": "blocked SUBNET_ACL_RESTRICTION"}),
    (seed.public_acl_answers_private_1_only, {"internet": "partial SUBNET_ACL_RESTRICTION"}),
    (seed.public_access_blocked_inward, {"internet": "reachable"}),
    (seed.public_access_blocked_both_ways, {"internet": "blocked VPC_BLOCK_PUBLIC_ACCESS_ENABLED"}),
    (seed.public_access_blocked_but_egress_of_vpc, {"internet": "reachable"}),
    (seed.encryption_enforced_without_nat, {"internet": "blocked ENCRYPTION_CONTROL_ENFORCED"}),
    (seed.s3_endpoint_denies_all, {"s3": "blocked ENDPOINT_POLICY_DENY", "internet": "reachable"}),
    (seed.s3_endpoint_not_in_private_table, {"s3": "reachable"}),
    (seed.sts_endpoint_without_the_function, {"service:sts": "blocked ENI_SG_RULES_MISMATCH"}),
    (seed.nat_gateways_denied, {"internet": "unknown UNKNOWN_RESOURCE"}),
    (seed.vpc_dedicated, {"internet": "blocked VPC_DEDICATED_TENANCY"}),
    (seed.function_detached, {"internet": "reachable", "rds:orders-db": "blocked FUNCTION_NOT_IN_VPC"}),
]


@pytest.mark.parametrize(("destination", "expected"), ROWS, ids=lambda value: f"M2-{value}")
def test_the_world_with_a_nat_gateway_answers_as_the_seed_says(destination: str, expected: str) -> None:
    assert told(seed.public_private(), destination) == expected


@pytest.mark.parametrize(("destination", "expected"), PUBLIC_ROWS, ids=lambda value: f"M2-public-{value}")
def test_a_function_in_the_public_subnet_reaches_nothing_public(destination: str, expected: str) -> None:
    estate = seed.public_private()
    seed.function_in_public_subnet(estate)
    assert told(estate, destination) == expected
    if destination == "internet":
        assert "LAMBDA_IN_PUBLIC_SUBNET" in finding_codes(ask(estate, destination))


@pytest.mark.parametrize("destination", ["internet", "s3", "dynamodb"], ids=lambda value: f"M2-mixed-{value}")
def test_a_function_in_a_public_and_a_private_subnet_is_partial(destination: str) -> None:
    estate = seed.public_private()
    seed.function_in_public_and_private_subnet(estate)
    assert told(estate, destination) == "partial IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"


def test_crossing_zones_is_told_for_the_second_subnet_alone() -> None:
    answer = ask(seed.public_private(), "internet")
    crossing = [finding.subnet_id for finding in answer.findings if finding.code == "AVAILABILITY_ZONE_CROSSED"]
    assert crossing == ["subnet-private-2"]


@pytest.mark.parametrize(
    ("change", "destination", "expected"),
    [
        pytest.param(change, destination, expected, id=f"M3-{change.__name__}-{destination}")
        for change, answers in MUTATIONS
        for destination, expected in answers.items()
    ],
)
def test_each_mutation_changes_the_answer_as_the_seed_says(change: Change, destination: str, expected: str) -> None:
    estate = seed.public_private()
    if destination.startswith("rds:"):
        seed.database_in_default_group(estate)
    change(estate)
    assert told(estate, destination) == expected


def test_every_mutation_of_the_seed_is_in_the_table() -> None:
    assert {change for change, _ in MUTATIONS} == set(seed.MUTATIONS)


@pytest.mark.parametrize(
    ("change", "destination"),
    [(seed.s3_endpoint_denies_all, "s3"), (seed.sts_endpoint_without_the_function, "service:sts")],
    ids=["F8-policy", "F8-group"],
)
def test_a_closed_endpoint_shadows_the_open_nat_gateway(change: Change, destination: str) -> None:
    estate = seed.public_private()
    change(estate)
    assert "ENDPOINT_SHADOWS_NAT" in finding_codes(ask(estate, destination))


def test_s3_uses_the_endpoint_although_there_is_a_nat_gateway() -> None:
    path = [step.component for step in ask(seed.public_private(), "s3").subnets[0].traces[0].path]
    assert "vpce-s3" in path
    assert "nat-main" not in path


def test_the_acl_of_the_public_subnet_stops_the_way_in_from_the_function() -> None:
    estate = seed.public_private()
    seed.public_acl_admits_replies_only(estate)
    blocker = ask(estate, "internet").blockers[0]
    assert (blocker.component, blocker.leg.value) == ("acl-public", "out")
    assert blocker.entry.startswith("inbound")


def test_the_acl_of_the_public_subnet_stops_the_answers_to_the_second_subnet() -> None:
    estate = seed.public_private()
    seed.public_acl_answers_private_1_only(estate)
    blocker = ask(estate, "internet").blockers[0]
    assert (blocker.component, blocker.leg.value) == ("acl-public", "back")
