"""A snapshot while it is edited: replies are decoded when an edit first touches them, and all others stay shared.

A component that several accounts of the snapshot see (a shared VPC) is edited in every reply that tells of it.
"""

import json
from collections.abc import Iterator
from enum import Enum
from typing import Any, Protocol

from vpcreach.errors import UsageError, did_you_mean
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.snapshot import Snapshot

Item = dict[str, Any]


class Cost(Enum):
    """What AWS bills for as long as an edit lasts, beside traffic."""

    NONE = "nothing new"
    FREE = "a new resource that costs nothing"
    HOURLY = "a new resource that is billed by the hour"


class Edit(Protocol):
    """One change of one setting. `str()` tells it in the words of a sentence: 'add to rtb-1 the route …'."""

    @property
    def cost(self) -> Cost: ...

    def apply(self, draft: "Draft") -> None:
        """Changes the draft as AWS would change; raises UsageError for what AWS would refuse, or is not there."""
        ...


class Draft:
    """The copy of a snapshot that edits write to; `finished` is the snapshot that AWS would tell of afterwards."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._documents: dict[str, Any] = {}

    def finished(self) -> Snapshot:
        """The edited snapshot; the one that it was made from stays as it is."""
        return self.snapshot.edited({path: json.dumps(document).encode() for path, document in self._documents.items()})

    def document(self, path: str) -> Any:
        """The reply in a file, to be read and changed."""
        if path not in self._documents:
            self._documents[path] = json.loads(self.snapshot.files[path])
        return self._documents[path]

    def items(self, call: Call[Any], place: Place) -> list[Item]:
        """What a list call told at a place, to be changed; raises UsageError where the snapshot does not hold it."""
        path = call.path(place)
        if path not in self.snapshot.files or call.holds is None:
            raise UsageError(f"{call.action} of {place} is not in the snapshot, so nothing can be changed in it")
        document = self.document(path)
        held = document.setdefault(call.holds, [])
        return held if isinstance(held, list) else []

    def listed(self, call: Call[Any]) -> Iterator[tuple[Place, list[Item]]]:
        """The same for every place that has the reply."""
        for place in self.snapshot.places():
            if call.path(place) in self.snapshot.files:
                yield place, self.items(call, place)

    def find(self, call: Call[Any], key: str, wanted: str) -> list[Item]:
        """Every item with this id, of whichever account told of it; raises UsageError where there is none."""
        found = [item for _, items in self.listed(call) for item in items if item.get(key) == wanted]
        if not found:
            known = (str(item.get(key)) for _, items in self.listed(call) for item in items)
            raise UsageError(f"{wanted} is not in the snapshot{did_you_mean(wanted, known)}")
        return found

    def seek(self, call: Call[Any], key: str, wanted: str) -> Item | None:
        """One item with this id; None where the snapshot may lack it, and UsageError where there is none."""
        if all(self.snapshot.read(call, place).is_complete for place in self.snapshot.places()):
            return self.find(call, key, wanted)[0]
        found = [item for _, items in self.listed(call) for item in items if item.get(key) == wanted]
        return found[0] if found else None

    def home_of(self, call: Call[Any], key: str, wanted: str) -> Place:
        """The account and region that own an id; raises UsageError where the snapshot holds nothing of the owner.

        Only the owner of a shared VPC can make things in it, and only the owner's replies then tell of them (A19).
        """
        owner = self.find(call, key, wanted)[0].get("OwnerId")
        places = [place for place, items in self.listed(call) if any(item.get(key) == wanted for item in items)]
        own = [place for place in places if owner in (None, place.account)]
        if not own:
            raise UsageError(f"{wanted} belongs to account {owner}, which the snapshot does not hold")
        return own[0]

    def is_free(self, call: Call[Any], key: str, wanted: str) -> None:
        """Raises UsageError where an id that is to stand for a new one is taken."""
        if any(item.get(key) == wanted for _, items in self.listed(call) for item in items):
            raise UsageError(f"{wanted} is in the snapshot already, so it cannot stand for a new one")
