"""A VPC endpoint by itself: which names it captures, whom it serves, and where its packets go on."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from tests.unit.components.surroundings import ATOMS, FakeSurroundings, arrival_of, function_in
from vpcreach.components.vpc_endpoint import EndpointDnsEntry, VpcEndpoint
from vpcreach.forwarding import Arrival, Deliver, Effect, Leg, Lookup, Stop
from vpcreach.packets.ports import UDP


def endpoint(kind: str = "Gateway", **more: Any) -> VpcEndpoint:
    chosen: dict[str, Any] = {"vpc_id": "vpc-main", "state": "available", "service_name": "com.amazonaws.eu-west-1.s3"}
    return VpcEndpoint("vpce-1", vpc_endpoint_type=kind, **{**chosen, **more})


def arrival(leg: Leg = Leg.OUT, kind: str = "lambda_function", home: str = "vpc-main", **more: Any) -> Arrival:
    sender = replace(function_in("subnet-a"), kind=kind, vpc_id=home)
    return msgspec.structs.replace(arrival_of(sender, leg=leg, vpc_id="vpc-main"), **more)


def told(of: VpcEndpoint, asked: Arrival) -> tuple[object, list[tuple[str, str, Effect]]]:
    (hop,) = of.forward(asked, FakeSurroundings())
    assert hop.packets == asked.packets
    return hop.then, [(note.code, note.entry, note.effect) for note in hop.notes]


ENTRIES = EndpointDnsEntry("vpce-1-abc.vpce.example"), EndpointDnsEntry("*.sts.example"), EndpointDnsEntry(None)


@pytest.mark.parametrize(
    ("host", "how", "captured"),
    [
        ("eu.sts.example", {}, True),
        ("vpce-1-abc.vpce.example", {}, False),
        ("eu.sts.example", {"private_dns_enabled": False}, False),
        ("eu.sts.example", {"kind": "Gateway"}, False),
        ("eu.sts.example", {"service_name": "com.amazonaws.eu-west-1.s3"}, False),
    ],
)
def test_an_interface_endpoint_captures_its_private_names_alone(host: str, how: dict[str, Any], captured: bool) -> None:
    chosen = {"kind": "Interface", "private_dns_enabled": True, "service_name": "com.amazonaws.eu-west-1.sts", **how}
    assert endpoint(dns_entries=ENTRIES, **chosen).captures_host(host) is captured


@pytest.mark.parametrize(
    ("state", "effects"),
    [
        ("available", []),
        ("Available", []),
        ("pendingAcceptance", [Effect.FAIL]),
        ("partial", [Effect.UNKNOWN]),
        (None, [Effect.UNKNOWN]),
    ],
)
def test_an_endpoint_serves_in_one_state_only_f1(state: str | None, effects: list[Effect]) -> None:
    assert [note.effect for note in endpoint(state=state).state_notes()] == effects


OTHER_VPC = ("VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION", "VpcId", Effect.FAIL)
UNDOCUMENTED = ("UNSUPPORTED_COMPONENT", "", Effect.UNKNOWN)
SERVED: list[tuple[dict[str, Any], dict[str, Any], object, list[tuple[str, str, Effect]]]] = [
    ({}, {}, Deliver(None), []),
    ({"vpc_id": None}, {}, Deliver(None), []),
    ({}, {"kind": "managed_instance"}, Deliver(None), []),
    ({}, {"kind": "nat_gateway"}, Stop(), [UNDOCUMENTED]),
    ({"vpc_id": "vpc-other"}, {}, Deliver(None), [OTHER_VPC]),
    ({}, {"home": "vpc-other"}, Deliver(None), [OTHER_VPC]),
    ({}, {"home": "vpc-other", "kind": "nat_gateway"}, Stop(), [OTHER_VPC, UNDOCUMENTED]),
    ({"state": "failed"}, {}, Deliver(None), [("BAD_STATE", "State", Effect.FAIL)]),
    ({"kind": "Resource"}, {}, Stop(), [("UNSUPPORTED_COMPONENT", "VpcEndpointType", Effect.UNKNOWN)]),
]


@pytest.mark.parametrize(("how", "asked", "then", "notes"), SERVED)
def test_a_gateway_endpoint_serves_functions_of_its_own_vpc(
    how: dict[str, Any], asked: dict[str, Any], then: object, notes: list[tuple[str, str, Effect]]
) -> None:
    assert told(endpoint(**how), arrival(**asked)) == (then, notes)


def test_a_gateway_endpoint_carries_tcp_only() -> None:
    asked = arrival()
    packets = msgspec.structs.replace(asked.packets, destination_ports=ATOMS.mask(UDP))
    datagrams = msgspec.structs.replace(asked, packets=packets)
    assert told(endpoint(), datagrams)[1] == [("VPCE_GATEWAY_PROTOCOL_RESTRICTION", "", Effect.FAIL)]


def test_whose_endpoint_it_is_stands_in_the_words_for_those_it_does_not_serve() -> None:
    def words(asked: Arrival, **how: Any) -> str:
        (hop,) = endpoint(**how).forward(asked, FakeSurroundings())
        return hop.notes[0].message

    assert "an endpoint of vpc-other, and" in words(arrival(), vpc_id="vpc-other")
    assert "an endpoint of vpc-main, and" in words(arrival(home="vpc-other"))
    assert "an endpoint of vpc-main, and" in words(arrival(home="vpc-other"), vpc_id=None)
    assert "is a Resource endpoint" in words(arrival(), kind="Resource")


class Trusting(FakeSurroundings):
    """A user who vouched for the appliances."""

    trusts_appliances = True


@pytest.mark.parametrize(
    ("around", "effect"),
    [(FakeSurroundings(), Effect.UNKNOWN), (Trusting(), Effect.ADVICE)],
    ids=["doubted", "vouched"],
)
def test_what_appliances_pass_on_is_in_doubt_unless_somebody_vouches(around: FakeSurroundings, effect: Effect) -> None:
    (hop,) = endpoint("GatewayLoadBalancer", subnet_ids=("subnet-fw",)).forward(arrival(), around)
    assert (hop.then, hop.detail) == (Lookup("subnet-fw"), "Gateway Load Balancer")
    assert [(note.code, note.entry, note.effect) for note in hop.notes] == [
        ("PATH_THROUGH_GWLB_NOT_CHECKED", "", effect)
    ]
    assert (hop.is_middlebox, hop.is_unverified, hop.is_provisional) == (
        True,
        effect is not Effect.ADVICE,
        effect is Effect.ADVICE,
    )


def test_an_endpoint_of_appliances_without_a_subnet_leads_nowhere_that_is_known() -> None:
    then, notes = told(endpoint("GatewayLoadBalancer"), arrival())
    assert (then, notes) == (Stop(), [("UNKNOWN_RESOURCE", "SubnetIds", Effect.UNKNOWN)])
    (hop,) = endpoint("GatewayLoadBalancer").forward(arrival(), FakeSurroundings())
    assert (hop.detail, hop.notes[0].component) == ("", "vpce-1")
    assert hop.notes[0].message == "vpce-1 names no subnet that it stands in"


def test_answers_pass_appliances_only_where_the_packets_did() -> None:
    appliances = endpoint("GatewayLoadBalancer", subnet_ids=("subnet-fw",))
    (back,) = appliances.forward(arrival(Leg.BACK, has_crossed=("vpce-1",)), FakeSurroundings())
    assert (back.then, back.is_middlebox, back.notes) == (Lookup("subnet-fw"), True, ())
    (lost,) = appliances.forward(arrival(Leg.BACK), FakeSurroundings())
    assert (lost.then, lost.notes[0].component) == (Stop(), "vpce-1")
