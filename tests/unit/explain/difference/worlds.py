"""A world before and after some changes, and what is told of the difference."""

from tests.estates.asking import snapshot_of
from tests.unit.reach.worlds import Change, changed
from vpcreach.explain.difference import ComponentChange, Difference, Explained, difference
from vpcreach.explain.difference.components import component_changes
from vpcreach.network.network import Network


def between(*changes: Change, to: tuple[str, ...] = ("internet",), before: tuple[Change, ...] = ()) -> Difference:
    """The difference that changes make to the world behind a NAT gateway, after those that both sides have."""
    return difference(snapshot_of(changed(*before)), snapshot_of(changed(*before, *changes)), to)


def told(*changes: Change, before: tuple[Change, ...] = ()) -> list[str]:
    """Every component that differs, in one line each."""
    sides = (Network(snapshot_of(changed(*held))) for held in (before, (*before, *changes)))
    return [str(change) for change in component_changes(*sides)]


def turned(found: Difference) -> list[str]:
    """Every verdict that changed, with its cause, in one line each."""
    return [f"{each.change} by {' and '.join(_cause(each))}" for each in found.verdicts]


def _cause(each: Explained) -> list[str]:
    changes: tuple[ComponentChange, ...] = each.cause.changes if each.cause is not None else ()
    return [str(change) for change in changes] or ["nothing"]
