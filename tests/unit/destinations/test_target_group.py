"""Target groups: what is worth knowing of the targets, and never more than files tell."""

from typing import Any

import pytest

from tests.estates.asking import ask
from tests.estates.builder import Estate, allow
from tests.unit.reach.worlds import Change, changed, denied, forgotten, main, without
from vpcreach.forwarding import Effect

pytestmark = pytest.mark.item("H11")

HEALTH = "elbv2/describe-target-health"
ATTRIBUTES = "elbv2/describe-target-group-attributes"


def advised(
    *changes: Change, balancer: dict[str, Any] | None = None, start: tuple[Change, ...] = (), **group: Any
) -> set[tuple[str, str]]:
    """The codes and entries of findings for an NLB in both zones, made after `start`, and its target group `web`."""
    chosen: dict[str, Any] = {"subnets": ["data-a", "data-b"], "type": "network", "listeners": [("TCP", 443)]}

    def draw(estate: Estate) -> None:
        estate.load_balancer("front", **chosen | (balancer or {}))
        estate.target_group("web", **group)

    kind = {"network": "nlb", "application": "alb"}[(chosen | (balancer or {}))["type"]]
    answer = ask(changed(*start, draw, *changes), f"{kind}:front")
    assert answer.verdict.value == "reachable"
    notes = (note for trace in answer.subnets[0].traces for note in trace.notes)
    return {(note.code, note.entry) for note in notes if note.effect is Effect.ADVICE}


def servers(*, admits: str = "0.0.0.0/0", zones: str = "ab") -> Change:
    """An instance in each zone (10.0.2.20, 10.0.3.20), in group web."""

    def change(estate: Estate) -> None:
        main(estate).security_group("web", ingress=[allow("tcp", 443, admits)])
        for zone, number in zip("ab", (2, 3), strict=True):
            if zone in zones:
                subnet = f"data-{zone}"
                estate.instance(f"web-{zone}", subnet=subnet, groups=["web"], address=f"10.0.{number}.20")

    return change


def test_a_healthy_target_is_nothing_to_tell() -> None:
    assert advised(targets={"10.0.2.20": "healthy", "10.0.3.20": "unhealthy"}) == set()
    assert advised(targets={"10.0.2.20": "unavailable"}) == set()


@pytest.mark.parametrize("state", ["unhealthy", "initial", "draining", "unused", "dreaming"])
def test_a_group_without_a_healthy_target_is_advice(state: str) -> None:
    assert advised(targets={"10.0.2.20": state}) == {("TARGET_UNHEALTHY", "")}


def test_a_group_without_targets_is_advice() -> None:
    assert advised(targets={}) == {("TARGET_UNHEALTHY", "")}


def test_health_that_no_file_tells_is_no_advice() -> None:
    for hidden in (without(HEALTH), denied(HEALTH)):
        assert advised(hidden, targets={"10.0.2.20": "unhealthy"}) == set()


EMPTY_B = {("ELBV2_NO_TARGETS_IN_AZ", "eu-west-1b")}
ONE_IN_A = {"i-web-a": "healthy"}


def test_a_zone_without_targets_is_advice_while_cross_zone_is_off() -> None:
    assert advised(servers(), type="instance", targets=ONE_IN_A) == EMPTY_B
    assert advised(servers(), targets={"10.0.2.20": "healthy"}) == EMPTY_B
    assert advised(servers(), type="instance", targets=ONE_IN_A, cross_zone=False) == EMPTY_B
    assert advised(servers(), type="instance", targets=ONE_IN_A | {"i-web-b": "healthy"}) == set()


def test_cross_zone_uses_the_targets_of_other_zones() -> None:
    crossing = {"cross_zone": True}
    assert advised(servers(), type="instance", targets=ONE_IN_A, cross_zone=True) == set()
    assert advised(servers(), balancer=crossing, type="instance", targets=ONE_IN_A) == set()
    assert advised(servers(), balancer=crossing, type="instance", targets=ONE_IN_A, cross_zone=False) == EMPTY_B


