"""The components that differ between two snapshots: an item of a list by its id, or the reply about one thing.

What several replies tell of one thing (a function in its list and by itself, a shared VPC in two accounts) is one
component. A reply that came or went without its thing coming or going is a change of its own.
Checked: tests/unit/explain/difference/test_components.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from vpcreach.components.lambda_function import LATEST
from vpcreach.explain.difference.change import (
    ComponentChange,
    FilePiece,
    ItemPiece,
    KeysPiece,
    Piece,
    Presence,
    RecordedPiece,
)
from vpcreach.explain.difference.entries import EntryChange, entry_changes
from vpcreach.explain.difference.identity import WITH_IDS_OF_THE_WORLD
from vpcreach.explain.difference.projection import projection
from vpcreach.explain.difference.replies import (
    Item,
    Path,
    differing_items,
    parts,
    read_paths,
    record_of,
    state_of,
)
from vpcreach.network.network import Network
from vpcreach.snapshot.call import Call
from vpcreach.snapshot.record import titled
from vpcreach.snapshot.snapshot import Failure, Narrowing, Snapshot, State

REPLY = "reply"
_STATES = {State.FOUND: "collected", State.ABSENT: "not collected", State.INCOMPLETE: "some pages are missing"}
_OF_A_FUNCTION = {"get-function-configuration", "list-aliases", "list-versions-by-function"}


@dataclass(slots=True)
class _Draft:
    """A component while replies about it are gathered."""

    key: str
    kind: str
    component: str
    title: str
    where: str
    function: str | None = None
    slot: str = ""
    presences: set[Presence] = field(default_factory=set)
    entries: dict[EntryChange, None] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    pieces: list[Piece] = field(default_factory=list)

    @property
    def presence(self) -> Presence:
        return next(iter(self.presences)) if len(self.presences) == 1 else Presence.CHANGED

    def add(self, presence: Presence, pieces: Iterable[Piece], entries: Iterable[EntryChange] = ()) -> None:
        self.presences.add(presence)
        self.pieces += pieces
        self.entries |= dict.fromkeys(entries)

    def finished(self) -> ComponentChange:
        entries = tuple(self.entries) if self.presence is Presence.CHANGED else ()
        names = frozenset({*self.names, self.component})
        home = (self.kind, self.component, self.title, self.where)
        return ComponentChange(
            self.key, *home, self.presence, entries, self.function, self.slot, names, tuple(self.pieces)
        )


def component_changes(old: Network, new: Network) -> tuple[ComponentChange, ...]:
    """Every component that differs in what it could decide, by kind and id; raises SnapshotError for a broken file."""
    gathering = _Gathering(old, new)
    gathering.read()
    changes = (draft.finished() for draft in gathering.drafts.values())
    return tuple(sorted(changes, key=lambda change: (change.kind == REPLY, change.kind, change.component, change.key)))


class _Gathering:
    def __init__(self, old: Network, new: Network) -> None:
        self.old, self.new = old, new
        self.drafts: dict[str, _Draft] = {}
        self._asked: dict[object, set[tuple[str, ...]]] = {}

    def read(self) -> None:
        old, new = self.old.snapshot, self.new.snapshot
        whole: list[Path] = []
        for at in read_paths(old, new):
            before, after = state_of(old, at), state_of(new, at)
            if before != after or before[0] is not State.FOUND:
                whole.append(at)
                continue
            items = differing_items(old, new, at)
            if items is None:
                self._single(at)
            else:
                self._items(at, *items)
                self._beside(at)
        for at in whole:
            self._whole(at)
        self._recorded()

    # Items and single replies

    def _items(self, at: Path, old: dict[str, Item], new: dict[str, Item]) -> None:
        for item_id in dict.fromkeys((*old, *new)):
            before, after = old.get(item_id), new.get(item_id)
            entries = entry_changes(before.record, after.record) if before and after else ()
            if before and after and not entries:
                continue
            item = after or before
            if item is not None:
                piece = ItemPiece(at.path, after.text if after else None, before.text if before else None)
                self._of_item(at, item).add(_presence(before, after), [piece], entries)

    def _of_item(self, at: Path, item: Item) -> _Draft:
        function, slot = None, ""
        component = key = item.id
        if at.call.command == "list-functions":
            component = key = item.id.removesuffix(f":{LATEST}")
            function, slot = _function(component)
        elif at.call.service not in WITH_IDS_OF_THE_WORLD and not item.id.startswith("arn:"):
            key = f"{at.path} {item.id}"
        kind = getattr(type(item.record), "kind", None) or _noun(at.call).removesuffix("s")
        draft = self._draft(key, str(kind), component, _title(item.record, component), str(at.place))
        draft.kind, draft.title = str(kind), _title(item.record, component)
        draft.function, draft.slot = function, slot
        told = (getattr(item.record, name, None) for name in ("id", "name", "arn"))
        draft.names |= {*item.id.split("/"), *item.id.split("+"), *(name for name in told if isinstance(name, str))}
        return draft

    def _single(self, at: Path) -> None:
        entries = entry_changes(record_of(self.old.snapshot, at), record_of(self.new.snapshot, at))
        if entries:
            pieces = [FilePiece(at.path, self.old.snapshot.files[at.path])]
            self._of_reply(at).add(Presence.CHANGED, pieces, entries)

    def _of_reply(self, at: Path) -> _Draft:
        """The component that a reply with arguments, or without a list, tells of."""
        function, slot = None, ""
        key, component = at.path, " ".join(at.arguments) or str(at.place)
        if at.call.service == "lambda" and at.call.command in _OF_A_FUNCTION:
            home = f"arn:{at.place.partition}:lambda:{at.place.region}:{at.place.account}:function"
            component = ":".join((home, *at.arguments))
            function, slot = _function(component)
            if at.call.command == "get-function-configuration":
                key = component
            else:
                slot = at.call.command
        elif len(at.arguments) == 1 and (at.call.service in WITH_IDS_OF_THE_WORLD or component.startswith("arn:")):
            key = component
        title = ":".join(at.arguments) if function else self._title_of(component)
        draft = self._draft(key, _noun(at.call), component, title, str(at.place))
        draft.function, draft.slot = function, slot
        draft.names |= set(at.arguments)
        return draft

    def _beside(self, at: Path) -> None:
        """Keys of a reply beside its list, such as the managed policies of an account."""
        old, new = (snapshot.files[at.path] for snapshot in (self.old.snapshot, self.new.snapshot))
        before, after = (_without_list(at, network.snapshot) for network in (self.old, self.new))
        held, holds = parts(at.call, old), parts(at.call, new)
        if before == after or held is None or holds is None:
            return
        keys = {key: held.keys.get(key) for key in {*held.keys, *holds.keys}}
        entries = [entry for key in after for entry in _renamed(key, entry_changes(before.get(key), after[key]))]
        draft = self._draft(at.path, _noun(at.call), str(at.place), f"{at.call.action} of {at.place}", str(at.place))
        draft.add(Presence.CHANGED, [KeysPiece(at.path, keys)], entries)

    # Whole replies

    def _whole(self, at: Path) -> None:
        old, new = self.old.snapshot, self.new.snapshot
        before, after = state_of(old, at)[0], state_of(new, at)[0]
        piece = FilePiece(at.path, old.files.get(at.path))
        came_or_went = {before, after} == {State.FOUND, State.ABSENT}
        presence = Presence.CAME if before is State.ABSENT else Presence.WENT
        if came_or_went and at.arguments:
            owner = self._owner(at, presence)
            if owner is not None:
                owner.add(owner.presence, [piece])
                return
            other = self.old if presence is Presence.CAME else self.new
            if not self._is_asked(at, other):
                self._of_reply(at).add(presence, [piece])
                return
        self._of_call(at.call, at.call.place(at.place).account, at.call.place(at.place).region).add(
            Presence.CHANGED, [piece], [EntryChange("", _state_words(old, at), _state_words(new, at))]
        )

    def _owner(self, at: Path, presence: Presence) -> _Draft | None:
        """The thing that a reply is about, where that came or went itself; a function also where it changed."""
        own = self._of_what(at)
        if own is not None and (own.function or own.presences == {presence}):
            return own
        of_the_same = (draft for draft in self.drafts.values() if draft.presences == {presence} and draft.kind != REPLY)
        for draft in of_the_same:
            if draft.where.startswith(at.place.account) and draft.names & set(at.arguments):
                return draft
        return None

    def _of_what(self, at: Path) -> _Draft | None:
        if at.call.service == "lambda" and at.call.command in _OF_A_FUNCTION:
            home = f"arn:{at.place.partition}:lambda:{at.place.region}:{at.place.account}:function"
            whole, base = (":".join((home, *arguments)) for arguments in (at.arguments, at.arguments[:1]))
            return self.drafts.get(whole) or self.drafts.get(base)
        return self.drafts.get(at.arguments[0])

    def _is_asked(self, at: Path, network: Network) -> bool:
        """Whether what a snapshot holds calls for this reply."""
        if at.call.each is None:
            return True
        key = (id(network), at.call, at.place)
        if key not in self._asked:
            places = [at.place] if at.place.region != "global" else network.snapshot.places()
            each = at.call.each
            self._asked[key] = {arguments for place in places for arguments in each(network.snapshot, place)}
        return at.arguments in self._asked[key]

    def _recorded(self) -> None:
        """What snapshot.json says otherwise now: which calls failed, and which were sent for some VPCs alone."""
        for notes in (
            (_failures(self.old.snapshot), _failures(self.new.snapshot)),
            (_narrowings(self.old.snapshot), _narrowings(self.new.snapshot)),
        ):
            for key in sorted({*notes[0], *notes[1]}, key=str):
                before, after = notes[0].get(key), notes[1].get(key)
                if _told_by(before) == _told_by(after):
                    continue
                note = after or before
                if note is not None:
                    draft = self._of_action(note.call, note.account, note.region)
                    words = [] if draft.entries else [EntryChange("", _note_words(before), _note_words(after))]
                    draft.add(Presence.CHANGED, [RecordedPiece(after, before)], words)

    # Drafts

    def _of_call(self, call: Call[Any], account: str, region: str) -> _Draft:
        return self._of_action(call.action, account, region)

    def _of_action(self, action: str, account: str, region: str) -> _Draft:
        where = f"{account}/{region}"
        return self._draft(f"{REPLY} {action} {where}", REPLY, action, f"{action} in {where}", where)

    def _draft(self, key: str, kind: str, component: str, title: str, where: str) -> _Draft:
        return self.drafts.setdefault(key, _Draft(key, kind, component, title, where))

    def _title_of(self, component: str) -> str:
        record = self.new.record(component) or self.old.record(component)
        return _title(record, component) if record is not None else component


def _presence(before: object, after: object) -> Presence:
    if before is None:
        return Presence.CAME
    return Presence.WENT if after is None else Presence.CHANGED


def _function(arn: str) -> tuple[str, str]:
    """The ARN of the function itself, and which configuration of it this is."""
    words = arn.split(":")
    return ":".join(words[:7]), ":".join(("configuration", *words[7:]))


def _noun(call: Call[Any]) -> str:
    """'describe-db-instances' is about `db_instances`."""
    verb = next(v for v in ("batch-get-", "describe-", "list-", "get-", "search-", "") if call.command.startswith(v))
    return call.command.removeprefix(verb).replace("-", "_")


def _title(record: Any, component: str) -> str:
    title = getattr(record, "title", None)
    if isinstance(title, str) and title:
        return title
    name = getattr(record, "name", "")
    return titled(component, name) if isinstance(name, str) else component


def _without_list(at: Path, snapshot: Snapshot) -> dict[str, Any]:
    told = projection(record_of(snapshot, at))
    return {key: value for key, value in told.items() if key != at.call.holds} if isinstance(told, dict) else {}


def _renamed(key: str, entries: Iterable[EntryChange]) -> Iterable[EntryChange]:
    for entry in entries:
        yield EntryChange(f"{key} {entry.entry}".strip(), entry.before, entry.after)


def _state_words(snapshot: Snapshot, at: Path) -> str:
    reading = snapshot.read(at.call, at.place, at.arguments)
    if reading.state is State.FAILED:
        return f"refused ({reading.gap.reason.partition(':')[0]})" if reading.gap else "refused"
    if reading.narrowed_to is not None:
        return f"collected for {', '.join(sorted(reading.narrowed_to)) or 'no VPC'} alone"
    return _STATES[reading.state]


def _failures(snapshot: Snapshot) -> dict[object, Failure]:
    return {(f.call, f.service, f.account, f.region, f.arguments): f for f in snapshot.manifest.failed}


def _narrowings(snapshot: Snapshot) -> dict[object, Narrowing]:
    return {(n.call, n.account, n.region): n for n in snapshot.manifest.narrowed}


def _told_by(note: Failure | Narrowing | None) -> object:
    """What decides something of a note: not the words of an error."""
    if isinstance(note, Narrowing):
        return frozenset(note.vpcs)
    return note is not None


def _note_words(note: Failure | Narrowing | None) -> str:
    match note:
        case Failure(error=error):
            return f"refused ({error})"
        case Narrowing(vpcs=vpcs):
            return f"collected for {', '.join(sorted(vpcs)) or 'no VPC'} alone"
        case _:
            return "collected"
