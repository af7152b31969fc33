"""A peering connection by itself: whose packets it carries, where to, and what it says of the others."""

from typing import Any

import msgspec
import pytest

from tests.unit.components.surroundings import FakeSurroundings, Thing, arrival_of, function_in
from vpcreach.components.vpc_peering import (
    PeeredBlock,
    PeeredIpv6Block,
    PeeringSide,
    PeeringStatus,
    VpcPeeringConnection,
)
from vpcreach.forwarding import Arrival, Effect, Emerge, Hop, Stop
from vpcreach.packets.address_map import AddressSet, Family
from vpcreach.snapshot.record import Ipv4Cidr, Ipv6Cidr

AROUND = FakeSurroundings([Thing("vpc-main", "vpc"), Thing("vpc-peer", "vpc")])
SIX = (PeeredIpv6Block(Ipv6Cidr("2600:1f18::/56")),)
MAIN = PeeringSide("vpc-main", region="eu-west-1", cidr_block=Ipv4Cidr("10.0.0.0/16"), ipv6_cidr_block_set=SIX)
PEER = PeeringSide(
    "vpc-peer",
    "999900001111",
    "eu-west-1",
    cidr_block_set=(PeeredBlock(Ipv4Cidr("10.1.0.0/16")), PeeredBlock(Ipv4Cidr("10.2.0.0/16"))),
    cidr_block=Ipv4Cidr("10.1.0.0/16"),
)


def peering(there: PeeringSide = PEER, here: PeeringSide = MAIN, status: str | None = "active") -> VpcPeeringConnection:
    return VpcPeeringConnection("pcx-1", PeeringStatus(status), here, there)


def arrival(source: str = "10.0.1.0/24", destination: str = "10.1.0.0/24", vpc_id: str = "vpc-main") -> Arrival:
    asked, to = arrival_of(function_in("subnet-a"), vpc_id=vpc_id), AddressSet.parse(*destination.split())
    packets = msgspec.structs.replace(
        asked.packets, family=to.family, source=AddressSet.parse(*source.split()), destination=to
    )
    return msgspec.structs.replace(asked, packets=packets)


def hops(of: VpcPeeringConnection, asked: Arrival) -> list[Hop]:
    return list(of.forward(asked, AROUND))


def told(of: VpcPeeringConnection, **asked: str) -> list[tuple[object, str, str, list[tuple[str, str]]]]:
    return [
        (hop.then, str(hop.packets.source), str(hop.packets.destination), [(n.code, n.entry) for n in hop.notes])
        for hop in hops(of, arrival(**asked))
    ]


PENDING = ("BAD_STATE", "Status")
FOREIGN = "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"


def test_packets_come_out_in_the_other_vpc_from_either_side_g1() -> None:
    out, back = Emerge("vpc-peer"), Emerge("vpc-main")
    assert told(peering()) == [(out, "10.0.1.0/24", "10.1.0.0/24", [])]
    assert told(peering(), destination="10.2.0.0/24") == [(out, "10.0.1.0/24", "10.2.0.0/24", [])]
    assert told(peering(), source="10.1.0.0/24", destination="10.0.0.0/24", vpc_id="vpc-peer") == [
        (back, "10.1.0.0/24", "10.0.0.0/24", [])
    ]


def test_what_is_of_neither_vpc_is_not_passed_on_with_the_connections_state_g1() -> None:
    assert told(
        peering(status="provisioning"), source="10.0.1.0/24 10.9.0.0/24", destination="10.1.0.0/24 10.3.0.0/24"
    ) == [
        (Stop(), "10.9.0.0/24", "10.1.0.0/24, 10.3.0.0/24", [PENDING, (FOREIGN, "10.9.0.0/24")]),
        (Stop(), "10.0.1.0/24", "10.3.0.0/24", [PENDING, (FOREIGN, "10.3.0.0/24")]),
        (Emerge("vpc-peer"), "10.0.1.0/24", "10.1.0.0/24", [PENDING]),
    ]


def test_packets_all_of_a_third_vpc_take_one_hop_that_says_from_where_g1() -> None:
    (hop,) = hops(peering(), arrival("10.9.0.0/24"))
    assert hop.notes[0].message.startswith("pcx-1 carries only what is from vpc-main itself, and 10.9.0.0/24 is not")
    (hop,) = hops(peering(), arrival(destination="10.9.0.0/24"))
    assert hop.notes[0].message.startswith("pcx-1 carries only what is to vpc-peer itself, and 10.9.0.0/24 is not")


def test_a_side_that_tells_no_blocks_is_held_against_none() -> None:
    silent = PeeringSide("vpc-peer")
    assert silent.cidrs(Family.IPV4) == AddressSet.empty(Family.IPV4)
    assert told(peering(silent), destination="10.77.0.0/24") == [
        (Emerge("vpc-peer"), "10.0.1.0/24", "10.77.0.0/24", [])
    ]
    assert PEER.cidrs(Family.IPV6) == AddressSet.empty(Family.IPV6)
    assert MAIN.cidrs(Family.IPV6) == AddressSet.parse("2600:1f18::/56")
    assert MAIN.cidrs(Family.IPV4) == AddressSet.parse("10.0.0.0/16")


def test_a_connection_of_other_vpcs_carries_nothing() -> None:
    (hop,) = hops(peering(), arrival(vpc_id="vpc-third"))
    assert [(hop.then, note.code, note.entry, note.effect) for note in hop.notes] == [
        (Stop(), "BAD_STATE", "Status", Effect.FAIL)
    ]
    assert peering().across("vpc-third") is None


@pytest.mark.parametrize(
    ("far", "component", "account"),
    [
        ({"vpc_id": "vpc-far", "owner_id": "999900001111", "region": "eu-west-1"}, "vpc-far", "account 999900001111"),
        ({"vpc_id": "vpc-far"}, "vpc-far", "account unknown in an unknown region"),
    ],
)
def test_a_peer_that_was_not_collected_is_told_with_its_account(
    far: dict[str, Any], component: str, account: str
) -> None:
    (hop,) = hops(peering(PeeringSide(**far), status="provisioning"), arrival())
    state, unread = hop.notes
    assert (state.code, state.entry) == PENDING
    assert (unread.code, unread.component, unread.entry, unread.effect) == (
        "UNKNOWN_RESOURCE",
        component,
        "",
        Effect.UNKNOWN,
    )
    assert account in unread.message


@pytest.mark.parametrize(("region", "lost"), [("eu-west-1", None), ("eu-west-2", ("pcx-1", "Region"))])
def test_rules_name_no_groups_of_another_region(region: str, lost: tuple[str, str] | None) -> None:
    (hop,) = hops(peering(replace_region(region)), arrival())
    for note in (hop.references_lost, hop.outbound_lost):
        assert (note and (note.component, note.entry)) == lost


def replace_region(region: str) -> PeeringSide:
    return PeeringSide("vpc-peer", region=region, cidr_block=Ipv4Cidr("10.1.0.0/16"))
