"""Where ways end: behind the groups of an interface, at a service, at the internet; and where they begin anew."""

from collections.abc import Callable
from ipaddress import ip_address

from tests.oracle.walker import routes
from tests.oracle.walker.fates import DELIVERED, DROPPED, OPEN, UNKNOWN, Address, Ended, Flow
from tests.oracle.walker.filters import Packet, acl_passes, named_by
from tests.oracle.walker.guards import BLOCKED, DOUBTFUL, encryption, public_access
from tests.oracle.walker.leg import Leg
from tests.oracle.walker.policies import policy_allows
from tests.oracle.walker.records import (
    Json,
    World,
    addresses_of,
    block,
    groups_of,
    public_addresses_of,
)
from tests.oracle.walker.segment import Segment

NAT64 = block("64:ff9b::/96")
ATTACHED = ("available", "attached")
DETACHED = ("detaching", "detached")
NOT_BEYOND_A_GATEWAY = (
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16",
    "224.0.0.0/4", "240.0.0.0/4",
)  # fmt: skip
# Interfaces without groups, behind which nothing is filtered; and those that take no connections.
UNGROUPED = ("nat_gateway", "transit_gateway", "gateway_load_balancer_endpoint")
DEAF = ("lambda", "nat_gateway", "transit_gateway", "gateway_load_balancer_endpoint")
GONE_ENDPOINT = ("pendingacceptance", "pending", "deleting", "deleted", "rejected", "failed", "expired")


