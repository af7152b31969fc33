"""A small estate, built in an AWS emulator."""

import io
import zipfile

import boto3

ACCOUNT = "123456789012"  # moto's own
REGION = "eu-west-1"


def build(endpoint_url: str | None) -> dict[str, str]:
    """Two VPCs; `orders` in the first, with a route to a prefix list, and `hello` in none."""
    ec2, iam, functions = (
        boto3.client(service, region_name=REGION, endpoint_url=endpoint_url) for service in ("ec2", "iam", "lambda")
    )
    ids = {}
    for name, cidr in (("shop", "10.0.0.0/16"), ("other", "10.1.0.0/16")):
        ids[name] = ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
    private = ec2.create_subnet(VpcId=ids["shop"], CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    table = ec2.create_route_table(VpcId=ids["shop"])["RouteTable"]["RouteTableId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    for name in ("offices", "unused"):
        made = ec2.create_managed_prefix_list(
            PrefixListName=name, MaxEntries=2, AddressFamily="IPv4", Entries=[{"Cidr": "192.0.2.0/24"}]
        )
        ids[name] = made["PrefixList"]["PrefixListId"]
    ec2.create_route(RouteTableId=table, DestinationPrefixListId=ids["offices"], GatewayId=gateway)
    role = iam.create_role(RoleName="orders", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("orders.py", "")
    common = {
        "Runtime": "python3.12",
        "Role": role,
        "Handler": "orders.handler",
        "Code": {"ZipFile": code.getvalue()},
        "Environment": {"Variables": {"PASSWORD": "hunter2"}},
    }
    functions.create_function(
        FunctionName="orders", VpcConfig={"SubnetIds": [private], "SecurityGroupIds": []}, **common
    )
    functions.create_function(FunctionName="hello", **common)
    return ids
