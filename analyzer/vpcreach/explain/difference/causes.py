"""Which changes turned a verdict: the smallest set of them that, taken back, restores the old one.

Searched by trial on copies of the newer snapshot: single changes first, those that the two answers speak of before all
others, then by halving what is enough together (delta debugging), then pairs. Questions of the same story are tried by
one of them, and what is found is confirmed for every one.
What one function is configured to be decides nothing for another. So a copy lists only the functions that are asked
about, and such changes are tried for all of them at once.
Bounded: `TRIES` for each question, and `SPARE` in all for showing that a set which was found is the smallest; a cause
says how far it was shown.
Source: A. Zeller, R. Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", IEEE TSE 28(2), 2002.
Checked: tests/unit/explain/difference/test_causes.py, tests/properties/test_difference.py.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import combinations

from vpcreach.explain.changes import VerdictChange
from vpcreach.explain.difference.change import ComponentChange
from vpcreach.explain.difference.questions import verdicts
from vpcreach.explain.difference.revert import Reverter
from vpcreach.reach.answer import Verdict
from vpcreach.reach.reporting import Analysis, Question

TRIES = 300
SPARE = 200
# Of sets up to this size every part is tried.
PARTS = 4
ROUNDS = 40
_KEPT = 4

Atoms = frozenset[str]


class Certainty(Enum):
    """What is known of other sets of changes."""

    SMALLEST = "no smaller set of changes does"
    MINIMAL = "no part of it does"
    SUFFICIENT = "not every part of it was tried alone"


@dataclass(frozen=True, slots=True)
class Cause:
    """Changes that together, taken back, restore the old verdict."""

    changes: tuple[ComponentChange, ...]
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Asked:
    """A question whose verdict changed, and the ids that the old and the new answer speak of."""

    change: VerdictChange
    speaks_of: frozenset[str]

    @property
    def question(self) -> Question:
        return self.change.question

    @property
    def function(self) -> str:
        """The ARN of the function, whichever version or alias is asked about."""
        return ":".join(self.question.arn.split(":")[:7])


@dataclass(frozen=True, slots=True)
class _Found:
    atoms: Atoms
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class _Group:
    """Questions that are likely to share a cause; `near` are the changes that their answers speak of, `far` others."""

    members: tuple[Asked, ...]
    near: tuple[str, ...]
    far: tuple[str, ...]

    @property
    def first(self) -> Asked:
        return self.members[0]


class CauseSearch:
    """Finds causes among the changes that lead to one newer snapshot."""

    def __init__(self, new: Analysis, changes: Sequence[ComponentChange]) -> None:
        self.new = new
        self._reverter = Reverter(new.snapshot)
        self._atoms: dict[str, list[ComponentChange]] = defaultdict(list)
        self._own: dict[str, dict[str, list[ComponentChange]]] = defaultdict(lambda: defaultdict(list))
        for change in changes:
            atom = _atom(change)
            self._atoms[atom].append(change)
            if change.function is not None:
                self._own[change.function][atom].append(change)
        self._shared = [_atom(change) for change in changes if change.function is None]
        self._names = {atom: self._atoms[atom][0].names for atom in self._shared}
        self._spare = SPARE
        self._analyses: dict[tuple[Atoms, frozenset[str]], Analysis] = {}
        self._told: dict[tuple[Atoms, str, str], Verdict | None] = {}

    def causes(self, asked: Sequence[Asked]) -> dict[Question, Cause | None]:
        """The cause of every change of a verdict; None where taking back everything that was told apart is no help."""
        told: dict[Question, Cause | None] = {}
        pending = list(asked)
        for _ in range(ROUNDS):
            if not pending:
                break
            settled = self._confirmed(self._search(self._groups(pending)))
            by_question = {each.question: each for each in pending}
            told |= {question: self._cause(by_question[question], found) for question, found in settled.items()}
            pending = [each for each in pending if each.question not in settled]
        return {each.question: told.get(each.question) for each in asked}

    def _cause(self, asked: Asked, found: _Found | None) -> Cause | None:
        if found is None:
            return None
        own = self._own.get(asked.function, {})
        changes = [change for atom in found.atoms for change in own.get(atom) or self._atoms[atom]]
        return Cause(tuple(sorted(changes, key=lambda change: (change.kind, change.key))), found.certainty)

    # Which questions are looked at together

    def _groups(self, asked: Iterable[Asked]) -> list[_Group]:
        members: dict[object, list[Asked]] = defaultdict(list)
        sets: dict[object, tuple[tuple[str, ...], tuple[str, ...]]] = {}
        for each in asked:
            near, far = self._candidates(each)
            change = each.change
            key = (change.question.destination, change.before, change.after, near)
            members[key].append(each)
            sets[key] = near, far
        return [_Group(tuple(held), *sets[key]) for key, held in members.items()]

    def _candidates(self, asked: Asked) -> tuple[tuple[str, ...], tuple[str, ...]]:
        own = tuple(self._own.get(asked.function, ()))
        spoken = tuple(atom for atom in self._shared if self._names[atom] & asked.speaks_of)
        return (*own, *spoken), tuple(atom for atom in self._shared if atom not in spoken)

    # Trials

    def _restored(self, atoms: Atoms, asked: Iterable[Asked]) -> set[Question]:
        """The questions that have their old verdict again when these changes are taken back."""
        asked = list(asked)
        missing: dict[str, list[str]] = defaultdict(list)
        for each in asked:
            question = each.question
            if (atoms, question.arn, question.destination) not in self._told:
                missing[question.destination].append(question.arn)
        if missing:
            analysis = self._analysis(atoms, frozenset(each.function for each in asked))
            for destination, arns in missing.items():
                found = verdicts(analysis, destination, arns)
                self._told |= {(atoms, arn, destination): found.get(arn) for arn in arns}
        told = {each.question: self._told[atoms, each.question.arn, each.question.destination] for each in asked}
        return {each.question for each in asked if told[each.question] is each.change.before}

    def _analysis(self, atoms: Atoms, functions: frozenset[str]) -> Analysis:
        key = (atoms, functions)
        if key not in self._analyses:
            changes = [change for atom in sorted(atoms) for change in self._of(atom, functions)]
            while len(self._analyses) >= _KEPT:
                del self._analyses[next(iter(self._analyses))]
            self._analyses[key] = self.new.on(self._reverter.reverted(changes, functions))
        return self._analyses[key]

    def _of(self, atom: str, functions: frozenset[str]) -> list[ComponentChange]:
        if atom in self._names:
            return self._atoms[atom]
        return [change for function in functions for change in self._own[function].get(atom, ())]

    # The search

    def _search(self, groups: Sequence[_Group]) -> list[tuple[_Group, _Found | None]]:
        """What restores the first question of each group; None where nothing does."""
        found: list[_Found | None] = [None] * len(groups)
        found = self._singles(groups, found, lambda group: group.near)
        left = sum(len(group.far) for group, held in zip(groups, found, strict=True) if held is None)
        if are_all_tried := left <= self._spare:
            self._spare -= left
            found = self._singles(groups, found, lambda group: group.far)
        for place, group in enumerate(groups):
            if found[place] is None:
                known = dict.fromkeys(held.atoms for held in found if held is not None and len(held.atoms) > 1)
                found[place] = self._together(group, known, are_singles_tried=are_all_tried)
        return list(zip(groups, found, strict=True))

    def _singles(
        self,
        groups: Sequence[_Group],
        found: Sequence[_Found | None],
        candidates: Callable[[_Group], tuple[str, ...]],
    ) -> list[_Found | None]:
        told = list(found)
        often = Counter(
            atom for group, held in zip(groups, told, strict=True) if held is None for atom in candidates(group)
        )
        for atom, _ in often.most_common():
            open_ = {
                place: group for place, group in enumerate(groups) if told[place] is None and atom in candidates(group)
            }
            restored = self._restored(frozenset((atom,)), (group.first for group in open_.values()))
            for place, group in open_.items():
                if group.first.question in restored:
                    told[place] = _Found(frozenset((atom,)), Certainty.SMALLEST)
        return told

    def _together(self, group: _Group, known: Iterable[Atoms], *, are_singles_tried: bool) -> _Found | None:
        def restores(atoms: Iterable[str]) -> bool:
            return bool(self._restored(frozenset(atoms), [group.first]))

        everything = (*group.near, *group.far)
        # What other questions were traced to is soon tried, and most often it.
        start: tuple[str, ...] | None = next(
            (tuple(sorted(atoms)) for atoms in known if atoms <= set(group.near) and restores(atoms)), None
        )
        if start is None:
            pool = group.near if group.near and restores(group.near) else everything
            if pool is everything and not restores(everything):
                return None
            start = _reduced(pool, restores)
            if len(start) > 2:
                start = next((pair for pair in self._spare_pairs(pool) if restores(pair)), start)
        if len(start) > PARTS:
            return _Found(frozenset(start), Certainty.SUFFICIENT)
        kept = next((part for part in _parts(start) if restores(part)), start)
        is_smallest = len(kept) == 2 and are_singles_tried
        return _Found(frozenset(kept), Certainty.SMALLEST if is_smallest else Certainty.MINIMAL)

    def _spare_pairs(self, pool: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """Every pair of a pool, while there are tries to spare."""
        for pair in combinations(pool, 2):
            if self._spare <= 0:
                return
            self._spare -= 1
            yield pair

    # Every question for itself

    def _confirmed(self, searched: Iterable[tuple[_Group, _Found | None]]) -> dict[Question, _Found | None]:
        """What was found for a group's first question, for those of its questions that it holds for as well."""
        settled: dict[Question, _Found | None] = {}
        by_cause: dict[_Found, list[Asked]] = defaultdict(list)
        for group, found in searched:
            if found is None:
                everything = frozenset((*group.near, *group.far))
                hopeful = self._restored(everything, group.members)
                settled |= {each.question: None for each in group.members if each.question not in hopeful}
            else:
                by_cause[found] += group.members
        for found, members in by_cause.items():
            good = self._restored(found.atoms, members)
            for part in _parts(tuple(found.atoms)) if len(found.atoms) <= PARTS else ():
                good -= self._restored(frozenset(part), (each for each in members if each.question in good))
            settled |= dict.fromkeys(good, found)
        return settled


def _atom(change: ComponentChange) -> str:
    """What is tried as one: a change, or one kind of configuration of every function."""
    return change.key if change.function is None else f"own {change.slot}"


def _parts(atoms: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Every part of a set but none and all of it, the smaller ones first."""
    return (part for size in range(1, len(atoms)) for part in combinations(atoms, size))


def _reduced(pool: tuple[str, ...], restores: Callable[[Iterable[str]], bool]) -> tuple[str, ...]:
    """A part of the pool that restores as well, of which nothing can be left out unless `TRIES` were too few."""
    chunks, tries = 2, 0
    while len(pool) > 1:
        size = -(-len(pool) // chunks)
        cuts = [pool[start : start + size] for start in range(0, len(pool), size)]
        rests = [tuple(atom for atom in pool if atom not in cut) for cut in cuts] if len(cuts) > 2 else []
        for candidate in (*cuts, *rests):
            tries += 1
            if tries > TRIES:
                return pool
            if restores(candidate):
                chunks = 2 if candidate in cuts else max(chunks - 1, 2)
                pool = candidate
                break
        else:
            if size == 1:
                return pool
            chunks = min(chunks * 2, len(pool))
    return pool
