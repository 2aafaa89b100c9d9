"""`make etherpad`: a real Etherpad on this machine that has the sample event's pads, as several people wrote them.

With a folder that has any other Etherpad, built: the checks of tests/fetch/test_real_etherpad.py, on that one.
"""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fetch.corpus import read_corpus
from tests.support.etherpad_server import BASE, VERSION, Unavailable, home, installed, running, version_of
from tests.support.pad_writer import PadWriter, written

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "corpus" / "sample"
CHECKS = ROOT / "tests" / "fetch" / "test_real_etherpad.py"

if TYPE_CHECKING:
    import pytest

MARGIN = " " * 13

WORDS = {"passed": "passed", "failed": "FAILED", "skipped": "not checked"}

INSTRUCTIONS = """\
An Etherpad with the sample event's pads runs at {base}, for example {base}/p/{pad}
In another terminal:
  make fetch EVENT=sample       fetches them; edit one in a browser and fetch again
  make analyze EVENT=sample
Ctrl-C ends it; nothing of it is kept."""


def sample_pads() -> dict[str, PadWriter]:
    """The sample's pads, written line by line by three people in turn."""
    return {pad.pad_id: written(pad.text) for pad in read_corpus(SAMPLE).pads}


def main(*folder: str) -> int:
    """Run until Ctrl-C, or check the server in a folder; 1 if there is none to be had or a check fails."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    return check(*folder) if folder else show()


def show() -> int:
    """Run a server with the sample's pads until Ctrl-C."""
    server = urlsplit(read_corpus(SAMPLE).event.server or "")
    say(
        f"Starting Etherpad {VERSION}"
        " (the first time, npm installs 150 MB into your cache; that takes about three minutes)"
    )
    try:
        installed()
        with running(sample_pads(), port=server.port) as etherpad:
            say(INSTRUCTIONS.format(base=etherpad.base, pad="volunteers"))
            signal.pause()
    except Unavailable as reason:
        say(str(reason))
        return 1
    except KeyboardInterrupt:
        say("Ended.")
    return 0


def check(folder: str) -> int:
    """Run the checks on the server in a folder, and say of each whether it passed."""
    import pytest  # noqa: PLC0415 - it is not installed where only the sample's pads are shown

    os.environ[BASE] = folder
    try:
        base = home()
    except Unavailable as reason:
        say(f"{reason}.")
        return 1
    say(f"Checking Etherpad {version_of(base)} in {base}, with pads and settings of the tests, not its own")
    checks = Checks()
    options = ["-p", "no:terminal", "-p", "no:cacheprovider", "-o", "addopts=--import-mode=importlib"]
    code = pytest.main([*options, str(CHECKS)], plugins=[checks])
    say(checks.summary())
    return 0 if code == pytest.ExitCode.OK and checks.count["passed"] else 1


class Checks:
    """A plugin of pytest that says of each check in plain words whether it passed, failed or cannot be made."""

    def __init__(self) -> None:
        self.count: Counter[str] = Counter()
        self.session: pytest.Session | None = None

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        self.session = session

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call" and report.passed:
            return
        self.count[report.outcome] += 1
        say(f"{WORDS[report.outcome]:11}  {_sentence(report.nodeid)}")
        if report.skipped and isinstance(report.longrepr, tuple):
            say(f"{MARGIN}because {report.longrepr[2].removeprefix('Skipped: ')}")
        elif report.failed:
            crash = getattr(report.longrepr, "reprcrash", None)
            say(indent(str(crash.message if crash else report.longrepr), MARGIN))
        if report.failed and report.when == "setup" and self.session:
            self.session.shouldstop = "the server did not start"

    def summary(self) -> str:
        return ", ".join(f"{self.count[outcome]} {word.lower()}" for outcome, word in WORDS.items())


def _sentence(node: str) -> str:
    """The name of a test as a sentence, with its case."""
    name, _, case = node.rpartition("::")[2].removeprefix("test_").partition("[")
    words = name.replace("_s_", "'s_").replace("_", " ")
    return f"{words}: {case.removesuffix(']')}" if case else words


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
