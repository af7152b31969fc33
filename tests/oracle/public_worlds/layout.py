"""A public world laid out as a snapshot: its flat lists become the replies of AWS's calls, file by file.

A world is `aws_configs/` with one folder for each account and region, `accounts/<id>/<region>/`, or `<region>/`, or the
files alone. Most files are a describe reply as it came. The rest are bundles of several replies, taken apart here.

Not in the data, and how that is dealt with:
- The account of a folder is taken from the owner of its VPCs (folder names are placeholders in one world).
- The routes of a transit gateway table: its static routes are there, of the propagated ones only who propagates. A VPC
  propagates its address ranges; where it is not in the data, or something else propagates (a VPN), the reply is marked
  as cut.
- The network ACLs of one world: it gets the ACL that a new VPC has, which lets everything through. The tests that its
  answers come from read a missing ACL so.
Any other reply that is not there is not written: the program must say unknown where it needs it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.estates.replies import Json, path_of

# Lists that are AWS's own reply, by the file that holds them.
REPLIES = {
    "Addresses": "ec2/describe-addresses",
    "AvailabilityZones": "ec2/describe-availability-zones",
    "CustomerGateways": "ec2/describe-customer-gateways",
    "InternetGateways": "ec2/describe-internet-gateways",
    "LoadBalancers": "elbv2/describe-load-balancers",
    "NatGateways": "ec2/describe-nat-gateways",
    "NetworkAcls": "ec2/describe-network-acls",
    "NetworkInterfaces": "ec2/describe-network-interfaces",
    "PrefixLists": "ec2/describe-prefix-lists",
    "RdsInstances": "rds/describe-db-instances",
    "Reservations": "ec2/describe-instances",
    "RouteTables": "ec2/describe-route-tables",
    "SecurityGroups": "ec2/describe-security-groups",
    "Subnets": "ec2/describe-subnets",
    "TargetGroups": "elbv2/describe-target-groups",
    "TransitGatewayAttachments": "ec2/describe-transit-gateway-attachments",
    "TransitGatewayRouteTables": "ec2/describe-transit-gateway-route-tables",
    "TransitGatewayVpcAttachments": "ec2/describe-transit-gateway-vpc-attachments",
    "TransitGateways": "ec2/describe-transit-gateways",
    "VpcEndpoints": "ec2/describe-vpc-endpoints",
    "VpcPeeringConnections": "ec2/describe-vpc-peering-connections",
    "Vpcs": "ec2/describe-vpcs",
    "VpnConnections": "ec2/describe-vpn-connections",
    "VpnGateways": "ec2/describe-vpn-gateways",
}
# Bundles of replies that are made once per thing: the call, the key that names the thing, the key of the reply.
BUNDLES = {
    "LoadBalancerAttributes": ("elbv2/describe-load-balancer-attributes", "LoadBalancerArn", "Attributes"),
    "LoadBalancerListeners": ("elbv2/describe-listeners", "LoadBalancerArn", "Listeners"),
    "LoadBalancerTargetHealth": ("elbv2/describe-target-health", "TargetGroupArn", "TargetHealthDescriptions"),
}
TABLE = "TransitGatewayRouteTableId"
ATTACHMENT = "TransitGatewayAttachmentId"
# Bundles that become one reply for each table in `_routes`.
STATIC_ROUTES, PROPAGATIONS = "TransitGatewayStaticRoutes", "TransitGatewayPropagations"


@dataclass(frozen=True, slots=True)
class Folder:
    """The files of one account and region, by name without ending."""

    account: str
    region: str
    files: Mapping[str, Json]

    def items(self, name: str) -> list[Json]:
        """The list that a file holds, empty where there is no such file."""
        found: list[Json] = self.files.get(name, {}).get(name, [])
        return found

    def path(self, call: str, *arguments: str) -> str:
        return f"{self.account}/{self.region}/{path_of(call, *arguments)}.json"


def folders(world: Path) -> list[Folder]:
    """The folders of a world that hold files."""
    top = world / "aws_configs"
    places = sorted({path.parent for path in top.rglob("*.json")})
    return [_folder(place) for place in places]


def _folder(place: Path) -> Folder:
    files = {path.stem: json.loads(path.read_text()) for path in sorted(place.glob("*.json"))}
    owners = {vpc["OwnerId"] for vpc in files["Vpcs"]["Vpcs"]}
    zones = {subnet["AvailabilityZone"] for subnet in files["Subnets"]["Subnets"]}
    (account,), (region,) = owners, {zone[:-1] for zone in zones}
    return Folder(account, region, files)


def laid_out(world: Path) -> dict[str, Json]:
    """Every reply of a world by its path in a snapshot; raises ValueError for a file that has no place in it."""
    all_folders = folders(world)
    replies: dict[str, Json] = {}
    for folder in all_folders:
        for name, content in folder.files.items():
            if name in REPLIES:
                replies[folder.path(REPLIES[name])] = content
            elif name in BUNDLES:
                call, what, key = BUNDLES[name]
                replies |= {folder.path(call, item[what]): {key: item[key]} for item in folder.items(name)}
            elif name not in (STATIC_ROUTES, PROPAGATIONS) and any(content.values()):
                raise ValueError(f"{world.name}: {name}.json has no place in a snapshot yet")
        replies |= {
            folder.path("ec2/search-transit-gateway-routes", table[TABLE]): _routes(table, folder, all_folders)
            for table in folder.items(STATIC_ROUTES)
        }
        if "NetworkAcls" not in folder.files:
            acls = [_open_acl(vpc["VpcId"], folder.account) for vpc in folder.items("Vpcs")]
            replies[folder.path(REPLIES["NetworkAcls"])] = {"NetworkAcls": acls}
    return replies


def _routes(table: Json, folder: Folder, all_folders: Iterable[Folder]) -> Json:
    """SearchTransitGatewayRoutes of a table: its static routes, and the address ranges of the VPCs that propagate."""
    routes: list[Json] = list(table["Routes"])
    is_cut: bool = table["AdditionalRoutesAvailable"]
    static = {route["DestinationCidrBlock"] for route in routes}
    ranges = {vpc["VpcId"]: _ranges(vpc) for side in all_folders for vpc in side.items("Vpcs")}
    for propagation in _propagations(table[TABLE], folder):
        known = ranges.get(propagation["ResourceId"])
        is_cut = is_cut or known is None
        told = {key: propagation[key] for key in ("ResourceId", "ResourceType", ATTACHMENT)}
        routes += [
            {
                "DestinationCidrBlock": block,
                "State": "active",
                "Type": "propagated",
                "TransitGatewayAttachments": [told],
            }
            for block in known or ()
            if block not in static
        ]
    return {"Routes": routes, "AdditionalRoutesAvailable": is_cut}


def _propagations(table_id: str, folder: Folder) -> Iterator[Json]:
    key = "TransitGatewayRouteTablePropagations"
    tables = (table for table in folder.items(PROPAGATIONS) if table[TABLE] == table_id)
    return (item for table in tables for item in table[key] if item["State"] == "enabled")


def _ranges(vpc: Json) -> list[str]:
    blocks = vpc["CidrBlockAssociationSet"]
    return [block["CidrBlock"] for block in blocks if block["CidrBlockState"]["State"] == "associated"]


def _open_acl(vpc_id: str, owner: str) -> Json:
    entries = [
        {"RuleNumber": number, "Protocol": "-1", "RuleAction": action, "Egress": egress, "CidrBlock": "0.0.0.0/0"}
        for egress in (True, False)
        for number, action in ((100, "allow"), (32767, "deny"))
    ]
    told = {"NetworkAclId": f"acl-of-{vpc_id}", "VpcId": vpc_id, "OwnerId": owner, "IsDefault": True}
    return told | {"Associations": [], "Entries": entries}
