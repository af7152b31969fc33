"""Virtual private gateways, and the VPN connections on them: the VPC's door to what lies on premises.

Modelled: attachment, state, VPN tunnels that are all down, that a VPN on such a gateway carries IPv4 only, and whether
Direct Connect stands beside them.
Not modelled: what lies on premises: undecided, and never an answer of `reachable`.
Source: Site-to-Site VPN User Guide, "Route tables and VPN route priority" (semantics G8, E11).
Checked: tests/unit/components/test_virtual_private_gateway.py.
"""

from collections.abc import Iterable
from typing import ClassVar

from vpcreach.forwarding import (
    BAD_STATE,
    BAD_STATE_ATTACHMENT,
    COLLECTION_FAILED,
    Arrival,
    Hop,
    Leg,
    Note,
    Reason,
    Stop,
    Surroundings,
)
from vpcreach.packets.address_map import Family
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import CamelRecord, CamelReply, Record, Reply, Tagged
from vpcreach.snapshot.snapshot import Snapshot

PAGE = "https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-route-priority.html"
BAD_STATE_VPN = Reason("BAD_STATE_VPN", "bring a tunnel of the VPN connection up", PAGE)
ON_PREM_BEYOND_MODEL = Reason(
    "ON_PREM_BEYOND_MODEL", "test from both ends: what lies beyond AWS is in no configuration of AWS", PAGE
)
GONE = frozenset({"deleting", "deleted"})


class VpnGatewayAttachment(Record, frozen=True):
    vpc_id: str | None = None
    state: str | None = None


class VpnGateway(Tagged, frozen=True):
    kind: ClassVar[str] = "virtual_private_gateway"
    id_prefix: ClassVar[str] = "vgw-"
    subnet_id: ClassVar[None] = None

    vpn_gateway_id: str
    state: str | None = None
    vpc_attachments: tuple[VpnGatewayAttachment, ...] = ()

    @property
    def id(self) -> str:
        return self.vpn_gateway_id

    def forward(self, arrival: Arrival, around: Surroundings) -> Iterable[Hop]:
        # Answers that leave by it may come back by another way: what routers on premises do is not told either.
        what = "packets" if arrival.leg is Leg.OUT else "answers"
        notes = (*self._state_notes(arrival.vpc_id), *self._vpn_notes(arrival, around))
        message = f"{self.title} leads on premises, and what becomes of {what} there is not in AWS's configuration"
        beyond = ON_PREM_BEYOND_MODEL.unknown(self.id, "", message)
        yield Hop(arrival.packets, Stop(), "on premises", (*notes, beyond))

    answer = forward

    def _state_notes(self, vpc_id: str) -> tuple[Note, ...]:
        if self.state in GONE:
            return (BAD_STATE.fail(self.id, "State", f"{self.title} is {self.state}"),)
        states = [attachment.state for attachment in self.vpc_attachments if attachment.vpc_id == vpc_id]
        if "attached" in states:
            return ()
        fact = f"its attachment to {vpc_id} is {states[0]}" if states else f"it is not attached to {vpc_id}"
        if states and states[0] not in ("detaching", "detached"):
            return (BAD_STATE_ATTACHMENT.unknown(self.id, "VpcAttachments", f"{self.title}: {fact}"),)
        return (BAD_STATE_ATTACHMENT.fail(self.id, "VpcAttachments", f"{self.title} is the next hop, but {fact}"),)

    def _vpn_notes(self, arrival: Arrival, around: Surroundings) -> tuple[Note, ...]:
        """The blocker where no tunnel of the gateway's VPN connections can carry the packets, and there is no other."""
        reading = around.read(DESCRIBE_VPN_CONNECTIONS, self.id)
        if reading.value is None:
            message = f"the VPN connections of {self.title} are not known: {reading.gap}"
            return (COLLECTION_FAILED.unknown(self.id, DESCRIBE_VPN_CONNECTIONS.action, message),)
        mine = [c for c in reading.value.vpn_connections if c.vpn_gateway_id == self.id and c.state not in GONE]
        statuses = [tunnel.status for connection in mine for tunnel in connection.vgw_telemetry]
        is_down = bool(statuses) and all(status == "DOWN" for status in statuses)
        is_ipv6 = bool(mine) and arrival.packets.family is Family.IPV6
        if not (is_down or is_ipv6) or not reading.is_complete:
            return ()
        names = ", ".join(connection.vpn_connection_id for connection in mine)
        fact = "carry no IPv6" if is_ipv6 else "have no tunnel that is up"
        message = f"the VPN connections of {self.title} ({names}) {fact}"
        beside = self._direct_connect(around)
        if beside is None:
            return (BAD_STATE_VPN.fail(self.id, names, f"{message}, and no Direct Connect stands beside them"),)
        return (BAD_STATE_VPN.unknown(self.id, names, f"{message}; {beside}"),)

    def _direct_connect(self, around: Surroundings) -> str | None:
        """What Direct Connect may carry in the place of VPN connections; None where there surely is none."""
        interfaces = around.read(DESCRIBE_VIRTUAL_INTERFACES, self.id)
        joined = around.read(DESCRIBE_DIRECT_CONNECT_GATEWAY_ASSOCIATIONS, self.id, (self.id,))
        for reading in (interfaces, joined):
            if reading.value is None or not reading.is_complete:
                return f"whether Direct Connect stands beside them is not known: {reading.gap}"
        virtual = interfaces.value.virtual_interfaces if interfaces.value else ()
        if own := [i for i in virtual if i.virtual_gateway_id == self.id and i.virtual_interface_state not in GONE]:
            return f"the virtual interface {own[0].virtual_interface_id} may carry the packets"
        gateways = joined.value.direct_connect_gateway_associations if joined.value else ()
        if gateways:
            return f"the Direct Connect gateway {gateways[0].direct_connect_gateway_id} may carry the packets"
        return None


