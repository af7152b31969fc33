"""VPC endpoints made, given to another table, their policy widened; DNS of a VPC switched on."""

import json

import pytest

from tests.estates.builder import Estate, Vpc, combined
from tests.estates.replies import path_of
from tests.estates.sharing import participant
from tests.unit.explain.edits.trials import after, records, refusal, trial
from vpcreach.explain.edits import (
    AddEndpointRoute,
    AddRule,
    AllowInEndpointPolicy,
    Cost,
    Edit,
    EnableVpcDns,
    NewGatewayEndpoint,
    NewInterfaceEndpoint,
    NewSecurityGroup,
    Rule,
)

NO_ROUTE = "blocked NO_ROUTE_TO_DESTINATION"
S3 = NewGatewayEndpoint("vpce-new", "vpc-main", "s3", "rtb-app")
GROUP = NewSecurityGroup("sg-new", "vpc-main", "sqs-endpoint")
ADMIT = AddRule(Rule("sg-new", True, "tcp", 443, 443, "sg-main-default"))
SQS = NewInterfaceEndpoint("vpce-sqs", "vpc-main", "sqs", ("subnet-app-a", "subnet-app-b"), "sg-new")


def estate(region: str = "eu-west-1", ipv6: str | None = None) -> tuple[Estate, Vpc]:
    """A function in two zones without any way out of its VPC."""
    drawn = Estate(region=region)
    vpc = drawn.vpc("main", "10.0.0.0/16", ipv6=ipv6)
    vpc.subnet("app-a", "10.0.1.0/24", az="a", table="app")
    vpc.subnet("app-b", "10.0.2.0/24", az="b", table="app-b")
    vpc.subnet("data-a", "10.0.3.0/24", az="a")
    vpc.route_table("app")
    vpc.route_table("app-b")
    drawn.function("app", subnets=["app-a", "app-b"])
    return drawn, vpc


def test_a_gateway_endpoint_serves_the_tables_that_it_is_given() -> None:
    other = NewGatewayEndpoint("vpce-new", "vpc-main", "s3", "rtb-app-b")
    assert trial(estate()[0], "s3", S3).endswith("=> partial NO_ROUTE_TO_DESTINATION")
    assert trial(estate()[0], "s3", S3, other) == f"{NO_ROUTE} => reachable"
    assert trial(estate()[0], "s3", S3, AddEndpointRoute("vpce-new", "rtb-app-b")).endswith("=> reachable")
    [endpoint] = records(after(estate()[0], S3, other), "describe-vpc-endpoints")
    assert endpoint["RouteTableIds"] == ["rtb-app", "rtb-app-b"]
    assert (S3.cost, str(S3)) == (Cost.FREE, "make a gateway endpoint (vpce-new) for s3 in rtb-app")


@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1"])
def test_a_gateway_endpoint_is_made_in_every_partition(region: str) -> None:
    drawn, _ = estate(region)
    [endpoint] = records(after(drawn, S3), "describe-vpc-endpoints")
    assert endpoint["ServiceName"] == f"com.amazonaws.{region}.s3"


def test_an_existing_gateway_endpoint_is_given_to_one_more_table() -> None:
    drawn, vpc = estate()
    vpc.gateway_endpoint("s3", service="s3", tables=["app-b"])
    edit = AddEndpointRoute("vpce-s3", "rtb-app")
    assert trial(drawn, "s3", edit) == "partial NO_ROUTE_TO_DESTINATION => reachable"
    assert (edit.cost, str(edit)) == (Cost.NONE, "add rtb-app to the route tables of vpce-s3")


def test_an_interface_endpoint_takes_over_the_name_and_admits_by_its_group() -> None:
    drawn, _ = estate()
    assert trial(drawn, "service:sqs", GROUP, SQS).endswith("=> blocked ENI_SG_RULES_MISMATCH")
    assert trial(drawn, "service:sqs", GROUP, ADMIT, SQS) == f"{NO_ROUTE} => reachable"
    assert (SQS.cost, GROUP.cost) == (Cost.HOURLY, Cost.FREE)
    assert str(GROUP) == "make a security group (sg-new) in vpc-main"
    assert str(SQS) == ("make an interface endpoint (vpce-sqs) for sqs with private DNS in subnet-app-a, subnet-app-b")


