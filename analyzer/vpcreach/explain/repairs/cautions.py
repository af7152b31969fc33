"""What edits do to things that are no functions: subnets that become public, or cease to be.

Load balancers, machines and databases in such subnets are asked about by nobody, so their verdicts cannot change.
"""

from collections.abc import Iterable, Iterator

from vpcreach.components.internet_gateway import InternetGateway
from vpcreach.components.route_table import RouteTable
from vpcreach.components.subnet import Subnet
from vpcreach.explain.edits import AssociateRouteTable, Edit, SetRoute
from vpcreach.explain.repairs.case import DEFAULT, route_to
from vpcreach.network.network import Network


def cautions(edits: Iterable[Edit], before: Network, after: Network) -> tuple[str, ...]:
    """A sentence for the subnets that lose their way to an internet gateway, and one for those that get one."""
    ids = sorted(set(_touched(edits, before)))
    lost = [each for each in ids if _is_public(each, before) and not _is_public(each, after)]
    gained = [each for each in ids if _is_public(each, after) and not _is_public(each, before)]
    told = []
    if lost:
        told.append(f"{_counted(lost)} public no longer: nothing there can be called from the internet any more")
    if gained:
        told.append(f"{_counted(gained)} public then: what has a public address there can be called from the internet")
    return tuple(told)


def _touched(edits: Iterable[Edit], network: Network) -> Iterator[str]:
    """The subnets whose routes are other ones after these edits."""
    for edit in edits:
        if isinstance(edit, AssociateRouteTable):
            yield edit.subnet_id
        elif isinstance(edit, SetRoute):
            for subnet in network.every(Subnet):
                table = network.route_table_of(subnet.id)
                if isinstance(table, RouteTable) and table.id == edit.route_table_id:
                    yield subnet.id


def _is_public(subnet_id: str, network: Network) -> bool:
    table = network.route_table_of(subnet_id)
    routes = [route_to(table, block) for block in DEFAULT.values()] if isinstance(table, RouteTable) else []
    return any(r is not None and (r.target or "").startswith(InternetGateway.id_prefix) for r in routes)


def _counted(ids: list[str]) -> str:
    shown = ", ".join(ids[:3]) + (f" and {len(ids) - 3} more" if len(ids) > 3 else "")
    return f"{shown} {'is' if len(ids) == 1 else 'are'}"
