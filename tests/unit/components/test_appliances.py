"""Appliances of one's own on the way: NAT instances, inspecting machines, Gateway Load Balancers; and NAT64."""

import msgspec
import pytest

from tests.estates.asking import ask, finding_codes, snapshot_of, told
from tests.estates.builder import Estate, allow
from tests.unit.components.surroundings import arrival_of, function_in
from vpcreach.forwarding import Deliver, Lookup
from vpcreach.network.network import Network
from vpcreach.packets.address_map import AddressSet
from vpcreach.reach.reporting import Analysis

INTERNET = "93.184.216.34:443"


def nat_instance(*, ingress: tuple[str, ...] = ("10.0.1.0/24",), check: bool = False, public: bool = True) -> Estate:
    """`app`, whose table sends 0.0.0.0/0 to `eni-nat` of an instance in a public subnet."""
    estate = Estate()
    vpc = estate.vpc("main", "10.0.0.0/16")
    vpc.subnet("public", "10.0.0.0/24", az="a", table="public")
    vpc.subnet("app", "10.0.1.0/24", az="a", table="app")
    vpc.internet_gateway("main")
    vpc.security_group("nat", ingress=[allow("-1", None, *ingress)])
    vpc.security_group("app")
    estate.instance("nat", subnet="public", groups=["nat"], public_ip="54.0.0.9" if public else None)
    estate["eni-nat"]["SourceDestCheck"] = check
    vpc.route_table("public", {"0.0.0.0/0": "igw-main"})
    vpc.route_table("app", {"0.0.0.0/0": "eni-nat"})
    estate.function("app", subnets=["app"], groups=["app"])
    return estate


@pytest.mark.item("C16")
def test_a_nat_instance_is_undecided_until_the_user_vouches_for_it() -> None:
    assert told(nat_instance(), INTERNET) == "unknown APPLIANCE_FORWARDING_UNVERIFIED"
    answer = ask(nat_instance(), INTERNET, trust=True)
    assert answer.verdict.value == "reachable"
    assert answer.is_provisional
    assert "APPLIANCE_FORWARDING_UNVERIFIED" in finding_codes(answer)
    assert ask(nat_instance(), "internet", trust=True).verdict.value == "reachable"


@pytest.mark.item("C16")
@pytest.mark.parametrize("trust", [False, True])
def test_the_source_destination_check_drops_what_is_not_its_own(trust: bool) -> None:
    assert told(nat_instance(check=True), INTERNET, trust=trust).startswith("blocked ENI_SOURCE_DEST_CHECK_RESTRICTION")


@pytest.mark.item("C16")
@pytest.mark.parametrize("trust", [False, True])
def test_a_nat_instance_without_a_public_address_reaches_no_internet(trust: bool) -> None:
    assert told(nat_instance(public=False), INTERNET, trust=trust).startswith(
        "blocked IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"
    )


@pytest.mark.item("C16")
@pytest.mark.parametrize(
    ("state", "verdict"),
    [("stopped", "blocked"), ("terminated", "blocked"), ("pending", "unknown"), ("new", "unknown")],
)
def test_an_instance_that_does_not_run_passes_nothing_on(state: str, verdict: str) -> None:
    estate = nat_instance()
    estate["i-nat"]["State"]["Name"] = state
    assert told(estate, INTERNET, trust=True) == f"{verdict} BAD_STATE"


@pytest.mark.item("C16", "D6")
def test_the_groups_of_a_nat_instance_must_admit_the_function() -> None:
    assert told(nat_instance(ingress=("10.9.0.0/16",)), INTERNET).startswith("blocked ENI_SG_RULES_MISMATCH")
    assert told(nat_instance(ingress=("sg-app",)), INTERNET, trust=True) == "reachable"
    silent = nat_instance()
    silent["sg-nat"]["IpPermissionsEgress"] = []
    assert told(silent, INTERNET).startswith("blocked SG_HAS_NO_RULES")


@pytest.mark.item("C16", "E7")
def test_the_acl_of_the_nat_instances_subnet_counts_even_before_the_user_vouches() -> None:
    estate = nat_instance()
    estate.drawn_vpc("main").network_acl("one-way", subnets=["public"], outbound=())
    assert told(estate, INTERNET).startswith("blocked SUBNET_ACL_RESTRICTION")


