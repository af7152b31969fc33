"""A function's own VPC configuration."""

import json

from tests.estates.builder import Estate
from tests.unit.explain.edits.trials import after, refusal, trial
from vpcreach.explain.edits import Cost, EnableFunctionIpv6, SetFunctionSubnets

ARN = "arn:aws:lambda:eu-west-1:111122223333:function:app"
GROUPS = ("sg-main-default",)
MOVE = SetFunctionSubnets(ARN, "app", ("subnet-app-b",), GROUPS)
IPV6 = EnableFunctionIpv6(ARN, "app", ("subnet-app-a",), GROUPS)


def estate() -> Estate:
    """A function in a subnet without a way out, beside one with ways out for both families."""
    drawn = Estate()
    vpc = drawn.vpc("main", "10.0.0.0/16", ipv6="2600:1f18::/56")
    vpc.subnet("public-a", "10.0.0.0/24", table="public")
    vpc.subnet("app-a", "10.0.1.0/24", ipv6="2600:1f18:0:1::/64")
    vpc.subnet("app-b", "10.0.2.0/24", table="out", ipv6="2600:1f18:0:2::/64")
    vpc.subnet("old", "10.0.3.0/24", table="out")
    vpc.internet_gateway("main")
    vpc.egress_only_internet_gateway("main")
    vpc.nat_gateway("a", subnet="public-a")
    vpc.route_table("public", {"0.0.0.0/0": "igw-main"})
    vpc.route_table("out", {"0.0.0.0/0": "nat-a", "::/0": "eigw-main"})
    drawn.function("app", subnets=["app-a"])
    return drawn


def test_a_function_moves_to_another_subnet() -> None:
    assert trial(estate(), "internet", MOVE) == "blocked NO_ROUTE_TO_DESTINATION => reachable"
    assert (MOVE.cost, str(MOVE)) == (Cost.NONE, "let app run in subnet-app-b")
    both = SetFunctionSubnets(ARN, "app", ("subnet-app-a", "subnet-app-b"), GROUPS)
    assert trial(estate(), "internet", both).endswith("=> partial NO_ROUTE_TO_DESTINATION")


def test_ipv6_is_switched_on() -> None:
    drawn = estate()
    drawn.move_function("app", subnets=["app-b"])
    edit = EnableFunctionIpv6(ARN, "app", ("subnet-app-b",), GROUPS)
    assert trial(drawn, "[2606:4700::1111]:443", edit) == "blocked LAMBDA_IPV6_NOT_ENABLED => reachable"
    assert (edit.cost, str(edit)) == (Cost.NONE, "allow IPv6 for app (Ipv6AllowedForDualStack)")


def test_the_list_and_the_functions_own_reply_tell_the_same() -> None:
    files = after(estate(), MOVE, IPV6).files
    listed = json.loads(files["111122223333/eu-west-1/lambda/list-functions.json"])["Functions"][0]
    own = json.loads(files["111122223333/eu-west-1/lambda/get-function-configuration/app.json"])
    assert listed["VpcConfig"] == own["VpcConfig"]
    assert own["VpcConfig"] == {
        "SubnetIds": ["subnet-app-b"],
        "SecurityGroupIds": ["sg-main-default"],
        "VpcId": "vpc-main",
        "Ipv6AllowedForDualStack": True,
    }


def test_a_published_version_keeps_what_it_was_published_with() -> None:
    drawn = estate()
    drawn.publish("app", "3", subnets=["app-a"])
    drawn.alias("app", "live", "3")
    assert trial(drawn, "internet", MOVE, function="app:live").endswith("=> blocked NO_ROUTE_TO_DESTINATION")


def test_what_lambda_refuses_is_refused() -> None:
    drawn = estate()
    drawn.vpc("far", "10.9.0.0/16").subnet("far", "10.9.0.0/24")
    drawn.function("free")
    far = SetFunctionSubnets(ARN, "app", ("subnet-app-b", "subnet-far"), GROUPS)
    assert refusal(drawn, far) == "app moves within vpc-main: subnet-app-b, subnet-far are not all of it"
    assert "moves within vpc-main" in refusal(drawn, SetFunctionSubnets(ARN, "app", (), GROUPS))
    lost = SetFunctionSubnets(ARN, "app", ("subnet-app-c",), GROUPS)
    assert "subnet-app-c is not in the snapshot; did you mean" in refusal(drawn, lost)
    old = EnableFunctionIpv6(ARN, "app", ("subnet-old",), GROUPS)
    assert refusal(drawn, old) == "subnet-old has no IPv6 block, and Lambda wants one in every subnet of app"
    unknown = EnableFunctionIpv6(f"{ARN}s", "apps", ("subnet-app-b",), GROUPS)
    assert refusal(drawn, unknown) == f'{ARN}s is not in the snapshot; did you mean "{ARN}"?'
    free = EnableFunctionIpv6(ARN.replace(":app", ":free"), "free", (), ())
    assert refusal(drawn, free) == "free is attached to no VPC, so there is nothing to change"
