"""Every name of a format leads to one."""

import pytest

from tests.unit.formats.sample import REPORT
from vpcreach.check.outcome import CheckReport
from vpcreach.formats import check_as, graph_as, names, report_as


@pytest.mark.parametrize("name", names.REPORT)
def test_a_report_has_every_format_of_its_list(name: str) -> None:
    assert report_as(name, REPORT).endswith("\n")


@pytest.mark.parametrize("name", names.CHECK)
def test_a_check_has_every_format_of_its_list(name: str) -> None:
    assert check_as(name, CheckReport((), (), ())).endswith("\n")


def test_any_other_name_is_an_error() -> None:
    with pytest.raises(ValueError, match="no-such is not a format"):
        report_as("no-such", REPORT)
    with pytest.raises(ValueError, match="no-such is not a format"):
        check_as("no-such", CheckReport((), (), ()))
    with pytest.raises(ValueError, match="no-such is not a format"):
        graph_as("no-such", None)
