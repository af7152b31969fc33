"""The walk: packets of one question followed out to their destination and, segment by segment, back.

Every packet of the question ends up in exactly one branch, and a branch goes on past what stops it, so that each
carries every blocker of its way. What lies beyond an unreadable or unmodelled next hop is not known and not walked.
"""

from collections.abc import Hashable, Iterator
from dataclasses import replace

from vpcreach.components import GUARDS
from vpcreach.components.internet_gateway import DESCRIBE_INTERNET_GATEWAYS, InternetGateway
from vpcreach.components.network_interface import NetworkInterface
from vpcreach.components.security_group import GroupSet
from vpcreach.destinations.internet import public_addresses
from vpcreach.destinations.meaning import Meaning, Target
from vpcreach.forwarding import (
    BAD_STATE_ATTACHMENT,
    NO_POSSIBLE_DESTINATION,
    UNSUPPORTED_COMPONENT,
    Arrival,
    Component,
    Deliver,
    Direction,
    Effect,
    Forward,
    Hop,
    Leg,
    Lookup,
    Note,
    Reason,
    Sender,
    Stop,
)
from vpcreach.network.network import Network
from vpcreach.packets.address_map import AddressSet
from vpcreach.packets.ports import TCP, UDP
from vpcreach.reach.branch import Branch, Segment
from vpcreach.reach.gates import Gates, group_set

MAX_HOPS = 32
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


