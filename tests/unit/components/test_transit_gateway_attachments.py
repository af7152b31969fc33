"""G6, G10: attachments, their 1:1 NAT and the far ends of peerings, asked directly: entries, places and every doubt."""

import json
from typing import Any

import msgspec
import pytest

from tests.estates.asking import snapshot_of
from tests.estates.hub_and_spoke import hub_and_spoke
from tests.unit.components.surroundings import ACCOUNT, HOME, FakeSurroundings, Thing, arrival_of, function_in
from vpcreach.components.transit_gateway import TransitGateway, TransitGatewayAttachment
from vpcreach.components.transit_gateway.attachment import (
    DESCRIBE_TRANSIT_GATEWAY_ATTACHMENTS,
    GET_TRANSIT_GATEWAY_ATTACHMENT_NAT_CONFIGURATION,
)
from vpcreach.components.transit_gateway.nat_configuration import NatConfiguration, OneToOneNat
from vpcreach.components.transit_gateway.peering_attachment import to_the_far_side
from vpcreach.components.transit_gateway.vpc_attachment import DESCRIBE_TRANSIT_GATEWAY_VPC_ATTACHMENTS, VpcAttachment
from vpcreach.forwarding import Effect, Emerge, Hop, Leg, Lookup, Note, Stop
from vpcreach.network.network import Network
from vpcreach.packets.address_map import AddressSet, Family
from vpcreach.packets.packet_set import PacketSet
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.snapshot import Reading, Snapshot, State, decoded

OTHER = "999988887777"
RULED = {"TransitGatewayRouteTableId": "tgw-rtb-a", "State": "associated"}
ATTACHMENT = {
    "TransitGatewayAttachmentId": "tgw-attach-app",
    "TransitGatewayId": "tgw-hub",
    "TransitGatewayOwnerId": ACCOUNT,
    "ResourceType": "vpc",
    "ResourceId": "vpc-app",
    "State": "available",
    "Association": RULED,
}
TABLES = [Thing("tgw-rtb-a", "transit_gateway_route_table")]
FROM_APP = arrival_of(function_in("subnet-app"))


def attachment(**changes: object) -> TransitGatewayAttachment:
    return decoded(json.dumps(ATTACHMENT | changes).encode(), TransitGatewayAttachment, "")


def told(*notes: Note) -> list[tuple[Effect, str, str, str]]:
    return [(note.effect, note.code, note.component, note.entry) for note in notes]


MISSING, UNREAD = "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION", "TGW_RTB_ROUTES_ARE_UNKNOWN"


@pytest.mark.item("G6")
@pytest.mark.parametrize(
    ("association", "owner", "expected"),
    [
        (None, ACCOUNT, (Effect.FAIL, MISSING, "tgw-attach-app", "Association")),
        (RULED | {"State": "disassociated"}, ACCOUNT, (Effect.FAIL, MISSING, "tgw-attach-app", "Association")),
        (RULED | {"State": "associating"}, ACCOUNT, (Effect.UNKNOWN, MISSING, "tgw-attach-app", "Association")),
        (RULED | {"State": None}, ACCOUNT, (Effect.UNKNOWN, MISSING, "tgw-attach-app", "Association")),
        (None, OTHER, (Effect.UNKNOWN, UNREAD, "tgw-attach-app", "")),
        (
            RULED | {"TransitGatewayRouteTableId": "tgw-rtb-unread"},
            ACCOUNT,
            (Effect.UNKNOWN, UNREAD, "tgw-rtb-unread", ""),
        ),
        (
            {"TransitGatewayPolicyTableId": "tgw-ptb-a", "State": "associated"},
            ACCOUNT,
            (Effect.UNKNOWN, "UNSUPPORTED_COMPONENT", "tgw-attach-app", "Association"),
        ),
    ],
)
def test_what_leaves_an_attachment_without_a_table_names_the_entry(
    association: dict[str, str] | None, owner: str, expected: tuple[Effect, str, str, str]
) -> None:
    asked = attachment(Association=association, TransitGatewayOwnerId=owner)
    (hop,) = asked.forward(FROM_APP, FakeSurroundings(TABLES))
    assert (hop.packets, hop.then, hop.detail) == (FROM_APP.packets, Stop(), "no route table")
    assert told(*hop.notes) == [expected]


