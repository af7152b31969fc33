"""Lambda functions: attached or not, their state, and what their own facts do to every answer."""

import json

import pytest

from tests.estates.asking import ask, finding_codes, function_report, told
from tests.estates.builder import Estate
from tests.unit.reach.worlds import (
    Change,
    asked,
    changed,
    database,
    denied,
    no_route,
    record,
    without,
)
from vpcreach.components.lambda_function import without_secrets
from vpcreach.errors import UsageError

STATE = "lambda/get-function-configuration/app"
FUNCTIONS = "lambda/list-functions"


def state(name: str, code: str | None = None, **more: str) -> Change:
    reason = {"StateReasonCode": code, "StateReason": "because"} if code else {}
    return record("function:app", State=name, **reason, **more)


def full(estate: Estate) -> None:
    estate["subnet-app-a"]["AvailableIpAddressCount"] = 0


TABLE = [
    pytest.param((state("Active"),), "reachable", False, id="A13-Active"),
    pytest.param((state("ActiveNonInvocable"),), "unknown FUNCTION_STATE", False, id="A13-ActiveNonInvocable"),
    pytest.param((state("Pending", "Creating"),), "reachable", True, id="A13-Pending-Creating"),
    pytest.param((state("Pending", "Restoring"),), "reachable", True, id="A13-Pending-Restoring"),
    pytest.param((state("Inactive", "Idle"),), "reachable", False, id="A13-Inactive-Idle"),
    *(
        pytest.param((state("Inactive", code),), "unknown FUNCTION_STATE", False, id=f"A13-Inactive-{code}")
        for code in (
            "EniLimitExceeded",
            "SubnetOutOfIPAddresses",
            "InvalidSubnet",
            "InvalidSecurityGroup",
            "InsufficientRolePermissions",
            "DisallowedByVpcEncryptionControl",
            "EC2RequestLimitExceeded",
        )
    ),
    pytest.param(
        (state("Inactive", "SubnetOutOfIPAddresses"), full),
        "blocked FUNCTION_BAD_STATE FUNCTION_STATE",
        False,
        id="A13-Inactive-SubnetOutOfIPAddresses-and-really-none-is-free",
    ),
    *(
        pytest.param((state("Failed", code),), "blocked FUNCTION_BAD_STATE", False, id=f"A13-Failed-{code}")
        for code in ("EniLimitExceeded", "InvalidSubnet", "InternalError", "InvalidRuntime")
    ),
    pytest.param((state("Deleting"),), "blocked FUNCTION_BAD_STATE", False, id="A13-Deleting"),
    pytest.param((state("Deactivated"),), "blocked FUNCTION_BAD_STATE", False, id="A13-Deactivated"),
    *(
        pytest.param((state("Failed", code),), "reachable", False, id=f"A13-{code}")
        for code in ("EFSIOError", "EFSMountConnectivityError", "EFSMountFailure", "EFSMountTimeout")
    ),
    pytest.param((state("Tomorrow"),), "unknown FUNCTION_STATE", False, id="A13-a-new-state"),
    pytest.param(
        (record("function:app", LastUpdateStatus="InProgress"),), "reachable", True, id="A13-update-InProgress"
    ),
    pytest.param((record("function:app", LastUpdateStatus="Failed"),), "reachable", True, id="A13-update-Failed"),
    pytest.param((denied(STATE),), "unknown COLLECTION_FAILED", False, id="A13-call-denied"),
    pytest.param((without(STATE),), "reachable", False, id="A13-file-absent-is-a-guard"),
    pytest.param(
        (state("Failed", "InvalidSubnet"), without(STATE)), "reachable", False, id="A13-absent-hides-a-failure"
    ),
    pytest.param(
        (state("Failed", "InvalidSubnet"), denied(STATE)),
        "unknown COLLECTION_FAILED",
        False,
        id="A13-denied-never-does",
    ),
    pytest.param(
        (denied(STATE), no_route()),
        "blocked NO_ROUTE_TO_DESTINATION COLLECTION_FAILED",
        False,
        id="K6-state-denied-no-route",
    ),
]


@pytest.mark.parametrize(("changes", "expected", "is_provisional"), TABLE)
def test_what_a_state_does_to_the_answer(changes: tuple[Change, ...], expected: str, is_provisional: bool) -> None:
    estate = changed(*changes)
    assert told(estate, "internet") == expected
    assert ask(estate, "internet").is_provisional is is_provisional


def test_a_state_stops_everything_the_function_asks_for_a13() -> None:
    failed = state("Failed", "InvalidSubnet")
    for destination in ("internet", "s3", "rds:orders-db", "169.254.169.253:53/udp", "10.0.2.0/24:443"):
        assert asked(destination, database(), failed).startswith("blocked"), destination


def test_idle_and_failed_updates_are_told_once_for_the_function_a13() -> None:
    estate = changed(state("Inactive", "Idle", LastUpdateStatus="Failed", LastUpdateStatusReasonCode="InvalidSubnet"))
    findings = function_report(estate, "internet", "s3").findings
    codes = [finding.code for finding in findings if finding.code in ("FUNCTION_IDLE", "LAST_UPDATE_FAILED")]
    assert codes == ["FUNCTION_IDLE", "LAST_UPDATE_FAILED"]
    assert any("InvalidSubnet" in finding.message for finding in findings)


def test_an_absent_state_is_assumed_aloud_and_strictness_refuses_it_a13() -> None:
    estate = changed(without(STATE))
    assert ask(estate, "internet").assumptions == ("function state Active (not collected)",)
    assert told(estate, "internet", strict=True) == "unknown COLLECTION_FAILED"
    assert ask(changed(without(STATE), no_route()), "internet").assumptions == ()
    assert told(changed(without(STATE), no_route()), "internet", strict=True) == "blocked NO_ROUTE_TO_DESTINATION"


