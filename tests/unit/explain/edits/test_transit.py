"""Transit gateways: static routes."""

from tests.estates.builder import Estate, allow
from tests.estates.transit import Hub
from tests.unit.explain.edits.trials import refusal, trial
from vpcreach.explain.edits import Cost, SetTransitGatewayRoute

DATA = "10.1.0.9:5432"
ADD = SetTransitGatewayRoute("tgw-rtb-hub", "10.1.0.0/16", "tgw-attach-data")


def estate() -> tuple[Estate, Hub]:
    """Two VPCs at a hub whose table does not know the way to the second."""
    drawn = Estate()
    hub = drawn.transit_gateway("hub")
    hub.table("hub")
    for name, block in (("app", "10.0"), ("data", "10.1"), ("old", "10.2")):
        vpc = drawn.vpc(name, f"{block}.0.0/16")
        vpc.subnet(f"{name}-a", f"{block}.0.0/24", table=name)
        vpc.route_table(name, {"10.0.0.0/8": "tgw-hub"})
        vpc.set_rules("default", ingress=[allow("-1")])
        hub.attach(name, vpc, subnets=[f"{name}-a"], table="hub", propagates=["hub"] if name == "app" else [])
    drawn.drawn_vpc("data").network_interface("db", subnet="data-a", address="10.1.0.9")
    drawn.function("app", subnets=["app-a"])
    return drawn, hub


def test_a_static_route_leads_on() -> None:
    assert trial(estate()[0], DATA, ADD) == "blocked TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT => reachable"
    assert str(ADD) == "add to tgw-rtb-hub the static route 10.1.0.0/16 -> tgw-attach-data"
    assert ADD.cost is Cost.NONE


def test_a_static_route_takes_the_place_of_one_that_led_elsewhere() -> None:
    drawn, hub = estate()
    hub.route("hub", "10.1.0.0/16", "blackhole")
    edit = SetTransitGatewayRoute("tgw-rtb-hub", "10.1.0.0/16", "tgw-attach-data", "blackhole")
    assert trial(drawn, DATA, edit) == "blocked TGW_RTB_BAD_STATE_ROUTE => reachable"
    assert str(edit) == "point 10.1.0.0/16 of tgw-rtb-hub at tgw-attach-data, not blackhole"


def test_a_static_route_stands_before_a_propagated_one() -> None:
    drawn, hub = estate()
    hub.route("hub", "10.1.0.0/16", "old", kind="propagated")
    assert trial(drawn, DATA, ADD).endswith("=> reachable")


def test_what_the_hub_does_not_have_is_refused() -> None:
    drawn, _ = estate()
    drawn.transit_gateway("far").table("far")
    table = SetTransitGatewayRoute("tgw-rtb-hbu", "10.1.0.0/16", "tgw-attach-data")
    assert refusal(drawn, table) == 'tgw-rtb-hbu is not in the snapshot; did you mean "tgw-rtb-hub"?'
    attachment = SetTransitGatewayRoute("tgw-rtb-hub", "10.1.0.0/16", "tgw-attach-dat")
    assert 'did you mean "tgw-attach-data"?' in refusal(drawn, attachment)
    far = SetTransitGatewayRoute("tgw-rtb-far", "10.1.0.0/16", "tgw-attach-data")
    assert refusal(drawn, far) == "tgw-attach-data is of tgw-hub, and tgw-rtb-far is a table of tgw-far"
    drawn.without("ec2/search-transit-gateway-routes/tgw-rtb-hub")
    assert refusal(drawn, ADD) == "the routes of tgw-rtb-hub are not in the snapshot"
