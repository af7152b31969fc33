"""The walk: every blocker of a way, what lies beyond an unknown hop, and what an answer tells of it."""

import pytest

from tests.estates.asking import ask, told
from tests.estates.builder import Estate, allow
from tests.unit.reach.worlds import (
    INTERFACES,
    OUTSIDE,
    Change,
    acl,
    asked,
    changed,
    database,
    denied,
    egress,
    ingress,
    interface,
    main,
    no_route,
    record,
    route,
    without,
)
from vpcreach.forwarding import Leg
from vpcreach.reach import walk

CLOSED_OUT = acl("app-a", outbound=[])
CLOSED_BACK = acl("app-a", inbound=[])

ALL_BLOCKERS = [
    pytest.param(
        (egress(), no_route(), CLOSED_OUT),
        {"SG_HAS_NO_RULES", "NO_ROUTE_TO_DESTINATION", "SUBNET_ACL_RESTRICTION"},
        id="K8-group-route-and-acl",
    ),
    pytest.param(
        (record("nat-main", State="failed"), no_route(table="rtb-public"), CLOSED_BACK),
        {"BAD_STATE", "NO_ROUTE_TO_DESTINATION", "SUBNET_ACL_RESTRICTION"},
        id="K8-gateway-its-way-out-and-the-way-back",
    ),
    pytest.param(
        (record("vpc-main", InstanceTenancy="dedicated"), record("subnet-app-a", State="pending"), egress()),
        {"VPC_DEDICATED_TENANCY", "BAD_STATE", "SG_HAS_NO_RULES"},
        id="K8-before-any-packet-is-sent",
    ),
]


@pytest.mark.parametrize(("changes", "expected"), ALL_BLOCKERS)
def test_an_answer_names_every_blocker_of_its_way(changes: tuple[Change, ...], expected: set[str]) -> None:
    assert {note.code for note in ask(changed(*changes), "internet").blockers} == expected


def filtered(estate: Estate) -> None:
    """AWS does not say what becomes of packets at such a route."""
    [default] = [r for r in estate["rtb-private"]["Routes"] if r.get("DestinationCidrBlock") == "0.0.0.0/0"]
    default["State"] = "filtered"


BEYOND = [
    pytest.param((denied("ec2/describe-nat-gateways"), no_route(table="rtb-public")), "unknown", id="K3-beyond-unread"),
    pytest.param((route("0.0.0.0/0", "tgw-hub"),), "unknown", id="K3-beyond-a-transit-gateway"),
    pytest.param((route("0.0.0.0/0", "tgw-hub"), CLOSED_OUT), "blocked", id="K3-before-a-transit-gateway"),
    pytest.param((route("0.0.0.0/0", "tgw-hub"), CLOSED_BACK), "unknown", id="K3-answers-from-one-may-pass-no-acl"),
    pytest.param((route("0.0.0.0/0", "pcx-far"), CLOSED_BACK), "blocked", id="K3-answers-through-peering-come-in-too"),
    pytest.param((route("0.0.0.0/0", "tgw-hub"), egress()), "blocked", id="K3-the-group-comes-first"),
    pytest.param(
        (lambda e: e.route_table("private").replace_route("0.0.0.0/0", "eni-nobody"), CLOSED_BACK),
        "unknown",
        id="K3-an-appliance-may-stand-in-the-subnet-itself",
    ),
    pytest.param(
        (lambda e: e.route_table("private").replace_route("0.0.0.0/0", "eni-nobody"), CLOSED_OUT),
        "unknown",
        id="K3-and-packets-to-it-pass-no-acl",
    ),
    pytest.param((filtered, CLOSED_OUT, CLOSED_BACK), "unknown", id="K3-a-route-that-may-not-be-one"),
]


@pytest.mark.parametrize(("changes", "expected"), BEYOND)
def test_a_fail_counts_only_where_no_unknown_hop_could_have_turned_the_packet(
    changes: tuple[Change, ...], expected: str
) -> None:
    assert asked("internet", *changes).split()[0] == expected


UNKNOWN_IS_FORBIDDEN: list[Change] = [
    denied("ec2/describe-nat-gateways"),
    denied("ec2/describe-route-tables"),
    denied("ec2/describe-network-acls"),
    denied("ec2/describe-internet-gateways"),
    denied(INTERFACES),
    without("ec2/describe-subnets"),
    without("ec2/describe-vpcs"),
]


