"""`python -m vpcreach.check.schema` writes rules/schema.json, by which editors check rule files."""

import json
from pathlib import Path
from typing import Any

from vpcreach.assets import asset
from vpcreach.check.rule_model import Rules


def schema() -> dict[str, Any]:
    """The JSON Schema of rule files, as pydantic publishes it."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Rules.model_json_schema()}


def text() -> str:
    """The content of rules/schema.json."""
    return json.dumps(schema(), indent=2) + "\n"


def write(path: Path) -> None:
    """Writes the schema."""
    path.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    write(asset("rules/schema.json"))
