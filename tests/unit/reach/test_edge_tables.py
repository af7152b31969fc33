"""Edge route tables: what rules the answers that enter a VPC through its internet gateway (semantics B10)."""

from collections.abc import Mapping

from tests.estates import seed
from tests.estates.asking import ask, told
from tests.estates.builder import Estate, Route, allow


def with_edge_table(routes: Mapping[str, str | tuple[str, str] | Route]) -> Estate:
    estate = seed.public_private()
    table = estate.drawn_vpc("main").route_table("edge", routes)
    table.associate("igw-main")
    return estate


def test_b10_an_edge_table_that_keeps_answers_local_changes_nothing() -> None:
    assert told(with_edge_table({}), "internet") == "reachable"


def test_b10_an_edge_table_is_on_the_way_back() -> None:
    trace = ask(with_edge_table({}), "internet").subnets[0].traces[0]
    assert "rtb-edge" in [step.component for step in trace.return_path]


def test_b10_answers_sent_to_an_appliance_are_undecided() -> None:
    assert told(with_edge_table({"172.31.0.0/24": "eni-appliance"}), "internet") == "unknown UNKNOWN_RESOURCE"


def test_b10_answers_sent_into_a_blackhole_are_lost() -> None:
    estate = with_edge_table({"172.31.0.0/24": ("eni-appliance", "blackhole")})
    assert told(estate, "internet") == "blocked BAD_STATE_ROUTE"
    assert ask(estate, "internet").blockers[0].leg.value == "back"


def test_b10_an_edge_table_that_is_being_associated_may_rule_already() -> None:
    estate = with_edge_table({"172.31.0.0/24": ("eni-appliance", "blackhole")})
    estate["rtb-edge"]["Associations"][-1]["AssociationState"] = {"State": "associating"}
    assert told(estate, "internet") == "unknown COLLECTION_FAILED"
    estate["rtb-edge"]["Associations"][-1]["AssociationState"] = {"State": "disassociated"}
    assert told(estate, "internet") == "reachable"


def test_b10_a_server_behind_ingress_routing_is_undecided_whichever_way_its_answers_go() -> None:
    estate = seed.public_private()
    web = estate.vpc("web", "10.9.0.0/16")
    web.subnet("web", "10.9.1.0/24", table="web")
    web.subnet("box", "10.9.2.0/24", table="box")
    web.internet_gateway("web")
    web.security_group("web", ingress=[allow("tcp", 443)])
    estate.instance("web", subnet="web", groups=["web"], public_ip="54.9.9.9")
    endpoint = {
        "VpcEndpointId": "vpce-box",
        "VpcEndpointType": "GatewayLoadBalancer",
        "State": "available",
        "VpcId": "vpc-web",
        "SubnetIds": ["subnet-box"],
    }
    estate.add("ec2/describe-vpc-endpoints", "vpce-box", endpoint)
    web.route_table("box", {"0.0.0.0/0": "igw-web"})
    web.route_table("web", {"0.0.0.0/0": "vpce-box"})
    web.route_table("edge", {"10.9.1.0/24": "vpce-box"}).associate("igw-web")
    assert told(estate, "54.9.9.9:443") == "unknown UNSUPPORTED_COMPONENT"
    estate["sg-web"]["IpPermissions"] = []
    assert told(estate, "54.9.9.9:443").startswith("unknown")
    estate.block_public_access("block-ingress")
    assert told(estate, "54.9.9.9:443").startswith("blocked VPC_BLOCK_PUBLIC_ACCESS_ENABLED")
