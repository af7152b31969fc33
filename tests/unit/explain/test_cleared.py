"""What was not the matter."""

from tests.estates import seed
from tests.estates.asking import ask
from tests.unit.reach.worlds import Change, behind_nat, changed, database, ingress, no_route, record
from vpcreach.explain.cleared import cleared


def not_the_matter(destination: str, *changes: Change) -> tuple[str, ...]:
    answer = ask(changed(*changes, start=behind_nat), destination)
    [trace, *_] = answer.all_traces
    return cleared(trace, destination)


def test_what_let_the_packets_pass_is_named_and_what_stops_them_is_not() -> None:
    assert not_the_matter("rds:orders-db", database(), ingress()) == ("network ACLs", "routes", "DNS")


def test_dns_is_told_of_names_alone() -> None:
    assert "DNS" not in not_the_matter("10.0.2.50:5432", ingress())


def test_what_no_packet_came_to_is_not_said_to_be_in_order() -> None:
    assert not_the_matter("internet", no_route()) == ("security groups",)


def test_routes_are_not_cleared_where_one_led_to_what_stops_the_packets() -> None:
    assert "routes" not in not_the_matter("internet", record("nat-main", State="failed"))


def test_the_gateway_that_a_guard_refuses_is_not_cleared() -> None:
    estate = changed(seed.encryption_enforced_without_nat, start=seed.public_private)
    [trace, *_] = ask(estate, "internet").all_traces
    assert "the NAT gateway" not in cleared(trace, "internet")
