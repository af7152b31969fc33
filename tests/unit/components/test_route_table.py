"""Route tables: which one rules a subnet, which route wins, and what becomes of a route that cannot be followed."""

import pytest

from tests.estates.asking import ask, snapshot_of, told
from tests.estates.builder import Estate, Route, allow
from tests.unit.reach.worlds import (
    OUTSIDE,
    PRIVATE,
    Change,
    acl,
    asked,
    changed,
    database,
    denied,
    forgotten,
    gateway_endpoint,
    ingress,
    main,
    no_route,
    prefix_list,
    record,
    route,
    unfinished,
    without,
)
from vpcreach.api import Analysis
from vpcreach.components.route_table import Association, RouteTable
from vpcreach.formats import report_as

TABLES = "ec2/describe-route-tables"
ENTRIES = "ec2/get-managed-prefix-list-entries"
HERE = "93.184.216.0/24"
PROPAGATED = "EnableVgwRoutePropagation"


def second_nat(estate: Estate) -> None:
    """A second NAT gateway that has failed: what is sent to it is blocked, so that the winner shows."""
    main(estate).nat_gateway("dead", subnet="public-a", public_ip="52.0.0.2", state="failed")


def local_beside(destination: str, target: str, origin: str = "CreateRoute", state: str = "active") -> Change:
    """A route beside the local one; the builder refuses none."""
    return lambda estate: estate.route_table(PRIVATE).add_route(destination, Route(target, state, origin))


def association(state: str) -> Change:
    def change(estate: Estate) -> None:
        for held in estate[PRIVATE]["Associations"]:
            if held.get("SubnetId") == "subnet-app-a":
                held["AssociationState"]["State"] = state

    return change


def to_main_table(estate: Estate) -> None:
    estate.route_table("private").disassociate("app-a")


def main_table_to_nat(estate: Estate) -> None:
    main(estate).main_route_table().add_route("0.0.0.0/0", "nat-main")


def unknown_target(estate: Estate) -> None:
    estate.route_table("private").add_route(HERE, "nat-main")
    shown = estate[PRIVATE]["Routes"][-1]
    del shown["NatGatewayId"]
    shown["TomorrowsGatewayId"] = "tmw-1"


def edge_table(estate: Estate) -> None:
    """An edge table of the internet gateway: no subnet's table, whatever it says."""
    main(estate).route_table("edge", {"0.0.0.0/0": ("igw-main", "blackhole")}).associate("igw-main")


WHICH_TABLE = [
    pytest.param((), "reachable", id="B1-explicit-association"),
    pytest.param((to_main_table,), "blocked NO_ROUTE_TO_DESTINATION", id="B1-no-association-means-the-main-table"),
    pytest.param((to_main_table, main_table_to_nat), "reachable", id="B1-the-main-table-serves"),
    pytest.param((association("associating"),), "unknown COLLECTION_FAILED", id="B1-associating-decides-nothing"),
    pytest.param((association("disassociating"),), "unknown COLLECTION_FAILED", id="B1-disassociating"),
    pytest.param(
        (association("disassociated"),), "blocked NO_ROUTE_TO_DESTINATION", id="B1-a-past-association-counts-no-more"
    ),
    pytest.param(
        (to_main_table, forgotten("rtb-main-main")), "unknown COLLECTION_FAILED", id="B1-no-main-table-in-the-file"
    ),
    pytest.param((edge_table,), "reachable", id="B1-an-edge-table-rules-no-subnet"),
    pytest.param((without(TABLES),), "unknown COLLECTION_FAILED", id="B1-file-absent"),
    pytest.param((denied(TABLES),), "unknown COLLECTION_FAILED", id="B1-call-denied"),
    pytest.param((unfinished(TABLES),), "unknown COLLECTION_FAILED", id="B10-an-edge-table-may-be-on-another-page"),
    pytest.param((to_main_table, unfinished(TABLES)), "unknown COLLECTION_FAILED", id="B1-what-it-lacks-is-a-gap"),
    pytest.param(
        (lambda estate: estate.narrowed(TABLES, ["other"]), to_main_table),
        "unknown COLLECTION_FAILED",
        id="B1-collected-for-other-vpcs-only",
    ),
]


@pytest.mark.parametrize(("changes", "expected"), WHICH_TABLE)
def test_the_table_of_a_subnet(changes: tuple[Change, ...], expected: str) -> None:
    assert asked("internet", *changes) == expected


