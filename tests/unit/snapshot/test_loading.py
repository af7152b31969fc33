"""Snapshots as folders and zips."""

import zipfile
from pathlib import Path

import pytest

from tests.estates.builder import Estate
from tests.unit.reach.worlds import behind_nat, changed, denied
from vpcreach.api import report
from vpcreach.errors import SnapshotError
from vpcreach.snapshot.loading import load

VPCS = "111122223333/eu-west-1/ec2/describe-vpcs.json"


def write(folder: Path, name: str, text: str = '{"Vpcs": []}') -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return folder


def test_a_folder_and_its_zip_answer_alike_k9(tmp_path: Path) -> None:
    estate = changed(denied("ec2/describe-nat-gateways"))
    folder = load(estate.write(tmp_path / "folder"))
    archive = load(estate.zip(tmp_path / "estate.zip"))
    assert report(folder) == report(archive)
    assert folder.files == archive.files


def test_a_zip_may_hold_the_folder_itself_k9(tmp_path: Path) -> None:
    path = tmp_path / "inside.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in behind_nat().files().items():
            archive.writestr(f"my-snapshot/{name}", data)
    assert report(load(path)).functions[0].answers[0].verdict.value == "reachable"


def test_one_file_made_by_hand_is_a_snapshot_k9(tmp_path: Path) -> None:
    assert load(write(tmp_path, VPCS)).places()[0].account == "111122223333"


def test_what_is_no_reply_is_passed_over_k9(tmp_path: Path) -> None:
    write(tmp_path, VPCS)
    write(tmp_path, "notes/todo.json", "not json")
    write(tmp_path, "111122223333/eu-west-1/ec2/describe-vpcs.txt", "text")
    assert list(load(tmp_path).files) == [VPCS]


REGIONS = ["eu-west-1", "us-gov-west-1", "us-iso-east-1", "ap-southeast-2", "cn-north-1", "eusc-de-east-1", "global"]


@pytest.mark.parametrize("region", REGIONS, ids=lambda value: f"K9-{value}")
def test_every_partitions_regions_are_known(tmp_path: Path, region: str) -> None:
    name = f"111122223333/{region}/ec2/describe-vpcs.json"
    assert list(load(write(tmp_path, name)).files) == [name]


def twins(folder: Path) -> Path:
    write(folder, "111122223333/eu-west-1/lambda/get-function-configuration/orders.json", "{}")
    return write(folder, "111122223333/eu-west-1/lambda/get-function-configuration/Orders.json", "{}")


def empty(folder: Path) -> Path:
    return folder


def missing(folder: Path) -> Path:
    return folder / "nowhere"


def no_zip(folder: Path) -> Path:
    (folder / "plain.zip").write_text("not a zip")
    return folder / "plain.zip"


def newer(folder: Path) -> Path:
    write(folder, VPCS)
    return write(folder, "snapshot.json", '{"schema": "vpcreach.snapshot/2"}')


def odd_manifest(folder: Path) -> Path:
    write(folder, VPCS)
    return write(folder, "snapshot.json", '{"failed": [{"call": 1}]}')


def broken_manifest(folder: Path) -> Path:
    write(folder, VPCS)
    return write(folder, "snapshot.json", "{")


REFUSED = [
    pytest.param(twins, "differ only in upper and lower case", id="K9-case-twins"),
    pytest.param(empty, "holds no AWS replies", id="K9-empty"),
    pytest.param(missing, "no such snapshot", id="K9-missing"),
    pytest.param(no_zip, "neither a folder nor a readable .zip", id="K9-not-a-zip"),
    pytest.param(newer, "upgrade vpcreach", id="K9-newer-schema"),
    pytest.param(odd_manifest, r"failed\[0\]", id="K9-wrong-type-in-the-manifest"),
    pytest.param(broken_manifest, "not readable as JSON", id="K9-broken-manifest"),
]


@pytest.mark.parametrize(("make", "fact"), REFUSED)
def test_what_is_no_snapshot_is_refused_with_one_sentence(tmp_path: Path, make: object, fact: str) -> None:
    assert callable(make)
    with pytest.raises(SnapshotError, match=fact):
        load(make(tmp_path))


def test_a_snapshot_in_which_every_call_was_denied_is_one_k9(tmp_path: Path) -> None:
    estate = Estate()
    for path in list(estate.replies):
        if path in estate.replies:
            estate.denied(path)
    held = load(estate.write(tmp_path))
    assert held.files == {}
    assert [place.region for place in held.places()] == ["eu-west-1"]
