"""EC2 instances: `i-…`, by what DescribeInstances tells of them.

Modelled: the first interface's private addresses and groups, whether the instance runs.
Not modelled: what listens there.
Source: EC2 API Reference, DescribeInstances (semantics H12).
Checked: tests/unit/destinations/test_interfaces.py.
"""

from collections.abc import Iterable

from vpcreach.destinations.grammar import DEFAULT_PORT, Service
from vpcreach.destinations.meaning import DESTINATION_IN_TRANSITION, Endpoint, Meaning, Target
from vpcreach.forwarding import BAD_STATE, Note, Surroundings
from vpcreach.packets.address_map import AddressSet
from vpcreach.snapshot.call import Call
from vpcreach.snapshot.record import Address, Record, Reply, Tagged


class InstanceState(Record, frozen=True):
    name: str | None = None


class InstanceGroup(Record, frozen=True):
    group_id: str


class InstanceAddress(Record, frozen=True):
    private_ip_address: Address | None = None


class InstanceInterface(Record, frozen=True):
    network_interface_id: str
    subnet_id: str | None = None
    vpc_id: str | None = None
    private_ip_addresses: tuple[InstanceAddress, ...] = ()
    private_ip_address: Address | None = None
    groups: tuple[InstanceGroup, ...] = ()


class Instance(Tagged, frozen=True):
    instance_id: str
    state: InstanceState = InstanceState()
    network_interfaces: tuple[InstanceInterface, ...] = ()

    @property
    def id(self) -> str:
        return self.instance_id


class Reservation(Record, frozen=True):
    instances: tuple[Instance, ...] = ()


class DescribeInstances(Reply, frozen=True):
    reservations: tuple[Reservation, ...] = ()

    @property
    def instances(self) -> tuple[Instance, ...]:
        return tuple(instance for reservation in self.reservations for instance in reservation.instances)


DESCRIBE_INSTANCES = Call(
    "ec2",
    "DescribeInstances",
    DescribeInstances,
    holds="Reservations",
    parameters={"IncludeManagedResources": True},
    vpc_filter="vpc-id",
)
CALLS = (DESCRIBE_INSTANCES,)


def meaning(instance: Instance, service: Service) -> Meaning:
    """An instance, which must be running, at its first interface's address."""
    endpoints = tuple(Endpoint(t.label, (t,)) for i in instance.network_interfaces[:1] for t in _targets(i))
    return Meaning(endpoints, service.protocol, service.port or DEFAULT_PORT, running_notes(instance))


def instance_of(instance_id: str, around: Surroundings) -> Instance | None:
    """The instance with this id, where the snapshot lists it."""

    def build() -> dict[str, Instance]:
        replies = [around.read(DESCRIBE_INSTANCES, place).value for place in around.places()]
        return {instance.id: instance for reply in replies if reply is not None for instance in reply.instances}

    return around.remember(("instances",), build).get(instance_id)


def running_notes(instance: Instance) -> tuple[Note, ...]:
    """What an instance's state says: starting is worth knowing, everything else but running is the end."""
    state = instance.state.name
    if state in (None, "running"):
        return ()
    if state == "pending":
        return (DESTINATION_IN_TRANSITION.advice(instance.id, "State", f"{instance.title} is starting"),)
    return (BAD_STATE.fail(instance.id, "State", f"{instance.title} is {state}, so nothing listens"),)


def _targets(interface: InstanceInterface) -> Iterable[Target]:
    found = [item.private_ip_address for item in interface.private_ip_addresses] or [interface.private_ip_address]
    texts = [text for text in found if text]
    if texts:
        groups = frozenset(group.group_id for group in interface.groups)
        yield Target(AddressSet.parse(*texts), interface.network_interface_id, groups=groups, vpc_id=interface.vpc_id)
