"""What guards a whole VPC: exclusions from Block Public Access and from encryption controls."""

import pytest

from tests.estates.builder import Estate, combined
from tests.estates.guards import OPTIONS
from tests.estates.sharing import participant
from tests.unit.explain.edits.trials import after, records, refusal, trial
from vpcreach.explain.edits import Cost, ExcludeFromEncryptionControl, ExcludeFromPublicAccessBlock

EXCLUDE = ExcludeFromPublicAccessBlock("vpc-main")
BLOCKED = "blocked VPC_BLOCK_PUBLIC_ACCESS_ENABLED"
ENFORCED = "blocked ENCRYPTION_CONTROL_ENFORCED"


def estate(region: str = "eu-west-1") -> Estate:
    """A function whose way out works, but for the guards."""
    drawn = Estate(region=region)
    vpc = drawn.vpc("main", "10.0.0.0/16")
    vpc.subnet("public-a", "10.0.0.0/24", table="public")
    vpc.subnet("app-a", "10.0.1.0/24", table="app")
    vpc.internet_gateway("main")
    vpc.nat_gateway("a", subnet="public-a")
    vpc.route_table("public", {"0.0.0.0/0": "igw-main"})
    vpc.route_table("app", {"0.0.0.0/0": "nat-a"})
    drawn.function("app", subnets=["app-a"])
    return drawn


@pytest.mark.parametrize(("region", "partition"), [("eu-west-1", "aws"), ("us-gov-west-1", "aws-us-gov")])
def test_an_excluded_vpc_calls_out_again(region: str, partition: str) -> None:
    drawn = estate(region)
    drawn.block_public_access("block-bidirectional")
    assert trial(drawn, "internet", EXCLUDE) == f"{BLOCKED} => reachable"
    assert (EXCLUDE.cost, str(EXCLUDE)) == (Cost.NONE, "exclude vpc-main from Block Public Access (allow-egress)")
    [made] = records(after(drawn, EXCLUDE), "describe-vpc-block-public-access-exclusions")
    assert made["ResourceArn"] == f"arn:{partition}:ec2:{region}:111122223333:vpc/vpc-main"


def test_an_exclusion_closes_nothing_that_was_open() -> None:
    drawn = estate()
    assert trial(drawn, "internet", EXCLUDE) == "reachable => reachable"
    [vpc] = records(after(drawn, EXCLUDE), "describe-vpcs")
    assert vpc["BlockPublicAccessStates"] == {"InternetGatewayBlockMode": "off"}


def test_the_owner_of_a_shared_vpc_excludes_it_for_everybody() -> None:
    drawn = estate()
    drawn.block_public_access("block-bidirectional")
    other = participant(drawn, "000055556666", function="app", groups=("sg-main-default",))
    assert trial(combined(drawn, other), "internet", EXCLUDE).endswith("=> reachable")
    assert refusal(other, EXCLUDE) == "vpc-main belongs to account 111122223333, which the snapshot does not hold"


def test_what_an_organisation_forbids_or_stands_already_is_refused() -> None:
    drawn = estate()
    drawn.block_public_access("block-bidirectional", [("vpc-main", "allow-bidirectional")])
    assert refusal(drawn, EXCLUDE) == (
        "vpc-main has an exclusion already: vpcbpa-exclude-vpc-main (allow-bidirectional)"
    )
    drawn.reply(OPTIONS)["VpcBlockPublicAccessOptions"]["ExclusionsAllowed"] = "not-allowed"
    assert refusal(drawn, EXCLUDE) == (
        "the organisation of account 111122223333 allows no exclusions from Block Public Access"
    )
    assert 'did you mean "vpc-main"?' in refusal(drawn, ExcludeFromPublicAccessBlock("vpc-mian"))
    drawn.without("ec2/describe-vpc-block-public-access-exclusions")
    assert "ec2:DescribeVpcBlockPublicAccessExclusions" in refusal(drawn, EXCLUDE)


def test_an_encryption_control_lets_an_excluded_kind_pass() -> None:
    drawn = estate()
    control = drawn.encryption_control("main", excluded=["internet_gateway", "lambda"])
    edit = ExcludeFromEncryptionControl(control, "NatGateway")
    assert trial(drawn, "internet", edit) == f"{ENFORCED} => reachable"
    assert (edit.cost, str(edit)) == (Cost.NONE, "exclude NatGateway from vpcec-main")


def test_the_exclusion_is_told_with_the_control_and_in_the_record_of_the_vpc() -> None:
    drawn = estate()
    edit = ExcludeFromEncryptionControl(drawn.encryption_control("main"), "NatGateway")
    edited = after(drawn, edit)
    [control], [vpc] = records(edited, "describe-vpc-encryption-controls"), records(edited, "describe-vpcs")
    for told in (control, vpc["EncryptionControl"]):
        assert told["ResourceExclusions"]["NatGateway"] == {"State": "enabled"}
        assert told["ResourceExclusions"]["InternetGateway"] == {"State": "disabled"}


def test_only_a_control_that_enforces_has_exclusions() -> None:
    drawn = estate()
    drawn.encryption_control("main", mode="monitor")
    assert refusal(drawn, ExcludeFromEncryptionControl("vpcec-main", "NatGateway")) == (
        "vpcec-main is in mode monitor, in which nothing is excluded"
    )
    assert "vpcec-mian is not in the snapshot" in refusal(drawn, ExcludeFromEncryptionControl("vpcec-mian", "Lambda"))
