"""The report: who is in it, in which order, and what each answer is based on."""

import json

import pytest

from tests.estates.asking import function_report, snapshot_of
from tests.estates.builder import Estate, combined
from tests.unit.reach.worlds import changed, database, denied, forgotten, main, record, unfinished, without
from vpcreach.api import Analysis
from vpcreach.errors import UsageError
from vpcreach.snapshot.snapshot import Snapshot


def several() -> Estate:
    estate = changed(database())
    estate.function("zulu", subnets=["app-a"], groups=["app"])
    estate.function("alone")
    return estate


def names(estate: Estate, *wanted: str) -> list[str]:
    report = Analysis(snapshot_of(estate)).report(["internet"], list(wanted) or None)
    return [function.name for function in report.functions]


def test_attached_functions_are_listed_by_arn_a2() -> None:
    assert names(several()) == ["app", "zulu"]


CHOICES = [
    (("zulu", "app"), ["app", "zulu"]),
    (("app:$LATEST",), ["app"]),
    (("*",), ["app", "zulu"]),
    (("z*", "app"), ["app", "zulu"]),
    (("alone",), ["alone"]),
    (("arn:aws:lambda:eu-west-1:111122223333:function:alone",), ["alone"]),
    (("app", "app"), ["app"]),
]


@pytest.mark.parametrize(("wanted", "expected"), CHOICES, ids=lambda value: f"A2-{value}")
def test_functions_are_chosen_by_name_arn_or_glob(wanted: tuple[str, ...], expected: list[str]) -> None:
    assert names(several(), *wanted) == expected


WRONG = [
    ("ap", 'did you mean "app"'),
    ("al*", "name one of these exactly: alone"),
    ("app:live", '"app" has no alias or version "live"'),
    ("nothing-like-it", "there is alone, app, zulu"),
    ("app:", '"app:" names no alias or version after the colon; did you mean "app"'),
    ("ALONE", 'did you mean "alone"'),
    ("arn:aws:lambda:eu-west-1:111122223333:function:zulo", 'did you mean "zulu"'),
]


@pytest.mark.parametrize(("wanted", "fact"), WRONG, ids=lambda value: f"A17-{value}")
def test_a_name_that_chooses_nothing_is_a_usage_error(wanted: str, fact: str) -> None:
    with pytest.raises(UsageError, match=fact):
        names(several(), wanted)


def test_a_function_whose_subnets_are_gone_is_still_in_the_report_a24() -> None:
    report = function_report(changed(forgotten("subnet-app-a")), "internet")
    assert [answer.verdict.value for answer in report.answers] == ["unknown"]
    assert [subnet.subnet_id for subnet in report.answers[0].subnets] == ["subnet-app-a"]


def test_destinations_stand_as_typed_once_and_in_order_k1() -> None:
    report = function_report(changed(), "s3", "internet", "s3", "internet:443")
    assert [answer.destination for answer in report.answers] == ["s3", "internet", "internet:443"]


def test_subnets_stand_by_id_k1() -> None:
    estate = changed(lambda e: e.move_function("app", subnets=["data-b", "app-a"], groups=["app"]))
    subnets = [subnet.subnet_id for subnet in function_report(estate, "internet").answers[0].subnets]
    assert subnets == ["subnet-app-a", "subnet-data-b"]


GAPS = [
    pytest.param(denied("ec2/describe-nat-gateways"), "UnauthorizedOperation", id="K5-denied"),
    pytest.param(without("ec2/describe-nat-gateways"), "not collected", id="K5-absent"),
    pytest.param(unfinished("ec2/describe-nat-gateways"), "pages are missing", id="K5-unfinished"),
    pytest.param(
        lambda e: e.reply("ec2/describe-nat-gateways").pop("NatGateways"), "has no key NatGateways", id="K5-no-key"
    ),
]


@pytest.mark.parametrize(("change", "reason"), GAPS)
def test_what_the_snapshot_lacks_is_a_gap_of_the_report(change: object, reason: str) -> None:
    gaps = Analysis(snapshot_of(changed(change))).gaps()  # type: ignore[arg-type]
    assert any(gap.call == "ec2:DescribeNatGateways" and reason in gap.reason for gap in gaps)


