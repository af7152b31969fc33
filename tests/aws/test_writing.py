"""A snapshot is written whole or not at all, for its owner alone."""

import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from vpcreach.errors import UsageError
from vpcreach.snapshot import writing
from vpcreach.snapshot.loading import load
from vpcreach.snapshot.snapshot import Failure, Manifest, Snapshot
from vpcreach.snapshot.writing import refuse_taken, write

VPCS = "111122223333/eu-west-1/ec2/describe-vpcs.json"
ATTRIBUTE = "111122223333/eu-west-1/ec2/describe-vpc-attribute/vpc-1.enableDnsSupport.json"
DENIED = Failure(call="ec2:DescribeSubnets", account="111122223333", region="eu-west-1", error="AccessDenied")


@pytest.fixture
def snapshot() -> Snapshot:
    manifest = Manifest(collected_at="2026-01-05T09:00:00+00:00", collected_by="vpcreach 1.2.3", failed=(DENIED,))
    return Snapshot({VPCS: b'{"Vpcs": []}\n', ATTRIBUTE: b"{}\n"}, manifest)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("name", ["snapshot", "snapshot.zip"])
def test_what_is_written_is_read_back_the_same(snapshot: Snapshot, tmp_path: Path, name: str) -> None:
    again = load(write(snapshot, tmp_path / "new" / name))
    assert again.files == snapshot.files
    assert again.manifest == snapshot.manifest


def test_files_and_folders_are_readable_by_their_owner_alone(snapshot: Snapshot, tmp_path: Path) -> None:
    folder = write(snapshot, tmp_path / "snapshot")
    archive = write(snapshot, tmp_path / "snapshot.zip")
    written = [folder, *folder.rglob("*")]
    assert {mode_of(path) for path in written if path.is_dir()} == {0o700}
    assert {mode_of(path) for path in written if path.is_file()} == {0o600}
    assert mode_of(archive) == 0o600
    with zipfile.ZipFile(archive) as pages:
        assert {entry.external_attr >> 16 for entry in pages.infolist()} == {0o600}


def test_the_manifest_says_when_by_whom_and_what_failed(snapshot: Snapshot, tmp_path: Path) -> None:
    manifest = json.loads((write(snapshot, tmp_path / "snapshot") / "snapshot.json").read_text())
    assert manifest["schema"] == "vpcreach.snapshot/1"
    assert manifest["collected_at"] == "2026-01-05T09:00:00+00:00"
    assert manifest["collected_by"] == "vpcreach 1.2.3"
    assert manifest["failed"][0]["call"] == "ec2:DescribeSubnets"


def test_equal_snapshots_make_equal_archives(snapshot: Snapshot, tmp_path: Path) -> None:
    turned = Snapshot(dict(reversed(snapshot.files.items())), snapshot.manifest)
    one, other = write(snapshot, tmp_path / "one.zip"), write(turned, tmp_path / "other.zip")
    assert one.read_bytes() == other.read_bytes()


def test_an_empty_folder_is_as_good_as_none(snapshot: Snapshot, tmp_path: Path) -> None:
    (tmp_path / "snapshot").mkdir()
    assert load(write(snapshot, tmp_path / "snapshot")).files == snapshot.files


def _folder(path: Path) -> None:
    path.mkdir()
    (path / "notes.txt").write_text("mine")


def _file(path: Path) -> None:
    path.write_text("mine")


@pytest.mark.parametrize("make", [_folder, _file])
@pytest.mark.parametrize("name", ["snapshot", "snapshot.zip"])
def test_something_that_is_there_already_is_not_touched(
    snapshot: Snapshot, tmp_path: Path, make: Callable[[Path], None], name: str
) -> None:
    make(tmp_path / name)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UsageError, match="something is there already"):
        write(snapshot, tmp_path / name)
    with pytest.raises(UsageError, match="something is there already"):
        refuse_taken(tmp_path / name)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_place_that_cannot_be_written_to_is_one_sentence(snapshot: Snapshot, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written"):
        refuse_taken(tmp_path / "file" / "snapshot")
    with pytest.raises(UsageError, match="cannot be written"):
        write(snapshot, tmp_path / "file" / "snapshot")


@pytest.mark.parametrize("name", ["snapshot", "snapshot.zip"])
@pytest.mark.parametrize("interruption", [KeyboardInterrupt, MemoryError])
def test_an_interrupted_write_leaves_nothing_behind(
    snapshot: Snapshot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    interruption: type[BaseException],
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise interruption

    monkeypatch.setattr(zipfile.ZipFile, "writestr", interrupted)
    monkeypatch.setattr(writing, "_make_folders", interrupted)
    with pytest.raises(interruption):
        write(snapshot, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_nothing_behind_and_is_one_sentence(
    snapshot: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "_make_folders", full)
    with pytest.raises(UsageError, match="cannot be written: No space left on device"):
        write(snapshot, tmp_path / "snapshot")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../eu-west-1/ec2/x.json", "/etc/x.json", "1/./ec2/x.json"])
def test_no_file_is_written_outside_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="not the name of a file in a snapshot"):
        write(Snapshot({name: b"{}"}), tmp_path / "snapshot")
    assert list(tmp_path.iterdir()) == []
