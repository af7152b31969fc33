"""The errors a person can cause or meet; only `cli/` turns them into words and an exit code."""

from collections.abc import Iterable
from difflib import get_close_matches


class VpcreachError(Exception):
    """Base of everything vpcreach raises on purpose; `str()` is one clear sentence."""


class UsageError(VpcreachError):
    """A function, destination or option that does not mean anything here (exit code 2)."""


class AmbiguousNameError(UsageError):
    """A name that more than one thing of the snapshot has."""


class SnapshotError(VpcreachError):
    """A snapshot that cannot be read: the sentence names the file and the JSON path (exit code 2)."""


class RuleFileError(VpcreachError):
    """Every mistake of one rule file, each with file, line and suggestion (exit code 2)."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class AwsUnreadableError(VpcreachError):
    """No call to AWS was answered at all: no credentials, no network, no such endpoint (exit code 4)."""


class ContradictionError(VpcreachError):
    """The set algebra and the rule-by-rule replay of one packet disagree: a defect of vpcreach, never an answer."""


def refuse_broken_text(word: str) -> None:
    """Raises UsageError for a word with bytes that are no UTF-8, of which nothing could be told in any format."""
    if not word.isascii() and any("\ud800" <= sign <= "\udfff" for sign in word):
        raise UsageError(f"{word!a} is not text: it has bytes that are no UTF-8")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """'; did you mean "internet"?', or nothing where no known word is close."""
    words = list(known)
    close = get_close_matches(word, words, n=1) or get_close_matches(word.lower(), words, n=1)
    return f'; did you mean "{close[0]}"?' if close else ""
