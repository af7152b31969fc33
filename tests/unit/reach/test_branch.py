"""Branches: packets with one fate, of one sender after the other, and what is noted where they are."""

import pytest

from vpcreach.forwarding import (
    ASYMMETRIC_MIDDLEBOX_ROUTE,
    COLLECTION_FAILED,
    NO_POSSIBLE_DESTINATION,
    Effect,
    Leg,
    Note,
    Sender,
    Spot,
)
from vpcreach.packets.address_map import AddressSet
from vpcreach.packets.packet_set import Packet, PacketSet
from vpcreach.reach.answer import Step
from vpcreach.reach.branch import Branch, Certainty, Segment, concrete

FAILURE = NO_POSSIBLE_DESTINATION.fail("a", "", "lost")
DOUBT = COLLECTION_FAILED.unknown("a", "", "hidden")
ADVICE = NO_POSSIBLE_DESTINATION.advice("a", "", "worth knowing")
MISSED = ASYMMETRIC_MIDDLEBOX_ROUTE.fail("a", "", "another way")
OF_APP, OF_NAT = AddressSet.parse("10.0.1.0/24"), AddressSet.parse("10.0.0.5")
SOME, FEW = AddressSet.parse("8.0.0.0/8"), AddressSet.parse("8.8.8.8")
FUNCTION, NAT = (Sender(word, word, "vpc-main", "subnet-app-a", None) for word in ("function", "nat"))


def segment(source: AddressSet = OF_NAT, *, shares: bool = True, sender: Sender = NAT) -> Segment:
    return Segment(sender, source, 0b1100, SOME, shares_destination=shares)


def branch(*later: Segment, at: int = 0) -> Branch:
    """Packets of the function that stand in app-a, and of those who sent them on."""
    return Branch(0b11, (segment(OF_APP, sender=FUNCTION), *later), at, "vpc-main", "subnet-app-a")


def destinations(of: Branch) -> list[str]:
    return [str(each.destination) for each in of.segments]


def narrowed(of: Branch, leg: Leg = Leg.OUT) -> Branch:
    packets = of.packets(Leg.OUT).with_destination(FEW)
    return of.narrowed(leg, packets if leg is Leg.OUT else packets.reversed())


# Which packets


def test_a_branch_keeps_the_packets_that_a_gate_leaves_of_it() -> None:
    whole = branch().packets(Leg.OUT)
    for left in (
        PacketSet(whole.family, OF_APP, 0b1100, SOME, 0b01),
        PacketSet(whole.family, OF_APP, 0b0100, SOME, 0b11),
        PacketSet(whole.family, AddressSet.parse("10.0.1.0/25"), 0b1100, SOME, 0b11),
        PacketSet(whole.family, OF_APP, 0b1100, FEW, 0b11),
        PacketSet(whole.family, OF_APP, 0b1100, FEW, 0b01),
    ):
        assert branch().narrowed(Leg.OUT, left).packets(Leg.OUT) == left
        assert branch().narrowed(Leg.BACK, left.reversed()).packets(Leg.BACK) == left.reversed()


@pytest.mark.parametrize("at", range(3))
@pytest.mark.parametrize("leg", Leg)
def test_a_smaller_destination_holds_for_every_sender_who_shares_it(at: int, leg: Leg) -> None:
    assert destinations(narrowed(branch(segment(), segment(), at=at), leg)) == ["8.8.8.8"] * 3


@pytest.mark.parametrize(
    ("shared", "at", "expected"),
    [("nyn", 0, "fwww"), ("nyn", 1, "wffw"), ("nyn", 2, "wffw"), ("nyn", 3, "wwwf"), ("yn", 1, "ffw")],
)
def test_a_destination_is_shared_until_packets_are_translated_to_another_one(
    shared: str, at: int, expected: str
) -> None:
    chain = branch(*(segment(shares=each == "y") for each in shared), at=at)
    assert destinations(narrowed(chain)) == [{"f": "8.8.8.8", "w": "8.0.0.0/8"}[word] for word in expected]


# Notes


def test_a_blocker_is_noted_with_the_packets_that_it_stops_and_where_they_stand() -> None:
    spots = {leg: branch().noting((FAILURE,), leg=leg).notes[0].spot for leg in Leg}
    assert spots == {leg: Spot(branch().packets(leg), "vpc-main", "subnet-app-a", FUNCTION) for leg in Leg}


def test_doubts_and_advice_have_no_spot_and_a_spot_that_is_known_stays() -> None:
    assert [note.spot for note in branch().noting((DOUBT, ADVICE)).notes] == [None, None]
    [placed] = branch().noting((FAILURE,)).notes
    moved = branch().but(standing_in="subnet-other").noting((placed,))
    assert moved.notes[0].spot == placed.spot


