"""What the estates had that the program and the reference walker were compared on, at the end of a run."""

from collections import Counter
from itertools import combinations

import pytest

from tests.oracle.universe import FEATURES

RAREST = 12


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The fates of all packets, and the pairs of features that fewest estates had."""
    fates: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    for report in reports:
        if getattr(report, "when", None) == "teardown":
            told = dict(report.user_properties)
            fates.update(told.get("fates", {}))
            pairs.update(told.get("pairs", {}))
    if not pairs:
        return
    every = [f"{first} + {second}" for first, second in combinations(sorted(FEATURES), 2)]
    terminalreporter.section("the universe that was compared")
    terminalreporter.write_line(f"packets: {', '.join(f'{count} {fate}' for fate, count in fates.most_common())}")
    terminalreporter.write_line(f"pairs of features: {sum(pairs[pair] > 0 for pair in every)} of {len(every)}; rarest:")
    for pair in sorted(every, key=lambda pair: (pairs[pair], pair))[:RAREST]:
        terminalreporter.write_line(f"{pairs[pair]:6}  {pair}")
