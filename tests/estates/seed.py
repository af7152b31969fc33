"""The two reference networks of semantics M1 and M2, what one may add to them, and the mutations of M3.

Both: a VPC 172.31.0.0/16 without DNS hostnames, two private subnets in two zones, one table for both with
gateway endpoints for S3 and DynamoDB, and the function `app` in both subnets with the VPC's default group.
The second network has a public subnet with an internet gateway and a NAT gateway on top.
"""

from collections.abc import Callable, Sequence

from tests.estates.builder import Estate, Vpc, allow
from tests.estates.rules import ALLOW_ALL_ENTRIES, ANYWHERE, AclRule

Change = Callable[[Estate], None]

VPC_CIDR = "172.31.0.0/16"
PRIVATE_1_CIDR = "172.31.3.0/24"
PRIVATE_2_CIDR = "172.31.2.0/24"
PUBLIC_1_CIDR = "172.31.0.0/24"
PRIVATE = ("private-1", "private-2")


def private_only() -> Estate:
    """M1: two private subnets that reach S3, DynamoDB and one another, and nothing else."""
    estate = Estate()
    _private_part(estate)
    estate.function("app", subnets=PRIVATE)
    return estate


def public_private() -> Estate:
    """M2: M1 with a public subnet, through whose NAT gateway the private ones reach the internet."""
    estate = Estate()
    vpc = _private_part(estate)
    vpc.subnet("public-1", PUBLIC_1_CIDR, az="a", table="public", map_public_ip=True)
    vpc.internet_gateway("main")
    vpc.nat_gateway("main", subnet="public-1", public_ip="52.0.0.1")
    vpc.route_table("public", {ANYWHERE: "igw-main"})
    estate.route_table("private").add_route(ANYWHERE, "nat-main")
    estate.function("app", subnets=PRIVATE)
    return estate


def _private_part(estate: Estate) -> Vpc:
    vpc = estate.vpc("main", VPC_CIDR, dns_hostnames=False)
    vpc.subnet("private-1", PRIVATE_1_CIDR, az="a", table="private")
    vpc.subnet("private-2", PRIVATE_2_CIDR, az="b", table="private")
    vpc.route_table("private")
    for service in ("s3", "dynamodb"):
        statement = {"Effect": "Allow", "Principal": "*", "Action": [f"{service}:*"], "Resource": ["*"]}
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        vpc.gateway_endpoint(service, service=service, tables=["private"], policy=policy)
    return vpc


def _main(estate: Estate) -> Vpc:
    return estate.drawn_vpc("main")


# A database `orders-db` (MySQL, zone a), as the RDS questions of M1 and M2 want it


def _database(estate: Estate, group: str) -> None:
    estate.rds_instance("orders-db", engine="mysql", port=3306, subnets=PRIVATE, groups=[group], az="a")


def _database_admitting(estate: Estate, *peers: str) -> None:
    _main(estate).security_group("db", ingress=[allow("tcp", 3306, *peers)] if peers else [])
    _database(estate, "db")


def database_in_default_group(estate: Estate) -> None:
    _database(estate, "default")


def database_admitting_default_group(estate: Estate) -> None:
    _database_admitting(estate, "sg-main-default")


def database_admitting_both_subnets(estate: Estate) -> None:
    _database_admitting(estate, PRIVATE_1_CIDR, PRIVATE_2_CIDR)


def database_admitting_private_1(estate: Estate) -> None:
    _database_admitting(estate, PRIVATE_1_CIDR)


def database_admitting_nobody(estate: Estate) -> None:
    _database_admitting(estate)


DATABASES: tuple[Change, ...] = (
    database_in_default_group,
    database_admitting_default_group,
    database_admitting_both_subnets,
    database_admitting_private_1,
    database_admitting_nobody,
)


# Other places for the function (M2)


def function_in_public_subnet(estate: Estate) -> None:
    estate.move_function("app", subnets=["public-1"])


def function_in_public_and_private_subnet(estate: Estate) -> None:
    estate.move_function("app", subnets=["public-1", "private-1"])


# The mutations of M3, in its order


def nat_failed(estate: Estate) -> None:
    estate["nat-main"].update(
        {
            "State": "failed",
            "FailureCode": "Gateway.NotAttached",
            "FailureMessage": "Network vpc-main has no Internet gateway attached",
        }
    )


def nat_deleted(estate: Estate) -> None:
    """AWS goes on listing a deleted gateway for about an hour; here the route was read before it changed."""
    estate["nat-main"]["State"] = "deleted"
    estate.remove("eni-nat-main")


