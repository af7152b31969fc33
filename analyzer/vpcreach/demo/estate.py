"""The estate of the demo: one shop, a function for each of the ten usual mistakes, and two that are as they should be.

10.0.0.0/24   public-a, public-b      default route to the internet gateway; a NAT gateway in each
10.0.10.0/24  private-a, private-b    default route to the NAT gateway of the same zone; endpoints for S3, DynamoDB
10.0.20.0/24  data-a, data-b          no way out; the database orders-db, for members of the group app
10.0.30.0/24 and beyond               a subnet for each mistake that needs one
"""

from collections.abc import Callable
from typing import NamedTuple

from vpcreach.demo.site import ANYWHERE, Placement, Site

VPC_CIDR = "10.0.0.0/16"
POSTGRES = 5432
DENY_ALL = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}],
}


class Case(NamedTuple):
    """A function of the estate: its name, what is the matter with it, and what is built for it."""

    name: str
    story: str
    build: Callable[[Site], Placement]


def storefront(_: Site) -> Placement:
    return Placement(("public-a",), ("app",))


def newsletter(site: Site) -> Placement:
    site.subnet("newsletter", "10.0.30.0/24")
    site.nat_gateway("newsletter", "newsletter")
    site.table("newsletter", nat="newsletter")
    site.associate("newsletter", "newsletter")
    return Placement(("newsletter",), ("app",))


def thumbnails(site: Site) -> Placement:
    site.table("thumbnails-old")
    site.table("thumbnails")
    site.subnet("thumbnails", "10.0.31.0/24", table="thumbnails")
    site.gateway_endpoint("s3-thumbnails", "s3", ["thumbnails-old"])
    return Placement(("thumbnails",), ("app",))


def payments(site: Site) -> Placement:
    site.table("payments", nat="nat-a")
    site.subnet("payments", "10.0.32.0/24", table="payments")
    site.inbound_acl("payments", "payments", [(VPC_CIDR, 0, 65535), (ANYWHERE, 32768, 60999)])
    return Placement(("payments",), ("app",))


def invoices(site: Site) -> Placement:
    site.group("invoices", egress=())
    return Placement(("private-a", "private-b"), ("invoices",))


def search(site: Site) -> Placement:
    site.table("search-b")
    site.subnet("search-b", "10.0.33.0/24", "b", table="search-b")
    return Placement(("private-a", "search-b"), ("app",))


def reports(site: Site) -> Placement:
    site.group("reports")
    return Placement(("private-a", "private-b"), ("reports",))


def exports(site: Site) -> Placement:
    site.nat_gateway("nat-old", "public-a")
    site.table("exports", nat="nat-old")
    site.subnet("exports", "10.0.34.0/24", table="exports")
    site.delete_nat_gateway("nat-old")
    return Placement(("exports",), ("app",))


def backups(site: Site) -> Placement:
    site.table("backups", nat="nat-a")
    site.subnet("backups", "10.0.35.0/24", table="backups")
    site.gateway_endpoint("s3-backups", "s3", ["backups"], DENY_ALL)
    return Placement(("backups",), ("app",))


def signup(site: Site) -> Placement:
    site.subnet("signup", "10.0.36.0/24")
    return Placement(("signup",), ("app",))


def archive(site: Site) -> Placement:
    site.table("archive")
    site.subnet("archive", "10.0.37.0/24", table="archive")
    site.gateway_endpoint("s3-archive", "s3", ["archive"])
    site.group("archive", egress=[site.https_to("s3")])
    return Placement(("archive",), ("archive",))


def orders(_: Site) -> Placement:
    return Placement(("private-a", "private-b"), ("app",))


CASES = (
    Case("storefront", "it runs in a public subnet, but a function never has a public address", storefront),
    Case("newsletter", "its NAT gateway stands in its own, private subnet", newsletter),
    Case("thumbnails", "the S3 endpoint was added to another route table than its own", thumbnails),
    Case("payments", "the network ACL lets replies in on only some of the ports that Lambda uses", payments),
    Case("invoices", "its security group has no outbound rule", invoices),
    Case("search", "one of its two subnets has no default route", search),
    Case("reports", "the database's security group does not admit its group", reports),
    Case("exports", "its route leads to a NAT gateway that was deleted", exports),
    Case("backups", "the policy of its S3 endpoint denies everything, and the NAT gateway does not help", backups),
    Case("signup", "its subnet has no route table of its own, and so has the main one", signup),
    Case("archive", "no mistake: it is to reach S3, and nothing else", archive),
    Case("orders", "no mistake: it reaches everything", orders),
)


def build(site: Site) -> None:
    """Builds what all functions share, then each function with what is its own."""
    _shared(site)
    for case in CASES:
        site.function(case.name, case.story, case.build(site))


def _shared(site: Site) -> None:
    site.vpc("shop", VPC_CIDR)
    site.table("public", internet_gateway=True)
    site.table("data")
    for number, zone in enumerate("ab"):
        site.subnet(f"public-{zone}", f"10.0.{number}.0/24", zone, table="public")
        site.nat_gateway(f"nat-{zone}", f"public-{zone}")
        site.table(f"private-{zone}", nat=f"nat-{zone}")
        site.subnet(f"private-{zone}", f"10.0.{10 + number}.0/24", zone, table=f"private-{zone}")
        site.subnet(f"data-{zone}", f"10.0.{20 + number}.0/24", zone, table="data")
    for service in ("s3", "dynamodb"):
        site.gateway_endpoint(service, service, ["private-a", "private-b"])
    site.group("app")
    site.group("orders-db")
    site.admit("app", "orders-db", POSTGRES)
    site.postgres("orders-db", ["data-a", "data-b"], "orders-db")
