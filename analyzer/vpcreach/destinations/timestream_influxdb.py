"""Timestream for InfluxDB, instances and clusters: `timestream-influxdb:NAME`, their id, ARN or host name.

Modelled: port, status, security groups, the zones of an instance and its standby, the subnets of a cluster.
Not modelled: the public address of a publicly accessible database (undecided); which subnets a cluster's nodes use.
Source: Timestream for InfluxDB API Reference, GetDbInstance and GetDbCluster (semantics H15).
Checked: tests/unit/destinations/test_timestream_influxdb.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from vpcreach.components.subnet import Subnet
from vpcreach.destinations.grammar import Service
from vpcreach.destinations.kind import Kind
from vpcreach.destinations.meaning import Meaning, Source
from vpcreach.destinations.resource import Node, Resource, States, meaning, unread_note, vpc_of
from vpcreach.forwarding import UNSUPPORTED_COMPONENT, Note, Surroundings
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import CamelRecord, CamelReply, Port
from vpcreach.snapshot.snapshot import Reading, Snapshot

PORT = 8086
STATES = States(
    working=frozenset({"AVAILABLE"}),
    passing=frozenset(
        {
            "CREATING", "MAINTENANCE", "MODIFYING", "PARTIALLY_AVAILABLE", "REBOOTING", "RESTORING", "UPDATING",
            "UPDATING_DEPLOYMENT_TYPE", "UPDATING_INSTANCE_TYPE",
        }
    ),
    dead=frozenset({"DELETED", "DELETING", "FAILED", "REBOOT_FAILED", "RESTORE_FAILED"}),
)  # fmt: skip


class Summary(CamelRecord, frozen=True):
    id: str
    name: str = ""
    arn: str = ""
    status: str | None = None
    endpoint: str | None = None
    reader_endpoint: str | None = None
    port: Port | None = None


class ListDbs(CamelReply, frozen=True):
    """ListDbInstances and ListDbClusters have one shape."""

    items: tuple[Summary, ...] = ()


class GetDb(CamelRecord, frozen=True):
    """The fields of GetDbInstance and GetDbCluster that the lists leave out."""

    id: str = ""
    status: str | None = None
    vpc_subnet_ids: tuple[str, ...] = ()
    vpc_security_group_ids: tuple[str, ...] = ()
    publicly_accessible: bool = False
    availability_zone: str | None = None
    secondary_availability_zone: str | None = None


def _instance_ids(snapshot: Snapshot, place: Place) -> Iterable[tuple[str]]:
    reply = snapshot.read(LIST_DB_INSTANCES, place).value
    return [(item.id,) for item in (reply.items if reply else ())]


def _cluster_ids(snapshot: Snapshot, place: Place) -> Iterable[tuple[str]]:
    reply = snapshot.read(LIST_DB_CLUSTERS, place).value
    return [(item.id,) for item in (reply.items if reply else ())]


SERVICE = "timestream-influxdb"
LIST_DB_INSTANCES = Call(SERVICE, "ListDbInstances", ListDbs, holds="items")
GET_DB_INSTANCE = Call(SERVICE, "GetDbInstance", GetDb, holds="id", arguments=("identifier",), each=_instance_ids)
LIST_DB_CLUSTERS = Call(SERVICE, "ListDbClusters", ListDbs, holds="items")
GET_DB_CLUSTER = Call(SERVICE, "GetDbCluster", GetDb, holds="id", arguments=("dbClusterId",), each=_cluster_ids)
CALLS = (LIST_DB_INSTANCES, GET_DB_INSTANCE, LIST_DB_CLUSTERS, GET_DB_CLUSTER)


@dataclass(frozen=True, slots=True)
class Database:
    """An instance or a cluster as it is listed, and what the call for it alone tells."""

    listed: Summary
    call: Call[GetDb]
    reading: Reading[GetDb]

    @property
    def told(self) -> GetDb:
        return self.reading.value or GetDb()

    @property
    def hosts(self) -> tuple[str, ...]:
        return tuple(host for host in (self.listed.endpoint, self.listed.reader_endpoint) if host)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name in (self.listed.name, self.listed.id, *self.hosts) if name)

    @property
    def arn(self) -> str:
        return self.listed.arn or self.listed.id

    @property
    def title(self) -> str:
        return self.listed.name or self.listed.id

    @property
    def publicly_accessible(self) -> bool:
        return self.told.publicly_accessible


def resource(database: Database, source: Source, around: Surroundings) -> Resource:
    """The database as it is met from one VPC."""
    told = database.told
    vpc_id = vpc_of(told.vpc_subnet_ids, around)
    notes = list(STATES.notes(database.arn, database.title, "status", told.status or database.listed.status))
    is_public_here = told.publicly_accessible and vpc_id in (source.vpc_id, None)
    if database.reading.value is None:
        notes.append(unread_note(database.arn, database.title, "the subnets", database.call, database.reading))
    elif is_public_here:
        notes.append(_public(database))
    return Resource(
        id=database.arn,
        title=database.title,
        ports=(database.listed.port or PORT,),
        group_ids=frozenset(told.vpc_security_group_ids),
        nodes=() if is_public_here else tuple(_nodes(database, around)),
        vpc_id=vpc_id,
        host_names=database.hosts,
        is_public=told.publicly_accessible,
        notes=tuple(notes),
        groups_entry="vpcSecurityGroupIds",
        nodes_entry="vpcSubnetIds",
    )


def _nodes(database: Database, around: Surroundings) -> Iterable[Node]:
    """An instance in its zone, and its standby in the other; a cluster somewhere in its subnets."""
    told = database.told
    standby = told.secondary_availability_zone
    for zone in (told.availability_zone, standby) if standby else (told.availability_zone,):
        here = tuple(s for s in told.vpc_subnet_ids if zone is None or _zone(s, around) in (zone, None))
        label = f"{database.title} in {zone}" if standby else database.title
        yield Node(label, subnet_ids=here or told.vpc_subnet_ids)


def _zone(subnet_id: str, around: Surroundings) -> str | None:
    subnet = around.component(subnet_id)
    return subnet.availability_zone if isinstance(subnet, Subnet) else None


def _public(database: Database) -> Note:
    message = (
        f"{database.title} is publicly accessible: whether its name means its public or its private address is not told"
    )
    resolve = "resolve the name from inside the VPC, and ask for address and port"
    return UNSUPPORTED_COMPONENT.unknown(database.arn, "publiclyAccessible", message, resolve=resolve)


def _instance(listed: Summary, place: Place, around: Surroundings) -> Database:
    return Database(listed, GET_DB_INSTANCE, around.read(GET_DB_INSTANCE, place, (listed.id,)))


def _cluster(listed: Summary, place: Place, around: Surroundings) -> Database:
    return Database(listed, GET_DB_CLUSTER, around.read(GET_DB_CLUSTER, place, (listed.id,)))


def _meaning(database: Database, _: Any, service: Service, source: Source, around: Surroundings) -> Meaning:
    return meaning(resource(database, source, around), service, source, around)


KINDS = tuple(
    Kind(
        SERVICE,
        call,
        lambda reply: reply.items,
        lambda database: database.names,
        lambda database, _: database.arn,
        _meaning,
        described=described,
        host_label=SERVICE,
    )
    for call, described in ((LIST_DB_INSTANCES, _instance), (LIST_DB_CLUSTERS, _cluster))
)
