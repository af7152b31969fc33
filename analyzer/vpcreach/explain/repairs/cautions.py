"""What edits of routes do to things that are no functions, or that nobody asked about.

Subnets become public or cease to be, get a way out where no function runs, or lose a way into a private network. Load
balancers, machines and databases in such subnets are asked about by nobody, so their verdicts cannot change.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from vpcreach.components.egress_only_internet_gateway import EgressOnlyInternetGateway
from vpcreach.components.internet_gateway import InternetGateway
from vpcreach.components.nat_gateway import NatGateway
from vpcreach.components.route_table import Route, RouteTable
from vpcreach.components.subnet import Subnet
from vpcreach.explain.edits import AssociateRouteTable, Edit, SetRoute
from vpcreach.explain.repairs.case import DEFAULT, route_to
from vpcreach.network.network import Network

# Where these lead to is compared, or stands in the VPC itself.
OUTWARDS = (InternetGateway.id_prefix, NatGateway.id_prefix, EgressOnlyInternetGateway.id_prefix, "local")


class Caution(NamedTuple):
    """A sentence for whoever would make the edits. It `weighs` where other fixes are better for it."""

    text: str
    weighs: bool = True


def cautions(edits: Iterable[Edit], own: Iterable[str], before: Network, after: Network) -> tuple[Caution, ...]:
    """What happens to subnets and no verdict tells; `own` are the subnets of the function that is asked about.

    That others under the function's own table get its route as well is plain, and a detour is not better for it.
    """
    ids = sorted(set(_touched(edits, before)))
    lost = [each for each in ids if _is_public(each, before) and not _is_public(each, after)]
    gained = [each for each in ids if _is_public(each, after) and not _is_public(each, before)]
    served = [each for each in _without_functions(ids, before) if _gets_a_way_out(each, before, after)]
    told = []
    if lost:
        words = "public no longer: nothing there can be called from the internet any more"
        told.append(Caution(f"{_named(lost)} {_is(lost)} {words}"))
    if gained:
        words = "public then: what has a public address there can be called from the internet"
        told.append(Caution(f"{_named(gained)} {_is(gained)} {words}"))
    if served:
        tables = {_table_id(each, before) for each in own}
        words = "a default route as well: machines and databases there can call out then"
        is_stray = any(_table_id(each, before) not in tables for each in served)
        told.append(Caution(f"{_named(served)} {'gets' if len(served) == 1 else 'get'} {words}", is_stray))
    return (*told, *_ways_lost(ids, before, after))


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


def _without_functions(ids: Iterable[str], network: Network) -> Iterator[str]:
    """Those subnets that no function is configured for: nothing there is compared."""
    used = {subnet_id for listed in network.functions.by_place.values() for subnet_id in listed.subnets}
    return (each for each in ids if each not in used)


def _is_public(subnet_id: str, network: Network) -> bool:
    return any(_leads_to_internet_gateway(route) for route in _default_routes(subnet_id, network))


def _leads_to_internet_gateway(route: Route | None) -> bool:
    return route is not None and (route.target or "").startswith(InternetGateway.id_prefix)


def _gets_a_way_out(subnet_id: str, before: Network, after: Network) -> bool:
    """True where a default route comes that is told of nowhere else: not one that makes the subnet public."""
    routes = zip(_default_routes(subnet_id, before), _default_routes(subnet_id, after), strict=True)
    return any(was is None and now is not None and not _leads_to_internet_gateway(now) for was, now in routes)


def _default_routes(subnet_id: str, network: Network) -> tuple[Route | None, ...]:
    """The route to everything else of each family, as far as the subnet has addresses of it."""
    subnet, table = network.record(subnet_id), network.route_table_of(subnet_id)
    return tuple(
        route_to(table, block)
        if isinstance(table, RouteTable) and isinstance(subnet, Subnet) and subnet.cidrs(family).intervals
        else None
        for family, block in DEFAULT.items()
    )


def _ways_lost(ids: Iterable[str], before: Network, after: Network) -> Iterator[Caution]:
    """A sentence for each route into a private network that these subnets have no longer."""
    lost: dict[tuple[str, str], list[str]] = {}
    for subnet_id in ids:
        kept = {(route.destination, route.target) for route in _routes(subnet_id, after)}
        for route in _routes(subnet_id, before):
            if (route.destination, route.target) not in kept and _leads_inwards(route):
                lost.setdefault((route.destination, route.target or ""), []).append(subnet_id)
    for (destination, target), subnets in lost.items():
        told = f"{destination} leads from {_named(subnets)} to {target} no longer"
        yield Caution(f"{told}: what is reached that way and not compared below is lost")


def _routes(subnet_id: str, network: Network) -> tuple[Route, ...]:
    table = network.route_table_of(subnet_id)
    return table.routes if isinstance(table, RouteTable) else ()


def _leads_inwards(route: Route) -> bool:
    """Whether a live route leads to where private addresses may be, which hardly anybody asks about."""
    is_outward = (route.target or "").startswith(OUTWARDS) or route.is_to_gateway_endpoint
    return route.state == "active" and not is_outward


def _table_id(subnet_id: str, network: Network) -> str | None:
    table = network.route_table_of(subnet_id)
    return table.id if isinstance(table, RouteTable) else None


def _named(ids: list[str]) -> str:
    return ", ".join(ids[:3]) + (f" and {len(ids) - 3} more" if len(ids) > 3 else "")


def _is(ids: list[str]) -> str:
    return "is" if len(ids) == 1 else "are"