def nat_deleted_blackhole(estate: Estate) -> None:
    estate.remove("nat-main")


def igw_detached(estate: Estate) -> None:
    _main(estate).detach_internet_gateway("main")


def igw_detached_routes_active(estate: Estate) -> None:
    _main(estate).detach_internet_gateway("main", blackhole=False)


def nat_in_private_subnet(estate: Estate) -> None:
    _main(estate).move_nat_gateway("main", subnet="private-1")


def public_subnet_unassociated(estate: Estate) -> None:
    estate.route_table("public").disassociate("public-1")


def private_2_unassociated(estate: Estate) -> None:
    estate.route_table("private").disassociate("private-2")


def egress_removed(estate: Estate) -> None:
    _main(estate).set_rules("default", egress=[])


def egress_to_s3_list_only(estate: Estate) -> None:
    _main(estate).set_rules("default", egress=[allow("tcp", 443, "pl-s3")])


def egress_inside_vpc_only(estate: Estate) -> None:
    _main(estate).set_rules("default", egress=[allow("-1", None, VPC_CIDR)])


def private_acl_admits_linux_ports_only(estate: Estate) -> None:
    inbound = [(100, "allow", "tcp", 32768, 60999, ANYWHERE)]
    _main(estate).network_acl("private", subnets=PRIVATE, inbound=inbound)


def _public_acl(
    estate: Estate,
    inbound: Sequence[AclRule] = ALLOW_ALL_ENTRIES,
    outbound: Sequence[AclRule] = ALLOW_ALL_ENTRIES,
) -> None:
    _main(estate).network_acl("public", subnets=["public-1"], inbound=inbound, outbound=outbound)


def public_acl_admits_replies_only(estate: Estate) -> None:
    _public_acl(estate, inbound=[(100, "allow", "tcp", 1024, 65535, ANYWHERE)])


def public_acl_answers_private_1_only(estate: Estate) -> None:
    https = (100, "allow", "tcp", 443, 443, ANYWHERE)
    _public_acl(estate, outbound=[https, (110, "allow", "tcp", 1024, 65535, PRIVATE_1_CIDR)])


def public_access_blocked_inward(estate: Estate) -> None:
    estate.block_public_access("block-ingress")


def public_access_blocked_both_ways(estate: Estate) -> None:
    estate.block_public_access("block-bidirectional")


def public_access_blocked_but_egress_of_vpc(estate: Estate) -> None:
    estate.block_public_access("block-bidirectional", exclusions=[("vpc-main", "allow-egress")])


def encryption_enforced_without_nat(estate: Estate) -> None:
    estate.encryption_control("main", mode="enforce", excluded=["internet_gateway", "lambda"])


def s3_endpoint_denies_all(estate: Estate) -> None:
    estate.set_policy("vpce-s3", {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"})


def s3_endpoint_not_in_private_table(estate: Estate) -> None:
    estate.route_table("private").remove_route("pl-s3")


def sts_endpoint_without_the_function(estate: Estate) -> None:
    vpc = _main(estate)
    vpc.set_dns(hostnames=True)
    vpc.security_group("endpoint", ingress=[allow("tcp", 443, "sg-endpoint")])
    vpc.interface_endpoint("sts", service="sts", subnets=PRIVATE, groups=["endpoint"])


def nat_gateways_denied(estate: Estate) -> None:
    estate.denied("ec2/describe-nat-gateways")


def vpc_dedicated(estate: Estate) -> None:
    estate["vpc-main"]["InstanceTenancy"] = "dedicated"


def function_detached(estate: Estate) -> None:
    estate.detach_function("app")


MUTATIONS: tuple[Change, ...] = (
    nat_failed,
    nat_deleted,
    nat_deleted_blackhole,
    igw_detached,
    igw_detached_routes_active,
    nat_in_private_subnet,
    public_subnet_unassociated,
    private_2_unassociated,
    egress_removed,
    egress_to_s3_list_only,
    egress_inside_vpc_only,
    private_acl_admits_linux_ports_only,
    public_acl_admits_replies_only,
    public_acl_answers_private_1_only,
    public_access_blocked_inward,
    public_access_blocked_both_ways,
    public_access_blocked_but_egress_of_vpc,
    encryption_enforced_without_nat,
    s3_endpoint_denies_all,
    s3_endpoint_not_in_private_table,
    sts_endpoint_without_the_function,
    nat_gateways_denied,
    vpc_dedicated,
    function_detached,
)
