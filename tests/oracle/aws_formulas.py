"""AWS's rules as formulas over one symbolic packet, straight from the replies of the describe calls.

Written from the user guides' sentences alone (semantics B3, B6, D1-D7, E1-E5): it knows no maps and no sets, and shares
no code with the program. A formula is true for exactly the packets that the rule, list or network lets through, so that
a solver can compare it with what the program computed, for every packet at once.

    flow = Flow.of(4)
    acl_allows(acl, True, flow)                          # outbound
    delivers(world, flow, "app", "eni-x")                # there and back, inside one VPC
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

import z3

Json = Mapping[str, Any]
TCP, UDP = 6, 17
NUMBERS = {"tcp": TCP, "udp": UDP, "icmp": 1, "icmpv6": 58}
TRUE, FALSE = z3.BoolVal(True), z3.BoolVal(False)
# What a route does with packets that no route takes, or that one of two lists takes and nobody knows which (B3, B5).
NOWHERE, EITHER = 0, 1


@dataclass(frozen=True)
class Flow:
    """A symbolic packet; `port` and `client_port` are those of the destination and of the sender."""

    source: z3.BitVecRef
    destination: z3.BitVecRef
    protocol: z3.BitVecRef
    client_port: z3.BitVecRef
    port: z3.BitVecRef

    @classmethod
    def of(cls, version: int) -> "Flow":
        """Any packet of IPv4 or IPv6."""
        bits = 32 if version == 4 else 128
        ends = z3.BitVec("source", bits), z3.BitVec("destination", bits)
        return cls(*ends, z3.BitVec("protocol", 8), *z3.BitVecs("client_port port", 16))

    @property
    def answer(self) -> "Flow":
        """The packet that comes back."""
        return Flow(self.destination, self.source, self.protocol, self.port, self.client_port)


def inside(address: z3.BitVecRef, cidr: str) -> z3.BoolRef:
    """The address is in the block; blocks of the other family hold nothing."""
    block = ip_network(cidr, strict=False)
    if block.max_prefixlen != address.size():
        return FALSE
    if block.prefixlen == 0:
        return TRUE
    free = address.size() - block.prefixlen
    return z3.LShR(address, free) == int(block.network_address) >> free


def among(address: z3.BitVecRef, cidrs: Iterable[str]) -> z3.BoolRef:
    return z3.Or([inside(address, cidr) for cidr in cidrs])


def between(number: z3.BitVecRef, first: int, last: int) -> z3.BoolRef:
    return z3.And(z3.UGE(number, first), z3.ULE(number, last))


# Network ACLs


def acl_allows(acl: Json, egress: bool, flow: Flow) -> z3.BoolRef:
    """E2: the entries of one direction in ascending order; the first that matches decides, what none takes is lost."""
    entries = sorted((e for e in acl["Entries"] if e["Egress"] is egress), key=lambda entry: entry["RuleNumber"])
    decided = FALSE
    for entry in reversed(entries):
        decided = z3.If(_entry_matches(entry, flow), z3.BoolVal(entry["RuleAction"] == "allow"), decided)
    return decided


def _entry_matches(entry: Json, flow: Flow) -> z3.BoolRef:
    # The one block of an entry is compared with the receiver of what goes out, and with the sender of what comes in.
    peer = flow.destination if entry["Egress"] else flow.source
    tests = [inside(peer, entry.get("CidrBlock") or entry["Ipv6CidrBlock"])]
    if entry["Protocol"] != "-1":
        tests.append(flow.protocol == int(entry["Protocol"]))
    if entry["Protocol"] in (str(TCP), str(UDP)) and "PortRange" in entry:
        tests.append(between(flow.port, entry["PortRange"]["From"], entry["PortRange"]["To"]))
    return z3.And(tests)


# Security groups


@dataclass(frozen=True)
class Peers:
    """What names in rules stand for: the blocks of prefix lists, and the addresses of a group's members."""

    lists: Mapping[str, Sequence[str]]
    members: Mapping[str, Sequence[str]]

    def at(self, line: Json, address: z3.BitVecRef) -> z3.BoolRef:
        """D5, D6: one of the peers of a line is, or holds, the address."""
        cidrs = [item["CidrIp"] for item in line.get("IpRanges", ())]
        cidrs += [item["CidrIpv6"] for item in line.get("Ipv6Ranges", ())]
        for item in line.get("PrefixListIds", ()):
            cidrs += self.lists[item["PrefixListId"]]
        for pair in line.get("UserIdGroupPairs", ()):
            # D7: a rule whose peering is gone matches nothing any more.
            is_alive = pair.get("PeeringStatus", "active") == "active"
            cidrs += self.members.get(pair["GroupId"], ()) if is_alive else ()
        return among(address, cidrs)


