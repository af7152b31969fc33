"""Load balancers by the addresses of their nodes: an address or interface of one takes what its listeners take.

Modelled: the private and public addresses of a node, its interface, groups that nodes carry; every kind of load
balancer, by how AWS describes the interfaces of its nodes.
Not modelled: blocks of addresses, which ask about the network alone.
Source: Elastic Load Balancing API Reference, DescribeListeners (semantics H11, H17).
Checked: tests/unit/destinations/test_load_balancer_node.py.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from vpcreach.components.network_interface import NetworkInterface
from vpcreach.destinations import classic_load_balancer, load_balancer
from vpcreach.destinations.grammar import Service
from vpcreach.destinations.load_balancing import carries_load_balancer
from vpcreach.destinations.meaning import UNKNOWN_DESTINATION, Endpoint, Meaning, Source, Target
from vpcreach.forwarding import Note, Surroundings
from vpcreach.snapshot.call import Call

# What it takes to know which load balancer an interface belongs to, and what it listens for.
CALLS: tuple[Call[Any], ...] = (
    load_balancer.DESCRIBE_LOAD_BALANCERS,
    load_balancer.DESCRIBE_LISTENERS,
    classic_load_balancer.DESCRIBE_LOAD_BALANCERS,
)


def with_listeners(meaning: Meaning, source: Source, around: Surroundings) -> Meaning:
    """The same meaning, where each node of a load balancer has to listen for what is asked."""
    service = Service(meaning.port, meaning.protocol)
    endpoints = tuple(
        Endpoint(endpoint.label, tuple(_listening(target, service, source, around) for target in endpoint.alternatives))
        for endpoint in meaning.endpoints
    )
    return replace(meaning, endpoints=endpoints)


def _listening(target: Target, service: Service, source: Source, around: Surroundings) -> Target:
    interface = _interface_of(target, around)
    if interface is None or not carries_load_balancer(interface):
        return target
    return replace(target, notes=(*target.notes, *_notes(interface, service, source, around)))


def _interface_of(target: Target, around: Surroundings) -> NetworkInterface | None:
    """The interface that a target stands for, where it stands for one."""
    if target.public_interface_id is not None:
        component = around.component(target.public_interface_id)
        return component if isinstance(component, NetworkInterface) else None
    if target.vpc_id is None or not target.addresses:
        return None
    interface = around.interface_at(target.vpc_id, target.addresses.family, target.addresses.first)
    return interface if isinstance(interface, NetworkInterface) else None


def _notes(interface: NetworkInterface, service: Service, source: Source, around: Surroundings) -> Iterable[Note]:
    wanted = (interface.vpc_id, interface.description)
    for place in around.places():
        reply = around.read(load_balancer.DESCRIBE_LOAD_BALANCERS, place).value
        for balancer in reply.load_balancers if reply is not None else ():
            if (balancer.vpc_id, balancer.interface_description) == wanted:
                return load_balancer.listener_notes(balancer, service, source, around)
        classic_reply = around.read(classic_load_balancer.DESCRIBE_LOAD_BALANCERS, place).value
        for classic in classic_reply.load_balancer_descriptions if classic_reply is not None else ():
            if (classic.vpc_id, classic.interface_description) == wanted:
                return classic_load_balancer.listener_notes(classic, service)
    return (_unlisted(interface, around),)


def _unlisted(interface: NetworkInterface, around: Surroundings) -> Note:
    place = around.place_of(interface.id)
    listing = (call for call in CALLS if not call.arguments)
    gaps = [str(reading.gap) for call in listing if (reading := around.read(call, place)).gap is not None]
    message = f"{interface.title} is a load balancer's node ({interface.description}), and its listeners are not known"
    why = gaps[0] if gaps else "no collected load balancer is described so"
    return UNKNOWN_DESTINATION.unknown(interface.id, "Description", f"{message}: {why}")
