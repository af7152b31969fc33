"""Cloud WAN: attachments, segments, edges, and whether answers return."""

from collections.abc import Callable

import pytest

from tests.estates.asking import ask, told
from tests.estates.builder import Estate, allow, combined
from tests.estates.cloud_wan import ATTACHMENTS, DETAIL, NETWORKS, ROUTES, Wan
from tests.estates.shapes import faults_of
from tests.unit.components.surroundings import FakeSurroundings, arrival_of, function_in
from vpcreach.components.cloud_wan import CoreNetworkAttachment
from vpcreach.forwarding import Effect

DATABASE = "10.2.1.9:5432"
OWNER = "222233334444"
Change = Callable[[Estate, Estate, Wan], object]


def joined(
    *changes: Change, accounts: int = 2, region: str = "eu-west-1", db_rules: str = "10.1.1.0/24"
) -> dict[str, bytes]:
    """`app` in 10.1.1.0/24 of one account, `eni-db` 10.2.1.9 in the account of the core network, both in `prod`."""
    here = Estate()
    there = here if accounts == 1 else here.beside(account=OWNER, region=region)
    wan = there.core_network("wan")
    for estate, name, number in ((here, "app", 1), (there, "data", 2)):
        vpc = estate.vpc(name, f"10.{number}.0.0/16")
        vpc.subnet(name, f"10.{number}.1.0/24", az="a", table=name)
        vpc.subnet(f"{name}-edge", f"10.{number}.0.0/28", az="a", table=f"{name}-edge")
        vpc.route_table(name, {"10.0.0.0/8": wan.arn})
        vpc.route_table(f"{name}-edge")
        vpc.security_group(name, ingress=[allow("tcp", 5432, db_rules)] if name == "data" else [])
        wan.attach(name, vpc, subnets=[f"{name}-edge"], segment="prod")
    there.drawn_vpc("data").network_interface("db", subnet="data", groups=["data"], address="10.2.1.9")
    for edge in {here.region, there.region}:
        wan.routes("prod", edge, {"10.1.0.0/16": "app", "10.2.0.0/16": "data"})
    here.function("app", subnets=["app"], groups=["app"])
    for change in changes:
        change(here, there, wan)
    return here.files() if here is there else combined(here, there)


def asked(*changes: Change, **drawing: object) -> str:
    return told(joined(*changes, **drawing), DATABASE)  # type: ignore[arg-type]


def attachment(name: str, **values: object) -> Change:
    """Writes keys of an attachment in every account that lists it."""

    def change(here: Estate, there: Estate, wan: Wan) -> None:
        for estate in (here, there):
            if f"attachment-{name}" in estate:
                estate[f"attachment-{name}"].update(values)

    return change


def routes(destinations: dict[str, str]) -> Change:
    return lambda here, there, wan: wan.routes("prod", "eu-west-1", destinations)


@pytest.mark.item("G11")
@pytest.mark.parametrize("accounts", [1, 2])
@pytest.mark.parametrize("region", ["eu-west-1", "us-west-2"])
def test_a_segment_carries_packets_and_answers_also_between_accounts_and_edges(accounts: int, region: str) -> None:
    assert asked(accounts=accounts, region=region) == "reachable"


def test_the_drawing_is_one_that_aws_could_print() -> None:
    assert faults_of(joined()) == []


@pytest.mark.item("G11")
def test_the_trail_names_network_attachment_and_segment() -> None:
    (trace,) = ask(joined(), DATABASE).all_traces
    kinds = [step.kind for step in trace.path if step.kind.startswith("core_network")]
    assert kinds == ["core_network", "core_network_attachment"]
    assert any("segment prod" in step.detail for step in trace.path)


def unattached(here: Estate, there: Estate, wan: Wan) -> None:
    for estate in (here, there):
        estate.forget("attachment-app")


def elsewhere(here: Estate, there: Estate, wan: Wan) -> None:
    here.drawn_vpc("app").subnet("far", "10.1.2.0/24", az="b", table="app")
    here.move_function("app", subnets=["far"], groups=["app"])