def test_notes_and_assumptions_follow_each_other() -> None:
    found = branch().noting_beforehand((ADVICE,), ("first",)).noting((DOUBT,), ("second",)).noting((), ("third",))
    assert (found.notes, found.assumptions) == ((ADVICE, DOUBT), ("first", "second", "third"))
    assert branch().noting((DOUBT,), leg=Leg.BACK).notes[0].leg is Leg.BACK


@pytest.mark.parametrize(
    ("certainty", "note", "effect"),
    [
        pytest.param(Certainty.SURE, FAILURE, Effect.FAIL, id="K3-before"),
        pytest.param(Certainty.AT_UNVERIFIED_HOP, FAILURE, Effect.FAIL, id="K3-at-it"),
        pytest.param(Certainty.BEYOND_IT, FAILURE, Effect.UNKNOWN, id="K3-beyond"),
        pytest.param(Certainty.BEYOND_IT, ADVICE, Effect.ADVICE, id="K3-advice-beyond"),
        pytest.param(Certainty.BEYOND_IT, MISSED, Effect.FAIL, id="K3-answers-that-never-come-back"),
    ],
)
def test_a_fail_beyond_an_unverified_hop_is_no_proof(certainty: Certainty, note: Note, effect: Effect) -> None:
    assert branch().but(certainty=certainty).noting((note,)).notes[0].effect is effect


def test_packets_are_doubtful_beyond_the_hop_that_nobody_can_verify() -> None:
    after = [branch().but(certainty=each).doubted().certainty for each in Certainty]
    assert after == [Certainty.SURE, Certainty.BEYOND_IT, Certainty.BEYOND_IT]


def test_references_are_lost_behind_where_they_are_lost() -> None:
    lost = branch().losing(((FAILURE,), ())).losing(((), (DOUBT,))).losing(((DOUBT,), (FAILURE,))).losing(((), ()))
    assert (lost.references_lost, lost.outbound_lost) == ((FAILURE, DOUBT), (DOUBT, FAILURE))


# Segments


def test_a_middlebox_is_one_that_answers_must_come_back_through() -> None:
    out = branch().crossing("box", Leg.OUT, is_middlebox=True).crossing("hub", Leg.OUT, is_middlebox=False)
    assert (out.current.crossed, out.current.middleboxes, out.answers_through) == (("box", "hub"), ("box",), ())
    back = out.crossing("hub", Leg.BACK, is_middlebox=False).crossing("box", Leg.BACK, is_middlebox=True)
    assert back.answers_through == ("box",)
    assert back.current == out.current
    assert back.crossing("other", Leg.BACK, is_middlebox=True).answers_through == ("box", "other")


def test_a_segment_ends_where_the_packets_are() -> None:
    ended = branch().but(vpc_id="vpc-far").closing("nat", "subnet-far").current
    assert (ended.end, ended.end_subnet, ended.end_vpc) == ("nat", "subnet-far", "vpc-far")


def test_a_new_sender_counts_hops_anew_and_has_lost_no_references() -> None:
    second = branch().but(hops=3).losing(((FAILURE,), (FAILURE,))).opening(segment())
    assert (second.sender, second.segment, second.hops) == (NAT, 1, 0)
    assert (second.references_lost, second.outbound_lost) == ((), (FAILURE,))


def test_a_way_that_others_share_comes_after_what_happened_before_it() -> None:
    first, second = Step("sg", "group", "out"), Step("rtb", "table", "on")
    earlier = branch().stepping(Leg.OUT, first).noting((DOUBT,), ("before",)).but(without_references=(FAILURE,))
    later = branch().stepping(Leg.OUT, second).stepping(Leg.BACK, first).noting((ADVICE,), ("behind",))
    earlier, later = earlier.reading(Leg.OUT, str), later.reading(Leg.BACK, repr)
    whole = later.after(earlier)
    assert (whole.notes, whole.assumptions) == ((DOUBT, ADVICE), ("before", "behind"))
    assert (whole.path, whole.return_path) == ((first, second), (first,))
    assert [reading.instead for reading in whole.readings] == [str, repr]
    assert whole.without_references == (FAILURE,)


# One packet


@pytest.mark.parametrize(
    ("block", "host"),
    [
        pytest.param("10.0.0.0/24", "10.0.0.10", id="a subnet"),
        pytest.param("10.0.0.0/27", "10.0.0.10", id="a small one"),
        pytest.param("10.0.0.0/28", "10.0.0.0", id="a block that may be one of addresses"),
        pytest.param("10.0.0.7", "10.0.0.7", id="an address"),
    ],
)
def test_one_packet_of_a_subnet_comes_from_an_address_that_a_host_can_have(block: str, host: str) -> None:
    packets = PacketSet(OF_APP.family, AddressSet.parse(block), 0b1100, FEW, 0b11)
    out = concrete(packets, Leg.OUT, 6, 443, 1024)
    assert out == Packet(OF_APP.family, 6, AddressSet.parse(host).first, 1024, FEW.first, 443)
    assert concrete(packets.reversed(), Leg.BACK, 6, 443, 1024) == out.answer
