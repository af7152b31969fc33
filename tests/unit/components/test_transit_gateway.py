"""Transit gateways: the whole way, which attachment, which zone, and whether answers return."""

import pytest

from tests.estates.asking import ask, finding_codes, told
from tests.estates.builder import Estate, allow
from tests.estates.hub_and_spoke import DATABASE, HubAndSpoke, hub_and_spoke
from tests.estates.shapes import faults_of
from tests.unit.components.transit_worlds import Change, asked, record

BACK = "RESPONSE_RTB_HAS_NO_ROUTE_TO_TRANSIT_GATEWAY"


# The whole way


@pytest.mark.item("G6", "G7")
@pytest.mark.parametrize("accounts", [1, 2])
@pytest.mark.parametrize("destination", ["internet", DATABASE, "10.2.1.0/24:5432"])
def test_a_hub_carries_packets_and_their_answers_also_between_accounts(accounts: int, destination: str) -> None:
    assert asked(destination, accounts=accounts) == "reachable"


def test_the_drawing_is_one_that_aws_could_print() -> None:
    world = hub_and_spoke()
    world.hub.nat("app", {"10.1.0.0/16": "100.64.0.0/16"})
    world.hub.route("spokes", "10.9.0.0/16", "vpn:office")
    assert faults_of(world.files()) == []


@pytest.mark.item("G6")
def test_the_trail_names_gateway_attachment_and_table_both_ways() -> None:
    (trace,) = ask(hub_and_spoke().files(), DATABASE).all_traces
    transit = [step.component for step in trace.path if step.component.startswith("tgw-")]
    assert transit == ["tgw-hub", "tgw-attach-app", "tgw-rtb-spokes"]
    assert [step.component for step in trace.return_path if step.component.startswith("tgw-")] == [
        "tgw-hub",
        "tgw-attach-data",
        "tgw-rtb-spokes",
    ]


# Attachments: state, zone, family


def moved_to_zone_b(world: HubAndSpoke) -> None:
    world.app.subnet("elsewhere", "10.1.2.0/24", az="b", table="app")
    world.here.move_function("app", subnets=["elsewhere"], groups=["app"])


def also_attached_in_zone_b(world: HubAndSpoke) -> None:
    world.app.subnet("transit-b", "10.1.0.16/28", az="b", table="app-transit")
    world.here["vpc-attachment:app"]["SubnetIds"].append("subnet-transit-b")


def unattached(world: HubAndSpoke) -> None:
    for estate in (world.here, world.there):
        if "vpc-attachment:app" in estate:
            estate.forget("vpc-attachment:app")


STATES = [
    pytest.param((record("tgw-hub", State="available"),), "reachable", id="available"),
    pytest.param((record("tgw-hub", State="modifying"),), "reachable", id="a-gateway-that-is-modified-works"),
    pytest.param((record("tgw-hub", State="pending"),), "unknown BAD_STATE", id="a-gateway-in-the-making"),
    pytest.param((record("tgw-hub", State="deleted"),), "blocked BAD_STATE", id="a-deleted-gateway"),
    pytest.param((record("tgw-hub", State="tomorrow"),), "unknown BAD_STATE", id="a-state-of-tomorrow"),
    pytest.param((record("vpc-attachment:app", State="modifying"),), "reachable", id="a-modified-attachment-works"),
    pytest.param((record("vpc-attachment:app", State="pending"),), "unknown BAD_STATE", id="a-pending-attachment"),
    pytest.param(
        (record("vpc-attachment:app", State="pendingAcceptance"),), "blocked BAD_STATE", id="an-unaccepted-attachment"
    ),
    pytest.param((record("vpc-attachment:data", State="failed"),), "blocked BAD_STATE", id="a-failed-far-attachment"),
    pytest.param((record("tgw-rtb-spokes", State="pending"),), "unknown BAD_STATE", id="a-pending-table"),
    pytest.param((record("tgw-rtb-spokes", State="deleted"),), "blocked BAD_STATE", id="a-deleted-table"),
    pytest.param((unattached,), "blocked UNASSOCIATED_COMPONENT", id="no-attachment-at-all"),
    pytest.param((moved_to_zone_b,), "blocked TGW_ROUTE_AZ_RESTRICTION", id="no-interface-in-the-functions-zone"),
    pytest.param((moved_to_zone_b, also_attached_in_zone_b), "blocked ENI_SG_RULES_MISMATCH", id="one-in-each-zone"),
]


@pytest.mark.item("G6")
@pytest.mark.parametrize(("changes", "expected"), STATES)
def test_what_carries_packets_is_attached_in_use_and_in_the_zone(changes: tuple[Change, ...], expected: str) -> None:
    assert asked(DATABASE, *changes) == expected


@pytest.mark.item("G6")
def test_what_is_being_modified_is_worth_knowing() -> None:
    world = hub_and_spoke()
    record("vpc-attachment:app", State="modifying")(world)
    assert "BAD_STATE" in finding_codes(ask(world.files(), DATABASE))


@pytest.mark.item("G6")
def test_an_attachment_that_was_replaced_does_not_count() -> None:
    def replaced(world: HubAndSpoke) -> None:
        world.hub.attach("a-former-one", world.app, subnets=["app-transit"], table=None, state="deleted")

    assert asked(DATABASE, replaced) == "reachable"


@pytest.mark.item("G6")
def test_zones_are_compared_by_id_whatever_their_names() -> None:
    renamed = record("subnet-app-transit", AvailabilityZone="eu-west-1c")
    assert asked(DATABASE, renamed) == "reachable"
    assert asked(DATABASE, record("subnet-app-transit", AvailabilityZoneId="euw1-az3")).startswith("blocked TGW_ROUTE")


