"""docs/coverage.md says of every item what is so, and no item is left without an answer or a test."""

import re

import pytest

from tests.coverage_page import PAGE, TOP, Item, items, page
from tests.golden.expected import agree

ALL = items()
KNOWN = {item.name for item in ALL}
# How many items the behaviour list has under each letter: one that is dropped, or written so that nobody reads it as an
# item, is missed here.
NUMBERED = {"A": 25, "B": 14, "C": 18, "D": 13, "E": 11, "F": 18, "G": 12, "H": 17, "I": 10, "K": 9}


def test_the_page_is_as_generated() -> None:
    agree(PAGE, page())


def test_every_item_stands_in_the_list_once() -> None:
    expected = [f"{letter}{number}" for letter, last in NUMBERED.items() for number in range(1, last + 1)]
    assert [item.name for item in ALL] == expected


@pytest.mark.parametrize("item", ALL, ids=lambda item: item.name)
def test_an_item_is_decided_or_says_by_which_code_it_is_not(item: Item) -> None:
    assert item.answered in ("yes", "partly", "unknown", "nothing to decide")
    assert bool(item.codes) == (item.answered in ("partly", "unknown")), "partly and unknown name their codes"
    codes = set(re.findall(r"^\| `([A-Z0-9_]+)` \|", (TOP / "docs" / "codes.md").read_text(), re.MULTILINE))
    assert set(item.codes) <= codes


@pytest.mark.parametrize("item", [item for item in ALL if item.answered != "nothing to decide"], ids=lambda i: i.name)
def test_an_item_has_a_test(item: Item) -> None:
    assert item.tests, f"no test is marked with item {item.name}"


def test_tests_name_no_item_that_is_not_listed() -> None:
    marked = re.compile(r"mark\.item\(([^)]*)\)")
    named = {
        word
        for path in (TOP / "tests").rglob("*.py")
        for arguments in marked.findall(path.read_text())
        for word in re.findall(r'"([A-Z]\d+)"', arguments)
    }
    assert named <= KNOWN
