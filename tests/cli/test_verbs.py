"""The verbs at work: what goes to stdout, what to stderr, and the exit codes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.program import vpcreach

RULES = """\
version: 1
rules:
  - {name: orders is online, functions: [orders], must_reach: [internet]}
  - {name: stuck stays inside, functions: [stuck], must_not_reach: [internet]}
"""


def done(*words: str | Path, folder: Path) -> str:
    told = vpcreach(*words, folder=folder)
    assert (told.returncode, told.stderr) == (0, ""), told.stderr
    return told.stdout


def test_report_asks_about_internet_s3_and_dynamodb(snapshot: Path) -> None:
    told = json.loads(done("report", snapshot, "--format", "json", folder=snapshot.parent))
    asked = {f["name"]: {d["destination"]: d["verdict"] for d in f["destinations"]} for f in told["functions"]}
    assert list(asked) == ["billing", "orders", "stuck"]
    assert {name: list(answers) for name, answers in asked.items()}["orders"] == ["internet", "s3", "dynamodb"]
    assert {name: answers["internet"] for name, answers in asked.items()} == {
        "billing": "partial",
        "orders": "reachable",
        "stuck": "blocked",
    }


def test_report_asks_about_what_it_is_told(snapshot: Path) -> None:
    words = ("--to", "s3", "--to", "internet:80", "--to", "s3", "--function", "st*", "--function", "hello")
    told = json.loads(done("report", snapshot, *words, "--format", "json", folder=snapshot.parent))
    asked = [(f["name"], f["vpc"], [d["destination"] for d in f["destinations"]]) for f in told["functions"]]
    assert asked == [("hello", None, ["s3", "internet:80"]), ("stuck", "vpc-main", ["s3", "internet:80"])]


def test_report_to_a_file_says_nothing_else_and_has_no_colours(snapshot: Path) -> None:
    file = snapshot.parent / "report.txt"
    assert done("report", snapshot, "-o", file, folder=snapshot.parent) == ""
    assert file.read_text(encoding="utf-8") == done("report", snapshot, folder=snapshot.parent)
    assert "\033" not in file.read_text(encoding="utf-8")
    assert list(snapshot.parent.glob(".report.txt*")) == []


def test_why_tells_the_story(snapshot: Path) -> None:
    story = done("why", "stuck", "internet", snapshot, folder=snapshot.parent)
    assert story.startswith("BLOCKED  stuck → internet tcp/443\n")
    assert "[NO_ROUTE_TO_DESTINATION]" in story
    assert story == done("why-no-internet", "stuck", snapshot, folder=snapshot.parent)


def test_why_answers_a_function_without_vpc(snapshot: Path) -> None:
    assert done("why", "hello", "internet", snapshot, folder=snapshot.parent).startswith("REACHABLE  hello")


def test_a_report_without_functions_is_one_sentence(snapshot: Path) -> None:
    (snapshot / "111122223333/eu-west-1/lambda/list-functions.json").write_text('{"Functions": []}')
    told = done("report", snapshot, folder=snapshot.parent)
    assert told.startswith("No function of this snapshot is attached to a VPC, so there is nothing to answer.\n")


@pytest.mark.parametrize(
    ("must", "options", "code"),
    [
        ("functions: [orders], must_reach: [internet]", [], 0),
        ("functions: [stuck], must_reach: [internet]", [], 1),
        ("functions: [billing], must_reach: [internet]", [], 1),
        ("functions: [billing], must_not_reach: [internet]", [], 1),
        ("functions: {tags: {a: b}}, must_reach: [s3]", [], 3),
        ("functions: {tags: {a: b}}, must_reach: [s3]", ["--unknown", "fail"], 1),
        ("functions: {tags: {a: b}}, must_reach: [s3]", ["--unknown", "pass"], 0),
    ],
)
def test_check_exits_with_what_became_of_the_rules(must: str, options: list[str], code: int, snapshot: Path) -> None:
    rules = snapshot.parent / "rules.yaml"
    rules.write_text(f"version: 1\nrules:\n  - {{name: a rule, {must}}}\n")
    for tags in (*snapshot.rglob("get-resources.json"), *snapshot.rglob("list-tags/*.json")):
        tags.unlink()  # so that rules by tags are undecided
    told = vpcreach("check", rules, snapshot, *options, folder=snapshot.parent)
    assert (told.returncode, told.stderr) == (code, "")
    assert "a rule" in told.stdout


def test_check_as_json(snapshot: Path) -> None:
    rules = snapshot.parent / "rules.yaml"
    rules.write_text(RULES)
    told = json.loads(done("check", rules, snapshot, "--format", "json", folder=snapshot.parent))
    assert (told["schema"], told["status"], len(told["results"])) == ("vpcreach.check/1", "held", 2)


@pytest.mark.parametrize("name", ["mermaid", "dot", "json"])
def test_graph_draws_all_or_what_one_function_meets(name: str, snapshot: Path) -> None:
    whole = done("graph", snapshot, "--format", name, folder=snapshot.parent)
    part = done("graph", snapshot, "--format", name, "--function", "stuck", folder=snapshot.parent)
    assert "nat-a" in whole
    assert "nat-a" not in part
    assert "rtb-lonely" in part


def test_permissions_is_a_policy_that_only_reads(tmp_path: Path) -> None:
    [statement, apis] = json.loads(done("permissions", folder=tmp_path))["Statement"]
    verbs = {action.partition(":")[2] for action in statement["Action"]}
    assert all(verb.startswith(("Describe", "Get", "List", "Search", "BatchGet")) for verb in verbs)
    assert apis["Action"] == "apigateway:GET"
    assert {"DescribeRouteTables", "ListFunctions", "DescribeDBInstances"} <= verbs


def test_a_reader_who_leaves_early_is_no_error(snapshot: Path) -> None:
    rules = snapshot.parent / "rules.yaml"
    rules.write_text(RULES)
    ended = subprocess.Popen(["true"], stdin=subprocess.PIPE)
    ended.wait()
    assert ended.stdin is not None
    with ended.stdin as nobody_reads:
        told = subprocess.run(
            [sys.executable, "-m", "vpcreach", "check", rules, snapshot],
            stdout=nobody_reads,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (told.returncode, told.stderr) == (0, b"")


def test_a_terminal_that_knows_no_unicode_is_no_error(snapshot: Path) -> None:
    told = vpcreach("report", snapshot, folder=snapshot.parent, LC_ALL="C", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert told.returncode == 0
    assert "→" in told.stdout