def test_the_interfaces_of_an_endpoint_take_addresses_of_their_subnets() -> None:
    drawn, vpc = estate()
    vpc.network_interface("first", subnet="app-a", address="10.0.1.4")
    edited = after(drawn, GROUP, SQS)
    made = [i for i in records(edited, "describe-network-interfaces") if i["InterfaceType"] == "vpc_endpoint"]
    assert [each["PrivateIpAddress"] for each in made] == ["10.0.1.5", "10.0.2.4"]
    free = {s["SubnetId"]: s["AvailableIpAddressCount"] for s in records(edited, "describe-subnets")}
    assert free == {"subnet-app-a": 248, "subnet-app-b": 249, "subnet-data-a": 251}


@pytest.mark.parametrize(("ipv6", "blocks"), [(None, []), ("2600:1f18::/56", [{"CidrIpv6": "::/0"}])])
def test_a_new_group_lets_everything_out_and_nothing_in(ipv6: str | None, blocks: list[dict[str, str]]) -> None:
    edited = after(estate(ipv6=ipv6)[0], GROUP)
    [group] = [g for g in records(edited, "describe-security-groups") if g["GroupId"] == "sg-new"]
    [line] = group["IpPermissionsEgress"]
    assert (group["IpPermissions"], line["IpRanges"], line.get("Ipv6Ranges", [])) == (
        [],
        [{"CidrIp": "0.0.0.0/0"}],
        blocks,
    )


