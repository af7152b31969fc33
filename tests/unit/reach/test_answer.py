"""Verdicts: the folding table of K2, whatever the order; and what an answer tells of its traces."""

from dataclasses import replace
from itertools import permutations

import pytest

from vpcreach.forwarding import COLLECTION_FAILED, NO_POSSIBLE_DESTINATION, Note
from vpcreach.packets.address_map import AddressSet
from vpcreach.reach.answer import Answer, FunctionReport, Packets, Step, SubnetAnswer, Trace, Verdict, fold

PASS, FAIL, PARTIAL, UNKNOWN = Verdict.REACHABLE, Verdict.BLOCKED, Verdict.PARTIAL, Verdict.UNKNOWN
TABLE = [
    pytest.param((PASS,), PASS, id="K2-pass"),
    pytest.param((FAIL,), FAIL, id="K2-fail"),
    pytest.param((PASS, FAIL), PARTIAL, id="K2-pass-fail"),
    pytest.param((PASS, FAIL, UNKNOWN), PARTIAL, id="K2-pass-fail-unknown"),
    pytest.param((PASS, UNKNOWN), UNKNOWN, id="K2-pass-unknown"),
    pytest.param((FAIL, UNKNOWN), UNKNOWN, id="K2-fail-unknown"),
    pytest.param((UNKNOWN,), UNKNOWN, id="K2-unknown"),
    pytest.param((), UNKNOWN, id="K2-nothing"),
    pytest.param((PARTIAL,), PARTIAL, id="K2-partial"),
    pytest.param((PARTIAL, FAIL), PARTIAL, id="K2-partial-fail"),
    pytest.param((PARTIAL, UNKNOWN), PARTIAL, id="K2-partial-unknown"),
]


@pytest.mark.parametrize(("results", "expected"), TABLE)
def test_results_fold_over_the_set_and_not_in_pairs(results: tuple[Verdict, ...], expected: Verdict) -> None:
    for order in permutations(results):
        assert fold(order) is expected
        assert fold((*order, *order)) is expected


def test_there_are_four_verdicts_from_good_to_bad_k1() -> None:
    assert [verdict.value for verdict in Verdict] == ["reachable", "partial", "unknown", "blocked"]
    assert sorted(Verdict, key=lambda verdict: verdict.severity) == list(Verdict)


# What an answer tells of its traces

ADVICE = NO_POSSIBLE_DESTINATION.advice("a", "", "worth knowing")
FAILURE = NO_POSSIBLE_DESTINATION.fail("a", "", "lost")
DOUBT = COLLECTION_FAILED.unknown("a", "", "hidden")
OTHER = COLLECTION_FAILED.unknown("b", "", "hidden too")


def trace(verdict: Verdict, *notes: Note, assumptions: tuple[str, ...] = (), trusts: bool = False) -> Trace:
    addresses = AddressSet.parse("8.8.8.8")
    packets = Packets(addresses.family, "tcp", addresses, "443", "1024-65535", addresses)
    return Trace(packets, verdict, (), (), notes, assumptions, None, "it", is_provisional=trusts)


GOOD = trace(PASS, ADVICE, assumptions=("no guard", "a guard less"))
BAD = trace(FAIL, FAILURE, DOUBT, ADVICE, assumptions=("no guard",))
OPEN = trace(UNKNOWN, DOUBT, OTHER)


def test_a_subnets_answer_tells_everything_once() -> None:
    subnet = SubnetAnswer("subnet-a", PARTIAL, (GOOD, BAD, OPEN, BAD))
    assert subnet.blockers == (FAILURE,)
    assert subnet.unknowns == (DOUBT, OTHER)
    assert subnet.assumptions == ("a guard less", "no guard")
    assert subnet.failing == (BAD.packets, BAD.packets)
    assert subnet.main_trace is BAD
    assert SubnetAnswer("subnet-a", UNKNOWN, ()).main_trace is None


def test_an_answer_tells_what_all_its_traces_tell() -> None:
    subnets = (SubnetAnswer("subnet-a", PASS, (GOOD,)), SubnetAnswer("subnet-b", FAIL, (BAD,)))
    answer = Answer("it", PARTIAL, False, (), subnets, (), (OPEN, BAD))
    assert answer.all_traces == (OPEN, BAD, GOOD, BAD)
    assert (answer.blockers, answer.unknowns) == ((FAILURE,), (DOUBT, OTHER))
    assert not answer.trusts_appliances
    assert replace(answer, traces=(OPEN, trace(PASS, trusts=True))).trusts_appliances


def test_names_stand_behind_ids_where_there_are_any() -> None:
    assert Step("nat-1", "nat_gateway", "out").title == "nat-1"
    assert "way-out" in Step("nat-1", "nat_gateway", "out", "way-out").title
    assert SubnetAnswer("subnet-a", PASS, ()).title == "subnet-a"
    assert "app" in SubnetAnswer("subnet-1", PASS, (), "app").title


@pytest.mark.parametrize(
    ("vpc_id", "is_known", "words"),
    [
        ("vpc-main", True, "vpc-main"),
        ("vpc-main", False, "vpc-main"),
        (None, True, "not attached to a VPC"),
        (None, False, "where it stands is not known"),
    ],
)
def test_a_report_tells_where_a_function_stands(vpc_id: str | None, is_known: bool, words: str) -> None:
    assert FunctionReport("app", "arn", "1", "r", vpc_id, (), (), is_known).stands_where == words


def test_where_a_function_stands_is_known_unless_it_is_said_not_to_be() -> None:
    assert FunctionReport("app", "arn", "1", "r", None, (), ()).stands_where == "not attached to a VPC"
