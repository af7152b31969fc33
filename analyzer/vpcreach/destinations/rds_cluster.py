"""Database clusters: Aurora, Multi-AZ DB clusters, DocumentDB, Neptune, by name, ARN, Name tag or endpoint.

Modelled: the members, any of which may become the writer, so all must be reached by the cluster's name and its writer
endpoint; the readers behind the reader endpoint (the writer where there is no other); the members behind a custom
endpoint; port, status, groups; a cluster without members. A member that no file lists may be anywhere in the subnet
group. `rds:NAME` finds any cluster, `docdb:NAME` and `neptune:NAME` their own.
Not modelled: Aurora Limitless Database, clusters outside VPCs and internet access gateways (undecided).
Source: RDS API Reference, DescribeDBClusters, DescribeDBClusterEndpoints, DescribeDBSubnetGroups (semantics H2, H16).
Checked: tests/unit/destinations/test_rds_cluster.py.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from vpcreach.destinations.grammar import Service
from vpcreach.destinations.kind import UNPLACED, Kind
from vpcreach.destinations.meaning import Meaning, Source
from vpcreach.destinations.rds import (
    BY_TWINS,
    DESCRIBE_DB_INSTANCES,
    TWINS,
    DbInstance,
    VpcSecurityGroup,
    in_force,
    nodes,
    spelled,
    usual_port,
)
from vpcreach.destinations.resource import Node, Resource, States, meaning
from vpcreach.destinations.subnet_group import SubnetGroup, untold
from vpcreach.forwarding import BAD_STATE, UNSUPPORTED_COMPONENT, Note, Surroundings
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Port, Record, Reply, Tag

STATES = States(
    working=frozenset({"available"}),
    passing=frozenset(
        {
            "backing-up", "backtracking", "creating", "failing-over", "maintenance", "migrating", "modifying",
            "preparing-data-migration", "promoting", "rebooting", "renaming", "resetting-master-credentials",
            "scaling-compute", "scaling-storage", "starting", "storage-optimization", "update-iam-db-auth", "upgrading",
        }
    ),
    dead=frozenset(
        {
            "cloning-failed", "deleted", "deleting", "failed", "inaccessible-encryption-credentials",
            "inaccessible-encryption-credentials-recoverable", "migration-failed", "stopped", "stopping",
        }
    ),
)  # fmt: skip


class ClusterMember(Record, frozen=True, rename=spelled):
    db_instance_identifier: str
    is_cluster_writer: bool = False


class DbCluster(Record, frozen=True, rename=spelled):
    db_cluster_identifier: str
    db_cluster_arn: str = ""
    status: str | None = None
    engine: str = ""
    engine_mode: str | None = None
    endpoint: str | None = None
    reader_endpoint: str | None = None
    custom_endpoints: tuple[str, ...] = ()
    port: Port | None = None
    db_subnet_group: str | None = None
    vpc_security_groups: tuple[VpcSecurityGroup, ...] = ()
    db_cluster_members: tuple[ClusterMember, ...] | None = None
    publicly_accessible: bool = False
    cluster_scalability_type: str | None = None
    vpc_networking_enabled: bool | None = msgspec.field(name="VPCNetworkingEnabled", default=None)
    internet_access_gateway_enabled: bool | None = None
    tag_list: tuple[Tag, ...] = ()

    @property
    def arn(self) -> str:
        return self.db_cluster_arn or self.db_cluster_identifier


class DescribeDbClusters(Reply, frozen=True, rename={"db_clusters": "DBClusters"}):
    db_clusters: tuple[DbCluster, ...] = ()


class ClusterEndpoint(Record, frozen=True):
    endpoint: str | None = None
    custom_endpoint_type: str | None = None
    static_members: tuple[str, ...] = ()
    excluded_members: tuple[str, ...] = ()


class DescribeDbClusterEndpoints(Reply, frozen=True, rename={"endpoints": "DBClusterEndpoints"}):
    endpoints: tuple[ClusterEndpoint, ...] = ()


class NamedSubnetGroup(SubnetGroup, frozen=True, kw_only=True, rename=spelled):
    db_subnet_group_name: str


class DescribeDbSubnetGroups(Reply, frozen=True, rename={"groups": "DBSubnetGroups"}):
    groups: tuple[NamedSubnetGroup, ...] = ()


DESCRIBE_DB_CLUSTERS = Call("rds", "DescribeDBClusters", DescribeDbClusters, holds="DBClusters")
DESCRIBE_DB_CLUSTER_ENDPOINTS = Call(
    "rds", "DescribeDBClusterEndpoints", DescribeDbClusterEndpoints, holds="DBClusterEndpoints"
)
DESCRIBE_DB_SUBNET_GROUPS = Call("rds", "DescribeDBSubnetGroups", DescribeDbSubnetGroups, holds="DBSubnetGroups")
CALLS = (DESCRIBE_DB_CLUSTERS, DESCRIBE_DB_CLUSTER_ENDPOINTS, DESCRIBE_DB_SUBNET_GROUPS)


def _by_twins(call: Call[Any]) -> dict[str, Call[Any]]:
    return {name: replace(call, service=name, iam_prefix="rds") for name in TWINS}


CLUSTERS_BY_TWINS = _by_twins(DESCRIBE_DB_CLUSTERS)
GROUPS_BY_TWINS = _by_twins(DESCRIBE_DB_SUBNET_GROUPS)
ENDPOINTS_BY_TWINS = _by_twins(DESCRIBE_DB_CLUSTER_ENDPOINTS)


@dataclass(frozen=True, slots=True)
class ByEndpoint:
    """A cluster by one of its endpoints: `reader`, `custom`, or (`writer`) that for which its own name stands."""

    cluster: DbCluster
    role: str
    host: str | None
    place: Place = UNPLACED
    instances: tuple[tuple[ClusterMember, DbInstance | None], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The host name alone for other endpoints than the writer's, which answers to the cluster's names too."""
        cluster, host = self.cluster, (self.host,) if self.host else ()
        if self.role != "writer":
            return host
        tags = [tag.value for tag in cluster.tag_list if tag.key == "Name" and tag.value]
        return (cluster.db_cluster_identifier, *host, *tags)

    @property
    def arn(self) -> str:
        return self.cluster.arn if self.role == "writer" else self.host or ""

    @property
    def title(self) -> str:
        name = self.cluster.db_cluster_identifier
        return name if self.role == "writer" else f"the {self.role} endpoint of {name}"

    @property
    def publicly_accessible(self) -> bool | None:
        """True where the name of any member means a public address outside its VPC; None where that is not told."""
        found = [instance for _, instance in self.instances]
        if self.cluster.publicly_accessible or any(instance.publicly_accessible for instance in found if instance):
            return True
        return None if None in found or self.cluster.db_cluster_members is None else False


