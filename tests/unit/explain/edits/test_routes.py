"""Route tables: routes set and taken away, subnets put under another table."""

import pytest

from tests.estates.builder import Estate, Vpc, combined
from tests.estates.gateways import peering
from tests.estates.sharing import participant
from tests.unit.explain.edits.trials import after, records, refusal, trial
from vpcreach.errors import UsageError
from vpcreach.explain.edits import AssociateRouteTable, Cost, RemoveRoute, SetRoute
from vpcreach.explain.edits.routes import target_key

DEFAULT = "0.0.0.0/0"


def estate() -> tuple[Estate, Vpc]:
    """A function in a subnet without a way out, beside a NAT gateway that works."""
    drawn = Estate()
    vpc = drawn.vpc("main", "10.0.0.0/16")
    vpc.subnet("public-a", "10.0.0.0/24", table="public")
    vpc.subnet("app-a", "10.0.1.0/24", table="app")
    vpc.internet_gateway("main")
    vpc.nat_gateway("a", subnet="public-a")
    vpc.route_table("public", {DEFAULT: "igw-main"})
    vpc.route_table("app")
    vpc.route_table("other", {DEFAULT: "nat-a"})
    drawn.function("app", subnets=["app-a"])
    return drawn, vpc


ADD = SetRoute("rtb-app", DEFAULT, "nat-a")


def test_a_new_route_opens_the_way() -> None:
    assert trial(estate()[0], "internet", ADD) == "blocked NO_ROUTE_TO_DESTINATION => reachable"
    assert ADD.cost is Cost.NONE
    assert str(ADD) == "add to rtb-app the route 0.0.0.0/0 -> nat-a"


def test_a_route_that_is_pointed_elsewhere_is_still_one_route() -> None:
    drawn, vpc = estate()
    vpc.route_table("app", {DEFAULT: "igw-main"})
    edit = SetRoute("rtb-app", DEFAULT, "nat-a", "igw-main")
    assert trial(drawn, "internet", edit) == "blocked IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS => reachable"
    assert str(edit) == "point 0.0.0.0/0 of rtb-app at nat-a instead of igw-main"


def test_a_blackhole_is_replaced_by_a_route_that_works() -> None:
    drawn, vpc = estate()
    vpc.route_table("app", {DEFAULT: ("nat-gone", "blackhole")})
    assert trial(drawn, "internet", ADD) == "blocked BAD_STATE_ROUTE => reachable"


def test_a_static_route_stands_beside_a_propagated_one_to_the_same_block_and_wins() -> None:
    drawn, _ = estate()
    propagated = {"DestinationCidrBlock": DEFAULT, "GatewayId": "vgw-1", "Origin": "EnableVgwRoutePropagation"}
    drawn["rtb-app"]["Routes"].append(propagated | {"State": "active"})
    tables = records(after(drawn, ADD), "describe-route-tables")
    [table] = [each for each in tables if each["RouteTableId"] == "rtb-app"]
    assert [route.get("GatewayId") or route["NatGatewayId"] for route in table["Routes"]] == ["local", "vgw-1", "nat-a"]
    assert trial(drawn, "internet", ADD).endswith("=> reachable")
    assert "no route of its own" in refusal(drawn, RemoveRoute("rtb-app", DEFAULT))


def test_a_route_taken_away_closes_the_way() -> None:
    drawn, vpc = estate()
    vpc.route_table("app", {DEFAULT: "nat-a"})
    edit = RemoveRoute("rtb-app", DEFAULT)
    assert trial(drawn, "internet", edit) == "reachable => blocked NO_ROUTE_TO_DESTINATION"
    assert str(edit) == "remove from rtb-app the route to 0.0.0.0/0"


def test_edits_follow_each_other() -> None:
    assert trial(estate()[0], "internet", ADD, RemoveRoute("rtb-app", DEFAULT)).endswith(
        "=> blocked NO_ROUTE_TO_DESTINATION"
    )


def test_a_subnet_moves_from_its_own_table_to_another() -> None:
    edit = AssociateRouteTable("subnet-app-a", "rtb-other", "rtb-app")
    assert trial(estate()[0], "internet", edit) == "blocked NO_ROUTE_TO_DESTINATION => reachable"
    assert str(edit) == "associate subnet-app-a with rtb-other instead of rtb-app"


def test_a_subnet_under_the_main_table_gets_a_table_of_its_own() -> None:
    drawn, vpc = estate()
    vpc.subnet("lost", "10.0.2.0/24")
    drawn.function("lost", subnets=["lost"])
    edit = AssociateRouteTable("subnet-lost", "rtb-other")
    assert trial(drawn, "internet", edit, function="lost") == "blocked NO_ROUTE_TO_DESTINATION => reachable"
    back = AssociateRouteTable("subnet-lost", "rtb-main-main")
    assert trial(drawn, "internet", edit, back, function="lost").endswith("=> blocked NO_ROUTE_TO_DESTINATION")


def test_a_table_that_several_accounts_see_is_edited_for_all_of_them() -> None:
    drawn, _ = estate()
    other = participant(drawn, "444455556666", function="app", groups=("sg-main-default",))
    files = combined(drawn, other)
    assert trial(files, "internet", ADD) == "blocked NO_ROUTE_TO_DESTINATION => reachable"
    move = AssociateRouteTable("subnet-app-a", "rtb-other", "rtb-app")
    assert trial(files, "internet", move) == "blocked NO_ROUTE_TO_DESTINATION => reachable"


