"""Everything that can be wrong with what is typed or given: one clear sentence each, and the right exit code."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import drawn
from tests.cli.program import main_here, sentence, vpcreach_of_nobody


def refused(*words: str | Path, folder: Path) -> str:
    """The sentence with which the program refuses, with exit code 2."""
    told = main_here(*words, folder=folder)
    assert told.returncode == 2, told.stderr
    return sentence(told)


# Snapshots


def test_no_such_snapshot(tmp_path: Path) -> None:
    assert refused("report", "nowhere", folder=tmp_path).startswith("nowhere: no such snapshot")


def test_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert refused("report", "empty", folder=tmp_path).startswith("empty: holds no AWS replies")


def test_truncated_json(snapshot: Path) -> None:
    file = snapshot / "111122223333/eu-west-1/ec2/describe-vpcs.json"
    file.write_bytes(file.read_bytes()[:-20])
    said = refused("report", snapshot, folder=snapshot.parent)
    assert said.startswith(f"{file}: not readable as JSON")


def test_a_wrong_type_names_file_and_place(snapshot: Path) -> None:
    file = snapshot / "111122223333/eu-west-1/ec2/describe-vpcs.json"
    file.write_text('{"Vpcs": [{"VpcId": 7, "CidrBlock": "10.0.0.0/16"}]}')
    said = refused("report", snapshot, folder=snapshot.parent)
    assert said.startswith(f"{file}: $.Vpcs[0].VpcId: ")


def test_a_file_that_is_no_zip(tmp_path: Path) -> None:
    (tmp_path / "snapshot.zip").write_text("not a zip")
    assert refused("report", "snapshot.zip", folder=tmp_path).startswith("snapshot.zip: neither a folder nor")


@pytest.fixture
def locked() -> Iterator[Path]:
    """A snapshot that its reader may not open, in a folder that everybody may enter."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        folder = drawn().write(Path(name) / "locked")
        folder.chmod(0)
        yield folder
        folder.chmod(0o700)


def locked_out(path: Path, readable: Path) -> str:
    told = vpcreach_of_nobody("report", path, warm=["report", readable], folder=readable.parent)
    assert told.returncode == 2, told.stderr
    return sentence(told)


def test_a_folder_without_permission_to_read(locked: Path, snapshot: Path) -> None:
    assert locked_out(locked, snapshot) == f"{locked}: cannot be read: Permission denied"


def test_a_file_without_permission_to_read(locked: Path, snapshot: Path) -> None:
    locked.chmod(0o755)
    file = locked / "111122223333/eu-west-1/ec2/describe-vpcs.json"
    file.chmod(0)
    assert locked_out(locked, snapshot) == f"{file}: cannot be read: Permission denied"


def test_a_folder_inside_one_that_may_not_be_entered(locked: Path, snapshot: Path) -> None:
    assert locked_out(locked / "inside", snapshot) == f"{locked / 'inside'}: cannot be read: Permission denied"


def test_a_rule_file_without_permission_to_read(locked: Path, snapshot: Path) -> None:
    good, shut = (locked.parent / f"{name}.yaml" for name in ("good", "shut"))
    for rules in (good, shut):
        rules.write_text("version: 1\nrules:\n  - {name: a, functions: [orders], must_reach: [s3]}\n")
    shut.chmod(0)
    told = vpcreach_of_nobody("check", shut, snapshot, warm=["check", good, snapshot], folder=locked.parent)
    assert sentence(told) == f"{shut}: cannot be read: Permission denied"


# Functions and destinations


def test_an_unknown_function(snapshot: Path) -> None:
    assert refused("why", "ordres", "internet", snapshot, folder=snapshot.parent).endswith('did you mean "orders"?')
    assert refused("report", snapshot, "--function", "x-*", folder=snapshot.parent).startswith("no function")
    assert refused("graph", snapshot, "--function", "ordres", folder=snapshot.parent).endswith('orders"?')


def test_an_unknown_destination(snapshot: Path) -> None:
    for verb in (("why", "orders", "internt", snapshot), ("report", snapshot, "--to", "internt")):
        assert refused(*verb, folder=snapshot.parent).endswith('did you mean "internet"?')


def test_a_resource_that_the_snapshot_does_not_hold(snapshot: Path) -> None:
    assert "rds:gone" in refused("why", "orders", "rds:gone", snapshot, folder=snapshot.parent)


def test_a_host_name_that_the_snapshot_does_not_hold_is_no_list_of_databases(snapshot: Path) -> None:
    said = refused("why", "orders", "api.example.com", snapshot, folder=snapshot.parent)
    assert said.endswith("vpcreach asks no DNS: ask for an address of it, or for internet")


