"""Destinations: one file per thing one may ask about, and the one way from its words to its meaning.

`meaning_of` finds what a destination names, in the function's own account and region first, and what it means for one
source. `ALL_CALLS` are the calls that this takes beyond those of the components, `calls_about` those for one of them.
"""

from typing import Any

from vpcreach.destinations import addresses, host_names, internet, load_balancer_node, name_resolution
from vpcreach.destinations.grammar import Addresses, AwsService, Internet, Named, Parsed
from vpcreach.destinations.lookup import RESOURCES, resource_names
from vpcreach.destinations.meaning import Meaning, Source
from vpcreach.forwarding import Surroundings
from vpcreach.snapshot.call import Call

ALL_CALLS: tuple[Call[Any], ...] = (
    *name_resolution.CALLS,
    *(call for module in RESOURCES for call in module.CALLS),
)


# Several files may answer to one word: `rds` names instances, clusters and proxies.
CALLS_BY_KIND: dict[str, tuple[Call[Any], ...]] = {
    name: tuple(call for module in RESOURCES for call in module.CALLS if name in {kind.name for kind in module.KINDS})
    for name in dict.fromkeys(kind.name for module in RESOURCES for kind in module.KINDS)
}


def calls_about(asked: Parsed) -> tuple[Call[Any], ...]:
    """Those of `ALL_CALLS` that this destination is found by."""
    match asked:
        case Internet():
            return ()
        case Addresses() | Named(kind="eni" | "sg"):
            return load_balancer_node.CALLS
        case AwsService():
            return name_resolution.CALLS
        case Named(kind=kind) if kind in CALLS_BY_KIND:
            return (*name_resolution.CALLS, *CALLS_BY_KIND[kind])
        case Named(kind="i"):
            return ()
        case Named(kind="arn", name=arn) if arn.split(":")[2:3] == ["ec2"]:
            return load_balancer_node.CALLS
        case Named(kind="arn", name=arn):
            # IAM's prefix for a service is what its ARNs are called by.
            listing = (call for call in ALL_CALLS if call.action.partition(":")[0] in arn.split(":")[2:3])
            return (*name_resolution.CALLS, *listing)
        case _:
            return ALL_CALLS


def meaning_of(asked: Parsed, source: Source, around: Surroundings) -> Meaning:
    """What the destination means for packets from this source; raises UsageError for a name that nothing has."""
    told = _told_by(asked, source, around)
    is_block = isinstance(asked, Addresses) and not asked.is_single
    return told if is_block else load_balancer_node.with_listeners(told, source, around)


def _told_by(asked: Parsed, source: Source, around: Surroundings) -> Meaning:
    match asked:
        case Internet():
            return internet.meaning(asked, source, around)
        case Addresses():
            return addresses.meaning(asked, source, around)
        case AwsService() | Named():
            return host_names.meaning(asked, source, around)


__all__ = ["ALL_CALLS", "calls_about", "meaning_of", "resource_names"]
