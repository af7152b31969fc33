"""Network Firewall on the way to the internet: what its five-tuple rules decide, and what nobody can read."""

from collections.abc import Mapping, Sequence

import pytest

from tests.estates.asking import ask, told
from tests.estates.builder import Estate
from tests.estates.replies import Json
from vpcreach.errors import SnapshotError

INTERNET = "93.184.216.34:443"
FIREWALL = "arn:aws:network-firewall:eu-west-1:111122223333:firewall/edge"
POLICY = "arn:aws:network-firewall:eu-west-1:111122223333:firewall-policy/edge"
GROUPS = "arn:aws:network-firewall:eu-west-1:111122223333"
Group = Mapping[str, object]


def stateful(*rules: tuple[str, str, str, str, str], options: Sequence[str] = ("sid",), **sets: list[str]) -> Group:
    """A group of rules like `("DROP", "TCP", "ANY", "93.184.216.0/24", "443")`: action, protocol, from, to, port."""
    return {
        "RuleVariables": {"IPSets": {name: {"Definition": words} for name, words in sets.items()}},
        "RulesSource": {
            "StatefulRules": [
                {
                    "Action": action,
                    "Header": {
                        "Protocol": protocol,
                        "Source": source,
                        "SourcePort": "ANY",
                        "Direction": "FORWARD",
                        "Destination": destination,
                        "DestinationPort": port,
                    },
                    "RuleOptions": [{"Keyword": option, "Settings": ["1"]} for option in options],
                }
                for action, protocol, source, destination, port in rules
            ]
        },
    }


def stateless(*rules: tuple[int, str, Mapping[str, object]]) -> Group:
    """A group of rules like `(1, "aws:drop", {"Destinations": [{"AddressDefinition": "93.0.0.0/8"}]})`."""
    return {
        "RulesSource": {
            "StatelessRulesAndCustomActions": {
                "StatelessRules": [
                    {"Priority": priority, "RuleDefinition": {"MatchAttributes": match, "Actions": [action]}}
                    for priority, action, match in rules
                ]
            }
        }
    }


def firewalled(
    *groups: Group,
    stateless_groups: Sequence[Group] = (),
    stateless_default: str = "aws:forward_to_sfe",
    order: str = "DEFAULT_ACTION_ORDER",
    defaults: Sequence[str] = (),
    edge: bool = True,
    **policy: object,
) -> Estate:
    """`app`, whose table sends 0.0.0.0/0 to a firewall's endpoint, behind which a NAT gateway stands; and back."""
    estate = Estate()
    vpc = estate.vpc("main", "10.0.0.0/16")
    vpc.subnet("public", "10.0.0.0/24", az="a", table="public")
    vpc.subnet("firewall", "10.0.2.0/24", az="a", table="firewall")
    vpc.subnet("app", "10.0.1.0/24", az="a", table="app")
    vpc.internet_gateway("main")
    vpc.nat_gateway("main", subnet="public", public_ip="52.0.0.1")
    vpc.route_table("public", {"0.0.0.0/0": "igw-main", **({"10.0.1.0/24": "vpce-fw"} if edge else {})})
    vpc.route_table("firewall", {"0.0.0.0/0": "nat-main"})
    vpc.route_table("app", {"0.0.0.0/0": "vpce-fw"})
    endpoint = {
        "VpcEndpointId": "vpce-fw",
        "VpcEndpointType": "GatewayLoadBalancer",
        "VpcId": "vpc-main",
        "State": "available",
        "SubnetIds": ["subnet-firewall"],
        "Tags": [{"Key": "AWSNetworkFirewallManaged", "Value": "true"}],
    }
    estate.add("ec2/describe-vpc-endpoints", "vpce-fw", endpoint)
    attachment = {"SubnetId": "subnet-firewall", "EndpointId": "vpce-fw", "Status": "READY"}
    estate.put("network-firewall/list-firewalls", {"Firewalls": [{"FirewallName": "edge", "FirewallArn": FIREWALL}]})
    estate.put(
        "network-firewall/describe-firewall",
        {
            "Firewall": {
                "FirewallName": "edge",
                "FirewallArn": FIREWALL,
                "FirewallPolicyArn": POLICY,
                "VpcId": "vpc-main",
            },
            "FirewallStatus": {"Status": "READY", "SyncStates": {"eu-west-1a": {"Attachment": attachment}}},
        },
        FIREWALL,
    )
    references = []
    for kind, listed in (("stateful", groups), ("stateless", stateless_groups)):
        for number, group in enumerate(listed):
            arn = f"{GROUPS}:{kind}-rulegroup/{kind}-{number}"
            reply = {"RuleGroup": group, "RuleGroupResponse": {"RuleGroupArn": arn}}
            estate.put("network-firewall/describe-rule-group", reply, arn)
            references.append((kind, {"ResourceArn": arn, "Priority": number + 1}))
    estate.put(
        "network-firewall/describe-firewall-policy",
        {
            "FirewallPolicyResponse": {"FirewallPolicyArn": POLICY},
            "FirewallPolicy": {
                "StatelessDefaultActions": [stateless_default],
                "StatelessRuleGroupReferences": [each for kind, each in references if kind == "stateless"],
                "StatefulRuleGroupReferences": [each for kind, each in references if kind == "stateful"],
                "StatefulEngineOptions": {"RuleOrder": order},
                "StatefulDefaultActions": list(defaults),
                **policy,
            },
        },
        POLICY,
    )
    estate.function("app", subnets=["app"])
    return estate


