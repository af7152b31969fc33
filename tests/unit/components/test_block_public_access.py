"""I1: VPC Block Public Access, every row of its table, every gap, and who owns the setting."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from tests.unit.components.surroundings import ACCOUNT, HOME, FakeSurroundings, Thing, arrival_of, function_in
from vpcreach.components.block_public_access import EXCLUSIONS, OPTIONS, BlockPublicAccess, Mode, Standing
from vpcreach.components.subnet import Subnet
from vpcreach.components.vpc import Vpc
from vpcreach.forwarding import FREE, Component, Effect, Judgement, Leg, Sender
from vpcreach.snapshot.call import Call, Place
from vpcreach.snapshot.record import BlockPublicAccessStates

OFF, INGRESS, ALL = "off", "block-ingress", "block-bidirectional"
EGRESS, BIDIRECTIONAL = "allow-egress", "allow-bidirectional"
CODE = "VPC_BLOCK_PUBLIC_ACCESS_ENABLED"

IGW = Thing("igw-main", "internet_gateway")
EIGW = Thing("eigw-main", "egress_only_internet_gateway")
APP = function_in("subnet-app")
NAT = Sender("nat-a", "nat_gateway", "vpc-main", "subnet-public", groups=None)
REGIONAL = Sender("nat-r", "nat_gateway", "vpc-main", None, groups=None)
INSTANCE = Sender("eni-nat", "network_interface", "vpc-main", "subnet-public", groups=None)

Ask = tuple[Thing, Sender]
Replies = Mapping[Call[Any], object]
WAYS: dict[str, Ask] = {
    "nat": (IGW, NAT),
    "regional nat": (IGW, REGIONAL),
    "egress-only": (EIGW, APP),
    "direct": (IGW, APP),
}


def options(mode: str = ALL, state: str = "update-complete") -> dict[str, Any]:
    return {"VpcBlockPublicAccessOptions": {"InternetGatewayBlockMode": mode, "State": state}}


def exclusion(resource_id: str, mode: str = BIDIRECTIONAL, state: str = "create-complete") -> dict[str, str]:
    kind = resource_id.partition("-")[0]
    arn = f"arn:aws:ec2:eu-west-1:111122223333:{kind}/{resource_id}"
    return {"ExclusionId": "x-1", "ResourceArn": arn, "InternetGatewayExclusionMode": mode, "State": state}


def exclusions(*listed: dict[str, str]) -> dict[str, Any]:
    return {"VpcBlockPublicAccessExclusions": list(listed)}


def states(mode: str | None) -> BlockPublicAccessStates | None:
    return None if mode is None else BlockPublicAccessStates(mode)


def network(
    replies: Replies | None = None,
    *,
    vpc: str | None = None,
    app: str | None = None,
    public: str | None = None,
    owner: str | None = None,
    failed: Iterable[Call[Any]] = (),
) -> FakeSurroundings:
    """A VPC with two subnets; `vpc`, `app` and `public` are the modes that EC2 itself lists for them."""
    components: list[Component] = [
        Vpc(vpc_id="vpc-main", owner_id=owner, block_public_access_states=states(vpc)),
        Subnet(subnet_id="subnet-app", vpc_id="vpc-main", block_public_access_states=states(app)),
        Subnet(subnet_id="subnet-public", vpc_id="vpc-main", block_public_access_states=states(public)),
    ]
    return FakeSurroundings(components, replies, failed=failed)


def judge(around: FakeSurroundings, way: str | Ask) -> Judgement:
    component, sender = WAYS[way] if isinstance(way, str) else way
    return BlockPublicAccess().judge(component, arrival_of(sender, origin=APP), around)


def effects(judgement: Judgement) -> list[tuple[Effect, str]]:
    return [(note.effect, note.code) for note in judgement.notes]


TABLE = [
    pytest.param(OFF, None, {"nat", "regional nat", "egress-only", "direct"}, id="I1-off"),
    pytest.param(INGRESS, None, {"nat", "regional nat", "egress-only"}, id="I1-block-ingress"),
    pytest.param(ALL, None, set(), id="I1-block-bidirectional"),
    pytest.param(ALL, EGRESS, {"nat", "regional nat", "egress-only"}, id="I1-bidirectional-allow-egress"),
    pytest.param(
        ALL, BIDIRECTIONAL, {"nat", "regional nat", "egress-only", "direct"}, id="I1-bidirectional-allow-bidirectional"
    ),
    pytest.param(INGRESS, EGRESS, {"nat", "regional nat", "egress-only"}, id="I1-ingress-allow-egress-has-no-effect"),
    pytest.param(
        INGRESS, BIDIRECTIONAL, {"nat", "regional nat", "egress-only", "direct"}, id="I1-ingress-allow-bidirectional"
    ),
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("mode", "excluded", "passing"), TABLE)
def test_the_table_of_modes(mode: str, excluded: str | None, passing: set[str], way: str) -> None:
    listed = exclusions(exclusion("vpc-main", excluded)) if excluded else exclusions()
    judgement = judge(network({OPTIONS: options(mode), EXCLUSIONS: listed}), way)
    assert effects(judgement) == ([] if way in passing else [(Effect.FAIL, CODE)])
    assert judgement.assumptions == ()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("mode", [OFF, INGRESS, ALL])
def test_i1_the_mode_that_ec2_lists_needs_no_other_file(mode: str, way: str) -> None:
    around = network(vpc=mode, app=mode, public=mode, failed=[OPTIONS, EXCLUSIONS])
    passes = mode == OFF or (mode == INGRESS and way != "direct")
    expected = [] if passes else [(Effect.FAIL, CODE)]
    assert effects(judge(around, way)) == expected


def test_i1_a_failing_sentence_names_place_mode_gateway_and_sender() -> None:
    (note,) = judge(network({OPTIONS: options(ALL), EXCLUSIONS: exclusions()}), "nat").notes
    assert (note.component, note.entry, note.assumption) == ("subnet-public", "InternetGatewayBlockMode", None)
    assert all(word in note.message for word in ("subnet-public", ALL, "igw-main", "nat-a"))


class TestExclusionsOfOnePathThroughNat:
    """Disputed point 11: which subnet of a NAT path must be excluded."""

    @pytest.mark.parametrize(
        ("excluded", "expected"),
        [
            pytest.param([], [(Effect.FAIL, CODE)], id="I1-neither"),
            pytest.param(["subnet-app"], [(Effect.FAIL, CODE)], id="I1-function-only"),
            pytest.param(["subnet-public"], [(Effect.UNKNOWN, CODE)], id="I1-nat-only"),
            pytest.param(["subnet-public", "subnet-app"], [], id="I1-both"),
        ],
    )
    @pytest.mark.parametrize("sender", [NAT, pytest.param(INSTANCE, id="I1-nat-instance")])
    def test_subnets(self, sender: Sender, excluded: list[str], expected: list[tuple[Effect, str]]) -> None:
        replies: Replies = {OPTIONS: options(ALL), EXCLUSIONS: exclusions(*map(exclusion, excluded))}
        assert effects(judge(network(replies), (IGW, sender))) == expected

    def test_the_same_from_the_modes_that_ec2_lists(self) -> None:
        assert effects(judge(network(public=OFF, app=ALL), "nat")) == [(Effect.UNKNOWN, CODE)]
        assert effects(judge(network(public=ALL, app=OFF), "nat")) == [(Effect.FAIL, CODE)]
        assert effects(judge(network(public=INGRESS, app=INGRESS), "nat")) == []

    def test_a_nat_instance_counts_as_direct(self) -> None:
        replies: Replies = {OPTIONS: options(INGRESS), EXCLUSIONS: exclusions()}
        assert effects(judge(network(replies), (IGW, INSTANCE))) == [(Effect.FAIL, CODE)]


@dataclass(frozen=True)
class Endpoint(Thing):
    """A Gateway Load Balancer or firewall endpoint, which tells its VPC too."""

    vpc_id: str | None = None


class TestEndpointsOnTheWay:
    """AWS: the subnets of Gateway Load Balancer and firewall endpoints on the way must be excluded as well."""

    def passing(
        self, crossed: Thing, replies: Replies | None = None, *, before: bool = False, mode: str | None = None
    ) -> Judgement:
        """The judgement on packets of a function that is spared, which came by this thing in a subnet or VPC."""
        inspection = Vpc(vpc_id="vpc-inspection", block_public_access_states=states(mode))
        public = Vpc(vpc_id="vpc-main", block_public_access_states=states(OFF if mode else None))
        subnet = Subnet(subnet_id="subnet-fw", vpc_id="vpc-main", block_public_access_states=states(mode))
        app = Subnet(subnet_id="subnet-app", vpc_id="vpc-main", block_public_access_states=states(OFF))
        around = FakeSurroundings([inspection, public, subnet, app, crossed], replies)
        arrival = arrival_of(APP)
        way = {"crossed_before": (crossed.id,)} if before else {"has_crossed": (crossed.id,)}
        return BlockPublicAccess().judge(IGW, msgspec.structs.replace(arrival, **way), around)

    @pytest.mark.parametrize("kind", ["vpc_endpoint", "firewall_endpoint"])
    def test_i1_one_in_a_blocked_subnet_stops_the_packets(self, kind: str) -> None:
        (note,) = self.passing(Thing("vpce-fw", kind, "subnet-fw"), mode=ALL).notes
        assert (note.effect, note.code, note.component) == (Effect.FAIL, CODE, "subnet-fw")
        assert "vpce-fw" in note.message

    def test_i1_one_of_an_earlier_segment_leaves_it_open(self) -> None:
        (note,) = self.passing(Thing("vpce-fw", "firewall_endpoint", "subnet-fw"), mode=ALL, before=True).notes
        assert (note.effect, note.code, note.component) == (Effect.UNKNOWN, CODE, "subnet-fw")

    @pytest.mark.parametrize("before", [False, True])
    def test_i1_one_in_a_spared_subnet_does_no_harm(self, before: bool) -> None:
        assert self.passing(Thing("vpce-fw", "firewall_endpoint", "subnet-fw"), mode=OFF, before=before) == FREE

    def test_i1_only_the_endpoints_of_firewalls_count(self) -> None:
        assert self.passing(Thing("nat-a", "nat_gateway", "subnet-fw"), mode=ALL) == FREE

    @pytest.mark.parametrize(
        ("excluded", "expected"),
        [
            pytest.param(["subnet-fw"], [(Effect.UNKNOWN, CODE)], id="I1-its-subnet-alone"),
            pytest.param(["vpc-inspection"], [], id="I1-its-vpc"),
            pytest.param(["vpc-main"], [(Effect.FAIL, CODE)], id="I1-another-vpc"),
        ],
    )
    def test_the_exclusion_must_be_of_the_vpc_of_the_endpoint(
        self, excluded: list[str], expected: list[tuple[Effect, str]]
    ) -> None:
        endpoint = Endpoint("vpce-fw", "firewall_endpoint", "subnet-fw", "vpc-inspection")
        replies: Replies = {OPTIONS: options(ALL), EXCLUSIONS: exclusions(*map(exclusion, excluded))}
        assert effects(self.passing(endpoint, replies)) == expected

    @pytest.mark.parametrize(
        ("mode", "expected"), [(ALL, [(Effect.UNKNOWN, CODE)]), pytest.param(INGRESS, [], id="cannot-be-blocked")]
    )
    def test_i1_an_unsettled_exclusion_matters_where_all_may_be_blocked(
        self, mode: str, expected: list[tuple[Effect, str]]
    ) -> None:
        listed = exclusions(exclusion("vpc-main", state="delete-in-progress"))
        judgement = self.passing(
            Thing("vpce-fw", "vpc_endpoint", "subnet-fw"), {OPTIONS: options(mode), EXCLUSIONS: listed}
        )
        assert effects(judgement) == expected


class TestGaps:
    @pytest.mark.parametrize("way", WAYS)
    def test_i1_options_absent_is_an_assumption(self, way: str) -> None:
        assert judge(network(), way) == Judgement((), ("no VPC Block Public Access (not collected)",))

    @pytest.mark.parametrize("way", WAYS)
    def test_i1_options_denied_is_unknown_and_names_the_gap(self, way: str) -> None:
        judgement = judge(network(failed=[OPTIONS]), way)
        assert set(effects(judgement)) == {(Effect.UNKNOWN, "COLLECTION_FAILED")}
        assert "ec2:DescribeVpcBlockPublicAccessOptions" in judgement.notes[0].message
        assert "AccessDenied" in judgement.notes[0].message
        assert judgement.assumptions == ()

    @pytest.mark.parametrize("way", WAYS)
    def test_i1_exclusions_absent_fails_on_an_assumption(self, way: str) -> None:
        (note,) = judge(network({OPTIONS: options(ALL)}), way).notes
        assert (note.effect, note.code) == (Effect.FAIL, CODE)
        assert note.assumption == "no Block Public Access exclusion (not collected)"

    @pytest.mark.parametrize("way", WAYS)
    def test_i1_exclusions_denied_is_unknown(self, way: str) -> None:
        judgement = judge(network({OPTIONS: options(ALL)}, failed=[EXCLUSIONS]), way)
        assert set(effects(judgement)) == {(Effect.UNKNOWN, "COLLECTION_FAILED")}
        assert "ec2:DescribeVpcBlockPublicAccessExclusions" in judgement.notes[0].message

    def test_i1_exclusions_do_not_matter_where_no_mode_could_stop_the_packets(self) -> None:
        assert judge(network({OPTIONS: options(INGRESS)}, failed=[EXCLUSIONS]), "nat") == FREE
        assert judge(network({OPTIONS: options(OFF)}, failed=[EXCLUSIONS]), "direct") == FREE

    def test_i1_a_page_of_exclusions_counts_for_what_it_holds(self) -> None:
        page = exclusions(exclusion("vpc-main")) | {"NextToken": "more"}
        assert judge(network({OPTIONS: options(ALL), EXCLUSIONS: page}), "nat") == FREE
        page = exclusions() | {"NextToken": "more"}
        judgement = judge(network({OPTIONS: options(ALL), EXCLUSIONS: page}), "direct")
        assert effects(judgement) == [(Effect.UNKNOWN, "COLLECTION_FAILED")]

    def test_i1_a_mode_of_the_vpc_leaves_the_subnet_exclusions_to_be_read(self) -> None:
        replies: Replies = {EXCLUSIONS: exclusions(exclusion("subnet-public"), exclusion("subnet-app"))}
        assert judge(network(replies, vpc=ALL), "nat") == FREE
        assert effects(judge(network({EXCLUSIONS: exclusions()}, vpc=ALL), "nat")) == [(Effect.FAIL, CODE)]
        (note,) = judge(network(vpc=ALL), "direct").notes
        assert note.assumption == EXCLUSIONS.assumes


class TestUnsettled:
    @pytest.mark.parametrize("way", WAYS)
    def test_i1_an_update_in_progress(self, way: str) -> None:
        around = network({OPTIONS: options(OFF, "update-in-progress"), EXCLUSIONS: exclusions()})
        assert set(effects(judge(around, way))) == {(Effect.UNKNOWN, CODE)}

    @pytest.mark.parametrize("way", WAYS)
    def test_i1_a_mode_of_tomorrow(self, way: str) -> None:
        for around in (
            network({OPTIONS: options("block-some")}),
            network(app="block-some", public="block-some", vpc="?"),
        ):
            assert set(effects(judge(around, way))) == {(Effect.UNKNOWN, CODE)}

    @pytest.mark.parametrize("state", ["default-state", "update-complete"])
    def test_i1_a_mode_that_is_settled(self, state: str) -> None:
        around = network({OPTIONS: options(ALL, state), EXCLUSIONS: exclusions()})
        assert effects(judge(around, "direct")) == [(Effect.FAIL, CODE)]

    @pytest.mark.parametrize("state", ["create-in-progress", "update-failed", "delete-in-progress", "tomorrow"])
    def test_i1_an_exclusion_that_is_not_settled(self, state: str) -> None:
        listed = exclusions(exclusion("vpc-main", state=state))
        around = network({OPTIONS: options(ALL), EXCLUSIONS: listed})
        assert effects(judge(around, "direct")) == [(Effect.UNKNOWN, CODE)]

    def test_i1_an_exclusion_of_tomorrow(self) -> None:
        listed = exclusions(exclusion("vpc-main", "allow-some"))
        assert effects(judge(network({OPTIONS: options(ALL), EXCLUSIONS: listed}), "direct")) == [
            (Effect.UNKNOWN, CODE)
        ]

    @pytest.mark.parametrize("state", ["create-failed", "delete-complete", "disable-complete"])
    def test_i1_an_exclusion_without_effect(self, state: str) -> None:
        listed = exclusions(exclusion("vpc-main", state=state))
        assert effects(judge(network({OPTIONS: options(ALL), EXCLUSIONS: listed}), "nat")) == [(Effect.FAIL, CODE)]

    def test_i1_two_exclusions_that_differ(self) -> None:
        listed = exclusions(exclusion("vpc-main", BIDIRECTIONAL), exclusion("subnet-app", EGRESS))
        around = network({OPTIONS: options(ALL), EXCLUSIONS: listed})
        assert effects(judge(around, "direct")) == [(Effect.UNKNOWN, CODE)]
        assert effects(judge(around, "egress-only")) == []

    def test_i1_an_exclusion_that_contradicts_the_listed_mode(self) -> None:
        around = network({EXCLUSIONS: exclusions(exclusion("subnet-app", EGRESS))}, app=ALL)
        assert effects(judge(around, "egress-only")) == [(Effect.UNKNOWN, CODE)]
        assert effects(judge(around, "direct")) == [(Effect.FAIL, CODE)]


class TestSharedVpc:
    OWNER = "999988887777"

    @pytest.mark.parametrize("way", WAYS)
    def test_i1_the_owner_decides_and_was_not_collected(self, way: str) -> None:
        around = network({OPTIONS: options(OFF), EXCLUSIONS: exclusions()}, owner=self.OWNER)
        judgement = judge(around, way)
        assert set(effects(judgement)) == {(Effect.UNKNOWN, "COLLECTION_FAILED")}
        assert self.OWNER in judgement.notes[0].remedy

    def test_i1_a_listed_mode_holds_for_a_participant_too(self) -> None:
        assert judge(network(vpc=OFF, owner=self.OWNER), "nat") == FREE

    def test_i1_the_owner_itself(self) -> None:
        around = network({OPTIONS: options(OFF)}, owner="111122223333")
        assert judge(around, "direct") == FREE

    def test_i1_the_account_of_the_subnet_tells_where_no_file_lists_the_vpc(self) -> None:
        class TwoPlaces(FakeSurroundings):
            def place_of(self, component_id: str) -> Place:
                return HOME if component_id == "subnet-app" else Place(TestSharedVpc.OWNER, "eu-west-1")

        subnet = Subnet(subnet_id="subnet-app", vpc_id="vpc-main", owner_id=ACCOUNT)
        assert judge(TwoPlaces([subnet], {OPTIONS: options(OFF)}), "direct") == FREE

    def test_i1_a_vpc_that_cannot_be_read_may_have_any_owner(self) -> None:
        around = FakeSurroundings(replies={OPTIONS: options(OFF)}, place=Place("111122223333", "eu-west-1"))
        assert set(effects(judge(around, "direct"))) == {(Effect.UNKNOWN, "UNKNOWN_RESOURCE")}


@pytest.mark.parametrize("kind", ["nat_gateway", "transit_gateway", "vpc_endpoint", "vpc_peering_connection"])
def test_i1_other_ways_are_not_affected(kind: str) -> None:
    around = network({OPTIONS: options(ALL), EXCLUSIONS: exclusions()})
    assert judge(around, (Thing("x-1", kind), APP)) == FREE


def test_i1_answers_are_not_judged_again() -> None:
    around = network({OPTIONS: options(ALL), EXCLUSIONS: exclusions()})
    assert BlockPublicAccess().judge(IGW, arrival_of(APP, leg=Leg.BACK), around) == FREE


def test_i1_a_place_whose_mode_is_not_certain_must_say_why() -> None:
    assert Standing("vpc-main", frozenset({Mode.OFF})).doubt is None
    with pytest.raises(ValueError, match="no reason why"):
        Standing("vpc-main", frozenset(Mode))
