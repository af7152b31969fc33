"""Which change caused a verdict to turn, and how far it is the smallest."""

import pytest

from tests.estates.asking import snapshot_of
from tests.estates.builder import Estate, allow
from tests.unit.explain.difference.worlds import between, turned
from tests.unit.reach.worlds import (
    Change,
    acl,
    behind_nat,
    changed,
    database,
    denied,
    egress,
    gateway_endpoint,
    no_route,
    record,
    route,
    without,
)
from vpcreach.errors import UsageError
from vpcreach.explain.difference import Certainty, Direction, difference
from vpcreach.reach.answer import Verdict

WORSE = "app → internet: reachable -> blocked by"
ONE = [
    pytest.param(no_route(), "rtb-private: route 0.0.0.0/0 -> nat-main removed; ", id="route"),
    pytest.param(egress(), "sg-app: rule outbound all traffic to 0.0.0.0/0 removed", id="group"),
    pytest.param(record("nat-main", State="failed"), "nat-main: State: available -> failed", id="gateway"),
    pytest.param(record("igw-main", Attachments=[]), "igw-main: Attachments ", id="attachment"),
    pytest.param(
        record("function:app", State="Failed"), "app: VpcConfig.SubnetIds subnet-data-a added; State", id="function"
    ),
]


def noise(estate: Estate) -> None:
    """Changes that turn nothing."""
    route("10.99.0.0/16", "nat-main")(estate)
    estate.move_function("app", subnets=["app-a", "data-a"], groups=["app"])
    egress(allow("-1"), group="data")(estate)


@pytest.mark.parametrize(("change", "words"), ONE)
def test_the_one_change_that_matters_is_found_among_others(change: Change, words: str) -> None:
    [line] = turned(between(noise, change))
    assert line.startswith(f"{WORSE} {words}")


def test_two_changes_of_which_each_stops_the_packets_are_one_cause() -> None:
    found = between(no_route(), egress())
    [each] = found.verdicts
    assert each.cause is not None
    assert [change.component for change in each.cause.changes] == ["rtb-private", "sg-app"]
    assert each.cause.certainty is Certainty.SMALLEST


def test_three_changes_are_one_cause_where_no_two_of_them_are() -> None:
    found = between(no_route(), egress(), acl("app-a", outbound=[]), noise)
    [each] = found.verdicts
    assert each.cause is not None
    names = {change.component for change in each.cause.changes}
    assert {"rtb-private", "sg-app"} < names
    assert names - {"rtb-private", "sg-app"} <= {"acl-app-a", "acl-main-default"}
    assert each.cause.certainty is Certainty.MINIMAL


def test_a_deleted_gateway_is_told_with_the_route_that_it_left_behind() -> None:
    [line] = turned(between(lambda estate: estate.remove("nat-main")))
    assert line == (f"{WORSE} nat-main went and rtb-private: route 0.0.0.0/0: nat-main -> nat-main (blackhole)")


def test_a_new_blocker_is_named_with_the_verdict() -> None:
    [each] = between(egress()).verdicts
    assert [note.code for note in each.blockers] == ["SG_HAS_NO_RULES"]
    assert each.direction is Direction.WORSE


def test_what_got_better_has_a_cause_too() -> None:
    found = between(route("0.0.0.0/0", "nat-main"), before=(no_route(),))
    assert turned(found) == ["app → internet: blocked -> reachable by rtb-private: route 0.0.0.0/0 -> nat-main added"]
    assert not found.has_worsened


@pytest.mark.parametrize("hide", [denied, without])
def test_a_missing_reply_is_the_cause_of_an_unknown(hide: object) -> None:
    assert callable(hide)
    found = between(hide("ec2/describe-nat-gateways"))
    [line] = turned(found)
    assert line.startswith("app → internet: reachable -> unknown by ec2:DescribeNatGateways")
    assert found.has_worsened


