"""Host names of AWS: which are services, which may be somebody's resource, and which way S3's many names go."""

import pytest

from tests.estates import seed
from tests.estates.asking import told
from tests.estates.builder import Estate, allow
from tests.unit.reach.worlds import (
    Change,
    asked,
    egress,
    forgotten,
    gateway_endpoint,
    interface_endpoint,
    main,
    no_route,
    record,
    without,
)
from vpcreach.destinations.grammar import AwsHost, aws_host
from vpcreach.errors import UsageError

RESOURCES = [
    "fs-123.efs.eu-west-1.amazonaws.com:2049",
    "fs-123.efs.us-west-2.amazonaws.com:2049",
    "my-nlb-1.elb.eu-west-1.amazonaws.com",
    "my-alb-1.eu-west-1.elb.amazonaws.com",
    "b-1.c.abc.c2.kafka.eu-west-1.amazonaws.com:9092",
    "b-1.mq.eu-west-1.amazonaws.com:5671",
    "clustercfg.x.abc.memorydb.eu-west-1.amazonaws.com:6379",
    "c.abc.dax-clusters.eu-west-1.amazonaws.com:8111",
    "fs-1.fsx.eu-west-1.amazonaws.com:988",
    "orders.abc.0001.euw1.cache.amazonaws.com:6379",
    "orders.abc.eu-west-1.redshift.amazonaws.com:5439",
    "orders.cluster-abc.eu-west-1.rds.amazonaws.com:5432",
    "orders.abc.eu-west-1.docdb.amazonaws.com:27017",
    "orders.abc.eu-west-1.neptune.amazonaws.com:8182",
    "vpc-orders-abc.eu-west-1.es.amazonaws.com",
    "s-1.server.transfer.eu-west-1.amazonaws.com:22",
    "something.unheard.eu-west-1.amazonaws.com",
]


@pytest.mark.parametrize("host", RESOURCES, ids=lambda value: f"H17-{value}")
def test_the_name_of_a_resource_is_no_public_service(host: str) -> None:
    assert asked(host) == "unknown UNSUPPORTED_COMPONENT"
    assert asked(host, no_route()) == "unknown UNSUPPORTED_COMPONENT"


def test_the_note_names_the_kind_h17() -> None:
    found = aws_host("fs-1.efs.eu-west-1.amazonaws.com")
    assert found is not None
    assert found.resource_kind == "EFS file system"


def test_a_host_of_others_is_still_a_usage_error_h17() -> None:
    for host in ("db.example.com", "amazonaws.com.example.org", "fs-1.efs.internal"):
        with pytest.raises(UsageError):
            asked(host)


ENDPOINTS = [
    ("sqs.eu-west-1.amazonaws.com", AwsHost("sqs", "eu-west-1")),
    ("abc123.execute-api.eu-west-1.amazonaws.com", AwsHost("execute-api", "eu-west-1")),
    ("111122223333.dkr.ecr.eu-west-1.amazonaws.com", AwsHost("dkr.ecr", "eu-west-1")),
    ("api.ecr.eu-west-1.amazonaws.com", AwsHost("api.ecr", "eu-west-1")),
    ("abc-ats.iot.eu-west-1.amazonaws.com", AwsHost("iot", "eu-west-1")),
    ("iam.amazonaws.com", AwsHost("iam", None)),
    ("b.s3.us-gov-west-1.amazonaws.com", AwsHost("s3", "us-gov-west-1", "b")),
    ("s3.cn-north-1.amazonaws.com.cn", AwsHost("s3", "cn-north-1")),
    ("a.b.s3-eu-west-1.amazonaws.com", AwsHost("s3", "eu-west-1", "a.b")),
    ("s3.amazonaws.com", AwsHost("s3", "us-east-1")),
]


@pytest.mark.parametrize(("host", "expected"), ENDPOINTS, ids=lambda value: f"H17-{value}")
def test_the_names_of_service_endpoints(host: str, expected: AwsHost) -> None:
    assert aws_host(host) == expected
    assert asked(host) == "reachable"


