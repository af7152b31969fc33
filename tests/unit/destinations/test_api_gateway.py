"""REST APIs: private ones at the endpoints that lead to them, the others as public services."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.estates.asking import ask, finding_codes, told
from tests.estates.builder import Estate, allow
from tests.unit.reach.worlds import (
    Change,
    acl,
    asked,
    changed,
    denied,
    interface_endpoint,
    main,
    no_route,
    record,
    without,
)
from vpcreach.errors import UsageError

pytestmark = pytest.mark.item("H14")

APIS = "apigateway/get-rest-apis"
ENDPOINTS = "ec2/describe-vpc-endpoints"
HOST = "apiorders.execute-api.eu-west-1.amazonaws.com"
AT_ENDPOINT = "apiorders-vpce-execute-api.execute-api.eu-west-1.amazonaws.com"
ARN = "arn:aws:apigateway:eu-west-1::/restapis/apiorders"
ENDPOINT = interface_endpoint("execute-api")
WITHOUT_DNS = interface_endpoint("execute-api", private_dns=False)
CLOSED = acl("data-a", inbound=[])


def api(type: str = "PRIVATE", *, at: Sequence[str] = (), **settings: Any) -> Change:
    return lambda estate: estate.rest_api("orders", type=type, endpoints=at, **settings)


def elsewhere(estate: Estate) -> None:
    """An endpoint `vpce-far` for execute-api in another VPC."""
    far = estate.vpc("far", "10.9.0.0/16")
    far.subnet("far-a", "10.9.1.0/24", az="a")
    far.interface_endpoint("far", service="execute-api", subnets=["far-a"])


def in_data_b(estate: Estate) -> None:
    """Another endpoint `vpce-b` without private DNS, in data-b."""
    main(estate).interface_endpoint(
        "b", service="execute-api", subnets=["data-b"], groups=["endpoint"], private_dns=False
    )


@pytest.mark.parametrize("destination", ["apigateway:orders", "apigateway:apiorders", ARN, f"{ARN}:443", HOST])
def test_what_a_private_api_may_be_called(destination: str) -> None:
    assert asked(destination, api(), ENDPOINT) == "reachable"
    assert asked(destination, api(), ENDPOINT, CLOSED) == "blocked SUBNET_ACL_RESTRICTION"


NO_WAY = "blocked NO_POSSIBLE_DESTINATION"
PRIVATE = [
    pytest.param(HOST, (api(), ENDPOINT, no_route()), "reachable", id="takes-no-way-out"),
    pytest.param(
        HOST, (api(), interface_endpoint("execute-api", admits=None)), "blocked ENI_SG_RULES_MISMATCH", id="the-group"
    ),
    pytest.param(HOST, (api(),), NO_WAY, id="no-endpoint"),
    pytest.param("apigateway:orders", (api(),), NO_WAY, id="no-endpoint-whatever-its-name"),
    pytest.param(HOST, (api(), WITHOUT_DNS), NO_WAY, id="its-name-leads-nowhere-without-private-dns"),
    pytest.param("apigateway:orders", (api(), WITHOUT_DNS), "reachable", id="the-endpoints-own-name-leads-to-it"),
    pytest.param(AT_ENDPOINT, (api(at=["vpce-execute-api"]), WITHOUT_DNS), "reachable", id="its-name-at-an-endpoint"),
    pytest.param(
        "apigateway:orders", (api(at=["vpce-execute-api"]), WITHOUT_DNS), "reachable", id="its-name-there-will-do"
    ),
    pytest.param(
        "apigateway:orders",
        (api(at=["vpce-far"]), elsewhere),
        "blocked IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS",
        id="an-endpoint-of-another-vpc",
    ),
    pytest.param("apigateway:orders", (api(), elsewhere), NO_WAY, id="one-that-has-nothing-to-do-with-it"),
    pytest.param("apigateway:orders", (api(at=["vpce-gone"]),), "unknown UNKNOWN_RESOURCE", id="one-nobody-lists"),
    pytest.param(HOST, (api(), ENDPOINT, denied(ENDPOINTS)), "unknown COLLECTION_FAILED", id="endpoints-denied"),
    pytest.param(HOST, (api(), without(ENDPOINTS)), "unknown COLLECTION_FAILED", id="endpoints-absent"),
    pytest.param(HOST, (api(), ENDPOINT, record("vpce-execute-api", State="failed")), "blocked BAD_STATE", id="state"),
    pytest.param(
        HOST,
        (api(), ENDPOINT, record("vpce-execute-api", State="failed", NetworkInterfaceIds=[], SubnetIds=[])),
        "blocked BAD_STATE",
        id="an-endpoint-that-has-no-place-left",
    ),
    pytest.param(HOST, (api(), record("vpc-main", OwnerId="444455556666")), "unknown COLLECTION_FAILED", id="shared"),
    pytest.param(
        "apigateway:orders",
        (api(), WITHOUT_DNS, in_data_b, CLOSED),
        "blocked SUBNET_ACL_RESTRICTION",
        id="any-endpoint",
    ),
    pytest.param(
        "apigateway:orders",
        (api(at=["vpce-b"]), WITHOUT_DNS, in_data_b, CLOSED),
        "reachable",
        id="one-that-is-associated-comes-first",
    ),
    pytest.param(HOST, (api("ORBITAL"), ENDPOINT), "unknown UNSUPPORTED_COMPONENT", id="a-type-of-tomorrow"),
    pytest.param("apigateway:orders", (api(), denied(APIS)), "unknown COLLECTION_FAILED", id="apis-denied"),
    pytest.param("apigateway:orders", (api(), without(APIS)), "unknown COLLECTION_FAILED", id="apis-absent"),
    pytest.param(
        "apigateway:nobody",
        (api(), lambda e: e.reply(APIS).update(position="more")),
        "unknown COLLECTION_FAILED",
        id="pages-missing",
    ),
    pytest.param(HOST, (api(status="FAILED"), ENDPOINT), "unknown BAD_STATE", id="a-failed-update"),
]


@pytest.mark.parametrize(("destination", "changes", "expected"), PRIVATE)
def test_a_private_api_is_reached_by_an_endpoint_alone(
    destination: str, changes: tuple[Change, ...], expected: str
) -> None:
    assert asked(destination, *changes) == expected


def test_the_endpoints_policy_must_allow_something_of_the_api() -> None:
    def only(resource: str) -> Change:
        statement = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": resource}
        return lambda estate: estate.set_policy("execute-api", statement)

    mine, other = (f"arn:aws:execute-api:eu-west-1:111122223333:{name}/*" for name in ("apiorders", "apiother"))
    assert asked(HOST, api(), ENDPOINT, only(mine)) == "reachable"
    assert asked(HOST, api(), ENDPOINT, only(other)).startswith("blocked ENDPOINT_POLICY")


PUBLIC = [
    pytest.param((api("REGIONAL"),), "reachable", id="regional"),
    pytest.param((api("EDGE"),), "reachable", id="edge-optimized"),
    pytest.param((api("REGIONAL"), no_route()), "blocked NO_ROUTE_TO_DESTINATION", id="no-way-out"),
    pytest.param((api("REGIONAL"), WITHOUT_DNS), "reachable", id="an-endpoint-that-takes-no-name"),
    pytest.param((api("REGIONAL"), ENDPOINT), NO_WAY, id="an-endpoint-that-has-taken-its-name"),
]


@pytest.mark.parametrize("destination", ["apigateway:orders", HOST])
@pytest.mark.parametrize(("changes", "expected"), PUBLIC)
def test_any_other_api_is_a_public_service(destination: str, changes: tuple[Change, ...], expected: str) -> None:
    assert asked(destination, *changes) == expected


def test_the_apis_own_policy_decides_nothing_here() -> None:
    with_policy, without_policy = changed(api(), ENDPOINT), changed(api(policy=None), ENDPOINT)
    for estate in (with_policy, without_policy):
        answer = ask(estate, HOST)
        assert (answer.verdict.value, finding_codes(answer)) == ("reachable", {"API_RESOURCE_POLICY"})
    assert finding_codes(ask(changed(api("REGIONAL", policy=None)), HOST)) == set()


def test_a_function_without_vpc_reaches_public_apis_alone() -> None:
    for kind, verdict in (("REGIONAL", "reachable"), ("PRIVATE", "blocked FUNCTION_NOT_IN_VPC")):
        estate = changed(api(kind))
        del estate["function:app"]["VpcConfig"]
        assert told(estate, "apigateway:orders") == verdict


def test_a_name_that_no_api_has_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match='did you mean "orders"'):
        asked("apigateway:order", api())


def test_two_apis_of_one_name_are_told_apart_by_their_arns() -> None:
    twin: Change = lambda e: e.rest_api("other")  # noqa: E731
    same: Change = lambda e: e["api:other"].update(name="orders")  # noqa: E731
    with pytest.raises(UsageError, match=r"say which by its ARN: .*apiorders, .*apiother$"):
        asked("apigateway:orders", api(), twin, same)


def test_a_group_that_admits_another_port_alone_does_not_help() -> None:
    closed: Change = lambda e: main(e).set_rules("endpoint", ingress=[allow("tcp", 80)])  # noqa: E731
    assert asked(HOST, api(), ENDPOINT, closed) == "blocked ENI_SG_RULES_MISMATCH"
