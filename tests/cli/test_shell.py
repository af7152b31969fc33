"""The shell and who-can from outside."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.cli.program import sentence, vpcreach


def typed(text: str, snapshot: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """What the shell says to lines that come from a pipe."""
    command = [sys.executable, "-m", "vpcreach", "shell", str(snapshot), *options]
    return subprocess.run(
        command,
        input=text,
        cwd=snapshot.parent,
        env=os.environ | {"HOME": str(snapshot.parent)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_lines_from_a_pipe_are_answered_one_after_another(snapshot: Path) -> None:
    told = typed("why-no-internet stuck\n\n# a note\nwho can reach internet", snapshot)
    assert (told.returncode, told.stderr) == (0, "")
    why = vpcreach("why", "stuck", "internet", snapshot, folder=snapshot.parent).stdout
    who = vpcreach("who-can", "internet", snapshot, folder=snapshot.parent).stdout
    story = why.partition("\n\n2 fixes")[0]
    assert told.stdout == f"{story}\n\nTried changes that would mend it: fix stuck internet\n\n{who}"


def test_a_wrong_line_is_told_of_by_number_the_rest_answered_and_the_exit_code_2(snapshot: Path) -> None:
    told = typed("wy stuck s3\nfunctions\nwhy stukc s3\n", snapshot)
    assert told.returncode == 2
    assert told.stdout == "billing\nhello\norders\nstuck\n"
    assert told.stderr.splitlines() == [
        'vpcreach: line 1: "wy" is no question; did you mean "why"?',
        'vpcreach: line 3: no function is called "stukc"; did you mean "stuck"?',
    ]


def test_nothing_after_exit_is_read(snapshot: Path) -> None:
    told = typed("functions st*\nexit\nnonsense\n", snapshot)
    assert (told.returncode, told.stdout, told.stderr) == (0, "stuck\n", "")


def test_a_change_is_tried_without_a_word_to_aws(snapshot: Path) -> None:
    told = typed("what-if route rtb-lonely 0.0.0.0/0 -> nat-a\n", snapshot)
    assert "internet: blocked -> reachable for stuck" in told.stdout


def test_lines_from_a_pipe_do_not_load_what_a_terminal_needs(snapshot: Path) -> None:
    script = (
        "import sys\nfrom vpcreach.cli import main\n"
        f"sys.argv = ['vpcreach', 'shell', {str(snapshot)!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\nprint('prompt_toolkit' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", script], input="help\n", capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "False"


def test_the_shell_needs_a_snapshot_that_is_there(snapshot: Path) -> None:
    told = vpcreach("shell", "nowhere", folder=snapshot.parent)
    assert told.returncode == 2
    assert "nowhere" in sentence(told)


def test_who_can_as_json(snapshot: Path) -> None:
    told = vpcreach("who-can", "internet", snapshot, "--format", "json", folder=snapshot.parent)
    found = json.loads(told.stdout)
    assert [(f["name"], f["verdict"]) for f in found["functions"]] == [
        ("hello", "reachable"),
        ("orders", "reachable"),
        ("billing", "partial"),
    ]
    assert found["blocked"] == 1


def test_who_can_refuses_a_destination_that_means_nothing(snapshot: Path) -> None:
    told = vpcreach("who-can", "internt", snapshot, folder=snapshot.parent)
    assert told.returncode == 2
    assert 'did you mean "internet"?' in sentence(told)
