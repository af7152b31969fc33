"""Carrier gateways and other route targets that lead out of what AWS tells."""

import pytest

from tests.estates.asking import told
from tests.estates.builder import Estate

FAR = "192.168.7.9:443"


def routed(target: str, state: str = "available", vpc: str = "vpc-main") -> Estate:
    """`app`, whose table sends 192.168.0.0/16 to a target; `cagw-wave` is a carrier gateway in this state."""
    estate = Estate()
    main = estate.vpc("main", "10.0.0.0/16")
    main.subnet("app", "10.0.1.0/24", az="a", table="app")
    gateway = {"CarrierGatewayId": "cagw-wave", "VpcId": vpc, "State": state}
    estate.put("ec2/describe-carrier-gateways", {"CarrierGateways": [gateway]})
    main.route_table("app", {"192.168.0.0/16": target})
    estate.function("app", subnets=["app"])
    return estate


@pytest.mark.item("G12")
@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("available", "unknown UNSUPPORTED_COMPONENT"),
        ("pending", "unknown UNSUPPORTED_COMPONENT"),
        ("deleting", "blocked BAD_STATE UNSUPPORTED_COMPONENT"),
        ("deleted", "blocked BAD_STATE UNSUPPORTED_COMPONENT"),
    ],
)
def test_a_carrier_gateway_blocks_only_when_it_is_gone(state: str, expected: str) -> None:
    assert told(routed("cagw-wave", state), FAR) == expected


@pytest.mark.item("G12")
def test_a_carrier_gateway_of_another_vpc_is_no_way() -> None:
    assert told(routed("cagw-wave", vpc="vpc-far"), FAR).startswith("blocked BAD_STATE_ATTACHMENT")


@pytest.mark.item("G12")
def test_a_carrier_gateway_that_cannot_be_read_is_undecided() -> None:
    estate = routed("cagw-wave")
    estate.denied("ec2/describe-carrier-gateways")
    assert told(estate, FAR) == "unknown UNKNOWN_RESOURCE"


@pytest.mark.item("G12")
def test_local_gateways_are_undecided() -> None:
    assert told(routed("lgw-outpost"), FAR) == "unknown UNSUPPORTED_COMPONENT"
