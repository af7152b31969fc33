"""The shape of a rule file, version 1; `schema` publishes it."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag
from pydantic_core import PydanticCustomError

from vpcreach.destinations.grammar import problem_with


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, title="vpcreach rule file")


def _is_version(value: Any) -> Any:
    if isinstance(value, bool) or value != 1:
        raise PydanticCustomError("rule_version", "must be 1, the only version that this release knows")
    return value


def _is_destination(text: str) -> str:
    problem = problem_with(text)
    if problem is not None:
        raise PydanticCustomError("destination", "{problem}", {"problem": problem})
    return text


def _is_said(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("said", "must not be empty")
    return text


def _kind_of(value: Any) -> str | None:
    if isinstance(value, str):
        return "(glob)"
    if isinstance(value, list):
        return "(list)"
    return "(tags)" if isinstance(value, dict | TagSelector) else None


Destination = Annotated[str, AfterValidator(_is_destination)]
Said = Annotated[str, AfterValidator(_is_said), Field(min_length=1)]


class TagSelector(_Part):
    """Functions that carry all of these tags."""

    model_config = ConfigDict(title="tags")
    tags: Annotated[dict[str, str], Field(min_length=1, description="Tag keys and their exact values.")]


Glob = Annotated[Said, Field(description="A name or an ARN; * stands for anything.")]
Selector = str | TagSelector
_Selector = Annotated[Annotated[Glob, Tag("(glob)")] | Annotated[TagSelector, Tag("(tags)")], Discriminator(_kind_of)]
_Selectors = Annotated[list[_Selector], Field(min_length=1)]


class Rule(_Part):
    """Functions, and what they must and must not reach."""

    model_config = ConfigDict(title="rule")
    name: Annotated[Said, Field(description="What the rule demands; unique in the file.")]
    functions: Annotated[
        Annotated[_Selectors, Tag("(list)")] | Annotated[TagSelector, Tag("(tags)")],
        Discriminator(_kind_of),
        Field(description="The functions that the rule is about; a rule that matches none is an error."),
    ]
    must_reach: Annotated[tuple[Destination, ...], Field(description="What every subnet has to reach.")] = ()
    must_not_reach: Annotated[tuple[Destination, ...], Field(description="What no subnet may reach.")] = ()

    @property
    def selectors(self) -> tuple[Selector, ...]:
        return (self.functions,) if isinstance(self.functions, TagSelector) else tuple(self.functions)


class Rules(_Part):
    """The whole file."""

    version: Annotated[Literal[1], BeforeValidator(_is_version), Field(description="Of this format.")]
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]
