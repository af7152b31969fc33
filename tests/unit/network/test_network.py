"""The network: what is where, what hangs together with what, and why something cannot be told."""

import pytest

from tests.estates.asking import snapshot_of
from tests.estates.builder import Estate, combined
from tests.estates.hub_and_spoke import NETWORKING, hub_and_spoke
from tests.unit.reach.worlds import (
    INTERFACES,
    changed,
    database,
    denied,
    forgotten,
    gateway_endpoint,
    interface,
    record,
    route,
    unfinished,
    without,
)
from vpcreach.components.network_interface import DESCRIBE_NETWORK_INTERFACES, NetworkInterface
from vpcreach.components.subnet import DESCRIBE_SUBNETS
from vpcreach.forwarding import Note
from vpcreach.network.graph import around_function
from vpcreach.network.network import Network
from vpcreach.packets.address_map import AddressSet, Family
from vpcreach.snapshot.call import Place
from vpcreach.snapshot.snapshot import State

APP = "arn:aws:lambda:eu-west-1:111122223333:function:app"


def network(*changes: object) -> Network:
    return Network(snapshot_of(changed(*changes)))  # type: ignore[arg-type]


def relations(of: Network, start: str) -> set[tuple[str, str]]:
    return {(data["relation"], target) for _, target, data in of.graph.out_edges(start, data=True)}


EDGES = [
    ("subnet-app-a", {("member-of", "vpc-main")}),
    ("nat-main", {("attached-to", "subnet-public-a")}),
    ("igw-main", {("attached-to", "vpc-main")}),
    ("rtb-public", {("member-of", "vpc-main"), ("attached-to", "subnet-public-a"), ("routes-to", "igw-main")}),
    ("rtb-main-main", {("member-of", "vpc-main"), ("attached-to", "vpc-main")}),
    (APP, {("attached-to", "subnet-app-a")}),
    ("sg-app", {("member-of", "vpc-main"), ("filters", APP), ("filters", "eni-lambda-app-a-app")}),
]


@pytest.mark.parametrize(
    ("start", "expected"), EDGES, ids=lambda value: f"B1-{value}" if isinstance(value, str) else ""
)
def test_how_things_hang_together(start: str, expected: set[tuple[str, str]]) -> None:
    assert relations(network(), start) == expected


def test_the_state_of_a_route_is_on_its_edge_b6() -> None:
    found = network(route("9.0.0.0/8", ("nat-gone", "blackhole")))
    (data,) = found.graph.get_edge_data("rtb-private", "nat-gone").values()
    assert (data["prefixes"], data["detail"]) == (("9.0.0.0/8",), "blackhole")
    assert found.graph.nodes["nat-gone"]["record"] is None


def test_a_function_sees_what_its_packets_can_meet_b12() -> None:
    around = around_function(network(database()).graph, APP)
    assert {"subnet-app-a", "rtb-private", "nat-main", "subnet-public-a", "rtb-public", "igw-main", "sg-app"} <= set(
        around
    )
    assert "subnet-data-b" not in around


TRANSIT_EDGES = [
    ("tgw-attach-app", {("attached-to", "tgw-hub"), ("attached-to", "vpc-app")}),
    (
        "tgw-rtb-spokes",
        {
            ("member-of", "tgw-hub"),
            ("attached-to", "tgw-attach-app"),
            ("attached-to", "tgw-attach-data"),
            ("routes-to", "tgw-attach-egress"),
            ("routes-to", "tgw-attach-app"),
            ("routes-to", "tgw-attach-data"),
        },
    ),
    ("rtb-app", {("member-of", "vpc-app"), ("attached-to", "subnet-app"), ("routes-to", "tgw-hub")}),
]


@pytest.mark.parametrize(("start", "expected"), TRANSIT_EDGES, ids=["G6-attachment", "G6-table", "G6-into-the-hub"])
def test_how_a_hub_hangs_together_across_accounts(start: str, expected: set[tuple[str, str]]) -> None:
    found = Network(snapshot_of(hub_and_spoke().files()))
    assert relations(found, start) == expected
    assert found.graph.nodes["tgw-attach-app"]["account"] == NETWORKING  # the owner of the gateway tells most


def test_a_function_sees_the_hub_that_its_packets_can_meet_g6() -> None:
    around = around_function(Network(snapshot_of(hub_and_spoke().files())).graph, APP)
    assert {"tgw-hub", "tgw-attach-app", "tgw-rtb-spokes", "tgw-attach-egress"} <= set(around)


def test_what_only_a_route_names_is_a_node_of_a_kind_b2() -> None:
    found = network(route("9.0.0.0/8", "lgw-outpost"))
    assert found.graph.nodes["lgw-outpost"]["kind"] == "local gateway"


UNREAD = [
    ("nat-gone", "UNKNOWN_RESOURCE", "ec2:DescribeNatGateways"),
    ("subnet-gone", "UNKNOWN_RESOURCE", "ec2:DescribeSubnets"),
    ("tgw-hub", "UNKNOWN_RESOURCE", "ec2:DescribeTransitGateways"),
    ("tgw-attach-x", "UNKNOWN_RESOURCE", "ec2:DescribeTransitGatewayAttachments"),
    ("tgw-rtb-x", "UNKNOWN_RESOURCE", "ec2:DescribeTransitGatewayRouteTables"),
    ("lgw-outpost", "UNSUPPORTED_COMPONENT", ""),
    ("tomorrow-1", "UNKNOWN_RESOURCE", ""),
]


