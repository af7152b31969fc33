"""Edits of VPC endpoints: made, given to another route table, their policy widened; a VPC's DNS switched on.

Modelled: gateway endpoints for S3 and DynamoDB, interface endpoints with private DNS and a security group.
Endpoints that carry one id are one endpoint: a second NewGatewayEndpoint gives it another table.
Not modelled: the addresses that AWS will give an endpoint's interfaces (free ones of its subnets stand for them).
Source: EC2 API Reference, CreateVpcEndpoint, ModifyVpcEndpoint, ModifyVpcAttribute.
Checked: tests/unit/explain/edits/test_endpoints.py.
"""

import json
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from vpcreach.components.network_interface import DESCRIBE_NETWORK_INTERFACES
from vpcreach.components.prefix_list import DESCRIBE_MANAGED_PREFIX_LISTS, DESCRIBE_PREFIX_LISTS
from vpcreach.components.route_table import DESCRIBE_ROUTE_TABLES
from vpcreach.components.security_group import DESCRIBE_SECURITY_GROUPS
from vpcreach.components.subnet import DESCRIBE_SUBNETS
from vpcreach.components.vpc import DESCRIBE_VPC_ATTRIBUTE, DESCRIBE_VPCS
from vpcreach.components.vpc_endpoint import DESCRIBE_VPC_ENDPOINTS
from vpcreach.errors import UsageError
from vpcreach.explain.edits.draft import Cost, Draft, Item
from vpcreach.explain.edits.gateways import take_address
from vpcreach.snapshot.call import Place

# AWS keeps the first four addresses of a subnet, and the last.
_KEPT = 4
# What AWS gives an endpoint that is made without a policy.
FULL_ACCESS: Item = {
    "Version": "2008-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
}
# The partitions whose interface endpoint services are all called com.amazonaws.REGION.SERVICE.
SAME_NAMES = ("aws", "aws-us-gov")
# Services called in no Region of their own, and labels of hosts whose endpoint service is called otherwise
# (kinesis-streams, kinesis-firehose, ecr.dkr): AWS has no com.amazonaws.REGION.… for these.
NOT_CALLED_SO = frozenset(
    [
        "chime",
        "cloudfront",
        "dkr",
        "ecr",
        "firehose",
        "iam",
        "importexport",
        "kinesis",
        "mturk-requester",
        "route53",
        "shield",
        "waf",
    ]
)
# Endpoint services have these behind the service's own label (ecr.api), hosts before it (api.ecr).
PARTS = ("api", "data", "dkr", "env", "ops", "runtime", "streams")


@dataclass(frozen=True, slots=True)
class AddEndpointRoute:
    """A gateway endpoint given to one more route table, which gets the route to it."""

    endpoint_id: str
    route_table_id: str

    @property
    def cost(self) -> Cost:
        return Cost.NONE

    def apply(self, draft: Draft) -> None:
        home = draft.home_of(DESCRIBE_VPC_ENDPOINTS, "VpcEndpointId", self.endpoint_id)
        told = draft.find(DESCRIBE_VPC_ENDPOINTS, "VpcEndpointId", self.endpoint_id)
        if str(told[0].get("VpcEndpointType", "")).lower() != "gateway":
            raise UsageError(f"{self.endpoint_id} is no gateway endpoint, and only those have route tables")
        prefix_list = _prefix_list(draft, home, told[0]["ServiceName"])
        _add_route(draft, self.route_table_id, prefix_list, self.endpoint_id, told[0].get("VpcId"))
        for endpoint in told:
            endpoint["RouteTableIds"] = [*endpoint.get("RouteTableIds", []), self.route_table_id]

    def __str__(self) -> str:
        return f"add {self.route_table_id} to the route tables of {self.endpoint_id}"


@dataclass(frozen=True, slots=True)
class NewGatewayEndpoint:
    """A gateway endpoint (`service` is s3 or dynamodb) with its route in one table."""

    endpoint_id: str
    vpc_id: str
    service: str
    route_table_id: str

    @property
    def cost(self) -> Cost:
        return Cost.FREE

    def apply(self, draft: Draft) -> None:
        home = draft.home_of(DESCRIBE_VPCS, "VpcId", self.vpc_id)
        name = f"com.amazonaws.{home.region}.{self.service}"
        endpoints = draft.items(DESCRIBE_VPC_ENDPOINTS, home)
        same = [each for each in endpoints if each.get("VpcEndpointId") == self.endpoint_id]
        if any((e.get("VpcId"), e.get("ServiceName")) != (self.vpc_id, name) for e in same):
            raise UsageError(f"{self.endpoint_id} is another endpoint already, so it cannot stand for a new one")
        _add_route(draft, self.route_table_id, _prefix_list(draft, home, name), self.endpoint_id, self.vpc_id)
        if not same:
            same = [_endpoint(self.endpoint_id, "Gateway", name, self.vpc_id, home) | {"PrivateDnsEnabled": False}]
            endpoints.extend(same)
        same[0]["RouteTableIds"] = [*same[0]["RouteTableIds"], self.route_table_id]

    def __str__(self) -> str:
        return f"make a gateway endpoint ({self.endpoint_id}) for {self.service} in {self.route_table_id}"


