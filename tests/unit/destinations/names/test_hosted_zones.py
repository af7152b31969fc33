"""Private hosted zones: the longest one answers, and what it does not hold does not exist."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.estates.asking import ask, told
from tests.estates.builder import Estate, combined
from tests.estates.names import RECORDS, add_record, alias_to
from tests.unit.reach.worlds import Change, changed, denied, interface, main, unfinished, without

pytestmark = pytest.mark.item("I4")

DB = "db.corp.example:5432"
OPEN, NOT_FOUND, SHUT = "reachable", "blocked DNS_NAME_NOT_FOUND", "blocked ENI_SG_RULES_MISMATCH"


def peers(estate: Estate) -> None:
    """Two things in data-a: one admits the function, the other does not."""
    interface("good", address="10.0.2.50")(estate)
    main(estate).security_group("closed")
    interface("shut", address="10.0.2.60", groups=["closed"])(estate)


def zone(records: Mapping[str, Any] | None = None, domain: str = "corp.example", **settings: Any) -> Change:
    return lambda estate: estate.private_zone(domain, records, **settings)


def answered(records: Mapping[str, Any] | None, *changes: Change, destination: str = DB) -> str:
    return told(changed(peers, zone(records), *changes), destination)


SELF = "Z-corp.example"
ANSWERS = [
    ({"db": "10.0.2.50"}, OPEN, "an-address"),
    ({"db": "10.0.2.60"}, SHUT, "an-address-behind-a-closed-group"),
    ({"db": ["10.0.2.50", "10.0.2.60"]}, "partial ENI_SG_RULES_MISMATCH", "two-addresses-must-both-pass"),
    ({"other": "10.0.2.50"}, NOT_FOUND, "no-fall-through-to-public-dns"),
    ({"db TXT": '"hello"'}, NOT_FOUND, "no-record-of-the-type"),
    ({"db AAAA": "2600:1f18::50"}, NOT_FOUND, "only-ipv6-for-a-function-without"),
    ({"*": "10.0.2.50"}, OPEN, "a-wildcard"),
    ({"*": "10.0.2.60", "db": "10.0.2.50"}, OPEN, "the-name-itself-before-the-wildcard"),
    ({"*": "10.0.2.50", "db TXT": '"hello"'}, NOT_FOUND, "a-wildcard-does-not-stand-for-a-name-that-exists"),
    ({"*": "10.0.2.50", "a.db": "10.0.2.60"}, NOT_FOUND, "nor-for-one-that-exists-by-what-is-below-it"),
    ({"db CNAME": "real.corp.example.", "real": "10.0.2.50"}, OPEN, "a-name-that-leads-on"),
    ({"db CNAME": "real.corp.example.", "real": "10.0.2.60"}, SHUT, "a-name-that-leads-on-to-a-closed-one"),
    ({"db CNAME": "real.corp.example."}, NOT_FOUND, "a-name-that-leads-nowhere"),
    ({"db CNAME": "x.corp.example", "x CNAME": "db.corp.example"}, NOT_FOUND, "a-circle"),
    ({"db": alias_to("real.corp.example", SELF), "real": "10.0.2.50"}, OPEN, "an-alias-in-the-zone"),
    ({"db": alias_to("db.corp.example", SELF)}, NOT_FOUND, "an-alias-to-itself"),
    ({"db CNAME": "www.partner.example."}, OPEN, "a-public-name-is-the-internet"),
    ({"db NS": "ns.corp.example."}, "unknown DNS_FORWARDED", "a-delegation"),
    ({"db": "10.0.2"}, "unknown COLLECTION_FAILED", "what-is-no-address"),
    (None, "unknown COLLECTION_FAILED", "records-that-no-file-tells"),
]


@pytest.mark.item("H17")
@pytest.mark.parametrize(("records", "expected"), [pytest.param(r, e, id=f"I4-{i}") for r, e, i in ANSWERS])
def test_what_a_zone_says_of_a_name(records: Mapping[str, Any] | None, expected: str) -> None:
    assert answered(records) == expected


POLICIES = [
    {"SetIdentifier": "b", "Weight": 10},
    {"SetIdentifier": "b", "Region": "us-east-1"},
    {"SetIdentifier": "b", "GeoLocation": {"CountryCode": "*"}},
    {"SetIdentifier": "b", "Failover": "SECONDARY"},
    {"SetIdentifier": "b", "MultiValueAnswer": True},
]


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: next(key for key in policy if key != "SetIdentifier"))
def test_every_record_of_a_routing_policy_is_a_candidate(policy: dict[str, object]) -> None:
    def two(second: str) -> str:
        return answered({"db": "10.0.2.50"}, lambda e: add_record(e, SELF, "db.corp.example", second, **policy))

    assert two("10.0.2.60") == "partial ENI_SG_RULES_MISMATCH"
    assert two("10.0.2.50") == OPEN


def test_a_candidate_that_leads_nowhere_leaves_the_name_open() -> None:
    def broken(estate: Estate) -> None:
        records = estate.reply(f"{RECORDS}/Z-corp%2Eexample")["ResourceRecordSets"]
        records.append({"Name": "db.corp.example.", "Type": "A", **alias_to("none.corp.example", SELF)})

    assert answered({"db": "10.0.2.50"}, broken) == "unknown UNSUPPORTED_COMPONENT"


def test_the_longest_zone_that_covers_the_name_answers() -> None:
    longer = zone({"a": "10.0.2.60"}, domain="db.corp.example")
    assert answered({"db": "10.0.2.50"}, longer) == NOT_FOUND
    assert answered({"db": "10.0.2.50"}, zone({"": "10.0.2.60"}, domain="db.corp.example")) == SHUT
    assert answered({"db": "10.0.2.60"}, zone({"*": "10.0.2.50"}, domain="example")) == SHUT


@pytest.mark.parametrize("off", [{"hostnames": False}, {"support": False}], ids=str)
def test_zones_count_only_with_both_dns_attributes(off: dict[str, bool]) -> None:
    sqs = zone({"": "10.0.2.60"}, domain="sqs.eu-west-1.amazonaws.com")
    expected = OPEN if "hostnames" in off else "blocked VPC_DNS_SUPPORT_DISABLED"
    assert told(changed(peers, sqs), "service:sqs") == SHUT
    assert told(changed(peers, sqs, lambda e: main(e).set_dns(**off)), "service:sqs") == expected


def test_whether_zones_count_is_open_where_an_attribute_is_not_told_k5() -> None:
    hidden = without("ec2/describe-vpc-attribute/vpc-main.enableDnsHostnames")
    assert answered({"db": "10.0.2.50"}, hidden) == "unknown COLLECTION_FAILED"


@pytest.mark.parametrize("lost", [without, denied, unfinished])
def test_records_that_are_not_whole_leave_the_name_open_k5(lost: Any) -> None:
    assert answered({"db": "10.0.2.50"}, lost(f"{RECORDS}/Z-corp%2Eexample")) == "unknown COLLECTION_FAILED"


@pytest.mark.parametrize("service", ["vpce.amazonaws.com", "efs.amazonaws.com"])
def test_zones_that_awss_services_fill_are_passed_over(service: str) -> None:
    own = zone(None, domain="sqs.eu-west-1.amazonaws.com", service=service)
    assert told(changed(own), "service:sqs") == OPEN


def test_a_zone_of_another_account_is_told_by_its_owner() -> None:
    home, owner = changed(peers, zone(None)), Estate("444455556666")
    records = {"Name": "db.corp.example.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "10.0.2.50"}]}
    owner.put(RECORDS, {"ResourceRecordSets": [records]}, SELF)
    assert told(combined(home, owner), DB) == OPEN
    assert told(combined(home, Estate("444455556666")), DB) == "unknown COLLECTION_FAILED"


@pytest.mark.item("H17")
def test_a_name_that_only_another_vpcs_zone_knows_is_open() -> None:
    far = changed(peers, lambda e: e.vpc("far", "10.9.0.0/16"), zone({"db": "10.0.2.50"}, vpcs=["far"]))
    assert told(far, DB) == "unknown UNKNOWN_DESTINATION"
    assert "vpc-main does not ask it" in ask(far, DB).unknowns[0].message
