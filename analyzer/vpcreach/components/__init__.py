"""The components: one file per AWS thing a packet meets, and the explicit registry of them.

To support another AWS thing, write its file and add its lines here; tests/unit/test_registry.py names what is missing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from vpcreach.components import (
    availability_zone,
    block_public_access,
    carrier_gateway,
    cloud_wan,
    egress_only_internet_gateway,
    encryption_control,
    endpoint_policy,
    execution_role,
    instance,
    internet_gateway,
    lambda_function,
    nat_gateway,
    network_acl,
    network_firewall,
    network_interface,
    odb_network,
    prefix_list,
    route_table,
    security_group,
    security_group_vpc_association,
    subnet,
    transit_gateway,
    virtual_private_gateway,
    vpc,
    vpc_endpoint,
    vpc_lattice,
    vpc_peering,
)
from vpcreach.forwarding import Guard
from vpcreach.snapshot.call import Call


@dataclass(frozen=True, slots=True)
class Listing:
    """A call that lists nodes of the graph, and where in its reply they are."""

    call: Call[Any]
    id_prefix: str
    nodes: Callable[[Any], Sequence[Any]]


MODULES = (
    availability_zone,
    block_public_access,
    carrier_gateway,
    cloud_wan,
    egress_only_internet_gateway,
    encryption_control,
    endpoint_policy,
    execution_role,
    instance,
    internet_gateway,
    lambda_function,
    nat_gateway,
    network_acl,
    network_firewall,
    network_interface,
    odb_network,
    prefix_list,
    route_table,
    security_group,
    security_group_vpc_association,
    subnet,
    transit_gateway,
    virtual_private_gateway,
    vpc,
    vpc_endpoint,
    vpc_lattice,
    vpc_peering,
)

LISTINGS = (
    Listing(vpc.DESCRIBE_VPCS, vpc.Vpc.id_prefix, lambda reply: reply.vpcs),
    Listing(subnet.DESCRIBE_SUBNETS, subnet.Subnet.id_prefix, lambda reply: reply.subnets),
    Listing(route_table.DESCRIBE_ROUTE_TABLES, route_table.RouteTable.id_prefix, lambda reply: reply.route_tables),
    Listing(network_acl.DESCRIBE_NETWORK_ACLS, network_acl.NetworkAcl.id_prefix, lambda reply: reply.network_acls),
    Listing(
        security_group.DESCRIBE_SECURITY_GROUPS,
        security_group.SecurityGroup.id_prefix,
        lambda reply: reply.security_groups,
    ),
    Listing(
        internet_gateway.DESCRIBE_INTERNET_GATEWAYS,
        internet_gateway.InternetGateway.id_prefix,
        lambda reply: reply.internet_gateways,
    ),
    Listing(
        egress_only_internet_gateway.DESCRIBE_EGRESS_ONLY_INTERNET_GATEWAYS,
        egress_only_internet_gateway.EgressOnlyInternetGateway.id_prefix,
        lambda reply: reply.egress_only_internet_gateways,
    ),
    Listing(
        virtual_private_gateway.DESCRIBE_VPN_GATEWAYS,
        virtual_private_gateway.VpnGateway.id_prefix,
        lambda reply: reply.vpn_gateways,
    ),
    Listing(
        carrier_gateway.DESCRIBE_CARRIER_GATEWAYS,
        carrier_gateway.CarrierGateway.id_prefix,
        lambda reply: reply.carrier_gateways,
    ),
    Listing(nat_gateway.DESCRIBE_NAT_GATEWAYS, nat_gateway.NatGateway.id_prefix, lambda reply: reply.nat_gateways),
    Listing(
        vpc_endpoint.DESCRIBE_VPC_ENDPOINTS,
        vpc_endpoint.VpcEndpoint.id_prefix,
        lambda reply: reply.vpc_endpoints,
    ),
    Listing(
        vpc_peering.DESCRIBE_VPC_PEERING_CONNECTIONS,
        vpc_peering.VpcPeeringConnection.id_prefix,
        lambda reply: reply.vpc_peering_connections,
    ),
    Listing(cloud_wan.LIST_CORE_NETWORKS, cloud_wan.CoreNetwork.id_prefix, lambda reply: reply.core_networks),
    Listing(cloud_wan.LIST_ATTACHMENTS, cloud_wan.CoreNetworkAttachment.id_prefix, lambda reply: reply.attachments),
    Listing(
        transit_gateway.DESCRIBE_TRANSIT_GATEWAYS,
        transit_gateway.TransitGateway.id_prefix,
        lambda reply: reply.transit_gateways,
    ),
    Listing(
        transit_gateway.DESCRIBE_TRANSIT_GATEWAY_ATTACHMENTS,
        transit_gateway.TransitGatewayAttachment.id_prefix,
        lambda reply: reply.transit_gateway_attachments,
    ),
    Listing(
        transit_gateway.DESCRIBE_TRANSIT_GATEWAY_ROUTE_TABLES,
        transit_gateway.TransitGatewayRouteTable.id_prefix,
        lambda reply: reply.transit_gateway_route_tables,
    ),
    Listing(
        prefix_list.DESCRIBE_MANAGED_PREFIX_LISTS,
        prefix_list.PrefixList.id_prefix,
        lambda reply: reply.prefix_lists,
    ),
    Listing(
        network_interface.DESCRIBE_NETWORK_INTERFACES,
        network_interface.NetworkInterface.id_prefix,
        lambda reply: reply.network_interfaces,
    ),
    Listing(instance.DESCRIBE_INSTANCES, instance.Instance.id_prefix, lambda reply: reply.instances),
    Listing(
        lambda_function.LIST_FUNCTIONS,
        lambda_function.LambdaFunction.id_prefix,
        lambda reply: reply.functions,
    ),
)

GUARDS: tuple[Guard, ...] = (
    block_public_access.BlockPublicAccess(),
    encryption_control.EncryptionControls(),
    endpoint_policy.EndpointPolicy(),
)

ALL_CALLS: tuple[Call[Any], ...] = tuple(call for module in MODULES for call in module.CALLS)

# What an id's beginning tells of things that lead beyond what AWS tells.
UNMODELLED_KINDS = {
    "lgw-": "local gateway",
    "arn:": "network of a kind that vpcreach does not know",
}