def no_return_route(here: Estate, there: Estate, wan: Wan) -> None:
    there.route_table("data").remove_route("10.0.0.0/8")


STOPPED = [
    pytest.param((unattached,), "blocked UNASSOCIATED_COMPONENT", id="not-attached"),
    pytest.param((elsewhere,), "blocked TGW_ROUTE_AZ_RESTRICTION", id="another-zone"),
    pytest.param((no_return_route,), "blocked NO_ROUTE_TO_DESTINATION", id="no-route-back"),
    pytest.param((attachment("app", State="FAILED"),), "blocked BAD_STATE", id="failed"),
    pytest.param((attachment("app", State="CREATING"),), "unknown BAD_STATE", id="in-the-making"),
    pytest.param((attachment("data", State="REJECTED"),), "blocked BAD_STATE", id="far-rejected"),
    pytest.param((attachment("app", SegmentName=None),), "blocked UNASSOCIATED_COMPONENT", id="no-segment"),
    pytest.param((routes({"10.1.0.0/16": "app"}),), "blocked TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", id="no-route"),
    pytest.param(
        (routes({"10.1.0.0/16": "app", "10.2.0.0/16": "data", "10.2.1.0/24": "blackhole"}),),
        "blocked TGW_RTB_BAD_STATE_ROUTE",
        id="a-longer-blackhole-wins",
    ),
    pytest.param(
        (attachment("data", NetworkFunctionGroupName="wall"),), "unknown UNSUPPORTED_COMPONENT", id="service-insertion"
    ),
    pytest.param((attachment("app", NatGatewaySupport="ENABLED"),), "unknown UNSUPPORTED_COMPONENT", id="nat"),
    pytest.param((attachment("data", AttachmentType="CONNECT"),), "unknown ON_PREM_BEYOND_MODEL", id="on-premises"),
    pytest.param((attachment("data", AttachmentType="TOMORROW"),), "unknown UNSUPPORTED_COMPONENT", id="new-kind"),
]


@pytest.mark.item("G11")
@pytest.mark.parametrize(("changes", "expected"), STOPPED)
def test_what_stops_packets_in_a_core_network(changes: tuple[Change, ...], expected: str) -> None:
    assert asked(*changes) == expected


@pytest.mark.item("G11")
@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("AVAILABLE", "reachable"),
        ("UPDATING", "reachable"),
        ("CREATING", "unknown BAD_STATE"),
        ("DELETING", "blocked BAD_STATE"),
    ],
)
def test_the_core_network_must_be_in_use(state: str, expected: str) -> None:
    assert asked(lambda here, there, wan: there[wan.arn].update(State=state)) == expected


def to_a_function_group(here: Estate, there: Estate, wan: Wan) -> None:
    told = wan.routes("prod", "eu-west-1", {"10.1.0.0/16": "app", "10.2.0.0/16": "data"})
    told[1]["Destinations"] = [{"NetworkFunctionGroupName": "wall"}]


def two_of_one_rank(here: Estate, there: Estate, wan: Wan) -> None:
    told = wan.routes("prod", "eu-west-1", {"10.1.0.0/16": "app", "10.2.0.0/16": "data"})
    told.append(told[1] | {"Destinations": [{"CoreNetworkAttachmentId": "attachment-app"}]})
    wan.estate.put(ROUTES, {"NetworkRoutes": told}, "global-network-1", wan.id, "prod", "eu-west-1")


def static_beside_propagated(here: Estate, there: Estate, wan: Wan) -> None:
    two_of_one_rank(here, there, wan)
    path = f"{ROUTES}/global-network-1.{wan.id}.prod.eu-west-1"
    wan.estate.reply(path)["NetworkRoutes"][1]["Type"] = "STATIC"


def by_prefix_list(here: Estate, there: Estate, wan: Wan) -> None:
    del wan.routes("prod", "eu-west-1", {"10.1.0.0/16": "app", "10.2.0.0/16": "data"})[1]["DestinationCidrBlock"]


