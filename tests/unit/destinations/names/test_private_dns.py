"""Private DNS of interface endpoints: what it takes, what it leaves to the endpoint's own name, zones beside it."""

from typing import Any

import pytest

from tests.estates.asking import ask, finding_codes, told
from tests.estates.builder import Estate, allow
from tests.estates.names import alias_to
from tests.unit.reach.worlds import (
    Change,
    changed,
    denied,
    gateway_endpoint,
    interface_endpoint,
    main,
    no_route,
)

SQS = "service:sqs"
OWN_NAME = "ENDPOINT_NEEDS_ITS_OWN_NAME"
SHUT = interface_endpoint("sqs", admits=None)
ANSWERED_BY_IT = "blocked ENI_SG_RULES_MISMATCH"


IDLE = [
    pytest.param(SQS, (interface_endpoint("sqs", private_dns=False),), "private DNS is off", id="F6-private-dns-off"),
    pytest.param(
        "s3",
        (interface_endpoint("s3", only_inbound_resolver=True),),
        "inbound resolver endpoints only",
        id="F7-s3-for-inbound-resolvers",
    ),
    pytest.param("dynamodb", (interface_endpoint("dynamodb"),), "no private DNS", id="F7-dynamodb"),
    pytest.param(
        SQS,
        (interface_endpoint("sqs"), lambda e: main(e).set_dns(hostnames=False)),
        "both DNS attributes",
        id="F6-host-names-off",
    ),
]


@pytest.mark.item("F6", "F7")
@pytest.mark.parametrize(("destination", "changes", "why"), IDLE)
def test_an_endpoint_that_only_its_own_name_reaches_is_worth_knowing(
    destination: str, changes: tuple[Change, ...], why: str
) -> None:
    answer = ask(changed(*changes), destination)
    assert answer.verdict.value == "reachable"
    (finding,) = [finding for finding in answer.findings if finding.code == OWN_NAME]
    assert why in finding.message
    assert ".vpce.amazonaws.com" in finding.message


@pytest.mark.item("F6")
def test_both_answers_can_be_had_the_services_and_the_endpoints() -> None:
    estate = changed(interface_endpoint("sqs", private_dns=False, admits=None))
    own_name = estate["vpce-sqs"]["DnsEntries"][0]["DnsName"]
    assert told(estate, SQS) == "reachable"
    assert told(estate, own_name) == ANSWERED_BY_IT


@pytest.mark.item("F7")
def test_s3_is_taken_only_where_private_dns_is_for_everybody_and_dynamodb_never() -> None:
    def answered(service: str, **settings: Any) -> str:
        return told(changed(interface_endpoint(service, admits=None, **settings)), service)

    assert answered("s3", only_inbound_resolver=False) == ANSWERED_BY_IT
    assert answered("s3", only_inbound_resolver=True) == "reachable"
    assert answered("s3") == "reachable"
    assert answered("dynamodb") == "reachable"


@pytest.mark.item("F4")
def test_a_gateway_endpoint_needs_dns_support_alone() -> None:
    def answered(**attributes: bool) -> Estate:
        return changed(gateway_endpoint(), no_route(), lambda e: main(e).set_dns(**attributes))

    assert told(answered(hostnames=False), "s3") == "reachable"
    assert "DNS_HOSTNAMES_OFF" in finding_codes(ask(answered(hostnames=False), "s3"))
    assert "DNS_HOSTNAMES_OFF" not in finding_codes(ask(answered(hostnames=True), "s3"))
    assert told(answered(support=False), "s3") == "blocked VPC_DNS_SUPPORT_DISABLED"


@pytest.mark.item("F6")
def test_an_endpoint_that_has_taken_the_name_asks_for_nothing() -> None:
    assert OWN_NAME not in finding_codes(ask(changed(interface_endpoint("sqs")), SQS))
    assert OWN_NAME not in finding_codes(ask(changed(interface_endpoint("sns", private_dns=False)), SQS))


def zone(domain: str, told_there: Any = "10.0.2.50") -> Change:
    def change(estate: Estate) -> None:
        main(estate).security_group("open", ingress=[allow("tcp", 443, "10.0.0.0/16")])
        main(estate).network_interface("proxy", subnet="data-a", groups=["open"], address="10.0.2.50")
        name = "sqs.eu-west-1.amazonaws.com".removesuffix(domain).removesuffix(".")
        estate.private_zone(domain, {name: told_there})

    return change


@pytest.mark.item("F16", "I4")
def test_a_zone_of_the_very_name_beside_private_dns_leaves_it_open() -> None:
    assert told(changed(SHUT, zone("sqs.eu-west-1.amazonaws.com")), SQS) == "unknown UNSUPPORTED_COMPONENT"


@pytest.mark.item("F16", "I4")
def test_private_dns_is_more_specific_than_a_zone_above_it() -> None:
    assert told(changed(SHUT, zone("eu-west-1.amazonaws.com")), SQS) == ANSWERED_BY_IT
    assert told(changed(zone("eu-west-1.amazonaws.com")), SQS) == "reachable"


