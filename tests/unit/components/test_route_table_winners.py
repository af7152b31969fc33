"""A route table by itself: which route wins each address, and the hops that its packets take."""

from typing import Any

import msgspec
import pytest

from tests.unit.components.surroundings import FakeSurroundings, arrival_of, function_in
from vpcreach.components.route_table import Association, AssociationState, Route, RouteTable, Tie, Unread
from vpcreach.forwarding import UNKNOWN_RESOURCE, Arrival, Forward, Hop, Leg, Lookup, Note, Stop
from vpcreach.packets.address_map import AddressSet, Family, address_number, prefix
from vpcreach.snapshot.record import Address, Ipv4Cidr, Ipv6Cidr

V4, V6 = Family.IPV4, Family.IPV6
PROPAGATED = "EnableVgwRoutePropagation"
LOCALS = {"10.0.0.0/16": "local", "2600:1f18::/56": "local"}


class Around(FakeSurroundings):
    """Prefix lists by id; one that is not given cannot be read."""

    def __init__(self, *, skips: bool = False, **lists: str) -> None:
        super().__init__()
        self._lists, self._skips = {f"pl-{name}": cidr for name, cidr in lists.items()}, skips

    def prefixes(self, prefix_list_id: str, family: Family) -> tuple[tuple[int, int], ...] | Note:
        if prefix_list_id not in self._lists:
            return UNKNOWN_RESOURCE.unknown(prefix_list_id, "", f"{prefix_list_id} cannot be read")
        return tuple(prefix(cidr)[1:] for cidr in self._lists[prefix_list_id].split())

    @property
    def skips_endpoint_routes(self) -> bool:
        return self._skips


def to(destination: str, target: str, **more: Any) -> Route:
    kind = "nat_gateway_id" if target.startswith("nat-") else "gateway_id"
    where: dict[str, Any] = (
        {"destination_prefix_list_id": destination}
        if destination.startswith("pl-")
        else {"destination_ipv6_cidr_block": Ipv6Cidr(destination)}
        if ":" in destination
        else {"destination_cidr_block": Ipv4Cidr(destination)}
    )
    return Route(**where | {kind: target} | more)


def table(*routes: Route, **more: Any) -> RouteTable:
    local = [to(destination, target) for destination, target in LOCALS.items()]
    return RouteTable("rtb-1", "vpc-main", routes=(*local, *routes), **more)


def winner(where: str, of: RouteTable, around: Around | None = None) -> str:
    family, address = address_number(where)
    around = around or Around()
    won = of.winners(family, around).at(address)
    if not isinstance(won, Tie | Unread):
        assert won == of.replay(family, address, around)
    return won.why.component if isinstance(won, Unread) else str(won)


def arrival(*destinations: str, leg: Leg = Leg.OUT) -> Arrival:
    asked = arrival_of(function_in("subnet-a"), leg=leg)
    to = AddressSet.parse(*destinations)
    source = AddressSet.parse("10.0.1.0/24" if to.family is V4 else "2600:1f18:0:1::/64")
    packets = msgspec.structs.replace(asked.packets, family=to.family, source=source, destination=to)
    return msgspec.structs.replace(asked, packets=packets)


def hops(of: RouteTable, *destinations: str, around: Around | None = None, leg: Leg = Leg.OUT) -> list[Hop]:
    return list(of.forward(arrival(*destinations, leg=leg), around or Around()))


@pytest.mark.parametrize(
    ("states", "told"),
    [(["associating", "associated"], "associated"), (["an unheard-of state", "associated"], "associated"),
     (["associating"], "associating"), ([], None)],
)  # fmt: skip
def test_an_edge_table_rules_as_soon_as_one_association_says_so_b10(states: list[str], told: str | None) -> None:
    associations = tuple(Association(gateway_id="igw-1", association_state=AssociationState(s)) for s in states)
    edge = table(associations=(Association(gateway_id="igw-2"), *associations))
    assert edge.association_with("igw-1") == told


@pytest.mark.parametrize("block", ["10.0.0.0/16", "10.0.255.0/24", "10.0.1.1/32", "10.0.0.0/17"])
def test_a_propagated_route_inside_a_local_one_never_wins_b3(block: str) -> None:
    first = block.partition("/")[0]
    assert winner(first, table(to(block, "vgw-1", origin=PROPAGATED))) == "10.0.0.0/16 -> local"