def test_what_an_unfinished_file_holds_counts_b1() -> None:
    assert asked("rds:orders-db", database(), unfinished(TABLES)) == "reachable"
    assert asked("rds:orders-db", database(), unfinished(TABLES), to_main_table) == "unknown COLLECTION_FAILED"


TARGETS = [
    ("B2-igw", "igw-main", "blocked IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"),
    ("B2-nat", "nat-main", "reachable"),
    ("B2-vgw", "vgw-onprem", "unknown UNKNOWN_RESOURCE"),
    ("B2-tgw", "tgw-hub", "unknown UNKNOWN_RESOURCE"),
    ("B2-pcx", "pcx-peer", "unknown UNKNOWN_RESOURCE"),
    ("B2-eni", "eni-unseen", "unknown UNKNOWN_RESOURCE"),
    ("B2-vpce", "vpce-unseen", "unknown UNKNOWN_RESOURCE"),
    ("B2-cagw", "cagw-wave", "unknown UNKNOWN_RESOURCE"),
    ("B2-lgw", "lgw-outpost", "unknown UNSUPPORTED_COMPONENT"),
    ("B2-core-network", "arn:aws:networkmanager::111122223333:core-network/c", "unknown UNKNOWN_RESOURCE"),
    ("B2-odb", "arn:aws:odb:eu-west-1:111122223333:odb-network/o", "unknown UNKNOWN_RESOURCE UNSUPPORTED_COMPONENT"),
]


@pytest.mark.parametrize(("target", "expected"), [pytest.param(t, e, id=i) for i, t, e in TARGETS])
def test_a_route_leads_to_its_target_or_says_what_it_cannot_tell(target: str, expected: str) -> None:
    assert asked(OUTSIDE, local_beside(HERE, target)) == expected


def test_a_route_without_a_target_that_is_known_decides_nothing_b2() -> None:
    assert asked(OUTSIDE, unknown_target) == "unknown UNSUPPORTED_ROUTE_TARGET"


@pytest.mark.item("B14")
def test_a_next_hop_told_by_its_address_alone_is_the_interface_that_has_it() -> None:
    def advertised(address: str) -> Change:
        def change(estate: Estate) -> None:
            main(estate).network_interface("fw", subnet="public-a", address="10.0.0.9", source_dest_check=True)
            route = {"DestinationCidrBlock": HERE, "IpAddress": address, "Origin": "Advertisement", "State": "active"}
            estate[PRIVATE]["Routes"].append(route)

        return change

    assert "ENI_SOURCE_DEST_CHECK_RESTRICTION" in asked(OUTSIDE, advertised("10.0.0.9"))
    assert asked(OUTSIDE, advertised("10.0.0.77")) == "unknown UNSUPPORTED_ROUTE_TARGET"
    answer = ask(changed(advertised("10.0.0.9")), OUTSIDE)
    assert "DYNAMIC_ROUTE" in {finding.code for finding in answer.findings}


def test_a_route_server_route_leads_to_its_appliance_b2() -> None:
    def advertised(estate: Estate) -> None:
        main(estate).network_interface("fw", subnet="public-a", source_dest_check=True)
        estate.route_table("private").add_route(HERE, Route("eni-fw", "active", "Advertisement"))
        estate[PRIVATE]["Routes"][-1]["IpAddress"] = "10.0.0.9"

    assert "ENI_SOURCE_DEST_CHECK_RESTRICTION" in asked(OUTSIDE, advertised)


def add_twin(estate: Estate) -> None:
    """A static route to the same block as the propagated one."""
    routes = estate[PRIVATE]["Routes"]
    routes.append(
        {"DestinationCidrBlock": HERE, "NatGatewayId": "nat-main", "Origin": "CreateRoute", "State": "active"}
    )


