"""A transit gateway: one namespace with a cable to each subnet of each attachment."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.oracle.kernel.namespace import Namespace
from tests.oracle.kernel.records import Json, NotModelledError, Records
from tests.oracle.kernel.router import PROPAGATED, STATIC, Port, Router, devices
from tests.oracle.kernel.wiring import Cable, Drum, last_routes

TABLES = 100


@dataclass(frozen=True)
class Landing:
    """Where an attachment meets one subnet of its VPC."""

    attachment: Json
    zone: str
    cable: Cable


def build_transit_gateway(gateway_id: str, records: Records, routers: dict[str, Router], drum: Drum) -> "Hub":
    """Cables a transit gateway to its VPCs' routers; `finish` follows when the cables are laid."""
    hub = Hub(records, Namespace(forwards=True))
    for attachment in records.vpc_attachments.values():
        if attachment["TransitGatewayId"] == gateway_id and attachment["State"] == "available":
            hub.attach(attachment, routers[attachment["VpcId"]], drum)
    return hub


class Hub:
    """A transit gateway on its way to be built."""

    def __init__(self, records: Records, namespace: Namespace) -> None:
        self.records = records
        self.namespace = namespace
        self.landings: list[Landing] = []

    def attach(self, attachment: Json, router: Router, drum: Drum) -> None:
        gate = router.gate(attachment["TransitGatewayId"], "transit")
        for subnet in attachment["SubnetIds"]:
            number = len(self.landings)
            cable = drum.cable(f"t{number}", f"a{number}")
            zone = self.records.subnets[subnet]["AvailabilityZoneId"]
            router.add_port(
                Port(attachment["TransitGatewayAttachmentId"], "attachment", subnet, (), cable, self.namespace)
            )
            gate.devices.append(cable.near)
            gate.hops.setdefault(zone, cable)
            self.landings.append(Landing(attachment, zone, cable))

    def finish(self) -> None:
        lines = [line for landing in self.landings for line in landing.cable.far_lines()]
        rules = []
        for number, landing in enumerate(self.landings):
            lines += self._table(TABLES + number, landing)
            rules.append(f"rule add iif {landing.cable.far} lookup {TABLES + number} pref 10")
        self.namespace.ip([*lines, *rules])
        has_ipv6 = any(landing.attachment["Options"]["Ipv6Support"] == "enable" for landing in self.landings)
        self.namespace.ip(rules if has_ipv6 else (), "-6")
        self.namespace.nft(self._filter())

    def _table(self, table: int, here: Landing) -> Iterator[str]:
        """The routes for what comes in at one landing: those of the attachment's table, within the zone if possible."""
        association = here.attachment.get("Association", {})
        if association.get("State") == "associated":
            for route in self.records.transit_routes(association["TransitGatewayRouteTableId"]):
                cidr, metric = route["DestinationCidrBlock"], STATIC if route["Type"] == "static" else PROPAGATED
                kind, leads = self._hop(route, here, cidr)
                yield f"route add {kind} {cidr} {leads} table {table} metric {metric}"
        yield from last_routes(table)

    def _hop(self, route: Json, here: Landing, cidr: str) -> tuple[str, str]:
        if route["State"] == "blackhole":
            return "blackhole", ""
        (target,) = route["TransitGatewayAttachments"]
        if target["ResourceType"] != "vpc":
            raise NotModelledError(f"the lab knows no attachment of kind {target['ResourceType']}")
        wanted = target["TransitGatewayAttachmentId"]
        there = [each for each in self.landings if each.attachment["TransitGatewayAttachmentId"] == wanted]
        # Without a landing in the zone, nobody knows which one AWS takes.
        there.sort(key=lambda each: each.zone != here.zone)
        return ("", there[0].cable.back(cidr)) if there else ("unreachable", "")

    def _filter(self) -> str:
        """IPv6 passes where both attachments have it."""
        without = [
            landing.cable.far for landing in self.landings if landing.attachment["Options"]["Ipv6Support"] != "enable"
        ]
        lines = [f"  meta nfproto ipv6 {word} {devices(without)} drop" for word in ("iifname", "oifname") if without]
        return "\n".join(
            ["table inet hub {", " chain crossing { type filter hook forward priority 0;", *lines, " }", "}", ""]
        )
