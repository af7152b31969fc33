"""Oracle Database@AWS networks as next hops: the way of a VPC to Exadata systems, by an ODB peering connection.

Modelled: the state of the peering connection between the network and the VPC.
Not modelled: what lies in the network, and the ranges that the connection is for (undecided).
Source: Oracle Database@AWS User Guide, "ODB peering" (semantics G12).
Checked: tests/unit/components/test_odb_network.py.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from vpcreach.forwarding import (
    BAD_STATE,
    UNKNOWN_RESOURCE,
    UNSUPPORTED_COMPONENT,
    Arrival,
    Hop,
    Leg,
    Note,
    Stop,
    Surroundings,
    wrong_way,
)
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import CamelRecord, CamelReply
from vpcreach.snapshot.snapshot import Snapshot

TEST_IT = "test a connection: what an Oracle Database network lets in is not in AWS's replies"
# Of these, nothing carries packets; an update or maintenance may.
GONE = frozenset({"FAILED", "TERMINATED", "TERMINATING"})


class OdbPeeringConnection(CamelRecord, frozen=True):
    odb_peering_connection_id: str = ""
    status: str | None = None
    status_reason: str | None = None
    peer_network_arn: str = ""


class ListOdbPeeringConnections(CamelReply, frozen=True):
    odb_peering_connections: tuple[OdbPeeringConnection, ...] = ()


@dataclass(frozen=True, slots=True)
class OdbNetwork:
    """A network by its ARN, which routes name."""

    kind: ClassVar[str] = "odb_network"
    id_pattern: ClassVar[re.Pattern[str]] = re.compile(r"arn:aws[a-z-]*:odb:.+")
    subnet_id: ClassVar[None] = None

    id: str

    def forward(self, arrival: Arrival, around: Surroundings) -> Iterable[Hop]:
        if arrival.leg is Leg.BACK:
            yield from wrong_way(self, arrival)
            return
        message = f"{self.id} is an Oracle Database network: what it lets in is not in AWS's replies"
        beyond = UNSUPPORTED_COMPONENT.unknown(self.id, "", message, resolve=TEST_IT)
        yield Hop(arrival.packets, Stop(), "Oracle Database network", (*self._peering_notes(arrival, around), beyond))

    answer = forward

    def _peering_notes(self, arrival: Arrival, around: Surroundings) -> tuple[Note, ...]:
        reading = around.read(LIST_ODB_PEERING_CONNECTIONS, arrival.vpc_id, (_id_in(self.id),))
        listed = reading.value.odb_peering_connections if reading.value is not None else ()
        # Of a VPC whose peering connection is not listed nothing is sure: another account may list it.
        mine = [each for each in listed if each.peer_network_arn.endswith(f"/{arrival.vpc_id}")]
        if any(each.status not in GONE for each in mine):
            return ()
        if not mine or not reading.is_complete:
            why = reading.gap or f"{LIST_ODB_PEERING_CONNECTIONS.action} does not list it"
            message = f"the peering connection between {arrival.vpc_id} and {self.id} is not known: {why}"
            return (UNKNOWN_RESOURCE.unknown(self.id, LIST_ODB_PEERING_CONNECTIONS.action, message),)
        gone = mine[0]
        why = f" ({gone.status_reason})" if gone.status_reason else ""
        message = f"{gone.odb_peering_connection_id} between {arrival.vpc_id} and {self.id} is {gone.status}{why}"
        return (BAD_STATE.fail(gone.odb_peering_connection_id, "status", message),)


def _id_in(arn: str) -> str:
    return arn.rpartition("/")[2]


def _routed_to(snapshot: Snapshot, place: Place) -> Iterable[tuple[str, ...]]:
    """The networks that routes name: few regions have any, and elsewhere the call would only fail."""
    # Only this one key of the file counts here, whose records belong to another component.
    data = snapshot.files.get(f"{place.account}/{place.region}/ec2/describe-route-tables.json", b"")
    return dict.fromkeys((_id_in(arn.decode()),) for arn in re.findall(rb'"OdbNetworkArn":\s*"([^"]+)"', data))


LIST_ODB_PEERING_CONNECTIONS = Call(
    "odb",
    "ListOdbPeeringConnections",
    ListOdbPeeringConnections,
    holds="odbPeeringConnections",
    arguments=("odbNetworkId",),
    each=_routed_to,
)
CALLS = (LIST_ODB_PEERING_CONNECTIONS,)
REASONS = (BAD_STATE, UNKNOWN_RESOURCE, UNSUPPORTED_COMPONENT)
