"""Application and Network Load Balancers: `alb:NAME`, `nlb:NAME`, an ARN, a DNS name, an NLB's zonal name.

Modelled: state, scheme, security groups (an NLB made without them admits everyone), listeners and their default
actions, a node in every enabled zone; of the targets what target_group.py tells. Gateway Load Balancers take no
connections.
Not modelled: listener rules beyond the default, DNS that prefers the client's zone, the way on to the targets.
Source: Elastic Load Balancing API Reference, DescribeLoadBalancers, DescribeListeners (semantics H11, C11).
Checked: tests/unit/destinations/test_load_balancer.py.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from vpcreach.destinations import load_balancing, target_group
from vpcreach.destinations.grammar import DEFAULT_PORT, Service
from vpcreach.destinations.kind import Kind
from vpcreach.destinations.load_balancing import INTERNET_FACING, Door, Zone
from vpcreach.destinations.meaning import Meaning, Source
from vpcreach.destinations.resource import Resource, States
from vpcreach.destinations.target_group import Forwarding, place_of_arn
from vpcreach.forwarding import (
    COLLECTION_FAILED,
    NO_POSSIBLE_DESTINATION,
    UNSUPPORTED_COMPONENT,
    Note,
    Reason,
    Surroundings,
)
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Ipv4Address, Port, Record, Reply
from vpcreach.snapshot.snapshot import Snapshot

ELBV2_LISTENER_HAS_NO_TG = Reason("ELBV2_LISTENER_HAS_NO_TG", "give the listener a target group")
APPLICATION, NETWORK, GATEWAY = "application", "network", "gateway"
STATES = States(
    working=frozenset({"active"}), passing=frozenset({"provisioning", "active_impaired"}), dead=frozenset({"failed"})
)
FORWARDS = "forward"
ANSWERS_ITSELF = frozenset({"redirect", "fixed-response"})
# They come before an action that forwards or answers.
CHECKS_FIRST = frozenset({"authenticate-oidc", "authenticate-cognito", "jwt-validation"})


def _elbv2(name: str) -> str:
    told = {"dns_name": "DNSName", "private_ipv4_address": "PrivateIPv4Address"}
    return told.get(name) or "".join(part.capitalize() for part in name.split("_"))


class NodeAddress(Record, frozen=True, rename=_elbv2):
    private_ipv4_address: Ipv4Address | None = None


class EnabledZone(Record, frozen=True):
    zone_name: str = ""
    subnet_id: str | None = None
    load_balancer_addresses: tuple[NodeAddress, ...] = ()


class LoadBalancerState(Record, frozen=True):
    code: str | None = None


class LoadBalancer(Record, frozen=True, rename=_elbv2):
    load_balancer_arn: str
    load_balancer_name: str = ""
    dns_name: str | None = None
    scheme: str | None = None
    vpc_id: str | None = None
    state: LoadBalancerState = LoadBalancerState()
    type: str | None = None
    availability_zones: tuple[EnabledZone, ...] = ()
    security_groups: tuple[str, ...] = ()

    @property
    def place(self) -> Place:
        return place_of_arn(self.load_balancer_arn)

    @property
    def interface_description(self) -> str:
        """How AWS describes the interfaces of its nodes: `ELB app/NAME/ID`."""
        return f"ELB {self.load_balancer_arn.rpartition('loadbalancer/')[2]}"


class DescribeLoadBalancers(Reply, frozen=True):
    load_balancers: tuple[LoadBalancer, ...] = ()


class TargetGroupTuple(Record, frozen=True):
    target_group_arn: str | None = None


class ForwardConfig(Record, frozen=True):
    target_groups: tuple[TargetGroupTuple, ...] = ()


class Action(Record, frozen=True):
    type: str
    target_group_arn: str | None = None
    forward_config: ForwardConfig = ForwardConfig()

    @property
    def target_group_arns(self) -> tuple[str, ...]:
        """The target groups it forwards to; the reply tells a single one in two places."""
        told = [self.target_group_arn, *(group.target_group_arn for group in self.forward_config.target_groups)]
        return tuple(dict.fromkeys(arn for arn in told if arn))


class Listener(Record, frozen=True):
    listener_arn: str = ""
    port: Port | None = None
    protocol: str | None = None
    default_actions: tuple[Action, ...] | None = None

    @property
    def target_group_arns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(arn for action in self.default_actions or () for arn in action.target_group_arns))


class DescribeListeners(Reply, frozen=True):
    listeners: tuple[Listener, ...] = ()


@dataclass(frozen=True, slots=True)
class Front:
    """A load balancer by a name of it: by all of its nodes, or (`zone`) by the node of one zone."""

    balancer: LoadBalancer
    zone: str | None = None

    @property
    def host_name(self) -> str | None:
        host = self.balancer.dns_name
        return f"{self.zone}.{host}" if host and self.zone else host

    @property
    def names(self) -> tuple[str, ...]:
        """Everything it may be called by; Route 53 points to an ALB by a name that begins with `dualstack`."""
        host = self.host_name
        hosts = (host, f"dualstack.{host}") if host and self.balancer.type == APPLICATION else (host,)
        plain = () if self.zone else (self.balancer.load_balancer_name, self.arn)
        return tuple(name for name in (*plain, *hosts) if name)

    @property
    def arn(self) -> str:
        own = self.balancer.load_balancer_arn
        return f"{own}/{self.zone}" if self.zone else own

    @property
    def publicly_accessible(self) -> bool:
        return self.balancer.scheme == INTERNET_FACING


def _arns(snapshot: Snapshot, place: Place) -> Iterable[tuple[str]]:
    reply = snapshot.read(DESCRIBE_LOAD_BALANCERS, place).value
    return [(balancer.load_balancer_arn,) for balancer in (reply.load_balancers if reply else ())]


DESCRIBE_LOAD_BALANCERS = Call(
    "elbv2", "DescribeLoadBalancers", DescribeLoadBalancers, holds="LoadBalancers", iam_prefix="elasticloadbalancing"
)
DESCRIBE_LISTENERS = Call(
    "elbv2",
    "DescribeListeners",
    DescribeListeners,
    holds="Listeners",
    arguments=("LoadBalancerArn",),
    each=_arns,
    iam_prefix="elasticloadbalancing",
)
DESCRIBE_LOAD_BALANCER_ATTRIBUTES = Call(
    "elbv2",
    "DescribeLoadBalancerAttributes",
    target_group.DescribeAttributes,
    holds="Attributes",
    arguments=("LoadBalancerArn",),
    each=_arns,
    iam_prefix="elasticloadbalancing",
)
CALLS = (DESCRIBE_LOAD_BALANCERS, DESCRIBE_LISTENERS, DESCRIBE_LOAD_BALANCER_ATTRIBUTES, *target_group.CALLS)


def meaning(front: Front, service: Service, source: Source, around: Surroundings) -> Meaning:
    """A node in every enabled zone (or in one), where a listener takes the connection."""
    balancer = front.balancer
    if balancer.type not in (APPLICATION, NETWORK):
        return Meaning((), service.protocol, service.port or DEFAULT_PORT, (_no_connections(balancer),))
    doors, unread = _doors(balancer, source, around)
    return load_balancing.meaning(resource(front, around), doors, unread, service, source, around)


def listener_notes(balancer: LoadBalancer, asked: Service, source: Source, around: Surroundings) -> tuple[Note, ...]:
    """What the listeners say of packets for a port of one of its nodes."""
    if balancer.type not in (APPLICATION, NETWORK):
        return (_no_connections(balancer),)
    doors, unread = _doors(balancer, source, around)
    return load_balancing.door_notes(balancer.load_balancer_arn, balancer.load_balancer_name, asked, doors, unread)


def _doors(balancer: LoadBalancer, source: Source, around: Surroundings) -> tuple[list[Door], Note | None]:
    """The listeners that are known, and why others may be missing."""
    reading = around.read(DESCRIBE_LISTENERS, balancer.place, (balancer.load_balancer_arn,))
    unread = None
    if not reading.is_complete:
        message = f"the listeners of {balancer.load_balancer_name} are not known: {reading.gap}"
        unread = COLLECTION_FAILED.unknown(balancer.load_balancer_arn, DESCRIBE_LISTENERS.action, message)
    listeners = reading.value.listeners if reading.value is not None else ()
    return [_door(balancer, listener, source, around) for listener in listeners], unread


def resource(front: Front, around: Surroundings) -> Resource:
    """The load balancer's nodes and groups; an NLB has no groups unless it was made with some."""
    balancer = front.balancer
    arn, title, is_network = balancer.load_balancer_arn, balancer.load_balancer_name, balancer.type == NETWORK
    zones = [
        Zone(zone.zone_name or zone.subnet_id or "a zone that nobody tells", zone.subnet_id, _addresses(zone))
        for zone in balancer.availability_zones
        if front.zone in (None, zone.zone_name)
    ]
    description = balancer.interface_description
    found = load_balancing.nodes(title, balancer.vpc_id, zones, description, around, one_per_zone=is_network)
    return Resource(
        id=arn,
        title=title,
        ports=(DEFAULT_PORT,),
        group_ids=frozenset(balancer.security_groups),
        nodes=tuple(found),
        vpc_id=balancer.vpc_id,
        host_names=(front.host_name,) if front.host_name else (),
        is_public=front.publicly_accessible,
        is_public_inside=front.publicly_accessible,
        is_open=is_network,
        notes=(
            *load_balancing.scheme_notes(arn, title, balancer.scheme),
            *STATES.notes(arn, title, "State", balancer.state.code),
        ),
        nodes_entry="AvailabilityZones",
    )


