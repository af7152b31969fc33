"""Sets of addresses, and functions of an address that are constant on pieces of the address line.

A security group is a fold of permits, a network ACL a fold with first match, a route table a longest-prefix
match: all are one type, `AddressMap`, and the one operation on it is `combine`. IPv4 and IPv6 alike; the two
never mix. Addresses are ints and intervals include both ends; text appears only where a function says so.

Checked: tests/unit/packets/test_address_map.py, tests/properties/test_packets.py,
tests/oracle/test_packets_z3.py.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from itertools import chain, compress, islice
from operator import eq, ge, ne
from typing import Any, Generic, TypeVar

import msgspec

T = TypeVar("T")
B = TypeVar("B")

_CIDRS_SHOWN = 3


class Family(IntEnum):
    """The two kinds of IP address; the value is the IP version."""

    IPV4 = 4
    IPV6 = 6

    @property
    def bits(self) -> int:
        """Length of an address: 32 or 128."""
        return 32 if self is Family.IPV4 else 128

    @property
    def end(self) -> int:
        """How many addresses there are: one more than the last."""
        return 1 << self.bits

    def __str__(self) -> str:
        return f"ipv{self.value}"

    def __format__(self, format_spec: str) -> str:
        return format(str(self), format_spec)  # an IntEnum would show its number


def address_text(family: Family, address: int) -> str:
    """The address as people write it: '10.0.0.1', '2001:db8::1'."""
    return str(IPv4Address(address) if family is Family.IPV4 else IPv6Address(address))


def address_number(text: str) -> tuple[Family, int]:
    """Family and number of an address as people write it. Raises ValueError if it is none."""
    address = ip_address(text)
    return Family(address.version), int(address)


@lru_cache(maxsize=1 << 16)
def prefix(text: str) -> tuple[Family, int, int]:
    """Family, network number and length of '10.0.0.0/8' or a bare address; host bits are cut off.

    Raises ValueError if the text is neither.
    """
    network = ip_network(text, strict=False)
    return Family(network.version), int(network.network_address), network.prefixlen


class AddressSet(msgspec.Struct, frozen=True):
    """A set of addresses of one family: ascending (first, last) intervals that neither overlap nor touch."""

    family: Family
    intervals: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, family: Family, intervals: Iterable[tuple[int, int]]) -> "AddressSet":
        """The union of (first, last) intervals in any order. Raises ValueError for one off the line."""
        merged: list[tuple[int, int]] = []
        end = family.end
        for first, last in sorted(intervals):
            _check_interval(first, last, end)
            if merged and first <= merged[-1][1] + 1:
                merged[-1] = merged[-1][0], max(merged[-1][1], last)
            else:
                merged.append((first, last))
        return cls(family, tuple(merged))

    @classmethod
    def parse(cls, *cidrs_or_addresses: str) -> "AddressSet":
        """The union of CIDR blocks and addresses as text; host bits are cut off.

        Raises ValueError for text that is neither, for no text at all, and for a mix of families.
        """
        return _parsed(cidrs_or_addresses)

    @classmethod
    def empty(cls, family: Family) -> "AddressSet":
        """No address."""
        return cls(family, ())

    @classmethod
    def everything(cls, family: Family) -> "AddressSet":
        """Every address of the family."""
        return cls(family, ((0, family.end - 1),))

    @property
    def size(self) -> int:
        """How many addresses (`len` cannot count IPv6)."""
        return sum(last - first + 1 for first, last in self.intervals)

    @property
    def first(self) -> int:
        """The smallest address. Raises ValueError if there is none."""
        if not self.intervals:
            raise ValueError("an empty set of addresses has no first one")
        return self.intervals[0][0]

    @property
    def example(self) -> str:
        """The smallest address as text. Raises ValueError if there is none."""
        return address_text(self.family, self.first)

    def cidrs(self) -> list[str]:
        """The fewest CIDR blocks that make up the set, ascending, each with its length: '10.0.0.1/32'."""
        return [f"{address_text(self.family, network)}/{length}" for network, length in self._blocks()]

    def isdisjoint(self, other: "AddressSet") -> bool:
        """Whether the two have no address in common."""
        return not self & other

    def __and__(self, other: "AddressSet") -> "AddressSet":
        _same_family(self, other)
        mine, theirs = self.intervals, other.intervals
        common: list[tuple[int, int]] = []
        i = j = 0
        while i < len(mine) and j < len(theirs):
            first = max(mine[i][0], theirs[j][0])
            last = min(mine[i][1], theirs[j][1])
            if first <= last:
                common.append((first, last))
            if mine[i][1] == last:
                i += 1
            else:
                j += 1
        return AddressSet(self.family, tuple(common))

    def __or__(self, other: "AddressSet") -> "AddressSet":
        _same_family(self, other)
        return AddressSet.of(self.family, chain(self.intervals, other.intervals))

    def __sub__(self, other: "AddressSet") -> "AddressSet":
        return self & other._complement()

    def __le__(self, other: "AddressSet") -> bool:
        return not self - other

    def __bool__(self) -> bool:
        return bool(self.intervals)

    def __contains__(self, address: int) -> bool:
        index = bisect_right(self.intervals, address, key=lambda interval: interval[0]) - 1
        return index >= 0 and address <= self.intervals[index][1]

    def __str__(self) -> str:
        whole = self.family.bits
        words = [
            address_text(self.family, network) + ("" if length == whole else f"/{length}")
            for network, length in self._blocks()
        ]
        if len(words) > _CIDRS_SHOWN + 1:
            return f"{', '.join(words[:_CIDRS_SHOWN])} and {len(words) - _CIDRS_SHOWN} more"
        return ", ".join(words) or f"no {self.family} address"

    def _complement(self) -> "AddressSet":
        gaps: list[tuple[int, int]] = []
        start = 0
        for first, last in self.intervals:
            if start < first:
                gaps.append((start, first - 1))
            start = last + 1
        if start < self.family.end:
            gaps.append((start, self.family.end - 1))
        return AddressSet(self.family, tuple(gaps))

    def _blocks(self) -> list[tuple[int, int]]:
        """(network, length) of the fewest CIDR blocks: from the left, the largest aligned one that fits."""
        blocks: list[tuple[int, int]] = []
        bits = self.family.bits
        for first, last in self.intervals:
            while first <= last:
                aligned = (first & -first).bit_length() - 1 if first else bits
                host_bits = min(aligned, (last - first + 1).bit_length() - 1)
                blocks.append((first, bits - host_bits))
                first += 1 << host_bits
        return blocks


@lru_cache(maxsize=1 << 14)
def _parsed(texts: tuple[str, ...]) -> AddressSet:
    prefixes = [prefix(text) for text in texts]
    families = {family for family, _, _ in prefixes}
    if len(families) != 1:
        raise ValueError(f"not addresses of exactly one family: {', '.join(texts) or 'nothing given'}")
    return AddressSet.of(families.pop(), (_block(family, network, length) for family, network, length in prefixes))


@dataclass(frozen=True, slots=True)
class AddressMap(Generic[T]):
    """A value for every address of one family: `values[i]` from `starts[i]` up to the next start.

    `starts` begins with 0 and ascends, and neighbouring values differ, so equal functions are equal objects.
    The class methods keep that; the constructor checks it and raises ValueError. Maps with hashable values
    are hashable.
    """

    family: Family
    starts: tuple[int, ...]
    values: tuple[T, ...]

    def __post_init__(self) -> None:
        starts, values = self.starts, self.values
        if not starts or starts[0] != 0 or starts[-1] >= self.family.end or len(starts) != len(values):
            raise ValueError("an address map has one value per start, and its first start is 0")
        if any(map(ge, starts, islice(starts, 1, None))) or any(map(eq, values, islice(values, 1, None))):
            raise ValueError("starts of an address map ascend, and its neighbouring values differ")

    @classmethod
    def constant(cls, family: Family, value: T) -> "AddressMap[T]":
        """The same value everywhere."""
        return cls(family, (0,), (value,))

    @classmethod
    def longest_prefix(cls, family: Family, entries: Iterable[tuple[int, int, T]], default: T) -> "AddressMap[T]":
        """Longest-prefix match over (network, length, value); `default` where none matches.

        Of two entries with the same network and length the first given wins. Raises ValueError for host bits.
        """
        # Prefixes nest or are disjoint: painted last, the longest is on top, and of equals the first given.
        strongest_first = sorted(entries, key=lambda entry: -entry[1])
        layers = ((*_block(family, network, length), value) for network, length, value in reversed(strongest_first))
        return cls.paint(family, layers, default)

    @classmethod
    def paint(cls, family: Family, layers: Iterable[tuple[int, int, T]], default: T) -> "AddressMap[T]":
        """`default`, overwritten by each (first, last, value) in turn: the last layer on an address wins."""
        return cls.fold(family, layers, default, lambda _, value: value)

    @classmethod
    def fold(
        cls, family: Family, boxes: Iterable[tuple[int, int, B]], start: T, add: Callable[[T, B], T]
    ) -> "AddressMap[T]":
        """For each address, `start` with every box (first, last, content) that covers it added, in order.

        Boxes are cut into the line one by one, so `add` runs once per box and piece that the boxes so far
        distinguish.
        """
        starts, values, end = [0], [start], family.end
        for first, last, content in boxes:
            _check_interval(first, last, end)
            low = _cut(starts, values, first)
            high = _cut(starts, values, last + 1) if last + 1 < end else len(starts)
            for index in range(low, high):
                values[index] = add(values[index], content)
        return _compact(family, starts, values)

    def at(self, address: int) -> T:
        """The value at this address."""
        return self.values[bisect_right(self.starts, address) - 1]

    def pieces(self) -> Iterator[tuple[int, int, T]]:
        """(first, last, value) of each piece, ascending."""
        for first, end, value in zip(self.starts, (*self.starts[1:], self.family.end), self.values, strict=True):
            yield first, end - 1, value

    def groups(self, within: AddressSet) -> dict[T, AddressSet]:
        """The addresses of `within` by value, in order of first address; what does not occur is left out."""
        _same_family(self, within)
        starts, values = self.starts, self.values
        found: dict[T, list[tuple[int, int]]] = {}
        for first, last in within.intervals:
            index = bisect_right(starts, first) - 1
            while first <= last:
                end = starts[index + 1] - 1 if index + 1 < len(starts) else last
                found.setdefault(values[index], []).append((first, min(last, end)))
                first, index = end + 1, index + 1
        # Neighbouring pieces differ and intervals do not touch, so those of one value do not touch either.
        return {value: AddressSet(self.family, tuple(intervals)) for value, intervals in found.items()}

    def __len__(self) -> int:
        """The number of pieces."""
        return len(self.starts)

    def __str__(self) -> str:
        shown = [
            f"{address_text(self.family, first)}-{address_text(self.family, last)}: {value}"
            for first, last, value in islice(self.pieces(), _CIDRS_SHOWN + 1)
        ]
        if len(self) > len(shown):
            return f"{'; '.join(shown[:_CIDRS_SHOWN])} and {len(self) - _CIDRS_SHOWN} more pieces"
        return "; ".join(shown)


def combine(function: Callable[..., T], *maps: AddressMap[Any]) -> AddressMap[T]:
    """The map whose value at an address is `function` of the given maps' values there, in their order.

    `function` runs once per piece of the common refinement. Raises ValueError without maps or if families
    differ.
    """
    if not maps:
        raise ValueError("combine needs at least one address map")
    _same_family(*maps)
    # The engine's innermost operation. Sorting ascending runs is a merge; a dictionary drops what they share.
    cuts = list(dict.fromkeys(sorted(chain.from_iterable(each.starts for each in maps))))
    columns = [_column(each, cuts) for each in maps]
    return _compact(maps[0].family, cuts, list(map(function, *columns)))


def _column(each: AddressMap[T], cuts: list[int]) -> Sequence[T]:
    """The map's value on each piece of a finer cut of the line."""
    if len(each) == len(cuts):
        return each.values
    new_value = dict(zip(each.starts, each.values, strict=True)).get
    value = each.values[0]
    return [value := new_value(cut, value) for cut in cuts]


