"""The lab by itself: that real packets fare as AWS's documentation says, and that nothing of a lab is left over.

The estate: VPC `app` with the function in `app`, `nat-out` in `public`, `nat-inner` (private) in `inner`; VPC `data`
with `eni-db` on 10.1.0.9, joined by peering and by a transit gateway, of which routes choose one.
"""

import ast
import os
from pathlib import Path

import pytest

from tests.estates.builder import Estate, allow
from tests.estates.rules import AclRule
from tests.oracle.kernel.lab import Flow, Lab, NotModelledError
from tests.oracle.kernel.namespace import what_is_missing

missing = what_is_missing()
if missing and not os.environ.get("VPCREACH_NEEDS_KERNEL"):
    pytest.skip(f"no network of the kernel: {missing}", allow_module_level=True)

ANY: AclRule = (100, "allow", "-1", None, None, "0.0.0.0/0")
DATABASE = "10.1.0.9"
DATABASE_V6 = "2600:1f18:b::9"
OWN = {"4": "10.0.0.20", "6": "2600:1f18:a::20"}


def estate(routes: dict[str, str] | None = None, back: str | None = "pcx-data", zone: str = "a") -> Estate:
    """The whole drawing; `routes` are those of the function, `back` is where the data's answers are sent."""
    drawn = Estate()
    app = drawn.vpc("app", "10.0.0.0/16", ipv6="2600:1f18:a::/56")
    app.subnet("app", "10.0.0.0/24", table="app", ipv6="2600:1f18:a:0::/64")
    app.subnet("public", "10.0.1.0/24", table="public")
    app.subnet("inner", "10.0.2.0/24", table="inner")
    app.internet_gateway("app")
    app.egress_only_internet_gateway("app")
    app.nat_gateway("out", subnet="public", public_ip="52.0.0.1")
    app.nat_gateway("inner", subnet="inner", connectivity="private")
    data = drawn.vpc("data", "10.1.0.0/16", ipv6="2600:1f18:b::/56")
    data.subnet("db", "10.1.0.0/24", az=zone, table="db", ipv6="2600:1f18:b:0::/64")
    app.peering("data", data)
    hub = drawn.transit_gateway("hub", referencing=True)
    hub.table("all")
    for name, vpc, subnet in (("app", app, "inner"), ("data", data, "db")):
        hub.attach(name, vpc, subnets=[subnet], table="all", propagates=["all"], ipv6=True)
    app.route_table("app", {"0.0.0.0/0": "nat-out", "::/0": "eigw-app"} if routes is None else routes)
    app.route_table("public", {"0.0.0.0/0": "igw-app"})
    app.route_table("inner", {"10.1.0.0/16": "pcx-data"})
    data.route_table("db", {} if back is None else {"10.0.0.0/16": back, "2600:1f18:a::/56": back})
    app.security_group("app")
    data.security_group("db", ingress=[allow("-1", None, "0.0.0.0/0", "::/0")], egress=[])
    data.network_interface("db", subnet="db", address=DATABASE, groups=["db"], ipv6=9)
    drawn.function("app", subnets=["app"], groups=["app"], dual_stack=True)
    return drawn


def answers(
    drawn: Estate, to: str, port: int = 443, protocol: str = "tcp", *, client: int = 40000, given: int | None = None
) -> str | None:
    """Who answers one packet of the function; `given` is the port that gateways choose for it."""
    flow = Flow("subnet-app", OWN["6" if ":" in to else "4"], client, to, protocol, port)
    ports = {} if given is None else {client: given}
    with Lab(drawn.files(), "app", {"subnet-app": list(OWN.values())}, ports) as lab:
        return lab.send([flow], seconds=0.3)[0].by


def test_this_machine_has_what_the_lab_needs() -> None:
    assert missing is None


def test_a_nat_gateway_with_a_way_out_leads_to_the_internet() -> None:
    assert answers(estate(), "8.8.8.8") == "internet"
    assert answers(estate(), "8.8.8.8", 53, "udp") == "internet"


def test_an_internet_gateway_takes_nothing_without_a_public_address() -> None:
    assert answers(estate({"0.0.0.0/0": "igw-app"}), "8.8.8.8") is None


