"""The text of an endpoint policy, read into statements as they concern one request.

Modelled: every element of a statement, each in three values: what it surely means, what it may mean.
Not modelled: more of NotPrincipal than that it names nobody who could be the caller.
Source: IAM User Guide, "Grammar of the IAM JSON policy language", "AWS JSON policy elements: Principal";
PrivateLink Guide on the Principal of gateway endpoints (semantics F12).
Checked: tests/unit/components/test_endpoint_policy.py, tests/properties/test_endpoint_policy.py.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from vpcreach.components.endpoint_policy.conditions import (
    KEYS_OF_THE_ROLE,
    VARIABLE,
    Facts,
    Match,
    all_of,
    any_of,
    certain,
    decide,
    resolved,
)

# Policy variables are part of the newer version alone; one that names no version is of the older.
WITH_VARIABLES = "2012-10-17"
VERSIONS = ("2008-10-17", WITH_VARIABLES)
ELEMENTS = {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource"}
ELEMENTS |= {"Condition"}
ACCOUNT = re.compile(r"(?:arn:[\w-]+:iam::)?([0-9]{12})(?::root)?")
SESSION = re.compile(r"arn:[\w-]+:sts::([0-9]{12}):assumed-role/([^/*?]+)/[^*?]+")
IDENTITY = re.compile(r"arn:[\w-]+:iam::[0-9]{12}:(?:role|user)/[^*?]+")


@dataclass(frozen=True, slots=True)
class Names:
    """A statement's Action or Resource: what matches a pattern, or (`is_negated`) what matches none.

    `unsure` are patterns with a variable whose value is not known, wide enough for any value; `unresolved` name these
    variables.
    """

    sure: tuple[str, ...]
    unsure: tuple[str, ...]
    unresolved: tuple[str, ...]
    is_negated: bool = False

    @property
    def patterns(self) -> tuple[str, ...]:
        return (*self.sure, *self.unsure)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement as it concerns one request, whatever that asks for.

    `applies` tells of its principal and its condition, `doubts` name what leaves them or its variables open, `unmet`
    why it does not apply. `written` are its actions in their own spelling.
    """

    entry: str
    is_allow: bool
    applies: Match
    actions: Names
    resources: Names
    doubts: tuple[str, ...] = ()
    unmet: str = ""
    written: tuple[str, ...] = ()


