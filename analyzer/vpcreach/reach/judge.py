"""From branches to verdicts: one trace per fate, alternatives weighed, facts of one function laid over.

`subnet_traces` is computed once per equivalence class and destination; `finished` once per function.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice, product
from math import prod

from vpcreach.components.route_table import PREFIX_LIST_ROUTE_AMBIGUOUS
from vpcreach.components.subnet import Subnet
from vpcreach.destinations.meaning import (
    NO_SOURCE_OR_DESTINATION,
    UNKNOWN_DESTINATION,
    Endpoint,
    Meaning,
    Target,
)
from vpcreach.forwarding import COLLECTION_FAILED, PROTOCOL_RESTRICTION, Effect, Note
from vpcreach.network.network import Network
from vpcreach.packets.address_map import AddressMap, AddressSet, Family
from vpcreach.packets.ports import TCP, UDP, protocol_name
from vpcreach.reach.answer import Packets, Trace, Verdict, fold
from vpcreach.reach.branch import Branch
from vpcreach.reach.second_reading import confirm, witness
from vpcreach.reach.source import Attachment, OwnFacts, family_note, groups_of, sender, standing_notes
from vpcreach.reach.walk import Walk, Ways

# Blockers that stand whatever a name resolves to: no assumption about the lookup can undo them.
STANDS_ALONE = frozenset(
    {
        "EXECUTION_ROLE_MISSING_ENI_PERMISSIONS",
        "SG_HAS_NO_RULES",
        "UNASSOCIATED_COMPONENT",
        "VPC_DEDICATED_TENANCY",
        "FUNCTION_BAD_STATE",
        "SUBNET_OUT_OF_IP_ADDRESSES",
        "SUBNET_IPV6_ONLY_UNSUPPORTED",
        "PROTOCOL_RESTRICTION",
    }
)


# More combinations of ways that nobody can tell apart are not compared: the answer is then undecided.
MANY_WAYS = 256
FARE_DIFFERENTLY = "not all of them fare alike"


def subnet_traces(attachment: Attachment, meaning: Meaning, network: Network, shared: Ways) -> tuple[Trace, ...]:
    """Every fate of the question's packets from one subnet; `shared` are the ways that other groups found already."""
    return tuple(t for each in (meaning, *meaning.also) for t in _traces(attachment, each, network, shared))


def _traces(attachment: Attachment, meaning: Meaning, network: Network, shared: Ways) -> tuple[Trace, ...]:
    view = network.reading(meaning.prefix_lists, skips_endpoint_routes=meaning.skips_gateway_endpoints)
    before = standing_notes(attachment, network)
    subnet = network.record(attachment.subnet_id)
    if meaning.protocol not in (TCP, UDP):
        message = f"Lambda offers TCP and UDP only, not {protocol_name(meaning.protocol)}"
        before = (*before, PROTOCOL_RESTRICTION.fail(attachment.subnet_id, "", message))
    if not isinstance(subnet, Subnet) or not meaning.endpoints:
        # What no group touches (the resolver) is none of their business, whatever else is not known.
        targets = [target for endpoint in meaning.endpoints for target in endpoint.alternatives]
        is_exempt = bool(targets) and all(t.is_always_delivered and not t.notes for t in targets)
        silence = () if is_exempt else groups_of(attachment, view).silence()
        notes = (*before, *meaning.notes, *silence)
        if all(note.effect is Effect.ADVICE for note in notes):
            message = "the destination has no address that could be asked about"
            notes = (*notes, NO_SOURCE_OR_DESTINATION.unknown(attachment.subnet_id, "", message))
        return (bare(notes, meaning.assumptions, meaning, AddressSet.empty(Family.IPV4), "nothing"),)
    here = sender(attachment, f"function in {subnet.id}", network)
    walk = Walk(view, meaning, here, groups_of(attachment, view), shared)
    traces: list[Trace] = []
    for endpoint in meaning.endpoints:
        traces += _endpoint_traces(endpoint, attachment, meaning, walk, view, before, subnet)
    return tuple(traces)


