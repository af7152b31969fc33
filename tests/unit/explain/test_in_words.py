"""What a partial verdict means for whoever calls the function."""

import pytest

from tests.estates import seed
from tests.estates.asking import ask
from tests.estates.builder import Estate, allow
from tests.unit.reach.worlds import acl, changed, dual_stack, ingress, interface, record
from vpcreach.explain.in_words import in_words


def words(estate: Estate, destination: str) -> str:
    return " ".join(in_words(ask(estate, destination)))


def public_private(*changes: seed.Change) -> Estate:
    return changed(*changes, start=seed.public_private)


@pytest.mark.parametrize("change", [seed.function_in_public_and_private_subnet, seed.private_2_unassociated])
def test_the_subnet_that_fails_is_named_with_its_share(change: seed.Change) -> None:
    told = words(public_private(change), "internet")
    assert told.startswith("Invocations that land in subnet-p")
    assert told.endswith(" time out: about 1 in 2 of the subnets.")


def policy_in_one_subnet(estate: Estate) -> None:
    estate.drawn_vpc("main").route_table("private-2", {"0.0.0.0/0": "nat-main"}, subnets=["private-2"])
    seed.s3_endpoint_denies_all(estate)


def full_subnet(estate: Estate) -> None:
    estate.drawn_vpc("main").subnet("full", "172.31.9.0/28", az="b", table="private", free=0)
    estate.function("late", subnets=["private-1", "full"], interfaces=False)


def test_a_refusal_by_an_endpoint_policy_is_no_timeout() -> None:
    told = words(public_private(policy_in_one_subnet), "s3")
    assert told == "Invocations that land in subnet-private-1 get AccessDenied: about 1 in 2 of the subnets."


def test_a_subnet_without_addresses_is_no_timeout() -> None:
    told = " ".join(in_words(ask(public_private(full_subnet), "internet", function="late")))
    assert told == "Invocations that land in subnet-full fail: about 1 in 2 of the subnets."


def test_client_ports_that_fail_are_told_once_for_all_subnets_that_share_them() -> None:
    told = words(public_private(seed.private_acl_admits_linux_ports_only), "internet")
    assert told.startswith("Connections from subnet-private-1 and subnet-private-2 with a client port in ")
    assert "1024-32767" in told
    assert "about 5 in 9 of the ports" in told


def test_addresses_of_the_destination_that_fail_are_told_with_their_share() -> None:
    lost = {"DestinationCidrBlock": "128.0.0.0/1", "NatGatewayId": "nat-gone", "State": "blackhole"}
    told = words(public_private(lambda estate: estate["rtb-private"]["Routes"].append(lost)), "internet")
    assert "of the addresses that were asked about" in told


def test_addresses_of_the_subnet_that_fail_are_told_as_what_lambda_may_use() -> None:
    told = words(changed(interface(), ingress(allow("tcp", 5432, "10.0.1.0/25"))), "eni-peer:5432")
    assert told == (
        "Connections from subnet-app-a time out while Lambda's interface has an address of 10.0.1.128/25: about 1 in 2 "
        "of the subnet's."
    )


def test_a_family_that_fails_is_told_beside_the_one_that_does_not() -> None:
    told = words(dual_stack(), "internet")
    assert told == "Connections from subnet-app-a over ipv6 time out; over ipv4 they do not."


@pytest.mark.parametrize("change", [record("nat-main", State="failed"), acl("app-a"), record("nat-main", State="odd")])
def test_other_verdicts_need_no_such_words(change: seed.Change) -> None:
    assert words(changed(change), "internet") == ""
