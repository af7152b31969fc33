"""The published schema, and the rule files that ship."""

import json
from pathlib import Path

import pytest

from vpcreach.assets import asset
from vpcreach.check import schema
from vpcreach.check.rule_file import read_rules

SHIPPED = sorted((*asset("rules/examples").glob("*.yaml"), *asset("rules/packs").glob("*.yaml")))


def test_the_published_schema_is_up_to_date() -> None:
    assert asset("rules/schema.json").read_text(encoding="utf-8") == schema.text(), "run: make schema"


def test_the_schema_knows_the_keys_of_a_rule() -> None:
    told = json.loads(schema.text())
    assert told["required"] == ["version", "rules"]
    assert list(told["$defs"]["Rule"]["properties"]) == ["name", "functions", "must_reach", "must_not_reach"]
    assert told["$defs"]["Rule"]["additionalProperties"] is False


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_rule_file_that_ships_is_a_good_one(path: Path) -> None:
    assert read_rules(path).rules


def test_there_are_rule_files_that_ship() -> None:
    assert len(SHIPPED) >= 3
