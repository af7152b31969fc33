"""Interfaces, instances and groups by id, name or ARN."""

import pytest

from tests.estates.asking import ask, told
from tests.estates.builder import Estate, allow
from tests.unit.reach.worlds import (
    INTERFACES,
    Change,
    asked,
    changed,
    denied,
    dual_stack,
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
from vpcreach.errors import UsageError

INSTANCES = "ec2/describe-instances"


def web(**settings: object) -> Change:
    """An instance in data-a, in group data."""
    chosen: dict[str, object] = {"subnet": "data-a", "groups": ["data"]} | settings
    return lambda estate: estate.instance("web", **chosen)  # type: ignore[arg-type]


STATES = [
    ("running", "reachable"),
    ("stopped", "blocked BAD_STATE"),
    ("stopping", "blocked BAD_STATE"),
    ("shutting-down", "blocked BAD_STATE"),
    ("terminated", "blocked BAD_STATE"),
    ("pending", "reachable"),
    ("dreaming", "unknown BAD_STATE"),
]


@pytest.mark.parametrize(("state", "expected"), STATES, ids=lambda value: f"H12-{value}")
def test_an_instance_must_run(state: str, expected: str) -> None:
    assert asked("i-web:5432", web(state=state)) == expected


CALLED = ["i-web:5432", "web:5432", "eni-web:5432", "arn:aws:ec2:eu-west-1:111122223333:instance/i-web:5432"]


@pytest.mark.parametrize("destination", CALLED, ids=lambda value: f"H12-{value}")
def test_what_an_instance_may_be_called(destination: str) -> None:
    assert asked(destination, web()) == "reachable"
    assert asked(destination, web(), ingress()) == "blocked ENI_SG_RULES_MISMATCH"


INTERFACE_STATES = [
    pytest.param((), "reachable", id="H12-in-use"),
    pytest.param((record("eni-peer", Status="available"),), "blocked BAD_STATE", id="H12-detached"),
    pytest.param((ingress(),), "blocked ENI_SG_RULES_MISMATCH", id="H12-its-groups"),
    pytest.param((denied(INTERFACES),), "unknown COLLECTION_FAILED", id="H12-call-denied"),
    pytest.param((without(INTERFACES),), "unknown COLLECTION_FAILED", id="H12-file-absent"),
    pytest.param((forgotten("eni-peer"), unfinished(INTERFACES)), "unknown COLLECTION_FAILED", id="H12-pages-missing"),
    pytest.param((forgotten("subnet-data-a"),), "unknown UNKNOWN_RESOURCE", id="A24-its-subnet-is-not-in-the-file"),
]


@pytest.mark.parametrize(("changes", "expected"), INTERFACE_STATES)
def test_an_interface_by_its_id(changes: tuple[Change, ...], expected: str) -> None:
    assert asked("eni-peer:5432", interface(), *changes) == expected


def test_an_id_that_the_file_does_not_hold_is_a_usage_error_h17() -> None:
    for destination in ("eni-nobody", "i-nobody", "sg-nobody"):
        with pytest.raises(UsageError, match="is not in the snapshot"):
            asked(destination)


def far_member(estate: Estate) -> None:
    main(estate).network_interface("far", subnet="data-b", groups=["data"], address="10.0.3.50")


GROUP = [
    pytest.param((), "unknown NO_SOURCE_OR_DESTINATION", id="H17-nobody-carries-it"),
    pytest.param((interface(),), "reachable", id="H17-one-carries-it"),
    pytest.param((interface(), far_member), "reachable", id="H17-two-carry-it"),
    pytest.param(
        (interface(), far_member, record("eni-far"), lambda e: e["eni-far"].update(Groups=[{"GroupId": "sg-data"}])),
        "reachable",
        id="H17-each-behind-its-own-groups",
    ),
    pytest.param(
        (interface(), far_member, lambda e: main(e).network_acl("b", subnets=["data-b"], inbound=[])),
        "partial SUBNET_ACL_RESTRICTION",
        id="H17-every-one-must-be-reached",
    ),
    pytest.param((interface(), denied(INTERFACES)), "unknown COLLECTION_FAILED", id="H17-interfaces-denied"),
    pytest.param((interface(), unfinished(INTERFACES)), "unknown COLLECTION_FAILED", id="H17-others-on-another-page"),
    pytest.param(
        (interface(), unfinished(INTERFACES), ingress()),
        "unknown ENI_SG_RULES_MISMATCH COLLECTION_FAILED",
        id="H17-fail-and-unread",
    ),
    pytest.param((interface(), egress()), "blocked SG_HAS_NO_RULES", id="H17-nothing-leaves"),
]


@pytest.mark.parametrize(("changes", "expected"), GROUP)
def test_a_group_means_everything_that_carries_it(changes: tuple[Change, ...], expected: str) -> None:
    answer = asked("sg-data:5432", *changes).split()
    verdict, *codes = expected.split()
    assert (answer[0], set(answer[1:])) == (verdict, set(codes))


def test_an_instance_that_has_no_interface_left_is_still_told_of_h12() -> None:
    gone = web(state="terminated"), lambda e: e["i-web"].update(NetworkInterfaces=[])
    assert asked("i-web", *gone) == "blocked BAD_STATE"


def test_instances_that_no_file_lists_are_unknown_h12() -> None:
    assert asked("i-web:5432", web(), denied(INSTANCES)) == "unknown COLLECTION_FAILED"
    assert asked("i-web:5432", web(), without(INSTANCES)) == "unknown COLLECTION_FAILED"


def test_the_port_is_443_unless_said_h12() -> None:
    only_https = ingress(allow("tcp", 443, "sg-app"))
    estate = changed(interface(), only_https)
    assert told(estate, "eni-peer") == "reachable"
    assert ask(estate, "eni-peer").subnets[0].traces[0].packets.ports == "443"


def second(estate: Estate) -> None:
    """Another interface of `i-web`, printed before its primary one, behind a group that admits nobody."""
    main(estate).security_group("closed", ingress=[])
    other = {
        "NetworkInterfaceId": "eni-second",
        "SubnetId": "subnet-data-b",
        "VpcId": "vpc-main",
        "PrivateIpAddress": "10.0.3.70",
        "Groups": [{"GroupId": "sg-closed"}],
        "Attachment": {"DeviceIndex": 1},
    }
    estate["i-web"]["NetworkInterfaces"].insert(0, other)


def test_an_instance_is_reached_at_its_primary_interface_h12() -> None:
    by_index: Change = lambda e: e["i-web"].update(PrivateIpAddress=None)  # noqa: E731
    by_address: Change = lambda e: e["i-web"]["NetworkInterfaces"][1].update(Attachment={})  # noqa: E731
    for changes in ((), (by_index,), (by_address,)):
        assert asked("i-web:5432", web(), second, *(change for change in changes)) == "reachable"
    assert asked("i-web:5432", web(), second, by_index, by_address) == "unknown UNKNOWN_DESTINATION"


def test_an_instances_interface_without_groups_is_unknown_h12() -> None:
    groupless: Change = lambda e: e["i-web"]["NetworkInterfaces"][0].pop("Groups")  # noqa: E731
    assert asked("i-web:5432", web(), groupless) == "unknown UNKNOWN_DESTINATION"


def secondary_address(estate: Estate) -> None:
    """Another address of the instance's primary interface, in the closed half of data-a."""
    estate["i-web"]["NetworkInterfaces"][0]["PrivateIpAddresses"].append({"PrivateIpAddress": "10.0.2.200"})
    estate["eni-web"]["PrivateIpAddresses"].append({"PrivateIpAddress": "10.0.2.200"})
    upper_half = [(90, "deny", "-1", None, None, "10.0.2.128/25"), (100, "allow", "-1", None, None, "0.0.0.0/0")]
    main(estate).network_acl("half", subnets=["app-a"], outbound=upper_half)


@pytest.mark.item("H12")
def test_an_instance_is_reached_at_its_own_address_and_an_interface_at_all_of_its_addresses() -> None:
    assert asked("i-web:5432", web(), secondary_address) == "reachable"
    assert asked("eni-web:5432", web(), secondary_address) == "partial SUBNET_ACL_RESTRICTION"


@pytest.mark.item("H12")
def test_an_instance_or_interface_with_ipv6_alone_is_reached_over_it() -> None:
    def drawn(estate: Estate) -> None:
        estate.instance("web", subnet="data-a", groups=["peer"])
        for item in (estate["i-web"]["NetworkInterfaces"][0], estate["eni-web"]):
            item.update(PrivateIpAddress=None, PrivateIpAddresses=[])
            item.update(Ipv6Addresses=[{"Ipv6Address": "2600:1f18:0:2::77"}])
        estate["i-web"].update(PrivateIpAddress=None)

    for destination in ("i-web", "eni-web"):
        assert asked(destination, drawn, start=dual_stack) == "reachable"
        only_ipv4: Change = lambda e: e["function:app"]["VpcConfig"].update(Ipv6AllowedForDualStack=False)  # noqa: E731
        assert asked(destination, drawn, only_ipv4, start=dual_stack) == "blocked LAMBDA_IPV6_NOT_ENABLED"


@pytest.mark.item("H12")
def test_an_instance_of_another_vpc_is_not_next_door() -> None:
    def far(estate: Estate) -> None:
        estate.vpc("far", "10.9.0.0/16").subnet("far-a", "10.9.1.0/24", az="a")
        estate.instance("far", subnet="far-a")

    assert asked("i-far", far) == "blocked IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS"
    assert asked("eni-far", far, no_route()) == "blocked NO_ROUTE_TO_DESTINATION"


TYPES = [
    pytest.param("transit_gateway", "blocked NO_POSSIBLE_DESTINATION", id="transit-gateway"),
    pytest.param("gateway_load_balancer_endpoint", "blocked NO_POSSIBLE_DESTINATION", id="gateway-load-balancer"),
    pytest.param("nat_gateway", "blocked NO_POSSIBLE_DESTINATION", id="nat-gateway"),
    pytest.param("lambda", "blocked NO_POSSIBLE_DESTINATION", id="lambda"),
    pytest.param("api_gateway_managed", "blocked NO_POSSIBLE_DESTINATION", id="vpc-link"),
    pytest.param("network_load_balancer", "unknown UNKNOWN_DESTINATION", id="a-node-of-nobody-knows-which"),
    pytest.param("vpc_endpoint", "reachable", id="vpc-endpoint"),
    pytest.param("dreaming", "reachable", id="a-type-of-tomorrow-behind-its-groups"),
]


@pytest.mark.item("H12")
@pytest.mark.parametrize(("kind", "expected"), TYPES)
def test_what_takes_connections_behind_an_interface(kind: str, expected: str) -> None:
    assert asked("eni-peer:5432", interface(type=kind)) == expected


@pytest.mark.item("H12")
def test_a_type_of_tomorrow_without_groups_is_unknown() -> None:
    assert asked("eni-peer:5432", interface(type="dreaming", groups=[])) == "unknown UNKNOWN_DESTINATION"


def public_web(estate: Estate) -> None:
    """`i-web` in the public subnet at 54.1.1.1, behind a group that admits the NAT gateway's address."""
    main(estate).security_group("web", ingress=[allow("tcp", 443, "52.0.0.1/32")])
    estate.instance("web", subnet="public-a", groups=["web"], public_ip="54.1.1.1")


PUBLIC = [
    pytest.param((), "reachable", id="its-group-admits-the-nat-gateway"),
    pytest.param((no_route(),), "blocked NO_ROUTE_TO_DESTINATION", id="no-way-out"),
    pytest.param(
        (ingress(allow("tcp", 443, "sg-app"), group="web"),), "blocked SG_REFERENCES_NOT_PRESERVED", id="names"
    ),
    pytest.param((lambda e: e["i-web"]["State"].update(Name="stopped"),), "blocked BAD_STATE", id="stopped"),
    pytest.param((lambda e: e["i-web"]["State"].update(Name="dreaming"),), "unknown BAD_STATE", id="of-tomorrow"),
    pytest.param((forgotten("sg-web"),), "unknown UNKNOWN_RESOURCE", id="its-group-is-not-in-the-file"),
]


@pytest.mark.item("C11")
@pytest.mark.parametrize(("changes", "expected"), PUBLIC)
def test_an_instance_by_its_public_address(changes: tuple[Change, ...], expected: str) -> None:
    assert asked("54.1.1.1:443", public_web, *changes) == expected
