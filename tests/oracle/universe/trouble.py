"""What goes wrong: guards, dead targets, wrong states, routes from anywhere to anywhere, records that are lost."""

from typing import TYPE_CHECKING

from tests.oracle.universe import shapes

if TYPE_CHECKING:
    from tests.oracle.universe.drawing import Drawing

KINDS = (
    "InternetGateway", "EgressOnlyInternetGateway", "NatGateway", "VirtualPrivateGateway", "VpcPeering", "Lambda",
)  # fmt: skip
ROUTED = (
    "0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "8.8.8.0/24", "8.8.8.8/32", "52.0.0.0/8", "52.218.0.0/17", "10.0.0.0/8",
    "10.1.0.0/24", "10.1.0.0/16", "10.1.1.0/25", "10.2.0.0/16", "3.5.64.0/21",
)  # fmt: skip
LOST = (
    "nat-main", "igw-main", "sg-f", "sg-g", "eni-machine-nat", "vpce-s3", "pcx-one", "tgw-hub", "vpc-peer", "vgw-far",
)  # fmt: skip
STATES = {
    "ec2/describe-nat-gateways": ("State", ("failed", "deleting", "pending", "deleted")),
    "ec2/describe-vpc-endpoints": ("State", ("pending", "failed", "Partial", "Available", "deleting")),
    "ec2/describe-transit-gateway-vpc-attachments": ("State", ("modifying", "failed", "initiating")),
    "ec2/describe-network-interfaces": ("Status", ("available", "attaching", "in-use")),
}


def draw_guards(drawing: "Drawing") -> None:
    if "bpa" in drawing.has:
        draw_public_access(drawing)
    if "encryption" in drawing.has:
        for vpc in drawing.replies.listed("ec2/describe-vpcs"):
            if drawing.chance(0.5):
                mode = "enforce" if drawing.chance(0.85) else "monitor"
                excluded = {kind: {"State": "enabled" if drawing.chance(0.7) else "disabled"} for kind in KINDS}
                control = {
                    "VpcEncryptionControlId": f"vpcec-{vpc['VpcId']}",
                    "VpcId": vpc["VpcId"],
                    "Mode": mode,
                    "State": "available",
                    "ResourceExclusions": excluded,
                }
                drawing.replies.add("ec2/describe-vpc-encryption-controls", control)


def draw_public_access(drawing: "Drawing") -> None:
    mode = drawing.random.choice(["block-bidirectional", "block-ingress", "block-bidirectional", "off"])
    options = drawing.replies.by_call["ec2/describe-vpc-block-public-access-options"]["VpcBlockPublicAccessOptions"]
    options |= {"State": "update-complete", "InternetGatewayBlockMode": mode}
    places = ["vpc-main", "subnet-a", "subnet-b", "subnet-c", "vpc-out", "subnet-u"]
    known = [place for place in places if place in ("vpc-main", "vpc-out") or place[7:] in drawing.subnets]
    known = [place for place in known if place != "vpc-out" or "t" in drawing.subnets]
    for place in drawing.some(known, 0, 3):
        kind = "vpc" if place.startswith("vpc-") else "subnet"
        exclusion = {
            "ExclusionId": f"vpcbpa-exclude-{place}",
            "InternetGatewayExclusionMode": drawing.random.choice(["allow-bidirectional", "allow-egress"]),
            "ResourceArn": f"arn:aws:ec2:{shapes.REGION}:{shapes.ACCOUNT}:{kind}/{place}",
            "State": drawing.random.choice(
                ["create-complete", "update-complete", "create-complete", "delete-complete"]
            ),
        }
        drawing.replies.add("ec2/describe-vpc-block-public-access-exclusions", exclusion)


def draw_trouble(drawing: "Drawing") -> None:
    if "prefix-lists" in drawing.has:
        for letter in drawing.some(list(drawing.subnets), 1, 3):
            for list_id in drawing.some(["pl-own", "pl-other"], 1, 2):
                drawing.add_route(letter, list_id, drawing.random.choice(targets(drawing, letter)))
    if "wild-routes" in drawing.has:
        for letter in drawing.some(list(drawing.subnets), 1, 3):
            for cidr in drawing.some(ROUTED, 1, 3):
                drawing.add_route(letter, cidr, drawing.random.choice(targets(drawing, letter)))
    if "blackhole" in drawing.has:
        for letter in drawing.some(list(drawing.subnets), 1, 3):
            routes = [each for each in drawing.tables[letter]["Routes"] if each.get("GatewayId") != "local"]
            if routes and drawing.chance(0.5):
                drawing.random.choice(routes)["State"] = drawing.random.choice(["blackhole", "blackhole", "filtered"])
            else:
                drawing.add_route(letter, drawing.random.choice(ROUTED), "nat-gone", "blackhole")
    if "states" in drawing.has:
        calls = [call for call in STATES if drawing.replies.listed(call)]
        for call in drawing.some(calls, 1, 2):
            key, states = STATES[call]
            drawing.random.choice(drawing.replies.listed(call))[key] = drawing.random.choice(states)
        if drawing.chance(0.2):
            drawing.replies.listed("ec2/describe-internet-gateways")[0]["Attachments"] = []
    if "lost-record" in drawing.has:
        lose(drawing)


def targets(drawing: "Drawing", letter: str) -> list[str]:
    """What a table of this VPC may name."""
    vpc_id = drawing.subnets[letter]["VpcId"]
    if vpc_id != "vpc-main":
        hubs = ["tgw-hub"] if drawing.replies.listed("ec2/describe-transit-gateways") else []
        return [*hubs, *(["nat-out", "igw-out"] if vpc_id == "vpc-out" else ["pcx-one"])]
    found = ["igw-main", "nat-main", "nat-none"]
    found += [each["VpcPeeringConnectionId"] for each in drawing.replies.listed("ec2/describe-vpc-peering-connections")]
    found += ["tgw-hub"] if drawing.replies.listed("ec2/describe-transit-gateways") else []
    found += ["vgw-far"] if drawing.replies.listed("ec2/describe-vpn-gateways") else []
    return found


def lose(drawing: "Drawing") -> None:
    lost = drawing.random.choice(LOST)
    for reply in drawing.replies.by_call.values():
        for value in reply.values():
            if isinstance(value, list):
                value[:] = [each for each in value if not isinstance(each, dict) or lost not in each.values()]
