"""Where a question starts: one subnet of one function, as its packets' sender, and what stops it before any packet.

Facts that all functions with the same VPC, subnet and groups share are told by `sender` and `standing_notes`; facts of
one function (state, free addresses) by `own_facts`, which are laid over the shared answer.
"""

from dataclasses import dataclass

from vpcreach.components.internet_gateway import LAMBDA_PUBLIC_ADDRESS_BY_HAND
from vpcreach.components.lambda_function import (
    FUNCTION_BAD_STATE,
    GET_FUNCTION_CONFIGURATION,
    LAMBDA_IPV6_NOT_ENABLED,
    MANAGED_INSTANCE_ADDRESS_UNKNOWN,
    SUBNET_CANNOT_SCALE,
    SUBNET_IPV6_ONLY_UNSUPPORTED,
    SUBNET_NOT_DUAL_STACK,
    SUBNET_OUT_OF_IP_ADDRESSES,
    LambdaFunction,
    condition,
)
from vpcreach.components.network_interface import DESCRIBE_NETWORK_INTERFACES, NetworkInterface
from vpcreach.components.security_group import GroupSet
from vpcreach.components.subnet import Subnet
from vpcreach.components.vpc import Vpc
from vpcreach.forwarding import COLLECTION_FAILED, UNSUPPORTED_COMPONENT, Note, Sender
from vpcreach.network.network import Network
from vpcreach.packets.address_map import Family
from vpcreach.reach.gates import group_set
from vpcreach.snapshot.call import Place
from vpcreach.snapshot.snapshot import State

NO_PUBLIC_ADDRESS = "no public address on the function's interfaces (not collected)"


@dataclass(frozen=True, slots=True)
class Attachment:
    """What decides a function's packets: the key of its equivalence class."""

    place: Place
    vpc_id: str
    subnet_id: str
    group_ids: tuple[str, ...]
    families: tuple[Family, ...]
    wants_ipv6: bool
    role: str | None
    ipv6_unread: Note | None = None


@dataclass(frozen=True, slots=True)
class OwnFacts:
    """What holds for one function alone, in one subnet or in all: laid over the class's answer."""

    notes: tuple[Note, ...] = ()
    assumptions: tuple[str, ...] = ()
    is_provisional: bool = False


def vpc_of(function: LambdaFunction, network: Network) -> str | None:
    """The function's VPC, from its subnets (some replies report a stale VpcId), else as the function says."""
    for subnet_id in function.subnet_ids:
        subnet = network.record(subnet_id)
        if isinstance(subnet, Subnet):
            return subnet.vpc_id
    return (function.vpc_config.vpc_id if function.vpc_config else None) or None


def families_of(function: LambdaFunction, network: Network) -> tuple[Family, ...]:
    """IPv4, and IPv6 where the function asks for it and every subnet has it."""
    subnets = [network.record(subnet_id) for subnet_id in function.subnet_ids]
    if function.wants_ipv6 and all(isinstance(s, Subnet) and s.is_dual_stack for s in subnets):
        return (Family.IPV4, Family.IPV6)
    return (Family.IPV4,)


def ipv6_unread(function: LambdaFunction, network: Network) -> Note | None:
    """The note for a function that asks for IPv6 where an unreadable subnet alone decides whether it has it."""
    subnets = [(subnet_id, network.record(subnet_id)) for subnet_id in function.subnet_ids]
    if not function.wants_ipv6 or any(isinstance(s, Subnet) and not s.is_dual_stack for _, s in subnets):
        return None
    unread = [subnet_id for subnet_id, subnet in subnets if not isinstance(subnet, Subnet)]
    return network.unread(unread[0]) if unread else None


def family_note(attachment: Attachment) -> Note:
    """Why a function has no IPv6, or why that is not known."""
    component = attachment.subnet_id
    if attachment.ipv6_unread is not None:
        return attachment.ipv6_unread
    if attachment.wants_ipv6:
        message = "the function asks for IPv6, but not every one of its subnets has an IPv6 CIDR"
        return SUBNET_NOT_DUAL_STACK.fail(component, "Ipv6CidrBlockAssociationSet", message)
    message = "the function's VpcConfig does not allow IPv6"
    return LAMBDA_IPV6_NOT_ENABLED.fail(component, "Ipv6AllowedForDualStack", message)


def standing_notes(attachment: Attachment, network: Network) -> tuple[Note, ...]:
    """What stops or leaves undecided everything from this subnet: the VPC, the subnet, the groups."""
    notes: list[Note] = []
    vpc = network.record(attachment.vpc_id)
    notes += vpc.tenancy_notes() if isinstance(vpc, Vpc) else (network.unread(attachment.vpc_id or "vpc-"),)
    subnet = network.record(attachment.subnet_id)
    if not isinstance(subnet, Subnet):
        return (*notes, network.unread(attachment.subnet_id))
    notes += subnet.source_notes()
    if subnet.ipv6_native or not subnet.cidrs(Family.IPV4):
        message = f"{subnet.title} has no IPv4 CIDR, and Lambda needs one"
        notes.append(SUBNET_IPV6_ONLY_UNSUPPORTED.fail(subnet.id, "CidrBlock", message))
    return tuple(notes)