def test_a_refused_call_is_a_gap_only_where_a_destination_was_asked_about_that_it_tells_of_k5() -> None:
    def told(*asked: str) -> list[str]:
        refused = changed(database(), denied("rds/describe-db-instances"), denied("ec2/describe-dhcp-options"))
        return [gap.call for gap in Analysis(snapshot_of(refused)).report(asked).gaps]

    assert told("internet", "10.0.0.9") == []
    assert told("s3") == ["ec2:DescribeDhcpOptions"]
    assert told("internet", "rds:orders-db") == ["ec2:DescribeDhcpOptions", "rds:DescribeDBInstances"]


def test_a_whole_snapshot_has_no_gaps_k5() -> None:
    assert Analysis(snapshot_of(changed())).gaps() == []


def test_two_functions_of_one_name_are_told_apart_by_account_a2() -> None:
    far = Estate("999900001111", list_suffix="-far")
    far.vpc("far", "10.9.0.0/16").subnet("far-a", "10.9.1.0/24", az="a")
    far.function("app", subnets=["far-a"])
    report = Analysis(snapshot_of(combined(changed(), far))).report(["internet"])
    assert [(f.account, f.answers[0].verdict.value) for f in report.functions] == [
        ("111122223333", "reachable"),
        ("999900001111", "blocked"),
    ]


def test_asking_twice_says_the_same_k2() -> None:
    analysis = Analysis(snapshot_of(several()))
    once = analysis.report(["internet", "s3", "rds:orders-db"])
    assert analysis.report(["rds:orders-db", "s3", "internet"]).functions[0].answers[::-1] == once.functions[0].answers


def test_a_destination_means_what_it_means_to_each_function_k2() -> None:
    def second_vpc(estate: Estate) -> None:
        far = estate.vpc("far", "10.9.0.0/16")
        far.subnet("far-a", "10.9.1.0/24", az="a")
        estate.function("far", subnets=["far-a"])

    estate = changed(database(), second_vpc, record("function:app"))
    assert main(estate).id == "vpc-main"
    report = Analysis(snapshot_of(estate)).report(["rds:orders-db"])
    assert {f.name: f.answers[0].verdict.value for f in report.functions} == {"app": "reachable", "far": "blocked"}


def crowd() -> Estate:
    """Functions that stand alike, of which one has failed, and one without VPC."""
    estate = several()
    for name in ("alike", "other"):
        estate.function(name, subnets=["app-a"], groups=["app"])
    estate.function("failed", subnets=["app-a"], groups=["app"], state="Failed", reason_code="EniLimitExceeded")
    estate.function("pending", subnets=["app-a"], groups=["app"], state="Pending", reason_code="Creating")
    estate.function("closed", subnets=["app-a"], groups=["data"])
    estate.function("elsewhere", subnets=["app-a", "public-a"], groups=["app"])
    return estate


def with_one_function(snapshot: Snapshot, name: str) -> Snapshot:
    """The snapshot as if it listed one function alone, which then shares nothing with any other."""
    [path] = [path for path in snapshot.files if path.endswith("lambda/list-functions.json")]
    reply = json.loads(snapshot.files[path])
    reply["Functions"] = [each for each in reply["Functions"] if each["FunctionName"] == name]
    return Snapshot({**snapshot.files, path: json.dumps(reply).encode()}, snapshot.manifest)


def test_functions_in_the_same_circumstances_share_their_answers_k2() -> None:
    answers = {f.name: f.answers[0] for f in Analysis(snapshot_of(crowd())).report(["internet"]).functions}
    assert answers["alike"] is answers["other"] is answers["zulu"]
    assert answers["failed"].verdict.value == "blocked"


@pytest.mark.parametrize("strict", [False, True])
def test_a_function_is_told_the_same_among_others_and_alone_k2(strict: bool) -> None:
    snapshot = snapshot_of(crowd())
    together = Analysis(snapshot, strict=strict)
    for _ in range(2):
        for told in together.report(["internet", "s3", "rds:orders-db"], ["*", "alone"]).functions:
            alone = Analysis(with_one_function(snapshot, told.name), strict=strict)
            assert alone.report(["internet", "s3", "rds:orders-db"], [told.name]).functions == (told,)
