"""EC2 instances: what runs behind an interface, and what a route that names an instance leads to.

Modelled: state, the primary interface, public addresses; as a next hop, its primary interface.
Not modelled: what runs on it.
Source: EC2 API Reference, DescribeInstances (semantics C16, H12, I9).
Checked: tests/unit/components/test_appliances.py, tests/unit/destinations/test_interfaces.py.
"""

from collections.abc import Iterable
from typing import ClassVar

from vpcreach.forwarding import UNKNOWN_RESOURCE, Arrival, Forward, Hop, Stop, Surroundings
from vpcreach.snapshot.call import Call
from vpcreach.snapshot.record import Ipv4Address, Ipv6Address, Record, Reply, Tagged


class InstanceState(Record, frozen=True):
    name: str | None = None


class InstanceGroup(Record, frozen=True):
    group_id: str


class InstanceAssociation(Record, frozen=True):
    public_ip: Ipv4Address | None = None


class InstanceAddress(Record, frozen=True):
    private_ip_address: Ipv4Address | None = None
    association: InstanceAssociation | None = None


class InstanceIpv6Address(Record, frozen=True):
    ipv6_address: Ipv6Address


class InstanceAttachment(Record, frozen=True):
    device_index: int | None = None


class InstanceInterface(Record, frozen=True):
    network_interface_id: str
    subnet_id: str | None = None
    vpc_id: str | None = None
    private_ip_addresses: tuple[InstanceAddress, ...] = ()
    private_ip_address: Ipv4Address | None = None
    ipv6_addresses: tuple[InstanceIpv6Address, ...] = ()
    association: InstanceAssociation | None = None
    groups: tuple[InstanceGroup, ...] = ()
    attachment: InstanceAttachment = InstanceAttachment()

    @property
    def addresses(self) -> tuple[str, ...]:
        """Its private IPv4 addresses."""
        found = [item.private_ip_address for item in self.private_ip_addresses] or [self.private_ip_address]
        return tuple(text for text in found if text)


class Instance(Tagged, frozen=True):
    kind: ClassVar[str] = "instance"
    id_prefix: ClassVar[str] = "i-"

    instance_id: str
    state: InstanceState = InstanceState()
    subnet_id: str | None = None
    private_ip_address: Ipv4Address | None = None
    public_ip_address: Ipv4Address | None = None
    network_interfaces: tuple[InstanceInterface, ...] = ()

    @property
    def id(self) -> str:
        return self.instance_id

    @property
    def public_addresses(self) -> tuple[str, ...]:
        """Its public IPv4 addresses, on whichever interface."""
        own = [item.association for item in self.network_interfaces]
        own += [address.association for item in self.network_interfaces for address in item.private_ip_addresses]
        found = [self.public_ip_address, *(association.public_ip for association in own if association is not None)]
        return tuple(dict.fromkeys(address for address in found if address))

    @property
    def ipv6_addresses(self) -> tuple[str, ...]:
        return tuple(str(each.ipv6_address) for item in self.network_interfaces for each in item.ipv6_addresses)

    @property
    def primary(self) -> tuple[InstanceInterface, ...]:
        """The interface with the instance's own address, or at its first device; all where nothing tells which."""
        listed = self.network_interfaces
        own = [item for item in listed if self.private_ip_address and self.private_ip_address in item.addresses]
        first = [item for item in listed if item.attachment.device_index == 0]
        return tuple((own or first)[:1]) or listed

    def forward(self, arrival: Arrival, around: Surroundings) -> Iterable[Hop]:
        if len(self.primary) == 1:
            yield Hop(arrival.packets, Forward(self.primary[0].network_interface_id))
            return
        message = f"{self.title} lists no interface that packets sent to it would enter by"
        note = UNKNOWN_RESOURCE.unknown(self.id, "NetworkInterfaces", message)
        yield Hop(arrival.packets, Stop(), "instance", (note,))

    answer = forward


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
)
CALLS = (DESCRIBE_INSTANCES,)
REASONS = (UNKNOWN_RESOURCE,)