@dataclass(frozen=True, slots=True)
class NewSecurityGroup:
    """A security group without inbound rules; `group_id` stands for the id that AWS will give."""

    group_id: str
    vpc_id: str
    name: str

    @property
    def cost(self) -> Cost:
        return Cost.FREE

    def apply(self, draft: Draft) -> None:
        home = draft.home_of(DESCRIBE_VPCS, "VpcId", self.vpc_id)
        draft.is_free(DESCRIBE_SECURITY_GROUPS, "GroupId", self.group_id)
        groups = draft.items(DESCRIBE_SECURITY_GROUPS, home)
        if any((each.get("VpcId"), each.get("GroupName")) == (self.vpc_id, self.name) for each in groups):
            raise UsageError(f"{self.vpc_id} has a security group called {self.name} already")
        everything: Item = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "UserIdGroupPairs": []}
        if draft.find(DESCRIBE_VPCS, "VpcId", self.vpc_id)[0].get("Ipv6CidrBlockAssociationSet"):
            everything["Ipv6Ranges"] = [{"CidrIpv6": "::/0"}]
        made = {
            "GroupId": self.group_id,
            "GroupName": self.name,
            "Description": self.name,
            "VpcId": self.vpc_id,
            "OwnerId": home.account,
            "IpPermissions": [],
            "IpPermissionsEgress": [everything],
            "Tags": [],
        }
        groups.append(made)

    def __str__(self) -> str:
        return f"make a security group ({self.group_id}) in {self.vpc_id}"


