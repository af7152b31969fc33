"""EFS file systems: `efs:ID`, their access points (`fsap-…`), ARNs, Name tags and host names.

Modelled: the mount target in the caller's zone, its groups, the states of file system, access point and mount target.
Not modelled: file system policies, host names of one zone's mount target, mounting by a replica's name.
Source: EFS API Reference, DescribeMountTargets; Lambda Developer Guide, "Configuring file system access for Lambda
functions" (semantics H9, A23).
Checked: tests/unit/destinations/test_efs.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from vpcreach.destinations import mount_target
from vpcreach.destinations.grammar import Service
from vpcreach.destinations.kind import Kind, arn_of, dns_suffix
from vpcreach.destinations.meaning import Meaning, Source
from vpcreach.destinations.mount_target import STATES, MountTarget
from vpcreach.destinations.resource import meaning, unread_note
from vpcreach.forwarding import Note, Surroundings, Zone
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Address, Ipv6Address, Record, Reply, Tagged
from vpcreach.snapshot.snapshot import Snapshot


class FileSystem(Tagged, frozen=True):
    file_system_id: str
    file_system_arn: str | None = None
    life_cycle_state: str | None = None

    @property
    def id(self) -> str:
        return self.file_system_id


class DescribeFileSystems(Reply, frozen=True):
    file_systems: tuple[FileSystem, ...] = ()


class AccessPoint(Tagged, frozen=True):
    access_point_id: str
    access_point_arn: str = ""
    file_system_id: str | None = None
    life_cycle_state: str | None = None

    @property
    def id(self) -> str:
        return self.access_point_id


class DescribeAccessPoints(Reply, frozen=True):
    access_points: tuple[AccessPoint, ...] = ()


class MountTargetDescription(Record, frozen=True):
    mount_target_id: str
    subnet_id: str
    life_cycle_state: str | None = None
    ip_address: Address | None = None
    ipv6_address: Ipv6Address | None = None
    network_interface_id: str | None = None
    availability_zone_id: str | None = None
    availability_zone_name: str | None = None
    vpc_id: str | None = None


class DescribeMountTargets(Reply, frozen=True):
    mount_targets: tuple[MountTargetDescription, ...] = ()


class DescribeMountTargetSecurityGroups(Record, frozen=True):
    security_groups: tuple[str, ...] = ()


def _file_system_ids(snapshot: Snapshot, place: Place) -> Iterable[tuple[str]]:
    reply = snapshot.read(DESCRIBE_FILE_SYSTEMS, place).value
    return [(file_system.id,) for file_system in (reply.file_systems if reply else ())]


def _mount_target_ids(snapshot: Snapshot, place: Place) -> Iterable[tuple[str]]:
    for arguments in _file_system_ids(snapshot, place):
        reply = snapshot.read(DESCRIBE_MOUNT_TARGETS, place, arguments).value
        yield from ((target.mount_target_id,) for target in (reply.mount_targets if reply else ()))


def _call(operation: str, reply: type[Any], holds: str, **settings: Any) -> Call[Any]:
    return Call("efs", operation, reply, holds=holds, iam_prefix="elasticfilesystem", **settings)


DESCRIBE_FILE_SYSTEMS: Call[DescribeFileSystems] = _call("DescribeFileSystems", DescribeFileSystems, "FileSystems")
DESCRIBE_ACCESS_POINTS: Call[DescribeAccessPoints] = _call("DescribeAccessPoints", DescribeAccessPoints, "AccessPoints")
DESCRIBE_MOUNT_TARGETS: Call[DescribeMountTargets] = _call(
    "DescribeMountTargets", DescribeMountTargets, "MountTargets", arguments=("FileSystemId",), each=_file_system_ids
)
DESCRIBE_MOUNT_TARGET_SECURITY_GROUPS: Call[DescribeMountTargetSecurityGroups] = _call(
    "DescribeMountTargetSecurityGroups",
    DescribeMountTargetSecurityGroups,
    "SecurityGroups",
    arguments=("MountTargetId",),
    each=_mount_target_ids,
)
CALLS = (
    DESCRIBE_FILE_SYSTEMS,
    DESCRIBE_ACCESS_POINTS,
    DESCRIBE_MOUNT_TARGETS,
    DESCRIBE_MOUNT_TARGET_SECURITY_GROUPS,
)


@dataclass(frozen=True, slots=True)
class Mounted:
    """A file system, by itself or through an access point, and where it is listed.

    Of one that is known through its access point alone, the mount targets tell whether they work.
    """

    id: str
    place: Place
    file_system: FileSystem | None
    access_point: AccessPoint | None = None

    @property
    def host(self) -> str:
        return f"{self.id}.efs.{self.place.region}.{dns_suffix(self.place.region)}"

    @property
    def names(self) -> tuple[str, ...]:
        if self.access_point is not None:
            return tuple(name for name in (self.access_point.id, self.access_point.name) if name)
        tag = self.file_system.name if self.file_system else ""
        return tuple(name for name in (self.id, tag, self.host) if name)

    @property
    def arn(self) -> str:
        if self.access_point is not None:
            told, resource = self.access_point.access_point_arn, f"access-point/{self.access_point.id}"
        else:
            told = (self.file_system.file_system_arn if self.file_system else None) or ""
            resource = f"file-system/{self.id}"
        return told or arn_of("elasticfilesystem", resource, self.place)


def file_system(mounted: Mounted, around: Surroundings) -> mount_target.FileSystem:
    """The file system with its mount targets, as far as the files tell them."""
    notes: list[Note] = []
    for thing in (mounted.file_system, mounted.access_point):
        if thing is not None:
            notes += STATES.notes(mounted.arn, thing.id, "LifeCycleState", thing.life_cycle_state)
    reading = around.read(DESCRIBE_MOUNT_TARGETS, mounted.place, (mounted.id,))
    listed = reading.value.mount_targets if reading.value else ()
    unread = unread_note(mounted.arn, mounted.id, "the mount targets", DESCRIBE_MOUNT_TARGETS, reading)
    return mount_target.FileSystem(
        mounted.arn,
        mounted.id,
        tuple(_target(target, mounted.place, around) for target in listed),
        tuple(notes),
        None if reading.is_complete else unread,
        (mounted.host,),
    )


def _target(told: MountTargetDescription, place: Place, around: Surroundings) -> MountTarget:
    groups = around.read(DESCRIBE_MOUNT_TARGET_SECURITY_GROUPS, place, (told.mount_target_id,)).value
    return MountTarget(
        told.mount_target_id,
        told.subnet_id,
        Zone(told.availability_zone_id, told.availability_zone_name),
        tuple(address for address in (told.ip_address, told.ipv6_address) if address),
        frozenset(groups.security_groups if groups else ()),
        told.vpc_id,
        told.network_interface_id,
        told.life_cycle_state,
    )


def _through_access_point(access_point: AccessPoint, place: Place, around: Surroundings) -> Mounted:
    reply = around.read(DESCRIBE_FILE_SYSTEMS, place).value
    carriers = [f for f in (reply.file_systems if reply else ()) if f.id == access_point.file_system_id]
    return Mounted(access_point.file_system_id or "", place, carriers[0] if carriers else None, access_point)


def _meaning(mounted: Mounted, _: Any, service: Service, source: Source, around: Surroundings) -> Meaning:
    described = mount_target.resource(file_system(mounted, around), source, around)
    return meaning(described, service, source, around)


KINDS = (
    Kind(
        "efs",
        DESCRIBE_FILE_SYSTEMS,
        lambda reply: reply.file_systems,
        lambda mounted: mounted.names,
        lambda mounted, _: mounted.arn,
        _meaning,
        described=lambda listed, place, around: Mounted(listed.id, place, listed),
        host_label="efs",
    ),
    Kind(
        "efs",
        DESCRIBE_ACCESS_POINTS,
        lambda reply: reply.access_points,
        lambda mounted: mounted.names,
        lambda mounted, _: mounted.arn,
        _meaning,
        described=_through_access_point,
        host_label="efs",
    ),
)
