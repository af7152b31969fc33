"""The newer snapshot with some of its changes put back to what the older one had."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import msgspec

from vpcreach.components.lambda_function import LIST_FUNCTIONS
from vpcreach.explain.difference.change import (
    ComponentChange,
    FilePiece,
    ItemPiece,
    KeysPiece,
    RecordedPiece,
)
from vpcreach.explain.difference.replies import Parts, joined, parts, resolved
from vpcreach.snapshot.call import Call
from vpcreach.snapshot.snapshot import Failure, Manifest, Narrowing, Snapshot


class Reverter:
    """Makes such snapshots of one newer snapshot; replies that no change touches stay shared."""

    def __init__(self, new: Snapshot) -> None:
        self.new = new
        self._parts: dict[str, Parts] = {}

    def reverted(self, changes: Iterable[ComponentChange], only_functions: frozenset[str] | None = None) -> Snapshot:
        """A copy with these changes taken back; with `only_functions` it lists no functions but those, by ARN."""
        items: dict[str, list[ItemPiece]] = defaultdict(list)
        keys: dict[str, list[KeysPiece]] = defaultdict(list)
        files: dict[str, bytes | None] = {}
        recorded: list[RecordedPiece] = []
        for piece in (piece for change in changes for piece in change.pieces):
            match piece:
                case ItemPiece(path=path):
                    items[path].append(piece)
                case KeysPiece(path=path):
                    keys[path].append(piece)
                case FilePiece(path=path, old=old):
                    files[path] = old
                case RecordedPiece():
                    recorded.append(piece)
        files |= {path: self._edited(path, items[path], keys[path]) for path in {*items, *keys}}
        if only_functions is not None:
            files |= self._narrowed(files, only_functions)
        return self.new.edited(files, _manifest(self.new.manifest, recorded) if recorded else None)

    def _edited(self, path: str, items: list[ItemPiece], keys: list[KeysPiece]) -> bytes:
        call, whole = self._taken_apart(path)
        instead = {piece.new: piece.old for piece in items if piece.new is not None}
        kept = [instead.get(text, text) for text in whole.items]
        back = [piece.old for piece in items if piece.new is None]
        beside: dict[str, bytes | None] = dict(whole.keys)
        for piece in keys:
            beside |= piece.old
        told = {key: held for key, held in beside.items() if held is not None}
        return joined(call, Parts(told, [text for text in (*kept, *back) if text is not None]))

    def _taken_apart(self, path: str) -> tuple[Call[Any], Parts]:
        found = resolved(path)
        if found is None:
            raise KeyError(path)
        if path not in self._parts:
            whole = parts(found.call, self.new.files[path])
            if whole is None:
                raise KeyError(path)
            self._parts[path] = whole
        return found.call, self._parts[path]

    def _narrowed(self, files: dict[str, bytes | None], arns: frozenset[str]) -> dict[str, bytes]:
        told: dict[str, bytes] = {}
        for place in self.new.places():
            path = LIST_FUNCTIONS.path(place)
            data = files.get(path, self.new.files.get(path))
            whole = parts(LIST_FUNCTIONS, data) if data is not None else None
            if whole is not None:
                kept = [text for text in whole.items if _arn(text) in arns]
                told[path] = joined(LIST_FUNCTIONS, Parts(whole.keys, kept))
        return told


class _Named(msgspec.Struct):
    arn: str = msgspec.field(default="", name="FunctionArn")


def _arn(text: bytes) -> str:
    """The ARN of the function itself, whichever version the item is."""
    return ":".join(msgspec.json.decode(text, type=_Named).arn.split(":")[:7])


def _manifest(manifest: Manifest, pieces: Iterable[RecordedPiece]) -> Manifest:
    failed, narrowed = list(manifest.failed), list(manifest.narrowed)
    for piece in pieces:
        if isinstance(piece.new, Failure):
            failed.remove(piece.new)
        if isinstance(piece.new, Narrowing):
            narrowed.remove(piece.new)
        if isinstance(piece.old, Failure):
            failed.append(piece.old)
        if isinstance(piece.old, Narrowing):
            narrowed.append(piece.old)
    return msgspec.structs.replace(manifest, failed=tuple(failed), narrowed=tuple(narrowed))