@dataclass(frozen=True, slots=True)
class NewInterfaceEndpoint:
    """An interface endpoint with private DNS: `service` is the last label of its name, such as `sqs`."""

    endpoint_id: str
    vpc_id: str
    service: str
    subnet_ids: tuple[str, ...]
    group_id: str

    @property
    def cost(self) -> Cost:
        return Cost.HOURLY

    def apply(self, draft: Draft) -> None:
        home = draft.home_of(DESCRIBE_VPCS, "VpcId", self.vpc_id)
        draft.is_free(DESCRIBE_VPC_ENDPOINTS, "VpcEndpointId", self.endpoint_id)
        name = f"com.amazonaws.{home.region}.{self.service}"
        self._check(draft, home, name)
        made = _endpoint(self.endpoint_id, "Interface", name, self.vpc_id, home)
        interfaces = [self._interface(subnet_id, home, draft) for subnet_id in self.subnet_ids]
        own = f"{self.endpoint_id}.{self.service}.{home.region}.vpce.amazonaws.com"
        ordinary = f"{self.service}.{home.region}.amazonaws.com"
        made |= {
            "SubnetIds": list(self.subnet_ids),
            "Groups": [{"GroupId": self.group_id, "GroupName": self.group_id}],
            "PrivateDnsEnabled": True,
            "IpAddressType": "ipv4",
            "DnsOptions": {"DnsRecordIpType": "ipv4"},
            "NetworkInterfaceIds": [each["NetworkInterfaceId"] for each in interfaces],
            "DnsEntries": [{"DnsName": own}, {"DnsName": ordinary}],
        }
        if self.service == "s3":
            made["DnsOptions"]["PrivateDnsOnlyForInboundResolverEndpoint"] = False
        draft.items(DESCRIBE_VPC_ENDPOINTS, home).append(made)
        draft.items(DESCRIBE_NETWORK_INTERFACES, home).extend(interfaces)

    def _check(self, draft: Draft, home: Place, name: str) -> None:
        """Raises UsageError for what AWS refuses of the whole endpoint."""
        if home.partition not in SAME_NAMES:
            raise UsageError(f"how the endpoint service of {self.service} is called in {home.region} is not known")
        if self.service in NOT_CALLED_SO or self.service.split(".")[0] in PARTS:
            raise UsageError(f"AWS has no endpoint service {name}")
        for attribute in ("enableDnsSupport", "enableDnsHostnames"):
            path = DESCRIBE_VPC_ATTRIBUTE.path(home, (self.vpc_id, attribute))
            told = draft.document(path) if path in draft.snapshot.files else {}
            if told.get(attribute[:1].upper() + attribute[1:], {}).get("Value") is False:
                raise UsageError(f"private DNS needs {attribute}, which is off in {self.vpc_id}")
        for each in draft.items(DESCRIBE_VPC_ENDPOINTS, home):
            same = (each.get("VpcId"), each.get("ServiceName")) == (self.vpc_id, name)
            if same and each.get("PrivateDnsEnabled") and each.get("VpcEndpointType") == "Interface":
                raise UsageError(
                    f"{each['VpcEndpointId']} has the private DNS of {self.service} in {self.vpc_id} already"
                )
        [group, *_] = draft.find(DESCRIBE_SECURITY_GROUPS, "GroupId", self.group_id)
        subnets = [draft.find(DESCRIBE_SUBNETS, "SubnetId", subnet_id)[0] for subnet_id in self.subnet_ids]
        for key, each in ((self.group_id, group), *zip(self.subnet_ids, subnets, strict=True)):
            if each.get("VpcId") != self.vpc_id:
                raise UsageError(f"{key} is of {each.get('VpcId')}, not of {self.vpc_id}")
        zones = [subnet.get("AvailabilityZone") for subnet in subnets]
        if len(set(zones)) < len(zones):
            raise UsageError(f"an endpoint takes one subnet of each zone: {', '.join(self.subnet_ids)} share one")

    def _interface(self, subnet_id: str, home: Place, draft: Draft) -> Item:
        [subnet, *_] = told = draft.find(DESCRIBE_SUBNETS, "SubnetId", subnet_id)
        for each in told:
            take_address(each)
        address = _free_address(subnet, draft.items(DESCRIBE_NETWORK_INTERFACES, home))
        return {
            "NetworkInterfaceId": f"eni-{self.endpoint_id}-{subnet_id}",
            "InterfaceType": "vpc_endpoint",
            "SubnetId": subnet_id,
            "VpcId": self.vpc_id,
            "AvailabilityZone": subnet.get("AvailabilityZone", ""),
            "Description": f"VPC Endpoint Interface {self.endpoint_id}",
            "Groups": [{"GroupId": self.group_id, "GroupName": self.group_id}],
            "OwnerId": home.account,
            "PrivateIpAddress": address,
            "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": address}],
            "Ipv6Addresses": [],
            "RequesterManaged": True,
            "SourceDestCheck": True,
            "Status": "in-use",
        }

    def __str__(self) -> str:
        where = ", ".join(self.subnet_ids)
        return f"make an interface endpoint ({self.endpoint_id}) for {self.service} with private DNS in {where}"


@dataclass(frozen=True, slots=True)
class AllowInEndpointPolicy:
    """A statement that allows actions on resources, added to an endpoint's policy.

    `without` are statements that deny and are taken out, by their place in the policy, from 0. Without actions, taking
    them out is all.
    """

    endpoint_id: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    without: tuple[int, ...] = ()

    @property
    def cost(self) -> Cost:
        return Cost.NONE

    @property
    def statement(self) -> Item:
        """The statement as IAM writes it; a gateway endpoint takes no other principal than everyone."""
        return {"Effect": "Allow", "Principal": "*", "Action": list(self.actions), "Resource": list(self.resources)}

    def apply(self, draft: Draft) -> None:
        for endpoint in draft.find(DESCRIBE_VPC_ENDPOINTS, "VpcEndpointId", self.endpoint_id):
            endpoint["PolicyDocument"] = json.dumps(self.widened(endpoint.get("PolicyDocument")))

    def widened(self, policy: str | None) -> Item:
        """The whole policy with the statement in it; raises UsageError for one that is not readable as JSON."""
        try:
            document = json.loads(policy) if policy else FULL_ACCESS
        except json.JSONDecodeError as error:
            raise UsageError(f"the policy of {self.endpoint_id} is not readable as JSON: {error}") from error
        if not isinstance(document, dict):
            raise UsageError(f"the policy of {self.endpoint_id} is no JSON object")
        statements = document.get("Statement", [])
        held = statements if isinstance(statements, list) else [statements]
        kept = [each for place, each in enumerate(held) if place not in self.without]
        return {**document, "Statement": [*kept, *([self.statement] if self.actions else [])]}

    def __str__(self) -> str:
        places = ", ".join(str(place + 1) for place in self.without)
        policy = f"the policy of {self.endpoint_id}"
        allowed = f"allow {', '.join(self.actions)} on {', '.join(self.resources)} in"
        if not self.without:
            return f"{allowed} {policy}"
        more = f", and {allowed} it" if self.actions else ""
        return f"take statement {places}, which denies, out of {policy}{more}"