def test_a_private_nat_gateway_leads_nowhere_outside() -> None:
    drawn = estate({"0.0.0.0/0": "nat-inner"})
    drawn.route_table("inner").add_route("0.0.0.0/0", "igw-app")
    assert answers(drawn, "8.8.8.8") is None


def test_a_nat_gateway_in_a_subnet_that_leads_back_to_it_answers_nobody() -> None:
    drawn = estate()
    drawn.route_table("public").replace_route("0.0.0.0/0", "nat-out")
    assert answers(drawn, "8.8.8.8") is None


def test_a_blackhole_goes_before_a_shorter_route() -> None:
    drawn = estate()
    drawn.route_table("app").add_route("8.8.8.0/24", ("nat-out", "blackhole"))
    assert answers(drawn, "8.8.8.8") is None
    assert answers(drawn, "9.9.9.9") == "internet"


def test_ipv6_leaves_by_an_egress_only_gateway() -> None:
    assert answers(estate(), "2606:4700::1111") == "internet"
    assert answers(estate(), "2606:4700::1111", 53, "udp") == "internet"
    assert answers(estate({"0.0.0.0/0": "eigw-app"}), "8.8.8.8") is None


@pytest.mark.parametrize(("subnet", "translated"), [("app", None), ("public", "internet")])
def test_answers_need_their_port_open_which_is_the_gateways_own_in_its_subnet(
    subnet: str, translated: str | None
) -> None:
    inbound: list[AclRule] = [(90, "deny", "tcp", 40000, 40000, "0.0.0.0/0"), ANY]
    drawn = estate()
    drawn.drawn_vpc("app").network_acl("holed", subnets=[subnet], inbound=inbound)
    assert answers(drawn, "8.8.8.8") is None
    assert answers(drawn, "8.8.8.8", client=40001) == "internet"
    assert answers(drawn, "8.8.8.8", given=50000) == translated


def test_an_acl_is_not_asked_within_a_subnet() -> None:
    drawn = estate()
    app = drawn.drawn_vpc("app")
    app.network_acl("closed", subnets=["app"], inbound=[], outbound=[])
    app.security_group("near", ingress=[allow("-1")])
    app.network_interface("near", subnet="app", address="10.0.0.9", groups=["near"])
    assert answers(drawn, "10.0.0.9") == "eni-near"


def test_groups_let_answers_through() -> None:
    assert answers(estate({"10.1.0.0/16": "pcx-data"}), DATABASE, 5432) == "eni-db"
    assert answers(estate({"2600:1f18:b::/56": "pcx-data"}), DATABASE_V6, 5432) == "eni-db"


def test_a_group_without_outbound_rules_lets_nothing_out() -> None:
    drawn = estate()
    drawn.drawn_vpc("app").set_rules("app", egress=[])
    assert answers(drawn, "8.8.8.8") is None


def test_answers_across_peering_need_a_route_unless_a_nat_gateway_asked() -> None:
    assert answers(estate({"10.1.0.0/16": "pcx-data"}, back=None), DATABASE) is None
    assert answers(estate({"10.1.0.0/16": "nat-inner"}, back=None), DATABASE) == "eni-db"


def test_peering_leads_no_further_than_the_peer() -> None:
    drawn = estate({"0.0.0.0/0": "pcx-data"})
    drawn.drawn_vpc("data").internet_gateway("data")
    drawn.route_table("db").add_route("0.0.0.0/0", "igw-data")
    assert answers(drawn, "8.8.8.8") is None


def test_a_transit_gateway_needs_routes_both_ways_and_a_subnet_in_the_zone() -> None:
    routes = {"10.1.0.0/16": "tgw-hub", "2600:1f18:b::/56": "tgw-hub"}
    assert answers(estate(routes, back="tgw-hub"), DATABASE) == "eni-db"
    assert answers(estate(routes, back="tgw-hub"), DATABASE_V6) == "eni-db"
    assert answers(estate(routes, back=None), DATABASE) is None
    drawn = estate(routes, back="tgw-hub")
    drawn["subnet-inner"].update(AvailabilityZone="eu-west-1b", AvailabilityZoneId="euw1-az2")
    assert answers(drawn, DATABASE) is None


