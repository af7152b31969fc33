"""Draws an estate: what a careful person would have built of its features, and then what goes wrong.

main   10.0.0.0/16   a 10.0.0.0/24 public, b 10.0.1.0/24 with the function, c 10.0.2.0/25, d 10.0.2.128/25
peer   10.1.0.0/16   p 10.1.0.0/24, q 10.1.1.0/24 with interfaces
out    10.2.0.0/16   t 10.2.0.0/24, u 10.2.1.0/24 with a NAT gateway: the way out of the transit gateway
far    10.3.0.0/16   r 10.3.0.0/24 behind a second transit gateway, or with the range of `peer`
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from tests.oracle.universe import hubs, machines, rules, shapes, things, trouble
from tests.oracle.universe.shapes import Json, Replies

T = TypeVar("T")

PREFIX_LISTS = {
    "pl-s3": ("3.5.64.0/21", "52.218.0.0/17"),
    "pl-dynamodb": ("52.94.24.0/23",),
}
LISTED = ("8.8.8.0/24", "8.8.0.0/16", "52.218.0.0/17", "10.0.1.0/24", "10.1.0.0/24", "3.5.64.0/21")
ZONES = {"a": "1", "b": "1", "c": "2", "d": "1", "p": "1", "q": "2", "t": "1", "u": "1", "r": "1"}
WAYS_OUT = ("0.0.0.0/0", "0.0.0.0/0", "8.8.8.0/24", "0.0.0.0/1", "128.0.0.0/1")


@dataclass
class Estate:
    """A drawn estate; `main`, `peer` … hold the ids of subnets by VPC, `trusts` is an option of the question."""

    replies: Replies = field(default_factory=Replies)
    features: frozenset[str] = frozenset()
    subnets: dict[str, list[str]] = field(default_factory=dict)
    trusts: bool = False

    def files(self) -> dict[str, bytes]:
        return self.replies.files()


def draw(features: frozenset[str], random: Random) -> Estate:
    return Drawing(features, random).draw()


class Drawing:
    """An estate while it is drawn."""

    def __init__(self, features: frozenset[str], random: Random) -> None:
        self.has = features
        self.random = random
        self.estate = Estate(features=features, trusts="trusted" in features)
        self.replies = self.estate.replies
        self.subnets: dict[str, Json] = {}
        self.tables: dict[str, Json] = {}
        self.taken = 10

    def some(self, things: Sequence[T], least: int, most: int) -> list[T]:
        return self.random.sample(things, min(self.random.randint(least, most), len(things)))

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def draw(self) -> Estate:
        self.draw_prefix_lists()
        self.draw_main()
        if self.has & {"peering", "hub", "hub-egress", "overlap", "far-hub", "references"}:
            self.draw_peer()
        if self.has & {"hub", "hub-egress", "far-hub"}:
            hubs.draw_hubs(self)
        self.draw_gateways()
        things.draw_endpoints(self)
        self.draw_groups()
        things.draw_interfaces(self)
        machines.draw_machines(self)
        self.draw_acls()
        trouble.draw_guards(self)
        trouble.draw_trouble(self)
        self.draw_function()
        return self.estate

    # VPCs, subnets, tables

    def draw_prefix_lists(self) -> None:
        lists = dict(PREFIX_LISTS)
        if "prefix-lists" in self.has:
            lists |= {f"pl-{word}": tuple(self.some(LISTED, 1, 2)) for word in ("own", "other")}
        for list_id, cidrs in lists.items():
            is_aws = list_id in PREFIX_LISTS
            name = f"com.amazonaws.{shapes.REGION}.{list_id[3:]}" if is_aws else list_id
            told = {"PrefixListId": list_id, "PrefixListName": name, "AddressFamily": "IPv4"}
            self.replies.add(
                "ec2/describe-managed-prefix-lists", told | {"OwnerId": "AWS" if is_aws else shapes.ACCOUNT}
            )
            if is_aws:
                self.replies.add("ec2/describe-prefix-lists", told | {"Cidrs": list(cidrs)})
            entries = {"Entries": [{"Cidr": cidr} for cidr in cidrs]}
            self.replies.by_call[f"ec2/get-managed-prefix-list-entries/{list_id}"] = entries

    def draw_vpc(self, name: str, cidr: str, subnets: dict[str, str], number: int) -> None:
        """A VPC with its subnets, each with a table of its own."""
        is_dual = "dual-stack" in self.has
        blocks = [cidr, *([f"2600:1f00:0:{number}00::/56"] if is_dual else [])]
        if name == "main" and "second-block" in self.has:
            blocks.insert(1, "100.64.0.0/16")
        vpc_id = f"vpc-{name}"
        self.replies.add("ec2/describe-vpcs", shapes.vpc(vpc_id, blocks))
        for attribute in ("enableDnsSupport", "enableDnsHostnames"):
            key = attribute[0].upper() + attribute[1:]
            path = f"ec2/describe-vpc-attribute/{vpc_id}.{attribute}"
            self.replies.by_call[path] = {"VpcId": vpc_id, key: {"Value": True}}
        path = f"route53/list-hosted-zones-by-vpc/{vpc_id}.{shapes.REGION}"
        self.replies.by_call[path] = {"HostedZoneSummaries": [], "MaxItems": "100"}
        local = [shapes.route(each, "local", origin="CreateRouteTable") for each in blocks]
        main = shapes.route_table(f"rtb-{name}-main", vpc_id, [dict(each) for each in local], [], main=True)
        self.replies.add("ec2/describe-route-tables", main)
        self.tables[f"{name}-main"] = main
        for place, (letter, own) in enumerate(subnets.items()):
            cidrs = [own, *([f"2600:1f00:0:{number}0{place}::/64"] if is_dual else [])]
            zone = self.random.choice("12") if "zones" in self.has and self.chance(0.3) else ZONES[letter]
            zone = zone if "zones" in self.has else "1"
            self.subnets[letter] = shapes.subnet(f"subnet-{letter}", vpc_id, cidrs, zone)
            self.replies.add("ec2/describe-subnets", self.subnets[letter])
            table = shapes.route_table(f"rtb-{letter}", vpc_id, [dict(each) for each in local], [f"subnet-{letter}"])
            self.tables[letter] = self.replies.add("ec2/describe-route-tables", table)
        self.estate.subnets[name] = [f"subnet-{letter}" for letter in subnets]

    def draw_main(self) -> None:
        subnets = {"a": "10.0.0.0/24", "b": "10.0.1.0/24", "c": "10.0.2.0/25", "d": "10.0.2.128/25"}
        if "public-range" in self.has:
            subnets = {letter: cidr.replace("10.0.", "52.10.") for letter, cidr in subnets.items()}
        elif "second-block" in self.has:
            subnets["d"] = "100.64.0.0/24"
        self.draw_vpc("main", "52.10.0.0/16" if "public-range" in self.has else "10.0.0.0/16", subnets, 1)

    def main_blocks(self) -> list[str]:
        (vpc,) = [each for each in self.replies.listed("ec2/describe-vpcs") if each["VpcId"] == "vpc-main"]
        told = [each["CidrBlock"] for each in vpc["CidrBlockAssociationSet"]]
        return told + [each["Ipv6CidrBlock"] for each in vpc["Ipv6CidrBlockAssociationSet"]]

    def add_route(
        self, table: str, destination: str, target: str, state: str = "active", origin: str = "CreateRoute"
    ) -> None:
        """A route, unless the table has one to the same block already; AWS has one of each."""
        routes = self.tables[table]["Routes"]
        if all(destination not in each.values() for each in routes):
            routes.append(shapes.route(destination, target, state, origin))

    def address_in(self, letter: str) -> str:
        """The next free address of a subnet."""
        self.taken += 1
        head, _, last = self.subnets[letter]["CidrBlock"].partition("/")[0].rpartition(".")
        return f"{head}.{int(last) + self.taken}"

    # Other VPCs

    def draw_peer(self) -> None:
        self.draw_vpc("peer", "10.1.0.0/16", {"p": "10.1.0.0/24", "q": "10.1.1.0/24"}, 2)
        if "overlap" in self.has:
            self.draw_vpc("far", "10.1.0.0/16", {"r": self.random.choice(["10.1.0.0/24", "10.1.0.0/25"])}, 2)
        elif "far-hub" in self.has:
            self.draw_vpc("far", "10.3.0.0/16", {"r": "10.3.0.0/24"}, 4)
        if self.has & {"peering", "overlap"}:
            self.draw_peering("pcx-one", "peer", "pq")
        if "overlap" in self.has:
            self.draw_peering("pcx-two", "far", "r")

    def draw_peering(self, peering_id: str, other: str, letters: str) -> None:
        vpcs = {each["VpcId"]: each for each in self.replies.listed("ec2/describe-vpcs")}
        state = "active" if self.chance(0.95) else self.random.choice(["deleted", "pending-acceptance", "provisioning"])
        record = {
            "VpcPeeringConnectionId": peering_id,
            "Status": {"Code": state},
            "RequesterVpcInfo": shapes.peering_side(vpcs["vpc-main"]),
            "AccepterVpcInfo": shapes.peering_side(vpcs[f"vpc-{other}"]),
        }
        self.replies.add("ec2/describe-vpc-peering-connections", record)
        there = [vpcs[f"vpc-{other}"]["CidrBlock"]]
        there += [each["Ipv6CidrBlock"] for each in vpcs[f"vpc-{other}"]["Ipv6CidrBlockAssociationSet"]]
        if peering_id == "pcx-two" and self.chance(0.5):
            there = ["10.1.0.0/24", *there[1:]]
        for letter in "abcd":
            for cidr in there:
                self.add_route(letter, cidr, peering_id)
        for letter in letters:
            for cidr in self.main_blocks():
                if self.chance(0.93):
                    self.add_route(letter, cidr, peering_id)

    # Gateways

    def draw_gateways(self) -> None:
        attached = [{"VpcId": "vpc-main", "State": "available"}]
        self.replies.add("ec2/describe-internet-gateways", {"InternetGatewayId": "igw-main", "Attachments": attached})
        self.add_route("a", "0.0.0.0/0", "igw-main")
        if "hub-egress" not in self.has:
            self.draw_nat()
            for letter in "bcd":
                self.add_route(letter, self.random.choice(WAYS_OUT), "nat-main")
        if "elastic-ip" in self.has and self.chance(0.5):
            self.tables["b"]["Routes"] = [r for r in self.tables["b"]["Routes"] if r.get("GatewayId") == "local"]
            self.add_route("b", "0.0.0.0/0", "igw-main")
        if "dual-stack" in self.has:
            self.draw_ipv6_ways()
        if self.has & {"virtual-private-gateway", "propagated"}:
            self.draw_virtual_private_gateway()
        if "edge-table" in self.has:
            routes = [shapes.route(cidr, "local", origin="CreateRouteTable") for cidr in self.main_blocks()]
            table = shapes.route_table("rtb-edge", "vpc-main", routes, [])
            table["Associations"] = [
                {"Main": False, "GatewayId": "igw-main", "AssociationState": {"State": "associated"}}
            ]
            self.tables["edge"] = self.replies.add("ec2/describe-route-tables", table)

    def draw_nat(self) -> None:
        public_ip = None if "private-nat" in self.has and self.chance(0.5) else "52.0.0.1"
        nat = shapes.nat_gateway("nat-main", "vpc-main", "subnet-a", self.address_in("a"), public_ip)
        self.replies.add("ec2/describe-nat-gateways", nat)
        if self.chance(0.15):
            more = {"PrivateIp": self.address_in("a"), "Status": self.random.choice(["succeeded", "failed"])}
            nat["NatGatewayAddresses"].append(more | ({"PublicIp": "52.0.0.2"} if public_ip else {}))
        if "regional-nat" in self.has:
            zones = self.some(["1", "2"], 1, 2)
            told = [
                {"PublicIp": f"52.0.0.{zone}", "Status": "succeeded", "AvailabilityZoneId": f"euw1-az{zone}"}
                for zone in zones
            ]
            automatic = self.random.choice(["enabled", "disabled"])
            nat |= {"AvailabilityMode": "regional", "ConnectivityType": "public", "NatGatewayAddresses": told}
            nat |= {"RouteTableId": "rtb-nat", "AutoProvisionZones": automatic, "AutoScalingIps": automatic}
            del nat["SubnetId"]
            local = [shapes.route(each, "local", origin="CreateRouteTable") for each in self.main_blocks()]
            table = shapes.route_table("rtb-nat", "vpc-main", [*local, shapes.route("0.0.0.0/0", "igw-main")], [])
            self.tables["nat"] = self.replies.add("ec2/describe-route-tables", table)
            return
        self.replies.add(
            "ec2/describe-network-interfaces",
            shapes.interface(
                "eni-nat", self.subnets["a"], [nat["NatGatewayAddresses"][0]["PrivateIp"]], [], kind="nat_gateway"
            ),
        )

    def draw_ipv6_ways(self) -> None:
        if "egress-only" in self.has:
            attached = [{"VpcId": "vpc-main", "State": "attached"}]
            record = {"EgressOnlyInternetGatewayId": "eigw-main", "Attachments": attached}
            self.replies.add("ec2/describe-egress-only-internet-gateways", record)
        way = "eigw-main" if "egress-only" in self.has else "igw-main"
        for letter in "bcd":
            self.add_route(letter, self.random.choice(["::/0", "2000::/3"]), way)
            if "hub-egress" not in self.has and self.chance(0.5):
                self.add_route(letter, "64:ff9b::/96", "nat-main")

    def draw_virtual_private_gateway(self) -> None:
        state = "attached" if self.chance(0.9) else self.random.choice(["detached", "attaching"])
        attachments = [{"VpcId": "vpc-main", "State": state}]
        record = {"VpnGatewayId": "vgw-far", "State": "available", "VpcAttachments": attachments}
        self.replies.add("ec2/describe-vpn-gateways", record)
        origin = "EnableVgwRoutePropagation" if "propagated" in self.has else "CreateRoute"
        for letter in self.some("abcd", 1, 4):
            wanted = ["192.168.0.0/16", "10.0.0.0/8", "8.8.8.0/24", "10.0.0.0/24", "10.1.0.0/16", "10.1.0.0/24"]
            for cidr in self.some(wanted, 1, 3):
                is_inside = cidr == "10.0.0.0/24" and origin == "CreateRoute"
                if not is_inside:
                    self.add_route(letter, cidr, "vgw-far", origin=origin)

    # Filters and interfaces

    def draw_groups(self) -> None:
        openness = 0.25 if "narrow-groups" in self.has else 0.8
        for vpc in self.replies.listed("ec2/describe-vpcs"):
            name = vpc["VpcId"].removeprefix("vpc-")
            for group in ("f", "g", "h") if name == "main" else (f"{name}-x", f"{name}-y"):
                inbound = rules.group_rules(self, 0.2 if "narrow-groups" in self.has else 0.6)
                outbound = rules.group_rules(self, openness)
                record = shapes.security_group(f"sg-{group}", vpc["VpcId"], inbound, outbound)
                self.replies.add("ec2/describe-security-groups", record)

    def groups_in(self, letter: str) -> list[str]:
        vpc_id = self.subnets[letter]["VpcId"]
        return [
            each["GroupId"] for each in self.replies.listed("ec2/describe-security-groups") if each["VpcId"] == vpc_id
        ]

    def draw_acls(self) -> None:
        for name, subnets in self.estate.subnets.items():
            acls: dict[str, list[str]] = {}
            for subnet_id in subnets if "acls" in self.has else ():
                if self.chance(0.6):
                    acls.setdefault(self.random.choice([f"acl-{name}-0", f"acl-{name}-1"]), []).append(subnet_id)
            for acl_id, ruled in acls.items():
                entries = [*rules.acl_entries(self, False), *rules.acl_entries(self, True)]
                self.random.shuffle(entries)
                record = shapes.network_acl(acl_id, f"vpc-{name}", entries, ruled)
                self.replies.add("ec2/describe-network-acls", record)
            others = [each for each in subnets if all(each not in ruled for ruled in acls.values())]
            entries = [*shapes.open_acl(False), *shapes.open_acl(True)]
            default = shapes.network_acl(f"acl-{name}", f"vpc-{name}", entries, others, default=True)
            self.replies.add("ec2/describe-network-acls", default)

    def draw_function(self) -> None:
        letters = self.some("bcd", 1, 2) if self.chance(0.5) else ["b"]
        letters = self.some("abcd", 1, 2) if self.chance(0.1) else letters
        if "elastic-ip" in self.has:
            letters = ["b"]
        groups = ["sg-f"] if self.chance(0.7) else self.some(["sg-f", "sg-g", "sg-h"], 1, 2)
        configuration = {
            "SubnetIds": [f"subnet-{letter}" for letter in letters],
            "SecurityGroupIds": groups,
            "VpcId": "vpc-main",
            "Ipv6AllowedForDualStack": "dual-stack" in self.has and self.chance(0.9),
        }
        arn = f"arn:aws:lambda:{shapes.REGION}:{shapes.ACCOUNT}:function:app"
        told = {
            "FunctionName": "app",
            "FunctionArn": arn,
            "Role": f"arn:aws:iam::{shapes.ACCOUNT}:role/app",
            "Version": "$LATEST",
            "VpcConfig": configuration,
        }
        self.replies.add("lambda/list-functions", told)
        state = {"State": "Active", "LastUpdateStatus": "Successful"}
        self.replies.by_call["lambda/get-function-configuration/app"] = told | state
        self.replies.by_call["lambda/list-aliases/app"] = {"Aliases": []}
        if "elastic-ip" in self.has or self.chance(0.2):
            public_ip = "34.0.0.9" if "elastic-ip" in self.has else None
            addresses = [self.address_in(letters[0])]
            record = shapes.interface(
                "eni-own", self.subnets[letters[0]], addresses, groups, kind="lambda", public_ip=public_ip
            )
            if "dual-stack" in self.has and self.chance(0.3):
                record["DenyAllIgwTraffic"] = True
            self.replies.add("ec2/describe-network-interfaces", record)
