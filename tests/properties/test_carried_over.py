"""What was found for a snapshot is taken over by its edited copies only where nothing that it rests on was edited."""

import os
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.estates.asking import snapshot_of
from tests.oracle.questions import questions
from tests.oracle.universe import FEATURES, draw
from tests.properties.test_edited_copies import several
from vpcreach.errors import UsageError
from vpcreach.explain.edits import apply
from vpcreach.explain.edits.assumed import parse
from vpcreach.network.network import Network
from vpcreach.reach import reporting
from vpcreach.reach.answer import Report
from vpcreach.reach.reporting import Analysis
from vpcreach.reach.source import Attachment
from vpcreach.snapshot.snapshot import Snapshot

IS_PROOF = os.environ.get("HYPOTHESIS_PROFILE") == "prove"


def told(analysis: Analysis, asked: tuple[str, ...]) -> list[Report | str]:
    """The report on each destination, or how it is refused: an exchanged file may have taken it away."""
    reports: list[Report | str] = []
    for destination in asked:
        try:
            reports.append(analysis.report([destination]))
        except UsageError as error:
            reports.append(str(error))
    return reports


@settings(max_examples=3000 if IS_PROOF else 30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sets(st.sampled_from(FEATURES), max_size=7), st.integers(0, 2**32 - 1), st.data())
def test_no_file_that_is_exchanged_leaves_an_old_answer_behind(
    features: set[str], seed: int, data: st.DataObject
) -> None:
    estate, other = (draw(frozenset(features), Random(number)) for number in (seed, seed + 1))
    old, new = estate.files(), other.files()
    start = Analysis(snapshot_of(old), trust_appliances=estate.trusts)
    asked = tuple(dict.fromkeys((*questions(estate, Random(seed), 3), "internet", "s3")))
    start.report(asked)
    differing = sorted(path for path in old.keys() | new.keys() if old.get(path) != new.get(path))
    paths = data.draw(st.lists(st.sampled_from(differing), min_size=1, max_size=4, unique=True))
    # Each file in its turn as the other estate has it, so that each copy is one of an edited copy.
    analysis = start
    for path in paths:
        analysis = analysis.on(analysis.snapshot.edited({path: new.get(path)}))
        alone = Analysis(Snapshot(analysis.snapshot.files), trust_appliances=estate.trusts)
        assert told(analysis, asked) == told(alone, asked)


QUESTIONS_OF_NO_NETWORK = {"reading", "remember", "carry_over", "graph"}


def test_every_question_to_a_network_is_written_down() -> None:
    public = {name: held for name, held in vars(Network).items() if not name.startswith("_")}
    unheard = {name for name, held in public.items() if not hasattr(held, "__wrapped__")}
    assert unheard == QUESTIONS_OF_NO_NETWORK


@pytest.mark.parametrize(
    ("words", "walked"),
    [
        ("route rtb-shut 10.8.0.0/16 -> nat-main", {"subnet-shut-a"}),
        ("sg sg-app egress tcp 443 10.0.0.0/8", {"subnet-app-a", "subnet-shut-a"}),
        ("sg sg-data ingress tcp 443 10.0.0.0/8", set()),
    ],
)
def test_only_ways_that_an_edit_touches_are_walked_again(
    words: str, walked: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    start = Analysis(snapshot_of(several()))
    start.report(["internet"])
    again = set()

    def walk(attachment: Attachment, *rest: object) -> tuple[()]:
        again.add(attachment.subnet_id)
        return ()

    monkeypatch.setattr(reporting, "subnet_traces", walk)
    start.on(apply(start.snapshot, [parse(words)])).report(["internet"])
    assert again == walked
