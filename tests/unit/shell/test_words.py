"""Lines of the shell as questions."""

import pytest

from vpcreach.errors import UsageError
from vpcreach.explain.edits import RemoveRoute, SetRoute
from vpcreach.shell.words import FORMS, Fix, Form, Functions, Plain, Question, Tell, WhatIf, WhoCan, Why, parse

LINES: list[tuple[str, Question | None]] = [
    ("", None),
    ("   ", None),
    ("# a note", None),
    ("why orders rds:db", Why("orders", "rds:db")),
    ("  why  orders   rds:db ", Why("orders", "rds:db")),
    ("why 'orders' \"rds:my db\"", Why("orders", "rds:my db")),
    ("why-no-internet orders", Why("orders", "internet")),
    ("why no internet orders", Why("orders", "internet")),
    ("who can reach sg-1:5432", WhoCan("sg-1:5432")),
    ("who can sg-1", WhoCan("sg-1")),
    ("who-can sg-1", WhoCan("sg-1")),
    ("who-can reach sg-1", WhoCan("sg-1")),
    ("fix orders internet", Fix("orders", "internet")),
    ("report", Tell()),
    ("report orders* billing", Tell(("orders*", "billing"))),
    ("report to s3", Tell((), ("s3",))),
    ("report orders* to s3 internet", Tell(("orders*",), ("s3", "internet"))),
    ("functions", Functions("*")),
    ("functions o*", Functions("o*")),
    ("destinations", Plain.DESTINATIONS),
    ("help", Plain.HELP),
    ("?", Plain.HELP),
    ("exit", Plain.EXIT),
    ("quit", Plain.EXIT),
]


@pytest.mark.parametrize(("line", "question"), LINES, ids=[line or "empty" for line, _ in LINES])
def test_a_line_is_a_question(line: str, question: Question | None) -> None:
    assert parse(line) == question


@pytest.mark.parametrize("quote", ["", "'", '"'])
@pytest.mark.parametrize("word", ["what-if", "what if"])
def test_changes_to_assume_are_parted_by_semicolons_with_or_without_quotation_marks(word: str, quote: str) -> None:
    changes = "route rtb-1 0.0.0.0/0 -> nat-2; remove route rtb-2 ::/0;"
    expected = WhatIf((SetRoute("rtb-1", "0.0.0.0/0", "nat-2"), RemoveRoute("rtb-2", "::/0")))
    assert parse(f"{word} {quote}{changes}{quote}") == expected


WRONG = [
    ("whyy orders s3", '"whyy" is no question; did you mean "why"?'),
    ("repotr", 'did you mean "report"?'),
    ("xyzzy", "help lists what one can ask"),
    ("why orders", "the form is: why FUNCTION DESTINATION"),
    ("why orders s3 s3", "the form is: why FUNCTION DESTINATION"),
    ("why-no-internet", "the form is: why-no-internet FUNCTION"),
    ("who can reach", "the form is: who can reach DESTINATION"),
    ("fix", "the form is: fix FUNCTION DESTINATION"),
    ("report to", "the form is: report"),
    ("functions a b", "the form is: functions"),
    ("help me", "the form is: help"),
    ("what-if", "for example: what-if route"),
    ("what-if ;", "for example: what-if route"),
    ("what-if rout rtb-1 0.0.0.0/0 -> nat-1", "it is one of: route TABLE DESTINATION -> TARGET"),
    ("why 'orders s3", "a quotation mark is not closed"),
]


@pytest.mark.parametrize(("line", "fact"), WRONG, ids=[line for line, _ in WRONG])
def test_wrong_words_are_one_sentence(line: str, fact: str) -> None:
    with pytest.raises(UsageError) as error:
        parse(line)
    assert fact in str(error.value)
    assert len(str(error.value).splitlines()) == 1


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.word)
def test_every_question_of_the_list_is_read(form: Form) -> None:
    examples = {line.split()[0] for line, _ in LINES if line.strip()} | {"who-can", "what-if"}
    assert form.word in examples
