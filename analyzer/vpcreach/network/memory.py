"""What was computed for a network, with all that was asked for it: it holds in an edited copy that answers that alike.

Every public question of `Network` is `asked`: it is written down for whoever listens. What a question asks in its turn
is its own affair, as its answer is compared as a whole.
"""

from collections.abc import Callable, Hashable
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, Generic, NamedTuple, ParamSpec, TypeAlias, TypeVar, cast

if TYPE_CHECKING:
    from vpcreach.network.network import Network

T = TypeVar("T")
P = ParamSpec("P")


# A question to a network under some reading: the view, what the question is called, its arguments. A plain tuple, as a
# walk asks more than a hundred of them.
Read: TypeAlias = tuple[str, str, tuple[Any, ...]]


class Remembered(NamedTuple, Generic[T]):
    """Something computed, and everything that the network was asked for it."""

    value: T
    reads: frozenset[Read]


class Listener:
    """Hears the questions that are put to a network and its views, while anybody listens."""

    def __init__(self) -> None:
        self.heard: set[Read] | None = None

    def during(self, build: Callable[[], T]) -> Remembered[T]:
        """`build()` and what it asks. Whoever listens outside must be told of it (`tell`) when the value is used."""
        outside, self.heard = self.heard, set()
        try:
            return Remembered(build(), frozenset(self.heard))
        finally:
            self.heard = outside

    def tell(self, remembered: Remembered[T]) -> T:
        """The value, as if everything behind it were asked now."""
        if self.heard is not None:
            self.heard |= remembered.reads
        return remembered.value


class Memory:
    """Everything that was computed once for a network in one of its views."""

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self._held: dict[Hashable, Remembered[Any]] = {}

    def recall(self, key: Hashable, build: Callable[[], T]) -> T:
        """What is held under the key, or `build()`."""
        held = self._held.get(key)
        if held is None:
            held = self._held[key] = self.listener.during(build)
        return cast(T, self.listener.tell(held))

    def take_over(self, key: Hashable, other: "Memory", are_true_here: Callable[[frozenset[Read]], bool]) -> None:
        """Holds what the other memory does under the key, where every answer that it rests on is the answer here."""
        theirs = other._held.get(key)
        if theirs is not None and key not in self._held and are_true_here(theirs.reads):
            self._held[key] = theirs


def asked(question: "Callable[Concatenate[Network, P], T]") -> "Callable[Concatenate[Network, P], T]":
    """A question of a network that is written down; its arguments are given by position."""
    name = question.__name__

    @wraps(question)
    def ask(network: "Network", /, *arguments: P.args, **by_name: P.kwargs) -> T:
        assert not by_name
        listener = network.listener
        heard = listener.heard
        if heard is None:
            return question(network, *arguments, **by_name)
        heard.add((network.view, name, arguments))
        listener.heard = None
        try:
            return question(network, *arguments, **by_name)
        finally:
            listener.heard = heard

    return ask
