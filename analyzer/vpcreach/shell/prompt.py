"""Lines from a terminal, by prompt_toolkit: history that outlives the shell (Ctrl-R searches it), and completion.

While nobody types, what is likely to be asked is looked at already.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer
from prompt_toolkit.completion import Completion as Offered
from prompt_toolkit.document import Document
from prompt_toolkit.eventloop import InputHookContext
from prompt_toolkit.history import FileHistory, History, InMemoryHistory

from vpcreach.shell.completion import Known, completions

PROMPT = "vpcreach> "
DONE = object()


class Names(Completer):
    """Completes question words and the names of a snapshot."""

    def __init__(self, known: Known) -> None:
        self.known = known

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Offered]:
        for found in completions(document.text_before_cursor, self.known):
            yield Offered(found.word, start_position=-found.replaces)


def lines(known: Known, ahead: Iterator[None]) -> Iterator[str]:
    """What somebody types, line by line, until Ctrl-D; Ctrl-C drops the line. `ahead` goes on while nobody types."""

    def think(context: InputHookContext) -> None:
        while not context.input_is_ready() and next(ahead, DONE) is not DONE:
            pass

    session: PromptSession[str] = PromptSession(
        history=history(), completer=Names(known), complete_while_typing=False, enable_history_search=True
    )
    while True:
        try:
            yield session.prompt(PROMPT, inputhook=think)
        except KeyboardInterrupt:
            continue
        except EOFError:
            return


def history() -> History:
    """The lines of earlier shells, in the user's state directory; forgotten afterwards where that cannot be written."""
    state = os.environ.get("XDG_STATE_HOME", "")
    # The standard says that a path which is not absolute counts as none.
    folder = (Path(state) if Path(state).is_absolute() else Path.home() / ".local" / "state") / "vpcreach"
    file = folder / "shell-history"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(file))
