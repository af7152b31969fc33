"""VPC endpoints: their state, whom gateway endpoints serve, which names interface endpoints take."""

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
    egress,
    forgotten,
    gateway_endpoint,
    interface_endpoint,
    main,
    no_route,
    record,
    route,
    unfinished,
    without,
)
from vpcreach.components.vpc_endpoint import VpcEndpoint

ENDPOINTS = "ec2/describe-vpc-endpoints"

STATES = [
    ("available", "reachable"),
    ("Available", "reachable"),
    ("partial", "unknown BAD_STATE"),
    ("Partial", "unknown BAD_STATE"),
    ("pendingAcceptance", "blocked BAD_STATE"),
    ("PendingAcceptance", "blocked BAD_STATE"),
    ("pending", "blocked BAD_STATE"),
    ("deleting", "blocked BAD_STATE"),
    ("deleted", "blocked BAD_STATE"),
    ("rejected", "blocked BAD_STATE"),
    ("failed", "blocked BAD_STATE"),
    ("expired", "blocked BAD_STATE"),
]


@pytest.mark.parametrize(("state", "expected"), STATES, ids=lambda value: f"F1-{value}")
def test_a_gateway_endpoint_serves_while_it_is_available(state: str, expected: str) -> None:
    assert asked("s3", gateway_endpoint(), record("vpce-s3", State=state)) == expected


@pytest.mark.parametrize(("state", "expected"), STATES, ids=lambda value: f"F1-interface-{value}")
def test_so_does_an_interface_endpoint(state: str, expected: str) -> None:
    assert asked("service:sts", interface_endpoint(), record("vpce-sts", State=state)) == expected


GATEWAY = [
    pytest.param("s3", (no_route(),), "reachable", id="F2-s3-without-any-nat-gateway"),
    pytest.param("s3", (record("nat-main", State="failed"),), "reachable", id="F2-s3-never-goes-through-the-nat"),
    pytest.param("dynamodb", (no_route(),), "blocked NO_ROUTE_TO_DESTINATION", id="F2-an-endpoint-serves-one-service"),
    pytest.param(
        "s3",
        (no_route("pl-s3"), no_route()),
        "blocked NO_ROUTE_TO_DESTINATION",
        id="F2-an-endpoint-that-is-not-in-the-subnets-table-has-no-effect",
    ),
    pytest.param("s3", (no_route("pl-s3"),), "reachable", id="F2-then-the-nat-gateway-serves"),
    pytest.param(
        "s3",
        (record("vpce-s3", VpcId="vpc-other"),),
        "blocked VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION",
        id="F2-an-endpoint-of-another-vpc-serves-nobody-here",
    ),
    pytest.param(
        "s3.us-west-2.amazonaws.com",
        (no_route(),),
        "blocked NO_ROUTE_TO_DESTINATION",
        id="F2-another-region-is-not-in-the-list",
    ),
    pytest.param("3.5.64.9:443/udp", (), "blocked VPCE_GATEWAY_PROTOCOL_RESTRICTION", id="F2-only-tcp-goes-through"),
    pytest.param("3.5.64.9:443", (), "reachable", id="F2-one-address-of-the-list"),
    pytest.param("s3", (denied(ENDPOINTS),), "unknown COLLECTION_FAILED", id="F2-call-denied"),
    pytest.param("s3", (without(ENDPOINTS),), "unknown COLLECTION_FAILED", id="F2-file-absent"),
    pytest.param(
        "s3", (unfinished(ENDPOINTS),), "unknown COLLECTION_FAILED", id="F17-an-unread-page-may-take-the-name"
    ),
    pytest.param("s3", (forgotten("vpce-s3"),), "unknown UNKNOWN_RESOURCE", id="F2-id-not-in-the-file"),
    pytest.param(
        "s3",
        (forgotten("vpce-s3"), egress()),
        "blocked SG_HAS_NO_RULES UNKNOWN_RESOURCE",
        id="K6-unread-and-nothing-leaves",
    ),
    pytest.param("s3", (acl("app-a", outbound=[]),), "blocked SUBNET_ACL_RESTRICTION", id="F2-the-functions-acl"),
    pytest.param("s3", (egress(allow("tcp", 80)),), "blocked ENI_SG_RULES_MISMATCH", id="F2-the-functions-group"),
]