def _addresses(zone: EnabledZone) -> tuple[str, ...]:
    return tuple(item.private_ipv4_address for item in zone.load_balancer_addresses if item.private_ipv4_address)


def _no_connections(balancer: LoadBalancer) -> Note:
    arn, name = balancer.load_balancer_arn, balancer.load_balancer_name
    if balancer.type == GATEWAY:
        message = f"{name} is a Gateway Load Balancer, which takes no connections: route tables send packets through it"
        return NO_POSSIBLE_DESTINATION.fail(arn, "Type", message)
    message = f"{name} is a load balancer of type {balancer.type}, which is not modelled"
    return UNSUPPORTED_COMPONENT.unknown(arn, "Type", message)


def _door(balancer: LoadBalancer, listener: Listener, source: Source, around: Surroundings) -> Door:
    notes = _action_notes(balancer, listener)
    if not notes:
        attributes = around.read(DESCRIBE_LOAD_BALANCER_ATTRIBUTES, balancer.place, (balancer.load_balancer_arn,))
        forwarding = Forwarding(
            balancer_name=balancer.load_balancer_name,
            zones=tuple(zone.zone_name for zone in balancer.availability_zones),
            target_group_arns=listener.target_group_arns,
            is_cross_zone=True if balancer.type == APPLICATION else _cross_zone(attributes.value),
            # The client's address arrives unchanged only where no public address stands for it.
            shows_clients=balancer.type == NETWORK and balancer.scheme == load_balancing.INTERNAL,
        )
        notes = target_group.advice(forwarding, source, around)
    return Door(listener.port, listener.protocol, notes)