def test_a_propagated_route_inside_a_local_one_keeps_no_other_from_winning_b3() -> None:
    both = table(to("10.0.1.0/24", "vgw-1", origin=PROPAGATED), to("192.168.0.0/16", "vgw-1", origin=PROPAGATED))
    assert winner("192.168.1.1", both) == "192.168.0.0/16 -> vgw-1"
    assert winner("2600:1f18::9", table(to("2600:1f18::/64", "vgw-1", origin=PROPAGATED))) == "2600:1f18::/56 -> local"
    assert winner("10.1.0.1", table(to("10.0.0.0/15", "vgw-1", origin=PROPAGATED))) == "10.0.0.0/15 -> vgw-1"


ENDPOINT, PEERS = to("pl-s3", "vpce-1"), to("pl-peers", "pcx-1")
DEFAULT = to("0.0.0.0/0", "nat-1")
UNREAD = [
    ("52.1.1.1", (DEFAULT, ENDPOINT), "pl-s3"),
    ("10.0.0.1", (DEFAULT, ENDPOINT), "10.0.0.0/16 -> local"),
    ("10.0.0.1", (DEFAULT, PEERS), "pl-peers"),
    ("10.0.0.1", (DEFAULT, ENDPOINT, PEERS), "pl-s3"),
    ("10.0.9.9", (to("10.0.9.9/32", "pcx-2"), PEERS), "10.0.9.9/32 -> pcx-2"),
    ("10.0.9.9", (to("10.0.9.0/24", "pcx-2"), PEERS), "pl-peers"),
    ("52.1.1.1", (to("52.1.1.1/32", "vgw-1", origin=PROPAGATED), PEERS), "pl-peers"),
]


@pytest.mark.parametrize(("where", "routes", "won"), UNREAD)
def test_a_list_that_cannot_be_read_may_win_all_but_the_very_address_b3(
    where: str, routes: tuple[Route, ...], won: str
) -> None:
    table_of = table(*routes)
    family, address = address_number(where)
    held = table_of.winners(family, Around()).at(address)
    assert (held.why.component if isinstance(held, Unread) else str(held)) == won


def test_routes_of_the_other_family_do_not_count_b4() -> None:
    both = table(DEFAULT, to("::/0", "eigw-1"))
    assert winner("8.8.8.8", both) == "0.0.0.0/0 -> nat-1"
    assert winner("2001:db8::1", both) == "::/0 -> eigw-1"
    assert winner("2001:db8::1", table(DEFAULT)) == "None"


def test_packets_of_several_routes_to_one_target_take_one_hop_that_can_be_read_again_b4() -> None:
    same = [to(f"{first}.0.0.0/8", "nat-1") for first in (20, 30, 40, 50)]
    (hop,) = hops(table(*same), "20.0.0.1", "30.0.0.1", "40.0.0.1", "50.0.0.1")
    assert hop.then == Forward("nat-1")
    assert hop.packets.destination == AddressSet.parse("20.0.0.1", "30.0.0.1", "40.0.0.1", "50.0.0.1")
    assert hop.detail == "20.0.0.0/8, 30.0.0.0/8, 40.0.0.0/8 and 1 more -> nat-1"
    assert hop.second_reading is not None
    assert hop.second_reading(address_number("50.0.0.1")[1]) is None
    assert "not 20.0.0.0/8 -> nat-1" in str(hop.second_reading(address_number("60.0.0.1")[1]))


def test_what_no_route_carries_is_told_once_and_can_be_read_again_b5() -> None:
    (hop,) = hops(table(), "8.8.8.8")
    assert (hop.then, hop.notes[0].code, hop.notes[0].entry) == (Stop(), "NO_ROUTE_TO_DESTINATION", "")
    assert "has no default route, and no route for 8.8.8.8" in hop.notes[0].message
    assert hop.second_reading is not None
    assert hop.second_reading(address_number("8.8.8.8")[1]) is None
    (other,) = hops(table(to("0.0.0.0/0", "nat-1", state="active")), "2001:db8::1")
    assert "has no default route, and no route for 2001:db8::1" in other.notes[0].message


