"""G9: what a firewall's policy does, read directly: orders, groups, overrides, both ways of a connection."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.unit.components.test_network_firewall_rules import (
    ABOVE,
    ATOMS,
    GROUP_TYPE,
    HALF,
    OPTIONS,
    REST,
    Around,
    connection,
    group,
    rule,
)
from vpcreach.components.network_firewall.policy import Outcome, PolicyReader, port_ranges
from vpcreach.components.network_firewall.records import FirewallPolicy, RuleGroup
from vpcreach.packets.address_map import Family
from vpcreach.packets.ports import TCP, UDP
from vpcreach.snapshot.snapshot import decoded


def policy(**more: Any) -> FirewallPolicy:
    plain = {"StatelessDefaultActions": ["aws:forward_to_sfe"]}
    return decoded(json.dumps(plain | more).encode(), FirewallPolicy, "")


def outcomes(
    groups: Mapping[str, RuleGroup | None], packets: Any = None, **more: Any
) -> list[tuple[str, bool | None, str, str | None]]:
    home = {Family.IPV4: ("10.0.0.0/16",), Family.IPV6: ()}
    reader = PolicyReader(policy(**more), lambda arn: groups.get(arn.rpartition("/")[2]), home, Around())
    found: list[Outcome] = list(reader.outcomes(packets or connection()))
    return sorted(
        (str(each.packets.destination), each.passes, each.line, each.doubt.code if each.doubt else None)
        for each in found
    )


def refer(*names: str, override: str | None = None) -> list[dict[str, Any]]:
    """References by falling priority: the last name is read first."""
    more = {"Override": {"Action": override}} if override else {}
    return [
        {"ResourceArn": f"arn:aws:network-firewall:eu-west-1:1:group/{name}", "Priority": len(names) - place} | more
        for place, name in enumerate(names)
    ]


ALL = "198.51.100.0/24"


@pytest.mark.item("G9")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], (True, "the default action", None)),
        (["aws:alert_strict", "aws:alert_established"], (True, "the default action", None)),
        (["aws:drop_strict"], (False, "the default action", None)),
        (["aws:drop_strict", "aws:alert_strict"], (False, "the default action", None)),
        (["aws:drop_established"], (False, "the default action", None)),
        (["aws:tomorrow"], (None, "the default action", ABOVE)),
    ],
)
def test_what_strict_order_does_by_default(words: list[str], expected: tuple[bool | None, str, str | None]) -> None:
    strict = {"StatefulEngineOptions": {"RuleOrder": "STRICT_ORDER"}, "StatefulDefaultActions": words}
    assert outcomes({}, **strict) == [(ALL, *expected)]
    # AWS spares single datagrams where it drops what is established.
    udp = outcomes({}, connection(ports=ATOMS.mask(UDP, 443, 443)), **strict)
    is_spared = words == ["aws:drop_established"]
    assert udp == [(ALL, None, "the default action", ABOVE) if is_spared else (ALL, *expected)]


@pytest.mark.item("G9")
def test_groups_are_read_by_priority_in_strict_order_and_by_action_else() -> None:
    groups = {"dropping": group(rule("DROP")), "passing": group(rule("PASS"))}
    references = {"StatefulRuleGroupReferences": refer("passing", "dropping")}
    strict = {"StatefulEngineOptions": {"RuleOrder": "STRICT_ORDER"}}
    assert outcomes(groups, **references) == [(ALL, True, "PASS TCP ANY ANY -> ANY ANY", None)]
    assert outcomes(groups, **references, **strict) == [(ALL, False, "DROP TCP ANY ANY -> ANY ANY", None)]
    rejecting = {"dropping": group(rule("REJECT")), "passing": group(rule("DROP"))}
    assert outcomes(rejecting, **references) == [(ALL, False, "DROP TCP ANY ANY -> ANY ANY", None)]


@pytest.mark.item("G9")
def test_an_override_to_alert_spares_what_a_managed_group_would_drop() -> None:
    groups = {"named": group(rule("DROP"), rule("REJECT")), "managed": None}
    for name in groups:
        references = {"StatefulRuleGroupReferences": refer(name, override="DROP_TO_ALERT")}
        ((_, passes, _, _),) = outcomes(groups, **references)
        assert passes is True
        ((_, passes, _, _),) = outcomes(groups, StatefulRuleGroupReferences=refer(name, override="TOMORROW"))
        assert passes is not True


@pytest.mark.item("G9")
@pytest.mark.parametrize("unread", [None, group()])
def test_a_group_that_cannot_be_read_may_do_anything_and_is_named(unread: RuleGroup | None) -> None:
    found = outcomes({"managed": unread}, StatefulRuleGroupReferences=refer("managed"))
    assert found == [(ALL, None, "managed", GROUP_TYPE)]
    behind = {"managed": unread, "passing": group(rule("PASS"))}
    strict = {"StatefulEngineOptions": {"RuleOrder": "STRICT_ORDER"}}
    found = outcomes(behind, StatefulRuleGroupReferences=refer("passing", "managed"), **strict)
    assert found == [(ALL, None, "managed", GROUP_TYPE)]
    found = outcomes({"managed": unread}, StatelessRuleGroupReferences=refer("managed"))
    assert found == [(ALL, None, "stateless: managed", GROUP_TYPE)]


@pytest.mark.item("G9")
def test_an_action_of_tomorrow_is_undecided_and_named_with_its_group() -> None:
    found = outcomes({"new": group(rule("DELAY"))}, StatefulRuleGroupReferences=refer("new"))
    assert found == [(ALL, None, "new: DELAY TCP ANY ANY -> ANY ANY", GROUP_TYPE)]


@pytest.mark.item("G9")
@pytest.mark.parametrize(
    "setting",
    [{"TLSInspectionConfigurationArn": "arn:tls"}, {"Route53ResolvedIPValidation": {"Action": "DROP"}}],
)
def test_inspection_may_drop_what_no_rule_drops(setting: dict[str, Any]) -> None:
    words = "inspection of TLS or of resolved addresses"
    assert outcomes({}, **setting) == [(ALL, None, words, GROUP_TYPE)]


@pytest.mark.item("G9")
def test_variables_of_the_policy_come_before_the_home_network_of_the_vpc() -> None:
    groups = {"g": group(rule(Source="$HOME_NET"))}
    references = {"StatefulRuleGroupReferences": refer("g")}
    assert outcomes(groups, **references)[0][1] is False
    away = {"PolicyVariables": {"RuleVariables": {"HOME_NET": {"Definition": ["192.168.0.0/16"]}}}}
    assert outcomes(groups, **references, **away)[0][1] is True


def stateless_group(*rules: tuple[int, str, dict[str, Any]]) -> RuleGroup:
    listed = [
        {"Priority": priority, "RuleDefinition": {"MatchAttributes": match, "Actions": ["aws:custom", action]}}
        for priority, action, match in rules
    ]
    source = {"RulesSource": {"StatelessRulesAndCustomActions": {"StatelessRules": listed}}}
    return decoded(json.dumps(source).encode(), RuleGroup, "")


TO_HALF = {"Destinations": [{"AddressDefinition": HALF}]}
FROM_HALF = {"Sources": [{"AddressDefinition": HALF}]}


@pytest.mark.item("G9")
def test_stateless_rules_are_read_by_priority_of_group_and_rule_for_both_ways() -> None:
    references = {"StatelessRuleGroupReferences": refer("late", "early")}
    both = [(3, "aws:pass", TO_HALF), (4, "aws:pass", FROM_HALF)]
    groups = {
        "late": stateless_group((1, "aws:drop", {})),
        "early": stateless_group((9, "aws:drop", {}), *both),
    }
    assert outcomes(groups, **references) == [
        (HALF, True, "stateless: early rule 3", None),
        (REST, False, "stateless: early rule 9", None),
    ]


@pytest.mark.item("G9")
def test_a_stateless_drop_of_the_answers_alone_stops_the_connection_and_says_so() -> None:
    groups = {"g": stateless_group((1, "aws:drop", FROM_HALF))}
    found = outcomes(groups, StatelessRuleGroupReferences=refer("g"), StatelessDefaultActions=["aws:pass"])
    assert found == [
        (HALF, False, "stateless: g rule 1, for the answers", None),
        (REST, True, "stateless: the default action", None),
    ]


@pytest.mark.item("G9")
def test_what_is_forwarded_one_way_and_passed_the_other_is_undecided() -> None:
    groups = {"g": stateless_group((1, "aws:pass", {"Destinations": [{"AddressDefinition": ALL}]}))}
    found = outcomes(groups, StatelessRuleGroupReferences=refer("g"))
    assert found == [(ALL, None, "stateless: g rule 1 one way, the default action the other", ABOVE)]


@pytest.mark.item("G9")
def test_stateless_actions_of_tomorrow_are_undecided() -> None:
    assert outcomes({}, StatelessDefaultActions=["aws:tomorrow"]) == [
        (ALL, None, "stateless: the default action one way, the default action the other", ABOVE)
    ]
    groups = {"g": stateless_group((1, "aws:tomorrow", {}))}
    assert outcomes(groups, StatelessRuleGroupReferences=refer("g")) == [(ALL, None, "stateless: g rule 1", OPTIONS)]


@pytest.mark.item("G9")
def test_an_order_of_tomorrow_is_undecided() -> None:
    found = outcomes({}, StatefulEngineOptions={"RuleOrder": "TOMORROW"})
    assert found == [(ALL, None, "the rule order TOMORROW", OPTIONS)]


@pytest.mark.item("G9")
def test_what_passes_by_default_may_still_have_its_answers_dropped() -> None:
    groups = {"g": group(rule(Source=HALF, Destination="10.0.0.0/8"))}
    assert outcomes(groups, StatefulRuleGroupReferences=refer("g")) == [
        (HALF, None, f"DROP TCP {HALF} ANY -> 10.0.0.0/8 ANY, which the answers match", ABOVE),
        (REST, True, "the default action", None),
    ]
    unsure = {"g": group(rule(Source=HALF, options=("content",)))}
    assert outcomes(unsure, StatefulRuleGroupReferences=refer("g")) == [
        (HALF, None, f"DROP TCP {HALF} ANY -> ANY ANY, which the answers match", OPTIONS),
        (REST, True, "the default action", None),
    ]
    passing = {"g": group(rule("PASS", Source=HALF))}
    assert outcomes(passing, StatefulRuleGroupReferences=refer("g")) == [(ALL, True, "the default action", None)]


@pytest.mark.item("G9")
def test_whether_a_rule_drops_or_rejects_is_all_the_same() -> None:
    groups = {"g": group(rule("DROP", options=("content",)), rule("REJECT"))}
    assert outcomes(groups, StatefulRuleGroupReferences=refer("g")) == [
        (ALL, False, "REJECT TCP ANY ANY -> ANY ANY", None)
    ]


@pytest.mark.item("G9")
def test_rules_that_alert_decide_nothing_even_where_they_match() -> None:
    groups = {"g": group(rule("alert"), rule("drop"))}
    assert outcomes(groups, StatefulRuleGroupReferences=refer("g")) == [
        (ALL, False, "drop TCP ANY ANY -> ANY ANY", None)
    ]


@pytest.mark.item("G9")
def test_atoms_are_cut_by_every_port_that_a_rule_names() -> None:
    ports = {"SourcePorts": [{"FromPort": 1, "ToPort": 2}], "DestinationPorts": [{"FromPort": 3, "ToPort": 4}]}
    named = group(
        rule(SourcePort="5:6", DestinationPort="$WEB"),
        rule(SourcePort="$UNTOLD"),
        RuleVariables={"PortSets": {"WEB": {"Definition": ["7"]}}},
    )
    cut = {(TCP, 5, 6), (UDP, 5, 6), (TCP, 7, 7), (UDP, 7, 7), (TCP, 0, 65535), (UDP, 0, 65535)}
    assert set(port_ranges([named])) == cut
    assert set(port_ranges([stateless_group((1, "aws:pass", ports))])) == {
        (each, first, last) for each in (TCP, UDP) for first, last in ((1, 2), (3, 4))
    }
