"""Ways of telling an answer: one file each, chosen by name, and loaded when it is asked for.

Every format takes data and returns text. Which names there are is in `names`.
"""

TYPE_CHECKING = False  # not even typing is imported; type checkers take this name to be true
if TYPE_CHECKING:
    from typing import Any

    from vpcreach.check.outcome import CheckReport
    from vpcreach.explain.difference import Difference
    from vpcreach.explain.story import Stories
    from vpcreach.reach.answer import Report


def report_as(name: str, report: "Report", *, colour: bool = False) -> str:
    """A report in one of the formats `names.REPORT`; colour is for text on a terminal."""
    if name == "json":
        from vpcreach.formats import json

        return json.render(report)
    if name == "markdown":
        from vpcreach.formats import markdown

        return markdown.render(report)
    if name == "text":
        from vpcreach.formats import text

        return text.render(report, colour=colour)
    raise ValueError(f"{name} is not a format of reports")


def why_as(name: str, told: "Stories", language: str, *, colour: bool = False) -> str:
    """Stories in one of the formats `names.WHY`; in text, fixes are written in one of `names.LANGUAGES`."""
    if name == "json":
        from vpcreach.formats import why_json

        return why_json.render(told)
    if name == "text":
        from vpcreach.formats import why

        return why.render_all(told, language, colour=colour)
    raise ValueError(f"{name} is not a format of stories")


def who_can_as(name: str, report: "Report", destination: str, *, colour: bool = False) -> str:
    """Every function's answer about one destination, in one of the formats `names.WHO_CAN`."""
    from vpcreach.formats import who_can

    if name == "json":
        return who_can.render_json(report, destination)
    if name == "text":
        return who_can.render(report, destination, colour=colour)
    raise ValueError(f"{name} is not a format of who reaches a destination")


def check_as(name: str, outcome: "CheckReport", *, colour: bool = False) -> str:
    """The outcome of a rule file in one of the formats `names.CHECK`."""
    if name == "json":
        from vpcreach.formats import check_json

        return check_json.render(outcome)
    if name == "text":
        from vpcreach.formats import check_text

        return check_text.render(outcome, colour=colour)
    raise ValueError(f"{name} is not a format of rule checks")


def diff_as(name: str, difference: "Difference", *, colour: bool = False) -> str:
    """The difference of two snapshots in one of the formats `names.DIFF`."""
    if name == "json":
        from vpcreach.formats import diff_json

        return diff_json.render(difference)
    if name == "text":
        from vpcreach.formats import diff_text

        return diff_text.render(difference, colour=colour)
    raise ValueError(f"{name} is not a format of differences")


def graph_as(name: str, graph: "Any") -> str:
    """A networkx.MultiDiGraph of components in one of the formats `names.GRAPH`."""
    from vpcreach.formats import graph as formats

    return formats.render(name, graph)
