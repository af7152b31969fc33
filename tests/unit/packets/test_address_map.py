"""Sets of addresses and maps over the address line, by example."""

import operator
import pickle
from itertools import compress, product

import pytest

from vpcreach.packets.address_map import (
    AddressMap,
    AddressSet,
    Family,
    address_number,
    address_text,
    combine,
    prefix,
)

V4, V6 = Family.IPV4, Family.IPV6
LAST = V4.end - 1


def ip(text: str) -> int:
    return address_number(text)[1]


def route(cidr: str, target: str) -> tuple[int, int, str]:
    _, network, length = prefix(cidr)
    return network, length, target


# ---- families and text


def test_a_family_knows_its_line_and_its_name() -> None:
    assert (V4.bits, V4.end, str(V4), f"{V4}") == (32, 2**32, "ipv4", "ipv4")
    assert (V6.bits, V6.end, str(V6), f"{V6:>6}") == (128, 2**128, "ipv6", "  ipv6")
    assert Family(4) is V4


@pytest.mark.parametrize(("family", "text"), [(V4, "0.0.0.0"), (V4, "10.0.3.7"), (V6, "::"), (V6, "2001:db8::1")])
def test_an_address_survives_the_way_to_a_number_and_back(family: Family, text: str) -> None:
    assert address_number(text)[0] is family
    assert address_text(family, ip(text)) == text


def test_a_prefix_loses_its_host_bits() -> None:
    assert prefix("10.1.2.3/8") == (V4, 10 << 24, 8)
    assert prefix("10.1.2.3") == (V4, ip("10.1.2.3"), 32)
    assert prefix("2001:db8::1/32") == (V6, ip("2001:db8::"), 32)


@pytest.mark.parametrize("text", ["10.0.0.0/33", "10.0.0", "vpc-1", ""])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="does not appear to be an IPv4 or IPv6"):
        prefix(text)
    with pytest.raises(ValueError, match="does not appear to be an IPv4 or IPv6"):
        address_number(text)


# ---- address sets


def test_intervals_are_sorted_and_joined_where_they_overlap_or_touch() -> None:
    assert AddressSet.of(V4, [(20, 30), (0, 4), (5, 9), (25, 27)]).intervals == ((0, 9), (20, 30))


@pytest.mark.parametrize("interval", [(-1, 3), (4, 3), (0, V4.end)])
def test_an_interval_off_the_line_is_refused(interval: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="not an interval of addresses"):
        AddressSet.of(V4, [interval])


def test_text_is_parsed_into_one_set() -> None:
    parsed = AddressSet.parse("10.0.1.9/24", "10.0.0.0/24", "8.8.8.8")
    assert parsed.cidrs() == ["8.8.8.8/32", "10.0.0.0/23"]


@pytest.mark.parametrize("texts", [(), ("10.0.0.0/8", "::/0")])
def test_text_of_no_family_or_of_two_is_refused(texts: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="exactly one family"):
        AddressSet.parse(*texts)


def test_set_operators() -> None:
    ten, part = AddressSet.parse("10.0.0.0/8"), AddressSet.parse("10.0.0.0/9", "11.0.0.0/8")
    assert ten & part == AddressSet.parse("10.0.0.0/9")
    assert ten | part == AddressSet.parse("10.0.0.0/7")
    assert ten - part == AddressSet.parse("10.128.0.0/9")
    assert ten <= ten | part
    assert not ten | part <= ten
    assert (ten - part).isdisjoint(part)
    assert not ten.isdisjoint(part)


# Two addresses at either end of the line and one gap between: every set of them against every other.
FEW = (0, 1, 3, LAST - 1, LAST)
SMALL_SETS = [frozenset(compress(FEW, kept)) for kept in product((True, False), repeat=len(FEW))]


def intervals_of(addresses: frozenset[int]) -> AddressSet:
    return AddressSet.of(V4, [(address, address) for address in addresses])


@pytest.mark.parametrize("mine", SMALL_SETS, ids=lambda addresses: str(intervals_of(addresses)))
def test_set_operators_do_what_they_do_to_sets_of_single_addresses(mine: frozenset[int]) -> None:
    for theirs in SMALL_SETS:
        one, other = intervals_of(mine), intervals_of(theirs)
        assert one & other == intervals_of(mine & theirs)
        assert one | other == intervals_of(mine | theirs)
        assert one - other == intervals_of(mine - theirs)
        assert (one <= other) == (mine <= theirs)


def test_what_is_left_of_the_whole_line_reaches_its_ends() -> None:
    assert (AddressSet.everything(V4) - AddressSet.of(V4, [(5, 9)])).intervals == ((0, 4), (10, LAST))
    assert (AddressSet.everything(V4) - AddressSet.of(V4, [(0, 9)])).intervals == ((10, LAST),)
    assert AddressSet.everything(V4) - AddressSet.empty(V4) == AddressSet.everything(V4)
    assert not AddressSet.everything(V4) - AddressSet.everything(V4)


def test_intervals_with_one_address_between_them_stay_apart() -> None:
    assert AddressSet.of(V4, [(0, 4), (6, 9)]).intervals == ((0, 4), (6, 9))


