"""Network ACLs and security groups, asked about one packet."""

from collections.abc import Iterator
from typing import NamedTuple

from tests.oracle.walker.fates import Address, Ended
from tests.oracle.walker.records import Json, World, block

PROTOCOLS = {"tcp": "6", "udp": "17", "icmp": "1"}


class Packet(NamedTuple):
    """What filters and tables see."""

    source: Address
    destination: Address
    protocol: str
    port: int


class Named(NamedTuple):
    """What a group's rules say of one packet: whether addresses match, which groups they name, who is not readable."""

    by_address: bool
    groups: frozenset[str]
    unread: frozenset[str]


def acl_passes(acl: Json, egress: bool, packet: Packet) -> bool:
    """First match in the order of rule numbers; outbound entries name the receiver, inbound ones the sender (E2)."""
    other = packet.destination if egress else packet.source
    for entry in sorted(acl["Entries"], key=lambda entry: int(entry["RuleNumber"])):
        cidr = entry.get("CidrBlock") or entry.get("Ipv6CidrBlock")
        if entry["Egress"] != egress or cidr is None:
            continue
        if entry["Protocol"] not in ("-1", PROTOCOLS[packet.protocol]):
            continue
        span = entry.get("PortRange", {"From": 0, "To": 65535})
        if entry["Protocol"] != "-1" and not span["From"] <= packet.port <= span["To"]:
            continue
        if other in block(cidr):
            return bool(entry["RuleAction"] == "allow")
    return False


def group_rules(world: World, group_ids: list[str], key: str, packet: Packet) -> Iterator[Json]:
    """The rules of these groups that match the protocol and destination port (D3)."""
    for group_id in group_ids:
        group = world.find(group_id)
        if group is None:
            yield {"IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": [{"PrefixListId": group_id}]}
            continue
        for rule in group[key]:
            if rule["IpProtocol"] == "-1":
                yield rule
            elif rule["IpProtocol"] in (packet.protocol, PROTOCOLS[packet.protocol]):
                first, last = rule.get("FromPort", -1), rule.get("ToPort", -1)
                if -1 in (first, last) or first <= packet.port <= last:
                    yield rule


def named_by(world: World, group_ids: list[str], key: str, packet: Packet) -> Named:
    """What the rules that match say of the other end: of the receiver for outbound ones, else of the sender (D5)."""
    other = packet.destination if key == "IpPermissionsEgress" else packet.source
    groups: set[str] = set()
    unread: set[str] = set()
    is_named = False
    for rule in group_rules(world, group_ids, key, packet):
        cidrs = [peer["CidrIp"] for peer in rule["IpRanges"]]
        cidrs += [peer["CidrIpv6"] for peer in rule.get("Ipv6Ranges", [])]
        for peer in rule["PrefixListIds"]:
            try:
                cidrs += [str(entry) for entry in world.entries(peer["PrefixListId"])]
            except Ended:
                unread.add(peer["PrefixListId"])
        is_named = is_named or any(other in block(cidr) for cidr in cidrs)
        for pair in rule.get("UserIdGroupPairs", []):
            if pair.get("PeeringStatus", "active") == "active":  # otherwise it is stale (D7)
                groups.add(pair["GroupId"])
    return Named(is_named, frozenset(groups), frozenset(unread))
