"""Virtual private gateways: what AWS knows of the way on premises, and no more."""

from typing import Any

import msgspec
import pytest

from tests.estates.asking import snapshot_of, told
from tests.estates.builder import Estate, allow
from tests.unit.components.surroundings import arrival_of, function_in
from vpcreach.forwarding import Effect, Hop, Leg, Stop
from vpcreach.network.network import Network
from vpcreach.packets.address_map import AddressSet, Family

ON_PREMISES = "192.168.7.9:443"


def on_premises(
    *, attachment: str = "attached", tunnels: tuple[str, ...] = ("UP", "DOWN"), origin: str = "CreateRoute"
) -> Estate:
    """`app`, whose table sends 192.168.0.0/16 to `vgw-office` with one VPN connection and no Direct Connect."""
    estate = Estate()
    vpc = estate.vpc("main", "10.0.0.0/16")
    vpc.subnet("app", "10.0.1.0/24", az="a", table="app")
    estate.put(
        "ec2/describe-vpn-gateways",
        {
            "VpnGateways": [
                {
                    "VpnGatewayId": "vgw-office",
                    "State": "available",
                    "VpcAttachments": [{"VpcId": "vpc-main", "State": attachment}],
                }
            ]
        },
    )
    connection = {
        "VpnConnectionId": "vpn-1",
        "VpnGatewayId": "vgw-office",
        "State": "available",
        "VgwTelemetry": [{"Status": status} for status in tunnels],
    }
    estate.put("ec2/describe-vpn-connections", {"VpnConnections": [connection]})
    estate.put("directconnect/describe-virtual-interfaces", {"virtualInterfaces": []})
    associations = "directconnect/describe-direct-connect-gateway-associations"
    estate.put(associations, {"directConnectGatewayAssociations": []}, "vgw-office")
    vpc.route_table("app", {"192.168.0.0/16": "vgw-office"})
    estate.function("app", subnets=["app"])
    return estate


@pytest.mark.item("G8")
def test_what_lies_on_premises_is_never_reachable() -> None:
    assert told(on_premises(), ON_PREMISES) == "unknown ON_PREM_BEYOND_MODEL"
    assert told(on_premises(), ON_PREMISES, trust=True) == "unknown ON_PREM_BEYOND_MODEL"


@pytest.mark.item("G8")
@pytest.mark.parametrize(
    ("state", "verdict"),
    [("detached", "blocked"), ("detaching", "blocked"), ("attaching", "unknown"), ("new", "unknown")],
)
def test_a_gateway_that_is_not_attached_is_no_way(state: str, verdict: str) -> None:
    assert told(on_premises(attachment=state), ON_PREMISES).startswith(f"{verdict} BAD_STATE_ATTACHMENT")


@pytest.mark.item("G8")
def test_a_gateway_of_another_vpc_is_no_way() -> None:
    estate = on_premises()
    estate.reply("ec2/describe-vpn-gateways")["VpnGateways"][0]["VpcAttachments"] = []
    assert told(estate, ON_PREMISES).startswith("blocked BAD_STATE_ATTACHMENT")


@pytest.mark.item("G8")
def test_tunnels_that_are_all_down_block_where_nothing_else_is_attached() -> None:
    assert told(on_premises(tunnels=("DOWN", "DOWN")), ON_PREMISES).startswith("blocked BAD_STATE_VPN")


@pytest.mark.item("G8")
def test_direct_connect_beside_them_may_carry_the_packets() -> None:
    by_interface = on_premises(tunnels=("DOWN", "DOWN"))
    by_interface.reply("directconnect/describe-virtual-interfaces")["virtualInterfaces"] = [
        {"virtualInterfaceId": "dxvif-1", "virtualGatewayId": "vgw-office", "virtualInterfaceState": "available"}
    ]
    assert told(by_interface, ON_PREMISES) == "unknown BAD_STATE_VPN ON_PREM_BEYOND_MODEL"
    by_gateway = on_premises(tunnels=("DOWN", "DOWN"))
    path = "directconnect/describe-direct-connect-gateway-associations/vgw-office"
    by_gateway.reply(path)["directConnectGatewayAssociations"] = [{"directConnectGatewayId": "dxgw-1"}]
    assert told(by_gateway, ON_PREMISES) == "unknown BAD_STATE_VPN ON_PREM_BEYOND_MODEL"


@pytest.mark.item("G8")
@pytest.mark.parametrize("missing", ["directconnect/describe-virtual-interfaces", "ec2/describe-vpn-connections"])
def test_what_is_not_collected_is_no_proof(missing: str) -> None:
    estate = on_premises(tunnels=("DOWN", "DOWN"))
    estate.without(missing)
    assert told(estate, ON_PREMISES).startswith("unknown")


@pytest.mark.item("G8")
def test_a_list_of_connections_that_is_cut_short_proves_nothing() -> None:
    estate = on_premises(tunnels=("DOWN", "DOWN"))
    estate.reply("ec2/describe-vpn-connections")["NextToken"] = "more"
    assert told(estate, ON_PREMISES) == "unknown ON_PREM_BEYOND_MODEL"


