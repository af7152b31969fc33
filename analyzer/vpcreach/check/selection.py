"""Which functions a rule is about: name or ARN globs, tags."""

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Protocol

from vpcreach.check.rule_model import Selector, TagSelector


class KnownFunction(Protocol):
    """A function that the snapshot lists, attached to a VPC or not; `tags` is None where no file tells them.

    A version or alias is one of its own, `name` and `arn` ending in `:QUALIFIER`.
    """

    @property
    def name(self) -> str: ...
    @property
    def arn(self) -> str: ...
    @property
    def tags(self) -> Mapping[str, str] | None: ...


def selected(selectors: Sequence[Selector], functions: Iterable[KnownFunction]) -> list[KnownFunction]:
    """The functions that some selector matches, by ARN."""
    found = {f.arn: f for f in functions if any(is_match(selector, f) for selector in selectors)}
    return [found[arn] for arn in sorted(found)]


def undecided(selectors: Sequence[Selector], functions: Iterable[KnownFunction]) -> list[KnownFunction]:
    """The functions that a selector by tags may mean and none means for sure: their tags are not known."""
    if not any(isinstance(selector, TagSelector) for selector in selectors):
        return []
    return [
        function
        for function in functions
        if function.tags is None
        and not _qualifier(function)
        and not any(is_match(selector, function) for selector in selectors)
    ]


def is_match(selector: Selector, function: KnownFunction) -> bool:
    """Whether this selector surely means this function."""
    if isinstance(selector, TagSelector):
        tags = function.tags
        return tags is not None and not _qualifier(function) and selector.tags.items() <= tags.items()
    told = function.arn if selector.startswith("arn:") else function.name
    if not fnmatchcase(told, selector):
        return False
    # `orders-*` means functions: an alias is meant only by a pattern that its function does not match.
    qualifier = _qualifier(function)
    return not qualifier or not fnmatchcase(told.removesuffix(f":{qualifier}"), selector)


def _qualifier(function: KnownFunction) -> str:
    return function.name.partition(":")[2]
