"""Oracle Database networks as next hops: only a peering connection that is gone decides anything."""

from typing import Any

import pytest

from tests.estates.asking import ask, snapshot_of, told
from tests.estates.builder import Estate
from tests.unit.components.surroundings import FakeSurroundings, arrival_of, function_in
from vpcreach.components.odb_network import (
    LIST_ODB_PEERING_CONNECTIONS,
    ListOdbPeeringConnections,
    OdbNetwork,
    OdbPeeringConnection,
)
from vpcreach.forwarding import Effect, Leg, Stop
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.snapshot import Reading, State

pytestmark = pytest.mark.item("G12")

NETWORK = "arn:aws:odb:eu-west-1:111122223333:odb-network/odbnet-1"
VPC = "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-main"
FAR = "192.168.7.9:1521"
UNREAD = "unknown UNKNOWN_RESOURCE UNSUPPORTED_COMPONENT"
PEERINGS = "odb/list-odb-peering-connections"


def peered(*peerings: dict[str, Any]) -> Estate:
    """`app`, whose table sends 192.168.0.0/16 to an Oracle Database network with these peering connections."""
    estate = Estate()
    main = estate.vpc("main", "10.0.0.0/16")
    main.subnet("app", "10.0.1.0/24", az="a", table="app")
    main.route_table("app", {"192.168.0.0/16": NETWORK})
    estate.function("app", subnets=["app"])
    listed = [
        {"odbPeeringConnectionId": f"odbpcx-{number}", "peerNetworkArn": VPC} | each
        for number, each in enumerate(peerings)
    ]
    estate.put(PEERINGS, {"odbPeeringConnections": listed}, "odbnet-1")
    return estate


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("AVAILABLE", "unknown UNSUPPORTED_COMPONENT"),
        ("UPDATING", "unknown UNSUPPORTED_COMPONENT"),
        ("TOMORROW", "unknown UNSUPPORTED_COMPONENT"),
        ("FAILED", "blocked BAD_STATE UNSUPPORTED_COMPONENT"),
        ("TERMINATING", "blocked BAD_STATE UNSUPPORTED_COMPONENT"),
        ("TERMINATED", "blocked BAD_STATE UNSUPPORTED_COMPONENT"),
    ],
)
def test_an_oracle_network_blocks_only_where_its_peering_connection_is_gone(status: str, expected: str) -> None:
    assert told(peered({"status": status}), FAR) == expected


def test_a_peering_connection_that_failed_is_named_with_its_reason() -> None:
    answer = ask(peered({"status": "FAILED", "statusReason": "overlapping ranges"}), FAR)
    assert "odbpcx-0 between vpc-main" in answer.blockers[0].message
    assert "(overlapping ranges)" in answer.blockers[0].message


def test_one_peering_connection_that_works_outweighs_one_that_is_gone() -> None:
    assert told(peered({"status": "TERMINATED"}, {"status": "AVAILABLE"}), FAR) == "unknown UNSUPPORTED_COMPONENT"


def test_the_peering_connection_of_another_vpc_decides_nothing() -> None:
    other = {"status": "FAILED", "peerNetworkArn": VPC.replace("vpc-main", "vpc-other")}
    assert told(peered(other), FAR) == UNREAD


def test_a_network_that_no_reply_tells_is_undecided() -> None:
    unlisted, denied, absent = peered(), peered({"status": "FAILED"}), peered({"status": "FAILED"})
    denied.denied(PEERINGS)
    absent.without(PEERINGS)
    for estate in (unlisted, denied, absent):
        assert told(estate, FAR) == UNREAD


def test_a_list_that_breaks_off_may_hold_another_peering_connection() -> None:
    estate = peered({"status": "TERMINATED"})
    next(reply for path, reply in estate.replies.items() if path.startswith(PEERINGS)).update(nextToken="more")
    assert told(estate, FAR) == UNREAD


def test_only_networks_that_routes_name_are_asked_for() -> None:
    each = LIST_ODB_PEERING_CONNECTIONS.each
    assert each is not None
    place = Place("111122223333", "eu-west-1")
    assert list(each(snapshot_of(peered()), place)) == [("odbnet-1",)]
    assert list(each(snapshot_of(Estate()), place)) == []


class Peerings(FakeSurroundings):
    """A network in which the Oracle Database network lists these peering connections."""

    def __init__(self, *peerings: OdbPeeringConnection, state: State = State.FOUND) -> None:
        super().__init__()
        reply = ListOdbPeeringConnections(odb_peering_connections=peerings)
        self.listed: Reading[Any] = Reading(state, None if state is State.ABSENT else reply, None)

    def read(self, call: Call[Any], at: str | Place, arguments: tuple[str, ...] = ()) -> Reading[Any]:
        assert (call, at, arguments) == (LIST_ODB_PEERING_CONNECTIONS, "vpc-main", ("odbnet-1",))
        return self.listed


def peering(status: str, name: str = "odbpcx-1", network: str = VPC) -> OdbPeeringConnection:
    return OdbPeeringConnection(odb_peering_connection_id=name, status=status, peer_network_arn=network)


UNTOLD = [(Effect.UNKNOWN, "UNKNOWN_RESOURCE", NETWORK, "odb:ListOdbPeeringConnections")]


@pytest.mark.parametrize(
    ("around", "expected"),
    [
        (Peerings(peering("AVAILABLE")), []),
        (Peerings(peering("FAILED")), [(Effect.FAIL, "BAD_STATE", "odbpcx-1", "status")]),
        (Peerings(peering("FAILED"), state=State.INCOMPLETE), UNTOLD),
        (Peerings(peering("AVAILABLE"), state=State.INCOMPLETE), []),
        (Peerings(peering("AVAILABLE", network=f"{VPC}-2")), UNTOLD),
        (Peerings(), UNTOLD),
        (Peerings(state=State.ABSENT), UNTOLD),
    ],
)
def test_what_is_said_of_an_oracle_network_names_the_entry(
    around: Peerings, expected: list[tuple[Effect, str, str, str]]
) -> None:
    arrival = arrival_of(function_in("subnet-app"))
    (hop,) = OdbNetwork(NETWORK).forward(arrival, around)
    assert (hop.packets, hop.then, hop.detail) == (arrival.packets, Stop(), "Oracle Database network")
    beyond = (Effect.UNKNOWN, "UNSUPPORTED_COMPONENT", NETWORK, "")
    assert [(note.effect, note.code, note.component, note.entry) for note in hop.notes] == [*expected, beyond]


def test_answers_that_are_sent_to_an_oracle_network_are_lost() -> None:
    (hop,) = OdbNetwork(NETWORK).forward(arrival_of(function_in("subnet-app"), leg=Leg.BACK), FakeSurroundings())
    assert [(note.effect, note.component) for note in hop.notes] == [(Effect.FAIL, NETWORK)]
