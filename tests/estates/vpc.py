"""A VPC of an estate and what is drawn into it."""

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from tests.estates import endpoints, gateways, guards
from tests.estates.interfaces import associate_public_ip, group_ids, interface, ipv6_of, tags, zone_id
from tests.estates.replies import Json, path_of
from tests.estates.route_tables import RouteTable, draw_table, main_association, redraw_routes
from tests.estates.rules import (
    ALLOW_ALL_ENTRIES,
    ANYWHERE_V6,
    AclRule,
    Allow,
    EstateError,
    Route,
    RouteTarget,
    acl_entries,
    allow,
    permissions,
)

if TYPE_CHECKING:
    from tests.estates.builder import Estate

ACLS = "ec2/describe-network-acls"


class Vpc:
    """A VPC; each method draws one thing and returns its id (a route table returns itself)."""

    def __init__(
        self,
        estate: "Estate",
        name: str,
        cidr: str,
        *,
        ipv6: str | None,
        dns_support: bool,
        dns_hostnames: bool,
        tenancy: str,
        dhcp_options: str,
        is_default: bool,
    ) -> None:
        self.estate = estate
        self.name = name
        self.id = f"vpc-{name}"
        record: Json = {
            "OwnerId": estate.account,
            "InstanceTenancy": tenancy,
            "CidrBlockAssociationSet": [],
            "IsDefault": is_default,
            "Tags": tags(name),
            "BlockPublicAccessStates": guards.block_states(estate, self.id),
            "VpcId": self.id,
            "State": "available",
            "CidrBlock": cidr,
            "DhcpOptionsId": dhcp_options,
        }
        estate.add("ec2/describe-vpcs", self.id, record)
        record["CidrBlockAssociationSet"].append(_block(self.id, cidr))
        if ipv6 is not None:
            record["Ipv6CidrBlockAssociationSet"] = [
                _block(self.id, ipv6)
                | {
                    "NetworkBorderGroup": estate.region,
                    "Ipv6Pool": "Amazon",
                    "Ipv6AddressAttribute": "public",
                    "IpSource": "amazon",
                }
            ]
        self._draw_attributes(dns_support, dns_hostnames)
        self._draw_defaults(ipv6 is not None)

    def _draw_attributes(self, dns_support: bool, dns_hostnames: bool) -> None:
        for attribute, value in (("enableDnsSupport", dns_support), ("enableDnsHostnames", dns_hostnames)):
            reply = {"VpcId": self.id, attribute[:1].upper() + attribute[1:]: {"Value": value}}
            self.estate.put("ec2/describe-vpc-attribute", reply, self.id, attribute)
        zones = {"HostedZoneSummaries": [], "MaxItems": "100"}
        self.estate.put("route53/list-hosted-zones-by-vpc", zones, self.id, self.estate.region)

    def _draw_defaults(self, ipv6: bool) -> None:
        main_association(self.estate, draw_table(self.estate, self.id, f"rtb-{self.name}-main").id)
        every = (*ALLOW_ALL_ENTRIES, (101, "allow", "-1", None, None, ANYWHERE_V6)) if ipv6 else ALLOW_ALL_ENTRIES
        self._draw_acl(f"acl-{self.name}-default", every, every)["IsDefault"] = True
        group_id = f"sg-{self.name}-default"
        self._draw_group(group_id, "default", "default VPC security group", None, [allow("-1", None, group_id)])

    def set_dns(self, *, support: bool | None = None, hostnames: bool | None = None) -> None:
        """Changes enableDnsSupport and enableDnsHostnames."""
        for attribute, value in (("EnableDnsSupport", support), ("EnableDnsHostnames", hostnames)):
            if value is not None:
                path = path_of("ec2/describe-vpc-attribute", self.id, attribute[:1].lower() + attribute[1:])
                self.estate.reply(path)[attribute]["Value"] = value

    def secondary_cidr(self, cidr: str) -> None:
        """Adds an IPv4 block to the VPC, and its local route to every table of it."""
        self.estate[self.id]["CidrBlockAssociationSet"].append(_block(self.id, cidr))
        for table in self.estate.reply("ec2/describe-route-tables")["RouteTables"]:
            if table["VpcId"] == self.id:
                local = Route("local", origin="CreateRouteTable")
                RouteTable(self.estate, table["RouteTableId"]).add_route(cidr, local)

    def subnet(
        self,
        name: str,
        cidr: str,
        *,
        az: str = "a",
        table: str | None = None,
        acl: str | None = None,
        ipv6: str | None = None,
        free: int | None = None,
        map_public_ip: bool = False,
    ) -> str:
        """A subnet in zone `a`, `b`, …; without `table` or `acl` it uses the VPC's main table or default ACL.

        Both may be drawn later. `free` fixes AvailableIpAddressCount; otherwise it counts what is drawn.
        """
        subnet_id = f"subnet-{name}"
        record = self._subnet_record(subnet_id, cidr, az)
        record["MapPublicIpOnLaunch"] = map_public_ip
        if free is not None:
            record["AvailableIpAddressCount"] = free
        if ipv6 is not None:
            public = {"Ipv6AddressAttribute": "public", "IpSource": "amazon"}
            record["Ipv6CidrBlockAssociationSet"].append(_block(subnet_id, ipv6) | public)
        self.estate.add("ec2/describe-subnets", subnet_id, record)
        if free is None:
            self.estate.counted_subnets.add(subnet_id)
        self._place_subnet(name, table, acl)
        return subnet_id

    def _subnet_record(self, subnet_id: str, cidr: str, az: str) -> Json:
        return {
            "AvailabilityZoneId": zone_id(self.estate.region, az),
            "MapCustomerOwnedIpOnLaunch": False,
            "OwnerId": self.estate.account,
            "AssignIpv6AddressOnCreation": False,
            "Ipv6CidrBlockAssociationSet": [],
            "Tags": tags(subnet_id.removeprefix("subnet-")),
            "SubnetArn": f"arn:aws:ec2:{self.estate.region}:{self.estate.account}:subnet/{subnet_id}",
            "EnableDns64": False,
            "Ipv6Native": False,
            "PrivateDnsNameOptionsOnLaunch": {
                "HostnameType": "ip-name",
                "EnableResourceNameDnsARecord": False,
                "EnableResourceNameDnsAAAARecord": False,
            },
            "BlockPublicAccessStates": guards.block_states(self.estate, subnet_id, self.id),
            "SubnetId": subnet_id,
            "State": "available",
            "VpcId": self.id,
            "CidrBlock": cidr,
            "AvailableIpAddressCount": IPv4Network(cidr).num_addresses - 5,
            "AvailabilityZone": f"{self.estate.region}{az}",
            "DefaultForAz": False,
        }

    def _place_subnet(self, name: str, table: str | None, acl: str | None) -> None:
        if table is not None:
            table_id = self.estate.named("rtb-", table)
            if table_id not in self.estate:
                self.estate.undrawn.add(table_id)
            draw_table(self.estate, self.id, table_id).associate(name)
        acl_id = self.estate.named("acl-", acl or f"{self.name}-default")
        if acl_id not in self.estate:
            self.estate.undrawn.add(acl_id)
            self._draw_acl(acl_id, (), ())
        self.use_acl(acl_id, name)

    def route_table(
        self, name: str, routes: Mapping[str, RouteTarget] | None = None, *, subnets: Iterable[str] = ()
    ) -> RouteTable:
        """A table with its local routes and these; drawing it again writes its routes anew.

        `{"0.0.0.0/0": "nat-a", "10.9.0.0/16": ("pcx-data", "blackhole"), "10.8.0.0/16": Route("vgw-a", …)}`
        """
        table = draw_table(self.estate, self.id, self.estate.named("rtb-", name))
        self.estate.undrawn.discard(table.id)
        redraw_routes(table, routes or {})
        for subnet in subnets:
            table.associate(subnet)
        return table

    def main_route_table(self) -> RouteTable:
        """The table that subnets without one of their own use."""
        return self.estate.route_table(f"rtb-{self.name}-main")

    def security_group(
        self,
        name: str,
        *,
        egress: Sequence[Allow] | None = None,
        ingress: Sequence[Allow] = (),
        description: str = "",
    ) -> str:
        """A security group; without `egress` it lets everything out, as a fresh one does; `[]` is nothing."""
        group_id = f"sg-{name}"
        self._draw_group(group_id, name, description or name, egress, ingress)
        return group_id

    def set_rules(
        self, group: str, *, egress: Sequence[Allow] | None = None, ingress: Sequence[Allow] | None = None
    ) -> None:
        """Writes the rules of one or both directions of a group anew."""
        (group_id,) = group_ids(self.estate, self.id, [group])
        for key, rules in (("IpPermissionsEgress", egress), ("IpPermissions", ingress)):
            if rules is not None:
                self.estate[group_id][key] = permissions(rules, self.estate.account)

    def _draw_group(
        self,
        group_id: str,
        name: str,
        description: str,
        egress: Sequence[Allow] | None,
        ingress: Sequence[Allow],
    ) -> None:
        if egress is None:
            has_ipv6 = bool(self.estate[self.id].get("Ipv6CidrBlockAssociationSet"))
            egress = [allow("-1"), allow("-1", None, ANYWHERE_V6)] if has_ipv6 else [allow("-1")]
        place = f"{self.estate.region}:{self.estate.account}"
        record: Json = {
            "GroupId": group_id,
            "IpPermissionsEgress": permissions(egress, self.estate.account),
            "Tags": [] if name == "default" else tags(name),
            "VpcId": self.id,
            "SecurityGroupArn": f"arn:aws:ec2:{place}:security-group/{group_id}",
            "OwnerId": self.estate.account,
            "GroupName": name,
            "Description": description,
            "IpPermissions": permissions(ingress, self.estate.account),
        }
        self.estate.add("ec2/describe-security-groups", group_id, record)

    def network_acl(
        self,
        name: str,
        *,
        subnets: Iterable[str] = (),
        inbound: Sequence[AclRule] = ALLOW_ALL_ENTRIES,
        outbound: Sequence[AclRule] = ALLOW_ALL_ENTRIES,
    ) -> str:
        """A network ACL, put in force for `subnets`; drawing it again writes its entries anew.

        An entry is `(100, "allow", "tcp", 443, 443, "10.0.0.0/16")`; `("-1", None, None)` is all traffic.
        """
        acl_id = self.estate.named("acl-", name)
        if acl_id in self.estate:
            self.estate[acl_id]["Entries"] = self._entries(inbound, outbound)
        else:
            self._draw_acl(acl_id, inbound, outbound)
        self.estate.undrawn.discard(acl_id)
        for subnet in subnets:
            self.use_acl(acl_id, subnet)
        return acl_id

    def use_acl(self, acl: str, subnet: str) -> None:
        """Puts an ACL in force for a subnet, in place of the one it had."""
        acl_id, subnet_id = self.estate.named("acl-", acl), self.estate.named("subnet-", subnet)
        if self.estate[subnet_id]["VpcId"] != self.estate[acl_id]["VpcId"]:
            raise EstateError(f"{subnet_id} and {acl_id} are of different VPCs")
        for record in self.estate.reply(ACLS)["NetworkAcls"]:
            kept = [found for found in record["Associations"] if found["SubnetId"] != subnet_id]
            record["Associations"][:] = kept
        self.estate[acl_id]["Associations"].append(
            {
                "NetworkAclAssociationId": f"aclassoc-{subnet_id}",
                "NetworkAclId": acl_id,
                "SubnetId": subnet_id,
            }
        )

    def _draw_acl(self, acl_id: str, inbound: Sequence[AclRule], outbound: Sequence[AclRule]) -> Json:
        record: Json = {
            "Associations": [],
            "Entries": self._entries(inbound, outbound),
            "IsDefault": False,
            "NetworkAclId": acl_id,
            "Tags": tags(acl_id.removeprefix("acl-")),
            "VpcId": self.id,
            "OwnerId": self.estate.account,
        }
        return self.estate.add(ACLS, acl_id, record)

    def _entries(self, inbound: Sequence[AclRule], outbound: Sequence[AclRule]) -> list[Json]:
        ipv6 = bool(self.estate[self.id].get("Ipv6CidrBlockAssociationSet"))
        return acl_entries(inbound, outbound, ipv6=ipv6)

    def network_interface(
        self,
        name: str,
        *,
        subnet: str,
        address: str | None = None,
        groups: Iterable[str] = ("default",),
        public_ip: str | None = None,
        type: str = "interface",
        description: str = "",
        requester: str | None = None,
        source_dest_check: bool = True,
        status: str = "in-use",
        ipv6: int | None = None,
    ) -> str:
        """An interface of any kind; `public_ip` is its Elastic IP, `ipv6` its host part in the subnet."""
        interface_id = self.estate.named("eni-", name)
        subnet_id = self.estate.named("subnet-", subnet)
        interface(
            self.estate,
            interface_id,
            subnet_id,
            group_ids(self.estate, self.id, groups),
            address=address,
            ipv6=None if ipv6 is None else ipv6_of(self.estate[subnet_id], ipv6),
            kind=type,
            description=description,
            requester=requester,
            source_dest_check=source_dest_check,
            status=status,
        )
        if public_ip is not None:
            associate_public_ip(self.estate, interface_id, public_ip, elastic_ip_of=interface_id)
        return interface_id

    internet_gateway = gateways.internet_gateway
    detach_internet_gateway = gateways.detach_internet_gateway
    egress_only_internet_gateway = gateways.egress_only_internet_gateway
    nat_gateway = gateways.nat_gateway
    move_nat_gateway = gateways.move_nat_gateway
    peering = gateways.peering
    gateway_endpoint = endpoints.gateway_endpoint
    interface_endpoint = endpoints.interface_endpoint


def _block(of: str, cidr: str) -> Json:
    association = f"{of.removeprefix('subnet-')}-{cidr.replace('/', '-')}"
    kind = "Ipv6CidrBlock" if ":" in cidr else "CidrBlock"
    prefix = f"{'subnet' if of.startswith('subnet-') else 'vpc'}-cidr-assoc"
    return {
        "AssociationId": f"{prefix}-{association}",
        kind: cidr,
        f"{kind}State": {"State": "associated"},
    }
