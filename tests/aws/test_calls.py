"""Every call that a component or a destination declares exists in AWS's own description of its APIs."""

import re
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest
from botocore import xform_name
from botocore.model import OperationModel, Shape
from botocore.paginate import PaginatorModel

from tests.aws.conftest import declared_calls
from vpcreach.snapshot.call import Call
from vpcreach.snapshot.record import Record

SESSION = botocore.session.Session()
CALLS = declared_calls()
each_call = pytest.mark.parametrize("call", CALLS, ids=lambda call: call.action)


def operation_of(call: Call[Any]) -> OperationModel:
    return SESSION.get_service_model(call.service).operation_model(call.operation)


def inputs_of(call: Call[Any]) -> dict[str, Shape]:
    shape = operation_of(call).input_shape
    return dict(shape.members) if shape is not None else {}


def test_there_are_calls() -> None:
    assert len(CALLS) > 10


@each_call
def test_its_service_and_operation_exist(call: Call[Any]) -> None:
    assert operation_of(call).name == call.operation


@each_call
def test_it_only_reads(call: Call[Any]) -> None:
    assert re.match(r"(Describe|Get|List|Search|BatchGet)[A-Z]", call.operation)


@each_call
def test_its_file_is_named_as_the_aws_cli_names_the_command(call: Call[Any]) -> None:
    assert call.command == xform_name(call.operation, "-")


@each_call
def test_the_key_that_it_holds_is_in_the_reply(call: Call[Any]) -> None:
    shape = operation_of(call).output_shape
    assert shape is not None
    assert call.holds is None or call.holds in shape.members


@each_call
def test_its_arguments_and_parameters_are_those_of_the_operation(call: Call[Any]) -> None:
    known = inputs_of(call)
    assert [name for name in (*call.arguments, *call.parameters) if name not in known] == []
    assert bool(call.arguments) == (call.each is not None)


@each_call
def test_whatever_the_operation_requires_is_sent(call: Call[Any]) -> None:
    shape = operation_of(call).input_shape
    required = set(shape.required_members) if shape is not None else set()
    assert required - {*call.arguments, *call.parameters} == set()


@each_call
def test_what_narrows_it_to_a_vpc_is_known_to_the_operation(call: Call[Any]) -> None:
    known = inputs_of(call)
    if call.vpc_filter is None:
        return
    if call.vpc_filter.startswith("."):
        assert call.vpc_filter[1:] in known
        return
    filters = known.get("Filters") or known["Filter"]
    assert f"<code>{call.vpc_filter}</code>" in filters.documentation


# The Resource Groups Tagging API is the one that IAM calls otherwise.
UNLIKE_ITS_SIGNATURE = {"tagging": "tag"}


@each_call
def test_its_permission_has_the_prefix_with_which_requests_are_signed(call: Call[Any]) -> None:
    signed = SESSION.get_service_model(call.service).signing_name
    assert call.action.partition(":")[0] == UNLIKE_ITS_SIGNATURE.get(signed, signed)


@each_call
def test_its_reply_is_a_record_and_its_pages_are_plain_lists(call: Call[Any]) -> None:
    assert issubclass(call.reply, Record)
    model: PaginatorModel = SESSION.get_paginator_model(call.service)
    try:
        keys = model.get_paginator(xform_name(call.operation).title().replace("_", ""))["result_key"]
    except ValueError:
        return
    assert [key for key in ([keys] if isinstance(keys, str) else keys) if not key.isalnum()] == []


def environments(shape: Shape, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths in a reply at which environment variables stand."""
    if shape.type_name == "list":
        yield from environments(shape.member, path)
    elif shape.type_name == "structure" and len(path) < 5:
        for name, member in shape.members.items():
            if name == "Environment":
                yield path
            else:
                yield from environments(member, (*path, name))


@pytest.mark.parametrize("call", [call for call in CALLS if call.service == "lambda"], ids=lambda call: call.action)
def test_secrets_stand_only_where_the_collector_takes_them_out(call: Call[Any]) -> None:
    shape = operation_of(call).output_shape
    assert shape is not None
    assert set(environments(shape)) <= {(), ("Functions",)}
