"""The wheel alone, in an environment that holds nothing but what the wheel asks for."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

TOP = Path(__file__).parents[2]
PLACE = "111122223333/eu-west-1"
ORDERS = {
    "FunctionName": "orders",
    "FunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:orders",
    "VpcConfig": {"VpcId": "vpc-1", "SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
}
ANYWHERE = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
# Made by hand, as the AWS CLI prints it: a function whose subnet has the local route and no other.
NO_WAY_OUT: dict[str, dict[str, list[Any]]] = {
    "lambda/list-functions": {"Functions": [ORDERS]},
    "ec2/describe-vpcs": {
        "Vpcs": [
            {
                "VpcId": "vpc-1",
                "CidrBlock": "10.0.0.0/16",
                "CidrBlockAssociationSet": [
                    {"CidrBlock": "10.0.0.0/16", "CidrBlockState": {"State": "associated"}},
                ],
            },
        ],
    },
    "ec2/describe-subnets": {
        "Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24", "State": "available"}],
    },
    "ec2/describe-route-tables": {
        "RouteTables": [
            {
                "RouteTableId": "rtb-1",
                "VpcId": "vpc-1",
                "Associations": [{"Main": True, "AssociationState": {"State": "associated"}}],
                "Routes": [
                    {
                        "DestinationCidrBlock": "10.0.0.0/16",
                        "GatewayId": "local",
                        "State": "active",
                        "Origin": "CreateRouteTable",
                    },
                ],
            },
        ],
    },
    "ec2/describe-security-groups": {
        "SecurityGroups": [
            {"GroupId": "sg-1", "VpcId": "vpc-1", "IpPermissions": [], "IpPermissionsEgress": [ANYWHERE]},
        ],
    },
    "ec2/describe-network-acls": {
        "NetworkAcls": [
            {
                "NetworkAclId": "acl-1",
                "VpcId": "vpc-1",
                "IsDefault": True,
                "Associations": [{"NetworkAclId": "acl-1", "SubnetId": "subnet-1"}],
                "Entries": [
                    {
                        "Egress": egress,
                        "RuleNumber": 100,
                        "Protocol": "-1",
                        "RuleAction": "allow",
                        "CidrBlock": "0.0.0.0/0",
                    }
                    for egress in (True, False)
                ],
            },
        ],
    },
}

pytestmark = pytest.mark.xdist_group("wheel")  # built and installed once


def run(*command: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    outside = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return subprocess.run(command, cwd=folder, env=outside, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder, folder=TOP)
    assert build.returncode == 0, build.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment with the wheel and, at the locked versions, what the wheel asks for."""
    folder = tmp_path_factory.mktemp("bare")
    uv = (sys.executable, "-m", "uv")
    made = run(*uv, "venv", "--python", sys.executable, folder / "env", folder=folder)
    assert made.returncode == 0, made.stderr
    programs = folder / "env" / "bin"
    install = (
        *uv,
        "pip",
        "install",
        "--python",
        programs / "python",
        "--constraint",
        TOP / "requirements.lock",
        wheel,
    )
    installed = run(*install, "--offline", folder=folder)  # the set-up has left everything in uv's cache
    if installed.returncode != 0:
        installed = run(*install, folder=folder)
    assert installed.returncode == 0, installed.stderr
    return programs


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    for call, reply in NO_WAY_OUT.items():
        file = tmp_path / "snapshot" / PLACE / f"{call}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(reply))
    return tmp_path / "snapshot"


def test_the_wheel_holds_the_package_its_data_and_its_licence_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names} == {
        "vpcreach",
        "-".join(wheel.name.split("-")[:2]) + ".dist-info",
    }
    assert {"vpcreach/py.typed", "vpcreach/_assets/rules/schema.json"} <= set(names)
    assert any(name.endswith("/licenses/LICENSE") for name in names)


def test_version_is_the_one_of_the_project(bare: Path, wheel: Path, tmp_path: Path) -> None:
    told = run(bare / "vpcreach", "--version", folder=tmp_path)
    assert (told.returncode, told.stderr) == (0, "")
    assert wheel.name.split("-")[1] in told.stdout.split()


def test_a_snapshot_made_by_hand_is_read_and_judged(bare: Path, snapshot: Path) -> None:
    told = run(bare / "vpcreach", "report", snapshot, "--to", "internet", "--format", "json", folder=snapshot.parent)
    assert told.returncode == 0, told.stderr
    verdicts = {
        (function["name"], asked["destination"]): asked["verdict"]
        for function in json.loads(told.stdout)["functions"]
        for asked in function["destinations"]
    }
    assert verdicts == {("orders", "internet"): "blocked"}


@pytest.mark.parametrize("words", [["--version"], ["report", "no-such-folder"]], ids=" ".join)
def test_python_dash_m_says_and_exits_as_the_command_does(bare: Path, tmp_path: Path, words: list[str]) -> None:
    command = run(bare / "vpcreach", *words, folder=tmp_path)
    module = run(bare / "python", "-m", "vpcreach", *words, folder=tmp_path)
    assert (module.returncode, module.stdout) == (command.returncode, command.stdout)
    assert command.returncode == (0 if words == ["--version"] else 2)


def test_the_rule_schema_is_found_where_the_wheel_has_put_it(bare: Path, tmp_path: Path) -> None:
    script = "from vpcreach.assets import asset; print(asset('rules/schema.json'))"
    told = run(bare / "python", "-c", script, folder=tmp_path)
    assert told.returncode == 0, told.stderr
    assert Path(told.stdout.strip()).read_text() == (TOP / "rules" / "schema.json").read_text()
    assert Path(told.stdout.strip()).is_relative_to(bare.parent)
