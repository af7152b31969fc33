"""Published versions of functions and aliases that point to them."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tests.estates.replies import Json, path_of
from tests.estates.workloads import CONFIGURATION, vpc_config

if TYPE_CHECKING:
    from tests.estates.builder import Estate

VERSIONS = "lambda/list-versions-by-function"
ALIASES = "lambda/list-aliases"


def publish(
    estate: "Estate",
    name: str,
    version: str,
    *,
    subnets: Iterable[str] = (),
    groups: Iterable[str] = ("default",),
    collected: bool = True,
    **values: Any,
) -> str:
    """A version of a drawn function, `estate["function:NAME:VERSION"]`, with a VPC configuration of its own.

    `values` are other keys of it. Its file is that of a collection, unless `collected` is false; `list_versions` adds
    the list of versions, which a collection does not hold.
    """
    latest = estate[f"function:{name}"]
    record: Json = {**latest, "FunctionArn": f"{latest['FunctionArn']}:{version}", "Version": version, **values}
    record.pop("VpcConfig", None)
    subnets = list(subnets)
    if subnets:
        record["VpcConfig"] = vpc_config(estate, subnets, groups, dual_stack=False)
    if collected:
        estate.put(CONFIGURATION, record, name, version)
        record = estate.reply(path_of(CONFIGURATION, name, version))
    estate.note(f"function:{name}:{version}", record)
    return f"function:{name}:{version}"


def alias(estate: "Estate", name: str, word: str, version: str, also: Mapping[str, float] | None = None) -> None:
    """Points an alias to a version, and some of its invocations to others: `also={"8": 0.1}`."""
    record: Json = {
        "AliasArn": f"{estate[f'function:{name}']['FunctionArn']}:{word}",
        "Name": word,
        "FunctionVersion": version,
        "Description": "",
        "RevisionId": "00000000-0000-4000-8000-000000000000",
    }
    if also:
        record["RoutingConfig"] = {"AdditionalVersionWeights": dict(also)}
    estate.reply(path_of(ALIASES, name))["Aliases"].append(record)


def list_versions(estate: "Estate", name: str, *versions: str) -> None:
    """Adds the reply of ListVersionsByFunction: `$LATEST` and these versions, which publish has drawn."""
    states = ("State", "LastUpdateStatus")
    records = [estate[f"function:{name}"], *(estate[f"function:{name}:{version}"] for version in versions)]
    listed = [{key: value for key, value in record.items() if not key.startswith(states)} for record in records]
    estate.put(VERSIONS, {"Versions": listed}, name)
