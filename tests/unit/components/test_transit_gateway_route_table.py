"""G6, G7: a transit gateway's route table, asked directly: who wins, what is told apart, and what no file tells."""

import json
from typing import Any

import msgspec
import pytest

from tests.unit.components.surroundings import FakeSurroundings, arrival_of, function_in
from vpcreach.components.transit_gateway.route_table import (
    SEARCH_TRANSIT_GATEWAY_ROUTES,
    SearchTransitGatewayRoutes,
    TransitGatewayRouteTable,
)
from vpcreach.forwarding import UNKNOWN_RESOURCE, Effect, Hop, Note
from vpcreach.packets.address_map import AddressSet, Family
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.snapshot import Reading, State, decoded

TABLE = TransitGatewayRouteTable(
    transit_gateway_route_table_id="tgw-rtb-a", transit_gateway_id="tgw-hub", state="available"
)
ROUTES = "TGW_RTB_ROUTES_ARE_UNKNOWN"
NO_LIST = UNKNOWN_RESOURCE.unknown("pl-x", "", "not collected")


def leads(
    destination: str | None, *targets: str, type: str = "static", state: str = "active", prefix_list: str | None = None
) -> dict[str, Any]:
    """A route to attachments like `vpn:tgw-attach-a`."""
    listed = [each.partition(":")[::2] for each in targets]
    return {
        "DestinationCidrBlock": destination,
        "PrefixListId": prefix_list,
        "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": a, "ResourceType": kind} for kind, a in listed],
        "Type": type,
        "State": state,
    }


def reply(*routes: dict[str, Any]) -> SearchTransitGatewayRoutes:
    return decoded(json.dumps({"Routes": routes}).encode(), SearchTransitGatewayRoutes, "")


class Routes(FakeSurroundings):
    """A network in which the table holds these routes, and no prefix list is known."""

    def __init__(self, *routes: dict[str, Any], is_complete: bool = True) -> None:
        super().__init__()
        state = State.FOUND if is_complete else State.INCOMPLETE
        self.held: Reading[Any] = Reading(state, reply(*routes), None)

    def read(self, call: Call[Any], at: str | Place, arguments: tuple[str, ...] = ()) -> Reading[Any]:
        assert (call, at, arguments) == (SEARCH_TRANSIT_GATEWAY_ROUTES, "tgw-rtb-a", ("tgw-rtb-a",))
        return self.held

    def prefixes(self, prefix_list_id: str, family: Family) -> Note:
        return NO_LIST


def hops(around: FakeSurroundings, destination: str = "10.0.0.0/8") -> list[Hop]:
    arrival = arrival_of(function_in("subnet-app"))
    packets = arrival.packets.with_destination(AddressSet.parse(destination))
    return list(TABLE.forward(msgspec.structs.replace(arrival, packets=packets), around))


def told(*found: Hop) -> list[tuple[str, Effect, str, str, str]]:
    return [
        (str(hop.packets.destination), note.effect, note.code, note.component, note.entry)
        for hop in found
        for note in hop.notes
    ]


@pytest.mark.item("G6")
def test_each_target_gets_its_own_part_of_the_packets_and_what_has_no_route_is_told() -> None:
    around = Routes(
        leads("10.0.0.0/10", "vpn:tgw-attach-vpn"),
        leads("10.64.0.0/10", "connect:tgw-attach-connect"),
        leads("10.128.0.0/10", state="blackhole"),
    )
    assert told(*hops(around)) == [
        (
            "10.0.0.0/10",
            Effect.UNKNOWN,
            "ON_PREM_BEYOND_MODEL",
            "tgw-attach-vpn",
            "10.0.0.0/10 -> tgw-attach-vpn",
        ),
        (
            "10.64.0.0/10",
            Effect.UNKNOWN,
            "ON_PREM_BEYOND_MODEL",
            "tgw-attach-connect",
            "10.64.0.0/10 -> tgw-attach-connect",
        ),
        ("10.128.0.0/10", Effect.FAIL, "TGW_RTB_BAD_STATE_ROUTE", "tgw-rtb-a", "10.128.0.0/10 -> blackhole"),
        ("10.192.0.0/10", Effect.FAIL, "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", "tgw-rtb-a", ""),
    ]


@pytest.mark.item("G6")
def test_routes_to_one_target_are_one_way_and_read_line_by_line_they_say_the_same() -> None:
    around = Routes(leads("10.0.0.0/10", "vpn:tgw-attach-vpn"), leads("10.64.0.0/10", "vpn:tgw-attach-vpn"))
    (hop,) = hops(around, "10.0.0.0/9")
    assert str(hop.packets.destination) == "10.0.0.0/9"
    assert hop.second_reading is not None
    assert hop.second_reading(AddressSet.parse("10.64.0.1/32").intervals[0][0]) is None
    assert "no route" in str(hop.second_reading(AddressSet.parse("11.0.0.1/32").intervals[0][0]))