@pytest.mark.parametrize(("destination", "changes", "expected"), GATEWAY)
def test_a_gateway_endpoint(destination: str, changes: tuple[Change, ...], expected: str) -> None:
    assert asked(destination, gateway_endpoint(), *changes) == expected


def test_a_gateway_endpoint_for_dynamodb_serves_it_f2() -> None:
    assert asked("dynamodb", gateway_endpoint("dynamodb"), no_route()) == "reachable"


def test_dns_host_names_may_be_off_for_a_gateway_endpoint_f4() -> None:
    off = changed(gateway_endpoint(), lambda e: main(e).set_dns(hostnames=False))
    assert told(off, "s3") == "reachable"
    assert "DNS_HOSTNAMES_OFF" in finding_codes(ask(off, "s3"))


def test_dns_support_may_not_f4() -> None:
    off = gateway_endpoint(), lambda e: main(e).set_dns(support=False)
    assert asked("s3", *off) == "blocked VPC_DNS_SUPPORT_DISABLED"


@pytest.mark.parametrize("kind", ["Resource", "ServiceNetwork", "Tunnel", "Tomorrow"])
def test_f1_an_endpoint_of_another_kind_as_next_hop_is_undecided(kind: str) -> None:
    changes = gateway_endpoint(), record("vpce-s3", VpcEndpointType=kind), route("93.184.216.0/24", "vpce-s3")
    assert asked("93.184.216.34:443", *changes) == "unknown UNSUPPORTED_COMPONENT"


def both_zones() -> Change:
    return interface_endpoint(subnets=["data-a", "data-b"])


INTERFACE = [
    pytest.param((interface_endpoint(),), "reachable", id="F5-its-interface-is-reached-inside-the-vpc"),
    pytest.param((interface_endpoint(), no_route()), "reachable", id="F5-without-any-way-out"),
    pytest.param((both_zones(),), "reachable", id="F5-all-of-its-interfaces"),
    pytest.param(
        (both_zones(), acl("data-b", inbound=[])),
        "partial SUBNET_ACL_RESTRICTION",
        id="F5-one-interface-that-is-not-reached-makes-it-partial",
    ),
    pytest.param(
        (both_zones(), lambda e: e["eni-vpce-sts-data-b"].update(Groups=[{"GroupId": "sg-data"}])),
        "partial ENI_SG_RULES_MISMATCH",
        id="F5-each-behind-its-own-groups",
    ),
    pytest.param(
        (both_zones(), forgotten("eni-vpce-sts-data-b")),
        "reachable",
        id="F5-an-interface-unread-is-somewhere-in-its-subnet",
    ),
    pytest.param(
        (
            both_zones(),
            forgotten("eni-vpce-sts-data-b"),
            acl(
                "app-a",
                outbound=[
                    (9, "deny", "-1", None, None, "10.0.3.0/25"),
                    *((100, "allow", "-1", None, None, "0.0.0.0/0"),),
                ],
            ),
        ),
        "unknown UNKNOWN_DESTINATION",
        id="F5-where-it-matters-nobody-knows",
    ),
    pytest.param(
        (
            both_zones(),
            forgotten("eni-vpce-sts-data-b"),
            acl("app-a", outbound=[(9, "allow", "-1", None, None, "10.0.2.0/24")]),
        ),
        "partial SUBNET_ACL_RESTRICTION",
        id="F5-wherever-it-is-it-is-not-reached",
    ),
    pytest.param(
        (both_zones(), forgotten("eni-vpce-sts-data-b"), forgotten("subnet-data-b")),
        "unknown UNKNOWN_RESOURCE",
        id="F5-a-subnet-unread-may-hold-one-more",
    ),
    pytest.param(
        (both_zones(), without("ec2/describe-network-interfaces")), "reachable", id="F5-no-interface-read-at-all"
    ),
    pytest.param(
        (interface_endpoint(), lambda e: main(e).set_dns(hostnames=False)),
        "reachable",
        id="F6-without-host-names-the-name-stays-public-and-takes-the-nat",
    ),
    pytest.param(
        (interface_endpoint(admits=None), lambda e: main(e).set_dns(hostnames=False)),
        "reachable",
        id="F6-then-a-closed-endpoint-harms-nobody",
    ),
    pytest.param((interface_endpoint(admits=None, private_dns=False),), "reachable", id="F6-private-dns-off"),
    pytest.param(
        (interface_endpoint(private_dns=False), no_route()),
        "blocked NO_ROUTE_TO_DESTINATION",
        id="F6-then-it-helps-nobody",
    ),
    pytest.param(
        (interface_endpoint(), without("ec2/describe-vpc-attribute")),
        "unknown COLLECTION_FAILED",
        id="F6-attributes-unread",
    ),
    pytest.param(
        (interface_endpoint(), denied("ec2/describe-vpc-attribute/vpc-main.enableDnsHostnames")),
        "unknown COLLECTION_FAILED",
        id="F6-one-attribute-denied",
    ),
    pytest.param((interface_endpoint(admits=None),), "blocked ENI_SG_RULES_MISMATCH", id="F8-no-fallback-to-the-nat"),
    pytest.param((denied(ENDPOINTS),), "unknown COLLECTION_FAILED", id="F17-an-unread-endpoint-may-take-the-name"),
]


