"""Carrier gateways and other route targets that lead out of what AWS tells."""

import pytest

from tests.estates.asking import told
from tests.estates.builder import Estate
from tests.unit.components.surroundings import FakeSurroundings, arrival_of, function_in
from vpcreach.components.carrier_gateway import CarrierGateway
from vpcreach.forwarding import Effect, Leg, Stop

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


@pytest.mark.item("G12")
@pytest.mark.parametrize(
    ("state", "vpc_id", "expected"),
    [
        ("available", "vpc-main", []),
        ("available", None, []),
        ("deleting", "vpc-main", [(Effect.FAIL, "BAD_STATE", "cagw-wave", "State")]),
        ("deleted", "vpc-main", [(Effect.FAIL, "BAD_STATE", "cagw-wave", "State")]),
        ("available", "vpc-other", [(Effect.FAIL, "BAD_STATE_ATTACHMENT", "cagw-wave", "VpcId")]),
    ],
)
def test_what_stops_packets_at_a_carrier_gateway_names_the_entry(
    state: str, vpc_id: str | None, expected: list[tuple[Effect, str, str, str]]
) -> None:
    gateway = CarrierGateway(carrier_gateway_id="cagw-wave", vpc_id=vpc_id, state=state)
    arrival = arrival_of(function_in("subnet-app"))
    (hop,) = gateway.forward(arrival, FakeSurroundings())
    assert (hop.packets, hop.then, hop.detail) == (arrival.packets, Stop(), "carrier's network")
    beyond = (Effect.UNKNOWN, "UNSUPPORTED_COMPONENT", "cagw-wave", "")
    assert [(note.effect, note.code, note.component, note.entry) for note in hop.notes] == [*expected, beyond]


@pytest.mark.item("G12", "B11")
def test_answers_that_are_sent_to_a_carrier_gateway_are_lost() -> None:
    gateway = CarrierGateway(carrier_gateway_id="cagw-wave", vpc_id="vpc-main", state="available")
    (hop,) = gateway.forward(arrival_of(function_in("subnet-app"), leg=Leg.BACK), FakeSurroundings())
    assert [(note.effect, note.component) for note in hop.notes] == [(Effect.FAIL, "cagw-wave")]
