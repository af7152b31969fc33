"""Security groups: one rule added or taken away."""

import pytest

from tests.estates.builder import Allow, Estate, allow, combined
from tests.estates.sharing import participant
from tests.unit.explain.edits.trials import after, records, refusal, trial
from vpcreach.explain.edits import AddRule, RemoveRule, Rule

HTTPS = Rule("sg-app", False, "tcp", 443, 443, "0.0.0.0/0")
TO_DB = Rule("sg-app", False, "tcp", 5432, 5432, "sg-db")
FROM_APP = Rule("sg-db", True, "tcp", 5432, 5432, "sg-app")


def estate(egress: list[Allow] | None = None, ingress: list[Allow] | None = None) -> Estate:
    """A function and a database, each with a group that lets nothing pass unless it is told to."""
    drawn = Estate()
    vpc = drawn.vpc("main", "10.0.0.0/16", ipv6="2600:1f18::/56")
    vpc.subnet("public-a", "10.0.0.0/24", table="public")
    vpc.subnet("app-a", "10.0.1.0/24", table="app")
    vpc.internet_gateway("main")
    vpc.nat_gateway("a", subnet="public-a")
    vpc.route_table("public", {"0.0.0.0/0": "igw-main"})
    vpc.route_table("app", {"0.0.0.0/0": "nat-a"})
    vpc.security_group("app", egress=egress or [])
    vpc.security_group("db", ingress=ingress or [])
    vpc.network_interface("db", subnet="app-a", address="10.0.1.9", groups=["db"])
    drawn.function("app", subnets=["app-a"], groups=["app"])
    return drawn


def test_a_rule_to_all_addresses_opens_the_internet() -> None:
    assert trial(estate(), "internet", AddRule(HTTPS)) == "blocked SG_HAS_NO_RULES => reachable"
    assert str(AddRule(HTTPS)) == "add to sg-app: outbound tcp/443 to 0.0.0.0/0"


def test_a_rule_for_a_group_opens_what_is_in_the_group() -> None:
    drawn = estate()
    half = trial(drawn, "10.0.1.9:5432", AddRule(TO_DB))
    assert half.endswith("=> blocked ENI_SG_RULES_MISMATCH")
    assert trial(drawn, "10.0.1.9:5432", AddRule(TO_DB), AddRule(FROM_APP)).endswith("=> reachable")
    assert str(AddRule(FROM_APP)) == "add to sg-db: inbound tcp/5432 from sg-app"


def test_a_rule_for_a_prefix_list_opens_the_service() -> None:
    drawn = estate()
    edit = AddRule(Rule("sg-app", False, "tcp", 443, 443, "pl-s3"))
    drawn.drawn_vpc("main").gateway_endpoint("s3", service="s3", tables=["app"])
    assert trial(drawn, "s3", edit) == "blocked SG_HAS_NO_RULES => reachable"


def test_a_rule_taken_away_leaves_the_others_of_its_line() -> None:
    drawn = estate([allow("tcp", 443, "0.0.0.0/0", "10.0.0.0/8", "sg-db")])
    edit = RemoveRule(HTTPS)
    assert trial(drawn, "internet", edit) == "reachable => blocked ENI_SG_RULES_MISMATCH"
    assert str(edit) == "remove from sg-app: outbound tcp/443 to 0.0.0.0/0"
    [group] = [g for g in records(after(drawn, edit), "describe-security-groups") if g["GroupId"] == "sg-app"]
    [line] = group["IpPermissionsEgress"]
    assert line["IpRanges"] == [{"CidrIp": "10.0.0.0/8"}]
    assert line["UserIdGroupPairs"] == [{"UserId": "111122223333", "GroupId": "sg-db"}]


def test_a_line_without_peers_is_gone() -> None:
    drawn = estate([allow("tcp", 443)])
    assert trial(drawn, "internet", RemoveRule(HTTPS)) == "reachable => blocked SG_HAS_NO_RULES"


