"""Versions and aliases: which configurations stand behind `orders:7` or `orders:live` (semantics A17).

A published version keeps the VPC configuration it was published with. An alias runs every version that it gives some of
the invocations to, so each of them counts.
"""

from typing import Any

from vpcreach.components.lambda_function import (
    GET_VERSION_CONFIGURATION,
    LATEST,
    LIST_ALIASES,
    LIST_VERSIONS_BY_FUNCTION,
    Alias,
    LambdaFunction,
)
from vpcreach.forwarding import COLLECTION_FAILED, Note
from vpcreach.network.network import Network
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.snapshot import Gap

# The version that functions on managed instances publish when none is asked for.
PUBLISHED = "$LATEST.PUBLISHED"
GLOB_SIGNS = frozenset("*?[")
# What Lambda answers to a question about a version that it does not have.
NO_SUCH = "ResourceNotFoundException"


def is_glob(text: str) -> bool:
    return not GLOB_SIGNS.isdisjoint(text)


def is_version(qualifier: str) -> bool:
    """True for what can only be a version; no alias is called so."""
    return qualifier.isdecimal() or qualifier == PUBLISHED


def versions(
    function: LambdaFunction, qualifier: str, place: Place, network: Network
) -> tuple[LambdaFunction | Note, ...] | None:
    """The configurations behind a qualifier, each or its note where the snapshot lacks it; None: there is none such."""
    if is_version(qualifier):
        found = _version(function, qualifier, place, network)
        return (found,) if found is not None else None
    alias = next((alias for alias in _aliases(function, place, network) if alias.name == qualifier), None)
    if alias is None:
        gap = network.read(LIST_ALIASES, place, (function.name,)).gap
        return (_unread(function, qualifier, gap),) if gap is not None else None
    found_all = [(number, _version(function, number, place, network)) for number in alias.versions]
    return tuple(found or _gone(function, alias, number) for number, found in found_all)


def qualifiers(function: LambdaFunction, place: Place, network: Network) -> tuple[str, ...]:
    """The aliases and published versions that the snapshot tells of."""
    aliases = _aliases(function, place, network)
    listed = network.read(LIST_VERSIONS_BY_FUNCTION, place, (function.name,)).value
    published = [each.version for each in (listed.versions if listed is not None else ()) if each.version != LATEST]
    aliased = [version for alias in aliases for version in alias.versions if version != LATEST]
    return tuple(dict.fromkeys((*(alias.name for alias in aliases), *published, *aliased)))


def unread_lists(function: LambdaFunction, qualifier: str, place: Place, network: Network) -> tuple[Gap, ...]:
    """Of the lists that would hold a qualifier (or glob) of the function, those that the snapshot lacks."""
    calls: tuple[Call[Any], ...] = (LIST_ALIASES, LIST_VERSIONS_BY_FUNCTION)
    if is_version(qualifier):
        calls = (LIST_VERSIONS_BY_FUNCTION,)
    elif not is_glob(qualifier):
        calls = (LIST_ALIASES,)
    readings = [network.read(call, place, (function.name,)) for call in calls]
    return tuple(reading.gap for reading in readings if reading.gap is not None)


def _aliases(function: LambdaFunction, place: Place, network: Network) -> tuple[Alias, ...]:
    reply = network.read(LIST_ALIASES, place, (function.name,)).value
    return reply.aliases if reply is not None else ()


def _version(function: LambdaFunction, number: str, place: Place, network: Network) -> LambdaFunction | Note | None:
    """One version's configuration, the note for one that may exist, None for one that surely does not."""
    if number == LATEST:
        return function
    own = network.read(GET_VERSION_CONFIGURATION, place, (function.name, number))
    configuration = own.value.configuration if own.value is not None else None
    if configuration is not None and configuration.version == number:
        return configuration
    listed = network.read(LIST_VERSIONS_BY_FUNCTION, place, (function.name,))
    for each in listed.value.versions if listed.value is not None else ():
        if each.version == number:
            return each
    if listed.gap is None or (own.gap is not None and own.gap.reason.startswith(NO_SUCH)):
        return None
    return _unread(function, number, listed.gap if own.gap is None or own.gap.is_absence else own.gap)


def _unread(function: LambdaFunction, qualifier: str, gap: Gap) -> Note:
    message = f"what {function.name}:{qualifier} runs, and where it stands, is not known: {gap}"
    other = f", or {GET_VERSION_CONFIGURATION.action} with --qualifier {qualifier}" if is_version(qualifier) else ""
    resolve = f"collect {gap.call} of {function.name}{other}"
    return COLLECTION_FAILED.unknown(f"{function.id}:{qualifier}", gap.call, message, resolve=resolve)


def _gone(function: LambdaFunction, alias: Alias, number: str) -> Note:
    message = f"{function.name}:{alias.name} points to version {number}, which {LIST_VERSIONS_BY_FUNCTION.action} lacks"
    return COLLECTION_FAILED.unknown(f"{function.id}:{number}", LIST_VERSIONS_BY_FUNCTION.action, message)
