"""A function in subnets that another account shares: what only the owner can list (semantics A19, C18, F17)."""

import pytest

from tests.estates.asking import ask, told
from tests.estates.builder import Estate, combined
from tests.estates.sharing import participant
from tests.unit.reach.worlds import Change, changed, gateway_endpoint, interface_endpoint, main

OWNER, PARTICIPANT = "111122223333", "444455556666"
pytestmark = pytest.mark.item("A19")


def shared(*changes: Change) -> tuple[Estate, Estate]:
    """The owner of a VPC with a NAT gateway, and the account that has `app` in one of its subnets."""
    owner = changed(*changes)
    return owner, participant(owner, PARTICIPANT, function="app", groups=("sg-app",))


@pytest.mark.item("C18")
def test_the_owners_nat_gateway_is_unknown_and_names_the_owner() -> None:
    _, mine = shared()
    answer = ask(mine, "internet")
    assert told(mine, "internet") == "unknown UNKNOWN_RESOURCE"
    assert answer.unknowns[0].component == "nat-main"
    assert answer.unknowns[0].remedy == f"collect from account {OWNER}"


@pytest.mark.item("C18")
def test_with_the_owners_account_collected_the_way_is_known() -> None:
    owner, mine = shared()
    assert told(combined(owner, mine), "internet") == "reachable"
    owner["nat-main"]["State"] = "failed"
    assert told(combined(owner, mine), "internet") == "blocked BAD_STATE"


@pytest.mark.parametrize(
    ("target", "destination"),
    [("pcx-hidden", "10.9.0.1:443"), ("tgw-hidden", "10.9.0.1:443"), ("vpce-hidden", "10.9.0.1:443")],
)
def test_other_next_hops_of_the_owner_are_unknown(target: str, destination: str) -> None:
    def way(estate: Estate) -> None:
        estate.route_table("rtb-private").add_route("10.9.0.0/16", target)
        estate.undrawn.clear()

    _, mine = shared(way)
    assert told(mine, destination).split()[0] == "unknown"


@pytest.mark.item("F17")
def test_the_participants_list_of_endpoints_says_nothing_of_the_owners() -> None:
    _, mine = shared()
    for destination in ("s3", "service:sts"):
        answer = ask(mine, destination)
        assert answer.verdict.value == "unknown"
        assert any(note.remedy == f"collect from account {OWNER}" for note in answer.unknowns)


@pytest.mark.item("F17")
def test_the_owners_endpoints_count_where_the_owner_is_collected() -> None:
    owner, mine = shared(gateway_endpoint(), interface_endpoint("sts", admits=None))
    together = combined(owner, mine)
    assert told(together, "s3") == "reachable"
    assert told(together, "service:sts") == "blocked ENI_SG_RULES_MISMATCH"


@pytest.mark.item("F17", "K9")
def test_the_participants_lists_do_not_stand_in_for_those_of_a_collected_owner() -> None:
    owner, mine = shared(gateway_endpoint(), interface_endpoint("sts", admits=None))
    owner.denied("ec2/describe-vpc-endpoints")
    assert told(combined(owner, mine), "service:sts").startswith("unknown COLLECTION_FAILED")


def test_what_a_participant_sees_still_blocks() -> None:
    def closed(estate: Estate) -> None:
        main(estate).network_acl("app-a", subnets=["app-a"], inbound=[], outbound=[])

    _, mine = shared(closed)
    assert told(mine, "internet").startswith("blocked SUBNET_ACL_RESTRICTION")


def test_the_owners_block_public_access_applies() -> None:
    owner, mine = shared(lambda estate: estate.block_public_access("block-bidirectional"))
    assert told(combined(owner, mine), "internet") == "blocked VPC_BLOCK_PUBLIC_ACCESS_ENABLED"
    relaxed, other = shared()
    other.block_public_access("block-bidirectional")
    for record in (*other.reply("ec2/describe-vpcs")["Vpcs"], *other.reply("ec2/describe-subnets")["Subnets"]):
        record.pop("BlockPublicAccessStates", None)
    assert told(combined(relaxed, other), "internet") == "reachable"


def test_the_participants_empty_list_of_encryption_controls_is_none_of_the_owners() -> None:
    owner, mine = shared(lambda estate: estate.encryption_control("main"))
    for vpc in mine.reply("ec2/describe-vpcs")["Vpcs"]:
        vpc.pop("EncryptionControl", None)
    answer = ask(mine, "169.254.169.253:53/udp")
    assert (answer.verdict.value, answer.assumptions) == ("reachable", ("no VPC encryption control (not collected)",))
    assert told(combined(owner, mine), "internet").startswith("blocked ENCRYPTION_CONTROL_ENFORCED")
