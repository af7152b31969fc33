"""VPC endpoints: gateway endpoints, and interface endpoints with the interfaces they put into subnets."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tests.estates.interfaces import DRAWN_AT, group_ids, interface, tags
from tests.estates.prefix_lists import list_of_service
from tests.estates.replies import Json
from tests.estates.route_tables import TABLES, RouteTable, draw_table
from tests.estates.rules import destination_of, points_to

if TYPE_CHECKING:
    from tests.estates.builder import Estate
    from tests.estates.vpc import Vpc

Policy = Mapping[str, Any]

ENDPOINTS = "ec2/describe-vpc-endpoints"
FULL_ACCESS: Policy = {
    "Version": "2008-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
}


def gateway_endpoint(
    vpc: "Vpc",
    name: str,
    *,
    service: str,
    tables: Iterable[str] = (),
    policy: Policy | None = None,
    state: str = "available",
) -> str:
    """A gateway endpoint `vpce-NAME` for `s3` or `dynamodb`, with its route in each of `tables`.

    Tables that have a route to it already are its own too, whether they are drawn before or after it.
    """
    endpoint_id = f"vpce-{name}"
    record = _record(vpc, endpoint_id, "Gateway", f"com.amazonaws.{vpc.estate.region}.{service}", policy, state)
    record |= {"RouteTableIds": [], "SubnetIds": [], "Groups": [], "PrivateDnsEnabled": False}
    record |= {"NetworkInterfaceIds": [], "DnsEntries": []}
    vpc.estate.add(ENDPOINTS, endpoint_id, record)
    for table in vpc.estate.reply(TABLES)["RouteTables"]:
        if any(points_to(route, endpoint_id) for route in table["Routes"]):
            record["RouteTableIds"].append(table["RouteTableId"])
    prefix_list = list_of_service(vpc.estate, service)
    for word in tables:
        table_id = vpc.estate.named("rtb-", word)
        if table_id not in vpc.estate:
            vpc.estate.undrawn.add(table_id)
        drawn = draw_table(vpc.estate, vpc.id, table_id)
        if not _has_route(drawn, prefix_list):
            drawn.add_route(prefix_list, endpoint_id)
    return endpoint_id


def _has_route(table: RouteTable, destination: str) -> bool:
    return any(destination_of(route) == destination for route in table.routes)


def set_policy(estate: "Estate", endpoint: str, *statements: Policy) -> None:
    """Gives an endpoint a policy of these statements."""
    policy = {"Version": "2012-10-17", "Statement": list(statements)}
    estate[estate.named("vpce-", endpoint)]["PolicyDocument"] = json.dumps(policy)


def interface_endpoint(
    vpc: "Vpc",
    name: str,
    *,
    service: str,
    subnets: Sequence[str],
    groups: Iterable[str] = ("default",),
    private_dns: bool = True,
    policy: Policy | None = None,
    state: str = "available",
    only_inbound_resolver: bool | None = None,
) -> str:
    """An interface endpoint `vpce-NAME` with one interface `eni-vpce-NAME-SUBNET` in each of `subnets`.

    `service` is the last label of the service's name (`sts`) or a whole `com.amazonaws.vpce.…` name.
    `only_inbound_resolver` is S3's option to keep private DNS for inbound resolver endpoints.
    """
    endpoint_id = f"vpce-{name}"
    subnet_ids = [vpc.estate.named("subnet-", subnet) for subnet in subnets]
    chosen = group_ids(vpc.estate, vpc.id, groups)
    full_name = service if service.startswith("com.") else f"com.amazonaws.{vpc.estate.region}.{service}"
    record = _record(vpc, endpoint_id, "Interface", full_name, policy, state)
    options: Json = {"DnsRecordIpType": "ipv4"}
    if only_inbound_resolver is not None:
        options["PrivateDnsOnlyForInboundResolverEndpoint"] = only_inbound_resolver
    record |= {
        "RouteTableIds": [],
        "SubnetIds": subnet_ids,
        "Groups": [{"GroupId": group, "GroupName": vpc.estate[group]["GroupName"]} for group in chosen],
        "IpAddressType": "ipv4",
        "DnsOptions": options,
        "PrivateDnsEnabled": private_dns,
        "NetworkInterfaceIds": [],
        "DnsEntries": _dns_entries(vpc, endpoint_id, service, subnet_ids, private_dns),
    }
    vpc.estate.add(ENDPOINTS, endpoint_id, record)
    _draw_interfaces(vpc, record, chosen)
    return endpoint_id


def _draw_interfaces(vpc: "Vpc", record: Json, groups: Sequence[str]) -> None:
    endpoint_id = record["VpcEndpointId"]
    for subnet_id in record["SubnetIds"]:
        interface_id = f"eni-{endpoint_id}-{subnet_id.removeprefix('subnet-')}"
        interface(
            vpc.estate,
            interface_id,
            subnet_id,
            groups,
            kind="vpc_endpoint",
            description=f"VPC Endpoint Interface {endpoint_id}",
            requester="727180483921",
            owner=endpoint_id,
        )
        record["NetworkInterfaceIds"].append(interface_id)


def _record(vpc: "Vpc", endpoint_id: str, kind: str, service: str, policy: Policy | None, state: str) -> Json:
    # AWS prints the state in lower case, though its model capitalises it.
    return {
        "VpcEndpointId": endpoint_id,
        "VpcEndpointType": kind,
        "VpcId": vpc.id,
        "ServiceName": service,
        "State": state,
        "PolicyDocument": json.dumps(FULL_ACCESS if policy is None else policy),
        "RequesterManaged": False,
        "CreationTimestamp": DRAWN_AT,
        "Tags": tags(endpoint_id.removeprefix("vpce-")),
        "OwnerId": vpc.estate.account,
        "ServiceRegion": vpc.estate.region,
    }


def _dns_entries(
    vpc: "Vpc", endpoint_id: str, service: str, subnet_ids: Sequence[str], private_dns: bool
) -> list[Json]:
    region = vpc.estate.region
    label = service.rpartition(".")[2]
    zones = [f"-{vpc.estate[subnet_id]['AvailabilityZone']}" for subnet_id in subnet_ids]
    names = [f"{endpoint_id}-0a1b2c3d{zone}.{label}.{region}.vpce.amazonaws.com" for zone in ["", *zones]]
    if service == "s3":
        names = [f"*.{name}" for name in names]
    entries = [{"DnsName": name, "HostedZoneId": "Z38GZ743OKFT7T"} for name in names]
    if private_dns:
        entries.append({"DnsName": f"{label}.{region}.amazonaws.com", "HostedZoneId": "Z0PRIVATE0DNS0ZONE"})
    return entries
