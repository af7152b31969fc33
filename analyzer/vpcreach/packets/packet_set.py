"""Packet sets: what is left of a question after some gates, and one concrete packet out of it.

A packet set is a rectangle: any of its sources, from any of its source ports, to any of its destinations, at
any of its destination ports. Gates read one of the two addresses and the destination port, so they cut
rectangles into rectangles. Port masks belong to one `PortAtoms` and carry the protocol; a packet has the same
protocol at both ends.

Checked: tests/unit/packets/test_packet_set.py, tests/properties/test_packets.py.
"""

from enum import Enum
from typing import NamedTuple

import msgspec

from vpcreach.packets.address_map import AddressMap, AddressSet, Family, address_text
from vpcreach.packets.ports import TCP, UDP, PortAtoms, protocol_name


class Permit(NamedTuple):
    """What a gate does with the ports of one address: masks of what it surely lets through, and perhaps.

    It drops the rest. A port in both counts as sure.
    """

    sure: int
    maybe: int

    def __str__(self) -> str:
        return f"sure {self.sure:#x}, maybe {self.maybe:#x}"


class Outcome(Enum):
    """What becomes of packets at a gate."""

    PASS = "pass"
    MAYBE = "maybe"
    FAIL = "fail"

    def __str__(self) -> str:
        return self.value


class Side(Enum):
    """Which address of a packet a gate reads."""

    SOURCE = "source"
    DESTINATION = "destination"

    def __str__(self) -> str:
        return self.value


class PacketSet(msgspec.Struct, frozen=True):
    """Every packet of one family from `source` at `source_ports` to `destination` at `destination_ports`."""

    family: Family
    source: AddressSet
    source_ports: int
    destination: AddressSet
    destination_ports: int

    def __post_init__(self) -> None:
        if self.source.family is not self.family or self.destination.family is not self.family:
            raise ValueError(f"both ends of {self.family} packets have {self.family} addresses")

    @property
    def is_empty(self) -> bool:
        """Whether one end has no address or no port left."""
        return not (self.source and self.source_ports and self.destination and self.destination_ports)

    def reversed(self) -> "PacketSet":
        """The replies: both ends swapped."""
        return PacketSet(self.family, self.destination, self.destination_ports, self.source, self.source_ports)

    def with_source(self, addresses: AddressSet | None = None, ports: int | None = None) -> "PacketSet":
        """The same packets from other addresses, other ports or both; None keeps what is there."""
        source = self.source if addresses is None else addresses
        source_ports = self.source_ports if ports is None else ports
        return PacketSet(self.family, source, source_ports, self.destination, self.destination_ports)

    def with_destination(self, addresses: AddressSet | None = None, ports: int | None = None) -> "PacketSet":
        """The same packets to other addresses, other ports or both; None keeps what is there."""
        destination = self.destination if addresses is None else addresses
        destination_ports = self.destination_ports if ports is None else ports
        return PacketSet(self.family, self.source, self.source_ports, destination, destination_ports)

    def words(self, atoms: PortAtoms) -> str:
        """The set for a reader: '10.0.3.0/24 (tcp/1024-65535) → 0.0.0.0/0 (tcp/443)'."""
        return (
            f"{self.source} ({atoms.words(self.source_ports)}) → "
            f"{self.destination} ({atoms.words(self.destination_ports)})"
        )

    def __str__(self) -> str:
        return f"{self.source} (ports {self.source_ports:#x}) → {self.destination} (ports {self.destination_ports:#x})"


class Packet(msgspec.Struct, frozen=True):
    """One packet. Ports are 0 for protocols that have none."""

    family: Family
    protocol: int
    source: int
    source_port: int
    destination: int
    destination_port: int

    @property
    def answer(self) -> "Packet":
        """The packet that answers it: both ends swapped."""
        here, there = (self.source, self.source_port), (self.destination, self.destination_port)
        return Packet(self.family, self.protocol, *there, *here)

    def __str__(self) -> str:
        source = self._end(self.source, self.source_port)
        return f"{protocol_name(self.protocol)} {source} → {self._end(self.destination, self.destination_port)}"

    @property
    def source_text(self) -> str:
        """The sender's address."""
        return address_text(self.family, self.source)

    @property
    def destination_text(self) -> str:
        """The receiver's address."""
        return address_text(self.family, self.destination)

    @property
    def service_text(self) -> str:
        """Protocol and destination port: 'tcp/443'."""
        name = protocol_name(self.protocol)
        return f"{name}/{self.destination_port}" if self.protocol in (TCP, UDP) else name

    def _end(self, address: int, port: int) -> str:
        text = address_text(self.family, address)
        if self.protocol not in (TCP, UDP):
            return text
        return f"{text}:{port}" if self.family is Family.IPV4 else f"[{text}]:{port}"


def split(packets: PacketSet, gate: AddressMap[Permit], side: Side) -> list[tuple[PacketSet, Outcome]]:
    """Cut the packets into disjoint rectangles, together the input, by what the gate does with them.

    The gate reads the address on `side` and, always, the destination port. Addresses of the same fate at the
    same ports share a rectangle. What passes comes first, then what may pass, then what fails, each by first
    address.
    """
    if packets.is_empty:
        return []
    ports = packets.destination_ports
    addresses = packets.source if side is Side.SOURCE else packets.destination
    fates: dict[tuple[Outcome, int], list[tuple[int, int]]] = {}
    for permit, group in gate.groups(addresses).items():
        sure = permit.sure & ports
        maybe = permit.maybe & ports & ~sure
        fail = ports & ~sure & ~maybe
        for outcome, mask in ((Outcome.PASS, sure), (Outcome.MAYBE, maybe), (Outcome.FAIL, fail)):
            if mask:
                fates.setdefault((outcome, mask), []).extend(group.intervals)
    if len(fates) == 1:
        # Most gates do the same with all that comes: nothing is cut then.
        return [(packets, outcome) for outcome, _ in fates]
    return [
        (_restricted(packets, side, AddressSet.of(packets.family, intervals), mask), outcome)
        for wanted in Outcome
        for (outcome, mask), intervals in fates.items()
        if outcome is wanted
    ]


def witness(packets: PacketSet, atoms: PortAtoms) -> Packet:
    """The smallest packet of the set: lowest protocol that both ends have, first addresses, lowest ports.

    Raises ValueError if the set is empty.
    """
    if not packets.is_empty:
        for protocol, port, _ in atoms.ranges(packets.destination_ports):
            source = atoms.first(packets.source_ports, protocol)
            if source is not None:
                return Packet(
                    packets.family, protocol, packets.source.first, source[1], packets.destination.first, port
                )
    raise ValueError(f"no packet to pick: {packets.words(atoms)}")


def _restricted(packets: PacketSet, side: Side, addresses: AddressSet, ports: int) -> PacketSet:
    if side is Side.SOURCE:
        return packets.with_source(addresses).with_destination(ports=ports)
    return packets.with_destination(addresses, ports)
