"""One example of every kind of edit, and of every shape that it has in the three languages."""

from collections.abc import Mapping

from tests.estates.asking import snapshot_of
from tests.estates.builder import Estate, combined
from vpcreach.explain.edits import (
    AddEndpointRoute,
    AddEntry,
    AddRule,
    AllowInEndpointPolicy,
    AssociateRouteTable,
    AttachInternetGateway,
    Edit,
    EnableFunctionIpv6,
    EnableVpcDns,
    Entry,
    ExcludeFromEncryptionControl,
    ExcludeFromPublicAccessBlock,
    NewEgressOnlyInternetGateway,
    NewGatewayEndpoint,
    NewInterfaceEndpoint,
    NewInternetGateway,
    NewNatGateway,
    NewSecurityGroup,
    RemoveEntry,
    RemoveRoute,
    RemoveRule,
    Rule,
    SetFunctionSubnets,
    SetRoute,
    SetTransitGatewayRoute,
)
from vpcreach.network.network import Network

ANY, ANY_V6 = "0.0.0.0/0", "::/0"
ARN = "arn:aws:lambda:eu-west-1:111122223333:function:orders"
CORE = "arn:aws:networkmanager::111122223333:core-network/core-network-0123456789abcdef0"
TARGETS = ("igw-1", "vgw-1", "nat-1", "tgw-1", "pcx-1", "eni-1", "vpce-1", CORE)


def _rule(peer: str, protocol: str = "tcp", *ports: int, inbound: bool = False, account: str | None = None) -> Rule:
    first, last = ports or (None, None)
    return Rule("sg-app", inbound, protocol, first, last, peer, account)


def _entry(number: int, protocol: int | None, *ports: int, inbound: bool = False, block: str = ANY) -> Entry:
    first, last = ports or (None, None)
    return Entry("acl-app", inbound, number, "allow" if number > 90 else "deny", protocol, block, first, last)


