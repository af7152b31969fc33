"""Firewall rules as boxes of packets, and what an ordered list of them does with a packet set.

A rule that can be read matches all packets of a box. A rule that cannot (its options look into the packets, its group
is written in Suricata's language, its variables are not told) may match any packet of its box.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from vpcreach.components.network_firewall.records import MatchAttributes, RuleGroup, StatefulRule
from vpcreach.forwarding import Reason
from vpcreach.packets.address_map import AddressSet, Family
from vpcreach.packets.packet_set import PacketSet, Side
from vpcreach.packets.ports import ICMP, TCP, UDP, PortAtoms, port_number

PAGE = "https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-rules-engines.html"
BY_HAND = "read the rule by hand, or test a connection"
BY_DEFAULT = "the default action"
FIREWALL_UNSUPPORTED_RULE_OPTIONS = Reason("FIREWALL_UNSUPPORTED_RULE_OPTIONS", BY_HAND, PAGE)
FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULES = Reason("FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULES", BY_HAND, PAGE)
FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULE_GROUP_TYPE = Reason(
    "FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULE_GROUP_TYPE", BY_HAND, PAGE
)
# Options that name a rule or count it, and say nothing about packets.
HARMLESS = frozenset({"sid", "rev", "gid", "msg", "metadata", "classtype", "priority", "reference"})
TRANSPORT = {"IP": None, "TCP": TCP, "UDP": UDP, "ICMP": ICMP}
OVER_UDP = frozenset({"DNS", "IKEV2", "TFTP", "NTP", "DHCP", "QUIC", "KRB5"})
OVER_TCP = frozenset({"HTTP", "FTP", "TLS", "SMB", "DCERPC", "SSH", "SMTP", "IMAP", "MSN", "HTTP2", "DNS", "KRB5"})


# Brackets, negations and variables inside one another. A variable counts for ten, as those that name others that name
# others again could mean very much, or themselves; what is deeper is not told.
DEEPEST = 24
A_VARIABLE = 10


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. None for addresses or ports means that they are not told; `doubt` says why a match is not certain."""

    action: str
    words: str
    sources: AddressSet | None
    destinations: AddressSet | None
    source_ports: int | None
    destination_ports: int | None
    doubt: Reason | None = None


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of some packets: the actions that may be taken, the rule that decides, and the first doubt."""

    packets: PacketSet
    actions: frozenset[str]
    rule: str
    doubt: tuple[Reason, str] | None


def fates(packets: PacketSet, rules: Iterable[Rule], default: Iterable[str], cut: Side) -> Iterator[Fate]:
    """The packets by what the first matching rule does; they are cut on one side, and all-or-nothing on the other."""
    pending = [Fate(packets, frozenset(), "", None)]
    for rule in rules:
        left: list[Fate] = []
        for fate in pending:
            for piece, match in _matches(fate.packets, rule, cut):
                if match is True:
                    yield replace(fate, packets=piece, actions=fate.actions | {rule.action}, rule=rule.words)
                elif match is False:
                    left.append(replace(fate, packets=piece))
                else:
                    doubt = fate.doubt or (match, rule.words)
                    left.append(replace(fate, packets=piece, actions=fate.actions | {rule.action}, doubt=doubt))
        pending = left
    for fate in pending:
        yield replace(fate, actions=fate.actions | set(default), rule=BY_DEFAULT)


def _matches(packets: PacketSet, rule: Rule, cut: Side) -> Iterator[tuple[PacketSet, bool | Reason]]:
    """The packets in two pieces: those outside the rule's addresses on the side that is cut, and the rest."""
    is_source = cut is Side.SOURCE
    wanted, other = (rule.sources, rule.destinations) if is_source else (rule.destinations, rule.sources)
    held, fixed = (packets.source, packets.destination) if is_source else (packets.destination, packets.source)
    inside = held if wanted is None else held & wanted
    outside = held - inside
    if outside:
        yield packets.with_source(outside) if is_source else packets.with_destination(outside), False
    if not inside:
        return
    piece = packets.with_source(inside) if is_source else packets.with_destination(inside)
    relations = [
        _ports_match(packets.source_ports, rule.source_ports),
        _ports_match(packets.destination_ports, rule.destination_ports),
        None if other is None else True if fixed <= other else False if fixed.isdisjoint(other) else None,
        None if wanted is None else True,
    ]
    if False in relations:
        yield piece, False
    elif rule.doubt is not None:
        yield piece, rule.doubt
    else:
        yield piece, FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULES if None in relations else True


