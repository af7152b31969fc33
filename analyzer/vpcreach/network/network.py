"""The network around a packet: what components ask of the graph, with the reason wherever the snapshot does not tell.

One `Network` serves every question about a snapshot; `reading` gives the same network under another reading of prefix
lists. Everything compiled (route maps, group maps, ACL maps) is remembered per network.
"""

import copy
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar, cast

from vpcreach.components import LISTINGS, UNMODELLED_KINDS, network_acl, security_group
from vpcreach.components.network_acl import DESCRIBE_NETWORK_ACLS, NetworkAcl
from vpcreach.components.network_interface import DESCRIBE_NETWORK_INTERFACES, NetworkInterface
from vpcreach.components.prefix_list import DESCRIBE_PREFIX_LISTS, GET_MANAGED_PREFIX_LIST_ENTRIES, blocks
from vpcreach.components.route_table import DESCRIBE_ROUTE_TABLES, RouteTable
from vpcreach.components.security_group import SecurityGroup
from vpcreach.components.subnet import DESCRIBE_SUBNETS, Subnet
from vpcreach.components.vpc import Vpc
from vpcreach.forwarding import (
    COLLECTION_FAILED,
    UNKNOWN_RESOURCE,
    UNSUPPORTED_COMPONENT,
    Component,
    Note,
    Zone,
)
from vpcreach.network.graph import ATTACHED_TO, FILTERS, build
from vpcreach.packets.address_map import AddressMap, AddressSet, Family
from vpcreach.packets.ports import PortAtoms
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import Record
from vpcreach.snapshot.snapshot import Reading, Snapshot, State

T = TypeVar("T")
R = TypeVar("R", bound=Record)

