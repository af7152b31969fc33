"""The three-valued reading of one endpoint policy for one caller: no component, no packet.

Modelled: the five rules of semantics F12 for a set of requests: every action of a service, on the resources asked
for. All allowed, all denied and some allowed are claimed only where they hold however the undecided parts turn out.
Not modelled: see the package.
Source: IAM User Guide, "Policy evaluation logic"; PrivateLink Guide on the Principal of gateway endpoints.
Checked: tests/unit/components/test_endpoint_policy.py, tests/properties/test_endpoint_policy.py.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from itertools import islice, product
from typing import Any

import msgspec

from vpcreach.components.endpoint_policy.patterns import VARIABLE, Names, covers, meet
from vpcreach.forwarding import ServiceRequest

ENTRY = "PolicyDocument"
LISTED = 5

# A few actions of often used services, to try where a policy names its actions by pattern or by exception.
KNOWN_ACTIONS = {
    "dynamodb": "GetItem PutItem UpdateItem DeleteItem Query Scan BatchGetItem BatchWriteItem DescribeTable",
    "s3": "GetObject PutObject DeleteObject GetObjectTagging AbortMultipartUpload ListBucket GetBucketAcl",
    "sqs": "SendMessage ReceiveMessage DeleteMessage",
}
WITHOUT_RESOURCE = frozenset({"s3:listallmybuckets", "dynamodb:listtables", "sts:getcalleridentity"})
OTHER = "some-other"

ELEMENTS = {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource"}
ELEMENTS |= {"Condition"}
ACCOUNT = re.compile(r"(?:arn:[\w-]+:iam::)?(\d{12})(?::root)?")
SESSION = re.compile(r"arn:[\w-]+:sts::(\d{12}):assumed-role/([^/*?]+)/[^*?]+")
IDENTITY = re.compile(r"arn:[\w-]+:iam::\d{12}:(?:role|user)/[^*?]+")


class Standing(Enum):
    """What a policy makes of a set of requests: lets all through, some at least, none, or nobody can tell."""

    ALLOWED = "allowed"
    RESTRICTED = "restricted"
    DENIED = "denied"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Finding:
    standing: Standing
    entry: str = ENTRY
    fact: str = ""


class Match(Enum):
    YES = "yes"
    NO = "no"
    MAYBE = "maybe"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement as it concerns one caller.

    `doubts` name what the snapshot does not decide of it, `written` are its actions in their own spelling.
    """

    entry: str
    is_allow: bool
    principal: Match
    actions: Names
    resources: Names
    doubts: tuple[str, ...]
    written: tuple[str, ...] = ()

    @property
    def is_sure(self) -> bool:
        return self.principal is Match.YES and not self.doubts

    def surely_covers(self, action: str, resource: str) -> bool:
        return self.is_sure and self.actions.surely_cover(action) and self.resources.surely_cover(resource)

    def may_meet(self, action: str, resource: str) -> bool:
        is_possible = self.principal is not Match.NO
        return is_possible and self.actions.may_meet(action) and self.resources.may_meet(resource)


