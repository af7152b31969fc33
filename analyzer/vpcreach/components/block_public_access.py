"""VPC Block Public Access: one setting per account and region that closes internet gateways.

Modelled: the three modes, exclusions of a VPC or subnet, the mode EC2 itself computes, NAT paths, other
owners.
Not modelled: inbound connections; ExclusionsAllowed (exclusions that EC2 disabled say so in their state).
Source: VPC User Guide, "Block public access to VPCs and subnets" (semantics I1).
Checked: tests/unit/components/test_block_public_access.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from vpcreach.forwarding import (
    COLLECTION_FAILED,
    FREE,
    Arrival,
    Component,
    Judgement,
    Leg,
    Note,
    Reason,
    Sender,
    Surroundings,
)
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Record, Reply
from vpcreach.snapshot.snapshot import State

VPC_BLOCK_PUBLIC_ACCESS_ENABLED = Reason(
    "VPC_BLOCK_PUBLIC_ACCESS_ENABLED",
    "add an exclusion that allows egress for the VPC, or change the mode of Block Public Access",
    "https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-basics.html",
)

ENTRY = "InternetGatewayBlockMode"
ALLOW_ALL, ALLOW_EGRESS = "allow-bidirectional", "allow-egress"
IN_EFFECT = frozenset({"create-complete", "update-complete"})
WITHOUT_EFFECT = frozenset({"create-failed", "delete-complete", "disable-complete"})


class Options(Record, frozen=True):
    internet_gateway_block_mode: str | None = None
    state: str | None = None


class DescribeVpcBlockPublicAccessOptions(Record, frozen=True):
    vpc_block_public_access_options: Options = Options()


class Exclusion(Record, frozen=True):
    exclusion_id: str = ""
    resource_arn: str = ""
    internet_gateway_exclusion_mode: str | None = None
    state: str | None = None

    @property
    def resource_id(self) -> str:
        return self.resource_arn.rpartition("/")[2]

    def __str__(self) -> str:
        return f"{self.exclusion_id} ({self.internet_gateway_exclusion_mode} for {self.resource_id})"


class DescribeVpcBlockPublicAccessExclusions(Reply, frozen=True):
    vpc_block_public_access_exclusions: tuple[Exclusion, ...] = ()


OPTIONS = Call(
    "ec2",
    "DescribeVpcBlockPublicAccessOptions",
    DescribeVpcBlockPublicAccessOptions,
    holds="VpcBlockPublicAccessOptions",
    assumes="no VPC Block Public Access (not collected)",
)
EXCLUSIONS = Call(
    "ec2",
    "DescribeVpcBlockPublicAccessExclusions",
    DescribeVpcBlockPublicAccessExclusions,
    holds="VpcBlockPublicAccessExclusions",
    assumes="no Block Public Access exclusion (not collected)",
)
CALLS = (OPTIONS, EXCLUSIONS)


# The endpoints whose subnets need an exclusion of their own, where packets pass them on the way to the internet.
FIREWALLING = frozenset({"vpc_endpoint", "firewall_endpoint"})


class Mode(Enum):
    """What internet gateways let through, by AWS's name for it."""

    OFF = "off"
    INGRESS_BLOCKED = "block-ingress"
    ALL_BLOCKED = "block-bidirectional"

    @property
    def spares_egress(self) -> bool:
        """True when connections that can only be opened from inside pass: through NAT, or egress-only."""
        return self is not Mode.ALL_BLOCKED

    @property
    def spares_all(self) -> bool:
        return self is Mode.OFF

    def but_for(self, exclusion: "Exclusion") -> frozenset["Mode"]:
        """The mode that is left of this one for a resource with an exclusion in effect."""
        if exclusion.internet_gateway_exclusion_mode == ALLOW_ALL:
            return frozenset({Mode.OFF})
        # Allowing egress has no effect on a mode that blocks no egress.
        return frozenset({Mode.INGRESS_BLOCKED})

    @property
    def at_most(self) -> frozenset["Mode"]:
        """This mode and every milder one: what may be in force as long as an exclusion is not ruled out."""
        return frozenset(list(Mode)[: list(Mode).index(self) + 1])


