"""Carrier gateways: the way from Wavelength Zones into a telecommunication carrier's network.

Modelled: the state, and the VPC that it belongs to.
Not modelled: what lies behind one: undecided. Functions run in no Wavelength Zone.
Source: VPC User Guide, "Carrier gateways" (semantics G12).
Checked: tests/unit/components/test_carrier_gateway.py.
"""

from collections.abc import Iterable
from typing import ClassVar

from vpcreach.forwarding import (
    BAD_STATE,
    BAD_STATE_ATTACHMENT,
    UNSUPPORTED_COMPONENT,
    Arrival,
    Hop,
    Leg,
    Note,
    Stop,
    Surroundings,
    wrong_way,
)
from vpcreach.snapshot.call import Call
from vpcreach.snapshot.record import Reply, Tagged


class CarrierGateway(Tagged, frozen=True):
    kind: ClassVar[str] = "carrier_gateway"
    id_prefix: ClassVar[str] = "cagw-"
    subnet_id: ClassVar[None] = None

    carrier_gateway_id: str
    vpc_id: str | None = None
    state: str | None = None

    @property
    def id(self) -> str:
        return self.carrier_gateway_id

    def forward(self, arrival: Arrival, around: Surroundings) -> Iterable[Hop]:
        if arrival.leg is Leg.BACK:
            yield from wrong_way(self, arrival)
            return
        message = f"{self.title} leads into a carrier's network, which no function is documented to use"
        beyond = UNSUPPORTED_COMPONENT.unknown(self.id, "", message, resolve="test a connection, or use a NAT gateway")
        yield Hop(arrival.packets, Stop(), "carrier's network", (*self._state_notes(arrival.vpc_id), beyond))

    answer = forward

    def _state_notes(self, vpc_id: str) -> tuple[Note, ...]:
        if self.state in ("deleting", "deleted"):
            return (BAD_STATE.fail(self.id, "State", f"{self.title} is {self.state}, not available"),)
        if self.vpc_id not in (None, vpc_id):
            message = f"{self.title} is the next hop, but it belongs to {self.vpc_id}"
            return (BAD_STATE_ATTACHMENT.fail(self.id, "VpcId", message),)
        return ()


class DescribeCarrierGateways(Reply, frozen=True):
    carrier_gateways: tuple[CarrierGateway, ...] = ()


DESCRIBE_CARRIER_GATEWAYS = Call("ec2", "DescribeCarrierGateways", DescribeCarrierGateways, holds="CarrierGateways")
CALLS = (DESCRIBE_CARRIER_GATEWAYS,)
REASONS = (BAD_STATE, BAD_STATE_ATTACHMENT, UNSUPPORTED_COMPONENT)
