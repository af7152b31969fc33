"""What no change of an estate may do to its answers, over the estates that the reference walker judges as well.

Each property states its precondition. Packets are compared and not only verdicts: an answer is the set of packets that
its traces hold, and a set may grow or shrink in a change under the same word.
"""

import copy
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.estates.asking import snapshot_of
from tests.estates.replies import action_of, arguments_of
from tests.oracle.questions import questions
from tests.oracle.universe import FEATURES, Estate, draw, rules
from tests.oracle.universe.drawing import Drawing
from tests.oracle.universe.trouble import ROUTED
from tests.properties import changes
from tests.properties.changes import Replies, Told, turned
from vpcreach.api import Analysis
from vpcreach.reach.answer import Answer, Verdict

IS_PROOF = os.environ.get("HYPOTHESIS_PROFILE") == "prove"
law = settings(
    deadline=None,
    max_examples=3000 if IS_PROOF else 20,
    derandomize=not IS_PROOF,
    database=None,
    suppress_health_check=list(HealthCheck),
)
REACHABLE, BLOCKED, UNKNOWN = Verdict.REACHABLE, Verdict.BLOCKED, Verdict.UNKNOWN


@dataclass
class Case:
    """An estate, a question to it, and a source of chance for the change."""

    estate: Estate
    text: str
    random: Random

    @property
    def replies(self) -> Replies:
        return self.estate.replies.by_call

    def ask(self, text: str | None = None, *, strict: bool = False) -> Answer:
        snapshot = snapshot_of(self.estate.files())
        analysis = Analysis(snapshot, strict=strict, trust_appliances=self.estate.trusts)
        return analysis.report([text or self.text], ["app"]).functions[0].answers[0]

    def after(self, change: Callable[[Replies], object]) -> "Case":
        """The same question to a changed copy of the estate."""
        other = copy.deepcopy(self.estate)
        change(other.replies.by_call)
        return Case(other, self.text, self.random)


@st.composite
def cases(draw_from: st.DrawFn, of: tuple[str, ...] = FEATURES) -> Case:
    features = draw_from(st.sets(st.sampled_from(of), max_size=6))
    random = Random(draw_from(st.integers(0, 2**32 - 1)))
    estate = draw(frozenset(features), random)
    return Case(estate, questions(estate, random, 1)[0], random)


def drawing_of(case: Case) -> Drawing:
    """What draws another rule as the estate's own were drawn."""
    return Drawing(case.estate.features, case.random)


def check_no_packet_turns(before: Answer, after: Answer, was: Verdict, became: Verdict) -> None:
    assert turned(before, after, was, became)[:3] == []


# Permits and blackholes


@pytest.mark.item("K9", "D3")
@law
@given(cases())
def test_another_permit_in_a_group_never_removes_a_packet(case: Case) -> None:
    def permit(replies: Replies) -> None:
        group = case.random.choice(replies["ec2/describe-security-groups"]["SecurityGroups"])
        added = rules.group_rules(drawing_of(case), 0)
        group[case.random.choice(["IpPermissions", "IpPermissionsEgress"])] += added

    assume(case.replies["ec2/describe-security-groups"]["SecurityGroups"])
    before, after = case.ask(), case.after(permit).ask()
    check_no_packet_turns(before, after, REACHABLE, BLOCKED)
    check_no_packet_turns(before, after, REACHABLE, UNKNOWN)
    check_no_packet_turns(before, after, UNKNOWN, BLOCKED)


@pytest.mark.item("K9", "E2")
@law
@given(cases((*FEATURES, "acls", "acls")))
def test_a_denial_less_in_an_acl_never_removes_a_packet(case: Case) -> None:
    def permit(replies: Replies) -> None:
        acl = case.random.choice(replies["ec2/describe-network-acls"]["NetworkAcls"])
        denials = [entry for entry in acl["Entries"] if entry["RuleAction"] == "deny" and entry["RuleNumber"] < 32767]
        for entry in denials[:1]:
            acl["Entries"].remove(entry)

    before, after = case.ask(), case.after(permit).ask()
    check_no_packet_turns(before, after, REACHABLE, BLOCKED)
    check_no_packet_turns(before, after, REACHABLE, UNKNOWN)


