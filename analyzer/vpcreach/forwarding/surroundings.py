"""What a component may ask of the network around it, and what it offers itself."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import msgspec

from vpcreach.forwarding.hops import Arrival, Hop, Stop
from vpcreach.forwarding.notes import ASYMMETRIC_MIDDLEBOX_ROUTE, Note
from vpcreach.packets.address_map import AddressMap, AddressSet, Family
from vpcreach.packets.ports import PortAtoms
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Record
from vpcreach.snapshot.snapshot import Reading

if TYPE_CHECKING:
    from vpcreach.forwarding.gates import Gate

T = TypeVar("T")
T_Record = TypeVar("T_Record", bound=Record)


class Component(Protocol):
    """One AWS thing that packets meet. `subnet_id` is where its interface stands, None where it has none."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def subnet_id(self) -> str | None: ...

    def forward(self, arrival: Arrival, around: "Surroundings") -> Iterable[Hop]:
        """Hops that together hold every packet of the arrival, each in exactly one (but for what AWS picks untold)."""
        ...

    def answer(self, arrival: Arrival, around: "Surroundings") -> Iterable[Hop]:
        """The same for the answers to packets whose way out, or a segment of it, ended here."""
        ...


class Guard(Protocol):
    """Something that forbids or allows packets at components of other kinds: Block Public Access, encryption …"""

    def judge(self, component: Component, arrival: Arrival, around: "Surroundings") -> "Judgement": ...


class Judgement(msgspec.Struct, frozen=True):
    """What a guard says of an arrival: notes, and what it takes for granted because no file tells."""

    notes: tuple[Note, ...] = ()
    assumptions: tuple[str, ...] = ()


FREE = Judgement()


@dataclass(frozen=True, slots=True)
class Zone:
    """An availability zone: its id is the same in every account, its name only where there is no id."""

    id: str | None
    name: str | None

    def is_same(self, other: "Zone") -> bool:
        return self.id == other.id if self.id and other.id else self.name == other.name

    def __str__(self) -> str:
        return self.name or self.id or "an unknown zone"


class Surroundings(Protocol):
    """What a component may ask of the network around it. A Note in place of a component says why there is none."""

    @property
    def atoms(self) -> PortAtoms: ...

    def component(self, component_id: str) -> "Component | Note":
        """The component with this id, or the note (UNKNOWN_RESOURCE …) that says why it cannot be read."""
        ...

    def route_table_of(self, subnet_id: str) -> "Component | Note":
        """The table associated with a subnet, explicitly or as the VPC's main table; a Note when no file tells."""
        ...

    def edge_table_of(self, gateway_id: str, vpc_id: str) -> "Component | Note | None":
        """The route table that rules what enters a VPC through a gateway (B10), or None where it has none."""
        ...

    def network_acl_of(self, subnet_id: str) -> "Gate | Note":
        """The network ACL of a subnet, or the VPC's default one; a Note when no file tells."""
        ...

    def subnets(self, vpc_id: str, family: Family) -> AddressMap[str | None]:
        """For every address the subnet of this VPC that holds it."""
        ...

    def subnets_are_known(self, vpc_id: str) -> Note | None:
        """None when the snapshot lists every subnet of this VPC, else the note that says why not."""
        ...

    def zone_of(self, subnet_id: str | None) -> Zone | None:
        """The availability zone of a subnet, None where it is not known."""
        ...

    def read(self, call: Call[T_Record], at: str | Place, arguments: tuple[str, ...] = ()) -> Reading[T_Record]:
        """The reply of a call at a place, or at the place that a component is from."""
        ...

    def places(self) -> Sequence[Place]:
        """Every account and region of the snapshot."""
        ...

    def place_of(self, component_id: str) -> Place: ...

    def prefixes(self, prefix_list_id: str, family: Family) -> tuple[tuple[int, int], ...] | Note:
        """The entries of a prefix list as (network, length), or why they cannot be told."""
        ...

    def members(self, group_id: str, family: Family) -> AddressSet:
        """The private addresses of the known interfaces that carry a security group."""
        ...

    def members_are_known(self, group_id: str) -> bool:
        """False when the snapshot does not list interfaces there: `members` is then all that might be."""
        ...

    def every(self, kind: type[T]) -> Sequence[T]:
        """Every record of a kind in the whole snapshot."""
        ...

    def missing(self, call: Call[Any], vpc_id: str) -> Note | None:
        """None when the snapshot holds everything that this call lists of a VPC, else the note that says why not."""
        ...

    def interface_at(self, vpc_id: str, family: Family, address: int) -> Any:
        """The known network interface with a private address in a VPC, or None."""
        ...

    def reading(
        self, prefix_lists: Mapping[str, tuple[str, ...]], *, skips_endpoint_routes: bool = False
    ) -> "Surroundings":
        """The same network, with prefix lists whose entries no file tells read as these blocks.

        With `skips_endpoint_routes`, what goes to a gateway endpoint is no part of the question: route tables hand
        on none of it, and a list of which no file tells the entries counts as empty there.
        """
        ...

    @property
    def trusts_appliances(self) -> bool:
        """True where the user vouches that appliances of one's own pass on what reaches them."""
        ...

    @property
    def skips_endpoint_routes(self) -> bool: ...

    def remember(self, key: Hashable, build: Callable[[], T]) -> T:
        """`build()`, computed once for this network and these prefix lists."""
        ...


def wrong_way(component: Component, arrival: Arrival) -> list[Hop]:
    """Answers that a route table sends to a gateway which the packets did not come through: they are lost."""
    note = ASYMMETRIC_MIDDLEBOX_ROUTE.fail(
        component.id,
        "",
        f"answers to {arrival.packets.destination} are sent to {component.id}, which the packets did not come through",
    )
    return [Hop(arrival.packets, Stop(), "answers go astray", (note,))]
