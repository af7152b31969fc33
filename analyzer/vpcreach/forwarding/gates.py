"""Gates: lists of rules that packets pass through without being routed."""

from enum import Enum
from typing import Protocol

import msgspec

from vpcreach.forwarding.notes import Leg, Note
from vpcreach.forwarding.surroundings import Surroundings
from vpcreach.packets.address_map import AddressMap, AddressSet, Family
from vpcreach.packets.packet_set import Packet, PacketSet, Permit


class Part(Enum):
    """Of what a gate stops only a part: the client ports of an answer, or the addresses of the function's subnet."""

    CLIENT_PORTS = "client ports"
    SUBNET = "subnet"


class Direction(Enum):
    """Which rules of a gate are read: those for packets that enter, or that leave."""

    IN = "inbound"
    OUT = "outbound"


class Decision(msgspec.Struct, frozen=True):
    """What one gate does with one packet: let it through, stop it, or (None) undecided; and the deciding line."""

    permitted: bool | None
    entry: str


class Stopped(msgspec.Struct, frozen=True):
    """Packets that a gate stops: all of them, one of them, and of what they are only a part (None: all that came)."""

    packets: PacketSet
    example: Packet
    part: Part | None
    leg: Leg

    @property
    def sources(self) -> str:
        return _some(self.packets.source, self.example.source_text)

    @property
    def destinations(self) -> str:
        return _some(self.packets.destination, self.example.destination_text)


def _some(addresses: AddressSet, example: str) -> str:
    return str(addresses) if len(addresses.intervals) <= 3 else f"addresses such as {example}"


class Gate(Protocol):
    """A list of rules that packets pass through without being routed: security groups, a network ACL."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...

    def permits(self, direction: Direction, family: Family, around: Surroundings) -> AddressMap[Permit]:
        """For every address of the other end, the destination ports that pass, and those that may pass."""
        ...

    def decide(self, direction: Direction, packet: Packet, around: Surroundings) -> Decision:
        """The same for one packet, rule by rule, without sets: the second reading, which names the deciding line."""
        ...

    def stopped(self, direction: Direction, entry: str, stopped: "Stopped") -> Note:
        """The blocker for packets that this gate stops."""
        ...

    def undecided(self, direction: Direction, around: Surroundings) -> Note:
        """The note for packets of which the snapshot does not tell whether they pass."""
        ...
