"""G9: a firewall's endpoint, asked directly: its state, what its policy passes, and where it is told."""

from typing import Any

import msgspec
import pytest

from tests.estates.asking import snapshot_of
from tests.estates.asking import told as verdict
from tests.estates.builder import Estate
from tests.unit.components.surroundings import HOME, arrival_of, function_in
from tests.unit.components.test_network_firewall import FIREWALL, INTERNET, POLICY, firewalled, stateful, stateless
from vpcreach.components.network_firewall.endpoint import FirewallEndpoint, firewall_endpoints, firewalls_unread
from vpcreach.components.network_firewall.records import CALLS
from vpcreach.forwarding import Effect, Hop, Leg, Lookup, Stop
from vpcreach.network.network import Network
from vpcreach.packets.address_map import AddressSet, Family
from vpcreach.packets.packet_set import PacketSet
from vpcreach.packets.ports import TCP

Told = list[tuple[Effect, str, str, str]]
UNREAD = "FIREWALL_POLICY_NOT_EVALUATED"
FIREWALLS = "network-firewall/list-firewalls"


def described(estate: Estate) -> Any:
    return estate.reply(next(path for path in estate.replies if path.startswith("network-firewall/describe-firewall/")))


def hops(estate: Estate, leg: Leg = Leg.OUT, *crossed: str) -> list[Hop]:
    network = Network(snapshot_of(estate))
    arrival = arrival_of(function_in("subnet-app"), leg=leg)
    source, destination = AddressSet.parse("10.0.1.0/24"), AddressSet.parse("198.51.100.0/24")
    ports = network.atoms.mask(TCP)
    packets = PacketSet(Family.IPV4, source, ports, destination, ports)
    endpoint = firewall_endpoints(network)["vpce-fw"]
    return list(endpoint.forward(msgspec.structs.replace(arrival, packets=packets, has_crossed=crossed), network))


def told(*found: Hop) -> Told:
    return [(note.effect, note.code, note.component, note.entry) for hop in found for note in hop.notes]


@pytest.mark.item("G9", "B11")
def test_what_a_policy_passes_goes_on_in_the_endpoints_subnet_as_through_a_middlebox() -> None:
    (hop,) = hops(firewalled())
    assert (str(hop.packets.destination), hop.then, hop.notes) == ("198.51.100.0/24", Lookup("subnet-firewall"), ())
    assert (hop.detail, hop.is_middlebox, hop.is_unverified) == ("passed: the default action", True, False)


@pytest.mark.item("G9")
def test_what_a_policy_drops_or_may_drop_is_told_of_the_endpoint_by_the_line() -> None:
    dropping = stateless((1, "aws:drop", {"Destinations": [{"AddressDefinition": "198.51.100.0/25"}]}))
    dropped, passed = sorted(hops(firewalled(stateless_groups=[dropping])), key=lambda hop: hop.then != Stop())
    assert (str(dropped.packets.destination), dropped.then) == ("198.51.100.0/25", Stop())
    assert dropped.detail == "dropped: stateless: stateless-0 rule 1"
    line = "stateless: stateless-0 rule 1"
    assert told(dropped) == [(Effect.FAIL, "FIREWALL_RULES_RESTRICTION", "vpce-fw", line)]
    assert (str(passed.packets.destination), passed.is_unverified) == ("198.51.100.128/25", False)
    some = stateful(("DROP", "TCP", "10.0.1.0/25", "198.51.100.0/25", "ANY"))
    unsure, _ = sorted(hops(firewalled(some)), key=lambda hop: not hop.is_unverified)
    (note,) = unsure.notes
    assert (note.effect, note.component) == (Effect.UNKNOWN, "vpce-fw")
    assert (note.entry, unsure.detail, unsure.is_middlebox) == (unsure.detail, note.entry, True)
    assert unsure.then == Lookup("subnet-firewall")