PRIVATE = {
    Family.IPV4: AddressSet.parse("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "198.18.0.0/15"),
    Family.IPV6: AddressSet.parse("fc00::/7"),
}


class Network:
    """A snapshot as a graph of components; implements `forwarding.Surroundings`."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.graph = build(snapshot)
        self.skips_endpoint_routes = False
        self._prefix_lists: Mapping[str, tuple[str, ...]] = {}
        self._memory: dict[Hashable, Any] = {}
        self._views: dict[Hashable, Network] = {((), False): self}
        self._by_kind = self._sorted_by_kind()
        self.atoms = self._cut_atoms()

    # Views and memory

    def reading(self, prefix_lists: Mapping[str, tuple[str, ...]], *, skips_endpoint_routes: bool = False) -> "Network":
        key = (tuple(sorted(prefix_lists.items())), skips_endpoint_routes)
        if key not in self._views:
            view = copy.copy(self)
            view.skips_endpoint_routes = skips_endpoint_routes
            view._prefix_lists = prefix_lists
            view._memory = {}
            self._views[key] = view
        return self._views[key]

    def remember(self, key: Hashable, build: Callable[[], T]) -> T:
        if key not in self._memory:
            self._memory[key] = build()
        return cast(T, self._memory[key])

    # Records

    def _sorted_by_kind(self) -> dict[type, list[Any]]:
        found: dict[type, list[Any]] = {}
        for _, record in self.graph.nodes(data="record"):
            if record is not None:
                found.setdefault(type(record), []).append(record)
        return found

    def every(self, kind: type[T]) -> Sequence[T]:
        return self._by_kind.get(kind, [])

    def record(self, node_id: str) -> Any:
        """The record of a node, or None."""
        return self.graph.nodes[node_id]["record"] if node_id in self.graph else None

    def component(self, component_id: str) -> Component | Note:
        record = self.record(component_id)
        if record is not None and hasattr(record, "forward"):
            return cast(Component, record)
        return self.unread(component_id)

    def unread(self, component_id: str) -> Note:
        """Why an id cannot be read: its kind is not modelled, or its file lacks it."""
        for start, words in UNMODELLED_KINDS.items():
            if component_id.startswith(start):
                message = f"{component_id} is a {words}, which is not modelled yet"
                return UNSUPPORTED_COMPONENT.unknown(component_id, "", message)
        call = next((x.call for x in LISTINGS if component_id.startswith(x.id_prefix)), None)
        if call is None:
            return UNKNOWN_RESOURCE.unknown(component_id, "", f"{component_id} is not in the snapshot")
        gaps = [reading.gap for place in self.places() if (reading := self.read(call, place)).gap]
        why = str(gaps[0]) if gaps else f"{call.action} does not list it"
        return UNKNOWN_RESOURCE.unknown(component_id, call.action, f"{component_id} cannot be read: {why}")

    # Replies

    def places(self) -> Sequence[Place]:
        return self.remember(("places",), self.snapshot.places)

    def place_of(self, component_id: str) -> Place:
        """Where a component is from; a place that holds nothing for an id that nothing in the snapshot mentions."""
        node = self.graph.nodes[component_id] if component_id in self.graph else {"account": "", "region": ""}
        return Place(node["account"], node["region"])

    def places_of(self, component_id: str) -> tuple[Place, ...]:
        """Every place that lists the object: a shared subnet's owner and its participants."""
        node = self.graph.nodes[component_id] if component_id in self.graph else {}
        return tuple(node.get("places", ()))

    def read(self, call: Call[R], at: str | Place, arguments: tuple[str, ...] = ()) -> Reading[R]:
        place = at if isinstance(at, Place) else self.place_of(at)
        return self.snapshot.read(call, place, arguments)

    def state_of(self, call: Call[Any], vpc_id: str) -> State:
        """FOUND where the snapshot lists everything of this VPC, else what is the matter with the reply."""
        if self.missing(call, vpc_id) is None:
            return State.FOUND
        states = {self.read(call, place).state for place in self.places_of(vpc_id) or self.places()}
        return State.ABSENT if states <= {State.ABSENT} else State.FAILED

    def missing(self, call: Call[Any], vpc_id: str) -> Note | None:
        return self.remember(("missing", call, vpc_id), lambda: self._missing(call, vpc_id))

    def _missing(self, call: Call[Any], vpc_id: str) -> Note | None:
        readings = [self.read(call, place) for place in self.places_of(vpc_id) or self.places()]
        if any(reading.covers(vpc_id) for reading in readings):
            return None
        gaps = [reading.gap for reading in readings if reading.gap]
        why = str(gaps[0]) if gaps else f"{call.action} was collected for other VPCs only"
        return COLLECTION_FAILED.unknown(vpc_id, call.action, f"what {vpc_id} has is not known: {why}")

    # Subnets and what rules them

    def route_table_of(self, subnet_id: str) -> Component | Note:
        def find() -> Component | Note:
            return cast(Component | Note, self._ruler(subnet_id, RouteTable, DESCRIBE_ROUTE_TABLES))

        return self.remember(("table of", subnet_id), find)

    def edge_table_of(self, gateway_id: str, vpc_id: str) -> Component | Note | None:
        nodes = self.graph.predecessors(gateway_id) if gateway_id in self.graph else ()
        tables = [record for node in nodes if isinstance(record := self.record(node), RouteTable)]
        attached = [table for table in tables if table.is_associated_with(gateway_id)]
        return cast(Component, attached[0]) if attached else self.missing(DESCRIBE_ROUTE_TABLES, vpc_id)

    def network_acl_of(self, subnet_id: str) -> NetworkAcl | Note:
        def find() -> NetworkAcl | Note:
            return cast(NetworkAcl | Note, self._ruler(subnet_id, NetworkAcl, DESCRIBE_NETWORK_ACLS))

        return self.remember(("acl of", subnet_id), find)

    def _ruler(self, subnet_id: str, kind: type[Any], call: Call[Any]) -> Any:
        """The explicitly associated object of a kind, else the VPC's main or default one."""
        for node, _, data in self.graph.in_edges(subnet_id, data=True) if subnet_id in self.graph else ():
            record = self.record(node)
            if isinstance(record, kind) and data["relation"] in (ATTACHED_TO, FILTERS):
                state = data.get("detail", "associated")
                if state == "associated":
                    return record
                if state in ("associating", "disassociating"):
                    message = f"{record.title} is {state} {subnet_id}"
                    return COLLECTION_FAILED.unknown(record.id, "Associations", message, resolve="collect again")
        subnet = self.record(subnet_id)
        if not isinstance(subnet, Subnet):
            return self.unread(subnet_id)
        gap = self.missing(call, subnet.vpc_id)
        if gap is not None:
            return gap
        for node, _, data in self.graph.in_edges(subnet.vpc_id, data=True) if subnet.vpc_id in self.graph else ():
            is_general = data.get("is_main") or data.get("is_default")
            if isinstance(self.record(node), kind) and is_general and data.get("detail", "associated") == "associated":
                return self.record(node)
        message = f"{call.action} shows neither a table of {subnet_id} nor a default one of {subnet.vpc_id}"
        return COLLECTION_FAILED.unknown(subnet_id, call.action, message)

    def subnets(self, vpc_id: str, family: Family) -> AddressMap[str | None]:
        return self.remember(("subnets", vpc_id, family), lambda: self._subnets(vpc_id, family))

    def _subnets(self, vpc_id: str, family: Family) -> AddressMap[str | None]:
        layers = [
            (first, last, subnet.id)
            for subnet in self.every(Subnet)
            if subnet.vpc_id == vpc_id
            for first, last in subnet.cidrs(family).intervals
        ]
        return AddressMap.paint(family, layers, None)

    def subnets_are_known(self, vpc_id: str) -> Note | None:
        vpc = self.record(vpc_id)
        owner = vpc.owner_id if isinstance(vpc, Vpc) else None
        if owner is None or owner in {place.account for place in self.places_of(vpc_id)}:
            return self.missing(DESCRIBE_SUBNETS, vpc_id)
        # A participant sees the subnets that are shared with it, and no others (A19).
        message = f"{vpc_id} is shared by account {owner}, which alone can list all its subnets"
        return COLLECTION_FAILED.unknown(vpc_id, DESCRIBE_SUBNETS.action, message)

    def zone_of(self, subnet_id: str | None) -> Zone | None:
        subnet = self.record(subnet_id) if subnet_id else None
        if not isinstance(subnet, Subnet) or not (subnet.availability_zone_id or subnet.availability_zone):
            return None
        return Zone(subnet.availability_zone_id, subnet.availability_zone)

    # Prefix lists, groups and interfaces

    def prefixes(self, prefix_list_id: str, family: Family) -> tuple[tuple[int, int], ...] | Note:
        return self.remember(("prefixes", prefix_list_id, family), lambda: self._prefixes(prefix_list_id, family))

    def _prefixes(self, prefix_list_id: str, family: Family) -> tuple[tuple[int, int], ...] | Note:
        gap = None
        for place in self.places():
            entries = self.read(GET_MANAGED_PREFIX_LIST_ENTRIES, place, (prefix_list_id,))
            if entries.is_complete and entries.value is not None:
                return blocks((entry.cidr for entry in entries.value.entries), family)
            gap = gap or entries.gap
            listed = self.read(DESCRIBE_PREFIX_LISTS, place).value
            for item in listed.prefix_lists if listed is not None else ():
                if item.prefix_list_id == prefix_list_id and item.cidrs:
                    return blocks(item.cidrs, family)
        if prefix_list_id in self._prefix_lists:
            return blocks(self._prefix_lists[prefix_list_id], family)
        message = f"the entries of {prefix_list_id} cannot be read: {gap}"
        return UNKNOWN_RESOURCE.unknown(prefix_list_id, GET_MANAGED_PREFIX_LIST_ENTRIES.action, message)

    def members(self, group_id: str, family: Family) -> AddressSet:
        return self.remember(("members", group_id, family), lambda: self._members(group_id, family))

    def _members(self, group_id: str, family: Family) -> AddressSet:
        if not self.members_are_known(group_id):
            return PRIVATE[family] | self._vpc_space(family)
        interfaces = (self.record(node) for _, node in self.graph.out_edges(group_id))
        found = [i.addresses(family) for i in interfaces if isinstance(i, NetworkInterface)]
        return AddressSet.of(family, [interval for addresses in found for interval in addresses.intervals])

    def _vpc_space(self, family: Family) -> AddressSet:
        blocks = [interval for vpc in self.every(Vpc) for interval in vpc.cidrs(family).intervals]
        return AddressSet.of(family, blocks)

    def members_are_known(self, group_id: str) -> bool:
        group = self.record(group_id)
        if not isinstance(group, SecurityGroup) or group.vpc_id is None:
            return False
        return self.missing(DESCRIBE_NETWORK_INTERFACES, group.vpc_id) is None

    def interface_at(self, vpc_id: str, family: Family, address: int) -> NetworkInterface | None:
        def build() -> AddressMap[NetworkInterface | None]:
            mine = [i for i in self.every(NetworkInterface) if i.vpc_id == vpc_id]
            layers = [(first, last, i) for i in mine for first, last in i.addresses(family).intervals]
            return AddressMap.paint(family, layers, None)

        return self.remember(("interfaces", vpc_id, family), build).at(address)

    def lambda_interfaces(self, subnet_id: str, group_ids: frozenset[str]) -> list[NetworkInterface]:
        """The interfaces that Lambda made in a subnet for exactly these groups (A3)."""

        def build() -> dict[frozenset[str], list[NetworkInterface]]:
            found: dict[frozenset[str], list[NetworkInterface]] = {}
            for interface in self.interfaces_in(subnet_id):
                if interface.is_lambda:
                    found.setdefault(interface.group_ids, []).append(interface)
            return found

        return self.remember(("lambda interfaces", subnet_id), build).get(group_ids, [])

    def interfaces_in(self, subnet_id: str) -> list[NetworkInterface]:
        """The known interfaces of a subnet."""

        def build() -> list[NetworkInterface]:
            nodes = self.graph.predecessors(subnet_id) if subnet_id in self.graph else ()
            return [record for node in nodes if isinstance(record := self.record(node), NetworkInterface)]

        return self.remember(("interfaces in", subnet_id), build)

    def _cut_atoms(self) -> PortAtoms:
        groups = (r for group in self.every(SecurityGroup) for r in security_group.port_ranges(group))
        acls = (r for acl in self.every(NetworkAcl) for r in network_acl.port_ranges(acl))
        return PortAtoms([*groups, *acls])