@dataclass(frozen=True, slots=True)
class Policy:
    """An endpoint policy as it concerns one caller."""

    statements: tuple[Statement, ...]
    role: str | None

    @classmethod
    def parse(cls, document: str, principal: str | None, *, is_gateway: bool) -> "Policy":
        """Reads a document; raises ValueError, with the fact, for text that is no policy."""
        try:
            body = msgspec.json.decode(document)
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
            raise ValueError(f"it is not JSON ({error})") from error
        if not isinstance(body, dict) or not {"Statement"} <= set(body) <= {"Version", "Id", "Statement"}:
            raise ValueError("it is not a policy with Version, Id and Statement")
        role = principal if principal and IDENTITY.fullmatch(principal) else None
        numbered = enumerate(_listed(body["Statement"]))
        return cls(tuple(_statement(each, n, Caller(role, is_gateway)) for n, each in numbered), role)

    def evaluate(self, request: ServiceRequest) -> Finding:
        """What becomes of a set of requests: every action of the service, on the resources asked for."""
        action = f"{request.service.lower()}:?*"
        asked = request.resources or ("*",)
        denials = [self._denial(action, resource) for resource in asked]
        if all(denials):
            entries = dict.fromkeys(each.entry for each in denials if each)
            return Finding(Standing.DENIED, next(iter(entries)), f"{', '.join(entries)} denies them")
        if not any(self._could_allow(statement, action, asked) for statement in self._of(allow=True)):
            return Finding(Standing.DENIED, ENTRY, "no statement that concerns them allows anything")
        if all(self._is_allowed(action, resource) for resource in asked):
            return Finding(Standing.ALLOWED)
        witnesses = list(islice(self._witnesses(request.service.lower(), asked), LISTED))
        if witnesses:
            return Finding(Standing.RESTRICTED, ENTRY, ", ".join(witnesses))
        return Finding(Standing.UNDECIDED, *self._doubt(action, asked))

    def _of(self, *, allow: bool) -> Iterator[Statement]:
        return (statement for statement in self.statements if statement.is_allow is allow)

    def _is_allowed(self, action: str, resource: str) -> bool:
        if not any(each.surely_covers(action, resource) for each in self._of(allow=True)):
            return False
        return not any(each.may_meet(action, resource) for each in self._of(allow=False))

    def _denial(self, action: str, resource: str) -> Statement | None:
        """A statement that surely denies all of this."""
        return next((each for each in self._of(allow=False) if each.surely_covers(action, resource)), None)

    def _could_allow(self, statement: Statement, action: str, asked: tuple[str, ...]) -> bool:
        """True unless the part of the statement that concerns the request is no use to anybody."""
        denials = [each for each in self._of(allow=False) if each.is_sure]
        # What two patterns hold together is denied where a denial covers either of them.
        by_action = {
            _indices(each.actions.surely_cover(one) or each.actions.surely_cover(action) for each in denials)
            for one in statement.actions.widest
            if meet(one, action)
        }
        by_resource = {
            _indices(each.resources.surely_cover(one) or each.resources.surely_cover(where) for each in denials)
            for one, where in product(statement.resources.widest, asked)
            if meet(one, where) and statement.may_meet(action, where)
        }
        return any(one.isdisjoint(other) for one, other in product(by_action, by_resource))

    def _witnesses(self, service: str, asked: tuple[str, ...]) -> Iterator[str]:
        """Requests, in words, that are sure to be allowed; none that another one holds already."""
        allow = [each for each in self._of(allow=True) if each.is_sure]
        deny = [each for each in self._of(allow=False) if each.principal is not Match.NO]
        actions = [
            (
                name,
                _indices(x.actions.surely_cover(name.lower()) for x in allow),
                _indices(x.actions.may_meet(name.lower()) for x in deny),
            )
            for name in self._actions_to_try(service)
        ]
        resources = [
            (
                name,
                _indices(x.resources.surely_cover(name) for x in allow),
                _indices(x.resources.may_meet(name) for x in deny),
            )
            for name in self._resources_to_try(service, asked)
        ]
        found: list[tuple[str, str]] = []
        for (action, granting, denying), (resource, holding, barring) in product(actions, resources):
            if granting.isdisjoint(holding) or not denying.isdisjoint(barring):
                continue
            is_told = any(covers(one.lower(), action.lower()) and covers(other, resource) for one, other in found)
            if not is_told and _takes(service, action.lower(), resource):
                found.append((action, resource))
                yield f"{action} on {resource}"

    def _actions_to_try(self, service: str) -> list[str]:
        mine = f"{service}:?*"
        written = [name for each in self._of(allow=True) for name in each.written]
        inside = [name for name in written if covers(mine, name.lower())]
        wider = [f"{service}:*" for name in written if covers(name.lower(), mine)]
        known = [f"{service}:{name}" for name in KNOWN_ACTIONS.get(service, "").split()]
        return list(dict.fromkeys((*wider, *inside, *known)))

    def _resources_to_try(self, service: str, asked: tuple[str, ...]) -> list[str]:
        """What the policy or the request names, then a resource beside it that neither names."""
        held = [name for each in self.statements for name in each.resources.patterns]
        tried = [name for name in held if any(covers(each, name) for each in asked)]
        tried += [each for each in asked if any(covers(name, each) for name in held)]
        # Only what stands for the end of an ARN is free: another region or account may not have the service.
        open_ended = [name for name in (*tried, *asked) if name.count(":") >= 5 and name.endswith("*")]
        tails = [name[:-1] + OTHER for name in open_ended]
        tails += [f"{name}/{OTHER}" for name in tails if service == "s3" and "/" not in name]
        beside = _beside(service, self.role) if "*" in asked else ()
        return list(dict.fromkeys((*tried, *tails, *beside)))

    def _doubt(self, action: str, asked: tuple[str, ...]) -> tuple[str, str]:
        """The statement and the words that name what would have to be known."""
        mine = [each for each in self.statements if any(each.may_meet(action, where) for where in asked)]
        words = dict.fromkeys(doubt for each in mine for doubt in each.doubts)
        if words:
            entry = next(each.entry for each in mine if each.doubts)
            return entry, f"it depends on {', '.join(words)}, which the snapshot does not decide"
        return ENTRY, "its statements allow and deny parts of them, and no request is sure to be allowed"


