"""Port atoms: sets of protocols and ports as int bitmasks.

Rules name a few ports out of 65,536. Between two neighbouring ends of their ranges all ports are treated
alike, so one bit stands for all of them: an atom. Masks of one `PortAtoms` mean nothing to another.

Modelled: TCP and UDP by port; every other protocol number as a whole.
Not modelled: ICMP types and codes.
Checked: tests/unit/packets/test_ports.py, tests/properties/test_packets.py.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

ICMP: Final = 1
TCP: Final = 6
UDP: Final = 17
ICMPV6: Final = 58

FIRST_PORT: Final = 0
LAST_PORT: Final = 65535
FIRST_CLIENT_PORT: Final = 1024
PROTOCOLS: Final = range(256)

_NAMES: Final = {TCP: "tcp", UDP: "udp", ICMP: "icmp", ICMPV6: "icmpv6"}


def protocol_name(number: int) -> str:
    """The protocol's usual name ('tcp', 'udp', 'icmp', 'icmpv6'), or its number as text."""
    return _NAMES.get(number, str(number))


def port_number(text: str) -> int | None:
    """The number of a port as people write it, or None for text that is no port."""
    # Not every decimal can be handed to int(): Python refuses more than some thousand digits.
    number = int(text) if text.isdecimal() and len(text) < 10 else None
    return number if number is not None and number <= LAST_PORT else None


def protocol_number(text: str) -> int | None:
    """The number of a protocol as AWS writes it ('tcp', '6', '-1'); None means all.

    A name that is not in AWS's list is some protocol other than those that have a name here: 253, of no use
    to anyone.
    """
    lower = text.lower()
    if lower in ("-1", "all"):
        return None
    known = {protocol_name(number): number for number in (TCP, UDP, ICMP, ICMPV6)}
    number = port_number(lower)
    return known.get(lower, number if number is not None and number in PROTOCOLS else 253)


