"""ECS clusters, services and tasks, at interfaces of their own or on container instances; REST APIs."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tests.estates.interfaces import group_ids, interface
from tests.estates.replies import Json, path_of

if TYPE_CHECKING:
    from tests.estates.builder import Estate

CLUSTERS = "ecs/list-clusters"
REST_APIS = "apigateway/get-rest-apis"


def ecs_service(estate: "Estate", name: str, *, cluster: str = "main") -> str:
    """An ECS service of a cluster, which is drawn with its first service or task; returns its ARN."""
    _draw_cluster(estate, cluster)
    arn = _arn(estate, f"service/{cluster}/{name}")
    estate.reply(path_of("ecs/list-services", cluster))["serviceArns"].append(arn)
    return arn


def ecs_task(
    estate: "Estate",
    name: str,
    *,
    cluster: str = "main",
    service: str | None = None,
    subnet: str | None = None,
    groups: Iterable[str] = ("default",),
    address: str | None = None,
    instance: str | None = None,
    ports: Sequence[tuple[int, int, str]] = (),
    status: str = "RUNNING",
) -> str:
    """A running task: in `subnet` with an interface `eni-task-NAME`, or on a drawn EC2 `instance`; returns its ARN.

    `ports` are (container port, host port, protocol).
    """
    _draw_cluster(estate, cluster)
    arn = _arn(estate, f"task/{cluster}/{name}")
    estate.reply(path_of("ecs/list-tasks", cluster))["taskArns"].append(arn)
    bindings = [
        {"bindIP": "0.0.0.0", "containerPort": inside, "hostPort": outside, "protocol": protocol}
        for inside, outside, protocol in ports
    ]
    record: Json = {
        "attachments": [],
        "clusterArn": _arn(estate, f"cluster/{cluster}"),
        "containers": [{"name": name, "lastStatus": status, "networkBindings": bindings, "networkInterfaces": []}],
        "desiredStatus": "RUNNING",
        "group": f"service:{service}" if service else f"family:{name}",
        "lastStatus": status,
        "launchType": "EC2" if instance else "FARGATE",
        "taskArn": arn,
    }
    estate.put("ecs/describe-tasks", {"tasks": [record], "failures": []}, cluster, name)
    if subnet is not None:
        record["attachments"].append(_attachment(estate, name, subnet, groups, address))
    if instance is not None:
        host = f"host-{instance.removeprefix('i-')}"
        record["containerInstanceArn"] = _arn(estate, f"container-instance/{cluster}/{host}")
        described = {"containerInstanceArn": record["containerInstanceArn"], "ec2InstanceId": instance}
        reply = {"containerInstances": [described], "failures": []}
        estate.put("ecs/describe-container-instances", reply, cluster, host)
    return arn


def rest_api(
    estate: "Estate",
    name: str,
    *,
    type: str = "PRIVATE",
    endpoints: Sequence[str] = (),
    policy: str | None = "{}",
    status: str = "AVAILABLE",
) -> str:
    """A REST API with id `apiNAME`, reached as `estate["api:NAME"]`; `endpoints` are associated with it."""
    record: Json = {
        "id": f"api{name}",
        "name": name,
        "endpointConfiguration": {"types": [type]},
        "apiStatus": status,
    }
    if endpoints:
        record["endpointConfiguration"]["vpcEndpointIds"] = list(endpoints)
    if policy is not None:
        record["policy"] = policy
    estate.add(REST_APIS, f"api:{name}", record)
    return f"api:{name}"


def _draw_cluster(estate: "Estate", cluster: str) -> None:
    arn = _arn(estate, f"cluster/{cluster}")
    arns = estate.reply(CLUSTERS)["clusterArns"]
    if arn not in arns:
        arns.append(arn)
        estate.put("ecs/list-services", {"serviceArns": []}, cluster)
        estate.put("ecs/list-tasks", {"taskArns": []}, cluster)


def _attachment(estate: "Estate", name: str, subnet: str, groups: Iterable[str], address: str | None) -> Json:
    subnet_id, interface_id = estate.named("subnet-", subnet), f"eni-task-{name}"
    chosen = group_ids(estate, estate[subnet_id]["VpcId"], groups)
    description = f"arn:aws:ecs:{estate.region}:{estate.account}:attachment/{name}"
    drawn = interface(estate, interface_id, subnet_id, chosen, address=address, description=description)
    details = {
        "subnetId": subnet_id,
        "networkInterfaceId": interface_id,
        "privateIPv4Address": drawn["PrivateIpAddress"],
    }
    told = [{"name": key, "value": value} for key, value in details.items()]
    return {"id": name, "type": "ElasticNetworkInterface", "status": "ATTACHED", "details": told}


def _arn(estate: "Estate", resource: str) -> str:
    return f"arn:aws:ecs:{estate.region}:{estate.account}:{resource}"
