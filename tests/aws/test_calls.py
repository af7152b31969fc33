"""Every call that a component or a destination declares exists in AWS's own description of its APIs, as it is used."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import boto3
import botocore.session
import pytest
from botocore import xform_name
from botocore.model import OperationModel, Shape
from botocore.validate import ParamValidator
from msgspec import inspect

from tests.aws.conftest import REGION, declared_calls, read_calls
from vpcreach.snapshot.call import GLOBAL_SERVICES, Call, Place
from vpcreach.snapshot.record import CamelReply, Record, Reply
from vpcreach.sources.live_account import parameters
from vpcreach.sources.pages import next_page

SESSION = botocore.session.Session()
CALLS = read_calls()
MADE = frozenset(declared_calls())
each_made = pytest.mark.parametrize("call", declared_calls(), ids=lambda call: f"{call.service}:{call.operation}")
each_call = pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.service}:{call.operation}")


def operation_of(call: Call[Any]) -> OperationModel:
    return SESSION.get_service_model(call.service).operation_model(call.operation)


def inputs_of(call: Call[Any]) -> dict[str, Shape]:
    shape = operation_of(call).input_shape
    return dict(shape.members) if shape is not None else {}


def outputs_of(call: Call[Any]) -> dict[str, Shape]:
    shape = operation_of(call).output_shape
    assert shape is not None
    return dict(shape.members)


def fields_of(record: type[Record]) -> set[str]:
    """The keys that a record reads, as AWS spells them."""
    kind = inspect.type_info(record)
    assert isinstance(kind, inspect.StructType)
    return {field.encode_name for field in kind.fields}


def paginator_of(call: Call[Any]) -> dict[str, Any] | None:
    """How botocore pages the operation; None where it does not."""
    try:
        config: dict[str, Any] = SESSION.get_paginator_model(call.service).get_paginator(call.operation)
    except (ValueError, botocore.exceptions.UnknownServiceError, botocore.exceptions.DataNotFoundError):
        return None
    return config


def test_there_are_calls() -> None:
    assert len(CALLS) > 10


def test_no_two_calls_share_a_file() -> None:
    files = Counter((call.service, call.operation, len(call.arguments)) for call in CALLS)
    assert [file for file, count in files.items() if count > 1] == []


# Where it is asked


# Services that the AWS CLI calls otherwise than boto3 does; Call.service has to be both.
CALLED_OTHERWISE = {"s3": "s3api", "config": "configservice", "codedeploy": "deploy", "signin": "login"}


@each_call
def test_its_service_and_operation_exist(call: Call[Any]) -> None:
    assert call.service in SESSION.get_available_services()
    assert call.service not in CALLED_OTHERWISE
    assert operation_of(call).name == call.operation


@each_call
def test_it_only_reads(call: Call[Any]) -> None:
    assert re.match(r"(Describe|Get|List|Search|BatchGet)[A-Z]", call.operation)


@each_call
def test_its_file_is_named_as_the_aws_cli_names_the_command(call: Call[Any]) -> None:
    assert call.command == xform_name(call.operation, "-")


@pytest.mark.parametrize("service", sorted({call.service for call in CALLS}))
def test_a_service_stands_under_global_if_every_region_asks_the_same_endpoint(service: str) -> None:
    session = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing")
    endpoints = {session.client(service, region_name=region).meta.endpoint_url for region in (REGION, "ap-south-1")}
    assert (len(endpoints) == 1) == (service in GLOBAL_SERVICES)
    place = Call(service, "DescribeAnything", Record).place(Place("111122223333", REGION))
    assert place.region == ("global" if service in GLOBAL_SERVICES else REGION)


# The Resource Groups Tagging API is the one that IAM calls otherwise.
UNLIKE_ITS_SIGNATURE = {"tagging": "tag"}
# IAM knows requests to API Gateway by their HTTP method.
UNLIKE_ITS_OPERATION = {"apigateway": "GET"}


@each_call
def test_its_permission_has_the_prefix_with_which_requests_are_signed(call: Call[Any]) -> None:
    signed = SESSION.get_service_model(call.service).signing_name
    prefix, _, action = call.action.partition(":")
    assert prefix == UNLIKE_ITS_SIGNATURE.get(signed, signed)
    assert action == UNLIKE_ITS_OPERATION.get(call.service, call.operation)


# What is sent


# The contract has this one the other way round: `vpc-1.enableDnsSupport`.
UNLIKE_DECLARED = {"DescribeVpcAttribute"}


def place_of(argument: str, call: Call[Any]) -> list[int]:
    """Where the operation declares an argument: its number, and that of its member where it is nested."""
    members, found = inputs_of(call), []
    for name in argument.split("."):
        found.append(list(members).index(name))
        members = getattr(members[name], "members", {})
    return found


@each_call
def test_its_arguments_are_those_of_the_operation_in_the_declared_order(call: Call[Any]) -> None:
    order = [place_of(name, call) for name in call.arguments]
    assert order == sorted(order) or call.operation in UNLIKE_DECLARED
    assert set(call.parameters) <= set(inputs_of(call))
    assert bool(call.arguments) == (call.each is not None) or call not in MADE


@each_call
def test_what_is_sent_is_valid_and_all_that_the_operation_requires(call: Call[Any]) -> None:
    shape = operation_of(call).input_shape
    arguments = ("an-argument-that-is-as-long-as-an-arn-has-to-be",) * len(call.arguments)
    sent = parameters(inputs_of(call), call, arguments)
    if shape is None:
        assert sent == {}
    else:
        assert ParamValidator().validate(sent, shape).generate_report() == ""


# What comes back


@each_call
def test_the_key_that_it_holds_is_in_the_reply(call: Call[Any]) -> None:
    assert call.holds is None or call.holds in outputs_of(call)


# The marks of a base record, of which every reply has its own; and what is read of one operation alone.
MARKS = fields_of(Reply) | fields_of(CamelReply)
NOT_IN_THE_MODEL = {
    # The tags that most things have; those of interfaces are called TagSet, which is read beside it.
    "ec2:DescribeNetworkInterfaces": {"NetworkInterfaces[].Tags"},
    # One record serves both kinds of rule groups, and both lists and both descriptions of databases.
    "network-firewall:DescribeFirewallPolicy": {"FirewallPolicy.StatelessRuleGroupReferences[].Override"},
    "timestream-influxdb:ListDbInstances": {"items[].readerEndpoint"},
    "timestream-influxdb:GetDbCluster": {"availabilityZone", "secondaryAvailabilityZone"},
    # GetAccountAuthorizationDetails tells a policy together with its versions.
    "iam:GetPolicy": {"Policy.PolicyVersionList"},
}
# They list what RDS lists, of which their own models tell a part; the record is that of RDS.
TWINS_OF_RDS = {"docdb", "neptune"}
SCALARS: dict[type[inspect.Type], tuple[str, ...]] = {
    inspect.StrType: ("string", "timestamp"),
    inspect.CustomType: ("string",),
    inspect.IntType: ("integer", "long"),
    inspect.FloatType: ("float", "double"),
    inspect.BoolType: ("boolean",),
}


def strangers(kind: inspect.Type, shape: Shape, path: str = "") -> Iterator[str]:
    """The places where a record has a field that AWS's model has not, or has as something else."""
    match kind:
        case inspect.UnionType():
            for each in kind.types:
                yield from strangers(each, shape, path)
        case inspect.VarTupleType() | inspect.ListType() | inspect.FrozenSetType():
            yield from strangers(kind.item_type, shape.member, f"{path}[]") if shape.type_name == "list" else (path,)
        case inspect.DictType():
            if shape.type_name == "map":
                yield from strangers(kind.value_type, shape.value, f"{path}{{}}")
            elif shape.type_name != "structure":
                yield path
        case inspect.StructType():
            yield from _of_structure(kind, shape, path) if shape.type_name == "structure" else (path,)
        case inspect.RawType() | inspect.AnyType() | inspect.NoneType():
            pass
        case _:
            yield from () if shape.type_name in SCALARS.get(type(kind), ()) else (path,)


