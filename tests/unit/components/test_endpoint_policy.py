"""F12: endpoint policies, each of its five rules, each element of a statement, each text that is no policy."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from tests.estates.asking import ask, snapshot_of, told
from tests.unit.components.surroundings import HOME, FakeSurroundings, Thing, arrival_of, function_in
from tests.unit.reach.worlds import Change, asked, changed, egress, gateway_endpoint, interface_endpoint
from vpcreach.api import Analysis
from vpcreach.components.endpoint_policy import EndpointPolicy
from vpcreach.components.endpoint_policy.conditions import Facts
from vpcreach.components.endpoint_policy.document import known_role
from vpcreach.components.endpoint_policy.evaluation import Standing, evaluate
from vpcreach.components.endpoint_policy.patterns import covers, meet
from vpcreach.forwarding import FREE, Effect, Judgement, Leg, ServiceRequest
from vpcreach.packets.address_map import AddressSet

pytestmark = pytest.mark.item("F12")

ALLOWED, RESTRICTED, DENIED, UNDECIDED = Standing.ALLOWED, Standing.RESTRICTED, Standing.DENIED, Standing.UNDECIDED
ROLE = "arn:aws:iam::111122223333:role/service-role/orders"
LOGS = "arn:aws:s3:::logs"
S3 = ServiceRequest("s3", (), ROLE)
LOGS_BUCKET = ServiceRequest("s3", (LOGS, f"{LOGS}/*"), ROLE)
ORDERS_TABLE = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"
TABLE = ServiceRequest("dynamodb", (ORDERS_TABLE, f"{ORDERS_TABLE}/*"), ROLE)
SQS, SNS = ServiceRequest("sqs", (), ROLE), ServiceRequest("sns", (), ROLE)
QUEUE, TOPIC = "arn:aws:sqs:eu-west-1:111122223333", "arn:aws:sns:eu-west-1:111122223333"


def allow(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": resource} | more


def deny(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return allow(action, resource, **more) | {"Effect": "Deny"}


def without(statement: dict[str, Any], *elements: str) -> dict[str, Any]:
    return {key: value for key, value in statement.items() if key not in elements}


def not_on(statement: dict[str, Any], *resources: str) -> dict[str, Any]:
    return without(statement, "Resource") | {"NotResource": list(resources)}


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def standing(document: str, request: ServiceRequest = S3, *, is_gateway: bool = True) -> Standing:
    role = known_role(request.principal)
    facts = Facts("vpce-s3", "vpc-main", is_gateway, HOME, role, AddressSet.parse("10.0.1.0/24"), 443)
    return evaluate(document, request, facts).standing


@dataclass(frozen=True)
class Endpoint(Thing):
    policy_document: str | None = None
    is_gateway: bool = True


def judge(document: str | None, request: ServiceRequest | None = S3, leg: Leg = Leg.OUT) -> Judgement:
    endpoint = Endpoint("vpce-s3", "vpc_endpoint", policy_document=document)
    arrival = arrival_of(function_in("subnet-app"), leg=leg, request=request)
    return EndpointPolicy().judge(endpoint, arrival, FakeSurroundings())


@pytest.mark.item("F2")
@pytest.mark.parametrize("destination", ["52.218.0.1:443", "52.218.0.0/24:443"])
def test_f2_an_address_behind_a_closed_gateway_endpoint_is_taken_for_open(destination: str) -> None:
    """Whoever asks for an address of S3 asks for anything of S3 (F12), which a policy may refuse."""
    closed = changed(gateway_endpoint(policy=json.loads(policy(deny("s3:*")))))
    assert told(closed, destination) == "blocked ENDPOINT_POLICY_DENY"
    half_open = changed(gateway_endpoint(policy=json.loads(policy(allow("s3:GetObject")))))
    assert told(half_open, destination) == "reachable"


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
            policy(allow(Condition={"StringEquals": {"aws:SourceVpc": None}})),
            policy(allow(Condition={"StringEquals": {"aws:SourceVpc": {"vpc": 1}}})),
            policy(allow(NotPrincipal="*")),
            policy(allow(Sid=7)),
            policy(allow(Sid=None)),
            json.dumps({"Version": "2030-01-01", "Statement": [allow()]}),
            json.dumps({"Version": ["2012-10-17"], "Statement": [allow()]}),
            json.dumps({"Statement": [allow()], "Comment": ""}),
            '{"Statement": [], "Statement": []}',
            f'{{"Statement": {{"Sid": {"9" * 5000}}}}}',
            '"\ud800"',
            "[" * 100_000,
        ],
    )
    def test_f12_what_is_no_policy_is_undecided(self, document: str) -> None:
        (note,) = judge(document).notes
        assert (note.effect, note.code) == (Effect.UNKNOWN, "ENDPOINT_POLICY_UNDECIDABLE")

    def test_f12_a_policy_too_intricate_to_decide_is_undecided(self) -> None:
        (note,) = judge(policy(allow("*", [f"*{a}*{b}*{a}*" for a in "abcdef" for b in "uvwxyz"]))).notes
        assert (note.effect, note.code) == (Effect.UNKNOWN, "ENDPOINT_POLICY_UNDECIDABLE")
        assert "too intricate" in note.message

    @pytest.mark.parametrize("pattern", ["*a" + "?" * 100, "*" * 3000 + "b", "*?" * 500, "*a*" * 300, "a*b?" * 200])
    def test_f12_wildcards_without_end_are_read_or_too_intricate(self, pattern: str) -> None:
        body = policy(allow([f"s3:{pattern}", pattern], [pattern, f"{pattern}c", f"arn:aws:s3:::{pattern}"]))
        for request in (S3, LOGS_BUCKET):
            (note,) = judge(body, request).notes
            assert note.code.startswith("ENDPOINT_POLICY_")

    def test_f12_a_long_list_of_buckets_is_decided(self) -> None:
        names = [f"arn:aws:s3:::team-{n}-{kind}" for n in range(100) for kind in ("logs", "data/*")]
        (note,) = judge(policy(allow("*", names), deny("*", "*-secret-*"))).notes
        assert (note.effect, note.code) == (Effect.ADVICE, "ENDPOINT_POLICY_RESTRICTIVE")

    def test_f12_only_requests_at_endpoints_on_the_way_out_are_judged(self) -> None:
        nobody = policy(deny())
        assert judge(nobody, request=None) == FREE
        assert judge(nobody, leg=Leg.BACK) == FREE
        arrival = arrival_of(function_in("subnet-app"), request=S3)
        assert EndpointPolicy().judge(Thing("nat-a", "nat_gateway"), arrival, FakeSurroundings()) == FREE


CONDITION = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
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
    pytest.param([allow("s3:*", "arn:aws:s3:::${aws:userid}")], S3, UNDECIDED, id="F12-5-variable"),
    pytest.param(
        [allow(), without(deny(NotResource="arn:aws:s3:::${aws:userid}/*"), "Resource")],
        LOGS_BUCKET,
        UNDECIDED,
        id="F12-5-variable-in-NotResource",
    ),
    pytest.param([allow("s3:GetObject*", LOGS)], S3, UNDECIDED, id="F12-5-objects-asked-of-a-bucket"),
    pytest.param([allow("s3:ListBucket", f"{LOGS}/*")], S3, UNDECIDED, id="F12-5-bucket-asked-of-objects"),
    pytest.param([allow("s3:ListAllMyBuckets", LOGS)], S3, UNDECIDED, id="F12-5-no-action-of-a-bucket"),
    pytest.param([allow("s3:*"), deny("s3:*", "arn:aws:s3:::*")], S3, UNDECIDED, id="F12-5-all-arns-denied"),
    pytest.param([without(allow(), "Principal")], S3, UNDECIDED, id="F12-5-no-principal"),
    pytest.param([without(allow(NotPrincipal="*"), "Principal")], S3, UNDECIDED, id="F12-5-NotPrincipal"),
    pytest.param([allow("s3:*", ORDERS_TABLE)], S3, DENIED, id="F12-2-resource-of-another-service"),
    pytest.param([allow(), deny("*", ORDERS_TABLE)], S3, ALLOWED, id="F12-3-deny-of-another-service"),
    pytest.param([not_on(allow(), LOGS, f"{LOGS}/*")], LOGS_BUCKET, DENIED, id="F12-2-NotResource-of-all"),
    pytest.param([not_on(allow(), f"{LOGS}*")], S3, RESTRICTED, id="F12-4-NotResource"),
    pytest.param([not_on(allow(), f"{LOGS}*"), allow("*", f"{LOGS}*")], S3, ALLOWED, id="F12-3-NotResource-and-rest"),
    pytest.param(
        [not_on(allow(), f"{LOGS}*"), not_on(deny(), f"{LOGS}*")], S3, DENIED, id="F12-2-what-NotResource-denies-again"
    ),
    pytest.param([allow("*", LOGS), not_on(deny(), "arn:aws:s3:::b")], S3, DENIED, id="F12-2-NotResource-denies-it"),
    pytest.param([allow("*", LOGS), not_on(deny(), LOGS, "*/x")], S3, RESTRICTED, id="F12-4-NotResource-spares-it"),
    pytest.param([not_on(allow("sqs:*"), f"{QUEUE}:jobs")], SQS, RESTRICTED, id="F12-4-NotResource-of-a-queue"),
    pytest.param([not_on(allow("sns:*"), f"{TOPIC}:jobs")], SNS, RESTRICTED, id="F12-4-NotResource-of-any-service"),
    pytest.param([allow(), deny("*", f"{TOPIC}:jobs")], SNS, RESTRICTED, id="F12-4-deny-of-one-topic"),
    pytest.param(
        [allow("s3:Get*"), without(allow(NotAction="s3:G*"), "Action"), allow("s3:G?[!e]*"), deny("s3:GetX")],
        S3,
        RESTRICTED,
        id="F12-4-actions-that-statements-share",
    ),
    pytest.param(
        [allow("s3:Get*"), without(allow(NotAction="s3:Get*"), "Action")], S3, ALLOWED, id="F12-3-actions-together"
    ),
    pytest.param(
        [allow("*", [ORDERS_TABLE, f"{ORDERS_TABLE}/index/*", f"{ORDERS_TABLE}/stream/*"])],
        TABLE,
        RESTRICTED,
        id="F12-4-table-indexes-and-streams",
    ),
    pytest.param([allow("*", f"{ORDERS_TABLE}/stream/*")], TABLE, RESTRICTED, id="F12-4-streams-of-the-table"),
    pytest.param([allow("*", f"{ORDERS_TABLE}-2")], TABLE, DENIED, id="F12-2-another-table"),
    pytest.param(
        [allow("*", f"{LOGS}/${{aws:userid}}"), allow("s3:*", f"{LOGS}/public/*")],
        LOGS_BUCKET,
        RESTRICTED,
        id="F12-4-beside-a-variable",
    ),
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


NOT_PRINCIPALS = [
    # whom a denial does not mean, and what becomes of the role at an interface endpoint
    ({"AWS": ROLE}, UNDECIDED),
    ({"AWS": "111122223333"}, UNDECIDED),
    ({"AWS": f"{SESSION}/orders/orders"}, UNDECIDED),
    ({"AWS": "AROAEXAMPLEID"}, UNDECIDED),
    ("*", UNDECIDED),
    ({}, UNDECIDED),
    ({"AWS": "arn:aws:iam::111122223333:role/admin"}, DENIED),
    ({"AWS": [OTHER_ACCOUNT, f"arn:aws:iam::{OTHER_ACCOUNT}:root"]}, DENIED),
    ({"Service": "lambda.amazonaws.com"}, DENIED),
]


@pytest.mark.parametrize(("spared", "expected"), NOT_PRINCIPALS)
def test_f12_a_role_that_notprincipal_could_not_mean_is_denied(spared: Any, expected: Standing) -> None:
    document = policy(allow(), without(deny(NotPrincipal=spared), "Principal"))
    assert standing(document, is_gateway=False) is expected
    assert standing(document, is_gateway=True) is UNDECIDED


@pytest.mark.parametrize("role", [None, "not an arn"])
def test_f12_without_a_known_role_only_everybody_is_sure(role: str | None) -> None:
    request = ServiceRequest("s3", (), role)
    assert standing(policy(allow()), request, is_gateway=False) is ALLOWED
    assert standing(policy(allow(Principal={"AWS": "111122223333"})), request, is_gateway=False) is UNDECIDED
    assert standing(policy(allow(Principal={"AWS": ROLE})), request, is_gateway=False) is UNDECIDED
    assert standing(policy(allow(Principal={"AWS": "111122223333"})), request, is_gateway=True) is DENIED


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


def with_policy(*statements: dict[str, Any]) -> Change:
    return lambda estate: estate.set_policy("s3", *statements)


def only_if(operator: str, key: str, value: Any) -> tuple[Change, ...]:
    """S3's gateway endpoint, whose policy allows everything on a condition."""
    return gateway_endpoint(), with_policy(allow(Condition={operator: {key: value}}))


