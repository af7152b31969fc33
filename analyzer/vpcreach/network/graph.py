"""The graph: a networkx.MultiDiGraph whose nodes are AWS objects and whose edges say how they hang together.

Node attributes: `kind`, `label`, `account`, `region`, `record` (None for an id that is only mentioned).
Edge attributes: `relation`, one of

    attached-to   function → subnet, interface → subnet, NAT gateway → subnet, route table → subnet (or → VPC as its
                  main table), internet gateway → VPC, virtual private gateway → VPC, VPC endpoint → VPC, peering
                  connection → both VPCs, instance → its interfaces, attachment → the transit gateway or core network
                  and what it attaches, transit gateway route table → attachment that it rules
    routes-to     route table → target, with `prefixes` and `detail` (the state, where it is not active)
    filters       network ACL → subnet (or → VPC as its default ACL), security group → function or interface
    member-of     subnet → VPC, route table → VPC or transit gateway, network ACL → VPC, security group → VPC
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import networkx as nx

from vpcreach.components import LISTINGS, UNMODELLED_KINDS
from vpcreach.components.cloud_wan import CoreNetworkAttachment
from vpcreach.components.egress_only_internet_gateway import EgressOnlyInternetGateway
from vpcreach.components.instance import Instance
from vpcreach.components.internet_gateway import InternetGateway
from vpcreach.components.lambda_function import LIST_FUNCTIONS, LambdaFunction
from vpcreach.components.nat_gateway import NatGateway
from vpcreach.components.network_acl import NetworkAcl
from vpcreach.components.network_interface import NetworkInterface
from vpcreach.components.odb_network import OdbNetwork
from vpcreach.components.route_table import LOCAL, RouteTable
from vpcreach.components.security_group import SecurityGroup
from vpcreach.components.subnet import Subnet
from vpcreach.components.transit_gateway import (
    SEARCH_TRANSIT_GATEWAY_ROUTES,
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayRouteTable,
)
from vpcreach.components.virtual_private_gateway import VpnGateway
from vpcreach.components.vpc_endpoint import VpcEndpoint
from vpcreach.components.vpc_lattice import VpcLattice
from vpcreach.components.vpc_peering import VpcPeeringConnection
from vpcreach.network.functions import FunctionList, FunctionsOf
from vpcreach.snapshot.call import Place
from vpcreach.snapshot.snapshot import Snapshot

Graph: TypeAlias = "nx.MultiDiGraph[str]"
ATTACHED_TO, ROUTES_TO, FILTERS, MEMBER_OF = "attached-to", "routes-to", "filters", "member-of"


def build(snapshot: Snapshot) -> Graph:
    """The graph of every object that the snapshot lists."""
    return _built(snapshot, None)


def build_without_functions(snapshot: Snapshot, functions: FunctionList) -> Graph:
    """The same without the functions, which nothing passes through; what they alone name is in it all the same."""
    return _built(snapshot, functions)


def _built(snapshot: Snapshot, apart: FunctionList | None) -> Graph:
    graph: Graph = nx.MultiDiGraph()
    order: list[str | FunctionsOf] = []
    for place in snapshot.places():
        for listing in LISTINGS:
            if apart is not None and listing.call is LIST_FUNCTIONS:
                order.append(apart.by_place[place])
                continue
            reply = snapshot.read(listing.call, place).value
            for record in listing.nodes(reply) if reply is not None else ():
                if record.id not in graph:
                    order.append(record.id)
                _add(graph, record, place)
    for item in order:
        if isinstance(item, FunctionsOf):
            _mention_for(graph, item.subnets, item.places)
            continue
        for target, attributes in _edges(graph.nodes[item]["record"]):
            _mention(graph, target, item)
            graph.add_edge(item, target, **attributes)
    _add_transit_routes(graph, snapshot)
    for item in order:
        if isinstance(item, FunctionsOf):
            _mention_for(graph, item.groups, item.places)
        else:
            _add_filters(graph, item)
    return graph


def _mention_for(graph: Graph, named: Mapping[str, str], places_of: Mapping[str, tuple[Place, ...]]) -> None:
    """Nodes for ids that functions name, at the place of the first one."""
    for target, function_id in named.items():
        if target not in graph:
            places = places_of[function_id]
            _add_mentioned(graph, target, {"account": places[0].account, "region": places[0].region, "places": places})


def _add(graph: Graph, record: Any, place: Place) -> None:
    """A node; of an object that several accounts list (a shared subnet), the owner's record is kept."""
    places: tuple[Place, ...] = (place,)
    if record.id in graph:
        held = graph.nodes[record.id]
        places = (*held["places"], place)
        if getattr(record, "owner_id", None) != place.account:
            held["places"] = places
            return
    label = getattr(record, "name", "") or record.id
    graph.add_node(
        record.id,
        kind=record.kind,
        label=label,
        account=place.account,
        region=place.region,
        record=record,
        places=places,
    )


