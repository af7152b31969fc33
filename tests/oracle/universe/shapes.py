"""Records as AWS prints them, with the keys that decide anything."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Json = dict[str, Any]

ACCOUNT, REGION = "111122223333", "eu-west-1"

# What an account without anything answers.
EMPTY: dict[str, Json] = {
    "ec2/describe-vpcs": {"Vpcs": []},
    "ec2/describe-subnets": {"Subnets": []},
    "ec2/describe-route-tables": {"RouteTables": []},
    "ec2/describe-security-groups": {"SecurityGroups": []},
    "ec2/describe-security-group-vpc-associations": {"SecurityGroupVpcAssociations": []},
    "ec2/describe-network-acls": {"NetworkAcls": []},
    "ec2/describe-internet-gateways": {"InternetGateways": []},
    "ec2/describe-egress-only-internet-gateways": {"EgressOnlyInternetGateways": []},
    "ec2/describe-nat-gateways": {"NatGateways": []},
    "ec2/describe-vpc-endpoints": {"VpcEndpoints": []},
    "ec2/describe-vpc-endpoint-associations": {"VpcEndpointAssociations": []},
    "ec2/describe-network-interfaces": {"NetworkInterfaces": []},
    "ec2/describe-addresses": {"Addresses": []},
    "ec2/describe-instances": {"Reservations": []},
    "ec2/describe-managed-prefix-lists": {"PrefixLists": []},
    "ec2/describe-prefix-lists": {"PrefixLists": []},
    "ec2/describe-dhcp-options": {"DhcpOptions": []},
    "ec2/describe-vpc-block-public-access-options": {
        "VpcBlockPublicAccessOptions": {"State": "default-state", "InternetGatewayBlockMode": "off"}
    },
    "ec2/describe-vpc-block-public-access-exclusions": {"VpcBlockPublicAccessExclusions": []},
    "ec2/describe-vpc-encryption-controls": {"VpcEncryptionControls": []},
    "ec2/describe-vpc-peering-connections": {"VpcPeeringConnections": []},
    "ec2/describe-vpn-gateways": {"VpnGateways": []},
    "ec2/describe-vpn-connections": {"VpnConnections": []},
    "ec2/describe-transit-gateways": {"TransitGateways": []},
    "ec2/describe-transit-gateway-attachments": {"TransitGatewayAttachments": []},
    "ec2/describe-transit-gateway-vpc-attachments": {"TransitGatewayVpcAttachments": []},
    "ec2/describe-transit-gateway-route-tables": {"TransitGatewayRouteTables": []},
    "lambda/list-functions": {"Functions": []},
    "network-firewall/list-firewalls": {"Firewalls": []},
    "route53resolver/list-firewall-rule-group-associations": {"FirewallRuleGroupAssociations": []},
    "route53resolver/list-resolver-rule-associations": {"ResolverRuleAssociations": []},
    "route53resolver/list-resolver-rules": {"ResolverRules": []},
    "route53profiles/list-profile-associations": {"ProfileAssociations": []},
}


class Replies:
    """The replies of one account and region, to be added to."""

    def __init__(self) -> None:
        self.by_call: dict[str, Json] = {
            call: {key: list(value) if isinstance(value, list) else dict(value) for key, value in reply.items()}
            for call, reply in EMPTY.items()
        }

    def add(self, call: str, record: Json) -> Json:
        (held,) = [value for value in self.by_call[call].values() if isinstance(value, list)]
        held.append(record)
        return record

    def listed(self, call: str) -> list[Json]:
        (held,) = [value for value in self.by_call[call].values() if isinstance(value, list)]
        return held

    def files(self) -> dict[str, bytes]:
        return {f"{folder(call)}/{call}.json": json.dumps(reply).encode() for call, reply in self.by_call.items()}


def folder(call: str) -> str:
    """Account and region of a reply."""
    return f"{ACCOUNT}/global" if call.startswith("route53/") else f"{ACCOUNT}/{REGION}"


def block_key(cidr: str) -> str:
    return "Ipv6CidrBlock" if ":" in cidr else "CidrBlock"


def blocks(cidrs: Iterable[str]) -> Json:
    """The associations of address blocks, as VPCs and subnets have them."""
    state = {"State": "associated"}
    cidrs = list(cidrs)
    return {
        "CidrBlock": next(cidr for cidr in cidrs if ":" not in cidr),
        "Ipv6CidrBlockAssociationSet": [
            {"Ipv6CidrBlock": cidr, "Ipv6CidrBlockState": state} for cidr in cidrs if ":" in cidr
        ],
    }


def vpc(vpc_id: str, cidrs: Sequence[str]) -> Json:
    state = {"State": "associated"}
    told = [{"CidrBlock": cidr, "CidrBlockState": state} for cidr in cidrs if ":" not in cidr]
    record = {"VpcId": vpc_id, "OwnerId": ACCOUNT, "InstanceTenancy": "default", "State": "available"}
    return record | blocks(cidrs) | {"CidrBlockAssociationSet": told}


def subnet(subnet_id: str, vpc_id: str, cidrs: Sequence[str], zone: str) -> Json:
    return {
        "SubnetId": subnet_id,
        "VpcId": vpc_id,
        "OwnerId": ACCOUNT,
        "State": "available",
        "AvailabilityZone": f"{REGION}{'abc'[int(zone) - 1]}",
        "AvailabilityZoneId": f"euw1-az{zone}",
        "AvailableIpAddressCount": 200,
        **blocks(cidrs),
    }


def route(destination: str, target: str, state: str = "active", origin: str = "CreateRoute") -> Json:
    """A route; the target's kind is told by its id."""
    keys = {
        "nat": "NatGatewayId",
        "tgw": "TransitGatewayId",
        "pcx": "VpcPeeringConnectionId",
        "eni": "NetworkInterfaceId",
        "eigw": "EgressOnlyInternetGatewayId",
        "cagw": "CarrierGatewayId",
    }
    where = "DestinationPrefixListId" if destination.startswith("pl-") else f"Destination{block_key(destination)}"
    return {
        where: destination,
        keys.get(target.partition("-")[0], "GatewayId"): target,
        "State": state,
        "Origin": origin,
    }


