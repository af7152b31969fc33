"""A branch of the walk: packets that have shared one fate so far, with their way and everything noted on it.

A way is a chain of segments. Each has its own sender, whose addresses and client ports the others do not share (a NAT
gateway chooses ports of its own); the destination is shared until something is translated to another one.
"""

from dataclasses import dataclass, replace

from vpcreach.forwarding import Leg, Note, Sender
from vpcreach.packets.address_map import AddressSet
from vpcreach.packets.packet_set import Packet, PacketSet
from vpcreach.reach.answer import Step


@dataclass(frozen=True, slots=True)
class Segment:
    """Packets from one sender: its addresses and client ports, where they go, and where the segment ended."""

    sender: Sender
    source: AddressSet
    client_ports: int
    destination: AddressSet
    shares_destination: bool = True
    end: str | None = None
    end_subnet: str | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """Packets with one fate so far. `standing_in` and `vpc_id` say where they are, `segment` whose they are."""

    ports: int
    segments: tuple[Segment, ...]
    segment: int
    vpc_id: str
    standing_in: str | None
    notes: tuple[Note, ...] = ()
    assumptions: tuple[str, ...] = ()
    path: tuple[Step, ...] = ()
    return_path: tuple[Step, ...] = ()
    hops: int = 0

    @property
    def current(self) -> Segment:
        return self.segments[self.segment]

    @property
    def sender(self) -> Sender:
        return self.current.sender

    def packets(self, leg: Leg) -> PacketSet:
        """The current segment's packets, or (BACK) the answers to them."""
        here = self.current
        packets = PacketSet(here.source.family, here.source, here.client_ports, here.destination, self.ports)
        return packets if leg is Leg.OUT else packets.reversed()

    def narrowed(self, leg: Leg, packets: PacketSet) -> "Branch":
        """The branch with only these of its current packets; a smaller destination holds for all who share it."""
        seen = packets if leg is Leg.OUT else packets.reversed()
        held = self.current
        if (
            seen.destination == held.destination
            and seen.source == held.source
            and seen.source_ports == held.client_ports
            and seen.destination_ports == self.ports
        ):
            return self
        here = replace(held, source=seen.source, client_ports=seen.source_ports, destination=seen.destination)
        segments = list(self.segments)
        segments[self.segment] = here
        for index in self._sharing():
            segments[index] = replace(segments[index], destination=seen.destination)
        return replace(self, segments=tuple(segments), ports=seen.destination_ports)

    def _sharing(self) -> list[int]:
        first = self.segment
        while first > 0 and self.segments[first].shares_destination:
            first -= 1
        last = self.segment
        while last + 1 < len(self.segments) and self.segments[last + 1].shares_destination:
            last += 1
        return [index for index in range(first, last + 1) if index != self.segment]

    def noting(self, notes: tuple[Note, ...], assumptions: tuple[str, ...] = (), leg: Leg = Leg.OUT) -> "Branch":
        if not notes and not assumptions:
            return self
        placed = tuple(note.on(leg) for note in notes)
        return replace(self, notes=self.notes + placed, assumptions=self.assumptions + assumptions)

    def stepping(self, leg: Leg, step: Step) -> "Branch":
        if leg is Leg.OUT:
            return replace(self, path=(*self.path, step))
        return replace(self, return_path=(*self.return_path, step))

    def closing(self, end: str, subnet_id: str | None) -> "Branch":
        """The current segment ends here."""
        segments = list(self.segments)
        segments[self.segment] = replace(self.current, end=end, end_subnet=subnet_id)
        return replace(self, segments=tuple(segments))

    def after(self, earlier: "Branch") -> "Branch":
        """The same branch with what happened before it."""
        return replace(
            self,
            notes=earlier.notes + self.notes,
            assumptions=earlier.assumptions + self.assumptions,
            path=earlier.path + self.path,
        )

    def opening(self, segment: Segment) -> "Branch":
        """A new segment begins."""
        return replace(self, segments=(*self.segments, segment), segment=len(self.segments))


def concrete(packets: PacketSet, leg: Leg, protocol: int, port: int, client_port: int) -> Packet:
    """One packet of the set, with the port that was asked for and not just any that no rule tells from it."""
    source_port, destination_port = (client_port, port) if leg is Leg.OUT else (port, client_port)
    source, destination = _usable(packets.source), _usable(packets.destination)
    return Packet(packets.family, protocol, source, source_port, destination, destination_port)


def _usable(addresses: AddressSet) -> int:
    """An address of the set that a host can have: AWS keeps the first four of every subnet for itself."""
    first, last = addresses.intervals[0]
    return first + 10 if last - first > 16 else first
