"""FSx file systems: `fsx:ID`, their Name tag, ARN or host name; storage virtual machines of ONTAP by id, name or host.

Modelled: every interface of a file system, the floating addresses of OpenZFS and ONTAP, state. Without a port: SMB
(445) for Windows, NFS (2049) for OpenZFS and ONTAP, 988 and 1018-1023 for Lustre; others (iSCSI 3260) by number.
Not modelled: the ONTAP management endpoints, DNS aliases of Windows file systems, file caches.
Source: FSx API Reference, DescribeFileSystems and DescribeStorageVirtualMachines (semantics H15).
Checked: tests/unit/destinations/test_fsx.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

import msgspec

from vpcreach.components.route_table import Route, RouteTable
from vpcreach.destinations.grammar import Service
from vpcreach.destinations.kind import Kind
from vpcreach.destinations.meaning import UNKNOWN_DESTINATION, Meaning, Source
from vpcreach.destinations.resource import Node, Resource, States, meaning, unread_note
from vpcreach.forwarding import UNSUPPORTED_COMPONENT, Note, Surroundings
from vpcreach.packets.address_map import Family
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Address, Record, Reply, Tagged

NFS, SMB, ISCSI = 2049, 445, 3260
PORTS = {"WINDOWS": (SMB,), "LUSTRE": (988, *range(1018, 1024)), "ONTAP": (NFS,), "OPENZFS": (NFS,)}
STATES = States(
    working=frozenset({"AVAILABLE", "CREATED"}),
    passing=frozenset({"CREATING", "PENDING", "UPDATING"}),
    dead=frozenset({"DELETING", "FAILED", "MISCONFIGURED_UNAVAILABLE"}),
)


class OpenZfsConfiguration(Record, frozen=True):
    endpoint_ip_address: Address | None = None


class FileSystem(Tagged, frozen=True):
    file_system_id: str
    resource_arn: str = msgspec.field(name="ResourceARN", default="")
    file_system_type: str = ""
    lifecycle: str | None = None
    vpc_id: str | None = None
    subnet_ids: tuple[str, ...] = ()
    network_interface_ids: tuple[str, ...] = ()
    dns_name: str | None = msgspec.field(name="DNSName", default=None)
    open_zfs_configuration: OpenZfsConfiguration | None = msgspec.field(name="OpenZFSConfiguration", default=None)

    @property
    def id(self) -> str:
        return self.file_system_id

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name in (self.id, self.name, self.dns_name) if name)

    @property
    def floating_address(self) -> Address | None:
        """The address of OpenZFS, which the active server holds."""
        return self.open_zfs_configuration.endpoint_ip_address if self.open_zfs_configuration else None


class DescribeFileSystems(Reply, frozen=True):
    file_systems: tuple[FileSystem, ...] = ()


class SvmEndpoint(Record, frozen=True):
    dns_name: str | None = msgspec.field(name="DNSName", default=None)
    ip_addresses: tuple[Address, ...] = ()


class SvmEndpoints(Record, frozen=True):
    iscsi: SvmEndpoint | None = None
    nfs: SvmEndpoint | None = None
    smb: SvmEndpoint | None = None


class StorageVirtualMachine(Record, frozen=True):
    storage_virtual_machine_id: str
    resource_arn: str = msgspec.field(name="ResourceARN", default="")
    name: str = ""
    file_system_id: str | None = None
    lifecycle: str | None = None
    endpoints: SvmEndpoints | None = None

    @property
    def names(self) -> tuple[str, ...]:
        told = self.endpoints or SvmEndpoints()
        hosts = [endpoint.dns_name for endpoint in (told.nfs, told.smb, told.iscsi) if endpoint]
        return tuple(name for name in (self.storage_virtual_machine_id, self.name, *hosts) if name)

    def addresses(self, port: int) -> tuple[str, ...]:
        """Where it offers the protocol of a port; its NFS addresses serve for ports of no protocol."""
        told = self.endpoints or SvmEndpoints()
        endpoint = {SMB: told.smb, ISCSI: told.iscsi}.get(port, told.nfs)
        return tuple(endpoint.ip_addresses) if endpoint else ()


class DescribeStorageVirtualMachines(Reply, frozen=True):
    storage_virtual_machines: tuple[StorageVirtualMachine, ...] = ()


DESCRIBE_FILE_SYSTEMS = Call("fsx", "DescribeFileSystems", DescribeFileSystems, holds="FileSystems")
DESCRIBE_STORAGE_VIRTUAL_MACHINES = Call(
    "fsx", "DescribeStorageVirtualMachines", DescribeStorageVirtualMachines, holds="StorageVirtualMachines"
)
CALLS = (DESCRIBE_FILE_SYSTEMS, DESCRIBE_STORAGE_VIRTUAL_MACHINES)


@dataclass(frozen=True, slots=True)
class Placed:
    """A file system and where it is listed."""

    file_system: FileSystem
    place: Place


@dataclass(frozen=True, slots=True)
class Carried:
    """A storage virtual machine, and the file system that carries it (None where the snapshot does not list it)."""

    machine: StorageVirtualMachine
    file_system: FileSystem | None


@dataclass(frozen=True, slots=True)
class Found:
    """Nodes of a file system, and what keeps others from being told."""

    nodes: tuple[Node, ...] = ()
    notes: tuple[Note, ...] = ()


def resource(placed: Placed, service: Service, source: Source, around: Surroundings) -> Resource:
    """The file system where its own API says that it answers."""
    file_system = placed.file_system
    arn, kind = _arn(file_system), file_system.file_system_type
    notes = list(STATES.notes(arn, file_system.id, "Lifecycle", file_system.lifecycle))
    ports = PORTS.get(kind) or ((service.port,) if service.port else ())
    found = Found()
    if not ports:
        message = f"{file_system.id} is a file system of the kind {kind}, whose port is not known"
        notes.append(UNKNOWN_DESTINATION.unknown(arn, "FileSystemType", message, resolve="ask for fsx:ID:PORT"))
    elif kind == "ONTAP":
        found = _of_machines(placed, service, source, around)
    elif address := file_system.floating_address:
        found = _at(file_system.id, (address,), file_system, source, around)
    else:
        found = Found(tuple(_interfaces(file_system)))
    notes += found.notes
    return _resource(arn, file_system.id, file_system, ports or (NFS,), found.nodes, notes, file_system.dns_name)


def _of_machines(placed: Placed, service: Service, source: Source, around: Surroundings) -> Found:
    """ONTAP answers at the addresses of its machines; one that does not work is no part of what it offers."""
    port = service.port or NFS
    machines, unread = _machines(placed, around)
    offering = [machine for machine in machines if machine.lifecycle not in STATES.dead]
    found = [_at(m.storage_virtual_machine_id, m.addresses(port), placed.file_system, source, around) for m in offering]
    notes = [note for machine in offering for note in _machine_notes(machine)]
    notes += [note for each in found for note in each.notes]
    return Found(tuple(node for each in found for node in each.nodes), (*notes, *unread))


def _resource(
    arn: str,
    title: str,
    file_system: FileSystem | None,
    ports: tuple[int, ...],
    nodes: tuple[Node, ...],
    notes: Sequence[Note],
    host: str | None,
) -> Resource:
    return Resource(
        id=arn,
        title=title,
        ports=ports,
        group_ids=frozenset(),
        nodes=nodes,
        vpc_id=file_system.vpc_id if file_system else None,
        host_names=(host,) if host else (),
        notes=tuple(notes),
        groups_entry="NetworkInterfaceIds",
        nodes_entry="NetworkInterfaceIds",
    )


def _interfaces(file_system: FileSystem) -> Iterable[Node]:
    """Clients talk to every interface: each server of Lustre, whichever server of a pair is active."""
    for interface_id in file_system.network_interface_ids:
        yield Node(f"{interface_id} of {file_system.id}", interface_id=interface_id, subnet_ids=file_system.subnet_ids)


def _at(
    label: str, addresses: Iterable[str], file_system: FileSystem | None, source: Source, around: Surroundings
) -> Found:
    """Where packets to addresses of a file system end, behind the groups that all of its interfaces share."""
    nodes: list[Node] = []
    interfaces = file_system.network_interface_ids if file_system else ()
    for address in addresses:
        if file_system is not None and _is_routed(address, file_system, source, around):
            # A floating address: the route leads to the active server, and after a failover to another.
            nodes += _interfaces(file_system)
        elif file_system is not None and _is_out_of_sight(address, file_system, source, around):
            message = f"{label} answers at {address}, which is in no subnet: the way from another VPC is not modelled"
            return Found((), (UNSUPPORTED_COMPONENT.unknown(_arn(file_system), "EndpointIpAddress", message),))
        else:
            nodes.append(Node(label, addresses=(address,), interface_id=next(iter(interfaces), None)))
    return Found(tuple(dict.fromkeys(nodes)))


def _is_routed(address: str, file_system: FileSystem, source: Source, around: Surroundings) -> bool:
    """Whether the source's table sends the address to an interface of the file system."""
    table = around.route_table_of(source.subnet_id) if source.vpc_id == file_system.vpc_id else None
    if not isinstance(table, RouteTable):
        return False
    winner = table.winners(Family.IPV4, around).at(int(ip_address(address)))
    if not isinstance(winner, Route) or winner.state != "active":
        return False
    return winner.network_interface_id in file_system.network_interface_ids


