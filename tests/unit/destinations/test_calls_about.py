"""Which calls a destination is found by: what `why` asks a live account, and whose failures are gaps of an answer."""

import pytest

from vpcreach.destinations import ALL_CALLS, calls_about, name_resolution
from vpcreach.destinations.grammar import parse

NAMING = {call.service for call in name_resolution.CALLS}
ACCOUNT = "eu-west-1:111122223333"
SERVICES = [
    ("internet", set()),
    ("10.0.0.1", {"elb", "elbv2"}),
    ("eni-1", {"elb", "elbv2"}),
    ("sg-1", {"elb", "elbv2"}),
    ("i-1", set()),
    ("s3", NAMING),
    ("rds:orders-db", NAMING | {"rds"}),
    (f"arn:aws:rds:{ACCOUNT}:db:orders-db", NAMING | {"rds"}),
    (f"arn:aws:elasticfilesystem:{ACCOUNT}:access-point/fsap-1", NAMING | {"efs"}),
    (f"arn:aws:elasticloadbalancing:{ACCOUNT}:loadbalancer/app/web/1", NAMING | {"elb", "elbv2"}),
    (f"arn:aws:ec2:{ACCOUNT}:instance/i-1", {"elb", "elbv2"}),
]


@pytest.mark.parametrize(("destination", "services"), SERVICES, ids=[destination for destination, _ in SERVICES])
def test_only_services_are_asked_that_may_have_it(destination: str, services: set[str]) -> None:
    assert {call.service for call in calls_about(parse(destination))} == services


def test_a_host_name_may_be_that_of_anything() -> None:
    assert set(calls_about(parse("db.example.com"))) == set(ALL_CALLS)
