"""A rule file and all that can be wrong with it."""

from pathlib import Path

import pytest

from vpcreach.check.rule_file import parse_rules, read_rules
from vpcreach.check.rule_model import TagSelector
from vpcreach.errors import RuleFileError

GOOD = """\
version: 1
rules:
  - name: orders must reach its dependencies
    functions: ["orders-*", {tags: {team: shop}}]
    must_reach: [s3, dynamodb, "rds:orders-db", "93.184.216.34:443"]
    must_not_reach: [internet]
  - name: by tag
    functions: {tags: {team: shop, stage: prod}}
    must_not_reach: [internet]
"""


def problems(text: str) -> list[str]:
    with pytest.raises(RuleFileError) as caught:
        parse_rules("rules.yaml", text)
    return caught.value.problems


def with_rule(*lines: str) -> str:
    """A file with one rule made of these lines, which stand in line 3 and below."""
    return "version: 1\nrules:\n  - " + "\n    ".join(lines) + "\n"


def test_a_good_file_is_read() -> None:
    first, second = parse_rules("rules.yaml", GOOD).rules
    assert first.selectors == ("orders-*", TagSelector(tags={"team": "shop"}))
    assert first.must_reach == ("s3", "dynamodb", "rds:orders-db", "93.184.216.34:443")
    assert first.must_not_reach == ("internet",)
    assert second.selectors == (TagSelector(tags={"team": "shop", "stage": "prod"}),)


def test_a_destination_of_wrong_grammar_is_named_with_line_place_and_suggestion() -> None:
    text = with_rule("name: a", 'functions: ["*"]', "must_reach:", "  - s3", "  - dynamodb", "  - internt")
    [problem] = problems(text)
    assert problem.startswith("rules.yaml:8: rules[0].must_reach[2]: ")
    assert "internt" in problem
    assert problem.endswith('did you mean "internet"?')


def test_all_mistakes_are_told_at_once_in_the_order_of_their_lines() -> None:
    text = with_rule("name: a", "function: [x]", "must_raech: [s3]", "must_not_reach: [intrnet]")
    assert [problem.split(" ", 2)[:2] for problem in problems(text)] == [
        ["rules.yaml:3:", "rules[0]:"],
        ["rules.yaml:4:", "rules[0].function:"],
        ["rules.yaml:5:", "rules[0].must_raech:"],
        ["rules.yaml:6:", "rules[0].must_not_reach[0]:"],
    ]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["name: a", "must_reach: [s3]"], '3: rules[0]: the key "functions" is missing'),
        (["functions: [a]", "must_reach: [s3]"], '3: rules[0]: the key "name" is missing'),
        (["name: a", "functions: [a]"], "3: rules[0]: demands nothing; give it must_reach or must_not_reach"),
        (
            ["name: a", "functions: [a]", "must_raech: [s3]", "must_not_reach: [internet]"],
            '5: rules[0].must_raech: "must_raech" is not a key here; did you mean "must_reach"?',
        ),
        (["name: a", "functions: []", "must_reach: [s3]"], "4: rules[0].functions: must not be empty"),
        (['name: ""', "functions: [a]", "must_reach: [s3]"], "3: rules[0].name: must not be empty"),
        (
            ["name: a", "functions: orders-*", "must_reach: [s3]"],
            '4: rules[0].functions: must be a list of names like ["orders-*"], or {tags: {KEY: VALUE}}',
        ),
        (
            ["name: a", "functions: [7]", "must_reach: [s3]"],
            "4: rules[0].functions[0]: must be a name, an ARN or {tags: {KEY: VALUE}}, not 7",
        ),
        (
            ["name: a", "functions: [{tag: {a: b}}]", "must_reach: [s3]"],
            '4: rules[0].functions[0].tag: "tag" is not a key here; did you mean "tags"?',
        ),
        (
            ["name: a", "functions: {tags: {cost: 7}}", "must_reach: [s3]"],
            "4: rules[0].functions.tags.cost: must be text, not 7; write it in quotes",
        ),
        (["name: a", "functions: [a]", "must_reach: s3"], '5: rules[0].must_reach: must be a list, not the text "s3"'),
        (
            ["name: a", "functions: [a]", "must_reach: [443]"],
            "5: rules[0].must_reach[0]: must be text, not 443; write it in quotes",
        ),
        (["name: a", "functions: [a]", "must_reach:"], "5: rules[0].must_reach: must be a list, not nothing"),
        (
            ["name: a", "functions: [a]", "must_reach: [s3]", "must_not_reach:", "  - internet", "  - s3"],
            '8: rules[0].must_not_reach[1]: "s3" stands under must_reach of this rule as well',
        ),
    ],
)
def test_a_mistake_is_told_with_its_line_and_place(lines: list[str], expected: str) -> None:
    assert f"rules.yaml:{expected}" in problems(with_rule(*lines))


def test_two_rules_of_one_name_are_a_mistake() -> None:
    rule = "  - {name: twice, functions: [a], must_reach: [s3]}\n"
    [problem] = problems(f"version: 1\nrules:\n{rule}{rule}")
    assert problem.startswith('rules.yaml:4: rules[1].name: "twice" is the name of another rule too, in line 3')


def test_a_key_that_stands_twice_is_a_mistake_and_not_silently_the_last() -> None:
    text = with_rule("name: a", "functions: [a]", "must_reach: [s3]", "must_reach: [dynamodb]")
    assert problems(text) == ['rules.yaml:6: the key "must_reach" stands here twice; the first is in line 5']


