"""From a name, id, ARN or host name to the thing it names: the function's own account and region first, then anywhere.

What nothing has is a UsageError with a suggestion, unless a file that would hold it is missing: then it is unlisted.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from vpcreach.components.instance import DESCRIBE_INSTANCES, Instance
from vpcreach.components.network_interface import DESCRIBE_NETWORK_INTERFACES, NetworkInterface
from vpcreach.components.security_group import DESCRIBE_SECURITY_GROUPS, SecurityGroup
from vpcreach.components.vpc_endpoint import DESCRIBE_VPC_ENDPOINTS, VpcEndpoint
from vpcreach.destinations import (
    api_gateway,
    aws_service,
    classic_load_balancer,
    dax,
    ecs,
    efs,
    elasticache_cluster,
    elasticache_replication_group,
    elasticache_serverless,
    fsx,
    instance,
    interfaces,
    lattice,
    load_balancer,
    memorydb,
    mq,
    msk,
    opensearch,
    opensearch_serverless,
    rds,
    rds_cluster,
    rds_proxy,
    redshift,
    redshift_serverless,
    resource_endpoint,
    s3files,
    timestream_influxdb,
)
from vpcreach.destinations.grammar import WORDS, AwsService, Named, Service
from vpcreach.destinations.kind import Kind, arn_of
from vpcreach.destinations.meaning import Meaning, Source
from vpcreach.destinations.name_resolution import resolution
from vpcreach.errors import AmbiguousNameError, UsageError
from vpcreach.forwarding import COLLECTION_FAILED, UNSUPPORTED_COMPONENT, Note, ServiceRequest, Surroundings
from vpcreach.packets.ports import TCP, port_number
from vpcreach.snapshot.call import Place
from vpcreach.snapshot.snapshot import Gap


@dataclass(frozen=True, slots=True)
class Unlisted:
    """A name that may exist in a file which the snapshot lacks."""

    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a destination names, and how to tell its meaning for a source; whether it may have a public address too.

    A public service (an OpenSearch domain in no VPC) is reached like any other service of AWS. `unread` says why nobody
    knows whether it is one.
    """

    meaning: Callable[[Source, Surroundings], Meaning]
    is_public: bool
    is_public_service: bool = False
    unread: Note | None = None


def _titled(record: Any) -> Iterable[str]:
    return [text for text in (record.id, record.name) if text]


def _ec2_arn(kind: str) -> Callable[[Any, Place], str]:
    return lambda record, place: arn_of("ec2", f"{kind}/{record.id}", place)


def _interface(item: NetworkInterface, _: Sequence[Any], service: Service, __: Source, around: Surroundings) -> Meaning:
    return interfaces.of_interface(item, service, around)


def _instance(item: Instance, _: Sequence[Any], service: Service, __: Source, ___: Surroundings) -> Meaning:
    return instance.meaning(item, service)


def _group(item: SecurityGroup, _: Sequence[Any], service: Service, __: Source, around: Surroundings) -> Meaning:
    return interfaces.of_group(item, service, around)


def _vpc_endpoint(
    item: VpcEndpoint, _: Sequence[Any], service: Service, source: Source, around: Surroundings
) -> Meaning:
    port = service.port or aws_service.HTTPS
    if not item.is_interface:
        return Meaning((), service.protocol, port, (_leads_elsewhere(item),))
    # Its own name is a public one that the VPC's resolver must answer, and what comes that way meets its policy too.
    dns = resolution(source.vpc_id, tuple(_endpoint_names(item))[:1], around)
    prefix = aws_service.action_prefix(".".join(item.service_name.split(".")[3:]))
    return Meaning(
        tuple(aws_service.interface_endpoints(item, around)),
        service.protocol,
        port,
        (*dns.notes, *aws_service.nowhere_notes(item, around)),
        dns.assumptions,
        request=ServiceRequest(prefix, (), source.role) if item.service_name.startswith("com.amazonaws.") else None,
        assumed_of_the_name=dns.diverting_assumptions,
    )


def _leads_elsewhere(endpoint: VpcEndpoint) -> Note:
    """Endpoints that are no service's: what one asks about lies behind them, under a name of its own (F1, F11)."""
    message = f"{endpoint.title} is a {endpoint.vpc_endpoint_type} endpoint, which is no service by itself"
    resolve = "ask for what is reached through it: a resource by the name of its association, an address that is routed"
    if endpoint.is_tunnel:
        message = f"{endpoint.title} is a Tunnel endpoint: what is sent to it must be wrapped in GENEVE, which vpcreach"
        message = f"{message} does not follow"
        resolve = "test a connection through the tunnel"
    return UNSUPPORTED_COMPONENT.unknown(endpoint.id, "VpcEndpointType", message, resolve=resolve)


