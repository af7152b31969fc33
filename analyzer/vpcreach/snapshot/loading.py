"""Reading a snapshot from a folder or from that folder as one .zip."""

import re
import zipfile
import zlib
from pathlib import Path

import msgspec

from vpcreach.errors import SnapshotError
from vpcreach.snapshot.snapshot import MANIFEST, Manifest, Snapshot, place_and_fact

_ACCOUNT = re.compile(r"\d{12}")
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d+|global")
_LAYOUT = "<account>/<region>/<service>/<operation>.json, for example 111122223333/eu-west-1/ec2/describe-vpcs.json"


def load(source: str | Path) -> Snapshot:
    """The snapshot in a folder or .zip; raises SnapshotError with one sentence for anything that is not one."""
    path = Path(source)
    try:
        files = _unzip(path) if path.is_file() else _walk(path)
    except OSError as error:
        raise SnapshotError(f"{error.filename or path}: cannot be read: {error.strerror}") from error
    manifest = _manifest(path, files.pop(MANIFEST, None))
    replies = {name: data for name, data in files.items() if _is_reply(name)}
    _refuse_misplaced(path, files)
    if not replies and not manifest.failed:
        raise SnapshotError(f"{path}: holds no AWS replies; a snapshot has files like {_LAYOUT}")
    _refuse_case_twins(path, replies)
    return Snapshot(replies, manifest, origin=str(path))


def _walk(folder: Path) -> dict[str, bytes]:
    if not folder.exists():
        raise SnapshotError(f"{folder}: no such snapshot; make one with: vpcreach collect -o {folder}")
    files: dict[str, bytes] = {}
    pending = [folder]
    while pending:
        for entry in pending.pop().iterdir():
            if entry.is_dir():
                pending.append(entry)
            elif entry.suffix == ".json" and entry.is_file():
                files[entry.relative_to(folder).as_posix()] = _as_utf8(entry.read_bytes())
    return files


def _unzip(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.endswith(".json")]
            files = {name: _as_utf8(archive.read(name)) for name in names}
    except (zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise SnapshotError(f"{path}: neither a folder nor a readable .zip: {error}") from error
    tops = {name.split("/", 1)[0] for name in files if "/" in name}
    if len(tops) == 1 and not any(_is_reply(name) for name in files):
        top = f"{tops.pop()}/"
        return {name.removeprefix(top): data for name, data in files.items() if name.startswith(top)}
    return files


def _as_utf8(data: bytes) -> bytes:
    """The same text without a mark of its encoding, which PowerShell writes in front (UTF-8 or UTF-16)."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace").encode()
    return data.removeprefix(b"\xef\xbb\xbf")


def _is_reply(name: str) -> bool:
    parts = name.split("/")
    return len(parts) in (4, 5) and _REGION.fullmatch(parts[1]) is not None


def _refuse_misplaced(path: Path, files: dict[str, bytes]) -> None:
    """A file as deep as a reply, in a folder that is no region, would be passed over in silence."""
    for name in sorted(files):
        parts = name.split("/")
        if len(parts) in (4, 5) and _ACCOUNT.fullmatch(parts[0]) and not _REGION.fullmatch(parts[1]):
            raise SnapshotError(f"{path}/{name}: {parts[1]} is not a region (nor global); the layout is {_LAYOUT}")


def _refuse_case_twins(path: Path, files: dict[str, bytes]) -> None:
    seen: dict[str, str] = {}
    for name in sorted(files):
        twin = seen.setdefault(name.lower(), name)
        if twin != name:
            raise SnapshotError(f"{path}: {twin} and {name} differ only in upper and lower case; keep one of them")


def _manifest(path: Path, data: bytes | None) -> Manifest:
    if data is None:
        return Manifest()
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except msgspec.ValidationError as error:
        raise SnapshotError(f"{path}/{MANIFEST}: {place_and_fact(error)}") from error
    except msgspec.DecodeError as error:
        raise SnapshotError(f"{path}/{MANIFEST}: not readable as JSON: {error}") from error
    family = manifest.schema.rpartition("/")
    if family[0] != "vpcreach.snapshot" or family[2] != "1":
        raise SnapshotError(
            f"{path}/{MANIFEST}: schema {manifest.schema!r} is not known to this release; upgrade vpcreach"
        )
    return manifest
