"""From an analysis and its corpus to the report in every format.

    Analysis, Corpus ──► ledger and verbatim gate ──► view ──► formats ──► files by name ──► check_outputs

The view is sorted, formatted and complete before any template sees it. Quotes are compared with the pads before they
are rendered, and once more in the finished files, just before these are written.
"""

from fetch.corpus_records import Corpus
from pipeline import ledger
from pipeline.analysis_records import Analysis
from pipeline.progress import track
from pipeline.report import formats
from pipeline.report.report_view import build
from pipeline.report.theme import PLAIN, Theme, read_theme
from pipeline.report.verbatim_gate import VerbatimError, check_analysis, check_outputs
from pipeline.report.whole_pages import ReportView
from pipeline.translation import Translation

__all__ = ["Theme", "VerbatimError", "check_outputs", "checked_view", "read_theme", "render_report"]


def render_report(
    analysis: Analysis,
    corpus: Corpus,
    translation: Translation,
    theme: Theme | None = None,
) -> dict[str, str]:
    """Return the text of each file of the report by name, to be passed to `check_outputs` before it is written.

    Raises what `checked_view` raises, and UserMistake if the templates of the theme cannot be rendered or would have a
    page load something.
    """
    view = checked_view(analysis, corpus, translation)
    text_of: dict[str, str] = {}
    for output_format in track(formats.FORMATS, "render"):
        text_of |= output_format.render(view, translation, theme or PLAIN)
        if output_format.render_pages:
            text_of |= output_format.render_pages(view, translation, theme or PLAIN)
    return text_of


def checked_view(analysis: Analysis, corpus: Corpus, translation: Translation) -> ReportView:
    """Return what all formats print.

    Raises VerbatimError or LedgerError if a quote differs from its stored pad or a line is not accounted for.
    """
    check_analysis(analysis, corpus.pads)
    ledger.check(analysis.ledger, corpus.pads)
    return build(analysis, corpus, translation)