@pytest.mark.item("G9", "C17")
def test_a_firewall_without_rules_passes_everything() -> None:
    assert told(firewalled(), INTERNET) == "reachable"
    assert told(firewalled(), "internet") == "reachable"
    assert not ask(firewalled(), INTERNET).is_provisional


@pytest.mark.item("G9")
def test_a_five_tuple_rule_drops_what_it_names_and_nothing_else() -> None:
    estate = firewalled(stateful(("DROP", "TCP", "ANY", "93.184.216.0/24", "443")))
    assert told(estate, INTERNET) == "blocked FIREWALL_RULES_RESTRICTION"
    assert told(estate, "8.8.8.8:443") == "reachable"
    assert told(estate, "93.184.216.34:80") == "reachable"
    assert told(estate, "internet") == "partial FIREWALL_RULES_RESTRICTION"


@pytest.mark.item("G9")
def test_in_default_order_a_rule_that_passes_comes_before_one_that_drops() -> None:
    drop, allow = ("DROP", "IP", "ANY", "ANY", "ANY"), ("PASS", "TCP", "ANY", "93.184.0.0/16", "443")
    assert told(firewalled(stateful(drop, allow)), INTERNET) == "reachable"
    assert told(firewalled(stateful(drop, allow)), "8.8.8.8:443") == "blocked FIREWALL_RULES_RESTRICTION"
    strict = firewalled(stateful(drop, allow), order="STRICT_ORDER")
    assert told(strict, INTERNET) == "blocked FIREWALL_RULES_RESTRICTION"


@pytest.mark.item("G9")
def test_in_strict_order_groups_are_read_by_priority_and_the_default_drops() -> None:
    allow, drop = (
        stateful(("PASS", "TCP", "ANY", "93.184.0.0/16", "443")),
        stateful(("DROP", "IP", "ANY", "ANY", "ANY")),
    )
    estate = firewalled(allow, drop, order="STRICT_ORDER", defaults=["aws:drop_strict"])
    assert told(estate, INTERNET) == "reachable"
    only = firewalled(allow, order="STRICT_ORDER", defaults=["aws:drop_established", "aws:alert_established"])
    assert told(only, INTERNET) == "reachable"
    assert told(only, "8.8.8.8:443") == "blocked FIREWALL_RULES_RESTRICTION"
    assert told(only, "8.8.8.8:53/udp").startswith("unknown")
    assert told(firewalled(allow, order="STRICT_ORDER"), "8.8.8.8:443") == "reachable"


