"""Answers that find no way back to a transit gateway (G6), and those to a NAT gateway in no subnet."""

from typing import cast

import pytest

from vpcreach.components.route_table import NO_ROUTE_TO_DESTINATION, RouteTable
from vpcreach.components.transit_gateway import TransitGateway
from vpcreach.forwarding import ASYMMETRIC_MIDDLEBOX_ROUTE, BAD_STATE, Effect, Hop, Leg, Note, Sender, Stop
from vpcreach.network.network import Network
from vpcreach.packets.address_map import AddressSet
from vpcreach.reach.answer import Step
from vpcreach.reach.branch import Branch, Segment
from vpcreach.reach.returning import outside_subnets, unreturned


class Hubs:
    """A network of transit gateways, and of an edge table."""

    def __init__(self, edge: Note | RouteTable | None = None) -> None:
        self.edge = edge

    def record(self, node_id: str) -> TransitGateway | None:
        return TransitGateway(node_id) if node_id.startswith("tgw-") else None

    def edge_table_of(self, gateway_id: str, vpc_id: str) -> Note | RouteTable | None:
        return self.edge


def network(edge: Note | RouteTable | None = None) -> Network:
    return cast(Network, Hubs(edge))


ANYWHERE = AddressSet.parse("10.0.0.0/8")


def branch(*crossed: str, tables: tuple[str, ...] = (), vpc_id: str = "vpc-far") -> Branch:
    sender = Sender("nat-main", "nat_gateway", "vpc-main", None, None)
    segment = Segment(sender, ANYWHERE, 1, ANYWHERE, end="eni-far", end_vpc="vpc-far", crossed=crossed)
    steps = tuple(Step(table, RouteTable.kind, "on") for table in tables)
    return Branch(1, (segment,), 0, vpc_id, None, return_path=(Step("eni-far", "interface", "back"), *steps))


NO_ROUTE = NO_ROUTE_TO_DESTINATION.fail("rtb-far", "entry", "no route")
ASTRAY = ASYMMETRIC_MIDDLEBOX_ROUTE.fail("cagw-far", "entry", "not the way they came")
OTHER = BAD_STATE.fail("igw-far", "", "gone")
DOUBT = ASYMMETRIC_MIDDLEBOX_ROUTE.unknown("eni-far", "", "a machine")


def told(of: Branch, *notes: Note) -> list[tuple[str, str]]:
    hop = Hop(of.packets(Leg.BACK), Stop(), notes=notes)
    return [(note.code, note.component) for note in unreturned(of, hop, network())]


MISSING = "RESPONSE_RTB_HAS_NO_ROUTE_TO_TRANSIT_GATEWAY"


@pytest.mark.item("G6")
def test_the_table_that_does_not_send_answers_back_is_named() -> None:
    hub = branch("tgw-first", "pcx-link", "tgw-hub", tables=("rtb-first", "rtb-last"))
    assert told(hub, NO_ROUTE) == [(MISSING, "rtb-far")]
    assert told(hub, ASTRAY) == [(MISSING, "rtb-last")]
    assert told(branch("tgw-hub"), ASTRAY) == [(MISSING, "cagw-far")]
    [note] = unreturned(hub, Hop(hub.packets(Leg.BACK), Stop(), notes=(NO_ROUTE,)), network())
    words = "the packets came through tgw-hub, and rtb-far does not send their answers there: no route"
    assert (note.message, note.entry, note.effect) == (words, "entry", Effect.FAIL)


@pytest.mark.item("G6")
def test_what_is_no_missing_route_to_a_transit_gateway_keeps_its_name() -> None:
    hub = branch("tgw-hub")
    assert told(hub, OTHER) == [("BAD_STATE", "igw-far")]
    assert told(hub, DOUBT) == [("ASYMMETRIC_MIDDLEBOX_ROUTE", "eni-far")]
    assert told(hub, NO_ROUTE, OTHER) == [(MISSING, "rtb-far"), ("BAD_STATE", "igw-far")]
    assert told(branch("pcx-link"), NO_ROUTE) == [("NO_ROUTE_TO_DESTINATION", "rtb-far")]
    assert told(branch("tgw-hub", vpc_id="vpc-other"), NO_ROUTE) == [("NO_ROUTE_TO_DESTINATION", "rtb-far")]


def test_an_edge_table_may_divert_answers_to_a_gateway_in_no_subnet() -> None:
    assert outside_subnets(branch(), "igw-far", network()).notes == ()
    for edge in (RouteTable("rtb-edge", "vpc-far"), NO_ROUTE):
        [note] = outside_subnets(branch(), "igw-far", network(edge)).notes
        assert (note.effect, note.component, note.entry, note.leg) == (Effect.UNKNOWN, "igw-far", "", Leg.BACK)


def test_how_answers_come_to_a_gateway_in_no_subnet_otherwise_is_not_known() -> None:
    [note] = outside_subnets(branch(), "pcx-link", network()).notes
    assert (note.effect, note.component, note.entry, note.leg) == (Effect.UNKNOWN, "nat-main", "", Leg.BACK)
