"""YAML that remembers its lines: plain data, and for every place in it the line it stands on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from vpcreach.errors import RuleFileError

Place = Sequence[str | int]
# A few aliases of aliases can mean more than any machine holds; the longest rule file is far from this.
MOST_VALUES = 1_000_000
# PyYAML's time grows with the square of the depth.
DEEPEST = 100
# What the constructors of PyYAML raise for text that does not fit the kind it is tagged or taken for.
_MISFITS = (ValueError, LookupError, AttributeError, OverflowError)


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


class _Loader(yaml.SafeLoader):
    """Plain data only; whatever is wrong with a value has its line."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            value = super().construct_object(node, deep=deep)
            # JSON writes signs beyond U+FFFF as two halves; half of a sign is no text.
            return value.encode("utf-16", "surrogatepass").decode("utf-16") if isinstance(value, str) else value
        except _MISFITS as error:
            kind = node.tag.rpartition(":")[2]
            raise yaml.MarkedYAMLError(problem=f"this is no {kind}", problem_mark=node.start_mark) from error

    def fetch_flow_collection_start(self, TokenClass: type[yaml.Token]) -> None:  # noqa: N803 (PyYAML's name)
        if self.flow_level > DEEPEST:
            raise yaml.MarkedYAMLError(problem="brackets nested too deeply", problem_mark=self.get_mark())
        super().fetch_flow_collection_start(TokenClass)


def read(path: str, text: str) -> Document:
    """The one document of a YAML text; raises RuleFileError with line and reason for text that is none."""
    try:
        root, twins, data = _composed(path, text)
    except yaml.MarkedYAMLError as error:
        raise RuleFileError([_syntax(path, error)]) from error
    except yaml.YAMLError as error:
        raise RuleFileError([f"{path}: not readable as YAML: {' '.join(str(error).split())}"]) from error
    except RecursionError as error:
        raise RuleFileError([f"{path}: nested too deeply to be a rule file"]) from error
    if data is None:
        raise RuleFileError([f"{path}:1: the file is empty; it needs version: 1 and a list of rules"])
    return Document(path, data, root, twins)


def _composed(path: str, text: str) -> tuple[yaml.Node, tuple[str, ...], Any]:
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            return yaml.ScalarNode("", ""), (), None
        _refuse_endless(root)
        return root, tuple(_twins(path, root, set())), loader.construct_document(root)
    finally:
        loader.dispose()


def _refuse_endless(root: yaml.Node) -> None:
    """Aliases that lead into themselves, or that mean very much: reading what they stand for would never end."""
    sizes: dict[int, int | None] = {}

    def size(node: yaml.Node) -> int:
        """How many values the node is, each alias counted as what it stands for."""
        if id(node) in sizes:
            known = sizes[id(node)]
            if known is None:
                raise yaml.MarkedYAMLError(problem="an alias of what it stands in", problem_mark=node.start_mark)
            return known
        sizes[id(node)] = None
        parts = node.value if isinstance(node, yaml.CollectionNode) else ()
        total = 1 + sum(size(part) for each in parts for part in (each if isinstance(each, tuple) else (each,)))
        if total > MOST_VALUES:
            problem = f"with all aliases replaced there are more than {MOST_VALUES} values here"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)
        sizes[id(node)] = total
        return total

    size(root)


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
            # A key that is no text is refused later; as words, it could be endless.
            word, line = str(key.value) if isinstance(key, yaml.ScalarNode) else "", key.start_mark.line + 1
            if word and word in lines:
                yield f'{path}:{line}: the key "{word}" stands here twice; the first is in line {lines[word]}'
            lines.setdefault(word, line)
            yield from _twins(path, value, seen)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _twins(path, item, seen)
