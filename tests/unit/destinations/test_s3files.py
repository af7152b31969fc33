"""S3 Files: the mount target in the caller's zone, better in its own subnet; states, names, access points."""

from typing import Any

import pytest

from tests.estates.asking import ask, finding_codes
from tests.estates.builder import Estate, allow
from tests.unit.reach.worlds import Change, acl, asked, changed, ingress, without
from vpcreach.errors import UsageError

pytestmark = pytest.mark.item("H10")

FILES = "s3files:fs-s3-lake"
TARGETS = "s3files/list-mount-targets/fs-s3-lake"
DETAIL = "s3files/get-mount-target"
POINTS = "s3files/list-access-points/fs-s3-lake"


def files(**settings: Any) -> Change:
    """A file system `fs-s3-lake` with a mount target in app-a, in group data, which admits NFS from app."""
    chosen: dict[str, Any] = {"subnets": ["app-a"], "groups": ["data"]} | settings

    def change(estate: Estate) -> None:
        estate.s3_files("lake", **chosen)
        ingress(allow("tcp", 2049, "sg-app"))(estate)

    return change


def cut(estate: Estate) -> None:
    estate.reply(TARGETS).update(mountTargets=[], nextToken="more")


PLACES = [
    pytest.param(files(), (), "reachable", id="in-its-own-subnet"),
    pytest.param(files(subnets=["data-a"]), (), "reachable", id="in-its-own-zone"),
    pytest.param(
        files(subnets=["data-a"]), (acl("data-a", inbound=[]),), "blocked SUBNET_ACL_RESTRICTION", id="shut-off"
    ),
    pytest.param(files(subnets=["data-b"]), (), "blocked NO_POSSIBLE_DESTINATION", id="none-in-its-zone"),
    pytest.param(files(), (ingress(),), "blocked ENI_SG_RULES_MISMATCH", id="its-group-admits-nobody"),
    pytest.param(files(interfaces=False), (), "reachable", id="groups-told-by-s3-files"),
    pytest.param(files(), (without(DETAIL),), "reachable", id="groups-told-by-the-interface"),
    pytest.param(files(interfaces=False), (without(DETAIL),), "unknown UNKNOWN_DESTINATION", id="groups-untold"),
    pytest.param(files(), (without(TARGETS),), "unknown COLLECTION_FAILED", id="mount-targets-not-collected"),
    pytest.param(files(), (cut,), "unknown COLLECTION_FAILED", id="the-list-is-cut"),
]


@pytest.mark.parametrize(("drawn", "changes", "expected"), PLACES)
def test_the_mount_target_of_the_callers_zone(drawn: Change, changes: tuple[Change, ...], expected: str) -> None:
    assert asked(FILES, drawn, *changes) == expected


def test_a_mount_target_in_another_subnet_of_the_zone_is_worth_knowing() -> None:
    beside = ask(changed(files(subnets=["data-a"])), FILES)
    assert "MOUNT_TARGET_IN_OTHER_SUBNET" in finding_codes(beside)
    assert "MOUNT_TARGET_IN_OTHER_SUBNET" not in finding_codes(ask(changed(files()), FILES))


STATES = [
    ("available", "reachable", False),
    ("updating", "reachable", True),
    ("deleting", "blocked BAD_STATE", False),
    ("error", "blocked BAD_STATE", False),
    ("misconfigured", "unknown BAD_STATE", False),
]


@pytest.mark.parametrize("what", ["status", "mount_target_status"])
@pytest.mark.parametrize(("state", "expected", "is_passing"), STATES)
def test_the_states_of_file_system_and_mount_target(state: str, expected: str, *, is_passing: bool, what: str) -> None:
    drawn = files(**{what: state})
    assert asked(FILES, drawn) == expected
    assert ("DESTINATION_IN_TRANSITION" in finding_codes(ask(changed(drawn), FILES))) is is_passing


ARN = "arn:aws:s3files:eu-west-1:111122223333:file-system/fs-s3-lake"
NAMES = [
    FILES,
    "s3files:lake-bucket",
    "s3files:fsap-s3-lake",
    ARN,
    f"{ARN}:2049",
    f"{ARN}/access-point/fsap-s3-lake",
    f"{ARN}/access-point/fsap-s3-lake:2049",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.item("H17")
def test_what_a_file_system_may_be_called(name: str) -> None:
    assert asked(name, files()) == "reachable"


def test_a_name_that_no_list_holds() -> None:
    with pytest.raises(UsageError, match="did you mean"):
        asked("s3files:fs-s3-lak", files())
    for unread in ("s3files/list-file-systems", POINTS):
        assert asked("s3files:fsap-s3-lak", files(), without(unread)) == "unknown COLLECTION_FAILED", unread
