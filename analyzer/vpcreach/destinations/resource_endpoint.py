"""Resources behind resource and service-network endpoints: by the DNS names of the association, or its resource's ARN.

Modelled: the endpoint's interfaces, groups and state, whether the association is accessible, the resource
configuration's state, protocol and ports, the resource gateway's state, zones and the outbound rules of its groups.
Not modelled: the way from the resource gateway to the resource; resources that a VPC's association with a service
network brings (undecided).
Source: AWS PrivateLink Guide, "Access VPC resources through AWS PrivateLink" (semantics F10).
Checked: tests/unit/destinations/test_resource_endpoint.py.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from vpcreach.components.security_group import ENI_SG_RULES_MISMATCH, IpPermission, SecurityGroup
from vpcreach.components.vpc_endpoint import VpcEndpoint
from vpcreach.destinations.aws_service import HTTPS, interface_endpoints, nowhere_notes
from vpcreach.destinations.grammar import Service
from vpcreach.destinations.kind import Kind
from vpcreach.destinations.meaning import Meaning, Source
from vpcreach.destinations.name_resolution import resolution
from vpcreach.destinations.service_network import status_notes
from vpcreach.forwarding import (
    BAD_STATE,
    NO_POSSIBLE_DESTINATION,
    PROTOCOL_RESTRICTION,
    UNKNOWN_RESOURCE,
    Direction,
    Note,
    Reason,
    Surroundings,
)
from vpcreach.packets.address_map import AddressSet
from vpcreach.packets.ports import TCP, port_number
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Address, CamelRecord, CamelReply, Record, Reply
from vpcreach.snapshot.snapshot import Snapshot

PAGE = "https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-resources.html"
VPCE_SERVICE_NOT_INSTALLED_IN_AZ = Reason(
    "VPCE_SERVICE_NOT_INSTALLED_IN_AZ", "add a subnet of one of the resource gateway's zones to the endpoint", PAGE
)


class AssociationName(Record, frozen=True):
    dns_name: str | None = None


class EndpointAssociation(Record, frozen=True):
    id: str = ""
    vpc_endpoint_id: str = ""
    associated_resource_accessibility: str | None = None
    associated_resource_arn: str = ""
    failure_code: str | None = None
    failure_reason: str | None = None
    dns_entry: AssociationName = AssociationName()
    private_dns_entry: AssociationName = AssociationName()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name in (self.dns_entry.dns_name, self.private_dns_entry.dns_name) if name)


class DescribeVpcEndpointAssociations(Reply, frozen=True):
    vpc_endpoint_associations: tuple[EndpointAssociation, ...] = ()


class IpResource(CamelRecord, frozen=True):
    ip_address: Address | None = None


class ResourceDefinition(CamelRecord, frozen=True):
    ip_resource: IpResource | None = None


class GetResourceConfiguration(CamelReply, frozen=True):
    arn: str = ""
    status: str | None = None
    protocol: str | None = None
    port_ranges: tuple[str, ...] = ()
    resource_gateway_id: str | None = None
    resource_configuration_definition: ResourceDefinition | None = None

    def shares(self, port: int) -> bool:
        """True where the port is in one of its ranges (`443`, `5000-6000`)."""
        ends = [text.partition("-") for text in self.port_ranges]
        ranges = [(port_number(first), port_number(last or first)) for first, _, last in ends]
        return any(first <= port <= last for first, last in ranges if first is not None and last is not None)


class GetResourceGateway(CamelReply, frozen=True):
    arn: str = ""
    status: str | None = None
    subnet_ids: tuple[str, ...] = ()
    security_group_ids: tuple[str, ...] = ()


def _configurations(snapshot: Snapshot, place: Place) -> Iterable[tuple[str, ...]]:
    reply = snapshot.read(DESCRIBE_VPC_ENDPOINT_ASSOCIATIONS, place).value
    found = (each.associated_resource_arn for each in (reply.vpc_endpoint_associations if reply else ()))
    # Of other accounts' configurations only the owner is told.
    own = (arn for arn in found if ":resourceconfiguration/" in arn and f":{place.account}:" in arn)
    return dict.fromkeys((_id_in(arn),) for arn in own)


def _id_in(arn: str) -> str:
    return arn.rpartition("/")[2]


def _gateways(snapshot: Snapshot, place: Place) -> Iterable[tuple[str, ...]]:
    replies = [
        snapshot.read(GET_RESOURCE_CONFIGURATION, place, each).value for each in _configurations(snapshot, place)
    ]
    return dict.fromkeys((r.resource_gateway_id,) for r in replies if r is not None and r.resource_gateway_id)


DESCRIBE_VPC_ENDPOINT_ASSOCIATIONS = Call(
    "ec2", "DescribeVpcEndpointAssociations", DescribeVpcEndpointAssociations, holds="VpcEndpointAssociations"
)
GET_RESOURCE_CONFIGURATION = Call(
    "vpc-lattice",
    "GetResourceConfiguration",
    GetResourceConfiguration,
    holds="status",
    arguments=("resourceConfigurationIdentifier",),
    each=_configurations,
)
GET_RESOURCE_GATEWAY = Call(
    "vpc-lattice",
    "GetResourceGateway",
    GetResourceGateway,
    holds="status",
    arguments=("resourceGatewayIdentifier",),
    each=_gateways,
)
CALLS = (DESCRIBE_VPC_ENDPOINT_ASSOCIATIONS, GET_RESOURCE_CONFIGURATION, GET_RESOURCE_GATEWAY)


def meaning(
    association: EndpointAssociation, _: Sequence[Any], service: Service, source: Source, around: Surroundings
) -> Meaning:
    """The interfaces of the endpoint that leads to the resource, and what its provider's side says."""
    port = service.port or HTTPS
    dns = resolution(source.vpc_id, association.names[:1], around)
    notes = [*dns.notes, *_association_notes(association), *_provider_notes(association, service, port, around)]
    endpoint = around.component(association.vpc_endpoint_id or "vpce-")
    endpoints: tuple[Any, ...] = ()
    if isinstance(endpoint, VpcEndpoint):
        endpoints = tuple(interface_endpoints(endpoint, around))
        notes += nowhere_notes(endpoint, around)
    elif isinstance(endpoint, Note):
        notes.append(endpoint)
    return Meaning(
        endpoints,
        service.protocol,
        port,
        tuple(notes),
        dns.assumptions,
        assumed_of_the_name=dns.diverting_assumptions,
    )


