"""Transit gateways: hubs between VPCs, also of other accounts and, by peering, of other regions.

Modelled: states, the zone in which packets enter and leave a VPC and the ACLs of those subnets, association, longest
prefix match with AWS's order among equals, blackholes, peering of two gateways, IPv6 support, appliance mode, security
group referencing, 1:1 NAT of what comes in through a VPC's attachment.
Not modelled: what lies beyond a VPN, Direct Connect, Connect or Client VPN attachment, network function attachments,
policy tables, multicast, encryption support, ways into an attachment with 1:1 NAT (all undecided where it matters).
Source: Transit Gateway Guide, "How it works", "VPC attachments", "Network ACLs" (semantics D6, E10, G6, G7, G10).
Checked: tests/unit/components/test_transit_gateway.py and its neighbours for routes, filters, egress and data.
"""

from vpcreach.components.transit_gateway.attachment import (
    DESCRIBE_TRANSIT_GATEWAY_ATTACHMENTS,
    GET_TRANSIT_GATEWAY_ATTACHMENT_NAT_CONFIGURATION,
    TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION,
    TGW_RTB_ROUTES_ARE_UNKNOWN,
    TransitGatewayAttachment,
)
from vpcreach.components.transit_gateway.gateway import (
    DESCRIBE_TRANSIT_GATEWAYS,
    UNASSOCIATED_COMPONENT,
    TransitGateway,
)
from vpcreach.components.transit_gateway.route_table import (
    DESCRIBE_TRANSIT_GATEWAY_ROUTE_TABLES,
    ON_PREM_BEYOND_MODEL,
    SEARCH_TRANSIT_GATEWAY_ROUTES,
    TGW_RTB_BAD_STATE_ROUTE,
    TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT,
    TransitGatewayRouteTable,
)
from vpcreach.components.transit_gateway.vpc_attachment import (
    DESCRIBE_TRANSIT_GATEWAY_VPC_ATTACHMENTS,
    SG_REFERENCES_OUTBOUND,
    SG_REFERENCING_SUPPORT,
    TGW_ATTACH_IPV6_DISABLED,
    VpcAttachment,
    every_vpc_attachment,
    of_vpc,
)
from vpcreach.forwarding import BAD_STATE
from vpcreach.forwarding.attached import TGW_ROUTE_AZ_RESTRICTION, TRANSIT_GATEWAY_APPLIANCE_MODE_RECOMMENDED

__all__ = [
    "CALLS",
    "DESCRIBE_TRANSIT_GATEWAYS",
    "DESCRIBE_TRANSIT_GATEWAY_ATTACHMENTS",
    "DESCRIBE_TRANSIT_GATEWAY_ROUTE_TABLES",
    "DESCRIBE_TRANSIT_GATEWAY_VPC_ATTACHMENTS",
    "REASONS",
    "SEARCH_TRANSIT_GATEWAY_ROUTES",
    "SG_REFERENCING_SUPPORT",
    "TransitGateway",
    "TransitGatewayAttachment",
    "TransitGatewayRouteTable",
    "VpcAttachment",
    "every_vpc_attachment",
    "of_vpc",
]

CALLS = (
    DESCRIBE_TRANSIT_GATEWAYS,
    DESCRIBE_TRANSIT_GATEWAY_ATTACHMENTS,
    DESCRIBE_TRANSIT_GATEWAY_VPC_ATTACHMENTS,
    DESCRIBE_TRANSIT_GATEWAY_ROUTE_TABLES,
    SEARCH_TRANSIT_GATEWAY_ROUTES,
    GET_TRANSIT_GATEWAY_ATTACHMENT_NAT_CONFIGURATION,
)
REASONS = (
    BAD_STATE,
    ON_PREM_BEYOND_MODEL,
    SG_REFERENCES_OUTBOUND,
    SG_REFERENCING_SUPPORT,
    TGW_ATTACH_IPV6_DISABLED,
    TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION,
    TGW_ROUTE_AZ_RESTRICTION,
    TGW_RTB_BAD_STATE_ROUTE,
    TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT,
    TGW_RTB_ROUTES_ARE_UNKNOWN,
    TRANSIT_GATEWAY_APPLIANCE_MODE_RECOMMENDED,
    UNASSOCIATED_COMPONENT,
)
