"""Resources inside a VPC: from what their own API tells (addresses, interfaces or subnets, groups, port) to a meaning.

Every kind of database, cache, broker or file system describes itself as a `Resource` and is judged in one way here:
its name must resolve, its groups must be known, each of its nodes must be reached in the place where it is, or in
whichever of several places it may be.
Source: semantics of AWS's own APIs, told by the files of the kinds (behaviour list H).
Checked: tests/unit/destinations/test_resource.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from vpcreach.components.network_interface import DESCRIBE_NETWORK_INTERFACES, NetworkInterface
from vpcreach.components.subnet import Subnet
from vpcreach.destinations.addresses import by_public_address, with_public_address
from vpcreach.destinations.ec2_host_names import is_private_to
from vpcreach.destinations.grammar import DEFAULT_PORT, Service
from vpcreach.destinations.internet import internet_for, unread_endpoint_lists
from vpcreach.destinations.meaning import (
    DESTINATION_IN_TRANSITION,
    NO_SOURCE_OR_DESTINATION,
    UNKNOWN_DESTINATION,
    Endpoint,
    Meaning,
    Source,
    Target,
)
from vpcreach.destinations.name_resolution import Resolution, resolution
from vpcreach.forwarding import BAD_STATE, COLLECTION_FAILED, Effect, Note, Surroundings
from vpcreach.packets.address_map import AddressSet, Family
from vpcreach.snapshot.call import Call
from vpcreach.snapshot.snapshot import Reading

# What functions in no VPC ask: nothing of any VPC stands before its answers.
PUBLIC_DNS = Resolution((), (), False, ())


@dataclass(frozen=True, slots=True)
class Node:
    """One thing of a resource that must be reached.

    The most certain that is known counts: `addresses`, else `interface_id`, else one of `subnet_ids` (which of them is
    not known). `group_ids` and `is_public` are given where they differ from the resource's own. `public_addresses` are
    those by which it is reached from elsewhere, where its API tells them. `unread` says why none of its places is
    known. With `is_one_of` it has just one of its addresses.
    """

    label: str
    addresses: tuple[str, ...] = ()
    interface_id: str | None = None
    subnet_ids: tuple[str, ...] = ()
    group_ids: frozenset[str] | None = None
    public_addresses: tuple[str, ...] = ()
    is_public: bool | None = None
    unread: Note | None = None
    is_one_of: bool = False


@dataclass(frozen=True, slots=True)
class Resource:
    """A private resource as its own API tells it.

    `id` is its ARN (or its name), `title` what a sentence calls it. `ports` are all asked about unless the question
    names one; without any the question has to. `host_names` must resolve. `is_public` says that its name means a public
    address outside its own VPC (None: nobody tells), `is_public_inside` that it does so there too. With `is_open` no
    group need stand in front of its nodes. `taken_domain` is a domain whose names AWS itself answers for inside the
    source's VPC. What is not `is_ipv6_only` is judged at its IPv4 addresses. `groups_entry` and `nodes_entry` are the
    keys of the reply that hold its groups and its places.
    """

    id: str
    title: str
    ports: tuple[int, ...]
    group_ids: frozenset[str]
    nodes: tuple[Node, ...]
    vpc_id: str | None = None
    host_names: tuple[str, ...] = ()
    is_public: bool | None = False
    is_public_inside: bool = False
    is_open: bool = False
    is_ipv6_only: bool = False
    notes: tuple[Note, ...] = ()
    taken_domain: str | None = None
    groups_entry: str = "SecurityGroups"
    nodes_entry: str = "SubnetIds"


def meaning(resource: Resource, service: Service, source: Source, around: Surroundings) -> Meaning:
    """Every node of the resource, each in its place or in one of several; unknown where groups or places are not told.

    A resource with several ports means them all: `Meaning.also` holds the others.
    """
    ports = (service.port,) if service.port else resource.ports
    dns = PUBLIC_DNS
    if source.vpc_id:
        dns = resolution(source.vpc_id, resource.host_names[:1], around, taken=resource.taken_domain)
    is_public = _is_public_to(resource, source, around)
    # Without a port, or not knowing which of its addresses is meant, nothing that packets meet on the way is certain.
    doubts = (*(() if ports else (_portless(resource),)), *((is_public,) if isinstance(is_public, Note) else ()))
    is_public_here = is_public is True
    notes = (*dns.notes, *resource.notes, *doubts)
    endpoints: tuple[Endpoint, ...] = ()
    for node in () if doubts else resource.nodes:
        # Where its name resolves to a public address, the way to the private one says nothing.
        if is_public_here and node.is_public is not False:
            endpoints += (_by_public_address(node, resource, source, around),)
        else:
            endpoints += tuple(_endpoints(node, resource, around))
    if not endpoints and all(note.effect is Effect.ADVICE for note in (*resource.notes, *doubts)):
        message = f"{resource.title} names no place that the snapshot holds"
        notes += (NO_SOURCE_OR_DESTINATION.unknown(resource.id, resource.nodes_entry, message),)
    first = Meaning(
        endpoints,
        service.protocol,
        ports[0] if ports else DEFAULT_PORT,
        notes,
        dns.assumptions,
        prefix_lists=unread_endpoint_lists(source, around) if is_public_here else {},
        skips_gateway_endpoints=is_public_here,
        assumed_of_the_name=dns.diverting_assumptions,
    )
    return replace(first, also=tuple(replace(first, port=port) for port in ports[1:]))


@dataclass(frozen=True, slots=True)
class States:
    """What the states of a kind mean: works, works while it changes, does not work; any other decides nothing."""

    working: frozenset[str]
    passing: frozenset[str]
    dead: frozenset[str]

    def notes(self, resource_id: str, title: str, entry: str, state: str | None) -> tuple[Note, ...]:
        """What one state says of a resource; `entry` is the key that holds it."""
        if state is None or state in self.working:
            return ()
        if state in self.passing:
            return (DESTINATION_IN_TRANSITION.advice(resource_id, entry, f"{title} is {state}"),)
        if state in self.dead:
            return (BAD_STATE.fail(resource_id, entry, f"{title} is {state}: nothing listens"),)
        return (BAD_STATE.unknown(resource_id, entry, f"{title} is {state}, and whether it listens then is not known"),)


def vpc_of(subnet_ids: Iterable[str], around: Surroundings) -> str | None:
    """The VPC of some subnets, by the first that can be read."""
    subnets = [subnet for subnet_id in subnet_ids if isinstance(subnet := around.component(subnet_id), Subnet)]
    return subnets[0].vpc_id if subnets else None


def unread_note(resource_id: str, title: str, what: str, call: Call[Any], reading: Reading[Any]) -> Note:
    """The note for something of a resource (`what`) that a missing, refused or cut reply would tell."""
    message = f"{what} of {title} cannot be told: {reading.gap or f'{call.action} does not tell them'}"
    return COLLECTION_FAILED.unknown(resource_id, call.action, message)


def interfaces_described(vpc_id: str, text: str, around: Surroundings) -> list[NetworkInterface]:
    """The known interfaces of a VPC whose description holds a text; some may be hidden, so none proves nothing."""
    return [i for i in around.every(NetworkInterface) if i.vpc_id == vpc_id and text in i.description]


def _portless(resource: Resource) -> Note:
    message = f"no file tells the port of {resource.title}"
    return UNKNOWN_DESTINATION.unknown(resource.id, "Port", message, resolve="ask for it with :PORT at the end")


def _is_public_to(resource: Resource, source: Source, around: Surroundings) -> bool | Note:
    """Whether its name means a public address for clients in the source's VPC, and not its private one there."""
    if resource.is_public_inside or resource.is_public is False:
        return resource.is_public_inside
    if resource.vpc_id is not None and source.vpc_id:
        is_private = is_private_to(resource.vpc_id, source.vpc_id, around)
        if isinstance(is_private, Note) or is_private:
            return is_private if isinstance(is_private, Note) else False
    if resource.is_public:
        return True
    message = f"whether {resource.title} is publicly accessible is not told"
    return COLLECTION_FAILED.unknown(resource.id, "PubliclyAccessible", message)


