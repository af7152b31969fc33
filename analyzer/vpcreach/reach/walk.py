"""The walk: packets of one question followed out to their destination and, segment by segment, back.

Every packet of the question ends up in exactly one branch, and a branch goes on past what stops it, so that each
carries every blocker of its way. What lies beyond an unreadable or unmodelled next hop is not known and not walked.
"""

from collections.abc import Hashable, Iterator
from dataclasses import replace
from functools import partial

from vpcreach.components.internet_gateway import InternetGateway
from vpcreach.components.nat_gateway import NatGateway
from vpcreach.components.network_interface import NetworkInterface
from vpcreach.components.security_group import GroupSet
from vpcreach.components.vpc_endpoint import VpcEndpoint
from vpcreach.components.vpc_peering import VpcPeeringConnection
from vpcreach.destinations.meaning import Meaning, Target
from vpcreach.errors import ContradictionError
from vpcreach.forwarding import (
    ASYMMETRIC_MIDDLEBOX_ROUTE,
    NO_POSSIBLE_DESTINATION,
    Component,
    Deliver,
    Direction,
    Effect,
    Emerge,
    Forward,
    Hop,
    Leg,
    Lookup,
    Note,
    Reason,
    Sender,
    Stop,
)
from vpcreach.network.memory import Remembered
from vpcreach.network.network import Network
from vpcreach.packets.address_map import AddressSet
from vpcreach.reach.arriving import arrived
from vpcreach.reach.asked import FunctionItself, asked
from vpcreach.reach.branch import Branch, Certainty, Segment
from vpcreach.reach.gates import group_set
from vpcreach.reach.references import facing_target, lost_at, without_lost
from vpcreach.reach.returning import outside_subnets, unreturned
from vpcreach.reach.second_reading import at_destination, confirm, witness

MAX_HOPS = 32
CIRCLE = "make the route tables lead to the destination and not back to where the packets were"
ROUTING_LOOP = Reason(
    "ROUTING_LOOP",
    "move the NAT gateway to a subnet whose table sends 0.0.0.0/0 to an internet gateway",
    "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html",
)
MAX_HOPS_EXCEEDED = Reason("MAX_HOPS_EXCEEDED", "check the way by hand: it has more hops than vpcreach follows")
# Next hops that a packet, or the answer to it, reaches only across the boundary of the sender's subnet, whatever else
# they are: an ACL that stops it there is a proof even when the hop itself cannot be read.
CROSSED_BOTH_WAYS = ("nat-", "igw-", "eigw-", "pcx-", "vgw-")
CROSSED_OUTWARDS = ("tgw-",)


# What packets do from their subnet on, by target, packets and what the sender shows to it: its groups where rules of
# others were held against them.
ANY_GROUPS = "any groups"
Ways = dict[Hashable, Remembered[list[Branch]]]


