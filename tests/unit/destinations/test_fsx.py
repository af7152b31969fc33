"""FSx: every interface, floating addresses, ports by kind, states, and what a file system may be called."""

from typing import Any

import pytest

from tests.estates.asking import ask, finding_codes
from tests.estates.builder import Estate, allow
from tests.unit.reach.worlds import (
    Change,
    acl,
    asked,
    changed,
    forgotten,
    ingress,
    no_route,
    record,
    route,
    unfinished,
    without,
)
from vpcreach.errors import UsageError

pytestmark = pytest.mark.item("H15")

SHARE = "fsx:fs-fsx-share"
FILE_SYSTEMS = "fsx/describe-file-systems"
MACHINES = "fsx/describe-storage-virtual-machines"
CLOSED_B = acl("data-b", inbound=[])
LUSTRE_PORTS = (988, 1018, 1019, 1020, 1021, 1022, 1023)


def share(kind: str = "WINDOWS", *ports: int, **settings: Any) -> Change:
    """A file system `share` in data-a and data-b, in group data, which admits its ports from app."""
    chosen: dict[str, Any] = {"subnets": ["data-a", "data-b"], "groups": ["data"]} | settings

    def change(estate: Estate) -> None:
        estate.fsx("share", kind, **chosen)
        ingress(*(allow("tcp", port, "sg-app") for port in ports or (445, 2049)))(estate)

    return change


PLACES = [
    pytest.param((), "reachable", id="every-server"),
    pytest.param((CLOSED_B,), "partial SUBNET_ACL_RESTRICTION", id="the-standby-is-shut-off"),
    pytest.param((ingress(),), "blocked ENI_SG_RULES_MISMATCH", id="the-group-admits-nobody"),
    pytest.param((forgotten("eni-fsx-share-data-b"),), "unknown UNKNOWN_DESTINATION", id="a-hidden-interface"),
    pytest.param(
        (forgotten("eni-fsx-share-data-b"), acl("data-a", "data-b", inbound=[])),
        "blocked SUBNET_ACL_RESTRICTION UNKNOWN_DESTINATION",
        id="wherever-the-hidden-interface-is",
    ),
    pytest.param((record("fs-fsx-share", NetworkInterfaceIds=[]),), "unknown NO_SOURCE_OR_DESTINATION", id="untold"),
]


@pytest.mark.parametrize(("changes", "expected"), PLACES)
def test_every_interface_of_a_file_system_must_be_reached(changes: tuple[Change, ...], expected: str) -> None:
    assert asked(SHARE, share(), *changes) == expected


@pytest.mark.parametrize(("kind", "ports"), [("WINDOWS", (445,)), ("LUSTRE", LUSTRE_PORTS), ("OPENZFS", (2049,))])
def test_the_ports_of_a_kind(kind: str, ports: tuple[int, ...]) -> None:
    assert asked(SHARE, share(kind, *ports)) == "reachable"
    some = asked(SHARE, share(kind, *ports[1:], 22))
    assert some == ("partial" if len(ports) > 1 else "blocked") + " ENI_SG_RULES_MISMATCH"


def test_a_port_in_the_question_wins() -> None:
    assert asked(f"{SHARE}:3260", share("WINDOWS", 3260)) == "reachable"
    assert asked(f"{SHARE}:3260", share("WINDOWS", 445)) == "blocked ENI_SG_RULES_MISMATCH"


def test_a_kind_of_tomorrow_has_ports_that_nobody_knows() -> None:
    assert asked(SHARE, share("TAPE")) == "unknown UNKNOWN_DESTINATION"
    assert asked(f"{SHARE}:445", share("TAPE")) == "reachable"


STATES = [
    ("AVAILABLE", "reachable", False),
    ("UPDATING", "reachable", True),
    ("FAILED", "blocked BAD_STATE", False),
    ("DELETING", "blocked BAD_STATE", False),
    ("MISCONFIGURED_UNAVAILABLE", "blocked BAD_STATE", False),
    ("MISCONFIGURED", "unknown BAD_STATE", False),
]


@pytest.mark.parametrize(("state", "expected", "is_passing"), STATES)
def test_the_state_of_a_file_system(state: str, expected: str, *, is_passing: bool) -> None:
    assert asked(SHARE, share(lifecycle=state)) == expected
    codes = finding_codes(ask(changed(share(lifecycle=state)), SHARE))
    assert ("DESTINATION_IN_TRANSITION" in codes) is is_passing


FLOATING = {"OpenZFSConfiguration": {"EndpointIpAddress": "198.19.255.10"}}


