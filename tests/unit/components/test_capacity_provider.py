"""Lambda Managed Instances: the capacity provider's network, and the public addresses of its instances."""

import pytest

from tests.estates.asking import ask, finding_codes, function_report, snapshot_of, told
from tests.estates.builder import Estate, allow
from tests.unit.reach.worlds import Change, changed, database, denied, egress, no_route, route, without
from vpcreach.api import Analysis
from vpcreach.components.lambda_function import GET_CAPACITY_PROVIDER
from vpcreach.components.lambda_function.capacity_provider import CapacityProvider
from vpcreach.forwarding import Effect
from vpcreach.snapshot.call import Place

PROVIDER = "lambda/get-capacity-provider/fleet"
INSTANCES = "ec2/describe-instances"
UNKNOWN_ADDRESS = "unknown MANAGED_INSTANCE_ADDRESS_UNKNOWN"


def provider(**settings: object) -> Change:
    """`app` runs on a capacity provider in its own subnet app-a and group app."""
    chosen: dict[str, object] = {"subnets": ["app-a"], "groups": ["app"]} | settings

    def change(estate: Estate) -> None:
        estate.capacity_provider("fleet", **chosen)  # type: ignore[arg-type]
        estate.run_on("app", "fleet")

    return change


def instance(name: str = "one", **settings: object) -> Change:
    chosen: dict[str, object] = {"subnet": "app-a", "groups": ["app"]} | settings
    return lambda estate: estate.managed_instance(name, "fleet", **chosen)  # type: ignore[arg-type]


def told_of(destination: str, *changes: Change) -> str:
    return told(changed(provider(), *changes), destination)


to_internet_gateway = route("0.0.0.0/0", "igw-main")


@pytest.mark.item("A20")
def test_the_providers_subnets_and_groups_carry_the_packets() -> None:
    assert told_of("internet") == "reachable"
    report = function_report(changed(provider(), database()), "internet", "rds:orders-db")
    assert report.vpc_id == "vpc-main"
    assert [answer.verdict.value for answer in report.answers] == ["reachable", "reachable"]
    assert [subnet.subnet_id for subnet in report.answers[0].subnets] == ["subnet-app-a"]


@pytest.mark.item("A20")
def test_every_subnet_of_the_provider_counts() -> None:
    estate = changed(provider(subnets=["app-a", "public-a"]))
    assert {s.subnet_id: s.verdict.value for s in ask(estate, "internet").subnets} == {
        "subnet-app-a": "reachable",
        "subnet-public-a": "unknown",
    }


@pytest.mark.item("A20")
def test_the_functions_own_vpc_config_counts_for_nothing() -> None:
    estate = changed(provider(), no_route())
    estate["function:app"]["VpcConfig"] = {"SubnetIds": ["subnet-public-a"], "SecurityGroupIds": ["sg-app"]}
    [subnet] = ask(estate, "internet").subnets
    assert (subnet.subnet_id, subnet.verdict.value) == ("subnet-app-a", "blocked")


@pytest.mark.item("A20")
def test_a_provider_without_groups_has_the_default_one_of_its_vpc() -> None:
    assert told(changed(provider(groups=[])), "internet") == "reachable"
    assert told(changed(provider(groups=[]), egress(group="default")), "internet") == "blocked SG_HAS_NO_RULES"
    hidden = changed(provider(groups=[]), denied("ec2/describe-security-groups"))
    assert told(hidden, "internet") == "unknown COLLECTION_FAILED"


THROUGH_IGW = [
    pytest.param((instance(public_ip="52.0.0.9"),), "reachable", id="public"),
    pytest.param((instance(),), "blocked IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", id="private"),
    pytest.param((), UNKNOWN_ADDRESS, id="none-visible"),
    pytest.param((instance(public_ip="52.0.0.9"), instance("two")), UNKNOWN_ADDRESS, id="some-public"),
    pytest.param((instance(public_ip="52.0.0.9", subnet="data-a"),), UNKNOWN_ADDRESS, id="elsewhere"),
    pytest.param((instance(public_ip="52.0.0.9"), without(INSTANCES)), UNKNOWN_ADDRESS, id="not-collected"),
    pytest.param((instance(public_ip="52.0.0.9"), denied(INSTANCES)), UNKNOWN_ADDRESS, id="denied"),
    pytest.param(
        (instance(public_ip="52.0.0.9"), lambda e: e["i-one"]["State"].update(Name="terminated")),
        UNKNOWN_ADDRESS,
        id="gone",
    ),
    pytest.param(
        (instance(public_ip="52.0.0.9"), lambda e: e["i-one"]["Tags"].pop()), UNKNOWN_ADDRESS, id="of-somebody-else"
    ),
]


