"""Who reaches a destination, in words and for programs."""

import json
from dataclasses import replace

import msgspec

from tests.unit.formats.sample import AUDIT, BILLING, HELLO, ORDERS
from vpcreach.formats import who_can
from vpcreach.reach.answer import FunctionReport, Report, Verdict
from vpcreach.snapshot.snapshot import Gap

NO_LIST = Gap("lambda:ListFunctions", "111122223333", "eu-west-1", "not collected")


def faring(function: FunctionReport, verdict: Verdict, name: str = "") -> FunctionReport:
    answer = replace(function.answers[0], verdict=verdict)
    name = name or function.name
    return msgspec.structs.replace(function, name=name, arn=f"arn:{name}", answers=(answer,))


EVERYONE = Report(
    (
        faring(BILLING, Verdict.BLOCKED),
        faring(ORDERS, Verdict.PARTIAL),
        faring(HELLO, Verdict.REACHABLE),
        faring(AUDIT, Verdict.UNKNOWN),
        faring(AUDIT, Verdict.UNKNOWN, "audit-too"),
    ),
    (),
)


def test_the_first_line_counts() -> None:
    first = who_can.render(EVERYONE, "rds:db").splitlines()[0]
    assert first == "1 of 5 functions reaches rds:db; 1 reaches it in part; of 2 it is not known; 1 does not."


def test_the_reachable_come_first_and_the_blocked_are_not_named() -> None:
    told = who_can.render(EVERYONE, "rds:db")
    assert told.index("hello") < told.index("orders") < told.index("audit")
    assert "billing" not in told


def test_functions_with_the_same_doubt_share_its_words() -> None:
    told = who_can.render(EVERYONE, "rds:db")
    assert told.count("the network ACL of subnet-c is not known") == 1
    assert told.index("audit-too") < told.index("the network ACL of subnet-c is not known")


def test_a_partial_one_says_from_where() -> None:
    assert "blocked from subnet-a" in who_can.render(EVERYONE, "rds:db")


def test_a_missing_list_of_functions_is_told_even_where_all_is_decided() -> None:
    assert "lambda:ListFunctions" in who_can.render(Report(EVERYONE.functions[:1], (NO_LIST,)), "s3")
    nobody = who_can.render(Report((), (NO_LIST,)), "s3")
    assert nobody.startswith("No function is known")
    assert "lambda:ListFunctions" in nobody


def test_json_names_who_reaches_it_and_counts_the_blocked() -> None:
    told = json.loads(who_can.render_json(EVERYONE, "rds:db"))
    assert (told["schema"], told["destination"], told["blocked"]) == ("vpcreach.who-can/1", "rds:db", 1)
    assert [(f["name"], f["verdict"]) for f in told["functions"]] == [
        ("hello", "reachable"),
        ("orders", "partial"),
        ("audit", "unknown"),
        ("audit-too", "unknown"),
    ]
    assert told["functions"][2]["unknowns"][0]["code"] == "COLLECTION_FAILED"
