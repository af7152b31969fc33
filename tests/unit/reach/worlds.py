"""The estates that these tests start from: one function `app` behind a NAT gateway, and changes to them by name.

public-a 10.0.0.0/24 (zone a, igw-main)   nat-main (52.0.0.1)
app-a    10.0.1.0/24 (zone a)             the function, in group app
data-a   10.0.2.0/24 (zone a)             databases, in group data, which admits tcp/5432 from group app
data-b   10.0.3.0/24 (zone b)
"""

from collections.abc import Callable, Sequence
from typing import Any

from tests.estates.asking import told
from tests.estates.builder import Allow, Estate, Vpc, allow
from tests.estates.rules import ALLOW_ALL_ENTRIES, AclRule, RouteTarget

Change = Callable[[Estate], object]

ALL = ALLOW_ALL_ENTRIES
NOTHING: tuple[AclRule, ...] = ()
PRIVATE = "rtb-private"
OUTSIDE = "93.184.216.34:443"
INTERFACES = "ec2/describe-network-interfaces"


def behind_nat() -> Estate:
    """A function that reaches the internet through a NAT gateway in a public subnet."""
    estate = Estate()
    vpc = estate.vpc("main", "10.0.0.0/16")
    vpc.subnet("public-a", "10.0.0.0/24", az="a", table="public")
    vpc.subnet("app-a", "10.0.1.0/24", az="a", table="private")
    vpc.subnet("data-a", "10.0.2.0/24", az="a", table="private")
    vpc.subnet("data-b", "10.0.3.0/24", az="b", table="private")
    vpc.internet_gateway("main")
    vpc.nat_gateway("main", subnet="public-a", public_ip="52.0.0.1")
    vpc.route_table("public", {"0.0.0.0/0": "igw-main"})
    vpc.route_table("private", {"0.0.0.0/0": "nat-main"})
    vpc.security_group("app")
    vpc.security_group("data", ingress=[allow("tcp", 5432, "sg-app")])
    estate.function("app", subnets=["app-a"], groups=["app"])
    return estate


def dual_stack() -> Estate:
    """A dual-stack function, alone in its subnet, and an interface `eni-peer` in another, admitted on tcp/443."""
    estate = Estate()
    vpc = estate.vpc("main", "10.0.0.0/16", ipv6="2600:1f18::/56")
    vpc.subnet("public-a", "10.0.0.0/24", az="a", table="public")
    vpc.subnet("app-a", "10.0.1.0/24", az="a", ipv6="2600:1f18:0:1::/64", table="private")
    vpc.subnet("data-a", "10.0.2.0/24", az="a", ipv6="2600:1f18:0:2::/64", table="private")
    vpc.internet_gateway("main")
    vpc.nat_gateway("main", subnet="public-a", public_ip="52.0.0.1")
    vpc.route_table("public", {"0.0.0.0/0": "igw-main"})
    vpc.route_table("private", {"0.0.0.0/0": "nat-main"})
    vpc.security_group("app")
    vpc.security_group("peer", ingress=[allow("tcp", 443, "0.0.0.0/0", "::/0")])
    vpc.network_interface("peer", subnet="data-a", groups=["peer"], ipv6=80)
    estate.function("app", subnets=["app-a"], groups=["app"], dual_stack=True)
    return estate


PEER_V6 = "[2600:1f18:0:2::50]:443"


def main(estate: Estate) -> Vpc:
    return estate.drawn_vpc("main")


def changed(*changes: Change, start: Callable[[], Estate] = behind_nat) -> Estate:
    """The world with some changes, in order."""
    estate = start()
    for change in changes:
        change(estate)
    return estate


def asked(destination: str, *changes: Change, start: Callable[[], Estate] = behind_nat) -> str:
    """What the changed world answers: the verdict and the codes."""
    return told(changed(*changes, start=start), destination)


# Changes


def record(record_id: str, **values: object) -> Change:
    """Writes some keys of a record."""
    return lambda estate: estate[record_id].update(values)


def route(destination: str, target: RouteTarget, table: str = PRIVATE) -> Change:
    """Adds a route, or points the table's route for that destination elsewhere."""

    def change(estate: Estate) -> None:
        drawn = estate.route_table(table)
        held = [r.get("DestinationCidrBlock", r.get("DestinationPrefixListId")) for r in drawn.routes]
        (drawn.replace_route if destination in held else drawn.add_route)(destination, target)

    return change


def no_route(destination: str = "0.0.0.0/0", table: str = PRIVATE) -> Change:
    return lambda estate: estate.route_table(table).remove_route(destination)


def prefix_list(word: str, *cidrs: str) -> Change:
    return lambda estate: estate.prefix_list(word, cidrs=list(cidrs))


def acl(*subnets: str, inbound: Sequence[AclRule] = ALL, outbound: Sequence[AclRule] = ALL) -> Change:
    """Puts an ACL `acl-SUBNET` in force for the subnets."""
    return lambda estate: main(estate).network_acl(subnets[0], subnets=subnets, inbound=inbound, outbound=outbound)


def egress(*rules: Allow, group: str = "app") -> Change:
    return lambda estate: main(estate).set_rules(group, egress=rules)


def ingress(*rules: Allow, group: str = "data") -> Change:
    return lambda estate: main(estate).set_rules(group, ingress=rules)


def database(**settings: Any) -> Change:
    """A PostgreSQL database `orders-db` in data-a, in group data."""
    chosen: dict[str, Any] = {"subnets": ["data-a"], "groups": ["data"]} | settings
    return lambda estate: estate.rds_instance("orders-db", **chosen)


def interface(name: str = "peer", **settings: Any) -> Change:
    """An interface in data-a at 10.0.2.50, in group data."""
    chosen: dict[str, Any] = {"subnet": "data-a", "groups": ["data"], "address": "10.0.2.50"} | settings
    return lambda estate: main(estate).network_interface(name, **chosen)


def gateway_endpoint(service: str = "s3", *tables: str, **settings: Any) -> Change:
    where = tables or ("private",)
    return lambda estate: main(estate).gateway_endpoint(service, service=service, tables=where, **settings)


def interface_endpoint(service: str = "sts", *, admits: str | None = "10.0.0.0/16", **settings: Any) -> Change:
    """An interface endpoint in data-a behind a group of its own that admits a CIDR on tcp/443, or nobody."""

    def change(estate: Estate) -> None:
        vpc = main(estate)
        vpc.security_group("endpoint", ingress=[allow("tcp", 443, admits)] if admits else [])
        chosen: dict[str, Any] = {"subnets": ["data-a"], "groups": ["endpoint"]} | settings
        vpc.interface_endpoint(service.rpartition(".")[2], service=service, **chosen)

    return change


def without(path: str) -> Change:
    return lambda estate: estate.without(path)


def denied(path: str) -> Change:
    return lambda estate: estate.denied(path)


def forgotten(record_id: str) -> Change:
    return lambda estate: estate.forget(record_id)


def unfinished(path: str) -> Change:
    """Leaves a page token in a reply."""
    return lambda estate: estate.reply(path).update(NextToken="more")