def groups_allow(groups: Iterable[Json], egress: bool, flow: Flow, peers: Peers) -> z3.BoolRef:
    """D3, D4: some line of some group takes the packet; there are no denials, and no line means nothing."""
    key, peer = ("IpPermissionsEgress", flow.destination) if egress else ("IpPermissions", flow.source)
    lines = [line for group in groups for line in group[key]]
    return z3.Or([z3.And(_line_matches(line, flow), peers.at(line, peer)) for line in lines])


def _line_matches(line: Json, flow: Flow) -> z3.BoolRef:
    protocol = line["IpProtocol"]
    if protocol == "-1":
        return TRUE
    number = NUMBERS[protocol] if protocol in NUMBERS else int(protocol)
    first, last = line.get("FromPort", -1), line.get("ToPort", -1)
    if number not in (TCP, UDP) or -1 in (first, last):
        return flow.protocol == number
    return z3.And(flow.protocol == number, between(flow.port, first, last))


# Route tables


def route_taken(
    table: Json, address: z3.BitVecRef, lists: Mapping[str, Sequence[str]], codes: Mapping[Any, int]
) -> z3.BitVecRef:
    """B3: the code of the target and state of the route that wins for an address; NOWHERE and EITHER are codes too."""
    own = [cidr for route in table["Routes"] if route.get("GatewayId") == "local" for cidr in _blocks(route, lists)]
    local = among(address, own)
    taken = z3.BitVecVal(NOWHERE, 16)
    # Written down from the weakest to the strongest, so that the strongest is asked first.
    for _, _, cidr, routes in sorted(_candidates(table, lists), key=lambda found: found[:2]):
        kinds = {codes[target_of(route)] for route in routes}
        code = z3.BitVecVal(kinds.pop() if len(kinds) == 1 else EITHER, 16)
        matches = inside(address, cidr)
        if _is_propagated(routes[0]):
            # Nothing that is propagated beats the local route, however specific it is.
            matches = z3.And(matches, z3.Not(local))
        taken = z3.If(matches, code, taken)
    return taken


def target_of(route: Json) -> tuple[str, str]:
    """Where a route leads, and whether it does."""
    keys = ("GatewayId", "NatGatewayId", "TransitGatewayId", "VpcPeeringConnectionId", "NetworkInterfaceId")
    return next(route[key] for key in keys if key in route), route.get("State", "active")


def _candidates(table: Json, lists: Mapping[str, Sequence[str]]) -> Iterable[tuple[int, int, str, list[Json]]]:
    """(length, strength, block, routes of that block and strength): static beats lists beats propagated."""
    found: dict[tuple[int, int, str], list[Json]] = {}
    for route in table["Routes"]:
        strength = 0 if _is_propagated(route) else 1 if "DestinationPrefixListId" in route else 2
        for cidr in _blocks(route, lists):
            block = ip_network(cidr)
            found.setdefault((block.prefixlen, strength, str(block)), []).append(route)
    return [(*key, routes) for key, routes in found.items()]


def _blocks(route: Json, lists: Mapping[str, Sequence[str]]) -> Sequence[str]:
    if "DestinationPrefixListId" in route:
        return lists[route["DestinationPrefixListId"]]
    return (route.get("DestinationCidrBlock") or route["DestinationIpv6CidrBlock"],)


def _is_propagated(route: Json) -> bool:
    return route.get("Origin") in ("EnableVgwRoutePropagation", "Advertisement")


# There and back, inside one VPC


@dataclass(frozen=True)
class World:
    """The records of one VPC whose tables lead to `local` alone, by id, as the describe calls tell them."""

    subnets: Mapping[str, Json]
    acls: Mapping[str, Json]
    groups: Mapping[str, Json]
    interfaces: Mapping[str, Json]
    lists: Mapping[str, Sequence[str]]

    def acl_of(self, subnet_id: str) -> Json:
        """E1: the ACL that names the subnet, else the VPC's default one."""
        for acl in self.acls.values():
            if any(each["SubnetId"] == subnet_id for each in acl["Associations"]):
                return acl
        return next(acl for acl in self.acls.values() if acl["IsDefault"])

    def blocks(self, subnet_id: str, version: int) -> list[str]:
        subnet = self.subnets[subnet_id]
        if version == 4:
            return [subnet["CidrBlock"]]
        return [each["Ipv6CidrBlock"] for each in subnet.get("Ipv6CidrBlockAssociationSet", ())]

    def addresses(self, interface_id: str) -> list[str]:
        interface = self.interfaces[interface_id]
        return [interface["PrivateIpAddress"], *(each["Ipv6Address"] for each in interface["Ipv6Addresses"])]

    def members(self) -> dict[str, list[str]]:
        """D6: a group stands for the private addresses of the interfaces that carry it."""
        found: dict[str, list[str]] = {}
        for interface_id, interface in self.interfaces.items():
            for group in interface["Groups"]:
                found.setdefault(group["GroupId"], []).extend(self.addresses(interface_id))
        return found


