"""Redshift clusters and Redshift-managed VPC endpoints: `redshift:NAME`, an ARN, the Name tag or a host name.

Modelled: the leader at its private address (clients speak to no other node), that of the second half of a Multi-AZ
cluster too, the public address of a publicly accessible one; port, groups, status, an endpoint's own interfaces. A
relocatable cluster's name may mean its leader or the endpoint in front of it: undecided where they do not fare alike.
Not modelled: where a cluster would be relocated to.
Source: Redshift API Reference, DescribeClusters, DescribeEndpointAccess, DescribeClusterSubnetGroups (semantics H6).
Checked: tests/unit/destinations/test_redshift.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from vpcreach.destinations.grammar import Service
from vpcreach.destinations.kind import Kind, arn_of
from vpcreach.destinations.meaning import Meaning, Source
from vpcreach.destinations.rds import VpcSecurityGroup, in_force
from vpcreach.destinations.resource import Node, Resource, States, meaning
from vpcreach.destinations.subnet_group import SubnetGroup, untold
from vpcreach.forwarding import Note, Surroundings
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Ipv4Address, Ipv6Address, Port, Record, Reply, Tagged

PORT = 5439
STATES = States(
    working=frozenset({"available"}),
    passing=frozenset(
        {
            "available, prep-for-resize", "available, resize-cleanup", "cancelling-resize", "creating", "modifying",
            "rebooting", "renaming", "resizing", "resuming", "rotating-keys", "updating-hsm",
        }
    ),
    dead=frozenset({"deleting", "hardware-failure", "incompatible-network", "paused", "pausing"}),
)  # fmt: skip
ENDPOINT_STATES = States(
    working=frozenset({"active"}),
    passing=frozenset({"creating", "modifying"}),
    dead=frozenset({"deleting", "failed"}),
)


class EndpointInterface(Record, frozen=True):
    network_interface_id: str | None = None
    subnet_id: str | None = None
    private_ip_address: Ipv4Address | None = None
    ipv6_address: Ipv6Address | None = None

    def node(self, label: str) -> Node:
        """The interface as one node; of certain things the most certain is used."""
        return Node(
            label,
            addresses=tuple(address for address in (self.private_ip_address, self.ipv6_address) if address),
            interface_id=self.network_interface_id,
            subnet_ids=(self.subnet_id,) if self.subnet_id else (),
        )


class VpcEndpointOf(Record, frozen=True):
    vpc_id: str | None = None
    network_interfaces: tuple[EndpointInterface, ...] = ()


class ClusterEndpoint(Record, frozen=True):
    address: str | None = None
    port: Port | None = None
    vpc_endpoints: tuple[VpcEndpointOf, ...] = ()


class ClusterNode(Record, frozen=True):
    node_role: str = ""
    private_ip_address: Ipv4Address | None = msgspec.field(name="PrivateIPAddress", default=None)
    public_ip_address: Ipv4Address | None = msgspec.field(name="PublicIPAddress", default=None)

    @property
    def is_leader(self) -> bool:
        """True for the node that clients speak to; the only node of a cluster is `SHARED`."""
        return self.node_role.upper() in ("LEADER", "SHARED")


class SecondHalf(Record, frozen=True):
    availability_zone: str | None = None
    cluster_nodes: tuple[ClusterNode, ...] = ()


class ElasticIpStatus(Record, frozen=True):
    elastic_ip: Ipv4Address | None = None


class RedshiftCluster(Tagged, frozen=True):
    cluster_identifier: str
    cluster_status: str | None = None
    cluster_namespace_arn: str | None = None
    endpoint: ClusterEndpoint = ClusterEndpoint()
    vpc_security_groups: tuple[VpcSecurityGroup, ...] = ()
    cluster_subnet_group_name: str | None = None
    vpc_id: str | None = None
    availability_zone: str | None = None
    publicly_accessible: bool = False
    cluster_nodes: tuple[ClusterNode, ...] = ()
    elastic_ip_status: ElasticIpStatus | None = None
    custom_domain_name: str | None = None
    multi_az_secondary: SecondHalf | None = msgspec.field(name="MultiAZSecondary", default=None)

    @property
    def id(self) -> str:
        return self.cluster_identifier

    @property
    def hosts(self) -> tuple[str, ...]:
        return tuple(host for host in (self.endpoint.address, self.custom_domain_name) if host)

    @property
    def public_address(self) -> str | None:
        elastic = self.elastic_ip_status.elastic_ip if self.elastic_ip_status else None
        return elastic or next((n.public_ip_address for n in self.cluster_nodes if n.is_leader), None)


class DescribeClusters(Reply, frozen=True):
    clusters: tuple[RedshiftCluster, ...] = ()


class ClusterSubnetGroup(SubnetGroup, frozen=True, kw_only=True):
    cluster_subnet_group_name: str


class DescribeClusterSubnetGroups(Reply, frozen=True):
    cluster_subnet_groups: tuple[ClusterSubnetGroup, ...] = ()


class EndpointAccess(Record, frozen=True):
    endpoint_name: str
    endpoint_status: str | None = None
    cluster_identifier: str | None = None
    address: str | None = None
    port: Port | None = None
    vpc_security_groups: tuple[VpcSecurityGroup, ...] = ()
    vpc_endpoint: VpcEndpointOf = VpcEndpointOf()


class DescribeEndpointAccess(Reply, frozen=True):
    endpoint_access_list: tuple[EndpointAccess, ...] = ()


DESCRIBE_CLUSTERS = Call("redshift", "DescribeClusters", DescribeClusters, holds="Clusters")
DESCRIBE_CLUSTER_SUBNET_GROUPS = Call(
    "redshift", "DescribeClusterSubnetGroups", DescribeClusterSubnetGroups, holds="ClusterSubnetGroups"
)
DESCRIBE_ENDPOINT_ACCESS = Call(
    "redshift", "DescribeEndpointAccess", DescribeEndpointAccess, holds="EndpointAccessList"
)
CALLS = (DESCRIBE_CLUSTERS, DESCRIBE_CLUSTER_SUBNET_GROUPS, DESCRIBE_ENDPOINT_ACCESS)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster and where it is listed."""

    told: RedshiftCluster
    place: Place

    @property
    def arn(self) -> str:
        return arn_of("redshift", f"cluster:{self.told.id}", self.place)

    @property
    def names(self) -> tuple[str, ...]:
        told = self.told
        return tuple(name for name in (told.id, told.cluster_namespace_arn, told.name, *told.hosts) if name)

    @property
    def publicly_accessible(self) -> bool:
        return self.told.publicly_accessible


