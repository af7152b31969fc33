"""Application and Network Load Balancers: a listener must take the connection, at every node the name may mean."""

from typing import Any

import pytest

from tests.estates.asking import ask, finding_codes
from tests.estates.builder import Estate, allow
from tests.unit.reach.worlds import (
    INTERFACES,
    Change,
    acl,
    asked,
    changed,
    denied,
    egress,
    forgotten,
    ingress,
    main,
    no_route,
    record,
    unfinished,
    without,
)
from vpcreach.errors import UsageError

pytestmark = pytest.mark.item("H11")

BALANCERS = "elbv2/describe-load-balancers"
LISTENERS = "elbv2/describe-listeners"
ALB = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/front/0123456789abcdef"
ALB_HOST = "internal-front-1234567890.eu-west-1.elb.amazonaws.com"
NLB_HOST = "front-0123456789abcdef.elb.eu-west-1.amazonaws.com"
BOTH = {"subnets": ["data-a", "data-b"]}
CLOSED_A = acl("data-a", inbound=[])
CLOSED_B = acl("data-b", inbound=[])
ADMITTED = ingress(allow("tcp", 443, "sg-app"))


def alb(**settings: Any) -> Change:
    """An ALB `front` in data-a, in group data, which admits tcp/443 from the function's group."""
    chosen: dict[str, Any] = {"subnets": ["data-a"], "groups": ["data"]} | settings

    def change(estate: Estate) -> None:
        ADMITTED(estate)
        estate.load_balancer("front", **chosen)

    return change


def nlb(**settings: Any) -> Change:
    """An NLB `front` in data-a, without groups."""
    chosen: dict[str, Any] = {"subnets": ["data-a"], "type": "network", "listeners": [("TCP", 443)]} | settings
    return lambda estate: estate.load_balancer("front", **chosen)


def listening(**values: object) -> Change:
    """Writes some keys of the first listener."""

    def change(estate: Estate) -> None:
        (path,) = [path for path in estate.replies if path.startswith(f"{LISTENERS}/")]
        estate.reply(path)["Listeners"][0].update(values)

    return change


FRONTS = [
    pytest.param("alb:front", (alb(),), "reachable", id="alb"),
    pytest.param("alb:front", (alb(), ingress()), "blocked ENI_SG_RULES_MISMATCH", id="its-groups-admit-nobody"),
    pytest.param("alb:front", (alb(), egress()), "blocked SG_HAS_NO_RULES", id="nothing-leaves"),
    pytest.param("alb:front", (alb(), CLOSED_A), "blocked SUBNET_ACL_RESTRICTION", id="the-acl-of-its-subnet"),
    pytest.param("alb:front", (alb(**BOTH),), "reachable", id="a-node-in-each-zone"),
    pytest.param(
        "alb:front", (alb(**BOTH), CLOSED_B), "partial SUBNET_ACL_RESTRICTION", id="every-node-must-be-reached"
    ),
    pytest.param("alb:front", (alb(**BOTH, interfaces=False),), "reachable", id="somewhere-in-its-subnets"),
    pytest.param(
        "alb:front",
        (alb(**BOTH, interfaces=False), CLOSED_B),
        "partial SUBNET_ACL_RESTRICTION",
        id="somewhere-in-a-closed-subnet",
    ),
    pytest.param("nlb:front", (nlb(),), "reachable", id="an-nlb-without-groups-admits-everyone"),
    pytest.param("nlb:front", (nlb(interfaces=False),), "reachable", id="so-does-one-whose-interfaces-are-not-seen"),
    pytest.param("nlb:front", (nlb(), denied(INTERFACES)), "reachable", id="so-does-one-whose-interfaces-are-denied"),
    pytest.param("nlb:front", (nlb(groups=["data"]), ADMITTED), "reachable", id="an-nlb-with-groups-that-admit"),
    pytest.param(
        "nlb:front", (nlb(groups=["data"]), ingress()), "blocked ENI_SG_RULES_MISMATCH", id="an-nlb-with-groups"
    ),
    pytest.param("alb:front", (alb(groups=[]),), "unknown UNKNOWN_DESTINATION", id="an-alb-whose-groups-are-not-told"),
]


@pytest.mark.parametrize(("destination", "changes", "expected"), FRONTS)
def test_every_node_of_a_load_balancer_must_be_reached(
    destination: str, changes: tuple[Change, ...], expected: str
) -> None:
    assert asked(destination, *changes) == expected


