"""What `why` tells of the mistakes that people make: one transcript each, under reports/examples/mistakes/."""

from pathlib import Path

import pytest

from tests.estates.asking import told_why
from tests.estates.mistakes import MISTAKES, Mistake
from tests.golden.expected import TOP, agree

FOLDER = Path("reports/examples/mistakes")
HEAD = """# What people do wrong, and what `vpcreach why` tells of it

One small network each, drawn by `tests/estates/mistakes.py`, with one thing wrong. `make golden` writes this folder,
and the tests compare it.

| what is wrong | question | transcript |
| --- | --- | --- |
"""

pytestmark = pytest.mark.xdist_group("golden")


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_the_story_of_a_mistake(mistake: Mistake) -> None:
    agree(FOLDER / f"{mistake.name}.txt", told_why(mistake.draw(), mistake.question))


def test_every_transcript_is_listed_with_what_is_wrong() -> None:
    rows = (f"| {each.told} | `app` → `{each.question}` | [{each.name}]({each.name}.txt) |\n" for each in MISTAKES)
    agree(FOLDER / "README.md", HEAD + "".join(rows))
    held = {file.stem for file in (TOP / FOLDER).glob("*.txt")}
    assert held == {each.name for each in MISTAKES}
