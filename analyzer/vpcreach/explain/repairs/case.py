"""A question that fails, as it stands after some edits: what the remedies of its blockers look at."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from vpcreach.components.internet_gateway import InternetGateway
from vpcreach.components.lambda_function import LambdaFunction
from vpcreach.components.route_table import Route, RouteTable
from vpcreach.components.subnet import Subnet
from vpcreach.components.vpc import Vpc
from vpcreach.destinations.grammar import Parsed
from vpcreach.explain.edits import Edit
from vpcreach.forwarding import Note, Spot
from vpcreach.network.network import Network
from vpcreach.packets.address_map import AddressSet, Family
from vpcreach.reach.answer import Answer, Trace
from vpcreach.reach.standing import Standing

DEFAULT = {Family.IPV4: "0.0.0.0/0", Family.IPV6: "::/0"}


@dataclass(frozen=True, slots=True)
class Case:
    """One function's question on an edited network. `tried` are the edits so far, `may_make` allows new resources."""

    network: Network
    function: LambdaFunction
    stands: Standing
    parsed: Parsed
    answer: Answer
    tried: tuple[Edit, ...] = ()
    may_make: bool = False

    # What stands where

    def subnet(self, subnet_id: str | None) -> Subnet | None:
        record = self.network.record(subnet_id or "")
        return record if isinstance(record, Subnet) else None

    def table(self, table_id: str | None) -> RouteTable | None:
        record = self.network.record(table_id or "")
        return record if isinstance(record, RouteTable) else None

    def table_of(self, subnet_id: str) -> RouteTable | None:
        """The table that rules a subnet, where that is known."""
        found = self.network.route_table_of(subnet_id)
        return found if isinstance(found, RouteTable) else None

    def subnets_of(self, vpc_id: str) -> list[Subnet]:
        return sorted((s for s in self.network.every(Subnet) if s.vpc_id == vpc_id), key=lambda subnet: subnet.id)

    def is_in_zone_of(self, subnet_id: str | None, other_id: str | None) -> bool:
        mine, other = self.network.zone_of(subnet_id), self.network.zone_of(other_id)
        return mine is not None and other is not None and mine.is_same(other)

    def attached_gateway(self, vpc_id: str) -> str | None:
        """The internet gateway that is attached to a VPC."""
        gateways = (g for g in self.network.every(InternetGateway) if not g.attachment_notes(vpc_id))
        return next((gateway.id for gateway in gateways), None)

    def public_subnets(self, vpc_id: str) -> Iterator[Subnet]:
        """The subnets whose table leads to an attached internet gateway: where a NAT gateway works."""
        gateway = self.attached_gateway(vpc_id)
        for subnet in self.subnets_of(vpc_id):
            table = self.table_of(subnet.id)
            route = route_to(table, DEFAULT[Family.IPV4]) if table else None
            if gateway is not None and route is not None and route.target == gateway and subnet.state == "available":
                yield subnet

    def block_holding(self, addresses: AddressSet, without: str) -> tuple[str, str] | None:
        """The block of a VPC, other than `without`, that holds all these addresses, and that VPC's id."""
        for vpc in self.network.every(Vpc):
            if vpc.id == without:
                continue
            for text in vpc.cidrs(addresses.family).cidrs():
                if addresses <= AddressSet.parse(text):
                    return text, vpc.id
        return None


@dataclass(frozen=True, slots=True)
class Blocked:
    """A blocker of one trace of the case. Only blockers with a spot can be mended by letting something through."""

    note: Note
    trace: Trace
    subnet_id: str

    @property
    def spot(self) -> Spot | None:
        return self.note.spot

    @property
    def port(self) -> int:
        """The port that was asked about; 0 for protocols that have none."""
        return int(self.trace.packets.ports) if self.trace.packets.ports.isdigit() else 0

    @property
    def last_table(self) -> str | None:
        """The route table whose route led the packets to what stopped them; the way that is told goes on beyond it."""
        before = list(takewhile(lambda step: step.component != self.note.component, self.trace.path))
        steps = (step.component for step in reversed(before) if step.kind == RouteTable.kind)
        return next(steps, None)


def route_to(table: RouteTable, destination: str) -> Route | None:
    """The static route of a table to this very destination."""
    routes = (r for r in table.routes if r.destination == destination and not r.is_propagated)
    return next(routes, None)
