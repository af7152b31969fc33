"""Help and version: quick, because they load nothing they do not need."""

import subprocess
import sys
from pathlib import Path

import pytest

import vpcreach as package
from tests.cli.program import vpcreach

HEAVY = {"boto3", "botocore", "networkx", "pydantic", "msgspec", "yaml", "moto", "rich", "prompt_toolkit"}
OF_TYPER = {"pydantic"}  # typer checks the parameters of a verb with it, but lists the verbs without
VERBS = (
    "demo",
    "collect",
    "report",
    "why",
    "why-no-internet",
    "who-can",
    "shell",
    "check",
    "diff",
    "graph",
    "permissions",
)


def loaded_by(*words: str) -> set[str]:
    """The modules that the program has loaded when it is done with these words."""
    script = (
        "import sys, contextlib, io\n"
        f"sys.argv = ['vpcreach', *{list(words)!r}]\n"
        "from vpcreach.cli import main\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):\n    main()\n"
        "print('\\n'.join(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    return set(run.stdout.split())


@pytest.mark.parametrize("words", [["--help"], ["--version"], *([verb, "--help"] for verb in VERBS)], ids=" ".join)
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    loaded = loaded_by(*words)
    files = Path(package.__path__[0], "cli").glob("*.py")
    assert HEAVY & loaded <= (OF_TYPER if len(words) == 2 else set())
    own = {name for name in loaded if name.startswith("vpcreach.")}
    assert own <= {"vpcreach.errors", "vpcreach.cli", *(f"vpcreach.cli.{file.stem}" for file in files)}
    assert "vpcreach.cli.app" in own


def test_an_answer_from_a_snapshot_does_not_load_boto3(snapshot: Path) -> None:
    loaded = loaded_by("report", str(snapshot))
    assert "vpcreach.reach.reporting" in loaded
    assert not {"boto3", "botocore", "moto", "yaml", "rich"} & loaded


def test_the_help_names_every_verb(tmp_path: Path) -> None:
    told = vpcreach("--help", folder=tmp_path)
    assert told.returncode == 0
    for verb in VERBS:
        assert f"\n  {verb} " in told.stdout


def test_version(tmp_path: Path) -> None:
    told = vpcreach("--version", folder=tmp_path)
    assert told.returncode == 0
    assert told.stdout.split()[0] == "vpcreach"
