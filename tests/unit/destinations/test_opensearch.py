"""OpenSearch domains: their subnets, the domains of no VPC, their state, and what they may be called."""

from typing import Any

import pytest

from tests.estates.asking import ask, finding_codes
from tests.estates.builder import Estate, allow
from tests.unit.reach.worlds import Change, acl, asked, changed, denied, ingress, no_route, without
from vpcreach.errors import UsageError

pytestmark = pytest.mark.item("H8")

TOLD = "opensearch/describe-domains/logs"
DOMAIN = "opensearch:logs"
ARN = "arn:aws:es:eu-west-1:111122223333:domain/logs"


def domain(**settings: Any) -> Change:
    """A domain `logs` in data-a and data-b, in group data, which admits tcp/443 from app."""
    chosen: dict[str, Any] = {"subnets": ["data-a", "data-b"], "groups": ["data"]} | settings

    def change(estate: Estate) -> None:
        estate.opensearch_domain("logs", **chosen)
        ingress(allow("tcp", 443, "sg-app"))(estate)

    return change


def told(**values: object) -> Change:
    return lambda estate: estate.reply(TOLD)["DomainStatusList"][0].update(values)


PLACES = [
    pytest.param((), "reachable", id="every-subnet"),
    pytest.param((acl("data-b", inbound=[]),), "partial SUBNET_ACL_RESTRICTION", id="one-subnet-is-shut-off"),
    pytest.param((ingress(),), "blocked ENI_SG_RULES_MISMATCH", id="the-group-admits-nobody"),
    pytest.param((without(TOLD),), "unknown COLLECTION_FAILED", id="the-domains-own-file-is-absent"),
    pytest.param((denied(TOLD),), "unknown COLLECTION_FAILED", id="the-domains-own-file-is-refused"),
    pytest.param(
        (lambda e: e.reply(TOLD)["DomainStatusList"].clear(),), "unknown COLLECTION_FAILED", id="the-reply-lacks-it"
    ),
    pytest.param(
        (lambda e: e.reply(TOLD)["DomainStatusList"][0]["VPCOptions"].update(SecurityGroupIds=[]),),
        "unknown UNKNOWN_DESTINATION",
        id="no-groups-told",
    ),
]


@pytest.mark.parametrize(("changes", "expected"), PLACES)
def test_a_domain_is_reached_in_each_of_its_subnets(changes: tuple[Change, ...], expected: str) -> None:
    assert asked(DOMAIN, domain(), *changes) == expected


STATES = [
    ("Active", "reachable", False),
    ("Modifying", "reachable", True),
    ("UpdatingServiceSoftware", "reachable", True),
    ("Deleting", "blocked BAD_STATE", False),
    ("Isolated", "blocked BAD_STATE", False),
    ("Meditating", "unknown BAD_STATE", False),
]


@pytest.mark.parametrize(("state", "expected", "is_passing"), STATES)
def test_the_state_of_a_domain(state: str, expected: str, *, is_passing: bool) -> None:
    assert asked(DOMAIN, domain(state=state)) == expected
    codes = finding_codes(ask(changed(domain(state=state)), DOMAIN))
    assert ("DESTINATION_IN_TRANSITION" in codes) is is_passing


def test_a_deleted_domain_is_gone_whatever_else_is_told() -> None:
    assert asked(DOMAIN, domain(), told(Deleted=True)) == "blocked BAD_STATE"


HOST = "vpc-logs-c0ffee.eu-west-1.es.amazonaws.com"


@pytest.mark.parametrize("name", [DOMAIN, ARN, f"{ARN}:443", HOST, f"{HOST}:443"])
@pytest.mark.item("H17")
def test_what_a_domain_may_be_called(name: str) -> None:
    assert asked(name, domain()) == "reachable"


def test_a_name_that_no_list_holds() -> None:
    with pytest.raises(UsageError, match="did you mean"):
        asked("opensearch:log", domain())
    assert asked("opensearch:log", domain(), without("opensearch/list-domain-names")) == "unknown COLLECTION_FAILED"
    assert asked(HOST, domain(), without("opensearch/list-domain-names")) == "unknown COLLECTION_FAILED"


def test_a_domain_in_no_vpc_is_reached_over_the_internet() -> None:
    public = domain(subnets=[])
    assert asked(DOMAIN, public) == "reachable"
    assert asked("search-logs-c0ffee.eu-west-1.es.amazonaws.com", public) == "reachable"
    assert asked(DOMAIN, public, no_route()) == "blocked NO_ROUTE_TO_DESTINATION"
    assert asked(DOMAIN, domain(subnets=[], state="Deleting")) == "blocked BAD_STATE"


@pytest.mark.item("A4")
def test_a_function_without_vpc_reaches_a_domain_in_no_vpc_and_no_other() -> None:
    def outside(estate: Estate) -> None:
        del estate["function:app"]["VpcConfig"]

    assert asked(DOMAIN, domain(subnets=[]), outside) == "reachable"
    assert asked(DOMAIN, domain(), outside) == "blocked FUNCTION_NOT_IN_VPC"
