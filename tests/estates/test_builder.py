"""The builder prints what AWS would: every key and type is checked against botocore's own output shapes."""

import json
import zipfile
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest

from tests.estates import seed
from tests.estates.builder import Estate, EstateError, Route, allow, combined
from tests.estates.replies import LISTS, WITH_ARGUMENTS, action_of, arguments_of
from tests.estates.shapes import faults_of, operations, output_shape


def everything() -> Estate:
    """One of each thing that the builder draws."""
    estate = Estate()
    _draw_network(estate)
    _draw_endpoints_and_interfaces(estate)
    estate.dhcp_options("corp", ["10.0.0.53"])
    estate.rds_instance("orders-db", subnets=["private-a", "private-b"], multi_az=True, public=True)
    estate.instance("nat", subnet="public-a", public_ip="54.0.0.8", source_dest_check=False)
    estate.instance("off", subnet="public-a", state="stopped")
    estate.function("orders", subnets=["private-a", "private-b"], groups=["app"], dual_stack=True)
    estate.function("billing", tags={"team": "shop"}, aliases={"live": "3"})
    estate.function("stuck", subnets=["private-b"], state="Failed", reason_code="EniLimitExceeded")
    estate.block_public_access("block-bidirectional", [("subnet-private-a", "allow-egress")])
    estate.encryption_control("main", excluded=["nat_gateway", "api_gateway_v2"])
    return estate


def _draw_network(estate: Estate) -> None:
    vpc = estate.vpc("main", "10.0.0.0/16", ipv6="2a05:d018:1::/56")
    vpc.secondary_cidr("100.64.0.0/16")
    vpc.subnet("public-a", "10.0.0.0/24", az="a", table="public", acl="public")
    vpc.subnet("private-a", "10.0.1.0/24", az="a", table="private", ipv6="2a05:d018:1:1::/64")
    vpc.subnet("private-b", "10.0.2.0/24", az="b", table="private", ipv6="2a05:d018:1:2::/64", free=7)
    vpc.internet_gateway("main")
    vpc.egress_only_internet_gateway("main")
    vpc.nat_gateway("a", subnet="public-a")
    vpc.nat_gateway("inner", subnet="private-a", connectivity="private", state="pending")
    vpc.nat_gateway("wide", regional=True, zones=["a", "b"], automatic=False)
    vpc.nat_gateway("lost", subnet="public-a", public_ip="", state="failed", failure=("InternalError", "no"))
    vpc.route_table("public", {"0.0.0.0/0": "igw-main"})
    table = vpc.route_table(
        "private",
        {
            "0.0.0.0/0": "nat-a",
            "::/0": "eigw-main",
            "10.9.0.0/16": ("tgw-hub", "blackhole"),
            "10.8.0.0/16": Route("vgw-a", origin="EnableVgwRoutePropagation"),
        },
    )
    table.add_route("10.7.0.0/16", "arn:aws:networkmanager::111122223333:core-network/core-network-a")
    vpc.network_acl("public", inbound=[(100, "allow", "tcp", 443, 443, "10.0.0.0/16")])
    vpc.security_group("app", egress=[allow("tcp", 443, "0.0.0.0/0", "::/0", "pl-s3", "sg-app")])
    vpc.security_group("far", ingress=[allow("udp", (53, 54), "222233334444/sg-far", description="far")])
    vpc.peering("shop-data", estate.vpc("data", "10.2.0.0/16", dns_hostnames=False))


def _draw_endpoints_and_interfaces(estate: Estate) -> None:
    vpc = estate.drawn_vpc("main")
    vpc.gateway_endpoint("s3", service="s3", tables=["private"])
    vpc.interface_endpoint("sts", service="sts", subnets=["private-a", "private-b"], groups=["app"])
    vpc.interface_endpoint("s3-inside", service="s3", subnets=["private-a"], only_inbound_resolver=True)
    vpc.network_interface("db", subnet="private-a", address="10.0.1.10", public_ip="54.0.0.9", ipv6=10)
    vpc.network_interface("spare", subnet="private-a", status="available", groups=["app"])
    estate.prefix_list("office", cidrs=["203.0.113.0/24"])


def reply(files: dict[str, bytes], path: str) -> Any:
    return json.loads(files[f"111122223333/eu-west-1/{path}.json"])


@pytest.mark.parametrize("draw", [Estate, everything, seed.private_only, seed.public_private])
def test_every_key_and_type_is_one_of_botocore(draw: Any) -> None:
    assert faults_of(draw().files()) == []


