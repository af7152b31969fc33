"""The seed's first world (semantics M1): two private subnets, gateway endpoints for S3 and DynamoDB, no way out."""

import pytest

from tests.estates import seed
from tests.estates.asking import ask, finding_codes, told
from tests.estates.builder import Estate
from tests.estates.seed import Change

ROWS = [
    ("internet", "blocked NO_ROUTE_TO_DESTINATION"),
    ("[2000::/3]:443", "blocked LAMBDA_IPV6_NOT_ENABLED"),
    ("s3", "reachable"),
    ("dynamodb", "reachable"),
    ("s3.us-west-2.amazonaws.com:443", "blocked NO_ROUTE_TO_DESTINATION"),
    ("dynamodb.us-west-2.amazonaws.com:443", "blocked NO_ROUTE_TO_DESTINATION"),
    ("service:sts", "blocked NO_ROUTE_TO_DESTINATION"),
    ("service:sqs", "blocked NO_ROUTE_TO_DESTINATION"),
    ("service:secretsmanager", "blocked NO_ROUTE_TO_DESTINATION"),
    ("service:lambda", "blocked NO_ROUTE_TO_DESTINATION"),
]
DATABASE_ROWS = [
    (seed.database_in_default_group, "reachable"),
    (seed.database_admitting_default_group, "reachable"),
    (seed.database_admitting_both_subnets, "reachable"),
    (seed.database_admitting_private_1, "partial ENI_SG_RULES_MISMATCH"),
    (seed.database_admitting_nobody, "blocked ENI_SG_RULES_MISMATCH"),
]


@pytest.mark.parametrize(("destination", "expected"), ROWS, ids=lambda value: f"M1-{value}")
def test_the_private_world_answers_as_the_seed_says(destination: str, expected: str) -> None:
    assert told(seed.private_only(), destination) == expected


@pytest.mark.parametrize("world", [seed.private_only, seed.public_private], ids=["M1", "M2"])
@pytest.mark.parametrize(("database", "expected"), DATABASE_ROWS, ids=lambda v: getattr(v, "__name__", v))
def test_a_database_in_the_same_vpc_is_decided_by_its_groups(
    world: type[Estate], database: Change, expected: str
) -> None:
    estate = world()
    database(estate)
    assert told(estate, "rds:orders-db") == expected


def test_no_route_is_told_for_both_subnets() -> None:
    answer = ask(seed.private_only(), "internet")
    assert [subnet.blockers[0].code for subnet in answer.subnets] == ["NO_ROUTE_TO_DESTINATION"] * 2


def test_host_names_off_is_worth_knowing_and_decides_nothing() -> None:
    assert "DNS_HOSTNAMES_OFF" in finding_codes(ask(seed.private_only(), "s3"))


def test_s3_goes_through_the_gateway_endpoint_and_back() -> None:
    trace = ask(seed.private_only(), "s3").subnets[0].traces[0]
    assert "rtb-private" in [step.component for step in trace.path]
    assert (trace.path[-1].component, trace.path[-1].kind) == ("vpce-s3", "vpc_endpoint")
    assert trace.return_path


def test_a_database_admitting_one_subnet_fails_from_the_other_only() -> None:
    estate = seed.private_only()
    seed.database_admitting_private_1(estate)
    answer = ask(estate, "rds:orders-db")
    assert {subnet.subnet_id: subnet.verdict.value for subnet in answer.subnets} == {
        "subnet-private-1": "reachable",
        "subnet-private-2": "blocked",
    }
