"""The program's answers against a network of the Linux kernel: real packets must fare as the answers say.

The lab knows nothing of the program; it builds the estate from the same snapshot, with the kernel's own routing,
filters and connection tracking. Estates are drawn anew for each number, the same ones on every run.
VPCREACH_KERNEL_ESTATES draws more. Where namespaces and nftables are missing the tests are skipped, unless
VPCREACH_NEEDS_KERNEL is set, as it is in continuous integration: then they fail.
"""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address, ip_network
from random import Random

import pytest

from tests.estates.asking import function_report
from tests.oracle.kernel.drawing import draw
from tests.oracle.kernel.flows import Landmarks
from tests.oracle.kernel.lab import INTERNET, Answered, Flow, Lab
from tests.oracle.kernel.namespace import what_is_missing
from tests.oracle.kernel.records import Records, addresses_of, blocks_of, public_addresses
from vpcreach.reach.answer import Answer, Trace, Verdict

ESTATES = int(os.environ.get("VPCREACH_KERNEL_ESTATES", "320"))
ROUNDS = 2
PER_QUESTION = 8
# A quiet machine needs a thousandth of it; whatever still seems lost is asked again, with more patience.
SECONDS, PATIENT_SECONDS = 0.06, 1.0
EVERY_PORT = "1024-65535"
WORTH_MEETING = (
    "IPV4", "IPV6", "tcp", "udp", "igw-app", "igw-hub", "eigw-app", "nat-pub", "nat-priv", "nat-hub", "eni-box",
    "pcx-data", "tgw-hub", "some client ports",
)  # fmt: skip
DECIDED = (Verdict.REACHABLE, Verdict.BLOCKED)

missing = what_is_missing()
if missing and not os.environ.get("VPCREACH_NEEDS_KERNEL"):
    pytest.skip(f"no network of the kernel: {missing}", allow_module_level=True)


@dataclass(frozen=True)
class Question:
    """One destination as typed, and which addresses, port and protocol it asks about."""

    text: str
    place: str
    protocol: str
    port: int

    @classmethod
    def parse(cls, text: str) -> "Question":
        place, _, rest = text.rpartition(":") if ":" in text.rpartition("]")[2] else (text, "", "443")
        port, _, protocol = rest.partition("/")
        return cls(text, place.strip("[]"), protocol or "tcp", int(port))

    def addresses(self, records: Records, landmarks: Landmarks) -> list[str]:
        """Those of them at which somebody can answer: within VPCs, at known interfaces.

        Public addresses of the estate's own things are judged only where they are named.
        """
        if self.place in records.interfaces:
            return [records.interfaces[self.place]["PrivateIpAddress"]]
        asked = ["0.0.0.0/0", "2000::/3"] if self.place == INTERNET else [self.place]
        networks = [ip_network(text) for text in asked]
        places = [str(networks[0][0])] if self.is_one_address else landmarks.addresses
        found = [each for each in places if any(ip_address(each) in network for network in networks)]
        if not self.is_one_address:
            own = {public for vpc_id in records.vpcs for public, _ in public_addresses(records, vpc_id)}
            found = [each for each in found if each not in own]
        return [each for each in found if who_is_at(records, each) is not None]

    @property
    def is_one_address(self) -> bool:
        return "/" not in self.place and self.place != INTERNET


@dataclass(frozen=True)
class Case:
    """An estate, the answers to some questions, and packets of each of them."""

    seed: int
    files: Mapping[str, bytes]
    answers: Sequence[Answer]
    flows: Sequence[Sequence[Flow]]
    sources: Mapping[str, Sequence[str]]
    ports: Mapping[int, int]

    def __iter__(self) -> Iterator[tuple[Answer, Flow]]:
        for answer, flows in zip(self.answers, self.flows, strict=True):
            yield from ((answer, flow) for flow in flows)


def case_of(seed: int) -> Case:
    estate, texts = draw(seed)
    files = estate.files()
    records, random = Records(files), Random(seed)
    landmarks = Landmarks(records, random)
    sources = landmarks.sources(records.function("app")["VpcConfig"]["SubnetIds"])
    answers = function_report(files, *texts, trust=True).answers
    questions = [Question.parse(text) for text in texts]
    flows = [
        list(landmarks.flows(sources, asked.addresses(records, landmarks), asked.protocol, asked.port, PER_QUESTION))
        for asked in questions
    ]
    return Case(seed, files, answers, _unlike(flows), sources, renumbering(landmarks.client_ports, random))


def _unlike(flows: Sequence[Sequence[Flow]]) -> list[list[Flow]]:
    """Leaves out what something that translates might mix up: the same client port to the same service."""
    seen: set[tuple[str, int, str, int]] = set()
    kept: list[list[Flow]] = []
    for each in flows:
        kept.append([])
        for flow in each:
            key = (flow.destination, flow.port, flow.protocol, flow.client_port)
            if key not in seen:
                kept[-1].append(flow)
            seen.add(key)
    return kept


def renumbering(ports: Sequence[int], random: Random) -> dict[int, int]:
    """What a NAT gateway makes of client ports: half the time others, each a different one."""
    return dict(zip(ports, random.sample(ports, len(ports)), strict=True)) if random.random() < 0.5 else {}