@pytest.mark.parametrize(("way", "referencing"), [("pcx-data", True), ("tgw-hub", True), ("tgw-hub", False)])
def test_a_rule_that_names_the_functions_group_holds_where_the_way_keeps_it(way: str, referencing: bool) -> None:
    drawn = estate({"10.1.0.0/16": way}, back=way)
    drawn.drawn_vpc("data").set_rules("db", ingress=[allow("tcp", 5432, "sg-app")])
    if not referencing:
        drawn["tgw-hub"]["Options"]["SecurityGroupReferencingSupport"] = "disable"
    assert answers(drawn, DATABASE, 5432) == ("eni-db" if referencing else None)
    assert answers(drawn, DATABASE, 5433) is None


@pytest.mark.parametrize(("way", "keeps"), [("pcx-data", True), ("tgw-hub", False), ("nat-inner", False)])
def test_the_functions_own_rule_that_names_a_group_holds_where_the_way_keeps_it(way: str, keeps: bool) -> None:
    drawn = estate({"10.1.0.0/16": way}, back="tgw-hub" if way == "tgw-hub" else "pcx-data")
    drawn.drawn_vpc("app").set_rules("app", egress=[allow("tcp", 5432, "sg-db")])
    assert answers(drawn, DATABASE, 5432) == ("eni-db" if keeps else None)


@pytest.mark.parametrize(("check", "answered"), [(False, "internet"), (True, None)])
def test_a_machine_passes_packets_on_where_nothing_checks_their_addresses(check: bool, answered: str | None) -> None:
    drawn = estate({})
    app = drawn.drawn_vpc("app")
    app.security_group("box", ingress=[allow("tcp", 443, "10.0.0.0/24")])
    drawn.instance("box", subnet="public", groups=["box"], public_ip="52.0.0.5", source_dest_check=check)
    app.route_table("app", {"0.0.0.0/0": "eni-box"})
    assert answers(drawn, "8.8.8.8", 443) == answered
    assert answers(drawn, "8.8.8.8", 80) is None


def test_a_public_address_of_the_estate_leads_to_its_interface() -> None:
    drawn = estate()
    app = drawn.drawn_vpc("app")
    app.security_group("web", ingress=[allow("tcp", 443, "52.0.0.1/32")])
    app.network_interface("web", subnet="public", groups=["web"], public_ip="34.1.1.1")
    assert answers(drawn, "34.1.1.1", 443) == "eni-web"
    assert answers(drawn, "34.1.1.1", 80) is None


def test_what_the_lab_cannot_build_is_an_error() -> None:
    drawn = estate()
    drawn.route_table("app").add_route("9.0.0.0/8", "vgw-far")
    with pytest.raises(NotModelledError, match="vgw-far"):
        answers(drawn, "8.8.8.8")


def test_a_lab_leaves_no_namespace_behind_even_where_it_fails() -> None:
    before = _namespaces()
    drawn = estate()
    assert answers(drawn, "8.8.8.8") == "internet"
    drawn.route_table("db").add_route("9.0.0.0/8", "vgw-far")
    with pytest.raises(NotModelledError):
        answers(drawn, "8.8.8.8")
    assert _namespaces() == before


def _namespaces() -> list[str]:
    """The network namespaces that this process holds, and the one that this thread is in."""
    held = [str(path.readlink()) for path in Path("/proc/thread-self/fd").iterdir() if path.exists()]
    here = str(Path("/proc/thread-self/ns/net").readlink())
    return [*sorted(name for name in held if name.startswith("net:")), here]


def test_the_lab_knows_nothing_of_the_program() -> None:
    named = [
        f"{path.name}: {name}"
        for path in Path(__file__).parent.glob("*.py")
        if not path.name.startswith("test_")
        for node in ast.walk(ast.parse(path.read_text()))
        for name in _imported(node)
        if name.startswith("vpcreach") or name == "tests.estates.asking"
    ]
    assert named == []


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
