"""EFS: the mount target in the caller's zone, its groups, states, and what a file system may be called."""

from typing import Any

import pytest

from tests.estates.asking import ask, finding_codes, told
from tests.estates.builder import Estate, allow
from tests.unit.reach.worlds import Change, acl, asked, changed, denied, ingress, main, record, unfinished, without
from vpcreach.errors import UsageError

pytestmark = pytest.mark.item("H9")

FILES = "efs:fs-shared"
TARGETS = "efs/describe-mount-targets/fs-shared"
GROUPS = "efs/describe-mount-target-security-groups"
REFUSED = denied(f"{GROUPS}/fsmt-shared-data-a")
HIDDEN = {"interfaces": False}


def files(**settings: Any) -> Change:
    """A file system `fs-shared` with a mount target in data-a, in group data, which admits NFS from app."""
    chosen: dict[str, Any] = {"subnets": ["data-a"], "groups": ["data"]} | settings

    def change(estate: Estate) -> None:
        estate.efs("shared", **chosen)
        ingress(allow("tcp", 2049, "sg-app"))(estate)

    return change


def target(number: int = 0, **values: object) -> Change:
    return lambda estate: estate.reply(TARGETS)["MountTargets"][number].update(values)


def in_both_zones(estate: Estate) -> None:
    """The function in a second subnet, in zone b."""
    main(estate).subnet("app-b", "10.0.5.0/24", az="b", table="private")
    estate.move_function("app", subnets=["app-a", "app-b"], groups=["app"])


PLACES = [
    pytest.param(files(), (), "reachable", id="in-its-own-zone"),
    pytest.param(
        files(subnets=["data-a", "data-b"]), (acl("data-b", inbound=[]),), "reachable", id="another-zone-does-not-count"
    ),
    pytest.param(
        files(subnets=["data-a", "data-b"]),
        (acl("data-a", inbound=[]),),
        "blocked SUBNET_ACL_RESTRICTION",
        id="its-own-zone-does",
    ),
    pytest.param(files(subnets=["data-b"]), (), "blocked NO_POSSIBLE_DESTINATION", id="none-in-its-zone"),
    pytest.param(files(subnets=[]), (), "blocked NO_POSSIBLE_DESTINATION", id="none-at-all"),
    pytest.param(files(), (in_both_zones,), "partial NO_POSSIBLE_DESTINATION", id="none-in-one-of-two-zones"),
    pytest.param(files(subnets=["data-a", "data-b"]), (in_both_zones,), "reachable", id="one-in-each-zone"),
    pytest.param(files(), (ingress(),), "blocked ENI_SG_RULES_MISMATCH", id="its-group-admits-nobody"),
    pytest.param(files(**HIDDEN), (), "reachable", id="groups-told-by-efs"),
    pytest.param(files(**HIDDEN), (ingress(),), "blocked ENI_SG_RULES_MISMATCH", id="groups-told-by-efs-admit-nobody"),
    pytest.param(files(), (without(GROUPS),), "reachable", id="groups-told-by-the-interface"),
    pytest.param(files(**HIDDEN), (without(GROUPS),), "unknown UNKNOWN_DESTINATION", id="groups-told-by-nobody"),
    pytest.param(files(**HIDDEN), (REFUSED,), "unknown UNKNOWN_DESTINATION", id="groups-refused"),
    pytest.param(files(), (without(TARGETS),), "unknown COLLECTION_FAILED", id="mount-targets-not-collected"),
    pytest.param(files(subnets=["data-b"]), (unfinished(TARGETS),), "unknown COLLECTION_FAILED", id="list-is-cut"),
    pytest.param(files(), (unfinished(TARGETS),), "reachable", id="what-a-cut-list-holds-counts"),
]


@pytest.mark.parametrize(("drawn", "changes", "expected"), PLACES)
def test_the_mount_target_of_the_callers_zone(drawn: Change, changes: tuple[Change, ...], expected: str) -> None:
    assert asked(FILES, drawn, *changes) == expected