@pytest.mark.item("C16")
def test_a_nat_instance_in_a_subnet_without_a_way_out_is_none() -> None:
    estate = nat_instance()
    routes = estate["rtb-public"]["Routes"]
    routes[:] = [route for route in routes if route.get("GatewayId") == "local"]
    assert told(estate, INTERNET).startswith("blocked NO_ROUTE_TO_DESTINATION")


@pytest.mark.item("C16")
def test_an_interface_that_is_attached_to_nothing_is_no_next_hop() -> None:
    estate = nat_instance()
    estate["eni-nat"]["Status"] = "available"
    assert told(estate, INTERNET).startswith("blocked BAD_STATE")


@pytest.mark.item("C16")
def test_the_instance_unread_leaves_the_state_undecided() -> None:
    estate = nat_instance()
    estate.denied("ec2/describe-instances")
    assert told(estate, INTERNET, trust=True) == "unknown UNKNOWN_RESOURCE"


def inspected(*, back: bool = True, target: str = "eni-box") -> Estate:
    """`app` and a database in two subnets whose tables send each other's range to an inspecting machine in a third."""
    estate = Estate()
    vpc = estate.vpc("main", "10.0.0.0/16")
    vpc.subnet("box", "10.0.0.0/24", az="a", table="box")
    vpc.subnet("app", "10.0.1.0/24", az="a", table="app")
    vpc.subnet("db", "10.0.2.0/24", az="a", table="db")
    vpc.security_group("box", ingress=[allow("-1", None, "0.0.0.0/0")])
    vpc.security_group("app")
    vpc.security_group("db", ingress=[allow("tcp", 5432, "10.0.1.0/24")])
    estate.instance("box", subnet="box", groups=["box"])
    estate["eni-box"]["SourceDestCheck"] = False
    vpc.network_interface("db", subnet="db", groups=["db"], address="10.0.2.9")
    vpc.route_table("box")
    vpc.route_table("app", {"10.0.2.0/24": target})
    vpc.route_table("db", {"10.0.1.0/24": target} if back else {})
    estate.function("app", subnets=["app"], groups=["app"])
    return estate


@pytest.mark.item("B8", "B11")
def test_packets_through_an_inspecting_machine_and_back_are_provisional() -> None:
    assert told(inspected(), "10.0.2.9:5432") == "unknown APPLIANCE_FORWARDING_UNVERIFIED"
    answer = ask(inspected(), "10.0.2.9:5432", trust=True)
    assert (answer.verdict.value, answer.is_provisional) == ("reachable", True)


@pytest.mark.item("B11", "K3")
def test_answers_that_pass_by_a_machine_which_may_translate_are_undecided() -> None:
    assert told(inspected(back=False), "10.0.2.9:5432", trust=True) == "unknown ASYMMETRIC_MIDDLEBOX_ROUTE"


@pytest.mark.item("B11", "D6")
def test_rules_that_name_groups_do_not_match_through_the_machine() -> None:
    estate = inspected()
    estate["sg-db"]["IpPermissions"] = [
        {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [{"GroupId": "sg-app"}]}
    ]
    assert told(estate, "10.0.2.9:5432", trust=True) == "blocked SG_REFERENCES_NOT_PRESERVED"


@pytest.mark.item("B11")
def test_answers_that_pass_a_machine_which_the_packets_did_not_are_undecided() -> None:
    estate = inspected()
    routes = estate["rtb-app"]["Routes"]
    routes[:] = [route for route in routes if route.get("GatewayId") == "local"]
    for trust in (False, True):
        assert told(estate, "10.0.2.9:5432", trust=trust) == "unknown ASYMMETRIC_MIDDLEBOX_ROUTE"


@pytest.mark.item("K3")
def test_a_gateway_that_fails_beyond_an_unverified_machine_is_no_proof() -> None:
    estate = inspected()
    vpc = estate.drawn_vpc("main")
    vpc.subnet("public", "10.0.9.0/24", az="a", table="public")
    vpc.internet_gateway("main")
    vpc.nat_gateway("dead", subnet="public", state="failed")
    vpc.route_table("public", {"0.0.0.0/0": "igw-main", "10.0.1.0/24": "eni-box"})
    estate.route_table("box").add_route("0.0.0.0/0", "nat-dead")
    estate.route_table("app").add_route("0.0.0.0/0", "eni-box")
    assert told(estate, INTERNET).startswith("unknown APPLIANCE_FORWARDING_UNVERIFIED")
    assert told(estate, INTERNET, trust=True) == "blocked BAD_STATE"


