"""What is done with an input: everything that the program does with such bytes, from reading them to telling answers.

Only VpcreachError may come out, never the ContradictionError that stands for a defect; and no input may take longer
than BOUND_SECONDS of the processor, which is very much more than any of them needs.
"""

import json
import signal
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

from tests.estates.asking import snapshot_of
from tests.fuzz.cases import HOME, Asked, Case, files_of
from vpcreach.api import Analysis, Report, graph
from vpcreach.check.estate import Analysed
from vpcreach.check.evaluate import evaluate
from vpcreach.check.rule_file import read_rules
from vpcreach.errors import ContradictionError, VpcreachError
from vpcreach.explain.in_words import in_words
from vpcreach.explain.story import Compared, Story
from vpcreach.formats import check_as, graph_as, report_as, why
from vpcreach.formats.names import CHECK, GRAPH, REPORT
from vpcreach.network.network import Network
from vpcreach.snapshot.loading import load
from vpcreach.snapshot.snapshot import Snapshot

BOUND_SECONDS = 10
ENDPOINTS = f"{HOME.account}/{HOME.region}/ec2/describe-vpc-endpoints.json"


class TookTooLongError(Exception):
    """An input that keeps the program busy."""


class SilentError(Exception):
    """A refusal without a sentence."""


@contextmanager
def bounded() -> Iterator[None]:
    """Stops what runs longer than any input may."""

    def stop(_signal: int, frame: FrameType | None) -> None:
        where = f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame else "?"
        raise TookTooLongError(f"longer than {BOUND_SECONDS} s, in {where}")

    # Of the processor, not of the clock: a busy machine is no mistake of the program's.
    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, BOUND_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def run(case: Case) -> str | None:
    """Does with the input what the program would do; the refusal, or None where there were answers.

    Raises what the program must not raise.
    """
    with bounded():
        try:
            TARGETS[case.target](case.data)
        except ContradictionError:
            raise
        except VpcreachError as error:
            if not str(error).strip():
                raise SilentError(repr(error)) from error
            return str(error)
        return None


@cache
def base(estate: str) -> Snapshot:
    return snapshot_of(files_of(estate))


def tell(report: Report, data: bytes) -> None:
    """The report in one of the formats, which the input chooses; what is told must be text that can be written."""
    chosen = zlib.crc32(data) % (len(REPORT) + 1)
    if chosen < len(REPORT):
        report_as(REPORT[chosen], report).encode()
    else:
        nowhere = Network(Snapshot({}))
        answers = ((each, answer) for each in report.functions for answer in each.answers)
        told = (Story(each, answer, in_words(answer), None, Compared(0, (), 0), nowhere) for each, answer in answers)
        "".join(why.render(story) for story in told).encode()


def ask(data: bytes) -> None:
    asked = Asked.read(data)
    snapshot = base(asked.estate).edited(asked.files)
    tell(Analysis(snapshot).report([asked.question], [asked.function]), data)
    if asked.files and zlib.crc32(data) % 8 == 0:
        graph_as(GRAPH[len(data) % len(GRAPH)], graph(snapshot)).encode()


def open_archive(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "snapshot.zip"
        path.write_bytes(data)
        tell(Analysis(load(path)).report(), data)


def read_manifest(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "snapshot.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in {**files_of("private only"), "snapshot.json": data}.items():
                archive.writestr(name, content)
        tell(Analysis(load(path)).report(["internet", "s3"]), data)


def hold_rules(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rules.yaml"
        path.write_bytes(data)
        check_as(CHECK[len(data) % len(CHECK)], evaluate(read_rules(path), _shop())).encode()


@cache
def _shop() -> Analysed:
    return Analysed(Analysis(base("shop")))


def judge_policy(data: bytes) -> None:
    """The policy at a gateway endpoint or at an interface endpoint, which the input chooses."""
    asked = (("public and private", "s3"), ("interface endpoint", "service:sts"))
    estate, question = asked[zlib.crc32(data) % len(asked)]
    reply = json.loads(files_of(estate)[ENDPOINTS])
    for endpoint in reply["VpcEndpoints"]:
        endpoint["PolicyDocument"] = data.decode("utf-8", "replace")
    snapshot = base(estate).edited({ENDPOINTS: json.dumps(reply).encode()})
    tell(Analysis(snapshot).report([question], ["app"]), data)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "snapshot": ask,
    "grown": ask,
    "words": ask,
    "archive": open_archive,
    "rules": hold_rules,
    "policy": judge_policy,
    "manifest": read_manifest,
}
