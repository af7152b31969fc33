"""The program's answers against worlds and answers that others published: small AWS networks of another open project.

The worlds are no part of the repository. VPCREACH_PUBLIC_WORLDS names their folder; without it, `*/data/batfish` beside
the repository is taken. It holds one folder for each world, with `aws_configs/` and `cases.json`. Where there is none,
the tests are skipped.

Each case is asked of a function that stands in the place of its source: by the destination's address, and by its name
where the program has one. The verdict, what stops the packets, and the gateways on the way must be those of the case.
"""

import os
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.estates.asking import snapshot_of
from tests.estates.shapes import faults_of
from tests.oracle.public_worlds.cases import Case, cases_of, hops_of, snapshot_files
from vpcreach.api import Analysis
from vpcreach.reach.answer import Answer, Verdict

VARIABLE = "VPCREACH_PUBLIC_WORLDS"


def folder_of_worlds() -> Path | None:
    if told := os.environ.get(VARIABLE):
        return Path(told)
    beside = sorted(Path(__file__).parents[3].glob("*/data/batfish/NOTICE"))
    return beside[0].parent if beside else None


FOLDER = folder_of_worlds()
if FOLDER is None:
    pytest.skip(f"no public worlds here: {VARIABLE} names no folder", allow_module_level=True)
WORLDS = {path.parent.name: path.parent for path in sorted(FOLDER.glob("*/cases.json"))}
CASES = {case.id: case for world in WORLDS.values() for case in cases_of(world)}
ASKED = [case for case in CASES.values() if case.left_out is None]
# Cases whose answer is another one here, and why the program is right.
EXPLAINED = {
    "java-vpc-peering-05": (Verdict.UNKNOWN, "no listed interface has the address; one that is not listed may have it"),
}
# Nothing outside the data decides these, so that more than the verdict can be compared.
DECIDED = [case for case in ASKED if case.id not in EXPLAINED and not case.needs]
LEFT_OUT = {"nothing opens connections to a function": 4, "Lambda offers TCP and UDP only": 1}


def each_question(cases: Iterable[Case]) -> list[Any]:
    return [pytest.param(case, question, id=f"{case.id} {question}") for case in cases for question in case.questions]


@cache
def analysis(world: str) -> Analysis:
    return Analysis(snapshot_of(snapshot_files(WORLDS[world])))


def answer_to(case: Case, question: str) -> Answer:
    world = case.id.rpartition("-")[0]
    return analysis(world).report([question], [case.id]).functions[0].answers[0]


@pytest.mark.parametrize("world", WORLDS)
def test_a_world_is_laid_out_as_replies_that_aws_could_give(world: str) -> None:
    assert faults_of(snapshot_files(WORLDS[world])) == []


@pytest.mark.parametrize(("case", "question"), each_question(DECIDED))
def test_the_verdict_is_that_of_the_case(case: Case, question: str) -> None:
    answer = answer_to(case, question)
    assert case.verdict_of(answer) is case.wanted, [str(note) for note in (*answer.blockers, *answer.unknowns)]


@pytest.mark.parametrize(("case", "question"), each_question(case for case in ASKED if case.needs))
def test_where_something_outside_the_data_decides_unknown_is_right_too(case: Case, question: str) -> None:
    assert case.verdict_of(answer_to(case, question)) in (case.wanted, Verdict.UNKNOWN)


@pytest.mark.parametrize(("case", "question"), each_question(CASES[case_id] for case_id in EXPLAINED))
def test_what_differs_from_a_case_differs_as_explained(case: Case, question: str) -> None:
    verdict, _why = EXPLAINED[case.id]
    assert verdict is not case.wanted, "the case needs no explanation any more"
    assert case.verdict_of(answer_to(case, question)) is verdict


@pytest.mark.parametrize(("case", "question"), each_question(case for case in DECIDED if case.blocker))
def test_packets_stop_for_the_reason_of_the_case(case: Case, question: str) -> None:
    assert case.blocker in {note.code for note in answer_to(case, question).blockers}


@pytest.mark.parametrize(("case", "question"), each_question(c for c in DECIDED if c.path_by_cross_check is not None))
def test_packets_take_the_way_of_the_case(case: Case, question: str) -> None:
    assert {tuple(hops_of(trace)) for trace in answer_to(case, question).all_traces} == {case.path_by_cross_check}


@pytest.mark.parametrize("world", WORLDS)
def test_a_reply_that_is_taken_away_turns_no_verdict_into_its_opposite(world: str) -> None:
    files = snapshot_files(WORLDS[world])
    cases = [case for case in ASKED if case.id.startswith(f"{world}-0")]
    for gone in (path for path in files if "list-functions" not in path):
        left = Analysis(snapshot_of({path: reply for path, reply in files.items() if path != gone}))
        for case in cases:
            verdict = left.report(case.questions[:1], [case.id]).functions[0].answers[0].verdict
            whole = answer_to(case, case.questions[0]).verdict
            assert verdict in (whole, Verdict.UNKNOWN), f"{case.id} without {gone}"


def test_cases_are_counted_by_what_became_of_them() -> None:
    agreeing = [c for c in ASKED if {c.verdict_of(answer_to(c, question)) for question in c.questions} == {c.wanted}]
    others = {case.id for case in ASKED if case not in agreeing}
    assert others <= {case.id for case in ASKED if case.needs} | set(EXPLAINED)
    assert len(agreeing) >= 40
    assert Counter(case.left_out for case in CASES.values() if case.left_out) == LEFT_OUT
    assert (len(WORLDS), len(CASES), len(ASKED)) == (14, 49, 44)
