"""Promises about the code itself that neither ruff nor import-linter can check."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
PACKAGE = TOP / "analyzer" / "vpcreach"
LONGEST_FILE = 400
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc"}
# Written so that this file does not hold what it looks for.
OF_ONE_MACHINE = {
    "an address of a package registry": re.compile(r"https?://[^ \"]*(?:pyp[i]|pythonhos[t]|npmj[s]|/debia[n])"),
    "a path of one machine": re.compile(r"/(?:wor[k]|far[m]|roo[t])/"),
    "a folder outside the repository": re.compile(r"\.\./share[d]"),
}


def project_files(*patterns: str) -> Iterator[Path]:
    """Every file that git holds or would take in, so that a mistake shows before it is committed."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns]
    names = subprocess.run(listing, cwd=TOP, check=True, capture_output=True, text=True).stdout
    return (path for name in names.split("\0") if name and (path := TOP / name).is_file())


def modules_after(statement: str) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded when it has run `statement`."""
    script = f"import json, sys\n{statement}\nprint(json.dumps(sorted({{m.split('.')[0] for m in sys.modules}})))"
    run = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return set(json.loads(run.stdout.splitlines()[-1]))


def test_no_file_of_the_program_is_too_long_to_read() -> None:
    lines = {path: len(path.read_text().splitlines()) for path in PACKAGE.rglob("*.py")}
    assert {str(path.relative_to(TOP)): n for path, n in lines.items() if n > LONGEST_FILE} == {}


def test_every_room_has_a_name_that_says_something() -> None:
    assert [str(path) for path in project_files("*.py") if VAGUE & {path.stem, *path.relative_to(TOP).parts}] == []


def test_importing_the_package_loads_nothing_else() -> None:
    assert modules_after("import vpcreach") - modules_after("pass") == {"vpcreach"}


def test_help_loads_neither_aws_nor_graphs() -> None:
    ask = "import contextlib, io\nfrom vpcreach.cli import main\nsys.argv = ['vpcreach', '--help']\n"
    ask += "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):\n    main()"
    assert modules_after(ask) & {"boto3", "botocore", "networkx", "moto"} == set()


def test_the_root_hands_on_the_public_names_and_no_name_is_also_a_room() -> None:
    import vpcreach
    from vpcreach import api

    rooms = {path.stem for path in PACKAGE.iterdir()}
    assert vpcreach.__all__ == api.__all__
    assert set(api.__all__) & rooms == set()
    assert all(getattr(vpcreach, name) is getattr(api, name) for name in api.__all__)


def test_a_name_the_root_does_not_have_is_an_attribute_error() -> None:
    import vpcreach

    with pytest.raises(AttributeError, match="no attribute 'reachable_please'"):
        _ = vpcreach.reachable_please


def test_importing_a_room_from_the_root_does_not_load_the_whole_program() -> None:
    assert not {"networkx", "boto3", "msgspec"} & modules_after("from vpcreach import errors")


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text()))


@pytest.mark.parametrize("what", OF_ONE_MACHINE)
def test_no_file_of_the_project_names(what: str) -> None:
    found = []
    for path in project_files():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        if match := OF_ONE_MACHINE[what].search(text):
            found.append(f"{path.relative_to(TOP)}: {match[0]}")
    assert found == []


def test_what_a_module_says_it_is_checked_by_exists() -> None:
    named = {
        (str(path.relative_to(TOP)), test)
        for path in PACKAGE.rglob("*.py")
        for test in re.findall(r"tests/[\w/.-]+\.py", path.read_text())
    }
    assert [where for where in sorted(named) if not (TOP / where[1]).exists()] == []
