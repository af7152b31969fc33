"""`vpcreach why`: one function, one destination, the whole story."""

from typing import TYPE_CHECKING, Annotated

import typer

from vpcreach.cli import options

if TYPE_CHECKING:
    from vpcreach.cli.engine import RestsOn
    from vpcreach.snapshot.snapshot import Snapshot

Function = Annotated[str, typer.Argument(show_default=False, help="Name or ARN of the function.")]
Assume = Annotated[
    list[str] | None,
    typer.Option(
        metavar="CHANGE",
        show_default=False,
        help="Answer as if this were changed, such as 'route rtb-1 0.0.0.0/0 -> nat-2', 'sg sg-1 egress tcp 443 "
        "0.0.0.0/0', 'nacl acl-1 in 90 deny tcp 443 0.0.0.0/0'; 'remove' in front takes away. Repeat it for more.",
    ),
]
FixAs = Annotated[
    str, typer.Option(metavar="NAME", help="What fixes are written as: aws-cli, terraform or cloudformation.")
]
Format = Annotated[str, typer.Option(metavar="NAME", help="text or json")]


def run(  # noqa: PLR0913 (one for every option)
    function: Function,
    destination: Annotated[
        str,
        typer.Argument(show_default=False, help="internet, s3, dynamodb, rds:NAME, ADDRESS:PORT, a host name …"),
    ],
    snapshot: options.Snapshot = None,
    *,
    assume: Assume = None,
    fix_as: FixAs = "aws-cli",
    format: Format = "text",
    strict: options.Strict = False,
    trust_appliances: options.TrustAppliances = False,
    profile: options.Profile = None,
    region: options.Region = None,
    endpoint_url: options.EndpointUrl = None,
) -> None:
    """One function, one destination, the whole story.

    The way step by step, all that stops the packets, fixes that were tried, and what is not known.
    """
    from vpcreach.cli import engine

    wanted = Wanted(format, fix_as, tuple(assume or ()))
    engine.refuse_nonsense([destination])
    live = engine.Live(profile, tuple(region or ()), endpoint_url)
    rests = engine.RestsOn(strict=strict, trust_appliances=trust_appliances)
    tell_why(function, destination, engine.snapshot_for(function, destination, snapshot, live), rests, wanted)


class Wanted:
    """How a story is told, and what is assumed in it; raises UsageError for words that mean nothing."""

    def __init__(self, format: str, fix_as: str, assume: tuple[str, ...]) -> None:
        from vpcreach.formats import names

        self.format = options.chosen(format, names.WHY, "--format")
        self.fix_as = options.chosen(fix_as, names.LANGUAGES, "--fix-as")
        self.edits = []
        if assume:
            from vpcreach.explain.edits.assumed import parse

            self.edits = [parse(text) for text in assume]


def tell_why(function: str, destination: str, snapshot: "Snapshot", rests: "RestsOn", wanted: Wanted) -> None:
    """Writes the story of every function of that name (two accounts may have one each)."""
    from vpcreach.cli import engine
    from vpcreach.cli.output import say, wants_colour
    from vpcreach.formats import why_as

    told = engine.why(snapshot, function, destination, rests, wanted.edits)
    say(why_as(wanted.format, told, wanted.fix_as, colour=wants_colour()))
