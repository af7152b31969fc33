"""Classic Load Balancers: listeners, groups, and a node in every subnet."""

from typing import Any

import pytest

from tests.estates.asking import ask, finding_codes
from tests.estates.builder import Estate, allow
from tests.unit.reach.worlds import Change, acl, asked, changed, denied, ingress, no_route, without

pytestmark = pytest.mark.item("H11")

BALANCERS = "elb/describe-load-balancers"
HOST = "internal-old-1234567890.eu-west-1.elb.amazonaws.com"
ARN = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/old"
CLOSED_B = acl("data-b", inbound=[])


def classic(**settings: Any) -> Change:
    """A Classic Load Balancer `old` in data-a, in group data, which admits tcp/443 from the function's group."""
    chosen: dict[str, Any] = {"subnets": ["data-a"], "groups": ["data"], "instances": ["web"]} | settings

    def change(estate: Estate) -> None:
        ingress(allow("tcp", 443, "sg-app"))(estate)
        estate.classic_load_balancer("old", **chosen)

    return change


FRONTS = [
    pytest.param("elb:old", (classic(),), "reachable", id="by-name"),
    pytest.param(HOST, (classic(),), "reachable", id="by-host-name"),
    pytest.param(f"dualstack.{HOST}", (classic(),), "reachable", id="by-the-name-of-an-alias-record"),
    pytest.param(f"{ARN}:443", (classic(),), "reachable", id="by-arn"),
    pytest.param("elb:old", (classic(interfaces=False),), "reachable", id="somewhere-in-its-subnet"),
    pytest.param("elb:old", (classic(), ingress()), "blocked ENI_SG_RULES_MISMATCH", id="its-groups"),
    pytest.param(
        "elb:old", (classic(subnets=["data-a", "data-b"]), CLOSED_B), "partial SUBNET_ACL_RESTRICTION", id="each-subnet"
    ),
    pytest.param("elb:old:443", (classic(listeners=[("SSL", 443)]),), "reachable", id="ssl-is-tcp"),
    pytest.param("elb:old:80", (classic(), ingress(allow("-1"))), "blocked ELBV2_LISTENERS_MISMATCH", id="no-listener"),
    pytest.param("elb:old", (classic(groups=[]),), "unknown UNKNOWN_DESTINATION", id="groups-not-told"),
    pytest.param("elb:old", (classic(), denied(BALANCERS)), "unknown COLLECTION_FAILED", id="call-denied"),
    pytest.param("elb:old", (classic(), without(BALANCERS)), "unknown COLLECTION_FAILED", id="file-absent"),
]


@pytest.mark.parametrize(("destination", "changes", "expected"), FRONTS)
def test_a_classic_load_balancer(destination: str, changes: tuple[Change, ...], expected: str) -> None:
    assert asked(destination, *changes) == expected


@pytest.mark.item("C11")
def test_an_internet_facing_one_is_reached_by_its_public_address() -> None:
    public = classic(scheme="internet-facing", subnets=["public-a"], public_ips=["54.9.9.9"])
    from_nat = ingress(allow("tcp", 443, "52.0.0.1/32"))
    assert asked("elb:old", public, from_nat) == "reachable"
    assert asked("elb:old", public) == "blocked SG_REFERENCES_NOT_PRESERVED"
    assert asked("elb:old", public, from_nat, no_route()) == "blocked NO_ROUTE_TO_DESTINATION"


def test_one_without_instances_has_nowhere_to_forward_to() -> None:
    assert finding_codes(ask(changed(classic(instances=[])), "elb:old")) == {"TARGET_UNHEALTHY"}
    assert finding_codes(ask(changed(classic()), "elb:old")) == set()