def _ports_match(held: int, wanted: int | None) -> bool | None:
    if wanted is None:
        return None
    return True if not held & ~wanted else False if not held & wanted else None


# From AWS's records to rules


def stateless(attributes: MatchAttributes, action: str, words: str, family: Family, atoms: PortAtoms) -> Rule:
    """A stateless rule: every attribute that is missing matches everything."""
    protocols = attributes.protocols or (None,)
    return Rule(
        action,
        words,
        _any_of([each.address_definition for each in attributes.sources], family),
        _any_of([each.address_definition for each in attributes.destinations], family),
        _mask(protocols, [(p.from_port, p.to_port) for p in attributes.source_ports], atoms),
        _mask(protocols, [(p.from_port, p.to_port) for p in attributes.destination_ports], atoms),
        FIREWALL_UNSUPPORTED_RULE_OPTIONS if attributes.tcp_flags else None,
    )


def _mask(protocols: Iterable[int | None], ports: list[tuple[int, int]], atoms: PortAtoms) -> int:
    mask = 0
    for protocol in protocols:
        if not ports or protocol not in (None, TCP, UDP):
            mask |= atoms.mask(protocol)
            continue
        for each in (TCP, UDP) if protocol is None else (protocol,):
            for first, last in ports:
                mask |= atoms.mask(each, first, last)
    return mask


def _any_of(definitions: list[str], family: Family) -> AddressSet | None:
    found = AddressSet.empty(family) if definitions else AddressSet.everything(family)
    for definition in definitions:
        addresses = _addresses(definition, family, {})
        if addresses is None:
            return None
        found = found | addresses
    return found


def stateful(
    rule: StatefulRule, group: RuleGroup, sets: Mapping[str, tuple[str, ...]], family: Family, atoms: PortAtoms
) -> list[Rule]:
    """A stateful rule by its header; one for either direction is two. Options that look into packets make it unsure."""
    header = rule.header
    variables = {**sets, **{name: each.definition for name, each in group.rule_variables.ip_sets.items()}}
    ports = {name: each.definition for name, each in group.rule_variables.port_sets.items()}
    protocol = header.protocol.upper()
    layers = [TRANSPORT[protocol]] if protocol in TRANSPORT else []
    layers += [TCP] if protocol in OVER_TCP else []
    layers += [UDP] if protocol in OVER_UDP else []
    direction = header.direction.upper()
    is_read = all(option.keyword.lower() in HARMLESS for option in rule.rule_options)
    is_read = is_read and protocol in TRANSPORT and direction in ("FORWARD", "ANY")
    made = Rule(
        rule.action.upper(),
        str(rule),
        _addresses(header.source, family, variables),
        _addresses(header.destination, family, variables),
        _ports(header.source_port, layers, ports, atoms),
        _ports(header.destination_port, layers, ports, atoms),
        None if is_read else FIREWALL_UNSUPPORTED_RULE_OPTIONS,
    )
    if direction == "FORWARD":
        return [made]
    turned = replace(
        made,
        sources=made.destinations,
        destinations=made.sources,
        source_ports=made.destination_ports,
        destination_ports=made.source_ports,
    )
    return [made, turned]


