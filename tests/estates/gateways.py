"""Ways out of a VPC: internet gateways, NAT gateways, peering."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tests.estates.interfaces import DRAWN_AT, associate_public_ip, interface, move_interface, tags, zone_id
from tests.estates.replies import Json
from tests.estates.route_tables import TABLES, draw_table
from tests.estates.rules import EstateError, points_to

if TYPE_CHECKING:
    from tests.estates.vpc import Vpc


def internet_gateway(vpc: "Vpc", name: str, *, attached: bool = True) -> str:
    """An internet gateway, attached to the VPC."""
    record = {
        "Attachments": [_attachment(vpc.id)] if attached else [],
        "InternetGatewayId": f"igw-{name}",
        "OwnerId": vpc.estate.account,
        "Tags": tags(name),
    }
    vpc.estate.add("ec2/describe-internet-gateways", f"igw-{name}", record)
    return f"igw-{name}"


def _attachment(vpc_id: str) -> Json:
    # AWS prints `available` here, though its model lists only attaching, attached, detaching and detached.
    return {"State": "available", "VpcId": vpc_id}


def detach_internet_gateway(vpc: "Vpc", name: str, *, blackhole: bool = True) -> None:
    """Detaches the gateway; routes to it turn into blackholes, unless the tables were read before."""
    gateway_id = vpc.estate.named("igw-", name)
    vpc.estate[gateway_id]["Attachments"] = []
    for table in vpc.estate.reply(TABLES)["RouteTables"]:
        for route in table["Routes"]:
            if blackhole and points_to(route, gateway_id):
                route["State"] = "blackhole"


def egress_only_internet_gateway(vpc: "Vpc", name: str) -> str:
    """An egress-only internet gateway (IPv6), `eigw-NAME`."""
    record = {
        "Attachments": [{"State": "attached", "VpcId": vpc.id}],
        "EgressOnlyInternetGatewayId": f"eigw-{name}",
        "Tags": tags(name),
    }
    vpc.estate.add("ec2/describe-egress-only-internet-gateways", f"eigw-{name}", record)
    return f"eigw-{name}"


def nat_gateway(
    vpc: "Vpc",
    name: str,
    *,
    subnet: str | None = None,
    public_ip: str | None = None,
    address: str | None = None,
    state: str = "available",
    connectivity: str = "public",
    regional: bool = False,
    zones: Sequence[str] = ("a",),
    automatic: bool = True,
    failure: tuple[str, str] | None = None,
) -> str:
    """A NAT gateway with its interface: public in `subnet` unless told otherwise.

    A public one without `public_ip` gets 52.0.0.1, 52.0.0.2, …; `public_ip=""` leaves it without. A regional
    one has no subnet but a table of its own, `rtb-nat-NAME` (with a route to the VPC's internet gateway,
    where one is drawn), and one address in each of `zones`; `automatic` leaves zones and addresses to AWS.
    `failure` is the FailureCode and its message.
    """
    nat_id = f"nat-{name}"
    record: Json = {
        "CreateTime": DRAWN_AT,
        "NatGatewayAddresses": [],
        "NatGatewayId": nat_id,
        "State": state,
        "VpcId": vpc.id,
        "Tags": tags(name),
        "ConnectivityType": connectivity,
        "AvailabilityMode": "regional" if regional else "zonal",
    }
    if failure is not None:
        record |= {"FailureCode": failure[0], "FailureMessage": failure[1]}
    vpc.estate.add("ec2/describe-nat-gateways", nat_id, record)
    if public_ip is None and connectivity == "public":
        public_ip = _next_public_ip(vpc)
    if regional:
        _make_regional(vpc, record, zones, automatic, public_ip or "52.0.0.1")
    elif subnet is None:
        raise EstateError(f"{nat_id} needs a subnet")
    else:
        _make_zonal(vpc, record, vpc.estate.named("subnet-", subnet), public_ip or None, address)
    return nat_id


def _make_zonal(vpc: "Vpc", record: Json, subnet_id: str, public_ip: str | None, address: str | None) -> None:
    nat_id = record["NatGatewayId"]
    drawn = interface(
        vpc.estate,
        f"eni-{nat_id}",
        subnet_id,
        address=address,
        kind="nat_gateway",
        description=f"Interface for NAT Gateway {nat_id}",
        requester="amazon-nat",
        source_dest_check=False,
        owner=nat_id,
    )
    entry: Json = {
        "NetworkInterfaceId": f"eni-{nat_id}",
        "PrivateIp": drawn["PrivateIpAddress"],
        "IsPrimary": True,
        "Status": "succeeded",
    }
    if public_ip is not None:
        associate_public_ip(vpc.estate, f"eni-{nat_id}", public_ip, elastic_ip_of=nat_id)
        entry |= {
            "AllocationId": f"eipalloc-{nat_id}",
            "AssociationId": f"eipassoc-{nat_id}",
            "PublicIp": public_ip,
        }
    record["SubnetId"] = subnet_id
    record["NatGatewayAddresses"].append(entry)


def _make_regional(vpc: "Vpc", record: Json, zones: Sequence[str], automatic: bool, first: str) -> None:
    nat_id = record["NatGatewayId"]
    network, _, last = first.rpartition(".")
    switch = "enabled" if automatic else "disabled"
    record |= {"AutoScalingIps": switch, "AutoProvisionZones": switch, "RouteTableId": f"rtb-{nat_id}"}
    for place, zone in enumerate(zones):
        record["NatGatewayAddresses"].append(
            {
                "AllocationId": f"eipalloc-{nat_id}-{zone}",
                "AssociationId": f"eipassoc-{nat_id}-{zone}",
                "PublicIp": f"{network}.{int(last) + place}",
                "Status": "succeeded",
                "AvailabilityZone": f"{vpc.estate.region}{zone}",
                "AvailabilityZoneId": zone_id(vpc.estate.region, zone),
            }
        )
    table = draw_table(vpc.estate, vpc.id, f"rtb-{nat_id}")
    for gateway in vpc.estate.reply("ec2/describe-internet-gateways")["InternetGateways"]:
        if any(attachment["VpcId"] == vpc.id for attachment in gateway["Attachments"]):
            table.add_route("0.0.0.0/0", gateway["InternetGatewayId"])


def _next_public_ip(vpc: "Vpc") -> str:
    taken = {
        address.get("PublicIp")
        for nat in vpc.estate.reply("ec2/describe-nat-gateways")["NatGateways"]
        for address in nat["NatGatewayAddresses"]
    }
    return next(address for n in range(1, 255) if (address := f"52.0.0.{n}") not in taken)


def move_nat_gateway(vpc: "Vpc", name: str, *, subnet: str) -> None:
    """Redraws a zonal NAT gateway, its interface and private address in another subnet."""
    nat_id, subnet_id = vpc.estate.named("nat-", name), vpc.estate.named("subnet-", subnet)
    address = move_interface(vpc.estate, f"eni-{nat_id}", subnet_id)
    record = vpc.estate[nat_id]
    record["SubnetId"] = subnet_id
    record["NatGatewayAddresses"][0]["PrivateIp"] = address
    if f"eipalloc-{nat_id}" in vpc.estate:
        vpc.estate[f"eipalloc-{nat_id}"]["PrivateIpAddress"] = address


def peering(vpc: "Vpc", name: str, accepter: "Vpc", *, status: str = "active", resolve_dns: bool = False) -> str:
    """A peering connection `pcx-NAME`; where the accepter is of another estate, both estates tell of it."""
    record: Json = {
        "AccepterVpcInfo": _peering_side(accepter, resolve_dns),
        "RequesterVpcInfo": _peering_side(vpc, resolve_dns),
        "Status": {"Code": status, "Message": status.replace("-", " ").capitalize()},
        "Tags": tags(name),
        "VpcPeeringConnectionId": f"pcx-{name}",
    }
    for estate in {id(vpc.estate): vpc.estate, id(accepter.estate): accepter.estate}.values():
        estate.add("ec2/describe-vpc-peering-connections", f"pcx-{name}", record)
    return f"pcx-{name}"


def _peering_side(vpc: "Vpc", resolve_dns: bool) -> Json:
    record = vpc.estate[vpc.id]
    blocks = [{"CidrBlock": block["CidrBlock"]} for block in record["CidrBlockAssociationSet"]]
    blocks_v6 = [{"Ipv6CidrBlock": block["Ipv6CidrBlock"]} for block in record.get("Ipv6CidrBlockAssociationSet", [])]
    return {
        "CidrBlock": record["CidrBlock"],
        **({"Ipv6CidrBlockSet": blocks_v6} if blocks_v6 else {}),
        "CidrBlockSet": blocks,
        "OwnerId": vpc.estate.account,
        "PeeringOptions": {
            "AllowDnsResolutionFromRemoteVpc": resolve_dns,
            "AllowEgressFromLocalClassicLinkToRemoteVpc": False,
            "AllowEgressFromLocalVpcToRemoteClassicLink": False,
        },
        "VpcId": vpc.id,
        "Region": vpc.estate.region,
    }
