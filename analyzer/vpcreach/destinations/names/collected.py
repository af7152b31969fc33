"""Reading what the snapshot holds about names: guards of a VPC, and things that another account may have listed.

Modelled: absent guards as assumptions, failed or unfinished ones as doubts; a shared VPC, whose settings only its
owner can list.
Not modelled: nothing else; what the replies mean is told by the files beside this one.
Source: the snapshot's own rules (behaviour list K).
Checked: tests/unit/destinations/test_name_resolution.py.
"""

from typing import TypeVar

from vpcreach.components.vpc import Vpc
from vpcreach.forwarding import COLLECTION_FAILED, FREE, Judgement, Surroundings
from vpcreach.snapshot.call import Call
from vpcreach.snapshot.record import Record
from vpcreach.snapshot.snapshot import Reading, State

R = TypeVar("R", bound=Record)

# The states in which an association takes part in lookups for certain, and those in which it takes none.
IN_FORCE = frozenset({None, "COMPLETE"})
OUT_OF_FORCE = frozenset({"DELETED", "FAILED", "CREATION_FAILED"})


def guard(
    call: Call[R], vpc_id: str, around: Surroundings, arguments: tuple[str, ...] = ()
) -> tuple[R | None, Judgement]:
    """A guard's reply for a VPC, and what is assumed or undecided where it is missing or not whole."""
    reading = around.read(call, vpc_id, arguments)
    assumed = Judgement((), (call.assumes,) if call.assumes else ())
    if reading.state is State.ABSENT:
        return None, assumed
    if reading.state is not State.FOUND:
        message = f"what answers DNS queries in {vpc_id} is not fully known: {reading.gap}"
        return reading.value, Judgement((COLLECTION_FAILED.unknown(vpc_id, call.action, message),))
    return reading.value, assumed if _is_a_participants(vpc_id, around) else FREE


def anywhere(call: Call[R], vpc_id: str, around: Surroundings, arguments: tuple[str, ...] = ()) -> Reading[R]:
    """The reply about a thing that the VPC's own account may not list whole, though its owner's does."""
    readings = [around.read(call, place, arguments) for place in (around.place_of(vpc_id), *around.places())]
    return next((reading for reading in readings if reading.is_complete), readings[0])


def is_in_force(status: str | None) -> bool | None:
    """Whether an association with this status counts; None while it changes, or for a status of tomorrow."""
    if status in IN_FORCE:
        return True
    return False if status in OUT_OF_FORCE else None


def _is_a_participants(vpc_id: str, around: Surroundings) -> bool:
    """True where only a participant of a shared VPC was asked: what the owner has set up, it cannot list (F17)."""
    vpc = around.component(vpc_id)
    owner = vpc.owner_id if isinstance(vpc, Vpc) else None
    return owner is not None and owner != around.place_of(vpc_id).account
