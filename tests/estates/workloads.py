"""Who asks and who is asked: Lambda functions, RDS databases, EC2 instances."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from tests.estates.interfaces import (
    DRAWN_AT,
    INTERFACES,
    associate_public_ip,
    group_ids,
    interface,
    ipv6_of,
    tags,
)
from tests.estates.replies import Json, path_of
from tests.estates.rules import EstateError

if TYPE_CHECKING:
    from tests.estates.builder import Estate

FUNCTIONS = "lambda/list-functions"
CONFIGURATION = "lambda/get-function-configuration"

# ListFunctions leaves these out; only GetFunctionConfiguration tells them.
_STATE_KEYS = frozenset(
    {
        "State",
        "StateReason",
        "StateReasonCode",
        "LastUpdateStatus",
        "LastUpdateStatusReason",
        "LastUpdateStatusReasonCode",
        "RuntimeVersionConfig",
    }
)


def as_printed(path: str, reply: Json) -> Json:
    """A reply as the CLI prints it; a function's one record is printed shorter by list-functions."""
    if path != FUNCTIONS:
        return reply
    shorter = [{key: value for key, value in record.items() if key not in _STATE_KEYS} for record in reply["Functions"]]
    return reply | {"Functions": shorter}


def function(
    estate: "Estate",
    name: str,
    *,
    subnets: Iterable[str] = (),
    groups: Iterable[str] = ("default",),
    dual_stack: bool = False,
    state: str = "Active",
    reason_code: str | None = None,
    reason: str | None = None,
    last_update: str = "Successful",
    tags: Mapping[str, str] | None = None,
    aliases: Mapping[str, str] | None = None,
    interfaces: bool = True,
) -> str:
    """A Lambda function, reached as `estate["function:NAME"]`; without subnets it has no VPC.

    Its interfaces `eni-lambda-SUBNET-GROUPS` (one for each subnet and set of groups, shared as Lambda shares
    them) are drawn too unless `interfaces` is false. `aliases` maps an alias to a version.
    """
    record = _function_record(estate, name)
    record |= {"State": state, "LastUpdateStatus": last_update}
    if reason_code is not None:
        record |= {"StateReasonCode": reason_code, "StateReason": reason or reason_code}
    estate.add(FUNCTIONS, f"function:{name}", record)
    estate.replies[path_of(CONFIGURATION, name)] = record
    estate.put("lambda/list-tags", {"Tags": dict(tags or {})}, str(record["FunctionArn"]))
    listed = [_alias(record["FunctionArn"], alias, version) for alias, version in (aliases or {}).items()]
    estate.put("lambda/list-aliases", {"Aliases": listed}, name)
    subnets = list(subnets)
    if subnets:
        record["VpcConfig"] = vpc_config(estate, subnets, groups, dual_stack)
        if interfaces:
            _draw_lambda_interfaces(estate, record)
    return f"function:{name}"


def move_function(estate: "Estate", name: str, *, subnets: Iterable[str], groups: Iterable[str] = ("default",)) -> None:
    """Gives a function other subnets and groups; interfaces that nothing uses any more are gone."""
    record = estate[f"function:{name}"]
    dual_stack = record.get("VpcConfig", {}).get("Ipv6AllowedForDualStack", False)
    record["VpcConfig"] = vpc_config(estate, list(subnets), groups, dual_stack)
    _draw_lambda_interfaces(estate, record)
    _drop_unused_lambda_interfaces(estate)


def detach_function(estate: "Estate", name: str) -> None:
    """Empties the function's VPC configuration, as an update with empty lists does."""
    estate[f"function:{name}"]["VpcConfig"] = {
        "SubnetIds": [],
        "SecurityGroupIds": [],
        "VpcId": "",
        "Ipv6AllowedForDualStack": False,
    }
    _drop_unused_lambda_interfaces(estate)


def _function_record(estate: "Estate", name: str) -> Json:
    return {
        "FunctionName": name,
        "FunctionArn": f"arn:aws:lambda:{estate.region}:{estate.account}:function:{name}",
        "Runtime": "python3.13",
        "Role": f"arn:aws:iam::{estate.account}:role/{name}",
        "Handler": "app.handler",
        "CodeSize": 4096,
        "Description": "",
        "Timeout": 30,
        "MemorySize": 256,
        "LastModified": "2026-01-05T09:00:00.000+0000",
        "CodeSha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "Version": "$LATEST",
        "TracingConfig": {"Mode": "PassThrough"},
        "RevisionId": "00000000-0000-4000-8000-000000000000",
        "PackageType": "Zip",
        "Architectures": ["arm64"],
        "EphemeralStorage": {"Size": 512},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{name}"},
    }


