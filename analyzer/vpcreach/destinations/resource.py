"""Resources inside a VPC: from what their own API tells (addresses, interfaces or subnets, groups, port) to a meaning.

Every kind of database, cache, broker or file system describes itself as a `Resource` and is judged in one way here:
its name must resolve, its groups must be known, each of its nodes must be reached in the place where it is, or in
whichever of several places it may be.
Source: semantics of AWS's own APIs, told by the files of the kinds (behaviour list H).
Checked: tests/unit/destinations/test_resource.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from vpcreach.components.network_interface import DESCRIBE_NETWORK_INTERFACES, NetworkInterface
from vpcreach.components.subnet import Subnet
from vpcreach.destinations.grammar import Service
from vpcreach.destinations.meaning import (
    NO_SOURCE_OR_DESTINATION,
    UNKNOWN_DESTINATION,
    Endpoint,
    Meaning,
    Source,
    Target,
)
from vpcreach.destinations.name_resolution import resolution
from vpcreach.forwarding import UNSUPPORTED_COMPONENT, Note, Surroundings
from vpcreach.packets.address_map import AddressSet, Family


@dataclass(frozen=True, slots=True)
class Node:
    """One thing of a resource that must be reached.

    The most certain that is known counts: `addresses`, else `interface_id`, else one of `subnet_ids` (which of them is
    not known). `group_ids` are given where they differ from the resource's own.
    """

    label: str
    addresses: tuple[str, ...] = ()
    interface_id: str | None = None
    subnet_ids: tuple[str, ...] = ()
    group_ids: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """A private resource as its own API tells it.

    `id` is its ARN (or its name), `title` what a sentence calls it. `ports` are all asked about unless the question
    names one. `host_names` must resolve. `is_public` says that its name means a public address outside its own VPC.
    `groups_entry` and `nodes_entry` are the keys of the reply that hold its groups and its places.
    """

    id: str
    title: str
    ports: tuple[int, ...]
    group_ids: frozenset[str]
    nodes: tuple[Node, ...]
    vpc_id: str | None = None
    host_names: tuple[str, ...] = ()
    is_public: bool = False
    notes: tuple[Note, ...] = ()
    groups_entry: str = "SecurityGroups"
    nodes_entry: str = "SubnetIds"


def meaning(resource: Resource, service: Service, source: Source, around: Surroundings) -> Meaning:
    """Every node of the resource, each in its place or in one of several; unknown where groups or places are not told.

    A resource with several ports means them all: `Meaning.also` holds the others.
    """
    ports = (service.port,) if service.port else resource.ports
    dns = resolution(source.vpc_id, resource.host_names[:1], around)
    notes = (*dns.notes, *resource.notes)
    endpoints: tuple[Endpoint, ...] = ()
    if resource.is_public and resource.vpc_id != source.vpc_id:
        # Its name resolves to a public address from here: the way to the private one says nothing.
        message = f"{resource.title} is publicly accessible, and its public address is in no reply"
        notes += (UNSUPPORTED_COMPONENT.unknown(resource.id, "PubliclyAccessible", message),)
    elif not resource.group_ids and not all(node.group_ids for node in resource.nodes):
        message = f"{resource.title} lists no security group that is in force"
        notes += (UNKNOWN_DESTINATION.unknown(resource.id, resource.groups_entry, message),)
    else:
        endpoints = tuple(endpoint for node in resource.nodes for endpoint in _endpoints(node, resource, around))
        if not endpoints:
            message = f"{resource.title} names no place that the snapshot holds"
            notes += (NO_SOURCE_OR_DESTINATION.unknown(resource.id, resource.nodes_entry, message),)
    first = Meaning(
        endpoints,
        service.protocol,
        ports[0],
        notes,
        dns.assumptions,
        assumed_of_the_name=dns.diverting_assumptions,
    )
    return replace(first, also=tuple(replace(first, port=port) for port in ports[1:]))


def interfaces_described(vpc_id: str, text: str, around: Surroundings) -> list[NetworkInterface]:
    """The known interfaces of a VPC whose description holds a text; some may be hidden, so none proves nothing."""
    return [i for i in around.every(NetworkInterface) if i.vpc_id == vpc_id and text in i.description]


def _endpoints(node: Node, resource: Resource, around: Surroundings) -> Iterable[Endpoint]:
    groups = node.group_ids or resource.group_ids
    if node.addresses:
        yield Endpoint(node.label, (_at(node.addresses, node.label, groups, resource.vpc_id),))
        return
    interface = around.component(node.interface_id) if node.interface_id else None
    if isinstance(interface, NetworkInterface):
        known = interface.addresses(Family.IPV4) or interface.addresses(Family.IPV6)
        # The interface's own groups are those in force, whatever the resource's API says of its own.
        yield Endpoint(
            node.label, (Target(known, interface.id, groups=interface.group_ids or groups, vpc_id=interface.vpc_id),)
        )
        return
    places = tuple(_in_subnet(subnet_id, node.label, groups, around) for subnet_id in node.subnet_ids)
    if places:
        yield Endpoint(node.label, places)
    elif isinstance(interface, Note):
        yield Endpoint(node.label, (_nowhere(node.label, interface),))


def _at(addresses: tuple[str, ...], label: str, groups: frozenset[str], vpc_id: str | None) -> Target:
    """The node's IPv4 addresses, or its IPv6 ones where it has no other."""
    ipv4 = [address for address in addresses if ":" not in address]
    return Target(AddressSet.parse(*(ipv4 or addresses)), label, groups=groups, vpc_id=vpc_id)


def _in_subnet(subnet_id: str, label: str, groups: frozenset[str], around: Surroundings) -> Target:
    """Any address of a subnet; where the subnet cannot be read, a place of which nothing is certain."""
    subnet = around.component(subnet_id)
    if isinstance(subnet, Subnet):
        family = Family.IPV4 if subnet.cidrs(Family.IPV4) else Family.IPV6
        return Target(
            subnet.cidrs(family), f"{label} in {subnet.id}", is_one_of=True, groups=groups, vpc_id=subnet.vpc_id
        )
    unread = subnet if isinstance(subnet, Note) else UNKNOWN_DESTINATION.unknown(subnet_id, "", f"{subnet_id}: unread")
    return _nowhere(subnet_id, unread)


def _nowhere(label: str, note: Note) -> Target:
    return Target(AddressSet.everything(Family.IPV4), label, notes=(note,), is_always_delivered=True)


__all__ = ["DESCRIBE_NETWORK_INTERFACES", "Node", "Resource", "interfaces_described", "meaning"]