UNKNOWN_ORGANIZATION = only_if("StringEquals", "aws:PrincipalOrgID", "o-1")


def test_f12_roles_that_the_policy_does_not_tell_apart_share_one_judgement() -> None:
    endpoint = Endpoint("vpce-1", "vpc_endpoint", policy_document=policy(allow("s3:Get*"), deny("*", LOGS)))
    around, guard, sender = FakeSurroundings(), EndpointPolicy(), function_in("subnet-app")
    judgements = [
        guard.judge(endpoint, arrival_of(sender, request=ServiceRequest("s3", (), role)), around)
        for role in (ROLE, "arn:aws:iam::111122223333:role/billing")
    ]
    assert judgements[0] is judgements[1]


class TestOnTheWay:
    def test_f12_the_vpc_and_the_endpoint_are_those_that_the_packets_pass(self) -> None:
        assert asked("s3", *only_if("StringEquals", "aws:SourceVpc", "vpc-main")) == "reachable"
        assert asked("s3", *only_if("StringEquals", "aws:SourceVpc", "vpc-other")) == "blocked ENDPOINT_POLICY_DENY"
        assert asked("s3", *only_if("StringEquals", "aws:SourceVpce", "vpce-s3")) == "reachable"

    def test_f12_each_subnet_has_its_own_source_addresses(self) -> None:
        one_subnet = only_if("IpAddress", "aws:VpcSourceIp", "10.0.1.0/24")
        assert asked("s3", *one_subnet) == "reachable"
        assert asked("s3", *only_if("IpAddress", "aws:VpcSourceIp", "10.0.1.0/25")) == (
            "unknown ENDPOINT_POLICY_UNDECIDABLE"
        )
        estate = changed(*one_subnet)
        estate.move_function("app", subnets=["app-a", "data-a"], groups=["app"])
        assert told(estate, "s3") == "partial ENDPOINT_POLICY_DENY"

    def test_f12_the_port_tells_https_from_http(self) -> None:
        https = gateway_endpoint(), with_policy(allow(), deny(Condition={"Bool": {"aws:SecureTransport": "false"}}))
        assert asked("s3", *https) == "reachable"
        assert asked("s3.eu-west-1.amazonaws.com:443", *https) == "reachable"
        assert asked("s3.eu-west-1.amazonaws.com:80", *https) == "blocked ENDPOINT_POLICY_DENY"

    @pytest.mark.parametrize(
        "statement",
        [
            allow(Condition={"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/app"}}),
            allow(Condition={"StringLike": {"AWS:principalarn": "*role/app"}}),
            allow(Principal={"AWS": "arn:aws:iam::111122223333:role/app"}),
            without(allow(NotPrincipal={"AWS": "arn:aws:iam::111122223333:role/billing"}), "Principal"),
        ],
    )
    def test_f12_functions_that_share_all_but_the_role_are_told_apart(self, statement: dict[str, Any]) -> None:
        estate = changed(interface_endpoint("s3", only_inbound_resolver=False), with_policy(statement))
        estate.function("billing", subnets=["app-a"], groups=["app"])
        report = Analysis(snapshot_of(estate)).report(["s3"])
        verdicts = {function.name: function.answers[0].verdict.value for function in report.functions}
        denied = "unknown" if "NotPrincipal" in statement else "blocked"
        assert verdicts == {"app": "reachable", "billing": denied}

    @pytest.mark.item("F13")
    def test_f13_a_list_of_public_addresses_refuses_what_comes_through_an_endpoint(self) -> None:
        listed = deny(Condition={"NotIpAddress": {"aws:SourceIp": "52.0.0.1/32"}})
        assert asked("s3", gateway_endpoint(), with_policy(allow(), listed)) == "blocked ENDPOINT_POLICY_DENY"

    @pytest.mark.item("K5")
    def test_k5_an_undecidable_policy_is_unknown_and_says_what_would_settle_it(self) -> None:
        (note,) = ask(changed(*UNKNOWN_ORGANIZATION), "s3").unknowns
        assert (note.code, note.component) == ("ENDPOINT_POLICY_UNDECIDABLE", "vpce-s3")
        assert note.remedy == "find out aws:PrincipalOrgID, or try the request"

    @pytest.mark.item("K6")
    def test_k6_what_fails_before_an_undecidable_policy_is_blocked(self) -> None:
        assert asked("s3", *UNKNOWN_ORGANIZATION, egress()).startswith("blocked SG_HAS_NO_RULES")

    def test_f12_a_denial_names_its_statement_and_why_a_grant_does_not_apply(self) -> None:
        estate = changed(gateway_endpoint(), with_policy(allow(), deny(Sid="Nobody"), deny("sqs:*", Sid="Queues")))
        (note,) = ask(estate, "s3").blockers
        assert note.entry == "Nobody"
        grant = allow(Sid="Office", Condition={"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}})
        (note,) = ask(changed(gateway_endpoint(), with_policy(grant)), "s3").blockers
        assert "Office does not apply: aws:SourceIp is absent" in note.message

    def test_f12_statements_without_a_name_are_named_by_their_place(self) -> None:
        (note,) = ask(changed(gateway_endpoint(), with_policy(allow(), deny())), "s3").blockers
        assert note.entry == "Statement[1]"


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


@pytest.mark.parametrize("principal", [{"AWS": 7}, {"AWS": [None]}, {"AWS": {"arn": ROLE}}], ids=json.dumps)
def test_a_principal_that_is_no_text_leaves_the_statement_open(principal: dict[str, Any]) -> None:
    assert standing(policy(allow(Principal=principal))) is UNDECIDED
    assert standing(policy(allow(), deny(Principal=principal))) is UNDECIDED
