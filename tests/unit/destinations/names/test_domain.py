"""Domain names in one form, and which domain covers which name."""

import pytest

from vpcreach.destinations.names.domain import above, covers, depth, normal

pytestmark = pytest.mark.item("I4")


@pytest.mark.parametrize(
    ("printed", "name"),
    [("Corp.Example.", "corp.example"), ("\\052.corp.example.", "*.corp.example"), (".", ""), ("a-b.c", "a-b.c")],
)
def test_a_name_has_one_form(printed: str, name: str) -> None:
    assert normal(printed) == name


def test_a_domain_covers_itself_and_what_is_below_it() -> None:
    assert covers("corp.example", "corp.example")
    assert covers("corp.example", "db.corp.example")
    assert covers("", "anything.at.all")
    assert not covers("corp.example", "mycorp.example")
    assert not covers("db.corp.example", "corp.example")


def test_depth_counts_labels_and_the_root_has_none() -> None:
    assert [depth(domain) for domain in ("", "com", "corp.example")] == [0, 1, 2]
    assert above("a.b.c") == ["b.c", "c"]
