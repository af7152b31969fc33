"""Edits of network ACLs: one numbered entry, added or taken away.

Source: EC2 API Reference, CreateNetworkAclEntry, DeleteNetworkAclEntry.
Checked: tests/unit/explain/edits/test_acls.py.
"""

from dataclasses import dataclass

from vpcreach.components.network_acl import DEFAULT_RULE, DESCRIBE_NETWORK_ACLS
from vpcreach.errors import UsageError
from vpcreach.explain.edits.draft import Cost, Draft, Item
from vpcreach.packets.ports import ICMP, ICMPV6, LAST_PORT, TCP, UDP, protocol_name


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: `protocol` is a number, or None for all; ports are for TCP and UDP alone, and None means all."""

    acl_id: str
    is_inbound: bool
    number: int
    action: str
    protocol: int | None
    cidr: str
    first_port: int | None
    last_port: int | None

    @property
    def record(self) -> Item:
        """The entry as EC2 tells it."""
        told: Item = {
            "Egress": not self.is_inbound,
            "RuleNumber": self.number,
            "RuleAction": self.action,
            "Protocol": "-1" if self.protocol is None else str(self.protocol),
            "Ipv6CidrBlock" if ":" in self.cidr else "CidrBlock": self.cidr,
        }
        if self.ports is not None:
            told["PortRange"] = {"From": self.ports[0], "To": self.ports[1]}
        if self.is_icmp:
            told["IcmpTypeCode"] = {"Type": -1, "Code": -1}
        return told

    @property
    def ports(self) -> tuple[int, int | None] | None:
        """First and last port, which EC2 wants for TCP and UDP even where all are meant."""
        if self.protocol not in (TCP, UDP):
            return None
        return (0, LAST_PORT) if self.first_port is None else (self.first_port, self.last_port)

    @property
    def is_icmp(self) -> bool:
        """True where EC2 wants a type and code; -1 is all of them."""
        return self.protocol in (ICMP, ICMPV6)

    def __str__(self) -> str:
        service = "all traffic" if self.protocol is None else protocol_name(self.protocol)
        if self.first_port is not None:
            service += f"/{self.first_port}" + (f"-{self.last_port}" if self.last_port != self.first_port else "")
        way = ("inbound", "from") if self.is_inbound else ("outbound", "to")
        return f"{way[0]} rule {self.number} {self.action} {service} {way[1]} {self.cidr}"


@dataclass(frozen=True, slots=True)
class AddEntry:
    """An entry added under a number that is free."""

    entry: Entry

    @property
    def cost(self) -> Cost:
        return Cost.NONE

    def apply(self, draft: Draft) -> None:
        if not 0 < self.entry.number < DEFAULT_RULE:
            raise UsageError(f"{self.entry.number} is no number of a rule; AWS takes 1 to {DEFAULT_RULE - 1}")
        for acl in draft.find(DESCRIBE_NETWORK_ACLS, "NetworkAclId", self.entry.acl_id):
            if _numbered(acl, is_inbound=self.entry.is_inbound, number=self.entry.number):
                way = "inbound" if self.entry.is_inbound else "outbound"
                raise UsageError(
                    f"{self.entry.acl_id} has an {way} rule {self.entry.number} already; "
                    "remove it first, or take another number"
                )
            acl.setdefault("Entries", []).append(self.entry.record)

    def __str__(self) -> str:
        return f"add to {self.entry.acl_id}: {self.entry}"


@dataclass(frozen=True, slots=True)
class RemoveEntry:
    """An entry taken away by its number."""

    acl_id: str
    is_inbound: bool
    number: int

    @property
    def cost(self) -> Cost:
        return Cost.NONE

    def apply(self, draft: Draft) -> None:
        for acl in draft.find(DESCRIBE_NETWORK_ACLS, "NetworkAclId", self.acl_id):
            entries = acl.get("Entries", [])
            gone = _numbered(acl, is_inbound=self.is_inbound, number=self.number)
            if not gone or self.number >= DEFAULT_RULE:
                way = "inbound" if self.is_inbound else "outbound"
                held = sorted(e["RuleNumber"] for e in entries if e.get("Egress") is not self.is_inbound)
                numbers = ", ".join(str(n) for n in held if n < DEFAULT_RULE) or "none"
                fact = f"{self.acl_id} has no {way} rule {self.number} that one can remove"
                raise UsageError(f"{fact}; its {way} rules are: {numbers}")
            acl["Entries"] = [entry for entry in entries if entry not in gone]

    def __str__(self) -> str:
        way = "inbound" if self.is_inbound else "outbound"
        return f"remove from {self.acl_id}: {way} rule {self.number}"


def _numbered(acl: Item, *, is_inbound: bool, number: int) -> list[Item]:
    entries = acl.get("Entries", [])
    return [e for e in entries if e.get("RuleNumber") == number and e.get("Egress") is not is_inbound]
