"""Render and proofread the files of a report, those of a large event in two processes: HTML, and all else.

Python runs one thread at a time, and half of the work is the pages in HTML. The other process is started anew, not
forked: threads of the models may hold locks. It builds the view again, which takes less time than to send it.
"""

import signal
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from fetch.corpus_records import Corpus
from pipeline.analysis_records import Analysis
from pipeline.report import Theme, check_outputs, formats, render_report
from pipeline.translation import report_translation

LARGE = 2_000
"""Segments from which the second process, which needs half a second to start, is worth it (docs/performance.md)."""


def render_and_check(analysis: Analysis, corpus: Corpus, theme: Theme | None, jobs: int) -> dict[str, bytes]:
    """Return the content of each file of the report by name, the same with any number of `jobs`.

    Raises VerbatimError if a finished file does not say what the pads say, and what `render_report` raises.
    """
    if jobs > 1 and len(analysis.segments) >= LARGE:
        try:
            return _in_two_processes(analysis, corpus, theme)
        except BrokenProcessPool:  # the system ended it, for example for want of memory
            pass
    return render_some(analysis, corpus, theme, range(len(formats.FORMATS)))


def render_some(analysis: Analysis, corpus: Corpus, theme: Theme | None, places: Sequence[int]) -> dict[str, bytes]:
    """Return the content of the files of some formats by name; `places` are those of the formats in FORMATS."""
    translation = report_translation(corpus.event.language, analysis.segments)
    chosen = [formats.FORMATS[place] for place in places]
    outputs = {
        name: text.encode() for name, text in render_report(analysis, corpus, translation, theme, chosen).items()
    }
    check_outputs(outputs, analysis, corpus)
    return outputs


def _in_two_processes(analysis: Analysis, corpus: Corpus, theme: Theme | None) -> dict[str, bytes]:
    pages, *others = range(len(formats.FORMATS))  # HTML comes first
    with ProcessPoolExecutor(1, get_context("spawn"), _leave_interrupts_to_the_user_s_process) as other:
        rest = other.submit(render_some, analysis, corpus, theme, others)
        return render_some(analysis, corpus, theme, [pages]) | rest.result()


def _leave_interrupts_to_the_user_s_process() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
