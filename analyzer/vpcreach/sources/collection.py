"""A collection under way: which calls are made where, in what order, and what came back.

Calls without arguments start at once in every place. When those of a place are answered, `Call.each` says
which argument lists to ask for; that is repeated while answers bring new ones (firewalls name policies,
policies name rule groups).
Knows no client: an Asker puts the questions to AWS.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from queue import SimpleQueue
from typing import Any, Protocol

from vpcreach.components.lambda_function import OF_EACH_FUNCTION
from vpcreach.errors import SnapshotError
from vpcreach.snapshot.call import GLOBAL, GLOBAL_SERVICES, Call, Place
from vpcreach.snapshot.snapshot import Failure, Manifest, Narrowing, Snapshot
from vpcreach.sources.pacing import Pace

THREADS = 16
# Enough to keep twelve requests a second under way when an answer takes a quarter of a second.
_PACED_THREADS = 3

Arguments = tuple[str, ...]
Progress = Callable[[int, int, str], object]
"""Told after every answer: how many calls are answered, how many are known so far, and which one it was."""
Wanted = Callable[[Call[Any], Arguments, Place, Snapshot], bool]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one call brought: the reply's bytes, or the failure, or both when later pages failed."""

    path: str
    data: bytes | None = None
    failure: Failure | None = None


class Asker(Protocol):
    """Puts a call to AWS in one account; a refusal is an Answer, not an exception."""

    def ask(self, call: Call[Any], place: Place, arguments: Arguments = ()) -> Answer: ...


