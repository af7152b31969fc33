"""Base types of the records that AWS replies decode into.

Fields are AWS's own keys in snake case (`vpc_id` is `VpcId`); keys nobody models are passed over, enum values stay
strings so that tomorrow's value is a gap and not a crash. A wrong type is an error that names its JSON path.
"""

from ipaddress import ip_address, ip_network
from typing import Annotated, Any, Protocol

import msgspec


class _Titled(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...


class Cidr(str):
    """An address block as AWS writes it; decoding refuses text that is none."""

    __slots__ = ()


class Ipv4Cidr(Cidr):
    """An IPv4 block: a place where AWS writes no other."""

    __slots__ = ()


class Ipv6Cidr(Cidr):
    """An IPv6 block: a place where AWS writes no other."""

    __slots__ = ()


class Address(str):
    """An IP address as AWS writes it; decoding refuses text that is none."""

    __slots__ = ()


class Ipv4Address(Address):
    """An IPv4 address: a place where AWS writes no other."""

    __slots__ = ()


class Ipv6Address(Address):
    """An IPv6 address: a place where AWS writes no other."""

    __slots__ = ()


# A port where AWS writes no -1 for all of them.
Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]

_VERSIONS = {Cidr: None, Ipv4Cidr: 4, Ipv6Cidr: 6, Address: None, Ipv4Address: 4, Ipv6Address: 6}


def decode_text(kind: type, value: Any) -> Any:
    """msgspec's hook for blocks and addresses: the checked text, or ValueError, which msgspec reports with the path."""
    if kind not in _VERSIONS:
        raise TypeError(f"no decoder for {kind}")
    if not isinstance(value, str):
        # To ipaddress a number is an address too, and true is 0.0.0.1.
        raise ValueError(f"expected an address as text, got {msgspec.json.encode(value).decode()}")
    held = ip_network(value, strict=False) if issubclass(kind, Cidr) else ip_address(value)
    if _VERSIONS[kind] not in (None, held.version):
        raise ValueError(f"{value} is not IPv{_VERSIONS[kind]}")
    return kind(value)


class Record(msgspec.Struct, frozen=True, rename="pascal"):
    """One object of an AWS reply."""


def titled(object_id: str, name: str) -> str:
    """An object's id with its name behind it, unless the id ends with the name anyway."""
    return object_id if object_id.endswith(name) else f"{object_id} {name}"


class Tag(Record, frozen=True):
    key: str
    value: str = ""


class Tagged(Record, frozen=True, kw_only=True):
    """An object with AWS tags."""

    tags: tuple[Tag, ...] = ()

    @property
    def name(self) -> str:
        """The Name tag, or an empty string."""
        name = next((tag.value for tag in self.tags if tag.key == "Name"), "")
        # People write what they like into tags; what a terminal would obey is shown as a question mark.
        return "".join(character if character.isprintable() else "?" for character in name)

    @property
    def title(self: "_Titled") -> str:
        """The id, and the Name tag behind it where it says more."""
        return titled(self.id, self.name)


class Reply(Record, frozen=True, kw_only=True):
    """A whole reply of a call, all pages merged; a continuation mark that is left over makes it incomplete."""

    next_token: str | None = None
    next_marker: str | None = None
    marker: str | None = None
    pagination_token: str | None = None
    is_truncated: bool | None = None
    additional_routes_available: bool | None = None

    @property
    def is_complete(self) -> bool:
        marks = (self.next_token, self.next_marker, self.marker, self.pagination_token)
        return not (any(marks) or self.is_truncated or self.additional_routes_available)


class CamelRecord(Record, frozen=True, rename="camel"):
    """One object of a reply whose keys begin in lower case, as the younger APIs have it."""


class CamelReply(Reply, frozen=True, kw_only=True, rename="camel"):
    """A whole reply whose keys begin in lower case."""

    next_token: str | None = None


class BlockState(Record, frozen=True):
    """Whether an address block is associated."""

    state: str = "associated"


class Ipv6Association(Record, frozen=True):
    """An IPv6 block of a VPC or subnet."""

    ipv6_cidr_block: Ipv6Cidr
    ipv6_cidr_block_state: BlockState = BlockState()
    ipv6_address_attribute: str | None = None


class BlockPublicAccessStates(Record, frozen=True):
    """The Block Public Access mode in force for a VPC or subnet, exclusions applied, as EC2 itself computes it."""

    internet_gateway_block_mode: str | None = None
