"""A branch of the walk: packets that have shared one fate so far, with their way and everything noted on it.

A way is a chain of segments. Each has its own sender, whose addresses and client ports the others do not share (a NAT
gateway chooses ports of its own); the destination is shared until something is translated to another one.
"""

from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from typing import Any, NamedTuple

import msgspec

from vpcreach.forwarding import ASYMMETRIC_MIDDLEBOX_ROUTE, Effect, Leg, Note, Sender, Spot
from vpcreach.packets.address_map import AddressSet
from vpcreach.packets.packet_set import Packet, PacketSet
from vpcreach.reach.answer import Step


class Certainty(Enum):
    """How sure it is that packets get this far: for sure, if the hop they are at passes them on, or if it did."""

    SURE = "sure"
    AT_UNVERIFIED_HOP = "at an unverified hop"
    BEYOND_IT = "beyond an unverified hop"


class Reading(NamedTuple):
    """One decision on the way, to be read a second time: `instead` tells of one packet what speaks against it."""

    segment: int
    leg: Leg
    instead: Callable[[Packet], str | None]


class Segment(msgspec.Struct, frozen=True):
    """Packets from one sender: its addresses and client ports, where they go, and where the segment ended.

    `crossed` are the components that its way out led through, `middleboxes` those that answers must come back through.
    """

    sender: Sender
    source: AddressSet
    client_ports: int
    destination: AddressSet
    shares_destination: bool = True
    end: str | None = None
    end_subnet: str | None = None
    end_vpc: str | None = None
    crossed: tuple[str, ...] = ()
    middleboxes: tuple[str, ...] = ()