@pytest.mark.parametrize("version", ["2", "true", '"1"', "1.5", "[1]"])
def test_another_version_is_refused(version: str) -> None:
    text = GOOD.replace("version: 1", f"version: {version}")
    assert problems(text) == ["rules.yaml:1: version: must be 1, the only version that this release knows"]


def test_a_file_without_version_or_rules_says_so() -> None:
    assert problems("rulez: []\n") == [
        'rules.yaml:1: the key "version" is missing',
        'rules.yaml:1: the key "rules" is missing',
        'rules.yaml:1: rulez: "rulez" is not a key here; did you mean "rules"?',
    ]


def test_no_rule_at_all_is_a_mistake() -> None:
    assert problems("version: 1\nrules: []\n") == ["rules.yaml:2: rules: must not be empty"]


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n"])
def test_an_empty_file_says_what_belongs_into_it(text: str) -> None:
    [problem] = problems(text)
    assert problem.startswith("rules.yaml:1: ")


@pytest.mark.parametrize("text", ["- a\n", "just words\n", "7\n"])
def test_a_file_of_something_else_is_refused(text: str) -> None:
    [problem] = problems(text)
    assert problem.startswith("rules.yaml:1: must be a mapping")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("version: 1\nrules:\n  - name: [a\n", 4),
        ("version: 1\nrules:\n\t- name: a\n", 3),
        ("version: 1\n---\nversion: 1\n", 2),
        ("version: 1\nrules: *nowhere\n", 2),
        ("version: 1\n? [a]\n: b\n", 2),
        ("version: !!python/object:os.system 1\n", 1),
    ],
)
def test_what_is_not_yaml_is_told_with_its_line(text: str, line: int) -> None:
    [problem] = problems(text)
    assert problem.startswith(f"rules.yaml:{line}: not readable as YAML: ")


@pytest.mark.parametrize("text", ["[" * 5000, "version: \0\n", "a: &a [*a]\n", "version: 2026-99-99\n"])
def test_hostile_text_is_refused_with_a_sentence(text: str) -> None:
    assert all(problem.startswith("rules.yaml:") for problem in problems(text))


def test_a_file_that_is_not_there_or_is_no_text_says_so(tmp_path: Path) -> None:
    missing, binary = tmp_path / "no.yaml", tmp_path / "binary.yaml"
    binary.write_bytes(b"version: 1\nrules: \xff\n")
    for path, expected in (
        (missing, f"{missing}: no such rule file"),
        (binary, f"{binary}:2: not UTF-8 text"),
        (tmp_path, f"{tmp_path}: cannot be read: Is a directory"),
    ):
        with pytest.raises(RuleFileError) as caught:
            read_rules(path)
        assert caught.value.problems == [expected]


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(GOOD, encoding="utf-8-sig")
    assert len(read_rules(path).rules) == 2


def test_anchors_and_merges_keep_their_lines() -> None:
    text = (
        "version: 1\nrules:\n  - &base\n    name: a\n    functions: [a]\n    must_reach: [s3]\n"
        "  - <<: *base\n    name: b\n    must_reach: [internt]\n"
    )
    [problem] = problems(text)
    assert problem.startswith("rules.yaml:9: rules[1].must_reach[0]: ")


LAUGHS = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
MERGES = "".join(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}\n" for n in range(1, 12))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (f"a0: &a0 [lol]\n{LAUGHS}rules: *a11\n", "more than 1000000 values"),
        (f"a0: &a0 {{b: c}}\n{MERGES}<<: *a11\n", "more than 1000000 values"),
        (f"a0: &a0 [lol]\n{LAUGHS}? *a11\n: b\n", "more than 1000000 values"),
        ("version: 1\nrules: &a [*a]\n", "an alias of what it stands in"),
        ("version: 1\nrules: &a {<<: *a}\n", "an alias of what it stands in"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 20_000, "nested too deeply"),
        ("- " * 20_000, "nested too deeply"),
        ("version: 0x" + "f" * 6000, "must be 1"),
        ("version: " + "9" * 6000, "this is no int"),
        ("version: 2026-13-45", "this is no timestamp"),
        ("version: !!int ''", "this is no int"),
        ("version: !!bool perhaps", "this is no bool"),
        ("version: !!timestamp soon", "this is no timestamp"),
        ("version: !!python/object/apply:os.system [ls]", "could not determine a constructor"),
        ("? {a: [b]}\n: c", "unhashable key"),
        (with_rule('name: "\\ud800"', "functions: [a]", "must_reach: [s3]"), "this is no str"),
        (with_rule("name: 0x" + "f" * 6000, "functions: [a]", "must_reach: [s3]"), "a number of very many digits"),
    ],
    ids=lambda value: value[:24].replace("\n", " ") if value[-1:] in "\n[ :" else None,
)
def test_yaml_that_means_too_much_or_nothing_is_refused_with_its_line(text: str, what: str) -> None:
    told = problems(text)
    assert any(what in problem for problem in told), told


def test_a_sign_that_json_writes_in_two_halves_is_read() -> None:
    text = with_rule('name: "\\ud83d\\ude00"', "functions: [a]", "must_reach: [s3]")
    assert parse_rules("rules.yaml", text).rules[0].name == "\U0001f600"


def test_a_rule_file_that_is_larger_than_any_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_bytes(b"#" * (1 << 20) + b"\n")
    with pytest.raises(RuleFileError, match="larger than 1 MiB"):
        read_rules(file)
