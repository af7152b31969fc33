"""Central egress: one VPC through which all spokes of a transit gateway leave."""

from collections.abc import Iterator

import pytest

from tests.estates.asking import ask, snapshot_of
from tests.estates.builder import allow
from tests.estates.hub_and_spoke import HubAndSpoke, central_egress, hub_and_spoke
from tests.unit.components.transit_worlds import Change, asked
from vpcreach.api import Analysis
from vpcreach.forwarding import Forward, Leg
from vpcreach.reach import walk
from vpcreach.reach.branch import Branch

BACK = "RESPONSE_RTB_HAS_NO_ROUTE_TO_TRANSIT_GATEWAY"


# Central egress: six legs


def no_default_in_the_spoke(world: HubAndSpoke) -> None:
    world.here.route_table("app").remove_route("0.0.0.0/0")


def no_default_in_the_table_of_spokes(world: HubAndSpoke) -> None:
    world.hub.drop_route("spokes", "0.0.0.0/0")


def no_nat_in_the_attachment_subnet(world: HubAndSpoke) -> None:
    world.there.route_table("transit").remove_route("0.0.0.0/0")


def no_internet_gateway_behind_the_nat(world: HubAndSpoke) -> None:
    world.there.route_table("public").remove_route("0.0.0.0/0")


def no_return_route_in_the_nat_subnet(world: HubAndSpoke) -> None:
    world.there.route_table("public").remove_route("10.1.0.0/16")


def no_return_route_in_the_gateway(world: HubAndSpoke) -> None:
    world.hub.drop_route("shared", "10.1.0.0/16")


LEGS = [
    (no_default_in_the_spoke, "NO_ROUTE_TO_DESTINATION", "rtb-app", "out"),
    (no_default_in_the_table_of_spokes, "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", "tgw-rtb-spokes", "out"),
    (no_nat_in_the_attachment_subnet, "NO_ROUTE_TO_DESTINATION", "rtb-transit", "out"),
    (no_internet_gateway_behind_the_nat, "NO_ROUTE_TO_DESTINATION", "rtb-public", "out"),
    (no_return_route_in_the_nat_subnet, BACK, "rtb-public", "back"),
    (no_return_route_in_the_gateway, "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", "tgw-rtb-shared", "back"),
]


@pytest.mark.item("G7")
@pytest.mark.parametrize("accounts", [1, 2])
@pytest.mark.parametrize(("leg", "code", "component", "way"), LEGS, ids=lambda value: getattr(value, "__name__", ""))
def test_each_of_the_six_legs_of_central_egress_is_mandatory(
    leg: Change, code: str, component: str, way: str, accounts: int
) -> None:
    world = hub_and_spoke(accounts=accounts)
    leg(world)
    answer = ask(world.files(), "internet")
    assert answer.verdict.value == "blocked"
    assert [(note.code, note.component, note.leg.value) for note in answer.blockers] == [(code, component, way)]


@pytest.mark.item("G7", "F14")
def test_an_internet_gateway_of_another_vpc_serves_nobody_untranslated() -> None:
    def straight(world: HubAndSpoke) -> None:
        world.there.route_table("transit").replace_route("0.0.0.0/0", "igw-out")

    assert asked("internet", straight).startswith("blocked IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS")


@pytest.mark.item("C5", "C10")
@pytest.mark.parametrize(
    ("target", "expected"), [("nat-out", "reachable"), ("igw-out", "blocked IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS")]
)
def test_the_public_address_of_a_nat_gateway_counts_at_its_own_internet_gateway_alone(
    target: str, expected: str
) -> None:
    def translated_at_home(world: HubAndSpoke) -> None:
        app = world.app
        app.internet_gateway("app")
        app.subnet("nat", "10.1.5.0/24", table="nat")
        app.nat_gateway("app", subnet="nat", public_ip="52.0.0.9")
        app.route_table("nat", {"0.0.0.0/0": "tgw-hub"})
        app.route_table("app", {"0.0.0.0/0": "nat-app"})
        world.there.route_table("transit").replace_route("0.0.0.0/0", target)

    assert asked("internet", translated_at_home).startswith(expected)


@pytest.mark.item("F14")
def test_a_gateway_endpoint_of_another_vpc_serves_nobody() -> None:
    def endpoint(world: HubAndSpoke) -> None:
        world.there.drawn_vpc("egress").gateway_endpoint("s3", service="s3", tables=["transit"])

    told = asked("s3", endpoint, accounts=1)
    assert told.startswith("blocked VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION")


@pytest.mark.item("F14")
def test_an_interface_endpoint_of_another_vpc_is_reached_by_its_address() -> None:
    def endpoint(world: HubAndSpoke) -> None:
        data = world.there.drawn_vpc("data")
        data.security_group("endpoint", ingress=[allow("tcp", 443, "10.0.0.0/8")])
        data.interface_endpoint("sts", service="sts", subnets=["db"], groups=["endpoint"])
        interface = world.there["vpce-sts"]["NetworkInterfaceIds"][0]
        world.there[interface]["PrivateIpAddress"] = "10.2.1.77"
        world.there[interface]["PrivateIpAddresses"][0]["PrivateIpAddress"] = "10.2.1.77"

    assert asked("10.2.1.77:443", endpoint) == "reachable"


# Many spokes


@pytest.mark.item("G6", "G7")
def test_forty_spokes_around_one_hub_all_reach_what_the_hub_reaches() -> None:
    report = Analysis(snapshot_of(central_egress(40))).report(["internet", "s3", "10.1.0.10:443"])
    verdicts = {function.name: [answer.verdict.value for answer in function.answers] for function in report.functions}
    own = verdicts.pop("spoke-001")
    # One spoke to another is a blackhole in the table of spokes; inside its own VPC nothing is routed there.
    assert own[:2] == ["reachable", "reachable"]
    assert own[2] != "blocked"
    assert set(map(tuple, verdicts.values())) == {("reachable", "reachable", "blocked")}
    assert len(verdicts) == 39


def test_each_zone_of_a_spoke_leaves_by_the_nat_gateway_of_that_zone() -> None:
    answer = ask(central_egress(2), "internet", function="spoke-001")
    nats = {
        s.subnet_id: {step.component for t in s.traces for step in t.path if step.kind == "nat_gateway"}
        for s in answer.subnets
    }
    assert nats == {f"subnet-spoke-001-{zone}": {f"nat-{zone}"} for zone in "abc"}


def test_the_work_for_one_function_does_not_grow_with_the_number_of_spokes(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    visit = walk.Walk._visit

    def counted(self: walk.Walk, branch: Branch, component_id: str, leg: Leg, move: Forward | None) -> Iterator[Branch]:
        steps.append(component_id)
        return visit(self, branch, component_id, leg, move)

    monkeypatch.setattr(walk.Walk, "_visit", counted)
    counts = []
    for spokes in (2, 40):
        steps.clear()
        ask(central_egress(spokes), "internet", function="spoke-001")
        counts.append(len(steps))
    assert counts[0] == counts[1]
