"""Classic Load Balancers in a VPC: `elb:NAME`, an ARN, or a DNS name.

Modelled: scheme, security groups, listeners, a node in every subnet, whether any instance is registered.
Not modelled: the health of its instances, the way on to them, EC2-Classic.
Source: Elastic Load Balancing API Reference 2012-06-01, DescribeLoadBalancers (semantics H11, C11).
Checked: tests/unit/destinations/test_classic_load_balancer.py.
"""

from vpcreach.destinations import load_balancing
from vpcreach.destinations.grammar import DEFAULT_PORT, Service
from vpcreach.destinations.kind import Kind, arn_of
from vpcreach.destinations.load_balancing import INTERNET_FACING, Door, Zone
from vpcreach.destinations.meaning import Meaning, Source
from vpcreach.destinations.resource import Resource
from vpcreach.destinations.target_group import TARGET_UNHEALTHY
from vpcreach.forwarding import Note, Surroundings
from vpcreach.snapshot.call import Call
from vpcreach.snapshot.record import Port, Record, Reply


def _elb(name: str) -> str:
    told = {"dns_name": "DNSName", "vpc_id": "VPCId"}
    return told.get(name) or "".join(part.capitalize() for part in name.split("_"))


class ClassicListener(Record, frozen=True):
    load_balancer_port: Port
    protocol: str | None = None


class ListenerDescription(Record, frozen=True):
    listener: ClassicListener


class RegisteredInstance(Record, frozen=True):
    instance_id: str | None = None


class ClassicLoadBalancer(Record, frozen=True, rename=_elb):
    load_balancer_name: str
    dns_name: str | None = None
    scheme: str | None = None
    vpc_id: str | None = None
    subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    listener_descriptions: tuple[ListenerDescription, ...] = ()
    instances: tuple[RegisteredInstance, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Everything it may be called by; Route 53 points to it by a name that begins with `dualstack`."""
        hosts = (self.dns_name, f"dualstack.{self.dns_name}") if self.dns_name else ()
        return tuple(name for name in (self.load_balancer_name, *hosts) if name)

    @property
    def interface_description(self) -> str:
        """How AWS describes the interfaces of its nodes."""
        return f"ELB {self.load_balancer_name}"

    @property
    def publicly_accessible(self) -> bool:
        return self.scheme == INTERNET_FACING


class DescribeLoadBalancers(Reply, frozen=True):
    load_balancer_descriptions: tuple[ClassicLoadBalancer, ...] = ()


DESCRIBE_LOAD_BALANCERS = Call(
    "elb",
    "DescribeLoadBalancers",
    DescribeLoadBalancers,
    holds="LoadBalancerDescriptions",
    iam_prefix="elasticloadbalancing",
)
CALLS = (DESCRIBE_LOAD_BALANCERS,)


def meaning(balancer: ClassicLoadBalancer, service: Service, source: Source, around: Surroundings) -> Meaning:
    """A node in every subnet, where a listener takes the connection."""
    return load_balancing.meaning(resource(balancer, around), _doors(balancer), None, service, source, around)


def listener_notes(balancer: ClassicLoadBalancer, asked: Service) -> tuple[Note, ...]:
    """What the listeners say of packets for a port of one of its nodes."""
    name = balancer.load_balancer_name
    return load_balancing.door_notes(name, name, asked, _doors(balancer), None)


def _doors(balancer: ClassicLoadBalancer) -> list[Door]:
    listeners = [item.listener for item in balancer.listener_descriptions]
    return [Door(listener.load_balancer_port, listener.protocol) for listener in listeners]


def resource(balancer: ClassicLoadBalancer, around: Surroundings) -> Resource:
    """The load balancer's nodes, behind its groups."""
    name = balancer.load_balancer_name
    zones = [Zone(subnet_id, subnet_id) for subnet_id in balancer.subnets]
    nodes = load_balancing.nodes(
        name, balancer.vpc_id, zones, balancer.interface_description, around, one_per_zone=False
    )
    empty = TARGET_UNHEALTHY.advice(name, "Instances", f"{name} has no instance to forward to")
    return Resource(
        id=name,
        title=name,
        ports=(DEFAULT_PORT,),
        group_ids=frozenset(balancer.security_groups),
        nodes=tuple(nodes),
        vpc_id=balancer.vpc_id,
        host_names=(balancer.dns_name,) if balancer.dns_name else (),
        is_public=balancer.publicly_accessible,
        is_public_inside=balancer.publicly_accessible,
        notes=(
            *load_balancing.scheme_notes(name, name, balancer.scheme),
            *(() if balancer.instances else (empty,)),
        ),
        nodes_entry="Subnets",
    )


KINDS = (
    Kind(
        "elb",
        DESCRIBE_LOAD_BALANCERS,
        lambda reply: reply.load_balancer_descriptions,
        lambda balancer: balancer.names,
        lambda balancer, place: arn_of("elasticloadbalancing", f"loadbalancer/{balancer.load_balancer_name}", place),
        lambda balancer, _, service, source, around: meaning(balancer, service, source, around),
        host_label="elb",
    ),
)
