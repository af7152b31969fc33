"""Fixes of the mistakes that people make: found, told in every language, and the best of their kind."""

import re
from functools import cache

import pytest
import yaml

from tests.estates.asking import snapshot_of
from tests.estates.builder import Estate
from tests.estates.hub_and_spoke import hub_and_spoke
from tests.estates.mistakes import MISTAKES, Mistake
from tests.estates.shop import shop
from tests.unit.components.test_vpc_peering import peered
from tests.unit.formats.edits.dry_cli import dry_parse
from tests.unit.formats.edits.templates import parses_as_cloudformation, parses_as_terraform
from tests.unit.reach.worlds import changed, dual_stack, main, no_route, record
from vpcreach.explain.edits import AddRule, Cost
from vpcreach.explain.repairs import Fix, Search
from vpcreach.formats.edits import written
from vpcreach.reach.reporting import Analysis


def fixes_for(analysis: Analysis, function: str, destination: str) -> tuple[Fix, ...]:
    arn = analysis.report([destination], [function]).functions[0].arn
    return Search(analysis, arn, destination, ("internet", "s3", "dynamodb")).fixes()


@cache
def tried(mistake: Mistake) -> tuple[Analysis, tuple[Fix, ...]]:
    """A mistake and its fixes, searched once for all tests."""
    analysis = Analysis(snapshot_of(mistake.draw()))
    return analysis, fixes_for(analysis, "app", mistake.question)


@pytest.mark.xdist_group("fixes of mistakes")
@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_every_usual_mistake_has_a_fix_that_can_be_typed(mistake: Mistake) -> None:
    analysis, fixes = tried(mistake)
    assert fixes
    for fix in fixes:
        dry_parse(written(fix.edits, "aws-cli", analysis.network))
        parses_as_terraform(written(fix.edits, "terraform", analysis.network))


@pytest.mark.xdist_group("fixes of mistakes")
def test_the_fixes_of_all_mistakes_are_one_valid_template() -> None:
    resources: dict[str, object] = {}
    for mistake in MISTAKES:
        analysis, fixes = tried(mistake)
        for number, fix in enumerate(fixes):
            mark = re.sub(r"\W|_", "", f"{mistake.name}{number}")
            for document in written(fix.edits, "cloudformation", analysis.network).split("---\n"):
                loaded = yaml.load(document, Loader=_Tags) or {}
                resources |= _renamed(loaded.get("Resources", {}), mark)
    assert len(resources) > len(MISTAKES)
    parses_as_cloudformation(yaml.safe_dump({"Resources": resources}, width=4000, sort_keys=False))


class _Tags(yaml.SafeLoader):
    """Reads `!Ref X` as {'Ref': X} and `!GetAtt X.Y` as {'Fn::GetAtt': …}, as CloudFormation does."""


_Tags.add_constructor("!Ref", lambda loader, node: {"Ref": node.value})
_Tags.add_constructor("!GetAtt", lambda loader, node: {"Fn::GetAtt": node.value.split(".")})


def _renamed(resources: dict[str, object], mark: str) -> dict[str, object]:
    """The resources under names that no other fix has, in references too."""

    def inner(value: object) -> object:
        if isinstance(value, dict):
            return {key: inner(each) for key, each in value.items()}
        if isinstance(value, list):
            return [inner(each) for each in value]
        return f"{value}{mark}" if isinstance(value, str) and value in resources else value

    return {f"{name}{mark}": inner(each) for name, each in resources.items()}


def test_a_group_is_named_before_addresses_and_a_prefix_list_before_everything() -> None:
    analysis = Analysis(snapshot_of(shop()))
    [fix] = fixes_for(analysis, "archive", "rds:orders-db")
    assert [edit.rule.peer for edit in fix.edits if isinstance(edit, AddRule)] == ["sg-orders-db", "sg-archive"]
    [fix] = fixes_for(analysis, "invoices", "s3")
    assert [edit.rule.peer for edit in fix.edits if isinstance(edit, AddRule)] == ["pl-s3"]


def test_a_rule_admits_one_port() -> None:
    [fix] = fixes_for(Analysis(snapshot_of(shop())), "reports", "rds:orders-db")
    [edit] = fix.edits
    assert isinstance(edit, AddRule)
    assert (edit.rule.protocol, edit.rule.first_port, edit.rule.last_port) == ("tcp", 5432, 5432)