def _is_out_of_sight(address: str, file_system: FileSystem, source: Source, around: Surroundings) -> bool:
    """Whether the address floats in another VPC than the source's."""
    if file_system.vpc_id in (source.vpc_id, None):
        return False
    return around.subnets(file_system.vpc_id or "", Family.IPV4).at(int(ip_address(address))) is None


def _machines(placed: Placed, around: Surroundings) -> tuple[list[StorageVirtualMachine], list[Note]]:
    """The machines of a file system that are known, and the note that says why there may be more."""
    file_system = placed.file_system
    reading = around.read(DESCRIBE_STORAGE_VIRTUAL_MACHINES, placed.place)
    listed = reading.value.storage_virtual_machines if reading.value else ()
    machines = [machine for machine in listed if machine.file_system_id == file_system.id]
    if reading.is_complete:
        return machines, []
    arn, call = _arn(file_system), DESCRIBE_STORAGE_VIRTUAL_MACHINES
    return machines, [unread_note(arn, file_system.id, "the addresses", call, reading)]


def _machine_notes(machine: StorageVirtualMachine) -> tuple[Note, ...]:
    return STATES.notes(_machine_arn(machine), machine.storage_virtual_machine_id, "Lifecycle", machine.lifecycle)


def _arn(file_system: FileSystem) -> str:
    return file_system.resource_arn or file_system.id


