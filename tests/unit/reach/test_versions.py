"""Versions and aliases: `orders:7`, `orders:live`, and what of them the snapshot does not tell (semantics A17)."""

import pytest

from tests.estates.asking import ask, finding_codes, function_report, snapshot_of, told, told_why
from tests.estates.builder import Estate
from tests.unit.reach.worlds import changed, database, denied, no_route, without
from vpcreach.api import Analysis
from vpcreach.errors import UsageError
from vpcreach.reach.functions import every_function
from vpcreach.reach.versions import qualifiers, unread_lists

pytestmark = pytest.mark.item("A17")


def published() -> Estate:
    """`app` behind a NAT gateway; its version 6 there too, version 7 in a subnet without a way out, 8 without VPC."""
    estate = changed(database())
    estate.drawn_vpc("main").subnet("shut-a", "10.0.4.0/24", az="a", table="shut")
    estate.drawn_vpc("main").route_table("shut", {})
    estate.publish("app", "6", subnets=["app-a"], groups=["app"])
    estate.publish("app", "7", subnets=["shut-a"], groups=["app"])
    estate.publish("app", "8")
    estate.alias("app", "live", "6")
    estate.alias("app", "shut", "7")
    estate.alias("app", "canary", "6", {"7": 0.1})
    estate.alias("app", "settled", "6", {"7": 0.0})
    estate.alias("app", "moved", "6", {"7": 1.0})
    estate.alias("app", "odd", "6", {"8": 0.5})
    estate.alias("app", "dev", "$LATEST")
    return estate


NAMES = [
    ("app", "reachable"),
    ("app:$LATEST", "reachable"),
    ("app:6", "reachable"),
    ("app:7", "blocked NO_ROUTE_TO_DESTINATION"),
    ("app:8", "reachable"),
    ("app:live", "reachable"),
    ("app:shut", "blocked NO_ROUTE_TO_DESTINATION"),
    ("app:canary", "partial NO_ROUTE_TO_DESTINATION"),
    ("app:settled", "reachable"),
    ("app:moved", "blocked NO_ROUTE_TO_DESTINATION"),
    ("app:dev", "reachable"),
    ("arn:aws:lambda:eu-west-1:111122223333:function:app:shut", "blocked NO_ROUTE_TO_DESTINATION"),
    ("arn:aws:lambda:eu-west-1:111122223333:function:app:7", "blocked NO_ROUTE_TO_DESTINATION"),
]


@pytest.mark.parametrize(("name", "expected"), NAMES, ids=str)
def test_a_version_has_the_network_that_it_was_published_with(name: str, expected: str) -> None:
    assert told(published(), "internet", function=name) == expected


def test_an_alias_with_a_version_without_vpc_counts_both() -> None:
    answer = ask(published(), "rds:orders-db", function="app:odd")
    assert (answer.verdict.value, [note.code for note in answer.blockers]) == ("partial", ["FUNCTION_NOT_IN_VPC"])


def test_an_alias_is_told_by_its_own_name_with_the_subnets_of_all_its_versions() -> None:
    report = function_report(published(), "internet", function="app:canary")
    assert (report.name, report.vpc_id) == ("app:canary", "vpc-main")
    assert report.arn == "arn:aws:lambda:eu-west-1:111122223333:function:app:canary"
    assert [(s.subnet_id, s.verdict.value) for s in report.answers[0].subnets] == [
        ("subnet-app-a", "reachable"),
        ("subnet-shut-a", "blocked"),
    ]


def test_versions_in_one_subnet_with_other_groups_are_told_apart() -> None:
    estate = published()
    estate.drawn_vpc("main").security_group("silent", egress=[])
    estate.publish("app", "9", subnets=["app-a"], groups=["silent"])
    estate.alias("app", "mixed", "6", {"9": 0.5})
    [subnet] = ask(estate, "internet", function="app:mixed").subnets
    assert subnet.verdict.value == "partial"
    assert sorted(trace.endpoint for trace in subnet.traces) == [
        "internet (IPv4) (version 6)",
        "internet (IPv4) (version 9)",
    ]


def test_versions_that_fare_alike_are_told_once() -> None:
    estate = published()
    estate.publish("app", "9", subnets=["app-a"], groups=["app"])
    estate.alias("app", "both", "6", {"9": 0.5})
    [subnet] = ask(estate, "internet", function="app:both").subnets
    assert [trace.endpoint for trace in subnet.traces] == ["internet (IPv4)"]


