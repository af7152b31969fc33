"""What the execution role lacks of the permissions for interfaces: a finding, and rarely a blocker (semantics A8)."""

import json
from urllib.parse import quote

import pytest

from tests.estates.asking import ask, finding_codes, function_report, told
from tests.estates.builder import Estate
from tests.estates.replies import Json
from tests.estates.roles import DETAILS, document, statement
from tests.unit.reach.worlds import changed, denied, no_route
from vpcreach.components.execution_role import ENI_ACTIONS

pytestmark = pytest.mark.item("A8")
MISSING = "EXECUTION_ROLE_MISSING_ENI_PERMISSIONS"
VPC_ACCESS = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
OWN = "arn:aws:iam::111122223333:policy/own"
ALL = statement(*ENI_ACTIONS)
SOURCE_FUNCTION = {"ArnEquals": {"lambda:SourceFunctionArn": ["arn:aws:lambda:eu-west-1:111122223333:function:app"]}}


def with_role(*statements: Json, **settings: object) -> Estate:
    """`app`, whose role has one inline policy of these statements."""
    estate = changed()
    inline = {"inline": document(*statements)} if statements else {}
    estate.role("app", inline=inline, **settings)  # type: ignore[arg-type]
    return estate


def missing_of(estate: Estate) -> set[str]:
    """The actions that the finding names."""
    messages = [f.message for f in ask(estate, "internet").findings if f.code == MISSING]
    return {action for action in ENI_ACTIONS if any(action in message for message in messages)}


WHOLE = [
    pytest.param(with_role(ALL), id="listed"),
    pytest.param(with_role(statement("*")), id="everything"),
    pytest.param(with_role(statement("ec2:*")), id="all-of-ec2"),
    pytest.param(with_role(statement("EC2:*networkinterface*", "ec2:*Private*", "ec2:DescribeSubnet?")), id="patterns"),
    pytest.param(with_role({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}), id="not-action"),
    pytest.param(with_role(attached=[VPC_ACCESS]), id="awss-own-policy-without-its-document"),
    pytest.param(with_role(attached=["arn:aws-cn" + VPC_ACCESS.removeprefix("arn:aws")]), id="in-china"),
    pytest.param(with_role(attached=["arn:aws:iam::aws:policy/Unread"]), id="a-policy-without-its-document"),
    pytest.param(with_role({**ALL, "Resource": "arn:aws:ec2:*:*:subnet/*"}), id="allowed-on-some-resources"),
    pytest.param(with_role({**ALL, "Condition": SOURCE_FUNCTION}), id="allowed-under-a-condition"),
    pytest.param(
        with_role(ALL, statement("ec2:*", effect="Deny", Condition=SOURCE_FUNCTION)), id="denied-to-the-code-alone"
    ),
    pytest.param(with_role(ALL, {**statement("ec2:*", effect="Deny"), "Resource": "arn:x"}), id="denied-elsewhere"),
    pytest.param(with_role(ALL, boundary="arn:aws:iam::aws:policy/Unread"), id="an-unread-boundary"),
    pytest.param(changed(), id="nothing-collected"),
]


@pytest.mark.parametrize("estate", WHOLE)
def test_nothing_is_said_of_a_role_that_has_or_may_have_all(estate: Estate) -> None:
    assert MISSING not in finding_codes(ask(estate, "internet"))
    assert told(estate, "internet") == "reachable"


LACKING = [
    pytest.param(with_role(statement("logs:*")), set(ENI_ACTIONS), id="only-logs"),
    pytest.param(with_role(), set(ENI_ACTIONS), id="no-policy-at-all"),
    pytest.param(with_role(statement(*ENI_ACTIONS[:3])), set(ENI_ACTIONS[3:]), id="the-three-of-old"),
    pytest.param(
        with_role({"Effect": "Allow", "NotAction": ["ec2:Delete*"], "Resource": "*"}), {ENI_ACTIONS[2]}, id="not-action"
    ),
    pytest.param(with_role(ALL, statement("ec2:Create*", effect="Deny")), {ENI_ACTIONS[0]}, id="denied"),
    pytest.param(
        with_role(ALL, {"Effect": "Deny", "NotAction": "ec2:D*", "Resource": "*"}),
        {action for action in ENI_ACTIONS if not action.startswith("ec2:D")},
        id="denied-by-not-action",
    ),
    pytest.param(with_role(statement("ec2:create")), set(ENI_ACTIONS), id="a-name-is-no-beginning"),
]


@pytest.mark.parametrize(("estate", "missing"), LACKING)
def test_what_the_role_surely_lacks_is_a_finding_and_decides_nothing(estate: Estate, missing: set[str]) -> None:
    assert missing_of(estate) == missing
    assert told(estate, "internet") == "reachable"


def test_a_managed_policy_counts_in_the_version_in_force() -> None:
    estate = with_role(attached=[OWN])
    estate.managed_policy(OWN, document(statement("logs:*")), former=document(ALL))
    assert missing_of(estate) == set(ENI_ACTIONS)
    estate.reply(DETAILS)["Policies"][0]["DefaultVersionId"] = "v1"
    assert missing_of(estate) == set()


