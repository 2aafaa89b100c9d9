"""How quickly a large report opens and is searched, in the Chromium of this machine.

    .venv/bin/python -m benchmarks.report_search [SEGMENTS [GROUPS]]

The report is of invented notes (10,000 of 50 groups unless told otherwise), of which two thirds are in concerns. Each
search is timed from the key that is pressed until its answer is there, and until the next frame shows it. The longest
task of the page is given with the processor time that it took: where the machine is busy, that says more than the time
on the clock. Tasks of more than 50 ms are long (w3.org/TR/longtasks).
"""

import argparse
import json
import tempfile
from pathlib import Path
from random import Random

from playwright.sync_api import Browser, Page

from benchmarks.speed.__main__ import WORD, write_notes
from tests.support.annotated import build
from tests.support.chromium import chromium
from tests.support.reports import checked_report

CONCERN_SIZE = 25
SEARCHES = ("w", "wa", "wat", "room", "the room", "room the money", "qqqq", "e")
MAIN_THREAD = "CrRendererMain"
CATEGORIES = ["toplevel", "disabled-by-default-devtools.timeline"]

TYPE = """(text) => {
    const box = document.querySelector("#find-words");
    box.value = text;
    return box.dispatchEvent(new Event("input", {bubbles: true}));
}"""
ESCAPE = """() => document.querySelector("#find-words").dispatchEvent(
    new KeyboardEvent("keydown", {key: "Escape", bubbles: true}))"""
TIMED = """async ([action, text]) => {
    const begin = performance.now();
    ACTIONS[action](text);
    const answered = performance.now() - begin;
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const shown = performance.now() - begin;
    await new Promise((done) => setTimeout(done, 500));
    return [answered, shown];
}""".replace("ACTIONS", f"({{type: {TYPE}, escape: {ESCAPE}}})")


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


def step(browser: Browser, page: Page, trace: Path, action: str, text: str = "") -> str:
    """Do an `action` ("type" a text, or "escape") and return its times, in milliseconds, as a row of the table."""
    browser.start_tracing(page=page, path=trace, categories=CATEGORIES)
    answered, shown = page.evaluate(TIMED, [action, text])
    browser.stop_tracing()
    duration, cpu = longest_task(trace)
    return f"{answered:10.0f}{shown:10.0f}{duration:10.0f}{cpu:10.0f}"


def longest_task(trace: Path) -> tuple[float, float]:
    """Return how long the longest task of the page took on the clock and on the processor, in milliseconds."""
    events = json.loads(trace.read_bytes())["traceEvents"]
    main = {(event["pid"], event["tid"]) for event in events if event.get("args", {}).get("name") == MAIN_THREAD}
    own = [event for event in events if event["name"] == "RunTask" and (event["pid"], event["tid"]) in main]
    return max((event.get("dur", 0) / 1000, event.get("tdur", 0) / 1000) for event in own)


def measure(browser: Browser, path: Path) -> None:
    """Print how long the report takes to open, to be searched, and to come back."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    trace = path.with_suffix(".trace.json")
    browser.start_tracing(page=page, path=trace, categories=CATEGORIES)
    page.goto(path.as_uri())
    parsed, loaded = page.evaluate(
        """() => {
            const [entry] = performance.getEntriesByType("navigation");
            return [entry.domInteractive, entry.loadEventEnd];
        }"""
    )
    print(f"{path.stat().st_size / 1e6:.1f} MB; parsed after {parsed:.0f} ms, loaded after {loaded:.0f} ms")
    page.wait_for_timeout(2000)
    browser.stop_tracing()
    print("longest task while it opens: {:.0f} ms, {:.0f} ms of processor time".format(*longest_task(trace)))
    print(f"{'':16}{'answered':>10}{'shown':>10}{'task':>10}{'CPU':>10}  ms")
    for text in (*SEARCHES, SEARCHES[0]):
        row = step(browser, page, trace, "type", text)
        print(f"{text:16}{row}  {page.locator('.found').inner_text()}")
    print(f"{'Escape':16}{step(browser, page, trace, 'escape')}")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("segments", nargs="?", type=int, default=10_000)
    parser.add_argument("groups", nargs="?", type=int, default=50)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        path = Path(folder) / "report.html"
        path.write_bytes(checked_report(*build(notes(options.segments, options.groups)))["report.html"].encode())
        measure(browser, path)


if __name__ == "__main__":
    main()
