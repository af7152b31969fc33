"""AWS services by name: which addresses a name stands for, and which way it takes."""

import pytest

from tests.estates.asking import ask, told
from tests.estates.builder import Estate, combined
from tests.unit.reach.worlds import (
    Change,
    asked,
    changed,
    denied,
    gateway_endpoint,
    interface_endpoint,
    main,
    no_route,
    without,
)
from vpcreach.errors import UsageError

HOSTS = [
    pytest.param("s3", id="F2-s3"),
    pytest.param("s3:orders", id="F2-a-bucket"),
    pytest.param("s3.eu-west-1.amazonaws.com", id="F2-its-host"),
    pytest.param("s3.eu-west-1.amazonaws.com:443", id="F2-its-host-and-port"),
    pytest.param("orders.s3.eu-west-1.amazonaws.com", id="F2-a-buckets-host"),
    pytest.param("my.orders.s3.eu-west-1.amazonaws.com:443", id="F2-a-bucket-with-a-dot"),
]


@pytest.mark.parametrize("destination", HOSTS)
def test_every_name_of_s3_takes_the_gateway_endpoint(destination: str) -> None:
    assert asked(destination, gateway_endpoint(), no_route()) == "reachable"
    assert asked(destination, no_route()) == "blocked NO_ROUTE_TO_DESTINATION"
    assert asked(destination) == "reachable"


def test_tables_of_dynamodb_too_f2() -> None:
    for destination in ("dynamodb", "dynamodb:orders", "dynamodb.eu-west-1.amazonaws.com:443"):
        assert asked(destination, gateway_endpoint("dynamodb"), no_route()) == "reachable", destination


ABROAD = ["s3.us-west-2.amazonaws.com", "dynamodb.us-east-1.amazonaws.com:443", "sqs.ap-southeast-2.amazonaws.com"]


@pytest.mark.parametrize("host", ABROAD, ids=lambda value: f"B9-{value}")
def test_a_host_of_another_region_is_known_to_every_snapshot_and_takes_the_way_out(host: str) -> None:
    closed: Change = lambda e: e["vpce-s3"].update(State="failed")  # noqa: E731
    assert asked(host, gateway_endpoint(), closed) == "reachable"
    assert asked(host, gateway_endpoint(), no_route()) == "blocked NO_ROUTE_TO_DESTINATION"


CAPTURED = ["service:sts", "sts.eu-west-1.amazonaws.com", "sts.eu-west-1.amazonaws.com:443"]


@pytest.mark.parametrize("destination", CAPTURED, ids=lambda value: f"F6-{value}")
def test_private_dns_takes_every_way_of_naming_a_service(destination: str) -> None:
    assert asked(destination, interface_endpoint(), no_route()) == "reachable"
    assert asked(destination, interface_endpoint(admits=None)) == "blocked ENI_SG_RULES_MISMATCH"


def far_endpoint(estate: Estate) -> None:
    """An endpoint for STS in another VPC: nobody here resolves its names to it."""
    far = estate.vpc("far", "10.9.0.0/16")
    far.subnet("far-a", "10.9.1.0/24", az="a")
    far.interface_endpoint("far", service="sts", subnets=["far-a"])


@pytest.mark.parametrize("destination", CAPTURED, ids=lambda value: f"F6-elsewhere-{value}")
def test_private_dns_of_another_vpc_takes_nothing_here(destination: str) -> None:
    assert asked(destination, far_endpoint) == "reachable"
    assert asked(destination, far_endpoint, interface_endpoint(admits=None)) == "blocked ENI_SG_RULES_MISMATCH"


LABELS = [
    ("service:ecr.api", "com.amazonaws.eu-west-1.ecr.api", "api.ecr.eu-west-1.amazonaws.com"),
    ("api.ecr.eu-west-1.amazonaws.com", "com.amazonaws.eu-west-1.ecr.api", "api.ecr.eu-west-1.amazonaws.com"),
    ("service:sqs", "com.amazonaws.eu-west-1.sqs", "sqs.eu-west-1.amazonaws.com"),
]


@pytest.mark.parametrize(("destination", "service", "host"), LABELS, ids=lambda value: f"F6-{value}")
def test_labels_of_more_than_one_part_are_found(destination: str, service: str, host: str) -> None:
    def named(estate: Estate) -> None:
        interface_endpoint(service, admits=None)(estate)
        estate[f"vpce-{service.rpartition('.')[2]}"]["DnsEntries"][-1]["DnsName"] = host

    assert asked(destination, named) == "blocked ENI_SG_RULES_MISMATCH"


def test_an_endpoint_in_two_vpcs_of_one_account_is_no_ambiguity_f6() -> None:
    assert asked("sts.eu-west-1.amazonaws.com", interface_endpoint(), far_endpoint) == "reachable"


def test_a_host_that_nobody_knows_is_a_usage_error_h17() -> None:
    with pytest.raises(UsageError, match=r"api\.example\.com"):
        asked("api.example.com")


def test_the_service_is_that_of_the_functions_own_region_f2() -> None:
    home, far = changed(gateway_endpoint(), no_route()), Estate(region="us-east-1", list_suffix="-us")
    far.vpc("far", "10.9.0.0/16")
    assert told(combined(home, far), "s3") == "reachable"
    path = ask(combined(home, far), "s3").subnets[0].traces[0]
    assert "3.5.64.0/21" in path.packets.addresses.cidrs()


def test_a_bucket_meets_the_policy_with_its_own_name_f12() -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": ["arn:aws:s3:::orders/*"]}
    only_orders = gateway_endpoint(), lambda e: e.set_policy("s3", statement)
    assert asked("s3:orders", *only_orders) == "reachable"
    assert asked("s3:invoices", *only_orders) == "blocked ENDPOINT_POLICY_DENY"
    assert asked("s3", *only_orders) == "reachable"


UNREAD = [
    pytest.param((denied("ec2/describe-vpc-endpoints"),), "unknown COLLECTION_FAILED", id="F17-endpoints-denied"),
    pytest.param((without("ec2/describe-vpc-endpoints"),), "unknown COLLECTION_FAILED", id="F17-endpoints-absent"),
    pytest.param((without("ec2/describe-managed-prefix-lists"),), "reachable", id="F2-lists-absent-are-not-needed"),
]


@pytest.mark.parametrize(("changes", "expected"), UNREAD)
def test_what_a_name_needs_of_the_snapshot(changes: tuple[Change, ...], expected: str) -> None:
    assert asked("service:sqs", *changes) == expected
    assert main(changed()).id == "vpc-main"
