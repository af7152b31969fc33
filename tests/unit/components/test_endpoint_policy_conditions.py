"""F12 and F13: conditions and policy variables of endpoint policies, each operator and each key in three values."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.components.surroundings import HOME
from vpcreach.components.endpoint_policy.conditions import OPERATORS, Facts
from vpcreach.components.endpoint_policy.document import depends_on_role
from vpcreach.components.endpoint_policy.evaluation import Finding, Standing, evaluate
from vpcreach.forwarding import ServiceRequest
from vpcreach.packets.address_map import AddressSet

pytestmark = pytest.mark.item("F12")

ROLE = "arn:aws:iam::111122223333:role/service-role/orders"
S3 = ServiceRequest("s3", (), ROLE)
FACTS = Facts("vpce-s3", "vpc-main", False, HOME, ROLE, AddressSet.parse("10.0.1.0/24"), 443)
HOLDS, FAILS, OPEN = Standing.ALLOWED, Standing.DENIED, Standing.UNDECIDED
OPPOSITE = {HOLDS: FAILS, FAILS: HOLDS, OPEN: OPEN}


def document(*statements: dict[str, Any], version: str = "2012-10-17") -> str:
    usual = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    return json.dumps({"Version": version, "Statement": [usual | each for each in statements]})


def found(condition: Any, facts: Facts = FACTS, request: ServiceRequest = S3) -> Finding:
    return evaluate(document({"Condition": condition}), request, facts)


def on(key: str, *tests: tuple[str, Any, Standing]) -> list[Any]:
    return [
        pytest.param({operator: {key: value}}, expected, id=f"{operator}-{key}-{value}")
        for operator, value, expected in tests
    ]


CONDITIONS = [
    *on(
        "aws:SourceVpc",
        ("StringEquals", "vpc-main", HOLDS),
        ("StringEquals", ["vpc-1", "vpc-main"], HOLDS),
        ("StringEquals", "VPC-MAIN", FAILS),
        ("StringEquals", "vpc-*", FAILS),
        ("StringEqualsIgnoreCase", "VPC-MAIN", HOLDS),
        ("StringNotEqualsIgnoreCase", "VPC-MAIN", FAILS),
        ("StringLike", "vpc-m??n", HOLDS),
        ("StringLike", ["vpc-x*", "vpc-?"], FAILS),
        ("StringNotLike", "vpc-*", FAILS),
        ("StringNotEquals", ["vpc-1", "vpc-2"], HOLDS),
        ("StringNotEquals", ["vpc-1", "vpc-main"], FAILS),
        ("StringEqualsIfExists", "vpc-1", FAILS),
        ("Null", "true", FAILS),
        ("Null", "false", HOLDS),
        ("Null", True, FAILS),
        ("Null", "maybe", OPEN),
        ("StringEquals", [], OPEN),
        ("Bool", "true", OPEN),
        ("ArnEquals", "vpc-main", OPEN),
        ("IpAddress", "10.0.0.0/8", OPEN),
        ("ForAnyValue:StringEquals", "vpc-main", OPEN),
        ("ForAllValues:StringEquals", "vpc-main", OPEN),
        ("stringequals", "vpc-main", OPEN),
        ("StringResembles", "vpc-main", OPEN),
        ("StringEquals", "${aws:SourceVpc}", HOLDS),
        ("StringEquals", "${aws:userid}", OPEN),
        ("StringEquals", ["${aws:userid}", "vpc-main"], HOLDS),
        ("StringNotEquals", ["${aws:userid}", "vpc-main"], FAILS),
        ("StringLike", "${*}", OPEN),
        ("StringEquals", "${*}", FAILS),
        ("StringEquals", "${aws:SourceVpc", OPEN),
    ),
    *on("AWS:SOURCEVPCE", ("StringEquals", "vpce-s3", HOLDS), ("StringEquals", "vpce-other", FAILS)),
    *on(
        "aws:PrincipalArn",
        ("ArnEquals", ROLE, HOLDS),
        ("ArnLike", "arn:aws:iam::*:role/service-role/*", HOLDS),
        ("ArnLike", "arn:aws:iam::111122223333:*", HOLDS),
        ("ArnEquals", "arn:*:iam::1111?2223333:role/*/orders", HOLDS),
        ("ArnLike", "arn:aws:*:role/service-role/orders", OPEN),
        ("ArnLike", "*", OPEN),
        ("ArnNotLike", "arn:aws:iam::*:role/admin*", HOLDS),
        ("ArnNotEquals", ["arn:aws:iam::*:role/admin*", ROLE], FAILS),
        ("StringEquals", ROLE, HOLDS),
        ("StringLike", "*role/*", HOLDS),
        ("StringNotEquals", "arn:aws:iam::111122223333:role/orders", HOLDS),
        ("ArnLike", "arn:aws:iam::${aws:PrincipalAccount}:role/service-role/*", HOLDS),
        ("ArnLike", "arn:aws:iam::${aws:PrincipalAccount}:user/*", FAILS),
    ),
    *on(
        "aws:PrincipalAccount",
        ("StringEquals", "111122223333", HOLDS),
        ("StringEquals", 111122223333, HOLDS),
        ("StringNotEquals", "111122223333", FAILS),
        ("NumericEquals", "111122223333", OPEN),
    ),
    *on("aws:PrincipalType", ("StringEquals", "AssumedRole", HOLDS), ("StringEquals", "User", FAILS)),
    *on("aws:username", ("StringEquals", "alice", FAILS), ("Null", "true", HOLDS)),
    *on("aws:ViaAWSService", ("Bool", "false", HOLDS), ("Bool", True, FAILS), ("StringEquals", "false", OPEN)),
    *on("aws:PrincipalIsAWSService", ("Bool", "true", FAILS), ("BoolIfExists", "false", HOLDS)),
    *on(
        "aws:SecureTransport",
        ("Bool", "true", HOLDS),
        ("Bool", False, FAILS),
        ("Bool", ["true", "false"], HOLDS),
        ("Bool", "yes", OPEN),
        ("Null", "false", HOLDS),
    ),
    *on(
        "aws:VpcSourceIp",
        ("IpAddress", "10.0.0.0/16", HOLDS),
        ("IpAddress", "10.0.1.0/25", OPEN),
        ("IpAddress", ["10.0.1.0/25", "10.0.1.128/25"], HOLDS),
        ("IpAddress", ["10.2.0.0/16", "fd00::/8"], FAILS),
        ("NotIpAddress", "10.0.0.0/8", FAILS),
        ("NotIpAddress", "10.0.1.7", OPEN),
        ("NotIpAddress", "192.168.0.0/16", HOLDS),
        ("IpAddress", "ten", OPEN),
        ("StringLike", "10.0.1.*", OPEN),
        ("Null", "true", FAILS),
    ),
    *on(
        "aws:PrincipalOrgID",
        ("StringEquals", "o-1", OPEN),
        ("StringNotEquals", "o-1", OPEN),
        ("StringEqualsIfExists", "o-1", OPEN),
        ("Null", "true", OPEN),
    ),
    *on("aws:PrincipalTag/team", ("StringEquals", "shop", OPEN)),
    *on("aws:userid", ("StringLike", "AROA*", OPEN)),
    *on("aws:CurrentTime", ("DateGreaterThan", "2020-01-01T00:00:00Z", OPEN)),
    *on("s3:prefix", ("StringLike", "home/*", OPEN)),
    pytest.param({}, HOLDS, id="none"),
    pytest.param({"Bool": {}}, OPEN, id="an-operator-without-a-key"),
]


@pytest.mark.parametrize(("condition", "expected"), CONDITIONS)
def test_f12_conditions(condition: Any, expected: Standing) -> None:
    assert found(condition).standing is expected


@pytest.mark.parametrize(("condition", "expected"), CONDITIONS)
def test_f12_conditions_of_denials_hold_alike(condition: Any, expected: Standing) -> None:
    denial = {"Effect": "Deny", "Condition": condition}
    assert evaluate(document({}, denial), S3, FACTS).standing is OPPOSITE[expected]


@pytest.mark.item("F12", "F13")
@pytest.mark.parametrize("operator", sorted(OPERATORS))
def test_f13_a_public_source_address_is_absent_behind_an_endpoint(operator: str) -> None:
    is_negated = "Not" in operator
    value = "10.0.0.0/8"
    assert found({operator: {"aws:SourceIp": value}}).standing is (HOLDS if is_negated else FAILS)
    assert found({f"{operator}IfExists": {"aws:SourceIp": value}}).standing is HOLDS
    assert found({"Null": {"aws:SourceIp": "true"}}).standing is HOLDS
    assert found({"Null": {"aws:SourceIp": "false"}}).standing is FAILS


def test_f12_all_keys_of_all_operators_must_match() -> None:
    here, elsewhere = {"aws:SourceVpc": "vpc-main"}, {"aws:SourceVpce": "vpce-1"}
    unknown = {"aws:PrincipalOrgID": "o-1"}
    assert found({"StringEquals": here, "Bool": {"aws:SecureTransport": "true"}}).standing is HOLDS
    assert found({"StringEquals": here | elsewhere}).standing is FAILS
    assert found({"StringEquals": here, "StringLike": elsewhere}).standing is FAILS
    assert found({"StringEquals": here | unknown}).standing is OPEN
    assert found({"StringEquals": unknown, "StringLike": elsewhere}).standing is FAILS


def test_f12_what_is_not_known_of_the_request_is_undecided() -> None:
    nothing = replace(FACTS, vpc_id=None, role=None, source=None, port=8443)
    for key, operator, value in (
        ("aws:SourceVpc", "StringEquals", "vpc-main"),
        ("aws:PrincipalArn", "ArnLike", "arn:aws:iam::*:role/*"),
        ("aws:PrincipalAccount", "StringEquals", "111122223333"),
        ("aws:VpcSourceIp", "IpAddress", "0.0.0.0/0"),
        ("aws:SecureTransport", "Bool", "true"),
        ("aws:ResourceAccount", "StringNotLike", "*"),
    ):
        undecided = found({operator: {key: value}}, nothing)
        assert (undecided.standing, undecided.keys) == (OPEN, (key,)), key


def test_f12_plain_http_is_no_secure_transport() -> None:
    denial = {"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    assert evaluate(document({}, denial), S3, FACTS).standing is HOLDS
    assert evaluate(document({}, denial), S3, replace(FACTS, port=80)).standing is FAILS


OWN = {"StringEquals": {"aws:ResourceAccount": "111122223333"}}
NOT_THE_CALLERS = {"StringNotEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}
TABLE = ServiceRequest("dynamodb", ("arn:aws:dynamodb:eu-west-1:111122223333:table/orders",), ROLE)


class TestResourceAccount:
    def test_f12_a_table_says_whose_it_is(self) -> None:
        assert found(OWN, request=TABLE).standing is HOLDS
        assert found({"StringEquals": {"aws:ResourceAccount": "444455556666"}}, request=TABLE).standing is FAILS
        assert found(NOT_THE_CALLERS, request=TABLE).standing is FAILS

    def test_f12_a_bucket_does_not(self) -> None:
        logs = ServiceRequest("s3", ("arn:aws:s3:::logs", "arn:aws:s3:::logs/*"), ROLE)
        undecided = found(OWN, request=logs)
        assert (undecided.standing, undecided.keys) == (OPEN, ("aws:ResourceAccount",))

    @pytest.mark.parametrize("service", ["s3", "dynamodb", "sqs"])
    def test_f12_of_all_resources_those_of_one_account_are_some(self, service: str) -> None:
        everything = ServiceRequest(service, (), ROLE)
        only_own = found(OWN, request=everything)
        assert only_own.standing is Standing.RESTRICTED
        assert only_own.fact == f"{service}:* on * of account 111122223333"
        assert evaluate(document({}, {"Effect": "Deny", "Condition": NOT_THE_CALLERS}), everything, FACTS).standing is (
            Standing.RESTRICTED
        )
        of_others = {"StringEquals": {"aws:ResourceAccount": ["444455556666"]}}
        assert "of account 444455556666" in found(of_others, request=everything).fact

    def test_f12_an_arn_of_another_account_is_no_example(self) -> None:
        theirs = {"Resource": "arn:aws:dynamodb:eu-west-1:444455556666:table/t", "Condition": OWN}
        assert evaluate(document(theirs), ServiceRequest("dynamodb", (), ROLE), FACTS).standing is OPEN


class TestVariables:
    def test_f12_a_variable_that_is_known_is_filled_in(self) -> None:
        own = ServiceRequest("s3", ("arn:aws:s3:::logs-111122223333",), ROLE)
        other = ServiceRequest("s3", ("arn:aws:s3:::logs-444455556666",), ROLE)
        only = document({"Resource": "arn:aws:s3:::logs-${aws:PrincipalAccount}"})
        assert evaluate(only, own, FACTS).standing is HOLDS
        assert evaluate(only, other, FACTS).standing is FAILS

    def test_f12_one_that_is_not_is_undecided_and_named(self) -> None:
        undecided = evaluate(document({"Resource": "arn:aws:s3:::${aws:PrincipalTag/team}"}), S3, FACTS)
        assert (undecided.standing, undecided.keys) == (OPEN, ("${aws:PrincipalTag/team}",))

    @pytest.mark.parametrize("text", ["${*}", "${?}", "${aws:PrincipalAccount", "${aws:SourceIp}"])
    def test_f12_one_that_no_pattern_tells_is_undecided(self, text: str) -> None:
        assert evaluate(document({"Resource": f"arn:aws:s3:::{text}"}), S3, FACTS).standing is OPEN

    def test_f12_a_dollar_sign_stands_for_itself(self) -> None:
        key = ServiceRequest("s3", ("arn:aws:s3:::logs/$x",), ROLE)
        assert evaluate(document({"Resource": "arn:aws:s3:::logs/${$}x"}), key, FACTS).standing is HOLDS

    def test_f12_older_versions_have_no_variables(self) -> None:
        old = document({"Resource": "arn:aws:s3:::${aws:PrincipalAccount}"}, version="2008-10-17")
        undecided = evaluate(old, S3, FACTS)
        assert undecided.keys == ("${aws:PrincipalAccount} without Version 2012-10-17",)
        same = {"StringEquals": {"aws:SourceVpc": "${aws:SourceVpc}"}}
        assert evaluate(document({"Condition": same}, version="2008-10-17"), S3, FACTS).standing is FAILS


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ({}, False),
        ({"Principal": {"AWS": ["*", ROLE]}}, False),
        ({"Effect": "Deny", "Resource": "arn:aws:s3:::secret*"}, False),
        ({"Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1", "aws:PrincipalOrgID": "o-1"}}}, False),
        ({"Principal": {"AWS": ROLE}}, True),
        ({"Principal": {"Service": "lambda.amazonaws.com"}}, True),
        ({"Principal": None, "NotPrincipal": {"AWS": ROLE}}, True),
        ({"Condition": {"ArnLike": {"AWS:principalARN": "arn:aws:iam::*:role/x"}}}, True),
        ({"Condition": {"StringEquals": {"aws:PrincipalAccount": "111122223333"}}}, True),
        ({"Condition": {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}}, True),
        ({"Resource": "arn:aws:s3:::${aws:principalaccount}"}, True),
    ],
)
def test_f12_which_policies_depend_on_the_role(statement: dict[str, Any], expected: bool) -> None:
    text = document({key: value for key, value in statement.items() if value is not None})
    if statement.get("Principal", "") is None:
        text = text.replace('"Principal": "*", ', "")
    assert depends_on_role(text) is expected
    assert depends_on_role(text.replace("aws:", "\\u0061ws:")) is expected


@pytest.mark.parametrize("text", [None, "", "{", "[]"])
def test_f12_what_cannot_be_read_is_unread_for_every_role(text: str | None) -> None:
    assert not depends_on_role(text)
