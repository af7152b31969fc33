"""MSK clusters: every broker, the ports that the cluster offers, its state, and what it may be called."""

from typing import Any

import pytest

from tests.estates.asking import ask, finding_codes
from tests.estates.builder import Estate, allow
from tests.estates.replies import path_of
from tests.unit.reach.worlds import (
    Change,
    acl,
    asked,
    changed,
    ingress,
    no_route,
    unfinished,
    without,
)
from vpcreach.errors import UsageError

pytestmark = pytest.mark.item("H7")

ANYWHERE = "0.0.0.0/0"
CLUSTERS = "kafka/list-clusters-v2"
ARN = "arn:aws:kafka:eu-west-1:111122223333:cluster/events/c0ffee00-1111-2222-3333-444455556666-2"
NODES = path_of("kafka/list-nodes", ARN)
BROKERS_PORT = ingress(allow("tcp", 9098, "sg-app"))
# The brokers stand in the lower half of their subnets.
HALF_OF_B = acl(
    "app-a", outbound=[(1, "deny", "-1", None, None, "10.0.3.128/25"), (2, "allow", "-1", None, None, ANYWHERE)]
)
CLOSED_A, CLOSED_B = acl("data-a", inbound=[]), acl("data-b", inbound=[])


def cluster(**settings: Any) -> Change:
    """A cluster `events` with a broker in data-a and one in data-b, in group data, which admits tcp/9098 from app."""
    chosen: dict[str, Any] = {"subnets": ["data-a", "data-b"], "groups": ["data"]} | settings

    def change(estate: Estate) -> None:
        estate.msk_cluster("events", **chosen)
        BROKERS_PORT(estate)

    return change


def forget_interfaces(estate: Estate) -> None:
    for number in (1, 2):
        estate.forget(f"eni-msk-events-{number}")


def brokers(**values: object) -> Change:
    """Writes keys of every broker in the list of nodes."""

    def change(estate: Estate) -> None:
        for node in estate.reply(NODES)["NodeInfoList"]:
            node["BrokerNodeInfo"].update(values)

    return change


def only_first_broker(estate: Estate) -> None:
    del estate.reply(NODES)["NodeInfoList"][1:]


PLACES = [
    pytest.param((), "reachable", id="all-brokers"),
    pytest.param((CLOSED_B,), "partial SUBNET_ACL_RESTRICTION", id="one-broker-is-shut-off"),
    pytest.param((CLOSED_A, CLOSED_B), "blocked SUBNET_ACL_RESTRICTION", id="every-broker-is-shut-off"),
    pytest.param((ingress(),), "blocked ENI_SG_RULES_MISMATCH", id="the-group-admits-nobody"),
    pytest.param((without(NODES),), "reachable", id="brokers-unlisted-but-reached-wherever-they-are"),
    pytest.param((without(NODES), CLOSED_B), "partial SUBNET_ACL_RESTRICTION", id="unlisted-and-one-subnet-is-shut"),
    pytest.param((without(NODES), HALF_OF_B), "unknown UNKNOWN_DESTINATION", id="unlisted-and-half-a-subnet-is-shut"),
    pytest.param((HALF_OF_B,), "reachable", id="listed-and-the-other-half-is-shut"),
    pytest.param((unfinished(NODES), HALF_OF_B), "unknown UNKNOWN_DESTINATION", id="the-list-of-brokers-is-cut"),
    pytest.param((only_first_broker, CLOSED_B), "partial SUBNET_ACL_RESTRICTION", id="a-broker-is-not-listed-yet"),
    pytest.param((brokers(ClientVpcIpAddress=None), HALF_OF_B), "reachable", id="an-interface-tells-the-address"),
    pytest.param(
        (brokers(ClientVpcIpAddress=None, AttachedENIId=None), CLOSED_B),
        "partial SUBNET_ACL_RESTRICTION",
        id="the-subnet-alone-is-told",
    ),
    pytest.param(
        (forget_interfaces, lambda e: e["msk:events"]["Provisioned"]["BrokerNodeGroupInfo"].update(SecurityGroups=[])),
        "unknown UNKNOWN_DESTINATION",
        id="no-groups-told",
    ),
]


@pytest.mark.parametrize(("changes", "expected"), PLACES)
def test_all_brokers_must_be_reached(changes: tuple[Change, ...], expected: str) -> None:
    assert asked("msk:events", cluster(), *changes) == expected


WAYS_IN: list[tuple[dict[str, Any], set[int]]] = [
    ({"access": ["iam"]}, {9098}),
    ({"access": ["scram"]}, {9096}),
    ({"access": ["tls"]}, {9094}),
    ({"access": ["unauthenticated"]}, {9094}),
    ({"access": ["unauthenticated"], "wires": "PLAINTEXT"}, {9092}),
    ({"access": ["unauthenticated"], "wires": "TLS_PLAINTEXT"}, {9092, 9094}),
    ({"access": []}, {9094}),
    ({"access": ["iam", "tls"], "wires": "TLS_PLAINTEXT"}, {9094, 9098}),
    ({"access": ["iam", "scram"]}, {9096, 9098}),
]


@pytest.mark.parametrize(("settings", "ports"), WAYS_IN, ids=str)
def test_a_question_without_port_asks_for_every_way_in_that_the_cluster_offers(
    settings: dict[str, Any], ports: set[int]
) -> None:
    answer = ask(changed(cluster(**settings), ingress()), "msk:events")
    assert {int(trace.packets.ports) for trace in answer.all_traces} == ports


