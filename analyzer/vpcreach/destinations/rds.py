"""RDS database instances: `rds:NAME`, their ARN, or their endpoint's host name.

Modelled: port, status, security groups, the subnets in which the instance (and a Multi-AZ standby) may stand.
Not modelled: clusters, proxies; the public address of a publicly accessible instance seen from outside its VPC.
Source: RDS API Reference, DescribeDBInstances (semantics H1, H16).
Checked: tests/unit/destinations/test_rds.py.
"""

from collections.abc import Iterable, Sequence

from vpcreach.components.network_interface import DESCRIBE_NETWORK_INTERFACES, NetworkInterface
from vpcreach.components.subnet import Subnet
from vpcreach.destinations.grammar import Service
from vpcreach.destinations.kind import Kind
from vpcreach.destinations.meaning import DESTINATION_IN_TRANSITION, Meaning, Source
from vpcreach.destinations.resource import Node, Resource, meaning
from vpcreach.forwarding import BAD_STATE, Note, Surroundings
from vpcreach.snapshot.call import Call
from vpcreach.snapshot.record import Record, Reply, Tag

PORTS = {
    "mysql": 3306,
    "mariadb": 3306,
    "postgres": 5432,
    "aurora": 3306,  # after the engines that `aurora-postgresql` and `aurora-mysql` name
    "oracle": 1521,
    "sqlserver": 1433,
    "db2": 50000,
}
DEAD = frozenset(
    {
        "stopped", "stopping", "deleting", "deleted", "delete-precheck", "failed", "insufficient-capacity",
        "inaccessible-encryption-credentials", "inaccessible-encryption-credentials-recoverable",
        "incompatible-create", "incompatible-credentials", "incompatible-network", "incompatible-parameters",
        "incompatible-restore", "restore-error", "storage-full",
    }
)  # fmt: skip
TRANSIENT = frozenset(
    {
        "backing-up", "creating", "maintenance", "modifying", "rebooting", "renaming", "resetting-master-credentials",
        "starting", "storage-config-upgrade", "storage-initialization", "storage-optimization", "upgrading",
    }
)  # fmt: skip


class DbEndpoint(Record, frozen=True):
    address: str | None = None
    port: int | None = None


class VpcSecurityGroup(Record, frozen=True):
    vpc_security_group_id: str
    status: str = "active"


class DbZone(Record, frozen=True):
    name: str | None = None


class DbSubnet(Record, frozen=True):
    subnet_identifier: str
    subnet_availability_zone: DbZone = DbZone()


class DbSubnetGroup(Record, frozen=True):
    vpc_id: str | None = None
    subnets: tuple[DbSubnet, ...] = ()


def _db(name: str) -> str:
    plain = {"db_instance_identifier": "DBInstanceIdentifier", "db_instance_arn": "DBInstanceArn"}
    return {**plain, "db_instance_status": "DBInstanceStatus", "db_subnet_group": "DBSubnetGroup"}.get(
        name, "".join(part.capitalize() for part in name.split("_"))
    ).replace("MultiAz", "MultiAZ")


class DbInstance(Record, frozen=True, rename=_db):
    db_instance_identifier: str
    db_instance_arn: str = ""
    db_instance_status: str | None = None
    engine: str = ""
    endpoint: DbEndpoint = DbEndpoint()
    db_instance_port: int | None = None
    db_subnet_group: DbSubnetGroup = DbSubnetGroup()
    vpc_security_groups: tuple[VpcSecurityGroup, ...] = ()
    availability_zone: str | None = None
    secondary_availability_zone: str | None = None
    multi_az: bool = False
    publicly_accessible: bool = False
    tag_list: tuple[Tag, ...] = ()

    @property
    def port(self) -> int:
        """The API's port, else the engine's usual one."""
        usual = next((port for engine, port in PORTS.items() if engine in self.engine.lower()), 443)
        return self.endpoint.port or self.db_instance_port or usual

    @property
    def names(self) -> tuple[str, ...]:
        """Everything it may be called by: identifier, ARN, host name, Name tag."""
        tags = [tag.value for tag in self.tag_list if tag.key == "Name"]
        called = (self.db_instance_identifier, self.db_instance_arn, self.endpoint.address or "", *tags)
        return tuple(name for name in called if name)

    @property
    def group_ids(self) -> frozenset[str]:
        """The groups in force: one that is being added does not admit anybody yet."""
        return frozenset(g.vpc_security_group_id for g in self.vpc_security_groups if g.status == "active")


class DescribeDbInstances(Reply, frozen=True, rename={"db_instances": "DBInstances"}):
    db_instances: tuple[DbInstance, ...] = ()


DESCRIBE_DB_INSTANCES = Call("rds", "DescribeDBInstances", DescribeDbInstances, holds="DBInstances")
CALLS = (DESCRIBE_DB_INSTANCES,)


