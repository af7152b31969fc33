"""The demo: a small estate of usual mistakes, built in an AWS emulator and read from there over HTTP.

Importing this room loads the emulator, which the extra `vpcreach[demo]` brings. Nothing here reaches AWS: the emulator
listens on the loopback interface, and the settings of this machine are out of sight while it runs (`emulator`).
"""

from typing import Any

from vpcreach import components
from vpcreach.demo.emulator import emulated
from vpcreach.demo.estate import CASES, build
from vpcreach.demo.site import REGION, Site
from vpcreach.destinations import calls_about
from vpcreach.destinations.grammar import parse
from vpcreach.reach.answer import Report
from vpcreach.reach.reporting import Analysis
from vpcreach.snapshot.call import Call
from vpcreach.snapshot.snapshot import Snapshot
from vpcreach.sources.live_account import collect

DESTINATIONS = ("internet", "s3", "dynamodb", "rds:orders-db")

__all__ = ["CASES", "DESTINATIONS", "run", "stories"]


def run() -> tuple[Snapshot, Report]:
    """Builds the estate, collects it, and reports on it."""
    with emulated() as endpoint_url:
        build(Site(endpoint_url))
        snapshot = collect(calls(), regions=(REGION,), endpoint_url=endpoint_url)
    return snapshot, Analysis(snapshot).report(DESTINATIONS)


def stories() -> list[str]:
    """A line for each function: what is the matter with it, so that the report can be read against that."""
    width = max(len(case.name) for case in CASES)
    return [f"  {case.name.ljust(width)}  {case.story}" for case in CASES]


def calls() -> tuple[Call[Any], ...]:
    """What tells about the demo's destinations: of services that nobody asks about, nothing is read."""
    about = (call for destination in DESTINATIONS for call in calls_about(parse(destination)))
    return tuple(dict.fromkeys((*components.ALL_CALLS, *about)))
