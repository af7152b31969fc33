"""Replies: found, unfinished, absent or failed, and never an empty list in place of nothing."""

import json

import msgspec
import pytest

from vpcreach.components.block_public_access import CALLS as GUARD_CALLS
from vpcreach.components.prefix_list import GET_MANAGED_PREFIX_LIST_ENTRIES
from vpcreach.components.subnet import DESCRIBE_SUBNETS
from vpcreach.components.vpc import DESCRIBE_VPC_ATTRIBUTE
from vpcreach.destinations.name_resolution import LIST_HOSTED_ZONES_BY_VPC
from vpcreach.errors import SnapshotError
from vpcreach.snapshot.call import Call, Place, encoded
from vpcreach.snapshot.record import Reply
from vpcreach.snapshot.snapshot import Failure, Manifest, Narrowing, Snapshot, State

HOME = Place("111122223333", "eu-west-1")
PATH = "111122223333/eu-west-1/ec2/describe-subnets.json"
SUBNET = {"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24"}


def failure(**more: object) -> Failure:
    held = {
        "call": "ec2:DescribeSubnets",
        "account": HOME.account,
        "region": HOME.region,
        "error": "AccessDenied",
    } | more
    return Failure(**held)  # type: ignore[arg-type]


def snapshot(reply: object = None, *failures: Failure, narrowed: tuple[str, ...] | None = None) -> Snapshot:
    files = {} if reply is None else {PATH: json.dumps(reply).encode()}
    scope = (
        (Narrowing(call="ec2:DescribeSubnets", account=HOME.account, region=HOME.region, vpcs=narrowed),)
        if narrowed is not None
        else ()
    )
    return Snapshot(files, Manifest(failed=failures, narrowed=scope))


STATES = [
    pytest.param(snapshot({"Subnets": [SUBNET]}), State.FOUND, 1, id="K9-found"),
    pytest.param(snapshot({"Subnets": []}), State.FOUND, 0, id="K9-found-empty"),
    pytest.param(snapshot(), State.ABSENT, None, id="K9-absent"),
    pytest.param(snapshot({}), State.INCOMPLETE, 0, id="K9-without-its-key"),
    pytest.param(snapshot({"Other": []}), State.INCOMPLETE, 0, id="K9-with-another-key"),
    pytest.param(snapshot({"Subnets": [SUBNET], "NextToken": "x"}), State.INCOMPLETE, 1, id="K9-next-token"),
    pytest.param(snapshot({"Subnets": [SUBNET], "NextMarker": "x"}), State.INCOMPLETE, 1, id="K9-next-marker"),
    pytest.param(snapshot({"Subnets": [SUBNET], "IsTruncated": True}), State.INCOMPLETE, 1, id="K9-truncated"),
    pytest.param(
        snapshot({"Subnets": [], "AdditionalRoutesAvailable": True}), State.INCOMPLETE, 0, id="K9-more-available"
    ),
    pytest.param(snapshot({"Subnets": [], "NextToken": None}), State.FOUND, 0, id="K9-a-token-that-is-null"),
    pytest.param(snapshot({"Subnets": [], "NextToken": ""}), State.FOUND, 0, id="K9-a-token-that-is-empty"),
    pytest.param(snapshot(None, failure()), State.FAILED, None, id="K9-failed"),
    pytest.param(snapshot({"Subnets": [SUBNET]}, failure()), State.INCOMPLETE, 1, id="K9-some-pages-failed"),
    pytest.param(snapshot(None, failure(region="us-east-1")), State.ABSENT, None, id="K9-failed-elsewhere"),
    pytest.param(snapshot(None, failure(account="9")), State.ABSENT, None, id="K9-failed-in-another-account"),
]


@pytest.mark.parametrize(("held", "state", "count"), STATES)
def test_what_is_held_of_a_reply(held: Snapshot, state: State, count: int | None) -> None:
    reading = held.read(DESCRIBE_SUBNETS, HOME)
    assert reading.state is state
    assert (len(reading.value.subnets) if reading.value else None) == count
    assert (reading.gap is None) is (state is State.FOUND)


def test_a_narrowed_reply_covers_its_vpcs_alone_k9() -> None:
    reading = snapshot({"Subnets": []}, narrowed=("vpc-1",)).read(DESCRIBE_SUBNETS, HOME)
    assert reading.covers("vpc-1")
    assert not reading.covers("vpc-2")
    assert not reading.is_complete


BROKEN = [
    pytest.param(b"[]", "describe-subnets.json", id="K9-not-an-object"),
    pytest.param(b"{", "not readable as JSON", id="K9-not-json"),
    pytest.param(b'{"Subnets": [{"SubnetId": 1, "VpcId": "v"}]}', r"\$\.Subnets\[0\]\.SubnetId", id="K9-wrong-type"),
    pytest.param(b'{"Subnets": [{"SubnetId": "s"}]}', "VpcId", id="K9-missing-id"),
    pytest.param(
        b'{"Subnets": [{"SubnetId": "s", "VpcId": "v", "CidrBlock": "10.0.0.0/33"}]}', "CidrBlock", id="K9-no-cidr"
    ),
    pytest.param(b'{"Subnets": {}}', r"\$\.Subnets", id="K9-a-list-that-is-none"),
]