def _endpoint_traces(
    endpoint: Endpoint,
    attachment: Attachment,
    meaning: Meaning,
    walk: Walk,
    view: Network,
    before: tuple[Note, ...],
    subnet: Subnet,
) -> list[Trace]:
    """The traces of one thing that must be reached: those of its place, or of every place where it may be."""
    by_place: list[list[Trace]] = []
    for target in endpoint.alternatives:
        family = target.addresses.family
        source = subnet.cidrs(family)
        if family not in attachment.families or not source:
            notes = (*before, *meaning.notes, family_note(attachment))
            by_place.append([bare(notes, (), meaning, target.addresses, target.label)])
            continue
        if not target.addresses and not target.is_always_delivered:
            note = UNKNOWN_DESTINATION.unknown(target.label, "", f"no address of {target.label} is known")
            notes = (*before, *meaning.notes, *target.notes, *walk.groups.silence(), note)
            by_place.append([bare(notes, (), meaning, target.addresses, target.label)])
            continue
        traces = [traced(b, walk, view, meaning, before, target) for b in walk.branches(target, source)]
        traces = _settled_picks(traces, target, meaning)
        by_place.append(_weighed(traces, target, meaning) if target.is_one_of else traces)
    verdicts = {fold(trace.verdict for trace in traces) for traces in by_place}
    if len(verdicts) > 1:
        return [undecided(endpoint.label, [trace for traces in by_place for trace in traces], meaning)]
    return [trace for traces in by_place for trace in traces]


def _settled_picks(traces: list[Trace], target: Target, meaning: Meaning) -> list[Trace]:
    """Where nobody knows which way packets take, and not all ways fare alike, nothing is decided of these packets."""
    picking = [trace for trace in traces if trace.picks]
    options: dict[str, dict[str, None]] = {}
    for choice, option in (pick for trace in picking for pick in trace.picks):
        options.setdefault(choice, {})[option] = None
    picked = [dict(trace.picks) for trace in picking]
    verdicts = set()
    for combination in islice(product(*options.values()), MANY_WAYS):
        chosen = dict(zip(options, combination, strict=True))
        taken = [t for t, picks in zip(picking, picked, strict=True) if picks.items() <= chosen.items()]
        verdicts.add(fold(trace.verdict for trace in taken))
    is_cut_short = prod(len(each) for each in options.values()) > MANY_WAYS
    if options and (len(verdicts) > 1 or is_cut_short or _differ_by_address(picking)):
        words = "; ".join(f"{choice} is one of {', '.join(each)}" for choice, each in options.items())
        open_one = _with_doubts(undecided(target.label, picking, meaning, f"{words}, and {FARE_DIFFERENTLY}"), picking)
        return [trace for trace in traces if not trace.picks] + [open_one]
    return traces


def _differ_by_address(traces: list[Trace]) -> bool:
    """True where routes tie and only some addresses fare well: AWS may pick another route for each block."""
    tied = [trace for trace in traces if any(note.code == PREFIX_LIST_ROUTE_AMBIGUOUS.code for note in trace.notes)]
    return len({trace.verdict for trace in tied}) > 1


def _with_doubts(trace: Trace, among: list[Trace]) -> Trace:
    """The undecided trace with what is known to leave it open, before the bare fact that it is open."""
    ties = [note for note in trace.notes if note.code == PREFIX_LIST_ROUTE_AMBIGUOUS.code]
    doubts = [replace(note, effect=Effect.UNKNOWN) for note in ties]
    doubts += [note for each in among for note in each.unknowns]
    rest = [note for note in trace.notes if note not in ties and not (ties and note.effect is Effect.UNKNOWN)]
    return replace(trace, notes=tuple(dict.fromkeys((*doubts, *rest))))


def _weighed(traces: list[Trace], target: Target, meaning: Meaning) -> list[Trace]:
    """Addresses of which one is the right one: where they do not all fare alike, nothing is decided."""
    if len({trace.verdict for trace in traces}) <= 1:
        return traces
    boxes = [(first, last, trace.verdict) for trace in traces for first, last in trace.packets.addresses.intervals]
    start: frozenset[Verdict] = frozenset()
    cells = AddressMap.fold(target.addresses.family, boxes, start, lambda held, verdict: held | {verdict})
    folded = {fold(verdicts) for _, _, verdicts in cells.pieces() if verdicts}
    return traces if len(folded) == 1 else [undecided(target.label, traces, meaning)]


def undecided(label: str, traces: Sequence[Trace], meaning: Meaning, fact: str = "") -> Trace:
    """One unknown in place of the alternatives, naming what would stop some of them."""
    worst = max(traces, key=lambda trace: trace.verdict.severity)
    why = "; ".join(dict.fromkeys(note.message for trace in traces for note in (*trace.blockers, *trace.unknowns)))
    fact = fact or f"which address {label} has is not known, and not all that it may have fare alike"
    message = f"{fact}: {why}"
    note = UNKNOWN_DESTINATION.unknown(label, "", message)
    notes = (*dict.fromkeys(n for trace in traces for n in trace.notes if n.effect is Effect.ADVICE), note)
    packets = _together(worst.packets, [trace.packets for trace in traces])
    return replace(worst, packets=packets, verdict=Verdict.UNKNOWN, notes=notes, assumptions=(), endpoint=label)