@pytest.mark.item("K3")
def test_what_fails_beyond_an_unverified_machine_is_no_proof() -> None:
    estate = inspected()
    estate["sg-db"]["IpPermissions"] = []
    assert told(estate, "10.0.2.9:5432").startswith("unknown APPLIANCE_FORWARDING_UNVERIFIED")
    assert told(estate, "10.0.2.9:5432", trust=True) == "blocked ENI_SG_RULES_MISMATCH"


def balanced(*, edge: bool = True, state: str = "available") -> Estate:
    """C17: a NAT gateway whose table sends the internet through a Gateway Load Balancer endpoint before the gateway."""
    estate = Estate()
    vpc = estate.vpc("main", "10.0.0.0/16")
    vpc.subnet("edge", "10.0.0.0/24", az="a", table="edge")
    vpc.subnet("nat", "10.0.3.0/24", az="a", table="nat")
    vpc.subnet("app", "10.0.1.0/24", az="a", table="app")
    vpc.internet_gateway("main")
    vpc.nat_gateway("main", subnet="nat", public_ip="52.0.0.1")
    estate.add(
        "ec2/describe-vpc-endpoints",
        "vpce-gwlb",
        {
            "VpcEndpointId": "vpce-gwlb",
            "VpcEndpointType": "GatewayLoadBalancer",
            "VpcId": "vpc-main",
            "State": state,
            "ServiceName": "com.amazonaws.vpce.eu-west-1.vpce-svc-1",
            "SubnetIds": ["subnet-edge"],
        },
    )
    estate.put("network-firewall/list-firewalls", {"Firewalls": []})
    vpc.route_table("edge", {"0.0.0.0/0": "igw-main"})
    vpc.route_table("nat", {"0.0.0.0/0": "vpce-gwlb"})
    vpc.route_table("app", {"0.0.0.0/0": "nat-main"})
    if edge:
        vpc.route_table("gateway", {"10.0.3.0/24": "vpce-gwlb"})
        estate["rtb-gateway"]["Associations"] = [
            {
                "GatewayId": "igw-main",
                "Main": False,
                "AssociationState": {"State": "associated"},
                "RouteTableId": "rtb-gateway",
                "RouteTableAssociationId": "rtbassoc-gateway",
            }
        ]
    estate.function("app", subnets=["app"])
    return estate


@pytest.mark.item("F9", "C17", "B10", "B12")
def test_a_gateway_load_balancer_between_nat_and_internet_is_undecided_or_provisional() -> None:
    assert told(balanced(), INTERNET) == "unknown PATH_THROUGH_GWLB_NOT_CHECKED"
    answer = ask(balanced(), INTERNET, trust=True)
    assert (answer.verdict.value, answer.is_provisional) == ("reachable", True)


@pytest.mark.item("F9", "B10", "B11")
def test_answers_that_pass_by_the_gateway_load_balancer_are_lost_vouched_for_or_not() -> None:
    assert told(balanced(edge=False), INTERNET).startswith("blocked ASYMMETRIC_MIDDLEBOX_ROUTE")
    assert told(balanced(edge=False), INTERNET, trust=True) == "blocked ASYMMETRIC_MIDDLEBOX_ROUTE"


@pytest.mark.item("F9", "G9")
def test_an_endpoint_that_may_be_a_firewalls_is_not_taken_on_trust() -> None:
    estate = balanced()
    estate.without("network-firewall/list-firewalls")
    assert told(estate, INTERNET, trust=True) == "unknown FIREWALL_POLICY_NOT_EVALUATED"


@pytest.mark.item("F9")
def test_the_state_of_a_gateway_load_balancer_endpoint_counts() -> None:
    assert told(balanced(state="failed"), INTERNET).startswith("blocked BAD_STATE")
    assert told(balanced(state="a-state-of-tomorrow"), INTERNET, trust=True) == "unknown BAD_STATE"


@pytest.mark.item("F9", "K3")
def test_appliances_may_send_packets_on_by_a_way_of_their_own() -> None:
    estate = balanced()
    estate.route_table("edge").remove_route("0.0.0.0/0")
    assert told(estate, INTERNET).startswith("unknown PATH_THROUGH_GWLB_NOT_CHECKED")
    assert told(estate, INTERNET, trust=True) == "blocked NO_ROUTE_TO_DESTINATION"


