"""Edits of route tables: a route set or taken away, a subnet put under another table.

Modelled: which targets a table of a VPC can have, that routes to gateway endpoints are the endpoint's, local routes.
Not modelled: quotas, that a route more specific than a local one must be a subnet's whole block.
Source: EC2 API Reference, CreateRoute, ReplaceRoute, DeleteRoute, ReplaceRouteTableAssociation; VPC User Guide,
"Subnet route tables", "Example routing options".
Checked: tests/unit/explain/edits/test_routes.py.
"""

from dataclasses import dataclass

from vpcreach.components.prefix_list import DESCRIBE_MANAGED_PREFIX_LISTS
from vpcreach.components.route_table import DESCRIBE_ROUTE_TABLES
from vpcreach.components.subnet import DESCRIBE_SUBNETS
from vpcreach.errors import UsageError
from vpcreach.explain.edits.draft import Cost, Draft, Item
from vpcreach.explain.edits.targets import check_target
from vpcreach.packets.address_map import AddressSet

# The key of a route's target, by how the id begins.
TARGETS = {
    "igw-": "GatewayId",
    "vgw-": "GatewayId",
    "vpce-": "GatewayId",
    "nat-": "NatGatewayId",
    "tgw-": "TransitGatewayId",
    "pcx-": "VpcPeeringConnectionId",
    "eigw-": "EgressOnlyInternetGatewayId",
    "eni-": "NetworkInterfaceId",
    "cagw-": "CarrierGatewayId",
    "lgw-": "LocalGatewayId",
}
ARNS = {"networkmanager": "CoreNetworkArn", "odb": "OdbNetworkArn"}
DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
# No route may be for these, or for a part of them: instance metadata, the clock, the resolver (VPC User Guide, "Subnet
# route tables"). A larger block that holds them may.
RESERVED = ("169.254.168.0/22", "fd00:ec2::/32")
# What may stand in for the local route, or for a part of it.
INSIDE = ("nat-", "eni-", "vpce-")


def target_key(target: str) -> str:
    """The key under which a route names this next hop; raises UsageError for an id that can be none."""
    for start, key in TARGETS.items():
        if target.startswith(start):
            return key
    # ARNs begin otherwise in every partition: arn:aws-cn:networkmanager:…
    words = target.split(":")
    if words[0] == "arn" and len(words) > 2 and words[2] in ARNS:
        return ARNS[words[2]]
    raise UsageError(
        f"{target} cannot be the target of a route: that begins with {', '.join(TARGETS)} or the ARN of a core network"
    )


def destination_key(destination: str) -> str:
    """The key under which a route names its destination: an IPv4 block, an IPv6 block or a prefix list."""
    if destination.startswith("pl-"):
        return "DestinationPrefixListId"
    return "DestinationIpv6CidrBlock" if ":" in destination else "DestinationCidrBlock"


def _routes_to(table: Item, destination: str) -> list[Item]:
    # A route that a virtual private gateway or a Route Server installed stands beside a static one to the same block.
    key = destination_key(destination)
    static = ("CreateRoute", "CreateRouteTable", None)
    return [r for r in table.get("Routes", []) if r.get(key) == destination and r.get("Origin") in static]


def _refuse_endpoints(routes: list[Item], table_id: str, destination: str) -> None:
    """Raises UsageError for the route of a gateway endpoint: it comes and goes with the endpoint's list of tables."""
    for route in routes:
        target = str(route.get("GatewayId", ""))
        if "DestinationPrefixListId" in route and target.startswith("vpce-"):
            raise UsageError(
                f"the route of {table_id} to {destination} is the endpoint's, and stays until {target} leaves the table"
            )


def _is_within(destination: str, block: str) -> bool:
    is_same_family = (":" in destination) == (":" in block)
    return (
        not destination.startswith("pl-")
        and is_same_family
        and AddressSet.parse(destination) <= AddressSet.parse(block)
    )


def _holds_local(table: Item, destination: str) -> bool:
    """Whether a block lies within one of the table's local routes."""
    if destination.startswith("pl-"):
        return False
    block, key = AddressSet.parse(destination), destination_key(destination)
    local = [AddressSet.parse(r[key]) for r in table.get("Routes", []) if r.get("GatewayId") == "local" and key in r]
    return any(block <= each for each in local)


