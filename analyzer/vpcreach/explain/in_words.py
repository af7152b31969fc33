"""What an answer means for whoever calls the function: which invocations or connections fail, and how many of them.

Lambda spreads invocations over the subnets, and connections over the client ports; the shares here are of subnets,
ports and addresses, not of traffic that anybody measured.
"""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

from vpcreach.packets.address_map import AddressSet
from vpcreach.reach.answer import Answer, Packets, Trace, Verdict

POLICY = "ENDPOINT_POLICY_DENY"


def in_words(answer: Answer) -> tuple[str, ...]:
    """A sentence for each way in which a partial verdict fails; none for other verdicts."""
    if answer.verdict is not Verdict.PARTIAL:
        return ()
    failing = [subnet for subnet in answer.subnets if subnet.verdict is Verdict.BLOCKED]
    sentences = []
    if failing and len(failing) < len(answer.subnets):
        names = _listed([subnet.title for subnet in failing])
        number = _share(Fraction(len(failing), len(answer.subnets)))
        fate = _fate([trace for subnet in failing for trace in subnet.traces])
        sentences.append(f"Invocations that land in {names} {fate}: about {number} of the subnets.")
    within: dict[str, list[str]] = {}
    for subnet in (subnet for subnet in answer.subnets if subnet.verdict is Verdict.PARTIAL):
        within.setdefault(_told(subnet.traces), []).append(subnet.title)
    sentences += [f"Connections from {_listed(titles)} {told}" for told, titles in within.items() if told]
    if not answer.subnets and (told := _told(answer.traces)):
        sentences.append(f"Connections {told}")
    return tuple(sentences)


def _fate(traces: Iterable[Trace]) -> str:
    """What callers see: packets that are dropped are waited for in vain, other refusals come at once."""
    fates = set()
    for trace in traces:
        if any(note.spot is None and note.code != POLICY for note in trace.blockers):
            fates.add("fail")
        elif trace.blockers and all(note.code == POLICY for note in trace.blockers):
            fates.add("get AccessDenied")
        else:
            fates.add("time out")
    return fates.pop() if len(fates) == 1 else "fail"


def _told(traces: Sequence[Trace]) -> str:
    """What tells the packets that fail from those that pass: family, client ports, own addresses, endpoint, addresses.

    The first of them that tells them apart is told; several may do, and the first is the easiest to see.
    """
    failing = [trace for trace in traces if trace.verdict is Verdict.BLOCKED]
    passing = [trace for trace in traces if trace.verdict is Verdict.REACHABLE]
    if not failing or not passing:
        return ""
    ways = (_family, _client_ports, _sources, _endpoints, _addresses)
    return next((told for way in ways if (told := way(failing, passing))), "")


def _family(failing: Sequence[Trace], passing: Sequence[Trace]) -> str:
    fail, ok = ({trace.packets.family for trace in traces} for traces in (failing, passing))
    return (
        f"over {_listed(sorted(map(str, fail)))} {_fate(failing)}; over {_listed(sorted(map(str, ok)))} they do not."
        * (not fail & ok)
    )


def _client_ports(failing: Sequence[Trace], passing: Sequence[Trace]) -> str:
    return _by_ports(failing, passing, lambda packets: packets.client_ports, "client port") or _by_ports(
        failing, passing, lambda packets: packets.translated_client_ports or "", "client port of the NAT gateway"
    )


def _by_ports(failing: Sequence[Trace], passing: Sequence[Trace], ports: Callable[[Packets], str], what: str) -> str:
    fail, ok = ({ports(trace.packets) for trace in traces} - {""} for traces in (failing, passing))
    if not fail or fail & ok:
        return ""
    lost, kept = (sum(_size(text) for text in texts) for texts in (fail, ok))
    words = _listed(sorted(fail))
    number = _share(Fraction(lost, lost + kept)) if kept else "some"
    return f"with a {what} in {words} {_fate(failing)}, now and then: about {number} of the ports."


def _size(ports: str) -> int:
    """How many ports '1024-32767, 61000-65535' are."""
    ends = [part.strip().partition("-") for part in ports.split(",") if part.strip()]
    return sum(int(last or first) - int(first) + 1 for first, _, last in ends)


def _sources(failing: Sequence[Trace], passing: Sequence[Trace]) -> str:
    fail, ok = (_union(trace.packets.sources for trace in traces) for traces in (failing, passing))
    if not fail or not ok or not fail.isdisjoint(ok):
        return ""
    number = _share(Fraction(fail.size, fail.size + ok.size))
    return f"{_fate(failing)} while Lambda's interface has an address of {_some(fail)}: about {number} of the subnet's."


def _endpoints(failing: Sequence[Trace], passing: Sequence[Trace]) -> str:
    fail, ok = (list(dict.fromkeys(trace.endpoint for trace in traces)) for traces in (failing, passing))
    if set(fail) & set(ok):
        return ""
    number = _share(Fraction(len(fail), len(fail) + len(ok)))
    return f"to {_listed(fail)} {_fate(failing)}: {number} of the endpoints that the name may lead to."


def _addresses(failing: Sequence[Trace], passing: Sequence[Trace]) -> str:
    fail, ok = (_union(trace.packets.addresses for trace in traces) for traces in (failing, passing))
    if not fail or not ok or not fail.isdisjoint(ok):
        return ""
    number = _share(Fraction(fail.size, fail.size + ok.size))
    return f"to {_some(fail)} {_fate(failing)}: about {number} of the addresses that were asked about."


def _union(sets: Iterable[AddressSet]) -> AddressSet | None:
    whole: AddressSet | None = None
    for each in sets:
        whole = each if whole is None or whole.family is not each.family else whole | each
    return whole


def _some(addresses: AddressSet) -> str:
    blocks = list(addresses.cidrs())
    return _listed(blocks) if len(blocks) <= 3 else f"{', '.join(blocks[:2])} and {len(blocks) - 2} more blocks"


def _share(part: Fraction) -> str:
    """'1 in 2', '2 in 3', '1 in 400'; a share with larger terms is rounded."""
    if part.denominator <= 10:
        return f"{part.numerator} in {part.denominator}"
    if part < Fraction(1, 10):
        return f"1 in {round(1 / part):,}"
    near = part.limit_denominator(10)
    return f"{near.numerator} in {near.denominator}" if near < 1 else "nearly all"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
