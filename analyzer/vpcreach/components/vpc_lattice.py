"""VPC Lattice as a next hop: the link-local network that AWS routes to in every VPC with a service network association.

Modelled: the route target `VpcLattice`, which takes requests to services of Lattice and nothing else.
Not modelled: what else its addresses lead to, such as resources of a service network (undecided). The association and
the service are judged by destinations/service_network.py and destinations/lattice.py.
Source: VPC Lattice User Guide, "Manage the associations for a VPC Lattice service network" (semantics F10).
Checked: tests/unit/destinations/test_lattice.py.
"""

from collections.abc import Iterable
from typing import ClassVar

from vpcreach.forwarding import UNSUPPORTED_COMPONENT, Arrival, Deliver, Hop, Leg, Lookup, Stop, Surroundings, wrong_way

# The service prefix of requests that clients make to services of Lattice.
INVOKED = "vpc-lattice-svcs"


class VpcLattice:
    """The one next hop of this name, in whatever VPC: no call of AWS lists it."""

    kind: ClassVar[str] = "vpc_lattice"
    id: ClassVar[str] = "VpcLattice"
    subnet_id: ClassVar[None] = None

    def forward(self, arrival: Arrival, around: Surroundings) -> Iterable[Hop]:
        if arrival.leg is Leg.BACK:
            yield from wrong_way(self, arrival)
        elif arrival.request is not None and arrival.request.service == INVOKED:
            yield Hop(arrival.packets, Deliver(None), "VPC Lattice")
        else:
            message = f"what VPC Lattice does with packets to {arrival.packets.destination} is in no reply of AWS"
            resolve = "ask for the service of VPC Lattice by its host name"
            note = UNSUPPORTED_COMPONENT.unknown(self.id, "", message, resolve=resolve)
            yield Hop(arrival.packets, Stop(), "VPC Lattice", (note,))

    def answer(self, arrival: Arrival, around: Surroundings) -> Iterable[Hop]:
        yield Hop(arrival.packets, Lookup(arrival.vpc_id), "answers of the service")


CALLS = ()
REASONS = (UNSUPPORTED_COMPONENT,)