@pytest.mark.parametrize("change", [*seed.DATABASES, *seed.MUTATIONS], ids=lambda change: change.__name__)
def test_a_changed_seed_network_is_one_that_aws_could_print(change: seed.Change) -> None:
    estate = seed.public_private()
    before = estate.files()
    change(estate)
    assert estate.files() != before
    assert faults_of(estate.files()) == []


def test_the_shape_check_finds_a_misspelled_key_and_a_wrong_type() -> None:
    estate = seed.public_private()
    estate["nat-main"].update({"Sate": "failed", "State": "broken", "VpcId": 3})
    assert [fault.split(" $.")[1] for fault in faults_of(estate.files())] == [
        "NatGateways[].Sate: no such key",
        "NatGateways[].State: 'broken' is none of ['pending', 'failed', 'available', 'deleting', 'deleted']",
        "NatGateways[].VpcId: 3 is no string",
    ]


def test_the_operations_are_the_ones_of_the_aws_cli() -> None:
    named = {call: operation for call, (operation, _key) in LISTS.items()} | WITH_ARGUMENTS
    for call, operation in named.items():
        service, command = call.split("/")
        assert operations(service)[command] == operation
    for call, (operation, key) in LISTS.items():
        assert key in output_shape(call.partition("/")[0], operation).members


def test_arguments_stand_in_the_file_name_in_order_and_encoded() -> None:
    estate = Estate()
    estate.function("orders")
    estate.put("ec2/search-x", {}, "a.b/c", "d~e")
    files = estate.files()
    folder = "111122223333/eu-west-1"
    arn = "arn%3Aaws%3Alambda%3Aeu-west-1%3A111122223333%3Afunction%3Aorders"
    assert f"{folder}/ec2/search-x/a%2Eb%2Fc.d%7Ee.json" in files
    assert f"{folder}/lambda/list-tags/{arn}.json" in files
    assert arguments_of("ec2/search-x/a%2Eb%2Fc.d%7Ee") == ("a.b/c", "d~e")


def test_global_services_have_their_own_folder() -> None:
    path = "111122223333/global/route53/list-hosted-zones-by-vpc/vpc-main.eu-west-1.json"
    assert json.loads(seed.private_only().files()[path]) == {"HostedZoneSummaries": [], "MaxItems": "100"}


def test_m1_has_two_private_subnets_with_endpoint_routes_and_no_gateway() -> None:
    files = seed.private_only().files()
    subnets = reply(files, "ec2/describe-subnets")["Subnets"]
    facts = {s["SubnetId"]: (s["CidrBlock"], s["AvailabilityZone"], s["MapPublicIpOnLaunch"]) for s in subnets}
    assert facts == {
        "subnet-private-1": ("172.31.3.0/24", "eu-west-1a", False),
        "subnet-private-2": ("172.31.2.0/24", "eu-west-1b", False),
    }
    main, private = reply(files, "ec2/describe-route-tables")["RouteTables"]
    assert [route.get("GatewayId") for route in main["Routes"]] == ["local"]
    assert [(a["Main"], "SubnetId" in a) for a in main["Associations"]] == [(True, False)]
    assert [(r.get("DestinationPrefixListId"), r["GatewayId"]) for r in private["Routes"]] == [
        (None, "local"),
        ("pl-s3", "vpce-s3"),
        ("pl-dynamodb", "vpce-dynamodb"),
    ]
    assert [a["SubnetId"] for a in private["Associations"]] == ["subnet-private-1", "subnet-private-2"]
    assert reply(files, "ec2/describe-internet-gateways") == {"InternetGateways": []}
    assert reply(files, "ec2/describe-nat-gateways") == {"NatGateways": []}
    hostnames = reply(files, "ec2/describe-vpc-attribute/vpc-main.enableDnsHostnames")
    assert hostnames == {"VpcId": "vpc-main", "EnableDnsHostnames": {"Value": False}}


def test_m1_starts_with_the_default_acl_and_the_default_group_of_aws() -> None:
    files = seed.private_only().files()
    (acl,) = reply(files, "ec2/describe-network-acls")["NetworkAcls"]
    entries = [(e["Egress"], e["RuleNumber"], e["RuleAction"], e["Protocol"]) for e in acl["Entries"]]
    assert acl["IsDefault"]
    assert entries == [(way, *rule) for way in (True, False) for rule in ((100, "allow", "-1"), (32767, "deny", "-1"))]
    assert {a["SubnetId"] for a in acl["Associations"]} == {"subnet-private-1", "subnet-private-2"}
    (group,) = reply(files, "ec2/describe-security-groups")["SecurityGroups"]
    assert group["IpPermissionsEgress"][0]["IpRanges"] == [{"CidrIp": "0.0.0.0/0"}]
    assert group["IpPermissions"][0]["UserIdGroupPairs"] == [{"UserId": "111122223333", "GroupId": "sg-main-default"}]


