"""Files that are not quite what AWS prints: each is understood, or refused with its place in one sentence."""

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.estates import seed
from tests.estates.asking import snapshot_of, told
from tests.unit.reach.worlds import changed, database
from vpcreach.components.network_acl import DESCRIBE_NETWORK_ACLS
from vpcreach.components.route_table import Route
from vpcreach.components.security_group import DESCRIBE_SECURITY_GROUPS
from vpcreach.components.transit_gateway.nat_configuration import NatRule
from vpcreach.errors import SnapshotError
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.loading import load
from vpcreach.snapshot.record import decode_text

HERE = Place("111122223333", "eu-west-1")
VPCS = "111122223333/eu-west-1/ec2/describe-vpcs.json"


def written(folder: Path) -> Path:
    seed.public_private().write(folder)
    return folder


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_file_with_a_mark_of_its_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    folder = written(tmp_path / "s")
    file = folder / VPCS
    file.write_bytes(file.read_text().encode(encoding))
    assert json.loads(load(folder).files[VPCS])["Vpcs"]


def test_what_is_no_ordinary_file_is_passed_over(tmp_path: Path) -> None:
    folder = written(tmp_path / "s")
    os.mkfifo(folder / "111122223333/eu-west-1/ec2/pipe.json")
    assert load(folder).files


def test_a_zip_with_damaged_data_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(VPCS, json.dumps({"Vpcs": [{"VpcId": f"vpc-{n}"} for n in range(999)]}))
    data = bytearray(path.read_bytes())
    data[200:260] = bytes(60)
    path.write_bytes(data)
    with pytest.raises(SnapshotError, match=r"readable \.zip"):
        load(path)


def test_a_reply_in_a_folder_that_is_no_region_is_refused_by_name(tmp_path: Path) -> None:
    folder = written(tmp_path / "s")
    (folder / "111122223333/eu-west-1").rename(folder / "111122223333/eu_west_1")
    with pytest.raises(SnapshotError, match="eu_west_1 is not a region"):
        load(folder)


@pytest.mark.parametrize(
    ("call", "change"),
    [
        (DESCRIBE_SECURITY_GROUPS, {"FromPort": 500, "ToPort": 100, "IpProtocol": "tcp"}),
        (DESCRIBE_SECURITY_GROUPS, {"FromPort": 0, "ToPort": 10**30, "IpProtocol": "tcp"}),
    ],
    ids=["smaller-end-last", "huge"],
)
def test_ports_that_no_rule_can_have_are_refused_with_their_place(call: Call[Any], change: dict[str, object]) -> None:
    estate = seed.public_private()
    estate["sg-main-default"]["IpPermissionsEgress"] = [change]
    with pytest.raises(SnapshotError, match=r"describe-security-groups.json: \$\.SecurityGroups\[\d+\]"):
        snapshot_of(estate).read(call, HERE)


def test_an_acl_action_that_aws_may_invent_leaves_its_packets_undecided() -> None:
    estate = seed.public_private()
    for entry in estate["acl-main-default"]["Entries"]:
        if entry["RuleAction"] == "allow" and entry["Egress"]:
            entry["RuleAction"] = "inspect"
    assert told(estate, "internet") == "unknown COLLECTION_FAILED"


@pytest.mark.parametrize(
    ("record", "key"),
    [("vpc-main", "InstanceTenancy"), ("nat-main", "ConnectivityType"), ("nat-main", "State")],
)
def test_a_value_that_aws_may_invent_leaves_the_answer_undecided(record: str, key: str) -> None:
    estate = seed.public_private()
    estate[record][key] = "tomorrows"
    assert told(estate, "internet").startswith("unknown")


def test_half_a_port_range_is_refused_with_its_place() -> None:
    estate = seed.public_private()
    estate["acl-main-default"]["Entries"][0]["PortRange"] = {"From": 443}
    with pytest.raises(SnapshotError, match=r"describe-network-acls.json: \$\.NetworkAcls\[\d+\]\.Entries\[0\]"):
        snapshot_of(estate).read(DESCRIBE_NETWORK_ACLS, HERE)


def test_deep_nesting_is_refused_and_no_crash(tmp_path: Path) -> None:
    folder = written(tmp_path / "s")
    (folder / VPCS).write_text('{"Vpcs": [], "X": ' + "[" * 100_000 + "]" * 100_000 + "}")
    with pytest.raises(SnapshotError):
        told(load(folder).files, "internet")


def test_a_refusal_of_a_global_service_counts_under_any_region() -> None:
    estate = seed.public_private()
    estate.denied("route53/list-hosted-zones-by-vpc")
    files = estate.files()
    manifest = json.loads(files["snapshot.json"])
    for failure in manifest["failed"]:
        failure["region"] = "eu-west-1"
    files["snapshot.json"] = json.dumps(manifest).encode()
    assert told(files, "s3").startswith("unknown")


@pytest.mark.parametrize(
    ("record", "key", "place"),
    [
        ("subnet-private-1", "CidrBlock", r"describe-subnets.json: \$\.Subnets\[\d\]\.CidrBlock"),
        ("vpc-main", "CidrBlock", r"describe-vpcs.json: \$\.Vpcs\[0\]\.CidrBlock"),
    ],
)
@pytest.mark.parametrize("value", [0, True, 2886729728])
def test_a_number_in_place_of_an_address_block_is_refused_with_its_place(
    record: str, key: str, place: str, value: object
) -> None:
    estate = seed.public_private()
    estate[record][key] = value
    with pytest.raises(SnapshotError, match=place):
        told(estate, "internet", function="app")


@pytest.mark.parametrize("port", [-1, 65536, 10**30])
def test_a_port_that_no_resource_can_have_is_refused_with_its_place(port: int) -> None:
    estate = changed(database())
    estate["rds:orders-db"]["Endpoint"]["Port"] = port
    with pytest.raises(SnapshotError, match=r"describe-db-instances.json: \$\.DBInstances\[0\]\.Endpoint\.Port"):
        told(estate, "rds:orders-db")


@pytest.mark.parametrize(
    ("kind", "record"),
    [
        (Route, {"IpAddress": "elsewhere"}),
        (NatRule, {"MatchSourceCidr": "10.0.0.0/24", "NatCidr": "255.255.255.0/25"}),
    ],
)
def test_records_that_no_reply_can_hold_are_refused(kind: type[Any], record: dict[str, str]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(record, kind, dec_hook=decode_text)


def test_a_vpc_at_the_end_of_all_addresses_has_no_resolver_of_its_own() -> None:
    estate = seed.public_private()
    estate["vpc-main"]["CidrBlock"] = "255.255.255.255/32"
    assert told(estate, "255.255.255.255:53/udp")
