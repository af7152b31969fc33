"""EC2 instances: `i-…`, by what DescribeInstances tells of them.

Modelled: the primary interface's private addresses and groups, whether the instance runs.
Not modelled: what listens there.
Source: EC2 API Reference, DescribeInstances (semantics H12).
Checked: tests/unit/destinations/test_interfaces.py.
"""

from collections.abc import Iterable

from vpcreach.destinations.grammar import DEFAULT_PORT, Service
from vpcreach.destinations.meaning import DESTINATION_IN_TRANSITION, UNKNOWN_DESTINATION, Endpoint, Meaning, Target
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


class InstanceAttachment(Record, frozen=True):
    device_index: int | None = None


class InstanceInterface(Record, frozen=True):
    network_interface_id: str
    subnet_id: str | None = None
    vpc_id: str | None = None
    private_ip_addresses: tuple[InstanceAddress, ...] = ()
    private_ip_address: Address | None = None
    groups: tuple[InstanceGroup, ...] = ()
    attachment: InstanceAttachment = InstanceAttachment()

    @property
    def addresses(self) -> tuple[str, ...]:
        """Its private IPv4 addresses."""
        found = [item.private_ip_address for item in self.private_ip_addresses] or [self.private_ip_address]
        return tuple(text for text in found if text)


class Instance(Tagged, frozen=True):
    instance_id: str
    state: InstanceState = InstanceState()
    private_ip_address: Address | None = None
    network_interfaces: tuple[InstanceInterface, ...] = ()

    @property
    def id(self) -> str:
        return self.instance_id

    @property
    def primary(self) -> tuple[InstanceInterface, ...]:
        """The interface with the instance's own address, or at its first device; all where nothing tells which."""
        listed = self.network_interfaces
        own = [item for item in listed if self.private_ip_address and self.private_ip_address in item.addresses]
        first = [item for item in listed if item.attachment.device_index == 0]
        return tuple((own or first)[:1]) or listed


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
    """An instance, which must be running, at its primary interface's address."""
    places = tuple(target for interface in instance.primary for target in _targets(interface))
    endpoints = (Endpoint(places[0].label if len(places) == 1 else instance.id, places),) if places else ()
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
    if not interface.addresses:
        return
    groups = frozenset(group.group_id for group in interface.groups)
    name = interface.network_interface_id
    untold = UNKNOWN_DESTINATION.unknown(name, "Groups", f"no file tells the security groups of {name}")
    yield Target(
        AddressSet.parse(*interface.addresses),
        name,
        groups=groups or None,
        vpc_id=interface.vpc_id,
        at_arrival=None if groups else untold,
    )
