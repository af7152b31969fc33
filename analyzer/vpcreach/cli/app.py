"""The verbs of the command line and their order in the help."""

from typing import Annotated

import typer

from vpcreach.cli import check, collect, demo, diff, graph, permissions, report, shell, who_can, why, why_no_internet

app = typer.Typer(
    help="Can each VPC-attached Lambda function reach the internet, S3, DynamoDB or a private resource, and why not?",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)

app.command("demo")(demo.run)
app.command("collect")(collect.run)
app.command("report")(report.run)
app.command("why")(why.run)
app.command("why-no-internet")(why_no_internet.run)
app.command("who-can")(who_can.run)
app.command("shell")(shell.run)
app.command("check")(check.run)
app.command("diff")(diff.run)
app.command("graph")(graph.run)
app.command("permissions")(permissions.run)


def _tell_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"vpcreach {version('vpcreach')}")
        raise typer.Exit


@app.callback()
def _common(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_tell_version, is_eager=True, help="Tell the version and exit."),
    ] = False,
) -> None:
    """Options of vpcreach itself."""
