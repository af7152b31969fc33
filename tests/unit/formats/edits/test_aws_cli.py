"""Edits as lines for the AWS CLI."""

import json
import shlex

import pytest

from tests.estates.asking import snapshot_of
from tests.unit.formats.edits.dry_cli import dry_parse
from tests.unit.formats.edits.samples import ARN, SAMPLES, estate, network, network_of_two_accounts
from vpcreach.explain.edits import AddEndpointRoute, SetFunctionSubnets
from vpcreach.formats.edits import written
from vpcreach.network.network import Network


def lines(name: str) -> list[str]:
    return written(SAMPLES[name], "aws-cli", network()).splitlines()


@pytest.mark.parametrize("name", SAMPLES)
def test_every_line_is_one_that_the_cli_takes(name: str) -> None:
    dry_parse(written(SAMPLES[name], "aws-cli", network()))
    dry_parse(written(SAMPLES[name], "aws-cli", network_of_two_accounts()))


def test_what_aws_names_on_the_way_is_kept_in_variables() -> None:
    address, gateway, wait, new, replaced = lines("a new NAT gateway")
    assert address.startswith("ADDRESS_OF_NAT_NEW=$(aws ec2 allocate-address --domain vpc")
    assert gateway.startswith("NAT_NEW=$(aws ec2 create-nat-gateway --subnet-id subnet-public-a")
    assert '--allocation-id "$ADDRESS_OF_NAT_NEW"' in gateway
    assert wait.startswith('aws ec2 wait nat-gateway-available --nat-gateway-ids "$NAT_NEW"')
    assert new.startswith("aws ec2 create-route --route-table-id rtb-app")
    assert '"$NAT_NEW"' in new
    assert replaced.startswith("aws ec2 replace-route --route-table-id rtb-out")
    assert '"$NAT_NEW"' in replaced


def test_an_association_is_looked_up_before_it_is_replaced() -> None:
    look_up, replace = lines("a subnet under another table")
    assert look_up.startswith("ASSOCIATION_SUBNET_APP_A=$(aws ec2 describe-route-tables")
    assert '--association-id "$ASSOCIATION_SUBNET_APP_A" --route-table-id rtb-out' in replace


def test_a_new_group_is_a_variable_inside_a_rule_too() -> None:
    *_, rule = lines("an interface endpoint")
    assert '"IpProtocol=tcp,FromPort=443,ToPort=443,UserIdGroupPairs=[{GroupId=$SG_NEW}]"' in rule


def test_edits_of_one_endpoint_are_one_call() -> None:
    assert len(lines("a gateway endpoint")) == len(lines("more tables of a gateway endpoint")) == 1
    both = (*SAMPLES["a gateway endpoint"][:1], AddEndpointRoute("vpce-new-s3", "rtb-out"))
    assert written(both, "aws-cli", network()).splitlines() == lines("a gateway endpoint")


def test_a_policy_is_told_whole_with_what_it_held() -> None:
    [line] = lines("a policy widened")
    words = shlex.split(line)
    policy = json.loads(words[words.index("--policy-document") + 1])
    assert policy["Statement"][0]["Resource"] == "arn:aws:s3:::home/${aws:username}/it's/*"
    assert [statement["Action"] for statement in policy["Statement"][1:]] == [["s3:*"], ["s3:GetObject"]]


def test_a_function_keeps_ipv6_when_it_moves() -> None:
    drawn = estate()
    drawn["function:orders"]["VpcConfig"]["Ipv6AllowedForDualStack"] = True
    move = SetFunctionSubnets(ARN, "orders", ("subnet-app-b",), ())
    line = written((move,), "aws-cli", Network(snapshot_of(drawn))).splitlines()[0]
    assert "--vpc-config SubnetIds=subnet-app-b,Ipv6AllowedForDualStack=true" in line
    dry_parse(line)
    assert "Ipv6" not in lines("a function moved")[0]
