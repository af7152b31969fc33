"""Whether a statement's Condition holds: operators, keys and policy variables, in three values.

Modelled: String…, Arn…, Bool, IpAddress, NotIpAddress and Null with …IfExists, on the keys that a function's request
through an endpoint is known to have (`Facts.value`), keys that it is known not to have, and variables of such keys.
Not modelled: ForAllValues, ForAnyValue, other operators and keys, an operator on a key of another type: undecided.
Source: IAM User Guide, "Condition operators", "Conditions with multiple context keys or values", "AWS global condition
context keys", "Variables and tags" (semantics F12, F13).
Checked: tests/unit/components/test_endpoint_policy_conditions.py, tests/properties/test_endpoint_policy.py.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from vpcreach.components.endpoint_policy.patterns import matches
from vpcreach.packets.address_map import AddressSet
from vpcreach.snapshot.call import Place

VARIABLE = re.compile(r"\$\{([^}]*)\}?")
# The keys whose value is the role's: where a policy names one, functions with different roles may fare differently.
KEYS_OF_THE_ROLE = ("aws:principalarn", "aws:principalaccount")
# What is asked at these ports is HTTPS, or plain HTTP; of other ports nobody knows.
SECURE_TRANSPORT = {443: "true", 80: "false"}


class Match(Enum):
    YES = "yes"
    NO = "no"
    MAYBE = "maybe"

    @property
    def negated(self) -> "Match":
        return {Match.YES: Match.NO, Match.NO: Match.YES}.get(self, Match.MAYBE)


def any_of(found: Iterable[Match]) -> Match:
    every = set(found)
    return next((each for each in (Match.YES, Match.MAYBE) if each in every), Match.NO)


def all_of(found: Iterable[Match]) -> Match:
    return any_of(each.negated for each in found).negated


def certain(claim: bool) -> Match:
    return Match.YES if claim else Match.NO


class Type(Enum):
    """What a key's value is, which decides the operators that compare it."""

    STRING = "string"
    ARN = "arn"
    BOOLEAN = "boolean"


TYPES = {
    "aws:principalarn": Type.ARN,
    "aws:securetransport": Type.BOOLEAN,
    "aws:viaawsservice": Type.BOOLEAN,
    "aws:principalisawsservice": Type.BOOLEAN,
}
# Through an endpoint there is no public source address, and only IAM users have a user name.
ABSENT_KEYS = ("aws:sourceip", "aws:username")


@dataclass(frozen=True, slots=True)
class Text:
    text: str
    type: Type = Type.STRING

    def __str__(self) -> str:
        return self.text


class Absent(Enum):
    """Keys that no request of a function through an endpoint has."""

    ABSENT = "absent"

    def __str__(self) -> str:
        return self.value


# None stands for what the snapshot does not tell.
Value = Text | AddressSet | Absent | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a request besides its action and resource: who asks, through which endpoint, how.

    `place` is the endpoint's, `source` the addresses that the request may come from, `resource_account` who owns what
    is asked for.
    """

    endpoint_id: str
    vpc_id: str | None
    is_gateway: bool
    place: Place
    role: str | None
    source: AddressSet | None
    port: int | None
    resource_account: str | None = None

    @property
    def account(self) -> str | None:
        """The role's account."""
        return self.role.split(":")[4] if self.role else None

    def value(self, key: str) -> Value:
        """The value of a condition key, whose name may be in any case."""
        texts = {
            # AWS means the VPC of the endpoint, wherever the request comes from.
            "aws:sourcevpc": self.vpc_id,
            "aws:sourcevpce": self.endpoint_id,
            "aws:principalarn": self.role,
            "aws:principalaccount": self.account,
            "aws:principaltype": "AssumedRole",
            "aws:resourceaccount": self.resource_account,
            "aws:securetransport": SECURE_TRANSPORT.get(self.port or 0),
            "aws:viaawsservice": "false",
            "aws:principalisawsservice": "false",
        }
        name = key.lower()
        if name in ABSENT_KEYS:
            return Absent.ABSENT
        if name == "aws:vpcsourceip":
            return self.source
        text = texts.get(name)
        return Text(text, TYPES.get(name, Type.STRING)) if text else None


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a condition holds; the keys that leave it open, and the test that it fails."""

    match: Match
    doubts: tuple[str, ...] = ()
    unmet: str = ""


def decide(condition: Mapping[str, Mapping[str, tuple[str, ...]]], facts: Facts, *, has_variables: bool) -> Decision:
    """All keys of all operators must match; `has_variables` as the policy's version has them."""
    doubts: list[str] = []
    found: list[Match] = []
    for operator, tests in condition.items():
        for key, values in tests.items():
            match = _tested(operator, facts.value(key), values, facts if has_variables else None)
            if match is Match.NO:
                return Decision(match, (), f"{key} is {facts.value(key)}")
            found.append(match)
            doubts += [key] if match is Match.MAYBE else []
        if not tests:
            found.append(Match.MAYBE)
            doubts.append("an empty Condition")
    return Decision(all_of(found), tuple(doubts))


