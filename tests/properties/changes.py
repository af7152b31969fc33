"""Changes of an estate's replies that mean nothing, or mean one thing only, and how answers are compared after them."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from random import Random
from typing import Any

from vpcreach.packets.address_map import AddressSet
from vpcreach.reach.answer import Answer, Trace, Verdict

Json = dict[str, Any]
Replies = dict[str, Json]

# Lists in which AWS gives the order a meaning, or none is needed to be kept: all others may come in any order.
ORDERED = ("PrivateIpAddresses", "Ipv6Addresses")
ID = re.compile(
    r"\b(?:vpc|subnet|rtb|acl|sg|eni|nat|igw|eigw|pcx|vpce|vgw|i|pl|tgw-rtb|tgw-attach|tgw|vpcec)-[a-z0-9-]+"
)


def permuted(value: Any, random: Random) -> Any:
    """The same replies, every list in another order."""
    if isinstance(value, dict):
        return {key: held if key in ORDERED else permuted(held, random) for key, held in value.items()}
    if isinstance(value, list):
        return random.sample([permuted(each, random) for each in value], len(value))
    return value


def renamed(replies: Replies) -> tuple[Replies, Callable[[str], str]]:
    """The same estate under other ids, whose alphabetical order is another one too."""

    def other(found: re.Match[str]) -> str:
        kind, _, name = found[0].rpartition("-") if found[0].startswith("tgw-") else found[0].partition("-")
        return f"{kind}-{name[::-1]}0" if kind != "tgw" else f"tgw-{name[::-1]}0"

    def rename(text: str) -> str:
        return ID.sub(other, text)

    # Names of services and zones look like ids, and are none.
    kept = {"service-name": re.compile(r"com\.amazonaws[a-z0-9.-]*")}

    def rename_json(text: str) -> str:
        pieces = re.split(f"({kept['service-name'].pattern})", text)
        return "".join(piece if piece.startswith("com.amazonaws") else rename(piece) for piece in pieces)

    files = {}
    for call, reply in replies.items():
        service, operation, *arguments = call.split("/")
        files["/".join([service, operation, *map(rename, arguments)])] = reply
    return {call: json.loads(rename_json(json.dumps(reply))) for call, reply in files.items()}, rename


def halves(cidr: str) -> list[str]:
    network: IPv4Network | IPv6Network = ip_network(cidr)
    return [cidr] if network.prefixlen == network.max_prefixlen else [str(each) for each in network.subnets()]


def split_group_rules(replies: Replies) -> None:
    """Every rule of every group as rules for half of its ports and half of each block."""
    for group in replies["ec2/describe-security-groups"]["SecurityGroups"]:
        for key in ("IpPermissions", "IpPermissionsEgress"):
            group[key] = [half for rule in group[key] for half in split_ports(rule)]
            for rule in group[key]:
                rule["IpRanges"] = [{"CidrIp": half} for each in rule["IpRanges"] for half in halves(each["CidrIp"])]
                v6 = [half for each in rule["Ipv6Ranges"] for half in halves(each["CidrIpv6"])]
                rule["Ipv6Ranges"] = [{"CidrIpv6": half} for half in v6]


def split_ports(rule: Json) -> list[Json]:
    first, last = rule.get("FromPort"), rule.get("ToPort")
    if first is None or last is None or first >= last:
        return [dict(rule)]
    middle = (first + last) // 2
    return [rule | {"ToPort": middle}, rule | {"FromPort": middle + 1}]


def split_acl_entries(replies: Replies) -> None:
    """Every entry as two in a row, each for half of the block."""
    for acl in replies["ec2/describe-network-acls"]["NetworkAcls"]:
        entries = []
        for entry in acl["Entries"]:
            key = "CidrBlock" if "CidrBlock" in entry else "Ipv6CidrBlock"
            for place, half in enumerate(halves(entry[key])):
                number = entry["RuleNumber"]
                numbered = number if number == 32767 else number * 2 + place
                entries.append(entry | {key: half, "RuleNumber": numbered})
        acl["Entries"] = entries


def renumber_acls(replies: Replies, random: Random) -> None:
    """Other numbers in the same order."""
    for acl in replies["ec2/describe-network-acls"]["NetworkAcls"]:
        numbers = sorted({entry["RuleNumber"] for entry in acl["Entries"]} - {32767})
        others = sorted(random.sample(range(1, 32766), len(numbers)))
        new = dict(zip(numbers, others, strict=True)) | {32767: 32767}
        for entry in acl["Entries"]:
            entry["RuleNumber"] = new[entry["RuleNumber"]]


def embedded(cidr: str) -> str:
    """An IPv4 block as one of IPv6: 10.1.0.0/16 as 2600:1f00:a01::/48. Everything stays everything."""
    network = IPv4Network(cidr)
    if network.prefixlen == 0:
        return "::/0"
    return str(IPv6Network(((0x26001F00 << 96) | (int(network.network_address) << 64), 32 + network.prefixlen)))


def in_ipv6(replies: Replies) -> None:
    """Beside every IPv4 block and address, what it is embedded in: the whole estate once more, in IPv6."""
    state = {"State": "associated"}
    for record in (*replies["ec2/describe-vpcs"]["Vpcs"], *replies["ec2/describe-subnets"]["Subnets"]):
        told = record.get("CidrBlockAssociationSet") or [record]
        blocks = [embedded(each["CidrBlock"]) for each in told]
        record["Ipv6CidrBlockAssociationSet"] = [
            {"Ipv6CidrBlock": block, "Ipv6CidrBlockState": state} for block in blocks
        ]
    for table in replies["ec2/describe-route-tables"]["RouteTables"]:
        for route in list(table["Routes"]):
            if "DestinationCidrBlock" in route:
                kept = {key: value for key, value in route.items() if key != "DestinationCidrBlock"}
                table["Routes"].append(kept | {"DestinationIpv6CidrBlock": embedded(route["DestinationCidrBlock"])})
    for group in replies["ec2/describe-security-groups"]["SecurityGroups"]:
        for rule in (*group["IpPermissions"], *group["IpPermissionsEgress"]):
            rule["Ipv6Ranges"] = [{"CidrIpv6": embedded(each["CidrIp"])} for each in rule["IpRanges"]]
    for acl in replies["ec2/describe-network-acls"]["NetworkAcls"]:
        old = [entry for entry in acl["Entries"] if "CidrBlock" in entry]
        new = [
            {k: v for k, v in e.items() if k != "CidrBlock"} | {"Ipv6CidrBlock": embedded(e["CidrBlock"])} for e in old
        ]
        acl["Entries"] = [*old, *new]
    for interface in replies["ec2/describe-network-interfaces"]["NetworkInterfaces"]:
        addresses = [each["PrivateIpAddress"] for each in interface["PrivateIpAddresses"]]
        interface["Ipv6Addresses"] = [{"Ipv6Address": embedded(each).partition("/")[0]} for each in addresses]
    for connection in replies["ec2/describe-vpc-peering-connections"]["VpcPeeringConnections"]:
        for side in (connection["RequesterVpcInfo"], connection["AccepterVpcInfo"]):
            side["Ipv6CidrBlockSet"] = [{"Ipv6CidrBlock": embedded(each["CidrBlock"])} for each in side["CidrBlockSet"]]
    for attachment in replies["ec2/describe-transit-gateway-vpc-attachments"]["TransitGatewayVpcAttachments"]:
        attachment["Options"]["Ipv6Support"] = "enable"
    for call, reply in replies.items():
        if call.startswith("ec2/search-transit-gateway-routes/"):
            reply["Routes"] += [
                route | {"DestinationCidrBlock": embedded(route["DestinationCidrBlock"])}
                for route in reply["Routes"]
                if ":" not in route["DestinationCidrBlock"]
            ]
    functions = replies["lambda/list-functions"]["Functions"]
    for told in (*functions, replies["lambda/get-function-configuration/app"]):
        told["VpcConfig"]["Ipv6AllowedForDualStack"] = True


# Comparing


@dataclass(frozen=True)
class Told:
    """What two estates that mean the same have in common: verdicts, and what decides them."""

    verdict: Verdict
    subnets: tuple[tuple[str, Verdict, frozenset[tuple[str, str]]], ...]

    @classmethod
    def of(cls, answer: Answer) -> "Told":
        return cls(
            answer.verdict,
            tuple(
                sorted(
                    (
                        subnet.subnet_id,
                        subnet.verdict,
                        frozenset((note.code, named(note.component)) for note in (*subnet.blockers, *subnet.unknowns)),
                    )
                    for subnet in answer.subnets
                )
                if answer.subnets
                else ()
            ),
        )


def named(component: str) -> str:
    """The id of a component; nothing where it is the text of the question."""
    return component if ID.match(component) else ""


def overlaps(before: Trace, after: Trace) -> bool:
    """Whether two traces have a packet in common; where AWS's choice is not known, none is told."""
    a, b = before.packets, after.packets
    if a.family is not b.family or before.picks or after.picks:
        return False
    return (
        bool(a.addresses & b.addresses)
        and bool(a.sources & b.sources)
        and have_common_ports(a.client_ports, b.client_ports)
        and have_common_ports(a.translated_client_ports, b.translated_client_ports)
    )


def have_common_ports(first: str | None, second: str | None) -> bool:
    if first is None or second is None:
        return True
    return any(a <= d and c <= b for a, b in spans(first) for c, d in spans(second))


def spans(words: str) -> Iterator[tuple[int, int]]:
    for word in words.replace(",", " ").split():
        first, _, last = word.rpartition("/")[2].partition("-")
        yield int(first), int(last or first)


def turned(before: Answer, after: Answer, was: Verdict, became: Verdict) -> list[str]:
    """The packets that fared in one way and now fare in another, one line for each pair of traces."""
    found = []
    by_subnet = {subnet.subnet_id: subnet for subnet in after.subnets}
    for subnet in before.subnets:
        later = by_subnet[subnet.subnet_id].traces if subnet.subnet_id in by_subnet else ()
        for old in subnet.traces:
            for new in later:
                if old.verdict is was and new.verdict is became and overlaps(old, new):
                    common: AddressSet = old.packets.addresses & new.packets.addresses
                    codes = [str(note) for note in (*old.blockers, *old.unknowns, *new.blockers, *new.unknowns)]
                    found.append(f"{subnet.subnet_id} to {common}: {was.value} became {became.value}: {codes}")
    return found
