"""Interfaces by what carries them: `eni-…`, `sg-…` (all that carry a security group).

Modelled: private addresses, groups, whether something can listen behind the interface.
Not modelled: what listens there.
Source: EC2 API Reference, DescribeNetworkInterfaces (semantics H12, H17).
Checked: tests/unit/destinations/test_interfaces.py.
"""

from dataclasses import replace

from vpcreach.components.network_interface import DESCRIBE_NETWORK_INTERFACES, NetworkInterface
from vpcreach.components.security_group import SecurityGroup
from vpcreach.destinations.addresses import behind_interface, listens_notes
from vpcreach.destinations.grammar import DEFAULT_PORT, Service
from vpcreach.destinations.meaning import NO_SOURCE_OR_DESTINATION, Endpoint, Meaning, Target
from vpcreach.forwarding import Note, Surroundings
from vpcreach.packets.address_map import AddressSet, Family


def of_interface(interface: NetworkInterface, service: Service, around: Surroundings) -> Meaning:
    """One interface, behind which something can listen."""
    return _meaning((Endpoint(interface.id, (_target(interface, around),)),), service, ())


def of_group(group: SecurityGroup, service: Service, around: Surroundings) -> Meaning:
    """Every known interface that carries the group; none at all leaves the question undecided."""
    # Lambda's own interfaces come and go, and nothing listens behind them (A3).
    members = [i for i in around.every(NetworkInterface) if group.id in i.group_ids and not i.is_lambda]
    endpoints = tuple(Endpoint(i.id, (_target(i, around),)) for i in members)
    unlisted = around.missing(DESCRIBE_NETWORK_INTERFACES, group.vpc_id) if group.vpc_id else None
    if unlisted is not None:
        nowhere = Target(AddressSet.empty(Family.IPV4), group.id, notes=(unlisted,), is_always_delivered=True)
        return _meaning((*endpoints, Endpoint(f"members of {group.id}", (nowhere,))), service, ())
    if endpoints:
        return _meaning(endpoints, service, ())
    message = f"no known network interface carries {group.title}"
    return _meaning((), service, (NO_SOURCE_OR_DESTINATION.unknown(group.id, "", message),))


def _target(interface: NetworkInterface, around: Surroundings) -> Target:
    """An interface's own addresses, IPv4 before IPv6, with what says that nothing can listen there."""
    family = Family.IPV4 if interface.addresses(Family.IPV4) else Family.IPV6
    return replace(behind_interface(interface, interface.addresses(family)), notes=listens_notes(interface, around))


def _meaning(endpoints: tuple[Endpoint, ...], service: Service, notes: tuple[Note, ...]) -> Meaning:
    return Meaning(endpoints, service.protocol, service.port or DEFAULT_PORT, notes)
