"""1:1 NAT of an attachment: another source for what comes in through it, address by address.

Told to the owner of the gateway alone. What other networks send to the translated addresses is not modelled.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from vpcreach.forwarding import COLLECTION_FAILED, UNSUPPORTED_COMPONENT, Note
from vpcreach.packets.address_map import AddressSet, Family, prefix
from vpcreach.snapshot.record import Ipv4Cidr, Record, Reply
from vpcreach.snapshot.snapshot import Reading


class NatRule(Record, frozen=True):
    match_source_cidr: Ipv4Cidr
    nat_cidr: Ipv4Cidr
    state: str | None = None

    def __post_init__(self) -> None:
        if prefix(self.match_source_cidr)[2] != prefix(self.nat_cidr)[2]:
            raise ValueError(f"{self.match_source_cidr} and {self.nat_cidr} are not of one size")

    @property
    def matches(self) -> AddressSet:
        return AddressSet.parse(self.match_source_cidr)

    @property
    def gives(self) -> AddressSet:
        return AddressSet.parse(self.nat_cidr)

    def translate(self, addresses: AddressSet) -> AddressSet:
        """The addresses that these become: the network part changes, the host part stays."""
        shift = prefix(self.nat_cidr)[1] - prefix(self.match_source_cidr)[1]
        return AddressSet.of(addresses.family, [(first + shift, last + shift) for first, last in addresses.intervals])


class NatConfiguration(Reply, frozen=True):
    nat_gateway_rules: tuple[NatRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the sources, and what becomes of them: nothing, another address, or (with a note) nobody knows."""

    before: AddressSet
    after: AddressSet | None = None
    note: Note | None = None


@dataclass(frozen=True, slots=True)
class OneToOneNat:
    """What the snapshot tells of the NAT of one attachment that has it, or may have."""

    attachment_id: str
    support: str
    reading: Reading[NatConfiguration]

    def rules(self) -> tuple[NatRule, ...] | Note:
        """The rules that translate, or may; or why nobody knows them."""
        if self.reading.value is None or not self.reading.is_complete:
            message = f"{self.attachment_id} has 1:1 NAT, and its rules are not known: {self.reading.gap}"
            return COLLECTION_FAILED.unknown(self.attachment_id, "NatGatewayRules", message)
        if self.support != "enabled":
            message = f"1:1 NAT of {self.attachment_id} is {self.support}"
            return COLLECTION_FAILED.unknown(self.attachment_id, "NatGatewaySupport", message, resolve="collect again")
        return tuple(rule for rule in self.reading.value.nat_gateway_rules if rule.state != "deactivated")

    def inwards(self, source: AddressSet) -> Iterator[Part]:
        """What becomes of the sources of packets that come in through the attachment."""
        rules = self.rules() if source.family is Family.IPV4 else ()
        if isinstance(rules, Note):
            yield Part(source, note=rules)
            return
        for rule in rules:
            before, source = source & rule.matches, source - rule.matches
            if before and rule.state == "activated":
                yield Part(before, rule.translate(before))
            elif before:
                message = f"the 1:1 NAT rule {rule.match_source_cidr} of {self.attachment_id} is {rule.state}"
                note = COLLECTION_FAILED.unknown(self.attachment_id, "State", message, resolve="collect again")
                yield Part(before, note=note)
        if source:
            yield Part(source)

    def outwards(self, destination: AddressSet) -> Note | None:
        """The doubt about packets to addresses that a rule has to do with; None where none has."""
        rules = self.rules() if destination.family is Family.IPV4 else ()
        if isinstance(rules, Note):
            return rules
        touched = next((rule for rule in rules if destination & (rule.matches | rule.gives)), None)
        if touched is None:
            return None
        message = f"{self.attachment_id} translates {touched.nat_cidr} to {touched.match_source_cidr}"
        return UNSUPPORTED_COMPONENT.unknown(
            self.attachment_id, "NatGatewayRules", f"{message}: ways into it are not modelled"
        )
