"""Names: what stands between a client of the VPC and the ordinary answer, and what is assumed of it."""

import pytest

from tests.estates.asking import ask, snapshot_of, told
from tests.estates.builder import Estate
from tests.estates.names import blocks
from tests.unit.reach.worlds import (
    Change,
    asked,
    changed,
    database,
    denied,
    egress,
    gateway_endpoint,
    main,
    no_route,
    record,
    unfinished,
    without,
)
from vpcreach.destinations.name_resolution import resolution
from vpcreach.network.network import Network

pytestmark = pytest.mark.item("A22", "F16", "F17", "I6")

FIREWALL = "route53resolver/list-firewall-rule-group-associations"
RULES = "route53resolver/list-resolver-rule-associations"
PROFILES = "route53profiles/list-profile-associations"
ZONES = "route53/list-hosted-zones-by-vpc"
OPTIONS = "ec2/describe-dhcp-options"


def dns_servers(*servers: str) -> Change:
    def change(estate: Estate) -> None:
        estate["vpc-main"]["DhcpOptionsId"] = estate.dhcp_options("own", servers)

    return change


def firewall(vpc: str = "vpc-main") -> Change:
    held = {"VpcId": vpc, "FirewallRuleGroupId": "rslvr-frg-1"}
    return lambda estate: estate.reply(FIREWALL)["FirewallRuleGroupAssociations"].append(held)


def resolver_rule(rule: str = "rslvr-rr-1", vpc: str = "vpc-main") -> Change:
    return lambda e: e.reply(RULES)["ResolverRuleAssociations"].append({"VPCId": vpc, "ResolverRuleId": rule})


def profile(vpc: str = "vpc-main") -> Change:
    return lambda e: e.reply(PROFILES)["ProfileAssociations"].append({"ResourceId": vpc, "ProfileId": "rp-1"})


def zone(name: str) -> Change:
    def change(estate: Estate) -> None:
        found = estate.reply(f"{ZONES}/vpc-main.{estate.region}")["HostedZoneSummaries"]
        found.append({"Name": name, "HostedZoneId": "Z1", "Owner": {"OwningAccount": estate.account}})

    return change


ANSWERS = [
    pytest.param((), "reachable", id="F16-nothing-in-between"),
    pytest.param((dns_servers("AmazonProvidedDNS"),), "reachable", id="I6-amazons-servers"),
    pytest.param((dns_servers("10.0.0.9"),), "unknown CUSTOM_DNS_SERVERS", id="I6-custom-servers"),
    pytest.param(
        (dns_servers("AmazonProvidedDNS", "10.0.0.9"),), "unknown CUSTOM_DNS_SERVERS", id="I6-one-custom-server"
    ),
    pytest.param((firewall(),), "unknown DNS_FIREWALL_UNREADABLE_LIST", id="I3-a-dns-firewall"),
    pytest.param((firewall("vpc-far"),), "reachable", id="I3-of-another-vpc"),
    pytest.param((resolver_rule(),), "unknown DNS_FORWARDED", id="I5-a-resolver-rule"),
    pytest.param((resolver_rule(vpc="vpc-far"),), "reachable", id="I5-of-another-vpc"),
    pytest.param(
        (resolver_rule("rslvr-autodefined-rr-internet-resolver"),), "reachable", id="I5-the-rule-everybody-has"
    ),
    pytest.param((profile(),), "unknown COLLECTION_FAILED", id="I5-a-profile-of-which-nothing-is-told"),
    pytest.param((zone("sqs.eu-west-1.amazonaws.com."),), "unknown COLLECTION_FAILED", id="I4-a-zone-of-the-name"),
    pytest.param((zone("amazonaws.com."),), "unknown COLLECTION_FAILED", id="I4-a-zone-above-it"),
    pytest.param((zone("queue.sqs.eu-west-1.amazonaws.com."),), "reachable", id="I4-a-zone-below-it"),
    pytest.param((zone("my-sqs.eu-west-1.amazonaws.com."),), "reachable", id="I4-a-zone-that-only-ends-alike"),
    pytest.param((zone("corp.example."),), "reachable", id="I4-a-zone-of-something-else"),
    pytest.param((lambda e: main(e).set_dns(support=False),), "blocked VPC_DNS_SUPPORT_DISABLED", id="A22-support-off"),
    pytest.param(
        (lambda e: main(e).set_dns(support=False), dns_servers("10.0.0.9")),
        "unknown CUSTOM_DNS_SERVERS",
        id="A22-custom-servers-make-support-irrelevant",
    ),
    *(
        pytest.param((denied(path),), "unknown COLLECTION_FAILED", id=f"K5-denied-{path.rpartition('/')[2]}")
        for path in (FIREWALL, RULES, PROFILES, OPTIONS, ZONES)
    ),
    *(
        pytest.param((unfinished(path),), "unknown COLLECTION_FAILED", id=f"K5-unfinished-{path.rpartition('/')[2]}")
        for path in (FIREWALL, RULES, PROFILES, f"{ZONES}/vpc-main.eu-west-1")
    ),
]


