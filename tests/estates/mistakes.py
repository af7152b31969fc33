"""The mistakes that people make, one estate each, with the question that they then ask.

Most are the reference network of two private subnets, one public subnet and a NAT gateway (seed.py), with one thing
wrong. tests/golden/test_mistakes.py holds what `why` tells of each.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.estates import seed
from tests.estates.builder import Estate
from tests.estates.hub_and_spoke import DATABASE, hub_and_spoke
from tests.unit.components.test_vpc_peering import peered
from tests.unit.reach.worlds import dual_stack

Drawn = Estate | dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong, in a few words; the estate; what is asked of its function `app`."""

    name: str
    told: str
    draw: Callable[[], Drawn]
    question: str = "internet"


def _with(*changes: seed.Change, start: Callable[[], Estate] = seed.public_private) -> Callable[[], Estate]:
    def draw() -> Estate:
        estate = start()
        for change in changes:
            change(estate)
        return estate

    return draw


def _without_endpoints(estate: Estate) -> None:
    for service in ("s3", "dynamodb"):
        estate.route_table("private").remove_route(f"pl-{service}")
        estate.remove(f"vpce-{service}")


def _one_subnet_elsewhere(estate: Estate) -> None:
    estate.drawn_vpc("main").subnet("forgotten", "172.31.9.0/24", az="b", table="forgotten")
    estate.drawn_vpc("main").route_table("forgotten")
    estate.move_function("app", subnets=["private-1", "forgotten"])


def _acl_of_new_subnet_denies(estate: Estate) -> None:
    deny = (90, "deny", "tcp", 443, 443, "0.0.0.0/0")
    everything = (100, "allow", "-1", None, None, "0.0.0.0/0")
    estate.drawn_vpc("main").network_acl("strict", subnets=seed.PRIVATE, outbound=[deny, everything])


def _dns_off(estate: Estate) -> None:
    estate.drawn_vpc("main").set_dns(support=False)


def _hub_forgot_the_spoke() -> dict[str, bytes]:
    return hub_and_spoke(accounts=1, return_routes=False).files()


def _database_of_another_vpc() -> dict[str, bytes]:
    return hub_and_spoke(accounts=1, db_rules=("sg-app",)).files()


MISTAKES = (
    Mistake("no-nat-gateway", "private subnets without any way out", seed.private_only),
    Mistake(
        "function-in-public-subnet", "the function stands in a public subnet", _with(seed.function_in_public_subnet)
    ),
    Mistake("nat-in-its-own-subnet", "the NAT gateway stands in the private subnet", _with(seed.nat_in_private_subnet)),
    Mistake("nat-gone", "the NAT gateway was deleted, its route is a blackhole", _with(seed.nat_deleted_blackhole)),
    Mistake("internet-gateway-detached", "the internet gateway is not attached", _with(seed.igw_detached)),
    Mistake(
        "public-subnet-on-main-table",
        "the NAT gateway's subnet fell to the main table",
        _with(seed.public_subnet_unassociated),
    ),
    Mistake("one-subnet-forgotten", "one of two subnets has a table without a way out", _with(_one_subnet_elsewhere)),
    Mistake("no-egress-rule", "the security group has no outbound rule", _with(seed.egress_removed)),
    Mistake(
        "egress-inside-vpc-only",
        "the security group lets out to the VPC alone",
        _with(seed.egress_inside_vpc_only),
        "s3",
    ),
    Mistake("acl-denies-https", "an ACL denies what it should allow", _with(_acl_of_new_subnet_denies)),
    Mistake(
        "acl-linux-ports-only",
        "an ACL admits answers to some client ports",
        _with(seed.private_acl_admits_linux_ports_only),
    ),
    Mistake(
        "acl-of-nat-subnet",
        "the ACL of the NAT gateway's subnet admits answers only",
        _with(seed.public_acl_admits_replies_only),
    ),
    Mistake(
        "block-public-access", "Block Public Access is on for the account", _with(seed.public_access_blocked_both_ways)
    ),
    Mistake(
        "encryption-control",
        "the VPC enforces encryption and excludes no NAT gateway",
        _with(seed.encryption_enforced_without_nat),
    ),
    Mistake("endpoint-policy-denies", "the endpoint's policy allows nothing", _with(seed.s3_endpoint_denies_all), "s3"),
    Mistake(
        "endpoint-shadows-nat",
        "an endpoint takes the name and its group lets nobody in",
        _with(seed.sts_endpoint_without_the_function),
        "service:sts",
    ),
    Mistake(
        "no-endpoint-for-s3",
        "a private network without an endpoint for S3",
        _with(_without_endpoints, start=seed.private_only),
        "s3",
    ),
    Mistake("no-endpoint-for-sqs", "a private network without an endpoint for SQS", seed.private_only, "service:sqs"),
    Mistake(
        "database-group-closed",
        "the database's group lets nobody in",
        _with(seed.database_admitting_nobody),
        "rds:orders-db",
    ),
    Mistake(
        "database-admits-one-subnet",
        "the database admits one subnet of two",
        _with(seed.database_admitting_private_1),
        "rds:orders-db",
    ),
    Mistake("dual-stack-without-way-out", "a dual-stack function whose VPC has IPv4 out, and no IPv6", dual_stack),
    Mistake("dns-switched-off", "the VPC's DNS is off", _with(_dns_off), "s3"),
    Mistake("peer-without-way-back", "the peer's table has no route back", lambda: peered(back=False), "10.1.2.9:5432"),
    Mistake("hub-forgot-the-spoke", "the hub's table has no way back to the function's VPC", _hub_forgot_the_spoke),
    Mistake(
        "group-named-across-hub",
        "a rule names a group of another VPC behind a transit gateway",
        _database_of_another_vpc,
        DATABASE,
    ),
)
