"""Render and proofread the files of a report, those of a large event in two processes.

Python runs one thread at a time. So the files are cut into parts, which the other process takes from the beginning and
this one from the end, until none is left. The other process is started anew, not forked: threads of the models may hold
locks. It builds the view again, which takes less time than to send it.
"""

import gc
import signal
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from functools import cache
from multiprocessing import get_context

from fetch.corpus_records import Corpus
from fetch.errors import PadharvestError
from pipeline.analysis_records import Analysis
from pipeline.progress import shown_by, tell
from pipeline.report import Theme, check_outputs, checked_view, formats, render_report
from pipeline.report.theme import PLAIN
from pipeline.report.verbatim_gate import check_files, index_pads
from pipeline.translation import report_translation

LARGE = 2_000
"""Segments from which the second process, which needs half a second to start, is worth it (docs/performance.md)."""

PAGES = 2
"""Groups' pages in a part: both processes end within the time of a few of them, some 30 ms each."""


def render_and_check(analysis: Analysis, corpus: Corpus, theme: Theme | None, jobs: int) -> dict[str, bytes]:
    """Return the content of each file of the report by name, the same with any number of `jobs`.

    Raises VerbatimError if a finished file does not say what the pads say, and what `render_report` raises.
    """
    if jobs > 1 and len(analysis.segments) >= LARGE:
        try:
            return _in_two_processes(analysis, corpus, theme)
        except (BrokenProcessPool, OSError):  # the system did not start it, or ended it, for example for want of memory
            pass
        except PadharvestError:  # found again below, where the first of several is always the same
            pass
    translation = report_translation(corpus.event.language, analysis.segments)
    texts = render_report(analysis, corpus, translation, theme)
    outputs = {name: text.encode() for name, text in texts.items()}
    check_outputs(outputs, analysis, corpus)
    return outputs


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Some of a report's files, by the place of their format in FORMATS: `pages` of groups, or those of the event."""

    place: int
    pages: range | None = None


def _parts(analysis: Analysis) -> list[_Part]:
    """Return the parts of a report, the long ones first."""
    groups = len({info.group for info in analysis.pads})
    ranges = [range(first, min(first + PAGES, groups)) for first in range(0, groups, PAGES)]
    whole = [_Part(place=place) for place in range(len(formats.FORMATS))]
    with_pages = [place for place, declared in enumerate(formats.FORMATS) if declared.render_pages]
    return [*whole, *(_Part(place=place, pages=pages) for place in with_pages for pages in ranges)]


class _Renderer:
    """Renders and proofreads parts of the report of an event."""

    def __init__(self, analysis: Analysis, corpus: Corpus, theme: Theme | None) -> None:
        self._theme = theme or PLAIN
        self._translation = report_translation(corpus.event.language, analysis.segments)
        self._view = checked_view(analysis, corpus, self._translation)
        self._index = index_pads(analysis, corpus)

    def files(self, part: _Part) -> dict[str, bytes]:
        """Return the content of the files of a part by name."""
        declared, view = formats.FORMATS[part.place], self._view
        render = declared.render
        if part.pages is not None and declared.render_pages:
            render = declared.render_pages
            view = replace(view, group_pages=view.group_pages[part.pages.start : part.pages.stop])
        with shown_by(lambda *_: None):  # how far the whole report is, its loop tells
            texts = render(view, self._translation, self._theme)
            outputs = {name: text.encode() for name, text in texts.items()}
            check_files(outputs, self._index)
        return outputs


def _in_two_processes(analysis: Analysis, corpus: Corpus, theme: Theme | None) -> dict[str, bytes]:
    parts = _parts(analysis)
    with ProcessPoolExecutor(1, get_context("spawn"), _begin) as other:
        try:
            # Not as arguments of the process: this one would wait until that has imported all that it needs.
            ready = other.submit(_read_event, analysis, corpus, theme)
            futures = [other.submit(_files_there, part) for part in parts]
            here = _Renderer(analysis, corpus, theme)
            found = []
            for done, (part, future) in enumerate(zip(reversed(parts), reversed(futures), strict=True)):
                tell("render", done, len(parts))
                if future.cancel():
                    found.append(here.files(part))
                else:
                    ready.result()  # raises what kept the other process from having the event
                    found.append(future.result())
            tell("render", len(parts), len(parts))
        except BaseException:
            other.shutdown(cancel_futures=True)
            raise
    return {name: content for outputs in reversed(found) for name, content in outputs.items()}


_event: list[tuple[Analysis, Corpus, Theme | None]] = []
"""In the other process, what it renders."""


def _begin() -> None:
    """Begin the other process, which leaves interrupts to that of the user and ends before garbage matters."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()


def _read_event(analysis: Analysis, corpus: Corpus, theme: Theme | None) -> None:
    _event.append((analysis, corpus, theme))


@cache
def _there() -> _Renderer:
    """Return what renders in the other process; made by the first part, which tells what is refused."""
    return _Renderer(*_event[0])


def _files_there(part: _Part) -> dict[str, bytes]:
    return _there().files(part)