@pytest.mark.item("F9", "E11")
def test_the_acl_of_its_subnet_counts() -> None:
    estate = balanced()
    estate.drawn_vpc("main").network_acl("closed", subnets=["edge"], inbound=())
    assert told(estate, INTERNET).startswith("blocked SUBNET_ACL_RESTRICTION")


@pytest.mark.item("F11")
def test_a_tunnel_endpoint_as_a_next_hop_is_undecided() -> None:
    estate = balanced()
    estate["vpce-gwlb"]["VpcEndpointType"] = "Tunnel"
    assert told(estate, INTERNET) == "unknown UNSUPPORTED_COMPONENT"


@pytest.mark.item("F1", "F11")
@pytest.mark.parametrize("kind", ["Tunnel", "GatewayLoadBalancer", "Resource", "ServiceNetwork", "Gateway", "Tomorrow"])
def test_an_endpoint_that_is_no_services_is_undecided_by_its_arn(kind: str) -> None:
    estate = balanced()
    estate["vpce-gwlb"]["VpcEndpointType"] = kind
    arn = f"arn:aws:ec2:{estate.region}:{estate.account}:vpc-endpoint/vpce-gwlb"
    answer = ask(estate, arn)
    assert (answer.verdict.value, [note.code for note in answer.unknowns]) == ("unknown", ["UNSUPPORTED_COMPONENT"])
    assert ("GENEVE" in answer.unknowns[0].message) is (kind == "Tunnel")


@pytest.mark.item("F11")
def test_a_tunnel_endpoint_is_undecided_by_its_name_and_by_its_interface() -> None:
    estate = balanced()
    main = estate.drawn_vpc("main")
    main.security_group("tunnel", ingress=[allow("udp", 6081, "10.0.0.0/16"), allow("tcp", 443, "10.0.0.0/16")])
    main.network_interface("tunnel", subnet="edge", groups=["tunnel"], type="vpc_endpoint")
    name = "vpce-gwlb-1.vpce-svc-1.eu-west-1.vpce.amazonaws.com"
    estate["vpce-gwlb"].update(
        VpcEndpointType="Tunnel", NetworkInterfaceIds=["eni-tunnel"], DnsEntries=[{"DnsName": name}]
    )
    for asked in (name, "eni-tunnel:6081/udp", "eni-tunnel:443"):
        assert told(estate, asked) == "unknown UNSUPPORTED_COMPONENT"


def nat64() -> Estate:
    """A dual-stack function whose table sends 64:ff9b::/96 to a NAT gateway with a way to the internet."""
    from tests.unit.reach.worlds import dual_stack

    estate = dual_stack()
    estate.route_table("private").add_route("64:ff9b::/96", "nat-main")
    return estate


@pytest.mark.item("C15")
def test_an_ipv4_address_in_nat64_form_goes_out_as_ipv4() -> None:
    assert told(nat64(), "[64:ff9b::5db8:d822]:443") == "reachable"
    closed = nat64()
    entries = closed["acl-main-default"]["Entries"]
    closed["acl-main-default"]["Entries"] = [
        {"RuleNumber": 90, "Protocol": "-1", "RuleAction": "deny", "Egress": True, "CidrBlock": "93.184.0.0/16"},
        *entries,
    ]
    assert told(closed, "[64:ff9b::5db8:d822]:443") == "blocked SUBNET_ACL_RESTRICTION"


@pytest.mark.item("C15")
def test_a_nat_gateway_takes_no_other_ipv6() -> None:
    estate = nat64()
    estate.route_table("private").add_route("::/0", "nat-main")
    assert told(estate, "[2606:4700::1111]:443") == "blocked NAT64_PREFIX_REQUIRED"


@pytest.mark.item("C15")
def test_whose_private_address_stands_in_nat64_form_is_not_looked_up() -> None:
    assert told(nat64(), "[64:ff9b::a00:209]:443") == "unknown UNKNOWN_DESTINATION"
    assert told(nat64(), "[64:ff9b::c0a8:0101]:443").startswith("blocked IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS")


