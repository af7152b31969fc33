"""Network ACLs: one numbered entry added or taken away."""

import pytest

from tests.estates.builder import Estate
from tests.estates.rules import AclRule
from tests.unit.explain.edits.trials import after, records, refusal, trial
from vpcreach.explain.edits import AddEntry, Entry, RemoveEntry

ALL: AclRule = (100, "allow", "-1", None, None, "0.0.0.0/0")


def estate(*outbound: AclRule) -> Estate:
    """A function under an ACL of its own."""
    drawn = Estate()
    vpc = drawn.vpc("main", "10.0.0.0/16")
    vpc.subnet("public-a", "10.0.0.0/24", table="public")
    vpc.subnet("app-a", "10.0.1.0/24", table="app", acl="app")
    vpc.network_acl("app", outbound=outbound)
    vpc.internet_gateway("main")
    vpc.nat_gateway("a", subnet="public-a")
    vpc.route_table("public", {"0.0.0.0/0": "igw-main"})
    vpc.route_table("app", {"0.0.0.0/0": "nat-a"})
    drawn.function("app", subnets=["app-a"])
    return drawn


def entry(number: int = 90, action: str = "deny", protocol: int | None = 6, *ports: int) -> Entry:
    first, last = ports or (None, None)
    return Entry("acl-app", False, number, action, protocol, "0.0.0.0/0", first, last)


def test_an_entry_before_the_one_that_allows_closes_the_way() -> None:
    edit = AddEntry(entry(90, "deny", 6, 443, 443))
    assert trial(estate(ALL), "internet", edit) == "reachable => blocked SUBNET_ACL_RESTRICTION"
    assert str(edit) == "add to acl-app: outbound rule 90 deny tcp/443 to 0.0.0.0/0"


def test_an_entry_behind_it_changes_nothing() -> None:
    assert trial(estate(ALL), "internet", AddEntry(entry(110))) == "reachable => reachable"


def test_an_entry_that_allows_opens_the_way() -> None:
    opened = AddEntry(entry(100, "allow", 6, 443, 443))
    assert trial(estate(), "internet", opened) == "blocked SUBNET_ACL_RESTRICTION => reachable"


def test_an_entry_taken_away_leaves_the_implicit_deny() -> None:
    edit = RemoveEntry("acl-app", False, 100)
    assert trial(estate(ALL), "internet", edit) == "reachable => blocked SUBNET_ACL_RESTRICTION"
    assert str(edit) == "remove from acl-app: outbound rule 100"


def test_both_directions_number_their_entries_apart() -> None:
    inbound = Entry("acl-app", True, 90, "deny", None, "0.0.0.0/0", None, None)
    assert trial(estate(ALL), "internet", AddEntry(entry(90, "allow")), AddEntry(inbound)).endswith(
        "=> blocked SUBNET_ACL_RESTRICTION"
    )
    assert str(AddEntry(inbound)) == "add to acl-app: inbound rule 90 deny all traffic from 0.0.0.0/0"


@pytest.mark.parametrize(
    ("protocol", "told"),
    [
        (6, {"Protocol": "6", "PortRange": {"From": 0, "To": 65535}}),
        (1, {"Protocol": "1", "IcmpTypeCode": {"Type": -1, "Code": -1}}),
        (None, {"Protocol": "-1"}),
        (50, {"Protocol": "50"}),
    ],
)
def test_an_entry_is_told_as_ec2_tells_it(protocol: int | None, told: dict[str, object]) -> None:
    common = {"Egress": True, "RuleNumber": 90, "RuleAction": "deny", "CidrBlock": "0.0.0.0/0"}
    edited = after(estate(), AddEntry(entry(90, "deny", protocol)))
    [acl] = [acl for acl in records(edited, "describe-network-acls") if acl["NetworkAclId"] == "acl-app"]
    assert common | told in acl["Entries"]


def test_a_number_that_is_taken_or_out_of_range_is_refused() -> None:
    taken = "acl-app has an outbound rule 100 already; remove it first, or take another number"
    assert refusal(estate(ALL), AddEntry(entry(100))) == taken
    assert refusal(estate(), AddEntry(entry(32767))) == "32767 is no number of a rule; AWS takes 1 to 32766"
    assert refusal(estate(), AddEntry(entry(0))) == "0 is no number of a rule; AWS takes 1 to 32766"
    assert trial(estate(ALL), "internet", RemoveEntry("acl-app", False, 100), AddEntry(entry(100, "allow"))).endswith(
        "=> reachable"
    )


@pytest.mark.parametrize("number", [95, 32767])
def test_an_entry_that_is_not_there_or_that_nobody_wrote_is_refused(number: int) -> None:
    assert refusal(estate(ALL), RemoveEntry("acl-app", False, number)) == (
        f"acl-app has no outbound rule {number} that one can remove; its outbound rules are: 100"
    )


def test_an_acl_that_does_not_exist_is_refused() -> None:
    unknown = 'acl-apq is not in the snapshot; did you mean "acl-app"?'
    assert refusal(estate(), RemoveEntry("acl-apq", True, 100)) == unknown
    assert refusal(estate(), AddEntry(Entry("acl-apq", True, 1, "deny", None, "::/0", None, None))) == unknown
