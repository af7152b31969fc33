"""Egress-only internet gateways: IPv6 to the internet and back, for addresses of their own VPC."""

import msgspec
import pytest

from tests.estates.asking import told
from tests.estates.builder import Estate
from tests.unit.components.surroundings import FakeSurroundings, arrival_of, function_in
from tests.unit.reach.worlds import dual_stack
from vpcreach.components.egress_only_internet_gateway import EgressOnlyAttachment, EgressOnlyInternetGateway
from vpcreach.forwarding import Deliver, Effect, Hop, Stop
from vpcreach.packets.address_map import AddressSet, Family

INTERNET = "[2606:4700::1111]:443"


def egress_only(ipv6: str = "2600:1f18::/56") -> Estate:
    """A dual-stack function whose table sends ::/0 to an egress-only gateway, and IPv4 to a NAT gateway."""
    estate = dual_stack()
    estate.drawn_vpc("main").egress_only_internet_gateway("six")
    estate.route_table("private").add_route("::/0", "eigw-six")
    return estate


@pytest.mark.item("C12", "A11", "A12")
def test_ipv6_leaves_by_an_egress_only_gateway() -> None:
    assert told(egress_only(), INTERNET) == "reachable"
    assert told(egress_only(), "internet") == "reachable"


@pytest.mark.item("C12")
def test_a_gateway_that_is_not_attached_is_no_way_out() -> None:
    estate = egress_only()
    estate["eigw-six"]["Attachments"] = []
    assert told(estate, INTERNET) == "blocked BAD_STATE_ATTACHMENT"
    assert told(estate, "internet") == "partial BAD_STATE_ATTACHMENT"


@pytest.mark.item("C12")
@pytest.mark.parametrize(
    ("state", "verdict"),
    [("detached", "blocked"), ("detaching", "blocked"), ("attaching", "unknown"), ("new", "unknown")],
)
def test_states_of_the_attachment(state: str, verdict: str) -> None:
    estate = egress_only()
    estate["eigw-six"]["Attachments"][0]["State"] = state
    assert told(estate, INTERNET) == f"{verdict} BAD_STATE_ATTACHMENT"


@pytest.mark.item("A12", "C12")
def test_a_private_ipv6_range_does_not_get_out() -> None:
    estate = egress_only()
    for record in (estate["vpc-main"], estate["subnet-app-a"]):
        for block in record["Ipv6CidrBlockAssociationSet"]:
            block["Ipv6CidrBlock"] = block["Ipv6CidrBlock"].replace("2600:1f18:", "fd00:1f18:")
    assert told(estate, INTERNET) == "blocked IPV6_NOT_PUBLIC"


@pytest.mark.item("A12", "C12", "G7")
@pytest.mark.parametrize("gateway", ["eigw-six", "igw-four"])
def test_another_vpcs_addresses_leave_by_no_internet_gateway_behind_a_transit_gateway(gateway: str) -> None:
    estate = Estate()
    hub = estate.transit_gateway("hub")
    hub.table("all", {"::/0": "egress"})
    for number, name in ((1, "app"), (2, "egress")):
        prefix = f"2600:1f18:{number}"
        vpc = estate.vpc(name, f"10.{number}.0.0/16", ipv6=f"{prefix}::/56")
        vpc.subnet(name, f"10.{number}.1.0/24", ipv6=f"{prefix}:0::/64", table=name)
        hub.attach(name, vpc, subnets=[name], table="all", propagates=["all"], ipv6=True)
    estate.drawn_vpc("egress").egress_only_internet_gateway("six")
    estate.drawn_vpc("egress").internet_gateway("four")
    estate.drawn_vpc("egress").route_table("egress", {"::/0": gateway, "2600:1f18:1::/56": "tgw-hub"})
    estate.drawn_vpc("app").route_table("app", {"::/0": "tgw-hub"})
    estate.function("app", subnets=["app"], dual_stack=True)
    assert told(estate, INTERNET).startswith("blocked GATEWAY_REJECTS_SPOOFED_TRAFFIC")


