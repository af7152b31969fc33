"""A VPC as an attachment joins it to a hub (a transit gateway, a core network): by subnets, each for its own zone."""

from dataclasses import dataclass

from vpcreach.forwarding.hops import Arrival
from vpcreach.forwarding.notes import UNKNOWN_RESOURCE, Note, Reason
from vpcreach.forwarding.surroundings import Surroundings

TGW_ROUTE_AZ_RESTRICTION = Reason(
    "TGW_ROUTE_AZ_RESTRICTION",
    "add a subnet of this availability zone to the attachment",
    "https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html",
)
TRANSIT_GATEWAY_APPLIANCE_MODE_RECOMMENDED = Reason(
    "TRANSIT_GATEWAY_APPLIANCE_MODE_RECOMMENDED",
    "switch appliance mode of the attachment on, so that answers come back through the same zone",
    "https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-appliance-scenario.html",
)


@dataclass(frozen=True, slots=True)
class AttachedVpc:
    """The VPC behind an attachment (`id`, and `title` for a reader), and the subnets where the hub has interfaces."""

    id: str
    title: str
    vpc_id: str
    subnet_ids: tuple[str, ...]

    def entrance(self, came_from: str | None, around: Surroundings) -> str | Note:
        """The subnet whose interface takes packets from a subnet: that of the same zone, whichever subnet it is."""
        here = around.zone_of(came_from)
        if here is None:
            where = f"the zone of {came_from}" if came_from else "the zone in which the packets stand"
            message = f"{where} is not known, and {self.title} takes packets only in its own zones"
            return UNKNOWN_RESOURCE.unknown(came_from or self.id, "AvailabilityZoneId", message)
        inside = self.in_zone_of(came_from or "", around)
        if inside is not None:
            return inside
        unread = [subnet_id for subnet_id in self.subnet_ids if around.zone_of(subnet_id) is None]
        if unread or not self.subnet_ids:
            which = unread[0] if unread else "its subnets"
            message = f"whether {self.title} has an interface in {here} is not known: {which} cannot be read"
            return UNKNOWN_RESOURCE.unknown(unread[0] if unread else self.id, "SubnetIds", message)
        zones = ", ".join(sorted({str(around.zone_of(subnet_id)) for subnet_id in self.subnet_ids}))
        message = f"{came_from} is in {here}, and {self.title} takes packets only in the zones of its subnets: {zones}"
        return TGW_ROUTE_AZ_RESTRICTION.fail(self.id, str(came_from), message)

    def in_zone_of(self, subnet_id: str, around: Surroundings) -> str | None:
        """The attachment's subnet that is surely in the zone of another subnet, or None."""
        zone = around.zone_of(subnet_id)
        for own in self.subnet_ids:
            mine = around.zone_of(own)
            if zone is None or mine is None:
                continue
            # The name of a zone means another one in every account.
            is_comparable = bool(zone.id and mine.id) or around.place_of(own) == around.place_of(subnet_id)
            if is_comparable and zone.is_same(mine):
                return own
        return None

    def exits(self, entered: str | None, around: Surroundings) -> tuple[str, ...]:
        """Where packets that entered the hub in a subnet come out: in its zone if there is one here, else anywhere."""
        same = self.in_zone_of(entered, around) if entered is not None else None
        return (same,) if same is not None else self.subnet_ids

    def appliance_note(self, subnet_ids: tuple[str, ...], arrival: Arrival, around: Surroundings) -> Note | None:
        """The doubt about answers that enter an appliance's VPC in another zone than the packets met it in."""
        for box in arrival.has_crossed:
            component = around.component(box)
            stands_in = None if isinstance(component, Note) else component.subnet_id
            subnet = around.component(stands_in) if stands_in else None
            if getattr(subnet, "vpc_id", None) != self.vpc_id:
                continue
            zones = [around.zone_of(each) for each in subnet_ids]
            met_in = around.zone_of(stands_in)
            if met_in is None or any(zone is None or not zone.is_same(met_in) for zone in zones):
                message = (
                    f"the packets met {box} in {met_in or 'a zone that is not known'}, and {self.title}, without "
                    f"appliance mode, hands their answers to {self.vpc_id} in another zone"
                )
                reason = TRANSIT_GATEWAY_APPLIANCE_MODE_RECOMMENDED
                return reason.unknown(self.id, "ApplianceModeSupport", message)
        return None
