"""Domain names as Route 53 prints them: trailing dots, octal escapes, case, and which domain covers which name.

Source: Route 53 Developer Guide, "DNS domain name format" (semantics I3-I5).
Checked: tests/unit/destinations/names/test_domain.py.
"""

import re

_OCTAL = re.compile(r"\\([0-7]{3})")


def normal(name: str) -> str:
    """The name in lower case without its last dot, `\\052` and the like written out; the root is the empty text."""
    return _OCTAL.sub(lambda found: chr(int(found[1], 8)), name).rstrip(".").lower()


def covers(domain: str, name: str) -> bool:
    """True for the domain itself and everything below it; both in their normal form."""
    return not domain or name == domain or name.endswith(f".{domain}")


def depth(domain: str) -> int:
    """How specific a domain is: the number of its labels, none for the root."""
    return len(domain.split(".")) if domain else 0


def above(name: str) -> list[str]:
    """The domains above a name, nearest first, without the root."""
    labels = name.split(".")
    return [".".join(labels[index:]) for index in range(1, len(labels))]
