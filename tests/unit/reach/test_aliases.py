"""One answer for an alias: those of the versions behind it (A17)."""

from dataclasses import replace

import pytest

from vpcreach.components.lambda_function import LambdaFunction
from vpcreach.forwarding import COLLECTION_FAILED, Note
from vpcreach.packets.address_map import AddressSet
from vpcreach.reach.aliases import folded
from vpcreach.reach.answer import Answer, Finding, Packets, SubnetAnswer, Trace, Verdict

pytestmark = pytest.mark.item("A17")

ONE, TWO = (LambdaFunction("app", f"arn:aws:lambda:eu-west-1:1:function:app:{n}", version=n) for n in ("1", "2"))
GONE: Note = COLLECTION_FAILED.unknown("app", "", "hidden")
PASS, FAIL, PARTIAL, UNKNOWN = Verdict.REACHABLE, Verdict.BLOCKED, Verdict.PARTIAL, Verdict.UNKNOWN


def trace(verdict: Verdict, endpoint: str = "it") -> Trace:
    addresses = AddressSet.parse("8.8.8.8")
    packets = Packets(addresses.family, "tcp", addresses, "443", "1024-65535", addresses)
    return Trace(packets, verdict, (), (), (), (), None, endpoint)


def finding(code: str) -> Finding:
    return Finding(code, "worth knowing", "a", None, None, "")


def answer(*subnets: tuple[str, Verdict], **more: object) -> Answer:
    told = tuple(SubnetAnswer(name, verdict, (trace(verdict),)) for name, verdict in subnets)
    return replace(Answer("it", UNKNOWN, False, (), told), **more)  # type: ignore[arg-type]


def test_an_alias_of_one_version_is_that_version() -> None:
    alone = answer(("a", PASS))
    assert folded([(ONE, alone)]) is alone


def test_versions_in_the_same_subnets_fold_as_one_function_does() -> None:
    both = folded([(ONE, answer(("b", PASS), ("a", PASS))), (TWO, answer(("a", FAIL)))])
    assert (both.destination, both.verdict) == ("it", PARTIAL)
    assert [(subnet.subnet_id, subnet.verdict) for subnet in both.subnets] == [("a", PARTIAL), ("b", PASS)]
    assert [each.endpoint for each in both.subnets[0].traces] == ["it (version 1)", "it (version 2)"]


def test_what_all_versions_have_is_told_once_without_their_names() -> None:
    first = answer(traces=(trace(PASS), trace(FAIL, "other")))
    second = answer(traces=(trace(UNKNOWN, "more"), trace(PASS)))
    both = folded([(ONE, first), (GONE, second)])
    assert both.traces == (
        trace(PASS),
        trace(FAIL, "other (version 1)"),
        trace(UNKNOWN, "more (a version that is not known)"),
    )
    assert both.verdict is PARTIAL
    assert both.subnets == ()


def test_assumptions_and_findings_of_all_versions_are_told_once() -> None:
    first = answer(assumptions=("x", "y"), findings=(finding("x"),))
    second = answer(assumptions=("z", "y"), findings=(finding("y"), finding("x")), is_provisional=True)
    both = folded([(ONE, first), (TWO, second)])
    assert both.assumptions == ("x", "y", "z")
    assert both.findings == (finding("x"), finding("y"))
    assert both.is_provisional
    assert not folded([(ONE, first), (TWO, first)]).is_provisional