@pytest.mark.parametrize(
    ("interval", "blocks"),
    [
        ((1, 7), ["0.0.0.1/32", "0.0.0.2/31", "0.0.0.4/30"]),
        ((0, 6), ["0.0.0.0/30", "0.0.0.4/31", "0.0.0.6/32"]),
        ((6, 8), ["0.0.0.6/31", "0.0.0.8/32"]),
        ((LAST - 2, LAST), ["255.255.255.253/32", "255.255.255.254/31"]),
    ],
)
def test_the_blocks_of_an_interval_begin_where_blocks_of_their_length_do(
    interval: tuple[int, int], blocks: list[str]
) -> None:
    assert AddressSet.of(V4, [interval]).cidrs() == blocks


def test_families_never_mix() -> None:
    four, six = AddressSet.everything(V4), AddressSet.everything(V6)
    for operation in (operator.and_, operator.or_, operator.sub, operator.le, AddressSet.isdisjoint):
        with pytest.raises(ValueError, match="do not mix"):
            operation(four, six)
    with pytest.raises(ValueError, match="do not mix"):
        AddressMap.constant(V4, 1).groups(six)
    with pytest.raises(ValueError, match="do not mix"):
        combine(operator.or_, AddressMap.constant(V4, 1), AddressMap.constant(V6, 1))


def test_membership_counts_both_ends() -> None:
    block = AddressSet.parse("10.0.0.0/24", "10.0.2.0/24")
    assert ip("10.0.0.0") in block
    assert ip("10.0.0.255") in block
    assert ip("10.0.1.0") not in block
    assert ip("9.255.255.255") not in block
    assert ip("10.0.3.0") not in block


def test_empty_and_everything() -> None:
    assert not AddressSet.empty(V6)
    assert AddressSet.everything(V6).size == 2**128
    assert AddressSet.everything(V6).cidrs() == ["::/0"]
    assert AddressSet.empty(V6) <= AddressSet.empty(V6)
    assert AddressSet.everything(V4).first == 0
    with pytest.raises(ValueError, match="no first"):
        _ = AddressSet.empty(V4).first


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["10.0.0.0/8"], "10.0.0.0/8"),
        (["10.0.3.7"], "10.0.3.7"),
        (["2001:db8::/32", "::1"], "::1, 2001:db8::/32"),
        (["1.0.0.0/8", "3.0.0.0/8", "5.0.0.0/8", "7.0.0.0/8"], "1.0.0.0/8, 3.0.0.0/8, 5.0.0.0/8, 7.0.0.0/8"),
        (
            ["1.1.1.1", "3.0.0.0/8", "5.0.0.0/8", "7.0.0.0/8", "9.0.0.0/8"],
            "1.1.1.1, 3.0.0.0/8, 5.0.0.0/8 and 2 more",
        ),
    ],
)
def test_a_set_reads_as_its_blocks(texts: list[str], words: str) -> None:
    assert str(AddressSet.parse(*texts)) == words


def test_an_empty_set_says_so() -> None:
    assert str(AddressSet.empty(V4)) == "no ipv4 address"


# ---- address maps


@pytest.mark.parametrize(
    ("starts", "values"),
    [((), ()), ((1,), (0,)), ((0, 5), (1,)), ((0, 5), (1, 1)), ((0, 5, 5), (1, 2, 1)), ((0, V4.end), (1, 2))],
)
def test_a_map_that_is_not_in_its_one_form_is_refused(starts: tuple[int, ...], values: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="address map"):
        AddressMap(V4, starts, values)


def test_the_longest_prefix_wins_whatever_the_order() -> None:
    routes = [route("0.0.0.0/0", "nat"), route("10.0.0.0/8", "local"), route("10.1.0.0/16", "peering")]
    for order in (routes, routes[::-1]):
        table = AddressMap.longest_prefix(V4, order, "none")
        asked = ["9.255.255.255", "10.0.0.0", "10.1.0.0", "10.2.0.0", "11.0.0.0"]
        assert [table.at(ip(text)) for text in asked] == ["nat", "local", "peering", "local", "nat"]


def test_a_blackhole_wins_over_the_default_route() -> None:
    table = AddressMap.longest_prefix(V4, [route("0.0.0.0/0", "nat"), route("8.8.8.8/32", "blackhole")], "none")
    assert table.at(ip("8.8.8.8")) == "blackhole"
    assert len(table) == 3


def test_of_two_equal_prefixes_the_first_given_wins() -> None:
    entries = [route("0.0.0.0/0", "a"), route("10.0.0.0/8", "static"), route("10.0.0.0/8", "propagated")]
    assert AddressMap.longest_prefix(V4, entries, "none").at(ip("10.0.0.1")) == "static"


def test_where_no_prefix_matches_the_default_stands() -> None:
    assert AddressMap.longest_prefix(V4, [route("10.0.0.0/8", "local")], "none").at(0) == "none"