def test_a_port_in_the_question_wins() -> None:
    both = cluster(access=["iam", "scram"])
    assert asked("msk:events", both) == "partial ENI_SG_RULES_MISMATCH"
    assert asked("msk:events:9098", both) == "reachable"
    assert asked("msk:events:9096", both) == "blocked ENI_SG_RULES_MISMATCH"


def test_a_port_that_nothing_tells_is_unknown_unless_it_is_asked_for() -> None:
    odd = cluster(access=["unauthenticated"], wires="QUANTUM")
    assert asked("msk:events", odd) == "unknown UNKNOWN_DESTINATION"
    assert asked("msk:events:9098", odd) == "reachable"


def test_a_port_of_public_or_ipv6_addresses_is_unknown() -> None:
    for port in (9194, 9198, 20098):
        assert asked(f"msk:events:{port}", cluster()) == "unknown UNKNOWN_DESTINATION", port


STATES = [
    ("ACTIVE", "reachable", False),
    ("UPDATING", "reachable", True),
    ("HEALING", "reachable", True),
    ("FAILED", "blocked BAD_STATE", False),
    ("DELETING", "blocked BAD_STATE", False),
    ("HIBERNATING", "unknown BAD_STATE", False),
]


@pytest.mark.parametrize(("state", "expected", "is_passing"), STATES)
def test_the_state_of_a_cluster(state: str, expected: str, *, is_passing: bool) -> None:
    assert asked("msk:events", cluster(state=state)) == expected
    codes = finding_codes(ask(changed(cluster(state=state)), "msk:events"))
    assert ("DESTINATION_IN_TRANSITION" in codes) is is_passing


HOST = "b-2.events.c0ffee.c2.kafka.eu-west-1.amazonaws.com"
NAMES = ["msk:events", "msk:EVENTS", ARN, f"{ARN}:9098", HOST, f"{HOST}:9098"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.item("H17")
def test_what_a_cluster_may_be_called(name: str) -> None:
    assert asked(name, cluster()) == "reachable"


def test_a_name_that_no_list_holds() -> None:
    with pytest.raises(UsageError, match="did you mean"):
        asked("msk:event", cluster())
    assert asked("msk:event", cluster(), without(CLUSTERS)) == "unknown COLLECTION_FAILED"
    assert asked(HOST, cluster(), without(CLUSTERS)) == "unknown COLLECTION_FAILED"
    assert asked(HOST, cluster(), without(NODES)) == "unknown UNSUPPORTED_COMPONENT"


@pytest.mark.item("H17")
def test_a_file_of_another_kind_would_not_hold_what_an_arn_or_host_name_tells_the_kind_of() -> None:
    unread = without("rds/describe-db-instances")
    with pytest.raises(UsageError, match="is not in the snapshot"):
        asked(ARN.replace("/events/", "/other/"), cluster(), unread)
    assert asked(HOST.replace("b-2", "b-9"), cluster(), unread) == "unknown UNSUPPORTED_COMPONENT"


def serverless(estate: Estate) -> None:
    estate.msk_serverless("events", subnets=["data-a", "data-b"], groups=["data"])
    BROKERS_PORT(estate)


def test_a_serverless_cluster_is_reached_in_each_of_its_subnets() -> None:
    assert asked("msk:events", serverless) == "reachable"
    assert asked("msk:events", serverless, CLOSED_B) == "partial SUBNET_ACL_RESTRICTION"
    assert asked("msk:events", serverless, ingress(allow("tcp", 9094, "sg-app"))) == "blocked ENI_SG_RULES_MISMATCH"


def in_another_vpc(estate: Estate) -> None:
    for name, block in (("far", "10.9"), ("further", "10.8")):
        estate.vpc(name, f"{block}.0.0/16").subnet(f"{name}-a", f"{block}.1.0/24", az="a")


def test_a_serverless_cluster_of_other_vpcs_is_met_in_the_only_one_or_undecided() -> None:
    def moved(*subnets: str) -> Change:
        configs = [{"SubnetIds": [f"subnet-{s}"], "SecurityGroupIds": [f"sg-{s[:-2]}-default"]} for s in subnets]
        return lambda estate: estate["msk:events"]["Serverless"].update(VpcConfigs=configs)

    one = asked("msk:events", serverless, in_another_vpc, moved("far-a"), no_route())
    assert one == "blocked NO_ROUTE_TO_DESTINATION"
    both = asked("msk:events", serverless, in_another_vpc, moved("far-a", "further-a"), no_route())
    assert both == "unknown UNKNOWN_DESTINATION"


def test_a_cluster_with_public_brokers_is_not_judged_from_outside_every_vpc() -> None:
    def outside(estate: Estate) -> None:
        del estate["function:app"]["VpcConfig"]

    def public(estate: Estate) -> None:
        group = estate["msk:events"]["Provisioned"]["BrokerNodeGroupInfo"]
        group["ConnectivityInfo"] = {"PublicAccess": {"Type": "SERVICE_PROVIDED_EIPS"}}

    assert asked("msk:events", cluster(), outside) == "blocked FUNCTION_NOT_IN_VPC"
    assert asked("msk:events", cluster(), public, outside) == "unknown UNKNOWN_DESTINATION"
