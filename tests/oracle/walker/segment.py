"""A piece of the way between two translations."""

from dataclasses import dataclass, field

from tests.oracle.walker.fates import Address


@dataclass
class Segment:
    """A piece of the way with one sender: the function, or what translated the packet last."""

    sender: str
    vpc: str
    subnet: str | None
    address: Address
    port: int
    groups: list[str] | None
    public: list[str]
    destination: Address
    is_private_nat: bool = False
    boxes: list[str] = field(default_factory=list)
    hubs: list[str] = field(default_factory=list)
    end: str = ""
    end_vpc: str = ""
    end_subnet: str | None = None
