"""AWS services by name: S3, DynamoDB and every other, by whatever way their ordinary host name resolves and routes.

Modelled: private DNS of interface endpoints, the prefix lists of S3 and DynamoDB, the public addresses otherwise.
Not modelled: names through resolver rules, profiles and private hosted zones (name_resolution.py says so).
Source: AWS PrivateLink Guide, "Access AWS services through AWS PrivateLink" (semantics F2, F5-F8, F16, B9).
Checked: tests/unit/destinations/test_aws_service.py.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from vpcreach.components.network_interface import NetworkInterface
from vpcreach.components.prefix_list import (
    DESCRIBE_MANAGED_PREFIX_LISTS,
    DESCRIBE_PREFIX_LISTS,
    PrefixList,
)
from vpcreach.components.route_table import RouteTable
from vpcreach.components.subnet import Subnet
from vpcreach.components.vpc import Vpc
from vpcreach.components.vpc_endpoint import DESCRIBE_VPC_ENDPOINTS, VpcEndpoint
from vpcreach.destinations.grammar import SERVICES, AwsService, Named
from vpcreach.destinations.internet import internet_for, public_addresses, unread_endpoint_lists
from vpcreach.destinations.meaning import Endpoint, Meaning, Source, Target
from vpcreach.destinations.name_resolution import DNS_HOSTNAMES_OFF, Resolution, attribute, resolution
from vpcreach.forwarding import COLLECTION_FAILED, Note, Reason, ServiceRequest, Surroundings
from vpcreach.packets.address_map import AddressSet, Family, address_text
from vpcreach.packets.ports import TCP
from vpcreach.snapshot.call import Place

HTTPS = 443
# The partitions of ARNs, by how the names of their regions begin.
PARTITIONS = {
    "cn-": "aws-cn", "us-gov-": "aws-us-gov", "us-iso-": "aws-iso", "us-isob-": "aws-iso-b", "us-isof-": "aws-iso-f",
    "eu-isoe-": "aws-iso-e", "eusc-": "aws-eusc",
}  # fmt: skip
ENDPOINT_WITHOUT_ROUTE = Reason(
    "ENDPOINT_WITHOUT_ROUTE",
    "associate the endpoint with this route table",
    "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html",
)
# `sqs.eu-west-1.amazonaws.com`, `bucket.s3.eu-west-1.amazonaws.com`, and the few names without a region.
AWS_HOST = re.compile(
    r"((?P<label>[a-z0-9.*_-]+)\.(?P<region>[a-z]{2,}(-[a-z]+)+-\d)|(?P<world>[a-z0-9-]+))\.amazonaws\.com(\.cn)?"
)
# Where the actions of a service have another prefix than its endpoint's label, or its label another part beside it.
IAM_PREFIXES = {
    "bedrock-agent": "bedrock", "bedrock-agent-runtime": "bedrock", "bedrock-runtime": "bedrock",
    "cloudcontrolapi": "cloudformation", "data-servicediscovery": "servicediscovery", "email": "ses",
    "email-smtp": "ses", "git-codecommit": "codecommit", "kinesis-firehose": "firehose", "kinesis-streams": "kinesis",
    "monitoring": "cloudwatch", "sync-states": "states", "tagging": "tag", "transcribestreaming": "transcribe",
}  # fmt: skip
BESIDE_THE_SERVICE = frozenset({"api", "data", "dkr", "env", "ops", "runtime", "streams"})
# Every address of a family, as two blocks that are more specific than a default route.
HALVES = ("0.0.0.0/1", "128.0.0.0/1")


@dataclass(frozen=True, slots=True)
class Name:
    """A service's name as a client in the source's VPC looks it up, and what is known of the lookup."""

    hosts: tuple[str, ...]
    services: tuple[str, ...]
    dns: Resolution


def meaning(asked: AwsService, source: Source, around: Surroundings) -> Meaning:
    """The addresses behind a service's name, as a client in the source's VPC gets them."""
    name = _name(asked, source, around)
    hints = (*_hostnames_notes(asked, source, around), *_idle_endpoint_notes(name.services[0], source, around))
    return (
        _through_endpoint(asked, name, source, around)
        or _through_list(asked, name, source, _request(asked, source), around, hints)
        or _through_internet(asked, name, source, around)
    )


def _through_endpoint(asked: AwsService, name: Name, source: Source, around: Surroundings) -> Meaning | None:
    """The interface endpoint that has taken the name, or nothing sure where one may have; None where none has."""
    capturing = _capturing(name, source, around)
    unread = around.missing(DESCRIBE_VPC_ENDPOINTS, source.vpc_id) or _owner_missing(source, around)
    if isinstance(capturing, Note) or (unread is not None and not capturing):
        # Whether an interface endpoint has taken the name decides where the packets go: nothing else does.
        note = capturing if isinstance(capturing, Note) else unread
        return _of((), asked, name, (note,) if note else ())
    if name.dns.may_divert:
        return _of((), asked, name)
    if not capturing:
        return None
    endpoints = tuple(e for endpoint in capturing for e in interface_endpoints(endpoint, around))
    return _of(endpoints, asked, name, request=_request(asked, source))


def of_host(asked: Named, place: Place) -> AwsService | str | None:
    """The service behind an AWS host name: one of the function's region, or (as text) of another; None for others.

    Host names of resources, such as databases, are not AWS services: whoever has one lists it.
    """
    match = AWS_HOST.fullmatch(asked.name)
    if match is None or (match["label"] or "").endswith(".rds"):
        return None
    if match["region"] != place.region:
        return asked.name
    label, port = match["label"], asked.service.port or HTTPS
    bucket = re.fullmatch(r"(?P<bucket>.+)\.s3", label)
    if bucket:
        return AwsService(asked.text, "s3", bucket["bucket"], asked.name, port)
    return AwsService(asked.text, label, None, asked.name, port)


def public_service(host: str, source: Source, port: int, around: Surroundings) -> Meaning:
    """A service of another region, or of none: a cross-region endpoint (F15), else addresses that no file tells."""
    match = AWS_HOST.fullmatch(host)
    label = (match and (match["label"] or match["world"])) or host
    name = Name((host,), (), resolution(source.vpc_id, (host,), around))
    asked = AwsService(host, label, host=host, port=port)
    return _through_endpoint(asked, name, source, around) or _through_internet(asked, name, source, around)


def _of(
    endpoints: tuple[Endpoint, ...],
    asked: AwsService,
    name: Name,
    notes: tuple[Note, ...] = (),
    *,
    request: ServiceRequest | None = None,
    lists: Mapping[str, tuple[str, ...]] | None = None,
    skips_gateway_endpoints: bool = False,
) -> Meaning:
    return Meaning(
        endpoints,
        TCP,
        asked.port,
        (*name.dns.notes, *notes),
        name.dns.assumptions,
        lists or {},
        skips_gateway_endpoints,
        request,
        assumed_of_the_name=name.dns.diverting_assumptions,
    )


def _name(asked: AwsService, source: Source, around: Surroundings) -> Name:
    region = source.place.region
    labels = asked.name.split(".")
    host = asked.host or f"{'.'.join(reversed(labels))}.{region}.amazonaws.com"
    # Endpoint services turn the labels of a host round: api.ecr.REGION… is served by com.amazonaws.REGION.ecr.api.
    wanted = dict.fromkeys((asked.name, ".".join(reversed(labels)), labels[-1] if asked.host else asked.name))
    return Name(
        (host,),
        tuple(f"com.amazonaws.{region}.{label}" for label in wanted),
        resolution(source.vpc_id, (host,), around),
    )


def _through_internet(asked: AwsService, name: Name, source: Source, around: Surroundings) -> Meaning:
    lists = unread_endpoint_lists(source, around)
    view = around.reading(lists, skips_endpoint_routes=True)
    target = Target(internet_for(source, Family.IPV4, view), name.hosts[0], is_one_of=True)
    return _of((Endpoint(target.label, (target,)),), asked, name, lists=lists, skips_gateway_endpoints=True)


def _through_list(
    asked: AwsService,
    name: Name,
    source: Source,
    request: ServiceRequest,
    around: Surroundings,
    notes: tuple[Note, ...],
) -> Meaning | None:
    """S3 and DynamoDB: the addresses of their prefix list, which routes and groups name."""
    if asked.name not in SERVICES:
        return None
    list_id = _list_of(name.services[0], source, around)
    blocks = around.prefixes(list_id, Family.IPV4) if list_id else None
    if blocks and not isinstance(blocks, Note):
        cidrs = [f"{address_text(Family.IPV4, network)}/{length}" for network, length in blocks]
        target = Target(AddressSet.parse(*cidrs), asked.name, is_outside_vpcs=True)
        return _of((Endpoint(asked.name, (target,)),), asked, name, notes, request=request)
    # No file tells the addresses: what the table sends by the list's id still says which way they go.
    others = {item: () for item in unread_endpoint_lists(source, around) if item != list_id}
    lists = {**others, **({list_id: HALVES} if list_id else {})}
    target = Target(public_addresses(Family.IPV4, around), asked.name, is_one_of=True, is_outside_vpcs=True)
    return _of((Endpoint(asked.name, (target,)),), asked, name, notes, request=request, lists=lists)


def interface_endpoints(endpoint: VpcEndpoint, around: Surroundings) -> Iterable[Endpoint]:
    """The interfaces of a VPC endpoint, each of which DNS may answer with, so each must be reached."""
    groups = frozenset(group.group_id for group in endpoint.groups)
    notes = endpoint.state_notes()
    known: set[str] = set()
    found = {i.id: i for i in around.every(NetworkInterface) if i.id in endpoint.network_interface_ids}
    for interface in found.values():
        known.add(interface.subnet_id or "")
        addresses = interface.addresses(Family.IPV4)
        target = Target(
            addresses,
            interface.id,
            groups=interface.group_ids or groups,
            vpc_id=endpoint.vpc_id,
            endpoint_id=endpoint.id,
            notes=notes,
        )
        yield Endpoint(f"{endpoint.id} in {interface.subnet_id}", (target,))
    for subnet_id in endpoint.subnet_ids:
        if subnet_id in known:
            continue
        subnet, label = around.component(subnet_id), f"{endpoint.id} in {subnet_id}"
        if isinstance(subnet, Subnet):
            addresses = subnet.cidrs(Family.IPV4)
            target = Target(addresses, label, True, groups, endpoint.vpc_id, endpoint.id, notes)
        else:
            unread = (subnet,) if isinstance(subnet, Note) else ()
            target = Target(AddressSet.empty(Family.IPV4), label, notes=(*notes, *unread), is_always_delivered=True)
        yield Endpoint(label, (target,))


def _hostnames_notes(asked: AwsService, source: Source, around: Surroundings) -> tuple[Note, ...]:
    """F4: gateway endpoints need DNS support alone, though AWS's page asks for host names too."""
    if asked.name not in SERVICES or attribute(source.vpc_id, "enableDnsHostnames", around) is not False:
        return ()
    message = f"{source.vpc_id} has enableDnsHostnames off; gateway endpoints work without it, though AWS asks for it"
    return (DNS_HOSTNAMES_OFF.advice(source.vpc_id, "enableDnsHostnames", message),)