def test_m2_sends_the_private_subnets_through_a_nat_gateway_in_the_public_one() -> None:
    estate = seed.public_private()
    files = estate.files()
    (nat,) = reply(files, "ec2/describe-nat-gateways")["NatGateways"]
    assert (nat["SubnetId"], nat["State"], nat["ConnectivityType"]) == (
        "subnet-public-1",
        "available",
        "public",
    )
    assert nat["NatGatewayAddresses"][0]["PublicIp"] == "52.0.0.1"
    assert IPv4Network(nat["NatGatewayAddresses"][0]["PrivateIp"]).subnet_of(IPv4Network("172.31.0.0/24"))
    default = {
        table["RouteTableId"]: route.get("GatewayId") or route.get("NatGatewayId")
        for table in reply(files, "ec2/describe-route-tables")["RouteTables"]
        for route in table["Routes"]
        if route.get("DestinationCidrBlock") == "0.0.0.0/0"
    }
    assert default == {"rtb-public": "igw-main", "rtb-private": "nat-main"}
    assert estate["vpce-s3"]["RouteTableIds"] == ["rtb-private"]
    assert estate["igw-main"]["Attachments"] == [{"State": "available", "VpcId": "vpc-main"}]


def test_list_functions_omits_the_states_that_get_function_configuration_tells() -> None:
    files = seed.private_only().files()
    (listed,) = reply(files, "lambda/list-functions")["Functions"]
    told = reply(files, "lambda/get-function-configuration/app")
    assert set(told) - set(listed) == {"State", "LastUpdateStatus"}
    assert listed["VpcConfig"] == told["VpcConfig"]
    assert told["VpcConfig"]["SecurityGroupIds"] == ["sg-main-default"]


def test_functions_with_the_same_subnet_and_groups_share_an_interface() -> None:
    estate = seed.private_only()
    estate.function("second", subnets=["private-1"])
    kinds = [i["InterfaceType"] for i in estate.reply("ec2/describe-network-interfaces")["NetworkInterfaces"]]
    assert kinds == ["lambda", "lambda"]
    assert estate["subnet-private-1"]["AvailableIpAddressCount"] == 250


def test_removing_a_nat_gateway_leaves_a_blackhole_and_no_interface() -> None:
    estate = seed.public_private()
    estate.remove("nat-main")
    assert estate.route_table("private").routes[-1]["State"] == "blackhole"
    assert "eni-nat-main" not in estate
    assert "eipalloc-nat-main" not in estate


def test_removing_a_gateway_endpoint_takes_its_routes() -> None:
    estate = seed.public_private()
    estate.remove("vpce-s3")
    assert [r.get("DestinationPrefixListId") for r in estate.route_table("private").routes] == [
        None,
        "pl-dynamodb",
        None,
    ]


def test_replacing_a_route_keeps_its_place_and_tells_the_endpoint() -> None:
    estate = seed.public_private()
    table = estate.route_table("private")
    table.replace_route("pl-s3", ("vpce-s3", "blackhole"))
    assert table.routes[1]["State"] == "blackhole"
    assert estate["vpce-s3"]["RouteTableIds"] == ["rtb-private"]
    table.remove_route("pl-s3")
    assert estate["vpce-s3"]["RouteTableIds"] == []


def test_a_route_to_an_instance_names_its_interface() -> None:
    estate = everything()
    table = estate.drawn_vpc("main").route_table("through-nat", {"0.0.0.0/0": "i-nat"})
    assert (table.routes[-1]["NetworkInterfaceId"], table.routes[-1]["InstanceId"]) == ("eni-nat", "i-nat")


def test_rules_of_one_protocol_and_port_are_one_permission() -> None:
    estate = everything()
    estate.drawn_vpc("main").set_rules(
        "app", egress=[allow("tcp", 443, "10.0.0.0/8"), allow("tcp", 443, "pl-s3"), allow("udp", 53)]
    )
    first, second = estate["sg-app"]["IpPermissionsEgress"]
    assert (first["IpRanges"], first["PrefixListIds"]) == (
        [{"CidrIp": "10.0.0.0/8"}],
        [{"PrefixListId": "pl-s3"}],
    )
    assert (second["FromPort"], second["ToPort"], second["IpProtocol"]) == (53, 53, "udp")