@pytest.mark.parametrize("hide", UNKNOWN_IS_FORBIDDEN, ids=[f"K6-{n}" for n in range(7)])
def test_what_nothing_can_change_is_blocked_whatever_is_hidden(hide: Change) -> None:
    assert asked("internet", egress(), hide).startswith("blocked SG_HAS_NO_RULES")


def test_the_trail_goes_out_and_back_k8() -> None:
    trace = ask(changed(), "internet").subnets[0].traces[0]
    assert [step.component for step in trace.path] == [
        "sg-app",
        "rtb-private",
        "acl-main-default",
        "acl-main-default",
        "nat-main",
        "rtb-public",
        "acl-main-default",
        "igw-main",
    ]
    assert trace.return_path[0].component == "igw-main"
    assert trace.return_path[-1].component == "acl-main-default"


def test_every_blocker_has_component_entry_leg_remedy_and_sentence_k8() -> None:
    estate = changed(egress(), no_route(), CLOSED_BACK, record("nat-main", State="failed"), database(), ingress())
    for destination in ("internet", "rds:orders-db"):
        for note in ask(estate, destination).blockers:
            assert note.component, note
            assert note.remedy, note
            assert note.message, note
            assert note.leg in (Leg.OUT, Leg.BACK)


def test_the_witness_is_a_packet_of_the_question_k8() -> None:
    witness = ask(changed(), "8.8.8.8:53/udp").subnets[0].traces[0].witness
    assert witness is not None
    assert witness.source_text.startswith("10.0.1.")
    assert witness.destination_text == "8.8.8.8"
    assert (witness.protocol, witness.destination_port, witness.source_port) == (17, 53, 1024)


def test_a_way_with_too_many_hops_is_unknown_b13(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "MAX_HOPS", 0)
    assert told(changed(), "internet") == "unknown MAX_HOPS_EXCEEDED"


def test_a_gateway_that_sends_packets_back_to_itself_is_a_loop_b13() -> None:
    looping = route("0.0.0.0/0", "nat-main", "rtb-public")
    assert asked("internet", looping) == "blocked ROUTING_LOOP"
    [blocker] = ask(changed(looping), "internet").blockers
    assert blocker.remedy == walk.ROUTING_LOOP.remedy
    assert blocker.message.endswith("back to nat-main: the gateway itself has no way out")


def test_a_machine_whose_own_table_leads_to_it_is_a_circle_b13() -> None:
    circle = ask(
        changed(interface("box"), record("eni-box", SourceDestCheck=False), route("0.0.0.0/0", "eni-box")), "internet"
    )
    [blocker] = [note for note in circle.blockers if note.code == "ROUTING_LOOP"]
    assert (blocker.component, blocker.entry, blocker.remedy) == ("eni-box", "", walk.CIRCLE)


def test_no_step_is_told_of_a_way_that_no_packet_took_k8() -> None:
    trace = ask(changed(route("0.0.0.0/0", "pcx-far")), "internet").subnets[0].traces[0]
    assert [step.component for step in trace.path] == ["sg-app", "rtb-private"]
    assert trace.return_path == ()


def test_the_verdict_of_a_literal_never_depends_on_rules_for_other_ports() -> None:
    """D3: rules for neighbouring ports cut the atoms but decide nothing."""
    noise = egress(allow("tcp", 443), *(allow("tcp", port, "9.9.9.9/32") for port in (442, 444, 1023, 1024, 65535)))
    assert asked(OUTSIDE, noise) == "reachable"
    assert asked("93.184.216.34:442", noise) == "blocked ENI_SG_RULES_MISMATCH"


def two_functions(estate: Estate) -> None:
    vpc = main(estate)
    vpc.security_group("locked", egress=[])
    estate.function("locked", subnets=["app-a"], groups=["locked"])
    estate.function("twin", subnets=["app-a"], groups=["app"])
    estate["function:twin"]["State"] = "Failed"


def test_functions_of_one_subnet_share_work_but_not_groups_or_states_k2() -> None:
    estate = changed(two_functions)
    assert told(estate, "internet") == "reachable"
    assert told(estate, "internet", function="locked") == "blocked SG_HAS_NO_RULES"
    assert told(estate, "internet", function="twin") == "blocked FUNCTION_BAD_STATE"