@pytest.mark.parametrize(("network", "length"), [(ip("10.0.0.1"), 8), (0, 33), (0, -1), (V4.end, 0)])
def test_a_prefix_that_is_none_is_refused(network: int, length: int) -> None:
    with pytest.raises(ValueError, match=r"prefix|host bits|interval|permitted"):
        AddressMap.longest_prefix(V4, [(network, length, "x")], "none")


def test_later_paint_covers_earlier_paint() -> None:
    painted = AddressMap.paint(V4, [(0, 9, "a"), (5, 14, "b"), (7, 7, "a")], "-")
    assert list(painted.pieces()) == [(0, 4, "a"), (5, 6, "b"), (7, 7, "a"), (8, 14, "b"), (15, LAST, "-")]


def test_painting_over_a_cut_removes_it() -> None:
    assert AddressMap.paint(V4, [(5, 14, "b"), (0, LAST, "-")], "-") == AddressMap.constant(V4, "-")


def test_fold_adds_the_boxes_of_an_address_in_order() -> None:
    folded = AddressMap.fold(V4, [(0, 9, "a"), (5, LAST, "b"), (5, 5, "c")], "", operator.add)
    assert list(folded.pieces()) == [(0, 4, "a"), (5, 5, "abc"), (6, 9, "ab"), (10, LAST, "b")]


def test_a_box_may_end_at_the_last_address_or_one_before_it() -> None:
    folded = AddressMap.fold(V4, [(5, LAST - 1, "a"), (7, LAST, "b")], "", operator.add)
    assert list(folded.pieces()) == [(0, 4, ""), (5, 6, "a"), (7, LAST - 1, "ab"), (LAST, LAST, "b")]


def test_fold_refuses_a_box_off_the_line() -> None:
    with pytest.raises(ValueError, match="not an interval"):
        AddressMap.fold(V4, [(5, V4.end, 1)], 0, operator.or_)


def test_combine_is_pointwise_and_joins_equal_neighbours() -> None:
    left = AddressMap.paint(V4, [(0, 9, 0b01)], 0b10)
    right = AddressMap.paint(V4, [(5, 14, 0b11)], 0b01)
    both = combine(operator.and_, left, right)
    assert list(both.pieces()) == [(0, 9, 0b01), (10, 14, 0b10), (15, LAST, 0)]


def test_combine_takes_any_number_of_maps_in_order() -> None:
    maps = [AddressMap.paint(V6, [(i, i, str(i))], "-") for i in range(4)]
    assert combine(lambda *texts: "".join(texts), *maps).at(2) == "--2-"
    assert combine(len, AddressMap.constant(V4, "four")) == AddressMap.constant(V4, 4)
    with pytest.raises(ValueError, match="at least one"):
        combine(len)


def test_none_is_a_value_like_any_other() -> None:
    left = AddressMap.paint(V4, [(5, 9, None)], "x")
    right = AddressMap.paint(V4, [(7, 7, "y")], None)
    pairs = combine(lambda *both: both, left, right)
    assert [pairs.at(address) for address in (4, 5, 7, 8, 10)] == [
        ("x", None), (None, None), (None, "y"), (None, None), ("x", None),
    ]  # fmt: skip


def test_groups_collect_the_asked_addresses_by_value() -> None:
    table = AddressMap.paint(V4, [(10, 19, "b"), (30, 39, "b")], "a")
    groups = table.groups(AddressSet.of(V4, [(15, 16), (18, 32), (38, 50)]))
    assert groups == {
        "b": AddressSet.of(V4, [(15, 16), (18, 19), (30, 32), (38, 39)]),
        "a": AddressSet.of(V4, [(20, 29), (40, 50)]),
    }
    assert list(groups) == ["b", "a"]
    assert table.groups(AddressSet.empty(V4)) == {}
    assert table.groups(AddressSet.of(V4, [(LAST, LAST)])) == {"a": AddressSet.of(V4, [(LAST, LAST)])}


def test_a_map_reads_as_its_first_pieces() -> None:
    assert str(AddressMap.constant(V4, "nat")) == "0.0.0.0-255.255.255.255: nat"
    many = AddressMap.paint(V6, [(i, i, i) for i in range(1, 20)], 0)
    assert str(many) == "::-::: 0; ::1-::1: 1; ::2-::2: 2 and 18 more pieces"
    few = AddressMap.paint(V6, [(i, i, i) for i in range(1, 4)], 0)
    assert str(few) == "::-::: 0; ::1-::1: 1; ::2-::2: 2 and 2 more pieces"
    two = AddressMap.paint(V4, [(0, 0, "x")], "y")
    assert str(two) == "0.0.0.0-0.0.0.0: x; 0.0.0.1-255.255.255.255: y"


def test_equal_functions_are_equal_hashable_values_that_travel() -> None:
    one = AddressMap.paint(V4, [(0, 9, 1), (10, 19, 1)], 0)
    other = AddressMap.paint(V4, [(5, 19, 1), (0, 5, 1)], 0)
    assert one == other
    assert hash(one) == hash(other)
    assert pickle.loads(pickle.dumps(one)) == one
    with pytest.raises(AttributeError):
        one.starts = ()  # type: ignore[misc]