def route_table(table_id: str, vpc_id: str, routes: list[Json], subnets: Iterable[str], *, main: bool = False) -> Json:
    state = {"State": "associated"}
    associations: list[Json] = [{"Main": True, "AssociationState": state}] if main else []
    associations += [{"Main": False, "SubnetId": each, "AssociationState": state} for each in subnets]
    return {
        "RouteTableId": table_id,
        "VpcId": vpc_id,
        "OwnerId": ACCOUNT,
        "Routes": routes,
        "Associations": associations,
    }


def permission(protocol: str, ports: tuple[int, int] | None, peers: Iterable[str]) -> Json:
    """One rule of a security group."""
    peers = list(peers)
    rule: Json = {
        "IpProtocol": protocol,
        "IpRanges": [{"CidrIp": peer} for peer in peers if "/" in peer and ":" not in peer],
        "Ipv6Ranges": [{"CidrIpv6": peer} for peer in peers if ":" in peer],
        "PrefixListIds": [{"PrefixListId": peer} for peer in peers if peer.startswith("pl-")],
        "UserIdGroupPairs": [{"GroupId": peer, "UserId": ACCOUNT} for peer in peers if peer.startswith("sg-")],
    }
    return rule | ({"FromPort": ports[0], "ToPort": ports[1]} if ports else {})


EVERYTHING = permission("-1", None, ["0.0.0.0/0", "::/0"])


def security_group(group_id: str, vpc_id: str, inbound: list[Json], outbound: list[Json]) -> Json:
    return {
        "GroupId": group_id,
        "GroupName": group_id,
        "VpcId": vpc_id,
        "OwnerId": ACCOUNT,
        "IpPermissions": inbound,
        "IpPermissionsEgress": outbound,
    }


