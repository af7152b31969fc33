"""VPC endpoints: private ways to AWS services, by route (gateway) or by an interface in a subnet (interface).

Modelled: gateway endpoints as route targets, the state of both, what an interface endpoint's name captures; Gateway
Load Balancer endpoints as next hops: state, their subnet, that answers come back through them.
Not modelled: what the appliances behind a Gateway Load Balancer pass on (undecided, unless the user vouches for them);
tunnel endpoints as next hops (undecided). Endpoint policies are judged by endpoint_policy, interfaces are destinations.
Source: AWS PrivateLink Guide, "Gateway endpoints", "Access AWS services through AWS PrivateLink", "Access virtual
appliances through AWS PrivateLink" (semantics F1-F9, F11, F18).
Checked: tests/unit/components/test_vpc_endpoint.py, tests/unit/components/test_appliances.py.
"""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import ClassVar

from vpcreach.forwarding import (
    BAD_STATE,
    UNKNOWN_RESOURCE,
    UNSUPPORTED_COMPONENT,
    Arrival,
    Deliver,
    Hop,
    Leg,
    Lookup,
    Note,
    Reason,
    Stop,
    Surroundings,
    wrong_way,
)
from vpcreach.packets.ports import TCP
from vpcreach.snapshot.call import Call
from vpcreach.snapshot.record import Record, Reply, Tagged

PAGE = "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html"
VPCE_GATEWAY_PROTOCOL_RESTRICTION = Reason("VPCE_GATEWAY_PROTOCOL_RESTRICTION", "use TCP", PAGE)
VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION = Reason(
    "VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION",
    "create the gateway endpoint in the function's own VPC",
    PAGE,
)
PATH_THROUGH_GWLB_NOT_CHECKED = Reason(
    "PATH_THROUGH_GWLB_NOT_CHECKED",
    "test a connection, or vouch for the appliances with --trust-appliances",
    "https://docs.aws.amazon.com/vpc/latest/privatelink/vpce-gateway-load-balancer.html",
)
# Every state of today that is neither `available` nor `partial`, in lower case.
UNAVAILABLE = frozenset({"pendingacceptance", "pending", "deleting", "deleted", "rejected", "failed", "expired"})


class EndpointGroup(Record, frozen=True):
    group_id: str


class EndpointDnsOptions(Record, frozen=True):
    private_dns_only_for_inbound_resolver_endpoint: bool | None = None


class EndpointDnsEntry(Record, frozen=True):
    dns_name: str | None = None


