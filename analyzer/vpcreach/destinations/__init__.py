"""Destinations: one file per thing one may ask about, and the one way from its words to its meaning.

`meaning_of` finds what a destination names, in the function's own account and region first, and what it means for one
source. `ALL_CALLS` are the calls that this takes beyond those of the components, `calls_about` those for one of them.
"""

from typing import Any

from vpcreach.destinations import addresses, aws_service, instance, internet, name_resolution
from vpcreach.destinations.grammar import Addresses, AwsService, Internet, Named, Parsed
from vpcreach.destinations.lookup import RESOURCES, Unlisted, find
from vpcreach.destinations.meaning import Meaning, Source
from vpcreach.forwarding import Surroundings
from vpcreach.snapshot.call import Call

ALL_CALLS: tuple[Call[Any], ...] = (
    *name_resolution.CALLS,
    *(call for module in RESOURCES for call in module.CALLS),
    *instance.CALLS,
)


BY_KIND = {kind.name: module for module in RESOURCES for kind in module.KINDS}


def calls_about(asked: Parsed) -> tuple[Call[Any], ...]:
    """Those of `ALL_CALLS` that this destination is found by."""
    match asked:
        case Internet() | Addresses():
            return ()
        case AwsService():
            return name_resolution.CALLS
        case Named(kind=kind) if kind in BY_KIND:
            return (*name_resolution.CALLS, *BY_KIND[kind].CALLS)
        case Named(kind="i"):
            return instance.CALLS
        case _:
            return ALL_CALLS


def meaning_of(asked: Parsed, source: Source, around: Surroundings) -> Meaning:
    """What the destination means for packets from this source; raises UsageError for a name that nothing has."""
    match asked:
        case Internet():
            return internet.meaning(asked, source, around)
        case AwsService():
            return aws_service.meaning(asked, source, around)
        case Addresses():
            return addresses.meaning(asked, source, around)
        case Named():
            return _named(asked, source, around)


def _named(asked: Named, source: Source, around: Surroundings) -> Meaning:
    found = find(asked, source.place, around)
    match found:
        case AwsService():
            return aws_service.meaning(found, source, around)
        case str():
            return aws_service.public_service(found, source, asked.service, around)
        case Unlisted():
            return Meaning((), asked.service.protocol, asked.service.port or 443, found.notes)
        case _:
            return found.meaning(source, around)


__all__ = ["ALL_CALLS", "calls_about", "meaning_of"]