@pytest.mark.item("B6")
@law
@given(cases())
def test_a_blackhole_never_adds_a_packet(case: Case) -> None:
    """Another route that is one, or one of the routes that turns into one."""

    def blackhole(replies: Replies) -> None:
        routes = case.random.choice(replies["ec2/describe-route-tables"]["RouteTables"])["Routes"]
        others = [route for route in routes if route.get("GatewayId") != "local"]
        cidr = case.random.choice(ROUTED)
        if others and case.random.random() < 0.5:
            case.random.choice(others)["State"] = "blackhole"
        elif all(cidr not in route.values() for route in routes):
            gone = {"NatGatewayId": "nat-gone", "State": "blackhole", "Origin": "CreateRoute"}
            routes.append({"DestinationCidrBlock": cidr} | gone)

    before, after = case.ask(), case.after(blackhole).ask()
    check_no_packet_turns(before, after, BLOCKED, REACHABLE)
    check_no_packet_turns(before, after, UNKNOWN, REACHABLE)
    check_no_packet_turns(before, after, BLOCKED, UNKNOWN)
    assert not (before.verdict is BLOCKED and after.verdict is not BLOCKED)


# Changes that mean nothing


def check_means_nothing(before: Answer, after: Answer) -> None:
    assert Told.of(after) == Told.of(before)
    check_no_packet_turns(before, after, REACHABLE, BLOCKED)
    check_no_packet_turns(before, after, BLOCKED, REACHABLE)


@law
@given(cases())
def test_the_order_in_which_aws_lists_things_changes_nothing(case: Case) -> None:
    def permute(replies: Replies) -> None:
        for call, reply in list(replies.items()):
            replies[call] = changes.permuted(reply, case.random)

    check_means_nothing(case.ask(), case.after(permute).ask())


@law
@given(cases((*FEATURES, "narrow-groups", "narrow-groups")))
def test_rules_of_groups_in_halves_change_nothing(case: Case) -> None:
    check_means_nothing(case.ask(), case.after(changes.split_group_rules).ask())


@law
@given(cases((*FEATURES, "acls", "acls")))
def test_entries_of_acls_in_halves_change_nothing(case: Case) -> None:
    check_means_nothing(case.ask(), case.after(changes.split_acl_entries).ask())


@law
@given(cases((*FEATURES, "acls", "acls")))
def test_other_numbers_in_the_same_order_change_nothing(case: Case) -> None:
    check_means_nothing(case.ask(), case.after(lambda replies: changes.renumber_acls(replies, case.random)).ask())


@law
@given(cases())
def test_other_ids_change_nothing(case: Case) -> None:
    before = case.ask()
    other = copy.deepcopy(case.estate)
    other.replies.by_call, rename = changes.renamed(case.replies)
    after = Case(other, rename(case.text), case.random).ask()
    told = Told.of(before)
    subnets = sorted(
        (rename(subnet), verdict, frozenset((code, rename(component)) for code, component in notes))
        for subnet, verdict, notes in told.subnets
    )
    assert Told.of(after) == Told(told.verdict, tuple(subnets))


@law
@given(cases())
def test_what_is_on_no_trail_changes_nothing(case: Case) -> None:
    """Precondition: the record is named in no step of any way, out or back, and in no note.

    Whatever stops packets, the ACL of their own subnet may be a further proof: ACLs count where all packets pass.
    """
    before = case.ask()
    traces = before.all_traces
    trail = {step.component for trace in traces for step in (*trace.path, *trace.return_path)}
    trail |= {note.component for trace in traces for note in trace.notes}
    told = " ".join([note.message for trace in traces for note in trace.notes])

    def change(replies: Replies) -> None:
        tables = [each for each in replies["ec2/describe-route-tables"]["RouteTables"] if is_off(each["RouteTableId"])]
        for table in tables:
            table["Routes"] = [route for route in table["Routes"] if route.get("GatewayId") == "local"]
        acls = [each for each in replies["ec2/describe-network-acls"]["NetworkAcls"] if is_off(each["NetworkAclId"])]
        for acl in acls if before.verdict is REACHABLE else ():
            acl["Entries"] = [entry for entry in acl["Entries"] if entry["RuleNumber"] == 32767]
        for call, key, held in OFF:
            for record in replies[call][held]:
                if is_off(record[key]):
                    record["State"] = "deleted"

    def is_off(component: str) -> bool:
        return component not in trail and component not in told

    after = case.after(change).ask()
    # Of packets that are stopped, other gates are read as well, and told where they would stop them too.
    assert [(each.subnet_id, each.verdict) for each in after.subnets] == [
        (each.subnet_id, each.verdict) for each in before.subnets
    ]
    check_no_packet_turns(before, after, REACHABLE, BLOCKED)
    check_no_packet_turns(before, after, BLOCKED, REACHABLE)


OFF = (
    ("ec2/describe-nat-gateways", "NatGatewayId", "NatGateways"),
    ("ec2/describe-transit-gateways", "TransitGatewayId", "TransitGateways"),
    ("ec2/describe-vpn-gateways", "VpnGatewayId", "VpnGateways"),
)


# One question, many questions


