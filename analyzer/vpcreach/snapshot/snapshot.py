"""A snapshot: AWS's replies by call and place, and for every reply that is missing the reason why.

A reply is *found*, *incomplete* (pages or the top-level key are missing), *absent* (no file) or *failed* (recorded in
snapshot.json as denied or failed). Absence is never an empty list.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, TypeVar

import msgspec

from vpcreach.errors import SnapshotError
from vpcreach.snapshot.call import GLOBAL, GLOBAL_SERVICES, Call, Place
from vpcreach.snapshot.record import Record, Reply, decode_text

R = TypeVar("R", bound=Record)
T = TypeVar("T")


class State(Enum):
    FOUND = "found"
    INCOMPLETE = "incomplete"
    ABSENT = "absent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """Something the snapshot does not hold: the call, where, and why."""

    call: str
    account: str
    region: str
    reason: str
    is_absence: bool = False

    def __str__(self) -> str:
        return f"{self.call} in {self.account}/{self.region}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Reading(Generic[R]):
    """What the snapshot holds of one call: the reply, or the gap, or (incomplete) both."""

    state: State
    value: R | None
    gap: Gap | None
    narrowed_to: frozenset[str] | None = None

    @property
    def is_complete(self) -> bool:
        """True when what the reply lacks does not exist."""
        return self.state is State.FOUND and self.narrowed_to is None

    def covers(self, vpc_id: str) -> bool:
        """True when the reply lacks nothing of this VPC."""
        return self.state is State.FOUND and (self.narrowed_to is None or vpc_id in self.narrowed_to)


class Failure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A call that AWS denied or that failed, as snapshot.json records it.

    `call` is the IAM action; `service` tells apart the services of the AWS CLI that share one (elb and elbv2).
    """

    call: str
    account: str
    region: str
    arguments: tuple[str, ...] = ()
    error: str
    message: str = ""
    service: str = ""