def _endpoints(node: Node, resource: Resource, around: Surroundings) -> Iterable[Endpoint]:
    interface = around.component(node.interface_id) if node.interface_id else None
    seen = interface if isinstance(interface, NetworkInterface) else None
    # The interface's own groups are those in force, whatever the resource's API says of its own.
    groups = (seen.group_ids if seen else None) or node.group_ids or resource.group_ids
    places: tuple[Target, ...] = ()
    if node.addresses:
        places = (_at(node, resource),)
    elif seen:
        known = seen.addresses(_family(resource)) or seen.addresses(Family.IPV6)
        places = (Target(known, seen.id, vpc_id=seen.vpc_id),)
    else:
        places = tuple(_in_subnet(subnet_id, node.label, resource, around) for subnet_id in node.subnet_ids)
    why = node.unread or (interface if isinstance(interface, Note) else None)
    if not places and why is not None:
        yield Endpoint(node.label, (nowhere(node.label, why),))
    if places:
        yield Endpoint(node.label, tuple(_behind(groups, place, resource) for place in places))


def _behind(groups: frozenset[str], place: Target, resource: Resource) -> Target:
    """The place behind its groups; where nobody tells them, what reaches it is not decided there."""
    if groups:
        return replace(place, groups=groups)
    if resource.is_open:
        return place
    message = f"{resource.title} lists no security group that is in force"
    return replace(place, at_arrival=UNKNOWN_DESTINATION.unknown(resource.id, resource.groups_entry, message))


