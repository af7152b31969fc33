"""G11: segments, attachments and core networks, asked directly: parts, ties, entries of blockers, who owns what."""

import json
from typing import Any

import msgspec
import pytest

from tests.estates.asking import snapshot_of
from tests.estates.builder import Estate
from tests.estates.cloud_wan import Wan
from tests.unit.components.surroundings import FakeSurroundings, arrival_of, function_in
from tests.unit.components.test_cloud_wan import Change, attachment, joined
from vpcreach.components.cloud_wan import CoreNetwork, CoreNetworkAttachment
from vpcreach.components.cloud_wan.attachment import VpcAttachmentDetail
from vpcreach.components.cloud_wan.segment_routes import GetNetworkRoutes, parts
from vpcreach.forwarding import Arrival, Effect, Emerge, Forward, Hop, Leg, Note, Stop
from vpcreach.network.network import Network
from vpcreach.packets.address_map import AddressSet, Family
from vpcreach.snapshot.snapshot import Reading, State, decoded

WAN = "arn:aws:networkmanager::111122223333:core-network/core-network-wan"
UNREAD, LOST = "TGW_RTB_ROUTES_ARE_UNKNOWN", "SG_REFERENCING_SUPPORT"
Told = list[tuple[Effect, str, str, str]]


def told(*notes: Note) -> Told:
    return [(note.effect, note.code, note.component, note.entry) for note in notes]


# The routes of a segment


def leads(destination: str | None, *targets: str, type: str | None = "STATIC", state: str | None = "ACTIVE") -> Any:
    listed = [{"CoreNetworkAttachmentId": each} for each in targets]
    return {"DestinationCidrBlock": destination, "Destinations": listed, "State": state, "Type": type}


def parts_of(*routes: dict[str, Any], destination: str = "10.0.0.0/8", state: State = State.FOUND) -> list[Any]:
    reply = decoded(json.dumps({"NetworkRoutes": routes}).encode(), GetNetworkRoutes, "")
    return list(parts("attachment-app", "prod", Reading(state, reply, None), AddressSet.parse(destination)))


def settled(*routes: dict[str, Any], **more: Any) -> list[tuple[str, str, str | None, Told]]:
    return [
        (str(each.addresses), each.words, each.attachment_id, told(each.note) if each.note else [])
        for each in parts_of(*routes, **more)
    ]


@pytest.mark.item("G11")
def test_each_winning_route_of_a_segment_takes_its_own_part() -> None:
    assert settled(
        leads("10.0.0.0/9", "attachment-a"),
        leads("10.128.0.0/10", "attachment-b", state="BLACKHOLE"),
        leads("2600::/16", "attachment-c"),
    ) == [
        ("10.0.0.0/9", "10.0.0.0/9 -> attachment-a in prod", "attachment-a", []),
        (
            "10.128.0.0/10",
            "10.128.0.0/10 -> attachment-b in prod",
            None,
            [(Effect.FAIL, "TGW_RTB_BAD_STATE_ROUTE", "attachment-app", "prod")],
        ),
        (
            "10.192.0.0/10",
            "no route",
            None,
            [(Effect.FAIL, "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", "attachment-app", "prod")],
        ),
    ]


@pytest.mark.item("G11")
def test_addresses_without_a_route_hide_none_that_have_one() -> None:
    found = settled(leads("10.128.0.0/9", "attachment-a"))
    assert [(addresses, attachment_id) for addresses, _, attachment_id, _ in found] == [
        ("10.0.0.0/9", None),
        ("10.128.0.0/9", "attachment-a"),
    ]


