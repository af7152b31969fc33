"""Lambda Managed Instances: capacity providers, the instances that AWS runs for them, functions that use them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tests.estates.replies import Json, path_of

if TYPE_CHECKING:
    from tests.estates.builder import Estate

CALL = "lambda/get-capacity-provider"


def capacity_provider(
    estate: "Estate", name: str, *, subnets: Iterable[str], groups: Iterable[str] = (), state: str = "Active"
) -> str:
    """A capacity provider, changed by `estate.reply("lambda/get-capacity-provider/NAME")`; returns its ARN."""
    arn = f"arn:aws:lambda:{estate.region}:{estate.account}:capacity-provider:{name}"
    record: Json = {
        "CapacityProviderArn": arn,
        "State": state,
        "VpcConfig": {
            "SubnetIds": [estate.named("subnet-", subnet) for subnet in subnets],
            "SecurityGroupIds": [estate.named("sg-", group) for group in groups],
        },
        "PermissionsConfig": {"CapacityProviderOperatorRoleArn": f"arn:aws:iam::{estate.account}:role/operator"},
    }
    estate.put(CALL, {"CapacityProvider": record}, name)
    return arn


def run_on(estate: "Estate", function: str, provider: str) -> None:
    """Makes a drawn function one on managed instances, without a VPC configuration of its own."""
    record = estate[f"function:{function}"]
    arn = estate.reply(path_of(CALL, provider))["CapacityProvider"]["CapacityProviderArn"]
    record["CapacityProviderConfig"] = {"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": arn}}
    record.pop("VpcConfig", None)


def managed_instance(
    estate: "Estate",
    name: str,
    provider: str,
    *,
    subnet: str,
    groups: Iterable[str] = ("default",),
    public_ip: str | None = None,
    ipv6: str | None = None,
) -> str:
    """A visible instance `i-NAME` that AWS runs for a capacity provider."""
    arn = estate.reply(path_of(CALL, provider))["CapacityProvider"]["CapacityProviderArn"]
    instance_id = estate.instance(name, subnet=subnet, groups=groups, public_ip=public_ip)
    record = estate[instance_id]
    record["Tags"].append({"Key": "aws:lambda:capacity-provider", "Value": arn})
    record["Operator"] = {"Managed": True, "Principal": "scaler.lambda.amazonaws.com"}
    if ipv6 is not None:
        record["NetworkInterfaces"][0]["Ipv6Addresses"] = [{"Ipv6Address": ipv6}]
    return instance_id
