"""ElastiCache clusters: `elasticache:NAME`, their ARN, their own host name or that of one node.

Modelled: every node in its zone (one alone by its own host name), groups, port, status; the interface that carries the
name of a cluster of one node.
Not modelled: nodes on Outposts.
Source: ElastiCache API Reference, DescribeCacheClusters, DescribeCacheSubnetGroups (semantics H4).
Checked: tests/unit/destinations/test_elasticache.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from vpcreach.components.network_interface import DESCRIBE_NETWORK_INTERFACES, NetworkInterface
from vpcreach.destinations.grammar import Service
from vpcreach.destinations.kind import UNPLACED, Kind
from vpcreach.destinations.meaning import Meaning, Source
from vpcreach.destinations.resource import Node, Resource, States, meaning
from vpcreach.destinations.subnet_group import SubnetGroup, untold
from vpcreach.forwarding import Note, Surroundings
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Port, Record, Reply

PORTS = {"memcached": 11211, "redis": 6379, "valkey": 6379}
STATES = States(
    working=frozenset({"available"}),
    passing=frozenset({"creating", "modifying", "rebooting cluster nodes", "snapshotting"}),
    dead=frozenset({"create-failed", "deleted", "deleting", "incompatible-network", "restore-failed"}),
)
IPV6 = "ipv6"
SEVERAL_ZONES = "Multiple"


class CacheEndpoint(Record, frozen=True):
    address: str | None = None
    port: Port | None = None


class CacheGroup(Record, frozen=True):
    security_group_id: str
    status: str = "active"


class CacheNode(Record, frozen=True):
    cache_node_id: str = ""
    endpoint: CacheEndpoint = CacheEndpoint()
    customer_availability_zone: str | None = None


class CacheCluster(Record, frozen=True):
    cache_cluster_id: str
    arn: str = msgspec.field(name="ARN", default="")
    cache_cluster_status: str | None = None
    engine: str = ""
    preferred_availability_zone: str | None = None
    cache_subnet_group_name: str | None = None
    security_groups: tuple[CacheGroup, ...] = ()
    configuration_endpoint: CacheEndpoint = CacheEndpoint()
    cache_nodes: tuple[CacheNode, ...] = ()
    network_type: str | None = None

    @property
    def id(self) -> str:
        return self.arn or self.cache_cluster_id

    @property
    def group_ids(self) -> frozenset[str]:
        return frozenset(group.security_group_id for group in self.security_groups if group.status == "active")

    @property
    def port(self) -> int | None:
        """The API's port, else the engine's usual one."""
        told = [e.port for e in (self.configuration_endpoint, *(node.endpoint for node in self.cache_nodes)) if e.port]
        return told[0] if told else PORTS.get(self.engine.lower())


class DescribeCacheClusters(Reply, frozen=True):
    cache_clusters: tuple[CacheCluster, ...] = ()


class CacheSubnetGroup(SubnetGroup, frozen=True, kw_only=True):
    cache_subnet_group_name: str


class DescribeCacheSubnetGroups(Reply, frozen=True):
    cache_subnet_groups: tuple[CacheSubnetGroup, ...] = ()


DESCRIBE_CACHE_CLUSTERS = Call(
    "elasticache",
    "DescribeCacheClusters",
    DescribeCacheClusters,
    holds="CacheClusters",
    parameters={"ShowCacheNodeInfo": True},
)
DESCRIBE_CACHE_SUBNET_GROUPS = Call(
    "elasticache", "DescribeCacheSubnetGroups", DescribeCacheSubnetGroups, holds="CacheSubnetGroups"
)
CALLS = (DESCRIBE_CACHE_CLUSTERS, DESCRIBE_CACHE_SUBNET_GROUPS)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cache cluster, or (`only`) one of its several nodes by its own host name."""

    told: CacheCluster
    only: CacheNode | None = None
    place: Place = UNPLACED

    @property
    def names(self) -> tuple[str, ...]:
        told, cache_nodes = self.told, self.told.cache_nodes
        if self.only is not None:
            return (self.only.endpoint.address or "",)
        hosts = (told.configuration_endpoint, *(node.endpoint for node in cache_nodes if len(cache_nodes) == 1))
        return tuple(name for name in (told.cache_cluster_id, *(host.address for host in hosts)) if name)

    @property
    def arn(self) -> str:
        return self.names[0] if self.only is not None else self.told.id


