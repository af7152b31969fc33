"""What the README shows is what the program prints, what it names exists; `make golden` rewrites its transcripts."""

import contextlib
import io
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.golden.expected import TOP, agree, printed

README = Path("README.md")
TEXT = (TOP / README).read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
GRAPH = re.compile(r"`(vpcreach graph [^`]+)`")

pytestmark = pytest.mark.xdist_group("golden")  # the snapshot it shows is written first


def blocks(language: str) -> list[str]:
    return [found[2] for found in BLOCK.finditer(TEXT) if found[1] == language]


def replayed(transcript: str) -> str:
    """A transcript with the answers that its commands get now."""
    lines: list[str] = []
    code = 0
    for line in transcript.splitlines(keepends=True):
        if not line.startswith("$ "):
            continue
        lines.append(line)
        command = line.removeprefix("$ ").strip()
        if command == "echo $?":
            lines.append(f"{code}\n")
            continue
        told = printed(command)
        assert (told.stderr, told.code in {0, 1, 3}) == ("", True), told
        lines.append(told.stdout)
        code = told.code
    return "".join(lines)


def drawn(place: int) -> str:
    """What the graph command that is named before a place prints."""
    return printed(GRAPH.findall(TEXT, 0, place)[-1]).stdout


def test_transcripts_and_pictures_are_those_of_the_program() -> None:
    def anew(block: re.Match[str]) -> str:
        if block[1] == "console":
            return f"```console\n{replayed(block[2])}```"
        if block[1] == "mermaid":
            return f"```mermaid\n{drawn(block.start())}```"
        return block[0]

    assert blocks("console")
    assert blocks("mermaid")
    agree(README, BLOCK.sub(anew, TEXT))


def test_the_rules_are_those_that_are_checked() -> None:
    [rules] = blocks("yaml")
    [path] = set(re.findall(r"vpcreach check (\S+)", "".join(blocks("console"))))
    shown = [line for line in (TOP / path).read_text().splitlines(keepends=True) if not line.startswith("#")]
    assert rules == "".join(shown)


def test_the_python_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    [code] = blocks("python")
    monkeypatch.chdir(TOP)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(code, str(README), "exec"), {})
    assert "billing ['partial', 'reachable']" in said.getvalue()


def test_the_targets_of_make_exist() -> None:
    named = set(re.findall(r"^    make (\w+)", TEXT, re.MULTILINE))
    targets = set(re.findall(r"^(\w+):", (TOP / "Makefile").read_text(), re.MULTILINE))
    assert {"demo", "test"} <= named <= targets


def commands() -> Iterator[list[str]]:
    """Every command that is shown, in a block or in a sentence."""
    for line in re.findall(r"(?:^    |^\$ |`)(vpcreach [a-z][^`\n]*)", TEXT, re.MULTILINE):
        yield shlex.split(line)


@pytest.mark.parametrize("verb", sorted({words[1] for words in commands()}))
def test_the_options_that_are_shown_exist(verb: str) -> None:
    told = printed(f"vpcreach {verb} --help")
    assert told.code == 0, told.stderr
    shown = {word.partition("=")[0] for words in commands() if words[1] == verb for word in words if word[0] == "-"}
    assert [option for option in sorted(shown) if not re.search(rf"(?<![\w-]){option}(?![\w-])", told.stdout)] == []


def test_the_exit_codes_are_those_of_the_page_on_answers() -> None:
    def codes(text: str) -> list[str]:
        return re.findall(r"^\| (\d+) \|", text, re.MULTILINE)

    assert codes(TEXT) == codes((TOP / "docs" / "answers.md").read_text())
