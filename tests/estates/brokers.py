"""Message brokers: MSK clusters, Amazon MQ brokers."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tests.estates.interfaces import group_ids, interface
from tests.estates.replies import Json

if TYPE_CHECKING:
    from tests.estates.builder import Estate


def msk_cluster(
    estate: "Estate",
    name: str,
    *,
    subnets: Sequence[str],
    groups: Iterable[str] = ("default",),
    access: Iterable[str] = ("iam",),
    wires: str = "TLS",
    state: str = "ACTIVE",
    interfaces: bool = True,
) -> str:
    """A provisioned cluster `estate["msk:NAME"]` with a broker in each of `subnets`.

    `access` holds the ways in (`iam`, `scram`, `tls`, `unauthenticated`), `wires` is EncryptionInTransit.ClientBroker.
    """
    subnet_ids = [estate.named("subnet-", subnet) for subnet in subnets]
    chosen = group_ids(estate, estate[subnet_ids[0]]["VpcId"], groups)
    arn = f"arn:aws:kafka:{estate.region}:{estate.account}:cluster/{name}/c0ffee00-1111-2222-3333-444455556666-2"
    on = {way: {"Enabled": way in access} for way in ("iam", "scram", "tls", "unauthenticated")}
    record = {
        "ClusterType": "PROVISIONED",
        "ClusterArn": arn,
        "ClusterName": name,
        "State": state,
        "Tags": {},
        "Provisioned": {
            "BrokerNodeGroupInfo": {
                "BrokerAZDistribution": "DEFAULT",
                "ClientSubnets": subnet_ids,
                "InstanceType": "kafka.m7g.large",
                "SecurityGroups": chosen,
                "ConnectivityInfo": {"PublicAccess": {"Type": "DISABLED"}, "NetworkType": "IPV4"},
            },
            "ClientAuthentication": {
                "Sasl": {"Scram": on["scram"], "Iam": on["iam"]},
                "Tls": on["tls"],
                "Unauthenticated": on["unauthenticated"],
            },
            "EncryptionInfo": {"EncryptionInTransit": {"ClientBroker": wires, "InCluster": True}},
            "NumberOfBrokerNodes": len(subnet_ids),
        },
    }
    estate.add("kafka/list-clusters-v2", f"msk:{name}", record)
    nodes = [
        _broker(estate, name, number, subnet_id, chosen, interfaces) for number, subnet_id in enumerate(subnet_ids, 1)
    ]
    estate.put("kafka/list-nodes", {"NodeInfoList": nodes}, arn)
    return f"msk:{name}"


def _broker(
    estate: "Estate", name: str, number: int, subnet_id: str, groups: Sequence[str], has_interface: bool
) -> Json:
    eni = f"eni-msk-{name}-{number}"
    drawn = interface(
        estate, eni, subnet_id, groups, description=f"DO NOT DELETE - Amazon MSK network interface {name}"
    )
    if not has_interface:
        estate.forget(eni)
    host = f"b-{number}.{name}.c0ffee.c2.kafka.{estate.region}.amazonaws.com"
    return {
        "NodeType": "BROKER",
        "NodeARN": f"arn:aws:kafka:{estate.region}:{estate.account}:broker/{name}/{number}",
        "BrokerNodeInfo": {
            "AttachedENIId": eni,
            "BrokerId": float(number),
            "ClientSubnet": subnet_id,
            "ClientVpcIpAddress": drawn["PrivateIpAddress"],
            "Endpoints": [host],
        },
    }


def msk_serverless(estate: "Estate", name: str, *, subnets: Sequence[str], groups: Iterable[str] = ("default",)) -> str:
    """A serverless cluster `estate["msk:NAME"]`, attached to the VPC of `subnets`."""
    subnet_ids = [estate.named("subnet-", subnet) for subnet in subnets]
    chosen = group_ids(estate, estate[subnet_ids[0]]["VpcId"], groups)
    record = {
        "ClusterType": "SERVERLESS",
        "ClusterArn": f"arn:aws:kafka:{estate.region}:{estate.account}:cluster/{name}/c0ffee00-5555-s1",
        "ClusterName": name,
        "State": "ACTIVE",
        "Serverless": {
            "VpcConfigs": [{"SubnetIds": subnet_ids, "SecurityGroupIds": chosen}],
            "ClientAuthentication": {"Sasl": {"Iam": {"Enabled": True}}},
        },
    }
    estate.add("kafka/list-clusters-v2", f"msk:{name}", record)
    return f"msk:{name}"


def mq_broker(
    estate: "Estate",
    name: str,
    *,
    subnets: Sequence[str],
    groups: Iterable[str] = ("default",),
    engine: str = "ACTIVEMQ",
    state: str = "RUNNING",
    public: bool = False,
) -> str:
    """A broker with id `b-NAME`, told by `mq/describe-broker/b-NAME`; ActiveMQ has an instance in each subnet."""
    subnet_ids = [estate.named("subnet-", subnet) for subnet in subnets]
    chosen = group_ids(estate, estate[subnet_ids[0]]["VpcId"], groups)
    broker_id = f"b-{name}"
    summary = {
        "BrokerArn": f"arn:aws:mq:{estate.region}:{estate.account}:broker:{name}:{broker_id}",
        "BrokerId": broker_id,
        "BrokerName": name,
        "BrokerState": state,
        "DeploymentMode": "SINGLE_INSTANCE",
        "EngineType": engine,
    }
    estate.add("mq/list-brokers", f"mq-summary:{name}", summary)
    if engine == "RABBITMQ":
        host = f"{broker_id}.mq.{estate.region}.amazonaws.com"
        instances: list[Json] = [{"ConsoleURL": f"https://{host}", "Endpoints": [f"amqps://{host}:5671"]}]
    else:
        instances = [_instance(estate, name, number, each, chosen) for number, each in enumerate(subnet_ids, 1)]
    told = summary | {
        "BrokerInstances": instances,
        "PubliclyAccessible": public,
        "SecurityGroups": chosen,
        "SubnetIds": subnet_ids,
        "Tags": {},
    }
    estate.put("mq/describe-broker", told, broker_id)
    return f"mq:{name}"


def _instance(estate: "Estate", name: str, number: int, subnet_id: str, groups: Sequence[str]) -> Json:
    drawn = interface(estate, f"eni-mq-{name}-{number}", subnet_id, groups, requester="amazon-mq")
    host = f"b-{name}-{number}.mq.{estate.region}.amazonaws.com"
    return {
        "ConsoleURL": f"https://{host}:8162",
        "Endpoints": [f"ssl://{host}:61617", f"amqp+ssl://{host}:5671", f"mqtt+ssl://{host}:8883"],
        "IpAddress": drawn["PrivateIpAddress"],
    }
