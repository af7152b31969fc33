"""Estates in which an independent reading of AWS's rules contradicted the walk: mistakes not to make again."""

from tests.estates.asking import ask, told
from tests.estates.builder import Estate, Vpc, allow


def behind_nat(
    cidr: str = "10.0.0.0/16", public: str = "10.0.0.0/24", private: str = "10.0.1.0/24"
) -> tuple[Estate, Vpc]:
    """A function in a private subnet behind a NAT gateway, with one group."""
    estate = Estate()
    vpc = estate.vpc("main", cidr)
    vpc.subnet("public", public, table="public")
    vpc.subnet("private", private, table="private")
    vpc.internet_gateway("main")
    vpc.nat_gateway("one", subnet="public")
    vpc.route_table("public", {"0.0.0.0/0": "igw-main"})
    vpc.route_table("private", {"0.0.0.0/0": "nat-one"})
    vpc.security_group("app")
    estate.function("app", subnets=["private"], groups=["app"])
    return estate, vpc


def test_d6_an_outbound_reference_to_a_group_does_not_match_a_public_address() -> None:
    estate, vpc = behind_nat()
    vpc.security_group("web", ingress=[allow()])
    vpc.set_rules("app", egress=[allow("-1", None, "sg-web")])
    vpc.network_interface("web", subnet="public", groups=["web"], public_ip="34.1.1.1")
    assert told(estate, "34.1.1.1:443") == "blocked ENI_SG_RULES_MISMATCH"


def test_b9_addresses_of_s3_that_a_vpc_has_for_its_own_are_not_s3() -> None:
    estate, _ = behind_nat("52.218.0.0/24", "52.218.0.0/25", "52.218.0.128/25")
    assert told(estate, "s3") == "partial NO_POSSIBLE_DESTINATION"


def test_a3_lambdas_own_interfaces_decide_nothing_in_a_block() -> None:
    estate, _ = behind_nat()
    assert told(estate, "10.0.1.0/24:443") == "reachable"


def test_e6_the_ports_of_function_and_nat_gateway_are_told_apart() -> None:
    estate, vpc = behind_nat()
    anywhere = "0.0.0.0/0"
    nearby = (144, "allow", "-1", None, None, "10.0.1.0/24")
    vpc.network_acl("public", subnets=["public"], inbound=[(139, "allow", "tcp", 1024, 30000, anywhere), nearby])
    vpc.network_acl("private", subnets=["private"], inbound=[(10, "allow", "tcp", 40000, 65535, anywhere)])
    answer = ask(estate, "internet")
    fates = {
        (t.packets.client_ports, t.packets.translated_client_ports, t.verdict.value) for t in answer.subnets[0].traces
    }
    assert fates == {
        ("40000-65535", "1024-30000", "reachable"),
        ("40000-65535", "30001-65535", "blocked"),
        ("1024-39999", "1024-30000", "blocked"),
        ("1024-39999", "30001-65535", "blocked"),
    }


def test_a6_an_unread_internet_gateway_on_the_functions_own_route_is_no_way_out() -> None:
    estate, vpc = behind_nat()
    vpc.route_table("straight", {"0.0.0.0/0": "igw-main"}, subnets=["private"])
    estate.denied("ec2/describe-internet-gateways")
    assert told(estate, "internet").startswith("blocked IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS")


def test_b3_a_blackhole_tied_with_an_active_route_to_the_same_target_is_a_tie() -> None:
    estate, _ = behind_nat()
    for name in ("one", "two"):
        estate.prefix_list(name, cidrs=["93.184.216.0/24"])
    table = estate.route_table("private")
    table.add_route("pl-one", "nat-one")
    table.add_route("pl-two", ("nat-one", "blackhole"))
    assert told(estate, "93.184.216.34:443") == "unknown PREFIX_LIST_ROUTE_AMBIGUOUS"


def test_h12_a_nat_gateways_own_address_takes_no_connections() -> None:
    estate, _ = behind_nat()
    assert told(estate, "eni-nat-one:443") == "blocked NO_POSSIBLE_DESTINATION"


def test_b9_answers_that_a_table_would_send_to_an_endpoint_do_not_vanish() -> None:
    estate, vpc = behind_nat("3.5.0.0/16", "3.5.64.0/24", "3.5.65.0/24")
    vpc.gateway_endpoint("s3", service="s3", tables=["public", "private"])
    answer = ask(estate, "internet")
    assert answer.verdict.value == "blocked"
    assert answer.blockers


def test_a_snapshot_of_the_function_list_alone_answers_everything_unknown() -> None:
    files = {path: data for path, data in behind_nat()[0].files().items() if path.endswith("list-functions.json")}
    assert {told(files, d).split()[0] for d in ("internet", "s3", "service:sqs", "10.0.0.2:53/udp")} == {"unknown"}


def test_i1_nothing_enters_a_public_address_where_public_access_is_blocked_inwards() -> None:
    estate, vpc = behind_nat()
    vpc.security_group("web", ingress=[allow()])
    vpc.network_interface("web", subnet="public", groups=["web"], public_ip="34.1.1.1")
    assert told(estate, "34.1.1.1:443") == "reachable"
    estate.block_public_access("block-ingress")
    assert told(estate, "34.1.1.1:443") == "blocked VPC_BLOCK_PUBLIC_ACCESS_ENABLED"


def test_k9_a_public_address_is_not_taken_for_a_strangers_where_interfaces_were_denied() -> None:
    estate, _ = behind_nat()
    estate.denied("ec2/describe-network-interfaces")
    assert told(estate, "93.184.216.34:443") == "unknown UNKNOWN_DESTINATION"


def test_h1_a_group_that_is_being_added_admits_nobody_yet() -> None:
    estate, vpc = behind_nat()
    vpc.subnet("data", "10.0.2.0/24")
    vpc.security_group("db", ingress=[allow("tcp", 5432, "10.0.0.0/16")])
    estate.rds_instance("orders-db", port=5432, subnets=["data"], groups=["db", "app"])
    estate["rds:orders-db"]["VpcSecurityGroups"][0]["Status"] = "adding"
    assert told(estate, "rds:orders-db") == "blocked ENI_SG_RULES_MISMATCH"
