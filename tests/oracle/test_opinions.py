"""Opinions are worth something only where they share nothing with what they judge."""

import ast
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
JUDGED = ("vpcreach.packets", "vpcreach.components", "vpcreach.reach")
# What compares imports both sides (public_worlds/cases.py reads answers as its source means them); all else here is an
# opinion.
COMPARING = ("comparing.py", "cases.py", "test_")


def imports_of(path: Path) -> set[str]:
    """The modules that a file names in its imports, and the names that it takes from them."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def reached_from(path: Path) -> set[str]:
    """The same, through every file of these tests that is imported on the way."""
    seen: set[Path] = set()
    found: set[str] = set()
    waiting = [path]
    while waiting:
        here = waiting.pop()
        if here in seen:
            continue
        seen.add(here)
        named = imports_of(here)
        found |= named
        for name in named:
            place = ROOT / name.replace(".", "/")
            waiting += [each for each in (place.with_suffix(".py"), place / "__init__.py") if each.is_file()]
    return found


OPINIONS = sorted(path for path in HERE.rglob("*.py") if not path.name.startswith(COMPARING))


@pytest.mark.parametrize("path", OPINIONS, ids=lambda path: path.relative_to(HERE).as_posix())
def test_an_opinion_imports_nothing_of_what_it_judges(path: Path) -> None:
    assert [name for name in reached_from(path) if name.startswith(JUDGED)] == []


def test_the_walker_shares_no_code_at_all_with_the_program() -> None:
    for path in (HERE / "walker").rglob("*.py"):
        assert [name for name in reached_from(path) if name.startswith("vpcreach")] == []
