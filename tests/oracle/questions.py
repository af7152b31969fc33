"""What a destination asks about, told without the program: its addresses, and packets at every edge of them."""

from dataclasses import dataclass
from random import Random

from tests.oracle.universe import Estate
from tests.oracle.walker import World, routes
from tests.oracle.walker.fates import Address, Choice, Ended
from tests.oracle.walker.records import addresses_of, block, public_addresses_of

NOT_INTERNET = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
)  # fmt: skip
# Nobody's addresses, and those that only a few services have: tests of the destinations judge them.
NOT_SAMPLED = (
    "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "192.88.99.0/24", "2001::/23", "2001:db8::/32",
    "2002::/16", "::/16", "fc00::/7", "fe80::/9", "ff00::/8",
    "3fff::/20", "5f00::/16", "64:ff9b:1::/48", "fd00:ec2::/32",
)  # fmt: skip
LANDMARKS = ("0.0.0.0/0", "8.8.8.8/32", "1.0.0.0/8", "172.32.0.0/12", "100.64.0.0/10", "2606:4700::1/128")
CLIENT_PORTS = (1024, 1025, 32767, 32768, 60999, 61000, 61001, 65534, 65535)


@dataclass(frozen=True)
class Question:
    """`kind` is internet, service, cidr, address or eni; `place` is what stands before the port."""

    text: str
    protocol: str
    port: int
    kind: str
    place: str

    @classmethod
    def parse(cls, text: str) -> "Question":
        if text.startswith("["):
            place, _, rest = text[1:].partition("]:")
        elif text.startswith("service:"):
            place, rest = text.partition(":")[2], ""
        else:
            place, _, rest = text.partition(":")
        port, _, protocol = rest.partition("/")
        kind = "cidr" if "/" in place else "address"
        kind = "service" if place in ("s3", "dynamodb", "sqs") else "internet" if place == "internet" else kind
        kind = "eni" if place.startswith("eni-") else kind
        return cls(text, protocol or "tcp", int(port or "443"), kind, place)

    @property
    def needs_interface(self) -> bool:
        return self.kind in ("address", "eni")

    def blocks(self, world: World) -> list[str]:
        """The blocks that the question names, before what it leaves out."""
        if self.kind == "internet":
            return ["0.0.0.0/0", "2000::/3"]
        if self.place in ("s3", "dynamodb"):
            return [str(entry) for entry in world.entries(f"pl-{self.place}")]
        if self.place == "sqs":
            ids = [each for each in world.interfaces() if each["NetworkInterfaceId"].startswith("eni-sqs")]
            return [address for each in ids for address in addresses_of(each)]
        if self.kind == "eni":
            return addresses_of(world.record(self.place))[:1]
        return [self.place]

    def asks_about(self, world: World, subnet_id: str, address: Address) -> bool:
        """Whether an address is part of the question, for one subnet of the function."""
        if not any(address in block(each) for each in self.blocks(world)):
            return False
        if self.kind == "internet":
            return is_internet(world, subnet_id, address)
        if self.kind == "cidr":
            holding = world.vpcs_holding(address)
            return not holding or any(world.subnet_holding(vpc_id, address) for vpc_id in holding)
        return True


def is_internet(world: World, subnet_id: str, address: Address) -> bool:
    if any(address in block(each) for each in NOT_INTERNET) or world.vpcs_holding(address):
        return False
    return endpoint_ways(world, subnet_id, address) != {True}


def endpoint_ways(world: World, subnet_id: str, address: Address) -> set[bool]:
    """Whether a subnet's table sends an address to a gateway endpoint: both where prefix lists tie."""
    table = world.table_of(subnet_id)
    ways: set[bool] = set()
    kept: list[str] = []

    def choose(_key: str, options: list[str]) -> str:
        if not kept:
            raise Choice("", options)
        return kept[0]

    try:
        found = [routes.winning(world, table, address, choose)]
    except Choice as tie:
        found = []
        for option in tie.options:
            kept[:] = [option]
            found.append(routes.winning(world, table, address, choose))
    except Ended:
        found = []
    for route in found:
        ways.add("DestinationPrefixListId" in route and route.get("GatewayId", "").startswith("vpce-"))
    return ways


def is_perhaps_left_out(world: World, address: Address) -> bool:
    """Whether a table on some way may send an address to a gateway endpoint, which takes it out of the internet."""
    return any(True in endpoint_ways(world, subnet["SubnetId"], address) for subnet in world.subnets())


