"""Profiles: zones, rules, firewalls and endpoints that come from outside the VPC, whose own settings win."""

from typing import Any

import pytest

from tests.estates.asking import told
from tests.estates.builder import Estate, combined
from tests.estates.names import PROFILE_RESOURCES, allows, blocks
from tests.unit.reach.worlds import Change, changed, denied, interface, main, without

pytestmark = pytest.mark.item("I5")

SQS = "service:sqs"
OPEN, UNREAD = "reachable", "unknown COLLECTION_FAILED"


def profile(*resources: str, **settings: Any) -> Change:
    return lambda estate: estate.profile("hub", *resources, **settings)


def shared_zone(domain: str, address: str, *, own: str | None = None) -> Change:
    """A zone in a profile, and (`own`) another of the same domain that the VPC itself asks."""

    def change(estate: Estate) -> None:
        interface("good", address="10.0.2.50")(estate)
        estate.private_zone(domain, {"": address}, vpcs=())
        estate.profile("hub", f"Z-{domain}")
        if own is not None:
            records = estate.replies.pop(f"route53/list-resource-record-sets/Z-{domain.replace('.', '%2E')}")
            estate.private_zone(domain, {"": own})
            estate.put("route53/list-resource-record-sets", records, "Z-shared")
            estate.put(PROFILE_RESOURCES, {"ProfileResourceAssociations": [_zone("Z-shared")]}, "rp-hub")

    return change


def _zone(zone_id: str) -> dict[str, str]:
    return {"ResourceArn": f"arn:aws:route53:::hostedzone/{zone_id}", "Status": "COMPLETE"}


def test_a_profile_that_brings_nothing_for_the_name_does_nothing() -> None:
    assert told(changed(profile()), SQS) == OPEN
    assert told(changed(profile("rslvr-rqlc-log")), SQS) == OPEN
    assert told(changed(shared_zone("corp.example", "10.0.2.50")), SQS) == OPEN


def test_a_profile_of_another_vpc_does_nothing() -> None:
    far: Change = lambda e: e.vpc("far", "10.9.0.0/16")  # noqa: E731
    assert told(changed(far, profile("rp-what", vpcs=["far"])), SQS) == OPEN


def test_a_zone_of_a_profile_answers() -> None:
    assert told(changed(shared_zone("db.corp.example", "10.0.2.50")), "db.corp.example:5432") == OPEN
    assert told(changed(shared_zone("corp.example", "10.0.2.50")), "x.corp.example") == "blocked DNS_NAME_NOT_FOUND"


def test_of_two_zones_of_one_domain_the_vpcs_own_answers() -> None:
    own_wins = shared_zone("db.corp.example", "10.0.2.60", own="10.0.2.50")
    assert told(changed(own_wins), "db.corp.example:5432") == OPEN


def test_a_zone_whose_name_nobody_tells_may_be_the_one() -> None:
    assert told(changed(profile("Z-secret")), SQS) == UNREAD
    own: Change = lambda e: e.private_zone("db.corp.example", {"": "93.184.216.34"})  # noqa: E731
    assert told(changed(own), "db.corp.example") == OPEN
    assert told(changed(own, profile("Z-secret")), "db.corp.example") == UNREAD


def test_a_rule_of_a_profile_forwards_and_the_vpcs_own_overrides_it() -> None:
    def rules(own: str | None) -> Change:
        def change(estate: Estate) -> None:
            estate.resolver_rule("all", "amazonaws.com", vpcs=())
            estate.profile("hub", "rslvr-rr-all")
            if own:
                estate.resolver_rule("own", own, kind="SYSTEM")

        return change

    assert told(changed(rules(None)), SQS) == "unknown DNS_FORWARDED"
    assert told(changed(rules("amazonaws.com")), SQS) == OPEN
    assert told(changed(rules("sqs.eu-west-1.amazonaws.com")), SQS) == OPEN
    assert told(changed(rules("corp.example")), SQS) == "unknown DNS_FORWARDED"


def test_the_vpcs_own_zone_wins_over_a_profiles_rule_of_the_same_domain() -> None:
    def change(estate: Estate) -> None:
        interface("good", address="10.0.2.50")(estate)
        estate.private_zone("corp.example", {"db": "10.0.2.50"})
        estate.resolver_rule("corp", "corp.example", vpcs=())
        estate.profile("hub", "rslvr-rr-corp")

    assert told(changed(change), "db.corp.example:5432") == OPEN