@pytest.mark.item("G9")
@pytest.mark.parametrize(
    ("status", "attachment", "expected"),
    [
        ("READY", "READY", []),
        ("READY", "SCALING", []),
        ("SCALING", "READY", [(Effect.UNKNOWN, "BAD_STATE", "vpce-fw", "Status")]),
        ("PROVISIONING", "READY", [(Effect.UNKNOWN, "BAD_STATE", "vpce-fw", "Status")]),
        ("DELETING", "READY", [(Effect.FAIL, "BAD_STATE", "vpce-fw", "Status")]),
        ("READY", "FAILED", [(Effect.FAIL, "BAD_STATE", "vpce-fw", "Attachment")]),
        ("READY", "ERROR", [(Effect.FAIL, "BAD_STATE", "vpce-fw", "Attachment")]),
        ("READY", "CREATING", [(Effect.UNKNOWN, "BAD_STATE", "vpce-fw", "Attachment")]),
        ("READY", None, [(Effect.UNKNOWN, "BAD_STATE", "vpce-fw", "Attachment")]),
    ],
)
def test_the_state_of_firewall_and_endpoint_names_the_entry(
    status: str, attachment: str | None, expected: Told
) -> None:
    estate = firewalled()
    states = described(estate)["FirewallStatus"]
    states["Status"] = status
    states["SyncStates"]["eu-west-1a"]["Attachment"]["Status"] = attachment
    states["SyncStates"]["eu-west-1b"] = {"Attachment": {"EndpointId": "vpce-other", "Status": "FAILED"}}
    assert told(*hops(estate)) == expected


@pytest.mark.item("G9", "B11")
def test_answers_pass_the_endpoint_that_saw_the_packets_and_no_other() -> None:
    (back,) = hops(firewalled(), Leg.BACK, "vpce-fw")
    assert (back.then, back.detail, back.is_middlebox) == (Lookup("subnet-firewall"), "answers, firewall", True)
    (lost,) = hops(firewalled(), Leg.BACK)
    assert [note.code for note in lost.notes] == ["ASYMMETRIC_MIDDLEBOX_ROUTE"]


@pytest.mark.item("G9", "K5")
def test_what_is_not_collected_leaves_the_endpoint_undecided_and_is_named() -> None:
    estate = firewalled()
    estate.without("network-firewall/describe-firewall-policy")
    (hop,) = hops(estate)
    assert told(hop) == [(Effect.UNKNOWN, UNREAD, "vpce-fw", POLICY)]
    assert (hop.then, hop.detail, hop.is_unverified) == (Lookup("subnet-firewall"), "firewall", True)
    network = Network(snapshot_of(firewalled()))
    nobodys = FirewallEndpoint("vpce-x", "subnet-firewall", None, None, HOME, "not collected")
    assert told(*nobodys.forward(arrival_of(function_in("subnet-app")), network)) == [
        (Effect.UNKNOWN, UNREAD, "vpce-x", "network-firewall:ListFirewalls")
    ]
    nowhere = FirewallEndpoint("vpce-x", None, None, None, HOME)
    arrival = arrival_of(function_in("subnet-app"))
    (stopped,) = nowhere.forward(arrival, network)
    assert (stopped.packets, stopped.then, stopped.detail) == (arrival.packets, Stop(), "")
    assert told(stopped) == [(Effect.UNKNOWN, UNREAD, "vpce-x", "")]


@pytest.mark.item("G9")
def test_every_endpoint_of_every_described_firewall_is_known() -> None:
    estate = firewalled()
    states = described(estate)["FirewallStatus"]["SyncStates"]
    states["eu-west-1b"] = {"Attachment": {"EndpointId": "vpce-b", "SubnetId": "subnet-b"}}
    states["eu-west-1c"] = {"Attachment": {"SubnetId": "subnet-c"}}
    # One that is not described hides none that is listed after it.
    estate.reply(FIREWALLS)["Firewalls"].insert(0, {"FirewallArn": f"{FIREWALL}-unread"})
    network = Network(snapshot_of(estate))
    found = firewall_endpoints(network)
    assert [(each.id, each.subnet_id, each.vpc_id, each.place) for each in found.values()] == [
        ("vpce-fw", "subnet-firewall", "vpc-main", HOME),
        ("vpce-b", "subnet-b", "vpc-main", HOME),
    ]
    assert firewalls_unread(network) is not None
    assert firewalls_unread(Network(snapshot_of(firewalled()))) is None
    cut = firewalled()
    cut.reply(FIREWALLS)["NextToken"] = "more"
    assert "ListFirewalls" in str(firewalls_unread(Network(snapshot_of(cut))))