LONGEST = [
    pytest.param(
        "10.0.2.50:443",
        (local_beside("10.0.2.0/24", "vgw-x", PROPAGATED), record("vpc-main"), forgotten("eni-nat-main")),
        "unknown UNKNOWN_DESTINATION",
        id="B3-propagated-never-beats-local-though-more-specific",
    ),
    pytest.param(
        "10.0.2.50:443",
        (local_beside("10.0.2.0/24", "vgw-x", "Advertisement"),),
        "unknown UNKNOWN_DESTINATION",
        id="B3-advertised-never-beats-local",
    ),
    pytest.param(
        "10.0.2.50:443",
        (local_beside("10.0.2.0/24", "vgw-x"),),
        "unknown UNKNOWN_RESOURCE",
        id="B8-a-static-route-beats-local",
    ),
    pytest.param(
        OUTSIDE,
        (second_nat, local_beside(HERE, "nat-dead", PROPAGATED)),
        "blocked BAD_STATE",
        id="B3-longest-prefix-before-static",
    ),
    pytest.param(
        OUTSIDE,
        (second_nat, prefix_list("mine", HERE), route("pl-mine", "nat-dead"), route(HERE, "nat-main")),
        "reachable",
        id="B3-static-before-prefix-list-at-equal-length",
    ),
    pytest.param(
        OUTSIDE,
        (second_nat, prefix_list("mine", HERE), route(HERE, "nat-dead"), route("pl-mine", "nat-main")),
        "blocked BAD_STATE",
        id="B3-static-before-prefix-list-whatever-their-order",
    ),
    pytest.param(
        OUTSIDE,
        (
            second_nat,
            prefix_list("mine", HERE),
            local_beside(HERE, "nat-dead", PROPAGATED),
            route("pl-mine", "nat-main"),
        ),
        "reachable",
        id="B3-prefix-list-before-propagated-at-equal-length",
    ),
    pytest.param(
        OUTSIDE,
        (second_nat, local_beside(HERE, "nat-dead", PROPAGATED), add_twin),
        "reachable",
        id="B3-static-before-propagated-at-equal-length",
    ),
    pytest.param(
        OUTSIDE,
        (second_nat, prefix_list("mine", "93.184.216.34/32"), route("pl-mine", "nat-dead"), route(HERE, "nat-main")),
        "blocked BAD_STATE",
        id="B3-a-longer-entry-of-a-list-beats-a-static-route",
    ),
    pytest.param(
        OUTSIDE,
        (
            second_nat,
            prefix_list("one", HERE),
            prefix_list("two", HERE),
            route("pl-one", "nat-main"),
            route("pl-two", "nat-dead"),
        ),
        "unknown PREFIX_LIST_ROUTE_AMBIGUOUS",
        id="B3-two-lists-tied-with-different-outcomes",
    ),
    pytest.param(
        OUTSIDE,
        (
            second_nat,
            prefix_list("one", HERE),
            prefix_list("two", HERE),
            route("pl-one", "nat-main"),
            lambda estate: estate["nat-dead"].update(State="available"),
            route("pl-two", "nat-dead"),
        ),
        "reachable",
        id="B3-two-lists-tied-with-outcomes-alike-are-decided",
    ),
    pytest.param(
        OUTSIDE,
        (
            second_nat,
            prefix_list("one", HERE),
            prefix_list("two", HERE),
            prefix_list("three", HERE),
            route("pl-one", "nat-dead"),
            route("pl-two", ("nat-dead", "blackhole")),
            route("pl-three", ("nat-main", "blackhole")),
        ),
        "blocked BAD_STATE BAD_STATE_ROUTE",
        id="B3-three-lists-tied-that-lead-nowhere-are-no-way-out",
    ),
    pytest.param(
        OUTSIDE,
        (prefix_list("one", HERE), prefix_list("two", HERE), route("pl-one", "nat-main"), route("pl-two", "nat-main")),
        "reachable",
        id="B3-two-lists-tied-with-one-target-are-no-tie",
    ),
    pytest.param(
        OUTSIDE,
        (
            second_nat,
            prefix_list("one", HERE),
            prefix_list("two", "93.184.216.32/28"),
            route("pl-one", "nat-dead"),
            route("pl-two", "nat-main"),
        ),
        "reachable",
        id="B3-overlap-at-different-length-is-no-tie",
    ),
    pytest.param(
        OUTSIDE,
        (
            prefix_list("mine", "8.8.8.0/24"),
            route("pl-mine", "nat-main"),
            without(f"{ENTRIES}/pl-mine"),
        ),
        "unknown UNKNOWN_RESOURCE",
        id="B3-an-unread-list-may-hold-the-address",
    ),
    pytest.param(
        "93.184.216.34/32:443",
        (
            prefix_list("mine", "8.8.8.0/24"),
            route("pl-mine", "igw-main"),
            denied(f"{ENTRIES}/pl-mine"),
            route("93.184.216.34/32", "nat-main"),
        ),
        "reachable",
        id="B3-no-list-beats-a-route-to-the-very-address",
    ),
    pytest.param(
        "10.0.2.50:443",
        (gateway_endpoint(), without(f"{ENTRIES}/pl-s3"), without("ec2/describe-prefix-lists")),
        "unknown UNKNOWN_DESTINATION",
        id="B3-an-unread-list-of-an-endpoint-holds-no-address-of-the-vpc",
    ),
    pytest.param(
        OUTSIDE,
        (prefix_list("mine", HERE), route("pl-mine", "nat-main"), unfinished(f"{ENTRIES}/pl-mine")),
        "unknown UNKNOWN_RESOURCE",
        id="B3-an-unfinished-list-is-unread",
    ),
]


