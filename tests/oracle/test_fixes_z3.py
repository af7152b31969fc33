"""A fix opens nothing but what its edits say, proved with z3 inside one VPC (of groups and ACLs, out and back)."""

import json
from collections.abc import Iterable, Mapping

import z3
from hypothesis import event, given
from hypothesis import strategies as st

from tests.estates.asking import snapshot_of
from tests.oracle.aws_formulas import (
    NUMBERS,
    Flow,
    Json,
    World,
    among,
    asked,
    between,
    counterexample,
    delivers,
    inside,
    spoken,
)
from tests.oracle.test_aws_formulas import drawn, mostly_open_entries, mostly_open_lines, prefix_lists, proved
from vpcreach.explain.edits import AddEntry, AddRule, Edit, RemoveEntry, apply
from vpcreach.explain.repairs import Fix, Search
from vpcreach.reach.reporting import Analysis
from vpcreach.snapshot.snapshot import Snapshot

Lists = Mapping[str, list[str]]
HOME = "111122223333/eu-west-1/ec2"
PORT = 443
QUESTION = f"eni-x:{PORT}"


def world_of(snapshot: Snapshot, lists: Lists) -> World:
    """The records of a snapshot, by id, straight from its files."""

    def by_id(call: str, key: str, name: str) -> Mapping[str, Json]:
        return {record[name]: record for record in json.loads(snapshot.files[f"{HOME}/{call}.json"])[key]}

    return World(
        by_id("describe-subnets", "Subnets", "SubnetId"),
        by_id("describe-network-acls", "NetworkAcls", "NetworkAclId"),
        by_id("describe-security-groups", "SecurityGroups", "GroupId"),
        by_id("describe-network-interfaces", "NetworkInterfaces", "NetworkInterfaceId"),
        lists,
    )


def delivered(snapshot: Snapshot, lists: Lists, flow: Flow) -> z3.BoolRef:
    """What gets from the function to the interface and back, on any port and protocol."""
    world = world_of(snapshot, lists)
    ends = among(flow.source, world.blocks("subnet-app", 4)), among(flow.destination, ["10.0.2.50/32"])
    return z3.And(
        *ends, z3.UGE(flow.client_port, 1024), delivers(world, flow, "subnet-app", ("sg-app", "sg-more"), "eni-x")
    )


def said_by(edits: Iterable[Edit], flow: Flow) -> z3.BoolRef:
    """Packets that some edit names, or whose answer it names: its protocol, its ports, its block where it has one."""
    return z3.Or([z3.Or(_named(edit, flow), _named(edit, flow.answer)) for edit in edits])


def _named(edit: Edit, flow: Flow) -> z3.BoolRef:
    if isinstance(edit, AddRule):
        rule = edit.rule
        peer = flow.source if rule.is_inbound else flow.destination
        block = z3.BoolVal(True) if rule.peer.startswith("sg-") else inside(peer, rule.peer)
        return z3.And(block, _service(NUMBERS.get(rule.protocol), rule.first_port, rule.last_port, flow))
    if isinstance(edit, AddEntry):
        entry = edit.entry
        peer = flow.source if entry.is_inbound else flow.destination
        return z3.And(inside(peer, entry.cidr), _service(entry.protocol, entry.first_port, entry.last_port, flow))
    assert isinstance(edit, RemoveEntry), edit
    return z3.BoolVal(True)  # what an entry denied is named by the entry, and may be anything


def _service(protocol: int | None, first: int | None, last: int | None, flow: Flow) -> z3.BoolRef:
    kind = z3.BoolVal(True) if protocol is None else flow.protocol == protocol
    ports = z3.BoolVal(True) if first is None or last is None else between(flow.port, first, last)
    return z3.And(kind, ports)


def fixes(snapshot: Snapshot) -> tuple[Fix, ...]:
    analysis = Analysis(snapshot)
    arn = analysis.report([QUESTION], ["app"]).functions[0].arn
    found = Search(analysis, arn, QUESTION, ()).fixes()
    kinds = (AddRule, AddEntry, RemoveEntry)
    return tuple(fix for fix in found if all(isinstance(edit, kinds) for edit in fix.edits))


@proved
@given(
    mostly_open_lines(), mostly_open_lines(), mostly_open_entries(), mostly_open_entries(), prefix_lists, st.booleans()
)
def test_a_fix_opens_what_its_edits_say_and_shuts_nothing(
    out: list[Json], into: list[Json], here: list[Json], there: list[Json], lists: Lists, is_closed: bool
) -> None:
    estate = drawn(lists)
    estate["sg-app"]["IpPermissionsEgress"], estate["sg-more"]["IpPermissionsEgress"] = out[:2], out[2:]
    estate["sg-data"]["IpPermissions"] = [] if is_closed else into
    estate["sg-more"]["IpPermissions"] = []
    estate["acl-app"]["Entries"], estate["acl-data"]["Entries"] = here, there
    before, flow = snapshot_of(estate), Flow.of(4)
    found = fixes(before)
    event(f"{len(found)} fixes")
    held = delivered(before, lists, flow)
    for fix in found:
        after = delivered(apply(before, fix.edits), lists, flow)
        told = [str(edit) for edit in fix.edits]
        shut = counterexample(z3.And(held, z3.Not(after)), z3.BoolVal(False))
        assert shut is None, f"{told} shut {spoken(flow, shut)}"
        unsaid = counterexample(z3.And(after, z3.Not(held), z3.Not(said_by(fix.edits, flow))), z3.BoolVal(False))
        assert unsaid is None, f"{told} opened {spoken(flow, unsaid)}"
        world = world_of(before, lists)
        meant = asked(world, flow, "subnet-app", "eni-x", NUMBERS["tcp"], PORT)
        assert counterexample(after, z3.BoolVal(True), meant) is None, f"{told} left something shut"