def test_a_statement_widens_a_policy() -> None:
    drawn, vpc = estate()
    vpc.gateway_endpoint("s3", service="s3", tables=["app", "app-b"])
    drawn.set_policy("s3", {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::other"})
    edit = AllowInEndpointPolicy("vpce-s3", ("s3:*",), ("arn:aws:s3:::mine", "arn:aws:s3:::mine/*"))
    assert trial(drawn, "s3:mine", edit) == "blocked ENDPOINT_POLICY_DENY => reachable"
    assert str(edit) == "allow s3:* on arn:aws:s3:::mine, arn:aws:s3:::mine/* in the policy of vpce-s3"
    [endpoint] = records(after(drawn, edit), "describe-vpc-endpoints")
    assert len(json.loads(endpoint["PolicyDocument"])["Statement"]) == 2


@pytest.mark.parametrize("policy", ['{"Statement": {"Effect": "Deny"}}', "", None])
def test_any_policy_that_is_an_object_takes_a_statement(policy: str | None) -> None:
    edit = AllowInEndpointPolicy("vpce-s3", ("s3:*",), ("*",))
    assert edit.widened(policy)["Statement"][1] == edit.statement
    assert edit.widened(policy)["Statement"] == [edit.widened(policy)["Statement"][0], edit.statement]


@pytest.mark.parametrize(("policy", "words"), [("{", "not readable as JSON"), ("[]", "is no JSON object")])
def test_a_policy_that_is_none_is_refused(policy: str, words: str) -> None:
    drawn, vpc = estate()
    vpc.gateway_endpoint("s3", service="s3", tables=["app"])
    drawn["vpce-s3"]["PolicyDocument"] = policy
    assert words in refusal(drawn, AllowInEndpointPolicy("vpce-s3", ("s3:*",), ("*",)))


def test_dns_of_a_vpc_is_switched_on_for_everybody_who_sees_it() -> None:
    drawn, vpc = estate()
    vpc.gateway_endpoint("s3", service="s3", tables=["app", "app-b"])
    vpc.set_dns(support=False)
    edit = EnableVpcDns("vpc-main", "enableDnsSupport")
    assert trial(drawn, "s3", edit) == "blocked VPC_DNS_SUPPORT_DISABLED => reachable"
    assert (edit.cost, str(edit)) == (Cost.NONE, "switch enableDnsSupport of vpc-main on")
    other = participant(drawn, "444455556666", function="app", groups=("sg-main-default",))
    assert trial(combined(drawn, other), "s3", edit) == "blocked VPC_DNS_SUPPORT_DISABLED => reachable"


def test_host_names_need_the_resolver() -> None:
    drawn, vpc = estate()
    vpc.set_dns(support=False, hostnames=False)
    support, names = EnableVpcDns("vpc-main", "enableDnsSupport"), EnableVpcDns("vpc-main", "enableDnsHostnames")
    assert refusal(drawn, names) == "enableDnsHostnames of vpc-main needs enableDnsSupport, which is off"
    after(drawn, support, names)
    drawn.without(path_of("ec2/describe-vpc-attribute", "vpc-main", "enableDnsHostnames"))
    assert refusal(drawn, support, names) == "enableDnsHostnames of vpc-main is not in the snapshot"


def test_private_dns_needs_host_names() -> None:
    drawn, vpc = estate()
    vpc.set_dns(hostnames=False)
    assert refusal(drawn, GROUP, SQS) == "private DNS needs enableDnsHostnames, which is off in vpc-main"
    after(drawn, EnableVpcDns("vpc-main", "enableDnsHostnames"), GROUP, SQS)


FAR = NewInterfaceEndpoint("vpce-sqs", "vpc-main", "sqs", ("subnet-app-a",), "sg-far-default")


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (AddEndpointRoute("vpce-s3", "rtb-app"), "rtb-app has a route to pl-s3 already, to vpce-s3"),
        (NewGatewayEndpoint("vpce-new", "vpc-main", "s3", "rtb-app"), "a route to pl-s3 already, to vpce-s3"),
        (
            AddEndpointRoute("vpce-s3", "rtb-far-main"),
            "rtb-far-main is a table of vpc-far, and vpce-s3 serves vpc-main",
        ),
        (AddEndpointRoute("vpce-sts", "rtb-app"), "vpce-sts is no gateway endpoint"),
        (AddEndpointRoute("vpce-s4", "rtb-app"), "vpce-s4 is not in the snapshot; did you mean"),
        (AddEndpointRoute("vpce-s3", "rtb-apq"), "rtb-apq is not in the snapshot; did you mean"),
        (NewGatewayEndpoint("vpce-s3", "vpc-main", "dynamodb", "rtb-app"), "vpce-s3 is another endpoint already"),
        (
            NewGatewayEndpoint("vpce-new", "vpc-main", "sqs", "rtb-app"),
            "the prefix list of com.amazonaws.eu-west-1.sqs",
        ),
        (
            NewInterfaceEndpoint("vpce-2", "vpc-main", "sts", ("subnet-app-a",), "sg-main-default"),
            "has the private DNS",
        ),
        (NewInterfaceEndpoint("vpce-sts", "vpc-main", "sqs", (), "sg-main-default"), "vpce-sts is in the snapshot"),
        (FAR, "sg-far-default is of vpc-far, not of vpc-main"),
        (
            NewInterfaceEndpoint("vpce-2", "vpc-main", "sqs", ("subnet-app-a", "subnet-data-a"), "sg-main-default"),
            "an endpoint takes one subnet of each zone: subnet-app-a, subnet-data-a share one",
        ),
        (NewSecurityGroup("sg-new", "vpc-main", "default"), "vpc-main has a security group called default already"),
        (NewSecurityGroup("sg-main-default", "vpc-main", "x"), "sg-main-default is in the snapshot already"),
        (AllowInEndpointPolicy("vpce-x", ("s3:*",), ("*",)), "vpce-x is not in the snapshot"),
        (EnableVpcDns("vpc-mian", "enableDnsSupport"), 'did you mean "vpc-main"?'),
    ],
    ids=str,
)
def test_what_aws_refuses_is_refused(edit: Edit, words: str) -> None:
    drawn, vpc = estate()
    drawn.vpc("far", "10.9.0.0/16")
    vpc.gateway_endpoint("s3", service="s3", tables=["app"])
    vpc.interface_endpoint("sts", service="sts", subnets=["app-a"])
    assert words in refusal(drawn, edit)


def test_a_service_whose_endpoint_name_differs_in_the_partition_is_refused() -> None:
    drawn, _ = estate("cn-north-1")
    assert refusal(drawn, GROUP, SQS) == "how the endpoint service of sqs is called in cn-north-1 is not known"


def test_a_subnet_without_a_free_address_is_refused() -> None:
    drawn, vpc = estate()
    vpc.subnet("full", "10.0.9.0/28", free=0)
    full = NewInterfaceEndpoint("vpce-2", "vpc-main", "sqs", ("subnet-full",), "sg-main-default")
    assert refusal(drawn, full) == "subnet-full has no free address left"
