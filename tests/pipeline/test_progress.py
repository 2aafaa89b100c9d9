"""How far long work is: a line every ten seconds, a bar on a terminal, and nothing where nobody looks."""

import os
import pty
import subprocess
import sys
from collections.abc import Iterator

import pytest

from pipeline.progress import progress_lines, shown_by, shown_progress, tell, track


@pytest.fixture
def told() -> Iterator[list[tuple[str, int, int]]]:
    steps: list[tuple[str, int, int]] = []
    with shown_by(lambda *step: steps.append(step)):
        yield steps


def test_each_part_of_tracked_work_is_told(told: list[tuple[str, int, int]]) -> None:
    assert list(track(["a", "b"], "dig")) == ["a", "b"]
    assert told == [("dig", 0, 2), ("dig", 1, 2), ("dig", 2, 2)]


def test_who_looked_before_looks_again_afterwards(told: list[tuple[str, int, int]]) -> None:
    with shown_by(lambda *_: None):
        tell("dig", 1, 2)
    tell("dig", 2, 2)
    assert told == [("dig", 2, 2)]


def test_elsewhere_a_line_comes_every_ten_seconds() -> None:
    now, said = [0.0], list[str]()
    show = progress_lines(said.append, lambda: now[0])
    for done in range(1, 7):
        now[0] += 4
        show("dig", done * 1000, 7000)
    assert said == ["dig: 3,000 of 7,000", "dig: 6,000 of 7,000"]


def test_work_that_is_done_needs_no_line() -> None:
    said = list[str]()
    progress_lines(said.append, iter((0.0, 20.0)).__next__)("dig", 9, 9)
    assert said == []


def test_without_a_terminal_short_work_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with shown_progress(print):
        list(track(range(9), "dig"))
    assert capsys.readouterr() == ("", "")


def test_on_a_terminal_long_work_has_a_bar_that_goes_away() -> None:
    code = (
        "from pipeline import progress\n"
        "clock = iter(range(99))\n"
        "progress.time.monotonic = lambda: next(clock)\n"
        "with progress.shown_progress(print):\n"
        "    for step in (0, 1, 2, 3): progress.tell('dig the well', step, 3)\n"
    )
    controller, terminal = pty.openpty()
    try:
        environ = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
        subprocess.run([sys.executable, "-c", code], stderr=terminal, env=environ, check=True)  # noqa: S603 - ours
        shown = os.read(controller, 100_000).decode()
    finally:
        os.close(terminal)
        os.close(controller)
    assert "dig the well" in shown
    assert "/3" in shown
    assert shown.rstrip("\r").endswith("\x1b[2K\x1b[?25h")  # the line is erased, the cursor back
