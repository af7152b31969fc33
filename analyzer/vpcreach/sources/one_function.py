"""What `why` asks of a live account about the function itself, and what it need not ask."""

from collections.abc import Container, Iterable, Mapping
from typing import Any

import msgspec

from vpcreach.components.lambda_function import (
    GET_CAPACITY_PROVIDER,
    GET_FUNCTION_CONFIGURATION,
    GET_VERSION_CONFIGURATION,
    LATEST,
    LIST_ALIASES,
    LIST_FUNCTIONS,
    ListAliases,
    provider_name,
)
from vpcreach.components.prefix_list import GET_MANAGED_PREFIX_LIST_ENTRIES
from vpcreach.components.subnet import DESCRIBE_SUBNETS
from vpcreach.components.vpc import DESCRIBE_VPC_ATTRIBUTE
from vpcreach.destinations.name_resolution import LIST_HOSTED_ZONES_BY_VPC
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.snapshot import Narrowing, Snapshot
from vpcreach.sources.collection import Answer, Arguments, Asker, Collection, Wanted
from vpcreach.sources.pages import Page, printed

OF_EACH_VPC = (DESCRIBE_VPC_ATTRIBUTE, LIST_HOSTED_ZONES_BY_VPC)


def region_of(function: str) -> str | None:
    """The region that an ARN names; None for a bare name."""
    parts = function.split(":")
    return parts[3] if len(parts) >= 7 and parts[0] == "arn" else None


def alone(place: Place) -> Narrowing:
    """What snapshot.json says of a list of functions that holds one function: it is complete for no VPC."""
    account, region = LIST_FUNCTIONS.place(place)
    return Narrowing(call=LIST_FUNCTIONS.action, account=account, region=region, vpcs=())


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


def subnets(asker: Asker, place: Place, latest: Mapping[str, Any], qualifier: str, collection: Collection) -> set[str]:
    """The subnets of everything that may run: of the configurations of versions, or of their capacity providers.

    `latest` is the configuration of `$LATEST`; whatever else has to be asked for goes into the collection.
    """
    configurations = _configurations(asker, place, latest, qualifier, collection)
    return {subnet_id for each in configurations for subnet_id in _subnets(asker, place, each, collection)}


def _configurations(
    asker: Asker, place: Place, latest: Mapping[str, Any], qualifier: str, collection: Collection
) -> list[Mapping[str, Any]]:
    if qualifier in ("", LATEST):
        return [latest]
    name = str(latest.get("FunctionName", ""))
    listed = asker.ask(LIST_ALIASES, place, (name,))
    collection.keep(listed)
    aliases = msgspec.json.decode(listed.data, type=ListAliases).aliases if listed.data is not None else ()
    meant = next((alias.versions for alias in aliases if alias.name == qualifier), (qualifier,))
    found = [latest] if LATEST in meant else []
    for version in meant:
        if version != LATEST:
            answer = asker.ask(GET_VERSION_CONFIGURATION, place, (name, version))
            collection.keep(answer)
            found += [msgspec.json.decode(answer.data)] if answer.data is not None else []
    return found


def _subnets(asker: Asker, place: Place, configuration: Mapping[str, Any], collection: Collection) -> list[str]:
    managed = (configuration.get("CapacityProviderConfig") or {}).get("LambdaManagedInstancesCapacityProviderConfig")
    if managed:
        name = provider_name(str(managed.get("CapacityProviderArn", "")))
        answer = asker.ask(GET_CAPACITY_PROVIDER, place, (name,))
        collection.keep(answer)
        told = msgspec.json.decode(answer.data) if answer.data is not None else {}
        configuration = told.get("CapacityProvider") or {}
    return list((configuration.get("VpcConfig") or {}).get("SubnetIds") or ())


def mounts(replies: Iterable[bytes]) -> bool:
    """True where one of these configurations names a file system."""
    return any(b'"FileSystemConfigs"' in reply for reply in replies)


def wanted_by(subnet_ids: Container[str]) -> Wanted:
    """Leaves out what is asked for one by one and a function in these subnets has no use for.

    That is the DNS of other VPCs, and prefix lists that nothing else in the snapshot names: no route, no group.
    """

    def is_wanted(call: Call[Any], arguments: Arguments, place: Place, snapshot: Snapshot) -> bool:
        if call is GET_MANAGED_PREFIX_LIST_ENTRIES:
            name = f'"{arguments[0]}"'.encode()
            return any(name in data for path, data in snapshot.files.items() if "prefix-list" not in path)
        if call in OF_EACH_VPC:
            reply = snapshot.read(DESCRIBE_SUBNETS, place).value
            own = {subnet.vpc_id for subnet in (reply.subnets if reply else ()) if subnet.subnet_id in subnet_ids}
            return arguments[0] in own or not own
        return True

    return is_wanted
