"""The words of the shell: a line is one question. Pure text: which function or destination is meant is looked up later.

`parse` raises UsageError with one sentence: the form that was expected, or what the question word may have been.
"""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from vpcreach.errors import UsageError, did_you_mean
from vpcreach.explain.edits import Edit
from vpcreach.explain.edits.assumed import parse as parse_edit

INTERNET = "internet"


@dataclass(frozen=True, slots=True)
class Why:
    """Why one function reaches one destination, or does not."""

    function: str
    destination: str


@dataclass(frozen=True, slots=True)
class WhoCan:
    """Which functions reach a destination."""

    destination: str


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Which verdicts would be other ones after these edits."""

    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Fix:
    """Which edits would make a question reachable."""

    function: str
    destination: str


@dataclass(frozen=True, slots=True)
class Tell:
    """A report: of these functions (none: all with a VPC) about these destinations (none: the usual)."""

    functions: tuple[str, ...] = ()
    destinations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Functions:
    """The names of the functions, those that a glob covers."""

    glob: str = "*"


class Plain(Enum):
    """Questions without an object."""

    DESTINATIONS = "destinations"
    HELP = "help"
    EXIT = "exit"


Question = Why | WhoCan | WhatIf | Fix | Tell | Functions | Plain


class Part(Enum):
    """What stands at a place of a question, for those who complete words."""

    FUNCTION = "function"
    DESTINATION = "destination"
    COMPONENT = "component"


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of question: how it is written, what it tells, and what its words are. The last part may repeat."""

    word: str
    shape: str
    tells: str
    parts: tuple[Part, ...] = ()


FORMS = (
    Form("why", "why FUNCTION DESTINATION", "the whole story of one answer", (Part.FUNCTION, Part.DESTINATION)),
    Form("why-no-internet", "why-no-internet FUNCTION", "the same about the internet", (Part.FUNCTION,)),
    Form("who-can", "who can reach DESTINATION", "every function that reaches it", (Part.DESTINATION,)),
    Form("what-if", "what-if CHANGE; CHANGE …", "which verdicts would change, for everyone", (Part.COMPONENT,)),
    Form("fix", "fix FUNCTION DESTINATION", "changes that would let it through", (Part.FUNCTION, Part.DESTINATION)),
    Form(
        "report", "report [FUNCTION …] [to DESTINATION …]", "answers in short, of all without names", (Part.FUNCTION,)
    ),
    Form("functions", "functions [GLOB]", "the functions of the snapshot", (Part.FUNCTION,)),
    Form("destinations", "destinations", "what one may ask about by name"),
    Form("help", "help", "this list"),
    Form("exit", "exit", "leaves (or Ctrl-D)"),
)
_SHAPES = {form.word: form.shape for form in FORMS}
_SAME = {"quit": "exit", "?": "help"}
# Questions that people write as words of their own: the longest first.
_SPELT_OUT = (("who", "can", "reach"), ("who-can", "reach"), ("who", "can"), ("what", "if"), ("why", "no", "internet"))
_MEANS = {"who": "who-can", "who-can": "who-can", "what": "what-if", "why": "why-no-internet"}


def parse(line: str) -> Question | None:
    """The question of a line, None for an empty one and for a comment (`#`)."""
    text = line.strip()
    if not text or text.startswith("#"):
        return None
    word, rest = opened(text)
    if word not in _SHAPES:
        hint = did_you_mean(word, _SHAPES) or "; help lists what one can ask"
        raise UsageError(f'"{word}" is no question{hint}')
    if word == "what-if":
        return WhatIf(_edits(rest))
    return _READ[word](_split(rest))


def opened(text: str) -> tuple[str, str]:
    """The question word of a line as `FORMS` spells it, and what follows it."""
    words = text.split()
    for spelt in _SPELT_OUT:
        if tuple(words[: len(spelt)]) == spelt:
            return _MEANS[spelt[0]], text.split(maxsplit=len(spelt))[len(spelt)] if len(words) > len(spelt) else ""
    first, _, rest = text.partition(" ")
    return _SAME.get(first, first), rest.strip()


def _split(rest: str) -> list[str]:
    try:
        return shlex.split(rest)
    except ValueError as error:
        raise UsageError(f"{rest}: a quotation mark is not closed") from error


def _edits(rest: str) -> tuple[Edit, ...]:
    texts = [text for each in rest.split(";") if (text := each.strip().strip("'\""))]
    if not texts:
        raise UsageError(f"the form is: {_SHAPES['what-if']}, for example: what-if route rtb-1 0.0.0.0/0 -> nat-1")
    return tuple(parse_edit(text) for text in texts)


def _taken(words: Sequence[str], number: int, word: str) -> Sequence[str]:
    if len(words) != number:
        raise UsageError(f"the form is: {_SHAPES[word]}")
    return words


def _tell(words: Sequence[str]) -> Tell:
    cut = list(words).index("to") if "to" in words else len(words)
    functions, destinations = tuple(words[:cut]), tuple(words[cut + 1 :])
    if cut < len(words) and not destinations:
        raise UsageError(f"the form is: {_SHAPES['report']}")
    return Tell(functions, destinations)


def _functions(words: Sequence[str]) -> Functions:
    return Functions(*_taken(words, 1, "functions")) if words else Functions()


def _plain(which: Plain) -> Callable[[Sequence[str]], Question]:
    def read(words: Sequence[str]) -> Question:
        _taken(words, 0, which.value)
        return which

    return read


_READ: dict[str, Callable[[Sequence[str]], Question]] = {
    "why": lambda words: Why(*_taken(words, 2, "why")),
    "why-no-internet": lambda words: Why(_taken(words, 1, "why-no-internet")[0], INTERNET),
    "who-can": lambda words: WhoCan(*_taken(words, 1, "who-can")),
    "fix": lambda words: Fix(*_taken(words, 2, "fix")),
    "report": _tell,
    "functions": _functions,
    **{each.value: _plain(each) for each in Plain},
}
