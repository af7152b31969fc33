"""Amazon MQ brokers: `mq:NAME`, their id, their ARN, or the host name of an endpoint.

Modelled: both instances of an ActiveMQ pair, each subnet of a RabbitMQ broker, state, security groups. Without a port:
OpenWire (61617) for ActiveMQ and AMQP (5671) for RabbitMQ; ask for any other by number.
Not modelled: the public addresses of publicly accessible brokers (undecided).
Source: Amazon MQ REST API Reference, "Brokers" and "Broker" (semantics H15).
Checked: tests/unit/destinations/test_mq.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from vpcreach.destinations.grammar import Service
from vpcreach.destinations.kind import Kind
from vpcreach.destinations.meaning import UNKNOWN_DESTINATION, Meaning, Source
from vpcreach.destinations.resource import Node, Resource, States, meaning, unread_note, vpc_of
from vpcreach.forwarding import UNSUPPORTED_COMPONENT, Note, Surroundings
from vpcreach.packets.address_map import address_number
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Record, Reply
from vpcreach.snapshot.snapshot import Reading, Snapshot

PORTS = {"ACTIVEMQ": 61617, "RABBITMQ": 5671}
STATES = States(
    working=frozenset({"RUNNING"}),
    passing=frozenset({"CREATION_IN_PROGRESS", "CRITICAL_ACTION_REQUIRED", "REBOOT_IN_PROGRESS"}),
    dead=frozenset({"CREATION_FAILED", "DELETION_IN_PROGRESS"}),
)


class BrokerSummary(Record, frozen=True):
    broker_id: str
    broker_name: str = ""
    broker_arn: str = ""
    broker_state: str | None = None
    engine_type: str = ""


class ListBrokers(Reply, frozen=True):
    broker_summaries: tuple[BrokerSummary, ...] = ()


class BrokerInstance(Record, frozen=True):
    ip_address: str | None = None  # empty for RabbitMQ
    endpoints: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.ip_address:
            address_number(self.ip_address)  # raises ValueError, which msgspec reports with the path


class DescribeBroker(Record, frozen=True):
    broker_id: str | None = None
    broker_instances: tuple[BrokerInstance, ...] = ()
    broker_state: str | None = None
    security_groups: tuple[str, ...] = ()
    subnet_ids: tuple[str, ...] = ()
    publicly_accessible: bool = False
    tags: dict[str, str] | None = None


def _ids(snapshot: Snapshot, place: Place) -> Iterable[tuple[str]]:
    reply = snapshot.read(LIST_BROKERS, place).value
    return [(broker.broker_id,) for broker in (reply.broker_summaries if reply else ())]


LIST_BROKERS = Call("mq", "ListBrokers", ListBrokers, holds="BrokerSummaries")
DESCRIBE_BROKER = Call("mq", "DescribeBroker", DescribeBroker, holds="BrokerId", arguments=("BrokerId",), each=_ids)
CALLS = (LIST_BROKERS, DESCRIBE_BROKER)


@dataclass(frozen=True, slots=True)
class Broker:
    """A broker as it is listed, and what DescribeBroker tells of it."""

    listed: BrokerSummary
    reading: Reading[DescribeBroker]

    @property
    def told(self) -> DescribeBroker:
        return self.reading.value or DescribeBroker()

    @property
    def hosts(self) -> tuple[str, ...]:
        """The host names of its endpoints (`amqps://b-1.mq.eu-west-1.amazonaws.com:5671`)."""
        endpoints = [endpoint for instance in self.told.broker_instances for endpoint in instance.endpoints]
        return tuple(dict.fromkeys(text.partition("://")[2].partition(":")[0] for text in endpoints))

    @property
    def names(self) -> tuple[str, ...]:
        tag = (self.told.tags or {}).get("Name", "")
        return tuple(name for name in (self.listed.broker_name, self.listed.broker_id, tag, *self.hosts) if name)

    @property
    def arn(self) -> str:
        return self.listed.broker_arn or self.listed.broker_id

    @property
    def title(self) -> str:
        return self.listed.broker_name or self.listed.broker_id

    @property
    def publicly_accessible(self) -> bool:
        return self.told.publicly_accessible


def resource(broker: Broker, service: Service, source: Source, around: Surroundings) -> Resource:
    """The broker as it is met from one VPC."""
    told = broker.told
    port = PORTS.get(broker.listed.engine_type.upper())
    vpc_id = vpc_of(told.subnet_ids, around)
    notes = list(STATES.notes(broker.arn, broker.title, "BrokerState", told.broker_state or broker.listed.broker_state))
    is_portless = port is None and service.port is None
    if is_portless:
        message = f"{broker.title} is a broker of the kind {broker.listed.engine_type}, whose port is not known"
        notes.append(UNKNOWN_DESTINATION.unknown(broker.arn, "EngineType", message, resolve="ask for mq:NAME:PORT"))
    is_public_here = told.publicly_accessible and vpc_id in (source.vpc_id, None)
    if broker.reading.value is None:
        notes.append(unread_note(broker.arn, broker.title, "the endpoints", DESCRIBE_BROKER, broker.reading))
    elif is_public_here:
        notes.append(_public(broker))
    return Resource(
        id=broker.arn,
        title=broker.title,
        ports=(port or 443,),
        group_ids=frozenset(told.security_groups),
        nodes=() if is_public_here or is_portless else tuple(_nodes(broker)),
        vpc_id=vpc_id,
        host_names=broker.hosts,
        is_public=told.publicly_accessible,
        notes=tuple(notes),
    )


def _nodes(broker: Broker) -> Iterable[Node]:
    """ActiveMQ tells the address of each instance; RabbitMQ answers from every subnet that it was given."""
    instances = broker.told.broker_instances
    if instances and all(instance.ip_address for instance in instances):
        for number, instance in enumerate(instances, 1):
            label = f"{broker.title}-{number}" if len(instances) > 1 else broker.title
            yield Node(label, addresses=(instance.ip_address,) if instance.ip_address else ())
        return
    for subnet_id in broker.told.subnet_ids:
        yield Node(broker.title, subnet_ids=(subnet_id,))


def _public(broker: Broker) -> Note:
    message = (
        f"{broker.title} is publicly accessible: whether its name means its public or its private address is not told"
    )
    resolve = "resolve the name from inside the VPC, and ask for address and port"
    return UNSUPPORTED_COMPONENT.unknown(broker.arn, "PubliclyAccessible", message, resolve=resolve)


def _described(broker: BrokerSummary, place: Place, around: Surroundings) -> Broker:
    return Broker(broker, around.read(DESCRIBE_BROKER, place, (broker.broker_id,)))


def _meaning(broker: Broker, _: Any, service: Service, source: Source, around: Surroundings) -> Meaning:
    return meaning(resource(broker, service, source, around), service, source, around)


KINDS = (
    Kind(
        "mq",
        LIST_BROKERS,
        lambda reply: reply.broker_summaries,
        lambda broker: broker.names,
        lambda broker, _: broker.arn,
        _meaning,
        described=_described,
        host_label="mq",
    ),
)
