"""Lines in, answers out: from a terminal with history and completion, or from a file or pipe."""

from collections.abc import Callable, Iterable

from vpcreach.errors import SnapshotError, UsageError
from vpcreach.shell.session import Session
from vpcreach.shell.words import Plain, parse

Say = Callable[[str], None]
Complain = Callable[[int, str], None]
"""Takes the number of the line, from 1, and what is the matter with it."""


def run(lines: Iterable[str], session: Session, say: Say, complain: Complain) -> bool:
    """Answers every line until one leaves, and tells of wrong ones; True where none was wrong."""
    is_right = True
    is_first = True
    for number, line in enumerate(lines, 1):
        try:
            question = parse(line)
            if question is None:
                continue
            if question is Plain.EXIT:
                break
            answer = session.answer(question)
        except (UsageError, SnapshotError) as error:
            complain(number, str(error))
            is_right = False
            continue
        except KeyboardInterrupt:
            complain(number, "interrupted")
            continue
        say(answer if is_first else f"\n{answer}")
        is_first = False
    return is_right