def _endpoint_names(endpoint: VpcEndpoint) -> Iterable[str]:
    """The names that are the endpoint's alone; its private DNS name answers for the service instead."""
    return [name for entry in endpoint.dns_entries if ".vpce." in (name := entry.dns_name or "")]


# Things of EC2, by id, Name tag or ARN; then the resources, each by the API that lists it.
EC2_KINDS = (
    Kind(
        "eni",
        DESCRIBE_NETWORK_INTERFACES,
        lambda r: r.network_interfaces,
        _titled,
        _ec2_arn("network-interface"),
        _interface,
        has_host_names=False,
    ),
    Kind(
        "i",
        DESCRIBE_INSTANCES,
        lambda r: r.instances,
        _titled,
        _ec2_arn("instance"),
        _instance,
        has_host_names=False,
    ),
    Kind(
        "sg",
        DESCRIBE_SECURITY_GROUPS,
        lambda r: r.security_groups,
        _titled,
        _ec2_arn("security-group"),
        _group,
        has_host_names=False,
    ),
)
VPC_ENDPOINT = Kind(
    "vpce",
    DESCRIBE_VPC_ENDPOINTS,
    lambda r: r.vpc_endpoints,
    _endpoint_names,
    _ec2_arn("vpc-endpoint"),
    _vpc_endpoint,
    host_label="vpce",
)
# One line for every file of resources that have an API of their own.
RESOURCES = (
    rds,
    rds_cluster,
    rds_proxy,
    elasticache_cluster,
    elasticache_replication_group,
    elasticache_serverless,
    memorydb,
    dax,
    redshift,
    redshift_serverless,
    load_balancer,
    classic_load_balancer,
    ecs,
    api_gateway,
    msk,
    opensearch,
    opensearch_serverless,
    efs,
    s3files,
    mq,
    fsx,
    timestream_influxdb,
    resource_endpoint,
    lattice,
)
RESOURCE_KINDS: tuple[Kind, ...] = tuple(kind for module in RESOURCES for kind in module.KINDS)
KINDS = (*RESOURCE_KINDS, *EC2_KINDS, VPC_ENDPOINT)
# `rds:NAME` may name an instance, a cluster or a proxy: several kinds, listed by several calls, answer to one word.
_SEARCHED: dict[str, tuple[Kind, ...]] = {
    **{name: tuple(kind for kind in KINDS if kind.name == name) for name in (kind.name for kind in KINDS)},
    "arn": KINDS,
    "host": tuple(kind for kind in KINDS if kind.has_host_names),
    "name": (*(kind for kind in RESOURCE_KINDS if kind.name == "rds"), *EC2_KINDS),
}


# Names that two accounts may give to different things; ids, ARNs and host names are anybody's just once.
_BY_OWN_NAME = frozenset(kind.name for kind in RESOURCE_KINDS)


def find(asked: Named, place: Place, around: Surroundings) -> Found | Unlisted | AwsService | str:
    """The one thing that is meant; a string is the host name of a public AWS service of another region."""
    return around.remember(("named", asked, place), lambda: _find(asked, place, around))


def _find(asked: Named, place: Place, around: Surroundings) -> Found | Unlisted | AwsService | str:
    kinds = _SEARCHED[asked.kind]
    name, service = _port_after_arn(asked, kinds, around)
    hits = [hit for kind in kinds for hit in _hits(kind, name, service, around)]
    own = [hit for hit in hits if hit[1] == place]
    chosen = own or hits
    if not own and hits and asked.kind in _BY_OWN_NAME:
        # A file of the function's own account that is not read may hold the one that is meant.
        unread = [gap for kind in kinds for gap in _gaps(kind, around) if gap.entry == str(place)]
        if unread:
            return Unlisted(tuple(unread))
    if len({arn for arn, _, _ in chosen}) == 1:
        return chosen[0][2]
    if chosen:
        arns = ", ".join(sorted({arn for arn, _, _ in chosen}))
        raise AmbiguousNameError(f'"{asked.text}" names more than one thing; say which by its ARN: {arns}')
    host = aws_service.of_host(asked, place, around) if asked.kind == "host" else None
    if isinstance(host, AwsService | str):
        # A file that is not read may hold a resource of just this name: a private API among those of API Gateway.
        named = [kind for kind in kinds if kind.host_label is not None and _may_have(kind, asked, name)]
        unread = [gap for kind in named for gap in _gaps(kind, around)]
        return Unlisted(tuple(unread)) if unread else host
    gaps = [gap for kind in kinds if _may_have(kind, asked, name) for gap in _gaps(kind, around)]
    if gaps or host is not None:
        return Unlisted((*gaps, *((host,) if host is not None and not gaps else ())))
    raise UsageError(f'"{asked.text}" is not in the snapshot{_suggestion(asked, name, kinds, around)}')


