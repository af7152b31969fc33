"""Remedies at settings: of the function, of a VPC's DNS, of what guards a whole VPC, of an endpoint's policy."""

import json
from collections.abc import Iterator

from vpcreach.components.encryption_control import DESCRIBE_VPC_ENCRYPTION_CONTROLS
from vpcreach.destinations.grammar import AwsService
from vpcreach.explain.edits import (
    AllowInEndpointPolicy,
    Edit,
    EnableFunctionIpv6,
    EnableVpcDns,
    ExcludeFromEncryptionControl,
    ExcludeFromPublicAccessBlock,
    SetFunctionSubnets,
)
from vpcreach.explain.repairs.case import DEFAULT, Blocked, Case, route_to
from vpcreach.explain.repairs.ways import MANY, rerouted
from vpcreach.packets.address_map import Family


def excluded_from_public_access_block(case: Case, blocked: Blocked) -> Iterator[tuple[Edit, ...]]:
    """The VPC whose gateway is closed, and the function's own, may call out again."""
    vpcs = dict.fromkeys([blocked.spot.vpc_id if blocked.spot else case.stands.vpc_id, case.stands.vpc_id])
    yield tuple(ExcludeFromPublicAccessBlock(vpc_id) for vpc_id in vpcs)


def excluded_from_encryption_control(case: Case, blocked: Blocked) -> Iterator[tuple[Edit, ...]]:
    """The kind of gateway that the control refuses may be used."""
    kind = blocked.note.entry.rpartition(".")[2]
    for place in case.network.places():
        reply = case.network.read(DESCRIBE_VPC_ENCRYPTION_CONTROLS, place).value
        for control in reply.vpc_encryption_controls if reply is not None else ():
            if control.vpc_id == blocked.note.component:
                yield (ExcludeFromEncryptionControl(control.id, kind),)


def allowed_by_policy(case: Case, blocked: Blocked) -> Iterator[tuple[Edit, ...]]:
    """A statement for what was asked about; statements that deny are taken out, one or all, where that is needed."""
    if not isinstance(case.parsed, AwsService):
        return
    service, resource = case.parsed.name, case.parsed.resource
    home = case.network.place_of(blocked.note.component)
    resources: tuple[str, ...] = ("*",)
    if resource and service == "s3":
        bucket = f"arn:{home.partition}:s3:::{resource}"
        resources = (bucket, f"{bucket}/*")
    elif resource and service == "dynamodb":
        table = f"arn:{home.partition}:dynamodb:{home.region}:{home.account}:table/{resource}"
        resources = (table, f"{table}/*")
    endpoint, allowed = blocked.note.component, ((f"{service}:*",), resources)
    yield (AllowInEndpointPolicy(endpoint, *allowed),)
    denials = _denials(case.network.record(endpoint))
    for without in dict.fromkeys((*((place,) for place in denials), denials)):
        if without:
            yield (AllowInEndpointPolicy(endpoint, (), (), without),)
            yield (AllowInEndpointPolicy(endpoint, *allowed, without),)


def _denials(endpoint: object) -> tuple[int, ...]:
    """The places of a policy's statements that deny."""
    try:
        statements = json.loads(getattr(endpoint, "policy_document", None) or "{}").get("Statement", [])
    except (ValueError, AttributeError):
        return ()
    held = statements if isinstance(statements, list) else [statements]
    return tuple(place for place, each in enumerate(held) if isinstance(each, dict) and each.get("Effect") == "Deny")


def dns_switched_on(case: Case, blocked: Blocked) -> Iterator[tuple[Edit, ...]]:
    """The resolver of the VPC answers again."""
    yield (EnableVpcDns(blocked.note.component, blocked.note.entry or "enableDnsSupport"),)


def ipv6_switched_on(case: Case, blocked: Blocked) -> Iterator[tuple[Edit, ...]]:
    """IPv6 allowed for a function whose subnets have it."""
    stands = case.stands
    if stands.provider is None:
        yield (EnableFunctionIpv6(case.function.id, case.function.function_name, stands.subnet_ids, stands.group_ids),)


def moved(case: Case, blocked: Blocked) -> Iterator[tuple[Edit, ...]]:
    """The function moved out of subnets that cannot serve it, into others of the same zones; then other ways."""
    stands = case.stands
    if stands.provider is None:
        bad = {subnet.subnet_id for subnet in case.answer.subnets if subnet.blockers}
        good = [each for each in stands.subnet_ids if each not in bad]
        offered = [_chosen(case, good, bad, place) for place in range(MANY)]
        for subnets in dict.fromkeys((*offered, tuple(good))):
            if subnets and subnets != stands.subnet_ids:
                yield (SetFunctionSubnets(case.function.id, case.function.function_name, subnets, stands.group_ids),)
    if blocked.note.code != "SUBNET_OUT_OF_IP_ADDRESSES":
        yield from rerouted(case, blocked)


def _chosen(case: Case, good: list[str], bad: set[str], place: int) -> tuple[str, ...]:
    """The subnets that serve, and for each other one the likeliest, or second likeliest …, of its zone."""
    chosen = list(good)
    for lost in sorted(bad):
        near = [each for each in _free(case, bad) if case.is_in_zone_of(each, lost) and each not in good]
        chosen += near[place : place + 1] or near[:1]
    return tuple(sorted(dict.fromkeys(chosen)))


def _free(case: Case, bad: set[str]) -> list[str]:
    """Subnets that a function can move to: those with a default route that is no internet gateway's first."""
    vpc_id = case.stands.vpc_id
    public = {subnet.id for subnet in case.public_subnets(vpc_id)}
    free = [s for s in case.subnets_of(vpc_id) if s.id not in bad | public and s.state == "available"]
    return [s.id for s in sorted(free, key=lambda subnet: (not _has_default_route(case, subnet.id), subnet.id))]


def _has_default_route(case: Case, subnet_id: str) -> bool:
    table = case.table_of(subnet_id)
    return table is not None and route_to(table, DEFAULT[Family.IPV4]) is not None