def _machine_arn(machine: StorageVirtualMachine) -> str:
    return machine.resource_arn or machine.storage_virtual_machine_id


def _carried(machine: StorageVirtualMachine, place: Place, around: Surroundings) -> Carried:
    reply = around.read(DESCRIBE_FILE_SYSTEMS, place).value
    carriers = [f for f in (reply.file_systems if reply else ()) if f.id == machine.file_system_id]
    return Carried(machine, carriers[0] if carriers else None)


def _meaning(placed: Placed, _: Any, service: Service, source: Source, around: Surroundings) -> Meaning:
    return meaning(resource(placed, service, source, around), service, source, around)


def _machine_meaning(carried: Carried, _: Any, service: Service, source: Source, around: Surroundings) -> Meaning:
    machine, carrier = carried.machine, carried.file_system
    carrier_notes = STATES.notes(_arn(carrier), carrier.id, "Lifecycle", carrier.lifecycle) if carrier else ()
    title = machine.storage_virtual_machine_id
    found = _at(title, machine.addresses(service.port or NFS), carrier, source, around)
    notes = (*_machine_notes(machine), *carrier_notes, *found.notes)
    told = machine.endpoints.nfs if machine.endpoints else None
    host = told.dns_name if told else None
    described = _resource(_machine_arn(machine), title, carrier, (NFS,), found.nodes, notes, host)
    return meaning(described, service, source, around)


KINDS = (
    Kind(
        "fsx",
        DESCRIBE_FILE_SYSTEMS,
        lambda reply: reply.file_systems,
        lambda placed: placed.file_system.names,
        lambda placed, _: _arn(placed.file_system),
        _meaning,
        described=lambda file_system, place, around: Placed(file_system, place),
        host_label="fsx",
    ),
    Kind(
        "fsx",
        DESCRIBE_STORAGE_VIRTUAL_MACHINES,
        lambda reply: reply.storage_virtual_machines,
        lambda carried: carried.machine.names,
        lambda carried, _: _machine_arn(carried.machine),
        _machine_meaning,
        described=_carried,
        host_label="fsx",
    ),
)
