"""Route 53 Profiles: zones, resolver rules, firewall groups and interface endpoints that many VPCs share.

Modelled: what each profile of a VPC brings; a VPC's own setting wins over the profile's for the same domain.
Not modelled: the failure mode and DNSSEC settings of a profile, query logs.
Source: Route 53 Developer Guide, "How Route 53 Profile settings are prioritized" (semantics I5, F14).
Checked: tests/unit/destinations/names/test_profiles.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from vpcreach.destinations.names.collected import anywhere, guard, is_in_force
from vpcreach.forwarding import COLLECTION_FAILED, FREE, UNSUPPORTED_COMPONENT, Judgement, Note, Surroundings
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Record, Reply
from vpcreach.snapshot.snapshot import Snapshot

# Associations that were made without a priority have this one.
USUAL_PRIORITY = 100
WITHOUT_EFFECT = frozenset({"resolver-query-log-config"})


class ProfileAssociation(Record, frozen=True):
    resource_id: str | None = None
    profile_id: str = ""
    status: str | None = None
    priority: int | None = None


class ListProfileAssociations(Reply, frozen=True):
    profile_associations: tuple[ProfileAssociation, ...] = ()


class ProfileResource(Record, frozen=True):
    resource_arn: str = ""
    resource_properties: str | None = None
    status: str | None = None

    @property
    def kind(self) -> str:
        """The kind that the ARN names: `hostedzone`, `resolver-rule`, `firewall-rule-group`, `vpc-endpoint`, …"""
        return self.resource_arn.rpartition(":")[2].partition("/")[0]

    @property
    def id(self) -> str:
        return self.resource_arn.rpartition("/")[2]

    @property
    def priority(self) -> int | None:
        """The priority of a firewall group, which its properties tell as JSON."""
        try:
            return msgspec.json.decode(self.resource_properties or "", type=_Properties).priority
        except (msgspec.MsgspecError, RecursionError):
            return None


class _Properties(msgspec.Struct, frozen=True):
    priority: int


class ListProfileResourceAssociations(Reply, frozen=True):
    profile_resource_associations: tuple[ProfileResource, ...] = ()


LIST_PROFILE_ASSOCIATIONS = Call(
    "route53profiles",
    "ListProfileAssociations",
    ListProfileAssociations,
    holds="ProfileAssociations",
    assumes="no Route 53 profile (not collected)",
)


def _profiles(snapshot: Snapshot, place: Place) -> Iterable[tuple[str]]:
    reply = snapshot.read(LIST_PROFILE_ASSOCIATIONS, place).value
    return dict.fromkeys((item.profile_id,) for item in (reply.profile_associations if reply else ()))


LIST_PROFILE_RESOURCE_ASSOCIATIONS = Call(
    "route53profiles",
    "ListProfileResourceAssociations",
    ListProfileResourceAssociations,
    holds="ProfileResourceAssociations",
    arguments=("ProfileId",),
    each=_profiles,
)
CALLS = (LIST_PROFILE_ASSOCIATIONS, LIST_PROFILE_RESOURCE_ASSOCIATIONS)


@dataclass(frozen=True, slots=True)
class Shared:
    """What the profiles of a VPC bring, in the order in which they count, and what is not known of them."""

    zone_ids: tuple[str, ...] = ()
    rule_ids: tuple[str, ...] = ()
    firewall_groups: tuple[tuple[str, int | None], ...] = ()
    endpoint_ids: tuple[str, ...] = ()
    judgement: Judgement = FREE


def shared(vpc_id: str, around: Surroundings) -> Shared:
    """What the profiles of a VPC bring."""
    return around.remember(("profiles of", vpc_id), lambda: _shared(vpc_id, around))


def _shared(vpc_id: str, around: Surroundings) -> Shared:
    reply, judgement = guard(LIST_PROFILE_ASSOCIATIONS, vpc_id, around)
    listed = reply.profile_associations if reply else ()
    mine = [item for item in listed if (item.resource_id or "").rpartition("/")[2] == vpc_id]
    mine = [item for item in mine if is_in_force(item.status) is not False]
    notes: list[Note] = list(judgement.notes)
    resources: list[ProfileResource] = []
    for item in sorted(mine, key=lambda item: USUAL_PRIORITY if item.priority is None else item.priority):
        if is_in_force(item.status) is None:
            notes.append(_changing(item.profile_id, f"its association with {vpc_id}", item.status))
        reading = anywhere(LIST_PROFILE_RESOURCE_ASSOCIATIONS, vpc_id, around, (item.profile_id,))
        if not reading.is_complete:
            message = f"{vpc_id} has the Route 53 profile {item.profile_id}, whose resources are not known: "
            action = LIST_PROFILE_RESOURCE_ASSOCIATIONS.action
            notes.append(COLLECTION_FAILED.unknown(item.profile_id, action, f"{message}{reading.gap}"))
        held = reading.value.profile_resource_associations if reading.value else ()
        kept, found = _counting(held, item.profile_id)
        resources += kept
        notes += found
    return Shared(
        tuple(r.id for r in resources if r.kind == "hostedzone"),
        tuple(r.id for r in resources if r.kind == "resolver-rule"),
        tuple(_firewall_groups(resources)),
        tuple(r.id for r in resources if r.kind == "vpc-endpoint"),
        Judgement(tuple(notes), judgement.assumptions),
    )


def _counting(held: tuple[ProfileResource, ...], profile_id: str) -> tuple[list[ProfileResource], list[Note]]:
    """The resources that take part in lookups, and the doubts about some."""
    kept = [r for r in held if is_in_force(r.status) is not False and r.kind not in WITHOUT_EFFECT]
    notes = [_changing(profile_id, r.resource_arn, r.status) for r in kept if is_in_force(r.status) is None]
    known = ("hostedzone", "resolver-rule", "firewall-rule-group", "vpc-endpoint")
    for resource in kept:
        if resource.kind not in known:
            message = f"{profile_id} brings {resource.resource_arn}, and what that does to names is not modelled"
            notes.append(UNSUPPORTED_COMPONENT.unknown(profile_id, resource.resource_arn, message))
    return kept, notes


def _firewall_groups(resources: list[ProfileResource]) -> Iterable[tuple[str, int | None]]:
    groups = [r for r in resources if r.kind == "firewall-rule-group"]
    return [(r.id, r.priority) for r in sorted(groups, key=lambda r: r.priority or 0)]


def _changing(profile_id: str, what: str, status: str | None) -> Note:
    message = f"{profile_id} is being changed: {what} is {status}"
    return COLLECTION_FAILED.unknown(profile_id, str(status), message, resolve="collect again")
