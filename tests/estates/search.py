"""OpenSearch domains, OpenSearch Serverless, Timestream for InfluxDB."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tests.estates.interfaces import group_ids
from tests.estates.replies import Json

if TYPE_CHECKING:
    from tests.estates.builder import Estate


def opensearch_domain(
    estate: "Estate",
    name: str,
    *,
    subnets: Sequence[str] = (),
    groups: Iterable[str] = ("default",),
    state: str = "Active",
) -> str:
    """A domain, told by `opensearch/describe-domains/NAME`; without subnets it is public."""
    arn = f"arn:aws:es:{estate.region}:{estate.account}:domain/{name}"
    told: Json = {
        "DomainId": f"{estate.account}/{name}",
        "DomainName": name,
        "ARN": arn,
        "Created": True,
        "Deleted": False,
        "DomainProcessingStatus": state,
        "EngineVersion": "OpenSearch_2.19",
        "ClusterConfig": {"InstanceCount": max(len(subnets), 1)},
    }
    if subnets:
        subnet_ids = [estate.named("subnet-", subnet) for subnet in subnets]
        vpc_id = estate[subnet_ids[0]]["VpcId"]
        told["VPCOptions"] = {
            "VPCId": vpc_id,
            "SubnetIds": subnet_ids,
            "AvailabilityZones": [estate[subnet_id]["AvailabilityZone"] for subnet_id in subnet_ids],
            "SecurityGroupIds": group_ids(estate, vpc_id, groups),
        }
        told["Endpoints"] = {"vpc": f"vpc-{name}-c0ffee.{estate.region}.es.amazonaws.com"}
    else:
        told["Endpoint"] = f"search-{name}-c0ffee.{estate.region}.es.amazonaws.com"
    estate.add("opensearch/list-domain-names", f"domain:{name}", {"DomainName": name, "EngineType": "OpenSearch"})
    estate.put("opensearch/describe-domains", {"DomainStatusList": [told]}, name)
    return f"opensearch:{name}"


def opensearch_collection(estate: "Estate", name: str, *, status: str = "ACTIVE") -> str:
    """A serverless collection `estate["collection:NAME"]` with id `NAME` and zeros."""
    record = {
        "id": f"{name}000",
        "name": name,
        "arn": f"arn:aws:aoss:{estate.region}:{estate.account}:collection/{name}000",
        "status": status,
    }
    estate.add("opensearchserverless/list-collections", f"collection:{name}", record)
    return f"opensearch-serverless:{name}"


def opensearch_endpoint(
    estate: "Estate",
    name: str,
    *,
    subnets: Sequence[str],
    groups: Iterable[str] = ("default",),
    status: str = "ACTIVE",
) -> str:
    """A VPC endpoint of OpenSearch Serverless, with the private zone that AWS makes for it."""
    subnet_ids = [estate.named("subnet-", subnet) for subnet in subnets]
    vpc_id = estate[subnet_ids[0]]["VpcId"]
    endpoint_id = f"vpce-{name}"
    summary = {"id": endpoint_id, "name": name, "status": status}
    estate.add("opensearchserverless/list-vpc-endpoints", endpoint_id, summary)
    detail = summary | {
        "vpcId": vpc_id,
        "subnetIds": subnet_ids,
        "securityGroupIds": group_ids(estate, vpc_id, groups),
    }
    reply = {"vpcEndpointDetails": [detail], "vpcEndpointErrorDetails": []}
    estate.put("opensearchserverless/batch-get-vpc-endpoint", reply, endpoint_id)
    return endpoint_id


def influxdb(
    estate: "Estate",
    name: str,
    *,
    subnets: Sequence[str],
    groups: Iterable[str] = ("default",),
    zones: Sequence[str] = ("a",),
    status: str = "AVAILABLE",
    public: bool = False,
) -> str:
    """A Timestream for InfluxDB instance with id `NAME`, in one zone or (with a standby) in two."""
    vpc_id = estate[estate.named("subnet-", subnets[0])]["VpcId"]
    summary = {
        "id": name,
        "name": name,
        "arn": f"arn:aws:timestream-influxdb:{estate.region}:{estate.account}:db-instance/{name}",
        "status": status,
        "endpoint": f"{name}-c0ffee.timestream-influxdb.{estate.region}.on.aws",
        "port": 8086,
    }
    estate.add("timestream-influxdb/list-db-instances", f"influxdb:{name}", summary)
    told = summary | {
        "vpcSubnetIds": [estate.named("subnet-", subnet) for subnet in subnets],
        "vpcSecurityGroupIds": group_ids(estate, vpc_id, groups),
        "publiclyAccessible": public,
        "availabilityZone": f"{estate.region}{zones[0]}",
    }
    if len(zones) > 1:
        told["secondaryAvailabilityZone"] = f"{estate.region}{zones[1]}"
    estate.put("timestream-influxdb/get-db-instance", told, name)
    return f"timestream-influxdb:{name}"


def influxdb_cluster(
    estate: "Estate", name: str, *, subnets: Sequence[str], groups: Iterable[str] = ("default",)
) -> str:
    """A Timestream for InfluxDB cluster with id `NAME`, its nodes somewhere in the subnets."""
    vpc_id = estate[estate.named("subnet-", subnets[0])]["VpcId"]
    summary = {
        "id": name,
        "name": name,
        "arn": f"arn:aws:timestream-influxdb:{estate.region}:{estate.account}:db-cluster/{name}",
        "status": "AVAILABLE",
        "endpoint": f"{name}-c0ffee.timestream-influxdb.{estate.region}.on.aws",
        "readerEndpoint": f"{name}-ro-c0ffee.timestream-influxdb.{estate.region}.on.aws",
        "port": 8086,
    }
    estate.add("timestream-influxdb/list-db-clusters", f"influxdb-cluster:{name}", summary)
    told = summary | {
        "vpcSubnetIds": [estate.named("subnet-", subnet) for subnet in subnets],
        "vpcSecurityGroupIds": group_ids(estate, vpc_id, groups),
        "publiclyAccessible": False,
    }
    estate.put("timestream-influxdb/get-db-cluster", told, name)
    return f"timestream-influxdb:{name}"