def _association_notes(association: EndpointAssociation) -> list[Note]:
    state = (association.associated_resource_accessibility or "").lower()
    if state == "accessible" and not association.failure_code:
        return []
    why = association.failure_code or association.failure_reason or "no reason given"
    told = state or "not told"
    message = f"{association.id}: whether the endpoint leads to {association.associated_resource_arn} is {told} ({why})"
    entry = "AssociatedResourceAccessibility"
    if state == "inaccessible" or association.failure_code:
        return [BAD_STATE.fail(association.id, entry, message)]
    return [BAD_STATE.unknown(association.id, entry, message, resolve="look at the endpoint association by hand")]


def _provider_notes(association: EndpointAssociation, service: Service, port: int, around: Surroundings) -> list[Note]:
    """What the resource configuration and its gateway say, where the snapshot holds the account that has them."""
    arn = association.associated_resource_arn
    fields = arn.split(":")
    place = Place(fields[4], fields[3]) if len(fields) > 5 else Place("", "")
    reading = around.read(GET_RESOURCE_CONFIGURATION, place, (_id_in(arn),))
    if reading.value is None or not reading.is_complete:
        message = f"{arn or association.id} is not in the snapshot: {reading.gap}"
        resolve = f"collect account {place.account or 'unknown'}, which shares the resource"
        return [UNKNOWN_RESOURCE.unknown(arn or association.id, "", message, resolve=resolve)]
    told = reading.value
    notes = status_notes(arn, told.status)
    if service.protocol != TCP:
        notes.append(PROTOCOL_RESTRICTION.fail(arn, "protocol", f"a resource endpoint carries TCP only to {arn}"))
    if told.port_ranges and not told.shares(port):
        message = f"{arn} shares the ports {', '.join(told.port_ranges)}, and {port} is none of them"
        notes.append(NO_POSSIBLE_DESTINATION.fail(arn, "portRanges", message))
    gateway_id = told.resource_gateway_id or ""
    gateway = around.read(GET_RESOURCE_GATEWAY, place, (gateway_id,))
    if gateway.value is None or not gateway.is_complete:
        message = f"the resource gateway of {arn} is not known: {gateway.gap}"
        return [*notes, UNKNOWN_RESOURCE.unknown(gateway_id or arn, GET_RESOURCE_GATEWAY.action, message)]
    notes += status_notes(gateway_id, gateway.value.status)
    notes += _zone_notes(association, gateway_id, gateway.value, around)
    notes += _group_notes(gateway_id, gateway.value, told, port, around)
    return notes