def read(document: str) -> tuple[list[dict[str, Any]], bool]:
    """The statements of a document, and whether it has policy variables; ValueError, with the fact, for no policy."""
    try:
        body = json.loads(document, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON ({error})") from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if not isinstance(body, dict) or not {"Statement"} <= set(body) <= {"Version", "Id", "Statement"}:
        raise ValueError("it is not a policy with Version, Id and Statement")
    version = body.get("Version", VERSIONS[0])
    if version not in VERSIONS:
        raise ValueError(f"its Version {version} is neither of {' and '.join(VERSIONS)}")
    statements = _listed(body["Statement"])
    for number, each in enumerate(statements):
        _check(each, f"Statement[{number}]")
    return list(statements), version == WITH_VARIABLES


@lru_cache(maxsize=1 << 12)
def depends_on_role(document: str | None) -> bool:
    """False when functions with different roles are sure to fare alike: no statement asks who calls."""
    try:
        statements, _ = read(document or "")
    except ValueError:
        return False
    if not all(_means_everybody(each.get("Principal")) for each in statements):
        return True
    text = json.dumps(statements, ensure_ascii=False).lower()
    return any(key in text for key in KEYS_OF_THE_ROLE)


def known_role(principal: str | None) -> str | None:
    """The caller's ARN, or None for anything that is none."""
    return principal if principal and IDENTITY.fullmatch(principal) else None


def statements_for(document: str, facts: Facts) -> tuple[Statement, ...]:
    """The statements of a document for one request; raises ValueError for text that is no policy."""
    statements, has_variables = read(document)
    return tuple(_statement(each, f"Statement[{n}]", facts, has_variables) for n, each in enumerate(statements))


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(f"it has an element twice among {', '.join(key for key, _ in pairs)}")
    return found


def _check(body: Any, where: str) -> None:
    if not isinstance(body, dict) or not set(body) <= ELEMENTS or body.get("Effect") not in ("Allow", "Deny"):
        raise ValueError(f"{where} is not a statement that allows or denies")
    if not isinstance(body.get("Sid", ""), str):
        raise ValueError(f"{where} has a Sid that is no text")
    for element in ("Action", "Resource"):
        present = [each for each in (element, f"Not{element}") if each in body]
        values = _listed(body[present[0]]) if len(present) == 1 else ()
        if not values or not all(isinstance(value, str) for value in values):
            raise ValueError(f"{where} has no readable {element}")
    if "Principal" in body and "NotPrincipal" in body:
        raise ValueError(f"{where} has a Principal and a NotPrincipal")
    _condition(body, where)


def _condition(body: dict[str, Any], where: str) -> dict[str, dict[str, tuple[str, ...]]]:
    """The Condition as operator, key and values."""
    condition = body.get("Condition", {})
    if not isinstance(condition, dict) or not all(isinstance(tests, dict) for tests in condition.values()):
        raise ValueError(f"{where} has a Condition that is none")
    return {
        operator: {key: tuple(_text(value, where) for value in _listed(values)) for key, values in tests.items()}
        for operator, tests in condition.items()
    }


def _text(value: Any, where: str) -> str:
    match value:
        case str():
            return value
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case _:
            raise ValueError(f"{where} has a Condition that compares with {value}")


def _statement(body: dict[str, Any], where: str, facts: Facts, has_variables: bool) -> Statement:
    is_allow, entry = body["Effect"] == "Allow", body.get("Sid") or where
    caller = _caller(body, facts, is_allow=is_allow)
    condition = decide(_condition(body, where), facts, has_variables=has_variables)
    applies = all_of((caller, condition.match))
    # To an older version a variable is plain text, which hardly anything is called: not what its author meant.
    known = facts if has_variables else None
    actions, resources = _names(body, "Action", known), _names(body, "Resource", known)
    unresolved = [found for each in (actions, resources) for found in each.unresolved]
    doubts = [*condition.doubts]
    if caller is Match.MAYBE:
        element = "NotPrincipal" if "NotPrincipal" in body else "Principal"
        doubts.insert(0, f"{element} {json.dumps(body.get(element))}")
    doubts += unresolved if has_variables else [f"{name} without Version {WITH_VARIABLES}" for name in unresolved]
    return Statement(
        entry=entry,
        is_allow=is_allow,
        applies=applies,
        actions=actions,
        resources=resources,
        doubts=() if applies is Match.NO else tuple(dict.fromkeys(doubts)),
        unmet=condition.unmet or ("its principal is somebody else" if caller is Match.NO else ""),
        written=() if actions.is_negated else _listed(body["Action"]),
    )


def _names(body: Mapping[str, Any], element: str, facts: Facts | None) -> Names:
    sure: list[str] = []
    unsure: list[str] = []
    unresolved: list[str] = []
    written = body[element] if element in body else body[f"Not{element}"]
    for text in map(str.lower if element == "Action" else str, _listed(written)):
        known = resolved(text, facts, is_pattern=True) if facts or "${" not in text else None
        if known is None:
            unsure.append(VARIABLE.sub("*", text))
            unresolved += [found[0] for found in VARIABLE.finditer(text)]
        else:
            sure.append(known)
    return Names(tuple(sure), tuple(unsure), tuple(unresolved), is_negated=element not in body)


def _caller(body: Mapping[str, Any], facts: Facts, *, is_allow: bool) -> Match:
    """Whether the statement is about the function's role."""
    if "NotPrincipal" not in body:
        return _means(body.get("Principal"), facts, is_allow=is_allow)
    # AWS asks to exempt the account and the session beside the role: only who is not named at all is sure to be meant.
    named = _means(body["NotPrincipal"], facts, is_allow=is_allow)
    return Match.YES if named is Match.NO and not facts.is_gateway else Match.MAYBE


def _means_everybody(principal: Any) -> bool:
    return principal == "*" or (isinstance(principal, dict) and "*" in _listed(principal.get("AWS")))


def _means(principal: Any, facts: Facts, *, is_allow: bool) -> Match:
    if _means_everybody(principal):
        return Match.YES
    if not isinstance(principal, dict) or not principal:
        return Match.MAYBE
    named = [(kind, value) for kind, values in principal.items() for value in _listed(values)]
    return any_of(_means_one(kind, value, facts, is_allow=is_allow) for kind, value in named) if named else Match.MAYBE


def _means_one(kind: str, value: Any, facts: Facts, *, is_allow: bool) -> Match:
    if not isinstance(value, str):
        return Match.MAYBE
    if kind in ("Service", "Federated"):
        return Match.NO
    if kind != "AWS":
        return Match.MAYBE
    account = ACCOUNT.fullmatch(value)
    if account and facts.is_gateway:
        # There it means the root user; AWS says so of what is granted, not of what is denied.
        return Match.NO if is_allow else Match.MAYBE
    if facts.role is None:
        return Match.MAYBE
    if account:
        return certain(account[1] == facts.account)
    if value == facts.role:
        return Match.MAYBE if facts.is_gateway else Match.YES
    if session := SESSION.fullmatch(value):
        is_own = session.groups() == (facts.account, facts.role.rpartition("/")[2])
        return Match.MAYBE if is_own else Match.NO
    return Match.NO if IDENTITY.fullmatch(value) else Match.MAYBE


def _listed(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list) else (value,)
