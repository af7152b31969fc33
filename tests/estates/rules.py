"""Security group rules, network ACL entries and routes, from the short form of a drawing to AWS's shape."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.estates.replies import Json

Ports = int | tuple[int, int] | None
AclRule = tuple[int, str, str, int | None, int | None, str]
"""Rule number, allow or deny, protocol, first and last port (None: all), CIDR."""

ANYWHERE = "0.0.0.0/0"
ANYWHERE_V6 = "::/0"
ALLOW_ALL_ENTRIES: tuple[AclRule, ...] = ((100, "allow", "-1", None, None, ANYWHERE),)

_PROTOCOL_NUMBERS = {"icmp": "1", "tcp": "6", "udp": "17", "icmpv6": "58", "-1": "-1"}
_ROUTE_TARGETS = {
    "igw-": "GatewayId",
    "vgw-": "GatewayId",
    "vpce-": "GatewayId",
    "nat-": "NatGatewayId",
    "tgw-": "TransitGatewayId",
    "pcx-": "VpcPeeringConnectionId",
    "eni-": "NetworkInterfaceId",
    "eigw-": "EgressOnlyInternetGatewayId",
    "cagw-": "CarrierGatewayId",
    "lgw-": "LocalGatewayId",
    "arn:aws:networkmanager:": "CoreNetworkArn",
    "arn:aws:odb:": "OdbNetworkArn",
    "VpcLattice": "GatewayId",
}


class EstateError(Exception):
    """A drawing that no AWS account could hold, nearly always a misspelled name."""


@dataclass(frozen=True)
class Allow:
    """One security group rule; `peers` are CIDRs, `sg-…`, `pl-…`, or another account's `ACCOUNT/sg-…`."""

    protocol: str
    ports: tuple[int, int] | None
    peers: tuple[str, ...]
    description: str | None = None


def allow(protocol: str = "-1", ports: Ports = None, *peers: str, description: str | None = None) -> Allow:
    """A rule for a port, a range `(from, to)` or all ports; `allow("-1")` is everything in IPv4."""
    span = (ports, ports) if isinstance(ports, int) else ports
    return Allow(protocol, span, peers or (ANYWHERE,), description)


def permissions(rules: Iterable[Allow], account: str) -> list[Json]:
    """`IpPermissions`: like AWS, one entry per protocol and port range, with the peers of all its rules."""
    merged: dict[tuple[str, tuple[int, int] | None], Json] = {}
    for rule in rules:
        entry = merged.setdefault((rule.protocol, rule.ports), _empty_permission(rule))
        for peer in rule.peers:
            key, value = _peer(peer, account)
            if rule.description is not None:
                value["Description"] = rule.description
            entry[key].append(value)
    return list(merged.values())


def _empty_permission(rule: Allow) -> Json:
    ports = {} if rule.ports is None else {"FromPort": rule.ports[0], "ToPort": rule.ports[1]}
    return {
        "IpProtocol": rule.protocol,
        **ports,
        "UserIdGroupPairs": [],
        "IpRanges": [],
        "Ipv6Ranges": [],
        "PrefixListIds": [],
    }


def _peer(peer: str, account: str) -> tuple[str, Json]:
    owner, slash, group = peer.partition("/")
    if slash and group.startswith("sg-"):
        return "UserIdGroupPairs", {"UserId": owner, "GroupId": group}
    if peer.startswith("sg-"):
        return "UserIdGroupPairs", {"UserId": account, "GroupId": peer}
    if peer.startswith("pl-"):
        return "PrefixListIds", {"PrefixListId": peer}
    if ":" in peer:
        return "Ipv6Ranges", {"CidrIpv6": peer}
    if "." in peer:
        return "IpRanges", {"CidrIp": peer}
    raise EstateError(f"{peer!r} is no CIDR, sg-… or pl-…")


def acl_entries(inbound: Sequence[AclRule], outbound: Sequence[AclRule], *, ipv6: bool) -> list[Json]:
    """`Entries` in AWS's order (outbound first), closed by the entries `*` that deny what is left."""
    entries: list[Json] = []
    for egress, rules in ((True, outbound), (False, inbound)):
        entries += [_acl_entry(rule, egress) for rule in sorted(rules)]
        entries.append(_acl_entry((32767, "deny", "-1", None, None, ANYWHERE), egress))
        if ipv6:
            entries.append(_acl_entry((32768, "deny", "-1", None, None, ANYWHERE_V6), egress))
    return entries


def _acl_entry(rule: AclRule, egress: bool) -> Json:
    number, action, protocol, first, last, cidr = rule
    entry: Json = {"Ipv6CidrBlock" if ":" in cidr else "CidrBlock": cidr, "Egress": egress}
    if first is not None:
        entry["PortRange"] = {"From": first, "To": first if last is None else last}
    return entry | {
        "Protocol": _PROTOCOL_NUMBERS.get(protocol, protocol),
        "RuleAction": action,
        "RuleNumber": number,
    }


@dataclass(frozen=True)
class Route:
    """Where a route points, its state and how it came about."""

    target: str
    state: str = "active"
    origin: str = "CreateRoute"


RouteTarget = str | tuple[str, str] | Route
"""`"nat-a"`, `("nat-a", "blackhole")` or a Route."""


def route_entry(destination: str, where: RouteTarget) -> Json:
    """One of `Routes[]`: the destination is a CIDR or `pl-…`, the target's kind follows from its prefix."""
    if isinstance(where, str):
        where = Route(where)
    elif isinstance(where, tuple):
        where = Route(*where)
    return {
        destination_key(destination): destination,
        target_key(where.target): where.target,
        "Origin": where.origin,
        "State": where.state,
    }


def destination_key(destination: str) -> str:
    if destination.startswith("pl-"):
        return "DestinationPrefixListId"
    return "DestinationIpv6CidrBlock" if ":" in destination else "DestinationCidrBlock"


def target_key(target: str) -> str:
    if target == "local":
        return "GatewayId"
    for prefix, key in _ROUTE_TARGETS.items():
        if target.startswith(prefix):
            return key
    raise EstateError(f"{target!r} is nothing that a route can point to")


def destination_of(route: Json) -> str:
    """The destination of one of `Routes[]`, whichever key holds it."""
    keys = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
    return next(str(route[key]) for key in keys if key in route)


def points_to(route: Json, target: str) -> bool:
    """True when one of `Routes[]` has this target."""
    return target in (route.get(key) for key in {*_ROUTE_TARGETS.values()})
