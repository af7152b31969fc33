"""VPC Lattice as a next hop: it takes requests to services, and nobody knows what it does with anything else."""

import pytest

from tests.unit.components.surroundings import FakeSurroundings, arrival_of, function_in
from vpcreach.components.vpc_lattice import VpcLattice
from vpcreach.forwarding import Deliver, Effect, Hop, Leg, Lookup, ServiceRequest, Stop

pytestmark = pytest.mark.item("F10")

APP = function_in("subnet-app")
INVOKING = ServiceRequest("vpc-lattice-svcs", (), None)
OTHER = ServiceRequest("s3", (), None)


def sent(request: ServiceRequest | None, leg: Leg = Leg.OUT) -> Hop:
    (hop,) = VpcLattice().forward(arrival_of(APP, request=request, leg=leg), FakeSurroundings())
    return hop


def test_a_request_to_a_service_is_delivered_and_answered() -> None:
    assert (sent(INVOKING).then, sent(INVOKING).notes) == (Deliver(None), ())
    (answer,) = VpcLattice().answer(arrival_of(APP, leg=Leg.BACK), FakeSurroundings())
    assert answer.then == Lookup("vpc-main")


@pytest.mark.parametrize("request_", [None, OTHER], ids=["packets", "another-service"])
def test_anything_else_is_undecided(request_: ServiceRequest | None) -> None:
    hop = sent(request_)
    assert hop.then == Stop()
    (note,) = hop.notes
    assert (note.effect, note.code, note.component) == (Effect.UNKNOWN, "UNSUPPORTED_COMPONENT", "VpcLattice")
    assert note.entry == ""


def test_answers_that_never_went_through_it_are_lost() -> None:
    assert [note.code for note in sent(INVOKING, Leg.BACK).notes] == ["ASYMMETRIC_MIDDLEBOX_ROUTE"]