@dataclass(frozen=True, slots=True)
class Caller:
    """The role that calls (None where it is not known), and whether it does so through a gateway endpoint."""

    role: str | None
    is_gateway: bool

    def match(self, principal: Any, *, is_allow: bool) -> Match:
        """Whether a statement's Principal means this caller."""
        if principal == "*":
            return Match.YES
        if not isinstance(principal, dict):
            return Match.MAYBE
        pairs = [(kind, value) for kind, values in principal.items() for value in _listed(values)]
        found = {self._match_one(kind, value, is_allow) for kind, value in pairs}
        return next((each for each in (Match.YES, Match.MAYBE, Match.NO) if each in found), Match.MAYBE)

    def _match_one(self, kind: str, value: Any, is_allow: bool) -> Match:
        if kind in ("Service", "Federated"):
            return Match.NO
        if kind != "AWS" or not isinstance(value, str):
            return Match.MAYBE
        account, own = ACCOUNT.fullmatch(value), self.role and self.role.split(":")[4]
        if value == "*":
            return Match.YES
        if account and self.is_gateway:
            # There it means the root user; AWS says so of what is granted, not of what is denied.
            return Match.NO if is_allow else Match.MAYBE
        if self.role is None:
            return Match.MAYBE
        if account:
            return Match.YES if account[1] == own else Match.NO
        if value == self.role:
            return Match.MAYBE if self.is_gateway else Match.YES
        if session := SESSION.fullmatch(value):
            return Match.MAYBE if session.groups() == (own, self.role.rpartition("/")[2]) else Match.NO
        return Match.NO if IDENTITY.fullmatch(value) else Match.MAYBE


def _statement(body: Any, number: int, caller: Caller) -> Statement:
    where = f"Statement[{number}]"
    if not isinstance(body, dict) or not set(body) <= ELEMENTS or body.get("Effect") not in ("Allow", "Deny"):
        raise ValueError(f"{where} is not a statement that allows or denies")
    is_allow = body["Effect"] == "Allow"
    actions, resources = _names(body, "Action", where), _names(body, "Resource", where)
    condition = body.get("Condition", {})
    if not isinstance(condition, dict) or not all(isinstance(tests, dict) for tests in condition.values()):
        raise ValueError(f"{where} has a Condition that is none")
    doubts = [key for tests in condition.values() for key in tests or ("an empty Condition",)]
    match = caller.match(body.get("Principal"), is_allow=is_allow)
    if "NotPrincipal" in body:
        match = Match.MAYBE
        doubts.append("NotPrincipal")
    elif match is Match.MAYBE:
        doubts.append(f"Principal {body.get('Principal')}")
    doubts += [name for each in (*actions.patterns, *resources.patterns) for name in VARIABLE.findall(each)]
    return Statement(
        entry=str(body.get("Sid") or where),
        is_allow=is_allow,
        principal=match,
        actions=replace(actions, patterns=tuple(name.lower() for name in actions.patterns)).widened(),
        resources=resources.widened(),
        doubts=tuple(dict.fromkeys(doubts)),
        written=() if actions.is_negated else actions.patterns,
    )


def _names(body: dict[str, Any], element: str, where: str) -> Names:
    present = [each for each in (element, f"Not{element}") if each in body]
    values = _listed(body[present[0]]) if len(present) == 1 else ()
    if not values or not all(isinstance(value, str) for value in values):
        raise ValueError(f"{where} has no readable {element}")
    return Names(values, is_negated=present[0] != element)


def _indices(claims: Iterable[bool]) -> frozenset[int]:
    """Where a claim holds."""
    return frozenset(index for index, holds in enumerate(claims) if holds)


def _listed(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list) else (value,)


def _takes(service: str, action: str, resource: str) -> bool:
    """False when a resource is not of the kind that an action, or every known one of a pattern, asks for."""
    if resource == "*":
        return True
    arn_service = "iam" if service == "sts" else service
    if action in WITHOUT_RESOURCE or resource.split(":")[2:3] != [arn_service]:
        return False
    if "*" in action or "?" in action:
        known = [f"{service}:{name}".lower() for name in KNOWN_ACTIONS.get(service, "").split()]
        alike = [name for name in known if covers(action, name)]
        return not alike or any(_takes(service, name, resource) for name in alike)
    if service == "s3" and "bucket" in action:
        return "/" not in resource
    return service != "s3" or not ("object" in action or "multipart" in action) or meet("*:?*/?*", resource)


def _beside(service: str, role: str | None) -> tuple[str, ...]:
    """Resources of which one may be sure that they could exist, and that a policy is not likely to name."""
    if role is None:
        return ()
    _, partition, _, _, account, *_ = role.split(":")
    bucket, table = f"arn:{partition}:s3:::{OTHER}", f"arn:{partition}:dynamodb:*:{account}:table/{OTHER}"
    return {"s3": (bucket, f"{bucket}/{OTHER}"), "dynamodb": (table,)}.get(service, ())
