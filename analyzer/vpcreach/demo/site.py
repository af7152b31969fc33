"""Building in AWS, in few words: one VPC, whose parts are made and looked up by their Name tags."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any, NamedTuple

import boto3

from vpcreach.components.execution_role import ENI_ACTIONS
from vpcreach.demo.emulator import KEY

REGION = "eu-west-1"
ANYWHERE = "0.0.0.0/0"
_TCP = "6"
_CODE = "def handler(event, context):\n    return event\n"


class Placement(NamedTuple):
    """The subnets and security groups of a function, by name."""

    subnets: tuple[str, ...]
    groups: tuple[str, ...]


class Site:
    """A VPC under construction, through boto3 clients that know the emulator's address alone."""

    def __init__(self, endpoint_url: str) -> None:
        session = boto3.Session(aws_access_key_id=KEY, aws_secret_access_key=KEY, region_name=REGION)
        self._ec2, self._iam, self._lambda, self._rds = (
            session.client(service, endpoint_url=endpoint_url) for service in ("ec2", "iam", "lambda", "rds")
        )
        self._ids: dict[tuple[str, str], str] = {}
        self._hosts = count(1)
        self._role = ""

    def vpc(self, name: str, cidr: str) -> None:
        """A VPC with DNS host names, and an internet gateway of the same name that is attached to it."""
        made = self._ec2.create_vpc(CidrBlock=cidr, TagSpecifications=_tags("vpc", name))
        vpc_id = self._ids["vpc", ""] = made["Vpc"]["VpcId"]
        self._ec2.modify_vpc_attribute(VpcId=vpc_id, EnableDnsHostnames={"Value": True})
        made = self._ec2.create_internet_gateway(TagSpecifications=_tags("internet-gateway", name))
        gateway_id = self._ids["gateway", ""] = made["InternetGateway"]["InternetGatewayId"]
        self._ec2.attach_internet_gateway(InternetGatewayId=gateway_id, VpcId=vpc_id)

    def table(self, name: str, *, nat: str | None = None, internet_gateway: bool = False) -> None:
        """A route table, whose default route (if any) leads to that NAT gateway or to the internet gateway."""
        made = self._ec2.create_route_table(VpcId=self._vpc_id, TagSpecifications=_tags("route-table", name))
        table_id = self._ids["table", name] = made["RouteTable"]["RouteTableId"]
        if nat is not None:
            self._ec2.create_route(
                RouteTableId=table_id, DestinationCidrBlock=ANYWHERE, NatGatewayId=self._ids["nat", nat]
            )
        if internet_gateway:
            self._ec2.create_route(
                RouteTableId=table_id, DestinationCidrBlock=ANYWHERE, GatewayId=self._ids["gateway", ""]
            )

    def subnet(self, name: str, cidr: str, zone: str = "a", *, table: str | None = None) -> None:
        """A subnet in a zone, associated with a table if one is named."""
        made = self._ec2.create_subnet(
            VpcId=self._vpc_id,
            CidrBlock=cidr,
            AvailabilityZone=f"{REGION}{zone}",
            TagSpecifications=_tags("subnet", name),
        )
        self._ids["subnet", name] = made["Subnet"]["SubnetId"]
        if table is not None:
            self.associate(name, table)

    def associate(self, subnet: str, table: str) -> None:
        self._ec2.associate_route_table(SubnetId=self._ids["subnet", subnet], RouteTableId=self._ids["table", table])

    def nat_gateway(self, name: str, subnet: str) -> None:
        """A public NAT gateway with an Elastic IP of its own, out of the block for documentation."""
        address = self._ec2.allocate_address(
            Domain="vpc", Address=f"203.0.113.{next(self._hosts)}", TagSpecifications=_tags("elastic-ip", name)
        )
        made = self._ec2.create_nat_gateway(
            SubnetId=self._ids["subnet", subnet],
            AllocationId=address["AllocationId"],
            TagSpecifications=_tags("natgateway", name),
        )
        self._ids["nat", name] = made["NatGateway"]["NatGatewayId"]

    def delete_nat_gateway(self, name: str) -> None:
        self._ec2.delete_nat_gateway(NatGatewayId=self._ids["nat", name])

    def gateway_endpoint(
        self, name: str, service: str, tables: Sequence[str], policy: Mapping[str, Any] | None = None
    ) -> None:
        """A gateway endpoint for s3 or dynamodb in these tables; without a policy it lets everything through."""
        own = {} if policy is None else {"PolicyDocument": json.dumps(policy)}
        self._ec2.create_vpc_endpoint(
            VpcEndpointType="Gateway",
            VpcId=self._vpc_id,
            ServiceName=f"com.amazonaws.{REGION}.{service}",
            RouteTableIds=[self._ids["table", table] for table in tables],
            TagSpecifications=_tags("vpc-endpoint", name),
            **own,
        )

    def inbound_acl(self, name: str, subnet: str, allowed: Sequence[tuple[str, int, int]]) -> None:
        """A network ACL for a subnet: all may leave, and only TCP from these blocks to these ports may enter."""
        made = self._ec2.create_network_acl(VpcId=self._vpc_id, TagSpecifications=_tags("network-acl", name))
        acl_id = made["NetworkAcl"]["NetworkAclId"]
        entry = {"NetworkAclId": acl_id, "RuleAction": "allow"}
        self._ec2.create_network_acl_entry(**entry, RuleNumber=100, Protocol="-1", Egress=True, CidrBlock=ANYWHERE)
        for number, (cidr, first, last) in enumerate(allowed, 1):
            self._ec2.create_network_acl_entry(
                **entry,
                RuleNumber=100 * number,
                Protocol=_TCP,
                Egress=False,
                CidrBlock=cidr,
                PortRange={"From": first, "To": last},
            )
        subnet_id = self._ids["subnet", subnet]
        filters = [{"Name": "association.subnet-id", "Values": [subnet_id]}]
        [old] = self._ec2.describe_network_acls(Filters=filters)["NetworkAcls"]
        [association] = [each for each in old["Associations"] if each["SubnetId"] == subnet_id]
        self._ec2.replace_network_acl_association(
            NetworkAclId=acl_id, AssociationId=association["NetworkAclAssociationId"]
        )

    def group(self, name: str, *, egress: Sequence[Mapping[str, Any]] | None = None) -> None:
        """A security group; it lets out everything, as AWS makes it, unless `egress` lists its own permissions."""
        made = self._ec2.create_security_group(
            GroupName=name, Description=name, VpcId=self._vpc_id, TagSpecifications=_tags("security-group", name)
        )
        group_id = self._ids["group", name] = made["GroupId"]
        if egress is None:
            return
        everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": ANYWHERE}]}
        self._ec2.revoke_security_group_egress(GroupId=group_id, IpPermissions=[everything])
        if egress:
            self._ec2.authorize_security_group_egress(GroupId=group_id, IpPermissions=list(egress))

    def admit(self, group: str, to_group: str, port: int) -> None:
        """Lets members of `group` open TCP connections to `port` of members of `to_group`."""
        pair = {"GroupId": self._ids["group", group], "Description": f"from {group}"}
        permission = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": [pair]}
        self._ec2.authorize_security_group_ingress(GroupId=self._ids["group", to_group], IpPermissions=[permission])

    def https_to(self, service: str) -> dict[str, Any]:
        """The permission to open HTTPS connections to s3 or dynamodb, by the service's prefix list."""
        lists = self._ec2.describe_managed_prefix_lists()["PrefixLists"]
        [list_id] = [
            each["PrefixListId"] for each in lists if each["PrefixListName"] == f"com.amazonaws.{REGION}.{service}"
        ]
        return {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "PrefixListIds": [{"PrefixListId": list_id}]}

    def postgres(self, name: str, subnets: Sequence[str], group: str) -> None:
        """A database in the first zone of these subnets, in a security group."""
        self._rds.create_db_subnet_group(
            DBSubnetGroupName=name,
            DBSubnetGroupDescription=name,
            SubnetIds=[self._ids["subnet", subnet] for subnet in subnets],
        )
        self._rds.create_db_instance(
            DBInstanceIdentifier=name,
            DBInstanceClass="db.t4g.micro",
            Engine="postgres",
            AllocatedStorage=20,
            AvailabilityZone=f"{REGION}a",
            DBSubnetGroupName=name,
            VpcSecurityGroupIds=[self._ids["group", group]],
            MasterUsername="demo",
            MasterUserPassword="not-a-secret",
        )

    def function(self, name: str, description: str, place: Placement) -> None:
        """A function, which nobody ever invokes."""
        self._lambda.create_function(
            FunctionName=name,
            Description=description,
            Runtime="python3.13",
            Role=self._any_role(),
            Handler="function.handler",
            Code={"ZipFile": _zipped(_CODE)},
            VpcConfig={
                "SubnetIds": [self._ids["subnet", subnet] for subnet in place.subnets],
                "SecurityGroupIds": [self._ids["group", group] for group in place.groups],
            },
        )

    @property
    def _vpc_id(self) -> str:
        return self._ids["vpc", ""]

    def _any_role(self) -> str:
        if not self._role:
            made = self._iam.create_role(RoleName="functions", AssumeRolePolicyDocument="{}")
            self._role = made["Role"]["Arn"]
            allowed = {"Effect": "Allow", "Action": ENI_ACTIONS, "Resource": "*"}
            policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
            self._iam.put_role_policy(RoleName="functions", PolicyName="interfaces", PolicyDocument=policy)
        return self._role


def _tags(kind: str, name: str) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]


def _zipped(code: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("function.py"), code)  # with a fixed time, so that its hash is fixed too
    return buffer.getvalue()
