"""What a collection asks for: one call for each thing that the lists name and that packets may meet."""

import pytest

from tests.estates.asking import snapshot_of
from tests.estates.builder import Estate
from vpcreach.components import ALL_CALLS
from vpcreach.snapshot.call import Place

HOME = Place("111122223333", "eu-west-1")


def drawn() -> Estate:
    """An attached function with aliases and one without VPC, a list, an office, a transit gateway, a core network."""
    estate = Estate()
    vpc = estate.vpc("main", "10.0.0.0/16")
    vpc.subnet("app", "10.0.1.0/24", az="a")
    estate.function("app", subnets=["app"])
    estate.function("lone")
    estate.publish("app", "6", subnets=["app"])
    estate.publish("app", "7")
    estate.alias("app", "live", "6", {"7": 0.1})
    estate.alias("app", "same", "6")
    estate.alias("app", "dev", "$LATEST")
    estate.prefix_list("peers", cidrs=["10.9.0.0/16"])
    estate.put("ec2/describe-vpn-gateways", {"VpnGateways": [{"VpnGatewayId": "vgw-office", "State": "available"}]})
    hub = estate.transit_gateway("hub")
    hub.table("all")
    hub.attach("main", vpc, subnets=["app"], table="all")
    hub.attach("plain", vpc, subnets=["app"], table="all")
    hub.nat("main", {"10.0.1.0/24": "100.64.0.0/24"})
    wan = estate.core_network("wan")
    wan.attach("main", vpc, subnets=["app"], segment="prod")
    wan.attach("office", vpc, subnets=["app"], segment="prod")
    wan.attach("new", vpc, subnets=["app"], segment=None)
    estate["attachment-office"]["AttachmentType"] = "SITE_TO_SITE_VPN"
    return estate


ASKED = {
    ("lambda", "GetFunctionConfiguration", ("FunctionName",)): [("app",)],
    ("lambda", "ListAliases", ("FunctionName",)): [("app",)],
    ("lambda", "GetFunctionConfiguration", ("FunctionName", "Qualifier")): [("app", "6"), ("app", "7")],
    ("ec2", "DescribeVpcAttribute", ("VpcId", "Attribute")): [
        ("vpc-main", "enableDnsSupport"),
        ("vpc-main", "enableDnsHostnames"),
    ],
    ("ec2", "GetManagedPrefixListEntries", ("PrefixListId",)): [("pl-s3",), ("pl-dynamodb",), ("pl-peers",)],
    ("directconnect", "DescribeDirectConnectGatewayAssociations", ("virtualGatewayId",)): [("vgw-office",)],
    ("ec2", "SearchTransitGatewayRoutes", ("TransitGatewayRouteTableId",)): [("tgw-rtb-all",)],
    ("ec2", "GetTransitGatewayAttachmentNatConfiguration", ("TransitGatewayAttachmentId",)): [("tgw-attach-main",)],
    ("networkmanager", "GetVpcAttachment", ("AttachmentId",)): [("attachment-main",), ("attachment-new",)],
}


@pytest.mark.parametrize("call", ASKED, ids=lambda call: f"{call[1]}-{len(call[2])}")
def test_one_call_for_each_thing_that_is_listed_and_none_where_no_list_is(call: tuple[str, str, tuple[str]]) -> None:
    (found,) = [each for each in ALL_CALLS if (each.service, each.operation, each.arguments) == call]
    assert found.each is not None
    assert list(found.each(snapshot_of(drawn()), HOME)) == ASKED[call]
    assert list(found.each(snapshot_of({}), HOME)) == []


def test_the_routes_of_a_segment_are_asked_for_once_at_each_edge_where_something_comes_in() -> None:
    (routes,) = [call for call in ALL_CALLS if call.operation == "GetNetworkRoutes"]
    assert routes.each is not None
    estate = drawn()
    assert list(routes.each(snapshot_of(estate), HOME)) == [
        ("global-network-1", "core-network-wan", "prod", "eu-west-1")
    ]
    # Of a core network that the account does not list nobody knows the global network, which the call wants.
    estate.without("networkmanager/list-core-networks")
    assert list(routes.each(snapshot_of(estate), HOME)) == []
