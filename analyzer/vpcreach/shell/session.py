"""Answers to the shell's questions, as text. One session holds one snapshot, so that no question pays for the last one.

What is asked about once counts from then on among what `what-if` looks at.
"""

import gc
import shlex
from collections.abc import Iterable, Iterator
from contextlib import suppress
from fnmatch import fnmatchcase
from functools import cached_property
from typing import assert_never

from vpcreach.destinations import resource_names
from vpcreach.destinations.grammar import WORDS
from vpcreach.errors import UsageError, VpcreachError, did_you_mean
from vpcreach.explain.changes import changes_for_everyone
from vpcreach.explain.edits import Edit, apply, assumed
from vpcreach.explain.story import Compared, compared, tell, with_replaced
from vpcreach.formats import text, who_can, why
from vpcreach.formats.changes import change_lines
from vpcreach.formats.fixes import fix_lines
from vpcreach.formats.wording import counted, listed, paragraph
from vpcreach.reach.answer import Report, Verdict
from vpcreach.reach.functions import every_function
from vpcreach.reach.reporting import USUAL, Analysis
from vpcreach.shell.words import FORMS, Fix, Functions, Plain, Question, Tell, WhatIf, WhoCan, Why

# A what-if asks all functions about each of these again; people name what else they care about.
MANY_RESOURCES = 20


class Session:
    """Questions about one snapshot; `colour` paints the verdicts for a terminal."""

    def __init__(self, analysis: Analysis, *, colour: bool = False) -> None:
        self.analysis = analysis
        self.colour = colour
        self._asked: dict[str, None] = {}

    # Names

    @cached_property
    def functions(self) -> list[str]:
        """The names of all functions, those without VPC too."""
        return sorted({function.name for function in every_function(self.analysis.network)})

    @cached_property
    def destinations(self) -> tuple[str, ...]:
        """How the resources of the snapshot can be asked about."""
        return resource_names(self.analysis.network)

    def ids(self, start: str) -> Iterable[str]:
        """The ids of components that begin so."""
        return self.analysis.network.ids(start)

    def greeting(self) -> str:
        """What is loaded, for somebody who has just come in."""
        return f"{counted(len(self.functions), 'function')} in {self.analysis.snapshot.origin}. Try help."

    def thinking_ahead(self) -> Iterator[None]:
        """Finds, a little at each step, what answers for everyone rest on: what-ifs compare with it."""
        with suppress(VpcreachError):  # a question that needs the broken part tells of it
            yield from self.analysis.answering(self._watched().destinations)
        # All this stays: a garbage collector that went through it at every pause would cost more than most answers.
        gc.freeze()

    # Answers

    def answer(self, question: Question) -> str:
        """The answer, ending with a line break; raises UsageError for names that mean nothing here."""
        match question:
            case Why(function, destination):
                return self._why(function, destination)
            case WhoCan(destination):
                return who_can.render(self._noted(self.analysis.report([destination], everyone=True)), destination)
            case WhatIf(edits):
                return self._what_if(edits)
            case Fix(function, destination):
                return self._fix(function, destination)
            case Tell(functions, destinations):
                report = self.analysis.report(destinations or USUAL, functions or None)
                return text.render(self._noted(report), colour=self.colour)
            case Functions(glob):
                return self._functions(glob)
            case Plain.DESTINATIONS:
                return _lines(
                    (*WORDS, *self.destinations), "service:NAME, ADDRESS:PORT, eni-…, i-…, sg-…, an ARN or host"
                )
            case Plain.HELP:
                return _help()
            case Plain.EXIT:
                return ""
            case _:
                assert_never(question)

    def _noted(self, report: Report) -> Report:
        """The report; what it was about is among what `what-if` looks at from now on."""
        self._asked |= {answer.destination: None for function in report.functions[:1] for answer in function.answers}
        return report

    def _why(self, function: str, destination: str) -> str:
        told = tell(self.analysis, function, destination, seek_fixes=False)
        self._asked[destination] = None
        fails = any(story.answer.verdict in (Verdict.BLOCKED, Verdict.PARTIAL) for story in told.stories)
        hint = f"\nTried changes that would mend it: fix {shlex.join([function, destination])}\n" if fails else ""
        return why.render_all(told, colour=self.colour) + hint

    def _fix(self, function: str, destination: str) -> str:
        told = tell(self.analysis, function, destination)
        self._asked[destination] = None
        lines: list[str] = []
        for story in told.stories:
            found = fix_lines(story, "aws-cli")[1:]  # the first is the empty line below a story
            lines += found or [f"{story.function.name} → {destination} is reachable: there is nothing to mend."]
        return _lines(lines)

    def _functions(self, glob: str) -> str:
        names = [name for name in self.functions if fnmatchcase(name, glob)]
        if not names:
            raise UsageError(f'no function is called "{glob}"{did_you_mean(glob, self.functions)}')
        return _lines(names)

    def _watched(self) -> Compared:
        return compared(self.analysis, self._asked, MANY_RESOURCES)

    def _what_if(self, edits: tuple[Edit, ...]) -> str:
        looked_at = self._watched()
        edits = with_replaced(edits, self.analysis.network)
        edited = self.analysis.on(apply(self.analysis.snapshot, edits))
        changes = changes_for_everyone(self.analysis, edited, looked_at.destinations)
        lines = [f"If one were to {listed([str(edit) for edit in edits])}:", *change_lines(changes, 2)]
        lines += paragraph(f"Compared: {looked_at}.", 0)
        if looked_at.left_out:
            lines.append("What was asked about once in this shell is compared, too.")
        return _lines(lines)


def _lines(names: Iterable[str], beside: str = "") -> str:
    return "".join(f"{name}\n" for name in names) + (f"and {beside}\n" if beside else "")


def _help() -> str:
    width = max(len(form.shape) for form in FORMS)
    lines = [f"{form.shape:<{width}}  {form.tells}" for form in FORMS]
    lines += ["", "A CHANGE is one of"]
    lines += [f"  {form}" for form in (*assumed.FORMS.values(), *assumed.REMOVALS.values())]
    return "\n".join(lines) + "\n"
