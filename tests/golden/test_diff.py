"""What `vpcreach diff` prints of the shop before and after a bad day; `make golden` rewrites it."""

from pathlib import Path

import pytest

from tests.estates.asking import snapshot_of
from tests.estates.builder import Estate
from tests.estates.shop import shop
from tests.golden.expected import agree
from vpcreach.api import diff
from vpcreach.formats import diff_as

HERE = Path("tests/golden/diff")
FEW = ("s3", "rds:orders-db")
MORE = ("internet", "s3", "rds:orders-db")


def bad_day() -> Estate:
    """A table sent to the wrong gateway, a rule lost, one function mended, one gone, one new."""
    estate = shop()
    estate.route_table("private-b").replace_route("0.0.0.0/0", "igw-shop")
    estate.route_table("old").add_route("0.0.0.0/0", "nat-a")
    estate.route_table("public").add_route("8.8.8.0/24", ("nat-a", "blackhole"))
    estate.drawn_vpc("shop").set_rules("orders-db", ingress=[])
    estate.move_function("invoices", subnets=["private-a"], groups=["app"])
    estate.remove("function:archive")
    estate.function("returns", subnets=["private-a"], groups=["app"])
    estate.drawn_vpc("shop").set_dns(hostnames=False)
    return estate


def refused() -> Estate:
    estate = shop()
    estate.denied("ec2/describe-nat-gateways")
    estate.remove("rds:orders-db")
    return estate


PRINTED = {
    "bad-day.txt": ("text", bad_day, MORE),
    "bad-day.json": ("json", bad_day, FEW),
    "refused.txt": ("text", refused, MORE),
}


@pytest.mark.parametrize("name", PRINTED)
def test_the_difference_of_the_shop_is_told(name: str) -> None:
    form, after, destinations = PRINTED[name]
    agree(HERE / name, diff_as(form, diff(snapshot_of(shop()), snapshot_of(after()), destinations)))
