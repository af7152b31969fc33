"""Published versions, each with the VPC configuration it was published with, and the aliases that point to them."""

from collections.abc import Iterable

from vpcreach.components.lambda_function.function import (
    GET_FUNCTION_CONFIGURATION,
    LATEST,
    GetFunctionConfiguration,
    LambdaFunction,
    attached_functions,
)
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Record, Reply
from vpcreach.snapshot.snapshot import Snapshot


class RoutingConfig(Record, frozen=True):
    additional_version_weights: dict[str, float] | None = None


class Alias(Record, frozen=True):
    name: str
    function_version: str
    alias_arn: str | None = None
    routing_config: RoutingConfig | None = None

    @property
    def versions(self) -> tuple[str, ...]:
        """Every version that gets some of the invocations: its own has what the additional ones leave of 1."""
        additional = (self.routing_config.additional_version_weights if self.routing_config else None) or {}
        own = (self.function_version,) if sum(additional.values()) < 1 else ()
        return tuple(dict.fromkeys((*own, *sorted(version for version, weight in additional.items() if weight > 0))))


class ListAliases(Reply, frozen=True):
    aliases: tuple[Alias, ...] = ()


class ListVersionsByFunction(Reply, frozen=True):
    versions: tuple[LambdaFunction, ...] = ()


def _aliased_versions(snapshot: Snapshot, place: Place) -> Iterable[tuple[str, str]]:
    """The published versions that aliases point to."""
    for (name,) in attached_functions(snapshot, place):
        reply = snapshot.read(LIST_ALIASES, place, (name,)).value
        named = (version for alias in (reply.aliases if reply else ()) for version in alias.versions)
        yield from ((name, version) for version in dict.fromkeys(named) if version != LATEST)


LIST_ALIASES = Call(
    "lambda", "ListAliases", ListAliases, holds="Aliases", arguments=("FunctionName",), each=attached_functions
)
GET_VERSION_CONFIGURATION = Call(
    "lambda",
    "GetFunctionConfiguration",
    GetFunctionConfiguration,
    arguments=("FunctionName", "Qualifier"),
    each=_aliased_versions,
    assumes=GET_FUNCTION_CONFIGURATION.assumes,
)
# Read where a snapshot made by hand has it; the collector asks for the versions that aliases point to, and no others.
LIST_VERSIONS_BY_FUNCTION = Call(
    "lambda", "ListVersionsByFunction", ListVersionsByFunction, holds="Versions", arguments=("FunctionName",)
)
