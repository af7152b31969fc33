"""`vpcreach diff`: exit codes, formats, and what is wrong with what is given."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import drawn
from tests.cli.program import sentence, vpcreach


@pytest.fixture
def worse(tmp_path: Path) -> Path:
    """The same account after somebody took the way out away from orders."""
    estate = drawn()
    estate.route_table("private").remove_route("0.0.0.0/0")
    return estate.write(tmp_path / "worse")


def test_exit_code_1_where_something_got_worse(snapshot: Path, worse: Path) -> None:
    told = vpcreach("diff", snapshot, worse, folder=snapshot.parent)
    assert (told.returncode, told.stderr) == (1, "")
    assert told.stdout.startswith("3 functions, 9 answers: 6 worse, 3 the same\n")
    assert "cause: route table rtb-private: route 0.0.0.0/0 -> nat-a removed" in told.stdout


def test_exit_code_0_where_something_got_better(snapshot: Path, worse: Path) -> None:
    told = vpcreach("diff", worse, snapshot, folder=snapshot.parent)
    assert told.returncode == 0
    assert told.stdout.startswith("3 functions, 9 answers: 6 better, 3 the same\n")


def test_the_same_snapshot_twice(snapshot: Path) -> None:
    told = vpcreach("diff", snapshot, snapshot, folder=snapshot.parent)
    assert (told.returncode, told.stdout) == (0, "3 functions, 9 answers: nothing changed\n")


def test_functions_and_destinations_are_chosen(snapshot: Path, worse: Path) -> None:
    told = vpcreach("diff", snapshot, worse, "--to", "internet", "--function", "o*", folder=snapshot.parent)
    assert told.stdout.startswith("1 function, 1 answer: 1 worse, 0 the same\n")


def test_json_names_its_schema_and_the_cause(snapshot: Path, worse: Path) -> None:
    told = vpcreach("diff", snapshot, worse, "--to", "internet", "--format", "json", folder=snapshot.parent)
    assert told.returncode == 1
    report = json.loads(told.stdout)
    assert (report["schema"], report["worse"]) == ("vpcreach.diff/1", True)
    assert {tuple(each["cause"]["components"]) for each in report["verdicts"]} == {("rtb-private",)}
    assert [each["key"] for each in report["components"] if each["is_cause"]] == ["rtb-private"]


def test_a_file_in_place_of_a_folder(snapshot: Path) -> None:
    (snapshot.parent / "file.json").write_text("{}")
    told = vpcreach("diff", snapshot, "file.json", folder=snapshot.parent)
    assert told.returncode == 2
    assert sentence(told).startswith("file.json: neither a folder nor a readable .zip")


@pytest.mark.parametrize("words", [("nowhere", "snapshot"), ("snapshot", "nowhere")])
def test_no_such_snapshot(words: tuple[str, str], snapshot: Path) -> None:
    told = vpcreach("diff", *words, folder=snapshot.parent)
    assert told.returncode == 2
    assert sentence(told).startswith("nowhere: no such snapshot")


def test_a_broken_file_of_either_is_named(snapshot: Path, worse: Path) -> None:
    file = worse / "111122223333/eu-west-1/ec2/describe-vpcs.json"
    file.write_text('{"Vpcs": [{"VpcId": 7}]}')
    told = vpcreach("diff", snapshot, worse, folder=snapshot.parent)
    assert told.returncode == 2
    assert sentence(told).startswith(f"{file}: $.Vpcs[0].VpcId: ")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--to", "internt"), '"internt" is not a destination'),
        (("--to", "rds:nothing"), '"rds:nothing" is not in the snapshot'),
        (("--function", "nobody"), 'no function is called "nobody"'),
        (("--format", "yaml"), '"yaml" is not a value of --format'),
    ],
)
def test_what_neither_snapshot_knows(options: tuple[str, str], words: str, snapshot: Path, worse: Path) -> None:
    told = vpcreach("diff", snapshot, worse, *options, folder=snapshot.parent)
    assert told.returncode == 2
    assert sentence(told).startswith(words)


def test_two_snapshots_are_needed(snapshot: Path) -> None:
    assert vpcreach("diff", snapshot, folder=snapshot.parent).returncode == 2