@dataclass(frozen=True, slots=True)
class Standing:
    """The modes that may be in force where a sender stands: one when it is known, else with the doubt.

    `place` is the subnet or VPC; `assumption` names the absent file that the modes rest on.
    """

    place: str
    modes: frozenset[Mode]
    doubt: Note | None = None
    assumption: str | None = None

    def __post_init__(self) -> None:
        if len(self.modes) != 1 and self.doubt is None:
            raise ValueError(f"{self.place} has the modes {self.modes} and no reason why")


class BlockPublicAccess:
    """Judges what leaves by an internet gateway, or by an egress-only one."""

    def judge(self, component: Component, arrival: Arrival, around: Surroundings) -> Judgement:
        kind = component.kind
        if arrival.leg is not Leg.OUT or kind not in ("internet_gateway", "egress_only_internet_gateway"):
            return FREE
        sender, origin = arrival.sender, arrival.origin
        is_outbound_only = sender.kind == "nat_gateway" or kind == "egress_only_internet_gateway"
        standing = _standing(sender, around)
        passing = {mode.spares_egress if is_outbound_only else mode.spares_all for mode in standing.modes}
        if passing == {False}:
            return Judgement((_blocked(component, sender, standing),))
        notes = [standing.doubt] if standing.doubt is not None and False in passing else []
        standings = [standing]
        if (origin.vpc_id, origin.subnet_id) != (sender.vpc_id, sender.subnet_id):
            behind = _standing(origin, around)
            if Mode.ALL_BLOCKED in behind.modes:
                notes.append(behind.doubt or _behind(component, sender, origin, behind))
            standings.append(behind)
        for hop in _endpoints_on_the_way((*arrival.crossed_before, *arrival.has_crossed), arrival, around):
            between = _standing(hop, around)
            standings.append(between)
            whole = _standing(replace(hop, subnet_id=None), around)
            if between.modes == {Mode.ALL_BLOCKED} and hop.component in arrival.has_crossed:
                notes.append(_blocked(component, hop, between))
            elif between.doubt is not None and Mode.ALL_BLOCKED in between.modes:
                notes.append(between.doubt)
            elif {Mode.ALL_BLOCKED} in (between.modes, whole.modes):
                notes.append(_beside(component, hop))
        return Judgement(tuple(notes), _assumptions(standings))


def _endpoints_on_the_way(crossed: Iterable[str], arrival: Arrival, around: Surroundings) -> Iterable[Sender]:
    """The Gateway Load Balancer and firewall endpoints that the packets came through: their subnets count as well."""
    for component_id in crossed:
        component = around.component(component_id)
        if not isinstance(component, Note) and component.kind in FIREWALLING and component.subnet_id:
            vpc_id = getattr(component, "vpc_id", None) or arrival.vpc_id
            yield replace(arrival.sender, component=component_id, subnet_id=component.subnet_id, vpc_id=vpc_id)


def _standing(sender: Sender, around: Surroundings) -> Standing:
    """The mode where a sender stands; EC2's own reckoning, in the record of subnet or VPC, comes first."""
    ids = [each for each in (sender.subnet_id, sender.vpc_id) if each]
    place = ids[0]
    for index, resource_id in enumerate(ids):
        states = getattr(around.component(resource_id), "block_public_access_states", None)
        reckoned = getattr(states, "internet_gateway_block_mode", None)
        if reckoned is None:
            continue
        base = _mode(place, reckoned)
        if base.doubt is not None or base.modes == {Mode.OFF}:
            return base
        # A VPC's mode holds the VPC's exclusion, but not the one that a subnet may have for itself.
        if index > 0:
            return _excluded(base, ids[:index], sender, around)
        return _contradicted(base, ids, sender, around)
    foreign = _other_owner(ids, sender, around)
    if foreign is not None:
        return Standing(place, frozenset(Mode), foreign)
    return _excluded(_options(place, sender, around), ids, sender, around)


