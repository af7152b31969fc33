"""The files of a snapshot as dicts, and how one finds a record in them."""

import json
from collections.abc import Callable, Mapping
from functools import cache, wraps
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, Concatenate, ParamSpec, TypeVar

from tests.oracle.walker.fates import UNKNOWN, Address, Ended

P = ParamSpec("P")
T = TypeVar("T")
Json = dict[str, Any]
Network = IPv4Network | IPv6Network

PATHS = {
    "vpc-": ("ec2/describe-vpcs", "Vpcs", "VpcId"),
    "subnet-": ("ec2/describe-subnets", "Subnets", "SubnetId"),
    "sg-": ("ec2/describe-security-groups", "SecurityGroups", "GroupId"),
    "igw-": ("ec2/describe-internet-gateways", "InternetGateways", "InternetGatewayId"),
    "eigw-": (
        "ec2/describe-egress-only-internet-gateways",
        "EgressOnlyInternetGateways",
        "EgressOnlyInternetGatewayId",
    ),
    "nat-": ("ec2/describe-nat-gateways", "NatGateways", "NatGatewayId"),
    "pcx-": ("ec2/describe-vpc-peering-connections", "VpcPeeringConnections", "VpcPeeringConnectionId"),
    "tgw-": ("ec2/describe-transit-gateways", "TransitGateways", "TransitGatewayId"),
    "vgw-": ("ec2/describe-vpn-gateways", "VpnGateways", "VpnGatewayId"),
    "vpce-": ("ec2/describe-vpc-endpoints", "VpcEndpoints", "VpcEndpointId"),
    "eni-": ("ec2/describe-network-interfaces", "NetworkInterfaces", "NetworkInterfaceId"),
    "rtb-": ("ec2/describe-route-tables", "RouteTables", "RouteTableId"),
}  # fmt: skip


@cache
def block(cidr: str) -> Network:
    return ip_network(cidr, strict=False)


def once(looked_up: Callable[Concatenate["World", P], T]) -> Callable[Concatenate["World", P], T]:
    """What was looked up in the files is not looked up again: they do not change."""

    @wraps(looked_up)
    def remembered(world: "World", /, *wanted: P.args, **named: P.kwargs) -> T:
        key = (looked_up.__name__, *wanted)
        if key not in world.known:
            world.known[key] = looked_up(world, *wanted, **named)
        found: T = world.known[key]
        return found

    return remembered