def test_a_missing_list_of_functions_is_the_cause_and_no_function_went() -> None:
    found = between(denied("lambda/list-functions"))
    assert found.functions_went == ()
    [line] = turned(found)
    assert "reachable -> unknown by lambda:ListFunctions" in line


def test_functions_of_one_story_have_one_cause_each_for_itself() -> None:
    def two(estate: Estate) -> None:
        estate.function("twin", subnets=["app-a"], groups=["app"])
        estate.function("other", subnets=["app-a"], groups=["data"])

    found = between(egress(), before=(two,))
    assert [line.partition(" by ")[0] for line in turned(found)] == [
        "app → internet: reachable -> blocked",
        "twin → internet: reachable -> blocked",
    ]


def test_each_function_is_told_its_own_configuration() -> None:
    def drawn(estate: Estate) -> None:
        estate.function("twin", subnets=["app-a"], groups=["app"])

    def moved(estate: Estate) -> None:
        for name in ("app", "twin"):
            estate.move_function(name, subnets=["public-a"], groups=["app"])

    found = between(moved, before=(drawn,))
    causes = [each.cause for each in found.verdicts]
    assert [cause.changes[0].function for cause in causes if cause] == [
        each.change.question.arn for each in found.verdicts
    ]
    assert [len(cause.changes) for cause in causes if cause] == [1, 1]


def test_a_function_that_left_its_vpc_is_still_asked_about() -> None:
    found = between(lambda estate: estate.detach_function("app"), before=(no_route(),))
    assert found.functions_went == ()
    [line] = turned(found)
    assert line.startswith("app → internet: blocked -> reachable by app:")


def test_functions_that_came_and_went_have_no_verdicts_to_compare() -> None:
    def replaced(estate: Estate) -> None:
        estate.remove("function:app")
        estate.function("fresh", subnets=["app-a"], groups=["app"])

    found = between(replaced)
    assert [home.name for home in found.functions_went] == ["app"]
    assert [home.name for home in found.functions_came] == ["fresh"]
    assert found.verdicts == ()


def test_a_destination_that_went_is_told_apart() -> None:
    found = between(
        lambda estate: estate.remove("rds:orders-db"), to=("internet", "rds:orders-db"), before=(database(),)
    )
    assert [(each.destination, each.is_gone) for each in found.one_sided] == [("rds:orders-db", True)]
    assert found.same == 1


def test_a_destination_that_came_is_told_apart() -> None:
    found = between(database(), to=("rds:orders-db",))
    assert [(each.destination, each.is_gone) for each in found.one_sided] == [("rds:orders-db", False)]


def test_a_destination_that_neither_knows_is_an_error() -> None:
    with pytest.raises(UsageError, match="is not in the snapshot"):
        between(to=("rds:nothing",))


def test_a_function_that_neither_knows_is_an_error() -> None:
    same = snapshot_of(behind_nat())
    with pytest.raises(UsageError, match="no function is called"):
        difference(same, same, functions=["nobody"])


def test_strict_counts_for_both_sides() -> None:
    old, new = snapshot_of(behind_nat()), snapshot_of(changed(without("ec2/describe-dhcp-options")))
    assert difference(old, new, ["service:sts"]).verdicts == ()
    [each] = difference(old, new, ["service:sts"], strict=True).verdicts
    assert each.change.after is Verdict.UNKNOWN
    assert each.cause is not None
    assert each.cause.changes[0].component == "ec2:DescribeDhcpOptions"


def test_an_endpoint_that_stops_the_traffic_is_the_cause() -> None:
    def fails(estate: Estate) -> None:
        gateway_endpoint()(estate)
        estate["vpce-s3"]["State"] = "failed"

    found = between(fails, to=("s3",))
    [each] = found.verdicts
    assert each.cause is not None
    assert "rtb-private" in {change.component for change in each.cause.changes}


def test_equal_snapshots_differ_in_nothing() -> None:
    found = between()
    assert (found.verdicts, found.changes, found.same) == ((), (), 1)