@pytest.mark.item("F14", "I4")
@pytest.mark.parametrize("asked", [SQS, "sqs.eu-west-1.amazonaws.com:443"])
def test_a_zone_of_a_services_name_leads_to_its_addresses(asked: str) -> None:
    proxied = changed(zone("sqs.eu-west-1.amazonaws.com"), no_route())
    assert told(proxied, asked) == "reachable"
    assert told(changed(zone("sqs.eu-west-1.amazonaws.com", "10.0.2.99"), no_route()), asked) == (
        "unknown UNKNOWN_DESTINATION"
    )


@pytest.mark.item("F14")
@pytest.mark.parametrize("by", ["alias", "address"])
@pytest.mark.parametrize(
    ("policy", "expected"),
    [("Allow", "reachable"), ("Deny", "blocked ENDPOINT_POLICY_DENY")],
)
def test_an_endpoint_behind_a_zone_is_met_with_its_groups_and_its_policy(by: str, policy: str, expected: str) -> None:
    def hub(estate: Estate) -> None:
        interface_endpoint("sqs", private_dns=False)(estate)
        estate.set_policy("sqs", {"Effect": policy, "Principal": "*", "Action": "*", "Resource": "*"})
        own_name = estate["vpce-sqs"]["DnsEntries"][0]["DnsName"]
        address = estate["eni-vpce-sqs-data-a"]["PrivateIpAddress"]
        estate.private_zone("sqs.eu-west-1.amazonaws.com", {"": alias_to(own_name) if by == "alias" else address})

    estate = changed(hub, no_route())
    assert told(estate, SQS) == expected
    estate.drawn_vpc("main").set_rules("endpoint", ingress=[])
    assert "ENI_SG_RULES_MISMATCH" in told(estate, SQS)


def hub_endpoint(estate: Estate) -> None:
    """An endpoint for SQS in a VPC that nothing leads to, brought to this one by a profile."""
    far = estate.vpc("hub", "10.9.0.0/16")
    far.subnet("hub-a", "10.9.1.0/24", az="a")
    far.interface_endpoint("hub", service="sqs", subnets=["hub-a"])
    estate.profile("hub", "vpce-hub")


@pytest.mark.item("F14", "I5")
def test_an_endpoint_of_a_profile_takes_the_name_from_public_dns() -> None:
    answer = ask(changed(hub_endpoint, no_route()), SQS)
    assert answer.verdict.value == "blocked"
    assert "10.9.1." in str(answer.subnets[0].traces[0].packets.addresses)
    assert told(changed(hub_endpoint), "service:sns") == "reachable"


def peered_hub(estate: Estate) -> None:
    """The same in a peer, whose tables and groups let the function in."""
    far = estate.vpc("hub", "10.9.0.0/16")
    far.subnet("hub-a", "10.9.1.0/24", az="a", table="hub")
    main(estate).peering("hub", far)
    far.route_table("hub", {"10.0.0.0/16": "pcx-hub"})
    estate.route_table("rtb-private").add_route("10.9.0.0/16", "pcx-hub")
    far.security_group("hub", ingress=[allow("tcp", 443, "10.0.1.0/24")])
    far.interface_endpoint("hub", service="sqs", subnets=["hub-a"], groups=["hub"])


BY_NAME: list[Change] = [
    lambda e: e.private_zone("sqs.eu-west-1.amazonaws.com", {"": alias_to(e["vpce-hub"]["DnsEntries"][0]["DnsName"])}),
    lambda e: e.private_zone("sqs.eu-west-1.amazonaws.com", {"": e["eni-vpce-hub-hub-a"]["PrivateIpAddress"]}),
    lambda e: e.profile("hub", "vpce-hub"),
]


@pytest.mark.item("F14")
@pytest.mark.parametrize("named", BY_NAME, ids=["an-alias", "an-address", "a-profile"])
def test_an_endpoint_in_a_hub_is_reached_by_name_with_a_zone_or_a_profile_only(named: Change) -> None:
    without_nat = changed(peered_hub, no_route())
    assert told(without_nat, SQS) == "blocked NO_ROUTE_TO_DESTINATION"
    assert told(changed(peered_hub, no_route(), named), SQS) == "reachable"
    shut: Change = lambda e: e.drawn_vpc("hub").set_rules("hub", ingress=[])  # noqa: E731
    assert told(changed(peered_hub, no_route(), named, shut), SQS) == "blocked ENI_SG_RULES_MISMATCH"


@pytest.mark.item("F14", "I5")
def test_the_vpcs_own_endpoint_wins_over_the_profiles() -> None:
    assert told(changed(hub_endpoint, interface_endpoint("sqs")), SQS) == "reachable"


@pytest.mark.item("F14", "F17")
def test_an_endpoint_of_a_profile_that_no_file_tells_may_take_any_name() -> None:
    lost: Change = lambda e: e.profile("hub", "vpce-lost")  # noqa: E731
    assert told(changed(lost), SQS) == "unknown UNKNOWN_RESOURCE"
    assert told(changed(denied("ec2/describe-vpc-endpoints")), SQS) == "unknown COLLECTION_FAILED"