@pytest.mark.item("G9")
def test_rules_that_alert_decide_nothing() -> None:
    assert told(firewalled(stateful(("ALERT", "IP", "ANY", "ANY", "ANY"))), INTERNET) == "reachable"


@pytest.mark.item("G9")
@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("10.0.1.0/24", "blocked FIREWALL_RULES_RESTRICTION"),
        ("$HOME_NET", "blocked FIREWALL_RULES_RESTRICTION"),
        ("$APPS", "blocked FIREWALL_RULES_RESTRICTION"),
        ("[10.0.0.0/8, !10.0.1.0/24]", "reachable"),
        ("!$HOME_NET", "unknown FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULES"),
        ("192.168.0.0/16", "reachable"),
        ("10.0.1.0/25", "unknown FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULES"),
        ("$UNTOLD", "unknown FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULES"),
        ("@reference", "unknown FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULES"),
        ("[10.0.0.0/8, $UNTOLD]", "unknown FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULES"),
        ("[10.0.0.0/8, !$UNTOLD]", "unknown FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULES"),
    ],
)
def test_sources_of_a_rule_must_hold_the_whole_subnet_or_none_of_it(source: str, expected: str) -> None:
    group = stateful(("DROP", "TCP", source, "ANY", "ANY"), APPS=["10.0.1.0/24", "10.9.0.0/16"])
    assert told(firewalled(group), INTERNET) == expected


@pytest.mark.item("G9")
@pytest.mark.parametrize(
    ("port", "expected"),
    [
        ("443", "blocked"),
        ("400:500", "blocked"),
        ("[80,443]", "blocked"),
        ("!443", "reachable"),
        ("![0:442,444:]", "blocked"),
        ("![0:400,300:500]", "reachable"),
        ("1024:", "reachable"),
    ],
)
def test_ports_of_a_rule(port: str, expected: str) -> None:
    assert told(firewalled(stateful(("DROP", "TCP", "$HOME_NET", "ANY", port))), INTERNET).startswith(expected)


@pytest.mark.item("G9")
@pytest.mark.parametrize(
    "drop", [("$EXTERNAL_NET", "$HOME_NET", "ANY"), ("ANY", "ANY", "!443"), ("ANY", "ANY", "3306")]
)
@pytest.mark.parametrize("order", ["DEFAULT_ACTION_ORDER", "STRICT_ORDER"])
def test_a_rule_that_drops_may_match_answers_unless_another_passes_the_connection(
    drop: tuple[str, str, str], order: str
) -> None:
    dropping, passing = ("DROP", "TCP", *drop), ("PASS", "TCP", "$HOME_NET", "ANY", "443")
    alone = told(firewalled(stateful(dropping), order=order), INTERNET)
    assert alone == "unknown FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULES"
    assert told(firewalled(stateful(passing, dropping), order=order), INTERNET) == "reachable"


@pytest.mark.item("G9")
def test_a_stateless_rule_that_may_match_decides_nothing_where_all_fare_alike() -> None:
    flags = stateless((1, "aws:pass", {"TCPFlags": [{"Flags": ["SYN"]}]}))
    assert told(firewalled(stateless_groups=[flags], stateless_default="aws:pass"), INTERNET) == "reachable"
    assert told(firewalled(stateless_groups=[flags]), INTERNET) == "unknown FIREWALL_UNSUPPORTED_RULE_OPTIONS"


@pytest.mark.item("I1", "G9")
def test_block_public_access_spares_a_firewall_for_no_exclusion_of_its_subnet_alone() -> None:
    around = [("subnet-public", "allow-egress"), ("subnet-app", "allow-egress")]
    beside, singly, whole = firewalled(), firewalled(), firewalled()
    beside.block_public_access("block-bidirectional", around)
    singly.block_public_access("block-bidirectional", [*around, ("subnet-firewall", "allow-egress")])
    whole.block_public_access("block-bidirectional", [("vpc-main", "allow-egress")])
    assert told(beside, INTERNET) == "unknown VPC_BLOCK_PUBLIC_ACCESS_ENABLED"
    assert told(singly, INTERNET) == "unknown VPC_BLOCK_PUBLIC_ACCESS_ENABLED"
    assert told(whole, INTERNET) == "reachable"


