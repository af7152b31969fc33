"""The real program in a process of its own, away from whatever AWS settings the machine has."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

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


def _run(command: list[str], folder: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "VPCREACH_", "NO_COLOR"))}
    kept |= {"HOME": str(folder), "AWS_EC2_METADATA_DISABLED": "true", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        command, cwd=folder, env=kept | env, capture_output=True, text=True, encoding="utf-8", check=False
    )


def sentence(told: subprocess.CompletedProcess[str]) -> str:
    """What a failed run said: one line on stderr, led by the program's name, and nothing on stdout."""
    assert told.stdout == ""
    [line] = told.stderr.splitlines()
    assert line.startswith("vpcreach: "), line
    return line.removeprefix("vpcreach: ")