@pytest.mark.item("G11")
def test_routes_of_a_segment_that_are_no_single_way_are_undecided() -> None:
    assert asked(to_a_function_group) == "unknown UNSUPPORTED_COMPONENT"
    assert asked(two_of_one_rank) == "unknown TGW_RTB_ROUTES_ARE_UNKNOWN"
    assert asked(by_prefix_list) == "unknown TGW_RTB_ROUTES_ARE_UNKNOWN"
    assert asked(static_beside_propagated) == "reachable"


@pytest.mark.item("G11", "E11")
@pytest.mark.parametrize(
    ("subnet", "direction", "cidr", "expected"),
    [
        ("app-edge", "inbound", "10.1.1.0/24", "blocked SUBNET_ACL_RESTRICTION"),
        ("app-edge", "outbound", "10.1.1.0/24", "blocked SUBNET_ACL_RESTRICTION"),
        ("app-edge", "inbound", "10.2.1.0/24", "reachable"),
        ("app-edge", "outbound", "10.2.1.0/24", "reachable"),
    ],
)
def test_network_acls_count_as_at_a_transit_gateway(subnet: str, direction: str, cidr: str, expected: str) -> None:
    rules = [(90, "deny", "-1", None, None, cidr), (100, "allow", "-1", None, None, "0.0.0.0/0")]

    def deny(here: Estate, there: Estate, wan: Wan) -> None:
        here.drawn_vpc("app").network_acl("denying", subnets=[subnet], **{direction: rules})

    assert asked(deny) == expected


@pytest.mark.item("G11", "D6")
def test_references_across_a_core_network_are_never_taken_for_granted() -> None:
    rule = "111122223333/sg-app"

    def off(here: Estate, there: Estate, wan: Wan) -> None:
        wan.attach("data", there.drawn_vpc("data"), subnets=["data-edge"], segment="prod", referencing=False)

    assert asked(db_rules=rule) == "unknown SG_REFERENCING_SUPPORT"
    assert asked(off, db_rules=rule) == "blocked SG_REFERENCING_SUPPORT"
    assert asked(db_rules=rule, region="us-west-2") == "blocked SG_REFERENCING_SUPPORT"


MISSING = [
    (NETWORKS, "unknown UNKNOWN_RESOURCE"),
    (ATTACHMENTS, "unknown UNKNOWN_RESOURCE"),
    (DETAIL, "unknown UNKNOWN_RESOURCE"),
    (ROUTES, "unknown TGW_RTB_ROUTES_ARE_UNKNOWN"),
]


@pytest.mark.item("G11", "K5")
@pytest.mark.parametrize(("path", "expected"), MISSING)
def test_a_call_that_was_not_made_is_no_empty_list(path: str, expected: str) -> None:
    assert asked(lambda here, there, wan: here.without(path), accounts=1) == expected


@pytest.mark.item("G11", "K6")
def test_a_core_network_whose_owner_is_not_collected_is_undecided() -> None:
    files = {path: data for path, data in joined().items() if path.startswith("111122223333/")}
    assert told(files, DATABASE).startswith("unknown")


# What the options of an attachment change


@pytest.mark.item("G11")
def test_an_attachment_that_was_replaced_does_not_count() -> None:
    def replaced(here: Estate, there: Estate, wan: Wan) -> None:
        wan.attach("a-former-one", here.drawn_vpc("app"), subnets=["app-edge"], segment=None)
        for estate in {id(here): here, id(there): there}.values():
            estate["attachment-a-former-one"]["State"] = "DELETING"

    assert asked(replaced) == "reachable"


@pytest.mark.item("G11", "D6")
def test_outbound_rules_that_name_groups_match_nothing_behind_a_core_network() -> None:
    def by_group(here: Estate, there: Estate, wan: Wan) -> None:
        here.drawn_vpc("app").set_rules("app", egress=[allow("tcp", 5432, "sg-data")])

    assert asked(by_group, accounts=1) == "blocked SG_REFERENCING_SUPPORT"


