"""ECS tasks: at their own interfaces or at their instance's ports, all that run of a service."""

from typing import Any

import pytest

from tests.estates.asking import ask, finding_codes, told
from tests.estates.builder import Estate, allow
from tests.unit.reach.worlds import (
    INTERFACES,
    Change,
    acl,
    asked,
    changed,
    denied,
    forgotten,
    ingress,
    record,
    unfinished,
    without,
)
from vpcreach.errors import UsageError

pytestmark = pytest.mark.item("H13")

TASKS = "ecs/describe-tasks"
LIST_TASKS = "ecs/list-tasks"
LIST_SERVICES = "ecs/list-services"
CLUSTERS = "ecs/list-clusters"
HOSTS = "ecs/describe-container-instances"
ARN = "arn:aws:ecs:eu-west-1:111122223333"
CLOSED_B = acl("data-b", inbound=[])


def service(*subnets: str, **settings: Any) -> Change:
    """A service `web` with a task `t1`, `t2` … in each subnet, in group data, which admits tcp/443 from sg-app."""

    def change(estate: Estate) -> None:
        ingress(allow("tcp", 443, "sg-app"))(estate)
        estate.ecs_service("web")
        for number, subnet in enumerate(subnets, 1):
            estate.ecs_task(f"t{number}", service="web", subnet=subnet, groups=["data"], **settings)

    return change


CALLED = ["ecs:web", "ecs:web:443", "ecs:main/web", "ecs:t1", "ecs:main/t1", f"{ARN}:service/main/web"]
CALLED += [f"{ARN}:service/main/web:443", f"{ARN}:task/main/t1", f"{ARN}:cluster/main"]


@pytest.mark.parametrize("destination", CALLED)
def test_what_a_task_or_its_service_may_be_called(destination: str) -> None:
    assert asked(destination, service("data-a")) == "reachable"
    assert asked(destination, service("data-a"), ingress()) == "blocked ENI_SG_RULES_MISMATCH"


SERVICES = [
    pytest.param((service("data-a", "data-b"),), "reachable", id="two-tasks"),
    pytest.param((service("data-a", "data-b"), CLOSED_B), "partial SUBNET_ACL_RESTRICTION", id="every-one-counts"),
    pytest.param((service(),), "unknown NO_SOURCE_OR_DESTINATION", id="none-runs"),
    pytest.param((service("data-a", status="PENDING"),), "unknown NO_SOURCE_OR_DESTINATION", id="none-runs-yet"),
    pytest.param((service("data-a", status="STOPPED"),), "unknown NO_SOURCE_OR_DESTINATION", id="none-runs-any-more"),
    pytest.param((service("data-a", status="DREAMING"),), "unknown BAD_STATE", id="a-status-of-tomorrow"),
    pytest.param((service("data-a"), denied(LIST_TASKS)), "unknown COLLECTION_FAILED", id="tasks-denied"),
    pytest.param((service("data-a"), without(LIST_TASKS)), "unknown COLLECTION_FAILED", id="tasks-absent"),
    pytest.param((service("data-a"), without(TASKS)), "unknown COLLECTION_FAILED", id="a-task-absent"),
    pytest.param((service("data-a"), without(CLUSTERS)), "unknown COLLECTION_FAILED", id="clusters-absent"),
    pytest.param((service("data-a"), without(LIST_SERVICES)), "unknown COLLECTION_FAILED", id="services-absent"),
    pytest.param(
        (service("data-a"), lambda e: e.reply(f"{LIST_TASKS}/main").update(nextToken="more")),
        "unknown COLLECTION_FAILED",
        id="some-tasks-on-another-page",
    ),
    pytest.param((service("data-a"), forgotten("eni-task-t1")), "unknown UNKNOWN_RESOURCE", id="interface-not-seen"),
    pytest.param((service("data-a"), denied(INTERFACES)), "unknown UNKNOWN_RESOURCE", id="interfaces-denied"),
    pytest.param(
        (service("data-a"), forgotten("eni-task-t1"), acl("data-a", inbound=[])),
        "blocked SUBNET_ACL_RESTRICTION UNKNOWN_RESOURCE",
        id="its-address-is-told-though",
    ),
    pytest.param((service("data-a"), record("eni-task-t1", Status="detaching")), "unknown BAD_STATE", id="detaching"),
]


