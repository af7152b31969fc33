"""Route tables: the map of winners against reading the routes one by one (semantics B3, B6)."""

from ipaddress import ip_network

from hypothesis import given
from hypothesis import strategies as st

from tests.estates.asking import snapshot_of
from tests.estates.builder import Estate, Route
from vpcreach.components.route_table import RouteTable
from vpcreach.network.network import Network
from vpcreach.packets.address_map import Family, address_number

CIDRS = [
    "0.0.0.0/0", "0.0.0.0/1", "10.0.0.0/8", "10.0.0.0/16", "10.0.1.0/24", "52.0.0.0/8", "52.1.0.0/16", "52.1.2.3/32",
]  # fmt: skip
TARGETS = ["nat-a", "igw-main", "tgw-a", "eni-x"]
route = st.tuples(
    st.sampled_from(CIDRS),
    st.sampled_from(TARGETS),
    st.sampled_from(["CreateRoute", "EnableVgwRoutePropagation"]),
    st.sampled_from(["active", "blackhole"]),
)


def table_of(drawn: list[tuple[str, str, str, str]]) -> tuple[RouteTable, Network]:
    estate = Estate()
    vpc = estate.vpc("main", "10.0.0.0/16")
    table = vpc.route_table("drawn", {})
    for cidr, target, origin, state in drawn:
        if cidr not in [each.get("DestinationCidrBlock") for each in table.routes]:
            table.add_route(cidr, Route(target, origin=origin, state=state))
    network = Network(snapshot_of(estate))
    found = network.component("rtb-drawn")
    assert isinstance(found, RouteTable)
    return found, network


def edges() -> list[int]:
    found = []
    for cidr in CIDRS:
        block = ip_network(cidr)
        first, last = int(block.network_address), int(block.broadcast_address)
        found += [first, last, max(first - 1, 0), min(last + 1, 2**32 - 1)]
    return found


@given(st.lists(route, max_size=7))
def test_b3_the_winner_of_every_address_is_the_one_found_route_by_route(drawn: list[tuple[str, str, str, str]]) -> None:
    table, network = table_of(drawn)
    winners = table.winners(Family.IPV4, network)
    for address in edges():
        assert winners.at(address) == table.replay(Family.IPV4, address, network)


@given(st.lists(route, max_size=6))
def test_b6_a_blackhole_never_gives_way_to_a_shorter_prefix(drawn: list[tuple[str, str, str, str]]) -> None:
    table, network = table_of([("52.1.0.0/16", "nat-a", "CreateRoute", "blackhole"), *drawn])
    winner = table.winners(Family.IPV4, network).at(address_number("52.1.9.9")[1])
    assert winner is not None
    assert str(winner).startswith("52.1.0.0/16")


def test_b3_propagated_routes_inside_the_local_range_never_win() -> None:
    table, network = table_of([("10.0.1.0/24", "tgw-a", "EnableVgwRoutePropagation", "active")])
    winner = table.winners(Family.IPV4, network).at(address_number("10.0.1.5")[1])
    assert str(winner) == "10.0.0.0/16 -> local"
