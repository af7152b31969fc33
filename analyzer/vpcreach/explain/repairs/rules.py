"""Remedies at rules: a rule for a security group, an entry for a network ACL, the narrowest that lets packets pass."""

from collections.abc import Iterator
from dataclasses import replace

from vpcreach.components.network_acl import DEFAULT_RULE, NetworkAcl
from vpcreach.components.network_acl import Entry as AclEntry
from vpcreach.components.prefix_list import PrefixList
from vpcreach.components.security_group import SecurityGroup
from vpcreach.explain.edits import AddEntry, AddRule, Edit, Entry, RemoveEntry, Rule
from vpcreach.explain.repairs.case import DEFAULT, Blocked, Case
from vpcreach.forwarding import Direction, Leg, Spot
from vpcreach.packets.address_map import AddressSet
from vpcreach.packets.ports import TCP, UDP, protocol_number

# A set of more blocks than this is written as all addresses: a rule for each would be no remedy.
MANY = 3
# The client ports of functions and NAT gateways (semantics E6).
CLIENT_PORTS = (1024, 65535)
STEP = 10


def opened(case: Case, blocked: Blocked) -> Iterator[tuple[Edit, ...]]:
    """Ways to let the packets of a blocker pass the groups, or the ACL, that stopped them."""
    spot = blocked.spot
    if spot is None or not spot.gates:
        return
    record = case.network.record(spot.gates[0])
    if isinstance(record, NetworkAcl):
        yield from _entries(record, spot, blocked)
    elif isinstance(record, SecurityGroup):
        for peers in _peers(case, spot):
            for group_id in spot.gates:
                rules = tuple(AddRule(_rule(group_id, peer, account, spot, blocked)) for peer, account in peers)
                if not set(rules) <= set(case.tried):
                    yield rules


def _rule(group_id: str, peer: str, account: str | None, spot: Spot, blocked: Blocked) -> Rule:
    protocol = blocked.trace.packets.protocol
    port = blocked.port if protocol_number(protocol) in (TCP, UDP) else None
    return Rule(group_id, spot.is_inbound, protocol, port, port, peer, account)


def _peers(case: Case, spot: Spot) -> Iterator[tuple[tuple[str, str | None], ...]]:
    """What a rule may name at the other end, the narrowest first: a group, a prefix list, blocks of addresses."""
    for group_id in sorted(spot.peer_groups):
        record = case.network.record(group_id)
        mine = case.network.record(spot.gates[0])
        owner = getattr(record, "owner_id", None)
        is_foreign = owner is not None and owner != getattr(mine, "owner_id", None)
        yield ((group_id, owner if is_foreign else None),)
    other = spot.packets.source if spot.is_inbound else spot.packets.destination
    prefix_list = _prefix_list_of(case, other) if not spot.is_inbound else None
    if prefix_list is not None:
        yield ((prefix_list, None),)
    yield tuple((block, None) for block in blocks(other))


def _prefix_list_of(case: Case, addresses: AddressSet) -> str | None:
    """The prefix list of AWS that holds just these addresses."""
    for each in case.network.every(PrefixList):
        if not each.prefix_list_name.startswith("com.amazonaws."):
            continue
        entries = case.network.prefixes(each.id, addresses.family)
        if isinstance(entries, tuple) and entries:
            bits = addresses.family.bits
            spans = [(first, first + (1 << (bits - length)) - 1) for first, length in entries]
            if addresses <= AddressSet.of(addresses.family, spans):
                return each.id
    return None


def blocks(addresses: AddressSet) -> tuple[str, ...]:
    """The addresses as blocks of rules; all addresses where they would be too many."""
    found = tuple(addresses.cidrs())
    return found if len(found) <= MANY else (DEFAULT[addresses.family],)


def _entries(acl: NetworkAcl, spot: Spot, blocked: Blocked) -> Iterator[tuple[Edit, ...]]:
    other = spot.packets.source if spot.is_inbound else spot.packets.destination
    protocol = protocol_number(blocked.trace.packets.protocol)
    ports = CLIENT_PORTS if blocked.note.leg is Leg.BACK else (blocked.port, blocked.port)
    wanted = blocks(other)
    numbers = _numbers(acl, spot, other, protocol, ports, len(wanted))
    if len(numbers) == len(wanted):
        yield tuple(
            AddEntry(Entry(acl.id, spot.is_inbound, number, "allow", protocol, block, *ports))
            for number, block in zip(numbers, wanted, strict=True)
        )
        return
    # No number is free before the entry that denies: it has to go itself.
    stops = _stopping(acl, spot, other, protocol, ports)
    if stops and stops[0] < DEFAULT_RULE:
        yield (RemoveEntry(acl.id, spot.is_inbound, stops[0]),)


def _stopping(
    acl: NetworkAcl, spot: Spot, other: AddressSet, protocol: int | None, ports: tuple[int, int]
) -> list[int]:
    """The numbers of the entries that deny some of these packets, in their order."""
    entries = acl.ordered(Direction.IN if spot.is_inbound else Direction.OUT)
    return [e.rule_number for e in entries if e.is_allow is False and _touches(e, other, protocol, ports)]


def _numbers(
    acl: NetworkAcl, spot: Spot, other: AddressSet, protocol: int | None, ports: tuple[int, int], count: int
) -> list[int]:
    """Free numbers that are read before the entry which stops the packets, the nearest to it first."""
    direction = Direction.IN if spot.is_inbound else Direction.OUT
    entries = acl.ordered(direction)
    taken = {entry.rule_number for entry in entries}
    first = min(_stopping(acl, spot, other, protocol, ports), default=DEFAULT_RULE)
    if first >= DEFAULT_RULE:
        last = max((number for number in taken if number < DEFAULT_RULE), default=90)
        after = range((last // STEP + 1) * STEP, DEFAULT_RULE, STEP)
        return [number for number in after if number not in taken][:count]
    return [number for number in range(first - 1, 0, -1) if number not in taken][:count]


def numbered_apart(edits: tuple[Edit, ...], case: Case) -> tuple[Edit, ...]:
    """The same entries under numbers of their own: a number is taken by one entry of an ACL and direction alone.

    A smaller number is read earlier, so an entry that allows loses nothing by it.
    """
    taken: set[tuple[str, bool, int]] = set()
    apart: list[Edit] = []
    for edit in edits:
        if isinstance(edit, AddEntry):
            edit = AddEntry(_freely_numbered(edit.entry, taken, case))
            taken.add((edit.entry.acl_id, edit.entry.is_inbound, edit.entry.number))
        apart.append(edit)
    return tuple(apart)


def _freely_numbered(entry: Entry, taken: set[tuple[str, bool, int]], case: Case) -> Entry:
    acl = case.network.record(entry.acl_id)
    direction = Direction.IN if entry.is_inbound else Direction.OUT
    held = {each.rule_number for each in acl.ordered(direction)} if isinstance(acl, NetworkAcl) else set()
    number = entry.number
    while number > 1 and (number in held or (entry.acl_id, entry.is_inbound, number) in taken):
        number -= 1
    return replace(entry, number=number)


def _touches(entry: AclEntry, other: AddressSet, protocol: int | None, ports: tuple[int, int]) -> bool:
    cidr = entry.cidr(other.family)
    if cidr is None or entry.protocol_number not in (None, protocol):
        return False
    first, last = entry.ports
    return first <= ports[1] and last >= ports[0] and not other.isdisjoint(AddressSet.parse(cidr))
