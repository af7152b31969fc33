"""Literal addresses and blocks: which of them exist, and what stands in front of each."""

import pytest

from tests.estates.asking import ask, told
from tests.estates.builder import Estate, allow
from tests.unit.reach.worlds import (
    INTERFACES,
    Change,
    acl,
    asked,
    changed,
    denied,
    egress,
    forgotten,
    ingress,
    interface,
    interface_endpoint,
    main,
    no_route,
    record,
    route,
    unfinished,
    without,
)

SUBNETS = "ec2/describe-subnets"
DATA = "10.0.2.0/24:5432"

BLOCKS = [
    pytest.param(DATA, (), "reachable", id="H17-no-known-interface-stands-in-front"),
    pytest.param(DATA, (interface(),), "reachable", id="H17-the-groups-of-a-known-one-admit"),
    pytest.param(
        "10.0.2.0/24:443", (interface(),), "partial ENI_SG_RULES_MISMATCH", id="H17-the-groups-of-a-known-one-do-not"
    ),
    pytest.param(
        "10.0.2.50/32:443", (interface(),), "blocked ENI_SG_RULES_MISMATCH", id="H17-a-block-of-one-interface"
    ),
    pytest.param(
        "10.0.2.50/32:443", (interface(), denied(INTERFACES)), "unknown COLLECTION_FAILED", id="K9-interfaces-denied"
    ),
    pytest.param(
        "10.0.2.50/32:443", (interface(), without(INTERFACES)), "unknown COLLECTION_FAILED", id="K9-interfaces-absent"
    ),
    pytest.param(
        "10.0.2.0/24:443",
        (interface(), unfinished(INTERFACES)),
        "unknown COLLECTION_FAILED ENI_SG_RULES_MISMATCH",
        id="H17-what-the-pages-hold-counts-the-rest-is-a-gap",
    ),
    pytest.param("10.0.0.0/16:9", (), "reachable", id="B4-a-block-across-subnets-and-holes"),
    pytest.param("10.0.8.0/21:443", (), "blocked NO_POSSIBLE_DESTINATION", id="B4-nothing-but-a-hole"),
    pytest.param(
        "10.0.8.0/21:443", (unfinished(SUBNETS),), "unknown COLLECTION_FAILED", id="B4-a-hole-or-a-missing-page"
    ),
    pytest.param("10.0.8.0/21:443", (denied(SUBNETS),), "unknown UNKNOWN_RESOURCE", id="B4-subnets-denied"),
    pytest.param("10.0.8.0/21:443", (without(SUBNETS),), "unknown UNKNOWN_RESOURCE", id="B4-subnets-absent"),
    pytest.param("93.184.216.0/24:443", (), "reachable", id="H17-a-public-block"),
    pytest.param("93.184.216.0/24:443", (denied(INTERFACES),), "reachable", id="H17-where-no-vpc-is-no-interface-is"),
    pytest.param(
        "93.184.216.0/24:443", (no_route(),), "blocked NO_ROUTE_TO_DESTINATION", id="H17-a-public-block-no-way"
    ),
    pytest.param(
        "192.168.0.0/16:443",
        (),
        "blocked IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS",
        id="H17-a-private-block-outside-every-vpc",
    ),
    pytest.param(
        "192.168.0.0/16:443",
        (route("192.168.0.0/16", "tgw-hub"),),
        "unknown UNKNOWN_RESOURCE",
        id="H17-on-premises",
    ),
    pytest.param(
        "10.0.2.0/23:443",
        (acl("data-b", inbound=[]),),
        "partial SUBNET_ACL_RESTRICTION",
        id="B4-two-subnets-one-of-them-closed",
    ),
    pytest.param(
        "10.0.1.0/24:443",
        (forgotten("eni-lambda-app-a-app"), denied("ec2/describe-network-acls")),
        "reachable",
        id="E3-a-block-inside-the-functions-own-subnet",
    ),
    pytest.param("0.0.0.0/0:443", (no_route(),), "partial NO_ROUTE_TO_DESTINATION", id="B4-everything"),
]


@pytest.mark.parametrize(("destination", "changes", "expected"), BLOCKS)
def test_a_block_asks_about_each_of_its_addresses_that_can_exist(
    destination: str, changes: tuple[Change, ...], expected: str
) -> None:
    nothing_else_in_the_way = (forgotten("eni-nat-main"),) if destination.startswith("10.0.0.0/16") else ()
    admitted = ingress(allow("-1"), group="app")  # the function's own interface is a known one too
    answer = asked(destination, *nothing_else_in_the_way, admitted, *changes).split()
    verdict, *codes = expected.split()
    assert (answer[0], set(answer[1:])) == (verdict, set(codes))


