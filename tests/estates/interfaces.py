"""Network interfaces and the addresses they take out of their subnets."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import TYPE_CHECKING

from tests.estates.replies import Json
from tests.estates.rules import EstateError

if TYPE_CHECKING:
    from tests.estates.builder import Estate

DRAWN_AT = "2026-01-05T09:00:00+00:00"
INTERFACES = "ec2/describe-network-interfaces"


def zone_id(region: str, az: str) -> str:
    """`euw1-az1` for zone `a` of eu-west-1: every estate has the zones in this order."""
    *area, direction, number = region.split("-")
    points = ("north", "south", "east", "west", "central")
    short = "".join(point[0] for point in points if point in direction)
    return f"{''.join(part if len(part) == 2 else part[0] for part in area)}{short}{number}-az{ord(az) - 96}"


def tags(name: str) -> list[Json]:
    """The Name tag."""
    return [{"Key": "Name", "Value": name}]


def group_ids(estate: "Estate", vpc_id: str, groups: Iterable[str]) -> list[str]:
    """Ids of groups by name or id; `default` is the VPC's default group."""
    default = f"sg-{vpc_id.removeprefix('vpc-')}-default"
    found = [default if group == "default" else estate.named("sg-", group) for group in groups]
    for group_id in found:
        estate[group_id]
    return found


def interface(
    estate: "Estate",
    interface_id: str,
    subnet_id: str,
    groups: Sequence[str] = (),
    *,
    address: str | None = None,
    ipv6: str | None = None,
    public_ip: str | None = None,
    kind: str = "interface",
    description: str = "",
    requester: str | None = None,
    source_dest_check: bool = True,
    status: str = "in-use",
    owner: str | None = None,
) -> Json:
    """Draws an interface; `groups` are ids, and when `owner` is removed the interface goes too."""
    subnet = estate[subnet_id]
    address = take_address(estate, subnet_id, address)
    dns_names = private_dns_name(estate, subnet["VpcId"], address)
    record: Json = {
        **_attachment(estate, interface_id, requester, status),
        "AvailabilityZone": subnet["AvailabilityZone"],
        "AvailabilityZoneId": subnet["AvailabilityZoneId"],
        "Description": description,
        "Groups": [{"GroupId": group, "GroupName": estate[group]["GroupName"]} for group in groups],
        "InterfaceType": kind,
        "Ipv6Addresses": [{"Ipv6Address": ipv6}] if ipv6 else [],
        "MacAddress": "02:00:" + ":".join(f"{byte:02x}" for byte in ip_address(address).packed),
        "NetworkInterfaceId": interface_id,
        "OwnerId": estate.account,
        **dns_names,
        "PrivateIpAddress": address,
        "PrivateIpAddresses": [{"Primary": True, **dns_names, "PrivateIpAddress": address}],
        **({} if requester is None else {"RequesterId": requester}),
        "RequesterManaged": requester is not None,
        "SourceDestCheck": source_dest_check,
        "Status": status,
        "SubnetId": subnet_id,
        "TagSet": [],
        "VpcId": subnet["VpcId"],
    }
    estate.add(INTERFACES, interface_id, record, owner=owner)
    if public_ip is not None:
        associate_public_ip(estate, interface_id, public_ip)
    return record


def associate_public_ip(
    estate: "Estate", interface_id: str, public_ip: str, *, elastic_ip_of: str | None = None
) -> None:
    """Gives an interface a public address; with `elastic_ip_of` it is the Elastic IP of that object."""
    record = estate[interface_id]
    octets = public_ip.replace(".", "-")
    association: Json = {
        "IpOwnerId": "amazon",
        "PublicDnsName": f"ec2-{octets}.{estate.region}.compute.amazonaws.com",
        "PublicIp": public_ip,
    }
    if elastic_ip_of is not None:
        association |= {
            "AllocationId": f"eipalloc-{elastic_ip_of}",
            "AssociationId": f"eipassoc-{elastic_ip_of}",
            "IpOwnerId": estate.account,
        }
        _elastic_ip(estate, record, elastic_ip_of, public_ip)
    record["Association"] = association
    record["PrivateIpAddresses"][0]["Association"] = dict(association)


