"""The vocabulary every component speaks: what arrives, what becomes of it, and why.

A component gets an `Arrival` and answers with `Hop`s that together hold every packet of it. A hop forwards, looks a
route up, delivers or stops; what it found on the way is a `Note`: a blocker (FAIL), something undecided (UNKNOWN) or
worth knowing (ADVICE). Components name their neighbours by id and reach them through `Surroundings`.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Protocol, TypeVar

from vpcreach.packets.address_map import AddressMap, AddressSet, Family
from vpcreach.packets.packet_set import Packet, PacketSet, Permit
from vpcreach.packets.ports import PortAtoms
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Record
from vpcreach.snapshot.snapshot import Reading

T = TypeVar("T")
T_Record = TypeVar("T_Record", bound=Record)


class Leg(Enum):
    """The way out, from the function to the destination, or the way back of the answers."""

    OUT = "out"
    BACK = "back"


class Part(Enum):
    """Of what a gate stops only a part: the client ports of an answer, or the addresses of the function's subnet."""

    CLIENT_PORTS = "client ports"
    SUBNET = "subnet"


class Effect(Enum):
    FAIL = "fail"
    UNKNOWN = "unknown"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Note:
    """One setting that stops packets, leaves them undecided, or is worth knowing.

    `assumption` names an absent guard's file that a FAIL rests on.
    """

    effect: Effect
    code: str
    component: str
    entry: str
    message: str
    remedy: str
    page: str = ""
    leg: Leg = Leg.OUT
    assumption: str | None = None

    def __str__(self) -> str:
        return f"{self.code} {self.component}{f' [{self.entry}]' if self.entry else ''}: {self.message}"

    def on(self, leg: Leg) -> "Note":
        return self if self.leg is leg else replace(self, leg=leg)


@dataclass(frozen=True, slots=True)
class Reason:
    """A code of the explanation list, its remedy, and the AWS page it rests on."""

    code: str
    remedy: str
    page: str = ""

    def fail(self, component: str, entry: str, message: str, *, assumption: str | None = None) -> Note:
        return Note(Effect.FAIL, self.code, component, entry, message, self.remedy, self.page, assumption=assumption)

    def unknown(self, component: str, entry: str, message: str, *, resolve: str | None = None) -> Note:
        return Note(Effect.UNKNOWN, self.code, component, entry, message, resolve or self.remedy, self.page)

    def advice(self, component: str, entry: str, message: str) -> Note:
        return Note(Effect.ADVICE, self.code, component, entry, message, self.remedy, self.page)


UNKNOWN_RESOURCE = Reason("UNKNOWN_RESOURCE", "collect the call that lists it, from the account that owns it")
COLLECTION_FAILED = Reason("COLLECTION_FAILED", "grant the permission or collect the missing file, then ask again")
UNSUPPORTED_COMPONENT = Reason("UNSUPPORTED_COMPONENT", "check this component by hand; vpcreach does not model it yet")
NO_POSSIBLE_DESTINATION = Reason(
    "NO_POSSIBLE_DESTINATION", "ask about an address that exists, or create what should have it"
)
BAD_STATE = Reason("BAD_STATE", "restore the object, or use another one")
BAD_STATE_ATTACHMENT = Reason("BAD_STATE_ATTACHMENT", "attach the gateway to the VPC")
PROTOCOL_RESTRICTION = Reason("PROTOCOL_RESTRICTION", "use TCP or UDP")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends the packets of one segment: the function's interface, or what rewrote their source.

    `groups` are the security groups that references match, None where references are not preserved (after NAT).
    `public_addresses` are what an internet gateway can translate to. Where there is none, `public_addresses_unread` is
    the note that says the snapshot cannot tell, or `assumed_no_public_address` what is assumed for want of a file.
    """

    component: str
    kind: str
    vpc_id: str
    subnet_id: str | None
    groups: frozenset[str] | None
    public_addresses: tuple[str, ...] = ()
    public_addresses_unread: Note | None = None
    assumed_no_public_address: str | None = None
    notes_at_internet: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceRequest:
    """What an AWS API call asks of an endpoint policy: the service prefix, and the resource where one was named."""

    service: str
    resources: tuple[str, ...]
    principal: str | None


@dataclass(frozen=True, slots=True)
class Arrival:
    """Packets as they reach a component: on which leg, who sent them, in which VPC and subnet they stand."""

    packets: PacketSet
    leg: Leg
    sender: Sender
    vpc_id: str
    standing_in: str | None
    origin: Sender
    request: ServiceRequest | None = None


@dataclass(frozen=True, slots=True)
class Forward:
    """The packets move on to a component; leaving or entering its subnet crosses network ACLs."""

    component: str


@dataclass(frozen=True, slots=True)
class Lookup:
    """The packets stay in their subnet and are looked up in a route table."""

    component: str


@dataclass(frozen=True, slots=True)
class Deliver:
    """The packets have arrived: in a subnet, or (None) at a service or at the internet beyond the component."""

    subnet_id: str | None


@dataclass(frozen=True, slots=True)
class Stop:
    """Nothing more is known or happens; the hop's notes say why."""


