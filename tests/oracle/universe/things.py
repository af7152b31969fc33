"""What is there to be reached: interfaces with groups, and the endpoints of AWS's services."""

from typing import TYPE_CHECKING

from tests.oracle.universe import rules, shapes
from tests.oracle.universe.shapes import Json

if TYPE_CHECKING:
    from tests.oracle.universe.drawing import Drawing


def draw_endpoints(drawing: "Drawing") -> None:
    if "gateway-endpoint" in drawing.has:
        for service in drawing.some(["s3", "dynamodb"], 1, 2):
            record = shapes.endpoint(
                f"vpce-{service}", "Gateway", "vpc-main", f"com.amazonaws.{shapes.REGION}.{service}"
            )
            drawing.replies.add("ec2/describe-vpc-endpoints", record)
            police(drawing, record, service)
            for letter in drawing.some("abcd", 1, 4):
                drawing.add_route(letter, f"pl-{service}", record["VpcEndpointId"])


def police(drawing: "Drawing", record: Json, service: str) -> None:
    if "endpoint-policy" in drawing.has and drawing.chance(0.8):
        record["PolicyDocument"] = drawing.random.choice(rules.policies(service))


def draw_interfaces(drawing: "Drawing") -> None:
    """Things to be reached: `eni-LETTER` in every subnet, now and then with a second address or a public one."""
    for letter in drawing.subnets:
        if drawing.chance(0.15):
            continue
        addresses = [drawing.address_in(letter)]
        if drawing.chance(0.15):
            addresses.append(drawing.address_in(letter))
        if drawing.chance(0.1):
            addresses[0] = drawing.subnets[letter]["CidrBlock"].partition("/")[0].rpartition(".")[0] + ".100"
            addresses = addresses[:1] if letter != "d" else [drawing.address_in(letter)]
        for each in drawing.subnets[letter]["Ipv6CidrBlockAssociationSet"]:
            addresses.append(each["Ipv6CidrBlock"].replace("::/64", "::9"))
        public_ip = "34.1.1.1" if letter == "a" and "public-target" in drawing.has else None
        groups = drawing.some(drawing.groups_in(letter), 1, 2)
        record = shapes.interface(f"eni-{letter}", drawing.subnets[letter], addresses, groups, public_ip=public_ip)
        drawing.replies.add("ec2/describe-network-interfaces", record)
    if "interface-endpoint" in drawing.has:
        draw_interface_endpoint(drawing)


def draw_interface_endpoint(drawing: "Drawing") -> None:
    letters = drawing.some("acd", 1, 2)
    groups = drawing.some(drawing.groups_in("a"), 1, 1)
    service = f"com.amazonaws.{shapes.REGION}.sqs"
    ids = []
    for letter in letters:
        record = shapes.interface(
            f"eni-sqs-{letter}", drawing.subnets[letter], [drawing.address_in(letter)], groups, kind="vpc_endpoint"
        )
        ids.append(drawing.replies.add("ec2/describe-network-interfaces", record)["NetworkInterfaceId"])
    told = {
        "SubnetIds": [f"subnet-{letter}" for letter in letters],
        "NetworkInterfaceIds": ids,
        "Groups": [{"GroupId": group} for group in groups],
        "PrivateDnsEnabled": True,
    }
    record = shapes.endpoint("vpce-sqs", "Interface", "vpc-main", service, **told)
    police(drawing, drawing.replies.add("ec2/describe-vpc-endpoints", record), "sqs")