CALLED = [
    pytest.param(alb(), name, id=f"alb-{what}")
    for what, name in {
        "name": "alb:front",
        "arn": ALB,
        "arn-and-port": f"{ALB}:443",
        "host-name": ALB_HOST,
        "alias-target": f"dualstack.{ALB_HOST}",
        "in-capitals": ALB_HOST.upper(),
    }.items()
] + [pytest.param(nlb(), name, id=f"nlb-{name[:9]}") for name in ("nlb:front", NLB_HOST, f"eu-west-1a.{NLB_HOST}")]


@pytest.mark.parametrize(("change", "destination"), CALLED)
def test_what_a_load_balancer_may_be_called(change: Change, destination: str) -> None:
    assert asked(destination, change) == "reachable"
    assert asked(destination, change, CLOSED_A) == "blocked SUBNET_ACL_RESTRICTION"


def test_a_zonal_name_means_the_node_of_its_zone_alone() -> None:
    changes = nlb(**BOTH), CLOSED_B
    assert asked(NLB_HOST, *changes) == "partial SUBNET_ACL_RESTRICTION"
    assert asked(f"eu-west-1a.{NLB_HOST}", *changes) == "reachable"
    assert asked(f"eu-west-1b.{NLB_HOST}", *changes) == "blocked SUBNET_ACL_RESTRICTION"


def test_each_word_means_one_kind() -> None:
    for destination in ("nlb:front", "elb:front"):
        with pytest.raises(UsageError, match="is not in the snapshot"):
            asked(destination, alb())


def more_listeners(estate: Estate) -> None:
    (path,) = [path for path in estate.replies if path.startswith(f"{LISTENERS}/")]
    estate.reply(path)["NextMarker"] = "more"


