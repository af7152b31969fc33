"""DNS firewall: rule groups that block the lookup of a name, first match by group priority, then by rule priority.

Modelled: ALLOW, ALERT and BLOCK (each ends the inspection), domain lists with wildcards, query types, redirections
that the collected zones tell, groups that a profile brings (after the VPC's own).
Not modelled: redirections of public names; what AWS's managed lists hold and what advanced rules catch: these leave
a lookup undecided where they might block it.
Source: Route 53 Developer Guide, "Rule actions in DNS Firewall", "Rule settings in DNS Firewall" (semantics I3).
Checked: tests/unit/destinations/names/test_dns_firewall.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from vpcreach.destinations.names.collected import anywhere, guard, is_in_force
from vpcreach.destinations.names.domain import normal
from vpcreach.destinations.names.profiles import LIST_PROFILE_ASSOCIATIONS, LIST_PROFILE_RESOURCE_ASSOCIATIONS, Shared
from vpcreach.forwarding import FREE, Judgement, Note, Reason, Surroundings
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Record, Reply
from vpcreach.snapshot.snapshot import Snapshot

PAGE = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall.html"
DNS_FIREWALL_BLOCK = Reason("DNS_FIREWALL_BLOCK", "allow the name in a rule before the one that blocks it", PAGE)
DNS_FIREWALL_UNREADABLE_LIST = Reason("DNS_FIREWALL_UNREADABLE_LIST", "check the rule groups by hand", PAGE)
CODES = frozenset({DNS_FIREWALL_BLOCK.code, DNS_FIREWALL_UNREADABLE_LIST.code})
TRUST = "TRUST_REDIRECTION_DOMAIN"
TYPE_NUMBERS = {"A": "TYPE1", "AAAA": "TYPE28"}


class FirewallAssociation(Record, frozen=True):
    vpc_id: str | None = None
    firewall_rule_group_id: str = ""
    priority: int = 0
    status: str | None = None


class ListFirewallRuleGroupAssociations(Reply, frozen=True):
    firewall_rule_group_associations: tuple[FirewallAssociation, ...] = ()


class FirewallRule(Record, frozen=True):
    """A rule; without a domain list it is an advanced one, which looks at what no file tells."""

    name: str = ""
    priority: int = 0
    action: str = ""
    firewall_domain_list_id: str | None = None
    firewall_domain_redirection_action: str | None = None
    qtype: str | None = None
    status: str | None = None

    @property
    def blocks(self) -> bool | None:
        """Whether a query that matches is blocked; None for an action of tomorrow."""
        return {"BLOCK": True, "ALLOW": False, "ALERT": False}.get(self.action)

    def asks_for(self, record_type: str) -> bool:
        """True where the rule looks at queries of this type."""
        return self.qtype in (None, "", record_type, TYPE_NUMBERS.get(record_type))


class ListFirewallRules(Reply, frozen=True):
    firewall_rules: tuple[FirewallRule, ...] = ()


class ListFirewallDomains(Reply, frozen=True):
    domains: tuple[str, ...] = ()


LIST_FIREWALL_RULE_GROUP_ASSOCIATIONS = Call(
    "route53resolver",
    "ListFirewallRuleGroupAssociations",
    ListFirewallRuleGroupAssociations,
    holds="FirewallRuleGroupAssociations",
    assumes="no DNS firewall (not collected)",
)


def _groups(snapshot: Snapshot, place: Place) -> Iterable[tuple[str]]:
    reply = snapshot.read(LIST_FIREWALL_RULE_GROUP_ASSOCIATIONS, place).value
    found = [item.firewall_rule_group_id for item in (reply.firewall_rule_group_associations if reply else ())]
    profiles = snapshot.read(LIST_PROFILE_ASSOCIATIONS, place).value
    for association in profiles.profile_associations if profiles else ():
        brought = snapshot.read(LIST_PROFILE_RESOURCE_ASSOCIATIONS, place, (association.profile_id,)).value
        resources = brought.profile_resource_associations if brought else ()
        found += [resource.id for resource in resources if resource.kind == "firewall-rule-group"]
    return dict.fromkeys((group_id,) for group_id in found)


LIST_FIREWALL_RULES = Call(
    "route53resolver",
    "ListFirewallRules",
    ListFirewallRules,
    holds="FirewallRules",
    arguments=("FirewallRuleGroupId",),
    each=_groups,
)


def _lists(snapshot: Snapshot, place: Place) -> Iterable[tuple[str]]:
    replies = [snapshot.read(LIST_FIREWALL_RULES, place, group).value for group in _groups(snapshot, place)]
    rules = [rule for reply in replies if reply for rule in reply.firewall_rules]
    return dict.fromkeys((rule.firewall_domain_list_id,) for rule in rules if rule.firewall_domain_list_id)


LIST_FIREWALL_DOMAINS = Call(
    "route53resolver",
    "ListFirewallDomains",
    ListFirewallDomains,
    holds="Domains",
    arguments=("FirewallDomainListId",),
    each=_lists,
)
CALLS = (LIST_FIREWALL_RULE_GROUP_ASSOCIATIONS, LIST_FIREWALL_RULES, LIST_FIREWALL_DOMAINS)
REASONS = (DNS_FIREWALL_BLOCK, DNS_FIREWALL_UNREADABLE_LIST)


@dataclass(frozen=True, slots=True)
class Line:
    """A rule in its place, or (`rule` None) a group whose rules cannot be read; `is_certain` false while it changes."""

    group_id: str
    rule: FirewallRule | None
    is_certain: bool = True
    gap: str = ""

    @property
    def blocks(self) -> bool | None:
        return self.rule.blocks if self.rule else None

    @property
    def trusts_redirection(self) -> bool:
        return self.rule is not None and self.rule.firewall_domain_redirection_action == TRUST

    def __str__(self) -> str:
        return f"rule {self.rule.name or self.rule.priority} of {self.group_id}" if self.rule else self.group_id


@dataclass(frozen=True, slots=True)
class Inspection:
    """What the firewall does to a query; `trusts_redirection`: what a name is redirected to is not inspected."""

    judgement: Judgement = FREE
    trusts_redirection: bool = False


def inspect(vpc_id: str, name: str, record_type: str, shared: Shared, around: Surroundings) -> Inspection:
    """What becomes of a client's query for a name."""
    reply, judgement = guard(LIST_FIREWALL_RULE_GROUP_ASSOCIATIONS, vpc_id, around)
    if judgement.notes:
        return Inspection(judgement)
    own = [a for a in (reply.firewall_rule_group_associations if reply else ()) if a.vpc_id == vpc_id]
    may_pass, may_block = False, None
    decided: Line | None = None
    doubt: tuple[Line, str] | None = None
    for line in _lines(vpc_id, own, shared, around):
        is_match, why = _matches(line, name, record_type, vpc_id, around)
        if is_match is False:
            continue
        may_block = may_block or (line if line.blocks is not False else None)
        may_pass = may_pass or line.blocks is not True
        if is_match is None or line.blocks is None:
            doubt = doubt or (line, why or f"its action is {line.rule.action if line.rule else 'not known'}")
        if is_match:
            decided = line
            break
    if may_block and decided and decided.blocks and not may_pass:
        # A group of the VPC's own that nobody collected would be asked before a profile's.
        blocked = replace(_blocked(vpc_id, name, decided), assumption=next(iter(judgement.assumptions), None))
        return Inspection(Judgement((blocked,), judgement.assumptions))
    if may_block:
        line, why = doubt or (may_block, "which rule comes first is not known")
        message = f"whether the DNS firewall of {vpc_id} blocks {name} is not known: {line}: {why}"
        note = DNS_FIREWALL_UNREADABLE_LIST.unknown(line.group_id, _entry(line), message)
        return Inspection(Judgement((note,), judgement.assumptions))
    return Inspection(judgement, decided is not None and decided.trusts_redirection)


