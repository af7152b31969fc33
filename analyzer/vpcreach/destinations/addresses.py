"""Literal addresses and CIDR blocks: `10.0.3.7:5432`, `8.8.8.8:53/udp`, `10.2.0.0/16:443`, `[2000::/3]:443`.

Modelled: the known interface behind an address and its groups, blocks that hold subnets, public addresses of collected
interfaces, the resolver and the other link-local services.
Not modelled: what lies behind a private address outside every collected VPC.
Source: VPC User Guide, "Amazon DNS server" (semantics A22, B4, C11, H17).
Checked: tests/unit/destinations/test_addresses.py.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from vpcreach.components.network_interface import DESCRIBE_NETWORK_INTERFACES, NetworkInterface
from vpcreach.components.subnet import Subnet
from vpcreach.components.vpc import DESCRIBE_VPCS, Vpc
from vpcreach.components.vpc_endpoint import VpcEndpoint
from vpcreach.destinations.grammar import Addresses
from vpcreach.destinations.instance import instance_of, running_notes
from vpcreach.destinations.internet import PUBLIC
from vpcreach.destinations.meaning import UNKNOWN_DESTINATION, Endpoint, Meaning, Source, Target
from vpcreach.destinations.name_resolution import VPC_DNS_SUPPORT_DISABLED, attribute
from vpcreach.destinations.service_network import association_of
from vpcreach.forwarding import BAD_STATE, NO_POSSIBLE_DESTINATION, UNSUPPORTED_COMPONENT, Effect, Note, Surroundings
from vpcreach.packets.address_map import AddressSet, Family
from vpcreach.packets.ports import TCP, UDP
from vpcreach.snapshot.call import Call
from vpcreach.snapshot.snapshot import State

STRANGERS_ADDRESS = "no interface of these accounts has this public address (not collected)"
STRANGERS_BLOCK = "no VPC of these accounts has this address (not collected)"
RESOLVER = {Family.IPV4: AddressSet.parse("169.254.169.253"), Family.IPV6: AddressSet.parse("fd00:ec2::253")}
TIME = {Family.IPV4: AddressSet.parse("169.254.169.123"), Family.IPV6: AddressSet.parse("fd00:ec2::123")}
NAT64 = AddressSet.parse("64:ff9b::/96")
LATTICE = AddressSet.parse("169.254.171.0/24")
NEVER_FORWARDED = {
    Family.IPV4: AddressSet.parse("169.254.168.0/22"),
    Family.IPV6: AddressSet.parse("fd00:ec2::/32"),
}

# Types of interfaces, as AWS prints them or its model spells them: those that need no group in front, and those of
# things that only send, or pass on what route tables send to them.
WITHOUT_GROUPS = frozenset(
    {
        "nat_gateway", "natGateway", "network_load_balancer", "gateway_load_balancer",
        "gateway_load_balancer_endpoint", "transit_gateway",
    }
)  # fmt: skip
TAKE_NO_CONNECTIONS = {
    "lambda": "a function's",
    "nat_gateway": "a NAT gateway's",
    "natGateway": "a NAT gateway's",
    "transit_gateway": "a transit gateway attachment's",
    "gateway_load_balancer": "a Gateway Load Balancer's",
    "gateway_load_balancer_endpoint": "a Gateway Load Balancer endpoint's",
    "api_gateway_managed": "an API Gateway VPC link's",
    "iot_rules_managed": "an IoT rule's",
    "quicksight": "a QuickSight connection's",
}


def meaning(asked: Addresses, source: Source, around: Surroundings) -> Meaning:
    """The address, or every address of the block that can exist, each behind the groups of its interface."""
    targets, notes = _link_local(asked, source, around)
    if not targets:
        targets = _single(asked, source, around) if asked.is_single else _block(asked, source, around)
    if not targets:
        message = f"no address of {asked.addresses} is in an existing subnet or outside every VPC"
        notes = (NO_POSSIBLE_DESTINATION.fail(source.vpc_id, str(asked.addresses), message),)
        targets = [Target(asked.addresses, asked.text, is_always_delivered=True)]
    endpoints = tuple(Endpoint(target.label, (target,)) for target in targets)
    assumed = assumptions(asked, targets, around)
    return Meaning(endpoints, asked.service.protocol, asked.service.port or 443, notes, assumed)


def assumptions(asked: Addresses, targets: Sequence[Target], around: Surroundings) -> tuple[str, ...]:
    """A single public address is a stranger's, unless an interface or a VPC has it that no file lists."""
    is_public = asked.is_single and asked.addresses <= PUBLIC[asked.addresses.family]
    if not is_public or any(target.public_interface_id or target.vpc_id for target in targets):
        return ()
    lists: tuple[tuple[Call[Any], str], ...] = (
        (DESCRIBE_NETWORK_INTERFACES, STRANGERS_ADDRESS),
        (DESCRIBE_VPCS, STRANGERS_BLOCK),
    )
    return tuple(
        assumption
        for call, assumption in lists
        if not all(around.read(call, place).is_complete for place in around.places())
    )