@pytest.mark.item("G11")
@pytest.mark.parametrize(
    ("route", "expected"),
    [
        (leads("10.0.0.0/8", "attachment-a", state=None), (Effect.UNKNOWN, "TGW_RTB_BAD_STATE_ROUTE")),
        (leads("10.0.0.0/8", "attachment-a", state="TOMORROW"), (Effect.UNKNOWN, "TGW_RTB_BAD_STATE_ROUTE")),
        (leads("10.0.0.0/8", "attachment-a", "attachment-b"), (Effect.UNKNOWN, "UNSUPPORTED_COMPONENT")),
        (leads("10.0.0.0/8"), (Effect.UNKNOWN, "UNSUPPORTED_COMPONENT")),
        (
            leads("10.0.0.0/8")
            | {
                "Destinations": [
                    {"CoreNetworkAttachmentId": "attachment-a", "NetworkFunctionGroupName": "inspection"},
                ]
            },
            (Effect.UNKNOWN, "UNSUPPORTED_COMPONENT"),
        ),
    ],
)
def test_a_route_that_is_no_single_active_way_is_undecided(route: dict[str, Any], expected: tuple[Effect, str]) -> None:
    ((_, _, attachment_id, notes),) = settled(route)
    assert (attachment_id, notes) == (None, [(*expected, "attachment-app", "prod")])


@pytest.mark.item("G11")
def test_a_static_route_wins_over_a_propagated_one_and_over_none_of_another_kind() -> None:
    static, propagated = leads("10.0.0.0/8", "attachment-a"), leads("10.0.0.0/8", "attachment-b", type="PROPAGATED")
    tomorrow = leads("10.0.0.0/8", "attachment-c", type="TOMORROW")
    tie = [(Effect.UNKNOWN, UNREAD, "attachment-app", "prod")]
    for listed in ([static, propagated], [propagated, static]):
        ((_, _, attachment_id, notes),) = settled(*listed)
        assert (attachment_id, notes) == ("attachment-a", [])
    for listed in ([static, tomorrow], [propagated, tomorrow], [static, static | tomorrow | {"Type": "STATIC"}]):
        ((_, _, attachment_id, notes),) = settled(*listed)
        assert (attachment_id, notes) == (None, tie)
    for listed in ([static, static], [static, tomorrow | {"Destinations": static["Destinations"]}]):
        ((_, _, attachment_id, notes),) = settled(*listed)
        assert (attachment_id, notes) == ("attachment-a", [])
    half = [static, leads("10.0.0.0/8", "attachment-a", state="BLACKHOLE")]
    assert settled(*half)[0][3] == tie


@pytest.mark.item("G11", "K5")
def test_routes_that_may_be_missing_leave_everything_undecided() -> None:
    expected = [
        ("10.0.0.0/8", "routes not known", None, [(Effect.UNKNOWN, UNREAD, "attachment-app", "prod")]),
    ]
    static = leads("10.0.0.0/8", "attachment-a")
    assert settled(static, state=State.INCOMPLETE) == expected
    assert settled(static, leads(None, "attachment-b")) == expected
    unread: Reading[GetNetworkRoutes] = Reading(State.ABSENT, None, None)
    (part,) = parts("attachment-app", "prod", unread, AddressSet.parse("10.0.0.0/8"))
    assert part.note is not None
    assert told(part.note) == [(Effect.UNKNOWN, UNREAD, "attachment-app", "prod")]


@pytest.mark.item("G11")
def test_read_line_by_line_the_routes_say_the_same() -> None:
    routes = [
        leads("10.0.0.0/8", "attachment-wide"),
        leads("10.1.0.0/16", "attachment-b", type="PROPAGATED"),
        leads("10.1.0.0/16", "attachment-a"),
        leads("2600::/16", "attachment-c"),
    ]
    for listed in (routes, routes[::-1]):
        (part,) = parts_of(*listed, destination="10.1.2.0/24")
        assert part.attachment_id == "attachment-a"
        assert part.second_reading(0x0A010203) is None
        assert part.second_reading(0x0A020203) == (
            "the segment has 10.0.0.0/8 -> attachment-wide, not 10.1.0.0/16 -> attachment-a"
        )
        assert part.second_reading(0x0B000000) == "the segment has no route, not 10.1.0.0/16 -> attachment-a"


# Attachments


def network(*changes: Change) -> Network:
    return Network(snapshot_of(joined(*changes, accounts=1)))


def arriving(destination: str = "10.2.1.0/24", leg: Leg = Leg.OUT) -> Arrival:
    arrival = arrival_of(function_in("subnet-app", "vpc-app"), leg=leg, vpc_id="vpc-app")
    packets = arrival.packets.with_destination(AddressSet.parse(destination))
    return msgspec.structs.replace(arrival, packets=packets, came_from="subnet-app", entered="subnet-app-edge")


