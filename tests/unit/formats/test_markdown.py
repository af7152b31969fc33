"""The report as Markdown, read back by a Markdown parser."""

from typing import Any

import pytest
from markdown_it import MarkdownIt

from tests.unit.formats.sample import EMPTY, REPORT
from vpcreach.formats import markdown


def tables(source: str) -> list[list[list[str]]]:
    """The text of every cell of every table."""
    found: list[list[list[str]]] = []
    for token in MarkdownIt("commonmark").enable("table").parse(source):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append([])
        elif token.type == "inline" and found and token.level > 2:
            found[-1][-1].append("".join(_text(child) for child in token.children or ()))
    return found


def _text(token: Any) -> str:
    return "\n" if token.type == "html_inline" else str(token.content)


def test_the_first_table_holds_the_verdicts() -> None:
    first = tables(markdown.render(REPORT))[0]
    assert first[0] == ["function", "internet", "s3"]
    assert first[2] == ["billing", "⛔ blocked", "✅ reachable (with assumptions)"]


def test_every_row_has_as_many_cells_as_its_head() -> None:
    for table in tables(markdown.render(REPORT)):
        assert {len(row) for row in table} == {len(table[0])}


def test_blockers_come_with_code_and_remedy() -> None:
    rows = [row for table in tables(markdown.render(REPORT)) for row in table]
    assert any(row[0] == "internet" and "[ROUTING_LOOP]" in row[3] and row[4].startswith("move the") for row in rows)


def test_gaps_are_listed() -> None:
    assert ["ec2:DescribeNetworkAcls", "111122223333/eu-west-1", "UnauthorizedOperation"] in tables(
        markdown.render(REPORT)
    )[-1]


@pytest.mark.parametrize(
    "text",
    ["a|b", "back\\slash", "`code|`", "*not* _bold_", "<script>", "[link](x)", "a\nb", "&lt;", "x\\|y"],
)
def test_a_cell_holds_its_text_and_no_markup(text: str) -> None:
    [table] = tables("\n".join(markdown.table(("head", "next"), [(text, "next cell")])))
    assert table[1] == [text, "next cell"]


def test_no_attached_function_is_one_clear_sentence() -> None:
    assert "No function of this snapshot is attached to a VPC" in markdown.render(EMPTY)
