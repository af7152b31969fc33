"""Names inside a VPC: whether the Amazon resolver answers, and what may answer in its place.

Modelled: the VPC's two DNS attributes, custom DNS servers of the DHCP options.
Not modelled: DNS firewall rules, resolver rules, profiles and private hosted zones: where a VPC has one that may touch
a name, the answer is undecided; where a file is absent, the answer says that it assumes there is none.
Source: VPC User Guide, "DNS attributes for your VPC" and "DHCP option sets" (semantics A22, F16, I3-I6).
Checked: tests/unit/destinations/test_name_resolution.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from vpcreach.components.vpc import DESCRIBE_VPC_ATTRIBUTE, DESCRIBE_VPCS, Vpc
from vpcreach.forwarding import (
    COLLECTION_FAILED,
    UNSUPPORTED_COMPONENT,
    Effect,
    Judgement,
    Note,
    Reason,
    Surroundings,
)
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Record, Reply
from vpcreach.snapshot.snapshot import Snapshot, State

VPC_DNS_SUPPORT_DISABLED = Reason(
    "VPC_DNS_SUPPORT_DISABLED",
    "switch enableDnsSupport on for the VPC",
    "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html",
)
CUSTOM_DNS_SERVERS = Reason("CUSTOM_DNS_SERVERS", "resolve the name on those servers, and ask for the address")
DNS_HOSTNAMES_OFF = Reason(
    "DNS_HOSTNAMES_OFF", "switch enableDnsHostnames on: AWS asks for it beside gateway endpoints"
)
DNS_FIREWALL_UNREADABLE_LIST = Reason("DNS_FIREWALL_UNREADABLE_LIST", "check the rule groups by hand")
DNS_FORWARDED = Reason("DNS_FORWARDED", "resolve the name by hand, and ask for the address")
AMAZON_DNS = "AmazonProvidedDNS"
# The rule that every account has: it sends what nothing else matches to the Amazon resolver itself.
DEFAULT_RESOLVER_RULE = "rslvr-autodefined-rr-internet-resolver"


class DhcpValue(Record, frozen=True):
    value: str = ""


class DhcpConfiguration(Record, frozen=True):
    key: str
    values: tuple[DhcpValue, ...] = ()


class DhcpOptions(Record, frozen=True):
    dhcp_options_id: str
    dhcp_configurations: tuple[DhcpConfiguration, ...] = ()

    @property
    def name_servers(self) -> tuple[str, ...]:
        return tuple(v.value for c in self.dhcp_configurations if c.key == "domain-name-servers" for v in c.values)


class DescribeDhcpOptions(Reply, frozen=True):
    dhcp_options: tuple[DhcpOptions, ...] = ()


class FirewallAssociation(Record, frozen=True):
    vpc_id: str | None = None
    firewall_rule_group_id: str = ""


class ListFirewallRuleGroupAssociations(Reply, frozen=True):
    firewall_rule_group_associations: tuple[FirewallAssociation, ...] = ()


class RuleAssociation(Record, frozen=True, rename={"vpc_id": "VPCId", "resolver_rule_id": "ResolverRuleId"}):
    vpc_id: str | None = None
    resolver_rule_id: str = ""


class ListResolverRuleAssociations(Reply, frozen=True):
    resolver_rule_associations: tuple[RuleAssociation, ...] = ()


class ZoneOwner(Record, frozen=True):
    owning_service: str | None = None


class HostedZone(Record, frozen=True):
    name: str = ""
    hosted_zone_id: str = ""
    owner: ZoneOwner = ZoneOwner()


class ListHostedZonesByVpc(Reply, frozen=True):
    hosted_zone_summaries: tuple[HostedZone, ...] = ()


class ProfileAssociation(Record, frozen=True):
    resource_id: str | None = None
    profile_id: str = ""


class ListProfileAssociations(Reply, frozen=True):
    profile_associations: tuple[ProfileAssociation, ...] = ()


def _vpcs(snapshot: Snapshot, place: Place) -> Iterable[tuple[str, str]]:
    reply = snapshot.read(DESCRIBE_VPCS, place).value
    return [(vpc.vpc_id, place.region) for vpc in (reply.vpcs if reply else ())]


DESCRIBE_DHCP_OPTIONS = Call(
    "ec2",
    "DescribeDhcpOptions",
    DescribeDhcpOptions,
    holds="DhcpOptions",
    assumes="no custom DNS servers (DHCP options not collected)",
)
LIST_FIREWALL_RULE_GROUP_ASSOCIATIONS = Call(
    "route53resolver",
    "ListFirewallRuleGroupAssociations",
    ListFirewallRuleGroupAssociations,
    holds="FirewallRuleGroupAssociations",
    assumes="no DNS firewall (not collected)",
)
LIST_RESOLVER_RULE_ASSOCIATIONS = Call(
    "route53resolver",
    "ListResolverRuleAssociations",
    ListResolverRuleAssociations,
    holds="ResolverRuleAssociations",
    assumes="no resolver rules (not collected)",
)
LIST_PROFILE_ASSOCIATIONS = Call(
    "route53profiles",
    "ListProfileAssociations",
    ListProfileAssociations,
    holds="ProfileAssociations",
    assumes="no Route 53 profile (not collected)",
)
LIST_HOSTED_ZONES_BY_VPC = Call(
    "route53",
    "ListHostedZonesByVPC",
    ListHostedZonesByVpc,
    holds="HostedZoneSummaries",
    arguments=("VPCId", "VPCRegion"),
    each=_vpcs,
    assumes="no private hosted zones (not collected)",
)
CALLS = (
    DESCRIBE_DHCP_OPTIONS,
    LIST_FIREWALL_RULE_GROUP_ASSOCIATIONS,
    LIST_RESOLVER_RULE_ASSOCIATIONS,
    LIST_PROFILE_ASSOCIATIONS,
    LIST_HOSTED_ZONES_BY_VPC,
)
REASONS = (
    VPC_DNS_SUPPORT_DISABLED,
    CUSTOM_DNS_SERVERS,
    DNS_HOSTNAMES_OFF,
    DNS_FIREWALL_UNREADABLE_LIST,
    DNS_FORWARDED,
)


@dataclass(frozen=True, slots=True)
class Resolution:
    """What is known of a lookup. `may_divert`: something unread may answer with another address than AWS would.

    `diverting_assumptions` are those of the assumptions without which another address might be answered.
    """

    notes: tuple[Note, ...]
    assumptions: tuple[str, ...]
    may_divert: bool
    diverting_assumptions: tuple[str, ...]


def resolution(vpc_id: str, names: tuple[str, ...], around: Surroundings) -> Resolution:
    """What stands between clients of a VPC and the ordinary answer to these host names."""
    harmless = [_firewall(vpc_id, names, around), _support(vpc_id, around)]
    diverting = [judge(vpc_id, names, around) for judge in (_servers, _forwarding, _profiles, _zones)]
    return Resolution(
        notes=tuple(note for judgement in (*harmless, *diverting) for note in judgement.notes),
        assumptions=tuple(text for judgement in (*harmless, *diverting) for text in judgement.assumptions),
        may_divert=any(note.effect is Effect.UNKNOWN for judgement in diverting for note in judgement.notes),
        diverting_assumptions=tuple(text for judgement in diverting for text in judgement.assumptions),
    )


def attribute(vpc_id: str, name: str, around: Surroundings) -> bool | Note:
    """One of the VPC's two DNS attributes, or the note that says why it is not known."""
    reading = around.read(DESCRIBE_VPC_ATTRIBUTE, vpc_id, (vpc_id, name))
    if reading.value is not None:
        return bool(reading.value.is_on)
    message = f"whether {name} is on for {vpc_id} is not known: {reading.gap}"
    return COLLECTION_FAILED.unknown(vpc_id, name, message)


