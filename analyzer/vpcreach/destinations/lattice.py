"""Services of VPC Lattice, as a VPC reaches them by its association with a service network: by host name or ARN.

Modelled: whether the VPC's service network has the service, the states, the groups of the VPC's association, the
function's own rules and ACLs for VPC Lattice's addresses, listeners and their ports.
Not modelled: auth policies (undecided), what listeners do with a request, the targets behind; what DNS answers for
custom domain names (undecided); IPv6.
Source: VPC Lattice User Guide, "Control traffic in VPC Lattice using security groups", "Control traffic to VPC Lattice
using network ACLs" (semantics F10).
Checked: tests/unit/destinations/test_lattice.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from vpcreach.components.prefix_list import PrefixList
from vpcreach.components.route_table import RouteTable
from vpcreach.components.vpc_lattice import INVOKED, VpcLattice
from vpcreach.destinations.addresses import LATTICE
from vpcreach.destinations.aws_service import HTTPS
from vpcreach.destinations.grammar import Service
from vpcreach.destinations.kind import Kind
from vpcreach.destinations.meaning import UNKNOWN_DESTINATION, Endpoint, Meaning, Source, Target
from vpcreach.destinations.name_resolution import Resolution, resolution
from vpcreach.destinations.service_network import (
    AUTH_POLICY_NOT_EVALUATED,
    GET_SERVICE_NETWORK,
    LIST_SERVICE_NETWORKS,
    NO_SERVICE_NETWORK,
    GetServiceNetworkVpcAssociation,
    ServiceNetwork,
    association_of,
    authorization_notes,
    endpoint_doubt,
    home_of,
    networks,
    status_notes,
)
from vpcreach.destinations.service_network import CALLS as NETWORK_CALLS
from vpcreach.forwarding import (
    COLLECTION_FAILED,
    NO_POSSIBLE_DESTINATION,
    PROTOCOL_RESTRICTION,
    UNKNOWN_RESOURCE,
    UNSUPPORTED_COMPONENT,
    Note,
    ServiceRequest,
    Surroundings,
)
from vpcreach.packets.ports import TCP
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import CamelRecord, CamelReply, Port
from vpcreach.snapshot.snapshot import Gap, Reading, Snapshot

R = TypeVar("R", bound=CamelReply)


class DomainName(CamelRecord, frozen=True):
    domain_name: str | None = None


class ServiceAssociation(CamelRecord, frozen=True):
    """A service as one service network has it."""

    id: str = ""
    status: str | None = None
    service_arn: str = ""
    dns_entry: DomainName | None = None
    custom_domain_name: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        told = self.dns_entry.domain_name if self.dns_entry else None
        return (told,) if told else ()


class ListServiceNetworkServiceAssociations(CamelReply, frozen=True):
    items: tuple[ServiceAssociation, ...] = ()


class GetService(CamelReply, frozen=True):
    arn: str = ""
    status: str | None = None
    auth_type: str | None = None


class Listener(CamelRecord, frozen=True):
    port: Port | None = None
    protocol: str | None = None


class ListListeners(CamelReply, frozen=True):
    items: tuple[Listener, ...] = ()


def _services(snapshot: Snapshot, place: Place) -> Iterable[tuple[str, ...]]:
    replies = [
        snapshot.read(LIST_SERVICE_NETWORK_SERVICE_ASSOCIATIONS, place, each).value
        for each in networks(snapshot, place)
    ]
    items = [item for reply in replies if reply is not None for item in reply.items]
    return dict.fromkeys((item.service_arn,) for item in items if item.service_arn)


LIST_SERVICE_NETWORK_SERVICE_ASSOCIATIONS = Call(
    "vpc-lattice",
    "ListServiceNetworkServiceAssociations",
    ListServiceNetworkServiceAssociations,
    holds="items",
    arguments=("serviceNetworkIdentifier",),
    each=networks,
)
GET_SERVICE = Call(
    "vpc-lattice", "GetService", GetService, holds="status", arguments=("serviceIdentifier",), each=_services
)
LIST_LISTENERS = Call(
    "vpc-lattice", "ListListeners", ListListeners, holds="items", arguments=("serviceIdentifier",), each=_services
)
CALLS = (*NETWORK_CALLS, LIST_SERVICE_NETWORK_SERVICE_ASSOCIATIONS, GET_SERVICE, LIST_LISTENERS)
REASONS = (AUTH_POLICY_NOT_EVALUATED, NO_SERVICE_NETWORK)


@dataclass(frozen=True, slots=True)
class Held:
    """A service as a service network has it, or (`unread`) the gap that leaves the services of one unknown."""

    service: ServiceAssociation
    unread: Gap | None = None


def _held(network: ServiceNetwork, place: Place, around: Surroundings) -> Iterable[Held]:
    reading = around.read(LIST_SERVICE_NETWORK_SERVICE_ASSOCIATIONS, place, (network.arn,))
    yield from (Held(each) for each in (reading.value.items if reading.value else ()))
    if reading.gap is not None:
        yield Held(ServiceAssociation(), reading.gap)


def meaning(held: Held, _: Sequence[Any], asked: Service, source: Source, around: Surroundings) -> Meaning:
    """VPC Lattice's addresses behind the groups of the VPC's association, and what the service says of requests."""
    service = held.service
    port = asked.port or HTTPS
    dns = resolution(source.vpc_id, service.names[:1], around)
    doubt = endpoint_doubt(source.vpc_id, around)
    if doubt is not None:
        return _meaning((), asked, port, dns, (doubt,))
    association = association_of(source.vpc_id, around)
    if isinstance(association, Note):
        return _meaning((), asked, port, dns, (association,))
    notes = [*status_notes(association.id, association.status)]
    notes += _network_notes(service, association, source, around)
    notes += _service_notes(service.service_arn, asked, port, source, around)
    unrouted = _unrouted(source, around)
    target = Target(
        LATTICE,
        service.names[0] if service.names else service.service_arn,
        is_one_of=True,
        groups=frozenset(association.security_group_ids) or None,
        notes=(unrouted,) if unrouted else (),
        is_always_delivered=unrouted is not None,
        is_outside_vpcs=True,
    )
    request = ServiceRequest(INVOKED, (service.service_arn,), source.role)
    return _meaning((target,), asked, port, dns, tuple(notes), request, _lists(around))


def _meaning(
    targets: tuple[Target, ...],
    asked: Service,
    port: int,
    dns: Resolution,
    notes: tuple[Note, ...],
    request: ServiceRequest | None = None,
    lists: dict[str, tuple[str, ...]] | None = None,
) -> Meaning:
    return Meaning(
        tuple(Endpoint(target.label, (target,)) for target in targets),
        asked.protocol,
        port,
        (*dns.notes, *notes),
        dns.assumptions,
        lists or {},
        request=request,
        assumed_of_the_name=dns.diverting_assumptions,
    )


def _lists(around: Surroundings) -> dict[str, tuple[str, ...]]:
    """What AWS's own list of Lattice counts as in rules, where its entries were not collected."""
    own = [item.id for item in around.every(PrefixList) if (item.prefix_list_name or "").endswith(".vpc-lattice")]
    return dict.fromkeys(own, (str(LATTICE),))


