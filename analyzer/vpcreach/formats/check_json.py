"""The outcome of a rule file as JSON, schema `vpcreach.check/1`: keys are always there."""

import msgspec

from vpcreach.check.outcome import CheckReport, RuleResult
from vpcreach.formats.json import BlockerJson, GapJson, blockers_json, gaps_json, printed

SCHEMA = "vpcreach.check/1"


class ResultJson(msgspec.Struct, frozen=True):
    rule: str
    function: str
    arn: str
    destination: str
    expected: str
    verdict: str
    status: str
    provisional: bool
    assumptions: list[str]
    reasons: list[BlockerJson]


class UnmatchedJson(msgspec.Struct, frozen=True):
    rule: str
    status: str
    reason: str


class CheckJson(msgspec.Struct, frozen=True):
    schema: str
    status: str
    results: list[ResultJson]
    unmatched: list[UnmatchedJson]
    gaps: list[GapJson]


def render(outcome: CheckReport) -> str:
    """The outcome, rules in the file's order, functions by ARN; indented, ending with a line break."""
    return printed(
        CheckJson(
            SCHEMA,
            outcome.status.value,
            [_result(result) for result in outcome.results],
            [UnmatchedJson(rule.rule, "undecided", rule.reason) for rule in outcome.unmatched],
            gaps_json(outcome.gaps),
        )
    )


def _result(result: RuleResult) -> ResultJson:
    return ResultJson(
        result.rule,
        result.function,
        result.arn,
        result.destination,
        result.expected.value,
        result.answer.verdict.value,
        result.status.value,
        result.answer.is_provisional,
        sorted(result.answer.assumptions),
        blockers_json((*result.answer.blockers, *result.answer.unknowns)),
    )
