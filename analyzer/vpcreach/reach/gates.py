"""Gates on the walk: security groups and the network ACLs of subnet boundaries, as sets and rule by rule.

What a gate stops goes on as a branch with the blocker. Each piece is read a second time, by one concrete packet and the
rules one by one: that names the deciding line, and contradicts the sets where they are wrong.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from vpcreach.components.security_group import GroupSet, SecurityGroup
from vpcreach.forwarding import Decision, Direction, Gate, Leg, Note, Part, Spot, Stopped
from vpcreach.network.network import Network
from vpcreach.packets.packet_set import Outcome, Packet, PacketSet, Side, split
from vpcreach.reach.answer import STOPPED, Step
from vpcreach.reach.branch import Branch, concrete
from vpcreach.reach.second_reading import contradiction


class Gates:
    """The gates of one network, for the packets of one protocol and port."""

    def __init__(self, network: Network, protocol: int, port: int) -> None:
        self.network = network
        self.protocol = protocol
        self.port = port

    def step(self, component_id: str, kind: str, detail: str) -> Step:
        return Step(component_id, kind, detail, self.network.name_of(component_id))

    def cross(self, branch: Branch, into: str | None, leg: Leg) -> Iterator[Branch]:
        """The network ACLs between the subnet where the packets stand and the one they enter."""
        out_of = branch.standing_in
        if out_of == into:
            yield branch
            return
        for left in self.through_acl(branch, out_of, Direction.OUT, leg):
            yield from self.through_acl(left, into, Direction.IN, leg)

    def through_acl(self, branch: Branch, subnet_id: str | None, direction: Direction, leg: Leg) -> Iterator[Branch]:
        if subnet_id is None:
            yield branch
            return
        acl = self.network.network_acl_of(subnet_id)
        if isinstance(acl, Note):
            yield branch.noting((acl,), leg=leg)
            return
        yield from self.through(branch, acl, direction, leg)

    def through(self, branch: Branch, gate: Gate, direction: Direction, leg: Leg) -> Iterator[Branch]:
        """The branch cut by what a gate lets through; what it stops goes on, with the blocker."""
        packets = branch.packets(leg)
        side = Side.DESTINATION if direction is Direction.OUT else Side.SOURCE
        for piece, outcome in split(packets, gate.permits(direction, packets.family, self.network), side):
            packet = self._witness(piece, leg)
            entry = self._replayed(gate, direction, packet, outcome)
            cut = branch.narrowed(leg, piece).reading(leg, partial(self._read_again, gate, direction, outcome))
            if outcome is Outcome.PASS:
                yield cut.stepping(leg, self.step(gate.id, gate.kind, entry))
            elif outcome is Outcome.MAYBE:
                yield cut.noting((gate.undecided(direction, self.network),), leg=leg)
            else:
                part = _part(packets, piece, branch, leg)
                note = gate.stopped(direction, entry, Stopped(piece, packet, part, leg)).on(leg)
                note = replace(note, spot=_at_gate(cut.spot(leg), gate, direction))
                yield cut.noting((note,), leg=leg).stepping(leg, self.step(gate.id, gate.kind, f"{entry}{STOPPED}"))

    def _replayed(self, gate: Gate, direction: Direction, packet: Packet, outcome: Outcome) -> str:
        """The deciding line for one packet of a piece, read rule by rule; it must agree with the sets."""
        decision = gate.decide(direction, packet, self.network)
        if instead := _instead(gate, direction, outcome, decision):
            raise contradiction(packet, instead)
        return decision.entry

    def _read_again(self, gate: Gate, direction: Direction, outcome: Outcome, packet: Packet) -> str | None:
        return _instead(gate, direction, outcome, gate.decide(direction, packet, self.network))

    def _witness(self, packets: PacketSet, leg: Leg) -> Packet:
        clients = packets.source_ports if leg is Leg.OUT else packets.destination_ports
        client = self.network.atoms.first(clients)
        return concrete(packets, leg, self.protocol, self.port, client[1] if client else 0)


def _instead(gate: Gate, direction: Direction, outcome: Outcome, decision: Decision) -> str | None:
    """What the rules one by one say of a packet, where the sets say something else."""
    said = Outcome.MAYBE if decision.permitted is None else Outcome.PASS if decision.permitted else Outcome.FAIL
    if said is outcome:
        return None
    return f"{gate.id} {direction.value}: the sets say {outcome}, the rules one by one {said} ({decision.entry})"


def group_set(network: Network, group_ids: tuple[str, ...]) -> GroupSet:
    """The gate of these groups; those that cannot be read leave undecided what the others stop."""
    records = [(group_id, network.record(group_id)) for group_id in group_ids]
    known = tuple(record for _, record in records if isinstance(record, SecurityGroup))
    unread = tuple(network.unread(group_id) for group_id, record in records if not isinstance(record, SecurityGroup))
    return GroupSet(known, None, unread)


def _at_gate(spot: Spot, gate: Gate, direction: Direction) -> Spot:
    """The spot with the gate, and the groups that its rules could name where references match on this way."""
    ids: tuple[str, ...] = (gate.id,)
    peers = frozenset[str]()
    if isinstance(gate, GroupSet):
        ids = tuple(group.id for group in gate.groups)
        peers = frozenset() if gate.is_peer_translated or gate.is_peer_hidden else gate.peer_groups or frozenset()
    return replace(spot, gates=ids, is_inbound=direction is Direction.IN, peer_groups=peers)


def _part(packets: PacketSet, piece: PacketSet, branch: Branch, leg: Leg) -> Part | None:
    """Which part of the question a gate stopped: of the answers' client ports, or of the function's own addresses.

    Behind a translation the addresses are the translator's, which it may all use at once.
    """
    if leg is Leg.BACK and piece.destination_ports != packets.destination_ports:
        return Part.CLIENT_PORTS
    own, stopped = (packets.source, piece.source) if leg is Leg.OUT else (packets.destination, piece.destination)
    return Part.SUBNET if stopped != own and branch.segment == 0 else None
