"""`vpcreach who-can`: one destination, every function that reaches it."""

from typing import Annotated

import typer

from vpcreach.cli import options


def run(  # noqa: PLR0913 (one for every option)
    destination: Annotated[
        str,
        typer.Argument(show_default=False, help="rds:NAME, sg-…, ADDRESS:PORT, internet, s3, a host name …"),
    ],
    snapshot: options.Snapshot = None,
    *,
    format: Annotated[str, typer.Option(metavar="NAME", help="text or json")] = "text",
    strict: options.Strict = False,
    trust_appliances: options.TrustAppliances = False,
    profile: options.Profile = None,
    region: options.Region = None,
    endpoint_url: options.EndpointUrl = None,
    function_state: options.FunctionState = True,
) -> None:
    """Every function that reaches a destination.

    Those without VPC too; then those that do in part, those of which it is not known, and the number of the others.
    """
    from vpcreach.cli import engine
    from vpcreach.cli.output import say, wants_colour
    from vpcreach.formats import names, who_can_as

    name = options.chosen(format, names.WHO_CAN, "--format")
    engine.refuse_nonsense([destination])
    live = engine.Live(profile, tuple(region or ()), endpoint_url, function_state=function_state)
    rests = engine.RestsOn(strict=strict, trust_appliances=trust_appliances)
    told = engine.everyone(engine.snapshot(snapshot, live, [destination]), destination, rests)
    say(who_can_as(name, told, destination, colour=wants_colour()))
