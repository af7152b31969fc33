"""Where the way out ends: in the target's place, behind its groups, or at its public address from the internet."""

from collections.abc import Iterator
from dataclasses import replace

import msgspec

from vpcreach.components import GUARDS
from vpcreach.components.internet_gateway import DESCRIBE_INTERNET_GATEWAYS, InternetGateway
from vpcreach.components.network_interface import NetworkInterface
from vpcreach.destinations.meaning import Target
from vpcreach.forwarding import (
    BAD_STATE_ATTACHMENT,
    NO_POSSIBLE_DESTINATION,
    UNSUPPORTED_COMPONENT,
    Direction,
    Leg,
    Lookup,
    Note,
    Sender,
)
from vpcreach.packets.address_map import AddressSet
from vpcreach.reach.asked import Asked
from vpcreach.reach.branch import Branch, Certainty, Segment
from vpcreach.reach.gates import group_set
from vpcreach.reach.references import lost_at_private_link


def arrived(asked: Asked, branch: Branch, target: Target) -> Iterator[Branch]:
    """The fates of packets that were delivered in a subnet, or (standing nowhere) to a service or the internet."""
    if target.public_interface_id is not None and branch.standing_in is None:
        yield from _inbound(asked, branch, target, target.public_interface_id)
        return
    if target.is_outside_vpcs and branch.standing_in is not None:
        message = (
            f"the packets end in {branch.standing_in}: {branch.vpc_id} has addresses of {target.label} for its own"
        )
        yield branch.noting((NO_POSSIBLE_DESTINATION.fail(branch.vpc_id, target.label, message),))
        return
    if branch.standing_in is not None and branch.vpc_id in target.rival_vpcs:
        return  # the same addresses in another VPC: another target of the same question tells what becomes of them
    if target.vpc_id is not None and (branch.standing_in is None or branch.vpc_id != target.vpc_id):
        message = f"the packets end in {branch.vpc_id}, and {target.label} is in {target.vpc_id}"
        note = NO_POSSIBLE_DESTINATION.fail(branch.vpc_id, target.label, message)
        yield branch.noting((note,))
        return
    if target.endpoint_id is not None:
        endpoint = asked.network.component(target.endpoint_id)
        if isinstance(endpoint, Note):
            branch = branch.noting((endpoint,))
        else:
            step = asked.gates.step(endpoint.id, endpoint.kind, target.label)
            branch = asked.guarded(branch, endpoint).stepping(Leg.OUT, step)
    yield from _into_target(asked, branch, target)


def _into_target(asked: Asked, branch: Branch, target: Target) -> Iterator[Branch]:
    notes = (target.at_arrival,) if target.at_arrival is not None else ()
    if target.groups is None:
        yield branch.noting(notes)
        return
    groups = group_set(asked.network, tuple(sorted(target.groups)))
    for part in _by_private_link(asked, branch, target):
        yield from asked.gates.through(part.noting(notes), asked.facing_sender(groups, part), Direction.IN, Leg.OUT)


def _by_private_link(asked: Asked, branch: Branch, target: Target) -> Iterator[Branch]:
    """The packets for interfaces of VPC endpoints apart from the others: they know fewer groups."""
    if target.endpoint_id is not None:
        yield lost_at_private_link(branch, asked.network)
        return
    packets = branch.packets(Leg.OUT)
    standing_by = asked.network.interfaces_in(branch.standing_in or "")
    of_endpoints = [i.addresses(packets.family) for i in standing_by if i.is_of_endpoint]
    theirs = packets.destination & AddressSet.of(packets.family, (each for a in of_endpoints for each in a.intervals))
    if theirs:
        there = branch.narrowed(Leg.OUT, packets.with_destination(theirs))
        yield lost_at_private_link(there, asked.network)
    if rest := packets.destination - theirs:
        yield branch.narrowed(Leg.OUT, packets.with_destination(rest))


def _inbound(asked: Asked, branch: Branch, target: Target, interface_id: str) -> Iterator[Branch]:
    """From the internet to a collected interface's public address: a segment of its own (C11)."""
    interface = asked.network.record(interface_id)
    if not isinstance(interface, NetworkInterface) or interface.subnet_id is None or interface.vpc_id is None:
        yield branch.noting((asked.network.unread(interface_id),))
        return
    if not branch.sender.public_addresses:
        yield branch
        return
    family = branch.current.source.family
    outside = Sender("internet", "internet", interface.vpc_id, None, None)
    segment = Segment(
        outside,
        AddressSet.parse(*branch.sender.public_addresses),
        asked.client_ports,
        interface.addresses(family),
        shares_destination=False,
        end=interface.subnet_id,
        end_subnet=interface.subnet_id,
    )
    # What an unverified machine sends to the internet may as well come from elsewhere.
    entering = branch.doubted().opening(segment).but(vpc_id=interface.vpc_id)
    entering = _entering(asked, entering, interface.vpc_id, interface.subnet_id)
    step = asked.gates.step(interface.id, interface.kind, "entered by its public address")
    for crossed in asked.gates.cross(entering.stepping(Leg.OUT, step), interface.subnet_id, Leg.OUT):
        yield from _into_target(asked, crossed.but(standing_in=interface.subnet_id), target)


def _entering(asked: Asked, branch: Branch, vpc_id: str, subnet_id: str) -> Branch:
    """What the target VPC's own internet gateway, and the guards there, say of packets from outside."""
    gateways = [g for g in asked.network.every(InternetGateway) if not g.attachment_notes(vpc_id)]
    if not gateways:
        message = f"no internet gateway is attached to {vpc_id}, so nothing enters it by a public address"
        unread = asked.network.missing(DESCRIBE_INTERNET_GATEWAYS, vpc_id)
        return branch.noting((unread or BAD_STATE_ATTACHMENT.fail(vpc_id, "Attachments", message),))
    sender = replace(branch.sender, subnet_id=subnet_id)
    arrival = msgspec.structs.replace(asked.arrival(branch, Leg.OUT), sender=sender, origin=sender)
    for guard in GUARDS:
        judgement = guard.judge(gateways[0], arrival, asked.network)
        branch = branch.noting(judgement.notes, judgement.assumptions)
    if diverted := _edge_notes(asked, branch, gateways[0].id, vpc_id):
        # Nothing is certain of what comes out there, nor by which way its answers go.
        return branch.noting(diverted).but(certainty=Certainty.BEYOND_IT).closing(None, None)
    return branch


def _edge_notes(asked: Asked, branch: Branch, gateway_id: str, vpc_id: str) -> tuple[Note, ...]:
    """What an edge table does to packets that enter: anything but local delivery is not modelled on this way."""
    edge = asked.network.edge_table_of(gateway_id, vpc_id)
    if edge is None or isinstance(edge, Note):
        return (edge,) if edge else ()
    hops = list(edge.forward(asked.arrival(branch, Leg.OUT), asked.network))
    if all(isinstance(hop.then, Lookup) for hop in hops):
        return ()
    message = f"{edge.id} sends what enters through {gateway_id} elsewhere than into {vpc_id}"
    return (UNSUPPORTED_COMPONENT.unknown(edge.id, "", message),)
