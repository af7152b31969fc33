"""Route tables: which target the packets for an address are sent to.

Modelled: association (explicit, main), longest prefix match, static before prefix list before propagated at equal
length, propagated never before local, prefix-list routes, blackhole and filtered routes.
Not modelled: targets whose kind no component here knows: undecided, by name.
Source: VPC User Guide, "How route priority works" (semantics B1-B9).
Checked: tests/unit/components/test_route_table.py, tests/properties/test_routes.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import msgspec

from vpcreach.forwarding import Arrival, Forward, Hop, Leg, Lookup, Note, Reason, Stop, Surroundings
from vpcreach.packets.address_map import AddressMap, AddressSet, Family, combine, prefix
from vpcreach.packets.packet_set import PacketSet
from vpcreach.snapshot.call import Call
from vpcreach.snapshot.record import Address, Ipv4Cidr, Ipv6Cidr, Record, Reply, Tagged

PAGE = "https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html"
NO_ROUTE_TO_DESTINATION = Reason(
    "NO_ROUTE_TO_DESTINATION",
    "add a route for the destination to this very table, or associate the subnet with another",
    PAGE,
)
BAD_STATE_ROUTE = Reason("BAD_STATE_ROUTE", "point the route at a target that exists, or recreate the target", PAGE)
ROUTE_FILTERED = Reason(
    "ROUTE_FILTERED", "look at the route by hand: AWS does not say what a filtered route does", PAGE
)
PREFIX_LIST_ROUTE_AMBIGUOUS = Reason(
    "PREFIX_LIST_ROUTE_AMBIGUOUS", "take the overlapping entries out of one of the prefix lists", PAGE
)
DYNAMIC_ROUTE = Reason("DYNAMIC_ROUTE", "nothing to do, but to ask again when routes have changed", PAGE)
UNSUPPORTED_ROUTE_TARGET = Reason("UNSUPPORTED_ROUTE_TARGET", "check this route by hand", PAGE)

LOCAL = "local"
SHOWN = 3


class Route(Record, frozen=True):
    destination_cidr_block: Ipv4Cidr | None = None
    destination_ipv6_cidr_block: Ipv6Cidr | None = None
    destination_prefix_list_id: str | None = None
    gateway_id: str | None = None
    nat_gateway_id: str | None = None
    transit_gateway_id: str | None = None
    vpc_peering_connection_id: str | None = None
    network_interface_id: str | None = None
    instance_id: str | None = None
    egress_only_internet_gateway_id: str | None = None
    carrier_gateway_id: str | None = None
    local_gateway_id: str | None = None
    core_network_arn: str | None = None
    odb_network_arn: str | None = None
    ip_address: Address | None = None
    origin: str | None = None
    state: str = "active"

    @property
    def destination(self) -> str:
        return self.destination_cidr_block or self.destination_ipv6_cidr_block or self.destination_prefix_list_id or "?"

    @property
    def target(self) -> str | None:
        """The id of the next hop, `local`, or None where no key that vpcreach knows names one."""
        return (
            self.gateway_id
            or self.nat_gateway_id
            or self.transit_gateway_id
            or self.vpc_peering_connection_id
            or self.egress_only_internet_gateway_id
            or self.network_interface_id
            or self.carrier_gateway_id
            or self.local_gateway_id
            or self.core_network_arn
            or self.odb_network_arn
            or self.instance_id
            or self.ip_address
        )

    @property
    def is_propagated(self) -> bool:
        return self.origin in ("EnableVgwRoutePropagation", "Advertisement")

    @property
    def is_to_gateway_endpoint(self) -> bool:
        # Only gateway endpoints are reached by a prefix list and a vpce- target: other endpoints take CIDRs alone.
        return self.destination_prefix_list_id is not None and (self.gateway_id or "").startswith("vpce-")

    def __str__(self) -> str:
        return f"{self.destination} -> {self.target or 'an unknown target'}"


class AssociationState(Record, frozen=True):
    state: str = "associated"


class Association(Record, frozen=True):
    main: bool = False
    subnet_id: str | None = None
    gateway_id: str | None = None
    association_state: AssociationState = AssociationState()


@dataclass(frozen=True, slots=True)
class Tie:
    """Prefix-list routes of equal length with different targets: AWS picks one and does not say which."""

    routes: tuple[Route, ...]

    def __str__(self) -> str:
        return " and ".join(map(str, self.routes))


@dataclass(frozen=True, slots=True)
class Unread:
    """A prefix list that may hold the address cannot be read, so the winner is not known."""

    route: Route
    why: Note


Winner = Route | Tie | Unread | None


class RouteTable(Tagged, frozen=True):
    kind: ClassVar[str] = "route_table"
    id_prefix: ClassVar[str] = "rtb-"
    subnet_id: ClassVar[None] = None

    route_table_id: str
    vpc_id: str
    routes: tuple[Route, ...] = ()
    associations: tuple[Association, ...] = ()
    owner_id: str | None = None

    @property
    def id(self) -> str:
        return self.route_table_id

    @property
    def routes_subnets(self) -> bool:
        """False for the edge table of a gateway, which rules no subnet."""
        return not any(association.gateway_id for association in self.associations)

    def association_with(self, gateway_id: str) -> str | None:
        """How far it is the edge table of a gateway, which rules what enters the VPC there; None where it is not."""
        mine = [a.association_state.state for a in self.associations if a.gateway_id == gateway_id]
        return min(mine, key=lambda state: state != "associated", default=None)

    def winners(self, family: Family, around: Surroundings) -> AddressMap[Winner]:
        """For every address the route that wins, blackholes included."""
        return around.remember(("routes", self.id, family), lambda: self._winners(family, around))

    def _winners(self, family: Family, around: Surroundings) -> AddressMap[Winner]:
        local = AddressSet.of(family, _ranges(family, (r for r in self.routes if r.target == LOCAL)))
        best: dict[tuple[int, int], Winner] = {}
        unread: list[Unread] = []
        for route in sorted(self.routes, key=_rank):
            blocks = _blocks(route, family, around)
            if isinstance(blocks, Note):
                unread.append(Unread(route, blocks))
                continue
            for network, length in blocks:
                block = (network, network + (1 << (family.bits - length)) - 1)
                if route.is_propagated and AddressSet.of(family, [block]) <= local:
                    continue
                held = best.get((network, length))
                if held is None:
                    best[network, length] = route
                elif _is_rival(route, held):
                    best[network, length] = Tie((*_tied(held), route))
        entries = ((network, length, winner) for (network, length), winner in best.items())
        winners: AddressMap[Winner] = AddressMap.longest_prefix(family, entries, None)
        # Only a static route to the very address is safe from what a list may hold.
        safe = [n for (n, length), w in best.items() if length == family.bits and isinstance(w, Route) and not _rank(w)]
        exact = AddressSet.of(family, [(n, n) for n in safe])
        return _with_unread(winners, unread, local, exact) if unread else winners

    def forward(self, arrival: Arrival, around: Surroundings) -> Iterable[Hop]:
        winners = self.winners(arrival.packets.family, around)
        by_target: dict[object, list[tuple[Winner, AddressSet]]] = {}
        for winner, addresses in winners.groups(arrival.packets.destination).items():
            is_to_endpoint = isinstance(winner, Route) and winner.is_to_gateway_endpoint
            if is_to_endpoint and around.skips_endpoint_routes and arrival.leg is Leg.OUT:
                continue  # no part of such a question: see Surroundings.reading
            key = (winner.target, winner.state) if isinstance(winner, Route) else winner
            by_target.setdefault(key, []).append((winner, addresses))
        for parts in by_target.values():
            addresses = parts[0][1]
            for _, more in parts[1:]:
                addresses = addresses | more
            routes = [winner for winner, _ in parts]
            packets = arrival.packets.with_destination(addresses)
            if isinstance(routes[0], Tie):
                yield from self._either(routes[0], packets, around)
                continue
            is_sure = all(route is None or isinstance(route, Route) for route in routes)
            second = partial(self._found_instead, routes, packets.family, around) if is_sure else None
            yield msgspec.structs.replace(self._hop(arrival, routes, packets, around), second_reading=second)

    answer = forward

    def replay(self, family: Family, address: int, around: Surroundings) -> Winner:
        """The winning route of one address, found by reading the routes one by one (the second reading)."""
        best: tuple[int, int, Route] | None = None
        for route in self.routes:
            blocks = _blocks(route, family, around)
            if isinstance(blocks, Note):
                continue
            for network, length in blocks:
                if address >> (family.bits - length) != network >> (family.bits - length):
                    continue
                if route.is_propagated and self._is_inside_local(family, network, length):
                    continue
                if best is None or (length, -_rank(route)) > best[:2]:
                    best = (length, -_rank(route), route)
        return best[2] if best else None

    def _is_inside_local(self, family: Family, network: int, length: int) -> bool:
        last = network + (1 << (family.bits - length)) - 1
        local = _ranges(family, (route for route in self.routes if route.target == LOCAL))
        return any(first <= network and last <= end for first, end in local)

    def _either(self, tie: Tie, packets: PacketSet, around: Surroundings) -> Iterable[Hop]:
        """The ways of a tie, one of which is taken: where all of them fare alike, it does not matter which (B3)."""
        second = partial(self._found_instead, list(tie.routes), packets.family, around)
        message = f"{self.title}: {tie} hold the same block, and AWS picks either"
        note = PREFIX_LIST_ROUTE_AMBIGUOUS.advice(self.id, tie.routes[0].destination, message)
        for route in tie.routes:
            hop = self._along(route, packets, str(route), around)
            pick = (f"the route of {self.id} for {tie}", str(route))
            yield msgspec.structs.replace(hop, notes=(note, *hop.notes), pick=pick, second_reading=second)

    def _hop(self, arrival: Arrival, routes: list[Winner], packets: PacketSet, around: Surroundings) -> Hop:
        addresses = packets.destination
        first = routes[0]
        if first is None:
            some = str(addresses) if len(addresses.intervals) <= SHOWN else f"addresses such as {addresses.example}"
            message = f"{self._told(arrival.standing_in)} has no default route, and no route for {some}"
            note = NO_ROUTE_TO_DESTINATION.fail(self.id, "", message)
            return Hop(packets, Stop(), "no route", (note,))
        if isinstance(first, Unread):
            return self._stop(packets, first.why)
        known = [route for route in routes if isinstance(route, Route)]
        return self._along(known[0], packets, _words(known), around)

    def _along(self, first: Route, packets: PacketSet, words: str, around: Surroundings) -> Hop:
        """What a route that has won does with the packets."""
        if first.state == "blackhole":
            message = f"{self.title}: the route {words} is a blackhole, as its target is gone or down"
            return self._stop(packets, BAD_STATE_ROUTE.fail(self.id, words, message))
        if first.state != "active":
            message = f"{self.title}: the route {words} is {first.state}"
            return self._stop(packets, ROUTE_FILTERED.unknown(self.id, words, message))
        if first.target is None:
            message = f"{self.title}: the route for {first.destination} has a target of a kind vpcreach does not know"
            return self._stop(packets, UNSUPPORTED_ROUTE_TARGET.unknown(self.id, first.destination, message))
        if first.target == LOCAL:
            return Hop(packets, Lookup(self.vpc_id), words)
        return self._forwarded(packets, first, words, around)

    def _forwarded(self, packets: PacketSet, route: Route, words: str, around: Surroundings) -> Hop:
        """To the route's target; a next hop of a Route Server may be told by its address alone (B14)."""
        target = route.target or ""
        if route.target == route.ip_address:
            family = packets.family
            hop = AddressSet.parse(target)
            interface = around.interface_at(self.vpc_id, hop.family, hop.first) if hop.family is family else None
            if interface is None:
                message = f"{self.title}: no known interface has {target}, the next hop of {words}"
                return self._stop(packets, UNSUPPORTED_ROUTE_TARGET.unknown(self.id, words, message))
            target = interface.id
        notes: tuple[Note, ...] = ()
        if route.origin == "Advertisement":
            message = f"{self.title}: the route {words} was learned by a Route Server and may change at any time"
            notes = (DYNAMIC_ROUTE.advice(self.id, words, message),)
        return Hop(packets, Forward(target), words, notes)

    def _told(self, subnet_id: str | None) -> str:
        """The table's title, and that it is the main one where the subnet came to it by no choice of its own."""
        if subnet_id is None or any(association.subnet_id == subnet_id for association in self.associations):
            return self.title
        return f"{self.title} (the VPC's main table, which rules {subnet_id} as no other is associated with it)"

    def _found_instead(self, routes: list[Winner], family: Family, around: Surroundings, address: int) -> str | None:
        replayed = self.replay(family, address, around)
        return None if replayed in routes else f"{self.id} has {replayed or 'no route'}, not {routes[0] or 'none'}"

    def _stop(self, packets: PacketSet, note: Note) -> Hop:
        return Hop(packets, Stop(), note.entry or note.code, (note,))


