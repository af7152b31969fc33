"""Edits told as steps: what belongs together, and where it is made."""

from pathlib import Path
from typing import get_args

import pytest

from tests.estates.asking import snapshot_of
from tests.estates.builder import Estate, combined
from tests.estates.sharing import participant
from tests.golden.expected import agree
from tests.unit.formats.edits.samples import SAMPLES, estate, network, network_of_two_accounts
from vpcreach.explain.edits import AddRule, Edit, NewNatGateway, Rule, SetRoute
from vpcreach.formats import names
from vpcreach.formats.edits import RENDERERS, written
from vpcreach.formats.edits.steps import steps
from vpcreach.network.network import Network

ENDINGS = {"aws-cli": "sh", "terraform": "tf", "cloudformation": "yaml"}


def test_every_kind_of_edit_has_a_sample() -> None:
    assert {type(edit) for edits in SAMPLES.values() for edit in edits} == set(get_args(Edit))


def test_every_language_of_the_list_is_spoken() -> None:
    assert tuple(RENDERERS) == names.LANGUAGES
    with pytest.raises(ValueError, match="latin is not a language of edits"):
        written((), "latin", network())


@pytest.mark.parametrize("language", names.LANGUAGES)
def test_no_edits_are_told_with_no_words(language: str) -> None:
    assert written((), language, network()) == ""


@pytest.mark.parametrize("language", names.LANGUAGES)
def test_all_edits_are_told_as_the_examples_show(language: str) -> None:
    parts = [f"# {name}\n\n{written(edits, language, network())}" for name, edits in SAMPLES.items()]
    divider = "\n---\n" if language == "cloudformation" else "\n\n"
    agree(Path(f"reports/examples/edits/{language}.{ENDINGS[language]}"), divider.join(parts))


def test_every_sample_is_made_in_a_known_place() -> None:
    told = [step for edits in SAMPLES.values() for step in steps(edits, network())]
    assert {(step.place.account, step.place.region) for step in told} == {("111122223333", "eu-west-1")}


def test_a_thing_of_a_shared_vpc_is_changed_by_its_owner() -> None:
    drawn = estate()
    other = participant(drawn, "000055556666", function="orders", groups=("sg-app",))
    shared = Network(snapshot_of(combined(drawn, other)))
    edits: tuple[Edit, ...] = (
        NewNatGateway("nat-new", "vpc-main", "subnet-public-a"),
        SetRoute("rtb-app", "0.0.0.0/0", "nat-new"),
        AddRule(Rule("sg-app", False, "tcp", 443, 443, "0.0.0.0/0")),
    )
    accounts = [step.place.account for step in steps(edits, shared)]
    assert accounts == ["111122223333", "111122223333", "000055556666"]


@pytest.mark.parametrize(("language", "wanted"), [("aws-cli", 2), ("terraform", 2), ("cloudformation", 2)])
def test_where_there_are_several_places_each_is_named_once(language: str, wanted: int) -> None:
    edits = (
        AddRule(Rule("sg-app", False, "tcp", 443, 443, "0.0.0.0/0")),
        SetRoute("rtb-app", "0.0.0.0/0", "nat-1"),
        AddRule(Rule("sg-far", True, "tcp", 443, 443, "10.0.0.0/16")),
        SetRoute("rtb-far", "10.0.0.0/16", "pcx-1"),
    )
    text = written(edits, language, network_of_two_accounts())
    assert text.count("# in account ") == wanted
    assert text.index("# in account 111122223333, eu-west-1") < text.index("# in account 444455556666, us-east-1")


def test_where_there_is_one_place_it_is_not_named() -> None:
    text = "".join(written(edits, "terraform", network()) for edits in SAMPLES.values())
    assert "in account" not in text


def test_what_the_snapshot_does_not_hold_has_no_region() -> None:
    nowhere = Network(snapshot_of(Estate()))
    told = written((SetRoute("rtb-x", "0.0.0.0/0", "nat-1"), *SAMPLES["guards"]), "aws-cli", nowhere)
    assert "--region" not in told
