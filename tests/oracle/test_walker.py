"""The reference walker itself, against packets whose fate everybody can tell by hand."""

from collections.abc import Callable
from ipaddress import IPv4Address

import pytest

from tests.estates import seed
from tests.estates.builder import Estate, Route, allow
from tests.estates.rules import AclRule
from tests.oracle.walker import Flow, World, send

SITE = IPv4Address("93.184.215.14")
S3 = IPv4Address("52.218.0.9")
ALL: AclRule = (300, "allow", "-1", None, None, "0.0.0.0/0")


def fate(
    estate: Estate,
    destination: str | IPv4Address = SITE,
    *,
    subnet: str = "b",
    source: str = "10.0.1.9",
    client: int = 40000,
    nat: int = 50000,
    protocol: str = "tcp",
    port: int = 443,
    needs_interface: bool = False,
) -> str:
    flow = Flow(
        "app",
        f"subnet-{subnet}",
        IPv4Address(source),
        client,
        IPv4Address(destination),
        protocol,
        port,
        nat_port=nat,
        needs_interface=needs_interface,
    )
    return send(World(estate.files()), flow).fate


def two_subnets() -> Estate:
    """A public subnet `a` with NAT gateway and internet gateway, a private one `b` with the function."""
    estate = Estate()
    vpc = estate.vpc("main", "10.0.0.0/16")
    vpc.subnet("a", "10.0.0.0/24", table="public", acl="a")
    vpc.subnet("b", "10.0.1.0/24", table="private", acl="b")
    vpc.internet_gateway("main")
    vpc.nat_gateway("one", subnet="a", public_ip="52.0.0.1", address="10.0.0.7")
    vpc.route_table("public", {"0.0.0.0/0": "igw-main"})
    vpc.route_table("private", {"0.0.0.0/0": "nat-one"})
    vpc.network_acl("a")
    vpc.network_acl("b")
    vpc.security_group("app")
    vpc.security_group("target", ingress=[allow("tcp", 5432, "sg-app")])
    estate.function("app", subnets=["b"], groups=["app"])
    return estate


def with_acl(name: str, **directions: list[AclRule]) -> Estate:
    estate = two_subnets()
    vpc = estate.drawn_vpc("main")
    vpc.network_acl(name, inbound=directions.get("inbound", [ALL]), outbound=directions.get("outbound", [ALL]))
    return estate


def test_nat_gateway_in_a_public_subnet_leads_out() -> None:
    assert fate(two_subnets()) == "delivered"


def test_seed_world_leads_out_and_to_s3() -> None:
    world = World(seed.public_private().files())
    name = world.listed("lambda/list-functions", "Functions")[0]["FunctionName"]
    source = IPv4Address("172.31.3.9")
    flows = [Flow(name, "subnet-private-1", source, 40000, each, "tcp", 443) for each in (SITE, S3)]
    ways = [send(world, flow).reason.split() for flow in flows]
    assert [[word.partition("-")[0] for word in way] for way in ways] == [["by", "nat", "then", "igw"], ["by", "vpce"]]


CHANGES: list[tuple[str, Callable[[Estate], object]]] = [
    ("dropped", lambda e: e["nat-one"].update(State="failed")),
    ("unknown", lambda e: e["nat-one"].update(State="deleting")),
    ("dropped", lambda e: e["nat-one"].update(ConnectivityType="private")),
    ("dropped", lambda e: e["nat-one"]["NatGatewayAddresses"][0].pop("PublicIp")),
    ("unknown", lambda e: e.forget("nat-one")),
    ("dropped", lambda e: e.drawn_vpc("main").detach_internet_gateway("main")),
    ("dropped", lambda e: e.drawn_vpc("main").detach_internet_gateway("main", blackhole=False)),
    ("dropped", lambda e: e.drawn_vpc("main").move_nat_gateway("one", subnet="b")),
    ("dropped", lambda e: e.route_table("public").disassociate("a")),
    ("dropped", lambda e: e.route_table("private").blackhole("0.0.0.0/0")),
    ("dropped", lambda e: e.route_table("private").replace_route("0.0.0.0/0", "igw-main")),
    ("dropped", lambda e: e.route_table("private").add_route("93.184.0.0/16", "igw-main")),
    ("delivered", lambda e: e.route_table("private").add_route("93.185.0.0/16", "igw-main")),
    ("dropped", lambda e: e.drawn_vpc("main").set_rules("app", egress=[])),
    ("dropped", lambda e: e.drawn_vpc("main").set_rules("app", egress=[allow("udp", 443)])),
    ("delivered", lambda e: e.drawn_vpc("main").set_rules("app", egress=[allow("6", (0, 443), "93.184.215.14/32")])),
    ("dropped", lambda e: e.drawn_vpc("main").set_rules("app", egress=[allow("-1", None, "sg-target", "pl-s3")])),
]


