"""Questions to an estate, in one line each: what a test reads of an answer."""

from collections.abc import Mapping

import msgspec

from tests.estates.builder import Estate
from vpcreach.api import Analysis
from vpcreach.reach.answer import Answer, FunctionReport
from vpcreach.snapshot.snapshot import MANIFEST, Manifest, Snapshot


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
