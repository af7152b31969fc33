"""A whole collection from an AWS emulator, over HTTP on the loopback interface."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.request import Request, urlopen

import pytest
from moto.server import ThreadedMotoServer

from tests.aws.conftest import declared_calls, denying, isolate
from tests.aws.estate import ACCOUNT, REGION, build
from vpcreach import components
from vpcreach.api import report
from vpcreach.components.lambda_function import GET_FUNCTION_CONFIGURATION, LIST_FUNCTIONS
from vpcreach.components.prefix_list import GET_MANAGED_PREFIX_LIST_ENTRIES
from vpcreach.components.subnet import DESCRIBE_SUBNETS
from vpcreach.components.vpc import DESCRIBE_VPCS
from vpcreach.errors import UsageError
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Reply
from vpcreach.snapshot.snapshot import Snapshot, State
from vpcreach.sources.live_account import collect, on_demand

PLACE = Place(ACCOUNT, REGION)
# The emulator keeps one state for a whole process, so these tests stay together in one.
pytestmark = pytest.mark.xdist_group("moto-server")

BLOCK_PUBLIC_ACCESS = Call("ec2", "DescribeVpcBlockPublicAccessOptions", Reply)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    emulator = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    emulator.start()
    host, port = emulator.get_host_and_port()
    yield f"http://{host}:{port}"
    emulator.stop()


@pytest.fixture(scope="module")
def ids(server: str) -> Iterator[dict[str, str]]:
    urlopen(Request(f"{server}/moto-api/reset", method="POST")).close()
    with pytest.MonkeyPatch.context() as patched:
        isolate(patched)
        yield build(server)


@pytest.fixture(scope="module")
def snapshot(server: str, ids: dict[str, str]) -> Snapshot:
    assert ids
    return collect([*declared_calls(), BLOCK_PUBLIC_ACCESS], regions=[REGION], endpoint_url=server)


def test_a_small_estate_is_collected_over_http(snapshot: Snapshot, ids: dict[str, str]) -> None:
    vpcs = snapshot.read(DESCRIBE_VPCS, PLACE).value
    functions = snapshot.read(LIST_FUNCTIONS, PLACE).value
    assert vpcs is not None
    assert {ids["shop"], ids["other"]} <= {vpc.vpc_id for vpc in vpcs.vpcs}
    assert functions is not None
    assert [function.function_name for function in functions.functions] == ["orders", "hello"]
    assert snapshot.places() == [PLACE]
    for vpc_id in (ids["shop"], ids["other"]):
        path = f"{ACCOUNT}/{REGION}/ec2/describe-vpc-attribute/{vpc_id}.enableDnsSupport.json"
        assert json.loads(snapshot.files[path])["EnableDnsSupport"] == {"Value": True}


def test_the_snapshot_says_when_and_by_what_it_was_collected(snapshot: Snapshot) -> None:
    manifest = snapshot.manifest
    assert manifest.collected_at.endswith("+00:00")
    assert manifest.collected_at <= manifest.finished_at
    assert manifest.collected_by.startswith("vpcreach ")
    assert manifest.narrowed == ()


def test_an_answer_of_html_with_status_500_is_a_failure(snapshot: Snapshot) -> None:
    reading = snapshot.read(BLOCK_PUBLIC_ACCESS, PLACE)
    assert reading.state is State.FAILED
    [failure] = [f for f in snapshot.manifest.failed if f.call == BLOCK_PUBLIC_ACCESS.action]
    assert failure.error == "ResponseParserError"
    assert "doctype" not in failure.message


def test_no_secret_is_in_any_file(snapshot: Snapshot) -> None:
    assert [path for path, data in snapshot.files.items() if b"hunter2" in data] == []


def test_semantics_a13_state_is_asked_of_attached_functions_unless_it_is_left_out(
    snapshot: Snapshot, server: str, calls: list[Call[Any]]
) -> None:
    own = f"{ACCOUNT}/{REGION}/lambda/get-function-configuration/"
    assert [path for path in snapshot.files if path.startswith(own)] == [f"{own}orders.json"]
    without = collect(calls, regions=[REGION], endpoint_url=server, function_state=False)
    assert [path for path in without.files if path.startswith(own)] == []
    assert without.read(GET_FUNCTION_CONFIGURATION, PLACE, ("orders",)).state is State.ABSENT


def test_of_one_function_every_network_is_read_that_its_packets_may_come_through(
    server: str, ids: dict[str, str], calls: list[Call[Any]]
) -> None:
    snapshot = on_demand(calls, "orders", regions=[REGION], endpoint_url=server)
    vpcs = snapshot.read(DESCRIBE_VPCS, PLACE)
    functions = snapshot.read(LIST_FUNCTIONS, PLACE)
    assert vpcs.value is not None
    assert {ids["shop"], ids["other"]} <= {vpc.vpc_id for vpc in vpcs.value.vpcs}
    assert vpcs.is_complete
    assert functions.value is not None
    assert [function.function_name for function in functions.value.functions] == ["orders"]
    assert functions.narrowed_to == frozenset()
    assert snapshot.read(GET_FUNCTION_CONFIGURATION, PLACE, ("orders",)).state is State.FOUND
    assert not any(b"hunter2" in data for data in snapshot.files.values())


def test_of_one_functions_prefix_lists_only_those_are_read_that_its_vpc_names(
    server: str, ids: dict[str, str], calls: list[Call[Any]]
) -> None:
    snapshot = on_demand(calls, "orders", regions=[REGION], endpoint_url=server)
    folder = GET_MANAGED_PREFIX_LIST_ENTRIES.path(PLACE).removesuffix(".json")
    lists = [path.removeprefix(f"{folder}/") for path in snapshot.files if path.startswith(folder)]
    assert lists == [f"{ids['offices']}.json"]


def test_of_one_function_the_dns_of_its_own_vpc_alone_is_read(
    server: str, ids: dict[str, str], calls: list[Call[Any]]
) -> None:
    snapshot = on_demand(calls, "orders", regions=[REGION], endpoint_url=server)
    asked = [path.rpartition("/")[2] for path in snapshot.files if "describe-vpc-attribute" in path]
    assert asked == [f"{ids['shop']}.enableDnsHostnames.json", f"{ids['shop']}.enableDnsSupport.json"]
    [zones] = [path for path in snapshot.files if "list-hosted-zones-by-vpc" in path]
    assert zones.endswith(f"/{ids['shop']}.{REGION}.json")


@pytest.mark.usefixtures("ids")
def test_one_function_reaches_live_what_it_reaches_in_a_snapshot_of_everything(server: str) -> None:
    # Without the guards, for most of which the emulator has no answer.
    calls = [call for call in components.ALL_CALLS if call.assumes is None]
    live = on_demand(calls, "orders", regions=[REGION], endpoint_url=server)
    everything = collect(calls, regions=[REGION], endpoint_url=server)
    for snapshot in (live, everything):
        [told] = report(snapshot, ["10.1.1.0/24"], ["orders"]).functions
        assert told.answers[0].verdict.value == "reachable"
        assert "vpc_peering_connection" in [step.kind for step in told.answers[0].subnets[0].traces[0].path]


@pytest.mark.usefixtures("ids")
def test_a_function_in_no_vpc_needs_no_other_call(server: str, calls: list[Call[Any]]) -> None:
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:hello"
    snapshot = on_demand(calls, arn, endpoint_url=server)
    assert len(snapshot.files) == 2
    assert [narrowing.call for narrowing in snapshot.manifest.narrowed] == ["lambda:ListFunctions"]


@pytest.mark.usefixtures("ids")
def test_a_function_that_does_not_exist_is_a_usage_error_with_a_suggestion(server: str, calls: list[Call[Any]]) -> None:
    with pytest.raises(UsageError, match=r"no function 'ordres' in .*; did you mean 'orders'"):
        on_demand(calls, "ordres", regions=[REGION], endpoint_url=server)


@pytest.mark.usefixtures("ids")
def test_where_one_function_may_not_be_read_it_is_looked_up_in_the_list(server: str) -> None:
    with denying("GetFunctionConfiguration"):
        snapshot = on_demand([DESCRIBE_SUBNETS], "orders", regions=[REGION], endpoint_url=server)
    assert snapshot.read(LIST_FUNCTIONS, PLACE).is_complete
    assert snapshot.read(GET_FUNCTION_CONFIGURATION, PLACE, ("orders",)).state is State.FAILED
    assert snapshot.read(DESCRIBE_SUBNETS, PLACE).state is State.FOUND


@pytest.mark.usefixtures("ids")
def test_where_no_function_may_be_read_the_snapshot_holds_the_failures(server: str) -> None:
    with denying("GetFunctionConfiguration", "ListFunctions"):
        snapshot = on_demand([DESCRIBE_SUBNETS], "orders", regions=[REGION], endpoint_url=server)
    assert snapshot.files == {}
    calls = [failure.call for failure in snapshot.manifest.failed]
    assert calls == ["lambda:GetFunctionConfiguration", "lambda:ListFunctions"]