class Endings(Leg):
    """The packet on its way out, with the segments of the way so far."""

    def __init__(
        self, world: World, flow: Flow, choose: Callable[[str, list[str]], str], doubts: list[str], *, trusts: bool
    ) -> None:
        configuration = world.function(flow.function)["VpcConfig"]
        super().__init__(world, choose, doubts, "out", configuration["VpcId"])
        self.flow = flow
        self.trusts = trusts
        self.function = configuration
        self.groups: list[str] = configuration["SecurityGroupIds"]
        self.subnet = flow.subnet
        self.is_beyond = False
        self.is_vague = False
        self.left_by: frozenset[str] = frozenset()
        self.left_unread = False
        self.segment = Segment(
            "function", self.vpc, flow.subnet, flow.source, flow.client_port, self.groups, [], flow.destination
        )
        self.segments = [self.segment]

    @property
    def destination(self) -> Address:
        return self.segment.destination

    def packet(self) -> Packet:
        return Packet(self.segment.address, self.destination, self.flow.protocol, self.flow.port)

    # Segments

    def begin(
        self,
        sender: str,
        subnet: str | None,
        address: Address,
        groups: list[str] | None,
        public: list[str],
        destination: Address,
    ) -> None:
        """A new sender: whatever named groups is lost behind it."""
        self.refuse_references(f"{sender} translates")
        self.subnet = subnet
        self.finish(sender)
        self.segment = Segment(sender, self.vpc, subnet, address, self.flow.nat_port, groups, public, destination)
        self.segments.append(self.segment)
        self.boxes, self.hubs = [], []
        self.lost_inbound = self.lost_outbound = ""

    def finish(self, end: str) -> None:
        if not end.startswith(("nat-", "eni-", "local")):
            self.refuse_references(f"{end} leads out of the VPC")
        self.segment.end, self.segment.end_vpc, self.segment.end_subnet = end, self.vpc, self.subnet
        self.segment.boxes, self.segment.hubs = self.boxes, self.hubs

    def refuse_references(self, why: str) -> None:
        """What left only by a rule that names a group, and comes to where such rules do not match (D6)."""
        if not self.left_by:
            return
        self.left_by = frozenset()
        if self.left_unread:
            self.doubt("an outbound rule that nobody can read")
        else:
            self.drop(f"SG_REFERENCES_NOT_PRESERVED {why}")

    # Security groups

    def leave_by_groups(self, groups: list[str]) -> None:
        """Outbound rules: by address, or by the groups of whoever has the address (D1, D4, D6)."""
        named = named_by(self.world, groups, "IpPermissionsEgress", self.packet())
        if named.by_address:
            return
        owners = [each for each in self.world.interfaces() if str(self.destination) in addresses_of(each)]
        if any(named.groups & set(groups_of(owner)) for owner in owners):
            self.left_by, self.left_unread = named.groups, bool(named.unread)
        elif named.unread:
            self.doubt(f"an outbound rule that nobody can read: {sorted(named.unread)}")
        elif named.groups and self.flow.needs_interface and self.may_be_anothers(owners):
            self.doubt("an outbound rule that names a group, and nobody knows who has the address")
        else:
            self.drop(f"no outbound rule of {groups}")

    def may_be_anothers(self, owners: list[Json]) -> bool:
        """Whether an interface that nobody lists may have the address, in one of the VPCs that hold it."""
        unlisted = set(self.world.vpcs_holding(self.destination)) - {owner["VpcId"] for owner in owners}
        return bool(unlisted) or (not owners and not self.is_public(self.destination))

    def is_public(self, address: Address) -> bool:
        """Nobody's private address: groups name private ones alone."""
        private = any(address in block(each) for each in NOT_BEYOND_A_GATEWAY)
        return not private and not self.world.vpcs_holding(address)

    def leave_machine(self, groups: list[str]) -> None:
        held = (self.left_by, self.left_unread)
        self.leave_by_groups(groups)
        self.left_by, self.left_unread = held

    def check_inbound(self, groups: list[str], where: str, packet: Packet | None = None) -> None:
        """Inbound rules: by the sender's address, or by a group that the sender has and that is not lost (D6, D8)."""
        named = named_by(self.world, groups, "IpPermissions", packet or self.packet())
        own = set(self.segment.groups or ()) if packet is None and not self.lost_inbound else set()
        if named.by_address or named.groups & own:
            return
        if named.unread:
            self.doubt(f"an inbound rule that nobody can read: {sorted(named.unread)}")
        else:
            self.drop(f"ENI_SG_RULES_MISMATCH {where} {self.lost_inbound}")

    # Delivery in a subnet

    def arrive(self, subnet_id: str) -> None:
        """The target's own groups, where its interface is known (D8, D9)."""
        self.subnet = subnet_id
        if self.flow.vpc not in (None, self.vpc):
            self.drop(f"the packet ends in {self.vpc}, and what was asked for is in {self.flow.vpc}")
        interface = self.world.interface_at(self.vpc, self.destination)
        if self.flow.endpoint is not None:
            self.check_service(self.world.record(self.flow.endpoint))
        self.finish("local")
        if interface is None:
            if self.flow.needs_interface:
                self.doubt("UNKNOWN_DESTINATION nothing known has this address")
            else:
                self.refuse_references("nothing that is known has this address")
            return
        if self.left_by and not self.left_by & set(groups_of(interface)):
            self.refuse_references("the interface there carries no such group")
        if self.lost_outbound:
            self.refuse_references(self.lost_outbound)
        if self.flow.needs_interface:
            self.check_listening(interface)
        if not groups_of(interface):
            if interface["InterfaceType"] not in UNGROUPED:
                self.doubt("an interface without groups")
            return
        self.check_inbound(groups_of(interface), interface["NetworkInterfaceId"])

    def check_listening(self, interface: Json) -> None:
        if interface["InterfaceType"] in DEAF:
            self.drop(f"{interface['NetworkInterfaceId']} takes no connections")
        self.check_running(interface, is_target=True)
        for endpoint in self.world.listed("ec2/describe-vpc-endpoints", "VpcEndpoints"):
            if interface["NetworkInterfaceId"] in endpoint.get("NetworkInterfaceIds", []):
                self.check_endpoint_state(endpoint)

    def check_running(self, interface: Json, *, is_target: bool = False) -> None:
        """Of what is asked for, states that pass are worth an advice only (H)."""
        interface_id = interface["NetworkInterfaceId"]
        self.check_state(interface_id, interface["Status"], ("in-use",), ("available", "detaching"))
        instance_id = interface.get("Attachment", {}).get("InstanceId")
        if instance_id is not None:
            state = self.world.instance(instance_id)["State"]["Name"]
            good = ("running", "pending") if is_target else ("running",)
            self.check_state(instance_id, state, good, ("shutting-down", "terminated", "stopping", "stopped"))

    def check_service(self, endpoint: Json) -> None:
        self.check_endpoint_state(endpoint)
        if not policy_allows(endpoint):
            self.drop(f"ENDPOINT_POLICY_DENY {endpoint['VpcEndpointId']}")

    def check_endpoint_state(self, endpoint: Json) -> None:
        state = endpoint["State"].lower()
        self.check_state(endpoint["VpcEndpointId"], state, ("available",), GONE_ENDPOINT)

    def leave_by_gateway_endpoint(self, endpoint: Json) -> None:
        """F2: TCP, from inside the endpoint's own VPC, as far as its policy allows."""
        endpoint_id = endpoint["VpcEndpointId"]
        self.cross(None)
        self.check_endpoint_state(endpoint)
        if self.flow.protocol != "tcp":
            self.drop(f"VPCE_GATEWAY_PROTOCOL_RESTRICTION {endpoint_id}")
        if endpoint["VpcId"] != self.vpc or self.segment.vpc != self.vpc:
            self.drop(f"VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION {endpoint_id}")
        if len(self.segments) > 1:
            self.check_answers_get_in()
            raise Ended(UNKNOWN, f"a gateway endpoint behind {self.segment.sender} (F18)")
        if not policy_allows(endpoint):
            self.drop(f"ENDPOINT_POLICY_DENY {endpoint_id}")
        self.subnet = None
        self.finish(endpoint_id)

    def check_answers_get_in(self) -> None:
        """What is sure of answers from something that is not known: they enter the sender's own subnet."""

    # The internet

    def check_attached(self, gateway_id: str, attachments: list[Json]) -> None:
        states = [each["State"] for each in attachments if each["VpcId"] == self.vpc]
        if not states:
            self.drop(f"BAD_STATE_ATTACHMENT {gateway_id} is not attached to {self.vpc}")
        self.check_state(gateway_id, states[0], ATTACHED, DETACHED)

    def check_public_access(self, *, is_egress_only: bool) -> None:
        """I1: where the sender stands, and where the function does."""
        sender = self.segment
        is_outbound = is_egress_only or sender.sender.startswith("nat-")
        told = public_access(self.world, sender.vpc, sender.subnet, outbound_only=is_outbound)
        if told == BLOCKED:
            self.drop(f"VPC_BLOCK_PUBLIC_ACCESS_ENABLED for {sender.sender}")
        if told == DOUBTFUL:
            self.doubt(f"VPC_BLOCK_PUBLIC_ACCESS_ENABLED for {sender.sender}")
        first = self.segments[0]
        if (first.vpc, first.subnet) != (sender.vpc, sender.subnet):
            behind = public_access(self.world, first.vpc, first.subnet, outbound_only=True)
            if behind != "spared":
                self.doubt("VPC_BLOCK_PUBLIC_ACCESS_ENABLED where the function stands")
        passed = [box for segment in self.segments for box in segment.boxes] + self.boxes
        if any(box.startswith("vpce-") for box in passed):
            whole = public_access(self.world, self.vpc, None, outbound_only=True)
            self.is_vague = self.is_vague or whole != "spared"

    def own_interfaces(self) -> list[Json]:
        """Those of Lambda, for this subnet and these very groups (A3)."""
        return [
            each
            for each in self.world.interfaces()
            if each["InterfaceType"] == "lambda"
            and each["SubnetId"] == self.flow.subnet
            and sorted(groups_of(each)) == sorted(self.groups)
        ]

    def check_not_refused(self) -> None:
        if any(each.get("DenyAllIgwTraffic") for each in self.own_interfaces()):
            self.drop("ENI_DENY_ALL_IGW_TRAFFIC")

    def check_ipv6_sender(self) -> None:
        self.check_not_refused()
        if self.segment.vpc != self.vpc:
            raise Ended(OPEN, "IPv6 of another VPC at an internet gateway", frozenset({DROPPED, UNKNOWN}))
        self.doubt("LAMBDA_IPV6_VIA_IGW_UNCONFIRMED")

    def public_source(self) -> list[str]:
        if self.segment.sender == "function":
            return [address for each in self.own_interfaces() for address in public_addresses_of(each)]
        return self.segment.public

    def check_public_sender(self) -> None:
        """C10: the sender has a public address, which is its own in this very VPC (C5)."""
        if self.segment.is_private_nat:
            self.drop("PRIVATE_NAT_TO_IGW")
        if self.segment.vpc != self.vpc or not self.public_source():
            self.drop(f"IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS {self.segment.sender}")

    def check_public_destination(self) -> None:
        for private in NOT_BEYOND_A_GATEWAY:
            if self.destination in block(private):
                self.drop(f"{private} is nothing that an internet gateway takes")
        if self.world.vpcs_holding(self.destination):
            self.drop("IGW_DESTINATION_ADDRESS_IN_VPC_CIDRS")

    def check_not_collected(self) -> None:
        """What stands for IPv4 is nowhere but behind a NAT gateway (C15).

        IPv6 of another collected VPC: it is there by way of that VPC's own internet gateway, or nowhere (C11).
        """
        if self.destination in NAT64:
            self.drop("64:ff9b::/96 is translated by NAT gateways only")
        for vpc_id in self.world.vpcs_holding(self.destination):
            gateways = self.world.listed("ec2/describe-internet-gateways", "InternetGateways")
            if not any(each["VpcId"] == vpc_id for gateway in gateways for each in gateway["Attachments"]):
                self.drop(f"nothing enters {vpc_id} from the internet")
            raise Ended(OPEN, f"IPv6 into {vpc_id} from the internet", frozenset({DELIVERED, DROPPED, UNKNOWN}))

    def come_in_again(self) -> None:
        """C11: to the public address of a known interface, and its own way out for the answer."""
        interface = self.world.interface_with_public(self.destination)
        if interface is None:
            return
        vpc_id, subnet_id = interface["VpcId"], interface["SubnetId"]
        gateways = self.world.listed("ec2/describe-internet-gateways", "InternetGateways")
        attached = [
            gateway["InternetGatewayId"]
            for gateway in gateways
            for each in gateway["Attachments"]
            if each["VpcId"] == vpc_id and each["State"] in ATTACHED
        ]
        if not attached:
            self.drop(f"nothing enters {vpc_id} from the internet")
        if self.world.edge_table_of(attached[0], vpc_id) is not None:
            raise Ended(OPEN, "an edge table on the way in", frozenset({DELIVERED, DROPPED, UNKNOWN}))
        if self.trusts or not self.is_beyond:
            self.check_entrance(vpc_id, subnet_id)
        self.check_listening(interface)
        source = ip_address(self.public_source()[0])
        inwards = Packet(source, ip_address(interface["PrivateIpAddress"]), self.flow.protocol, self.flow.port)
        if not acl_passes(self.world.acl_of(subnet_id), False, inwards):
            self.drop(f"the ACL of {subnet_id} lets nothing in from {source}")
        self.check_inbound(groups_of(interface), interface["NetworkInterfaceId"], inwards)
        self.check_exit(vpc_id, subnet_id, inwards)

    def check_entrance(self, vpc_id: str, subnet_id: str) -> None:
        if encryption(self.world, vpc_id, "InternetGateway") != "spared":
            self.drop(f"ENCRYPTION_CONTROL_ENFORCED InternetGateway in {vpc_id}")
        told = public_access(self.world, vpc_id, subnet_id, outbound_only=False)
        if told == BLOCKED:
            self.drop(f"VPC_BLOCK_PUBLIC_ACCESS_ENABLED into {vpc_id}")
        if told == DOUBTFUL:
            self.doubt(f"VPC_BLOCK_PUBLIC_ACCESS_ENABLED into {vpc_id}")

    def check_exit(self, vpc_id: str, subnet_id: str, inwards: Packet) -> None:
        """The answer leaves by the internet gateway of the target's own VPC."""
        answer = Packet(inwards.destination, inwards.source, self.flow.protocol, self.segment.port)
        table = self.world.table_of(subnet_id)
        target = routes.usable(routes.winning(self.world, table, inwards.source, self.choose))
        if target == "local":
            self.drop("the answer stays in the VPC")
        if not target.startswith("igw-"):
            raise Ended(OPEN, f"the answer goes to {target}", frozenset({DROPPED, UNKNOWN}))
        if not acl_passes(self.world.acl_of(subnet_id), True, answer):
            self.drop(f"the ACL of {subnet_id} lets no answer out")
        gateway = self.world.find(target)
        if gateway is None:
            raise Ended(UNKNOWN, f"UNKNOWN_RESOURCE {target}")
        if not any(each["VpcId"] == vpc_id and each["State"] in ATTACHED for each in gateway["Attachments"]):
            self.drop(f"BAD_STATE_ATTACHMENT {target}")