def test_a_peering_that_is_not_active_gives_a_blackhole() -> None:
    drawn, vpc = estate()
    data = drawn.vpc("data", "10.1.0.0/16")
    data.subnet("data-a", "10.1.0.0/24", table="data")
    data.route_table("data")
    data.network_interface("db", subnet="data-a", address="10.1.0.9")
    peering(vpc, "wait", data, status="pending-acceptance")
    there = SetRoute("rtb-app", "10.1.0.0/16", "pcx-wait")
    assert trial(drawn, "10.1.0.9:5432", there).endswith("=> blocked BAD_STATE_ROUTE")


def test_what_is_not_there_is_named_with_what_may_be_meant() -> None:
    drawn, _ = estate()
    assert refusal(drawn, SetRoute("rtb-ap", DEFAULT, "nat-a")) == (
        'rtb-ap is not in the snapshot; did you mean "rtb-app"?'
    )
    assert "nat-aa is not in the snapshot" in refusal(drawn, SetRoute("rtb-app", DEFAULT, "nat-aa"))
    assert "pl-s4 is not in the snapshot" in refusal(drawn, SetRoute("rtb-app", "pl-s4", "nat-a"))
    assert "subnet-x is not in the snapshot" in refusal(drawn, AssociateRouteTable("subnet-x", "rtb-app"))
    assert "its routes are to 10.0.0.0/16" in refusal(drawn, RemoveRoute("rtb-app", DEFAULT))


def test_a_target_that_the_snapshot_may_lack_is_taken_and_leaves_the_answer_open() -> None:
    drawn, _ = estate()
    drawn.denied("ec2/describe-nat-gateways")
    assert trial(drawn, "internet", SetRoute("rtb-app", DEFAULT, "nat-other")).endswith("=> unknown UNKNOWN_RESOURCE")


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (RemoveRoute("rtb-app", "10.0.0.0/16"), "10.0.0.0/16 of rtb-app is local, and AWS keeps that route"),
        (SetRoute("rtb-app", "10.0.0.0/16", "igw-main"), "lies within a local route"),
        (SetRoute("rtb-app", "169.254.169.254/32", "nat-a"), "lies within 169.254.168.0/22"),
        (SetRoute("rtb-app", "fd00:ec2::254/128", "nat-a"), "lies within fd00:ec2::/32"),
        (SetRoute("rtb-app", "10.0.1.0/24", "igw-main"), "lies within a local route"),
        (SetRoute("rtb-app", DEFAULT, "eigw-main"), "eigw-main carries IPv6 alone"),
        (
            SetRoute("rtb-app", DEFAULT, "igw-lone"),
            "igw-lone is attached to no VPC, and rtb-app is a table of vpc-main",
        ),
        (SetRoute("rtb-app", DEFAULT, "nat-far"), "nat-far is of vpc-far, and rtb-app is a table of vpc-main"),
        (SetRoute("rtb-app", DEFAULT, "tgw-hub"), "vpc-main is not attached to tgw-hub"),
        (SetRoute("rtb-app", "10.7.0.0/16", "vpce-sts"), "vpce-sts is of the kind Interface"),
        (SetRoute("rtb-far", DEFAULT, "vpce-s3"), "vpce-s3 is of vpc-main"),
        (SetRoute("rtb-s3", "pl-s3", "nat-a"), "stays until vpce-s3 leaves the table"),
        (RemoveRoute("rtb-s3", "pl-s3"), "stays until vpce-s3 leaves the table"),
        (AssociateRouteTable("subnet-app-a", "rtb-app"), "subnet-app-a is associated with rtb-app already"),
        (AssociateRouteTable("subnet-app-a", "rtb-far"), "a subnet takes a table of its own VPC"),
    ],
    ids=str,
)
def test_what_aws_refuses_is_refused(edit: SetRoute | RemoveRoute | AssociateRouteTable, words: str) -> None:
    drawn, vpc = estate()
    vpc.egress_only_internet_gateway("main")
    vpc.internet_gateway("lone", attached=False)
    far = drawn.vpc("far", "10.9.0.0/16")
    far.subnet("far", "10.9.0.0/24", table="far")
    far.route_table("far")
    far.nat_gateway("far", subnet="far")
    drawn.transit_gateway("hub")
    vpc.interface_endpoint("sts", service="sts", subnets=["app-a"])
    vpc.route_table("s3")
    vpc.gateway_endpoint("s3", service="s3", tables=["s3"])
    assert words in refusal(drawn, edit)


def test_a_local_route_may_be_replaced_by_what_stands_in_the_vpc() -> None:
    drawn, vpc = estate()
    vpc.network_interface("firewall", subnet="public-a", source_dest_check=False)
    edited = trial(drawn, "10.0.0.9:443", SetRoute("rtb-app", "10.0.0.0/24", "eni-firewall"))
    assert edited.partition(" => ")[2].startswith("unknown")


@pytest.mark.parametrize(
    ("target", "key"),
    [
        ("vgw-1", "GatewayId"),
        ("eigw-1", "EgressOnlyInternetGatewayId"),
        ("arn:aws:networkmanager::111122223333:core-network/core-network-1", "CoreNetworkArn"),
        ("arn:aws-cn:networkmanager::111122223333:core-network/core-network-1", "CoreNetworkArn"),
        ("arn:aws-us-gov:odb:us-gov-west-1:111122223333:odb-network/1", "OdbNetworkArn"),
    ],
)
def test_the_key_of_a_target_follows_from_its_id_in_every_partition(target: str, key: str) -> None:
    assert target_key(target) == key


@pytest.mark.parametrize("target", ["subnet-1", "local", "10.0.0.1", "arn:aws:s3:::bucket", "arn:"])
def test_what_no_route_leads_to_is_no_target(target: str) -> None:
    with pytest.raises(UsageError, match="cannot be the target of a route: that begins with igw-"):
        target_key(target)
