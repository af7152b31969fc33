"""Edits as steps: those of one thing together, each step with the account and region where it is made."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from vpcreach.components.encryption_control import DESCRIBE_VPC_ENCRYPTION_CONTROLS
from vpcreach.components.lambda_function import LambdaFunction
from vpcreach.components.vpc_endpoint import VpcEndpoint
from vpcreach.explain.edits import (
    AddEndpointRoute,
    AddEntry,
    AddRule,
    AllowInEndpointPolicy,
    Edit,
    EnableFunctionIpv6,
    EnableVpcDns,
    ExcludeFromEncryptionControl,
    NewEgressOnlyInternetGateway,
    NewGatewayEndpoint,
    NewInterfaceEndpoint,
    NewInternetGateway,
    NewNatGateway,
    NewSecurityGroup,
    RemoveEntry,
    RemoveRule,
    SetFunctionSubnets,
)
from vpcreach.network.network import Network
from vpcreach.snapshot.call import Place

_WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
FunctionEdit = SetFunctionSubnets | EnableFunctionIpv6


@dataclass(frozen=True, slots=True)
class Step:
    """Edits that are told as one: of one endpoint, policy, function or encryption control; else a single edit."""

    place: Place
    edits: tuple[Edit, ...]

    @property
    def first(self) -> Edit:
        return self.edits[0]

    @property
    def tables(self) -> tuple[str, ...]:
        """The route tables that an endpoint is given, each once."""
        given = (e.route_table_id for e in self.edits if isinstance(e, NewGatewayEndpoint | AddEndpointRoute))
        return tuple(dict.fromkeys(given))

    @property
    def attributes(self) -> tuple[str, ...]:
        """The attributes of a VPC that are to be switched on."""
        return tuple(dict.fromkeys(e.attribute for e in self.edits if isinstance(e, EnableVpcDns)))

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of resources that an encryption control is to exclude."""
        return tuple(dict.fromkeys(e.kind for e in self.edits if isinstance(e, ExcludeFromEncryptionControl)))


def steps(edits: Sequence[Edit], network: Network) -> tuple[Step, ...]:
    """The edits in their order, those of one thing together where the first of them stands."""
    together: dict[object, list[Edit]] = {}
    for edit in edits:
        together.setdefault(_told_with(edit), []).append(edit)
    vpcs = {new_id: vpc_id for edit in edits for new_id, vpc_id in _made(edit)}
    return tuple(Step(_place(group[0], vpcs, network), tuple(group)) for group in together.values())


def new_ids(told: Iterable[Step]) -> tuple[str, ...]:
    """The ids that stand for ones AWS will give."""
    return tuple(dict.fromkeys(new_id for step in told for edit in step.edits for new_id, _ in _made(edit)))


def has_several_places(told: Iterable[Step], network: Network) -> bool:
    """True where a reader has to be told which account and region a step is for."""
    return len({*network.places(), *(step.place for step in told)}) > 1


@dataclass(frozen=True, slots=True)
class FunctionSettings:
    """The whole VPC configuration of a function after a step, as Lambda wants it repeated."""

    arn: str
    name: str
    subnet_ids: tuple[str, ...]
    group_ids: tuple[str, ...]
    allows_ipv6: bool


def function_settings(step: Step, network: Network) -> FunctionSettings:
    """What a step makes of a function's VPC configuration."""
    edits = [edit for edit in step.edits if isinstance(edit, FunctionEdit)]
    moves = [edit for edit in edits if isinstance(edit, SetFunctionSubnets)]
    last = (moves or edits)[-1]
    record = network.record(last.function_arn)
    had_ipv6 = isinstance(record, LambdaFunction) and record.wants_ipv6
    allows_ipv6 = had_ipv6 or any(isinstance(edit, EnableFunctionIpv6) for edit in edits)
    return FunctionSettings(last.function_arn, last.name, last.subnet_ids, last.group_ids, allows_ipv6)


def widened_policy(step: Step, network: Network) -> dict[str, object]:
    """The policy of an endpoint as it stands, with every statement of a step in it."""
    edits = [edit for edit in step.edits if isinstance(edit, AllowInEndpointPolicy)]
    record = network.record(edits[0].endpoint_id)
    policy = edits[0].widened(record.policy_document if isinstance(record, VpcEndpoint) else None)
    return {**policy, "Statement": [*policy["Statement"], *(edit.statement for edit in edits[1:])]}


def _told_with(edit: Edit) -> object:
    """What a step is about: edits with the same key are one step."""
    match edit:
        case NewGatewayEndpoint() | AddEndpointRoute():
            return ("tables", edit.endpoint_id)
        case AllowInEndpointPolicy():
            return ("policy", edit.endpoint_id)
        case SetFunctionSubnets() | EnableFunctionIpv6():
            return ("function", edit.function_arn)
        case ExcludeFromEncryptionControl():
            return ("control", edit.control_id)
        case EnableVpcDns():
            return ("dns", edit.vpc_id)
        case _:
            return edit


def _made(edit: Edit) -> Iterator[tuple[str, str]]:
    """The id that an edit stands for a new thing with, and the VPC of that thing."""
    match edit:
        case NewInternetGateway() | NewEgressOnlyInternetGateway():
            yield edit.gateway_id, edit.vpc_id
        case NewNatGateway():
            yield edit.nat_gateway_id, edit.vpc_id
        case NewGatewayEndpoint() | NewInterfaceEndpoint():
            yield edit.endpoint_id, edit.vpc_id
        case NewSecurityGroup():
            yield edit.group_id, edit.vpc_id
        case _:
            pass


def _place(edit: Edit, vpcs: dict[str, str], network: Network) -> Place:
    """Where an edit is made: with the owner of what it changes."""
    if isinstance(edit, FunctionEdit):
        words = edit.function_arn.split(":")
        return Place(words[4], words[3])
    if isinstance(edit, ExcludeFromEncryptionControl):
        return _place_of_control(edit.control_id, network)
    thing = _thing(edit)
    thing = vpcs.get(thing, thing)
    found = network.place_of(thing)
    owner = getattr(network.record(thing), "owner_id", None)
    return Place(owner or found.account, found.region)


def _place_of_control(control_id: str, network: Network) -> Place:
    """Where an encryption control is listed: it is no component that packets meet."""
    for place in network.places():
        reply = network.read(DESCRIBE_VPC_ENCRYPTION_CONTROLS, place).value
        if reply is not None and any(control.id == control_id for control in reply.vpc_encryption_controls):
            return place
    return Place("", "")


def _thing(edit: Edit) -> str:
    """The id of what an edit changes, or of what it makes something in."""
    match edit:
        case AddRule() | RemoveRule():
            return edit.rule.group_id
        case AddEntry():
            return edit.entry.acl_id
        case RemoveEntry():
            return edit.acl_id
        case AllowInEndpointPolicy():
            return edit.endpoint_id
        case _:
            return str(getattr(edit, "route_table_id", None) or getattr(edit, "vpc_id", ""))


def snake(name: str) -> str:
    """`DestinationIpv6CidrBlock` as Terraform spells it: `destination_ipv6_cidr_block`."""
    return _WORD_STARTS.sub("_", name).lower()


def kebab(name: str) -> str:
    """`DestinationIpv6CidrBlock` as the AWS CLI spells it: `destination-ipv6-cidr-block`."""
    return _WORD_STARTS.sub("-", name).lower()
