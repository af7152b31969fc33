"""Redshift Serverless workgroups and their managed VPC endpoints: `redshift-serverless:NAME`, an ARN or a host name.

Modelled: every interface of the endpoint, groups, port, status; the public address of a publicly accessible workgroup
where its interface is known.
Not modelled: which subnets a workgroup uses that has no endpoint yet (undecided between them).
Source: Redshift Serverless API Reference, ListWorkgroups, ListEndpointAccess (semantics H6).
Checked: tests/unit/destinations/test_redshift_serverless.py.
"""

from collections.abc import Iterable
from typing import Any

from vpcreach.destinations.grammar import Service
from vpcreach.destinations.kind import Kind
from vpcreach.destinations.meaning import Meaning, Source
from vpcreach.destinations.redshift import ENDPOINT_STATES, PORT
from vpcreach.destinations.resource import Node, Resource, States, meaning, vpc_of
from vpcreach.forwarding import Surroundings
from vpcreach.snapshot.call import Call
from vpcreach.snapshot.record import CamelRecord, CamelReply, Ipv4Address, Ipv6Address, Port

STATES = States(
    working=frozenset({"available"}),
    passing=frozenset({"creating", "modifying"}),
    dead=frozenset({"deleting"}),
)


class EndpointInterface(CamelRecord, frozen=True):
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


class VpcEndpointOf(CamelRecord, frozen=True):
    vpc_id: str | None = None
    network_interfaces: tuple[EndpointInterface, ...] = ()


class WorkgroupEndpoint(CamelRecord, frozen=True):
    address: str | None = None
    port: Port | None = None
    vpc_endpoints: tuple[VpcEndpointOf, ...] = ()


class Workgroup(CamelRecord, frozen=True):
    workgroup_name: str
    workgroup_arn: str = ""
    workgroup_id: str = ""
    status: str | None = None
    endpoint: WorkgroupEndpoint = WorkgroupEndpoint()
    port: Port | None = None
    publicly_accessible: bool = False
    security_group_ids: tuple[str, ...] = ()
    subnet_ids: tuple[str, ...] = ()
    custom_domain_name: str | None = None

    @property
    def id(self) -> str:
        return self.workgroup_arn or self.workgroup_name

    @property
    def hosts(self) -> tuple[str, ...]:
        return tuple(host for host in (self.endpoint.address, self.custom_domain_name) if host)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name in (self.workgroup_name, self.workgroup_id, *self.hosts) if name)


class ListWorkgroups(CamelReply, frozen=True):
    workgroups: tuple[Workgroup, ...] = ()


class EndpointGroup(CamelRecord, frozen=True):
    vpc_security_group_id: str
    status: str = "active"


class EndpointAccess(CamelRecord, frozen=True):
    endpoint_name: str
    endpoint_arn: str = ""
    endpoint_status: str | None = None
    address: str | None = None
    port: Port | None = None
    vpc_security_groups: tuple[EndpointGroup, ...] = ()
    vpc_endpoint: VpcEndpointOf = VpcEndpointOf()
    subnet_ids: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return self.endpoint_arn or self.endpoint_name


class ListEndpointAccess(CamelReply, frozen=True):
    endpoints: tuple[EndpointAccess, ...] = ()


SERVICE = "redshift-serverless"
LIST_WORKGROUPS = Call(SERVICE, "ListWorkgroups", ListWorkgroups, holds="workgroups")
LIST_ENDPOINT_ACCESS = Call(SERVICE, "ListEndpointAccess", ListEndpointAccess, holds="endpoints")
CALLS = (LIST_WORKGROUPS, LIST_ENDPOINT_ACCESS)


def resource(workgroup: Workgroup, around: Surroundings) -> Resource:
    """The workgroup by the interfaces of its endpoint."""
    name, endpoints = workgroup.workgroup_name, workgroup.endpoint.vpc_endpoints
    return Resource(
        id=workgroup.id,
        title=name,
        ports=(workgroup.endpoint.port or workgroup.port or PORT,),
        group_ids=frozenset(workgroup.security_group_ids),
        nodes=tuple(_nodes(name, endpoints, workgroup.subnet_ids)),
        vpc_id=next((e.vpc_id for e in endpoints), None) or vpc_of(workgroup.subnet_ids, around),
        host_names=workgroup.hosts,
        is_public=workgroup.publicly_accessible,
        notes=STATES.notes(workgroup.id, name, "status", (workgroup.status or "available").lower()),
        groups_entry="securityGroupIds",
        nodes_entry="subnetIds",
    )


def endpoint_resource(endpoint: EndpointAccess, around: Surroundings) -> Resource:
    """A managed endpoint by its interfaces, in whatever VPC it stands."""
    name, held, status = endpoint.endpoint_name, endpoint.vpc_endpoint, (endpoint.endpoint_status or "active").lower()
    in_force = [group.vpc_security_group_id for group in endpoint.vpc_security_groups if group.status == "active"]
    return Resource(
        id=endpoint.id,
        title=name,
        ports=(endpoint.port or PORT,),
        group_ids=frozenset(in_force),
        nodes=tuple(_nodes(name, (held,), endpoint.subnet_ids)),
        vpc_id=held.vpc_id or vpc_of(endpoint.subnet_ids, around),
        host_names=(endpoint.address,) if endpoint.address else (),
        notes=ENDPOINT_STATES.notes(endpoint.id, name, "endpointStatus", status),
        groups_entry="vpcSecurityGroups",
        nodes_entry="subnetIds",
    )


def _nodes(name: str, endpoints: Iterable[VpcEndpointOf], subnet_ids: tuple[str, ...]) -> Iterable[Node]:
    """Each interface; where none is told, one of the subnets."""
    found = [interface.node(name) for endpoint in endpoints for interface in endpoint.network_interfaces]
    return found or ([Node(name, subnet_ids=subnet_ids)] if subnet_ids else [])


def _meaning(workgroup: Workgroup, _: Any, service: Service, source: Source, around: Surroundings) -> Meaning:
    return meaning(resource(workgroup, around), service, source, around)


def _endpoint_meaning(
    endpoint: EndpointAccess, _: Any, service: Service, source: Source, around: Surroundings
) -> Meaning:
    return meaning(endpoint_resource(endpoint, around), service, source, around)


KINDS = (
    Kind(
        SERVICE,
        LIST_WORKGROUPS,
        lambda reply: reply.workgroups,
        lambda workgroup: workgroup.names,
        lambda workgroup, _: workgroup.workgroup_arn,
        _meaning,
        host_label=SERVICE,
    ),
    Kind(
        SERVICE,
        LIST_ENDPOINT_ACCESS,
        lambda reply: reply.endpoints,
        lambda endpoint: [name for name in (endpoint.endpoint_name, endpoint.address) if name],
        lambda endpoint, _: endpoint.endpoint_arn,
        _endpoint_meaning,
        host_label=SERVICE,
    ),
)
