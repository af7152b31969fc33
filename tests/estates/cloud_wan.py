"""Cloud WAN: a core network, the VPCs attached to it, and the routes of its segments at each edge.

    wan = estate.core_network("wan")
    wan.attach("app", app_vpc, subnets=["app-a"], segment="prod")
    wan.routes("prod", "eu-west-1", {"10.2.0.0/16": "data", "10.9.0.0/16": "blackhole"})

Route tables name it by `wan.arn`; attachments are `attachment-NAME`.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tests.estates.interfaces import tags
from tests.estates.replies import Json

if TYPE_CHECKING:
    from tests.estates.builder import Estate
    from tests.estates.vpc import Vpc

NETWORKS = "networkmanager/list-core-networks"
ATTACHMENTS = "networkmanager/list-attachments"
DETAIL = "networkmanager/get-vpc-attachment"
ROUTES = "networkmanager/get-network-routes"


def core_network(estate: "Estate", name: str, *, state: str = "AVAILABLE") -> "Wan":
    """A core network that this account owns."""
    wan = Wan(estate, name)
    record: Json = {
        "CoreNetworkId": wan.id,
        "CoreNetworkArn": wan.arn,
        "GlobalNetworkId": "global-network-1",
        "OwnerAccountId": estate.account,
        "State": state,
        "Tags": tags(name),
    }
    estate.add(NETWORKS, wan.arn, record)
    return wan


class Wan:
    """A drawn core network, to be given attachments and routes."""

    def __init__(self, estate: "Estate", name: str) -> None:
        self.estate = estate
        self.id = f"core-network-{name}"
        self.arn = f"arn:aws:networkmanager::{estate.account}:core-network/{self.id}"

    def attach(
        self,
        name: str,
        vpc: "Vpc",
        *,
        subnets: Sequence[str],
        segment: str | None,
        ipv6: bool = False,
        appliance_mode: bool = False,
        referencing: bool = True,
    ) -> str:
        """Attaches a VPC at the edge of its region; the VPC's own account lists the attachment as well."""
        attachment_id = f"attachment-{name}"
        place = f"{vpc.estate.region}:{vpc.estate.account}"
        listed: Json = {
            "CoreNetworkId": self.id,
            "CoreNetworkArn": self.arn,
            "AttachmentId": attachment_id,
            "OwnerAccountId": vpc.estate.account,
            "AttachmentType": "VPC",
            "State": "AVAILABLE",
            "EdgeLocation": vpc.estate.region,
            "ResourceArn": f"arn:aws:ec2:{place}:vpc/{vpc.id}",
            **({"SegmentName": segment} if segment is not None else {}),
            "Tags": tags(name),
        }
        detail = {
            "Attachment": listed,
            "SubnetArns": [f"arn:aws:ec2:{place}:subnet/{vpc.estate.named('subnet-', each)}" for each in subnets],
            "Options": {
                "Ipv6Support": ipv6,
                "ApplianceModeSupport": appliance_mode,
                "DnsSupport": True,
                "SecurityGroupReferencingSupport": referencing,
            },
        }
        for estate in {id(self.estate): self.estate, id(vpc.estate): vpc.estate}.values():
            if attachment_id not in estate:
                estate.add(ATTACHMENTS, attachment_id, listed)
            estate.put(DETAIL, {"VpcAttachment": detail}, attachment_id)
        return attachment_id

    def routes(self, segment: str, edge: str, routes: Mapping[str, str]) -> list[Json]:
        """Writes the routes of a segment at an edge, to attachments by name or `blackhole`; they may be changed."""
        told = [self._route(destination, target) for destination, target in routes.items()]
        self.estate.put(ROUTES, {"NetworkRoutes": told}, "global-network-1", self.id, segment, edge)
        return told

    def _route(self, destination: str, target: str) -> Json:
        if target == "blackhole":
            return {"DestinationCidrBlock": destination, "State": "BLACKHOLE", "Type": "STATIC"}
        to = {"CoreNetworkAttachmentId": f"attachment-{target}", "ResourceType": "vpc"}
        return {"DestinationCidrBlock": destination, "Destinations": [to], "State": "ACTIVE", "Type": "PROPAGATED"}
