"""Files that hold what the program is expected to print, and the program that prints it.

With VPCREACH_GOLDEN=1 (`make golden`) the files are rewritten; reviewing them is then a matter of `git diff`.
"""

import io
import os
import shlex
from contextlib import chdir, redirect_stderr, redirect_stdout
from difflib import unified_diff
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from vpcreach.cli import main

TOP = Path(__file__).parents[2]
SHOP = Path("reports/examples/shop")
REWRITES = os.environ.get("VPCREACH_GOLDEN") == "1"


class Printed(NamedTuple):
    """What a run of the program left: its result, what it said beside it, its exit code."""

    stdout: str
    stderr: str
    code: int


def printed(command: str) -> Printed:
    """Runs `vpcreach …` in the root of the repository, as if in a pipe that is 80 columns wide."""
    words = shlex.split(command)
    assert words[0] == "vpcreach", command
    out, err = io.StringIO(), io.StringIO()
    code: object = 0
    with (
        chdir(TOP),
        patch.dict(os.environ, {"COLUMNS": "80"}),
        patch("sys.argv", words),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as stop:
            code = stop.code or 0
    assert isinstance(code, int), command
    return Printed(out.getvalue(), err.getvalue(), code)


def agree(path: Path, told: str) -> None:
    """Fails where a file of the repository does not hold what was told; rewrites it if that is wanted."""
    file = TOP / path
    if REWRITES:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(told, encoding="utf-8")
    assert file.is_file(), f"{path} is missing; make golden writes it"
    held = file.read_text(encoding="utf-8")
    differing = "\n".join(
        unified_diff(held.splitlines(), told.splitlines(), str(path), "printed now", lineterm="", n=1)
    )
    assert held == told, f"make golden rewrites what is no longer so:\n{differing}"
