"""Which route of a transit gateway wins, and what becomes of packets beyond a peering of gateways."""

import pytest

from tests.estates.asking import ask, told
from tests.estates.builder import Estate, allow, combined
from tests.estates.hub_and_spoke import DATABASE, HubAndSpoke
from tests.unit.components.transit_worlds import Change, asked

# Routes


def leads(destination: str, target: str, kind: str = "static", prefix_list: str | None = None) -> Change:
    return lambda world: world.hub.route("spokes", destination, target, kind=kind, prefix_list=prefix_list)


def no_vpc_route(world: HubAndSpoke) -> None:
    world.hub.drop_route("spokes", "10.2.0.0/16")


ROUTES = [
    pytest.param((leads("10.2.1.0/24", "blackhole"),), "blocked TGW_RTB_BAD_STATE_ROUTE", id="a-longer-blackhole-wins"),
    pytest.param((leads("10.0.0.0/8", "blackhole"),), "reachable", id="a-shorter-one-does-not"),
    pytest.param(
        (leads("10.2.0.0/16", "blackhole"),), "blocked TGW_RTB_BAD_STATE_ROUTE", id="static-before-propagated"
    ),
    pytest.param(
        (leads("10.2.0.0/16", "blackhole", prefix_list="pl-office"),),
        "blocked TGW_RTB_BAD_STATE_ROUTE",
        id="prefix-list-before-propagated",
    ),
    pytest.param(
        (leads("10.2.0.0/16", "blackhole", prefix_list="pl-office"), leads("10.2.0.0/16", "data")),
        "reachable",
        id="static-before-prefix-list",
    ),
    pytest.param(
        (leads("10.2.0.0/16", "direct-connect-gateway:office", "propagated"),),
        "reachable",
        id="a-vpc-before-direct-connect",
    ),
    pytest.param(
        (no_vpc_route, leads("10.2.0.0/16", "vpn:office", "propagated")),
        "unknown ON_PREM_BEYOND_MODEL",
        id="what-lies-on-premises",
    ),
    pytest.param(
        (
            no_vpc_route,
            leads("10.2.0.0/16", "vpn:a", "propagated"),
            leads("10.2.0.0/16", "vpn:b", "propagated"),
        ),
        "unknown ON_PREM_BEYOND_MODEL",
        id="two-ways-to-the-same-premises",
    ),
    pytest.param(
        (leads("10.2.0.0/16", "egress", "propagated"),),
        "unknown TGW_RTB_ROUTES_ARE_UNKNOWN",
        id="two-vpcs-of-one-rank",
    ),
    pytest.param(
        (leads("10.2.0.0/16", "egress", "tomorrow"),),
        "unknown TGW_RTB_ROUTES_ARE_UNKNOWN",
        id="a-type-of-tomorrow-beside-another",
    ),
    pytest.param(
        (leads("10.2.0.0/16", "data"), leads("10.2.0.0/16", "egress", "tomorrow")),
        "unknown TGW_RTB_ROUTES_ARE_UNKNOWN",
        id="even-beside-a-static-one",
    ),
    pytest.param(
        (leads("10.2.1.0/24", "network-function:wall"),), "unknown UNSUPPORTED_COMPONENT", id="a-network-function"
    ),
    pytest.param((leads("10.2.1.0/24", "tomorrow:x"),), "unknown UNSUPPORTED_COMPONENT", id="a-kind-of-tomorrow"),
]


@pytest.mark.item("G6")
@pytest.mark.parametrize(("changes", "expected"), ROUTES)
def test_which_route_of_the_gateway_wins(changes: tuple[Change, ...], expected: str) -> None:
    assert asked(DATABASE, *changes) == expected


@pytest.mark.item("G6")
def test_several_attachments_of_one_vpn_route_are_one_way_on_premises() -> None:
    def ecmp(world: HubAndSpoke) -> None:
        route = world.hub.route("spokes", "192.168.0.0/16", "vpn:a", kind="propagated")
        route["TransitGatewayAttachments"].append(route["TransitGatewayAttachments"][0] | {"ResourceId": "vpn-b"})

    assert asked("192.168.1.1:443", ecmp) == "unknown ON_PREM_BEYOND_MODEL"


@pytest.mark.item("G6")
def test_a_route_by_prefix_list_that_names_no_block_is_read_entry_by_entry() -> None:
    def by_list(world: HubAndSpoke) -> None:
        world.there.prefix_list("databases", cidrs=["10.2.1.0/24"])
        route = world.hub.route("spokes", "10.2.1.0/24", "blackhole", prefix_list="pl-databases")
        del route["DestinationCidrBlock"]

    assert asked(DATABASE, by_list) == "blocked TGW_RTB_BAD_STATE_ROUTE"


@pytest.mark.item("G6", "B13")
def test_a_table_that_leads_back_is_a_loop() -> None:
    def circle(world: HubAndSpoke) -> None:
        world.there.route_table("transit").replace_route("0.0.0.0/0", "tgw-hub")
        world.hub.route("shared", "0.0.0.0/0", "egress")

    assert asked("internet", circle) == "blocked ROUTING_LOOP"


