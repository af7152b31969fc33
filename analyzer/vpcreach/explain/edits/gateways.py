"""Edits of gateways: an internet gateway attached or made, an egress-only or a NAT gateway made.

Modelled: zonal public NAT gateways, and regional ones, which need no subnet and bring a route table of their own.
Not modelled: the private address that AWS will give a gateway (any of its subnet), the public one (an example).
Source: EC2 API Reference, AttachInternetGateway, CreateInternetGateway, CreateEgressOnlyInternetGateway,
CreateNatGateway; VPC User Guide, "Regional NAT gateways". Checked: tests/unit/explain/edits/test_gateways.py.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from vpcreach.components.egress_only_internet_gateway import DESCRIBE_EGRESS_ONLY_INTERNET_GATEWAYS
from vpcreach.components.internet_gateway import DESCRIBE_INTERNET_GATEWAYS
from vpcreach.components.nat_gateway import DESCRIBE_NAT_GATEWAYS
from vpcreach.components.route_table import DESCRIBE_ROUTE_TABLES
from vpcreach.components.subnet import DESCRIBE_SUBNETS
from vpcreach.components.vpc import DESCRIBE_VPCS
from vpcreach.errors import UsageError
from vpcreach.explain.edits.draft import Cost, Draft, Item
from vpcreach.snapshot.call import Call

# Of the blocks that are kept for examples, so that it belongs to nobody.
EXAMPLE_ADDRESS = "203.0.113.10"
ATTACHED = ("available", "attached", "attaching")


class Kind(NamedTuple):
    """A kind of gateway of which a VPC has one: where they are listed, by which key, and what they are called."""

    call: Call[Any]
    key: str
    words: str


INTERNET = Kind(DESCRIBE_INTERNET_GATEWAYS, "InternetGatewayId", "an internet gateway")
EGRESS_ONLY = Kind(
    DESCRIBE_EGRESS_ONLY_INTERNET_GATEWAYS, "EgressOnlyInternetGatewayId", "an egress-only internet gateway"
)


@dataclass(frozen=True, slots=True)
class AttachInternetGateway:
    """An internet gateway that is attached to no VPC, attached to one."""

    gateway_id: str
    vpc_id: str

    @property
    def cost(self) -> Cost:
        return Cost.NONE

    def apply(self, draft: Draft) -> None:
        for gateway in draft.find(DESCRIBE_INTERNET_GATEWAYS, "InternetGatewayId", self.gateway_id):
            held = [a for a in gateway.get("Attachments", []) if a.get("State") in ATTACHED]
            if held:
                raise UsageError(
                    f"{self.gateway_id} is attached to {held[0]['VpcId']} already, and to one VPC at a time"
                )
        _refuse_second(draft, self.vpc_id)
        for gateway in draft.find(DESCRIBE_INTERNET_GATEWAYS, "InternetGatewayId", self.gateway_id):
            gateway["Attachments"] = [{"VpcId": self.vpc_id, "State": "available"}]
        _revive(draft, self.gateway_id, self.vpc_id)

    def __str__(self) -> str:
        return f"attach {self.gateway_id} to {self.vpc_id}"


@dataclass(frozen=True, slots=True)
class NewInternetGateway:
    """An internet gateway made and attached; `gateway_id` stands for the id that AWS will give."""

    gateway_id: str
    vpc_id: str

    @property
    def cost(self) -> Cost:
        return Cost.FREE

    def apply(self, draft: Draft) -> None:
        home = draft.home_of(DESCRIBE_VPCS, "VpcId", self.vpc_id)
        draft.is_free(DESCRIBE_INTERNET_GATEWAYS, "InternetGatewayId", self.gateway_id)
        _refuse_second(draft, self.vpc_id)
        attached = [{"VpcId": self.vpc_id, "State": "available"}]
        made = {"InternetGatewayId": self.gateway_id, "Attachments": attached, "OwnerId": home.account, "Tags": []}
        draft.items(DESCRIBE_INTERNET_GATEWAYS, home).append(made)

    def __str__(self) -> str:
        return f"make an internet gateway ({self.gateway_id}) and attach it to {self.vpc_id}"


@dataclass(frozen=True, slots=True)
class NewEgressOnlyInternetGateway:
    """An egress-only internet gateway, which AWS attaches as it makes it; `gateway_id` stands for the id to come."""

    gateway_id: str
    vpc_id: str

    @property
    def cost(self) -> Cost:
        return Cost.FREE

    def apply(self, draft: Draft) -> None:
        home = draft.home_of(DESCRIBE_VPCS, "VpcId", self.vpc_id)
        draft.is_free(EGRESS_ONLY.call, EGRESS_ONLY.key, self.gateway_id)
        _refuse_second(draft, self.vpc_id, EGRESS_ONLY)
        attached = [{"VpcId": self.vpc_id, "State": "attached"}]
        made = {EGRESS_ONLY.key: self.gateway_id, "Attachments": attached, "Tags": []}
        draft.items(EGRESS_ONLY.call, home).append(made)

    def __str__(self) -> str:
        return f"make an egress-only internet gateway ({self.gateway_id}) for {self.vpc_id}"


@dataclass(frozen=True, slots=True)
class NewNatGateway:
    """A public NAT gateway in a subnet, or (without one) a regional one for the whole VPC.

    `nat_gateway_id` stands for the id that AWS will give. A regional gateway's own table leads to
    `internet_gateway_id`, as AWS sets it up; without one it is the gateway that is attached to the VPC.
    """

    nat_gateway_id: str
    vpc_id: str
    subnet_id: str | None
    internet_gateway_id: str | None = None

    @property
    def cost(self) -> Cost:
        return Cost.HOURLY

    def apply(self, draft: Draft) -> None:
        home = draft.home_of(DESCRIBE_VPCS, "VpcId", self.vpc_id)
        draft.is_free(DESCRIBE_NAT_GATEWAYS, "NatGatewayId", self.nat_gateway_id)
        attached = _attached_to(draft, self.vpc_id)
        if not attached:
            raise UsageError(f"{self.vpc_id} has no internet gateway, and a public NAT gateway fails without one")
        made: Item = {
            "NatGatewayId": self.nat_gateway_id,
            "VpcId": self.vpc_id,
            "State": "available",
            "ConnectivityType": "public",
            "NatGatewayAddresses": [{"PublicIp": EXAMPLE_ADDRESS, "IsPrimary": True, "Status": "succeeded"}],
            "Tags": [],
        }
        if self.subnet_id is not None:
            self._take_address(draft, self.subnet_id)
            made |= {"AvailabilityMode": "zonal", "SubnetId": self.subnet_id}
        else:
            table_id = f"rtb-{self.nat_gateway_id}"
            made |= {"AvailabilityMode": "regional", "AutoScalingIps": "enabled", "AutoProvisionZones": "enabled"}
            made["RouteTableId"] = table_id
            gateway_id = self.internet_gateway_id or attached[0]
            draft.items(DESCRIBE_ROUTE_TABLES, home).append(self._own_table(table_id, home.account, gateway_id, draft))
        draft.items(DESCRIBE_NAT_GATEWAYS, home).append(made)

    def _take_address(self, draft: Draft, subnet_id: str) -> None:
        for subnet in draft.find(DESCRIBE_SUBNETS, "SubnetId", subnet_id):
            if subnet.get("VpcId") != self.vpc_id:
                raise UsageError(f"{subnet_id} is of {subnet.get('VpcId')}, not of {self.vpc_id}")
            take_address(subnet)

    def _own_table(self, table_id: str, account: str, gateway_id: str, draft: Draft) -> Item:
        [vpc, *_] = draft.find(DESCRIBE_VPCS, "VpcId", self.vpc_id)
        blocks = [each["CidrBlock"] for each in vpc.get("CidrBlockAssociationSet", [])] or [vpc["CidrBlock"]]
        routes = [_route(block, "local", "CreateRouteTable") for block in blocks]
        routes.append(_route("0.0.0.0/0", gateway_id, "CreateRoute"))
        return {
            "RouteTableId": table_id,
            "VpcId": self.vpc_id,
            "Routes": routes,
            "Associations": [],
            "PropagatingVgws": [],
            "Tags": [],
            "OwnerId": account,
        }

    def __str__(self) -> str:
        if self.subnet_id is None:
            return f"make a regional NAT gateway ({self.nat_gateway_id}) for {self.vpc_id}"
        return f"make a NAT gateway ({self.nat_gateway_id}) with an Elastic IP in {self.subnet_id}"


def _route(block: str, target: str, origin: str) -> Item:
    return {"DestinationCidrBlock": block, "GatewayId": target, "Origin": origin, "State": "active"}


def take_address(subnet: Item) -> None:
    """Counts one address of a subnet as taken; raises UsageError where none is free."""
    free = subnet.get("AvailableIpAddressCount")
    if free == 0:
        raise UsageError(f"{subnet['SubnetId']} has no free address left")
    if free is not None:
        subnet["AvailableIpAddressCount"] = free - 1


def _attached_to(draft: Draft, vpc_id: str, kind: Kind = INTERNET) -> list[str]:
    """The gateways of a kind that a VPC has: one or none."""
    gateways = [gateway for _, items in draft.listed(kind.call) for gateway in items]
    held = [(g, a) for g in gateways for a in g.get("Attachments", []) if a.get("State") in ATTACHED]
    return [str(g[kind.key]) for g, attachment in held if attachment.get("VpcId") == vpc_id]


def _refuse_second(draft: Draft, vpc_id: str, kind: Kind = INTERNET) -> None:
    draft.home_of(DESCRIBE_VPCS, "VpcId", vpc_id)
    held = _attached_to(draft, vpc_id, kind)
    if held:
        raise UsageError(f"{vpc_id} has {kind.words} already: {held[0]}")


def _revive(draft: Draft, target: str, vpc_id: str) -> None:
    """The VPC's routes to a gateway that is attached again are no blackholes any more."""
    for _, tables in draft.listed(DESCRIBE_ROUTE_TABLES):
        for table in (each for each in tables if each.get("VpcId") == vpc_id):
            for route in table.get("Routes", []):
                if route.get("GatewayId") == target and route.get("State") == "blackhole":
                    route["State"] = "active"
