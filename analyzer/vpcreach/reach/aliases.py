"""One answer for an alias: those of the versions behind it, folded as the subnets of one function are (A17)."""

from collections.abc import Sequence
from dataclasses import replace

from vpcreach.components.lambda_function import LambdaFunction
from vpcreach.forwarding import Note
from vpcreach.reach.answer import Answer, SubnetAnswer, Trace, fold

Told = tuple[str, Answer]


def folded(told: Sequence[tuple[LambdaFunction | Note, Answer]]) -> Answer:
    """One answer for those of every version that may run."""
    first = told[0][1]
    if len(told) == 1:
        return first
    answers = [(_version_words(run), answer) for run, answer in told]
    subnet_ids = sorted({subnet.subnet_id for _, answer in answers for subnet in answer.subnets})
    subnets = tuple(_subnet(subnet_id, answers) for subnet_id in subnet_ids)
    traces = _traces([(words, answer.traces) for words, answer in answers])
    return Answer(
        destination=first.destination,
        verdict=fold(trace.verdict for _, answer in answers for trace in answer.all_traces),
        is_provisional=any(answer.is_provisional for _, answer in answers),
        assumptions=tuple(dict.fromkeys(text for _, answer in answers for text in answer.assumptions)),
        subnets=subnets,
        findings=tuple(dict.fromkeys(finding for _, answer in answers for finding in answer.findings)),
        traces=traces,
    )


def _subnet(subnet_id: str, answers: Sequence[Told]) -> SubnetAnswer:
    """What becomes of the packets of all versions that may run in this subnet."""
    here = [(words, each) for words, answer in answers for each in answer.subnets if each.subnet_id == subnet_id]
    traces = _traces([(words, subnet.traces) for words, subnet in here])
    return replace(here[0][1], verdict=fold(trace.verdict for trace in traces), traces=traces)


def _traces(told: Sequence[tuple[str, tuple[Trace, ...]]]) -> tuple[Trace, ...]:
    """The traces that all versions have, once; then those of some, which name their version."""
    common = tuple(trace for trace in told[0][1] if all(trace in traces for _, traces in told))
    own = (
        replace(trace, endpoint=f"{trace.endpoint} ({words})")
        for words, traces in told
        for trace in traces
        if trace not in common
    )
    return (*common, *own)


def _version_words(run: LambdaFunction | Note) -> str:
    return f"version {run.version}" if isinstance(run, LambdaFunction) else "a version that is not known"
