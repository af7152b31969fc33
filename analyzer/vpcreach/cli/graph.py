"""`vpcreach graph`: the network, or one function's part of it, to be drawn."""

from typing import Annotated

import typer

from vpcreach.cli import options


def run(
    snapshot: options.Snapshot = None,
    *,
    format: Annotated[str, typer.Option(metavar="NAME", help="mermaid, dot or json")] = "mermaid",
    function: Annotated[
        str | None,
        typer.Option(metavar="NAME", show_default="the whole network", help="Only what this function may meet."),
    ] = None,
    profile: options.Profile = None,
    region: options.Region = None,
    endpoint_url: options.EndpointUrl = None,
) -> None:
    """The network as Mermaid, Graphviz or JSON."""
    from vpcreach.cli import engine
    from vpcreach.cli.output import say
    from vpcreach.formats import graph_as, names

    name = options.chosen(format, names.GRAPH, "--format")
    live = engine.Live(profile, tuple(region or ()), endpoint_url)
    say(graph_as(name, engine.graph(engine.snapshot(snapshot, live), function)))
