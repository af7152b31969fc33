"""Functions without a VPC: AWS's own network carries what they send (semantics A4).

The internet and every public AWS service are reachable over IPv4; private addresses and IPv6 are not. What the snapshot
knows by a public address is reached as its own gateway, groups and ACLs let it be (inbound.py).
"""

from collections.abc import Iterable
from dataclasses import replace

from vpcreach.components.lambda_function import FUNCTION_NOT_IN_VPC, LAMBDA_IPV6_NOT_ENABLED, LambdaFunction
from vpcreach.destinations.addresses import assumptions, by_public_address, unlisted_public, with_public_address
from vpcreach.destinations.grammar import DEFAULT_PORT, Addresses, AwsService, Internet, Named, Parsed
from vpcreach.destinations.host_names import knows
from vpcreach.destinations.internet import PUBLIC, public_addresses
from vpcreach.destinations.load_balancer_node import with_listeners
from vpcreach.destinations.lookup import Found, Unlisted, find
from vpcreach.destinations.meaning import UNKNOWN_DESTINATION, Endpoint, Meaning
from vpcreach.errors import UsageError
from vpcreach.forwarding import PROTOCOL_RESTRICTION, Effect, Note
from vpcreach.network.network import Network
from vpcreach.packets.address_map import AddressSet, Family
from vpcreach.packets.ports import TCP, UDP, protocol_name
from vpcreach.reach.answer import Packets, Trace, Verdict
from vpcreach.reach.inbound import inbound_traces, nowhere
from vpcreach.snapshot.call import Place


def traces(function: LambdaFunction, asked: Parsed, place: Place, network: Network) -> tuple[Trace, ...]:
    """The one or two fates of what a function without VPC sends."""
    protocol = getattr(getattr(asked, "service", None), "protocol", TCP)
    if protocol not in (TCP, UDP):
        message = f"Lambda offers TCP and UDP only, not {protocol_name(protocol)}"
        return (_trace(asked, AddressSet.empty(Family.IPV4), PROTOCOL_RESTRICTION.fail(function.id, "", message)),)
    match asked:
        case Internet() | AwsService():
            return (_trace(asked, PUBLIC[Family.IPV4], None),)
        case Addresses():
            return _addresses(function, asked, network)
        case Named():
            return _named(function, asked, place, network)


def _addresses(function: LambdaFunction, asked: Addresses, network: Network) -> tuple[Trace, ...]:
    addresses = asked.addresses
    if addresses.family is Family.IPV6:
        message = f"{function.title} is in no VPC, and Lambda offers such functions no outbound IPv6"
        return (_trace(asked, addresses, LAMBDA_IPV6_NOT_ENABLED.fail(function.id, "VpcConfig", message)),)
    internet = public_addresses(Family.IPV4, network)
    public, private = addresses & internet, addresses - internet
    found: list[Trace] = []
    if public:
        found += _public(function, asked, public, network)
    if private:
        message = f"{function.title} is in no VPC, so it reaches no private address"
        found.append(_trace(asked, private, FUNCTION_NOT_IN_VPC.fail(function.id, "VpcConfig", message)))
    return tuple(found)


def _public(function: LambdaFunction, asked: Addresses, public: AddressSet, network: Network) -> Iterable[Trace]:
    """Whoever has the address is reached, and a collected interface as its gateway, groups and ACLs let it be."""
    interface = with_public_address(public.example, network) if asked.is_single else None
    if interface is not None:
        source = nowhere(network.place_of(interface.id))
        target = by_public_address(interface, public, network)
        port = asked.service.port or DEFAULT_PORT
        meaning = Meaning((Endpoint(target.label, (target,)),), asked.service.protocol, port)
        return inbound_traces(with_listeners(meaning, source, network), _stranger(function), network)
    note = unlisted_public(asked, network) if asked.is_single else None
    assumed = assumptions(asked, (), network) if asked.is_single else ()
    return (replace(_trace(asked, public, note), assumptions=assumed),)


def _named(function: LambdaFunction, asked: Named, place: Place, network: Network) -> tuple[Trace, ...]:
    nothing = AddressSet.empty(Family.IPV4)
    try:
        found = find(asked, place, network)
    except UsageError:
        if asked.kind != "host" or not knows(asked.name, network):
            raise
        message = (
            f"a private hosted zone knows {asked.name}, and {function.title} asks public DNS, which may know it too"
        )
        return (_trace(asked, nothing, UNKNOWN_DESTINATION.unknown(asked.text, "", message)),)
    if isinstance(found, Found) and found.is_public:
        return inbound_traces(found.meaning(nowhere(place), network), _stranger(function), network)
    note = None
    if isinstance(found, Unlisted):
        note = found.notes[0]
    elif isinstance(found, Found) and not found.is_public_service:
        note = found.unread or _stranger(function)
    return (_trace(asked, nothing, note),)


def _stranger(function: LambdaFunction) -> Note:
    message = f"{function.title} is in no VPC, so it reaches no private resource"
    return FUNCTION_NOT_IN_VPC.fail(function.id, "VpcConfig", message)


def _trace(asked: Parsed, addresses: AddressSet, note: Note | None) -> Trace:
    service = getattr(asked, "service", None)
    protocol = protocol_name(service.protocol if service else TCP)
    port = str((service.port if service else None) or 443)
    packets = Packets(addresses.family, protocol, addresses, port, "1024-65535", AddressSet.empty(addresses.family))
    verdict = Verdict.REACHABLE
    if note is not None:
        verdict = Verdict.BLOCKED if note.effect is Effect.FAIL else Verdict.UNKNOWN
    return Trace(packets, verdict, (), (), (note,) if note else (), (), None, asked.text)


def unlisted(asked: Parsed, note: Note) -> Trace:
    """The one trace of a function of which nothing is known but its name."""
    return _trace(asked, AddressSet.empty(Family.IPV4), note)