def resource(database: DbInstance, listed: Sequence[DbInstance], around: Surroundings) -> Resource:
    """The instance where it stands: in its zone, and in the standby's if it has one.

    `listed` are all instances of the same reply, among which an interface must have just one possible owner.
    """
    return Resource(
        id=database.db_instance_arn or database.db_instance_identifier,
        title=database.db_instance_identifier,
        ports=(database.port,),
        group_ids=database.group_ids,
        nodes=tuple(_nodes(database, listed, around)),
        vpc_id=database.db_subnet_group.vpc_id,
        host_names=(database.endpoint.address,) if database.endpoint.address else (),
        is_public=database.publicly_accessible,
        notes=tuple(_status_notes(database)),
        groups_entry="VpcSecurityGroups",
        nodes_entry="DBSubnetGroup",
    )


def _meaning(
    database: DbInstance, listed: Sequence[DbInstance], service: Service, source: Source, around: Surroundings
) -> Meaning:
    return meaning(resource(database, listed, around), service, source, around)


KINDS = (
    Kind(
        "rds",
        DESCRIBE_DB_INSTANCES,
        lambda reply: reply.db_instances,
        lambda database: database.names,
        lambda database, _: database.db_instance_arn,
        _meaning,
    ),
)


def _nodes(database: DbInstance, listed: Sequence[DbInstance], around: Surroundings) -> Iterable[Node]:
    name, subnets = database.db_instance_identifier, database.db_subnet_group.subnets
    zones = [database.availability_zone]
    if database.multi_az and database.secondary_availability_zone:
        zones.append(database.secondary_availability_zone)
    elif database.multi_az:
        zones = [None]
    if not database.multi_az and (own := _own_interface(database, listed, around)) is not None:
        yield Node(name, interface_id=own)
        return
    for zone in zones:
        here = [s for s in subnets if zone is None or _zone(s, around) in (zone, None)] or list(subnets)
        label = f"{name} in {zone}" if zone and len(zones) > 1 else name
        if here:
            yield Node(label, subnet_ids=tuple(s.subnet_identifier for s in here))


def _own_interface(database: DbInstance, listed: Sequence[DbInstance], around: Surroundings) -> str | None:
    """The instance's interface, where just one instance of the snapshot can own just one visible interface.

    Both lists must be whole, or the instance's own interface may be another; it stands in the instance's zone.
    """
    group, zone = database.db_subnet_group, database.availability_zone
    subnets = {s.subnet_identifier for s in group.subnets if zone is not None and _zone(s, around) == zone}
    if group.vpc_id is None or around.missing(DESCRIBE_NETWORK_INTERFACES, group.vpc_id) is not None:
        return None
    readings = [around.read(DESCRIBE_DB_INSTANCES, place) for place in around.places()]
    if not any(r.is_complete and r.value is not None and database in r.value.db_instances for r in readings):
        return None

    def build() -> dict[tuple[str | None, frozenset[str]], list[NetworkInterface]]:
        found: dict[tuple[str | None, frozenset[str]], list[NetworkInterface]] = {}
        for interface in around.every(NetworkInterface):
            if interface.description == "RDSNetworkInterface" or interface.requester_id == "amazon-rds":
                found.setdefault((interface.vpc_id, interface.group_ids), []).append(interface)
        return found

    mine = around.remember(("rds interfaces",), build).get((group.vpc_id, database.group_ids), [])
    rivals = [d for d in listed if (d.db_subnet_group.vpc_id, d.group_ids) == (group.vpc_id, database.group_ids)]
    if len(mine) != 1 or len(rivals) != 1 or mine[0].subnet_id not in subnets:
        return None
    return mine[0].id


def _zone(subnet: DbSubnet, around: Surroundings) -> str | None:
    if subnet.subnet_availability_zone.name:
        return subnet.subnet_availability_zone.name
    known = around.component(subnet.subnet_identifier)
    return known.availability_zone if isinstance(known, Subnet) else None


def _status_notes(database: DbInstance) -> list[Note]:
    status = database.db_instance_status
    name, arn = database.db_instance_identifier, database.db_instance_arn or database.db_instance_identifier
    if status in DEAD:
        return [BAD_STATE.fail(arn, "DBInstanceStatus", f"{name} is {status}: nothing listens")]
    if status in TRANSIENT or (status or "").startswith("configuring-"):
        return [DESTINATION_IN_TRANSITION.advice(arn, "DBInstanceStatus", f"{name} is {status}")]
    if status not in (None, "available"):
        message = f"{name} is {status}, and whether it listens then is not known"
        return [BAD_STATE.unknown(arn, "DBInstanceStatus", message)]
    return []
