"""RDS instances: where they stand, their port, their state, and what they may be called."""

import pytest

from tests.estates.asking import ask, finding_codes, told
from tests.estates.builder import Estate, allow, combined
from tests.estates.transit import transit_gateway
from tests.unit.reach.worlds import (
    INTERFACES,
    Change,
    acl,
    asked,
    changed,
    database,
    denied,
    egress,
    forgotten,
    ingress,
    interface,
    main,
    no_route,
    record,
    unfinished,
    without,
)
from vpcreach.destinations.rds import DbEndpoint, DbInstance
from vpcreach.errors import UsageError

DATABASE = "rds:orders-db"
INSTANCES = "rds/describe-db-instances"
BOTH_ZONES = {"subnets": ["data-a", "data-b"], "multi_az": True}
CLOSED_B = acl("data-b", inbound=[])
CLOSED_A = acl("data-a", inbound=[])


def second_subnet_of_zone_a(estate: Estate) -> None:
    main(estate).subnet("data-a2", "10.0.4.0/24", az="a", table="private")


PLACES = [
    pytest.param((database(),), "reachable", id="H1-one-subnet"),
    pytest.param((database(), CLOSED_A), "blocked SUBNET_ACL_RESTRICTION", id="H1-whose-acl-is-closed"),
    pytest.param((database(subnets=["data-a", "data-b"]), CLOSED_B), "reachable", id="H1-only-its-own-zone-counts"),
    pytest.param(
        (database(subnets=["data-a", "data-b"], interfaces=False), CLOSED_B),
        "reachable",
        id="H1-though-no-interface-is-seen",
    ),
    pytest.param(
        (database(subnets=["data-a", "data-b"], interfaces=False), CLOSED_A),
        "blocked SUBNET_ACL_RESTRICTION",
        id="H1-its-own-zone-is-closed",
    ),
    pytest.param((database(**BOTH_ZONES),), "reachable", id="H1-multi-az"),
    pytest.param(
        (database(**BOTH_ZONES), CLOSED_B), "partial SUBNET_ACL_RESTRICTION", id="H1-the-standby-is-not-reached"
    ),
    pytest.param(
        (database(**BOTH_ZONES, interfaces=False), CLOSED_A),
        "partial SUBNET_ACL_RESTRICTION",
        id="H1-nor-the-first-place",
    ),
    pytest.param(
        (database(**BOTH_ZONES), CLOSED_A, CLOSED_B), "blocked SUBNET_ACL_RESTRICTION", id="H1-neither-place-is-reached"
    ),
    pytest.param(
        (second_subnet_of_zone_a, database(subnets=["data-a", "data-a2"], interfaces=False), CLOSED_A),
        "unknown UNKNOWN_DESTINATION",
        id="K4-one-of-two-subnets-and-nobody-knows-which",
    ),
    pytest.param(
        (second_subnet_of_zone_a, database(subnets=["data-a", "data-a2"], interfaces=False)),
        "reachable",
        id="K4-both-alternatives-pass",
    ),
    pytest.param(
        (
            second_subnet_of_zone_a,
            database(subnets=["data-a", "data-a2"], interfaces=False),
            acl("data-a", "data-a2", inbound=[]),
        ),
        "blocked SUBNET_ACL_RESTRICTION",
        id="K4-both-alternatives-fail",
    ),
    pytest.param(
        (second_subnet_of_zone_a, database(subnets=["data-a2", "data-a"]), CLOSED_A),
        "reachable",
        id="H1-an-interface-that-is-seen-tells-which",
    ),
    pytest.param(
        (second_subnet_of_zone_a, database(subnets=["data-a2", "data-a"]), CLOSED_A, denied(INTERFACES)),
        "unknown UNKNOWN_DESTINATION",
        id="H1-denied-it-tells-nothing",
    ),
    pytest.param(
        (database(interfaces=False), forgotten("subnet-data-a")),
        "unknown UNKNOWN_RESOURCE",
        id="H1-its-subnet-is-unread",
    ),
    pytest.param(
        (database(interfaces=False), acl("app-a", outbound=[(1, "allow", "-1", None, None, "10.0.2.0/25")])),
        "unknown UNKNOWN_DESTINATION",
        id="H1-half-of-its-subnet-is-let-through",
    ),
    pytest.param(
        (database(), lambda e: e["rds:orders-db"]["DBSubnetGroup"].update(Subnets=[])),
        "unknown NO_SOURCE_OR_DESTINATION",
        id="H1-no-subnets-told",
    ),
]