class Branch(msgspec.Struct, frozen=True):
    """Packets with one fate so far. `standing_in` and `vpc_id` say where they are, `segment` whose they are.

    `entered` is the subnet through which they last went into an attachment of a transit gateway or core network.

    `picks` are the choices that nobody knows the outcome of, each with the option that this branch follows.
    `references_lost` says why groups of the sender do not count at the target, `outbound_lost` why groups of the target
    do not count at the sender; `without_references` is what the sender's other rules say of packets that left by one
    which names such a group.
    `readings` are the decisions that one concrete packet of the branch is held against when it has ended.
    `hops` counts the moves of this segment and leg, `visited` holds every component with the place it was entered from.
    """

    ports: int
    segments: tuple[Segment, ...]
    segment: int
    vpc_id: str
    standing_in: str | None
    entered: str | None = None
    notes: tuple[Note, ...] = ()
    assumptions: tuple[str, ...] = ()
    path: tuple[Step, ...] = ()
    return_path: tuple[Step, ...] = ()
    hops: int = 0
    visited: frozenset[tuple[object, ...]] = frozenset()
    picks: tuple[tuple[str, str], ...] = ()
    answers_through: tuple[str, ...] = ()
    references_lost: tuple[Note, ...] = ()
    outbound_lost: tuple[Note, ...] = ()
    without_references: tuple[Note, ...] = ()
    certainty: Certainty = Certainty.SURE
    is_provisional: bool = False
    readings: tuple[Reading, ...] = ()

    def but(self, **changes: Any) -> "Branch":
        """The same branch but for these fields. Every hop changes some: with dataclasses it takes a fifth of a walk."""
        return msgspec.structs.replace(self, **changes)

    @property
    def current(self) -> Segment:
        return self.segments[self.segment]

    @property
    def sender(self) -> Sender:
        return self.current.sender

    def packets(self, leg: Leg) -> PacketSet:
        """The current segment's packets, or (BACK) the answers to them."""
        here = self.current
        family = here.source.family
        if leg is Leg.OUT:
            return PacketSet(family, here.source, here.client_ports, here.destination, self.ports)
        return PacketSet(family, here.destination, self.ports, here.source, here.client_ports)

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
        here = msgspec.structs.replace(
            held, source=seen.source, client_ports=seen.source_ports, destination=seen.destination
        )
        segments = list(self.segments)
        segments[self.segment] = here
        for index in self._sharing():
            segments[index] = msgspec.structs.replace(segments[index], destination=seen.destination)
        return self.but(segments=tuple(segments), ports=seen.destination_ports)

    def _sharing(self) -> list[int]:
        first = self.segment
        while first > 0 and self.segments[first].shares_destination:
            first -= 1
        last = self.segment
        while last + 1 < len(self.segments) and self.segments[last + 1].shares_destination:
            last += 1
        return [index for index in range(first, last + 1) if index != self.segment]

    def noting_beforehand(self, notes: tuple[Note, ...], assumptions: tuple[str, ...]) -> "Branch":
        """What holds before any packet is sent, and is no place on the way."""
        return self.but(notes=self.notes + notes, assumptions=self.assumptions + assumptions)

    def noting(self, notes: tuple[Note, ...], assumptions: tuple[str, ...] = (), leg: Leg = Leg.OUT) -> "Branch":
        if not notes and not assumptions:
            return self
        placed = tuple(self._spotted(note.on(leg)) for note in notes)
        if self.certainty is Certainty.BEYOND_IT:
            placed = tuple(_doubted(note) for note in placed)
        return self.but(notes=self.notes + placed, assumptions=self.assumptions + assumptions)

    def _spotted(self, note: Note) -> Note:
        """The blocker with the packets that it stops and where they stand."""
        if note.effect is not Effect.FAIL or note.spot is not None:
            return note
        return replace(note, spot=self.spot(note.leg))

    def spot(self, leg: Leg) -> Spot:
        return Spot(self.packets(leg), self.vpc_id, self.standing_in, self.sender)

    def stepping(self, leg: Leg, step: Step) -> "Branch":
        if leg is Leg.OUT:
            return self.but(path=(*self.path, step))
        return self.but(return_path=(*self.return_path, step))

    def reading(self, leg: Leg, instead: Callable[[Packet], str | None]) -> "Branch":
        return self.but(readings=(*self.readings, Reading(self.segment, leg, instead)))

    def closing(self, end: str | None, subnet_id: str | None) -> "Branch":
        """The current segment ends here, or (None) nobody knows where."""
        return self._with_current(
            msgspec.structs.replace(self.current, end=end, end_subnet=subnet_id, end_vpc=self.vpc_id)
        )

    def crossing(self, component_id: str, leg: Leg, *, is_middlebox: bool) -> "Branch":
        """The packets, or the answers to them, have passed through a component."""
        if leg is Leg.BACK:
            return self.but(answers_through=(*self.answers_through, component_id)) if is_middlebox else self
        here = self.current
        boxes = (*here.middleboxes, component_id) if is_middlebox else here.middleboxes
        return self._with_current(
            msgspec.structs.replace(here, crossed=(*here.crossed, component_id), middleboxes=boxes)
        )

    def _with_current(self, segment: Segment) -> "Branch":
        segments = list(self.segments)
        segments[self.segment] = segment
        return self.but(segments=tuple(segments))

    def after(self, earlier: "Branch") -> "Branch":
        """The same branch with what happened before it."""
        return self.but(
            notes=earlier.notes + self.notes,
            assumptions=earlier.assumptions + self.assumptions,
            path=earlier.path + self.path,
            readings=earlier.readings + self.readings,
            without_references=earlier.without_references,
        )

    def losing(self, lost: tuple[tuple[Note, ...], tuple[Note, ...]]) -> "Branch":
        """Behind here, rules that name the sender's group (first) or the receiver's (second) do not match."""
        inbound, outbound = lost
        if not inbound and not outbound:
            return self
        return self.but(references_lost=self.references_lost + inbound, outbound_lost=self.outbound_lost + outbound)

    def doubted(self) -> "Branch":
        """The branch beyond the hop where it stands, which may not have passed it on."""
        at_hop = self.certainty is Certainty.AT_UNVERIFIED_HOP
        return self.but(certainty=Certainty.BEYOND_IT) if at_hop else self

    def opening(self, segment: Segment) -> "Branch":
        """A new segment begins: what was rewritten is no member of any group that its first sender is of."""
        return self.but(segments=(*self.segments, segment), segment=len(self.segments), references_lost=(), hops=0)


def _doubted(note: Note) -> Note:
    """What fails beyond a hop that nobody can verify is no proof; only answers that never come back are."""
    is_doubtful = note.effect is Effect.FAIL and note.code != ASYMMETRIC_MIDDLEBOX_ROUTE.code
    return replace(note, effect=Effect.UNKNOWN) if is_doubtful else note


def concrete(packets: PacketSet, leg: Leg, protocol: int, port: int, client_port: int) -> Packet:
    """One packet of the set, with the port that was asked for and not just any that no rule tells from it."""
    source_port, destination_port = (client_port, port) if leg is Leg.OUT else (port, client_port)
    source, destination = _usable(packets.source), _usable(packets.destination)
    return Packet(packets.family, protocol, source, source_port, destination, destination_port)


def _usable(addresses: AddressSet) -> int:
    """An address of the set that a host can have: AWS keeps the first four of every subnet for itself."""
    first, last = addresses.intervals[0]
    return first + 10 if last - first > 16 else first