def test_a_hole_is_no_part_of_the_failing_addresses_b4() -> None:
    answer = ask(changed(acl("data-a", inbound=[])), "10.0.0.0/8:9")
    failing = {text for packets in answer.subnets[0].failing for text in packets.addresses.cidrs()}
    assert "10.0.2.0/24" in failing
    assert not any(text.startswith(("10.0.4.", "10.0.8.")) for text in failing)


SINGLES = [
    pytest.param("8.8.8.8:53/udp", (), "reachable", id="H17-a-public-address"),
    pytest.param("8.8.8.8:53/udp", (egress(allow("tcp")),), "blocked ENI_SG_RULES_MISMATCH", id="H17-its-protocol"),
    pytest.param("10.0.2.60:443", (), "unknown UNKNOWN_DESTINATION", id="H17-an-address-that-nobody-known-has"),
    pytest.param(
        "10.0.2.60:443",
        (acl("data-a", inbound=[]),),
        "blocked SUBNET_ACL_RESTRICTION UNKNOWN_DESTINATION",
        id="H17-is-judged-on-its-routing-first",
    ),
    pytest.param("10.0.200.60:443", (), "blocked NO_POSSIBLE_DESTINATION", id="H17-an-address-in-a-hole"),
]


@pytest.mark.parametrize(("destination", "changes", "expected"), SINGLES)
def test_a_single_address(destination: str, changes: tuple[Change, ...], expected: str) -> None:
    answer = asked(destination, *changes).split()
    assert [answer[0], *sorted(answer[1:])] == expected.split()


def test_a_private_address_of_another_vpc_is_not_next_door_h17() -> None:
    def far(estate: Estate) -> None:
        vpc = estate.vpc("far", "10.9.0.0/16")
        vpc.subnet("far-a", "10.9.1.0/24", az="a")
        vpc.network_interface("far", subnet="far-a", address="10.9.1.50")

    assert asked("10.9.1.50:443", far) == "blocked IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS"
    assert asked("10.9.1.50:443", far, no_route()) == "blocked NO_ROUTE_TO_DESTINATION"
    assert asked("10.9.1.50:443", far, route("10.9.0.0/16", "pcx-far")).startswith("unknown UNKNOWN_RESOURCE")


def test_an_ipv6_literal_is_its_own_family_h17() -> None:
    assert asked("[2606:4700::1111]:443") == "blocked LAMBDA_IPV6_NOT_ENABLED"
    assert asked("[2000::/3]:443") == "blocked LAMBDA_IPV6_NOT_ENABLED"


def test_the_port_is_443_unless_said_h17() -> None:
    only_https = egress(allow("tcp", 443))
    assert asked("8.8.8.8", only_https) == "reachable"
    assert asked("8.8.8.8:80", only_https) == "blocked ENI_SG_RULES_MISMATCH"


def test_an_instance_behind_its_private_and_its_public_address_h17() -> None:
    def web(estate: Estate) -> None:
        main(estate).security_group("web", ingress=[allow("tcp", 443, "10.0.1.0/24")])
        estate.instance("web", subnet="public-a", groups=["web"], address="10.0.0.50", public_ip="54.1.1.1")

    assert asked("10.0.0.50:443", web) == "reachable"
    assert asked("54.1.1.1:443", web) == "blocked ENI_SG_RULES_MISMATCH"


@pytest.mark.item("F1", "H17")
@pytest.mark.parametrize(
    ("state", "verdict"),
    [("available", "reachable"), ("failed", "blocked BAD_STATE"), ("partial", "unknown BAD_STATE")],
)
def test_the_interface_of_an_endpoint_that_is_gone_is_taken_for_reachable_f1(state: str, verdict: str) -> None:
    estate = changed(interface_endpoint("sts"), record("vpce-sts", State=state))
    interface = estate["eni-vpce-sts-data-a"]
    assert told(estate, f"{interface['PrivateIpAddress']}:443") == verdict
    assert told(estate, "eni-vpce-sts-data-a:443") == verdict
    assert told(estate, "service:sts") == verdict


def test_the_failing_packets_are_told_with_ports_and_client_ports_k8() -> None:
    (packets,) = ask(changed(record("nat-main", State="failed")), "8.8.8.8:53/udp").subnets[0].failing
    told_ = (str(packets.addresses), packets.protocol, packets.ports, packets.client_ports)
    assert told_ == ("8.8.8.8", "udp", "53", "1024-65535")
    assert told(changed(), "8.8.8.8:53/udp") == "reachable"
