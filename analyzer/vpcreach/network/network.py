"""The network around a packet: what components ask of the graph, with the reason wherever the snapshot does not tell.

One `Network` serves every question about a snapshot; `reading` gives the same network under another reading of prefix
lists. Everything compiled (route maps, group maps, ACL maps) is remembered per network.
"""

import copy
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar, cast

from vpcreach.components import LISTINGS, UNMODELLED_KINDS, network_acl, network_firewall, security_group
from vpcreach.components.lambda_function import LambdaFunction
from vpcreach.components.network_acl import DESCRIBE_NETWORK_ACLS, NetworkAcl
from vpcreach.components.network_firewall import FirewallEndpoint, firewall_endpoints, firewalls_unread
from vpcreach.components.network_interface import DESCRIBE_NETWORK_INTERFACES, NetworkInterface
from vpcreach.components.prefix_list import DESCRIBE_PREFIX_LISTS, GET_MANAGED_PREFIX_LIST_ENTRIES, blocks
from vpcreach.components.route_table import DESCRIBE_ROUTE_TABLES, RouteTable
from vpcreach.components.security_group import SecurityGroup
from vpcreach.components.subnet import DESCRIBE_SUBNETS, Subnet
from vpcreach.components.vpc import Vpc
from vpcreach.components.vpc_endpoint import VpcEndpoint
from vpcreach.forwarding import (
    COLLECTION_FAILED,
    UNKNOWN_RESOURCE,
    UNSUPPORTED_COMPONENT,
    Component,
    Note,
    Zone,
)
from vpcreach.network.functions import FunctionList
from vpcreach.network.graph import ATTACHED_TO, FILTERS, Graph, build, build_without_functions
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
# `tgw-` begins the ids of gateways, and of other things in their longer prefixes: the longest tells the kind.
BY_PREFIX = sorted(LISTINGS, key=lambda listing: -len(listing.id_prefix))
# An association in such a state may rule already, or still.
CHANGING = ("associating", "disassociating")


def _being_changed(record: Any, state: str | None, where: str) -> Note:
    message = f"{record.title} is {state} {where}"
    return COLLECTION_FAILED.unknown(record.id, "Associations", message, resolve="collect again")


