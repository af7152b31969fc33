"""Reading a rule file, and all that is wrong with it at once: file, line, place and a suggestion."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from vpcreach.check import yaml_lines
from vpcreach.check.rule_model import Rule, Rules, TagSelector
from vpcreach.check.yaml_lines import Document, Place
from vpcreach.errors import RuleFileError, did_you_mean

# In bytes; reading YAML takes tens of seconds for as much.
LARGEST = 1 << 20
# In bits; Python does not print numbers of some thousand digits.
LONGEST_NUMBER = 200
_WANTED = {
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "dict_type": "must be a mapping of keys to values",
    "model_type": "must be a mapping of keys to values",
    "model_attributes_type": "must be a mapping of keys to values",
}


@dataclass(frozen=True, slots=True)
class RuleFile:
    """The rules of a file; `document` tells where each of them stands."""

    rules: tuple[Rule, ...]
    document: Document

    def problem(self, sentence: str, *place: str | int) -> str:
        """A sentence about a place of the file, led by file, line and place."""
        return self.document.problem(place, sentence)


def read_rules(path: str | Path) -> RuleFile:
    """The rules in a file; raises RuleFileError with every mistake in it."""
    return parse_rules(str(path), _text(Path(path)))


def parse_rules(name: str, text: str) -> RuleFile:
    """The same for text; `name` stands for the file in messages."""
    document = yaml_lines.read(name, text)
    problems = [*document.twins, *_contradictions(document)]
    try:
        rules = Rules.model_validate(document.data)
    except ValidationError as error:
        # pydantic also calls a list too short when all that is in it was refused.
        details = (d for d in error.errors(include_url=False) if d["type"] != "too_short" or not d["input"])
        problems += [_problem(document, detail) for detail in details]
        raise RuleFileError(in_order(problems)) from error
    if problems:
        raise RuleFileError(in_order(problems))
    return RuleFile(rules.rules, document)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise RuleFileError([f"{path}: larger than {LARGEST >> 20} MiB, which no rule file is; split it"])
        return data.decode("utf-8-sig")
    except FileNotFoundError as error:
        raise RuleFileError([f"{path}: no such rule file"]) from error
    except OSError as error:
        raise RuleFileError([f"{path}: cannot be read: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise RuleFileError([f"{path}:{line}: not UTF-8 text"]) from error


def in_order(problems: list[str]) -> list[str]:
    """The problems by line, each once."""

    def line(problem: str) -> int:
        number = problem.split(": ", 1)[0].rpartition(":")[2]
        return int(number) if number.isdecimal() else 0

    return sorted(dict.fromkeys(problems), key=line)


def _problem(document: Document, detail: ErrorDetails) -> str:
    place, kind = detail["loc"], detail["type"]
    if kind == "missing":
        return document.problem(place[:-1], f'the key "{place[-1]}" is missing')
    if kind == "extra_forbidden":
        known = did_you_mean(str(place[-1]), _keys(place))
        return document.problem(place, f'"{place[-1]}" is not a key here{known}', at_key=True)
    return document.problem(place, _sentence(detail))


def _sentence(detail: ErrorDetails) -> str:
    kind, value = detail["type"], detail["input"]
    if kind in _WANTED:
        return f"{_WANTED[kind]}, not {_told(value)}"
    if kind == "string_type":
        return f"must be text, not {_told(value)}; write it in quotes"
    if kind in ("too_short", "string_too_short"):
        return "must not be empty"
    if kind in ("union_tag_not_found", "union_tag_invalid"):
        if detail["loc"][-1] == "functions":
            return 'must be a list of names like ["orders-*"], or {tags: {KEY: VALUE}}'
        return f"must be a name, an ARN or {{tags: {{KEY: VALUE}}}}, not {_told(value)}"
    return detail["msg"]


def _told(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return f"the truth value {value}".lower()
    if isinstance(value, int) and value.bit_length() > LONGEST_NUMBER:
        return "a number of very many digits"
    return f'the text "{value}"' if isinstance(value, str) else f"{value}"


def _keys(place: Place) -> list[str]:
    """The keys that are known where an unknown one stands."""
    steps = [step for step in place if isinstance(step, str) and not step.startswith("(")]
    model: type[BaseModel] = Rules
    if steps[:1] == ["rules"]:
        model = TagSelector if "functions" in steps[:-1] else Rule
    return list(model.model_fields)


def _contradictions(document: Document) -> Iterator[str]:
    """What no single field shows: names given twice, rules that demand nothing or both of one destination."""
    rules = document.data.get("rules") if isinstance(document.data, dict) else None
    names: dict[str, int] = {}
    for number, rule in enumerate(rules if isinstance(rules, list) else []):
        if not isinstance(rule, dict):
            continue
        name = rule.get("name")
        if isinstance(name, str) and name in names:
            first = document.line(("rules", names[name], "name"))
            sentence = f'"{name}" is the name of another rule too, in line {first}; every rule needs its own'
            yield document.problem(("rules", number, "name"), sentence)
        elif isinstance(name, str):
            names[name] = number
        yield from _demands(document, number, rule)


def _demands(document: Document, number: int, rule: dict[Any, Any]) -> Iterator[str]:
    must, must_not = rule.get("must_reach", []), rule.get("must_not_reach", [])
    if must == [] and must_not == []:
        yield document.problem(("rules", number), "demands nothing; give it must_reach or must_not_reach")
    if not (isinstance(must, list) and isinstance(must_not, list)):
        return
    for position, destination in enumerate(must_not):
        if isinstance(destination, str) and destination in must:
            place = ("rules", number, "must_not_reach", position)
            yield document.problem(place, f'"{destination}" stands under must_reach of this rule as well')
