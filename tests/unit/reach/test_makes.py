"""Functions that differ in nothing but their names share their answers, and no others do."""

import pytest

from tests.estates.asking import snapshot_of
from tests.estates.builder import Estate
from tests.unit.reach.worlds import Change, changed, denied, without
from vpcreach.api import Analysis
from vpcreach.network.network import Network
from vpcreach.reach.makes import alike, makes

pytestmark = pytest.mark.item("K2")


def twin(**settings: object) -> Change:
    chosen: dict[str, object] = {"subnets": ["app-a"], "groups": ["app"]} | settings
    return lambda estate: estate.function("twin", **chosen)  # type: ignore[arg-type]


def network(*changes: Change) -> Network:
    return Analysis(snapshot_of(changed(*changes))).network


def are_of_one_make(*changes: Change) -> bool:
    """Whether `app` and `twin` are."""
    return len({number for _, number in makes(network(*changes)).values()}) == 1


def written(**values: object) -> Change:
    """Other keys of the twin's configuration, in the list and in its own reply."""
    return lambda estate: estate["function:twin"].update(values)


def lacking(estate: Estate) -> None:
    estate.role("twin", inline={})


def of_capacity(kind: str) -> Change:
    return written(CapacityProviderConfig={kind: {"CapacityProviderArn": "arn:aws:lambda:::capacity-provider:one"}})


STATE = "lambda/get-function-configuration/"


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param((twin(),), id="names alone"),
        pytest.param((twin(), without(f"{STATE}app"), without(f"{STATE}twin")), id="states that no file tells"),
        pytest.param((twin(), written(MemorySize=512)), id="what no packet depends on"),
    ],
)
def test_functions_that_differ_in_their_names_alone_are_of_one_make(changes: tuple[Change, ...]) -> None:
    assert are_of_one_make(*changes)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param((twin(subnets=["data-a"]),), id="subnets"),
        pytest.param((twin(groups=["data"]),), id="groups"),
        pytest.param((twin(subnets=[]),), id="no VPC"),
        pytest.param((twin(state="Failed"),), id="state"),
        pytest.param((twin(state="Inactive", reason_code="Idle"),), id="the state's reason"),
        pytest.param((twin(last_update="Failed"),), id="last update"),
        pytest.param((twin(), without(f"{STATE}twin")), id="a state that no file tells"),
        pytest.param((twin(), denied(f"{STATE}app"), denied(f"{STATE}twin")), id="states that are told by name"),
        pytest.param((twin(), lacking), id="permissions"),
        pytest.param((twin(), written(MasterArn="arn:aws:lambda:us-east-1:1:function:edge:1")), id="at the edge"),
        pytest.param((twin(), of_capacity("LambdaManagedInstancesCapacityProviderConfig")), id="capacity"),
    ],
)
def test_functions_that_differ_in_what_answers_rest_on_are_not_of_one_make(changes: tuple[Change, ...]) -> None:
    assert not are_of_one_make(*changes)


def test_all_functions_are_told_with_those_of_their_make_and_of_their_role_where_it_counts() -> None:
    def third(estate: Estate) -> None:
        estate.function("third", subnets=["data-a"], groups=["app"])
        estate["function:twin"]["Role"] = "arn:aws:iam::111122223333:role/of-twin"

    here = network(twin(), third)
    names = {
        by_role: [[f.name for f in each.functions] for each in alike(here, by_role=by_role)]
        for by_role in (False, True)
    }
    assert names == {False: [["app", "twin"], ["third"]], True: [["app"], ["third"], ["twin"]]}
    [both, _] = alike(here, by_role=False)
    assert both.arns == tuple(f"arn:aws:lambda:eu-west-1:111122223333:function:{name}" for name in ("app", "twin"))
