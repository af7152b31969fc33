"""What all kinds of resources share: ports, places, states, public and private addresses (behaviour list H)."""

from dataclasses import replace

import pytest

from tests.estates.asking import snapshot_of
from tests.unit.reach.worlds import behind_nat
from vpcreach.destinations.grammar import Service
from vpcreach.destinations.meaning import Meaning, Source
from vpcreach.destinations.resource import Node, Resource, States, meaning
from vpcreach.forwarding import BAD_STATE, Effect
from vpcreach.network.network import Network
from vpcreach.packets.address_map import Family
from vpcreach.snapshot.call import Place

pytestmark = pytest.mark.item("H1", "H4", "H16")

PLACE = Place("111122223333", "eu-west-1")
INSIDE = Source(PLACE, "vpc-main", "subnet-app-a", (Family.IPV4,), None)
OUTSIDE = Source(PLACE, "", "", (Family.IPV4,), None)
NODE = Node("thing", subnet_ids=("subnet-data-a",))
THING = Resource("arn:thing", "thing", (5432,), frozenset({"sg-data"}), (NODE,), vpc_id="vpc-main")


def of(resource: Resource, port: int | None = None, source: Source = INSIDE) -> Meaning:
    return meaning(resource, Service(port), source, Network(snapshot_of(behind_nat())))


def codes(found: Meaning) -> list[str]:
    return [note.code for note in found.notes]


def test_every_port_is_asked_about_unless_one_is_named() -> None:
    both = replace(THING, ports=(6379, 6380))
    assert [each.port for each in (of(both), *of(both).also)] == [6379, 6380]
    assert (of(both, 7000).port, of(both, 7000).also) == (7000, ())


def test_without_a_port_nothing_is_judged() -> None:
    portless = of(replace(THING, ports=()))
    assert (portless.endpoints, codes(portless)) == ((), ["UNKNOWN_DESTINATION"])
    assert of(replace(THING, ports=()), 5432).endpoints


def test_each_node_is_one_endpoint_and_each_of_its_subnets_an_alternative() -> None:
    two = replace(THING, nodes=(NODE, Node("other", subnet_ids=("subnet-data-a", "subnet-data-b"))))
    assert [len(endpoint.alternatives) for endpoint in of(two).endpoints] == [1, 2]
    assert all(target.is_one_of for endpoint in of(two).endpoints for target in endpoint.alternatives)


def test_addresses_are_more_certain_than_subnets() -> None:
    (endpoint,) = of(replace(THING, nodes=(replace(NODE, addresses=("10.0.2.9", "2600::9")),))).endpoints
    assert [str(target.addresses) for target in endpoint.alternatives] == ["10.0.2.9"]
    only = replace(THING, is_ipv6_only=True, nodes=(replace(NODE, addresses=("10.0.2.9", "2600::9")),))
    assert [str(target.addresses) for target in of(only).endpoints[0].alternatives] == ["2600::9"]


def test_one_of_several_addresses_is_marked() -> None:
    doubtful = replace(THING, nodes=(replace(NODE, addresses=("10.0.2.9", "10.0.3.9"), is_one_of=True),))
    assert of(doubtful).endpoints[0].alternatives[0].is_one_of


def test_a_place_that_cannot_be_told_is_an_endpoint_of_which_nothing_is_certain() -> None:
    why = BAD_STATE.unknown("x", "", "why")
    (endpoint,) = of(replace(THING, nodes=(Node("thing", unread=why),))).endpoints
    assert endpoint.alternatives[0].notes == (why,)
    assert endpoint.alternatives[0].is_always_delivered


def test_nowhere_at_all_is_told() -> None:
    assert codes(of(replace(THING, nodes=()))) == ["NO_SOURCE_OR_DESTINATION"]


def test_without_groups_what_arrives_is_not_decided() -> None:
    (endpoint,) = of(replace(THING, group_ids=frozenset())).endpoints
    note = endpoint.alternatives[0].at_arrival
    assert note is not None
    assert note.code == "UNKNOWN_DESTINATION"
    (endpoint,) = of(replace(THING, group_ids=frozenset(), is_open=True)).endpoints
    assert endpoint.alternatives[0].at_arrival is None


def test_a_public_name_means_the_private_address_at_home_and_another_elsewhere() -> None:
    public = replace(THING, is_public=True)
    assert of(public).endpoints[0].alternatives[0].vpc_id == "vpc-main"
    assert of(public, source=OUTSIDE).endpoints[0].alternatives[0].vpc_id is None
    private_node = replace(public, nodes=(replace(NODE, is_public=False),))
    assert of(private_node, source=OUTSIDE).endpoints[0].alternatives[0].vpc_id == "vpc-main"


def test_outside_every_vpc_no_vpcs_resolver_is_asked() -> None:
    named = replace(THING, host_names=("db.example.com",))
    assert (of(named, source=OUTSIDE).notes, of(named, source=OUTSIDE).assumptions) == ((), ())


STATES = States(working=frozenset({"up"}), passing=frozenset({"rising"}), dead=frozenset({"down"}))


@pytest.mark.parametrize(
    ("state", "effect"),
    [("up", None), (None, None), ("rising", Effect.ADVICE), ("down", Effect.FAIL), ("new", Effect.UNKNOWN)],
)
def test_what_a_state_means(state: str | None, effect: Effect | None) -> None:
    assert [note.effect for note in STATES.notes("x", "x", "Status", state)] == ([effect] if effect else [])
