"""Lambda functions: attached or not, their state, and what their own facts do to every answer."""

import pytest

from tests.estates.asking import ask, finding_codes, function_report, told
from tests.estates.builder import Estate, allow
from tests.unit.reach.worlds import (
    Change,
    asked,
    changed,
    database,
    denied,
    ingress,
    no_route,
    record,
    without,
)
from vpcreach.components.lambda_function.function import (
    GetFunctionConfiguration,
    LambdaFunction,
    VpcConfig,
    split_qualifier,
)
from vpcreach.components.lambda_function.state import condition
from vpcreach.components.lambda_function.versions import Alias, RoutingConfig
from vpcreach.errors import UsageError
from vpcreach.forwarding import Effect

ARN = "arn:aws:lambda:eu-west-1:111122223333:function:orders"
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
    pytest.param((state("Inactive"),), "reachable", False, id="A13-Inactive-without-a-reason"),
    pytest.param((state("Inactive", "Tomorrow"),), "unknown FUNCTION_STATE", False, id="A13-Inactive-for-a-new-reason"),
    pytest.param((state("Active", "SubnetOutOfIPAddresses"), full), "reachable", False, id="A13-Active-after-all"),
    pytest.param((state("Deactivating"),), "unknown FUNCTION_STATE", False, id="A13-Deactivating"),
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
        for code in (
            "EniLimitExceeded",
            "SubnetOutOfIPAddresses",
            "InvalidSubnet",
            "InvalidSecurityGroup",
            "InsufficientRolePermissions",
            "DisallowedByVpcEncryptionControl",
            "EC2RequestLimitExceeded",
            "InternalError",
            "Tomorrow",
        )
    ),
    pytest.param((state("Deleting"),), "blocked FUNCTION_BAD_STATE", False, id="A13-Deleting"),
    pytest.param((state("Deactivated"),), "blocked FUNCTION_BAD_STATE", False, id="A13-Deactivated"),
    *(
        pytest.param((state(name, code),), "reachable", name == "Pending", id=f"A13-{name}-{code}")
        for code in ("EFSIOError", "EFSMountConnectivityError", "EFSMountFailure", "EFSMountTimeout")
        for name in ("Active", "Inactive", "Failed", "Pending")
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


@pytest.mark.item("A13", "A14")
@pytest.mark.parametrize(("changes", "expected", "is_provisional"), TABLE)
def test_what_a_state_does_to_the_answer(changes: tuple[Change, ...], expected: str, is_provisional: bool) -> None:
    estate = changed(*changes)
    assert told(estate, "internet") == expected
    assert ask(estate, "internet").is_provisional is is_provisional


def test_a_state_stops_everything_the_function_asks_for_a13() -> None:
    failed = state("Failed", "InvalidSubnet")
    for destination in ("internet", "s3", "rds:orders-db", "169.254.169.253:53/udp", "10.0.2.0/24:443"):
        assert asked(destination, database(), failed).startswith("blocked"), destination


@pytest.mark.item("A13")
def test_trouble_with_a_file_system_is_evidence_and_no_more_a13() -> None:
    answer = ask(changed(state("Failed", "EFSMountTimeout")), "internet")
    [finding] = [finding for finding in answer.findings if finding.code == "FUNCTION_STATE"]
    assert "file system" in finding.message


@pytest.mark.item("A13", "K7")
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


@pytest.mark.item("A2", "A4", "A18")
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
    ("52.0.0.1:443", "blocked NO_POSSIBLE_DESTINATION"),
    ("eni-nat-main", "blocked FUNCTION_NOT_IN_VPC"),
]


@pytest.mark.item("A4")
@pytest.mark.parametrize(("destination", "expected"), OUTSIDE_VPC, ids=lambda v: f"A4-{v}")
def test_what_a_function_without_vpc_reaches(destination: str, expected: str) -> None:
    assert told(alone(), destination) == expected


def test_a_function_without_vpc_has_no_subnets_in_its_answer_a4() -> None:
    answer = ask(alone(), "internet")
    assert answer.subnets == ()


@pytest.mark.item("A5")
def test_everything_an_attached_function_sends_follows_its_subnet_a5() -> None:
    for destination in ("internet", "s3", "service:logs", "service:lambda"):
        assert asked(destination, no_route()) == "blocked NO_ROUTE_TO_DESTINATION", destination


