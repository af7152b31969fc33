"""Answers that a table sends to something the packets never came through: all of it loses them (B12)."""

import pytest

from tests.estates.asking import ask, told
from tests.estates.builder import Estate, allow

pytestmark = pytest.mark.item("B11", "B12")

LOST = "blocked ASYMMETRIC_MIDDLEBOX_ROUTE"
DATABASE, DATABASE_V6 = "10.2.1.9:443", "[2600:1f18:2::9]:443"


def answering_by(target: str) -> Estate:
    """`app` and an interface in two peered VPCs, where the far table sends all answers to `target`."""
    estate = Estate()
    app = estate.vpc("app", "10.1.0.0/16", ipv6="2600:1f18:1::/56")
    data = estate.vpc("data", "10.2.0.0/16", ipv6="2600:1f18:2::/56")
    for number, vpc in ((1, app), (2, data)):
        name = vpc.id.removeprefix("vpc-")
        vpc.subnet(name, f"10.{number}.1.0/24", ipv6=f"2600:1f18:{number}::/64", az="a", table=name)
    data.security_group("data", ingress=[allow("tcp", 443, "0.0.0.0/0", "::/0")])
    data.network_interface("db", subnet="data", groups=["data"], address="10.2.1.9", ipv6=9)
    app.peering("link", data)
    app.route_table("app", {"10.2.0.0/16": "pcx-link", "2600:1f18:2::/56": "pcx-link"})
    data.gateway_endpoint("s3", service="s3", tables=[])
    data.egress_only_internet_gateway("six")
    estate.put("ec2/describe-carrier-gateways", {"CarrierGateways": [{"CarrierGatewayId": "cagw-wave"}]})
    data.route_table("data", {"10.1.0.0/16": target, "2600:1f18:1::/56": target})
    estate.function("app", subnets=["app"], dual_stack=True)
    return estate


ORACLE = "arn:aws:odb:eu-west-1:111122223333:odb-network/odbnet-1"


def test_answers_that_come_back_by_the_same_peering_are_not_lost() -> None:
    assert told(answering_by("pcx-link"), DATABASE) == "reachable"
    assert told(answering_by("pcx-link"), DATABASE_V6) == "reachable"


@pytest.mark.parametrize("target", ["cagw-wave", "vpce-s3", "VpcLattice", ORACLE], ids=lambda each: each[:8])
def test_answers_sent_to_what_the_packets_did_not_come_through_are_lost(target: str) -> None:
    estate = answering_by(target)
    assert told(estate, DATABASE) == LOST
    (blocker,) = ask(estate, DATABASE).blockers
    assert (blocker.component, blocker.leg.value) == (target, "back")


def test_answers_over_ipv6_sent_to_an_egress_only_gateway_are_lost() -> None:
    assert told(answering_by("eigw-six"), DATABASE_V6) == LOST


def test_answers_sent_to_a_firewall_that_did_not_see_the_packets_are_lost() -> None:
    estate = answering_by("vpce-wall")
    data = estate.drawn_vpc("data")
    data.subnet("wall", "10.2.2.0/24", az="a", table="wall")
    data.route_table("wall", {"10.1.0.0/16": "pcx-link"})
    wall = {
        "VpcEndpointId": "vpce-wall",
        "VpcEndpointType": "GatewayLoadBalancer",
        "VpcId": "vpc-data",
        "State": "available",
        "SubnetIds": ["subnet-wall"],
        "Tags": [{"Key": "AWSNetworkFirewallManaged", "Value": "true"}],
    }
    estate.add("ec2/describe-vpc-endpoints", "vpce-wall", wall)
    assert told(estate, DATABASE) == LOST