def _addresses(
    text: str, family: Family, variables: Mapping[str, tuple[str, ...]], depth: int = 0
) -> AddressSet | None:
    """The addresses that a header means; None where a variable or a reference is not told."""
    word = text.strip()
    if depth > DEEPEST:
        return None
    if word.upper() == "ANY":
        return AddressSet.everything(family)
    if word.startswith("!"):
        inner = _addresses(word[1:], family, variables, depth + 1)
        return None if inner is None else AddressSet.everything(family) - inner
    if word.startswith("["):
        return _listed(word, family, variables, depth + 1)
    if word.startswith("$"):
        definition = variables.get(word[1:])
        if definition is None and word[1:] == "EXTERNAL_NET" and "HOME_NET" in variables:
            return _addresses("!$HOME_NET", family, variables, depth + 1)
        if not definition:
            # A VPC has no IPv6 blocks, or nobody tells them.
            return None if definition is None else AddressSet.empty(family)
        return _listed(f"[{','.join(definition)}]", family, variables, depth + A_VARIABLE)
    try:
        addresses = AddressSet.parse(word)
    except ValueError:
        return None
    return addresses if addresses.family is family else AddressSet.empty(family)


def _listed(text: str, family: Family, variables: Mapping[str, tuple[str, ...]], depth: int) -> AddressSet | None:
    """A list like `[10.0.0.0/8, !10.1.0.0/16]`: what it names, less what it negates."""
    items = [item for item in _items(text) if item]
    kept = [_addresses(item, family, variables, depth) for item in items if not item.startswith("!")]
    taken = [_addresses(item[1:], family, variables, depth) for item in items if item.startswith("!")]
    found = AddressSet.empty(family) if kept else AddressSet.everything(family)
    for addresses in kept:
        if addresses is None:
            return None
        found = found | addresses
    for addresses in taken:
        if addresses is None:
            return None
        found = found - addresses
    return found


def _items(text: str) -> list[str]:
    """The items of a bracketed list, brackets inside kept whole."""
    inside, depth, items = text.strip()[1:].removesuffix("]"), 0, [""]
    for character in inside:
        depth += {"[": 1, "]": -1}.get(character, 0)
        if character == "," and depth == 0:
            items.append("")
        else:
            items[-1] += character
    return [item.strip() for item in items]


def _ports(
    text: str, layers: list[int | None], variables: Mapping[str, tuple[str, ...]], atoms: PortAtoms
) -> int | None:
    ranges = port_ranges_of(text, variables)
    if ranges is None:
        return None
    return _mask(layers, [] if ranges == [(0, 65535)] else ranges, atoms) if ranges else 0


def port_ranges_of(text: str, variables: Mapping[str, tuple[str, ...]], depth: int = 0) -> list[tuple[int, int]] | None:
    """The port ranges that a header means, both ends inclusive; None where a variable is not told."""
    word = text.strip()
    if depth > DEEPEST:
        return None
    if word.upper() == "ANY":
        return [(0, 65535)]
    if word.startswith("!"):
        inner = port_ranges_of(word[1:], variables, depth + 1)
        return None if inner is None else _other_ports(inner)
    if word.startswith("$"):
        definition = variables.get(word[1:])
        return port_ranges_of(f"[{','.join(definition)}]", variables, depth + A_VARIABLE) if definition else None
    if word.startswith("["):
        items = [item for item in _items(word) if item]
        kept = [port_ranges_of(item, variables, depth + 1) for item in items if not item.startswith("!")]
        taken = [port_ranges_of(item[1:], variables, depth + 1) for item in items if item.startswith("!")]
        if None in kept or None in taken:
            return None
        found = [each for ranges in kept for each in ranges or ()] if kept else [(0, 65535)]
        holes = _other_ports([each for ranges in taken for each in ranges or ()])
        return [(max(a, c), min(b, d)) for a, b in found for c, d in holes if max(a, c) <= min(b, d)]
    first, colon, last = word.partition(":")
    low = port_number(first) if first else 0
    high = low if not colon else port_number(last) if last else 65535
    return None if low is None or high is None or low > high else [(low, high)]


def _other_ports(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found, start = [], 0
    for first, last in sorted(ranges):
        if start < first:
            found.append((start, first - 1))
        start = max(start, last + 1)
    return [*found, (start, 65535)] if start <= 65535 else found