@pytest.mark.parametrize(("changes", "expected"), PLACES)
def test_where_an_instance_may_stand(changes: tuple[Change, ...], expected: str) -> None:
    assert asked(DATABASE, *changes) == expected


STATES = [
    ("available", "reachable"),
    ("stopped", "blocked BAD_STATE"),
    ("stopping", "blocked BAD_STATE"),
    ("deleting", "blocked BAD_STATE"),
    ("failed", "blocked BAD_STATE"),
    ("modifying", "reachable"),
    ("backing-up", "reachable"),
    ("configuring-log-exports", "reachable"),
]


@pytest.mark.parametrize(("status", "expected"), STATES, ids=lambda value: f"H1-{value}")
def test_the_status_of_an_instance(status: str, expected: str) -> None:
    estate = changed(database(status=status))
    assert told(estate, DATABASE) == expected
    is_passing = status not in ("available", "stopped", "stopping", "deleting", "failed")
    assert ("DESTINATION_IN_TRANSITION" in finding_codes(ask(estate, DATABASE))) is is_passing


ENGINES = [
    ("mysql", 3306),
    ("mariadb", 3306),
    ("aurora-mysql", 3306),
    ("aurora", 3306),
    ("postgres", 5432),
    ("aurora-postgresql", 5432),
    ("oracle-ee", 1521),
    ("custom-oracle-se2", 1521),
    ("sqlserver-ex", 1433),
    ("db2-se", 50000),
]


@pytest.mark.parametrize(("engine", "port"), ENGINES, ids=lambda value: f"H16-{value}")
def test_the_engines_usual_port_where_the_api_tells_none(engine: str, port: int) -> None:
    assert DbInstance(db_instance_identifier="x", engine=engine).port == port
    assert DbInstance(db_instance_identifier="x", engine=engine, endpoint=DbEndpoint(port=7000)).port == 7000
    assert DbInstance(db_instance_identifier="x", engine=engine, db_instance_port=7001).port == 7001


def test_the_port_of_the_api_is_asked_h16() -> None:
    only_7000 = ingress(allow("tcp", 7000, "sg-app"))
    assert asked(DATABASE, database(port=7000), only_7000) == "reachable"
    assert asked(DATABASE, database(port=5432), only_7000) == "blocked ENI_SG_RULES_MISMATCH"
    assert asked(f"{DATABASE}:7000", database(port=5432), only_7000) == "reachable"


ARN = "arn:aws:rds:eu-west-1:111122223333:db:orders-db"
HOST = "orders-db.c0ffee123456.eu-west-1.rds.amazonaws.com"
NAMES = [
    pytest.param(DATABASE, "reachable", id="H17-kind-and-name"),
    pytest.param("rds:ORDERS-DB", "reachable", id="H17-in-capitals"),
    pytest.param(ARN, "reachable", id="H17-arn"),
    pytest.param(f"{ARN}:5432", "reachable", id="H17-arn-and-port"),
    pytest.param(f"{ARN}:9999", "blocked ENI_SG_RULES_MISMATCH", id="H17-arn-and-another-port"),
    pytest.param(HOST, "reachable", id="H17-host-name"),
    pytest.param(f"{HOST}:5432", "reachable", id="H17-host-name-and-port"),
    pytest.param(HOST.upper(), "reachable", id="H17-host-name-in-capitals"),
    pytest.param("shop-database", "reachable", id="H17-name-tag"),
    pytest.param("rds:shop-database", "reachable", id="H17-kind-and-name-tag"),
]


@pytest.mark.parametrize(("destination", "expected"), NAMES)
def test_what_an_instance_may_be_called(destination: str, expected: str) -> None:
    tagged = record("rds:orders-db", TagList=[{"Key": "Name", "Value": "shop-database"}])
    assert asked(destination, database(), tagged) == expected


def other_account() -> Estate:
    """Another account with a database of the same name, in a VPC of its own."""
    far = Estate("999900001111", list_suffix="-far")
    far.vpc("far", "10.9.0.0/16").subnet("far-a", "10.9.1.0/24", az="a")
    far.rds_instance("orders-db", subnets=["far-a"])
    return far


def test_a_name_is_looked_up_in_the_functions_own_account_first_h17() -> None:
    assert told(combined(changed(database()), other_account()), DATABASE) == "reachable"


def test_then_in_the_whole_snapshot_h17() -> None:
    answer = told(combined(changed(no_route()), other_account()), DATABASE)
    assert answer == "blocked NO_ROUTE_TO_DESTINATION"


