"""What the word at the end of a line may become."""

from collections.abc import Iterable

import pytest

from vpcreach.shell.completion import SHOWN, completions

IDS = ["acl-1", "eni-1", "igw-1", "nat-1", "nat-2", "rtb-1", "rtb-2", "sg-app", "sg-data"]


class Names:
    functions = ("billing", "orders", "orders-old")
    destinations = ("efs:files", "rds:orders-db")

    def ids(self, start: str) -> Iterable[str]:
        return [each for each in IDS if each.startswith(start)]


def offered(line: str) -> list[str]:
    return [found.word for found in completions(line, Names())]


LINES = [
    ("wh", ["why", "why-no-internet", "who-can", "what-if", "who can reach"]),
    ("fi", ["fix"]),
    ("why ", ["billing", "orders", "orders-old"]),
    ("why ord", ["orders", "orders-old"]),
    ("why orders", ["orders-old"]),
    ("why orders ", ["internet", "s3", "dynamodb", "efs:files", "rds:orders-db"]),
    ("why orders rds:", ["rds:orders-db"]),
    ("why orders sg-", ["sg-app", "sg-data"]),
    ("why orders s3 ", []),
    ("why-no-internet b", ["billing"]),
    ("who ", ["can"]),
    ("who can ", ["reach"]),
    ("who can reach sg-d", ["sg-data"]),
    ("who-can ef", ["efs:files"]),
    ("report bill", ["billing"]),
    ("report billing orders-", ["orders-old"]),
    ("report billing to in", ["internet"]),
    ("what-if ", ["route", "sg", "nacl", "remove"]),
    ("what-if remove ", ["route", "sg", "nacl"]),
    ("what-if route ", ["rtb-1", "rtb-2"]),
    ("what-if route rtb-1 0.0.0.0/0 -> na", ["nat-1", "nat-2"]),
    ("what-if remove nacl ", ["acl-1"]),
    ("what-if sg sg-app ", ["egress", "ingress"]),
    ("what-if nacl acl-1 o", ["out"]),
    ("what-if route rtb-1 ::/0 -> igw-1; s", ["sg"]),
    ("help ", []),
    ("nonsense ", []),
]


@pytest.mark.parametrize(("line", "expected"), LINES, ids=[line for line, _ in LINES])
def test_a_word_is_completed_by_what_may_stand_there(line: str, expected: list[str]) -> None:
    assert offered(line) == expected


def test_an_empty_line_offers_every_question() -> None:
    assert {"why", "report", "what-if", "exit"} <= set(offered(""))


def test_a_completion_replaces_the_word_that_was_begun() -> None:
    assert {found.replaces for found in completions("why ord", Names())} == {3}


def test_of_thousands_of_names_some_are_offered() -> None:
    known = Names()
    known.functions = tuple(f"f{number}" for number in range(5000))  # type: ignore[assignment]
    assert len(completions("why f", known)) == SHOWN
