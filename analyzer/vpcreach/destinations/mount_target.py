"""Mount targets of file systems: which of them a client means, by the zone that it stands in (EFS, S3 Files).

A file system's name answers with the mount target in the caller's own availability zone, so where that zone has none
the file system is not reached from there, however many others it has.
Source: EFS User Guide, "Mounting EFS file systems" (semantics H9, H10).
Checked: tests/unit/destinations/test_efs.py, tests/unit/destinations/test_s3files.py.
"""

from dataclasses import dataclass

from vpcreach.components import encryption_control
from vpcreach.destinations.meaning import Source
from vpcreach.destinations.resource import Node, Resource, States
from vpcreach.forwarding import COLLECTION_FAILED, NO_POSSIBLE_DESTINATION, Note, Surroundings, Zone

NFS = 2049
STATES = States(
    working=frozenset({"available"}),
    passing=frozenset({"creating", "updating"}),
    dead=frozenset({"deleted", "deleting", "error"}),
)


@dataclass(frozen=True, slots=True)
class MountTarget:
    """A mount target as the API of its file system tells it; `group_ids` are empty where nothing tells them."""

    id: str
    subnet_id: str
    zone: Zone
    addresses: tuple[str, ...]
    group_ids: frozenset[str]
    vpc_id: str | None = None
    interface_id: str | None = None
    state: str | None = None

    def is_in(self, zone: Zone, around: Surroundings) -> bool | None:
        """Whether it stands in a zone; None where what is known of the two cannot be compared."""
        own = around.zone_of(self.subnet_id) or self.zone
        if own.id and zone.id:
            return own.id == zone.id
        # Names of zones mean one thing within an account; AWS leaves the ids out of very old replies only.
        return own.name == zone.name if own.name and zone.name else None


@dataclass(frozen=True, slots=True)
class FileSystem:
    """A file system by its ARN, with what its own state and access points say; `unread` where targets may lack."""

    arn: str
    title: str
    targets: tuple[MountTarget, ...]
    notes: tuple[Note, ...] = ()
    unread: Note | None = None
    host_names: tuple[str, ...] = ()
    state_entry: str = "LifeCycleState"


def resource(file_system: FileSystem, source: Source, around: Surroundings) -> Resource:
    """The file system as a client in one subnet meets it: the mount target of that subnet's zone."""
    zone = around.zone_of(source.subnet_id)
    here = [target for target in file_system.targets if zone is not None and target.is_in(zone, around)]
    # While one is replaced there may be two: the one that goes does not count.
    chosen = [target for target in here if target.state not in STATES.dead] or here
    states = [n for t in chosen for n in STATES.notes(file_system.arn, t.id, file_system.state_entry, t.state)]
    notes = (*file_system.notes, *states, *(() if chosen else (_nowhere(file_system, zone, source, around),)))
    for vpc_id in {target.vpc_id for target in chosen if target.vpc_id}:
        notes += encryption_control.refusal(vpc_id, "ElasticFileSystem", "elastic_file_system", around).notes
    return Resource(
        id=file_system.arn,
        title=file_system.title,
        ports=(NFS,),
        group_ids=frozenset(),
        nodes=tuple(_node(target) for target in chosen),
        vpc_id=chosen[0].vpc_id if chosen else None,
        host_names=file_system.host_names,
        notes=notes,
        nodes_entry="MountTargets",
    )


def _node(target: MountTarget) -> Node:
    return Node(
        target.id,
        addresses=target.addresses,
        interface_id=target.interface_id,
        subnet_ids=(target.subnet_id,),
        group_ids=target.group_ids,
    )


def _nowhere(file_system: FileSystem, zone: Zone | None, source: Source, around: Surroundings) -> Note:
    """Why there is no mount target for this subnet, or why that is not known."""
    title, arn = file_system.title, file_system.arn
    if zone is None:
        message = f"the zone of {source.subnet_id} is not known, and with it which mount target of {title} counts"
        return COLLECTION_FAILED.unknown(source.subnet_id, "ec2:DescribeSubnets", message)
    if file_system.unread is not None:
        return file_system.unread
    unsure = [target.id for target in file_system.targets if target.is_in(zone, around) is None]
    if unsure:
        message = f"whether {', '.join(unsure)} of {title} is in {zone}, the zone of {source.subnet_id}, is not known"
        return COLLECTION_FAILED.unknown(arn, "AvailabilityZoneId", message)
    zones = sorted({str(around.zone_of(target.subnet_id) or target.zone) for target in file_system.targets})
    others = f"only in {', '.join(zones)}" if zones else "nor in any other zone"
    message = f"{title} has no mount target in {zone}, the zone of {source.subnet_id}, {others}"
    return NO_POSSIBLE_DESTINATION.fail(arn, "MountTargets", message)
