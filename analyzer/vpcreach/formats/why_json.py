"""The stories of `why` as JSON, schema `vpcreach.why/1`: the functions as in a report, with fixes and assumed changes.

`fix` of a blocker holds those edits of the first fix that were found for it. Keys are always there, lists may be empty.
"""

from collections.abc import Iterable

import msgspec

from vpcreach.explain.changes import VerdictChange
from vpcreach.explain.repairs import Fix
from vpcreach.explain.story import Stories, Story
from vpcreach.formats.edits import written
from vpcreach.formats.json import (
    BlockerJson,
    DestinationJson,
    FunctionJson,
    GapJson,
    function_json,
    gaps_json,
    printed,
)
from vpcreach.formats.names import LANGUAGES
from vpcreach.forwarding import Note

SCHEMA = "vpcreach.why/1"


class ChangeJson(msgspec.Struct, frozen=True):
    function: str
    arn: str
    destination: str
    before: str
    after: str


class FixJson(msgspec.Struct, frozen=True):
    edits: list[str]
    cost: str
    opens: list[ChangeJson]
    worsens: list[ChangeJson]
    cautions: list[str]
    written: dict[str, str]


class AssumedJson(msgspec.Struct, frozen=True):
    edits: list[str]
    changes: list[ChangeJson]


class StoryJson(msgspec.Struct, frozen=True):
    function: FunctionJson
    in_words: list[str]
    fixes: list[FixJson]
    compared_functions: int
    compared_destinations: list[str]


class WhyJson(msgspec.Struct, frozen=True):
    schema: str
    assumed: AssumedJson | None
    stories: list[StoryJson]
    gaps: list[GapJson]


def render(told: Stories) -> str:
    """The stories, indented by two spaces, ending with a line break."""
    assumed = next((story.assumed for story in told.stories if story.assumed is not None), None)
    edits = AssumedJson([str(edit) for edit in assumed.edits], changes_json(assumed.changes)) if assumed else None
    return printed(WhyJson(SCHEMA, edits, [_story(story) for story in told.stories], gaps_json(told.gaps)))


def changes_json(changes: Iterable[VerdictChange]) -> list[ChangeJson]:
    return [
        ChangeJson(
            change.question.function,
            change.question.arn,
            change.question.destination,
            change.before.value,
            change.after.value,
        )
        for change in changes
    ]


def _story(story: Story) -> StoryJson:
    fixes = story.fixes or ()
    return StoryJson(
        _mended(function_json(story.function), fixes),
        list(story.in_words),
        [_fix(fix, story) for fix in fixes],
        story.compared.functions,
        list(story.compared.destinations),
    )


def _fix(fix: Fix, story: Story) -> FixJson:
    return FixJson(
        [str(edit) for edit in fix.edits],
        fix.cost.value,
        changes_json(fix.opens),
        changes_json(fix.harms),
        [caution.text for caution in fix.cautions],
        {language: written(fix.edits, language, story.network) for language in LANGUAGES},
    )


def _mended(function: FunctionJson, fixes: tuple[Fix, ...]) -> FunctionJson:
    if not fixes:
        return function
    edits: dict[tuple[str, str, str], list[str]] = {}
    for edit, note in zip(fixes[0].edits, fixes[0].mends, strict=True):
        edits.setdefault(_key(note), []).append(str(edit))
    replace = msgspec.structs.replace

    def with_fix(blockers: list[BlockerJson]) -> list[BlockerJson]:
        found = ("; ".join(edits.get((each.code, each.component, each.leg), ())) for each in blockers)
        return [replace(each, fix=fix or None) for each, fix in zip(blockers, found, strict=True)]

    def whole(destination: DestinationJson) -> DestinationJson:
        subnets = [replace(each, blockers=with_fix(each.blockers)) for each in destination.subnets]
        return replace(destination, subnets=subnets, blockers=with_fix(destination.blockers))

    return replace(function, destinations=[whole(each) for each in function.destinations])


def _key(note: Note) -> tuple[str, str, str]:
    return note.code, note.component, note.leg.value
