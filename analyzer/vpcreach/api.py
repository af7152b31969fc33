"""vpcreach as a library: load a snapshot, ask it.

import vpcreach
report = vpcreach.report(vpcreach.load("snapshot"), ["internet", "rds:orders-db"])
for function in report.functions:
    print(function.name, [answer.verdict.value for answer in function.answers])
"""

from collections.abc import Sequence
from pathlib import Path

from vpcreach.check.estate import Analysed
from vpcreach.check.evaluate import evaluate
from vpcreach.check.outcome import CheckReport
from vpcreach.check.rule_file import read_rules
from vpcreach.errors import VpcreachError
from vpcreach.explain.difference import Difference, difference
from vpcreach.reach.answer import Report, Verdict
from vpcreach.reach.functions import graph
from vpcreach.reach.reporting import USUAL, Analysis
from vpcreach.snapshot.loading import load
from vpcreach.snapshot.snapshot import Snapshot

__all__ = [
    "Analysis",
    "CheckReport",
    "Difference",
    "Report",
    "Snapshot",
    "Verdict",
    "VpcreachError",
    "check_rules",
    "diff",
    "graph",
    "load",
    "report",
]


def check_rules(
    snapshot: Snapshot, rules: str | Path, *, strict: bool = False, trust_appliances: bool = False
) -> CheckReport:
    """What becomes of the rules of a file; raises RuleFileError with every mistake in it."""
    return evaluate(
        read_rules(Path(rules)), Analysed(Analysis(snapshot, strict=strict, trust_appliances=trust_appliances))
    )


def diff(
    old: Snapshot,
    new: Snapshot,
    destinations: Sequence[str] = USUAL,
    functions: Sequence[str] | None = None,
    *,
    strict: bool = False,
    trust_appliances: bool = False,
) -> Difference:
    """Verdict by verdict what is otherwise in the newer snapshot, and which changes caused it.

    Raises UsageError for a destination or function that neither snapshot knows.
    """
    return difference(old, new, destinations, functions, strict=strict, trust_appliances=trust_appliances)


def report(
    snapshot: Snapshot,
    destinations: Sequence[str] = USUAL,
    functions: Sequence[str] | None = None,
    *,
    strict: bool = False,
    trust_appliances: bool = False,
) -> Report:
    """Whether each function (all attached ones, or those that names, ARNs or globs choose) reaches each destination.

    With `strict`, what rests on an assumption is unknown; with `trust_appliances`, machines of one's own and Gateway
    Load Balancers pass packets on, and such answers are provisional. Raises UsageError for a destination or function
    that means nothing, SnapshotError for a file that is broken.
    """
    return Analysis(snapshot, strict=strict, trust_appliances=trust_appliances).report(destinations, functions)