def asked(world: World, flow: Flow, subnet_id: str, interface_id: str, protocol: int, port: int) -> z3.BoolRef:
    """The packets that a question means: from any address of the subnet and any client port (A16, A25, E6)."""
    version = 4 if flow.source.size() == 32 else 6
    targets = [str(ip_network(address)) for address in world.addresses(interface_id)]
    return z3.And(
        among(flow.source, world.blocks(subnet_id, version)),
        among(flow.destination, [t for t in targets if ip_network(t).version == version]),
        flow.protocol == protocol,
        flow.port == port,
        z3.UGE(flow.client_port, 1024),
    )


def delivers(world: World, flow: Flow, subnet_id: str, group_ids: Sequence[str], interface_id: str) -> z3.BoolRef:
    """The packet reaches the interface and its answer comes back: D1, E3, E5 and E9."""
    interface = world.interfaces[interface_id]
    senders = [world.groups[group_id] for group_id in group_ids]
    receivers = [world.groups[group["GroupId"]] for group in interface["Groups"]]
    # The sender is the function: a member of its own groups, whatever its address, and of no other.
    version = 4 if flow.source.size() == 32 else 6
    own = {group_id: world.blocks(subnet_id, version) for group_id in group_ids}
    tests = [
        groups_allow(senders, True, flow, Peers(world.lists, world.members())),
        groups_allow(receivers, False, flow, Peers(world.lists, own)),
    ]
    here, there = world.acl_of(subnet_id), world.acl_of(interface["SubnetId"])
    if interface["SubnetId"] != subnet_id:
        tests += [acl_allows(here, True, flow), acl_allows(there, False, flow)]
        tests += [acl_allows(there, True, flow.answer), acl_allows(here, False, flow.answer)]
    return z3.And(tests)


# Proofs


def counterexample(left: z3.BoolRef, right: z3.BoolRef, within: z3.BoolRef = TRUE) -> z3.ModelRef | None:
    """A packet on which two formulas differ, or None: they are proved equal."""
    solver = z3.SolverFor("QF_BV")
    solver.set("timeout", 120_000)
    solver.add(within, left != right)
    verdict = solver.check()
    if verdict == z3.unknown:
        raise TimeoutError("the solver gave up")
    return solver.model() if verdict == z3.sat else None


@dataclass(frozen=True)
class Opening:
    """Packets that a change says it opens: blocks at either end, a protocol, ports at either end."""

    sources: Sequence[str]
    destinations: Sequence[str]
    protocol: int
    ports: tuple[int, int]
    client_ports: tuple[int, int] = (1024, 65535)

    def holds(self, flow: Flow) -> z3.BoolRef:
        ends = among(flow.source, self.sources), among(flow.destination, self.destinations)
        ports = between(flow.port, *self.ports), between(flow.client_port, *self.client_ports)
        return z3.And(*ends, flow.protocol == self.protocol, *ports)


def beyond_what_it_says(
    before: z3.BoolRef, after: z3.BoolRef, openings: Iterable[Opening], flow: Flow
) -> z3.ModelRef | None:
    """A packet that a change opens unsaid, or says that it opens and does not, or that it shuts; None: there is none.

    For fixes. `before` and `after` are what is delivered in the two snapshots (`delivers`): afterwards it must be
    exactly what it was before, and the openings.
    """
    return counterexample(after, z3.Or(before, *(opening.holds(flow) for opening in openings)))


def spoken(flow: Flow, model: z3.ModelRef) -> str:
    """The packet of a model, in words."""
    numbers = [model.eval(each, model_completion=True).as_long() for each in vars(flow).values()]
    ends = [str(ip_address(n)) if flow.source.size() == 32 else f"{n:#x}" for n in numbers[:2]]
    return f"{ends[0]}:{numbers[3]} -> {ends[1]}:{numbers[4]} (protocol {numbers[2]})"
