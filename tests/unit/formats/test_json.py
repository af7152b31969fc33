"""The report as JSON: what programs rely on."""

import json
from typing import Any

from tests.unit.formats.sample import BILLING, EMPTY, ORDERS, REPORT, function
from vpcreach.formats import json as report_json
from vpcreach.packets.address_map import AddressSet, Family
from vpcreach.reach.answer import Packets, Report, SubnetAnswer, Trace, Verdict


def told(report: Report = REPORT) -> Any:
    return json.loads(report_json.render(report))


def test_the_promised_keys_are_there() -> None:
    report = told()
    assert list(report) == ["schema", "functions", "gaps"]
    assert report["schema"] == "vpcreach.report/1"
    orders = report["functions"][3]
    assert list(orders) == ["name", "arn", "account", "region", "vpc", "findings", "destinations"]
    asked = orders["destinations"][0]
    assert {"destination", "verdict", "provisional", "assumptions", "subnets"} <= set(asked)
    subnet = asked["subnets"][0]
    promised = {"subnet", "verdict", "path", "return_path", "blockers", "unknowns", "failing"}
    assert promised <= set(subnet)
    assert set(subnet["path"][0]) == {"component", "kind", "detail"}
    assert {"code", "component", "entry", "message", "fix"} <= set(subnet["blockers"][0])
    assert set(subnet["failing"][0]) >= {"family", "protocol", "addresses", "ports", "client_ports"}
    assert {"code", "message", "component", "destination", "subnet", "fix"} <= set(orders["findings"][0])
    assert list(report["gaps"][0]) == ["call", "account", "region", "reason"]
    unknown = report["functions"][0]["destinations"][0]["subnets"][0]["unknowns"][0]
    assert {"code", "component", "entry", "message", "resolve"} <= set(unknown)


def test_every_object_of_a_kind_has_the_same_keys_even_when_empty() -> None:
    subnets = [s for f in told()["functions"] for d in f["destinations"] for s in d["subnets"]]
    assert len({tuple(subnet) for subnet in subnets}) == 1
    assert told(EMPTY) == {"schema": "vpcreach.report/1", "functions": [], "gaps": []}


def test_functions_are_sorted_by_arn_and_subnets_by_id() -> None:
    report = told(Report((ORDERS, BILLING), ()))
    assert [function["name"] for function in report["functions"]] == ["billing", "orders"]
    asked = report["functions"][1]["destinations"][0]
    assert [subnet["subnet"] for subnet in asked["subnets"]] == ["subnet-a", "subnet-b"]


def test_a_function_whose_subnets_are_gone_appears() -> None:
    assert told(Report((function("lonely"),), ()))["functions"][0]["destinations"] == []


def test_a_function_without_vpc_has_null_and_keeps_its_reasons() -> None:
    hello = told()["functions"][2]
    assert hello["vpc"] is None
    assert hello["destinations"][1]["subnets"] == []
    assert [blocker["code"] for blocker in hello["destinations"][1]["blockers"]] == ["NO_ROUTE_TO_DESTINATION"]


def test_findings_of_answers_stand_with_the_function() -> None:
    findings = told()["functions"][3]["findings"]
    assert [(f["code"], f["destination"], f["subnet"]) for f in findings] == [
        ("FUNCTION_IDLE", None, None),
        ("AVAILABILITY_ZONE_CROSSED", "internet", "subnet-b"),
    ]


def test_every_address_of_failing_packets_is_told() -> None:
    odd = AddressSet.of(Family.IPV4, ((address, address) for address in range(1, 40, 2)))
    packets = Packets(Family.IPV4, "tcp", odd, "443", "1024-65535", AddressSet.parse("10.0.0.4"))
    trace = Trace(packets, Verdict.BLOCKED, (), (), (), (), None, "")
    answer = ORDERS.answers[0].__class__(
        "internet", Verdict.BLOCKED, False, (), (SubnetAnswer("subnet-a", Verdict.BLOCKED, (trace,)),)
    )
    [failing] = told(Report((function("x", answer),), ()))["functions"][0]["destinations"][0]["subnets"][0]["failing"]
    assert failing["addresses"].split(", ") == [f"0.0.0.{n}" for n in range(1, 40, 2)]
    assert failing["sources"] == "10.0.0.4"


def test_it_is_indented_by_two_and_the_same_every_time() -> None:
    assert report_json.render(REPORT) == report_json.render(REPORT)
    assert report_json.render(REPORT).startswith('{\n  "schema": "vpcreach.report/1",\n  "functions": [\n    {\n')
    assert json.dumps(told(), indent=2, ensure_ascii=False) + "\n" == report_json.render(REPORT)