@pytest.mark.item("G6")
def test_the_answering_side_needs_an_interface_in_its_zone_too() -> None:
    def far(world: HubAndSpoke) -> None:
        data = world.there.drawn_vpc("data")
        data.subnet("db-b", "10.2.2.0/24", az="b", table="db")
        data.network_interface("db-b", subnet="db-b", groups=["db"], address="10.2.2.9")

    world = hub_and_spoke()
    far(world)
    (blocker,) = ask(world.files(), "10.2.2.9:5432").blockers
    assert (blocker.code, blocker.leg.value) == ("TGW_ROUTE_AZ_RESTRICTION", "back")


@pytest.mark.item("G6")
def test_answers_need_a_route_to_the_gateway() -> None:
    def none(world: HubAndSpoke) -> None:
        world.there.route_table("db").remove_route("10.0.0.0/8")

    assert asked(DATABASE, none) == f"blocked {BACK}"


ASSOCIATIONS = [
    ({"Association": {}}, "blocked TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION"),
    ({"Association": None}, "blocked TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION"),
    (
        {"Association": {"TransitGatewayRouteTableId": "tgw-rtb-spokes", "State": "disassociated"}},
        "blocked TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION",
    ),
    (
        {"Association": {"TransitGatewayRouteTableId": "tgw-rtb-spokes", "State": "associating"}},
        "unknown TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION",
    ),
    (
        {"Association": {"TransitGatewayPolicyTableId": "tgw-ptb-1", "State": "associated"}},
        "unknown UNSUPPORTED_COMPONENT",
    ),
]


@pytest.mark.item("G6")
@pytest.mark.parametrize(("values", "expected"), ASSOCIATIONS)
def test_an_attachment_without_a_table_drops_what_comes_in(values: dict[str, object], expected: str) -> None:
    assert asked(DATABASE, record("tgw-attach-app", **values)) == expected


def dual_stack(*, ipv6: str = "enable") -> dict[str, bytes]:
    estate = Estate()
    hub = estate.transit_gateway("hub")
    hub.table("all")
    for number, name in ((1, "app"), (2, "data")):
        prefix = f"2600:1f18:{number}"
        vpc = estate.vpc(name, f"10.{number}.0.0/16", ipv6=f"{prefix}::/56")
        vpc.subnet(name, f"10.{number}.1.0/24", ipv6=f"{prefix}:0::/64", table=name)
        vpc.route_table(name, {"2600:1f18::/32": "tgw-hub"})
        vpc.security_group(name, ingress=[allow("tcp", 443, "::/0")])
        hub.attach(name, vpc, subnets=[name], table="all", propagates=["all"], ipv6=True)
    estate.drawn_vpc("data").network_interface("peer", subnet="data", groups=["data"], ipv6=80)
    estate["vpc-attachment:data"]["Options"]["Ipv6Support"] = ipv6
    estate.function("app", subnets=["app"], groups=["app"], dual_stack=True)
    return estate.files()


@pytest.mark.item("G6")
@pytest.mark.parametrize(
    ("ipv6", "expected"),
    [
        ("enable", "reachable"),
        ("disable", "blocked TGW_ATTACH_IPV6_DISABLED"),
        ("x", "unknown TGW_ATTACH_IPV6_DISABLED"),
    ],
)
def test_ipv6_takes_attachments_that_carry_it(ipv6: str, expected: str) -> None:
    assert told(dual_stack(ipv6=ipv6), "[2600:1f18:2::50]:443") == expected


# Where packets come out


def two_zones(world: HubAndSpoke, *, blocked_zone: str = "b") -> None:
    """The database's VPC is attached in zones a and b, and the subnet of one of them lets nothing out."""
    data = world.there.drawn_vpc("data")
    data.subnet("data-transit-b", "10.2.0.16/28", az="b", table="data-transit")
    world.there["vpc-attachment:data"]["SubnetIds"].append("subnet-data-transit-b")
    name = "data-transit-b" if blocked_zone == "b" else "data-transit"
    data.network_acl(f"closed-{name}", subnets=[name], outbound=())


def functions_zone_is_c(world: HubAndSpoke) -> None:
    world.app.subnet("far", "10.1.3.0/24", az="c", table="app")
    world.app.subnet("transit-c", "10.1.0.32/28", az="c", table="app-transit")
    world.here["vpc-attachment:app"]["SubnetIds"].append("subnet-transit-c")
    world.here.move_function("app", subnets=["far"], groups=["app"])
    world.there.drawn_vpc("data").set_rules("db", ingress=[allow("tcp", 5432, "10.1.0.0/16")])


@pytest.mark.item("G6", "K4")
def test_packets_come_out_in_the_zone_they_went_in_or_nobody_knows_where() -> None:
    assert asked(DATABASE, two_zones) == "reachable"
    assert asked(DATABASE, lambda world: two_zones(world, blocked_zone="a")) == "blocked SUBNET_ACL_RESTRICTION"
    assert asked(DATABASE, two_zones, functions_zone_is_c).startswith("unknown")
    both = (two_zones, two_zones_closed, functions_zone_is_c)
    assert asked(DATABASE, *both) == "blocked SUBNET_ACL_RESTRICTION"


def two_zones_closed(world: HubAndSpoke) -> None:
    world.there.drawn_vpc("data").network_acl("closed-too", subnets=["data-transit"], outbound=())