class Narrowing(msgspec.Struct, frozen=True, kw_only=True):
    """A call that was sent for some VPCs only."""

    call: str
    account: str
    region: str
    vpcs: tuple[str, ...]


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The optional snapshot.json."""

    schema: str = "vpcreach.snapshot/1"
    collected_at: str = ""
    finished_at: str = ""
    collected_by: str = ""
    failed: tuple[Failure, ...] = ()
    narrowed: tuple[Narrowing, ...] = ()


MANIFEST = "snapshot.json"


class Snapshot:
    """Replies by path (`<account>/<region>/<service>/<operation>.json`), decoded when they are first read.

    `base` and `touched` tell of an edited copy which snapshot it was made from, and in which files the two differ.
    """

    def __init__(self, files: Mapping[str, bytes], manifest: Manifest | None = None, origin: str = "snapshot") -> None:
        self.files = dict(files)
        self.manifest = manifest or Manifest()
        self.origin = origin
        self._failed = {(f.call, f.service, f.account, _folder(f), f.arguments): f for f in self.manifest.failed}
        self._narrowed = {(n.call, n.account, n.region): frozenset(n.vpcs) for n in self.manifest.narrowed}
        self._readings: dict[str, Reading[Any]] = {}
        self._places: tuple[Place, ...] | None = None
        self.base: Snapshot | None = None
        self.touched: frozenset[str] = frozenset()

    def edited(self, files: Mapping[str, bytes | None], manifest: Manifest | None = None) -> "Snapshot":
        """The same snapshot with these files in place of its own (None takes one away); other replies are shared.

        With another manifest they are decoded anew, as it says of every reply whether it is whole.
        """
        kept = {path: data for path, data in {**self.files, **files}.items() if data is not None}
        copy = Snapshot(kept, manifest or self.manifest, self.origin)
        if manifest is None:
            copy.base, copy.touched = self, frozenset(files)
            copy._readings = {path: reading for path, reading in self._readings.items() if path not in files}
            if kept.keys() == self.files.keys():
                copy._places = self._places
        return copy

    def places(self) -> list[Place]:
        """Every account and region that has a file or a recorded failure, sorted; `global` folders left out."""
        if self._places is None:
            found = {Place(*path.split("/", 2)[:2]) for path in self.files}
            found |= {Place(f.account, f.region) for f in self.manifest.failed}
            self._places = tuple(sorted(place for place in found if place.region != GLOBAL))
        return list(self._places)

    def read(self, call: Call[R], place: Place, arguments: tuple[str, ...] = ()) -> Reading[R]:
        """What AWS answered to this call there; raises SnapshotError for a file that is broken."""
        path = call.path(place, arguments)
        if path not in self._readings:
            self._readings[path] = self._read(call, place, arguments, path)
        return self._readings[path]

    def gap(self, call: Call[R], place: Place, reason: str, *, absent: bool = False) -> Gap:
        account, region = call.place(place)
        return Gap(call.action, account, region, reason, absent)

    def _read(self, call: Call[R], place: Place, arguments: tuple[str, ...], path: str) -> Reading[R]:
        account, region = call.place(place)
        failure = self._failure(call, account, region, arguments)
        data = self.files.get(path)
        if data is None and failure is not None:
            words = f"{failure.error}: {failure.message}" if failure.message else failure.error
            return Reading(State.FAILED, None, self.gap(call, place, words))
        if data is None:
            return Reading(State.ABSENT, None, self.gap(call, place, "not collected", absent=True))
        where = f"{self.origin}/{path}"
        value = decoded(data, call.reply, where)
        narrowed = self._narrowed.get((call.action, account, region))
        if failure is not None:
            return Reading(State.INCOMPLETE, value, self.gap(call, place, f"some pages failed: {failure.error}"))
        if call.holds is not None and not _has_key(data, call.holds, where):
            return Reading(State.INCOMPLETE, value, self.gap(call, place, f"{path} has no key {call.holds}"))
        if isinstance(value, Reply) and not value.is_complete:
            reason = f"{path} ends with a continuation mark: some pages are missing"
            return Reading(State.INCOMPLETE, value, self.gap(call, place, reason))
        return Reading(State.FOUND, value, None, narrowed)

    def _failure(self, call: Call[R], account: str, region: str, arguments: tuple[str, ...]) -> Failure | None:
        """What is recorded of this call; without a service all of the same action are meant, without arguments all."""
        keys = ((call.action, service, account, region) for service in (call.service, ""))
        found = (self._failed.get((*key, which)) for key in keys for which in (arguments, ()))
        return next((failure for failure in found if failure is not None), None)


def _folder(failure: Failure) -> str:
    # A refusal of a global service counts, whichever region it was recorded under.
    return GLOBAL if failure.call.partition(":")[0] in GLOBAL_SERVICES else failure.region


def decoded(data: bytes | msgspec.Raw, kind: type[T], where: str) -> T:
    """JSON as a record; raises SnapshotError, led by `where`, with one sentence for whatever is wrong with it."""
    try:
        return msgspec.json.decode(data, type=kind, dec_hook=decode_text)
    except msgspec.ValidationError as error:
        raise SnapshotError(f"{where}: {_place_and_fact(error)}") from error
    except RecursionError as error:
        raise SnapshotError(f"{where}: not readable as JSON: nested too deeply") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SnapshotError(f"{where}: not readable as JSON: {error}") from error


def _has_key(data: bytes, key: str, where: str) -> bool:
    # A quick look at the bytes settles nearly every file; only a file without the word is decoded a second time.
    if f'"{key}"'.encode() not in data:
        return False
    return key in decoded(data, dict[str, msgspec.Raw], where)


def _place_and_fact(error: msgspec.ValidationError) -> str:
    fact, _, where = str(error).partition(" - at ")
    return f"{where.strip('`') or '$'}: {fact[:1].lower()}{fact[1:]}"
