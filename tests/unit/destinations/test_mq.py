"""Amazon MQ brokers: instances, ports by engine, state, public accessibility, and what they may be called."""

from typing import Any

import pytest

from tests.estates.asking import ask, finding_codes
from tests.estates.builder import Estate, allow
from tests.unit.reach.worlds import Change, acl, asked, changed, denied, ingress, no_route, without
from vpcreach.errors import SnapshotError, UsageError

pytestmark = pytest.mark.item("H15")

TOLD = "mq/describe-broker/b-queue"
CLOSED_A, CLOSED_B = acl("data-a", inbound=[]), acl("data-b", inbound=[])
ARN = "arn:aws:mq:eu-west-1:111122223333:broker:queue:b-queue"


def broker(**settings: Any) -> Change:
    """An ActiveMQ pair `queue` in data-a and data-b, in group data, which admits OpenWire and AMQP from app."""
    chosen: dict[str, Any] = {"subnets": ["data-a", "data-b"], "groups": ["data"]} | settings

    def change(estate: Estate) -> None:
        estate.mq_broker("queue", **chosen)
        ingress(allow("tcp", 61617, "sg-app"), allow("tcp", 5671, "sg-app"))(estate)

    return change


def told(**values: object) -> Change:
    return lambda estate: estate.reply(TOLD).update(values)


PLACES = [
    pytest.param((), "reachable", id="both-instances"),
    pytest.param((CLOSED_B,), "partial SUBNET_ACL_RESTRICTION", id="the-standby-is-shut-off"),
    pytest.param((ingress(),), "blocked ENI_SG_RULES_MISMATCH", id="the-group-admits-nobody"),
    pytest.param((without(TOLD),), "unknown COLLECTION_FAILED", id="the-brokers-own-file-is-absent"),
    pytest.param((denied(TOLD),), "unknown COLLECTION_FAILED", id="the-brokers-own-file-is-refused"),
    pytest.param((told(SecurityGroups=[]),), "unknown UNKNOWN_DESTINATION", id="no-groups-told"),
    pytest.param((told(BrokerInstances=[]),), "reachable", id="no-addresses-told-but-reached-in-each-subnet"),
    pytest.param((told(BrokerInstances=[]), CLOSED_B), "partial SUBNET_ACL_RESTRICTION", id="one-subnet-is-shut-off"),
]


@pytest.mark.parametrize(("changes", "expected"), PLACES)
def test_every_instance_of_a_broker_must_be_reached(changes: tuple[Change, ...], expected: str) -> None:
    assert asked("mq:queue", broker(), *changes) == expected


def test_rabbitmq_answers_with_amqp_from_each_of_its_subnets() -> None:
    rabbit = broker(engine="RABBITMQ")
    assert asked("mq:queue", rabbit) == "reachable"
    assert asked("mq:queue", rabbit, CLOSED_B) == "partial SUBNET_ACL_RESTRICTION"
    assert asked("mq:queue", rabbit, ingress(allow("tcp", 61617, "sg-app"))) == "blocked ENI_SG_RULES_MISMATCH"


def test_activemq_is_asked_for_openwire_and_any_other_port_by_number() -> None:
    assert asked("mq:queue", broker(), ingress(allow("tcp", 5671, "sg-app"))) == "blocked ENI_SG_RULES_MISMATCH"
    assert asked("mq:queue:5671", broker()) == "reachable"
    assert asked("mq:queue:8883", broker()) == "blocked ENI_SG_RULES_MISMATCH"


def test_an_engine_of_tomorrow_has_a_port_that_nobody_knows() -> None:
    assert asked("mq:queue", broker(engine="PIGEON")) == "unknown UNKNOWN_DESTINATION"
    assert asked("mq:queue:5671", broker(engine="PIGEON")) == "reachable"


STATES = [
    ("RUNNING", "reachable", False),
    ("REBOOT_IN_PROGRESS", "reachable", True),
    ("CRITICAL_ACTION_REQUIRED", "reachable", True),
    ("CREATION_FAILED", "blocked BAD_STATE", False),
    ("DELETION_IN_PROGRESS", "blocked BAD_STATE", False),
    ("REPLICA", "unknown BAD_STATE", False),
    ("DREAMING", "unknown BAD_STATE", False),
]


@pytest.mark.parametrize(("state", "expected", "is_passing"), STATES)
def test_the_state_of_a_broker(state: str, expected: str, *, is_passing: bool) -> None:
    assert asked("mq:queue", broker(state=state)) == expected
    codes = finding_codes(ask(changed(broker(state=state)), "mq:queue"))
    assert ("DESTINATION_IN_TRANSITION" in codes) is is_passing


def test_what_the_name_of_a_public_broker_means_is_undecided_in_its_own_vpc() -> None:
    assert asked("mq:queue", broker(public=True)) == "unknown UNSUPPORTED_COMPONENT"
    assert asked("mq:queue", broker(public=True), ingress()) == "unknown UNSUPPORTED_COMPONENT"


def test_from_another_vpc_a_public_broker_takes_a_way_to_the_internet() -> None:
    def far(estate: Estate) -> None:
        estate.vpc("far", "10.9.0.0/16").subnet("far-a", "10.9.1.0/24", az="a")
        estate.mq_broker("queue", subnets=["far-a"], public=True)

    assert asked("mq:queue", far, no_route()) == "blocked NO_ROUTE_TO_DESTINATION"
    assert asked("mq:queue", far).startswith("unknown UNKNOWN_DESTINATION")


@pytest.mark.item("A4")
def test_a_function_without_vpc_reaches_a_public_broker_at_an_address_that_no_file_tells() -> None:
    def outside(estate: Estate) -> None:
        del estate["function:app"]["VpcConfig"]

    assert asked("mq:queue", broker(public=True), outside) == "unknown UNKNOWN_DESTINATION"
    assert asked("mq:queue", broker(), outside) == "blocked FUNCTION_NOT_IN_VPC"


HOST = "b-queue-2.mq.eu-west-1.amazonaws.com"


@pytest.mark.parametrize("name", ["mq:queue", "mq:b-queue", ARN, f"{ARN}:61617", HOST, f"{HOST}:5671"])
@pytest.mark.item("H17")
def test_what_a_broker_may_be_called(name: str) -> None:
    assert asked(name, broker()) == "reachable"


def test_a_name_that_no_list_holds() -> None:
    with pytest.raises(UsageError, match="did you mean"):
        asked("mq:queu", broker())
    assert asked("mq:queu", broker(), without("mq/list-brokers")) == "unknown COLLECTION_FAILED"
    assert asked(HOST, broker(), without("mq/list-brokers")) == "unknown COLLECTION_FAILED"


def test_an_instance_whose_address_is_none_is_refused_with_its_place() -> None:
    with pytest.raises(SnapshotError, match=r"b-queue.json: \$\.BrokerInstances\[0\]"):
        asked("mq:queue", broker(), told(BrokerInstances=[{"IpAddress": "elsewhere"}]))