def taken(*changes: Change, leg: Leg = Leg.OUT, destination: str = "10.2.1.0/24") -> Hop:
    around = network(*changes)
    hop: Hop
    (hop,) = around.record("attachment-app").forward(arriving(destination, leg), around)
    return hop


@pytest.mark.item("G11")
def test_packets_come_out_in_the_vpc_behind_the_attachment_that_the_route_names() -> None:
    out, back = taken(), taken(leg=Leg.BACK)
    assert str(out.packets.destination) == "10.2.1.0/24"
    assert (out.then, out.notes) == (Emerge("vpc-data", ("subnet-data-edge",)), ())
    assert "attachment-data" in out.detail
    assert out.second_reading is not None
    assert out.references_lost is not None
    assert told(out.references_lost) == [
        (Effect.UNKNOWN, LOST, "attachment-data", "SecurityGroupReferencingSupport"),
    ]
    assert (back.then, back.references_lost) == (out.then, None)


@pytest.mark.item("G11")
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            attachment("app", SegmentName=None),
            [(Effect.FAIL, "UNASSOCIATED_COMPONENT", "attachment-app", "SegmentName")],
        ),
        (
            attachment("app", EdgeLocation=None),
            [(Effect.FAIL, "UNASSOCIATED_COMPONENT", "attachment-app", "SegmentName")],
        ),
        (
            attachment("app", NetworkFunctionGroupName="inspection"),
            [(Effect.UNKNOWN, "UNSUPPORTED_COMPONENT", "attachment-app", "NetworkFunctionGroupName")],
        ),
        (
            attachment("app", NatGatewaySupport="ENABLED"),
            [(Effect.UNKNOWN, "UNSUPPORTED_COMPONENT", "attachment-app", "NatGatewaySupport")],
        ),
        (
            attachment("data", NatGatewaySupport="ENABLING"),
            [(Effect.UNKNOWN, "UNSUPPORTED_COMPONENT", "attachment-data", "NatGatewaySupport")],
        ),
        (
            attachment("data", AttachmentType="TOMORROW"),
            [(Effect.UNKNOWN, "UNSUPPORTED_COMPONENT", "attachment-data", "AttachmentType")],
        ),
        (
            attachment("data", AttachmentType="CONNECT"),
            [(Effect.UNKNOWN, "ON_PREM_BEYOND_MODEL", "attachment-data", None)],
        ),
        (attachment("data", State="REJECTED"), [(Effect.FAIL, "BAD_STATE", "attachment-data", "State")]),
        (attachment("data", State="UPDATING"), [(Effect.UNKNOWN, "BAD_STATE", "attachment-data", "State")]),
        (attachment("data", NatGatewaySupport="DISABLED"), []),
    ],
)
def test_what_stops_packets_at_an_attachment_names_the_entry(change: Change, expected: list[Any]) -> None:
    hop = taken(change)
    assert [
        (effect, code, component, None if code == "ON_PREM_BEYOND_MODEL" else entry)
        for effect, code, component, entry in told(*hop.notes)
    ] == expected
    is_over = bool(expected) and expected[0][1] != "BAD_STATE"
    assert (hop.then == Stop()) is is_over
    assert str(hop.packets.destination) == "10.2.1.0/24"


@pytest.mark.item("G11")
def test_each_part_of_the_packets_goes_by_itself() -> None:
    around = network()
    found = list(around.record("attachment-app").forward(arriving("10.1.0.0/14"), around))
    assert [(str(hop.packets.destination), hop.then) for hop in found] == [
        ("10.0.0.0/16, 10.3.0.0/16", Stop()),
        ("10.1.0.0/16", Emerge("vpc-app", ("subnet-app-edge",))),
        ("10.2.0.0/16", Emerge("vpc-data", ("subnet-data-edge",))),
    ]


@pytest.mark.item("G11", "K5")
def test_a_vpc_behind_an_attachment_that_nobody_lists_is_undecided() -> None:
    def forgotten(here: Estate, there: Estate, wan: Wan) -> None:
        there.forget("vpc-data")

    hop = taken(forgotten)
    assert (hop.then, [note.component for note in hop.notes]) == (Stop(), ["vpc-data"])