@pytest.mark.item("G6")
def test_an_attachment_without_nat_is_ruled_by_its_table() -> None:
    expected = [Hop(FROM_APP.packets, Lookup("tgw-rtb-a"), "ruled by tgw-rtb-a")]
    assert list(attachment().forward(FROM_APP, FakeSurroundings(TABLES))) == expected


@pytest.mark.item("G10")
@pytest.mark.parametrize(
    ("support", "owner", "has_nat"),
    [
        (None, ACCOUNT, False),
        (None, None, False),
        (None, OTHER, True),
        ("disabled", ACCOUNT, False),
        ("disabled", OTHER, False),
        ("enabled", ACCOUNT, True),
        ("enabling", OTHER, True),
    ],
)
def test_whether_an_attachment_may_translate_is_told_to_the_owner_alone(
    support: str | None, owner: str | None, has_nat: bool
) -> None:
    asked = attachment(NatGatewaySupport=support, TransitGatewayOwnerId=owner)
    assert (asked.nat(FakeSurroundings()) is not None) is has_nat


@pytest.mark.item("G10")
def test_the_nat_of_each_attachment_that_may_translate_is_collected() -> None:
    each = GET_TRANSIT_GATEWAY_ATTACHMENT_NAT_CONFIGURATION.each
    assert each is not None
    listed = [
        ATTACHMENT | {"TransitGatewayAttachmentId": f"tgw-attach-{support}", "NatGatewaySupport": support}
        for support in (None, "disabled", "enabled", "enabling")
    ]
    path = DESCRIBE_TRANSIT_GATEWAY_ATTACHMENTS.path(HOME)
    snapshot = Snapshot({path: json.dumps({"TransitGatewayAttachments": listed}).encode()})
    assert list(each(snapshot, HOME)) == [("tgw-attach-enabled",), ("tgw-attach-enabling",)]
    assert list(each(Snapshot({}), HOME)) == []


def nat(*rules: tuple[str, str, str], support: str = "enabled") -> OneToOneNat:
    listed = [{"MatchSourceCidr": match, "NatCidr": gives, "State": state} for match, gives, state in rules]
    value = decoded(json.dumps({"NatGatewayRules": listed}).encode(), NatConfiguration, "")
    return OneToOneNat("tgw-attach-app", support, Reading(State.FOUND, value, None))


UNREADABLE = OneToOneNat("tgw-attach-app", "enabled", Reading(State.ABSENT, None, None))


@pytest.mark.item("G10")
def test_nat_that_is_not_known_leaves_every_ipv4_source_in_doubt_and_no_other() -> None:
    for unsure, entry in ((UNREADABLE, "NatGatewayRules"), (nat(support="enabling"), "NatGatewaySupport")):
        (part,) = unsure.inwards(AddressSet.parse("10.1.0.0/24"))
        assert (str(part.before), part.after) == ("10.1.0.0/24", None)
        assert part.note is not None
        assert told(part.note) == [(Effect.UNKNOWN, "COLLECTION_FAILED", "tgw-attach-app", entry)]
        assert unsure.outwards(AddressSet.parse("10.1.0.0/24")) == part.note
        (ipv6,) = unsure.inwards(AddressSet.parse("2600::/64"))
        assert (str(ipv6.before), ipv6.after, ipv6.note) == ("2600::/64", None, None)
        assert unsure.outwards(AddressSet.parse("2600::/64")) is None


