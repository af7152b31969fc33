"""Transit gateways of which the snapshot tells a part only, appliances behind them, and 1:1 NAT."""

import pytest

from tests.estates.asking import ask, told
from tests.estates.builder import Estate, allow, combined
from tests.estates.hub_and_spoke import DATABASE, NETWORKING, HubAndSpoke, hub_and_spoke
from tests.unit.components.surroundings import FakeSurroundings, arrival_of, function_in
from tests.unit.components.transit_worlds import asked
from vpcreach.components.transit_gateway import TransitGatewayAttachment
from vpcreach.errors import SnapshotError
from vpcreach.forwarding import Effect, Leg

GATEWAYS = "ec2/describe-transit-gateways"
ATTACHMENTS = "ec2/describe-transit-gateway-attachments"
VPC_ATTACHMENTS = "ec2/describe-transit-gateway-vpc-attachments"
TABLES = "ec2/describe-transit-gateway-route-tables"
ROUTES = "ec2/search-transit-gateway-routes"
NAT = "ec2/get-transit-gateway-attachment-nat-configuration"


# What is missing


@pytest.mark.item("G6", "K6")
def test_a_gateway_whose_owner_is_not_collected_is_undecided_and_the_account_is_named() -> None:
    world = hub_and_spoke()
    answer = ask(world.here, DATABASE)
    assert told(world.here, DATABASE) == "unknown TGW_RTB_ROUTES_ARE_UNKNOWN"
    assert NETWORKING in answer.unknowns[0].remedy
    # A blocker on one's own side is a proof, whatever the owner's tables say.
    world.app.network_acl("closed", subnets=["app"], outbound=())
    assert told(world.here, DATABASE).startswith("blocked SUBNET_ACL_RESTRICTION")


@pytest.mark.item("G6")
def test_a_participant_that_is_not_told_the_association_knows_no_routes() -> None:
    world = hub_and_spoke()
    del world.here["tgw-attach-app"]["Association"]
    assert told(world.here, DATABASE) == "unknown TGW_RTB_ROUTES_ARE_UNKNOWN"
    assert told(world.files(), DATABASE) == "reachable"


MISSING = [
    (GATEWAYS, "unknown UNKNOWN_RESOURCE"),
    (ATTACHMENTS, "unknown UNKNOWN_RESOURCE"),
    (VPC_ATTACHMENTS, "unknown UNKNOWN_RESOURCE"),
    (TABLES, "unknown TGW_RTB_ROUTES_ARE_UNKNOWN"),
    (f"{ROUTES}/tgw-rtb-spokes", "unknown TGW_RTB_ROUTES_ARE_UNKNOWN"),
]


@pytest.mark.item("G6", "K5")
@pytest.mark.parametrize(("path", "expected"), MISSING)
@pytest.mark.parametrize("how", ["without", "denied"])
def test_a_call_that_was_not_made_or_was_refused_is_no_empty_list(path: str, expected: str, how: str) -> None:
    world = hub_and_spoke(accounts=1)
    getattr(world.here, how)(path)
    assert told(world.here, DATABASE) == expected
    assert told(world.here, "internet") == expected


@pytest.mark.item("G6")
@pytest.mark.parametrize(
    "record_id", ["tgw-hub", "tgw-attach-app", "tgw-rtb-spokes", "vpc-attachment:data", "vpc-data"]
)
def test_an_id_that_no_file_lists_is_undecided(record_id: str) -> None:
    world = hub_and_spoke(accounts=1)
    world.here.forget(record_id)
    assert told(world.here, DATABASE).startswith("unknown")


@pytest.mark.item("G6")
def test_no_attachment_is_a_proof_only_where_the_owner_of_gateway_or_vpc_was_asked() -> None:
    world = hub_and_spoke()
    for estate in (world.here, world.there):
        estate.forget("vpc-attachment:app")
    assert told(world.files(), DATABASE) == "blocked UNASSOCIATED_COMPONENT"
    world.there.denied(VPC_ATTACHMENTS)
    assert told(world.files(), DATABASE) == "blocked UNASSOCIATED_COMPONENT"
    world.here.denied(VPC_ATTACHMENTS)
    assert told(world.files(), DATABASE) == "unknown UNKNOWN_RESOURCE"


@pytest.mark.item("G6")
@pytest.mark.parametrize("mark", [{"AdditionalRoutesAvailable": True}, {"NextToken": "more"}])
def test_routes_beyond_what_the_file_holds_are_a_gap(mark: dict[str, object]) -> None:
    def unfinished(world: HubAndSpoke) -> None:
        world.there.reply(f"{ROUTES}/tgw-rtb-spokes").update(mark)

    def exact(world: HubAndSpoke) -> None:
        world.hub.route("spokes", "10.2.1.9/32", "data")

    assert asked(DATABASE, unfinished) == "unknown TGW_RTB_ROUTES_ARE_UNKNOWN"
    # No route that is missing could be longer than one to the very address.
    world = hub_and_spoke()
    exact(world)
    unfinished(world)
    assert [note.leg.value for note in ask(world.files(), DATABASE).unknowns] == ["back"]


