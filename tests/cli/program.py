"""The real program, in a process of its own or in this one, away from whatever AWS settings the machine has."""

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from vpcreach.cli import main

# For root nothing is locked. Python itself may lie where only root gets, so it loads all it needs before it steps down.
_STEP_DOWN = """
import contextlib, io, json, os, sys
from vpcreach.cli import main
warm, words = json.loads(sys.argv[1])
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    sys.argv = ["vpcreach", *warm]
    main()
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
sys.argv = ["vpcreach", *words]
main()
"""


def vpcreach(*words: str | Path, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Runs `vpcreach WORDS` in a folder."""
    return _run([sys.executable, "-m", "vpcreach", *(str(word) for word in words)], folder, env)


def vpcreach_of_nobody(
    *words: str | Path, warm: Sequence[str | Path], folder: Path
) -> subprocess.CompletedProcess[str]:
    """Runs `vpcreach WORDS` as somebody whom permissions bind, after a run with the words `warm`, which may do all."""
    told = json.dumps([[str(word) for word in each] for each in (warm, words)])
    return _run([sys.executable, "-c", _STEP_DOWN, told], folder, {})


def main_here(*words: str | Path, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Runs what `vpcreach WORDS` runs in this process: a start takes longer than a refusal."""
    told, complaints = io.StringIO(), io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.chdir(folder),
        contextlib.redirect_stdout(told),
        contextlib.redirect_stderr(complaints),
    ):
        wanted = _environment(folder) | env
        for name in os.environ.keys() - wanted.keys():
            patch.delenv(name)
        for name, value in wanted.items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["vpcreach", *(str(word) for word in words)])
        with pytest.raises(SystemExit) as left:
            main()
    return subprocess.CompletedProcess(sys.argv, int(left.value.code or 0), told.getvalue(), complaints.getvalue())


def _run(command: list[str], folder: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    told = _environment(folder) | env
    return subprocess.run(command, cwd=folder, env=told, capture_output=True, text=True, encoding="utf-8", check=False)


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "VPCREACH_", "NO_COLOR"))}
    return kept | {"HOME": str(folder), "AWS_EC2_METADATA_DISABLED": "true", "PYTHONDONTWRITEBYTECODE": "1"}


def sentence(told: subprocess.CompletedProcess[str]) -> str:
    """What a failed run said: one line on stderr, led by the program's name, and nothing on stdout."""
    assert told.stdout == ""
    [line] = told.stderr.splitlines()
    assert line.startswith("vpcreach: "), line
    return line.removeprefix("vpcreach: ")