def test_a_version_has_a_state_of_its_own() -> None:
    estate = published()
    estate["function:app:6"]["State"] = "Failed"
    assert told(estate, "internet", function="app:live") == "blocked FUNCTION_BAD_STATE"
    assert told(estate, "internet") == "reachable"
    assert told(estate, "internet", function="app:canary").startswith("blocked FUNCTION_BAD_STATE")


def test_a_provisional_version_makes_the_alias_provisional() -> None:
    estate = published()
    estate["function:app:7"]["State"] = "Pending"
    assert ask(estate, "internet", function="app:canary").is_provisional
    assert not ask(estate, "internet", function="app:live").is_provisional


def test_a_list_of_versions_serves_as_well_and_leaves_the_state_assumed() -> None:
    estate = published()
    estate.list_versions("app", "6", "7", "8")
    for version in ("6", "7", "8"):
        estate.without(f"lambda/get-function-configuration/app.{version}")
    assert told(estate, "internet", function="app:shut") == "blocked NO_ROUTE_TO_DESTINATION"
    answer = ask(estate, "internet", function="app:live")
    assert (answer.verdict.value, answer.assumptions) == ("reachable", ("function state Active (not collected)",))
    assert told(estate, "internet", function="app:live", strict=True) == "unknown COLLECTION_FAILED"


WRONG = [
    ("app:lvie", 'did you mean "app:live"'),
    ("apq:live", 'did you mean "app:live"'),
    ("app:nothing-like-it", '"app" has no alias or version "nothing-like-it"; it has live'),
    ("ap*:zzz", "chooses no alias or version with a VPC"),
]


@pytest.mark.parametrize(("name", "fact"), WRONG, ids=str)
def test_an_alias_that_the_list_does_not_hold_is_a_usage_error(name: str, fact: str) -> None:
    with pytest.raises(UsageError, match=fact):
        told(published(), "internet", function=name)


def test_a_version_that_the_list_does_not_hold_is_a_usage_error() -> None:
    estate = published()
    estate.list_versions("app", "6", "7", "8")
    with pytest.raises(UsageError, match='"app" has no alias or version "66"; did you mean "app:6"'):
        told(estate, "internet", function="app:66")


def test_a_version_that_lambda_itself_did_not_find_is_a_usage_error() -> None:
    estate = published()
    estate.denied("lambda/get-function-configuration/app.8", "ResourceNotFoundException")
    with pytest.raises(UsageError, match='"app" has no alias or version "8"'):
        told(estate, "internet", function="app:8")
    assert told(estate, "internet", function="app:odd") == "unknown COLLECTION_FAILED"


MISSING = [
    pytest.param("app:live", without("lambda/list-aliases/app"), "lambda:ListAliases", id="aliases-absent"),
    pytest.param("app:live", denied("lambda/list-aliases/app"), "UnauthorizedOperation", id="aliases-denied"),
    pytest.param("app:66", lambda estate: None, "lambda:ListVersionsByFunction", id="versions-absent"),
    pytest.param(
        "app:live", denied("lambda/get-function-configuration/app.6"), "UnauthorizedOperation", id="version-denied"
    ),
    pytest.param(
        "app:live", without("lambda/get-function-configuration/app.6"), "ListVersionsByFunction", id="version-absent"
    ),
]


@pytest.mark.parametrize(("name", "hide", "gap"), MISSING)
def test_what_the_snapshot_does_not_tell_of_a_version_is_unknown_and_names_the_call(
    name: str, hide: object, gap: str
) -> None:
    estate = published()
    hide(estate)  # type: ignore[operator]
    answer = ask(estate, "internet", function=name)
    assert (answer.verdict.value, answer.subnets) == ("unknown", ())
    assert [note.code for note in answer.unknowns] == ["COLLECTION_FAILED"]
    assert gap in answer.unknowns[0].message
    assert answer.unknowns[0].remedy.startswith("collect lambda:")


def test_one_unread_version_leaves_an_alias_undecided_and_not_reachable() -> None:
    estate = published()
    estate.denied("lambda/get-function-configuration/app.7")
    assert told(estate, "internet", function="app:canary") == "unknown COLLECTION_FAILED"