def test_a_denied_call_has_no_file_and_is_recorded() -> None:
    estate = seed.public_private()
    estate.denied("ec2/describe-nat-gateways")
    estate.denied("ec2/describe-vpc-attribute/vpc-main.enableDnsSupport", error="RequestLimitExceeded")
    estate.denied("route53/list-hosted-zones-by-vpc")
    files = estate.files()
    assert not [path for path in files if "nat-gateways" in path or "route53/" in path]
    place = {"account": "111122223333", "region": "eu-west-1"}
    assert json.loads(files["snapshot.json"])["failed"] == [
        place | {"call": "ec2:DescribeNatGateways", "arguments": [], "error": "UnauthorizedOperation"},
        place
        | {
            "call": "ec2:DescribeVpcAttribute",
            "arguments": ["vpc-main", "enableDnsSupport"],
            "error": "RequestLimitExceeded",
        },
        place
        | {
            "call": "route53:ListHostedZonesByVPC",
            "region": "global",
            "arguments": [],
            "error": "UnauthorizedOperation",
        },
    ]


def test_a_file_that_is_left_out_is_not_recorded() -> None:
    estate = seed.private_only()
    estate.without("ec2/describe-vpc-attribute")
    assert not [path for path in estate.files() if "vpc-attribute" in path]
    assert "snapshot.json" not in estate.files()


def test_a_misspelled_name_is_an_error() -> None:
    estate = Estate()
    vpc = estate.vpc("main", "10.0.0.0/16")
    vpc.subnet("a", "10.0.1.0/24", table="privat")
    with pytest.raises(EstateError, match="rtb-privat"):
        estate.files()
    for mistake in (
        lambda: vpc.nat_gateway("a", subnet="b"),
        lambda: estate.function("f", subnets=["a"], groups=["none"]),
        lambda: vpc.subnet("a", "10.0.2.0/24"),
        lambda: vpc.route_table("x", {"0.0.0.0/0": "net-a"}),
        lambda: vpc.network_interface("x", subnet="a", address="10.0.9.9"),
        lambda: estate.without("ec2/describe-natgateways"),
        lambda: allow_nobody(vpc),
    ):
        with pytest.raises(EstateError):
            mistake()


def allow_nobody(vpc: Any) -> None:
    vpc.security_group("x", egress=[allow("tcp", 443, "everyone")])


@pytest.mark.parametrize(
    ("region", "zone"),
    [
        ("eu-west-1", "euw1-az2"),
        ("us-east-1", "use1-az2"),
        ("ap-southeast-2", "apse2-az2"),
        ("eu-central-1", "euc1-az2"),
        ("us-gov-west-1", "usgw1-az2"),
    ],
)
def test_zone_ids_are_abbreviated_as_aws_does(region: str, zone: str) -> None:
    estate = Estate(region=region)
    estate.vpc("main", "10.0.0.0/16").subnet("b", "10.0.1.0/24", az="b")
    assert estate["subnet-b"]["AvailabilityZoneId"] == zone


def test_two_regions_stand_side_by_side() -> None:
    here = seed.private_only()
    there = here.beside(region="us-west-2")
    there.vpc("far", "10.9.0.0/16")
    there.denied("ec2/describe-vpcs")
    files = combined(here, there)
    assert "111122223333/us-west-2/ec2/get-managed-prefix-list-entries/pl-s3-us-west-2.json" in files
    assert [note["region"] for note in json.loads(files["snapshot.json"])["failed"]] == ["us-west-2"]
    assert faults_of(files) == []


def test_one_place_told_in_two_ways_is_an_error() -> None:
    with pytest.raises(EstateError, match="differently"):
        combined(seed.private_only(), seed.public_private())


def test_a_folder_and_a_zip_hold_the_same_files(tmp_path: Path) -> None:
    estate = seed.private_only()
    estate.write(tmp_path / "folder")
    estate.zip(tmp_path / "estate.zip")
    with zipfile.ZipFile(tmp_path / "estate.zip") as archive:
        zipped = {name: archive.read(name) for name in archive.namelist()}
    folder = tmp_path / "folder"
    written = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.json")}
    assert written == zipped == estate.files()


def test_an_iam_action_is_named_after_its_service_prefix() -> None:
    assert action_of("elbv2/describe-load-balancers") == "elasticloadbalancing:DescribeLoadBalancers"