def _servers(vpc_id: str, names: tuple[str, ...], around: Surroundings) -> Judgement:
    """Custom DNS servers of the VPC's DHCP options: what they answer is not in any file (I6)."""
    vpc = around.component(vpc_id)
    options_id = vpc.dhcp_options_id if isinstance(vpc, Vpc) else None
    if options_id in (None, "default"):
        return Judgement()
    reading = around.read(DESCRIBE_DHCP_OPTIONS, vpc_id)
    options = [o for o in (reading.value.dhcp_options if reading.value else ()) if o.dhcp_options_id == options_id]
    if not options and reading.state is State.ABSENT:
        return Judgement((), (DESCRIBE_DHCP_OPTIONS.assumes or "",))
    if not options:
        message = f"the DNS servers of {vpc_id} are not known: {reading.gap or f'{options_id} is not listed'}"
        return Judgement((COLLECTION_FAILED.unknown(options_id or vpc_id, "", message),))
    custom = [server for server in options[0].name_servers if server != AMAZON_DNS]
    if not custom:
        return Judgement()
    message = f"{vpc_id} hands out its own DNS servers ({', '.join(custom)}), so the name's address is not known"
    return Judgement((CUSTOM_DNS_SERVERS.unknown(options[0].dhcp_options_id, "domain-name-servers", message),))