def behind_interface(interface: NetworkInterface, addresses: AddressSet, label: str = "") -> Target:
    """Addresses of an interface behind its groups. Gateways and load balancers may have none: nothing filters there."""
    told = Target(addresses, label or interface.id, groups=interface.group_ids, vpc_id=interface.vpc_id)
    if interface.groups:
        return told
    if interface.interface_type in WITHOUT_GROUPS:
        return replace(told, groups=None)
    message = f"the reply lists no security group of {interface.title}, though an ordinary interface has one"
    return replace(told, groups=None, at_arrival=UNKNOWN_DESTINATION.unknown(interface.id, "Groups", message))


def by_public_address(interface: NetworkInterface, public: AddressSet, around: Surroundings) -> Target:
    """A known interface as packets from the internet reach it, at these public addresses of it (C11)."""
    behind = behind_interface(interface, public, f"{interface.id} by its public address")
    return replace(behind, public_interface_id=interface.id, notes=listens_notes(interface, around))


def listens_notes(interface: NetworkInterface, around: Surroundings) -> tuple[Note, ...]:
    """The blocker for an interface behind which nothing can listen."""
    if interface.interface_type in TAKE_NO_CONNECTIONS:
        whose = TAKE_NO_CONNECTIONS[interface.interface_type]
        message = f"{interface.title} is {whose}, which takes no connections for itself"
        return (NO_POSSIBLE_DESTINATION.fail(interface.id, "InterfaceType", message),)
    if interface.status == "available":
        message = f"{interface.title} is available: nothing is attached to it, so nothing listens"
        return (BAD_STATE.fail(interface.id, "Status", message),)
    if interface.status not in (None, "in-use"):
        message = f"{interface.title} is {interface.status}, which may pass"
        return (BAD_STATE.unknown(interface.id, "Status", message, resolve="collect again"),)
    instance_id = interface.attachment.instance_id if interface.attachment else None
    instance = instance_of(instance_id, around) if instance_id else None
    return running_notes(instance) if instance else _of_endpoint(interface, around)


def _link_local(asked: Addresses, source: Source, around: Surroundings) -> tuple[list[Target], tuple[Note, ...]]:
    family = asked.addresses.family
    target = [Target(asked.addresses, asked.text, is_always_delivered=True)]
    if not asked.is_single:
        return [], ()
    is_dns = asked.service.port == 53 and asked.service.protocol in (TCP, UDP)
    vpc = around.component(source.vpc_id or "vpc-")
    if is_dns and isinstance(vpc, Note) and family is Family.IPV4 and asked.addresses.first % 16 == 2:
        # The third address of a block may be the resolver's, which no rule, route or ACL touches.
        return target, (vpc,)
    if is_dns and asked.addresses <= _resolver(source, family, around):
        is_on = attribute(source.vpc_id, "enableDnsSupport", around)
        if isinstance(is_on, Note):
            return target, (is_on,)
        message = f"{source.vpc_id} has enableDnsSupport off, so its resolver does not answer"
        return target, () if is_on else (VPC_DNS_SUPPORT_DISABLED.fail(source.vpc_id, "enableDnsSupport", message),)
    if asked.addresses <= TIME[family] and (asked.service.port, asked.service.protocol) == (123, UDP):
        return target, ()
    if family is Family.IPV4 and asked.addresses <= LATTICE:
        return target, (_of_lattice(asked, source, around),)
    if asked.addresses <= NEVER_FORWARDED[family]:
        message = f"packets to {asked.addresses} are never forwarded, and no service that a function can use is there"
        return target, (NO_POSSIBLE_DESTINATION.fail(source.vpc_id, str(asked.addresses), message),)
    return [], ()


def _of_lattice(asked: Addresses, source: Source, around: Surroundings) -> Note:
    """Nothing is at the addresses of VPC Lattice without an association; with one, which service is not told."""
    association = association_of(source.vpc_id, around)
    if isinstance(association, Note) and association.effect is Effect.FAIL:
        return association
    message = f"{asked.addresses} belongs to VPC Lattice, and which of its services is there is not told"
    resolve = "ask for the service by its host name"
    return UNSUPPORTED_COMPONENT.unknown(source.vpc_id, str(asked.addresses), message, resolve=resolve)