@pytest.mark.item("G9")
def test_orders_actions_and_directions_of_tomorrow_are_undecided() -> None:
    assert told(firewalled(order="AN_ORDER_OF_TOMORROW"), INTERNET).startswith("unknown FIREWALL_UNSUPPORTED")
    delaying = stateful(("DELAY", "TCP", "ANY", "ANY", "443"))
    assert told(firewalled(delaying), INTERNET).startswith("unknown FIREWALL_UNSUPPORTED")
    (group,) = [path for path in firewalled(delaying).replies if "describe-rule-group" in path]
    sideways = firewalled(stateful(("DROP", "TCP", "ANY", "ANY", "443")))
    rules = sideways.reply(group)["RuleGroup"]["RulesSource"]["StatefulRules"]
    rules[0]["Header"]["Direction"] = "SIDEWAYS"
    assert told(sideways, INTERNET) == "unknown FIREWALL_UNSUPPORTED_RULE_OPTIONS"


@pytest.mark.item("G9")
def test_options_that_look_into_packets_are_undecided() -> None:
    looking = stateful(("DROP", "TCP", "ANY", "ANY", "443"), options=("sid", "content"))
    assert told(firewalled(looking), INTERNET) == "unknown FIREWALL_UNSUPPORTED_RULE_OPTIONS"
    assert told(firewalled(looking), INTERNET, trust=True) == "unknown FIREWALL_UNSUPPORTED_RULE_OPTIONS"
    # Whatever they find, they are not asked about other ports.
    assert told(firewalled(looking), "93.184.216.34:80") == "reachable"


@pytest.mark.item("G9")
@pytest.mark.parametrize(
    "source",
    [
        {"RulesString": "drop tls any any -> any any (sid:1;)"},
        {
            "RulesSourceList": {
                "Targets": ["example.com"],
                "TargetTypes": ["TLS_SNI"],
                "GeneratedRulesType": "ALLOWLIST",
            }
        },
    ],
)
def test_suricata_text_and_domain_lists_are_undecided(source: Mapping[str, object]) -> None:
    group: Group = {"RulesSource": source}
    expected = "unknown FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULE_GROUP_TYPE"
    assert told(firewalled(group), INTERNET) == expected
    # In strict order, what a readable rule has decided before them stands.
    before = stateful(("PASS", "TCP", "ANY", "ANY", "443"))
    assert told(firewalled(before, group, order="STRICT_ORDER"), INTERNET) == "reachable"
    dropped = stateful(("DROP", "TCP", "ANY", "ANY", "443"))
    assert told(firewalled(dropped, group, order="STRICT_ORDER"), INTERNET) == "blocked FIREWALL_RULES_RESTRICTION"
    assert told(firewalled(dropped, group), INTERNET) == expected


@pytest.mark.item("G9")
def test_stateless_rules_see_packets_and_answers() -> None:
    out = stateless((1, "aws:drop", {"Destinations": [{"AddressDefinition": "93.0.0.0/8"}], "Protocols": [6]}))
    assert told(firewalled(stateless_groups=[out]), INTERNET) == "blocked FIREWALL_RULES_RESTRICTION"
    assert told(firewalled(stateless_groups=[out]), "8.8.8.8:443") == "reachable"
    back = stateless((1, "aws:drop", {"SourcePorts": [{"FromPort": 443, "ToPort": 443}]}))
    assert told(firewalled(stateless_groups=[back]), INTERNET) == "blocked FIREWALL_RULES_RESTRICTION"
    one_way = stateless((1, "aws:pass", {"Destinations": [{"AddressDefinition": "93.0.0.0/8"}]}))
    assert told(firewalled(stateless_groups=[one_way]), INTERNET).startswith("unknown FIREWALL_UNSUPPORTED")
    assert told(firewalled(stateless_default="aws:pass"), INTERNET) == "reachable"
    assert told(firewalled(stateless_default="aws:drop"), INTERNET) == "blocked FIREWALL_RULES_RESTRICTION"