@pytest.mark.item("A20")
@pytest.mark.parametrize(("changes", "expected"), THROUGH_IGW)
def test_an_internet_gateway_takes_instances_that_have_a_public_address(
    changes: tuple[Change, ...], expected: str
) -> None:
    assert told_of("internet", to_internet_gateway, *changes) == expected


@pytest.mark.item("A20")
def test_a_standard_function_beside_the_instances_gains_nothing_from_their_addresses() -> None:
    estate = changed(provider(), to_internet_gateway, instance(public_ip="52.0.0.9"))
    estate.function("plain", subnets=["app-a"], groups=["app"])
    report = Analysis(snapshot_of(estate)).report(["internet"])
    assert {f.name: f.answers[0].verdict.value for f in report.functions} == {"app": "reachable", "plain": "blocked"}


@pytest.mark.item("A20")
def test_a_function_whose_provider_has_no_visible_instance_gains_nothing_from_another_beside_it() -> None:
    estate = changed(provider(), to_internet_gateway)
    estate.function("plain", subnets=["app-a"], groups=["app"])
    report = Analysis(snapshot_of(estate)).report(["internet"])
    assert {f.name: f.answers[0].verdict.value for f in report.functions} == {"app": "unknown", "plain": "blocked"}


@pytest.mark.item("A20")
def test_instances_of_another_provider_in_the_subnet_say_nothing() -> None:
    estate = changed(provider(), to_internet_gateway)
    estate.capacity_provider("other", subnets=["app-a"], groups=["app"])
    estate.managed_instance("theirs", "other", subnet="app-a", groups=["app"], public_ip="52.0.0.9")
    assert told(estate, "internet") == UNKNOWN_ADDRESS


@pytest.mark.item("A20", "A8")
def test_interfaces_of_instances_are_not_made_in_the_execution_roles_name() -> None:
    estate = changed(provider())
    estate.role("app")
    assert "EXECUTION_ROLE_MISSING_ENI_PERMISSIONS" not in finding_codes(ask(estate, "internet"))


@pytest.mark.item("A20", "F2")
def test_a_gateway_endpoint_serves_instances_as_it_serves_functions() -> None:
    def endpoint(estate: Estate) -> None:
        estate.drawn_vpc("main").gateway_endpoint("s3", service="s3", tables=["private"])

    assert told_of("s3", endpoint, no_route()) == "reachable"


def with_ipv6(*changes: Change) -> Estate:
    estate = changed()
    vpc = estate.vpc("six", "10.6.0.0/16", ipv6="2600:1f18:6::/56")
    vpc.subnet("six-a", "10.6.1.0/24", az="a", ipv6="2600:1f18:6:1::/64", table="six")
    vpc.internet_gateway("six")
    vpc.route_table("six", {"::/0": "igw-six"})
    estate.capacity_provider("fleet", subnets=["six-a"], groups=["six-default"])
    estate.drawn_vpc("six").set_rules("six-default", egress=[allow("-1", None, "0.0.0.0/0", "::/0")])
    estate.run_on("app", "fleet")
    for change in changes:
        change(estate)
    return estate


V6 = "[2606:4700::1111]:443"


@pytest.mark.item("A20")
def test_ipv6_through_an_internet_gateway_works_for_instances_that_have_an_address() -> None:
    six = instance(subnet="six-a", groups=["six-default"], ipv6="2600:1f18:6:1::9")
    bare = instance(subnet="six-a", groups=["six-default"])
    assert told(with_ipv6(six), V6) == "reachable"
    assert told(with_ipv6(bare), V6) == "blocked LAMBDA_IPV6_NOT_ENABLED"
    assert told(with_ipv6(), V6) == UNKNOWN_ADDRESS
    assert told_of(V6) == "blocked SUBNET_NOT_DUAL_STACK"


STATES = [
    ("Active", "reachable"),
    ("Pending", "unknown BAD_STATE"),
    ("Failed", "blocked BAD_STATE"),
    ("Deleting", "blocked BAD_STATE"),
    ("Tomorrow", "unknown BAD_STATE"),
]


