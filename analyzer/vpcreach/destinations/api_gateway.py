"""REST APIs of API Gateway: `apigateway:NAME` or its id, an ARN, the host names of the API and of it at an endpoint.

Modelled: private APIs, which only an interface endpoint for execute-api serves; regional and edge-optimized ones, which
are public services unless such an endpoint has taken their name. The API's own resource policy is advice.
Not modelled: HTTP and WebSocket APIs (public services), custom domain names, a default endpoint that is switched off.
Source: API Gateway Developer Guide, "Private REST APIs in API Gateway" (semantics H14, F5-F8).
Checked: tests/unit/destinations/test_api_gateway.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from vpcreach.components.vpc_endpoint import DESCRIBE_VPC_ENDPOINTS, VpcEndpoint
from vpcreach.destinations import aws_service
from vpcreach.destinations.grammar import DEFAULT_PORT, AwsService, Service
from vpcreach.destinations.kind import Kind, dns_suffix
from vpcreach.destinations.meaning import Meaning, Source
from vpcreach.destinations.name_resolution import resolution
from vpcreach.destinations.names import private_dns
from vpcreach.destinations.resource import States
from vpcreach.forwarding import (
    NO_POSSIBLE_DESTINATION,
    UNSUPPORTED_COMPONENT,
    Note,
    Reason,
    ServiceRequest,
    Surroundings,
)
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import CamelRecord, CamelReply

API_RESOURCE_POLICY = Reason(
    "API_RESOURCE_POLICY",
    "check that the API's resource policy admits this VPC or its endpoint",
    "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies.html",
)
LABEL = "execute-api"
PRIVATE, PUBLIC = "PRIVATE", frozenset({"REGIONAL", "EDGE"})
STATES = States(working=frozenset({"AVAILABLE"}), passing=frozenset({"UPDATING", "PENDING"}), dead=frozenset())


class EndpointConfiguration(CamelRecord, frozen=True):
    types: tuple[str, ...] = ()
    vpc_endpoint_ids: tuple[str, ...] = ()


class RestApi(CamelRecord, frozen=True):
    id: str
    name: str = ""
    endpoint_configuration: EndpointConfiguration = EndpointConfiguration()
    policy: str | None = None
    api_status: str | None = None


class GetRestApis(CamelReply, frozen=True, kw_only=True):
    items: tuple[RestApi, ...] = ()
    position: str | None = None

    @property
    def is_complete(self) -> bool:
        return not self.position


# IAM knows the calls of API Gateway by their HTTP method.
GET_REST_APIS = Call("apigateway", "GetRestApis", GetRestApis, holds="items", iam_operation="GET")
CALLS = (GET_REST_APIS,)


@dataclass(frozen=True, slots=True)
class Front:
    """An API by a name of it: any name (`host` None), its own host name, or (`endpoint_id`) its name at an endpoint."""

    api: RestApi
    place: Place
    host: str | None = None
    endpoint_id: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return (self.host,) if self.host else tuple(name for name in (self.api.id, self.api.name) if name)

    @property
    def api_arn(self) -> str:
        return f"arn:{self.place.partition}:apigateway:{self.place.region}::/restapis/{self.api.id}"

    @property
    def arn(self) -> str:
        return f"{self.api_arn}/{self.host}" if self.host else self.api_arn

    @property
    def title(self) -> str:
        return f"{self.api.id} {self.api.name}".strip()

    @property
    def is_private(self) -> bool:
        return PRIVATE in self.api.endpoint_configuration.types

    @property
    def is_public_service(self) -> bool:
        return bool(self.api.endpoint_configuration.types) and PUBLIC.issuperset(self.api.endpoint_configuration.types)

    def host_at(self, endpoint_id: str | None = None) -> str:
        """The API's own host name, or the one that leads to it at an endpoint associated with it."""
        front = f"{self.api.id}-{endpoint_id}" if endpoint_id else self.api.id
        return f"{front}.{LABEL}.{self.place.region}.{dns_suffix(self.place.region)}"


@dataclass(frozen=True, slots=True)
class Way:
    """The endpoints by which a private API is reached, under which host name, in whose private domain."""

    endpoints: tuple[VpcEndpoint | Note, ...]
    host: str
    domain: str | None = None


def fronts(api: RestApi, place: Place, around: Surroundings) -> Iterable[Front]:
    """The API, and each of its host names: an endpoint that is associated with it gives it one more."""
    plain = Front(api, place)
    yield plain
    yield replace(plain, host=plain.host_at())
    for endpoint_id in api.endpoint_configuration.vpc_endpoint_ids:
        yield replace(plain, host=plain.host_at(endpoint_id), endpoint_id=endpoint_id)


def meaning(front: Front, service: Service, source: Source, around: Surroundings) -> Meaning:
    """A private API at the endpoints that lead to it; any other as the public service that it is."""
    states = STATES.notes(front.api_arn, front.title, "apiStatus", front.api.api_status)
    if front.is_private:
        found = _private(front, service, source, around)
    elif front.is_public_service:
        found = _public(front, service, source, around)
    else:
        types = ", ".join(front.api.endpoint_configuration.types) or "no type that the reply tells"
        note = UNSUPPORTED_COMPONENT.unknown(front.api_arn, "endpointConfiguration", f"{front.title} is of {types}")
        found = Meaning((), service.protocol, service.port or DEFAULT_PORT, (note,))
    return replace(found, notes=(*found.notes, *states, *_policy_notes(front)))