def test_wrong_grammar_is_refused_before_aws_is_read(tmp_path: Path) -> None:
    assert "internt" in refused("why", "orders", "internt", folder=tmp_path)


# Options


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["report", "--format", "jsn"], '"jsn" is not a value of --format; did you mean "json"?'),
        (["report", "--format", "pdf"], '"pdf" is not a value of --format; there is text, json, markdown'),
        (["graph", "--format", "dott"], '"dott" is not a value of --format; did you mean "dot"?'),
        (["check", "x.yaml", "--format", "markdown"], '"markdown" is not a value of --format; there is text, json'),
        (["check", "x.yaml", "--unknown", "fial"], '"fial" is not a value of --unknown; did you mean "fail"?'),
    ],
)
def test_a_value_that_an_option_does_not_know(words: list[str], said: str, tmp_path: Path) -> None:
    assert refused(*words, folder=tmp_path) == said


def test_settings_of_the_live_account_beside_a_snapshot(snapshot: Path) -> None:
    said = refused("report", snapshot, "--region", "eu-west-1", folder=snapshot.parent)
    assert said.startswith("--region is for the live account")


@pytest.mark.parametrize("words", [["reprot"], ["report", "--too", "s3"], ["why", "orders"], ["collect"], []])
def test_words_that_are_no_command(words: list[str], tmp_path: Path) -> None:
    told = main_here(*words, folder=tmp_path)
    assert told.returncode == 2
    assert "Traceback" not in told.stderr


def test_an_output_that_cannot_be_written(snapshot: Path) -> None:
    said = refused("report", snapshot, "-o", "no/such/folder.txt", folder=snapshot.parent)
    assert said == "no/such/folder.txt: cannot be written: No such file or directory"
    assert refused("report", snapshot, "-o", ".", folder=snapshot.parent) == ".: is a folder; name a file"


# Rule files


def test_a_rule_file_with_three_mistakes_tells_all_three(snapshot: Path) -> None:
    rules = snapshot.parent / "rules.yaml"
    rules.write_text(
        "version: 1\nrules:\n  - name: a\n    functions: [orders]\n    must_reach: [internt]\n    must_not: [s3]\n"
        "  - functions: [stuck]\n    must_reach: [s3]\n"
    )
    told = main_here("check", "rules.yaml", snapshot, folder=snapshot.parent)
    assert (told.returncode, told.stdout) == (2, "")
    first, second, third = told.stderr.splitlines()
    assert first.startswith("vpcreach: rules.yaml:5: rules[0].must_reach[0]: ")
    assert first.endswith('did you mean "internet"?')
    assert second.startswith('vpcreach: rules.yaml:6: rules[0].must_not: "must_not" is not a key here')
    assert third == 'vpcreach: rules.yaml:7: rules[1]: the key "name" is missing'


def test_a_rule_for_no_function_and_a_destination_that_is_not_there(snapshot: Path) -> None:
    rules = snapshot.parent / "rules.yaml"
    rules.write_text(
        "version: 1\nrules:\n  - {name: a, functions: [ordrs], must_reach: [s3]}\n"
        '  - {name: b, functions: [stuck], must_reach: ["rds:gone"]}\n'
    )
    told = main_here("check", "rules.yaml", snapshot, folder=snapshot.parent)
    assert told.returncode == 2
    first, second = told.stderr.splitlines()
    assert first.startswith("vpcreach: rules.yaml:3: rules[0].functions: no function")
    assert first.endswith('did you mean "orders"?')
    assert second.startswith("vpcreach: rules.yaml:4: rules[1].must_reach[0]: ")


def test_a_rule_file_that_is_not_there(snapshot: Path) -> None:
    assert refused("check", "no.yaml", snapshot, folder=snapshot.parent) == "no.yaml: no such rule file"


# The live account


@pytest.mark.parametrize(
    "words",
    [["report"], ["why", "orders", "internet"], ["why-no-internet", "orders"], ["collect", "-o", "new"], ["graph"]],
)
def test_no_credentials(words: list[str], tmp_path: Path) -> None:
    told = main_here(*words, folder=tmp_path, AWS_DEFAULT_REGION="eu-west-1")
    assert told.returncode == 4, told.stderr
    assert "credentials" in sentence(told)
    assert not (tmp_path / "new").exists()


def test_no_region(tmp_path: Path) -> None:
    assert "--region" in refused("report", folder=tmp_path)


def test_collect_does_not_write_over_what_is_there(snapshot: Path) -> None:
    assert str(snapshot) in refused("collect", "-o", snapshot, folder=snapshot.parent)
