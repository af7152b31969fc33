"""What a destination means for one source: the endpoints that must be reached, and what it takes to find them.

An `Endpoint` is one thing that must be reached; its `alternatives` are the places where it may be while nobody knows
which. A `Target` is a set of addresses with one and the same set of security groups in front.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from vpcreach.forwarding import Note, Reason, ServiceRequest
from vpcreach.packets.address_map import AddressSet, Family
from vpcreach.snapshot.call import Place

UNKNOWN_DESTINATION = Reason(
    "UNKNOWN_DESTINATION", "collect the account that owns the address, or ask for the resource by name"
)
DESTINATION_IN_TRANSITION = Reason("DESTINATION_IN_TRANSITION", "wait until it is available")
NO_SOURCE_OR_DESTINATION = Reason("NO_SOURCE_OR_DESTINATION", "correct the id, or collect what holds it")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a question is asked from: a function's account, region, VPC, subnet, families and role.

    VPC and subnet are empty for a function that is in none.
    """

    place: Place
    vpc_id: str
    subnet_id: str
    families: tuple[Family, ...]
    role: str | None
    may_have_ipv6: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """Addresses that stand behind one set of security groups.

    With `is_one_of`, the endpoint has just one of the addresses and nobody knows which. `groups` None means that no
    group is known in front of them; `at_arrival` is then what remains to be said once they are reached. `endpoint_id`
    is the VPC endpoint whose state and policy count. `public` are the addresses of a collected interface that is
    reached through its public address. `is_outside_vpcs` marks a public service, which no delivery in a VPC reaches.
    `is_always_delivered` marks what no route, group or ACL touches. `rival_vpcs` are other VPCs with the same
    addresses, each a target of its own: routes alone decide in which of them the packets end.
    """

    addresses: AddressSet
    label: str
    is_one_of: bool = False
    groups: frozenset[str] | None = None
    vpc_id: str | None = None
    endpoint_id: str | None = None
    notes: tuple[Note, ...] = ()
    at_arrival: Note | None = None
    public_interface_id: str | None = None
    is_always_delivered: bool = False
    is_outside_vpcs: bool = False
    rival_vpcs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One thing that must be reached, in the one place where it is or in one of several where it may be."""

    label: str
    alternatives: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a destination means for one source.

    `notes` and `assumptions` hold for every packet (name resolution …). `prefix_lists` reads lists whose entries no
    file tells: id to the blocks they count as in this question. With `skips_gateway_endpoints`, what a route table
    sends to a gateway endpoint is no part of the question.
    `assumed_of_the_name` are assumptions that a failure rests on too: what is assumed away could lead elsewhere.
    `also` are further meanings, which must hold as well: the other ports of a resource that needs several.
    """

    endpoints: tuple[Endpoint, ...]
    protocol: int
    port: int
    notes: tuple[Note, ...] = ()
    assumptions: tuple[str, ...] = ()
    prefix_lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    skips_gateway_endpoints: bool = False
    request: ServiceRequest | None = None
    assumed_of_the_name: tuple[str, ...] = ()
    also: tuple["Meaning", ...] = ()