DOORS = [
    pytest.param("alb:front:443", (alb(),), "reachable", id="the-port-that-was-asked-for"),
    pytest.param("alb:front:80", (alb(), ingress(allow("-1"))), "blocked ELBV2_LISTENERS_MISMATCH", id="another-port"),
    pytest.param("alb:front", (alb(listeners=[]),), "blocked ELBV2_LISTENERS_MISMATCH", id="no-listener"),
    pytest.param("nlb:front:443/udp", (nlb(),), "blocked ELBV2_LISTENERS_MISMATCH", id="another-protocol"),
    pytest.param("nlb:front:53/udp", (nlb(listeners=[("UDP", 53)]),), "reachable", id="udp"),
    pytest.param("nlb:front:53/udp", (nlb(listeners=[("TCP_UDP", 53)]),), "reachable", id="both-protocols-udp"),
    pytest.param("nlb:front:53", (nlb(listeners=[("TCP_UDP", 53)]),), "reachable", id="both-protocols-tcp"),
    pytest.param("nlb:front:443", (nlb(listeners=[("TLS", 443)]),), "reachable", id="tls-is-tcp"),
    pytest.param("nlb:front:443/udp", (nlb(listeners=[("QUIC", 443)]),), "reachable", id="quic-is-udp"),
    pytest.param(
        "nlb:front:443", (nlb(listeners=[("QUIC", 443)]),), "blocked ELBV2_LISTENERS_MISMATCH", id="quic-is-not-tcp"
    ),
    pytest.param(
        "nlb:front:443", (nlb(listeners=[("SCTP", 443)]),), "unknown ELBV2_LISTENERS_MISMATCH", id="one-of-tomorrow"
    ),
    pytest.param("alb:front", (alb(), denied(LISTENERS)), "unknown COLLECTION_FAILED", id="listeners-denied"),
    pytest.param("alb:front", (alb(), without(LISTENERS)), "unknown COLLECTION_FAILED", id="listeners-absent"),
    pytest.param(
        "alb:front",
        (alb(), denied(LISTENERS), CLOSED_A),
        "blocked SUBNET_ACL_RESTRICTION COLLECTION_FAILED",
        id="what-stops-every-port-stops-it",
    ),
    pytest.param("alb:front", (alb(), more_listeners), "reachable", id="listed-though-not-all-are"),
    pytest.param(
        "alb:front:80",
        (alb(), more_listeners, ingress(allow("-1"))),
        "unknown COLLECTION_FAILED",
        id="perhaps-on-another-page",
    ),
    pytest.param(
        "alb:front", (alb(), listening(DefaultActions=[])), "blocked ELBV2_LISTENER_HAS_NO_TG", id="no-target-group"
    ),
    pytest.param(
        "alb:front",
        (alb(), listening(DefaultActions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": []}}])),
        "blocked ELBV2_LISTENER_HAS_NO_TG",
        id="forwards-to-none",
    ),
    pytest.param(
        "alb:front",
        (alb(), listening(DefaultActions=[{"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301"}}])),
        "reachable",
        id="a-redirect-answers",
    ),
    pytest.param(
        "alb:front",
        (alb(), listening(DefaultActions=[{"Type": "dream"}])),
        "unknown ELBV2_LISTENER_HAS_NO_TG",
        id="an-action-of-tomorrow",
    ),
    pytest.param(
        "alb:front",
        (alb(), lambda e: [r["Listeners"][0].pop("DefaultActions") for p, r in e.replies.items() if LISTENERS in p]),
        "unknown COLLECTION_FAILED",
        id="actions-not-told",
    ),
]


@pytest.mark.parametrize(("destination", "changes", "expected"), DOORS)
def test_a_listener_must_take_the_connection(destination: str, changes: tuple[Change, ...], expected: str) -> None:
    answer = asked(destination, *changes).split()
    verdict, *codes = expected.split()
    assert (answer[0], set(answer[1:])) == (verdict, set(codes))


PORTS = [
    pytest.param([("TCP", 8443)], {"8443"}, id="the-only-listener"),
    pytest.param([("TCP", 80), ("TCP", 443)], {"443"}, id="https-if-there-is-one"),
    pytest.param([("TCP", 80), ("TCP", 8080)], {"80", "8080"}, id="else-all-of-them"),
    pytest.param([], {"443"}, id="else-https"),
]


@pytest.mark.parametrize(("listeners", "expected"), PORTS)
def test_the_port_is_a_listeners_unless_said(listeners: list[tuple[str, int]], expected: set[str]) -> None:
    answer = ask(changed(nlb(listeners=listeners)), "nlb:front")
    assert {trace.packets.ports for trace in answer.subnets[0].traces} == expected


def test_the_protocol_is_the_listeners_too() -> None:
    answer = ask(changed(nlb(listeners=[("UDP", 53)])), "nlb:front")
    assert [(t.packets.protocol, t.packets.ports) for t in answer.subnets[0].traces] == [("udp", "53")]
    assert answer.verdict.value == "reachable"


STATES = [
    ("active", "reachable", set()),
    ("active_impaired", "reachable", {"DESTINATION_IN_TRANSITION"}),
    ("provisioning", "reachable", {"DESTINATION_IN_TRANSITION"}),
    ("failed", "blocked", set()),
    ("dreaming", "unknown", set()),
]


@pytest.mark.parametrize(("state", "verdict", "findings"), STATES, ids=str)
def test_the_state_of_a_load_balancer(state: str, verdict: str, findings: set[str]) -> None:
    answer = ask(changed(alb(state=state)), "alb:front")
    assert (answer.verdict.value, finding_codes(answer)) == (verdict, findings)
    codes = {note.code for note in (*answer.blockers, *answer.unknowns)}
    assert codes == (set() if verdict == "reachable" else {"BAD_STATE"})


PLACES = [
    pytest.param((alb(), forgotten("subnet-data-a")), "unknown UNKNOWN_RESOURCE", id="a-subnet-the-file-lacks"),
    pytest.param((alb(), record("lb:front", AvailabilityZones=[])), "unknown NO_SOURCE_OR_DESTINATION", id="no-zone"),
    pytest.param(
        (alb(interfaces=False), lambda e: e["lb:front"]["AvailabilityZones"][0].pop("SubnetId")),
        "unknown NO_SOURCE_OR_DESTINATION",
        id="a-zone-without-subnet",
    ),
    pytest.param(
        (alb(), record("lb:front", Scheme="orbital")), "unknown UNSUPPORTED_COMPONENT", id="a-scheme-of-tomorrow"
    ),
    pytest.param((alb(), lambda e: e["lb:front"].pop("Scheme")), "unknown UNSUPPORTED_COMPONENT", id="no-scheme"),
    pytest.param((denied(BALANCERS),), "unknown COLLECTION_FAILED", id="call-denied"),
    pytest.param((without(BALANCERS),), "unknown COLLECTION_FAILED", id="file-absent"),
    pytest.param((unfinished(BALANCERS),), "unknown COLLECTION_FAILED", id="pages-missing"),
]


@pytest.mark.parametrize(("changes", "expected"), PLACES)
def test_what_no_file_tells_is_unknown(changes: tuple[Change, ...], expected: str) -> None:
    assert asked("alb:front", *changes) == expected


def half_closed(estate: Estate) -> None:
    """Only the upper half of data-a, where the estate's interfaces do not stand, is closed."""
    rules = [(90, "deny", "-1", None, None, "10.0.2.128/25"), (100, "allow", "-1", None, None, "0.0.0.0/0")]
    main(estate).network_acl("half", subnets=["app-a"], outbound=rules)


def test_known_interfaces_tell_where_the_nodes_are() -> None:
    assert asked("alb:front", alb(), half_closed) == "reachable"
    assert asked("alb:front", alb(interfaces=False), half_closed) == "unknown UNKNOWN_DESTINATION"


def test_an_alb_may_have_more_nodes_than_an_unfinished_list_tells_and_an_nlb_has_one_per_zone() -> None:
    assert asked("alb:front", alb(), half_closed, unfinished(INTERFACES)) == "unknown UNKNOWN_DESTINATION"
    assert asked("nlb:front", nlb(), half_closed, unfinished(INTERFACES)) == "reachable"


def test_a_static_private_address_tells_where_the_node_is() -> None:
    static: Change = lambda e: e["lb:front"]["AvailabilityZones"][0].update(  # noqa: E731
        LoadBalancerAddresses=[{"PrivateIPv4Address": "10.0.2.7"}]
    )
    assert asked("nlb:front", nlb(interfaces=False), static, half_closed) == "reachable"


def test_an_interface_that_only_claims_to_be_a_node_is_none() -> None:
    impostor = record("eni-lb-front-data-a", RequesterId="111122223333")
    assert asked("alb:front", alb(), half_closed, impostor) == "unknown UNKNOWN_DESTINATION"


PUBLIC = {"scheme": "internet-facing", "subnets": ["public-a"], "public_ips": ["54.9.9.9"]}
FROM_NAT = ingress(allow("tcp", 443, "52.0.0.1/32"))


@pytest.mark.item("C11")
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param((alb(**PUBLIC), FROM_NAT), "reachable", id="its-groups-admit-the-nat-gateway"),
        pytest.param((alb(**PUBLIC),), "blocked SG_REFERENCES_NOT_PRESERVED", id="a-group-reference-does-not"),
        pytest.param(
            (alb(**PUBLIC), ingress(allow("tcp", 443, "10.0.0.0/16"))),
            "blocked ENI_SG_RULES_MISMATCH",
            id="nor-does-the-vpcs-own-range",
        ),
        pytest.param((alb(**PUBLIC), FROM_NAT, no_route()), "blocked NO_ROUTE_TO_DESTINATION", id="no-way-out"),
        pytest.param(
            (alb(**PUBLIC, interfaces=False), FROM_NAT), "unknown UNKNOWN_DESTINATION", id="nobody-tells-its-node"
        ),
        pytest.param(
            (alb(**PUBLIC, interfaces=False), no_route()),
            "blocked NO_ROUTE_TO_DESTINATION",
            id="nobody-tells-and-no-way-out",
        ),
    ],
)
def test_the_name_of_an_internet_facing_one_leads_out_even_inside_its_vpc(
    changes: tuple[Change, ...], expected: str
) -> None:
    answer = asked("alb:front", *changes).split()
    verdict, *codes = expected.split()
    assert (answer[0], set(answer[1:])) == (verdict, set(codes))