def test_a_name_in_two_other_accounts_is_a_usage_error_that_lists_them_h17() -> None:
    third = Estate("888800001111", list_suffix="-third")
    third.vpc("third", "10.7.0.0/16").subnet("third-a", "10.7.1.0/24", az="a")
    third.rds_instance("orders-db", subnets=["third-a"])
    with pytest.raises(UsageError, match=r"arn:aws:rds:eu-west-1:888800001111.*, arn:aws:rds:eu-west-1:999900001111"):
        told(combined(changed(), other_account(), third), DATABASE)


LISTS = [
    pytest.param((without(INSTANCES),), "unknown COLLECTION_FAILED", id="H1-file-absent"),
    pytest.param((denied(INSTANCES),), "unknown COLLECTION_FAILED", id="H1-call-denied"),
    pytest.param(
        (forgotten("rds:orders-db"), unfinished(INSTANCES)), "unknown COLLECTION_FAILED", id="H1-pages-missing"
    ),
    pytest.param((unfinished(INSTANCES),), "reachable", id="H1-what-the-pages-hold-counts"),
]


@pytest.mark.parametrize(("changes", "expected"), LISTS)
def test_a_name_that_an_unread_file_may_hold(changes: tuple[Change, ...], expected: str) -> None:
    assert asked(DATABASE, database(), *changes) == expected


def test_a_name_that_the_file_does_not_hold_is_a_usage_error_h17() -> None:
    with pytest.raises(UsageError, match="did you mean"):
        asked("rds:order-db", database())


def test_nothing_leaves_whatever_the_file_holds_k6() -> None:
    assert asked(DATABASE, database(), without(INSTANCES), egress()).startswith("blocked SG_HAS_NO_RULES")


def public_elsewhere(estate: Estate) -> None:
    far = estate.vpc("far", "10.9.0.0/16")
    far.subnet("far-a", "10.9.1.0/24", az="a")
    estate.rds_instance("orders-db", subnets=["far-a"], public=True)


def test_a_publicly_accessible_instance_is_private_inside_its_vpc_h1() -> None:
    assert asked(DATABASE, database(public=True), no_route()) == "reachable"


def on_the_internet(estate: Estate) -> None:
    """The far VPC has an internet gateway, a route to it, and a default group that admits the NAT gateway."""
    far = estate.drawn_vpc("far")
    far.internet_gateway("far")
    far.main_route_table().add_route("0.0.0.0/0", "igw-far")
    far.set_rules("default", ingress=[allow("tcp", 5432, "52.0.0.1/32")])


@pytest.mark.item("C11")
def test_from_another_vpc_its_name_leads_to_its_public_address_h1() -> None:
    assert asked(DATABASE, public_elsewhere, on_the_internet) == "reachable"
    assert asked(DATABASE, public_elsewhere, on_the_internet, no_route()) == "blocked NO_ROUTE_TO_DESTINATION"
    assert asked(DATABASE, public_elsewhere).startswith("blocked BAD_STATE_ATTACHMENT")


@pytest.mark.item("C11")
def test_a_public_address_of_which_no_file_tells_the_interface_is_unknown_h1() -> None:
    hidden = forgotten("eni-rds-orders-db")
    assert asked(DATABASE, public_elsewhere, on_the_internet, hidden) == "unknown UNKNOWN_DESTINATION"
    assert asked(DATABASE, public_elsewhere, hidden, no_route()) == "blocked NO_ROUTE_TO_DESTINATION"
    assert asked(DATABASE, public_elsewhere, hidden, egress()).startswith("blocked SG_HAS_NO_RULES")


def joined(*, dns: bool = True, attachments: bool = True) -> Change:
    """The far VPC joined by a transit gateway, its group open to private clients alone."""

    def change(estate: Estate) -> None:
        far = estate.drawn_vpc("far")
        far.set_rules("default", ingress=[allow("tcp", 5432, "10.0.0.0/16")])
        far.main_route_table().add_route("10.0.0.0/16", "tgw-hub")
        estate.route_table("rtb-private").add_route("10.9.0.0/16", "tgw-hub")
        hub = transit_gateway(estate, "hub", dns=dns)
        hub.table("all")
        hub.attach("main", main(estate), subnets=["app-a"], table="all", propagates=["all"], dns=attachments)
        hub.attach("far", far, subnets=["far-a"], table="all", propagates=["all"])

    return change


