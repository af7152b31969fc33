"""What packets do on either way: cross the borders of subnets, peerings, transit gateways.

A leg knows where its packet is: the VPC, and the subnet in which it stands (none at a gateway of the whole VPC).
"""

from collections.abc import Callable

from tests.oracle.walker import routes
from tests.oracle.walker.fates import DROPPED, OPEN, UNKNOWN, Ended
from tests.oracle.walker.filters import Packet, acl_passes
from tests.oracle.walker.guards import BLOCKED, DOUBTFUL, encryption
from tests.oracle.walker.records import Json, World, block

MOST_HOPS = 32
USED = ("available", "modifying")
ENDED = ("pendingAcceptance", "deleting", "deleted", "failed", "failing", "rejected", "rejecting")
# Of two equal prefixes in a transit gateway's table the first kind wins (G6).
PRIORITY = ("static", "prefix-list", "propagated")


class Leg:
    """One packet on its way through VPCs; `boxes` are the appliances and `hubs` the connections that it passed."""

    def __init__(
        self, world: World, choose: Callable[[str, list[str]], str], doubts: list[str], way: str, vpc: str
    ) -> None:
        self.world = world
        self.choose = choose
        self.doubts = doubts
        self.way = way
        self.vpc = vpc
        self.subnet: str | None = None
        self.table: Json | None = None
        self.boxes: list[str] = []
        self.hubs: list[str] = []
        self.visited: list[tuple[object, ...]] = []
        # Why rules that name groups do not match behind what was passed: those of the receiver, of the sender.
        self.lost_inbound = ""
        self.lost_outbound = ""
        self.entered: str | None = None

    def packet(self) -> Packet:
        raise NotImplementedError

    def drop(self, reason: str) -> None:
        raise Ended(DROPPED, f"{self.way}: {reason}")

    def doubt(self, reason: str) -> None:
        self.doubts.append(f"{self.way}: {reason}")

    def visit(self, thing: str) -> None:
        """Nothing comes to one place twice with the same header (B13)."""
        here = (thing, self.vpc, self.subnet, self.packet())
        if here in self.visited:
            self.drop(f"ROUTING_LOOP at {thing}")
        if len(self.visited) > MOST_HOPS:
            raise Ended(UNKNOWN, "MAX_HOPS_EXCEEDED")
        self.visited.append(here)

    # Borders of subnets

    def pass_acl(self, subnet_id: str | None, egress: bool) -> None:
        if subnet_id is None:
            return
        try:
            acl = self.world.acl_of(subnet_id)
        except Ended as end:
            self.doubt(end.result.reason)
            return
        if not acl_passes(acl, egress, self.packet()):
            way = "out of" if egress else "into"
            self.drop(f"SUBNET_ACL_RESTRICTION {acl['NetworkAclId']} {way} {subnet_id}: {self.packet()}")

    def cross(self, into: str | None) -> None:
        """Network ACLs, where the packet leaves one subnet for another (E3)."""
        if self.subnet != into:
            self.pass_acl(self.subnet, egress=True)
            self.pass_acl(into, egress=False)

    # Routes

    def route(self) -> str:
        """The target of the route that wins here: in the gateway's own table, or that of the subnet."""
        if self.table is None and self.subnet is None:
            raise Ended(OPEN, "no table rules packets here", frozenset({DROPPED, UNKNOWN}))
        table = self.table or self.world.table_of(self.subnet or "")
        self.table = None
        self.visit(table["RouteTableId"])
        winner = routes.winning(self.world, table, self.packet().destination, self.choose)
        return routes.usable(winner)

    def is_here(self) -> bool:
        """Inside a subnet nothing is routed (B8)."""
        return self.subnet is not None and self.world.is_in_subnet(self.subnet, self.packet().destination)

    def guard(self, vpc_id: str, kind: str) -> None:
        told = encryption(self.world, vpc_id, kind)
        if told == BLOCKED:
            self.drop(f"ENCRYPTION_CONTROL_ENFORCED {kind} in {vpc_id}")
        if told == DOUBTFUL:
            self.doubt(f"ENCRYPTION_CONTROL_ENFORCED {kind} in {vpc_id}")

    def check_state(self, thing: str, state: str, good: tuple[str, ...], bad: tuple[str, ...]) -> None:
        if state in bad:
            self.drop(f"BAD_STATE {thing} is {state}")
        if state not in good:
            self.doubt(f"BAD_STATE {thing} is {state}")

    # Peering (G1)

    def pass_peering(self, peering_id: str) -> None:
        """Into the other VPC; the packet still stands in the subnet that it left."""
        connection = self.world.record(peering_id)
        sides = [connection["RequesterVpcInfo"], connection["AccepterVpcInfo"]]
        own = [side for side in sides if side["VpcId"] == self.vpc]
        other = [side for side in sides if side["VpcId"] != self.vpc]
        if not own:
            self.drop(f"{peering_id} does not join {self.vpc}")
        self.check_state(
            peering_id,
            connection["Status"]["Code"],
            ("active",),
            ("failed", "expired", "deleted", "deleting", "rejected", "pending-acceptance"),
        )
        self.guard(self.vpc, "VpcPeering")
        if not any(self.packet().source in block(cidr) for cidr in side_blocks(own[0])):
            self.drop(f"{peering_id} is not transitive: the packet is of another VPC")
        if not any(self.packet().destination in block(cidr) for cidr in side_blocks(other[0])):
            self.drop(f"PCX_REQUIRES_ADDRESS_IN_VPC_CIDR {peering_id}")
        there = other[0]["VpcId"]
        if self.world.find(there) is None:
            raise Ended(UNKNOWN, f"UNKNOWN_RESOURCE {there}")
        self.guard(there, "VpcPeering")
        if sides[0]["Region"] != sides[1]["Region"]:
            self.lost_inbound = self.lost_outbound = f"{peering_id} joins two regions"
        self.hubs.append(peering_id)
        self.vpc = there

    # Transit gateways (G6)

    def pass_hub(self, hub_id: str) -> None:
        """Through the gateway to where it leads: into a subnet of another VPC, where the packet is then routed."""
        self.visit(hub_id)
        hub = self.world.record(hub_id)
        self.check_state(hub_id, hub["State"], USED, ENDED)
        mine = [each for each in self.vpc_attachments() if each["TransitGatewayId"] == hub_id]
        mine = [each for each in mine if each["VpcId"] == self.vpc]
        if not mine:
            self.drop(f"UNASSOCIATED_COMPONENT {self.vpc} is not attached to {hub_id}")
        attachment = mine[0]
        self.check_attachment(attachment)
        if self.subnet is None:
            raise Ended(OPEN, "from no subnet to a transit gateway", frozenset({DROPPED, UNKNOWN}))
        zone = self.world.zone_of(self.subnet)
        inside = [each for each in attachment["SubnetIds"] if self.world.zone_of(each) == zone]
        if not inside:
            self.drop(f"TGW_ROUTE_AZ_RESTRICTION {attachment['TransitGatewayAttachmentId']} has nothing in {zone}")
        # Both count, also where they are those of one subnet (E10).
        self.pass_acl(self.subnet, egress=True)
        self.pass_acl(inside[0], egress=False)
        if hub["Options"].get("SecurityGroupReferencingSupport") != "enable":
            self.lost_inbound = f"SG_REFERENCING_SUPPORT of {hub_id}"
        self.lose_references(attachment)
        self.lost_outbound = f"{hub_id}: groups are known inbound only"
        self.hubs.append(hub_id)
        self.entered = inside[0]
        self.follow_table(hub_id, attachment["TransitGatewayAttachmentId"], inside[0])

    def follow_table(self, hub_id: str, attachment_id: str, entered: str | None) -> None:
        """The route table of the attachment by which the packet came in, and on from there."""
        record = self.attachment(hub_id, attachment_id)
        association = record.get("Association", {})
        if "TransitGatewayRouteTableId" not in association or association["State"] == "disassociated":
            self.drop(f"TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION {attachment_id}")
        if association["State"] != "associated":
            raise Ended(UNKNOWN, f"the association of {attachment_id} is {association['State']}")
        table_id = association["TransitGatewayRouteTableId"]
        self.visit(table_id)
        route = self.hub_route(table_id)
        target = route["TransitGatewayAttachments"][0]
        if target["ResourceType"] == "vpc":
            self.leave_hub(target["TransitGatewayAttachmentId"], hub_id, entered)
        elif target["ResourceType"] == "peering":
            self.pass_to_other_hub(hub_id, target["TransitGatewayAttachmentId"])
        else:
            raise Ended(UNKNOWN, f"ON_PREM_BEYOND_MODEL {target}")

    def hub_route(self, table_id: str) -> Json:
        best: tuple[int, int, Json] | None = None
        for route in self.world.listed(f"ec2/search-transit-gateway-routes/{table_id}", "Routes"):
            cidr = block(route["DestinationCidrBlock"])
            if self.packet().destination not in cidr:
                continue
            kind = "prefix-list" if "PrefixListId" in route else route["Type"]
            rank = (cidr.prefixlen, -PRIORITY.index(kind), route)
            if best is None or rank[:2] > best[:2]:
                best = rank
        if best is None:
            self.drop(f"TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT in {table_id}")
            raise AssertionError
        if best[2]["State"] == "blackhole":
            self.drop(f"TGW_RTB_BAD_STATE_ROUTE in {table_id}")
        return best[2]

    def leave_hub(self, attachment_id: str, hub_id: str, entered: str | None) -> None:
        found = [each for each in self.vpc_attachments() if each["TransitGatewayAttachmentId"] == attachment_id]
        if not found:
            raise Ended(UNKNOWN, f"UNKNOWN_RESOURCE {attachment_id}")
        attachment = found[0]
        self.check_attachment(attachment)
        self.lose_references(attachment)
        keeps_zone = attachment["Options"].get("ApplianceModeSupport") == "enable"
        inside = list(attachment["SubnetIds"])
        if entered is not None and not keeps_zone:
            zone = self.world.zone_of(entered)
            inside = [each for each in inside if self.world.zone_of(each) == zone] or inside
        self.vpc = attachment["VpcId"]
        way = "both ways" if keeps_zone else self.way
        self.subnet = inside[0]
        if len(inside) > 1:
            self.subnet = self.choose(f"where {attachment_id} is left, {way}", inside)
        if not keeps_zone:
            self.zones_matter(inside)

    def zones_matter(self, inside: list[str]) -> None:
        """Asked where a packet may come out in any of these subnets, and no appliance mode keeps it to one zone."""

    def pass_to_other_hub(self, hub_id: str, attachment_id: str) -> None:
        near = self.attachment(hub_id, attachment_id)
        self.check_state(attachment_id, near["State"], USED, ENDED)
        other = near["ResourceId"]
        ends = [
            each
            for each in self.world.listed("ec2/describe-transit-gateway-attachments", "TransitGatewayAttachments")
            if each["TransitGatewayId"] == other and each["ResourceId"] == hub_id
        ]
        if not ends:
            raise Ended(UNKNOWN, f"UNKNOWN_RESOURCE the far end of {attachment_id}")
        self.lost_inbound = f"{attachment_id} joins two gateways"
        self.hubs.append(other)
        self.follow_table(other, ends[0]["TransitGatewayAttachmentId"], None)

    def vpc_attachments(self) -> list[Json]:
        return self.world.listed("ec2/describe-transit-gateway-vpc-attachments", "TransitGatewayVpcAttachments")

    def attachment(self, hub_id: str, attachment_id: str) -> Json:
        for each in self.world.listed("ec2/describe-transit-gateway-attachments", "TransitGatewayAttachments"):
            if each["TransitGatewayAttachmentId"] == attachment_id and each["TransitGatewayId"] == hub_id:
                return each
        raise Ended(UNKNOWN, f"UNKNOWN_RESOURCE {attachment_id}")

    def check_attachment(self, attachment: Json) -> None:
        self.check_state(attachment["TransitGatewayAttachmentId"], attachment["State"], USED, ENDED)
        if self.packet().destination.version == 6 and attachment["Options"]["Ipv6Support"] != "enable":
            self.drop(f"{attachment['TransitGatewayAttachmentId']} carries IPv4 only")

    def lose_references(self, attachment: Json) -> None:
        if attachment["Options"].get("SecurityGroupReferencingSupport") != "enable":
            self.lost_inbound = f"SG_REFERENCING_SUPPORT of {attachment['TransitGatewayAttachmentId']}"


def side_blocks(side: Json) -> list[str]:
    blocks = [each["CidrBlock"] for each in side.get("CidrBlockSet", [])]
    return [*blocks, *(each["Ipv6CidrBlock"] for each in side.get("Ipv6CidrBlockSet", []))]
