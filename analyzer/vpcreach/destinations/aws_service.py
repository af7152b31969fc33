"""AWS services by name: S3, DynamoDB and every other, by whatever way their ordinary host name resolves and routes.

Modelled: private DNS of interface endpoints (the VPC's own and those that profiles bring), the prefix lists of S3 and
DynamoDB, the public addresses otherwise. Private hosted zones that answer for a service are followed by host_names.py.
Not modelled: what servers behind resolver rules answer.
Source: AWS PrivateLink Guide, "Access AWS services through AWS PrivateLink" (semantics F2, F5-F8, F16, B9).
Checked: tests/unit/destinations/test_aws_service.py.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

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
from vpcreach.destinations.grammar import SERVICES, AwsService, Named, Service, aws_host
from vpcreach.destinations.internet import internet_for, public_addresses, unread_endpoint_lists
from vpcreach.destinations.meaning import UNKNOWN_DESTINATION, Endpoint, Meaning, Source, Target
from vpcreach.destinations.name_resolution import DNS_HOSTNAMES_OFF, Resolution, attribute, resolution
from vpcreach.destinations.names import private_dns
from vpcreach.forwarding import (
    COLLECTION_FAILED,
    UNKNOWN_RESOURCE,
    UNSUPPORTED_COMPONENT,
    Note,
    Reason,
    ServiceRequest,
    Surroundings,
)
from vpcreach.packets.address_map import AddressSet, Family, address_text
from vpcreach.snapshot.call import Place

HTTPS = 443
ENDPOINT_WITHOUT_ROUTE = Reason(
    "ENDPOINT_WITHOUT_ROUTE",
    "associate the endpoint with this route table",
    "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html",
)
# Services that gateway endpoints serve: what the prefix list of one holds is where its packets go.
WITH_GATEWAY_ENDPOINTS = (*SERVICES, "s3express")
# Lists that hold where a service calls from, or what it is not called at: not the addresses of its endpoint.
NOT_OF_ENDPOINTS = frozenset({"ec2-instance-connect", "route53-healthchecks", "vpc-lattice"})
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
    """A service's name as a client in the source's VPC looks it up, and what is known of the lookup.

    `endpoints` are the interface endpoints that have taken it, or the note that says why that is not known; `taken` is
    the private domain by which they answer for it.
    """

    host: str
    services: tuple[str, ...]
    endpoints: tuple[VpcEndpoint, ...] | Note
    dns: Resolution
    taken: str | None = None


def meaning(asked: AwsService, source: Source, around: Surroundings) -> Meaning:
    """The addresses behind a service's name, as a client in the source's VPC gets them."""
    name = _name(asked, source, around)
    hints = (*_hostnames_notes(asked, source, around), *_idle_endpoint_notes(name.services[0], source, around))
    found = (
        _through_endpoint(asked, name, source, around)
        or _through_list(asked, name, source, request_of(asked, source), around, hints)
        or _through_internet(asked, name, source, around)
    )
    if isinstance(name.endpoints, Note):
        return found
    by_own_name = private_dns.own_name_notes(source.vpc_id, name.services, name.endpoints, around)
    return replace(found, notes=(*found.notes, *by_own_name))


def host_and_domain(asked: AwsService, source: Source, around: Surroundings) -> tuple[str, str | None]:
    """The service's host name, and the private domain by which an interface endpoint answers for it."""
    name = _name(asked, source, around)
    return name.host, name.taken


def private_domain(asked: Named, source: Source, around: Surroundings) -> str | None:
    """The same for a host name of AWS as it was typed; None for names of others."""
    found = of_host(asked, source.place, around)
    if isinstance(found, AwsService):
        return host_and_domain(found, source, around)[1]
    return _looked_up(found, (), source, around).taken if isinstance(found, str) else None


def _through_endpoint(asked: AwsService, name: Name, source: Source, around: Surroundings) -> Meaning | None:
    """The interface endpoint that has taken the name, or nothing sure where one may have; None where none has."""
    capturing = name.endpoints
    unread = around.missing(DESCRIBE_VPC_ENDPOINTS, source.vpc_id) or owner_missing(source, around)
    if isinstance(capturing, Note) or (unread is not None and not capturing):
        # Whether an interface endpoint has taken the name decides where the packets go: nothing else does.
        note = capturing if isinstance(capturing, Note) else unread
        return _of((), asked, name, (note,) if note else ())
    if name.dns.may_divert:
        return _of((), asked, name)
    if not capturing:
        return None
    endpoints = tuple(e for endpoint in capturing for e in interface_endpoints(endpoint, around))
    notes = tuple(note for endpoint in capturing for note in nowhere_notes(endpoint, around))
    return _of(endpoints, asked, name, notes, request=request_of(asked, source))


