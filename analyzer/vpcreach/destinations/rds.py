"""Database instances of RDS, Aurora, DocumentDB and Neptune: by name, ARN, Name tag or host name.

Modelled: port, status, security groups, the subnets in which the instance (and a Multi-AZ standby) may stand, the
public address of a publicly accessible instance where its interface is known. One API lists them all: `rds:NAME` finds
any, `docdb:NAME` and `neptune:NAME` their own.
Not modelled: the public address of an instance whose interface cannot be told from others.
Source: RDS API Reference, DescribeDBInstances (semantics H1, H2, H16).
Checked: tests/unit/destinations/test_rds.py, tests/unit/destinations/test_rds_cluster.py.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import msgspec

from vpcreach.components.network_interface import DESCRIBE_NETWORK_INTERFACES, NetworkInterface
from vpcreach.destinations.grammar import Service
from vpcreach.destinations.kind import Kind
from vpcreach.destinations.meaning import Meaning, Source
from vpcreach.destinations.resource import Node, Resource, States, meaning
from vpcreach.destinations.subnet_group import SubnetGroup
from vpcreach.forwarding import Note, Surroundings
from vpcreach.snapshot.call import Call
from vpcreach.snapshot.record import Port, Record, Reply, Tag

# `aurora` comes after the engines that `aurora-postgresql` and `aurora-mysql` name.
PORTS = {
    "mysql": 3306, "mariadb": 3306, "postgres": 5432, "aurora": 3306, "oracle": 1521, "sqlserver": 1433, "db2": 50000,
    "docdb": 27017, "neptune": 8182,
}  # fmt: skip
STATES = States(
    working=frozenset({"available"}),
    passing=frozenset(
        {
            "backing-up", "creating", "maintenance", "modifying", "rebooting", "renaming",
            "resetting-master-credentials", "starting", "storage-config-upgrade", "storage-initialization",
            "storage-optimization", "upgrading",
        }
    ),
    dead=frozenset(
        {
            "stopped", "stopping", "deleting", "deleted", "failed", "insufficient-capacity",
            "inaccessible-encryption-credentials", "inaccessible-encryption-credentials-recoverable",
            "incompatible-create", "incompatible-credentials", "incompatible-network", "incompatible-parameters",
            "incompatible-restore", "restore-error",
        }
    ),
)  # fmt: skip
OWN_INTERFACE = "RDSNetworkInterface"
# Services with an API of their own that lists the same things as that of RDS.
TWINS = ("docdb", "neptune")


def spelled(name: str) -> str:
    """A field as this API spells it: `db_instance_arn` is `DBInstanceArn`, `multi_az` is `MultiAZ`."""
    return "".join({"db": "DB", "az": "AZ"}.get(part, part.capitalize()) for part in name.split("_"))


class DbEndpoint(Record, frozen=True):
    address: str | None = None
    port: Port | None = None


class VpcSecurityGroup(Record, frozen=True):
    vpc_security_group_id: str
    status: str = "active"


def in_force(groups: Iterable[VpcSecurityGroup]) -> frozenset[str]:
    """The groups in force: one that is being added does not admit anybody yet."""
    return frozenset(group.vpc_security_group_id for group in groups if group.status == "active")


def usual_port(engine: str) -> int | None:
    """The port of an engine where nobody chose another (H16)."""
    return next((port for name, port in PORTS.items() if name in engine.lower()), None)


class DbInstance(Record, frozen=True, rename=spelled):
    db_instance_identifier: str
    db_instance_arn: str = ""
    db_instance_status: str | None = None
    db_cluster_identifier: str | None = None
    engine: str = ""
    endpoint: DbEndpoint = DbEndpoint()
    db_instance_port: Port | None = msgspec.field(name="DbInstancePort", default=None)
    db_subnet_group: SubnetGroup = SubnetGroup()
    vpc_security_groups: tuple[VpcSecurityGroup, ...] = ()
    availability_zone: str | None = None
    secondary_availability_zone: str | None = None
    multi_az: bool = False
    publicly_accessible: bool = False
    tag_list: tuple[Tag, ...] = ()

    @property
    def port(self) -> int | None:
        """The API's port, else the engine's usual one."""
        return self.endpoint.port or self.db_instance_port or usual_port(self.engine)

    @property
    def names(self) -> tuple[str, ...]:
        """Everything it may be called by: identifier, ARN, host name, Name tag."""
        tags = [tag.value for tag in self.tag_list if tag.key == "Name"]
        called = (self.db_instance_identifier, self.db_instance_arn, self.endpoint.address or "", *tags)
        return tuple(name for name in called if name)

    @property
    def group_ids(self) -> frozenset[str]:
        return in_force(self.vpc_security_groups)


class DescribeDbInstances(Reply, frozen=True, rename={"db_instances": "DBInstances"}):
    db_instances: tuple[DbInstance, ...] = ()


DESCRIBE_DB_INSTANCES = Call("rds", "DescribeDBInstances", DescribeDbInstances, holds="DBInstances")
CALLS = (DESCRIBE_DB_INSTANCES,)
BY_TWINS = {
    name: Call(name, "DescribeDBInstances", DescribeDbInstances, holds="DBInstances", iam_prefix="rds")
    for name in TWINS
}


def resource(database: DbInstance, listed: Sequence[DbInstance], around: Surroundings) -> Resource:
    """The instance where it stands: in its zone, and in the standby's if it has one.

    `listed` are all instances of the same reply, among which an interface must have just one possible owner.
    """
    return Resource(
        id=database.db_instance_arn or database.db_instance_identifier,
        title=database.db_instance_identifier,
        ports=(database.port,) if database.port else (),
        group_ids=database.group_ids,
        nodes=tuple(nodes(database, listed, around)),
        vpc_id=database.db_subnet_group.vpc_id,
        host_names=(database.endpoint.address,) if database.endpoint.address else (),
        is_public=database.publicly_accessible,
        notes=tuple(_status_notes(database)),
        groups_entry="VpcSecurityGroups",
        nodes_entry="DBSubnetGroup",
    )


def nodes(database: DbInstance, listed: Sequence[DbInstance], around: Surroundings) -> Iterable[Node]:
    """The instance, and its standby in another zone: either may serve."""
    name, group = database.db_instance_identifier, database.db_subnet_group
    zones = [database.availability_zone]
    if database.multi_az and database.secondary_availability_zone:
        zones.append(database.secondary_availability_zone)
    elif database.multi_az:
        zones = [None]
    node = Node(name, group_ids=database.group_ids or None, is_public=database.publicly_accessible)
    if not database.multi_az and (own := _own_interface(database, listed, around)) is not None:
        yield replace(node, interface_id=own)
        return
    for zone in zones:
        label = f"{name} in {zone}" if zone and len(zones) > 1 else name
        if here := group.in_zone(zone, around):
            yield replace(node, label=label, subnet_ids=here)


def _own_interface(database: DbInstance, listed: Sequence[DbInstance], around: Surroundings) -> str | None:
    """The instance's interface, where just one instance of the snapshot can own just one visible interface.

    Both lists must be whole, or the instance's own interface may be another; it stands in the instance's zone.
    """
    group, zone = database.db_subnet_group, database.availability_zone
    if zone is None or group.vpc_id is None or around.missing(DESCRIBE_NETWORK_INTERFACES, group.vpc_id) is not None:
        return None
    readings = [around.read(DESCRIBE_DB_INSTANCES, place) for place in around.places()]
    if not any(r.is_complete and r.value is not None and database in r.value.db_instances for r in readings):
        return None

    def build() -> dict[tuple[str | None, frozenset[str]], list[NetworkInterface]]:
        found: dict[tuple[str | None, frozenset[str]], list[NetworkInterface]] = {}
        for interface in around.every(NetworkInterface):
            if interface.description == OWN_INTERFACE:
                found.setdefault((interface.vpc_id, interface.group_ids), []).append(interface)
        return found

    mine = around.remember(("rds interfaces",), build).get((group.vpc_id, database.group_ids), [])
    rivals = [d for d in listed if (d.db_subnet_group.vpc_id, d.group_ids) == (group.vpc_id, database.group_ids)]
    if len(mine) != 1 or len(rivals) != 1 or not _stands_in(mine[0], group, zone, around):
        return None
    return mine[0].id


def _stands_in(interface: NetworkInterface, group: SubnetGroup, zone: str, around: Surroundings) -> bool:
    return interface.subnet_id in group.known_in_zone(zone, around)


def _status_notes(database: DbInstance) -> Iterable[Note]:
    status = database.db_instance_status
    if status and status.startswith("configuring-"):
        status = "modifying"
    arn = database.db_instance_arn or database.db_instance_identifier
    return STATES.notes(arn, database.db_instance_identifier, "DBInstanceStatus", status)


def _meaning(
    database: DbInstance, listed: Sequence[DbInstance], service: Service, source: Source, around: Surroundings
) -> Meaning:
    return meaning(resource(database, listed, around), service, source, around)


def _of_engine(engine: str) -> Callable[[DescribeDbInstances], Sequence[DbInstance]]:
    return lambda reply: [database for database in reply.db_instances if database.engine in (engine, "")]


KINDS = (
    Kind(
        "rds",
        DESCRIBE_DB_INSTANCES,
        lambda reply: reply.db_instances,
        lambda database: database.names,
        lambda database, _: database.db_instance_arn,
        _meaning,
        host_label="rds",
    ),
    *(
        Kind(
            name,
            DESCRIBE_DB_INSTANCES,
            _of_engine(name),
            lambda database: database.names,
            lambda database, _: database.db_instance_arn,
            _meaning,
            host_label=name,
            also_in=(call,),
        )
        for name, call in BY_TWINS.items()
    ),
)
