"""Rules held against answers, and the exit code that comes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from tests.estates.asking import snapshot_of
from tests.unit.reach.worlds import changed
from vpcreach.check.estate import Analysed
from vpcreach.check.evaluate import evaluate
from vpcreach.check.outcome import CheckReport, Expectation, Status, UnknownAs, exit_code, judged
from vpcreach.check.rule_file import parse_rules
from vpcreach.errors import RuleFileError, UsageError
from vpcreach.reach.answer import Answer, FunctionReport, Report, Verdict
from vpcreach.reach.reporting import Analysis
from vpcreach.snapshot.snapshot import Gap

R, P, U, B = Verdict.REACHABLE, Verdict.PARTIAL, Verdict.UNKNOWN, Verdict.BLOCKED
NO_LIST = Gap("lambda:ListFunctions", "111122223333", "us-east-1", "AccessDeniedException")


@dataclass(frozen=True)
class Known:
    name: str
    tags: Mapping[str, str] | None = None

    @property
    def arn(self) -> str:
        return f"arn:aws:lambda:eu-west-1:111122223333:function:{self.name}"


@dataclass
class World:
    """Verdicts by function and destination; what is not there is a usage error."""

    verdicts: Mapping[tuple[str, str], Verdict]
    tags: Mapping[str, str] | None = None
    missing: Sequence[Gap] = ()
    missing_aliases: Sequence[Gap] = ()
    questions: list[tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=list)

    def functions(self) -> Sequence[Known]:
        return [Known(name, self.tags) for name in dict.fromkeys(name for name, _ in self.verdicts)]

    def unread_lists(self) -> Sequence[Gap]:
        return self.missing

    def unread_aliases(self, glob: str) -> Sequence[Gap]:
        return [gap for gap in self.missing_aliases if ":" in glob]

    def report(self, destinations: Sequence[str], arns: Sequence[str]) -> Report:
        names = [arn.rpartition(":")[2] for arn in arns]
        self.questions.append((tuple(destinations), tuple(names)))
        for name in names:
            for destination in destinations:
                if (name, destination) not in self.verdicts:
                    raise UsageError(f'"{destination}" is the name of nothing; did you mean "rds:orders-db"?')
        return Report(tuple(self._function(name, destinations) for name in names), ())

    def _function(self, name: str, destinations: Sequence[str]) -> FunctionReport:
        answers = tuple(Answer(d, self.verdicts[name, d], False, (), ()) for d in destinations)
        return FunctionReport(name, Known(name).arn, "111122223333", "eu-west-1", "vpc-1", (), answers)


def rules(*bodies: str) -> str:
    return "version: 1\nrules:\n" + "".join(f"  - {{name: rule {n}, {body}}}\n" for n, body in enumerate(bodies))


def checked(world: World, *bodies: str) -> CheckReport:
    return evaluate(parse_rules("rules.yaml", rules(*bodies)), world)


@pytest.mark.parametrize(
    ("verdict", "must", "must_not"),
    [
        (R, Status.HELD, Status.BROKEN),
        (P, Status.BROKEN, Status.BROKEN),
        (U, Status.UNDECIDED, Status.UNDECIDED),
        (B, Status.BROKEN, Status.HELD),
    ],
)
def test_what_becomes_of_a_demand(verdict: Verdict, must: Status, must_not: Status) -> None:
    assert judged(Expectation.MUST_REACH, verdict) is must
    assert judged(Expectation.MUST_NOT_REACH, verdict) is must_not


@pytest.mark.parametrize(
    ("verdicts", "codes"),
    [
        ((R, B), (0, 0, 0)),
        ((R, R), (1, 1, 1)),
        ((P, B), (1, 1, 1)),
        ((U, B), (3, 1, 0)),
        ((R, U), (3, 1, 0)),
        ((U, R), (1, 1, 1)),
    ],
)
def test_exit_codes(verdicts: tuple[Verdict, Verdict], codes: tuple[int, int, int]) -> None:
    world = World({("orders", "s3"): verdicts[0], ("orders", "internet"): verdicts[1]})
    outcome = checked(world, "functions: [orders], must_reach: [s3], must_not_reach: [internet]")
    assert tuple(exit_code(outcome, each) for each in UnknownAs) == codes


def test_results_come_in_the_order_of_the_file_functions_by_arn() -> None:
    world = World({(name, d): R for name in ("b", "a") for d in ("s3", "dynamodb", "internet")})
    outcome = checked(
        world, 'functions: ["*"], must_reach: [s3, dynamodb, s3]', "functions: [b], must_not_reach: [internet]"
    )
    assert [(r.rule, r.function, r.destination, r.status) for r in outcome.results] == [
        ("rule 0", "a", "s3", Status.HELD),
        ("rule 0", "a", "dynamodb", Status.HELD),
        ("rule 0", "b", "s3", Status.HELD),
        ("rule 0", "b", "dynamodb", Status.HELD),
        ("rule 1", "b", "internet", Status.BROKEN),
    ]


def test_functions_that_are_asked_the_same_are_asked_together() -> None:
    world = World({(name, "s3"): R for name in ("a", "b", "c")})
    checked(world, 'functions: ["*"], must_reach: [s3]', "functions: [a, b], must_reach: [s3]")
    assert world.questions == [(("s3",), ("a", "b", "c"))]


def test_rules_that_match_no_function_are_told_together_with_a_suggestion() -> None:
    world = World({("orders", "s3"): R})
    with pytest.raises(RuleFileError) as caught:
        checked(world, "functions: [order], must_reach: [s3]", "functions: [x, y], must_reach: [s3]")
    assert caught.value.problems == [
        'rules.yaml:3: rules[0].functions: no function of the snapshot matches "order"; did you mean "orders"?',
        'rules.yaml:4: rules[1].functions: no function of the snapshot matches "x" or "y"',
    ]


def test_tags_that_no_function_has_are_told_as_they_were_written() -> None:
    with pytest.raises(RuleFileError) as caught:
        checked(World({("orders", "s3"): R}, tags={}), "functions: {tags: {a: b, c: d}}, must_reach: [s3]")
    assert caught.value.problems == [
        "rules.yaml:3: rules[0].functions: no function of the snapshot matches the tags a=b, c=d"
    ]


def test_no_match_is_undecided_where_a_list_of_functions_is_missing() -> None:
    outcome = checked(World({("orders", "s3"): R}, missing=[NO_LIST]), "functions: [elsewhere], must_reach: [s3]")
    assert outcome.status is Status.UNDECIDED
    assert "AccessDeniedException" in outcome.unmatched[0].reason
    assert exit_code(outcome) == 3


def test_a_rule_by_tags_is_undecided_where_tags_are_not_told() -> None:
    outcome = checked(World({("orders", "s3"): R}), "functions: {tags: {team: shop}}, must_reach: [s3]")
    assert outcome.unmatched[0].reason == "the snapshot does not tell the tags of orders"
    assert exit_code(outcome) == 3


def test_a_rule_by_tags_means_the_functions_that_carry_them() -> None:
    world = World({("orders", "s3"): R}, tags={"team": "shop"})
    assert checked(world, "functions: {tags: {team: shop}}, must_reach: [s3]").status is Status.HELD


def test_a_destination_that_does_not_exist_is_told_with_its_line() -> None:
    world = World({("orders", "s3"): R})
    with pytest.raises(RuleFileError) as caught:
        checked(
            world,
            'functions: [orders], must_reach: [s3, "rds:ordres-db"]',
            'functions: [orders], must_not_reach: ["rds:gone"]',
        )
    said = 'is the name of nothing; did you mean "rds:orders-db"?'
    assert caught.value.problems == [
        f'rules.yaml:3: rules[0].must_reach[1]: "rds:ordres-db" {said}',
        f'rules.yaml:4: rules[1].must_not_reach[0]: "rds:gone" {said}',
    ]


NO_ALIASES = Gap("lambda:ListAliases", "111122223333", "eu-west-1", "not collected")


@pytest.mark.item("A17")
def test_an_alias_in_a_list_that_is_missing_is_undecided_also_beside_functions_that_match() -> None:
    world = World({("orders", "s3"): R}, missing_aliases=[NO_ALIASES])
    alone = checked(world, 'functions: ["orders:live"], must_reach: [s3]')
    assert (alone.status, len(alone.unmatched)) == (Status.UNDECIDED, 1)
    beside = checked(world, 'functions: [orders, "orders:live"], must_reach: [s3]')
    assert beside.status is Status.UNDECIDED
    assert (
        beside.unmatched[0].reason == f"nothing that is listed matches orders:live, and lists are missing: {NO_ALIASES}"
    )
    assert [result.status for result in beside.results] == [Status.HELD]


@pytest.mark.item("A17")
def test_rules_mean_aliases_and_versions_by_their_own_names_only() -> None:
    estate = changed()
    estate.publish("app", "7", subnets=["app-a"], groups=["app"])
    estate.alias("app", "live", "7")

    def meant(*globs: str) -> list[str]:
        body = f"functions: [{', '.join(f'{chr(34)}{glob}{chr(34)}' for glob in globs)}], must_reach: [internet]"
        report = evaluate(parse_rules("rules.yaml", rules(body)), Analysed(Analysis(snapshot_of(estate))))
        return [result.function for result in report.results]

    assert meant("app*") == ["app"]
    assert meant("app:live") == ["app:live"]
    assert meant("app:*") == ["app:7", "app:live"]
    assert meant("*:live", "app") == ["app", "app:live"]
    assert meant("arn:aws:lambda:eu-west-1:111122223333:function:app:live") == ["app:live"]
    with pytest.raises(RuleFileError, match="app:live"):
        meant("app:lvie")


@pytest.mark.item("A17")
def test_a_rule_about_an_alias_is_undecided_where_aliases_were_not_collected() -> None:
    estate = changed()
    estate.without("lambda/list-aliases/app")
    rule_file = parse_rules("rules.yaml", rules('functions: ["app:live"], must_reach: [internet]'))
    outcome = evaluate(rule_file, Analysed(Analysis(snapshot_of(estate))))
    assert outcome.status is Status.UNDECIDED
    assert "lambda:ListAliases" in outcome.unmatched[0].reason