@pytest.mark.item("I1", "F9")
def test_block_public_access_spares_the_way_through_an_endpoint_only_where_the_vpc_is_spared() -> None:
    spared = [("subnet-nat", "allow-egress"), ("subnet-app", "allow-egress")]
    estate = balanced()
    estate.block_public_access("block-bidirectional", spared)
    assert told(estate, INTERNET, trust=True) == "blocked VPC_BLOCK_PUBLIC_ACCESS_ENABLED"
    # AWS says that the exclusion of the endpoint's subnet is not enough, and not what is.
    estate.block_public_access("block-bidirectional", [("subnet-edge", "allow-egress")])
    assert told(estate, INTERNET, trust=True) == "unknown VPC_BLOCK_PUBLIC_ACCESS_ENABLED"
    whole = balanced()
    whole.block_public_access("block-bidirectional", [("vpc-main", "allow-egress")])
    assert told(whole, INTERNET, trust=True) == "reachable"


@pytest.mark.item("C16", "D6")
def test_functions_with_other_groups_do_not_share_what_a_nat_instance_admits() -> None:
    estate = nat_instance(ingress=("sg-app",))
    estate.drawn_vpc("main").security_group("stranger")
    estate.function("stranger", subnets=["app"], groups=["stranger"])
    report = Analysis(snapshot_of(estate), trust_appliances=True).report([INTERNET])
    assert [(each.name, each.answers[0].verdict.value) for each in report.functions] == [
        ("app", "reachable"),
        ("stranger", "blocked"),
    ]


@pytest.mark.item("I2", "F9")
def test_appliance_endpoints_under_an_enforced_encryption_control_are_undecided() -> None:
    spared = ["lambda", "nat_gateway", "internet_gateway"]
    enforced, watched = balanced(), balanced()
    enforced.encryption_control("main", excluded=spared)
    watched.encryption_control("main", mode="monitor", excluded=spared)
    assert told(enforced, INTERNET, trust=True) == "unknown ENCRYPTION_CONTROL_ENFORCED"
    assert told(watched, INTERNET, trust=True) == "reachable"


def with_a_second_arm() -> Estate:
    """A machine whose inner interface `eni-in` takes the packets, and whose outer one has the public address."""
    estate = nat_instance()
    vpc = estate.drawn_vpc("main")
    vpc.subnet("inside", "10.0.5.0/24", az="a", table="inside")
    vpc.route_table("inside")
    vpc.security_group("inside", egress=[], ingress=[allow("-1", None, "10.0.1.0/24")])
    vpc.network_interface("in", subnet="inside", groups=["inside"], source_dest_check=False)
    estate["eni-in"]["Attachment"]["InstanceId"] = "i-nat"
    estate["i-nat"]["NetworkInterfaces"].append({"NetworkInterfaceId": "eni-in", "SubnetId": "subnet-inside"})
    estate.route_table("app").replace_route("0.0.0.0/0", "eni-in")
    return estate


@pytest.mark.item("C16", "K3")
@pytest.mark.parametrize("trust", [False, True])
def test_a_machine_with_several_interfaces_may_pass_packets_on_by_another(trust: bool) -> None:
    assert told(with_a_second_arm(), INTERNET, trust=trust) == "unknown APPLIANCE_FORWARDING_UNVERIFIED"
    closed = with_a_second_arm()
    closed["sg-inside"]["IpPermissions"] = []
    assert told(closed, INTERNET, trust=trust).startswith("blocked ENI_SG_RULES_MISMATCH")
    checked = with_a_second_arm()
    checked["eni-in"]["SourceDestCheck"] = True
    assert told(checked, INTERNET, trust=trust).startswith("blocked ENI_SOURCE_DEST_CHECK_RESTRICTION")


@pytest.mark.item("B8", "C16")
@pytest.mark.parametrize("check", [False, True])
def test_what_is_meant_for_the_machine_itself_is_delivered_to_it(check: bool) -> None:
    estate = inspected()
    estate["eni-box"]["SourceDestCheck"] = check
    estate["sg-box"]["IpPermissionsEgress"] = []
    estate.route_table("app").add_route("10.0.0.0/24", "eni-box")
    assert told(estate, f"{estate['eni-box']['PrivateIpAddress']}:443") == "reachable"
    estate["sg-box"]["IpPermissions"] = []
    assert told(estate, f"{estate['eni-box']['PrivateIpAddress']}:443") == "blocked ENI_SG_RULES_MISMATCH"


