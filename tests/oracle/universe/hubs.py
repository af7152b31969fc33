"""Transit gateways between the VPCs, and a way out through one of them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tests.oracle.universe import shapes
from tests.oracle.universe.shapes import Json

if TYPE_CHECKING:
    from tests.oracle.universe.drawing import Drawing

ATTACHED = "ec2/describe-transit-gateway-attachments"
OF_VPCS = "ec2/describe-transit-gateway-vpc-attachments"


def draw_hubs(drawing: "Drawing") -> None:
    """One hub for main, peer and out; far-hub puts `far` (if it has a range of its own) behind a second one."""
    drawing.draw_vpc("out", "10.2.0.0/16", {"t": "10.2.0.0/24", "u": "10.2.1.0/24"}, 3)
    draw_way_out(drawing)
    draw_gateway(drawing, "tgw-hub")
    v6 = "dual-stack" in drawing.has
    draw_table(drawing, "spokes", "tgw-hub")
    draw_table(drawing, "out", "tgw-hub")
    zones = "zones" in drawing.has
    attach(drawing, "main", drawing.some("abcd", 1, 2) if zones else ["d"], "spokes")
    attach(drawing, "peer", drawing.some("pq", 1, 2) if zones else [drawing.random.choice("pq")], "spokes")
    attach(drawing, "out", drawing.some("tu", 1, 2) if zones else ["t"], "out")
    for vpc, cidr in (("main", drawing.main_blocks()), ("peer", ["10.1.0.0/16"])):
        for each in cidr if vpc == "main" or not v6 else [*cidr, "2600:1f00:0:200::/56"]:
            for table in ("spokes", "out"):
                if drawing.chance(0.93):
                    hub_route(drawing, table, each, vpc, "propagated")
    hub_route(drawing, "spokes", "0.0.0.0/0", "out")
    hub_route(drawing, "spokes", "::/0", "out")
    if drawing.chance(0.2):
        blackholed = drawing.random.choice(["10.1.1.0/24", "10.0.0.0/8", "8.8.8.0/24", "10.1.0.0/16"])
        hub_route(drawing, drawing.random.choice(["spokes", "out"]), blackholed, None)
    if drawing.chance(0.1):
        hub_route(drawing, "spokes", "8.8.0.0/16", "vpn")
    routes_to_hub(drawing)
    if "far-hub" in drawing.has and "overlap" not in drawing.has:
        draw_far_hub(drawing)


def draw_way_out(drawing: "Drawing") -> None:
    attached = [{"VpcId": "vpc-out", "State": "available"}]
    gateway = {"InternetGatewayId": "igw-out", "Attachments": attached}
    drawing.replies.add("ec2/describe-internet-gateways", gateway)
    nat = shapes.nat_gateway("nat-out", "vpc-out", "subnet-u", drawing.address_in("u"), "52.0.0.7")
    drawing.replies.add("ec2/describe-nat-gateways", nat)
    drawing.add_route("t", "0.0.0.0/0", "nat-out")
    drawing.add_route("u", "0.0.0.0/0", "igw-out")


def draw_gateway(drawing: "Drawing", hub_id: str) -> None:
    referencing = "enable" if "references" in drawing.has and drawing.chance(0.8) else "disable"
    options = {"SecurityGroupReferencingSupport": referencing, "DnsSupport": "enable"}
    state = "available" if drawing.chance(0.97) else drawing.random.choice(["modifying", "deleted", "pending"])
    record = {"TransitGatewayId": hub_id, "State": state, "OwnerId": shapes.ACCOUNT, "Options": options}
    drawing.replies.add("ec2/describe-transit-gateways", record)


def draw_table(drawing: "Drawing", name: str, hub_id: str) -> None:
    record = {"TransitGatewayRouteTableId": f"tgw-rtb-{name}", "TransitGatewayId": hub_id, "State": "available"}
    drawing.replies.add("ec2/describe-transit-gateway-route-tables", record)
    path = f"ec2/search-transit-gateway-routes/tgw-rtb-{name}"
    drawing.replies.by_call[path] = {"Routes": [], "AdditionalRoutesAvailable": False}


def attach(drawing: "Drawing", vpc: str, letters: Iterable[str], table: str, hub_id: str = "tgw-hub") -> None:
    # An attachment has one subnet of each zone.
    by_zone = {drawing.subnets[letter]["AvailabilityZoneId"]: f"subnet-{letter}" for letter in letters}
    switch = {True: "enable", False: "disable"}
    options = {
        "Ipv6Support": switch["dual-stack" in drawing.has and drawing.chance(0.85)],
        "ApplianceModeSupport": switch[drawing.chance(0.25)],
        "SecurityGroupReferencingSupport": switch["references" in drawing.has and drawing.chance(0.9)],
    }
    state = "available" if drawing.chance(0.97) else drawing.random.choice(["modifying", "deleting", "pending"])
    told = {
        "TransitGatewayAttachmentId": f"tgw-attach-{vpc}",
        "TransitGatewayId": hub_id,
        "State": state,
    }
    detail = told | {"VpcId": f"vpc-{vpc}", "VpcOwnerId": shapes.ACCOUNT, "SubnetIds": list(by_zone.values())}
    drawing.replies.add(OF_VPCS, detail | {"Options": options})
    listed(drawing, told, f"vpc-{vpc}", "vpc", table)


def listed(drawing: "Drawing", told: Json, resource_id: str, kind: str, table: str) -> None:
    record = told | {
        "TransitGatewayOwnerId": shapes.ACCOUNT,
        "ResourceOwnerId": shapes.ACCOUNT,
        "ResourceType": kind,
        "ResourceId": resource_id,
    }
    if drawing.chance(0.97):
        record["Association"] = {"TransitGatewayRouteTableId": f"tgw-rtb-{table}", "State": "associated"}
    drawing.replies.add(ATTACHED, record)


def hub_route(drawing: "Drawing", table: str, cidr: str, target: str | None, kind: str = "static") -> None:
    route: Json = {"DestinationCidrBlock": cidr, "Type": kind, "State": "active" if target else "blackhole"}
    if target == "vpn":
        attachment = {"TransitGatewayAttachmentId": "tgw-attach-vpn", "ResourceType": "vpn", "ResourceId": "vpn-1"}
        route["TransitGatewayAttachments"] = [attachment]
    elif target is not None:
        is_vpc = not target.startswith("tgw-")
        attachment = {
            "TransitGatewayAttachmentId": f"tgw-attach-{target}",
            "ResourceType": "vpc" if is_vpc else "peering",
            "ResourceId": f"vpc-{target}" if is_vpc else target,
        }
        route["TransitGatewayAttachments"] = [attachment]
    routes = drawing.replies.by_call[f"ec2/search-transit-gateway-routes/tgw-rtb-{table}"]["Routes"]
    if all((each["DestinationCidrBlock"], each["Type"]) != (cidr, kind) for each in routes):
        routes.append(route)


def routes_to_hub(drawing: "Drawing") -> None:
    v6 = "dual-stack" in drawing.has
    for letter in "bcd":
        wanted = ["10.1.0.0/16", "10.2.0.0/16"] if drawing.chance(0.8) else ["10.0.0.0/8"]
        for each in [*wanted, *(["2600:1f00:0:200::/56"] if v6 else [])]:
            drawing.add_route(letter, each, "tgw-hub")
        if "hub-egress" in drawing.has:
            drawing.add_route(letter, "0.0.0.0/0", "tgw-hub")
    for letter in "pqtu":
        for each in drawing.main_blocks():
            if drawing.chance(0.95):
                drawing.add_route(letter, each, "tgw-hub")


def draw_far_hub(drawing: "Drawing") -> None:
    """`far` behind a gateway that is peered with the first one."""
    draw_gateway(drawing, "tgw-far")
    for name in ("far", "between"):
        draw_table(drawing, name, "tgw-far")
    attach(drawing, "far", "r", "far", "tgw-far")
    ends = {"tgw-hub": ("tgw-far", "spokes"), "tgw-far": ("tgw-hub", "between")}
    for hub_id, (other, table) in ends.items():
        told = {
            "TransitGatewayAttachmentId": f"tgw-attach-{other}",
            "TransitGatewayId": hub_id,
            "State": "available" if drawing.chance(0.97) else "deleted",
        }
        listed(drawing, told, other, "peering", table)
    hub_route(drawing, "spokes", "10.3.0.0/16", "tgw-far")
    hub_route(drawing, "between", "10.3.0.0/16", "far", "propagated")
    for cidr in drawing.main_blocks():
        hub_route(drawing, "far", cidr, "tgw-hub")
        drawing.add_route("r", cidr, "tgw-far")
    for letter in "bcd":
        drawing.add_route(letter, "10.3.0.0/16", "tgw-hub")
    if "dual-stack" in drawing.has:
        hub_route(drawing, "spokes", "2600:1f00:0:400::/56", "tgw-far")
        hub_route(drawing, "between", "2600:1f00:0:400::/56", "far", "propagated")
        for letter in "bcd":
            drawing.add_route(letter, "2600:1f00:0:400::/56", "tgw-hub")
