"""What must hold of every fix that is offered, over small networks drawn at random (design decision 8).

It makes the question reachable, each of its edits is needed, and what it is said to change besides is all that changes.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.estates.asking import snapshot_of
from tests.estates.builder import Estate
from tests.properties.test_verdicts import estates, law
from tests.unit.reach.worlds import main
from vpcreach.errors import UsageError
from vpcreach.explain.edits import Cost, Edit, apply
from vpcreach.explain.repairs import Fix, Search
from vpcreach.reach.answer import Verdict
from vpcreach.reach.reporting import Analysis

WATCHED = ("internet", "s3", "dynamodb", "service:sts", "rds:orders-db", "eni-peer:5432", "10.0.2.0/24:5432")
few = settings(law, max_examples=25)


@st.composite
def crowded(draw: st.DrawFn) -> Estate:
    """A network of `estates` with two more functions, whose verdicts are side effects of fixes for the first."""
    estate = draw(estates())
    main(estate).security_group("other")
    estate.function("other", subnets=["app-a"], groups=["other"])
    estate.function("akin", subnets=draw(st.sampled_from([["app-a"], ["data-a", "app-a"]])), groups=["app"])
    return estate


def found(estate: Estate, destination: str) -> tuple[Analysis, str, tuple[Fix, ...]]:
    analysis = Analysis(snapshot_of(estate))
    arn = analysis.report([destination], ["app"]).functions[0].arn
    return analysis, arn, Search(analysis, arn, destination, WATCHED).fixes()


def verdict_after(analysis: Analysis, edits: tuple[Edit, ...], arn: str, destination: str) -> Verdict | None:
    """The verdict on a fresh analysis of the edited snapshot; None where the edits cannot be made."""
    try:
        edited = Analysis(snapshot_of(apply(analysis.snapshot, edits).files))
        return next(iter(edited.verdicts([destination], [arn]).values()))
    except UsageError:
        return None


@few
@given(crowded(), st.sampled_from(WATCHED))
def test_every_fix_makes_the_question_reachable_and_needs_each_of_its_edits(estate: Estate, destination: str) -> None:
    analysis, arn, fixes = found(estate, destination)
    for fix in fixes:
        told = "; ".join(map(str, fix.edits))
        assert verdict_after(analysis, fix.edits, arn, destination) is Verdict.REACHABLE, told
        for edit in fix.edits:
            rest = tuple(each for each in fix.edits if each != edit)
            assert verdict_after(analysis, rest, arn, destination) is not Verdict.REACHABLE, f"{edit} of {told}"


@few
@given(crowded(), st.sampled_from(WATCHED))
def test_what_a_fix_is_said_to_change_besides_is_all_that_changes(estate: Estate, destination: str) -> None:
    analysis, arn, fixes = found(estate, destination)
    watched = tuple(dict.fromkeys((destination, *WATCHED)))
    before = Analysis(analysis.snapshot).verdicts(watched)
    for fix in fixes:
        after = Analysis(snapshot_of(apply(analysis.snapshot, fix.edits).files)).verdicts(watched)
        changed = {q: (before[q], after[q]) for q in before if before[q] is not after[q]}
        changed = {q: verdicts for q, verdicts in changed.items() if (q.arn, q.destination) != (arn, destination)}
        assert {change.question: (change.before, change.after) for change in fix.also_changes} == changed, fix.edits


@few
@given(crowded(), st.sampled_from(WATCHED))
def test_no_fix_is_offered_for_what_is_not_known_or_needs_none(estate: Estate, destination: str) -> None:
    analysis, arn, fixes = found(estate, destination)
    verdict = next(iter(analysis.verdicts([destination], [arn]).values()))
    if verdict in (Verdict.UNKNOWN, Verdict.REACHABLE):
        assert fixes == ()


@few
@given(crowded(), st.sampled_from(WATCHED))
def test_new_resources_are_offered_only_where_nothing_existing_serves(estate: Estate, destination: str) -> None:
    _, _, fixes = found(estate, destination)
    costs = {fix.cost is Cost.NONE for fix in fixes}
    assert len(costs) <= 1, [[str(edit) for edit in fix.edits] for fix in fixes]


@pytest.mark.parametrize("destination", WATCHED)
def test_the_snapshot_that_a_fix_was_tried_on_is_as_it_was(destination: str) -> None:
    from tests.unit.reach.worlds import behind_nat

    estate = behind_nat()
    main(estate).set_rules("app", egress=[])
    analysis = Analysis(snapshot_of(estate))
    held = dict(analysis.snapshot.files)
    for function in analysis.report([destination] if destination[:3] not in ("rds", "eni") else ["s3"]).functions:
        Search(analysis, function.arn, function.answers[0].destination, ("internet",)).fixes()
    assert analysis.snapshot.files == held