def _home(sender: Sender, around: Surroundings) -> Place:
    """The account and region of the sender's VPC, or of its subnet where no file lists the VPC."""
    is_unlisted = isinstance(around.component(sender.vpc_id), Note)
    return around.place_of(sender.subnet_id if is_unlisted and sender.subnet_id else sender.vpc_id)


def _options(place: str, sender: Sender, around: Surroundings) -> Standing:
    """The mode of the account and region, exclusions apart."""
    reading = around.read(OPTIONS, _home(sender, around))
    if reading.state is State.ABSENT:
        return Standing(place, frozenset({Mode.OFF}), assumption=OPTIONS.assumes)
    if reading.value is None or not reading.covers(sender.vpc_id):
        return Standing(place, frozenset(Mode), _unread(place, f"{reading.gap or OPTIONS.action}"))
    options = reading.value.vpc_block_public_access_options
    if options.state not in ("default-state", "update-complete"):
        message = f"VPC Block Public Access of {place} is in state {options.state}: its mode may be changing"
        doubt = VPC_BLOCK_PUBLIC_ACCESS_ENABLED.unknown(
            place, "State", message, resolve="collect again in a few minutes"
        )
        return Standing(place, frozenset(Mode), doubt)
    return _mode(place, options.internet_gateway_block_mode)


def _mode(place: str, text: str | None) -> Standing:
    try:
        return Standing(place, frozenset({Mode(text)}))
    except ValueError:
        message = f"VPC Block Public Access of {place} has the mode {text}, which vpcreach does not know"
        doubt = VPC_BLOCK_PUBLIC_ACCESS_ENABLED.unknown(
            place, ENTRY, message, resolve="look the mode up in the VPC console"
        )
        return Standing(place, frozenset(Mode), doubt)


def _excluded(base: Standing, ids: Iterable[str], sender: Sender, around: Surroundings) -> Standing:
    """The modes that are left when the exclusions of these resources are taken into account."""
    if base.doubt is not None or base.modes == {Mode.OFF}:
        return base
    (mode,) = base.modes
    reading = around.read(EXCLUSIONS, _home(sender, around))
    in_effect, undecided = _exclusions(reading.value, ids)
    if undecided:
        exclusion = undecided[0]
        message = f"the exclusion from Block Public Access {exclusion} is in state {exclusion.state}"
        doubt = VPC_BLOCK_PUBLIC_ACCESS_ENABLED.unknown(
            base.place, exclusion.exclusion_id, message, resolve="collect again when the exclusion is settled"
        )
        return Standing(base.place, mode.at_most, doubt)
    if in_effect:
        fact = " and ".join(str(exclusion) for exclusion in in_effect)
        doubt = VPC_BLOCK_PUBLIC_ACCESS_ENABLED.unknown(
            base.place, in_effect[0].exclusion_id, f"AWS does not say which exclusion counts: {fact}"
        )
        modes = frozenset[Mode]().union(*(mode.but_for(exclusion) for exclusion in in_effect))
        return Standing(base.place, modes, doubt if len(modes) > 1 else None)
    if reading.state is State.ABSENT:
        return Standing(base.place, base.modes, assumption=EXCLUSIONS.assumes)
    if not reading.covers(sender.vpc_id):
        return Standing(base.place, mode.at_most, _unread(base.place, f"{reading.gap or EXCLUSIONS.action}"))
    return base


def _contradicted(base: Standing, ids: Iterable[str], sender: Sender, around: Surroundings) -> Standing:
    """EC2's own mode, unless an exclusion in effect says otherwise: AWS shows no example of the two."""
    (mode,) = base.modes
    in_effect, _ = _exclusions(around.read(EXCLUSIONS, _home(sender, around)).value, ids)
    others = frozenset[Mode]().union(*(mode.but_for(exclusion) for exclusion in in_effect))
    if not others - base.modes:
        return base
    exclusion = in_effect[0]
    message = f"EC2 lists {base.place} as {mode.value}, but the exclusion {exclusion} is in effect"
    doubt = VPC_BLOCK_PUBLIC_ACCESS_ENABLED.unknown(
        base.place, exclusion.exclusion_id, message, resolve="collect again, or test a connection"
    )
    return Standing(base.place, base.modes | others, doubt)


