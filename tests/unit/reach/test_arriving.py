"""Where the way out ends: at a public address, in a VPC of its own (C11)."""

import pytest

from tests.estates.asking import ask, told
from tests.estates.builder import Estate, Vpc, allow
from tests.unit.reach.worlds import Change, behind_nat, changed, interface, interface_endpoint
from vpcreach.reach.answer import Answer

pytestmark = pytest.mark.item("C11")

WEB = "54.9.9.9:443"


def web(estate: Estate) -> Vpc:
    return estate.drawn_vpc("web")


def world(*changes: Change) -> Estate:
    """The function behind its NAT gateway, and a server with a public address in another VPC, open to everybody."""
    estate = behind_nat()
    vpc = estate.vpc("web", "10.9.0.0/16")
    vpc.subnet("web", "10.9.1.0/24", table="web")
    vpc.internet_gateway("web")
    vpc.security_group("web", ingress=[allow("tcp", 443)])
    estate.instance("web", subnet="web", groups=["web"], public_ip="54.9.9.9")
    vpc.route_table("web", {"0.0.0.0/0": "igw-web"})
    for change in changes:
        change(estate)
    return estate


def answer(*changes: Change) -> Answer:
    return ask(world(*changes), WEB)


def without_vpc(estate: Estate) -> None:
    estate.detach_function("app")


def test_packets_and_their_blockers_are_told_where_they_are() -> None:
    closed = answer(lambda e: web(e).set_rules("web", ingress=[]))
    [blocker] = closed.blockers
    assert blocker.spot is not None
    assert (blocker.spot.vpc_id, blocker.spot.standing_in) == ("vpc-web", "subnet-web")
    refused = answer(lambda e: web(e).network_acl("web", subnets=["web"], inbound=[]))
    spots = [note.spot for note in refused.blockers]
    assert [(spot.vpc_id, spot.standing_in) for spot in spots if spot] == [("vpc-web", None)]


def test_what_is_asked_about_stays_the_public_address() -> None:
    some = [(1, "allow", "tcp", 32768, 65535, "0.0.0.0/0")]
    found = answer(lambda e: web(e).network_acl("web", subnets=["web"], outbound=some))
    assert found.verdict.value == "partial"
    assert {str(trace.packets.addresses) for trace in found.all_traces} == {"54.9.9.9"}


def test_an_interface_that_is_gone_from_the_snapshot_is_not_known() -> None:
    found = told(world(lambda e: e.denied("ec2/describe-network-interfaces")), WEB)
    assert found.startswith("unknown")


def test_nothing_enters_a_vpc_without_an_internet_gateway_of_its_own() -> None:
    [blocker] = answer(lambda e: web(e).detach_internet_gateway("web")).blockers[:1]
    assert (blocker.code, blocker.component, blocker.entry) == ("BAD_STATE_ATTACHMENT", "vpc-web", "Attachments")


def test_whether_a_vpc_has_an_internet_gateway_is_unknown_where_none_are_listed() -> None:
    unlisted = world(without_vpc, lambda e: e.denied("ec2/describe-internet-gateways"))
    assert told(unlisted, WEB) == "unknown COLLECTION_FAILED UNKNOWN_RESOURCE"


def test_i1_an_exclusion_of_the_servers_subnet_lets_the_internet_in() -> None:
    closed = world(without_vpc, lambda e: e.block_public_access("block-ingress"))
    assert told(closed, WEB) == "blocked VPC_BLOCK_PUBLIC_ACCESS_ENABLED"
    excluded = [("subnet-web", "allow-bidirectional")]
    opened = world(without_vpc, lambda e: e.block_public_access("block-ingress", excluded))
    assert told(opened, WEB) == "reachable"


def test_i2_what_is_assumed_of_the_servers_vpc_is_told() -> None:
    found = ask(world(without_vpc, lambda e: e.without("ec2/describe-vpc-encryption-controls")), WEB)
    assert found.verdict.value == "reachable"
    assert "no VPC encryption control (not collected)" in found.assumptions


def edge(estate: Estate) -> None:
    web(estate).route_table("edge", {"10.9.1.0/24": "eni-appliance"}).associate("igw-web")


def test_b10_what_an_edge_table_diverts_is_undecided() -> None:
    [doubt] = answer(edge).unknowns
    assert (doubt.code, doubt.component, doubt.entry) == ("UNSUPPORTED_COMPONENT", "rtb-edge", "")


def test_b10_an_edge_table_that_is_being_associated_may_divert_already() -> None:
    def associating(estate: Estate) -> None:
        edge(estate)
        estate["rtb-edge"]["Associations"][-1]["AssociationState"] = {"State": "associating"}

    assert told(world(associating), WEB) == "unknown COLLECTION_FAILED"
    closed = world(associating, lambda e: web(e).set_rules("web", ingress=[]))
    assert told(closed, WEB).startswith("unknown COLLECTION_FAILED")


def test_a_public_service_is_reached_where_packets_end_in_no_vpc() -> None:
    assert told(behind_nat(), "s3") == "reachable"


def test_the_same_address_in_another_vpc_is_another_place() -> None:
    def elsewhere(estate: Estate) -> None:
        other = estate.vpc("other", "10.9.0.0/16")
        other.subnet("other", "10.9.1.0/24", table="other")
        other.route_table("other", {"10.0.0.0/16": "pcx-link"})
        estate.drawn_vpc("main").peering("link", other)
        estate.route_table("rtb-private").add_route("10.9.0.0/16", "pcx-link")

    assert told(world(elsewhere), "i-web:443").startswith("blocked NO_POSSIBLE_DESTINATION")


def test_interfaces_of_endpoints_and_others_of_their_group_are_told_apart() -> None:
    estate = changed(interface_endpoint(), interface(groups=["endpoint"]))
    traces = ask(estate, "sg-endpoint:443").all_traces
    assert [trace.verdict.value for trace in traces] == ["reachable", "reachable"]
    assert "10.0.2.50" in {str(trace.packets.addresses) for trace in traces}
    assert traces[0].packets.addresses.isdisjoint(traces[1].packets.addresses)
