"""What somebody may have meant by a word that is none of the known ones."""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """'; did you mean "internet"?', or nothing where no known word is close."""
    words = list(known)
    close = get_close_matches(word, words, n=1) or get_close_matches(word.lower(), words, n=1)
    return f'; did you mean "{close[0]}"?' if close else ""