def _support(vpc_id: str, around: Surroundings) -> Judgement:
    """The Amazon resolver answers only with enableDnsSupport on; custom servers make that irrelevant (A22)."""
    servers = _servers(vpc_id, (), around)
    if servers.notes:
        return Judgement()
    support = attribute(vpc_id, "enableDnsSupport", around)
    if isinstance(support, Note):
        return Judgement((support,))
    if support:
        return Judgement()
    message = f"{vpc_id} has enableDnsSupport off, so no name resolves in it"
    assumption = next(iter(servers.assumptions), None)
    return Judgement((VPC_DNS_SUPPORT_DISABLED.fail(vpc_id, "enableDnsSupport", message, assumption=assumption),))


def _firewall(vpc_id: str, names: tuple[str, ...], around: Surroundings) -> Judgement:
    def found(reply: ListFirewallRuleGroupAssociations) -> Note | None:
        groups = [a.firewall_rule_group_id for a in reply.firewall_rule_group_associations if a.vpc_id == vpc_id]
        message = f"{vpc_id} has a DNS firewall ({', '.join(groups)}), whose rules are not modelled yet"
        return DNS_FIREWALL_UNREADABLE_LIST.unknown(groups[0], "", message) if groups else None

    return _guarded(LIST_FIREWALL_RULE_GROUP_ASSOCIATIONS, vpc_id, (), found, around)


def _forwarding(vpc_id: str, names: tuple[str, ...], around: Surroundings) -> Judgement:
    def found(reply: ListResolverRuleAssociations) -> Note | None:
        rules = [a.resolver_rule_id for a in reply.resolver_rule_associations if a.vpc_id == vpc_id]
        rules = [rule for rule in rules if rule != DEFAULT_RESOLVER_RULE]
        message = f"{vpc_id} has resolver rules ({', '.join(rules)}), which are not modelled yet"
        return DNS_FORWARDED.unknown(rules[0], "", message) if rules else None

    return _guarded(LIST_RESOLVER_RULE_ASSOCIATIONS, vpc_id, (), found, around)


def _profiles(vpc_id: str, names: tuple[str, ...], around: Surroundings) -> Judgement:
    def found(reply: ListProfileAssociations) -> Note | None:
        profiles = [a.profile_id for a in reply.profile_associations if a.resource_id == vpc_id]
        message = f"{vpc_id} has a Route 53 profile ({', '.join(profiles)}), which is not modelled yet"
        return UNSUPPORTED_COMPONENT.unknown(profiles[0], "", message) if profiles else None

    return _guarded(LIST_PROFILE_ASSOCIATIONS, vpc_id, (), found, around)


def _zones(vpc_id: str, names: tuple[str, ...], around: Surroundings) -> Judgement:
    def found(reply: ListHostedZonesByVpc) -> Note | None:
        for zone in reply.hosted_zone_summaries:
            if zone.owner.owning_service == "vpce.amazonaws.com":
                continue  # the private DNS of an interface endpoint, which the endpoint itself tells
            suffix = zone.name.rstrip(".").lower()
            if any(name == suffix or name.endswith(f".{suffix}") for name in names):
                message = (
                    f"the private hosted zone {suffix} answers for {names[0]}, and its records are not modelled yet"
                )
                return UNSUPPORTED_COMPONENT.unknown(zone.hosted_zone_id, suffix, message)
        return None

    arguments = (vpc_id, around.place_of(vpc_id).region)
    return _guarded(LIST_HOSTED_ZONES_BY_VPC, vpc_id, arguments, found, around)


def _guarded(call: Call[Any], vpc_id: str, arguments: tuple[str, ...], found: Any, around: Surroundings) -> Judgement:
    reading = around.read(call, vpc_id, arguments)
    note = found(reading.value) if reading.value is not None else None
    if note is not None:
        return Judgement((note,))
    if reading.state is State.ABSENT:
        return Judgement((), (call.assumes,) if call.assumes else ())
    if reading.state is not State.FOUND:
        message = f"what answers DNS queries in {vpc_id} is not fully known: {reading.gap}"
        return Judgement((COLLECTION_FAILED.unknown(vpc_id, call.action, message),))
    return Judgement()