@pytest.mark.item("G8", "E11")
def test_the_functions_own_acl_counts_both_ways_and_blocks() -> None:
    estate = on_premises()
    estate.drawn_vpc("main").network_acl("one-way", subnets=["app"], inbound=())
    assert told(estate, ON_PREMISES).startswith("blocked SUBNET_ACL_RESTRICTION")


@pytest.mark.item("G8")
def test_a_gateway_that_cannot_be_read_is_undecided() -> None:
    estate = on_premises()
    estate.denied("ec2/describe-vpn-gateways")
    assert told(estate, ON_PREMISES) == "unknown UNKNOWN_RESOURCE"


@pytest.mark.item("B3", "G8")
def test_a_propagated_route_never_takes_what_is_local() -> None:
    estate = on_premises()
    estate.drawn_vpc("main").subnet("db", "10.0.2.0/24", az="a")
    estate.drawn_vpc("main").network_interface("db", subnet="db", address="10.0.2.9")
    estate["rtb-app"]["Routes"].append(
        {
            "DestinationCidrBlock": "10.0.2.0/24",
            "GatewayId": "vgw-office",
            "Origin": "EnableVgwRoutePropagation",
            "State": "active",
        }
    )
    assert not told(estate, "10.0.2.9:443").startswith("unknown ON_PREM")


@pytest.mark.item("G8", "G3")
@pytest.mark.parametrize(
    ("attachment", "expected"),
    [("attached", "unknown ON_PREM_BEYOND_MODEL"), ("detached", "blocked BAD_STATE_ATTACHMENT ON_PREM_BEYOND_MODEL")],
)
def test_answers_that_leave_on_premises_may_come_back_by_a_way_that_nobody_knows(
    attachment: str, expected: str
) -> None:
    estate = on_premises(attachment=attachment)
    main, data = estate.drawn_vpc("main"), estate.vpc("data", "10.1.0.0/16")
    data.subnet("db", "10.1.2.0/24", table="db")
    data.security_group("db", ingress=[allow("tcp", 5432, "10.0.0.0/8")])
    data.network_interface("db", subnet="db", groups=["db"], address="10.1.2.9")
    main.peering("link", data)
    main.route_table("app", {"10.1.0.0/16": "pcx-link"})
    for gateway in estate.reply("ec2/describe-vpn-gateways")["VpnGateways"]:
        gateway["VpcAttachments"][0]["VpcId"] = "vpc-data"
    data.route_table("db", {"10.0.0.0/16": "vgw-office"})
    assert told(estate, "10.1.2.9:5432") == expected


@pytest.mark.item("G8")
@pytest.mark.parametrize("state", ["deleting", "deleted"])
def test_a_gateway_that_is_gone_is_no_way(state: str) -> None:
    estate = on_premises()
    estate.reply("ec2/describe-vpn-gateways")["VpnGateways"][0]["State"] = state
    assert told(estate, ON_PREMISES).startswith("blocked BAD_STATE ")


# The gateway, asked directly


def hop_of(estate: Estate, *, family: Family = Family.IPV4, leg: Leg = Leg.OUT) -> Hop:
    network = Network(snapshot_of(estate))
    arrival = arrival_of(function_in("subnet-app"), leg=leg)
    everywhere = AddressSet.everything(family)
    packets = msgspec.structs.replace(arrival.packets, family=family, source=everywhere, destination=everywhere)
    hop: Hop
    (hop,) = network.record("vgw-office").forward(msgspec.structs.replace(arrival, packets=packets), network)
    assert (hop.packets, hop.then, hop.detail) == (packets, Stop(), "on premises")
    return hop


Told = list[tuple[Effect, str, str, str]]
BEYOND = (Effect.UNKNOWN, "ON_PREM_BEYOND_MODEL", "vgw-office", "")


def notes_of(estate: Estate, **asked: Any) -> Told:
    return [(note.effect, note.code, note.component, note.entry) for note in hop_of(estate, **asked).notes]


def gateway(**changes: object) -> Estate:
    estate = on_premises()
    estate.reply("ec2/describe-vpn-gateways")["VpnGateways"][0].update(changes)
    return estate


@pytest.mark.item("G8")
@pytest.mark.parametrize("leg", Leg)
def test_what_lies_beyond_is_told_of_the_gateway_on_both_ways(leg: Leg) -> None:
    (note,) = hop_of(on_premises(), leg=leg).notes
    assert (note.effect, note.code, note.component, note.entry) == BEYOND
    assert ("packets" in note.message, "answers" in note.message) == (leg is Leg.OUT, leg is Leg.BACK)