@pytest.mark.xdist_group("fixes of mistakes")
def test_what_exists_serves_before_anything_new_and_new_things_name_their_cost() -> None:
    fixes = fixes_for(Analysis(snapshot_of(changed(no_route()))), "app", "internet")
    assert {fix.cost for fix in fixes} == {Cost.NONE}
    mistakes = {mistake.name: mistake for mistake in MISTAKES}
    costs = {}
    for name in ("no-nat-gateway", "no-endpoint-for-s3", "no-endpoint-for-sqs"):
        _, found = tried(mistakes[name])
        costs[name] = found[0].cost
    assert costs == {
        "no-nat-gateway": Cost.HOURLY,
        "no-endpoint-for-s3": Cost.FREE,
        "no-endpoint-for-sqs": Cost.HOURLY,
    }


def test_what_else_a_fix_opens_is_told_by_function_and_destination() -> None:
    fixes = fixes_for(Analysis(snapshot_of(shop())), "newsletter", "internet")
    assert [str(change) for change in fixes[0].opens] == [
        "newsletter → s3: blocked -> reachable",
        "newsletter → dynamodb: blocked -> reachable",
    ]


def told(estate: Estate, destination: str, function: str = "app") -> list[str]:
    fixes = fixes_for(Analysis(snapshot_of(estate)), function, destination)
    return ["; ".join(map(str, fix.edits)) for fix in fixes]


def test_a_nat_gateway_that_failed_is_left_for_another_or_for_a_new_one() -> None:
    failed = changed(record("nat-main", State="failed"))
    made = "make a NAT gateway (nat-new) with an Elastic IP in subnet-public-a"
    assert told(failed, "internet")[0] == f"{made}; point 0.0.0.0/0 of rtb-private at nat-new instead of nat-main"
    main(failed).nat_gateway("spare", subnet="public-a", public_ip="52.0.0.9")
    assert told(failed, "internet") == ["point 0.0.0.0/0 of rtb-private at nat-spare instead of nat-main"]


def test_a_private_nat_gateway_is_left_for_a_public_one() -> None:
    estate = changed(record("nat-main", ConnectivityType="private"))
    main(estate).nat_gateway("spare", subnet="public-a", public_ip="52.0.0.9")
    assert told(estate, "internet") == ["point 0.0.0.0/0 of rtb-private at nat-spare instead of nat-main"]


def _two_tables(estate: Estate) -> None:
    vpc = main(estate)
    for zone, block in (("a", "10.0.8.0/24"), ("b", "10.0.9.0/24")):
        vpc.subnet(f"lone-{zone}", block, az=zone, table=f"lone-{zone}")
        vpc.route_table(f"lone-{zone}", {"0.0.0.0/0": "nat-main"})
    estate.function("twofold", subnets=["lone-a", "lone-b"], groups=["app"])


def test_two_subnets_with_one_trouble_get_one_remedy_before_any_detour() -> None:
    [first, *_] = told(changed(_two_tables, record("nat-main", State="failed")), "internet", "twofold")
    assert first.startswith("make a NAT gateway")
    assert first.count("at nat-new instead of nat-main") == 2


def _in_a_public_subnet(estate: Estate) -> None:
    main(estate).subnet("public-b", "10.0.9.0/24", az="b", table="public-b")
    main(estate).route_table("public-b", {"0.0.0.0/0": "igw-main"})
    estate.move_function("app", subnets=["public-b"], groups=["app"])


def texts_of(fix: Fix) -> tuple[str, ...]:
    return tuple(caution.text for caution in fix.cautions)


def test_a_subnet_that_ceases_to_be_public_is_told() -> None:
    fixes = fixes_for(Analysis(snapshot_of(changed(_in_a_public_subnet))), "app", "internet")
    rerouted = [fix for fix in fixes if "rtb-public-b" in str(fix.edits[0])]
    assert {texts_of(fix) for fix in rerouted} == {
        ("subnet-public-b is public no longer: nothing there can be called from the internet any more",)
    }
    assert fixes[0].cautions == ()


def _alone_without_route(estate: Estate) -> None:
    """The function under a table of its own that has no route; `mate` beside it; databases under another such table."""
    vpc = main(estate)
    vpc.subnet("lone", "10.0.8.0/24", az="a", table="lone")
    vpc.route_table("lone")
    estate.move_function("app", subnets=["lone"], groups=["app"])
    estate.function("mate", subnets=["lone"], groups=["app"])
    vpc.route_table("private")


def test_a_function_s_own_table_is_opened_and_no_detour_opens_that_of_the_databases() -> None:
    fixes = fixes_for(Analysis(snapshot_of(changed(_alone_without_route))), "app", "internet")
    assert [str(edit) for edit in fixes[0].edits] == ["add to rtb-lone the route 0.0.0.0/0 -> nat-main"]
    assert [fix.cautions for fix in fixes] == [()] * len(fixes)


