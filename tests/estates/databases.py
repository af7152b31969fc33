"""Databases and caches with an API of their own: clusters, proxies, ElastiCache, MemoryDB, DAX, Redshift.

Nodes are drawn as a mapping of name to subnet: `{"orders-1": "data-a", "orders-2": "data-b"}`. Only what the APIs tell
is printed: no interfaces, but for Redshift, whose API tells them.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from tests.estates.interfaces import associate_public_ip, group_ids, interface, take_address
from tests.estates.replies import Json

if TYPE_CHECKING:
    from tests.estates.builder import Estate


def db_cluster(
    estate: "Estate",
    name: str,
    *,
    engine: str = "aurora-postgresql",
    port: int | None = 5432,
    members: Mapping[str, str],
    writer: str | None = None,
    subnets: Sequence[str] | None = None,
    groups: Iterable[str] = ("default",),
    custom: Mapping[str, Sequence[str]] | None = None,
    status: str = "available",
    public: bool = False,
) -> str:
    """A cluster, reached as `estate["cluster:NAME"]`, whose members are instances without visible interfaces.

    `subnets` are those of its subnet group (by default the members'), `custom` its custom endpoints and their members.
    """
    subnets = list(dict.fromkeys(subnets or members.values()))
    groups = list(groups)
    vpc_id = estate[estate.named("subnet-", subnets[0])]["VpcId"]
    _db_subnet_group(estate, name, subnets)
    domain = f"c0ffee123456.{estate.region}.{engine if engine in ('docdb', 'neptune') else 'rds'}.amazonaws.com"
    record: Json = {
        "DBClusterIdentifier": name,
        "DBClusterArn": f"arn:aws:rds:{estate.region}:{estate.account}:cluster:{name}",
        "Status": status,
        "Engine": engine,
        "EngineMode": "provisioned",
        "Endpoint": f"{name}.cluster-{domain}",
        "ReaderEndpoint": f"{name}.cluster-ro-{domain}",
        "CustomEndpoints": [f"{endpoint}.cluster-custom-{domain}" for endpoint in custom or {}],
        "DBSubnetGroup": name,
        "VpcSecurityGroups": [
            {"VpcSecurityGroupId": group, "Status": "active"} for group in group_ids(estate, vpc_id, groups)
        ],
        "DBClusterMembers": [
            {"DBInstanceIdentifier": member, "IsClusterWriter": member == (writer or next(iter(members)))}
            for member in members
        ],
        "NetworkType": "IPV4",
        "TagList": [],
    } | ({"Port": port} if port else {})
    estate.add("rds/describe-db-clusters", f"cluster:{name}", record)
    for endpoint, chosen in (custom or {}).items():
        told = {
            "DBClusterEndpointIdentifier": endpoint,
            "DBClusterIdentifier": name,
            "Endpoint": f"{endpoint}.cluster-custom-{domain}",
            "Status": "available",
            "EndpointType": "CUSTOM",
            "CustomEndpointType": "ANY",
            "StaticMembers": list(chosen),
            "ExcludedMembers": [],
        }
        estate.add("rds/describe-db-cluster-endpoints", f"endpoint:{endpoint}", told)
    for member, subnet in members.items():
        place = [subnet, *(other for other in subnets if other != subnet)]
        estate.rds_instance(
            member, engine=engine, port=port or 0, subnets=place, groups=groups, public=public, interfaces=False
        )
        estate[f"rds:{member}"]["DBClusterIdentifier"] = name
    return f"cluster:{name}"


def _db_subnet_group(estate: "Estate", name: str, subnets: Sequence[str]) -> None:
    ids = [estate.named("subnet-", subnet) for subnet in subnets]
    record = {"DBSubnetGroupName": name, "VpcId": estate[ids[0]]["VpcId"], "Subnets": _subnets(estate, ids)}
    estate.add("rds/describe-db-subnet-groups", f"db-subnets:{name}", record)


def _subnets(estate: "Estate", subnet_ids: Sequence[str]) -> list[Json]:
    return [
        {"SubnetIdentifier": each, "SubnetAvailabilityZone": {"Name": estate[each]["AvailabilityZone"]}}
        for each in subnet_ids
    ]


def db_proxy(
    estate: "Estate",
    name: str,
    *,
    family: str = "POSTGRESQL",
    subnets: Sequence[str],
    groups: Iterable[str] = ("default",),
    status: str = "available",
    health: str = "AVAILABLE",
) -> str:
    """An RDS proxy, reached as `estate["proxy:NAME"]`, before a target in this health."""
    ids = [estate.named("subnet-", subnet) for subnet in subnets]
    vpc_id = estate[ids[0]]["VpcId"]
    record = {
        "DBProxyName": name,
        "DBProxyArn": f"arn:aws:rds:{estate.region}:{estate.account}:db-proxy:prx-{name}",
        "Status": status,
        "EngineFamily": family,
        "VpcId": vpc_id,
        "VpcSecurityGroupIds": group_ids(estate, vpc_id, groups),
        "VpcSubnetIds": ids,
        "Endpoint": f"{name}.proxy-c0ffee123456.{estate.region}.rds.amazonaws.com",
        "EndpointNetworkType": "IPV4",
    }
    estate.add("rds/describe-db-proxies", f"proxy:{name}", record)
    target = {"RdsResourceId": "orders", "Type": "RDS_INSTANCE", "TargetHealth": {"State": health}}
    estate.put("rds/describe-db-proxy-targets", {"Targets": [target]}, name)
    return f"proxy:{name}"


def db_proxy_endpoint(
    estate: "Estate", name: str, *, proxy: str, subnets: Sequence[str], groups: Iterable[str] = ("default",)
) -> str:
    """A further endpoint of a proxy, reached as `estate["proxy-endpoint:NAME"]`."""
    ids = [estate.named("subnet-", subnet) for subnet in subnets]
    vpc_id = estate[ids[0]]["VpcId"]
    record = {
        "DBProxyEndpointName": name,
        "DBProxyEndpointArn": f"arn:aws:rds:{estate.region}:{estate.account}:db-proxy-endpoint:prx-endpoint-{name}",
        "DBProxyName": proxy,
        "Status": "available",
        "VpcId": vpc_id,
        "VpcSecurityGroupIds": group_ids(estate, vpc_id, groups),
        "VpcSubnetIds": ids,
        "Endpoint": f"{name}.endpoint.proxy-c0ffee123456.{estate.region}.rds.amazonaws.com",
        "TargetRole": "READ_ONLY",
        "IsDefault": False,
    }
    estate.add("rds/describe-db-proxy-endpoints", f"proxy-endpoint:{name}", record)
    return f"proxy-endpoint:{name}"


def cache_cluster(
    estate: "Estate",
    name: str,
    *,
    engine: str = "redis",
    port: int = 6379,
    nodes: Mapping[str, str],
    subnets: Sequence[str] | None = None,
    groups: Iterable[str] = ("default",),
    status: str = "available",
) -> str:
    """An ElastiCache cluster, reached as `estate["cache:NAME"]`; its nodes are `{"0001": "data-a"}`."""
    ids = [estate.named("subnet-", subnet) for subnet in dict.fromkeys(subnets or nodes.values())]
    zones = {node: estate[estate.named("subnet-", subnet)]["AvailabilityZone"] for node, subnet in nodes.items()}
    vpc_id = estate[ids[0]]["VpcId"]
    domain = f"abc123.{{}}.{estate.region}.cache.amazonaws.com"
    group = {"CacheSubnetGroupName": name, "VpcId": vpc_id, "Subnets": _subnets(estate, ids)}
    estate.add("elasticache/describe-cache-subnet-groups", f"cache-subnets:{name}", group)
    record: Json = {
        "CacheClusterId": name,
        "ARN": f"arn:aws:elasticache:{estate.region}:{estate.account}:cluster:{name}",
        "CacheClusterStatus": status,
        "Engine": engine,
        "PreferredAvailabilityZone": "Multiple" if len(set(zones.values())) > 1 else next(iter(zones.values())),
        "CacheSubnetGroupName": name,
        "SecurityGroups": [{"SecurityGroupId": each, "Status": "active"} for each in group_ids(estate, vpc_id, groups)],
        "CacheNodes": [
            {
                "CacheNodeId": node,
                "CacheNodeStatus": "available",
                "Endpoint": {"Address": f"{name}.{domain.format(node)}", "Port": port},
                "CustomerAvailabilityZone": zone,
            }
            for node, zone in zones.items()
        ],
        "NetworkType": "ipv4",
    }
    if engine == "memcached":
        record["ConfigurationEndpoint"] = {"Address": f"{name}.{domain.format('cfg')}", "Port": port}
    estate.add("elasticache/describe-cache-clusters", f"cache:{name}", record)
    return f"cache:{name}"


def replication_group(
    estate: "Estate",
    name: str,
    *,
    shards: Sequence[Mapping[str, str]],
    cluster_mode: bool = False,
    groups: Iterable[str] = ("default",),
    status: str = "available",
    port: int = 6379,
) -> str:
    """A replication group, reached as `estate["replication-group:NAME"]`; each shard's first member is its primary."""
    groups = list(groups)
    for shard in shards:
        for member, subnet in shard.items():
            cache_cluster(estate, member, nodes={"0001": subnet}, groups=groups, port=port)
            estate[f"cache:{member}"]["ReplicationGroupId"] = name
    domain = f"abc123.ng.0001.{estate.region}.cache.amazonaws.com"
    record: Json = {
        "ReplicationGroupId": name,
        "ARN": f"arn:aws:elasticache:{estate.region}:{estate.account}:replicationgroup:{name}",
        "Status": status,
        "MemberClusters": [member for shard in shards for member in shard],
        "NodeGroups": [
            {
                "NodeGroupId": f"{number:04d}",
                "Status": "available",
                "NodeGroupMembers": [
                    {"CacheClusterId": member, "CacheNodeId": "0001"}
                    | ({} if cluster_mode else {"CurrentRole": "replica" if index else "primary"})
                    for index, member in enumerate(shard)
                ],
            }
            for number, shard in enumerate(shards, 1)
        ],
        "ClusterEnabled": cluster_mode,
        "NetworkType": "ipv4",
    }
    if cluster_mode:
        record["ConfigurationEndpoint"] = {"Address": f"clustercfg.{name}.{domain}", "Port": port}
    else:
        record["NodeGroups"][0] |= {
            "PrimaryEndpoint": {"Address": f"{name}.{domain}", "Port": port},
            "ReaderEndpoint": {"Address": f"{name}-ro.{domain}", "Port": port},
        }
    estate.add("elasticache/describe-replication-groups", f"replication-group:{name}", record)
    return f"replication-group:{name}"


def serverless_cache(
    estate: "Estate",
    name: str,
    *,
    engine: str = "valkey",
    subnets: Sequence[str],
    groups: Iterable[str] = ("default",),
    status: str = "AVAILABLE",
) -> str:
    """A serverless cache, reached as `estate["serverless-cache:NAME"]`."""
    ids = [estate.named("subnet-", subnet) for subnet in subnets]
    first = 11211 if engine == "memcached" else 6379
    host = f"{name}-abc123.serverless.{estate.region}.cache.amazonaws.com"
    record = {
        "ServerlessCacheName": name,
        "ARN": f"arn:aws:elasticache:{estate.region}:{estate.account}:serverlesscache:{name}",
        "Status": status,
        "Engine": engine,
        "SecurityGroupIds": group_ids(estate, estate[ids[0]]["VpcId"], groups),
        "SubnetIds": ids,
        "Endpoint": {"Address": host, "Port": first},
        "ReaderEndpoint": {"Address": host, "Port": first + 1},
        "NetworkType": "ipv4",
        "ConnectionType": "vpc",
    }
    estate.add("elasticache/describe-serverless-caches", f"serverless-cache:{name}", record)
    return f"serverless-cache:{name}"


def memorydb_cluster(
    estate: "Estate",
    name: str,
    *,
    shards: Sequence[Mapping[str, str]],
    subnets: Sequence[str] | None = None,
    groups: Iterable[str] = ("default",),
    status: str = "available",
) -> str:
    """A MemoryDB cluster, `estate["memorydb:NAME"]`; its subnet group is `estate["memorydb-subnets:NAME"]`."""
    drawn = [subnet for shard in shards for subnet in shard.values()]
    ids = [estate.named("subnet-", subnet) for subnet in dict.fromkeys(subnets or drawn)]
    vpc_id = estate[ids[0]]["VpcId"]
    domain = f"{name}.abc123.memorydb.{estate.region}.amazonaws.com"
    group = {
        "Name": name,
        "VpcId": vpc_id,
        "Subnets": [
            {"Identifier": each, "AvailabilityZone": {"Name": estate[each]["AvailabilityZone"]}} for each in ids
        ],
    }
    estate.add("memorydb/describe-subnet-groups", f"memorydb-subnets:{name}", group)
    record = {
        "Name": name,
        "ARN": f"arn:aws:memorydb:{estate.region}:{estate.account}:cluster/{name}",
        "Status": status,
        "Shards": [
            {
                "Name": f"{number:04d}",
                "Nodes": [
                    {
                        "Name": node,
                        "AvailabilityZone": estate[estate.named("subnet-", subnet)]["AvailabilityZone"],
                        "Endpoint": {"Address": f"{node}.{domain}", "Port": 6379},
                    }
                    for node, subnet in shard.items()
                ],
            }
            for number, shard in enumerate(shards, 1)
        ],
        "ClusterEndpoint": {"Address": f"clustercfg.{domain}", "Port": 6379},
        "SecurityGroups": [{"SecurityGroupId": each, "Status": "active"} for each in group_ids(estate, vpc_id, groups)],
        "SubnetGroupName": name,
        "NetworkType": "ipv4",
    }
    estate.add("memorydb/describe-clusters", f"memorydb:{name}", record)
    return f"memorydb:{name}"


def dax_cluster(
    estate: "Estate",
    name: str,
    *,
    nodes: Mapping[str, str],
    encryption: str = "NONE",
    groups: Iterable[str] = ("default",),
    status: str = "available",
) -> str:
    """A DAX cluster, reached as `estate["dax:NAME"]`; its subnet group is `estate["dax-subnets:NAME"]`."""
    ids = [estate.named("subnet-", subnet) for subnet in dict.fromkeys(nodes.values())]
    vpc_id = estate[ids[0]]["VpcId"]
    port = 9111 if encryption == "TLS" else 8111
    domain = f"{name}.abc123.dax-clusters.{estate.region}.amazonaws.com"
    group = {
        "SubnetGroupName": name,
        "VpcId": vpc_id,
        "Subnets": [
            {"SubnetIdentifier": each, "SubnetAvailabilityZone": estate[each]["AvailabilityZone"]} for each in ids
        ],
    }
    estate.add("dax/describe-subnet-groups", f"dax-subnets:{name}", group)
    record = {
        "ClusterName": name,
        "ClusterArn": f"arn:aws:dax:{estate.region}:{estate.account}:cache/{name}",
        "Status": status,
        "ClusterDiscoveryEndpoint": {"Address": domain, "Port": port, "URL": f"dax://{domain}"},
        "Nodes": [
            {
                "NodeId": node,
                "Endpoint": {"Address": f"{node}.{domain}", "Port": port},
                "AvailabilityZone": estate[estate.named("subnet-", subnet)]["AvailabilityZone"],
                "NodeStatus": "available",
            }
            for node, subnet in nodes.items()
        ],
        "SubnetGroup": name,
        "SecurityGroups": [
            {"SecurityGroupIdentifier": each, "Status": "active"} for each in group_ids(estate, vpc_id, groups)
        ],
        "ClusterEndpointEncryptionType": encryption,
        "NetworkType": "ipv4",
    }
    estate.add("dax/describe-clusters", f"dax:{name}", record)
    return f"dax:{name}"


def redshift_cluster(
    estate: "Estate",
    name: str,
    *,
    subnet: str,
    groups: Iterable[str] = ("default",),
    public_ip: str | None = None,
    status: str = "available",
) -> str:
    """A Redshift cluster of a leader and a compute node, reached as `estate["redshift:NAME"]`.

    The leader has the interface `eni-redshift-NAME`.
    """
    subnet_id = estate.named("subnet-", subnet)
    vpc_id = estate[subnet_id]["VpcId"]
    chosen = group_ids(estate, vpc_id, groups)
    group = {"ClusterSubnetGroupName": name, "VpcId": vpc_id, "Subnets": _subnets(estate, [subnet_id])}
    estate.add("redshift/describe-cluster-subnet-groups", f"redshift-subnets:{name}", group)
    leader = interface(
        estate,
        f"eni-redshift-{name}",
        subnet_id,
        chosen,
        description="RedshiftNetworkInterface",
        requester="amazon-aws",
    )
    public = {}
    if public_ip is not None:
        associate_public_ip(estate, f"eni-redshift-{name}", public_ip)
        public = {"PublicIPAddress": public_ip}
    record = {
        "ClusterIdentifier": name,
        "ClusterStatus": status,
        "Endpoint": {"Address": f"{name}.c0ffee123456.{estate.region}.redshift.amazonaws.com", "Port": 5439},
        "VpcSecurityGroups": [{"VpcSecurityGroupId": each, "Status": "active"} for each in chosen],
        "ClusterSubnetGroupName": name,
        "VpcId": vpc_id,
        "AvailabilityZone": estate[subnet_id]["AvailabilityZone"],
        "PubliclyAccessible": public_ip is not None,
        "ClusterNodes": [
            {"NodeRole": "LEADER", "PrivateIPAddress": leader["PrivateIpAddress"], **public},
            {"NodeRole": "COMPUTE-0", "PrivateIPAddress": take_address(estate, subnet_id, None)},
        ],
        "ClusterNamespaceArn": f"arn:aws:redshift:{estate.region}:{estate.account}:namespace:{name}",
        "Tags": [],
        "MultiAZ": "Disabled",
    }
    estate.add("redshift/describe-clusters", f"redshift:{name}", record)
    return f"redshift:{name}"


def redshift_workgroup(
    estate: "Estate",
    name: str,
    *,
    subnets: Sequence[str],
    groups: Iterable[str] = ("default",),
    public_ips: Sequence[str] = (),
    status: str = "AVAILABLE",
) -> str:
    """A Redshift Serverless workgroup, reached as `estate["workgroup:NAME"]`, with an interface in each subnet."""
    ids = [estate.named("subnet-", subnet) for subnet in subnets]
    vpc_id = estate[ids[0]]["VpcId"]
    chosen = group_ids(estate, vpc_id, groups)
    drawn = [interface(estate, f"eni-{name}-{each}", each, chosen, kind="vpc_endpoint") for each in ids]
    for record, public_ip in zip(drawn, public_ips, strict=False):
        associate_public_ip(estate, record["NetworkInterfaceId"], public_ip)
    record = {
        "workgroupName": name,
        "workgroupArn": f"arn:aws:redshift-serverless:{estate.region}:{estate.account}:workgroup/{name}",
        "workgroupId": f"id-of-{name}",
        "status": status,
        "endpoint": {
            "address": f"{name}.{estate.account}.{estate.region}.redshift-serverless.amazonaws.com",
            "port": 5439,
            "vpcEndpoints": [
                {
                    "vpcEndpointId": f"vpce-{name}",
                    "vpcId": vpc_id,
                    "networkInterfaces": [
                        {
                            "networkInterfaceId": each["NetworkInterfaceId"],
                            "privateIpAddress": each["PrivateIpAddress"],
                            "subnetId": each["SubnetId"],
                        }
                        for each in drawn
                    ],
                }
            ],
        },
        "publiclyAccessible": bool(public_ips),
        "securityGroupIds": chosen,
        "subnetIds": ids,
    }
    estate.add("redshift-serverless/list-workgroups", f"workgroup:{name}", record)
    return f"workgroup:{name}"
