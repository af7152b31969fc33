"""ElastiCache Serverless: `elasticache:NAME`, its ARN or a host name.

Modelled: an interface in each of its subnets, and both ports: clients of Redis and Valkey need 6379 and 6380 (for
replicas), those of Memcached 11211 and 11212; groups, status.
Not modelled: caches with a public connection (undecided).
Source: ElastiCache API Reference, DescribeServerlessCaches (semantics H4).
Checked: tests/unit/destinations/test_elasticache.py.
"""

from typing import Any

import msgspec

from vpcreach.destinations.elasticache_cluster import IPV6, CacheEndpoint
from vpcreach.destinations.grammar import Service
from vpcreach.destinations.kind import Kind
from vpcreach.destinations.meaning import Meaning, Source
from vpcreach.destinations.resource import Node, Resource, States, meaning, vpc_of
from vpcreach.forwarding import UNSUPPORTED_COMPONENT, Surroundings
from vpcreach.snapshot.call import Call
from vpcreach.snapshot.record import Record, Reply

PORTS = {"memcached": (11211, 11212), "redis": (6379, 6380), "valkey": (6379, 6380)}
STATES = States(
    working=frozenset({"available"}),
    passing=frozenset({"creating", "modifying"}),
    dead=frozenset({"create-failed", "deleting"}),
)


class ServerlessCache(Record, frozen=True):
    serverless_cache_name: str
    arn: str = msgspec.field(name="ARN", default="")
    status: str | None = None
    engine: str = ""
    security_group_ids: tuple[str, ...] = ()
    subnet_ids: tuple[str, ...] = ()
    endpoint: CacheEndpoint = CacheEndpoint()
    reader_endpoint: CacheEndpoint = CacheEndpoint()
    network_type: str | None = None
    connection_type: str | None = None

    @property
    def hosts(self) -> tuple[str, ...]:
        return tuple(host for host in (self.endpoint.address, self.reader_endpoint.address) if host)

    @property
    def ports(self) -> tuple[int, ...]:
        """Both ports: the API's where it tells them, the engine's usual ones in their place."""
        usual = PORTS.get(self.engine.lower(), (None, None))
        told = (self.endpoint.port or usual[0], self.reader_endpoint.port or usual[1])
        return tuple(dict.fromkeys(port for port in told if port))


class DescribeServerlessCaches(Reply, frozen=True):
    serverless_caches: tuple[ServerlessCache, ...] = ()


DESCRIBE_SERVERLESS_CACHES = Call(
    "elasticache", "DescribeServerlessCaches", DescribeServerlessCaches, holds="ServerlessCaches"
)
CALLS = (DESCRIBE_SERVERLESS_CACHES,)


def resource(cache: ServerlessCache, around: Surroundings) -> Resource:
    """The cache by the interfaces that it has in each of its subnets."""
    name, arn = cache.serverless_cache_name, cache.arn or cache.serverless_cache_name
    nodes = tuple(Node(f"{name} in {subnet_id}", subnet_ids=(subnet_id,)) for subnet_id in cache.subnet_ids)
    if cache.connection_type not in (None, "vpc"):
        message = f"{name} has a connection of the type {cache.connection_type}, which is not modelled yet"
        nodes = (Node(name, unread=UNSUPPORTED_COMPONENT.unknown(arn, "ConnectionType", message)),)
    return Resource(
        id=arn,
        title=name,
        ports=cache.ports,
        group_ids=frozenset(cache.security_group_ids),
        nodes=nodes,
        vpc_id=vpc_of(cache.subnet_ids, around),
        host_names=cache.hosts,
        is_ipv6_only=cache.network_type == IPV6,
        notes=STATES.notes(arn, name, "Status", (cache.status or "available").lower()),
        groups_entry="SecurityGroupIds",
    )


def _meaning(cache: ServerlessCache, _: Any, service: Service, source: Source, around: Surroundings) -> Meaning:
    return meaning(resource(cache, around), service, source, around)


KINDS = (
    Kind(
        "elasticache",
        DESCRIBE_SERVERLESS_CACHES,
        lambda reply: reply.serverless_caches,
        lambda cache: (cache.serverless_cache_name, *cache.hosts),
        lambda cache, _: cache.arn,
        _meaning,
        host_label="cache",
    ),
)