def test_what_an_endpoints_entries_tell_is_a_name_of_its_service_h17() -> None:
    host = "data.unheard.eu-west-1.amazonaws.com"

    def told_by_entries(estate: Estate) -> None:
        interface_endpoint("unheard", admits=None)(estate)
        estate["vpce-unheard"]["DnsEntries"][-1]["DnsName"] = "*.unheard.eu-west-1.amazonaws.com"

    assert asked(host, told_by_entries) == "blocked ENI_SG_RULES_MISMATCH"
    assert asked(host) == "unknown UNSUPPORTED_COMPONENT"


UDP = [
    ("sqs.eu-west-1.amazonaws.com:443/udp", "blocked ENI_SG_RULES_MISMATCH"),
    ("s3.us-west-2.amazonaws.com:443/udp", "blocked ENI_SG_RULES_MISMATCH"),
    ("iam.amazonaws.com:443/udp", "blocked ENI_SG_RULES_MISMATCH"),
    ("sqs.eu-west-1.amazonaws.com:443/tcp", "reachable"),
    ("s3.us-west-2.amazonaws.com:443", "reachable"),
]


@pytest.mark.parametrize(("destination", "expected"), UDP, ids=lambda value: f"H17-{value}")
def test_the_protocol_after_a_host_is_asked(destination: str, expected: str) -> None:
    assert asked(destination, egress(allow("tcp", 443))) == expected


def test_a_gateway_endpoint_carries_no_udp_f2() -> None:
    answer = asked("s3.eu-west-1.amazonaws.com:443/udp", gateway_endpoint())
    assert answer == "blocked VPCE_GATEWAY_PROTOCOL_RESTRICTION"


S3 = [
    "s3.dualstack.eu-west-1.amazonaws.com",
    "b.s3.dualstack.eu-west-1.amazonaws.com",
    "s3-eu-west-1.amazonaws.com",
    "b.s3-eu-west-1.amazonaws.com",
    "p-111122223333.s3-accesspoint.eu-west-1.amazonaws.com",
]


@pytest.mark.parametrize("host", S3, ids=lambda value: f"F2-{value}")
def test_every_way_of_naming_s3_takes_the_gateway_endpoint(host: str) -> None:
    assert asked(host, gateway_endpoint(), no_route()) == "reachable"
    assert asked(host, no_route()) == "blocked NO_ROUTE_TO_DESTINATION"


def in_virginia() -> Estate:
    estate = Estate(region="us-east-1")
    vpc = estate.vpc("main", "10.0.0.0/16")
    vpc.subnet("app-a", "10.0.1.0/24", az="a", table="private")
    vpc.route_table("private", {})
    vpc.security_group("app")
    vpc.gateway_endpoint("s3", service="s3", tables=["private"])
    estate.function("app", subnets=["app-a"], groups=["app"])
    return estate


@pytest.mark.parametrize("host", ["s3.amazonaws.com", "b.s3.amazonaws.com"], ids=lambda value: f"F2-{value}")
def test_the_names_without_a_region_are_those_of_virginia(host: str) -> None:
    assert asked(host, start=in_virginia) == "reachable"
    assert asked(host, gateway_endpoint(), no_route()) == "blocked NO_ROUTE_TO_DESTINATION"
    assert asked(host, gateway_endpoint()) == "reachable"


def express(estate: Estate) -> None:
    estate.prefix_list("s3express", name="com.amazonaws.eu-west-1.s3express", cidrs=["3.5.80.0/24"])
    gateway_endpoint("s3express")(estate)


EXPRESS = [
    "service:s3express",
    "b--euw1-az1--x-s3.s3express-euw1-az1.eu-west-1.amazonaws.com",
    "s3express-control.eu-west-1.amazonaws.com",
]


@pytest.mark.parametrize("destination", EXPRESS, ids=lambda value: f"F2-{value}")
def test_s3_express_has_a_list_of_its_own(destination: str) -> None:
    assert asked(destination, express, no_route()) == "reachable"
    assert asked(destination, no_route()) == "blocked NO_ROUTE_TO_DESTINATION"