@dataclass(frozen=True, slots=True)
class SetRoute:
    """A static route: a new one, or (where `replaces` names its target of today) one that is pointed elsewhere."""

    route_table_id: str
    destination: str
    target: str
    replaces: str | None = None

    @property
    def cost(self) -> Cost:
        return Cost.NONE

    def apply(self, draft: Draft) -> None:
        key = target_key(self.target)
        if self.destination.startswith("pl-"):
            draft.seek(DESCRIBE_MANAGED_PREFIX_LISTS, "PrefixListId", self.destination)
        for table in draft.find(DESCRIBE_ROUTE_TABLES, "RouteTableId", self.route_table_id):
            replaced = _routes_to(table, self.destination)
            self._check(table, replaced)
            route = {
                destination_key(self.destination): self.destination,
                key: self.target,
                "Origin": "CreateRoute",
                "State": check_target(draft, table, self.target),
            }
            table["Routes"] = [*(each for each in table.get("Routes", []) if each not in replaced), route]

    def _check(self, table: Item, replaced: list[Item]) -> None:
        """Raises UsageError for what AWS refuses whatever the target is."""
        _refuse_endpoints(replaced, self.route_table_id, self.destination)
        if self.target.startswith("eigw-") and destination_key(self.destination) != "DestinationIpv6CidrBlock":
            raise UsageError(f"{self.target} carries IPv6 alone, and {self.destination} is no IPv6 block")
        reserved = next((each for each in RESERVED if _is_within(self.destination, each)), None)
        if reserved is not None:
            raise UsageError(f"{self.destination} lies within {reserved}, and AWS takes no routes for that")
        if _holds_local(table, self.destination) and not self.target.startswith(INSIDE):
            raise UsageError(
                f"{self.destination} lies within a local route of {self.route_table_id}, and there AWS takes only "
                "a NAT gateway, a network interface or an endpoint of appliances as a target"
            )

    def __str__(self) -> str:
        if self.replaces is not None:
            return f"point {self.destination} of {self.route_table_id} at {self.target} instead of {self.replaces}"
        return f"add to {self.route_table_id} the route {self.destination} -> {self.target}"


@dataclass(frozen=True, slots=True)
class RemoveRoute:
    """A static route taken out of its table."""

    route_table_id: str
    destination: str

    @property
    def cost(self) -> Cost:
        return Cost.NONE

    def apply(self, draft: Draft) -> None:
        for table in draft.find(DESCRIBE_ROUTE_TABLES, "RouteTableId", self.route_table_id):
            gone = _routes_to(table, self.destination)
            if not gone:
                held = ", ".join(str(next((r[k] for k in DESTINATIONS if k in r), "?")) for r in table["Routes"])
                raise UsageError(
                    f"{self.route_table_id} has no route of its own to {self.destination}; its routes are to {held}"
                )
            if any(route.get("GatewayId") == "local" for route in gone):
                raise UsageError(f"{self.destination} of {self.route_table_id} is local, and AWS keeps that route")
            _refuse_endpoints(gone, self.route_table_id, self.destination)
            table["Routes"] = [route for route in table["Routes"] if route not in gone]

    def __str__(self) -> str:
        return f"remove from {self.route_table_id} the route to {self.destination}"


@dataclass(frozen=True, slots=True)
class AssociateRouteTable:
    """A subnet put under a route table; `replaces` is the table that rules it today where that was chosen for it."""

    subnet_id: str
    route_table_id: str
    replaces: str | None = None

    @property
    def cost(self) -> Cost:
        return Cost.NONE

    def apply(self, draft: Draft) -> None:
        vpc_id = draft.find(DESCRIBE_SUBNETS, "SubnetId", self.subnet_id)[0].get("VpcId")
        chosen = draft.find(DESCRIBE_ROUTE_TABLES, "RouteTableId", self.route_table_id)
        if chosen[0].get("VpcId") != vpc_id:
            raise UsageError(
                f"{self.subnet_id} is of {vpc_id} and {self.route_table_id} of {chosen[0].get('VpcId')}: "
                "a subnet takes a table of its own VPC"
            )
        if any(each.get("SubnetId") == self.subnet_id for each in chosen[0].get("Associations", [])):
            raise UsageError(f"{self.subnet_id} is associated with {self.route_table_id} already")
        for _, tables in draft.listed(DESCRIBE_ROUTE_TABLES):
            for table in tables:
                held = table.get("Associations", [])
                table["Associations"] = [a for a in held if a.get("SubnetId") != self.subnet_id]
        for table in chosen:
            association = {
                "Main": False,
                "RouteTableAssociationId": f"rtbassoc-{self.subnet_id}",
                "RouteTableId": self.route_table_id,
                "SubnetId": self.subnet_id,
                "AssociationState": {"State": "associated"},
            }
            table["Associations"].append(association)

    def __str__(self) -> str:
        instead = f" instead of {self.replaces}" if self.replaces else ""
        return f"associate {self.subnet_id} with {self.route_table_id}{instead}"
