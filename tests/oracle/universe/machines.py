"""Machines that pass on what is not their own: NAT instances, appliances between subnets, firewall endpoints."""

from typing import TYPE_CHECKING

from tests.oracle.universe import shapes

if TYPE_CHECKING:
    from tests.oracle.universe.drawing import Drawing


def draw_machines(drawing: "Drawing") -> None:
    if "nat-instance" in drawing.has:
        draw_machine(drawing, "nat", "a", "52.0.0.5" if drawing.chance(0.9) else None)
        for letter in drawing.some("bcd", 1, 3):
            routes = drawing.tables[letter]["Routes"]
            routes[:] = [each for each in routes if "NatGatewayId" not in each]
            drawing.add_route(letter, "0.0.0.0/0", "eni-machine-nat")
    if "appliance" in drawing.has:
        draw_appliance(drawing)
    if "firewall-endpoint" in drawing.has:
        draw_firewall_endpoint(drawing)


def draw_machine(drawing: "Drawing", name: str, letter: str, public_ip: str | None = None) -> None:
    instance_id = f"i-{name}"
    record = shapes.interface(
        f"eni-machine-{name}",
        drawing.subnets[letter],
        [drawing.address_in(letter)],
        drawing.some(drawing.groups_in(letter), 1, 2),
        public_ip=public_ip,
        check=drawing.chance(0.08),
        instance=instance_id,
    )
    drawing.replies.add("ec2/describe-network-interfaces", record)
    state = "running" if drawing.chance(0.93) else drawing.random.choice(["stopped", "pending"])
    instance = {
        "InstanceId": instance_id,
        "State": {"Name": state},
        "NetworkInterfaces": [{"NetworkInterfaceId": record["NetworkInterfaceId"]}],
    }
    drawing.replies.add("ec2/describe-instances", {"OwnerId": shapes.ACCOUNT, "Instances": [instance]})


def draw_appliance(drawing: "Drawing") -> None:
    """Between the function's subnet and another one, or in front of the NAT gateway; mostly there and back."""
    letter = drawing.random.choice("cd")
    draw_machine(drawing, "box", letter)
    other = drawing.random.choice([each for each in "acd" if each != letter])
    there, here = drawing.subnets[other]["CidrBlock"], drawing.subnets["b"]["CidrBlock"]
    drawing.add_route("b", there, "eni-machine-box")
    if drawing.chance(0.85):
        drawing.add_route(other, here, "eni-machine-box")
    if drawing.chance(0.4):
        for route in drawing.tables["b"]["Routes"]:
            if route.get("DestinationCidrBlock") in ("0.0.0.0/0", "10.1.0.0/16", "10.2.0.0/16") and drawing.chance(0.5):
                cidr = route["DestinationCidrBlock"]
                route.clear()
                route |= shapes.route(cidr, "eni-machine-box")
    if "edge-table" in drawing.has and drawing.chance(0.5):
        drawing.add_route("edge", drawing.subnets["a"]["CidrBlock"], "eni-machine-box")


def draw_firewall_endpoint(drawing: "Drawing") -> None:
    """In `c`, before the internet gateway with an edge table for what comes back, or between two subnets."""
    record = shapes.endpoint(
        "vpce-fw", "GatewayLoadBalancer", "vpc-main", "com.amazonaws.vpce.eu-west-1.vpce-svc-1", SubnetIds=["subnet-c"]
    )
    drawing.replies.add("ec2/describe-vpc-endpoints", record)
    if "edge" in drawing.tables and drawing.chance(0.7):
        for letter in ("a", "c"):
            routes = drawing.tables[letter]["Routes"]
            routes[:] = [each for each in routes if each.get("DestinationCidrBlock") != "0.0.0.0/0"]
        drawing.add_route("a", "0.0.0.0/0", "vpce-fw")
        drawing.add_route("c", "0.0.0.0/0", "igw-main")
        if drawing.chance(0.85):
            drawing.add_route("edge", drawing.subnets["a"]["CidrBlock"], "vpce-fw")
        return
    there, here = drawing.subnets["d"]["CidrBlock"], drawing.subnets["b"]["CidrBlock"]
    drawing.add_route("b", there, "vpce-fw")
    if drawing.chance(0.8):
        drawing.add_route("d", here, "vpce-fw")