def test_the_list_of_lattice_is_not_where_its_api_is_f2() -> None:
    def lattice(estate: Estate) -> None:
        estate.prefix_list("lattice", name="com.amazonaws.eu-west-1.vpc-lattice", cidrs=["169.254.171.0/24"])

    assert asked("service:vpc-lattice", lattice) == "reachable"


NAMELESS: tuple[Change, ...] = (
    without("ec2/describe-managed-prefix-lists"),
    without("ec2/describe-prefix-lists"),
)


@pytest.mark.parametrize("service", ["s3", "dynamodb"], ids=lambda value: f"B9-{value}")
def test_a_hidden_gateway_endpoint_may_take_the_service(service: str) -> None:
    hidden = gateway_endpoint(service), forgotten(f"vpce-{service}"), *NAMELESS
    assert asked(service, *hidden) == "unknown UNKNOWN_RESOURCE"
    assert asked(service, gateway_endpoint(service), *NAMELESS) == "reachable"
    named = gateway_endpoint("dynamodb" if service == "s3" else "s3"), *NAMELESS
    assert asked(service, *named) == "reachable"


def test_an_endpoint_that_lists_no_groups_is_unknown_f5() -> None:
    groupless = interface_endpoint(), record("vpce-sts", Groups=[]), record("eni-vpce-sts-data-a", Groups=[])
    assert asked("service:sts", *groupless) == "unknown UNKNOWN_DESTINATION"
    assert asked("service:sts", interface_endpoint(), record("vpce-sts", Groups=[])) == "reachable"
    unlisted = interface_endpoint(), record("vpce-sts", Groups=[]), forgotten("eni-vpce-sts-data-a")
    assert asked("service:sts", *unlisted) == "unknown UNKNOWN_DESTINATION"


def test_an_endpoints_interface_without_an_address_does_not_drop_out_f5() -> None:
    bare = record("eni-vpce-sts-data-a", PrivateIpAddresses=[], PrivateIpAddress=None)
    assert asked("service:sts", interface_endpoint(), bare) == "unknown UNKNOWN_DESTINATION"
    two = interface_endpoint(subnets=["data-a", "data-b"]), bare
    assert asked("service:sts", *two) == "unknown UNKNOWN_DESTINATION"


def test_an_endpoint_of_which_nothing_is_left_tells_its_state_f1() -> None:
    nowhere = record("vpce-sts", SubnetIds=[], NetworkInterfaceIds=[])
    for state in ("deleted", "failed"):
        gone = interface_endpoint(), nowhere, record("vpce-sts", State=state)
        assert asked("service:sts", *gone) == "blocked BAD_STATE", state
    assert asked("service:sts", interface_endpoint(), nowhere) == "unknown UNKNOWN_DESTINATION"


def test_the_arns_of_a_region_name_its_partition_h17() -> None:
    estate = Estate(region="cn-north-1")
    vpc = estate.vpc("main", "10.0.0.0/16")
    vpc.subnet("app-a", "10.0.1.0/24", az="a")
    vpc.security_group("app")
    vpc.network_interface("peer", subnet="app-a", groups=["app"])
    estate.function("app", subnets=["app-a"], groups=["app"])
    allowed: Change = lambda e: main(e).set_rules("app", ingress=[allow("-1", None, "10.0.0.0/8")])  # noqa: E731
    arn = "ec2:cn-north-1:111122223333:network-interface/eni-peer"
    assert asked(f"arn:aws-cn:{arn}", allowed, start=lambda: estate) == "reachable"
    with pytest.raises(UsageError):
        asked(f"arn:aws:{arn}", start=lambda: estate)


def test_f6_a_service_is_found_by_its_endpoint_names_last_label_without_dns_entries() -> None:
    estate = seed.public_private()
    vpc = estate.drawn_vpc("main")
    vpc.set_dns(hostnames=True)
    vpc.security_group("closed", ingress=[])
    vpc.interface_endpoint("dkr", service="ecr.dkr", subnets=["private-1"], groups=["closed"])
    estate["vpce-dkr"]["DnsEntries"] = []
    assert told(estate, "service:dkr") == "blocked ENI_SG_RULES_MISMATCH"
    assert told(estate, "service:ecr.dkr") == "blocked ENI_SG_RULES_MISMATCH"
