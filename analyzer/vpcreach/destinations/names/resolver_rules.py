"""Resolver rules: names that a VPC's resolver asks other servers about.

Modelled: the longest domain that covers the name, FORWARD (undecided), SYSTEM (the resolver answers after all), rules
that a profile brings, the rule that every VPC has for the internet; DELEGATE for the names that it covers (undecided).
Not modelled: what the other servers answer.
Source: Route 53 Developer Guide, "How Resolver determines whether the domain name in a query matches any rules"
(semantics I5).
Checked: tests/unit/destinations/names/test_resolver_rules.py.
"""

from dataclasses import dataclass

from vpcreach.destinations.names.collected import guard, is_in_force
from vpcreach.destinations.names.domain import covers, depth, normal
from vpcreach.destinations.names.profiles import Shared
from vpcreach.forwarding import Judgement, Note, Reason, Surroundings
from vpcreach.snapshot.call import Call
from vpcreach.snapshot.record import Record, Reply

DNS_FORWARDED = Reason(
    "DNS_FORWARDED",
    "resolve the name on those servers, and ask for the address",
    "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-overview-forward-vpc-to-network-using-rules.html",
)
# Rules that AWS makes itself (`rslvr-autodefined-rr-internet-resolver`): they say what happens anyway.
AUTODEFINED = "rslvr-autodefined-"


class RuleAssociation(
    Record, frozen=True, rename={"vpc_id": "VPCId", "resolver_rule_id": "ResolverRuleId", "status": "Status"}
):
    vpc_id: str | None = None
    resolver_rule_id: str = ""
    status: str | None = None


class ListResolverRuleAssociations(Reply, frozen=True):
    resolver_rule_associations: tuple[RuleAssociation, ...] = ()


class TargetIp(Record, frozen=True):
    ip: str | None = None
    ipv6: str | None = None


class ResolverRule(Record, frozen=True):
    id: str = ""
    domain_name: str | None = None
    rule_type: str = ""
    name: str = ""
    target_ips: tuple[TargetIp, ...] = ()
    delegation_record: str | None = None

    @property
    def servers(self) -> str:
        """Whom the resolver asks, in words."""
        found = [target.ip or target.ipv6 for target in self.target_ips]
        return ", ".join(text for text in found if text) or "servers that the rule does not tell"


class ListResolverRules(Reply, frozen=True):
    resolver_rules: tuple[ResolverRule, ...] = ()


LIST_RESOLVER_RULE_ASSOCIATIONS = Call(
    "route53resolver",
    "ListResolverRuleAssociations",
    ListResolverRuleAssociations,
    holds="ResolverRuleAssociations",
    assumes="no resolver rules (not collected)",
)
LIST_RESOLVER_RULES = Call("route53resolver", "ListResolverRules", ListResolverRules, holds="ResolverRules")
CALLS = (LIST_RESOLVER_RULE_ASSOCIATIONS, LIST_RESOLVER_RULES)
REASONS = (DNS_FORWARDED,)


@dataclass(frozen=True, slots=True)
class Forwarding:
    """The rule by which the resolver asks others about a name; `domain` None where no file tells what it covers."""

    rule_id: str
    domain: str | None
    is_local: bool
    message: str

    @property
    def depth(self) -> int:
        return depth(self.domain or "")

    def note(self) -> Note:
        return DNS_FORWARDED.unknown(self.rule_id, "DomainName" if self.domain is None else self.domain, self.message)


def forwarding(vpc_id: str, name: str, shared: Shared, around: Surroundings) -> tuple[Forwarding | None, Judgement]:
    """The rule that sends the query for a name to other servers, and what is assumed."""
    reply, judgement = guard(LIST_RESOLVER_RULE_ASSOCIATIONS, vpc_id, around)
    listed = reply.resolver_rule_associations if reply else ()
    own = {a.resolver_rule_id: is_in_force(a.status) for a in listed if a.vpc_id == vpc_id}
    held: dict[str, tuple[bool | None, bool]] = {rule_id: (True, False) for rule_id in shared.rule_ids}  # noqa: C420
    held |= {rule_id: (force, True) for rule_id, force in own.items() if force is not False}
    known = _rules(around)
    matching: list[tuple[int, bool, bool | None, ResolverRule]] = []
    for rule_id, (force, is_local) in held.items():
        rule = known.get(rule_id)
        if rule_id.startswith(AUTODEFINED) or (rule and rule.rule_type == "RECURSIVE"):
            continue
        if rule is None:
            message = f"{vpc_id} has the resolver rule {rule_id}, which no file tells: it may forward {name}"
            return Forwarding(rule_id, None, is_local, message), judgement
        domain = _covering(rule, name)
        if domain is not None:
            matching.append((depth(domain), is_local, force, rule))
    for _, is_local, force, rule in sorted(matching, key=lambda item: item[:2], reverse=True):
        if rule.rule_type != "SYSTEM":
            return _forwarded(vpc_id, name, rule, is_local=is_local), judgement
        if force:
            return None, judgement
    return None, judgement


def _rules(around: Surroundings) -> dict[str, ResolverRule]:
    """Every rule of the snapshot by id: a shared rule may be told by its owner alone."""

    def build() -> dict[str, ResolverRule]:
        replies = [around.read(LIST_RESOLVER_RULES, place).value for place in around.places()]
        return {rule.id: rule for reply in replies if reply is not None for rule in reply.resolver_rules}

    return around.remember(("resolver rules",), build)


def _covering(rule: ResolverRule, name: str) -> str | None:
    """The rule's domain where it covers the name."""
    told = [normal(text) for text in (rule.domain_name, rule.delegation_record) if text]
    if not told:
        return ""
    return next((domain for domain in told if covers(domain, name)), None)


def _forwarded(vpc_id: str, name: str, rule: ResolverRule, *, is_local: bool) -> Forwarding:
    domain = _covering(rule, name) or ""
    what = f"{rule.id}{f' {rule.name}' if rule.name else ''}, for {domain or 'every name'}"
    asked = f"asks {rule.servers}" if rule.rule_type == "FORWARD" else f"is of the type {rule.rule_type}"
    message = f"the resolver rule {what}, {asked}: what {name} means in {vpc_id} is not known"
    return Forwarding(rule.id, domain, is_local, message)