@pytest.mark.item("G11", "B11")
def test_answers_come_out_in_the_zone_they_went_in_unless_an_appliance_stands_in_another() -> None:
    def two_zones(here: Estate, there: Estate, wan: Wan) -> None:
        for number, name in ((1, "app"), (2, "data")):
            there.drawn_vpc(name).subnet(f"{name}-b", f"10.{number}.0.16/28", az="b")
        path = next(path for path in there.replies if path.endswith("/attachment-data"))
        arns = there.reply(path)["VpcAttachment"]["SubnetArns"]
        arns.append(arns[0].replace("subnet-data-edge", "subnet-data-b"))

    around = network(two_zones)
    arrival = msgspec.structs.replace(arriving(leg=Leg.BACK), entered="subnet-app-b")
    hop: Hop
    (hop,) = around.record("attachment-app").forward(arrival, around)
    assert (hop.then, hop.notes) == (Emerge("vpc-data", ("subnet-data-b",)), ())
    crossed = msgspec.structs.replace(arrival, has_crossed=("eni-db",))
    (hop,) = around.record("attachment-app").forward(crossed, around)
    assert hop.then == Emerge("vpc-data", ("subnet-data-edge", "subnet-data-b"))
    assert told(*hop.notes) == [
        (
            Effect.UNKNOWN,
            "TRANSIT_GATEWAY_APPLIANCE_MODE_RECOMMENDED",
            "attachment-data",
            "ApplianceModeSupport",
        )
    ]


@pytest.mark.item("G11", "D6")
def test_across_two_edges_rules_cannot_name_groups() -> None:
    lost = taken(attachment("data", EdgeLocation="us-west-2")).references_lost
    assert lost is not None
    assert told(lost) == [(Effect.FAIL, LOST, "attachment-data", "EdgeLocation")]


@pytest.mark.item("G11")
@pytest.mark.parametrize(
    ("support", "expected"),
    [
        (True, []),
        (False, [(Effect.FAIL, "TGW_ATTACH_IPV6_DISABLED", "attachment-x", "Ipv6Support")]),
        (None, [(Effect.UNKNOWN, "TGW_ATTACH_IPV6_DISABLED", "attachment-x", "Ipv6Support")]),
    ],
)
def test_ipv6_needs_the_support_of_the_attachment(support: bool | None, expected: Told) -> None:
    detail = decoded(json.dumps({"Options": {"Ipv6Support": support}}).encode(), VpcAttachmentDetail, "")
    asked = CoreNetworkAttachment(attachment_id="attachment-x")
    assert told(*asked.family_notes(detail, Family.IPV6)) == expected
    assert asked.family_notes(detail, Family.IPV4) == ()


@pytest.mark.item("G11", "D6")
@pytest.mark.parametrize(("support", "effect"), [(True, Effect.UNKNOWN), (None, Effect.UNKNOWN), (False, Effect.FAIL)])
def test_references_are_lost_or_in_doubt_at_an_attachment(support: bool | None, effect: Effect) -> None:
    options = {"Options": {"SecurityGroupReferencingSupport": support}}
    detail = decoded(json.dumps(options).encode(), VpcAttachmentDetail, "")
    asked = CoreNetworkAttachment(attachment_id="attachment-x")
    expected = [(effect, LOST, "attachment-x", "SecurityGroupReferencingSupport")]
    assert told(asked.references_lost(detail)) == expected


@pytest.mark.item("G11")
def test_whose_an_attachment_is_and_what_it_joins() -> None:
    vpc = {"attachment_type": "VPC", "resource_arn": "arn:aws:ec2:eu-west-1:1:vpc/vpc-a"}
    asked = CoreNetworkAttachment(attachment_id="attachment-x", core_network_arn=WAN, **vpc)  # type: ignore[arg-type]
    assert (asked.owner_id, asked.vpc_id, asked.joins) == ("111122223333", "vpc-a", (WAN, "vpc-a"))
    bare = CoreNetworkAttachment(attachment_id="attachment-x")
    assert (bare.owner_id, bare.vpc_id, bare.joins) == (None, None, ())
    short = CoreNetworkAttachment(attachment_id="attachment-x", core_network_arn="a:b:c:d:111122223333")
    assert short.owner_id is None
    other = CoreNetworkAttachment(attachment_id="attachment-x", attachment_type="CONNECT", resource_arn="x/vpc-a")
    assert other.vpc_id is None


