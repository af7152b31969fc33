"""`vpcreach permissions`: the read-only IAM policy that `collect` needs."""

from typing import Annotated

import typer


def run(
    *,
    role_arn: Annotated[
        list[str] | None,
        typer.Option(metavar="ARN", show_default=False, help="A role that collect is to take on; repeat it for more."),
    ] = None,
) -> None:
    """The IAM policy that collect needs.

    Read-only, derived from the very calls it makes.
    """
    import json

    from vpcreach.cli.engine import all_calls
    from vpcreach.cli.output import say
    from vpcreach.sources.permissions import policy

    say(json.dumps(policy(all_calls(), role_arns=role_arn or ()), indent=2) + "\n")
