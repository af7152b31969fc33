"""Literal addresses and CIDR blocks: `10.0.3.7:5432`, `8.8.8.8:53/udp`, `10.2.0.0/16:443`, `[2000::/3]:443`.

Modelled: the known interface behind an address and its groups, blocks that hold subnets, public addresses of collected
interfaces, the resolver and the other link-local services.
Not modelled: what lies behind a private address outside every collected VPC.
Source: VPC User Guide, "Amazon DNS server" (semantics A22, B4, C11, H17).
Checked: tests/unit/destinations/test_addresses.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from vpcreach.components.network_interface import DESCRIBE_NETWORK_INTERFACES, NetworkInterface
from vpcreach.components.subnet import Subnet
from vpcreach.components.vpc import Vpc
from vpcreach.destinations.grammar import Addresses
from vpcreach.destinations.instance import instance_of, running_notes
from vpcreach.destinations.internet import PUBLIC
from vpcreach.destinations.meaning import UNKNOWN_DESTINATION, Endpoint, Meaning, Source, Target
from vpcreach.destinations.name_resolution import VPC_DNS_SUPPORT_DISABLED, attribute
from vpcreach.forwarding import BAD_STATE, NO_POSSIBLE_DESTINATION, UNSUPPORTED_COMPONENT, Note, Surroundings
from vpcreach.packets.address_map import AddressSet, Family
from vpcreach.packets.ports import TCP, UDP
from vpcreach.snapshot.snapshot import State

STRANGERS_ADDRESS = "no interface of these accounts has this public address (not collected)"
RESOLVER = {Family.IPV4: AddressSet.parse("169.254.169.253"), Family.IPV6: AddressSet.parse("fd00:ec2::253")}
TIME = {Family.IPV4: AddressSet.parse("169.254.169.123"), Family.IPV6: AddressSet.parse("fd00:ec2::123")}
LATTICE = AddressSet.parse("169.254.171.0/24")
NEVER_FORWARDED = {
    Family.IPV4: AddressSet.parse("169.254.168.0/22"),
    Family.IPV6: AddressSet.parse("fd00:ec2::/32"),
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
    """A single public address is a stranger's, unless an interface has it that no file lists."""
    is_public = asked.is_single and asked.addresses <= PUBLIC[asked.addresses.family]
    if not is_public or any(target.public_interface_id for target in targets):
        return ()
    readings = [around.read(DESCRIBE_NETWORK_INTERFACES, place) for place in around.places()]
    return () if all(reading.is_complete for reading in readings) else (STRANGERS_ADDRESS,)


def behind_interface(interface: NetworkInterface, addresses: AddressSet, label: str = "") -> Target:
    """Addresses of an interface behind its groups. Gateways and load balancers may have none: nothing filters there."""
    told = Target(addresses, label or interface.id, groups=interface.group_ids, vpc_id=interface.vpc_id)
    if interface.groups:
        return told
    if interface.interface_type != "interface":
        return replace(told, groups=None)
    message = f"the reply lists no security group of {interface.title}, though an ordinary interface has one"
    return replace(told, groups=None, at_arrival=UNKNOWN_DESTINATION.unknown(interface.id, "Groups", message))


def listens_notes(interface: NetworkInterface, around: Surroundings) -> tuple[Note, ...]:
    """The blocker for an interface behind which nothing can listen."""
    if interface.interface_type == "nat_gateway" or interface.is_lambda:
        whose = "a function's" if interface.is_lambda else "a NAT gateway's"
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
    return running_notes(instance) if instance else ()


