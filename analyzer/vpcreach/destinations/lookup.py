"""From a name, id, ARN or host name to the thing it names: the function's own account and region first, then anywhere.

What nothing has is a UsageError with a suggestion, unless a file that would hold it is missing: then it is unlisted.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from vpcreach.components.network_interface import DESCRIBE_NETWORK_INTERFACES, NetworkInterface
from vpcreach.components.security_group import DESCRIBE_SECURITY_GROUPS, SecurityGroup
from vpcreach.components.vpc_endpoint import DESCRIBE_VPC_ENDPOINTS, VpcEndpoint
from vpcreach.destinations import aws_service, instance, interfaces, rds
from vpcreach.destinations.grammar import PLANNED_KINDS, WORDS, AwsService, Named, Service
from vpcreach.destinations.instance import DESCRIBE_INSTANCES, Instance
from vpcreach.destinations.kind import Kind, arn_of
from vpcreach.destinations.meaning import Meaning, Source
from vpcreach.destinations.name_resolution import resolution
from vpcreach.errors import UsageError
from vpcreach.forwarding import COLLECTION_FAILED, UNSUPPORTED_COMPONENT, Note, ServiceRequest, Surroundings
from vpcreach.packets.ports import TCP
from vpcreach.snapshot.call import Place


@dataclass(frozen=True, slots=True)
class Unlisted:
    """A name that may exist in a file which the snapshot lacks."""

    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a destination names, and how to tell its meaning for a source; whether it has a public address too."""

    meaning: Callable[[Source, Surroundings], Meaning]
    is_public: bool


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
    # Its own name is a public one that the VPC's resolver must answer, and what comes that way meets its policy too.
    dns = resolution(source.vpc_id, tuple(_endpoint_names(item))[:1], around)
    prefix = aws_service.action_prefix(".".join(item.service_name.split(".")[3:]))
    return Meaning(
        tuple(aws_service.interface_endpoints(item, around)),
        service.protocol,
        service.port or aws_service.HTTPS,
        (*dns.notes, *aws_service.nowhere_notes(item, around)),
        dns.assumptions,
        request=ServiceRequest(prefix, (), source.role) if item.service_name.startswith("com.amazonaws.") else None,
        assumed_of_the_name=dns.diverting_assumptions,
    )


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
    lambda r: [endpoint for endpoint in r.vpc_endpoints if endpoint.is_interface],
    _endpoint_names,
    _ec2_arn("vpc-endpoint"),
    _vpc_endpoint,
)
# One line for every file of resources that have an API of their own.
RESOURCES = (rds,)
RESOURCE_KINDS: tuple[Kind, ...] = tuple(kind for module in RESOURCES for kind in module.KINDS)
KINDS = (*RESOURCE_KINDS, *EC2_KINDS, VPC_ENDPOINT)
# `rds:NAME` may name an instance, a cluster or a proxy: several kinds, listed by several calls, answer to one word.
_SEARCHED: dict[str, tuple[Kind, ...]] = {
    **{name: tuple(kind for kind in KINDS if kind.name == name) for name in (kind.name for kind in KINDS)},
    "arn": KINDS,
    "host": tuple(kind for kind in KINDS if kind.has_host_names),
    "name": (*(kind for kind in RESOURCE_KINDS if kind.name == "rds"), *EC2_KINDS),
}


def find(asked: Named, place: Place, around: Surroundings) -> Found | Unlisted | AwsService | str:
    """The one thing that is meant; a string is the host name of a public AWS service of another region."""
    return around.remember(("named", asked, place), lambda: _find(asked, place, around))


def _find(asked: Named, place: Place, around: Surroundings) -> Found | Unlisted | AwsService | str:
    if asked.kind in PLANNED_KINDS:
        message = f"destinations of the kind {asked.kind} are not modelled yet"
        return Unlisted((UNSUPPORTED_COMPONENT.unknown(asked.text, "", message),))
    kinds = _SEARCHED[asked.kind]
    name, service = _port_after_arn(asked, kinds, around)
    hits = [hit for kind in kinds for hit in _hits(kind, name, service, around)]
    own = [hit for hit in hits if hit[1] == place]
    chosen = own or hits
    if len({arn for arn, _, _ in chosen}) == 1:
        return chosen[0][2]
    if chosen:
        arns = ", ".join(sorted({arn for arn, _, _ in chosen}))
        raise UsageError(f'"{asked.text}" names more than one thing; say which by its ARN: {arns}')
    host = aws_service.of_host(asked, place, around) if asked.kind == "host" else None
    if isinstance(host, AwsService | str):
        return host
    gaps = [gap for kind in kinds for gap in _gaps(kind, around)]
    if host is not None and not (gaps and (".rds." in name or ".vpce." in name)):
        return Unlisted((host,))
    if gaps:
        return Unlisted(tuple(gaps))
    raise UsageError(f'"{asked.text}" is not in the snapshot{_suggestion(name, kinds, around)}')


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
                Found(meaning, bool(getattr(record, "publicly_accessible", False))),
            )


def _records(kind: Kind, around: Surroundings) -> Iterable[tuple[Place, Any, Sequence[Any]]]:
    for place in around.places():
        reply = around.read(kind.call, place).value
        listed = kind.records(reply) if reply is not None else ()
        for record in listed:
            yield place, record, listed


def _port_after_arn(asked: Named, kinds: Sequence[Kind], around: Surroundings) -> tuple[str, Service]:
    """After an ARN, `:N` is a port only where the ARN without it is known."""
    if asked.kind != "arn":
        return asked.name, asked.service
    head, _, tail = asked.name.rpartition(":")
    port, _, protocol = tail.partition("/")
    if port.isdecimal() and 0 < int(port) < 65536 and protocol in ("", "tcp", "udp"):
        known = {kind.arn(record, place) for kind in kinds for place, record, _ in _records(kind, around)}
        if head in known:
            return head, Service(int(port), 17 if protocol == "udp" else TCP)
    return asked.name, asked.service


def _gaps(kind: Kind, around: Surroundings) -> Iterable[Note]:
    for place in around.places():
        reading = around.read(kind.call, place)
        if not reading.is_complete:
            why = reading.gap or f"{kind.call.action} in {place} was narrowed to some VPCs"
            message = f"the file that would hold it is missing or not whole: {why}"
            yield COLLECTION_FAILED.unknown(kind.call.action, str(place), message)


def _suggestion(name: str, kinds: Sequence[Kind], around: Surroundings) -> str:
    names = {known for kind in kinds for _, record, _ in _records(kind, around) for known in kind.names(record)}
    words = WORDS if len(kinds) > 1 else ()
    close = get_close_matches(name, sorted(names | set(words)), n=1, cutoff=0.5)
    if close:
        return f'; did you mean "{close[0]}"?'
    shown = sorted(names)[:5]
    if shown:
        return f"; it holds {', '.join(shown)}{' …' if len(names) > len(shown) else ''}"
    return ", which lists nothing of this kind"