@pytest.mark.item("G10")
def test_each_rule_translates_its_own_sources_and_the_rest_stays() -> None:
    rules = nat(("10.1.0.0/25", "100.64.0.0/25", "activated"), ("10.1.0.128/26", "100.64.1.0/26", "pending"))
    parts = list(rules.inwards(AddressSet.parse("10.1.0.0/24")))
    assert [(str(part.before), part.after and str(part.after)) for part in parts] == [
        ("10.1.0.0/25", "100.64.0.0/25"),
        ("10.1.0.128/26", None),
        ("10.1.0.192/26", None),
    ]
    doubts = [part.note for part in parts]
    assert doubts[0] is doubts[2] is None
    assert doubts[1] is not None
    assert told(doubts[1]) == [(Effect.UNKNOWN, "COLLECTION_FAILED", "tgw-attach-app", "State")]


class Translating(FakeSurroundings):
    """A network in which the attachment's NAT configuration is this one."""

    def __init__(self, reading: Reading[NatConfiguration]) -> None:
        super().__init__(TABLES)
        self.reading_of_nat: Reading[Any] = reading

    def read(self, call: Call[Any], at: str | Place, arguments: tuple[str, ...] = ()) -> Reading[Any]:
        assert (call, at, arguments) == (
            GET_TRANSIT_GATEWAY_ATTACHMENT_NAT_CONFIGURATION,
            "tgw-attach-app",
            ("tgw-attach-app",),
        )
        return self.reading_of_nat


def from_sources(source: str, leg: Leg = Leg.OUT) -> Any:
    packets = FROM_APP.packets.with_source(AddressSet.parse(source))
    return msgspec.structs.replace(FROM_APP, packets=packets, leg=leg)


@pytest.mark.item("G10")
def test_each_part_of_the_sources_goes_on_by_itself() -> None:
    rules = nat(("10.1.0.0/25", "100.64.0.0/25", "activated"), ("10.1.0.128/26", "100.64.1.0/26", "pending"))
    translating = attachment(NatGatewaySupport="enabled")
    out = list(translating.forward(from_sources("10.1.0.0/24"), Translating(rules.reading)))
    assert [(str(hop.packets.source), hop.then, hop.detail) for hop in out] == [
        ("10.1.0.0/25", Lookup("tgw-rtb-a"), "source becomes 100.64.0.0/25"),
        ("10.1.0.128/26", Stop(), "1:1 NAT"),
        ("10.1.0.192/26", Lookup("tgw-rtb-a"), "ruled by tgw-rtb-a"),
    ]
    assert out[0].sender is not None
    assert (out[0].sender.component, out[0].sender.kind) == ("tgw-attach-app", "transit_gateway_attachment")
    assert (out[0].sender.vpc_id, out[0].sender.groups, str(out[0].source)) == ("vpc-main", None, "100.64.0.0/25")
    (back,) = translating.forward(from_sources("10.1.0.0/25", Leg.BACK), Translating(rules.reading))
    assert told(*back.notes) == [(Effect.UNKNOWN, "UNSUPPORTED_COMPONENT", "tgw-attach-app", "NatGatewayRules")]


@pytest.mark.item("G10")
def test_answers_for_an_attachment_whose_vpc_is_not_told_name_no_entry() -> None:
    arrival = msgspec.structs.replace(FROM_APP, leg=Leg.BACK)
    (hop,) = attachment().answer(arrival, FakeSurroundings())
    assert (hop.packets, hop.then, hop.detail) == (arrival.packets, Stop(), "answers")
    assert told(*hop.notes) == [(Effect.UNKNOWN, "UNSUPPORTED_COMPONENT", "tgw-attach-app", "")]


# The gateway


@pytest.mark.item("D6")
def test_groups_are_lost_on_the_way_out_alone() -> None:
    network = Network(snapshot_of(hub_and_spoke(accounts=1).files()))
    gateway = network.record("tgw-hub")
    arrival = msgspec.structs.replace(FROM_APP, vpc_id="vpc-app", came_from="subnet-app")
    (out,) = gateway.forward(arrival, network)
    (back,) = gateway.forward(msgspec.structs.replace(arrival, leg=Leg.BACK), network)
    assert out.references_lost is not None
    assert out.outbound_lost is not None
    assert (out.outbound_lost.component, out.outbound_lost.entry) == ("tgw-hub", "")
    assert (back.then, back.references_lost, back.outbound_lost) == (out.then, None, None)