def resource(asked: ByEndpoint, around: Surroundings) -> Resource:
    """The cluster as one of its endpoints means it."""
    cluster, found = asked.cluster, tuple(instance for _, instance in asked.instances if instance)
    group = _subnet_group(asked, around)
    vpc_id = group.vpc_id if isinstance(group, SubnetGroup) else None
    port = cluster.port or usual_port(cluster.engine)
    return Resource(
        id=cluster.arn,
        title=asked.title,
        ports=(port,) if port else (),
        group_ids=in_force(cluster.vpc_security_groups),
        nodes=tuple(_nodes(asked, group, around)),
        vpc_id=vpc_id or next((instance.db_subnet_group.vpc_id for instance in found), None),
        host_names=tuple(host for host in (asked.host or cluster.endpoint,) if host),
        is_public=asked.publicly_accessible,
        notes=tuple(_notes(cluster)),
        groups_entry="VpcSecurityGroups",
        nodes_entry="DBClusterMembers",
    )


def _notes(cluster: DbCluster) -> Iterable[Note]:
    status = "modifying" if (cluster.status or "").startswith("configuring-") else cluster.status
    name = cluster.db_cluster_identifier
    yield from STATES.notes(cluster.arn, name, "Status", status)
    is_ordinary = cluster.engine_mode in (None, "provisioned") and cluster.cluster_scalability_type != "limitless"
    if cluster.db_cluster_members == () and is_ordinary:
        yield BAD_STATE.fail(cluster.arn, "DBClusterMembers", f"{name} has no instance: nothing listens")


def _nodes(asked: ByEndpoint, group: SubnetGroup | Note, around: Surroundings) -> Iterable[Node]:
    cluster, name = asked.cluster, asked.cluster.db_cluster_identifier
    if doubt := _unmodelled(cluster):
        yield Node(name, unread=doubt)
    elif not asked.instances:
        # A serverless cluster of the first generation, or a reply that leaves its members out.
        yield _anywhere(name, group)
    elif (members := _behind_endpoint(asked, around)) is None:
        every = [node for member, found in asked.instances for node in _of_member(member, found, group, around)]
        subnets = dict.fromkeys(subnet for node in every for subnet in _subnets(node, asked))
        unread = next((node.unread for node in every if node.unread), None)
        yield Node(asked.title, unread=unread) if unread else Node(asked.title, subnet_ids=tuple(subnets))
    else:
        for member, found in members:
            yield from _of_member(member, found, group, around)


def _subnets(node: Node, asked: ByEndpoint) -> tuple[str, ...]:
    """Where a node may stand; one whose interface is known is in its instance's group all the same."""
    if node.subnet_ids:
        return node.subnet_ids
    return tuple(s for _, found in asked.instances if found for s in found.db_subnet_group.subnet_ids)


def _of_member(
    member: ClusterMember, found: DbInstance | None, group: SubnetGroup | Note, around: Surroundings
) -> Iterable[Node]:
    placed = tuple(nodes(found, _listed(found, around), around)) if found is not None else ()
    return placed or (_anywhere(member.db_instance_identifier, group),)


def _anywhere(label: str, group: SubnetGroup | Note) -> Node:
    return Node(label, unread=group) if isinstance(group, Note) else Node(label, subnet_ids=group.subnet_ids)