@pytest.mark.item("G6")
def test_across_a_transit_gateway_with_dns_support_its_name_means_its_private_address_h1() -> None:
    assert asked(DATABASE, public_elsewhere, on_the_internet, joined()) == "reachable"
    for off in (joined(dns=False), joined(attachments=False)):
        assert asked(DATABASE, public_elsewhere, on_the_internet, off) == "blocked ENI_SG_RULES_MISMATCH"


@pytest.mark.item("G4")
def test_in_a_peer_its_name_means_its_private_address_where_its_vpc_allows_that_h1() -> None:
    def peered(*, resolve_dns: bool) -> Change:
        def change(estate: Estate) -> None:
            far = estate.drawn_vpc("far")
            far.set_rules("default", ingress=[allow("tcp", 5432, "10.0.0.0/16")])
            main(estate).peering("far", far, resolve_dns=resolve_dns)
            far.main_route_table().add_route("10.0.0.0/16", "pcx-far")
            estate.route_table("rtb-private").add_route("10.9.0.0/16", "pcx-far")

        return change

    assert asked(DATABASE, public_elsewhere, on_the_internet, peered(resolve_dns=True)) == "reachable"
    refused = peered(resolve_dns=False)
    assert asked(DATABASE, public_elsewhere, on_the_internet, refused) == "blocked ENI_SG_RULES_MISMATCH"
    untold = without("ec2/describe-vpc-peering-connections")
    assert asked(DATABASE, public_elsewhere, on_the_internet, untold) == "unknown COLLECTION_FAILED"


def test_a_private_instance_of_another_vpc_is_not_on_the_internet_h1() -> None:
    private = record("rds:orders-db", PubliclyAccessible=False)
    answer = asked(DATABASE, public_elsewhere, private)
    assert answer == "blocked IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS"


@pytest.mark.item("A4")
def test_a_function_without_vpc_meets_a_public_instance_at_its_public_address() -> None:
    estate = changed(database(public=True))
    del estate["function:app"]["VpcConfig"]
    assert told(estate, DATABASE) == "blocked SG_REFERENCES_NOT_PRESERVED ASYMMETRIC_MIDDLEBOX_ROUTE"
    estate["rds:orders-db"]["PubliclyAccessible"] = False
    assert told(estate, DATABASE) == "blocked FUNCTION_NOT_IN_VPC"


def test_a_status_that_ends_the_service_h1() -> None:
    for status in ("incompatible-network", "incompatible-credentials"):
        assert asked(DATABASE, database(status=status)) == "blocked BAD_STATE", status


def test_a_full_database_and_one_that_may_yet_be_deleted_were_said_to_answer_nobody_h1() -> None:
    for status in ("storage-full", "delete-precheck"):
        assert asked(DATABASE, database(status=status)) == "unknown BAD_STATE", status


def test_a_status_that_nobody_knows_decides_nothing_h1() -> None:
    for status in ("unsupported-configuration", "brand-new-status"):
        assert asked(DATABASE, database(status=status)) == "unknown BAD_STATE", status


def stranger(estate: Estate) -> None:
    """An interface of RDS in data-b, of something that no reply tells, behind the same group."""
    settings = {"subnet": "data-b", "groups": ["data"], "address": "10.0.3.60"}
    main(estate).network_interface("stranger", **settings)  # type: ignore[arg-type]
    estate["eni-stranger"].update(Description="RDSNetworkInterface", RequesterId="amazon-rds")


def test_an_interface_in_another_zone_is_not_the_instances_own_h1() -> None:
    hidden = database(subnets=["data-a", "data-b"], interfaces=False), stranger
    assert asked(DATABASE, *hidden, CLOSED_B) == "reachable"
    assert asked(DATABASE, *hidden, CLOSED_A) == "blocked SUBNET_ACL_RESTRICTION"


def test_an_interface_of_another_service_is_not_the_instances_own_h1() -> None:
    hidden = second_subnet_of_zone_a, database(subnets=["data-a", "data-a2"], interfaces=False), CLOSED_A
    assert asked(DATABASE, *hidden, interface(requester="amazon-rds")) == "unknown UNKNOWN_DESTINATION"


GAPS = [INTERFACES, INSTANCES]


@pytest.mark.parametrize("path", GAPS, ids=lambda value: f"H1-{value}")
def test_an_interface_counts_as_its_own_only_where_both_lists_are_whole(path: str) -> None:
    two_subnets = second_subnet_of_zone_a, database(subnets=["data-a2", "data-a"]), CLOSED_A
    assert asked(DATABASE, *two_subnets) == "reachable"
    assert asked(DATABASE, *two_subnets, unfinished(path)) == "unknown UNKNOWN_DESTINATION"
