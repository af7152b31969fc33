"""`vpcreach collect`: everything that a live account tells, saved as a snapshot."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vpcreach.cli import options

if TYPE_CHECKING:
    from vpcreach.snapshot.snapshot import Snapshot


def run(
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", metavar="FOLDER", show_default=False, readable=False, help="A new folder, or a new .zip."
        ),
    ],
    *,
    profile: options.Profile = None,
    region: options.Region = None,
    role_arn: Annotated[
        list[str] | None,
        typer.Option(metavar="ARN", show_default=False, help="Read another account in this role; repeat it for more."),
    ] = None,
    endpoint_url: options.EndpointUrl = None,
    function_state: options.FunctionState = True,
) -> None:
    """Save what AWS says of the account.

    All by read-only calls. The snapshot answers later and anywhere.
    """
    from vpcreach.cli import engine
    from vpcreach.cli.output import tell
    from vpcreach.snapshot.writing import refuse_taken, write

    refuse_taken(output)
    live = engine.Live(profile, tuple(region or ()), endpoint_url, tuple(role_arn or ()), function_state)
    snapshot = engine.collected(live)
    write(snapshot, output)
    tell(f"{output}: {summary(snapshot)}. Next: vpcreach report {output}")


def summary(snapshot: "Snapshot") -> str:
    """One sentence or two: where AWS was read, how much there is, what was not answered."""
    from vpcreach.components.lambda_function import LIST_FUNCTIONS
    from vpcreach.formats.wording import counted, listed

    places = snapshot.places()
    readings = [snapshot.read(LIST_FUNCTIONS, place) for place in places]
    functions = sum(len(reading.value.functions) for reading in readings if reading.value is not None)
    where = listed([str(place) for place in places]) if places else "no region"
    words = f"{counted(functions, 'function')} in {where}, {counted(len(snapshot.files), 'answered call')}"
    failed = snapshot.manifest.failed
    if not failed:
        return f"{words}, none refused"
    calls = sorted({failure.call for failure in failed})
    shown = ", ".join(calls[:5]) + (f" and {len(calls) - 5} more" if len(calls) > 5 else "")
    return f"{words}. Not answered: {counted(len(failed), 'call')} ({shown}); what they would tell is unknown"
