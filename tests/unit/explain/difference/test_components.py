"""Which components differ between two snapshots, and in which entries."""

import json

import pytest

from tests.estates.asking import snapshot_of
from tests.estates.builder import Estate, allow, combined
from tests.unit.explain.difference.worlds import between, told
from tests.unit.reach.worlds import (
    Change,
    acl,
    behind_nat,
    changed,
    database,
    denied,
    egress,
    forgotten,
    interface,
    main,
    no_route,
    prefix_list,
    record,
    route,
    unfinished,
    without,
)
from vpcreach.explain.difference import Presence, Reverter
from vpcreach.explain.difference.components import component_changes
from vpcreach.network.network import Network
from vpcreach.snapshot.snapshot import Snapshot

HOME = "111122223333/eu-west-1"
ENTRIES = [
    pytest.param(route("0.0.0.0/0", "igw-main"), ["rtb-private: route 0.0.0.0/0: nat-main -> igw-main"], id="a route"),
    pytest.param(no_route(), ["rtb-private: route 0.0.0.0/0 -> nat-main removed"], id="a route removed"),
    pytest.param(
        route("0.0.0.0/0", ("nat-main", "blackhole")),
        ["rtb-private: route 0.0.0.0/0: nat-main -> nat-main (blackhole)"],
        id="a blackhole",
    ),
    pytest.param(
        egress(allow("tcp", 443)),
        ["sg-app: rule outbound all traffic to 0.0.0.0/0 removed; rule outbound tcp/443 to 0.0.0.0/0 added"],
        id="rules of a group",
    ),
    pytest.param(
        acl("app-a", inbound=[(90, "deny", "tcp", 443, 443, "0.0.0.0/0")]),
        [
            "acl-app-a came",
            "acl-main-default: association with subnet-app-a removed",
        ],
        id="an ACL of its own",
    ),
    pytest.param(record("nat-main", State="failed"), ["nat-main: State: available -> failed"], id="a state"),
    pytest.param(
        lambda estate: main(estate).set_dns(support=False),
        ["vpc-main enableDnsSupport: EnableDnsSupport.Value: true -> false"],
        id="an attribute",
    ),
    pytest.param(
        lambda estate: estate.move_function("app", subnets=["data-a"], groups=["app"]),
        [
            "app: VpcConfig.SubnetIds subnet-app-a removed; VpcConfig.SubnetIds subnet-data-a added",
            "eni-lambda-app-a-app went",
            "eni-lambda-data-a-app came",
        ],
        id="a function",
    ),
]


@pytest.mark.parametrize(("change", "words"), ENTRIES)
def test_a_change_names_the_very_entries(change: Change, words: list[str]) -> None:
    assert told(change) == words


def test_a_setting_of_the_region_is_told() -> None:
    found = told(lambda estate: estate.block_public_access("block-bidirectional"))
    assert f"{HOME}: VpcBlockPublicAccessOptions.InternetGatewayBlockMode: off -> block-bidirectional" in "\n".join(
        found
    )


def test_a_rule_of_an_acl_is_told_by_its_number() -> None:
    rule = (90, "deny", "tcp", 443, 443, "0.0.0.0/0")
    before, after = (
        changed(acl("app-a")),
        changed(acl("app-a", outbound=[rule, (100, "allow", "-1", None, None, "0.0.0.0/0")])),
    )
    [found] = component_changes(*(Network(snapshot_of(estate)) for estate in (before, after)))
    assert "outbound rule 90 deny tcp/443 to 0.0.0.0/0 added" in str(found)


def test_an_entry_of_a_prefix_list_is_told() -> None:
    def longer(estate: Estate) -> None:
        path = "ec2/get-managed-prefix-list-entries/pl-mine"
        estate.reply(path)["Entries"].append({"Cidr": "8.8.8.0/24"})

    assert told(longer, before=(prefix_list("mine", "10.9.0.0/16"),)) == ["pl-mine: entry 8.8.8.0/24 added"]


def test_a_prefix_list_that_came_brings_its_entries() -> None:
    assert told(prefix_list("mine", "10.9.0.0/16")) == ["pl-mine came"]


def test_a_resource_of_another_api_is_told() -> None:
    found = told(record("rds:orders-db", DBInstanceStatus="stopped"), before=(database(),))
    assert found == ["orders-db: DBInstanceStatus: available -> stopped"]


def test_what_decides_nothing_is_no_change() -> None:
    def touch(estate: Estate) -> None:
        estate["function:app"].update(LastModified="2026-02-02", CodeSha256="other", Description="new words")
        estate["subnet-app-a"]["AvailableIpAddressCount"] = 17
        estate["sg-app"]["Description"] = "other words"

    assert told(touch) == []


