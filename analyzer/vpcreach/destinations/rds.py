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
from vpcreach.destinations.meaning import (
    DESTINATION_IN_TRANSITION,
    NO_SOURCE_OR_DESTINATION,
    UNKNOWN_DESTINATION,
    Endpoint,
    Meaning,
    Source,
    Target,
)
from vpcreach.destinations.name_resolution import resolution
from vpcreach.forwarding import BAD_STATE, UNSUPPORTED_COMPONENT, Note, Surroundings
from vpcreach.packets.address_map import AddressSet, Family
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


def meaning(
    database: DbInstance, listed: Sequence[DbInstance], service: Service, source: Source, around: Surroundings
) -> Meaning:
    """Where the instance stands: its zone, and the standby's if it has one; alternatives where a zone has several.

    `listed` are all instances of the same reply, among which an interface must have just one possible owner.
    """
    notes = [*_status_notes(database)]
    vpc_id = database.db_subnet_group.vpc_id
    names = (database.endpoint.address,) if database.endpoint.address else ()
    dns = resolution(source.vpc_id, names, around)
    if database.publicly_accessible and vpc_id != source.vpc_id:
        message = f"{database.db_instance_identifier} is publicly accessible, and its public address is in no reply"
        notes.append(UNSUPPORTED_COMPONENT.unknown(database.db_instance_arn, "PubliclyAccessible", message))
        # Its name resolves to that address from here: the way to the private one says nothing.
        return Meaning((), service.protocol, service.port or database.port, (*dns.notes, *notes), dns.assumptions)
    if not database.group_ids:
        message = f"{database.db_instance_identifier} lists no security group that is in force"
        notes.append(UNKNOWN_DESTINATION.unknown(database.db_instance_arn, "VpcSecurityGroups", message))
        return Meaning((), service.protocol, service.port or database.port, (*dns.notes, *notes), dns.assumptions)
    endpoints = tuple(_endpoints(database, listed, around))
    if not endpoints:
        message = f"{database.db_instance_identifier} names no subnets that the snapshot holds"
        notes.append(NO_SOURCE_OR_DESTINATION.unknown(database.db_instance_arn, "DBSubnetGroup", message))
    return Meaning(endpoints, service.protocol, service.port or database.port, (*dns.notes, *notes), dns.assumptions)


def _endpoints(database: DbInstance, listed: Sequence[DbInstance], around: Surroundings) -> Iterable[Endpoint]:
    subnets = database.db_subnet_group.subnets
    zones = [database.availability_zone]
    if database.multi_az and database.secondary_availability_zone:
        zones.append(database.secondary_availability_zone)
    elif database.multi_az:
        zones = [None]
    if not database.multi_az and (own := _own_interface(database, listed, around)) is not None:
        yield Endpoint(database.db_instance_identifier, (own,))
        return
    for zone in zones:
        here = [s for s in subnets if zone is None or _zone(s, around) in (zone, None)] or list(subnets)
        targets = tuple(t for s in here if (t := _target(database, s, around)) is not None)
        if targets:
            yield Endpoint(f"{database.db_instance_identifier}{f' in {zone}' if zone else ''}", targets)


def _own_interface(database: DbInstance, listed: Sequence[DbInstance], around: Surroundings) -> Target | None:
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
    return Target(mine[0].addresses(Family.IPV4), mine[0].id, groups=database.group_ids, vpc_id=group.vpc_id)


def _target(database: DbInstance, subnet: DbSubnet, around: Surroundings) -> Target | None:
    known = around.component(subnet.subnet_identifier)
    if not isinstance(known, Subnet):
        return (
            Target(
                AddressSet.everything(Family.IPV4),
                subnet.subnet_identifier,
                notes=(known,),
                is_always_delivered=True,
            )
            if isinstance(known, Note)
            else None
        )
    return Target(
        known.cidrs(Family.IPV4),
        f"{database.db_instance_identifier} in {known.id}",
        is_one_of=True,
        groups=database.group_ids,
        vpc_id=known.vpc_id,
    )


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
