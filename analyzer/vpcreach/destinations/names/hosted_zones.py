"""Private hosted zones: names whose addresses an account tells its own VPCs.

Modelled: the longest zone that covers the name, zones that a profile brings, records of every routing policy (all of
them are candidates), wildcards, aliases inside a zone, names that a zone lacks (no fall-through to public DNS).
Not modelled: health checks, which could only take candidates away; a subdomain's delegation to other servers
(undecided). Zones of AWS's own services are that service's ordinary answer.
Source: Route 53 Developer Guide, "Considerations when working with a private hosted zone" (semantics I4, F14, F16).
Checked: tests/unit/destinations/names/test_hosted_zones.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from ipaddress import ip_address
from operator import or_

from vpcreach.components.vpc import DESCRIBE_VPCS
from vpcreach.destinations.names.collected import anywhere, guard
from vpcreach.destinations.names.domain import above, covers, depth, normal
from vpcreach.destinations.names.profiles import LIST_PROFILE_ASSOCIATIONS, LIST_PROFILE_RESOURCE_ASSOCIATIONS, Shared
from vpcreach.destinations.names.resolver_rules import DNS_FORWARDED
from vpcreach.forwarding import COLLECTION_FAILED, UNSUPPORTED_COMPONENT, Judgement, Note, Reason, Surroundings
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Record, Reply
from vpcreach.snapshot.snapshot import Snapshot

DNS_NAME_NOT_FOUND = Reason(
    "DNS_NAME_NOT_FOUND",
    "add the record to the zone",
    "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html",
)
# What a service of AWS puts into zones of its own is told by the service: endpoints, mount targets.
TOLD_BY_THEIR_SERVICE = frozenset({"aoss.amazonaws.com", "efs.amazonaws.com", "vpce.amazonaws.com"})


class ZoneOwner(Record, frozen=True):
    owning_account: str | None = None
    owning_service: str | None = None


class HostedZone(Record, frozen=True):
    name: str = ""
    hosted_zone_id: str = ""
    owner: ZoneOwner = ZoneOwner()

    @property
    def is_told_by_its_service(self) -> bool:
        return self.owner.owning_service in TOLD_BY_THEIR_SERVICE


class ListHostedZonesByVpc(Reply, frozen=True):
    hosted_zone_summaries: tuple[HostedZone, ...] = ()


class RecordValue(Record, frozen=True):
    value: str = ""


class AliasTarget(Record, frozen=True, rename={"hosted_zone_id": "HostedZoneId", "dns_name": "DNSName"}):
    hosted_zone_id: str = ""
    dns_name: str = ""


class RecordSet(Record, frozen=True):
    name: str
    type: str
    resource_records: tuple[RecordValue, ...] = ()
    alias_target: AliasTarget | None = None


class ListResourceRecordSets(Reply, frozen=True):
    resource_record_sets: tuple[RecordSet, ...] = ()


def _vpcs(snapshot: Snapshot, place: Place) -> Iterable[tuple[str, str]]:
    reply = snapshot.read(DESCRIBE_VPCS, place).value
    return [(vpc.vpc_id, place.region) for vpc in (reply.vpcs if reply else ())]


LIST_HOSTED_ZONES_BY_VPC = Call(
    "route53",
    "ListHostedZonesByVPC",
    ListHostedZonesByVpc,
    holds="HostedZoneSummaries",
    arguments=("VPCId", "VPCRegion"),
    each=_vpcs,
    assumes="no private hosted zones (not collected)",
)


def _zones(snapshot: Snapshot, place: Place) -> Iterable[tuple[str]]:
    replies = [snapshot.read(LIST_HOSTED_ZONES_BY_VPC, place, vpc).value for vpc in _vpcs(snapshot, place)]
    zones = [zone for reply in replies if reply for zone in reply.hosted_zone_summaries]
    found = [zone.hosted_zone_id for zone in zones if not zone.is_told_by_its_service]
    profiles = snapshot.read(LIST_PROFILE_ASSOCIATIONS, place).value
    for association in profiles.profile_associations if profiles else ():
        brought = snapshot.read(LIST_PROFILE_RESOURCE_ASSOCIATIONS, place, (association.profile_id,)).value
        resources = brought.profile_resource_associations if brought else ()
        found += [resource.id for resource in resources if resource.kind == "hostedzone"]
    return dict.fromkeys((zone_id,) for zone_id in found)


LIST_RESOURCE_RECORD_SETS = Call(
    "route53",
    "ListResourceRecordSets",
    ListResourceRecordSets,
    holds="ResourceRecordSets",
    arguments=("HostedZoneId",),
    each=_zones,
)
CALLS = (LIST_HOSTED_ZONES_BY_VPC, LIST_RESOURCE_RECORD_SETS)
REASONS = (DNS_NAME_NOT_FOUND,)


@dataclass(frozen=True, slots=True)
class Zone:
    """A private zone that clients of a VPC ask; `domain` is None where no file tells what it is called."""

    id: str
    domain: str | None
    is_local: bool

    @property
    def depth(self) -> int:
        return depth(self.domain or "")

    def __str__(self) -> str:
        return f"the private hosted zone {self.domain or 'of an unknown name'} ({self.id})"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a zone answers: addresses, names that clients are sent on to, names whose answers AWS gives as its own."""

    addresses: tuple[str, ...] = ()
    redirections: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.addresses or self.redirections or self.aliases)

    def __or__(self, other: "Answer") -> "Answer":
        return Answer(
            tuple(dict.fromkeys((*self.addresses, *other.addresses))),
            tuple(dict.fromkeys((*self.redirections, *other.redirections))),
            tuple(dict.fromkeys((*self.aliases, *other.aliases))),
        )


