"""Security groups and network ACLs as rules of nftables.

A group's rules stand in the namespace of each interface that carries it, with the kernel's connection tracking; an
ACL's entries stand where its subnet's packets cross the subnet's boundary, without.

Some rules depend on the way that packets came or go, which no namespace sees by itself. The VPC's router tells it to
the interface, and the interface to the router, in a field that AWS does not use: the DSCP of the IP header.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_network

from tests.oracle.kernel.records import Json, Records, addresses_of

PROTOCOLS = {"6": "tcp", "17": "udp", "tcp": "tcp", "udp": "udp"}
ANY = "-1"
# What the DSCP says of a packet: it comes from the same VPC, it came through the n-th gate of the VPC (this plus n), or
# only a rule that names a group let it out.
FROM_THE_SAME_VPC = 1
FROM_A_GATE = 8
LEFT_BY_REFERENCE = 40
# Errors of the kernel make a failure quick and never a success; neighbours are found by messages of IPv6.
ALWAYS = "meta l4proto { icmp, ipv6-icmp } accept"


@dataclass(frozen=True)
class Reference:
    """Whose packets a rule that names a group means: those of these addresses, where they carry one of these marks."""

    addresses: tuple[str, ...]
    marks: tuple[int, ...]


def family_of(cidr: str) -> str:
    """The word of nftables for the family of an address or block."""
    return "ip6" if ":" in cidr else "ip"


def peer_text(cidr: str, side: str) -> str:
    """A match of the sender (`saddr`) or receiver (`daddr`), which is also one of the family."""
    if ip_network(cidr, strict=False).prefixlen == 0:
        return f"meta nfproto ipv{'6' if ':' in cidr else '4'}"
    return f"{family_of(cidr)} {side} {cidr}"


def ports_text(protocol: str, first: int | None, last: int | None) -> str | None:
    """A match of protocol and destination port; None for protocols that nobody sends here."""
    if protocol == ANY:
        return ""
    if protocol not in PROTOCOLS:
        return None
    if first is None or last is None or first == -1 or last == -1:
        return f"meta l4proto {PROTOCOLS[protocol]}"
    return f"{PROTOCOLS[protocol]} dport {first}-{last}"


def acl_chains(acl: Json, name: str) -> str:
    """The chains `NAME_out` and `NAME_in`: first match in the order of numbers; what comes back goes on."""
    text = ""
    for egress, direction, side in ((True, "out", "daddr"), (False, "in", "saddr")):
        lines = []
        for entry in sorted(acl["Entries"], key=lambda entry: int(entry["RuleNumber"])):
            span = entry.get("PortRange", {"From": None, "To": None})
            ports = ports_text(entry["Protocol"], span["From"], span["To"])
            if entry["Egress"] == egress and ports is not None:
                cidr = entry.get("CidrBlock") or entry["Ipv6CidrBlock"]
                verdict = "return" if entry["RuleAction"] == "allow" else "drop"
                lines.append(f"  {peer_text(cidr, side)} {ports} {verdict}")
        text += "\n".join([f" chain {name}_{direction} {{", *lines, "  drop", " }", ""])
    return text


def group_table(records: Records, groups: Iterable[str], inbound: dict[str, list[Reference]]) -> str:
    """The table of an interface with these groups; `inbound` tells whose packets a named group means, by its id.

    It stands before and behind whatever the interface does with packets itself, so it judges those that an appliance
    passes on like those that end or begin here.
    """
    held = [records.groups[group_id] for group_id in groups]
    arriving = [line for group in held for rule in group["IpPermissions"] for line in _arriving(records, rule, inbound)]
    leaving = [line for group in held for rule in group["IpPermissionsEgress"] for line in _leaving(records, rule)]
    by_reference = [
        line for group in held for rule in group["IpPermissionsEgress"] for line in _leaving_to_groups(records, rule)
    ]
    begin = "type filter hook"
    return "\n".join(
        [
            "table inet group {",
            f' chain arriving {{ {begin} prerouting priority -150; policy drop; iifname "lo" accept; {ALWAYS};',
            "  ct state established,related accept",
            *(f"  {line} accept" for line in arriving),
            " }",
            f' chain leaving {{ {begin} postrouting priority 150; policy drop; oifname "lo" accept; {ALWAYS};',
            "  ct state established,related accept",
            *(f"  {line} accept" for line in leaving),
            *(f"  {line} accept" for line in by_reference),
            " }",
            "}",
            "",
        ]
    )


def _ports_of(rule: Json) -> str | None:
    return ports_text(rule["IpProtocol"], rule.get("FromPort"), rule.get("ToPort"))


def _blocks_of(records: Records, rule: Json) -> Iterator[str]:
    yield from (peer["CidrIp"] for peer in rule["IpRanges"])
    yield from (peer["CidrIpv6"] for peer in rule["Ipv6Ranges"])
    for peer in rule["PrefixListIds"]:
        yield from records.prefix_list(peer["PrefixListId"])


def _leaving(records: Records, rule: Json) -> Iterator[str]:
    ports = _ports_of(rule)
    if ports is not None:
        yield from (f"{peer_text(cidr, 'daddr')} {ports}" for cidr in _blocks_of(records, rule))


def _leaving_to_groups(records: Records, rule: Json) -> Iterator[str]:
    """The receiver carries the group; whether the way there keeps references, the router decides by the mark."""
    ports = _ports_of(rule)
    for pair in rule["UserIdGroupPairs"] if ports is not None else ():
        for address in members(records, pair["GroupId"]):
            family = family_of(address)
            yield f"{family} daddr {address} {ports} {family} dscp set {LEFT_BY_REFERENCE}"


def _arriving(records: Records, rule: Json, inbound: dict[str, list[Reference]]) -> Iterator[str]:
    ports = _ports_of(rule)
    if ports is None:
        return
    for cidr in _blocks_of(records, rule):
        yield f"{peer_text(cidr, 'saddr')} {ports}"
    for pair in rule["UserIdGroupPairs"]:
        for reference in inbound.get(pair["GroupId"], []):
            for address in reference.addresses:
                family = family_of(address)
                for mark in reference.marks:
                    yield f"{family} saddr {address} {family} dscp {mark} {ports}"


def members(records: Records, group_id: str) -> list[str]:
    """The addresses of the interfaces that carry a group, functions aside."""
    return [
        address
        for interface in records.interfaces.values()
        if group_id in [group["GroupId"] for group in interface["Groups"]]
        for address in addresses_of(interface)
    ]