@pytest.mark.parametrize(("changes", "expected"), SERVICES)
def test_all_running_tasks_of_a_service(changes: tuple[Change, ...], expected: str) -> None:
    answer = asked("ecs:web", *changes).split()
    verdict, *codes = expected.split()
    assert (answer[0], set(answer[1:])) == (verdict, set(codes))


def test_a_task_that_is_on_its_way_is_a_finding_and_not_asked_about() -> None:
    def second_starts(estate: Estate) -> None:
        estate.ecs_task("t9", service="web", subnet="data-b", groups=["data"], status="ACTIVATING")

    answer = ask(changed(service("data-a"), second_starts, CLOSED_B), "ecs:web")
    assert answer.verdict.value == "reachable"
    assert finding_codes(answer) == {"DESTINATION_IN_TRANSITION"}


def test_a_task_that_ended_while_the_files_were_made_is_none_of_the_service() -> None:
    gone = {"tasks": [], "failures": [{"arn": "t2", "reason": "MISSING"}]}
    strange = {"tasks": [], "failures": [{"arn": "t2", "reason": "DREAMING"}]}
    two = service("data-a", "data-b")
    assert asked("ecs:web", two, CLOSED_B, lambda e: e.put(TASKS, gone, "main", "t2")) == "reachable"
    assert asked("ecs:web", two, lambda e: e.put(TASKS, strange, "main", "t2")) == "unknown COLLECTION_FAILED"


def test_the_tasks_of_another_service_do_not_count() -> None:
    def other(estate: Estate) -> None:
        estate.ecs_service("other")
        estate.ecs_task("t9", service="other", subnet="data-b", groups=["data"])

    assert asked("ecs:web", service("data-a"), other, CLOSED_B) == "reachable"
    assert asked(f"{ARN}:cluster/main", service("data-a"), other, CLOSED_B) == "partial SUBNET_ACL_RESTRICTION"


STATES = [("STOPPED", "blocked BAD_STATE"), ("DEACTIVATING", "blocked BAD_STATE"), ("ACTIVATING", "reachable")]


@pytest.mark.parametrize(("status", "expected"), STATES)
def test_a_task_that_was_asked_for_in_its_state(status: str, expected: str) -> None:
    assert asked("ecs:t1", service("data-a", status=status)) == expected


def test_a_service_of_two_clusters_takes_its_cluster_or_arn() -> None:
    twice = lambda e: e.ecs_service("web", cluster="other")  # noqa: E731
    with pytest.raises(UsageError, match="names more than one thing"):
        asked("ecs:web", service("data-a"), twice)
    assert asked("ecs:main/web", service("data-a"), twice) == "reachable"


def test_a_name_that_no_cluster_has_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match='did you mean "web"'):
        asked("ecs:wep", service("data-a"))


def on_instance(*ports: tuple[int, int, str], admits: int = 32768) -> Change:
    """A task `t1` of service `web` on instance `i-host` in data-a, which admits one port from the function's group."""

    def change(estate: Estate) -> None:
        ingress(allow("tcp", admits, "sg-app"))(estate)
        estate.instance("host", subnet="data-a", groups=["data"])
        estate.ecs_service("web")
        estate.ecs_task("t1", service="web", instance="i-host", ports=ports)

    return change


