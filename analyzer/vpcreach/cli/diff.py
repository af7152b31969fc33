"""`vpcreach diff`: two snapshots, verdict by verdict, for pull requests and for the morning after."""

from pathlib import Path
from typing import Annotated

import typer

from vpcreach.cli import options

_SNAPSHOT = "A folder or .zip that collect has written."


def run(
    old: Annotated[Path, typer.Argument(metavar="OLD", show_default=False, readable=False, help=_SNAPSHOT)],
    new: Annotated[Path, typer.Argument(metavar="NEW", show_default=False, readable=False, help="A newer one.")],
    *,
    to: options.To = None,
    function: options.Functions = None,
    format: Annotated[str, typer.Option(metavar="NAME", help="text or json")] = "text",
    strict: options.Strict = False,
    trust_appliances: options.TrustAppliances = False,
) -> None:
    """What changed between two snapshots, and which change caused it.

    Exit code: 1 where a verdict got worse (reachable, partial, unknown, blocked is the order), else 0.
    """
    from vpcreach.cli import engine
    from vpcreach.cli.output import say, wants_colour
    from vpcreach.formats import diff_as, names

    name = options.chosen(format, names.DIFF, "--format")
    engine.refuse_nonsense(to or ())
    older, newer = (engine.snapshot(path, engine.Live()) for path in (old, new))
    rests = engine.RestsOn(strict=strict, trust_appliances=trust_appliances)
    told = engine.difference(older, newer, to, function, rests)
    say(diff_as(name, told, colour=wants_colour()))
    raise typer.Exit(1 if told.has_worsened else 0)