@pytest.mark.item("I3")
def test_a_firewall_of_a_profile_is_asked_after_the_vpcs_own() -> None:
    def firewall(own: bool) -> Change:
        def change(estate: Estate) -> None:
            estate.dns_firewall("shared", blocks("*"), vpcs=())
            estate.profile("hub", "rslvr-frg-shared", priorities={"rslvr-frg-shared": 100})
            if own:
                estate.dns_firewall("own", allows("*.amazonaws.com"), priority=5000)

        return change

    assert told(changed(firewall(False)), SQS) == "blocked DNS_FIREWALL_BLOCK"
    assert told(changed(firewall(True)), SQS) == OPEN


@pytest.mark.item("I3")
def test_two_firewalls_of_a_profile_go_by_their_priority_and_without_one_nothing_is_certain() -> None:
    def firewalls(**priorities: int) -> Change:
        def change(estate: Estate) -> None:
            estate.dns_firewall("shut", blocks("*"), vpcs=())
            estate.dns_firewall("open", allows("*"), vpcs=())
            named = {f"rslvr-frg-{name}": priority for name, priority in priorities.items()}
            estate.profile("hub", "rslvr-frg-shut", "rslvr-frg-open", priorities=named)

        return change

    assert told(changed(firewalls(open=100, shut=200)), SQS) == OPEN
    assert told(changed(firewalls(open=200, shut=100)), SQS) == "blocked DNS_FIREWALL_BLOCK"
    assert told(changed(firewalls()), SQS) == "unknown DNS_FIREWALL_UNREADABLE_LIST"


def test_a_resource_of_tomorrow_leaves_names_open() -> None:
    assert told(changed(profile("what-is-this")), SQS) == "unknown UNSUPPORTED_COMPONENT"


@pytest.mark.parametrize(
    ("status", "expected"),
    [("FAILED", OPEN), ("DELETED", OPEN), ("COMPLETE", "blocked DNS_FIREWALL_BLOCK")],
)
def test_an_association_that_is_not_in_force_brings_nothing(status: str, expected: str) -> None:
    shut: Change = lambda e: e.dns_firewall("a", blocks("*"), vpcs=())  # noqa: E731
    assert told(changed(shut, profile("rslvr-frg-a", status=status)), SQS) == expected


@pytest.mark.parametrize("status", ["CREATING", "DELETING"])
def test_an_association_that_is_changing_leaves_names_open(status: str) -> None:
    shut: Change = lambda e: e.dns_firewall("a", blocks("corp.example"), vpcs=())  # noqa: E731
    assert told(changed(shut, profile("rslvr-frg-a", status=status)), SQS) == UNREAD


@pytest.mark.parametrize("lost", [without, denied])
def test_resources_that_no_file_tells_leave_names_open_k5(lost: Any) -> None:
    assert told(changed(profile(), lost(f"{PROFILE_RESOURCES}/rp-hub")), SQS) == UNREAD


def test_a_shared_profile_is_told_by_its_owner() -> None:
    home, owner = changed(profile(listed=False)), Estate("444455556666")
    owner.put(PROFILE_RESOURCES, {"ProfileResourceAssociations": []}, "rp-hub")
    assert told(combined(home, owner), SQS) == OPEN
    assert told(home, SQS) == UNREAD


def test_an_association_may_name_the_vpc_by_its_arn() -> None:
    def by_arn(estate: Estate) -> None:
        estate.profile("hub", listed=False)
        held = estate.reply("route53profiles/list-profile-associations")["ProfileAssociations"][0]
        held["ResourceId"] = f"arn:aws:ec2:eu-west-1:111122223333:vpc/{main(estate).id}"

    assert told(changed(by_arn), SQS) == UNREAD


@pytest.mark.parametrize("properties", ["[" * 50_000, '{"priority": ' * 50_000, "9" * 5000, '{"priority": "1"}'])
def test_properties_that_cannot_be_read_tell_no_priority(properties: str) -> None:
    def odd(estate: Estate) -> None:
        estate.dns_firewall("a", blocks("*"), vpcs=())
        estate.profile("hub", "rslvr-frg-a")
        for held in estate.reply(f"{PROFILE_RESOURCES}/rp-hub")["ProfileResourceAssociations"]:
            held["ResourceProperties"] = properties

    assert told(changed(odd), SQS) == "blocked DNS_FIREWALL_BLOCK"