def _exclusions(
    reply: DescribeVpcBlockPublicAccessExclusions | None, ids: Iterable[str]
) -> tuple[list[Exclusion], list[Exclusion]]:
    """The exclusions of these resources that are in effect, and those of which one cannot tell."""
    listed = reply.vpc_block_public_access_exclusions if reply else ()
    live = [each for each in listed if each.resource_id in set(ids) and each.state not in WITHOUT_EFFECT]
    known = [
        each
        for each in live
        if each.state in IN_EFFECT and each.internet_gateway_exclusion_mode in (ALLOW_ALL, ALLOW_EGRESS)
    ]
    return known, [each for each in live if each not in known]


def _other_owner(ids: Iterable[str], sender: Sender, around: Surroundings) -> Note | None:
    """The note for a shared VPC whose owner's settings are not in the snapshot."""
    found = [around.component(each) for each in ids]
    owner = next((mine for each in reversed(found) if (mine := getattr(each, "owner_id", None))), None)
    vpc = found[-1]
    if owner is None and isinstance(vpc, Note):
        return vpc
    account = _home(sender, around).account
    if owner in (None, account):
        return None
    message = f"Block Public Access of {owner}, the owner of {sender.vpc_id}, decides; {account} alone was collected"
    remedy = f"collect account {owner} too"
    return COLLECTION_FAILED.unknown(sender.vpc_id, OPTIONS.action, message, resolve=remedy)


def _unread(place: str, gap: str) -> Note:
    return COLLECTION_FAILED.unknown(place, ENTRY, f"whether Block Public Access closes {place} is not known: {gap}")


def _blocked(component: Component, sender: Sender, standing: Standing) -> Note:
    modes = " or ".join(mode.value for mode in Mode if mode in standing.modes)
    message = (
        f"VPC Block Public Access is {modes} for {standing.place}, "
        f"so {component.id} passes nothing on for {sender.component}"
    )
    return VPC_BLOCK_PUBLIC_ACCESS_ENABLED.fail(standing.place, ENTRY, message, assumption=standing.assumption)


def _behind(component: Component, sender: Sender, origin: Sender, standing: Standing) -> Note:
    message = (
        f"VPC Block Public Access is block-bidirectional for {standing.place}, from which {origin.component} "
        f"reaches {component.id} through {sender.component}; AWS does not say whether that is spared with it"
    )
    return VPC_BLOCK_PUBLIC_ACCESS_ENABLED.unknown(
        standing.place,
        ENTRY,
        message,
        resolve=f"exclude {standing.place} or its VPC too, or test a connection",
    )


def _beside(component: Component, hop: Sender) -> Note:
    """AWS says that excluding the subnet of such an endpoint is not enough, and not what is."""
    message = (
        f"VPC Block Public Access is block-bidirectional for {hop.vpc_id}, and the packets come to {component.id} by "
        f"{hop.component} in {hop.subnet_id}; AWS does not spare them for an exclusion of that subnet alone"
    )
    return VPC_BLOCK_PUBLIC_ACCESS_ENABLED.unknown(
        hop.subnet_id or hop.vpc_id, ENTRY, message, resolve=f"exclude {hop.vpc_id} as a whole, or test a connection"
    )


def _assumptions(standings: Iterable[Standing]) -> tuple[str, ...]:
    """What letting the packets pass takes for granted: that a mode nobody collected is off."""
    taken = [each.assumption for each in standings if each.assumption and each.modes == {Mode.OFF}]
    return tuple(dict.fromkeys(taken))


REASONS = (VPC_BLOCK_PUBLIC_ACCESS_ENABLED, COLLECTION_FAILED)
