"""The five rules of semantics F12: what becomes of a set of requests under one endpoint policy.

Modelled: every action of a service, on the resources asked for. All allowed, all denied and some allowed are claimed
only where they hold however the undecided parts turn out; the patterns of a policy are told apart exactly.
Not modelled: see the package.
Source: IAM User Guide, "Policy evaluation logic" (semantics F12).
Checked: tests/unit/components/test_endpoint_policy.py, tests/properties/test_endpoint_policy.py.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from functools import reduce
from itertools import compress, islice, product
from operator import and_, ge, or_

from vpcreach.components.endpoint_policy.conditions import Facts, Match
from vpcreach.components.endpoint_policy.document import Names, Statement, statements_for
from vpcreach.components.endpoint_policy.examples import (
    KNOWN_ACTIONS,
    actions_to_try,
    asked,
    resources_to_try,
    takes,
)
from vpcreach.components.endpoint_policy.patterns import kinds
from vpcreach.forwarding import ServiceRequest

ENTRY = "PolicyDocument"
LISTED = 5
# More accounts than this are not tried one by one.
MANY_ACCOUNTS = 100
TWELVE_DIGITS = re.compile(r"\b[0-9]{12}\b")


class Standing(Enum):
    """What a policy makes of a set of requests: lets all through, some at least, none, or nobody can tell."""

    ALLOWED = "allowed"
    RESTRICTED = "restricted"
    DENIED = "denied"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Finding:
    """`keys` are what would have to be known to decide."""

    standing: Standing
    entry: str = ENTRY
    fact: str = ""
    keys: tuple[str, ...] = ()


def evaluate(document: str, request: ServiceRequest, facts: Facts) -> Finding:
    """What becomes of every action of the service, on the resources asked for.

    Raises ValueError, with the fact, for a document that cannot be read.
    """
    owners = {arn.split(":")[4] for arn in request.resources if arn.count(":") >= 5}
    if len(owners) == 1:
        facts = replace(facts, resource_account=owners.pop() or None)
    found = _Reading.of(document, request, facts).finding()
    is_open = not request.resources and request.service in KNOWN_ACTIONS
    if found.standing is not Standing.UNDECIDED or not is_open or "aws:resourceaccount" not in document.lower():
        return found
    # Who owns what is asked for is part of the question: it is enough that one account's resources are allowed.
    accounts = dict.fromkeys((facts.place.account, *TWELVE_DIGITS.findall(document)))
    for account in islice(accounts, MANY_ACCOUNTS):
        owned = _Reading.of(document, request, replace(facts, resource_account=account)).finding()
        if owned.standing in (Standing.ALLOWED, Standing.RESTRICTED):
            what = owned.fact or f"{request.service}:* on *"
            return Finding(Standing.RESTRICTED, ENTRY, f"{what} of account {account}")
    return found


class _Kinds:
    """The kinds of texts that patterns tell apart: what names hold is told for each kind in turn."""

    def __init__(self, patterns: Iterable[str], within: tuple[str, ...]) -> None:
        written = tuple(dict.fromkeys(patterns))
        self._bits = {pattern: 1 << number for number, pattern in enumerate(written)}
        self._kinds = kinds(written, within)

    def holding(self, *patterns: str) -> list[bool]:
        """Of each kind, whether one of the patterns holds it."""
        wanted = sum(self._bits[pattern] for pattern in set(patterns))
        return [bool(kind & wanted) for kind in self._kinds]

    def named(self, names: Names, *, surely: bool) -> list[bool]:
        """Of each kind, whether names hold it for sure, or may hold it."""
        held = self.holding(*(names.sure if surely is not names.is_negated else names.patterns))
        return [not each for each in held] if names.is_negated else held


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a statement is about: for each kind of resource the actions, as a mask over the kinds of actions."""

    statement: Statement
    surely: tuple[int, ...]
    maybe: tuple[int, ...]

    @classmethod
    def of(cls, statement: Statement, actions: _Kinds, resources: _Kinds) -> "_Claim":
        def held(*, surely: bool) -> tuple[int, ...]:
            mask = _mask(actions.named(statement.actions, surely=surely))
            return tuple(mask if each else 0 for each in resources.named(statement.resources, surely=surely))

        maybe = held(surely=False)
        return cls(statement, held(surely=True) if statement.applies is Match.YES else (0,) * len(maybe), maybe)