def _cross_zone(attributes: target_group.DescribeAttributes | None) -> bool | None:
    return attributes.switch(target_group.CROSS_ZONE) if attributes is not None else None


def _action_notes(balancer: LoadBalancer, listener: Listener) -> tuple[Note, ...]:
    """What stops a connection at the listener itself: it has nowhere to send it, and does not answer on its own."""
    types = {action.type for action in listener.default_actions or ()}
    if listener.target_group_arns or types & ANSWERS_ITSELF:
        return ()
    where = listener.listener_arn or balancer.load_balancer_arn
    name = f"the listener {listener.protocol}:{listener.port} of {balancer.load_balancer_name}"
    if listener.default_actions is None:
        message = f"the reply does not tell what {name} does"
        return (COLLECTION_FAILED.unknown(where, "DefaultActions", message),)
    strange = types - CHECKS_FIRST - {FORWARDS}
    if strange:
        message = f"{name} does {', '.join(sorted(strange))}, and whether that answers is not known"
        return (ELBV2_LISTENER_HAS_NO_TG.unknown(where, "DefaultActions", message, resolve="check it by hand"),)
    return (ELBV2_LISTENER_HAS_NO_TG.fail(where, "DefaultActions", f"{name} forwards to no target group"),)


def _fronts(of: Callable[[LoadBalancer], bool]) -> Callable[[DescribeLoadBalancers], Sequence[Front]]:
    def records(reply: DescribeLoadBalancers) -> list[Front]:
        found = [balancer for balancer in reply.load_balancers if of(balancer)]
        zonal = [(b, zone.zone_name) for b in found if b.type == NETWORK for zone in b.availability_zones]
        return [*(Front(balancer) for balancer in found), *(Front(b, zone) for b, zone in zonal if zone)]

    return records


def _kind(name: str, of: Callable[[LoadBalancer], bool]) -> Kind:
    return Kind(
        name,
        DESCRIBE_LOAD_BALANCERS,
        _fronts(of),
        lambda front: front.names,
        lambda front, _: front.arn,
        lambda front, _, service, source, around: meaning(front, service, source, around),
        host_label="elb",
    )


KINDS = (
    _kind("alb", lambda balancer: balancer.type == APPLICATION),
    _kind("nlb", lambda balancer: balancer.type == NETWORK),
    # Gateway Load Balancers, and types of tomorrow: known by their ARN, so that the answer can say what they are.
    _kind("other load balancer", lambda balancer: balancer.type not in (APPLICATION, NETWORK)),
)
