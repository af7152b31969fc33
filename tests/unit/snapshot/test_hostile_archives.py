"""Archives and folders that no tool makes of a snapshot: each is refused with one clear sentence."""

import json
import os
import stat
import zipfile
from pathlib import Path

import pytest

from tests.estates.asking import told
from tests.estates.seed import private_only
from vpcreach.api import report
from vpcreach.errors import SnapshotError
from vpcreach.snapshot.loading import load

VPCS = "111122223333/eu-west-1/ec2/describe-vpcs.json"


def packed(folder: Path, *entries: str | zipfile.ZipInfo, data: bytes = b'{"Vpcs": []}') -> Path:
    path = folder / "s.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in entries:
            archive.writestr(entry, data)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(SnapshotError) as caught:
        load(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        "../eu-west-1/ec2/describe-vpcs.json",
        "111122223333/eu-west-1/../describe-vpcs.json",
        f"/{VPCS}",
        f"C:/{VPCS}",
        VPCS.replace("/", "\\"),
        VPCS.replace("/", "//"),
        f"./{VPCS}",
        "../outside.txt",
    ],
)
def test_a_name_that_leads_out_of_the_archive_is_refused(tmp_path: Path, name: str) -> None:
    assert refusal(packed(tmp_path, VPCS, name)).endswith(f"{name!r} is not the name of a file in a snapshot")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_file_that_is_in_the_archive_twice_is_refused(tmp_path: Path) -> None:
    assert refusal(packed(tmp_path, VPCS, VPCS)).endswith(f"{VPCS!r} is in the archive twice")


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo(VPCS)
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert "is a link" in refusal(packed(tmp_path, link, data=b"/etc/passwd"))


def test_an_encrypted_archive_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path, VPCS)
    data = bytearray(path.read_bytes())
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(header) + flags] |= 1
    path.write_bytes(data)
    assert "is encrypted; unpack the archive" in refusal(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_packed_by_another_method_is_refused(tmp_path: Path, method: int) -> None:
    entry = zipfile.ZipInfo(VPCS)
    entry.compress_type = method
    assert "other than deflate" in refusal(packed(tmp_path, entry))


def test_an_archive_that_unpacks_to_very_much_is_refused_unopened(tmp_path: Path) -> None:
    path = packed(tmp_path, VPCS)
    data = bytearray(path.read_bytes())
    # The sizes that the headers tell are what zipfile would read: 2 GiB here.
    for header, size in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.index(header) + size
        data[start : start + 4] = (2 << 30).to_bytes(4, "little")
    path.write_bytes(data)
    assert refusal(path).endswith("would unpack to 2048 MiB, far more than a snapshot of its size holds")


@pytest.mark.parametrize("kept", [10, 0.5, 0.9, -1])
def test_a_truncated_archive_is_refused(tmp_path: Path, kept: float) -> None:
    path = private_only().zip(tmp_path / "s.zip")
    data = path.read_bytes()
    path.write_bytes(data[: int(kept * len(data)) if 0 < kept < 1 else int(kept)])
    assert "neither a folder nor a readable .zip" in refusal(path)


def test_what_macos_packs_beside_every_file_is_passed_over(tmp_path: Path) -> None:
    path = packed(tmp_path, f"s/{VPCS}", f"__MACOSX/s/{VPCS}")
    assert list(load(path).files) == [VPCS]


@pytest.mark.parametrize("account", ["1111\x1b[31m", "1111\u202e", os.fsdecode(b"1111\xff"), "1111\n"])
def test_a_name_that_cannot_be_printed_is_refused(tmp_path: Path, account: str) -> None:
    file = tmp_path / "s" / account / "eu-west-1/ec2/describe-vpcs.json"
    file.parent.mkdir(parents=True)
    file.write_text("{}")
    assert "has signs that cannot be printed" in refusal(tmp_path / "s")


def test_a_link_that_leads_back_to_its_own_folder_ends_the_reading(tmp_path: Path) -> None:
    folder = private_only().write(tmp_path / "s")
    for name in "abcdefgh":
        (folder / "111122223333" / name).symlink_to(folder)
    assert "is a link to a folder that it stands in" in refusal(folder)


def test_folders_deeper_than_any_reply_are_not_read(tmp_path: Path) -> None:
    folder = private_only().write(tmp_path / "s")
    deep = folder / "a/b/c/d/e/f"
    deep.mkdir(parents=True)
    for link in "xyz":
        (deep / link).symlink_to(folder)
    assert load(folder).files


def test_a_key_that_is_no_utf_8_is_refused_with_its_file(tmp_path: Path) -> None:
    folder = private_only().write(tmp_path / "s")
    file = folder / VPCS
    file.write_bytes(file.read_bytes().replace(b'{\n    "Vpcs"', b'{"\xff": 1, "Vpcs"', 1))
    with pytest.raises(SnapshotError, match=r"describe-vpcs.json: not readable as JSON"):
        report(load(folder), ["internet"])


@pytest.mark.parametrize(
    "data", [b'{"failed": [], "x": "\xff", "schema": "\xff"}', b"[" * 100_000, b'{"a": ' * 100_000]
)
def test_a_manifest_that_cannot_be_read_is_refused(tmp_path: Path, data: bytes) -> None:
    folder = private_only().write(tmp_path / "s")
    (folder / "snapshot.json").write_bytes(data)
    assert "snapshot.json: " in refusal(folder)


@pytest.mark.parametrize("block", [True, 80, 1.5, ["10.0.0.0/8"], {}])
def test_an_address_block_that_is_no_text_is_refused_with_its_place(block: object) -> None:
    files = private_only().files()
    vpcs = json.loads(files[VPCS])
    vpcs["Vpcs"][0]["CidrBlock"] = block
    with pytest.raises(SnapshotError, match=r"describe-vpcs.json: \$\.Vpcs\[0\]\.CidrBlock: "):
        told(files | {VPCS: json.dumps(vpcs).encode()}, "internet")
