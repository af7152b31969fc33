"""Network interfaces: evidence of who has an address, never a condition for a function to run."""

import pytest

from tests.estates.builder import Estate, Route, allow
from tests.unit.reach.worlds import (
    INTERFACES,
    Change,
    asked,
    denied,
    ingress,
    interface,
    record,
    route,
    unfinished,
    without,
)

ADDRESS = "10.0.2.50:5432"
OWNERS = [
    pytest.param((interface(),), "reachable", id="H17-a-known-interface-behind-its-groups"),
    pytest.param((interface(groups=["app"]),), "blocked ENI_SG_RULES_MISMATCH", id="H17-its-own-groups"),
    pytest.param((), "unknown UNKNOWN_DESTINATION", id="H17-nobody-known-has-it"),
    pytest.param((interface(), without(INTERFACES)), "unknown UNKNOWN_DESTINATION", id="H17-file-absent"),
    pytest.param((interface(), denied(INTERFACES)), "unknown UNKNOWN_DESTINATION", id="H17-call-denied"),
    pytest.param((interface(), unfinished(INTERFACES)), "reachable", id="H17-what-the-pages-hold-counts"),
    pytest.param((interface(status="available"),), "blocked BAD_STATE", id="H12-attached-to-nothing"),
    pytest.param(
        (interface(status="available"), ingress()),
        "blocked BAD_STATE ENI_SG_RULES_MISMATCH",
        id="H12-both-blockers-are-told",
    ),
]


@pytest.mark.parametrize(("changes", "expected"), OWNERS)
def test_the_owner_of_a_private_address(changes: tuple[Change, ...], expected: str) -> None:
    assert asked(ADDRESS, *changes) == expected


@pytest.mark.parametrize("destination", ["eni-peer:5432", ADDRESS], ids=["H12-by-id", "H17-by-address"])
def test_an_interface_is_judged_alike_by_id_and_by_address(destination: str) -> None:
    for change, expected in (
        (record("eni-peer"), "reachable"),
        (record("eni-peer", Status="available"), "blocked BAD_STATE"),
        (record("eni-peer", Groups=[{"GroupId": "sg-app"}]), "blocked ENI_SG_RULES_MISMATCH"),
    ):
        assert asked(destination, interface(), change) == expected


def test_every_address_of_an_interface_is_its_own_h12() -> None:
    def second(estate: Estate) -> None:
        estate["eni-peer"]["PrivateIpAddresses"].append({"Primary": False, "PrivateIpAddress": "10.0.2.51"})

    assert asked("10.0.2.51:5432", interface(), second) == "reachable"
    assert asked("eni-peer:5432", interface(), second) == "reachable"


def test_an_interface_of_a_load_balancer_without_groups_is_filtered_by_nothing_c7() -> None:
    bare = interface(groups=[], type="network_load_balancer")
    # What listens there is another question, which no load balancer of the snapshot answers.
    assert asked(ADDRESS, bare, ingress()) == "unknown UNKNOWN_DESTINATION"
    assert asked("10.0.2.0/24:5432", bare) == "reachable"


def test_an_ordinary_interface_without_groups_is_undecided_h12() -> None:
    assert asked(ADDRESS, interface(groups=[])) == "unknown UNKNOWN_DESTINATION"


def test_an_appliance_as_next_hop_is_undecided_b2() -> None:
    main_table = route("93.184.216.0/24", "eni-fw")
    appliance = interface("fw", subnet="public-a", address="10.0.0.50", groups=["app"], source_dest_check=False)
    admitting = ingress(allow("-1", None, "0.0.0.0/0"), group="app")
    told = asked("93.184.216.34:443", appliance, main_table, admitting)
    assert told == "blocked IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS APPLIANCE_FORWARDING_UNVERIFIED"


def test_an_instance_as_next_hop_is_undecided_b2() -> None:
    def nat_instance(estate: Estate) -> None:
        estate.instance("nat", subnet="public-a", groups=["app"], public_ip="54.0.0.9", source_dest_check=False)
        estate.route_table("private").replace_route("0.0.0.0/0", Route("i-nat"))

    admitting = ingress(allow("-1", None, "0.0.0.0/0"), group="app")
    assert asked("internet", nat_instance, admitting) == "unknown APPLIANCE_FORWARDING_UNVERIFIED"
    assert asked("internet", nat_instance).startswith("blocked ENI_SG_RULES_MISMATCH")


def test_the_same_address_in_another_vpc_is_another_interface_h17() -> None:
    def twin(estate: Estate) -> None:
        far = estate.vpc("far", "10.0.0.0/16")
        far.subnet("far-a", "10.0.2.0/24", az="a")
        far.security_group("far", ingress=[allow("-1")])
        far.network_interface("far", subnet="far-a", groups=["far"], address="10.0.2.50")

    assert asked(ADDRESS, twin) == "unknown UNKNOWN_DESTINATION"
    assert asked("eni-far:5432", twin).startswith("blocked NO_POSSIBLE_DESTINATION")


def test_lambdas_own_interfaces_are_not_needed_a3() -> None:
    def none(estate: Estate) -> None:
        estate.forget("eni-lambda-app-a-app")

    assert asked("internet", none) == "reachable"
