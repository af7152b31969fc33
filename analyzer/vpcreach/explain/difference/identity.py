"""What makes an item of a reply the same item in another snapshot: the keys that name it.

Every list call without arguments stands here; a reply with arguments is one component, named by them.
Checked: tests/unit/explain/difference/test_identity.py.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from vpcreach import components, destinations
from vpcreach.components import execution_role
from vpcreach.components.lambda_function import GET_RESOURCES, LIST_TAGS, LIST_VERSIONS_BY_FUNCTION
from vpcreach.destinations import rds
from vpcreach.snapshot.call import Call

# Tags of functions choose functions in rule files and decide no verdict.
DECIDE_NOTHING = (GET_RESOURCES, LIST_TAGS)


def _calls() -> Iterable[Call[Any]]:
    """Every call whose reply something reads: what the collector asks for, and what is made by hand in its place."""
    yield from components.ALL_CALLS
    yield from (*execution_role.BY_HAND, LIST_VERSIONS_BY_FUNCTION)
    for call in destinations.ALL_CALLS:
        yield call
        if call.service == "rds" and not call.arguments:
            yield from (replace(call, service=twin) for twin in rds.TWINS)


CALLS = {(call.service, call.command, len(call.arguments)): call for call in _calls() if call not in DECIDE_NOTHING}
# Ids of these services are nobody else's: what several accounts tell of one is told of the same thing.
WITH_IDS_OF_THE_WORLD = frozenset({"ec2", "networkmanager"})

KEYS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("ec2", "describe-availability-zones"): ("ZoneName",),
    ("ec2", "describe-carrier-gateways"): ("CarrierGatewayId",),
    ("ec2", "describe-dhcp-options"): ("DhcpOptionsId",),
    ("ec2", "describe-egress-only-internet-gateways"): ("EgressOnlyInternetGatewayId",),
    ("ec2", "describe-instances"): ("Instances.InstanceId",),
    ("ec2", "describe-internet-gateways"): ("InternetGatewayId",),
    ("ec2", "describe-managed-prefix-lists"): ("PrefixListId",),
    ("ec2", "describe-nat-gateways"): ("NatGatewayId",),
    ("ec2", "describe-network-acls"): ("NetworkAclId",),
    ("ec2", "describe-network-interfaces"): ("NetworkInterfaceId",),
    ("ec2", "describe-prefix-lists"): ("PrefixListId",),
    ("ec2", "describe-route-tables"): ("RouteTableId",),
    ("ec2", "describe-security-group-vpc-associations"): ("GroupId", "VpcId"),
    ("ec2", "describe-security-groups"): ("GroupId",),
    ("ec2", "describe-subnets"): ("SubnetId",),
    ("ec2", "describe-transit-gateway-attachments"): ("TransitGatewayAttachmentId",),
    ("ec2", "describe-transit-gateway-route-tables"): ("TransitGatewayRouteTableId",),
    ("ec2", "describe-transit-gateway-vpc-attachments"): ("TransitGatewayAttachmentId",),
    ("ec2", "describe-transit-gateways"): ("TransitGatewayId",),
    ("ec2", "describe-vpc-block-public-access-exclusions"): ("ExclusionId",),
    ("ec2", "describe-vpc-encryption-controls"): ("VpcEncryptionControlId",),
    ("ec2", "describe-vpc-endpoint-associations"): ("Id",),
    ("ec2", "describe-vpc-endpoints"): ("VpcEndpointId",),
    ("ec2", "describe-vpc-peering-connections"): ("VpcPeeringConnectionId",),
    ("ec2", "describe-vpcs"): ("VpcId",),
    ("ec2", "describe-vpn-connections"): ("VpnConnectionId",),
    ("ec2", "describe-vpn-gateways"): ("VpnGatewayId",),
    ("networkmanager", "list-attachments"): ("AttachmentId",),
    ("networkmanager", "list-core-networks"): ("CoreNetworkId",),
    ("iam", "get-account-authorization-details"): ("Arn",),
    ("lambda", "list-functions"): ("FunctionArn",),
    ("network-firewall", "list-firewalls"): ("FirewallArn",),
    ("directconnect", "describe-virtual-interfaces"): ("virtualInterfaceId",),
    ("route53profiles", "list-profile-associations"): ("ResourceId", "ProfileId"),
    ("route53resolver", "list-firewall-rule-group-associations"): ("VpcId", "FirewallRuleGroupId"),
    ("route53resolver", "list-resolver-rule-associations"): ("VPCId", "ResolverRuleId"),
    ("route53resolver", "list-resolver-rules"): ("Id",),
    ("rds", "describe-db-instances"): ("DBInstanceIdentifier",),
    ("rds", "describe-db-clusters"): ("DBClusterIdentifier",),
    ("rds", "describe-db-cluster-endpoints"): ("Endpoint",),
    ("rds", "describe-db-subnet-groups"): ("DBSubnetGroupName",),
    ("rds", "describe-db-proxies"): ("DBProxyName",),
    ("rds", "describe-db-proxy-endpoints"): ("DBProxyEndpointName",),
    ("elasticache", "describe-cache-clusters"): ("CacheClusterId",),
    ("elasticache", "describe-cache-subnet-groups"): ("CacheSubnetGroupName",),
    ("elasticache", "describe-replication-groups"): ("ReplicationGroupId",),
    ("elasticache", "describe-serverless-caches"): ("ServerlessCacheName",),
    ("memorydb", "describe-clusters"): ("Name",),
    ("memorydb", "describe-subnet-groups"): ("Name",),
    ("dax", "describe-clusters"): ("ClusterName",),
    ("dax", "describe-subnet-groups"): ("SubnetGroupName",),
    ("redshift", "describe-clusters"): ("ClusterIdentifier",),
    ("redshift", "describe-cluster-subnet-groups"): ("ClusterSubnetGroupName",),
    ("redshift", "describe-endpoint-access"): ("EndpointName",),
    ("redshift-serverless", "list-workgroups"): ("workgroupName",),
    ("redshift-serverless", "list-endpoint-access"): ("endpointName",),
    ("elbv2", "describe-load-balancers"): ("LoadBalancerArn",),
    ("elbv2", "describe-target-groups"): ("TargetGroupArn",),
    ("elb", "describe-load-balancers"): ("LoadBalancerName",),
    ("ecs", "list-clusters"): (),
    ("apigateway", "get-rest-apis"): ("id",),
    ("kafka", "list-clusters-v2"): ("ClusterArn",),
    ("opensearch", "list-domain-names"): ("DomainName",),
    ("opensearchserverless", "list-collections"): ("id",),
    ("opensearchserverless", "list-vpc-endpoints"): ("id",),
    ("efs", "describe-file-systems"): ("FileSystemId",),
    ("efs", "describe-access-points"): ("AccessPointId",),
    ("s3files", "list-file-systems"): ("fileSystemId",),
    ("mq", "list-brokers"): ("BrokerId",),
    ("fsx", "describe-file-systems"): ("FileSystemId",),
    ("fsx", "describe-storage-virtual-machines"): ("StorageVirtualMachineId",),
    ("timestream-influxdb", "list-db-instances"): ("id",),
    ("timestream-influxdb", "list-db-clusters"): ("id",),
    ("vpc-lattice", "list-service-networks"): ("arn",),
}


def identity(call: Call[Any], item: Any) -> str | None:
    """The id of an item of a list reply; None where it has none, so that the reply must be taken as a whole."""
    service = "rds" if call.service in rds.TWINS else call.service
    keys = KEYS.get((service, call.command))
    if keys is None:
        return None
    if not keys:
        return item if isinstance(item, str) else None
    found = [_value(item, key) for key in keys]
    return "/".join(part for part in found if part) if all(found) else None


def _value(item: Any, key: str) -> str | None:
    head, _, inner = key.partition(".")
    value = item.get(head) if isinstance(item, dict) else None
    if not inner:
        return value if isinstance(value, str) else None
    # Instances are listed by reservation, and a reservation has no meaning but its instances.
    held = [_value(each, inner) for each in value] if isinstance(value, list) else []
    return "+".join(sorted(text for text in held if text)) if held and all(held) else None