def _of_endpoint(interface: NetworkInterface, around: Surroundings) -> tuple[Note, ...]:
    """Behind the interface of a VPC endpoint is as much as the endpoint's state tells (F1); what is sent to a tunnel
    endpoint must be wrapped, and comes out elsewhere (F11)."""

    def build() -> dict[str, VpcEndpoint]:
        endpoints = around.every(VpcEndpoint)
        return {interface_id: endpoint for endpoint in endpoints for interface_id in endpoint.network_interface_ids}

    endpoint = around.remember(("interfaces of VPC endpoints",), build).get(interface.id)
    if endpoint is None:
        return ()
    if not endpoint.is_tunnel:
        return endpoint.state_notes()
    message = f"{interface.title} is of {endpoint.title}, a Tunnel endpoint: vpcreach does not follow what GENEVE wraps"
    resolve = "test a connection through the tunnel"
    return (UNSUPPORTED_COMPONENT.unknown(endpoint.id, "VpcEndpointType", message, resolve=resolve),)


def _resolver(source: Source, family: Family, around: Surroundings) -> AddressSet:
    vpc = around.component(source.vpc_id)
    if family is Family.IPV6 or not isinstance(vpc, Vpc) or vpc.cidr_block is None:
        return RESOLVER[family]
    second = AddressSet.parse(vpc.cidr_block).first + 2
    if second >= family.end:
        return RESOLVER[family]
    return RESOLVER[family] | AddressSet.of(family, [(second, second)])


def _single(asked: Addresses, source: Source, around: Surroundings) -> list[Target]:
    family, address = asked.addresses.family, asked.addresses.first
    if public := _public_interface(asked.addresses, source, around):
        return [public]
    if family is Family.IPV6 and asked.addresses <= NAT64:
        return [_translated(asked)]
    holding = _vpcs_of(asked.addresses, source, around)
    if not holding and asked.addresses <= PUBLIC[family]:
        return [Target(asked.addresses, asked.text, at_arrival=unlisted_public(asked, around))]
    targets = []
    for vpc_id in holding or (None,):
        interface = around.interface_at(vpc_id, family, address) if vpc_id else None
        if interface is not None:
            target = replace(behind_interface(interface, asked.addresses), notes=listens_notes(interface, around))
        else:
            unlisted = around.missing(DESCRIBE_NETWORK_INTERFACES, vpc_id or source.vpc_id)
            why = f": {unlisted.message}" if unlisted else ", which may be hidden or in another account"
            message = f"no known network interface has {asked.addresses}{why}"
            note = UNKNOWN_DESTINATION.unknown(asked.text, "", message)
            target = Target(asked.addresses, asked.text, vpc_id=vpc_id if len(holding) > 1 else None, at_arrival=note)
        # Where VPCs share the address, routes decide which of them is meant (G3).
        targets.append(replace(target, rival_vpcs=frozenset(holding) - {vpc_id} if vpc_id else frozenset()))
    return targets


def _translated(asked: Addresses) -> Target:
    """An IPv4 address as NAT64 writes it: public ones are the internet's, of others no interface is looked up."""
    last = asked.addresses.first & ((1 << 32) - 1)
    embedded = AddressSet.of(Family.IPV4, [(last, last)])
    if embedded <= PUBLIC[Family.IPV4]:
        return Target(asked.addresses, asked.text)
    message = f"{asked.text} stands for {embedded}, and whose address that is behind the translation is not looked up"
    resolve = f"ask for {embedded} itself"
    return Target(
        asked.addresses, asked.text, at_arrival=UNKNOWN_DESTINATION.unknown(asked.text, "", message, resolve=resolve)
    )


def unlisted_public(asked: Addresses, around: Surroundings) -> Note | None:
    """Where a list was denied, a public address may be in a VPC of it, or behind groups nobody can read."""
    lists: tuple[tuple[Call[Any], str], ...] = ((DESCRIBE_NETWORK_INTERFACES, "an interface"), (DESCRIBE_VPCS, "a VPC"))
    for place in around.places():
        for call, owner in lists:
            reading = around.read(call, place)
            if reading.state in (State.FAILED, State.INCOMPLETE):
                message = f"whether {asked.addresses} belongs to {owner} of {place} is not known: {reading.gap}"
                return UNKNOWN_DESTINATION.unknown(asked.text, call.action, message)
    return None


