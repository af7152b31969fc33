"""Lambda functions: where their packets start, and what keeps a function from running at all.

Modelled: VPC configuration, dual-stack, state and last update, Lambda@Edge replicas, versions and aliases, and the
capacity providers on whose instances functions run (Lambda Managed Instances).
Not modelled: MicroVMs and Web Functions, which no list of functions tells; quotas of interfaces.
Source: Lambda Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC", "Lambda function
states", "Networking for Lambda Managed Instances" (semantics A1-A7, A11, A13, A14, A17, A18, A20, A21).
Checked: tests/unit/components/test_lambda_function.py, tests/unit/components/test_capacity_provider.py,
tests/unit/reach/test_versions.py.
"""

from vpcreach.components.lambda_function.capacity_provider import (
    GET_CAPACITY_PROVIDER,
    INSTANCE_TAG,
    MANAGED_INSTANCE_ADDRESS_UNKNOWN,
    RUNNING,
    CapacityProvider,
    provider_name,
)
from vpcreach.components.lambda_function.function import (
    GET_FUNCTION_CONFIGURATION,
    GET_RESOURCES,
    LATEST,
    LIST_FUNCTIONS,
    LIST_TAGS,
    GetFunctionConfiguration,
    LambdaFunction,
    VpcConfig,
    split_qualifier,
)
from vpcreach.components.lambda_function.state import (
    FUNCTION_BAD_STATE,
    FUNCTION_IDLE,
    FUNCTION_STATE,
    LAST_UPDATE_FAILED,
    OUT_OF_ADDRESSES,
    ROLE_LACKS_PERMISSIONS,
    condition,
)
from vpcreach.components.lambda_function.versions import (
    GET_VERSION_CONFIGURATION,
    LIST_ALIASES,
    LIST_VERSIONS_BY_FUNCTION,
    Alias,
    ListAliases,
    ListVersionsByFunction,
)
from vpcreach.forwarding import BAD_STATE, Reason

FUNCTION_NOT_IN_VPC = Reason(
    "FUNCTION_NOT_IN_VPC",
    "give the function a VpcConfig with subnets of that VPC",
    "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
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

# Asked function after function, so at the pace that Lambda's control plane allows; and left out with the state.
OF_EACH_FUNCTION = (GET_FUNCTION_CONFIGURATION, LIST_ALIASES, GET_VERSION_CONFIGURATION)
CALLS = (LIST_FUNCTIONS, GET_RESOURCES, GET_CAPACITY_PROVIDER, *OF_EACH_FUNCTION)
REASONS = (
    BAD_STATE,
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

__all__ = [
    "CALLS",
    "FUNCTION_BAD_STATE",
    "FUNCTION_IDLE",
    "FUNCTION_NOT_IN_VPC",
    "FUNCTION_STATE",
    "GET_CAPACITY_PROVIDER",
    "GET_FUNCTION_CONFIGURATION",
    "GET_RESOURCES",
    "GET_VERSION_CONFIGURATION",
    "INSTANCE_TAG",
    "LAMBDA_IPV6_NOT_ENABLED",
    "LAST_UPDATE_FAILED",
    "LATEST",
    "LIST_ALIASES",
    "LIST_FUNCTIONS",
    "LIST_TAGS",
    "LIST_VERSIONS_BY_FUNCTION",
    "MANAGED_INSTANCE_ADDRESS_UNKNOWN",
    "OF_EACH_FUNCTION",
    "OUT_OF_ADDRESSES",
    "REASONS",
    "ROLE_LACKS_PERMISSIONS",
    "RUNNING",
    "SUBNET_CANNOT_SCALE",
    "SUBNET_IPV6_ONLY_UNSUPPORTED",
    "SUBNET_NOT_DUAL_STACK",
    "SUBNET_OUT_OF_IP_ADDRESSES",
    "Alias",
    "CapacityProvider",
    "GetFunctionConfiguration",
    "LambdaFunction",
    "ListAliases",
    "ListVersionsByFunction",
    "VpcConfig",
    "condition",
    "provider_name",
    "split_qualifier",
]
