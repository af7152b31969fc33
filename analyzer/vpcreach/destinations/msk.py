"""MSK clusters, provisioned and serverless: `msk:NAME`, their ARN, or the host name of a broker.

Modelled: every broker, since clients talk to all of them; the port of every kind of access that the cluster offers.
A broker's host name stands for the whole cluster. Where the brokers are not listed, each client subnet holds some.
Not modelled: public addresses of brokers, multi-VPC connectivity, IPv6, controllers and ZooKeeper.
Source: MSK API Reference, ListClustersV2 and ListNodes; MSK Developer Guide, "Port information" (semantics H7).
Checked: tests/unit/destinations/test_msk.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

from vpcreach.destinations.grammar import Service
from vpcreach.destinations.kind import Kind
from vpcreach.destinations.meaning import UNKNOWN_DESTINATION, Meaning, Source
from vpcreach.destinations.resource import Node, Resource, States, meaning, vpc_of
from vpcreach.forwarding import Note, Surroundings
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Address, Record, Reply
from vpcreach.snapshot.snapshot import Reading, Snapshot

PLAIN, TLS, SCRAM, IAM = 9092, 9094, 9096, 9098
ELSEWHERE = {
    **dict.fromkeys((9194, 9196, 9198), "public"),
    **dict.fromkeys((20092, 20094, 20096, 20098), "IPv6"),
}
STATES = States(
    working=frozenset({"ACTIVE"}),
    passing=frozenset({"CREATING", "HEALING", "MAINTENANCE", "REBOOTING_BROKER", "UPDATING"}),
    dead=frozenset({"DELETING", "FAILED"}),
)


class Switch(Record, frozen=True):
    enabled: bool | None = None


class Sasl(Record, frozen=True):
    scram: Switch | None = None
    iam: Switch | None = None


class ClientAuthentication(Record, frozen=True):
    sasl: Sasl | None = None
    tls: Switch | None = None
    unauthenticated: Switch | None = None


class EncryptionInTransit(Record, frozen=True):
    client_broker: str | None = None


class EncryptionInfo(Record, frozen=True):
    encryption_in_transit: EncryptionInTransit | None = None


class PublicAccess(Record, frozen=True):
    type: str | None = None


class ConnectivityInfo(Record, frozen=True):
    public_access: PublicAccess | None = None


class BrokerNodeGroupInfo(Record, frozen=True):
    client_subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    connectivity_info: ConnectivityInfo | None = None


class Provisioned(Record, frozen=True):
    broker_node_group_info: BrokerNodeGroupInfo = BrokerNodeGroupInfo()
    client_authentication: ClientAuthentication | None = None
    encryption_info: EncryptionInfo | None = None
    number_of_broker_nodes: int | None = None


class VpcConfig(Record, frozen=True):
    subnet_ids: tuple[str, ...] = ()
    security_group_ids: tuple[str, ...] = ()


class Serverless(Record, frozen=True):
    vpc_configs: tuple[VpcConfig, ...] = ()


class Cluster(Record, frozen=True):
    cluster_name: str
    cluster_arn: str
    state: str | None = None
    provisioned: Provisioned | None = None
    serverless: Serverless | None = None
    tags: dict[str, str] | None = None


class ListClustersV2(Reply, frozen=True):
    cluster_info_list: tuple[Cluster, ...] = ()


class BrokerNodeInfo(Record, frozen=True):
    broker_id: float | None = None
    attached_eni_id: str | None = msgspec.field(name="AttachedENIId", default=None)
    client_vpc_ip_address: Address | None = None
    client_subnet: str | None = None
    endpoints: tuple[str, ...] = ()


class NodeInfo(Record, frozen=True):
    broker_node_info: BrokerNodeInfo | None = None


class ListNodes(Reply, frozen=True):
    node_info_list: tuple[NodeInfo, ...] = ()


def _provisioned(snapshot: Snapshot, place: Place) -> Iterable[tuple[str]]:
    reply = snapshot.read(LIST_CLUSTERS_V2, place).value
    return [(cluster.cluster_arn,) for cluster in (reply.cluster_info_list if reply else ()) if cluster.provisioned]


LIST_CLUSTERS_V2 = Call("kafka", "ListClustersV2", ListClustersV2, holds="ClusterInfoList")
LIST_NODES = Call("kafka", "ListNodes", ListNodes, holds="NodeInfoList", arguments=("ClusterArn",), each=_provisioned)
CALLS = (LIST_CLUSTERS_V2, LIST_NODES)


@dataclass(frozen=True, slots=True)
class Described:
    """A cluster, and what ListNodes tells of its brokers (None for a serverless one, which lists none)."""

    cluster: Cluster
    nodes: Reading[ListNodes] | None

    @property
    def brokers(self) -> tuple[BrokerNodeInfo, ...]:
        listed = self.nodes.value.node_info_list if self.nodes and self.nodes.value else ()
        return tuple(node.broker_node_info for node in listed if node.broker_node_info)

    @property
    def has_all_brokers(self) -> bool:
        expected = self.cluster.provisioned.number_of_broker_nodes if self.cluster.provisioned else None
        return bool(self.nodes and self.nodes.is_complete) and len(self.brokers) >= max(expected or 0, 1)

    @property
    def names(self) -> tuple[str, ...]:
        """Name, Name tag, and the host names of its brokers."""
        hosts = [endpoint.partition(":")[0] for broker in self.brokers for endpoint in broker.endpoints]
        tag = (self.cluster.tags or {}).get("Name", "")
        return tuple(name for name in (self.cluster.cluster_name, tag, *hosts) if name)

    @property
    def publicly_accessible(self) -> bool:
        """True where the brokers have public addresses too, under other names."""
        info = self.cluster.provisioned.broker_node_group_info.connectivity_info if self.cluster.provisioned else None
        access = info.public_access.type if info and info.public_access else None
        return access not in (None, "DISABLED")


def ports(cluster: Cluster) -> tuple[int, ...]:
    """The ports of every kind of access that the cluster offers; empty where nothing tells."""
    if cluster.serverless:
        return (IAM,)
    provisioned = cluster.provisioned or Provisioned()
    access, encryption = provisioned.client_authentication, provisioned.encryption_info
    in_transit = encryption.encryption_in_transit if encryption else None
    wires = (in_transit.client_broker if in_transit else None) or "TLS"
    has_scram = bool(access and access.sasl and access.sasl.scram and access.sasl.scram.enabled)
    has_iam = bool(access and access.sasl and access.sasl.iam and access.sasl.iam.enabled)
    has_certificates = bool(access and access.tls and access.tls.enabled)
    # A cluster without any kind of authentication lets everybody in, whether the reply says so or not.
    is_for_all = bool(access and access.unauthenticated and access.unauthenticated.enabled)
    is_for_all = is_for_all or not (has_scram or has_iam or has_certificates)
    offered = {
        PLAIN: is_for_all and wires in ("PLAINTEXT", "TLS_PLAINTEXT"),
        TLS: (is_for_all or has_certificates) and wires in ("TLS", "TLS_PLAINTEXT"),
        SCRAM: has_scram,
        IAM: has_iam,
    }
    return tuple(port for port, is_offered in offered.items() if is_offered)


def resource(described: Described, service: Service, source: Source, around: Surroundings) -> Resource:
    """The cluster as it is met from one VPC."""
    cluster = described.cluster
    group = (cluster.provisioned or Provisioned()).broker_node_group_info
    notes = list(STATES.notes(cluster.cluster_arn, cluster.cluster_name, "State", cluster.state))
    nodes = tuple(_serverless_nodes(cluster, source, around) if cluster.serverless else _brokers(described))
    offered = ports(cluster)
    if not (offered or service.port):
        nodes = ()
        message = f"{cluster.cluster_name} does not tell on which port its brokers listen"
        resolve = "ask for one port: msk:NAME:9098"
        notes.append(UNKNOWN_DESTINATION.unknown(cluster.cluster_arn, "EncryptionInfo", message, resolve=resolve))
    if (where := ELSEWHERE.get(service.port or 0)) is not None:
        nodes = ()
        notes.append(_elsewhere(cluster, service, where))
    if len(cluster.serverless.vpc_configs if cluster.serverless else ()) > 1 and not nodes:
        message = f"{cluster.cluster_name} is attached to several VPCs, none of them {source.vpc_id}"
        notes.append(UNKNOWN_DESTINATION.unknown(cluster.cluster_arn, "VpcConfigs", message))
    return Resource(
        id=cluster.cluster_arn,
        title=cluster.cluster_name,
        ports=offered or (TLS,),
        group_ids=frozenset(group.security_groups),
        nodes=nodes,
        vpc_id=vpc_of(group.client_subnets, around),
        host_names=tuple(host for broker in described.brokers for host in broker.endpoints)[:1],
        notes=tuple(notes),
        nodes_entry="VpcConfigs" if cluster.serverless else "BrokerNodeGroupInfo",
    )


def _brokers(described: Described) -> Iterable[Node]:
    name = described.cluster.cluster_name
    for broker in described.brokers:
        yield Node(
            f"broker {int(broker.broker_id or 0)} of {name}",
            addresses=(broker.client_vpc_ip_address,) if broker.client_vpc_ip_address else (),
            interface_id=broker.attached_eni_id,
            subnet_ids=(broker.client_subnet,) if broker.client_subnet else (),
        )
    if not described.has_all_brokers and described.cluster.provisioned:
        # MSK spreads brokers evenly, so each client subnet has one at least, wherever in it.
        for subnet_id in described.cluster.provisioned.broker_node_group_info.client_subnets:
            yield Node(f"a broker of {name}", subnet_ids=(subnet_id,))


def _serverless_nodes(cluster: Cluster, source: Source, around: Surroundings) -> Iterable[Node]:
    """Its interfaces in the source's VPC; where it has none there, those in its only VPC."""
    configs = cluster.serverless.vpc_configs if cluster.serverless else ()
    here = [config for config in configs if vpc_of(config.subnet_ids, around) == source.vpc_id]
    for config in here or (configs if len(configs) == 1 else ()):
        for subnet_id in config.subnet_ids:
            groups = frozenset(config.security_group_ids)
            yield Node(cluster.cluster_name, subnet_ids=(subnet_id,), group_ids=groups)


def _elsewhere(cluster: Cluster, service: Service, where: str) -> Note:
    message = f"port {service.port} of {cluster.cluster_name} is on its {where} addresses, which no reply tells"
    resolve = "resolve the brokers' names, and ask for address and port"
    return UNKNOWN_DESTINATION.unknown(cluster.cluster_arn, "Endpoints", message, resolve=resolve)


def _described(cluster: Cluster, place: Place, around: Surroundings) -> Described:
    nodes = around.read(LIST_NODES, place, (cluster.cluster_arn,)) if cluster.provisioned else None
    return Described(cluster, nodes)


def _meaning(cluster: Described, _: Any, service: Service, source: Source, around: Surroundings) -> Meaning:
    return meaning(resource(cluster, service, source, around), service, source, around)


KINDS = (
    Kind(
        "msk",
        LIST_CLUSTERS_V2,
        lambda reply: reply.cluster_info_list,
        lambda described: described.names,
        lambda described, _: described.cluster.cluster_arn,
        _meaning,
        described=_described,
        host_label="kafka",
    ),
)
