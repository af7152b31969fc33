"""Resolver rules: the longest domain wins, and what other servers answer is not known."""

import pytest

from tests.estates.asking import ask, told
from tests.estates.builder import Estate, combined
from tests.estates.names import RULES
from tests.unit.reach.worlds import Change, changed, denied, interface_endpoint, no_route, without
from vpcreach.errors import UsageError

pytestmark = pytest.mark.item("I5")

SQS = "service:sqs"
FORWARDED, OPEN = "unknown DNS_FORWARDED", "reachable"


def rule(domain: str, kind: str = "FORWARD", name: str = "", **settings: object) -> Change:
    return lambda e: e.resolver_rule(name or (domain or "root"), domain, kind=kind, **settings)  # type: ignore[arg-type]


ANSWERS = [
    ((rule("amazonaws.com"),), FORWARDED, "a-domain-above"),
    ((rule("sqs.eu-west-1.amazonaws.com"),), FORWARDED, "the-very-name"),
    ((rule(""),), FORWARDED, "every-name"),
    ((rule("corp.example"),), OPEN, "another-domain-does-not-matter-at-all"),
    ((rule("xamazonaws.com"),), OPEN, "a-domain-that-only-ends-alike"),
    ((rule("queue.sqs.eu-west-1.amazonaws.com"),), OPEN, "a-domain-below"),
    ((rule("amazonaws.com", vpcs=()),), OPEN, "one-that-the-vpc-does-not-have"),
    ((rule(""), rule("amazonaws.com", "SYSTEM")), OPEN, "a-system-rule-overrides-a-shorter-one"),
    ((rule("eu-west-1.amazonaws.com"), rule("amazonaws.com", "SYSTEM")), FORWARDED, "not-a-longer-one"),
    ((rule("", "RECURSIVE", "rslvr-autodefined-rr-internet-resolver"),), OPEN, "the-rule-that-every-vpc-has"),
    ((rule("", name="rslvr-autodefined-rr-x", listed=False),), OPEN, "rules-of-awss-own-making"),
    ((rule("amazonaws.com", "DELEGATE"),), FORWARDED, "a-delegation"),
    ((rule("corp.example", "DELEGATE"),), OPEN, "a-delegation-of-something-else"),
    ((rule("amazonaws.com", "TELEPATHY"),), FORWARDED, "a-type-of-tomorrow"),
    ((rule("corp.example", listed=False),), FORWARDED, "a-rule-that-no-file-tells"),
    ((rule("amazonaws.com", status="FAILED"),), OPEN, "an-association-that-failed"),
    ((rule("amazonaws.com", status="CREATING"),), FORWARDED, "an-association-that-is-being-made"),
    (
        (rule("amazonaws.com"), rule("sqs.eu-west-1.amazonaws.com", "SYSTEM", status="DELETING")),
        FORWARDED,
        "a-system-rule-that-is-being-taken-away",
    ),
]


@pytest.mark.parametrize(("changes", "expected"), [pytest.param(c, e, id=f"I5-{i}") for c, e, i in ANSWERS])
def test_the_longest_domain_decides(changes: tuple[Change, ...], expected: str) -> None:
    assert told(changed(*changes), SQS) == expected


@pytest.mark.parametrize("refusal", [without, denied])
def test_where_no_file_tells_the_rules_an_associated_one_may_forward_k5(refusal: Change) -> None:
    assert told(changed(rule("corp.example"), refusal(RULES)), SQS) == FORWARDED  # type: ignore[arg-type]
    assert told(changed(refusal(RULES)), SQS) == OPEN  # type: ignore[arg-type]


def test_the_doubt_names_the_servers_to_ask() -> None:
    (doubt,) = ask(changed(rule("amazonaws.com", servers=["192.168.0.53", "192.168.1.53"])), SQS).unknowns
    assert "192.168.0.53, 192.168.1.53" in doubt.message


def test_a_rule_that_another_account_shares_is_told_by_its_owner() -> None:
    owner = Estate("444455556666")
    owner.resolver_rule("corp", "corp.example", vpcs=())
    home = changed(rule("corp.example", name="corp", listed=False))
    assert told(combined(home, owner), SQS) == OPEN
    assert told(combined(home, Estate("444455556666")), SQS) == FORWARDED


@pytest.mark.item("F16")
def test_a_rule_for_every_name_leaves_private_dns_alone_and_a_rule_of_its_name_does_not() -> None:
    shut = interface_endpoint("sqs", admits=None)
    assert told(changed(shut, rule("")), SQS) == "blocked ENI_SG_RULES_MISMATCH"
    assert told(changed(shut, rule("amazonaws.com")), SQS) == "blocked ENI_SG_RULES_MISMATCH"
    assert told(changed(shut, rule("sqs.eu-west-1.amazonaws.com")), SQS) == FORWARDED


def test_a_rule_beats_a_zone_of_the_same_name_and_a_longer_zone_beats_the_rule() -> None:
    def zone(domain: str) -> Change:
        return lambda e: e.private_zone(domain, {})

    assert told(changed(rule("corp.example"), zone("corp.example")), "db.corp.example") == FORWARDED
    assert told(changed(rule("example"), zone("corp.example")), "db.corp.example") == "blocked DNS_NAME_NOT_FOUND"
    assert told(changed(rule("corp.example"), zone("example")), "db.corp.example") == FORWARDED


@pytest.mark.item("H17")
def test_a_name_that_only_a_rules_servers_know_is_open_and_one_that_nobody_knows_is_an_error() -> None:
    assert told(changed(rule("corp.example")), "db.corp.example:5432") == FORWARDED
    assert told(changed(rule("corp.example", listed=False)), "db.corp.example:5432") == FORWARDED
    for other in ("", "elsewhere.example"):
        with pytest.raises(UsageError):
            told(changed(rule(other)), "db.corp.example:5432")


def test_what_fails_on_the_ordinary_way_only_is_unknown_where_the_name_is_forwarded() -> None:
    assert told(changed(rule("amazonaws.com"), no_route()), SQS).startswith(FORWARDED)
