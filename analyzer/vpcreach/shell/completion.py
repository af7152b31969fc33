"""What the word at the end of a line may become: question words, functions, destinations, ids of components."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from vpcreach.destinations.grammar import WORDS
from vpcreach.explain.edits.assumed import FORMS as CHANGES
from vpcreach.shell.words import FORMS, Form, Part, opened

# More are no help to anybody who looks for one.
SHOWN = 200
_DIRECTIONS = {"sg": ("egress", "ingress"), "nacl": ("in", "out")}


class Known(Protocol):
    """The names of a snapshot."""

    @property
    def functions(self) -> Sequence[str]: ...
    @property
    def destinations(self) -> Sequence[str]: ...
    def ids(self, start: str) -> Iterable[str]:
        """The ids of components that begin so."""
        ...


@dataclass(frozen=True, slots=True)
class Completion:
    """A word, and how many characters before the cursor it replaces."""

    word: str
    replaces: int


def completions(line: str, known: Known) -> list[Completion]:
    """What may stand where the line ends, in the order in which it is to be shown."""
    words = line.split()
    begun = "" if not line or line[-1].isspace() else words[-1]
    before = line[: len(line) - len(begun)]
    found = (word for word in _candidates(before.strip(), begun, known) if word.startswith(begun) and word != begun)
    return [Completion(word, len(begun)) for word in list(dict.fromkeys(found))[:SHOWN]]


def _candidates(before: str, begun: str, known: Known) -> Iterable[str]:
    if not before:
        return [form.word for form in FORMS] + ["who can reach"]
    if before in ("who", "who can"):
        return ["can"] if before == "who" else ["reach"]
    word, rest = opened(before)
    form = next((form for form in FORMS if form.word == word), None)
    if form is None or not form.parts:
        return ()
    return _words_of(_part(form, rest.split()), rest, begun, known)


def _part(form: Form, words: Sequence[str]) -> Part | None:
    """What comes after these words of a question; None where it is complete."""
    if form.word == "report":
        return Part.DESTINATION if "to" in words else Part.FUNCTION
    if form.word == "what-if":
        return Part.COMPONENT
    return form.parts[len(words)] if len(words) < len(form.parts) else None


def _words_of(part: Part | None, rest: str, begun: str, known: Known) -> Iterable[str]:
    match part:
        case Part.FUNCTION:
            return known.functions
        case Part.DESTINATION:
            by_id = known.ids(begun) if begun.startswith(("sg-", "eni-", "i-")) else ()
            return (*WORDS, *known.destinations, *by_id)
        case Part.COMPONENT:
            return _of_change(rest.rpartition(";")[2].split(), begun, known)
        case None:
            return ()


def _of_change(words: Sequence[str], begun: str, known: Known) -> Iterable[str]:
    """The words of one change: its kind, the component, a direction, and ids wherever one may stand."""
    kind = words[1:] if words[:1] == ["remove"] else words
    if not kind:
        return (*CHANGES, *(() if words else ("remove",)))
    if len(kind) == 2 and kind[0] in _DIRECTIONS:
        return _DIRECTIONS[kind[0]]
    if len(kind) == 1 and not begun:
        return known.ids({"route": "rtb-", "sg": "sg-", "nacl": "acl-"}.get(kind[0], "rtb-"))
    return known.ids(begun) if begun else ()
