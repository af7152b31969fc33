"""Edits of a function's VPC configuration: other subnets, IPv6 switched on.

Modelled: `$LATEST`. Published versions keep the configuration that they were published with (A17).
Source: Lambda API Reference, UpdateFunctionConfiguration (VpcConfig).
Checked: tests/unit/explain/edits/test_functions.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from vpcreach.components.lambda_function import GET_FUNCTION_CONFIGURATION, LIST_FUNCTIONS
from vpcreach.components.subnet import DESCRIBE_SUBNETS
from vpcreach.errors import UsageError, did_you_mean
from vpcreach.explain.edits.draft import Cost, Draft, Item


@dataclass(frozen=True, slots=True)
class SetFunctionSubnets:
    """A function moved to these subnets of its VPC; its security groups stay."""

    function_arn: str
    name: str
    subnet_ids: tuple[str, ...]
    group_ids: tuple[str, ...]

    @property
    def cost(self) -> Cost:
        return Cost.NONE

    def apply(self, draft: Draft) -> None:
        vpcs = {draft.find(DESCRIBE_SUBNETS, "SubnetId", each)[0].get("VpcId") for each in self.subnet_ids}
        for config in _vpc_configs(draft, self.function_arn):
            held = config.get("VpcId")
            if vpcs != {held}:
                raise UsageError(f"{self.name} moves within {held}: {', '.join(self.subnet_ids)} are not all of it")
            config["SubnetIds"] = list(self.subnet_ids)

    def __str__(self) -> str:
        return f"let {self.name} run in {', '.join(self.subnet_ids)}"


@dataclass(frozen=True, slots=True)
class EnableFunctionIpv6:
    """IPv6 switched on for a function whose subnets are all dual-stack; subnets and groups are repeated as they are."""

    function_arn: str
    name: str
    subnet_ids: tuple[str, ...]
    group_ids: tuple[str, ...]

    @property
    def cost(self) -> Cost:
        return Cost.NONE

    def apply(self, draft: Draft) -> None:
        for subnet_id in self.subnet_ids:
            [subnet, *_] = draft.find(DESCRIBE_SUBNETS, "SubnetId", subnet_id)
            blocks = subnet.get("Ipv6CidrBlockAssociationSet", [])
            if not any(block.get("Ipv6CidrBlockState", {}).get("State") == "associated" for block in blocks):
                raise UsageError(f"{subnet_id} has no IPv6 block, and Lambda wants one in every subnet of {self.name}")
        for config in _vpc_configs(draft, self.function_arn):
            config["Ipv6AllowedForDualStack"] = True

    def __str__(self) -> str:
        return f"allow IPv6 for {self.name} (Ipv6AllowedForDualStack)"


def _vpc_configs(draft: Draft, function_arn: str) -> Iterator[Item]:
    """The function's VpcConfig in the list, and in the reply of its own; raises UsageError for an unknown ARN."""
    found = False
    for place, functions in draft.listed(LIST_FUNCTIONS):
        for function in functions:
            if function.get("FunctionArn") != function_arn:
                continue
            found = True
            if not (function.get("VpcConfig") or {}).get("SubnetIds"):
                raise UsageError(f"{function['FunctionName']} is attached to no VPC, so there is nothing to change")
            yield function["VpcConfig"]
            own = GET_FUNCTION_CONFIGURATION.path(place, (str(function["FunctionName"]),))
            if own in draft.snapshot.files:
                yield draft.document(own).setdefault("VpcConfig", dict(function["VpcConfig"]))
    if not found:
        known = (str(item.get("FunctionArn")) for _, items in draft.listed(LIST_FUNCTIONS) for item in items)
        raise UsageError(f"{function_arn} is not in the snapshot{did_you_mean(function_arn, known)}")
