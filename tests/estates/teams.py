"""Teams that share nothing: a VPC each, with three zones, a NAT gateway in each zone, functions by group, a database.

10.N.0-2.0/24    team-N-public-a, -b, -c   default route to the internet gateway; the NAT gateways
10.N.10-12.0/24  team-N-app-a, -b, -c      default route to the zone's NAT gateway; every function is in all three
"""

from tests.estates.builder import Estate
from tests.estates.rules import ANYWHERE

ZONES = "abc"


def teams(number: int, groups: int) -> Estate:
    """So many VPCs, in each a function for each of so many security groups."""
    estate = Estate()
    for each in range(number):
        _team(estate, each, groups)
    return estate


def _team(estate: Estate, number: int, groups: int) -> None:
    name = f"team-{number}"
    vpc = estate.vpc(name, f"10.{number}.0.0/16")
    vpc.internet_gateway(name)
    vpc.route_table(f"{name}-public", {ANYWHERE: f"igw-{name}"})
    for place, zone in enumerate(ZONES):
        vpc.subnet(f"{name}-public-{zone}", f"10.{number}.{place}.0/24", az=zone, table=f"{name}-public")
        vpc.subnet(f"{name}-app-{zone}", f"10.{number}.{10 + place}.0/24", az=zone, table=f"{name}-app-{zone}")
        public_ip = f"52.0.{number}.{place + 1}"
        vpc.nat_gateway(f"{name}-{zone}", subnet=f"{name}-public-{zone}", public_ip=public_ip)
        vpc.route_table(f"{name}-app-{zone}", {ANYWHERE: f"nat-{name}-{zone}"})
    subnets = [f"{name}-app-{zone}" for zone in ZONES]
    for group in range(groups):
        vpc.security_group(f"{name}-{group}")
        estate.function(f"{name}-{group}", subnets=subnets, groups=[f"{name}-{group}"])
    vpc.security_group(f"{name}-db")
    estate.rds_instance(f"{name}-db", port=5432, subnets=subnets[:2], groups=[f"{name}-db"])
