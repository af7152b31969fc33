"""Gates on the walk: what a blocker or a doubt tells of the gate, the packets and the place."""

from dataclasses import replace

import pytest

from tests.estates.asking import ask, snapshot_of, told
from tests.estates.builder import allow
from tests.unit.reach.worlds import (
    NOTHING,
    Change,
    acl,
    asked,
    behind_nat,
    changed,
    database,
    denied,
    egress,
    ingress,
    interface,
    record,
    route,
)
from vpcreach.api import Analysis
from vpcreach.components.security_group import GroupSet
from vpcreach.errors import ContradictionError
from vpcreach.forwarding import COLLECTION_FAILED, Decision, Direction, Leg, Note, Sender, Spot
from vpcreach.packets.address_map import AddressSet
from vpcreach.packets.ports import TCP
from vpcreach.reach.answer import Step
from vpcreach.reach.branch import Branch, Segment
from vpcreach.reach.gates import Gates, group_set


def spot(destination: str, *changes: Change) -> Spot:
    """Where the first blocker stopped the packets."""
    found = ask(changed(*changes), destination).blockers[0].spot
    assert found is not None
    return found


def told_of(found: Spot) -> tuple[tuple[str, ...], bool, set[str]]:
    return found.gates, found.is_inbound, set(found.peer_groups)


def test_a_step_names_the_component_its_kind_and_what_it_does() -> None:
    named = record("sg-app", Tags=[{"Key": "Name", "Value": "application"}])
    step = ask(changed(named, egress(allow("tcp", 443))), "8.8.8.8:443").subnets[0].traces[0].path[0]
    assert step == Step("sg-app", "security_group", "outbound tcp/443 to 0.0.0.0/0", "application")


def test_a_blocker_of_a_group_names_group_direction_and_the_groups_that_its_rules_could_name() -> None:
    leaving = spot("rds:orders-db", database(), egress())
    assert told_of(leaving) == (("sg-app",), False, {"sg-data"})
    entering = spot("rds:orders-db", database(), ingress())
    assert told_of(entering) == (("sg-data",), True, {"sg-app"})


def test_a_blocker_of_an_acl_names_the_acl_and_no_groups() -> None:
    found = spot("internet", acl("app-a", outbound=NOTHING))
    assert told_of(found) == (("acl-app-a",), False, set())
    assert spot("internet", acl("app-a", inbound=NOTHING)).is_inbound


@pytest.mark.parametrize("is_translated", [True, False])
def test_no_groups_are_named_to_a_gate_whose_rules_do_not_match_them(is_translated: bool) -> None:
    gate = group_set(Analysis(snapshot_of(behind_nat())).network, ("sg-data",))
    gate = replace(
        gate, peer_groups=frozenset({"sg-app"}), is_peer_translated=is_translated, is_peer_hidden=not is_translated
    )
    blockers = [note for each in through(gate, Direction.IN, Leg.OUT) for note in each.notes]
    assert [note.spot.peer_groups for note in blockers if note.spot] == [frozenset()]


def through(gate: GroupSet, direction: Direction, leg: Leg) -> list[Branch]:
    """Packets from app-a to 10.0.2.50:443, or the answers to them, at a gate."""
    network = Analysis(snapshot_of(behind_nat())).network
    source, destination = AddressSet.parse("10.0.1.0/24"), AddressSet.parse("10.0.2.50")
    sender = Sender("function", "function", "vpc-main", "subnet-app-a", None)
    segment = Segment(sender, source, network.atoms.mask(TCP, 1024, 65535), destination)
    branch = Branch(network.atoms.atom(TCP, 443), (segment,), 0, "vpc-main", "subnet-app-a")
    return list(Gates(network, TCP, 443).through(branch, gate, direction, leg))


def test_groups_that_cannot_be_read_are_of_the_gate() -> None:
    gate = group_set(Analysis(snapshot_of(behind_nat())).network, ("sg-app", "sg-gone"))
    assert [group.id for group in gate.groups] == ["sg-app"]
    assert [note.component for note in gate.unread] == ["sg-gone"]


@pytest.mark.parametrize("leg", Leg)
def test_a_doubt_at_a_gate_is_one_of_the_packets_or_of_the_answers(leg: Leg) -> None:
    unread = COLLECTION_FAILED.unknown("sg-gone", "", "hidden")
    [branch] = through(GroupSet((), None, (unread,)), Direction.IN, leg)
    assert [note.leg for note in branch.notes] == [leg]


def test_an_unread_acl_is_one_on_the_way_back_too() -> None:
    notes: tuple[Note, ...] = ask(changed(denied("ec2/describe-network-acls")), "8.8.8.8:443").unknowns
    assert {note.leg for note in notes} == set(Leg)


def test_e6_an_acl_may_stop_the_answers_to_some_client_ports_alone() -> None:
    low = acl("app-a", inbound=[(10, "allow", "tcp", 1024, 30000, "0.0.0.0/0")])
    assert asked("internet", low) == "partial NACL_EPHEMERAL_PARTIAL"


HALF = "10.0.1.0/25"


@pytest.mark.parametrize(
    "gate",
    [
        pytest.param(ingress(allow("tcp", 443, HALF)), id="D-a-group-at-the-target"),
        pytest.param(acl("data-a", inbound=[(10, "allow", "-1", None, None, HALF)]), id="E-an-acl-on-the-way-out"),
        pytest.param(acl("data-a", outbound=[(10, "allow", "-1", None, None, HALF)]), id="E-an-acl-on-the-way-back"),
    ],
)
def test_a_gate_may_stop_a_part_of_the_functions_subnet_alone(gate: Change) -> None:
    open_to_all = ingress(allow("tcp", 443, "10.0.0.0/16"))
    assert asked("10.0.2.50:443", interface(), open_to_all, gate) == "partial SOURCE_CIDR_PARTIALLY_ALLOWED"


def test_the_addresses_of_a_nat_gateway_are_no_part_of_the_functions_subnet() -> None:
    some = [(10, "deny", "-1", None, None, "10.0.0.0/25"), (20, "allow", "-1", None, None, "0.0.0.0/0")]
    estate = changed(route("10.0.2.0/24", "nat-main"), interface(), acl("data-a", inbound=some))
    assert "SOURCE_CIDR_PARTIALLY_ALLOWED" not in told(estate, "10.0.2.50:443")


def test_where_rules_and_sets_disagree_the_packet_is_named_with_a_client_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GroupSet, "decide", lambda self, direction, packet, around: Decision(False, "no rule"))
    with pytest.raises(ContradictionError, match=r"^tcp 10\.0\.1\.\d+:1024 → \S+:443: sg-app outbound"):
        ask(behind_nat(), "8.8.8.8:443")
