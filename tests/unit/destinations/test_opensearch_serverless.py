"""OpenSearch Serverless: through the VPC endpoint that takes the names of collections, else over the internet."""

from typing import Any

import pytest

from tests.estates.asking import ask, finding_codes, told
from tests.estates.builder import Estate, allow, combined
from tests.unit.reach.worlds import Change, acl, asked, changed, denied, ingress, main, no_route, without
from vpcreach.errors import UsageError

pytestmark = pytest.mark.item("H8")

COLLECTION = "opensearch-serverless:logs"
ENDPOINTS = "opensearchserverless/list-vpc-endpoints"
DETAIL = "opensearchserverless/batch-get-vpc-endpoint/vpce-search"


def collection(**settings: Any) -> Change:
    return lambda estate: estate.opensearch_collection("logs", **settings)


def endpoint(**settings: Any) -> Change:
    """An endpoint in data-a and data-b, in group data, which admits tcp/443 from app."""
    chosen: dict[str, Any] = {"subnets": ["data-a", "data-b"], "groups": ["data"]} | settings

    def change(estate: Estate) -> None:
        estate.opensearch_endpoint("search", **chosen)
        ingress(allow("tcp", 443, "sg-app"))(estate)

    return change


def elsewhere(estate: Estate) -> None:
    """An endpoint of another VPC."""
    estate.vpc("far", "10.9.0.0/16").subnet("far-a", "10.9.1.0/24", az="a")
    estate.opensearch_endpoint("far", subnets=["far-a"])


WAYS = [
    pytest.param((endpoint(), no_route()), "reachable", id="through-the-endpoint"),
    pytest.param(
        (endpoint(), acl("data-b", inbound=[])), "partial SUBNET_ACL_RESTRICTION", id="a-subnet-of-it-is-shut-off"
    ),
    pytest.param((endpoint(), ingress()), "blocked ENI_SG_RULES_MISMATCH", id="its-group-admits-nobody"),
    pytest.param((endpoint(status="FAILED"),), "blocked BAD_STATE", id="it-failed"),
    pytest.param((endpoint(status="SLEEPING"),), "unknown BAD_STATE", id="in-a-state-of-tomorrow"),
    pytest.param((), "reachable", id="without-one-over-the-internet"),
    pytest.param((no_route(),), "blocked NO_ROUTE_TO_DESTINATION", id="without-one-and-without-a-way-out"),
    pytest.param((elsewhere,), "reachable", id="that-of-another-vpc-does-not-take-the-name"),
    pytest.param((elsewhere, no_route()), "blocked NO_ROUTE_TO_DESTINATION", id="that-of-another-vpc-does-not-help"),
    pytest.param((without(ENDPOINTS),), "unknown COLLECTION_FAILED", id="whether-there-is-one-is-not-collected"),
    pytest.param((denied(ENDPOINTS),), "unknown COLLECTION_FAILED", id="whether-there-is-one-is-refused"),
    pytest.param((endpoint(), without(DETAIL)), "unknown COLLECTION_FAILED", id="which-vpc-it-serves-is-not-collected"),
]


@pytest.mark.parametrize(("changes", "expected"), WAYS)
def test_how_a_collection_is_reached(changes: tuple[Change, ...], expected: str) -> None:
    assert asked(COLLECTION, collection(), *changes) == expected


STATES = [
    ("ACTIVE", "reachable", False),
    ("UPDATING", "reachable", True),
    ("FAILED", "blocked BAD_STATE", False),
    ("DELETING", "blocked BAD_STATE", False),
    ("RESTING", "unknown BAD_STATE", False),
]


@pytest.mark.parametrize("way", [(), (endpoint(),)], ids=["internet", "endpoint"])
@pytest.mark.parametrize(("status", "expected", "is_passing"), STATES)
def test_the_status_of_a_collection(status: str, expected: str, *, is_passing: bool, way: tuple[Change, ...]) -> None:
    assert asked(COLLECTION, collection(status=status), *way) == expected
    codes = finding_codes(ask(changed(collection(status=status), *way), COLLECTION))
    assert ("DESTINATION_IN_TRANSITION" in codes) is is_passing


HOST = "logs000.eu-west-1.aoss.amazonaws.com"
ARN = "arn:aws:aoss:eu-west-1:111122223333:collection/logs000"


@pytest.mark.parametrize("name", [COLLECTION, "opensearch-serverless:logs000", ARN, f"{ARN}:443", HOST])
@pytest.mark.item("H17")
def test_what_a_collection_may_be_called(name: str) -> None:
    assert asked(name, collection(), endpoint(), no_route()) == "reachable"


def test_a_name_that_no_list_holds() -> None:
    with pytest.raises(UsageError, match="did you mean"):
        asked("opensearch-serverless:log", collection())
    unlisted = without("opensearchserverless/list-collections")
    assert asked("opensearch-serverless:log", collection(), unlisted) == "unknown COLLECTION_FAILED"


def test_in_a_shared_vpc_the_owners_endpoints_count() -> None:
    participant = changed(collection())
    participant["vpc-main"]["OwnerId"] = "999900001111"
    assert told(participant, COLLECTION).startswith("unknown COLLECTION_FAILED")
    owner = Estate("999900001111", list_suffix="-owner")
    owner.vpc("main", "10.0.0.0/16").subnet("data-a", "10.0.2.0/24", az="a")
    assert told(combined(participant, owner), COLLECTION) == "reachable"
    owner.without(ENDPOINTS)
    assert told(combined(participant, owner), COLLECTION) == "unknown COLLECTION_FAILED"


def test_the_zone_that_aws_makes_for_the_endpoint_does_not_lead_elsewhere() -> None:
    def zone(estate: Estate) -> None:
        main(estate)
        reply = estate.reply("route53/list-hosted-zones-by-vpc/vpc-main.eu-west-1")
        own = {"OwningService": "aoss.amazonaws.com"}
        reply["HostedZoneSummaries"].append(
            {"HostedZoneId": "Z1", "Name": "eu-west-1.aoss.amazonaws.com.", "Owner": own}
        )

    assert asked(COLLECTION, collection(), endpoint(), zone) == "reachable"


def test_a_zone_of_a_wider_domain_does_not_take_what_the_endpoint_has_taken() -> None:
    def zone(estate: Estate) -> None:
        estate.private_zone("aoss.amazonaws.com")

    assert asked(COLLECTION, collection(), endpoint(), zone) == "reachable"
    assert asked(COLLECTION, collection(), zone) == "unknown COLLECTION_FAILED"


@pytest.mark.item("A4")
def test_from_outside_every_vpc_the_network_policy_decides() -> None:
    def outside(estate: Estate) -> None:
        del estate["function:app"]["VpcConfig"]

    assert asked(COLLECTION, collection(), outside) == "unknown UNSUPPORTED_COMPONENT"
