"""The search for fixes: edits that make a question `reachable`, tried on copies of the snapshot.

Starting from what stops the packets today, every round applies one remedy for each blocker and asks again, for what
lay hidden behind it. Blockers with several remedies branch. What is found is stripped of every edit that it can do
without. Order: what needs no new resource, what opens least besides, what takes fewest edits, the narrowest rules.
Of fixes that change the same settings, only the best is offered.
Not searched: more than `ROUNDS` rounds, more than `TRIES` copies for one question; aliases of several versions.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count

from vpcreach.components.lambda_function import LambdaFunction
from vpcreach.destinations.grammar import parse
from vpcreach.errors import UsageError
from vpcreach.explain.changes import VerdictChange, changes_for_everyone
from vpcreach.explain.edits import AssociateRouteTable, Cost, Edit, SetFunctionSubnets, apply
from vpcreach.explain.repairs import rules, settings, ways
from vpcreach.explain.repairs.case import Blocked, Case
from vpcreach.explain.repairs.cautions import Caution, cautions
from vpcreach.explain.repairs.likeness import is_clashing, numberless, places, width
from vpcreach.forwarding import Note
from vpcreach.reach.answer import Answer, Verdict
from vpcreach.reach.functions import one
from vpcreach.reach.reporting import Analysis
from vpcreach.reach.standing import Standing, standing

ROUNDS = 6
TRIES = 60
OFFERED = 3
_COSTS = (Cost.NONE, Cost.FREE, Cost.HOURLY)

Remedy = Callable[[Case, Blocked], Iterable[tuple[Edit, ...]]]
REMEDIES: dict[str, Remedy] = {
    "ENI_SG_RULES_MISMATCH": rules.opened,
    "SG_HAS_NO_RULES": rules.opened,
    "SG_REFERENCES_NOT_PRESERVED": rules.opened,
    "SG_REFERENCING_SUPPORT": rules.opened,
    "SOURCE_CIDR_PARTIALLY_ALLOWED": rules.opened,
    "SUBNET_ACL_RESTRICTION": rules.opened,
    "NACL_EPHEMERAL_PARTIAL": rules.opened,
    "NO_ROUTE_TO_DESTINATION": ways.rerouted,
    "BAD_STATE_ROUTE": ways.blackhole,
    "BAD_STATE_ATTACHMENT": ways.reattached,
    "BAD_STATE": ways.rerouted,
    "NAT_NO_PUBLIC_ADDRESS": ways.rerouted,
    "PRIVATE_NAT_TO_IGW": ways.rerouted,
    "NGW_REQUIRES_SOURCE_IN_VPC": ways.rerouted,
    "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR": ways.rerouted,
    "ROUTING_LOOP": ways.rerouted,
    "RESPONSE_RTB_HAS_NO_ROUTE_TO_TRANSIT_GATEWAY": ways.rerouted,
    "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT": ways.in_hub,
    "TGW_RTB_BAD_STATE_ROUTE": ways.in_hub,
    "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS": settings.moved,
    "SUBNET_OUT_OF_IP_ADDRESSES": settings.moved,
    "TGW_ROUTE_AZ_RESTRICTION": settings.moved,
    "VPC_BLOCK_PUBLIC_ACCESS_ENABLED": settings.excluded_from_public_access_block,
    "ENCRYPTION_CONTROL_ENFORCED": settings.excluded_from_encryption_control,
    "ENDPOINT_POLICY_DENY": settings.allowed_by_policy,
    "VPC_DNS_SUPPORT_DISABLED": settings.dns_switched_on,
    "LAMBDA_IPV6_NOT_ENABLED": settings.ipv6_switched_on,
}


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that together make the question reachable, each of them needed; what they change besides.

    `mends` has for each edit, in the same order, the blocker that it was found for. `cautions` tell what no verdict
    does.
    """

    edits: tuple[Edit, ...]
    also_changes: tuple[VerdictChange, ...]
    mends: tuple[Note, ...] = ()
    cautions: tuple[Caution, ...] = ()

    @property
    def cost(self) -> Cost:
        """The dearest of its edits."""
        return max((edit.cost for edit in self.edits), key=_COSTS.index)

    @property
    def opens(self) -> tuple[VerdictChange, ...]:
        """What else gets better by it, and is therefore open that was not."""
        return tuple(change for change in self.also_changes if not change.is_worse)

    @property
    def harms(self) -> tuple[VerdictChange, ...]:
        """What gets worse by it."""
        return tuple(change for change in self.also_changes if change.is_worse)