class VpcEndpoint(Tagged, frozen=True):
    kind: ClassVar[str] = "vpc_endpoint"
    id_prefix: ClassVar[str] = "vpce-"

    vpc_endpoint_id: str
    vpc_id: str | None = None
    vpc_endpoint_type: str = "Gateway"
    state: str | None = None
    service_name: str = ""
    service_region: str | None = None
    policy_document: str | None = None
    route_table_ids: tuple[str, ...] = ()
    subnet_ids: tuple[str, ...] = ()
    network_interface_ids: tuple[str, ...] = ()
    groups: tuple[EndpointGroup, ...] = ()
    private_dns_enabled: bool = False
    dns_options: EndpointDnsOptions = EndpointDnsOptions()
    dns_entries: tuple[EndpointDnsEntry, ...] = ()
    owner_id: str | None = None

    @property
    def id(self) -> str:
        return self.vpc_endpoint_id

    @property
    def is_gateway_load_balancer(self) -> bool:
        return self.vpc_endpoint_type.lower() == "gatewayloadbalancer"

    @property
    def is_managed_by_firewall(self) -> bool:
        """True for the endpoints that Network Firewall makes, by the tag that it gives them."""
        return any(tag.key == "AWSNetworkFirewallManaged" and tag.value == "true" for tag in self.tags)

    @property
    def subnet_id(self) -> str | None:
        """The one subnet in which a Gateway Load Balancer endpoint stands; other endpoints are no hops in a subnet."""
        return self.subnet_ids[0] if self.is_gateway_load_balancer and self.subnet_ids else None

    @property
    def is_gateway(self) -> bool:
        return self.vpc_endpoint_type.lower() == "gateway"

    @property
    def is_interface(self) -> bool:
        return self.vpc_endpoint_type.lower() == "interface"

    @property
    def is_of_service_network(self) -> bool:
        return self.vpc_endpoint_type.lower() == "servicenetwork"

    @property
    def is_tunnel(self) -> bool:
        return self.vpc_endpoint_type.lower() == "tunnel"

    def state_notes(self) -> tuple[Note, ...]:
        """Nothing for an endpoint in use, else the note that its state asks for (F1)."""
        match (self.state or "").lower():
            case "available":
                return ()
            case state if state in UNAVAILABLE:
                return (BAD_STATE.fail(self.id, "State", f"{self.title} is {self.state}, not available"),)
            case _:
                fact = f"{self.title} is {self.state or 'in a state the reply does not tell'}, which may pass"
                return (BAD_STATE.unknown(self.id, "State", fact, resolve="collect again, or test a connection"),)

    def captures_name_of(self, service_name: str) -> bool:
        """True when clients inside the VPC find this interface endpoint under the service's ordinary DNS name."""
        if not (self.is_interface and self.private_dns_enabled and self.service_name == service_name):
            return False
        if service_name.endswith(".dynamodb"):
            return False
        if service_name.endswith(".s3"):
            # S3's private DNS serves on-premises resolvers only, unless this is switched off (F7).
            return self.dns_options.private_dns_only_for_inbound_resolver_endpoint is False
        return True

    def captures_host(self, host: str) -> bool:
        """True when one of the private DNS names that EC2 lists for this interface endpoint covers the host."""
        if not (self.is_interface and self.private_dns_enabled) or self.service_name.endswith((".s3", ".dynamodb")):
            return False
        names = [entry.dns_name for entry in self.dns_entries if entry.dns_name and ".vpce." not in entry.dns_name]
        return any(fnmatchcase(host, name) for name in names)

    def forward(self, arrival: Arrival, around: Surroundings) -> Iterable[Hop]:
        if self.is_gateway_load_balancer:
            yield self._through_appliances(arrival, around)
        elif arrival.leg is Leg.BACK:
            yield from wrong_way(self, arrival)
        elif self.is_gateway:
            yield self._through_gateway(arrival, around)
        else:
            kind = self.vpc_endpoint_type
            message = f"{self.title} is a {kind} endpoint: what it does with routed packets is not known"
            note = UNSUPPORTED_COMPONENT.unknown(self.id, "VpcEndpointType", message)
            yield Hop(arrival.packets, Stop(), self.vpc_endpoint_type, (note,))

    def answer(self, arrival: Arrival, around: Surroundings) -> Iterable[Hop]:
        yield Hop(arrival.packets, Lookup(arrival.vpc_id), "answers of the service")

    def _through_appliances(self, arrival: Arrival, around: Surroundings) -> Hop:
        if self.subnet_id is None:
            message = f"{self.title} names no subnet that it stands in"
            return Hop(arrival.packets, Stop(), "", (UNKNOWN_RESOURCE.unknown(self.id, "SubnetIds", message),))
        onwards = Lookup(self.subnet_id)
        if arrival.leg is Leg.BACK and self.id not in arrival.has_crossed:
            return wrong_way(self, arrival)[0]
        if arrival.leg is Leg.BACK:
            return Hop(arrival.packets, onwards, "answers, appliances", is_middlebox=True)
        trusts = around.trusts_appliances
        fact = f"what the appliances behind {self.title} pass on is in no configuration that AWS tells"
        vouched = (
            PATH_THROUGH_GWLB_NOT_CHECKED.advice(self.id, "", f"{fact}: taken for granted, as asked")
            if trusts
            else PATH_THROUGH_GWLB_NOT_CHECKED.unknown(self.id, "", fact)
        )
        return Hop(
            arrival.packets,
            onwards,
            "Gateway Load Balancer",
            (*self.state_notes(), vouched),
            is_middlebox=True,
            is_unverified=not trusts,
            is_provisional=trusts,
        )

    def _through_gateway(self, arrival: Arrival, around: Surroundings) -> Hop:
        notes = [*self.state_notes()]
        if arrival.packets.destination_ports & ~around.atoms.mask(TCP):
            message = f"{self.title} carries TCP only"
            notes.append(VPCE_GATEWAY_PROTOCOL_RESTRICTION.fail(self.id, "", message))
        if self.vpc_id not in (None, arrival.vpc_id) or arrival.sender.vpc_id != arrival.vpc_id:
            own = self.vpc_id or arrival.vpc_id
            who = f"{arrival.sender.component} of {arrival.sender.vpc_id}"
            message = f"{self.title} is an endpoint of {own}, and serves nobody outside it: not {who}"
            notes.append(VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION.fail(self.id, "VpcId", message))
        if not arrival.sender.is_function:
            message = f"AWS does not document {self.title} behind {arrival.sender.component}"
            note = UNSUPPORTED_COMPONENT.unknown(
                self.id,
                "",
                message,
                resolve="add the endpoint to the route table of the function's own subnet",
            )
            return Hop(arrival.packets, Stop(), self.service_name, (*notes, note))
        return Hop(arrival.packets, Deliver(None), self.service_name, tuple(notes))


class DescribeVpcEndpoints(Reply, frozen=True):
    vpc_endpoints: tuple[VpcEndpoint, ...] = ()


DESCRIBE_VPC_ENDPOINTS = Call("ec2", "DescribeVpcEndpoints", DescribeVpcEndpoints, holds="VpcEndpoints")
CALLS = (DESCRIBE_VPC_ENDPOINTS,)
REASONS = (
    BAD_STATE,
    PATH_THROUGH_GWLB_NOT_CHECKED,
    VPCE_GATEWAY_PROTOCOL_RESTRICTION,
    VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION,
    UNSUPPORTED_COMPONENT,
)
