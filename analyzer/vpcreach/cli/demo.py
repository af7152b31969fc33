"""`vpcreach demo`: a small built-in estate, collected over HTTP from an emulator, and the report on it."""

from pathlib import Path
from typing import Annotated

import typer

_EXTRA = ("moto", "flask", "flask_cors")


def run(
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FOLDER",
            show_default=False,
            help="Also keep what was collected: a new folder, or a new .zip.",
        ),
    ] = None,
) -> None:
    """Report on a small built-in estate of usual mistakes.

    It is built in an AWS emulator and collected over HTTP; needs vpcreach[demo].
    """
    from vpcreach.cli.output import say, tell, wants_colour
    from vpcreach.snapshot.writing import refuse_taken, write

    if output is not None:
        refuse_taken(output)
    _refuse_without_emulator()
    tell("building a small estate in an AWS emulator, and reading it as if it were AWS ...")
    from vpcreach import demo
    from vpcreach.cli.collect import summary
    from vpcreach.formats import report_as

    snapshot, report = demo.run()
    if output is not None:
        write(snapshot, output)
    tell("\n".join([f"{summary(snapshot)}. What was built:", *demo.stories(), ""]))
    say(report_as("text", report, colour=wants_colour()))
    if output is not None:
        tell(f"\n{output}: the snapshot. Next: vpcreach why payments internet {output}")


def _refuse_without_emulator() -> None:
    from importlib.util import find_spec

    from vpcreach.errors import UsageError

    missing = [name for name in _EXTRA if find_spec(name) is None]
    if missing:
        raise UsageError(f"the demo needs {missing[0]}, which is not installed; run: pip install 'vpcreach[demo]'")
