"""ElastiCache replication groups: `elasticache:NAME`, their ARN or the host name of an endpoint.

Modelled: every member, as any replica may become the primary and cluster mode needs all shards; the replicas alone
behind a reader endpoint; port, status. A member is a cache cluster, which alone tells groups and subnets.
Not modelled: members that no reply lists (undecided), global datastores.
Source: ElastiCache API Reference, DescribeReplicationGroups (semantics H4).
Checked: tests/unit/destinations/test_elasticache.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from vpcreach.destinations.elasticache_cluster import (
    DESCRIBE_CACHE_CLUSTERS,
    IPV6,
    PORTS,
    STATES,
    CacheCluster,
    CacheEndpoint,
    nodes,
    subnet_group,
)
from vpcreach.destinations.grammar import Service
from vpcreach.destinations.kind import UNPLACED, Kind
from vpcreach.destinations.meaning import Meaning, Source
from vpcreach.destinations.resource import Node, Resource, meaning, unread_note
from vpcreach.destinations.subnet_group import SubnetGroup
from vpcreach.forwarding import Surroundings
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Record, Reply


class GroupMember(Record, frozen=True):
    cache_cluster_id: str
    current_role: str | None = None


class NodeGroup(Record, frozen=True):
    primary_endpoint: CacheEndpoint = CacheEndpoint()
    reader_endpoint: CacheEndpoint = CacheEndpoint()
    node_group_members: tuple[GroupMember, ...] = ()


class ReplicationGroup(Record, frozen=True):
    replication_group_id: str
    arn: str = msgspec.field(name="ARN", default="")
    status: str | None = None
    member_clusters: tuple[str, ...] = ()
    node_groups: tuple[NodeGroup, ...] = ()
    configuration_endpoint: CacheEndpoint = CacheEndpoint()
    network_type: str | None = None

    @property
    def id(self) -> str:
        return self.arn or self.replication_group_id

    @property
    def members(self) -> tuple[str, ...]:
        """The cache clusters of all shards, each of one node."""
        in_shards = [member.cache_cluster_id for shard in self.node_groups for member in shard.node_group_members]
        return tuple(dict.fromkeys((*self.member_clusters, *in_shards)))

    @property
    def endpoints(self) -> tuple[CacheEndpoint, ...]:
        """Those that mean the whole group: the primary's, as any member may become it, and that of cluster mode."""
        found = (self.configuration_endpoint, *(shard.primary_endpoint for shard in self.node_groups))
        return tuple(endpoint for endpoint in found if endpoint.address)


class DescribeReplicationGroups(Reply, frozen=True):
    replication_groups: tuple[ReplicationGroup, ...] = ()


DESCRIBE_REPLICATION_GROUPS = Call(
    "elasticache", "DescribeReplicationGroups", DescribeReplicationGroups, holds="ReplicationGroups"
)
CALLS = (DESCRIBE_REPLICATION_GROUPS,)


@dataclass(frozen=True, slots=True)
class Group:
    """A replication group, or (`readers`) the replicas of a shard by their reader endpoint."""

    told: ReplicationGroup
    readers: NodeGroup | None = None
    place: Place = UNPLACED

    @property
    def names(self) -> tuple[str, ...]:
        if self.readers is not None:
            return (self.readers.reader_endpoint.address or "",)
        hosts = (endpoint.address for endpoint in self.told.endpoints)
        return tuple(name for name in (self.told.replication_group_id, *hosts) if name)

    @property
    def arn(self) -> str:
        return self.names[0] if self.readers is not None else self.told.id

    @property
    def title(self) -> str:
        name = self.told.replication_group_id
        return name if self.readers is None else f"the reader endpoint of {name}"

    @property
    def members(self) -> tuple[str, ...]:
        if self.readers is None:
            return self.told.members
        of_shard = self.readers.node_group_members
        replicas = [member.cache_cluster_id for member in of_shard if member.current_role == "replica"]
        return tuple(replicas or (member.cache_cluster_id for member in of_shard))


def resource(group: Group, around: Surroundings) -> Resource:
    """A replication group by its members, each a cache cluster of its own."""
    told, known = group.told, _clusters(group.place, around)
    members = [(name, known.get(name)) for name in group.members]
    found = [cluster for _, cluster in members if cluster is not None]
    ports = [endpoint.port for endpoint in told.endpoints if endpoint.port] + [c.port for c in found if c.port]
    subnets = [subnet_group(cluster, group.place, around) for cluster in found]
    return Resource(
        id=told.id,
        title=group.title,
        ports=tuple(ports[:1]) or (PORTS["redis"],),
        group_ids=frozenset(),
        nodes=tuple(_members(group, members, around)),
        vpc_id=next((each.vpc_id for each in subnets if isinstance(each, SubnetGroup)), None),
        host_names=tuple(name for name in group.names if "." in name),
        is_ipv6_only=told.network_type == IPV6,
        notes=STATES.notes(told.id, told.replication_group_id, "Status", told.status),
        nodes_entry="MemberClusters",
    )


def _members(group: Group, members: Sequence[tuple[str, CacheCluster | None]], around: Surroundings) -> Iterable[Node]:
    call = DESCRIBE_CACHE_CLUSTERS
    for name, cluster in members:
        if cluster is not None:
            yield from nodes(cluster, subnet_group(cluster, group.place, around), around)
        else:
            reading = around.read(call, group.place)
            yield Node(name, unread=unread_note(group.told.id, name, "groups and subnets", call, reading))


def _clusters(place: Place, around: Surroundings) -> dict[str, CacheCluster]:
    def build() -> dict[str, CacheCluster]:
        reply = around.read(DESCRIBE_CACHE_CLUSTERS, place).value
        return {cluster.cache_cluster_id: cluster for cluster in (reply.cache_clusters if reply is not None else ())}

    return around.remember(("cache clusters", place), build)


def _things(reply: DescribeReplicationGroups) -> list[Group]:
    """Every group, and each of its reader endpoints as well."""
    groups = reply.replication_groups
    readers = [(group, shard) for group in groups for shard in group.node_groups if shard.reader_endpoint.address]
    return [*(Group(group) for group in groups), *(Group(group, shard) for group, shard in readers)]


def _described(group: Group, place: Place, _: Surroundings) -> Group:
    return replace(group, place=place)


def _meaning(group: Group, _: Any, service: Service, source: Source, around: Surroundings) -> Meaning:
    return meaning(resource(group, around), service, source, around)


KINDS = (
    Kind(
        "elasticache",
        DESCRIBE_REPLICATION_GROUPS,
        _things,
        lambda group: group.names,
        lambda group, _: group.arn,
        _meaning,
        described=_described,
        host_label="cache",
    ),
)
