"""Internet gateways: attachment, who may pass, and which addresses do not exist beyond."""

import pytest

from tests.estates.asking import ask, finding_codes, snapshot_of, told
from tests.estates.builder import Estate, combined
from tests.unit.reach.worlds import (
    INTERFACES,
    OUTSIDE,
    PEER_V6,
    Change,
    acl,
    asked,
    changed,
    denied,
    dual_stack,
    forgotten,
    main,
    record,
    route,
    unfinished,
    without,
)
from vpcreach.reach.reporting import Analysis

GATEWAYS = "ec2/describe-internet-gateways"
FORBIDDEN = "blocked IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"


def in_public_subnet(estate: Estate) -> None:
    estate.move_function("app", subnets=["public-a"], groups=["app"])


def elastic_ip(estate: Estate) -> None:
    """An Elastic IP that somebody gave the function's interface by hand."""
    held = estate["eni-lambda-public-a-app"]
    held["Association"] = {"PublicIp": "52.9.9.9", "IpOwnerId": estate.account}
    held["PrivateIpAddresses"][0]["Association"] = dict(held["Association"])


def attachment(*attachments: dict[str, str]) -> Change:
    return record("igw-main", Attachments=list(attachments))


ATTACHMENTS = [
    pytest.param((attachment({"VpcId": "vpc-main", "State": "available"}),), "reachable", id="C10-available"),
    pytest.param((attachment({"VpcId": "vpc-main", "State": "attached"}),), "reachable", id="C10-attached"),
    pytest.param(
        (attachment({"VpcId": "vpc-main", "State": "detached"}),),
        "blocked BAD_STATE_ATTACHMENT",
        id="C10-detached-state",
    ),
    pytest.param(
        (attachment({"VpcId": "vpc-main", "State": "attaching"}),),
        "unknown BAD_STATE_ATTACHMENT",
        id="C10-K5-still-attaching-is-taken-for-detached",
    ),
    pytest.param((attachment(),), "blocked BAD_STATE_ATTACHMENT", id="C10-attached-to-nothing"),
    pytest.param(
        (attachment({"VpcId": "vpc-far", "State": "available"}),),
        "blocked BAD_STATE_ATTACHMENT",
        id="C10-of-another-vpc",
    ),
    pytest.param(
        (lambda e: main(e).detach_internet_gateway("main"),),
        "blocked BAD_STATE_ROUTE",
        id="C10-detached-and-a-blackhole",
    ),
    pytest.param((without(GATEWAYS),), "unknown UNKNOWN_RESOURCE", id="C10-file-absent"),
    pytest.param((denied(GATEWAYS),), "unknown UNKNOWN_RESOURCE", id="C10-call-denied"),
    pytest.param((forgotten("igw-main"),), "unknown UNKNOWN_RESOURCE", id="C10-id-not-in-the-file"),
    pytest.param((forgotten("igw-main"), unfinished(GATEWAYS)), "unknown UNKNOWN_RESOURCE", id="C10-pages-are-missing"),
    pytest.param(
        (forgotten("igw-main"), acl("public-a", outbound=[])),
        "blocked SUBNET_ACL_RESTRICTION UNKNOWN_RESOURCE",
        id="K6-unread-but-the-acl-before-it-is-closed",
    ),
]


@pytest.mark.item("C10")
@pytest.mark.parametrize(("changes", "expected"), ATTACHMENTS)
def test_the_gateway_must_be_attached_to_the_vpc(changes: tuple[Change, ...], expected: str) -> None:
    assert asked("internet", *changes) == expected


BY_HAND = [
    pytest.param((), FORBIDDEN, id="A6-a-function-in-a-public-subnet-has-no-public-address"),
    pytest.param((record("subnet-public-a", MapPublicIpOnLaunch=True),), FORBIDDEN, id="A6-whatever-the-subnet-maps"),
    pytest.param((elastic_ip,), "reachable", id="A6-but-for-an-elastic-ip-by-hand"),
    pytest.param((elastic_ip, without(INTERFACES)), FORBIDDEN, id="A6-which-an-absent-file-is-assumed-not-to-hold"),
    pytest.param((elastic_ip, denied(INTERFACES)), "unknown COLLECTION_FAILED", id="A6-and-a-denied-call-may-hide"),
    pytest.param(
        (unfinished(INTERFACES), lambda e: e.forget("eni-lambda-public-a-app")),
        "unknown COLLECTION_FAILED",
        id="A6-as-may-a-missing-page",
    ),
    pytest.param((unfinished(INTERFACES), elastic_ip), "reachable", id="A6-what-the-pages-hold-counts"),
    pytest.param(
        (elastic_ip, lambda e: e["eni-lambda-public-a-app"].update(Groups=[{"GroupId": "sg-data"}])),
        FORBIDDEN,
        id="A6-an-address-of-other-groups-is-not-this-functions",
    ),
    pytest.param(
        (elastic_ip, acl("public-a", inbound=[])), "blocked SUBNET_ACL_RESTRICTION", id="A6-answers-still-need-the-acl"
    ),
]


