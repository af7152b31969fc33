"""Private DNS of interface endpoints: which endpoint has taken a service's ordinary name inside a VPC.

Modelled: endpoints of the VPC, then those that its profiles bring; both DNS attributes; what is named by its own name
only (private DNS off, DynamoDB, S3 for inbound resolver endpoints).
Not modelled: nothing of it; the way to the endpoint is told by aws_service.py.
Source: AWS PrivateLink Guide, "Access AWS services through AWS PrivateLink" (semantics F5-F7, F14).
Checked: tests/unit/destinations/names/test_private_dns.py.
"""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from vpcreach.components.vpc_endpoint import VpcEndpoint
from vpcreach.destinations.names.dns_attributes import both
from vpcreach.destinations.names.domain import covers, depth
from vpcreach.destinations.names.profiles import shared
from vpcreach.forwarding import Note, Reason, Surroundings

ENDPOINT_NEEDS_ITS_OWN_NAME = Reason(
    "ENDPOINT_NEEDS_ITS_OWN_NAME",
    "give the endpoint's own name to the client as its endpoint URL, or let private DNS take the service's name",
    "https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html",
)
REASONS = (ENDPOINT_NEEDS_ITS_OWN_NAME,)


def taking(vpc_id: str, host: str, services: tuple[str, ...], around: Surroundings) -> tuple[VpcEndpoint, ...] | Note:
    """The interface endpoints whose private DNS answers for a host name in the VPC, or why that is not known.

    `services` are the endpoint service's names by which the host may be meant (`com.amazonaws.eu-west-1.sqs`).
    """
    own = [e for e in around.every(VpcEndpoint) if e.vpc_id == vpc_id and _takes(e, host, services)]
    brought = [around.component(endpoint_id) for endpoint_id in shared(vpc_id, around).endpoint_ids]
    unread = [item for item in brought if isinstance(item, Note)]
    theirs = [e for e in brought if isinstance(e, VpcEndpoint) and _takes(e, host, services)]
    if not own and unread:
        return unread[0]
    found = own or theirs
    is_on = both(vpc_id, around) if found else True
    if isinstance(is_on, Note):
        return is_on
    return tuple(found) if is_on else ()


def domain_of(endpoints: tuple[VpcEndpoint, ...], host: str) -> str | None:
    """The private domain by which these endpoints answer for a host name; None without any."""
    entries = (name for endpoint in endpoints for name in _private_names(endpoint) if fnmatchcase(host, name))
    domains = [name.removeprefix("*.") for name in entries]
    for endpoint in endpoints:
        # com.amazonaws.eu-west-1.ecr.api answers for api.ecr.eu-west-1.amazonaws.com
        region, *labels = endpoint.service_name.removeprefix("com.amazonaws.").split(".")
        ordinary = ".".join((*reversed(labels), region, "amazonaws.com"))
        domains += [ordinary] if covers(ordinary, host) else []
    return max(domains, key=depth, default=host if endpoints else None)


def own_name_notes(
    vpc_id: str, services: tuple[str, ...], taken_by: tuple[VpcEndpoint, ...], around: Surroundings
) -> tuple[Note, ...]:
    """Interface endpoints of the VPC that serve a service, and that its ordinary name does not lead to (F6, F7)."""
    idle = [
        endpoint
        for endpoint in around.every(VpcEndpoint)
        if endpoint.is_interface and endpoint.vpc_id == vpc_id and endpoint.service_name in services
    ]
    return tuple(_own_name(endpoint, vpc_id) for endpoint in idle if endpoint not in taken_by)


def _own_name(endpoint: VpcEndpoint, vpc_id: str) -> Note:
    own = next((name for e in endpoint.dns_entries if ".vpce." in (name := e.dns_name or "")), "its own name")
    if endpoint.service_name.endswith(".dynamodb"):
        entry, why = "ServiceName", "DynamoDB has no private DNS"
    elif not endpoint.private_dns_enabled:
        entry, why = "PrivateDnsEnabled", "private DNS is off"
    elif endpoint.service_name.endswith(".s3"):
        entry, why = "DnsOptions", "its private DNS is for inbound resolver endpoints only"
    else:
        entry, why = "PrivateDnsEnabled", f"{vpc_id} does not have both DNS attributes on"
    message = (
        f"{endpoint.title} serves {endpoint.service_name}, but the service's ordinary name does not lead to it "
        f"({why}): only {own} does, which is a destination of its own"
    )
    return ENDPOINT_NEEDS_ITS_OWN_NAME.advice(endpoint.id, entry, message)


def _takes(endpoint: VpcEndpoint, host: str, services: tuple[str, ...]) -> bool:
    return any(endpoint.captures_name_of(service) for service in services) or endpoint.captures_host(host)


def _private_names(endpoint: VpcEndpoint) -> Iterable[str]:
    return [name for entry in endpoint.dns_entries if (name := entry.dns_name or "") and ".vpce." not in name]
