"""`vpcreach shell`: one question after another on a loaded snapshot."""

from pathlib import Path
from typing import Annotated

import typer

from vpcreach.cli import options


def run(
    snapshot: Annotated[
        Path,
        typer.Argument(readable=False, show_default=False, help="A folder or .zip that collect has written."),
    ],
    *,
    strict: options.Strict = False,
    trust_appliances: options.TrustAppliances = False,
) -> None:
    """Ask one question after another.

    With history and completion on a terminal; otherwise the questions are read line by line from stdin.
    """
    import sys

    from vpcreach.cli import engine
    from vpcreach.cli.output import say, tell, wants_colour

    rests = engine.RestsOn(strict=strict, trust_appliances=trust_appliances)
    session = engine.session(engine.snapshot(snapshot, engine.Live()), rests, colour=wants_colour())
    if sys.stdin is not None and sys.stdin.isatty() and sys.stdout is not None and sys.stdout.isatty():
        from vpcreach.shell.prompt import lines

        tell(session.greeting())
        engine.converse(lines(session, session.thinking_ahead()), session, say, lambda _, problem: tell(problem))
        return
    if not engine.converse(
        sys.stdin or (), session, say, lambda number, problem: tell(f"vpcreach: line {number}: {problem}")
    ):
        raise typer.Exit(2)
