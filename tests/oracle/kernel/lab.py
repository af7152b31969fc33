"""An estate as a network of the Linux kernel, built from the JSON of its snapshot.

    with Lab(estate.files(), "app", {"subnet-a": ["10.0.1.20"]}, ports) as lab:
        lab.send([Flow("subnet-a", "10.0.1.20", 40000, "10.0.2.9", "tcp", 5432)])

Built: VPCs with IPv4 and IPv6, route tables, security groups, network ACLs, internet and egress-only gateways, zonal
NAT gateways both public and private, NAT instances, peering, transit gateways. Whatever else a route names is an error.
Not built: what has no packet of its own, such as states in transition, DNS, guards and policies.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType

from tests.oracle.kernel.filters import FROM_A_GATE, FROM_THE_SAME_VPC, Reference, group_table, members
from tests.oracle.kernel.namespace import Namespace
from tests.oracle.kernel.outside import Edge, build_internet, edge_of
from tests.oracle.kernel.probe import Answered, Flow, send
from tests.oracle.kernel.records import Json, NotModelledError, Records, addresses_of
from tests.oracle.kernel.router import Port, Router
from tests.oracle.kernel.transit import Hub, build_transit_gateway
from tests.oracle.kernel.wiring import BOTH, Drum, lay

INTERNET = "internet"


class Lab:
    """The network of one estate, for one function.

    `sources` are the addresses that the function is given in each of its subnets; `ports` says which port everything
    that translates takes for a client port, where it does not keep that.
    """

    def __init__(
        self, files: Mapping[str, bytes], function: str, sources: Mapping[str, Sequence[str]], ports: Mapping[int, int]
    ) -> None:
        self.records = Records(files)
        self.configuration: Json = self.records.function(function)["VpcConfig"]
        self.sources = {subnet: tuple(addresses) for subnet, addresses in sources.items()}
        self.translated = dict(ports)
        self._stack = ExitStack()
        self._drum = Drum()
        self._routers: dict[str, Router] = {}
        self._ends: dict[str, Namespace] = {}

    def __enter__(self) -> "Lab":
        try:
            self._build()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.close()

    def send(self, flows: Sequence[Flow], *, seconds: float = 0.06) -> list[Answered]:
        """Sends a packet of each flow, all at once; what answered each of them, within so many seconds."""
        return send(flows, self._ends, seconds)

    # Building

    def _build(self) -> None:
        for vpc_id in self.records.vpcs:
            router = Router(self.records, vpc_id)
            self._stack.callback(router.namespace.close)
            self._routers[vpc_id] = router
        self._place_ends()
        self._connect_peers()
        hubs = self._connect_hubs()
        self._ends[INTERNET] = self._new(forwards=True)
        edges = self._connect_edges()
        lay([cable for router in self._routers.values() for cable in router.cables] + [edge.way_out for edge in edges])
        for router in self._routers.values():
            for port in router.ports:
                if port.kind != "attachment":
                    self._finish_port(port, router)
        for hub in hubs:
            hub.finish()
        build_internet(self._ends[INTERNET], edges, self._routers.values())
        for router in self._routers.values():
            router.build(self._gate_lines(router))

    def _new(self, *, forwards: bool) -> Namespace:
        namespace = Namespace(forwards=forwards)
        self._stack.callback(namespace.close)
        return namespace

    def _place_ends(self) -> None:
        for subnet, addresses in self.sources.items():
            self._place(subnet, "function", subnet, addresses)
        for name, interface in self.records.interfaces.items():
            self._place(name, "interface", interface["SubnetId"], addresses_of(interface))
        for name, gateway in self.records.nat_gateways.items():
            if gateway["State"] == "available":
                own = [address["PrivateIp"] for address in gateway["NatGatewayAddresses"]]
                self._place(name, "nat", gateway["SubnetId"], own)

    def _place(self, name: str, kind: str, subnet: str, addresses: Sequence[str]) -> None:
        router = self._routers[self.records.subnets[subnet]["VpcId"]]
        cable = self._drum.cable(f"v{len(router.ports)}", "eth0")
        self._ends[name] = self._new(forwards=self._passes_on(name, kind))
        router.add_port(Port(name, kind, subnet, tuple(addresses), cable, self._ends[name]))

    def _passes_on(self, name: str, kind: str) -> bool:
        return kind == "nat" or (kind == "interface" and not self.records.interfaces[name]["SourceDestCheck"])

    def _connect_peers(self) -> None:
        for number, (name, peering) in enumerate(self.records.peerings.items()):
            if peering["Status"]["Code"] != "active":
                continue
            sides = [peering["RequesterVpcInfo"]["VpcId"], peering["AccepterVpcInfo"]["VpcId"]]
            cable = self._drum.cable(f"p{number}", f"q{number}")
            for here, there, device in zip(sides, reversed(sides), (cable.near, cable.far), strict=True):
                gate = self._routers[here].gate(name, "peering")
                gate.devices.append(device)
                gate.hops["any"] = cable
                gate.sends_back_to = tuple(self._nat_addresses(there))
            self._routers[sides[0]].lead(cable, self._routers[sides[1]].namespace)

    def _nat_addresses(self, vpc_id: str) -> list[str]:
        gateways = self.records.nat_gateways.values()
        return [each["PrivateIp"] for nat in gateways if nat["VpcId"] == vpc_id for each in nat["NatGatewayAddresses"]]

    def _connect_hubs(self) -> list[Hub]:
        hubs = []
        for name, gateway in self.records.transit_gateways.items():
            if gateway["State"] == "available":
                hubs.append(build_transit_gateway(name, self.records, self._routers, self._drum))
                self._stack.callback(hubs[-1].namespace.close)
        return hubs

    def _connect_edges(self) -> list[Edge]:
        edges = []
        for number, router in enumerate(self._routers.values()):
            edge = edge_of(router, self._ends[INTERNET], self._drum, number)
            if edge is not None:
                self._stack.callback(edge.namespace.close)
                edges.append(edge)
        return edges

    def _gate_lines(self, router: Router) -> list[str]:
        lines = []
        for gate in router.gates.values():
            if gate.kind != "transit":
                (cable,) = gate.hops.values()
                lines += cable.near_lines() if cable.near in gate.devices else cable.far_lines()
        return lines

    # What stands in subnets

    def _finish_port(self, port: Port, router: Router) -> None:
        lines = ["link set lo up", *port.cable.far_lines()]
        lines += [f"addr add {address} dev eth0" for address in port.addresses]
        lines += [f"route add {cidr} {port.cable.back(cidr)}" for cidr in BOTH]
        port.namespace.ip(lines)
        if port.kind == "nat":
            port.namespace.nft(self._translation(port, "meta nfproto ipv6 drop; ct state invalid drop;"))
            return
        groups = self.configuration["SecurityGroupIds"]
        if port.kind == "interface":
            groups = [group["GroupId"] for group in self.records.interfaces[port.name]["Groups"]]
        inbound = {group_id: self._references(group_id, router) for group_id in self.records.groups}
        text = group_table(self.records, groups, inbound)
        if self._passes_on(port.name, port.kind):
            text += self._translation(port, "ct state invalid drop;")
        port.namespace.nft(text)

    def _translation(self, port: Port, never: str) -> str:
        """Sends everything on under the port's own address; a NAT gateway takes nothing for itself."""
        own = port.addresses[0]
        lines = []
        for protocol in ("tcp", "udp") if self.translated else ():
            pairs = ", ".join(f"{client} : {own} . {given}" for client, given in self.translated.items())
            lines.append(f"  ip saddr != {own} snat ip to {protocol} sport map {{ {pairs} }}")
        lines.append(f"  ip saddr != {own} meta l4proto {{ tcp, udp }} snat ip to {own}:1024-65535")
        taken = "policy drop; meta l4proto icmp accept;" if port.kind == "nat" else ""
        return "\n".join(
            [
                "table inet translation {",
                f" chain taking {{ type filter hook input priority 0; {taken}",
                " }",
                f" chain passing {{ type filter hook forward priority 0; {never}",
                " }",
                " chain leaving { type nat hook postrouting priority 100;",
                *lines,
                " }",
                "}",
                "",
            ]
        )

    def _references(self, group_id: str, router: Router) -> list[Reference]:
        """Whose packets a rule of a VPC means that names this group, and by which ways they keep the name."""
        home = self.records.groups[group_id]["VpcId"]
        own = group_id in self.configuration["SecurityGroupIds"]
        sources = [address for addresses in self.sources.values() for address in addresses] if own else []
        addresses = tuple(dict.fromkeys([*members(self.records, group_id), *sources]))
        marks = [FROM_THE_SAME_VPC] if home == router.vpc_id else []
        for gate in router.gates.values():
            if gate.kind == "peering" and home in self._peers(gate.name) - {router.vpc_id}:
                marks.append(FROM_A_GATE + gate.number)
            if gate.kind == "transit" and home != router.vpc_id and self._refers(gate.name, home, router.vpc_id):
                marks.append(FROM_A_GATE + gate.number)
        return [Reference(addresses, tuple(marks))] if addresses and marks else []

    def _peers(self, peering_id: str) -> set[str]:
        peering = self.records.peerings[peering_id]
        return {peering["RequesterVpcInfo"]["VpcId"], peering["AccepterVpcInfo"]["VpcId"]}

    def _refers(self, gateway_id: str, *vpcs: str) -> bool:
        """Whether a transit gateway and the attachments of these VPCs all let rules name groups."""
        switches = [self.records.transit_gateways[gateway_id]["Options"]]
        for vpc_id in vpcs:
            found = [
                each["Options"]
                for each in self.records.vpc_attachments.values()
                if each["TransitGatewayId"] == gateway_id and each["VpcId"] == vpc_id
            ]
            if not found:
                return False
            switches += found
        return all(each["SecurityGroupReferencingSupport"] == "enable" for each in switches)


__all__ = ["Answered", "Flow", "Lab", "NotModelledError"]
