"""VPC encryption controls: a VPC that enforces encryption in transit refuses gateways that cannot promise it.

Modelled: modes monitor and enforce, exclusions of internet, egress-only, NAT and virtual private gateways, of
peering, VPC Lattice, file systems and Lambda, transitional states; that Gateway Load Balancer and firewall endpoints
are not supported under enforcement (undecided).
Not modelled: what enforcing does inside PrivateLink (cleartext is dropped), transit gateways and Local
Zones; the account-wide control, which EC2 writes into each VPC's own.
Source: VPC User Guide, "Enforce VPC encryption in transit" (semantics I2).
Checked: tests/unit/components/test_encryption_control.py.
"""

import msgspec

from vpcreach.forwarding import (
    COLLECTION_FAILED,
    FREE,
    Arrival,
    Component,
    Judgement,
    Note,
    Reason,
    Surroundings,
)
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Record, Reply, Tagged
from vpcreach.snapshot.snapshot import State, decoded

ENCRYPTION_CONTROL_ENFORCED = Reason(
    "ENCRYPTION_CONTROL_ENFORCED",
    "add the exclusion for this kind of resource to the VPC's encryption control, or set it to monitor",
    "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-encryption-controls.html",
)

MONITOR, ENFORCE = "monitor", "enforce"
AVAILABLE, DELETED = "available", "deleted"
CHANGING_MODE = frozenset({"enforce-in-progress", "monitor-in-progress"})


class ResourceExclusion(Record, frozen=True):
    state: str | None = None


class ResourceExclusions(Record, frozen=True):
    """The exclusions that a packet of a function can meet; AWS has more kinds."""

    internet_gateway: ResourceExclusion | None = None
    egress_only_internet_gateway: ResourceExclusion | None = None
    nat_gateway: ResourceExclusion | None = None
    virtual_private_gateway: ResourceExclusion | None = None
    vpc_peering: ResourceExclusion | None = None
    vpc_lattice: ResourceExclusion | None = None
    elastic_file_system: ResourceExclusion | None = None
    lambda_: ResourceExclusion | None = msgspec.field(default=None, name="Lambda")


class EncryptionControl(Tagged, frozen=True):
    vpc_id: str | None = None
    vpc_encryption_control_id: str = ""
    mode: str | None = None
    state: str | None = None
    resource_exclusions: ResourceExclusions | None = None

    @property
    def id(self) -> str:
        return self.vpc_encryption_control_id

    def exclusion(self, field: str) -> str:
        """The state of one kind's exclusion; a kind that the reply does not list is not excluded."""
        held = getattr(self.resource_exclusions, field, None)
        return "disabled" if held is None else str(held.state)


class DescribeVpcEncryptionControls(Reply, frozen=True):
    vpc_encryption_controls: tuple[EncryptionControl, ...] = ()


DESCRIBE_VPC_ENCRYPTION_CONTROLS = Call(
    "ec2",
    "DescribeVpcEncryptionControls",
    DescribeVpcEncryptionControls,
    holds="VpcEncryptionControls",
    assumes="no VPC encryption control (not collected)",
)
CALLS = (DESCRIBE_VPC_ENCRYPTION_CONTROLS,)

# Component kind -> AWS's name of the exclusion, and our field of it.
KINDS = {
    "internet_gateway": ("InternetGateway", "internet_gateway"),
    "egress_only_internet_gateway": ("EgressOnlyInternetGateway", "egress_only_internet_gateway"),
    "nat_gateway": ("NatGateway", "nat_gateway"),
    "virtual_private_gateway": ("VirtualPrivateGateway", "virtual_private_gateway"),
    "vpc_peering_connection": ("VpcPeering", "vpc_peering"),
    "vpc_lattice": ("VpcLattice", "vpc_lattice"),
    "lambda_function": ("Lambda", "lambda_"),
}


class EncryptionControls:
    """Judges the gateways, peerings and functions that a VPC's encryption control may refuse."""

    def judge(self, component: Component, arrival: Arrival, around: Surroundings) -> Judgement:
        if component.kind not in KINDS and not _is_unsupported(component):
            return FREE
        judged = [self._in_vpc(vpc_id, component, arrival, around) for vpc_id in _vpcs_of(component, arrival, around)]
        notes = tuple(note for judgement in judged for note in judgement.notes)
        return Judgement(notes, tuple(text for judgement in judged for text in judgement.assumptions))

    def _in_vpc(self, vpc_id: str, component: Component, arrival: Arrival, around: Surroundings) -> Judgement:
        # A VPC that no file lists stands where its subnet does.
        ids = [each for each in (vpc_id, arrival.standing_in, arrival.sender.subnet_id) if each]
        listed = [each for each in ids if not isinstance(around.component(each), Note)]
        if not listed:
            missing = around.component(vpc_id)
            return Judgement((missing,)) if isinstance(missing, Note) else FREE
        home = around.place_of(listed[0])
        found = around.remember(("encryption control", vpc_id, home), lambda: _control(vpc_id, home, around))
        if isinstance(found, Judgement):
            return Judgement(tuple(note.on(arrival.leg) for note in found.notes), found.assumptions)
        note = _unsupported(found, component) if _is_unsupported(component) else _verdict(found, vpc_id, component)
        return FREE if note is None else Judgement((note.on(arrival.leg),))