def acl_entry(number: int, egress: bool, action: str, protocol: str, ports: tuple[int, int] | None, cidr: str) -> Json:
    entry: Json = {"RuleNumber": number, "Egress": egress, "RuleAction": action, "Protocol": protocol}
    entry[block_key(cidr)] = cidr
    return entry | ({"PortRange": {"From": ports[0], "To": ports[1]}} if ports else {})


def open_acl(egress: bool) -> list[Json]:
    return [
        acl_entry(100, egress, "allow", "-1", None, "0.0.0.0/0"),
        acl_entry(101, egress, "allow", "-1", None, "::/0"),
    ]


def network_acl(
    acl_id: str, vpc_id: str, entries: list[Json], subnets: Iterable[str], *, default: bool = False
) -> Json:
    last = [
        acl_entry(32767, egress, "deny", "-1", None, cidr) for egress in (True, False) for cidr in ("0.0.0.0/0", "::/0")
    ]
    return {
        "NetworkAclId": acl_id,
        "VpcId": vpc_id,
        "OwnerId": ACCOUNT,
        "IsDefault": default,
        "Entries": [*entries, *last],
        "Associations": [{"SubnetId": each, "NetworkAclId": acl_id} for each in subnets],
    }


def interface(
    interface_id: str,
    subnet_record: Mapping[str, Any],
    addresses: Sequence[str],
    groups: Sequence[str],
    *,
    kind: str = "interface",
    public_ip: str | None = None,
    check: bool = True,
    instance: str | None = None,
) -> Json:
    old = [address for address in addresses if ":" not in address]
    association = {"Association": {"PublicIp": public_ip}} if public_ip else {}
    return {
        "NetworkInterfaceId": interface_id,
        "InterfaceType": kind,
        "OwnerId": ACCOUNT,
        "VpcId": subnet_record["VpcId"],
        "SubnetId": subnet_record["SubnetId"],
        "Status": "in-use",
        "SourceDestCheck": check,
        "Groups": [{"GroupId": group, "GroupName": group} for group in groups],
        "PrivateIpAddress": old[0],
        "PrivateIpAddresses": [
            {"PrivateIpAddress": address, "Primary": number == 0} | (association if number == 0 else {})
            for number, address in enumerate(old)
        ],
        "Ipv6Addresses": [{"Ipv6Address": address} for address in addresses if ":" in address],
        "Attachment": {"Status": "attached"} | ({"InstanceId": instance} if instance else {}),
        **association,
    }


def nat_gateway(nat_id: str, vpc_id: str, subnet_id: str, address: str, public_ip: str | None) -> Json:
    told = {"PrivateIp": address, "Status": "succeeded"} | ({"PublicIp": public_ip} if public_ip else {})
    return {
        "NatGatewayId": nat_id,
        "VpcId": vpc_id,
        "SubnetId": subnet_id,
        "State": "available",
        "ConnectivityType": "public" if public_ip else "private",
        "AvailabilityMode": "zonal",
        "NatGatewayAddresses": [told],
    }


def peering_side(vpc_record: Mapping[str, Any]) -> Json:
    v6 = [{"Ipv6CidrBlock": each["Ipv6CidrBlock"]} for each in vpc_record["Ipv6CidrBlockAssociationSet"]]
    return {
        "VpcId": vpc_record["VpcId"],
        "OwnerId": ACCOUNT,
        "Region": REGION,
        "CidrBlock": vpc_record["CidrBlock"],
        "CidrBlockSet": [{"CidrBlock": each["CidrBlock"]} for each in vpc_record["CidrBlockAssociationSet"]],
        "Ipv6CidrBlockSet": v6,
    }


def endpoint(endpoint_id: str, kind: str, vpc_id: str, service: str, **told: Any) -> Json:
    return {
        "VpcEndpointId": endpoint_id,
        "VpcEndpointType": kind,
        "VpcId": vpc_id,
        "OwnerId": ACCOUNT,
        "ServiceName": service,
        "State": "available",
        **told,
    }
