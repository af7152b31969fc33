"""The router of a VPC: one namespace that every interface and gateway of the VPC is cabled to.

Each interface's packets are looked up in the table of the interface's own subnet, `ip rule` by `ip rule`. Neighbours
of one subnet meet before any table; a `local` route hands the packet on to the VPC's addresses; what comes in through
a gate (peering, internet gateway) finds those addresses and no table at all, so a VPC is never a way through.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.oracle.kernel.filters import (
    ALWAYS,
    FROM_A_GATE,
    FROM_THE_SAME_VPC,
    LEFT_BY_REFERENCE,
    acl_chains,
    family_of,
)
from tests.oracle.kernel.namespace import Namespace
from tests.oracle.kernel.records import Json, NotModelledError, Records, blocks_of
from tests.oracle.kernel.wiring import BOTH, Cable, last_routes

LOCAL = 50
SUBNETS, NEIGHBOURS, RETURNS = 100, 1000, 2000
STATIC, LISTED, PROPAGATED = 10, 20, 30
GATES = ("GatewayId", "EgressOnlyInternetGatewayId", "VpcPeeringConnectionId", "TransitGatewayId")
STOPPED = ("unreachable", "")


@dataclass(frozen=True)
class Port:
    """Something with a place in a subnet: an interface, a function, a NAT gateway, a transit gateway's attachment."""

    name: str
    kind: str
    subnet: str
    addresses: tuple[str, ...]
    cable: Cable
    namespace: Namespace

    @property
    def device(self) -> str:
        return self.cable.near


@dataclass
class Gate:
    """A way into other networks: the gateway or connection, with the devices that lead to it, by zone where it has any.

    `sends_back_to` are senders beyond it to whom answers return without a route (NAT gateways of a peer).
    """

    name: str
    kind: str
    number: int
    devices: list[str] = field(default_factory=list)
    hops: dict[str, Cable] = field(default_factory=dict)
    sends_back_to: tuple[str, ...] = ()


