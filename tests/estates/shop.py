"""The shop of the README: six functions in one VPC, of which four have one usual mistake each.

10.0.0.0/24   public-a    default route to the internet gateway; the NAT gateway
10.0.10.0/24  private-a   default route to the NAT gateway; the only table with the S3 endpoint
10.0.11.0/24  private-b   default route to the NAT gateway
10.0.12.0/24  old-b       no default route
10.0.20.0/24  data-a      no way out; the database orders-db, which admits the group app
10.0.21.0/24  data-b      no way out; empty, as RDS wants two zones

orders       private-a, private-b     no mistake: it reaches all it needs
billing      private-a, old-b         old-b has no way out, so it fails now and then
newsletter   public-a                 a function never has a public address
invoices     private-a, private-b     its group has no outbound rule
reports      private-a, private-b     the database does not admit its group
archive      private-a                no mistake: its group lets it out to S3 and nowhere else
"""

from tests.estates.builder import Estate, Vpc, allow
from tests.estates.rules import ANYWHERE

POSTGRES = 5432


def shop() -> Estate:
    estate = Estate()
    vpc = estate.vpc("shop", "10.0.0.0/16")
    _network(vpc)
    _groups(vpc)
    estate.rds_instance("orders-db", port=POSTGRES, subnets=["data-a", "data-b"], groups=["orders-db"])
    tags = {"team": "shop"}
    estate.function("orders", subnets=["private-a", "private-b"], groups=["app"], tags=tags)
    estate.function("billing", subnets=["private-a", "old-b"], groups=["app"], tags=tags)
    estate.function("newsletter", subnets=["public-a"], groups=["app"], tags=tags)
    estate.function("invoices", subnets=["private-a", "private-b"], groups=["invoices"], tags=tags)
    estate.function("reports", subnets=["private-a", "private-b"], groups=["reports"], tags=tags)
    estate.function("archive", subnets=["private-a"], groups=["archive"], tags=tags)
    return estate


def _network(vpc: Vpc) -> None:
    vpc.subnet("public-a", "10.0.0.0/24", az="a", table="public", map_public_ip=True)
    vpc.subnet("private-a", "10.0.10.0/24", az="a", table="private-a")
    vpc.subnet("private-b", "10.0.11.0/24", az="b", table="private-b")
    vpc.subnet("old-b", "10.0.12.0/24", az="b", table="old")
    vpc.subnet("data-a", "10.0.20.0/24", az="a", table="data")
    vpc.subnet("data-b", "10.0.21.0/24", az="b", table="data")
    vpc.internet_gateway("shop")
    vpc.nat_gateway("a", subnet="public-a", public_ip="52.0.0.1")
    vpc.route_table("public", {ANYWHERE: "igw-shop"})
    vpc.route_table("private-a", {ANYWHERE: "nat-a"})
    vpc.route_table("private-b", {ANYWHERE: "nat-a"})
    vpc.route_table("old")
    vpc.route_table("data")
    vpc.gateway_endpoint("s3", service="s3", tables=["private-a"])


def _groups(vpc: Vpc) -> None:
    vpc.security_group("app")
    vpc.security_group("invoices", egress=[])
    vpc.security_group("reports")
    vpc.security_group("archive", egress=[allow("tcp", 443, "pl-s3")])
    vpc.security_group("orders-db", ingress=[allow("tcp", POSTGRES, "sg-app")])