@pytest.mark.item("A6", "C1")
@pytest.mark.parametrize(("changes", "expected"), BY_HAND)
def test_a_function_behind_an_internet_gateway(changes: tuple[Change, ...], expected: str) -> None:
    assert asked("internet", in_public_subnet, *changes) == expected


def test_a_public_address_by_hand_may_vanish_and_the_answer_says_so_a6() -> None:
    assert "LAMBDA_PUBLIC_ADDRESS_BY_HAND" in finding_codes(ask(changed(in_public_subnet, elastic_ip), "internet"))


def test_without_the_file_of_interfaces_the_answer_names_what_it_assumes_a6() -> None:
    estate = changed(in_public_subnet, without(INTERFACES))
    assert ask(estate, "internet").assumptions == ("no public address on the function's interfaces (not collected)",)
    assert told(estate, "internet", strict=True).startswith("unknown COLLECTION_FAILED")


def test_a_blocker_that_rests_on_nothing_absent_names_no_assumption_a6() -> None:
    estate = changed(in_public_subnet, without(INTERFACES), attachment())
    answer = ask(estate, "internet")
    assert (answer.verdict.value, answer.assumptions) == ("blocked", ())
    assert told(estate, "internet", strict=True).startswith("blocked BAD_STATE_ATTACHMENT")


def test_a_public_subnet_is_told_beside_the_blocker_a6() -> None:
    assert "LAMBDA_IN_PUBLIC_SUBNET" in finding_codes(ask(changed(in_public_subnet), "internet"))


NOWHERE = [
    pytest.param("192.168.0.9:443", "blocked IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS", id="C10-rfc1918-192"),
    pytest.param("172.20.0.9:443", "blocked IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS", id="C10-rfc1918-172"),
    pytest.param("10.200.0.9:443", "blocked IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS", id="C10-rfc1918-10"),
    pytest.param("100.64.0.9:443", "blocked IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS", id="C10-rfc6598"),
    pytest.param("172.32.0.9:443", "reachable", id="C10-just-beyond-rfc1918"),
    pytest.param("100.128.0.9:443", "reachable", id="C10-just-beyond-rfc6598"),
    pytest.param("172.0.0.0/8:443", "partial IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS", id="C10-a-block-of-both"),
    pytest.param(OUTSIDE, "reachable", id="C11-beyond-the-gateway-all-is-taken-to-be-up"),
]


@pytest.mark.item("C10")
@pytest.mark.parametrize(("destination", "expected"), NOWHERE)
def test_private_addresses_do_not_exist_on_the_internet(destination: str, expected: str) -> None:
    answer = asked(destination).replace(" UNKNOWN_DESTINATION", "")
    assert answer == expected


def ipv6_by_igw(estate: Estate) -> None:
    estate.route_table("private").add_route("::/0", "igw-main")


def test_ipv6_of_a_function_through_an_internet_gateway_is_not_documented_a12() -> None:
    answer = asked("[2606:4700::1111]:443", ipv6_by_igw, start=dual_stack)
    assert answer == "unknown LAMBDA_IPV6_VIA_IGW_UNCONFIRMED"
    assert asked("internet", ipv6_by_igw, start=dual_stack).startswith("unknown")


@pytest.mark.item("A12")
def test_ipv6_that_aws_says_is_closed_is_blocked_and_not_unknown() -> None:
    def denying(estate: Estate) -> None:
        for held in estate.reply("ec2/describe-network-interfaces")["NetworkInterfaces"]:
            held["DenyAllIgwTraffic"] = held["InterfaceType"] == "lambda"

    def private(estate: Estate) -> None:
        for block in estate["subnet-app-a"]["Ipv6CidrBlockAssociationSet"]:
            block["Ipv6AddressAttribute"] = "private"

    cloudflare = "[2606:4700::1111]:443"
    assert asked(cloudflare, ipv6_by_igw, denying, start=dual_stack) == "blocked ENI_DENY_ALL_IGW_TRAFFIC"
    assert asked(cloudflare, ipv6_by_igw, private, start=dual_stack) == "blocked IPV6_NOT_PUBLIC"


@pytest.mark.item("A12")
def test_functions_with_other_groups_do_not_share_what_an_internet_gateway_refuses() -> None:
    estate = dual_stack()
    ipv6_by_igw(estate)
    estate.drawn_vpc("main").security_group("closed")
    estate.function("closed", subnets=["app-a"], groups=["closed"], dual_stack=True)
    estate["eni-lambda-app-a-closed"]["DenyAllIgwTraffic"] = True
    report = Analysis(snapshot_of(estate)).report(["[2606:4700::1111]:443"])
    verdicts = {each.name: each.answers[0].verdict.value for each in report.functions}
    assert verdicts == {"app": "unknown", "closed": "blocked"}


