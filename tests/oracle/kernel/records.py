"""The records of a snapshot as AWS printed them, found by id: straight from the JSON of its files."""

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

Json = dict[str, Any]

# What carries no packet of its own, or is built from another list.
NOT_INTERFACES = ("lambda", "nat_gateway", "transit_gateway")


class NotModelledError(Exception):
    """The estate holds something that the lab cannot build."""


class Records:
    """The files of a snapshot; the lists of several accounts and regions read as one."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._replies: dict[str, list[Json]] = {}
        for path, data in files.items():
            if path.count("/") >= 3:
                name = path.split("/", maxsplit=2)[2].removesuffix(".json")
                self._replies.setdefault(name, []).append(json.loads(data))

    def listed(self, call: str, key: str) -> list[Json]:
        return [record for reply in self._replies.get(call, []) for record in reply[key]]

    def by_id(self, call: str, key: str, id_key: str) -> dict[str, Json]:
        return {record[id_key]: record for record in self.listed(call, key)}

    @cached_property
    def vpcs(self) -> dict[str, Json]:
        return self.by_id("ec2/describe-vpcs", "Vpcs", "VpcId")

    @cached_property
    def subnets(self) -> dict[str, Json]:
        return self.by_id("ec2/describe-subnets", "Subnets", "SubnetId")

    @cached_property
    def groups(self) -> dict[str, Json]:
        return self.by_id("ec2/describe-security-groups", "SecurityGroups", "GroupId")

    @cached_property
    def nat_gateways(self) -> dict[str, Json]:
        return self.by_id("ec2/describe-nat-gateways", "NatGateways", "NatGatewayId")

    @cached_property
    def peerings(self) -> dict[str, Json]:
        return self.by_id("ec2/describe-vpc-peering-connections", "VpcPeeringConnections", "VpcPeeringConnectionId")

    @cached_property
    def transit_gateways(self) -> dict[str, Json]:
        return self.by_id("ec2/describe-transit-gateways", "TransitGateways", "TransitGatewayId")

    @cached_property
    def vpc_attachments(self) -> dict[str, Json]:
        """Each VPC attachment, as both lists of attachments tell of it."""
        details = self.by_id(
            "ec2/describe-transit-gateway-vpc-attachments", "TransitGatewayVpcAttachments", "TransitGatewayAttachmentId"
        )
        told = self.by_id(
            "ec2/describe-transit-gateway-attachments", "TransitGatewayAttachments", "TransitGatewayAttachmentId"
        )
        return {name: told[name] | details[name] for name in details}

    @cached_property
    def interfaces(self) -> dict[str, Json]:
        """Interfaces that stand for themselves: those of functions and gateways are built from their owners."""
        found = self.by_id("ec2/describe-network-interfaces", "NetworkInterfaces", "NetworkInterfaceId")
        return {name: each for name, each in found.items() if each["InterfaceType"] not in NOT_INTERFACES}

    def function(self, name: str) -> Json:
        return self.by_id("lambda/list-functions", "Functions", "FunctionName")[name]

    def gateway_of(self, vpc_id: str, kind: str) -> str | None:
        """The internet gateway (`igw`) or egress-only one (`eigw`) that is attached to a VPC."""
        call, key, id_key = {
            "igw": ("ec2/describe-internet-gateways", "InternetGateways", "InternetGatewayId"),
            "eigw": (
                "ec2/describe-egress-only-internet-gateways",
                "EgressOnlyInternetGateways",
                "EgressOnlyInternetGatewayId",
            ),
        }[kind]
        for gateway_id, record in self.by_id(call, key, id_key).items():
            for attachment in record["Attachments"]:
                if attachment["VpcId"] == vpc_id and attachment["State"] in ("available", "attached"):
                    return gateway_id
        return None

    def transit_routes(self, table_id: str) -> list[Json]:
        return self.listed(f"ec2/search-transit-gateway-routes/{table_id}", "Routes")

    def prefix_list(self, list_id: str) -> list[str]:
        entries = self.listed(f"ec2/get-managed-prefix-list-entries/{list_id}", "Entries")
        return [entry["Cidr"] for entry in entries]

    def table_of(self, subnet_id: str) -> Json:
        """The route table that names the subnet, else the main one of its VPC."""
        tables = self.listed("ec2/describe-route-tables", "RouteTables")
        for table in tables:
            if any(each.get("SubnetId") == subnet_id for each in table["Associations"]):
                return table
        vpc_id = self.subnets[subnet_id]["VpcId"]
        return next(
            table
            for table in tables
            if table["VpcId"] == vpc_id and any(each["Main"] for each in table["Associations"])
        )

    def acl_of(self, subnet_id: str) -> Json:
        """The network ACL that names the subnet, else the default one of its VPC."""
        acls = self.listed("ec2/describe-network-acls", "NetworkAcls")
        for acl in acls:
            if any(each["SubnetId"] == subnet_id for each in acl["Associations"]):
                return acl
        vpc_id = self.subnets[subnet_id]["VpcId"]
        return next(acl for acl in acls if acl["VpcId"] == vpc_id and acl["IsDefault"])

    def subnets_of(self, vpc_id: str) -> list[str]:
        return [subnet_id for subnet_id, subnet in self.subnets.items() if subnet["VpcId"] == vpc_id]


def blocks_of(record: Json) -> list[str]:
    """The blocks of a VPC or subnet, IPv4 first."""
    v4 = [each["CidrBlock"] for each in record.get("CidrBlockAssociationSet", [])] or [record["CidrBlock"]]
    return v4 + [each["Ipv6CidrBlock"] for each in record.get("Ipv6CidrBlockAssociationSet", [])]


def addresses_of(interface: Json) -> list[str]:
    """The private addresses of an interface, and its IPv6 ones."""
    v4 = [each["PrivateIpAddress"] for each in interface["PrivateIpAddresses"]]
    return v4 + [each["Ipv6Address"] for each in interface["Ipv6Addresses"]]


def public_addresses(records: Records, vpc_id: str) -> Iterator[tuple[str, str]]:
    """Public and private address of all that has both in a VPC: interfaces and public NAT gateways."""
    for interface in records.interfaces.values():
        for private in interface["PrivateIpAddresses"]:
            if interface["VpcId"] == vpc_id and "Association" in private:
                yield private["Association"]["PublicIp"], private["PrivateIpAddress"]
    for gateway in records.nat_gateways.values():
        for address in gateway["NatGatewayAddresses"]:
            if gateway["VpcId"] == vpc_id and gateway["ConnectivityType"] == "public" and "PublicIp" in address:
                yield address["PublicIp"], address["PrivateIp"]