def in_two_zones(here: Estate, there: Estate, wan: Wan) -> None:
    """The database's VPC is attached in zones a and b, and the subnet of zone b lets nothing out."""
    data = there.drawn_vpc("data")
    data.subnet("data-edge-b", "10.2.0.16/28", az="b", table="data-edge")
    data.network_acl("closed", subnets=["data-edge-b"], outbound=())
    wan.attach("data", data, subnets=["data-edge", "data-edge-b"], segment="prod")


@pytest.mark.item("G11", "K4")
def test_packets_come_out_in_the_zone_they_went_in_or_nobody_knows_where() -> None:
    assert asked(in_two_zones) == "reachable"
    assert asked(in_two_zones, region="us-west-2").startswith("unknown")


def route_in_state(state: str) -> Change:
    def change(here: Estate, there: Estate, wan: Wan) -> None:
        wan.routes("prod", "eu-west-1", {"10.1.0.0/16": "app", "10.2.0.0/16": "data"})[1]["State"] = state

    return change


def inspected_on_the_way(here: Estate, there: Estate, wan: Wan) -> None:
    told = wan.routes("prod", "eu-west-1", {"10.1.0.0/16": "app", "10.2.0.0/16": "data"})
    told[1]["Destinations"][0]["NetworkFunctionGroupName"] = "wall"


@pytest.mark.item("G11")
def test_routes_of_tomorrow_and_through_network_functions_are_undecided() -> None:
    assert asked(route_in_state("TOMORROW")) == "unknown TGW_RTB_BAD_STATE_ROUTE"
    assert asked(inspected_on_the_way) == "unknown UNSUPPORTED_COMPONENT"


@pytest.mark.item("G11")
@pytest.mark.parametrize(
    ("support", "expected"),
    [(True, "reachable"), (False, "blocked TGW_ATTACH_IPV6_DISABLED"), (None, "unknown TGW_ATTACH_IPV6_DISABLED")],
)
def test_ipv6_takes_attachments_that_carry_it(support: bool | None, expected: str) -> None:
    estate = Estate()
    wan = estate.core_network("wan")
    for number, name in ((1, "app"), (2, "data")):
        vpc = estate.vpc(name, f"10.{number}.0.0/16", ipv6=f"2600:1f18:{number}::/56")
        vpc.subnet(name, f"10.{number}.1.0/24", ipv6=f"2600:1f18:{number}::/64", table=name)
        vpc.route_table(name, {"2600:1f18::/32": wan.arn})
        vpc.security_group(name, ingress=[allow("tcp", 443, "::/0")])
        wan.attach(name, vpc, subnets=[name], segment="prod", ipv6=True)
    wan.routes("prod", "eu-west-1", {"2600:1f18:1::/56": "app", "2600:1f18:2::/56": "data"})
    estate.drawn_vpc("data").network_interface("peer", subnet="data", groups=["data"], ipv6=80)
    estate.function("app", subnets=["app"], groups=["app"], dual_stack=True)
    chosen = estate.reply(f"{DETAIL}/attachment-data")["VpcAttachment"]["Options"]
    chosen["Ipv6Support"] = support
    assert told(estate, "[2600:1f18:2::50]:443") == expected


