"""A second opinion: one concrete packet and its answer, walked through the files of a snapshot, rule by rule.

Written from the description of AWS's behaviour alone. It shares no code with the program, knows no sets and no
cleverness: every list is read from top to bottom, every comparison is one address against one block. It covers one
VPC with IPv4: route tables, internet gateways, zonal NAT gateways, gateway endpoints, security groups, network ACLs.

    world = World(estate.files())
    world.send(Flow("app", "subnet-a", IPv4Address("10.0.1.9"), 40000, IPv4Address("8.8.8.8"), "tcp", 443))

A fate is `pass`, `fail`, `unknown` (the files do not tell) or `unsure`: the description leaves it open, so nobody
should be judged by it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv4Network
from typing import Any, NamedTuple, NoReturn

Json = dict[str, Any]

PROTOCOLS = {"tcp": "6", "udp": "17", "icmp": "1"}
NOT_BEYOND_A_GATEWAY = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
UNREAD = "pl-of-nobody"
ROUTE_ITSELF = {"DestinationPrefixListId": "", "State": ""}
PROPAGATED = ("EnableVgwRoutePropagation", "Advertisement")


class Result(NamedTuple):
    """What became of one packet and its answer, and at which setting."""

    fate: str
    reason: str


@dataclass(frozen=True)
class Flow:
    """One connection: who asks from where, and whom. `nat_port` is what each NAT gateway on the way would choose."""

    function: str
    subnet: str
    source: IPv4Address
    client_port: int
    destination: IPv4Address
    protocol: str
    port: int
    nat_port: int = 50000
    nat_address: int = 0
    needs_interface: bool = False


class Packet(NamedTuple):
    """What a network ACL sees."""

    source: IPv4Address
    destination: IPv4Address
    protocol: str
    port: int


class Translation(NamedTuple):
    """What a NAT gateway remembers: where the packet came from, and as whom it went on."""

    gateway: Json
    from_subnet: str
    from_address: IPv4Address
    from_port: int
    address: IPv4Address


class EndedError(Exception):
    """The packet or its answer gets no further."""

    def __init__(self, fate: str, reason: str) -> None:
        super().__init__(f"{fate}: {reason}")
        self.result = Result(fate, reason)


class TiedError(Exception):
    """AWS keeps to one of these routes, and nobody knows to which."""

    def __init__(self, tie: tuple[str, str], routes: list[Json]) -> None:
        super().__init__(f"{tie}: {len(routes)} routes")
        self.tie = tie
        self.routes = routes


@cache
def block(cidr: str) -> IPv4Network:
    return IPv4Network(cidr, strict=False)


class World:
    """The files of one account and region, read once."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.replies: dict[str, Json] = {}
        for path, data in files.items():
            if path.count("/") >= 3:
                self.replies[path.split("/", maxsplit=2)[2].removesuffix(".json")] = json.loads(data)

    def listed(self, call: str, key: str) -> list[Json]:
        found: list[Json] = self.replies[f"ec2/describe-{call}"][key]
        return found

    def send(self, flow: Flow) -> Result:
        """The fate of one packet and of its answer."""
        return self._send(flow, {})

    def _send(self, flow: Flow, kept: dict[tuple[str, str], Json]) -> Result:
        trip = Trip(self, flow, kept)
        try:
            trip.run()
        except EndedError as end:
            fate, reason = end.result
            is_open = trip.is_beyond_description if fate == "fail" else trip.is_lacking_address
            return Result("unsure" if is_open else fate, reason)
        except TiedError as tied:
            results = [self._send(flow, kept | {tied.tie: route}) for route in tied.routes]
            if len({result.fate for result in results} | {"unsure"}) <= 2:
                return Result("unsure", "a tie of prefix lists that makes no difference")
            return Result("unknown", "PREFIX_LIST_ROUTE_AMBIGUOUS")
        fate, reason = ("unknown", trip.doubts[0]) if trip.doubts else ("pass", trip.way)
        return Result("unsure" if trip.is_lacking_address else fate, reason)

    # Finding things

    def record(self, call: str, list_key: str, id_key: str, wanted: str) -> Json:
        for record in self.listed(call, list_key):
            if record[id_key] == wanted:
                return record
        raise EndedError("unknown", f"UNKNOWN_RESOURCE {wanted}")

    def has(self, call: str, list_key: str, id_key: str, wanted: str) -> bool:
        return wanted in [record[id_key] for record in self.listed(call, list_key)]

    def ids(self) -> list[str]:
        """The internet and NAT gateways."""
        return [
            *(each["InternetGatewayId"] for each in self.listed("internet-gateways", "InternetGateways")),
            *(each["NatGatewayId"] for each in self.listed("nat-gateways", "NatGateways")),
        ]

    def subnet(self, subnet_id: str) -> Json:
        return self.record("subnets", "Subnets", "SubnetId", subnet_id)

    def function(self, name: str) -> Json:
        for record in self.replies["lambda/list-functions"]["Functions"]:
            if record["FunctionName"] == name:
                found: Json = record
                return found
        raise EndedError("unknown", f"UNKNOWN_RESOURCE {name}")

    def subnet_holding(self, vpc_id: str, address: IPv4Address) -> str | None:
        for subnet in self.listed("subnets", "Subnets"):
            if subnet["VpcId"] == vpc_id and address in block(subnet["CidrBlock"]):
                return str(subnet["SubnetId"])
        return None

    def is_in_vpc(self, vpc_id: str, address: IPv4Address) -> bool:
        for vpc in self.listed("vpcs", "Vpcs"):
            for each in vpc["CidrBlockAssociationSet"]:
                if vpc["VpcId"] == vpc_id and address in block(each["CidrBlock"]):
                    return True
        return False

    def interface_at(self, vpc_id: str, address: IPv4Address) -> Json | None:
        for interface in self.listed("network-interfaces", "NetworkInterfaces"):
            if interface["VpcId"] == vpc_id:
                for private in interface["PrivateIpAddresses"]:
                    if private["PrivateIpAddress"] == str(address):
                        return interface
        return None

    def table_of(self, subnet_id: str) -> Json:
        tables = self.listed("route-tables", "RouteTables")
        for table in tables:
            for association in table["Associations"]:
                if association.get("SubnetId") == subnet_id:
                    if association["AssociationState"]["State"] != "associated":
                        raise EndedError("unknown", f"{table['RouteTableId']} is being associated")
                    return table
        vpc_id = self.subnet(subnet_id)["VpcId"]
        for table in tables:
            for association in table["Associations"]:
                if association["Main"] and table["VpcId"] == vpc_id:
                    return table
        raise EndedError("unknown", f"COLLECTION_FAILED no table of {subnet_id}")

    def acl_of(self, subnet_id: str) -> Json:
        acls = self.listed("network-acls", "NetworkAcls")
        for acl in acls:
            for association in acl["Associations"]:
                if association["SubnetId"] == subnet_id:
                    return acl
        vpc_id = self.subnet(subnet_id)["VpcId"]
        for acl in acls:
            if acl["IsDefault"] and acl["VpcId"] == vpc_id:
                return acl
        raise EndedError("unknown", f"COLLECTION_FAILED no ACL of {subnet_id}")

    def entries(self, prefix_list: str) -> list[IPv4Network]:
        reply = self.replies.get(f"ec2/get-managed-prefix-list-entries/{prefix_list}")
        if reply is not None:
            return [block(entry["Cidr"]) for entry in reply["Entries"] if ":" not in entry["Cidr"]]
        for listed in self.listed("prefix-lists", "PrefixLists"):
            if listed["PrefixListId"] == prefix_list:
                return [block(cidr) for cidr in listed["Cidrs"] if ":" not in cidr]
        raise EndedError("unknown", f"UNKNOWN_RESOURCE {prefix_list}")

    # Reading rules

    def acl_passes(self, acl: Json, egress: bool, packet: Packet) -> bool:
        """First match in the order of rule numbers; an outbound entry names the receiver, an inbound one the sender."""
        other = packet.destination if egress else packet.source
        for entry in sorted(acl["Entries"], key=lambda entry: int(entry["RuleNumber"])):
            if entry["Egress"] != egress or "CidrBlock" not in entry:
                continue
            if entry["Protocol"] not in ("-1", PROTOCOLS[packet.protocol]):
                continue
            span = entry.get("PortRange", {"From": 0, "To": 65535})
            if entry["Protocol"] != "-1" and not span["From"] <= packet.port <= span["To"]:
                continue
            if other in block(entry["CidrBlock"]):
                return bool(entry["RuleAction"] == "allow")
        return False

    def group_rules(self, group_ids: list[str], key: str, protocol: str, port: int) -> Iterator[Json]:
        """The rules of these groups that match a protocol and destination port."""
        for group_id in group_ids:
            if not self.has("security-groups", "SecurityGroups", "GroupId", group_id):
                yield {"IpRanges": [], "PrefixListIds": [{"PrefixListId": UNREAD}], "UserIdGroupPairs": []}
                continue
            group = self.record("security-groups", "SecurityGroups", "GroupId", group_id)
            for rule in group[key]:
                if rule["IpProtocol"] == "-1":
                    yield rule
                elif rule["IpProtocol"] in (protocol, PROTOCOLS[protocol]):
                    first, last = rule.get("FromPort", -1), rule.get("ToPort", -1)
                    if first == -1 or last == -1 or first <= port <= last:
                        yield rule

    def rule_names(self, rule: Json, address: IPv4Address) -> bool | None:
        """Whether a rule admits an address by a CIDR or by a prefix list; None if nobody knows the list."""
        answer: bool | None = False
        for peer in rule["IpRanges"]:
            if address in block(peer["CidrIp"]):
                return True
        for peer in rule["PrefixListIds"]:
            try:
                for network in self.entries(peer["PrefixListId"]):
                    if address in network:
                        return True
            except EndedError:
                answer = None
        return answer

    def carries(self, address: IPv4Address, vpc_id: str, group_id: str) -> bool:
        """Whether the interface at a private address carries a group."""
        interface = self.interface_at(vpc_id, address)
        return interface is not None and group_id in [group["GroupId"] for group in interface["Groups"]]


