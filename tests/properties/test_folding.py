"""The fold of results (K2) and the order inside one walk (K3), for every set of results and every list of notes."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vpcreach.forwarding import Effect, Note
from vpcreach.packets.address_map import AddressSet, Family
from vpcreach.reach.answer import Packets, Trace, Verdict, fold
from vpcreach.reach.judge import judged

R, B, P, U = Verdict.REACHABLE, Verdict.BLOCKED, Verdict.PARTIAL, Verdict.UNKNOWN
# K2's table, line by line.
TABLE = {
    frozenset({R}): R,
    frozenset({B}): B,
    frozenset({R, B}): P,
    frozenset({R, B, U}): P,
    frozenset({R, U}): U,
    frozenset({B, U}): U,
    frozenset({U}): U,
    frozenset(): U,
}
results = st.lists(st.sampled_from(list(Verdict)), max_size=8)


@pytest.mark.item("K1", "K2")
@given(results)
def test_results_fold_as_the_table_says(found: list[Verdict]) -> None:
    assert fold(found) is (P if P in found else TABLE[frozenset(found)])


@pytest.mark.item("K2")
@given(results, st.randoms(use_true_random=False))
def test_the_fold_knows_no_order_and_no_number(found: list[Verdict], random: "object") -> None:
    shuffled = sorted(found, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert fold(shuffled) is fold(found) is fold([*found, *found])


@pytest.mark.item("K2")
@given(results, results)
def test_more_results_never_make_a_mixed_answer_a_plain_one(some: list[Verdict], more: list[Verdict]) -> None:
    if fold(some) is P:
        assert fold([*some, *more]) is P
    if fold([*some, *more]) in (R, B):
        assert fold(some) in (fold([*some, *more]), U if not some else fold([*some, *more]))


def trace(effects: list[Effect]) -> Trace:
    nothing = AddressSet.empty(Family.IPV4)
    packets = Packets(Family.IPV4, "tcp", nothing, "443", "1024-65535", nothing)
    notes = tuple(Note(effect, f"CODE_{place}", "c", "", "m", "r") for place, effect in enumerate(effects))
    return Trace(packets, Verdict.REACHABLE, (), (), notes, (), None, "somewhere")


@pytest.mark.item("K3")
@given(st.lists(st.sampled_from(list(Effect)), max_size=6))
def test_inside_one_walk_fail_comes_before_unknown_and_unknown_before_pass(effects: list[Effect]) -> None:
    expected = B if Effect.FAIL in effects else U if Effect.UNKNOWN in effects else R
    for order in list(permutations(effects))[:24]:
        assert judged(trace(list(order))).verdict is expected
