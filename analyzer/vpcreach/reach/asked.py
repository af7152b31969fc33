"""What is asked: the question's network, meaning, first sender and gates, as every part of the walk needs them."""

from dataclasses import dataclass, field

from vpcreach.components import GUARDS
from vpcreach.components.security_group import GroupSet
from vpcreach.destinations.meaning import Meaning
from vpcreach.forwarding import UNSUPPORTED_COMPONENT, Arrival, Component, Hop, Leg, Sender, Stop
from vpcreach.network.network import Network
from vpcreach.packets.ports import TCP, UDP
from vpcreach.reach.branch import Branch
from vpcreach.reach.gates import Gates
from vpcreach.reach.references import facing_sender


@dataclass(frozen=True, slots=True)
class Asked:
    """One question from one sender. `client_ports` is the mask of the ports that functions and NAT gateways use.

    `looks_at_groups` names each gate whose rules were held against the sender's groups, one after another: ways without
    one are the same for a sender of other groups.
    """

    network: Network
    meaning: Meaning
    sender: Sender
    gates: Gates
    ports: int
    client_ports: int
    looks_at_groups: list[str] = field(default_factory=list)

    def facing_sender(self, groups: GroupSet, branch: Branch) -> GroupSet:
        """Groups that packets enter by, with what is known of their sender's on this way."""
        if branch.segment == 0:
            self.looks_at_groups.append(groups.id)
        return facing_sender(groups, branch)

    def arrival(self, branch: Branch, leg: Leg, came_from: str | None = None) -> Arrival:
        """The branch's packets as a component sees them."""
        return Arrival(
            packets=branch.packets(leg),
            leg=leg,
            sender=branch.sender,
            vpc_id=branch.vpc_id,
            standing_in=branch.standing_in,
            origin=self.sender,
            request=self.meaning.request,
            port=self.meaning.port,
            came_from=came_from,
            entered=branch.entered,
            has_crossed=branch.current.middleboxes,
            crossed_before=tuple(box for each in branch.segments[: branch.segment] for box in each.middleboxes),
        )

    def guarded(self, branch: Branch, component: Component) -> Branch:
        """The branch with what the guards say of it at a component."""
        arrival = self.arrival(branch, Leg.OUT)
        for guard in GUARDS:
            judgement = guard.judge(component, arrival, self.network)
            branch = branch.noting(judgement.notes, judgement.assumptions)
        return branch


def asked(network: Network, meaning: Meaning, sender: Sender) -> Asked:
    """The question that a meaning makes for one sender."""
    return Asked(
        network,
        meaning,
        sender,
        Gates(network, meaning.protocol, meaning.port),
        network.atoms.atom(meaning.protocol, meaning.port),
        client_ports(network, meaning.protocol),
    )


def client_ports(network: Network, protocol: int) -> int:
    """The ports that functions and NAT gateways send from: 1024 to 65535 (semantics E6)."""
    return network.atoms.mask(protocol, 1024, 65535) if protocol in (TCP, UDP) else network.atoms.mask(protocol)


class FunctionItself:
    """The function's interface, for guards that judge where packets start."""

    def __init__(self, sender: Sender) -> None:
        self.id = sender.component
        self.kind = sender.kind
        self.subnet_id = sender.subnet_id

    def forward(self, arrival: Arrival, around: object) -> tuple[Hop, ...]:
        note = UNSUPPORTED_COMPONENT.unknown(self.id, "", "a function forwards nothing")
        return (Hop(arrival.packets, Stop(), "", (note,)),)

    answer = forward