def test_where_some_targets_zone_is_not_known_no_zone_is_called_empty() -> None:
    assert advised(targets={"10.0.2.20": "healthy"}) == set()
    assert advised(servers(zones="a"), type="instance", targets=ONE_IN_A | {"i-web-b": "healthy"}) == set()
    assert advised(servers(), without(ATTRIBUTES), type="instance", targets=ONE_IN_A) == set()


STRANGER = {("ELBV2_SOURCE_ADDRESS_PRESERVATION", "i-web-a")}
CROSSED: dict[str, Any] = {"balancer": {"cross_zone": True}, "type": "instance", "targets": ONE_IN_A}


def test_targets_that_see_the_client_must_admit_it() -> None:
    assert advised(servers(admits="10.0.3.0/24"), preserves=True, **CROSSED) == STRANGER
    assert advised(servers(admits="10.0.1.0/24"), preserves=True, **CROSSED) == set()
    assert advised(servers(admits="10.0.1.7/32"), preserves=True, **CROSSED) == set()


def test_targets_that_see_the_load_balancer_need_not_admit_the_client() -> None:
    assert advised(servers(admits="10.0.3.0/24"), preserves=False, **CROSSED) == set()
    assert advised(servers(admits="10.0.3.0/24"), **CROSSED) == set()


def test_targets_whose_groups_are_not_known_are_no_advice() -> None:
    closed = servers(admits="10.0.3.0/24")
    for hidden in (without("ec2/describe-instances"), forgotten("sg-web")):
        assert advised(closed, hidden, preserves=True, **CROSSED) == set()


def test_a_rule_that_nobody_can_read_may_admit_the_client() -> None:
    assert advised(servers(admits="pl-hidden"), preserves=True, **CROSSED) == set()


def test_only_an_internal_nlb_shows_its_targets_the_functions_own_address() -> None:
    closed = servers(admits="10.0.3.0/24")
    public = {"scheme": "internet-facing", "subnets": ["public-a"], "public_ips": ["54.9.9.9"], "cross_zone": True}
    alb = {"type": "application", "groups": ["open"], "listeners": [("HTTPS", 443)]}
    open_group: Change = lambda e: main(e).security_group("open", ingress=[allow("-1")])  # noqa: E731
    for balancer in (public, alb):
        assert advised(closed, preserves=True, **CROSSED | {"balancer": balancer}, start=(open_group,)) == set()


def test_an_alb_uses_the_targets_of_every_zone() -> None:
    alb = {"type": "application", "groups": ["open"], "listeners": [("HTTPS", 443)]}
    open_group: Change = lambda e: main(e).security_group("open", ingress=[allow("-1")])  # noqa: E731
    hidden = without("elbv2/describe-load-balancer-attributes")
    shown = advised(servers(), hidden, balancer=alb, type="instance", targets=ONE_IN_A, start=(open_group,))
    assert shown == set()


def test_a_target_outside_the_vpc_serves_every_zone() -> None:
    def everywhere(estate: Estate) -> None:
        (path,) = [path for path in estate.replies if path.startswith(f"{HEALTH}/")]
        estate.reply(path)["TargetHealthDescriptions"][0]["Target"]["AvailabilityZone"] = "all"

    assert advised(everywhere, targets={"192.168.0.9": "healthy"}) == set()


def test_what_is_said_of_one_listeners_targets_is_not_said_of_anothers() -> None:
    def two(estate: Estate) -> None:
        listeners = [("TCP", 443, "web"), ("TCP", 80, "old")]
        estate.load_balancer("front", subnets=["data-a"], type="network", listeners=listeners)
        estate.target_group("web", targets={"10.0.2.20": "healthy"})
        estate.target_group("old", targets={"10.0.2.20": "unhealthy"})

    assert ask(changed(two), "nlb:front:443").findings == ()
    (finding,) = ask(changed(two), "nlb:front:80").findings
    assert (finding.code, "targetgroup/old/" in finding.component) == ("TARGET_UNHEALTHY", True)


def test_a_target_that_is_no_address_stands_in_no_zone_that_is_known() -> None:
    assert advised(servers(), targets={"of-tomorrow": "healthy", "10.0.2.20": "healthy"}) is not None
