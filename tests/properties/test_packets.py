"""Laws of packet sets, against readings so simple that they are plainly right.

Addresses come from a few that sit on and next to the ends of blocks, so that rules collide often.
"""

import operator
from collections.abc import Callable, Iterable
from functools import reduce
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from vpcreach.packets.address_map import (
    AddressMap,
    AddressSet,
    Family,
    address_number,
    address_text,
    combine,
    prefix,
)
from vpcreach.packets.packet_set import Outcome, PacketSet, Permit, Side, split, witness
from vpcreach.packets.ports import ICMP, TCP, UDP, PortAtoms

law = settings(deadline=None, max_examples=100)

Rule = tuple[int | None, int, int]
Interval = tuple[int, int]

GRE = 47
PORTS = [0, 1, 21, 22, 23, 80, 81, 443, 1023, 1024, 1025, 8080, 65534, 65535]


def landmarks(family: Family) -> list[int]:
    """Addresses that blocks begin and end at, most of them in one /8."""
    top = family.bits - 8
    ten = 10 << top
    inside = [ten + each for each in (0, 1, 2, 3, 255, 256, 65536)]
    around = [8 << top, ten - 1, (11 << top) - 1, 11 << top]
    return [0, 1, *around, *inside, family.end // 2, family.end - 2, family.end - 1]


def probes(family: Family, intervals: Iterable[Interval] = ()) -> list[int]:
    """Where two functions would differ if they did: every landmark and both sides of every end."""
    ends = {each for first, last in intervals for each in (first - 1, first, last, last + 1)}
    return sorted(each for each in ends | set(landmarks(family)) if 0 <= each < family.end)


def blocks(family: Family) -> st.SearchStrategy[tuple[int, int]]:
    """(network, length) of CIDR blocks."""

    def block(address: int, length: int) -> tuple[int, int]:
        host_bits = family.bits - length
        return address >> host_bits << host_bits, length

    top = family.bits
    return st.builds(
        block, st.sampled_from(landmarks(family)), st.sampled_from([0, 1, 8, top - 16, top - 2, top - 1, top])
    )


def intervals(family: Family) -> st.SearchStrategy[Interval]:
    def ordered(pair: tuple[int, int]) -> Interval:
        return min(pair), max(pair)

    address = st.sampled_from(landmarks(family)) | st.integers(0, family.end - 1)
    return st.tuples(address, address).map(ordered)


families = st.sampled_from(Family)
port_ranges = st.tuples(st.sampled_from(PORTS), st.sampled_from(PORTS)).map(lambda pair: (min(pair), max(pair)))
rules: st.SearchStrategy[Rule] = st.builds(
    lambda protocol, ports: (protocol, *ports), st.sampled_from([None, TCP, UDP, ICMP, GRE]), port_ranges
)


def covers(rule: Rule, protocol: int, port: int) -> bool:
    """Whether a rule names this packet, as AWS says it."""
    named, first, last = rule
    return named is None or (named == protocol and (named not in (TCP, UDP) or first <= port <= last))


def small_maps(family: Family) -> st.SearchStrategy[AddressMap[int]]:
    layers = st.lists(st.tuples(intervals(family), st.integers(0, 3)), max_size=6)
    return layers.map(
        lambda given: AddressMap.paint(family, [(first, last, value) for (first, last), value in given], 0)
    )


def sets(family: Family) -> st.SearchStrategy[AddressSet]:
    return st.lists(intervals(family), max_size=8).map(lambda given: AddressSet.of(family, given))


def in_one_form(built: AddressMap[int]) -> bool:
    """Every piece is as long as it can be."""
    pieces = list(built.pieces())
    ends_meet = all(left[1] + 1 == right[0] for left, right in pairwise(pieces))
    neighbours_differ = all(left[2] != right[2] for left, right in pairwise(pieces))
    return ends_meet and neighbours_differ and pieces[0][0] == 0 and pieces[-1][1] == built.family.end - 1


# ---- address maps


@law
@given(families, st.data())
def test_combine_is_its_function_at_every_address(family: Family, data: st.DataObject) -> None:
    maps = data.draw(st.lists(small_maps(family), min_size=1, max_size=3))

    def number(*values: int) -> int:
        return sum(value // 2 * 3**index for index, value in enumerate(values))

    combined = combine(number, *maps)
    assert in_one_form(combined)
    ends = [piece[:2] for each in maps for piece in each.pieces()]
    for address in [*probes(family, ends), data.draw(st.integers(0, family.end - 1))]:
        assert combined.at(address) == number(*(each.at(address) for each in maps)), address_text(family, address)


@law
@given(families, st.data())
def test_fold_of_permits_is_the_union_of_the_rules_that_match(family: Family, data: st.DataObject) -> None:
    permits = data.draw(st.lists(st.tuples(intervals(family), rules), max_size=6))
    atoms = PortAtoms(rule for _, rule in permits)
    boxes = [(first, last, atoms.mask(*rule)) for (first, last), rule in permits]
    group = AddressMap.fold(family, boxes, 0, operator.or_)
    assert in_one_form(group)
    for address in probes(family, (interval for interval, _ in permits)):
        for protocol in (TCP, UDP, ICMP, GRE, 0):
            for port in PORTS:
                allowed = any(
                    first <= address <= last and covers(rule, protocol, port) for (first, last), rule in permits
                )
                assert bool(group.at(address) & atoms.atom(protocol, port)) == allowed


@law
@given(families, st.data())
def test_fold_with_first_match_is_an_acl_read_rule_by_rule(family: Family, data: st.DataObject) -> None:
    entries = data.draw(st.lists(st.tuples(intervals(family), rules, st.booleans()), max_size=6))
    atoms = PortAtoms(rule for _, rule, _ in entries)

    def first_match(so_far: tuple[int, int], entry: tuple[int, bool]) -> tuple[int, int]:
        (allowed, decided), (mask, allow) = so_far, entry
        return allowed | (mask & ~decided if allow else 0), decided | mask

    boxes = [(first, last, (atoms.mask(*rule), allow)) for (first, last), rule, allow in entries]
    acl = combine(operator.itemgetter(0), AddressMap.fold(family, boxes, (0, 0), first_match))
    for address in probes(family, (interval for interval, _, _ in entries)):
        for protocol in (TCP, UDP, ICMP, GRE, 0):
            for port in PORTS:
                matching = (
                    allow
                    for (first, last), rule, allow in entries
                    if first <= address <= last and covers(rule, protocol, port)
                )
                assert bool(acl.at(address) & atoms.atom(protocol, port)) == next(matching, False)


@law
@given(families, st.data())
def test_longest_prefix_is_the_longest_that_matches_blackholes_too(family: Family, data: st.DataObject) -> None:
    targets = st.sampled_from(["nat", "igw", "local", "blackhole"])
    routes = data.draw(st.lists(st.tuples(blocks(family), targets), max_size=8))
    entries = [(network, length, target) for (network, length), target in routes]
    table = AddressMap.longest_prefix(family, entries, "none")

    def matches(address: int, network: int, length: int) -> bool:
        return address >> family.bits - length == network >> family.bits - length

    ends = [(network, network + (1 << family.bits - length) - 1) for network, length, _ in entries]
    for address in probes(family, ends):
        best: tuple[int, str] = (-1, "none")
        for network, length, target in entries:
            if matches(address, network, length) and length > best[0]:
                best = length, target
        assert table.at(address) == best[1], address_text(family, address)


@law
@given(families, st.data())
def test_paint_shows_the_last_layer(family: Family, data: st.DataObject) -> None:
    layers = data.draw(st.lists(st.tuples(intervals(family), st.integers(0, 3)), max_size=8))
    painted = AddressMap.paint(family, [(*interval, value) for interval, value in layers], -1)
    assert in_one_form(painted)
    for address in probes(family, (interval for interval, _ in layers)):
        on_top = [value for (first, last), value in layers if first <= address <= last]
        assert painted.at(address) == (on_top[-1] if on_top else -1)


@law
@given(families, st.data())
def test_groups_partition_the_asked_addresses_by_value(family: Family, data: st.DataObject) -> None:
    table, within = data.draw(small_maps(family)), data.draw(sets(family))
    groups = table.groups(within)
    assert sum(group.size for group in groups.values()) == within.size
    assert all(group and AddressSet.of(family, group.intervals) == group for group in groups.values())
    assert [group.first for group in groups.values()] == sorted(group.first for group in groups.values())
    ends = [*within.intervals, *(piece[:2] for piece in table.pieces())]
    for address in probes(family, ends):
        holders = [value for value, group in groups.items() if address in group]
        assert holders == ([table.at(address)] if address in within else [])


# ---- address sets


@law
@given(families, st.data())
def test_set_operators_agree_with_membership(family: Family, data: st.DataObject) -> None:
    left, right = data.draw(sets(family)), data.draw(sets(family))
    operators: list[Callable[[bool, bool], bool]] = [operator.and_, operator.or_, lambda a, b: a and not b]
    results = [left & right, left | right, left - right]
    for result in results:
        assert AddressSet.of(family, reversed(result.intervals)) == result
    for address in probes(family, left.intervals + right.intervals):
        member = any(first <= address <= last for first, last in left.intervals)
        assert (address in left) == member
        for result, expected in zip(results, operators, strict=True):
            assert (address in result) == expected(address in left, address in right)


@law
@given(families, st.data())
def test_laws_of_set_algebra(family: Family, data: st.DataObject) -> None:
    a, b, c = (data.draw(sets(family)) for _ in range(3))
    everything = AddressSet.everything(family)
    assert everything - (a | b) == (everything - a) & (everything - b)
    assert a & (b | c) == (a & b) | (a & c)
    assert a - b == a - (a & b)
    assert (a - b) | (a & b) == a
    assert a.size + b.size == (a | b).size + (a & b).size
    assert (a <= b) == (a | b == b) == (a & b == a)
    assert a.isdisjoint(b) == (not a & b)
    assert a & b <= a <= a | b
    assert bool(a) == (a != AddressSet.empty(family))
    assert not a or a.first == min(first for first, _ in a.intervals)


@law
@given(families, st.data())
def test_cidrs_are_the_set_again_and_as_few_as_can_be(family: Family, data: st.DataObject) -> None:
    chosen = data.draw(sets(family))
    cidrs = chosen.cidrs()
    assert (AddressSet.parse(*cidrs) if cidrs else AddressSet.empty(family)) == chosen
    parsed = [prefix(text)[1:] for text in cidrs]
    assert sum(1 << family.bits - length for _, length in parsed) == chosen.size
    for network, length in parsed:
        # A block that could be doubled would swallow its sibling: the list would not be minimal.
        assert length == 0 or not AddressSet.of(family, [wider(family, network, length - 1)]) <= chosen


def wider(family: Family, network: int, length: int) -> Interval:
    size = 1 << family.bits - length
    return network // size * size, network // size * size + size - 1


@law
@given(families, st.data())
def test_addresses_and_blocks_survive_text(family: Family, data: st.DataObject) -> None:
    network, length = data.draw(blocks(family))
    assert prefix(f"{address_text(family, network)}/{length}") == (family, network, length)
    assert address_number(address_text(family, network)) == (family, network)


# ---- port atoms


@law
@given(st.lists(rules, max_size=8), st.sampled_from([TCP, UDP]), st.integers(0, 65535), st.integers(0, 65535))
def test_ports_of_one_atom_are_in_the_same_rules(named: list[Rule], protocol: int, one: int, two: int) -> None:
    atoms = PortAtoms(named)
    together = atoms.atom(protocol, one) == atoms.atom(protocol, two)
    same_rules = all(covers(rule, protocol, one) == covers(rule, protocol, two) for rule in named)
    assert not together or (same_rules and (one < 1024) == (two < 1024))
    # ... and no atom is cut without a rule that tells its neighbours apart.
    for starts, line in ((atoms.tcp, TCP), (atoms.udp, UDP)):
        for start in starts[1:]:
            assert start == 1024 or any(covers(rule, line, start) != covers(rule, line, start - 1) or start in
                                        (rule[1], rule[2] + 1) for rule in named)  # fmt: skip


@law
@given(st.lists(rules, max_size=8))
def test_the_mask_of_a_rule_holds_exactly_its_packets(named: list[Rule]) -> None:
    atoms = PortAtoms(named)
    for rule in named:
        mask = atoms.mask(*rule)
        for protocol in (TCP, UDP, ICMP, GRE, 0, 255):
            for port in PORTS:
                assert bool(mask & atoms.atom(protocol, port)) == covers(rule, protocol, port)


@law
@given(st.lists(rules, max_size=8), st.data())
def test_ranges_are_the_mask_again_and_do_not_touch(named: list[Rule], data: st.DataObject) -> None:
    atoms = PortAtoms(named)
    mask = data.draw(st.integers(0, atoms.everything))
    ranges = atoms.ranges(mask)
    assert sum(atoms.mask(*each) for each in ranges) == mask
    assert ranges == sorted(ranges)
    for left, right in pairwise(ranges):
        assert left[0] < right[0] or left[2] + 1 < right[1]
    first = atoms.first(mask)
    assert first == (ranges[0][:2] if ranges else None)
    assert first is None or atoms.atom(*first) == mask & -mask


# ---- packet sets


@law
@given(families, st.sampled_from(Side), st.data())
def test_split_partitions_exactly_and_as_each_packet_fares_alone(
    family: Family, side: Side, data: st.DataObject
) -> None:
    named: list[Rule] = [(TCP, 22, 80), (TCP, 443, 443), (UDP, 1, 22)]
    atoms = PortAtoms(named)
    masks = st.lists(
        st.sampled_from([atoms.mask(*rule) for rule in named] + [atoms.mask(ICMP), atoms.everything]),
        max_size=3,
    ).map(lambda chosen: reduce(operator.or_, chosen, 0))
    layers = data.draw(st.lists(st.tuples(intervals(family), st.builds(Permit, masks, masks)), max_size=5))
    gate = AddressMap.paint(family, [(*interval, permit) for interval, permit in layers], Permit(0, 0))
    packets = PacketSet(family, data.draw(sets(family)), data.draw(masks), data.draw(sets(family)), data.draw(masks))
    pieces = split(packets, gate, side)

    read, unread = ("source", "destination") if side is Side.SOURCE else ("destination", "source")
    order = [(list(Outcome).index(outcome), getattr(piece, read).first) for piece, outcome in pieces]
    assert order == sorted(order)
    assert len({(outcome, piece.destination_ports) for piece, outcome in pieces}) == len(pieces)
    assert all(not piece.is_empty and piece.source_ports == packets.source_ports for piece, _ in pieces)
    assert all(getattr(piece, unread) == getattr(packets, unread) for piece, _ in pieces)

    for address in probes(family, [*getattr(packets, read).intervals, *(interval for interval, _ in layers)]):
        permit = gate.at(address)
        for index in range(atoms.everything.bit_length()):
            bit = 1 << index
            fates = [
                outcome
                for piece, outcome in pieces
                if address in getattr(piece, read) and piece.destination_ports & bit
            ]
            inside = address in getattr(packets, read) and packets.destination_ports & bit and not packets.is_empty
            fate = Outcome.PASS if permit.sure & bit else Outcome.MAYBE if permit.maybe & bit else Outcome.FAIL
            assert fates == ([fate] if inside else [])


@law
@given(families, st.data())
def test_the_witness_is_a_packet_of_the_set(family: Family, data: st.DataObject) -> None:
    named = data.draw(st.lists(rules, min_size=1, max_size=5))
    atoms = PortAtoms(named)
    masks = st.sampled_from([atoms.mask(*rule) for rule in named])
    packets = PacketSet(family, data.draw(sets(family)), data.draw(masks), data.draw(sets(family)), data.draw(masks))
    share_a_protocol = any(
        packets.source_ports & atoms.mask(each) and packets.destination_ports & atoms.mask(each) for each in range(256)
    )
    try:
        packet = witness(packets, atoms)
    except ValueError:
        assert packets.is_empty or not share_a_protocol
        return
    assert packet.source in packets.source
    assert packet.destination in packets.destination
    assert atoms.atom(packet.protocol, packet.source_port) & packets.source_ports
    assert atoms.atom(packet.protocol, packet.destination_port) & packets.destination_ports
