"""Host names and AWS services by name: a private hosted zone first, then whatever AWS or the snapshot knows (H17).

Modelled: what a private zone of the function's VPC answers: addresses (each judged as if it were asked for), names that
clients are sent on to, aliases of load balancers and VPC endpoints; then resources by their own host names, AWS's
names, public host names of instances.
Not modelled: what public DNS answers; a public name that only a zone's record names counts as the internet.
Source: Route 53 Developer Guide, "Working with private hosted zones" (semantics H17, I4, F14, F16).
Checked: tests/unit/destinations/test_host_names.py.
"""

from collections.abc import Iterable
from dataclasses import replace

from vpcreach.components.vpc import Vpc
from vpcreach.components.vpc_endpoint import DESCRIBE_VPC_ENDPOINTS, VpcEndpoint
from vpcreach.destinations import addresses, aws_service, ec2_host_names
from vpcreach.destinations.grammar import DEFAULT_PORT, Addresses, AwsService, Named, Service
from vpcreach.destinations.lookup import Unlisted, find
from vpcreach.destinations.meaning import UNKNOWN_DESTINATION, Endpoint, Meaning, Source
from vpcreach.destinations.name_resolution import LIST_HOSTED_ZONES_BY_VPC, Lookup, lookup
from vpcreach.destinations.names import dns_firewall
from vpcreach.destinations.names.domain import covers, normal
from vpcreach.destinations.names.hosted_zones import DNS_NAME_NOT_FOUND
from vpcreach.destinations.names.resolver_rules import DNS_FORWARDED
from vpcreach.errors import AmbiguousNameError, UsageError
from vpcreach.forwarding import COLLECTION_FAILED, Note, ServiceRequest, Surroundings
from vpcreach.packets.address_map import AddressSet, Family

RECORD_TYPES = {Family.IPV4: "A", Family.IPV6: "AAAA"}
# What is looked up on AWS's side is not asked by the client: neither its firewall nor its rules see it.
OF_A_CLIENTS_QUERY = dns_firewall.CODES | {DNS_FORWARDED.code}


def meaning(asked: AwsService | Named, source: Source, around: Surroundings, seen: tuple[str, ...] = ()) -> Meaning:
    """What a name means for one source; `seen` are the names that led to it. Raises UsageError for an unknown name."""
    name, taken = _host(asked, source, around)
    found = _by_zone(asked, name, taken, source, around, (*seen, name)) if name else None
    if found is not None:
        return found
    if isinstance(asked, AwsService):
        return aws_service.meaning(asked, source, around)
    try:
        return ec2_host_names.meaning(asked, source, around) or _known(asked, source, around)
    except AmbiguousNameError:
        raise
    except UsageError:
        doubts = _elsewhere(asked, source, around) if name else ()
        if not doubts:
            raise
        return Meaning((), asked.service.protocol, asked.service.port or DEFAULT_PORT, doubts)


def knows(name: str, around: Surroundings) -> bool:
    """True where a private zone of any collected VPC covers the name."""
    return any(covers(domain, normal(name)) for domain in _domains(around))


def _host(asked: AwsService | Named, source: Source, around: Surroundings) -> tuple[str, str | None]:
    """The host name that is looked up, and the private domain by which AWS itself answers for it."""
    if isinstance(asked, AwsService):
        return aws_service.host_and_domain(asked, source, around)
    if asked.kind != "host":
        return "", None
    return normal(asked.name), aws_service.private_domain(asked, source, around)


def _known(asked: Named, source: Source, around: Surroundings) -> Meaning:
    """What a resource, AWS, or a host name of AWS means by the name."""
    found = find(asked, source.place, around)
    match found:
        case AwsService():
            return aws_service.meaning(found, source, around)
        case str():
            return aws_service.public_service(found, source, asked.service, around)
        case Unlisted():
            return Meaning((), asked.service.protocol, asked.service.port or DEFAULT_PORT, found.notes)
        case _:
            return found.meaning(source, around)


def _by_zone(
    asked: AwsService | Named,
    name: str,
    taken: str | None,
    source: Source,
    around: Surroundings,
    seen: tuple[str, ...],
) -> Meaning | None:
    """What the private zone says that answers for the name in the source's VPC; None where no zone does."""
    # S3, DynamoDB and services are judged on IPv4; so is a function that has nothing else.
    families = source.families if isinstance(asked, Named) else (Family.IPV4,)
    if isinstance(asked, Named) and source.may_have_ipv6:
        families = (Family.IPV4, Family.IPV6)
    found = [lookup(source.vpc_id, name, around, record_type=RECORD_TYPES[f], taken=taken) for f in families]
    if all(each.zone is None for each in found):
        return None
    # A family without an address is no fault where the other has one; a doubt about either stays.
    told = [each for each in found if each.answer or each.may_divert] or found[:1]
    parts = [part for each in told for part in _parts(each, asked, source, around, seen)]
    return replace(parts[0], also=tuple(parts[1:]))


def _parts(
    found: Lookup, asked: AwsService | Named, source: Source, around: Surroundings, seen: tuple[str, ...]
) -> Iterable[Meaning]:
    """One meaning for each thing that the zone's records lead to: all of them must be reached."""
    nothing = Meaning((), asked.service.protocol, asked.service.port or DEFAULT_PORT)
    unread = around.missing(DESCRIBE_VPC_ENDPOINTS, source.vpc_id) or aws_service.owner_missing(source, around)
    if found.may_divert or unread is not None:
        # Something else may answer, so that no way that the zone's records lead to says anything.
        yield _looked_up(replace(nothing, notes=(unread,) if unread else ()), found)
        return
    answer = found.answer
    parts = [_at_address(address, asked, source, around) for address in (answer.addresses if answer else ())]
    unasked = dns_firewall.CODES if found.trusts_redirection else frozenset()
    names = [(name, OF_A_CLIENTS_QUERY) for name in (answer.aliases if answer else ())]
    names += [(name, unasked) for name in (answer.redirections if answer else ())]
    parts += [_without(codes, _at_name(name, found, asked, source, around, seen)) for name, codes in names]
    for part in parts or [nothing]:
        for each in (part, *part.also):
            yield _looked_up(replace(each, also=()), found)