def resource(cluster: Cluster, around: Surroundings) -> Resource:
    """A cluster by the zones of its nodes."""
    told, group = cluster.told, subnet_group(cluster.told, cluster.place, around)
    hosts = [name for name in cluster.names if "." in name]
    return Resource(
        id=told.id,
        title=told.cache_cluster_id,
        ports=(told.port,) if told.port else (),
        group_ids=told.group_ids,
        nodes=tuple(nodes(told, group, around, cluster.only)),
        vpc_id=group.vpc_id if isinstance(group, SubnetGroup) else None,
        host_names=tuple(hosts),
        is_ipv6_only=told.network_type == IPV6,
        notes=STATES.notes(told.id, told.cache_cluster_id, "CacheClusterStatus", told.cache_cluster_status),
        nodes_entry="CacheSubnetGroupName",
    )


def nodes(
    cluster: CacheCluster, group: SubnetGroup | Note, around: Surroundings, only: CacheNode | None = None
) -> Iterable[Node]:
    """Each node in a subnet of its zone; where the nodes are not told, something of it in any of its subnets."""
    name, preferred = cluster.cache_cluster_id, cluster.preferred_availability_zone
    if isinstance(group, Note):
        yield Node(name, group_ids=cluster.group_ids, unread=group)
        return
    for node in (only,) if only is not None else cluster.cache_nodes or (CacheNode(),):
        label = f"{name} node {node.cache_node_id}" if len(cluster.cache_nodes) > 1 else name
        zone = node.customer_availability_zone or (preferred if preferred != SEVERAL_ZONES else None)
        here = group.in_zone(zone, around)
        own = _own_interface(cluster, group.vpc_id, here, around)
        yield Node(label, interface_id=own, subnet_ids=here, group_ids=cluster.group_ids or None)


def _own_interface(
    cluster: CacheCluster, vpc_id: str | None, here: tuple[str, ...], around: Surroundings
) -> str | None:
    """The interface of a cluster of one node, which carries its name; the list must be whole to hold no second one."""
    if len(cluster.cache_nodes) != 1 or vpc_id is None or around.missing(DESCRIBE_NETWORK_INTERFACES, vpc_id):
        return None

    def build() -> dict[tuple[str | None, str], list[NetworkInterface]]:
        found: dict[tuple[str | None, str], list[NetworkInterface]] = {}
        for interface in around.every(NetworkInterface):
            if interface.description.startswith("ElastiCache "):
                found.setdefault((interface.vpc_id, interface.description), []).append(interface)
        return found

    name = f"ElastiCache {cluster.cache_cluster_id}"
    named = around.remember(("elasticache interfaces",), build).get((vpc_id, name), [])
    return named[0].id if len(named) == 1 and named[0].subnet_id in here else None


def subnet_group(cluster: CacheCluster, place: Place, around: Surroundings) -> SubnetGroup | Note:
    reading, wanted = around.read(DESCRIBE_CACHE_SUBNET_GROUPS, place), cluster.cache_subnet_group_name
    for group in reading.value.cache_subnet_groups if reading.value is not None else ():
        if group.cache_subnet_group_name == wanted:
            return group
    return untold(cluster.id, cluster.cache_cluster_id, wanted, DESCRIBE_CACHE_SUBNET_GROUPS, place, around)


def _things(reply: DescribeCacheClusters) -> list[Cluster]:
    """Every cluster, and of those with several nodes each node as well."""
    clusters = reply.cache_clusters
    several = [(c, node) for c in clusters if len(c.cache_nodes) > 1 for node in c.cache_nodes if node.endpoint.address]
    return [*(Cluster(cluster) for cluster in clusters), *(Cluster(cluster, node) for cluster, node in several)]


def _described(cluster: Cluster, place: Place, _: Surroundings) -> Cluster:
    return replace(cluster, place=place)


def _meaning(cluster: Cluster, _: Any, service: Service, source: Source, around: Surroundings) -> Meaning:
    return meaning(resource(cluster, around), service, source, around)


KINDS = (
    Kind(
        "elasticache",
        DESCRIBE_CACHE_CLUSTERS,
        _things,
        lambda cluster: cluster.names,
        lambda cluster, _: cluster.arn,
        _meaning,
        described=_described,
        host_label="cache",
    ),
)