@pytest.mark.item("G9")
def test_inspection_of_tls_is_undecided() -> None:
    estate = firewalled(TLSInspectionConfigurationArn="arn:aws:network-firewall:eu-west-1:1:tls-configuration/t")
    assert told(estate, INTERNET) == "unknown FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULE_GROUP_TYPE"


@pytest.mark.item("G9", "B11")
def test_answers_that_pass_by_the_firewall_are_lost() -> None:
    assert told(firewalled(edge=False), INTERNET) == "blocked ASYMMETRIC_MIDDLEBOX_ROUTE"


@pytest.mark.item("G9")
@pytest.mark.parametrize(
    ("status", "verdict"), [("FAILED", "blocked"), ("DELETING", "blocked"), ("CREATING", "unknown")]
)
def test_an_endpoint_that_is_not_ready(status: str, verdict: str) -> None:
    estate = firewalled()
    path = next(path for path in estate.replies if path.startswith("network-firewall/describe-firewall/"))
    estate.reply(path)["FirewallStatus"]["SyncStates"]["eu-west-1a"]["Attachment"]["Status"] = status
    assert told(estate, INTERNET) == f"{verdict} BAD_STATE"


@pytest.mark.item("G9")
@pytest.mark.parametrize("missing", ["list-firewalls", "describe-firewall", "describe-firewall-policy"])
def test_a_policy_that_is_not_collected_is_undecided_trusted_or_not(missing: str) -> None:
    estate = firewalled()
    estate.without(f"network-firewall/{missing}")
    assert told(estate, INTERNET) == "unknown FIREWALL_POLICY_NOT_EVALUATED"
    assert told(estate, INTERNET, trust=True) == "unknown FIREWALL_POLICY_NOT_EVALUATED"


@pytest.mark.item("G9")
def test_a_rule_group_that_is_not_collected_is_undecided() -> None:
    estate = firewalled(stateful(("PASS", "TCP", "ANY", "ANY", "443")))
    estate.without("network-firewall/describe-rule-group")
    assert told(estate, INTERNET) == "unknown FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULE_GROUP_TYPE"


@pytest.mark.item("G9", "K3")
def test_a_proof_on_ones_own_side_stands_before_an_undecided_firewall() -> None:
    estate = firewalled()
    estate.without("network-firewall/list-firewalls")
    estate["sg-main-default"]["IpPermissionsEgress"] = []
    assert told(estate, INTERNET).startswith("blocked SG_HAS_NO_RULES")


@pytest.mark.item("G9")
def test_a_firewall_whose_endpoint_names_no_subnet_is_undecided() -> None:
    estate = firewalled()
    path = "network-firewall/describe-firewall"
    reply = next(estate.reply(each) for each in estate.replies if each.startswith(f"{path}/"))
    del reply["FirewallStatus"]["SyncStates"]["eu-west-1a"]["Attachment"]["SubnetId"]
    assert told(estate, INTERNET) == "unknown FIREWALL_POLICY_NOT_EVALUATED"


@pytest.mark.parametrize("port", ["70000", "99:1", "9" * 5000, "!" * 3000 + "443", "[" * 3000, "-1", "1:x", "$A", "$B"])
def test_ports_that_are_none_leave_the_rule_open(port: str) -> None:
    named = {"A": {"Definition": ["$A", "443"]}, "B": {"Definition": ["$C"] * 50}, "C": {"Definition": ["$B"] * 50}}
    group = {**stateful(("DROP", "TCP", "ANY", "ANY", port)), "RuleVariables": {"PortSets": named}}
    assert told(firewalled(group), "internet").startswith("unknown")


@pytest.mark.parametrize("address", ["!" * 3000 + "10.0.0.0/8", "[" * 3000, "$A", "$B"])
def test_addresses_that_name_themselves_leave_the_rule_open(address: str) -> None:
    group = stateful(("DROP", "TCP", "ANY", address, "443"), A=["$A"], B=["$C"] * 50, C=["$B"] * 50)
    assert told(firewalled(group), "internet").startswith("unknown")


