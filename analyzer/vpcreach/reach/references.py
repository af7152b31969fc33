"""Rules that name security groups: whom they match at either end of a way, and where on it they are lost (D6)."""

from dataclasses import replace

from vpcreach.components.cloud_wan import CoreNetwork
from vpcreach.components.security_group import SG_REFERENCES_NOT_PRESERVED, GroupSet
from vpcreach.components.transit_gateway import SG_REFERENCING_SUPPORT, TransitGateway
from vpcreach.destinations.internet import public_addresses
from vpcreach.destinations.meaning import Target
from vpcreach.forwarding import Component, Effect, Hop, Note
from vpcreach.network.network import Network
from vpcreach.reach.branch import Branch


def facing_target(groups: GroupSet, target: Target, network: Network) -> GroupSet:
    """Groups that packets leave by, with those that the target has: at its private addresses alone."""
    is_hidden = target.groups is None and target.at_arrival is not None and not _is_public(target, network)
    peer_groups = None if target.public_interface_id else target.groups
    return replace(groups, peer_groups=peer_groups, is_peer_hidden=is_hidden)


def _is_public(target: Target, network: Network) -> bool:
    return not target.addresses - public_addresses(target.addresses.family, network)


def facing_sender(groups: GroupSet, branch: Branch) -> GroupSet:
    """Groups that packets enter by, with what is known of their sender's on this way."""
    lost = _sure_first(branch.references_lost)
    return replace(
        groups,
        peer_groups=branch.sender.groups,
        is_peer_translated=branch.sender.groups is None or any(note.effect is Effect.FAIL for note in lost),
        is_peer_hidden=any(note.effect is Effect.UNKNOWN for note in lost),
        references_lost=lost[:1],
    )


def lost_at(component: Component, hop: Hop) -> tuple[tuple[Note, ...], tuple[Note, ...]]:
    """Why references to groups do not hold behind a hop: those of the receiver's rules, and of the sender's."""
    inbound = (hop.references_lost,) if hop.references_lost else ()
    outbound = (hop.outbound_lost,) if hop.outbound_lost else ()
    if hop.sender is not None or hop.is_middlebox:
        message = f"rules that name a security group do not match what passes through {component.id}"
        note = SG_REFERENCES_NOT_PRESERVED.fail(component.id, "", message)
        return (*inbound, note) if hop.is_middlebox else inbound, (*outbound, note)
    return inbound, outbound


def lost_at_private_link(branch: Branch, network: Network) -> Branch:
    """Interfaces of VPC endpoints know no groups of what comes through a hub, whatever its options say (D6)."""
    crossed = (network.record(component_id) for component_id in branch.current.crossed)
    hub = next((each for each in crossed if isinstance(each, TransitGateway | CoreNetwork)), None)
    if hub is None:
        return branch
    message = f"rules of VPC endpoints that name a security group do not match what comes through {hub.title}"
    return branch.losing(((SG_REFERENCING_SUPPORT.fail(hub.id, "", message),), ()))


def without_lost(branch: Branch) -> Branch:
    """What left by a rule that names a group is refused where such rules are lost, unless another may admit it."""
    if not branch.without_references or not branch.outbound_lost:
        return branch
    if all(note.effect is Effect.UNKNOWN for note in branch.without_references):
        return branch.noting(branch.without_references)
    return branch.noting(_sure_first(branch.outbound_lost)[:1])


def _sure_first(lost: tuple[Note, ...]) -> tuple[Note, ...]:
    """What is sure to be lost counts before what may be."""
    return tuple(sorted(lost, key=lambda note: note.effect is not Effect.FAIL))
