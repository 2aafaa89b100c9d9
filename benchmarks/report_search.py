"""How quickly a large report opens and is searched, in the Chromium of this machine.

    .venv/bin/python -m benchmarks.report_search [SEGMENTS [GROUPS]]

The report is of invented notes (10,000 of 50 groups unless told otherwise), of which two thirds are in concerns. Each
search is timed from the key that is pressed to the end of the task that answers it, and to the frame that shows it. A
task of more than 50 ms is long (w3.org/TR/longtasks); the longest one is named for each step. Where the machine is
busy, compare two runs in the same minute rather than figures of different days.
"""

import sys
import tempfile
from pathlib import Path
from random import Random

from playwright.sync_api import Page

from benchmarks.speed.__main__ import WORD, write_notes
from tests.support.annotated import build
from tests.support.chromium import chromium
from tests.support.reports import checked_report

CONCERN_SIZE = 25
SEARCHES = ("w", "wa", "wat", "room", "the room", "room the money", "qqqq", "e")

START = """() => {
    window.long = [];
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => window.long.push(entry.duration)))
        .observe({type: "longtask", buffered: true});
}"""
TYPE = """async (text) => {
    const box = document.querySelector("#find-words");
    window.long = [];
    box.value = text;
    const begin = performance.now();
    box.dispatchEvent(new Event("input", {bubbles: true}));
    const answered = performance.now() - begin;
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const shown = performance.now() - begin;
    await new Promise((done) => setTimeout(done, 300));
    return [answered, shown, Math.max(0, ...window.long)];
}"""
LEAVE = """async () => {
    window.long = [];
    const begin = performance.now();
    document.querySelector("#find-words").dispatchEvent(new KeyboardEvent("keydown", {key: "Escape", bubbles: true}));
    const answered = performance.now() - begin;
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const shown = performance.now() - begin;
    await new Promise((done) => setTimeout(done, 600));
    return [answered, shown, Math.max(0, ...window.long)];
}"""


def notes(segments: int, groups: int) -> dict[str, str]:
    """Return annotated pads (tests/support/annotated.py) by group, with words of the sample."""
    chance = Random(0)  # noqa: S311 - no secret
    with tempfile.TemporaryDirectory() as folder:
        write_notes(Path(folder), segments)
        texts = [file.read_text(encoding="utf-8") for file in sorted(Path(folder).glob("*.txt"))]
    found = [line for text in texts for line in text.split("\n") if WORD.search(line)]
    labels = [f"concern_{number}" for number in range(1 + segments // CONCERN_SIZE)]
    kinds = ("question", "action", "decision", *[""] * 12)
    lines = [
        f"{line} ‖ {chance.choice(kinds)}" + (f" concern={chance.choice(labels)}" if chance.random() < 2 / 3 else "")
        for line in found
    ]
    return {f"{number} Group {number}": "\n".join(lines[number::groups]) for number in range(groups)}


def measure(page: Page, path: Path) -> None:
    """Print how long the report takes to open, to be searched, and to come back."""
    page.goto(path.as_uri())
    ready = page.evaluate("performance.getEntriesByType('navigation')[0].domInteractive")
    loaded = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    height = page.evaluate("document.documentElement.scrollHeight")
    page.evaluate(START)
    page.wait_for_timeout(500)
    print(f"{path.stat().st_size / 1e6:.1f} MB, {height} px; parsed after {ready:.0f} ms, loaded after {loaded:.0f} ms")
    print(f"{'':24}{'answered':>10}{'shown':>10}{'longest task':>14}  ms")
    for text in (*SEARCHES, SEARCHES[0]):
        answered, shown, longest = page.evaluate(TYPE, text)
        found = page.locator(".found").inner_text()
        print(f"{text:24}{answered:10.1f}{shown:10.1f}{longest:14.0f}  {found}")
    answered, shown, longest = page.evaluate(LEAVE)
    print(f"{'Escape':24}{answered:10.1f}{shown:10.1f}{longest:14.0f}")


def main() -> None:
    """Print the figures."""
    segments, groups = (int(argument) for argument in [*sys.argv[1:], *("10000", "50")[len(sys.argv) - 1 :]])
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        path = Path(folder) / "report.html"
        path.write_bytes(checked_report(*build(notes(segments, groups)))["report.html"].encode())
        measure(browser.new_page(viewport={"width": 1280, "height": 900}), path)


if __name__ == "__main__":
    main()
