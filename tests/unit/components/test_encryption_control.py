"""I2: VPC encryption controls, each kind of component, each state, each gap."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from tests.unit.components.surroundings import HOME, FakeSurroundings, Thing, arrival_of, function_in
from vpcreach.components.encryption_control import (
    DESCRIBE_VPC_ENCRYPTION_CONTROLS,
    KINDS,
    EncryptionControls,
    refusal,
)
from vpcreach.components.vpc import Vpc
from vpcreach.components.vpc_peering import PeeringSide, VpcPeeringConnection
from vpcreach.errors import SnapshotError
from vpcreach.forwarding import FREE, Effect, Judgement, Leg
from vpcreach.snapshot.call import Place

CALL = DESCRIBE_VPC_ENCRYPTION_CONTROLS
CODE = "ENCRYPTION_CONTROL_ENFORCED"
APP = function_in("subnet-app")


def control(
    mode: str = "enforce", state: str = "available", exclusions: dict[str, str] | None = None, vpc_id: str = "vpc-main"
) -> dict[str, Any]:
    listed = {name: "disabled" for name, _ in KINDS.values()} | (exclusions or {})
    return {
        "VpcId": vpc_id,
        "VpcEncryptionControlId": "vpcec-1",
        "Mode": mode,
        "State": state,
        "ResourceExclusions": {name: {"State": each} for name, each in listed.items()},
    }


def listing(*controls: dict[str, Any]) -> FakeSurroundings:
    return network({"VpcEncryptionControls": list(controls)})


def network(reply: object = None, **more: Any) -> FakeSurroundings:
    """Two VPCs whose records are silent; `reply` is the file of the call, None where there is none."""
    vpcs = [Thing("vpc-main", "vpc"), Thing("vpc-peer", "vpc")]
    return FakeSurroundings(vpcs, {} if reply is None else {CALL: reply}, **more)


@dataclass(frozen=True)
class VpcWithControl(Thing):
    """A VPC whose record brings its encryption control along, undecoded."""

    encryption_control: bytes | None = None


def in_record(text: str | None, *, replies: dict[Any, object] | None = None) -> FakeSurroundings:
    vpc = VpcWithControl("vpc-main", "vpc", encryption_control=None if text is None else text.encode())
    return FakeSurroundings([vpc], replies)


def judge(
    around: FakeSurroundings, kind: str = "nat_gateway", leg: Leg = Leg.OUT, vpc_id: str = "vpc-main"
) -> Judgement:
    return EncryptionControls().judge(Thing("x-1", kind), arrival_of(APP, leg=leg, vpc_id=vpc_id), around)


def effects(judgement: Judgement) -> list[tuple[Effect, str]]:
    return [(note.effect, note.code) for note in judgement.notes]


@pytest.mark.parametrize("kind", KINDS)
def test_i2_enforce_refuses_each_kind_that_is_not_excluded(kind: str) -> None:
    (note,) = judge(listing(control()), kind).notes
    assert (note.effect, note.code, note.component) == (Effect.FAIL, CODE, "vpc-main")
    assert KINDS[kind][0] in note.message
    assert note.entry == f"ResourceExclusions.{KINDS[kind][0]}"


@pytest.mark.parametrize("kind", KINDS)
def test_i2_an_exclusion_frees_its_own_kind_alone(kind: str) -> None:
    around = listing(control(exclusions={KINDS[kind][0]: "enabled"}))
    assert [each for each in KINDS if judge(around, each) == FREE] == [kind]


@pytest.mark.parametrize("kind", ["subnet", "transit_gateway", "vpc_endpoint", "network_interface"])
def test_i2_other_kinds_are_not_judged(kind: str) -> None:
    assert judge(listing(control()), kind) == FREE
    assert judge(FakeSurroundings(), kind) == FREE


@pytest.mark.parametrize("state", ["available", "creating", "enforce-failed", "monitor-failed", "deleting"])
def test_i2_monitor_refuses_nothing(state: str) -> None:
    assert judge(listing(control("monitor", state))) == FREE


@pytest.mark.parametrize("mode", ["monitor", "enforce"])
@pytest.mark.parametrize("state", ["enforce-in-progress", "monitor-in-progress"])
def test_i2_a_mode_that_is_changing_is_undecided(mode: str, state: str) -> None:
    assert effects(judge(listing(control(mode, state)))) == [(Effect.UNKNOWN, CODE)]


@pytest.mark.parametrize(
    "state", ["creating", "enforce-failed", "monitor-failed", "deleting", "delete-failed", "tomorrow"]
)
def test_i2_enforce_in_transition_is_undecided_unless_excluded(state: str) -> None:
    assert effects(judge(listing(control(state=state)))) == [(Effect.UNKNOWN, CODE)]
    assert judge(listing(control(state=state, exclusions={"NatGateway": "enabled"}))) == FREE


@pytest.mark.parametrize("state", ["enabling", "disabling", "tomorrow"])
def test_i2_an_exclusion_in_transition_is_undecided(state: str) -> None:
    assert effects(judge(listing(control(exclusions={"NatGateway": state})))) == [(Effect.UNKNOWN, CODE)]


def test_i2_a_mode_of_tomorrow_is_undecided() -> None:
    assert effects(judge(listing(control("enforce-some")))) == [(Effect.UNKNOWN, CODE)]


def test_i2_a_kind_that_the_reply_does_not_list_is_not_excluded() -> None:
    bare = control()
    del bare["ResourceExclusions"]
    assert effects(judge(listing(bare), "lambda_function")) == [(Effect.FAIL, CODE)]


def test_i2_a_deleted_control_and_one_of_another_vpc_do_not_count() -> None:
    assert judge(listing(control(state="deleted"), control(vpc_id="vpc-other"))) == FREE
    assert judge(listing()) == FREE


def test_i2_the_control_is_that_of_the_vpc_where_the_packets_stand() -> None:
    around = listing(control(vpc_id="vpc-peer"))
    assert judge(around, "vpc_peering_connection") == FREE
    (note,) = judge(around, "vpc_peering_connection", Leg.BACK, "vpc-peer").notes
    assert (note.effect, note.leg, note.component) == (Effect.FAIL, Leg.BACK, "vpc-peer")


def test_i2_a_peering_connection_is_refused_by_the_control_of_either_vpc() -> None:
    link = VpcPeeringConnection(
        vpc_peering_connection_id="pcx-1",
        requester_vpc_info=PeeringSide(vpc_id="vpc-main"),
        accepter_vpc_info=PeeringSide(vpc_id="vpc-peer"),
    )

    def told(around: FakeSurroundings, vpc_id: str = "vpc-main") -> list[str]:
        arrival = arrival_of(APP, vpc_id=vpc_id)
        return [note.component for note in EncryptionControls().judge(link, arrival, around).notes]

    assert told(listing(control(vpc_id="vpc-peer"))) == ["vpc-peer"]
    assert told(listing(control(), control(vpc_id="vpc-peer"))) == ["vpc-main", "vpc-peer"]
    assert told(listing(control()), "vpc-peer") == ["vpc-main"]
    # Of a VPC that is not in the snapshot, or that the connection does not join, the connection itself speaks.
    assert told(FakeSurroundings([Thing("vpc-main", "vpc")], {CALL: {"VpcEncryptionControls": []}})) == []
    assert told(FakeSurroundings([Thing("vpc-third", "vpc")], {CALL: {"VpcEncryptionControls": []}}), "vpc-third") == []


@dataclass(frozen=True)
class Balancing(Thing):
    """An endpoint that may be one of a Gateway Load Balancer."""

    is_gateway_load_balancer: bool = True


UNSUPPORTED = [Thing("vpce-fw", "firewall_endpoint"), Balancing("vpce-lb", "vpc_endpoint")]


@pytest.mark.parametrize("endpoint", UNSUPPORTED, ids=["I2-firewall", "I2-gateway-load-balancer"])
@pytest.mark.parametrize(
    ("mode", "state", "is_free"),
    [
        ("enforce", "available", False),
        ("enforce", "deleted", True),
        ("monitor", "available", True),
        ("monitor", "enforce-in-progress", False),
        ("enforce", "monitor-in-progress", False),
    ],
)
def test_endpoints_that_aws_does_not_support_under_enforcement(
    endpoint: Thing, mode: str, state: str, is_free: bool
) -> None:
    around = in_record(json.dumps(control(mode, state)))
    judgement = EncryptionControls().judge(endpoint, arrival_of(APP), around)
    assert [(note.effect, note.component) for note in judgement.notes] == (
        [] if is_free else [(Effect.UNKNOWN, endpoint.id)]
    )


def test_i2_an_endpoint_of_another_kind_is_not_judged() -> None:
    around = listing(control())
    assert (
        EncryptionControls().judge(Balancing("vpce-s3", "vpc_endpoint", None, False), arrival_of(APP), around) == FREE
    )


class TestSharedVpc:
    OWNER = Place("999988887777", HOME.region)

    def asked(self, place: Place, *controls: dict[str, Any]) -> Judgement:
        """What is said in a participant's account, with the reply of one place and no other."""

        class Shared(FakeSurroundings):
            def place_of(self, component_id: str) -> Place:
                return HOME

        vpc = Vpc(vpc_id="vpc-main", owner_id=self.OWNER.account)
        return judge(Shared([vpc], {CALL: {"VpcEncryptionControls": list(controls)}}, place=place))

    def test_i2_what_a_participant_is_told_says_nothing(self) -> None:
        assert self.asked(HOME) == Judgement((), (str(CALL.assumes),))

    def test_i2_the_owners_reply_counts(self) -> None:
        assert self.asked(self.OWNER) == FREE
        assert effects(self.asked(self.OWNER, control())) == [(Effect.FAIL, CODE)]


