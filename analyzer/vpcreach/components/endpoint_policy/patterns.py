"""What the patterns of IAM policies hold, and which texts two of them hold together.

Modelled: * and ?, lists of patterns, lists of exceptions (NotAction, NotResource), policy variables (anything).
Not modelled: upper and lower case (names are folded before they come here).
Source: IAM User Guide, "IAM JSON policy elements: Action" and "Resource" (semantics F12).
Checked: tests/properties/test_endpoint_policy.py.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile

VARIABLE = re.compile(r"\$\{[^}]*\}?")


@lru_cache(maxsize=1 << 14)
def covers(wide: str, narrow: str) -> bool:
    """True when every text that matches `narrow` is sure to match `wide`; both may hold * and ?.

    False may also mean that this way of looking does not tell: `*?` is found to cover `?*`, not the reverse.
    """
    # `narrow` is read as text in which * and ? are signs too: ? of `wide` takes each sign but *.
    head, *rest = ("".join("[^*]" if x == "?" else re.escape(x) for x in part) for part in wide.split("*"))
    tail = f".*{rest.pop()}" if rest else ""
    # Atomic groups: the first place where a part fits is as good as any, so none is tried twice.
    expression = head + "".join(f"(?>.*?{part})" for part in rest) + tail
    return re.fullmatch(expression, narrow, re.DOTALL) is not None


@lru_cache(maxsize=1 << 14)
def meet(one: str, other: str) -> bool:
    """True when some text matches both patterns."""
    heads = takewhile(lambda pair: "*" not in pair, zip(one, other, strict=False))
    if any(mine != sign and "?" not in (mine, sign) for mine, sign in heads):
        return False
    # row[j]: some text matches both what was read of `one` and the first j signs of `other`.
    row = [True]
    row += [all(sign == "*" for sign in other[: j + 1]) for j in range(len(other))]
    for mine in one:
        after = [row[0] and mine == "*"]
        for j, sign in enumerate(other):
            if "*" in (mine, sign):
                after.append(row[j + 1] or after[j])
            else:
                after.append(row[j] and (mine == sign or "?" in (mine, sign)))
        row = after
    return row[-1]


@dataclass(frozen=True, slots=True)
class Names:
    """A statement's Action or Resource: what matches a pattern, or (`is_negated`) what matches none."""

    patterns: tuple[str, ...]
    is_negated: bool = False

    def surely_cover(self, pattern: str) -> bool:
        found = any((meet if self.is_negated else covers)(each, pattern) for each in self.patterns)
        return found is not self.is_negated

    def may_meet(self, pattern: str) -> bool:
        found = any((covers if self.is_negated else meet)(each, pattern) for each in self.patterns)
        return found is not self.is_negated

    @property
    def widest(self) -> tuple[str, ...]:
        """Patterns that together hold at least everything these names hold."""
        return ("*",) if self.is_negated else self.patterns

    def widened(self) -> "Names":
        """At least everything these names hold, whatever the policy variables in them stand for."""
        if self.is_negated:
            return replace(self, patterns=tuple(each for each in self.patterns if not VARIABLE.search(each)))
        return replace(self, patterns=tuple(VARIABLE.sub("*", each) for each in self.patterns))
