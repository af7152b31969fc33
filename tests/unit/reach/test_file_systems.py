"""What a function mounts is asked for from each of its subnets, and told as a finding of the function."""

from typing import Any

import pytest

from tests.estates.asking import function_report, told
from tests.estates.builder import Estate, allow
from tests.unit.reach.worlds import Change, acl, changed, denied, ingress, main, record, without
from vpcreach.components.lambda_function import LambdaFunction
from vpcreach.components.lambda_function.function import FileSystemConfig
from vpcreach.errors import UsageError
from vpcreach.packets.address_map import AddressSet, Family
from vpcreach.reach import file_systems
from vpcreach.reach.answer import Finding, Packets, Trace, Verdict

pytestmark = pytest.mark.item("A23")

EFS = "arn:aws:elasticfilesystem:eu-west-1:111122223333:access-point/fsap-shared"
S3_FILES = "arn:aws:s3files:eu-west-1:111122223333:file-system/fs-s3-lake/access-point/fsap-s3-lake"


def mounted(*arns: str, **settings: Any) -> Change:
    """An EFS file system in data-a and one of S3 Files in app-a; the function mounts what the ARNs name."""
    chosen: dict[str, Any] = {"subnets": ["data-a"], "groups": ["data"]} | settings

    def change(estate: Estate) -> None:
        estate.efs("shared", **chosen)
        estate.s3_files("lake", subnets=["app-a"], groups=["data"])
        ingress(allow("tcp", 2049, "sg-app"))(estate)
        estate.mount("app", *arns)

    return change


def in_both_zones(estate: Estate) -> None:
    main(estate).subnet("app-b", "10.0.5.0/24", az="b", table="private")
    estate.move_function("app", subnets=["app-a", "app-b"], groups=["app"])


def findings(*changes: Change) -> list[Finding]:
    report = function_report(changed(*changes), "internet")
    return [finding for finding in report.findings if finding.code.startswith("FILE_SYSTEM_")]


def codes(*changes: Change) -> list[tuple[str, str | None]]:
    return [(finding.code, finding.subnet_id) for finding in findings(*changes)]


@pytest.mark.parametrize("arn", [EFS, S3_FILES])
def test_a_file_system_that_is_reached_is_nothing_to_tell(arn: str) -> None:
    assert codes(mounted(arn)) == []


@pytest.mark.parametrize("arn", [EFS, S3_FILES])
def test_one_that_is_not_reached_is_told_with_what_stops_it(arn: str) -> None:
    (finding,) = findings(mounted(arn), ingress())
    assert (finding.code, finding.component, finding.destination) == ("FILE_SYSTEM_UNREACHABLE", arn, None)
    assert finding.message.startswith(f"app mounts {arn}, which is not reached")
    assert "sg-data" in finding.message


def test_a_subnet_whose_zone_has_no_mount_target_is_named() -> None:
    assert codes(mounted(EFS), in_both_zones) == [("FILE_SYSTEM_UNREACHABLE", "subnet-app-b")]


def test_what_holds_in_every_subnet_is_told_once() -> None:
    both = mounted(EFS, subnets=["data-a", "data-b"])
    assert codes(both, in_both_zones) == []
    gone = record("fsap-shared", LifeCycleState="deleting")
    assert codes(both, in_both_zones, gone) == [("FILE_SYSTEM_UNREACHABLE", None)]


MISSING = [
    pytest.param(without("efs/describe-access-points"), id="access-points-not-collected"),
    pytest.param(denied("efs/describe-mount-targets/fs-shared"), id="mount-targets-refused"),
    pytest.param(lambda e: e.forget("fsap-shared"), id="an-access-point-that-no-list-has"),
    pytest.param(lambda e: e.mount("app", "arn:aws:tape:eu-west-1:111122223333:reel/1"), id="a-kind-of-tomorrow"),
]


@pytest.mark.parametrize("change", MISSING)
def test_what_is_not_known_of_a_file_system_is_told_and_decides_nothing(change: Change) -> None:
    assert codes(mounted(EFS), change) == [("FILE_SYSTEM_UNDECIDED", None)]


@pytest.mark.item("K7")
def test_a_file_system_changes_no_answer() -> None:
    estate = changed(mounted(EFS), ingress())
    assert told(estate, "internet") == "reachable"
    assert [answer.destination for answer in function_report(estate, "internet").answers] == ["internet"]


@pytest.mark.item("A13")
def test_the_functions_own_state_is_not_what_keeps_a_file_system_away() -> None:
    broken = record("function:app", State="Failed", StateReasonCode="InternalError")
    assert codes(mounted(EFS), broken) == []
    failed = record("function:app", State="Failed", StateReasonCode="EFSMountTimeout")
    assert codes(mounted(EFS), failed) == []
    assert codes(mounted(EFS), failed, acl("data-a", inbound=[])) == [("FILE_SYSTEM_UNREACHABLE", None)]


def test_a_function_without_file_systems_has_none_to_tell() -> None:
    assert codes(mounted()) == []
    assert codes(mounted(), record("function:app", FileSystemConfigs=None)) == []


def test_each_file_system_is_told_by_its_place_in_the_configuration_once() -> None:
    run = LambdaFunction("app", "arn:app", file_system_configs=(FileSystemConfig("arn:fs"),))

    def nothing(arn: str, subnet_id: str) -> tuple[Trace, ...]:
        raise UsageError(f"{arn} is not in the snapshot")

    [(gone, everywhere)] = file_systems.findings(run, ("subnet-a", "subnet-b"), nothing)
    assert (gone.code, gone.component, gone.entry) == ("FILE_SYSTEM_UNDECIDED", "arn:fs", "FileSystemConfigs")
    assert everywhere is None

    def closed_in_a(arn: str, subnet_id: str) -> tuple[Trace, ...]:
        nowhere = AddressSet.empty(Family.IPV4)
        packets = Packets(Family.IPV4, "tcp", nowhere, "2049", "1024-65535", nowhere)
        verdict = Verdict.BLOCKED if subnet_id == "subnet-a" else Verdict.UNKNOWN
        return (Trace(packets, verdict, (), (), (), (), None, arn),)

    told = [
        (note.code, note.entry, place)
        for note, place in file_systems.findings(run, ("subnet-a", "subnet-b"), closed_in_a)
    ]
    assert told == [
        ("FILE_SYSTEM_UNREACHABLE", "FileSystemConfigs", "subnet-a"),
        ("FILE_SYSTEM_UNDECIDED", "FileSystemConfigs", "subnet-b"),
    ]