class TunnelTelemetry(Record, frozen=True):
    status: str | None = None


class VpnConnection(Record, frozen=True):
    vpn_connection_id: str
    vpn_gateway_id: str | None = None
    state: str | None = None
    vgw_telemetry: tuple[TunnelTelemetry, ...] = ()


class DescribeVpnGateways(Reply, frozen=True):
    vpn_gateways: tuple[VpnGateway, ...] = ()


class DescribeVpnConnections(Reply, frozen=True):
    vpn_connections: tuple[VpnConnection, ...] = ()


class VirtualInterface(CamelRecord, frozen=True):
    virtual_interface_id: str
    virtual_gateway_id: str | None = None
    virtual_interface_state: str | None = None


class DescribeVirtualInterfaces(CamelReply, frozen=True):
    virtual_interfaces: tuple[VirtualInterface, ...] = ()


class DirectConnectGatewayAssociation(CamelRecord, frozen=True):
    direct_connect_gateway_id: str | None = None


class DescribeDirectConnectGatewayAssociations(CamelReply, frozen=True):
    direct_connect_gateway_associations: tuple[DirectConnectGatewayAssociation, ...] = ()


def _gateways(snapshot: Snapshot, place: Place) -> Iterable[tuple[str, ...]]:
    reply = snapshot.read(DESCRIBE_VPN_GATEWAYS, place).value
    return [(gateway.vpn_gateway_id,) for gateway in (reply.vpn_gateways if reply else ())]


DESCRIBE_VPN_GATEWAYS = Call("ec2", "DescribeVpnGateways", DescribeVpnGateways, holds="VpnGateways")
DESCRIBE_VPN_CONNECTIONS = Call("ec2", "DescribeVpnConnections", DescribeVpnConnections, holds="VpnConnections")
DESCRIBE_VIRTUAL_INTERFACES = Call(
    "directconnect", "DescribeVirtualInterfaces", DescribeVirtualInterfaces, holds="virtualInterfaces"
)
DESCRIBE_DIRECT_CONNECT_GATEWAY_ASSOCIATIONS = Call(
    "directconnect",
    "DescribeDirectConnectGatewayAssociations",
    DescribeDirectConnectGatewayAssociations,
    holds="directConnectGatewayAssociations",
    arguments=("virtualGatewayId",),
    each=_gateways,
)
CALLS = (
    DESCRIBE_VPN_GATEWAYS,
    DESCRIBE_VPN_CONNECTIONS,
    DESCRIBE_VIRTUAL_INTERFACES,
    DESCRIBE_DIRECT_CONNECT_GATEWAY_ASSOCIATIONS,
)
REASONS = (BAD_STATE, BAD_STATE_ATTACHMENT, BAD_STATE_VPN, ON_PREM_BEYOND_MODEL)
