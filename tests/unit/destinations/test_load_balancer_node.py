"""An address or interface of a load balancer's node: something reaches it only where a listener takes the packets."""

from typing import Any

import pytest

from tests.estates.asking import ask, finding_codes
from tests.estates.builder import Estate, allow
from tests.unit.reach.worlds import (
    Change,
    acl,
    asked,
    changed,
    denied,
    egress,
    ingress,
    interface,
    record,
    unfinished,
    without,
)
from vpcreach.destinations import calls_about
from vpcreach.destinations.grammar import parse

pytestmark = pytest.mark.item("H11", "H17")

BALANCERS = "elbv2/describe-load-balancers"
LISTENERS = "elbv2/describe-listeners"
NODE = "eni-lb-front-data-a"


def balancer(**settings: Any) -> Change:
    """A load balancer `front` with a node in data-a; an NLB that listens on tcp/443 unless told otherwise."""
    chosen: dict[str, Any] = {"subnets": ["data-a"], "type": "network", "listeners": [("TCP", 443)]} | settings
    return lambda estate: estate.load_balancer("front", **chosen)


def alb(**settings: Any) -> Change:
    chosen: dict[str, Any] = {"type": "application", "groups": ["data"], "listeners": [("HTTPS", 443)]}
    return balancer(**chosen | settings)


def classic(estate: Estate) -> None:
    estate.classic_load_balancer("front", subnets=["data-a"], groups=["data"])


OPEN = ingress(allow("-1"))
KINDS = [pytest.param(balancer(), id="nlb"), pytest.param(alb(), id="alb"), pytest.param(classic, id="classic")]


def address(change: Change) -> str:
    estate = changed(change)
    return str(estate[NODE]["PrivateIpAddress"])


@pytest.mark.parametrize("change", KINDS)
def test_a_node_takes_what_its_load_balancer_listens_for(change: Change) -> None:
    for destination in (address(change), NODE):
        assert asked(f"{destination}:443", change, OPEN) == "reachable"
        assert asked(f"{destination}:80", change, OPEN) == "blocked ELBV2_LISTENERS_MISMATCH"
        assert asked(f"{destination}:443/udp", change, OPEN) == "blocked ELBV2_LISTENERS_MISMATCH"


def test_its_public_address_takes_no_other_port_either() -> None:
    public = balancer(subnets=["public-a"], scheme="internet-facing", public_ips=["54.1.1.1"])
    assert asked("54.1.1.1:443", public) == "reachable"
    assert asked("54.1.1.1:80", public) == "blocked ELBV2_LISTENERS_MISMATCH"


def test_a_block_of_addresses_asks_about_the_network_alone() -> None:
    node = address(balancer())
    assert asked(f"{node}/32:80", balancer()) == "reachable"
    assert asked("10.0.2.0/24:80", balancer()) == "reachable"


def test_what_stops_packets_on_the_way_is_told_as_well() -> None:
    assert asked(f"{NODE}:443", balancer(), acl("data-a", inbound=[])) == "blocked SUBNET_ACL_RESTRICTION"
    assert asked(f"{NODE}:443", balancer(), egress()) == "blocked SG_HAS_NO_RULES"


def test_a_node_that_is_detached_is_told_with_its_listeners() -> None:
    detached = record(NODE, Status="available")
    assert asked(f"{NODE}:443", balancer(), detached) == "blocked BAD_STATE"


def test_an_interface_without_addresses_is_nobodys_node() -> None:
    bare = record("eni-peer", PrivateIpAddress=None, PrivateIpAddresses=[])
    assert not asked("eni-peer:443", interface(), bare, OPEN).startswith("reachable")


def test_nodes_that_carry_a_group_listen_too() -> None:
    assert asked("sg-data:443", alb(), OPEN) == "reachable"
    assert asked("sg-data:80", alb(), OPEN) == "blocked ELBV2_LISTENERS_MISMATCH"


def test_a_gateway_load_balancer_takes_no_connections() -> None:
    gateway = balancer(type="gateway", listeners=[])
    its_own_type = record(NODE, InterfaceType="gateway_load_balancer")
    assert asked(f"{NODE}:443", gateway, its_own_type) == "blocked NO_POSSIBLE_DESTINATION"


UNREAD = [
    pytest.param((denied(BALANCERS),), id="denied"),
    pytest.param((without(BALANCERS),), id="not-collected"),
    pytest.param((record(NODE, Description="ELB net/another/1"),), id="not-among-them"),
]


@pytest.mark.parametrize("changes", UNREAD)
def test_a_node_whose_listeners_nobody_tells_is_undecided(changes: tuple[Change, ...]) -> None:
    assert asked(f"{NODE}:443", balancer(), *changes) == "unknown UNKNOWN_DESTINATION"


def test_a_cut_list_counts_for_the_load_balancers_that_it_holds() -> None:
    assert asked(f"{NODE}:443", balancer(), unfinished(BALANCERS)) == "reachable"


def test_listeners_that_are_denied_leave_it_undecided() -> None:
    assert asked(f"{NODE}:443", balancer(), denied(LISTENERS)) == "unknown COLLECTION_FAILED"


def test_the_nodes_of_an_nlb_may_be_requested_by_an_account_number() -> None:
    numbered = record(NODE, RequesterId="066548406366")
    assert asked(f"{NODE}:80", balancer(), numbered) == "blocked ELBV2_LISTENERS_MISMATCH"
    estate = changed(balancer(), numbered)
    assert ask(estate, "nlb:front").all_traces[0].packets.addresses.size == 1


def test_an_interface_that_is_only_described_so_is_an_ordinary_one() -> None:
    disguised = record("eni-peer", Description="ELB net/front/0123456789abcdef")
    assert asked("eni-peer:80", balancer(), interface(), disguised, OPEN) == "reachable"


def test_asked_by_name_nothing_is_told_twice() -> None:
    answer = ask(changed(balancer()), "nlb:front:80")
    assert [note.code for note in answer.blockers] == ["ELBV2_LISTENERS_MISMATCH"]


def test_an_address_may_be_a_node_so_its_question_takes_the_listeners() -> None:
    actions = {call.action for call in calls_about(parse("10.0.0.1:443"))}
    assert actions == {"elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeListeners"}


def test_targets_that_are_not_healthy_are_advice() -> None:
    def sick(estate: Estate) -> None:
        estate.target_group("web", targets={"10.0.1.9": "unhealthy"})

    assert "TARGET_UNHEALTHY" in finding_codes(ask(changed(sick, balancer()), f"{NODE}:443"))