@pytest.mark.item("G6", "K5")
def test_the_attachment_of_a_vpc_that_no_file_lists_is_not_known() -> None:
    found = TransitGateway(transit_gateway_id="tgw-hub", owner_id=ACCOUNT).attachment_of("vpc-x", FakeSurroundings())
    assert isinstance(found, Note)
    assert (found.effect, found.code, found.component) == (Effect.UNKNOWN, "UNKNOWN_RESOURCE", "tgw-hub")


def of_vpc(**changes: object) -> VpcAttachment:
    plain = {"TransitGatewayAttachmentId": "tgw-attach-app", "VpcId": "vpc-app", "State": "available"}
    return decoded(json.dumps(plain | changes).encode(), VpcAttachment, "")


class Vpc(FakeSurroundings):
    """The VPC behind the attachment, whose subnets are in no zone that is told."""

    def zone_of(self, subnet_id: str | None) -> None:
        return None


@pytest.mark.item("G6", "K5")
def test_a_vpc_or_subnet_that_is_not_told_leaves_the_way_out_of_the_gateway_undecided() -> None:
    hop = of_vpc(SubnetIds=["subnet-a"]).leave(FROM_APP.packets, FROM_APP, "words", Vpc())
    assert (hop.then, hop.detail) == (Stop(), "words")
    assert told(*hop.notes) == [(Effect.UNKNOWN, "UNKNOWN_RESOURCE", "vpc-app", "")]
    hop = of_vpc().leave(FROM_APP.packets, FROM_APP, "words", Vpc([Thing("vpc-app", "vpc")]))
    assert told(*hop.notes) == [(Effect.UNKNOWN, "UNKNOWN_RESOURCE", "tgw-attach-app", "SubnetIds")]


@pytest.mark.item("G6")
@pytest.mark.parametrize(("support", "effect"), [("disable", Effect.FAIL), (None, Effect.UNKNOWN), ("enable", None)])
def test_ipv6_needs_the_support_of_the_attachment(support: str | None, effect: Effect | None) -> None:
    attached = of_vpc(Options={"Ipv6Support": support})
    expected = [(effect, "TGW_ATTACH_IPV6_DISABLED", "tgw-attach-app", "Ipv6Support")] if effect else []
    assert told(*attached.family_notes(Family.IPV6)) == expected
    assert attached.family_notes(Family.IPV4) == ()


@pytest.mark.item("D6")
@pytest.mark.parametrize(("support", "effect"), [("disable", Effect.FAIL), (None, Effect.UNKNOWN), ("enable", None)])
def test_groups_are_lost_where_packets_come_out_and_on_the_way_out_alone(
    support: str | None, effect: Effect | None
) -> None:
    options = {"SecurityGroupReferencingSupport": support, "ApplianceModeSupport": "enable"}
    attached = of_vpc(SubnetIds=["subnet-a", "subnet-b"], Options=options)
    around = Vpc([Thing("vpc-app", "vpc")], {DESCRIBE_TRANSIT_GATEWAY_VPC_ATTACHMENTS: {}})
    hop = attached.leave(FROM_APP.packets, FROM_APP, "words", around)
    assert hop.then == Emerge("vpc-app", ("subnet-a", "subnet-b"), same_both_ways=True)
    found = told(hop.references_lost) if hop.references_lost else []
    expected = (effect, "SG_REFERENCING_SUPPORT", "tgw-attach-app", "SecurityGroupReferencingSupport")
    assert found == ([] if effect is None else [expected])
    back = msgspec.structs.replace(FROM_APP, leg=Leg.BACK)
    assert attached.leave(FROM_APP.packets, back, "words", around).references_lost is None


# The far side of a peering


