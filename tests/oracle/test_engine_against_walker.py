"""The program's answers against the reference walker: every packet of a question must fare as its answer says.

Hypothesis chooses what an estate has, a seed draws the rest; packets are sent at and next to every block and port that
a rule names. `make prove` draws 50,000 estates at random. At the end stands which pairs of features they had.
"""

import os
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from random import Random

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.oracle.comparing import compare
from tests.oracle.questions import questions
from tests.oracle.universe import FEATURES, draw
from tests.oracle.walker import DELIVERED, DROPPED, OPEN, UNKNOWN, World

IS_PROOF = os.environ.get("HYPOTHESIS_PROFILE") == "prove"
SHARDS = 8
ESTATES = (50_000 if IS_PROOF else 2_000) // SHARDS
PACKETS_PER_TRACE = 4

met: Counter[str] = Counter()
pairs: Counter[tuple[str, str]] = Counter()


@pytest.fixture(autouse=True)
def counted(request: pytest.FixtureRequest) -> Iterator[None]:
    """Hands what was met to the summary at the end of the run (conftest.py), from whichever process it ran in."""
    met.clear()
    pairs.clear()
    yield
    told = {" + ".join(pair): count for pair, count in pairs.items()}
    request.node.user_properties += [("fates", dict(met)), ("pairs", told)]


@pytest.mark.parametrize("shard", range(SHARDS))
@settings(
    deadline=None,
    max_examples=ESTATES,
    derandomize=not IS_PROOF,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(chosen=st.sets(st.integers(0, len(FEATURES) - 1), max_size=7), seed=st.integers(0, 2**32 - 1))
def test_every_packet_fares_as_the_answer_says(shard: int, chosen: set[int], seed: int) -> None:
    # Every shard draws the same examples: what they choose is turned, so that no two shards draw the same estates.
    features = frozenset(FEATURES[(number + 11 * shard) % len(FEATURES)] for number in chosen)
    random = Random(seed * SHARDS + shard)
    pairs.update(combinations(sorted(features), 2))
    estate = draw(features, random)
    (text,) = questions(estate, random, 1)
    compared = compare(estate, World(estate.files()), text, random, PACKETS_PER_TRACE)
    met.update(compared.fates)
    event(f"verdict {compared.verdict}")
    assert compared.differences[:3] == [], f"{sorted(features)}, Random({seed * SHARDS + shard})"


def test_every_fate_is_met_and_few_are_open() -> None:
    """So that the proof proves something: a walker that leaves everything open agrees with everybody."""
    fates: Counter[str] = Counter()
    verdicts: Counter[str] = Counter()
    for seed in range(60):
        random = Random(seed)
        estate = draw(frozenset(random.sample(FEATURES, random.randint(0, 5))), random)
        (text,) = questions(estate, random, 1)
        compared = compare(estate, World(estate.files()), text, random, PACKETS_PER_TRACE)
        fates.update(compared.fates)
        verdicts[compared.verdict] += 1
    assert {DELIVERED, DROPPED, UNKNOWN} <= set(fates)
    assert fates[OPEN] < 0.05 * fates.total()
    assert min(fates[DELIVERED], fates[DROPPED]) > 0.25 * fates.total()
    assert set(verdicts) == {"reachable", "blocked", "partial", "unknown"}