@pytest.mark.item("C12")
def test_private_ipv6_addresses_are_not_on_the_internet() -> None:
    assert told(egress_only(), "[fd12::1]:443") == "blocked NO_POSSIBLE_DESTINATION"


@pytest.mark.item("C12", "E5")
def test_the_acl_counts_both_ways_for_ipv6() -> None:
    estate = egress_only()
    for entry in estate["acl-main-default"]["Entries"]:
        if entry.get("Ipv6CidrBlock") and not entry["Egress"]:
            entry["RuleAction"] = "deny"
    assert told(estate, INTERNET) == "blocked SUBNET_ACL_RESTRICTION"


@pytest.mark.item("C12")
def test_a_gateway_that_cannot_be_read_is_undecided() -> None:
    estate = egress_only()
    estate.denied("ec2/describe-egress-only-internet-gateways")
    assert told(estate, INTERNET) == "unknown UNKNOWN_RESOURCE"


@pytest.mark.item("A12", "C12")
def test_global_addresses_that_aws_holds_private_do_not_get_out() -> None:
    estate = egress_only()
    for block in estate["subnet-app-a"]["Ipv6CidrBlockAssociationSet"]:
        block["Ipv6AddressAttribute"] = "private"
    assert told(estate, INTERNET) == "blocked IPV6_NOT_PUBLIC"


# The gateway, asked directly


def hops(
    destination: str, *, source: str = "2600::/16", state: str = "attached", vpc_id: str = "vpc-main"
) -> list[Hop]:
    gateway = EgressOnlyInternetGateway(
        egress_only_internet_gateway_id="eigw-six", attachments=(EgressOnlyAttachment(vpc_id="vpc-main", state=state),)
    )
    arrival = arrival_of(function_in(None, vpc_id))
    packets = msgspec.structs.replace(
        arrival.packets,
        family=Family.IPV6,
        source=AddressSet.parse(source),
        destination=AddressSet.parse(destination),
    )
    return list(gateway.forward(msgspec.structs.replace(arrival, packets=packets), FakeSurroundings()))


def notes_of(hop: Hop) -> list[tuple[Effect, str, str, str]]:
    return [(note.effect, note.code, note.component, note.entry) for note in hop.notes]


@pytest.mark.item("C12")
def test_of_all_addresses_the_global_ones_pass_and_the_others_are_named() -> None:
    dropped, passed = hops("::/2")
    assert (str(dropped.packets.destination), dropped.then, dropped.detail) == ("::/3", Stop(), "dropped")
    assert notes_of(dropped) == [(Effect.FAIL, "NO_POSSIBLE_DESTINATION", "eigw-six", "::/3")]
    assert (str(passed.packets.destination), passed.then, passed.notes) == ("2000::/3", Deliver(None), ())


@pytest.mark.item("C12")
@pytest.mark.parametrize("state", ["attached", "available"])
def test_either_word_for_an_attachment_in_use_counts(state: str) -> None:
    (hop,) = hops("2606::/16", state=state)
    assert hop.notes == ()


@pytest.mark.item("C12")
def test_what_stops_packets_at_an_egress_only_gateway_names_the_entry() -> None:
    (hop,) = hops("2606::/16", state="attaching")
    assert notes_of(hop) == [(Effect.UNKNOWN, "BAD_STATE_ATTACHMENT", "eigw-six", "Attachments")]
    (hop,) = hops("2606::/16", source="fd00::/8")
    assert notes_of(hop) == [(Effect.FAIL, "IPV6_NOT_PUBLIC", "eigw-six", "fd00::/8")]


@pytest.mark.item("C12")
def test_packets_of_another_vpc_are_refused_as_a_whole() -> None:
    (hop,) = hops("2606::/16", vpc_id="vpc-other")
    assert notes_of(hop) == [(Effect.FAIL, "GATEWAY_REJECTS_SPOOFED_TRAFFIC", "eigw-six", "")]
