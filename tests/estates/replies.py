"""The reply files of a drawn estate: which calls there are, and how their arguments name the files.

A reply is known by its path below the place, without ending: `ec2/describe-vpcs`, or
`lambda/get-function-configuration/orders`.
"""

import re
from typing import Any
from urllib.parse import quote, unquote

Json = dict[str, Any]

GLOBAL_SERVICES = frozenset({"iam", "route53", "networkmanager", "organizations", "sts"})

# Calls that are made once per place, with the top-level key of their answer. An empty account answers them
# all.
LISTS = {
    "ec2/describe-vpcs": ("DescribeVpcs", "Vpcs"),
    "ec2/describe-subnets": ("DescribeSubnets", "Subnets"),
    "ec2/describe-route-tables": ("DescribeRouteTables", "RouteTables"),
    "ec2/describe-security-groups": ("DescribeSecurityGroups", "SecurityGroups"),
    "ec2/describe-security-group-vpc-associations": (
        "DescribeSecurityGroupVpcAssociations",
        "SecurityGroupVpcAssociations",
    ),
    "ec2/describe-network-acls": ("DescribeNetworkAcls", "NetworkAcls"),
    "ec2/describe-internet-gateways": ("DescribeInternetGateways", "InternetGateways"),
    "ec2/describe-egress-only-internet-gateways": (
        "DescribeEgressOnlyInternetGateways",
        "EgressOnlyInternetGateways",
    ),
    "ec2/describe-nat-gateways": ("DescribeNatGateways", "NatGateways"),
    "ec2/describe-vpc-endpoints": ("DescribeVpcEndpoints", "VpcEndpoints"),
    "ec2/describe-vpc-endpoint-associations": ("DescribeVpcEndpointAssociations", "VpcEndpointAssociations"),
    "ec2/describe-network-interfaces": ("DescribeNetworkInterfaces", "NetworkInterfaces"),
    "ec2/describe-addresses": ("DescribeAddresses", "Addresses"),
    "ec2/describe-instances": ("DescribeInstances", "Reservations"),
    "ec2/describe-managed-prefix-lists": ("DescribeManagedPrefixLists", "PrefixLists"),
    "ec2/describe-prefix-lists": ("DescribePrefixLists", "PrefixLists"),
    "ec2/describe-dhcp-options": ("DescribeDhcpOptions", "DhcpOptions"),
    "ec2/describe-vpc-block-public-access-options": (
        "DescribeVpcBlockPublicAccessOptions",
        "VpcBlockPublicAccessOptions",
    ),
    "ec2/describe-vpc-block-public-access-exclusions": (
        "DescribeVpcBlockPublicAccessExclusions",
        "VpcBlockPublicAccessExclusions",
    ),
    "ec2/describe-vpc-encryption-controls": ("DescribeVpcEncryptionControls", "VpcEncryptionControls"),
    "ec2/describe-vpc-peering-connections": ("DescribeVpcPeeringConnections", "VpcPeeringConnections"),
    "ec2/describe-vpn-gateways": ("DescribeVpnGateways", "VpnGateways"),
    "ec2/describe-vpn-connections": ("DescribeVpnConnections", "VpnConnections"),
    "ec2/describe-carrier-gateways": ("DescribeCarrierGateways", "CarrierGateways"),
    "ec2/describe-transit-gateways": ("DescribeTransitGateways", "TransitGateways"),
    "ec2/describe-transit-gateway-attachments": (
        "DescribeTransitGatewayAttachments",
        "TransitGatewayAttachments",
    ),
    "ec2/describe-transit-gateway-vpc-attachments": (
        "DescribeTransitGatewayVpcAttachments",
        "TransitGatewayVpcAttachments",
    ),
    "ec2/describe-transit-gateway-peering-attachments": (
        "DescribeTransitGatewayPeeringAttachments",
        "TransitGatewayPeeringAttachments",
    ),
    "ec2/describe-transit-gateway-route-tables": (
        "DescribeTransitGatewayRouteTables",
        "TransitGatewayRouteTables",
    ),
    "networkmanager/list-core-networks": ("ListCoreNetworks", "CoreNetworks"),
    "networkmanager/list-attachments": ("ListAttachments", "Attachments"),
    "lambda/list-functions": ("ListFunctions", "Functions"),
    "rds/describe-db-instances": ("DescribeDBInstances", "DBInstances"),
    "rds/describe-db-clusters": ("DescribeDBClusters", "DBClusters"),
    "rds/describe-db-cluster-endpoints": ("DescribeDBClusterEndpoints", "DBClusterEndpoints"),
    "rds/describe-db-subnet-groups": ("DescribeDBSubnetGroups", "DBSubnetGroups"),
    "rds/describe-db-proxies": ("DescribeDBProxies", "DBProxies"),
    "rds/describe-db-proxy-endpoints": ("DescribeDBProxyEndpoints", "DBProxyEndpoints"),
    "elasticache/describe-cache-clusters": ("DescribeCacheClusters", "CacheClusters"),
    "elasticache/describe-replication-groups": ("DescribeReplicationGroups", "ReplicationGroups"),
    "elasticache/describe-cache-subnet-groups": ("DescribeCacheSubnetGroups", "CacheSubnetGroups"),
    "elasticache/describe-serverless-caches": ("DescribeServerlessCaches", "ServerlessCaches"),
    "memorydb/describe-clusters": ("DescribeClusters", "Clusters"),
    "memorydb/describe-subnet-groups": ("DescribeSubnetGroups", "SubnetGroups"),
    "dax/describe-clusters": ("DescribeClusters", "Clusters"),
    "dax/describe-subnet-groups": ("DescribeSubnetGroups", "SubnetGroups"),
    "redshift/describe-clusters": ("DescribeClusters", "Clusters"),
    "redshift/describe-cluster-subnet-groups": ("DescribeClusterSubnetGroups", "ClusterSubnetGroups"),
    "redshift/describe-endpoint-access": ("DescribeEndpointAccess", "EndpointAccessList"),
    "redshift-serverless/list-workgroups": ("ListWorkgroups", "workgroups"),
    "redshift-serverless/list-endpoint-access": ("ListEndpointAccess", "endpoints"),
    "elbv2/describe-load-balancers": ("DescribeLoadBalancers", "LoadBalancers"),
    "elbv2/describe-target-groups": ("DescribeTargetGroups", "TargetGroups"),
    "elb/describe-load-balancers": ("DescribeLoadBalancers", "LoadBalancerDescriptions"),
    "ecs/list-clusters": ("ListClusters", "clusterArns"),
    "apigateway/get-rest-apis": ("GetRestApis", "items"),
    "kafka/list-clusters-v2": ("ListClustersV2", "ClusterInfoList"),
    "mq/list-brokers": ("ListBrokers", "BrokerSummaries"),
    "opensearch/list-domain-names": ("ListDomainNames", "DomainNames"),
    "opensearchserverless/list-collections": ("ListCollections", "collectionSummaries"),
    "opensearchserverless/list-vpc-endpoints": ("ListVpcEndpoints", "vpcEndpointSummaries"),
    "efs/describe-file-systems": ("DescribeFileSystems", "FileSystems"),
    "efs/describe-access-points": ("DescribeAccessPoints", "AccessPoints"),
    "s3files/list-file-systems": ("ListFileSystems", "fileSystems"),
    "fsx/describe-file-systems": ("DescribeFileSystems", "FileSystems"),
    "fsx/describe-storage-virtual-machines": ("DescribeStorageVirtualMachines", "StorageVirtualMachines"),
    "timestream-influxdb/list-db-instances": ("ListDbInstances", "items"),
    "timestream-influxdb/list-db-clusters": ("ListDbClusters", "items"),
    "route53resolver/list-firewall-rule-group-associations": (
        "ListFirewallRuleGroupAssociations",
        "FirewallRuleGroupAssociations",
    ),
    "route53resolver/list-resolver-rule-associations": (
        "ListResolverRuleAssociations",
        "ResolverRuleAssociations",
    ),
    "route53resolver/list-resolver-rules": ("ListResolverRules", "ResolverRules"),
    "route53profiles/list-profile-associations": ("ListProfileAssociations", "ProfileAssociations"),
}