def _lines(vpc_id: str, own: list[FirewallAssociation], shared: Shared, around: Surroundings) -> Iterable[Line]:
    """Every rule in the order in which it is asked: the VPC's own groups by priority, then those of its profiles."""
    mine = [a for a in own if is_in_force(a.status) is not False]
    for association in sorted(mine, key=lambda a: a.priority):
        is_certain = is_in_force(association.status) is True
        yield from _rules(vpc_id, association.firewall_rule_group_id, is_certain=is_certain, around=around)
    is_ordered = len(shared.firewall_groups) < 2 or all(priority is not None for _, priority in shared.firewall_groups)
    for group_id, _ in shared.firewall_groups:
        yield from _rules(vpc_id, group_id, is_certain=is_ordered, around=around)


def _rules(vpc_id: str, group_id: str, *, is_certain: bool, around: Surroundings) -> Iterable[Line]:
    reading = anywhere(LIST_FIREWALL_RULES, vpc_id, around, (group_id,))
    if not reading.is_complete or reading.value is None:
        yield Line(group_id, None, gap=f"its rules cannot be read: {reading.gap}")
        return
    for rule in sorted(reading.value.firewall_rules, key=lambda rule: rule.priority):
        force = is_in_force(rule.status)
        if force is not False:
            yield Line(group_id, rule, is_certain and force is True)


def _matches(line: Line, name: str, record_type: str, vpc_id: str, around: Surroundings) -> tuple[bool | None, str]:
    """Whether the rule takes the query; None where nobody can tell, with the reason."""
    rule = line.rule
    if rule is None:
        return None, line.gap
    if not rule.asks_for(record_type):
        return False, ""
    if rule.firewall_domain_list_id is None:
        return None, "it is an advanced rule, and what it catches is in no file"
    reading = anywhere(LIST_FIREWALL_DOMAINS, vpc_id, around, (rule.firewall_domain_list_id,))
    domains = reading.value.domains if reading.is_complete and reading.value else ()
    if not domains:
        # AWS does not show what is in its managed lists, and an empty answer may be one of those.
        why = f": {reading.gap}" if reading.gap else ", as AWS keeps the contents of its managed lists to itself"
        return None, f"the domains of {rule.firewall_domain_list_id} cannot be read{why}"
    is_match = any(_covers(normal(domain), name) for domain in domains)
    if is_match and not line.is_certain:
        return None, "it is being changed, or its place in the order is not known"
    return is_match, ""


def _covers(domain: str, name: str) -> bool:
    """True for the very name; a leading asterisk stands for anything before the rest."""
    return name.endswith(domain[1:]) if domain.startswith("*") else name == domain


def _blocked(vpc_id: str, name: str, line: Line) -> Note:
    message = f"the DNS firewall of {vpc_id} blocks {name} by {line}, so the name does not resolve"
    return DNS_FIREWALL_BLOCK.fail(line.group_id, _entry(line), message)


def _entry(line: Line) -> str:
    return (line.rule.name or str(line.rule.priority)) if line.rule else ""
