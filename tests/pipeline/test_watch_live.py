"""`make watch` as a facilitator uses it: the real program, a real Etherpad, and a real browser."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support import fake_server
from tests.support.etherpad_server import Etherpad, Unavailable, installed, running
from tests.support.pad_writer import written

ROOT = Path(__file__).resolve().parents[2]
INTERVAL = 5
"""Seconds: the shortest interval that the command takes."""

PATIENCE = 60_000
"""Milliseconds for something that takes one interval and an analysis, on a busy machine."""

PADS = {
    "tools": written("\t* the ladder is broken\n\t* who mends the pump?\n"),
    "money": written("\t* the pump is expensive to mend\n\t* membership fees are late\n"),
}


@contextmanager
def watching(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """`python -m pipeline watch` while it runs."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job's children would ignore Ctrl-C
    places = ["--corpus", str(folder / "corpus"), "--build", str(folder / "build")]
    process = subprocess.Popen(  # noqa: S603 - our own module, our own arguments
        [sys.executable, "-m", "pipeline", "watch", "camp", *places, "--every", str(INTERVAL), "--no-browser"],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    yield process
    process.kill()
    process.wait()
    if process.stdout:
        process.stdout.close()


def line_with(process: "subprocess.Popen[str]", pattern: str) -> "re.Match[str]":
    """Read what the program prints up to something."""
    assert process.stdout
    for line in process.stdout:
        if found := re.search(pattern, line):
            return found
    raise AssertionError(f"It ended without {pattern}.")


def interrupted(process: "subprocess.Popen[str]") -> str:
    """Press Ctrl-C; return what is printed from then on, once the program has ended without an error."""
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=PATIENCE / 1000)
    assert process.returncode == 0
    assert "Traceback" not in rest
    return rest


def event(folder: Path, server: str) -> None:
    (folder / "corpus" / "camp").mkdir(parents=True)
    pads = "".join(f'[[pad]]\ngroup = "{name.title()}"\npad = "{name}"\n' for name in PADS)
    text = f'title = "Camp"\nserver = "{server}"\n{pads}'
    (folder / "corpus" / "camp" / "event.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def etherpad() -> Iterator[tuple[Etherpad, ExitStack]]:
    """A server, and what stops it."""
    with ExitStack() as stack:
        try:
            installed()
            server = stack.enter_context(running(PADS))
        except Unavailable as reason:
            pytest.skip(str(reason))
        yield server, stack


@pytest.mark.etherpad
@pytest.mark.browser
def test_an_edit_is_in_the_report_within_one_interval_and_the_report_outlives_the_server_and_the_program(
    etherpad: tuple[Etherpad, ExitStack], browser: Browser, tmp_path: Path
) -> None:
    server, stop = etherpad
    event(tmp_path, server.base)
    with watching(tmp_path) as process:
        page = browser.new_page()
        page.goto(line_with(process, r"http://127\.0\.0\.1:\d+/open/\S+")[0])
        report = page.frame_locator("#report").locator("main")
        expect(report).to_contain_text("the ladder is broken", timeout=PATIENCE)

        server.api("appendText", padID="tools", text="we lend the ladder to the neighbours\n")
        expect(report).to_contain_text("we lend the ladder to the neighbours", timeout=PATIENCE)
        expect(report).to_contain_text("What changed since")
        expect(page.locator("#news")).to_contain_text("The report is new, of")
        line_with(process, r"fetched: 1 changed, 1 unchanged; analysed in \d+ s; next at \d\d:\d\d:\d\d")

        stop.close()
        expect(page.locator("#trouble")).to_contain_text("No answer since", timeout=PATIENCE)
        expect(report).to_contain_text("we lend the ladder to the neighbours")
        line_with(process, r"fetched: 2 failed \(nothing answers at its server's address\); nothing changed")

        last = tmp_path / "build" / "camp" / "report.html"
        ended = interrupted(process)
        assert re.search(rf"Stopped\. What was fetched is kept; the last report, of [\d:]+, is {last}\.\n$", ended)
        assert "we lend the ladder to the neighbours" in last.read_text(encoding="utf-8")
        expect(page.locator("#trouble")).to_contain_text("Padharvest has ended")
        expect(report).to_contain_text("we lend the ladder to the neighbours")
        page.close()


def test_ctrl_c_during_the_first_fetch_ends_in_one_sentence(tmp_path: Path) -> None:
    with fake_server.running() as server:
        for name in PADS:
            server.pad(name, fake_server.silence)
        event(tmp_path, server.base)
        with watching(tmp_path) as process:
            line_with(process, r"Press Ctrl-C here to stop\.")
            rest = interrupted(process)
    assert rest == "\nStopped. What was fetched is kept; there is no report yet.\n"
