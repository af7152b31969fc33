"""Arguments and options that several verbs share, so that one thing has one name and one help text."""

from pathlib import Path
from typing import Annotated

import typer

Snapshot = Annotated[
    Path | None,
    typer.Argument(
        readable=False,  # typer does not test it: whoever reads the file says why it cannot
        show_default=False,
        help="A folder or .zip that collect has written. Without it the live account is read.",
    ),
]
Profile = Annotated[str | None, typer.Option(metavar="NAME", help="Profile of the AWS settings, for the live account.")]
Region = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        show_default=False,
        help="Region of the live account; repeat it, or say all. Default: as set for AWS.",
    ),
]
EndpointUrl = Annotated[
    str | None, typer.Option(metavar="URL", help="Where AWS is, if not at its own address: an emulator.")
]
FunctionState = Annotated[
    bool,
    typer.Option("--function-state/--no-function-state", help="Ask AWS for each function's state: a call for each."),
]
To = Annotated[
    list[str] | None,
    typer.Option(
        metavar="DESTINATION",
        show_default=False,
        help="What to ask about; repeat it for more. Default: internet, s3, dynamodb.",
    ),
]
Functions = Annotated[
    list[str] | None,
    typer.Option(
        metavar="GLOB", show_default=False, help="Names or ARNs of functions; repeat it. Default: all with a VPC."
    ),
]
Strict = Annotated[bool, typer.Option("--strict", help="What rests on an assumption is unknown.", show_default=False)]

TrustAppliances = Annotated[
    bool,
    typer.Option(
        "--trust-appliances",
        help="One's own appliances and Gateway Load Balancers pass packets on; such answers are provisional.",
        show_default=False,
    ),
]


def chosen(word: str, known: tuple[str, ...], option: str) -> str:
    """The word, if it is one of the known ones; raises UsageError with a suggestion."""
    if word in known:
        return word
    from vpcreach.errors import UsageError, did_you_mean

    hint = did_you_mean(word, known) or f"; there is {', '.join(known)}"
    raise UsageError(f'"{word}" is not a value of {option}{hint}')
