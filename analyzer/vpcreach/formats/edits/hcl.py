"""Terraform's configuration language: one block, laid out as `terraform fmt` does."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


class Expression(str):
    """HCL that is no quoted text: a reference such as `aws_eip.nat_new.id`."""

    __slots__ = ()


Value = str | int | bool | None | Sequence["Value"]


@dataclass(frozen=True, slots=True)
class Block:
    """A block inside another."""

    values: Mapping[str, Value]


def block(kind: str, labels: Sequence[str], values: Mapping[str, "Value | Block"]) -> str:
    """`resource "aws_route" "rtb_1" { … }`, the equals signs of neighbouring lines below each other."""
    head = " ".join([kind, *(json.dumps(label) for label in labels)])
    return "\n".join([f"{head} {{", *_lines(values, "  "), "}"])


def _lines(values: Mapping[str, "Value | Block"], indent: str) -> list[str]:
    lines: list[str] = []
    told = {key: _literal(value).split("\n") for key, value in values.items() if not isinstance(value, Block)}
    width = max((len(key) for key, value in told.items() if len(value) == 1), default=0)
    for key, value in values.items():
        if isinstance(value, Block):
            gap = [""] if lines else []
            lines += [*gap, f"{indent}{key} {{", *_lines(value.values, indent + "  "), f"{indent}}}"]
            continue
        first, *more = told[key]
        # What takes several lines stands for itself, and its equals sign is below no other.
        lines.append(f"{indent}{key if more else key.ljust(width)} = {first}")
        lines += [f"{indent}{line}" for line in more]
    return lines


def _literal(value: Value) -> str:
    if isinstance(value, Expression):
        return str(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return f"[{', '.join(_literal(each) for each in value or ())}]"


def identifier(text: str) -> str:
    """A name that Terraform takes, made of an id or a function's name."""
    name = re.sub(r"\W", "_", text, flags=re.ASCII)
    return name if re.match(r"[A-Za-z_]", name) else f"_{name}"