def end(end_id: str, gateway: str, other: str, **more: object) -> dict[str, Any]:
    ids = {"TransitGatewayAttachmentId": end_id, "TransitGatewayId": gateway, "ResourceId": other}
    return ATTACHMENT | ids | {"ResourceType": "peering"} | more


def beyond(*ends: dict[str, Any], leg: Leg = Leg.OUT, packets: PacketSet = FROM_APP.packets) -> Hop:
    replies: dict[Call[Any], object] = {DESCRIBE_TRANSIT_GATEWAY_ATTACHMENTS: {"TransitGatewayAttachments": list(ends)}}
    around = FakeSurroundings(TABLES, replies)
    arrival = msgspec.structs.replace(FROM_APP, leg=leg)
    return to_the_far_side("tgw-attach-near", "tgw-near", HOME, packets, arrival, around)


NEAR = end("tgw-attach-near", "tgw-near", "tgw-far", Association=None)
FAR = end("tgw-attach-far", "tgw-far", "tgw-near")


@pytest.mark.item("G6")
def test_packets_go_on_in_the_table_of_the_one_end_that_joins_the_two_gateways() -> None:
    third = end("tgw-attach-third", "tgw-far", "tgw-third", Association=None)
    fourth = end("tgw-attach-fourth", "tgw-fourth", "tgw-near", Association=None)
    hop = beyond(NEAR, third, FAR, fourth)
    assert (hop.packets, hop.then, hop.past, hop.notes) == (FROM_APP.packets, Lookup("tgw-rtb-a"), "tgw-far", ())
    assert hop.references_lost is not None
    lost = [(Effect.FAIL, "SG_REFERENCING_SUPPORT", "tgw-attach-near", "tgw-far")]
    assert told(hop.references_lost) == lost
    assert beyond(NEAR, FAR, leg=Leg.BACK).references_lost is None


@pytest.mark.item("G6")
def test_of_two_ends_that_could_be_the_one_nobody_knows_which() -> None:
    hop = beyond(NEAR, FAR, end("tgw-attach-other", "tgw-far", "tgw-near"))
    assert (hop.then, hop.detail) == (Stop(), "tgw-attach-near")
    assert told(*hop.notes) == [(Effect.UNKNOWN, UNREAD, "tgw-attach-near", "tgw-far")]


@pytest.mark.item("G6")
def test_across_regions_both_ends_have_one_id() -> None:
    same = end("tgw-attach-near", "tgw-far", "tgw-near")
    closed = end("tgw-attach-far", "tgw-far", "tgw-near", Association=None)
    assert beyond(NEAR, closed, same).then == Lookup("tgw-rtb-a")


@pytest.mark.item("G10")
@pytest.mark.parametrize("side", [0, 1])
def test_nat_at_either_end_is_undecided_and_names_the_entry(side: int) -> None:
    ends = [NEAR, FAR]
    ends[side] = ends[side] | {"NatGatewaySupport": "enabled"}
    assert told(*beyond(*ends).notes) == [
        (Effect.UNKNOWN, "UNSUPPORTED_COMPONENT", "tgw-attach-near", "NatGatewaySupport")
    ]


@pytest.mark.item("G6")
def test_a_near_end_that_is_not_listed_or_is_no_peering_is_undecided() -> None:
    for ends in ([FAR], [NEAR | {"ResourceType": "vpn"}, FAR]):
        (note,) = beyond(*ends).notes
        assert told(note) == [
            (Effect.UNKNOWN, "UNKNOWN_RESOURCE", "tgw-attach-near", DESCRIBE_TRANSIT_GATEWAY_ATTACHMENTS.action)
        ]


def test_a_family_has_no_say_in_which_table_rules_g6() -> None:
    everywhere = AddressSet.parse("::/0")
    ipv6 = msgspec.structs.replace(FROM_APP.packets, family=Family.IPV6, source=everywhere, destination=everywhere)
    assert beyond(NEAR, FAR, packets=ipv6).then == Lookup("tgw-rtb-a")
