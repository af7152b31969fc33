"""Settings that stop packets across a whole VPC: Block Public Access and encryption controls."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tests.estates.interfaces import DRAWN_AT, tags
from tests.estates.replies import Json
from tests.estates.rules import EstateError

if TYPE_CHECKING:
    from tests.estates.builder import Estate

OPTIONS = "ec2/describe-vpc-block-public-access-options"
EXCLUSIONS = "ec2/describe-vpc-block-public-access-exclusions"
CONTROLS = "ec2/describe-vpc-encryption-controls"

_KINDS = {
    "internet_gateway": "InternetGateway",
    "egress_only_internet_gateway": "EgressOnlyInternetGateway",
    "nat_gateway": "NatGateway",
    "virtual_private_gateway": "VirtualPrivateGateway",
    "vpc_peering": "VpcPeering",
    "lambda": "Lambda",
    "vpc_lattice": "VpcLattice",
    "elastic_file_system": "ElasticFileSystem",
    "global_accelerator": "GlobalAccelerator",
    "api_gateway_v2": "ApiGatewayV2",
}


def draw_defaults(estate: "Estate") -> None:
    """Block Public Access as every account has it until somebody turns it on."""
    estate.put(
        OPTIONS,
        {
            "VpcBlockPublicAccessOptions": {
                "AwsAccountId": estate.account,
                "AwsRegion": estate.region,
                "State": "default-state",
                "InternetGatewayBlockMode": "off",
                "ManagedBy": "account",
                "ExclusionsAllowed": "allowed",
            }
        },
    )


def block_public_access(estate: "Estate", mode: str, exclusions: Iterable[tuple[str, str]] = ()) -> None:
    """Sets the account's mode and its exclusions: `[("vpc-main", "allow-egress")]`, VPCs or subnets."""
    estate.reply(OPTIONS)["VpcBlockPublicAccessOptions"] |= {
        "State": "update-complete",
        "InternetGatewayBlockMode": mode,
        "LastUpdateTimestamp": DRAWN_AT,
    }
    for resource_id, exclusion in exclusions:
        kind = "vpc" if resource_id.startswith("vpc-") else "subnet"
        estate[resource_id]
        record = {
            "ExclusionId": f"vpcbpa-exclude-{resource_id}",
            "InternetGatewayExclusionMode": exclusion,
            "ResourceArn": f"arn:aws:ec2:{estate.region}:{estate.account}:{kind}/{resource_id}",
            "State": "create-complete",
            "CreationTimestamp": DRAWN_AT,
            "LastUpdateTimestamp": DRAWN_AT,
            "Tags": [],
        }
        estate.add(EXCLUSIONS, str(record["ExclusionId"]), record)
    for vpc in estate.reply("ec2/describe-vpcs")["Vpcs"]:
        vpc["BlockPublicAccessStates"] = block_states(estate, vpc["VpcId"])
    for subnet in estate.reply("ec2/describe-subnets")["Subnets"]:
        subnet["BlockPublicAccessStates"] = block_states(estate, subnet["SubnetId"], subnet["VpcId"])


def block_states(estate: "Estate", *resource_ids: str) -> Json:
    """The mode in force for a VPC, or for a subnet and its VPC, as their records tell it.

    AWS documents the key but not its value under an exclusion. Drawn here is what the traffic sees: `off`
    where all is allowed again, `block-ingress` where egress is.
    """
    mode = estate.reply(OPTIONS)["VpcBlockPublicAccessOptions"]["InternetGatewayBlockMode"]
    exclusions = {
        record["ResourceArn"].rpartition("/")[2]: record["InternetGatewayExclusionMode"]
        for record in estate.reply(EXCLUSIONS)["VpcBlockPublicAccessExclusions"]
    }
    exclusion = next((exclusions[found] for found in resource_ids if found in exclusions), None)
    if mode != "off" and exclusion == "allow-bidirectional":
        mode = "off"
    elif mode != "off" and exclusion == "allow-egress":
        mode = "block-ingress"
    return {"InternetGatewayBlockMode": mode}


def encryption_control(
    estate: "Estate",
    vpc: str,
    *,
    mode: str = "enforce",
    excluded: Iterable[str] = (),
    state: str = "available",
) -> str:
    """Puts an encryption control on a VPC; `excluded` are words like `nat_gateway` and `internet_gateway`."""
    excluded = set(excluded)
    if unknown := excluded - set(_KINDS):
        raise EstateError(f"an encryption control excludes none of: {', '.join(sorted(unknown))}")
    vpc_id = estate.named("vpc-", vpc)
    control_id = f"vpcec-{vpc_id.removeprefix('vpc-')}"
    record: Json = {
        "VpcId": vpc_id,
        "VpcEncryptionControlId": control_id,
        "Mode": mode,
        "State": state,
        "ResourceExclusions": {
            kind: {"State": "enabled" if word in excluded else "disabled"} for word, kind in _KINDS.items()
        },
        "Tags": tags(control_id),
    }
    estate.add(CONTROLS, control_id, record)
    estate[vpc_id]["EncryptionControl"] = record
    return control_id
