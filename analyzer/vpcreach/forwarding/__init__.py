"""The vocabulary every component speaks: what arrives, what becomes of it, and why.

A component gets an `Arrival` and answers with `Hop`s that together hold every packet of it (hops.py). What it found on
the way is a `Note` (notes.py): a blocker, something undecided, or worth knowing. Components name their neighbours by id
and reach them through `Surroundings` (surroundings.py); rules that filter are `Gate`s (gates.py).
"""

from vpcreach.forwarding.gates import (
    Decision,
    Direction,
    Gate,
    Part,
    Stopped,
)
from vpcreach.forwarding.hops import (
    Arrival,
    Deliver,
    Emerge,
    Forward,
    Hop,
    Lookup,
    Sender,
    ServiceRequest,
    Spot,
    Stop,
)
from vpcreach.forwarding.notes import (
    ASYMMETRIC_MIDDLEBOX_ROUTE,
    BAD_STATE,
    BAD_STATE_ATTACHMENT,
    COLLECTION_FAILED,
    NO_POSSIBLE_DESTINATION,
    PROTOCOL_RESTRICTION,
    UNKNOWN_RESOURCE,
    UNSUPPORTED_COMPONENT,
    Effect,
    Leg,
    Note,
    Reason,
)
from vpcreach.forwarding.surroundings import (
    FREE,
    Component,
    Guard,
    Judgement,
    Surroundings,
    Zone,
    wrong_way,
)

__all__ = [
    "ASYMMETRIC_MIDDLEBOX_ROUTE",
    "BAD_STATE",
    "BAD_STATE_ATTACHMENT",
    "COLLECTION_FAILED",
    "FREE",
    "NO_POSSIBLE_DESTINATION",
    "PROTOCOL_RESTRICTION",
    "UNKNOWN_RESOURCE",
    "UNSUPPORTED_COMPONENT",
    "Arrival",
    "Component",
    "Decision",
    "Deliver",
    "Direction",
    "Effect",
    "Emerge",
    "Forward",
    "Gate",
    "Guard",
    "Hop",
    "Judgement",
    "Leg",
    "Lookup",
    "Note",
    "Part",
    "Reason",
    "Sender",
    "ServiceRequest",
    "Spot",
    "Stop",
    "Stopped",
    "Surroundings",
    "Zone",
    "wrong_way",
]
