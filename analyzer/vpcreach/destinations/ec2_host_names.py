"""Public host names of EC2: `ec2-52-0-0-1.eu-west-1.compute.amazonaws.com`.

Modelled: inside the instance's own VPC, in a peer that its VPC allows to, and across a transit gateway with DNS
support, the name means the private address; everywhere else the public one. All of it takes both DNS attributes of the
VPCs that are joined.
Not modelled: names of instances that the snapshot does not hold, which stay undecided.
Source: VPC Peering Guide, "Enable DNS resolution for a VPC peering connection" (semantics G4, G6).
Checked: tests/unit/destinations/test_ec2_host_names.py.
"""

import re
from dataclasses import replace

from vpcreach.components.network_interface import NetworkInterface
from vpcreach.components.transit_gateway import (
    DESCRIBE_TRANSIT_GATEWAY_VPC_ATTACHMENTS,
    TransitGateway,
    every_vpc_attachment,
)
from vpcreach.components.vpc_peering import DESCRIBE_VPC_PEERING_CONNECTIONS, VpcPeeringConnection
from vpcreach.destinations import addresses
from vpcreach.destinations.grammar import DEFAULT_PORT, Addresses, Named, Service
from vpcreach.destinations.meaning import Meaning, Source
from vpcreach.destinations.name_resolution import both, resolution
from vpcreach.forwarding import COLLECTION_FAILED, Note, Surroundings
from vpcreach.packets.address_map import AddressSet

_PUBLIC = re.compile(
    r"ec2-(?P<address>\d+-\d+-\d+-\d+)\.(?P<domain>([a-z0-9-]+\.compute|compute-1)\.amazonaws\.com(\.cn)?)"
)


def meaning(asked: Named, source: Source, around: Surroundings) -> Meaning | None:
    """The address that a public host name means for the source; None for what is no such name of a known interface."""
    match = _PUBLIC.fullmatch(asked.name) if asked.kind == "host" else None
    public = match["address"].replace("-", ".") if match else ""
    interface = addresses.with_public_address(public, around) if public else None
    if match is None or interface is None or interface.vpc_id is None:
        return None
    is_private = is_private_to(interface.vpc_id, source.vpc_id, around)
    # Beside a rule for every name, the resolver still answers for EC2's names itself in a VPC that has them.
    taken = match["domain"] if both(source.vpc_id, around) is True else None
    dns = resolution(source.vpc_id, (asked.name,), around, taken=taken)
    service = Service(asked.service.port or DEFAULT_PORT, asked.service.protocol)
    if isinstance(is_private, Note):
        return Meaning((), service.protocol, service.port or DEFAULT_PORT, (*dns.notes, is_private), dns.assumptions)
    address = _behind(interface, public) if is_private else public
    found = addresses.meaning(Addresses(address, AddressSet.parse(address), True, service), source, around)
    return replace(
        found,
        notes=(*dns.notes, *found.notes),
        assumptions=(*dns.assumptions, *found.assumptions),
        assumed_of_the_name=dns.diverting_assumptions,
    )


def _behind(interface: NetworkInterface, public: str) -> str:
    """The private address that a public one of the interface stands for."""
    for item in interface.private_ip_addresses:
        if item.association is not None and item.association.public_ip == public and item.private_ip_address:
            return item.private_ip_address
    return interface.private_ip_address or public


def is_private_to(owner: str, asker: str, around: Surroundings) -> bool | Note:
    """Whether the resolver of one VPC tells the private address behind a public name of something in another."""
    if owner == asker:
        return both(owner, around)
    ways = [_across_peering(owner, asker, around), _across_transit_gateway(owner, asker, around)]
    if True not in ways:
        return next((way for way in ways if isinstance(way, Note)), False)
    attributes = [both(vpc_id, around) for vpc_id in (owner, asker)]
    if False in attributes:
        return False
    return next((item for item in attributes if isinstance(item, Note)), True)


def _across_peering(owner: str, asker: str, around: Surroundings) -> bool | Note:
    """Whether a peering connection lets the asker resolve the owner's names to private addresses (G4)."""
    joining = [p for p in around.every(VpcPeeringConnection) if p.side_of(owner) and p.side_of(asker)]
    active = [peering for peering in joining if peering.is_active]
    if not active:
        return around.missing(DESCRIBE_VPC_PEERING_CONNECTIONS, asker) or False
    side = active[0].side_of(owner)
    if side is None or side.peering_options is None:
        message = f"whether {active[0].title} lets {asker} resolve host names of {owner} is not told"
        return COLLECTION_FAILED.unknown(active[0].id, "PeeringOptions", message)
    return side.allows_dns_from_peer


def _across_transit_gateway(owner: str, asker: str, around: Surroundings) -> bool | Note:
    """Whether a transit gateway to which both are attached does so, with DNS support on all along (G6)."""
    used = [attachment for attachment in every_vpc_attachment(around).values() if attachment.is_in_use]
    theirs = {each.transit_gateway_id: each for each in used if each.vpc_id == owner}
    mine = [each for each in used if each.vpc_id == asker and each.transit_gateway_id in theirs]
    pairs = [(each, theirs[each.transit_gateway_id]) for each in mine]
    for pair in pairs:
        gateway = around.component(pair[0].transit_gateway_id or "")
        switches = [each.options.dns_support for each in pair]
        switches.append(gateway.options.dns_support if isinstance(gateway, TransitGateway) else None)
        if all(switch == "enable" for switch in switches):
            return True
        if "disable" not in switches:
            message = f"whether {pair[0].transit_gateway_id} lets {asker} resolve host names of {owner} is not told"
            return COLLECTION_FAILED.unknown(pair[0].id, "DnsSupport", message)
    return False if pairs else around.missing(DESCRIBE_TRANSIT_GATEWAY_VPC_ATTACHMENTS, asker) or False