class Walk:
    """One question from one source to one target: `branches()` yields every fate of its packets."""

    def __init__(
        self, network: Network, meaning: Meaning, sender: Sender, groups: GroupSet, shared: Ways | None = None
    ) -> None:
        self.network = network
        self.meaning = meaning
        self.sender = sender
        self.groups = groups
        self.shared: Ways = {} if shared is None else shared
        self.asked = asked(network, meaning, sender)
        self.gates = self.asked.gates

    def branches(self, target: Target, source: AddressSet) -> Iterator[Branch]:
        """The fates of the packets from the source addresses to the target, each packet in one branch."""
        self.target = target
        segment = Segment(self.sender, source, self.asked.client_ports, target.addresses)
        subnet_id = self.sender.subnet_id
        start = Branch(self.asked.ports, (segment,), 0, self.sender.vpc_id, subnet_id)
        start = start.noting_beforehand((*self.meaning.notes, *target.notes), self.meaning.assumptions)
        start = self.asked.guarded(start, FunctionItself(self.sender))
        if target.is_always_delivered:
            # Where the place itself cannot be read, only what holds for every place is certain.
            yield start.noting(self.groups.silence() if target.notes else ())
            return
        for branch in self._leaving(start, facing_target(self.groups, target, self.network)):
            yield from self._onwards(branch)

    def from_outside(self, target: Target, source: AddressSet) -> Iterator[Branch]:
        """The fates of packets that come over the internet, from a sender in no VPC, to a known public address (A4)."""
        self.target = target
        segment = Segment(self.sender, source, self.asked.client_ports, target.addresses)
        start = Branch(self.asked.ports, (segment,), 0, self.sender.vpc_id, None)
        start = start.noting_beforehand((*self.meaning.notes, *target.notes), self.meaning.assumptions)
        for ended in arrived(self.asked, start, target):
            yield from self._back(ended, len(ended.segments) - 1)

    def _leaving(self, start: Branch, groups: GroupSet) -> Iterator[Branch]:
        """Past the function's own groups. What leaves only by a rule that names a group is marked: on some ways such
        rules do not match, which is known when the way is (D6)."""
        if not groups.refers_to_groups(Direction.OUT):
            yield from self.gates.through(start, groups, Direction.OUT, Leg.OUT)
            return
        without = replace(groups, is_peer_translated=True)
        for branch in self.gates.through(start, without, Direction.OUT, Leg.OUT):
            refused = branch.notes[len(start.notes) :]
            if not refused:
                yield branch
                continue
            rest = start.narrowed(Leg.OUT, branch.packets(Leg.OUT))
            for again in self.gates.through(rest, groups, Direction.OUT, Leg.OUT):
                yield again.but(without_references=refused if again.notes == rest.notes else ())

    def _onwards(self, branch: Branch) -> Iterator[Branch]:
        """The way from the subnet on, which functions with other groups share where the same packets get this far."""
        shown = (self.sender.public_addresses, self.sender.refused_at_internet)
        key = (self.target, self.meaning.port, branch.packets(Leg.OUT), shown)
        found = self.shared.get((*key, ANY_GROUPS)) or self.shared.get((*key, self.sender.groups))
        if found is None:
            looks = len(self.asked.looks_at_groups)
            found = self.network.listener.during(lambda: list(self._from_the_subnet(branch)))
            groups = self.sender.groups if len(self.asked.looks_at_groups) > looks else ANY_GROUPS
            self.shared[*key, groups] = found
        for rest in self.network.listener.tell(found):
            yield without_lost(rest.after(branch))

    def _from_the_subnet(self, branch: Branch) -> Iterator[Branch]:
        bare = Branch(branch.ports, branch.segments, branch.segment, branch.vpc_id, branch.standing_in)
        for ended in self._follow(bare, Forward(self.sender.subnet_id or ""), Leg.OUT):
            yield from map(self._confirmed, self._back(ended, len(ended.segments) - 1))

    def _confirmed(self, branch: Branch) -> Branch:
        """The branch, whose decisions have been read a second time: once for all who share it."""
        packet = witness(branch, self.meaning.protocol, self.meaning.port, self.network.atoms)
        if packet is not None:
            confirm(branch, packet, self.network.atoms)
        return branch.but(readings=())

    # Forwarding

    def _follow(self, branch: Branch, then: Forward | Lookup | Emerge | Deliver | Stop, leg: Leg) -> Iterator[Branch]:
        match then:
            case Forward(component_id):
                yield from self._visit(branch, component_id, leg, then)
            case Lookup(component_id):
                yield from self._visit(branch, component_id, leg, None)
            case Emerge():
                yield from self._emerged(branch, then, leg)
            case Deliver(subnet_id):
                sure = branch if subnet_id is None else branch.doubted()
                for crossed in self.gates.cross(sure, subnet_id, leg):
                    there = crossed.but(standing_in=subnet_id)
                    yield from arrived(self.asked, there, self.target) if leg is Leg.OUT else (self._answered(there),)
            case Stop():
                yield from self._stopped(branch, leg)

    def _emerged(self, branch: Branch, emerged: Emerge, leg: Leg) -> Iterator[Branch]:
        """Out of a peering connection or an attachment: at the VPC's edge, or in one of the attachment's subnets."""
        inside = branch.but(vpc_id=emerged.vpc_id, standing_in=None)
        if not emerged.subnets:
            yield from self._visit(inside, emerged.vpc_id, leg, None)
        choice = f"the subnet in which {emerged.vpc_id} is entered"
        told = dict(branch.picks).get(choice) if emerged.same_both_ways else None
        if leg is Leg.BACK and not emerged.same_both_ways:
            choice = f"{choice} by the answers"
        for subnet_id in (told,) if told in emerged.subnets else emerged.subnets:
            pick = ((choice, subnet_id),)
            picks = inside.picks + (pick if len(emerged.subnets) > 1 and told is None else ())
            yield from self._visit(inside.but(standing_in=subnet_id, picks=picks), subnet_id, leg, None)

    def _visit(self, branch: Branch, component_id: str, leg: Leg, move: Forward | None) -> Iterator[Branch]:
        """The packets at a component: moved there, across the ACLs of the subnets on the way, or looked up in it."""
        component = self.network.component(component_id)
        if isinstance(component, Note):
            yield from self._unreadable(branch.noting((component,), leg=leg), component_id, leg)
            return
        # What stands in a subnet of its own does the same with the packets from wherever they come to it.
        place = None if move and component.subnet_id else branch.standing_in
        here = (branch.segment, leg, component_id, place)
        if here in branch.visited or (move and leg is Leg.OUT and self._has_translated(branch, component_id)):
            yield from self._stopped(branch.noting((self._loop(branch, component_id),), leg=leg), leg)
            return
        if move and branch.hops > MAX_HOPS:
            note = MAX_HOPS_EXCEEDED.unknown(component_id, "", f"more than {MAX_HOPS} hops")
            yield branch.noting((note,), leg=leg)
            return
        if leg is Leg.BACK and branch.sender.kind == "internet" and isinstance(component, InternetGateway):
            branch = branch.noting(tuple(component.attachment_notes(branch.vpc_id)), leg=leg)
            for crossed in self.gates.cross(branch, None, leg):
                yield crossed.stepping(leg, self.gates.step(component.id, component.kind, "answers leave"))
            return
        came_from = branch.standing_in
        branch = branch.but(visited=branch.visited | {here})
        if move is None:
            yield from self._passed(branch, component, came_from, leg)
            return
        if not isinstance(component, InternetGateway):
            branch = branch.doubted()
        branch = branch.but(hops=branch.hops + 1)
        for moved in self._moved(branch, component, move, leg):
            if leg is Leg.BACK:
                yield from self._passed(moved, component, came_from, leg)
                continue
            for admitted in self._through_interface(self.asked.guarded(moved, component), component):
                yield from self._passed(admitted, component, came_from, leg)

    def _through_interface(self, branch: Branch, component: Component) -> Iterator[Branch]:
        """Into and out of an appliance, past the groups of its interface (C16); they are stateful, as all groups."""
        if not isinstance(component, NetworkInterface) or not component.groups:
            yield branch
            return
        packets = branch.packets(Leg.OUT)
        if own := packets.destination & component.addresses(packets.family):
            # What is meant for the interface itself meets its groups as the target's.
            yield branch.narrowed(Leg.OUT, packets.with_destination(own))
        if not (passing := packets.destination - own):
            return
        branch = branch.narrowed(Leg.OUT, packets.with_destination(passing))
        gate = group_set(self.network, tuple(sorted(component.group_ids)))
        for entered in self.gates.through(branch, self.asked.facing_sender(gate, branch), Direction.IN, Leg.OUT):
            if component.other_arms(self.network):
                yield entered  # by which of them packets leave is not known
                continue
            yield from self.gates.through(
                entered, facing_target(gate, self.target, self.network), Direction.OUT, Leg.OUT
            )

    def _moved(self, branch: Branch, component: Component, move: Forward, leg: Leg) -> Iterator[Branch]:
        if move.through is None:
            for crossed in self.gates.cross(branch, component.subnet_id, leg):
                yield crossed.but(standing_in=component.subnet_id)
            return
        # An attachment's interface: its subnet's inbound rules count even for who stands in the same subnet (E10).
        for left in self.gates.through_acl(branch, branch.standing_in, Direction.OUT, leg):
            for entered in self.gates.through_acl(left, move.through, Direction.IN, leg):
                yield entered.but(standing_in=component.subnet_id, entered=move.through)

    def _passed(self, branch: Branch, component: Component, came_from: str | None, leg: Leg) -> Iterator[Branch]:
        for hop in component.forward(self.asked.arrival(branch, leg, came_from), self.network):
            yield from self._hop(branch, component, hop, leg)

    def _hop(self, branch: Branch, component: Component, hop: Hop, leg: Leg) -> Iterator[Branch]:
        if hop.pick is not None:
            choice, option = hop.pick
            if dict(branch.picks).get(choice, option) != option:
                return  # AWS keeps to what it once picked
            branch = branch.but(picks=tuple(dict.fromkeys((*branch.picks, hop.pick))))
        notes = hop.notes if leg is Leg.OUT else unreturned(branch, hop, self.network)
        moved = branch.narrowed(leg, hop.packets).noting(notes, hop.assumptions, leg)
        if hop.second_reading is not None:
            moved = moved.reading(leg, partial(at_destination, hop.second_reading))
        if hop.detail:
            moved = moved.stepping(leg, self.gates.step(component.id, component.kind, hop.detail))
        if hop.past is not None:
            kind = self.network.kind_of(hop.past)
            moved = moved.stepping(leg, self.gates.step(hop.past, kind, f"reached through {component.id}"))
        moved = moved.crossing(component.id, leg, is_middlebox=hop.is_middlebox).losing(lost_at(component, hop))
        if hop.is_unverified or hop.is_provisional:
            # What a Gateway Load Balancer's appliances send on by a way of their own meets not even the next table.
            unverified = Certainty.BEYOND_IT if isinstance(component, VpcEndpoint) else Certainty.AT_UNVERIFIED_HOP
            certainty = unverified if hop.is_unverified else moved.certainty
            moved = moved.but(certainty=certainty, is_provisional=moved.is_provisional or hop.is_provisional)
        if hop.sender is not None:
            moved = moved.closing(component.id, moved.standing_in)
            held = moved.current
            source = hop.source if hop.source is not None else held.source
            moved = moved.opening(
                Segment(
                    hop.sender,
                    source,
                    self.asked.client_ports,
                    held.destination if hop.destination is None else hop.destination,
                    shares_destination=hop.destination is None,
                )
            )
        elif isinstance(hop.then, Deliver) and leg is Leg.OUT:
            moved = moved.closing(hop.then.subnet_id or component.id, hop.then.subnet_id)
        if isinstance(hop.then, Stop) and all(note.effect is Effect.ADVICE for note in hop.notes):
            raise ContradictionError(f"{component.id} ends a way and does not say why; please report this")
        is_unread = isinstance(hop.then, Stop) and hop.notes[-1].effect is Effect.UNKNOWN
        if is_unread and leg is Leg.OUT and component.id.startswith(CROSSED_BOTH_WAYS):
            # Whatever lies beyond, the answers must cross the boundary of the sender's subnet.
            yield from self._own_boundary(moved, both_ways=True)
            return
        yield from self._follow(moved, hop.then, leg)

    def _has_translated(self, branch: Branch, component_id: str) -> bool:
        return any(segment.sender.component == component_id for segment in branch.segments[1:])

    def _loop(self, branch: Branch, component_id: str) -> Note:
        if not branch.path or not self._has_translated(branch, component_id):
            message = f"the packets come to {component_id} a second time: they go in a circle"
            return replace(ROUTING_LOOP.fail(component_id, "", message), remedy=CIRCLE)
        table = branch.path[-1]
        own = branch.sender.component == component_id
        what = "the gateway itself has no way out" if own else "the packets go in a circle"
        message = (
            f"{component_id} stands in {branch.standing_in}, whose table {table.component} sends the packets "
            f"({table.detail}) back to {component_id}: {what}"
        )
        return ROUTING_LOOP.fail(component_id, table.detail, message)

    # Ends

    def _stopped(self, branch: Branch, leg: Leg) -> Iterator[Branch]:
        """Packets that go no further: what the sender's own ACL would say of them belongs to the answer as well."""
        if leg is Leg.BACK or branch.notes[-1].effect is not Effect.FAIL:
            yield branch
            return
        # Answers that leave an attachment in the sender's own subnet pass no ACL.
        yield from self._own_boundary(branch, both_ways=branch.entered != branch.sender.subnet_id)

    def _unreadable(self, branch: Branch, component_id: str, leg: Leg) -> Iterator[Branch]:
        if leg is Leg.OUT and component_id.startswith(InternetGateway.id_prefix):
            # Whatever it is attached to, no internet gateway takes packets of a sender without a public address.
            branch = branch.noting(
                InternetGateway(component_id).sender_notes(self.asked.arrival(branch, leg), self.network)
            )
        if leg is Leg.OUT and component_id.startswith(CROSSED_BOTH_WAYS + CROSSED_OUTWARDS):
            yield from self._own_boundary(branch, both_ways=component_id.startswith(CROSSED_BOTH_WAYS))
        else:
            yield branch

    def _own_boundary(self, branch: Branch, *, both_ways: bool) -> Iterator[Branch]:
        own = branch.sender.subnet_id
        outwards = (
            self.gates.through_acl(branch, own, Direction.OUT, Leg.OUT) if branch.standing_in == own else (branch,)
        )
        for left in outwards:
            for back in self.gates.through_acl(left, own, Direction.IN, Leg.BACK) if both_ways else (left,):
                # No packet went this far: the notes count, the steps would tell of a way that nothing took.
                yield back.but(path=branch.path, return_path=branch.return_path)

    # The way back

    def _back(self, branch: Branch, index: int) -> Iterator[Branch]:
        """The answers, from the last segment to the first; a segment that ended nowhere has none."""
        if index < 0:
            yield branch
            return
        segment = branch.segments[index]
        vpc_id = segment.end_vpc or segment.sender.vpc_id
        here = branch.but(segment=index, vpc_id=vpc_id, standing_in=segment.end_subnet, answers_through=(), hops=0)
        for answered in self._answers(here, segment):
            yield from self._back(answered, index - 1)

    def _answers(self, branch: Branch, segment: Segment) -> Iterator[Branch]:
        if segment.end is None:
            yield branch
            return
        if segment.sender.subnet_id is None and segment.sender.kind == NatGateway.kind:
            yield outside_subnets(branch, segment.end, self.network)
            return
        end = self.network.component(segment.end)
        if isinstance(end, Note):
            yield branch.noting((end,), leg=Leg.BACK)
            return
        if (peering := self._returning_peering(segment)) is not None:
            detail = f"answers return to {segment.sender.component} whatever the route tables say"
            back = branch.stepping(Leg.BACK, self.gates.step(peering.id, peering.kind, detail))
            for crossed in self.gates.cross(back, segment.sender.subnet_id, Leg.BACK):
                yield self._answered(crossed.but(standing_in=segment.sender.subnet_id, vpc_id=segment.sender.vpc_id))
            return
        for hop in end.answer(self.asked.arrival(branch, Leg.BACK), self.network):
            yield from self._hop(branch, end, hop, Leg.BACK)

    def _returning_peering(self, segment: Segment) -> VpcPeeringConnection | None:
        """The peering connection that brings answers back to a NAT gateway, return routes or not (C6)."""
        if segment.sender.kind != NatGateway.kind:
            return None
        crossed = [self.network.record(component_id) for component_id in segment.crossed]
        return next((record for record in crossed if isinstance(record, VpcPeeringConnection)), None)

    def _answered(self, branch: Branch) -> Branch:
        """Answers that were delivered: to who asked, and through every appliance that saw the packets go out?"""
        sender, boxes = branch.sender, branch.current.middleboxes
        if sender.kind != "internet" and branch.standing_in != sender.subnet_id:
            message = f"the answers end in {branch.standing_in} of {branch.vpc_id}, and {sender.component} is elsewhere"
            return branch.noting((NO_POSSIBLE_DESTINATION.fail(branch.vpc_id, "", message),), leg=Leg.BACK)
        missed = [box for box in boxes if box not in branch.answers_through]
        return branch.noting((self._passed_by(missed),), leg=Leg.BACK) if missed else branch

    def _passed_by(self, missed: list[str]) -> Note:
        """A proof at endpoints; a machine may translate, or pass packets on without having seen their connection."""
        machines = [box for box in missed if isinstance(self.network.record(box), NetworkInterface)]
        box = (machines or missed)[0]
        message = f"the packets go out through {box}, and their answers come back without passing it"
        if not machines:
            return ASYMMETRIC_MIDDLEBOX_ROUTE.fail(box, "", message)
        message = f"{message}; whether the machine translates, or needs to see them, is in no configuration"
        resolve = "route the answers back through the machine, or test a connection"
        return ASYMMETRIC_MIDDLEBOX_ROUTE.unknown(box, "", message, resolve=resolve)
