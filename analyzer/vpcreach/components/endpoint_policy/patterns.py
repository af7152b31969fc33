"""What the patterns of IAM policies hold, and which texts a list of patterns can tell apart.

Modelled: * and ?, exactly: of endlessly many texts, those that match the same patterns of a list are one kind.
Not modelled: upper and lower case (names are folded before they come here), lists that make more than LIMIT work.
Source: IAM User Guide, "IAM JSON policy elements: Action" and "Resource" (semantics F12).
Checked: tests/properties/test_endpoint_policy.py.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

# How many places of patterns are looked at: a policy of AWS's greatest length with plain names takes a quarter of it.
LIMIT = 200_000
# Behind the last sign of every pattern: no text holds it.
END = ""
# Stars and question marks in a row, in whatever order, mean the same.
_WILD = re.compile(r"[*?]*[*][*?]*")

# Where the reading of a text stands: the pattern's number, and how many of its signs are matched.
State = frozenset[tuple[int, int]]


def matches(pattern: str, text: str) -> bool:
    """True when the pattern holds the text."""
    at = sign = after_star = 0
    star = -1
    while at < len(text):
        if sign < len(pattern) and pattern[sign] == "*":
            star, after_star = sign, at
            sign += 1
        elif sign < len(pattern) and pattern[sign] in ("?", text[at]):
            at, sign = at + 1, sign + 1
        elif star >= 0:
            after_star += 1
            at, sign = after_star, star + 1
        else:
            return False
    return not pattern[sign:].strip("*")


@lru_cache(maxsize=1 << 10)
def kinds(patterns: tuple[str, ...], within: tuple[str, ...]) -> tuple[int, ...]:
    """The kinds of texts that one of `within` holds, each as a mask: bit n is set where pattern n holds the text.

    Raises ValueError for patterns that take too long to tell apart.
    """
    every = tuple((*_ordered(pattern), END) for pattern in (*patterns, *within))
    of_within = ((1 << len(within)) - 1) << len(patterns)
    start = _closed(((number, 0) for number in range(len(every))), every)
    seen, waiting = {start}, [start]
    found: dict[int, None] = {}
    work = 0
    while waiting:
        state = waiting.pop()
        held = sum(1 << number for number, at in state if every[number][at] == END)
        if held & of_within:
            found[held & ~of_within] = None
        for sign in {every[n][at] for n, at in state} - {"*", "?"} | {END}:
            work += len(state)
            after = _after(state, sign, every)
            # What no pattern of `within` can hold any more is of no interest.
            if after not in seen and any(number >= len(patterns) for number, _ in after):
                seen.add(after)
                waiting.append(after)
        if work > LIMIT:
            raise ValueError("its patterns are too intricate to tell apart")
    return tuple(found)


def meet(one: str, other: str) -> bool:
    """True when some text matches both patterns."""
    return 1 in kinds((one,), (other,))


def covers(wide: str, narrow: str) -> bool:
    """True when every text that matches `narrow` matches `wide`."""
    fixed = wide.removesuffix("*")
    if "*" not in fixed and "?" not in fixed:
        return narrow.startswith(fixed) if fixed != wide else narrow == wide
    return 0 not in kinds((wide,), (narrow,))


def _ordered(pattern: str) -> str:
    """The same pattern with one star at most in a row of wildcards, behind its question marks."""
    return _WILD.sub(lambda found: "?" * found[0].count("?") + "*", pattern)


def _after(state: State, sign: str, every: tuple[tuple[str, ...], ...]) -> State:
    """The state after one more sign; END stands for any sign that no pattern names here."""
    moved = []
    for number, at in state:
        wanted = every[number][at]
        if wanted == "*":
            moved.append((number, at))
        elif wanted == "?" or (wanted != END and wanted == sign):
            moved.append((number, at + 1))
    return _closed(moved, every)


def _closed(places: Iterable[tuple[int, int]], every: tuple[tuple[str, ...], ...]) -> State:
    """With the places behind a star, and without those before a pattern's last star that was reached: it holds more."""
    here = set(places)
    last: dict[int, int] = {}
    for number, at in here:
        if every[number][at] == "*" and at > last.get(number, -1):
            last[number] = at
    if not last:
        return frozenset(here)
    here |= {(number, at + 1) for number, at in last.items()}
    return frozenset((number, at) for number, at in here if at >= last.get(number, 0))
