"""An internet gateway by itself: whose packets it passes on, and what it says of the others."""

from dataclasses import dataclass, replace
from typing import Any

import msgspec
import pytest

from tests.unit.components.surroundings import FakeSurroundings, Thing, arrival_of, function_in
from vpcreach.components.internet_gateway import Attachment, InternetGateway
from vpcreach.forwarding import UNKNOWN_RESOURCE, Arrival, Component, Deliver, Effect, Leg, Lookup, Note, Sender, Stop
from vpcreach.packets.address_map import AddressSet, Family

GATEWAY = InternetGateway("igw-1", (Attachment("vpc-main"),))
UNREAD = UNKNOWN_RESOURCE.unknown("eni-1", "", "the addresses of eni-1 cannot be read")
REFUSED = UNKNOWN_RESOURCE.fail("eni-1", "", "eni-1 refuses the internet")


@dataclass(frozen=True)
class Nat(Thing):
    """A NAT gateway of which only its kind of address matters."""

    is_public: bool = True


@dataclass(frozen=True)
class Subnet(Thing):
    """A subnet with or without a private IPv6 range."""

    has_private_ipv6: bool = False


class Around(FakeSurroundings):
    """NAT gateways of both kinds, subnets of both kinds, and an edge table, if one is given."""

    def __init__(self, edge: Component | Note | None = None) -> None:
        nats = Nat("nat-public", "nat_gateway"), Nat("nat-private", "nat_gateway", is_public=False)
        subnets = Subnet("subnet-a", "subnet"), Subnet("subnet-private", "subnet", has_private_ipv6=True)
        super().__init__((*nats, *subnets, Thing("eni-1", "network_interface"), Thing("orders", "lambda_function")))
        self._edge = edge

    def edge_table_of(self, gateway_id: str, vpc_id: str) -> Component | Note | None:
        assert (gateway_id, vpc_id) == ("igw-1", "vpc-main")
        return self._edge


def sender(component: str = "orders", kind: str = "lambda_function", **more: Any) -> Sender:
    return replace(function_in("subnet-a"), component=component, kind=kind, **more)


def arrival(of: Sender, destination: str = "93.184.216.34", leg: Leg = Leg.OUT) -> Arrival:
    asked, to = arrival_of(of, leg=leg, vpc_id="vpc-main"), AddressSet.parse(destination)
    source = AddressSet.parse("10.0.0.0/24" if to.family is Family.IPV4 else "2600:1f18::/64")
    packets = msgspec.structs.replace(asked.packets, family=to.family, source=source, destination=to)
    return msgspec.structs.replace(asked, packets=packets)


SIX = "2001:db8::1"
PUBLIC: dict[str, Any] = {"public_addresses": ("52.0.0.1",)}
FAILED, DOUBTED = Effect.FAIL, Effect.UNKNOWN
NO_ADDRESS = ("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", "igw-1", "", FAILED)
TOLD: list[tuple[str, Sender, str, list[tuple[str, str, str, Effect]]]] = [
    (
        "A6-function",
        sender(),
        "1.1.1.1",
        [NO_ADDRESS, ("LAMBDA_IN_PUBLIC_SUBNET", "subnet-a", "", Effect.ADVICE)],
    ),
    ("A6-function-with-an-address", sender(**PUBLIC), "1.1.1.1", []),
    ("C10-address-of-another-vpc", sender(**PUBLIC, vpc_id="vpc-other"), "1.1.1.1", [NO_ADDRESS]),
    ("C10-interface", sender("eni-1", "network_interface"), "1.1.1.1", [NO_ADDRESS]),
    ("C10-interface-of-another-vpc", sender("eni-1", "network_interface", vpc_id="vpc-o"), "1.1.1.1", [NO_ADDRESS]),
    ("A20-instance", sender("eni-1", "managed_instance"), "1.1.1.1", [NO_ADDRESS]),
    ("C2-public-nat", sender("nat-public", "nat_gateway", **PUBLIC), "1.1.1.1", []),
    ("C2-public-nat-without-address", sender("nat-public", "nat_gateway"), "1.1.1.1", []),
    (
        "C2-private-nat",
        sender("nat-private", "nat_gateway"),
        "1.1.1.1",
        [("PRIVATE_NAT_TO_IGW", "nat-private", "ConnectivityType", FAILED)],
    ),
    ("A14-addresses-unread", sender(public_addresses_unread=UNREAD), "1.1.1.1", [(UNREAD.code, "eni-1", "", DOUBTED)]),
    ("A14-unread-elsewhere", sender(public_addresses_unread=UNREAD, vpc_id="vpc-o"), "1.1.1.1", [NO_ADDRESS]),
    ("A12-function-ipv6", sender(), SIX, [("LAMBDA_IPV6_VIA_IGW_UNCONFIRMED", "igw-1", "", DOUBTED)]),
    ("A20-instance-ipv6", sender("eni-1", "managed_instance"), SIX, []),
    (
        "A12-ipv6-of-another-vpc",
        sender(vpc_id="vpc-o"),
        SIX,
        [("GATEWAY_REJECTS_SPOOFED_TRAFFIC", "igw-1", "", FAILED)],
    ),
    ("A12-refused", sender(refused_at_internet=REFUSED), SIX, [(REFUSED.code, "eni-1", "", FAILED)]),
    (
        "A12-private-range",
        sender(subnet_id="subnet-private"),
        SIX,
        [("IPV6_NOT_PUBLIC", "igw-1", "Ipv6AddressAttribute", FAILED)],
    ),
    (
        "A12-no-subnet",
        sender(subnet_id=None),
        SIX,
        [("LAMBDA_IPV6_VIA_IGW_UNCONFIRMED", "igw-1", "", DOUBTED)],
    ),
]


