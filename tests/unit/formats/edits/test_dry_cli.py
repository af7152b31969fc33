"""The dry run of AWS CLI lines finds what it is there to find."""

import pytest

from tests.unit.formats.edits.dry_cli import dry_parse

PERMISSION = "aws ec2 authorize-security-group-egress --group-id sg-1 --region r --ip-permissions "
ROUTE = "aws ec2 create-route --route-table-id rtb-1 --region r"


@pytest.mark.parametrize(
    "line",
    [
        f"{ROUTE} --destination-cidr-block 0.0.0.0/0 --nat-gateway-id nat-1",
        f"{PERMISSION}'IpProtocol=tcp,FromPort=1,ToPort=2,IpRanges=[{{CidrIp=a,Description=b}},{{CidrIp=c}}]'",
        PERMISSION + """'[{"IpProtocol": "tcp", "FromPort": 1}]'""",
        "aws ec2 create-vpc-endpoint --vpc-id v --subnet-ids a b --no-private-dns-enabled --region r",
        (
            "# a comment\n\nA=$(aws ec2 allocate-address --region r --query AllocationId --output text)\n"
            'aws ec2 release-address --allocation-id "$A" --region r'
        ),
    ],
)
def test_a_good_line_passes(line: str) -> None:
    dry_parse(line)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("ls -l", "ls"),
        ("aws ec2 create-rout --region r", "ec2 has no operation create-rout"),
        ("aws ec2 wait nat-gateway-done --region r", "ec2 has no waiter nat-gateway-done"),
        (f"{ROUTE} --nat-id nat-1", "CreateRoute has no parameter --nat-id"),
        ("aws ec2 create-route --nat-gateway-id nat-1 --region r", "Missing required parameter"),
        ("aws ec2 create-route --route-table-id rtb-1", "no --region"),
        (f"{ROUTE} --nat-gateway-id nat-1 nat-2", "for one"),
        (f"{ROUTE} --nat-gateway-id nat-1 --nat-gateway-id nat-2", "given twice"),
        (f"{ROUTE} --nat-gateway-id", "has no value"),
        (f'{ROUTE} --nat-gateway-id "$NAT"', "used before it is set"),
        (f"{ROUTE} --nat-gateway-id $", "a $ that names no variable"),
        (f"{PERMISSION}'IpProtocol=tcp,Ports=1'", "'Ports'"),
        (f"{PERMISSION}'tcp'", "begins with no key"),
        (f"{PERMISSION}'IpRanges=[{{CidrIp=a}}'", ""),
        (f"{PERMISSION}'FromPort=x'", ""),
        ("A=$(aws ec2 allocate-address --region r --query Allocation --output text)", "no member of the reply"),
        ("A=$(aws ec2 allocate-address --region r)", "only a result that is kept"),
        ("aws ec2 allocate-address --region r --query AllocationId", "only a result that is kept"),
    ],
)
def test_a_bad_line_does_not(line: str, words: str) -> None:
    with pytest.raises((AssertionError, ValueError, IndexError)) as caught:
        dry_parse(line)
    assert words in str(caught.value)
