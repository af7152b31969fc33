"""A function's group that belongs to another VPC (semantics D10)."""

import pytest

from tests.estates.asking import ask, finding_codes, told
from tests.estates.builder import Estate
from tests.unit.reach.worlds import Change, changed, denied, unfinished, without

pytestmark = pytest.mark.item("D10")
CALL = "ec2/describe-security-group-vpc-associations"


def borrowed(state: str | None = "associated", *changes: Change) -> Estate:
    """`app` in group `far` of another VPC; the state of its association with the function's VPC (None: it has none)."""
    estate = changed()
    estate.vpc("far", "10.9.0.0/16").security_group("far")
    estate["function:app"]["VpcConfig"]["SecurityGroupIds"] = ["sg-far"]
    if state is not None:
        record = {"GroupId": "sg-far", "VpcId": "vpc-main", "VpcOwnerId": estate.account, "State": state}
        estate.reply(CALL)["SecurityGroupVpcAssociations"].append(record)
    for change in changes:
        change(estate)
    return estate


STATES = [
    ("associated", "reachable"),
    ("associating", "blocked UNASSOCIATED_COMPONENT"),
    ("association-failed", "blocked UNASSOCIATED_COMPONENT"),
    ("disassociating", "blocked UNASSOCIATED_COMPONENT"),
    ("disassociated", "blocked UNASSOCIATED_COMPONENT"),
    ("disassociation-failed", "blocked UNASSOCIATED_COMPONENT"),
    ("tomorrow", "unknown UNASSOCIATED_COMPONENT"),
    (None, "blocked UNASSOCIATED_COMPONENT"),
]


@pytest.mark.parametrize(("state", "expected"), STATES, ids=str)
def test_a_group_of_another_vpc_counts_where_it_is_associated(state: str | None, expected: str) -> None:
    assert told(borrowed(state), "internet") == expected


def test_that_it_is_one_is_worth_knowing() -> None:
    assert "SG_OF_ANOTHER_VPC" in finding_codes(ask(borrowed(), "internet"))
    assert "SG_OF_ANOTHER_VPC" not in finding_codes(ask(changed(), "internet"))


def test_its_rules_are_read_like_those_of_any_group() -> None:
    def silent(estate: Estate) -> None:
        estate.drawn_vpc("far").set_rules("far", egress=[])

    assert told(borrowed("associated", silent), "internet") == "blocked SG_HAS_NO_RULES"
    assert told(borrowed("associated", silent, without(CALL)), "internet") == (
        "blocked SG_HAS_NO_RULES COLLECTION_FAILED"
    )


def test_an_association_with_some_other_vpc_or_of_another_group_is_none() -> None:
    def elsewhere(estate: Estate) -> None:
        estate.reply(CALL)["SecurityGroupVpcAssociations"][0]["VpcId"] = "vpc-third"

    def of_another(estate: Estate) -> None:
        estate.reply(CALL)["SecurityGroupVpcAssociations"][0]["GroupId"] = "sg-third"

    assert told(borrowed("associated", elsewhere), "internet") == "blocked UNASSOCIATED_COMPONENT"
    assert told(borrowed("associated", of_another), "internet") == "blocked UNASSOCIATED_COMPONENT"


HIDDEN = [
    pytest.param(without(CALL), id="absent"),
    pytest.param(denied(CALL), id="denied"),
    pytest.param(lambda e: e.narrowed(CALL, ["vpc-far"]), id="narrowed-to-another-vpc"),
]


@pytest.mark.parametrize("hide", HIDDEN)
def test_an_unread_list_of_associations_leaves_it_open(hide: Change) -> None:
    assert told(borrowed(None, hide), "internet") == "unknown COLLECTION_FAILED"


def test_what_a_cut_list_lacks_is_not_known_to_be_missing() -> None:
    assert told(borrowed(None, unfinished(CALL)), "internet") == "unknown COLLECTION_FAILED"


def test_a_function_in_its_own_vpcs_groups_needs_no_such_list() -> None:
    assert told(changed(without(CALL)), "internet") == "reachable"
