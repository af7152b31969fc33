"""Remedies at routes and gateways: another next hop that exists, a gateway put right, or a new one.

A next hop is offered where it stands in the same VPC and could carry such packets; whether it does, the walk on the
edited copy tells.
"""

from collections.abc import Iterator
from dataclasses import replace

from vpcreach.components.egress_only_internet_gateway import EgressOnlyInternetGateway
from vpcreach.components.internet_gateway import InternetGateway
from vpcreach.components.lambda_function import LambdaFunction
from vpcreach.components.nat_gateway import NatGateway
from vpcreach.components.route_table import RouteTable
from vpcreach.components.transit_gateway import SEARCH_TRANSIT_GATEWAY_ROUTES, TransitGatewayAttachment
from vpcreach.components.vpc_endpoint import VpcEndpoint
from vpcreach.components.vpc_peering import VpcPeeringConnection
from vpcreach.destinations.grammar import AwsService
from vpcreach.destinations.names.dns_attributes import attribute
from vpcreach.explain.edits import (
    AddEndpointRoute,
    AddRule,
    AssociateRouteTable,
    AttachInternetGateway,
    Edit,
    EnableVpcDns,
    NewEgressOnlyInternetGateway,
    NewGatewayEndpoint,
    NewInterfaceEndpoint,
    NewInternetGateway,
    NewNatGateway,
    NewSecurityGroup,
    Rule,
    SetRoute,
    SetTransitGatewayRoute,
)
from vpcreach.explain.repairs.case import DEFAULT, Blocked, Case, route_to
from vpcreach.forwarding import Leg, Spot
from vpcreach.packets.address_map import Family

# More next hops than this are not tried for one route.
MANY = 4
GATEWAY_SERVICES = ("s3", "dynamodb")
NEW_NAT, NEW_GATEWAY, NEW_EGRESS_ONLY, NEW_ENDPOINT, NEW_GROUP = "nat-new", "igw-new", "eigw-new", "vpce-new", "sg-new"


def rerouted(case: Case, blocked: Blocked) -> Iterator[tuple[Edit, ...]]:
    """Ways around a route that is missing, or that leads to what does not carry the packets."""
    table = case.table(_table_at(case, blocked))
    if blocked.spot is None or table is None:
        return
    spot = _before(case, blocked, blocked.spot, table)
    if blocked.note.leg is Leg.OUT and spot.sender.kind != NatGateway.kind:
        yield from _by_endpoint(case, blocked, table)
    destination, owner = _block(case, spot)
    held = route_to(table, destination)
    used = held.target if held is not None else None
    if _gives_nat_gateways_their_way(case, table, used):
        return
    for target in _next_hops(case, blocked, spot, owner):
        if target != used:
            yield (SetRoute(table.id, destination, target, used),)
    yield from _under_another_table(case, spot, table)
    if case.may_make and blocked.note.leg is Leg.OUT:
        yield from _by_new_endpoint(case, blocked, table)
        if owner is None and spot.sender.kind != NatGateway.kind:
            new = _new_nat(case, spot) if spot.packets.family is Family.IPV4 else _new_egress_only(case, spot)
            for made, target in new:
                yield (*made, SetRoute(table.id, destination, target, used))


def _before(case: Case, blocked: Blocked, spot: Spot, table: RouteTable) -> Spot:
    """The spot as the table that is to be changed saw the packets: in a subnet of its own, not yet translated."""
    if spot.sender.component == blocked.note.component:
        spot = replace(spot, sender=replace(spot.sender, kind=LambdaFunction.kind, public_addresses=()))
    ruled = [association.subnet_id for association in table.associations if association.subnet_id]
    for subnet_id in (spot.standing_in, blocked.subnet_id, *ruled):
        if subnet_id is not None and case.table_of(subnet_id) == table:
            return replace(spot, standing_in=subnet_id)
    return spot


def _gives_nat_gateways_their_way(case: Case, table: RouteTable, used: str | None) -> bool:
    """True for a route to an internet gateway without which NAT gateways in the table's subnets would be cut off."""
    if used is None or not used.startswith(InternetGateway.id_prefix):
        return False
    public = (g for g in case.network.every(NatGateway) if g.is_public and g.state == "available" and g.subnet_id)
    return any(case.table_of(gateway.subnet_id or "") == table for gateway in public)


def _table_at(case: Case, blocked: Blocked) -> str | None:
    """The table to be changed: the one that has no route, or whose route leads to what stopped the packets."""
    if blocked.note.component.startswith(RouteTable.id_prefix):
        return blocked.note.component
    if blocked.note.leg is Leg.OUT and blocked.last_table is not None:
        return blocked.last_table
    return None