def test_a_floating_address_needs_a_route_to_the_active_server() -> None:
    zfs = share("OPENZFS"), record("fs-fsx-share", **FLOATING)
    assert asked(SHARE, *zfs, no_route()) == "blocked NO_ROUTE_TO_DESTINATION"
    assert asked(SHARE, *zfs) == "blocked NO_POSSIBLE_DESTINATION"
    routed = route("198.19.255.10/32", "eni-fsx-share-data-a")
    assert asked(SHARE, *zfs, routed) == "reachable"
    assert asked(SHARE, *zfs, routed, ingress()) == "blocked ENI_SG_RULES_MISMATCH"
    assert asked(SHARE, *zfs, routed, CLOSED_B) == "partial SUBNET_ACL_RESTRICTION"


def test_a_floating_address_of_another_vpc_is_undecided() -> None:
    def far(estate: Estate) -> None:
        estate.vpc("far", "10.9.0.0/16").subnet("far-a", "10.9.1.0/24", az="a")
        estate.fsx("share", "OPENZFS", subnets=["far-a"])
        estate["fs-fsx-share"].update(FLOATING)

    assert asked(SHARE, far) == "unknown UNSUPPORTED_COMPONENT"
    in_its_subnet = record("fs-fsx-share", OpenZFSConfiguration={"EndpointIpAddress": "10.9.1.20"})
    assert asked(SHARE, far, in_its_subnet, no_route()) == "blocked NO_ROUTE_TO_DESTINATION"


def ontap(*addresses: str, smb: tuple[str, ...] = ()) -> Change:
    def change(estate: Estate) -> None:
        share("ONTAP", 2049, 445)(estate)
        estate.fsx_virtual_machine("home", file_system="fs-fsx-share", nfs=addresses, smb=smb)

    return change


IN_DATA_B = "10.0.3.77"


def test_ontap_answers_at_the_addresses_of_its_virtual_machines() -> None:
    for name in (SHARE, "fsx:svm-home", "fsx:home", "svm-home.fs-fsx-share.fsx.eu-west-1.amazonaws.com"):
        assert asked(name, ontap(IN_DATA_B)) == "reachable", name
        assert asked(name, ontap(IN_DATA_B), CLOSED_B) == "blocked SUBNET_ACL_RESTRICTION", name
        assert asked(name, ontap(IN_DATA_B), ingress()) == "blocked ENI_SG_RULES_MISMATCH", name


def test_smb_of_ontap_has_addresses_of_its_own() -> None:
    both = ontap(IN_DATA_B, smb=("10.0.2.77",))
    assert asked(f"{SHARE}:445", both, CLOSED_B) == "reachable"
    assert asked("fsx:svm-home:445", both, CLOSED_B) == "reachable"
    assert asked("fsx:svm-home:445", ontap(IN_DATA_B)) == "unknown NO_SOURCE_OR_DESTINATION"


def test_virtual_machines_that_no_file_tells_are_unknown() -> None:
    assert asked(SHARE, ontap(IN_DATA_B), without(MACHINES)) == "unknown COLLECTION_FAILED"
    assert asked(SHARE, ontap(IN_DATA_B), unfinished(MACHINES)) == "unknown COLLECTION_FAILED"
    assert asked("fsx:svm-home", ontap(IN_DATA_B), without(FILE_SYSTEMS)) == "unknown UNKNOWN_DESTINATION"


def test_a_virtual_machine_that_failed_takes_no_other_with_it() -> None:
    def second(estate: Estate) -> None:
        estate.fsx_virtual_machine("dead", file_system="fs-fsx-share", nfs=["10.0.2.78"])
        estate["svm-dead"]["Lifecycle"] = "FAILED"

    assert asked(SHARE, ontap(IN_DATA_B), second) == "reachable"
    assert asked("fsx:svm-dead", ontap(IN_DATA_B), second) == "blocked BAD_STATE"


ARN = "arn:aws:fsx:eu-west-1:111122223333:file-system/fs-fsx-share"
NAMES = [SHARE, "fsx:share-share", ARN, f"{ARN}:445", "fs-fsx-share.fsx.eu-west-1.amazonaws.com"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.item("H17")
def test_what_a_file_system_may_be_called(name: str) -> None:
    assert asked(name, share()) == "reachable"


def test_a_name_that_no_list_holds() -> None:
    with pytest.raises(UsageError, match="did you mean"):
        asked("fsx:fs-fsx-shar", share())
    assert asked("fsx:fs-fsx-shar", share(), without(FILE_SYSTEMS)) == "unknown COLLECTION_FAILED"
