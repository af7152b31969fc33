"""Which ports the rules of a network tell apart."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from vpcreach.components import network_acl, network_firewall, security_group
from vpcreach.components.network_acl import NetworkAcl
from vpcreach.components.security_group import SecurityGroup
from vpcreach.packets.ports import TCP, UDP

if TYPE_CHECKING:
    from vpcreach.network.network import Network

# Told apart in every network, so that a rule for one of them leaves an edited copy the same atoms.
USUAL_PORTS = (22, 53, 80, 443, 1433, 1521, 2049, 3306, 5432, 5439, 6379, 8080, 8443, 9092, 11211, 27017)


def port_ranges(network: "Network") -> Iterator[tuple[int | None, int, int]]:
    """Every (protocol, first, last) that some rule tells from others, and the usual ports."""
    for group in network.every(SecurityGroup):
        yield from security_group.port_ranges(group)
    for acl in network.every(NetworkAcl):
        yield from network_acl.port_ranges(acl)
    yield from network_firewall.port_ranges(_firewall_rule_groups(network))
    for protocol in (TCP, UDP):
        yield from ((protocol, port, port) for port in USUAL_PORTS)


def _firewall_rule_groups(network: "Network") -> list[network_firewall.RuleGroup]:
    call = network_firewall.DESCRIBE_RULE_GROUP
    replies = (
        network.read(call, place, arguments).value
        for place in network.places()
        for arguments in (call.each(network.snapshot, place) if call.each else ())
    )
    return [reply.rule_group for reply in replies if reply is not None and reply.rule_group is not None]