@pytest.mark.parametrize(("data", "fact"), BROKEN)
def test_a_broken_file_is_named_with_its_place(data: bytes, fact: str) -> None:
    with pytest.raises(SnapshotError, match=fact) as caught:
        Snapshot({PATH: data}).read(DESCRIBE_SUBNETS, HOME)
    assert PATH in str(caught.value)


def test_keys_of_tomorrow_are_passed_over_k9() -> None:
    reading = snapshot({"Subnets": [SUBNET | {"Tomorrow": {"Key": [1]}}], "Also": 1}).read(DESCRIBE_SUBNETS, HOME)
    assert reading.state is State.FOUND


PATHS = [
    (DESCRIBE_SUBNETS, (), PATH),
    (
        DESCRIBE_VPC_ATTRIBUTE,
        ("vpc-1", "enableDnsSupport"),
        "111122223333/eu-west-1/ec2/describe-vpc-attribute/vpc-1.enableDnsSupport.json",
    ),
    (
        GET_MANAGED_PREFIX_LIST_ENTRIES,
        ("pl-1",),
        "111122223333/eu-west-1/ec2/get-managed-prefix-list-entries/pl-1.json",
    ),
    (
        LIST_HOSTED_ZONES_BY_VPC,
        ("vpc-1", "eu-west-1"),
        "111122223333/global/route53/list-hosted-zones-by-vpc/vpc-1.eu-west-1.json",
    ),
]


@pytest.mark.parametrize(("call", "arguments", "path"), PATHS, ids=lambda value: f"K9-{value}"[:60])
def test_the_file_of_a_call(call: Call[Reply], arguments: tuple[str, ...], path: str) -> None:
    assert call.path(HOME, arguments) == path


NAMES = [
    ("orders", "orders"),
    ("a.b", "a%2Eb"),
    ("a/b", "a%2Fb"),
    ("a~b", "a%7Eb"),
    ("a b:c", "a%20b%3Ac"),
    ("é", "%C3%A9"),
]


@pytest.mark.parametrize(("argument", "name"), NAMES, ids=lambda value: f"K9-{value}")
def test_arguments_are_encoded_in_file_names(argument: str, name: str) -> None:
    assert encoded(argument) == name


def test_a_failure_of_one_argument_list_fails_no_other_k9() -> None:
    failed = failure(call="ec2:DescribeVpcAttribute", arguments=("vpc-1", "enableDnsSupport"))
    held = snapshot(None, failed)
    assert held.read(DESCRIBE_VPC_ATTRIBUTE, HOME, ("vpc-1", "enableDnsSupport")).state is State.FAILED
    assert held.read(DESCRIBE_VPC_ATTRIBUTE, HOME, ("vpc-1", "enableDnsHostnames")).state is State.ABSENT


def test_a_failure_without_arguments_fails_all_k9() -> None:
    held = snapshot(None, failure(call="ec2:DescribeVpcAttribute"))
    assert held.read(DESCRIBE_VPC_ATTRIBUTE, HOME, ("vpc-1", "enableDnsSupport")).state is State.FAILED


def test_places_are_those_of_files_and_failures_but_never_global_k9() -> None:
    files = {PATH: b"{}", "111122223333/global/route53/x.json": b"{}"}
    held = Snapshot(files, Manifest(failed=(failure(account="9", region="us-east-1"),)))
    assert held.places() == [HOME, Place("9", "us-east-1")]


def test_every_guard_says_what_its_absence_assumes_k9() -> None:
    assert all(call.assumes for call in GUARD_CALLS)
    assert DESCRIBE_SUBNETS.assumes is None


def test_a_manifest_is_written_and_read_alike_k9() -> None:
    manifest = Manifest(failed=(failure(),))
    assert msgspec.json.decode(msgspec.json.encode(manifest), type=Manifest) == manifest


def test_of_two_services_with_one_permission_only_the_one_that_failed_has_failed_k9() -> None:
    calls = [
        Call(service, "DescribeLoadBalancers", Reply, iam_prefix="elasticloadbalancing") for service in ("elb", "elbv2")
    ]
    refused = failure(call="elasticloadbalancing:DescribeLoadBalancers", service="elb")
    told = [snapshot(None, refused).read(call, HOME).state for call in calls]
    assert told == [State.FAILED, State.ABSENT]
    both = snapshot(None, failure(call="elasticloadbalancing:DescribeLoadBalancers"))
    assert {both.read(call, HOME).state for call in calls} == {State.FAILED}