@pytest.mark.parametrize(("changes", "expected"), ANSWERS)
def test_a_name_of_aws(changes: tuple[Change, ...], expected: str) -> None:
    assert asked("service:sqs", *changes) == expected


GUARDS = [
    (FIREWALL, firewall(), "no DNS firewall (not collected)"),
    (RULES, resolver_rule(), "no resolver rules (not collected)"),
    (PROFILES, profile(), "no Route 53 profile (not collected)"),
    (OPTIONS, dns_servers("10.0.0.9"), "no custom DNS servers (DHCP options not collected)"),
    (ZONES, zone("amazonaws.com."), "no private hosted zones (not collected)"),
]


@pytest.mark.parametrize(("path", "change", "assumption"), GUARDS, ids=[f"K9-{path}" for path, _, _ in GUARDS])
def test_an_absent_guard_is_assumed_aloud_and_strictness_refuses_it(path: str, change: Change, assumption: str) -> None:
    estate = changed(dns_servers("AmazonProvidedDNS") if path != OPTIONS else change, without(path))
    assert told(estate, "service:sqs") == "reachable"
    assert ask(estate, "service:sqs").assumptions == (assumption,)
    assert told(estate, "service:sqs", strict=True) == "unknown COLLECTION_FAILED"
    assert told(changed(change), "service:sqs").startswith("unknown")


def test_no_guard_of_names_is_asked_about_an_address_f16() -> None:
    hidden = [without(path) for path in (FIREWALL, RULES, PROFILES, OPTIONS, ZONES)]
    assert ask(changed(*hidden), "8.8.8.8:53/udp").assumptions == ()
    assert ask(changed(*hidden), "internet").assumptions == ()


def test_what_fails_for_certain_fails_whatever_the_name_resolves_to_k6() -> None:
    answer = asked("service:sqs", dns_servers("10.0.0.9"), egress()).split()
    assert answer[0] == "blocked"
    assert "SG_HAS_NO_RULES" in answer


def test_what_fails_on_the_ordinary_way_only_is_unknown_where_the_name_may_lead_elsewhere_f16() -> None:
    assert asked("service:sqs", resolver_rule(), no_route()).startswith("unknown DNS_FORWARDED")
    assert asked("s3", gateway_endpoint(), dns_servers("10.0.0.9"), no_route()).startswith("unknown CUSTOM_DNS_SERVERS")


def test_a_database_is_found_by_name_through_the_same_resolver_a22() -> None:
    assert asked("rds:orders-db", database(), dns_servers("10.0.0.9")) == "unknown CUSTOM_DNS_SERVERS"
    zone_of_it = zone("eu-west-1.rds.amazonaws.com.")
    assert asked("rds:orders-db", database(), zone_of_it) == "unknown COLLECTION_FAILED"


def test_a_zone_that_answers_for_a_databases_name_may_mean_another_thing_i4() -> None:
    def zone_with(estate: Estate) -> None:
        address = estate["rds:orders-db"]["Endpoint"]["Address"]
        estate.private_zone("eu-west-1.rds.amazonaws.com", {address.split(".eu-west-1")[0]: "10.0.2.77"})

    assert asked("rds:orders-db", database(), zone_with) == "unknown UNSUPPORTED_COMPONENT"
    estate = changed(database(), zone_with)
    name = estate["rds:orders-db"]["Endpoint"]["Address"]
    network = Network(snapshot_of(estate))
    assert resolution("vpc-main", (name,), network).may_divert
    assert resolution("vpc-main", ("elsewhere.example",), network) == resolution("vpc-main", (), network)


def test_custom_servers_leave_a_name_open_that_the_vpcs_own_resolver_would_refuse_i6() -> None:
    closed: Change = lambda e: e.dns_firewall("all", blocks("*"))  # noqa: E731
    assert asked("service:sqs", dns_servers("10.0.0.9"), closed) == "unknown CUSTOM_DNS_SERVERS"
    assert asked("service:sqs", closed) == "blocked DNS_FIREWALL_BLOCK"


def test_a_blocked_name_rests_on_the_dhcp_options_alone_k9() -> None:
    hidden = [without(path) for path in (RULES, PROFILES, ZONES)]
    closed: Change = lambda e: e.dns_firewall("all", blocks("*"))  # noqa: E731
    estate = changed(dns_servers("AmazonProvidedDNS"), closed, without(OPTIONS), without(RULES))
    assert ask(estate, "service:sqs").assumptions == ("no custom DNS servers (DHCP options not collected)",)
    assert told(estate, "service:sqs", strict=True) == "unknown COLLECTION_FAILED"
    sure = changed(closed, *hidden[:1])
    assert told(sure, "service:sqs", strict=True) == "blocked DNS_FIREWALL_BLOCK"


def test_in_a_shared_vpc_the_owners_settings_are_assumed_away_aloud_f17() -> None:
    estate = changed(database(), record("vpc-main", OwnerId="999988887777"))
    assert set(ask(estate, "rds:orders-db").assumptions) >= {text for path, _, text in GUARDS if path != OPTIONS}
