"""Peering: a private way between just two VPCs, with routes on both sides."""

import msgspec
import pytest

from tests.estates.asking import ask, told
from tests.estates.builder import Estate, allow, combined
from tests.unit.components.surroundings import FakeSurroundings, Thing, arrival_of, function_in
from vpcreach.components.vpc_peering import PeeringOptions, PeeringSide, PeeringStatus, VpcPeeringConnection
from vpcreach.packets.address_map import AddressSet
from vpcreach.snapshot.record import Ipv4Cidr

DATABASE = "10.1.2.9:5432"


def peered(
    *,
    status: str = "active",
    back: bool = True,
    db_rules: tuple[str, ...] = ("10.0.1.0/24",),
    blocks: str = "10.1.0.0/16",
) -> Estate:
    """`app` in 10.0.1.0/24 of `main`, a database interface 10.1.2.9 in `data`, and `pcx-link` with routes both ways."""
    estate = Estate()
    main, data = estate.vpc("main", "10.0.0.0/16"), estate.vpc("data", "10.1.0.0/16")
    main.subnet("app", "10.0.1.0/24", az="a", table="app")
    data.subnet("db", "10.1.2.0/24", az="a", table="db")
    main.peering("link", data, status=status)
    main.route_table("app", {"10.1.0.0/16": "pcx-link"})
    data.route_table("db", {"10.0.0.0/16": "pcx-link"} if back else {})
    main.security_group("app")
    data.security_group("db", ingress=[allow("tcp", 5432, *db_rules)])
    data.network_interface("db", subnet="db", groups=["db"], address="10.1.2.9")
    estate.function("app", subnets=["app"], groups=["app"])
    return estate


@pytest.mark.item("G1")
def test_a_peered_interface_is_reached_where_both_sides_have_routes() -> None:
    answer = ask(peered(), DATABASE)
    assert told(peered(), DATABASE) == "reachable"
    (trace,) = answer.all_traces
    assert [step.component for step in trace.path if step.kind == "vpc_peering_connection"] == ["pcx-link"]
    assert [step.component for step in trace.return_path if step.kind == "vpc_peering_connection"] == ["pcx-link"]


@pytest.mark.item("G1")
@pytest.mark.parametrize("status", ["pending-acceptance", "failed", "expired", "rejected", "deleting", "deleted"])
def test_a_connection_that_is_not_active_carries_nothing(status: str) -> None:
    assert told(peered(status=status), DATABASE) == "blocked BAD_STATE"


@pytest.mark.item("G1")
@pytest.mark.parametrize("status", ["provisioning", "initiating-request", "a-status-of-tomorrow"])
def test_a_connection_on_its_way_to_active_is_undecided(status: str) -> None:
    assert told(peered(status=status), DATABASE) == "unknown BAD_STATE"


@pytest.mark.item("G1")
def test_a_missing_return_route_blocks_on_the_way_back() -> None:
    answer = ask(peered(back=False), DATABASE)
    assert [(note.code, note.component, note.leg.value) for note in answer.blockers] == [
        ("NO_ROUTE_TO_DESTINATION", "rtb-db", "back")
    ]


@pytest.mark.item("G1", "D6")
def test_groups_and_acls_of_the_peer_count() -> None:
    assert told(peered(db_rules=("10.9.0.0/16",)), DATABASE) == "blocked ENI_SG_RULES_MISMATCH"
    closed = peered()
    closed.drawn_vpc("data").network_acl("closed", subnets=["db"], inbound=(), outbound=())
    assert told(closed, DATABASE) == "blocked SUBNET_ACL_RESTRICTION"


@pytest.mark.item("D6")
def test_a_rule_that_names_the_functions_group_matches_across_active_peering() -> None:
    assert told(peered(db_rules=("sg-app",)), DATABASE) == "reachable"


@pytest.mark.item("D6")
def test_a_rule_of_the_function_that_names_the_peers_group_matches_across_active_peering() -> None:
    estate = peered()
    estate.drawn_vpc("main")
    estate["sg-app"]["IpPermissionsEgress"] = [
        {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [{"GroupId": "sg-db"}]}
    ]
    assert told(estate, DATABASE) == "reachable"


