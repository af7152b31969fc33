"""The program's answers against single packets: where the two differ on one question to one estate."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from random import Random

from tests.estates.asking import ask
from tests.oracle.questions import (
    Question,
    client_ports,
    is_judged,
    is_perhaps_left_out,
    landmarks,
)
from tests.oracle.universe import Estate
from tests.oracle.walker import DELIVERED, DROPPED, OPEN, UNKNOWN, Flow, Result, World, send
from tests.oracle.walker.fates import Address
from vpcreach.reach.answer import Answer, Trace, Verdict

FATES = {Verdict.REACHABLE: DELIVERED, Verdict.BLOCKED: DROPPED, Verdict.UNKNOWN: UNKNOWN}
# How the one trace is told that stands for all ways of which AWS takes one.
UNDECIDED = "not all of them fare alike"


@dataclass
class Comparison:
    """One question to one estate: every difference in words, the fates that were met, and how many packets."""

    differences: list[str] = field(default_factory=list)
    fates: list[str] = field(default_factory=list)
    verdict: str = ""


def compare(estate: Estate, world: World, text: str, random: Random, per_pool: int) -> Comparison:
    """Sends packets at every edge of a question, and asks the program about the whole of it."""
    comparison = Comparison()
    question = Question.parse(text)
    answer = ask(estate.files(), text, trust=estate.trusts)
    comparison.verdict = answer.verdict.value
    may_be: set[frozenset[str]] = set()
    for told in answer.subnets:
        traces = list(told.traces)
        for flow in flows(world, question, told.subnet_id, traces, random, per_pool):
            if (
                question.kind == "internet"
                and not holding(traces, flow)
                and is_perhaps_left_out(world, flow.destination)
            ):
                continue
            result = send(world, flow, trusts=estate.trusts)
            comparison.fates.append(result.fate)
            may_be.add(result.may_be | ({result.fate} - {OPEN}))
            comparison.differences += differing_traces(text, traces, flow, result)
    if not is_folded(answer, may_be):
        notes = [note.code for note in (*answer.blockers, *answer.unknowns)]
        comparison.differences.append(f"{text} {answer.verdict.value} {notes}, but packets {may_be}")
    return comparison


def flows(
    world: World, question: Question, subnet_id: str, traces: list[Trace], random: Random, per_pool: int
) -> Iterator[Flow]:
    """Packets of a question from one subnet: at the edges of rules, and some of every trace."""
    places = landmarks(world, question.blocks(world))
    asked = [each for each in places if question.asks_about(world, subnet_id, each) and is_judged(world, each)]
    ports = client_ports(world)
    has_ipv6 = any(trace.packets.family.name == "IPV6" and trace.packets.sources for trace in traces)
    sources = [each for each in places if world.is_in_subnet(subnet_id, each)]
    pools: list[tuple[list[Address], list[Address], list[int]]] = [(asked, sources, ports)]
    for trace in traces:
        packets = trace.packets
        addresses = [each for each in asked if is_of(trace, each) and int(each) in packets.addresses]
        senders = [each for each in sources if is_of(trace, each) and int(each) in packets.sources]
        pools.append((addresses, senders, [port for port in ports if in_words(packets.client_ports, port)]))
    for addresses, senders, some_ports in pools:
        for _ in range(per_pool if addresses and senders and some_ports else 0):
            destination = random.choice(addresses)
            own = [each for each in senders if each.version == destination.version and each != destination]
            if own and (has_ipv6 or destination.version == 4):
                yield Flow(
                    "app",
                    subnet_id,
                    random.choice(own),
                    random.choice(some_ports if random.random() < 0.5 else ports),
                    destination,
                    question.protocol,
                    question.port,
                    nat_port=random.choice(some_ports if random.random() < 0.5 else ports),
                    nat_address=random.choice((0, 1)),
                    needs_interface=question.needs_interface,
                    endpoint="vpce-sqs" if question.place == "sqs" else None,
                    vpc=world.record(question.place)["VpcId"] if question.kind == "eni" else None,
                )


def is_of(trace: Trace, address: Address) -> bool:
    return (trace.packets.family.name == "IPV6") == (address.version == 6)


def holding(traces: list[Trace], flow: Flow) -> list[Trace]:
    """The traces whose packets include this one."""
    return [trace for trace in traces if is_in(trace, flow)]


def is_in(trace: Trace, flow: Flow) -> bool:
    packets = trace.packets
    if not is_of(trace, flow.destination) or packets.protocol != flow.protocol:
        return False
    translated = packets.translated_client_ports
    return (
        int(flow.destination) in packets.addresses
        and int(flow.source) in packets.sources
        and in_words(packets.ports, flow.port)
        and in_words(packets.client_ports, flow.client_port)
        and (translated is None or in_words(translated, flow.nat_port))
    )


@cache
def spans(words: str) -> list[tuple[int, int]]:
    """`1024-65535, 80` as numbers."""
    found = []
    for word in words.replace(",", " ").split():
        first, _, last = word.rpartition("/")[2].partition("-")
        found.append((int(first), int(last or first)))
    return found


def in_words(words: str, port: int) -> bool:
    return any(first <= port <= last for first, last in spans(words))


def differing_traces(text: str, traces: list[Trace], flow: Flow, result: Result) -> Iterator[str]:
    found = holding(traces, flow)
    if is_undecided(found):
        return  # ways that nobody can tell apart are weighed for the question as a whole, not for each packet
    if not found:
        yield f"{text}: no trace holds {flow}: {result}"
    elif not any(result.allows(FATES[trace.verdict]) for trace in found):
        told = sorted({trace.verdict.value for trace in found})
        notes = [f"{note.code} {note.component}" for trace in found for note in (*trace.blockers, *trace.unknowns)]
        yield f"{text} {told} {notes}, but {flow}: {result}"


def is_undecided(traces: Sequence[Trace]) -> bool:
    notes = [note for trace in traces for note in trace.unknowns]
    return any(UNDECIDED in note.message or note.code == "PREFIX_LIST_ROUTE_AMBIGUOUS" for note in notes)


def is_folded(answer: Answer, may_be: set[frozenset[str]]) -> bool:
    """Whether the verdict is the one for packets of these fates (K2); packets whose fate is open decide nothing."""
    if not may_be or any(len(each) != 1 for each in may_be) or is_undecided(answer.all_traces):
        return True
    fates = {fate for each in may_be for fate in each}
    mixed = {DELIVERED, DROPPED} <= fates
    return {
        Verdict.REACHABLE: fates == {DELIVERED},
        Verdict.BLOCKED: fates == {DROPPED},
        Verdict.PARTIAL: mixed,
        Verdict.UNKNOWN: UNKNOWN in fates and not mixed,
    }[answer.verdict]
