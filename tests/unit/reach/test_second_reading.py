"""The witness of every verdict is read a second time, at every gate and table that it meets."""

from ipaddress import ip_address

import pytest

from tests.estates.asking import ask
from tests.unit.reach.worlds import behind_nat
from vpcreach.components.route_table import RouteTable
from vpcreach.components.security_group import GroupSet
from vpcreach.errors import ContradictionError
from vpcreach.forwarding import Decision, Hop, Leg, Stop

UPPER_HALF = int(ip_address("128.0.0.0"))


def test_a_table_that_reads_otherwise_contradicts_the_map(monkeypatch: pytest.MonkeyPatch) -> None:
    estate = behind_nat()
    monkeypatch.setattr(RouteTable, "replay", lambda self, family, address, around: None)
    with pytest.raises(ContradictionError, match=r"rtb-\S+ has no route, not .*; please report this"):
        ask(estate, "internet")


def test_the_witness_of_a_verdict_is_held_against_gates_that_other_packets_were_tried_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The group is met by all packets at once, and tried with one of the lower half: the end tells of the other."""
    estate = behind_nat()
    gone = {"DestinationCidrBlock": "128.0.0.0/1", "NatGatewayId": "nat-gone", "State": "blackhole"}
    estate["rtb-private"]["Routes"].append(gone)
    assert ask(estate, "internet").verdict.value == "partial"
    honest = GroupSet.decide

    def refusing(self, direction, packet, around):  # type: ignore[no-untyped-def]
        if packet.destination >= UPPER_HALF:
            return Decision(False, "no rule")
        return honest(self, direction, packet, around)

    monkeypatch.setattr(GroupSet, "decide", refusing)
    with pytest.raises(ContradictionError, match=r"128\.0\.0\.\d+:443: sg-app outbound: the sets say pass, the rules"):
        ask(estate, "internet")


def test_answers_are_read_a_second_time_too(monkeypatch: pytest.MonkeyPatch) -> None:
    estate = behind_nat()
    honest = RouteTable.replay

    def lost(self, family, address, around):  # type: ignore[no-untyped-def]
        is_inside = address >> 24 == 10
        return None if is_inside else honest(self, family, address, around)

    monkeypatch.setattr(RouteTable, "replay", lost)
    with pytest.raises(ContradictionError, match=r":443 → 10\.0\.\S+: rtb-public has no route"):
        ask(estate, "internet")


@pytest.mark.parametrize("leg", Leg)
def test_no_way_ends_without_a_reason(leg: Leg, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = RouteTable.forward

    def silent(self, arrival, around):  # type: ignore[no-untyped-def]
        return [Hop(arrival.packets, Stop())] if arrival.leg is leg else honest(self, arrival, around)

    monkeypatch.setattr(RouteTable, "forward", silent)
    with pytest.raises(ContradictionError, match=r"^rtb-(private|public) ends a way and does not say why"):
        ask(behind_nat(), "internet")
