"""Where a version of a function stands: its own subnets and groups, or those of its capacity provider (A2, A20).

A function on Lambda Managed Instances sends from EC2 instances in the provider's subnets: they follow EC2's rules, and
may have public addresses, which only the instances themselves tell.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from vpcreach.components.instance import DESCRIBE_INSTANCES, Instance
from vpcreach.components.lambda_function import (
    GET_CAPACITY_PROVIDER,
    INSTANCE_TAG,
    LAMBDA_IPV6_NOT_ENABLED,
    MANAGED_INSTANCE_ADDRESS_UNKNOWN,
    RUNNING,
    SUBNET_NOT_DUAL_STACK,
    CapacityProvider,
    LambdaFunction,
    provider_name,
)
from vpcreach.components.security_group import SecurityGroup
from vpcreach.components.subnet import Subnet
from vpcreach.forwarding import UNKNOWN_RESOURCE, UNSUPPORTED_COMPONENT, Note
from vpcreach.network.network import Network
from vpcreach.packets.address_map import Family
from vpcreach.snapshot.call import Place


@dataclass(frozen=True, slots=True)
class Standing:
    """The VPC, subnets and groups that packets start from; `provider` where instances of one send them."""

    vpc_id: str
    subnet_ids: tuple[str, ...]
    group_ids: tuple[str, ...]
    wants_ipv6: bool = False
    provider: CapacityProvider | None = None


def standing(function: LambdaFunction, place: Place, network: Network) -> Standing | Note | None:
    """Where the function stands, None for one in no VPC, or the note that says why nobody knows."""
    if function.has_capacity_provider and function.master_arn is None:
        return _on_instances(function, place, network)
    if not function.is_attached:
        return None
    told = (function.vpc_config.vpc_id if function.vpc_config else None) or ""
    vpc_id = _vpc_of(function.subnet_ids, network) or told
    return Standing(vpc_id, _sorted(function.subnet_ids), _sorted(function.group_ids), function.wants_ipv6)


def _sorted(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(ids)))


def _vpc_of(subnet_ids: Iterable[str], network: Network) -> str | None:
    """The VPC of the subnets: some replies report a stale one for the function itself."""
    for subnet_id in subnet_ids:
        subnet = network.record(subnet_id)
        if isinstance(subnet, Subnet):
            return subnet.vpc_id
    return None


def _on_instances(function: LambdaFunction, place: Place, network: Network) -> Standing | Note:
    arn = function.capacity_provider_arn
    if arn is None:
        message = f"{function.title} runs on a kind of capacity that this release does not know"
        return UNSUPPORTED_COMPONENT.unknown(function.id, "CapacityProviderConfig", message)
    provider = _provider(arn, place, network)
    if isinstance(provider, Note):
        return provider
    vpc_id = _vpc_of(provider.subnet_ids, network)
    groups = provider.group_ids or _default_groups(vpc_id, network)
    return Standing(vpc_id or "", _sorted(provider.subnet_ids), _sorted(groups), provider=provider)


def _provider(arn: str, place: Place, network: Network) -> CapacityProvider | Note:
    readings = [network.read(GET_CAPACITY_PROVIDER, place, (asked,)) for asked in (provider_name(arn), arn)]
    found = [r.value.capacity_provider for r in readings if r.value is not None and r.value.capacity_provider]
    if found and found[0].subnet_ids:
        return found[0]
    why = f"{GET_CAPACITY_PROVIDER.action} tells no subnet of it" if found else str(readings[0].gap)
    message = f"the capacity provider {provider_name(arn)}, whose network the function uses, cannot be read: {why}"
    resolve = f"collect {GET_CAPACITY_PROVIDER.action} of {provider_name(arn)}"
    return UNKNOWN_RESOURCE.unknown(arn, GET_CAPACITY_PROVIDER.action, message, resolve=resolve)


def _default_groups(vpc_id: str | None, network: Network) -> tuple[str, ...]:
    """The default group of a VPC, which instances get that are given none."""
    groups = network.every(SecurityGroup)
    return tuple(group.id for group in groups if group.vpc_id == vpc_id and group.group_name == "default")


def families(stands: Standing, subnet_id: str, network: Network) -> tuple[Family, ...]:
    """The address families of what is sent from one subnet: IPv4, and IPv6 where it is sure."""
    if stands.provider is not None:
        has_ipv6 = ipv6_note(stands, subnet_id, network) is None
    else:
        subnets = [network.record(each) for each in stands.subnet_ids]
        has_ipv6 = stands.wants_ipv6 and all(isinstance(s, Subnet) and s.is_dual_stack for s in subnets)
    return (Family.IPV4, Family.IPV6) if has_ipv6 else (Family.IPV4,)


def ipv6_note(stands: Standing, subnet_id: str, network: Network) -> Note | None:
    """Why what is sent from this subnet has no IPv6 address, or why that is not known; None where it has one."""
    if stands.provider is not None:
        return _ipv6_of_instances(stands.provider, subnet_id, network)
    if not stands.wants_ipv6:
        message = "the function's VpcConfig does not allow IPv6"
        return LAMBDA_IPV6_NOT_ENABLED.fail(subnet_id, "Ipv6AllowedForDualStack", message)
    subnets = [(each, network.record(each)) for each in stands.subnet_ids]
    if any(isinstance(subnet, Subnet) and not subnet.is_dual_stack for _, subnet in subnets):
        message = "the function asks for IPv6, but not every one of its subnets has an IPv6 CIDR"
        return SUBNET_NOT_DUAL_STACK.fail(subnet_id, "Ipv6CidrBlockAssociationSet", message)
    unread = [each for each, subnet in subnets if not isinstance(subnet, Subnet)]
    return network.unread(unread[0]) if unread else None


def _ipv6_of_instances(provider: CapacityProvider, subnet_id: str, network: Network) -> Note | None:
    subnet = network.record(subnet_id)
    if not isinstance(subnet, Subnet):
        return network.unread(subnet_id)
    if not subnet.is_dual_stack:
        message = f"{subnet.title} has no IPv6 CIDR, so the instances of {provider.name} have no IPv6 address in it"
        return SUBNET_NOT_DUAL_STACK.fail(subnet_id, "Ipv6CidrBlockAssociationSet", message)
    told = _told_by_instances(provider, subnet_id, network, "IPv6", lambda instance: instance.ipv6_addresses)
    if isinstance(told, Note):
        return told
    if told:
        return None
    message = f"no instance of {provider.name} in {subnet.title} has an IPv6 address"
    remedy = "let the subnet assign IPv6 addresses, and the provider start new instances"
    return replace(LAMBDA_IPV6_NOT_ENABLED.fail(subnet_id, "Ipv6Addresses", message), remedy=remedy)


def public_addresses(provider: CapacityProvider, subnet_id: str, network: Network) -> tuple[str, ...] | Note:
    """The public IPv4 addresses of the provider's instances in a subnet, none if none has one; a note where unknown."""
    return _told_by_instances(provider, subnet_id, network, "public IPv4", lambda instance: instance.public_addresses)