def zone_for(vpc_id: str, name: str, shared: Shared, around: Surroundings) -> tuple[Zone | None, Judgement]:
    """The zone that clients of a VPC ask about a name, and what is assumed of zones."""
    region = around.place_of(vpc_id).region
    reply, judgement = guard(LIST_HOSTED_ZONES_BY_VPC, vpc_id, around, (vpc_id, region))
    listed = reply.hosted_zone_summaries if reply else ()
    zones = [Zone(z.hosted_zone_id, normal(z.name), True) for z in listed if not z.is_told_by_its_service]
    zones += [Zone(zone_id, _domain(zone_id, vpc_id, around), False) for zone_id in shared.zone_ids]
    covering = [zone for zone in zones if zone.domain is None or covers(zone.domain, name)]
    # A zone of which nobody tells the name may be the one.
    return max(covering, key=lambda zone: (zone.domain is None, zone.depth, zone.is_local), default=None), judgement


def _domain(zone_id: str, vpc_id: str, around: Surroundings) -> str | None:
    """What a zone is called: its start-of-authority record stands at its top."""
    reply = anywhere(LIST_RESOURCE_RECORD_SETS, vpc_id, around, (zone_id,)).value
    tops = [normal(record.name) for record in (reply.resource_record_sets if reply else ()) if record.type == "SOA"]
    return tops[0] if tops else None


def answer(zone: Zone, name: str, record_type: str, vpc_id: str, around: Surroundings) -> Answer | Note:
    """What the zone answers a query for a name, or the note that says why nothing comes of it."""
    reading = anywhere(LIST_RESOURCE_RECORD_SETS, vpc_id, around, (zone.id,))
    if not reading.is_complete or reading.value is None or zone.domain is None:
        why = reading.gap or "no file tells what the zone is called"
        message = f"{zone} answers for {name} in {vpc_id}, and its records are not known: {why}"
        return COLLECTION_FAILED.unknown(zone.id, LIST_RESOURCE_RECORD_SETS.action, message)
    return _answer(zone, name, record_type, reading.value.resource_record_sets, ())


def _answer(
    zone: Zone, name: str, record_type: str, records: Sequence[RecordSet], seen: tuple[str, ...]
) -> Answer | Note:
    if name in seen:
        message = f"{' -> '.join((*seen, name))} in {zone} is a circle of aliases, so the name has no address"
        return DNS_NAME_NOT_FOUND.fail(zone.id, name, message)
    delegated = [d for d in (name, *above(name)) if d != zone.domain and covers(zone.domain or "", d)]
    for domain in delegated:
        if any(record.type == "NS" and normal(record.name) == domain for record in records):
            message = f"{zone} delegates {domain} to other servers: what they answer for {name} is not known"
            return DNS_FORWARDED.unknown(zone.id, domain, message)
    held = [r for r in _at(zone, name, records) if r.type in (record_type, "CNAME")]
    if not held:
        message = (
            f"{zone} answers for {name}, and has no {record_type} record of that name; nothing else is asked about it"
        )
        return DNS_NAME_NOT_FOUND.fail(zone.id, name, message)
    told = [_told(zone, record, record_type, records, (*seen, name)) for record in held]
    notes = [item for item in told if isinstance(item, Note)]
    if notes and len(notes) < len(told):
        message = f"{zone} answers for {name} with several records, one of which leads nowhere: {notes[0].message}"
        return UNSUPPORTED_COMPONENT.unknown(zone.id, name, message, resolve="mend that record, then ask again")
    return notes[0] if notes else reduce(or_, [item for item in told if isinstance(item, Answer)])


def _at(zone: Zone, name: str, records: Sequence[RecordSet]) -> list[RecordSet]:
    """The records at a name, or those of the wildcard that stands for it: the nearest existing name above decides."""
    by_name: dict[str, list[RecordSet]] = {}
    for record in records:
        by_name.setdefault(normal(record.name), []).append(record)
    existing = {domain for held in by_name for domain in (held, *above(held))}
    if name in existing:
        return by_name.get(name, [])
    for domain in above(name):
        if f"*.{domain}" in by_name:
            return by_name[f"*.{domain}"]
        if domain in existing or domain == zone.domain:
            return []
    return []


def _told(
    zone: Zone, record: RecordSet, record_type: str, records: Sequence[RecordSet], seen: tuple[str, ...]
) -> Answer | Note:
    """What one record set says."""
    alias = record.alias_target
    if alias is not None and alias.hosted_zone_id.rpartition("/")[2] == zone.id:
        return _answer(zone, normal(alias.dns_name), record_type, records, seen)
    if alias is not None:
        return Answer(aliases=(normal(alias.dns_name).removeprefix("dualstack."),))
    values = tuple(item.value for item in record.resource_records)
    if record.type == "CNAME":
        return Answer(redirections=tuple(normal(value) for value in values))
    if not all(_is_address(value) for value in values):
        message = f"{zone} tells {', '.join(values)} for {seen[-1]}, which is no list of addresses"
        return COLLECTION_FAILED.unknown(zone.id, record.name, message, resolve="collect the zone's records again")
    return Answer(addresses=values)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