@law
@given(cases(), st.integers(1, 3))
def test_one_question_is_its_cell_in_the_report(case: Case, extra: int) -> None:
    """Also among more functions, whose ways are shared where they may be, and whatever was asked before."""
    texts = list(dict.fromkeys([*questions(case.estate, case.random, 3), case.text]))
    case.random.shuffle(texts)
    letters = [
        each["SubnetId"] for each in case.replies["ec2/describe-subnets"]["Subnets"] if each["VpcId"] == "vpc-main"
    ]
    functions = case.replies["lambda/list-functions"]["Functions"]
    for number in range(extra):
        name = f"other{number}"
        told = copy.deepcopy(functions[0]) | {"FunctionName": name}
        told["FunctionArn"] = told["FunctionArn"].replace("function:app", f"function:{name}")
        told["VpcConfig"]["SubnetIds"] = case.random.sample(letters, min(2, len(letters)))
        if case.random.random() < 0.5:
            told["VpcConfig"]["SecurityGroupIds"] = ["sg-g"]
        functions.append(told)
        told = told | {"State": "Active", "LastUpdateStatus": "Successful"}
        case.replies[f"lambda/get-function-configuration/{name}"] = told
        case.replies[f"lambda/list-aliases/{name}"] = {"Aliases": []}
    snapshot = snapshot_of(case.estate.files())
    whole = Analysis(snapshot, trust_appliances=case.estate.trusts)
    for function in whole.report(texts).functions:
        for text, cell in zip(texts, function.answers, strict=True):
            alone = Analysis(snapshot, trust_appliances=case.estate.trusts).report([text], [function.name])
            assert alone.functions[0].answers == (cell,)


# IPv4 in IPv6

PRIVATE = ("acls", "narrow-groups", "references", "peering", "hub", "overlap", "far-hub", "zones", "second-block")


@pytest.mark.item("A11", "D5", "E2")
@law
@given(cases(PRIVATE))
def test_answers_in_ipv4_are_those_of_the_same_estate_in_ipv6(case: Case) -> None:
    """Precondition: private destinations, and nothing on the way that is for one family alone."""
    asked = ["10.1.0.0/24:443", "10.1.1.0/24:65535", "10.3.0.0/24:443", "10.0.2.0/25:443/udp", "10.0.0.0/24:22"]
    asked += [
        f"{each['PrivateIpAddress']}:443"
        for each in case.replies["ec2/describe-network-interfaces"]["NetworkInterfaces"]
        if each["InterfaceType"] == "interface"
    ]
    text = case.random.choice(asked)
    before = case.ask(text)
    kinds = {step.kind for trace in before.all_traces for step in (*trace.path, *trace.return_path)}
    assume(not kinds & {"nat_gateway", "internet_gateway", "virtual_private_gateway"})
    assume("vgw-" not in str(before) and "nat-" not in str(before) and "igw-" not in str(before))
    place, _, port = text.partition(":")
    cidr = changes.embedded(place if "/" in place else f"{place}/32")
    after = case.after(changes.in_ipv6).ask(f"[{cidr if '/' in place else cidr.partition('/')[0]}]:{port}")
    assert Told.of(after) == Told.of(before)


# Taking information away


@pytest.mark.item("K9")
@law
@given(cases(), st.booleans())
def test_what_is_taken_away_leads_to_unknown_or_is_assumed(case: Case, is_denied: bool) -> None:
    before = case.ask()
    path = case.random.choice(sorted(call for call in case.replies if not call.startswith("lambda/list-functions")))
    assume(not (case.text.startswith("eni-") and path == "ec2/describe-network-interfaces"))
    files = case.estate.files()
    (gone,) = [file for file in files if file.endswith(f"/{path}.json")]
    del files[gone]
    if is_denied:
        account, region, *_ = gone.split("/")
        refused = {"call": action_of(path), "account": account, "region": region, "arguments": arguments_of(path)}
        files["snapshot.json"] = json.dumps({"failed": [refused | {"error": "AccessDenied"}]}).encode()
    analysis = Analysis(snapshot_of(files), trust_appliances=case.estate.trusts)
    after = analysis.report([case.text], ["app"]).functions[0].answers[0]
    is_assumed = set(after.assumptions) - set(before.assumptions)
    if not is_assumed or is_denied:
        assert after.verdict in (before.verdict, UNKNOWN), f"without {path}"
        check_no_packet_turns(before, after, BLOCKED, REACHABLE)
        check_no_packet_turns(before, after, REACHABLE, BLOCKED)
    strict = Analysis(snapshot_of(files), strict=True, trust_appliances=case.estate.trusts)
    assert strict.report([case.text], ["app"]).functions[0].answers[0].verdict in (before.verdict, UNKNOWN)
