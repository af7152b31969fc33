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


def tied() -> Estate:
    """Two prefix lists that hold the same block: the route of one leads out, that of the other nowhere."""
    estate, _ = behind_nat()
    for name in ("one", "two"):
        estate.prefix_list(name, cidrs=["93.184.216.0/24"])
    table = estate.route_table("private")
    table.add_route("pl-one", "nat-one")
    table.add_route("pl-two", ("nat-one", "blackhole"))
    return estate


def test_b3_a_blackhole_tied_with_an_active_route_to_the_same_target_is_a_tie() -> None:
    estate = tied()
    assert told(estate, "93.184.216.34:443") == "unknown PREFIX_LIST_ROUTE_AMBIGUOUS"


def test_k2_what_no_undecided_choice_touches_is_decided_beside_it() -> None:
    estate = tied()
    assert told(estate, "internet") == "unknown PREFIX_LIST_ROUTE_AMBIGUOUS"
    estate.route_table("private").add_route("8.0.0.0/8", ("nat-one", "blackhole"))
    answer = ask(estate, "internet")
    assert answer.verdict.value == "partial"
    [left_open] = [trace for trace in answer.all_traces if trace.verdict.value == "unknown"]
    assert str(left_open.packets.addresses) == "93.184.216.0/24"


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


def beyond(estate: Estate) -> Vpc:
    """Another VPC, on public addresses, with a closed interface in it."""
    other = estate.vpc("other", "30.0.0.0/16")
    other.subnet("other", "30.0.1.0/24")
    other.security_group("closed", ingress=[])
    other.network_interface("far", subnet="other", address="30.0.1.5", groups=["closed"])
    return other


def test_b4_a_block_of_another_vpc_is_not_delivered_by_the_internet_gateway() -> None:
    estate, _ = behind_nat()
    beyond(estate)
    assert told(estate, "30.0.1.0/24:443").startswith("blocked NO_POSSIBLE_DESTINATION")
    estate.detach_function("app")
    assert told(estate, "30.0.1.5:443") == "blocked FUNCTION_NOT_IN_VPC"


def test_a22_addresses_that_no_router_forwards_do_not_leave_by_an_internet_gateway() -> None:
    estate, _ = behind_nat()
    for block in ("127.0.0.0/8:80", "224.0.0.0/4:80", "169.254.168.0/24:80"):
        assert told(estate, block) == "blocked NO_POSSIBLE_DESTINATION"


def test_k9_a_strangers_address_rests_on_an_assumption_where_interfaces_were_not_collected() -> None:
    estate, _ = behind_nat()
    estate.without("ec2/describe-network-interfaces")
    answer = ask(estate, "93.184.216.34:443")
    assert answer.verdict.value == "reachable"
    assert "no interface of these accounts has this public address (not collected)" in answer.assumptions
    assert told(estate, "93.184.216.34:443", strict=True).startswith("unknown")


def test_b10_an_edge_table_that_diverts_what_enters_leaves_a_public_address_undecided() -> None:
    estate, vpc = behind_nat()
    vpc.security_group("web", ingress=[allow()])
    vpc.network_interface("web", subnet="public", groups=["web"], public_ip="34.1.1.1", address="10.0.0.50")
    vpc.route_table("edge", {"10.0.0.0/24": "eni-appliance"}).associate("igw-main")
    assert told(estate, "34.1.1.1:443").startswith("unknown")


def test_h17_a_group_is_reached_only_where_something_can_listen() -> None:
    estate, vpc = behind_nat()
    vpc.security_group("web", ingress=[allow()])
    vpc.network_interface("web", subnet="public", groups=["web"], status="available")
    assert told(estate, "sg-web:443") == "blocked BAD_STATE"
    assert told(estate, "sg-app:443").startswith("unknown")


def test_h12_an_address_delegated_to_an_interface_is_behind_its_groups() -> None:
    estate, vpc = behind_nat()
    vpc.security_group("closed", ingress=[])
    vpc.network_interface("nodes", subnet="public", groups=["closed"])
    estate["eni-nodes"]["Ipv4Prefixes"] = [{"Ipv4Prefix": "10.0.0.16/28"}]
    assert told(estate, "10.0.0.20:443") == "blocked ENI_SG_RULES_MISMATCH"
    assert told(estate, "10.0.0.16/28:443") == "blocked ENI_SG_RULES_MISMATCH"


def test_i9_a_hidden_interface_may_carry_the_group_that_a_rule_names() -> None:
    estate, vpc = behind_nat()
    vpc.security_group("db")
    vpc.set_rules("app", egress=[allow("tcp", 5432, "sg-db")])
    assert told(estate, "10.0.0.77:5432").startswith("unknown")
    assert told(estate, "10.0.0.77:22").startswith("blocked ENI_SG_RULES_MISMATCH")


def test_a19_a_participant_does_not_know_every_subnet_of_a_shared_vpc() -> None:
    estate, _ = behind_nat()
    for object_id in ("vpc-main", "subnet-public", "subnet-private"):
        estate[object_id]["OwnerId"] = "999988887777"
    assert told(estate, "10.0.99.5:443").startswith("unknown")


def test_k3_nothing_is_certain_beyond_a_proxy_on_a_nat_gateway() -> None:
    estate, vpc = behind_nat()
    estate["nat-one"]["AttachedAppliances"] = [{"Type": "network-firewall-proxy"}]
    vpc.route_table("nowhere", {}, subnets=["public"])
    assert told(estate, "internet") == "unknown NAT_APPLIANCE_ATTACHED"


def test_i2_enforced_encryption_without_lambda_stops_even_the_resolver() -> None:
    estate, _ = behind_nat()
    estate.encryption_control("main", mode="enforce", excluded=["nat_gateway", "internet_gateway"])
    assert told(estate, "10.0.0.2:53/udp") == "blocked ENCRYPTION_CONTROL_ENFORCED"


def test_b1_a_main_table_that_is_being_associated_rules_nothing_yet() -> None:
    estate, vpc = behind_nat()
    vpc.subnet("loose", "10.0.9.0/24")
    estate.move_function("app", subnets=["loose"], groups=["app"])
    [main] = [a for a in estate["rtb-main-main"]["Associations"] if a["Main"]]
    main["AssociationState"]["State"] = "associating"
    assert told(estate, "internet") == "unknown COLLECTION_FAILED"