@pytest.mark.parametrize(("expected", "change"), CHANGES)
def test_one_change_decides_the_way_to_the_internet(expected: str, change: Callable[[Estate], object]) -> None:
    estate = two_subnets()
    change(estate)
    assert fate(estate) == expected


SIX_CHECKS = [
    ("b", "outbound", (1, "deny", "tcp", 443, 443, "93.184.215.14/32")),
    ("a", "inbound", (1, "deny", "tcp", 443, 443, "10.0.1.9/32")),
    ("a", "outbound", (1, "deny", "tcp", 443, 443, "93.184.215.14/32")),
    ("a", "inbound", (1, "deny", "tcp", 50000, 50000, "93.184.215.14/32")),
    ("a", "outbound", (1, "deny", "tcp", 40000, 40000, "10.0.1.9/32")),
    ("b", "inbound", (1, "deny", "tcp", 40000, 40000, "93.184.215.14/32")),
]


@pytest.mark.parametrize(("acl", "direction", "deny"), SIX_CHECKS)
def test_each_of_six_checks_counts_and_hits_this_packet_alone(
    acl: str, direction: str, deny: tuple[int, str, str, int, int, str]
) -> None:
    estate = with_acl(acl, **{direction: [deny, ALL]})
    port = 444 if deny[3] == 443 else 443
    assert fate(estate) == "dropped"
    assert fate(estate, port=port, client=40001, nat=50001) == "delivered"
    assert fate(estate, protocol="udp") == "delivered"


def test_the_lowest_number_decides_wherever_it_stands() -> None:
    estate = with_acl("b", outbound=[(5, "allow", "-1", None, None, "93.0.0.0/8"), (7, "deny", *ALL[2:])])
    estate["acl-b"]["Entries"].reverse()
    assert fate(estate) == "delivered"
    assert fate(estate, "94.0.0.1") == "dropped"


def test_inside_one_subnet_there_is_neither_route_nor_acl() -> None:
    estate = two_subnets()
    estate.drawn_vpc("main").network_acl("b", inbound=[], outbound=[])
    estate.drawn_vpc("main").network_interface("db", subnet="b", address="10.0.1.50", groups=["target"])
    assert fate(estate, "10.0.1.50", port=5432) == "delivered"
    assert fate(estate, "10.0.1.50", port=5433) == "dropped"


def test_a_target_in_another_subnet_meets_acls_and_its_own_groups() -> None:
    estate = two_subnets()
    vpc = estate.drawn_vpc("main")
    vpc.network_interface("db", subnet="a", address="10.0.0.50", groups=["target"])
    assert fate(estate, "10.0.0.50", port=5432) == "delivered"
    vpc.set_rules("target", ingress=[allow("tcp", 5432, "10.0.1.0/29")])
    assert (fate(estate, "10.0.0.50", port=5432), fate(estate, "10.0.0.50", port=5432, source="10.0.1.7")) == (
        "dropped",
        "delivered",
    )
    vpc.network_acl("a", outbound=[(1, "allow", "tcp", 32768, 60999, "10.0.0.0/8")])
    answered = [fate(estate, "10.0.0.50", port=5432, source="10.0.1.7", client=port) for port in (32768, 61000)]
    assert answered == ["delivered", "dropped"]