@pytest.mark.item("D7")
def test_a_rule_whose_peering_is_gone_matches_nothing() -> None:
    estate = peered(db_rules=("sg-app",))
    (pair,) = estate["sg-db"]["IpPermissions"][0]["UserIdGroupPairs"]
    pair["PeeringStatus"] = "deleted"
    assert told(estate, DATABASE) == "blocked ENI_SG_RULES_MISMATCH"


@pytest.mark.item("G5", "D6")
def test_references_do_not_match_across_regions_but_addresses_do() -> None:
    def across(*rules: str) -> Estate:
        estate = peered(db_rules=rules)
        estate["pcx-link"]["AccepterVpcInfo"]["Region"] = "us-east-1"
        return estate

    assert told(across("10.0.1.0/24"), DATABASE) == "reachable"
    assert told(across("sg-app"), DATABASE) == "blocked SG_REFERENCES_NOT_PRESERVED"


@pytest.mark.item("G5", "D6")
def test_the_functions_own_reference_does_not_match_across_regions() -> None:
    estate = peered()
    estate["pcx-link"]["AccepterVpcInfo"]["Region"] = "us-east-1"
    estate["sg-app"]["IpPermissionsEgress"] = [
        {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [{"GroupId": "sg-db"}]}
    ]
    assert told(estate, DATABASE) == "blocked SG_REFERENCES_NOT_PRESERVED"


@pytest.mark.item("G2")
def test_peering_leads_to_no_address_beyond_the_peer() -> None:
    estate = peered()
    estate.drawn_vpc("data").internet_gateway("data")
    estate.route_table("db").add_route("0.0.0.0/0", "igw-data")
    estate.route_table("app").add_route("0.0.0.0/0", "pcx-link")
    assert told(estate, "internet") == "blocked PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"


@pytest.mark.item("G2")
def test_peering_is_not_transitive() -> None:
    estate = peered()
    far = estate.vpc("far", "10.2.0.0/16")
    far.subnet("far", "10.2.1.0/24", az="a")
    far.network_interface("far", subnet="far", address="10.2.1.9")
    estate.drawn_vpc("data").peering("onward", far)
    estate.route_table("db").add_route("10.2.0.0/16", "pcx-onward")
    estate.route_table("app").add_route("10.2.0.0/16", "pcx-link")
    assert told(estate, "10.2.1.9:443") == "blocked PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"


@pytest.mark.item("G1", "K6")
def test_the_other_account_not_collected_is_undecided_and_named() -> None:
    here, there = Estate(), Estate("222233334444")
    main, data = here.vpc("main", "10.0.0.0/16"), there.vpc("data", "10.1.0.0/16")
    main.subnet("app", "10.0.1.0/24", az="a", table="app")
    main.peering("link", data)
    main.route_table("app", {"10.1.0.0/16": "pcx-link"})
    here.function("app", subnets=["app"])
    answer = ask(here, DATABASE)
    assert answer.verdict.value == "unknown"
    assert "222233334444" in answer.unknowns[0].remedy
    # A blocker of one's own side is a proof, whatever the other side is like.
    main.network_acl("in-closed", subnets=["app"], inbound=())
    assert told(here, DATABASE).startswith("blocked SUBNET_ACL_RESTRICTION")


@pytest.mark.item("G1")
def test_both_accounts_collected_decide() -> None:
    here, there = Estate(), Estate("222233334444")
    main, data = here.vpc("main", "10.0.0.0/16"), there.vpc("data", "10.1.0.0/16")
    main.subnet("app", "10.0.1.0/24", az="a", table="app")
    data.subnet("db", "10.1.2.0/24", az="a", table="db")
    main.peering("link", data)
    main.route_table("app", {"10.1.0.0/16": "pcx-link"})
    data.route_table("db", {"10.0.0.0/16": "pcx-link"})
    data.security_group("db", ingress=[allow("tcp", 5432, "10.0.0.0/16")])
    data.network_interface("db", subnet="db", groups=["db"], address="10.1.2.9")
    here.function("app", subnets=["app"])
    assert told(combined(here, there), DATABASE) == "reachable"


