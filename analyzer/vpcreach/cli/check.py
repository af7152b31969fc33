"""`vpcreach check`: a rule file against a snapshot or live account, for pipelines."""

from pathlib import Path
from typing import Annotated

import typer

from vpcreach.cli import options

_UNKNOWN = ("undecided", "fail", "pass")


def run(  # noqa: PLR0913 (one for every option)
    rules: Annotated[
        Path, typer.Argument(metavar="RULES.yaml", show_default=False, readable=False, help="What should be reachable.")
    ],
    snapshot: options.Snapshot = None,
    *,
    format: Annotated[str, typer.Option(metavar="NAME", help="text or json")] = "text",
    unknown: Annotated[
        str,
        typer.Option(metavar="AS", help="What an undecided rule counts as: undecided (exit 3), fail (1) or pass (0)."),
    ] = "undecided",
    strict: options.Strict = False,
    trust_appliances: options.TrustAppliances = False,
    profile: options.Profile = None,
    region: options.Region = None,
    endpoint_url: options.EndpointUrl = None,
    function_state: options.FunctionState = True,
) -> None:
    """Hold rules against the answers. Exit code: 0 all hold, 1 one is broken, 3 something is undecided."""
    from vpcreach.check.outcome import UnknownAs, exit_code
    from vpcreach.check.rule_file import read_rules
    from vpcreach.cli import engine
    from vpcreach.cli.output import say, wants_colour
    from vpcreach.formats import check_as, names

    name = options.chosen(format, names.CHECK, "--format")
    counts_as = UnknownAs(options.chosen(unknown, _UNKNOWN, "--unknown"))
    rule_file = read_rules(rules)
    live = engine.Live(profile, tuple(region or ()), endpoint_url, function_state=function_state)
    rests = engine.RestsOn(strict=strict, trust_appliances=trust_appliances)
    asked = [each for rule in rule_file.rules for each in (*rule.must_reach, *rule.must_not_reach)]
    outcome = engine.check(engine.snapshot(snapshot, live, asked), rule_file, rests)
    say(check_as(name, outcome, colour=wants_colour()))
    raise typer.Exit(exit_code(outcome, counts_as))
