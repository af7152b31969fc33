"""A second opinion on endpoint policies: one concrete request against one policy, statement by statement.

Written from the description of IAM's policy language alone; it shares no code with the program and knows no sets of
requests. What the description leaves open (which principals a gateway endpoint takes, whom NotPrincipal spares) has
two answers, and so `readings` has one for every way in which that may turn out.

    request = Request("s3:GetObject", "arn:aws:s3:::a/x", "arn:aws:iam::111122223333:role/orders", {"aws:SourceVpc": …})
    set(readings(policy, request, is_gateway=True))   # {True}: allowed, whatever is left open
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address, ip_network
from itertools import product
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """What IAM knows of one request; a key that `context` lacks is absent from it."""

    action: str
    resource: str
    role: str
    context: Mapping[str, str]

    def key(self, name: str) -> str | None:
        return next((value for key, value in self.context.items() if key.lower() == name.lower()), None)


def readings(policy: Json, request: Request, *, is_gateway: bool) -> Iterator[bool]:
    """Whether the request is allowed, for every way in which what is left open may turn out."""
    has_variables = policy.get("Version") == "2012-10-17"
    ways = [concerns(body, request, has_variables, is_gateway) for body in policy["Statement"]]
    for way in product(*ways):
        effects = {body["Effect"] for body, is_on in zip(policy["Statement"], way, strict=True) if is_on}
        yield "Allow" in effects and "Deny" not in effects


def concerns(body: Json, request: Request, has_variables: bool, is_gateway: bool) -> set[bool]:
    if not names_action(body, request) or not names_resource(body, request, has_variables):
        return {False}
    for operator, tests in body.get("Condition", {}).items():
        for key, values in tests.items():
            if not holds(operator, request.key(key), listed(values), request, has_variables):
                return {False}
    if "NotPrincipal" in body:
        named = means(body["NotPrincipal"], request.role, body["Effect"], is_gateway)
        return {True} if named == {False} and not is_gateway else {True, False}
    return means(body["Principal"], request.role, body["Effect"], is_gateway)


def names_action(body: Json, request: Request) -> bool:
    patterns = listed(body.get("Action", body.get("NotAction")))
    return any(like(pattern.lower(), request.action.lower()) for pattern in patterns) is ("Action" in body)


def names_resource(body: Json, request: Request, has_variables: bool) -> bool:
    texts = [filled(text, request, has_variables) for text in listed(body.get("Resource", body.get("NotResource")))]
    return any(text is not None and like(text, request.resource) for text in texts) is ("Resource" in body)


def means(principal: Any, role: str, effect: str, is_gateway: bool) -> set[bool]:
    if principal == "*":
        return {True}
    ways = [means_one(kind, value, role, effect, is_gateway) for kind in principal for value in listed(principal[kind])]
    return {any(way) for way in product(*ways)}


def means_one(kind: str, value: str, role: str, effect: str, is_gateway: bool) -> set[bool]:
    account, name = role.split(":")[4], role.rpartition("/")[2]
    if kind != "AWS":
        return {False}
    if value == "*":
        return {True}
    if value.isdecimal() or value.endswith(":root"):
        if is_gateway:
            return {False} if effect == "Allow" else {True, False}
        return {account in value}
    if value == role:
        return {True, False} if is_gateway else {True}
    if value.startswith(("AROA", f"arn:aws:sts::{account}:assumed-role/{name}/")):
        return {True, False}
    return {False}


def holds(operator: str, actual: str | None, values: list[str], request: Request, has_variables: bool) -> bool:
    """One condition: `actual` is the value of its key, None where the request lacks it."""
    if operator == "Null":
        return any((actual is None) is (value == "true") for value in values)
    if operator.startswith("ForAllValues:"):
        return actual is None or holds(operator[13:], actual, values, request, has_variables)
    if operator.startswith("ForAnyValue:"):
        return actual is not None and holds(operator[12:], actual, values, request, has_variables)
    if operator.endswith("IfExists"):
        return actual is None or holds(operator[:-8], actual, values, request, has_variables)
    is_negated = "Not" in operator
    if actual is None:
        return is_negated
    texts = [filled(value, request, has_variables) for value in values]
    is_met = any(text is not None and compares(operator.replace("Not", ""), text, actual) for text in texts)
    return is_met is not is_negated


def compares(operator: str, value: str, actual: str) -> bool:
    if operator in ("StringEquals", "Bool"):
        return value == actual
    if operator == "StringEqualsIgnoreCase":
        return value.lower() == actual.lower()
    if operator == "StringLike":
        return like(value, actual)
    if operator in ("ArnEquals", "ArnLike"):
        return all(like(*pair) for pair in zip(value.split(":", 5), actual.split(":", 5), strict=True))
    if operator == "IpAddress":
        return ip_address(actual) in ip_network(value)
    raise AssertionError(f"no such operator: {operator}")


def filled(text: str, request: Request, has_variables: bool) -> str | None:
    """The text with its variables; None where the request lacks one."""
    if not has_variables:
        return text
    names = re.findall(r"\$\{(.*?)\}", text)
    for name in names:
        value = request.key(name)
        if value is None:
            return None
        text = text.replace(f"${{{name}}}", value)
    return text


def like(pattern: str, text: str) -> bool:
    return compiled(pattern).fullmatch(text) is not None


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    words = [".*" if sign == "*" else "." if sign == "?" else re.escape(sign) for sign in pattern]
    return re.compile("".join(words), re.DOTALL)


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
