"""An analysis of an edited copy shares what no edit touched, and answers as one that starts from nothing does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.estates.asking import snapshot_of
from tests.estates.builder import Estate, combined
from tests.estates.drawing import Drawing
from tests.estates.gallery import GALLERY
from tests.unit.reach.worlds import changed, database, without
from vpcreach.components.lambda_function import LambdaFunction
from vpcreach.components.odb_network import OdbNetwork
from vpcreach.components.vpc_lattice import VpcLattice
from vpcreach.errors import UsageError
from vpcreach.explain.edits import Edit, EnableFunctionIpv6, SetFunctionSubnets, apply
from vpcreach.explain.edits.assumed import parse
from vpcreach.network.network import Network
from vpcreach.reach.reporting import Analysis
from vpcreach.snapshot.call import Place
from vpcreach.snapshot.snapshot import Snapshot

NAMED_BY_ROUTES = (VpcLattice.kind, OdbNetwork.kind)
DESTINATIONS = ("internet", "s3", "rds:orders-db", "10.0.2.7:5432", "sg-data:5432")
WORDS = [
    "route rtb-private 0.0.0.0/0 -> igw-main",
    "route rtb-private 93.184.216.0/24 -> nat-main",
    "route rtb-shut 0.0.0.0/0 -> nat-main",
    "route rtb-public 0.0.0.0/0 -> nat-main",
    "remove route rtb-private 0.0.0.0/0",
    "remove route rtb-public 0.0.0.0/0",
    "sg sg-app egress tcp 443 10.0.0.0/8",
    "sg sg-data ingress tcp 5432 10.0.9.0/24",
    "remove sg sg-app egress all all 0.0.0.0/0",
    "remove sg sg-data ingress tcp 5432 sg-app",
    "nacl acl-main-default in 90 deny tcp 1024-32767 0.0.0.0/0",
    "nacl acl-main-default out 80 deny tcp 443 128.0.0.0/1",
]
APP = "arn:aws:lambda:eu-west-1:111122223333:function:app"
EDITS: list[Edit] = [
    *(parse(words) for words in WORDS),
    SetFunctionSubnets(APP, "app", ("subnet-shut-a",), ("sg-app",)),
    EnableFunctionIpv6(APP, "app", ("subnet-app-a",), ("sg-app",)),
]


def several() -> Estate:
    """Functions that stand alike and apart, one that has failed, one without VPC, one whose subnet nobody lists."""
    estate = changed(database())
    vpc = estate.drawn_vpc("main")
    vpc.subnet("shut-a", "10.0.9.0/24", az="a", table="shut")
    vpc.route_table("shut", {})
    estate.function("alike", subnets=["app-a"], groups=["app"])
    estate.function("shut", subnets=["app-a", "shut-a"], groups=["app"])
    estate.function("failed", subnets=["app-a"], groups=["app"], state="Failed", reason_code="EniLimitExceeded")
    estate.function("alone")
    block = {"Ipv6CidrBlock": "2600:1f18:0:1::/64", "Ipv6CidrBlockState": {"State": "associated"}}
    estate["subnet-app-a"]["Ipv6CidrBlockAssociationSet"] = [block]
    return estate


def far_away() -> Estate:
    far = Estate("999900001111", list_suffix="-far")
    far.vpc("far", "10.9.0.0/16").subnet("far-a", "10.9.1.0/24", az="a")
    far.function("app", subnets=["far-a"])
    return far


START = Analysis(snapshot_of(combined(several(), far_away())))
UNLISTED = Analysis(snapshot_of(changed(without("ec2/describe-security-groups"), start=several)))


@pytest.mark.item("K2")
@settings(max_examples=30, deadline=None)
@given(st.sampled_from([START, UNLISTED]), st.lists(st.sampled_from(EDITS), min_size=1, max_size=3))
def test_an_edited_copy_is_answered_as_a_snapshot_of_its_own(start: Analysis, edits: list[Edit]) -> None:
    try:
        edited = apply(start.snapshot, edits)
    except UsageError:
        return
    alone = Analysis(Snapshot(edited.files, edited.manifest))
    shared = start.on(edited)
    assert shared.report(DESTINATIONS, everyone=True) == alone.report(DESTINATIONS, everyone=True)
    assert shared.verdicts_of_everyone(DESTINATIONS) == alone.verdicts_of_everyone(DESTINATIONS)


def test_functions_are_shared_unless_one_of_them_is_edited_k2() -> None:
    def shares(edit: Edit) -> bool:
        return START.on(apply(START.snapshot, [edit])).network.functions is START.network.functions

    assert [shares(edit) for edit in EDITS[-3:]] == [True, False, False]
    assert START.on(UNLISTED.snapshot).network.functions is not START.network.functions


@pytest.mark.parametrize("drawing", GALLERY, ids=str)
def test_the_network_without_functions_tells_of_everything_else_what_the_whole_graph_tells(drawing: Drawing) -> None:
    network = Network(snapshot_of(drawing.files))
    for node, told in network.graph.nodes(data=True):
        record = network.record(node)
        is_made_here = told["kind"] in NAMED_BY_ROUTES  # no reply holds it: each graph makes its own
        assert record is told["record"] or (is_made_here and record.id == told["record"].id)
        assert network.places_of(node) == told["places"]
        assert network.place_of(node) == Place(told["account"], told["region"])
        if not isinstance(told["record"], LambdaFunction):
            assert network.kind_of(node) == told["kind"]
