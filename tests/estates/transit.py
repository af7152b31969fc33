"""Transit gateways: hubs, what is attached to them, their route tables and peerings, across accounts and regions.

    hub = transit_gateway(estate, "hub")
    hub.table("spokes", {"0.0.0.0/0": "egress", "10.99.0.0/16": "blackhole"})
    hub.table("egress")
    hub.attach("app", app_vpc, subnets=["app-a"], table="spokes", propagates=["egress"])
    hub.attach("egress", egress_vpc, subnets=["transit-a"], table="egress")

Ids are words: `tgw-hub`, `tgw-attach-app`, `tgw-rtb-spokes`; `estate["vpc-attachment:app"]` holds options and subnets.
A VPC of another estate is attached through sharing: its estate lists gateway and attachment too, and no route table.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from tests.estates.interfaces import tags
from tests.estates.replies import Json

if TYPE_CHECKING:
    from tests.estates.builder import Estate
    from tests.estates.vpc import Vpc

GATEWAYS = "ec2/describe-transit-gateways"
ATTACHMENTS = "ec2/describe-transit-gateway-attachments"
VPC_ATTACHMENTS = "ec2/describe-transit-gateway-vpc-attachments"
TABLES = "ec2/describe-transit-gateway-route-tables"
ROUTES = "ec2/search-transit-gateway-routes"
NAT = "ec2/get-transit-gateway-attachment-nat-configuration"
# Kinds of attachments that a route may name as `vpn:office`, without a drawing of its own.
RESOURCES = {"vpn": "vpn-", "direct-connect-gateway": "dxgw-", "connect": "tgw-attach-transport-"}


def transit_gateway(
    estate: "Estate", name: str, *, referencing: bool = False, dns: bool = True, state: str = "available"
) -> "Hub":
    """A transit gateway of this account and region."""
    record: Json = {
        "TransitGatewayId": f"tgw-{name}",
        "State": state,
        "OwnerId": estate.account,
        "Options": {
            "DnsSupport": _switch(dns),
            "SecurityGroupReferencingSupport": _switch(referencing),
            "VpnEcmpSupport": "enable",
        },
        "Tags": tags(name),
    }
    estate.add(GATEWAYS, f"tgw-{name}", record)
    return Hub(estate, name, record)


class Hub:
    """A drawn transit gateway, to be given tables, attachments and peers."""

    def __init__(self, estate: "Estate", name: str, record: Json) -> None:
        self.estate = estate
        self.id = f"tgw-{name}"
        self.record = record
        self._kinds: dict[str, Json] = {}

    def table(self, name: str, routes: Mapping[str, str] | None = None, *, state: str = "available") -> str:
        """A route table; static routes lead to an attachment by name (drawn later, or `vpn:office`) or `blackhole`."""
        table_id = f"tgw-rtb-{name}"
        record = {
            "TransitGatewayRouteTableId": table_id,
            "TransitGatewayId": self.id,
            "State": state,
            "DefaultAssociationRouteTable": False,
            "DefaultPropagationRouteTable": False,
            "Tags": tags(name),
        }
        self.estate.add(TABLES, table_id, record)
        self.estate.put(ROUTES, {"Routes": [], "AdditionalRoutesAvailable": False}, table_id)
        for destination, target in (routes or {}).items():
            self.route(name, destination, target)
        return table_id

    def routes(self, table: str) -> list[Json]:
        """The routes of a table, to be changed."""
        found: list[Json] = self.estate.reply(f"{ROUTES}/tgw-rtb-{table}")["Routes"]
        return found

    def route(
        self, table: str, destination: str, target: str, *, kind: str = "static", prefix_list: str | None = None
    ) -> Json:
        """Adds a route to a table."""
        route: Json = {"DestinationCidrBlock": destination, "Type": kind, "State": "active"}
        if prefix_list is not None:
            route["PrefixListId"] = prefix_list
        if target == "blackhole":
            route["State"] = "blackhole"
        else:
            route["TransitGatewayAttachments"] = [self._target(target)]
        self.routes(table).append(route)
        return route

    def drop_route(self, table: str, destination: str) -> None:
        """Takes the routes to a block out of a table."""
        held = self.routes(table)
        kept = [route for route in held if route["DestinationCidrBlock"] != destination]
        assert len(kept) < len(held), f"{table} has no route to {destination}"
        held[:] = kept

    def _target(self, target: str) -> Json:
        kind, colon, name = target.partition(":")
        if colon:
            told = {"ResourceType": kind, "ResourceId": f"{RESOURCES.get(kind, 'resource-')}{name}"}
            return {"TransitGatewayAttachmentId": f"tgw-attach-{name}"} | told
        # What an attachment joins is known when it is drawn, which may be later than the route to it.
        return self._kinds.setdefault(target, {"TransitGatewayAttachmentId": f"tgw-attach-{target}"})

    def attach(
        self,
        name: str,
        vpc: "Vpc",
        *,
        subnets: Sequence[str],
        table: str | None,
        propagates: Iterable[str] = (),
        referencing: bool = True,
        ipv6: bool = False,
        appliance_mode: bool = False,
        dns: bool = True,
        state: str = "available",
    ) -> str:
        """Attaches a VPC by these subnets; `table` rules what comes in, tables in `propagates` learn its blocks."""
        attachment_id = f"tgw-attach-{name}"
        shared = [self.estate] if vpc.estate is self.estate else [self.estate, vpc.estate]
        options = {
            "DnsSupport": _switch(dns),
            "SecurityGroupReferencingSupport": _switch(referencing),
            "Ipv6Support": _switch(ipv6),
            "ApplianceModeSupport": _switch(appliance_mode),
        }
        detail: Json = {
            "TransitGatewayAttachmentId": attachment_id,
            "TransitGatewayId": self.id,
            "VpcId": vpc.id,
            "VpcOwnerId": vpc.estate.account,
            "State": state,
            "SubnetIds": [vpc.estate.named("subnet-", subnet) for subnet in subnets],
            "Options": options,
            "Tags": tags(name),
        }
        self._list(attachment_id, vpc.id, "vpc", vpc.estate.account, table, shared, state)
        self._kinds.setdefault(name, {}).update(_as_target(attachment_id, vpc.id, "vpc"))
        for estate in shared:
            estate.add(VPC_ATTACHMENTS, f"vpc-attachment:{name}", detail)
            if self.id not in estate:
                estate.add(GATEWAYS, self.id, self.record)
        for each in propagates:
            for block in _blocks(vpc):
                self.route(each, block, name, kind="propagated")
        return attachment_id

    def peer(
        self, name: str, other: "Hub", *, table: str | None, far_table: str | None, far_name: str | None = None
    ) -> None:
        """A peering `tgw-attach-NAME` with another hub; across regions both ends have that id."""
        for hub, there, own, own_table in ((self, other, name, table), (other, self, far_name or name, far_table)):
            attachment_id = f"tgw-attach-{own}"
            hub._list(attachment_id, there.id, "peering", there.estate.account, own_table, [hub.estate], "available")
            hub._kinds.setdefault(own, {}).update(_as_target(attachment_id, there.id, "peering"))

    def _list(
        self,
        attachment_id: str,
        resource_id: str,
        kind: str,
        owner: str,
        table: str | None,
        estates: Iterable["Estate"],
        state: str,
    ) -> None:
        association = {"TransitGatewayRouteTableId": f"tgw-rtb-{table}", "State": "associated"}
        for estate in estates:
            record: Json = {
                "TransitGatewayAttachmentId": attachment_id,
                "TransitGatewayId": self.id,
                "TransitGatewayOwnerId": self.estate.account,
                "ResourceOwnerId": owner,
                "ResourceType": kind,
                "ResourceId": resource_id,
                "State": state,
                **({"Association": dict(association)} if table is not None else {}),
                "Tags": tags(attachment_id.removeprefix("tgw-attach-")),
            }
            estate.add(ATTACHMENTS, attachment_id, record)

    def nat(self, name: str, rules: Mapping[str, str], *, support: str = "enabled", state: str = "activated") -> None:
        """1:1 NAT of an attachment: `{"10.0.0.0/24": "100.64.0.0/24"}`."""
        attachment_id = f"tgw-attach-{name}"
        self.estate[attachment_id]["NatGatewaySupport"] = support
        told = [
            {"RuleNumber": number, "MatchSourceCidr": match, "NatCidr": given, "State": state}
            for number, (match, given) in enumerate(rules.items(), 1)
        ]
        reply = {"TransitGatewayAttachmentId": attachment_id, "NatGatewaySupport": support, "NatGatewayRules": told}
        self.estate.put(NAT, reply, attachment_id)


def _as_target(attachment_id: str, resource_id: str, kind: str) -> Json:
    return {"TransitGatewayAttachmentId": attachment_id, "ResourceId": resource_id, "ResourceType": kind}


def _switch(on: bool) -> str:
    return "enable" if on else "disable"


def _blocks(vpc: "Vpc") -> list[str]:
    record = vpc.estate[vpc.id]
    v4 = [block["CidrBlock"] for block in record["CidrBlockAssociationSet"]]
    return v4 + [block["Ipv6CidrBlock"] for block in record.get("Ipv6CidrBlockAssociationSet", [])]