@pytest.mark.item("A16")
@pytest.mark.parametrize("destination", ["10.0.2.9:443/icmp", "internet:443/icmp"], ids=["A16-address", "A16-internet"])
def test_functions_send_no_icmp(destination: str) -> None:
    assert asked(destination).startswith("blocked")
    assert "PROTOCOL_RESTRICTION" in asked(destination)


@pytest.mark.item("A2")
def test_the_vpc_is_that_of_the_subnets_whatever_the_function_says_a2() -> None:
    stale = changed(lambda e: e["function:app"]["VpcConfig"].update(VpcId="vpc-stale"))
    assert told(stale, "internet") == "reachable"


@pytest.mark.item("A1")
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


def test_advice_decides_nothing_k7() -> None:
    idle = changed(state("Inactive", "Idle"))
    assert "FUNCTION_IDLE" in finding_codes(ask(idle, "internet"))
    assert ask(idle, "internet").blockers == ()


def no_interfaces(estate: Estate) -> None:
    listed = estate.reply("ec2/describe-network-interfaces")["NetworkInterfaces"]
    listed[:] = [each for each in listed if each["InterfaceType"] != "lambda"]


def several_subnets(*more: Change) -> Estate:
    """`app` in a subnet behind the NAT gateway and in one without any way out."""

    def change(estate: Estate) -> None:
        vpc = estate.drawn_vpc("main")
        vpc.subnet("shut-b", "10.0.5.0/24", az="b", table="shut")
        vpc.route_table("shut", {})
        estate.move_function("app", subnets=["app-a", "shut-b"], groups=["app"])

    return changed(change, *more)


@pytest.mark.item("A7")
def test_every_subnet_counts_and_never_the_best_one_alone() -> None:
    assert told(several_subnets(), "internet") == "partial NO_ROUTE_TO_DESTINATION"


@pytest.mark.item("A3")
def test_no_answer_needs_an_interface_of_the_function() -> None:
    assert told(changed(no_interfaces), "internet") == "reachable"
    assert told(several_subnets(no_interfaces), "internet") == "partial NO_ROUTE_TO_DESTINATION"


FULL = [
    pytest.param((full,), "reachable", {"SUBNET_CANNOT_SCALE"}, id="an-interface-is-there"),
    pytest.param((full, no_interfaces), "blocked SUBNET_OUT_OF_IP_ADDRESSES", set(), id="none-is-there"),
    pytest.param((no_interfaces,), "reachable", set(), id="not-full"),
    pytest.param(
        (full, denied("ec2/describe-network-interfaces")), "unknown COLLECTION_FAILED", set(), id="who-knows-denied"
    ),
    pytest.param(
        (full, without("ec2/describe-network-interfaces")), "unknown COLLECTION_FAILED", set(), id="who-knows-absent"
    ),
    pytest.param(
        (full, lambda e: e["eni-lambda-app-a-app"].update(Groups=[{"GroupId": "sg-data"}])),
        "blocked SUBNET_OUT_OF_IP_ADDRESSES",
        set(),
        id="of-other-groups",
    ),
]


@pytest.mark.item("A14", "A3")
@pytest.mark.parametrize(("changes", "expected", "findings"), FULL)
def test_a_full_subnet_stops_what_is_not_in_it_yet(
    changes: tuple[Change, ...], expected: str, findings: set[str]
) -> None:
    estate = changed(*changes)
    assert told(estate, "internet") == expected
    assert finding_codes(ask(estate, "internet")) & {"SUBNET_CANNOT_SCALE"} == findings


@pytest.mark.item("A10")
@pytest.mark.parametrize(("tenancy", "expected"), [("dedicated", "blocked"), ("host", "blocked"), ("odd", "unknown")])
def test_only_default_tenancy_takes_functions(tenancy: str, expected: str) -> None:
    assert told(changed(record("vpc-main", InstanceTenancy=tenancy)), "internet") == f"{expected} VPC_DEDICATED_TENANCY"


@pytest.mark.item("A15")
def test_inbound_rules_of_the_functions_own_groups_decide_nothing() -> None:
    closed, open_wide = changed(ingress(group="app")), changed(ingress(allow("-1"), group="app"))
    assert told(closed, "internet") == told(open_wide, "internet") == "reachable"


