"""docs/coverage.md: for every item of docs/behaviour.md whether it is decided, by which code it is not, and the tests.

A test proves an item if it is marked `@pytest.mark.item("G1")` (so may a whole file be, by `pytestmark`), or if its
name says so (`…_b13`). Read from the source, so that the page needs no test run.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).parents[1]
BEHAVIOUR = TOP / "docs" / "behaviour.md"
PAGE = Path("docs/coverage.md")
ROW = re.compile(r"^\| (?P<item>[A-K]\d+) \| (?P<what>.+) \| (?P<answered>[a-z ]+) \|$", re.MULTILINE)
CODE = re.compile(r"`([A-Z][A-Z0-9_]+)`")
IN_NAME = re.compile(r"(?<=_)([a-k]\d{1,2})(?=_|$)")
SHOWN = 3
HEAD = """\
# Coverage of the behaviour list

Every item of [how AWS behaves, as modelled here](behaviour.md#all-items): whether the program decides it, with which
[code](codes.md) it says that it does not, and the tests that prove either. This page is generated: `make golden`.

- **yes**: implemented. **partly**: implemented, but for what the code in the middle says.
- **unknown**: where it matters the answer is `unknown` with this code, which says what to collect or decide.
- **nothing to decide**: no verdict depends on it.

| item | behaviour | decided | otherwise | tests |
| --- | --- | --- | --- | --- |
"""


@dataclass(frozen=True, slots=True)
class Item:
    """One item: its words, whether it is decided, the codes of what is not, and the tests that name it."""

    name: str
    what: str
    answered: str
    codes: tuple[str, ...]
    tests: tuple[str, ...]

    @property
    def row(self) -> str:
        shown = "<br>".join(f"`{test}`" for test in self.tests[:SHOWN])
        more = f"<br>and {len(self.tests) - SHOWN} more" if len(self.tests) > SHOWN else ""
        codes = ", ".join(f"`{code}`" for code in self.codes)
        return f"| {self.name} | {self.what} | {self.answered} | {codes} | {shown}{more} |"


def items() -> list[Item]:
    """Every item of the behaviour list, in its order."""
    tests = _tests()
    return [
        Item(
            row["item"],
            CODE.sub(r"\1", row["what"]),
            row["answered"],
            tuple(dict.fromkeys(CODE.findall(row["what"]))),
            tuple(tests.get(row["item"], ())),
        )
        for row in ROW.finditer(BEHAVIOUR.read_text())
    ]


def page() -> str:
    """The page as it should be."""
    return HEAD + "\n".join(item.row for item in items()) + "\n"


def _tests() -> dict[str, list[str]]:
    """The ids of the tests that name each item."""
    found: dict[str, list[str]] = {}
    for path in sorted((TOP / "tests").rglob("test_*.py")):
        for test, named in _named(path):
            for item in sorted(named):
                found.setdefault(item, []).append(f"{path.relative_to(TOP)}::{test}")
    return found


def _named(path: Path) -> Iterator[tuple[str, set[str]]]:
    tree = ast.parse(path.read_text())
    whole = {item for node in tree.body if _assigns_marks(node) for item in _marked(node)}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            own = {item for decorator in node.decorator_list for item in _marked(decorator)}
            yield node.name, whole | own | {item.upper() for item in IN_NAME.findall(node.name)}


def _assigns_marks(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "pytestmark" for target in node.targets)


def _marked(node: ast.AST) -> Iterator[str]:
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "item":
            yield from (str(argument.value) for argument in call.args if isinstance(argument, ast.Constant))
