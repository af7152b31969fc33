"""What AWS tells of a function: its network configuration, the version it is of, its state, its tags."""

from collections.abc import Iterable
from typing import ClassVar

import msgspec

from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Record, Reply, Tag
from vpcreach.snapshot.snapshot import Snapshot, decoded

LATEST = "$LATEST"


class VpcConfig(Record, frozen=True):
    subnet_ids: tuple[str, ...] | None = ()
    security_group_ids: tuple[str, ...] | None = ()
    vpc_id: str | None = None
    ipv6_allowed_for_dual_stack: bool | None = None


class FileSystemConfig(Record, frozen=True):
    arn: str


class ManagedInstances(Record, frozen=True):
    capacity_provider_arn: str | None = None


class CapacityProviderConfig(Record, frozen=True):
    lambda_managed_instances_capacity_provider_config: ManagedInstances | None = None


class LambdaFunction(Record, frozen=True):
    """The configuration of one version of a function; `$LATEST` is the one that the list of functions tells."""

    kind: ClassVar[str] = "lambda_function"
    id_prefix: ClassVar[str] = "arn:"

    function_name: str
    function_arn: str
    version: str = LATEST
    role: str | None = None
    vpc_config: VpcConfig | None = None
    master_arn: str | None = None
    capacity_provider_config: msgspec.Raw = msgspec.Raw()
    file_system_configs: tuple[FileSystemConfig, ...] | None = ()

    @property
    def id(self) -> str:
        return self.function_arn.removesuffix(f":{LATEST}")

    @property
    def name(self) -> str:
        return self.function_name

    @property
    def title(self) -> str:
        """The name, and the version behind it where it is not `$LATEST`."""
        return self.name if self.version == LATEST else f"{self.name}:{self.version}"

    @property
    def is_attached(self) -> bool:
        """True when its packets leave through a VPC that its own configuration names."""
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
    def capacity_provider_arn(self) -> str | None:
        """The capacity provider on whose instances it runs; None for a standard function."""
        if not self.has_capacity_provider:
            return None
        where = f"CapacityProviderConfig of {self.title}"
        config = decoded(self.capacity_provider_config, CapacityProviderConfig, where)
        managed = config.lambda_managed_instances_capacity_provider_config
        return managed.capacity_provider_arn if managed is not None else None

    @property
    def has_capacity_provider(self) -> bool:
        """True for whatever runs on a capacity provider, also of a kind that this release does not know."""
        return bytes(self.capacity_provider_config) not in (b"", b"null", b"{}")


class ListFunctions(Reply, frozen=True):
    functions: tuple[LambdaFunction, ...] = ()


class GetFunctionConfiguration(Record, frozen=True):
    """The state of a function or version, which lists leave out; and its configuration, where it is whole."""

    function_name: str = ""
    function_arn: str | None = None
    version: str = LATEST
    role: str | None = None
    vpc_config: VpcConfig | None = None
    master_arn: str | None = None
    capacity_provider_config: msgspec.Raw = msgspec.Raw()
    file_system_configs: tuple[FileSystemConfig, ...] | None = ()
    state: str | None = None
    state_reason: str | None = None
    state_reason_code: str | None = None
    last_update_status: str | None = None
    last_update_status_reason_code: str | None = None

    @property
    def configuration(self) -> LambdaFunction | None:
        """The configuration, unless whoever saved the reply kept the state alone."""
        if self.function_arn is None:
            return None
        return LambdaFunction(
            self.function_name,
            self.function_arn,
            self.version,
            self.role,
            self.vpc_config,
            self.master_arn,
            self.capacity_provider_config,
            self.file_system_configs,
        )


class ListTags(Record, frozen=True):
    """One function's tags."""

    tags: dict[str, str] = msgspec.field(default_factory=dict)


class TaggedResource(Record, frozen=True, rename={"resource_arn": "ResourceARN", "tags": "Tags"}):
    resource_arn: str
    tags: tuple[Tag, ...] = ()


class GetResources(Reply, frozen=True):
    """The tags of every function that has any."""

    resource_tag_mapping_list: tuple[TaggedResource, ...] = ()


def split_qualifier(text: str) -> tuple[str, str]:
    """A name or ARN without its version or alias, and that: `orders:live` is `orders` and `live`."""
    if text.startswith("arn:"):
        parts = text.split(":")
        return ":".join(parts[:7]), ":".join(parts[7:])
    name, _, qualifier = text.partition(":")
    return (name, qualifier) if ":" not in qualifier else (text, "")


def attached_functions(snapshot: Snapshot, place: Place) -> Iterable[tuple[str]]:
    """The functions whose packets leave through a VPC, by their own configuration or their capacity provider's."""
    reply = snapshot.read(LIST_FUNCTIONS, place).value
    functions = reply.functions if reply else ()
    return [(each.function_name,) for each in functions if each.is_attached or each.has_capacity_provider]


LIST_FUNCTIONS = Call("lambda", "ListFunctions", ListFunctions, holds="Functions")
GET_FUNCTION_CONFIGURATION = Call(
    "lambda",
    "GetFunctionConfiguration",
    GetFunctionConfiguration,
    arguments=("FunctionName",),
    each=attached_functions,
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
