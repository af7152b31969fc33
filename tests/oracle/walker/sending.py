"""One packet sent, and its answer awaited; where AWS may take one of several ways, each of them is tried."""

from tests.oracle.walker.answers import Answer
from tests.oracle.walker.fates import DELIVERED, DROPPED, OPEN, UNKNOWN, Choice, Ended, Flow, Result
from tests.oracle.walker.outward import Outward
from tests.oracle.walker.records import World

ANY = frozenset({DELIVERED, DROPPED, UNKNOWN})


def send(world: World, flow: Flow, *, trusts: bool = False) -> Result:
    """The fate of one packet and of its answer; `trusts` takes for granted that appliances pass packets on."""
    return _send(world, flow, trusts, {})


def _send(world: World, flow: Flow, trusts: bool, kept: dict[str, str]) -> Result:
    try:
        return _walk(world, flow, trusts, kept)
    except Choice as choice:
        fork = choice
        results = [_send(world, flow, trusts, kept | {fork.key: option}) for option in fork.options]
    fates = {result.fate for result in results}
    if fates in ({DELIVERED}, {DROPPED}):
        # The same whatever is taken; the program may say so, or that it compares whole questions and not packets.
        return Result(OPEN, results[0].reason, frozenset(fates | {UNKNOWN}))
    if OPEN in fates:
        return Result(OPEN, f"{fork.key}, and some of it open", frozenset.union(*(r.may_be for r in results)) | ANY)
    return Result(UNKNOWN, f"depends on {fork.key}")


def _walk(world: World, flow: Flow, trusts: bool, kept: dict[str, str]) -> Result:
    def choose(key: str, options: list[str]) -> str:
        if key not in kept:
            raise Choice(key, options)
        return kept[key]

    doubts: list[str] = []
    out = Outward(world, flow, choose, doubts, trusts=trusts)
    ends = []
    try:
        out.go()
    except Ended as end:
        ends.append(end.result)
    # Whatever becomes of it there: its answer has to come back from each translator that it passed.
    for segment in reversed([each for each in out.segments if each.end]):
        if DROPPED not in [end.fate for end in ends]:
            try:
                Answer(world, flow, choose, doubts, segment).go()
            except Ended as end:
                ends.append(end.result)
    ways = " then ".join(segment.end for segment in out.segments)
    return _settled(ends, doubts, f"by {ways}", is_vague=out.is_vague, is_beyond=out.is_beyond)


def _settled(ends: list[Result], doubts: list[str], way: str, *, is_vague: bool, is_beyond: bool) -> Result:
    """One fate for the packet and its answers: a proof that it is dropped counts more than any doubt (K3)."""
    reasons = [end.reason for end in ends] or doubts or [way]
    if is_vague:
        return Result(OPEN, reasons[0], ANY)
    for end in ends:
        if end.fate == DROPPED:
            return Result(OPEN, f"not verified: {end.reason}", ANY - {DELIVERED}) if is_beyond else end
    if open_ends := [end for end in ends if end.fate == OPEN]:
        may_be = open_ends[0].may_be
        is_doubtful = bool(doubts) or len(open_ends) < len(ends)
        return Result(OPEN, open_ends[0].reason, (may_be | {UNKNOWN}) - {DELIVERED} if is_doubtful else may_be)
    return Result(UNKNOWN, reasons[0]) if ends or doubts else Result(DELIVERED, way)