def with_public_address(address: str, around: Surroundings) -> NetworkInterface | None:
    """The collected interface that has this public IPv4 address; Lambda's own come and go and do not count."""

    def build() -> dict[str, NetworkInterface]:
        interfaces = [interface for interface in around.every(NetworkInterface) if not interface.is_lambda]
        return {address: interface for interface in interfaces for address in interface.public_addresses}

    return around.remember(("public interfaces",), build).get(address)


def _public_interface(addresses: AddressSet, source: Source, around: Surroundings) -> Target | None:
    interface = with_public_address(addresses.example, around) if addresses.family is Family.IPV4 else None
    return None if interface is None else by_public_address(interface, addresses, around)


def _vpcs_of(addresses: AddressSet, source: Source, around: Surroundings) -> list[str]:
    """The VPCs that hold the address: the source's own, if it does, else every other."""
    holding = [vpc.id for vpc in around.every(Vpc) if addresses <= vpc.cidrs(addresses.family)]
    return [source.vpc_id] if source.vpc_id in holding else holding


def _block(asked: Addresses, source: Source, around: Surroundings) -> list[Target]:
    """The block's addresses that can exist, in every VPC that has some, then those outside every VPC."""
    family = asked.addresses.family
    own = around.component(source.vpc_id)
    own_space = own.cidrs(family) if isinstance(own, Vpc) else AddressSet.empty(family)
    targets, outside = [], asked.addresses
    for vpc in sorted(around.every(Vpc), key=lambda vpc: (vpc.id != source.vpc_id, vpc.id)):
        outside = outside - vpc.cidrs(family)
        here = _existing(asked.addresses & vpc.cidrs(family), vpc, around)
        # What the source's own VPC has is never sent elsewhere.
        here = here if vpc.id == source.vpc_id else here - own_space
        if here:
            targets += _in_vpc(asked, here, vpc, around)
    if outside:
        targets.append(Target(outside, asked.text))
    return _rivalling(targets)


def _in_vpc(asked: Addresses, here: AddressSet, vpc: Vpc, around: Surroundings) -> list[Target]:
    """Addresses of one VPC, cut by the groups of the interfaces known to hold them."""
    by_fate: dict[tuple[frozenset[str] | None, Note | None], list[tuple[int, int]]] = {}
    for interface in _interfaces_of(vpc.id, around):
        addresses = interface.addresses(here.family) & here
        if addresses:
            behind = behind_interface(interface, addresses)
            by_fate.setdefault((behind.groups, behind.at_arrival), []).extend(addresses.intervals)
    targets, rest = [], here
    for (groups, at_arrival), intervals in by_fate.items():
        held = AddressSet.of(here.family, intervals)
        rest = rest - held
        label = f"{asked.text} (known interfaces)"
        targets.append(Target(held, label, groups=groups, vpc_id=vpc.id, at_arrival=at_arrival))
    unlisted = around.missing(DESCRIBE_NETWORK_INTERFACES, vpc.id)
    if rest and unlisted is not None:
        # A group may stand before any of them.
        targets.append(Target(rest, f"{asked.text} (interfaces not listed)", vpc_id=vpc.id, at_arrival=unlisted))
    elif rest:
        targets.append(Target(rest, asked.text, vpc_id=vpc.id))
    return targets


def _interfaces_of(vpc_id: str, around: Surroundings) -> Sequence[NetworkInterface]:
    """The known interfaces of a VPC; Lambda makes and takes away its own, so no answer rests on them (A3)."""

    def build() -> dict[str | None, list[NetworkInterface]]:
        found: dict[str | None, list[NetworkInterface]] = {}
        for interface in around.every(NetworkInterface):
            if not interface.is_lambda:
                found.setdefault(interface.vpc_id, []).append(interface)
        return found

    return around.remember(("interfaces by VPC",), build).get(vpc_id, ())


def _rivalling(targets: list[Target]) -> list[Target]:
    """The targets, each told which other VPCs have some of its addresses: routes decide between them (G3)."""
    return [
        replace(
            target,
            rival_vpcs=frozenset(
                other.vpc_id
                for other in targets
                if other.vpc_id not in (None, target.vpc_id) and not other.addresses.isdisjoint(target.addresses)
            ),
        )
        for target in targets
    ]


def _existing(addresses: AddressSet, vpc: Vpc, around: Surroundings) -> AddressSet:
    """Those that lie in a subnet of the VPC; where the list of subnets is not whole, any of them may."""
    if around.subnets_are_known(vpc.id):
        return addresses
    subnets = (s.cidrs(addresses.family) for s in around.every(Subnet) if s.vpc_id == vpc.id)
    return addresses & AddressSet.of(addresses.family, [i for cidrs in subnets for i in cidrs.intervals])
