"""Functions without a VPC: AWS's own network carries what they send (semantics A4).

The internet and every public AWS service are reachable over IPv4; private addresses and IPv6 are not.
"""

from dataclasses import replace

from vpcreach.components.lambda_function import FUNCTION_NOT_IN_VPC, LAMBDA_IPV6_NOT_ENABLED, LambdaFunction
from vpcreach.components.network_interface import NetworkInterface
from vpcreach.destinations.addresses import assumptions, unlisted_public
from vpcreach.destinations.grammar import Addresses, AwsService, Internet, Named, Parsed
from vpcreach.destinations.internet import PUBLIC, public_addresses
from vpcreach.destinations.lookup import Found, Unlisted, find
from vpcreach.destinations.meaning import UNKNOWN_DESTINATION
from vpcreach.forwarding import PROTOCOL_RESTRICTION, Effect, Note
from vpcreach.network.network import Network
from vpcreach.packets.address_map import AddressSet, Family
from vpcreach.packets.ports import TCP, UDP, protocol_name
from vpcreach.reach.answer import Packets, Trace, Verdict
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
            return (_trace(asked, AddressSet.empty(Family.IPV4), _named(function, asked, place, network)),)


def _addresses(function: LambdaFunction, asked: Addresses, network: Network) -> tuple[Trace, ...]:
    addresses = asked.addresses
    if addresses.family is Family.IPV6:
        message = f"{function.name} is in no VPC, and Lambda offers such functions no outbound IPv6"
        return (_trace(asked, addresses, LAMBDA_IPV6_NOT_ENABLED.fail(function.id, "VpcConfig", message)),)
    internet = public_addresses(Family.IPV4, network)
    public, private = addresses & internet, addresses - internet
    found = []
    if public:
        note = _collected(public, network) or unlisted_public(asked, network) if asked.is_single else None
        assumed = assumptions(asked, (), network) if asked.is_single else ()
        found.append(replace(_trace(asked, public, note), assumptions=assumed))
    if private:
        message = f"{function.name} is in no VPC, so it reaches no private address"
        found.append(_trace(asked, private, FUNCTION_NOT_IN_VPC.fail(function.id, "VpcConfig", message)))
    return tuple(found)


def _collected(public: AddressSet, network: Network) -> Note | None:
    """Public addresses of collected interfaces are judged from inside a VPC only, for now."""
    for interface in network.every(NetworkInterface):
        for text in interface.public_addresses:
            if AddressSet.parse(text) <= public:
                message = f"{text} is the public address of {interface.id}; from outside every VPC it is not judged yet"
                return UNKNOWN_DESTINATION.unknown(interface.id, text, message)
    return None


def _named(function: LambdaFunction, asked: Named, place: Place, network: Network) -> Note | None:
    found = find(asked, place, network)
    if isinstance(found, Unlisted):
        return found.notes[0]
    if not isinstance(found, Found):
        return None
    if found.is_public:
        message = f"{asked.text} has a public address, which from outside every VPC is not judged yet"
        return UNKNOWN_DESTINATION.unknown(asked.text, "PubliclyAccessible", message)
    message = f"{function.name} is in no VPC, so it reaches no private resource"
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