def resolved(text: str, facts: Facts | None, *, is_pattern: bool) -> str | None:
    """The text with its policy variables filled in; None where one is not known, or no pattern could tell it.

    Without `facts` (a policy of a version that has no variables) the text stands for itself.
    """
    if facts is None or "${" not in text:
        return text
    parts: list[str] = []
    end = 0
    for found in VARIABLE.finditer(text):
        value = _value_of_variable(found, facts)
        if value is None or (is_pattern and ("*" in value or "?" in value)):
            return None
        parts += [text[end : found.start()], value]
        end = found.end()
    return "".join((*parts, text[end:]))


def _value_of_variable(found: re.Match[str], facts: Facts) -> str | None:
    name = found[1].strip()
    if not found[0].endswith("}"):
        return None
    if name in ("*", "?", "$"):
        return name
    value = facts.value(name)
    return value.text if isinstance(value, Text) else None


def _tested(operator: str, actual: Value, values: tuple[str, ...], facts: Facts | None) -> Match:
    """One key against its values: with several, one must match, or with a negated operator none may."""
    if operator == "Null":
        return any_of(_is_absent(value, actual) for value in values) if values else Match.MAYBE
    name = operator.removesuffix("IfExists")
    if name not in OPERATORS or not values or actual is None:
        return Match.MAYBE
    compare, is_negated = OPERATORS[name]
    if actual is Absent.ABSENT:
        return certain(is_negated or name != operator)
    match = compare(values, actual, facts)
    return match.negated if is_negated else match


def _is_absent(value: str, actual: Value) -> Match:
    if actual is None or value not in ("true", "false"):
        return Match.MAYBE
    return certain((actual is Absent.ABSENT) is (value == "true"))


Comparison = Callable[[tuple[str, ...], Any, Facts | None], Match]


def _each(compare: Callable[[str, str], Match], types: set[Type], *, is_pattern: bool) -> Comparison:
    """The comparison of every value with a text of one of these types."""

    def compared(values: tuple[str, ...], actual: Any, facts: Facts | None) -> Match:
        if not isinstance(actual, Text) or actual.type not in types:
            return Match.MAYBE
        filled = [resolved(value, facts, is_pattern=is_pattern) for value in values]
        return any_of(Match.MAYBE if value is None else compare(value, actual.text) for value in filled)

    return compared


def _arn_like(value: str, actual: str) -> Match:
    parts = value.split(":", 5)
    if len(parts) != 6:
        return Match.MAYBE
    return certain(all(matches(*pair) for pair in zip(parts, actual.split(":", 5), strict=True)))


def _boolean(value: str, actual: str) -> Match:
    return certain(value == actual) if value in ("true", "false") else Match.MAYBE


def _in_blocks(values: tuple[str, ...], actual: Any, facts: Facts | None) -> Match:
    """Whether an address lies in one of the blocks, where that is so for all it may be, or for none."""
    if not isinstance(actual, AddressSet) or not actual:
        return Match.MAYBE
    try:
        blocks = [AddressSet.parse(value) for value in values]
    except ValueError:
        return Match.MAYBE
    inside = AddressSet.empty(actual.family)
    for block in blocks:
        inside = inside | block if block.family is actual.family else inside
    return Match.NO if actual.isdisjoint(inside) else Match.YES if actual <= inside else Match.MAYBE


_STRINGS = {Type.STRING, Type.ARN}
_EQUALS = _each(lambda value, actual: certain(value == actual), _STRINGS, is_pattern=False)
_EQUALS_IN_ANY_CASE = _each(lambda value, actual: certain(value.lower() == actual.lower()), _STRINGS, is_pattern=False)
_LIKE = _each(lambda value, actual: certain(matches(value, actual)), _STRINGS, is_pattern=True)
_ARN_LIKE = _each(_arn_like, {Type.ARN}, is_pattern=True)

# Every operator: how one key is compared with the values, and whether it asks that none of them matches.
OPERATORS: dict[str, tuple[Comparison, bool]] = {
    "StringEquals": (_EQUALS, False),
    "StringNotEquals": (_EQUALS, True),
    "StringEqualsIgnoreCase": (_EQUALS_IN_ANY_CASE, False),
    "StringNotEqualsIgnoreCase": (_EQUALS_IN_ANY_CASE, True),
    "StringLike": (_LIKE, False),
    "StringNotLike": (_LIKE, True),
    # AWS lets ArnEquals behave as ArnLike does.
    "ArnEquals": (_ARN_LIKE, False),
    "ArnLike": (_ARN_LIKE, False),
    "ArnNotEquals": (_ARN_LIKE, True),
    "ArnNotLike": (_ARN_LIKE, True),
    "Bool": (_each(_boolean, {Type.BOOLEAN}, is_pattern=False), False),
    "IpAddress": (_in_blocks, False),
    "NotIpAddress": (_in_blocks, True),
}
