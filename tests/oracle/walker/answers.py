"""The way back: the answer from the end of each segment to its sender, past everything that is not stateful."""

from collections.abc import Callable

from tests.oracle.walker.fates import DROPPED, OPEN, UNKNOWN, Ended, Flow
from tests.oracle.walker.filters import Packet
from tests.oracle.walker.leg import Leg
from tests.oracle.walker.records import World, addresses_of
from tests.oracle.walker.segment import Segment


class Answer(Leg):
    """An answer on its way from where a segment ended to who sent it."""

    def __init__(
        self, world: World, flow: Flow, choose: Callable[[str, list[str]], str], doubts: list[str], segment: Segment
    ) -> None:
        super().__init__(world, choose, doubts, "back", segment.end_vpc)
        self.flow = flow
        self.segment = segment
        self.subnet = segment.end_subnet
        self.through: list[str] = []

    def packet(self) -> Packet:
        return Packet(self.segment.destination, self.segment.address, self.flow.protocol, self.segment.port)

    def go(self) -> None:
        segment = self.segment
        if segment.end.startswith("igw-"):
            self.enter_from_internet()
        elif segment.end.startswith(("eigw-", "vpce-")):
            self.deliver_locally()
        elif segment.sender.startswith("nat-") and any(hub.startswith("pcx-") for hub in segment.hubs):
            self.return_to_sender()
        elif segment.sender.startswith("nat-") and segment.subnet is None:
            raise Ended(OPEN, "answers to a gateway in no subnet", frozenset({DROPPED, UNKNOWN}))
        else:
            if segment.end.startswith("nat-"):
                gateway = self.world.record(segment.end)
                if gateway.get("AvailabilityMode") == "regional":
                    self.table = self.world.record(gateway["RouteTableId"])
            self.go_on()

    def return_to_sender(self) -> None:
        """C6: answers go back to a NAT gateway across peering whatever the route tables say."""
        if self.segment.subnet is None:
            raise Ended(OPEN, "a regional gateway and peering", frozenset({"delivered", DROPPED, UNKNOWN}))
        self.cross(self.segment.subnet)

    def enter_from_internet(self) -> None:
        """B10: an edge table rules what enters by the gateway."""
        edge = self.world.edge_table_of(self.segment.end, self.vpc)
        if self.segment.subnet is None:
            if edge is not None:
                raise Ended(UNKNOWN, "an edge table in front of a regional NAT gateway")
            return
        if edge is None:
            self.deliver_locally()
        else:
            self.table = edge
            self.go_on()

    def go_on(self) -> None:
        while True:
            if self.is_here():
                self.arrive()
                return
            target = self.route()
            if target == "local":
                self.deliver_locally()
                return
            if target.startswith("pcx-"):
                self.pass_peering(target)
                self.deliver_locally()
                return
            if target.startswith("tgw-"):
                self.pass_hub(target)
            elif target.startswith("eni-"):
                if self.pass_machine(target):
                    return
            elif target.startswith("vpce-"):
                self.pass_endpoint(target)
            else:
                self.go_astray(target)

    def deliver_locally(self) -> None:
        to = self.world.subnet_holding(self.vpc, self.segment.address)
        if to is None:
            self.drop(f"NO_POSSIBLE_DESTINATION no subnet of {self.vpc} holds it")
        self.cross(to)
        self.subnet = to
        self.arrive()

    def pass_machine(self, interface_id: str) -> bool:
        """An appliance that the packet came through takes its answer as well (B11); true where the way ends there."""
        machine = self.world.record(interface_id)
        if str(self.segment.address) in addresses_of(machine):
            self.deliver_locally()
            return True
        self.visit(interface_id)
        self.cross(machine["SubnetId"])
        self.subnet = machine["SubnetId"]
        if interface_id not in self.segment.boxes:
            raise Ended(UNKNOWN, f"ASYMMETRIC_MIDDLEBOX_ROUTE {interface_id} did not see the packet")
        self.through.append(interface_id)
        return False

    def pass_endpoint(self, endpoint_id: str) -> None:
        endpoint = self.world.record(endpoint_id)
        if endpoint["VpcEndpointType"] != "GatewayLoadBalancer":
            self.drop(f"ASYMMETRIC_MIDDLEBOX_ROUTE {endpoint_id}")
        self.visit(endpoint_id)
        self.cross(endpoint["SubnetIds"][0])
        self.subnet = endpoint["SubnetIds"][0]
        if endpoint_id not in self.segment.boxes:
            self.drop(f"ASYMMETRIC_MIDDLEBOX_ROUTE {endpoint_id} did not see the packet")
        self.through.append(endpoint_id)

    def go_astray(self, target: str) -> None:
        """To a gateway that leads out of the VPC, and not to who asked."""
        if target == self.segment.sender:
            raise Ended(OPEN, f"the answer to {target} itself is routed to it", frozenset({DROPPED, UNKNOWN}))
        if target.startswith(("nat-", "igw-", "eigw-")) and self.world.find(target) is not None:
            self.drop(f"the answer goes astray to {target}")
        raise Ended(OPEN, f"the answer goes to {target}", frozenset({DROPPED, UNKNOWN}))

    def arrive(self) -> None:
        """At who asked, and past every appliance that saw the packet?"""
        segment = self.segment
        if (self.vpc, self.subnet) != (segment.vpc, segment.subnet):
            self.drop(f"the answer ends in {self.subnet} of {self.vpc}, and {segment.sender} is elsewhere")
        missed = [box for box in segment.boxes if box not in self.through]
        if any(box.startswith("eni-") for box in missed):
            self.doubt(f"ASYMMETRIC_MIDDLEBOX_ROUTE past {missed}")
        elif missed:
            self.drop(f"ASYMMETRIC_MIDDLEBOX_ROUTE past {missed}")

    def zones_matter(self, inside: list[str]) -> None:
        """G6: without appliance mode, answers may enter the appliance's VPC in another zone than it stands in."""
        for box in self.segment.boxes:
            record = self.world.record(box)
            subnet_id = record.get("SubnetId") or record["SubnetIds"][0]
            if record["VpcId"] == self.vpc:
                zone = self.world.zone_of(subnet_id)
                if any(self.world.zone_of(each) != zone for each in inside):
                    self.doubt(f"TRANSIT_GATEWAY_APPLIANCE_MODE_RECOMMENDED at {box}")