@pytest.mark.item("A6", "A12", "C2")
@pytest.mark.parametrize(("of", "to", "told"), [pytest.param(*row[1:], id=row[0]) for row in TOLD])
def test_whose_packets_an_internet_gateway_passes_on(
    of: Sender, to: str, told: list[tuple[str, str, str, Effect]]
) -> None:
    notes = GATEWAY.sender_notes(arrival(of, to), Around())
    assert [(note.code, note.component, note.entry, note.effect) for note in notes] == told


def test_the_words_for_a_sender_without_an_address_fit_its_kind_c10() -> None:
    def words(of: Sender) -> str:
        return GATEWAY.sender_notes(arrival(of), Around())[0].message

    assert "eni-1 has no public IPv4 address" in words(sender("eni-1", "network_interface"))
    assert "the private addresses of vpc-o" in words(sender("eni-1", "network_interface", vpc_id="vpc-o"))
    assert words(sender("the instances", "managed_instance")).endswith("and the instances have none")
    assert "a function's interface in subnet-a never gets one" in words(sender())


@pytest.mark.parametrize(
    ("destination", "block", "code"),
    [
        ("10.9.0.0/16", "10.9.0.0/16", "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS"),
        ("100.64.0.0/9", "100.64.0.0/10", "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS"),
        ("169.254.1.1", "169.254.1.1", "NO_POSSIBLE_DESTINATION"),
    ],
)
def test_private_addresses_are_dropped_and_no_others(destination: str, block: str, code: str) -> None:
    (dropped, *passed) = GATEWAY.forward(arrival(sender(**PUBLIC), destination), Around())
    assert (dropped.then, dropped.detail, dropped.packets.destination) == (Stop(), "dropped", AddressSet.parse(block))
    assert [(note.code, note.entry) for note in dropped.notes] == [(code, block)]
    rest = AddressSet.parse(destination) - AddressSet.parse(block)
    assert [(hop.then, hop.packets.destination) for hop in passed] == ([(Deliver(None), rest)] if rest else [])


@pytest.mark.parametrize(
    ("states", "effect"),
    [
        (["available"], None),
        (["attached"], None),
        (["detached", "available"], None),
        (["attaching"], Effect.UNKNOWN),
        (["detaching"], Effect.FAIL),
        (["detached"], Effect.FAIL),
        ([], Effect.FAIL),
    ],
)
def test_only_an_attachment_that_stands_carries_packets_c10(states: list[str], effect: Effect | None) -> None:
    gateway = InternetGateway("igw-1", (Attachment("vpc-other"), *(Attachment("vpc-main", state) for state in states)))
    notes = [(note.code, note.entry, note.effect) for note in gateway.attachment_notes("vpc-main")]
    assert notes == ([("BAD_STATE_ATTACHMENT", "Attachments", effect)] if effect else [])


def test_answers_from_the_internet_follow_the_edge_table_or_else_the_vpc_b10() -> None:
    def ruled(edge: Component | Note | None) -> object:
        (hop,) = GATEWAY.answer(arrival(sender(), leg=Leg.BACK), Around(edge))
        return hop.notes or hop.then

    assert ruled(None) == Lookup("vpc-main")
    assert ruled(Thing("rtb-edge", "route_table")) == Lookup("rtb-edge")
    assert ruled(UNREAD) == (UNREAD,)