class Trip:
    """One packet on its way out and its answer on the way back."""

    def __init__(self, world: World, flow: Flow, kept: dict[tuple[str, str], Json]) -> None:
        self.world = world
        self.flow = flow
        self.kept = kept
        self.doubts: list[str] = []
        self.way = ""
        configuration = world.function(flow.function)["VpcConfig"]
        self.groups: list[str] = configuration["SecurityGroupIds"]
        self.vpc_id: str = configuration["VpcId"]
        # Where the packet is, and who it says sent it.
        self.subnet = flow.subnet
        self.address = flow.source
        self.port = flow.client_port
        self.translations: list[Translation] = []
        self.left_by_group_reference = False
        self.is_beyond_description = False
        self.is_lacking_address = False

    def run(self) -> None:
        self.leave_function()
        came_to = self.go_out()
        self.come_back(came_to)

    # The way out

    def leave_function(self) -> None:
        flow, world = self.flow, self.world
        by_reference = is_doubtful = False
        for rule in world.group_rules(self.groups, "IpPermissionsEgress", flow.protocol, flow.port):
            names = world.rule_names(rule, flow.destination)
            if names:
                return
            is_doubtful = is_doubtful or names is None
            for pair in rule["UserIdGroupPairs"]:
                by_reference = by_reference or world.carries(flow.destination, self.vpc_id, pair["GroupId"])
                is_known = world.has("security-groups", "SecurityGroups", "GroupId", pair["GroupId"])
                is_doubtful = is_doubtful or (not is_known and world.is_in_vpc(self.vpc_id, flow.destination))
        if by_reference:
            self.left_by_group_reference = True
        elif is_doubtful:
            self.doubts.append("an outbound rule that nobody can read")
        else:
            raise EndedError("fail", "no outbound rule of the function's groups")

    def go_out(self) -> str | None:
        """Follows the packet; where it arrives: a subnet, or None for outside the VPC."""
        been_at: list[tuple[str, IPv4Address]] = []
        while True:
            if self.flow.destination in block(self.world.subnet(self.subnet)["CidrBlock"]):
                self.arrive(self.subnet)
                return self.subnet
            route = self.route(self.subnet, self.flow.destination)
            target = self.target_of(route)
            if target == "local":
                return self.go_local()
            if target.startswith("igw-"):
                self.cross(self.subnet, None, self.outward())
                self.leave_by_internet_gateway(target)
                return None
            if target.startswith("vpce-"):
                if not self.world.has("vpc-endpoints", "VpcEndpoints", "VpcEndpointId", target):
                    raise EndedError("unsure", f"{target} may stand in any subnet")
                self.cross(self.subnet, None, self.outward())
                self.leave_by_endpoint(target)
                return None
            if not target.startswith("nat-"):
                self.stop_at_unknown(f"UNSUPPORTED_ROUTE_TARGET {target}")
            if (target, self.address) in been_at:
                raise EndedError("fail", f"ROUTING_LOOP at {target}")
            been_at.append((target, self.address))
            self.translate(target)

    def outward(self) -> Packet:
        return Packet(self.address, self.flow.destination, self.flow.protocol, self.flow.port)

    def go_local(self) -> str:
        to = self.world.subnet_holding(self.vpc_id, self.flow.destination)
        if to is None and self.world.interface_at(self.vpc_id, self.flow.destination) is not None:
            raise EndedError("unknown", "UNKNOWN_RESOURCE the subnet of an interface")
        if to is None:
            raise EndedError("fail", "NO_POSSIBLE_DESTINATION no subnet holds it")
        self.cross(self.subnet, to, self.outward())
        self.arrive(to)
        return to

    def arrive(self, subnet_id: str) -> None:
        """The target's own groups, where its interface is known."""
        flow, world = self.flow, self.world
        self.way = f"delivered in {subnet_id}"
        interface = world.interface_at(self.vpc_id, flow.destination)
        if interface is None:
            if flow.needs_interface:
                self.doubts.append("nothing known has this address")
            return
        if self.translations and self.left_by_group_reference:
            raise EndedError("unsure", "an outbound group reference, and a NAT gateway on the way")
        groups = [group["GroupId"] for group in interface["Groups"]]
        if not groups:
            raise EndedError("unsure", "an interface without groups")
        self.check_inbound(groups, self.address, by_reference=not self.translations)

    def check_inbound(self, groups: list[str], source: IPv4Address, *, by_reference: bool) -> None:
        is_doubtful = False
        for rule in self.world.group_rules(groups, "IpPermissions", self.flow.protocol, self.flow.port):
            names = self.world.rule_names(rule, source)
            if names:
                return
            is_doubtful = is_doubtful or names is None
            for pair in rule["UserIdGroupPairs"]:
                if by_reference and pair["GroupId"] in self.groups:
                    return
        if not is_doubtful:
            raise EndedError("fail", f"no inbound rule of {groups}")
        self.doubts.append("an inbound rule that nobody can read")

    def translate(self, nat_id: str) -> None:
        """A NAT gateway: the packet goes on from its subnet, under its address."""
        if not self.world.has("nat-gateways", "NatGateways", "NatGatewayId", nat_id):
            # In this very subnet it would send the packet to itself; to any other the packet must get out of here.
            self.stop_at_unknown(f"UNKNOWN_RESOURCE {nat_id}")
        gateway = self.world.record("nat-gateways", "NatGateways", "NatGatewayId", nat_id)
        self.cross(self.subnet, gateway["SubnetId"], self.outward())
        if gateway["State"] in ("pending", "failed", "deleted"):
            raise EndedError("fail", f"BAD_STATE {nat_id}")
        if gateway["State"] != "available":
            self.doubts.append(f"BAD_STATE {nat_id} is {gateway['State']}")
        owned = usable(gateway, public=gateway["ConnectivityType"] == "public") or usable(gateway, public=False)
        if not owned:
            raise EndedError("unsure", f"{nat_id} has no address at all")
        if gateway["ConnectivityType"] == "public" and not usable(gateway, public=True):
            self.is_lacking_address = True
        chosen = IPv4Address(owned[self.flow.nat_address % len(owned)])
        self.translations.append(Translation(gateway, self.subnet, self.address, self.port, chosen))
        self.subnet, self.address, self.port = gateway["SubnetId"], chosen, self.flow.nat_port

    def stop_at_unknown(self, reason: str) -> NoReturn:
        """At a gateway of which nothing is known. Whether a fail of the answer counts then, nobody says."""
        self.check_what_is_sure()
        self.is_beyond_description = True
        self.come_back(None)
        raise EndedError("unknown", reason)

    def check_what_is_sure(self) -> None:
        """Whatever an unknown gateway does: the packet must get out to it, the answer into the function's subnet."""
        self.cross(self.subnet, None, self.outward())
        self.cross(None, self.flow.subnet, self.answer_to_function())

    def answer_to_function(self) -> Packet:
        return Packet(self.flow.destination, self.flow.source, self.flow.protocol, self.flow.client_port)

    def leave_by_internet_gateway(self, gateway_id: str) -> None:
        if not self.world.has("internet-gateways", "InternetGateways", "InternetGatewayId", gateway_id):
            raise EndedError("unsure", f"UNKNOWN_RESOURCE {gateway_id}")
        for private in NOT_BEYOND_A_GATEWAY:
            if self.flow.destination in block(private):
                raise EndedError("fail", f"{private} is nothing that an internet gateway takes")
        if not self.translations:
            self.function_has_public_address()
        else:
            last = self.translations[-1].gateway
            if last["ConnectivityType"] != "public":
                raise EndedError("fail", "PRIVATE_NAT_TO_IGW")
            if not usable(last, public=True):
                raise EndedError("fail", "NAT_NO_PUBLIC_ADDRESS")
        gateway = self.world.record("internet-gateways", "InternetGateways", "InternetGatewayId", gateway_id)
        for attachment in gateway["Attachments"]:
            if attachment["VpcId"] == self.vpc_id and attachment["State"] in ("available", "attached"):
                self.way = f"out by {gateway_id}"
                if self.flow.needs_interface:
                    self.come_in_again()
                return
        raise EndedError("fail", f"BAD_STATE_ATTACHMENT {gateway_id}")

    def public_source(self) -> IPv4Address:
        """As whom the packet is seen outside."""
        if self.translations:
            for address in self.translations[-1].gateway["NatGatewayAddresses"]:
                if address["PrivateIp"] == str(self.address):
                    return IPv4Address(address["PublicIp"])
        return self.function_has_public_address()

    def come_in_again(self) -> None:
        """To the public address of a known interface: its ACL and groups, and its own way out for the answer."""
        flow, world = self.flow, self.world
        for interface in world.listed("network-interfaces", "NetworkInterfaces"):
            if interface.get("Association", {}).get("PublicIp") == str(flow.destination):
                if not interface["Groups"]:
                    raise EndedError("unsure", "the public address of a gateway")
                source, private = self.public_source(), IPv4Address(interface["PrivateIpAddress"])
                subnet_id: str = interface["SubnetId"]
                self.cross(None, subnet_id, Packet(source, private, flow.protocol, flow.port))
                groups = [group["GroupId"] for group in interface["Groups"]]
                self.check_inbound(groups, source, by_reference=False)
                target = self.target_of(self.route(subnet_id, source))
                if not target.startswith("igw-"):
                    raise EndedError("fail" if target == "local" else "unsure", f"the answer goes to {target}")
                self.cross(subnet_id, None, Packet(private, source, flow.protocol, self.port))

    def function_has_public_address(self) -> IPv4Address:
        for interface in self.world.listed("network-interfaces", "NetworkInterfaces"):
            if interface["InterfaceType"] == "lambda" and interface["SubnetId"] == self.flow.subnet:
                carried = [group["GroupId"] for group in interface["Groups"]]
                if sorted(carried) == sorted(self.groups) and "PublicIp" in interface.get("Association", {}):
                    return IPv4Address(interface["Association"]["PublicIp"])
        raise EndedError("fail", "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS")

    def leave_by_endpoint(self, endpoint_id: str) -> None:
        if self.translations:
            self.check_what_is_sure()
            self.is_beyond_description = True
            self.doubts.append("a gateway endpoint behind a NAT gateway")
        endpoint = self.world.record("vpc-endpoints", "VpcEndpoints", "VpcEndpointId", endpoint_id)
        state = endpoint["State"].lower()
        if self.flow.protocol != "tcp":
            raise EndedError("fail", "VPCE_GATEWAY_PROTOCOL_RESTRICTION")
        if state == "partial":
            self.doubts.append(f"BAD_STATE {endpoint_id}")
        elif state != "available":
            raise EndedError("fail", f"BAD_STATE {endpoint_id}")
        self.way = f"out by {endpoint_id}"

    # The way back

    def come_back(self, from_subnet: str | None) -> None:
        """The answer goes from sender to sender, in the opposite order."""
        flow = self.flow
        while True:
            answer = Packet(flow.destination, self.address, flow.protocol, self.port)
            if from_subnet is not None and from_subnet != self.subnet:
                self.answer_is_local(from_subnet)
            self.cross(from_subnet, self.subnet, answer)
            if not self.translations:
                return
            last = self.translations.pop()
            from_subnet = self.subnet
            self.subnet, self.address, self.port = last.from_subnet, last.from_address, last.from_port

    def answer_is_local(self, from_subnet: str) -> None:
        target = self.target_of(self.route(from_subnet, self.address))
        if target == "local":
            return
        if target in [translation.gateway["NatGatewayId"] for translation in self.translations]:
            raise EndedError("unsure", f"the answer to {target} itself is routed to it")
        if target.startswith(("nat-", "igw-")):
            is_known = target in self.world.ids()
            raise EndedError("fail" if is_known else "unsure", f"the answer goes astray to {target}")
        raise EndedError("unknown", f"the answer goes to {target}")

    # What both ways use

    def cross(self, sender: str | None, receiver: str | None, packet: Packet) -> None:
        """Network ACLs, where a packet leaves one subnet for another."""
        if sender == receiver:
            return
        for subnet_id, egress in ((sender, True), (receiver, False)):
            if subnet_id is not None:
                acl = self.world.acl_of(subnet_id)
                if not self.world.acl_passes(acl, egress, packet):
                    way = "out of" if egress else "into"
                    raise EndedError("fail", f"{acl['NetworkAclId']} {way} {subnet_id}: {packet}")

    def route(self, subnet_id: str, address: IPv4Address) -> Json:
        """The route that wins; it may be a blackhole."""
        table = self.world.table_of(subnet_id)
        matches: list[tuple[int, int, str, Json]] = []
        for route in table["Routes"]:
            if "DestinationCidrBlock" in route:
                rank = 0 if route["Origin"] in PROPAGATED else 2
                blocks = [block(route["DestinationCidrBlock"])]
            elif "DestinationPrefixListId" in route:
                prefix_list = route["DestinationPrefixListId"]
                try:
                    rank, blocks = 1, self.world.entries(prefix_list)
                except EndedError as end:
                    raise EndedError("unsure", f"a route to {prefix_list}, which nobody can read") from end
            else:
                continue
            matches += [(each.prefixlen, rank, str(each), route) for each in blocks if address in each]
        if any(route.get("GatewayId") == "local" for _, _, _, route in matches):
            matches = [match for match in matches if match[3]["Origin"] not in PROPAGATED]
        if not matches:
            raise EndedError("fail", f"NO_ROUTE_TO_DESTINATION in {table['RouteTableId']}")
        longest = max(length for length, _, _, _ in matches)
        highest = max(rank for length, rank, _, _ in matches if length == longest)
        winners = [match for match in matches if match[:2] == (longest, highest)]
        route = winners[0][3]
        if any(other is not route for _, _, _, other in winners):
            if all({**other, **ROUTE_ITSELF} == {**route, **ROUTE_ITSELF} for _, _, _, other in winners):
                raise EndedError("unsure", "lists that lead to the same gateway, which is there for one of them only")
            tie = (table["RouteTableId"], winners[0][2])
            if tie not in self.kept:
                raise TiedError(tie, [other for _, _, _, other in winners])
            route = self.kept[tie]
        return route

    def target_of(self, route: Json) -> str:
        if route["State"] == "blackhole":
            raise EndedError("fail", f"BAD_STATE_ROUTE {route}")
        if route["State"] == "filtered":
            raise EndedError("unknown", f"ROUTE_FILTERED {route}")
        for key in ("GatewayId", "NatGatewayId"):
            if key in route:
                return str(route[key])
        return "something else"


def usable(gateway: Json, *, public: bool) -> list[str]:
    """The private addresses that a NAT gateway can send from, of those with a public one or of all."""
    return [
        address["PrivateIp"]
        for address in gateway["NatGatewayAddresses"]
        if address.get("Status", "succeeded") == "succeeded" and ("PublicIp" in address or not public)
    ]
