"""Whatever bytes the program reads, it answers or refuses them with a sentence, and soon.

Some thousand inputs here, a million with VPCREACH_PROVE=1 (`make prove`); the corpus holds those that once crashed it.
"""

import os

import pytest

from tests.fuzz.cases import SHARES, Case, kept, numbered
from tests.fuzz.targets import TARGETS, run

IS_PROOF = bool(os.environ.get("VPCREACH_PROVE"))
BATCH = 5_000 if IS_PROOF else 250
BATCHES = 200 if IS_PROOF else 12
KEPT = dict(kept())


def test_every_kind_of_input_has_its_share() -> None:
    assert {target for target, _, _ in SHARES} == set(TARGETS)
    assert sum(share for _, share, _ in SHARES) == 100


@pytest.mark.parametrize("batch", range(BATCHES))
def test_no_input_crashes_the_program_or_keeps_it_busy(batch: int) -> None:
    for number in range(batch * BATCH, (batch + 1) * BATCH):
        try:
            run(numbered(number))
        except Exception as error:
            error.add_note(f"once more: python -m tests.fuzz.again {number}")
            raise


@pytest.mark.parametrize("name", KEPT)
def test_what_once_crashed_the_program_no_longer_does(name: str) -> None:
    run(KEPT[name])


def test_the_same_number_gives_the_same_input() -> None:
    assert [numbered(n) for n in range(100)] == [numbered(n) for n in range(100)]


@pytest.mark.parametrize("target", TARGETS)
def test_some_inputs_of_every_kind_are_answered_and_some_are_refused(target: str) -> None:
    """A fuzzer whose inputs are all refused at the door tries nothing behind it."""
    told = [run(case) for case in _some(target)]
    assert told.count(None) >= len(told) // 20
    assert any(told) or target in ("policy", "words")


def _some(target: str) -> list[Case]:
    cases = (numbered(number) for number in range(2_000))
    return [case for case in cases if case.target == target][:60]