@dataclass(frozen=True, slots=True)
class EnableVpcDns:
    """`attribute` is enableDnsSupport or enableDnsHostnames."""

    vpc_id: str
    attribute: str

    @property
    def cost(self) -> Cost:
        return Cost.NONE

    def apply(self, draft: Draft) -> None:
        draft.find(DESCRIBE_VPCS, "VpcId", self.vpc_id)
        told = [path for path in self._paths(draft, self.attribute) if path in draft.snapshot.files]
        if not told:
            raise UsageError(f"{self.attribute} of {self.vpc_id} is not in the snapshot")
        for path in self._paths(draft, "enableDnsSupport"):
            is_off = path in draft.snapshot.files and draft.document(path)["EnableDnsSupport"].get("Value") is False
            if is_off and self.attribute != "enableDnsSupport":
                raise UsageError(f"{self.attribute} of {self.vpc_id} needs enableDnsSupport, which is off")
        for path in told:
            draft.document(path)[self.attribute[:1].upper() + self.attribute[1:]] = {"Value": True}

    def _paths(self, draft: Draft, attribute: str) -> list[str]:
        """The replies that may tell an attribute: those of the owner, and of every account the VPC is shared with."""
        return [DESCRIBE_VPC_ATTRIBUTE.path(place, (self.vpc_id, attribute)) for place in draft.snapshot.places()]

    def __str__(self) -> str:
        return f"switch {self.attribute} of {self.vpc_id} on"


def _endpoint(endpoint_id: str, kind: str, name: str, vpc_id: str, home: Place) -> Item:
    return {
        "VpcEndpointId": endpoint_id,
        "VpcEndpointType": kind,
        "VpcId": vpc_id,
        "ServiceName": name,
        "ServiceRegion": home.region,
        "State": "available",
        "PolicyDocument": json.dumps(FULL_ACCESS),
        "RouteTableIds": [],
        "SubnetIds": [],
        "Groups": [],
        "NetworkInterfaceIds": [],
        "DnsEntries": [],
        "RequesterManaged": False,
        "OwnerId": home.account,
        "Tags": [],
    }


def _prefix_list(draft: Draft, home: Place, service_name: str) -> str:
    for call in (DESCRIBE_MANAGED_PREFIX_LISTS, DESCRIBE_PREFIX_LISTS):
        for place, items in draft.listed(call):
            found = [item["PrefixListId"] for item in items if item.get("PrefixListName") == service_name]
            if found and place.region == home.region:
                return str(found[0])
    raise UsageError(f"the prefix list of {service_name} is not in the snapshot")


def _add_route(draft: Draft, route_table_id: str, prefix_list: str, endpoint_id: str, vpc_id: str | None) -> None:
    route = {
        "DestinationPrefixListId": prefix_list,
        "GatewayId": endpoint_id,
        "Origin": "CreateRoute",
        "State": "active",
    }
    for table in draft.find(DESCRIBE_ROUTE_TABLES, "RouteTableId", route_table_id):
        if table.get("VpcId") != vpc_id:
            raise UsageError(f"{route_table_id} is a table of {table.get('VpcId')}, and {endpoint_id} serves {vpc_id}")
        held = [each for each in table.get("Routes", []) if each.get("DestinationPrefixListId") == prefix_list]
        if held:
            target = held[0].get("GatewayId", "another target")
            raise UsageError(f"{route_table_id} has a route to {prefix_list} already, to {target}")
        table.setdefault("Routes", []).append(dict(route))


def _free_address(subnet: Item, interfaces: list[Item]) -> str:
    block = ip_network(subnet["CidrBlock"])
    taken = {
        each.get("PrivateIpAddress")
        for interface in interfaces
        if interface.get("SubnetId") == subnet["SubnetId"]
        for each in interface.get("PrivateIpAddresses", [])
    }
    for offset in range(_KEPT, block.num_addresses - 1):
        address = str(ip_address(int(block.network_address) + offset))
        if address not in taken:
            return address
    raise UsageError(f"{subnet['SubnetId']} has no free address left for an endpoint")
