"""Two snapshots, reply by reply: whole replies that differ in whether they are there, and items that differ.

A reply is taken apart only where both snapshots have all of it. Otherwise nobody knows whether what it lacks exists,
and the whole reply is one change: a call that was refused is no deletion.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import msgspec

from vpcreach.explain.difference.identity import CALLS, identity
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.snapshot import Snapshot, State


@dataclass(frozen=True, slots=True)
class Path:
    """A file of a snapshot that some component reads: the call, where, and with which arguments."""

    path: str
    call: Call[Any]
    place: Place
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list reply: its id, AWS's text of it, and the record that it decodes into."""

    id: str
    text: bytes
    record: Any


@dataclass(frozen=True, slots=True)
class Parts:
    """A list reply taken apart: the text of its items in order, and of the other keys."""

    keys: dict[str, bytes]
    items: list[bytes]


def read_paths(old: Snapshot, new: Snapshot) -> Iterator[Path]:
    """Every file of either snapshot that differs in its bytes and that something reads, by name."""
    for path in sorted({*old.files, *new.files}):
        if old.files.get(path) != new.files.get(path):
            found = resolved(path)
            if found is not None:
                yield found


def resolved(path: str) -> Path | None:
    """The call whose reply a file holds; None for files that nothing reads."""
    account, region, service, command, *rest = path.removesuffix(".json").split("/")
    arguments = tuple(unquote(part) for part in rest[0].split(".")) if rest else ()
    call = CALLS.get((service, command, len(arguments)))
    return Path(path, call, Place(account, region), arguments) if call is not None else None


def state_of(snapshot: Snapshot, at: Path) -> tuple[State, frozenset[str] | None]:
    """What the snapshot holds of a reply, and to which VPCs it was narrowed."""
    reading = snapshot.read(at.call, at.place, at.arguments)
    return reading.state, reading.narrowed_to


def record_of(snapshot: Snapshot, at: Path) -> Any:
    """The decoded reply, or None."""
    return snapshot.read(at.call, at.place, at.arguments).value


def parts(call: Call[Any], data: bytes) -> Parts | None:
    """A reply taken apart; None where the call lists nothing."""
    if call.holds is None:
        return None
    document = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
    held = document.pop(call.holds, None)
    if held is None or not bytes(held).lstrip().startswith(b"["):
        return None
    items = msgspec.json.decode(held, type=list[msgspec.Raw])
    return Parts({key: bytes(value) for key, value in document.items()}, [bytes(item) for item in items])


def joined(call: Call[Any], whole: Parts) -> bytes:
    """The reply that `parts` takes apart."""
    items = b"[" + b",".join(whole.items) + b"]"
    document = {call.holds or "": msgspec.Raw(items)} | {key: msgspec.Raw(held) for key, held in whole.keys.items()}
    return msgspec.json.encode(document)


def differing_items(old: Snapshot, new: Snapshot, at: Path) -> tuple[dict[str, Item], dict[str, Item]] | None:
    """The items that are not told in the same words by both, by id; None where the reply cannot be taken apart."""
    if at.arguments:
        return None
    sides = [(snapshot, parts(at.call, snapshot.files[at.path])) for snapshot in (old, new)]
    texts = [set(whole.items) if whole is not None else None for _, whole in sides]
    if texts[0] is None or texts[1] is None:
        return None
    alike = texts[0] & texts[1]
    found: list[dict[str, Item]] = []
    for snapshot, whole in sides:
        items = _items(record_of(snapshot, at), at.call, whole, alike) if whole is not None else None
        if items is None:
            return None
        found.append(items)
    return found[0], found[1]


def _items(reply: Any, call: Call[Any], whole: Parts, alike: set[bytes]) -> dict[str, Item] | None:
    names = {field.encode_name: field.name for field in msgspec.structs.fields(type(reply))}
    records = getattr(reply, names.get(call.holds or "", ""), ())
    if len(records) != len(whole.items):
        return None
    found: dict[str, Item] = {}
    for text, record in zip(whole.items, records, strict=True):
        if text in alike:
            continue
        item_id = identity(call, msgspec.json.decode(text))
        if item_id is None or item_id in found:
            return None
        found[item_id] = Item(item_id, text, record)
    return found