def test_a_reply_of_another_version_is_no_configuration_of_this_one() -> None:
    estate = published()
    estate["function:app:6"]["Version"] = "7"
    assert told(estate, "internet", function="app:6") == "unknown COLLECTION_FAILED"


def test_a_reply_that_holds_the_state_alone_is_no_configuration() -> None:
    estate = published()
    estate.put("lambda/get-function-configuration", {"FunctionName": "app", "State": "Active"}, "app", "6")
    assert told(estate, "internet", function="app:6") == "unknown COLLECTION_FAILED"


GLOBS = [
    (["*:live"], ["app:live"]),
    (["app:*"], ["app:6", "app:7", "app:canary", "app:dev", "app:live", "app:moved", "app:odd", "app:settled"]),
    (["a*"], ["app"]),
    (["app", "app:live"], ["app", "app:live"]),
    (["app:8"], ["app:8"]),
]


@pytest.mark.parametrize(("wanted", "expected"), GLOBS, ids=",".join)
def test_globs_choose_aliases_and_versions_only_behind_a_colon(wanted: list[str], expected: list[str]) -> None:
    report = Analysis(snapshot_of(published())).report(["internet"], wanted)
    assert [f.name for f in report.functions if f.name != "app:shut"] == expected


def test_a_report_of_everything_holds_functions_alone() -> None:
    assert [f.name for f in Analysis(snapshot_of(published())).report(["internet"]).functions] == ["app"]


def test_a_list_of_functions_that_holds_versions_too_makes_no_functions_of_them() -> None:
    estate = published()
    listed = estate.reply("lambda/list-functions")["Functions"]
    listed.append(dict(estate["function:app:7"]))
    listed[0]["FunctionArn"] += ":$LATEST"
    [function] = Analysis(snapshot_of(estate)).report(["internet"]).functions
    assert (function.name, function.arn) == ("app", "arn:aws:lambda:eu-west-1:111122223333:function:app")


def test_a_finding_of_a_version_names_it() -> None:
    estate = published()
    estate["function:app:6"].update(State="Inactive", StateReasonCode="Idle")
    answer = ask(estate, "internet", function="app:live")
    assert "FUNCTION_IDLE" in finding_codes(answer)
    assert any("app:6 is Inactive" in finding.message for finding in answer.findings)


def test_what_is_behind_a_version_is_asked_like_anything_else() -> None:
    estate = published()
    no_route()(estate)
    assert told(estate, "internet", function="app:live") == "blocked NO_ROUTE_TO_DESTINATION"


def test_a_version_outside_every_vpc_is_told_with_its_own_verdict() -> None:
    story = told_why(published(), "rds:orders-db", function="app:odd")
    assert story.startswith("PARTIAL  app:odd")
    assert "Without a subnet: BLOCKED" in story
    assert "subnet-app-a: REACHABLE" in story


def test_the_versions_of_one_function_are_no_other_ones() -> None:
    estate = published()
    estate.function("other", subnets=["app-a"], groups=["app"])
    estate.publish("other", "3", collected=False)
    estate.list_versions("other", "3")
    network = Analysis(snapshot_of(estate)).network
    found = {each.function.name: qualifiers(each.function, each.place, network) for each in every_function(network)}
    assert found["app"] == ("live", "shut", "canary", "settled", "moved", "odd", "dev", "6", "7", "8")
    assert found["other"] == ("3",)


ALIASES, VERSIONS = "lambda:ListAliases", "lambda:ListVersionsByFunction"


@pytest.mark.parametrize(
    ("qualifier", "lists"),
    [("7", {VERSIONS}), ("live", {ALIASES}), ("*", {ALIASES, VERSIONS}), ("l*", {ALIASES, VERSIONS})],
)
def test_a_qualifier_is_looked_for_in_the_lists_that_would_hold_it(qualifier: str, lists: set[str]) -> None:
    network = Analysis(snapshot_of(changed(without("lambda/list-aliases/app")))).network
    [app] = every_function(network)
    assert {gap.call for gap in unread_lists(app.function, qualifier, app.place, network)} == lists


def test_lists_that_the_snapshot_holds_are_not_missing() -> None:
    estate = published()
    estate.list_versions("app", "6", "7", "8")
    network = Analysis(snapshot_of(estate)).network
    [app] = every_function(network)
    assert unread_lists(app.function, "*", app.place, network) == ()
