"""What is asked of the walker, and what it answers."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

Address = IPv4Address | IPv6Address

DELIVERED, DROPPED, UNKNOWN, OPEN = "delivered", "dropped", "unknown", "open"


class Result(NamedTuple):
    """What became of one packet and its answer, and at which setting; `may_be` are the fates of an open one."""

    fate: str
    reason: str
    may_be: frozenset[str] = frozenset()

    def allows(self, fate: str) -> bool:
        return fate == self.fate or fate in self.may_be


@dataclass(frozen=True)
class Flow:
    """One connection: who asks from where, and whom. `nat_port` is what each translator on the way would choose.

    `vpc` is that of the thing that is asked for, where the question names a thing and not an address.
    `needs_interface` is set where the question names one address: behind it must stand something that is known.
    `endpoint` is the VPC endpoint whose service is asked for, where the question names a service.
    """

    function: str
    subnet: str
    source: Address
    client_port: int
    destination: Address
    protocol: str
    port: int
    nat_port: int = 50000
    nat_address: int = 0
    needs_interface: bool = False
    endpoint: str | None = None
    vpc: str | None = None


class Ended(Exception):
    """The packet or its answer gets no further."""

    def __init__(self, fate: str, reason: str, may_be: frozenset[str] = frozenset()) -> None:
        super().__init__(f"{fate}: {reason}")
        self.result = Result(fate, reason, may_be)


class Choice(Exception):
    """AWS takes one of these, and nobody knows which."""

    def __init__(self, key: str, options: list[str]) -> None:
        super().__init__(f"{key}: {options}")
        self.key = key
        self.options = options
