"""`vpcreach why`: one function, one destination, the whole story."""

from typing import TYPE_CHECKING, Annotated

import typer

from vpcreach.cli import options

if TYPE_CHECKING:
    from vpcreach.cli.engine import RestsOn
    from vpcreach.snapshot.snapshot import Snapshot

Function = Annotated[str, typer.Argument(show_default=False, help="Name or ARN of the function.")]


def run(
    function: Function,
    destination: Annotated[
        str,
        typer.Argument(show_default=False, help="internet, s3, dynamodb, rds:NAME, ADDRESS:PORT, a host name …"),
    ],
    snapshot: options.Snapshot = None,
    *,
    strict: options.Strict = False,
    trust_appliances: options.TrustAppliances = False,
    profile: options.Profile = None,
    region: options.Region = None,
    endpoint_url: options.EndpointUrl = None,
) -> None:
    """One function, one destination, the whole story.

    The way step by step, all that stops the packets, what would help, and what is not known.
    """
    from vpcreach.cli import engine

    engine.refuse_nonsense([destination])
    live = engine.Live(profile, tuple(region or ()), endpoint_url)
    rests = engine.RestsOn(strict=strict, trust_appliances=trust_appliances)
    tell_why(function, destination, engine.snapshot_for(function, destination, snapshot, live), rests)


def tell_why(function: str, destination: str, snapshot: "Snapshot", rests: "RestsOn") -> None:
    """Writes the story of every function of that name (two accounts may have one each)."""
    from vpcreach.cli import engine
    from vpcreach.cli.output import say, wants_colour
    from vpcreach.formats import why
    from vpcreach.formats.wording import gap_lines

    report = engine.report(snapshot, (destination,), [function], rests)
    story = "\n".join(why.render(each, colour=wants_colour()) for each in report.functions)
    undecided = any(answer.unknowns for each in report.functions for answer in each.answers)
    if undecided and report.gaps:
        story += "\n".join(["", "Not in the snapshot:", *gap_lines(report.gaps), ""])
    say(story)
