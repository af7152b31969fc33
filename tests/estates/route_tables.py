"""Route tables: their routes and the subnets that use them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tests.estates.interfaces import tags
from tests.estates.replies import Json
from tests.estates.rules import EstateError, Route, RouteTarget, destination_of, route_entry

if TYPE_CHECKING:
    from tests.estates.builder import Estate

TABLES = "ec2/describe-route-tables"


class RouteTable:
    """A drawn route table, to be changed; `estate["rtb-…"]` is the record itself."""

    def __init__(self, estate: "Estate", table_id: str) -> None:
        self.estate = estate
        self.id = table_id

    @property
    def routes(self) -> list[Json]:
        routes: list[Json] = self.estate[self.id]["Routes"]
        return routes

    def add_route(self, destination: str, target: RouteTarget) -> None:
        """Adds a route: a CIDR or `pl-…`, and `nat-a`, `("nat-a", "blackhole")` or a Route."""
        if any(destination_of(route) == destination for route in self.routes):
            raise EstateError(f"{self.id} has a route to {destination} already; replace_route changes it")
        route = route_entry(destination, self._resolved(target))
        self._name_instance(route)
        self._tell_endpoint(route)
        self.routes.append(route)

    def replace_route(self, destination: str, target: RouteTarget) -> None:
        """Points an existing route (a local one too) somewhere else."""
        place = self.remove_route(destination)
        self.add_route(destination, target)
        self.routes.insert(place, self.routes.pop())

    def remove_route(self, destination: str) -> int:
        """Deletes a route; a gateway endpoint then no longer counts this table as its own."""
        for place, route in enumerate(self.routes):
            if destination_of(route) == destination:
                del self.routes[place]
                endpoint = self._gateway_endpoint(route)
                if endpoint is not None and self.id in endpoint["RouteTableIds"]:
                    endpoint["RouteTableIds"].remove(self.id)
                return place
        raise EstateError(f"{self.id} has no route to {destination}")

    def blackhole(self, destination: str) -> None:
        """Marks a route's target as gone."""
        route = next((route for route in self.routes if destination_of(route) == destination), None)
        if route is None:
            raise EstateError(f"{self.id} has no route to {destination}")
        route["State"] = "blackhole"

    def associate(self, subnet: str) -> None:
        """Makes this the table of a subnet, or (as an edge table) of an `igw-…` or `vgw-…`."""
        gateway = subnet.startswith(("igw-", "vgw-"))
        member = subnet if gateway else self.estate.named("subnet-", subnet)
        drop_association(self.estate, member)
        self.estate[self.id]["Associations"].append(
            _association(self.id, member, "GatewayId" if gateway else "SubnetId")
        )

    def disassociate(self, subnet: str) -> None:
        """Lets a subnet fall back to the VPC's main table."""
        member = self.estate.named("subnet-", subnet)
        before = len(self.estate[self.id]["Associations"])
        drop_association(self.estate, member)
        if len(self.estate[self.id]["Associations"]) == before:
            raise EstateError(f"{member} is not associated with {self.id}")

    def _resolved(self, where: RouteTarget) -> Route:
        route = where if isinstance(where, Route) else Route(*((where,) if isinstance(where, str) else where))
        if route.target.startswith("i-"):
            instance = self.estate[route.target]
            return Route(instance["NetworkInterfaces"][0]["NetworkInterfaceId"], route.state, route.origin)
        return route

    def _name_instance(self, route: Json) -> None:
        interface_id = route.get("NetworkInterfaceId", "")
        if interface_id in self.estate:
            attachment = self.estate[interface_id].get("Attachment", {})
            if "InstanceId" in attachment:
                route["InstanceId"] = attachment["InstanceId"]
                route["InstanceOwnerId"] = attachment["InstanceOwnerId"]

    def _gateway_endpoint(self, route: Json) -> Json | None:
        target = route.get("GatewayId", "")
        if target in self.estate and self.estate[target].get("VpcEndpointType") == "Gateway":
            return self.estate[target]
        return None

    def _tell_endpoint(self, route: Json) -> None:
        endpoint = self._gateway_endpoint(route)
        if endpoint is not None and self.id not in endpoint["RouteTableIds"]:
            endpoint["RouteTableIds"].append(self.id)


def draw_table(estate: "Estate", vpc_id: str, table_id: str) -> RouteTable:
    """A table with its local routes, drawn now if it is not there yet."""
    if table_id not in estate:
        vpc = estate[vpc_id]
        v4 = [block["CidrBlock"] for block in vpc["CidrBlockAssociationSet"]]
        v6 = [block["Ipv6CidrBlock"] for block in vpc.get("Ipv6CidrBlockAssociationSet", [])]
        local = Route("local", origin="CreateRouteTable")
        record: Json = {
            "Associations": [],
            "PropagatingVgws": [],
            "RouteTableId": table_id,
            "Routes": [route_entry(cidr, local) for cidr in v4 + v6],
            "Tags": tags(table_id.removeprefix("rtb-")),
            "VpcId": vpc_id,
            "OwnerId": estate.account,
        }
        estate.add(TABLES, table_id, record)
    return RouteTable(estate, table_id)


def redraw_routes(table: RouteTable, routes: Mapping[str, RouteTarget]) -> None:
    """Writes the routes of a table anew; local routes stay unless the drawing replaces them."""
    local = [destination_of(route) for route in table.routes if route.get("GatewayId") == "local"]
    endpoint = [destination_of(route) for route in table.routes if route.get("GatewayId", "").startswith("vpce-")]
    for route in list(table.routes):
        destination = destination_of(route)
        if destination in routes or destination not in local + endpoint:
            table.remove_route(destination)
    for destination, target in routes.items():
        table.add_route(destination, target)


def main_association(estate: "Estate", table_id: str) -> None:
    """Makes a table the main one of its VPC."""
    association = _association(table_id, "main", "SubnetId") | {"Main": True}
    del association["SubnetId"]
    estate[table_id]["Associations"].append(association)


def drop_association(estate: "Estate", member: str) -> None:
    """Ends whatever explicit association a subnet or gateway has."""
    for table in estate.reply(TABLES)["RouteTables"]:
        table["Associations"][:] = [
            found for found in table["Associations"] if member not in (found.get("SubnetId"), found.get("GatewayId"))
        ]


def _association(table_id: str, member: str, key: str) -> Json:
    return {
        "Main": False,
        "RouteTableAssociationId": f"rtbassoc-{table_id.removeprefix('rtb-')}-{member}",
        "RouteTableId": table_id,
        key: member,
        "AssociationState": {"State": "associated"},
    }
