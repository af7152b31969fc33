"""DynamoDB Accelerator (DAX) clusters: `dax:NAME`, their ARN, the discovery endpoint or the host name of one node.

Modelled: every node in its zone (clients find the nodes by the discovery endpoint and then speak to each), groups,
port, status.
Not modelled: nothing that packets meet.
Source: DAX API Reference, DescribeClusters, DescribeSubnetGroups (semantics H5).
Checked: tests/unit/destinations/test_dax.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from vpcreach.destinations.grammar import Service
from vpcreach.destinations.kind import UNPLACED, Kind
from vpcreach.destinations.meaning import Meaning, Source
from vpcreach.destinations.resource import Node, Resource, States, meaning
from vpcreach.destinations.subnet_group import GroupSubnet, SubnetGroup, ZoneName, untold
from vpcreach.forwarding import Note, Surroundings
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Port, Record, Reply

PORT, TLS_PORT = 8111, 9111
STATES = States(
    working=frozenset({"available"}),
    passing=frozenset({"creating", "modifying"}),
    dead=frozenset({"creation_failed", "deleted", "deleting", "failed"}),
)


class DaxEndpoint(Record, frozen=True):
    address: str | None = None
    port: Port | None = None


class DaxNode(Record, frozen=True):
    node_id: str = ""
    endpoint: DaxEndpoint = DaxEndpoint()
    availability_zone: str | None = None


class DaxGroup(Record, frozen=True):
    security_group_identifier: str
    status: str = "active"


class DaxCluster(Record, frozen=True):
    cluster_name: str
    cluster_arn: str = ""
    status: str | None = None
    cluster_discovery_endpoint: DaxEndpoint = DaxEndpoint()
    nodes: tuple[DaxNode, ...] = ()
    subnet_group: str | None = None
    security_groups: tuple[DaxGroup, ...] = ()
    cluster_endpoint_encryption_type: str | None = None
    network_type: str | None = None

    @property
    def id(self) -> str:
        return self.cluster_arn or self.cluster_name

    @property
    def port(self) -> int:
        """The API's port, else that of encrypted or of plain clusters."""
        usual = TLS_PORT if self.cluster_endpoint_encryption_type == "TLS" else PORT
        return self.cluster_discovery_endpoint.port or usual


class DescribeClusters(Reply, frozen=True):
    clusters: tuple[DaxCluster, ...] = ()


class OwnSubnet(Record, frozen=True):
    subnet_identifier: str
    subnet_availability_zone: str | None = None


class OwnSubnetGroup(Record, frozen=True):
    subnet_group_name: str
    vpc_id: str | None = None
    subnets: tuple[OwnSubnet, ...] = ()

    @property
    def group(self) -> SubnetGroup:
        told = ((s.subnet_identifier, s.subnet_availability_zone) for s in self.subnets)
        return SubnetGroup(self.vpc_id, tuple(GroupSubnet(subnet_id, ZoneName(zone)) for subnet_id, zone in told))


class DescribeSubnetGroups(Reply, frozen=True):
    subnet_groups: tuple[OwnSubnetGroup, ...] = ()


DESCRIBE_CLUSTERS = Call("dax", "DescribeClusters", DescribeClusters, holds="Clusters")
DESCRIBE_SUBNET_GROUPS = Call("dax", "DescribeSubnetGroups", DescribeSubnetGroups, holds="SubnetGroups")
CALLS = (DESCRIBE_CLUSTERS, DESCRIBE_SUBNET_GROUPS)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster, or (`only`) one node of it."""

    told: DaxCluster
    only: DaxNode | None = None
    place: Place = UNPLACED

    @property
    def names(self) -> tuple[str, ...]:
        name, endpoint = (self.told.cluster_name, self.told.cluster_discovery_endpoint)
        if self.only is not None:
            name, endpoint = (self.only.node_id, self.only.endpoint)
        return tuple(text for text in (name, endpoint.address) if text)

    @property
    def arn(self) -> str:
        return self.told.id if self.only is None else f"{self.told.id}/{self.only.node_id}"


def resource(cluster: Cluster, around: Surroundings) -> Resource:
    """The cluster by the zones of its nodes."""
    told, group = cluster.told, _subnet_group(cluster, around)
    active = [item.security_group_identifier for item in told.security_groups if item.status == "active"]
    only = cluster.only.endpoint.port if cluster.only is not None else None
    return Resource(
        id=told.id,
        title=told.cluster_name,
        ports=(only or told.port,),
        group_ids=frozenset(active),
        nodes=tuple(_nodes(cluster, group, around)),
        vpc_id=group.vpc_id if isinstance(group, SubnetGroup) else None,
        host_names=cluster.names[1:],
        is_ipv6_only=told.network_type == "ipv6",
        notes=STATES.notes(told.id, told.cluster_name, "Status", told.status),
        nodes_entry="SubnetGroup",
    )


def _nodes(cluster: Cluster, group: SubnetGroup | Note, around: Surroundings) -> Iterable[Node]:
    told = cluster.told
    if isinstance(group, Note):
        yield Node(told.cluster_name, unread=group)
        return
    for node in (cluster.only,) if cluster.only is not None else told.nodes or (DaxNode(told.cluster_name),):
        yield Node(node.node_id or told.cluster_name, subnet_ids=group.in_zone(node.availability_zone, around))


def _subnet_group(cluster: Cluster, around: Surroundings) -> SubnetGroup | Note:
    told, reply = cluster.told, around.read(DESCRIBE_SUBNET_GROUPS, cluster.place).value
    for each in reply.subnet_groups if reply is not None else ():
        if each.subnet_group_name == told.subnet_group:
            return each.group
    return untold(told.id, told.cluster_name, told.subnet_group, DESCRIBE_SUBNET_GROUPS, cluster.place, around)


def _things(reply: DescribeClusters) -> list[Cluster]:
    nodes = [Cluster(cluster, node) for cluster in reply.clusters for node in cluster.nodes]
    return [*(Cluster(cluster) for cluster in reply.clusters), *nodes]


def _described(cluster: Cluster, place: Place, _: Surroundings) -> Cluster:
    return replace(cluster, place=place)


def _meaning(cluster: Cluster, _: Any, service: Service, source: Source, around: Surroundings) -> Meaning:
    return meaning(resource(cluster, around), service, source, around)


KINDS = (
    Kind(
        "dax",
        DESCRIBE_CLUSTERS,
        _things,
        lambda cluster: cluster.names,
        lambda cluster, _: cluster.arn,
        _meaning,
        described=_described,
        host_label="dax-clusters",
    ),
)
