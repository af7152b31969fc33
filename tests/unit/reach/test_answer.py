"""Verdicts: the folding table of K2, whatever the order."""

from itertools import permutations

import pytest

from vpcreach.reach.answer import Verdict, fold

PASS, FAIL, PARTIAL, UNKNOWN = Verdict.REACHABLE, Verdict.BLOCKED, Verdict.PARTIAL, Verdict.UNKNOWN
TABLE = [
    pytest.param((PASS,), PASS, id="K2-pass"),
    pytest.param((FAIL,), FAIL, id="K2-fail"),
    pytest.param((PASS, FAIL), PARTIAL, id="K2-pass-fail"),
    pytest.param((PASS, FAIL, UNKNOWN), PARTIAL, id="K2-pass-fail-unknown"),
    pytest.param((PASS, UNKNOWN), UNKNOWN, id="K2-pass-unknown"),
    pytest.param((FAIL, UNKNOWN), UNKNOWN, id="K2-fail-unknown"),
    pytest.param((UNKNOWN,), UNKNOWN, id="K2-unknown"),
    pytest.param((), UNKNOWN, id="K2-nothing"),
    pytest.param((PARTIAL,), PARTIAL, id="K2-partial"),
    pytest.param((PARTIAL, FAIL), PARTIAL, id="K2-partial-fail"),
    pytest.param((PARTIAL, UNKNOWN), PARTIAL, id="K2-partial-unknown"),
]


@pytest.mark.parametrize(("results", "expected"), TABLE)
def test_results_fold_over_the_set_and_not_in_pairs(results: tuple[Verdict, ...], expected: Verdict) -> None:
    for order in permutations(results):
        assert fold(order) is expected
        assert fold((*order, *order)) is expected


def test_there_are_four_verdicts_from_good_to_bad_k1() -> None:
    assert [verdict.value for verdict in Verdict] == ["reachable", "partial", "unknown", "blocked"]
    assert sorted(Verdict, key=lambda verdict: verdict.severity) == list(Verdict)