@pytest.mark.parametrize(("destination", "changes", "expected"), LONGEST)
def test_the_route_that_wins(destination: str, changes: tuple[Change, ...], expected: str) -> None:
    assert asked(destination, *changes) == expected


def test_a_set_of_addresses_is_cut_by_the_prefixes_of_the_table_b4() -> None:
    estate = changed(no_route(), route("0.0.0.0/1", "nat-main"))
    answer = ask(estate, "internet")
    assert answer.verdict.value == "partial"
    failing = [str(packets.addresses) for packets in answer.subnets[0].failing]
    assert [text.partition(",")[0] for text in failing] == ["128.0.0.0/3"]
    assert told(estate, "9.0.0.0/8:443") == "reachable"
    assert told(estate, "200.0.0.0/8:443") == "blocked NO_ROUTE_TO_DESTINATION"
    assert (
        told(estate, "64.0.0.0/2:443")
        == "partial IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS NO_POSSIBLE_DESTINATION"
    )


def test_no_route_is_a_blocker_of_this_very_table_b5() -> None:
    blocker = ask(changed(no_route()), "internet").blockers[0]
    assert (blocker.code, blocker.component) == ("NO_ROUTE_TO_DESTINATION", PRIVATE)


BLACKHOLES = [
    pytest.param(
        OUTSIDE,
        (route(HERE, ("nat-gone", "blackhole")),),
        "blocked BAD_STATE_ROUTE",
        id="B6-a-blackhole-more-specific-than-the-default-wins",
    ),
    pytest.param(
        "internet", (route(HERE, ("nat-gone", "blackhole")),), "partial BAD_STATE_ROUTE", id="B6-and-holes-the-internet"
    ),
    pytest.param(
        OUTSIDE,
        (route("0.0.0.0/0", ("nat-main", "blackhole")), route(HERE, "nat-main")),
        "reachable",
        id="B6-a-blackhole-that-does-not-win-stops-nothing",
    ),
    pytest.param(OUTSIDE, (route(HERE, ("nat-main", "filtered")),), "unknown ROUTE_FILTERED", id="B6-filtered"),
    pytest.param(
        OUTSIDE,
        (route("93.184.0.0/16", ("nat-main", "filtered")), route(HERE, "nat-main")),
        "reachable",
        id="B6-a-filtered-route-that-does-not-win",
    ),
    pytest.param(OUTSIDE, (route(HERE, ("nat-main", "tomorrow")),), "unknown ROUTE_FILTERED", id="B6-a-new-state"),
    pytest.param(
        OUTSIDE,
        (record("nat-main", State="failed"),),
        "blocked BAD_STATE",
        id="B6-an-active-route-to-a-failed-gateway-is-no-way-out",
    ),
    pytest.param(
        OUTSIDE,
        (prefix_list("mine", HERE), route("pl-mine", ("nat-gone", "blackhole"))),
        "blocked BAD_STATE_ROUTE",
        id="B6-a-prefix-list-may-be-a-blackhole-too",
    ),
]


@pytest.mark.parametrize(("destination", "changes", "expected"), BLACKHOLES)
def test_the_state_of_a_route_counts_only_where_it_wins(
    destination: str, changes: tuple[Change, ...], expected: str
) -> None:
    assert asked(destination, *changes) == expected


def second_cidr(estate: Estate) -> None:
    block = {
        "AssociationId": "vpc-cidr-assoc-2",
        "CidrBlock": "10.1.0.0/16",
        "CidrBlockState": {"State": "associated"},
    }
    estate["vpc-main"]["CidrBlockAssociationSet"].append(block)
    main(estate).subnet("far-a", "10.1.0.0/24", az="a", table="private")
    main(estate).network_interface("far", subnet="far-a", groups=["app"], address="10.1.0.50")


def test_a_second_cidr_of_the_vpc_has_a_local_route_of_its_own_b7() -> None:
    open_wide = ingress(allow("-1"), group="app")
    assert asked("10.1.0.50:443", second_cidr, open_wide, route("10.1.0.0/16", "local")) == "reachable"
    assert asked("10.1.0.50:443", second_cidr, open_wide, no_route()) == "blocked NO_ROUTE_TO_DESTINATION"


