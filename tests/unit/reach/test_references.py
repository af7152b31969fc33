"""Rules that name security groups: whom they match at either end of a way, and where on it they are lost (D6)."""

import pytest

from tests.estates.asking import snapshot_of
from tests.unit.reach.worlds import behind_nat
from vpcreach.api import Analysis
from vpcreach.components.nat_gateway import NatGateway
from vpcreach.components.security_group import SG_REFERENCES_NOT_PRESERVED, GroupSet
from vpcreach.components.transit_gateway import SG_REFERENCING_SUPPORT
from vpcreach.destinations.meaning import UNKNOWN_DESTINATION, Target
from vpcreach.forwarding import Hop, Note, Sender, Stop
from vpcreach.packets.address_map import AddressSet, Family
from vpcreach.packets.packet_set import PacketSet
from vpcreach.reach.branch import Branch, Segment
from vpcreach.reach.references import facing_sender, facing_target, lost_at, without_lost

pytestmark = pytest.mark.item("D6")

GROUPS = GroupSet(())
PRIVATE, PUBLIC = AddressSet.parse("10.0.2.50"), AddressSet.parse("8.8.8.8")
SOMEBODY = UNKNOWN_DESTINATION.unknown("it", "", "nobody knows what is there")
SURE = SG_REFERENCING_SUPPORT.fail("tgw", "", "off")
DOUBTFUL = SG_REFERENCING_SUPPORT.unknown("tgw", "", "not told")
NOTHING = AddressSet.empty(Family.IPV4)
HOP = Hop(PacketSet(Family.IPV4, NOTHING, 0, NOTHING, 0), Stop())


def branch(groups: frozenset[str] | None = frozenset({"sg-app"}), lost: tuple[Note, ...] = ()) -> Branch:
    sender = Sender("function", "function", "vpc-main", "subnet-app-a", groups)
    segment = Segment(sender, AddressSet.parse("10.0.1.0/24"), 1, PRIVATE)
    return Branch(1, (segment,), 0, "vpc-main", None, references_lost=lost)


@pytest.mark.parametrize(
    ("target", "peers", "is_hidden"),
    [
        pytest.param(Target(PRIVATE, "it", groups=frozenset({"sg-db"})), {"sg-db"}, False, id="of a known interface"),
        pytest.param(
            Target(PRIVATE, "it", groups=frozenset({"sg-db"}), at_arrival=SOMEBODY),
            {"sg-db"},
            False,
            id="of one that is not ready",
        ),
        pytest.param(Target(PRIVATE, "it", at_arrival=SOMEBODY), None, True, id="of a hidden interface"),
        pytest.param(Target(PRIVATE, "it"), None, False, id="of nobody"),
        pytest.param(Target(PUBLIC, "it", at_arrival=SOMEBODY), None, False, id="of a stranger on the internet"),
        pytest.param(Target(PUBLIC | PRIVATE, "it", at_arrival=SOMEBODY), None, True, id="of strangers and others"),
        pytest.param(
            Target(PUBLIC, "it", groups=frozenset({"sg-db"}), public_interface_id="eni-db"),
            None,
            False,
            id="of an interface at its public address",
        ),
    ],
)
def test_outbound_rules_match_the_groups_of_private_addresses_alone(
    target: Target, peers: set[str] | None, is_hidden: bool
) -> None:
    gate = facing_target(GROUPS, target, Analysis(snapshot_of(behind_nat())).network)
    assert (gate.peer_groups and set(gate.peer_groups), gate.is_peer_hidden) == (peers, is_hidden)


@pytest.mark.parametrize(
    ("lost", "is_translated", "is_hidden", "told"),
    [
        pytest.param((), False, False, (), id="kept"),
        pytest.param((SURE,), True, False, (SURE,), id="lost"),
        pytest.param((DOUBTFUL,), False, True, (DOUBTFUL,), id="perhaps lost"),
        pytest.param((DOUBTFUL, SURE), True, True, (SURE,), id="perhaps lost, then lost"),
    ],
)
def test_inbound_rules_match_the_senders_groups_where_they_are_not_lost(
    lost: tuple[Note, ...], is_translated: bool, is_hidden: bool, told: tuple[Note, ...]
) -> None:
    gate = facing_sender(GROUPS, branch(lost=lost))
    assert gate.peer_groups == frozenset({"sg-app"})
    assert (gate.is_peer_translated, gate.is_peer_hidden, gate.references_lost) == (is_translated, is_hidden, told)


def test_a_sender_that_translated_is_of_no_group() -> None:
    gate = facing_sender(GROUPS, branch(None))
    assert (gate.is_peer_translated, gate.is_peer_hidden, gate.references_lost) == (True, False, ())


def test_references_are_lost_at_translations_for_the_sender_and_at_appliances_for_both() -> None:
    nat = NatGateway("nat-main", "vpc-main")
    message = "rules that name a security group do not match what passes through nat-main"
    lost = SG_REFERENCES_NOT_PRESERVED.fail("nat-main", "", message)
    told = Hop(HOP.packets, Stop(), references_lost=SURE, outbound_lost=DOUBTFUL)
    assert lost_at(nat, HOP) == ((), ())
    assert lost_at(nat, told) == ((SURE,), (DOUBTFUL,))
    assert lost_at(nat, Hop(HOP.packets, Stop(), sender=branch().sender)) == ((), (lost,))
    assert lost_at(nat, Hop(HOP.packets, Stop(), is_middlebox=True)) == ((lost,), (lost,))
    assert lost_at(nat, Hop(HOP.packets, Stop(), is_middlebox=True, references_lost=SURE, outbound_lost=DOUBTFUL)) == (
        (SURE, lost),
        (DOUBTFUL, lost),
    )


REFUSED = SG_REFERENCES_NOT_PRESERVED.fail("sg-app", "", "no other rule")
PERHAPS = SG_REFERENCES_NOT_PRESERVED.unknown("sg-app", "", "another rule may admit it")


@pytest.mark.parametrize(
    ("otherwise", "lost", "told"),
    [
        pytest.param((), (SURE,), [], id="admitted by another rule too"),
        pytest.param((REFUSED,), (), [], id="not lost"),
        pytest.param((PERHAPS,), (), [], id="not lost, perhaps admitted by another rule"),
        pytest.param((REFUSED,), (DOUBTFUL, SURE), [SURE], id="lost for sure"),
        pytest.param((REFUSED,), (DOUBTFUL,), [DOUBTFUL], id="perhaps lost"),
        pytest.param((PERHAPS,), (SURE,), [PERHAPS], id="perhaps admitted by another rule"),
        pytest.param((PERHAPS, REFUSED), (SURE,), [SURE], id="admitted by no other rule"),
    ],
)
def test_what_left_by_a_rule_that_names_a_group_is_refused_where_such_rules_are_lost(
    otherwise: tuple[Note, ...], lost: tuple[Note, ...], told: list[Note]
) -> None:
    found = without_lost(branch().but(without_references=otherwise, outbound_lost=lost))
    assert list(found.notes) == told