def test_ipv6_inside_the_vpc_needs_no_gateway_a11() -> None:
    assert asked(PEER_V6, start=dual_stack) == "reachable"


# A collected instance reached by its public address (C11)


def web() -> Change:
    """An instance with the public address 54.1.1.1 in a subnet of the other VPC that its table leads out of."""

    def change(estate: Estate) -> None:
        vpc = estate.vpc("other", "10.9.0.0/16")
        vpc.subnet("web-a", "10.9.1.0/24", az="a", table="web")
        vpc.internet_gateway("other")
        vpc.route_table("web", {"0.0.0.0/0": "igw-other"})
        vpc.security_group("web")
        estate.instance("web", subnet="web-a", groups=["web"], public_ip="54.1.1.1")

    return change


def admits(*peers: str) -> Change:
    def change(estate: Estate) -> None:
        from tests.estates.builder import allow

        estate.drawn_vpc("other").set_rules("web", ingress=[allow("tcp", 443, *peers)])

    return change


def other_acl(**entries: object) -> Change:
    def change(estate: Estate) -> None:
        estate.drawn_vpc("other").network_acl("web", subnets=["web-a"], **entries)  # type: ignore[arg-type]

    return change


INSTANCE = [
    pytest.param((admits("0.0.0.0/0"),), "reachable", id="C11-admits-everybody"),
    pytest.param((admits("52.0.0.1/32"),), "reachable", id="C11-admits-the-nat-gateways-address"),
    pytest.param((admits("52.0.0.2/32"),), "blocked ENI_SG_RULES_MISMATCH", id="C11-admits-another-address"),
    pytest.param((admits("10.0.1.0/24"),), "blocked ENI_SG_RULES_MISMATCH", id="C11-admits-the-private-address"),
    pytest.param(
        (admits("sg-app"),), "blocked SG_REFERENCES_NOT_PRESERVED", id="C11-group-references-do-not-survive-translation"
    ),
    pytest.param(
        (admits("0.0.0.0/0"), lambda e: e.route_table("web").remove_route("0.0.0.0/0")),
        "blocked NO_ROUTE_TO_DESTINATION",
        id="C11-no-route-back-to-the-internet-gateway",
    ),
    pytest.param(
        (admits("0.0.0.0/0"), lambda e: e.drawn_vpc("other").detach_internet_gateway("other")),
        "blocked BAD_STATE_ATTACHMENT BAD_STATE_ROUTE",
        id="C11-its-own-gateway-is-gone",
    ),
    pytest.param(
        (admits("0.0.0.0/0"), other_acl(inbound=[])), "blocked SUBNET_ACL_RESTRICTION", id="C11-its-acl-inbound"
    ),
    pytest.param(
        (admits("0.0.0.0/0"), other_acl(outbound=[])), "blocked SUBNET_ACL_RESTRICTION", id="C11-its-acl-outbound"
    ),
    pytest.param(
        (admits("0.0.0.0/0"), other_acl(outbound=[(100, "allow", "tcp", 32768, 60999, "0.0.0.0/0")])),
        "partial NACL_EPHEMERAL_PARTIAL",
        id="C11-the-nat-gateways-client-ports-in-its-acl",
    ),
    pytest.param(
        (admits("0.0.0.0/0"), record("nat-main", State="failed")), "blocked BAD_STATE", id="C11-the-way-out-comes-first"
    ),
]


@pytest.mark.parametrize(("changes", "expected"), INSTANCE)
def test_the_public_address_of_a_collected_instance_is_entered_from_the_internet(
    changes: tuple[Change, ...], expected: str
) -> None:
    assert asked("54.1.1.1:443", web(), *changes) == expected


def test_a_public_address_of_another_account_is_entered_just_the_same_c11() -> None:
    far = Estate("999900001111", list_suffix="-far")
    vpc = far.vpc("far", "10.8.0.0/16")
    vpc.subnet("far-a", "10.8.1.0/24", az="a", table="far")
    vpc.internet_gateway("far")
    vpc.route_table("far", {"0.0.0.0/0": "igw-far"})
    far.instance("far", subnet="far-a", public_ip="54.2.2.2")
    assert told(combined(changed(), far), "54.2.2.2:443") == "blocked SG_REFERENCES_NOT_PRESERVED"


def test_the_address_of_nobody_is_a_remote_host_c11() -> None:
    assert asked("54.1.1.2:443", web(), route("54.1.1.0/24", "nat-main")) == "reachable"


@pytest.mark.item("C10")
def test_an_attachment_in_a_state_of_tomorrow_is_undecided() -> None:
    def later(estate: Estate) -> None:
        estate["igw-main"]["Attachments"][0]["State"] = "a-state-of-tomorrow"

    assert asked("internet", later) == "unknown BAD_STATE_ATTACHMENT"