def sent(case: Case, flows: Sequence[Flow], seconds: float) -> dict[Flow, Answered]:
    with Lab(case.files, "app", case.sources, case.ports) as lab:
        return dict(zip(flows, lab.send(flows, seconds=seconds), strict=True))


# Comparing


def holding(answer: Answer, flow: Flow, ports: Mapping[int, int]) -> list[Trace]:
    """The traces of an answer that tell the fate of this packet."""
    found = [trace for each in answer.subnets if each.subnet_id == flow.subnet for trace in each.traces]
    return [trace for trace in found if is_in(trace, flow, ports)]


def is_in(trace: Trace, flow: Flow, ports: Mapping[int, int]) -> bool:
    packets = trace.packets
    return (
        (packets.family.name == "IPV6") == (":" in flow.destination)
        and int(ip_address(flow.destination)) in packets.addresses
        and int(ip_address(flow.source)) in packets.sources
        and packets.protocol == flow.protocol
        and in_words(packets.ports, flow.port)
        and in_words(packets.client_ports, flow.client_port)
        and (
            packets.translated_client_ports is None
            or in_words(packets.translated_client_ports, ports.get(flow.client_port, flow.client_port))
        )
    )


@cache
def spans(words: str) -> list[tuple[int, int]]:
    """`tcp/1024-65535, 80` as numbers."""
    found = []
    for word in words.replace(",", " ").split():
        first, _, last = word.rpartition("/")[2].partition("-")
        found.append((int(first), int(last or first)))
    return found


def in_words(words: str, port: int) -> bool:
    return any(first <= port <= last for first, last in spans(words))


def who_is_at(records: Records, address: str) -> str | None:
    """Whose answer is expected from an address: an interface's, the internet's, or nobody's within a VPC."""
    private = {given: own for vpc_id in records.vpcs for given, own in public_addresses(records, vpc_id)}
    wanted = ip_address(private.get(address, address))
    for name, interface in records.interfaces.items():
        if wanted in map(ip_address, addresses_of(interface)):
            return name
    blocks = [ip_network(block) for vpc in records.vpcs.values() for block in blocks_of(vpc)]
    return None if any(wanted in block for block in blocks) else INTERNET


def disagreement(case: Case, answer: Answer, flow: Flow, answered: Answered) -> str | None:
    """How a packet fared otherwise than told, in words."""
    traces = holding(answer, flow, case.ports)
    told = {trace.verdict for trace in traces}
    notes = sorted({note.code for trace in traces for note in (*trace.blockers, *trace.unknowns)})
    what = f"estate {case.seed}: {answer.destination} is {answer.verdict.value}; {flow}"
    if not traces:
        asked = Question.parse(answer.destination).is_one_address and answer.verdict is not Verdict.UNKNOWN
        return f"{what}: no trace holds it" if asked and any(each.traces for each in answer.subnets) else None
    if not told <= set(DECIDED):
        return None
    if not answered and told == {Verdict.REACHABLE}:
        return f"{what}: told reachable, but nobody answered"
    if answered and told == {Verdict.BLOCKED}:
        return f"{what}: told blocked by {notes}, but {answered.by} answered"
    if answered and (wanted := who_is_at(Records(case.files), flow.destination)) != answered.by:
        return f"{what}: {answered.by} answered instead of {wanted}"
    return None


def disagreements(case: Case, met: Counter[tuple[str, bool]]) -> list[str]:
    """Sends the packets of a case; what seems lost against the answer is sent once more, alone and with patience."""
    answered = sent(case, list(dict.fromkeys(flow for _, flow in case)), SECONDS)
    doubtful = [(answer, flow) for answer, flow in case if disagreement(case, answer, flow, answered[flow]) is not None]
    if doubtful:
        answered |= sent(case, list(dict.fromkeys(flow for _, flow in doubtful)), PATIENT_SECONDS)
    for answer, flow in case:
        for kind in things_met(holding(answer, flow, case.ports)):
            met[kind, bool(answered[flow])] += 1
    found = (disagreement(case, answer, flow, answered[flow]) for answer, flow in doubtful)
    return [text for text in found if text is not None]


def things_met(traces: Sequence[Trace]) -> set[str]:
    """What decided packets meet on their way, by id, and what else is worth counting."""
    if not traces or not {trace.verdict for trace in traces} <= set(DECIDED):
        return set()
    steps = {step.component for trace in traces for step in (*trace.path, *trace.return_path)}
    packets = traces[0].packets
    narrow = {packets.client_ports, packets.translated_client_ports or EVERY_PORT} != {EVERY_PORT}
    return steps | {packets.family.name, packets.protocol} | ({"some client ports"} if narrow else set())


@pytest.mark.parametrize("number", range(ROUNDS))
def test_real_packets_fare_as_the_answers_say(number: int) -> None:
    assert missing is None
    met: Counter[tuple[str, bool]] = Counter()
    found = [text for seed in range(number, ESTATES, ROUNDS) for text in disagreements(case_of(seed), met)]
    assert found == []
    # Nothing is compared where nothing arrives, or where everything does.
    assert [f"{thing}: {fate}" for thing in WORTH_MEETING for fate in (True, False) if not met[thing, fate]] == []
