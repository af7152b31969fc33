"""The layout of public worlds, on worlds of our own: what is taken apart, resolved, marked as cut, or supposed."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.estates.replies import Json
from tests.estates.shapes import faults_of
from tests.oracle.public_worlds.layout import laid_out

TABLE = {"TransitGatewayRouteTableId": "tgw-rtb-1"}
HERE = "111122223333/eu-west-1"


def vpc(vpc_id: str, *blocks: str) -> Json:
    states = [{"CidrBlock": block, "CidrBlockState": {"State": "associated"}} for block in blocks]
    return {"VpcId": vpc_id, "OwnerId": "111122223333", "CidrBlockAssociationSet": states}


def propagation(resource_id: str, resource_type: str = "vpc", state: str = "enabled") -> Json:
    attachment = {"TransitGatewayAttachmentId": f"tgw-attach-{resource_id}", "State": state}
    return attachment | {"ResourceId": resource_id, "ResourceType": resource_type}


def world(folder: Path, place: str = "", **files: Any) -> Path:
    """A world with one VPC `vpc-1`, and these lists on top, by the name of their file."""
    lists = {
        "Vpcs": [vpc("vpc-1", "10.1.0.0/16", "10.2.0.0/16")],
        "Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "AvailabilityZone": "eu-west-1a"}],
        "NetworkAcls": [],
    } | files
    target = folder / "aws_configs" / place
    target.mkdir(parents=True, exist_ok=True)
    for name, content in lists.items():
        if content is not None:
            (target / f"{name}.json").write_text(json.dumps({name: content}))
    return folder


def routes(folder: Path, *propagations: Json, static: tuple[Json, ...] = ()) -> Any:
    table = TABLE | {"Routes": list(static), "AdditionalRoutesAvailable": False}
    bundles: Json = {
        "TransitGatewayStaticRoutes": [table],
        "TransitGatewayPropagations": [TABLE | {"TransitGatewayRouteTablePropagations": list(propagations)}],
    }
    replies = laid_out(world(folder, **bundles))
    assert faults_of({path: json.dumps(reply).encode() for path, reply in replies.items()}) == []
    return replies[f"{HERE}/ec2/search-transit-gateway-routes/tgw-rtb-1.json"]


def test_a_list_is_the_reply_of_its_call_in_the_account_that_owns_the_vpcs(tmp_path: Path) -> None:
    assert laid_out(world(tmp_path))[f"{HERE}/ec2/describe-subnets.json"]["Subnets"][0]["SubnetId"] == "subnet-1"


def test_a_list_that_is_not_there_is_no_reply(tmp_path: Path) -> None:
    names = {path.rpartition("/")[2] for path in laid_out(world(tmp_path))}
    assert names == {"describe-vpcs.json", "describe-subnets.json", "describe-network-acls.json"}


def test_a_vpc_propagates_each_of_its_address_ranges(tmp_path: Path) -> None:
    told = routes(tmp_path, propagation("vpc-1"))
    assert [route["DestinationCidrBlock"] for route in told["Routes"]] == ["10.1.0.0/16", "10.2.0.0/16"]
    assert told["AdditionalRoutesAvailable"] is False


def test_a_static_route_hides_the_propagated_one_for_the_same_block(tmp_path: Path) -> None:
    static = {"DestinationCidrBlock": "10.1.0.0/16", "Type": "static", "State": "blackhole"}
    told = routes(tmp_path, propagation("vpc-1"), static=(static,))
    found = [(route["DestinationCidrBlock"], route["Type"]) for route in told["Routes"]]
    assert found == [("10.1.0.0/16", "static"), ("10.2.0.0/16", "propagated")]


@pytest.mark.parametrize("stranger", [propagation("vpc-2"), propagation("vpn-1", "vpn")], ids=["vpc", "vpn"])
def test_routes_are_cut_where_the_data_do_not_tell_what_is_propagated(tmp_path: Path, stranger: Json) -> None:
    assert routes(tmp_path, stranger)["AdditionalRoutesAvailable"] is True


def test_each_table_has_the_propagations_of_its_own(tmp_path: Path) -> None:
    table = TABLE | {"Routes": [], "AdditionalRoutesAvailable": False}
    other = {"TransitGatewayRouteTableId": "tgw-rtb-2"}
    bundles: Json = {
        "TransitGatewayStaticRoutes": [table],
        "TransitGatewayPropagations": [other | {"TransitGatewayRouteTablePropagations": [propagation("vpc-1")]}],
    }
    told = laid_out(world(tmp_path, **bundles))
    assert told[f"{HERE}/ec2/search-transit-gateway-routes/tgw-rtb-1.json"]["Routes"] == []


def test_a_propagation_that_is_off_propagates_nothing(tmp_path: Path) -> None:
    told = routes(tmp_path, propagation("vpc-2", state="disabled"))
    assert told == {"Routes": [], "AdditionalRoutesAvailable": False}


def test_a_bundle_is_one_reply_for_each_thing(tmp_path: Path) -> None:
    bundle = [
        {"LoadBalancerArn": f"arn:aws:lb/{name}", "Listeners": [{"Port": port}]} for name, port in (("a", 1), ("b", 2))
    ]
    told = laid_out(world(tmp_path, LoadBalancerListeners=bundle))
    found = {path.rpartition("/")[2]: reply for path, reply in told.items() if "/describe-listeners/" in path}
    assert found == {
        "arn%3Aaws%3Alb%2Fa.json": {"Listeners": [{"Port": 1}]},
        "arn%3Aaws%3Alb%2Fb.json": {"Listeners": [{"Port": 2}]},
    }


def test_a_world_without_acls_gets_the_one_of_a_new_vpc(tmp_path: Path) -> None:
    told = laid_out(world(tmp_path, NetworkAcls=None))[f"{HERE}/ec2/describe-network-acls.json"]["NetworkAcls"]
    assert [(acl["VpcId"], acl["IsDefault"], len(acl["Entries"])) for acl in told] == [("vpc-1", True, 4)]


def test_a_file_that_has_no_place_is_an_error_unless_it_is_empty(tmp_path: Path) -> None:
    laid_out(world(tmp_path, SomethingNew=[]))
    with pytest.raises(ValueError, match=r"SomethingNew\.json has no place"):
        laid_out(world(tmp_path, SomethingNew=[{}]))
