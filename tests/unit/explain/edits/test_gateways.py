"""Internet gateways and NAT gateways, made and attached."""

from tests.estates.builder import Estate, Vpc, combined
from tests.estates.sharing import participant
from tests.unit.explain.edits.trials import after, records, refusal, trial
from tests.unit.reach.worlds import dual_stack
from vpcreach.explain.edits import (
    AttachInternetGateway,
    Cost,
    NewEgressOnlyInternetGateway,
    NewInternetGateway,
    NewNatGateway,
    SetRoute,
)

DEFAULT = "0.0.0.0/0"
NAT = NewNatGateway("nat-new", "vpc-main", "subnet-public-a")
REGIONAL = NewNatGateway("nat-new", "vpc-main", None)
GATEWAY = NewInternetGateway("igw-new", "vpc-main")
TO_NAT = SetRoute("rtb-app", DEFAULT, "nat-new")
NO_ROUTE = "blocked NO_ROUTE_TO_DESTINATION"


def estate(*, gateway: bool = True) -> tuple[Estate, Vpc]:
    """A function whose VPC has a public subnet and nothing that translates."""
    drawn = Estate()
    vpc = drawn.vpc("main", "10.0.0.0/16")
    vpc.subnet("public-a", "10.0.0.0/24", table="public")
    vpc.subnet("app-a", "10.0.1.0/24", table="app")
    vpc.route_table("public")
    vpc.route_table("app")
    if gateway:
        vpc.internet_gateway("main")
        vpc.route_table("public", {DEFAULT: "igw-main"})
    drawn.function("app", subnets=["app-a"])
    return drawn, vpc


def test_a_new_nat_gateway_in_a_public_subnet_serves() -> None:
    assert trial(estate()[0], "internet", NAT, TO_NAT) == f"{NO_ROUTE} => reachable"
    assert NAT.cost is Cost.HOURLY
    assert str(NAT) == "make a NAT gateway (nat-new) with an Elastic IP in subnet-public-a"


def test_a_new_nat_gateway_in_the_functions_own_subnet_loops() -> None:
    lost = NewNatGateway("nat-new", "vpc-main", "subnet-app-a")
    assert trial(estate()[0], "internet", lost, TO_NAT).endswith("=> blocked ROUTING_LOOP")


def test_a_new_nat_gateway_takes_an_address_of_its_subnet() -> None:
    drawn, _ = estate()
    before = {s["SubnetId"]: s["AvailableIpAddressCount"] for s in records(after(drawn), "describe-subnets")}
    made = {s["SubnetId"]: s["AvailableIpAddressCount"] for s in records(after(drawn, NAT), "describe-subnets")}
    assert made == before | {"subnet-public-a": before["subnet-public-a"] - 1}
    drawn["subnet-public-a"]["AvailableIpAddressCount"] = 0
    drawn.counted_subnets.discard("subnet-public-a")
    assert refusal(drawn, NAT) == "subnet-public-a has no free address left"


def test_a_regional_nat_gateway_needs_no_subnet_and_brings_its_own_table() -> None:
    drawn, _ = estate()
    assert trial(drawn, "internet", REGIONAL, TO_NAT) == f"{NO_ROUTE} => reachable"
    assert str(REGIONAL) == "make a regional NAT gateway (nat-new) for vpc-main"
    [nat] = records(after(drawn, REGIONAL), "describe-nat-gateways")
    [own] = [t for t in records(after(drawn, REGIONAL), "describe-route-tables") if t["RouteTableId"] == "rtb-nat-new"]
    assert nat["RouteTableId"] == "rtb-nat-new"
    assert [route["GatewayId"] for route in own["Routes"]] == ["local", "igw-main"]


def test_a_vpc_without_any_gateway_gets_both() -> None:
    drawn, _ = estate(gateway=False)
    regional = NewNatGateway("nat-new", "vpc-main", None, "igw-new")
    assert trial(drawn, "internet", GATEWAY, regional, TO_NAT) == f"{NO_ROUTE} => reachable"
    assert GATEWAY.cost is Cost.FREE
    assert str(GATEWAY) == "make an internet gateway (igw-new) and attach it to vpc-main"
    assert refusal(drawn, NAT) == "vpc-main has no internet gateway, and a public NAT gateway fails without one"