def _link_local(asked: Addresses, source: Source, around: Surroundings) -> tuple[list[Target], tuple[Note, ...]]:
    family = asked.addresses.family
    target = [Target(asked.addresses, asked.text, is_always_delivered=True)]
    if not asked.is_single:
        return [], ()
    is_dns = asked.service.port == 53 and asked.service.protocol in (TCP, UDP)
    if is_dns and asked.addresses <= _resolver(source, family, around):
        is_on = attribute(source.vpc_id, "enableDnsSupport", around)
        if isinstance(is_on, Note):
            return target, (is_on,)
        message = f"{source.vpc_id} has enableDnsSupport off, so its resolver does not answer"
        return target, () if is_on else (VPC_DNS_SUPPORT_DISABLED.fail(source.vpc_id, "enableDnsSupport", message),)
    if asked.addresses <= TIME[family] and (asked.service.port, asked.service.protocol) == (123, UDP):
        return target, ()
    if family is Family.IPV4 and asked.addresses <= LATTICE:
        message = f"{asked.addresses} belongs to VPC Lattice, which is not modelled yet"
        return target, (UNSUPPORTED_COMPONENT.unknown(source.vpc_id, str(asked.addresses), message),)
    if asked.addresses <= NEVER_FORWARDED[family]:
        message = f"packets to {asked.addresses} are never forwarded, and no service that a function can use is there"
        return target, (NO_POSSIBLE_DESTINATION.fail(source.vpc_id, str(asked.addresses), message),)
    return [], ()


def _resolver(source: Source, family: Family, around: Surroundings) -> AddressSet:
    vpc = around.component(source.vpc_id)
    if family is Family.IPV6 or not isinstance(vpc, Vpc) or vpc.cidr_block is None:
        return RESOLVER[family]
    second = AddressSet.parse(vpc.cidr_block).first + 2
    return RESOLVER[family] | AddressSet.of(family, [(second, second)])


def _single(asked: Addresses, source: Source, around: Surroundings) -> list[Target]:
    family, address = asked.addresses.family, asked.addresses.first
    if public := _public_interface(asked.addresses, source, around):
        return [public]
    for vpc_id in _vpcs_of(asked.addresses, source, around):
        interface = around.interface_at(vpc_id, family, address)
        if interface is not None:
            behind = behind_interface(interface, asked.addresses)
            return [replace(behind, notes=listens_notes(interface, around))]
    if asked.addresses <= PUBLIC[family] and not list(_vpcs_of(asked.addresses, source, around)):
        return [Target(asked.addresses, asked.text, at_arrival=unlisted_public(asked, around))]
    unlisted = around.missing(DESCRIBE_NETWORK_INTERFACES, source.vpc_id)
    why = f": {unlisted.message}" if unlisted else ", which may be hidden or in another account"
    message = f"no known network interface has {asked.addresses}{why}"
    note = UNKNOWN_DESTINATION.unknown(asked.text, "", message)
    return [Target(asked.addresses, asked.text, at_arrival=note)]


def unlisted_public(asked: Addresses, around: Surroundings) -> Note | None:
    """Where a list of interfaces was denied, a public address may be one of theirs, behind groups nobody can read."""
    for place in around.places() if asked.addresses.family is Family.IPV4 else ():
        reading = around.read(DESCRIBE_NETWORK_INTERFACES, place)
        if reading.state in (State.FAILED, State.INCOMPLETE):
            message = f"whether {asked.addresses} belongs to a network interface of {place} is not known: {reading.gap}"
            return UNKNOWN_DESTINATION.unknown(asked.text, DESCRIBE_NETWORK_INTERFACES.action, message)
    return None


def _public_interface(addresses: AddressSet, source: Source, around: Surroundings) -> Target | None:
    if addresses.family is Family.IPV6:
        return None

    def build() -> dict[str, NetworkInterface]:
        interfaces = [interface for interface in around.every(NetworkInterface) if not interface.is_lambda]
        return {address: interface for interface in interfaces for address in interface.public_addresses}

    interface = around.remember(("public interfaces",), build).get(addresses.example)
    if interface is None:
        return None
    behind = behind_interface(interface, addresses, f"{interface.id} by its public address")
    return replace(behind, public_interface_id=interface.id, notes=listens_notes(interface, around))


def _vpcs_of(addresses: AddressSet, source: Source, around: Surroundings) -> list[str]:
    """The VPCs that hold the address: the source's own, if it does, else every other."""
    holding = [vpc.id for vpc in around.every(Vpc) if addresses <= vpc.cidrs(addresses.family)]
    return [source.vpc_id] if source.vpc_id in holding else holding