@pytest.mark.item("G6")
def test_a_prefix_list_that_cannot_be_read_leaves_the_table_undecided() -> None:
    def by_list(world: HubAndSpoke) -> None:
        route = world.hub.route("spokes", "10.2.1.0/24", "blackhole", prefix_list="pl-unread")
        del route["DestinationCidrBlock"]

    assert asked(DATABASE, by_list) == "unknown UNKNOWN_RESOURCE"


@pytest.mark.item("G6")
def test_a_route_in_a_state_of_tomorrow_is_undecided() -> None:
    def pending(world: HubAndSpoke) -> None:
        world.hub.route("spokes", "10.2.1.0/24", "data")["State"] = "pending"

    assert asked(DATABASE, pending) == "unknown TGW_RTB_BAD_STATE_ROUTE"


@pytest.mark.item("G6")
@pytest.mark.parametrize(
    ("subnet", "expected"), [("subnet-app-transit", "unknown"), ("subnet-data-transit", "unknown")]
)
def test_an_attachment_subnet_that_cannot_be_read_is_undecided(subnet: str, expected: str) -> None:
    def unread(world: HubAndSpoke) -> None:
        (world.here if subnet in world.here else world.there).forget(subnet)

    assert asked(DATABASE, unread).split()[0] == expected


@pytest.mark.item("G6")
def test_zones_of_two_accounts_are_not_compared_by_name() -> None:
    def nameless(world: HubAndSpoke) -> None:
        """Zone a of one account may be zone b of another; the far VPC works in one of its two zones alone."""
        data = world.there.drawn_vpc("data")
        data.subnet("data-transit-b", "10.2.0.16/28", az="b", table="data-transit")
        world.there["vpc-attachment:data"]["SubnetIds"].append("subnet-data-transit-b")
        data.network_acl("closed", subnets=["data-transit-b"], outbound=())
        for estate in (world.here, world.there):
            for each in estate.reply("ec2/describe-subnets")["Subnets"]:
                each.pop("AvailabilityZoneId", None)

    assert asked(DATABASE, nameless, accounts=1) == "reachable"
    assert asked(DATABASE, nameless, accounts=2).startswith("unknown")


# Appliances behind a hub


def inspected(*, appliance_mode: bool, zone_of_data: str = "b") -> Estate:
    """All traffic between spokes goes through one appliance per zone of a VPC `wall`; the spokes are in a and b."""
    estate = Estate()
    hub = estate.transit_gateway("hub")
    hub.table("spokes", {"0.0.0.0/0": "wall"})
    hub.table("inside")
    for number, name, zone in ((1, "app", "a"), (2, "data", zone_of_data)):
        vpc = estate.vpc(name, f"10.{number}.0.0/16")
        vpc.subnet(name, f"10.{number}.1.0/24", az=zone, table=name)
        vpc.route_table(name, {"0.0.0.0/0": "tgw-hub"})
        vpc.security_group(name, ingress=[allow("tcp", 5432, "10.0.0.0/8")])
        hub.attach(name, vpc, subnets=[name], table="spokes", propagates=["inside"])
    estate.drawn_vpc("data").network_interface("db", subnet="data", groups=["data"], address="10.2.1.9")
    wall = estate.vpc("wall", "10.9.0.0/16")
    wall.security_group("open", ingress=[allow("-1")])
    for number, zone in enumerate("ab"):
        wall.subnet(f"in-{zone}", f"10.9.{number}.0/28", az=zone, table=f"in-{zone}")
        wall.subnet(f"box-{zone}", f"10.9.{number}.16/28", az=zone, table="box")
        wall.network_interface(f"box-{zone}", subnet=f"box-{zone}", groups=["open"], source_dest_check=False)
        wall.route_table(f"in-{zone}", {"0.0.0.0/0": f"eni-box-{zone}"})
    wall.route_table("box", {"10.0.0.0/8": "tgw-hub"})
    subnets = ["in-a", "in-b"]
    hub.attach("wall", wall, subnets=subnets, table="inside", appliance_mode=appliance_mode)
    estate.function("app", subnets=["app"], groups=["app"])
    return estate


def inspected_told(*, appliance_mode: bool, zone_of_data: str) -> str:
    estate = inspected(appliance_mode=appliance_mode, zone_of_data=zone_of_data)
    return told(estate, DATABASE, trust=True)


@pytest.mark.item("G6", "B11")
def test_with_appliance_mode_answers_meet_the_appliance_that_saw_the_packets() -> None:
    assert inspected_told(appliance_mode=True, zone_of_data="b") == "reachable"
    assert inspected_told(appliance_mode=True, zone_of_data="a") == "reachable"


