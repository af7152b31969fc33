"""Cloud WAN: core networks with an edge in every region, whose segments say who may reach whom.

Modelled: states of the network and its attachments, the zone in which packets enter and leave a VPC and the ACLs of
those subnets, the routes of each segment at each edge, blackholes, IPv6 support, appliance mode, group referencing.
Not modelled: network function groups (service insertion), 1:1 NAT, attachments to transit gateway route tables, what
lies on premises, the core network policy beyond the routes it makes (all undecided where they matter).
Source: Cloud WAN Guide, "VPC attachments" (semantics D6, E11, G11).
Checked: tests/unit/components/test_cloud_wan.py.
"""

from vpcreach.components.cloud_wan.attachment import (
    GET_VPC_ATTACHMENT,
    IN_NO_SEGMENT,
    IPV6_OFF,
    LIST_ATTACHMENTS,
    ON_PREM_BEYOND_MODEL,
    REFERENCES_OFF,
    CoreNetworkAttachment,
)
from vpcreach.components.cloud_wan.core_network import (
    GET_NETWORK_ROUTES,
    LIST_CORE_NETWORKS,
    NOT_ATTACHED,
    REFERENCES_OUTBOUND,
    CoreNetwork,
)
from vpcreach.components.cloud_wan.segment_routes import NO_SEGMENT_ROUTE, SEGMENT_BLACKHOLE, SEGMENT_ROUTES_UNKNOWN
from vpcreach.forwarding import BAD_STATE
from vpcreach.forwarding.attached import TGW_ROUTE_AZ_RESTRICTION, TRANSIT_GATEWAY_APPLIANCE_MODE_RECOMMENDED

__all__ = ["CALLS", "LIST_ATTACHMENTS", "LIST_CORE_NETWORKS", "REASONS", "CoreNetwork", "CoreNetworkAttachment"]

CALLS = (LIST_CORE_NETWORKS, LIST_ATTACHMENTS, GET_VPC_ATTACHMENT, GET_NETWORK_ROUTES)
REASONS = (
    BAD_STATE,
    IN_NO_SEGMENT,
    IPV6_OFF,
    NOT_ATTACHED,
    NO_SEGMENT_ROUTE,
    ON_PREM_BEYOND_MODEL,
    REFERENCES_OFF,
    REFERENCES_OUTBOUND,
    SEGMENT_BLACKHOLE,
    SEGMENT_ROUTES_UNKNOWN,
    TGW_ROUTE_AZ_RESTRICTION,
    TRANSIT_GATEWAY_APPLIANCE_MODE_RECOMMENDED,
)
