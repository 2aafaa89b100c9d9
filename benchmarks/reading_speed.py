"""The program's own time and memory for a whole reading, by a model that answers at once.

    .venv/bin/python -m benchmarks.reading_speed 1000 5000

Prints for each number of lines, in one process, how many prompts were asked and the CPU seconds for each 1,000 lines
without those of the model, which is a program here, and the peak of memory. The notes are words in random order.
"""

import argparse
import datetime as dt
import random
import resource
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from fetch.corpus_records import PadId
from pipeline.reading.chat_protocol import ChatAnswer, ChatPrompt
from pipeline.reading.numbered_lines import numbered_lines
from pipeline.reading.passes import EventLines, Passes
from pipeline.reading.prompts import PromptWriter
from pipeline.reading.reading_file import write_reading
from pipeline.reading.reading_placement import new_reading
from pipeline.reading.reading_run import ReadingRun
from pipeline.segment_records import LineNo, Segment, SegmentId
from tests.support.readings import WORDS, GoodReader

LINES_OF_A_GROUP = 50
WORDS_OF_A_LINE = 14
CONTEXT = 8192


@dataclass(frozen=True, slots=True)
class ReadingCost:
    """Prompts that were asked, and what they cost without the model's answers."""

    prompts: int
    cpu_seconds: float


@dataclass
class TimedReader:
    """A good reader whose own processor time is counted."""

    reader: GoodReader = field(default_factory=GoodReader)
    seconds: float = 0.0

    def ask(self, prompt: ChatPrompt) -> ChatAnswer:
        """Answer a prompt."""
        started = time.process_time()
        self.reader.asked.clear()
        answer = self.reader.ask(prompt)
        self.seconds += time.process_time() - started
        return answer


def notes(count: int) -> list[Segment]:
    """Return so many lines of groups of fifty."""
    rng = random.Random(0)  # noqa: S311 - not for secrets
    words = [*(f"word{number}" for number in range(900)), *[word for word in WORDS for _ in range(20)]]
    return [
        Segment(
            id=SegmentId(f"s{number}"),
            pad_id=PadId(f"pad{number // LINES_OF_A_GROUP}"),
            group=f"Group {number // LINES_OF_A_GROUP}",
            line=LineNo(number % LINES_OF_A_GROUP + 1),
            start=0,
            end=1,
            text=" ".join(rng.choices(words, k=WORDS_OF_A_LINE)),
        )
        for number in range(count)
    ]


def read_notes(count: int, folder: Path) -> ReadingCost:
    """Read so many lines and return what it cost."""
    segments, model = notes(count), TimedReader()
    event = EventLines(numbered_lines(segments, None), segments)
    run = ReadingRun(
        passes=Passes(event, PromptWriter(context_tokens=CONTEXT)),
        save=lambda reading: write_reading(folder / "reading.json", reading),
        report=lambda _: None,
        progress=lambda *_: None,
        model="a program",
        host=None,
        today=dt.date(2026, 1, 1),
    )
    started = time.process_time()
    run.with_server(new_reading(segments), model)
    return ReadingCost(prompts=run.tally.answers, cpu_seconds=time.process_time() - started - model.seconds)


def main() -> None:
    """Measure each number of lines that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lines", type=int, nargs="+")
    for count in parser.parse_args().lines:
        with tempfile.TemporaryDirectory() as folder:
            cost = read_notes(count, Path(folder))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        seconds = cost.cpu_seconds / count * 1000
        print(
            f"{count} lines: {cost.prompts} prompts, {seconds:.2f} CPU s for 1,000 lines, {peak:.0f} MB at most",
            flush=True,
        )


if __name__ == "__main__":
    main()