def test_a_group_reference_means_private_addresses_and_no_nat_gateway() -> None:
    estate = two_subnets()
    vpc = estate.drawn_vpc("main")
    vpc.subnet("c", "10.0.2.0/24")
    vpc.network_interface("db", subnet="c", address="10.0.2.50", groups=["target"])
    vpc.set_rules("app", egress=[allow("-1", None, "sg-target")])
    assert fate(estate, "10.0.2.50", port=5432) == "delivered"
    assert fate(estate, "10.0.2.51", port=5432) == "dropped"
    vpc.set_rules("app", egress=[allow()])
    estate.route_table("private").add_route("10.0.2.0/24", "nat-one")
    assert fate(estate, "10.0.2.50", port=5432) == "dropped"
    vpc.set_rules("target", ingress=[allow("tcp", 5432, "10.0.0.7/32")])
    assert fate(estate, "10.0.2.50", port=5432) == "delivered"


def test_an_answer_that_another_gateway_gets_is_lost() -> None:
    estate = two_subnets()
    vpc = estate.drawn_vpc("main")
    vpc.subnet("c", "10.0.2.0/24", table="c")
    vpc.route_table("c", {"10.0.1.0/24": "nat-one"})
    assert fate(estate, "10.0.2.50") == "dropped"


def test_an_address_without_interface_is_unknown_only_where_one_is_needed() -> None:
    assert fate(two_subnets(), "10.0.0.60") == "delivered"
    assert fate(two_subnets(), "10.0.0.60", needs_interface=True) == "unknown"
    assert fate(two_subnets(), "10.0.9.9", needs_interface=True) == "dropped"


def test_a_gateway_endpoint_wins_over_the_default_route_and_its_failure_is_final() -> None:
    estate = two_subnets()
    estate.drawn_vpc("main").gateway_endpoint("s3", service="s3", tables=["private"])
    assert fate(estate, S3) == "delivered"
    assert fate(estate, S3, protocol="udp") == "dropped"
    estate["vpce-s3"]["State"] = "failed"
    assert fate(estate, S3) == "dropped"
    assert fate(estate) == "delivered"
    estate.route_table("private").add_route("52.218.0.0/17", "nat-one")
    assert fate(estate, S3) == "delivered"


def test_a_gateway_endpoint_behind_a_nat_gateway_is_not_documented() -> None:
    estate = two_subnets()
    estate.drawn_vpc("main").gateway_endpoint("s3", service="s3", tables=["public"])
    assert fate(estate, S3) == "unknown"


def test_a_propagated_route_never_beats_the_local_one() -> None:
    estate = two_subnets()
    estate.route_table("private").add_route("10.0.0.0/24", Route("vgw-far", origin="EnableVgwRoutePropagation"))
    assert fate(estate, "10.0.0.60") == "delivered"


def test_tied_prefix_lists_are_unknown_where_it_matters() -> None:
    estate = two_subnets()
    for word, target in (("one", "nat-one"), ("two", "igw-main")):
        estate.prefix_list(word, cidrs=["93.184.0.0/16"])
        estate.route_table("private").add_route(f"pl-{word}", target)
    assert fate(estate) == "unknown"


def test_a_private_address_does_not_leave_by_the_internet_gateway() -> None:
    assert (fate(two_subnets(), "192.168.1.1"), fate(two_subnets(), "100.64.0.1")) == ("dropped", "dropped")


def test_main_table_and_default_acl_serve_subnets_without_their_own() -> None:
    estate = two_subnets()
    vpc = estate.drawn_vpc("main")
    vpc.subnet("c", "10.0.2.0/24")
    assert fate(estate, subnet="c", source="10.0.2.9") == "dropped"
    vpc.route_table("rtb-main-main", {"0.0.0.0/0": "nat-one"})
    assert fate(estate, subnet="c", source="10.0.2.9") == "delivered"
    vpc.network_acl("acl-main-default", inbound=[])
    assert fate(estate, subnet="c", source="10.0.2.9") == "dropped"
