"""The shell on a terminal: keys in, lines out, and a history that outlives it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from vpcreach.shell.prompt import history, lines


class Names:
    functions = ("billing", "orders")
    destinations = ("rds:orders-db",)

    def ids(self, start: str) -> Iterable[str]:
        return ()


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PipeInput]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        yield pipe


def test_lines_come_until_ctrl_d(keys: PipeInput) -> None:
    keys.send_text("why orders s3\rhelp\r\x04")
    assert list(lines(Names(), iter(()))) == ["why orders s3", "help"]


def test_ctrl_c_drops_the_line(keys: PipeInput) -> None:
    keys.send_text("why ord\x03help\r\x04")
    assert list(lines(Names(), iter(()))) == ["help"]


def test_while_nobody_types_the_shell_thinks_ahead(keys: PipeInput) -> None:
    steps = []

    def ahead() -> Iterator[None]:
        while True:
            steps.append("thought")
            if len(steps) == 3:
                keys.send_text("help\r")
            yield

    assert next(lines(Names(), ahead())) == "help"
    assert len(steps) >= 3


def test_tab_completes_the_only_word_that_fits(keys: PipeInput) -> None:
    reading = lines(Names(), iter(()))
    keys.send_text("why ord\t s3\r")
    assert next(reading) in ("why orders s3", "why ord s3")  # the menu may open a moment later


def test_ctrl_r_finds_a_line_of_an_earlier_shell(keys: PipeInput, tmp_path: Path) -> None:
    keys.send_text("why orders s3\rhelp\r\x04")
    list(lines(Names(), iter(())))
    assert (tmp_path / "vpcreach" / "shell-history").stat().st_mode & 0o077 == 0
    keys.send_text("\x12orders\r\r\x04")
    assert next(lines(Names(), iter(()))) == "why orders s3"


def test_without_a_place_to_write_history_is_of_one_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "taken").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "taken"))
    assert isinstance(history(), InMemoryHistory)


def test_a_state_folder_that_is_not_absolute_counts_as_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "somewhere")
    monkeypatch.setenv("HOME", str(tmp_path))
    history()
    assert (tmp_path / ".local" / "state" / "vpcreach" / "shell-history").exists()