# Peering of gateways


def peered(
    *, far_route: bool = True, db_rules: str = "10.1.1.0/24", region: str = "us-west-2"
) -> tuple[Estate, Estate]:
    """The function behind `tgw-near`, the database behind `tgw-far` of another account and region."""
    here = Estate()
    there = here.beside(account="222233334444", region=region)
    near, far = here.transit_gateway("near", referencing=True), there.transit_gateway("far", referencing=True)
    near.table("near", {"10.2.0.0/16": "link"})
    far.table("far", {"10.1.0.0/16": "link"} if far_route else {})
    for estate, hub, table, name, number, gateway in (
        (here, near, "near", "app", 1, "tgw-near"),
        (there, far, "far", "data", 2, "tgw-far"),
    ):
        vpc = estate.vpc(name, f"10.{number}.0.0/16")
        vpc.subnet(name, f"10.{number}.1.0/24", az="a", table=name)
        vpc.route_table(name, {"10.0.0.0/8": gateway})
        vpc.security_group(name, ingress=[allow("tcp", 5432, db_rules)])
        hub.attach(name, vpc, subnets=[name], table=table, propagates=[table])
    there.drawn_vpc("data").network_interface("db", subnet="data", groups=["data"], address="10.2.1.9")
    near.peer("link", far, table="near", far_table="far", far_name="back" if region == here.region else None)
    if region == here.region:
        far.routes("far")[0]["TransitGatewayAttachments"] = (
            [{"TransitGatewayAttachmentId": "tgw-attach-back", "ResourceId": "tgw-near", "ResourceType": "peering"}]
            if far_route
            else []
        )
    here.function("app", subnets=["app"], groups=["app"])
    return here, there


@pytest.mark.item("G6")
@pytest.mark.parametrize("region", ["us-west-2", "eu-west-1"])
def test_peered_gateways_carry_packets_where_both_have_static_routes(region: str) -> None:
    files = combined(*peered(region=region))
    assert told(files, DATABASE) == "reachable"
    (trace,) = ask(files, DATABASE).all_traces
    assert [s.component for s in trace.path if s.kind == "transit_gateway"] == ["tgw-near", "tgw-far"]
    assert told(combined(*peered(far_route=False)), DATABASE) == "blocked TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT"


@pytest.mark.item("G6", "K4")
def test_zones_mean_nothing_across_a_peering_of_gateways() -> None:
    here, there = peered(region="eu-west-1")
    data = there.drawn_vpc("data")
    data.subnet("data-b", "10.2.2.0/24", az="b")
    there["vpc-attachment:data"]["SubnetIds"].append("subnet-data-b")
    assert told(combined(here, there), DATABASE) == "reachable"
    data.network_acl("closed", subnets=["data-b"], outbound=())
    assert told(combined(here, there), DATABASE) == "unknown UNKNOWN_DESTINATION"


@pytest.mark.item("G10")
@pytest.mark.parametrize("side", [0, 1])
def test_nat_at_a_peering_is_undecided(side: int) -> None:
    estates = peered()
    estates[side]["tgw-attach-link"]["NatGatewaySupport"] = "enabled"
    assert told(combined(*estates), DATABASE) == "unknown UNSUPPORTED_COMPONENT"


@pytest.mark.item("G6", "D6")
def test_no_references_across_peered_gateways() -> None:
    assert told(combined(*peered(db_rules="111122223333/sg-app")), DATABASE) == "blocked SG_REFERENCING_SUPPORT"


@pytest.mark.item("G6")
def test_a_peer_whose_account_is_not_collected_is_undecided_and_named() -> None:
    here, _ = peered()
    answer = ask(here, DATABASE)
    assert told(here, DATABASE) == "unknown TGW_RTB_ROUTES_ARE_UNKNOWN"
    assert "222233334444" in answer.unknowns[0].remedy


@pytest.mark.item("G6")
def test_an_end_of_the_peering_that_is_ruled_by_no_table_drops_all() -> None:
    here, there = peered()
    del there["tgw-attach-link"]["Association"]
    assert told(combined(here, there), DATABASE) == "blocked TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION"


@pytest.mark.item("G6")
@pytest.mark.parametrize(
    ("state", "expected"), [("pendingAcceptance", "blocked BAD_STATE"), ("modifying", "reachable")]
)
def test_the_peering_must_be_in_use(state: str, expected: str) -> None:
    here, there = peered()
    for estate in (here, there):
        estate["tgw-attach-link"]["State"] = state
    assert told(combined(here, there), DATABASE) == expected


@pytest.mark.item("G6")
def test_an_end_of_the_peering_that_its_owner_does_not_list_is_undecided() -> None:
    here, there = peered()
    here.forget("tgw-attach-link")
    assert told(combined(here, there), DATABASE) == "unknown UNKNOWN_RESOURCE"