class Search:
    """Fixes for one function and destination; `watched` are the destinations whose verdicts count as side effects."""

    def __init__(self, analysis: Analysis, function_arn: str, destination: str, watched: Sequence[str]) -> None:
        self.analysis = analysis
        self.function_arn = function_arn
        self.destination = destination
        self.watched = tuple(dict.fromkeys((destination, *watched)))
        self.parsed = parse(destination)
        self._answers: dict[frozenset[Edit], tuple[Analysis, Answer] | None] = {}
        self._found_for: dict[Edit, Note] = {}

    def fixes(self) -> tuple[Fix, ...]:
        """The best fixes first, at most `OFFERED`; none where the question is reachable, or is not decided."""
        before = self._asked(())
        if before is None or before[1].verdict not in (Verdict.BLOCKED, Verdict.PARTIAL) or not before[1].subnets:
            return ()
        for may_make in (False, True):
            found = {frozenset(edits): edits for edits in self._solutions(may_make=may_make)}
            if found:
                return _best(sorted((self._fix(edits) for edits in found.values()), key=_order))
        return ()

    # Trying

    def _asked(self, edits: tuple[Edit, ...]) -> tuple[Analysis, Answer] | None:
        """The answer after these edits, or None where they cannot be made."""
        key = frozenset(edits)
        if key not in self._answers:
            try:
                analysis = self._edited(edits)
                answer = analysis.report([self.destination], [self.function_arn]).functions[0].answers[0]
                self._answers[key] = analysis, answer
            except UsageError:
                self._answers[key] = None
        return self._answers[key]

    def _edited(self, edits: tuple[Edit, ...]) -> Analysis:
        if not edits:
            return self.analysis
        return self.analysis.on(apply(self.analysis.snapshot, edits))

    def _is_reachable(self, edits: tuple[Edit, ...]) -> bool:
        asked = self._asked(edits)
        return asked is not None and asked[1].verdict is Verdict.REACHABLE

    def _solutions(self, *, may_make: bool) -> Iterator[tuple[Edit, ...]]:
        order = count()
        waiting: list[tuple[int, int, int, tuple[Edit, ...]]] = [(0, 0, next(order), ())]
        seen: set[frozenset[Edit]] = {frozenset()}
        found = tries = 0
        while waiting and tries < TRIES and found < 2 * OFFERED:
            _, rounds, _, edits = heappop(waiting)
            tries += 1
            asked = self._asked(edits)
            if asked is None:
                continue
            if asked[1].verdict is Verdict.REACHABLE:
                found += 1
                yield self._stripped(edits)
                continue
            if rounds >= ROUNDS:
                continue
            for more in self._moves(asked, edits, may_make=may_make):
                after = (*edits, *(edit for edit in more if edit not in edits))
                if frozenset(after) not in seen:
                    seen.add(frozenset(after))
                    heappush(waiting, (len(after), rounds + 1, next(order), after))

    def _moves(
        self, asked: tuple[Analysis, Answer], tried: tuple[Edit, ...], *, may_make: bool
    ) -> Iterator[tuple[Edit, ...]]:
        """One remedy for every blocker; where one has several, a move for each."""
        case = self._case(*asked, tried, may_make=may_make)
        if case is None:
            return
        choices: list[list[tuple[Edit, ...]]] = []
        for blocked in _blockers(case.answer):
            remedy = REMEDIES.get(blocked.note.code)
            options = list(dict.fromkeys(remedy(case, blocked))) if remedy else []
            options = [option for option in options if _is_new(option, tried)]
            if not options:
                return
            for edit in (edit for option in options for edit in option):
                self._found_for.setdefault(numberless(edit), blocked.note)
            if options not in choices:
                choices.append(options)
        usual = [options[0] for options in choices]
        # Blockers of one kind have the same remedies in the same order: the same one for all of them comes first.
        for rank in range(max(map(len, choices), default=0)):
            yield rules.numbered_apart(_joined(options[min(rank, len(options) - 1)] for options in choices), case)
        for place, options in enumerate(choices):
            for option in options[1:]:
                yield rules.numbered_apart(_joined([*usual[:place], option, *usual[place + 1 :]]), case)

    def _case(self, analysis: Analysis, answer: Answer, tried: tuple[Edit, ...], *, may_make: bool) -> Case | None:
        listed = one(analysis.network, self.function_arn)
        run = listed.runs[0]
        if not isinstance(run, LambdaFunction) or len(listed.runs) > 1:
            return None
        stands = standing(run, listed.place, analysis.network)
        if not isinstance(stands, Standing):
            return None
        return Case(analysis.network, run, stands, self.parsed, answer, tried, may_make)

    def _stripped(self, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
        """The edits without those that the question does not need."""
        for edit in edits:
            without = tuple(each for each in edits if each != edit)
            if self._is_reachable(without):
                return self._stripped(without)
        return edits

    # What else changes

    def _fix(self, edits: tuple[Edit, ...]) -> Fix:
        edited = self._edited(edits)
        changes = changes_for_everyone(self.analysis, edited, self.watched)
        asked = (self.function_arn, self.destination)
        others = tuple(c for c in changes if (c.question.arn, c.question.destination) != asked)
        mends = tuple(self._found_for[numberless(edit)] for edit in edits)
        before = self._asked(())
        own = [subnet.subnet_id for subnet in before[1].subnets] if before else []
        return Fix(edits, others, mends, cautions(edits, own, self.analysis.network, edited.network))


def _blockers(answer: Answer) -> Iterator[Blocked]:
    seen = set()
    for subnet in answer.subnets:
        for trace in subnet.traces:
            for note in trace.blockers:
                if (note, trace.packets.family) not in seen:
                    seen.add((note, trace.packets.family))
                    yield Blocked(note, trace, subnet.subnet_id)


def _joined(moves: Iterable[tuple[Edit, ...]]) -> tuple[Edit, ...]:
    return tuple(dict.fromkeys(edit for move in moves for edit in move))


def _is_new(option: tuple[Edit, ...], tried: tuple[Edit, ...]) -> bool:
    """Whether a remedy changes something that is not changed yet, and nothing a second time."""
    more = [edit for edit in option if edit not in tried]
    return bool(more) and not any(is_clashing(edit, other) for edit in more for other in tried)


def _order(fix: Fix) -> tuple[object, ...]:
    """No new resource, no harm, least opened, cheapest, fewest edits, narrowest rules, nothing moved."""
    rank = _COSTS.index(fix.cost)
    harms = len(fix.harms), len(_weighing(fix))
    moved = sum(isinstance(edit, AssociateRouteTable | SetFunctionSubnets) for edit in fix.edits)
    text = str([str(edit) for edit in fix.edits])
    return (rank > 0, harms, len(fix.opens), rank, len(fix.edits), sum(map(width, fix.edits)), moved, text)


def _best(fixes: Iterable[Fix]) -> tuple[Fix, ...]:
    """The first of those that change the same settings, without detours, and of these the first few."""
    by_places: dict[object, Fix] = {}
    for fix in fixes:
        by_places.setdefault(places(fix.edits), fix)
    offered = tuple(by_places.values())
    return tuple(fix for fix in offered if not any(_is_simpler(other, fix) for other in offered))[:OFFERED]


def _is_simpler(fix: Fix, other: Fix) -> bool:
    """Whether the first has fewer edits than the second, is no dearer, and is better besides: it does nothing that the
    second does not, or it harms nobody where the second does."""
    is_narrower = set(fix.also_changes) <= set(other.also_changes) and _weighing(fix) <= _weighing(other)
    is_harmless = not _does_harm(fix) and _does_harm(other)
    is_shorter = _COSTS.index(fix.cost) <= _COSTS.index(other.cost) and len(fix.edits) < len(other.edits)
    return is_shorter and (is_narrower or is_harmless)


def _does_harm(fix: Fix) -> bool:
    return bool(fix.harms or _weighing(fix))


def _weighing(fix: Fix) -> set[Caution]:
    return {caution for caution in fix.cautions if caution.weighs}