@pytest.mark.item("C11")
def test_an_internet_facing_nlb_without_groups_is_reached_through_the_nat_gateway() -> None:
    assert asked("nlb:front", nlb(**PUBLIC)) == "reachable"
    assert asked("54.9.9.9:443", nlb(**PUBLIC)) == "reachable"
    assert asked("nlb:front", nlb(**PUBLIC), no_route()) == "blocked NO_ROUTE_TO_DESTINATION"
    assert asked("nlb:front", nlb(**PUBLIC), acl("public-a", inbound=[])).startswith("blocked SUBNET_ACL_RESTRICTION")


@pytest.mark.item("A4")
def test_from_outside_every_vpc_an_internal_one_is_private_and_another_not_judged() -> None:
    estate = changed(alb())
    del estate["function:app"]["VpcConfig"]
    assert ask(estate, "alb:front").verdict.value == "blocked"
    estate["lb:front"]["Scheme"] = "internet-facing"
    assert ask(estate, "alb:front").verdict.value == "unknown"


def test_a_gateway_load_balancer_is_no_destination() -> None:
    gateway: Change = lambda e: e.load_balancer("walls", type="gateway", subnets=["data-a"])  # noqa: E731
    arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/gwy/walls/0123456789abcdef"
    assert asked(arn, gateway) == "blocked NO_POSSIBLE_DESTINATION"


def test_a_type_of_tomorrow_is_unknown() -> None:
    assert asked(ALB, alb(), record("lb:front", Type="quantum")) == "unknown UNSUPPORTED_COMPONENT"
