"""Cables between namespaces, and the lines that each end of them needs."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tests.oracle.kernel.namespace import Namespace

# Behind every other route: what nothing names goes nowhere.
LAST = 2_000_000_000
BOTH = ("0.0.0.0/0", "::/0")


@dataclass(frozen=True)
class Cable:
    """Two devices, one in each namespace; every cable has addresses of its own, by which the ends find each other."""

    near: str
    far: str
    number: int

    def near_address(self, cidr: str) -> str:
        """The address of the near end, in the family of a block."""
        return f"fe80::{self.number:x}:1" if ":" in cidr else f"169.254.{self.number}.1"

    def far_address(self, cidr: str) -> str:
        return f"fe80::{self.number:x}:2" if ":" in cidr else f"169.254.{self.number}.2"

    def near_lines(self) -> list[str]:
        return _end(self.near, (self.near_address(cidr) for cidr in BOTH))

    def far_lines(self) -> list[str]:
        return _end(self.far, (self.far_address(cidr) for cidr in BOTH))

    def out(self, cidr: str) -> str:
        """Where a route for a block leads from the near end to whatever stands at the far one."""
        return f"via {self.far_address(cidr)} dev {self.near} onlink"

    def back(self, cidr: str) -> str:
        """The same from the far end."""
        return f"via {self.near_address(cidr)} dev {self.far} onlink"


class Drum:
    """Where cables come from: they are numbered within one lab."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def cable(self, near: str, far: str) -> Cable:
        return Cable(near, far, next(self._numbers))


def lay(cables: Sequence[tuple[Namespace, Cable, Namespace]]) -> None:
    """Lays cables, each from one namespace to another, all at once."""
    some_end = cables[0][0]
    some_end.ip(
        f"link add {cable.near} netns {near.path} type veth peer name {cable.far} netns {far.path}"
        for near, cable, far in cables
    )


def last_routes(table: int) -> Iterator[str]:
    yield f"route add unreachable 0.0.0.0/0 table {table} metric {LAST}"
    yield f"route add unreachable ::/0 table {table} metric {LAST}"


def _end(device: str, addresses: Iterable[str]) -> list[str]:
    return [f"link set {device} up", *(f"addr add {address}/{_bits(address)} dev {device}" for address in addresses)]


def _bits(address: str) -> int:
    # A link-local block of IPv6 makes the neighbour reachable; of IPv4, routes say so with `onlink`.
    return 64 if ":" in address else 32