@pytest.mark.parametrize(("changes", "expected"), INTERFACE)
def test_an_interface_endpoint(changes: tuple[Change, ...], expected: str) -> None:
    assert asked("service:sts", *changes) == expected


def test_a_participant_of_a_shared_vpc_cannot_see_the_owners_endpoints_f17() -> None:
    assert asked("service:sts", record("vpc-main", OwnerId="999900001111")).startswith("unknown COLLECTION_FAILED")


SHADOWS = [
    pytest.param("s3", gateway_endpoint(), record("vpce-s3", State="failed"), id="F8-state-of-a-gateway-endpoint"),
    pytest.param(
        "service:sts", interface_endpoint(admits=None), lambda e: None, id="F8-group-of-an-interface-endpoint"
    ),
    pytest.param(
        "service:sts", interface_endpoint(), acl("data-a", inbound=[]), id="F8-acl-before-an-interface-endpoint"
    ),
]


@pytest.mark.parametrize(("destination", "endpoint", "change"), SHADOWS)
def test_what_fails_inside_an_endpoint_shadows_the_nat_gateway(
    destination: str, endpoint: Change, change: Change
) -> None:
    answer = ask(changed(endpoint, change), destination)
    assert answer.verdict.value == "blocked"
    assert "ENDPOINT_SHADOWS_NAT" in finding_codes(answer)
    assert "ENDPOINT_SHADOWS_NAT" not in finding_codes(ask(changed(endpoint, change, no_route()), destination))


def s3_interface(**settings: Any) -> Change:
    return interface_endpoint("s3", admits=None, **settings)


S3 = [
    pytest.param(
        (s3_interface(only_inbound_resolver=True),), "reachable", id="F7-private-dns-for-inbound-resolvers-only"
    ),
    pytest.param((s3_interface(),), "reachable", id="F7-which-is-the-default"),
    pytest.param(
        (s3_interface(only_inbound_resolver=False),), "blocked ENI_SG_RULES_MISMATCH", id="F7-for-everybody-in-the-vpc"
    ),
    pytest.param(
        (s3_interface(only_inbound_resolver=False, private_dns=False),),
        "reachable",
        id="F7-without-private-dns-for-nobody",
    ),
]


@pytest.mark.parametrize(("changes", "expected"), S3)
def test_an_interface_endpoint_of_s3(changes: tuple[Change, ...], expected: str) -> None:
    assert asked("s3", *changes) == expected


def test_an_interface_endpoint_of_dynamodb_takes_no_name_f7() -> None:
    assert asked("dynamodb", interface_endpoint("dynamodb", admits=None)) == "reachable"
    assert asked("dynamodb", interface_endpoint("dynamodb"), no_route()) == "blocked NO_ROUTE_TO_DESTINATION"