def test_a_local_route_may_lead_elsewhere_and_is_never_taken_for_granted_b7() -> None:
    def through_appliance(estate: Estate) -> None:
        main(estate).network_interface("fw", subnet="public-a", groups=["app"])
        estate.route_table("private").replace_route("10.0.0.0/16", "eni-fw")

    assert "ENI_SOURCE_DEST_CHECK_RESTRICTION" in asked("rds:orders-db", database(), through_appliance)


def test_an_address_between_the_subnets_is_nowhere_b7() -> None:
    assert asked("10.0.200.9:443").startswith("blocked NO_POSSIBLE_DESTINATION")


def test_no_route_applies_inside_a_subnet_b8() -> None:
    def beside(estate: Estate) -> None:
        main(estate).network_interface("near", subnet="app-a", groups=["data"], address="10.0.1.50")

    detour = route("10.0.1.0/24", "vgw-x")
    assert asked("10.0.1.50:5432", beside, detour, denied("ec2/describe-network-acls")) == "reachable"


def test_the_route_of_an_endpoint_beats_the_default_and_a_static_one_beats_it_b9() -> None:
    closed = record("vpce-s3", State="failed")
    assert asked("s3", gateway_endpoint(), closed) == "blocked BAD_STATE"
    blocks = [route(cidr, "nat-main") for cidr in ("3.5.64.0/21", "52.92.0.0/17", "52.218.0.0/17")]
    assert asked("s3", gateway_endpoint(), closed, *blocks) == "reachable"
    assert asked("s3", gateway_endpoint(), closed, *blocks[:2]) == "partial BAD_STATE"
    assert asked("s3.us-west-2.amazonaws.com", gateway_endpoint(), closed) == "reachable"


def test_the_answer_of_a_target_follows_the_table_of_its_own_subnet_b12() -> None:
    def own_table(estate: Estate) -> None:
        main(estate).route_table("data", subnets=["data-a"])
        estate.route_table("data").add_route("10.0.1.0/24", Route("vgw-x"))

    assert asked("rds:orders-db", database(), own_table) == "unknown UNKNOWN_RESOURCE"


def test_answers_sent_to_a_gateway_the_packets_never_passed_are_lost_b12() -> None:
    def own_table(estate: Estate) -> None:
        main(estate).route_table("data", subnets=["data-a"]).add_route("10.0.1.0/24", "nat-main")

    assert asked("rds:orders-db", database(), own_table) == "blocked ASYMMETRIC_MIDDLEBOX_ROUTE"


def test_the_next_lookup_after_a_nat_gateway_is_that_of_its_own_subnet_b12() -> None:
    path = ask(changed(), "internet").subnets[0].traces[0].path
    assert [step.component for step in path if step.kind == "route_table"] == [PRIVATE, "rtb-public"]


def test_a_subnet_with_a_closed_acl_and_no_route_shows_both_b5() -> None:
    closed = acl("app-a", outbound=[])
    assert asked("internet", no_route(), closed) == "blocked NO_ROUTE_TO_DESTINATION SUBNET_ACL_RESTRICTION"


def test_a_route_to_a_target_that_nobody_knows_can_be_told_as_json() -> None:
    report = Analysis(snapshot_of(changed(unknown_target))).report(["internet"], ["app"])
    assert "UNSUPPORTED_ROUTE_TARGET" in report_as("json", report)


@pytest.mark.item("B1", "B10")
def test_an_edge_table_routes_no_subnet() -> None:
    def with_(*associations: Association) -> bool:
        return RouteTable(route_table_id="rtb-1", vpc_id="vpc-1", associations=associations).routes_subnets

    assert with_()
    assert with_(Association(subnet_id="subnet-1"))
    assert not with_(Association(gateway_id="igw-1"))


@pytest.mark.item("B9")
def test_what_goes_to_a_gateway_endpoint_is_no_part_of_the_internet_though_its_list_is_unread() -> None:
    unread = (without(ENTRIES), without("ec2/describe-prefix-lists"))
    assert asked("internet", gateway_endpoint(), *unread) == "reachable"
    assert asked("internet", gateway_endpoint("s3", "public"), *unread) == "reachable"
    # A single address may be in the list.
    assert asked(OUTSIDE, gateway_endpoint(), *unread).startswith("unknown")