def with_web(estate: Estate, admitted: str) -> Estate:
    """A web server at 54.9.9.9 in a VPC of its own, which admits one range on tcp/443."""
    web = estate.vpc("web", "10.9.0.0/16")
    web.subnet("web", "10.9.1.0/24", az="a", table="web")
    web.internet_gateway("web")
    web.route_table("web", {"0.0.0.0/0": "igw-web"})
    web.security_group("web", ingress=[allow("tcp", 443, admitted)])
    estate.instance("web", subnet="web", groups=["web"], public_ip="54.9.9.9")
    return estate


@pytest.mark.item("C11", "C16", "K3")
def test_a_server_that_does_not_admit_the_nat_instance_proves_nothing_until_the_user_vouches_for_it() -> None:
    assert told(with_web(nat_instance(), "54.0.0.9/32"), "54.9.9.9:443", trust=True) == "reachable"
    estate = with_web(nat_instance(), "10.0.0.0/8")
    assert told(estate, "54.9.9.9:443").startswith("unknown")
    assert told(estate, "54.9.9.9:443", trust=True) == "blocked ENI_SG_RULES_MISMATCH"


@pytest.mark.item("C11", "C16", "D6")
def test_a_nat_instances_rule_that_names_a_group_does_not_match_its_public_address() -> None:
    estate = with_web(nat_instance(), "0.0.0.0/0")
    estate.drawn_vpc("main").set_rules("nat", egress=[allow("tcp", 443, "sg-web")])
    assert told(estate, "54.9.9.9:443", trust=True) == "blocked ENI_SG_RULES_MISMATCH"


@pytest.mark.item("C16")
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"Status": "associated-some-day"}, "unknown BAD_STATE"),
        ({"Status": None}, "unknown BAD_STATE"),
        ({"Attachment": {"Status": "detaching", "InstanceId": "i-nat"}}, "blocked BAD_STATE"),
        ({"SourceDestCheck": None}, "unknown UNKNOWN_RESOURCE"),
    ],
)
def test_what_the_reply_does_not_tell_of_a_next_hop_is_undecided(change: dict[str, object], expected: str) -> None:
    estate = nat_instance()
    estate["eni-nat"].update(change)
    assert told(estate, INTERNET, trust=True) == expected


@pytest.mark.item("B2", "C16")
def test_an_instance_as_a_next_hop_is_entered_by_its_interface_where_it_lists_one() -> None:
    estate = nat_instance()
    for each in estate["rtb-app"]["Routes"]:
        if each.pop("NetworkInterfaceId", None):
            each["InstanceId"] = "i-nat"
    assert told(estate, INTERNET, trust=True) == "reachable"
    estate["i-nat"]["NetworkInterfaces"] = []
    assert told(estate, INTERNET, trust=True) == "unknown UNKNOWN_RESOURCE"


@pytest.mark.item("F9")
def test_an_endpoint_that_names_no_subnet_is_undecided() -> None:
    estate = balanced()
    estate["vpce-gwlb"]["SubnetIds"] = []
    assert told(estate, INTERNET, trust=True) == "unknown UNKNOWN_RESOURCE"


@pytest.mark.item("C16", "B8")
def test_of_a_block_sent_to_an_interface_its_own_address_is_delivered_and_the_rest_is_passed_on() -> None:
    estate = inspected()
    estate["eni-box"]["PrivateIpAddresses"][0]["PrivateIpAddress"] = "10.0.0.0"
    network = Network(snapshot_of(estate))
    arrival = arrival_of(function_in("subnet-app"))
    packets = arrival.packets.with_destination(AddressSet.parse("10.0.0.0/31"))
    hops = network.record("eni-box").forward(msgspec.structs.replace(arrival, packets=packets), network)
    assert [(str(hop.packets.destination), hop.then) for hop in hops] == [
        ("10.0.0.0", Deliver("subnet-box")),
        ("10.0.0.1", Lookup("subnet-box")),
    ]


@pytest.mark.item("C16", "K5")
def test_a_nat_instance_whose_subnet_or_table_is_not_known_is_undecided() -> None:
    estate = nat_instance()
    assert told(estate, INTERNET, trust=True) == "reachable"
    (association,) = [each for each in estate["rtb-public"]["Associations"] if "SubnetId" in each]
    association["AssociationState"]["State"] = "associating"
    assert told(estate, INTERNET, trust=True) == "unknown COLLECTION_FAILED"
    association["AssociationState"]["State"] = "associated"
    estate.forget("subnet-public")
    assert told(estate, INTERNET, trust=True).startswith("unknown UNKNOWN_RESOURCE")
