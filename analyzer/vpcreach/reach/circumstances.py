"""What decides the answers of one version of a function: functions in the same circumstances share every answer.

Told once per function and snapshot, not once per question: where it stands, and its own state, role and free addresses.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from vpcreach.components.lambda_function import LambdaFunction
from vpcreach.forwarding import Note
from vpcreach.network.network import Network
from vpcreach.reach.makes import Alike, Makes, makes
from vpcreach.reach.makes import alike as alike_by_make
from vpcreach.reach.source import Attachment, OwnFacts, own_facts, state_facts
from vpcreach.reach.standing import Standing, families, ipv6_note, standing
from vpcreach.snapshot.call import Place


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Where a version stands, as a sender of each of its subnets, and the facts that are its own in each of them.

    Without a known VPC there are no attachments, and the facts are one. `named` is what notes call the function; None
    where no note of its own is told, so that others may be in the same circumstances.
    """

    place: Place
    stands: Standing | Note | None
    attachments: tuple[Attachment, ...]
    facts: tuple[OwnFacts, ...]
    named: tuple[str, str] | None


class Make(NamedTuple):
    """A make of functions by its number, and the role where a policy asks for it."""

    number: int
    role: str | None


class CircumstancesOf:
    """The circumstances of every version that was asked about, equal ones as one object with one number."""

    def __init__(self, network: Network, *, by_role: bool) -> None:
        self.network = network
        self.by_role = by_role
        self._known: dict[tuple[str, str, Place], tuple[LambdaFunction, int, Circumstances]] = {}
        self._numbered: dict[Circumstances, tuple[int, Circumstances]] = {}
        self._by_make: dict[Make, tuple[int, Circumstances] | None] = {}
        self._attachments: dict[tuple[Place, Standing, str | None], tuple[Attachment, ...]] = {}

    def __call__(self, run: LambdaFunction, place: Place) -> tuple[int, Circumstances]:
        """The number, which equal circumstances share, and the circumstances."""
        make = self.make_of(run, place)
        shared = self._by_make[make] if make is not None else None
        return shared or self._of_one(run, place)

    def alike(self) -> Iterator[Alike]:
        """Every function, those without VPC too, with those that share all of its answers."""
        for alike in alike_by_make(self.network, by_role=self.by_role):
            first = alike.functions[0]
            if self.make_of(first.function, first.place) is not None:
                yield alike
                continue
            for listed, arn in zip(*alike, strict=True):
                yield Alike((listed,), (arn,))

    def make_of(self, run: LambdaFunction, place: Place) -> Make | None:
        """What a listed function shares with others of its kind; None where notes name it, so that it shares nothing,
        and for what is in no list."""
        listed, number = self._makes.get(run.id, (None, 0))
        if listed is not run:
            return None
        make = Make(number, run.role if self.by_role else None)
        if make not in self._by_make:
            # Its first member has been looked at: where notes name one of them, each of them has notes of its own.
            found = self._of_one(run, place)
            self._by_make[make] = found if found[1].named is None else None
        return make if self._by_make[make] is not None else None

    @cached_property
    def _makes(self) -> Makes:
        return makes(self.network)

    def _of_one(self, run: LambdaFunction, place: Place) -> tuple[int, Circumstances]:
        key = (run.id, run.version, place)
        known = self._known.get(key)
        # Two replies may tell of one version, and not tell the same.
        if known is None or known[0] != run:
            found = self._find(run, place)
            known = self._known[key] = (run, *self._numbered.setdefault(found, (len(self._numbered), found)))
        return known[1:]

    def _find(self, run: LambdaFunction, place: Place) -> Circumstances:
        stands = standing(run, place, self.network)
        if not isinstance(stands, Standing):
            return Circumstances(place, stands, (), (state_facts(run, place, self.network),), _name(run))
        attachments = self._attached(stands, place, run.role if self.by_role else None)
        facts = own_facts(run, attachments, self.network)
        is_named = any(each.notes for each in facts)
        return Circumstances(place, stands, attachments, facts, _name(run) if is_named else None)

    def _attached(self, stands: Standing, place: Place, role: str | None) -> tuple[Attachment, ...]:
        key = (place, stands, role)
        if key not in self._attachments:
            self._attachments[key] = tuple(_attachments(stands, place, role, self.network))
        return self._attachments[key]


def _name(run: LambdaFunction) -> tuple[str, str]:
    return run.id, run.title


def _attachments(stands: Standing, place: Place, role: str | None, network: Network) -> Iterable[Attachment]:
    for subnet_id in stands.subnet_ids:
        yield Attachment(
            place,
            stands.vpc_id,
            subnet_id,
            stands.group_ids,
            families(stands, subnet_id, network),
            role,
            stands.provider,
            ipv6_note(stands, subnet_id, network),
        )
