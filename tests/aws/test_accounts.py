"""Which accounts and regions are read, and with whose rights (the AWS emulator in this process)."""

from typing import Any
from unittest.mock import patch

import pytest
from botocore.config import Config
from moto import mock_aws

from tests.aws.conftest import answering, denying
from tests.aws.estate import ACCOUNT, REGION, build
from vpcreach.components import lambda_function, route_table, subnet, vpc
from vpcreach.components.vpc import DESCRIBE_VPCS
from vpcreach.errors import AwsUnreadableError, UsageError
from vpcreach.snapshot.call import Call, Place
from vpcreach.sources import live_account
from vpcreach.sources.live_account import collect

PLACE = Place(ACCOUNT, REGION)
ROLES = [f"arn:aws:iam::{number * 4}:role/reader" for number in ("111", "222", "333")]


@mock_aws
def test_a_small_estate_is_collected_from_the_emulator_in_this_process() -> None:
    # Here a call that the emulator does not know raises, where its server answers with status 500.
    calls: list[Call[Any]] = [*vpc.CALLS, *subnet.CALLS, *route_table.CALLS, *lambda_function.CALLS]
    ids = build(None)
    with patch.object(live_account, "FUNCTIONS_PER_SECOND", 1e9):
        snapshot = collect(calls, regions=[REGION])
    tables = snapshot.read(route_table.DESCRIBE_ROUTE_TABLES, PLACE).value
    assert tables is not None
    assert ids["shop"] in {table.vpc_id for table in tables.route_tables}


@mock_aws
def test_every_enabled_region_is_collected_when_all_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    enabled = {"Regions": [{"RegionName": "us-east-1"}, {"RegionName": REGION}]}
    with answering("DescribeRegions", enabled):
        snapshot = collect([DESCRIBE_VPCS], regions=["all"])
    assert snapshot.places() == [PLACE, Place(ACCOUNT, "us-east-1")]


@mock_aws
def test_the_region_is_the_configured_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    assert collect([DESCRIBE_VPCS]).places() == [Place(ACCOUNT, "eu-west-2")]
    monkeypatch.setenv("AWS_REGION", "eu-west-3")
    assert collect([DESCRIBE_VPCS]).places() == [Place(ACCOUNT, "eu-west-3")]


@mock_aws
def test_a_role_that_cannot_be_taken_on_is_a_gap_of_its_account_and_the_others_go_on() -> None:
    with denying(ROLES[1]):
        snapshot = collect([DESCRIBE_VPCS], regions=[REGION], role_arns=ROLES)
    assert [place.account for place in snapshot.places()] == ["111" * 4, "333" * 4]
    [failure] = snapshot.manifest.failed
    assert (failure.call, failure.account, failure.arguments) == ("sts:AssumeRole", "222" * 4, (ROLES[1],))


@mock_aws
def test_no_role_at_all_is_an_account_that_cannot_be_read() -> None:
    with denying(*ROLES), pytest.raises(AwsUnreadableError, match=r"role/reader: AccessDenied"):
        collect([DESCRIBE_VPCS], regions=[REGION], role_arns=ROLES)


@mock_aws
def test_regions_that_cannot_be_listed_are_a_failure_and_the_configured_one_is_collected(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with denying("DescribeRegions"):
        snapshot = collect([DESCRIBE_VPCS], regions=["all"])
    assert snapshot.places() == [PLACE]
    assert [failure.call for failure in snapshot.manifest.failed] == ["ec2:DescribeRegions"]


@mock_aws
def test_where_sts_does_not_answer_the_account_is_read_from_a_function() -> None:
    build(None)
    with denying("GetCallerIdentity"):
        assert collect([DESCRIBE_VPCS], regions=[REGION]).places() == [PLACE]


def test_without_credentials_no_account_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(AwsUnreadableError, match=r"GetCallerIdentity .*NoCredentialsError"):
        collect([DESCRIBE_VPCS], regions=[REGION])


def test_an_endpoint_where_nobody_listens_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_account, "_IMPATIENT", Config(retries={"total_max_attempts": 1}))
    with pytest.raises(AwsUnreadableError, match="EndpointConnectionError"):
        collect([DESCRIBE_VPCS], regions=[REGION], endpoint_url="http://127.0.0.1:1")


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({}, "no region is set: name one with --region"),
        ({"regions": ["eu-wst1"]}, "'eu-wst1' is not the name of a region; did you mean 'eu-west-1'?"),
        ({"regions": [REGION], "endpoint_url": "localhost:5000"}, "is not an endpoint"),
        ({"regions": [REGION], "role_arns": ["reader"]}, "'reader' is not the ARN of a role"),
        ({"regions": [REGION], "profile": "nobody"}, r"profile \(nobody\) could not be found"),
    ],
)
def test_settings_that_mean_nothing_are_one_sentence(settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence):
        collect([DESCRIBE_VPCS], **settings)