class Router:
    """What is cabled to a VPC, and at last the VPC itself."""

    def __init__(self, records: Records, vpc_id: str) -> None:
        self.records = records
        self.vpc_id = vpc_id
        self.blocks = blocks_of(records.vpcs[vpc_id])
        self.namespace = Namespace(forwards=True)
        self.ports: list[Port] = []
        self.gates: dict[str, Gate] = {}
        self.cables: list[tuple[Namespace, Cable, Namespace]] = []
        self.has_ipv6 = any(":" in block for block in self.blocks)

    def add_port(self, port: Port) -> None:
        self.ports.append(port)
        self.lead(port.cable, port.namespace)

    def lead(self, cable: Cable, there: Namespace) -> None:
        """Adds a cable from here."""
        self.cables.append((self.namespace, cable, there))

    def gate(self, name: str, kind: str) -> Gate:
        """The gate of this name, made where there is none."""
        return self.gates.setdefault(name, Gate(name, kind, len(self.gates) + 1))

    def build(self, gate_lines: Iterable[str]) -> None:
        """Puts routes, rules and ACLs in force; `gate_lines` set up the gates' devices."""
        lines = [*gate_lines, *(line for port in self.ports for line in port.cable.near_lines())]
        lines += self._local_routes(LOCAL, self.ports)
        for number, subnet in enumerate(self.records.subnets_of(self.vpc_id)):
            neighbours = [port for port in self.ports if port.subnet == subnet]
            lines += self._local_routes(NEIGHBOURS + number, neighbours)
            lines += self._table(SUBNETS + number, subnet)
        lines += self._returns()
        self.namespace.ip([*lines, *self._rules("0.0.0.0/0")])
        self.namespace.ip(self._rules("::/0") if self.has_ipv6 else (), "-6")
        self.namespace.nft(self._filter())

    # Routes

    def _local_routes(self, table: int, ports: Iterable[Port]) -> Iterator[str]:
        for port in ports:
            yield from (f"route add {address} dev {port.device} table {table}" for address in port.addresses)
        yield from last_routes(table)

    def _returns(self) -> Iterator[str]:
        for gate in self.gates.values():
            if gate.sends_back_to:
                (cable,) = gate.hops.values()
                leads = cable.out if cable.near in gate.devices else cable.back
                yield f"route add 0.0.0.0/0 {leads('0.0.0.0/0')} table {RETURNS + gate.number}"

    def _table(self, table: int, subnet: str) -> Iterator[str]:
        """A subnet's routes; at equal length a static one goes first, then one of a prefix list, then a learnt one."""
        for route in self.records.table_of(subnet)["Routes"]:
            metric = PROPAGATED if route["Origin"] == "EnableVgwRoutePropagation" else STATIC
            if "DestinationPrefixListId" in route:
                metric, cidrs = LISTED, self.records.prefix_list(route["DestinationPrefixListId"])
            else:
                cidrs = [route.get("DestinationCidrBlock") or route["DestinationIpv6CidrBlock"]]
            for cidr in cidrs:
                kind, leads = self._hop(route, subnet, cidr)
                yield f"route add {kind} {cidr} {leads} table {table} metric {metric}"
        yield from last_routes(table)

    def _hop(self, route: Json, subnet: str, cidr: str) -> tuple[str, str]:
        """Kind and next hop of one route, in the words of `ip route`."""
        if route["State"] == "blackhole":
            return "blackhole", ""
        if route.get("GatewayId") == "local":
            return "throw", ""
        for key in ("NatGatewayId", "NetworkInterfaceId"):
            if key in route:
                return self._hop_to_port(route[key], cidr)
        name = next((str(route[key]) for key in GATES if key in route), "")
        if not name.startswith(("igw-", "eigw-", "pcx-", "tgw-")):
            raise NotModelledError(f"the lab knows no target of {route}")
        gate = self.gates.get(name)
        if gate is None:
            return STOPPED
        if gate.kind == "transit":
            # A transit gateway is reached by its interface in the sender's own zone, or not at all.
            cable = gate.hops.get(self.records.subnets[subnet]["AvailabilityZoneId"])
        else:
            (cable,) = gate.hops.values()
        if cable is None:
            return STOPPED
        return "", cable.out(cidr) if cable.near in gate.devices else cable.back(cidr)

    def _hop_to_port(self, name: str, cidr: str) -> tuple[str, str]:
        found = next((port for port in self.ports if port.name == name), None)
        return STOPPED if found is None else ("", found.cable.out(cidr))

    def _rules(self, family: str) -> Iterator[str]:
        subnets = self.records.subnets_of(self.vpc_id)
        for gate in self.gates.values():
            if gate.sends_back_to and family == BOTH[0]:
                yield f"rule add fwmark {gate.number} lookup {RETURNS + gate.number} pref 5"
            if gate.kind != "transit":
                yield from (f"rule add iif {device} lookup {LOCAL} pref 10" for device in gate.devices)
        for port in self.ports:
            number = subnets.index(port.subnet)
            for cidr in blocks_of(self.records.subnets[port.subnet]):
                if family_of(cidr) == family_of(family):
                    yield f"rule add iif {port.device} to {cidr} lookup {NEIGHBOURS + number} pref 10"
            yield f"rule add iif {port.device} lookup {SUBNETS + number} pref 20"
            yield f"rule add iif {port.device} lookup {LOCAL} pref 30"

    # Filters

    def _filter(self) -> str:
        return "\n".join(
            [
                "table inet vpc {",
                *(acl_chains(self.records.acl_of(subnet), f"acl{number}") for number, subnet in self._in_use()),
                " chain arriving { type filter hook prerouting priority -150;",
                *self._remembering(),
                " }",
                f" chain crossing {{ type filter hook forward priority 0; {ALWAYS};",
                *self._keeping_transit_out(),
                *self._dropping_references(),
                *(line for number, subnet in self._in_use() for line in self._crossing(number, subnet)),
                *self._telling(),
                " }",
                "}",
                "",
            ]
        )

    def _in_use(self) -> list[tuple[int, str]]:
        held = {port.subnet for port in self.ports}
        return [each for each in enumerate(self.records.subnets_of(self.vpc_id)) if each[1] in held]

    def _remembering(self) -> Iterator[str]:
        """Answers to a peer's NAT gateways return through the peering, whatever the tables say."""
        for gate in self.gates.values():
            for address in gate.sends_back_to:
                yield f"  iifname {devices(gate.devices)} ct state new ip saddr {address} ct mark set {gate.number}"
            if gate.sends_back_to:
                yield f"  ct direction reply ct mark {gate.number} meta mark set {gate.number}"

    def _keeping_transit_out(self) -> Iterator[str]:
        """Peering carries what is of the VPC itself, and nothing that only comes through it."""
        leading = [device for gate in self.gates.values() if gate.kind == "peering" for device in gate.devices]
        for family in ("ip", "ip6") if leading else ():
            own = ", ".join(block for block in self.blocks if family_of(block) == family)
            strangers = f"{family} saddr != {{ {own} }}" if own else f"meta nfproto ipv{family.removeprefix('ip') or 4}"
            yield f"  oifname {devices(leading)} {strangers} drop"

    def _dropping_references(self) -> Iterator[str]:
        """A group is named in vain where the packets do not go straight to the interface, here or in a peer."""
        lossy = [device for gate in self.gates.values() if gate.kind != "peering" for device in gate.devices]
        lossy += [port.device for port in self.ports if port.kind == "nat"]
        for family in ("ip", "ip6"):
            if lossy:
                yield f"  {family} dscp {LEFT_BY_REFERENCE} oifname {devices(lossy)} drop"
            for port in self.ports:
                own = [address for address in port.addresses if family_of(address) == family]
                if port.kind == "interface" and own:
                    passed_on = f"{family} daddr != {{ {', '.join(own)} }}"
                    yield f'  {family} dscp {LEFT_BY_REFERENCE} oifname "{port.device}" {passed_on} drop'

    def _crossing(self, number: int, subnet: str) -> Iterator[str]:
        """The ACL of one subnet: across its boundary both ways, and within it on the way to an attachment."""
        here = [port.device for port in self.ports if port.subnet == subnet]
        attached = [port.device for port in self.ports if port.subnet == subnet and port.kind == "attachment"]
        working = [device for device in here if device not in attached]
        if working:
            yield f"  iifname {devices(here)} oifname != {devices(working)} jump acl{number}_out"
        else:
            yield f"  iifname {devices(here)} jump acl{number}_out"
        yield f"  oifname {devices(here)} iifname != {devices(here)} jump acl{number}_in"
        if attached and working:
            yield f"  iifname {devices(working)} oifname {devices(attached)} jump acl{number}_in"

    def _telling(self) -> Iterator[str]:
        """Tells interfaces where packets come from."""
        ends = [port.device for port in self.ports if port.kind in ("interface", "function")]
        ways = [(FROM_A_GATE + gate.number, gate.devices) for gate in self.gates.values()]
        ways.append((FROM_THE_SAME_VPC, [port.device for port in self.ports if port.kind != "attachment"]))
        for mark, origin in ways:
            for family in ("ip", "ip6") if ends and origin else ():
                yield f"  iifname {devices(origin)} oifname {devices(ends)} {family} dscp set {mark}"


def devices(names: Iterable[str]) -> str:
    """A set of devices for nftables."""
    quoted = ", ".join(f'"{name}"' for name in names)
    return f"{{ {quoted} }}"