def _idle_endpoint_notes(service: str, source: Source, around: Surroundings) -> tuple[Note, ...]:
    """A gateway endpoint that serves the VPC, and that the subnet's table has no route to."""
    table = around.route_table_of(source.subnet_id)
    if not isinstance(table, RouteTable):
        return ()
    mine = [
        endpoint
        for endpoint in around.every(VpcEndpoint)
        if endpoint.is_gateway and endpoint.vpc_id == source.vpc_id and endpoint.service_name == service
    ]
    routed = {route.gateway_id for route in table.routes}
    if any(endpoint.id in routed for endpoint in mine):
        return ()
    return tuple(
        ENDPOINT_WITHOUT_ROUTE.advice(
            endpoint.id,
            table.id,
            f"{endpoint.title} serves {service} in {source.vpc_id}, but {table.title} has no route to it",
        )
        for endpoint in mine
    )


def _request(asked: AwsService, source: Source) -> ServiceRequest:
    resources: tuple[str, ...] = ()
    partition = next((p for start, p in PARTITIONS.items() if source.place.region.startswith(start)), "aws")
    if asked.resource and asked.name == "s3":
        bucket = f"arn:{partition}:s3:::{asked.resource}"
        resources = (bucket, f"{bucket}/*")
    elif asked.resource:
        table = f"arn:{partition}:dynamodb:{source.place.region}:{source.place.account}:table/{asked.resource}"
        resources = (table, f"{table}/*")
    return ServiceRequest(action_prefix(asked.name), resources, source.role)