def _by_public_address(node: Node, resource: Resource, source: Source, around: Surroundings) -> Endpoint:
    """A node as the internet reaches it (C11), behind the groups of the interface that has its public address.

    Where no file tells that interface, it is one of the internet's addresses, and what is behind it is not decided.
    """
    interface = around.component(node.interface_id) if node.interface_id else None
    public = node.public_addresses or (interface.public_addresses if isinstance(interface, NetworkInterface) else ())
    holders = [with_public_address(address, around) for address in public]
    if public and all(holders):
        return Endpoint(
            node.label,
            tuple(
                by_public_address(holder, AddressSet.parse(address), around)
                for holder, address in zip(holders, public, strict=True)
                if holder is not None
            ),
        )
    message = f"{node.label} is reached by a public address, and no file tells the interface that has it"
    resolve = "collect the network interfaces, or resolve the name and ask for its address"
    note = UNKNOWN_DESTINATION.unknown(resource.id, resource.nodes_entry, message, resolve=resolve)
    if public:
        return Endpoint(node.label, (Target(AddressSet.parse(*public), node.label, at_arrival=note),))
    view = around.reading(unread_endpoint_lists(source, around), skips_endpoint_routes=True)
    somewhere = internet_for(source, Family.IPV4, view)
    return Endpoint(node.label, (Target(somewhere, node.label, is_one_of=True, at_arrival=note),))


def _family(resource: Resource) -> Family:
    return Family.IPV6 if resource.is_ipv6_only else Family.IPV4


def _at(node: Node, resource: Resource) -> Target:
    """The node's IPv4 addresses, or its IPv6 ones where it has no other."""
    chosen = [address for address in node.addresses if (":" in address) is resource.is_ipv6_only]
    held = AddressSet.parse(*(chosen or node.addresses))
    return Target(held, node.label, is_one_of=node.is_one_of, vpc_id=resource.vpc_id)


def _in_subnet(subnet_id: str, label: str, resource: Resource, around: Surroundings) -> Target:
    """Any address of a subnet; where the subnet cannot be read, a place of which nothing is certain."""
    subnet = around.component(subnet_id)
    if isinstance(subnet, Subnet):
        cidrs = subnet.cidrs(_family(resource)) or subnet.cidrs(Family.IPV6)
        return Target(cidrs, f"{label} in {subnet.id}", is_one_of=True, vpc_id=subnet.vpc_id)
    unread = subnet if isinstance(subnet, Note) else UNKNOWN_DESTINATION.unknown(subnet_id, "", f"{subnet_id}: unread")
    return nowhere(subnet_id, unread)


def nowhere(label: str, *notes: Note) -> Target:
    """A place of which nothing is known but these notes."""
    return Target(AddressSet.everything(Family.IPV4), label, notes=notes, is_always_delivered=True)


__all__ = [
    "DESCRIBE_NETWORK_INTERFACES",
    "Node",
    "Resource",
    "States",
    "interfaces_described",
    "meaning",
    "unread_note",
    "vpc_of",
]
