"""The network around a packet: what components ask of the graph, with the reason wherever the snapshot does not tell.

One `Network` serves every question about a snapshot; `reading` gives the same network under another reading of prefix
lists. Everything compiled (route maps, group maps, ACL maps) is remembered per network, with what it asked (memory.py).
"""

import copy
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, TypeVar, cast

from vpcreach.components import LISTINGS, UNMODELLED_KINDS
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
from vpcreach.forwarding import COLLECTION_FAILED, UNKNOWN_RESOURCE, UNSUPPORTED_COMPONENT, Component, Note, Zone
from vpcreach.network.functions import FunctionList
from vpcreach.network.graph import Graph, build, build_without_functions
from vpcreach.network.memory import Listener, Memory, Read, asked
from vpcreach.network.port_ranges import port_ranges
from vpcreach.network.rulers import edge_table, ruler
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


class Network:
    """A snapshot as a graph of components; implements `forwarding.Surroundings`.

    `base` is the network of the snapshot that this one is an edited copy of: what follows there from answers that the
    edits did not change holds here as well (memory.py).
    """

    def __init__(
        self,
        snapshot: Snapshot,
        *,
        trusts_appliances: bool = False,
        functions: FunctionList | None = None,
        base: "Network | None" = None,
    ) -> None:
        self.snapshot = snapshot
        self.trusts_appliances = trusts_appliances
        self.functions = functions or FunctionList(snapshot)
        self._graph = build_without_functions(snapshot, self.functions)
        self.skips_endpoint_routes = False
        self._prefix_lists: Mapping[str, tuple[str, ...]] = {}
        self.view = ""
        self._views: dict[str, Network] = {"": self}
        self.listener = Listener()
        self._memory = Memory(self.listener)
        self._own: dict[Hashable, Any] = {}
        self._records: dict[str, Any] = dict(self._graph.nodes(data="record"))
        self._names: dict[str, str] = {}
        self._by_kind = self._sorted_by_kind()
        self.atoms = PortAtoms(port_ranges(self))
        self._base: Network | None = None
        self._unchanged: set[Read] = set()
        if base is not None and base.atoms.refine(self.atoms):
            # Masks of one set of atoms mean nothing in another.
            self.atoms, self._base = base.atoms, base

    # Views and memory

    def reading(self, prefix_lists: Mapping[str, tuple[str, ...]], *, skips_endpoint_routes: bool = False) -> "Network":
        is_usual = not prefix_lists and not skips_endpoint_routes
        view = "" if is_usual else f"{sorted(prefix_lists.items())} {skips_endpoint_routes}"
        if view not in self._views:
            other = copy.copy(self)
            other.view, other.skips_endpoint_routes, other._prefix_lists = view, skips_endpoint_routes, prefix_lists
            other._memory, other._own = Memory(self.listener), {}
            self._views[view] = other
        return self._views[view]

    def remember(self, key: Hashable, build: Callable[[], T]) -> T:
        return self._memory.recall(key, build)

    def carry_over(self, key: Hashable, build: Callable[[], T]) -> T:
        """As `remember`, for what follows from the key and from what the network is asked alone: taken from the base
        where it was asked nothing that has another answer here."""
        if self._base is not None:
            self._memory.take_over(key, self._base._memory, self._are_unchanged)
        return self.remember(key, build)

    def _are_unchanged(self, reads: frozenset[Read]) -> bool:
        # Differences of sets take no hash of what they hold anew: hundreds of answers rest on the same reads.
        for read in reads - self._unchanged:
            assert self._base is not None
            view, question, arguments = read
            there = self._base._views[view]
            here = self.reading(there._prefix_lists, skips_endpoint_routes=there.skips_endpoint_routes)
            if getattr(there, question)(*arguments) != getattr(here, question)(*arguments):
                return False
            self._unchanged.add(read)
        return True

    def _once(self, key: Hashable, build: Callable[[], T]) -> T:
        """What the network finds for its own answers, which are compared as a whole."""
        if key not in self._own:
            self._own[key] = build()
        return cast(T, self._own[key])

    @property
    def graph(self) -> Graph:
        """The graph of everything, to be drawn; the walk needs one without functions."""
        return self._once(("whole graph",), lambda: build(self.snapshot))

    # Records

    def _sorted_by_kind(self) -> dict[type, list[Any]]:
        found: dict[type, list[Any]] = {}
        for record in self._records.values():
            if record is not None:
                found.setdefault(type(record), []).append(record)
        found[LambdaFunction] = list(self.functions.records.values())
        return found

    @asked
    def every(self, kind: type[T]) -> Sequence[T]:
        return self._by_kind.get(kind, [])

    @asked
    def record(self, node_id: str) -> Any:
        """The record of a node, or None."""
        found = self._records.get(node_id)
        return found if found is not None else self.functions.records.get(node_id)

    @asked
    def ids(self, start: str) -> list[str]:
        """The ids of the snapshot's objects that begin so, sorted."""
        return sorted(node_id for node_id in self._records if node_id.startswith(start))

    @asked
    def name_of(self, node_id: str) -> str:
        """The Name tag, or what else people call it; an empty string where there is none."""
        if node_id not in self._names:
            self._names[node_id] = str(getattr(self.record(node_id), "name", "") or "")
        return self._names[node_id]

    @asked
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
        found = self._once(("firewall endpoints",), lambda: firewall_endpoints(self)).get(endpoint_id)
        if found is not None or not isinstance(record, VpcEndpoint) or not record.is_gateway_load_balancer:
            return found
        unread = self._once(("firewalls unread",), lambda: firewalls_unread(self))
        if not record.is_managed_by_firewall and not (unread and self.trusts_appliances):
            return None
        place = self.place_of(endpoint_id)
        why = unread or "no firewall that was collected names it"
        return FirewallEndpoint(endpoint_id, record.subnet_id, record.vpc_id, None, place, why)

    @asked
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

    @asked
    def places(self) -> Sequence[Place]:
        return self._once(("places",), self.snapshot.places)

    @asked
    def place_of(self, component_id: str) -> Place:
        """Where a component is from; a place that holds nothing for an id that nothing in the snapshot mentions."""
        places = self.functions.places.get(component_id)
        if places is not None:
            return places[0]
        node = self._graph.nodes[component_id] if component_id in self._graph else {"account": "", "region": ""}
        return Place(node["account"], node["region"])

    @asked
    def kind_of(self, component_id: str) -> str:
        """The kind of a component that something in the snapshot names."""
        return str(self._graph.nodes[component_id]["kind"])

    @asked
    def places_of(self, component_id: str) -> tuple[Place, ...]:
        """Every place that lists the object: a shared subnet's owner and its participants."""
        node = self._graph.nodes[component_id] if component_id in self._graph else {}
        return self.functions.places.get(component_id) or tuple(node.get("places", ()))

    @asked
    def read(self, call: Call[R], at: str | Place, arguments: tuple[str, ...] = ()) -> Reading[R]:
        place = at if isinstance(at, Place) else self.place_of(at)
        return self.snapshot.read(call, place, arguments)

    @asked
    def state_of(self, call: Call[Any], vpc_id: str) -> State:
        """FOUND where the snapshot lists everything of this VPC, else what is the matter with the reply."""
        if self.missing(call, vpc_id) is None:
            return State.FOUND
        states = {self.read(call, place).state for place in self.places_of(vpc_id) or self.places()}
        return State.ABSENT if states <= {State.ABSENT} else State.FAILED

    @asked
    def missing(self, call: Call[Any], vpc_id: str) -> Note | None:
        return self._once(("missing", call, vpc_id), lambda: self._missing(call, vpc_id))

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

    @asked
    def route_table_of(self, subnet_id: str) -> Component | Note:
        return self._once(("table of", subnet_id), lambda: self._ruler(subnet_id, RouteTable, DESCRIBE_ROUTE_TABLES))

    @asked
    def edge_table_of(self, gateway_id: str, vpc_id: str) -> Component | Note | None:
        return edge_table(gateway_id, vpc_id, self, self._graph)

    @asked
    def network_acl_of(self, subnet_id: str) -> NetworkAcl | Note:
        return self._once(("acl of", subnet_id), lambda: self._ruler(subnet_id, NetworkAcl, DESCRIBE_NETWORK_ACLS))

    def _ruler(self, subnet_id: str, kind: type[T], call: Call[Any]) -> T | Note:
        return ruler(subnet_id, kind, call, self, self._graph)

    @asked
    def subnets(self, vpc_id: str, family: Family) -> AddressMap[str | None]:
        return self._once(("subnets", vpc_id, family), lambda: self._subnets(vpc_id, family))

    def _subnets(self, vpc_id: str, family: Family) -> AddressMap[str | None]:
        layers = [
            (first, last, subnet.id)
            for subnet in self.every(Subnet)
            if subnet.vpc_id == vpc_id
            for first, last in subnet.cidrs(family).intervals
        ]
        return AddressMap.paint(family, layers, None)

    @asked
    def subnets_are_known(self, vpc_id: str) -> Note | None:
        vpc = self.record(vpc_id)
        owner = vpc.owner_id if isinstance(vpc, Vpc) else None
        if owner is None or owner in {place.account for place in self.places_of(vpc_id)}:
            return self.missing(DESCRIBE_SUBNETS, vpc_id)
        # A participant sees the subnets that are shared with it, and no others (A19).
        message = f"{vpc_id} is shared by account {owner}, which alone can list all its subnets"
        resolve = f"collect from account {owner}"
        return COLLECTION_FAILED.unknown(vpc_id, DESCRIBE_SUBNETS.action, message, resolve=resolve)

    @asked
    def zone_of(self, subnet_id: str | None) -> Zone | None:
        subnet = self.record(subnet_id) if subnet_id else None
        if not isinstance(subnet, Subnet) or not (subnet.availability_zone_id or subnet.availability_zone):
            return None
        return Zone(subnet.availability_zone_id, subnet.availability_zone)

    # Prefix lists, groups and interfaces

    @asked
    def prefixes(self, prefix_list_id: str, family: Family) -> tuple[tuple[int, int], ...] | Note:
        return self._once(("prefixes", prefix_list_id, family), lambda: self._prefixes(prefix_list_id, family))

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

    @asked
    def members(self, group_id: str, family: Family) -> AddressSet:
        return self._once(("members", group_id, family), lambda: self._members(group_id, family))

    def _members(self, group_id: str, family: Family) -> AddressSet:
        if not self.members_are_known(group_id):
            return PRIVATE[family] | self._vpc_space(family)
        interfaces = (self.record(node) for _, node in self._graph.out_edges(group_id))
        found = [i.addresses(family) for i in interfaces if isinstance(i, NetworkInterface)]
        return AddressSet.of(family, [interval for addresses in found for interval in addresses.intervals])

    def _vpc_space(self, family: Family) -> AddressSet:
        blocks = [interval for vpc in self.every(Vpc) for interval in vpc.cidrs(family).intervals]
        return AddressSet.of(family, blocks)

    @asked
    def members_are_known(self, group_id: str) -> bool:
        group = self.record(group_id)
        if not isinstance(group, SecurityGroup) or group.vpc_id is None:
            return False
        return self.missing(DESCRIBE_NETWORK_INTERFACES, group.vpc_id) is None

    @asked
    def interface_at(self, vpc_id: str, family: Family, address: int) -> NetworkInterface | None:
        def build() -> AddressMap[NetworkInterface | None]:
            mine = [i for i in self.every(NetworkInterface) if i.vpc_id == vpc_id]
            layers = [(first, last, i) for i in mine for first, last in i.addresses(family).intervals]
            return AddressMap.paint(family, layers, None)

        return self._once(("interfaces", vpc_id, family), build).at(address)

    @asked
    def lambda_interfaces(self, subnet_id: str, group_ids: frozenset[str]) -> list[NetworkInterface]:
        """The interfaces that Lambda made in a subnet for exactly these groups (A3)."""

        def build() -> dict[frozenset[str], list[NetworkInterface]]:
            found: dict[frozenset[str], list[NetworkInterface]] = {}
            for interface in self.interfaces_in(subnet_id):
                if interface.is_lambda:
                    found.setdefault(interface.group_ids, []).append(interface)
            return found

        return self._once(("lambda interfaces", subnet_id), build).get(group_ids, [])

    @asked
    def interfaces_in(self, subnet_id: str) -> list[NetworkInterface]:
        """The known interfaces of a subnet."""

        def build() -> list[NetworkInterface]:
            nodes = self._graph.predecessors(subnet_id) if subnet_id in self._graph else ()
            return [record for node in nodes if isinstance(record := self.record(node), NetworkInterface)]

        return self._once(("interfaces in", subnet_id), build)
