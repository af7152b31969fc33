"""ECS tasks: `ecs:SERVICE`, `ecs:CLUSTER/SERVICE`, a task's id, the ARN of a task, a service or a whole cluster.

Modelled: every running task, at its own interface (awsvpc) or at its container instance's host port; its state.
Not modelled: names of Service Connect and Cloud Map, tasks outside AWS, what listens in a container.
Source: ECS API Reference, DescribeTasks; ECS Developer Guide, "Task networking" (semantics H13).
Checked: tests/unit/destinations/test_ecs.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from vpcreach.components.instance import DESCRIBE_INSTANCES, Instance
from vpcreach.components.network_interface import NetworkInterface
from vpcreach.destinations import instance
from vpcreach.destinations.addresses import behind_interface, listens_notes
from vpcreach.destinations.grammar import DEFAULT_PORT, Service
from vpcreach.destinations.kind import Kind
from vpcreach.destinations.meaning import NO_SOURCE_OR_DESTINATION, Endpoint, Meaning, Source, Target
from vpcreach.destinations.resource import States, nowhere
from vpcreach.forwarding import COLLECTION_FAILED, UNSUPPORTED_COMPONENT, Note, Surroundings
from vpcreach.packets.address_map import AddressSet, Family
from vpcreach.packets.ports import TCP, UDP
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import CamelRecord, CamelReply, Port
from vpcreach.snapshot.snapshot import Gap, Snapshot

STATES = States(
    working=frozenset({"RUNNING"}),
    passing=frozenset({"PROVISIONING", "PENDING", "ACTIVATING"}),
    dead=frozenset({"DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED", "DELETED"}),
)
INTERFACE = "ElasticNetworkInterface"
PROTOCOLS = {"tcp": TCP, "udp": UDP}


class ListClusters(CamelReply, frozen=True):
    cluster_arns: tuple[str, ...] = ()


class ListServices(CamelReply, frozen=True):
    service_arns: tuple[str, ...] = ()


class ListTasks(CamelReply, frozen=True):
    task_arns: tuple[str, ...] = ()


class Detail(CamelRecord, frozen=True):
    name: str = ""
    value: str = ""


class Attachment(CamelRecord, frozen=True):
    type: str | None = None
    status: str | None = None
    details: tuple[Detail, ...] = ()

    def detail(self, name: str) -> str | None:
        return next((item.value for item in self.details if item.name == name), None)


class Binding(CamelRecord, frozen=True):
    container_port: Port | None = None
    host_port: Port | None = None
    protocol: str = "tcp"


class Container(CamelRecord, frozen=True):
    network_bindings: tuple[Binding, ...] = ()


class Task(CamelRecord, frozen=True):
    task_arn: str
    cluster_arn: str = ""
    group: str = ""
    last_status: str | None = None
    container_instance_arn: str | None = None
    attachments: tuple[Attachment, ...] = ()
    containers: tuple[Container, ...] = ()

    @property
    def title(self) -> str:
        return f"task {_last(self.task_arn)}"

    @property
    def interfaces(self) -> tuple[Attachment, ...]:
        return tuple(each for each in self.attachments if each.type == INTERFACE and each.detail("networkInterfaceId"))

    @property
    def bindings(self) -> tuple[Binding, ...]:
        return tuple(each for container in self.containers for each in container.network_bindings if each.host_port)


class Failure(CamelRecord, frozen=True):
    reason: str | None = None


class DescribeTasks(CamelReply, frozen=True):
    tasks: tuple[Task, ...] = ()
    failures: tuple[Failure, ...] = ()


class ContainerInstance(CamelRecord, frozen=True):
    ec2_instance_id: str | None = None


class DescribeContainerInstances(CamelReply, frozen=True):
    container_instances: tuple[ContainerInstance, ...] = ()


def _clusters(snapshot: Snapshot, place: Place) -> Iterable[tuple[str, ...]]:
    reply = snapshot.read(LIST_CLUSTERS, place).value
    return [(_last(arn),) for arn in (reply.cluster_arns if reply else ())]


def _tasks(snapshot: Snapshot, place: Place) -> Iterable[tuple[str, ...]]:
    for (cluster,) in _clusters(snapshot, place):
        reply = snapshot.read(LIST_TASKS, place, (cluster,)).value
        yield from ((cluster, _last(arn)) for arn in (reply.task_arns if reply else ()))


def _container_instances(snapshot: Snapshot, place: Place) -> Iterable[tuple[str, ...]]:
    for cluster, task_id in _tasks(snapshot, place):
        reply = snapshot.read(DESCRIBE_TASKS, place, (cluster, task_id)).value
        for task in reply.tasks if reply else ():
            if task.container_instance_arn and not task.interfaces:
                yield cluster, _last(task.container_instance_arn)


LIST_CLUSTERS = Call("ecs", "ListClusters", ListClusters, holds="clusterArns")
LIST_SERVICES = Call("ecs", "ListServices", ListServices, holds="serviceArns", arguments=("cluster",), each=_clusters)
LIST_TASKS = Call("ecs", "ListTasks", ListTasks, holds="taskArns", arguments=("cluster",), each=_clusters)
# One task a call: the argument list of a hundred would be no file name.
DESCRIBE_TASKS = Call("ecs", "DescribeTasks", DescribeTasks, holds="tasks", arguments=("cluster", "tasks"), each=_tasks)
DESCRIBE_CONTAINER_INSTANCES = Call(
    "ecs",
    "DescribeContainerInstances",
    DescribeContainerInstances,
    holds="containerInstances",
    arguments=("cluster", "containerInstances"),
    each=_container_instances,
)
CALLS = (LIST_CLUSTERS, LIST_SERVICES, LIST_TASKS, DESCRIBE_TASKS, DESCRIBE_CONTAINER_INSTANCES)


@dataclass(frozen=True, slots=True)
class Group:
    """Tasks that one may ask about together: those of a cluster, of a service, or (`is_one`) a single one.

    `gaps` are the files of tasks that are missing and may belong to it, `unread` one that may hold other names.
    """

    arn: str
    title: str
    names: tuple[str, ...]
    place: Place
    tasks: tuple[Task, ...]
    gaps: tuple[Gap, ...] = ()
    unread: Gap | None = None
    is_one: bool = False

    @property
    def running(self) -> tuple[Task, ...]:
        """The tasks that must be reached: one that starts or ends is none of them, unless it was asked for."""
        left_out = frozenset() if self.is_one else STATES.passing | STATES.dead
        return tuple(task for task in self.tasks if task.last_status not in left_out)


def groups(cluster_arn: str, place: Place, around: Surroundings) -> tuple[Group, ...]:
    """The cluster, its services, and its tasks one by one."""
    return around.remember(("ecs cluster", cluster_arn), lambda: _groups(cluster_arn, place, around))


def _groups(cluster_arn: str, place: Place, around: Surroundings) -> tuple[Group, ...]:
    cluster = _last(cluster_arn)
    listed = around.read(LIST_SERVICES, place, (cluster,))
    tasks, gaps = _tasks_of(cluster, place, around)
    unread = next((gap for gap in (listed.gap, *gaps) if gap), None)
    found = [Group(cluster_arn, f"cluster {cluster}", (), place, tasks, gaps, unread)]
    for arn in listed.value.service_arns if listed.value else ():
        name = _last(arn)
        mine = tuple(task for task in tasks if task.group == f"service:{name}")
        found.append(Group(arn, f"service {name}", (name, f"{cluster}/{name}"), place, mine, gaps))
    for task in tasks:
        name = _last(task.task_arn)
        found.append(Group(task.task_arn, task.title, (name, f"{cluster}/{name}"), place, (task,), is_one=True))
    return tuple(found)


def _tasks_of(cluster: str, place: Place, around: Surroundings) -> tuple[tuple[Task, ...], tuple[Gap, ...]]:
    listed = around.read(LIST_TASKS, place, (cluster,))
    tasks: list[Task] = []
    gaps = [listed.gap] if listed.gap else []
    for arn in listed.value.task_arns if listed.value else ():
        reading = around.read(DESCRIBE_TASKS, place, (cluster, _last(arn)))
        reply = reading.value
        tasks += reply.tasks if reply is not None else ()
        # A task that has ended in the meantime is missing, which is no gap.
        others = [failure.reason for failure in (reply.failures if reply else ()) if failure.reason != "MISSING"]
        if reading.gap is not None:
            gaps.append(reading.gap)
        elif others:
            gaps.append(Gap(DESCRIBE_TASKS.action, place.account, place.region, f"{arn}: {others[0]}"))
    return tuple(tasks), tuple(gaps)


def meaning(group: Group, service: Service, source: Source, around: Surroundings) -> Meaning:
    """Every running task, each at the port that it is reached by; none at all decides nothing (K2)."""
    by_service: dict[Service, list[Endpoint]] = {}
    for task in group.running:
        for each, endpoint in _endpoints(task, group.place, service, around):
            by_service.setdefault(each, []).append(endpoint)
    default = Service(service.port or DEFAULT_PORT, service.protocol)
    for gap in group.gaps:
        message = f"some tasks that may be of {group.title} are not known: {gap}"
        note = COLLECTION_FAILED.unknown(gap.call, group.arn, message)
        endpoint = Endpoint(f"tasks of {group.title}", (nowhere(group.title, note),))
        by_service.setdefault(next(iter(by_service), default), []).append(endpoint)
    starting = [task for task in group.tasks if task.last_status in STATES.passing and not group.is_one]
    notes = tuple(note for task in starting for note in _state_notes(task))
    if not by_service:
        message = f"{group.title} has no running task"
        notes += (NO_SOURCE_OR_DESTINATION.unknown(group.arn, "tasks", message, resolve="start it, and collect again"),)
        return Meaning((), default.protocol, default.port or DEFAULT_PORT, notes)
    found = [
        Meaning(tuple(endpoints), each.protocol, each.port or DEFAULT_PORT, notes)
        for each, endpoints in by_service.items()
    ]
    return replace(found[0], also=tuple(found[1:]))


def _endpoints(task: Task, place: Place, service: Service, around: Surroundings) -> Iterable[tuple[Service, Endpoint]]:
    """Where a task is reached, once for each of its ports if none was asked for."""
    if task.interfaces:
        for each in _container_ports(task, service):
            for attachment in task.interfaces:
                yield each, Endpoint(task.title, (_at_interface(task, attachment, around),))
        return
    ports = _host_ports(task, service)
    for each in ports:
        yield each, _at_instance(task, place, each, around)
    if not ports:
        message = f"{task.title} publishes no port{f' {service.port}' if service.port else ''} that the reply tells"
        note = NO_SOURCE_OR_DESTINATION.unknown(task.task_arn, "networkBindings", message, resolve="ask for i-…:PORT")
        asked = Service(service.port or DEFAULT_PORT, service.protocol)
        yield asked, Endpoint(task.title, (nowhere(task.title, note, *_state_notes(task)),))


def _container_ports(task: Task, service: Service) -> Sequence[Service]:
    if service.port:
        return (service,)
    return _services(task.bindings) or (Service(DEFAULT_PORT),)


def _host_ports(task: Task, service: Service) -> Sequence[Service]:
    """The ports of the instance that lead to the task: to the container port asked for, or as asked for themselves."""
    if not service.port:
        return _services(task.bindings)
    mine = [each for each in task.bindings if PROTOCOLS.get(each.protocol) == service.protocol]
    inside = [each for each in mine if each.container_port == service.port]
    return _services(inside or [each for each in mine if each.host_port == service.port])


def _services(bindings: Iterable[Binding]) -> Sequence[Service]:
    told = [Service(each.host_port, PROTOCOLS[each.protocol]) for each in bindings if each.protocol in PROTOCOLS]
    return tuple(dict.fromkeys(told))


def _at_interface(task: Task, attachment: Attachment, around: Surroundings) -> Target:
    """The task's own interface; of one that no file tells, the address counts and what is behind it is not decided."""
    interface = around.component(attachment.detail("networkInterfaceId") or "")
    if isinstance(interface, NetworkInterface):
        known = interface.addresses(Family.IPV4) or interface.addresses(Family.IPV6)
        notes = (*listens_notes(interface, around), *_state_notes(task))
        return replace(behind_interface(interface, known, task.title), notes=notes)
    unread = interface if isinstance(interface, Note) else UNSUPPORTED_COMPONENT.unknown(task.task_arn, "", task.title)
    address = attachment.detail("privateIPv4Address")
    if address is None:
        return nowhere(task.title, unread, *_state_notes(task))
    return Target(AddressSet.parse(address), task.title, notes=_state_notes(task), at_arrival=unread)