@pytest.mark.item("A20")
@pytest.mark.parametrize(("state", "expected"), STATES)
def test_the_provider_must_be_active(state: str, expected: str) -> None:
    assert told(changed(provider(state=state)), "internet") == expected


HIDDEN = [
    pytest.param(without(PROVIDER), "not collected", id="absent"),
    pytest.param(denied(PROVIDER), "UnauthorizedOperation", id="denied"),
    pytest.param(
        lambda e: e.reply(PROVIDER)["CapacityProvider"]["VpcConfig"].update(SubnetIds=[]), "no subnet", id="no-subnets"
    ),
]


@pytest.mark.item("A20")
@pytest.mark.parametrize(("hide", "fact"), HIDDEN)
def test_an_unread_provider_leaves_everything_undecided(hide: Change, fact: str) -> None:
    estate = changed(provider(), hide)
    answer = ask(estate, "internet")
    assert told(estate, "internet") == "unknown UNKNOWN_RESOURCE"
    assert fact in answer.unknowns[0].message
    assert answer.unknowns[0].remedy == "collect lambda:GetCapacityProvider of fleet"


@pytest.mark.item("A20")
def test_a_file_named_by_the_providers_arn_serves_as_well() -> None:
    estate = changed(provider())
    reply = estate.reply(PROVIDER)
    estate.without(PROVIDER)
    estate.put("lambda/get-capacity-provider", reply, reply["CapacityProvider"]["CapacityProviderArn"])
    assert told(estate, "internet") == "reachable"


@pytest.mark.item("A20", "A13")
def test_the_functions_own_state_counts_on_instances_too() -> None:
    failed: Change = lambda estate: estate["function:app"].update(State="Failed")  # noqa: E731
    assert told_of("internet", failed) == "blocked FUNCTION_BAD_STATE"
    assert told(changed(provider(), failed, without(PROVIDER)), "internet") == (
        "blocked FUNCTION_BAD_STATE UNKNOWN_RESOURCE"
    )
    latest: Change = lambda estate: estate["function:app"].update(State="ActiveNonInvocable")  # noqa: E731
    assert told_of("internet", latest) == "unknown FUNCTION_STATE"


@pytest.mark.item("A20", "A14")
def test_a_full_subnet_stops_no_instance_that_is_there() -> None:
    full: Change = lambda estate: estate["subnet-app-a"].update(AvailableIpAddressCount=0)  # noqa: E731
    estate = changed(provider(), instance(), full)
    assert told(estate, "internet") == "reachable"
    assert "SUBNET_CANNOT_SCALE" in finding_codes(ask(estate, "internet"))
    assert told_of("internet", full) == "unknown SUBNET_OUT_OF_IP_ADDRESSES"


@pytest.mark.item("A21")
def test_a_kind_of_capacity_that_nobody_knows_yet_is_never_taken_for_a_standard_function() -> None:
    estate = changed(to_internet_gateway)
    estate["function:app"]["CapacityProviderConfig"] = {"LambdaTomorrowConfig": {"ConnectorArn": "arn:…"}}
    assert told(estate, "internet") == "unknown UNSUPPORTED_COMPONENT"


@pytest.mark.item("A20")
def test_the_collector_asks_for_each_provider_that_functions_name() -> None:
    assert GET_CAPACITY_PROVIDER.each is not None
    place = Place("111122223333", "eu-west-1")
    assert list(GET_CAPACITY_PROVIDER.each(snapshot_of(changed(provider())), place)) == [("fleet",)]
    assert list(GET_CAPACITY_PROVIDER.each(snapshot_of(changed()), place)) == []


@pytest.mark.parametrize(
    ("state", "effect"),
    [
        ("Active", None),
        ("Failed", Effect.FAIL),
        ("Deleting", Effect.FAIL),
        ("Pending", Effect.UNKNOWN),
        (None, Effect.UNKNOWN),
    ],
)
def test_the_state_of_a_provider_names_the_entry(state: str | None, effect: Effect | None) -> None:
    arn = "arn:aws:lambda:eu-west-1:111122223333:capacity-provider:fleet"
    fleet = CapacityProvider(capacity_provider_arn=arn, state=state)
    expected = [(effect, "BAD_STATE", arn, "State")] if effect else []
    assert [(note.effect, note.code, note.component, note.entry) for note in fleet.state_notes()] == expected
    assert [fleet.owns(tag) for tag in (arn, "fleet", "eet", "")] == [True, True, False, False]