def _looked_up(part: Meaning, found: Lookup) -> Meaning:
    """The meaning with what the lookup of the first name says of it."""
    return replace(
        part,
        notes=tuple(dict.fromkeys((*found.notes, *part.notes))),
        assumptions=tuple(dict.fromkeys((*found.assumptions, *part.assumptions))),
        assumed_of_the_name=tuple(dict.fromkeys((*found.diverting_assumptions, *part.assumed_of_the_name))),
    )


def _without(codes: frozenset[str], part: Meaning) -> Meaning:
    def kept(each: Meaning) -> Meaning:
        return replace(each, notes=tuple(note for note in each.notes if note.code not in codes))

    return replace(kept(part), also=tuple(kept(other) for other in part.also))


def _at_address(address: str, asked: AwsService | Named, source: Source, around: Surroundings) -> Meaning:
    """An address as if it had been asked for; that of an endpoint's interface meets the endpoint's policy too."""
    port = Service(asked.service.port or DEFAULT_PORT, asked.service.protocol)
    literal = Addresses(address, AddressSet.parse(address), True, port)
    found = addresses.meaning(literal, source, around)
    targets = [target for endpoint in found.endpoints for target in endpoint.alternatives]
    owners = [_endpoint_at(literal, target.vpc_id, around) for target in targets]
    if len(targets) != 1 or owners[0] is None:
        return found
    owner = owners[0]
    target = replace(targets[0], endpoint_id=owner.id, notes=(*targets[0].notes, *owner.state_notes()))
    return replace(found, endpoints=(Endpoint(target.label, (target,)),), request=_request(owner, asked, source))


def _endpoint_at(literal: Addresses, vpc_id: str | None, around: Surroundings) -> VpcEndpoint | None:
    """The interface endpoint that has an address in a VPC."""
    family, address = literal.addresses.family, literal.addresses.first
    interface = around.interface_at(vpc_id, family, address) if vpc_id else None
    if interface is None:
        return None
    return next((e for e in around.every(VpcEndpoint) if interface.id in e.network_interface_ids), None)


def _request(endpoint: VpcEndpoint, asked: AwsService | Named, source: Source) -> ServiceRequest | None:
    if isinstance(asked, AwsService):
        return aws_service.request_of(asked, source)
    if not endpoint.service_name.startswith("com.amazonaws."):
        return None
    return ServiceRequest(aws_service.action_prefix(".".join(endpoint.service_name.split(".")[3:])), (), source.role)


def _at_name(
    name: str,
    found: Lookup,
    asked: AwsService | Named,
    source: Source,
    around: Surroundings,
    seen: tuple[str, ...],
) -> Meaning:
    """Another name that the zone's record leads to, as if it had been asked for."""
    port = asked.service.port or DEFAULT_PORT
    if name in seen:
        zone = found.zone.id if found.zone else ""
        message = f"{' -> '.join((*seen, name))} is a circle of records, so the name has no address"
        return Meaning((), asked.service.protocol, port, (DNS_NAME_NOT_FOUND.fail(zone, name, message),))
    try:
        return meaning(Named(asked.text, "host", name, asked.service), source, around, seen)
    except AmbiguousNameError:
        raise
    except UsageError:
        return aws_service.public_service(name, source, Service(port, asked.service.protocol), around)


def _elsewhere(asked: Named, source: Source, around: Surroundings) -> tuple[Note, ...]:
    """Why a name that nothing in reach knows may still mean something; nothing for one that the snapshot lacks."""
    queried = lookup(source.vpc_id, normal(asked.name), around)
    # A rule for every name knows none of them; one for the name's own domain says that other servers do.
    forwarded = tuple(note for note in queried.notes if note.code == DNS_FORWARDED.code and note.entry)
    if forwarded:
        return forwarded
    place = around.place_of(source.vpc_id)
    reading = around.read(LIST_HOSTED_ZONES_BY_VPC, place, (source.vpc_id, place.region))
    if not reading.is_complete:
        message = f"the file that would hold {asked.name} is missing or not whole: {reading.gap}"
        return (COLLECTION_FAILED.unknown(source.vpc_id, LIST_HOSTED_ZONES_BY_VPC.action, message),)
    if knows(asked.name, around):
        message = (
            f"a private hosted zone knows {asked.name}, but {source.vpc_id} does not ask it; public DNS may answer"
        )
        resolve = "associate the zone with the VPC, or resolve the name and ask for its address"
        return (UNKNOWN_DESTINATION.unknown(source.vpc_id, asked.name, message, resolve=resolve),)
    return ()


def _domains(around: Surroundings) -> list[str]:
    """The private zones of every collected VPC, but for those that AWS's services fill."""

    def build() -> list[str]:
        places = [(vpc.id, around.place_of(vpc.id)) for vpc in around.every(Vpc)]
        readings = [around.read(LIST_HOSTED_ZONES_BY_VPC, place, (vpc, place.region)) for vpc, place in places]
        zones = [zone for reading in readings if reading.value for zone in reading.value.hosted_zone_summaries]
        return sorted({normal(zone.name) for zone in zones if not zone.is_told_by_its_service})

    return around.remember(("private domains",), build)