def _public(front: Front, service: Service, source: Source, around: Surroundings) -> Meaning:
    host = front.host or front.host_at()
    if front.place.region == source.place.region:
        found = aws_service.meaning(AwsService(host, LABEL, host=host, service=service), source, around)
    else:
        found = aws_service.public_service(host, source, service, around)
    taking = private_dns.taking(source.vpc_id, host, (_service_name(front),), around)
    if isinstance(taking, Note) or not taking:
        return found
    # AWS answers such calls with 403: the endpoint takes the names of all APIs, and serves private ones only.
    message = f"private DNS of {taking[0].title} answers for {host}, and that endpoint serves private APIs only"
    note = NO_POSSIBLE_DESTINATION.fail(taking[0].id, "PrivateDnsEnabled", message)
    remedy = "call it by a custom domain name, or make the API private"
    return replace(found, notes=(*found.notes, replace(note, remedy=remedy)))


def _private(front: Front, service: Service, source: Source, around: Surroundings) -> Meaning:
    way = _way(front, source, around)
    dns = resolution(source.vpc_id, (way.host,), around, taken=way.domain)
    notes = [*dns.notes, *(each for each in way.endpoints if isinstance(each, Note))]
    known = [each for each in way.endpoints if isinstance(each, VpcEndpoint)]
    for endpoint in known:
        notes += aws_service.nowhere_notes(endpoint, around)
    if not way.endpoints:
        message = f"{front.title} is a private API, and no endpoint for {LABEL} leads {source.vpc_id} to {way.host}"
        note = NO_POSSIBLE_DESTINATION.fail(front.api_arn, "endpointConfiguration", message)
        notes.append(replace(note, remedy=f"create an interface endpoint for {LABEL}, with private DNS"))
    resource = f"arn:{front.place.partition}:{LABEL}:{front.place.region}:{front.place.account}:{front.api.id}/*"
    return Meaning(
        tuple(each for endpoint in known for each in aws_service.interface_endpoints(endpoint, around)),
        service.protocol,
        service.port or DEFAULT_PORT,
        tuple(notes),
        dns.assumptions,
        request=ServiceRequest(LABEL, (resource,), source.role),
        assumed_of_the_name=dns.diverting_assumptions,
    )


def _way(front: Front, source: Source, around: Surroundings) -> Way:
    """The endpoint that has taken the name, else the one that the name is about, else what other names lead to."""
    host = front.host or front.host_at()
    taking = private_dns.taking(source.vpc_id, host, (_service_name(front),), around)
    if isinstance(taking, Note) or taking:
        found = (taking,) if isinstance(taking, Note) else taking
        return Way(found, host, None if isinstance(taking, Note) else private_dns.domain_of(taking, host))
    unread = around.missing(DESCRIBE_VPC_ENDPOINTS, source.vpc_id) or aws_service.owner_missing(source, around)
    if unread is not None:
        return Way((unread,), host)
    if front.endpoint_id:
        return Way((_endpoint(front.endpoint_id, around),), host)
    return Way((), host) if front.host else _by_other_names(front, source, around)


def _by_other_names(front: Front, source: Source, around: Surroundings) -> Way:
    """Of the API's names at endpoints the one that leads into the source's VPC, else an endpoint's own, else any."""
    ids = front.api.endpoint_configuration.vpc_endpoint_ids
    serving = [each for each in around.every(VpcEndpoint) if each.service_name == _service_name(front)]
    here = [each for each in serving if each.vpc_id == source.vpc_id]
    for endpoint in (each for each in here if each.id in ids):
        return Way((endpoint,), front.host_at(endpoint.id))
    for endpoint in here:
        own = (name for entry in endpoint.dns_entries if ".vpce." in (name := entry.dns_name or ""))
        return Way((endpoint,), next(own, front.host_at()))
    return Way((_endpoint(ids[0], around),), front.host_at(ids[0])) if ids else Way((), front.host_at())


def _endpoint(endpoint_id: str, around: Surroundings) -> VpcEndpoint | Note:
    found = around.component(endpoint_id)
    if isinstance(found, VpcEndpoint | Note):
        return found
    return UNSUPPORTED_COMPONENT.unknown(endpoint_id, "", f"{endpoint_id} is no VPC endpoint")


def _service_name(front: Front) -> str:
    return f"com.amazonaws.{front.place.region}.{LABEL}"


def _policy_notes(front: Front) -> tuple[Note, ...]:
    """Authorization is not the network's: what decides there is told, and decides nothing here."""
    if front.api.policy:
        message = f"{front.title} has a resource policy, which decides who may call it"
    elif front.is_private:
        message = f"{front.title} is private and has no resource policy, so nobody may call it"
    else:
        return ()
    return (API_RESOURCE_POLICY.advice(front.api_arn, "policy", message),)


KINDS = (
    Kind(
        "apigateway",
        GET_REST_APIS,
        lambda reply: reply.items,
        lambda front: front.names,
        lambda front, _: front.arn,
        lambda front, _, service, source, around: meaning(front, service, source, around),
        parts=fronts,
        host_label=LABEL,
    ),
)
