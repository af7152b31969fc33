"""What load balancers of every kind share: a listener must take the connection, at every node that the name may mean.

Modelled: the ports and protocols of listeners, one node in each enabled zone, nodes with known addresses or
interfaces, the public addresses that names of internet-facing ones mean inside the VPC as well.
Not modelled: the way on from the load balancer to its targets; zones that DNS leaves out while nothing is
healthy there.
Source: Elastic Load Balancing User Guide, "How Elastic Load Balancing works" (semantics H11, C11).
Checked: tests/unit/destinations/test_load_balancer.py, tests/unit/destinations/test_classic_load_balancer.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from vpcreach.components.network_interface import DESCRIBE_NETWORK_INTERFACES, NetworkInterface
from vpcreach.destinations import resource
from vpcreach.destinations.grammar import DEFAULT_PORT, Service
from vpcreach.destinations.meaning import Meaning, Source
from vpcreach.destinations.resource import Node, Resource
from vpcreach.forwarding import UNSUPPORTED_COMPONENT, Note, Reason, Surroundings
from vpcreach.packets.ports import TCP, UDP, protocol_name

ELBV2_LISTENERS_MISMATCH = Reason(
    "ELBV2_LISTENERS_MISMATCH",
    "add a listener for this port and protocol, or ask for one that there is",
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html",
)
REQUESTER = "amazon-elb"
# The types that AWS gives to no other interface; their requester may be a number.
INTERFACE_TYPES = frozenset({"network_load_balancer", "gateway_load_balancer"})
INTERNAL, INTERNET_FACING = "internal", "internet-facing"
# What a listener's protocol takes from the network.
PROTOCOLS = {
    "HTTP": (TCP,), "HTTPS": (TCP,), "TCP": (TCP,), "TLS": (TCP,), "SSL": (TCP,), "UDP": (UDP,), "QUIC": (UDP,),
    "TCP_UDP": (TCP, UDP), "TCP_QUIC": (TCP, UDP),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Door:
    """A listener as packets meet it: what it takes, and what is to be said of those it takes."""

    port: int | None
    protocol: str | None
    notes: tuple[Note, ...] = ()

    @property
    def services(self) -> tuple[Service, ...]:
        return tuple(Service(self.port, protocol) for protocol in PROTOCOLS.get(self.protocol or "", ()) if self.port)

    def __str__(self) -> str:
        return f"{self.protocol}:{self.port}"


@dataclass(frozen=True, slots=True)
class Zone:
    """An enabled zone: its name, its subnet, and the node's private addresses where the API tells them."""

    name: str
    subnet_id: str | None
    addresses: tuple[str, ...] = ()


def meaning(
    balancer: Resource,
    doors: Sequence[Door],
    unread: Note | None,
    service: Service,
    source: Source,
    around: Surroundings,
) -> Meaning:
    """Every node, at the port that was asked for, else at 443 if something listens there, else at every listener's.

    `unread` is why listeners may be missing from `doors`.
    """
    meanings = []
    for each in _asked(service, doors):
        notes = (*balancer.notes, *door_notes(balancer.id, balancer.title, each, doors, unread))
        meanings.append(resource.meaning(replace(balancer, notes=notes), each, source, around))
    return replace(meanings[0], also=tuple(meanings[1:]))


def nodes(
    title: str, vpc_id: str | None, zones: Iterable[Zone], description: str, around: Surroundings, *, one_per_zone: bool
) -> Iterable[Node]:
    """The nodes of each zone: those whose interfaces carry this description, else one somewhere in the zone's subnet.

    With `one_per_zone` there are no others than a known one; else an interface that is not listed may be one too.
    """
    mine = _interfaces(vpc_id, description, around)
    is_whole = vpc_id is not None and around.missing(DESCRIBE_NETWORK_INTERFACES, vpc_id) is None
    for zone in zones:
        label = f"{title} in {zone.name}"
        here = [interface for interface in mine if interface.subnet_id == zone.subnet_id]
        subnets = (zone.subnet_id,) if zone.subnet_id else ()
        if zone.addresses:
            yield Node(label, zone.addresses, here[0].id if len(here) == 1 else None)
            continue
        for interface in here:
            yield Node(label, interface_id=interface.id)
        if not here or not (one_per_zone or is_whole):
            yield Node(label, subnet_ids=subnets)


def scheme_notes(balancer_id: str, title: str, scheme: str | None) -> tuple[Note, ...]:
    """What is to be said of a scheme that does not tell which addresses the name means."""
    if scheme in (INTERNAL, INTERNET_FACING):
        return ()
    message = f"{title} is {scheme or 'of no scheme that the reply tells'}: which addresses its name means is not known"
    return (UNSUPPORTED_COMPONENT.unknown(balancer_id, "Scheme", message),)


def carries_load_balancer(interface: NetworkInterface) -> bool:
    """True for the interfaces that AWS makes for the nodes of load balancers."""
    return interface.requester_id == REQUESTER or interface.interface_type in INTERFACE_TYPES


def _interfaces(vpc_id: str | None, description: str, around: Surroundings) -> list[NetworkInterface]:
    def build() -> dict[tuple[str | None, str], list[NetworkInterface]]:
        found: dict[tuple[str | None, str], list[NetworkInterface]] = {}
        for interface in around.every(NetworkInterface):
            if carries_load_balancer(interface):
                found.setdefault((interface.vpc_id, interface.description), []).append(interface)
        return found

    return around.remember(("load balancer interfaces",), build).get((vpc_id, description), [])


def _asked(service: Service, doors: Sequence[Door]) -> Sequence[Service]:
    if service.port:
        return (service,)
    open_ones = list(dict.fromkeys(each for door in doors for each in door.services))
    https = Service(DEFAULT_PORT)
    return [https] if https in open_ones or not open_ones else open_ones


def door_notes(
    balancer_id: str, title: str, asked: Service, doors: Sequence[Door], unread: Note | None
) -> tuple[Note, ...]:
    """What is to be said of packets for a port: of the listener that takes them, or that none does."""
    taking = [door for door in doors if asked in door.services]
    if taking:
        return taking[0].notes
    if unread is not None:
        return (unread,)
    words = f"{protocol_name(asked.protocol)}/{asked.port}"
    strange = [door for door in doors if door.port == asked.port and door.protocol not in PROTOCOLS]
    if strange:
        message = f"whether {title} takes {words} by its listener {strange[0]} is not known"
        return (ELBV2_LISTENERS_MISMATCH.unknown(balancer_id, "Listeners", message, resolve="check it by hand"),)
    listed = f"listens on {', '.join(str(door) for door in doors)} alone" if doors else "has no listener"
    message = f"{title} {listed}, so it does not take {words}"
    return (ELBV2_LISTENERS_MISMATCH.fail(balancer_id, "Listeners", message),)