def _told_by_instances(
    provider: CapacityProvider,
    subnet_id: str,
    network: Network,
    kind: str,
    addresses: Callable[[Instance], tuple[str, ...]],
) -> tuple[str, ...] | Note:
    """The addresses of the running instances, if all have some or none has; instances to come will be alike."""
    instances = instances_of(provider, subnet_id, network)
    with_some = [instance for instance in instances if addresses(instance)]
    if instances and len(with_some) in (0, len(instances)):
        return tuple(address for instance in with_some for address in addresses(instance))
    if instances:
        fact = f"only {len(with_some)} of the {len(instances)} instances of {provider.name} in {subnet_id} have one"
    else:
        gap = next((r.gap for p in network.places() if (r := network.read(DESCRIBE_INSTANCES, p)).gap), None)
        fact = f"no instance of {provider.name} in {subnet_id} is visible{f' ({gap})' if gap else ''}"
    message = f"whether what runs in {subnet_id} has a {kind} address is not known: {fact}"
    return MANAGED_INSTANCE_ADDRESS_UNKNOWN.unknown(provider.id, DESCRIBE_INSTANCES.action, message)


def instances_of(provider: CapacityProvider, subnet_id: str, network: Network) -> list[Instance]:
    """The running instances of a capacity provider that the snapshot shows in a subnet."""

    def build() -> list[tuple[str, str | None, Instance]]:
        return [
            (tag.value, instance.subnet_id, instance)
            for instance in network.every(Instance)
            if instance.state.name in RUNNING
            for tag in instance.tags
            if tag.key == INSTANCE_TAG
        ]

    tagged = network.remember(("managed instances",), build)
    return [instance for tag, subnet, instance in tagged if subnet == subnet_id and provider.owns(tag)]
