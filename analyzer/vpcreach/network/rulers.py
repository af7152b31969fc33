"""Which route table or network ACL rules a subnet, and which table the edge of a VPC."""

from typing import TYPE_CHECKING, Any, TypeVar, cast

from vpcreach.components.route_table import DESCRIBE_ROUTE_TABLES, RouteTable
from vpcreach.components.subnet import Subnet
from vpcreach.forwarding import COLLECTION_FAILED, Component, Note
from vpcreach.network.graph import ATTACHED_TO, FILTERS, Graph
from vpcreach.snapshot.call import Call

if TYPE_CHECKING:
    from vpcreach.network.network import Network

T = TypeVar("T")

# An association in such a state may rule already, or still.
CHANGING = ("associating", "disassociating")


def _being_changed(record: Any, state: str | None, where: str) -> Note:
    message = f"{record.title} is {state} {where}"
    return COLLECTION_FAILED.unknown(record.id, "Associations", message, resolve="collect again")


def edge_table(gateway_id: str, vpc_id: str, network: "Network", graph: Graph) -> Component | Note | None:
    """The table that rules what enters a VPC through a gateway (B10), or None where it has none."""
    nodes = graph.predecessors(gateway_id) if gateway_id in graph else ()
    tables = [record for node in nodes if isinstance(record := network.record(node), RouteTable)]
    states = {table.id: table.association_with(gateway_id) for table in tables}
    attached = [table for table in tables if states[table.id] == "associated"]
    changing = [table for table in tables if states[table.id] in CHANGING]
    if not attached and changing:
        return _being_changed(changing[0], states[changing[0].id], gateway_id)
    return cast(Component, attached[0]) if attached else network.missing(DESCRIBE_ROUTE_TABLES, vpc_id)


def ruler(subnet_id: str, kind: type[T], call: Call[Any], network: "Network", graph: Graph) -> T | Note:
    """The explicitly associated object of a kind, else the VPC's main or default one."""
    for node, _, data in graph.in_edges(subnet_id, data=True) if subnet_id in graph else ():
        record = network.record(node)
        if isinstance(record, kind) and data["relation"] in (ATTACHED_TO, FILTERS):
            state = data.get("detail", "associated")
            if state == "associated":
                return record
            if state in CHANGING:
                return _being_changed(record, state, subnet_id)
    subnet = network.record(subnet_id)
    if not isinstance(subnet, Subnet):
        return network.unread(subnet_id)
    gap = network.missing(call, subnet.vpc_id)
    if gap is not None:
        return gap
    for node, _, data in graph.in_edges(subnet.vpc_id, data=True) if subnet.vpc_id in graph else ():
        is_general = data.get("is_main") or data.get("is_default")
        record = network.record(node)
        if isinstance(record, kind) and is_general and data.get("detail", "associated") == "associated":
            return record
    message = f"{call.action} shows neither a table of {subnet_id} nor a default one of {subnet.vpc_id}"
    return COLLECTION_FAILED.unknown(subnet_id, call.action, message)
