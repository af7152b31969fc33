"""`vpcreach report`: every function of a snapshot or live account, and what it reaches."""

from pathlib import Path
from typing import Annotated

import typer

from vpcreach.cli import options


def run(  # noqa: PLR0913 (one for every option)
    snapshot: options.Snapshot = None,
    *,
    to: options.To = None,
    function: options.Functions = None,
    format: Annotated[str, typer.Option(metavar="NAME", help="text, json or markdown")] = "text",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", readable=False, help="Write to a file.")
    ] = None,
    strict: options.Strict = False,
    trust_appliances: options.TrustAppliances = False,
    profile: options.Profile = None,
    region: options.Region = None,
    endpoint_url: options.EndpointUrl = None,
    function_state: options.FunctionState = True,
) -> None:
    """Which function reaches what, and why not."""
    from vpcreach.cli import engine
    from vpcreach.cli.output import save, say, wants_colour
    from vpcreach.formats import names, report_as
    from vpcreach.reach.reporting import USUAL

    name = options.chosen(format, names.REPORT, "--format")
    engine.refuse_nonsense(to or ())
    live = engine.Live(profile, tuple(region or ()), endpoint_url, function_state=function_state)
    rests = engine.RestsOn(strict=strict, trust_appliances=trust_appliances)
    told = engine.report(engine.snapshot(snapshot, live, to or USUAL), to, function, rests)
    if output is None:
        say(report_as(name, told, colour=wants_colour()))
    else:
        save(report_as(name, told), output)
