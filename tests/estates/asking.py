"""Questions to an estate, in one line each: what a test reads of an answer."""

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from tests.estates.builder import Estate
from vpcreach.api import Analysis
from vpcreach.explain.edits import assumed
from vpcreach.explain.story import tell
from vpcreach.formats import why
from vpcreach.reach.answer import Answer, FunctionReport
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Record
from vpcreach.snapshot.snapshot import MANIFEST, Manifest, Reading, Snapshot

R = TypeVar("R", bound=Record)


def snapshot_of(estate: Estate | Mapping[str, bytes]) -> Snapshot:
    """The estate as a snapshot in memory."""
    files = dict(estate.files() if isinstance(estate, Estate) else estate)
    manifest = files.pop(MANIFEST, b"{}")
    return Snapshot(files, msgspec.json.decode(manifest, type=Manifest))


def function_report(
    estate: Estate | Mapping[str, bytes],
    *destinations: str,
    function: str = "app",
    strict: bool = False,
    trust: bool = False,
) -> FunctionReport:
    """One function's answers to some destinations."""
    return (
        Analysis(snapshot_of(estate), strict=strict, trust_appliances=trust)
        .report(destinations, [function])
        .functions[0]
    )


def ask(
    estate: Estate | Mapping[str, bytes],
    destination: str,
    *,
    function: str = "app",
    strict: bool = False,
    trust: bool = False,
) -> Answer:
    """One answer."""
    return function_report(estate, destination, function=function, strict=strict, trust=trust).answers[0]


def told(
    estate: Estate | Mapping[str, bytes],
    destination: str,
    *,
    function: str = "app",
    strict: bool = False,
    trust: bool = False,
) -> str:
    """The verdict and the codes of all blockers and doubts, in one line that a failing assert shows whole."""
    answer = ask(estate, destination, function=function, strict=strict, trust=trust)
    codes = [note.code for note in (*answer.blockers, *answer.unknowns)]
    return " ".join([answer.verdict.value, *dict.fromkeys(codes)])


def finding_codes(answer: Answer) -> set[str]:
    return {finding.code for finding in answer.findings}


class Watched(Snapshot):
    """A snapshot that tells which of its files were read."""

    def __init__(self, of: Snapshot) -> None:
        super().__init__(of.files, of.manifest)
        self.read_files: set[str] = set()

    def read(self, call: Call[R], place: Place, arguments: tuple[str, ...] = ()) -> Reading[R]:
        self.read_files.add(call.path(place, arguments))
        return super().read(call, place, arguments)


def files_read(estate: Estate, destination: str, *, function: str = "app") -> set[str]:
    """The replies, by their path in the estate, that an answer is made from."""
    watched = Watched(snapshot_of(estate))
    Analysis(watched).report([destination], [function])
    paths = {path.removesuffix(".json").split("/", 2)[2] for path in watched.read_files}
    return paths & estate.replies.keys()


def told_why(
    estate: Estate | Mapping[str, bytes],
    destination: str,
    *assume: str,
    function: str = "app",
    language: str = "aws-cli",
) -> str:
    """What `vpcreach why` prints."""
    edits = [assumed.parse(text) for text in assume]
    return why.render_all(tell(Analysis(snapshot_of(estate)), function, destination, assume=edits), language)
