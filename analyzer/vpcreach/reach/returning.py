"""Answers that find no way back to a transit gateway, with the missing route by its name, and those to no subnet."""

from vpcreach.components.internet_gateway import InternetGateway
from vpcreach.components.route_table import NO_ROUTE_TO_DESTINATION, RouteTable
from vpcreach.components.transit_gateway import TransitGateway
from vpcreach.forwarding import ASYMMETRIC_MIDDLEBOX_ROUTE, UNSUPPORTED_COMPONENT, Effect, Hop, Leg, Note, Reason
from vpcreach.network.network import Network
from vpcreach.reach.branch import Branch

RESPONSE_RTB_HAS_NO_ROUTE_TO_TRANSIT_GATEWAY = Reason(
    "RESPONSE_RTB_HAS_NO_ROUTE_TO_TRANSIT_GATEWAY",
    "add a route for the function's addresses to the transit gateway to this table",
    "https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-nat-igw.html",
)
UNRETURNED = frozenset({NO_ROUTE_TO_DESTINATION.code, ASYMMETRIC_MIDDLEBOX_ROUTE.code})


def unreturned(branch: Branch, hop: Hop, network: Network) -> tuple[Note, ...]:
    """The notes of a hop of answers: what stops them in the far VPC is that its table does not send them back (G6)."""
    if all(note.code not in UNRETURNED for note in hop.notes):
        return hop.notes
    hubs = [each for each in branch.current.crossed if isinstance(network.record(each), TransitGateway)]
    if not hubs or branch.vpc_id != branch.current.end_vpc:
        return hop.notes
    # What sent the answers to a gateway that does not know them is the table before it.
    tables = [step.component for step in branch.return_path if step.kind == RouteTable.kind]
    return tuple(_named(note, hubs[-1], tables[-1:]) for note in hop.notes)


def _named(note: Note, hub: str, table_before: list[str]) -> Note:
    if note.effect is not Effect.FAIL or note.code not in UNRETURNED:
        return note
    table = note.component if note.code == NO_ROUTE_TO_DESTINATION.code else (table_before or [note.component])[0]
    message = f"the packets came through {hub}, and {table} does not send their answers there: {note.message}"
    return RESPONSE_RTB_HAS_NO_ROUTE_TO_TRANSIT_GATEWAY.fail(table, note.entry, message)


def outside_subnets(branch: Branch, gateway_id: str, network: Network) -> Branch:
    """Answers to a regional NAT gateway: it stands in no subnet, so only an edge table could divert them."""
    if not gateway_id.startswith(InternetGateway.id_prefix):
        message = f"how answers reach {branch.sender.component} in no subnet, AWS does not say"
        return branch.noting((UNSUPPORTED_COMPONENT.unknown(branch.sender.component, "", message),), leg=Leg.BACK)
    edge = network.edge_table_of(gateway_id, branch.vpc_id)
    if edge is None:
        return branch
    message = f"{edge.id} rules what enters through {gateway_id}" if not isinstance(edge, Note) else edge.message
    note = UNSUPPORTED_COMPONENT.unknown(gateway_id, "", f"{message}; a regional NAT gateway behind it is not modelled")
    return branch.noting((note,), leg=Leg.BACK)
