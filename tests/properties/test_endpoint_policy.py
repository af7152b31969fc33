"""What endpoint policies surely do, against a reader that judges one concrete request at a time (F12).

Policies are drawn so that each pattern matches something in a small world of actions and resources. What the program
does not know (the organization, a tag, which address of the subnet asks) is tried in every way.
"""

import json
from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple, assert_never

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from tests.oracle.policy_reader import Request, like, readings
from vpcreach.components.endpoint_policy.conditions import Facts
from vpcreach.components.endpoint_policy.document import depends_on_role
from vpcreach.components.endpoint_policy.evaluation import Finding, Standing, evaluate
from vpcreach.components.endpoint_policy.examples import KNOWN_ACTIONS, OTHER
from vpcreach.components.endpoint_policy.patterns import covers, matches, meet
from vpcreach.forwarding import ServiceRequest
from vpcreach.packets.address_map import AddressSet
from vpcreach.snapshot.call import Place

pytestmark = pytest.mark.item("F12")

law = settings(deadline=None, max_examples=150)

ACCOUNT, STRANGER = "111122223333", "444455556666"
ROLE, SIBLING = f"arn:aws:iam::{ACCOUNT}:role/orders", f"arn:aws:iam::{ACCOUNT}:role/team/billing"
ARN = "arn:aws:s3:::"
ACTIONS = [f"s3:{name}" for name in KNOWN_ACTIONS["s3"].split()]
BUCKETS = ["a", "b", "ab", OTHER, f"a{OTHER}", ACCOUNT]
KEYS = ["x", OTHER]
RESOURCES = [f"{ARN}{bucket}" for bucket in BUCKETS] + [f"{ARN}{b}/{key}" for b, key in product(BUCKETS, KEYS)]
IN_BUCKET_A = ServiceRequest("s3", (f"{ARN}a", f"{ARN}a/*"), ROLE)
ANYTHING = ServiceRequest("s3", (), ROLE)
ENDPOINT = Place(ACCOUNT, "eu-west-1")
SUBNET = "10.0.1.0/24"
ADDRESSES = ("10.0.1.4", "10.0.1.200")

Json = dict[str, Any]
VARIABLES = ("${aws:PrincipalTag/team}", "${aws:PrincipalAccount}")

action_names = st.sampled_from(
    ["*", "s3:*", "S3:*", "s3:Get*", "s3:getobject", "s3:*Object", "s3:?etObject", "s3:PutObject", "s3:List*", "sqs:*"]
)
resource_names = st.sampled_from(
    ["*", "arn:aws:sqs:*:*:jobs"]
    + [ARN + name for name in ("*", "a", "a*", "a/*", "a/x", "?", "b/*", "*/x", *(f"{v}/*" for v in VARIABLES))]
)
principals: st.SearchStrategy[Any] = st.one_of(
    st.just("*"),
    st.lists(
        st.sampled_from(
            ["*", ACCOUNT, STRANGER, ROLE, SIBLING, "AROAX", f"arn:aws:iam::{ACCOUNT}:root"]
            + [f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/s" for name in ("orders", "billing")]
        ),
        min_size=1,
        max_size=2,
    ).map(lambda v: {"AWS": v}),
    st.just({"Service": "lambda.amazonaws.com"}),
)

TEXTS = ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase"]
ARNS = ["ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals", "StringLike", "StringNotEquals"]
TRUTHS = ["true", "false"]
# Each key with the operators and values that are tried on it; what follows the blank line is never known.
TESTS: dict[str, tuple[list[str], list[str]]] = {
    "aws:SourceVpc": (TEXTS, ["vpc-1", "VPC-1", "vpc-2", "vpc-*"]),
    "AWS:sourcevpce": (TEXTS, ["vpce-1", "vpce-2", "vpce-?"]),
    "aws:PrincipalArn": (ARNS, [ROLE, SIBLING, "arn:aws:iam::*:role/o*", "arn:aws:iam::${aws:PrincipalAccount}:*"]),
    "aws:PrincipalAccount": (TEXTS, [ACCOUNT, STRANGER, "1111*", "${aws:ResourceAccount}"]),
    "aws:PrincipalType": (TEXTS, ["AssumedRole", "User"]),
    "aws:SecureTransport": (["Bool"], TRUTHS),
    "aws:ViaAWSService": (["Bool"], TRUTHS),
    "aws:SourceIp": (["IpAddress", "NotIpAddress"], ["10.0.0.0/8", "0.0.0.0/0", "54.0.0.1/32"]),
    "aws:VpcSourceIp": (["IpAddress", "NotIpAddress"], ["10.0.0.0/8", "10.0.1.0/25", "10.0.1.128/25", "10.9.0.0/16"]),
    "aws:ResourceAccount": (TEXTS, [ACCOUNT, STRANGER, "${aws:PrincipalAccount}"]),
    "aws:PrincipalOrgID": (TEXTS, ["o-1", "o-2", "o-*"]),
    "aws:PrincipalTag/team": (TEXTS, ["a", "b"]),
}


@st.composite
def conditions(draw: st.DrawFn) -> Json:
    found: Json = {}
    for key in draw(st.lists(st.sampled_from(sorted(TESTS)), max_size=2, unique=True)):
        operators, values = TESTS[key]
        operator = draw(st.sampled_from([*operators, *operators, "Null"]))
        if operator == "Null":
            found.setdefault("Null", {})[key] = draw(st.sampled_from(TRUTHS))
            continue
        chosen = draw(st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True))
        prefix = draw(st.sampled_from([*[""] * 8, "ForAnyValue:", "ForAllValues:"]))
        suffix = "" if prefix else draw(st.sampled_from(["", "", "IfExists"]))
        name = f"{prefix}{operator}{suffix}"
        found.setdefault(name, {})[key] = chosen if len(chosen) > 1 else chosen[0]
    return found