def _cut(starts: list[int], values: list[T], at: int) -> int:
    """Make a piece start at this address, if none does; its index."""
    index = bisect_left(starts, at)
    if index == len(starts) or starts[index] != at:
        starts.insert(index, at)
        values.insert(index, values[index - 1])
    return index


def _compact(family: Family, starts: list[int], values: list[T]) -> AddressMap[T]:
    """The map with neighbouring pieces of equal value joined."""
    kept = [True, *map(ne, islice(values, 1, None), values)]
    return AddressMap(family, tuple(compress(starts, kept)), tuple(compress(values, kept)))


def _block(family: Family, network: int, length: int) -> tuple[int, int]:
    """First and last address of a CIDR block."""
    if not 0 <= length <= family.bits:
        raise ValueError(f"an {family} prefix has no length {length}")
    size = 1 << family.bits - length
    if network % size:
        raise ValueError(f"{address_text(family, network)}/{length} has host bits set")
    return network, network + size - 1


def _check_interval(first: int, last: int, end: int) -> None:
    if not 0 <= first <= last < end:
        raise ValueError(f"{first} to {last} is not an interval of addresses (0 to {end - 1}, smaller end first)")


def _same_family(*things: "AddressSet | AddressMap[Any]") -> None:
    family = things[0].family
    for each in things:
        if each.family is not family:
            raise ValueError("IPv4 and IPv6 addresses do not mix")
