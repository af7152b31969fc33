"""Transit gateway route tables: through which attachment packets leave the gateway, and where they come out then."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import msgspec

from vpcreach.components.transit_gateway.attachment import (
    PAGE,
    TGW_RTB_ROUTES_ARE_UNKNOWN,
    TransitGatewayAttachment,
)
from vpcreach.components.transit_gateway.peering_attachment import PEERING, to_the_far_side
from vpcreach.components.transit_gateway.state import state_notes
from vpcreach.components.transit_gateway.vpc_attachment import (
    DESCRIBE_TRANSIT_GATEWAY_VPC_ATTACHMENTS,
    every_vpc_attachment,
)
from vpcreach.forwarding import (
    UNKNOWN_RESOURCE,
    UNSUPPORTED_COMPONENT,
    Arrival,
    Deliver,
    Hop,
    Leg,
    Note,
    Reason,
    Stop,
    Surroundings,
)
from vpcreach.packets.address_map import AddressMap, AddressSet, Family, combine, prefix
from vpcreach.packets.packet_set import PacketSet
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Cidr, Record, Reply, Tagged
from vpcreach.snapshot.snapshot import Snapshot

TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT = Reason(
    "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT",
    "add a route for these addresses to the transit gateway route table, or let the attachment propagate its own",
    PAGE,
)
TGW_RTB_BAD_STATE_ROUTE = Reason(
    "TGW_RTB_BAD_STATE_ROUTE", "replace the route in the transit gateway route table", PAGE
)
ON_PREM_BEYOND_MODEL = Reason(
    "ON_PREM_BEYOND_MODEL", "test a connection: what lies on premises is in no configuration that AWS tells", PAGE
)
ON_PREMISES = frozenset({"vpn", "vpn-concentrator", "direct-connect-gateway", "connect", "client-vpn"})
# Which attachment wins among propagated routes to the same block.
PROPAGATED = ("vpc", "direct-connect-gateway", "connect", "vpn", "vpn-concentrator", "client-vpn", "peering")
STATIC, FROM_PREFIX_LIST, FIRST_PROPAGATED = 0, 1, 2
TYPES = frozenset({"static", "propagated", "system"})
SHOWN = 3


class RouteAttachment(Record, frozen=True):
    transit_gateway_attachment_id: str = ""
    resource_type: str | None = None
    resource_id: str | None = None


class TransitGatewayRoute(Record, frozen=True):
    destination_cidr_block: Cidr | None = None
    prefix_list_id: str | None = None
    transit_gateway_attachments: tuple[RouteAttachment, ...] = ()
    type: str | None = None
    state: str | None = None

    @property
    def rank(self) -> int:
        """The smaller wins among routes to the same block (G6.5)."""
        if self.type == "static":
            return FROM_PREFIX_LIST if self.prefix_list_id else STATIC
        kind = self.transit_gateway_attachments[0].resource_type if self.transit_gateway_attachments else None
        return FIRST_PROPAGATED + (PROPAGATED.index(kind) if kind in PROPAGATED else len(PROPAGATED))

    @property
    def target(self) -> str:
        return ", ".join(a.transit_gateway_attachment_id for a in self.transit_gateway_attachments) or self.state or "?"

    def blocks(self, family: Family, around: Surroundings) -> tuple[tuple[int, int], ...] | Note:
        """What it matches as (network, length); a route by prefix list names its block, or the list alone."""
        if self.destination_cidr_block is not None:
            kind, network, length = prefix(self.destination_cidr_block)
            return ((network, length),) if kind is family else ()
        return around.prefixes(self.prefix_list_id, family) if self.prefix_list_id else ()

    def __str__(self) -> str:
        return f"{self.destination_cidr_block or self.prefix_list_id or '?'} -> {self.target}"


@dataclass(frozen=True, slots=True)
class Undecided:
    """Which route wins is not known, or (a tie) AWS does not say which of them does."""

    note: Note


Winner = TransitGatewayRoute | Undecided | None


class TransitGatewayRouteTable(Tagged, frozen=True):
    kind: ClassVar[str] = "transit_gateway_route_table"
    id_prefix: ClassVar[str] = "tgw-rtb-"
    subnet_id: ClassVar[None] = None

    transit_gateway_route_table_id: str
    transit_gateway_id: str | None = None
    state: str | None = None

    @property
    def id(self) -> str:
        return self.transit_gateway_route_table_id

    # Which route wins

    def winners(self, family: Family, around: Surroundings) -> AddressMap[Winner]:
        """For every address the route that wins, blackholes included."""
        return around.remember(("transit gateway routes", self.id, family), lambda: self._winners(family, around))

    def _winners(self, family: Family, around: Surroundings) -> AddressMap[Winner]:
        reading = around.read(SEARCH_TRANSIT_GATEWAY_ROUTES, self.id, (self.id,))
        routes = _in_force(reading.value)
        doubt = None if reading.is_complete else self._unread(str(reading.gap))
        best: dict[tuple[int, int], Winner] = {}
        for route in sorted(routes, key=lambda each: each.rank):
            blocks = route.blocks(family, around)
            if isinstance(blocks, Note):
                doubt = doubt or blocks
                continue
            for block in blocks:
                held = best.setdefault(block, route)
                if isinstance(held, TransitGatewayRoute) and self._is_tie(held, route):
                    best[block] = Undecided(self._tie(held, route))
        entries = ((*block, winner) for block, winner in best.items())
        winners: AddressMap[Winner] = AddressMap.longest_prefix(family, entries, None)
        if doubt is None:
            return winners
        # What is not told may hold any longer prefix: only a static route to the very address is safe from it.
        exact = [n for (n, length), w in best.items() if length == family.bits and _is_static(w)]
        safe: AddressMap[bool] = AddressMap.paint(family, [(n, n, True) for n in exact], False)
        undecided = Undecided(doubt)
        return combine(lambda winner, is_safe: winner if is_safe else undecided, winners, safe)

    def _is_tie(self, held: TransitGatewayRoute, other: TransitGatewayRoute) -> bool:
        if (held.target, held.state) == (other.target, other.state):
            return False
        if held.rank != other.rank and {held.type, other.type} <= TYPES:
            return False
        # Several ways to the same place on premises are one for what is told here: nothing is known beyond.
        kinds = {a.resource_type for route in (held, other) for a in route.transit_gateway_attachments}
        return not kinds <= ON_PREMISES

    def _tie(self, held: TransitGatewayRoute, other: TransitGatewayRoute) -> Note:
        message = f"{self.title}: {held} and {other} are of one rank, and AWS does not say which of them wins"
        resolve = "take one of the two routes out of the table"
        return TGW_RTB_ROUTES_ARE_UNKNOWN.unknown(self.id, str(held), message, resolve=resolve)

    def _unread(self, gap: str) -> Note:
        message = f"the routes of {self.title} are not all known: {gap}"
        action = SEARCH_TRANSIT_GATEWAY_ROUTES.action
        return TGW_RTB_ROUTES_ARE_UNKNOWN.unknown(self.id, action, message, resolve=f"collect {action} of it")

    def replay(self, family: Family, address: int, around: Surroundings) -> TransitGatewayRoute | None:
        """The winning route of one address, found by reading the routes one by one (the second reading)."""
        found: tuple[int, int, TransitGatewayRoute] | None = None
        for route in _in_force(around.read(SEARCH_TRANSIT_GATEWAY_ROUTES, self.id, (self.id,)).value):
            blocks = route.blocks(family, around)
            for network, length in () if isinstance(blocks, Note) else blocks:
                shift = family.bits - length
                is_inside = address >> shift == network >> shift
                if is_inside and (found is None or (length, -route.rank) > found[:2]):
                    found = (length, -route.rank, route)
        return found[2] if found else None

    def _found_instead(
        self, routes: list[TransitGatewayRoute], family: Family, around: Surroundings, address: int
    ) -> str | None:
        replayed = self.replay(family, address, around)
        return None if replayed in routes else f"{self.id} has {replayed or 'no route'}, not {routes[0]}"

    # What becomes of packets

    def forward(self, arrival: Arrival, around: Surroundings) -> Iterable[Hop]:
        family = arrival.packets.family
        by_target: dict[object, list[tuple[Winner, AddressSet]]] = {}
        for winner, addresses in self.winners(family, around).groups(arrival.packets.destination).items():
            key = (winner.target, winner.state) if isinstance(winner, TransitGatewayRoute) else winner
            by_target.setdefault(key, []).append((winner, addresses))
        for parts in by_target.values():
            addresses = AddressSet.of(family, (i for _, some in parts for i in some.intervals))
            packets = arrival.packets.with_destination(addresses)
            routes = [winner for winner, _ in parts if isinstance(winner, TransitGatewayRoute)]
            if routes:
                hop = self._along(routes, packets, arrival, around)
                yield msgspec.structs.replace(hop, second_reading=partial(self._found_instead, routes, family, around))
            else:
                yield self._stopped(parts[0][0], packets)

    answer = forward

    def prefixes_by_attachment(self, reply: "SearchTransitGatewayRoutes | None") -> dict[str, list[str]]:
        """What each attachment is sent, as the graph draws it."""
        found: dict[str, list[str]] = {}
        for route in _in_force(reply):
            for target in route.transit_gateway_attachments:
                words = route.destination_cidr_block or route.prefix_list_id or "?"
                found.setdefault(target.transit_gateway_attachment_id, []).append(words)
        return found

    def _stopped(self, winner: Winner, packets: PacketSet) -> Hop:
        if isinstance(winner, Undecided):
            return Hop(packets, Stop(), "route not known", (*state_notes(self, self.state), winner.note))
        some = packets.destination
        told = str(some) if len(some.intervals) <= SHOWN else f"addresses such as {some.example}"
        message = f"{self.title} of {self.transit_gateway_id} has no route for {told}"
        note = TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT.fail(self.id, "", message)
        return Hop(packets, Stop(), "no route", (*state_notes(self, self.state), note))

    def _along(
        self, routes: list[TransitGatewayRoute], packets: PacketSet, arrival: Arrival, around: Surroundings
    ) -> Hop:
        route, words = routes[0], _words(routes)
        notes = state_notes(self, self.state)
        if route.state == "blackhole":
            message = f"{self.title}: the route {words} is a blackhole, and drops what it matches"
            return Hop(packets, Stop(), words, (*notes, TGW_RTB_BAD_STATE_ROUTE.fail(self.id, words, message)))
        if route.state != "active":
            message = f"{self.title}: the route {words} is {route.state or 'in a state not told'}"
            return Hop(packets, Stop(), words, (*notes, TGW_RTB_BAD_STATE_ROUTE.unknown(self.id, words, message)))
        hop = self._leaving(route, packets, arrival, words, around)
        return msgspec.structs.replace(hop, notes=(*notes, *hop.notes))

    def _leaving(
        self, route: TransitGatewayRoute, packets: PacketSet, arrival: Arrival, words: str, around: Surroundings
    ) -> Hop:
        kinds = {each.resource_type for each in route.transit_gateway_attachments}
        targets = route.transit_gateway_attachments
        if kinds and kinds <= ON_PREMISES:
            message = f"{self.title} sends the packets by {words} to what lies on premises"
            note = ON_PREM_BEYOND_MODEL.unknown(targets[0].transit_gateway_attachment_id, words, message)
            return Hop(packets, Stop(), words, (note,))
        if len(targets) == 1 and kinds == {"vpc"}:
            return self._into_vpc(targets[0], packets, arrival, words, around)
        if len(targets) == 1 and kinds <= PEERING:
            near_id, place = targets[0].transit_gateway_attachment_id, around.place_of(self.id)
            hop = to_the_far_side(near_id, self.transit_gateway_id, place, packets, arrival, around)
            return msgspec.structs.replace(hop, detail=f"{words}, {hop.detail}")
        what = ", ".join(sorted(str(kind) for kind in kinds)) or "an attachment that is not told"
        message = f"{self.title} sends the packets by {words} to {what}, which is not modelled"
        component = targets[0].transit_gateway_attachment_id if targets else self.id
        return Hop(packets, Stop(), words, (UNSUPPORTED_COMPONENT.unknown(component, words, message),))

    def _into_vpc(
        self, target: RouteAttachment, packets: PacketSet, arrival: Arrival, words: str, around: Surroundings
    ) -> Hop:
        attachment_id = target.transit_gateway_attachment_id
        attachment = every_vpc_attachment(around).get(attachment_id)
        if attachment is None:
            return Hop(packets, Stop(), words, (self._unread_attachment(target, around),))
        listed = around.component(attachment_id)
        nat = listed.nat(around) if isinstance(listed, TransitGatewayAttachment) else None
        if nat is not None:
            if arrival.leg is Leg.BACK and arrival.sender.component == attachment_id:
                return Hop(packets, Deliver(None), f"{words}, translated back")
            doubt = nat.outwards(packets.destination)
            if doubt is not None:
                return Hop(packets, Stop(), words, (doubt,))
        return attachment.leave(packets, arrival, words, around)

    def _unread_attachment(self, target: RouteAttachment, around: Surroundings) -> Note:
        why = around.read(DESCRIBE_TRANSIT_GATEWAY_VPC_ATTACHMENTS, self.id).gap or "no file lists it"
        attachment_id = target.transit_gateway_attachment_id
        message = f"the subnets of {attachment_id}, by which {target.resource_id} is entered, are not known: {why}"
        return UNKNOWN_RESOURCE.unknown(attachment_id, DESCRIBE_TRANSIT_GATEWAY_VPC_ATTACHMENTS.action, message)


def _in_force(reply: "SearchTransitGatewayRoutes | None") -> tuple[TransitGatewayRoute, ...]:
    return tuple(route for route in reply.routes if route.state != "deleted") if reply is not None else ()


def _is_static(winner: Winner) -> bool:
    return isinstance(winner, TransitGatewayRoute) and winner.rank == STATIC


def _words(routes: list[TransitGatewayRoute]) -> str:
    shown = ", ".join(route.destination_cidr_block or route.prefix_list_id or "?" for route in routes[:SHOWN])
    more = f" and {len(routes) - SHOWN} more" if len(routes) > SHOWN else ""
    return f"{shown}{more} -> {routes[0].target}"


class DescribeTransitGatewayRouteTables(Reply, frozen=True):
    transit_gateway_route_tables: tuple[TransitGatewayRouteTable, ...] = ()


class SearchTransitGatewayRoutes(Reply, frozen=True):
    routes: tuple[TransitGatewayRoute, ...] = ()


def _tables(snapshot: Snapshot, place: Place) -> Iterable[tuple[str]]:
    reply = snapshot.read(DESCRIBE_TRANSIT_GATEWAY_ROUTE_TABLES, place).value
    return [(table.id,) for table in (reply.transit_gateway_route_tables if reply is not None else ())]


DESCRIBE_TRANSIT_GATEWAY_ROUTE_TABLES = Call(
    "ec2",
    "DescribeTransitGatewayRouteTables",
    DescribeTransitGatewayRouteTables,
    holds="TransitGatewayRouteTables",
)
# The call takes a filter at least; routes by prefix list come block by block, marked with their list.
SEARCH_TRANSIT_GATEWAY_ROUTES = Call(
    "ec2",
    "SearchTransitGatewayRoutes",
    SearchTransitGatewayRoutes,
    holds="Routes",
    parameters={"Filters": [{"Name": "state", "Values": ["active", "blackhole"]}]},
    arguments=("TransitGatewayRouteTableId",),
    each=_tables,
)
