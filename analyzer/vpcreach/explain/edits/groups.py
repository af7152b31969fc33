"""Edits of security groups: one rule, for one peer, added or taken away.

Source: EC2 API Reference, AuthorizeSecurityGroupEgress, AuthorizeSecurityGroupIngress and their Revoke twins.
Checked: tests/unit/explain/edits/test_groups.py.
"""

from dataclasses import dataclass
from typing import Any

from vpcreach.components.prefix_list import DESCRIBE_MANAGED_PREFIX_LISTS
from vpcreach.components.security_group import DESCRIBE_SECURITY_GROUPS
from vpcreach.errors import UsageError
from vpcreach.explain.edits.draft import Cost, Draft, Item
from vpcreach.packets.ports import ICMP, ICMPV6, LAST_PORT, TCP, UDP, protocol_name, protocol_number

PEERS = {
    "IpRanges": "CidrIp",
    "Ipv6Ranges": "CidrIpv6",
    "PrefixListIds": "PrefixListId",
    "UserIdGroupPairs": "GroupId",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a group: `protocol` is 'tcp', 'udp', a number as text, or '-1' for all traffic (then no ports).

    `peer` is a CIDR, `pl-…` or `sg-…`; `peer_account` is the account of another owner's group.
    """

    group_id: str
    is_inbound: bool
    protocol: str
    first_port: int | None
    last_port: int | None
    peer: str
    peer_account: str | None = None

    @property
    def permission(self) -> Item:
        """The rule as an IpPermission, as EC2 takes and tells it."""
        ports = {} if self.ports is None else {"FromPort": self.ports[0], "ToPort": self.ports[1]}
        return {"IpProtocol": self.protocol, **ports, self.peer_key: [self._peer_value]}

    @property
    def ports(self) -> tuple[int, int | None] | None:
        """First and last port as EC2 wants them: all ports of TCP and UDP by number, all types of ICMP as -1."""
        number = protocol_number(self.protocol)
        if self.first_port is not None:
            return self.first_port, self.last_port
        if number in (TCP, UDP):
            return 0, LAST_PORT
        return (-1, -1) if number in (ICMP, ICMPV6) else None

    @property
    def peer_key(self) -> str:
        """Which list of an IpPermission the peer stands in."""
        if self.peer.startswith("sg-"):
            return "UserIdGroupPairs"
        if self.peer.startswith("pl-"):
            return "PrefixListIds"
        return "Ipv6Ranges" if ":" in self.peer else "IpRanges"

    @property
    def _peer_value(self) -> Item:
        value: dict[str, Any] = {PEERS[self.peer_key]: self.peer}
        return value | ({"UserId": self.peer_account} if self.peer_account else {})

    @property
    def service(self) -> str:
        """'tcp/443', 'tcp/1024-65535', 'all traffic'."""
        return _service(self.protocol, self.first_port, self.last_port)

    def __str__(self) -> str:
        way = f"inbound {self.service} from" if self.is_inbound else f"outbound {self.service} to"
        return f"{way} {self.peer}"


@dataclass(frozen=True, slots=True)
class AddRule:
    """A rule added to a group."""

    rule: Rule

    @property
    def cost(self) -> Cost:
        return Cost.NONE

    def apply(self, draft: Draft) -> None:
        self._check_peer(draft)
        for group in draft.find(DESCRIBE_SECURITY_GROUPS, "GroupId", self.rule.group_id):
            lines = group.setdefault(_side(self.rule), [])
            if any(_is_extent_of(line, self.rule) and _peers_named(line, self.rule) for line in lines):
                raise UsageError(f"{self.rule.group_id} has the rule already: {self.rule}")
            lines.append(self._told(group))

    def _told(self, group: Item) -> Item:
        """The rule as EC2 tells it of a group: a group among its peers comes with its account."""
        told = self.rule.permission
        for pair in told.get("UserIdGroupPairs", []):
            if "UserId" not in pair and group.get("OwnerId"):
                pair["UserId"] = group["OwnerId"]
        return told

    def _check_peer(self, draft: Draft) -> None:
        accounts = {place.account for place in draft.snapshot.places()}
        if self.rule.peer.startswith("sg-") and self.rule.peer_account in (None, *accounts):
            draft.seek(DESCRIBE_SECURITY_GROUPS, "GroupId", self.rule.peer)
        if self.rule.peer.startswith("pl-"):
            draft.seek(DESCRIBE_MANAGED_PREFIX_LISTS, "PrefixListId", self.rule.peer)

    def __str__(self) -> str:
        return f"add to {self.rule.group_id}: {self.rule}"


@dataclass(frozen=True, slots=True)
class RemoveRule:
    """A rule taken out of a group; it must be there with these very ports and this very peer."""

    rule: Rule

    @property
    def cost(self) -> Cost:
        return Cost.NONE

    def apply(self, draft: Draft) -> None:
        for group in draft.find(DESCRIBE_SECURITY_GROUPS, "GroupId", self.rule.group_id):
            held = group.get(_side(self.rule), [])
            meant = [line for line in held if _is_extent_of(line, self.rule) and _peers_named(line, self.rule)]
            if not meant:
                way = "inbound" if self.rule.is_inbound else "outbound"
                raise UsageError(
                    f"{self.rule.group_id} has no such rule: {self.rule}; its {way} rules are {_listed(held)}"
                )
            for line in meant:
                gone = _peers_named(line, self.rule)
                line[self.rule.peer_key] = [peer for peer in line[self.rule.peer_key] if peer not in gone]
            group[_side(self.rule)] = [line for line in held if any(line.get(key) for key in PEERS)]

    def __str__(self) -> str:
        return f"remove from {self.rule.group_id}: {self.rule}"


def _service(protocol: str, first: int | None, last: int | None) -> str:
    number = protocol_number(protocol)
    if number is None:
        return "all traffic"
    if first is None or (first, last) == (0, LAST_PORT):
        return protocol_name(number)
    return f"{protocol_name(number)}/{first}" + (f"-{last}" if last != first else "")


def _is_extent_of(line: Item, rule: Rule) -> bool:
    """Whether a line of a group is for a rule's protocol and ports, no more and no less."""
    same_number = protocol_number(line["IpProtocol"]) == protocol_number(rule.protocol)
    return same_number and all(_port(line, end) == _port(rule.permission, end) for end in ("FromPort", "ToPort"))


def _peers_named(line: Item, rule: Rule) -> list[Item]:
    """The peers of a line that a rule names: nearly always one or none."""
    name, account = PEERS[rule.peer_key], rule.peer_account
    same = [peer for peer in line.get(rule.peer_key, []) if peer.get(name) == rule.peer]
    return [peer for peer in same if account is None or peer.get("UserId") in (None, account)]


def _listed(lines: list[Item]) -> str:
    """A group's rules of one direction in words, each peer on its own, as one would name them."""
    told = [
        f"{_service(line['IpProtocol'], _port(line, 'FromPort'), _port(line, 'ToPort'))} {peer.get(name)}"
        for line in lines
        for key, name in PEERS.items()
        for peer in line.get(key, [])
    ]
    return "; ".join(told) or "none"


def _port(line: Item, end: str) -> int | None:
    port = line.get(end)
    return None if port == -1 else port


def _side(rule: Rule) -> str:
    return "IpPermissions" if rule.is_inbound else "IpPermissionsEgress"