@pytest.mark.item("A17")
@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("orders", ("orders", "")),
        ("orders:live", ("orders", "live")),
        ("a:b:c", ("a:b:c", "")),
        (ARN, (ARN, "")),
        (f"{ARN}:7", (ARN, "7")),
    ],
)
def test_a_name_or_arn_may_end_in_a_version_or_alias(text: str, parts: tuple[str, str]) -> None:
    assert split_qualifier(text) == parts


@pytest.mark.item("A17")
@pytest.mark.parametrize(
    ("weights", "versions"),
    [
        (None, ("6",)),
        ({}, ("6",)),
        ({"7": 0.1}, ("6", "7")),
        ({"7": 0.0}, ("6",)),
        ({"7": 1.0}, ("7",)),
        ({"6": 0.5}, ("6",)),
    ],
)
def test_an_alias_means_every_version_that_gets_invocations(
    weights: dict[str, float] | None, versions: tuple[str, ...]
) -> None:
    assert Alias(name="live", function_version="6", routing_config=RoutingConfig(weights)).versions == versions


@pytest.mark.item("A13", "A17")
def test_a_reply_that_was_saved_for_its_state_alone_tells_no_configuration() -> None:
    assert GetFunctionConfiguration(function_name="app", state="Active").configuration is None
    whole = GetFunctionConfiguration(function_arn=ARN, vpc_config=VpcConfig(subnet_ids=("subnet-a",))).configuration
    assert whole is not None
    assert (whole.id, whole.subnet_ids) == (ARN, ("subnet-a",))


@pytest.mark.item("A13")
@pytest.mark.parametrize(
    ("facts", "is_provisional", "expected"),
    [
        ({}, False, []),
        ({"state": "Active"}, False, []),
        ({"state": "Pending"}, True, []),
        ({"state": "Active", "last_update_status": "InProgress"}, True, []),
        ({"state": "Active", "last_update_status": "Successful"}, False, []),
        (
            {"state": "Active", "last_update_status": "Failed"},
            True,
            [(Effect.ADVICE, "LAST_UPDATE_FAILED", "LastUpdateStatus")],
        ),
        ({"state": "Inactive"}, False, [(Effect.ADVICE, "FUNCTION_IDLE", "State")]),
        (
            {"state": "Inactive", "state_reason_code": "Idle"},
            False,
            [(Effect.ADVICE, "FUNCTION_IDLE", "State")],
        ),
        (
            {"state": "Inactive", "state_reason_code": "Restoring"},
            False,
            [(Effect.UNKNOWN, "FUNCTION_STATE", "State")],
        ),
        ({"state": "Failed"}, False, [(Effect.FAIL, "FUNCTION_BAD_STATE", "State")]),
        ({"state": "Deleting"}, False, [(Effect.FAIL, "FUNCTION_BAD_STATE", "State")]),
        ({"state": "Deactivated"}, False, [(Effect.FAIL, "FUNCTION_BAD_STATE", "State")]),
        ({"state": "Tomorrow"}, False, [(Effect.UNKNOWN, "FUNCTION_STATE", "State")]),
        *(
            (
                {"state": state, "state_reason_code": "InsufficientRolePermissions"},
                state == "Pending",
                [(Effect.UNKNOWN, "FUNCTION_STATE", "StateReasonCode")],
            )
            for state in (None, "Active", "Pending")
        ),
        *(
            (
                {"state": "Failed", "state_reason_code": code},
                False,
                [(Effect.ADVICE, "FUNCTION_STATE", "StateReasonCode")],
            )
            for code in ("EFSIOError", "EFSMountConnectivityError", "EFSMountFailure", "EFSMountTimeout")
        ),
    ],
)
def test_what_a_state_says_names_the_entry(
    facts: dict[str, str], is_provisional: bool, expected: list[tuple[Effect, str, str]]
) -> None:
    orders = LambdaFunction(function_name="orders", function_arn=ARN)
    found = condition(orders, GetFunctionConfiguration(**facts))  # type: ignore[arg-type]
    assert [(note.effect, note.code, note.entry) for note in found.notes] == expected
    assert {note.component for note in found.notes} <= {ARN}
    assert found.is_provisional is is_provisional
