"""An AWS emulator in a process of its own, holding one VPC with many functions.

`python -m benchmarks.emulator 1000` prints the emulator's address and serves until its standard input closes.
"""

import io
import sys
import zipfile

import boto3

from vpcreach.demo.emulator import KEY, emulated
from vpcreach.demo.site import REGION

SUBNETS = 6
GROUPS = 20


def build(endpoint_url: str, functions: int) -> None:
    """A VPC with six private subnets behind one NAT gateway, twenty groups, and functions spread over them."""
    session = boto3.Session(aws_access_key_id=KEY, aws_secret_access_key=KEY, region_name=REGION)
    ec2, functions_api, iam = (session.client(name, endpoint_url=endpoint_url) for name in ("ec2", "lambda", "iam"))
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    public = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.255.0/24")["Subnet"]["SubnetId"]
    outer, inner = (ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"] for _ in range(2))
    ec2.create_route(RouteTableId=outer, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    ec2.associate_route_table(RouteTableId=outer, SubnetId=public)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=public, AllocationId=address)["NatGateway"]["NatGatewayId"]
    ec2.create_route(RouteTableId=inner, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
    ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=f"com.amazonaws.{REGION}.s3", RouteTableIds=[inner])
    subnets = []
    for number in range(SUBNETS):
        subnets.append(ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24")["Subnet"]["SubnetId"])
        ec2.associate_route_table(RouteTableId=inner, SubnetId=subnets[-1])
    names = [f"group-{number}" for number in range(GROUPS)]
    groups = [ec2.create_security_group(GroupName=n, Description=n, VpcId=vpc)["GroupId"] for n in names]
    role = iam.create_role(RoleName="any", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("index.py", "def handler(event, context):\n    return event\n")
    for number in range(functions):
        first = number % SUBNETS
        functions_api.create_function(
            FunctionName=f"function-{number:05}",
            Runtime="python3.12",
            Role=role,
            Handler="index.handler",
            Code={"ZipFile": code.getvalue()},
            VpcConfig={
                "SubnetIds": [subnets[first], subnets[(first + 1) % SUBNETS]],
                "SecurityGroupIds": [groups[number % GROUPS]],
            },
        )


def main() -> None:
    """Serves an emulator with as many functions as the first argument says."""
    with emulated() as endpoint_url:
        build(endpoint_url, int(sys.argv[1]))
        print(endpoint_url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