def _of_structure(kind: inspect.StructType, shape: Shape, path: str) -> Iterator[str]:
    for field in kind.fields:
        where = f"{path}.{field.encode_name}".lstrip(".")
        if field.encode_name in shape.members:
            yield from strangers(field.type, shape.members[field.encode_name], where)
        elif path or field.encode_name not in MARKS:
            yield where


@each_call
def test_every_field_that_is_read_is_in_the_reply(call: Call[Any]) -> None:
    known = NOT_IN_THE_MODEL.get(f"{call.service}:{call.operation}", set())
    service = "rds" if call.service in TWINS_OF_RDS else call.service
    shape = SESSION.get_service_model(service).operation_model(call.operation).output_shape
    found = set(strangers(inspect.type_info(call.reply), shape))
    assert found - known == set()
    assert known - found == set(), "an exception that is none any more"


# Its pages


def is_mark(name: str) -> bool:
    """True for what AWS continues replies with; an UpdateToken, say, continues nothing."""
    continues = r"^(next_?|pagination)?(token|marker)$|truncated|additional|^more|^position$"
    return bool(re.search(continues, name, re.IGNORECASE))


@each_call
def test_all_its_pages_are_read(call: Call[Any]) -> None:
    known = inputs_of(call)
    marks = [name for name in outputs_of(call) if is_mark(name)]
    if paginator_of(call) is None:
        followed = [mark for mark in marks if next_page({mark: "more"}, known) is not None]
        assert followed or not marks, f"nothing follows {marks}"


@each_call
def test_a_reply_that_ends_early_is_a_gap(call: Call[Any]) -> None:
    marks = {name for name in outputs_of(call) if is_mark(name)} - {"position"}
    assert marks - fields_of(call.reply) == set()


@each_call
def test_every_list_that_it_reads_is_continued_from_page_to_page(call: Call[Any]) -> None:
    config = paginator_of(call)
    if config is None:
        return
    keys = config["result_key"]
    continued = {keys} if isinstance(keys, str) else set(keys)
    assert [key for key in continued if not key.isalnum()] == []
    lists = {name for name, shape in outputs_of(call).items() if shape.type_name == "list"}
    assert (fields_of(call.reply) & lists) - continued == set()
    assert call.holds is None or call.holds in continued
