"""S3 Files file systems: `s3files:ID`, their name, their access points, ARNs.

Modelled: the mount target in the caller's zone, its groups, the states of file system and mount target.
Not modelled: file system policies, host names, the access to S3 that reading large files takes as well.
Source: S3 User Guide, "Creating mount targets" of S3 Files (semantics H10, A23).
Checked: tests/unit/destinations/test_s3files.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from vpcreach.destinations import mount_target
from vpcreach.destinations.grammar import Service
from vpcreach.destinations.kind import Kind
from vpcreach.destinations.meaning import Meaning, Source
from vpcreach.destinations.mount_target import STATES, MountTarget
from vpcreach.destinations.resource import Resource, meaning, unread_note
from vpcreach.forwarding import Note, Reason, Surroundings, Zone
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import CamelRecord, CamelReply, Ipv4Address, Ipv6Address
from vpcreach.snapshot.snapshot import Gap, Snapshot

MOUNT_TARGET_IN_OTHER_SUBNET = Reason(
    "MOUNT_TARGET_IN_OTHER_SUBNET",
    "put the mount target into the function's own subnet: one of AWS's pages asks for that, another for the same zone",
)


class FileSystemSummary(CamelRecord, frozen=True):
    file_system_id: str
    file_system_arn: str = ""
    name: str | None = None
    status: str | None = None


class ListFileSystems(CamelReply, frozen=True):
    file_systems: tuple[FileSystemSummary, ...] = ()


class AccessPoint(CamelRecord, frozen=True):
    access_point_id: str
    access_point_arn: str = ""


class ListAccessPoints(CamelReply, frozen=True):
    access_points: tuple[AccessPoint, ...] = ()


class MountTargetSummary(CamelRecord, frozen=True):
    mount_target_id: str
    subnet_id: str
    availability_zone_id: str | None = None
    ipv4_address: Ipv4Address | None = None
    ipv6_address: Ipv6Address | None = None
    network_interface_id: str | None = None
    status: str | None = None
    vpc_id: str | None = None


class ListMountTargets(CamelReply, frozen=True):
    mount_targets: tuple[MountTargetSummary, ...] = ()


class GetMountTarget(CamelRecord, frozen=True):
    mount_target_id: str = ""
    security_groups: tuple[str, ...] = ()


def _file_system_ids(snapshot: Snapshot, place: Place) -> Iterable[tuple[str]]:
    reply = snapshot.read(LIST_FILE_SYSTEMS, place).value
    return [(item.file_system_id,) for item in (reply.file_systems if reply else ())]


def _mount_target_ids(snapshot: Snapshot, place: Place) -> Iterable[tuple[str]]:
    for arguments in _file_system_ids(snapshot, place):
        reply = snapshot.read(LIST_MOUNT_TARGETS, place, arguments).value
        yield from ((target.mount_target_id,) for target in (reply.mount_targets if reply else ()))


OF_FILE_SYSTEM = ("fileSystemId",)
LIST_FILE_SYSTEMS = Call("s3files", "ListFileSystems", ListFileSystems, holds="fileSystems")
LIST_ACCESS_POINTS = Call(
    "s3files",
    "ListAccessPoints",
    ListAccessPoints,
    holds="accessPoints",
    arguments=OF_FILE_SYSTEM,
    each=_file_system_ids,
)
LIST_MOUNT_TARGETS = Call(
    "s3files",
    "ListMountTargets",
    ListMountTargets,
    holds="mountTargets",
    arguments=OF_FILE_SYSTEM,
    each=_file_system_ids,
)
GET_MOUNT_TARGET = Call(
    "s3files",
    "GetMountTarget",
    GetMountTarget,
    holds="mountTargetId",
    arguments=("mountTargetId",),
    each=_mount_target_ids,
)
CALLS = (LIST_FILE_SYSTEMS, LIST_ACCESS_POINTS, LIST_MOUNT_TARGETS, GET_MOUNT_TARGET)


@dataclass(frozen=True, slots=True)
class Listed:
    """A file system, where it is listed, and its access points with the gap of their list."""

    summary: FileSystemSummary
    place: Place
    access_points: tuple[AccessPoint, ...]
    gap: Gap | None

    @property
    def id(self) -> str:
        return self.summary.file_system_id

    @property
    def arn(self) -> str:
        return self.summary.file_system_arn or self.id

    @property
    def names(self) -> tuple[str, ...]:
        points = [name for point in self.access_points for name in (point.access_point_id, point.access_point_arn)]
        return tuple(name for name in (self.id, self.summary.name, *points) if name)


def file_system(listed: Listed, around: Surroundings) -> mount_target.FileSystem:
    """The file system with its mount targets, as far as the files tell them."""
    reading = around.read(LIST_MOUNT_TARGETS, listed.place, (listed.id,))
    targets = reading.value.mount_targets if reading.value else ()
    unread = unread_note(listed.arn, listed.id, "the mount targets", LIST_MOUNT_TARGETS, reading)
    return mount_target.FileSystem(
        listed.arn,
        listed.id,
        tuple(_target(target, listed.place, around) for target in targets),
        STATES.notes(listed.arn, listed.id, "status", listed.summary.status),
        None if reading.is_complete else unread,
        state_entry="status",
    )


def _target(told: MountTargetSummary, place: Place, around: Surroundings) -> MountTarget:
    detail = around.read(GET_MOUNT_TARGET, place, (told.mount_target_id,)).value
    return MountTarget(
        told.mount_target_id,
        told.subnet_id,
        Zone(told.availability_zone_id, None),
        tuple(address for address in (told.ipv4_address, told.ipv6_address) if address),
        frozenset(detail.security_groups if detail else ()),
        told.vpc_id,
        told.network_interface_id,
        told.status,
    )


def _described(summary: FileSystemSummary, place: Place, around: Surroundings) -> Listed:
    reading = around.read(LIST_ACCESS_POINTS, place, (summary.file_system_id,))
    return Listed(summary, place, reading.value.access_points if reading.value else (), reading.gap)


def _beside(described: Resource, source: Source) -> tuple[Note, ...]:
    """One of AWS's pages wants a mount target in each of the function's subnets, not only in each zone (H10)."""
    elsewhere = [node for node in described.nodes if source.subnet_id not in node.subnet_ids]
    return tuple(
        MOUNT_TARGET_IN_OTHER_SUBNET.advice(
            described.id, node.label, f"{node.label} is in {node.subnet_ids[0]}, in the zone of {source.subnet_id}"
        )
        for node in elsewhere
    )


def _meaning(listed: Listed, _: Any, service: Service, source: Source, around: Surroundings) -> Meaning:
    described = mount_target.resource(file_system(listed, around), source, around)
    described = replace(described, notes=(*described.notes, *_beside(described, source)))
    return meaning(described, service, source, around)


KINDS = (
    Kind(
        "s3files",
        LIST_FILE_SYSTEMS,
        lambda reply: reply.file_systems,
        lambda listed: listed.names,
        lambda listed, _: listed.arn,
        _meaning,
        described=_described,
        unread=lambda listed: listed.gap,
        has_host_names=False,
    ),
)
