"""What the pages under docs/ say of codes, calls, items and one another is so."""

import ast
import re
import subprocess
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from vpcreach import components, destinations
from vpcreach.snapshot.call import GLOBAL, Call, Place
from vpcreach.snapshot.loading import load

TOP = Path(__file__).parents[2]
DOCS = TOP / "docs"
PAGES = sorted(page for page in (*DOCS.glob("*.md"), TOP / "README.md") if page.is_file())
CALLS = tuple(dict.fromkeys((*components.ALL_CALLS, *destinations.ALL_CALLS)))
ITEMS = {"A": 25, "B": 14, "C": 18, "D": 13, "E": 11, "F": 18, "G": 12, "H": 17, "I": 10, "K": 9}
PLACE = Place("111122223333", "eu-west-1")
# A thing of every kind that calls with arguments are made for, as the fake AWS CLI lists it.
THINGS = {"VpcId": "vpc-1", "FunctionName": "orders", "PrefixListId": "pl-1", "VPCId": "vpc-1"}
FAKE_AWS = """#!/bin/sh
case "$*" in
  "sts get-caller-identity"*) echo 111122223333 ;;
  *"--output text"*"VpcId"*) echo vpc-1 ;;
  *"--output text"*"FunctionName"*) echo orders ;;
  *"--output text"*"PrefixListId"*) echo pl-1 ;;
  *) ANSWER ;;
esac
"""


def page(name: str) -> str:
    return (DOCS / name).read_text()


def codes_of_the_program() -> set[str]:
    """The codes of every `Reason(...)` that the code defines."""
    trees = (ast.parse(path.read_text()) for path in (TOP / "analyzer" / "vpcreach").rglob("*.py"))
    made = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call))
    reasons = [call for call in made if isinstance(call.func, ast.Name) and call.func.id == "Reason"]
    codes = [call.args[0] for call in reasons if call.args]
    assert len(codes) == len(reasons), "a Reason without a code as its first argument"
    return {str(code.value) for code in codes if isinstance(code, ast.Constant)}


def test_every_code_stands_in_the_list_of_codes_and_no_other() -> None:
    told = re.findall(r"^\| `([A-Z0-9_]+)` \| [BUF]( [BUF])* \|", page("codes.md"), re.MULTILINE)
    codes = [code for code, _ in told]
    assert sorted(set(codes)) == sorted(codes)
    assert set(codes) == codes_of_the_program()


def test_every_item_of_the_behaviour_list_is_told_once() -> None:
    told = re.findall(r"^\| ([A-K]\d+) \| .+ \| (?:yes|partly|no) \|$", page("behaviour.md"), re.MULTILINE)
    assert told == [f"{letter}{number}" for letter, last in ITEMS.items() for number in range(1, last + 1)]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.action)
def test_the_page_on_snapshots_says_where_a_reply_goes_and_what_its_absence_means(call: Call[Any]) -> None:
    arguments = ".".join(f"<{name}>" for name in call.arguments)
    file = f"{call.service}/{call.command}{f'/{arguments}' if arguments else ''}"
    rows = [row for row in page("snapshot.md").splitlines() if row.startswith("|") and f"`{file}`" in row]
    assert len(rows) == 1, file
    assert call.assumes is None or f"`{call.assumes}`" in rows[0]


def links(text: str) -> Iterator[str]:
    """The targets of links that lead nowhere outside the repository; code is no text."""
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
    return (
        link for link in re.findall(r"\]\(([^)\s]+)\)", prose) if "://" not in link and not link.startswith("mailto:")
    )


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, by GitHub's rule."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", path.read_text(), flags=re.DOTALL), re.MULTILINE)
    return {_anchor(heading) for heading in headings}


def _anchor(heading: str) -> str:
    kept = [c for c in heading.lower() if c in " -_" or unicodedata.category(c)[0] in "LN"]
    return "".join(kept).replace(" ", "-")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    broken = []
    for link in links(path.read_text()):
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


# The script that makes a snapshot by hand


def run_script(folder: Path, answer: str) -> Path:
    """Runs the page's script with an AWS CLI that gives one answer to every call."""
    found = re.search(r"```bash\n(.*?)```", page("snapshot.md"), re.DOTALL)
    assert found
    fake = folder / "aws"
    fake.write_text(FAKE_AWS.replace("ANSWER", answer))
    fake.chmod(0o755)
    script = folder / "snapshot.sh"
    script.write_text(found[1])
    made = folder / "made"
    settings = {"PATH": f"{folder}:/usr/bin:/bin", "AWS_REGION": PLACE.region}
    subprocess.run(["bash", str(script), str(made)], env=settings, check=True, capture_output=True)
    return made


def arguments_of(call: Call[Any]) -> list[tuple[str, ...]]:
    """The argument lists that the script should ask for, given one thing of each kind."""
    if not call.arguments:
        return [()]
    if "Attribute" in call.arguments:
        return [("vpc-1", "enableDnsSupport"), ("vpc-1", "enableDnsHostnames")]
    return [tuple(THINGS.get(name, PLACE.region) for name in call.arguments)]


def test_the_script_saves_every_reply_where_it_is_read(tmp_path: Path) -> None:
    snapshot = load(run_script(tmp_path, "echo '{}'"))
    assert set(snapshot.files) == {call.path(PLACE, arguments) for call in CALLS for arguments in arguments_of(call)}
    assert snapshot.manifest.failed == ()


def test_the_script_records_every_refusal_as_the_program_looks_it_up(tmp_path: Path) -> None:
    refusal = 'echo "An error occurred (AccessDenied) when calling the X operation: no" >&2; exit 254'
    snapshot = load(run_script(tmp_path, refusal))
    wanted = {(call.action, *call.place(PLACE), arguments) for call in CALLS for arguments in arguments_of(call)}
    assert {(f.call, f.account, f.region, f.arguments) for f in snapshot.manifest.failed} == wanted
    assert {failure.error for failure in snapshot.manifest.failed} == {"AccessDenied"}
    assert {failure.region for failure in snapshot.manifest.failed} == {PLACE.region, GLOBAL}
    assert snapshot.files == {}