@dataclass(frozen=True, slots=True)
class Hop:
    """What a component does with some of the packets that arrived.

    `detail` tells it in the trail. `sender` is set where the source is rewritten to `source`: a new segment begins.
    """

    packets: PacketSet
    then: Forward | Lookup | Deliver | Stop
    detail: str = ""
    notes: tuple[Note, ...] = ()
    assumptions: tuple[str, ...] = ()
    sender: Sender | None = None
    source: AddressSet | None = None


class Component(Protocol):
    """One AWS thing that packets meet. `subnet_id` is where its interface stands, None where it has none."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def subnet_id(self) -> str | None: ...

    def forward(self, arrival: Arrival, around: "Surroundings") -> Iterable[Hop]:
        """Hops that together hold every packet of the arrival, each packet in exactly one."""
        ...

    def answer(self, arrival: Arrival, around: "Surroundings") -> Iterable[Hop]:
        """The same for the answers to packets whose way out, or a segment of it, ended here."""
        ...


class Guard(Protocol):
    """Something that forbids or allows packets at components of other kinds: Block Public Access, encryption …"""

    def judge(self, component: Component, arrival: Arrival, around: "Surroundings") -> "Judgement": ...


@dataclass(frozen=True, slots=True)
class Judgement:
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
    def skips_endpoint_routes(self) -> bool: ...

    def remember(self, key: Hashable, build: Callable[[], T]) -> T:
        """`build()`, computed once for this network and these prefix lists."""
        ...


class Direction(Enum):
    """Which rules of a gate are read: those for packets that enter, or that leave."""

    IN = "inbound"
    OUT = "outbound"


@dataclass(frozen=True, slots=True)
class Decision:
    """What one gate does with one packet: let it through, stop it, or (None) undecided; and the deciding line."""

    permitted: bool | None
    entry: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """Packets that a gate stops: all of them, one of them, and of what they are only a part (None: all that came)."""

    packets: PacketSet
    example: Packet
    part: Part | None
    leg: Leg

    @property
    def sources(self) -> str:
        return _some(self.packets.source, self.example.source_text)

    @property
    def destinations(self) -> str:
        return _some(self.packets.destination, self.example.destination_text)


def _some(addresses: AddressSet, example: str) -> str:
    return str(addresses) if len(addresses.intervals) <= 3 else f"addresses such as {example}"


class Gate(Protocol):
    """A list of rules that packets pass through without being routed: security groups, a network ACL."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...

    def permits(self, direction: Direction, family: Family, around: Surroundings) -> AddressMap[Permit]:
        """For every address of the other end, the destination ports that pass, and those that may pass."""
        ...

    def decide(self, direction: Direction, packet: Packet, around: Surroundings) -> Decision:
        """The same for one packet, rule by rule, without sets: the second reading, which names the deciding line."""
        ...

    def stopped(self, direction: Direction, entry: str, stopped: "Stopped") -> Note:
        """The blocker for packets that this gate stops."""
        ...

    def undecided(self, direction: Direction, around: Surroundings) -> Note:
        """The note for packets of which the snapshot does not tell whether they pass."""
        ...


ASYMMETRIC_MIDDLEBOX_ROUTE = Reason("ASYMMETRIC_MIDDLEBOX_ROUTE", "route the answers back the way the packets came", "")


def wrong_way(component: Component, arrival: Arrival) -> list[Hop]:
    """Answers that a route table sends to a gateway which the packets did not come through: they are lost."""
    note = ASYMMETRIC_MIDDLEBOX_ROUTE.fail(
        component.id,
        "",
        f"answers to {arrival.packets.destination} are sent to {component.id}, which the packets did not come through",
    )
    return [Hop(arrival.packets, Stop(), "answers go astray", (note,))]