def inspected(*, appliance_mode: bool) -> str:
    """The function in zone a, the database in zone b, and a VPC between them with one appliance in each zone."""
    estate = Estate()
    wan = estate.core_network("wan")
    for number, name, zone in ((1, "app", "a"), (2, "data", "b")):
        vpc = estate.vpc(name, f"10.{number}.0.0/16")
        vpc.subnet(name, f"10.{number}.1.0/24", az=zone, table=name)
        vpc.route_table(name, {"0.0.0.0/0": wan.arn})
        vpc.security_group(name, ingress=[allow("tcp", 5432, "10.0.0.0/8")])
        wan.attach(name, vpc, subnets=[name], segment="prod")
    estate.drawn_vpc("data").network_interface("db", subnet="data", groups=["data"], address="10.2.1.9")
    wall = estate.vpc("wall", "10.9.0.0/16")
    wall.security_group("open", ingress=[allow("-1")])
    for number, zone in enumerate("ab"):
        wall.subnet(f"in-{zone}", f"10.9.{number}.0/28", az=zone, table=f"in-{zone}")
        wall.subnet(f"box-{zone}", f"10.9.{number}.16/28", az=zone, table="box")
        wall.network_interface(f"box-{zone}", subnet=f"box-{zone}", groups=["open"], source_dest_check=False)
        wall.route_table(f"in-{zone}", {"0.0.0.0/0": f"eni-box-{zone}"})
    wall.route_table("box", {"10.0.0.0/8": wan.arn})
    wan.attach("wall", wall, subnets=["in-a", "in-b"], segment="inside", appliance_mode=appliance_mode)
    wan.routes("prod", "eu-west-1", {"0.0.0.0/0": "wall"})
    wan.routes("inside", "eu-west-1", {"10.1.0.0/16": "app", "10.2.0.0/16": "data"})
    estate.function("app", subnets=["app"], groups=["app"])
    return told(estate, DATABASE, trust=True)


@pytest.mark.item("G11", "B11")
def test_appliance_mode_brings_answers_back_to_the_appliance_that_saw_the_packets() -> None:
    assert inspected(appliance_mode=True) == "reachable"
    assert "TRANSIT_GATEWAY_APPLIANCE_MODE_RECOMMENDED" in inspected(appliance_mode=False)


# What one list or one account tells and another does not


@pytest.mark.item("G11")
def test_a_route_to_an_attachment_that_nobody_lists_is_undecided() -> None:
    assert asked(routes({"10.1.0.0/16": "app", "10.2.0.0/16": "gone"})) == "unknown UNKNOWN_RESOURCE"


@pytest.mark.item("G11", "K5")
def test_an_attached_vpc_that_nobody_lists_is_undecided() -> None:
    assert asked(lambda here, there, wan: there.forget("vpc-data")).startswith("unknown UNKNOWN_RESOURCE")


@pytest.mark.item("G11")
@pytest.mark.parametrize("way", [0, 1], ids=["back", "out"])
def test_a_route_of_a_segment_to_what_is_no_attachment_is_undecided(way: int) -> None:
    def to_a_vpc(here: Estate, there: Estate, wan: Wan) -> None:
        told = wan.routes("prod", "eu-west-1", {"10.1.0.0/16": "app", "10.2.0.0/16": "data"})
        told[way]["Destinations"][0]["CoreNetworkAttachmentId"] = "vpc-data"

    assert asked(to_a_vpc) == "unknown UNSUPPORTED_COMPONENT"


@pytest.mark.item("G11")
def test_routes_of_the_other_family_are_no_rivals() -> None:
    assert asked(routes({"::/0": "blackhole", "10.1.0.0/16": "app", "10.2.0.0/16": "data"})) == "reachable"


@pytest.mark.item("G11", "K6")
def test_of_a_core_network_in_two_accounts_what_its_owner_is_told_counts() -> None:
    def also_here(state: str) -> Change:
        def change(here: Estate, there: Estate, wan: Wan) -> None:
            here.add(NETWORKS, wan.arn, {**there[wan.arn], "State": state})

        return change

    assert asked(also_here("AVAILABLE")) == "reachable"
    assert asked(also_here("DELETING")) == "reachable"


@pytest.mark.item("G11", "K5")
def test_an_attachment_of_a_core_network_that_nobody_lists_is_undecided() -> None:
    arn = "arn:aws:networkmanager::222233334444:core-network/core-network-wan"
    attachment = CoreNetworkAttachment(
        attachment_id="attachment-app", core_network_arn=arn, segment_name="prod", edge_location="eu-west-1"
    )
    (hop,) = attachment.forward(arrival_of(function_in("subnet-app")), FakeSurroundings())
    assert [(note.effect, note.code, note.component) for note in hop.notes] == [
        (Effect.UNKNOWN, "UNKNOWN_RESOURCE", arn)
    ]