@pytest.mark.parametrize(
    ("associations", "is_main"),
    [((Association(subnet_id="subnet-a"),), False), ((Association(subnet_id="subnet-b"),), True), ((), True)],
)
def test_a_subnet_that_chose_no_table_is_told_that_the_main_one_rules_it_b1(
    associations: tuple[Association, ...], is_main: bool
) -> None:
    (hop,) = hops(table(associations=associations), "8.8.8.8")
    assert ("the VPC's main table, which rules subnet-a" in hop.notes[0].message) is is_main


def test_where_no_subnet_is_known_a_table_is_not_called_the_main_one() -> None:
    (hop,) = table().forward(msgspec.structs.replace(arrival("8.8.8.8"), standing_in=None), Around())
    assert "main table" not in hop.notes[0].message


def test_packets_of_a_list_that_is_not_read_are_not_read_again() -> None:
    (hop,) = hops(table(DEFAULT, ENDPOINT), "52.1.1.1")
    assert (hop.notes[0].component, hop.second_reading) == ("pl-s3", None)


def test_a_blackhole_is_told_by_its_route_b6() -> None:
    (hop,) = hops(table(to("8.0.0.0/8", "nat-1", state="blackhole")), "8.8.8.8")
    assert (hop.detail, hop.notes[0].code) == ("8.0.0.0/8 -> nat-1", "BAD_STATE_ROUTE")


def test_local_packets_are_looked_up_in_the_vpc_by_a_route_with_a_name_b7() -> None:
    (hop,) = hops(table(), "10.0.3.4")
    assert (hop.then, hop.detail) == (Lookup("vpc-main"), "10.0.0.0/16 -> local")


def test_two_lists_with_one_block_are_two_ways_of_which_aws_takes_one_b3() -> None:
    tied = table(to("pl-one", "nat-1"), to("pl-two", "pcx-2"), to("8.0.0.0/8", "vgw-3"))
    ways = hops(tied, "52.1.1.1", "8.8.8.8", around=Around(one="52.0.0.0/8", two="52.0.0.0/8"))
    told = [(hop.then, hop.detail, [note.entry for note in hop.notes]) for hop in ways]
    assert told == [
        (Forward("vgw-3"), "8.0.0.0/8 -> vgw-3", []),
        (Forward("nat-1"), "pl-one -> nat-1", ["pl-one"]),
        (Forward("pcx-2"), "pl-two -> pcx-2", ["pl-one"]),
    ]
    for hop in ways:
        assert hop.second_reading is not None
        assert hop.second_reading(hop.packets.destination.first) is None


def test_behind_a_tie_other_packets_still_go_their_own_way_b3() -> None:
    tied = table(to("pl-one", "nat-1"), to("pl-two", "pcx-2"), to("80.0.0.0/8", "vgw-3"))
    ways = hops(tied, "52.1.1.1", "80.8.8.8", around=Around(one="52.0.0.0/8", two="52.0.0.0/8"))
    assert [hop.then for hop in ways] == [Forward("nat-1"), Forward("pcx-2"), Forward("vgw-3")]


def test_a_question_that_leaves_endpoints_out_leaves_out_their_routes_on_the_way_out_alone() -> None:
    routed = table(ENDPOINT, PEERS, to("80.0.0.0/8", "nat-1"))
    around = Around(skips=True, s3="52.0.0.0/8", peers="60.0.0.0/8")
    to_all = ("52.1.1.1", "60.1.1.1", "80.1.1.1")
    assert [hop.then for hop in hops(routed, *to_all, around=around)] == [Forward("pcx-1"), Forward("nat-1")]
    assert Forward("vpce-1") in [hop.then for hop in hops(routed, *to_all, around=around, leg=Leg.BACK)]


def test_a_route_server_route_is_told_to_change_at_any_time_b14() -> None:
    learned, static = to("20.0.0.0/8", "vgw-1", origin="Advertisement"), to("30.0.0.0/8", "vgw-1", origin="CreateRoute")
    one, other = (hops(table(route), where)[0] for route, where in ((learned, "20.0.0.1"), (static, "30.0.0.1")))
    assert [note.code for note in one.notes] == ["DYNAMIC_ROUTE"]
    assert other.notes == ()


def test_a_next_hop_of_the_other_family_is_not_looked_for_b14() -> None:
    route = Route(destination_cidr_block=Ipv4Cidr("20.0.0.0/8"), ip_address=Address("2600:1f18::9"))
    (hop,) = hops(table(route), "20.0.0.1")
    assert hop.notes[0].code == "UNSUPPORTED_ROUTE_TARGET"
