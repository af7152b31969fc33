"""Security groups: what leaves the function, what enters its destination, and whom a rule means."""

import pytest

from tests.estates.asking import ask
from tests.estates.builder import Allow, Estate, allow
from tests.unit.reach.worlds import (
    INTERFACES,
    OUTSIDE,
    PEER_V6,
    Change,
    acl,
    asked,
    changed,
    database,
    denied,
    dual_stack,
    egress,
    forgotten,
    gateway_endpoint,
    ingress,
    interface,
    interface_endpoint,
    main,
    no_route,
    prefix_list,
    record,
    unfinished,
    without,
)
from vpcreach.errors import SnapshotError

GROUPS = "ec2/describe-security-groups"
ENTRIES = "ec2/get-managed-prefix-list-entries"
DATABASE = "rds:orders-db"
MISMATCH = "blocked ENI_SG_RULES_MISMATCH"
PARTIAL = "partial SOURCE_CIDR_PARTIALLY_ALLOWED"


def rule_ports(first: int | None, last: int | None, protocol: str = "tcp") -> Change:
    """Writes the only inbound rule of group data with these keys as they stand."""

    def change(estate: Estate) -> None:
        rule: dict[str, object] = {"IpProtocol": protocol, "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}
        rule |= {"FromPort": first} if first is not None else {}
        rule |= {"ToPort": last} if last is not None else {}
        estate["sg-data"]["IpPermissions"] = [rule]

    return change


INBOUND: list[tuple[str, tuple[Allow, ...], str]] = [
    ("D5-the-whole-subnet", (allow("tcp", 5432, "10.0.1.0/24"),), "reachable"),
    ("D5-a-wider-block", (allow("tcp", 5432, "10.0.0.0/8"),), "reachable"),
    ("D5-two-halves", (allow("tcp", 5432, "10.0.1.0/25"), allow("tcp", 5432, "10.0.1.128/25")), "reachable"),
    ("A25-half-of-the-subnet", (allow("tcp", 5432, "10.0.1.0/25"),), PARTIAL),
    ("A25-todays-address-of-the-interface", (allow("tcp", 5432, "10.0.1.100/32"),), PARTIAL),
    ("D8-another-subnet", (allow("tcp", 5432, "10.0.2.0/24"),), MISMATCH),
    ("D8-another-port", (allow("tcp", 5433, "10.0.1.0/24"),), MISMATCH),
    ("D8-another-protocol", (allow("udp", 5432, "10.0.1.0/24"),), MISMATCH),
    ("D8-nothing", (), MISMATCH),
    ("D4-no-inbound-rule-lets-nothing-in", (), MISMATCH),
    ("D3-all-traffic", (allow("-1", None, "10.0.1.0/24"),), "reachable"),
    ("D3-a-range-of-ports", (allow("tcp", (5000, 6000), "10.0.1.0/24"),), "reachable"),
    ("D3-a-range-that-ends-before", (allow("tcp", (5000, 5431), "10.0.1.0/24"),), MISMATCH),
    ("D2-tcp-by-number", (allow("6", 5432, "10.0.1.0/24"),), "reachable"),
    ("D2-udp-by-number", (allow("17", 5432, "10.0.1.0/24"),), MISMATCH),
    ("D3-another-protocol-number", (allow("50", None, "10.0.1.0/24"),), MISMATCH),
    ("D3-icmp-opens-no-port", (allow("icmp", (8, -1), "0.0.0.0/0"),), MISMATCH),
    ("D3-the-union-of-all-rules", (allow("tcp", 22), allow("udp", 5432), allow("tcp", 5432)), "reachable"),
    ("D5-an-ipv6-rule-admits-no-ipv4", (allow("tcp", 5432, "::/0"),), MISMATCH),
    ("D8-the-functions-group", (allow("tcp", 5432, "sg-app"),), "reachable"),
    ("D8-another-group", (allow("tcp", 5432, "sg-main-default"),), MISMATCH),
    ("D8-a-self-reference-admits-others-not", (allow("-1", None, "sg-data"),), MISMATCH),
    ("D8-a-group-of-another-account", (allow("tcp", 5432, "999900001111/sg-far"),), MISMATCH),
]


@pytest.mark.item("D3", "D8")
@pytest.mark.parametrize(("rules", "expected"), [pytest.param(r, e, id=i) for i, r, e in INBOUND])
def test_what_enters_a_database(rules: tuple[Allow, ...], expected: str) -> None:
    assert asked(DATABASE, database(), ingress(*rules)) == expected


PORT_KEYS = [
    pytest.param(None, None, "tcp", "reachable", id="D3-missing-ports-are-all"),
    pytest.param(-1, -1, "tcp", "reachable", id="D3-minus-one-is-all"),
    pytest.param(None, None, "-1", "reachable", id="D3-all-protocols-have-no-ports"),
    pytest.param(0, 65535, "TCP", "reachable", id="D2-protocols-in-capitals"),
    pytest.param(0, 0, "tcp", MISMATCH, id="D3-port-zero-is-a-port"),
    pytest.param(None, None, "tomorrow", MISMATCH, id="D2-a-protocol-that-nobody-knows"),
]


@pytest.mark.item("D2", "D3")
@pytest.mark.parametrize(("first", "last", "protocol", "expected"), PORT_KEYS)
def test_how_a_rule_spells_its_ports(first: int | None, last: int | None, protocol: str, expected: str) -> None:
    assert asked(DATABASE, database(), rule_ports(first, last, protocol)) == expected


@pytest.mark.item("D12")
def test_groups_are_stateful_so_the_other_direction_never_counts_d1() -> None:
    assert asked(DATABASE, database(), egress(group="data")) == "reachable"
    assert asked(DATABASE, database(), ingress(group="app")) == "reachable"


def test_inbound_rules_of_the_functions_group_decide_nothing_a15() -> None:
    assert asked("internet", ingress(allow("-1"), group="app")) == asked("internet", ingress(group="app"))


def test_a_self_reference_joins_the_members_of_one_group_d4() -> None:
    def shared(estate: Estate) -> None:
        main(estate).set_rules("app", ingress=[allow("-1", None, "sg-app")])

    assert asked(DATABASE, shared, database(groups=["app"])) == "reachable"


def test_a_fresh_default_group_lets_everything_out_and_only_itself_in_d4() -> None:
    def in_default(estate: Estate) -> None:
        estate.move_function("app", subnets=["app-a"], groups=["default"])

    assert asked("internet", in_default) == "reachable"
    assert asked(DATABASE, in_default, database(groups=["default"])) == "reachable"
    assert asked(DATABASE, database(groups=["default"])) == MISMATCH


OUTBOUND: list[tuple[str, tuple[Allow, ...], str, str]] = [
    ("D4-no-rule-at-all", (), OUTSIDE, "blocked SG_HAS_NO_RULES"),
    ("D4-a-rule-for-something-else", (allow("tcp", 80),), OUTSIDE, MISMATCH),
    ("D5-the-address", (allow("tcp", 443, "93.184.216.34/32"),), OUTSIDE, "reachable"),
    ("D5-another-address", (allow("tcp", 443, "93.184.216.35/32"),), OUTSIDE, MISMATCH),
    ("D5-ipv6-only", (allow("-1", None, "::/0"),), OUTSIDE, MISMATCH),
    ("D5-half-of-the-internet", (allow("tcp", 443, "0.0.0.0/1"),), "internet", "partial ENI_SG_RULES_MISMATCH"),
    ("D6-a-group-by-what-carries-it", (allow("tcp", 5432, "sg-data"),), "10.0.2.50:5432", "reachable"),
    ("D6-a-group-that-it-does-not-carry", (allow("tcp", 5432, "sg-app"),), "10.0.2.50:5432", MISMATCH),
    ("D6-a-group-of-another-account", (allow("tcp", 5432, "9/sg-far"),), "10.0.2.50:5432", MISMATCH),
    ("D6-a-group-is-no-way-to-the-internet", (allow("-1", None, "sg-data"),), OUTSIDE, MISMATCH),
]


@pytest.mark.item("D3", "D4")
@pytest.mark.parametrize(("rules", "destination", "expected"), [pytest.param(r, d, e, id=i) for i, r, d, e in OUTBOUND])
def test_what_leaves_the_function(rules: tuple[Allow, ...], destination: str, expected: str) -> None:
    assert asked(destination, interface(), egress(*rules)) == expected


def test_a_reference_matches_private_addresses_only_d6() -> None:
    def block(estate: Estate) -> None:
        estate.rds_instance("other", subnets=["data-a"], groups=["app"])

    cells = ask(changed(interface(), block, egress(allow("tcp", 5432, "sg-data"))), "10.0.2.0/24:5432")
    assert cells.verdict.value == "partial"
    failing = [address for packets in cells.subnets[0].failing for address in packets.addresses.cidrs()]
    assert "10.0.2.50/32" not in failing


def test_a_reference_to_a_group_whose_interfaces_are_hidden_may_match_d6() -> None:
    hidden = interface(), egress(allow("tcp", 5432, "sg-data")), denied(INTERFACES)
    assert asked("10.0.2.50:5432", *hidden).startswith("unknown")
    assert asked(OUTSIDE, *hidden).startswith(MISMATCH)


LISTS = [
    pytest.param((prefix_list("mine", "93.184.216.0/24"),), "reachable", id="D5-an-entry-holds-the-address"),
    pytest.param((prefix_list("mine", "8.8.8.0/24"),), MISMATCH, id="D5-no-entry-holds-it"),
    pytest.param((prefix_list("mine", "2600::/12"),), MISMATCH, id="D5-an-ipv6-list"),
    pytest.param(
        (prefix_list("mine", "93.184.216.0/24"), without(f"{ENTRIES}/pl-mine")),
        "unknown UNKNOWN_RESOURCE",
        id="D5-entries-absent",
    ),
    pytest.param(
        (prefix_list("mine", "93.184.216.0/24"), denied(f"{ENTRIES}/pl-mine")),
        "unknown UNKNOWN_RESOURCE",
        id="D5-entries-denied",
    ),
    pytest.param(
        (prefix_list("mine", "93.184.216.0/24"), without(f"{ENTRIES}/pl-mine"), no_route()),
        "blocked NO_ROUTE_TO_DESTINATION UNKNOWN_RESOURCE",
        id="K6-an-unread-list-hides-no-provable-fail",
    ),
]


@pytest.mark.parametrize(("changes", "expected"), LISTS)
def test_a_rule_that_names_a_prefix_list(changes: tuple[Change, ...], expected: str) -> None:
    assert asked(OUTSIDE, *changes, egress(allow("tcp", 443, "pl-mine"))) == expected


def test_a_rule_for_another_port_makes_no_doubt_though_its_list_is_unread_d5() -> None:
    unread = prefix_list("mine", "8.8.8.0/24"), without(f"{ENTRIES}/pl-mine")
    assert asked(OUTSIDE, *unread, egress(allow("tcp", 80, "pl-mine"))) == MISMATCH
    assert asked(OUTSIDE, *unread, egress(allow("tcp", 80, "pl-mine"), allow("tcp", 443))) == "reachable"


@pytest.mark.item("A25")
def test_an_inbound_list_admits_the_subnet_or_only_part_of_it_d5() -> None:
    named = ingress(allow("tcp", 5432, "pl-mine"))
    assert asked(DATABASE, prefix_list("mine", "10.0.1.0/24"), database(), named) == "reachable"
    assert asked(DATABASE, prefix_list("mine", "10.0.1.0/26"), database(), named) == PARTIAL


UNREAD = [
    pytest.param((without(GROUPS),), "unknown UNKNOWN_RESOURCE", id="A24-file-absent"),
    pytest.param((denied(GROUPS),), "unknown UNKNOWN_RESOURCE", id="A24-call-denied"),
    pytest.param((forgotten("sg-app"),), "unknown UNKNOWN_RESOURCE", id="A24-the-group-is-not-in-the-file"),
    pytest.param((forgotten("sg-app"), unfinished(GROUPS)), "unknown UNKNOWN_RESOURCE", id="A24-pages-are-missing"),
    pytest.param(
        (forgotten("sg-app"), no_route()),
        "blocked NO_ROUTE_TO_DESTINATION UNKNOWN_RESOURCE",
        id="K6-an-unread-group-and-no-route",
    ),
    pytest.param(
        (forgotten("sg-app"), acl("app-a", outbound=[])),
        "blocked SUBNET_ACL_RESTRICTION UNKNOWN_RESOURCE",
        id="K6-an-unread-group-and-a-closed-acl",
    ),
    pytest.param(
        (record("sg-app", VpcId="vpc-far"),), "blocked UNASSOCIATED_COMPONENT", id="D10-a-group-of-another-vpc"
    ),
]


@pytest.mark.parametrize(("changes", "expected"), UNREAD)
def test_a_group_of_the_function_that_cannot_be_read(changes: tuple[Change, ...], expected: str) -> None:
    answer = asked("internet", *changes).split()
    assert [answer[0], *sorted(answer[1:])] == expected.split()


def test_an_unread_group_stops_nothing_that_another_lets_through() -> None:
    """D3, A24: the union of the groups can only grow."""

    def two(estate: Estate) -> None:
        estate.move_function("app", subnets=["app-a"], groups=["app", "data"])
        estate.forget("sg-app")

    assert asked("internet", two) == "reachable"
    assert asked("internet", two, egress(group="data")) == "unknown UNKNOWN_RESOURCE"


def test_an_unread_group_of_the_target_is_unknown_d8() -> None:
    assert asked(DATABASE, database(), forgotten("sg-data")) == "unknown UNKNOWN_RESOURCE"


def test_ipv6_rules_are_apart_d5() -> None:
    four, six = allow("tcp", 443, "0.0.0.0/0"), allow("tcp", 443, "::/0")
    assert asked(PEER_V6, start=dual_stack) == "reachable"
    assert asked(PEER_V6, ingress(four, group="peer"), start=dual_stack) == MISMATCH
    assert asked(PEER_V6, ingress(six, group="peer"), start=dual_stack) == "reachable"
    assert asked(PEER_V6, egress(four), start=dual_stack) == MISMATCH


def test_the_group_of_an_interface_endpoint_decides_on_its_port_d9() -> None:
    assert asked("service:sts", interface_endpoint()) == "reachable"
    assert asked("service:sts", interface_endpoint(admits=None)) == MISMATCH
    assert asked("service:sts", interface_endpoint(groups=["default"])) == MISMATCH
    assert asked("service:sts", interface_endpoint(admits="10.0.1.0/25")) == PARTIAL


def test_egress_to_the_list_of_an_endpoint_opens_the_endpoint_and_not_the_internet_f2() -> None:
    only_s3 = egress(allow("tcp", 443, "pl-s3"))
    assert asked("s3", gateway_endpoint(), only_s3) == "reachable"
    assert asked("internet", gateway_endpoint(), only_s3) == MISMATCH
    assert asked("dynamodb", gateway_endpoint(), only_s3) == MISMATCH
    assert asked("s3", gateway_endpoint(), egress(allow("tcp", 80, "pl-s3"))) == MISMATCH


def test_a_blocker_names_the_side_d8() -> None:
    mine = ask(changed(database(), egress(allow("tcp", 1))), DATABASE).blockers[0]
    theirs = ask(changed(database(), ingress()), DATABASE).blockers[0]
    assert (mine.component, theirs.component) == ("sg-app", "sg-data")
    assert "outbound" in mine.message
    assert "inbound" in theirs.message


def test_a_function_without_any_group_is_undecided_a2() -> None:
    def bare(estate: Estate) -> None:
        estate["function:app"]["VpcConfig"]["SecurityGroupIds"] = []

    assert asked("internet", bare) == "unknown COLLECTION_FAILED"


@pytest.mark.item("D3")
def test_a_port_range_that_is_none_is_refused_with_its_place() -> None:
    with pytest.raises(SnapshotError, match=r"IpPermissions\[0\].*smaller end first, not 6000-5000"):
        asked(DATABASE, database(), rule_ports(6000, 5000))


@pytest.mark.item("D6", "D7")
def test_a_list_that_was_read_is_not_what_leaves_a_rule_undecided() -> None:
    unread = egress(allow("tcp", 5432, "pl-peers"), allow("tcp", 5432, "999988887777/sg-elsewhere"))
    assert asked("10.0.2.77:5432", prefix_list("peers", "10.9.0.0/16"), unread).startswith("unknown UNKNOWN_PEERED_SGS")
