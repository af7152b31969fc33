"""The routes of a core network's segment at one edge: to which attachment packets go on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from vpcreach.forwarding import UNSUPPORTED_COMPONENT, Note, Reason
from vpcreach.packets.address_map import AddressMap, AddressSet, Family, prefix
from vpcreach.snapshot.record import Cidr, Record, Reply
from vpcreach.snapshot.snapshot import Reading

PAGE = "https://docs.aws.amazon.com/network-manager/latest/cloudwan/what-is-cloudwan.html"
NO_SEGMENT_ROUTE = Reason(
    "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", "share the segments, or add a route in the core network policy", PAGE
)
SEGMENT_BLACKHOLE = Reason("TGW_RTB_BAD_STATE_ROUTE", "replace the route in the core network policy", PAGE)
SEGMENT_ROUTES_UNKNOWN = Reason("TGW_RTB_ROUTES_ARE_UNKNOWN", "collect the account that owns the core network", PAGE)
STATIC, PROPAGATED, OTHER = 0, 1, 2


class RouteDestination(Record, frozen=True):
    core_network_attachment_id: str | None = None
    network_function_group_name: str | None = None
    resource_type: str | None = None


class NetworkRoute(Record, frozen=True):
    destination_cidr_block: Cidr | None = None
    destinations: tuple[RouteDestination, ...] = ()
    state: str | None = None
    type: str | None = None

    @property
    def rank(self) -> int:
        return {"STATIC": STATIC, "PROPAGATED": PROPAGATED}.get(self.type or "", OTHER)

    @property
    def targets(self) -> tuple[str, ...]:
        """The attachments it leads to, the names of what leads elsewhere, or its state."""
        names = (d.core_network_attachment_id or d.network_function_group_name or "?" for d in self.destinations)
        return tuple(names) or (self.state or "?",)

    def __str__(self) -> str:
        return f"{self.destination_cidr_block or '?'} -> {', '.join(self.targets)}"


class GetNetworkRoutes(Reply, frozen=True):
    network_routes: tuple[NetworkRoute, ...] = ()


# A route with the block that it names: family, network, length.
Block = tuple[tuple[Family, int, int], NetworkRoute]


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the destinations, in the words of their route: the attachment they go on to, or a note why not.

    `second_reading` is that of `forwarding.Hop`.
    """

    addresses: AddressSet
    words: str
    attachment_id: str | None = None
    note: Note | None = None
    second_reading: Callable[[int], str | None] | None = None


def parts(component: str, segment: str, reading: Reading[GetNetworkRoutes], destination: AddressSet) -> Iterator[Part]:
    """What becomes of packets that come in through an attachment (`component`) of a segment at an edge."""
    listed = reading.value.network_routes if reading.value is not None else ()
    routes = [(prefix(r.destination_cidr_block), r) for r in listed if r.destination_cidr_block is not None]
    if not reading.is_complete or len(routes) < len(listed):
        message = f"the routes of {segment} are not all known: {reading.gap or 'one of them names a prefix list alone'}"
        yield Part(destination, "routes not known", note=SEGMENT_ROUTES_UNKNOWN.unknown(component, segment, message))
        return
    for winner, addresses in _winners(routes, destination.family).groups(destination).items():
        if winner is None:
            some = str(addresses) if len(addresses.intervals) <= 3 else f"addresses such as {addresses.example}"
            message = f"{segment} has no route for {some}"
            yield Part(addresses, "no route", note=NO_SEGMENT_ROUTE.fail(component, segment, message))
            continue
        second = partial(_found_instead, winner[0], routes, destination.family)
        yield replace(_part(component, segment, winner, addresses), second_reading=second)


def _part(component: str, segment: str, winner: tuple[NetworkRoute, ...], addresses: AddressSet) -> Part:
    route, words = winner[0], f"{winner[0]} in {segment}"
    if len(winner) > 1:
        message = f"{segment}: {route} and {winner[1]} are of one rank, and AWS does not say which of them wins"
        return Part(addresses, words, note=SEGMENT_ROUTES_UNKNOWN.unknown(component, segment, message))
    if route.state == "BLACKHOLE":
        message = f"{segment}: the route {route} is a blackhole, and drops what it matches"
        return Part(addresses, words, note=SEGMENT_BLACKHOLE.fail(component, segment, message))
    if route.state != "ACTIVE":
        message = f"{segment}: the route {route} is {route.state or 'in a state not told'}"
        return Part(addresses, words, note=SEGMENT_BLACKHOLE.unknown(component, segment, message))
    target = route.destinations[0] if len(route.destinations) == 1 else RouteDestination()
    if target.core_network_attachment_id is None or target.network_function_group_name is not None:
        message = f"{segment} sends the packets by {route} to something else than one attachment, which is not modelled"
        return Part(addresses, words, note=UNSUPPORTED_COMPONENT.unknown(component, segment, message))
    return Part(addresses, words, target.core_network_attachment_id)


def _winners(routes: Sequence[Block], family: Family) -> AddressMap[tuple[NetworkRoute, ...] | None]:
    """For every address the route that wins, or the several of which nobody knows which does."""
    best: dict[tuple[int, int], tuple[NetworkRoute, ...]] = {}
    for (kind, network, length), route in sorted(routes, key=lambda each: each[1].rank):
        if kind is not family:
            continue
        held = best.setdefault((network, length), (route,))
        is_rival = (held[0].targets, held[0].state) != (route.targets, route.state)
        if is_rival and (held[0].rank == route.rank or route.rank == OTHER):
            best[network, length] = (*held, route)
    return AddressMap.longest_prefix(family, ((*block, winner) for block, winner in best.items()), None)


def _found_instead(route: NetworkRoute, routes: Sequence[Block], family: Family, address: int) -> str | None:
    replayed = _replayed(routes, family, address)
    return None if replayed == route else f"the segment has {replayed or 'no route'}, not {route}"


def _replayed(routes: Sequence[Block], family: Family, address: int) -> NetworkRoute | None:
    """The winning route of one address, found by reading the routes one by one (the second reading)."""
    found: tuple[int, int, NetworkRoute] | None = None
    for (kind, network, length), route in routes:
        is_inside = kind is family and address >> (family.bits - length) == network >> (family.bits - length)
        if is_inside and (found is None or (length, -route.rank) > found[:2]):
            found = (length, -route.rank, route)
    return found[2] if found else None
