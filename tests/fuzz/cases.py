"""Inputs for the fuzzer: a number gives one input, and found ones are kept as small files in `corpus/`.

An input is bytes, as a reader finds them on a disk or a command line. What a snapshot holds is told as the estate of
the gallery that it was, and the files that are otherwise.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from tests.estates.drawing import Drawing
from tests.estates.gallery import GALLERY
from tests.fuzz import documents
from tests.fuzz.mutations import bytes_mutated, mutated, places, printed, text_mutated
from tests.fuzz.odd import GLOBS, SIGNS
from tests.fuzz.replies import CALLS, Grower
from vpcreach.destinations.grammar import KINDS
from vpcreach.snapshot.call import Place

CORPUS = Path(__file__).parent / "corpus"
# The kinds of destinations whose records a service tells; other services tell of the kind that is called like them.
KINDS_OF = {kind: (kind,) for kind in KINDS} | {
    "rds": ("rds", "docdb", "neptune"),
    "elbv2": ("alb", "nlb"),
    "kafka": ("msk",),
    "opensearchserverless": ("opensearch-serverless",),
}
HOME = Place("111122223333", "eu-west-1")
DESTINATIONS = (
    "internet", "internet:53/udp", "s3", "dynamodb:orders", "s3:my-bucket", "service:sqs", "rds:orders-db",
    "s3.us-west-2.amazonaws.com:443", "10.0.3.7:5432", "8.8.8.8:53/udp", "10.2.0.0/16:443", "[2606:4700::1111]:443",
    "[2000::/3]:443", "eni-peer:443", "i-web", "sg-app", "arn:aws:rds:eu-west-1:111122223333:db:orders-db",
    "orders.corp.example:5432", "my-bucket.s3.dualstack.eu-west-1.amazonaws.com", "alb:front", "efs:shared-files",
    "abc.execute-api.eu-west-1.amazonaws.com", "vpce-1-abc.sts.eu-west-1.vpce.amazonaws.com", "msk:events",
    "ip-10-0-1-7.eu-west-1.compute.internal",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """One input for one target."""

    target: str
    data: bytes

    def __str__(self) -> str:
        return f"{self.target}: {self.data[:2000]!r}"


@dataclass(frozen=True, slots=True)
class Asked:
    """A snapshot of the gallery with some files otherwise (None: gone), and what is asked of it."""

    estate: str
    files: Mapping[str, bytes | None]
    question: str
    function: str

    def as_bytes(self) -> bytes:
        """As JSON, in which each sign of a file's text is one byte."""
        files = {path: None if data is None else data.decode("latin-1") for path, data in self.files.items()}
        told = {"estate": self.estate, "question": self.question, "function": self.function, "files": files}
        return json.dumps(told, indent=1).encode()

    @classmethod
    def read(cls, data: bytes) -> "Asked":
        told = json.loads(data)
        files = {path: None if text is None else text.encode("latin-1") for path, text in told["files"].items()}
        return cls(told["estate"], files, told["question"], told["function"])


@cache
def files_of(name: str) -> Mapping[str, bytes]:
    return next(each for each in GALLERY if each.name == name).files


@cache
def words_of(name: str) -> tuple[str, ...]:
    """The ids, names and addresses of an estate."""
    values = (json.loads(data) for data in files_of(name).values())
    found = {holder[key] for value in values for holder, key in places(value) if isinstance(holder[key], str)}
    return tuple(sorted(word for word in found if len(word) < 100))


@cache
def filled(name: str) -> tuple[str, ...]:
    """The files of an estate that say more than that there is nothing."""
    return tuple(sorted(path for path, data in files_of(name).items() if len(data) > 60))


def changed_snapshot(random: Random) -> bytes:
    """An estate with one or two of its files broken."""
    drawn = random.choice(GALLERY)
    files: dict[str, bytes | None] = {}
    for _ in range(random.choice((1, 1, 2))):
        path = random.choice(filled(drawn.name) if random.randrange(5) else sorted(files_of(drawn.name)))
        files[path] = _other_reply(drawn.name, files_of(drawn.name)[path], random)
    return Asked(drawn.name, files, random.choice(drawn.questions), drawn.function).as_bytes()


def _other_reply(name: str, data: bytes, random: Random) -> bytes | None:
    kind = random.randrange(20)
    if kind == 0:
        return None
    if kind < 4:
        return bytes_mutated(data, random)
    return printed(mutated(json.loads(data), random, words_of(name)), random)


def grown_snapshot(random: Random) -> bytes:
    """Replies of calls that the estate may not have, grown from their types, and a question about what they hold."""
    drawn = random.choice(GALLERY)
    files: dict[str, bytes | None] = {}
    names: list[str] = []
    # Half of them are those of one service, which lead to one another.
    service = random.choice(CALLS).service
    pool = [call for call in CALLS if call.service == service] if random.randrange(2) else CALLS
    for call in random.sample(pool, min(len(pool), random.choice((1, 2, 4)))):
        words = (*words_of(drawn.name), *names)
        reply = Grower(random, words).reply(call)
        names += [holder[key] for holder, key in places(reply) if isinstance(holder[key], str)][:40]
        arguments = tuple(random.choice(words) for _ in call.arguments)
        files[call.path(HOME, arguments)] = printed(reply, random)
    about = random.choice(names or ["s3"])
    named = f"{random.choice(KINDS_OF.get(pool[0].service, KINDS))}:{about}"
    question = random.choice((*drawn.questions, _word(random, names), f"{about}:443", about, named, named, named))
    return Asked(drawn.name, files, question, drawn.function).as_bytes()


def typed_words(random: Random) -> bytes:
    """A destination, and a function, as somebody may type them."""
    drawn: Drawing = random.choice(GALLERY)
    function = drawn.function
    if random.randrange(3) == 0:
        names = (function, "app:live", "*", f"arn:aws:lambda:eu-west-1:111122223333:function:{function}")
        function = text_mutated(random.choice(names), random, GLOBS)
    known = drawn.questions if random.randrange(2) else words_of(drawn.name)
    return Asked(drawn.name, {}, _word(random, known), function).as_bytes()


def _word(random: Random, known: Any) -> str:
    start = random.choice(DESTINATIONS if random.randrange(2) or not known else known)
    return text_mutated(start, random, SIGNS)


# How many of a hundred inputs are for which target.
SHARES: tuple[tuple[str, int, Callable[[Random], bytes]], ...] = (
    ("snapshot", 38, changed_snapshot),
    ("grown", 22, grown_snapshot),
    ("words", 20, typed_words),
    ("rules", 8, documents.rule_file),
    ("policy", 4, documents.policy),
    ("manifest", 4, documents.manifest),
    ("archive", 4, lambda random: documents.archive(random, files_of("public and private"))),
)
_MAKERS = {target: make for target, _, make in SHARES}
_TARGETS = tuple(target for target, share, _ in SHARES for _ in range(share))


def numbered(number: int) -> Case:
    """The input with this number; the same number gives the same input."""
    return of_target(_TARGETS[number % len(_TARGETS)], number)


def of_target(target: str, number: int) -> Case:
    """The input with this number for one target."""
    return Case(target, _MAKERS[target](Random(f"{target} {number}")))


def kept() -> Iterator[tuple[str, Case]]:
    """The inputs of the corpus, by name: `corpus/TARGET/name-of-the-mistake.json`."""
    for path in sorted(CORPUS.glob("*/*")):
        yield f"{path.parent.name}/{path.stem}", Case(path.parent.name, path.read_bytes())
