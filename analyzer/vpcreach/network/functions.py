"""The functions of a snapshot: ends of ways, of which there may be ten thousand, and which no packet passes through.

The walk therefore goes over a graph without them, and what they are is shared between a network and its edited copies.
Of them the graph keeps the ids that they name, at the place of the function which names it first.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from vpcreach.components.lambda_function import LIST_FUNCTIONS, LambdaFunction
from vpcreach.snapshot.call import Place
from vpcreach.snapshot.snapshot import Snapshot

T = TypeVar("T")


@dataclass(slots=True)
class FunctionsOf:
    """The functions that one place lists (and none before it), as far as a graph names them.

    `subnets` and `groups` tell for each id the first function that names it, `places` where functions are listed.
    """

    places: Mapping[str, tuple[Place, ...]]
    subnets: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)

    def add(self, function: LambdaFunction) -> None:
        for subnet_id in function.subnet_ids:
            self.subnets.setdefault(subnet_id, function.id)
        for group_id in sorted(function.group_ids):
            self.groups.setdefault(group_id, function.id)


class FunctionList:
    """Every function by id, in the order of the graph's nodes, with the places that list it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.records: dict[str, LambdaFunction] = {}
        self.places: dict[str, tuple[Place, ...]] = {}
        self.by_place: dict[Place, FunctionsOf] = {}
        self._memory: dict[Hashable, Any] = {}
        for place in snapshot.places():
            reply = snapshot.read(LIST_FUNCTIONS, place).value
            self._add(place, reply.functions if reply is not None else ())

    def _add(self, place: Place, functions: Iterable[LambdaFunction]) -> None:
        here = self.by_place[place] = FunctionsOf(self.places)
        for function in functions:
            function_id = function.id
            if function_id in self.records:
                self.places[function_id] = (*self.places[function_id], place)
                continue
            self.records[function_id] = function
            self.places[function_id] = (place,)
            here.add(function)

    def remember(self, key: Hashable, build: Callable[[], T]) -> T:
        """What follows from the functions alone, built once for a network and all its edited copies."""
        if key not in self._memory:
            self._memory[key] = build()
        return cast(T, self._memory[key])
