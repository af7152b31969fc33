"""Which packets are worth sending through an estate: those at and next to every edge that a rule or route has."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from ipaddress import ip_address, ip_network
from random import Random

from tests.oracle.kernel.probe import Flow
from tests.oracle.kernel.records import Json, Records, addresses_of, blocks_of

CLIENT_PORTS = (1024, 1025, 32767, 32768, 60999, 61000, 61001, 65534, 65535)
SOURCES = 3
# The kernel itself, not a route, keeps these from being sent or answered.
NOT_SENT = ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3", "fe80::/10", "ff00::/8", "::/8")


class Landmarks:
    """Addresses and ports next to which something in a snapshot begins or ends."""

    def __init__(self, records: Records, random: Random) -> None:
        self._records = records
        self._random = random

    def sources(self, subnets: Sequence[str]) -> dict[str, list[str]]:
        """Some addresses in each subnet for a function to have, at the edges of what rules name."""
        taken = {address for interface in self._records.interfaces.values() for address in addresses_of(interface)}
        taken |= {
            address["PrivateIp"]
            for gateway in self._records.nat_gateways.values()
            for address in gateway["NatGatewayAddresses"]
        }
        found: dict[str, list[str]] = {}
        for subnet in subnets:
            found[subnet] = []
            for block in blocks_of(self._records.subnets[subnet]):
                free = [each for each in self._usable(block) if each not in taken]
                found[subnet] += self._random.sample(free, min(SOURCES, len(free)))
        return found

    def _usable(self, block: str) -> list[str]:
        """Edges within a subnet, but for the addresses that AWS keeps: the first four and the last."""
        network = ip_network(block)
        first, last = int(network[4]), int(network[-2])
        return [
            address
            for address in self.addresses
            if first <= int(ip_address(address)) <= last and ip_address(address).version == network.version
        ]

    @cached_property
    def addresses(self) -> list[str]:
        found = set()
        for text in self._blocks():
            network = ip_network(text, strict=False)
            first, last = int(network[0]), int(network[-1])
            kind = type(network[0])
            numbers = {first - 1, first, first + 1, first + 4, (first + last) // 2, last - 1, last, last + 1}
            found |= {kind(number) for number in numbers if 0 <= number < 1 << network.max_prefixlen}
        never = [ip_network(text) for text in NOT_SENT]
        return [
            str(each)
            for each in sorted(found, key=lambda a: (a.version, int(a)))
            if not any(each in net for net in never)
        ]

    def _blocks(self) -> Iterator[str]:
        yield from ("8.8.8.8/32", "1.1.1.0/24", "2606:4700::/32")
        for subnet in self._records.subnets.values():
            yield from blocks_of(subnet)
        for interface in self._records.interfaces.values():
            yield from addresses_of(interface)
        for acl in self._records.listed("ec2/describe-network-acls", "NetworkAcls"):
            yield from (entry.get("CidrBlock") or entry["Ipv6CidrBlock"] for entry in acl["Entries"])
        for table in self._records.listed("ec2/describe-route-tables", "RouteTables"):
            for route in table["Routes"]:
                yield from (route[key] for key in ("DestinationCidrBlock", "DestinationIpv6CidrBlock") if key in route)
        for group in self._records.groups.values():
            for rule in (*group["IpPermissions"], *group["IpPermissionsEgress"]):
                yield from (peer["CidrIp"] for peer in rule["IpRanges"])
                yield from (peer["CidrIpv6"] for peer in rule["Ipv6Ranges"])

    @cached_property
    def client_ports(self) -> list[int]:
        found = set(CLIENT_PORTS)
        for acl in self._records.listed("ec2/describe-network-acls", "NetworkAcls"):
            for entry in acl["Entries"]:
                span: Json = entry.get("PortRange", {"From": 1024, "To": 65535})
                found |= {span["From"] - 1, span["From"], span["To"], span["To"] + 1}
        return sorted(port for port in found if 1024 <= port <= 65535)

    def flows(
        self, sources: dict[str, list[str]], destinations: Sequence[str], protocol: str, port: int, most: int
    ) -> Iterator[Flow]:
        """Up to so many flows of one service from each subnet, no two alike in destination and client port."""
        for subnet, addresses in sources.items():
            seen = set()
            for _ in range(most if destinations else 0):
                destination = self._random.choice(destinations)
                own = [address for address in addresses if (":" in address) == (":" in destination)]
                client_port = self._random.choice(self.client_ports)
                if own and (destination, client_port) not in seen:
                    seen.add((destination, client_port))
                    yield Flow(subnet, self._random.choice(own), client_port, destination, protocol, port)
