"""The smallest network that a component or a guard can be asked in: components by id, replies by call.

What a test did not draw raises AssertionError, so that a component that asks for more than it should is seen.
"""

import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from vpcreach.forwarding import (
    UNKNOWN_RESOURCE,
    Arrival,
    Component,
    Gate,
    Leg,
    Note,
    Sender,
    ServiceRequest,
    Surroundings,
    Zone,
)
from vpcreach.packets.address_map import AddressMap, AddressSet, Family
from vpcreach.packets.packet_set import PacketSet
from vpcreach.packets.ports import PortAtoms
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Record
from vpcreach.snapshot.snapshot import Failure, Manifest, Narrowing, Reading, Snapshot

T = TypeVar("T")
R = TypeVar("R", bound=Record)

ACCOUNT, REGION = "111122223333", "eu-west-1"
HOME = Place(ACCOUNT, REGION)
ATOMS = PortAtoms([])


class FakeSurroundings:
    """A network of one place; `replies` maps a call (and its arguments) to what AWS answers as JSON."""

    trusts_appliances = False

    def __init__(
        self,
        components: Iterable[Component] = (),
        replies: Mapping[Call[Any], object] | None = None,
        *,
        failed: Iterable[Call[Any]] = (),
        narrowed: Mapping[Call[Any], tuple[str, ...]] | None = None,
        place: Place = HOME,
    ) -> None:
        self._components = {each.id: each for each in components}
        self._place = place
        self._remembered: dict[Hashable, Any] = {}
        files = {call.path(place): json.dumps(reply).encode() for call, reply in (replies or {}).items()}
        manifest = Manifest(
            failed=tuple(
                Failure(call=call.action, account=place[0], region=place[1], error="AccessDenied") for call in failed
            ),
            narrowed=tuple(
                Narrowing(call=call.action, account=place[0], region=place[1], vpcs=vpcs)
                for call, vpcs in (narrowed or {}).items()
            ),
        )
        self._snapshot = Snapshot(files, manifest)

    @property
    def atoms(self) -> PortAtoms:
        return ATOMS

    def component(self, component_id: str) -> Component | Note:
        missing = UNKNOWN_RESOURCE.unknown(component_id, "", f"{component_id} is not in the snapshot")
        return self._components.get(component_id, missing)

    def read(self, call: Call[R], at: str | Place, arguments: tuple[str, ...] = ()) -> Reading[R]:
        return self._snapshot.read(call, at if isinstance(at, Place) else self._place, arguments)

    def places(self) -> Sequence[Place]:
        return [self._place]

    def place_of(self, component_id: str) -> Place:
        return self._place

    def remember(self, key: Hashable, build: Callable[[], T]) -> T:
        if key not in self._remembered:
            self._remembered[key] = build()
        found: T = self._remembered[key]
        return found

    def route_table_of(self, subnet_id: str) -> Component | Note:
        raise AssertionError(f"asked for the route table of {subnet_id}")

    def edge_table_of(self, gateway_id: str, vpc_id: str) -> Component | Note | None:
        raise AssertionError(f"asked for the edge table of {gateway_id} in {vpc_id}")

    def network_acl_of(self, subnet_id: str) -> Gate | Note:
        raise AssertionError(f"asked for the ACL of {subnet_id}")

    def subnets(self, vpc_id: str, family: Family) -> AddressMap[str | None]:
        raise AssertionError(f"asked for the subnets of {vpc_id}")

    def subnets_are_known(self, vpc_id: str) -> Note | None:
        raise AssertionError(f"asked for the subnets of {vpc_id}")

    def zone_of(self, subnet_id: str | None) -> Zone | None:
        raise AssertionError(f"asked for the zone of {subnet_id}")

    def prefixes(self, prefix_list_id: str, family: Family) -> tuple[tuple[int, int], ...] | Note:
        raise AssertionError(f"asked for the entries of {prefix_list_id}")

    def members(self, group_id: str, family: Family) -> AddressSet:
        raise AssertionError(f"asked for the members of {group_id}")

    def members_are_known(self, group_id: str) -> bool:
        raise AssertionError(f"asked for the members of {group_id}")

    def interfaces_are_known(self, vpc_id: str) -> Note | None:
        raise AssertionError(f"asked for the interfaces of {vpc_id}")

    def every(self, kind: type[T]) -> Sequence[T]:
        raise AssertionError(f"asked for every {kind.__name__}")

    def missing(self, call: Call[Any], vpc_id: str) -> Note | None:
        raise AssertionError(f"asked what {call.action} lacks of {vpc_id}")

    def interface_at(self, vpc_id: str, family: Family, address: int) -> Any:
        raise AssertionError(f"asked for the interface at {address} in {vpc_id}")

    def reading(
        self, prefix_lists: Mapping[str, tuple[str, ...]], *, skips_endpoint_routes: bool = False
    ) -> Surroundings:
        raise AssertionError(f"asked to read {', '.join(prefix_lists)} as something")

    @property
    def skips_endpoint_routes(self) -> bool:
        return False


@dataclass(frozen=True)
class Thing:
    """A component of which only id and kind matter."""

    id: str
    kind: str
    subnet_id: str | None = None

    def forward(self, arrival: Arrival, around: Surroundings) -> Iterable[Any]:
        raise AssertionError(f"{self.id} was asked to forward")

    answer = forward


def function_in(subnet_id: str | None, vpc_id: str = "vpc-main") -> Sender:
    """A function's interface as the sender."""
    return Sender("orders", "lambda_function", vpc_id, subnet_id, groups=frozenset())


def arrival_of(
    sender: Sender,
    *,
    origin: Sender | None = None,
    leg: Leg = Leg.OUT,
    vpc_id: str = "vpc-main",
    request: ServiceRequest | None = None,
) -> Arrival:
    """TCP from anywhere to anywhere over IPv4, as it arrives from a sender."""
    everywhere = AddressSet.parse("0.0.0.0/0")
    ports = ATOMS.mask(6)
    packets = PacketSet(Family.IPV4, everywhere, ports, everywhere, ports)
    return Arrival(packets, leg, sender, vpc_id, sender.subnet_id, origin or sender, request)