def of_host(asked: Named, place: Place, around: Surroundings) -> AwsService | str | Note | None:
    """The service behind an AWS host name: one of the function's region, or (as text) of another; None for others.

    A note for what may be the name of a resource, such as a database: whoever knows the resource lists it.
    """
    host = aws_host(asked.name)
    if host is None:
        return None
    if host.resource_kind and not _is_endpoint_name(asked.name, around):
        message = f"{asked.name} is the name of a {host.resource_kind} that the snapshot does not tell"
        resolve = "resolve the name, and ask for its address and port"
        return UNSUPPORTED_COMPONENT.unknown(asked.name, "", message, resolve=resolve)
    if host.region != place.region:
        return asked.name
    return AwsService(asked.text, host.label, host.bucket, asked.name, asked.service)


def public_service(name: str, source: Source, service: Service, around: Surroundings) -> Meaning:
    """A service of another region, or of none: a cross-region endpoint (F15), else addresses that no file tells."""
    host = aws_host(name)
    asked = AwsService(name, host.label if host else name, host=name, service=service)
    looked_up = _looked_up(name, (), source, around)
    return _through_endpoint(asked, looked_up, source, around) or _through_internet(asked, looked_up, source, around)


def _is_endpoint_name(host: str, around: Surroundings) -> bool:
    """True for what the DNS entries of a VPC endpoint tell to be a name of its service."""
    entries = {e.dns_name for endpoint in around.every(VpcEndpoint) for e in endpoint.dns_entries if e.dns_name}
    return any(fnmatchcase(host, entry) for entry in entries if ".vpce." not in entry)


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
        asked.service.protocol,
        asked.service.port or HTTPS,
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
    start = f"com.amazonaws.{region}."
    here = [e.service_name for e in around.every(VpcEndpoint) if e.vpc_id == source.vpc_id and not asked.host]
    # A service is asked for by its endpoint name's last label, too: service:dkr is com.amazonaws.REGION.ecr.dkr.
    wanted |= {n.removeprefix(start): None for n in here if n.startswith(start) and n.endswith(f".{asked.name}")}
    return _looked_up(host, tuple(f"com.amazonaws.{region}.{label}" for label in wanted), source, around)


def _looked_up(host: str, services: tuple[str, ...], source: Source, around: Surroundings) -> Name:
    endpoints = private_dns.taking(source.vpc_id, host, services, around)
    taken = None if isinstance(endpoints, Note) else private_dns.domain_of(endpoints, host)
    return Name(host, services, endpoints, resolution(source.vpc_id, (host,), around, taken=taken), taken)


def _through_internet(asked: AwsService, name: Name, source: Source, around: Surroundings) -> Meaning:
    lists = unread_endpoint_lists(source, around)
    view = around.reading(lists, skips_endpoint_routes=True)
    target = Target(internet_for(source, Family.IPV4, view), name.host, is_one_of=True)
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
    list_id = None if asked.name in NOT_OF_ENDPOINTS else _list_of(name.services[0], source, around)
    if list_id is None and asked.name not in WITH_GATEWAY_ENDPOINTS:
        return None
    if list_id is None and (hidden := _hidden_endpoint(name.services[0], source, around)):
        return _of((), asked, name, (*notes, hidden))
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
        addresses, label = interface.addresses(Family.IPV4), f"{endpoint.id} in {interface.subnet_id}"
        if addresses:
            target = _behind(endpoint, addresses, interface.id, interface.group_ids or groups)
        else:
            message = f"{interface.id} of {endpoint.title} has no IPv4 address that the snapshot tells"
            unread = UNKNOWN_DESTINATION.unknown(interface.id, "PrivateIpAddress", message)
            target = Target(addresses, label, notes=(*notes, unread), is_always_delivered=True)
        yield Endpoint(label, (target,))
    for subnet_id in endpoint.subnet_ids:
        if subnet_id in known:
            continue
        subnet, label = around.component(subnet_id), f"{endpoint.id} in {subnet_id}"
        if isinstance(subnet, Subnet) and subnet.cidrs(Family.IPV4):
            target = _behind(endpoint, subnet.cidrs(Family.IPV4), label, groups, is_one_of=True)
        else:
            message = f"{label} has no IPv4 address that the snapshot tells"
            unread = subnet if isinstance(subnet, Note) else UNKNOWN_DESTINATION.unknown(endpoint.id, "", message)
            target = Target(AddressSet.empty(Family.IPV4), label, notes=(*notes, unread), is_always_delivered=True)
        yield Endpoint(label, (target,))