def _together(packets: Packets, among: Sequence[Packets]) -> Packets:
    """The packets of all that are of the same family."""
    addresses, sources, ports = packets.addresses, packets.sources, {packets.client_ports}
    for each in (each for each in among if each.family is packets.family):
        addresses, sources = addresses | each.addresses, sources | each.sources
        ports.add(each.client_ports)
    client_ports = packets.client_ports if len(ports) == 1 else "1024-65535"
    translated = packets.translated_client_ports if len(ports) == 1 else None
    return replace(
        packets, addresses=addresses, sources=sources, client_ports=client_ports, translated_client_ports=translated
    )


def traced(
    branch: Branch, walk: Walk, view: Network, meaning: Meaning, before: tuple[Note, ...], target: Target
) -> Trace:
    first = branch.segments[0]
    narrowed = [s.client_ports for s in branch.segments[1:] if s.client_ports != walk.asked.client_ports]
    packets = Packets(
        family=first.source.family,
        protocol=protocol_name(meaning.protocol),
        addresses=first.destination,
        ports=str(meaning.port),
        client_ports=view.atoms.words(first.client_ports, meaning.protocol),
        sources=first.source,
        translated_client_ports=view.atoms.words(narrowed[0], meaning.protocol) if narrowed else None,
    )
    notes = tuple(dict.fromkeys((*before, *branch.notes)))
    packet = witness(branch, meaning.protocol, meaning.port, view.atoms)
    if packet is not None:
        confirm(branch, packet, view.atoms)
    return judged(
        Trace(
            packets,
            Verdict.REACHABLE,
            branch.path,
            branch.return_path,
            notes,
            branch.assumptions,
            packet,
            target.label,
            meaning.assumed_of_the_name,
            branch.picks,
            branch.is_provisional,
        )
    )


def bare(
    notes: tuple[Note, ...], assumptions: tuple[str, ...], meaning: Meaning, addresses: AddressSet, label: str
) -> Trace:
    """A trace without a way: something settles the question before any packet is sent."""
    sources = AddressSet.empty(addresses.family)
    packets = Packets(
        addresses.family, protocol_name(meaning.protocol), addresses, str(meaning.port), "1024-65535", sources
    )
    unjudged = Trace(packets, Verdict.REACHABLE, (), (), tuple(dict.fromkeys(notes)), assumptions, None, label)
    return judged(replace(unjudged, assumed_of_the_name=meaning.assumed_of_the_name))


def judged(trace: Trace) -> Trace:
    """The trace with the verdict that its notes make (K3: fail before unknown before pass)."""
    if trace.blockers:
        return replace(trace, verdict=Verdict.BLOCKED)
    return replace(trace, verdict=Verdict.UNKNOWN if trace.unknowns else Verdict.REACHABLE)


def finished(traces: Iterable[Trace], facts: OwnFacts, *, strict: bool) -> tuple[Trace, ...]:
    """The traces of one function: its own facts laid over, assumptions kept only where the verdict rests on them."""
    return tuple(_settled(_with_facts(trace, facts), strict=strict) for trace in traces)


def _with_facts(trace: Trace, facts: OwnFacts) -> Trace:
    if not facts.notes and not facts.assumptions:
        return trace
    notes = tuple(dict.fromkeys((*facts.notes, *trace.notes)))
    assumptions = (*trace.assumptions, *facts.assumptions)
    verdict = trace.verdict
    if any(note.effect is Effect.FAIL for note in facts.notes):
        verdict = Verdict.BLOCKED
    elif any(note.effect is Effect.UNKNOWN for note in facts.notes) and verdict is Verdict.REACHABLE:
        verdict = Verdict.UNKNOWN
    return replace(trace, notes=notes, assumptions=assumptions, verdict=verdict)


def _settled(trace: Trace, *, strict: bool) -> Trace:
    assumed = _rests_on(trace)
    if not strict or not assumed:
        return trace if assumed == trace.assumptions else replace(trace, assumptions=assumed)
    doubts = tuple(
        COLLECTION_FAILED.unknown("snapshot", text, f"it would have to be assumed: {text}") for text in assumed
    )
    kept = tuple(note for note in trace.notes if note.effect is not Effect.FAIL)
    return replace(trace, verdict=Verdict.UNKNOWN, assumptions=(), notes=(*kept, *doubts))


def _rests_on(trace: Trace) -> tuple[str, ...]:
    """What the verdict assumes: for what passes, that absent guards are off; for what fails, only if all of it does."""
    if trace.verdict is Verdict.REACHABLE:
        return tuple(dict.fromkeys(trace.assumptions))
    if trace.verdict is not Verdict.BLOCKED or any(note.code in STANDS_ALONE for note in trace.blockers):
        return ()
    own = [note.assumption for note in trace.blockers if note.assumption]
    return tuple(dict.fromkeys((*(own if len(own) == len(trace.blockers) else ()), *trace.assumed_of_the_name)))