class World:
    """The files of every account and region, read once."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.known: dict[tuple[object, ...], Any] = {}
        self.replies: dict[str, list[Json]] = {}
        for path, data in files.items():
            if path.count("/") >= 3:
                call = path.split("/", maxsplit=2)[2].removesuffix(".json")
                self.replies.setdefault(call, []).append(json.loads(data))

    @once
    def listed(self, call: str, key: str) -> list[Json]:
        """What a call lists; a file that is not there tells nothing."""
        if call not in self.replies:
            raise Ended(UNKNOWN, f"COLLECTION_FAILED {call}")
        return [record for reply in self.replies[call] for record in reply[key]]

    def guards(self, call: str, key: str) -> list[Json]:
        """The same for a setting that is taken to be off where no file tells of it."""
        return self.listed(call, key) if call in self.replies else []

    def record(self, wanted: str) -> Json:
        found = self.find(wanted)
        if found is None:
            raise Ended(UNKNOWN, f"UNKNOWN_RESOURCE {wanted}")
        return found

    @once
    def find(self, wanted: str) -> Json | None:
        call, key, name = PATHS[wanted.partition("-")[0] + "-"]
        for record in self.listed(call, key):
            if record[name] == wanted:
                return record
        return None

    def function(self, name: str) -> Json:
        for record in self.listed("lambda/list-functions", "Functions"):
            if record["FunctionName"] == name:
                return record
        raise Ended(UNKNOWN, f"UNKNOWN_RESOURCE {name}")

    def instance(self, instance_id: str) -> Json:
        for reservation in self.listed("ec2/describe-instances", "Reservations"):
            for instance in reservation["Instances"]:
                if instance["InstanceId"] == instance_id:
                    found: Json = instance
                    return found
        raise Ended(UNKNOWN, f"UNKNOWN_RESOURCE {instance_id}")

    # Subnets and VPCs

    def subnets(self) -> list[Json]:
        return self.listed("ec2/describe-subnets", "Subnets")

    @once
    def subnet_blocks(self, subnet_id: str) -> list[Network]:
        subnet = self.record(subnet_id)
        blocks = [block(subnet["CidrBlock"])] if subnet.get("CidrBlock") else []
        return blocks + ipv6_blocks(subnet)

    def is_in_subnet(self, subnet_id: str, address: Address) -> bool:
        return any(address in each for each in self.subnet_blocks(subnet_id))

    @once
    def subnet_holding(self, vpc_id: str, address: Address) -> str | None:
        for subnet in self.subnets():
            if subnet["VpcId"] == vpc_id and self.is_in_subnet(subnet["SubnetId"], address):
                return str(subnet["SubnetId"])
        return None

    def vpc_of(self, subnet_id: str) -> str:
        return str(self.record(subnet_id)["VpcId"])

    def zone_of(self, subnet_id: str) -> str:
        return str(self.record(subnet_id)["AvailabilityZoneId"])

    @once
    def vpc_blocks(self, vpc_id: str) -> list[Network]:
        vpc = self.record(vpc_id)
        associations = vpc["CidrBlockAssociationSet"]
        blocks = [block(each["CidrBlock"]) for each in associations if each["CidrBlockState"]["State"] == "associated"]
        return blocks + ipv6_blocks(vpc)

    def is_in_vpc(self, vpc_id: str, address: Address) -> bool:
        return any(address in each for each in self.vpc_blocks(vpc_id))

    @once
    def vpcs_holding(self, address: Address) -> list[str]:
        ids = [str(vpc["VpcId"]) for vpc in self.listed("ec2/describe-vpcs", "Vpcs")]
        return [vpc_id for vpc_id in ids if self.is_in_vpc(vpc_id, address)]

    # Interfaces

    def interfaces(self) -> list[Json]:
        return self.listed("ec2/describe-network-interfaces", "NetworkInterfaces")

    @once
    def interface_at(self, vpc_id: str, address: Address) -> Json | None:
        for interface in self.interfaces():
            if interface["VpcId"] == vpc_id and str(address) in addresses_of(interface):
                return interface
        return None

    def interface_with_public(self, address: Address) -> Json | None:
        for interface in self.interfaces():
            if interface["InterfaceType"] != "lambda" and str(address) in public_addresses_of(interface):
                return interface
        return None

    # Tables and lists of a subnet

    @once
    def table_of(self, subnet_id: str) -> Json:
        tables = self.listed("ec2/describe-route-tables", "RouteTables")
        for table in tables:
            for association in table["Associations"]:
                if association.get("SubnetId") == subnet_id:
                    if association["AssociationState"]["State"] != "associated":
                        raise Ended(UNKNOWN, f"{table['RouteTableId']} is being associated")
                    return table
        vpc_id = self.vpc_of(subnet_id)
        for table in tables:
            for association in table["Associations"]:
                if association["Main"] and table["VpcId"] == vpc_id:
                    return table
        raise Ended(UNKNOWN, f"COLLECTION_FAILED no table of {subnet_id}")

    @once
    def edge_table_of(self, gateway_id: str, vpc_id: str) -> Json | None:
        for table in self.listed("ec2/describe-route-tables", "RouteTables"):
            for association in table["Associations"]:
                if association.get("GatewayId") == gateway_id and table["VpcId"] == vpc_id:
                    return table
        return None

    @once
    def acl_of(self, subnet_id: str) -> Json:
        acls = self.listed("ec2/describe-network-acls", "NetworkAcls")
        for acl in acls:
            for association in acl["Associations"]:
                if association["SubnetId"] == subnet_id:
                    return acl
        vpc_id = self.vpc_of(subnet_id)
        for acl in acls:
            if acl["IsDefault"] and acl["VpcId"] == vpc_id:
                return acl
        raise Ended(UNKNOWN, f"COLLECTION_FAILED no ACL of {subnet_id}")

    @once
    def entries(self, prefix_list: str) -> list[Network]:
        for reply in self.replies.get(f"ec2/get-managed-prefix-list-entries/{prefix_list}", []):
            return [block(entry["Cidr"]) for entry in reply["Entries"]]
        for listed in self.listed("ec2/describe-prefix-lists", "PrefixLists"):
            if listed["PrefixListId"] == prefix_list:
                return [block(cidr) for cidr in listed["Cidrs"]]
        raise Ended(UNKNOWN, f"UNKNOWN_RESOURCE {prefix_list}")


def ipv6_blocks(record: Json) -> list[Network]:
    """The blocks of a VPC or subnet that are associated."""
    associations = record.get("Ipv6CidrBlockAssociationSet", [])
    told = [each for each in associations if each["Ipv6CidrBlockState"]["State"] == "associated"]
    return [block(each["Ipv6CidrBlock"]) for each in told]


def addresses_of(interface: Json) -> list[str]:
    found = [private["PrivateIpAddress"] for private in interface["PrivateIpAddresses"]]
    return [*found, *(each["Ipv6Address"] for each in interface.get("Ipv6Addresses", []))]


def public_addresses_of(interface: Json) -> list[str]:
    told = [interface, *interface["PrivateIpAddresses"]]
    return list(dict.fromkeys(each["Association"]["PublicIp"] for each in told if "Association" in each))


def groups_of(interface: Json) -> list[str]:
    return [group["GroupId"] for group in interface["Groups"]]