def _unrouted(source: Source, around: Surroundings) -> Note | None:
    """Why nobody knows where the packets go: AWS gives every table of the VPC a route that this one lacks."""
    table = around.route_table_of(source.subnet_id)
    if not isinstance(table, RouteTable) or any(route.target == VpcLattice.id for route in table.routes):
        return None
    message = f"{table.title} has no route to {VpcLattice.id}, though AWS writes one with the association"
    return UNSUPPORTED_COMPONENT.unknown(table.id, str(LATTICE), message, resolve="collect the route tables again")


def _network_notes(
    service: ServiceAssociation,
    association: GetServiceNetworkVpcAssociation,
    source: Source,
    around: Surroundings,
) -> list[Note]:
    """Whether the VPC's service network has the service, and lets anybody ask for it."""
    home, arn = home_of(source.vpc_id, around), association.service_network_arn
    listed = around.read(LIST_SERVICE_NETWORK_SERVICE_ASSOCIATIONS, home, (arn,))
    held = [each for each in (listed.value.items if listed.value else ()) if each.service_arn == service.service_arn]
    if not held and listed.is_complete:
        message = f"{arn}, the service network of {source.vpc_id}, does not have {service.service_arn}"
        return [NO_SERVICE_NETWORK.fail(arn, service.service_arn, message)]
    if not held:
        message = f"whether {arn}, the service network of {source.vpc_id}, has the service is not known: {listed.gap}"
        return [COLLECTION_FAILED.unknown(arn, LIST_SERVICE_NETWORK_SERVICE_ASSOCIATIONS.action, message)]
    notes = status_notes(held[0].id, held[0].status)
    told = _told(GET_SERVICE_NETWORK, arn, home, around)
    return [*notes, *([told] if isinstance(told, Note) else authorization_notes(arn, told.auth_type))]


