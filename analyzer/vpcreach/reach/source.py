"""Where a question starts: one subnet of one function, as its packets' sender, and what stops it before any packet.

Facts that all functions with the same VPC, subnet and groups share are told by `sender` and `standing_notes`; facts of
one function (state, free addresses, role) by `own_facts`, which are laid over the shared answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from vpcreach.components.availability_zone import DESCRIBE_AVAILABILITY_ZONES
from vpcreach.components.execution_role import EXECUTION_ROLE_MISSING_ENI_PERMISSIONS, missing_actions
from vpcreach.components.internet_gateway import LAMBDA_PUBLIC_ADDRESS_BY_HAND
from vpcreach.components.lambda_function import (
    FUNCTION_BAD_STATE,
    GET_FUNCTION_CONFIGURATION,
    GET_VERSION_CONFIGURATION,
    LAMBDA_IPV6_NOT_ENABLED,
    LATEST,
    OUT_OF_ADDRESSES,
    ROLE_LACKS_PERMISSIONS,
    SUBNET_CANNOT_SCALE,
    SUBNET_IPV6_ONLY_UNSUPPORTED,
    SUBNET_OUT_OF_IP_ADDRESSES,
    CapacityProvider,
    GetFunctionConfiguration,
    LambdaFunction,
    condition,
)
from vpcreach.components.network_interface import (
    DESCRIBE_NETWORK_INTERFACES,
    ENI_DENY_ALL_IGW_TRAFFIC,
    NetworkInterface,
)
from vpcreach.components.security_group import GroupSet
from vpcreach.components.security_group_vpc_association import (
    DESCRIBE_SECURITY_GROUP_VPC_ASSOCIATIONS,
    association_note,
)
from vpcreach.components.subnet import Subnet
from vpcreach.components.vpc import Vpc
from vpcreach.forwarding import COLLECTION_FAILED, Effect, Note, Sender
from vpcreach.network.network import Network
from vpcreach.packets.address_map import Family
from vpcreach.reach.gates import group_set
from vpcreach.reach.standing import instances_of, public_addresses
from vpcreach.snapshot.call import Place
from vpcreach.snapshot.snapshot import Reading, State

NO_PUBLIC_ADDRESS = "no public address on the function's interfaces (not collected)"


@dataclass(frozen=True, slots=True)
class Attachment:
    """What decides a function's packets: the key of its equivalence class.

    `provider` is the capacity provider whose instances send them, None for a standard function. `no_ipv6` says why the
    packets have no IPv6 address, or why that is not known.
    """

    place: Place
    vpc_id: str
    subnet_id: str
    group_ids: tuple[str, ...]
    families: tuple[Family, ...]
    role: str | None
    provider: CapacityProvider | None = None
    no_ipv6: Note | None = None

    @property
    def asked_families(self) -> tuple[Family, ...]:
        """What `internet` means: an IPv6 address of an instance is nothing that a function asked for."""
        return self.families if self.provider is None else (Family.IPV4,)


@dataclass(frozen=True, slots=True)
class OwnFacts:
    """What holds for one function alone, in one subnet or in all: laid over the class's answer."""

    notes: tuple[Note, ...] = ()
    assumptions: tuple[str, ...] = ()
    is_provisional: bool = False


def family_note(attachment: Attachment) -> Note:
    """Why a function has no IPv6, or why that is not known."""
    message = f"what runs in {attachment.subnet_id} has no IPv6 address"
    return attachment.no_ipv6 or LAMBDA_IPV6_NOT_ENABLED.fail(attachment.subnet_id, "", message)


def standing_notes(attachment: Attachment, network: Network) -> tuple[Note, ...]:
    """What stops or leaves undecided everything from this subnet: the VPC, the subnet, the groups."""
    notes = [*(attachment.provider.state_notes() if attachment.provider else ())]
    vpc = network.record(attachment.vpc_id)
    tenancy = vpc.tenancy_notes() if isinstance(vpc, Vpc) else (network.unread(attachment.vpc_id or "vpc-"),)
    notes += tenancy if attachment.provider is None else _undocumented(tenancy)
    notes += _association_notes(attachment, network)
    subnet = network.record(attachment.subnet_id)
    if not isinstance(subnet, Subnet):
        return (*notes, network.unread(attachment.subnet_id))
    notes += subnet.source_notes(_zone_type(subnet, network))
    if subnet.ipv6_native or not subnet.cidrs(Family.IPV4):
        message = f"{subnet.title} has no IPv4 CIDR, and Lambda needs one"
        notes.append(SUBNET_IPV6_ONLY_UNSUPPORTED.fail(subnet.id, "CidrBlock", message))
    return tuple(notes)


