"""The DNS firewall: the first rule that takes a name decides, and what nobody can read leaves it open."""

import pytest

from tests.estates.asking import ask, told
from tests.estates.builder import Estate
from tests.estates.names import FIREWALL_DOMAINS, FIREWALL_RULES, advanced, alerts, allows, blocks
from tests.estates.replies import Json
from tests.unit.reach.worlds import Change, changed, denied, no_route, without

pytestmark = pytest.mark.item("I3")

SQS = "sqs.eu-west-1.amazonaws.com"
BLOCKED, OPEN, UNREADABLE = "blocked DNS_FIREWALL_BLOCK", "reachable", "unknown DNS_FIREWALL_UNREADABLE_LIST"


def answered(*rules: Json, changes: tuple[Change, ...] = (), **settings: object) -> str:
    """What `service:sqs` answers behind one group of rules."""
    return told(changed(lambda e: e.dns_firewall("a", *rules, **settings), *changes), "service:sqs")  # type: ignore[arg-type]


RULES = [
    ([blocks(f"{SQS}.")], BLOCKED, "the-name-itself"),
    ([blocks("*.amazonaws.com.")], BLOCKED, "a-wildcard-above"),
    ([blocks("*")], BLOCKED, "everything"),
    ([blocks("SQS.eu-west-1.amazonaws.com")], BLOCKED, "in-capitals"),
    ([blocks("*.sqs.eu-west-1.amazonaws.com")], OPEN, "a-wildcard-does-not-take-the-domain-itself"),
    ([blocks("amazonaws.com")], OPEN, "a-plain-domain-does-not-take-what-is-below"),
    ([blocks("sns.eu-west-1.amazonaws.com")], OPEN, "another-name"),
    ([allows("*.amazonaws.com"), blocks("*")], OPEN, "an-allow-ends-it"),
    ([alerts("*.amazonaws.com"), blocks("*")], OPEN, "an-alert-ends-it-too"),
    ([blocks("*"), allows("*.amazonaws.com")], BLOCKED, "an-allow-that-comes-too-late"),
    ([blocks()], UNREADABLE, "a-managed-list"),
    ([allows(SQS), blocks()], OPEN, "a-managed-list-after-the-match"),
    ([blocks(), allows(SQS)], UNREADABLE, "a-managed-list-before-the-match"),
    ([blocks(), blocks("*")], BLOCKED, "whatever-the-managed-list-holds-the-next-rule-blocks"),
    ([alerts()], OPEN, "a-managed-list-that-only-alerts"),
    ([alerts(), blocks("*")], UNREADABLE, "a-managed-list-that-alerts-before-a-block"),
    ([advanced()], UNREADABLE, "an-advanced-rule"),
    ([allows("*.amazonaws.com"), advanced()], OPEN, "an-advanced-rule-after-the-match"),
    ([blocks("*", Qtype="AAAA")], OPEN, "another-query-type"),
    ([blocks("*", Qtype="TYPE28")], OPEN, "another-query-type-by-number"),
    ([blocks("*", Qtype="A")], BLOCKED, "the-query-type"),
    ([blocks("*", Qtype="TYPE1")], BLOCKED, "the-query-type-by-number"),
    ([{"Action": "QUARANTINE", "domains": ("*",)}], UNREADABLE, "an-action-of-tomorrow"),
    ([blocks("*", Status="CREATION_FAILED")], OPEN, "a-rule-that-failed"),
    ([blocks("*", Status="CREATING")], UNREADABLE, "a-rule-that-is-being-made"),
]


@pytest.mark.parametrize(("rules", "expected"), [pytest.param(r, e, id=f"I3-{i}") for r, e, i in RULES])
def test_the_first_match_decides(rules: list[Json], expected: str) -> None:
    assert answered(*[dict(rule) for rule in rules]) == expected


def test_groups_are_asked_by_their_priority_and_rules_by_theirs() -> None:
    def two(first: int, second: int) -> Change:
        def change(estate: Estate) -> None:
            estate.dns_firewall("open", allows("*"), priority=first)
            estate.dns_firewall("shut", blocks("*"), priority=second)

        return change

    assert told(changed(two(200, 300)), "service:sqs") == OPEN
    assert told(changed(two(300, 200)), "service:sqs") == BLOCKED
    late = changed(lambda e: e.dns_firewall("a", blocks("*", Priority=50), allows("*", Priority=40)))
    assert told(late, "service:sqs") == OPEN


def test_a_group_of_another_vpc_does_nothing() -> None:
    estate = changed(lambda e: e.vpc("far", "10.9.0.0/16"), lambda e: e.dns_firewall("a", blocks("*"), vpcs=["far"]))
    assert told(estate, "service:sqs") == OPEN


def test_a_group_that_is_being_taken_away_may_still_block() -> None:
    assert answered(blocks("*"), status="DELETING") == UNREADABLE
    assert answered(blocks("elsewhere.example"), status="DELETING") == OPEN


@pytest.mark.parametrize("path", [f"{FIREWALL_RULES}/rslvr-frg-a", f"{FIREWALL_DOMAINS}/rslvr-fdl-a-1"])
def test_rules_and_lists_that_no_file_tells_leave_the_name_open_k5(path: str) -> None:
    assert answered(blocks(SQS), changes=(without(path),)) == UNREADABLE
    assert answered(blocks(SQS), changes=(denied(path),)) == UNREADABLE


def test_what_fails_for_another_reason_fails_all_the_same_k6() -> None:
    assert answered(blocks(), changes=(no_route(),)).startswith("blocked NO_ROUTE_TO_DESTINATION")


def test_an_address_meets_no_dns_firewall() -> None:
    assert told(changed(lambda e: e.dns_firewall("a", blocks("*"))), "93.184.216.34:443") == OPEN


def test_the_blocker_names_the_rule_and_the_name() -> None:
    (blocker,) = ask(changed(lambda e: e.dns_firewall("a", blocks("*"))), "service:sqs").blockers
    assert (blocker.component, blocker.entry) == ("rslvr-frg-a", "a-1")
    assert SQS in blocker.message


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (allows("www.corp.example"), BLOCKED),
        (allows("www.corp.example", FirewallDomainRedirectionAction="INSPECT_REDIRECTION_DOMAIN"), BLOCKED),
        (allows("www.corp.example", FirewallDomainRedirectionAction="TRUST_REDIRECTION_DOMAIN"), OPEN),
        (allows("www.corp.example", "db.corp.example"), OPEN),
    ],
)
def test_a_redirection_is_inspected_too_unless_the_rule_trusts_it(first: Json, expected: str) -> None:
    def draw(estate: Estate) -> None:
        vpc = estate.drawn_vpc("main")
        vpc.security_group("open", ingress=[])
        vpc.network_interface("db", subnet="data-a", groups=["data"], address="10.0.2.50")
        estate.private_zone("corp.example", {"www CNAME": "db.corp.example.", "db": "10.0.2.50"})
        estate.dns_firewall("a", dict(first), blocks("*"))

    assert told(changed(draw), "www.corp.example:5432") == expected