def test_a_boundary_limits_what_policies_grant() -> None:
    estate = with_role(ALL, boundary=OWN)
    estate.managed_policy(OWN, document(statement("ec2:*"), statement("ec2:Assign*", effect="Deny")))
    assert missing_of(estate) == {"ec2:AssignPrivateIpAddresses"}


def test_documents_may_be_text_or_objects() -> None:
    estate = changed()
    estate.role("app", inline={"inline": document(statement(*ENI_ACTIONS[1:]), encoded=True)})
    assert missing_of(estate) == {ENI_ACTIONS[0]}


BROKEN = ["not json", quote("[]"), {"Statement": "text"}, {"Statement": [{"Effect": "Allow"}]}, {}, 7]


@pytest.mark.parametrize("body", BROKEN, ids=json.dumps)
def test_a_document_that_cannot_be_read_proves_nothing(body: Json | str) -> None:
    estate = changed()
    estate.role("app", inline={"inline": body})
    assert missing_of(estate) == set()


def test_a_denial_counts_beside_a_policy_that_cannot_be_read() -> None:
    estate = with_role(statement("ec2:Delete*", effect="Deny"), attached=["arn:aws:iam::aws:policy/Unread"])
    assert missing_of(estate) == {"ec2:DeleteNetworkInterface"}


def test_the_finding_is_told_once_for_the_function_with_the_role_and_the_remedy() -> None:
    findings = function_report(with_role(), "internet", "s3").findings
    [finding] = [finding for finding in findings if finding.code == MISSING]
    assert (finding.destination, finding.subnet_id) == (None, None)
    assert finding.message.startswith("the role of app, app, does not allow ec2:CreateNetworkInterface, ")
    assert finding.remedy.startswith("attach AWSLambdaVPCAccessExecutionRole")


def test_a_function_without_vpc_needs_none_of_it() -> None:
    estate = with_role()
    estate.detach_function("app")
    assert MISSING not in finding_codes(ask(estate, "internet"))


def test_a_refused_call_changes_nothing() -> None:
    estate = with_role()
    estate.denied(DETAILS)
    assert (told(estate, "internet"), missing_of(estate)) == ("reachable", set())


STATES = [
    ("Active", None, "reachable"),
    ("Active", "InsufficientRolePermissions", f"blocked {MISSING} FUNCTION_STATE"),
    ("Inactive", "InsufficientRolePermissions", f"blocked {MISSING} FUNCTION_STATE"),
    ("Failed", "InsufficientRolePermissions", f"blocked FUNCTION_BAD_STATE {MISSING}"),
    ("Inactive", "Idle", "reachable"),
]


@pytest.mark.item("A13")
@pytest.mark.parametrize(("state", "code", "expected"), STATES, ids=str)
def test_only_where_lambda_gives_it_as_the_reason_it_is_a_blocker(state: str, code: str | None, expected: str) -> None:
    estate = with_role()
    estate["function:app"].update(State=state, StateReasonCode=code)
    assert told(estate, "internet") == expected


def test_a_role_that_was_mended_since_is_undecided_as_before() -> None:
    estate = with_role(ALL)
    estate["function:app"].update(State="Inactive", StateReasonCode="InsufficientRolePermissions")
    assert told(estate, "internet") == "unknown FUNCTION_STATE"


# The calls about one role, for snapshots made by hand


def by_hand(*, policies: tuple[str, ...] = (), inline: Json | None = None, boundary: str | None = None) -> Estate:
    estate = changed()
    attached = [{"PolicyArn": arn, "PolicyName": arn.rpartition("/")[2]} for arn in policies]
    estate.put("iam/list-attached-role-policies", {"AttachedPolicies": attached}, "app")
    estate.put("iam/list-role-policies", {"PolicyNames": ["inline"] if inline else []}, "app")
    if inline:
        estate.put("iam/get-role-policy", {"PolicyName": "inline", "PolicyDocument": inline}, "app", "inline")
    limits = {"PermissionsBoundary": {"PermissionsBoundaryArn": boundary}} if boundary else {}
    estate.put("iam/get-role", {"Role": {"RoleName": "app", **limits}}, "app")
    return estate


def add_policy(estate: Estate, arn: str, body: Json | str) -> None:
    estate.put("iam/get-policy", {"Policy": {"Arn": arn, "DefaultVersionId": "v3"}}, arn)
    estate.put("iam/get-policy-version", {"PolicyVersion": {"VersionId": "v3", "Document": body}}, arn, "v3")


def test_the_calls_about_one_role_serve_in_place_of_the_accounts_details() -> None:
    assert missing_of(by_hand()) == set(ENI_ACTIONS)
    granting = by_hand(inline=document(statement(*ENI_ACTIONS[:5])))  # type: ignore[arg-type]
    assert missing_of(granting) == {ENI_ACTIONS[5]}
    attached = by_hand(policies=(OWN,))
    assert missing_of(attached) == set()
    add_policy(attached, OWN, document(statement(*ENI_ACTIONS[1:])))
    assert missing_of(attached) == {ENI_ACTIONS[0]}
    limited = by_hand(inline=document(ALL), boundary=OWN)  # type: ignore[arg-type]
    add_policy(limited, OWN, document(statement("logs:*")))
    assert missing_of(limited) == set(ENI_ACTIONS)


