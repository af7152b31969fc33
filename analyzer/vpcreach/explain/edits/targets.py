"""Whether a route table may have a route to a target, and the state that such a route has.

Modelled: targets that do not exist, that are of another VPC, that are of a kind that no route names.
Not modelled: what a target does with packets, which the walk tells.
Source: EC2 API Reference, CreateRoute and its error codes; VPC User Guide, "Subnet route tables".
Checked: tests/unit/explain/edits/test_routes.py.
"""

from typing import Any

from vpcreach.components.carrier_gateway import DESCRIBE_CARRIER_GATEWAYS
from vpcreach.components.egress_only_internet_gateway import DESCRIBE_EGRESS_ONLY_INTERNET_GATEWAYS
from vpcreach.components.internet_gateway import DESCRIBE_INTERNET_GATEWAYS
from vpcreach.components.nat_gateway import DESCRIBE_NAT_GATEWAYS
from vpcreach.components.network_interface import DESCRIBE_NETWORK_INTERFACES
from vpcreach.components.transit_gateway import DESCRIBE_TRANSIT_GATEWAY_ATTACHMENTS, DESCRIBE_TRANSIT_GATEWAYS
from vpcreach.components.virtual_private_gateway import DESCRIBE_VPN_GATEWAYS
from vpcreach.components.vpc_endpoint import DESCRIBE_VPC_ENDPOINTS
from vpcreach.components.vpc_peering import DESCRIBE_VPC_PEERING_CONNECTIONS
from vpcreach.errors import UsageError
from vpcreach.explain.edits.draft import Draft, Item
from vpcreach.snapshot.call import Call

ACTIVE, BLACKHOLE = "active", "blackhole"
# How an id begins: the call that lists the target, and the key of its id.
KINDS: dict[str, tuple[Call[Any], str]] = {
    "igw-": (DESCRIBE_INTERNET_GATEWAYS, "InternetGatewayId"),
    "vgw-": (DESCRIBE_VPN_GATEWAYS, "VpnGatewayId"),
    "eigw-": (DESCRIBE_EGRESS_ONLY_INTERNET_GATEWAYS, "EgressOnlyInternetGatewayId"),
    "nat-": (DESCRIBE_NAT_GATEWAYS, "NatGatewayId"),
    "eni-": (DESCRIBE_NETWORK_INTERFACES, "NetworkInterfaceId"),
    "pcx-": (DESCRIBE_VPC_PEERING_CONNECTIONS, "VpcPeeringConnectionId"),
    "vpce-": (DESCRIBE_VPC_ENDPOINTS, "VpcEndpointId"),
    "cagw-": (DESCRIBE_CARRIER_GATEWAYS, "CarrierGatewayId"),
    "tgw-": (DESCRIBE_TRANSIT_GATEWAYS, "TransitGatewayId"),
}


def check_target(draft: Draft, table: Item, target: str) -> str:
    """The state of a route from this table to this target; raises UsageError where AWS would make no such route."""
    start = target.partition("-")[0] + "-"
    if start not in KINDS:
        return ACTIVE
    call, key = KINDS[start]
    found = draft.seek(call, key, target)
    if found is None:
        return ACTIVE
    vpc_id = str(table.get("VpcId"))
    if start == "tgw-":
        _check_attachment(draft, target, vpc_id)
        return ACTIVE
    served = _vpcs(found)
    if vpc_id not in served:
        where = f"is of {', '.join(served)}" if served else "is attached to no VPC"
        raise UsageError(f"{target} {where}, and {table['RouteTableId']} is a table of {vpc_id}")
    kind = str(found.get("VpcEndpointType", ""))
    if start == "vpce-" and kind.lower() != "gatewayloadbalancer":
        raise UsageError(f"{target} is of the kind {kind}, and routes by hand lead to endpoints of appliances alone")
    return ACTIVE if _is_up(found) else BLACKHOLE


def _check_attachment(draft: Draft, gateway_id: str, vpc_id: str) -> None:
    """A table may lead to a transit gateway only where its VPC is attached to it."""
    listed = [item for _, items in draft.listed(DESCRIBE_TRANSIT_GATEWAY_ATTACHMENTS) for item in items]
    places = draft.snapshot.places()
    complete = all(draft.snapshot.read(DESCRIBE_TRANSIT_GATEWAY_ATTACHMENTS, each).is_complete for each in places)
    joined = [a for a in listed if a.get("TransitGatewayId") == gateway_id and a.get("ResourceId") == vpc_id]
    if complete and not joined:
        raise UsageError(f"{vpc_id} is not attached to {gateway_id}, and only then may its tables lead there")


def _vpcs(target: Item) -> list[str]:
    """The VPCs whose tables may name a target: its own, those it is attached to, both ends of a peering."""
    sides = [target.get("AccepterVpcInfo", {}), target.get("RequesterVpcInfo", {})]
    attached = [*target.get("Attachments", []), *target.get("VpcAttachments", [])]
    up = [each for each in attached if each.get("State") in ("available", "attached", "attaching")]
    return [str(each["VpcId"]) for each in (target, *sides, *up) if each.get("VpcId")]


def _is_up(target: Item) -> bool:
    """False for what AWS takes as a target, but with a route that is a blackhole."""
    status = target.get("Status")
    if isinstance(status, dict):
        return status.get("Code") == "active"
    return status in (None, "in-use")