HTTP = (80, 32768, "tcp")
INSTANCES = [
    pytest.param("ecs:web", (on_instance(HTTP),), "reachable", id="at-its-host-port"),
    pytest.param("ecs:web:80", (on_instance(HTTP),), "reachable", id="by-its-container-port"),
    pytest.param("ecs:web:32768", (on_instance(HTTP),), "reachable", id="by-its-host-port"),
    pytest.param(
        "ecs:web", (on_instance(HTTP, admits=80),), "blocked ENI_SG_RULES_MISMATCH", id="the-instances-groups"
    ),
    pytest.param("ecs:web:81", (on_instance(HTTP),), "unknown NO_SOURCE_OR_DESTINATION", id="a-port-nobody-publishes"),
    pytest.param("ecs:web:80/udp", (on_instance(HTTP),), "unknown NO_SOURCE_OR_DESTINATION", id="another-protocol"),
    pytest.param("ecs:web", (on_instance(),), "unknown NO_SOURCE_OR_DESTINATION", id="no-port-told"),
    pytest.param(
        "ecs:web",
        (on_instance(HTTP), lambda e: e["i-host"]["State"].update(Name="stopped")),
        "blocked BAD_STATE",
        id="its-instance-is-stopped",
    ),
    pytest.param("ecs:web", (on_instance(HTTP), without(HOSTS)), "unknown COLLECTION_FAILED", id="host-absent"),
    pytest.param("ecs:web", (on_instance(HTTP), denied(HOSTS)), "unknown COLLECTION_FAILED", id="host-denied"),
    pytest.param(
        "ecs:web", (on_instance(HTTP), forgotten("i-host")), "unknown COLLECTION_FAILED", id="instance-unseen"
    ),
    pytest.param(
        "ecs:web",
        (on_instance(HTTP), without("ec2/describe-instances")),
        "unknown COLLECTION_FAILED",
        id="instances-absent",
    ),
    pytest.param(
        "ecs:web",
        (
            on_instance(HTTP),
            lambda e: e.reply(f"{HOSTS}/main.host-host")["containerInstances"][0].update(ec2InstanceId="mi-1"),
        ),
        "unknown UNSUPPORTED_COMPONENT",
        id="outside-aws",
    ),
    pytest.param(
        "ecs:web",
        (on_instance(HTTP), lambda e: e.reply(f"{TASKS}/main.t1")["tasks"][0].pop("containerInstanceArn")),
        "unknown NO_SOURCE_OR_DESTINATION",
        id="nowhere",
    ),
]


@pytest.mark.parametrize(("destination", "changes", "expected"), INSTANCES)
def test_a_task_on_a_container_instance(destination: str, changes: tuple[Change, ...], expected: str) -> None:
    assert asked(destination, *changes) == expected


def test_each_task_is_asked_about_at_its_own_host_port() -> None:
    second: Change = lambda e: e.ecs_task(  # noqa: E731
        "t2", service="web", instance="i-host", ports=[(80, 32769, "tcp")]
    )
    estate = changed(on_instance(HTTP), second)
    assert told(estate, "ecs:web:80") == "partial ENI_SG_RULES_MISMATCH"
    ports = {trace.packets.ports for trace in ask(estate, "ecs:web:80").subnets[0].traces}
    assert ports == {"32768", "32769"}


def test_a_task_that_publishes_no_port_leaves_its_service_undecided() -> None:
    silent: Change = lambda e: e.ecs_task("t2", service="web", instance="i-host")  # noqa: E731
    assert asked("ecs:web", on_instance(HTTP), silent) == "unknown NO_SOURCE_OR_DESTINATION"


def test_the_port_of_a_task_is_the_one_that_the_reply_tells_else_443() -> None:
    told_port = changed(service("data-a", ports=[(443, 443, "tcp")]))
    other_port = changed(service("data-a", ports=[(8080, 8080, "tcp")]))
    assert told(told_port, "ecs:web") == "reachable"
    assert told(other_port, "ecs:web") == "blocked ENI_SG_RULES_MISMATCH"
    assert {t.packets.ports for t in ask(other_port, "ecs:web").subnets[0].traces} == {"8080"}
    assert {t.packets.ports for t in ask(changed(service("data-a")), "ecs:web").subnets[0].traces} == {"443"}


def test_a_list_of_clusters_that_is_not_whole_may_hold_the_name() -> None:
    more: Change = lambda e: e.reply(CLUSTERS).update(nextToken="more")  # noqa: E731
    assert asked("ecs:nobody", service("data-a"), more) == "unknown COLLECTION_FAILED"
    assert asked("ecs:web", service("data-a"), more, unfinished(INTERFACES)) == "reachable"