def test_a_tag_that_nothing_reads_is_no_change() -> None:
    tag = [{"Key": "owner", "Value": "somebody else"}]
    assert told(lambda estate: estate["subnet-app-a"]["Tags"].extend(tag)) == []


def test_a_subnet_that_ran_out_of_addresses_has_changed() -> None:
    found = told(record("subnet-app-a", AvailableIpAddressCount=0))
    assert found == ["subnet-app-a: AvailableIpAddressCount: some -> none"]


def test_the_order_in_which_aws_lists_things_is_no_change() -> None:
    def shuffled(estate: Estate) -> None:
        for path in ("ec2/describe-route-tables", "ec2/describe-subnets", "ec2/describe-security-groups"):
            for held in estate.reply(path).values():
                held.reverse()
        estate["rtb-private"]["Routes"].reverse()
        estate["acl-main-default"]["Entries"].reverse()

    assert told(shuffled) == []


def test_a_refused_call_is_one_change_and_no_deletion() -> None:
    found = between(denied("ec2/describe-nat-gateways")).changes
    assert [(change.kind, change.presence) for change in found] == [("reply", Presence.CHANGED)]
    assert str(found[0]) == (f"ec2:DescribeNatGateways in {HOME}: collected -> refused (UnauthorizedOperation)")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (without("ec2/describe-nat-gateways"), "ec2:DescribeNatGateways in {}: collected -> not collected"),
        (unfinished("ec2/describe-subnets"), "ec2:DescribeSubnets in {}: collected -> some pages are missing"),
        (
            without("lambda/get-function-configuration"),
            "lambda:GetFunctionConfiguration in {}: collected -> not collected",
        ),
        (
            lambda estate: estate.narrowed("ec2/describe-subnets", ["main"]),
            "ec2:DescribeSubnets in {}: collected -> collected for vpc-main alone",
        ),
    ],
)
def test_a_reply_that_is_not_whole_is_one_change(change: Change, words: str) -> None:
    assert told(change) == [words.format(HOME)]


def test_a_function_that_went_takes_its_own_replies_with_it() -> None:
    found = between(lambda estate: estate.remove("function:app")).changes
    assert [str(change) for change in found if change.kind != "network_interface"] == ["app went"]


def test_a_thing_that_two_accounts_tell_of_is_one_component() -> None:
    def drawn(*changes: Change) -> dict[str, bytes]:
        estate = changed(*changes)
        files = estate.files()
        path = f"{HOME}/ec2/describe-route-tables.json"
        return {**files, path.replace("111122223333", "444455556666", 1): files[path]}

    old, new = (Network(snapshot_of(files)) for files in (drawn(), drawn(route("8.8.8.0/24", "nat-main"))))
    [found] = component_changes(old, new)
    assert found.component == "rtb-private"
    assert len(found.pieces) == 2
    assert component_changes(old, Network(Reverter(new.snapshot).reverted([found]))) == ()


ALL: list[Change] = [
    route("0.0.0.0/0", "igw-main"),
    denied("ec2/describe-nat-gateways"),
    without("lambda/get-function-configuration"),
    unfinished("ec2/describe-subnets"),
    forgotten("sg-data"),
    prefix_list("mine", "10.9.0.0/16"),
    interface(),
    database(),
    lambda estate: estate.narrowed("ec2/describe-subnets", ["main"]),
    lambda estate: estate.remove("nat-main"),
    lambda estate: estate.remove("function:app"),
    lambda estate: estate.role("runner"),
]


@pytest.mark.parametrize("change", ALL)
def test_with_every_change_taken_back_nothing_differs(change: Change) -> None:
    for start, end in ((behind_nat(), changed(change)), (changed(change), behind_nat())):
        old, new = snapshot_of(start), snapshot_of(end)
        changes = component_changes(Network(old), Network(new))
        assert changes
        back = Reverter(new).reverted(changes)
        assert component_changes(Network(old), Network(back)) == ()


def test_another_account_that_came_is_told_by_its_things() -> None:
    other = Estate("444455556666")
    other.vpc("other", "10.8.0.0/16")
    old = Network(snapshot_of(behind_nat()))
    new = Network(snapshot_of(combined(behind_nat(), other)))
    assert {change.where.partition("/")[0] for change in component_changes(old, new)} == {"444455556666"}


def test_a_file_that_nothing_reads_is_no_change() -> None:
    files = behind_nat().files()
    path = f"{HOME}/ec2/describe-key-pairs.json"
    old, new = Snapshot(files), Snapshot({**files, path: json.dumps({"KeyPairs": [1]}).encode()})
    assert component_changes(Network(old), Network(new)) == ()