def _service_notes(arn: str, asked: Service, port: int, source: Source, around: Surroundings) -> list[Note]:
    """What the service itself says: its state, its listeners, whether it lets anybody ask."""
    home = home_of(source.vpc_id, around)
    notes = []
    if asked.protocol != TCP:
        notes.append(PROTOCOL_RESTRICTION.fail(arn, "protocol", f"VPC Lattice carries TCP only to {arn}"))
    told = _told(GET_SERVICE, arn, home, around)
    if isinstance(told, Note):
        notes.append(told)
    else:
        notes += [*status_notes(arn, told.status), *authorization_notes(arn, told.auth_type)]
    listeners = _told(LIST_LISTENERS, arn, home, around)
    if isinstance(listeners, Note):
        notes.append(listeners)
    elif port not in (listener.port for listener in listeners.items):
        ports = ", ".join(str(listener.port) for listener in listeners.items) or "none"
        message = f"{arn} listens at the ports {ports}, and {port} is none of them"
        notes.append(NO_POSSIBLE_DESTINATION.fail(arn, LIST_LISTENERS.action, message))
    return notes


def _told(call: Call[R], arn: str, home: Place, around: Surroundings) -> R | Note:
    """A reply about a thing of Lattice: as the VPC's account or the thing's owner has it."""
    fields = arn.split(":")
    owner = Place(fields[4], fields[3]) if len(fields) > 5 else home
    readings: list[Reading[R]] = [around.read(call, place, (arn,)) for place in dict.fromkeys((home, owner))]
    for reading in readings:
        if reading.value is not None and reading.is_complete:
            return reading.value
    message = f"what {call.action} tells of {arn} is not known: {readings[0].gap}"
    resolve = f"collect account {owner.account}, which owns it"
    return UNKNOWN_RESOURCE.unknown(arn, call.action, message, resolve=resolve)


def _by_custom_domain(held: Held, _: Sequence[Any], asked: Service, __: Source, ___: Surroundings) -> Meaning:
    """A name that its owner makes some DNS answer: whether it leads to the service is in no reply of Lattice."""
    service = held.service
    own = service.names[0] if service.names else service.service_arn
    message = f"{service.custom_domain_name} is a custom domain name of {own}; what DNS answers for it is not known"
    resolve = f"ask for {own}, or collect the private hosted zone that answers"
    note = UNKNOWN_DESTINATION.unknown(service.service_arn, "customDomainName", message, resolve=resolve)
    return Meaning((), asked.protocol, asked.port or HTTPS, (note,))


def _custom_domain(held: Held) -> tuple[str, ...]:
    return (held.service.custom_domain_name,) if held.service.custom_domain_name else ()


KINDS = (
    Kind(
        "service of VPC Lattice",
        LIST_SERVICE_NETWORKS,
        lambda reply: reply.items,
        lambda held: held.service.names,
        lambda held, _: held.service.service_arn,
        meaning,
        parts=_held,
        unread=lambda held: held.unread,
        host_label="vpc-lattice-svcs",
    ),
    Kind(
        "custom domain of VPC Lattice",
        LIST_SERVICE_NETWORKS,
        lambda reply: reply.items,
        _custom_domain,
        lambda held, _: "".join(_custom_domain(held)),
        _by_custom_domain,
        parts=_held,
        host_label="vpc-lattice-svcs",
    ),
)