def vpc_config(estate: "Estate", subnets: Sequence[str], groups: Iterable[str], dual_stack: bool) -> Json:
    subnet_ids = [estate.named("subnet-", subnet) for subnet in subnets]
    vpc_id = estate[subnet_ids[0]]["VpcId"]
    return {
        "SubnetIds": subnet_ids,
        "SecurityGroupIds": group_ids(estate, vpc_id, groups),
        "VpcId": vpc_id,
        "Ipv6AllowedForDualStack": dual_stack,
    }


def _alias(function_arn: str, alias: str, version: str) -> Json:
    return {
        "AliasArn": f"{function_arn}:{alias}",
        "Name": alias,
        "FunctionVersion": version,
        "Description": "",
        "RevisionId": "00000000-0000-4000-8000-000000000000",
    }


def _lambda_interface_ids(record: Json) -> dict[str, str]:
    configuration = record.get("VpcConfig", {"SubnetIds": [], "SecurityGroupIds": []})
    groups = "-".join(sorted(group.removeprefix("sg-") for group in configuration["SecurityGroupIds"]))
    return {f"eni-lambda-{s.removeprefix('subnet-')}-{groups}": s for s in configuration["SubnetIds"]}


def _draw_lambda_interfaces(estate: "Estate", record: Json) -> None:
    configuration = record["VpcConfig"]
    for interface_id, subnet_id in _lambda_interface_ids(record).items():
        if interface_id not in estate:
            interface(
                estate,
                interface_id,
                subnet_id,
                configuration["SecurityGroupIds"],
                ipv6=ipv6_of(estate[subnet_id], 100) if configuration["Ipv6AllowedForDualStack"] else None,
                kind="lambda",
                description=f"AWS Lambda VPC ENI-{record['FunctionName']}",
                requester="AROALAMBDAEXECUTION:" + record["FunctionName"],
            )


def _drop_unused_lambda_interfaces(estate: "Estate") -> None:
    used = {used for record in estate.reply(FUNCTIONS)["Functions"] for used in _lambda_interface_ids(record)}
    for record in list(estate.reply(INTERFACES)["NetworkInterfaces"]):
        if record["InterfaceType"] == "lambda" and record["NetworkInterfaceId"] not in used:
            estate.remove(record["NetworkInterfaceId"])


def rds_instance(
    estate: "Estate",
    name: str,
    *,
    engine: str = "postgres",
    port: int = 5432,
    subnets: Sequence[str],
    groups: Iterable[str] = ("default",),
    az: str | None = None,
    multi_az: bool = False,
    public: bool = False,
    public_ip: str = "54.72.0.1",
    status: str = "available",
    interfaces: bool = True,
) -> str:
    """A database, reached as `estate["rds:NAME"]`, in zone `az` (else that of the first of `subnets`).

    Its interface `eni-rds-NAME` is drawn in the subnet of that zone, and with `multi_az`
    `eni-rds-NAME-standby` in that of another, unless `interfaces` is false.
    """
    subnet_ids = [estate.named("subnet-", subnet) for subnet in subnets]
    zones = {estate[subnet_id]["AvailabilityZone"]: subnet_id for subnet_id in reversed(subnet_ids)}
    zone = f"{estate.region}{az}" if az else estate[subnet_ids[0]]["AvailabilityZone"]
    standby = next((other for other in sorted(zones) if other != zone), None) if multi_az else None
    if zone not in zones or (multi_az and standby is None):
        raise EstateError(f"rds:{name} has no subnet for each of its zones")
    vpc_id = estate[subnet_ids[0]]["VpcId"]
    chosen = group_ids(estate, vpc_id, groups)
    record = _database_record(estate, name, engine, port, chosen, subnet_ids)
    record |= {
        "DBInstanceStatus": status,
        "AvailabilityZone": zone,
        "MultiAZ": multi_az,
        "PubliclyAccessible": public,
    }
    if standby is not None:
        record["SecondaryAvailabilityZone"] = standby
    estate.add("rds/describe-db-instances", f"rds:{name}", record)
    if interfaces:
        _draw_database_interfaces(estate, name, chosen, zones[zone], standby and zones[standby])
        if public:
            associate_public_ip(estate, f"eni-rds-{name}", public_ip)
    return f"rds:{name}"


def _draw_database_interfaces(
    estate: "Estate", name: str, groups: Sequence[str], subnet_id: str, standby_subnet_id: str | None
) -> None:
    for suffix, place in (("", subnet_id), ("-standby", standby_subnet_id)):
        if place is not None:
            interface(
                estate,
                f"eni-rds-{name}{suffix}",
                place,
                groups,
                description="RDSNetworkInterface",
                requester="amazon-rds",
                owner=f"rds:{name}",
            )


