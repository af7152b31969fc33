"""Lambda functions: where their packets start, and what keeps a function from running at all.

Modelled: VPC configuration, dual-stack, state and last update, Lambda@Edge replicas.
Not modelled: versions and aliases, execution-role permissions, Managed Instances (undecided), file systems.
Source: Lambda Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC" and "Lambda function
states" (semantics A1-A7, A11, A13, A18).
Checked: tests/unit/components/test_lambda_function.py.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import msgspec

from vpcreach.forwarding import Note, Reason
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Record, Reply, Tag
from vpcreach.snapshot.snapshot import Snapshot

PAGE = "https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html"
FUNCTION_NOT_IN_VPC = Reason(
    "FUNCTION_NOT_IN_VPC",
    "give the function a VpcConfig with subnets of that VPC",
    "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
)
FUNCTION_STATE = Reason("FUNCTION_STATE", "see the state's reason, and invoke or update the function", PAGE)
FUNCTION_BAD_STATE = Reason("FUNCTION_BAD_STATE", "mend what the state's reason names, then update the function", PAGE)
FUNCTION_IDLE = Reason("FUNCTION_IDLE", "invoke it once: Lambda then builds its interfaces again", PAGE)
LAST_UPDATE_FAILED = Reason(
    "LAST_UPDATE_FAILED", "repeat the update: the previous configuration is still in force", PAGE
)
LAMBDA_IPV6_NOT_ENABLED = Reason(
    "LAMBDA_IPV6_NOT_ENABLED", "set Ipv6AllowedForDualStack in the function's VpcConfig, or use IPv4"
)
SUBNET_NOT_DUAL_STACK = Reason("SUBNET_NOT_DUAL_STACK", "add an IPv6 CIDR to every subnet of the function")
SUBNET_IPV6_ONLY_UNSUPPORTED = Reason(
    "SUBNET_IPV6_ONLY_UNSUPPORTED", "add an IPv4 CIDR to every subnet of the function"
)
SUBNET_OUT_OF_IP_ADDRESSES = Reason("SUBNET_OUT_OF_IP_ADDRESSES", "free addresses in the subnet, or use a larger one")
SUBNET_CANNOT_SCALE = Reason("SUBNET_CANNOT_SCALE", "free addresses in the subnet: Lambda cannot add an interface")
MANAGED_INSTANCE_ADDRESS_UNKNOWN = Reason(
    "MANAGED_INSTANCE_ADDRESS_UNKNOWN", "check the capacity provider's own VPC configuration"
)

STATE_REASONS_OF_THE_NETWORK = frozenset(
    {
        "EniLimitExceeded",
        "SubnetOutOfIPAddresses",
        "InvalidSubnet",
        "InvalidSecurityGroup",
        "InsufficientRolePermissions",
        "DisallowedByVpcEncryptionControl",
        "EC2RequestLimitExceeded",
    }
)
FILE_SYSTEM_REASONS = frozenset({"EFSIOError", "EFSMountConnectivityError", "EFSMountFailure", "EFSMountTimeout"})


class VpcConfig(Record, frozen=True):
    subnet_ids: tuple[str, ...] | None = ()
    security_group_ids: tuple[str, ...] | None = ()
    vpc_id: str | None = None
    ipv6_allowed_for_dual_stack: bool | None = None


class ManagedInstances(Record, frozen=True):
    capacity_provider_arn: str | None = None


class CapacityProviderConfig(Record, frozen=True):
    lambda_managed_instances_capacity_provider_config: ManagedInstances | None = None


class LambdaFunction(Record, frozen=True):
    kind: ClassVar[str] = "lambda_function"
    id_prefix: ClassVar[str] = "arn:"

    function_name: str
    function_arn: str
    role: str | None = None
    vpc_config: VpcConfig | None = None
    master_arn: str | None = None
    capacity_provider_config: CapacityProviderConfig | None = None

    @property
    def id(self) -> str:
        return self.function_arn

    @property
    def name(self) -> str:
        return self.function_name

    @property
    def is_attached(self) -> bool:
        """True when its packets leave through a VPC: at least one subnet, and no Lambda@Edge replica."""
        return bool(self.subnet_ids) and self.master_arn is None

    @property
    def subnet_ids(self) -> tuple[str, ...]:
        return tuple((self.vpc_config.subnet_ids if self.vpc_config else None) or ())

    @property
    def group_ids(self) -> tuple[str, ...]:
        return tuple((self.vpc_config.security_group_ids if self.vpc_config else None) or ())

    @property
    def wants_ipv6(self) -> bool:
        return bool(self.vpc_config and self.vpc_config.ipv6_allowed_for_dual_stack)

    @property
    def runs_on_managed_instances(self) -> bool:
        config = self.capacity_provider_config
        managed = config.lambda_managed_instances_capacity_provider_config if config else None
        return managed is not None and managed.capacity_provider_arn is not None


class ListFunctions(Reply, frozen=True):
    functions: tuple[LambdaFunction, ...] = ()


class GetFunctionConfiguration(Record, frozen=True):
    """The fields that list-functions leaves out."""

    function_name: str = ""
    state: str | None = None
    state_reason: str | None = None
    state_reason_code: str | None = None
    last_update_status: str | None = None
    last_update_status_reason_code: str | None = None


class ListTags(Record, frozen=True):
    """One function's tags."""

    tags: dict[str, str] = msgspec.field(default_factory=dict)


