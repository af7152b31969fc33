"""The policy that `collect` needs follows from the calls."""

import json
from typing import Any

from vpcreach.components.subnet import DESCRIBE_SUBNETS
from vpcreach.components.vpc import DESCRIBE_VPCS
from vpcreach.snapshot.call import Call
from vpcreach.snapshot.record import Reply
from vpcreach.sources.permissions import policy

ROLE = "arn:aws:iam::444455556666:role/reader"
# AWS counts a managed policy without its white space.
LONGEST_MANAGED_POLICY = 6144


def test_every_declared_call_is_allowed_and_nothing_else_is(calls: list[Call[Any]]) -> None:
    [everywhere, apis] = policy(calls)["Statement"]
    of_the_collector = {"sts:GetCallerIdentity", "ec2:DescribeRegions"}
    assert {*everywhere["Action"], apis["Action"]} == {call.action for call in calls} | of_the_collector
    assert (everywhere["Effect"], everywhere["Resource"]) == ("Allow", "*")


def test_of_api_gateway_the_list_of_apis_may_be_read_and_no_key(calls: list[Call[Any]]) -> None:
    [apis] = [each for each in policy(calls)["Statement"] if "apigateway:GET" in each["Action"]]
    assert (apis["Action"], apis["Resource"]) == ("apigateway:GET", "arn:*:apigateway:*::/restapis")
    assert [call.operation for call in calls if call.service == "apigateway"] == ["GetRestApis"]


def test_the_actions_are_sorted_and_stand_there_once() -> None:
    elasticsearch = Call("opensearch", "DescribeDomains", Reply, iam_prefix="es")
    [statement] = policy([DESCRIBE_VPCS, elasticsearch, DESCRIBE_SUBNETS, DESCRIBE_VPCS])["Statement"]
    assert statement["Action"] == [
        "ec2:DescribeRegions",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
        "es:DescribeDomains",
        "sts:GetCallerIdentity",
    ]


def test_roles_are_taken_on_only_when_that_is_wanted() -> None:
    assert "AssumeRole" not in json.dumps(policy([DESCRIBE_VPCS]))
    statements = policy([DESCRIBE_VPCS], role_arns=[ROLE, ROLE])["Statement"]
    assert statements[1]["Action"] == "sts:AssumeRole"
    assert statements[1]["Resource"] == [ROLE]
    assert len({statement["Sid"] for statement in statements}) == 2


def test_it_fits_into_a_managed_policy(calls: list[Call[Any]]) -> None:
    assert len(json.dumps(policy(calls), separators=(",", ":"))) <= LONGEST_MANAGED_POLICY
