"""Edits of transit gateways: a static route.

Modelled: that the attachment is of the same gateway; a static route stands before one that is propagated.
Source: EC2 API Reference, CreateTransitGatewayRoute, ReplaceTransitGatewayRoute.
Checked: tests/unit/explain/edits/test_transit.py.
"""

from dataclasses import dataclass

from vpcreach.components.transit_gateway import (
    DESCRIBE_TRANSIT_GATEWAY_ATTACHMENTS,
    DESCRIBE_TRANSIT_GATEWAY_ROUTE_TABLES,
    SEARCH_TRANSIT_GATEWAY_ROUTES,
)
from vpcreach.errors import UsageError
from vpcreach.explain.edits.draft import Cost, Draft, Item


@dataclass(frozen=True, slots=True)
class SetTransitGatewayRoute:
    """A static route of a transit gateway's route table; `replaces` is what the block led to by a static route."""

    route_table_id: str
    destination: str
    attachment_id: str
    replaces: str | None = None

    @property
    def cost(self) -> Cost:
        return Cost.NONE

    def apply(self, draft: Draft) -> None:
        tables = DESCRIBE_TRANSIT_GATEWAY_ROUTE_TABLES
        [table, *_] = draft.find(tables, "TransitGatewayRouteTableId", self.route_table_id)
        home = draft.home_of(tables, "TransitGatewayRouteTableId", self.route_table_id)
        path = SEARCH_TRANSIT_GATEWAY_ROUTES.path(home, (self.route_table_id,))
        if path not in draft.snapshot.files:
            raise UsageError(f"the routes of {self.route_table_id} are not in the snapshot")
        reply = draft.document(path)
        reply["Routes"] = [route for route in reply.get("Routes", []) if not self._is_replaced(route)]
        attachments = draft.find(DESCRIBE_TRANSIT_GATEWAY_ATTACHMENTS, "TransitGatewayAttachmentId", self.attachment_id)
        hub, other = table.get("TransitGatewayId"), attachments[0].get("TransitGatewayId")
        if hub != other:
            raise UsageError(f"{self.attachment_id} is of {other}, and {self.route_table_id} is a table of {hub}")
        target = {key: attachments[0].get(key) for key in ("TransitGatewayAttachmentId", "ResourceId", "ResourceType")}
        reply["Routes"].append(
            {
                "DestinationCidrBlock": self.destination,
                "Type": "static",
                "State": "active",
                "TransitGatewayAttachments": [target],
            }
        )

    def _is_replaced(self, route: Item) -> bool:
        return route.get("DestinationCidrBlock") == self.destination and route.get("Type") == "static"

    def __str__(self) -> str:
        if self.replaces is not None:
            return f"point {self.destination} of {self.route_table_id} at {self.attachment_id}, not {self.replaces}"
        return f"add to {self.route_table_id} the static route {self.destination} -> {self.attachment_id}"
