"""A dry run of AWS CLI lines: each is taken apart as the shell and the CLI do, and held against botocore's models.

    dry_parse("aws ec2 delete-route --route-table-id rtb-1 --destination-cidr-block 0.0.0.0/0 --region eu-west-1\\n")

Modelled: shell variables that take a command's result, quotes, shorthand and JSON values, waiters, `--query`.
Not modelled: anything that the printed lines do not use (files, pipes, shorthand escapes).
"""

import json
import re
import shlex
from functools import cache
from typing import Any

import botocore.session
import jmespath
from botocore import xform_name
from botocore.validate import ParamValidator

_ASSIGNED = re.compile(r"([A-Z_][A-Z0-9_]*)=\$\((.*)\)")
_NAME = re.compile(r"\$([A-Z_][A-Z0-9_]*)")
_GLOBAL = ("region", "query", "output")
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9]*=")


def dry_parse(text: str) -> None:
    """Raises AssertionError for a line that the shell, the CLI or the model of its call would not take."""
    variables: dict[str, str] = {}
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        assigned = _ASSIGNED.fullmatch(line)
        command = assigned[2] if assigned else line
        settings = _run(shlex.split(_filled_in(command, variables)))
        assert ("query" in settings) == bool(assigned), f"only a result that is kept is picked by --query: {line}"
        if assigned:
            assert settings["output"] == ["text"], line
            variables[assigned[1]] = f"value-of-{assigned[1]}"


def _filled_in(command: str, variables: dict[str, str]) -> str:
    """The command with its variables filled in, wherever no single quotes keep the shell from doing so."""
    parts = re.split(r"('[^']*')", command)
    for place, part in enumerate(parts):
        if place % 2 == 0:
            named = set(_NAME.findall(part))
            assert named <= variables.keys(), f"{named - variables.keys()} is used before it is set: {command}"
            assert part.count("$") == len(_NAME.findall(part)), f"a $ that names no variable: {command}"
            parts[place] = _NAME.sub(lambda found: variables[found[1]], part)
    return "".join(parts)


def _run(words: list[str]) -> dict[str, list[str]]:
    """Checks one command, and returns its settings that go to no call (`--region`, `--query`)."""
    assert words[0] == "aws", words
    service, name, *rest = words[1:]
    if name == "wait":
        name, *rest = rest
        waiters = _session().get_waiter_model(service)
        named = {xform_name(each, "-"): each for each in waiters.waiter_names}
        assert name in named, f"{service} has no waiter {name}"
        operation = waiters.get_waiter(named[name]).operation
    else:
        named = {xform_name(each, "-"): each for each in _model(service).operation_names}
        assert name in named, f"{service} has no operation {name}"
        operation = named[name]
    model = _model(service).operation_model(operation)
    options = _options(rest)
    settings = {key: options.pop(key) for key in _GLOBAL if key in options}
    assert settings.get("region"), f"no --region: {words}"
    if "query" in settings:
        _check_query(settings["query"][0], model.output_shape)
    _check_input(options, model.input_shape, operation)
    return settings


def _options(words: list[str]) -> dict[str, list[str]]:
    options: dict[str, list[str]] = {}
    key = None
    for word in words:
        if word.startswith("--"):
            key = word[2:]
            assert key not in options, f"--{key} is given twice"
            options[key] = []
        else:
            assert key is not None, f"{word} belongs to no option"
            options[key].append(word)
    return options


def _check_query(query: str, output: Any) -> None:
    jmespath.compile(query)
    shape = output
    for step in re.split(r"[.\[]", query.partition("[")[0]):
        assert step in shape.members, f"{step} of {query} is no member of the reply"
        shape = shape.members[step]


def _check_input(options: dict[str, list[str]], shape: Any, operation: str) -> None:
    members = {xform_name(name, "-"): name for name in (shape.members if shape is not None else {})}
    if "ingress" in options and "egress" in members:
        # The CLI offers the two values of `Egress` as two words.
        assert not options.pop("ingress")
        options["no-egress"] = []
    values = {}
    for key, words in options.items():
        is_denied = key.startswith("no-") and key[3:] in members
        name = members.get(key[3:] if is_denied else key)
        assert name is not None, f"{operation} has no parameter --{key}"
        values[name] = False if is_denied else _value(words, shape.members[name])
    report = ParamValidator().validate(values, shape) if shape is not None else None
    assert report is None or not report.has_errors(), f"{operation}: {report.generate_report()}"


def _value(words: list[str], shape: Any) -> Any:
    if shape.type_name == "boolean" and not words:
        return True
    assert words, f"{shape.name} has no value"
    if shape.type_name == "list":
        if words[0].startswith(("[", "{")):
            return json.loads(words[0])
        is_simple = shape.member.type_name not in ("structure", "map")
        return [_typed(word if is_simple else _shorthand(word), shape.member) for word in words]
    assert len(words) == 1, f"{words} for one {shape.name}"
    if shape.type_name == "structure":
        return json.loads(words[0]) if words[0].startswith("{") else _typed(_shorthand(words[0]), shape)
    return _typed(words[0], shape)


def _typed(value: Any, shape: Any) -> Any:
    """What shorthand tells as text, in the type that the model wants."""
    match shape.type_name:
        case "structure":
            assert isinstance(value, dict), f"{value} for the structure {shape.name}"
            assert value.keys() <= shape.members.keys(), f"{value.keys() - shape.members.keys()} of {shape.name}"
            return {key: _typed(each, shape.members[key]) for key, each in value.items()}
        case "list":
            return [_typed(each, shape.member) for each in (value if isinstance(value, list) else [value])]
        case "integer" | "long":
            return int(value)
        case "boolean":
            assert value in ("true", "false"), value
            return value == "true"
        case _:
            assert isinstance(value, str), f"{value} for the text {shape.name}"
            return value


def _shorthand(text: str) -> dict[str, Any]:
    """`Name=a,Values=b,c` and `Key=[{Inner=1}]`."""
    found, rest = _pairs(text, "")
    assert rest == "", f"{rest} is left over of {text}"
    return found


def _pairs(text: str, end: str) -> tuple[dict[str, Any], str]:
    """Keys with values up to the sign `end` (or the end of the text), and what follows."""
    found: dict[str, Any] = {}
    while True:
        key = _KEY.match(text)
        assert key is not None, f"{text} begins with no key"
        name = key[0][:-1]
        assert name not in found, f"{name} is given twice"
        found[name], text = _one(text[key.end() :], end)
        while text.startswith(",") and not _KEY.match(text[1:]):
            more, text = _one(text[1:], end)
            found[name] = [*(found[name] if isinstance(found[name], list) else [found[name]]), more]
        if not text.startswith(","):
            return found, text
        text = text[1:]


def _one(text: str, end: str) -> tuple[Any, str]:
    if text.startswith("["):
        items, text = [], text[1:]
        while not text.startswith("]"):
            assert text, "a list has no end"
            item, text = _one(text.removeprefix(","), "]")
            items.append(item)
        return items, text[1:]
    if text.startswith("{"):
        found, text = _pairs(text[1:], "}")
        assert text.startswith("}"), text
        return found, text[1:]
    stop = re.search(r"[,\]}]" if end else ",", text)
    place = stop.start() if stop else len(text)
    return text[:place], text[place:]


@cache
def _session() -> Any:
    return botocore.session.get_session()


@cache
def _model(service: str) -> Any:
    return _session().get_service_model(service)
