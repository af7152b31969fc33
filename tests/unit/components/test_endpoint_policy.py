"""F12: endpoint policies, each of its five rules, each element of a statement, each text that is no policy."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from tests.unit.components.surroundings import FakeSurroundings, Thing, arrival_of, function_in
from vpcreach.components.endpoint_policy import EndpointPolicy
from vpcreach.components.endpoint_policy.evaluation import Policy, Standing
from vpcreach.components.endpoint_policy.patterns import covers, meet
from vpcreach.forwarding import FREE, Effect, Judgement, Leg, ServiceRequest

ALLOWED, RESTRICTED, DENIED, UNDECIDED = Standing.ALLOWED, Standing.RESTRICTED, Standing.DENIED, Standing.UNDECIDED
ROLE = "arn:aws:iam::111122223333:role/service-role/orders"
LOGS = "arn:aws:s3:::logs"
S3 = ServiceRequest("s3", (), ROLE)
LOGS_BUCKET = ServiceRequest("s3", (LOGS, f"{LOGS}/*"), ROLE)
ORDERS_TABLE = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"
TABLE = ServiceRequest("dynamodb", (ORDERS_TABLE, f"{ORDERS_TABLE}/*"), ROLE)
SQS = ServiceRequest("sqs", (), ROLE)


def allow(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": resource} | more


def deny(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return allow(action, resource, **more) | {"Effect": "Deny"}


def without(statement: dict[str, Any], *elements: str) -> dict[str, Any]:
    return {key: value for key, value in statement.items() if key not in elements}


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def standing(document: str, request: ServiceRequest = S3, *, is_gateway: bool = True) -> Standing:
    return Policy.parse(document, request.principal, is_gateway=is_gateway).evaluate(request).standing


@dataclass(frozen=True)
class Endpoint(Thing):
    policy_document: str | None = None
    is_gateway: bool = True


def judge(document: str | None, request: ServiceRequest | None = S3, leg: Leg = Leg.OUT) -> Judgement:
    endpoint = Endpoint("vpce-s3", "vpc_endpoint", policy_document=document)
    arrival = arrival_of(function_in("subnet-app"), leg=leg, request=request)
    return EndpointPolicy().judge(endpoint, arrival, FakeSurroundings())


class TestVerdicts:
    @pytest.mark.parametrize("document", [None, "", "  ", policy(allow())])
    def test_f12_no_document_and_the_default_one_allow_all(self, document: str | None) -> None:
        assert judge(document) == FREE

    def test_f12_rule_1_is_a_blocker_that_names_the_statement(self) -> None:
        (note,) = judge(policy(allow(), deny(Sid="Nobody"))).notes
        assert (note.effect, note.code) == (Effect.FAIL, "ENDPOINT_POLICY_DENY")
        assert (note.component, note.entry) == ("vpce-s3", "Nobody")
        assert "Nobody denies them" in note.message

    def test_f12_rule_2_is_a_blocker_of_the_document(self) -> None:
        (note,) = judge(policy(allow("dynamodb:*"))).notes
        assert (note.effect, note.code, note.entry) == (Effect.FAIL, "ENDPOINT_POLICY_DENY", "PolicyDocument")

    def test_f12_rule_4_is_a_finding_that_lists_what_is_allowed(self) -> None:
        (note,) = judge(policy(allow(["s3:GetObject", "s3:ListBucket"], [LOGS, f"{LOGS}/*"]))).notes
        assert (note.effect, note.code) == (Effect.ADVICE, "ENDPOINT_POLICY_RESTRICTIVE")
        assert f"s3:GetObject on {LOGS}/*" in note.message
        assert f"s3:ListBucket on {LOGS}" in note.message

    def test_f12_rule_5_names_the_key(self) -> None:
        (note,) = judge(policy(allow(Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}))).notes
        assert (note.effect, note.code) == (Effect.UNKNOWN, "ENDPOINT_POLICY_UNDECIDABLE")
        assert "aws:PrincipalOrgID" in note.message

    @pytest.mark.parametrize(
        "document",
        [
            "{",
            "[]",
            '"Statement"',
            "{}",
            '{"Statement": [7]}',
            '{"Statement": [], "statement": []}',
            policy(without(allow(), "Effect")),
            policy(allow() | {"Effect": "allow"}),
            policy(without(allow(), "Action")),
            policy(without(allow(), "Resource")),
            policy(allow() | {"NotAction": "s3:*"}),
            policy(allow(7)),
            policy(allow([])),
            policy(allow(condition={})),
            policy(allow(Condition=[])),
            policy(allow(Condition={"Bool": "x"})),
            "[" * 100_000,
        ],
    )
    def test_f12_what_is_no_policy_is_undecided(self, document: str) -> None:
        (note,) = judge(document).notes
        assert (note.effect, note.code) == (Effect.UNKNOWN, "ENDPOINT_POLICY_UNDECIDABLE")

    def test_f12_only_requests_at_endpoints_on_the_way_out_are_judged(self) -> None:
        nobody = policy(deny())
        assert judge(nobody, request=None) == FREE
        assert judge(nobody, leg=Leg.BACK) == FREE
        arrival = arrival_of(function_in("subnet-app"), request=S3)
        assert EndpointPolicy().judge(Thing("nat-a", "nat_gateway"), arrival, FakeSurroundings()) == FREE


CONDITION = {"StringEquals": {"aws:SourceVpc": "vpc-main"}}
RULES = [
    pytest.param([deny()], S3, DENIED, id="F12-1-deny-all"),
    pytest.param([allow(), deny("s3:*")], S3, DENIED, id="F12-1-deny-service"),
    pytest.param([allow(), deny("S3:*")], S3, DENIED, id="F12-1-actions-in-any-case"),
    pytest.param([allow(), deny("s3:*", [LOGS, f"{LOGS}/*"])], LOGS_BUCKET, DENIED, id="F12-1-deny-bucket"),
    pytest.param([allow(), deny("s3:*", LOGS), deny("*", f"{LOGS}/*")], LOGS_BUCKET, DENIED, id="F12-1-two-denials"),
    pytest.param([allow(), deny("s3:*", f"{LOGS}*")], LOGS_BUCKET, DENIED, id="F12-1-wildcard"),
    pytest.param([allow(), without(deny(NotAction="sqs:*"), "Action")], S3, DENIED, id="F12-1-NotAction"),
    pytest.param(
        [allow(), without(deny(NotResource=f"{ORDERS_TABLE}*"), "Resource")],
        LOGS_BUCKET,
        DENIED,
        id="F12-1-NotResource",
    ),
    pytest.param([], S3, DENIED, id="F12-2-no-statement"),
    pytest.param([allow("dynamodb:*")], S3, DENIED, id="F12-2-other-service"),
    pytest.param([allow("s3:*", "arn:aws:s3:::other/*")], LOGS_BUCKET, DENIED, id="F12-2-other-bucket"),
    pytest.param([allow("s3:*", "arn:aws:s3:::Logs")], LOGS_BUCKET, DENIED, id="F12-2-resources-in-their-case"),
    pytest.param([allow("s3:Get*"), deny("s3:G*")], S3, DENIED, id="F12-2-denied-again"),
    pytest.param([allow("s3:Get*"), deny("s3:*", LOGS + "*")], LOGS_BUCKET, DENIED, id="F12-1-before-2"),
    pytest.param([without(allow(NotAction="s3:*"), "Action")], S3, DENIED, id="F12-2-NotAction"),
    pytest.param([without(allow(NotResource=f"{LOGS}*"), "Resource")], LOGS_BUCKET, DENIED, id="F12-2-NotResource"),
    pytest.param([allow("dynamodb:*", Condition=CONDITION)], S3, DENIED, id="F12-2-whatever-the-condition"),
    pytest.param([allow("s3:*")], S3, ALLOWED, id="F12-3-service"),
    pytest.param([allow("*:*")], S3, ALLOWED, id="F12-3-wildcards"),
    pytest.param([allow("s3:*", [LOGS, f"{LOGS}/*"])], LOGS_BUCKET, ALLOWED, id="F12-3-bucket"),
    pytest.param([allow("s3:*", LOGS), allow("*", f"{LOGS}/*")], LOGS_BUCKET, ALLOWED, id="F12-3-two-statements"),
    pytest.param([allow("s3:*", "arn:aws:s3:::l?gs*")], LOGS_BUCKET, ALLOWED, id="F12-3-question-mark"),
    pytest.param([allow(), deny("sqs:*")], S3, ALLOWED, id="F12-3-deny-elsewhere"),
    pytest.param([allow(), deny("*", "arn:aws:s3:::secret*")], LOGS_BUCKET, ALLOWED, id="F12-3-deny-other-bucket"),
    pytest.param([without(allow(NotAction="sqs:*"), "Action")], S3, ALLOWED, id="F12-3-NotAction"),
    pytest.param([allow(Condition={})], S3, ALLOWED, id="F12-3-no-condition"),
    pytest.param([allow(), allow("s3:*", Condition=CONDITION)], S3, ALLOWED, id="F12-3-undecided-allow-adds-nothing"),
    pytest.param([allow("s3:GetObject")], S3, RESTRICTED, id="F12-4-action"),
    pytest.param([allow("s3:*", "arn:aws:s3:::*")], S3, RESTRICTED, id="F12-4-arn"),
    pytest.param([allow("s3:*", LOGS)], S3, RESTRICTED, id="F12-4-bucket"),
    pytest.param([allow("s3:*", LOGS)], LOGS_BUCKET, RESTRICTED, id="F12-4-bucket-without-objects"),
    pytest.param([allow("s3:Get*", f"{LOGS}/*")], LOGS_BUCKET, RESTRICTED, id="F12-4-objects"),
    pytest.param([allow("s3:GetObject", f"{LOGS}/incoming/*")], LOGS_BUCKET, RESTRICTED, id="F12-4-prefix"),
    pytest.param([allow(), deny("s3:DeleteObject")], S3, RESTRICTED, id="F12-4-deny-of-one-action"),
    pytest.param([allow(), deny("*", "arn:aws:s3:::secret*")], S3, RESTRICTED, id="F12-4-deny-of-one-bucket"),
    pytest.param(
        [allow(), without(deny(NotResource=[LOGS, f"{LOGS}/*"]), "Resource")], S3, RESTRICTED, id="F12-4-deny-of-others"
    ),
    pytest.param([allow(), without(deny(NotAction="s3:Get*"), "Action")], S3, RESTRICTED, id="F12-4-deny-NotAction"),
    pytest.param(
        [allow(), deny("s3:Put*", Condition=CONDITION)], S3, RESTRICTED, id="F12-4-undecided-deny-of-some-actions"
    ),
    pytest.param(
        [allow("s3:GetObject"), allow("s3:*", Condition=CONDITION)], S3, RESTRICTED, id="F12-4-and-an-undecided-allow"
    ),
    pytest.param([allow("dynamodb:Query")], TABLE, RESTRICTED, id="F12-4-table"),
    pytest.param([allow("dynamodb:*"), deny("dynamodb:Delete*")], TABLE, RESTRICTED, id="F12-4-table-deny"),
    pytest.param([allow("sqs:*"), deny("sqs:DeleteQueue")], SQS, RESTRICTED, id="F12-4-known-action"),
    pytest.param([allow(Condition=CONDITION)], S3, UNDECIDED, id="F12-5-allow-with-condition"),
    pytest.param([allow(Condition={"Bool": {}})], S3, UNDECIDED, id="F12-5-condition-without-key"),
    pytest.param([allow(), deny(Condition=CONDITION)], S3, UNDECIDED, id="F12-5-deny-with-condition"),
    pytest.param([allow("s3:*"), deny(Condition=CONDITION)], LOGS_BUCKET, UNDECIDED, id="F12-5-on-a-bucket"),
    pytest.param([allow("s3:*", "arn:aws:s3:::${aws:PrincipalAccount}")], S3, UNDECIDED, id="F12-5-variable"),
    pytest.param(
        [allow(), without(deny(NotResource="arn:aws:s3:::${aws:userid}/*"), "Resource")],
        LOGS_BUCKET,
        UNDECIDED,
        id="F12-5-variable-in-NotResource",
    ),
    pytest.param([allow("s3:GetObject*", LOGS)], S3, UNDECIDED, id="F12-5-objects-asked-of-a-bucket"),
    pytest.param([allow("s3:ListBucket", f"{LOGS}/*")], S3, UNDECIDED, id="F12-5-bucket-asked-of-objects"),
    pytest.param([allow("s3:ListAllMyBuckets", LOGS)], S3, UNDECIDED, id="F12-5-no-action-of-a-bucket"),
    pytest.param([allow("s3:*", ORDERS_TABLE)], S3, UNDECIDED, id="F12-5-resource-of-another-service"),
    pytest.param([allow("s3:*"), deny("s3:*", "arn:aws:s3:::*")], S3, UNDECIDED, id="F12-5-all-arns-denied"),
    pytest.param([without(allow(), "Principal")], S3, UNDECIDED, id="F12-5-no-principal"),
    pytest.param([without(allow(NotPrincipal="*"), "Principal")], S3, UNDECIDED, id="F12-5-NotPrincipal"),
]


@pytest.mark.parametrize(("statements", "request_set", "expected"), RULES)
def test_the_five_rules(statements: list[dict[str, Any]], request_set: ServiceRequest, expected: Standing) -> None:
    assert standing(policy(*statements), request_set) is expected


def test_f12_a_single_statement_needs_no_list() -> None:
    assert standing(json.dumps({"Statement": allow("s3:*")})) is ALLOWED


OTHER_ACCOUNT = "444455556666"
SESSION = "arn:aws:sts::111122223333:assumed-role"
PRINCIPALS = [
    # principal, granted to a gateway endpoint, to an interface endpoint; all but * are undecided for a denial there
    ("*", ALLOWED, ALLOWED),
    ({"AWS": "*"}, ALLOWED, ALLOWED),
    ({"AWS": ["444455556666", "*"]}, ALLOWED, ALLOWED),
    ({"AWS": "111122223333"}, DENIED, ALLOWED),
    ({"AWS": "arn:aws:iam::111122223333:root"}, DENIED, ALLOWED),
    ({"AWS": OTHER_ACCOUNT}, DENIED, DENIED),
    ({"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}, DENIED, DENIED),
    ({"AWS": ROLE}, UNDECIDED, ALLOWED),
    ({"AWS": "arn:aws:iam::111122223333:role/orders"}, DENIED, DENIED),
    ({"AWS": "arn:aws:iam::111122223333:user/alice"}, DENIED, DENIED),
    ({"AWS": f"{SESSION}/orders/orders"}, UNDECIDED, UNDECIDED),
    ({"AWS": f"{SESSION}/billing/orders"}, DENIED, DENIED),
    ({"AWS": "AROAEXAMPLEID"}, UNDECIDED, UNDECIDED),
    ({"AWS": "arn:aws:iam::111122223333:role/*"}, UNDECIDED, UNDECIDED),
    ({"Service": "lambda.amazonaws.com"}, DENIED, DENIED),
    ({"Federated": "cognito-identity.amazonaws.com"}, DENIED, DENIED),
    ({"CanonicalUser": "79a5"}, UNDECIDED, UNDECIDED),
    ({}, UNDECIDED, UNDECIDED),
    ("arn:aws:iam::*:root", UNDECIDED, UNDECIDED),
]


@pytest.mark.parametrize(("principal", "at_gateway", "at_interface"), PRINCIPALS)
def test_f12_principals(principal: Any, at_gateway: Standing, at_interface: Standing) -> None:
    document = policy(allow(Principal=principal))
    assert standing(document, is_gateway=True) is at_gateway
    assert standing(document, is_gateway=False) is at_interface


@pytest.mark.parametrize("is_gateway", [True, False])
@pytest.mark.parametrize(("principal", "at_gateway", "at_interface"), PRINCIPALS)
def test_f12_principals_of_denials(
    principal: Any, at_gateway: Standing, at_interface: Standing, is_gateway: bool
) -> None:
    found = standing(policy(allow(), deny(Principal=principal)), is_gateway=is_gateway)
    granted = at_gateway if is_gateway else at_interface
    opposite = {ALLOWED: DENIED, DENIED: ALLOWED, UNDECIDED: UNDECIDED}[granted]
    is_account = isinstance(principal, dict) and str(principal.get("AWS")).removesuffix(":root")[-12:].isdecimal()
    # AWS says that an account id means the root user to whom something is granted; of denials it says nothing.
    assert found is (UNDECIDED if is_gateway and is_account else opposite)


@pytest.mark.parametrize("role", [None, "not an arn"])
def test_f12_without_a_known_role_only_everybody_is_sure(role: str | None) -> None:
    request = ServiceRequest("s3", (), role)
    assert standing(policy(allow()), request, is_gateway=False) is ALLOWED
    assert standing(policy(allow(Principal={"AWS": "111122223333"})), request, is_gateway=False) is UNDECIDED
    assert standing(policy(allow(Principal={"AWS": ROLE})), request, is_gateway=False) is UNDECIDED
    assert standing(policy(allow(Principal={"AWS": "111122223333"})), request, is_gateway=True) is DENIED
    assert standing(policy(allow(), deny("*", "arn:aws:s3:::secret*")), request) is UNDECIDED


def test_f12_roles_of_one_network_are_judged_apart() -> None:
    endpoint = Endpoint(
        "vpce-1", "vpc_endpoint", policy_document=policy(allow(Principal={"AWS": ROLE})), is_gateway=False
    )
    around, guard, sender = FakeSurroundings(), EndpointPolicy(), function_in("subnet-app")
    billing = ServiceRequest("s3", (), "arn:aws:iam::111122223333:role/billing")
    assert guard.judge(endpoint, arrival_of(sender, request=S3), around) == FREE
    assert [note.code for note in guard.judge(endpoint, arrival_of(sender, request=billing), around).notes] == [
        "ENDPOINT_POLICY_DENY"
    ]


@pytest.mark.parametrize(
    ("wide", "narrow", "is_covered", "is_met"),
    [
        ("*", "s3:?*", True, True),
        ("s3:*", "s3:?*", True, True),
        ("s3:Get*", "s3:*", False, True),
        ("s3:*Object", "s3:Get*", False, True),
        ("s3:?etObject", "s3:GetObject", True, True),
        ("a.c", "abc", False, False),
        ("a*b*c", "axbxc", True, True),
        ("a*bc", "abxbc", True, True),
        ("a?", "a*", False, True),
        ("a?", "a", False, False),
        ("", "*", False, True),
        ("**", "*", True, True),
        ("*a*", "*?b", False, True),
    ],
)
def test_patterns(wide: str, narrow: str, is_covered: bool, is_met: bool) -> None:
    assert (covers(wide, narrow), meet(wide, narrow), meet(narrow, wide)) == (is_covered, is_met, is_met)