def _mention(graph: Graph, node_id: str, by: str) -> None:
    """A node for an id that no reply lists, at the place of what names it."""
    if node_id not in graph:
        _add_mentioned(graph, node_id, {key: graph.nodes[by][key] for key in ("account", "region", "places")})


def _add_mentioned(graph: Graph, node_id: str, place: Mapping[str, Any]) -> None:
    record = _named_by_routes_alone(node_id)
    kind = next(
        (kind for start, kind in UNMODELLED_KINDS.items() if node_id.startswith(start)),
        "not in the snapshot",
    )
    kind = record.kind if record is not None else kind
    graph.add_node(node_id, kind=kind, label=node_id, record=record, **place)


def _named_by_routes_alone(node_id: str) -> VpcLattice | OdbNetwork | None:
    """A next hop that no call lists: what routes call it is all there is to know."""
    if node_id == VpcLattice.id:
        return VpcLattice()
    return OdbNetwork(node_id) if OdbNetwork.id_pattern.fullmatch(node_id) else None


def _edges(record: Any) -> Iterable[tuple[str, dict[str, Any]]]:
    match record:
        case Subnet(vpc_id=vpc_id):
            yield vpc_id, {"relation": MEMBER_OF}
        case SecurityGroup(vpc_id=str(vpc_id)):
            yield vpc_id, {"relation": MEMBER_OF}
        case TransitGatewayRouteTable(transit_gateway_id=str(gateway_id)):
            yield gateway_id, {"relation": MEMBER_OF}
        case RouteTable():
            yield from _route_table_edges(record)
        case NetworkAcl():
            yield from _network_acl_edges(record)
        case _:
            for target in _attached_to(record):
                yield target, {"relation": ATTACHED_TO}


def _attached_to(record: Any) -> Iterable[str]:
    match record:
        case InternetGateway() | EgressOnlyInternetGateway():
            return [attachment.vpc_id for attachment in record.attachments if attachment.vpc_id]
        case NatGateway():
            return [record.subnet_id or record.vpc_id]
        case VpcEndpoint():
            return record.subnet_ids or ([record.vpc_id] if record.vpc_id else [])
        case NetworkInterface(subnet_id=str(subnet_id)):
            return [subnet_id]
        case VpnGateway():
            return [attachment.vpc_id for attachment in record.vpc_attachments if attachment.vpc_id]
        case Instance():
            return [interface.network_interface_id for interface in record.network_interfaces]
        case VpcPeeringConnection():
            return [side.vpc_id for side in record.sides if side.vpc_id]
        case CoreNetworkAttachment() | TransitGatewayAttachment():
            return record.joins
        case LambdaFunction():
            return record.subnet_ids
        case _:
            return ()


def _network_acl_edges(acl: NetworkAcl) -> Iterable[tuple[str, dict[str, Any]]]:
    yield acl.vpc_id, {"relation": FILTERS if acl.is_default else MEMBER_OF, "is_default": acl.is_default}
    for association in acl.associations:
        if association.subnet_id:
            yield association.subnet_id, {"relation": FILTERS}