def _at_instance(task: Task, place: Place, service: Service, around: Surroundings) -> Endpoint:
    found = _instance_of(task, place, around)
    if isinstance(found, Note):
        return Endpoint(task.title, (nowhere(task.title, found, *_state_notes(task)),))
    held = instance.meaning(found, service)
    notes = (*held.notes, *_state_notes(task))
    places = tuple(
        replace(target, notes=(*target.notes, *notes)) for each in held.endpoints for target in each.alternatives
    )
    if places:
        return Endpoint(f"{task.title} on {found.id}", places)
    lost = NO_SOURCE_OR_DESTINATION.unknown(found.id, "NetworkInterfaces", f"{found.title} has no address")
    return Endpoint(task.title, (nowhere(task.title, lost, *notes),))


def _instance_of(task: Task, place: Place, around: Surroundings) -> Instance | Note:
    """The EC2 instance that runs the task, or why it is not known."""
    if task.container_instance_arn is None:
        message = f"{task.title} has no network interface and no container instance that the reply tells"
        return NO_SOURCE_OR_DESTINATION.unknown(task.task_arn, "attachments", message)
    arguments = (_last(task.cluster_arn), _last(task.container_instance_arn))
    reading = around.read(DESCRIBE_CONTAINER_INSTANCES, place, arguments)
    listed = reading.value.container_instances if reading.value is not None else ()
    instance_id = listed[0].ec2_instance_id if listed else None
    if instance_id is None:
        message = f"where {task.title} runs is not known: {reading.gap or 'its container instance is gone'}"
        return COLLECTION_FAILED.unknown(task.task_arn, DESCRIBE_CONTAINER_INSTANCES.action, message)
    if not instance_id.startswith("i-"):
        message = f"{task.title} runs on {instance_id}, outside AWS"
        return UNSUPPORTED_COMPONENT.unknown(task.task_arn, "containerInstanceArn", message)
    found = instance.instance_of(instance_id, around)
    if found is not None:
        return found
    gap = around.read(DESCRIBE_INSTANCES, place).gap
    message = f"{task.title} runs on {instance_id}, which no file tells: {gap or 'the list of instances lacks it'}"
    return COLLECTION_FAILED.unknown(instance_id, DESCRIBE_INSTANCES.action, message)


def _state_notes(task: Task) -> tuple[Note, ...]:
    return STATES.notes(task.task_arn, task.title, "lastStatus", task.last_status)


def _last(arn: str) -> str:
    """The name or id at an ARN's end, by which the calls know clusters, services and tasks too."""
    return arn.rpartition("/")[2]


KINDS = (
    Kind(
        "ecs",
        LIST_CLUSTERS,
        lambda reply: reply.cluster_arns,
        lambda group: group.names,
        lambda group, _: group.arn,
        lambda group, _, service, source, around: meaning(group, service, source, around),
        has_host_names=False,
        unread=lambda group: group.unread,
        parts=groups,
    ),
)
