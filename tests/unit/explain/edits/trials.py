"""One line for a trial: a question before some edits and after them, or what AWS would say to refuse them."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.estates.asking import snapshot_of, told
from tests.estates.builder import Estate
from vpcreach.api import Analysis
from vpcreach.errors import UsageError
from vpcreach.explain.edits import Edit, apply
from vpcreach.snapshot.snapshot import Snapshot

Drawn = Estate | Mapping[str, bytes]


def after(drawn: Drawn, *edits: Edit) -> Snapshot:
    """The edited snapshot; the one that it was made from must have stayed as it is."""
    snapshot = snapshot_of(drawn)
    before = dict(snapshot.files)
    edited = apply(snapshot, edits)
    assert snapshot.files == before
    return edited


def trial(drawn: Drawn, destination: str, *edits: Edit, function: str = "app") -> str:
    """'blocked NO_ROUTE_TO_DESTINATION => reachable': the question on the snapshot, and on the edited one."""
    snapshot = snapshot_of(drawn)
    analysis = Analysis(snapshot)
    first = analysis.report([destination], [function])
    answer = analysis.on(apply(snapshot, edits)).report([destination], [function]).functions[0].answers[0]
    codes = dict.fromkeys(note.code for note in (*answer.blockers, *answer.unknowns))
    assert analysis.on(snapshot).report([destination], [function]) == first
    return f"{told(drawn, destination, function=function)} => {' '.join([answer.verdict.value, *codes])}"


def refusal(drawn: Drawn, *edits: Edit) -> str:
    """The one sentence that says why these edits cannot be made."""
    with pytest.raises(UsageError) as caught:
        apply(snapshot_of(drawn), edits)
    message = str(caught.value)
    assert "\n" not in message
    return message


def records(snapshot: Snapshot, operation: str) -> list[Any]:
    """What a call of EC2 lists on a snapshot, in every account, as it would be printed."""
    replies = [json.loads(data) for path, data in snapshot.files.items() if path.endswith(f"/ec2/{operation}.json")]
    return [item for reply in replies for items in reply.values() if isinstance(items, list) for item in items]