def _route_table_edges(table: RouteTable) -> Iterable[tuple[str, dict[str, Any]]]:
    yield table.vpc_id, {"relation": MEMBER_OF}
    for association in table.associations:
        state = association.association_state.state
        attached = association.subnet_id or association.gateway_id
        if attached:
            yield attached, {"relation": ATTACHED_TO, "detail": state}
        elif association.main:
            yield table.vpc_id, {"relation": ATTACHED_TO, "is_main": True, "detail": state}
    prefixes: dict[tuple[str, str], list[str]] = {}
    for route in table.routes:
        if route.target and route.target != LOCAL:
            prefixes.setdefault((route.target, route.state), []).append(route.destination)
    for (target, state), destinations in prefixes.items():
        detail = "" if state == "active" else state
        yield target, {"relation": ROUTES_TO, "prefixes": tuple(destinations), "detail": detail}


def _add_transit_routes(graph: Graph, snapshot: Snapshot) -> None:
    """The edges of transit gateway route tables: which attachments they rule, and where they send packets."""
    for node in list(graph):
        record = graph.nodes[node]["record"]
        if isinstance(record, TransitGatewayAttachment) and record.association is not None:
            table_id = record.association.transit_gateway_route_table_id
            if table_id is not None:
                _mention(graph, table_id, node)
                graph.add_edge(table_id, node, relation=ATTACHED_TO, detail=record.association.state)
        if isinstance(record, TransitGatewayRouteTable):
            place = Place(graph.nodes[node]["account"], graph.nodes[node]["region"])
            reply = snapshot.read(SEARCH_TRANSIT_GATEWAY_ROUTES, place, (node,)).value
            for target, prefixes in record.prefixes_by_attachment(reply).items():
                _mention(graph, target, node)
                graph.add_edge(node, target, relation=ROUTES_TO, prefixes=tuple(prefixes), detail="")


def _add_filters(graph: Graph, node: str) -> None:
    """The edges of security groups, which are named by what they filter and not the other way round."""
    record = graph.nodes[node]["record"]
    if isinstance(record, NetworkInterface | LambdaFunction):
        for group_id in sorted(record.group_ids):
            _mention(graph, group_id, node)
            graph.add_edge(group_id, node, relation=FILTERS)


def around_function(graph: Graph, function_arn: str) -> Graph:
    """What the function's packets can meet: its subnets, their tables, the targets of these, ACLs and groups."""
    kept = {function_arn}
    kept |= {group for group, _, data in graph.in_edges(function_arn, data=True) if data["relation"] == FILTERS}
    pending = [subnet for _, subnet in graph.out_edges(function_arn)]
    while pending:
        subnet = pending.pop()
        if subnet in kept:
            continue
        kept.add(subnet)
        for table in _ruling(graph, subnet):
            kept.add(table)
            for _, target, data in graph.out_edges(table, data=True):
                if data["relation"] == ROUTES_TO:
                    kept |= {target, *_hub(graph, target)}
                    pending += [s for _, s, e in graph.out_edges(target, data=True) if e["relation"] == ATTACHED_TO]
    return nx.MultiDiGraph(graph.subgraph(kept))


def _hub(graph: Graph, target: str) -> Iterable[str]:
    """What hangs on a transit gateway: its attachments and its route tables, not the networks beyond."""
    kinds = (TransitGatewayAttachment.kind, TransitGatewayRouteTable.kind)
    is_hub = graph.nodes[target]["kind"] == TransitGateway.kind
    return [node for node in graph.predecessors(target) if graph.nodes[node]["kind"] in kinds] if is_hub else ()


def _ruling(graph: Graph, subnet: str) -> Iterable[str]:
    """The route table and ACL of a subnet (or, for a VPC reached this way, nothing more than itself)."""
    if graph.nodes[subnet]["kind"] != Subnet.kind:
        return ()
    own = [(n, d) for n, _, d in graph.in_edges(subnet, data=True)]
    vpcs = [vpc for _, vpc, d in graph.out_edges(subnet, data=True) if d["relation"] == MEMBER_OF]
    inherited = [(n, d) for vpc in vpcs for n, _, d in graph.in_edges(vpc, data=True)]
    tables = [n for n, _ in own if graph.nodes[n]["kind"] == RouteTable.kind]
    acls = [n for n, _ in own if graph.nodes[n]["kind"] == NetworkAcl.kind]
    tables = tables or [n for n, d in inherited if d.get("is_main")]
    acls = acls or [n for n, d in inherited if d.get("is_default")]
    return (*tables, *acls)
