"""The file systems that a function mounts: destinations that nobody asks for, and without which it does not start.

An answer is about what was asked, so what a function mounts never changes one; where it cannot be reached from a subnet
of the function, that is a finding of the function (A23).
"""

from collections.abc import Callable, Iterable, Sequence

from vpcreach.components.lambda_function import LambdaFunction
from vpcreach.errors import UsageError
from vpcreach.forwarding import Note, Reason
from vpcreach.reach.answer import Trace, Verdict, fold

PAGE = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem.html"
FILE_SYSTEM_UNREACHABLE = Reason(
    "FILE_SYSTEM_UNREACHABLE", "ask `why` for the function and this ARN: it shows the way and what stops it", PAGE
)
FILE_SYSTEM_UNDECIDED = Reason(
    "FILE_SYSTEM_UNDECIDED", "collect what is missing, or ask `why` for the function and this ARN", PAGE
)

Ask = Callable[[str, str], Iterable[Trace]]
"""The traces to an ARN from a subnet; raises UsageError for an ARN that nothing has."""


def findings(run: LambdaFunction, subnet_ids: Sequence[str], ask: Ask) -> Iterable[tuple[Note, str | None]]:
    """What is wrong with each file system, and in which subnet; None where it is the same in all of them."""
    for config in run.file_system_configs or ():
        notes = [(_note(run, config.arn, subnet_id, ask), subnet_id) for subnet_id in subnet_ids]
        is_same = len({note for note, _ in notes}) == 1
        yield from ((note, subnet_id) for note, subnet_id in notes if note is not None and not is_same)
        yield from ((note, None) for note, _ in notes[:1] if note is not None and is_same)


def _note(run: LambdaFunction, arn: str, subnet_id: str, ask: Ask) -> Note | None:
    mounts = f"{run.title} mounts {arn}"
    try:
        traces = tuple(ask(arn, subnet_id))
    except UsageError:
        return FILE_SYSTEM_UNDECIDED.advice(arn, "FileSystemConfigs", f"{mounts}, which is not in the snapshot")
    verdict = fold(trace.verdict for trace in traces)
    if verdict is Verdict.REACHABLE:
        return None
    if verdict is Verdict.UNKNOWN:
        message = f"{mounts}, and whether it is reached is not known: {_words(trace.unknowns for trace in traces)}"
        return FILE_SYSTEM_UNDECIDED.advice(arn, "FileSystemConfigs", message)
    message = f"{mounts}, which is not reached, so that it does not start: {_words(trace.blockers for trace in traces)}"
    return FILE_SYSTEM_UNREACHABLE.advice(arn, "FileSystemConfigs", message)


def _words(found: Iterable[Iterable[Note]]) -> str:
    return "; ".join(dict.fromkeys(note.message for notes in found for note in notes))
