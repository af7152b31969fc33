"""The cause that is told for a verdict, over random edits of random estates: taken back, it restores the old verdict,
and no part of it does.
"""

from contextlib import suppress
from itertools import combinations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.estates.asking import snapshot_of
from tests.estates.builder import Estate, EstateError
from tests.properties.test_verdicts import DESTINATIONS, Change, estates, plain_changes
from tests.unit.reach.worlds import denied, egress, main, record, without
from vpcreach.explain.difference import Cause, Certainty, ComponentChange, Reverter, difference
from vpcreach.reach.reporting import Analysis, Question
from vpcreach.snapshot.snapshot import Snapshot

law = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
# Replies that are hidden in one of the two snapshots.
HIDDEN = (
    "ec2/describe-vpcs",
    "ec2/describe-subnets",
    "ec2/describe-route-tables",
    "ec2/describe-security-groups",
    "ec2/describe-network-acls",
    "ec2/describe-internet-gateways",
    "ec2/describe-nat-gateways",
    "ec2/describe-vpc-endpoints",
    "ec2/describe-network-interfaces",
    "ec2/describe-instances",
    "ec2/describe-managed-prefix-lists",
    "ec2/describe-prefix-lists",
    "ec2/get-managed-prefix-list-entries",
    "ec2/describe-dhcp-options",
    "ec2/describe-vpc-attribute",
    "ec2/describe-vpc-block-public-access-options",
    "ec2/describe-vpc-block-public-access-exclusions",
    "ec2/describe-vpc-encryption-controls",
    "lambda/get-function-configuration",
    "rds/describe-db-instances",
    "route53/list-hosted-zones-by-vpc",
    "route53resolver/list-firewall-rule-group-associations",
    "route53resolver/list-resolver-rule-associations",
    "route53profiles/list-profile-associations",
)
MOVES: tuple[Change, ...] = (
    egress(),
    record("nat-main", State="available"),
    lambda estate: estate.move_function("app", subnets=["app-a"], groups=["app"]),
    lambda estate: estate.move_function("app", subnets=["public-a", "app-a"], groups=["data"]),
    lambda estate: main(estate).set_rules("data", ingress=[]),
    lambda estate: estate["rds:orders-db"].update(DBInstanceStatus="available"),
)


def edits() -> st.SearchStrategy[Change]:
    hidden = st.sampled_from(HIDDEN)
    return st.one_of(plain_changes, st.sampled_from(MOVES), st.builds(denied, hidden), st.builds(without, hidden))


def edited(estate: Estate, changes: list[Change]) -> Snapshot:
    for change in changes:
        with suppress(EstateError):  # drawn twice, or hidden already
            change(estate)
    return snapshot_of(estate)


def verdict(new: Snapshot, changes: tuple[ComponentChange, ...], question: Question) -> object:
    copy = Analysis(Reverter(new).reverted(changes))
    return copy.verdicts([question.destination], [question.arn])[question]


@law
@given(estates(), st.lists(edits(), min_size=1, max_size=4), st.sampled_from(DESTINATIONS))
def test_the_told_cause_restores_the_old_verdict_and_no_part_of_it_does(
    estate: Estate, changes: list[Change], destination: str
) -> None:
    old = snapshot_of(estate)
    new = edited(estate, changes)
    for each in difference(old, new, ["internet", destination], ["app"]).verdicts:
        question, before = each.change.question, each.change.before
        cause: Cause | None = each.cause
        assert cause is not None, each.change
        assert verdict(new, cause.changes, question) is before
        if cause.certainty is not Certainty.SUFFICIENT:
            for size in range(len(cause.changes)):
                for part in combinations(cause.changes, size):
                    assert verdict(new, part, question) is not before, [str(change) for change in part]
