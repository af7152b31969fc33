"""The difference of two snapshots as JSON, schema `vpcreach.diff/1`: keys are always there, no time of day."""

from collections.abc import Iterable

import msgspec

from vpcreach.explain.difference import Cause, ComponentChange, Difference, Explained, Home
from vpcreach.formats.json import BlockerJson, UnknownJson, blockers_json, printed, unknowns_json

SCHEMA = "vpcreach.diff/1"


class CauseJson(msgspec.Struct, frozen=True):
    components: list[str]
    certainty: str


class VerdictJson(msgspec.Struct, frozen=True):
    function: str
    arn: str
    destination: str
    before: str
    after: str
    change: str
    cause: CauseJson | None
    blockers: list[BlockerJson]
    unknowns: list[UnknownJson]


class HomeJson(msgspec.Struct, frozen=True):
    name: str
    arn: str
    account: str
    region: str


class EntryJson(msgspec.Struct, frozen=True):
    entry: str
    before: str | None
    after: str | None


class ComponentJson(msgspec.Struct, frozen=True):
    key: str
    kind: str
    component: str
    title: str
    account: str
    region: str
    change: str
    entries: list[EntryJson]
    function: str | None
    is_cause: bool


class OneSidedJson(msgspec.Struct, frozen=True):
    destination: str
    reason: str


class DiffJson(msgspec.Struct, frozen=True):
    schema: str
    worse: bool
    same: int
    verdicts: list[VerdictJson]
    functions_came: list[HomeJson]
    functions_went: list[HomeJson]
    components: list[ComponentJson]
    destinations_came: list[OneSidedJson]
    destinations_went: list[OneSidedJson]


def render(difference: Difference) -> str:
    """Verdicts by ARN, components by kind and id; indented, ending with a line break."""
    causing = difference.causing
    return printed(
        DiffJson(
            SCHEMA,
            difference.has_worsened,
            difference.same,
            [_verdict(each) for each in difference.verdicts],
            _homes(difference.functions_came),
            _homes(difference.functions_went),
            [_component(change, change.key in causing) for change in difference.changes],
            _one_sided(difference, is_gone=False),
            _one_sided(difference, is_gone=True),
        )
    )


def _verdict(each: Explained) -> VerdictJson:
    question = each.change.question
    return VerdictJson(
        question.function,
        question.arn,
        question.destination,
        each.change.before.value,
        each.change.after.value,
        each.direction.value,
        _cause(each.cause),
        blockers_json(each.blockers),
        unknowns_json(each.unknowns),
    )


def _cause(cause: Cause | None) -> CauseJson | None:
    if cause is None:
        return None
    return CauseJson([change.key for change in cause.changes], cause.certainty.name.lower())


def _homes(homes: Iterable[Home]) -> list[HomeJson]:
    return [HomeJson(home.name, home.arn, home.place.account, home.place.region) for home in homes]


def _component(change: ComponentChange, is_cause: bool) -> ComponentJson:
    account, _, region = change.where.partition("/")
    return ComponentJson(
        change.key,
        change.kind,
        change.component,
        change.title,
        account,
        region,
        change.presence.value,
        [EntryJson(entry.entry, entry.before, entry.after) for entry in change.entries],
        change.function,
        is_cause,
    )


def _one_sided(difference: Difference, *, is_gone: bool) -> list[OneSidedJson]:
    return [OneSidedJson(each.destination, each.reason) for each in difference.one_sided if each.is_gone is is_gone]