# What packets do from their subnet on, by target, packets and what the sender shows to it.
Ways = dict[Hashable, list[Branch]]


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
        self.gates = Gates(network, meaning.protocol, meaning.port)
        self.ports = network.atoms.atom(meaning.protocol, meaning.port)
        self.client_ports = client_ports(network, meaning.protocol)

    def branches(self, target: Target, source: AddressSet) -> Iterator[Branch]:
        """The fates of the packets from the source addresses to the target, each packet in one branch."""
        self.target = target
        segment = Segment(self.sender, source, self.client_ports, target.addresses)
        subnet_id = self.sender.subnet_id
        start = Branch(self.ports, (segment,), 0, self.sender.vpc_id, subnet_id)
        start = start.noting((*self.meaning.notes, *target.notes), self.meaning.assumptions)
        start = self._guarded(start, self.function_itself())
        if target.is_always_delivered:
            # Where the place itself cannot be read, only what holds for every place is certain.
            yield start.noting(self.groups.silence() if target.notes else ())
            return
        # References match private addresses: at the function they say nothing of an interface's public one (D6).
        is_hidden = target.groups is None and target.at_arrival is not None and not self._is_public(target)
        peer_groups = None if target.public_interface_id else target.groups
        groups = replace(self.groups, peer_groups=peer_groups, is_peer_hidden=is_hidden)
        for branch in self.gates.through(start, groups, Direction.OUT, Leg.OUT):
            yield from self._onwards(branch)

    def _onwards(self, branch: Branch) -> Iterator[Branch]:
        """The way from the subnet on, which functions with other groups share where the same packets get this far."""
        groups = self.sender.groups if self.target.groups is not None else None
        key = (self.target, branch.packets(Leg.OUT), groups, self.sender.public_addresses)
        if key not in self.shared:
            bare = Branch(branch.ports, branch.segments, branch.segment, branch.vpc_id, branch.standing_in)
            ended = self._follow(bare, Forward(self.sender.subnet_id or ""), Leg.OUT)
            self.shared[key] = [back for way in ended for back in self._back(way, len(way.segments) - 1)]
        for rest in self.shared[key]:
            yield rest.after(branch)

    def _is_public(self, target: Target) -> bool:
        return not (target.addresses - public_addresses(target.addresses.family, self.network))

    def function_itself(self) -> Component:
        """The function itself as guards see it."""
        return _Start(self.sender)

    # Forwarding

    def _follow(self, branch: Branch, then: Forward | Lookup | Deliver | Stop, leg: Leg) -> Iterator[Branch]:
        match then:
            case Forward(component_id) | Lookup(component_id):
                yield from self._visit(branch, component_id, leg, moves=isinstance(then, Forward))
            case Deliver(subnet_id):
                for crossed in self.gates.cross(branch, subnet_id, leg):
                    yield from self._arrived(replace(crossed, standing_in=subnet_id), leg)
            case Stop():
                yield from self._stopped(branch, leg)

    def _visit(self, branch: Branch, component_id: str, leg: Leg, *, moves: bool) -> Iterator[Branch]:
        component = self.network.component(component_id)
        if isinstance(component, Note):
            yield from self._unreadable(branch.noting((component,), leg=leg), component_id, leg)
            return
        if branch.hops > MAX_HOPS:
            note = MAX_HOPS_EXCEEDED.unknown(component_id, "", f"more than {MAX_HOPS} hops")
            yield branch.noting((note,), leg=leg)
            return
        if (
            leg is Leg.OUT
            and moves
            and any(segment.sender.component == component_id for segment in branch.segments[1:])
        ):
            yield from self._stopped(branch.noting((self._loop(branch, component_id),)), leg)
            return
        if leg is Leg.BACK and branch.sender.kind == "internet" and isinstance(component, InternetGateway):
            branch = branch.noting(tuple(component.attachment_notes(branch.vpc_id)), leg=leg)
            for crossed in self.gates.cross(branch, None, leg):
                yield crossed.stepping(leg, self.gates.step(component.id, component.kind, "answers leave"))
            return
        branch = replace(branch, hops=branch.hops + 1)
        for crossed in self.gates.cross(branch, component.subnet_id, leg) if moves else (branch,):
            here = replace(crossed, standing_in=component.subnet_id) if moves else crossed
            here = self._guarded(here, component) if moves and leg is Leg.OUT else here
            for hop in component.forward(self._arrival(here, leg), self.network):
                yield from self._hop(here, component, hop, leg)

    def _hop(self, branch: Branch, component: Component, hop: Hop, leg: Leg) -> Iterator[Branch]:
        moved = branch.narrowed(leg, hop.packets).noting(hop.notes, hop.assumptions, leg)
        if hop.detail:
            moved = moved.stepping(leg, self.gates.step(component.id, component.kind, hop.detail))
        if hop.sender is not None:
            moved = moved.closing(component.id, moved.standing_in)
            source = hop.source if hop.source is not None else moved.current.source
            moved = moved.opening(Segment(hop.sender, source, self.client_ports, moved.current.destination))
        elif isinstance(hop.then, Deliver) and leg is Leg.OUT:
            moved = moved.closing(hop.then.subnet_id or component.id, hop.then.subnet_id)
        yield from self._follow(moved, hop.then, leg)

    def _arrival(self, branch: Branch, leg: Leg) -> Arrival:
        return Arrival(
            packets=branch.packets(leg),
            leg=leg,
            sender=branch.sender,
            vpc_id=branch.vpc_id,
            standing_in=branch.standing_in,
            origin=self.sender,
            request=self.meaning.request,
        )

    def _guarded(self, branch: Branch, component: Component) -> Branch:
        for guard in GUARDS:
            judgement = guard.judge(component, self._arrival(branch, Leg.OUT), self.network)
            branch = branch.noting(judgement.notes, judgement.assumptions)
        return branch

    def _loop(self, branch: Branch, component_id: str) -> Note:
        table = branch.path[-1]
        own = branch.sender.component == component_id
        what = "the gateway itself has no way out" if own else "the packets go in a circle"
        message = (
            f"{component_id} stands in {branch.standing_in}, whose table {table.component} sends the packets "
            f"({table.detail}) back to {component_id}: {what}"
        )
        return ROUTING_LOOP.fail(component_id, table.detail, message)

    # Ends

    def _arrived(self, branch: Branch, leg: Leg) -> Iterator[Branch]:
        if leg is Leg.BACK:
            yield branch
            return
        target = self.target
        if target.public_interface_id is not None and branch.standing_in is None:
            yield from self._inbound(branch, target.public_interface_id)
            return
        if target.is_outside_vpcs and branch.standing_in is not None:
            message = (
                f"the packets end in {branch.standing_in}: {branch.vpc_id} has addresses of {target.label} for its own"
            )
            yield branch.noting((NO_POSSIBLE_DESTINATION.fail(branch.vpc_id, target.label, message),))
            return
        if target.vpc_id is not None and (branch.standing_in is None or branch.vpc_id != target.vpc_id):
            message = f"the packets end in {branch.vpc_id}, and {target.label} is in {target.vpc_id}"
            note = NO_POSSIBLE_DESTINATION.fail(branch.vpc_id, target.label, message)
            yield branch.noting((note,))
            return
        if target.endpoint_id is not None:
            endpoint = self.network.component(target.endpoint_id)
            if isinstance(endpoint, Note):
                branch = branch.noting((endpoint,))
            else:
                step = self.gates.step(endpoint.id, endpoint.kind, target.label)
                branch = self._guarded(branch, endpoint).stepping(Leg.OUT, step)
        yield from self._into_target(branch, target)

    def _into_target(self, branch: Branch, target: Target) -> Iterator[Branch]:
        notes = (target.at_arrival,) if target.at_arrival is not None else ()
        if target.groups is None:
            yield branch.noting(notes)
            return
        gate = group_set(self.network, tuple(sorted(target.groups)))
        translated = branch.sender.groups is None
        gate = replace(gate, peer_groups=branch.sender.groups, is_peer_translated=translated)
        yield from self.gates.through(branch.noting(notes), gate, Direction.IN, Leg.OUT)

    def _inbound(self, branch: Branch, interface_id: str) -> Iterator[Branch]:
        """From the internet to a collected interface's public address: a segment of its own (C11)."""
        interface = self.network.record(interface_id)
        if not isinstance(interface, NetworkInterface) or interface.subnet_id is None or interface.vpc_id is None:
            yield branch.noting((self.network.unread(interface_id),))
            return
        if not branch.sender.public_addresses:
            yield branch
            return
        family = branch.current.source.family
        outside = Sender("internet", "internet", interface.vpc_id, None, None)
        segment = Segment(
            outside,
            AddressSet.parse(*branch.sender.public_addresses),
            self.client_ports,
            interface.addresses(family),
            shares_destination=False,
            end=interface.subnet_id,
            end_subnet=interface.subnet_id,
        )
        entering = replace(branch.opening(segment), vpc_id=interface.vpc_id, standing_in=None)
        entering = self._entering(entering, interface.vpc_id, interface.subnet_id)
        step = self.gates.step(interface.id, interface.kind, "entered by its public address")
        for crossed in self.gates.cross(entering.stepping(Leg.OUT, step), interface.subnet_id, Leg.OUT):
            yield from self._into_target(replace(crossed, standing_in=interface.subnet_id), self.target)

    def _entering(self, branch: Branch, vpc_id: str, subnet_id: str) -> Branch:
        """What the target VPC's own internet gateway, and the guards there, say of packets from outside."""
        gateways = [g for g in self.network.every(InternetGateway) if not g.attachment_notes(vpc_id)]
        if not gateways:
            message = f"no internet gateway is attached to {vpc_id}, so nothing enters it by a public address"
            unread = self.network.missing(DESCRIBE_INTERNET_GATEWAYS, vpc_id)
            return branch.noting((unread or BAD_STATE_ATTACHMENT.fail(vpc_id, "Attachments", message),))
        branch = branch.noting(self._edge_notes(branch, gateways[0].id, vpc_id))
        sender = replace(branch.sender, subnet_id=subnet_id)
        arrival = replace(self._arrival(branch, Leg.OUT), sender=sender, origin=sender)
        for guard in GUARDS:
            judgement = guard.judge(gateways[0], arrival, self.network)
            branch = branch.noting(judgement.notes, judgement.assumptions)
        return branch

    def _edge_notes(self, branch: Branch, gateway_id: str, vpc_id: str) -> tuple[Note, ...]:
        """What an edge table does to packets that enter: anything but local delivery is not modelled on this way."""
        edge = self.network.edge_table_of(gateway_id, vpc_id)
        if edge is None or isinstance(edge, Note):
            return (edge,) if edge else ()
        hops = list(edge.forward(self._arrival(branch, Leg.OUT), self.network))
        if all(isinstance(hop.then, Lookup) for hop in hops):
            return ()
        message = f"{edge.id} sends what enters through {gateway_id} elsewhere than into {vpc_id}"
        return (UNSUPPORTED_COMPONENT.unknown(edge.id, "", message),)

    def _stopped(self, branch: Branch, leg: Leg) -> Iterator[Branch]:
        """Packets that go no further: what the sender's own ACL would say of them belongs to the answer as well."""
        if leg is Leg.BACK or branch.notes[-1].effect is not Effect.FAIL:
            yield branch
            return
        yield from self._own_boundary(branch, both_ways=True)

    def _unreadable(self, branch: Branch, component_id: str, leg: Leg) -> Iterator[Branch]:
        if leg is Leg.OUT and component_id.startswith(InternetGateway.id_prefix):
            # Whatever it is attached to, no internet gateway takes packets of a sender without a public address.
            branch = branch.noting(InternetGateway(component_id).sender_notes(self._arrival(branch, leg), self.network))
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
                yield replace(back, path=branch.path, return_path=branch.return_path)

    # The way back

    def _back(self, branch: Branch, index: int) -> Iterator[Branch]:
        """The answers, from the last segment to the first; a segment that ended nowhere has none."""
        if index < 0:
            yield branch
            return
        segment = branch.segments[index]
        here = replace(branch, segment=index, vpc_id=segment.sender.vpc_id, standing_in=segment.end_subnet)
        for answered in self._answers(here, segment):
            yield from self._back(answered, index - 1)

    def _answers(self, branch: Branch, segment: Segment) -> Iterator[Branch]:
        if segment.end is None:
            yield branch
            return
        if segment.sender.subnet_id is None and segment.sender.kind != "internet":
            yield self._answered_outside_subnets(branch, segment.end)
            return
        end = self.network.component(segment.end)
        if isinstance(end, Note):
            yield branch.noting((end,), leg=Leg.BACK)
            return
        for hop in end.answer(self._arrival(branch, Leg.BACK), self.network):
            yield from self._hop(branch, end, hop, Leg.BACK)

    def _answered_outside_subnets(self, branch: Branch, gateway_id: str) -> Branch:
        """Answers to a regional NAT gateway: it stands in no subnet, so only an edge table could divert them."""
        edge = self.network.edge_table_of(gateway_id, branch.vpc_id)
        if edge is None:
            return branch
        message = f"{edge.id} rules what enters through {gateway_id}" if not isinstance(edge, Note) else edge.message
        note = UNSUPPORTED_COMPONENT.unknown(
            gateway_id, "", f"{message}; a regional NAT gateway behind it is not modelled"
        )
        return branch.noting((note,), leg=Leg.BACK)


class _Start:
    """The function's interface, for guards that judge where packets start."""

    def __init__(self, sender: Sender) -> None:
        self.id = sender.component
        self.kind = sender.kind
        self.subnet_id = sender.subnet_id

    def forward(self, arrival: Arrival, around: object) -> tuple[Hop, ...]:
        note = UNSUPPORTED_COMPONENT.unknown(self.id, "", "a function forwards nothing")
        return (Hop(arrival.packets, Stop(), "", (note,)),)

    answer = forward


def client_ports(network: Network, protocol: int) -> int:
    """The ports that functions and NAT gateways send from: 1024 to 65535 (semantics E6)."""
    return network.atoms.mask(protocol, 1024, 65535) if protocol in (TCP, UDP) else network.atoms.mask(protocol)