class Collection:
    """Answers by path, and failures; driven by one thread, asking in many.

    `paces` makes the pace at which a place is asked for function after function; None means no pacing.
    `is_wanted` may leave out argument lists that `Call.each` names.
    """

    def __init__(
        self,
        calls: Sequence[Call[Any]],
        *,
        progress: Progress | None = None,
        paces: Callable[[], Pace] | None = None,
        is_wanted: Wanted | None = None,
    ) -> None:
        self.files: dict[str, bytes] = {}
        self.failed: list[Failure] = []
        self.narrowed: list[Narrowing] = []
        self._calls = list(calls)
        self._started = _now()
        self._progress = progress
        self._paces = paces
        self._is_wanted = is_wanted
        self._asked: set[str] = set()
        self._folded: dict[str, str] = {}
        self._unreadable: set[tuple[Call[Any], Place]] = set()
        self._open: dict[Future[Answer], tuple[Place, bool, str]] = {}
        # A queue, because waiting for thousands of futures at once takes time for each of them, every time.
        self._done: SimpleQueue[Future[Answer]] = SimpleQueue()
        # Calls under way, by place and whether they wait for their turn.
        self._waiting: dict[tuple[Place, bool], int] = {}
        self._answered = 0
        self._pools: dict[Place, tuple[ThreadPoolExecutor, Pace]] = {}

    def add(self, calls: Iterable[Call[Any]]) -> None:
        """More calls to make, before it runs."""
        self._calls += calls

    def keep(self, answer: Answer) -> None:
        """Takes an answer into the collection; its call will not be made again."""
        self._asked.add(answer.path)
        self._folded.setdefault(answer.path.lower(), answer.path)
        if answer.data is not None:
            self.files[answer.path] = answer.data
        if answer.failure is not None:
            self.failed.append(answer.failure)

    def run(self, askers: Mapping[Place, Asker]) -> None:
        """Makes every call in every place (account and region), each by the place's asker."""
        with self._threads() as pool:
            for place, asker in askers.items():
                for call in self._calls:
                    if not call.arguments:
                        self._start(pool, asker, call, place)
            self._follow(pool, askers, askers)
            while self._open:
                settled = self._next_answer()
                if settled is None:
                    continue
                # What a global service answers may name things in every region of its account.
                everywhere = [place for place in askers if place.account == settled.account]
                self._follow(pool, askers, everywhere if settled.region == GLOBAL else [settled])
        self.failed.sort(key=lambda item: (item.account, item.region, item.call, item.arguments))

    def snapshot(self) -> Snapshot:
        """Everything that was collected, with the record of what failed and what was narrowed."""
        manifest = Manifest(
            collected_at=self._started,
            finished_at=_now(),
            collected_by=f"vpcreach {version('vpcreach')}",
            failed=tuple(self.failed),
            narrowed=tuple(self.narrowed),
        )
        return Snapshot(dict(sorted(self.files.items())), manifest, origin="the live account")

    def _next_answer(self) -> Place | None:
        """Waits for an answer; returns the place that has no call (or none that waits for its turn) any more."""
        future = self._done.get()
        place, is_paced, label = self._open.pop(future)
        self.keep(future.result())
        self._answered += 1
        if self._progress is not None:
            self._progress(self._answered, self._answered + len(self._open), label)
        self._waiting[place, is_paced] -= 1
        return None if self._waiting[place, is_paced] else place

    def _follow(self, pool: ThreadPoolExecutor, askers: Mapping[Place, Asker], places: Iterable[Place]) -> None:
        """Starts what the answers of these places now name, wherever no answer is outstanding."""
        for place in places:
            if self._waiting.get((place, False)):
                continue
            here = (f"{place.account}/{place.region}/", f"{place.account}/{GLOBAL}/")
            snapshot = Snapshot({path: data for path, data in self.files.items() if path.startswith(here)})
            for call in self._calls:
                for arguments in self._argument_lists(call, snapshot, place):
                    self._start(pool, askers[place], call, place, arguments)

    def _argument_lists(self, call: Call[Any], snapshot: Snapshot, place: Place) -> list[Arguments]:
        if call.each is None:
            return []
        try:
            named = list(call.each(snapshot, place))
        except SnapshotError as error:
            # AWS answered with something that the records refuse: it is kept as it is, and so is this fact.
            if (call, place) not in self._unreadable:
                self._unreadable.add((call, place))
                self.failed.append(failed(call, place, (), "UnreadableReply", str(error)))
            return []
        is_wanted = self._is_wanted
        return named if is_wanted is None else [each for each in named if is_wanted(call, each, place, snapshot)]

    def _start(
        self, pool: ThreadPoolExecutor, asker: Asker, call: Call[Any], place: Place, arguments: Arguments = ()
    ) -> None:
        path = call.path(place, arguments)
        if path in self._asked:
            return
        self._asked.add(path)
        twin = self._folded.setdefault(path.lower(), path)
        if twin != path:
            words = f"not asked for: its file would differ from {twin} only in upper and lower case"
            self.failed.append(failed(call, place, arguments, "NotCollected", words))
            return
        owner = Place(place.account, GLOBAL) if call.service in GLOBAL_SERVICES else place
        label = f"{call.service} {call.command} {' '.join(arguments)}".rstrip() + f" in {place}"
        is_paced = call in OF_EACH_FUNCTION and self._paces is not None
        if call in OF_EACH_FUNCTION and self._paces is not None:
            paced, pace = self._paced(place, self._paces)
            future = paced.submit(_in_turn, pace, asker, call, place, arguments)
        else:
            future = pool.submit(asker.ask, call, place, arguments)
        self._open[future] = (owner, is_paced, label)
        self._waiting[owner, is_paced] = self._waiting.get((owner, is_paced), 0) + 1
        future.add_done_callback(self._done.put)

    def _paced(self, place: Place, paces: Callable[[], Pace]) -> tuple[ThreadPoolExecutor, Pace]:
        # Threads of its own, so that functions waiting for their turn hold up nothing else.
        if place not in self._pools:
            self._pools[place] = (ThreadPoolExecutor(_PACED_THREADS, "vpcreach-paced"), paces())
        return self._pools[place]

    @contextmanager
    def _threads(self) -> Iterator[ThreadPoolExecutor]:
        pool = ThreadPoolExecutor(THREADS, "vpcreach-collect")
        try:
            yield pool
        finally:
            # After an interruption what has not been asked yet is not asked any more.
            for each in (pool, *(paced for paced, _ in self._pools.values())):
                each.shutdown(wait=True, cancel_futures=True)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _in_turn(pace: Pace, asker: Asker, call: Call[Any], place: Place, arguments: Arguments) -> Answer:
    pace.wait()
    return asker.ask(call, place, arguments)


def failed(call: Call[Any], place: Place, arguments: Arguments, error: str, message: str) -> Failure:
    """The failure of a call as snapshot.json records it."""
    account, region = call.place(place)
    return Failure(
        call=call.action,
        account=account,
        region=region,
        arguments=arguments,
        error=error,
        message=message,
        service=call.service if call.iam_prefix is not None else "",
    )
