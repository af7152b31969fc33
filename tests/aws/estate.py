"""A small estate, built in an AWS emulator."""

import io
import zipfile

import boto3

ACCOUNT = "123456789012"  # moto's own
REGION = "eu-west-1"


def build(endpoint_url: str | None) -> dict[str, str]:
    """Two VPCs that are peers; `orders` in the first, which has a route to a prefix list too, and `hello` in none."""
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
    ec2.create_subnet(VpcId=ids["other"], CidrBlock="10.1.1.0/24")
    peering = ec2.create_vpc_peering_connection(VpcId=ids["shop"], PeerVpcId=ids["other"])["VpcPeeringConnection"]
    peering_id = peering["VpcPeeringConnectionId"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering_id)
    tables = ec2.describe_route_tables(Filters=[{"Name": "association.main", "Values": ["true"]}])["RouteTables"]
    for here, there in (("shop", "10.1.0.0/16"), ("other", "10.0.0.0/16")):
        [main] = [each["RouteTableId"] for each in tables if each["VpcId"] == ids[here]]
        ec2.create_route(RouteTableId=main, DestinationCidrBlock=there, VpcPeeringConnectionId=peering_id)
    groups = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [ids["shop"]]}])["SecurityGroups"]
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
        FunctionName="orders", VpcConfig={"SubnetIds": [private], "SecurityGroupIds": [groups[0]["GroupId"]]}, **common
    )
    functions.create_function(FunctionName="hello", **common)
    return ids
