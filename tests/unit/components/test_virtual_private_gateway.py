"""Virtual private gateways: what AWS knows of the way on premises, and no more."""

import pytest

from tests.estates.asking import told
from tests.estates.builder import Estate, allow

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
