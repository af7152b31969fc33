"""A lookup inside a VPC, in the order in which things answer: servers, support, firewall, rules and zones (F16).

Modelled: DHCP options, both DNS attributes, the DNS firewall, resolver rules and private zones by the longest domain,
profiles, the zone of an interface endpoint's private DNS, which is as good as any other zone.
Not modelled: what public DNS answers.
Source: Route 53 Developer Guide, "How Resolver determines where to forward DNS queries" (semantics F16).
Checked: tests/unit/destinations/test_name_resolution.py.
"""

from dataclasses import dataclass

from vpcreach.destinations.names import (
    dhcp_options,
    dns_attributes,
    dns_firewall,
    hosted_zones,
    profiles,
    resolver_rules,
)
from vpcreach.destinations.names.domain import depth
from vpcreach.destinations.names.hosted_zones import Answer, Zone
from vpcreach.destinations.names.resolver_rules import Forwarding
from vpcreach.forwarding import UNSUPPORTED_COMPONENT, Effect, Judgement, Note, Surroundings


@dataclass(frozen=True, slots=True)
class Lookup:
    """What becomes of a query.

    `zone` is the private zone that knows the name's domain, None where the ordinary answer stands; `answer` is what it
    says, None where the notes say why that is not known or nothing. `may_divert`: something unread may answer with
    another address than AWS would. `diverting_assumptions` are those of the assumptions without which another address
    might be answered. `trusts_redirection`: the firewall does not look at what the name is redirected to.
    """

    notes: tuple[Note, ...] = ()
    assumptions: tuple[str, ...] = ()
    may_divert: bool = False
    diverting_assumptions: tuple[str, ...] = ()
    zone: Zone | None = None
    answer: Answer | None = None
    trusts_redirection: bool = False


def lookup(vpc_id: str, name: str, around: Surroundings, *, record_type: str = "A", taken: str | None = None) -> Lookup:
    """What a client in the VPC gets for a name.

    `taken` is the domain that AWS itself answers for privately: an interface endpoint's private DNS, EC2's host names.
    """
    key = ("lookup", vpc_id, name, record_type, taken)
    return around.remember(key, lambda: _lookup(vpc_id, name, record_type, taken, around))


def _lookup(vpc_id: str, name: str, record_type: str, taken: str | None, around: Surroundings) -> Lookup:
    shared = profiles.shared(vpc_id, around)
    found, of_zones = hosted_zones.zone_for(vpc_id, name, shared, around)
    zone, unread = _usable(found, taken, vpc_id, around)
    servers = dhcp_options.servers(vpc_id, around)
    if servers.notes:
        # Whoever those servers ask, nothing of what follows is certain.
        return Lookup(servers.notes, servers.assumptions, True, servers.assumptions, zone)
    support = dns_attributes.support(vpc_id, next(iter(servers.assumptions), None), around)
    if _fails(support):
        return Lookup(support.notes, servers.assumptions, False, servers.assumptions, zone)
    rule, of_rules = resolver_rules.forwarding(vpc_id, name, shared, around)
    told = _told(vpc_id, name, record_type, taken, rule, zone, around)
    inspection = dns_firewall.inspect(vpc_id, name, record_type, shared, around)
    of_firewall = inspection.judgement
    if _fails(of_firewall) and not shared.judgement.notes:
        # Blocked, whatever the rules and zones would say.
        assumed = (*servers.assumptions, *of_firewall.assumptions)
        notes = (*support.notes, *of_firewall.notes)
        return Lookup(notes, assumed, False, servers.assumptions, zone, told.answer, inspection.trusts_redirection)
    diverting = (servers, of_rules, shared.judgement, of_zones)
    divert_assumed = tuple(text for judgement in diverting for text in judgement.assumptions)
    doubts = (*(note for judgement in diverting for note in judgement.notes), *unread)
    return Lookup(
        (*of_firewall.notes, *support.notes, *doubts, *told.notes),
        (*of_firewall.assumptions, *divert_assumed),
        told.may_divert or any(note.effect is Effect.UNKNOWN for note in doubts),
        divert_assumed,
        zone,
        told.answer,
        inspection.trusts_redirection,
    )


def _usable(
    zone: Zone | None, taken: str | None, vpc_id: str, around: Surroundings
) -> tuple[Zone | None, tuple[Note, ...]]:
    """The zone, where the VPC's attributes let zones count and AWS's own private answer is not more specific."""
    if zone is None or (taken is not None and zone.domain is not None and zone.depth < depth(taken)):
        return None, ()
    is_on = dns_attributes.both(vpc_id, around)
    return (zone, (is_on,)) if isinstance(is_on, Note) else (zone if is_on else None, ())


def _fails(judgement: Judgement) -> bool:
    return any(note.effect is Effect.FAIL for note in judgement.notes)


def _told(
    vpc_id: str,
    name: str,
    record_type: str,
    taken: str | None,
    rule: Forwarding | None,
    zone: Zone | None,
    around: Surroundings,
) -> Lookup:
    """Who answers: the longest domain; of the same one a rule before a zone, the VPC's own before a profile's."""
    if rule is not None and _wins(rule, zone, taken):
        return Lookup((rule.note(),), may_divert=True)
    if zone is None:
        return Lookup()
    if taken is not None and zone.domain == taken:
        message = f"{zone} and AWS's own private DNS for {taken} are both in {vpc_id}: which answers is not known"
        return Lookup((UNSUPPORTED_COMPONENT.unknown(zone.id, zone.domain or "", message),), may_divert=True)
    answer = hosted_zones.answer(zone, name, record_type, vpc_id, around)
    if isinstance(answer, Note):
        return Lookup((answer,), may_divert=answer.effect is Effect.UNKNOWN)
    return Lookup(answer=answer)


def _wins(rule: Forwarding, zone: Zone | None, taken: str | None) -> bool:
    """True where the query is forwarded before any zone is asked."""
    if rule.domain is None or (zone is not None and zone.domain is None):
        return True
    private = [(depth(taken), True)] if taken is not None else []
    private += [(zone.depth, zone.is_local)] if zone is not None else []
    deepest, is_local = max(private, default=(-1, False))
    return rule.depth > deepest or (rule.depth == deepest and (rule.is_local or not is_local))
