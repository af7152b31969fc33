"""A NAT gateway by itself: what it translates to, what it refuses, and the key of its reply that it names for it."""

from collections.abc import Iterable
from typing import Any

import msgspec
import pytest

from tests.unit.components.surroundings import FakeSurroundings, arrival_of, function_in
from vpcreach.components.nat_gateway import AttachedAppliance, NatGateway, NatGatewayAddress
from vpcreach.forwarding import Arrival, Effect, Forward, Hop, Lookup, Stop, Zone
from vpcreach.packets.address_map import AddressMap, AddressSet, Family
from vpcreach.snapshot.record import Ipv4Address

SUBNET = AddressSet.parse("10.0.0.0/24")
ZONES = {"subnet-a": Zone("euw1-az1", "eu-west-1a"), "subnet-b": Zone("euw1-az2", "eu-west-1b")}


class Around(FakeSurroundings):
    """The gateway's subnet at 10.0.0.0/24, and subnets in two zones."""

    def subnets(self, vpc_id: str, family: Family) -> AddressMap[str | None]:
        assert vpc_id == "vpc-main"
        return AddressMap.paint(family, [(*SUBNET.intervals[0], "subnet-a")], None)

    def zone_of(self, subnet_id: str | None) -> Zone | None:
        return ZONES.get(subnet_id or "")


def address(public: str | None = "52.0.0.1", private: str | None = "10.0.0.9", **more: Any) -> NatGatewayAddress:
    return NatGatewayAddress(Ipv4Address(public) if public else None, Ipv4Address(private) if private else None, **more)


def nat(*addresses: NatGatewayAddress, **more: Any) -> NatGateway:
    chosen: dict[str, Any] = {"subnet_id": "subnet-a", "state": "available", **more}
    return NatGateway("nat-1", "vpc-main", nat_gateway_addresses=addresses or (address(),), **chosen)


def arrival(destination: str = "93.184.216.34", subnet: str = "subnet-a") -> Arrival:
    asked, to = arrival_of(function_in(subnet)), AddressSet.parse(*destination.split())
    source = AddressSet.parse("10.0.1.0/24" if to.family is Family.IPV4 else "2600:1f18::/64")
    packets = msgspec.structs.replace(asked.packets, family=to.family, source=source, destination=to)
    return msgspec.structs.replace(asked, packets=packets)


def hops(of: NatGateway, to: Arrival) -> list[Hop]:
    return list(of.forward(to, Around()))


def told(found: Iterable[Hop]) -> list[tuple[str, str, Effect]]:
    return [(note.code, note.entry, note.effect) for hop in found for note in hop.notes]


def test_packets_go_on_from_the_gateways_own_address_and_subnet() -> None:
    (hop,) = hops(nat(), arrival())
    assert (hop.then, hop.detail, hop.notes) == (Forward("subnet-a"), "source becomes 52.0.0.1", ())
    assert (hop.source, hop.destination) == (AddressSet.parse("10.0.0.9"), None)
    assert hop.sender is not None
    assert (hop.sender.public_addresses, hop.sender.groups) == (("52.0.0.1",), None)


def test_a_private_gateway_gives_packets_no_public_address() -> None:
    (hop,) = hops(nat(connectivity_type="private"), arrival())
    assert hop.sender is not None
    assert (hop.sender.public_addresses, hop.detail) == ((), "source becomes a private address")


@pytest.mark.parametrize(
    ("addresses", "subnet_id", "source"),
    [
        ((address(), address(private="10.0.0.10")), "subnet-a", ("10.0.0.9", "10.0.0.10")),
        ((address(private="10.0.7.7"),), "subnet-a", ("10.0.0.0/24",)),
        ((address(private=None),), "subnet-a", ("10.0.0.0/24",)),
        ((address(status="failed"), address()), "subnet-a", ("10.0.0.9",)),
        ((address(),), "subnet-unknown", ("10.0.0.9",)),
        ((address(private=None),), "subnet-unknown", ("10.0.1.0/24",)),
        ((address(),), None, ("10.0.0.9",)),
        ((address(private=None),), None, ("10.0.1.0/24",)),
    ],
)
def test_the_source_is_an_address_that_the_gateway_can_have(
    addresses: tuple[NatGatewayAddress, ...], subnet_id: str | None, source: tuple[str, ...]
) -> None:
    (hop,) = hops(nat(*addresses, subnet_id=subnet_id), arrival())
    assert hop.source == AddressSet.parse(*source)