@dataclass(frozen=True, slots=True, init=False)
class PortAtoms:
    """All packets by protocol and port, cut into the atoms that the given rules cannot tell apart.

    Bit order is (protocol, port) order, so a mask's lowest bit is its smallest packet. `tcp` and `udp` hold
    the first port of every atom of their line; an atom ends where the next one starts.
    """

    tcp: tuple[int, ...]
    udp: tuple[int, ...]
    everything: int

    def __init__(self, ranges: Iterable[tuple[int | None, int, int]]) -> None:
        """Cut TCP and UDP at the ends of `ranges`: (protocol or None for all, first port, last inclusive).

        Ports of a range of another protocol, or of all protocols, are ignored: such rules do not test ports.
        The ports of a question belong here too, or its witness names another port of the same atom.
        """
        cuts = {TCP: {FIRST_PORT, FIRST_CLIENT_PORT}, UDP: {FIRST_PORT, FIRST_CLIENT_PORT}}
        for protocol, first, last in ranges:
            if protocol in cuts:
                _check_ports(first, last)
                cuts[protocol] |= {first, last + 1}
        object.__setattr__(self, "tcp", tuple(sorted(cuts[TCP] - {LAST_PORT + 1})))
        object.__setattr__(self, "udp", tuple(sorted(cuts[UDP] - {LAST_PORT + 1})))
        object.__setattr__(self, "everything", (2 << self._offset(PROTOCOLS[-1])) - 1)

    def mask(self, protocol: int | None, first: int = FIRST_PORT, last: int = LAST_PORT) -> int:
        """Exactly the packets of `protocol` to ports `first` to `last` inclusive; None means every packet.

        Raises ValueError if an end of a TCP or UDP range lies inside an atom: the atoms were not built from
        this rule.
        """
        if protocol is None:
            return self.everything
        offset = self._offset(protocol)
        starts = self._line(protocol)
        if starts is None:
            return 1 << offset
        _check_ports(first, last)
        low = bisect_right(starts, first) - 1
        high = bisect_right(starts, last)
        if starts[low] != first or self._last_port(starts, high - 1) != last:
            raise ValueError(f"{protocol_name(protocol)}/{first}-{last} does not end where atoms do")
        return ((1 << high - low) - 1) << offset + low

    def atom(self, protocol: int, port: int = FIRST_PORT) -> int:
        """The one bit whose atom holds this packet; works for any port, which only TCP and UDP look at."""
        offset = self._offset(protocol)
        starts = self._line(protocol)
        if starts is None:
            return 1 << offset
        _check_ports(port, port)
        return 1 << offset + bisect_right(starts, port) - 1

    def refine(self, coarser: "PortAtoms") -> bool:
        """Whether these atoms tell apart all that the others do."""
        return set(coarser.tcp) <= set(self.tcp) and set(coarser.udp) <= set(self.udp)

    def ranges(self, mask: int) -> list[tuple[int, int, int]]:
        """The mask as (protocol, first port, last port inclusive), ascending, neighbours merged.

        A protocol without ports counts as ports 0 to 65535. `mask` of each range gives the bits back.
        """
        found: list[tuple[int, int, int]] = []
        left = mask & self.everything
        while left:
            protocol = self._protocol_at((left & -left).bit_length() - 1)
            starts = self._line(protocol) or (FIRST_PORT,)
            offset = self._offset(protocol)
            bits = left >> offset & (1 << len(starts)) - 1
            left ^= bits << offset
            while bits:
                low = (bits & -bits).bit_length() - 1
                run = bits >> low
                high = low + (~run & run + 1).bit_length() - 1
                found.append((protocol, starts[low], self._last_port(starts, high - 1)))
                bits = bits >> high << high
        return found

    def words(self, mask: int, protocol: int | None = None) -> str:
        """The mask for a reader: 'tcp/22,80-90; udp/53; icmp', or '22,80-90' for `protocol` alone."""
        if protocol is not None:
            return self._words_of(mask, protocol) or "none"
        if mask & self.everything == self.everything:
            return "all traffic"
        parts = []
        for number in _NAMES:
            ports = self._words_of(mask, number)
            whole = mask & self.mask(number) == self.mask(number)
            if ports:
                parts.append(protocol_name(number) if whole else f"{protocol_name(number)}/{ports}")
        unnamed = [number for number in PROTOCOLS if number not in _NAMES and mask & self.mask(number)]
        if len(unnamed) == len(PROTOCOLS) - len(_NAMES):
            parts.append("other protocols")
        elif unnamed:
            parts.append(f"protocol {_spans(unnamed)}")
        return "; ".join(parts) or "none"

    def first(self, mask: int, protocol: int | None = None) -> tuple[int, int] | None:
        """The smallest (protocol, port) in the mask, or in its part of one protocol; None if it is empty."""
        within = mask & self.mask(protocol)
        ranges = self.ranges(within & -within)
        return ranges[0][:2] if ranges else None

    def __str__(self) -> str:
        return f"port atoms: {len(self.tcp)} of tcp, {len(self.udp)} of udp"

    def _words_of(self, mask: int, protocol: int) -> str:
        ranges = self.ranges(mask & self.mask(protocol))
        if ranges and self._line(protocol) is None:
            return "all"
        return ",".join(str(first) if first == last else f"{first}-{last}" for _, first, last in ranges)

    def _line(self, protocol: int) -> tuple[int, ...] | None:
        """The first ports of the protocol's atoms, or None if it is a single atom."""
        return self.tcp if protocol == TCP else self.udp if protocol == UDP else None

    def _offset(self, protocol: int) -> int:
        """The lowest bit of the protocol: its number, moved up by the atoms that cuts below it add."""
        if protocol not in PROTOCOLS:
            raise ValueError(f"{protocol} is not an IP protocol number (0-255)")
        return protocol + (len(self.tcp) - 1) * (protocol > TCP) + (len(self.udp) - 1) * (protocol > UDP)

    def _protocol_at(self, bit: int) -> int:
        """The protocol whose atoms hold this bit: the inverse of `_offset`."""
        if bit < TCP + len(self.tcp):
            return min(bit, TCP)
        bit -= len(self.tcp) - 1
        if bit < UDP + len(self.udp):
            return min(bit, UDP)
        return bit - (len(self.udp) - 1)

    @staticmethod
    def _last_port(starts: tuple[int, ...], atom: int) -> int:
        return starts[atom + 1] - 1 if atom + 1 < len(starts) else LAST_PORT


def _check_ports(first: int, last: int) -> None:
    if not FIRST_PORT <= first <= last <= LAST_PORT:
        raise ValueError(f"{first}-{last} is not a range of ports (0-65535, smaller end first)")


def _spans(numbers: list[int]) -> str:
    """Ascending numbers as '0,2-5'."""
    spans: list[tuple[int, int]] = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1] = spans[-1][0], number
        else:
            spans.append((number, number))
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)