@pytest.mark.item("G11", "K5")
def test_details_that_no_file_holds_are_undecided_and_name_the_call() -> None:
    asked = CoreNetworkAttachment(attachment_id="attachment-x").detail(FakeSurroundings())
    assert isinstance(asked, Note)
    assert told(asked) == [(Effect.UNKNOWN, "UNKNOWN_RESOURCE", "attachment-x", "networkmanager:GetVpcAttachment")]


# The core network


def entered(leg: Leg = Leg.OUT, *, vpc_id: str = "vpc-app", **changes: object) -> Hop:
    around = network()
    wan = msgspec.structs.replace(around.record(WAN), **changes) if changes else around.record(WAN)
    hop: Hop
    (hop,) = wan.forward(msgspec.structs.replace(arriving(leg=leg), vpc_id=vpc_id), around)
    return hop


@pytest.mark.item("G11")
def test_packets_enter_by_the_attachment_of_their_vpc_and_groups_are_lost_on_the_way_out() -> None:
    out, back = entered(), entered(Leg.BACK)
    assert (out.then, out.notes) == (Forward("attachment-app", through="subnet-app-edge"), ())
    assert out.references_lost is not None
    assert out.outbound_lost is not None
    assert told(out.references_lost, out.outbound_lost) == [
        (Effect.UNKNOWN, LOST, "attachment-app", "SecurityGroupReferencingSupport"),
        (Effect.FAIL, LOST, WAN, ""),
    ]
    assert (back.then, back.references_lost, back.outbound_lost) == (out.then, None, None)


@pytest.mark.item("G11")
@pytest.mark.parametrize(
    ("state", "effect"),
    [
        ("DELETING", Effect.FAIL),
        ("UPDATING", Effect.ADVICE),
        ("CREATING", Effect.UNKNOWN),
        (None, Effect.UNKNOWN),
    ],
)
def test_the_state_of_a_core_network_names_the_entry(state: str | None, effect: Effect) -> None:
    assert told(*entered(state=state).notes) == [(effect, "BAD_STATE", WAN, "State")]


@pytest.mark.item("G11")
def test_a_vpc_that_is_not_attached_is_a_proof_where_an_owner_was_asked() -> None:
    hop = entered(vpc_id="vpc-x")
    assert (hop.then, hop.detail, told(*hop.notes)) == (
        Stop(),
        "no attachment",
        [(Effect.FAIL, "UNASSOCIATED_COMPONENT", WAN, "vpc-x")],
    )
    hop = entered(vpc_id="vpc-x", owner_account_id="999988887777")
    assert told(*hop.notes) == [(Effect.UNKNOWN, "UNKNOWN_RESOURCE", WAN, "networkmanager:ListAttachments")]
    hop = entered(vpc_id="vpc-x", owner_account_id=None)
    assert told(*hop.notes) == [(Effect.UNKNOWN, "UNKNOWN_RESOURCE", WAN, "networkmanager:ListAttachments")]


@pytest.mark.item("G11")
def test_the_owner_of_a_vpc_knows_its_attachments_as_well_as_the_owner_of_the_network() -> None:
    def lone(here: Estate, there: Estate, wan: Wan) -> None:
        there.vpc("lone", "10.7.0.0/16")

    around = network(lone)
    foreign = msgspec.structs.replace(around.record(WAN), owner_account_id="999988887777")
    hop: Hop
    (hop,) = foreign.forward(msgspec.structs.replace(arriving(), vpc_id="vpc-lone"), around)
    assert told(*hop.notes) == [(Effect.FAIL, "UNASSOCIATED_COMPONENT", WAN, "vpc-lone")]


def test_a_core_network_without_an_id_is_called_by_its_arn_g11() -> None:
    assert CoreNetwork(core_network_arn=WAN).title == WAN
    assert CoreNetwork(core_network_arn=WAN, core_network_id="core-network-wan").title == "core-network-wan"