def questions(estate: Estate, random: Random, count: int) -> list[str]:
    """Destinations that meet what the estate has."""
    found = ["internet", "internet", "internet:80", "internet:53/udp", "8.8.8.8:443", "8.8.8.8:53/udp"]
    found += ["10.0.2.0/24:443/udp", "10.0.0.0/24:443", "10.0.0.0/8:443", "0.0.0.0/0:443", "172.16.0.0/11:443"]
    found += ["52.218.0.1:443", "10.0.9.9:443", "10.0.3.0/24:443", "10.0.2.5:22", "52.218.0.0/16:443", "s3"]
    for interface in estate.replies.listed("ec2/describe-network-interfaces"):
        if interface["InterfaceType"] in ("interface", "vpc_endpoint"):
            port = random.choice(["443", "443", "22", "1024", "443/udp", "65535", "80"])
            found += [f"{interface['NetworkInterfaceId']}:{port}", f"{interface['PrivateIpAddress']}:{port}"]
    has = estate.features
    if has & {"gateway-endpoint", "prefix-lists", "endpoint-policy"}:
        found += ["s3", "dynamodb", "s3", "3.5.68.0:80", "52.218.0.1:443/udp"]
    if "public-target" in has:
        found += ["34.1.1.1:443", "34.1.1.1:443", "34.1.1.1:22"]
    if "interface-endpoint" in has:
        found += ["service:sqs"] * 4
    if "peer" in estate.subnets:
        found += ["10.1.0.0/24:443", "10.1.0.0/16:22", "10.1.0.77:443", "10.1.1.0/24:65535"]
    if "far" in estate.subnets:
        found += ["10.3.0.0/24:443", "10.1.0.0/24:443"]
    if "out" in estate.subnets:
        found += ["10.2.0.0/16:443", "internet", "internet"]
    if "virtual-private-gateway" in has:
        found += ["192.168.1.1:443", "192.168.0.0/16:443"]
    if "dual-stack" in has:
        found += ["[2606:4700::1]:443", "[2600:1f00:0:100::/56]:443", "[2600:1f00:0:200::/56]:22", "[2000::/3]:443"]
        found += ["[64:ff9b::808:808]:443", "[2600:1f00:0:100::9]:443", "[2600:1f00:0:200::9]:443", "[::/0]:443"]
    return random.sample(found, count)


def landmarks(world: World, asked: list[str]) -> list[Address]:
    """Both ends of every block that any file or the question names, and their neighbours; every interface's address."""
    blocks = [*asked, *LANDMARKS]
    blocks += [str(each) for subnet in world.subnets() for each in world.subnet_blocks(subnet["SubnetId"])]
    for acl in world.listed("ec2/describe-network-acls", "NetworkAcls"):
        blocks += [entry.get("CidrBlock") or entry["Ipv6CidrBlock"] for entry in acl["Entries"]]
    for table in world.listed("ec2/describe-route-tables", "RouteTables"):
        for route in table["Routes"]:
            told = route.get("DestinationCidrBlock") or route.get("DestinationIpv6CidrBlock")
            blocks += [told] if told else [str(each) for each in entries_of(world, route["DestinationPrefixListId"])]
    for group in world.listed("ec2/describe-security-groups", "SecurityGroups"):
        for rule in (*group["IpPermissions"], *group["IpPermissionsEgress"]):
            blocks += [peer["CidrIp"] for peer in rule["IpRanges"]]
            blocks += [peer["CidrIpv6"] for peer in rule["Ipv6Ranges"]]
    for interface in world.interfaces():
        blocks += addresses_of(interface) + public_addresses_of(interface)
    found: set[Address] = set()
    for each in dict.fromkeys(blocks):
        network = block(each)
        first, last = int(network.network_address), int(network.broadcast_address)
        end = (1 << network.max_prefixlen) - 1
        kind = type(network.network_address)
        numbers = (first - 1, first, first + 1, (first + last) // 2, last, last + 1)
        found |= {kind(number) for number in numbers if 0 <= number <= end}
    return sorted(found, key=lambda address: (address.version, int(address)))


def entries_of(world: World, list_id: str) -> list[object]:
    try:
        return list(world.entries(list_id))
    except Ended:
        return []


def client_ports(world: World) -> list[int]:
    """Client ports next to which a rule may begin or end."""
    found = set(CLIENT_PORTS)
    for acl in world.listed("ec2/describe-network-acls", "NetworkAcls"):
        for entry in acl["Entries"]:
            if "PortRange" in entry:
                first, last = entry["PortRange"]["From"], entry["PortRange"]["To"]
                found |= {first - 1, first, last, last + 1}
    return [port for port in sorted(found) if 1024 <= port <= 65535]


def is_judged(world: World, address: Address) -> bool:
    """Leaves out addresses that are nobody's, and gateways' and Lambda's own interfaces."""
    if any(address in block(each) for each in NOT_SAMPLED):
        return False
    owners = [each for each in world.interfaces() if str(address) in addresses_of(each)]
    return all(each["InterfaceType"] in ("interface", "vpc_endpoint") for each in owners)