@st.composite
def statements(draw: st.DrawFn) -> Json:
    def one_or_more(names: st.SearchStrategy[str]) -> Any:
        return draw(st.one_of(names, st.lists(names, min_size=1, max_size=3)))

    body: Json = {"Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"]))}
    body[draw(st.sampled_from(["Action", "Action", "NotAction"]))] = one_or_more(action_names)
    body[draw(st.sampled_from(["Resource", "Resource", "NotResource"]))] = one_or_more(resource_names)
    body[draw(st.sampled_from(["Principal", "Principal", "Principal", "NotPrincipal"]))] = draw(principals)
    if draw(st.booleans()):
        body["Condition"] = draw(conditions())
    return body


policies = st.builds(
    lambda version, found: {"Version": version, "Statement": found},
    st.sampled_from(["2012-10-17", "2012-10-17", "2008-10-17"]),
    st.lists(statements(), max_size=4),
)


class World(NamedTuple):
    """One way in which what the program does not know may turn out."""

    organization: str | None
    team: str | None
    address: str

    def context(self, owner: str) -> dict[str, str]:
        known = {
            "aws:SourceVpc": "vpc-1",
            "aws:SourceVpce": "vpce-1",
            "aws:PrincipalArn": ROLE,
            "aws:PrincipalAccount": ACCOUNT,
            "aws:PrincipalType": "AssumedRole",
            "aws:SecureTransport": "true",
            "aws:ViaAWSService": "false",
            "aws:VpcSourceIp": self.address,
            "aws:ResourceAccount": owner,
        }
        unknown = {"aws:PrincipalOrgID": self.organization, "aws:PrincipalTag/team": self.team}
        return known | {key: value for key, value in unknown.items() if value is not None}


WORLDS = [World(*way) for way in product(["o-1", "o-3", None], ["a", "b", None], ADDRESSES)]


def facts(request: ServiceRequest, *, is_gateway: bool) -> Facts:
    return Facts("vpce-1", "vpc-1", is_gateway, ENDPOINT, request.principal, AddressSet.parse(SUBNET), 443)


def worlds(policy: Json) -> list[World]:
    """The worlds that the policy can tell apart."""
    text = json.dumps(policy)
    organization, team, address = "aws:PrincipalOrgID" in text, "aws:PrincipalTag" in text, "aws:VpcSourceIp" in text
    first = WORLDS[0]
    kept = [
        World(
            world.organization if organization else first.organization,
            world.team if team else first.team,
            world.address if address else first.address,
        )
        for world in WORLDS
    ]
    return list(dict.fromkeys(kept))


def fates(policy: Json, action: str, resource: str, owner: str, *, is_gateway: bool) -> Iterator[bool]:
    """Whether one request is allowed, in every world and every way in which AWS's words may be meant."""
    for world in worlds(policy):
        yield from readings(policy, Request(action, resource, ROLE, world.context(owner)), is_gateway=is_gateway)


def exists(action: str, resource: str) -> bool:
    """S3's actions on objects take objects, those on buckets take buckets."""
    return ("Bucket" in action) is ("/" not in resource)


def found(policy: Json, request: ServiceRequest, *, is_gateway: bool) -> Finding:
    return evaluate(json.dumps(policy), request, facts(request, is_gateway=is_gateway))


