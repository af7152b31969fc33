"""What edits have in common: which of them change one setting, and which open more than others."""

from collections.abc import Iterable
from dataclasses import replace
from ipaddress import ip_network

from vpcreach.explain.edits import (
    AddEntry,
    AddRule,
    AllowInEndpointPolicy,
    AssociateRouteTable,
    Edit,
    SetFunctionSubnets,
    SetRoute,
    SetTransitGatewayRoute,
)


def setting(edit: Edit) -> object:
    """What can have one value only, so that a second edit of it would undo the first; None where that cannot be."""
    match edit:
        case SetRoute() | SetTransitGatewayRoute():
            return edit.route_table_id, edit.destination
        case AssociateRouteTable():
            return edit.subnet_id
        case SetFunctionSubnets():
            return edit.function_arn
        case AllowInEndpointPolicy():
            return edit.endpoint_id, "policy"
        case _:
            return None


def is_clashing(edit: Edit, other: Edit) -> bool:
    """True for two edits that give one setting two values."""
    mine = setting(edit)
    return edit != other and mine is not None and mine == setting(other)


def places(edits: Iterable[Edit]) -> frozenset[object]:
    """Where edits change something, without saying what to: two fixes of the same places are one offer too many."""
    return frozenset(_place(edit) for edit in edits)


def _place(edit: Edit) -> object:
    match edit:
        case AddRule():
            return edit.rule.group_id, edit.rule.is_inbound
        case AddEntry():
            return edit.entry.acl_id, edit.entry.is_inbound
        case AllowInEndpointPolicy():
            return edit.endpoint_id
        case _:
            return edit


def numberless(edit: Edit) -> Edit:
    """The edit as it was found, whatever number its entry has got since."""
    return AddEntry(replace(edit.entry, number=0)) if isinstance(edit, AddEntry) else edit


def width(edit: Edit) -> int:
    """How much a rule admits: a group least, then a prefix list, then blocks by their size."""
    match edit:
        case AddRule():
            peer = edit.rule.peer
        case AddEntry():
            peer = edit.entry.cidr
        case AllowInEndpointPolicy():
            return len(edit.without) + len(edit.actions)
        case _:
            return 0
    if peer.startswith("sg-"):
        return 0
    return 1 if peer.startswith("pl-") else 2 + 128 - ip_network(peer).prefixlen
