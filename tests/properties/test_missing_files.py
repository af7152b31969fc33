"""What happens to every answer when any one file of its snapshot is missing, or its call was refused (K9 f).

`reachable` and `blocked` never turn into one another unless the new answer says that it assumes what the file would
have told; with `strict`, and for a call that was refused, never.
"""

import json
from urllib.parse import unquote

import pytest

from tests.estates.asking import ask
from tests.estates.gallery import GALLERY, Drawing
from vpcreach import components, destinations
from vpcreach.reach.answer import Answer, Verdict
from vpcreach.snapshot.snapshot import MANIFEST

CALLS = {
    f"{call.service}/{call.command}": call for call in dict.fromkeys((*components.ALL_CALLS, *destinations.ALL_CALLS))
}
TURNED_ROUND = {(Verdict.REACHABLE, Verdict.BLOCKED), (Verdict.BLOCKED, Verdict.REACHABLE)}


def refused(files: dict[str, bytes], path: str) -> dict[str, bytes]:
    """The files without one, and with the record that AWS refused its call."""
    account, region, service, command, *arguments = path.removesuffix(".json").split("/")
    failure = {
        "call": CALLS[f"{service}/{command}"].action,
        "account": account,
        "region": region,
        "arguments": [unquote(argument) for each in arguments for argument in each.split(".")],
        "error": "AccessDenied",
    }
    manifest = json.loads(files.get(MANIFEST, b"{}"))
    manifest["failed"] = [*manifest.get("failed", []), failure]
    rest = {name: data for name, data in files.items() if name != path}
    return {**rest, MANIFEST: json.dumps(manifest).encode()}


def words(before: Answer, after: Answer, path: str) -> str:
    notes = [str(note) for note in (*after.blockers, *after.unknowns)]
    return f"without {path}: {before.verdict} became {after.verdict}: {notes} {after.assumptions}"


@pytest.mark.item("K9")
@pytest.mark.parametrize("drawing", GALLERY, ids=str)
def test_no_missing_file_turns_an_answer_round(drawing: Drawing) -> None:
    files = drawing.files
    known = [path for path in sorted(files) if "/".join(path.removesuffix(".json").split("/")[2:4]) in CALLS]
    for question in drawing.questions:
        before = ask(files, question, function=drawing.function)
        for path in known:
            call = CALLS["/".join(path.removesuffix(".json").split("/")[2:4])]
            if call.command == "list-functions":
                continue
            denied = ask(refused(files, path), question, function=drawing.function)
            assert (before.verdict, denied.verdict) not in TURNED_ROUND, words(before, denied, path)
            rest = {name: data for name, data in files.items() if name != path}
            after = ask(rest, question, function=drawing.function)
            if (before.verdict, after.verdict) in TURNED_ROUND:
                assert after.assumptions, words(before, after, path)
                assert all("not collected" in text for text in after.assumptions), words(before, after, path)
                assert call.assumes in (None, *after.assumptions), words(before, after, path)
                strict = ask(rest, question, function=drawing.function, strict=True)
                assert (before.verdict, strict.verdict) not in TURNED_ROUND, words(before, strict, path)