def _block(case: Case, spot: Spot) -> tuple[str, str | None]:
    """What the route is for: the block of a known VPC and that VPC's id, or everything else and None."""
    found = case.block_holding(spot.packets.destination, spot.vpc_id)
    return found if found is not None else (DEFAULT[spot.packets.family], None)


def _next_hops(case: Case, blocked: Blocked, spot: Spot, owner: str | None) -> list[str]:
    """Existing next hops for packets that stand in a VPC, the likeliest first."""
    hops: list[str] = []
    if owner is None:
        if spot.sender.kind == NatGateway.kind or spot.sender.public_addresses:
            gateway = case.attached_gateway(spot.vpc_id)
            hops += [gateway] if gateway else []
        elif spot.packets.family is Family.IPV6:
            gateways = case.network.every(EgressOnlyInternetGateway)
            hops += [g.id for g in gateways if any(a.vpc_id == spot.vpc_id for a in g.attachments)]
        else:
            hops += _nat_gateways(case, spot)
    else:
        peerings = case.network.every(VpcPeeringConnection)
        hops += [p.id for p in peerings if p.is_active and _joins(p, spot.vpc_id, owner)]
    attachments = case.network.every(TransitGatewayAttachment)
    hops += sorted({a.transit_gateway_id for a in attachments if a.resource_id == spot.vpc_id and a.transit_gateway_id})
    if blocked.note.leg is Leg.BACK:
        # Answers go back by what the packets came through.
        crossed = [step.component for step in blocked.trace.path]
        hops = [hop for hop in hops if hop in crossed]
    return hops[:MANY]


def _joins(peering: VpcPeeringConnection, vpc_id: str, other: str) -> bool:
    across = peering.across(vpc_id)
    return across is not None and across.vpc_id == other


def _nat_gateways(case: Case, spot: Spot) -> list[str]:
    own = [g for g in case.network.every(NatGateway) if g.vpc_id == spot.vpc_id]
    usable = [g for g in own if g.state == "available" and g.is_public and g.subnet_id != spot.standing_in]
    near = sorted(usable, key=lambda g: (not case.is_in_zone_of(g.subnet_id, spot.standing_in), g.id))
    return [gateway.id for gateway in near]


def _under_another_table(case: Case, spot: Spot, table: RouteTable) -> Iterator[tuple[Edit, ...]]:
    """The subnet put under a table that the VPC has already, the ones of the function's other subnets first."""
    subnet_id = spot.standing_in
    if subnet_id is None or case.table_of(subnet_id) != table:
        return
    others = [case.table_of(each) for each in case.stands.subnet_ids if each != subnet_id]
    others += [case.table_of(each.id) for each in case.subnets_of(spot.vpc_id)]
    others += [each for each in case.network.every(RouteTable) if each.vpc_id == spot.vpc_id and each.routes_subnets]
    here = (each for each in others if each is not None and each.vpc_id == table.vpc_id and each != table)
    known = list(dict.fromkeys(each.id for each in here))
    explicit = any(association.subnet_id == subnet_id for association in table.associations)
    for table_id in known[:MANY]:
        yield (AssociateRouteTable(subnet_id, table_id, table.id if explicit else None),)


def _service(case: Case) -> str | None:
    """The AWS service that was asked about, by the last label of its endpoint's name."""
    return case.parsed.name if isinstance(case.parsed, AwsService) and case.parsed.host is None else None


def _by_endpoint(case: Case, blocked: Blocked, table: RouteTable) -> Iterator[tuple[Edit, ...]]:
    service = _service(case)
    if service not in GATEWAY_SERVICES or table.vpc_id != case.stands.vpc_id:
        return
    for endpoint in case.network.every(VpcEndpoint):
        is_meant = endpoint.is_gateway and endpoint.service_name.endswith(f".{service}")
        if is_meant and endpoint.vpc_id == table.vpc_id and table.id not in endpoint.route_table_ids:
            yield (AddEndpointRoute(endpoint.id, table.id),)


def _by_new_endpoint(case: Case, blocked: Blocked, table: RouteTable) -> Iterator[tuple[Edit, ...]]:
    service, vpc_id = _service(case), case.stands.vpc_id
    if service is None or table.vpc_id != vpc_id:
        return
    if service in GATEWAY_SERVICES:
        existing = (e for e in case.network.every(VpcEndpoint) if e.is_gateway and e.vpc_id == vpc_id)
        if not any(e.service_name.endswith(f".{service}") for e in existing):
            # One endpoint serves all tables of the VPC: under one id they are written as one.
            yield (NewGatewayEndpoint(f"{NEW_ENDPOINT}-{service}", vpc_id, service, table.id),)
        return
    chosen: dict[str, str] = {}
    for subnet_id in case.stands.subnet_ids:
        chosen.setdefault(str(case.network.zone_of(subnet_id)), subnet_id)
    rule = Rule(NEW_GROUP, True, "tcp", 443, 443, case.stands.group_ids[0]) if case.stands.group_ids else None
    if rule is not None:
        subnets = tuple(sorted(chosen.values()))
        yield (
            *_dns(case, vpc_id),
            NewSecurityGroup(NEW_GROUP, vpc_id, f"{service}-endpoint"),
            AddRule(rule),
            NewInterfaceEndpoint(f"{NEW_ENDPOINT}-{service}", vpc_id, service, subnets, NEW_GROUP),
        )