def _block(asked: Addresses, source: Source, around: Surroundings) -> list[Target]:
    """The block's addresses that can exist, cut by the groups of the interfaces known to hold them."""
    family = asked.addresses.family
    rest = _existing(asked.addresses, source, around)
    by_fate: dict[tuple[frozenset[str] | None, Note | None], list[tuple[int, int]]] = {}
    own = around.component(source.vpc_id)
    own_cidrs = own.cidrs(family) if isinstance(own, Vpc) else AddressSet.empty(family)
    for interface in around.every(NetworkInterface):
        if interface.is_lambda:
            continue  # Lambda makes and takes away its own, so no answer rests on them (A3)
        addresses = interface.addresses(family) & rest
        if addresses and (interface.vpc_id == source.vpc_id or addresses.isdisjoint(own_cidrs)):
            behind = behind_interface(interface, addresses)
            by_fate.setdefault((behind.groups, behind.at_arrival), []).extend(addresses.intervals)
    targets = []
    for (groups, at_arrival), intervals in by_fate.items():
        held = AddressSet.of(family, intervals)
        rest = rest - held
        for vpc_id, part in _by_vpc(held, source, around):
            label = f"{asked.text} (known interfaces)"
            targets.append(Target(part, label, groups=groups, vpc_id=vpc_id, at_arrival=at_arrival))
    hidden = _with_unlisted_interfaces(rest, around)
    for note, addresses in hidden:
        targets.append(Target(addresses, f"{asked.text} (interfaces not listed)", at_arrival=note))
        rest = rest - addresses
    targets += [Target(part, asked.text, vpc_id=vpc_id) for vpc_id, part in _by_vpc(rest, source, around)]
    return targets


def _by_vpc(addresses: AddressSet, source: Source, around: Surroundings) -> list[tuple[str | None, AddressSet]]:
    """The addresses by the VPC that has them, the source's own first; last (None) those outside every VPC."""
    found: list[tuple[str | None, AddressSet]] = []
    for vpc in sorted(around.every(Vpc), key=lambda vpc: (vpc.id != source.vpc_id, vpc.id)):
        here = addresses & vpc.cidrs(addresses.family)
        if here:
            found.append((vpc.id, here))
            addresses = addresses - here
    return [*found, (None, addresses)] if addresses else found


def _with_unlisted_interfaces(addresses: AddressSet, around: Surroundings) -> list[tuple[Note, AddressSet]]:
    """Those that lie in a VPC whose interfaces no file lists whole: a group may stand before any of them."""
    found: list[tuple[Note, AddressSet]] = []
    for vpc in around.every(Vpc):
        here = addresses & vpc.cidrs(addresses.family)
        note = around.missing(DESCRIBE_NETWORK_INTERFACES, vpc.id) if here else None
        if note is not None:
            found.append((note, here))
            addresses = addresses - here
    return found


def _existing(addresses: AddressSet, source: Source, around: Surroundings) -> AddressSet:
    """Those that lie in a subnet, or outside every VPC; the source's own VPC is asked before all others."""
    family = addresses.family
    own = [vpc for vpc in around.every(Vpc) if vpc.id == source.vpc_id]
    others = [vpc for vpc in around.every(Vpc) if vpc.id != source.vpc_id]
    own_space = _union(family, (vpc.cidrs(family) for vpc in own))
    other_space = _union(family, (vpc.cidrs(family) for vpc in others)) - own_space
    # Where the list of subnets is not whole, any address of the VPC may be in one.
    unlisted = _union(family, (vpc.cidrs(family) for vpc in (*own, *others) if around.subnets_are_known(vpc.id)))
    subnets = around.every(Subnet)
    in_own = _union(family, (s.cidrs(family) for s in subnets if s.vpc_id == source.vpc_id)) | unlisted
    in_others = _union(family, (s.cidrs(family) for s in subnets if s.vpc_id != source.vpc_id)) | unlisted
    return (
        (addresses & in_own & own_space) | (addresses & in_others & other_space) | (addresses - own_space - other_space)
    )


def _union(family: Family, sets: Iterable[AddressSet]) -> AddressSet:
    return AddressSet.of(family, [interval for item in sets for interval in item.intervals])
