"""Subnet groups, and which calls a destination is found by."""

import pytest

from tests.estates.asking import snapshot_of
from tests.estates.builder import Estate
from tests.unit.reach.worlds import behind_nat
from vpcreach.destinations import calls_about
from vpcreach.destinations.grammar import parse
from vpcreach.destinations.subnet_group import GroupSubnet, SubnetGroup, ZoneName
from vpcreach.network.network import Network

pytestmark = pytest.mark.item("H1", "H2", "H4", "H5")


def network(estate: Estate) -> Network:
    return Network(snapshot_of(estate))


def test_the_zone_of_a_subnet_is_the_replys_or_the_subnets_own() -> None:
    untold = SubnetGroup("vpc-main", (GroupSubnet("subnet-data-a"), GroupSubnet("subnet-data-b")))
    assert untold.in_zone("eu-west-1b", network(behind_nat())) == ("subnet-data-b",)
    told = SubnetGroup("vpc-main", (GroupSubnet("subnet-data-a", ZoneName("eu-west-1b")), GroupSubnet("subnet-data-b")))
    assert told.in_zone("eu-west-1b", network(behind_nat())) == ("subnet-data-a", "subnet-data-b")


def test_a_zone_that_nobody_tells_may_be_any() -> None:
    group = SubnetGroup("vpc-main", (GroupSubnet("subnet-data-a"), GroupSubnet("subnet-unread")))
    view = network(behind_nat())
    assert group.in_zone(None, view) == ("subnet-data-a", "subnet-unread")
    assert group.in_zone("eu-west-1b", view) == ("subnet-unread",)
    known = SubnetGroup("vpc-main", (GroupSubnet("subnet-data-a"), GroupSubnet("subnet-data-b")))
    assert known.in_zone("eu-west-1c", view) == ("subnet-data-a", "subnet-data-b")
    assert group.known_in_zone("eu-west-1a", view) == ("subnet-data-a",)


CALLS = [
    ("rds:x", {"rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DescribeDBProxies"}),
    ("docdb:x", {"rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DescribeDBSubnetGroups"}),
    ("elasticache:x", {"elasticache:DescribeCacheClusters", "elasticache:DescribeServerlessCaches"}),
    ("redshift:x", {"redshift:DescribeClusters", "redshift:DescribeEndpointAccess"}),
]


@pytest.mark.parametrize(("destination", "actions"), CALLS)
def test_a_word_takes_the_calls_of_every_kind_that_answers_to_it(destination: str, actions: set[str]) -> None:
    found = [call.action for call in calls_about(parse(destination))]
    assert actions <= set(found)
    assert len(found) == len(set(found))
    assert not any(action.startswith("kafka:") for action in found)