def resource(cluster: Cluster, around: Surroundings) -> Resource:
    """The cluster by its leader, or by the endpoint before it."""
    told = cluster.told
    return Resource(
        id=cluster.arn,
        title=told.id,
        ports=(told.endpoint.port or PORT,),
        group_ids=in_force(told.vpc_security_groups),
        nodes=tuple(_nodes(cluster, around)),
        vpc_id=told.vpc_id,
        host_names=told.hosts,
        is_public=told.publicly_accessible,
        notes=STATES.notes(cluster.arn, told.id, "ClusterStatus", told.cluster_status),
        groups_entry="VpcSecurityGroups",
        nodes_entry="ClusterNodes",
    )


def _nodes(cluster: Cluster, around: Surroundings) -> Iterable[Node]:
    told, second = cluster.told, cluster.told.multi_az_secondary
    interfaces = [i for endpoint in told.endpoint.vpc_endpoints for i in endpoint.network_interfaces]
    public = (told.public_address,) if told.public_address else ()
    first = _leader(cluster, told.id, told.cluster_nodes, told.availability_zone, public, around)
    entrances = tuple(i.private_ip_address for i in interfaces if i.private_ip_address)
    # Whether clients are sent to the leader or to the endpoint in front of it is not told: both must fare alike.
    yield replace(first, addresses=(*entrances, *first.addresses), is_one_of=True) if entrances else first
    if second is not None:
        label = f"the second half of {told.id}"
        yield _leader(cluster, label, second.cluster_nodes, second.availability_zone, public, around)


def _leader(
    cluster: Cluster,
    label: str,
    nodes: tuple[ClusterNode, ...],
    zone: str | None,
    public: tuple[str, ...],
    around: Surroundings,
) -> Node:
    """The leader at its address; where no reply tells it, in a subnet of its zone."""
    addresses = tuple(n.private_ip_address for n in nodes if n.is_leader and n.private_ip_address)
    if addresses:
        return Node(label, addresses=addresses, public_addresses=public)
    group = _subnet_group(cluster, around)
    if isinstance(group, Note):
        return Node(label, public_addresses=public, unread=group)
    return Node(label, public_addresses=public, subnet_ids=group.in_zone(zone, around))


def _subnet_group(cluster: Cluster, around: Surroundings) -> SubnetGroup | Note:
    told, reply = cluster.told, around.read(DESCRIBE_CLUSTER_SUBNET_GROUPS, cluster.place).value
    for group in reply.cluster_subnet_groups if reply is not None else ():
        if group.cluster_subnet_group_name == told.cluster_subnet_group_name:
            return group
    wanted = told.cluster_subnet_group_name
    return untold(cluster.arn, told.id, wanted, DESCRIBE_CLUSTER_SUBNET_GROUPS, cluster.place, around)


def endpoint_resource(endpoint: EndpointAccess) -> Resource:
    """A Redshift-managed endpoint by its interfaces, in whatever VPC it stands."""
    name, arn = endpoint.endpoint_name, endpoint.address or endpoint.endpoint_name
    return Resource(
        id=arn,
        title=name,
        ports=(endpoint.port or PORT,),
        group_ids=in_force(endpoint.vpc_security_groups),
        nodes=tuple(interface.node(name) for interface in endpoint.vpc_endpoint.network_interfaces),
        vpc_id=endpoint.vpc_endpoint.vpc_id,
        host_names=(endpoint.address,) if endpoint.address else (),
        notes=ENDPOINT_STATES.notes(arn, name, "EndpointStatus", (endpoint.endpoint_status or "active").lower()),
        groups_entry="VpcSecurityGroups",
        nodes_entry="VpcEndpoint",
    )


def _described(cluster: RedshiftCluster, place: Place, _: Surroundings) -> Cluster:
    return Cluster(cluster, place)


def _meaning(cluster: Cluster, _: Any, service: Service, source: Source, around: Surroundings) -> Meaning:
    return meaning(resource(cluster, around), service, source, around)


def _endpoint_meaning(
    endpoint: EndpointAccess, _: Any, service: Service, source: Source, around: Surroundings
) -> Meaning:
    return meaning(endpoint_resource(endpoint), service, source, around)


KINDS = (
    Kind(
        "redshift",
        DESCRIBE_CLUSTERS,
        lambda reply: reply.clusters,
        lambda cluster: cluster.names,
        lambda cluster, _: cluster.arn,
        _meaning,
        described=_described,
        host_label="redshift",
    ),
    Kind(
        "redshift",
        DESCRIBE_ENDPOINT_ACCESS,
        lambda reply: reply.endpoint_access_list,
        lambda endpoint: [name for name in (endpoint.endpoint_name, endpoint.address) if name],
        lambda endpoint, _: endpoint.address or "",
        _endpoint_meaning,
        host_label="redshift",
    ),
)