def test_a_rule_for_all_traffic_has_no_ports() -> None:
    drawn = estate([allow("-1")])
    every = Rule("sg-app", False, "-1", None, None, "0.0.0.0/0")
    assert trial(drawn, "internet", RemoveRule(every)) == "reachable => blocked SG_HAS_NO_RULES"
    assert every.permission == {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    assert str(every) == "outbound all traffic to 0.0.0.0/0"


@pytest.mark.parametrize(
    ("protocol", "ports", "words"), [("tcp", (0, 65535), "tcp"), ("icmp", (-1, -1), "icmp"), ("50", None, "50")]
)
def test_all_ports_are_written_as_ec2_wants_them(protocol: str, ports: tuple[int, int] | None, words: str) -> None:
    rule = Rule("sg-app", True, protocol, None, None, "10.0.0.0/8")
    assert rule.ports == ports
    assert str(rule) == f"inbound {words} from 10.0.0.0/8"


def test_a_group_among_the_peers_is_told_with_its_account() -> None:
    drawn = estate()
    edited = after(drawn, AddRule(TO_DB), AddRule(Rule("sg-db", True, "tcp", 1, 1, "sg-far", "999988887777")))
    groups = {group["GroupId"]: group for group in records(edited, "describe-security-groups")}
    assert groups["sg-app"]["IpPermissionsEgress"][0]["UserIdGroupPairs"] == [
        {"GroupId": "sg-db", "UserId": "111122223333"}
    ]
    assert groups["sg-db"]["IpPermissions"][0]["UserIdGroupPairs"] == [{"GroupId": "sg-far", "UserId": "999988887777"}]


def test_a_group_of_a_participant_of_a_shared_vpc_is_edited_where_it_is() -> None:
    drawn = estate()
    other = participant(drawn, "444455556666", function="app", groups=("sg-app",))
    assert trial(combined(drawn, other), "internet", AddRule(HTTPS)) == "blocked SG_HAS_NO_RULES => reachable"


def test_a_rule_that_is_there_already_is_refused() -> None:
    drawn = estate([allow("tcp", 443), allow("tcp", 5432, "sg-db")])
    assert refusal(drawn, AddRule(HTTPS)) == "sg-app has the rule already: outbound tcp/443 to 0.0.0.0/0"
    assert "has the rule already" in refusal(drawn, AddRule(TO_DB))
    assert "has the rule already" in refusal(estate(), AddRule(HTTPS), AddRule(HTTPS))
    wider = Rule("sg-app", False, "tcp", 443, 444, "0.0.0.0/0")
    after(drawn, AddRule(wider))


def test_a_rule_that_is_not_there_is_refused_with_those_that_are() -> None:
    drawn = estate([allow("tcp", (1, 1024)), allow("-1", None, "sg-db")])
    assert refusal(drawn, RemoveRule(HTTPS)) == (
        "sg-app has no such rule: outbound tcp/443 to 0.0.0.0/0; "
        "its outbound rules are tcp/1-1024 0.0.0.0/0; all traffic sg-db"
    )
    assert refusal(drawn, RemoveRule(FROM_APP)).endswith("its inbound rules are none")


def test_groups_and_lists_that_do_not_exist_are_refused() -> None:
    drawn = estate()
    unknown = Rule("sg-apq", False, "tcp", 443, 443, "0.0.0.0/0")
    assert refusal(drawn, AddRule(unknown)) == 'sg-apq is not in the snapshot; did you mean "sg-app"?'
    assert refusal(drawn, RemoveRule(unknown)) == 'sg-apq is not in the snapshot; did you mean "sg-app"?'
    assert "sg-dd" in refusal(drawn, AddRule(Rule("sg-app", False, "tcp", 1, 1, "sg-dd")))
    assert "pl-s4" in refusal(drawn, AddRule(Rule("sg-app", False, "tcp", 1, 1, "pl-s4")))
