"""OpenSearch Serverless collections: `opensearch-serverless:NAME`, their id, ARN or host name.

Modelled: the VPC endpoint of OpenSearch Serverless in the source's VPC, which takes the names of all collections of the
region there; without one, the public addresses, which no file tells.
Not modelled: network policies (which endpoints, or everybody, a collection admits), data access policies.
Source: OpenSearch Service Developer Guide, "Access Amazon OpenSearch Serverless using an interface endpoint"
(semantics H8).
Checked: tests/unit/destinations/test_opensearch_serverless.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from vpcreach.components.vpc import Vpc
from vpcreach.destinations.aws_service import HTTPS, public_service
from vpcreach.destinations.grammar import Service
from vpcreach.destinations.kind import Kind
from vpcreach.destinations.meaning import Meaning, Source
from vpcreach.destinations.resource import Node, Resource, States, meaning, unread_note
from vpcreach.forwarding import UNSUPPORTED_COMPONENT, Surroundings
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import CamelRecord, CamelReply
from vpcreach.snapshot.snapshot import Reading, Snapshot

COLLECTION_STATES = States(
    working=frozenset({"ACTIVE"}),
    passing=frozenset({"CREATING", "UPDATING", "UPDATE_FAILED"}),
    dead=frozenset({"DELETING", "FAILED"}),
)
ENDPOINT_STATES = States(
    working=frozenset({"ACTIVE"}), passing=frozenset({"PENDING"}), dead=frozenset({"DELETING", "FAILED"})
)


class CollectionSummary(CamelRecord, frozen=True):
    id: str
    name: str = ""
    arn: str = ""
    status: str | None = None


class ListCollections(CamelReply, frozen=True):
    collection_summaries: tuple[CollectionSummary, ...] = ()


class EndpointSummary(CamelRecord, frozen=True):
    id: str


class ListVpcEndpoints(CamelReply, frozen=True):
    vpc_endpoint_summaries: tuple[EndpointSummary, ...] = ()


class EndpointDetail(CamelRecord, frozen=True):
    id: str
    vpc_id: str | None = None
    subnet_ids: tuple[str, ...] = ()
    security_group_ids: tuple[str, ...] = ()
    status: str | None = None


class BatchGetVpcEndpoint(CamelRecord, frozen=True):
    vpc_endpoint_details: tuple[EndpointDetail, ...] = ()


def _endpoint_ids(snapshot: Snapshot, place: Place) -> Iterable[tuple[str]]:
    reply = snapshot.read(LIST_VPC_ENDPOINTS, place).value
    return [(endpoint.id,) for endpoint in (reply.vpc_endpoint_summaries if reply else ())]


SERVICE = "opensearchserverless"
LIST_COLLECTIONS = Call(SERVICE, "ListCollections", ListCollections, holds="collectionSummaries", iam_prefix="aoss")
LIST_VPC_ENDPOINTS = Call(
    SERVICE, "ListVpcEndpoints", ListVpcEndpoints, holds="vpcEndpointSummaries", iam_prefix="aoss"
)
BATCH_GET_VPC_ENDPOINT = Call(
    SERVICE,
    "BatchGetVpcEndpoint",
    BatchGetVpcEndpoint,
    holds="vpcEndpointDetails",
    arguments=("ids",),
    each=_endpoint_ids,
    iam_prefix="aoss",
)
CALLS = (LIST_COLLECTIONS, LIST_VPC_ENDPOINTS, BATCH_GET_VPC_ENDPOINT)


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection as it is listed. From outside every VPC its network policy decides, which is not modelled."""

    listed: CollectionSummary
    place: Place

    publicly_accessible = True

    @property
    def domain(self) -> str:
        return f"{self.place.region}.aoss.amazonaws.com"

    @property
    def host(self) -> str:
        return f"{self.listed.id}.{self.domain}"

    @property
    def arn(self) -> str:
        return self.listed.arn or self.listed.id


def _meaning(collection: Collection, _: Any, service: Service, source: Source, around: Surroundings) -> Meaning:
    listed = collection.listed
    states = COLLECTION_STATES.notes(collection.arn, listed.name, "status", listed.status)
    found = _endpoints(collection, source, around) if source.vpc_id else _from_outside(collection)
    if isinstance(found, Resource):
        return meaning(replace(found, notes=(*states, *found.notes)), service, source, around)
    public = public_service(collection.host, source, service, around)
    return replace(public, notes=(*states, *public.notes))


def _from_outside(collection: Collection) -> Resource:
    """The collection as functions without a VPC meet it: if its network policy admits everybody."""
    title = collection.listed.name
    message = f"whether {title} admits the internet is in its network policy, which is not modelled yet"
    note = UNSUPPORTED_COMPONENT.unknown(collection.arn, "network policy", message)
    return Resource(collection.arn, title, (HTTPS,), frozenset(), (), notes=(note,))


def _endpoints(collection: Collection, source: Source, around: Surroundings) -> Resource | None:
    """The collection behind the endpoints that have taken its name in the source's VPC; None where none has."""
    places = [place for place in around.places() if place.region == collection.place.region]
    vpc = around.component(source.vpc_id)
    # In a shared VPC the owner's endpoint may have taken the name as well.
    owner = vpc.owner_id if isinstance(vpc, Vpc) and vpc.owner_id else source.place.account
    owners = Place(owner, collection.place.region)
    listing = around.read(LIST_VPC_ENDPOINTS, owners)
    unread: list[tuple[Call[Any], Reading[Any]]] = [] if listing.is_complete else [(LIST_VPC_ENDPOINTS, listing)]
    details: list[EndpointDetail] = []
    for place in dict.fromkeys((owners, *places)):
        reply = around.read(LIST_VPC_ENDPOINTS, place).value
        for endpoint in reply.vpc_endpoint_summaries if reply else ():
            reading = around.read(BATCH_GET_VPC_ENDPOINT, place, (endpoint.id,))
            told = [d for d in (reading.value.vpc_endpoint_details if reading.value else ()) if d.id == endpoint.id]
            details += told
            if not told:
                unread.append((BATCH_GET_VPC_ENDPOINT, reading))
    here = [detail for detail in details if detail.vpc_id == source.vpc_id]
    if not here and not unread:
        return None
    what = f"the endpoints that take its name in {source.vpc_id}"
    notes = [note for detail in here for note in ENDPOINT_STATES.notes(detail.id, detail.id, "status", detail.status)]
    if not here:
        notes += [unread_note(collection.arn, collection.listed.name, what, *each) for each in unread]
    return Resource(
        id=collection.arn,
        title=collection.listed.name,
        ports=(HTTPS,),
        group_ids=frozenset(),
        nodes=tuple(_nodes(here)),
        vpc_id=source.vpc_id,
        host_names=(collection.host,),
        notes=tuple(notes),
        taken_domain=collection.domain,
        groups_entry="securityGroupIds",
    )


def _nodes(endpoints: Iterable[EndpointDetail]) -> Iterable[Node]:
    for endpoint in endpoints:
        for subnet_id in endpoint.subnet_ids:
            groups = frozenset(endpoint.security_group_ids)
            yield Node(endpoint.id, subnet_ids=(subnet_id,), group_ids=groups)


KINDS = (
    Kind(
        "opensearch-serverless",
        LIST_COLLECTIONS,
        lambda reply: reply.collection_summaries,
        lambda collection: (collection.listed.name, collection.listed.id, collection.host),
        lambda collection, _: collection.arn,
        _meaning,
        described=lambda listed, place, around: Collection(listed, place),
        host_label="aoss",
    ),
)