@dataclass(frozen=True, slots=True)
class _Reading:
    """A policy against the kinds of requests that it tells apart.

    `everything` is the mask of all kinds of actions. `allowed` and `allowable` tell for each kind of resource which of
    them are sure to be allowed, or may be; `examples` are requests to try, widest first, in the same way.
    """

    request: ServiceRequest
    everything: int
    statements: tuple[Statement, ...]
    allows: tuple[_Claim, ...]
    denies: tuple[_Claim, ...]
    allowed: tuple[int, ...]
    allowable: tuple[int, ...]
    actions: tuple[tuple[str, int], ...]
    resources: tuple[tuple[str, tuple[bool, ...]], ...]

    @classmethod
    def of(cls, document: str, request: ServiceRequest, facts: Facts) -> "_Reading":
        statements, service = statements_for(document, facts), request.service.lower()
        to_do, to_ask = actions_to_try(service, statements), resources_to_try(request, statements, facts)
        acts = [name.lower() for name in to_do] + [name for each in statements for name in each.actions.patterns]
        actions = _Kinds(acts, (f"{service}:?*",))
        things = [*to_ask, *(name for each in statements for name in each.resources.patterns)]
        resources = _Kinds(things, asked(request, facts))
        claims = [_Claim.of(each, actions, resources) for each in statements if each.applies is not Match.NO]
        allows = tuple(each for each in claims if each.statement.is_allow)
        denies = tuple(each for each in claims if not each.statement.is_allow)
        nothing = (0,) * len(resources.holding())
        granted, grantable = _union(allows, nothing)
        denied, deniable = _union(denies, nothing)
        return cls(
            request,
            _mask(True for _ in actions.holding()),
            statements,
            allows,
            denies,
            tuple(mine & ~other for mine, other in zip(granted, deniable, strict=True)),
            tuple(mine & ~other for mine, other in zip(grantable, denied, strict=True)),
            tuple((name, _mask(actions.holding(name.lower()))) for name in to_do),
            tuple((name, tuple(resources.holding(name))) for name in to_ask),
        )

    def finding(self) -> Finding:
        if denying := self._denying():
            return Finding(Standing.DENIED, denying[0], f"{', '.join(denying)} denies them")
        if not any(self.allowable):
            return Finding(Standing.DENIED, ENTRY, self._nothing_allowed())
        if all(mask == self.everything for mask in self.allowed):
            return Finding(Standing.ALLOWED)
        witnesses = list(islice(self._witnesses(), LISTED))
        if witnesses:
            return Finding(Standing.RESTRICTED, ENTRY, ", ".join(witnesses))
        return self._undecided()

    def _denying(self) -> list[str]:
        """The statements that surely deny everything: one of them, or all those that do so together."""
        for claim in self.denies:
            if all(mask == self.everything for mask in claim.surely):
                return [claim.statement.entry]
        denied, _ = _union(self.denies, (0,) * len(self.allowed))
        if any(mask != self.everything for mask in denied):
            return []
        return [claim.statement.entry for claim in self.denies if any(claim.surely)]

    def _nothing_allowed(self) -> str:
        unmet = [f"{s.entry} does not apply: {s.unmet}" for s in self.statements if s.is_allow and s.unmet]
        return "; ".join(("no statement that concerns them allows anything", *unmet))

    def _witnesses(self) -> Iterator[str]:
        """Requests, in words, that are sure to be allowed; none that another one holds already."""
        told: list[tuple[int, tuple[bool, ...]]] = []
        held_by = [
            (name, held, reduce(and_, compress(self.allowed, held))) for name, held in self.resources if any(held)
        ]
        for (action, acts), (resource, held, allowed) in product(self.actions, held_by):
            if not acts or acts & ~allowed:
                continue
            is_told = any(not acts & ~more and all(map(ge, wider, held)) for more, wider in told)
            if not is_told and takes(self.request.service, action.lower(), resource):
                told.append((acts, held))
                yield f"{action} on {resource}"

    def _undecided(self) -> Finding:
        """The statement and the words that name what would have to be known."""
        mine = [claim.statement for claim in (*self.allows, *self.denies) if any(claim.maybe)]
        keys = tuple(dict.fromkeys(doubt for each in self.statements if each in mine for doubt in each.doubts))
        if not keys:
            fact = "its statements allow and deny parts of them, and no request is sure to be allowed"
            return Finding(Standing.UNDECIDED, ENTRY, fact)
        entry = next(each.entry for each in self.statements if each in mine and each.doubts)
        return Finding(
            Standing.UNDECIDED, entry, f"it depends on {', '.join(keys)}, which the snapshot does not decide", keys
        )


def _mask(claims: Iterable[bool]) -> int:
    """The bits whose claim holds."""
    return sum(1 << index for index, holds in enumerate(claims) if holds)


def _union(claims: Iterable[_Claim], nothing: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """What claims hold together, for sure and perhaps."""
    surely, maybe = nothing, nothing
    for claim in claims:
        surely = tuple(map(or_, surely, claim.surely))
        maybe = tuple(map(or_, maybe, claim.maybe))
    return surely, maybe