def _behind(
    endpoint: VpcEndpoint, addresses: AddressSet, label: str, groups: frozenset[str], *, is_one_of: bool = False
) -> Target:
    """Where an interface of the endpoint is or may be; behind groups that nobody tells, nothing is decided."""
    untold = UNKNOWN_DESTINATION.unknown(endpoint.id, "Groups", f"no file tells the security groups of {label}")
    return Target(
        addresses,
        label,
        is_one_of,
        groups or None,
        endpoint.vpc_id,
        endpoint.id,
        endpoint.state_notes(),
        at_arrival=None if groups else untold,
    )


def nowhere_notes(endpoint: VpcEndpoint, around: Surroundings) -> tuple[Note, ...]:
    """What is to be said of an endpoint that has no interfaces left: its state, or that nobody knows where it is."""
    if any(True for _ in interface_endpoints(endpoint, around)):
        return ()
    message = f"{endpoint.title} lists neither interfaces nor subnets"
    unread = UNKNOWN_DESTINATION.unknown(endpoint.id, "NetworkInterfaceIds", message)
    return endpoint.state_notes() or (unread,)


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


def request_of(asked: AwsService, source: Source) -> ServiceRequest:
    resources: tuple[str, ...] = ()
    partition = source.place.partition
    if asked.resource and asked.name == "s3":
        bucket = f"arn:{partition}:s3:::{asked.resource}"
        resources = (bucket, f"{bucket}/*")
    elif asked.resource and asked.name == "dynamodb":
        table = f"arn:{partition}:dynamodb:{source.place.region}:{source.place.account}:table/{asked.resource}"
        resources = (table, f"{table}/*")
    return ServiceRequest(action_prefix(asked.name), resources, source.role)


def action_prefix(label: str) -> str:
    """The prefix of a service's IAM actions, from the label of its endpoint: `ecr` for `ecr.api`."""
    plain = label.removesuffix("-fips")
    parts = [part for part in plain.split(".") if part not in BESIDE_THE_SERVICE]
    return IAM_PREFIXES.get(plain) or (parts[0] if parts else plain)


def owner_missing(source: Source, around: Surroundings) -> Note | None:
    """In a shared VPC the endpoints are the owner's, and a participant cannot list them (F17)."""
    vpc = around.component(source.vpc_id)
    owner = vpc.owner_id if isinstance(vpc, Vpc) else None
    if owner is None or owner == around.place_of(source.vpc_id).account:
        return None
    message = f"{source.vpc_id} is shared by account {owner}, whose VPC endpoints only that account can list"
    resolve = f"collect from account {owner}"
    return COLLECTION_FAILED.unknown(source.vpc_id, "ec2:DescribeVpcEndpoints", message, resolve=resolve)


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


def _hidden_endpoint(service: str, source: Source, around: Surroundings) -> Note | None:
    """A route of the subnet's table to a gateway endpoint that may serve the service, as neither end tells."""
    table = around.route_table_of(source.subnet_id)
    if not isinstance(table, RouteTable):
        return None
    reply = around.read(DESCRIBE_PREFIX_LISTS, source.vpc_id).value
    named = {item.id for item in around.every(PrefixList) if item.prefix_list_name}
    named |= {item.prefix_list_id for item in (reply.prefix_lists if reply else ()) if item.prefix_list_name}
    for route in table.routes:
        if not route.is_to_gateway_endpoint or route.destination_prefix_list_id in named:
            continue
        endpoint = around.component(route.gateway_id or "")
        if not (isinstance(endpoint, VpcEndpoint) and endpoint.service_name):
            message = f"{table.id} sends {route}, and no file tells whether that is for {service}"
            return UNKNOWN_RESOURCE.unknown(route.gateway_id or "", str(route.destination_prefix_list_id), message)
    return None


CALLS = (DESCRIBE_MANAGED_PREFIX_LISTS, DESCRIBE_PREFIX_LISTS, DESCRIBE_VPC_ENDPOINTS)
