"""NAT gateways: state, addresses, kind, place, and the zone they stand in."""

import msgspec
import pytest

from tests.estates.asking import ask, finding_codes, snapshot_of, told
from tests.estates.builder import Estate, allow
from tests.unit.components.surroundings import arrival_of, function_in
from tests.unit.reach.worlds import (
    OUTSIDE,
    Change,
    acl,
    asked,
    changed,
    denied,
    egress,
    forgotten,
    gateway_endpoint,
    main,
    no_route,
    record,
    route,
    unfinished,
    without,
)
from vpcreach.forwarding import Effect
from vpcreach.network.network import Network

NATS = "ec2/describe-nat-gateways"


def address(**values: object) -> Change:
    """Writes keys of the gateway's only address; None takes a key away."""

    def change(estate: Estate) -> None:
        held = estate["nat-main"]["NatGatewayAddresses"][0]
        held.update(values)
        for key in [key for key, value in values.items() if value is None]:
            del held[key]

    return change


def private_nat(estate: Estate) -> None:
    vpc = main(estate)
    vpc.nat_gateway("inner", subnet="public-a", connectivity="private")
    estate.route_table("private").replace_route("0.0.0.0/0", "nat-inner")


def nat_in(subnet: str) -> Change:
    return lambda estate: main(estate).move_nat_gateway("main", subnet=subnet)


def two_in_a_circle(estate: Estate) -> None:
    vpc = main(estate)
    vpc.subnet("second-a", "10.0.4.0/24", az="a", table="second")
    vpc.nat_gateway("second", subnet="second-a")
    vpc.route_table("second", {"0.0.0.0/0": "nat-main"})
    estate.route_table("public").replace_route("0.0.0.0/0", "nat-second")


STATES = [
    pytest.param((), "reachable", id="C1-a-public-nat-gateway-leads-out"),
    pytest.param((record("nat-main", State="available"),), "reachable", id="C2-available"),
    pytest.param((record("nat-main", State="pending"),), "blocked BAD_STATE", id="C2-pending"),
    pytest.param((record("nat-main", State="failed"),), "blocked BAD_STATE", id="C2-failed"),
    pytest.param((record("nat-main", State="deleted"),), "blocked BAD_STATE", id="C2-deleted"),
    pytest.param((record("nat-main", State="deleting"),), "unknown BAD_STATE", id="C2-deleting-may-still-pass"),
    pytest.param(
        (record("nat-main", State="deleting"), no_route(table="rtb-public")),
        "blocked NO_ROUTE_TO_DESTINATION BAD_STATE",
        id="C2-deleting-with-no-way-out-beyond-is-blocked-K6",
    ),
    pytest.param((record("nat-main", State="tomorrow"),), "unknown BAD_STATE", id="C2-a-new-state"),
    pytest.param((lambda e: e["nat-main"].pop("State"),), "unknown BAD_STATE", id="C2-no-state-told"),
    pytest.param((address(PublicIp=None),), "blocked NAT_NO_PUBLIC_ADDRESS", id="C2-no-public-address"),
    pytest.param((address(Status="failed"),), "blocked NAT_NO_PUBLIC_ADDRESS", id="C2-an-address-that-failed"),
    pytest.param((address(Status="associating"),), "blocked NAT_NO_PUBLIC_ADDRESS", id="C2-an-address-on-its-way"),
    pytest.param((address(Status=None),), "reachable", id="C2-old-objects-tell-no-status"),
    pytest.param(
        (private_nat,), "blocked PRIVATE_NAT_TO_IGW", id="C4-a-private-one-is-dropped-at-the-internet-gateway"
    ),
    pytest.param(
        (private_nat, route("10.99.0.0/16", "tgw-hub", "rtb-public")),
        "blocked PRIVATE_NAT_TO_IGW",
        id="C4-whatever-else",
    ),
    pytest.param((nat_in("data-a"),), "blocked ROUTING_LOOP", id="C3-in-a-subnet-that-points-back-at-it"),
    pytest.param((two_in_a_circle,), "blocked ROUTING_LOOP", id="C3-two-that-point-at-each-other"),
    pytest.param(
        (no_route(table="rtb-public"),), "blocked NO_ROUTE_TO_DESTINATION", id="C3-its-own-subnet-has-no-route"
    ),
    pytest.param(
        (route("0.0.0.0/0", ("igw-main", "blackhole"), "rtb-public"),),
        "blocked BAD_STATE_ROUTE",
        id="C3-a-blackhole-there",
    ),
    pytest.param((without(NATS),), "unknown UNKNOWN_RESOURCE", id="C2-file-absent"),
    pytest.param((denied(NATS),), "unknown UNKNOWN_RESOURCE", id="C2-call-denied"),
    pytest.param((forgotten("nat-main"),), "unknown UNKNOWN_RESOURCE", id="C2-id-not-in-the-file"),
    pytest.param((forgotten("nat-main"), unfinished(NATS)), "unknown UNKNOWN_RESOURCE", id="C2-pages-are-missing"),
    pytest.param(
        (denied(NATS), egress()), "blocked SG_HAS_NO_RULES UNKNOWN_RESOURCE", id="K6-unread-but-nothing-leaves"
    ),
    pytest.param(
        (denied(NATS), acl("app-a", outbound=[])),
        "blocked SUBNET_ACL_RESTRICTION UNKNOWN_RESOURCE",
        id="K6-unread-but-the-acl-on-the-way-is-closed",
    ),
    pytest.param(
        (denied(NATS), acl("app-a", inbound=[])),
        "blocked SUBNET_ACL_RESTRICTION UNKNOWN_RESOURCE",
        id="K6-unread-but-no-answer-comes-in",
    ),
    pytest.param((forgotten("subnet-public-a"),), "unknown UNKNOWN_RESOURCE", id="C3-its-subnet-cannot-be-read"),
    pytest.param(
        (record("nat-main", AttachedAppliances=[{"Type": "network-firewall-proxy"}]),),
        "unknown NAT_APPLIANCE_ATTACHED",
        id="C14-a-proxy-is-attached",
    ),
    pytest.param((acl("public-a", inbound=[]),), "blocked SUBNET_ACL_RESTRICTION", id="C7-the-acl-is-all-that-filters"),
]


@pytest.mark.item("C1", "C2", "C3", "C4", "C14")
@pytest.mark.parametrize(("changes", "expected"), STATES)
def test_a_nat_gateway_is_a_hop_with_a_way_of_its_own(changes: tuple[Change, ...], expected: str) -> None:
    assert asked("internet", *changes) == expected


def test_the_loop_names_the_gateway_and_the_route_that_leads_back_c3() -> None:
    blocker = ask(changed(nat_in("data-a")), "internet").blockers[0]
    assert blocker.component == "nat-main"
    assert "rtb-private" in blocker.message


def test_the_failure_that_aws_tells_is_told_on_c2() -> None:
    failed = record("nat-main", State="failed", FailureCode="Gateway.NotAttached", FailureMessage="no gateway attached")
    message = ask(changed(failed), "internet").blockers[0].message
    assert "Gateway.NotAttached no gateway attached" in message


def test_toward_a_private_network_a_public_one_needs_no_public_address_of_the_internet_c5() -> None:
    onprem = route("0.0.0.0/0", "vgw-onprem", "rtb-public")
    assert asked("192.168.5.5:443", onprem, address(PublicIp="52.0.0.1")) == "unknown UNKNOWN_RESOURCE"


def test_groups_of_a_nat_gateway_do_not_exist_so_references_end_there_c7() -> None:
    sender = ask(changed(), "internet").subnets[0].traces[0]
    assert [step.component for step in sender.path if step.kind == "security_group"] == ["sg-app"]


@pytest.mark.item("C8")
@pytest.mark.parametrize("destination", ["internet", "internet:53/udp"], ids=["C8-tcp", "C8-udp"])
def test_tcp_and_udp_are_carried(destination: str) -> None:
    assert asked(destination) == "reachable"


def test_a_nat_gateway_in_another_zone_works_and_is_worth_knowing_c9() -> None:
    def far(estate: Estate) -> None:
        estate.move_function("app", subnets=["data-b"], groups=["app"])

    estate = changed(far)
    assert told(estate, "internet") == "reachable"
    assert "AVAILABILITY_ZONE_CROSSED" in finding_codes(ask(estate, "internet"))
    assert "AVAILABILITY_ZONE_CROSSED" not in finding_codes(ask(changed(), "internet"))


def test_zones_are_compared_by_id_and_not_by_name_c9() -> None:
    renamed = record("subnet-app-a", AvailabilityZone="eu-west-1c")
    assert "AVAILABILITY_ZONE_CROSSED" not in finding_codes(ask(changed(renamed), "internet"))


def regional(zones: tuple[str, ...], *, automatic: bool, function_in: str = "app-a") -> Change:
    def change(estate: Estate) -> None:
        main(estate).nat_gateway("wide", regional=True, zones=zones, automatic=automatic)
        estate.route_table("private").replace_route("0.0.0.0/0", "nat-wide")
        estate.move_function("app", subnets=[function_in], groups=["app"])

    return change


REGIONAL = [
    pytest.param((regional(("a",), automatic=True),), "reachable", id="C13-automatic-in-the-zone"),
    pytest.param((regional(("a",), automatic=True, function_in="data-b"),), "reachable", id="C13-automatic-elsewhere"),
    pytest.param(
        (regional(("a", "b"), automatic=False, function_in="data-b"),), "reachable", id="C13-by-hand-in-the-zone"
    ),
    pytest.param(
        (regional(("a",), automatic=False, function_in="data-b"),),
        "unknown REGIONAL_NGW_ROUTE_AZ_RESTRICTION",
        id="C13-by-hand-without-the-zone",
    ),
    pytest.param(
        (regional(("a",), automatic=True), no_route(table="rtb-nat-wide")),
        "blocked NO_ROUTE_TO_DESTINATION",
        id="C13-its-own-table-has-no-way-out",
    ),
    pytest.param(
        (regional(("a",), automatic=True), forgotten("rtb-nat-wide")),
        "unknown UNKNOWN_RESOURCE",
        id="C13-its-table-unread",
    ),
    pytest.param(
        (regional(("a",), automatic=True), lambda e: e["nat-wide"].pop("RouteTableId")),
        "unknown UNSUPPORTED_COMPONENT",
        id="C13-no-table-told",
    ),
    pytest.param(
        (regional(("a",), automatic=True), acl("public-a", inbound=[], outbound=[])),
        "reachable",
        id="C13-no-subnet-and-so-no-acl-of-its-own",
    ),
    pytest.param(
        (regional(("a",), automatic=True), acl("app-a", inbound=[])),
        "blocked SUBNET_ACL_RESTRICTION",
        id="C13-the-acl-of-the-function-counts-both-ways",
    ),
]


@pytest.mark.item("C13", "I8")
@pytest.mark.parametrize(("changes", "expected"), REGIONAL)
def test_a_regional_nat_gateway_has_a_table_and_zones_but_no_subnet(changes: tuple[Change, ...], expected: str) -> None:
    assert asked("internet", *changes) == expected


def test_a_regional_gateway_tells_what_aws_does_not_document_c13() -> None:
    codes = finding_codes(ask(changed(regional(("a",), automatic=True, function_in="data-b")), "internet"))
    assert {"AVAILABILITY_ZONE_CROSSED", "REGIONAL_NGW_ACL_UNDOCUMENTED"} <= codes


def test_a_gateway_endpoint_behind_the_nat_gateway_is_not_documented_f18() -> None:
    assert asked("s3", gateway_endpoint("s3", "public")) == "unknown UNSUPPORTED_COMPONENT"
    assert asked(OUTSIDE, gateway_endpoint("s3", "public")) == "reachable"
    denied = gateway_endpoint(
        "s3", "public", policy={"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}
    )
    assert asked("s3", denied) == "unknown UNSUPPORTED_COMPONENT"


@pytest.mark.item("C13")
def test_how_answers_reach_a_regional_gateway_in_no_subnet_is_undecided() -> None:
    wide = regional(("a",), automatic=True)

    def behind_an_edge_table(estate: Estate) -> None:
        main(estate).route_table("edge").associate("igw-main")

    def by_peering(estate: Estate) -> None:
        far = estate.vpc("far", "10.7.0.0/16")
        far.subnet("far", "10.7.1.0/24", table="far")
        far.route_table("far")
        far.security_group("far", ingress=[allow("-1")])
        far.network_interface("far", subnet="far", groups=["far"], address="10.7.1.9")
        main(estate).peering("link", far)
        estate.route_table("rtb-nat-wide").add_route("10.7.0.0/16", "pcx-link")

    assert asked("internet", wide, behind_an_edge_table) == "unknown UNSUPPORTED_COMPONENT"
    assert "UNSUPPORTED_COMPONENT" in asked("10.7.1.9:443", wide, by_peering)


@pytest.mark.item("C8")
@pytest.mark.parametrize(("protocol", "codes"), [(6, []), (17, []), (1, []), (47, ["PROTOCOL_RESTRICTION"])])
def test_a_gateway_carries_tcp_udp_and_icmp_alone(protocol: int, codes: list[str]) -> None:
    """No question names another protocol, so the gateway is asked by itself."""
    network = Network(snapshot_of(changed()))
    gateway, arrival = network.record("nat-main"), arrival_of(function_in("subnet-app-a"))
    ports = network.atoms.mask(protocol)
    arrival = msgspec.structs.replace(
        arrival, packets=msgspec.structs.replace(arrival.packets, source_ports=ports, destination_ports=ports)
    )
    notes = [note for hop in gateway.forward(arrival, network) for note in hop.notes]
    assert [note.code for note in notes if note.effect is Effect.FAIL] == codes


@pytest.mark.item("C2")
def test_a_gateway_of_a_kind_of_tomorrow_is_undecided() -> None:
    assert asked("internet", record("nat-main", ConnectivityType="tomorrow")) == "unknown UNSUPPORTED_COMPONENT"
