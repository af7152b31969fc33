"""NAT gateways: IPv4 from private subnets out to the internet, or to other private networks.

Modelled: connectivity type, state, addresses, its own subnet's route table and ACL (zonal), its own route table and
zones (regional), the address it gives packets, NAT64.
Not modelled: port exhaustion, the 350 s idle timeout, proxies attached to it (undecided).
Source: VPC User Guide, "NAT gateway basics", "DNS64 and NAT64" and "Regional NAT gateways" (semantics C2-C9, C13-C15).
Checked: tests/unit/components/test_nat_gateway.py.
"""

from collections.abc import Iterable
from typing import ClassVar

import msgspec

from vpcreach.forwarding import (
    BAD_STATE,
    PROTOCOL_RESTRICTION,
    UNSUPPORTED_COMPONENT,
    Arrival,
    Forward,
    Hop,
    Leg,
    Lookup,
    Note,
    Reason,
    Sender,
    Stop,
    Surroundings,
    Zone,
    wrong_way,
)
from vpcreach.packets.address_map import AddressSet, Family
from vpcreach.packets.ports import ICMP, TCP, UDP
from vpcreach.snapshot.call import Call
from vpcreach.snapshot.record import Ipv4Address, Record, Reply, Tagged

PAGE = "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html"
NAT_NO_PUBLIC_ADDRESS = Reason("NAT_NO_PUBLIC_ADDRESS", "associate an Elastic IP address with the NAT gateway", PAGE)
AVAILABILITY_ZONE_CROSSED = Reason(
    "AVAILABILITY_ZONE_CROSSED", "give each zone a NAT gateway of its own, or use a regional one", PAGE
)
REGIONAL_NGW_ROUTE_AZ_RESTRICTION = Reason(
    "REGIONAL_NGW_ROUTE_AZ_RESTRICTION",
    "add the zone to the regional NAT gateway, or switch it to automatic mode",
    PAGE,
)
REGIONAL_NGW_ACL_UNDOCUMENTED = Reason(
    "REGIONAL_NGW_ACL_UNDOCUMENTED", "nothing to do: a regional NAT gateway stands in no subnet", PAGE
)
NAT_APPLIANCE_ATTACHED = Reason("NAT_APPLIANCE_ATTACHED", "test a connection that does not use the proxy", PAGE)
NAT64_PREFIX_REQUIRED = Reason(
    "NAT64_PREFIX_REQUIRED",
    "route only 64:ff9b::/96 to the NAT gateway, and ::/0 to an egress-only internet gateway",
    "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-nat64-dns64.html",
)
NAT64 = AddressSet.parse("64:ff9b::/96")


class NatGatewayAddress(Record, frozen=True):
    public_ip: Ipv4Address | None = None
    private_ip: Ipv4Address | None = None
    status: str | None = None
    availability_zone: str | None = None
    availability_zone_id: str | None = None

    @property
    def is_usable(self) -> bool:
        return self.status in (None, "succeeded")


class AttachedAppliance(Record, frozen=True):
    type: str | None = None
    attachment_state: str | None = None