def _rank(route: Route) -> int:
    return 2 if route.is_propagated else 1 if route.destination_prefix_list_id else 0


def _tied(held: Winner) -> tuple[Route, ...]:
    """The routes between which AWS has not decided yet."""
    return held.routes if isinstance(held, Tie) else (held,) if isinstance(held, Route) else ()


def _is_rival(route: Route, held: Winner) -> bool:
    """True for a route by prefix list that leads elsewhere than those which hold the same block."""
    others = _tied(held)
    leads_elsewhere = (route.target, route.state) not in [(each.target, each.state) for each in others]
    return leads_elsewhere and all(_rank(each) == _rank(route) == 1 for each in others)


def _blocks(route: Route, family: Family, around: Surroundings) -> Iterable[tuple[int, int]] | Note:
    if route.destination_prefix_list_id:
        blocks = around.prefixes(route.destination_prefix_list_id, family)
        if isinstance(blocks, Note) and route.is_to_gateway_endpoint and around.skips_endpoint_routes:
            return ()
        return blocks
    text = route.destination_ipv6_cidr_block if family is Family.IPV6 else route.destination_cidr_block
    return (prefix(text)[1:],) if text else ()


def _ranges(family: Family, routes: Iterable[Route]) -> list[tuple[int, int]]:
    texts = [r.destination_ipv6_cidr_block if family is Family.IPV6 else r.destination_cidr_block for r in routes]
    return [interval for text in texts if text for interval in AddressSet.parse(text).intervals]


