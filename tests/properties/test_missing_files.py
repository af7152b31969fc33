"""What happens to every answer when any one file of its snapshot is missing, or its call was refused (K9 f).

A file that goes may make an answer unknown, and nothing else, unless the new answer says that it assumes what the file
would have told; with `strict`, and for a call that was refused, never. Only files that the answer was made from are
taken away: no other can change it.
"""

from urllib.parse import unquote

import msgspec
import pytest

from tests.estates.asking import Watched, snapshot_of
from tests.estates.drawing import Drawing
from tests.estates.gallery import GALLERY
from vpcreach import components, destinations
from vpcreach.api import Analysis
from vpcreach.reach.answer import Answer, Verdict
from vpcreach.snapshot.snapshot import Failure, Snapshot

CALLS = {
    f"{call.service}/{call.command}": call for call in dict.fromkeys((*components.ALL_CALLS, *destinations.ALL_CALLS))
}


def answer(snapshot: Snapshot, question: str, drawing: Drawing, *, strict: bool = False) -> Answer:
    return Analysis(snapshot, strict=strict).report([question], [drawing.function]).functions[0].answers[0]


def refused(snapshot: Snapshot, path: str) -> Snapshot:
    """The snapshot without a file, and with the record that AWS refused its call."""
    account, region, service, command, *arguments = path.removesuffix(".json").split("/")
    failure = Failure(
        call=CALLS[f"{service}/{command}"].action,
        account=account,
        region=region,
        arguments=tuple(unquote(argument) for each in arguments for argument in each.split(".")),
        error="AccessDenied",
    )
    manifest = msgspec.structs.replace(snapshot.manifest, failed=(*snapshot.manifest.failed, failure))
    without = snapshot.edited({path: None})
    told = Snapshot(without.files, manifest)
    told._readings = dict(without._readings)  # the refusal says nothing of the files that are left
    return told


def words(before: Answer, after: Answer, path: str) -> str:
    notes = [str(note) for note in (*after.blockers, *after.unknowns)]
    return f"without {path}: {before.verdict} became {after.verdict}: {notes} {after.assumptions}"


ASKED = [pytest.param(drawing, each, id=f"{drawing} {each}") for drawing in GALLERY for each in drawing.questions]


@pytest.mark.item("K9")
@pytest.mark.parametrize(("drawing", "question"), ASKED)
def test_a_missing_file_makes_an_answer_unknown_or_is_among_its_assumptions(drawing: Drawing, question: str) -> None:
    whole = snapshot_of(drawing.files)
    watched = Watched(whole)
    before = answer(watched, question, drawing)
    used = sorted(watched.read_files & whole.files.keys())
    assert used
    for path in used:
        same = (before.verdict, Verdict.UNKNOWN)
        denied = answer(refused(whole, path), question, drawing)
        assert denied.verdict in same, words(before, denied, path)
        after = answer(whole.edited({path: None}), question, drawing)
        if after.verdict not in same:
            call = CALLS["/".join(path.removesuffix(".json").split("/")[2:4])]
            assert after.assumptions, words(before, after, path)
            assert all("not collected" in text for text in after.assumptions), words(before, after, path)
            assert call.assumes in (None, *after.assumptions), words(before, after, path)
        if after.assumptions:
            strict = answer(whole.edited({path: None}), question, drawing, strict=True)
            assert strict.verdict in same, words(before, strict, path)