@pytest.mark.item("G6")
def test_where_routes_may_be_missing_only_a_static_route_to_the_very_address_is_safe() -> None:
    around = Routes(
        leads("10.2.0.0/16", "vpn:tgw-attach-vpn"),
        leads("10.3.0.1/32", "vpn:tgw-attach-vpn"),
        leads("10.3.0.2/32", "vpn:tgw-attach-vpn", type="propagated"),
        is_complete=False,
    )
    for address, code in (
        ("10.3.0.1/32", "ON_PREM_BEYOND_MODEL"),
        ("10.3.0.2/32", ROUTES),
        ("10.2.0.0/32", ROUTES),
        ("10.2.0.1/32", ROUTES),
    ):
        (hop,) = hops(around, address)
        assert [note.code for note in hop.notes] == [code], address


@pytest.mark.item("G6", "K5")
def test_a_prefix_list_that_cannot_be_read_hides_no_tie_behind_it() -> None:
    around = Routes(
        leads(None, "vpc:tgw-attach-a", prefix_list="pl-x"),
        leads("10.3.0.1/32", "vpc:tgw-attach-b"),
        leads("10.3.0.1/32", "vpc:tgw-attach-c", type="tomorrow"),
    )
    (hop,) = hops(around, "10.3.0.1/32")
    assert told(hop) == [
        (
            "10.3.0.1",
            Effect.UNKNOWN,
            UNKNOWN_RESOURCE.code,
            "pl-x",
            "",
        )
    ]
    (other,) = hops(around, "10.4.0.0/16")
    assert other.notes == (NO_LIST,)


@pytest.mark.item("G6")
def test_a_tie_names_the_route_that_was_read_first() -> None:
    tie = Routes(leads("10.0.0.0/8", "vpc:tgw-attach-a"), leads("10.0.0.0/8", "vpc:tgw-attach-b"))
    assert told(*hops(tie)) == [("10.0.0.0/8", Effect.UNKNOWN, ROUTES, "tgw-rtb-a", "10.0.0.0/8 -> tgw-attach-a")]


@pytest.mark.item("G7")
def test_all_kinds_of_ways_on_premises_together_are_still_one_way_on_premises() -> None:
    kinds = ("vpn", "vpn-concentrator", "direct-connect-gateway", "connect", "client-vpn")
    around = Routes(leads("10.0.0.0/8", *(f"{kind}:tgw-attach-{kind}" for kind in kinds)))
    assert [note.code for hop in hops(around) for note in hop.notes] == ["ON_PREM_BEYOND_MODEL"]
    two = Routes(*(leads("10.0.0.0/8", f"{kind}:tgw-attach-{kind}") for kind in kinds[:2]))
    assert [note.code for hop in hops(two) for note in hop.notes] == ["ON_PREM_BEYOND_MODEL"]
    split = Routes(
        leads("10.0.0.0/8", *(f"{kind}:tgw-attach-{kind}" for kind in kinds[:3])),
        leads("10.0.0.0/8", *(f"{kind}:tgw-attach-{kind}" for kind in kinds[3:])),
    )
    assert [note.code for hop in hops(split) for note in hop.notes] == ["ON_PREM_BEYOND_MODEL"]


@pytest.mark.item("G7")
def test_what_is_not_modelled_is_told_of_the_attachment_or_of_the_table_where_there_is_none() -> None:
    tomorrow = Routes(leads("10.0.0.0/9", "tomorrow:tgw-attach-x"), leads("10.128.0.0/9"))
    assert [(component, code) for _, _, code, component, _ in told(*hops(tomorrow))] == [
        ("tgw-attach-x", "UNSUPPORTED_COMPONENT"),
        ("tgw-rtb-a", "UNSUPPORTED_COMPONENT"),
    ]


def test_the_graph_draws_what_each_attachment_is_sent_g6() -> None:
    routes = reply(
        leads("10.0.0.0/8", "vpc:tgw-attach-a", "vpc:tgw-attach-b"),
        leads(None, "vpc:tgw-attach-a", prefix_list="pl-x"),
        leads("10.1.0.0/16", "vpc:tgw-attach-a", state="deleted"),
    )
    assert TABLE.prefixes_by_attachment(routes) == {
        "tgw-attach-a": ["10.0.0.0/8", "pl-x"],
        "tgw-attach-b": ["10.0.0.0/8"],
    }
