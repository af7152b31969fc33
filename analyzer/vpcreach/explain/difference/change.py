"""One component that differs between two snapshots, and what must be written to put it back to what it was."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from vpcreach.explain.difference.entries import EntryChange
from vpcreach.snapshot.snapshot import Failure, Narrowing


class Presence(Enum):
    """Whether a component is in both snapshots."""

    CHANGED = "changed"
    CAME = "came"
    WENT = "went"


@dataclass(frozen=True, slots=True)
class ItemPiece:
    """An item of a list: `new` is taken out of the file, `old` put in."""

    path: str
    new: bytes | None
    old: bytes | None


@dataclass(frozen=True, slots=True)
class KeysPiece:
    """Top-level keys of a reply beside its list; None takes one away."""

    path: str
    old: Mapping[str, bytes | None]


@dataclass(frozen=True, slots=True)
class FilePiece:
    """A whole reply; None takes the file away."""

    path: str
    old: bytes | None


@dataclass(frozen=True, slots=True)
class RecordedPiece:
    """What snapshot.json says of a call that failed or was narrowed."""

    new: Failure | Narrowing | None
    old: Failure | Narrowing | None


Piece = ItemPiece | KeysPiece | FilePiece | RecordedPiece


@dataclass(frozen=True, slots=True)
class ComponentChange:
    """A component that came, went or changed between two snapshots.

    `key` tells it from all others; `component` is its id as answers name it, `where` the account and region.
    `function` is the ARN of the function whose own configuration it is, and `slot` what of it: other functions' answers
    do not rest on it. `names` are the ids under which trails, blockers and doubts speak of it.
    """

    key: str
    kind: str
    component: str
    title: str
    where: str
    presence: Presence
    entries: tuple[EntryChange, ...] = ()
    function: str | None = None
    slot: str = ""
    names: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
    pieces: tuple[Piece, ...] = field(default=(), compare=False, repr=False)

    def __str__(self) -> str:
        if self.presence is not Presence.CHANGED:
            return f"{self.title} {self.presence.value}"
        return f"{self.title}: {'; '.join(str(entry) for entry in self.entries)}"