def _unmodelled(cluster: DbCluster) -> Note | None:
    what = None
    if cluster.vpc_networking_enabled is False or cluster.internet_access_gateway_enabled:
        what = "is reached through an internet access gateway"
    elif cluster.cluster_scalability_type == "limitless":
        what = "is an Aurora Limitless Database"
    message = f"{cluster.db_cluster_identifier} {what}, which is not modelled yet"
    return UNSUPPORTED_COMPONENT.unknown(cluster.arn, "", message) if what else None


def _behind_endpoint(
    asked: ByEndpoint, around: Surroundings
) -> Sequence[tuple[ClusterMember, DbInstance | None]] | None:
    """The members behind the endpoint; None where no file tells which of them."""
    if asked.role == "writer":
        return asked.instances
    readers = [item for item in asked.instances if not item[0].is_cluster_writer]
    if asked.role == "reader":
        return readers or asked.instances
    custom = _custom_endpoint(asked, around)
    if custom is None:
        return None
    eligible = readers if (custom.custom_endpoint_type or "").upper() == "READER" else asked.instances
    if custom.static_members:
        return [item for item in eligible if item[0].db_instance_identifier in custom.static_members] or None
    return [item for item in eligible if item[0].db_instance_identifier not in custom.excluded_members] or None


def _custom_endpoint(asked: ByEndpoint, around: Surroundings) -> ClusterEndpoint | None:
    for call in _calls(DESCRIBE_DB_CLUSTER_ENDPOINTS, ENDPOINTS_BY_TWINS):
        reply: DescribeDbClusterEndpoints | None = around.read(call, asked.place).value
        for endpoint in reply.endpoints if reply is not None else ():
            if endpoint.endpoint == asked.host:
                return endpoint
    return None


def _subnet_group(asked: ByEndpoint, around: Surroundings) -> SubnetGroup | Note:
    """The cluster's own subnet group, else that of a member, else why none can be told."""
    for call in _calls(DESCRIBE_DB_SUBNET_GROUPS, GROUPS_BY_TWINS):
        reply: DescribeDbSubnetGroups | None = around.read(call, asked.place).value
        for group in reply.groups if reply is not None else ():
            if group.db_subnet_group_name == asked.cluster.db_subnet_group:
                return group
    members = [found.db_subnet_group for _, found in asked.instances if found and found.db_subnet_group.subnets]
    if members:
        return members[0]
    name = asked.cluster.db_subnet_group
    return untold(asked.cluster.arn, asked.title, name, DESCRIBE_DB_SUBNET_GROUPS, asked.place, around)


def _calls(call: Call[Any], twins: dict[str, Call[Any]]) -> tuple[Call[Any], ...]:
    return (call, *twins.values())


def _instances(place: Place, around: Surroundings) -> dict[str, tuple[DbInstance, tuple[DbInstance, ...]]]:
    """The instances of a place by identifier, each with all those of the same reply."""

    def build() -> dict[str, tuple[DbInstance, tuple[DbInstance, ...]]]:
        found: dict[str, tuple[DbInstance, tuple[DbInstance, ...]]] = {}
        for call in reversed(_calls(DESCRIBE_DB_INSTANCES, BY_TWINS)):
            reply = around.read(call, place).value
            listed = reply.db_instances if reply is not None else ()
            found |= {database.db_instance_identifier: (database, listed) for database in listed}
        return found

    return around.remember(("database instances", place), build)


def _listed(database: DbInstance, around: Surroundings) -> Sequence[DbInstance]:
    for place in around.places():
        found, listed = _instances(place, around).get(database.db_instance_identifier, (None, ()))
        if found is database:
            return listed
    return (database,)


def _described(asked: ByEndpoint, place: Place, around: Surroundings) -> ByEndpoint:
    known = _instances(place, around)
    members = asked.cluster.db_cluster_members or ()
    found = tuple((member, known.get(member.db_instance_identifier, (None,))[0]) for member in members)
    return replace(asked, place=place, instances=found)


def _by_endpoints(clusters: Iterable[DbCluster]) -> Iterable[ByEndpoint]:
    """Every cluster once for each of its endpoints."""
    for cluster in clusters:
        yield ByEndpoint(cluster, "writer", cluster.endpoint)
        if cluster.reader_endpoint:
            yield ByEndpoint(cluster, "reader", cluster.reader_endpoint)
        for host in cluster.custom_endpoints:
            yield ByEndpoint(cluster, "custom", host)


def _of_engine(engine: str | None) -> Callable[[DescribeDbClusters], Sequence[ByEndpoint]]:
    return lambda reply: list(_by_endpoints(c for c in reply.db_clusters if engine is None or c.engine in (engine, "")))


def _meaning(asked: ByEndpoint, _: Any, service: Service, source: Source, around: Surroundings) -> Meaning:
    return meaning(resource(asked, around), service, source, around)


KINDS = tuple(
    Kind(
        name,
        DESCRIBE_DB_CLUSTERS,
        _of_engine(engine),
        lambda asked: asked.names,
        lambda asked, _: asked.arn,
        _meaning,
        described=_described,
        host_label=name,
        also_in=tuple(CLUSTERS_BY_TWINS[twin] for twin in TWINS if twin == engine),
    )
    for name, engine in (("rds", None), *((twin, twin) for twin in TWINS))
)
