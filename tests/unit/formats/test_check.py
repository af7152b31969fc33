"""The outcome of a rule file in words and as JSON."""

import json

from tests.unit.formats.sample import AUDIT, BILLING, GAPS, ORDERS
from vpcreach.check.outcome import CheckReport, Expectation, RuleResult, UnmatchedRule
from vpcreach.formats import check_as
from vpcreach.reach.answer import FunctionReport

MUST, MUST_NOT = Expectation.MUST_REACH, Expectation.MUST_NOT_REACH


def result(rule: str, function: FunctionReport, number: int, expected: Expectation) -> RuleResult:
    answer = function.answers[number]
    return RuleResult(rule, function.name, function.arn, answer.destination, expected, answer)


OUTCOME = CheckReport(
    (
        result("billing is online", BILLING, 0, MUST),
        result("billing is online", BILLING, 1, MUST),
        result("audit stays inside", AUDIT, 0, MUST_NOT),
    ),
    (UnmatchedRule("tagged", "the snapshot does not tell the tags of orders"),),
    GAPS,
)


def test_the_counts_come_first_then_what_is_broken_then_what_is_undecided() -> None:
    text = check_as("text", OUTCOME)
    assert text.startswith("3 rules, 4 checks: 1 broken, 2 undecided, 1 held\n")
    order = [
        "BROKEN  billing is online",
        "UNDECIDED  audit stays",
        "UNDECIDED  tagged",
        "HELD  billing is online (1",
    ]
    positions = [text.index(words) for words in order]
    assert positions == sorted(positions)


def test_a_broken_rule_shows_the_whole_answer() -> None:
    text = check_as("text", OUTCOME)
    assert "BROKEN  billing is online: billing → internet must be reachable\n  BLOCKED  billing (subnet-a" in text
    assert "[ROUTING_LOOP]" in text
    assert "remedy: move the gateway" in text


def test_what_held_under_assumptions_names_them() -> None:
    assert "no VPC Block Public Access (not collected)" in check_as("text", OUTCOME)


def test_json_has_every_result_with_its_reasons() -> None:
    told = json.loads(check_as("json", OUTCOME))
    assert (told["schema"], told["status"]) == ("vpcreach.check/1", "broken")
    assert [(r["rule"], r["destination"], r["verdict"], r["status"]) for r in told["results"]] == [
        ("billing is online", "internet", "blocked", "broken"),
        ("billing is online", "s3", "reachable", "held"),
        ("audit stays inside", "internet", "unknown", "undecided"),
    ]
    assert [reason["code"] for reason in told["results"][0]["reasons"]] == ["ROUTING_LOOP"]
    assert told["unmatched"][0]["rule"] == "tagged"
    assert len(told["gaps"]) == len(GAPS)


def test_a_check_that_holds_says_little() -> None:
    text = check_as("text", CheckReport((result("s3", ORDERS, 1, MUST),), (), GAPS))
    assert text.startswith("1 rule, 1 check: 1 held\n")
    assert "Not in the snapshot" not in text