def test_a_new_egress_only_gateway_takes_ipv6_out_and_a_vpc_has_one() -> None:
    drawn, made = dual_stack(), NewEgressOnlyInternetGateway("eigw-new", "vpc-main")
    way = SetRoute("rtb-private", "::/0", "eigw-new")
    assert trial(drawn, "internet", made, way) == "partial NO_ROUTE_TO_DESTINATION => reachable"
    assert made.cost is Cost.FREE
    assert str(made) == "make an egress-only internet gateway (eigw-new) for vpc-main"
    second = NewEgressOnlyInternetGateway("eigw-other", "vpc-main")
    assert refusal(drawn, made, second) == "vpc-main has an egress-only internet gateway already: eigw-new"


def test_a_gateway_that_is_attached_again_revives_the_routes_of_its_vpc() -> None:
    drawn, vpc = estate()
    vpc.nat_gateway("a", subnet="public-a")
    vpc.route_table("app", {DEFAULT: "nat-a"})
    vpc.detach_internet_gateway("main")
    edit = AttachInternetGateway("igw-main", "vpc-main")
    assert trial(drawn, "internet", edit) == "blocked BAD_STATE_ROUTE => reachable"
    assert (edit.cost, str(edit)) == (Cost.NONE, "attach igw-main to vpc-main")
    drawn.vpc("other", "10.1.0.0/16")
    away = AttachInternetGateway("igw-main", "vpc-other")
    assert trial(drawn, "internet", away) == "blocked BAD_STATE_ROUTE => blocked BAD_STATE_ROUTE"


def test_what_the_owner_of_a_shared_vpc_makes_serves_the_participant() -> None:
    drawn, _ = estate()
    other = participant(drawn, "000055556666", function="app", groups=("sg-main-default",))
    assert trial(combined(drawn, other), "internet", NAT, TO_NAT) == f"{NO_ROUTE} => reachable"
    [nat] = [path for path, data in after(combined(drawn, other), NAT).files.items() if b"nat-new" in data]
    assert nat == "111122223333/eu-west-1/ec2/describe-nat-gateways.json"
    assert refusal(other, NAT) == "vpc-main belongs to account 111122223333, which the snapshot does not hold"


def test_a_vpc_has_one_internet_gateway_and_a_gateway_one_vpc() -> None:
    drawn, vpc = estate()
    vpc.internet_gateway("lone", attached=False)
    drawn.vpc("other", "10.1.0.0/16")
    one = "vpc-main has an internet gateway already: igw-main"
    assert refusal(drawn, GATEWAY) == one
    assert refusal(drawn, AttachInternetGateway("igw-lone", "vpc-main")) == one
    assert refusal(drawn, AttachInternetGateway("igw-main", "vpc-other")) == (
        "igw-main is attached to vpc-main already, and to one VPC at a time"
    )


def test_what_does_not_exist_or_is_of_another_vpc_is_refused() -> None:
    drawn, _ = estate()
    far = drawn.vpc("far", "10.9.0.0/16")
    far.subnet("far", "10.9.0.0/24")
    assert (
        refusal(drawn, NewNatGateway("nat-new", "vpc-main", "subnet-far"))
        == "subnet-far is of vpc-far, not of vpc-main"
    )
    assert "vpc-mian is not in the snapshot" in refusal(drawn, NewInternetGateway("igw-new", "vpc-mian"))
    assert 'did you mean "igw-main"?' in refusal(drawn, AttachInternetGateway("igw-mian", "vpc-main"))
    assert refusal(drawn, NAT, NAT) == "nat-new is in the snapshot already, so it cannot stand for a new one"
    drawn.denied("ec2/describe-nat-gateways")
    assert "ec2:DescribeNatGateways of 111122223333/eu-west-1 is not in the snapshot" in refusal(drawn, NAT)
