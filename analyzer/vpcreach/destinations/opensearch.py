"""OpenSearch domains: `opensearch:NAME`, their ARN, or the host name of their endpoint.

Modelled: a node in each subnet of the domain, its groups, its state; a domain in no VPC as the public service it is.
Not modelled: custom endpoints (a name of one's own), access policies, OpenSearch's own VPC endpoints.
Source: OpenSearch Service API Reference, DescribeDomains; Developer Guide, "Launching your domains within a VPC"
(semantics H8).
Checked: tests/unit/destinations/test_opensearch.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from vpcreach.destinations.aws_service import HTTPS, public_service
from vpcreach.destinations.grammar import Service
from vpcreach.destinations.kind import Kind, arn_of
from vpcreach.destinations.meaning import Meaning, Source
from vpcreach.destinations.resource import Node, Resource, States, meaning, unread_note
from vpcreach.forwarding import Surroundings
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Record
from vpcreach.snapshot.snapshot import Reading, Snapshot

STATES = States(
    working=frozenset({"Active"}),
    passing=frozenset({"Creating", "Modifying", "UpgradingEngineVersion", "UpdatingServiceSoftware"}),
    dead=frozenset({"Deleting", "Isolated"}),
)


class DomainName(Record, frozen=True):
    domain_name: str


class ListDomainNames(Record, frozen=True):
    domain_names: tuple[DomainName, ...] = ()


class VpcOptions(Record, frozen=True):
    vpc_id: str | None = msgspec.field(name="VPCId", default=None)
    subnet_ids: tuple[str, ...] = ()
    security_group_ids: tuple[str, ...] = ()


class DomainStatus(Record, frozen=True):
    domain_name: str
    arn: str | None = msgspec.field(name="ARN", default=None)
    deleted: bool = False
    domain_processing_status: str | None = None
    endpoint: str | None = None
    endpoint_v2: str | None = None
    endpoints: dict[str, str] | None = None
    vpc_options: VpcOptions | None = msgspec.field(name="VPCOptions", default=None)


class DescribeDomains(Record, frozen=True):
    domain_status_list: tuple[DomainStatus, ...] = ()


def _names(snapshot: Snapshot, place: Place) -> Iterable[tuple[str]]:
    reply = snapshot.read(LIST_DOMAIN_NAMES, place).value
    return [(domain.domain_name,) for domain in (reply.domain_names if reply else ())]


LIST_DOMAIN_NAMES = Call("opensearch", "ListDomainNames", ListDomainNames, holds="DomainNames", iam_prefix="es")
DESCRIBE_DOMAINS = Call(
    "opensearch",
    "DescribeDomains",
    DescribeDomains,
    holds="DomainStatusList",
    arguments=("DomainNames",),
    each=_names,
    iam_prefix="es",
)
CALLS = (LIST_DOMAIN_NAMES, DESCRIBE_DOMAINS)


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain as it is listed, and what DescribeDomains tells of it."""

    name: str
    place: Place
    reading: Reading[DescribeDomains]

    @property
    def told(self) -> DomainStatus | None:
        listed = self.reading.value.domain_status_list if self.reading.value else ()
        return next((status for status in listed if status.domain_name == self.name), None)

    @property
    def vpc(self) -> VpcOptions | None:
        """Where it stands; None for a domain in no VPC (or of which nothing is told)."""
        options = self.told.vpc_options if self.told else None
        return options if options and (options.vpc_id or options.subnet_ids) else None

    @property
    def hosts(self) -> tuple[str, ...]:
        told = self.told
        if told is None:
            return ()
        known = (told.endpoint, *(told.endpoints or {}).values(), told.endpoint_v2)
        return tuple(dict.fromkeys(host for host in known if host))

    @property
    def arn(self) -> str:
        return (self.told.arn if self.told else None) or arn_of("es", f"domain/{self.name}", self.place)

    @property
    def is_public_service(self) -> bool:
        return self.told is not None and self.vpc is None


def resource(domain: Domain) -> Resource:
    """A domain of a VPC: its name answers with a node in any of its subnets, so each must be reached."""
    options = domain.vpc or VpcOptions()
    notes = STATES.notes(domain.arn, domain.name, "DomainProcessingStatus", _state(domain))
    if domain.told is None:
        notes = (unread_note(domain.arn, domain.name, "the subnets", DESCRIBE_DOMAINS, domain.reading),)
    return Resource(
        id=domain.arn,
        title=domain.name,
        ports=(HTTPS,),
        group_ids=frozenset(options.security_group_ids),
        nodes=tuple(Node(domain.name, subnet_ids=(subnet_id,)) for subnet_id in options.subnet_ids),
        vpc_id=options.vpc_id,
        host_names=domain.hosts,
        notes=notes,
        groups_entry="VPCOptions.SecurityGroupIds",
        nodes_entry="VPCOptions.SubnetIds",
    )


def _state(domain: Domain) -> str | None:
    if domain.told is None:
        return None
    return "Deleting" if domain.told.deleted else domain.told.domain_processing_status


def _meaning(domain: Domain, _: Any, service: Service, source: Source, around: Surroundings) -> Meaning:
    described = resource(domain)
    if not domain.is_public_service or not domain.hosts:
        return meaning(described, service, source, around)
    public = public_service(domain.hosts[0], source, service, around)
    return replace(public, notes=(*public.notes, *described.notes))


KINDS = (
    Kind(
        "opensearch",
        LIST_DOMAIN_NAMES,
        lambda reply: reply.domain_names,
        lambda domain: (domain.name, *domain.hosts),
        lambda domain, _: domain.arn,
        _meaning,
        described=lambda listed, place, around: Domain(
            listed.domain_name, place, around.read(DESCRIBE_DOMAINS, place, (listed.domain_name,))
        ),
        unread=lambda domain: domain.reading.gap if domain.told is None else None,
        host_label="es",
    ),
)