@pytest.mark.item("G6", "B11")
def test_without_appliance_mode_answers_from_another_zone_meet_another_appliance() -> None:
    assert inspected_told(appliance_mode=False, zone_of_data="a") == "reachable"
    told_of_b = inspected_told(appliance_mode=False, zone_of_data="b")
    assert told_of_b.startswith("unknown TRANSIT_GATEWAY_APPLIANCE_MODE_RECOMMENDED")


@pytest.mark.item("G6", "G9", "K6")
def test_without_appliance_mode_a_firewall_in_another_zone_is_no_proof_and_an_acl_on_every_way_is_one() -> None:
    estate = inspected(appliance_mode=False, zone_of_data="b")
    estate.put("network-firewall/list-firewalls", {"Firewalls": []})
    for zone in "ab":
        endpoint = {
            "VpcEndpointId": f"vpce-{zone}",
            "VpcEndpointType": "GatewayLoadBalancer",
            "State": "available",
            "VpcId": "vpc-wall",
            "SubnetIds": [f"subnet-box-{zone}"],
        }
        estate.add("ec2/describe-vpc-endpoints", f"vpce-{zone}", endpoint)
        estate.route_table(f"in-{zone}").replace_route("0.0.0.0/0", f"vpce-{zone}")
    found = told(estate, DATABASE, trust=True)
    assert found.startswith("unknown TRANSIT_GATEWAY_APPLIANCE_MODE_RECOMMENDED")
    estate.drawn_vpc("app").network_acl("shut", subnets=["app"], inbound=())
    assert told(estate, DATABASE, trust=True).startswith("blocked")


# 1:1 NAT


@pytest.mark.item("G10")
def test_one_to_one_nat_gives_packets_another_source_and_answers_come_back() -> None:
    def translated(world: HubAndSpoke) -> None:
        world.hub.nat("app", {"10.1.0.0/16": "100.64.0.0/16"})
        for table in ("spokes", "shared"):
            world.hub.drop_route(table, "10.1.0.0/16")
            world.hub.route(table, "100.64.0.0/16", "app", kind="system")
        world.there.route_table("db").add_route("100.64.0.0/10", "tgw-hub")
        world.there.route_table("public").add_route("100.64.0.0/10", "tgw-hub")

    def admits(cidr: str) -> dict[str, tuple[str, ...]]:
        return {"db_rules": (cidr,)}

    assert asked(DATABASE, translated, **admits("100.64.1.0/24")) == "reachable"
    assert asked(DATABASE, translated, **admits("10.1.1.0/24")) == "blocked ENI_SG_RULES_MISMATCH"
    assert asked("internet", translated) == "reachable"

    def unreturned(world: HubAndSpoke) -> None:
        translated(world)
        for destination in ("100.64.0.0/16", "0.0.0.0/0"):
            world.hub.drop_route("spokes", destination)

    assert asked(DATABASE, unreturned, **admits("100.64.1.0/24")) == "blocked TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT"


@pytest.mark.item("G10", "D6")
def test_behind_one_to_one_nat_rules_that_name_the_functions_group_match_nothing() -> None:
    def translated(world: HubAndSpoke) -> None:
        world.hub.nat("app", {"10.1.0.0/16": "100.64.0.0/16"})
        world.hub.route("spokes", "100.64.0.0/16", "app", kind="system")
        world.there.route_table("db").add_route("100.64.0.0/10", "tgw-hub")

    rules = ("111122223333/sg-app",)
    assert asked(DATABASE, translated, db_rules=rules, referencing=True) == "blocked SG_REFERENCES_NOT_PRESERVED"


@pytest.mark.item("G10")
def test_a_source_that_no_rule_matches_stays_what_it_is() -> None:
    assert asked(DATABASE, lambda world: world.hub.nat("app", {"10.7.0.0/16": "100.64.0.0/16"})) == "reachable"
    staged = {"state": "deactivated"}
    assert asked(DATABASE, lambda w: w.hub.nat("app", {"10.1.0.0/16": "100.64.0.0/16"}, **staged)) == "reachable"
    off = {"support": "disabled", "state": "deactivated"}
    assert asked(DATABASE, lambda w: w.hub.nat("app", {"10.1.0.0/16": "100.64.0.0/16"}, **off)) == "reachable"


UNSURE = [
    ("enabling", "activated", "unknown COLLECTION_FAILED"),
    ("tomorrow", "activated", "unknown COLLECTION_FAILED"),
    ("enabled", "pending", "unknown COLLECTION_FAILED"),
]


