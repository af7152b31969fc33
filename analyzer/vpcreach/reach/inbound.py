"""From Lambda's own network, which functions without a VPC use, in to what the snapshot knows by a public address.

Which of its public addresses Lambda sends from is not known: what admits some of them only decides nothing. The way in
is judged as for anybody on the internet: the target's internet gateway, its groups and ACLs, and the answers' way out.
Source: Lambda Developer Guide, "Enable internet access for VPC-connected Lambda functions" (semantics A4, C11).
"""

from collections.abc import Iterable
from dataclasses import replace

from vpcreach.components.network_interface import NetworkInterface
from vpcreach.components.security_group import GroupSet
from vpcreach.destinations.internet import internet_for, unread_endpoint_lists
from vpcreach.destinations.meaning import (
    NO_SOURCE_OR_DESTINATION,
    UNKNOWN_DESTINATION,
    Endpoint,
    Meaning,
    Source,
    Target,
)
from vpcreach.forwarding import Effect, Note, Sender
from vpcreach.network.network import Network
from vpcreach.packets.address_map import AddressSet, Family
from vpcreach.reach.answer import Trace, fold
from vpcreach.reach.judge import bare, traced, undecided
from vpcreach.reach.walk import Walk
from vpcreach.snapshot.call import Place

LAMBDA_NETWORK = "Lambda's own network"


def nowhere(place: Place) -> Source:
    """The source that a destination is asked from by functions in no VPC: its name resolves as public DNS tells it."""
    return Source(place, "", "", (Family.IPV4,), None)


def inbound_traces(meaning: Meaning, stranger: Note, network: Network) -> tuple[Trace, ...]:
    """The fates of what functions without a VPC send to public addresses; `stranger` stops it at private ones.

    What is called public and names private addresses alone (MSK, whose public brokers have names of their own) is not
    decided.
    """
    targets = [target for each in (meaning, *meaning.also) for e in each.endpoints for target in e.alternatives]
    if targets and not any(_is_public(target) for target in targets):
        label = meaning.endpoints[0].label
        message = f"{label} has a public address, which from outside every VPC is not judged yet"
        stranger = UNKNOWN_DESTINATION.unknown(label, "PubliclyAccessible", message)
    return tuple(trace for each in (meaning, *meaning.also) for trace in _traces(each, stranger, network))


def _traces(meaning: Meaning, stranger: Note, network: Network) -> Iterable[Trace]:
    for endpoint in meaning.endpoints:
        yield from _endpoint_traces(endpoint, meaning, stranger, network)
    if not meaning.endpoints:
        notes = meaning.notes
        if all(note.effect is Effect.ADVICE for note in notes):
            message = "the destination has no address that could be asked about"
            notes = (*notes, NO_SOURCE_OR_DESTINATION.unknown(LAMBDA_NETWORK, "", message))
        yield bare(notes, meaning.assumptions, meaning, AddressSet.empty(Family.IPV4), "nothing")


def _endpoint_traces(endpoint: Endpoint, meaning: Meaning, stranger: Note, network: Network) -> list[Trace]:
    places = [_place_traces(target, meaning, stranger, network) for target in endpoint.alternatives]
    every = [trace for traces in places for trace in traces]
    verdicts = {fold(trace.verdict for trace in traces) for traces in places}
    return [undecided(endpoint.label, every, meaning)] if len(verdicts) > 1 else every


def _place_traces(target: Target, meaning: Meaning, stranger: Note, network: Network) -> list[Trace]:
    interface = network.record(target.public_interface_id) if target.public_interface_id else None
    if not isinstance(interface, NetworkInterface):
        # Somewhere on the internet, behind what no file tells; or at a private address.
        note = target.at_arrival if _is_public(target) and target.at_arrival is not None else stranger
        notes = (*meaning.notes, *target.notes, note)
        return [bare(notes, meaning.assumptions, meaning, target.addresses, target.label)]
    place = network.place_of(interface.id)
    inside = replace(nowhere(place), vpc_id=interface.vpc_id or "", subnet_id=interface.subnet_id or "")
    # Lambda sends from none of the addresses that gateway endpoints serve.
    view = network.reading(unread_endpoint_lists(inside, network), skips_endpoint_routes=True)
    public = internet_for(inside, Family.IPV4, view)
    sender = Sender(LAMBDA_NETWORK, "internet", "", None, None, public_addresses=tuple(public.cidrs()))
    walk = Walk(view, meaning, sender, GroupSet((), None, ()))
    traces = [traced(branch, walk, view, meaning, (), target) for branch in walk.from_outside(target, public)]
    if len({trace.verdict for trace in traces}) <= 1:
        return traces
    fact = f"which public address Lambda sends from is not known, and {target.label} does not admit all alike"
    return [undecided(target.label, traces, meaning, fact)]


def _is_public(target: Target) -> bool:
    """True for a public address: that of a known interface, or one of which no file tells what is behind it."""
    return target.public_interface_id is not None or (target.vpc_id is None and target.at_arrival is not None)
