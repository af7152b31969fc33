"""EC2 instances: `i-…`, by what DescribeInstances tells of them.

Modelled: its own address at its primary interface, IPv6 where that has nothing else, groups, whether it runs.
Not modelled: what listens there.
Source: EC2 API Reference, DescribeInstances (semantics H12).
Checked: tests/unit/destinations/test_interfaces.py.
"""

from collections.abc import Iterable

from vpcreach.components.instance import DESCRIBE_INSTANCES, Instance, InstanceInterface
from vpcreach.destinations.grammar import DEFAULT_PORT, Service
from vpcreach.destinations.meaning import DESTINATION_IN_TRANSITION, UNKNOWN_DESTINATION, Endpoint, Meaning, Target
from vpcreach.forwarding import BAD_STATE, Note, Surroundings
from vpcreach.packets.address_map import AddressSet

DEAD = frozenset({"stopping", "stopped", "shutting-down", "terminated"})


def meaning(instance: Instance, service: Service) -> Meaning:
    """An instance, which must be running, at its own address, or at its primary interface's where that is not told."""
    places = tuple(target for interface in instance.primary for target in _targets(interface, instance))
    endpoints = (Endpoint(places[0].label if len(places) == 1 else instance.id, places),) if places else ()
    return Meaning(endpoints, service.protocol, service.port or DEFAULT_PORT, running_notes(instance))


def instance_of(instance_id: str, around: Surroundings) -> Instance | None:
    """The instance with this id, where the snapshot lists it."""

    def build() -> dict[str, Instance]:
        replies = [around.read(DESCRIBE_INSTANCES, place).value for place in around.places()]
        return {instance.id: instance for reply in replies if reply is not None for instance in reply.instances}

    return around.remember(("instances",), build).get(instance_id)


def running_notes(instance: Instance) -> tuple[Note, ...]:
    """What an instance's state says: starting is worth knowing, what has stopped listens no more."""
    state = instance.state.name
    if state in (None, "running"):
        return ()
    if state == "pending":
        return (DESTINATION_IN_TRANSITION.advice(instance.id, "State", f"{instance.title} is starting"),)
    if state in DEAD:
        return (BAD_STATE.fail(instance.id, "State", f"{instance.title} is {state}, so nothing listens"),)
    message = f"{instance.title} is {state}, and whether it listens then is not known"
    return (BAD_STATE.unknown(instance.id, "State", message),)


def _targets(interface: InstanceInterface, instance: Instance) -> Iterable[Target]:
    own = [address for address in interface.addresses if address == instance.private_ip_address]
    known = own or interface.addresses or [item.ipv6_address for item in interface.ipv6_addresses]
    if not known:
        return
    groups = frozenset(group.group_id for group in interface.groups)
    name = interface.network_interface_id
    untold = UNKNOWN_DESTINATION.unknown(name, "Groups", f"no file tells the security groups of {name}")
    yield Target(
        AddressSet.parse(*known),
        name,
        groups=groups or None,
        vpc_id=interface.vpc_id,
        at_arrival=None if groups else untold,
    )