def _database_record(
    estate: "Estate", name: str, engine: str, port: int, groups: Sequence[str], subnet_ids: Sequence[str]
) -> Json:
    return {
        "DBInstanceIdentifier": name,
        "DBInstanceClass": "db.t4g.medium",
        "Engine": engine,
        "MasterUsername": "admin",
        "Endpoint": {
            "Address": f"{name}.c0ffee123456.{estate.region}.rds.amazonaws.com",
            "Port": port,
            "HostedZoneId": "Z29XKXDKYMONMX",
        },
        "AllocatedStorage": 20,
        "InstanceCreateTime": DRAWN_AT,
        "BackupRetentionPeriod": 7,
        "DBSecurityGroups": [],
        "VpcSecurityGroups": [{"VpcSecurityGroupId": group, "Status": "active"} for group in groups],
        "DBSubnetGroup": {
            "DBSubnetGroupName": name,
            "DBSubnetGroupDescription": name,
            "VpcId": estate[subnet_ids[0]]["VpcId"],
            "SubnetGroupStatus": "Complete",
            "Subnets": [
                {
                    "SubnetIdentifier": subnet_id,
                    "SubnetAvailabilityZone": {"Name": estate[subnet_id]["AvailabilityZone"]},
                    "SubnetOutpost": {},
                    "SubnetStatus": "Active",
                }
                for subnet_id in subnet_ids
            ],
            "DBSubnetGroupArn": f"arn:aws:rds:{estate.region}:{estate.account}:subgrp:{name}",
            "SupportedNetworkTypes": ["IPV4"],
        },
        "ReadReplicaDBInstanceIdentifiers": [],
        "StorageType": "gp3",
        "DbInstancePort": 0,
        "StorageEncrypted": True,
        "DbiResourceId": f"db-{name.upper().replace('-', '')}",
        "DBInstanceArn": f"arn:aws:rds:{estate.region}:{estate.account}:db:{name}",
        "IAMDatabaseAuthenticationEnabled": False,
        "DeletionProtection": False,
        "TagList": [],
        "NetworkType": "IPV4",
    }


def instance(
    estate: "Estate",
    name: str,
    *,
    subnet: str,
    groups: Iterable[str] = ("default",),
    address: str | None = None,
    public_ip: str | None = None,
    state: str = "running",
    source_dest_check: bool = True,
) -> str:
    """An EC2 instance `i-NAME` with its interface `eni-NAME`; routes may point to either."""
    instance_id, subnet_id = f"i-{name}", estate.named("subnet-", subnet)
    chosen = group_ids(estate, estate[subnet_id]["VpcId"], groups)
    record = _instance_record(estate, name, subnet_id, chosen, state)
    record["SourceDestCheck"] = source_dest_check
    reservation = {
        "ReservationId": f"r-{name}",
        "OwnerId": estate.account,
        "Groups": [],
        "Instances": [record],
    }
    estate.add_listed("ec2/describe-instances", reservation, instance_id, record)
    drawn = interface(
        estate,
        f"eni-{name}",
        subnet_id,
        chosen,
        address=address,
        source_dest_check=source_dest_check,
        owner=instance_id,
    )
    drawn["Attachment"] |= {"InstanceId": instance_id, "DeviceIndex": 0}
    if public_ip is not None:
        associate_public_ip(estate, f"eni-{name}", public_ip)
        record["PublicIpAddress"] = public_ip
    record["PrivateIpAddress"] = drawn["PrivateIpAddress"]
    record["NetworkInterfaces"].append(_seen_from_instance(drawn))
    return instance_id


def _instance_record(estate: "Estate", name: str, subnet_id: str, groups: Sequence[str], state: str) -> Json:
    return {
        "Architecture": "arm64",
        "NetworkInterfaces": [],
        "SecurityGroups": [{"GroupId": group, "GroupName": estate[group]["GroupName"]} for group in groups],
        "Tags": tags(name),
        "InstanceId": f"i-{name}",
        "ImageId": "ami-0123456789abcdef0",
        "State": {"Code": {"running": 16, "stopped": 80}.get(state, 0), "Name": state},
        "InstanceType": "t4g.micro",
        "LaunchTime": DRAWN_AT,
        "SubnetId": subnet_id,
        "VpcId": estate[subnet_id]["VpcId"],
    }


def _seen_from_instance(drawn: Json) -> Json:
    dropped = {
        "AvailabilityZone",
        "AvailabilityZoneId",
        "TagSet",
        "RequesterId",
        "RequesterManaged",
        "Attachment",
    }
    attachment = {k: v for k, v in drawn["Attachment"].items() if not k.startswith("Instance")}
    return {key: value for key, value in drawn.items() if key not in dropped} | {"Attachment": attachment}
