"""Host names: a private zone first, then what the snapshot or AWS knows, else a usage error."""

from typing import Any

import pytest

from tests.estates.asking import ask, told
from tests.estates.builder import Estate, allow
from tests.estates.names import ZONES, alias_to, blocks
from tests.unit.reach.worlds import (
    Change,
    changed,
    database,
    denied,
    dual_stack,
    egress,
    interface_endpoint,
    main,
    no_route,
    without,
)
from vpcreach.errors import UsageError

pytestmark = pytest.mark.item("H17")

NAME = "app.corp.example"


def zone(records: dict[str, Any], domain: str = "corp.example") -> Change:
    return lambda estate: estate.private_zone(domain, records)


def peer(estate: Estate) -> None:
    main(estate).security_group("open", ingress=[allow("tcp", 443, "10.0.0.0/16"), allow("tcp", 8080, "10.0.0.0/16")])
    main(estate).network_interface("peer", subnet="data-a", groups=["open"], address="10.0.2.50")


def test_the_port_is_443_unless_another_is_asked_for() -> None:
    estate = changed(peer, zone({"app": "10.0.2.50"}))
    assert told(estate, NAME) == "reachable"
    assert told(estate, f"{NAME}:8080") == "reachable"
    assert told(estate, f"{NAME}:5432") == "blocked ENI_SG_RULES_MISMATCH"
    assert told(estate, "APP.corp.example.") == "reachable"


def test_an_address_in_a_zone_is_judged_as_if_it_had_been_asked_for() -> None:
    unowned = changed(zone({"app": "10.0.2.77"}))
    assert told(unowned, NAME) == told(unowned, "10.0.2.77:443") == "unknown UNKNOWN_DESTINATION"
    outside = changed(zone({"app": "93.184.216.34"}))
    assert told(outside, NAME) == "reachable"
    assert told(changed(zone({"app": "93.184.216.34"}), no_route()), NAME) == "blocked NO_ROUTE_TO_DESTINATION"


def test_a_name_that_leads_to_a_database_takes_its_groups_and_its_port() -> None:
    estate = changed(database())
    address = estate["rds:orders-db"]["Endpoint"]["Address"]
    zone({"db CNAME": f"{address}."})(estate)
    assert told(estate, "db.corp.example") == told(estate, "rds:orders-db") == "reachable"
    egress(allow("tcp", 443, "0.0.0.0/0"))(estate)
    assert told(estate, "db.corp.example").startswith("blocked ENI_SG_RULES_MISMATCH")


@pytest.mark.parametrize("by", ["db CNAME", "db"])
def test_a_name_that_leads_to_a_service_takes_the_services_way(by: str) -> None:
    target = "sqs.eu-west-1.amazonaws.com"
    queue = zone({by: f"{target}." if "CNAME" in by else alias_to(target)})
    assert told(changed(queue), "db.corp.example") == "reachable"
    assert told(changed(queue, interface_endpoint("sqs", admits=None)), "db.corp.example") == (
        "blocked ENI_SG_RULES_MISMATCH"
    )


def test_an_alias_of_a_load_balancer_that_no_file_tells_is_open() -> None:
    balancer = alias_to("dualstack.internal-app-1234.eu-west-1.elb.amazonaws.com")
    assert told(changed(zone({"app": balancer})), NAME).startswith("unknown")


def test_what_an_alias_stands_for_is_no_business_of_the_clients_firewall() -> None:
    estate = changed(interface_endpoint("sqs", private_dns=False))
    zone({"app": alias_to(estate["vpce-sqs"]["DnsEntries"][0]["DnsName"])})(estate)
    estate.dns_firewall("a", blocks("*.vpce.amazonaws.com"))
    assert told(estate, NAME) == "reachable"
    assert told(estate, estate["vpce-sqs"]["DnsEntries"][0]["DnsName"]) == "blocked DNS_FIREWALL_BLOCK"


def test_a_dual_stack_function_must_reach_both_families_of_a_name() -> None:
    def named(**records: str) -> str:
        told_there = {key.replace("_", " "): value for key, value in records.items()}
        return told(changed(zone(told_there), start=dual_stack), NAME)

    peer_v4, peer_v6 = "10.0.2.100", "2600:1f18:0:2::50"
    address = dual_stack()["eni-peer"]["PrivateIpAddress"]
    assert address == peer_v4
    assert named(app=peer_v4, app_AAAA=peer_v6) == "reachable"
    assert named(app_AAAA=peer_v6) == "reachable"
    assert named(app=peer_v4) == "reachable"
    assert named(app=peer_v4, app_AAAA="2600:1f18:0:99::50").startswith("partial")


def test_a_name_that_nothing_knows_is_a_usage_error_unless_the_list_of_zones_is_missing() -> None:
    with pytest.raises(UsageError, match=r"api\.example\.com"):
        told(changed(), "api.example.com")
    for lost in (without, denied):
        assert told(changed(lost(f"{ZONES}/vpc-main.eu-west-1")), "api.example.com") == "unknown COLLECTION_FAILED"


def test_a_name_that_leads_to_what_two_things_are_called_is_an_error_and_not_the_internet() -> None:
    def twins(estate: Estate) -> None:
        for name in ("one", "two"):
            estate.rds_instance(name, subnets=["data-a"], groups=["data"])
            estate[f"rds:{name}"]["Endpoint"]["Address"] = "twin.partner.example"

    with pytest.raises(UsageError, match="more than one thing"):
        told(changed(twins, zone({"app CNAME": "twin.partner.example."})), NAME)


def test_a_name_of_a_zone_rests_on_the_rules_that_no_file_tells_k9() -> None:
    estate = changed(peer, zone({"app": "10.0.2.50"}), without("route53resolver/list-resolver-rule-associations"))
    assert ask(estate, NAME).assumptions == ("no resolver rules (not collected)",)
    assert told(estate, NAME, strict=True) == "unknown COLLECTION_FAILED"
    gone = changed(zone({}), without("route53resolver/list-resolver-rule-associations"))
    assert ask(gone, NAME).assumptions == ("no resolver rules (not collected)",)


def test_a_function_outside_every_vpc_asks_no_private_zone() -> None:
    estate = changed(peer, zone({"app": "10.0.2.50"}), lambda e: e.function("out"))
    assert told(estate, NAME, function="out") == "unknown UNKNOWN_DESTINATION"


def test_many_names_in_a_row_are_followed_to_their_end() -> None:
    chain = {f"n{index} CNAME": f"n{index + 1}.corp.example." for index in range(8)}
    assert told(changed(peer, zone({"app CNAME": "n0.corp.example.", **chain, "n8": "10.0.2.50"})), NAME) == "reachable"