@pytest.mark.parametrize(
    "match",
    [
        {"DestinationPorts": [{"FromPort": 443, "ToPort": 80}]},
        {"DestinationPorts": [{"FromPort": -1, "ToPort": 80}]},
        {"SourcePorts": [{"FromPort": 0, "ToPort": 65536}]},
        {"Protocols": [256]},
    ],
)
def test_numbers_that_no_stateless_rule_can_have_are_refused_with_their_place(match: Mapping[str, object]) -> None:
    estate = firewalled(stateless_groups=[stateless((1, "aws:drop", match))])
    with pytest.raises(SnapshotError, match=r"StatelessRules\[0\]"):
        told(estate, "internet")


# What cannot be read of rules and firewalls


@pytest.mark.item("G9", "K5")
def test_a_stateless_group_that_is_not_collected_may_do_anything() -> None:
    estate = firewalled(stateless_groups=[stateless()], stateless_default="aws:pass")
    assert told(estate, INTERNET) == "reachable"
    estate.without("network-firewall/describe-rule-group")
    assert told(estate, INTERNET) == "unknown FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULE_GROUP_TYPE"


@pytest.mark.item("G9")
def test_a_stateless_action_of_tomorrow_is_undecided_where_its_rule_matches() -> None:
    far = {"Destinations": [{"AddressDefinition": "93.0.0.0/8"}]}
    estate = firewalled(stateless_groups=[stateless((1, "aws:delay", far))], stateless_default="aws:pass")
    assert told(estate, INTERNET) == "unknown FIREWALL_UNSUPPORTED_RULE_OPTIONS"
    assert told(estate, "8.8.8.8:443") == "reachable"


@pytest.mark.item("G9")
def test_a_stateless_rule_whose_addresses_are_not_told_is_undecided() -> None:
    untold = {"Destinations": [{"AddressDefinition": "198.51.100.0/24"}, {"AddressDefinition": "@reference"}]}
    estate = firewalled(stateless_groups=[stateless((1, "aws:drop", untold))], stateless_default="aws:pass")
    assert told(estate, INTERNET) == "unknown FIREWALL_UNSUPPORTED_HIGHER_PRIORITY_RULES"


def status(estate: Estate) -> Json:
    """What DescribeFirewall tells of the endpoint in zone a."""
    path = next(each for each in estate.replies if each.startswith("network-firewall/describe-firewall/"))
    attachment: Json = estate.reply(path)["FirewallStatus"]["SyncStates"]["eu-west-1a"]["Attachment"]
    return attachment


@pytest.mark.item("G9")
def test_a_firewall_whose_endpoint_is_not_made_yet_has_none_that_is_known() -> None:
    estate = firewalled()
    del status(estate)["EndpointId"]
    assert told(estate, INTERNET) == "unknown FIREWALL_POLICY_NOT_EVALUATED"


@pytest.mark.item("G9", "F9")
def test_an_endpoint_that_no_described_firewall_names_is_a_load_balancers_own() -> None:
    estate = firewalled()
    status(estate)["EndpointId"] = "vpce-other"
    estate["vpce-fw"]["Tags"] = []
    assert told(estate, INTERNET) == "unknown PATH_THROUGH_GWLB_NOT_CHECKED"
    assert told(estate, INTERNET, trust=True) == "reachable"


@pytest.mark.item("I1", "G9")
def test_an_exclusion_of_the_firewalls_subnet_that_is_not_settled_leaves_it_open() -> None:
    around = [(f"subnet-{name}", "allow-egress") for name in ("public", "app", "firewall")]
    estate = firewalled()
    estate.block_public_access("block-bidirectional", around)
    estate["subnet-firewall"]["BlockPublicAccessStates"] = None
    estate["vpcbpa-exclude-subnet-firewall"]["State"] = "create-in-progress"
    (note,) = ask(estate, INTERNET).unknowns
    assert (note.code, note.component) == ("VPC_BLOCK_PUBLIC_ACCESS_ENABLED", "subnet-firewall")
    assert "create-in-progress" in note.message
