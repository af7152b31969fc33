"""An SMT solver proves address maps equal to the rules they were built from, for every address and port.

The rules become formulas straight from AWS's sentences, the maps become formulas from their pieces; z3 looks
for one packet on which the two differ, and there is none. Nothing is sampled.
"""

import operator
from dataclasses import dataclass
from random import Random

import pytest
import z3

from vpcreach.packets.address_map import AddressMap, Family, combine
from vpcreach.packets.ports import ICMP, PROTOCOLS, TCP, UDP, PortAtoms

GRE = 47
protocol_number, port_number = z3.BitVecs("protocol port", 16)


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry: may (or may not) pass from a CIDR block, for a protocol (None: all) and ports."""

    allow: bool
    first: int
    last: int
    protocol: int | None
    ports: tuple[int, int]


def draw_rules(family: Family, seed: int, count: int) -> list[Rule]:
    """Rules over blocks that nest and touch, most inside one /8."""
    random, bits = Random(seed), family.bits
    drawn = []
    for _ in range(count):
        host_bits = bits - random.choice([0, 8, 9, 16, 24, bits - 1, bits])
        address = random.choice(
            [10 << bits - 8, (10 << bits - 8) + random.randrange(1 << 12), random.randrange(family.end)]
        )
        first = address >> host_bits << host_bits
        ports = sorted(random.choice([0, 22, 53, 80, 443, 1023, 1024, 8080, 65535]) for _ in range(2))
        protocol = random.choice([None, TCP, TCP, TCP, UDP, ICMP, GRE])
        drawn.append(Rule(random.random() < 0.6, first, first + (1 << host_bits) - 1, protocol, (ports[0], ports[1])))
    return drawn


def matches(rule: Rule, address: z3.BitVecRef) -> z3.BoolRef:
    tests = [z3.UGE(address, rule.first), z3.ULE(address, rule.last)]
    if rule.protocol is not None:
        tests.append(protocol_number == rule.protocol)
    if rule.protocol in (TCP, UDP):
        tests += [z3.UGE(port_number, rule.ports[0]), z3.ULE(port_number, rule.ports[1])]
    return z3.And(tests)


def first_match(rules: list[Rule], address: z3.BitVecRef) -> z3.BoolRef:
    formula = z3.BoolVal(False)
    for rule in reversed(rules):
        formula = z3.If(matches(rule, address), z3.BoolVal(rule.allow), formula)
    return formula


def any_match(rules: list[Rule], address: z3.BitVecRef) -> z3.BoolRef:
    return z3.Or([matches(rule, address) for rule in rules])


def formula_of(built: AddressMap[int], atoms: PortAtoms, address: z3.BitVecRef) -> z3.BoolRef:
    """The packets that the map holds, piece by piece."""
    by_mask: dict[int, list[z3.BoolRef]] = {}
    for first, last, mask in built.pieces():
        by_mask.setdefault(mask, []).append(z3.And(z3.UGE(address, first), z3.ULE(address, last)))
    return z3.Or([z3.And(z3.Or(pieces), ports_of(mask, atoms)) for mask, pieces in by_mask.items()])


def ports_of(mask: int, atoms: PortAtoms) -> z3.BoolRef:
    return z3.Or(
        [
            z3.And(protocol_number == protocol, z3.UGE(port_number, first), z3.ULE(port_number, last))
            for protocol, first, last in atoms.ranges(mask)
        ]
    )


def packet_that_differs(left: z3.BoolRef, right: z3.BoolRef) -> z3.ModelRef | None:
    solver = z3.SolverFor("QF_BV")
    solver.set("timeout", 60_000)
    solver.add(z3.ULT(protocol_number, PROTOCOLS.stop), left != right)
    verdict = solver.check()
    assert verdict != z3.unknown, "the solver gave up"
    return solver.model() if verdict == z3.sat else None


def atoms_of(*rules: Rule) -> PortAtoms:
    return PortAtoms((rule.protocol, *rule.ports) for rule in rules)


def union_map(family: Family, rules: list[Rule], atoms: PortAtoms) -> AddressMap[int]:
    boxes = [(rule.first, rule.last, atoms.mask(rule.protocol, *rule.ports)) for rule in rules]
    return AddressMap.fold(family, boxes, 0, operator.or_)


def first_match_map(family: Family, rules: list[Rule], atoms: PortAtoms) -> AddressMap[int]:
    def add(so_far: tuple[int, int], entry: tuple[int, bool]) -> tuple[int, int]:
        (allowed, decided), (mask, allow) = so_far, entry
        return allowed | (mask & ~decided if allow else 0), decided | mask

    boxes = [(rule.first, rule.last, (atoms.mask(rule.protocol, *rule.ports), rule.allow)) for rule in rules]
    return combine(operator.itemgetter(0), AddressMap.fold(family, boxes, (0, 0), add))


CASES = [(Family.IPV4, 1), (Family.IPV4, 2), (Family.IPV4, 3), (Family.IPV6, 4), (Family.IPV6, 5)]


@pytest.mark.parametrize(("family", "seed"), CASES, ids=str)
def test_a_union_of_permits_is_the_map_everywhere(family: Family, seed: int) -> None:
    rules, address = draw_rules(family, seed, 12), z3.BitVec("address", family.bits)
    atoms = atoms_of(*rules)
    built = formula_of(union_map(family, rules, atoms), atoms, address)
    assert packet_that_differs(any_match(rules, address), built) is None


@pytest.mark.parametrize(("family", "seed"), CASES, ids=str)
def test_a_first_match_list_is_the_map_everywhere(family: Family, seed: int) -> None:
    rules, address = draw_rules(family, seed, 12), z3.BitVec("address", family.bits)
    atoms = atoms_of(*rules)
    built = formula_of(first_match_map(family, rules, atoms), atoms, address)
    assert packet_that_differs(first_match(rules, address), built) is None


@pytest.mark.parametrize(("family", "seed"), CASES, ids=str)
def test_two_gates_combined_are_the_map_everywhere(family: Family, seed: int) -> None:
    group, acl = draw_rules(family, seed, 8), draw_rules(family, seed + 100, 8)
    atoms, address = atoms_of(*group, *acl), z3.BitVec("address", family.bits)
    both = combine(operator.and_, union_map(family, group, atoms), first_match_map(family, acl, atoms))
    rules = z3.And(any_match(group, address), first_match(acl, address))
    assert packet_that_differs(rules, formula_of(both, atoms, address)) is None


@pytest.mark.parametrize(("family", "seed"), CASES, ids=str)
def test_longest_prefix_match_is_the_map_everywhere(family: Family, seed: int) -> None:
    address = z3.BitVec("address", family.bits)
    entries = [
        (rule.first, family.bits - (rule.last - rule.first).bit_length(), index)
        for index, rule in enumerate(draw_rules(family, seed, 20))
    ]
    longest = z3.BitVecVal(-1, 16)
    # The outermost test decides: the longest prefix, and of equals the first given.
    for network, length, index in sorted(entries, key=lambda entry: (entry[1], -entry[2])):
        inside = z3.BoolVal(True)
        if length:
            shift = family.bits - length
            inside = z3.LShR(address, shift) == network >> shift
        longest = z3.If(inside, z3.BitVecVal(index, 16), longest)
    table = AddressMap.longest_prefix(family, entries, -1)
    pieces = [
        z3.And(z3.UGE(address, first), z3.ULE(address, last), longest != index) for first, last, index in table.pieces()
    ]
    assert packet_that_differs(z3.Or(pieces), z3.BoolVal(False)) is None


def test_the_proof_notices_one_address_and_one_port_too_many() -> None:
    rules, address = draw_rules(Family.IPV4, 1, 12), z3.BitVec("address", 32)
    port = Rule(True, 12345, 12345, TCP, (444, 444))
    atoms = atoms_of(*rules, port)
    wrong = union_map(Family.IPV4, [rule for rule in rules if rule.first or rule.protocol], atoms)
    more = union_map(Family.IPV4, [port], atoms)
    grown = combine(operator.or_, wrong, more)
    assert grown != wrong
    found = packet_that_differs(formula_of(wrong, atoms, address), formula_of(grown, atoms, address))
    assert found is not None
    assert [found[each].as_long() for each in (address, protocol_number, port_number)] == [12345, TCP, 444]
