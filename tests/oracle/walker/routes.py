"""Which route of a table wins for one address."""

from collections.abc import Callable

from tests.oracle.walker.fates import DROPPED, OPEN, UNKNOWN, Address, Ended
from tests.oracle.walker.records import Json, World, block

PROPAGATED = ("EnableVgwRoutePropagation", "Advertisement")
TARGETS = (
    "GatewayId",
    "NatGatewayId",
    "TransitGatewayId",
    "VpcPeeringConnectionId",
    "NetworkInterfaceId",
    "EgressOnlyInternetGatewayId",
    "CarrierGatewayId",
    "LocalGatewayId",
    "CoreNetworkArn",
)


def winning(world: World, table: Json, address: Address, choose: Callable[[str, list[str]], str]) -> Json:
    """The route that wins, blackhole or not (B3, B6)."""
    matches: list[tuple[int, int, str, Json]] = []
    unread: list[str] = []
    for route in table["Routes"]:
        if "DestinationPrefixListId" in route:
            try:
                rank, blocks = 1, world.entries(route["DestinationPrefixListId"])
            except Ended:
                unread.append(route["DestinationPrefixListId"])
                continue
        else:
            rank = 0 if route["Origin"] in PROPAGATED else 2
            blocks = [block(route.get("DestinationCidrBlock") or route["DestinationIpv6CidrBlock"])]
        matches += [(each.prefixlen, rank, str(each), route) for each in blocks if address in each]
    if any(route.get("GatewayId") == "local" for _, _, _, route in matches):
        matches = [match for match in matches if match[3]["Origin"] not in PROPAGATED]
    if unread:
        raise Ended(OPEN, f"routes to {unread}, which nobody can read", frozenset({UNKNOWN, DROPPED}))
    if not matches:
        raise Ended(DROPPED, f"NO_ROUTE_TO_DESTINATION in {table['RouteTableId']}")
    longest = max(length for length, _, _, _ in matches)
    highest = max(rank for length, rank, _, _ in matches if length == longest)
    winners = [match for match in matches if match[:2] == (longest, highest)]
    told = {f"{target_of(route)} {route['State']}": route for _, _, _, route in winners}
    if len(told) == 1:
        return winners[0][3]
    return told[choose(f"tie in {table['RouteTableId']} for {winners[0][2]}", sorted(told))]


def target_of(route: Json) -> str:
    return next((str(route[key]) for key in TARGETS if key in route), "nothing known")


def usable(route: Json) -> str:
    """The target of the winner; a blackhole wins all the same, and drops."""
    if route["State"] == "blackhole":
        raise Ended(DROPPED, f"BAD_STATE_ROUTE {route}")
    if route["State"] != "active":
        raise Ended(UNKNOWN, f"ROUTE_FILTERED {route}")
    return target_of(route)
