"""The internet: every globally reachable address that no collected VPC has taken for itself.

Modelled: IANA's special-purpose blocks and multicast left out, the CIDRs of collected VPCs, what a route table sends to
a gateway endpoint. No DNS is asked.
Source: IANA IPv4 and IPv6 Special-Purpose Address Registries.
Checked: tests/unit/destinations/test_internet.py.
"""

from vpcreach.components.route_table import Route, RouteTable
from vpcreach.components.vpc import Vpc
from vpcreach.destinations.grammar import Internet
from vpcreach.destinations.meaning import Endpoint, Meaning, Source, Target
from vpcreach.forwarding import Note, Surroundings
from vpcreach.packets.address_map import AddressSet, Family

NOT_GLOBAL_IPV4 = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",
    "240.0.0.0/4",
)  # fmt: skip
NOT_GLOBAL_IPV6 = ("2001::/23", "2001:db8::/32", "3fff::/20")

PUBLIC = {
    Family.IPV4: AddressSet.everything(Family.IPV4) - AddressSet.parse(*NOT_GLOBAL_IPV4),
    Family.IPV6: AddressSet.parse("2000::/3") - AddressSet.parse(*NOT_GLOBAL_IPV6),
}


def public_addresses(family: Family, around: Surroundings) -> AddressSet:
    """The internet's addresses: global ones outside every collected VPC."""

    def build() -> AddressSet:
        taken = [interval for vpc in around.every(Vpc) for interval in vpc.cidrs(family).intervals]
        return PUBLIC[family] - AddressSet.of(family, taken)

    return around.remember(("internet", family), build)


def internet_for(source: Source, family: Family, around: Surroundings) -> AddressSet:
    """The internet as one subnet sees it: less what its table sends to a gateway endpoint."""
    addresses = public_addresses(family, around)
    table = around.route_table_of(source.subnet_id)
    if not isinstance(table, RouteTable):
        return addresses
    for winner, sent in table.winners(family, around).groups(addresses).items():
        if isinstance(winner, Route) and winner.is_to_gateway_endpoint:
            addresses = addresses - sent
    return addresses


def unread_endpoint_lists(source: Source, around: Surroundings) -> dict[str, tuple[str, ...]]:
    """The prefix lists that the subnet's table sends to gateway endpoints and whose entries no file tells, as empty."""
    table = around.route_table_of(source.subnet_id)
    routes = table.routes if isinstance(table, RouteTable) else ()
    lists = [r.destination_prefix_list_id for r in routes if r.is_to_gateway_endpoint and r.destination_prefix_list_id]
    return {item: () for item in lists if isinstance(around.prefixes(item, Family.IPV4), Note)}


def meaning(asked: Internet, source: Source, around: Surroundings) -> Meaning:
    """Every public address of every family the function has, all of which must be reached."""
    lists = unread_endpoint_lists(source, around)
    view = around.reading(lists, skips_endpoint_routes=True)
    targets = [
        Target(internet_for(source, family, view), f"internet ({str(family).replace('ip', 'IP')})")
        for family in source.families
    ]
    return Meaning(
        endpoints=tuple(Endpoint(target.label, (target,)) for target in targets),
        protocol=asked.service.protocol,
        port=asked.service.port or 443,
        prefix_lists=lists,
        skips_gateway_endpoints=True,
    )