def test_zones_are_compared_by_id_since_their_names_differ_between_accounts() -> None:
    unlisted = target(SubnetId="subnet-of-another-account", AvailabilityZoneName="eu-west-1c")
    assert asked(FILES, files(), unlisted) == "reachable"
    elsewhere = target(SubnetId="subnet-of-another-account", AvailabilityZoneId="euw1-az3")
    assert asked(FILES, files(), elsewhere) == "blocked NO_POSSIBLE_DESTINATION"


def test_zones_that_cannot_be_compared_decide_nothing() -> None:
    bare = target(SubnetId="subnet-of-another-account", AvailabilityZoneId=None, AvailabilityZoneName=None)
    assert asked(FILES, files(), bare) == "unknown COLLECTION_FAILED"


STATES = [
    ("available", "reachable", False),
    ("updating", "reachable", True),
    ("creating", "reachable", True),
    ("deleting", "blocked BAD_STATE", False),
    ("error", "blocked BAD_STATE", False),
    ("dissolving", "unknown BAD_STATE", False),
]


@pytest.mark.parametrize("what", ["state", "mount_target_state"])
@pytest.mark.parametrize(("state", "expected", "is_passing"), STATES)
def test_the_states_of_file_system_and_mount_target(state: str, expected: str, *, is_passing: bool, what: str) -> None:
    drawn = files(**{what: state})
    assert asked(FILES, drawn) == expected
    assert ("DESTINATION_IN_TRANSITION" in finding_codes(ask(changed(drawn), FILES))) is is_passing


def test_the_state_of_an_access_point_counts_for_itself_alone() -> None:
    gone = record("fsap-shared", LifeCycleState="deleting")
    assert asked("efs:fsap-shared", files(), gone) == "blocked BAD_STATE"
    assert asked(FILES, files(), gone) == "reachable"


def test_a_mount_target_that_goes_does_not_count_beside_the_one_that_comes() -> None:
    def replaced(estate: Estate) -> None:
        old = dict(estate.reply(TARGETS)["MountTargets"][0]) | {"MountTargetId": "fsmt-old", "IpAddress": "10.0.3.99"}
        estate.reply(TARGETS)["MountTargets"].insert(0, old | {"LifeCycleState": "deleting"})

    assert asked(FILES, files(), replaced) == "reachable"


def test_a_port_in_the_question_wins() -> None:
    assert asked(f"{FILES}:443", files()) == "blocked ENI_SG_RULES_MISMATCH"


ARN = "arn:aws:elasticfilesystem:eu-west-1:111122223333"
NAMES = [
    FILES,
    "efs:shared-files",
    "efs:fsap-shared",
    f"{ARN}:file-system/fs-shared",
    f"{ARN}:access-point/fsap-shared",
    f"{ARN}:access-point/fsap-shared:2049",
    "fs-shared.efs.eu-west-1.amazonaws.com",
    "fs-shared.efs.eu-west-1.amazonaws.com:2049",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.item("H17")
def test_what_a_file_system_may_be_called(name: str) -> None:
    assert asked(name, files()) == "reachable"


def test_a_name_that_no_list_holds() -> None:
    with pytest.raises(UsageError, match="did you mean"):
        asked("efs:fs-share", files())
    for unread in ("efs/describe-file-systems", "efs/describe-access-points"):
        assert asked("efs:fs-share", files(), without(unread)) == "unknown COLLECTION_FAILED", unread
    host = "fs-shared.efs.eu-west-1.amazonaws.com"
    assert asked(host, files(), without("efs/describe-file-systems")) == "unknown COLLECTION_FAILED"


def test_an_access_point_leads_to_its_file_system_though_that_is_not_listed() -> None:
    estate = changed(files(), without("efs/describe-file-systems"))
    assert told(estate, "efs:fsap-shared") == "reachable"


@pytest.mark.item("I2")
def test_an_encryption_control_refuses_file_systems_that_it_does_not_exclude() -> None:
    refusing = lambda estate: estate.encryption_control("main", excluded=["lambda"])  # noqa: E731
    sparing = lambda estate: estate.encryption_control("main", excluded=["lambda", "elastic_file_system"])  # noqa: E731
    assert asked(FILES, files(), refusing) == "blocked ENCRYPTION_CONTROL_ENFORCED"
    assert asked(FILES, files(), sparing) == "reachable"