class TestGaps:
    @pytest.mark.parametrize("kind", KINDS)
    def test_i2_absent_is_an_assumption(self, kind: str) -> None:
        assert judge(network(), kind) == Judgement((), ("no VPC encryption control (not collected)",))

    def test_i2_denied_is_unknown_and_names_the_gap(self) -> None:
        judgement = judge(network(failed=[CALL]))
        assert effects(judgement) == [(Effect.UNKNOWN, "COLLECTION_FAILED")]
        assert "ec2:DescribeVpcEncryptionControls" in judgement.notes[0].message
        assert (judgement.notes[0].component, judgement.notes[0].entry) == ("vpc-main", "EncryptionControl")
        assert judgement.assumptions == ()

    def test_i2_a_page_counts_for_what_it_holds(self) -> None:
        page = {"VpcEncryptionControls": [control()], "NextToken": "more"}
        assert effects(judge(network(page))) == [(Effect.FAIL, CODE)]
        page = {"VpcEncryptionControls": [], "NextToken": "more"}
        assert effects(judge(network(page))) == [(Effect.UNKNOWN, "COLLECTION_FAILED")]

    def test_i2_collected_for_other_vpcs_only(self) -> None:
        around = network({"VpcEncryptionControls": []}, narrowed={CALL: ("vpc-other",)})
        assert effects(judge(around)) == [(Effect.UNKNOWN, "COLLECTION_FAILED")]

    def test_i2_a_vpc_that_no_file_lists_stands_where_its_subnet_does(self) -> None:
        listed = {CALL: {"VpcEncryptionControls": [control()]}}
        assert effects(judge(FakeSurroundings([Thing("subnet-app", "subnet")], listed))) == [(Effect.FAIL, CODE)]
        assert effects(judge(FakeSurroundings(replies=listed))) == [(Effect.UNKNOWN, "UNKNOWN_RESOURCE")]


