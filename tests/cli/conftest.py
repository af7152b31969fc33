"""A small estate for the command line: orders gets out, stuck does not, billing only half, hello has no VPC."""

from pathlib import Path

import pytest

from tests.estates.builder import Estate


def drawn() -> Estate:
    estate = Estate()
    vpc = estate.vpc("main", "10.0.0.0/16")
    vpc.subnet("public-a", "10.0.0.0/24", az="a", table="public")
    vpc.subnet("private-a", "10.0.1.0/24", az="a", table="private")
    vpc.subnet("private-b", "10.0.2.0/24", az="b", table="lonely")
    vpc.internet_gateway("main")
    vpc.nat_gateway("a", subnet="public-a", public_ip="52.0.0.1")
    vpc.route_table("public", {"0.0.0.0/0": "igw-main"})
    vpc.route_table("private", {"0.0.0.0/0": "nat-a"})
    vpc.route_table("lonely", {})
    estate.function("orders", subnets=["private-a"])
    estate.function("billing", subnets=["private-a", "private-b"])
    estate.function("stuck", subnets=["private-b"])
    estate.function("hello", subnets=[])
    return estate


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    return drawn().write(tmp_path / "snapshot")
