"""MemoryDB clusters: `memorydb:NAME`, their ARN, their own host name or that of one node.

Modelled: every node of every shard in its zone (one alone by its own name), groups, port, status. Where the reply
leaves the shards out, the nodes may be in any of the subnets.
Not modelled: multi-Region clusters as one; each region's cluster is named on its own.
Source: MemoryDB API Reference, DescribeClusters, DescribeSubnetGroups (semantics H5).
Checked: tests/unit/destinations/test_memorydb.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from vpcreach.destinations.grammar import Service
from vpcreach.destinations.kind import UNPLACED, Kind
from vpcreach.destinations.meaning import Meaning, Source
from vpcreach.destinations.resource import Node, Resource, States, meaning
from vpcreach.destinations.subnet_group import GroupSubnet, SubnetGroup, ZoneName, untold
from vpcreach.forwarding import Note, Surroundings
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Port, Record, Reply

PORT = 6379
STATES = States(
    working=frozenset({"available"}),
    passing=frozenset({"creating", "modifying", "snapshotting", "updating"}),
    dead=frozenset({"create-failed", "deleted", "deleting", "incompatible-network"}),
)


class ClusterEndpoint(Record, frozen=True):
    address: str | None = None
    port: Port | None = None


class ClusterGroup(Record, frozen=True):
    security_group_id: str
    status: str = "active"


class ShardNode(Record, frozen=True):
    name: str = ""
    availability_zone: str | None = None
    endpoint: ClusterEndpoint = ClusterEndpoint()


class Shard(Record, frozen=True):
    nodes: tuple[ShardNode, ...] = ()


class MemoryDbCluster(Record, frozen=True):
    name: str
    arn: str = msgspec.field(name="ARN", default="")
    status: str | None = None
    shards: tuple[Shard, ...] = ()
    cluster_endpoint: ClusterEndpoint = ClusterEndpoint()
    security_groups: tuple[ClusterGroup, ...] = ()
    subnet_group_name: str | None = None
    network_type: str | None = None

    @property
    def id(self) -> str:
        return self.arn or self.name

    @property
    def nodes(self) -> tuple[ShardNode, ...]:
        return tuple(node for shard in self.shards for node in shard.nodes)


class DescribeClusters(Reply, frozen=True):
    clusters: tuple[MemoryDbCluster, ...] = ()


class OwnSubnet(Record, frozen=True):
    identifier: str
    availability_zone: ZoneName = ZoneName()


class OwnSubnetGroup(Record, frozen=True):
    name: str
    vpc_id: str | None = None
    subnets: tuple[OwnSubnet, ...] = ()

    @property
    def group(self) -> SubnetGroup:
        return SubnetGroup(self.vpc_id, tuple(GroupSubnet(s.identifier, s.availability_zone) for s in self.subnets))


class DescribeSubnetGroups(Reply, frozen=True):
    subnet_groups: tuple[OwnSubnetGroup, ...] = ()


DESCRIBE_CLUSTERS = Call(
    "memorydb", "DescribeClusters", DescribeClusters, holds="Clusters", parameters={"ShowShardDetails": True}
)
DESCRIBE_SUBNET_GROUPS = Call("memorydb", "DescribeSubnetGroups", DescribeSubnetGroups, holds="SubnetGroups")
CALLS = (DESCRIBE_CLUSTERS, DESCRIBE_SUBNET_GROUPS)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster, or (`only`) one node of it."""

    told: MemoryDbCluster
    only: ShardNode | None = None
    place: Place = UNPLACED

    @property
    def names(self) -> tuple[str, ...]:
        name, endpoint = (self.told.name, self.told.cluster_endpoint)
        if self.only is not None:
            name, endpoint = (self.only.name, self.only.endpoint)
        return tuple(text for text in (name, endpoint.address) if text)

    @property
    def arn(self) -> str:
        return self.told.id if self.only is None else f"{self.told.id}/{self.only.name}"


def resource(cluster: Cluster, around: Surroundings) -> Resource:
    """The cluster by the zones of its nodes."""
    told, group = cluster.told, _subnet_group(cluster, around)
    status = (told.status or "available").lower()
    active = frozenset(item.security_group_id for item in told.security_groups if item.status == "active")
    return Resource(
        id=told.id,
        title=told.name,
        ports=(told.cluster_endpoint.port or PORT,),
        group_ids=active,
        nodes=tuple(_nodes(cluster, group, around)),
        vpc_id=group.vpc_id if isinstance(group, SubnetGroup) else None,
        host_names=cluster.names[1:],
        is_ipv6_only=told.network_type == "ipv6",
        notes=STATES.notes(told.id, told.name, "Status", status),
        nodes_entry="SubnetGroupName",
    )


def _nodes(cluster: Cluster, group: SubnetGroup | Note, around: Surroundings) -> Iterable[Node]:
    told = cluster.told
    if isinstance(group, Note):
        yield Node(told.name, unread=group)
        return
    for node in (cluster.only,) if cluster.only is not None else told.nodes or (ShardNode(told.name),):
        yield Node(node.name or told.name, subnet_ids=group.in_zone(node.availability_zone, around))


def _subnet_group(cluster: Cluster, around: Surroundings) -> SubnetGroup | Note:
    told, reading = cluster.told, around.read(DESCRIBE_SUBNET_GROUPS, cluster.place)
    for each in reading.value.subnet_groups if reading.value is not None else ():
        if each.name == told.subnet_group_name:
            return each.group
    return untold(told.id, told.name, told.subnet_group_name, DESCRIBE_SUBNET_GROUPS, cluster.place, around)


def _things(reply: DescribeClusters) -> list[Cluster]:
    nodes = [Cluster(cluster, node) for cluster in reply.clusters for node in cluster.nodes]
    return [*(Cluster(cluster) for cluster in reply.clusters), *nodes]


def _described(cluster: Cluster, place: Place, _: Surroundings) -> Cluster:
    return replace(cluster, place=place)


def _meaning(cluster: Cluster, _: Any, service: Service, source: Source, around: Surroundings) -> Meaning:
    return meaning(resource(cluster, around), service, source, around)


KINDS = (
    Kind(
        "memorydb",
        DESCRIBE_CLUSTERS,
        _things,
        lambda cluster: cluster.names,
        lambda cluster, _: cluster.arn,
        _meaning,
        described=_described,
        host_label="memorydb",
    ),
)