@pytest.mark.parametrize("call", ["iam/list-attached-role-policies", "iam/list-role-policies"])
def test_without_one_of_the_lists_nothing_is_surely_lacking(call: str) -> None:
    estate = by_hand()
    estate.without(call)
    assert missing_of(estate) == set()


def test_a_role_with_a_path_is_asked_for_by_its_name() -> None:
    estate = changed()
    estate["function:app"]["Role"] = "arn:aws:iam::111122223333:role/service-role/deep"
    estate.role("service-role/deep")
    no_route()(estate)
    assert told(estate, "internet") == "blocked NO_ROUTE_TO_DESTINATION"
    assert missing_of(estate) == set(ENI_ACTIONS)


def test_a_denied_list_is_like_an_absent_one() -> None:
    estate = by_hand()
    denied("iam/list-role-policies/app")(estate)
    assert missing_of(estate) == set()


@pytest.mark.parametrize("action", ["*a" * 60 + "!", "ec2:" + "*" * 500 + "!", "e*c*2*:*" * 40])
def test_an_action_of_very_many_stars_is_read_at_once(action: str) -> None:
    assert missing_of(with_role(statement(action))) == set(ENI_ACTIONS)


def test_brackets_in_an_action_stand_for_themselves() -> None:
    assert missing_of(with_role(statement("ec2:[A-Z]*"))) == set(ENI_ACTIONS)


@pytest.mark.parametrize("body", ["[" * 50_000, quote("[" * 50_000), '{"Statement": ' * 50_000])
def test_a_document_nested_without_end_proves_nothing(body: str) -> None:
    estate = changed()
    estate.role("app", inline={"inline": body})
    assert missing_of(estate) == set()


def test_a_role_whose_arn_is_none_is_looked_up_nowhere() -> None:
    estate = with_role()
    estate["function:app"]["Role"] = "app"
    assert missing_of(estate) == set()


def test_each_managed_policy_of_the_account_counts_for_itself() -> None:
    other = OWN.replace("own", "other")
    estate = with_role(attached=[other, OWN])
    estate.managed_policy(OWN, document(statement(*ENI_ACTIONS[:5])))
    estate.managed_policy(other, document(statement("logs:*")))
    assert missing_of(estate) == {ENI_ACTIONS[5]}


def test_a_managed_policy_whose_version_in_force_is_not_collected_may_grant_all() -> None:
    estate = by_hand(policies=(OWN,))
    add_policy(estate, OWN, document(statement("logs:*")))
    assert missing_of(estate) == set(ENI_ACTIONS)
    estate.without("iam/get-policy-version")
    assert missing_of(estate) == set()


ODD = [
    {"Effect": "Permit", "Action": "logs:*", "Resource": "*"},
    {"Effect": "Allow", "Action": [7], "Resource": "*"},
]


@pytest.mark.parametrize("odd", ODD, ids=["effect", "action"])
def test_a_policy_with_one_statement_that_is_none_proves_nothing(odd: Json) -> None:
    assert missing_of(with_role(statement("logs:*"))) == set(ENI_ACTIONS)
    assert missing_of(with_role(statement("logs:*"), odd)) == set()


def test_a_single_statement_may_stand_alone_in_its_document() -> None:
    estate = changed()
    estate.role("app", inline={"inline": {"Statement": statement(*ENI_ACTIONS[:5])}})
    assert missing_of(estate) == {ENI_ACTIONS[5]}


def test_a_statement_without_resources_of_its_own_is_read_all_the_same() -> None:
    def but_for(effect: str) -> Json:
        return {"Effect": effect, "Action": list(ENI_ACTIONS[:5]), "NotResource": "arn:aws:ec2:*:*:subnet/*"}

    assert missing_of(with_role(but_for("Allow"))) == {ENI_ACTIONS[5]}
    # It does not deny everywhere.
    assert missing_of(with_role(ALL, but_for("Deny"))) == set()


def test_a_managed_policy_of_the_account_without_its_version_in_force_may_grant_all() -> None:
    estate = with_role(attached=[OWN])
    estate.managed_policy(OWN, document(statement("logs:*")))
    assert missing_of(estate) == set(ENI_ACTIONS)
    (policy,) = [each for each in estate.reply(DETAILS)["Policies"] if each["Arn"] == OWN]
    policy["DefaultVersionId"] = "v9"
    assert missing_of(estate) == set()


def test_the_calls_about_a_role_with_a_path_name_its_last_part() -> None:
    estate = by_hand()
    assert missing_of(estate) == set(ENI_ACTIONS)
    estate["function:app"]["Role"] = "arn:aws:iam::111122223333:role/service-role/app"
    assert missing_of(estate) == set(ENI_ACTIONS)