def _zone_notes(
    association: EndpointAssociation, gateway_id: str, gateway: GetResourceGateway, around: Surroundings
) -> list[Note]:
    """The endpoint and the gateway need a zone in common."""
    endpoint = around.component(association.vpc_endpoint_id or "vpce-")
    own = [around.zone_of(subnet) for subnet in (endpoint.subnet_ids if isinstance(endpoint, VpcEndpoint) else ())]
    theirs = [around.zone_of(subnet) for subnet in gateway.subnet_ids]
    if any(a.is_same(b) for a in own if a for b in theirs if b):
        return []
    message = f"no zone of {association.vpc_endpoint_id} is one of {gateway_id}"
    if own and theirs and None not in (*own, *theirs):
        return [VPCE_SERVICE_NOT_INSTALLED_IN_AZ.fail(association.vpc_endpoint_id, "SubnetIds", message)]
    return [
        VPCE_SERVICE_NOT_INSTALLED_IN_AZ.unknown(association.vpc_endpoint_id, "SubnetIds", f"{message} that is known")
    ]


def _group_notes(
    gateway_id: str,
    gateway: GetResourceGateway,
    configuration: GetResourceConfiguration,
    port: int,
    around: Surroundings,
) -> list[Note]:
    """Whether the outbound rules of the gateway's groups let it reach the resource."""
    wanted_ids = set(gateway.security_group_ids)
    known = [group for group in around.every(SecurityGroup) if group.id in wanted_ids]
    definition = configuration.resource_configuration_definition
    address = definition.ip_resource.ip_address if definition and definition.ip_resource else None
    lines = [line for group in known for line in group.lines(Direction.OUT) if line.covers(TCP, port)]
    blocks = [AddressSet.parse(item.cidr_ip) for line in lines for item in line.ip_ranges]
    wanted = AddressSet.parse(address) if address and ":" not in address else AddressSet.parse("0.0.0.0/0")
    if any(wanted <= block for block in blocks):
        return []
    names = ", ".join(gateway.security_group_ids) or "no group"
    message = (
        f"{gateway_id}: the outbound rules of {names} do not let it reach {address or 'any address'} on tcp/{port}"
    )
    if len(known) == len(wanted_ids) and (not lines or (address and all(_names_blocks(line) for line in lines))):
        return [ENI_SG_RULES_MISMATCH.fail(gateway_id, "securityGroupIds", message)]
    doubt = f"whether the outbound rules of {names} let {gateway_id} reach the resource is not known"
    return [ENI_SG_RULES_MISMATCH.unknown(gateway_id, "securityGroupIds", doubt, resolve="read the rules by hand")]


def _names_blocks(line: IpPermission) -> bool:
    """True for a rule whose peers are address blocks alone."""
    return not line.prefix_list_ids and not line.user_id_group_pairs


KINDS = (
    Kind(
        "resource endpoint",
        DESCRIBE_VPC_ENDPOINT_ASSOCIATIONS,
        lambda reply: [each for each in reply.vpc_endpoint_associations if each.names or each.associated_resource_arn],
        lambda association: association.names,
        lambda association, _: association.associated_resource_arn,
        meaning,
        host_label="vpc-lattice-rsc",
    ),
)