class TestInTheRecordOfTheVpc:
    def test_i2_it_comes_before_the_call(self) -> None:
        empty: dict[Any, object] = {CALL: {"VpcEncryptionControls": []}}
        around = in_record(json.dumps(control()), replies=empty)
        assert effects(judge(around)) == [(Effect.FAIL, CODE)]
        assert judge(in_record(json.dumps(control("monitor")))) == FREE
        assert judge(in_record(json.dumps(control(state="deleted")))) == FREE
        assert judge(in_record('{"Mode": "monitor"}')) == FREE

    @pytest.mark.parametrize("text", [None, "", "null", "{}"])
    def test_i2_a_silent_record_leaves_it_to_the_call(self, text: str | None) -> None:
        assert judge(in_record(text)).assumptions == ("no VPC encryption control (not collected)",)

    def test_i2_a_wrong_type_is_a_broken_snapshot(self) -> None:
        with pytest.raises(
            SnapshotError, match=r"describe-vpcs\.json: EncryptionControl of vpc-main: \$\.Mode: expected"
        ):
            judge(in_record('{"Mode": 7}'))


def test_i2_a_resource_that_is_no_hop_is_refused_like_one() -> None:
    def refused(around: FakeSurroundings) -> Judgement:
        return refusal("vpc-main", "ElasticFileSystem", "elastic_file_system", around)

    assert effects(refused(listing(control()))) == [(Effect.FAIL, CODE)]
    assert refused(listing(control(exclusions={"ElasticFileSystem": "enabled"}))) == FREE
    assert refused(listing(control("monitor"))) == FREE
    assert refused(listing()) == FREE
    assert refused(network()).assumptions == (CALL.assumes,)