SAMPLES: Mapping[str, tuple[Edit, ...]] = {
    "a new route": (SetRoute("rtb-app", ANY, "nat-1"),),
    "a route to every kind of target": tuple(SetRoute("rtb-app", f"10.{n}.0.0/16", t) for n, t in enumerate(TARGETS)),
    "routes for IPv6 and for a prefix list": (
        SetRoute("rtb-app", ANY_V6, "eigw-1"),
        SetRoute("rtb-app", "pl-1", "tgw-1"),
    ),
    "a route pointed elsewhere": (SetRoute("rtb-app", ANY, "nat-1", "igw-1"),),
    "a route removed": (RemoveRoute("rtb-app", ANY), RemoveRoute("rtb-app", ANY_V6)),
    "a subnet under a table": (AssociateRouteTable("subnet-app-a", "rtb-out"),),
    "a subnet under another table": (AssociateRouteTable("subnet-app-a", "rtb-out", "rtb-app"),),
    "rules of every shape": (
        AddRule(_rule(ANY, "tcp", 443, 443)),
        AddRule(_rule(ANY_V6, "udp", 1024, 65535)),
        AddRule(_rule("pl-1", "tcp")),
        AddRule(_rule("10.0.0.0/8", "-1")),
        AddRule(_rule("10.0.0.0/8", "icmp", inbound=True)),
        AddRule(_rule("10.0.0.0/8", "50")),
        AddRule(_rule("sg-db", "tcp", 5432, 5432)),
        AddRule(_rule("sg-db", "tcp", 5432, 5432, inbound=True)),
        AddRule(_rule("sg-far", "tcp", 5432, 5432, inbound=True, account="444455556666")),
    ),
    "rules removed": (
        RemoveRule(_rule(ANY, "-1")),
        RemoveRule(_rule("sg-db", "tcp", 5432, 5432, inbound=True)),
    ),
    "entries of every shape": (
        AddEntry(_entry(90, 6, 443, 443)),
        AddEntry(_entry(110, 6, 1024, 65535, inbound=True)),
        AddEntry(_entry(111, 17)),
        AddEntry(_entry(112, None, block=ANY_V6)),
        AddEntry(_entry(113, 1)),
        AddEntry(_entry(114, 58, block=ANY_V6)),
        AddEntry(_entry(115, 50)),
    ),
    "entries removed": (RemoveEntry("acl-app", True, 90), RemoveEntry("acl-app", False, 100)),
    "a gateway attached": (AttachInternetGateway("igw-1", "vpc-main"),),
    "a new NAT gateway": (
        NewNatGateway("nat-new", "vpc-main", "subnet-public-a"),
        SetRoute("rtb-app", ANY, "nat-new"),
        SetRoute("rtb-out", ANY, "nat-new", "nat-gone"),
    ),
    "a VPC without any gateway": (
        NewInternetGateway("igw-new", "vpc-main"),
        NewNatGateway("nat-new", "vpc-main", None, "igw-new"),
        SetRoute("rtb-app", ANY, "nat-new"),
    ),
    "an egress-only gateway": (
        NewEgressOnlyInternetGateway("eigw-new", "vpc-main"),
        SetRoute("rtb-app", ANY_V6, "eigw-new"),
    ),
    "a gateway endpoint": (
        NewGatewayEndpoint("vpce-new-s3", "vpc-main", "s3", "rtb-app"),
        NewGatewayEndpoint("vpce-new-s3", "vpc-main", "s3", "rtb-out"),
    ),
    "more tables of a gateway endpoint": (
        AddEndpointRoute("vpce-s3", "rtb-app"),
        AddEndpointRoute("vpce-s3", "rtb-out"),
    ),
    "an interface endpoint": (
        NewSecurityGroup("sg-new", "vpc-main", "sqs-endpoint"),
        AddRule(Rule("sg-new", True, "tcp", 443, 443, "sg-app")),
        NewInterfaceEndpoint("vpce-new-sqs", "vpc-main", "sqs", ("subnet-app-a", "subnet-app-b"), "sg-new"),
        AddRule(_rule("sg-new", "tcp", 443, 443)),
    ),
    "an interface endpoint for S3": (
        NewInterfaceEndpoint("vpce-new-s3", "vpc-main", "s3", ("subnet-app-a",), "sg-app"),
    ),
    "a policy widened": (
        AllowInEndpointPolicy("vpce-s3", ("s3:*",), ("arn:aws:s3:::photos", "arn:aws:s3:::photos/*")),
        AllowInEndpointPolicy("vpce-s3", ("s3:GetObject",), ("arn:aws:s3:::layers/*",)),
    ),
    "DNS switched on": (
        EnableVpcDns("vpc-main", "enableDnsSupport"),
        EnableVpcDns("vpc-main", "enableDnsHostnames"),
    ),
    "a function moved": (SetFunctionSubnets(ARN, "orders", ("subnet-app-a", "subnet-app-b"), ("sg-app", "sg-db")),),
    "a function moved, with IPv6": (
        EnableFunctionIpv6(ARN, "orders", ("subnet-app-a",), ("sg-app",)),
        SetFunctionSubnets(ARN, "orders", ("subnet-app-b",), ("sg-app",)),
    ),
    "a route in a hub": (SetTransitGatewayRoute("tgw-rtb-hub", "10.1.0.0/16", "tgw-attach-data"),),
    "a route in a hub pointed elsewhere": (
        SetTransitGatewayRoute("tgw-rtb-hub", "10.1.0.0/16", "tgw-attach-data", "tgw-attach-old"),
    ),
    "guards": (
        ExcludeFromPublicAccessBlock("vpc-main"),
        ExcludeFromEncryptionControl("vpcec-main", "NatGateway"),
        ExcludeFromEncryptionControl("vpcec-main", "InternetGateway"),
    ),
}


def estate() -> Estate:
    """What the samples change, as far as anything of it is told again."""
    drawn = Estate()
    vpc = drawn.vpc("main", "10.0.0.0/16", ipv6="2600:1f18::/56")
    for name, block in (("public-a", "10.0.0.0/24"), ("app-a", "10.0.1.0/24"), ("app-b", "10.0.2.0/24")):
        vpc.subnet(name, block)
    for table in ("app", "out"):
        vpc.route_table(table)
    vpc.network_acl("app")
    for group in ("app", "db"):
        vpc.security_group(group)
    vpc.gateway_endpoint("s3", service="s3")
    own = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "arn:aws:s3:::home/${aws:username}/it's/*",
    }
    drawn.set_policy("s3", own)
    hub = drawn.transit_gateway("hub")
    hub.table("hub")
    drawn.encryption_control("main")
    drawn.function("orders", subnets=["app-a"], groups=["app"])
    return drawn


def network() -> Network:
    return Network(snapshot_of(estate()))


def network_of_two_accounts() -> Network:
    """The same, and a second account in another region."""
    other = Estate("444455556666", "us-east-1", list_suffix="-us")
    far = other.vpc("far", "10.9.0.0/16")
    far.security_group("far")
    far.route_table("far")
    return Network(snapshot_of(combined(estate(), other)))
