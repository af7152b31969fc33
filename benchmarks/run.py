"""The figures of benchmarks/README.md, measured again: whole commands as processes, parts as shares of them.

Every line is a median of several runs, with the slowest beside it; compare lines of one run, not of two machines.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.estates.asking import snapshot_of
from tests.estates.hub_and_spoke import central_egress
from tests.estates.teams import teams
from vpcreach.reach.reporting import Analysis
from vpcreach.shell.session import Session
from vpcreach.shell.words import parse
from vpcreach.snapshot.loading import load
from vpcreach.snapshot.snapshot import Snapshot

FUNCTIONS = 1000
SPOKES = 40
TEAMS = 4
GROUPS = 10
COPIES = 250
CHANGE_OF_HUB = "route rtb-public 203.0.113.0/24 -> igw-out"
CHANGE_OF_TEAM = "nacl acl-team-1-default in 90 deny tcp 443 0.0.0.0/0"
RUNS = 5
REGION = "eu-west-1"
BIN = Path(sys.executable).parent
BARE_TYPER = """
import typer
app = typer.Typer()
@app.callback()
def main() -> None: ...
@app.command()
def one() -> None: ...
app(["--help"])
"""


def timed(action: Callable[[], object], runs: int = RUNS) -> list[float]:
    """Seconds of every run after a first one that does not count."""
    action()
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - start)
    return seconds


def line(what: str, seconds: list[float], *, beside: list[float] | None = None, of: str = "the line above") -> None:
    """One figure, and its share of another one of the same run."""
    share = f"   {statistics.median(seconds) / statistics.median(beside):6.3f} of {of}" if beside else ""
    print(f"{what:<66} {statistics.median(seconds):7.3f} s  (max {max(seconds):.3f}){share}", flush=True)


@contextmanager
def emulator(functions: int) -> Iterator[str]:
    """The address of an emulator process with this many functions in it."""
    command = [sys.executable, "-m", "benchmarks.emulator", str(functions)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield process.stdout.readline().strip()
        process.stdin.close()


def run(*arguments: str, url: str = "") -> None:
    environment = {
        **os.environ,
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_REGION": REGION,
        "AWS_ENDPOINT_URL": url,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    subprocess.run(arguments, check=True, capture_output=True, env=environment)


def functions_from_an_emulator(folder: Path) -> None:
    program = str(BIN / "vpcreach")
    with emulator(FUNCTIONS) as url:
        report = (program, "report", "--no-function-state", "--format", "json", "-o", str(folder / "report.json"))
        whole = timed(lambda: run(*report, url=url))
        line(f"{FUNCTIONS} functions collected and reported, one command", whole)
        run(program, "collect", "--no-function-state", "-o", str(folder / "snapshot"), url=url)
    snapshot = load(folder / "snapshot")
    line("  of which the analysis", timed(lambda: Analysis(snapshot).report()), beside=whole)
    line("saved snapshot to report, one command", timed(lambda: run(program, "report", str(folder / "snapshot"))))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{'largest process of all these (the emulator counts too)':<66} {peak:7.0f} MB")


def functions_around_a_hub() -> None:
    snapshot = snapshot_of(central_egress(SPOKES))
    what = f"{SPOKES} functions in {SPOKES} VPCs around one transit gateway, analysed"
    line(what, timed(lambda: Analysis(snapshot).report()))


def ten_thousand_functions() -> None:
    """A report of many functions, and the shell's questions about them, in two estates."""
    hub = (f"{SPOKES} VPCs around one hub", snapshot_of(central_egress(SPOKES)), "spoke-005", CHANGE_OF_HUB)
    apart = (f"{TEAMS} VPCs with NAT gateways", snapshot_of(teams(TEAMS, GROUPS)), "team-1-3", CHANGE_OF_TEAM)
    for where, drawn, name, change in (apart, hub):
        _many_functions(where, crowded(drawn, COPIES), name, change)


def _many_functions(where: str, snapshot: Snapshot, name: str, change: str) -> None:
    """`name` begins the names of functions and groups; `change` is one that the ways of many functions lead by."""
    first = timed(lambda: Analysis(snapshot).report(), 1)
    line(f"10,000 functions in {where}, first report", first)
    session = Session(Analysis(snapshot))
    list(session.thinking_ahead())
    line("  the same asked again", timed(session.analysis.report), beside=first, of="the first report")
    questions = (
        f"why {name}-7 internet",
        f"why {name}-7 10.1.0.99:443",
        "who can reach internet",
        f"what-if sg sg-{name} egress tcp 443 10.0.0.0/8",
        f"what-if {change}",
    )
    for question in questions:
        asked = timed(partial(_answered, session, question))
        line(f"  {question}", asked, beside=first, of="the first report")
    ports = iter(range(5000, 6000))
    asked = timed(lambda: _answered(session, f"who can reach sg-{name}:{next(ports)}"))
    line(f"  who can reach sg-{name}, of which nobody has asked", asked, beside=first, of="the first report")


def _answered(session: Session, line: str) -> str:
    question = parse(line)
    assert question is not None
    return session.answer(question)


def crowded(snapshot: Snapshot, copies: int) -> Snapshot:
    """The snapshot with so many functions in place of each."""
    files = {}
    for path, data in snapshot.files.items():
        if path.endswith("lambda/list-functions.json"):
            reply = json.loads(data)
            reply["Functions"] = [
                {**each, **{key: f"{each[key]}-{number}" for key in ("FunctionName", "FunctionArn")}}
                for each in reply["Functions"]
                for number in range(copies)
            ]
            files[path] = json.dumps(reply).encode()
    return Snapshot({**snapshot.files, **files}, snapshot.manifest)


def start_of_the_command_line() -> None:
    bare = timed(lambda: run(sys.executable, "-c", BARE_TYPER), 15)
    line("typer's own minimum: --help of an empty program", bare)
    line("vpcreach --help", timed(lambda: run(str(BIN / "vpcreach"), "--help"), 15), beside=bare)


def main() -> None:
    """Prints every figure."""
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} processors")
    start_of_the_command_line()
    functions_around_a_hub()
    ten_thousand_functions()
    with tempfile.TemporaryDirectory() as folder:
        functions_from_an_emulator(Path(folder))


if __name__ == "__main__":
    main()