@pytest.mark.item("C6")
def test_answers_return_to_a_nat_gateway_without_a_return_route() -> None:
    def through_nat(*, back: bool) -> Estate:
        estate = peered(back=back, db_rules=("10.0.9.0/24",))
        main = estate.drawn_vpc("main")
        main.subnet("nat", "10.0.9.0/24", az="a", table="nat")
        main.nat_gateway("private", subnet="nat", connectivity="private")
        main.route_table("nat", {"10.1.0.0/16": "pcx-link"})
        estate["rtb-app"]["Routes"][:] = [r for r in estate["rtb-app"]["Routes"] if r.get("GatewayId") == "local"]
        estate.route_table("app").add_route("10.1.0.0/16", "nat-private")
        return estate

    assert told(through_nat(back=True), DATABASE) == "reachable"
    assert told(through_nat(back=False), DATABASE) == "reachable"
    closed = through_nat(back=False)
    closed.drawn_vpc("data").network_acl("one-way", subnets=["db"], outbound=())
    assert told(closed, DATABASE) == "blocked SUBNET_ACL_RESTRICTION"


@pytest.mark.item("G3")
@pytest.mark.parametrize(
    ("route", "expected"), [("pcx-link", "reachable"), ("pcx-twin", "blocked ENI_SG_RULES_MISMATCH")]
)
def test_of_two_peers_with_the_same_range_the_route_decides(route: str, expected: str) -> None:
    estate = peered()
    twin = estate.vpc("twin", "10.1.0.0/16")
    twin.subnet("twin", "10.1.2.0/24", az="a", table="twin")
    twin.security_group("twin")
    twin.network_interface("twin", subnet="twin", groups=["twin"], address="10.1.2.9")
    estate.drawn_vpc("main").peering("twin", twin)
    twin.route_table("twin", {"10.0.0.0/16": "pcx-twin"})
    routes = estate["rtb-app"]["Routes"]
    routes[:] = [r for r in routes if r.get("GatewayId") == "local"]
    estate.route_table("app").add_route("10.1.0.0/16", route)
    assert told(estate, DATABASE) == expected
    assert told(estate, "10.1.2.9/32:5432") == expected


@pytest.mark.item("G3")
def test_answers_that_end_in_a_twin_of_the_functions_vpc_are_lost() -> None:
    estate = peered()
    twin = estate.vpc("twin", "10.0.0.0/16")
    twin.subnet("twin", "10.0.1.0/24", az="a", table="twin")
    twin.peering("twin", estate.drawn_vpc("data"))
    twin.route_table("twin")
    routes = estate["rtb-db"]["Routes"]
    routes[:] = [r for r in routes if r.get("GatewayId") == "local"]
    estate.route_table("db").add_route("10.0.0.0/16", "pcx-twin")
    assert told(estate, DATABASE) == "blocked NO_POSSIBLE_DESTINATION"


@pytest.mark.item("G1")
def test_connections_that_cannot_be_read_leave_the_way_undecided() -> None:
    estate = peered()
    estate.denied("ec2/describe-vpc-peering-connections")
    assert told(estate, DATABASE) == "unknown UNKNOWN_RESOURCE"


@pytest.mark.item("I2")
@pytest.mark.parametrize("vpc", ["main", "data"])
def test_an_encryption_control_on_either_side_refuses_peering_that_it_does_not_exclude(vpc: str) -> None:
    estate = peered()
    estate.encryption_control(vpc, excluded=["lambda"])
    assert told(estate, DATABASE) == "blocked ENCRYPTION_CONTROL_ENFORCED"
    spared = peered()
    spared.encryption_control(vpc, excluded=["lambda", "vpc_peering"])
    assert told(spared, DATABASE) == "reachable"


@pytest.mark.item("C6", "B11")
def test_answers_that_return_to_a_nat_gateway_pass_by_an_appliance_behind_it() -> None:
    estate = peered(back=False, db_rules=("10.0.9.0/24",))
    main = estate.drawn_vpc("main")
    main.subnet("nat", "10.0.9.0/24", az="a", table="nat")
    main.subnet("box", "10.0.8.0/24", az="a", table="box")
    main.security_group("box", ingress=[allow("-1", None, "0.0.0.0/0")])
    main.network_interface("box", subnet="box", groups=["box"], source_dest_check=False)
    main.nat_gateway("private", subnet="nat", connectivity="private")
    main.route_table("nat", {"10.1.0.0/16": "eni-box"})
    main.route_table("box", {"10.1.0.0/16": "pcx-link"})
    estate["rtb-app"]["Routes"][:] = [r for r in estate["rtb-app"]["Routes"] if r.get("GatewayId") == "local"]
    estate.route_table("app").add_route("10.1.0.0/16", "nat-private")
    assert told(estate, DATABASE, trust=True) == "unknown ASYMMETRIC_MIDDLEBOX_ROUTE"