def groups_of(attachment: Attachment, network: Network) -> GroupSet:
    """The function's groups as one gate; a group of another VPC is undecided until associations are modelled."""
    gate = group_set(network, attachment.group_ids)
    if not attachment.group_ids:
        message = "the function lists no security group, though one that is attached to a VPC always has one"
        return GroupSet((), None, (COLLECTION_FAILED.unknown(attachment.subnet_id, "SecurityGroupIds", message),))
    foreign = [group for group in gate.groups if group.vpc_id not in (None, attachment.vpc_id)]
    if not foreign:
        return gate
    unread = tuple(
        UNSUPPORTED_COMPONENT.unknown(
            group.id,
            "VpcId",
            f"{group.title} belongs to {group.vpc_id}; groups of another VPC are not modelled yet",
        )
        for group in foreign
    )
    return GroupSet(tuple(g for g in gate.groups if g not in foreign), None, (*gate.unread, *unread))


def sender(attachment: Attachment, name: str, network: Network) -> Sender:
    """The function's interface in one subnet, with a public address only where the snapshot shows one."""
    mine = lambda_interfaces(attachment, network)
    public = tuple(address for interface in mine for address in interface.public_addresses)
    unread, assumed = None, None
    state = network.state_of(DESCRIBE_NETWORK_INTERFACES, attachment.vpc_id)
    if not public and state is State.ABSENT:
        assumed = NO_PUBLIC_ADDRESS
    elif not public and state is not State.FOUND:
        unread = network.missing(DESCRIBE_NETWORK_INTERFACES, attachment.vpc_id)
    by_hand: tuple[Note, ...] = ()
    if public:
        message = f"an interface of the function in {attachment.subnet_id} has {', '.join(public)}, associated by hand"
        by_hand = (LAMBDA_PUBLIC_ADDRESS_BY_HAND.advice(attachment.subnet_id, "", message),)
    return Sender(
        component=name,
        kind=LambdaFunction.kind,
        vpc_id=attachment.vpc_id,
        subnet_id=attachment.subnet_id,
        groups=frozenset(attachment.group_ids),
        public_addresses=public,
        public_addresses_unread=unread,
        assumed_no_public_address=assumed,
        notes_at_internet=by_hand,
    )


def lambda_interfaces(attachment: Attachment, network: Network) -> list[NetworkInterface]:
    """The visible interfaces that Lambda made for this subnet and exactly this set of groups (A3)."""
    return network.lambda_interfaces(attachment.subnet_id, frozenset(attachment.group_ids))


def own_facts(function: LambdaFunction, attachment: Attachment, network: Network) -> OwnFacts:
    """State, free addresses and placement of one function in one subnet."""
    state = state_facts(function, attachment.place, network)
    notes = [*state.notes, *_free_addresses(attachment, network)]
    if _ran_out_of_addresses(function, attachment, network):
        message = f"{function.name} has no interface left: {attachment.subnet_id} has no free address"
        notes.append(FUNCTION_BAD_STATE.fail(function.id, "StateReasonCode", message))
    return OwnFacts(tuple(notes), state.assumptions, state.is_provisional)


def state_facts(function: LambdaFunction, place: Place, network: Network) -> OwnFacts:
    """What the function's state does to every answer, wherever it runs (A13)."""
    reading = network.read(GET_FUNCTION_CONFIGURATION, place, (function.name,))
    if reading.value is not None:
        found = condition(function, reading.value)
        return OwnFacts(found.notes, (), found.is_provisional)
    if reading.state is State.ABSENT:
        return OwnFacts((), (GET_FUNCTION_CONFIGURATION.assumes or "",))
    message = f"the state of {function.name} is not known: {reading.gap}"
    unread = COLLECTION_FAILED.unknown(function.id, GET_FUNCTION_CONFIGURATION.action, message)
    return OwnFacts((unread,))


def managed_note(function: LambdaFunction) -> Note:
    """Managed Instances take their network from a capacity provider, and not from the function (A20)."""
    message = f"{function.name} runs on managed instances, whose network is not modelled yet"
    return MANAGED_INSTANCE_ADDRESS_UNKNOWN.unknown(function.id, "CapacityProviderConfig", message)


def _ran_out_of_addresses(function: LambdaFunction, attachment: Attachment, network: Network) -> bool:
    """Inactive for want of addresses, and the subnet still has none: a new try fails for certain."""
    state = network.read(GET_FUNCTION_CONFIGURATION, attachment.place, (function.name,)).value
    is_out = state is not None and state.state_reason_code == "SubnetOutOfIPAddresses"
    return is_out and _is_exhausted(attachment, network)


def _is_exhausted(attachment: Attachment, network: Network) -> bool:
    subnet = network.record(attachment.subnet_id)
    return isinstance(subnet, Subnet) and subnet.available_ip_address_count == 0


def _free_addresses(attachment: Attachment, network: Network) -> list[Note]:
    if not _is_exhausted(attachment, network):
        return []
    subnet_id = attachment.subnet_id
    if lambda_interfaces(attachment, network):
        message = f"{subnet_id} has no free address, so Lambda cannot add an interface"
        return [SUBNET_CANNOT_SCALE.advice(subnet_id, "AvailableIpAddressCount", message)]
    unread = network.missing(DESCRIBE_NETWORK_INTERFACES, attachment.vpc_id)
    if unread is not None:
        return [unread]
    message = f"{subnet_id} has no free address, and the function has no interface in it yet"
    return [SUBNET_OUT_OF_IP_ADDRESSES.fail(subnet_id, "AvailableIpAddressCount", message)]