def resource_names(around: Surroundings) -> tuple[str, ...]:
    """How every resource that has an API of its own can be asked about: `rds:orders-db`, or its ARN where two share it.

    Security groups, interfaces and instances are not among them: a snapshot has thousands.
    """

    def build() -> tuple[str, ...]:
        arns: dict[str, set[str]] = {}
        for kind in RESOURCE_KINDS:
            for place, record, _ in _records(kind, around):
                names = [name for name in kind.names(record) if name]
                arn = kind.arn(record, place)
                if names:
                    arns.setdefault(f"{kind.name}:{names[0]}", set()).add(arn or names[0])
        shared = (arn for found in arns.values() if len(found) > 1 for arn in found)
        return tuple(sorted((*(name for name, found in arns.items() if len(found) == 1), *shared)))

    return around.remember(("resource names",), build)


def _hits(kind: Kind, name: str, service: Service, around: Surroundings) -> Iterable[tuple[str, Place, Found]]:
    for place, record, listed in _records(kind, around):
        if any(name.lower() == known.lower() for known in (*kind.names(record), kind.arn(record, place))):

            def meaning(
                source: Source, view: Surroundings, record: Any = record, listed: Sequence[Any] = listed
            ) -> Meaning:
                return kind.meaning(record, listed, service, source, view)

            yield (
                kind.arn(record, place) or name,
                place,
                Found(
                    meaning,
                    getattr(record, "publicly_accessible", False) is not False,
                    bool(getattr(record, "is_public_service", False)),
                    _unread(kind.unread(record), place),
                ),
            )


def _records(kind: Kind, around: Surroundings) -> Iterable[tuple[Place, Any, Sequence[Any]]]:
    for place in around.places():
        for call in kind.calls:
            reply = around.read(call, place).value
            listed = kind.records(reply) if reply is not None else ()
            for record in listed:
                for part in kind.parts(kind.described(record, place, around), place, around):
                    yield place, part, listed


def _port_after_arn(asked: Named, kinds: Sequence[Kind], around: Surroundings) -> tuple[str, Service]:
    """After an ARN, `:N` is a port only where the ARN without it is known."""
    if asked.kind != "arn":
        return asked.name, asked.service
    head, _, tail = asked.name.rpartition(":")
    port, _, protocol = tail.partition("/")
    number = port_number(port)
    if number and protocol in ("", "tcp", "udp"):
        found = ((kind, place, record) for kind in kinds for place, record, _ in _records(kind, around))
        known = {name for kind, place, record in found for name in (kind.arn(record, place), *kind.names(record))}
        if head in known:
            return head, Service(number, 17 if protocol == "udp" else TCP)
    return asked.name, asked.service


def _may_have(kind: Kind, asked: Named, name: str) -> bool:
    """Whether a thing of the kind, in a file that is not read, may be what is asked for."""
    if asked.kind == "arn":
        return name.split(":")[2:3] == [kind.call.action.partition(":")[0]]
    return asked.kind != "host" or kind.host_label is None or f".{kind.host_label}." in name


def _gaps(kind: Kind, around: Surroundings) -> Iterable[Note]:
    untold = [(place, kind.unread(record)) for place, record, _ in _records(kind, around)]
    yield from (note for place, gap in untold if (note := _unread(gap, place)) is not None)
    for place in around.places():
        reading = around.read(kind.call, place)
        if not any(around.read(call, place).is_complete for call in kind.calls):
            why = reading.gap or f"{kind.call.action} in {place} was narrowed to some VPCs"
            message = f"the file that would hold it is missing or not whole: {why}"
            yield COLLECTION_FAILED.unknown(kind.call.action, str(place), message)


def _unread(gap: Gap | None, place: Place) -> Note | None:
    message = f"a file that would hold it is missing or not whole: {gap}"
    return COLLECTION_FAILED.unknown(gap.call, str(place), message) if gap is not None else None


def _suggestion(asked: Named, name: str, kinds: Sequence[Kind], around: Surroundings) -> str:
    """What else may be meant: something of the snapshot that is called alike, or examples of what it holds."""
    names = {known for kind in kinds for _, record, _ in _records(kind, around) for known in kind.names(record)}
    words = WORDS if len(kinds) > 1 else ()
    close = get_close_matches(name, sorted(names | set(words)), n=1, cutoff=0.5)
    if close:
        return f'; did you mean "{close[0]}"?'
    if asked.kind == "host":
        return ", and vpcreach asks no DNS: ask for an address of it, or for internet"
    shown = sorted(each for each in names if asked.kind != "arn" or each.startswith("arn:"))[:5]
    if shown:
        return f"; it holds {', '.join(shown)}{' …' if len(names) > len(shown) else ''}"
    return ", which lists nothing of this kind"
