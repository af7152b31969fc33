"""YAML that remembers its lines: plain data, and for every place in it the line it stands on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from vpcreach.errors import RuleFileError

Place = Sequence[str | int]


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML document. A place is a list of keys and positions: `("rules", 0, "must_reach", 2)`.

    `twins` are the problems of keys that stand twice in one mapping.
    """

    path: str
    data: Any
    root: yaml.Node
    twins: tuple[str, ...] = ()

    def problem(self, place: Place, sentence: str, *, at_key: bool = False) -> str:
        """'rules.yaml:14: rules[0].must_reach[2]: …'; steps of the place that lead nowhere are left out."""
        line, words = self._find(place, at_key=at_key)
        return f"{self.path}:{line}: {words}: {sentence}" if words else f"{self.path}:{line}: {sentence}"

    def line(self, place: Place) -> int:
        return self._find(place, at_key=False)[0]

    def _find(self, place: Place, *, at_key: bool) -> tuple[int, str]:
        node, key, words = self.root, self.root, ""
        for step in place:
            found = _child(node, step)
            if found is not None:
                key, node = found
                words += f"[{step}]" if isinstance(step, int) else f"{'.' if words else ''}{step}"
        mark = (key if at_key else node).start_mark
        return mark.line + 1, words


def read(path: str, text: str) -> Document:
    """The one document of a YAML text; raises RuleFileError with line and reason for text that is none."""
    try:
        root, twins, data = _composed(path, text)
    except yaml.MarkedYAMLError as error:
        raise RuleFileError([_syntax(path, error)]) from error
    except (yaml.YAMLError, ValueError) as error:
        raise RuleFileError([f"{path}: not readable as YAML: {' '.join(str(error).split())}"]) from error
    except RecursionError as error:
        raise RuleFileError([f"{path}: nested too deeply to be a rule file"]) from error
    if data is None:
        raise RuleFileError([f"{path}:1: the file is empty; it needs version: 1 and a list of rules"])
    return Document(path, data, root, twins)


def _composed(path: str, text: str) -> tuple[yaml.Node, tuple[str, ...], Any]:
    loader = yaml.SafeLoader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            return yaml.ScalarNode("", ""), (), None
        return root, tuple(_twins(path, root, set())), loader.construct_document(root)
    finally:
        loader.dispose()


def _syntax(path: str, error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    what = ", ".join(part for part in (error.context, error.problem) if part)
    return f"{path}:{line}: not readable as YAML: {what}"


def _child(node: yaml.Node, step: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and 0 <= step < len(node.value):
        return node.value[step], node.value[step]
    if isinstance(node, yaml.MappingNode):
        # The last one counts: what `<<` brings in stands before the mapping's own keys.
        return next(((key, value) for key, value in reversed(node.value) if key.value == step), None)
    return None


def _twins(path: str, node: yaml.Node, seen: set[int]) -> Iterator[str]:
    """Keys that a mapping has twice: YAML's loader would keep the last one and say nothing."""
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        lines: dict[str, int] = {}
        for key, value in node.value:
            word, line = str(key.value), key.start_mark.line + 1
            if word in lines:
                yield f'{path}:{line}: the key "{word}" stands here twice; the first is in line {lines[word]}'
            lines.setdefault(word, line)
            yield from _twins(path, value, seen)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _twins(path, item, seen)