# Calls that are made once per argument list.
WITH_ARGUMENTS = {
    "ec2/describe-vpc-attribute": "DescribeVpcAttribute",
    "ec2/get-managed-prefix-list-entries": "GetManagedPrefixListEntries",
    "lambda/get-function-configuration": "GetFunctionConfiguration",
    "lambda/list-aliases": "ListAliases",
    "rds/describe-db-proxy-targets": "DescribeDBProxyTargets",
    "lambda/list-tags": "ListTags",
    "route53/list-hosted-zones-by-vpc": "ListHostedZonesByVPC",
}

_IAM_PREFIXES = {
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "efs": "elasticfilesystem",
    "opensearch": "es",
    "opensearchserverless": "aoss",
}
# IAM knows the calls of API Gateway by their HTTP method.
_IAM_OPERATIONS = {"apigateway": "GET"}


def call_of(path: str) -> str:
    """`ec2/describe-vpcs`, the call of a reply's path, without arguments."""
    return "/".join(path.split("/")[:2])


def operation_of(path: str) -> str:
    """`DescribeVpcs` for `ec2/describe-vpcs`, for calls that this file knows or whose name is plain words."""
    call = call_of(path)
    if call in LISTS:
        return LISTS[call][0]
    return WITH_ARGUMENTS.get(call) or "".join(word.capitalize() for word in call.split("/")[1].split("-"))


def action_of(path: str) -> str:
    """The IAM action of a reply's call: `ec2:DescribeVpcs`."""
    service = path.split("/", maxsplit=1)[0]
    operation = _IAM_OPERATIONS.get(service) or operation_of(path)
    return f"{_IAM_PREFIXES.get(service, service)}:{operation}"


def path_of(call: str, *arguments: str) -> str:
    """The path of a call's reply, each argument percent-encoded and all joined by dots."""
    if not arguments:
        return call
    return f"{call}/{'.'.join(_encoded(argument) for argument in arguments)}"


def arguments_of(path: str) -> tuple[str, ...]:
    """The arguments that stand in a reply's path."""
    parts = path.split("/")
    return tuple(unquote(part) for part in parts[2].split(".")) if len(parts) == 3 else ()


def _encoded(argument: str) -> str:
    return re.sub(r"[.~]", lambda found: f"%{ord(found[0]):02X}", quote(argument, safe="-_"))