def _dns(case: Case, vpc_id: str) -> Iterator[Edit]:
    """The attributes that private DNS needs, where they are off."""
    for name in ("enableDnsSupport", "enableDnsHostnames"):
        if attribute(vpc_id, name, case.network) is False:
            yield EnableVpcDns(vpc_id, name)


def _new_nat(case: Case, spot: Spot) -> Iterator[tuple[tuple[Edit, ...], str]]:
    """A NAT gateway in a public subnet, of the same zone if there is one; else a regional one, which needs none."""
    made = next((edit for edit in case.tried if isinstance(edit, NewNatGateway)), None)
    if made is not None:
        yield (), made.nat_gateway_id
        return
    public = [s.id for s in case.public_subnets(spot.vpc_id) if s.id not in case.stands.subnet_ids]
    near = sorted(public, key=lambda each: (not case.is_in_zone_of(each, spot.standing_in), each))
    if near:
        yield (NewNatGateway(NEW_NAT, spot.vpc_id, near[0]),), NEW_NAT
        return
    gateway = case.attached_gateway(spot.vpc_id)
    first: tuple[Edit, ...] = () if gateway else (NewInternetGateway(NEW_GATEWAY, spot.vpc_id),)
    yield (*first, NewNatGateway(NEW_NAT, spot.vpc_id, None, gateway or NEW_GATEWAY)), NEW_NAT


def _new_egress_only(case: Case, spot: Spot) -> Iterator[tuple[tuple[Edit, ...], str]]:
    """An egress-only internet gateway for the IPv6 of a VPC that has none, made once for all its tables."""
    is_made = any(isinstance(edit, NewEgressOnlyInternetGateway) for edit in case.tried)
    made = () if is_made else (NewEgressOnlyInternetGateway(NEW_EGRESS_ONLY, spot.vpc_id),)
    yield made, NEW_EGRESS_ONLY


def reattached(case: Case, blocked: Blocked) -> Iterator[tuple[Edit, ...]]:
    """An internet gateway that is attached to nothing, attached to the VPC whose route leads to it."""
    spot = blocked.spot
    gateway = case.network.record(blocked.note.component)
    if spot is not None and isinstance(gateway, InternetGateway) and not gateway.attachments:
        yield (AttachInternetGateway(gateway.id, spot.vpc_id),)
    yield from rerouted(case, blocked)


def blackhole(case: Case, blocked: Blocked) -> Iterator[tuple[Edit, ...]]:
    """A route whose target is gone: the target attached again, or another target."""
    target = blocked.note.entry.rpartition("-> ")[2]
    gateway = case.network.record(target)
    if isinstance(gateway, InternetGateway) and not gateway.attachments and blocked.spot is not None:
        yield (AttachInternetGateway(gateway.id, blocked.spot.vpc_id),)
    yield from rerouted(case, blocked)


def in_hub(case: Case, blocked: Blocked) -> Iterator[tuple[Edit, ...]]:
    """A static route in the transit gateway's route table, to an attachment of the VPC where the packets belong."""
    spot, table_id = blocked.spot, blocked.note.component
    if spot is None or not table_id.startswith("tgw-rtb-"):
        return
    found = case.block_holding(spot.packets.destination, "")
    destination = found[0] if found else DEFAULT[spot.packets.family]
    blocked_by = _static_target(case, table_id, destination)
    vpcs = [found[1]] if found else sorted({g.vpc_id for g in case.network.every(NatGateway)})
    for attachment in case.network.every(TransitGatewayAttachment):
        if attachment.resource_type == "vpc" and attachment.resource_id in vpcs and attachment.id != blocked_by:
            yield (SetTransitGatewayRoute(table_id, destination, attachment.id, blocked_by),)


def _static_target(case: Case, table_id: str, destination: str) -> str | None:
    """The attachment that a static route of the table leads this very block to, if there is one."""
    reply = case.network.read(SEARCH_TRANSIT_GATEWAY_ROUTES, table_id, (table_id,)).value
    for route in reply.routes if reply is not None else ():
        if route.destination_cidr_block == destination and route.type == "static":
            return next((target.transit_gateway_attachment_id for target in route.transit_gateway_attachments), None)
    return None