class TaggedResource(Record, frozen=True, rename={"resource_arn": "ResourceARN", "tags": "Tags"}):
    resource_arn: str
    tags: tuple[Tag, ...] = ()


class GetResources(Reply, frozen=True):
    """The tags of every function that has any."""

    resource_tag_mapping_list: tuple[TaggedResource, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """What a function's state does to its verdicts: notes, and whether they are provisional."""

    notes: tuple[Note, ...] = ()
    is_provisional: bool = False


def condition(function: LambdaFunction, state: GetFunctionConfiguration) -> Condition:
    """How the state that Lambda reports bears on the verdicts (A13)."""
    notes: list[Note] = []
    is_provisional = False
    code = state.state_reason_code or ""
    fact = f"{function.name} is {state.state}{f' ({code})' if code else ''}"
    if state.state_reason:
        fact += f": {state.state_reason}"
    match state.state:
        case None | "Active":
            pass
        case "Pending":
            is_provisional = True
        case _ if code in FILE_SYSTEM_REASONS:
            pass
        case "Inactive" if code in STATE_REASONS_OF_THE_NETWORK:
            notes.append(FUNCTION_STATE.unknown(function.id, "State", f"{fact}; a new try may succeed"))
        case "Inactive":
            notes.append(FUNCTION_IDLE.advice(function.id, "State", f"{fact}: its interfaces were taken back"))
        case "Failed" | "Deleting" | "Deactivated":
            notes.append(FUNCTION_BAD_STATE.fail(function.id, "State", f"{fact}, so it does not run"))
        case _:
            notes.append(FUNCTION_STATE.unknown(function.id, "State", f"{fact}, which decides nothing"))
    if state.last_update_status in ("InProgress", "Failed"):
        is_provisional = True
    if state.last_update_status == "Failed":
        reason = state.last_update_status_reason_code or "no reason given"
        message = f"the last update of {function.name} failed ({reason}): what is shown may not be in force"
        notes.append(LAST_UPDATE_FAILED.advice(function.id, "LastUpdateStatus", message))
    return Condition(tuple(notes), is_provisional)


def _attached(snapshot: Snapshot, place: Place) -> Iterable[tuple[str]]:
    reply = snapshot.read(LIST_FUNCTIONS, place).value
    return [(function.function_name,) for function in (reply.functions if reply else ()) if function.is_attached]


def without_secrets(reply: Mapping[str, Any]) -> dict[str, Any]:
    """The reply with the values of environment variables and the code's address taken out, all else unchanged."""
    return {key: _without_secrets(value) if key == "Functions" else value for key, value in _stripped(reply).items()}


def _without_secrets(functions: Any) -> Any:
    return [_stripped(function) for function in functions]


def _stripped(function: Mapping[str, Any]) -> dict[str, Any]:
    kept = dict(function)
    environment = kept.get("Environment")
    if isinstance(environment, dict) and isinstance(environment.get("Variables"), dict):
        kept["Environment"] = {
            **environment,
            "Variables": dict.fromkeys(environment["Variables"], "(not kept)"),
        }
    if isinstance(kept.get("Code"), dict):
        kept["Code"] = {key: value for key, value in kept["Code"].items() if key != "Location"}
    return kept


LIST_FUNCTIONS = Call("lambda", "ListFunctions", ListFunctions, holds="Functions")
GET_FUNCTION_CONFIGURATION = Call(
    "lambda",
    "GetFunctionConfiguration",
    GetFunctionConfiguration,
    arguments=("FunctionName",),
    each=_attached,
    assumes="function state Active (not collected)",
)
GET_RESOURCES = Call(
    "resourcegroupstaggingapi",
    "GetResources",
    GetResources,
    holds="ResourceTagMappingList",
    parameters={"ResourceTypeFilters": ["lambda:function"]},
    iam_prefix="tag",
)
# Read where a snapshot made by hand has it; the collector asks GetResources, once for all functions.
LIST_TAGS = Call("lambda", "ListTags", ListTags, holds="Tags", arguments=("Resource",))
CALLS = (LIST_FUNCTIONS, GET_FUNCTION_CONFIGURATION, GET_RESOURCES)
REASONS = (
    FUNCTION_NOT_IN_VPC,
    FUNCTION_STATE,
    FUNCTION_BAD_STATE,
    FUNCTION_IDLE,
    LAST_UPDATE_FAILED,
    LAMBDA_IPV6_NOT_ENABLED,
    SUBNET_NOT_DUAL_STACK,
    SUBNET_IPV6_ONLY_UNSUPPORTED,
    SUBNET_OUT_OF_IP_ADDRESSES,
    SUBNET_CANNOT_SCALE,
    MANAGED_INSTANCE_ADDRESS_UNKNOWN,
)
