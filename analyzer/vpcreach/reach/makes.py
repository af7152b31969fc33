"""Functions that differ in nothing but their names, told from the lists alone: one of them stands for all its kind.

What a make is depends on no network, so an edited copy of a snapshot has the same makes unless functions or roles
are edited.
"""

from collections.abc import Hashable
from typing import NamedTuple

from vpcreach.components.lambda_function import LambdaFunction
from vpcreach.network.network import Network
from vpcreach.reach.functions import Listed, every_function
from vpcreach.reach.source import missing_of, state_of
from vpcreach.snapshot.call import Place
from vpcreach.snapshot.snapshot import State

Makes = dict[str, tuple[LambdaFunction, int]]


class Alike(NamedTuple):
    """Functions of one make, and their ARNs."""

    functions: tuple[Listed, ...]
    arns: tuple[str, ...]


def makes(network: Network) -> Makes:
    """The make of every function (its `$LATEST`), by ARN, as a number; with the record that it is the make of."""

    def build() -> Makes:
        numbers: dict[Hashable, int] = {}
        found: Makes = {}
        for listed in every_function(network):
            key = _make(listed.function, listed.place, network)
            found[listed.function.id] = (listed.function, numbers.setdefault(key, len(numbers)))
        return found

    return network.functions.remember(("makes",), build)


def alike(network: Network, *, by_role: bool) -> list[Alike]:
    """Every function, with those of its make (and its role, where policies ask for it), by the first ARN of each."""

    def build() -> list[Alike]:
        found: dict[Hashable, list[Listed]] = {}
        for listed in every_function(network):
            number = makes(network)[listed.arn][1]
            found.setdefault((number, listed.function.role if by_role else None), []).append(listed)
        return [Alike(tuple(each), tuple(listed.arn for listed in each)) for each in found.values()]

    return network.functions.remember(("alike", by_role), build)


def _make(run: LambdaFunction, place: Place, network: Network) -> Hashable:
    """Everything that answers about a function may rest on, but for what it and its role are called."""
    reading = state_of(run, place, network)
    state: Hashable = reading.state
    if (told := reading.value) is not None:
        reasons = (told.state_reason, told.state_reason_code)
        state = (told.state, *reasons, told.last_update_status, told.last_update_status_reason_code)
    elif reading.state is not State.ABSENT:
        state = run.id  # what is not known of it is told by name
    capacity = bytes(run.capacity_provider_config)
    lacks = missing_of(run.role or "", network)
    return (place, run.vpc_config, lacks, run.master_arn, capacity, state)
