"""Stories: what is assumed, what it changes for everyone, and where fixes are looked for."""

import pytest

from tests.estates.asking import snapshot_of, told_why
from tests.estates.shop import shop
from tests.unit.reach.worlds import behind_nat, changed, denied, no_route
from vpcreach.errors import UsageError
from vpcreach.explain.edits import assumed
from vpcreach.explain.story import tell
from vpcreach.reach.answer import Verdict
from vpcreach.reach.reporting import Analysis

CLOSES = "remove route rtb-private 0.0.0.0/0"
OPENS = "sg sg-orders-db ingress tcp 5432 sg-reports"


def test_an_assumed_change_is_answered_and_what_it_changes_for_everyone_is_told() -> None:
    analysis = Analysis(snapshot_of(shop()))
    told = tell(analysis, "reports", "rds:orders-db", assume=[assumed.parse(OPENS)])
    [story] = told.stories
    assert story.answer.verdict is Verdict.REACHABLE
    assert story.assumed is not None
    assert [str(change) for change in story.assumed.changes] == ["reports → rds:orders-db: blocked -> reachable"]
    assert analysis.verdicts(["rds:orders-db"], ["reports"]) != {}
    assert next(iter(analysis.verdicts(["rds:orders-db"], ["reports"]).values())) is Verdict.BLOCKED


def test_several_changes_are_assumed_together_in_their_order() -> None:
    story = told_why(behind_nat(), "internet", CLOSES, "route rtb-private 0.0.0.0/0 -> nat-main")
    assert "With them, of 1 function, each for internet, s3, dynamodb:\n  no verdict changes\n" in story
    assert "REACHABLE  app → internet" in story


def test_what_gets_worse_is_told_before_what_gets_better() -> None:
    story = told_why(shop(), "rds:orders-db", OPENS, "sg sg-app egress all 10.0.0.0/16", function="reports")
    assert "rds:orders-db: blocked -> reachable for reports" in story
    story = told_why(shop(), "internet", "remove route rtb-private-a 0.0.0.0/0", OPENS, function="orders")
    assert 0 < story.index("verdicts get worse:") < story.index("verdict gets better:")


def test_an_assumed_change_of_what_is_not_there_is_a_usage_error_that_names_it() -> None:
    with pytest.raises(UsageError, match="rtb-privat is not in the snapshot; did you mean"):
        told_why(behind_nat(), "internet", "route rtb-privat 0.0.0.0/0 -> nat-main")


def test_a_route_that_is_replaced_is_told_so() -> None:
    story = told_why(behind_nat(), "internet", "route rtb-private 0.0.0.0/0 -> igw-main")
    assert "- point 0.0.0.0/0 of rtb-private at igw-main instead of nat-main" in story


def test_no_fix_is_offered_while_something_is_unknown() -> None:
    story = told_why(changed(denied("ec2/describe-nat-gateways")), "internet")
    assert story.startswith("UNKNOWN")
    assert "Fixes: none is offered while something that decides is unknown." in story


def test_a_reachable_answer_tells_of_no_fix() -> None:
    assert "ix" not in told_why(behind_nat(), "internet").replace("prefix", "")


@pytest.mark.parametrize(
    ("language", "word"),
    [("aws-cli", "aws ec2 create-route"), ("terraform", 'resource "aws_route"'), ("cloudformation", "AWS::EC2::Route")],
)
def test_a_fix_is_written_in_the_language_that_was_asked_for(language: str, word: str) -> None:
    assert word in told_why(changed(no_route()), "internet", language=language)
