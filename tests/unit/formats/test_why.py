"""One answer in full."""

from tests.unit.formats.sample import AUDIT, BILLING, HELLO, ORDERS
from vpcreach.explain.story import Compared, Story
from vpcreach.formats import why
from vpcreach.network.network import Network
from vpcreach.reach.answer import FunctionReport
from vpcreach.snapshot.snapshot import Snapshot


def told(function: FunctionReport) -> str:
    """The stories of a function's answers; nothing is known of what things are called."""
    network = Network(Snapshot({}))
    compared = Compared(1, ("internet",), 0)
    stories = (Story(function, answer, (), None, compared, network) for answer in function.answers)
    return "\n".join(why.render(story) for story in stories)


def test_the_way_is_told_step_by_step_out_and_back() -> None:
    lines = told(ORDERS).splitlines()
    out, back = lines.index("  the way out:"), lines.index("  the way back:")
    assert lines[out + 1].split() == ["1.", "rtb-a", "route", "table", "0.0.0.0/0", "->", "nat-1"]
    assert lines[back + 1].split()[:3] == ["1.", "igw-1", "internet"]


def test_subnets_are_told_together_only_where_their_story_is_the_same() -> None:
    assert "subnet-a, subnet-b: BLOCKED" in told(BILLING).splitlines()
    assert "subnet-a: BLOCKED" in told(ORDERS).splitlines()


def test_a_blocker_comes_with_remedy_and_the_page_of_aws() -> None:
    story = told(BILLING)
    assert "[ROUTING_LOOP]" in story
    assert "      remedy: move the gateway" in story
    assert "      AWS: https://aws.example/nat" in story


def test_a_doubt_comes_with_what_would_settle_it() -> None:
    story = told(AUDIT)
    assert "  not decided because:\n    the network ACL of subnet-c is not known" in story
    assert "What would settle it:\n  - grant the permission and collect again" in story


def test_packets_of_different_fate_are_told_apart_the_worst_first() -> None:
    story = told(AUDIT)
    assert 0 < story.index("  blocked: tcp/443 to 128.0.0.0/1") < story.index("  reachable: tcp/443 to 1.0.0.0/8")


def test_assumptions_and_findings_are_part_of_the_story() -> None:
    story = told(ORDERS)
    assert "Assumed, because the snapshot does not tell:\n  no VPC Block Public Access (not collected)" in story
    assert "[AVAILABILITY_ZONE_CROSSED]" in story
    assert "[FUNCTION_IDLE]" in story


def test_a_function_without_vpc_has_a_story_too() -> None:
    story = told(HELLO)
    assert "The function is not attached to a VPC." in story
    assert "Without a subnet: BLOCKED" in story