def _is_unsupported(component: Component) -> bool:
    """True for the endpoints of Gateway Load Balancers and firewalls, which AWS does not support under enforcement."""
    return component.kind == "firewall_endpoint" or bool(getattr(component, "is_gateway_load_balancer", False))


def _unsupported(control: EncryptionControl, component: Component) -> Note | None:
    if control.state == DELETED or (control.mode == MONITOR and control.state not in CHANGING_MODE):
        return None
    message = f"{control.title} is in mode {control.mode}, under which AWS does not support {component.id}"
    return ENCRYPTION_CONTROL_ENFORCED.unknown(component.id, "Mode", message, resolve="test a connection")


def refusal(vpc_id: str, kind: str, field: str, around: Surroundings) -> Judgement:
    """What the control of a VPC makes of a kind of resource in it that is no hop of any way (`ElasticFileSystem`)."""
    found = _control(vpc_id, around.place_of(vpc_id), around)
    if isinstance(found, Judgement):
        return found
    note = _told(found, vpc_id, f"resources of the kind {kind}", kind, field)
    return FREE if note is None else Judgement((note,))


def _vpcs_of(component: Component, arrival: Arrival, around: Surroundings) -> tuple[str, ...]:
    """The VPCs whose control counts: where the packets are, and at a peering connection where they will be, too.

    Of a peer that the snapshot does not hold the connection itself says so.
    """
    across = getattr(component, "across", None)
    other = getattr(across(arrival.vpc_id), "vpc_id", None) if across is not None else None
    if other is None or isinstance(around.component(other), Note):
        return (arrival.vpc_id,)
    return (arrival.vpc_id, other)


def _control(vpc_id: str, home: Place, around: Surroundings) -> EncryptionControl | Judgement:
    """The control of a VPC, or what is to be said of everything in it when there is none to read."""
    own = _own_control(vpc_id, around)
    if own is not None:
        return own
    # In a shared VPC the control is the owner's: what a participant is told of its own says nothing of it (A19).
    owner = getattr(around.component(vpc_id), "owner_id", None)
    if owner and Place(owner, home.region) in around.places():
        home = Place(owner, home.region)
    reading = around.read(DESCRIBE_VPC_ENCRYPTION_CONTROLS, home)
    is_participant = owner not in (None, home.account)
    if reading.state is State.ABSENT or is_participant:
        return Judgement(assumptions=(str(DESCRIBE_VPC_ENCRYPTION_CONTROLS.assumes),))
    listed = reading.value.vpc_encryption_controls if reading.value else ()
    mine = [control for control in listed if control.vpc_id == vpc_id and control.state != DELETED]
    if mine:
        found: EncryptionControl = mine[0]
        return found
    if not reading.covers(vpc_id):
        gap = reading.gap or f"{DESCRIBE_VPC_ENCRYPTION_CONTROLS.action}: collected for other VPCs only"
        message = f"whether an encryption control of {vpc_id} refuses this is not known: {gap}"
        return Judgement((COLLECTION_FAILED.unknown(vpc_id, "EncryptionControl", message),))
    return FREE


def _own_control(vpc_id: str, around: Surroundings) -> EncryptionControl | None:
    """What the VPC's own record says, which newer replies of DescribeVpcs hold; None where it is silent."""
    raw = getattr(around.component(vpc_id), "encryption_control", None)
    data = bytes(raw) if raw is not None else b""
    if not data or data == b"null":
        return None
    where = f"{around.place_of(vpc_id)}/ec2/describe-vpcs.json: EncryptionControl of {vpc_id}"
    control = decoded(data, EncryptionControl, where)
    return control if control.mode or control.state else None


def _verdict(control: EncryptionControl, vpc_id: str, component: Component) -> Note | None:
    """What the control makes of one component: nothing, a blocker, or something undecided."""
    return _told(control, vpc_id, component.id, *KINDS[component.kind])


def _told(control: EncryptionControl, vpc_id: str, thing: str, kind: str, field: str) -> Note | None:
    exclusion = control.exclusion(field)
    entry = f"ResourceExclusions.{kind}"
    fact = f"{control.title or 'the encryption control'} of {vpc_id} is in mode {control.mode}"
    if control.state == DELETED or exclusion == "enabled":
        return None
    if control.mode == MONITOR and control.state not in CHANGING_MODE:
        return None
    if control.mode != ENFORCE or control.state != AVAILABLE:
        message = f"{fact} and state {control.state}: whether it refuses {thing} ({kind}) is not settled"
        return ENCRYPTION_CONTROL_ENFORCED.unknown(
            vpc_id, entry, message, resolve="collect again when the encryption control is available"
        )
    if exclusion != "disabled":
        message = f"{fact}, and its exclusion of {kind} is in state {exclusion}"
        return ENCRYPTION_CONTROL_ENFORCED.unknown(
            vpc_id, entry, message, resolve="collect again when the exclusion is settled"
        )
    message = f"{fact} and does not exclude {kind}, so it refuses {thing}"
    return ENCRYPTION_CONTROL_ENFORCED.fail(vpc_id, entry, message)


REASONS = (ENCRYPTION_CONTROL_ENFORCED, COLLECTION_FAILED)
