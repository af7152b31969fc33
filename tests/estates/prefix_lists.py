"""Managed prefix lists: AWS's own for S3 and DynamoDB, which every region has, and the account's."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tests.estates.interfaces import tags
from tests.estates.replies import Json, path_of
from tests.estates.rules import EstateError

if TYPE_CHECKING:
    from tests.estates.builder import Estate

MANAGED = "ec2/describe-managed-prefix-lists"
ENTRIES = "ec2/get-managed-prefix-list-entries"
AWS_OWNED = "ec2/describe-prefix-lists"

# Blocks that AWS has announced for these services; enough of them to tell one region from another.
_S3 = {
    "eu-west-1": ("3.5.64.0/21", "52.92.0.0/17", "52.218.0.0/17"),
    "us-east-1": ("3.5.0.0/19", "52.216.0.0/15", "54.231.0.0/16"),
    "us-west-2": ("3.5.76.0/22", "52.92.128.0/17", "52.218.128.0/17"),
}
_DYNAMODB = {
    "eu-west-1": ("52.94.24.0/23", "52.119.240.0/21"),
    "us-east-1": ("3.218.180.0/22", "52.94.0.0/22", "52.119.224.0/21"),
    "us-west-2": ("52.94.10.0/24", "52.94.28.0/23", "52.119.252.0/22"),
}
_ELSEWHERE = {"s3": ("52.95.144.0/20",), "dynamodb": ("52.94.8.0/24",)}


def draw_aws_lists(estate: "Estate", suffix: str) -> None:
    """The lists that AWS keeps in every region: `pl-s3` and `pl-dynamodb`, each with the suffix."""
    for service, blocks in (("s3", _S3), ("dynamodb", _DYNAMODB)):
        cidrs = blocks.get(estate.region, _ELSEWHERE[service])
        prefix_list(estate, f"{service}{suffix}", name=f"com.amazonaws.{estate.region}.{service}", cidrs=cidrs)


def prefix_list(
    estate: "Estate",
    word: str,
    *,
    cidrs: Sequence[str],
    name: str | None = None,
    owner: str | None = None,
) -> str:
    """Draws `pl-WORD`, or redraws it; a list is AWS's own when its name starts with `com.amazonaws.`."""
    list_id = estate.named("pl-", word)
    if list_id in estate:
        name = name or estate[list_id]["PrefixListName"]
        _erase(estate, list_id)
    name = name or word
    aws_owned = name.startswith("com.amazonaws.")
    estate.add(MANAGED, list_id, _record(estate, list_id, name, cidrs, owner, aws_owned))
    estate.put(ENTRIES, {"Entries": [{"Cidr": cidr} for cidr in cidrs]}, list_id)
    if aws_owned:
        listed = {"Cidrs": list(cidrs), "PrefixListId": list_id, "PrefixListName": name}
        estate.reply(AWS_OWNED)["PrefixLists"].append(listed)
    return list_id


def list_of_service(estate: "Estate", service: str) -> str:
    """The id of AWS's list for a gateway endpoint's service."""
    name = f"com.amazonaws.{estate.region}.{service}"
    for record in estate.reply(MANAGED)["PrefixLists"]:
        if record["PrefixListName"] == name:
            return str(record["PrefixListId"])
    raise EstateError(f"AWS has no prefix list {name}, so no gateway endpoint for {service}")


def _record(
    estate: "Estate", list_id: str, name: str, cidrs: Sequence[str], owner: str | None, aws_owned: bool
) -> Json:
    keeper = "aws" if aws_owned else estate.account
    record: Json = {
        "PrefixListId": list_id,
        "AddressFamily": "IPv6" if any(":" in cidr for cidr in cidrs) else "IPv4",
        "State": "create-complete",
        "PrefixListArn": f"arn:aws:ec2:{estate.region}:{keeper}:prefix-list/{list_id}",
        "PrefixListName": name,
        "Tags": [] if aws_owned else tags(name),
        "OwnerId": "AWS" if aws_owned else owner or estate.account,
    }
    return record if aws_owned else record | {"MaxEntries": max(len(cidrs), 1), "Version": 1}


def _erase(estate: "Estate", list_id: str) -> None:
    estate.forget(list_id)
    listed = estate.reply(AWS_OWNED)["PrefixLists"]
    listed[:] = [entry for entry in listed if entry["PrefixListId"] != list_id]
    estate.without(path_of(ENTRIES, list_id))
