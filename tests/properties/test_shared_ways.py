"""Functions of other groups share the ways of a subnet; each is answered as if it had been asked alone."""

import json
from typing import Any

import pytest

from tests.estates.asking import snapshot_of
from tests.estates.drawing import Drawing
from tests.estates.gallery import GALLERY
from vpcreach.api import Analysis
from vpcreach.reach.answer import Answer, FunctionReport

FUNCTIONS = "lambda/list-functions.json"
GROUPS = "ec2/describe-security-groups.json"


def twins(files: dict[str, bytes]) -> tuple[dict[str, bytes], list[str]]:
    """The estate with, for each group of a function's VPC, the same function behind that group alone."""
    path = next(path for path in files if path.endswith(FUNCTIONS))
    reply = json.loads(files[path])
    groups = [
        group for at, data in files.items() if at.endswith(GROUPS) for group in json.loads(data)["SecurityGroups"]
    ]
    made: list[dict[str, Any]] = []
    for function in reply["Functions"]:
        config = function.get("VpcConfig") or {}
        for group in groups if config.get("SubnetIds") else ():
            if group.get("VpcId") == config["VpcId"]:
                name = f"{function['FunctionName']}-{group['GroupId']}"
                twin = {"FunctionName": name, "FunctionArn": f"{function['FunctionArn']}-{group['GroupId']}"}
                made.append({**function, **twin, "VpcConfig": {**config, "SecurityGroupIds": [group["GroupId"]]}})
    reply["Functions"] += made
    return {**files, path: json.dumps(reply).encode()}, [each["FunctionName"] for each in made]


def spots(answer: Answer) -> list[object]:
    """Where packets were stopped, which is no part of what makes two notes equal."""
    found = [note.spot for trace in answer.all_traces for note in trace.notes if note.spot is not None]
    return [(spot.packets, spot.standing_in, spot.gates, spot.is_inbound, spot.peer_groups) for spot in found]


@pytest.mark.parametrize("drawing", GALLERY, ids=str)
def test_a_function_is_answered_after_others_as_it_is_alone(drawing: Drawing) -> None:
    files, names = twins(drawing.files)
    if not names:
        pytest.skip("no function of it stands in a VPC with groups")
    snapshot = snapshot_of(files)

    def alone(name: str) -> FunctionReport:
        return Analysis(snapshot).report(drawing.questions, [name]).functions[0]

    together = Analysis(snapshot)
    for name in names:
        told = together.report(drawing.questions, [name]).functions[0]
        asked_alone = alone(name)
        assert told == asked_alone
        assert [spots(answer) for answer in told.answers] == [spots(answer) for answer in asked_alone.answers]