def alone(**config: object) -> Estate:
    """A function without VPC, beside a VPC with a database."""
    estate = changed(database())
    estate["function:app"].update(config)
    del estate["function:app"]["VpcConfig"]
    return estate


UNATTACHED = [
    pytest.param({}, id="A2-no-config"),
    pytest.param({"VpcConfig": {"SubnetIds": [], "SecurityGroupIds": [], "VpcId": ""}}, id="A2-empty-lists"),
    pytest.param({"VpcConfig": {"SubnetIds": None, "SecurityGroupIds": None, "VpcId": None}}, id="A2-nulls"),
    pytest.param(
        {"MasterArn": "arn:aws:lambda:us-east-1:1:function:app:1", "VpcConfig": {"SubnetIds": ["subnet-app-a"]}},
        id="A18-an-edge-replica",
    ),
]


@pytest.mark.parametrize("config", UNATTACHED)
def test_a_function_that_is_not_attached_uses_aws_own_network(config: dict[str, object]) -> None:
    estate = alone()
    estate["function:app"].update(config)
    assert told(estate, "internet") == "reachable"
    assert told(estate, "rds:orders-db") == "blocked FUNCTION_NOT_IN_VPC"
    assert told(estate, "10.0.2.9:5432") == "blocked FUNCTION_NOT_IN_VPC"


OUTSIDE_VPC = [
    ("s3", "reachable"),
    ("service:sqs", "reachable"),
    ("s3.us-west-2.amazonaws.com:443", "reachable"),
    ("8.8.8.8:53/udp", "reachable"),
    ("0.0.0.0/0:443", "partial FUNCTION_NOT_IN_VPC"),
    ("[2606:4700::1111]:443", "blocked LAMBDA_IPV6_NOT_ENABLED"),
    ("52.0.0.1:443", "unknown UNKNOWN_DESTINATION"),
    ("eni-nat-main", "blocked FUNCTION_NOT_IN_VPC"),
]


@pytest.mark.parametrize(("destination", "expected"), OUTSIDE_VPC, ids=lambda v: f"A4-{v}")
def test_what_a_function_without_vpc_reaches(destination: str, expected: str) -> None:
    assert told(alone(), destination) == expected


def test_a_function_without_vpc_has_no_subnets_in_its_answer_a4() -> None:
    answer = ask(alone(), "internet")
    assert answer.subnets == ()


def test_everything_an_attached_function_sends_follows_its_subnet_a5() -> None:
    for destination in ("internet", "s3", "service:logs", "service:lambda"):
        assert asked(destination, no_route()) == "blocked NO_ROUTE_TO_DESTINATION", destination


@pytest.mark.parametrize("destination", ["10.0.2.9:443/icmp", "internet:443/icmp"], ids=["A16-address", "A16-internet"])
def test_functions_send_no_icmp(destination: str) -> None:
    assert asked(destination).startswith("blocked")
    assert "PROTOCOL_RESTRICTION" in asked(destination)


def test_the_vpc_is_that_of_the_subnets_whatever_the_function_says_a2() -> None:
    stale = changed(lambda e: e["function:app"]["VpcConfig"].update(VpcId="vpc-stale"))
    assert told(stale, "internet") == "reachable"


def test_managed_instances_have_a_network_of_their_own_a20() -> None:
    config = {"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": "arn:aws:lambda:…"}}
    assert asked("internet", record("function:app", CapacityProviderConfig=config)) == (
        "unknown MANAGED_INSTANCE_ADDRESS_UNKNOWN"
    )


@pytest.mark.parametrize("hide", [denied(FUNCTIONS), without(FUNCTIONS)], ids=["A1-denied", "A1-absent"])
def test_a_function_that_no_list_tells_of_is_unknown(hide: Change) -> None:
    assert asked("internet", hide) == "unknown COLLECTION_FAILED"


def test_a_name_that_the_list_does_not_hold_is_a_usage_error_a1() -> None:
    with pytest.raises(UsageError, match='did you mean "app"'):
        told(changed(), "internet", function="apq")


@pytest.mark.parametrize("destination", ["internet", "s3"], ids=lambda value: f"A13-no-vpc-{value}")
def test_a_failed_function_without_vpc_runs_no_more_than_another(destination: str) -> None:
    failed = {"State": "Failed", "StateReasonCode": "InternalError"}
    assert told(alone(**failed), destination) == "blocked FUNCTION_BAD_STATE"


def test_managed_instances_need_no_config_of_the_functions_own_a20() -> None:
    config = {"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": "arn:aws:lambda:…"}}
    assert told(alone(CapacityProviderConfig=config), "internet") == "unknown MANAGED_INSTANCE_ADDRESS_UNKNOWN"


def test_secrets_are_taken_out_and_nothing_else_a1() -> None:
    reply = {
        "Functions": [
            {"FunctionName": "app", "Environment": {"Variables": {"PASSWORD": "x"}}, "Code": {"Location": "u", "S": 1}},
            {"FunctionName": "bare"},
        ],
        "NextMarker": "more",
    }
    kept = without_secrets(reply)
    assert kept == {
        "Functions": [
            {"FunctionName": "app", "Environment": {"Variables": {"PASSWORD": "(not kept)"}}, "Code": {"S": 1}},
            {"FunctionName": "bare"},
        ],
        "NextMarker": "more",
    }
    assert "PASSWORD" in json.dumps(reply)


def test_advice_decides_nothing_k7() -> None:
    idle = changed(state("Inactive", "Idle"))
    assert "FUNCTION_IDLE" in finding_codes(ask(idle, "internet"))
    assert ask(idle, "internet").blockers == ()
