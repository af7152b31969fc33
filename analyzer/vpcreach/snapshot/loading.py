"""Reading a snapshot from a folder or from that folder as one .zip."""

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

from vpcreach.errors import SnapshotError
from vpcreach.snapshot.snapshot import MANIFEST, Manifest, Snapshot, decoded

_ACCOUNT = re.compile(r"\d{12}")
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d+|global")
_LAYOUT = "<account>/<region>/<service>/<operation>.json, for example 111122223333/eu-west-1/ec2/describe-vpcs.json"
# The deepest reply: account, region, service, operation, arguments.
_DEEPEST = 5
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# An archive that unpacks to more than this, and to many times its own size, is a bomb: AWS's replies shrink to a
# twentieth or so, never to a hundredth.
_BOMB_BYTES = 256 << 20
_BOMB_RATIO = 200
# What zipfile raises for bytes that are no archive, or a damaged one.
_DAMAGES = (zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, struct.error)


def load(source: str | Path) -> Snapshot:
    """The snapshot in a folder or .zip; raises SnapshotError with one sentence for anything that is not one."""
    path = Path(source)
    try:
        files = _unzip(path) if path.is_file() else _walk(path)
    except OSError as error:
        raise SnapshotError(f"{error.filename or path}: cannot be read: {error.strerror}") from error
    _refuse_unprintable(path, files)
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
    for entry in _entries(folder, (_identity(folder),)):
        if entry.suffix == ".json" and entry.is_file():
            files[entry.relative_to(folder).as_posix()] = _as_utf8(entry.read_bytes())
    return files


def _entries(folder: Path, above: tuple[tuple[int, int], ...]) -> Iterator[Path]:
    """Everything below a folder that is no folder; `above` are those on the way there, as links may lead back."""
    for entry in folder.iterdir():
        if not entry.is_dir():
            yield entry
        elif (here := _identity(entry)) in above:
            raise SnapshotError(f"{entry}: is a link to a folder that it stands in; take it away")
        elif len(above) < _DEEPEST:
            yield from _entries(entry, (*above, here))


def _identity(folder: Path) -> tuple[int, int]:
    told = folder.stat()
    return told.st_dev, told.st_ino


def _unzip(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            # What macOS packs beside every file is nobody's reply.
            held = [entry for entry in archive.infolist() if not entry.filename.startswith("__MACOSX/")]
            _refuse_unsafe(path, held)
            files = {entry.filename: _as_utf8(archive.read(entry)) for entry in held if _is_json(entry)}
    except _DAMAGES as error:
        raise SnapshotError(f"{path}: neither a folder nor a readable .zip: {error}") from error
    tops = {name.split("/", 1)[0] for name in files if "/" in name}
    if len(tops) == 1 and not any(_is_reply(name) for name in files):
        top = f"{tops.pop()}/"
        return {name.removeprefix(top): data for name, data in files.items() if name.startswith(top)}
    return files


def _is_json(entry: zipfile.ZipInfo) -> bool:
    return entry.filename.endswith(".json")


def _refuse_unsafe(path: Path, entries: Iterable[zipfile.ZipInfo]) -> None:
    """What no tool that packs a snapshot makes: names that lead elsewhere, twins, links, secrets, bombs."""
    unpacked, names = 0, set[str]()
    for entry in entries:
        problem = _unsafe(entry) or ("is in the archive twice" if entry.filename in names else None)
        if problem:
            raise SnapshotError(f"{path}: {entry.filename!r} {problem}")
        names.add(entry.filename)
        unpacked += entry.file_size if _is_json(entry) else 0
    if unpacked > _BOMB_BYTES and unpacked > _BOMB_RATIO * path.stat().st_size:
        raise SnapshotError(f"{path}: would unpack to {unpacked >> 20} MiB, far more than a snapshot of its size holds")


def _unsafe(entry: zipfile.ZipInfo) -> str | None:
    """What is wrong with one entry of an archive; None where all is well."""
    name = entry.filename
    steps = name.removesuffix("/").split("/")
    is_absolute = PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive
    if is_absolute or "\\" in name or {"", ".", ".."} & set(steps):
        return "is not the name of a file in a snapshot"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "is a link; pack the file itself"
    if entry.flag_bits & 1:
        return "is encrypted; unpack the archive and name the folder"
    if _is_json(entry) and entry.compress_type not in _METHODS:
        return "is packed by a method other than deflate; unpack the archive and name the folder"
    return None


def _refuse_unprintable(path: Path, files: Iterable[str]) -> None:
    """Names end in reports and on terminals; bytes that are no UTF-8 do not even get there."""
    for name in files:
        if not name.isprintable():
            raise SnapshotError(f"{path}: the name {name!a} has signs that cannot be printed")


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
    manifest = decoded(data, Manifest, f"{path}/{MANIFEST}")
    family = manifest.schema.rpartition("/")
    if family[0] != "vpcreach.snapshot" or family[2] != "1":
        raise SnapshotError(
            f"{path}/{MANIFEST}: schema {manifest.schema!r} is not known to this release; upgrade vpcreach"
        )
    return manifest