@law
@given(policy=policies, request=st.sampled_from([ANYTHING, IN_BUCKET_A]), is_gateway=st.booleans())
def test_f12_what_is_found_holds_for_every_request_and_every_way_of_deciding(
    policy: Json, request: ServiceRequest, is_gateway: bool
) -> None:
    standing = found(policy, request, is_gateway=is_gateway).standing
    asked = [each for each in RESOURCES if not request.resources or any(like(r, each) for r in request.resources)]
    everybody = [ACCOUNT, STRANGER] if "aws:ResourceAccount" in json.dumps(policy) else [ACCOUNT]
    ways = {
        (action, resource, owner): set(fates(policy, action, resource, owner, is_gateway=is_gateway))
        for action, resource, owner in product(ACTIONS, asked, everybody)
    }
    # The owner of a bucket is not known; of everything there is, some is this account's and some is not.
    owners = [[owner] for owner in everybody] if request.resources else [everybody]
    is_sure = all(
        any(ways[action, resource, owner] == {True} for action, resource, owner in ways if owner in theirs)
        for theirs in owners
    )
    event(standing.value)
    match standing:
        case Standing.DENIED:
            assert all(way == {False} for way in ways.values())
        case Standing.ALLOWED:
            assert all(way == {True} for way in ways.values())
        case Standing.RESTRICTED:
            assert all(
                any(ways[a, r, o] == {True} and exists(a, r) for a, r, o in ways if o in theirs) for theirs in owners
            )
        case Standing.UNDECIDED:
            event(f"undecided, and some requests are surely allowed: {is_sure}")
        case _:
            assert_never(standing)


# What needs no fact that only AWS knows, and no patterns that the tried requests escape.
plain = st.builds(
    lambda found: {"Version": "2012-10-17", "Statement": found},
    st.lists(
        st.builds(
            lambda body, principal: {k: v for k, v in body.items() if k != "NotPrincipal"} | {"Principal": principal},
            statements(),
            st.sampled_from(["*", {"AWS": ACCOUNT}, {"AWS": ROLE}, {"AWS": SIBLING}]),
        ).filter(
            lambda body: (
                not any(word in json.dumps(body) for word in ("Org", "Tag", "VpcSourceIp", "ResourceAccount", "For"))
            )
        ),
        max_size=4,
    ),
)


@law
@given(policy=plain, request=st.sampled_from([ANYTHING, IN_BUCKET_A]))
def test_f12_what_is_surely_allowed_of_what_nobody_names_is_found(policy: Json, request: ServiceRequest) -> None:
    bucket = "a" if request.resources else OTHER
    pairs = [(a, r) for a in ACTIONS for r in (f"{ARN}{bucket}", f"{ARN}{bucket}/{OTHER}") if exists(a, r)]
    is_sure = any(set(fates(policy, *pair, ACCOUNT, is_gateway=False)) == {True} for pair in pairs)
    if is_sure:
        assert found(policy, request, is_gateway=False).standing in (Standing.ALLOWED, Standing.RESTRICTED)


@law
@given(policy=policies, request=st.sampled_from([ANYTHING, IN_BUCKET_A]), is_gateway=st.booleans())
def test_f12_roles_that_share_an_answer_have_the_same_one(
    policy: Json, request: ServiceRequest, is_gateway: bool
) -> None:
    tests_roles = depends_on_role(json.dumps(policy))
    event(f"depends on the role: {tests_roles}")
    answers = {
        found(policy, ServiceRequest(request.service, request.resources, role), is_gateway=is_gateway)
        for role in (ROLE, SIBLING, f"arn:aws:iam::{STRANGER}:role/orders", None)
    }
    assert tests_roles or len(answers) == 1


patterns = st.text("ab*?", max_size=5)
WORDS = ["".join(letters) for size in range(8) for letters in product("abc", repeat=size)]


@law
@given(wide=st.text("ab*?", max_size=4), narrow=st.text("ab*?", max_size=4))
def test_covering_is_exact(wide: str, narrow: str) -> None:
    # A word that tells two patterns apart has no more letters than both have signs together; c stands for any other.
    assert covers(wide, narrow) is all(like(wide, word) for word in WORDS if like(narrow, word))


@law
@given(pattern=patterns, word=st.text("ab*?", max_size=6))
def test_matching_is_what_the_reader_says(pattern: str, word: str) -> None:
    assert matches(pattern, word) is like(pattern, word)


@law
@given(one=st.text("ab*?", max_size=4), other=st.text("ab*?", max_size=3))
def test_patterns_meet_in_some_word(one: str, other: str) -> None:
    # A shortest common word has no more letters than both patterns have signs together.
    assert meet(one, other) is any(like(one, word) and like(other, word) for word in WORDS)
