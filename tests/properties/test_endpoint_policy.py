"""What endpoint policies surely do, against a reading of each request on its own (F12).

The reading tries every way in which the undecided statements may turn out. Patterns are drawn so that each matches
something in the small world of actions and resources.
"""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any, assert_never

from hypothesis import event, given, settings
from hypothesis import strategies as st

from vpcreach.components.endpoint_policy.evaluation import KNOWN_ACTIONS, OTHER, Policy, Standing
from vpcreach.components.endpoint_policy.patterns import covers, meet
from vpcreach.forwarding import ServiceRequest

law = settings(deadline=None, max_examples=300)

ROLE = "arn:aws:iam::111122223333:role/orders"
ARN = "arn:aws:s3:::"
ACTIONS = [f"s3:{name}" for name in KNOWN_ACTIONS["s3"].split()]
BUCKETS = ["a", "b", "ab", OTHER, f"a{OTHER}"]
KEYS = ["x", "y", OTHER]
RESOURCES = [f"{ARN}{bucket}" for bucket in BUCKETS] + [f"{ARN}{b}/{key}" for b, key in product(BUCKETS, KEYS)]
IN_BUCKET_A = ServiceRequest("s3", (f"{ARN}a", f"{ARN}a/*"), ROLE)
ANYTHING = ServiceRequest("s3", (), ROLE)

Statement = dict[str, Any]
Pair = tuple[str, str]
VARIABLE = "${aws:PrincipalTag/team}"

action_names = st.sampled_from(
    ["*", "s3:*", "S3:*", "s3:Get*", "s3:getobject", "s3:*Object", "s3:?etObject", "s3:PutObject", "s3:List*", "sqs:*"]
)
resource_names = st.sampled_from(
    ["*", "arn:aws:sqs:*:*:jobs"]
    + [ARN + name for name in ("*", "a", "a*", "a/*", "a/x", "?", "b/*", "*/x", f"{VARIABLE}/*")]
)
principals: st.SearchStrategy[Any] = st.one_of(
    st.just("*"),
    st.lists(st.sampled_from(["*", "111122223333", "444455556666", ROLE, "AROAX"]), min_size=1, max_size=2).map(
        lambda v: {"AWS": v}
    ),
    st.just({"Service": "lambda.amazonaws.com"}),
)


@st.composite
def statements(draw: st.DrawFn) -> Statement:
    def one_or_more(names: st.SearchStrategy[str]) -> Any:
        return draw(st.one_of(names, st.lists(names, min_size=1, max_size=3)))

    body: Statement = {"Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"]))}
    body[draw(st.sampled_from(["Action", "Action", "NotAction"]))] = one_or_more(action_names)
    body[draw(st.sampled_from(["Resource", "Resource", "NotResource"]))] = one_or_more(resource_names)
    body[draw(st.sampled_from(["Principal", "Principal", "Principal", "NotPrincipal"]))] = draw(principals)
    if draw(st.integers(0, 4)) == 0:
        body["Condition"] = {"StringEquals": {"aws:SourceVpc": "vpc-1"}}
    return body


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def matches(pattern: str, text: str) -> bool:
    words = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(words, text, re.DOTALL) is not None


def concerns(body: Statement, *, is_gateway: bool) -> set[bool]:
    """The ways in which a statement's principal and condition may turn out."""
    if "NotPrincipal" in body:
        return {True, False}
    named = [body["Principal"]] if body["Principal"] == "*" else listed(body["Principal"].get("AWS", []))
    ways = [means_role(value, body["Effect"], is_gateway=is_gateway) for value in named]
    found = {any(way) for way in product(*ways)}
    return found | {False} if "Condition" in body else found


def means_role(value: str, effect: str, *, is_gateway: bool) -> set[bool]:
    unsure = {True, False}
    if value == "*":
        return {True}
    if value == "AROAX":
        return unsure
    if value == ROLE:
        return unsure if is_gateway else {True}
    if is_gateway:
        return unsure if effect == "Deny" else {False}
    return {value == "111122223333"}


def holds(body: Statement, pair: Pair, team: str) -> bool:
    """Whether a statement's actions and resources hold one request."""
    action, resource = pair
    is_action = any(matches(each.lower(), action.lower()) for each in listed(body.get("Action", body.get("NotAction"))))
    names = listed(body.get("Resource", body.get("NotResource")))
    is_resource = any(matches(each.replace(VARIABLE, team), resource) for each in names)
    return (is_action is ("Action" in body)) and (is_resource is ("Resource" in body))


def readings(policy: list[Statement], pairs: Iterable[Pair], *, is_gateway: bool) -> Iterator[set[Pair]]:
    """The requests that are allowed, for every way in which what is undecided may turn out."""
    every = list(pairs)
    ways = [concerns(body, is_gateway=is_gateway) for body in policy]
    for team in ["a", "b", "nobody"]:
        held = [{pair for pair in every if holds(body, pair, team)} for body in policy]
        for way in product(*ways):
            chosen = [(body["Effect"], mine) for body, mine, is_on in zip(policy, held, way, strict=True) if is_on]
            allowed = {pair for effect, mine in chosen for pair in mine if effect == "Allow"}
            yield allowed - {pair for effect, mine in chosen for pair in mine if effect == "Deny"}


def exists(pair: Pair) -> bool:
    """S3's actions on objects take objects, those on buckets take buckets."""
    action, resource = pair
    return ("Bucket" in action) is ("/" not in resource)


@law
@given(
    policy=st.lists(statements(), max_size=4),
    request=st.sampled_from([ANYTHING, IN_BUCKET_A]),
    is_gateway=st.booleans(),
)
def test_f12_what_is_found_holds_for_every_request_and_every_way_of_deciding(
    policy: list[Statement], request: ServiceRequest, is_gateway: bool
) -> None:
    document = json.dumps({"Statement": policy})
    found = Policy.parse(document, ROLE, is_gateway=is_gateway).evaluate(request).standing
    asked = [each for each in RESOURCES if not request.resources or any(matches(r, each) for r in request.resources)]
    pairs = set(product(ACTIONS, asked))
    event(found.value)
    ways = list(readings(policy, pairs, is_gateway=is_gateway))
    match found:
        case Standing.DENIED:
            assert all(allowed == set() for allowed in ways)
        case Standing.ALLOWED:
            assert all(allowed == pairs for allowed in ways)
        case Standing.RESTRICTED:
            assert any(exists(pair) for pair in set.intersection(*ways))
        case Standing.UNDECIDED:
            pass
        case _:
            assert_never(found)


patterns = st.text("ab*?", max_size=5)
WORDS = ["".join(letters) for size in range(7) for letters in product("ab", repeat=size)]


@law
@given(wide=patterns, narrow=patterns)
def test_covering_holds_for_every_word(wide: str, narrow: str) -> None:
    if covers(wide, narrow):
        assert all(matches(wide, word) for word in WORDS if matches(narrow, word))


@law
@given(wide=patterns, word=st.text("ab", max_size=5))
def test_covering_a_word_is_matching_it(wide: str, word: str) -> None:
    assert covers(wide, word) is matches(wide, word)


@law
@given(one=st.text("ab*?", max_size=4), other=st.text("ab*?", max_size=3))
def test_patterns_meet_in_some_word(one: str, other: str) -> None:
    # A shortest common word has no more letters than both patterns have signs together.
    words = ["".join(letters) for size in range(8) for letters in product("ab", repeat=size)]
    assert meet(one, other) is any(matches(one, word) and matches(other, word) for word in words)