def _with_unread(
    winners: AddressMap[Winner], unread: list[Unread], local: AddressSet, exact: AddressSet
) -> AddressMap[Winner]:
    # A list that cannot be read may hold any longer prefix: only a whole-address route is safe from it, and the
    # VPC's own addresses are safe from a gateway endpoint's list, which holds public addresses alone.
    endpoint_only = all(item.route.is_to_gateway_endpoint for item in unread)
    safe = (exact | local) if endpoint_only else exact
    layers = [(first, last, True) for first, last in safe.intervals]
    is_safe: AddressMap[bool] = AddressMap.paint(winners.family, layers, False)
    doubt = unread[0]

    def choose(winner: Winner, keeps: bool) -> Winner:
        return winner if keeps else doubt

    return combine(choose, winners, is_safe)


def _words(routes: list[Route]) -> str:
    shown = ", ".join(route.destination for route in routes[:3])
    more = f" and {len(routes) - 3} more" if len(routes) > 3 else ""
    return f"{shown}{more} -> {routes[0].target}"


class DescribeRouteTables(Reply, frozen=True):
    route_tables: tuple[RouteTable, ...] = ()


DESCRIBE_ROUTE_TABLES = Call("ec2", "DescribeRouteTables", DescribeRouteTables, holds="RouteTables")
CALLS = (DESCRIBE_ROUTE_TABLES,)
REASONS = (
    NO_ROUTE_TO_DESTINATION,
    BAD_STATE_ROUTE,
    ROUTE_FILTERED,
    PREFIX_LIST_ROUTE_AMBIGUOUS,
    UNSUPPORTED_ROUTE_TARGET,
    DYNAMIC_ROUTE,
)