def test_no_detour_that_harms_somebody_is_offered_beside_a_shorter_way_that_does_not() -> None:
    fixes = fixes_for(Analysis(snapshot_of(dual_stack())), "app", "[2606:4700::1111]:443")
    assert [[str(edit) for edit in fix.edits] for fix in fixes] == [
        [
            "make an egress-only internet gateway (eigw-new) for vpc-main",
            "add to rtb-private the route ::/0 -> eigw-new",
        ]
    ]


def test_subnets_under_the_function_s_own_table_get_its_route_as_well_and_no_detour_is_better_for_it() -> None:
    first, *_ = fixes_for(Analysis(snapshot_of(changed(no_route()))), "app", "internet")
    assert [str(edit) for edit in first.edits] == ["add to rtb-private the route 0.0.0.0/0 -> nat-main"]
    told = "subnet-data-a, subnet-data-b get a default route as well: machines and databases there can call out then"
    assert texts_of(first) == (told,)


def test_a_way_into_another_network_that_a_fix_takes_away_is_told_and_comes_last() -> None:
    spokes = hub_and_spoke(accounts=1)
    spokes.hub.drop_route("spokes", "0.0.0.0/0")
    spokes.app.subnet("app-public", "10.1.2.0/24", table="app-public")
    spokes.app.internet_gateway("app")
    spokes.app.nat_gateway("app", subnet="app-public", public_ip="52.0.0.9")
    spokes.app.route_table("app-public", {"0.0.0.0/0": "igw-app"})
    first, second = fixes_for(Analysis(snapshot_of(spokes.here)), "app", "internet")
    assert (texts_of(first), str(second.edits[0])) == ((), "point 0.0.0.0/0 of rtb-app at nat-app instead of tgw-hub")
    lost = "what is reached that way and not compared below is lost"
    assert texts_of(second) == (f"0.0.0.0/0 leads from subnet-app to tgw-hub no longer: {lost}",)


def test_a_subnet_under_another_table_loses_the_ways_that_its_own_table_alone_has() -> None:
    estate = peered()
    vpc = estate.drawn_vpc("main")
    vpc.subnet("public", "10.0.0.0/24", table="public")
    vpc.internet_gateway("main")
    vpc.nat_gateway("main", subnet="public", public_ip="52.0.0.1")
    vpc.route_table("public", {"0.0.0.0/0": "igw-main"})
    vpc.subnet("other", "10.0.5.0/24", table="other")
    vpc.route_table("other", {"0.0.0.0/0": "nat-main"})
    fixes = fixes_for(Analysis(snapshot_of(estate)), "app", "internet")
    told = {str(fix.edits[0]): texts_of(fix) for fix in fixes}
    assert str(fixes[0].edits[0]) == "add to rtb-app the route 0.0.0.0/0 -> nat-main"
    lost = "10.1.0.0/16 leads from subnet-app to pcx-link no longer"
    assert told["associate subnet-app with rtb-other instead of rtb-app"] == (
        f"{lost}: what is reached that way and not compared below is lost",
    )


def test_one_new_gateway_endpoint_serves_all_tables() -> None:
    estate = changed(_two_tables, lambda estate: estate.remove("nat-main"))
    [first, *_] = told(estate, "s3", "twofold")
    made = "make a gateway endpoint (vpce-new-s3) for s3 in rtb-lone-"
    assert first == f"{made}a; {made}b"


def test_the_route_that_a_nat_gateway_needs_is_left_alone() -> None:
    estate = changed()
    estate.move_function("app", subnets=["public-a"], groups=["app"])
    assert not any("rtb-public at" in text for text in told(estate, "internet"))


@pytest.mark.parametrize("service", ["iam", "kinesis", "route53", "api.ecr"])
def test_an_endpoint_that_aws_does_not_have_is_not_offered(service: str) -> None:
    texts = told(changed(no_route(), lambda estate: estate.remove("nat-main")), f"service:{service}")
    assert texts
    assert not any("endpoint" in text for text in texts)


def test_an_acl_that_denies_with_its_first_number_loses_that_entry() -> None:
    estate = changed()
    everything = (2, "allow", "-1", None, None, "0.0.0.0/0")
    main(estate).network_acl(
        "tight", subnets=["app-a"], outbound=[(1, "deny", "tcp", 443, 443, "0.0.0.0/0"), everything]
    )
    assert told(estate, "internet") == ["remove from acl-tight: outbound rule 1"]