def _undocumented(notes: tuple[Note, ...]) -> list[Note]:
    """What AWS says of standard functions, and neither says nor denies of functions on instances."""
    return [replace(note, effect=Effect.UNKNOWN) for note in notes]


def _zone_type(subnet: Subnet, network: Network) -> str | None:
    """The type of the subnet's zone, where a list of zones tells it."""
    zones = network.read(DESCRIBE_AVAILABILITY_ZONES, network.place_of(subnet.id)).value
    return zones.type_of(subnet.availability_zone, subnet.availability_zone_id) if zones is not None else None


def _association_notes(attachment: Attachment, network: Network) -> list[Note]:
    """What is to be said of groups that belong to another VPC than the function's (D10)."""
    if not isinstance(network.record(attachment.subnet_id), Subnet):
        return []  # which VPC it is in is what the function says of itself, and not certain
    gate = group_set(network, attachment.group_ids)
    notes = []
    for group in gate.groups:
        if group.vpc_id not in (None, attachment.vpc_id):
            places = dict.fromkeys((attachment.place, network.place_of(group.id)))
            readings = [network.read(DESCRIBE_SECURITY_GROUP_VPC_ASSOCIATIONS, place) for place in places]
            notes.append(association_note(group.id, group.vpc_id or "", attachment.vpc_id, readings))
    return notes


def groups_of(attachment: Attachment, network: Network) -> GroupSet:
    """The function's groups as one gate."""
    if attachment.group_ids:
        return group_set(network, attachment.group_ids)
    message = "the function lists no security group, though one that is attached to a VPC always has one"
    if attachment.provider is not None:
        message = f"{attachment.provider.name} names no security group, and no default one of the VPC is listed"
    return GroupSet((), None, (COLLECTION_FAILED.unknown(attachment.subnet_id, "SecurityGroupIds", message),))


def sender(attachment: Attachment, name: str, network: Network) -> Sender:
    """What sends from one subnet, with a public address only where the snapshot shows one."""
    if attachment.provider is not None:
        return _sending_instances(attachment, attachment.provider, network)
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
        refused_at_internet=_refused(mine),
    )


def _refused(interfaces: Iterable[NetworkInterface]) -> Note | None:
    """Why internet gateways take nothing from the function, where AWS says so of one of its interfaces (A12)."""
    denying = next((interface for interface in interfaces if interface.deny_all_igw_traffic), None)
    if denying is None:
        return None
    message = f"{denying.title}, an interface of the function, lets nothing through internet gateways"
    return ENI_DENY_ALL_IGW_TRAFFIC.fail(denying.id, "DenyAllIgwTraffic", message)


def _sending_instances(attachment: Attachment, provider: CapacityProvider, network: Network) -> Sender:
    public = public_addresses(provider, attachment.subnet_id, network)
    return Sender(
        component=f"instances of {provider.name} in {attachment.subnet_id}",
        kind="managed_instance",
        vpc_id=attachment.vpc_id,
        subnet_id=attachment.subnet_id,
        groups=frozenset(attachment.group_ids),
        public_addresses=() if isinstance(public, Note) else public,
        public_addresses_unread=public if isinstance(public, Note) else None,
    )


def lambda_interfaces(attachment: Attachment, network: Network) -> list[NetworkInterface]:
    """The visible interfaces that Lambda made for this subnet and exactly this set of groups (A3)."""
    return network.lambda_interfaces(attachment.subnet_id, frozenset(attachment.group_ids))


def own_facts(function: LambdaFunction, attachments: Sequence[Attachment], network: Network) -> tuple[OwnFacts, ...]:
    """State, role and free addresses of one function, for each of its subnets."""
    if not attachments:
        return ()
    first = attachments[0]
    reading = state_of(function, first.place, network)
    facts, state = _facts_of(reading, function), reading.value
    role = _role_notes(function, state, network) if first.provider is None else []
    has_none_left = state is not None and state.state == "Inactive" and state.state_reason_code == OUT_OF_ADDRESSES
    found = []
    for attachment in attachments:
        notes = (*facts.notes, *_free_addresses(attachment, network), *role)
        if has_none_left:
            notes = (*notes, *_out_of_addresses(function, attachment, network))
        found.append(OwnFacts(notes, facts.assumptions, facts.is_provisional))
    return tuple(found)


