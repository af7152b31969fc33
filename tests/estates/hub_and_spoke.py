"""A hub and its spokes: functions in spoke VPCs, one transit gateway, and one VPC through which all leave.

app       10.1.0.0/16   app 10.1.1.0/24 with the function, app-transit 10.1.0.0/28 with the attachment
data      10.2.0.0/16   db 10.2.1.0/24 with `eni-db` 10.2.1.9 on tcp/5432, data-transit 10.2.0.0/28
egress    10.0.0.0/16   transit 10.0.0.0/28 with the attachment, public 10.0.1.0/24 with `nat-out`, `igw-out`

tgw-rtb-spokes rules the spokes and leads all else to `egress`, tgw-rtb-shared rules `egress` and knows the spokes.
"""

from dataclasses import dataclass
from functools import cached_property

from tests.estates.builder import Estate, Vpc, allow, combined
from tests.estates.transit import Hub

DATABASE = "10.2.1.9:5432"
NETWORKING = "222233334444"


@dataclass
class HubAndSpoke:
    """`here` is the account of the function, `there` that of the hub and all else; they may be one."""

    here: Estate
    there: Estate
    hub: Hub

    @cached_property
    def app(self) -> Vpc:
        return self.here.drawn_vpc("app")

    def files(self) -> dict[str, bytes]:
        return self.here.files() if self.here is self.there else combined(self.here, self.there)


def hub_and_spoke(
    *,
    accounts: int = 2,
    zone: str = "a",
    referencing: bool = False,
    db_rules: tuple[str, ...] = ("10.1.1.0/24",),
    return_routes: bool = True,
) -> HubAndSpoke:
    """The whole drawing; `zone` is where the spokes and the egress VPC have their subnets."""
    here = Estate()
    there = here if accounts == 1 else Estate(NETWORKING)
    hub = there.transit_gateway("hub", referencing=referencing)
    hub.table("spokes", {"0.0.0.0/0": "egress"})
    hub.table("shared")
    app, data, egress = (
        here.vpc("app", "10.1.0.0/16"),
        there.vpc("data", "10.2.0.0/16"),
        there.vpc("egress", "10.0.0.0/16"),
    )
    app.subnet("app", "10.1.1.0/24", az=zone, table="app")
    app.subnet("app-transit", "10.1.0.0/28", az=zone, table="app-transit")
    app.route_table("app", {"0.0.0.0/0": "tgw-hub"})
    app.route_table("app-transit")
    app.security_group("app")
    data.subnet("db", "10.2.1.0/24", az=zone, table="db")
    data.subnet("data-transit", "10.2.0.0/28", az=zone, table="data-transit")
    data.route_table("db", {"10.0.0.0/8": "tgw-hub"})
    data.route_table("data-transit")
    data.security_group("db", ingress=[allow("tcp", 5432, *db_rules)])
    data.network_interface("db", subnet="db", groups=["db"], address="10.2.1.9")
    egress.subnet("transit", "10.0.0.0/28", az=zone, table="transit")
    egress.subnet("public", "10.0.1.0/24", az=zone, table="public")
    egress.internet_gateway("out")
    egress.nat_gateway("out", subnet="public", public_ip="52.0.0.1")
    egress.route_table("transit", {"0.0.0.0/0": "nat-out"})
    back = {"10.1.0.0/16": "tgw-hub", "10.2.0.0/16": "tgw-hub"} if return_routes else {}
    egress.route_table("public", {"0.0.0.0/0": "igw-out", **back})
    hub.attach("app", app, subnets=["app-transit"], table="spokes", propagates=["shared", "spokes"])
    hub.attach("data", data, subnets=["data-transit"], table="spokes", propagates=["shared", "spokes"])
    hub.attach("egress", egress, subnets=["transit"], table="shared")
    here.function("app", subnets=["app"], groups=["app"])
    return HubAndSpoke(here, there, hub)


def central_egress(spokes: int) -> Estate:
    """One account with this many spoke VPCs in three zones, and an egress VPC with a NAT gateway in each zone."""
    estate = Estate()
    hub = estate.transit_gateway("hub")
    hub.table("spokes", {"0.0.0.0/0": "egress", "10.0.0.0/8": "blackhole"})
    hub.table("shared")
    egress = estate.vpc("egress", "10.255.0.0/16")
    egress.internet_gateway("out")
    for number, zone in enumerate("abc"):
        egress.subnet(f"transit-{zone}", f"10.255.{number}.0/28", az=zone, table=f"transit-{zone}")
        egress.subnet(f"public-{zone}", f"10.255.{number + 10}.0/24", az=zone, table="public")
        egress.nat_gateway(zone, subnet=f"public-{zone}")
        egress.route_table(f"transit-{zone}", {"0.0.0.0/0": f"nat-{zone}"})
    egress.route_table("public", {"0.0.0.0/0": "igw-out", "10.0.0.0/8": "tgw-hub"})
    hub.attach("egress", egress, subnets=[f"transit-{zone}" for zone in "abc"], table="shared")
    for number in range(spokes):
        name = f"spoke-{number:03}"
        vpc = estate.vpc(name, f"10.{number}.0.0/16")
        for place, zone in enumerate("abc"):
            vpc.subnet(f"{name}-{zone}", f"10.{number}.{place}.0/24", az=zone, table=name)
            vpc.subnet(f"{name}-transit-{zone}", f"10.{number}.{place + 10}.0/28", az=zone, table=f"{name}-transit")
        vpc.route_table(name, {"0.0.0.0/0": "tgw-hub"})
        vpc.route_table(f"{name}-transit")
        vpc.security_group(name, egress=[allow("tcp", 443, "0.0.0.0/0")])
        transit = [f"{name}-transit-{zone}" for zone in "abc"]
        hub.attach(name, vpc, subnets=transit, table="spokes", propagates=["shared"])
        estate.function(name, subnets=[f"{name}-{zone}" for zone in "abc"], groups=[name])
    return estate