def test_ipv6_is_translated_behind_the_prefix_of_nat64_and_dropped_elsewhere() -> None:
    dropped, passed = hops(nat(), arrival("64:ff9b::5db8:d822 64:ff9b::ffff:fffe/127 2001:db8::1"))
    assert (dropped.then, dropped.detail) == (Stop(), "dropped")
    assert dropped.packets.destination == AddressSet.parse("2001:db8::1")
    assert told([dropped]) == [("NAT64_PREFIX_REQUIRED", "NAT64", Effect.FAIL)]
    assert passed.packets.destination == AddressSet.parse("64:ff9b::5db8:d822", "64:ff9b::ffff:fffe/127")
    assert passed.destination == AddressSet.parse("93.184.216.34", "255.255.255.254/31")
    assert passed.source == AddressSet.parse("10.0.0.9")


def test_ipv6_that_is_all_behind_the_prefix_or_all_elsewhere_takes_one_hop() -> None:
    assert [hop.then for hop in hops(nat(), arrival("64:ff9b::/96"))] == [Forward("subnet-a")]
    assert [hop.then for hop in hops(nat(), arrival("2001:db8::1"))] == [Stop()]


def test_ipv6_gets_some_ipv4_source_where_the_reply_tells_none() -> None:
    (hop,) = hops(nat(address(private=None), subnet_id=None), arrival("64:ff9b::/96"))
    assert hop.source == AddressSet.everything(Family.IPV4)


PROXY = AttachedAppliance("network-firewall-proxy", "attached")
NOTES: list[tuple[str, NatGateway, list[tuple[str, str, Effect]]]] = [
    ("no-address", nat(address(public=None)), [("NAT_NO_PUBLIC_ADDRESS", "NatGatewayAddresses", Effect.FAIL)]),
    ("private-without-address", nat(address(public=None), connectivity_type="private"), []),
    (
        "appliance",
        nat(attached_appliances=(PROXY,)),
        [("NAT_APPLIANCE_ATTACHED", "AttachedAppliances", Effect.UNKNOWN)],
    ),
    ("appliance-gone", nat(attached_appliances=(AttachedAppliance("proxy", "detached"),)), []),
    ("kind", nat(connectivity_type="odd"), [("UNSUPPORTED_COMPONENT", "ConnectivityType", Effect.UNKNOWN)]),
    ("failed", nat(state="failed"), [("BAD_STATE", "State", Effect.FAIL)]),
    ("deleting", nat(state="deleting"), [("BAD_STATE", "State", Effect.UNKNOWN)]),
]


@pytest.mark.parametrize(("of", "notes"), [pytest.param(*row[1:], id=row[0]) for row in NOTES])
def test_what_is_amiss_is_told_by_the_key_that_says_so(of: NatGateway, notes: list[tuple[str, str, Effect]]) -> None:
    assert told(hops(of, arrival())) == notes


@pytest.mark.parametrize("of", [nat(attached_appliances=(PROXY,)), nat(connectivity_type="odd")])
def test_nothing_is_known_behind_an_appliance_or_a_strange_kind(of: NatGateway) -> None:
    assert [hop.then for hop in hops(of, arrival())] == [Stop()]


HERE = address(availability_zone="eu-west-1a")
ACL = ("REGIONAL_NGW_ACL_UNDOCUMENTED", "", Effect.ADVICE)
CROSSED = ("AVAILABILITY_ZONE_CROSSED", "", Effect.ADVICE)
REGIONAL: list[tuple[NatGatewayAddress, dict[str, Any], str, list[tuple[str, str, Effect]]]] = [
    (HERE, {}, "subnet-a", [ACL]),
    (address(availability_zone_id="euw1-az1"), {}, "subnet-a", [ACL]),
    (HERE, {"auto_provision_zones": "enabled"}, "subnet-b", [ACL, CROSSED]),
    (HERE, {}, "subnet-b", [ACL, ("REGIONAL_NGW_ROUTE_AZ_RESTRICTION", "NatGatewayAddresses", Effect.UNKNOWN)]),
]


@pytest.mark.parametrize(("given", "how", "subnet", "notes"), REGIONAL)
def test_a_regional_gateway_serves_the_zones_of_its_addresses(
    given: NatGatewayAddress, how: dict[str, Any], subnet: str, notes: list[tuple[str, str, Effect]]
) -> None:
    regional = nat(given, subnet_id=None, availability_mode="regional", route_table_id="rtb-nat", **how)
    (hop,) = hops(regional, arrival(subnet=subnet))
    assert (hop.then, told([hop])) == (Lookup("rtb-nat"), notes)


def test_a_regional_gateway_without_a_table_leads_nowhere_that_is_known() -> None:
    (hop,) = hops(nat(HERE, subnet_id=None, availability_mode="regional"), arrival())
    assert (hop.then, hop.detail) == (Stop(), "regional, source becomes 52.0.0.1")
    assert told([hop]) == [ACL, ("UNSUPPORTED_COMPONENT", "RouteTableId", Effect.UNKNOWN)]


def test_a_zonal_gateway_in_another_zone_is_told() -> None:
    assert told(hops(nat(), arrival(subnet="subnet-b"))) == [CROSSED]
