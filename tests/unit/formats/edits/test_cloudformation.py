"""Edits as CloudFormation."""

import pytest
import yaml

from tests.unit.formats.edits.samples import SAMPLES, network, network_of_two_accounts
from tests.unit.formats.edits.templates import parses_as_cloudformation
from vpcreach.explain.edits import AddRule, AllowInEndpointPolicy, Rule
from vpcreach.formats.edits import written

FAR = AddRule(Rule("sg-far", True, "tcp", 443, 443, "10.0.0.0/16"))
CHANGES = (
    "a route pointed elsewhere",
    "a route removed",
    "a subnet under another table",
    "rules removed",
    "entries removed",
    "more tables of a gateway endpoint",
    "a policy widened",
    "DNS switched on",
    "a function moved",
    "a function moved, with IPv6",
    "a route in a hub pointed elsewhere",
)


def test_all_that_is_told_is_a_template_without_errors() -> None:
    # One template of all of them, and a second account's: the linter takes seconds.
    every = tuple(edit for edits in SAMPLES.values() for edit in edits)
    parses_as_cloudformation(written((*every, FAR), "cloudformation", network_of_two_accounts()))


def test_the_reader_finds_what_is_wrong() -> None:
    wrong = "Resources:\n  A:\n    Type: AWS::EC2::Route\n    Properties:\n      RouteTable: rtb-1\n"
    with pytest.raises(AssertionError, match="RouteTable"):
        parses_as_cloudformation(wrong)


@pytest.mark.parametrize("name", CHANGES)
def test_what_only_the_template_that_made_it_can_change_is_a_comment(name: str) -> None:
    told = written(SAMPLES[name], "cloudformation", network())
    assert all(line.startswith("# ") for line in told.splitlines())
    assert max(len(line) for line in told.splitlines()) <= 125
    parses_as_cloudformation(told)


@pytest.mark.parametrize("name", [name for name in SAMPLES if name not in CHANGES])
def test_what_is_new_is_a_resource(name: str) -> None:
    told = written(SAMPLES[name], "cloudformation", network())
    assert "\nResources:\n" in f"\n{told}"
    assert "'Nat" not in told


def test_a_document_is_of_one_account_and_region() -> None:
    edits = (*SAMPLES["a new route"], FAR)
    first, second = written(edits, "cloudformation", network_of_two_accounts()).split("---\n")
    assert first.startswith("# in account 111122223333, eu-west-1\nResources:\n")
    assert list(yaml.safe_load(second)["Resources"]) == ["InboundOfSgFar"]


def test_a_nat_gateway_waits_for_the_gateway_that_is_attached_before_it() -> None:
    told = written(SAMPLES["a VPC without any gateway"], "cloudformation", network())
    assert "  NatNew:\n    Type: AWS::EC2::NatGateway\n    DependsOn: IgwNewAttachment\n" in told
    assert "      NatGatewayId: !Ref NatNew\n" in told


def test_a_statement_that_is_taken_out_of_a_policy_does_not_become_one_that_allows_nothing() -> None:
    told = written([AllowInEndpointPolicy("vpce-s3", (), (), (0,))], "cloudformation", network())
    assert told.startswith("# Set PolicyDocument of the AWS::EC2::VPCEndpoint vpce-s3 to:\n")
    assert '"Action": []' not in told