def state_of(function: LambdaFunction, place: Place, network: Network) -> Reading[GetFunctionConfiguration]:
    """What Lambda says of the state of a version, where the snapshot has it."""
    if function.version == LATEST:
        return network.read(GET_FUNCTION_CONFIGURATION, place, (function.name,))
    return network.read(GET_VERSION_CONFIGURATION, place, (function.name, function.version))


def state_facts(function: LambdaFunction, place: Place, network: Network) -> OwnFacts:
    """What the function's state does to every answer, wherever it runs (A13)."""
    return _facts_of(state_of(function, place, network), function)


def _facts_of(reading: Reading[GetFunctionConfiguration], function: LambdaFunction) -> OwnFacts:
    if reading.value is not None:
        found = condition(function, reading.value)
        return OwnFacts(found.notes, (), found.is_provisional)
    if reading.state is State.ABSENT:
        return OwnFacts((), (GET_FUNCTION_CONFIGURATION.assumes or "",))
    message = f"the state of {function.title} is not known: {reading.gap}"
    unread = COLLECTION_FAILED.unknown(function.id, GET_FUNCTION_CONFIGURATION.action, message)
    return OwnFacts((unread,))


def missing_of(role: str, network: Network) -> tuple[str, ...]:
    """The actions that a role surely lacks, of those that Lambda needs for interfaces."""
    return network.remember(("missing actions", role), lambda: missing_actions(role, network))


def _role_notes(function: LambdaFunction, state: GetFunctionConfiguration | None, network: Network) -> list[Note]:
    """What the role surely lacks: worth knowing, and a blocker only where Lambda itself gives it as the reason (A8)."""
    role = function.role or ""
    missing = missing_of(role, network)
    if not missing:
        return []
    message = f"the role of {function.title}, {role.rpartition('/')[2]}, does not allow {', '.join(missing)}"
    if state is not None and state.state_reason_code == ROLE_LACKS_PERMISSIONS:
        why = f"{message}, for want of which the function is {state.state}"
        return [EXECUTION_ROLE_MISSING_ENI_PERMISSIONS.fail(function.id, "Role", why)]
    return [EXECUTION_ROLE_MISSING_ENI_PERMISSIONS.advice(function.id, "Role", message)]


def _out_of_addresses(function: LambdaFunction, attachment: Attachment, network: Network) -> list[Note]:
    """Inactive for want of addresses, and the subnet still has none: a new try fails for certain."""
    if not _is_exhausted(attachment, network):
        return []
    message = f"{function.title} has no interface left: {attachment.subnet_id} has no free address"
    return [FUNCTION_BAD_STATE.fail(function.id, "StateReasonCode", message)]


def _is_exhausted(attachment: Attachment, network: Network) -> bool:
    subnet = network.record(attachment.subnet_id)
    return isinstance(subnet, Subnet) and subnet.available_ip_address_count == 0


def _free_addresses(attachment: Attachment, network: Network) -> list[Note]:
    """A full subnet: what is in it goes on working, what is not there yet never will be (A14)."""
    if not _is_exhausted(attachment, network):
        return []
    subnet_id, provider = attachment.subnet_id, attachment.provider
    cannot_grow = f"{subnet_id} has no free address, so Lambda cannot add an interface"
    if lambda_interfaces(attachment, network) if provider is None else instances_of(provider, subnet_id, network):
        return [SUBNET_CANNOT_SCALE.advice(subnet_id, "AvailableIpAddressCount", cannot_grow)]
    unread = network.missing(DESCRIBE_NETWORK_INTERFACES, attachment.vpc_id)
    if unread is not None:
        return [unread]
    message = f"{subnet_id} has no free address, and the function has no interface in it yet"
    if provider is not None:
        # Instances of AWS's may be hidden, so that none is seen proves nothing (I9).
        return [SUBNET_OUT_OF_IP_ADDRESSES.unknown(subnet_id, "AvailableIpAddressCount", message)]
    return [SUBNET_OUT_OF_IP_ADDRESSES.fail(subnet_id, "AvailableIpAddressCount", message)]