@pytest.mark.item("G8")
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"State": "deleting"}, [(Effect.FAIL, "BAD_STATE", "vgw-office", "State")]),
        ({"State": "deleted"}, [(Effect.FAIL, "BAD_STATE", "vgw-office", "State")]),
        ({"VpcAttachments": []}, [(Effect.FAIL, "BAD_STATE_ATTACHMENT", "vgw-office", "VpcAttachments")]),
        (
            {"VpcAttachments": [{"VpcId": "vpc-other", "State": "attached"}]},
            [(Effect.FAIL, "BAD_STATE_ATTACHMENT", "vgw-office", "VpcAttachments")],
        ),
        (
            {"VpcAttachments": [{"VpcId": "vpc-main", "State": "attaching"}]},
            [(Effect.UNKNOWN, "BAD_STATE_ATTACHMENT", "vgw-office", "VpcAttachments")],
        ),
        (
            {"VpcAttachments": [{"VpcId": "vpc-main", "State": each} for each in ("detached", "attached")]},
            [],
        ),
    ],
)
def test_what_stops_packets_at_the_gateway_names_the_entry(changes: dict[str, object], expected: Told) -> None:
    assert notes_of(gateway(**changes)) == [*expected, BEYOND]


@pytest.mark.item("G8")
def test_connections_that_are_not_known_name_the_call() -> None:
    estate = on_premises()
    estate.without("ec2/describe-vpn-connections")
    assert notes_of(estate) == [
        (Effect.UNKNOWN, "COLLECTION_FAILED", "vgw-office", "ec2:DescribeVpnConnections"),
        BEYOND,
    ]


@pytest.mark.item("G8")
def test_only_connections_of_the_gateway_that_are_there_count() -> None:
    def connected(*connections: dict[str, Any]) -> Estate:
        estate = on_premises()
        plain = {"VpnGatewayId": "vgw-office", "State": "available", "VgwTelemetry": [{"Status": "DOWN"}]}
        listed = [plain | {"VpnConnectionId": f"vpn-{place}"} | each for place, each in enumerate(connections)]
        estate.put("ec2/describe-vpn-connections", {"VpnConnections": listed})
        return estate

    up = {"VgwTelemetry": [{"Status": "DOWN"}, {"Status": "UP"}]}
    assert notes_of(connected({}, {})) == [(Effect.FAIL, "BAD_STATE_VPN", "vgw-office", "vpn-0, vpn-1"), BEYOND]
    for spared in ({"State": "deleted"} | up, {"State": "deleting"} | up, {"VpnGatewayId": "vgw-other"} | up):
        assert notes_of(connected({}, spared))[0] == (Effect.FAIL, "BAD_STATE_VPN", "vgw-office", "vpn-0")
    assert notes_of(connected({}, up)) == [BEYOND]
    # Where no connection is the gateway's, or none tells of tunnels, something else may carry the packets.
    assert notes_of(connected({"VpnGatewayId": "vgw-other"})) == [BEYOND]
    assert notes_of(connected({"VgwTelemetry": []})) == [BEYOND]


@pytest.mark.item("G8")
def test_vpn_connections_of_the_gateway_carry_no_ipv6() -> None:
    assert notes_of(on_premises(), family=Family.IPV6) == [
        (Effect.FAIL, "BAD_STATE_VPN", "vgw-office", "vpn-1"),
        BEYOND,
    ]
    alone = on_premises()
    alone.put("ec2/describe-vpn-connections", {"VpnConnections": []})
    assert notes_of(alone, family=Family.IPV6) == [BEYOND]


@pytest.mark.item("G8")
@pytest.mark.parametrize(
    ("interface", "effect"),
    [
        ({"virtualInterfaceState": "available"}, Effect.UNKNOWN),
        ({"virtualInterfaceState": "deleting"}, Effect.FAIL),
        ({"virtualInterfaceState": "deleted"}, Effect.FAIL),
        ({"virtualGatewayId": "vgw-other"}, Effect.FAIL),
    ],
)
def test_a_virtual_interface_counts_at_its_own_gateway_as_long_as_it_is_there(
    interface: dict[str, str], effect: Effect
) -> None:
    estate = on_premises(tunnels=("DOWN",))
    listed = {"virtualInterfaceId": "dxvif-1", "virtualGatewayId": "vgw-office"} | interface
    estate.put("directconnect/describe-virtual-interfaces", {"virtualInterfaces": [listed]})
    note, _ = hop_of(estate).notes
    assert (note.effect, note.code, note.entry) == (effect, "BAD_STATE_VPN", "vpn-1")
    assert ("dxvif-1" in note.message) is (effect is Effect.UNKNOWN)


@pytest.mark.item("G8")
@pytest.mark.parametrize(
    ("path", "arguments"),
    [
        ("directconnect/describe-virtual-interfaces", ()),
        ("directconnect/describe-direct-connect-gateway-associations", ("vgw-office",)),
    ],
)
def test_either_list_of_direct_connect_that_is_cut_short_leaves_it_open(path: str, arguments: tuple[str, ...]) -> None:
    estate = on_premises(tunnels=("DOWN",))
    estate.reply("/".join((path, *arguments)))["nextToken"] = "more"
    assert notes_of(estate)[0] == (Effect.UNKNOWN, "BAD_STATE_VPN", "vgw-office", "vpn-1")
