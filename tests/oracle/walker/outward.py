"""The way out: from the function's interface to the destination, through whatever the route tables name."""

from collections.abc import Callable
from ipaddress import IPv4Address, ip_address
from typing import NoReturn

from tests.oracle.walker import routes
from tests.oracle.walker.endings import NAT64, Endings
from tests.oracle.walker.fates import DROPPED, OPEN, UNKNOWN, Address, Ended
from tests.oracle.walker.filters import Packet, acl_passes
from tests.oracle.walker.guards import is_enforced
from tests.oracle.walker.records import Json, addresses_of, block, groups_of, public_addresses_of

# Next hops to which a packet gets only across the border of its sender's subnet, and from which answers come so too.
GLOBAL_UNICAST = block("2000::/3")
BEYOND_THE_BORDER = ("nat-", "igw-", "eigw-", "pcx-", "vgw-")


class Outward(Endings):
    """A packet on its way out. Every translation begins a new segment of the way."""

    def go(self) -> None:
        self.leave_function()
        while not self.segment.end:
            if self.is_here():
                self.arrive(self.subnet or "")
                return
            self.take(self.route())

    def take(self, target: str) -> None:
        kinds: dict[str, Callable[[str], None]] = {
            "igw": self.leave_by_internet_gateway,
            "eigw": self.leave_by_egress_only_gateway,
            "nat": self.translate,
            "pcx": self.peer,
            "tgw": self.hub,
            "vgw": self.leave_for_premises,
            "eni": self.through_machine,
            "vpce": self.through_endpoint,
        }
        kind = target.partition("-")[0]
        if target == "local":
            self.deliver_locally()
        elif kind not in kinds:
            raise Ended(UNKNOWN, f"UNSUPPORTED_ROUTE_TARGET {target}")
        elif self.world.find(target) is None:
            self.stop_at_unknown(target, f"UNKNOWN_RESOURCE {target}")
        else:
            kinds[kind](target)

    # The function's own interface

    def leave_function(self) -> None:
        self.guard(self.vpc, "Lambda")
        self.leave_by_groups(self.groups)

    def stop_at_unknown(self, target: str, reason: str) -> NoReturn:
        """Whatever it is: the packet must get out to it, and in most cases the answer back into the subnet (K3)."""
        own = self.segment.subnet
        if target.startswith((*BEYOND_THE_BORDER, "tgw-")) and own is not None and self.subnet == own:
            self.pass_acl(own, egress=True)
        if target.startswith("igw-"):
            (self.check_public_sender if self.destination.version == 4 else self.check_not_refused)()
        if target.startswith(BEYOND_THE_BORDER) and own is not None:
            acl = self.world.acl_of(own)
            answer = Packet(self.destination, self.segment.address, self.flow.protocol, self.segment.port)
            if not acl_passes(acl, False, answer):
                self.drop(f"{acl['NetworkAclId']} lets no answer into {own}")
        raise Ended(UNKNOWN, reason)

    # Inside and between VPCs

    def deliver_locally(self) -> None:
        to = self.world.subnet_holding(self.vpc, self.destination)
        if to is None:
            self.drop(f"NO_POSSIBLE_DESTINATION no subnet of {self.vpc} holds it")
            return
        self.cross(to)
        self.subnet = to
        self.arrive(to)

    def peer(self, peering_id: str) -> None:
        try:
            self.pass_peering(peering_id)
        except Ended as end:
            if end.result.fate == UNKNOWN:
                self.stop_at_unknown(peering_id, end.result.reason)
            raise
        self.deliver_locally()

    def hub(self, hub_id: str) -> None:
        try:
            self.pass_hub(hub_id)
        except Ended as end:
            if end.result.fate == UNKNOWN and self.subnet == self.segment.subnet:
                self.pass_acl(self.segment.subnet, egress=True)
            raise

    # Gateways

    def translate(self, nat_id: str) -> None:
        """A NAT gateway: the packet goes on from its subnet, under its address (C2-C5, C13)."""
        gateway = self.world.record(nat_id)
        if any(segment.sender == nat_id for segment in self.segments):
            self.drop(f"ROUTING_LOOP at {nat_id}")
        is_regional = gateway.get("AvailabilityMode") == "regional"
        is_public = gateway["ConnectivityType"] == "public"
        self.cross(None if is_regional else gateway["SubnetId"])
        self.guard(self.vpc, "NatGateway")
        if self.destination.version == 6 and self.destination not in NAT64:
            self.drop(f"{nat_id} translates IPv6 to 64:ff9b::/96 only")
        self.check_state(nat_id, gateway["State"], ("available",), ("pending", "failed", "deleted"))
        entries = [each for each in gateway["NatGatewayAddresses"] if each.get("Status", "succeeded") == "succeeded"]
        if is_public:
            entries = [each for each in entries if "PublicIp" in each]
            if not entries:
                self.drop(f"NAT_NO_PUBLIC_ADDRESS {nat_id}")
        if is_regional:
            zones = [each["AvailabilityZoneId"] for each in entries]
            is_automatic = gateway.get("AutoProvisionZones") == "enabled"
            if self.world.zone_of(self.flow.subnet) not in zones and not is_automatic:
                self.doubt(f"REGIONAL_NGW_ROUTE_AZ_RESTRICTION {nat_id}")
        entry = entries[self.flow.nat_address % len(entries)]
        address: Address = ip_address(entry.get("PrivateIp", "192.0.2.1"))
        public = [entry["PublicIp"]] if is_public else []
        destination = self.destination
        if destination.version == 6:
            destination = IPv4Address(int(destination) & 0xFFFFFFFF)
        self.begin(nat_id, None if is_regional else gateway["SubnetId"], address, None, public, destination)
        self.segment.is_private_nat = not is_public
        self.table = self.world.record(gateway["RouteTableId"]) if is_regional else None

    def leave_by_internet_gateway(self, gateway_id: str) -> None:
        self.cross(None)
        self.check_attached(gateway_id, self.world.record(gateway_id)["Attachments"])
        self.guard(self.vpc, "InternetGateway")
        self.check_public_access(is_egress_only=False)
        if self.destination.version == 6:
            self.check_ipv6_sender()
            if self.destination in NAT64 or self.world.vpcs_holding(self.destination):
                # Unknown already for its sender; that it is nowhere beyond, too, the program may leave unsaid.
                raise Ended(OPEN, "IPv6 to nowhere at an internet gateway", frozenset({DROPPED, UNKNOWN}))
        else:
            self.check_public_sender()
            self.check_public_destination()
        self.subnet = None
        self.finish(gateway_id)
        if self.flow.needs_interface:
            self.come_in_again()

    def leave_by_egress_only_gateway(self, gateway_id: str) -> None:
        """C12: IPv6 only, from a public address, and nothing comes in but answers."""
        self.cross(None)
        self.check_attached(gateway_id, self.world.record(gateway_id)["Attachments"])
        self.guard(self.vpc, "EgressOnlyInternetGateway")
        self.check_public_access(is_egress_only=True)
        if self.destination.version == 4:
            self.drop(f"{gateway_id} carries IPv6 only")
        if self.destination not in GLOBAL_UNICAST:
            self.drop(f"{self.destination} is no address of the internet")
        if self.segment.vpc != self.vpc:
            raise Ended(OPEN, "an egress-only gateway of another VPC", frozenset({DROPPED, UNKNOWN, "delivered"}))
        self.check_not_collected()
        self.subnet = None
        self.finish(gateway_id)

    def leave_for_premises(self, gateway_id: str) -> None:
        self.cross(None)
        gateway = self.world.record(gateway_id)
        self.guard(self.vpc, "VirtualPrivateGateway")
        self.check_state(gateway_id, gateway["State"], ("available",), ("deleting", "deleted"))
        self.check_attached(gateway_id, gateway["VpcAttachments"])
        self.check_answer_gets_in()
        raise Ended(UNKNOWN, f"ON_PREM_BEYOND_MODEL {gateway_id}")

    def check_answer_gets_in(self) -> None:
        own = self.segment.subnet
        answer = Packet(self.destination, self.segment.address, self.flow.protocol, self.segment.port)
        if own is not None and not acl_passes(self.world.acl_of(own), False, answer):
            self.drop(f"the ACL of {own} lets no answer in")

    # Endpoints and machines

    def through_endpoint(self, endpoint_id: str) -> None:
        endpoint = self.world.record(endpoint_id)
        kind = endpoint["VpcEndpointType"]
        if kind == "Gateway":
            self.leave_by_gateway_endpoint(endpoint)
        elif kind == "GatewayLoadBalancer":
            self.through_appliances(endpoint)
        else:
            raise Ended(UNKNOWN, f"UNSUPPORTED_COMPONENT {endpoint_id} is a {kind} endpoint")

    def through_appliances(self, endpoint: Json) -> None:
        """F9: transparent, if the appliances forward."""
        endpoint_id = endpoint["VpcEndpointId"]
        self.visit(endpoint_id)
        self.cross(endpoint["SubnetIds"][0])
        self.subnet = endpoint["SubnetIds"][0]
        self.check_endpoint_state(endpoint)
        if is_enforced(self.world, self.vpc):
            self.doubt(f"ENCRYPTION_CONTROL_ENFORCED where {endpoint_id} is not supported")
        self.boxes.append(endpoint_id)
        self.lost_inbound = self.lost_outbound = f"{endpoint_id} is passed"
        self.trust(endpoint_id)

    def through_machine(self, interface_id: str) -> None:
        """C16 and B11: an instance that passes on what is not its own, translated where it stands at the exit."""
        machine = self.world.record(interface_id)
        if str(self.destination) in addresses_of(machine):
            self.deliver_locally()
            return
        self.visit(interface_id)
        self.cross(machine["SubnetId"])
        self.subnet = machine["SubnetId"]
        self.check_running(machine)
        if machine["SourceDestCheck"]:
            self.drop(f"ENI_SOURCE_DEST_CHECK_RESTRICTION {interface_id}")
        self.check_inbound(groups_of(machine), f"into {interface_id}")
        self.leave_machine(groups_of(machine))
        is_exit = self.is_exit(machine)
        self.trust(interface_id)
        if is_exit:
            if any(segment.sender == interface_id for segment in self.segments):
                self.drop(f"ROUTING_LOOP at {interface_id}")
            own = ip_address(machine["PrivateIpAddress"])
            self.begin(
                interface_id,
                machine["SubnetId"],
                own,
                groups_of(machine),
                public_addresses_of(machine),
                self.destination,
            )
        else:
            self.boxes.append(interface_id)
            self.lost_inbound = self.lost_outbound = f"{interface_id} is passed"

    def is_exit(self, machine: Json) -> bool:
        """Whether the machine's own table sends the packet to an internet gateway."""
        if self.destination.version == 6 or self.is_here():
            return False
        try:
            table = self.world.table_of(machine["SubnetId"])
            route = routes.winning(self.world, table, self.destination, self.choose)
        except Ended:
            return False
        return route["State"] == "active" and routes.target_of(route).startswith("igw-")

    def trust(self, thing: str) -> None:
        """Whether machines pass packets on is in no configuration: from here on nothing is a proof."""
        if not self.trusts:
            self.doubt(f"APPLIANCE_FORWARDING_UNVERIFIED {thing}")
            self.is_beyond = True
