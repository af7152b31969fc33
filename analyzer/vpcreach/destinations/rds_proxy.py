"""RDS proxies and their further endpoints: `rds:NAME`, their ARN, or a host name.

Modelled: the way to the proxy: its subnets, groups, port, status; what AWS says of its targets' health is a finding.
Not modelled: the way from the proxy to its database. In which of its subnets it has interfaces at the moment is not
told: where they do not all fare alike, the answer is undecided. No proxy is reached from the internet.
Source: RDS API Reference, DescribeDBProxies, DescribeDBProxyEndpoints, DescribeDBProxyTargets (semantics H3).
Checked: tests/unit/destinations/test_rds_proxy.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from vpcreach.destinations.grammar import Service
from vpcreach.destinations.kind import Kind
from vpcreach.destinations.meaning import Meaning, Source
from vpcreach.destinations.rds import spelled
from vpcreach.destinations.resource import Node, Resource, States, meaning
from vpcreach.forwarding import Note, Reason, Surroundings
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Record, Reply
from vpcreach.snapshot.snapshot import Snapshot

TARGET_UNHEALTHY = Reason("TARGET_UNHEALTHY", "see why the proxy cannot use its database")
PORTS = {"MYSQL": 3306, "POSTGRESQL": 5432, "SQLSERVER": 1433}
STATES = States(
    working=frozenset({"available"}),
    passing=frozenset({"creating", "modifying", "reactivating"}),
    dead=frozenset({"deleting", "incompatible-network", "suspended"}),
)


class DbProxy(Record, frozen=True, rename=spelled):
    db_proxy_name: str
    db_proxy_arn: str = ""
    status: str | None = None
    engine_family: str = ""
    vpc_id: str | None = None
    vpc_security_group_ids: tuple[str, ...] = ()
    vpc_subnet_ids: tuple[str, ...] = ()
    endpoint: str | None = None
    endpoint_network_type: str | None = None

    @property
    def arn(self) -> str:
        return self.db_proxy_arn or self.db_proxy_name

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name in (self.db_proxy_name, self.endpoint) if name)


class DescribeDbProxies(Reply, frozen=True, rename={"proxies": "DBProxies"}):
    proxies: tuple[DbProxy, ...] = ()


class DbProxyEndpoint(Record, frozen=True, rename=spelled):
    db_proxy_endpoint_name: str
    db_proxy_endpoint_arn: str = ""
    db_proxy_name: str = ""
    status: str | None = None
    vpc_id: str | None = None
    vpc_security_group_ids: tuple[str, ...] = ()
    vpc_subnet_ids: tuple[str, ...] = ()
    endpoint: str | None = None
    endpoint_network_type: str | None = None
    is_default: bool = False

    @property
    def arn(self) -> str:
        return self.db_proxy_endpoint_arn or self.db_proxy_endpoint_name

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name in (self.db_proxy_endpoint_name, self.endpoint) if name)


class DescribeDbProxyEndpoints(Reply, frozen=True, rename={"endpoints": "DBProxyEndpoints"}):
    endpoints: tuple[DbProxyEndpoint, ...] = ()


class TargetHealth(Record, frozen=True):
    state: str | None = None
    reason: str | None = None


class ProxyTarget(Record, frozen=True):
    rds_resource_id: str | None = None
    endpoint: str | None = None
    target_health: TargetHealth = TargetHealth()


class DescribeDbProxyTargets(Reply, frozen=True):
    targets: tuple[ProxyTarget, ...] = ()


def _proxies(snapshot: Snapshot, place: Place) -> Iterable[tuple[str]]:
    reply = snapshot.read(DESCRIBE_DB_PROXIES, place).value
    return [(proxy.db_proxy_name,) for proxy in (reply.proxies if reply else ())]


DESCRIBE_DB_PROXIES = Call("rds", "DescribeDBProxies", DescribeDbProxies, holds="DBProxies")
DESCRIBE_DB_PROXY_ENDPOINTS = Call(
    "rds", "DescribeDBProxyEndpoints", DescribeDbProxyEndpoints, holds="DBProxyEndpoints"
)
DESCRIBE_DB_PROXY_TARGETS = Call(
    "rds",
    "DescribeDBProxyTargets",
    DescribeDbProxyTargets,
    holds="Targets",
    arguments=("DBProxyName",),
    each=_proxies,
)
CALLS = (DESCRIBE_DB_PROXIES, DESCRIBE_DB_PROXY_ENDPOINTS, DESCRIBE_DB_PROXY_TARGETS)
REASONS = (TARGET_UNHEALTHY,)


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy, or one of its further endpoints, which may stand in another VPC (`own` is the proxy's name)."""

    told: DbProxy | DbProxyEndpoint
    own: str
    engine_family: str
    place: Place

    @property
    def title(self) -> str:
        if isinstance(self.told, DbProxy):
            return self.own
        return f"the endpoint {self.told.db_proxy_endpoint_name} of {self.own}"


