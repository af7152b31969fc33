"""The components: one file per AWS thing a packet meets, and the explicit registry of them.

To support another AWS thing, write its file and add its lines here; tests/unit/test_registry.py names what is missing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from vpcreach.components import (
    block_public_access,
    encryption_control,
    endpoint_policy,
    internet_gateway,
    lambda_function,
    nat_gateway,
    network_acl,
    network_interface,
    prefix_list,
    route_table,
    security_group,
    subnet,
    vpc,
    vpc_endpoint,
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
    block_public_access,
    encryption_control,
    endpoint_policy,
    internet_gateway,
    lambda_function,
    nat_gateway,
    network_acl,
    network_interface,
    prefix_list,
    route_table,
    security_group,
    subnet,
    vpc,
    vpc_endpoint,
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
    Listing(nat_gateway.DESCRIBE_NAT_GATEWAYS, nat_gateway.NatGateway.id_prefix, lambda reply: reply.nat_gateways),
    Listing(
        vpc_endpoint.DESCRIBE_VPC_ENDPOINTS,
        vpc_endpoint.VpcEndpoint.id_prefix,
        lambda reply: reply.vpc_endpoints,
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

# What an id's beginning tells of things that no file here models yet.
UNMODELLED_KINDS = {
    "tgw-": "transit gateway",
    "pcx-": "VPC peering connection",
    "vgw-": "virtual private gateway",
    "eigw-": "egress-only internet gateway",
    "cagw-": "carrier gateway",
    "lgw-": "local gateway",
    "i-": "instance",
    "arn:": "Cloud WAN core network or Oracle Database network",
}
