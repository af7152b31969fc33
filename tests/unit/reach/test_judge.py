"""From branches to verdicts: places and addresses of which nobody knows the right one, and what a verdict rests on."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.estates.asking import snapshot_of
from tests.estates.builder import Estate, allow
from tests.unit.reach.worlds import (
    Change,
    acl,
    behind_nat,
    changed,
    denied,
    dual_stack,
    egress,
    gateway_endpoint,
    main,
    no_route,
    prefix_list,
    record,
    route,
)
from vpcreach.api import Analysis
from vpcreach.components.security_group import SG_HAS_NO_RULES
from vpcreach.destinations.meaning import NO_SOURCE_OR_DESTINATION, UNKNOWN_DESTINATION, Endpoint, Meaning, Target
from vpcreach.forwarding import COLLECTION_FAILED, NO_POSSIBLE_DESTINATION, Effect, Note
from vpcreach.packets.address_map import AddressSet, Family
from vpcreach.packets.ports import TCP
from vpcreach.reach import judge
from vpcreach.reach.answer import Packets, Trace, Verdict
from vpcreach.reach.judge import finished, judged, subnet_traces, undecided
from vpcreach.reach.source import Attachment, OwnFacts
from vpcreach.reach.walk import Ways

V4, V6 = (Family.IPV4,), (Family.IPV4, Family.IPV6)
OPEN, SHUT = "8.8.8.8", "9.9.9.9"
ONLY_OPEN = egress(allow("tcp", 443, f"{OPEN}/32"))


def at(*addresses: str, label: str = "it", is_one_of: bool = False, groups: frozenset[str] | None = None) -> Target:
    return Target(AddressSet.parse(*addresses), label, is_one_of=is_one_of, groups=groups)


NOWHERE = Target(AddressSet.empty(Family.IPV4), "nowhere")
RESOLVER = Target(AddressSet.empty(Family.IPV4), "resolver", is_always_delivered=True)


def meaning(*endpoints: tuple[Target, ...]) -> Meaning:
    return Meaning(tuple(Endpoint("thing", targets) for targets in endpoints), TCP, 443)


def traces(
    asked: Meaning,
    *changes: Change,
    families: tuple[Family, ...] = V4,
    start: Callable[[], Estate] = behind_nat,
    shared: Ways | None = None,
) -> tuple[Trace, ...]:
    network = Analysis(snapshot_of(changed(*changes, start=start))).network
    subnet_id = "subnet-app-a"
    attachment = Attachment(network.place_of(subnet_id), "vpc-main", subnet_id, ("sg-app",), families, None)
    return subnet_traces(attachment, asked, network, {} if shared is None else shared)


def verdicts(asked: Meaning, *changes: Change) -> list[str]:
    return [trace.verdict.value for trace in traces(asked, *changes)]


def codes(found: tuple[Trace, ...]) -> list[str]:
    return [note.code for trace in found for note in trace.notes if note.effect is not Effect.ADVICE]


# Places and addresses of which nobody knows the right one


def test_of_addresses_that_fare_differently_nobody_knows_which_is_the_right_one() -> None:
    [one] = traces(meaning((at(OPEN, SHUT, is_one_of=True),)), ONLY_OPEN)
    assert (one.verdict, one.endpoint, str(one.packets.addresses)) == (Verdict.UNKNOWN, "it", f"{OPEN}, {SHUT}")
    [note] = one.unknowns
    assert (note.code, note.component, note.entry) == ("UNKNOWN_DESTINATION", "it", "")
    assert note.message.startswith("which address it has is not known, and not all that it may have fare alike: ")


def test_addresses_that_are_all_meant_keep_their_own_fates() -> None:
    assert sorted(verdicts(meaning((at(OPEN, SHUT),)), ONLY_OPEN)) == ["blocked", "reachable"]


def test_addresses_that_all_fare_alike_are_decided_whichever_is_the_right_one() -> None:
    asked = meaning((at(OPEN, SHUT, is_one_of=True),))
    assert set(verdicts(asked)) == {"reachable"}
    assert set(verdicts(asked, no_route())) == {"blocked"}
    some_answers = acl("app-a", inbound=[(10, "allow", "tcp", 1024, 30000, "0.0.0.0/0")])
    assert sorted(set(verdicts(asked, some_answers))) == ["blocked", "reachable"]


def test_places_that_fare_differently_leave_the_thing_undecided() -> None:
    [one] = traces(meaning((at(OPEN), at(SHUT))), ONLY_OPEN)
    assert (one.verdict, one.endpoint) == (Verdict.UNKNOWN, "thing")


def test_places_that_fare_alike_are_told_one_by_one() -> None:
    assert verdicts(meaning((at(OPEN), at(SHUT)))) == ["reachable", "reachable"]


def test_things_that_must_all_be_reached_are_told_one_by_one() -> None:
    assert verdicts(meaning((at(SHUT),), (at(OPEN),)), ONLY_OPEN) == ["blocked", "reachable"]


@pytest.mark.parametrize(
    ("families", "start"),
    [
        pytest.param(V4, dual_stack, id="a function without IPv6 in a subnet that has it"),
        pytest.param(V6, behind_nat, id="a dual-stack function in a subnet without IPv6"),
    ],
)
def test_a11_an_ipv6_address_is_reached_with_an_ipv6_address_alone(
    families: tuple[Family, ...], start: Callable[[], Estate]
) -> None:
    asked = meaning((at("2600:1f18:0:2::50"),))
    assert codes(traces(asked, families=families, start=start)) == ["LAMBDA_IPV6_NOT_ENABLED"]


@pytest.mark.parametrize("first", [at("2600:1f18:0:2::50"), NOWHERE], ids=["no IPv6", "no address"])
def test_a_place_that_no_packet_can_be_sent_to_is_one_of_the_places(first: Target) -> None:
    [one] = traces(meaning((first, at(OPEN))))
    assert (one.verdict, one.endpoint) == (Verdict.UNKNOWN, "thing")


def test_a_place_without_addresses_is_unknown_but_no_packet_leaves_groups_without_rules() -> None:
    asked = meaning((NOWHERE,))
    assert codes(traces(asked)) == ["UNKNOWN_DESTINATION"]
    [blocked] = traces(asked, egress())
    assert (blocked.verdict, blocked.blockers[0].code) == (Verdict.BLOCKED, SG_HAS_NO_RULES.code)


def test_a_public_address_of_an_interface_that_no_file_holds_is_unknown() -> None:
    gone = Target(AddressSet.parse(OPEN), "it", groups=frozenset({"sg-data"}), public_interface_id="eni-gone")
    [one] = traces(meaning((gone,)))
    assert (one.verdict, one.unknowns[0].component) == (Verdict.UNKNOWN, "eni-gone")


# Before any packet


def test_a_question_about_nothing_is_never_reachable() -> None:
    aside = NO_POSSIBLE_DESTINATION.advice("thing", "", "worth knowing")
    for asked in (meaning(), replace(meaning(), notes=(aside,))):
        [one] = traces(asked)
        assert (one.verdict, one.unknowns[0].code) == (Verdict.UNKNOWN, NO_SOURCE_OR_DESTINATION.code)
        assert (one.unknowns[0].component, one.unknowns[0].entry) == ("subnet-app-a", "")


def test_what_stops_a_question_about_nothing_is_told_alone() -> None:
    stopped = NO_POSSIBLE_DESTINATION.fail("thing", "", "nobody has it")
    asked = replace(meaning(), notes=(stopped,), assumed_of_the_name=("no firewall of names",))
    [one] = traces(asked)
    assert one.notes == (stopped,)
    assert one.assumed_of_the_name == ("no firewall of names",)
    assert (one.packets.ports, one.packets.client_ports) == ("443", "1024-65535")


NO_SUBNETS = denied("ec2/describe-subnets")


def test_groups_without_rules_are_no_matter_to_the_resolver_whatever_is_hidden() -> None:
    assert codes(traces(meaning((RESOLVER,)), NO_SUBNETS, egress())) == ["UNKNOWN_RESOURCE"]


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(meaning(), id="nothing"),
        pytest.param(meaning((at(OPEN),)), id="an address"),
        pytest.param(meaning((RESOLVER,), (at(OPEN),)), id="the resolver and an address"),
        pytest.param(
            meaning((replace(RESOLVER, notes=(COLLECTION_FAILED.unknown("vpc", "", "hidden"),)),)),
            id="a place that may not be the resolver",
        ),
    ],
)
def test_k6_nothing_else_leaves_groups_without_rules_whatever_is_hidden(asked: Meaning) -> None:
    assert "SG_HAS_NO_RULES" in codes(traces(asked, NO_SUBNETS, egress()))


def test_other_protocols_than_tcp_and_udp_are_no_setting_of_anything() -> None:
    asked = Meaning((Endpoint("thing", (at(OPEN),)),), 1, 0)
    [note] = {note for trace in traces(asked) for note in trace.blockers if note.code == "PROTOCOL_RESTRICTION"}
    assert (note.component, note.entry) == ("subnet-app-a", "")


# What is walked


def test_what_goes_to_a_gateway_endpoint_is_no_part_of_a_question_that_skips_it() -> None:
    asked = replace(meaning((at("52.218.0.1", OPEN),)), skips_gateway_endpoints=True)
    walked = traces(asked, gateway_endpoint("s3", policy={"Statement": []}))
    assert [(str(t.packets.addresses), t.verdict.value, t.packets.ports) for t in walked] == [
        (OPEN, "reachable", "443")
    ]


def test_the_way_from_the_subnet_on_is_kept_for_other_groups() -> None:
    ways: Ways = {}
    traces(meaning((at(OPEN),)), shared=ways)
    assert len(ways) == 1


# The undecided trace

ADVICE = NO_POSSIBLE_DESTINATION.advice("a", "", "worth knowing")
DOUBT = COLLECTION_FAILED.unknown("a", "", "hidden")
FAILURE = NO_POSSIBLE_DESTINATION.fail("a", "", "lost")


def packets(address: str, source: str = "10.0.1.0/24", ports: str = "1024-65535", nat: str | None = None) -> Packets:
    addresses = AddressSet.parse(address)
    return Packets(addresses.family, "tcp", addresses, "443", ports, AddressSet.parse(source), nat)


def trace(*notes: Note, of: Packets | None = None, assumptions: tuple[str, ...] = ()) -> Trace:
    found = Trace(of or packets(OPEN), Verdict.REACHABLE, (), (), notes, assumptions, None, "it")
    return judged(found)


def test_an_undecided_trace_speaks_of_all_its_packets_of_one_family() -> None:
    blocked = trace(FAILURE, of=packets(OPEN, "10.0.1.0/25", nat="1024-30000"))
    others = [trace(of=packets(SHUT, "10.0.1.128/25")), trace(of=packets("2600::1", "2600:1f18::/64", "1-2"))]
    one = undecided("thing", [blocked, *others], meaning())
    both = AddressSet.parse(OPEN, SHUT)
    assert one.packets == replace(packets(OPEN, nat="1024-30000"), addresses=both)


def test_an_undecided_trace_of_several_client_ports_speaks_of_all_that_there_are() -> None:
    blocked = trace(FAILURE, of=packets(OPEN, ports="1024-30000", nat="1024-30000"))
    one = undecided("thing", [trace(of=packets(OPEN, ports="30001-65535")), blocked], meaning())
    assert (one.packets.client_ports, one.packets.translated_client_ports) == ("1024-65535", None)
    alike = undecided("thing", [blocked, trace(of=packets(SHUT, ports="1024-30000"))], meaning())
    assert alike.packets.client_ports == "1024-30000"


def test_an_undecided_trace_rests_on_no_assumption_and_keeps_advice_alone() -> None:
    one = undecided("thing", [trace(FAILURE, ADVICE, assumptions=("no firewall",)), trace()], meaning(), "open")
    note = UNKNOWN_DESTINATION.unknown("thing", "", "open: lost")
    assert (one.verdict, one.notes, one.assumptions, one.endpoint) == (Verdict.UNKNOWN, (ADVICE, note), (), "thing")


# Facts of one function, and what a verdict rests on

NO_FACTS = OwnFacts()


def settled(of: Trace, facts: OwnFacts = NO_FACTS, *, strict: bool = False) -> Trace:
    [found] = finished([of], facts, strict=strict)
    return found


@pytest.mark.parametrize(
    ("own", "shared", "verdict"),
    [
        pytest.param(ADVICE, (), Verdict.REACHABLE, id="advice-decides-nothing"),
        pytest.param(DOUBT, (), Verdict.UNKNOWN, id="K3-unknown-before-pass"),
        pytest.param(DOUBT, (FAILURE,), Verdict.BLOCKED, id="K3-fail-before-unknown"),
        pytest.param(FAILURE, (DOUBT,), Verdict.BLOCKED, id="K3-own-fail-before-unknown"),
        pytest.param(FAILURE, (), Verdict.BLOCKED, id="K3-own-fail"),
    ],
)
def test_a_functions_own_facts_are_laid_over_the_answer(own: Note, shared: tuple[Note, ...], verdict: Verdict) -> None:
    found = settled(trace(*shared), OwnFacts((own,)))
    assert (found.verdict, found.notes) == (verdict, (own, *shared))


def failing(assumption: str | None, code: str = "ANY") -> Note:
    return Note(Effect.FAIL, code, "a", "", "lost", "", assumption=assumption)


@pytest.mark.parametrize(
    ("notes", "rests_on"),
    [
        pytest.param((), ("no guard", "no guard either"), id="a-pass-on-guards-being-off"),
        pytest.param((DOUBT,), (), id="an-unknown-on-nothing"),
        pytest.param((failing("no list"),), ("no list", "of the name"), id="a-fail-on-what-makes-it-fail"),
        pytest.param((failing("no list"), failing(None)), ("of the name",), id="a-fail-that-something-else-makes-too"),
        pytest.param((failing("no list", "SG_HAS_NO_RULES"), failing(None)), (), id="a-fail-whatever-the-name-means"),
    ],
)
def test_a_verdict_rests_on_what_would_turn_it(notes: tuple[Note, ...], rests_on: tuple[str, ...]) -> None:
    assumed = ("no guard", "no guard either", "no guard")
    whole = replace(trace(*notes, assumptions=assumed), assumed_of_the_name=("of the name",))
    assert settled(whole).assumptions == rests_on


def test_with_strict_what_would_have_to_be_assumed_leaves_the_verdict_open() -> None:
    passing = settled(trace(ADVICE, assumptions=("no guard",)), strict=True)
    assert (passing.verdict, passing.assumptions) == (Verdict.UNKNOWN, ())
    assert [note.entry for note in passing.unknowns] == ["no guard"]
    assert ADVICE in passing.notes
    stopped = settled(trace(failing("no list")), strict=True)
    assert (stopped.verdict, stopped.blockers) == (Verdict.UNKNOWN, ())
    assert settled(trace(FAILURE, assumptions=("no guard",)), strict=True).verdict is Verdict.BLOCKED


def test_a_functions_own_assumptions_are_those_of_its_answers() -> None:
    found = settled(trace(assumptions=("no guard",)), OwnFacts((), ("it is active",)))
    assert found.assumptions == ("no guard", "it is active")


# Ways of which nobody knows the one that is taken


def tied(*, second: str = "available") -> tuple[Change, ...]:
    """Two prefix lists hold the same block: the routes of each lead to a NAT gateway of its own."""
    return (
        lambda estate: main(estate).nat_gateway("other", subnet="public-a", public_ip="52.0.0.2"),
        record("nat-other", State=second),
        prefix_list("one", "8.8.8.0/24"),
        prefix_list("two", "8.8.8.0/24"),
        route("pl-one", "nat-main"),
        route("pl-two", "nat-other"),
    )


TIED = replace(meaning((at(OPEN),)), notes=(ADVICE,))


def test_ways_that_all_fare_alike_decide_whichever_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(verdicts(TIED, *tied())) == {"reachable"}
    assert set(verdicts(TIED, *tied(), no_route(table="rtb-public"))) == {"blocked"}
    monkeypatch.setattr(judge, "MANY_WAYS", 2)
    assert set(verdicts(TIED, *tied())) == {"reachable"}


def test_more_ways_than_are_compared_leave_the_answer_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge, "MANY_WAYS", 1)
    assert verdicts(TIED, *tied()) == ["unknown"]


def test_ways_that_fare_differently_are_one_doubt_that_names_the_tie() -> None:
    [one] = traces(TIED, *tied(second="failed"))
    assert one.verdict is Verdict.UNKNOWN
    assert [(note.effect, note.code) for note in one.notes] == [
        (Effect.UNKNOWN, "PREFIX_LIST_ROUTE_AMBIGUOUS"),
        (Effect.ADVICE, ADVICE.code),
    ]


def test_where_routes_tie_another_one_may_be_taken_for_each_block() -> None:
    half = acl(
        "public-a",
        inbound=[(10, "allow", "-1", None, None, "10.0.0.0/16"), (20, "allow", "tcp", 1024, 65535, "8.8.8.0/25")],
    )
    asked = meaning((at("8.8.8.0/24"),))
    assert verdicts(asked, *tied(), half) == ["unknown"]
    assert sorted(verdicts(asked, half)) == ["blocked", "reachable"]