def resource(proxy: Proxy, around: Surroundings) -> Resource:
    """The proxy's side that clients see."""
    told, port = proxy.told, PORTS.get(proxy.engine_family.upper())
    status = STATES.notes(told.arn, proxy.title, "Status", told.status)
    return Resource(
        id=told.arn,
        title=proxy.title,
        ports=(port,) if port else (),
        group_ids=frozenset(told.vpc_security_group_ids),
        nodes=(Node(proxy.title, subnet_ids=told.vpc_subnet_ids),) if told.vpc_subnet_ids else (),
        vpc_id=told.vpc_id,
        host_names=(told.endpoint,) if told.endpoint else (),
        is_ipv6_only=told.endpoint_network_type == "IPV6",
        notes=(*status, *_target_notes(proxy, around)),
        groups_entry="VpcSecurityGroupIds",
        nodes_entry="VpcSubnetIds",
    )


def _target_notes(proxy: Proxy, around: Surroundings) -> Iterable[Note]:
    """What AWS last saw of the databases behind it: a live fact, so no more than a finding."""
    reply = around.read(DESCRIBE_DB_PROXY_TARGETS, proxy.place, (proxy.own,)).value
    for target in reply.targets if reply is not None else ():
        health = target.target_health
        if health.state not in (None, "AVAILABLE", "UNUSED"):
            name = target.rds_resource_id or target.endpoint or "its database"
            words = f"{health.state}{f' ({health.reason})' if health.reason else ''}"
            yield TARGET_UNHEALTHY.advice(proxy.told.arn, "Targets", f"{proxy.own} sees {name} as {words}")


def _own(proxy: DbProxy, place: Place, _: Surroundings) -> Proxy:
    return Proxy(proxy, proxy.db_proxy_name, proxy.engine_family, place)


def _further(endpoint: DbProxyEndpoint, place: Place, around: Surroundings) -> Proxy:
    reply = around.read(DESCRIBE_DB_PROXIES, place).value
    proxies = reply.proxies if reply is not None else ()
    family = next((p.engine_family for p in proxies if p.db_proxy_name == endpoint.db_proxy_name), "")
    return Proxy(endpoint, endpoint.db_proxy_name, family, place)


def _meaning(proxy: Proxy, _: Any, service: Service, source: Source, around: Surroundings) -> Meaning:
    return meaning(resource(proxy, around), service, source, around)


KINDS = (
    Kind(
        "rds",
        DESCRIBE_DB_PROXIES,
        lambda reply: reply.proxies,
        lambda proxy: proxy.told.names,
        lambda proxy, _: proxy.told.arn,
        _meaning,
        described=_own,
        host_label="rds",
    ),
    Kind(
        "rds",
        DESCRIBE_DB_PROXY_ENDPOINTS,
        # The default endpoint is the proxy itself.
        lambda reply: [endpoint for endpoint in reply.endpoints if not endpoint.is_default],
        lambda proxy: proxy.told.names,
        lambda proxy, _: proxy.told.arn,
        _meaning,
        described=_further,
        host_label="rds",
    ),
)