OWN_NAME = "vpce-sts-0a1b2c3d.sts.eu-west-1.vpce.amazonaws.com"
OWN = [
    pytest.param((interface_endpoint(private_dns=False), no_route()), "reachable", id="F6-needs-no-private-dns"),
    pytest.param(
        (interface_endpoint(admits=None),), "blocked ENI_SG_RULES_MISMATCH", id="F6-is-behind-the-same-groups"
    ),
    pytest.param(
        (interface_endpoint(), lambda e: main(e).set_dns(support=False)),
        "blocked VPC_DNS_SUPPORT_DISABLED",
        id="F6-must-resolve-like-any-name",
    ),
    pytest.param(
        (
            interface_endpoint(),
            lambda e: e.set_policy("sts", {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}),
        ),
        "blocked ENDPOINT_POLICY_DENY",
        id="F6-meets-the-same-policy",
    ),
]


@pytest.mark.parametrize(("changes", "expected"), OWN)
def test_an_endpoints_own_name_leads_to_its_interfaces(changes: tuple[Change, ...], expected: str) -> None:
    assert asked(OWN_NAME, *changes) == expected


def across_regions(**settings: Any) -> Change:
    """An endpoint in this VPC for SQS of another region."""

    def change(estate: Estate) -> None:
        interface_endpoint("com.amazonaws.us-east-1.sqs", **settings)(estate)
        estate["vpce-sqs"]["ServiceRegion"] = "us-east-1"
        for entry in estate["vpce-sqs"]["DnsEntries"]:
            entry["DnsName"] = entry["DnsName"].replace("eu-west-1.amazonaws", "us-east-1.amazonaws")

    return change


CROSS = [
    pytest.param((across_regions(), no_route()), "reachable", id="F15-an-endpoint-for-another-region"),
    pytest.param((across_regions(admits=None),), "blocked ENI_SG_RULES_MISMATCH", id="F15-takes-that-regions-name"),
    pytest.param((across_regions(admits=None, private_dns=False),), "reachable", id="F15-only-with-private-dns"),
    pytest.param((across_regions(), denied(ENDPOINTS)), "unknown COLLECTION_FAILED", id="F15-unread-it-may-be-there"),
    pytest.param((), "reachable", id="F15-without-it-the-nat-gateway-serves"),
]


@pytest.mark.parametrize(("changes", "expected"), CROSS)
def test_an_interface_endpoint_of_another_region(changes: tuple[Change, ...], expected: str) -> None:
    assert asked("sqs.us-east-1.amazonaws.com:443", *changes) == expected


def test_an_endpoint_for_another_region_leaves_this_regions_name_alone_f15() -> None:
    assert asked("service:sqs", across_regions(admits=None)) == "reachable"


def test_the_policy_is_asked_by_the_name_that_iam_knows_the_service_by_f12() -> None:
    def only(action: str) -> Change:
        statement = {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": "*"}
        return lambda estate: estate.set_policy(estate.reply(ENDPOINTS)["VpcEndpoints"][0]["VpcEndpointId"], statement)

    for label, action in (
        ("com.amazonaws.eu-west-1.ecr.api", "ecr:*"),
        ("monitoring", "cloudwatch:*"),
        ("bedrock-runtime", "bedrock:*"),
        ("kms-fips", "kms:*"),
        ("sqs", "sqs:*"),
    ):
        service = f"service:{label.removeprefix('com.amazonaws.eu-west-1.')}"
        assert asked(service, interface_endpoint(label), only(action)) == "reachable", label
        assert asked(service, interface_endpoint(label), only("sns:*")) == "blocked ENDPOINT_POLICY_DENY", label


@pytest.mark.item("F1", "F10")
@pytest.mark.parametrize("kind", ["ServiceNetwork", "servicenetwork"])
def test_the_endpoint_of_a_service_network_is_known_however_its_type_is_spelled(kind: str) -> None:
    endpoint = VpcEndpoint(vpc_endpoint_id="vpce-1", vpc_endpoint_type=kind)
    assert endpoint.is_of_service_network
    assert [endpoint.is_gateway, endpoint.is_interface, endpoint.is_gateway_load_balancer] == [False] * 3