@pytest.mark.item("G9")
def test_each_firewall_policy_and_group_that_is_named_is_collected() -> None:
    estate = firewalled(stateful(), stateless_groups=[stateless()])
    estate.reply(FIREWALLS)["Firewalls"].append({"FirewallArn": f"{FIREWALL}-unread"})
    groups = "arn:aws:network-firewall:eu-west-1:111122223333"
    asked = {each.operation: each.each for each in CALLS}
    expected = {
        "DescribeFirewall": [(FIREWALL,), (f"{FIREWALL}-unread",)],
        "DescribeFirewallPolicy": [(POLICY,)],
        "DescribeRuleGroup": [
            (f"{groups}:stateless-rulegroup/stateless-0",),
            (f"{groups}:stateful-rulegroup/stateful-0",),
        ],
    }
    for operation, arguments in expected.items():
        each = asked[operation]
        assert each is not None
        assert list(each(snapshot_of(estate), HOME)) == arguments
        assert list(each(snapshot_of({}), HOME)) == []


@pytest.mark.item("G9")
@pytest.mark.parametrize(
    ("source", "family", "blocks", "passes"),
    [
        ("$HOME_NET", Family.IPV4, [], True),
        ("$EXTERNAL_NET", Family.IPV4, [], False),
        ("$HOME_NET", Family.IPV6, [], False),
        ("$EXTERNAL_NET", Family.IPV6, [], True),
        ("$HOME_NET", Family.IPV6, ["2600::/56"], True),
        ("$EXTERNAL_NET", Family.IPV6, ["2600::/56"], False),
    ],
)
def test_the_home_network_is_the_blocks_of_the_vpc_of_either_family(
    source: str, family: Family, blocks: list[str], passes: bool
) -> None:
    passing = stateful(("PASS", "TCP", source, "ANY", "ANY"))
    estate = firewalled(passing, order="STRICT_ORDER", defaults=["aws:drop_strict"])
    estate["vpc-main"]["Ipv6CidrBlockAssociationSet"] = [
        {"Ipv6CidrBlock": block, "Ipv6CidrBlockState": {"State": "associated"}} for block in blocks
    ]
    network = Network(snapshot_of(estate))
    arrival = arrival_of(function_in("subnet-app"))
    ends = ("10.0.1.0/24", "198.51.100.0/24") if family is Family.IPV4 else ("2600::/64", "2606::/64")
    ports = network.atoms.mask(TCP)
    packets = PacketSet(family, AddressSet.parse(ends[0]), ports, AddressSet.parse(ends[1]), ports)
    endpoint = firewall_endpoints(network)["vpce-fw"]
    (hop,) = endpoint.forward(msgspec.structs.replace(arrival, packets=packets), network)
    assert (hop.then == Lookup("subnet-firewall")) is passes
    assert not hop.is_unverified


@pytest.mark.item("G9", "K5")
@pytest.mark.parametrize("source", ["$HOME_NET", "$EXTERNAL_NET"])
@pytest.mark.parametrize("action", ["PASS", "DROP"])
def test_a_firewall_in_a_vpc_that_cannot_be_read_proves_nothing_by_its_home_network(action: str, source: str) -> None:
    strict = {"order": "STRICT_ORDER", "defaults": ["aws:drop_strict"]} if action == "PASS" else {}
    estate = firewalled(stateful((action, "TCP", source, "ANY", "443")), **strict)  # type: ignore[arg-type]
    estate.forget("vpc-main")
    assert verdict(estate, INTERNET).startswith("unknown")
    (hop,) = hops(estate)
    assert hop.is_unverified