def _elastic_ip(estate: "Estate", record: Json, of: str, public_ip: str) -> None:
    address = {
        "InstanceId": "",
        "PublicIp": public_ip,
        "AllocationId": f"eipalloc-{of}",
        "AssociationId": f"eipassoc-{of}",
        "Domain": "vpc",
        "NetworkInterfaceId": record["NetworkInterfaceId"],
        "NetworkInterfaceOwnerId": estate.account,
        "PrivateIpAddress": record["PrivateIpAddress"],
        "Tags": tags(of),
        "PublicIpv4Pool": "amazon",
        "NetworkBorderGroup": estate.region,
    }
    estate.add("ec2/describe-addresses", f"eipalloc-{of}", address, owner=of)


def _attachment(estate: "Estate", interface_id: str, requester: str | None, status: str) -> Json:
    if status != "in-use":
        return {}
    managed = requester is not None
    return {
        "Attachment": {
            "AttachTime": DRAWN_AT,
            "AttachmentId": f"{'ela' if managed else 'eni'}-attach-{interface_id.removeprefix('eni-')}",
            "DeleteOnTermination": not managed,
            "DeviceIndex": 1 if managed else 0,
            "InstanceOwnerId": "amazon-aws" if managed else estate.account,
            "Status": "attached",
        }
    }


def private_dns_name(estate: "Estate", vpc_id: str, address: str) -> Json:
    """The key PrivateDnsName, which AWS prints only where the VPC has DNS hostnames."""
    hostnames = estate.reply(f"ec2/describe-vpc-attribute/{vpc_id}.enableDnsHostnames")
    if not hostnames["EnableDnsHostnames"]["Value"]:
        return {}
    domain = "ec2" if estate.region == "us-east-1" else f"{estate.region}.compute"
    return {"PrivateDnsName": f"ip-{address.replace('.', '-')}.{domain}.internal"}


def take_address(estate: "Estate", subnet_id: str, wanted: str | None = None) -> str:
    """An address of the subnet that nothing else has; AWS keeps the first four and the last for itself."""
    subnet = estate[subnet_id]
    network = IPv4Network(subnet["CidrBlock"])
    here = [record for record in estate.reply(INTERFACES)["NetworkInterfaces"] if record["VpcId"] == subnet["VpcId"]]
    taken = {record["PrivateIpAddress"] for record in here}
    first = 100 if network.num_addresses >= 256 else 4
    free = (str(network[i]) for i in range(first, network.num_addresses - 1))
    address = wanted or next((candidate for candidate in free if candidate not in taken), None)
    if address is None or address in taken or ip_address(address) not in network:
        raise EstateError(f"{subnet_id} {network} has no address {wanted or 'left'} for another interface")
    if subnet_id in estate.counted_subnets:
        subnet["AvailableIpAddressCount"] -= 1
    return address


def ipv6_of(subnet: Json, host: int) -> str | None:
    """The subnet's IPv6 address with this host part, or None for a subnet without IPv6."""
    blocks = subnet["Ipv6CidrBlockAssociationSet"]
    return str(IPv6Network(blocks[0]["Ipv6CidrBlock"])[host]) if blocks else None


def move_interface(estate: "Estate", interface_id: str, subnet_id: str) -> str:
    """Redraws an interface in another subnet of its VPC; returns its new private address."""
    record, subnet = estate[interface_id], estate[subnet_id]
    address = take_address(estate, subnet_id)
    for holder in (record, record["PrivateIpAddresses"][0]):
        holder["PrivateIpAddress"] = address
        if "PrivateDnsName" in holder:
            holder |= private_dns_name(estate, subnet["VpcId"], address)
    record |= {
        "SubnetId": subnet_id,
        "AvailabilityZone": subnet["AvailabilityZone"],
        "AvailabilityZoneId": subnet["AvailabilityZoneId"],
    }
    return address