@pytest.mark.item("D6", "K3")
def test_a_rule_whose_prefix_list_is_unread_may_admit_what_a_lost_reference_does_not() -> None:
    estate = peered()
    estate["pcx-link"]["AccepterVpcInfo"]["Region"] = "us-east-1"
    estate.prefix_list("peers", cidrs=["10.1.0.0/16"])
    estate.drawn_vpc("main").set_rules("app", egress=[allow("tcp", 5432, "sg-db"), allow("tcp", 5432, "pl-peers")])
    assert told(estate, DATABASE) == "reachable"
    estate.denied("ec2/get-managed-prefix-list-entries/pl-peers")
    assert told(estate, DATABASE) == "unknown UNKNOWN_RESOURCE"


@pytest.mark.item("D6", "D7")
def test_a_rule_of_the_function_that_names_a_group_nobody_lists_is_undecided_at_an_unknown_address() -> None:
    estate = peered()
    estate.drawn_vpc("main").set_rules("app", egress=[allow("tcp", 5432, "999988887777/sg-elsewhere")])
    assert "UNKNOWN_PEERED_SGS" in told(estate, "10.1.1.77:5432")


@pytest.mark.item("G1", "G2")
def test_a_connection_of_two_other_vpcs_carries_nothing() -> None:
    estate = peered()
    far = estate.vpc("far", "10.5.0.0/16")
    estate.drawn_vpc("data").peering("others", far)
    estate.route_table("app").replace_route("10.1.0.0/16", "pcx-others")
    assert told(estate, DATABASE) == "blocked BAD_STATE"


@pytest.mark.item("G2")
def test_only_what_comes_from_the_vpc_itself_crosses_to_the_peer() -> None:
    here = PeeringSide(vpc_id="vpc-main", cidr_block=Ipv4Cidr("10.0.0.0/16"), region="eu-west-1")
    there = PeeringSide(vpc_id="vpc-data", cidr_block=Ipv4Cidr("10.1.0.0/16"), region="eu-west-1")
    link = VpcPeeringConnection(
        vpc_peering_connection_id="pcx-link",
        status=PeeringStatus("active"),
        requester_vpc_info=here,
        accepter_vpc_info=there,
    )
    around = FakeSurroundings([Thing("vpc-data", "vpc")])

    def sent(*sources: str) -> dict[str, list[str]]:
        arrival = arrival_of(function_in("subnet-app"))
        packets = arrival.packets.with_source(AddressSet.parse(*sources))
        packets = packets.with_destination(AddressSet.parse("10.1.2.9"))
        hops = link.forward(msgspec.structs.replace(arrival, packets=packets), around)
        return {str(hop.packets.source): [note.code for note in hop.notes] for hop in hops}

    assert sent("10.0.1.0/24") == {"10.0.1.0/24": []}
    assert sent("10.9.1.0/24") == {"10.9.1.0/24": ["PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"]}
    assert sent("10.0.1.0/24", "10.9.1.0/24") == {
        "10.9.1.0/24": ["PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"],
        "10.0.1.0/24": [],
    }


@pytest.mark.item("G4")
def test_a_side_resolves_names_for_its_peer_only_where_it_says_so() -> None:
    assert PeeringSide(peering_options=PeeringOptions(allow_dns_resolution_from_remote_vpc=True)).allows_dns_from_peer
    assert not PeeringSide(peering_options=PeeringOptions()).allows_dns_from_peer
    assert not PeeringSide().allows_dns_from_peer


@pytest.mark.item("G1")
def test_only_the_status_active_is_active() -> None:
    def of(code: str | None) -> bool:
        return VpcPeeringConnection(vpc_peering_connection_id="pcx-1", status=PeeringStatus(code)).is_active

    assert [of("active"), of("provisioning"), of(None)] == [True, False, False]
