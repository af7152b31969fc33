"""Every list that vpcreach reads is compared item by item: its items have an id."""

import sys
from typing import Any

import msgspec
import pytest

from vpcreach import api
from vpcreach.destinations.rds import TWINS
from vpcreach.explain.difference.identity import CALLS, DECIDE_NOTHING, KEYS, identity
from vpcreach.snapshot.call import Call


def is_list(call: Call[Any]) -> bool:
    fields = {field.encode_name: field for field in msgspec.structs.fields(call.reply)}
    held = fields.get(call.holds or "")
    return held is not None and getattr(held.type, "__origin__", None) is tuple


LISTS = [call for call in CALLS.values() if not call.arguments and is_list(call) and call.service not in TWINS]


@pytest.mark.parametrize("call", LISTS, ids=lambda call: f"{call.service}:{call.command}")
def test_the_items_of_a_list_have_an_id(call: Call[Any]) -> None:
    assert (call.service, call.command) in KEYS


def test_no_list_has_keys_that_nobody_reads() -> None:
    assert set(KEYS) - {(call.service, call.command) for call in LISTS} == set()


def test_an_item_without_its_id_has_none() -> None:
    call = CALLS["ec2", "describe-vpcs", 0]
    assert identity(call, {"VpcId": "vpc-1"}) == "vpc-1"
    assert identity(call, {"CidrBlock": "10.0.0.0/16"}) is None


def test_a_reservation_is_its_instances() -> None:
    call = CALLS["ec2", "describe-instances", 0]
    assert identity(call, {"ReservationId": "r-1", "Instances": [{"InstanceId": "i-2"}, {"InstanceId": "i-1"}]}) == (
        "i-1+i-2"
    )


def test_every_call_that_something_reads_is_compared() -> None:
    assert api.__all__  # everything is loaded
    modules = [module for name, module in sys.modules.items() if name.startswith("vpcreach.")]
    held = [value for module in modules for value in vars(module).values() if isinstance(value, Call)]
    made = [call for call in held if call not in DECIDE_NOTHING]
    real = [call for call in made if call.reply.__module__.startswith("vpcreach.")]
    names = {(call.service, call.command, len(call.arguments)) for call in real}
    assert names - set(CALLS) == set()
