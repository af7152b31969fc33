"""Capacity providers: where functions on Lambda Managed Instances stand, in place of their own VPC configuration."""

from collections.abc import Iterable

from vpcreach.components.lambda_function.function import LIST_FUNCTIONS
from vpcreach.forwarding import BAD_STATE, Note, Reason
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Record
from vpcreach.snapshot.snapshot import Snapshot

PAGE = "https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-networking.html"
# The tag by which AWS says that an instance may be known; its value ends with the provider's name.
INSTANCE_TAG = "aws:lambda:capacity-provider"
MANAGED_INSTANCE_ADDRESS_UNKNOWN = Reason(
    "MANAGED_INSTANCE_ADDRESS_UNKNOWN",
    "collect ec2:DescribeInstances with IncludeManagedResources while the provider's instances run",
    PAGE,
)
# What instances are when they are there to send packets.
RUNNING = ("pending", "running", None)


class InstanceVpcConfig(Record, frozen=True):
    subnet_ids: tuple[str, ...] | None = ()
    security_group_ids: tuple[str, ...] | None = ()


class CapacityProvider(Record, frozen=True):
    capacity_provider_arn: str
    state: str | None = None
    vpc_config: InstanceVpcConfig | None = None

    @property
    def id(self) -> str:
        return self.capacity_provider_arn

    @property
    def name(self) -> str:
        return provider_name(self.capacity_provider_arn)

    @property
    def subnet_ids(self) -> tuple[str, ...]:
        return tuple((self.vpc_config.subnet_ids if self.vpc_config else None) or ())

    @property
    def group_ids(self) -> tuple[str, ...]:
        """The groups of its instances; none means the VPC's default group."""
        return tuple((self.vpc_config.security_group_ids if self.vpc_config else None) or ())

    def state_notes(self) -> tuple[Note, ...]:
        """What stops or leaves undecided everything on its instances."""
        if self.state == "Active":
            return ()
        message = f"the capacity provider {self.name} is {self.state or 'in no state that the snapshot tells'}"
        if self.state in ("Failed", "Deleting"):
            return (BAD_STATE.fail(self.id, "State", f"{message}, so nothing runs on it"),)
        return (BAD_STATE.unknown(self.id, "State", f"{message}, not Active", resolve="collect again when it is"),)

    def owns(self, tag: str) -> bool:
        """True for the value of `INSTANCE_TAG` on one of its instances."""
        return tag in (self.id, self.name)


class GetCapacityProvider(Record, frozen=True):
    capacity_provider: CapacityProvider | None = None


def provider_name(arn: str) -> str:
    """The name at the end of a capacity provider's ARN, or the name itself."""
    return arn.rpartition(":")[2]


def _named_by_functions(snapshot: Snapshot, place: Place) -> Iterable[tuple[str]]:
    reply = snapshot.read(LIST_FUNCTIONS, place).value
    arns = (function.capacity_provider_arn for function in (reply.functions if reply else ()))
    return [(name,) for name in dict.fromkeys(provider_name(arn) for arn in arns if arn)]


GET_CAPACITY_PROVIDER = Call(
    "lambda",
    "GetCapacityProvider",
    GetCapacityProvider,
    holds="CapacityProvider",
    arguments=("CapacityProviderName",),
    each=_named_by_functions,
)