def action_prefix(label: str) -> str:
    """The prefix of a service's IAM actions, from the label of its endpoint: `ecr` for `ecr.api`."""
    plain = label.removesuffix("-fips")
    parts = [part for part in plain.split(".") if part not in BESIDE_THE_SERVICE]
    return IAM_PREFIXES.get(plain) or (parts[0] if parts else plain)


def _owner_missing(source: Source, around: Surroundings) -> Note | None:
    """In a shared VPC the endpoints are the owner's, and a participant cannot list them (F17)."""
    vpc = around.component(source.vpc_id)
    owner = vpc.owner_id if isinstance(vpc, Vpc) else None
    if owner is None or owner == around.place_of(source.vpc_id).account:
        return None
    message = f"{source.vpc_id} is shared by account {owner}, whose VPC endpoints only that account can list"
    return COLLECTION_FAILED.unknown(source.vpc_id, "ec2:DescribeVpcEndpoints", message)


def _capturing(name: Name, source: Source, around: Surroundings) -> list[VpcEndpoint] | Note:
    """The interface endpoints whose private DNS answers for the name inside the VPC."""
    in_vpc = [endpoint for endpoint in around.every(VpcEndpoint) if endpoint.vpc_id == source.vpc_id]
    mine = [e for e in in_vpc if any(e.captures_name_of(s) for s in name.services) or e.captures_host(name.hosts[0])]
    for attribute_name in ("enableDnsSupport", "enableDnsHostnames") if mine else ():
        is_on = attribute(source.vpc_id, attribute_name, around)
        if isinstance(is_on, Note):
            return is_on
        if not is_on:
            return []
    return mine


def _list_of(service: str, source: Source, around: Surroundings) -> str | None:
    """The id of the service's prefix list: by its name, or by the route that leads to the service's endpoint."""
    for item in around.every(PrefixList):
        if item.prefix_list_name == service:
            return item.id
    reply = around.read(DESCRIBE_PREFIX_LISTS, source.vpc_id).value
    for listed in reply.prefix_lists if reply else ():
        if listed.prefix_list_name == service:
            return str(listed.prefix_list_id)
    table = around.route_table_of(source.subnet_id)
    for route in table.routes if isinstance(table, RouteTable) else ():
        if route.is_to_gateway_endpoint and route.gateway_id:
            endpoint = around.component(route.gateway_id)
            if isinstance(endpoint, VpcEndpoint) and endpoint.service_name == service:
                return route.destination_prefix_list_id
    return None


CALLS = (DESCRIBE_MANAGED_PREFIX_LISTS, DESCRIBE_PREFIX_LISTS, DESCRIBE_VPC_ENDPOINTS)
