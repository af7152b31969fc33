"""What an estate of the universe may have. Without any it is a function behind a NAT gateway, and a peer's database."""

FEATURES = (
    "acls",  # network ACLs with holes
    "appliance",  # a machine between subnets, by routes more specific than the local one
    "blackhole",  # routes whose target is gone
    "bpa",  # VPC Block Public Access, with and without exclusions
    "dual-stack",  # IPv6 beside IPv4
    "edge-table",  # a route table of the internet gateway
    "egress-only",  # an egress-only internet gateway
    "elastic-ip",  # an Elastic IP at the function's own interface
    "encryption",  # an encryption control
    "endpoint-policy",  # policies that deny something
    "far-hub",  # a second transit gateway, peered with the first
    "firewall-endpoint",  # a Gateway Load Balancer endpoint on the way
    "gateway-endpoint",  # of S3 and DynamoDB
    "hub",  # a transit gateway between the VPCs
    "hub-egress",  # the function's VPC has no other way out than the transit gateway
    "interface-endpoint",  # of SQS
    "lost-record",  # something that the files do not hold
    "narrow-groups",  # security groups that admit little
    "nat-instance",  # in the place of the NAT gateway
    "overlap",  # a third VPC with the range of the second
    "peering",  # between the function's VPC and the second
    "prefix-lists",  # routes and rules that name lists
    "private-nat",  # a NAT gateway without public address
    "propagated",  # routes that a virtual private gateway told
    "public-range",  # the function's VPC has public addresses as private ones
    "public-target",  # an interface with a public address
    "references",  # rules that name security groups
    "regional-nat",  # a NAT gateway of the whole VPC
    "second-block",  # a second CIDR block of the function's VPC
    "states",  # something that is not available
    "trusted",  # appliances are vouched for
    "virtual-private-gateway",  # a way on premises
    "wild-routes",  # routes from anywhere to anywhere
    "zones",  # subnets in several zones, attachments in some of them
)
