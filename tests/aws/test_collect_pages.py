"""What the collector makes of one call: every page, every failure, nothing secret (botocore's Stubber)."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from unittest.mock import patch

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.stub import Stubber

from vpcreach.components.lambda_function import GET_FUNCTION_CONFIGURATION, LIST_FUNCTIONS
from vpcreach.components.network_interface import DESCRIBE_NETWORK_INTERFACES
from vpcreach.components.subnet import DESCRIBE_SUBNETS
from vpcreach.components.vpc import DESCRIBE_VPC_ATTRIBUTE
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Reply
from vpcreach.snapshot.snapshot import Manifest, Reading, Snapshot, State
from vpcreach.sources.collection import Answer
from vpcreach.sources.live_account import Account
from vpcreach.sources.pages import as_json, merged, next_page, says_more

REGION = "eu-west-1"
EXCLUSIONS = Call("ec2", "DescribeVpcBlockPublicAccessExclusions", Reply)
ZONES = Call("route53", "ListHostedZonesByVPC", Reply, arguments=("VPCId", "VPCRegion"))
RECORDS = Call("route53", "ListResourceRecordSets", Reply, arguments=("HostedZoneId",))
TRANSIT_ROUTES = Call(
    "ec2",
    "SearchTransitGatewayRoutes",
    Reply,
    parameters={"Filters": [{"Name": "state", "Values": ["active"]}]},
    arguments=("TransitGatewayRouteTableId",),
)


def stubbed(account: Account, service: str) -> Stubber:
    stubber = Stubber(account.client(service, REGION))
    stubber.activate()
    return stubber


def subnet(name: str) -> dict[str, str]:
    return {"SubnetId": f"subnet-{name}", "VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24"}


def reply_of(answer: Answer) -> Any:
    assert answer.data is not None, answer.failure
    return json.loads(answer.data)


def reading_of(answer: Answer, call: Call[Any], place: Place) -> Reading[Any]:
    files = {answer.path: answer.data} if answer.data is not None else {}
    return Snapshot(files, Manifest(failed=(answer.failure,) if answer.failure else ())).read(call, place)


def test_every_page_of_a_call_is_read_and_no_continuation_mark_is_left(account: Account, place: Place) -> None:
    ec2 = stubbed(account, "ec2")
    ec2.add_response("describe_subnets", {"Subnets": [subnet("a")], "NextToken": "2"}, {"MaxResults": 1000})
    ec2.add_response(
        "describe_subnets",
        {"Subnets": [subnet("b")], "NextToken": "3"},
        {"MaxResults": 1000, "NextToken": "2"},
    )
    ec2.add_response("describe_subnets", {"Subnets": [subnet("c")]}, {"MaxResults": 1000, "NextToken": "3"})
    answer = account.ask(DESCRIBE_SUBNETS, place)
    assert reply_of(answer) == {"Subnets": [subnet("a"), subnet("b"), subnet("c")]}
    assert answer.failure is None
    assert answer.path == "111122223333/eu-west-1/ec2/describe-subnets.json"
    ec2.assert_no_pending_responses()


def test_a_call_without_paginator_is_followed_by_its_token(account: Account, place: Place) -> None:
    key, mark = "VpcBlockPublicAccessExclusions", "ExclusionId"
    ec2 = stubbed(account, "ec2")
    ec2.add_response("describe_vpc_block_public_access_exclusions", {key: [{mark: "x-1"}], "NextToken": "2"}, {})
    ec2.add_response("describe_vpc_block_public_access_exclusions", {key: [{mark: "x-2"}]}, {"NextToken": "2"})
    assert reply_of(account.ask(EXCLUSIONS, place)) == {key: [{mark: "x-1"}, {mark: "x-2"}]}


def test_a_call_of_a_global_service_keeps_its_arguments_on_every_page(account: Account, place: Place) -> None:
    arguments = {"VPCId": "vpc-1", "VPCRegion": REGION}
    zone = {"HostedZoneId": "Z1", "Name": "a.example.", "Owner": {"OwningAccount": "111122223333"}}
    route53 = stubbed(account, "route53")
    first = {"HostedZoneSummaries": [zone], "MaxItems": "1", "NextToken": "2"}
    route53.add_response("list_hosted_zones_by_vpc", first, arguments)
    second = {"HostedZoneSummaries": [{**zone, "HostedZoneId": "Z2"}], "MaxItems": "1"}
    route53.add_response("list_hosted_zones_by_vpc", second, {**arguments, "NextToken": "2"})
    answer = account.ask(ZONES, place, ("vpc-1", REGION))
    assert answer.path == "111122223333/global/route53/list-hosted-zones-by-vpc/vpc-1.eu-west-1.json"
    assert reply_of(answer) == {
        "HostedZoneSummaries": [zone, {**zone, "HostedZoneId": "Z2"}],
        "MaxItems": "1",
    }


def test_marks_of_several_parts_are_followed_and_dropped(account: Account, place: Place) -> None:
    def page(name: str, **marks: Any) -> dict[str, Any]:
        return {"ResourceRecordSets": [{"Name": name, "Type": "A"}], "MaxItems": "1", **marks}

    route53 = stubbed(account, "route53")
    more = {"IsTruncated": True, "NextRecordName": "b.", "NextRecordType": "A"}
    route53.add_response("list_resource_record_sets", page("a.", **more), {"HostedZoneId": "Z1"})
    asked = {"HostedZoneId": "Z1", "StartRecordName": "b.", "StartRecordType": "A"}
    route53.add_response("list_resource_record_sets", page("b.", IsTruncated=False), asked)
    records = [{"Name": "a.", "Type": "A"}, {"Name": "b.", "Type": "A"}]
    assert reply_of(account.ask(RECORDS, place, ("Z1",))) == {"ResourceRecordSets": records, "MaxItems": "1"}


@pytest.mark.parametrize("call", [DESCRIBE_SUBNETS, EXCLUSIONS], ids=["paginator", "by-hand"])
def test_a_later_page_that_fails_leaves_what_came_before_it_as_incomplete(
    account: Account, place: Place, call: Call[Any]
) -> None:
    method = call.command.replace("-", "_")
    key = {"describe_subnets": "Subnets"}.get(method, "VpcBlockPublicAccessExclusions")
    ec2 = stubbed(account, "ec2")
    ec2.add_response(method, {key: [{}], "NextToken": "2"})
    ec2.add_client_error(method, "InternalError", "try again")
    answer = account.ask(call, place)
    assert reply_of(answer) == {key: [{}], "NextToken": "2"}
    assert answer.failure is not None
    assert answer.failure.error == "InternalError"
    plain = Call(call.service, call.operation, Reply)
    assert reading_of(answer, plain, place).state is State.INCOMPLETE


def test_a_token_that_leads_nowhere_is_not_followed_forever_and_leaves_the_pages_incomplete(
    account: Account, place: Place
) -> None:
    ec2 = stubbed(account, "ec2")
    page = {"VpcBlockPublicAccessExclusions": [], "NextToken": "same"}
    ec2.add_response("describe_vpc_block_public_access_exclusions", page, {})
    ec2.add_response("describe_vpc_block_public_access_exclusions", page, {"NextToken": "same"})
    answer = account.ask(EXCLUSIONS, place)
    assert reply_of(answer) == page
    assert answer.failure is not None
    assert answer.failure.error == "PagesMissing"


def test_a_marker_that_only_repeats_what_was_asked_for_is_no_sign_of_more() -> None:
    assert next_page({"NextMarker": "b", "Marker": "a"}, {"Marker"}) == {"Marker": "b"}
    assert not says_more({"Marker": "a"})
    assert says_more({"Marker": "a", "IsTruncated": True})


def test_transit_gateway_routes_that_no_page_tells_stay_marked(account: Account, place: Place) -> None:
    ec2 = stubbed(account, "ec2")
    ec2.add_response("search_transit_gateway_routes", {"Routes": [], "AdditionalRoutesAvailable": True})
    answer = account.ask(TRANSIT_ROUTES, place, ("tgw-rtb-1",))
    assert reply_of(answer) == {"Routes": [], "AdditionalRoutesAvailable": True}


def test_a_denied_call_is_a_failure_with_its_permission_and_never_an_empty_list(account: Account, place: Place) -> None:
    message = "You are not authorized.  Encoded authorization failure message: AbCdEf"
    stubbed(account, "ec2").add_client_error("describe_subnets", "UnauthorizedOperation", message)
    answer = account.ask(DESCRIBE_SUBNETS, place)
    assert answer.data is None
    assert answer.failure is not None
    assert (answer.failure.call, answer.failure.error) == ("ec2:DescribeSubnets", "UnauthorizedOperation")
    assert answer.failure.message == "You are not authorized."
    assert reading_of(answer, DESCRIBE_SUBNETS, place).state is State.FAILED


NOT_HERE = [
    EndpointConnectionError(endpoint_url="https://dax.eu-west-9.amazonaws.com/"),
    ClientError({"Error": {"Code": "OptInRequired", "Message": "not subscribed"}}, "DescribeClusters"),
]


@pytest.mark.parametrize("error", NOT_HERE, ids=["no-endpoint", "not-opted-in"])
def test_a_service_that_a_region_or_account_does_not_have_is_a_failure_and_no_more(
    account: Account, place: Place, error: Exception
) -> None:
    with patch.object(BaseClient, "_make_api_call", side_effect=error):
        answer = account.ask(Call("dax", "DescribeClusters", Reply), place)
    assert answer.data is None
    assert answer.failure is not None
    assert answer.failure.error in ("EndpointConnectionError", "OptInRequired")


def test_a_failure_names_the_arguments_it_was_about(account: Account, place: Place) -> None:
    stubbed(account, "ec2").add_client_error("describe_vpc_attribute", "InvalidVpcID.NotFound")
    answer = account.ask(DESCRIBE_VPC_ATTRIBUTE, place, ("vpc-1", "enableDnsSupport"))
    assert answer.failure is not None
    assert answer.failure.arguments == ("vpc-1", "enableDnsSupport")


@pytest.mark.parametrize("code", ["InvalidParameterValue", "UnknownParameter"])
def test_semantics_i9_managed_resources_are_asked_for_and_done_without_where_that_is_refused(
    account: Account, place: Place, code: str
) -> None:
    ec2 = stubbed(account, "ec2")
    asked = {"MaxResults": 1000, "IncludeManagedResources": True}
    ec2.add_client_error("describe_network_interfaces", code, expected_params=asked)
    ec2.add_response("describe_network_interfaces", {"NetworkInterfaces": []}, {"MaxResults": 1000})
    answer = account.ask(DESCRIBE_NETWORK_INTERFACES, place)
    assert answer.failure is None
    assert reply_of(answer) == {"NetworkInterfaces": []}


def test_semantics_i9_a_client_that_does_not_know_managed_resources_asks_without_them(
    account: Account, place: Place
) -> None:
    ec2 = stubbed(account, "ec2")
    older = Call("ec2", "DescribeRouteTables", Reply, parameters={"IncludeManagedResources": True})
    # The client itself refuses what its model does not know, before the stub is asked.
    ec2.add_response("describe_route_tables", {"RouteTables": []})
    answer = account.ask(older, place)
    assert answer.failure is None
    assert reply_of(answer) == {"RouteTables": []}


def test_semantics_i9_a_denial_is_not_taken_for_a_refused_parameter(account: Account, place: Place) -> None:
    ec2 = stubbed(account, "ec2")
    ec2.add_client_error("describe_network_interfaces", "UnauthorizedOperation")
    failure = account.ask(DESCRIBE_NETWORK_INTERFACES, place).failure
    assert failure is not None
    assert failure.error == "UnauthorizedOperation"


def test_environment_variables_and_code_addresses_are_not_kept(account: Account, place: Place) -> None:
    function: dict[str, Any] = {
        "FunctionName": "orders",
        "FunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:orders",
        "Environment": {"Variables": {"PASSWORD": "hunter2"}},
    }
    client = stubbed(account, "lambda")
    client.add_response("list_functions", {"Functions": [function], "NextMarker": "2"}, {})
    client.add_response("list_functions", {"Functions": [function]}, {"Marker": "2"})
    client.add_response("get_function_configuration", {**function, "State": "Active"})
    lists = account.ask(LIST_FUNCTIONS, place)
    own = account.ask(GET_FUNCTION_CONFIGURATION, place, ("orders",))
    assert [f["Environment"] for f in reply_of(lists)["Functions"]] == [{"Variables": {"PASSWORD": "(not kept)"}}] * 2
    assert reply_of(own)["Environment"] == {"Variables": {"PASSWORD": "(not kept)"}}
    assert b"hunter2" not in (lists.data or b"") + (own.data or b"")


def test_an_argument_becomes_a_list_where_the_operation_takes_one(account: Account, place: Place) -> None:
    call = Call("opensearch", "DescribeDomains", Reply, arguments=("DomainNames",), iam_prefix="es")
    client = stubbed(account, "opensearch")
    client.add_response("describe_domains", {"DomainStatusList": []}, {"DomainNames": ["logs"]})
    assert account.ask(call, place, ("logs",)).failure is None


def test_an_argument_is_nested_where_the_operation_wants_it_so(account: Account, place: Place) -> None:
    edge = "RouteTableIdentifier.CoreNetworkSegmentEdge"
    names = ("GlobalNetworkId", *(f"{edge}.{name}" for name in ("CoreNetworkId", "SegmentName", "EdgeLocation")))
    call = Call("networkmanager", "GetNetworkRoutes", Reply, arguments=names)
    table = {"CoreNetworkSegmentEdge": {"CoreNetworkId": "c", "SegmentName": "s", "EdgeLocation": REGION}}
    sent = {"GlobalNetworkId": "g", "RouteTableIdentifier": table}
    client = stubbed(account, "networkmanager")
    client.add_response("get_network_routes", {"NetworkRoutes": []}, sent)
    answer = account.ask(call, place, ("g", "c", "s", REGION))
    assert answer.failure is None
    assert answer.path == f"111122223333/global/networkmanager/get-network-routes/g.c.s.{REGION}.json"


@pytest.mark.parametrize("service", ["ec2", "teapot"])
def test_a_call_that_boto3_does_not_know_is_a_failure(account: Account, place: Place, service: str) -> None:
    answer = account.ask(Call(service, "DescribeTeapots", Reply), place)
    assert answer.failure is not None
    assert answer.failure.error == {"ec2": "NotInBoto3", "teapot": "UnknownServiceError"}[service]


def test_values_are_printed_as_the_aws_cli_prints_them() -> None:
    moment = datetime(2026, 1, 5, 11, 0, tzinfo=timezone(timedelta(hours=2)))
    assert as_json({"At": moment, "Blob": b"\xff\x00", "Items": [{"At": moment}]}) == {
        "At": "2026-01-05T09:00:00+00:00",
        "Blob": "/wA=",
        "Items": [{"At": "2026-01-05T09:00:00+00:00"}],
    }
    assert as_json(datetime(2026, 1, 5, tzinfo=UTC).replace(tzinfo=None)) == "2026-01-05T00:00:00+00:00"


def test_keys_beside_the_lists_are_those_of_the_first_page() -> None:
    pages: list[dict[str, Any]] = [
        {"Items": [1], "Owner": "a", "Others": [1], "ResponseMetadata": {"RequestId": "r"}},
        {"Items": [2], "Owner": "b", "Others": [2]},
    ]
    assert merged(pages, ["Items"]) == {"Items": [1, 2], "Owner": "a", "Others": [1]}
