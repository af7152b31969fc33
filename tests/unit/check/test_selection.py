"""Which functions a rule is about."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from vpcreach.check.rule_model import Selector, TagSelector
from vpcreach.check.selection import is_match, selected, undecided

PREFIX = "arn:aws:lambda:eu-west-1:111122223333:function:"


@dataclass(frozen=True)
class Known:
    name: str
    tags: Mapping[str, str] | None = None

    @property
    def arn(self) -> str:
        return PREFIX + self.name


@pytest.mark.parametrize(
    ("selector", "name", "matches"),
    [
        ("orders", "orders", True),
        ("orders", "orders-api", False),
        ("orders-*", "orders-api", True),
        ("orders-*", "Orders-api", False),
        ("*", "orders", True),
        ("*", "orders:live", False),
        ("orders*", "orders:live", False),
        ("orders:live", "orders:live", True),
        ("orders:*", "orders:live", True),
        ("orders:live", "orders", False),
        (PREFIX + "orders", "orders", True),
        (PREFIX + "orders", "orders:live", False),
        (PREFIX + "orders:live", "orders:live", True),
        ("arn:aws:lambda:*:function:*", "orders", True),
        ("arn:aws:lambda:*:function:*", "orders:live", False),
        ("arn:aws:lambda:us-east-1:*", "orders", False),
    ],
)
def test_a_glob_means_functions_and_a_qualifier_is_named(selector: str, name: str, matches: bool) -> None:
    assert is_match(selector, Known(name)) is matches


def test_tags_must_all_be_there_with_their_exact_values() -> None:
    selector = TagSelector(tags={"team": "shop", "stage": "prod"})
    assert is_match(selector, Known("a", {"team": "shop", "stage": "prod", "more": "x"}))
    assert not is_match(selector, Known("a", {"team": "shop"}))
    assert not is_match(selector, Known("a", {"team": "shop", "stage": "Prod"}))


def test_functions_are_chosen_once_and_by_arn() -> None:
    selectors: tuple[Selector, ...] = ("*", "b", TagSelector(tags={"x": "y"}))
    assert [f.name for f in selected(selectors, [Known("b", {"x": "y"}), Known("a")])] == ["a", "b"]


def test_unknown_tags_are_neither_a_match_nor_a_mismatch() -> None:
    selectors: tuple[Selector, ...] = ("named", TagSelector(tags={"x": "y"}))
    functions = [Known("named"), Known("maybe"), Known("not", {})]
    assert [f.name for f in selected(selectors, functions)] == ["named"]
    assert [f.name for f in undecided(selectors, functions)] == ["maybe"]
    assert undecided(("named",), functions) == []
