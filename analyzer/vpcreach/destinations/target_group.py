"""Target groups: what is worth knowing of the targets behind a load balancer that a function reaches.

Modelled: no target is healthy; a zone without targets while cross-zone load balancing is off; targets whose groups do
not admit the client's address, which an NLB leaves as it is. All of this is advice: health is a fact of the moment, and
the way on to the targets is not part of the question.
Not modelled: targets of other rules than the listener's default.
Source: Elastic Load Balancing API Reference, DescribeTargetHealth; NLB User Guide, "Target groups" (semantics H11).
Checked: tests/unit/destinations/test_target_group.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from vpcreach.components.network_interface import NetworkInterface
from vpcreach.components.security_group import GroupSet, SecurityGroup
from vpcreach.components.subnet import Subnet
from vpcreach.destinations.instance import instance_of
from vpcreach.destinations.meaning import Source
from vpcreach.forwarding import Direction, Note, Reason, Surroundings
from vpcreach.packets.address_map import AddressSet, Family, address_number
from vpcreach.packets.ports import TCP, UDP
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Port, Record, Reply
from vpcreach.snapshot.snapshot import Snapshot

TARGET_UNHEALTHY = Reason("TARGET_UNHEALTHY", "see the target group's health checks")
ELBV2_NO_TARGETS_IN_AZ = Reason("ELBV2_NO_TARGETS_IN_AZ", "register targets there, or switch cross-zone on")
ELBV2_SOURCE_ADDRESS_PRESERVATION = Reason(
    "ELBV2_SOURCE_ADDRESS_PRESERVATION",
    "admit the function's subnets to the targets, or switch client IP preservation off",
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html",
)
CROSS_ZONE = "load_balancing.cross_zone.enabled"
PRESERVES = "preserve_client_ip.enabled"
# `unavailable` is the state of targets whose health nobody checks.
USABLE = frozenset({"healthy", "unavailable"})


class TargetGroup(Record, frozen=True):
    target_group_arn: str
    target_group_name: str = ""
    protocol: str | None = None
    vpc_id: str | None = None
    target_type: str | None = None


class DescribeTargetGroups(Reply, frozen=True):
    target_groups: tuple[TargetGroup, ...] = ()


class Target(Record, frozen=True):
    id: str
    port: Port | None = None
    availability_zone: str | None = None


class TargetHealth(Record, frozen=True):
    state: str | None = None


class TargetHealthDescription(Record, frozen=True):
    target: Target
    target_health: TargetHealth = TargetHealth()


class DescribeTargetHealth(Reply, frozen=True):
    target_health_descriptions: tuple[TargetHealthDescription, ...] = ()


class Attribute(Record, frozen=True):
    key: str
    value: str = ""


class DescribeAttributes(Reply, frozen=True):
    """The attributes of a target group or of a load balancer."""

    attributes: tuple[Attribute, ...] = ()

    def switch(self, key: str) -> bool | None:
        """Whether an attribute is on; None where it is not told, or left to the load balancer."""
        value = next((attribute.value for attribute in self.attributes if attribute.key == key), None)
        return {"true": True, "false": False}.get(value or "")


def _arns(snapshot: Snapshot, place: Place) -> Iterable[tuple[str]]:
    reply = snapshot.read(DESCRIBE_TARGET_GROUPS, place).value
    return [(group.target_group_arn,) for group in (reply.target_groups if reply else ())]


DESCRIBE_TARGET_GROUPS = Call(
    "elbv2", "DescribeTargetGroups", DescribeTargetGroups, holds="TargetGroups", iam_prefix="elasticloadbalancing"
)
DESCRIBE_TARGET_HEALTH = Call(
    "elbv2",
    "DescribeTargetHealth",
    DescribeTargetHealth,
    holds="TargetHealthDescriptions",
    arguments=("TargetGroupArn",),
    each=_arns,
    iam_prefix="elasticloadbalancing",
)
DESCRIBE_TARGET_GROUP_ATTRIBUTES = Call(
    "elbv2",
    "DescribeTargetGroupAttributes",
    DescribeAttributes,
    holds="Attributes",
    arguments=("TargetGroupArn",),
    each=_arns,
    iam_prefix="elasticloadbalancing",
)
CALLS = (DESCRIBE_TARGET_GROUPS, DESCRIBE_TARGET_HEALTH, DESCRIBE_TARGET_GROUP_ATTRIBUTES)


@dataclass(frozen=True, slots=True)
class Forwarding:
    """A listener's way to its target groups: the load balancer's zones, whether it crosses them (None: not known).

    With `shows_clients`, targets may see the client's own address as the source.
    """

    balancer_name: str
    zones: tuple[str, ...]
    target_group_arns: tuple[str, ...]
    is_cross_zone: bool | None
    shows_clients: bool


def place_of_arn(arn: str) -> Place:
    """The account and region that an ARN names."""
    parts = [*arn.split(":"), "", "", "", "", ""]
    return Place(parts[4], parts[3])


def advice(forwarding: Forwarding, source: Source, around: Surroundings) -> tuple[Note, ...]:
    """What is worth knowing of the targets, as far as files tell; what they do not tell decides nothing."""
    return tuple(note for arn in forwarding.target_group_arns for note in _advice(arn, forwarding, source, around))


def _advice(arn: str, forwarding: Forwarding, source: Source, around: Surroundings) -> Iterable[Note]:
    place = place_of_arn(arn)
    listed = around.read(DESCRIBE_TARGET_GROUPS, place).value
    group = next((g for g in (listed.target_groups if listed else ()) if g.target_group_arn == arn), None)
    health = around.read(DESCRIBE_TARGET_HEALTH, place, (arn,))
    if health.value is None or not health.is_complete:
        return
    told = health.value.target_health_descriptions
    name = arn.split("/")[1] if "/" in arn else arn
    if not any(item.target_health.state in USABLE for item in told):
        words = "has no target" if not told else "has no healthy target"
        yield TARGET_UNHEALTHY.advice(arn, "", f"{forwarding.balancer_name} forwards to {name}, which {words}")
    if group is None:
        return
    attributes = around.read(DESCRIBE_TARGET_GROUP_ATTRIBUTES, place, (arn,)).value
    own = attributes.switch(CROSS_ZONE) if attributes is not None else None
    if attributes is not None and (forwarding.is_cross_zone if own is None else own) is False:
        yield from _empty_zones(group, [item.target for item in told], forwarding, around)
    if forwarding.shows_clients and attributes is not None and attributes.switch(PRESERVES):
        yield from _strangers(group, [item.target for item in told], source, around)


def _empty_zones(
    group: TargetGroup, targets: list[Target], forwarding: Forwarding, around: Surroundings
) -> Iterable[Note]:
    """The load balancer's zones in which no target is, where every target's zone is known."""
    zones = {_zone(group, target, around) for target in targets}
    if None in zones or not targets or "all" in zones:
        return
    for zone in sorted(set(forwarding.zones) - zones):
        message = (
            f"{forwarding.balancer_name} has a node in {zone}, where {group.target_group_name} has no target, "
            "and its nodes do not use those of other zones"
        )
        yield ELBV2_NO_TARGETS_IN_AZ.advice(group.target_group_arn, zone, message)


def _strangers(group: TargetGroup, targets: list[Target], source: Source, around: Surroundings) -> Iterable[Note]:
    """The targets that see the function's own address, and whose groups surely admit none of its subnet's."""
    subnet = around.component(source.subnet_id)
    protocols = {"UDP": (UDP,), "QUIC": (UDP,), "TCP": (TCP,), "TLS": (TCP,)}.get(group.protocol or "", ())
    if not isinstance(subnet, Subnet):
        return
    for target in targets:
        groups = _groups(group, target, around)
        for protocol in protocols if groups and target.port else ():
            if not _may_enter(groups, subnet.cidrs(Family.IPV4), protocol, target.port or 0, around):
                message = (
                    f"{group.target_group_name} preserves client addresses, and the groups of its target {target.id} "
                    f"({', '.join(item.title for item in groups)}) admit none of {subnet.id}'s on port {target.port}"
                )
                yield ELBV2_SOURCE_ADDRESS_PRESERVATION.advice(group.target_group_arn, target.id, message)


def _may_enter(
    groups: tuple[SecurityGroup, ...], clients: AddressSet, protocol: int, port: int, around: Surroundings
) -> bool:
    asked = around.atoms.atom(protocol, port)
    permits = GroupSet(groups).permits(Direction.IN, Family.IPV4, around)
    return any((permit.sure | permit.maybe) & asked for permit in permits.groups(clients))


def _groups(group: TargetGroup, target: Target, around: Surroundings) -> tuple[SecurityGroup, ...]:
    """The groups of a target's interface, where every one of them is known; none otherwise."""
    known = around.remember(("groups by id",), lambda: {item.id: item for item in around.every(SecurityGroup)})
    if group.target_type == "instance":
        instance = instance_of(target.id, around)
        first = instance.primary[:1] if instance and len(instance.primary) == 1 else ()
        ids = frozenset(item.group_id for interface in first for item in interface.groups)
    else:
        interface = _interface(group, target, around)
        ids = interface.group_ids if interface is not None else frozenset()
    return tuple(known[item] for item in sorted(ids)) if ids and ids <= known.keys() else ()


def _zone(group: TargetGroup, target: Target, around: Surroundings) -> str | None:
    if target.availability_zone:
        return target.availability_zone
    instance = instance_of(target.id, around) if group.target_type == "instance" else None
    interface = None if group.target_type == "instance" else _interface(group, target, around)
    zone = around.zone_of(instance.subnet_id if instance else interface.subnet_id if interface else None)
    return zone.name if zone is not None else None


def _interface(group: TargetGroup, target: Target, around: Surroundings) -> NetworkInterface | None:
    if group.target_type != "ip" or group.vpc_id is None or ":" in target.id:
        return None
    try:
        _, address = address_number(target.id)
    except ValueError:
        return None  # a target of a kind that nobody knows yet
    found = around.interface_at(group.vpc_id, Family.IPV4, address)
    return found if isinstance(found, NetworkInterface) else None