class Network:
    """A snapshot as a graph of components; implements `forwarding.Surroundings`."""

    def __init__(
        self, snapshot: Snapshot, *, trusts_appliances: bool = False, functions: FunctionList | None = None
    ) -> None:
        self.snapshot = snapshot
        self.trusts_appliances = trusts_appliances
        self.functions = functions or FunctionList(snapshot)
        self._graph = build_without_functions(snapshot, self.functions)
        self.skips_endpoint_routes = False
        self._prefix_lists: Mapping[str, tuple[str, ...]] = {}
        self._memory: dict[Hashable, Any] = {}
        self._views: dict[Hashable, Network] = {((), False): self}
        self._records: dict[str, Any] = dict(self._graph.nodes(data="record"))
        self._names: dict[str, str] = {}
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

    @property
    def graph(self) -> Graph:
        """The graph of everything, to be drawn; the walk needs one without functions."""
        return self.remember(("whole graph",), lambda: build(self.snapshot))

    # Records

    def _sorted_by_kind(self) -> dict[type, list[Any]]:
        found: dict[type, list[Any]] = {}
        for record in self._records.values():
            if record is not None:
                found.setdefault(type(record), []).append(record)
        found[LambdaFunction] = list(self.functions.records.values())
        return found

    def every(self, kind: type[T]) -> Sequence[T]:
        return self._by_kind.get(kind, [])

    def record(self, node_id: str) -> Any:
        """The record of a node, or None."""
        found = self._records.get(node_id)
        return found if found is not None else self.functions.records.get(node_id)

    def ids(self, start: str) -> list[str]:
        """The ids of the snapshot's objects that begin so, sorted."""
        return sorted(node_id for node_id in self._records if node_id.startswith(start))

    def name_of(self, node_id: str) -> str:
        """The Name tag, or what else people call it; an empty string where there is none."""
        if node_id not in self._names:
            self._names[node_id] = str(getattr(self.record(node_id), "name", "") or "")
        return self._names[node_id]

    def component(self, component_id: str) -> Component | Note:
        record = self.record(component_id)
        if component_id.startswith(VpcEndpoint.id_prefix):
            firewall = self._firewall_endpoint(component_id, record)
            if firewall is not None:
                return firewall
        if record is not None and hasattr(record, "forward"):
            return cast(Component, record)
        return self.unread(component_id)

    def _firewall_endpoint(self, endpoint_id: str, record: Any) -> FirewallEndpoint | None:
        """The endpoint as a firewall's, if a firewall names it or it may be one's: no trust in appliances covers it."""
        found = self.remember(("firewall endpoints",), lambda: firewall_endpoints(self)).get(endpoint_id)
        if found is not None or not isinstance(record, VpcEndpoint) or not record.is_gateway_load_balancer:
            return found
        unread = self.remember(("firewalls unread",), lambda: firewalls_unread(self))
        if not record.is_managed_by_firewall and not (unread and self.trusts_appliances):
            return None
        place = self.place_of(endpoint_id)
        why = unread or "no firewall that was collected names it"
        return FirewallEndpoint(endpoint_id, record.subnet_id, record.vpc_id, None, place, why)

    def unread(self, component_id: str) -> Note:
        """Why an id cannot be read: its kind is not modelled, or its file lacks it."""
        listing = next((x for x in BY_PREFIX if component_id.startswith(x.id_prefix)), None)
        for start, words in UNMODELLED_KINDS.items():
            if component_id.startswith(start) and (listing is None or len(start) >= len(listing.id_prefix)):
                message = f"{component_id} is a {words}: what becomes of packets there is not decided"
                return UNSUPPORTED_COMPONENT.unknown(component_id, "", message)
        call = listing.call if listing is not None else None
        if call is None:
            return UNKNOWN_RESOURCE.unknown(component_id, "", f"{component_id} is not in the snapshot")
        owner = self._owner_elsewhere(component_id)
        if owner is not None:
            message = f"{component_id} is named by what account {owner} shares, and only that account can list it"
            resolve = f"collect from account {owner}"
            return UNKNOWN_RESOURCE.unknown(component_id, call.action, message, resolve=resolve)
        gaps = [reading.gap for place in self.places() if (reading := self.read(call, place)).gap]
        why = str(gaps[0]) if gaps else f"{call.action} does not list it"
        return UNKNOWN_RESOURCE.unknown(component_id, call.action, f"{component_id} cannot be read: {why}")

    def _owner_elsewhere(self, component_id: str) -> str | None:
        """The account that owns what names this id, where that account itself was not collected (A19)."""
        collected = {place.account for place in self.places()}
        names = self._graph.predecessors(component_id) if component_id in self._graph else ()
        owners = (getattr(self.record(node), "owner_id", None) for node in names)
        return next((owner for owner in owners if owner and owner not in collected), None)

    # Replies

    def places(self) -> Sequence[Place]:
        return self.remember(("places",), self.snapshot.places)

    def place_of(self, component_id: str) -> Place:
        """Where a component is from; a place that holds nothing for an id that nothing in the snapshot mentions."""
        places = self.functions.places.get(component_id)
        if places is not None:
            return places[0]
        node = self._graph.nodes[component_id] if component_id in self._graph else {"account": "", "region": ""}
        return Place(node["account"], node["region"])

    def kind_of(self, component_id: str) -> str:
        """The kind of a component that something in the snapshot names."""
        return str(self._graph.nodes[component_id]["kind"])

    def places_of(self, component_id: str) -> tuple[Place, ...]:
        """Every place that lists the object: a shared subnet's owner and its participants."""
        node = self._graph.nodes[component_id] if component_id in self._graph else {}
        return self.functions.places.get(component_id) or tuple(node.get("places", ()))

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
        readings = [self.read(call, place) for place in self._who_lists(vpc_id)]
        if any(reading.covers(vpc_id) for reading in readings):
            return None
        gaps = [reading.gap for reading in readings if reading.gap]
        why = str(gaps[0]) if gaps else f"{call.action} was collected for other VPCs only"
        return COLLECTION_FAILED.unknown(vpc_id, call.action, f"what {vpc_id} has is not known: {why}")

    def _who_lists(self, vpc_id: str) -> Sequence[Place]:
        """Where everything of a VPC is listed: at its owner's, if that account is collected, else wherever it is known.

        A participant of a shared VPC sees a part of it, and has lists of its own that say nothing of the owner's (A19).
        """
        known = self.places_of(vpc_id)
        owner = getattr(self.record(vpc_id), "owner_id", None)
        owners = [place for place in self.places() if known and place == Place(owner or "", known[0].region)]
        return owners or known or self.places()

    # Subnets and what rules them

    def route_table_of(self, subnet_id: str) -> Component | Note:
        def find() -> Component | Note:
            return cast(Component | Note, self._ruler(subnet_id, RouteTable, DESCRIBE_ROUTE_TABLES))

        return self.remember(("table of", subnet_id), find)

    @property
    def routes_to_interfaces(self) -> bool:
        """True where some route leads to an interface or instance, whose groups tell senders apart."""

        def find() -> bool:
            routes = (route for table in self.every(RouteTable) for route in table.routes)
            return any(route.network_interface_id or route.instance_id or route.ip_address for route in routes)

        return self.remember(("routes to interfaces",), find)

    def edge_table_of(self, gateway_id: str, vpc_id: str) -> Component | Note | None:
        nodes = self._graph.predecessors(gateway_id) if gateway_id in self._graph else ()
        tables = [record for node in nodes if isinstance(record := self.record(node), RouteTable)]
        states = {table.id: table.association_with(gateway_id) for table in tables}
        attached = [table for table in tables if states[table.id] == "associated"]
        changing = [table for table in tables if states[table.id] in CHANGING]
        if not attached and changing:
            return _being_changed(changing[0], states[changing[0].id], gateway_id)
        return cast(Component, attached[0]) if attached else self.missing(DESCRIBE_ROUTE_TABLES, vpc_id)

    def network_acl_of(self, subnet_id: str) -> NetworkAcl | Note:
        def find() -> NetworkAcl | Note:
            return cast(NetworkAcl | Note, self._ruler(subnet_id, NetworkAcl, DESCRIBE_NETWORK_ACLS))

        return self.remember(("acl of", subnet_id), find)

    def _ruler(self, subnet_id: str, kind: type[Any], call: Call[Any]) -> Any:
        """The explicitly associated object of a kind, else the VPC's main or default one."""
        for node, _, data in self._graph.in_edges(subnet_id, data=True) if subnet_id in self._graph else ():
            record = self.record(node)
            if isinstance(record, kind) and data["relation"] in (ATTACHED_TO, FILTERS):
                state = data.get("detail", "associated")
                if state == "associated":
                    return record
                if state in CHANGING:
                    return _being_changed(record, state, subnet_id)
        subnet = self.record(subnet_id)
        if not isinstance(subnet, Subnet):
            return self.unread(subnet_id)
        gap = self.missing(call, subnet.vpc_id)
        if gap is not None:
            return gap
        for node, _, data in self._graph.in_edges(subnet.vpc_id, data=True) if subnet.vpc_id in self._graph else ():
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
        resolve = f"collect from account {owner}"
        return COLLECTION_FAILED.unknown(vpc_id, DESCRIBE_SUBNETS.action, message, resolve=resolve)

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
                # This older call may tell IPv4 alone: that it tells no IPv6 says nothing.
                if item.prefix_list_id == prefix_list_id and (held := blocks(item.cidrs, family)):
                    return held
        if prefix_list_id in self._prefix_lists:
            return blocks(self._prefix_lists[prefix_list_id], family)
        message = f"the entries of {prefix_list_id} cannot be read: {gap}"
        return UNKNOWN_RESOURCE.unknown(prefix_list_id, GET_MANAGED_PREFIX_LIST_ENTRIES.action, message)

    def members(self, group_id: str, family: Family) -> AddressSet:
        return self.remember(("members", group_id, family), lambda: self._members(group_id, family))

    def _members(self, group_id: str, family: Family) -> AddressSet:
        if not self.members_are_known(group_id):
            return PRIVATE[family] | self._vpc_space(family)
        interfaces = (self.record(node) for _, node in self._graph.out_edges(group_id))
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
            nodes = self._graph.predecessors(subnet_id) if subnet_id in self._graph else ()
            return [record for node in nodes if isinstance(record := self.record(node), NetworkInterface)]

        return self.remember(("interfaces in", subnet_id), build)

    def _cut_atoms(self) -> PortAtoms:
        groups = (r for group in self.every(SecurityGroup) for r in security_group.port_ranges(group))
        acls = (r for acl in self.every(NetworkAcl) for r in network_acl.port_ranges(acl))
        firewalls = network_firewall.port_ranges(self._firewall_rule_groups())
        return PortAtoms([*groups, *acls, *firewalls])

    def _firewall_rule_groups(self) -> list[network_firewall.RuleGroup]:
        call = network_firewall.DESCRIBE_RULE_GROUP
        replies = (
            self.read(call, place, arguments).value
            for place in self.places()
            for arguments in (call.each(self.snapshot, place) if call.each else ())
        )
        return [reply.rule_group for reply in replies if reply is not None and reply.rule_group is not None]
