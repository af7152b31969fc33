"""What `why` asks of a live account: one function, the VPC that it stands in, nothing of other VPCs."""

from collections.abc import Container, Iterable, Mapping
from typing import Any

import msgspec

from vpcreach.components.lambda_function import GET_FUNCTION_CONFIGURATION, LIST_FUNCTIONS
from vpcreach.components.prefix_list import GET_MANAGED_PREFIX_LIST_ENTRIES
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.snapshot import Narrowing, Snapshot
from vpcreach.sources.collection import Answer, Arguments
from vpcreach.sources.pages import Page, printed


def region_of(function: str) -> str | None:
    """The region that an ARN names; None for a bare name."""
    parts = function.split(":")
    return parts[3] if len(parts) >= 7 and parts[0] == "arn" else None


def is_narrowed(call: Call[Any]) -> bool:
    return call.vpc_filter is not None and not call.arguments


def in_vpc(call: Call[Any], vpc_id: str, inputs: Container[str]) -> dict[str, Any]:
    """The parameters that narrow a call to one VPC, for an operation that takes `inputs`."""
    if call.vpc_filter is None or not is_narrowed(call):
        return {}
    if call.vpc_filter.startswith("."):
        return {call.vpc_filter[1:]: vpc_id}
    name = "Filters" if "Filters" in inputs else "Filter"
    return {name: [*call.parameters.get(name, ()), {"Name": call.vpc_filter, "Values": [vpc_id]}]}


def narrowings(calls: Iterable[Call[Any]], place: Place, vpc_id: str) -> list[Narrowing]:
    """What snapshot.json says of the calls that are narrowed to this VPC."""
    return [_narrowing(call, place, (vpc_id,)) for call in calls if is_narrowed(call)]


def alone(place: Place) -> Narrowing:
    """What snapshot.json says of a list of functions that holds one function: it is complete for no VPC."""
    return _narrowing(LIST_FUNCTIONS, place, ())


def _narrowing(call: Call[Any], place: Place, vpcs: tuple[str, ...]) -> Narrowing:
    account, region = call.place(place)
    return Narrowing(call=call.action, account=account, region=region, vpcs=vpcs)


def as_files(place: Place, configuration: Page) -> list[Answer]:
    """A function's configuration as the two files in which a whole collection has it."""
    own = GET_FUNCTION_CONFIGURATION.path(place, (str(configuration.get("FunctionName", "")),))
    return [
        Answer(LIST_FUNCTIONS.path(place), printed("lambda", {"Functions": [configuration]})),
        Answer(own, printed("lambda", configuration)),
    ]


def listed(reply: bytes | None, function: str) -> Mapping[str, Any] | None:
    """The function of this name or ARN in the reply of ListFunctions."""
    titles = ("FunctionName", "FunctionArn")
    return next((item for item in _functions(reply) if function in map(item.get, titles)), None)


def names(reply: bytes | None) -> list[str]:
    """The names in the reply of ListFunctions."""
    return [str(item.get("FunctionName")) for item in _functions(reply)]


def _functions(reply: bytes | None) -> list[dict[str, Any]]:
    return list(msgspec.json.decode(reply).get("Functions", ())) if reply is not None else []


def subnets_and_vpc(configuration: Mapping[str, Any]) -> tuple[list[str], str | None]:
    """The subnets of a function's configuration, and the VPC that it claims."""
    config = configuration.get("VpcConfig") or {}
    return list(config.get("SubnetIds") or ()), config.get("VpcId") or None


def is_wanted(call: Call[Any], arguments: Arguments, snapshot: Snapshot) -> bool:
    """False for a prefix list that nothing else in the snapshot names: no route, no group."""
    if call is not GET_MANAGED_PREFIX_LIST_ENTRIES:
        return True
    name = f'"{arguments[0]}"'.encode()
    return any(name in data for path, data in snapshot.files.items() if "prefix-list" not in path)