@pytest.mark.item("G10")
@pytest.mark.parametrize(("support", "state", "expected"), UNSURE)
def test_nat_that_is_being_changed_is_undecided(support: str, state: str, expected: str) -> None:
    def changing(world: HubAndSpoke) -> None:
        world.hub.nat("app", {"10.1.0.0/16": "100.64.0.0/16"}, support=support, state=state)

    assert asked(DATABASE, changing) == expected


@pytest.mark.item("G10")
@pytest.mark.parametrize("how", ["without", "denied"])
def test_nat_that_is_advertised_and_cannot_be_read_is_undecided(how: str) -> None:
    def unread(world: HubAndSpoke) -> None:
        world.hub.nat("app", {"10.7.0.0/16": "100.64.0.0/16"})
        getattr(world.there, how)(f"{NAT}/tgw-attach-app")

    assert asked(DATABASE, unread) == "unknown COLLECTION_FAILED"


@pytest.mark.item("G10")
def test_answers_to_a_translated_address_that_another_vpc_has_are_lost() -> None:
    def twin(world: HubAndSpoke) -> None:
        world.hub.nat("app", {"10.1.0.0/16": "100.64.0.0/16"})
        other = world.there.vpc("twin", "100.64.0.0/16")
        other.subnet("twin", "100.64.1.0/24", az="a")
        world.hub.attach("twin", other, subnets=["twin"], table="spokes", propagates=["spokes"])
        world.there.route_table("db").add_route("100.64.0.0/10", "tgw-hub")

    assert asked(DATABASE, twin, db_rules=("100.64.1.0/24",)) == "blocked NO_POSSIBLE_DESTINATION"


@pytest.mark.item("G10")
def test_ways_into_an_attachment_that_translates_are_undecided() -> None:
    world = hub_and_spoke()
    world.hub.nat("data", {"10.2.0.0/16": "100.65.0.0/16"})
    assert [note.leg.value for note in ask(world.files(), DATABASE).unknowns] == ["out"]
    assert asked(DATABASE, lambda w: w.hub.nat("data", {"10.2.0.0/16": "100.65.0.0/16"})) == (
        "unknown UNSUPPORTED_COMPONENT"
    )
    assert asked(DATABASE, lambda w: w.hub.nat("data", {"10.7.0.0/16": "100.65.0.0/16"})) == "reachable"


def test_all_accounts_of_one_world_agree() -> None:
    world = hub_and_spoke()
    assert combined(world.there, world.here).keys() == world.files().keys()


@pytest.mark.item("G6")
@pytest.mark.parametrize("attachment", ["app", "data"])
def test_an_attachment_that_lists_no_subnet_is_undecided(attachment: str) -> None:
    def bare(world: HubAndSpoke) -> None:
        for estate in (world.here, world.there):
            if f"vpc-attachment:{attachment}" in estate:
                estate[f"vpc-attachment:{attachment}"]["SubnetIds"] = []

    assert asked(DATABASE, bare) == "unknown UNKNOWN_RESOURCE"


@pytest.mark.item("G10")
def test_answers_that_an_attachment_gives_another_source_are_undecided() -> None:
    """Packets come by peering, and their answers leave through the attachment, which translates them."""

    def asymmetric(world: HubAndSpoke) -> None:
        data = world.there.drawn_vpc("data")
        world.app.peering("link", data)
        world.here.route_table("app").add_route("10.2.0.0/16", "pcx-link")
        world.hub.nat("data", {"10.2.1.0/24": "100.64.0.0/24"})

    assert asked(DATABASE, asymmetric, accounts=1) == "unknown UNSUPPORTED_COMPONENT"


@pytest.mark.item("G10", "K5")
def test_ways_into_an_attachment_whose_nat_cannot_be_read_are_undecided() -> None:
    def unread(world: HubAndSpoke) -> None:
        world.hub.nat("data", {"10.7.0.0/16": "100.65.0.0/16"})
        world.there.without(f"{NAT}/tgw-attach-data")

    assert asked(DATABASE, unread) == "unknown COLLECTION_FAILED"


@pytest.mark.item("G10")
def test_a_nat_rule_of_two_sizes_is_refused_with_its_place() -> None:
    with pytest.raises(SnapshotError, match=r"NatGatewayRules\[0\].*not of one size"):
        asked(DATABASE, lambda world: world.hub.nat("app", {"10.1.0.0/16": "100.64.0.0/24"}))


@pytest.mark.item("G10", "K5")
def test_answers_to_a_translated_address_whose_vpc_no_file_tells_are_undecided() -> None:
    attachment = TransitGatewayAttachment(transit_gateway_attachment_id="tgw-attach-app")
    (hop,) = attachment.answer(arrival_of(function_in("subnet-app"), leg=Leg.BACK), FakeSurroundings())
    assert [(note.effect, note.code) for note in hop.notes] == [(Effect.UNKNOWN, "UNSUPPORTED_COMPONENT")]
