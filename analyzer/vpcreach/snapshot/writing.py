"""Writing a snapshot as a folder or as one .zip: whole, or not at all."""

import os
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from vpcreach.errors import UsageError
from vpcreach.snapshot.snapshot import MANIFEST, Snapshot

_FILE_MODE = 0o600
_FOLDER_MODE = 0o700


def write(snapshot: Snapshot, target: str | Path) -> Path:
    """Writes the snapshot under a name that was free (or an empty folder), readable by its owner alone.

    A name that ends in `.zip` makes a zip. What is interrupted leaves nothing under the name. Raises
    UsageError when something is there already, or the place cannot be written to.
    """
    path = Path(target)
    refuse_taken(path)
    files = dict(sorted(snapshot.files.items())) | {MANIFEST: _manifest(snapshot)}
    _refuse_escapes(files)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".zip":
            _write_zip(files, path)
        else:
            _write_folder(files, path)
    except OSError as error:
        raise UsageError(f"{path}: the snapshot cannot be written: {error.strerror or error}") from error
    return path


def refuse_taken(target: str | Path) -> None:
    """Raises UsageError when a snapshot cannot go there; to be asked before AWS is."""
    path = Path(target)
    try:
        if path.suffix == ".zip":
            is_taken = path.is_dir() or (path.exists() and path.stat().st_size > 0)
        else:
            is_taken = path.exists() and (not path.is_dir() or any(path.iterdir()))
    except OSError as error:
        raise UsageError(f"{path}: the snapshot cannot be written: {error.strerror}") from error
    if is_taken:
        raise UsageError(f"{path}: something is there already; name a new folder, or remove it first")
    parent = next(folder for folder in path.absolute().parents if folder.exists())
    if not parent.is_dir() or not os.access(parent, os.W_OK | os.X_OK):
        raise UsageError(f"{path}: the snapshot cannot be written: {parent} does not allow it")


def _manifest(snapshot: Snapshot) -> bytes:
    return msgspec.json.format(msgspec.json.encode(snapshot.manifest), indent=4) + b"\n"


def _refuse_escapes(files: Mapping[str, bytes]) -> None:
    for name in files:
        if {"", ".", ".."} & set(name.split("/")):
            raise UsageError(f"{name!r} is not the name of a file in a snapshot")


def _write_folder(files: Mapping[str, bytes], path: Path) -> None:
    draft = Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent))
    try:
        for name, data in files.items():
            file = draft / name
            _make_folders(file.parent, draft)
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE), "wb") as out:
                out.write(data)
        draft.replace(path)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _make_folders(folder: Path, top: Path) -> None:
    if folder != top and not folder.exists():
        _make_folders(folder.parent, top)
        folder.mkdir(_FOLDER_MODE)


def _write_zip(files: Mapping[str, bytes], path: Path) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as out, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for file, data in files.items():
                # ZipInfo's own date (1980), so that equal snapshots make equal archives.
                entry = zipfile.ZipInfo(file)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = _FILE_MODE << 16
                archive.writestr(entry, data)
        draft.replace(path)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise
