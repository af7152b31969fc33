"""Network ACLs: first match, partial overlaps, both directions, and the six checks of a way through a NAT gateway."""

import pytest

from tests.estates.asking import ask
from tests.estates.builder import Estate
from tests.estates.rules import AclRule
from tests.unit.reach.worlds import (
    ALL,
    INTERFACES,
    PEER_V6,
    Change,
    acl,
    asked,
    changed,
    database,
    denied,
    dual_stack,
    forgotten,
    gateway_endpoint,
    ingress,
    interface_endpoint,
    main,
    unfinished,
    without,
)
from vpcreach.components.network_acl import NetworkAcl
from vpcreach.errors import SnapshotError
from vpcreach.forwarding import Leg

ACLS = "ec2/describe-network-acls"
DATABASE = "rds:orders-db"
ANY = "0.0.0.0/0"
CLIENTS: AclRule = (200, "allow", "tcp", 1024, 65535, ANY)
HTTPS: AclRule = (100, "allow", "tcp", 443, 443, ANY)
TO_DATABASE: AclRule = (100, "allow", "tcp", 5432, 5432, "10.0.2.0/24")


def out_of_app(*rules: AclRule) -> Change:
    return acl("app-a", outbound=rules)


def into_data(*rules: AclRule) -> Change:
    return acl("data-a", inbound=rules)


BLOCKED = "blocked SUBNET_ACL_RESTRICTION"
ENTRIES = [
    pytest.param(out_of_app(TO_DATABASE), "reachable", id="E2-allowed"),
    pytest.param(out_of_app(), BLOCKED, id="E2-the-entry-that-denies-what-is-left"),
    pytest.param(
        out_of_app((90, "deny", "tcp", 5432, 5432, ANY), TO_DATABASE), BLOCKED, id="E2-the-first-match-denies"
    ),
    pytest.param(
        out_of_app(TO_DATABASE, (110, "deny", "-1", None, None, ANY)), "reachable", id="E2-the-first-match-allows"
    ),
    pytest.param(
        out_of_app((110, "allow", "-1", None, None, ANY), (20, "deny", "-1", None, None, ANY)),
        BLOCKED,
        id="E2-numbers-order-the-entries-and-not-the-reply",
    ),
    pytest.param(
        out_of_app((100, "allow", "tcp", 5432, 5433, "10.0.2.0/25")), "reachable", id="E2-a-part-that-holds-it"
    ),
    pytest.param(out_of_app((100, "allow", "tcp", 5432, 5432, "10.0.2.128/25")), BLOCKED, id="E2-the-other-part"),
    pytest.param(out_of_app((100, "allow", "tcp", 5400, 5431, ANY)), BLOCKED, id="E2-ports-end-where-they-end"),
    pytest.param(out_of_app((100, "allow", "udp", 5432, 5432, ANY)), BLOCKED, id="E2-udp-is-not-tcp"),
    pytest.param(out_of_app((100, "allow", "47", None, None, ANY)), BLOCKED, id="E2-gre-is-not-tcp"),
    pytest.param(out_of_app((100, "allow", "6", None, None, ANY)), "reachable", id="E1-protocol-by-number"),
    pytest.param(out_of_app((100, "allow", "-1", None, None, ANY)), "reachable", id="E1-every-protocol"),
    pytest.param(
        out_of_app((50, "deny", "17", None, None, ANY), (60, "deny", "icmp", None, None, ANY), TO_DATABASE),
        "reachable",
        id="E2-a-denial-of-other-protocols-stops-nothing",
    ),
    pytest.param(
        into_data((100, "allow", "tcp", 5432, 5432, "10.0.1.0/24"), CLIENTS),
        "reachable",
        id="E2-inbound-reads-the-source",
    ),
    pytest.param(
        into_data((100, "allow", "tcp", 5432, 5432, "10.0.2.0/24")), BLOCKED, id="E2-inbound-reads-no-destination"
    ),
    pytest.param(
        into_data((100, "allow", "tcp", 5432, 5432, "10.0.1.0/25")),
        "partial SOURCE_CIDR_PARTIALLY_ALLOWED",
        id="A25-an-acl-that-admits-half-of-the-subnet",
    ),
    pytest.param(
        into_data((90, "deny", "tcp", 5432, 5432, "10.0.1.64/26"), (100, "allow", "-1", None, None, ANY)),
        "partial SOURCE_CIDR_PARTIALLY_ALLOWED",
        id="A25-an-acl-that-denies-a-quarter-of-it",
    ),
    pytest.param(
        acl("data-a", outbound=[(100, "allow", "tcp", 1024, 65535, "10.0.1.0/25")]),
        "partial SOURCE_CIDR_PARTIALLY_ALLOWED",
        id="A25-answers-to-half-of-the-subnet",
    ),
    pytest.param(acl("app-a", inbound=[]), BLOCKED, id="E5-the-answers-do-not-come-in"),
    pytest.param(acl("data-a", outbound=[]), BLOCKED, id="E5-the-answers-do-not-leave"),
    pytest.param(
        acl("app-a", inbound=[(100, "allow", "tcp", 5432, 5432, ANY)]),
        "partial NACL_EPHEMERAL_PARTIAL",
        id="E6-one-client-port-of-all",
    ),
    pytest.param(
        acl("app-a", inbound=[(100, "allow", "tcp", 1024, 65535, "10.0.2.0/24")]), "reachable", id="E6-exactly"
    ),
    pytest.param(
        acl("app-a", inbound=[(100, "allow", "tcp", 32768, 60999, ANY)]),
        "partial NACL_EPHEMERAL_PARTIAL",
        id="E6-the-ports-of-linux-are-only-some",
    ),
    pytest.param(
        acl("data-a", outbound=[(100, "allow", "tcp", 49152, 65535, ANY)]),
        "partial NACL_EPHEMERAL_PARTIAL",
        id="E6-the-ports-of-windows-are-only-some",
    ),
    pytest.param(acl("data-a", outbound=[(100, "allow", "tcp", 0, 1023, ANY)]), BLOCKED, id="E6-ports-no-client-uses"),
]


@pytest.mark.parametrize(("change", "expected"), ENTRIES)
def test_entries_decide_in_their_order(change: Change, expected: str) -> None:
    assert asked(DATABASE, database(), change) == expected


def test_a_block_that_is_partly_allowed_is_partial_and_not_sampled_e2() -> None:
    open_data = ingress()  # no known interface is in the block, so no group stands in front
    allowed = out_of_app((100, "allow", "tcp", 443, 443, "10.0.2.0/25"))
    answer = ask(changed(open_data, forgotten("eni-nat-main"), allowed), "10.0.2.0/24:443")
    assert answer.verdict.value == "partial"
    assert [str(packets.addresses) for packets in answer.subnets[0].failing] == ["10.0.2.128/25"]


ASSOCIATIONS = [
    pytest.param((without(ACLS),), "unknown COLLECTION_FAILED", id="E1-file-absent"),
    pytest.param((denied(ACLS),), "unknown COLLECTION_FAILED", id="E1-call-denied"),
    pytest.param(
        (forgotten("acl-main-default"),),
        "unknown COLLECTION_FAILED",
        id="E1-neither-an-acl-of-the-subnet-nor-a-default",
    ),
    pytest.param((unfinished(ACLS),), "reachable", id="E1-what-an-unfinished-file-holds-counts"),
    pytest.param(
        (unfinished(ACLS), forgotten("acl-main-default")), "unknown COLLECTION_FAILED", id="E1-its-rest-is-a-gap"
    ),
    pytest.param(
        (lambda e: e["acl-main-default"].update(Associations=[]),),
        "reachable",
        id="E1-unassociated-means-the-default-acl",
    ),
    pytest.param(
        (lambda e: e["acl-main-default"].update(Associations=[], Entries=[]),),
        BLOCKED,
        id="E4-a-default-acl-may-be-edited",
    ),
]


@pytest.mark.parametrize(("changes", "expected"), ASSOCIATIONS)
def test_the_acl_of_a_subnet(changes: tuple[Change, ...], expected: str) -> None:
    assert asked(DATABASE, database(), *changes) == expected


def test_traffic_inside_a_subnet_meets_no_acl_e3() -> None:
    inside = database(subnets=["app-a"])
    closed = acl("app-a", inbound=[], outbound=[])
    assert asked(DATABASE, inside, closed) == "reachable"
    assert asked(DATABASE, inside, denied(ACLS)) == "reachable"


def test_ipv6_entries_are_apart_from_ipv4_ones_e2() -> None:
    every: AclRule = (100, "allow", "-1", None, None, ANY)
    every_v6: AclRule = (101, "allow", "-1", None, None, "::/0")
    four, six = acl("app-a", outbound=[every], inbound=[every]), acl("app-a", outbound=[every_v6], inbound=[every_v6])
    both = acl("app-a", outbound=[every, every_v6], inbound=[every, every_v6])
    literal = "10.0.2.100:443"
    for change, v4, v6 in ((four, "reachable", BLOCKED), (six, BLOCKED, "reachable"), (both, "reachable", "reachable")):
        estate = changed(change, start=dual_stack)
        address = estate["eni-peer"]["PrivateIpAddress"]
        assert asked(f"{address}:443", change, start=dual_stack) == v4, literal
        assert asked(PEER_V6, change, start=dual_stack) == v6


def test_a_new_acl_of_a_dual_stack_vpc_denies_ipv6_until_told_otherwise_e4() -> None:
    assert asked(PEER_V6, acl("app-a"), start=dual_stack) == BLOCKED


NAT_CIDR = "10.0.0.0/24"
SIX_CHECKS = [
    pytest.param(1, acl("app-a", outbound=[]), "acl-app-a", Leg.OUT, "outbound", id="E7-1-out-of-the-function"),
    pytest.param(2, acl("public-a", inbound=[CLIENTS]), "acl-public-a", Leg.OUT, "inbound", id="E7-2-into-the-nat"),
    pytest.param(3, acl("public-a", outbound=[CLIENTS]), "acl-public-a", Leg.OUT, "outbound", id="E7-3-out-of-the-nat"),
    pytest.param(4, acl("public-a", inbound=[HTTPS]), "acl-public-a", Leg.BACK, "inbound", id="E7-4-back-into-the-nat"),
    pytest.param(
        5, acl("public-a", outbound=[HTTPS]), "acl-public-a", Leg.BACK, "outbound", id="E7-5-back-out-of-the-nat"
    ),
    pytest.param(6, acl("app-a", inbound=[HTTPS]), "acl-app-a", Leg.BACK, "inbound", id="E7-6-back-into-the-function"),
]


@pytest.mark.item("E7", "C1")
@pytest.mark.parametrize(("number", "change", "component", "leg", "direction"), SIX_CHECKS)
def test_each_of_the_six_checks_stops_alone(
    number: int, change: Change, component: str, leg: Leg, direction: str
) -> None:
    answer = ask(changed(change), "internet")
    assert answer.verdict.value == "blocked", number
    blockers = [(note.code, note.component, note.leg, note.entry.split()[0]) for note in answer.blockers]
    assert blockers == [("SUBNET_ACL_RESTRICTION", component, leg, direction)]


EXACT = [
    pytest.param("app-a", [(100, "allow", "tcp", 443, 443, ANY)], [CLIENTS], id="E7-1-and-6-exactly"),
    pytest.param(
        "public-a",
        [HTTPS, (110, "allow", "tcp", 1024, 65535, "10.0.1.0/24")],
        [(100, "allow", "tcp", 443, 443, "10.0.1.0/24"), CLIENTS],
        id="E7-2-to-5-exactly",
    ),
]


@pytest.mark.parametrize(("subnet", "outbound", "inbound"), EXACT)
def test_just_what_the_six_checks_ask_is_enough(subnet: str, outbound: list[AclRule], inbound: list[AclRule]) -> None:
    assert asked("internet", acl(subnet, outbound=outbound, inbound=inbound)) == "reachable"


def test_the_second_check_compares_the_functions_addresses_and_the_fourth_the_internets_e7() -> None:
    only_nat = acl("public-a", inbound=[(100, "allow", "-1", None, None, NAT_CIDR)])
    assert asked("internet", only_nat) == BLOCKED
    only_function = acl("public-a", inbound=[(100, "allow", "-1", None, None, "10.0.1.0/24")])
    assert [note.leg for note in ask(changed(only_function), "internet").blockers] == [Leg.BACK]


def test_the_third_check_may_close_a_part_of_the_internet_e7() -> None:
    hole: AclRule = (10, "deny", "-1", None, None, "9.0.0.0/8")
    answer = ask(changed(acl("public-a", outbound=[hole, *ALL])), "internet")
    assert answer.verdict.value == "partial"
    assert [str(packets.addresses) for packets in answer.subnets[0].failing] == ["9.0.0.0/8"]


def test_the_client_ports_of_function_and_nat_gateway_are_independent_e6() -> None:
    low: AclRule = (100, "allow", "tcp", 1024, 30000, ANY)
    high: AclRule = (100, "allow", "tcp", 30001, 65535, ANY)
    to_function = [low], [HTTPS, high]
    halves = acl("app-a", inbound=to_function[0]), acl("public-a", inbound=to_function[1])
    assert asked("internet", *halves) == "partial NACL_EPHEMERAL_PARTIAL"


def test_the_client_ports_of_one_segment_are_cut_along_its_whole_way_e6() -> None:
    low: AclRule = (100, "allow", "tcp", 1024, 30000, ANY)
    high: AclRule = (110, "allow", "tcp", 30001, 65535, ANY)
    halves = acl("data-a", outbound=[low]), acl("app-a", inbound=[high])
    assert asked(DATABASE, database(), *halves).startswith("blocked")


def test_a_way_to_a_gateway_endpoint_crosses_the_functions_acl_alone_e8() -> None:
    outbound: list[AclRule] = [(n, "allow", "tcp", 443, 443, c) for n, c in enumerate(S3, 100)]
    inbound: list[AclRule] = [(n, "allow", "tcp", 1024, 65535, c) for n, c in enumerate(S3, 100)]
    assert asked("s3", gateway_endpoint(), acl("app-a", outbound=outbound, inbound=inbound)) == "reachable"
    assert asked("s3", gateway_endpoint(), acl("app-a", outbound=outbound[:2], inbound=inbound)) == (
        "partial SUBNET_ACL_RESTRICTION"
    )
    assert asked("s3", gateway_endpoint(), acl("app-a", outbound=outbound, inbound=inbound[1:])) == (
        "partial SUBNET_ACL_RESTRICTION"
    )
    assert asked("s3", gateway_endpoint(), acl("public-a", outbound=[], inbound=[])) == "reachable"


S3 = ("3.5.64.0/21", "52.92.0.0/17", "52.218.0.0/17")
ENDPOINT_CHECKS = [
    pytest.param(acl("app-a", outbound=[]), Leg.OUT, id="E9-out-of-the-function"),
    pytest.param(acl("data-a", inbound=[]), Leg.OUT, id="E9-into-the-endpoint"),
    pytest.param(acl("data-a", outbound=[]), Leg.BACK, id="E9-back-out-of-the-endpoint"),
    pytest.param(acl("app-a", inbound=[]), Leg.BACK, id="E9-back-into-the-function"),
]


@pytest.mark.item("E9")
@pytest.mark.parametrize(("change", "leg"), ENDPOINT_CHECKS)
def test_a_way_to_an_interface_endpoint_crosses_two_acls_both_ways(change: Change, leg: Leg) -> None:
    answer = ask(changed(interface_endpoint(), change), "service:sts")
    assert answer.verdict.value == "blocked"
    assert [(note.code, note.leg) for note in answer.blockers] == [("SUBNET_ACL_RESTRICTION", leg)]


def test_a_blocker_names_rule_direction_and_leg_e2() -> None:
    denying = acl("app-a", outbound=[(77, "deny", "-1", None, None, ANY), *ALL])
    blocker = ask(changed(denying), "internet").blockers[0]
    assert (blocker.component, blocker.entry, blocker.leg) == ("acl-app-a", "outbound rule 77 deny", Leg.OUT)


@pytest.mark.item("D11")
def test_the_resolver_is_no_business_of_an_acl_e3() -> None:
    assert asked("169.254.169.253:53/udp", acl("app-a", outbound=[], inbound=[])) == "reachable"


def test_an_entry_of_all_protocols_ignores_a_stray_port_range_e1() -> None:
    def stray(estate: Estate) -> None:
        main(estate).network_acl("app-a", subnets=["app-a"])
        for entry in estate["acl-app-a"]["Entries"]:
            if entry["RuleNumber"] == 100:
                entry["PortRange"] = {"From": 22, "To": 22}

    assert asked("internet", stray, denied(INTERFACES)) == "reachable"


def test_an_acl_is_known_by_its_prefix_e1() -> None:
    assert NetworkAcl.id_prefix == "acl-"


@pytest.mark.item("E2")
def test_an_entry_with_an_action_of_tomorrow_is_undecided_where_it_matches_first() -> None:
    def odd(number: int) -> Change:
        rule: AclRule = (number, "log", "-1", None, None, "10.0.2.0/24")
        return out_of_app(TO_DATABASE, rule)

    assert asked(DATABASE, database(), odd(90)) == "unknown COLLECTION_FAILED"
    assert asked(DATABASE, database(), odd(110)) == "reachable"


@pytest.mark.item("E1")
@pytest.mark.parametrize("ports", [{"From": 443, "To": 80}, {"From": 443}, {"To": 443}], ids=str)
def test_a_port_range_that_is_none_is_refused_with_its_place(ports: dict[str, int]) -> None:
    def broken(estate: Estate) -> None:
        estate["acl-main-default"]["Entries"][0].update(Protocol="6", PortRange=ports)

    with pytest.raises(SnapshotError, match=r"Entries\[0\].*From and To"):
        asked(DATABASE, database(), broken)
