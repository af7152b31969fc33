"""File systems: EFS and S3 Files with their mount targets, FSx with its interfaces."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tests.estates.interfaces import group_ids, interface, tags
from tests.estates.replies import Json

if TYPE_CHECKING:
    from tests.estates.builder import Estate


def efs(
    estate: "Estate",
    name: str,
    *,
    subnets: Sequence[str],
    groups: Iterable[str] = ("default",),
    state: str = "available",
    mount_target_state: str = "available",
    interfaces: bool = True,
) -> str:
    """An EFS file system `fs-NAME`, its access point `fsap-NAME`, and `fsmt-NAME-SUBNET` in each subnet."""
    file_system_id = f"fs-{name}"
    arn = f"arn:aws:elasticfilesystem:{estate.region}:{estate.account}"
    record = {
        "FileSystemId": file_system_id,
        "FileSystemArn": f"{arn}:file-system/{file_system_id}",
        "LifeCycleState": state,
        "NumberOfMountTargets": len(subnets),
        "Name": f"{name}-files",
        "Tags": tags(f"{name}-files"),
    }
    estate.add("efs/describe-file-systems", file_system_id, record)
    point = {
        "AccessPointId": f"fsap-{name}",
        "AccessPointArn": f"{arn}:access-point/fsap-{name}",
        "FileSystemId": file_system_id,
        "LifeCycleState": "available",
        "Tags": [],
    }
    estate.add("efs/describe-access-points", f"fsap-{name}", point)
    targets = []
    for subnet in subnets:
        subnet_id = estate.named("subnet-", subnet)
        placed = _placed(estate, f"{name}-{subnet}", subnet_id, groups, interfaces)
        zone = {key: estate[subnet_id][key] for key in ("AvailabilityZoneId", "VpcId")}
        target = {
            "MountTargetId": f"fsmt-{name}-{subnet}",
            "FileSystemId": file_system_id,
            "SubnetId": subnet_id,
            "LifeCycleState": mount_target_state,
            "IpAddress": placed["PrivateIpAddress"],
            "NetworkInterfaceId": placed["NetworkInterfaceId"],
            "AvailabilityZoneName": estate[subnet_id]["AvailabilityZone"],
            **zone,
        }
        targets.append(target)
        told = {"SecurityGroups": [group["GroupId"] for group in placed["Groups"]]}
        estate.put("efs/describe-mount-target-security-groups", told, f"fsmt-{name}-{subnet}")
    estate.put("efs/describe-mount-targets", {"MountTargets": targets}, file_system_id)
    return f"efs:{file_system_id}"


def s3_files(
    estate: "Estate",
    name: str,
    *,
    subnets: Sequence[str],
    groups: Iterable[str] = ("default",),
    status: str = "available",
    mount_target_status: str = "available",
    interfaces: bool = True,
) -> str:
    """An S3 Files file system `fs-s3-NAME` with access point `fsap-s3-NAME` and a mount target in each subnet."""
    file_system_id = f"fs-s3-{name}"
    arn = f"arn:aws:s3files:{estate.region}:{estate.account}:file-system/{file_system_id}"
    summary = {
        "fileSystemId": file_system_id,
        "fileSystemArn": arn,
        "name": f"{name}-bucket",
        "bucket": f"arn:aws:s3:::{name}",
        "status": status,
        "ownerId": estate.account,
    }
    estate.add("s3files/list-file-systems", file_system_id, summary)
    point = {
        "accessPointId": f"fsap-s3-{name}",
        "accessPointArn": f"{arn}/access-point/fsap-s3-{name}",
        "fileSystemId": file_system_id,
        "status": "available",
        "ownerId": estate.account,
    }
    estate.put("s3files/list-access-points", {"accessPoints": [point]}, file_system_id)
    targets = []
    for subnet in subnets:
        subnet_id = estate.named("subnet-", subnet)
        placed = _placed(estate, f"s3-{name}-{subnet}", subnet_id, groups, interfaces)
        target = {
            "availabilityZoneId": estate[subnet_id]["AvailabilityZoneId"],
            "fileSystemId": file_system_id,
            "ipv4Address": placed["PrivateIpAddress"],
            "status": mount_target_status,
            "mountTargetId": f"fsmt-s3-{name}-{subnet}",
            "networkInterfaceId": placed["NetworkInterfaceId"],
            "ownerId": estate.account,
            "subnetId": subnet_id,
            "vpcId": estate[subnet_id]["VpcId"],
        }
        targets.append(target)
        detail = target | {"securityGroups": [group["GroupId"] for group in placed["Groups"]]}
        estate.put("s3files/get-mount-target", detail, f"fsmt-s3-{name}-{subnet}")
    estate.put("s3files/list-mount-targets", {"mountTargets": targets}, file_system_id)
    return f"s3files:{file_system_id}"


def fsx(
    estate: "Estate",
    name: str,
    kind: str,
    *,
    subnets: Sequence[str],
    groups: Iterable[str] = ("default",),
    lifecycle: str = "AVAILABLE",
) -> str:
    """An FSx file system `fs-fsx-NAME` of a kind (WINDOWS, LUSTRE …) with an interface in each subnet."""
    file_system_id = f"fs-fsx-{name}"
    subnet_ids = [estate.named("subnet-", subnet) for subnet in subnets]
    placed = [
        _placed(estate, f"fsx-{name}-{subnet}", each, groups, True)
        for subnet, each in zip(subnets, subnet_ids, strict=True)
    ]
    record = {
        "OwnerId": estate.account,
        "FileSystemId": file_system_id,
        "FileSystemType": kind,
        "Lifecycle": lifecycle,
        "VpcId": estate[subnet_ids[0]]["VpcId"],
        "SubnetIds": subnet_ids,
        "NetworkInterfaceIds": [each["NetworkInterfaceId"] for each in placed],
        "DNSName": f"{file_system_id}.fsx.{estate.region}.amazonaws.com",
        "ResourceARN": f"arn:aws:fsx:{estate.region}:{estate.account}:file-system/{file_system_id}",
        "Tags": tags(f"{name}-share"),
    }
    estate.add("fsx/describe-file-systems", file_system_id, record)
    return f"fsx:{file_system_id}"


def fsx_virtual_machine(
    estate: "Estate", name: str, *, file_system: str, nfs: Sequence[str], smb: Sequence[str] = ()
) -> str:
    """A storage virtual machine `svm-NAME` of an ONTAP file system, with the addresses of its endpoints."""
    host = f"svm-{name}.{file_system}.fsx.{estate.region}.amazonaws.com"
    arn = f"arn:aws:fsx:{estate.region}:{estate.account}:storage-virtual-machine/{file_system}/svm-{name}"
    record: Json = {
        "StorageVirtualMachineId": f"svm-{name}",
        "Name": name,
        "FileSystemId": file_system,
        "Lifecycle": "CREATED",
        "ResourceARN": arn,
        "Endpoints": {"Nfs": {"DNSName": host, "IpAddresses": list(nfs)}},
    }
    if smb:
        record["Endpoints"]["Smb"] = {"DNSName": host, "IpAddresses": list(smb)}
    estate.add("fsx/describe-storage-virtual-machines", f"svm-{name}", record)
    return f"fsx:svm-{name}"


def mount(estate: "Estate", function: str, *arns: str) -> None:
    """Gives a function file systems, by the ARNs of their access points."""
    configs = [{"Arn": arn, "LocalMountPath": f"/mnt/{number}"} for number, arn in enumerate(arns, 1)]
    estate[f"function:{function}"]["FileSystemConfigs"] = configs


def _placed(estate: "Estate", name: str, subnet_id: str, groups: Iterable[str], is_visible: bool) -> Json:
    """The interface `eni-NAME` of a file system; AWS hides some from some accounts."""
    chosen = group_ids(estate, estate[subnet_id]["VpcId"], groups)
    drawn = interface(estate, f"eni-{name}", subnet_id, chosen)
    if not is_visible:
        estate.forget(f"eni-{name}")
    return drawn
