"""`vpcreach why-no-internet`: the question that brings most people here."""

from vpcreach.cli import options
from vpcreach.cli.why import Assume, FixAs, Format, Function, Wanted, tell_why


def run(  # noqa: PLR0913 (one for every option)
    function: Function,
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
    """Why a function has no internet.

    The same as: vpcreach why FUNCTION internet
    """
    from vpcreach.cli import engine

    wanted = Wanted(format, fix_as, tuple(assume or ()))
    live = engine.Live(profile, tuple(region or ()), endpoint_url)
    rests = engine.RestsOn(strict=strict, trust_appliances=trust_appliances)
    tell_why(function, "internet", engine.snapshot_for(function, "internet", snapshot, live), rests, wanted)
