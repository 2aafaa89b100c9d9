"""`make fuzz`: the property tests of whatever comes from somebody else, again and again with new examples.

TARGETS ──► a round: each property with some hundred examples, in any order ──► another round, until the time is over

The properties are those of `make test`, with Hypothesis' profile "fuzz" of tests/conftest.py. A round has a seed of its
own, counted from that of the run. What failed is kept in .hypothesis and tried first the next time; a property that
failed is not tried again in the same run.
"""

import random
import re
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

TARGETS: Mapping[str, Sequence[str]] = {
    "Etherpad's exports": ("fetch/test_etherpad_export.py",),
    "exported files": ("fetch/test_formats.py", "fetch/test_files.py"),
    "answers of pad servers": ("fetch/test_sources.py",),
    "event.toml": ("fetch/test_event_file.py", "fetch/test_event_edits.py", "pipeline/test_settings.py"),
    "links and names of pads": ("fetch/test_add.py", "fetch/test_locations.py", "fetch/test_store.py"),
    "manifest and structure": ("fetch/test_corpus.py",),
    "lines and segments": (
        *("pipeline/segment/test_offsets.py", "pipeline/segment/test_sentences.py"),
        *("pipeline/segment/test_structure.py", "pipeline/test_ledger.py", "pipeline/test_text.py"),
    ),
    "names, dates and tasks": (
        *("pipeline/tag/test_tag.py", "pipeline/tag/test_date_expressions.py"),
        *("pipeline/tag/test_name_patterns.py", "pipeline/tag/test_ner_model.py"),
    ),
    "curation.toml": (
        *("pipeline/curation/test_decision_file.py", "pipeline/curation/test_apply_decisions.py"),
        *("pipeline/curation/test_redaction.py", "pipeline/test_anchors.py"),
    ),
    "reading.json": ("pipeline/reading/test_reading_file.py", "pipeline/reading/test_reading_placement.py"),
    "answers of language models": ("pipeline/reading/test_answers.py", "pipeline/reading/test_numbered_lines.py"),
    "style and templates": ("pipeline/report/test_theme.py",),
    "forms of the curation page": ("pipeline/web/test_server.py",),
    "a whole event's folder": ("pipeline/test_foreign_folders.py",),
    "every output": ("pipeline/report/test_verbatim_gate.py", "pipeline/report/formats/test_output_format.py"),
    "reports across events": ("pipeline/across/test_across_files.py",),
    "HTML": (
        *("pipeline/report/formats/test_html.py", "pipeline/report/formats/test_introduction.py"),
        "pipeline/report/test_quote_sources.py",
    ),
    "wikitext": ("pipeline/report/formats/test_wikitext.py",),
    "Markdown": ("pipeline/report/formats/test_markdown.py",),
    "CSV": ("pipeline/report/formats/test_csv.py",),
    "calendar": ("pipeline/report/formats/test_calendar_file.py",),
    "analysis.json": ("pipeline/test_serialization.py", "pipeline/test_changes.py"),
}
"""The files in tests/ whose properties are tried, by what they are about."""

_EXAMPLES = re.compile(r"(\d+) passing, (\d+) failing")


@dataclass(eq=False)
class Tally:
    """A plugin of pytest that counts examples and failures, prints a failure, and ends a round when time is over."""

    end: float
    targets: Mapping[str, str]
    order: random.Random = field(default_factory=random.Random)
    examples: Counter[str] = field(default_factory=Counter)
    failed: dict[str, str] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self.end

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if item.nodeid not in self.failed]
        self.order.shuffle(items)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:  # a test that cannot be imported, which the next round would not change
            self.failed[report.nodeid] = self.targets.get(report.nodeid, "")
            self.end = 0
            say(f"\nFAILED {report.nodeid}\n{report.longreprtext}\n")

    def pytest_keyboard_interrupt(self) -> None:
        self.end = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed[report.nodeid] = self.targets[report.fspath]
            say(f"\nFAILED {report.nodeid}\n{report.longreprtext}\n")

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        found = _EXAMPLES.findall(getattr(item, "hypothesis_statistics", ""))  # of Hypothesis' plugin for pytest
        target = self.targets[item.location[0]]
        self.examples[target] += sum(int(passing) + int(failing) for passing, failing in found)
        if self.is_over:
            item.session.shouldstop = "the time is over"

    def lines(self) -> list[str]:
        """What ran, a line for each target."""
        failures = Counter(self.failed.values())
        names = dict.fromkeys(self.targets.values())
        return [f"{name:<28}{self.examples[name]:>9} examples{failures[name]:>4} failures" for name in names]


def fuzz(minutes: float, seed: int, targets: Mapping[str, Sequence[str]] = TARGETS, root: Path = ROOT) -> int:
    """Try the targets in `root`/tests for some minutes, print what ran, and return 1 if anything failed, else 0."""
    files = {f"tests/{file}": name for name, named in targets.items() for file in named}
    tally = Tally(end=time.monotonic() + 60 * minutes, targets=files)
    say(f"Trying {len(targets)} targets for {minutes:g} minutes with seed {seed}; make fuzz SEED={seed} repeats it.")
    for number in count(seed):
        tally.order.seed(number)
        plain = ("-p", "no:terminal", "-p", "no:cacheprovider", "-o", "addopts=--import-mode=importlib")
        chosen = ("-m", "hypothesis", "--hypothesis-profile=fuzz", f"--hypothesis-seed={number}")
        ended = pytest.main(
            [*plain, *chosen, "--rootdir", str(root), *(str(root / file) for file in files)], plugins=[tally]
        )
        broken = ended not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED}
        if broken or tally.is_over:
            break
    for line in tally.lines():
        say(line)
    say(f"{sum(tally.examples.values())} examples, {len(tally.failed)} properties failed.")
    return 1 if tally.failed or broken else 0


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    minutes, *given_seed = sys.argv[1:]
    seed = int(given_seed[0]) if given_seed else random.randrange(10**6)  # noqa: S311 - no secret
    sys.exit(fuzz(float(minutes), seed))
