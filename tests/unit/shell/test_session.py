"""Answers of the shell."""

import pytest

from tests.estates.asking import snapshot_of
from tests.estates.builder import Estate
from tests.unit.reach.worlds import changed, database, without
from vpcreach.api import Analysis
from vpcreach.errors import SnapshotError, UsageError
from vpcreach.explain.story import tell
from vpcreach.formats import why
from vpcreach.reach import reporting
from vpcreach.shell.session import Session
from vpcreach.shell.words import parse


def world() -> Estate:
    """`app` reaches the internet, `shut` has no route to it, `alone` has no VPC; a database admits group app."""
    estate = changed(database())
    vpc = estate.drawn_vpc("main")
    vpc.subnet("shut-a", "10.0.9.0/24", az="a", table="shut")
    vpc.route_table("shut", {})
    estate.function("shut", subnets=["shut-a"], groups=["app"])
    estate.function("alone")
    return estate


def session(estate: Estate | None = None) -> Session:
    return Session(Analysis(snapshot_of(estate or world())))


def said(line: str, to: Session | None = None) -> str:
    question = parse(line)
    assert question is not None
    return (to or session()).answer(question)


def test_why_tells_the_story_that_the_command_tells() -> None:
    told = why.render_all(tell(Analysis(snapshot_of(world())), "shut", "internet", seek_fixes=False))
    hint = "\nTried changes that would mend it: fix shut internet\n"
    assert said("why-no-internet shut") == said("why shut internet") == told + hint


def test_why_names_what_the_snapshot_lacks_where_that_leaves_it_open() -> None:
    missing = changed(without("ec2/describe-nat-gateways"))
    assert "Not in the snapshot:\n  not collected in" in said("why app internet", session(missing))


def test_who_can_reach_counts_functions_without_vpc_too() -> None:
    told = said("who can reach internet")
    assert told.startswith("2 of 3 functions reach internet; 1 does not.\n")
    assert "\n  alone  not attached to a VPC\n" in told


def test_a_change_tells_the_verdicts_that_it_changes_for_everyone_the_worse_first() -> None:
    told = said("what-if route rtb-shut 0.0.0.0/0 -> nat-main; remove route rtb-private 0.0.0.0/0")
    worse, better = told.index("3 verdicts get worse:"), told.index("3 verdicts get better:")
    assert worse < told.index("internet: reachable -> blocked for app") < better
    assert better < told.index("internet: blocked -> reachable for shut")
    assert "Compared: 3 functions, each for internet, s3, dynamodb, rds:orders-db." in told


def test_a_route_that_is_there_is_said_to_be_pointed_elsewhere() -> None:
    told = said("what-if route rtb-private 0.0.0.0/0 -> igw-main")
    assert told.startswith("If one were to point 0.0.0.0/0 of rtb-private at igw-main instead of nat-main:\n")


def test_help_has_no_target_for_a_route_that_is_removed() -> None:
    assert "  remove route TABLE DESTINATION\n" in said("help")


def test_a_change_without_effect_says_so() -> None:
    assert "  no verdict changes\n" in said("what-if nacl acl-main-default in 90 allow tcp 443 0.0.0.0/0")


def test_a_change_is_held_against_what_was_asked_about_before() -> None:
    mine = session()
    change = "what-if remove route rtb-private 0.0.0.0/0"
    assert "internet:80" not in said(change, mine)
    said("why app internet:80", mine)
    assert "internet:80: reachable -> blocked for app" in said(change, mine)


def test_the_next_question_is_about_the_snapshot_as_it_is() -> None:
    mine = session()
    before = said("why app internet", mine)
    said("what-if remove route rtb-private 0.0.0.0/0", mine)
    assert said("why app internet", mine) == before


def test_what_was_thought_ahead_is_not_walked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = session()
    told = said("who can reach rds:orders-db")
    assert len(list(mine.thinking_ahead())) > 3
    monkeypatch.setattr(reporting, "subnet_traces", lambda *rest: pytest.fail("walked again"))
    assert said("who can reach rds:orders-db", mine) == told


def test_thinking_ahead_about_a_broken_snapshot_is_left_to_the_question() -> None:
    files = {
        path: b"{" if path.endswith("describe-db-instances.json") else data for path, data in world().files().items()
    }
    broken = Session(Analysis(snapshot_of(files)))
    with pytest.raises(SnapshotError):
        said("why app rds:orders-db", broken)
    assert list(broken.thinking_ahead()) == []


def test_a_change_of_what_is_not_there_is_one_sentence() -> None:
    with pytest.raises(UsageError, match=r'rtb-shud is not in the snapshot; did you mean "rtb-shut"\?'):
        said("what-if route rtb-shud 0.0.0.0/0 -> nat-main")


def test_fixes_are_told_with_what_else_they_change() -> None:
    told = said("fix shut internet")
    assert told.startswith("3 fixes, the best first, each tried on a copy of the snapshot:\n  1. ")
    assert "reachable for shut" in told
    assert "aws ec2 " in told


FIXES = [
    ("fix app internet", "is reachable: there is nothing to mend"),
    ("fix alone 10.0.2.7:5432", "Fixes: none was found"),
]


@pytest.mark.parametrize(("line", "fact"), FIXES, ids=[line for line, _ in FIXES])
def test_where_no_fix_is_offered_the_reason_is(line: str, fact: str) -> None:
    assert fact in said(line)


def test_what_is_not_known_is_not_mended() -> None:
    missing = changed(without("ec2/describe-nat-gateways"))
    assert "none is offered while something that decides is unknown" in said("fix app internet", session(missing))


def test_a_report_is_of_the_functions_and_destinations_that_were_named() -> None:
    assert said("report").startswith("2 functions, 6 answers:")
    assert said("report sh* alone to s3 internet:80").startswith("2 functions, 4 answers:")


def test_names_are_listed() -> None:
    assert said("functions") == "alone\napp\nshut\n"
    assert said("functions a*") == "alone\napp\n"
    assert "\nrds:orders-db\n" in said("destinations")


WRONG = [
    ("why ap internet", 'no function is called "ap"; did you mean "app"?'),
    ("why app rds:orders-dbb", 'did you mean "orders-db"?'),
    ("why app internt", 'did you mean "internet"?'),
    ("functions shot", 'did you mean "shut"?'),
    ("fix shutt internet", 'did you mean "shut"?'),
]


@pytest.mark.parametrize(("line", "fact"), WRONG, ids=[line for line, _ in WRONG])
def test_names_that_mean_nothing_come_with_a_suggestion(line: str, fact: str) -> None:
    with pytest.raises(UsageError) as error:
        said(line)
    assert fact in str(error.value)


def test_help_shows_every_question_and_every_change() -> None:
    told = said("help")
    assert "who can reach DESTINATION" in told
    assert "nacl ACL in|out NUMBER allow|deny PROTOCOL PORTS CIDR" in told


def test_the_greeting_says_what_is_loaded() -> None:
    assert session().greeting() == "3 functions in snapshot. Try help."