@pytest.mark.parametrize(("node", "code", "entry"), UNREAD, ids=lambda value: f"K5-{value}")
def test_an_id_that_cannot_be_read_says_why(node: str, code: str, entry: str) -> None:
    found = network().component(node)
    assert isinstance(found, Note)
    assert (found.code, found.component, found.entry) == (code, node, entry)


def test_a_denied_call_is_named_with_its_error_k5() -> None:
    found = network(denied("ec2/describe-nat-gateways")).component("nat-main")
    assert isinstance(found, Note)
    assert "UnauthorizedOperation" in found.message


def test_the_subnet_of_every_address_b7() -> None:
    found = network().subnets("vpc-main", Family.IPV4)
    assert found.at(AddressSet.parse("10.0.1.77").first) == "subnet-app-a"
    assert found.at(AddressSet.parse("10.0.77.1").first) is None


STATES = [
    pytest.param((), State.FOUND, id="K9-found"),
    pytest.param((without(INTERFACES),), State.ABSENT, id="K9-absent"),
    pytest.param((denied(INTERFACES),), State.FAILED, id="K9-denied"),
    pytest.param((unfinished(INTERFACES),), State.FAILED, id="K9-unfinished"),
    pytest.param((lambda e: e.narrowed(INTERFACES, ["main"]),), State.FOUND, id="K9-narrowed-to-this-vpc"),
    pytest.param((lambda e: e.narrowed(INTERFACES, ["far"]),), State.FAILED, id="K9-narrowed-to-another"),
]


@pytest.mark.parametrize(("changes", "expected"), STATES)
def test_whether_a_reply_holds_all_of_a_vpc(changes: tuple[object, ...], expected: State) -> None:
    found = network(*changes)
    assert found.state_of(DESCRIBE_NETWORK_INTERFACES, "vpc-main") is expected
    assert (found.missing(DESCRIBE_NETWORK_INTERFACES, "vpc-main") is None) is (expected is State.FOUND)


def test_members_of_a_group_are_the_private_addresses_that_carry_it_d6() -> None:
    found = network(interface(public_ip="54.0.0.7"))
    assert str(found.members("sg-data", Family.IPV4)) == "10.0.2.50"
    assert found.members_are_known("sg-data")
    assert not found.members_are_known("sg-gone")
    assert not network(denied(INTERFACES)).members_are_known("sg-data")


def test_a_reading_of_prefix_lists_changes_no_other_question_b9() -> None:
    plain = network(
        gateway_endpoint(), without("ec2/get-managed-prefix-list-entries"), without("ec2/describe-prefix-lists")
    )
    as_empty = plain.reading({"pl-s3": ()}, skips_endpoint_routes=True)
    assert as_empty.prefixes("pl-s3", Family.IPV4) == ()
    assert isinstance(plain.prefixes("pl-s3", Family.IPV4), Note)
    assert as_empty.reading({}) is plain
    assert plain.reading({"pl-s3": ()}, skips_endpoint_routes=True) is as_empty


def test_a_shared_subnet_is_the_owners_record_a19() -> None:
    owner, participant = changed(), Estate("999900001111", list_suffix="-p")
    shared = dict(owner["subnet-app-a"], OwnerId=owner.account, Tags=[])
    participant.add("ec2/describe-subnets", "subnet-app-a", shared)
    found = Network(snapshot_of(combined(owner, participant)))
    assert found.place_of("subnet-app-a") == Place("111122223333", "eu-west-1")
    assert len(found.places_of("subnet-app-a")) == 2
    assert found.record("subnet-app-a").name == "app-a"


def test_an_interface_is_found_by_vpc_and_address_h17() -> None:
    found = network(interface())
    address = AddressSet.parse("10.0.2.50").first
    held = found.interface_at("vpc-main", Family.IPV4, address)
    assert isinstance(held, NetworkInterface)
    assert held.id == "eni-peer"
    assert found.interface_at("vpc-far", Family.IPV4, address) is None


def test_zones_compare_by_id_where_both_have_one_c9() -> None:
    found = network(record("subnet-data-a", AvailabilityZone="renamed"))
    app, data = found.zone_of("subnet-app-a"), found.zone_of("subnet-data-a")
    assert app is not None
    assert data is not None
    assert app.is_same(data)
    assert found.zone_of("subnet-gone") is None


def test_what_rules_a_subnet_that_no_file_lists_is_told_by_its_id_a24() -> None:
    found = network(forgotten("subnet-data-b"), lambda e: e["rtb-private"].update(Associations=[]))
    ruler = found.route_table_of("subnet-data-b")
    assert isinstance(ruler, Note)
    assert (ruler.code, ruler.component) == ("UNKNOWN_RESOURCE", "subnet-data-b")
    assert found.missing(DESCRIBE_SUBNETS, "vpc-main") is None