class NatGateway(Tagged, frozen=True):
    kind: ClassVar[str] = "nat_gateway"
    id_prefix: ClassVar[str] = "nat-"

    nat_gateway_id: str
    vpc_id: str
    subnet_id: str | None = None
    state: str | None = None
    connectivity_type: str = "public"
    availability_mode: str = "zonal"
    route_table_id: str | None = None
    auto_provision_zones: str | None = None
    auto_scaling_ips: str | None = None
    nat_gateway_addresses: tuple[NatGatewayAddress, ...] = ()
    attached_appliances: tuple[AttachedAppliance, ...] = ()
    failure_code: str | None = None
    failure_message: str | None = None

    @property
    def id(self) -> str:
        return self.nat_gateway_id

    @property
    def is_regional(self) -> bool:
        return self.availability_mode == "regional"

    @property
    def is_public(self) -> bool:
        return self.connectivity_type == "public"

    @property
    def appliances(self) -> tuple[AttachedAppliance, ...]:
        """The appliances that are, or may still be, attached."""
        return tuple(a for a in self.attached_appliances if a.attachment_state != "detached")

    @property
    def public_addresses(self) -> tuple[str, ...]:
        return tuple(a.public_ip for a in self.nat_gateway_addresses if a.public_ip and a.is_usable)

    def forward(self, arrival: Arrival, around: Surroundings) -> Iterable[Hop]:
        if arrival.leg is Leg.BACK:
            yield from wrong_way(self, arrival)
            return
        if arrival.packets.family is Family.IPV6:
            others = arrival.packets.destination - NAT64
            if others:
                message = f"{self.title} translates IPv6 packets to 64:ff9b::/96 (NAT64) only, not to {others}"
                note = NAT64_PREFIX_REQUIRED.fail(self.id, "NAT64", message)
                yield Hop(arrival.packets.with_destination(others), Stop(), "dropped", (note,))
            arrival = msgspec.structs.replace(
                arrival, packets=arrival.packets.with_destination(arrival.packets.destination & NAT64)
            )
            if not arrival.packets.destination:
                return
        notes = (
            *self._state_notes(),
            *self._protocol_notes(arrival, around),
            *self._zone_notes(arrival, around),
        )
        sender = Sender(
            component=self.id,
            kind=self.kind,
            vpc_id=self.vpc_id,
            subnet_id=self.subnet_id,
            groups=None,
            public_addresses=self.public_addresses if self.is_public else (),
        )
        then, detail = self._next_lookup()
        if self.appliances or self.connectivity_type not in ("public", "private"):
            # An appliance may send the packets anywhere, so that nothing beyond it is certain (K3).
            yield Hop(arrival.packets, Stop(), detail, notes)
            return
        if self.is_regional and self.route_table_id is None:
            note = UNSUPPORTED_COMPONENT.unknown(
                self.id, "RouteTableId", f"{self.title} names no route table of its own"
            )
            yield Hop(arrival.packets, Stop(), detail, (*notes, note))
            return
        yield Hop(
            arrival.packets,
            then,
            detail,
            notes,
            sender=sender,
            source=self._source(arrival, around),
            destination=_embedded(arrival.packets.destination),
        )

    def answer(self, arrival: Arrival, around: Surroundings) -> Iterable[Hop]:
        then, _ = self._next_lookup()
        yield Hop(arrival.packets, then, "answers, translated back")

    def _next_lookup(self) -> tuple[Forward | Lookup, str]:
        addresses = ", ".join(self.public_addresses) if self.is_public else "a private address"
        if not self.is_regional:
            # A zonal gateway without a subnet cannot be described by AWS; the subnet's own lookup says so if it is.
            return Forward(self.subnet_id or "subnet-"), f"source becomes {addresses or 'nothing'}"
        # A regional one without a table of its own passes nothing on.
        return Lookup(self.route_table_id or "rtb-"), f"regional, source becomes {addresses or 'nothing'}"

    def _source(self, arrival: Arrival, around: Surroundings) -> AddressSet:
        """Its private addresses; any address of its subnet where the reply tells none that the subnet can have."""
        told = [a.private_ip for a in self.nat_gateway_addresses if a.private_ip and a.is_usable]
        private = AddressSet.parse(*told) if told else AddressSet.empty(Family.IPV4)
        anywhere = AddressSet.everything(Family.IPV4)
        given = arrival.packets.source if arrival.packets.family is Family.IPV4 else anywhere
        if self.subnet_id is None:
            return private or given
        subnets = around.subnets(self.vpc_id, Family.IPV4)
        pieces = [(first, last) for first, last, subnet_id in subnets.pieces() if subnet_id == self.subnet_id]
        subnet = AddressSet.of(Family.IPV4, pieces)
        return (private & subnet) or subnet or private or given

    def _state_notes(self) -> list[Note]:
        notes = []
        why = " ".join(text for text in (self.failure_code, self.failure_message) if text)
        fact = f"{self.title} is {self.state or 'in a state the reply does not tell'}{f' ({why})' if why else ''}"
        match self.state:
            case "available":
                pass
            case "pending" | "failed" | "deleted":
                notes.append(BAD_STATE.fail(self.id, "State", f"{fact}, so it passes nothing on"))
            case _:
                notes.append(BAD_STATE.unknown(self.id, "State", f"{fact}; it may or may not still pass packets"))
        if self.connectivity_type not in ("public", "private"):
            message = f"{self.title} is a {self.connectivity_type} gateway, a kind that vpcreach does not know"
            notes.append(UNSUPPORTED_COMPONENT.unknown(self.id, "ConnectivityType", message))
        if self.is_public and not self.public_addresses:
            message = f"{self.title} is public but has no public address in use"
            notes.append(NAT_NO_PUBLIC_ADDRESS.fail(self.id, "NatGatewayAddresses", message))
        if self.appliances:
            kinds = ", ".join(sorted({appliance.type or "an appliance" for appliance in self.appliances}))
            message = f"{self.title} has {kinds} attached, and AWS does not say what becomes of ordinary packets"
            notes.append(NAT_APPLIANCE_ATTACHED.unknown(self.id, "AttachedAppliances", message))
        return notes

    def _protocol_notes(self, arrival: Arrival, around: Surroundings) -> list[Note]:
        carried = around.atoms.mask(TCP) | around.atoms.mask(UDP) | around.atoms.mask(ICMP)
        if not arrival.packets.destination_ports & ~carried:
            return []
        return [PROTOCOL_RESTRICTION.fail(self.id, "", f"{self.title} carries TCP, UDP and ICMP only")]

    def _zone_notes(self, arrival: Arrival, around: Surroundings) -> list[Note]:
        source_zone = around.zone_of(arrival.origin.subnet_id)
        if self.is_regional:
            acl = (
                f"{self.title} is regional and stands in no subnet: only the ACL of {arrival.origin.subnet_id} is read"
            )
            return [
                REGIONAL_NGW_ACL_UNDOCUMENTED.advice(self.id, "", acl),
                *self._regional_zone_notes(source_zone),
            ]
        own_zone = around.zone_of(self.subnet_id)
        if source_zone and own_zone and not source_zone.is_same(own_zone):
            message = (
                f"{self.title} is in {own_zone}, {arrival.origin.subnet_id} in {source_zone}: traffic is charged, and "
                f"egress fails with {own_zone}"
            )
            return [AVAILABILITY_ZONE_CROSSED.advice(self.id, "", message)]
        return []

    def _regional_zone_notes(self, source_zone: Zone | None) -> list[Note]:
        zones = [Zone(a.availability_zone_id, a.availability_zone) for a in self.nat_gateway_addresses if a.is_usable]
        if source_zone is None or any(zone.is_same(source_zone) for zone in zones):
            return []
        fact = f"{self.title} is not in {source_zone} yet"
        if "enabled" in (self.auto_provision_zones, self.auto_scaling_ips):
            message = f"{fact}: another zone serves it meanwhile"
            return [AVAILABILITY_ZONE_CROSSED.advice(self.id, "", message)]
        message = f"{fact} and its zones are chosen by hand; AWS does not say whether another zone serves it"
        return [REGIONAL_NGW_ROUTE_AZ_RESTRICTION.unknown(self.id, "NatGatewayAddresses", message)]


def _embedded(destination: AddressSet) -> AddressSet | None:
    """The IPv4 addresses in the last 32 bits of NAT64 addresses; None for packets that are IPv4 already."""
    if destination.family is Family.IPV4:
        return None
    last = (1 << 32) - 1
    return AddressSet.of(Family.IPV4, [(first & last, end & last) for first, end in destination.intervals])


class DescribeNatGateways(Reply, frozen=True):
    nat_gateways: tuple[NatGateway, ...] = ()


DESCRIBE_NAT_GATEWAYS = Call("ec2", "DescribeNatGateways", DescribeNatGateways, holds="NatGateways")
CALLS = (DESCRIBE_NAT_GATEWAYS,)
REASONS = (
    BAD_STATE,
    NAT_NO_PUBLIC_ADDRESS,
    AVAILABILITY_ZONE_CROSSED,
    REGIONAL_NGW_ROUTE_AZ_RESTRICTION,
    REGIONAL_NGW_ACL_UNDOCUMENTED,
    NAT64_PREFIX_REQUIRED,
    NAT_APPLIANCE_ATTACHED,
    PROTOCOL_RESTRICTION,
)
